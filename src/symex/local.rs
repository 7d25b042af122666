//! Turns one Choice into what is proved of it, whatever document comes to it.

mod wrong_types;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::atom::{Root, Tags};
use super::choice::{ChoiceTerms, Roots, Tri, choice, read};
use super::cover::cover;
use super::jsonata::shadowing;
use super::prover::{BUDGET, Outcome, Prover, WORK, witness};
use super::replay::{Happening, Replay};
use super::solver::Backend;
use super::term::Term;
use super::value::{ValueId, World};
use super::{Because, ChoiceVerdicts, Cover, Ground, MayFail, Overlap, Reason, Verdict, Witness};
use crate::asl::path as paths;
use crate::asl::{Choice, Language, Machine, MachineType, State, StateId};
use crate::syntax::Kind;

pub(super) use wrong_types::is_mistaken;
use wrong_types::{Negated, negated};

/// How to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which solver is asked.
    pub backend: Backend,
    /// How much each question may take, in conflicts.
    pub budget: u64,
    /// How much all of them may take, in values of atoms.
    pub work: u64,
    /// Whether rules that overlap are looked for, and rules that hold for a wrong type.
    pub overlaps: bool,
    /// Whether it is left open which comparisons may fail, and what is reached as it should be is shown by any input, not by a
    /// small one.
    pub brief: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { backend: Backend::Sat, budget: BUDGET, work: WORK, overlaps: false, brief: false }
    }
}

impl Options {
    /// What a check may take, and what it tells: rules of people are decided long before.
    #[must_use]
    pub fn quick() -> Self {
        Self { budget: BUDGET / 10, work: WORK / 20, brief: true, ..Self::default() }
    }
}

/// How many pairs of rules are asked for an input that both hold for.
const MOST_PAIRS: usize = 200;

/// What is proved of a Choice for any document, context object and variables. `None` for other states.
#[must_use]
pub fn local(
    machine: &Machine<'_>,
    state: &State<'_>,
    kind: Option<MachineType>,
    options: Options,
) -> Option<ChoiceVerdicts> {
    local_among(machine, state, kind, options, &Shadows::default())
}

/// The variables of a machine that have the name of a function: looked for at the first Choice that asks, once for all of them.
pub type Shadows = OnceCell<BTreeSet<&'static str>>;

/// As [`local`], for one Choice of many of a machine.
#[must_use]
pub fn local_among(
    machine: &Machine<'_>,
    state: &State<'_>,
    kind: Option<MachineType>,
    options: Options,
    shadows: &Shadows,
) -> Option<ChoiceVerdicts> {
    let verdicts = |local: Local<'_, '_>| local.verdicts(options);
    Some(asked(machine, state, kind, options, shadows)?.map_or_else(|unknown| *unknown, verdicts))
}

/// Pairs of rules of a Choice that no input makes both hold, the earlier one first. What is not known is not among them.
#[must_use]
pub fn exclusive(machine: &Machine<'_>, state: &State<'_>, options: Options) -> BTreeSet<(usize, usize)> {
    let Some(Ok(mut local)) = asked(machine, state, None, options, &Shadows::default()) else {
        return BTreeSet::new();
    };
    let rules = local.terms.rules.clone();
    let pairs = (0..rules.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
    pairs
        .take(MOST_PAIRS)
        .filter(|&(first, second)| local.prover.contradiction(&[rules[first].holds, rules[second].holds]).is_some())
        .collect()
}

/// Whether all that the rules of a Choice ask about is in an input, and of a type that they ask about; `None` where that hangs on
/// something else. Variables that the input does not come with may have any value.
#[must_use]
pub fn is_regular(machine: &Machine<'_>, state: StateId, witness: &Witness) -> Option<bool> {
    let (mut world, terms) = concretely(machine, state, witness)?;
    terms.is_regular(&mut world).as_constant()
}

/// The rules of a Choice, asked of one input.
fn concretely(machine: &Machine<'_>, state: StateId, witness: &Witness) -> Option<(World, ChoiceTerms)> {
    let state = machine.state(state);
    let rules = state.choice()?;
    let mut world = World::default();
    let input = world.constant(witness.input.clone());
    let mut roots = roots(&mut world, machine, state, input, &Shadows::default());
    for (name, value) in &witness.variables {
        let value = world.constant(value.clone());
        roots.variables.insert(name.clone(), value);
    }
    let roots = Roots { document: document(&mut world, state, &Roots { document: input, ..roots.clone() }), ..roots };
    let terms = choice(&mut world, rules, &roots, state.language);
    Some((world, terms))
}

/// A Choice with what there is to ask about it, or what is known of one that there is nothing to ask about.
fn asked<'s, 't>(
    machine: &Machine<'t>,
    state: &'s State<'t>,
    kind: Option<MachineType>,
    options: Options,
    shadows: &Shadows,
) -> Option<Result<Local<'s, 't>, Box<ChoiceVerdicts>>> {
    let rules = state.choice()?;
    let unknown = |reason: &Reason| Some(Err(Box::new(unknown(state, rules, reason))));
    if state.is_open || !state.is_language_known || !machine.is_language_certain(state) {
        return unknown(&Reason::Open);
    }
    if rules.rules.is_empty() {
        return unknown(&Reason::Refused);
    }
    let mut world = World::default();
    let input = world.root(Root::Input, Tags::PRESENT);
    if let Some(kind) = kind {
        world.runs_as(kind);
    }
    let roots = roots(&mut world, machine, state, input, shadows);
    let is_input_there = world.is_present(roots.document);
    let terms = choice(&mut world, rules, &roots, state.language);
    // What the service refuses does nothing.
    let is_refused = |reason: Option<&Reason>| reason == Some(&Reason::Refused);
    if world.frees.iter().any(|free| is_refused(Some(&free.reason)))
        || world.symbols.iter().any(|symbol| is_refused(symbol.havoc.as_ref()))
    {
        return unknown(&Reason::Refused);
    }
    let mut questions = Questions::new(&mut world, &terms, is_input_there);
    if options.overlaps && state.language == Language::JsonPath {
        questions.negated = negated(&mut world, rules, &terms, &questions.taken);
    }
    let prover = Prover::new(world, options.backend, options.budget).within(options.work);
    let replay = Replay::new(state);
    Some(Ok(Local { state, rules, terms, questions, prover, replay, n_not_replayed: 0, is_brief: false }))
}

/// What the rules of a Choice start from, with this input.
fn roots(world: &mut World, machine: &Machine<'_>, state: &State<'_>, input: ValueId, shadows: &Shadows) -> Roots {
    let context = world.root(Root::Context, Tags::PRESENT);
    let variables = match state.language {
        Language::JsonPath => BTreeMap::new(),
        Language::Jsonata => shadowing(world, machine, shadows),
    };
    let roots = Roots { document: input, context, variables };
    Roots { document: document(world, state, &roots), ..roots }
}

/// What `InputPath` leaves of the input.
fn document(world: &mut World, state: &State<'_>, roots: &Roots) -> ValueId {
    let Some(node) = state.node.get("InputPath").filter(|_| state.language == Language::JsonPath) else {
        return roots.document;
    };
    if node.kind() == Kind::Null {
        return world.object(BTreeMap::new(), None);
    }
    let Some(text) = node.as_str() else { return world.havoc("InputPath", roots.document, Reason::Refused) };
    let (path, errors) = paths::parse(text);
    if node.is_open() || path.is_open() {
        return world.havoc(text, roots.document, Reason::Open);
    }
    if !errors.is_empty() {
        return world.havoc(text, roots.document, Reason::Refused);
    }
    read(world, &path, text, roots)
}

fn unknown(state: &State<'_>, rules: &Choice<'_>, reason: &Reason) -> ChoiceVerdicts {
    let unknown = || Verdict::Unknown(reason.clone());
    let no_match = if rules.default.is_some() { Verdict::Dead(Because::Default) } else { unknown() };
    ChoiceVerdicts {
        state: state.id,
        ground: Ground::AnyInput,
        reached: None,
        rules: rules.rules.iter().map(|_| unknown()).collect(),
        default: rules.default.map(|_| unknown()),
        no_match,
        regular_no_match: None,
        runtime_error: MayFail::unknown(reason.clone()),
        overlaps: Vec::new(),
        wrong_types: Vec::new(),
        n_not_replayed: 0,
    }
}

/// The terms to ask about. They are made before the solver is.
#[derive(Debug)]
struct Questions {
    /// A document comes to the rules at all.
    there: Term,
    taken: Vec<Term>,
    fails: Term,
    regular: Term,
    /// The comparisons under `Not`, where they are asked about.
    negated: Vec<Negated>,
}

impl Questions {
    fn new(world: &mut World, terms: &ChoiceTerms, there: Term) -> Self {
        let taken = (0..terms.rules.len()).map(|rule| terms.taken(world, rule)).collect();
        Self { there, taken, fails: terms.fails(world), regular: terms.is_regular(world), negated: Vec::new() }
    }
}

struct Local<'s, 't> {
    state: &'s State<'t>,
    rules: &'s Choice<'t>,
    terms: ChoiceTerms,
    questions: Questions,
    prover: Prover,
    replay: Replay,
    n_not_replayed: usize,
    /// Whether any input will do.
    is_brief: bool,
}

/// What a question comes to.
enum Answer {
    Witness(Box<Witness>, Happening),
    Nothing,
    Unknown(Reason),
}

impl Local<'_, '_> {
    fn verdicts(mut self, options: Options) -> ChoiceVerdicts {
        self.is_brief = options.brief;
        let rules: Vec<Verdict> = (0..self.terms.rules.len()).map(|rule| self.rule(rule)).collect();
        self.is_brief &= self.rules.default.is_some();
        let none = self.none();
        let (default, no_match) = match self.rules.default {
            Some(_) => (Some(none), Verdict::Dead(Because::Default)),
            None => (None, none),
        };
        let regular_no_match = match &no_match {
            Verdict::Reachable(_) => self.regular_no_match(),
            _ => None,
        };
        let runtime_error = if options.brief { MayFail::unknown(Reason::OutOfBudget) } else { self.runtime_error() };
        let overlaps = if options.overlaps { self.overlaps(&rules) } else { Vec::new() };
        let wrong_types = self.wrong_types();
        ChoiceVerdicts {
            state: self.state.id,
            ground: Ground::AnyInput,
            reached: None,
            rules,
            default,
            no_match,
            regular_no_match,
            runtime_error,
            overlaps,
            wrong_types,
            n_not_replayed: self.n_not_replayed,
        }
    }

    /// Asks for an input that makes the terms hold, and has the interpreter judge it.
    fn ask(&mut self, terms: &[Term], is_claimed: impl Fn(Happening) -> bool) -> Answer {
        match self.ask_exactly(terms, &is_claimed) {
            Answer::Witness(witness, happening) if !self.is_brief && self.rules.rules.len() <= MOST_SHRUNK => {
                let smaller = self.replay.shrunk(*witness, is_claimed);
                let happening = self.replay.run(&smaller).unwrap_or(happening);
                Answer::Witness(Box::new(smaller), happening)
            }
            answer => answer,
        }
    }

    /// The same, and the input makes the terms hold as it is.
    fn ask_exactly(&mut self, terms: &[Term], is_claimed: impl Fn(Happening) -> bool) -> Answer {
        self.ask_judged(terms, |replay, found| replay.run(found).filter(|&happening| is_claimed(happening)))
    }

    /// The same, where the judge says what happens if it is what is claimed.
    fn ask_judged(&mut self, terms: &[Term], judge: impl Fn(&Replay, &Witness) -> Option<Happening>) -> Answer {
        let mut asked = vec![self.questions.there];
        asked.extend_from_slice(terms);
        match self.prover.ask_assuming(&asked) {
            Outcome::Nothing(_) => Answer::Nothing,
            Outcome::Unknown(reason) => Answer::Unknown(self.prover.not_modelled(&asked).unwrap_or(reason)),
            Outcome::Values(values) => {
                let found = witness(&self.prover.world, values);
                match judge(&self.replay, &found) {
                    Some(happening) => Answer::Witness(Box::new(found), happening),
                    None => Answer::Unknown(self.prover.not_modelled(&asked).unwrap_or_else(|| {
                        self.n_not_replayed += 1;
                        Reason::NotReproduced
                    })),
                }
            }
        }
    }

    fn rule(&mut self, rule: usize) -> Verdict {
        match self.ask(&[self.questions.taken[rule]], |happening| happening == Happening::Rule(rule)) {
            Answer::Witness(witness, _) => Verdict::Reachable(self.lead(witness, Some(rule))),
            Answer::Unknown(reason) => {
                let Tri { holds, fails } = self.terms.rules[rule];
                Verdict::Unknown(self.prover.of_its_own(&[holds, fails], reason))
            }
            Answer::Nothing => Verdict::Dead(self.why_dead(rule)),
        }
    }

    /// Says where a witness leads.
    fn lead(&self, mut witness: Box<Witness>, rule: Option<usize>) -> Box<Witness> {
        let target = match rule {
            Some(rule) => self.rules.rules[rule].next,
            None => self.rules.default,
        };
        witness.path = vec![self.state.name().into()];
        witness.path.extend(target.and_then(|target| target.value.as_str()).map(Arc::from));
        witness
    }

    fn why_dead(&mut self, rule: usize) -> Because {
        let own = self.terms.rules[rule];
        if self.prover.contradiction(&[self.questions.there, own.holds]).is_some() {
            let always_fails = self.prover.contradiction(&[self.questions.there, own.fails.negate()]).is_some();
            return if always_fails { Because::Fails } else { Because::Contradiction };
        }
        if let Some(same) = self.terms.rules[..rule].iter().position(|other| *other == own) {
            return Because::Duplicate(same);
        }
        Because::Covered(self.covered_by(rule, &[self.questions.there, own.holds]))
    }

    /// A smallest set of the rules before one that leave nothing of what the terms say, and those of them that fail.
    fn covered_by(&mut self, rule: usize, fixed: &[Term]) -> Cover {
        cover(&mut self.prover, &self.terms.rules[..rule], fixed)
    }

    fn none(&mut self) -> Verdict {
        let none = self.terms.none();
        match self.ask(&[none], |happening| happening == Happening::NoRule) {
            Answer::Witness(witness, _) => Verdict::Reachable(self.lead(witness, None)),
            Answer::Unknown(reason) => Verdict::Unknown(reason),
            Answer::Nothing => {
                let cover = self.covered_by(self.terms.rules.len(), &[self.questions.there]);
                Verdict::Dead(Because::Exhaustive(cover))
            }
        }
    }

    fn regular_no_match(&mut self) -> Option<Witness> {
        let none = [self.terms.none(), self.questions.regular];
        match self.ask_exactly(&none, |happening| happening == Happening::NoRule) {
            Answer::Witness(witness, _) => Some(*self.lead(witness, None)),
            _ => None,
        }
    }

    fn runtime_error(&mut self) -> MayFail {
        let answer = self.ask(&[self.questions.fails], |happening| matches!(happening, Happening::Fails { .. }));
        let (verdict, rule, node) = match answer {
            Answer::Witness(mut witness, Happening::Fails { rule, node }) => {
                witness.path = vec![self.state.name().into()];
                (Verdict::Reachable(witness), Some(rule), Some(node))
            }
            Answer::Witness(..) => (Verdict::Unknown(Reason::NotReproduced), None, None),
            Answer::Unknown(reason) => {
                let fails: Vec<Term> = self.terms.rules.iter().map(|rule| rule.fails).collect();
                (Verdict::Unknown(self.prover.of_its_own(&fails, reason)), None, None)
            }
            Answer::Nothing => (Verdict::Dead(Because::NothingFails), None, None),
        };
        let asked = self.terms.values.iter().find(|asked| Some(asked.node) == node);
        let why = match asked {
            _ if self.state.language == Language::Jsonata => match &verdict {
                Verdict::Reachable(witness) => format!("the condition fails: {}", self.replay.cause(witness)),
                _ => String::new(),
            },
            Some(asked) => may_be_missing(&asked.path),
            None => String::new(),
        };
        MayFail { verdict, why, rule, node }
    }

    /// Rules with different targets that hold for one input, among those that ask about the same values. The interpreter takes the
    /// first with it, and the second if that is asked first.
    fn overlaps(&mut self, verdicts: &[Verdict]) -> Vec<Overlap> {
        let about = |rule: usize| -> BTreeSet<ValueId> {
            self.terms.values.iter().filter(|asked| asked.rule == rule).map(|asked| asked.value).collect()
        };
        let target = |rule: usize| self.rules.rules[rule].next.and_then(|next| next.value.as_str());
        let mut pairs = Vec::new();
        let n_rules = self.terms.rules.len();
        for first in 0..n_rules {
            for second in first + 1..n_rules {
                if pairs.len() >= MOST_PAIRS {
                    break;
                }
                if target(first) != target(second) && about(first) == about(second) {
                    pairs.push((first, second));
                }
            }
        }
        // Where the solver's input is none, one that shows something else may be.
        let known: Vec<&Witness> = verdicts.iter().filter_map(Verdict::witness).take(MOST_SHRUNK).collect();
        let mut overlaps = Vec::new();
        for (first, second) in pairs {
            let terms = [self.questions.taken[first], self.terms.rules[second].holds];
            let judge = |replay: &Replay, found: &Witness| {
                let happening = replay.run(found).filter(|&happening| happening == Happening::Rule(first))?;
                replay.holds(second, found).then_some(happening)
            };
            let witness = match self.ask_judged(&terms, judge) {
                Answer::Witness(witness, _) => Some(witness),
                Answer::Nothing => None,
                Answer::Unknown(_) => {
                    let mut known = known.iter().filter(|known| judge(&self.replay, known).is_some());
                    known.next().map(|&known| Box::new(known.clone()))
                }
            };
            if let Some(witness) = witness {
                overlaps.push(Overlap { first, second, witness: *self.lead(witness, Some(first)) });
            }
        }
        overlaps
    }
}

/// With more rules inputs are shown as the solver has them.
const MOST_SHRUNK: usize = 50;

/// That what a path leads to may not be there, in words.
pub(super) fn may_be_missing(path: &str) -> String {
    match path {
        "$" => "the document may be null".to_owned(),
        _ if path.starts_with('$') && !path[1..].starts_with(['.', '[', '$']) => format!("`{path}` may have no value"),
        _ => format!("`{path}` may be missing"),
    }
}
