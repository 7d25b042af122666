//! An input and answers into what an execution with them shows.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::asl::{Machine, State, StateId, StateType};
use crate::eval::execution::{Failure, Happening, Runner, Setup};
use crate::eval::{Answer, Execution, Items, Mocks, NoFiles, Outcome, Status, Value};

use super::super::premise::bent;
use super::super::{TaskAnswer, Witness};
use super::{Facts, Goal, Limits};

/// What decides about an execution.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) input: Value,
    /// By task, in order; the last repeats.
    pub(super) answers: BTreeMap<StateId, Vec<Answer>>,
}

/// How good an execution is to look at; the smaller the better. It is better that it ends well, then that no task fails in it, then
/// that there is little in it to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Merit {
    is_failed: bool,
    has_failures: bool,
    /// The parts of its values, and one for each answer.
    size: u64,
}

/// What an execution shows.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// What it does, each with the number of the event, in order.
    pub(super) goals: Vec<(Goal, usize)>,
    /// How many states are entered, those with large documents counted more than once: [`Execution::cost`].
    pub(super) n_entered: u64,
    pub(super) is_succeeded: bool,
    /// The failures of comparisons, by Choice: the first.
    pub(super) failures: BTreeMap<StateId, Failure>,
    /// How many times each task was called, and each Map that reads items entered.
    pub(super) calls: BTreeMap<StateId, usize>,
    /// What the tasks that were called answer, as it is shown: the same for all that the execution shows.
    told: OnceCell<Arc<BTreeMap<Arc<str>, Vec<TaskAnswer>>>>,
}

/// What the expressions of one execution may compute.
const MOST_WORK: u64 = 400_000;

impl Case {
    /// The answers of its tasks, by the names of their states.
    pub(super) fn mocks(&self, machine: &Machine<'_>) -> Mocks {
        let mut mocks = Mocks::new();
        for (&task, answers) in &self.answers {
            let name: Arc<str> = machine.state(task).name().into();
            for answer in answers {
                mocks.push(Arc::clone(&name), answer.clone(), 1);
            }
        }
        mocks
    }

    /// The answers of the tasks that an execution calls.
    fn called<'c>(&'c self, shown: &'c Shown) -> impl Iterator<Item = (StateId, &'c Vec<Answer>)> {
        self.answers.iter().filter(|(task, _)| shown.calls.contains_key(task)).map(|(&task, answers)| (task, answers))
    }

    /// How good it is to look at as an execution.
    pub(super) fn merit(&self, shown: &Shown) -> Merit {
        let outcomes = || self.called(shown).flat_map(|(_, answers)| answers).map(|answer| &answer.outcome);
        let size = |outcome: &Outcome| match outcome {
            Outcome::Return(value) | Outcome::Read(value) => 1 + value.weight(),
            Outcome::Throw { .. } => 2,
        };
        Merit {
            is_failed: !shown.is_succeeded,
            has_failures: outcomes().any(|outcome| matches!(outcome, Outcome::Throw { .. })),
            size: self.input.weight() + outcomes().map(size).sum::<u64>(),
        }
    }

    /// The smallest there is: empty objects wherever something is asked for.
    pub(super) fn empty(machine: &Machine<'_>) -> Self {
        let empty = || Value::members::<&str>([]);
        let answer = |state: &State<'_>| match state.kind {
            Some(StateType::Task) => Some(Answer::returns(empty())),
            _ => Items::are_read(machine, state).then(|| Answer::reads(Value::array(Vec::new()))),
        };
        let answers = machine.states.iter().filter_map(|state| Some((state.id, vec![answer(state)?])));
        Self { input: empty(), answers: answers.collect() }
    }

    /// Makes of it one that fits the premises.
    pub(super) fn bend_to(&mut self, facts: Facts<'_, '_>, chance: u64) {
        if let Some(premise) = &facts.premises.input {
            self.input = bent(premise, self.input.clone(), chance);
        }
        for (&task, answers) in &mut self.answers {
            let Some(premise) = facts.premises.of_task(facts.machine.state(task).name()) else { continue };
            for answer in answers {
                if let Outcome::Return(value) = &mut answer.outcome {
                    *value = bent(premise, value.clone(), chance);
                }
            }
        }
    }

    /// Whether it fits the premises.
    pub(super) fn fits(&self, facts: Facts<'_, '_>) -> bool {
        let is_answered = |(&task, answers): (&StateId, &Vec<Answer>)| {
            facts.premises.of_task(facts.machine.state(task).name()).is_none_or(|premise| {
                answers.iter().all(|answer| match &answer.outcome {
                    Outcome::Return(value) => premise.admits(value),
                    Outcome::Read(_) | Outcome::Throw { .. } => true,
                })
            })
        };
        // A task without an answer gives what nobody vouches for.
        let all_answered = facts
            .machine
            .states
            .iter()
            .filter(|state| state.kind == Some(StateType::Task) && facts.premises.of_task(state.name()).is_some())
            .all(|state| self.answers.contains_key(&state.id));
        facts.premises.input.as_ref().is_none_or(|premise| premise.admits(&self.input))
            && self.answers.iter().all(is_answered)
            && all_answered
    }

    /// Executes it.
    pub(super) fn run(&self, machine: &Machine<'_>, runner: &mut Runner<'_, '_>, limits: Limits) -> Shown {
        let mocks = self.mocks(machine);
        Shown::of(machine, &executed(runner, self.input.clone(), &mocks, limits, false))
    }
}

/// Executes a machine, with or without the values on the way.
pub(super) fn executed(
    runner: &mut Runner<'_, '_>,
    input: Value,
    mocks: &Mocks,
    limits: Limits,
    keeps_values: bool,
) -> Execution {
    let setup = Setup {
        max_states: limits.states,
        max_work: MOST_WORK,
        kind: limits.kind,
        keeps_values,
        ..Setup::new(input, mocks, &NoFiles)
    };
    runner.run(&setup)
}

impl Shown {
    pub(super) fn of(machine: &Machine<'_>, execution: &Execution) -> Self {
        let mut goals = Vec::new();
        let mut failures = BTreeMap::new();
        let mut calls = BTreeMap::new();
        // By strand: the Choice that has not decided yet.
        let mut deciding: BTreeMap<usize, StateId> = BTreeMap::new();
        for (number, event) in execution.events.iter().enumerate() {
            match &event.what {
                &Happening::Entered(id, _) => {
                    goals.push((Goal::State(id), number));
                    let state = machine.state(id);
                    if state.kind == Some(StateType::Choice) {
                        deciding.insert(event.strand, id);
                    } else if Items::are_read(machine, state) {
                        *calls.entry(id).or_default() += 1;
                    }
                }
                &Happening::Chosen(id, rule) => {
                    deciding.remove(&event.strand);
                    let has_default = machine.state(id).choice().is_some_and(|choice| choice.default.is_some());
                    let goal = match rule {
                        Some(rule) => Goal::Rule(id, rule),
                        None if has_default => Goal::Default(id),
                        None => Goal::NoMatch(id),
                    };
                    goals.push((goal, number));
                }
                Happening::StateFailed(id, failure) if deciding.get(&event.strand) == Some(id) => {
                    deciding.remove(&event.strand);
                    let is_rule = failure.location.as_deref().is_some_and(|location| location.starts_with("Choices"));
                    if is_rule {
                        goals.push((Goal::Failing(*id), number));
                        failures.entry(*id).or_insert_with(|| failure.clone());
                    }
                }
                &Happening::Caught(id, catcher) => goals.push((Goal::Caught(id, catcher), number)),
                &Happening::Called(id, _) => *calls.entry(id).or_default() += 1,
                _ => {}
            }
        }
        let is_succeeded = matches!(execution.status, Status::Succeeded(_));
        if is_succeeded {
            goals.push((Goal::End, execution.events.len()));
        }
        Self { goals, n_entered: execution.cost, is_succeeded, failures, calls, told: OnceCell::new() }
    }

    /// When it shows something first.
    pub(super) fn when(&self, goal: Goal) -> Option<usize> {
        self.goals.iter().find(|(shown, _)| *shown == goal).map(|&(_, number)| number)
    }

    /// The states that are entered up to an event, and the one behind it where that is a choice among ways.
    pub(super) fn path(&self, names: &[Arc<str>], goal: Goal) -> Vec<Arc<str>> {
        let end = self.when(goal).unwrap_or_default();
        let mut path = Vec::new();
        let mut is_open = matches!(goal, Goal::Rule(..) | Goal::Default(_) | Goal::Caught(..));
        for &(shown, number) in &self.goals {
            if number > end && !is_open {
                break;
            }
            if let Goal::State(id) = shown {
                is_open &= number <= end;
                path.push(Arc::clone(&names[id.index()]));
            }
        }
        path
    }
}

/// A case as it is shown; `names` are those of the states.
pub(super) fn witness(names: &[Arc<str>], case: &Case, shown: &Shown, goal: Goal) -> Witness {
    let answer = |answer: &Answer| match &answer.outcome {
        Outcome::Return(value) => TaskAnswer::Return(value.clone()),
        Outcome::Read(items) => TaskAnswer::Read(items.clone()),
        Outcome::Throw { error, cause } => {
            TaskAnswer::Error(error.to_string(), cause.as_deref().unwrap_or_default().to_owned())
        }
    };
    let tasks = shown.told.get_or_init(|| {
        let called = case.called(shown);
        let told =
            called.map(|(task, answers)| (Arc::clone(&names[task.index()]), answers.iter().map(answer).collect()));
        Arc::new(told.collect())
    });
    Witness { input: case.input.clone(), tasks: Arc::clone(tasks), path: shown.path(names, goal), ..Witness::default() }
}
