//! Turns what a machine asks for into inputs and answers that look like what people send.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::asl::{Machine, State, StateId, StateType};
use crate::eval::execution::{DEFAULT_START, timestamp};
use crate::eval::value::Members;
use crate::eval::{Answer, Items, Random, Value};
use crate::flow::errors::ErrorFlow;
use crate::syntax::Node;

use super::super::MADE_UP;
use super::super::demand::{Demand, Shape, Step};

/// What is asked of a value and of what lies inside it.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    members: BTreeMap<Arc<str>, Wanted>,
    items: Option<Box<Wanted>>,
    /// How many items are asked for by number.
    n_items: usize,
    values: Vec<Value>,
    shape: Option<Shape>,
}

/// How far from the usual a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Everything that is asked for is there, with a value that makes a difference.
    Usual,
    /// Now and then something is missing, or of another type.
    Some,
    /// Often.
    Much,
}

impl Oddity {
    pub(super) fn draw(random: &mut Random) -> Self {
        match random.below(20) {
            0..13 => Self::Usual,
            13..17 => Self::Some,
            _ => Self::Much,
        }
    }

    /// Of a hundred values so many are odd.
    const fn percent(self) -> u64 {
        match self {
            Self::Usual => 0,
            Self::Some => 4,
            Self::Much => 14,
        }
    }
}

/// What the input and each task are asked for.
#[derive(Debug)]
pub(super) struct Sources {
    input: Wanted,
    tasks: BTreeMap<StateId, Task>,
    chances: Chances,
}

/// How often something goes another way than usual, of so many times once or a few times. In large machines it is rarer, so that
/// executions get to their end.
#[derive(Clone, Copy, Debug)]
struct Chances {
    /// Of so many tasks whose errors are handled one fails.
    failing: u64,
    /// What the percentages of [`Oddity`] are counted of.
    odd: u64,
}

/// A task that answers, or a Map that reads items.
#[derive(Debug)]
struct Task {
    wanted: Wanted,
    /// What may be read.
    items: Option<Items>,
    /// Errors that somebody handles, those last that nobody expects of it.
    errors: Vec<Arc<str>>,
    /// How many of them somebody expects.
    n_expected: usize,
    /// Whether it may be called more than once.
    is_repeated: bool,
    /// Whether its state may be entered more than once.
    is_entered_again: bool,
}

impl Sources {
    pub(super) fn new(
        machine: &Machine<'_>,
        demand: &Demand,
        errors: &ErrorFlow<'_>,
        repeated: &BTreeSet<StateId>,
    ) -> Self {
        let mut input = Wanted::default();
        let mut tasks = BTreeMap::new();
        for state in &machine.states {
            let items = Items::of_state(machine, state);
            let mut wanted = Wanted::default();
            let mut handled = names(machine, state);
            if items.is_some() {
                wanted.items.get_or_insert_default();
                if !handled.is_empty() {
                    handled = vec!["States.ItemReaderFailed".into()];
                }
            } else if state.kind != Some(StateType::Task) {
                continue;
            }
            handled.retain(|name| errors.raised(state.id).may_be_answered(name));
            handled.sort_by_key(|name| !is_expected(state, name));
            let n_expected = handled.iter().filter(|name| is_expected(state, name)).count();
            let is_entered_again = repeated.contains(&state.id);
            let is_repeated = is_entered_again || !state.retriers.is_empty();
            tasks.insert(state.id, Task { wanted, items, errors: handled, n_expected, is_repeated, is_entered_again });
        }
        for slot in &demand.slots {
            let root = match slot.task {
                None => &mut input,
                Some(task) => match tasks.get_mut(&task) {
                    Some(task) => &mut task.wanted,
                    None => continue,
                },
            };
            let question = &demand.questions[slot.question];
            root.at(&slot.way).take(&question.values, question.shape);
        }
        // Two tasks or so of an execution fail, and no more values are odd than a hundred would have.
        let n_failing = tasks.values().filter(|task| !task.errors.is_empty()).count() as u64;
        let n_values = input.size() + tasks.values().map(|task| task.wanted.size()).sum::<u64>();
        let chances = Chances { failing: (n_failing / 2).max(8), odd: n_values.max(100) };
        Self { input, tasks, chances }
    }

    /// An input of the execution.
    pub(super) fn input(&self, random: &mut Random, oddity: Oddity) -> Value {
        self.input.value(random, oddity, self.chances)
    }

    /// Answers of every task, by state.
    pub(super) fn answers(&self, random: &mut Random, oddity: Oddity) -> BTreeMap<StateId, Vec<Answer>> {
        self.tasks.iter().map(|(&id, task)| (id, task.answers(random, oddity, self.chances))).collect()
    }

    /// Answers of one task.
    pub(super) fn answer(&self, task: StateId, random: &mut Random, oddity: Oddity) -> Option<Vec<Answer>> {
        self.tasks.get(&task).map(|task| task.answers(random, oddity, self.chances))
    }

    /// The answer of a task with a value.
    pub(super) fn answered(&self, task: StateId, value: Value) -> Answer {
        match self.tasks.get(&task) {
            Some(task) => task.answered(value),
            None => Answer::returns(value),
        }
    }

    /// Whether a state is a Map that reads items.
    pub(super) fn reads(&self, state: StateId) -> bool {
        self.tasks.get(&state).is_some_and(|task| task.items.is_some())
    }

    /// Whether a task may be called more than once.
    pub(super) fn is_repeated(&self, task: StateId) -> bool {
        self.tasks.get(&task).is_some_and(|task| task.is_repeated)
    }

    /// Whether the state of a task may be entered more than once.
    pub(super) fn is_entered_again(&self, task: StateId) -> bool {
        self.tasks.get(&task).is_some_and(|task| task.is_entered_again)
    }

    /// The errors of a task that somebody handles.
    pub(super) fn errors(&self, task: StateId) -> &[Arc<str>] {
        self.tasks.get(&task).map(|task| task.errors.as_slice()).unwrap_or_default()
    }
}

impl Task {
    /// The answer with a value. What nobody reads is made into what somebody might.
    fn answered(&self, value: Value) -> Answer {
        match &self.items {
            Some(items) => Answer::reads(Value::array(items.fitted(value.as_array().unwrap_or_default()))),
            None => Answer::returns(value),
        }
    }

    fn answers(&self, random: &mut Random, oddity: Oddity, chances: Chances) -> Vec<Answer> {
        let n = if self.is_repeated { 1 + random.below(3) } else { 1 };
        let mut answers: Vec<Answer> =
            (0..n).map(|_| self.answered(self.wanted.value(random, oddity, chances))).collect();
        if let Some(error) = pick(random, &self.errors[..self.n_expected])
            && random.below(chances.failing) == 0
        {
            let failure = Answer::throws(Arc::clone(error), Some(MADE_UP.into()));
            match random.below(3) {
                0 => answers.insert(0, failure),
                _ => answers = vec![failure],
            }
        }
        answers
    }
}

/// One of a list.
pub(super) fn pick<'l, T>(random: &mut Random, list: &'l [T]) -> Option<&'l T> {
    list.get(usize::try_from(random.below(list.len() as u64)).unwrap_or_default())
}

/// Whether an error reads as one of this state: who has no limits is not expected to exceed them.
fn is_expected(state: &State<'_>, name: &str) -> bool {
    let has_limits = || {
        state.node.members().any(|field| field.name().starts_with("Timeout") || field.name().starts_with("Heartbeat"))
    };
    name != "States.Timeout" || has_limits()
}

/// The names of errors that the state or something around it handles, and some that nothing names.
fn names(machine: &Machine<'_>, state: &State<'_>) -> Vec<Arc<str>> {
    let mut found: Vec<Arc<str>> = Vec::new();
    let mut is_handled = false;
    let mut around = Some(state.id);
    while let Some(state) = around.map(|id| machine.state(id)) {
        let catchers = state.catchers.iter().map(|catcher| &catcher.errors);
        let retriers = state.retriers.iter().map(|retrier| &retrier.errors);
        for name in catchers.chain(retriers).flatten().filter_map(|node: &Node<'_>| node.as_str()) {
            is_handled = true;
            let is_raised = !matches!(
                name,
                "States.ALL"
                    | "States.Runtime"
                    | "States.DataLimitExceeded"
                    | "States.QueryEvaluationError"
                    | "States.HeartbeatTimeout"
                    | "States.ExceedToleratedFailureThreshold"
                    | "States.ItemReaderFailed"
                    | "States.ResultWriterFailed"
                    | "States.NoChoiceMatched"
                    | "States.BranchFailed"
            );
            if is_raised && !found.iter().any(|known| **known == *name) {
                found.push(name.into());
            }
        }
        around = machine.scope(state.scope).place.owner();
    }
    if is_handled {
        for name in ["States.TaskFailed", "States.Permissions", "States.Timeout", "CustomError"] {
            if !found.iter().any(|known| **known == *name) {
                found.push(name.into());
            }
        }
    }
    found
}

impl Wanted {
    fn at(&mut self, way: &[Step]) -> &mut Self {
        way.iter().fold(self, |wanted, step| match step {
            Step::Member(name) => wanted.members.entry(Arc::clone(name)).or_default(),
            Step::Item(number) => {
                wanted.n_items = wanted.n_items.max(number.saturating_add(1)).min(8);
                wanted.items.get_or_insert_default()
            }
            Step::Each => wanted.items.get_or_insert_default(),
        })
    }

    fn take(&mut self, values: &[Value], shape: Shape) {
        if shape != Shape::Any {
            self.shape = Some(shape);
        }
        for value in values {
            if self.values.len() < 64 && !self.values.contains(value) {
                self.values.push(value.clone());
            }
        }
    }

    /// How many values it has inside, and itself. Recursion is bounded by the length of ways.
    fn size(&self) -> u64 {
        1 + self.members.values().map(Self::size).sum::<u64>() + self.items.as_deref().map_or(0, Self::size)
    }

    /// A value; an object where nothing is asked for.
    fn value(&self, random: &mut Random, oddity: Oddity, chances: Chances) -> Value {
        self.inner(random, oddity, chances).unwrap_or_else(|| Value::object(Members::new()))
    }

    /// A value, or that there is none. Recursion is bounded by the length of ways.
    fn inner(&self, random: &mut Random, oddity: Oddity, chances: Chances) -> Option<Value> {
        let is_container = !self.members.is_empty() || self.items.is_some();
        if random.below(chances.odd) < oddity.percent() {
            return match random.below(3) {
                0 => None,
                _ => pick(random, &others()).cloned(),
            };
        }
        if is_container && (self.values.is_empty() || random.below(8) > 0) {
            return Some(self.container(random, oddity, chances));
        }
        if !self.values.is_empty() {
            return pick(random, &self.values).cloned();
        }
        Some(match self.shape {
            Some(Shape::Array) => {
                let item = Value::object(Members::new());
                Value::array(vec![item; usize::try_from(random.below(3)).unwrap_or_default()])
            }
            Some(Shape::Number) => Value::from(i64::try_from(random.below(3)).unwrap_or_default()),
            Some(Shape::Text) => "a".into(),
            Some(Shape::Timestamp) => timestamp(DEFAULT_START).into(),
            Some(Shape::Any) | None => match random.below(8) {
                0..3 => Value::object(Members::new()),
                3..6 => "a".into(),
                _ => 1.into(),
            },
        })
    }

    fn container(&self, random: &mut Random, oddity: Oddity, chances: Chances) -> Value {
        if let Some(items) = &self.items
            && (self.members.is_empty() || random.below(2) == 0)
        {
            let more = usize::try_from(random.below(3)).unwrap_or_default();
            let n = if self.n_items == 0 { more } else { self.n_items + more / 2 };
            return Value::array((0..n).map(|_| items.value(random, oddity, chances)).collect());
        }
        let members = self.members.iter();
        Value::members(
            members.filter_map(|(name, wanted)| Some((Arc::clone(name), wanted.inner(random, oddity, chances)?))),
        )
    }
}

/// Values of every type.
pub(super) fn others() -> Vec<Value> {
    vec![
        Value::Null,
        0.into(),
        "".into(),
        "a".into(),
        true.into(),
        Value::object(Members::new()),
        Value::array(Vec::new()),
        timestamp(DEFAULT_START).into(),
    ]
}
