//! Puts what no execution has shown to the solver: what nothing makes hold is dead, and of what something does the interpreter
//! has the last word.

mod untaken;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::cover::cover;
use super::super::explore::{Explorer, Facts, Goal, Model, Throw};
use super::super::local::may_be_missing;
use super::super::model::Concrete;
use super::super::prover::{Outcome, Prover};
use super::super::solver::Backend;
use super::super::term::Term;
use super::super::{Because, Cover, Reason, Witness, interrupt};
use super::{Formula, Rounds, always};
use crate::asl::{Edge, Language, State, StateId};
use crate::eval::Value;

pub use untaken::{Untaken, untaken};

/// What came of the goals that no execution has shown.
#[derive(Debug, Default)]
pub(in crate::symex) struct Found {
    pub(in crate::symex) dead: BTreeMap<Goal, Because>,
    pub(in crate::symex) unknown: BTreeMap<Goal, Reason>,
    /// Of Choices of which it is not known whether a comparison fails: what may be missing, in words, where that is why.
    pub(in crate::symex) missing: BTreeMap<StateId, String>,
    /// What the solver had an execution for.
    pub(in crate::symex) modelled: BTreeSet<Goal>,
    pub(in crate::symex) n_not_replayed: usize,
}

/// Decides what is missing, as far as that can be done. `dead` is known before; `hints` are inputs of Choices that take the way in
/// question.
pub(in crate::symex) fn decide(
    explorer: &mut Explorer<'_, '_>,
    dead: &BTreeSet<Goal>,
    backend: Backend,
    budget: u64,
    hints: &[(Goal, Witness)],
) -> Found {
    let facts = explorer.facts();
    // The deepest first: the executions that get there show much of what lies before.
    let deepest = |explorer: &Explorer<'_, '_>| {
        let mut missing = explorer.missing();
        missing.sort_by_key(|goal| (std::cmp::Reverse(goal.state().map(|state| facts.graph.rank(state))), *goal));
        missing
    };
    let deciding = |explorer: &Explorer<'_, '_>, rounds: Rounds, excluded: BTreeSet<Goal>| {
        let mut formula = Formula::new(facts, dead, rounds);
        let mut missing = deepest(explorer);
        missing.sort_by_key(|goal| !excluded.contains(goal));
        let premise = formula.premise(facts);
        let explanations = always::questions(&mut formula, missing);
        let mut prover = Prover::new(std::mem::take(&mut formula.world), backend, budget);
        if premise != Term::TRUE {
            prover.assume(premise);
        }
        Deciding { formula, prover, explanations, found: Found::default(), excluded, n_tried: 0 }
    };
    let gates = Gates::new(facts);
    let mut first = deciding(explorer, Rounds::First, BTreeSet::new());
    // What gets to the states first, then what takes their branches; errors are thrown in less time than they are solved for.
    let is_handler = |state: StateId| {
        let mut ways = facts.graph.predecessors(state).peekable();
        ways.peek().is_some() && ways.all(|(_, edge)| matches!(edge, Edge::Catch(_)))
    };
    first.look(explorer, &gates, |goal| match goal {
        Goal::State(state) => !is_handler(state),
        _ => goal == Goal::End,
    });
    explorer.by_error();
    first.look(explorer, &gates, |goal| matches!(goal, Goal::State(_) | Goal::End));
    explorer.by_hint(hints);
    first.look(explorer, &gates, |goal| !matches!(goal, Goal::Caught(..)));
    if explorer.missing().is_empty() {
        return first.found;
    }
    let has_loops = !facts.graph.cycles().is_empty();
    let is_aimed_first = first.excluded.iter().all(|&goal| !explorer.is_missing(goal));
    if is_aimed_first {
        explorer.by_aim(hints);
        if explorer.missing().is_empty() {
            return first.found;
        }
    }
    if interrupt::has_come() {
        return first.found;
    }
    // Without loops it is the same formula.
    let mut any = if has_loops {
        let any = deciding(explorer, Rounds::Any, first.excluded);
        Deciding { found: Found { modelled: first.found.modelled, ..any.found }, ..any }
    } else {
        first
    };
    if !is_aimed_first {
        any.exclude(explorer, has_loops);
        explorer.by_aim(hints);
    }
    let missing = deepest(explorer);
    let (deep, rest) = missing.split_at(missing.len().min(MOST_TRIED));
    for &goal in deep.iter().chain(rest.iter().rev()) {
        if explorer.is_missing(goal) {
            any.decide(explorer, &gates, goal);
        }
    }
    any.found
}

/// So many values of a Choice are looked at for one that may be missing.
const MOST_MISSING: usize = 40;

/// Of so many goals what the solver finds is run whatever was found before. Of others it is where something gets to the state that
/// every way to them passes last.
const MOST_TRIED: usize = 40;

/// What else one execution could show, going by nothing but that it does one thing in each state: as much as is still open.
fn others_than(goal: Goal, open: &[Goal]) -> Vec<Goal> {
    const MOST: usize = 100;
    let mut states: BTreeSet<Option<StateId>> = BTreeSet::from([goal.state()]);
    let mut others: Vec<Goal> = open.iter().rev().copied().filter(|other| states.insert(other.state())).collect();
    others.truncate(MOST);
    others
}

/// By state: the one that every way to it passes last.
struct Gates(Vec<Option<StateId>>);

impl Gates {
    fn new(facts: Facts<'_, '_>) -> Self {
        let machine = facts.machine;
        let owner = |state: &State<'_>| machine.scope(state.scope).place.owner();
        let mut gates: Vec<Option<StateId>> = machine.states.iter().map(owner).collect();
        for scope in &machine.scopes {
            for (state, gate) in facts.graph.dominators(scope) {
                gates[state.index()] = Some(gate);
            }
        }
        Self(gates)
    }

    /// Whether something gets to the state that every way to a goal passes last.
    fn are_open(&self, explorer: &Explorer<'_, '_>, goal: Goal) -> bool {
        let gate = match goal {
            Goal::End => None,
            Goal::State(state) => self.0[state.index()],
            _ => goal.state(),
        };
        gate.is_none_or(|gate| explorer.is_shown(Goal::State(gate)))
    }
}

struct Deciding {
    formula: Formula,
    prover: Prover,
    explanations: always::Explanations,
    found: Found,
    /// What nothing makes hold where no loop is gone around.
    excluded: BTreeSet<Goal>,
    /// Of how many goals what the solver found was run.
    n_tried: usize,
}

impl Deciding {
    /// Looks for executions that do what is missing and meant, as far away as that goes well: they show much of what lies before.
    /// Where it does not, half as far.
    fn look(&mut self, explorer: &mut Explorer<'_, '_>, gates: &Gates, is_meant: impl Fn(Goal) -> bool) {
        let graph = explorer.facts().graph;
        let mut open: Vec<Goal> = explorer.missing().into_iter().filter(|&goal| is_meant(goal)).collect();
        open.sort_by_key(|goal| (goal.state().map(|state| graph.rank(state)), std::cmp::Reverse(*goal)));
        let (mut far, mut n_vain) = (usize::MAX, 0);
        // Where executions are long, each is to show much. Where they are not, each is to be small.
        let is_large = explorer.is_large();
        while !open.is_empty() {
            let at = far.min(open.len()) - 1;
            let goal = open[at];
            let is_open = gates.are_open(explorer, goal);
            let is_hopeless = at == 0 && !is_open && n_vain >= MOST_TRIED;
            let others = if is_large { others_than(goal, &open) } else { Vec::new() };
            if !is_hopeless && self.at_first_sight(explorer, goal, others) {
                far = far.saturating_mul(2);
                open.retain(|&goal| explorer.is_missing(goal));
                continue;
            }
            // What stands at a gate that is open is its own hindrance. Else what hinders is looked for nearer by.
            if is_open || at == 0 {
                n_vain += usize::from(!is_open);
                open.remove(at);
            } else {
                far = at.div_ceil(2);
            }
            open.retain(|&goal| explorer.is_missing(goal));
        }
    }

    /// Runs what the solver finds where no loop is gone around: nothing of that is open but what is not modelled. Whether the goal
    /// is shown. Others are to be shown by the way, as many as go together with it.
    fn at_first_sight(&mut self, explorer: &mut Explorer<'_, '_>, goal: Goal, others: Vec<Goal>) -> bool {
        let Some(&term) = self.formula.goals.get(&goal) else { return false };
        if term == Term::FALSE {
            self.excluded.insert(goal);
            return false;
        }
        let others = others.into_iter().filter_map(|other| self.formula.goals.get(&other).copied());
        let others = others.filter(|&other| other != Term::FALSE).collect();
        let outcome = self.together(term, others).unwrap_or_else(|| self.prover.ask_assuming(&[term]));
        match outcome {
            Outcome::Values(values) => {
                self.found.modelled.insert(goal);
                let model = self.model(explorer, &values);
                explorer.try_model(goal, &model, 2)
            }
            Outcome::Nothing(_) => {
                self.excluded.insert(goal);
                false
            }
            Outcome::Unknown(_) => false,
        }
    }

    /// Values that make a term hold, and others with it: what stands in the way of the rest is left out until it goes well.
    fn together(&mut self, term: Term, mut others: Vec<Term>) -> Option<Outcome> {
        const ROUNDS: usize = 8;
        for _ in 0..ROUNDS {
            if others.is_empty() {
                return None;
            }
            let all: Vec<Term> = std::iter::once(term).chain(others.iter().copied()).collect();
            match self.prover.ask_assuming(&all) {
                Outcome::Nothing(core) => {
                    let n_before = others.len();
                    others.retain(|other| !core.contains(other));
                    if others.len() == n_before {
                        return None;
                    }
                }
                Outcome::Values(values) => return Some(Outcome::Values(values)),
                Outcome::Unknown(_) => return None,
            }
        }
        None
    }

    /// Gives up what nothing makes hold: no execution is to be looked for that does it. What was excluded without loops is asked
    /// about again where there are any.
    fn exclude(&mut self, explorer: &mut Explorer<'_, '_>, has_loops: bool) {
        for goal in std::mem::take(&mut self.excluded) {
            let is_dead = match self.formula.goals.get(&goal) {
                _ if !explorer.is_missing(goal) => false,
                Some(&Term::FALSE) => true,
                Some(&term) => !has_loops || matches!(self.prover.ask(&[term]), Outcome::Nothing(_)),
                None => false,
            };
            if is_dead {
                let because = self.because(explorer, goal);
                self.found.dead.insert(goal, because);
                explorer.give_up(goal);
            }
        }
    }

    fn decide(&mut self, explorer: &mut Explorer<'_, '_>, gates: &Gates, goal: Goal) {
        self.judge(explorer, gates, goal);
        if let Goal::Failing(state) = goal
            && self.found.unknown.contains_key(&goal)
            && explorer.facts().machine.state(state).language == Language::JsonPath
            && let Some(missing) = self.missing(state)
        {
            self.found.missing.insert(state, missing);
        }
    }

    /// What may be missing that a Choice compares, so that this fails the execution.
    fn missing(&mut self, state: StateId) -> Option<String> {
        let reached = *self.formula.goals.get(&Goal::State(state))?;
        let terms = self.formula.choices.get(&state)?;
        let compared = terms.values.iter().filter(|asked| asked.sort.is_some());
        let fails = |rule: usize| [terms.asked[rule], terms.rules[rule].fails];
        let mut compared = compared.map(|asked| (asked.path.clone(), asked.missing, fails(asked.rule)));
        let compared: Vec<(String, Term, [Term; 2])> = compared.by_ref().take(MOST_MISSING).collect();
        let found = compared.into_iter().find(|(_, missing, [asked, fails])| {
            let terms = [reached, *missing, *asked, *fails];
            !terms.contains(&Term::FALSE) && !self.is_nothing(&terms)
        });
        found.map(|(path, ..)| may_be_missing(&path))
    }

    fn judge(&mut self, explorer: &mut Explorer<'_, '_>, gates: &Gates, goal: Goal) {
        let unreached =
            goal.state().and_then(|state| self.formula.goals.get(&Goal::State(state))) == Some(&Term::FALSE);
        let term = match self.formula.goals.get(&goal) {
            Some(&term) => term,
            None if unreached => Term::FALSE,
            // A state that is not seen as a whole.
            None => {
                self.found.unknown.insert(goal, Reason::Open);
                return;
            }
        };
        let outcome = match term {
            Term::FALSE => Outcome::Nothing(Vec::new()),
            term => self.prover.ask_assuming(&[term]),
        };
        match outcome {
            Outcome::Nothing(_) => {
                let because = self.because(explorer, goal);
                self.found.dead.insert(goal, because);
            }
            Outcome::Unknown(reason) => _ = self.found.unknown.insert(goal, reason),
            Outcome::Values(values) => {
                self.found.modelled.insert(goal);
                self.n_tried += 1;
                let is_tried = self.n_tried <= MOST_TRIED || gates.are_open(explorer, goal);
                if !is_tried || !explorer.try_model(goal, &self.model(explorer, &values), 12) {
                    let premises = explorer.facts().premises;
                    let mut besides = premises.input.iter().chain(premises.tasks.values());
                    let besides = besides.find_map(|premise| premise.besides()).map(Reason::NotModelled);
                    let reason = besides.or_else(|| {
                        let reason = self.prover.not_modelled(&[term])?;
                        Some(self.prover.of_its_own(&self.own(goal), reason))
                    });
                    self.found.n_not_replayed += usize::from(reason.is_none());
                    self.found.unknown.insert(goal, reason.unwrap_or(Reason::NotReproduced));
                }
            }
        }
    }

    /// What a rule itself asks, or how rules fail; of other goals nothing.
    fn own(&self, goal: Goal) -> Vec<Term> {
        let rules = |state| self.formula.choices.get(&state).map_or(&[][..], |terms| terms.rules.as_slice());
        match goal {
            Goal::Rule(state, rule) => rules(state).get(rule).map_or_else(Vec::new, |own| vec![own.holds, own.fails]),
            Goal::Failing(state) => rules(state).iter().map(|own| own.fails).collect(),
            _ => Vec::new(),
        }
    }

    /// What the solver found, as what an execution comes with.
    fn model(&self, explorer: &Explorer<'_, '_>, values: &Concrete) -> Model {
        let world = &self.prover.world;
        let mut model = Model { input: values.get(world, &super::Root::Input).cloned(), ..Model::default() };
        for (&task, root) in &self.formula.answers {
            if let Some(value) = values.get(world, root) {
                model.answers.insert(task, value.clone());
            }
        }
        let machine = explorer.facts().machine;
        let is =
            |root: &super::Root, expected: bool| values.get(world, root).and_then(Value::as_bool) == Some(expected);
        for (&(state, number), thrown) in &self.formula.throws {
            let fails = self.formula.fails.get(&state).is_some_and(|root| is(root, false));
            let Some(throw) = thrown.read(world, values).filter(|_| fails) else { continue };
            let catcher = &machine.state(state).catchers[number];
            let named = catcher.errors.iter().filter_map(|error| error.as_str()).next().map(Arc::from);
            // Where no value matters, any that the catcher names.
            let error = throw.error.filter(|name| !name.is_empty()).or(named);
            model.throws.entry(state).or_insert(Throw { error, ..throw });
        }
        model
    }

    /// Why nothing does it, in words.
    fn because(&mut self, explorer: &Explorer<'_, '_>, goal: Goal) -> Because {
        let machine = explorer.facts().machine;
        let name = |state| machine.state(state).name();
        let reached = goal.state().and_then(|state| self.formula.goals.get(&Goal::State(state)).copied());
        let is_unreached = match (goal, reached) {
            (Goal::State(_) | Goal::End, _) | (_, None) => false,
            (_, Some(Term::FALSE)) => true,
            (_, Some(reached)) => matches!(self.prover.ask(&[reached]), Outcome::Nothing(_)),
        };
        if is_unreached {
            return Because::Unreached;
        }
        let what = match goal {
            Goal::State(state) => {
                let ways = self.formula.ways.get(&state).map(Vec::as_slice).unwrap_or_default();
                let mut words: Vec<String> = Vec::new();
                for &(from, edge, _) in ways {
                    let way = match edge {
                        Edge::Choice(rule) => format!("rule {rule} of `{}`", name(from)),
                        Edge::Default => format!("`Default` of `{}`", name(from)),
                        Edge::Catch(catcher) => format!("catcher {catcher} of `{}`", name(from)),
                        _ => format!("what follows `{}`", name(from)),
                    };
                    if !words.contains(&way) {
                        words.push(way);
                    }
                }
                match words.len() {
                    0 => "nothing gets there".to_owned(),
                    1 => format!("the only way to it is dead: {}", words[0]),
                    2..=3 => format!("every way to it is dead: {}", words.join(", ")),
                    n => format!("every way to it is dead: {}, and {} more", words[..2].join(", "), n - 2),
                }
            }
            Goal::Caught(..) => "no error that it names gets to it".to_owned(),
            Goal::End => "no way leads to an end that succeeds".to_owned(),
            Goal::Rule(state, rule) => return self.why_untaken(state, rule, reached.unwrap_or(Term::TRUE)),
            _ => {
                let facts = self.always(goal.state(), reached.unwrap_or(Term::TRUE), |_| true);
                match goal {
                    _ if !facts.is_empty() => format!("excluded by what happened before: {facts}"),
                    Goal::Failing(_) => "excluded by what happened before: whatever is asked for is there".to_owned(),
                    _ => {
                        let covered = goal.state().and_then(|state| self.cover(state, None, reached));
                        return match covered {
                            Some(cover) => Because::ExhaustiveHere(cover),
                            None => Because::Before(
                                "excluded by what happened before: nothing that comes here takes it".to_owned(),
                            ),
                        };
                    }
                }
            }
        };
        Because::Before(what)
    }

    /// Why nothing that comes to a Choice takes a rule: nothing makes it hold, or what does other rules take before.
    fn why_untaken(&mut self, state: StateId, rule: usize, reached: Term) -> Because {
        let holds = self.formula.choices.get(&state).and_then(|terms| terms.rules.get(rule)).map(|rule| rule.holds);
        let may_hold = holds.is_none_or(|holds| !self.is_nothing(&[reached, holds]));
        if may_hold && let Some(cover) = self.cover(state, Some(rule), Some(reached)) {
            let always = self.always(Some(state), reached, |asking| asking == rule || cover.rules.contains(&asking));
            return Because::CoveredHere(cover, always);
        }
        let facts = self.always(Some(state), reached, |asking| asking == rule);
        let what = match may_hold {
            _ if !facts.is_empty() => facts,
            true => "nothing that comes here takes it".to_owned(),
            false => "nothing that comes here makes it hold".to_owned(),
        };
        Because::Before(format!("excluded by what happened before: {what}"))
    }

    /// The fewest rules before one, or of all of them, that leave nothing of what comes to a Choice, where they do.
    fn cover(&mut self, state: StateId, rule: Option<usize>, reached: Option<Term>) -> Option<Cover> {
        let rules = &self.formula.choices.get(&state)?.rules;
        let before = rules.get(..rule.unwrap_or(rules.len()))?.to_vec();
        let own = rule.and_then(|rule| rules.get(rule)).map(|rule| rule.holds);
        let fixed: Vec<Term> = reached.into_iter().chain(own).collect();
        let left = before.iter().flat_map(|other| [other.holds.negate(), other.fails.negate()]);
        let all: Vec<Term> = fixed.iter().copied().chain(left).collect();
        self.is_nothing(&all).then(|| cover(&mut self.prover, &before, &fixed)).filter(|cover| !cover.rules.is_empty())
    }

    /// Whether it is proved that these never hold together.
    fn is_nothing(&mut self, terms: &[Term]) -> bool {
        terms.contains(&Term::FALSE) || matches!(self.prover.ask(terms), Outcome::Nothing(_))
    }

    /// What is always so of what comes to a Choice, as far as rules ask about it.
    fn always(&mut self, state: Option<StateId>, reached: Term, is_meant: impl Fn(usize) -> bool) -> String {
        let questions = state.and_then(|state| self.explanations.get(&state));
        always::told(&mut self.prover, questions, reached, is_meant)
    }
}
