//! Turns a machine into executions that show what it can do: inputs and answers of tasks, by chance and by aim.
//!
//! Executions are made up from what the machine asks for ([`super::demand`]), then bent towards what none has shown yet: an
//! execution that gets to a Choice is run again with other values in the places that the Choice reads. Whatever an execution
//! shows is true, since the interpreter ran it; what none shows is not known. The seed is fixed and the work is counted in states
//! entered, so the same machine gives the same executions.

mod aim;
mod arrival;
mod case;
mod generate;
mod shrink;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::demand::Demand;
use super::{MayFail, TaskAnswer, Verdict, Witness, interrupt};
use crate::asl::expression::Expression;
use crate::asl::{Machine, MachineType, StateId, StateType};
use crate::eval::execution::{Failure, Runner};
use crate::eval::{Answer, Execution, Mocks, Random, Value};
use crate::flow::errors::ErrorFlow;
use crate::flow::premise::Premises;
use crate::graph::Graph;

pub(super) use arrival::arrivals;

use case::{Case, Merit, Shown, witness};
use generate::{Oddity, Sources};

/// Something that an execution may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// Take the rule of this number of a Choice.
    Rule(StateId, usize),
    /// Take `Default`.
    Default(StateId),
    /// Find no rule that holds, and no `Default`.
    NoMatch(StateId),
    /// Fail in a comparison.
    Failing(StateId),
    /// Enter the catcher of this number.
    Caught(StateId, usize),
    /// Enter a state.
    State(StateId),
    /// Succeed.
    End,
}

/// What is known of a machine before.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f, 't> {
    /// The machine.
    pub machine: &'f Machine<'t>,
    /// How it will run.
    pub kind: MachineType,
    /// Its transitions.
    pub graph: &'f Graph<'t>,
    /// Which errors its states fail with.
    pub errors: &'f ErrorFlow<'t>,
    /// Its expressions.
    pub expressions: &'f [Expression<'t>],
    /// What someone vouches for.
    pub premises: &'f Premises,
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How many states executions may enter, all together.
    pub states: u64,
    /// How many more they may enter for smaller witnesses.
    pub shrinking: u64,
}

impl Effort {
    /// What is worth it for a machine: the time that it takes grows with its size, not faster.
    #[must_use]
    pub fn of(machine: &Machine<'_>) -> Self {
        let states = 50_000 + 500 * machine.states.len() as u64;
        // Long executions are long however small their input is.
        Self { states, shrinking: (states / 2).min(16_000 + 40 * machine.states.len() as u64) }
    }
}

/// What executions showed.
#[derive(Debug, Default)]
pub struct Explored {
    /// By what they show.
    pub witnesses: BTreeMap<Goal, Witness>,
    /// By Choice: the failure of a comparison in the witness of [`Goal::Failing`].
    pub failures: BTreeMap<StateId, Failure>,
    /// How many executions were run.
    pub n_executions: usize,
}

/// An execution of a witness.
#[derive(Debug)]
pub struct Replayed {
    /// What became of it.
    pub execution: Execution,
    /// What it does, each with the number of the event, in order.
    pub goals: Vec<(Goal, usize)>,
}

/// Executes what a witness says.
#[must_use]
pub fn replay(machine: &Machine<'_>, witness: &Witness, kind: MachineType) -> Replayed {
    replay_with(machine, witness.input.clone(), &witness.mocks(), kind)
}

/// Executes a machine as witnesses are executed, with other answers.
#[must_use]
pub fn replay_with(machine: &Machine<'_>, input: Value, mocks: &Mocks, kind: MachineType) -> Replayed {
    shown(machine, case::executed(&mut Runner::new(machine), input, mocks, Limits::of(machine, kind), true))
}

/// What an execution does, each with the number of the event, in order.
#[must_use]
pub fn shown(machine: &Machine<'_>, execution: Execution) -> Replayed {
    let goals = Shown::of(machine, &execution).goals;
    Replayed { execution, goals }
}

/// What bounds an execution.
#[derive(Clone, Copy, Debug)]
struct Limits {
    kind: MachineType,
    /// How many states it may enter.
    states: u64,
}

impl Limits {
    const fn of(machine: &Machine<'_>, kind: MachineType) -> Self {
        Self { kind, states: 200 + 4 * machine.states.len() as u64 }
    }
}

/// What the machine could be made to do, all of it.
#[must_use]
pub fn goals(machine: &Machine<'_>) -> BTreeSet<Goal> {
    let mut goals = BTreeSet::from([Goal::End]);
    for state in &machine.states {
        let id = state.id;
        goals.insert(Goal::State(id));
        goals.extend((0..state.catchers.len()).map(|number| Goal::Caught(id, number)));
        if state.kind == Some(StateType::Choice) {
            goals.extend((0..state.rules().len()).map(|number| Goal::Rule(id, number)));
            let has_default = state.choice().is_some_and(|choice| choice.default.is_some());
            goals.extend([if has_default { Goal::Default(id) } else { Goal::NoMatch(id) }, Goal::Failing(id)]);
        }
    }
    goals
}

/// An exploration on its way.
#[derive(Debug)]
pub(super) struct Explorer<'f, 't> {
    facts: Facts<'f, 't>,
    demand: Demand,
    sources: Sources,
    runner: Runner<'f, 't>,
    random: Random,
    limits: Limits,
    states_left: u64,
    /// How many more for what solvers find.
    for_models: u64,
    /// The way in which what a solver left open was filled in when that went well.
    went_well: usize,
    n_executions: usize,
    /// Cases that showed something new, each with all of what it shows.
    cases: Vec<(Case, Shown)>,
    /// By what is shown: the best case.
    found: BTreeMap<Goal, usize>,
    missing: BTreeSet<Goal>,
}

/// The states that an execution may enter more than once: those in loops and inside Maps.
fn repeated(facts: Facts<'_, '_>) -> BTreeSet<StateId> {
    let mut found: BTreeSet<StateId> = facts.graph.cycles().into_iter().flatten().collect();
    for state in &facts.machine.states {
        let around = facts.machine.scope(state.scope).place.owner();
        if around.is_some_and(|owner| found.contains(&owner) || facts.machine.state(owner).is_map()) {
            found.insert(state.id);
        }
    }
    found
}

/// What a solver says about an execution: what counts of its input and answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) input: Option<Value>,
    pub(super) answers: BTreeMap<StateId, Value>,
    pub(super) throws: BTreeMap<StateId, Throw>,
}

/// A state that fails.
#[derive(Clone, Debug)]
pub(super) struct Throw {
    /// With this error; without one any will do.
    pub(super) error: Option<Arc<str>>,
    /// And this cause.
    pub(super) cause: Option<Arc<str>>,
}

impl<'f, 't> Explorer<'f, 't> {
    /// Ready to do all of `missing`.
    pub(super) fn new(facts: Facts<'f, 't>, missing: BTreeSet<Goal>, effort: Effort) -> Self {
        let demand = Demand::new(facts.machine, facts.graph, facts.expressions);
        let repeated = repeated(facts);
        let sources = Sources::new(facts.machine, &demand, facts.errors, &repeated);
        Self {
            facts,
            demand,
            sources,
            runner: Runner::new(facts.machine),
            random: Random::new(1),
            limits: Limits::of(facts.machine, facts.kind),
            states_left: effort.states,
            for_models: effort.states / 2,
            went_well: 0,
            n_executions: 0,
            cases: Vec::new(),
            found: BTreeMap::new(),
            missing,
        }
    }

    pub(super) const fn facts(&self) -> Facts<'f, 't> {
        self.facts
    }

    /// Whether executions are long: each that shows nothing is dear, and each is to show much.
    pub(super) fn is_large(&self) -> bool {
        const LARGE: usize = 200;
        self.facts.machine.states.len() > LARGE
    }

    /// What no execution has shown.
    pub(super) fn missing(&self) -> Vec<Goal> {
        self.missing.iter().copied().collect()
    }

    pub(super) fn is_missing(&self, goal: Goal) -> bool {
        self.missing.contains(&goal)
    }

    pub(super) fn is_shown(&self, goal: Goal) -> bool {
        self.found.contains_key(&goal)
    }

    /// This is looked for from here on, and nothing else.
    pub(super) fn look_for(&mut self, missing: BTreeSet<Goal>) {
        self.missing = missing;
    }

    /// Looks for this again; gives the number of the case that showed it.
    pub(super) fn set_aside(&mut self, goal: Goal) -> Option<usize> {
        let number = self.found.remove(&goal)?;
        self.missing.insert(goal);
        Some(number)
    }

    /// The case of this number will do.
    pub(super) fn put_back(&mut self, goal: Goal, number: usize) {
        self.missing.remove(&goal);
        self.found.insert(goal, number);
    }

    /// The execution that shows this, as it was found.
    pub(super) fn witness_of(&self, goal: Goal) -> Option<Witness> {
        let (case, shown) = &self.cases[*self.found.get(&goal)?];
        let names: Vec<Arc<str>> = self.facts.machine.states.iter().map(|state| state.name().into()).collect();
        Some(witness(&names, case, shown, goal))
    }

    /// Nothing does this: it is not looked for any longer.
    pub(super) fn give_up(&mut self, goal: Goal) {
        self.missing.remove(&goal);
    }

    fn is_done(&self) -> bool {
        self.missing.is_empty() || self.states_left == 0 || interrupt::has_come()
    }

    /// Runs a case; whether it shows something new, and how many states it entered.
    fn run(&mut self, mut case: Case) -> (bool, u64) {
        let is_shown = self.facts.premises.is_empty() || {
            case.bend_to(self.facts, self.random.bits());
            case.fits(self.facts)
        };
        let mut shown = case.run(self.facts.machine, &mut self.runner, self.limits);
        if !is_shown {
            shown.goals.clear();
        }
        self.n_executions += 1;
        let n_entered = shown.n_entered;
        self.states_left = self.states_left.saturating_sub(n_entered + 1);
        let number = self.cases.len();
        let (mut is_new, mut is_better) = (false, false);
        for &(goal, _) in &shown.goals {
            match self.found.get(&goal) {
                None => {
                    self.found.insert(goal, number);
                    is_new |= self.missing.remove(&goal);
                    is_better = true;
                }
                // One that ends well is better to look at.
                Some(&best) if best != number && shown.is_succeeded && !self.cases[best].1.is_succeeded => {
                    self.found.insert(goal, number);
                    is_better = true;
                }
                Some(_) => {}
            }
        }
        if is_better {
            self.cases.push((case, shown));
        }
        (is_new, n_entered)
    }

    fn made_up(&mut self) -> Case {
        let oddity = Oddity::draw(&mut self.random);
        let input = self.sources.input(&mut self.random, oddity);
        let answers = self.sources.answers(&mut self.random, oddity);
        Case { input, answers }
    }

    /// Cases that are made up, until many in a row show nothing new.
    pub(super) fn by_chance(&mut self) {
        let most_in_vain = if self.is_large() { 10 } else { 40 };
        let mut n_in_vain = 0;
        while n_in_vain < most_in_vain && !self.is_done() {
            let case = self.made_up();
            n_in_vain = if self.run(case).0 { 0 } else { n_in_vain + 1 };
        }
    }

    /// One case for each hint: what a Choice asks for is put where it comes from.
    pub(super) fn by_hint(&mut self, hints: &[(Goal, Witness)]) {
        /// Where executions are long and so many show nothing, the others will not either.
        const MOST_IN_VAIN: usize = 20;
        let mut n_in_vain = 0;
        for (goal, hint) in hints {
            if let Some(choice) = goal.state().filter(|_| self.missing.contains(goal))
                && let Some(base) = self.entering(choice)
            {
                let case = self.bent_to(&base, choice, hint);
                n_in_vain = if self.run(case).0 { 0 } else { n_in_vain + 1 };
                if self.is_large() && n_in_vain >= MOST_IN_VAIN {
                    return;
                }
            }
        }
    }

    /// One case for each catcher, in which something fails where something gets.
    pub(super) fn by_error(&mut self) {
        for goal in self.missing() {
            if matches!(goal, Goal::Caught(..)) && !self.is_done() && self.is_missing(goal) {
                self.aim(goal, &[]);
            }
        }
    }

    /// Cases that are bent towards what is missing, until none of it comes nearer.
    pub(super) fn by_aim(&mut self, hints: &[(Goal, Witness)]) {
        const ROUNDS_IN_VAIN: usize = 3;
        let mut n_in_vain = 0;
        while n_in_vain < ROUNDS_IN_VAIN {
            let mut is_new = false;
            let mut missing: Vec<Goal> = self.missing.iter().copied().collect();
            let graph = self.facts.graph;
            missing.sort_by_key(|goal| (goal.state().map(|state| graph.rank(state)), *goal));
            for goal in missing {
                // Each catcher is worth one execution, whatever the effort was.
                if self.missing.is_empty() || self.states_left == 0 && !matches!(goal, Goal::Caught(..)) {
                    continue;
                }
                if self.missing.contains(&goal) {
                    is_new |= self.aim(goal, hints);
                }
            }
            n_in_vain = if is_new && !self.is_done() { 0 } else { n_in_vain + 1 };
            if self.is_done() {
                return;
            }
        }
    }

    /// Makes the witnesses small. Branches first: what states are shown by is mostly among theirs. Each of them may enter its share
    /// of the states, and enough of them for a few executions while there are any left; it starts from the best of what was made
    /// small before it, to begin with the smallest that there is.
    pub(super) fn finish(self, shrinking: u64) -> Explored {
        /// Fewer executions than these make nothing small.
        const FEWEST: u64 = 8;
        let Self { facts, mut runner, limits, n_executions, cases, found, .. } = self;
        let mut explored = Explored { n_executions, ..Explored::default() };
        let names: Vec<Arc<str>> = facts.machine.states.iter().map(|state| state.name().into()).collect();
        let is_branch = |goal: &Goal| !matches!(goal, Goal::State(_) | Goal::End);
        let (mut states_left, mut n_open) = (shrinking, found.keys().filter(|goal| is_branch(goal)).count() as u64);
        let mut small = Small::default();
        let empty = Case::empty(facts.machine);
        if !found.is_empty() && (facts.premises.is_empty() || empty.fits(facts)) {
            let shown = empty.run(facts.machine, &mut runner, limits);
            small.add(empty, shown);
        }
        for (&goal, &number) in &found {
            let (case, shown) = small.best(goal, &cases[number]);
            let mut share = (states_left / n_open.max(1)).max(FEWEST * (shown.n_entered + 1)).min(states_left);
            n_open = n_open.saturating_sub(u64::from(is_branch(&goal)));
            if share == 0 || !is_branch(&goal) && small.best.contains_key(&goal) {
                explored.take(&names, goal, case, shown);
                continue;
            }
            states_left -= share;
            let start = (case.clone(), shown.clone());
            let example = small.cases.last().map(|(case, _)| case);
            let (case, shown) = shrink::shrunk(facts, &mut runner, goal, start, example, limits, &mut share);
            states_left += share;
            explored.take(&names, goal, &case, &shown);
            small.add(case, shown);
        }
        explored
    }
}

/// Cases that were made small.
#[derive(Default)]
struct Small {
    cases: Vec<(Case, Shown)>,
    /// By what is shown: the best, with its merit.
    best: BTreeMap<Goal, (usize, Merit)>,
}

impl Small {
    fn add(&mut self, case: Case, shown: Shown) {
        let (number, merit) = (self.cases.len(), case.merit(&shown));
        for &(goal, _) in &shown.goals {
            if self.best.get(&goal).is_none_or(|&(_, best)| merit < best) {
                self.best.insert(goal, (number, merit));
            }
        }
        self.cases.push((case, shown));
    }

    /// The best that shows something: the one that was found first, or one that was made small.
    fn best<'s>(&'s self, goal: Goal, first: &'s (Case, Shown)) -> (&'s Case, &'s Shown) {
        let of_first = first.0.merit(&first.1);
        let small = self.best.get(&goal).filter(|&&(_, merit)| merit <= of_first);
        let (case, shown) = small.map_or(first, |&(number, _)| &self.cases[number]);
        (case, shown)
    }
}

impl Explored {
    /// Keeps an execution that shows something.
    fn take(&mut self, names: &[Arc<str>], goal: Goal, case: &Case, shown: &Shown) {
        self.witnesses.insert(goal, witness(names, case, shown, goal));
        if let Goal::Failing(choice) = goal
            && let Some(failure) = shown.failures.get(&choice)
        {
            self.failures.insert(choice, failure.clone());
        }
    }
}

impl Goal {
    /// The state that it is about.
    #[must_use]
    pub const fn state(self) -> Option<StateId> {
        match self {
            Self::Rule(state, _)
            | Self::Default(state)
            | Self::NoMatch(state)
            | Self::Failing(state)
            | Self::Caught(state, _)
            | Self::State(state) => Some(state),
            Self::End => None,
        }
    }

    /// What is known of it in a Choice on its own.
    #[must_use]
    pub fn locally(self, verdicts: &super::ChoiceVerdicts) -> Option<&Verdict> {
        match self {
            Self::Rule(_, number) => verdicts.rules.get(number),
            Self::Default(_) => verdicts.default.as_ref(),
            Self::NoMatch(_) => Some(&verdicts.no_match),
            Self::Failing(_) => {
                let MayFail { verdict, .. } = &verdicts.runtime_error;
                Some(verdict)
            }
            Self::Caught(..) | Self::State(_) | Self::End => None,
        }
    }
}

impl Witness {
    /// What its tasks answer.
    #[must_use]
    pub fn mocks(&self) -> Mocks {
        let mut mocks = Mocks::new();
        for (task, answers) in self.tasks.iter() {
            for answer in answers {
                mocks.push(Arc::clone(task), answer.into(), 1);
            }
        }
        mocks
    }
}

impl From<&TaskAnswer> for Answer {
    fn from(answer: &TaskAnswer) -> Self {
        match answer {
            TaskAnswer::Return(value) => Self::returns(value.clone()),
            TaskAnswer::Read(items) => Self::reads(items.clone()),
            TaskAnswer::Error(error, cause) => Self::throws(error.as_str(), Some(cause.as_str().into())),
        }
    }
}
