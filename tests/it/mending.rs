//! Defects put into machines of the corpus, and what their fixes leave: the finding is gone, nothing new is found, and the
//! text is what it was before the defect, to the byte.

use std::collections::BTreeMap;
use std::fs;

use aslint::asl::{Language, Machine, State, lower};
use aslint::diagnostic::{Applicability, Severity};
use aslint::engine::{Options, Report, check};
use aslint::fix::{Fixed, fix};
use aslint::source::Source;
use aslint::syntax::edit::{At, New, inserted_member, removed};
use aslint::syntax::{Format, Kind, Member, Node, parse};
use aslint::text::{Edit, apply};
use rayon::prelude::*;

use super::corpus;
use super::mutate::{Dice, damaged};
use super::rewrite::{Form, write};

/// A mistake that people make.
struct Defect {
    name: &'static str,
    /// Who finds it.
    rule: &'static str,
    /// The edits that make it, in a place that the dice choose; `None` where the machine has no such place.
    put: fn(&Machine<'_>, &mut Dice) -> Option<Vec<Edit>>,
    /// Whether the text comes out as it was.
    is_exact: bool,
    /// How many of a hundred are mended; the others have several cures, or none that is offered.
    least: usize,
}

const DEFECTS: &[Defect] = &[
    Defect { name: "field in lower case", rule: "unknown-field", put: lower_field, is_exact: true, least: 95 },
    Defect { name: "letter of a field left out", rule: "unknown-field", put: shorter_field, is_exact: true, least: 90 },
    Defect {
        name: "letter of a target left out",
        rule: "dangling-target",
        put: shorter_target,
        is_exact: true,
        least: 60,
    },
    Defect { name: "target in upper case", rule: "dangling-target", put: upper_target, is_exact: true, least: 80 },
    Defect { name: "type in lower case", rule: "unknown-value", put: lower_type, is_exact: true, least: 95 },
    Defect {
        name: "old names of fields of a Map",
        rule: "deprecated-field",
        put: old_names,
        is_exact: true,
        least: 95,
    },
    Defect { name: "`.$` left out", rule: "literal-expression", put: mark_left_out, is_exact: true, least: 60 },
    Defect { name: "`.$` too many", rule: "malformed-path", put: mark_too_many, is_exact: true, least: 95 },
    Defect {
        name: "delimiters left out",
        rule: "jsonata-delimiters",
        put: delimiters_left_out,
        is_exact: true,
        least: 60,
    },
    Defect { name: "half a delimiter", rule: "jsonata-delimiters", put: half_a_delimiter, is_exact: true, least: 60 },
    Defect { name: "text around JSONata", rule: "jsonata-delimiters", put: text_around, is_exact: false, least: 50 },
    Defect { name: "`Default` left out", rule: "choice-not-exhaustive", put: no_default, is_exact: false, least: 50 },
    Defect { name: "`Next` left out", rule: "missing-transition", put: no_next, is_exact: false, least: 50 },
    Defect { name: "`End` left out", rule: "missing-transition", put: no_end, is_exact: false, least: 50 },
    Defect { name: "`Retry` left out", rule: "missing-transient-retry", put: no_retry, is_exact: false, least: 50 },
    Defect {
        name: "`ResultPath` of a catcher left out",
        rule: "lost-input",
        put: result_path_left_out,
        is_exact: false,
        least: 50,
    },
    Defect { name: "state too many", rule: "unreachable-state", put: new_state, is_exact: true, least: 90 },
    Defect {
        name: "`States.ALL` before the last",
        rule: "misplaced-states-all",
        put: all_before_the_last,
        is_exact: true,
        least: 90,
    },
];

/// One of what a machine has of a sort.
fn pick<T: Copy>(all: &[T], dice: &mut Dice) -> Option<T> {
    (!all.is_empty()).then(|| dice.pick(all))
}

/// A member of an object that is read as payload, whose name is or is not dynamic.
fn payload<'t>(machine: &Machine<'t>, dice: &mut Dice, is_meant: fn(&Member<'t>) -> bool) -> Option<Member<'t>> {
    let states = machine.states.iter().filter(|state| state.language == Language::JsonPath && state.is_language_known);
    let templates =
        states.flat_map(|state| ["Parameters", "ResultSelector"].iter().filter_map(|name| state.node.get(name)));
    let members: Vec<Member<'t>> = templates.flat_map(Node::members).filter(is_meant).collect();
    pick(&members, dice)
}

fn mark_left_out(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = payload(machine, dice, |member| member.name().ends_with(".$"))?.key;
    Some(renamed(key, key.content().strip_suffix(".$")?))
}

fn mark_too_many(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let is_literal = |member: &Member<'_>| matches!(member.value.kind(), Kind::Number | Kind::Bool);
    let key = payload(machine, dice, is_literal)?.key;
    Some(renamed(key, &format!("{}.$", key.content())))
}

/// A string that is JSONata.
fn expression<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let states = machine.states.iter().filter(|state| state.language == Language::Jsonata && state.is_language_known);
    let fields =
        states.flat_map(|state| ["Output", "Arguments", "Assign"].iter().filter_map(|name| state.node.get(name)));
    let is_expression = |node: &Node<'_>| {
        node.as_str().is_some_and(|text| text.starts_with("{% ") && text.ends_with(" %}") && text.len() > 8)
    };
    let all: Vec<Node<'t>> = fields.flat_map(Node::descendants).filter(is_expression).collect();
    pick(&all, dice)
}

fn delimiters_left_out(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let node = expression(machine, dice)?;
    Some(vec![node.rewritten(node.content().trim_start_matches("{% ").trim_end_matches(" %}"))])
}

fn half_a_delimiter(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let node = expression(machine, dice)?;
    Some(vec![node.rewritten(node.content().strip_suffix('}')?)])
}

fn text_around(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let node = expression(machine, dice)?;
    Some(vec![node.rewritten(&format!("It's {}!", node.content()))])
}

/// A value is taken out of a state.
fn left_out(machine: &Machine<'_>, dice: &mut Dice, name: &str) -> Option<Vec<Edit>> {
    let values: Vec<Node<'_>> = machine.states.iter().filter_map(|state| state.node.get(name)).collect();
    removed(&[pick(&values, dice)?])
}

fn no_default(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Default")
}

fn no_next(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Next")
}

fn no_end(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "End")
}

fn no_retry(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Retry")
}

fn result_path_left_out(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let paths: Vec<Node<'_>> = machine
        .states
        .iter()
        .flat_map(|state| state.catchers.iter())
        .filter_map(|catcher| catcher.node.get("ResultPath"))
        .collect();
    removed(&[pick(&paths, dice)?])
}

fn new_state(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let scopes: Vec<Node<'_>> = machine.scopes.iter().filter_map(|scope| scope.node.get("States")).collect();
    let state = New::Object(vec![("Type", New::text("Succeed"))]);
    inserted_member(pick(&scopes, dice)?, At::Last, "Nobody goes here", &state).map(|edit| vec![edit])
}

/// The last two entries change places.
fn all_before_the_last(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let lists =
        machine.states.iter().flat_map(|state| ["Retry", "Catch"].iter().filter_map(|name| state.node.get(name)));
    let is_of_all = |entry: &Node<'_>| {
        entry
            .get("ErrorEquals")
            .is_some_and(|errors| errors.items().next().and_then(Node::as_str) == Some("States.ALL"))
    };
    let pairs: Vec<(Node<'_>, Node<'_>)> = lists
        .filter_map(|list| {
            let entries: Vec<Node<'_>> = list.items().collect();
            let [.., before, last] = entries.as_slice() else { return None };
            (is_of_all(last) && !is_of_all(before)).then_some((*before, *last))
        })
        .collect();
    let (before, last) = pick(&pairs, dice)?;
    let text = before.tree().text();
    let written = |node: Node<'_>, other: Node<'_>| Edit { span: node.span(), text: other.span().of(text).to_owned() };
    Some(vec![written(before, last), written(last, before)])
}

/// A key in its own quotes under another name.
fn renamed(key: Node<'_>, name: &str) -> Vec<Edit> {
    vec![key.rewritten(name)]
}

fn state<'m, 't>(machine: &'m Machine<'t>, dice: &mut Dice) -> Option<&'m State<'t>> {
    (!machine.states.is_empty()).then(|| &machine.states[dice.below(machine.states.len())])
}

fn field<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let keys: Vec<Node<'t>> = state(machine, dice)?.node.members().map(|member| member.key).collect();
    (!keys.is_empty()).then(|| dice.pick(&keys))
}

fn lower_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = field(machine, dice)?;
    Some(renamed(key, &key.content().to_lowercase()))
}

/// One letter, not the first, is gone.
fn shorter(name: &str, dice: &mut Dice) -> Option<String> {
    let n_letters = name.chars().count();
    let gone = (n_letters > 4).then(|| 1 + dice.below(n_letters - 1))?;
    Some(name.chars().enumerate().filter(|(i, _)| *i != gone).map(|(_, c)| c).collect())
}

fn shorter_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = field(machine, dice)?;
    Some(renamed(key, &shorter(key.content(), dice)?))
}

fn target<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let targets: Vec<Node<'t>> =
        machine.states.iter().flat_map(State::targets).map(|target| target.field.value).collect();
    let target = (!targets.is_empty()).then(|| dice.pick(&targets))?;
    (target.kind() == Kind::String && !target.is_open()).then_some(target)
}

fn shorter_target(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let target = target(machine, dice)?;
    Some(vec![target.rewritten(&shorter(target.content(), dice)?)])
}

fn upper_target(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let target = target(machine, dice)?;
    Some(vec![target.rewritten(&target.content().to_uppercase())])
}

fn lower_type(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let value = state(machine, dice)?.node.get("Type")?;
    Some(vec![value.rewritten(&value.content().to_lowercase())])
}

fn old_names(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let maps: Vec<_> = machine.states.iter().filter(|state| state.is_map()).collect();
    let map = (!maps.is_empty()).then(|| dice.pick(&maps))?;
    let old = |new, old| map.node.member(new).map(|member| member.key.rewritten(old));
    let edits: Vec<Edit> =
        old("ItemProcessor", "Iterator").into_iter().chain(old("ItemSelector", "Parameters")).collect();
    (!edits.is_empty() && map.language == Language::JsonPath).then_some(edits)
}

/// Machines of the corpus, as written and as YAML.
fn texts() -> Vec<(String, String, Format)> {
    let Some(root) = corpus::root() else { return Vec::new() };
    let mut texts = Vec::new();
    let folders = ["asl-json", "asl-yaml", "labelled", "executions/definitions"];
    for (i, path) in folders.iter().flat_map(|folder| corpus::files(&root.join(folder))).enumerate() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.display().to_string();
        if text.len() > 40_000 {
            continue;
        }
        if name.ends_with(".yaml") || name.ends_with(".yml") {
            texts.push((name, text, Format::Yaml));
        } else if text.trim_start().starts_with('{') {
            let tree = parse(&text.as_str().into(), Format::Json);
            if !tree.errors().is_empty() {
                continue;
            }
            if i % 2 == 0 {
                texts.push((name, write(tree.root(), Form::Yaml), Format::Yaml));
            } else {
                texts.push((name, text, Format::Json));
            }
        }
    }
    assert!(texts.len() > 1_000, "the corpus holds more machines than {}", texts.len());
    texts
}

fn mended(text: &str, format: Format) -> Fixed {
    fix(&Source::machine("m", text, format), &Options::default(), Applicability::Unsafe)
}

/// How many findings above info there are of each rule.
fn grave(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut n_found = BTreeMap::new();
    for found in report.diagnostics.iter().filter(|found| found.severity > Severity::Info) {
        *n_found.entry(found.rule).or_default() += 1;
    }
    n_found
}

/// Whether two texts are the same but for quotes around words of YAML, which a defect may have made necessary.
fn is_same(one: &str, other: &str) -> bool {
    one == other || one.replace('"', "") == other.replace('"', "")
}

#[derive(Default)]
struct Outcome {
    n_tried: usize,
    n_restored: usize,
    n_mended: usize,
    failures: Vec<String>,
    others: Vec<String>,
}

impl Outcome {
    fn merge(&mut self, other: Self) {
        self.n_tried += other.n_tried;
        self.n_restored += other.n_restored;
        self.n_mended += other.n_mended;
        self.failures.extend(other.failures);
        self.others.extend(other.others);
    }
}

/// A text that its own findings are mended in, with what is found in it then.
fn mended_once(name: &str, text: &str, format: Format, failures: &mut Vec<String>) -> Fixed {
    let base = mended(text, format);
    let again = mended(&base.source.text, format);
    if again.is_changed() {
        failures.push(format!("{name} ({format:?}): the second run changes it: {:?}", again.applied));
    }
    base
}

/// Puts a defect in, and has it mended; nothing where the machine has no place for it.
fn try_one(defect: &Defect, name: &str, text: &str, format: Format) -> Option<Outcome> {
    let mut outcome = Outcome { n_tried: 1, ..Outcome::default() };
    // Most machines are told apart by a look at them.
    let is_placed = |text: &str| {
        let tree = parse(&text.into(), format);
        let edits = (defect.put)(&lower(tree.root()), &mut Dice::of(text))?;
        let bad = apply(text, &edits).ok().filter(|bad| bad != text)?;
        Some((edits, bad))
    };
    is_placed(text)?;
    let base = mended_once(name, text, format, &mut outcome.failures);
    let text: &str = &base.source.text;
    let (edits, bad) = is_placed(text)?;
    let before = check(&Source::machine("m", bad.as_str(), format), &Options::default());
    let of_rule = |report: &Report| report.diagnostics.iter().filter(|found| found.rule == defect.rule).count();
    if of_rule(&before) <= of_rule(&base.report) {
        return None;
    }
    let fixed = mended_once(name, &bad, format, &mut outcome.failures);
    if is_same(&fixed.source.text, text) {
        outcome.n_restored = 1;
        return Some(outcome);
    }
    let done =
        format!("{name} ({format:?}), {}: {edits:?} became {:?}, {:?}", defect.name, fixed.applied, fixed.given_up);
    let mut fail = |what: String| outcome.failures.push(format!("{what}: {done}"));
    let n_errors = |text: &str| parse(&text.into(), format).errors().len();
    if n_errors(&fixed.source.text) > n_errors(text) {
        fail("it does not parse".to_owned());
    }
    let is_mended = fixed.applied.iter().any(|done| done.rule == defect.rule);
    if is_mended && of_rule(&fixed.report) >= of_rule(&before) {
        fail("still found".to_owned());
    }
    let (old, bad, new) = (grave(&base.report), grave(&before), grave(&fixed.report));
    let most = |rule: &str| *old.get(rule).max(bad.get(rule)).unwrap_or(&0);
    let worse: Vec<_> = new.iter().filter(|(rule, n)| most(rule) < **n).collect();
    if !worse.is_empty() {
        fail(format!("new findings {worse:?}"));
    }
    outcome.n_mended = usize::from(is_mended);
    outcome.others.push(done);
    Some(outcome)
}

/// How many machines each defect is put into; all that have a place for it take minutes.
const MACHINES: usize = 12;

#[test]
fn defects_of_all_sorts_are_mended_to_the_byte() {
    let texts = texts();
    let most = if std::env::var_os("ALL").is_some() { usize::MAX } else { MACHINES };
    let run = |(i, defect): (usize, &'static Defect)| {
        let mut all = Outcome::default();
        // Each defect begins at another place of the corpus, and takes steps through it.
        let (start, n) = (i * 97, texts.len());
        for (name, text, format) in (0..n).map(|k| &texts[(start + k * 101) % n]) {
            if all.n_tried >= most {
                break;
            }
            if let Some(outcome) = try_one(defect, name, text, *format) {
                all.merge(outcome);
            }
        }
        (defect, all)
    };
    let outcomes: Vec<(&Defect, Outcome)> =
        DEFECTS.iter().enumerate().collect::<Vec<_>>().into_par_iter().map(run).collect();
    if std::env::var_os("SHOW").is_some() {
        for (defect, outcome) in &outcomes {
            let Outcome { n_tried, n_restored, n_mended, .. } = outcome;
            eprintln!("{}: {n_restored} of {n_tried} restored, {n_mended} mended otherwise", defect.name);
            outcome.others.iter().take(12).for_each(|other| eprintln!("    {other}"));
        }
    }
    let failures: Vec<String> = outcomes.iter().flat_map(|(_, outcome)| outcome.failures.clone()).collect();
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
    for (defect, outcome) in outcomes.iter().filter(|_| !texts.is_empty()) {
        assert!(outcome.n_tried > 0, "{}: no machine has a place for it", defect.name);
        let n_good = if defect.is_exact { outcome.n_restored } else { outcome.n_restored + outcome.n_mended };
        let share = 100 * n_good / outcome.n_tried;
        assert!(share >= defect.least, "{}: {share} of 100 mended", defect.name);
    }
}

/// Texts that no longer are what they were anywhere: nothing is known of what comes out but that it is no worse.
#[test]
fn damaged_texts_get_no_worse() {
    let texts = texts();
    let every = if std::env::var_os("ALL").is_some() { 1 } else { 23 };
    let pool = [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "  ",
        "- ",
        "&a",
        "*a",
        "|",
        "#",
        "'",
        "Next",
        "States.ALL",
        "End",
        "é",
    ];
    let some: Vec<_> = texts.iter().filter(|(_, text, _)| text.len() < 10_000).step_by(every).collect();
    let failures: Vec<String> = some
        .into_par_iter()
        .filter_map(|(name, text, format)| {
            let bad = damaged(text, &pool, &mut Dice::of(text));
            let fixed = mended(&bad, *format);
            let again = mended(&fixed.source.text, *format);
            let n_errors = |text: &str| parse(&text.into(), *format).errors().len();
            let what = match () {
                () if n_errors(&fixed.source.text) > n_errors(&bad) => "more errors of syntax",
                () if again.is_changed() => "a second run changes it",
                () => return None,
            };
            Some(format!("{name} ({format:?}): {what}: {:?}, then {:?}\n{bad}", fixed.applied, again.applied))
        })
        .collect();
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}
