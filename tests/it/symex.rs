//! What is proved of Choices, held to enumeration: every document over a small domain, asked of the interpreter.

use std::collections::BTreeMap;

use aslint::asl::{Machine, lower};
use aslint::eval::Value;
use aslint::symex::replay::{Happening, Replay};
use aslint::symex::{ChoiceVerdicts, Options, Reason, Verdict, Witness, local};
use aslint::syntax::{Format, parse};

use super::corpus;
use super::mutate::Dice;

/// What a comparator is given, and the values that lie at, between and beyond.
struct Domain {
    name: &'static str,
    literals: &'static [&'static str],
    values: &'static [&'static str],
}

const NUMBERS: Domain = Domain {
    name: "Numeric",
    literals: &["0", "1", "2", "1.0"],
    values: &["-2", "-1", "0", "0.3", "0.6", "1", "1.3", "1.6", "2", "3", "4"],
};

const STRINGS: Domain = Domain {
    name: "String",
    literals: &[r#""a""#, r#""ab""#, r#""b""#, r#""""#],
    values: &[
        r#""""#, r#""A""#, r#""B""#, r#""a""#, r#""aa""#, r#""aab""#, r#""ab""#, r#""abb""#, r#""ac""#, r#""b""#,
        r#""bb""#, r#""c""#,
    ],
};

const TIMES: Domain = Domain {
    name: "Timestamp",
    literals: &[r#""2024-01-01T00:00:00Z""#, r#""2024-02-01T00:00:00Z""#],
    values: &[
        r#""2023-01-01T00:00:00Z""#,
        r#""2023-02-01T00:00:00Z""#,
        r#""2024-01-01T00:00:00Z""#,
        r#""2024-01-01T01:00:00+01:00""#,
        r#""2024-01-02T00:00:00Z""#,
        r#""2024-01-03T00:00:00Z""#,
        r#""2024-02-01T00:00:00Z""#,
        r#""2024-03-01T00:00:00Z""#,
        r#""2024-04-01T00:00:00Z""#,
    ],
};

const PATTERNS: [&str; 8] = ["a*", "*b", "*a*", "*", "ab", "a*b", "*a*b", ""];
const ORDERS: [&str; 5] = ["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"];
const TYPES: [&str; 6] = ["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"];
/// Of every type something, and what is not there.
const OTHERS: [&str; 8] = ["", "null", "true", "false", "7", r#""other""#, "[]", "{}"];

/// A random Choice, and the documents that tell its rules apart.
pub(crate) struct Case {
    pub(crate) definition: String,
    pub(crate) documents: Vec<Value>,
}

struct Writer {
    dice: Dice,
    /// The domains that are used, by the name of the member.
    used: BTreeMap<&'static str, Vec<&'static Domain>>,
    sorts: Vec<&'static Domain>,
}

impl Writer {
    fn comparison(&mut self) -> String {
        let name = self.dice.pick(&["a", "b"]);
        let path = if self.dice.below(8) == 0 { format!("$['{name}']") } else { format!("$.{name}") };
        let kind = self.dice.below(12);
        if kind < 3 {
            let operator = self.dice.pick(&TYPES);
            let expected = self.dice.below(3) > 0;
            if operator == "IsTimestamp" {
                self.uses(name, &TIMES);
            }
            return format!(r#""Variable":"{path}","{operator}":{expected}"#);
        }
        if kind == 3 {
            let operand = self.dice.pick(&["true", "false", ""]);
            if operand.is_empty() {
                return format!(r#""Variable":"{path}","BooleanEqualsPath":"$.b""#);
            }
            return format!(r#""Variable":"{path}","BooleanEquals":{operand}"#);
        }
        let domain = self.sorts[self.dice.below(self.sorts.len())];
        self.uses(name, domain);
        if domain.name == "String" && kind < 7 {
            let pattern = self.dice.pick(&PATTERNS);
            return format!(r#""Variable":"{path}","StringMatches":"{pattern}""#);
        }
        let order = self.dice.pick(&ORDERS);
        if self.dice.below(5) == 0 {
            let other = self.dice.pick(&["a", "b"]);
            self.uses(other, domain);
            return format!(r#""Variable":"{path}","{}{order}Path":"$.{other}""#, domain.name);
        }
        let literal = self.dice.pick(domain.literals);
        format!(r#""Variable":"{path}","{}{order}":{literal}"#, domain.name)
    }

    fn uses(&mut self, name: &'static str, domain: &'static Domain) {
        let used = self.used.entry(name).or_default();
        if !used.iter().any(|used| used.name == domain.name) {
            used.push(domain);
        }
    }

    fn rule(&mut self, depth: usize) -> String {
        let kind = if depth > 2 { 9 } else { self.dice.below(10) };
        match kind {
            0..=2 => {
                let operator = if kind == 0 { "Or" } else { "And" };
                let n_parts = 1 + self.dice.below(3);
                let parts: Vec<String> = (0..n_parts).map(|_| format!("{{{}}}", self.rule(depth + 1))).collect();
                format!(r#""{operator}":[{}]"#, parts.join(","))
            }
            3 => format!(r#""Not":{{{}}}"#, self.rule(depth + 1)),
            _ => self.comparison(),
        }
    }

    fn values(&self, name: &str) -> Vec<&'static str> {
        let mut values = OTHERS.to_vec();
        for domain in self.used.get(name).into_iter().flatten() {
            values.extend(domain.values);
        }
        values
    }
}

fn case(seed: usize) -> Case {
    let mut dice = Dice::of(&format!("choice {seed}"));
    let all = [&NUMBERS, &STRINGS, &TIMES];
    let sorts = match dice.below(4) {
        0 => vec![&NUMBERS],
        1 => vec![&STRINGS],
        2 => vec![&TIMES],
        _ => all.to_vec(),
    };
    let mut writer = Writer { dice, used: BTreeMap::new(), sorts };
    let n_rules = 1 + writer.dice.below(5);
    let rules: Vec<String> =
        (0..n_rules).map(|number| format!(r#"{{{},"Next":"S{number}"}}"#, writer.rule(0))).collect();
    let default = if writer.dice.below(2) == 0 { r#","Default":"D""# } else { "" };
    let mut states = format!(r#""C":{{"Type":"Choice","Choices":[{}]{default}}}"#, rules.join(","));
    for name in (0..n_rules).map(|number| format!("S{number}")).chain(["D".to_owned()]) {
        states += &format!(r#","{name}":{{"Type":"Succeed"}}"#);
    }
    let definition = format!(r#"{{"StartAt":"C","States":{{{states}}}}}"#);
    let mut documents = vec![Value::Null];
    for a in writer.values("a") {
        for b in writer.values("b") {
            let members = [("a", a), ("b", b)].into_iter().filter(|(_, value)| !value.is_empty());
            let members = members.map(|(name, value)| (name, Value::from_json(value).expect("JSON")));
            documents.push(Value::members(members));
        }
    }
    Case { definition, documents }
}

pub(crate) fn with_choice<T>(definition: &str, ask: impl FnOnce(&Machine<'_>) -> T) -> T {
    let tree = parse(&definition.into(), Format::Json);
    assert_eq!(tree.errors(), [], "{definition}");
    ask(&lower(tree.root()))
}

/// What enumeration finds.
#[derive(Debug, Default)]
struct Seen {
    rules: BTreeMap<usize, usize>,
    none: Option<usize>,
    fails: Option<usize>,
}

fn enumerate(replay: &Replay, documents: &[Value]) -> Seen {
    let mut seen = Seen::default();
    for (number, document) in documents.iter().enumerate() {
        let witness = Witness { input: document.clone(), ..Witness::default() };
        match replay.run(&witness).expect("it tells") {
            Happening::Rule(rule) => _ = seen.rules.entry(rule).or_insert(number),
            Happening::NoRule => _ = seen.none.get_or_insert(number),
            Happening::Fails { .. } => _ = seen.fails.get_or_insert(number),
            Happening::NoInput => panic!("there is no InputPath"),
        }
    }
    seen
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) verdicts: usize,
    pub(crate) reachable: usize,
    pub(crate) dead: usize,
    pub(crate) unknown: BTreeMap<&'static str, usize>,
    pub(crate) beyond: usize,
    pub(crate) not_replayed: usize,
}

/// Holds verdicts to what enumeration finds.
fn hold(case: &Case, seed: usize, verdicts: &ChoiceVerdicts, seen: &Seen, replay: &Replay, tally: &mut Tally) {
    let none = verdicts.default.as_ref().unwrap_or(&verdicts.no_match);
    let rules = verdicts.rules.iter().enumerate().map(|(rule, verdict)| (Some(rule), verdict, seen.rules.get(&rule)));
    let all = rules
        .chain([(None, none, seen.none.as_ref())])
        .map(|(rule, verdict, found)| (rule.map_or(Happening::NoRule, Happening::Rule), verdict, found))
        .chain([(Happening::Fails { rule: 0, node: 0 }, &verdicts.runtime_error.verdict, seen.fails.as_ref())]);
    tally.not_replayed += verdicts.n_not_replayed;
    for (claim, verdict, found) in all {
        tally.verdicts += 1;
        let place = || format!("seed {seed}, {claim:?}: {verdict:?}\n{}", case.definition);
        match verdict {
            Verdict::Reachable(witness) => {
                tally.reachable += 1;
                let happening = replay.run(witness).expect("it tells");
                let is_same = match (claim, happening) {
                    (Happening::Fails { .. }, Happening::Fails { .. }) => true,
                    (claim, happening) => claim == happening,
                };
                assert!(is_same, "{happening:?} instead of {}", place());
                tally.beyond += usize::from(found.is_none());
            }
            Verdict::Dead(_) => {
                tally.dead += 1;
                assert!(found.is_none(), "{} does it: {}", case.documents[*found.expect("one")], place());
            }
            Verdict::Unknown(reason) => {
                *tally.unknown.entry(reason.kind()).or_default() += 1;
                if std::env::var_os("ASLINT_SHOW").is_some() {
                    eprintln!("{found:?} {}", place());
                }
            }
        }
    }
}

/// Holds the verdicts on so many Choices to what enumeration finds.
pub(crate) fn held(n: usize, case: impl Fn(usize) -> Case) -> Tally {
    held_under(n, case, Options::default())
}

/// The same, with what a verdict may take.
pub(crate) fn held_under(n: usize, case: impl Fn(usize) -> Case, options: Options) -> Tally {
    let mut tally = Tally::default();
    for seed in 0..n {
        let case = case(seed);
        with_choice(&case.definition, |machine| {
            let state = &machine.states[0];
            let replay = Replay::new(state);
            let seen = enumerate(&replay, &case.documents);
            let verdicts = local(machine, state, None, options).expect("a Choice");
            hold(&case, seed, &verdicts, &seen, &replay, &mut tally);
        });
    }
    tally
}

/// `ASLINT_CHOICES` says how many: the whole run is 20,000.
#[test]
fn every_verdict_is_that_of_enumeration() {
    let n = std::env::var("ASLINT_CHOICES").map_or(1_500, |n| n.parse().expect("ASLINT_CHOICES is a number"));
    let tally = held(n, case);
    eprintln!("{n} Choices: {tally:?}");
    let n_unknown: usize = tally.unknown.values().sum();
    assert!(tally.not_replayed * 1_000 <= tally.reachable, "{tally:?}");
    assert!(n_unknown * 50 <= tally.verdicts, "{tally:?}");
    assert!(tally.dead * 10 >= tally.verdicts, "{tally:?}");
}

/// A check finds what a proof finds; an input that no rule takes is the same one, and as small.
#[test]
fn what_a_check_asks_is_answered_as_in_a_proof() {
    let mut n_small = 0;
    for seed in 0..200 {
        let case = case(2_000_000 + seed);
        with_choice(&case.definition, |machine| {
            let of = |options| local(machine, &machine.states[0], None, options).expect("a Choice");
            let (check, proof) = (of(Options::quick()), of(Options::default()));
            let kinds = |of: &ChoiceVerdicts| -> Vec<_> {
                of.rules.iter().chain(&of.default).map(std::mem::discriminant).collect()
            };
            assert_eq!(kinds(&check), kinds(&proof), "seed {seed}: {}", case.definition);
            assert_eq!(
                (&check.no_match, &check.regular_no_match),
                (&proof.no_match, &proof.regular_no_match),
                "seed {seed}: {}",
                case.definition
            );
            n_small += usize::from(matches!(check.no_match, Verdict::Reachable(_)));
        });
    }
    assert!(n_small >= 20, "{n_small}");
}

/// The same verdicts, whichever solver is asked.
#[cfg(feature = "z3")]
#[test]
fn both_solvers_come_to_the_same_verdicts() {
    let n = std::env::var("ASLINT_CHOICES").map_or(150, |n| n.parse().expect("ASLINT_CHOICES is a number"));
    use aslint::symex::solver::Backend;
    let word = |verdict: &Verdict| match verdict {
        Verdict::Reachable(_) => "reachable",
        Verdict::Dead(_) => "dead",
        Verdict::Unknown(_) => "unknown",
    };
    let mut n_asked = 0;
    for seed in 0..n {
        let case = case(1_000_000 + seed);
        with_choice(&case.definition, |machine| {
            let [one, other] = [Backend::Sat, Backend::Z3].map(|backend| {
                let options = Options { backend, ..Options::default() };
                let verdicts = local(machine, &machine.states[0], None, options).expect("a Choice");
                let none = verdicts.default.as_ref().unwrap_or(&verdicts.no_match);
                let mut words: Vec<&str> = verdicts.rules.iter().map(word).collect();
                words.extend([word(none), word(&verdicts.runtime_error.verdict)]);
                words
            });
            for (one, other) in one.iter().zip(&other) {
                n_asked += 1;
                assert!(
                    one == other || [one, other].contains(&&"unknown"),
                    "seed {seed}: {one} and {other}\n{}",
                    case.definition
                );
            }
        });
    }
    eprintln!("{n} Choices, {n_asked} verdicts");
}

/// Over the Choices of the corpus: few verdicts are unknown, and witnesses replay.
#[test]
fn choices_of_the_corpus_are_decided() {
    let Some(root) = corpus::root() else { return };
    let (mut n_choices, mut n_verdicts, mut n_unknown, mut n_witnesses, mut n_not_replayed) = (0, 0, 0, 0, 0);
    let mut reasons: BTreeMap<&'static str, usize> = BTreeMap::new();
    for folder in ["asl-json", "asl-yaml"] {
        for path in corpus::files(&root.join(folder)) {
            let source = corpus::source(&path);
            let tree = parse(&source.text, source.format);
            for document in aslint::source::documents(&source, &tree) {
                let machine = lower(document.root);
                for state in machine.states.iter().filter(|state| state.language == aslint::asl::Language::JsonPath) {
                    let Some(found) = local(&machine, state, None, Options::default()) else { continue };
                    n_choices += 1;
                    n_not_replayed += found.n_not_replayed;
                    let none = found.default.as_ref().unwrap_or(&found.no_match);
                    for verdict in found.rules.iter().chain([none, &found.runtime_error.verdict]) {
                        match verdict {
                            Verdict::Unknown(Reason::Refused | Reason::Open) => {}
                            Verdict::Unknown(reason) => {
                                n_verdicts += 1;
                                n_unknown += 1;
                                *reasons.entry(reason.kind()).or_default() += 1;
                            }
                            Verdict::Reachable(_) => {
                                n_verdicts += 1;
                                n_witnesses += 1;
                            }
                            Verdict::Dead(_) => n_verdicts += 1,
                        }
                        if std::env::var_os("ASLINT_SHOW").is_some() && !matches!(verdict, Verdict::Reachable(_)) {
                            eprintln!("{} {}: {verdict:?}", path.display(), state.name());
                        }
                    }
                }
            }
        }
    }
    eprintln!(
        "{n_choices} Choices, {n_verdicts} verdicts, {n_unknown} unknown {reasons:?}, {n_witnesses} witnesses, {n_not_replayed} not replayed"
    );
    assert!(n_unknown * 20 <= n_verdicts, "{n_unknown} of {n_verdicts} unknown: {reasons:?}");
    assert!(n_not_replayed * 100 <= n_witnesses, "{n_not_replayed} of {n_witnesses} not replayed");
}
