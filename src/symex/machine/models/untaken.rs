//! Turns a machine into what comes to its Choices that none of their rules takes: how bad it is that they have no `Default`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::explore::{Effort, Explorer, Facts, Goal, Replayed, replay};
use super::super::super::local::{Options, is_regular};
use super::super::super::prover::{Outcome, Prover};
use super::super::super::term::Term;
use super::super::super::{ChoiceVerdicts, Witness};
use super::super::{Formula, Rounds, always};
use super::{Deciding, Found};
use crate::asl::StateId;
use crate::eval::Value;
use crate::eval::execution::Happening;

/// What comes to a Choice that none of its rules takes, as far as a small effort tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Untaken {
    /// Nothing.
    Nothing,
    /// An execution comes with this: every value that is compared is there, and of a type that the rules compare.
    Regular(Value),
    /// Only what lacks values, or has them of other types; this, where an execution was found that comes with it.
    Irregular(Option<Value>),
    /// Neither is known.
    Unknown,
}

/// Of so many states machines are looked at: the effort is to be small.
const MOST_STATES: usize = 300;

/// How much is executed, in states entered: for a small machine a few milliseconds at most.
const EFFORT: Effort = Effort { states: 4_000, shrinking: 1_000 };

/// What is not taken of what comes to Choices in their machine. Of each it is known on its own that something is not.
#[must_use]
pub fn untaken(facts: Facts<'_, '_>, choices: &[&ChoiceVerdicts], options: Options) -> BTreeMap<StateId, Untaken> {
    let all = choices.iter().map(|choice| choice.state);
    if facts.machine.states.len() > MOST_STATES {
        return all.map(|state| (state, Untaken::Unknown)).collect();
    }
    let proved = Proving::new(facts, choices, options);
    let mut explorer = Explorer::new(facts, all.clone().map(Goal::State).collect(), EFFORT);
    explorer.by_chance();
    explorer.look_for(proved.open());
    let hint = |choice: &&ChoiceVerdicts| Some((Goal::NoMatch(choice.state), choice.regular_no_match.clone()?));
    let hints: Vec<(Goal, Witness)> = choices.iter().filter_map(hint).collect();
    explorer.by_hint(&hints);
    let mut found = proved.decide(&mut explorer);
    let input = |state: StateId, witness: &Witness| arrived(&replay(facts.machine, witness, facts.kind), state);
    // What is made smaller may lack what made it regular.
    let regular = all.clone().filter_map(|state| {
        let input = input(state, &explorer.witness_of(Goal::NoMatch(state))?)?;
        (is_regular(facts.machine, state, &input) == Some(true)).then_some((state, input))
    });
    let mut regular: BTreeMap<StateId, Value> = regular.collect();
    let explored = explorer.finish(EFFORT.shrinking);
    for state in all {
        let small = explored.witnesses.get(&Goal::NoMatch(state)).and_then(|witness| input(state, witness));
        let known = found.entry(state).or_insert(Untaken::Unknown);
        match (&*known, regular.remove(&state)) {
            (Untaken::Irregular(_), _) => *known = Untaken::Irregular(small),
            (Untaken::Unknown, Some(as_found)) => {
                let small = small.filter(|small| is_regular(facts.machine, state, small) == Some(true));
                *known = Untaken::Regular(small.unwrap_or(as_found));
            }
            _ => {}
        }
    }
    found
}

/// What the Choice gets where no rule takes it.
fn arrived(replayed: &Replayed, state: StateId) -> Option<Value> {
    let &(_, at) = replayed.goals.iter().find(|&&(goal, _)| goal == Goal::NoMatch(state))?;
    let events = &replayed.execution.events;
    let strand = events.get(at)?.strand;
    events[..at].iter().rev().find_map(|event| match &event.what {
        Happening::Entered(entered, input) if *entered == state && event.strand == strand => Some(input.clone()),
        _ => None,
    })
}

/// The formula of the machine, asked about these Choices alone.
struct Proving {
    deciding: Deciding,
    /// By Choice: when no rule takes what comes, and when that is regular, too.
    asked: BTreeMap<StateId, [Term; 2]>,
    known: BTreeMap<StateId, Untaken>,
}

impl Proving {
    fn new(facts: Facts<'_, '_>, choices: &[&ChoiceVerdicts], options: Options) -> Self {
        let mut formula = Formula::new(facts, &BTreeSet::new(), Rounds::Any);
        let premise = formula.premise(facts);
        let mut asked = BTreeMap::new();
        for choice in choices {
            let goal = formula.goals.get(&Goal::NoMatch(choice.state)).copied();
            if let (Some(none), Some(terms)) = (goal, formula.choices.get(&choice.state)) {
                let regular = terms.is_regular(&mut formula.world);
                asked.insert(choice.state, [none, formula.world.terms.and(none, regular)]);
            }
        }
        let mut prover = Prover::new(std::mem::take(&mut formula.world), options.backend, options.budget);
        prover = prover.within(options.work);
        if premise != Term::TRUE {
            prover.assume(premise);
        }
        let explanations = always::Explanations::new();
        let deciding =
            Deciding { formula, prover, explanations, found: Found::default(), excluded: BTreeSet::new(), n_tried: 0 };
        let mut proving = Self { deciding, asked, known: BTreeMap::new() };
        for (&state, &[none, regular]) in &proving.asked.clone() {
            if proving.is_never(none) {
                proving.known.insert(state, Untaken::Nothing);
            } else if proving.is_never(regular) {
                proving.known.insert(state, Untaken::Irregular(None));
            }
        }
        proving
    }

    fn is_never(&mut self, term: Term) -> bool {
        term == Term::FALSE || matches!(self.deciding.prover.ask(&[term]), Outcome::Nothing(_))
    }

    /// Of which nothing is known yet.
    fn open(&self) -> BTreeSet<Goal> {
        let is_open = |state: &&StateId| self.known.get(state) != Some(&Untaken::Nothing);
        self.asked.keys().filter(is_open).map(|&state| Goal::NoMatch(state)).collect()
    }

    /// Looks for executions of what is open: regular ones, where there may be any.
    fn decide(mut self, explorer: &mut Explorer<'_, '_>) -> BTreeMap<StateId, Untaken> {
        for (&state, &[none, regular]) in &self.asked.clone() {
            let goal = Goal::NoMatch(state);
            if !explorer.is_missing(goal) {
                continue;
            }
            let term = if self.known.contains_key(&state) { none } else { regular };
            if let Outcome::Values(values) = self.deciding.prover.ask_assuming(&[term]) {
                let model = self.deciding.model(explorer, &values);
                explorer.try_model(goal, &model, 2);
            }
        }
        self.known
    }
}
