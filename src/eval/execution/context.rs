//! The context object: what `$$` and `$states.context` say, and `$states` itself.
//!
//! Few expressions read the context object, and every attempt at a state has another one: it is made when one does.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use crate::asl::{MachineType, State, StateType};
use crate::syntax::Node;

use super::super::value::Members;
use super::super::{Random, Value};
use super::Setup;
use super::pipeline::View;

/// The account and region that made-up ARNs name.
const PLACE: &str = "us-east-1:123456789012";

/// The parts of the context object that stay the same throughout an execution.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    execution: Value,
    machine: Value,
    /// The name of the machine.
    name: Arc<str>,
    /// A context object that takes the place of all of it.
    given: Option<Value>,
    names: Names,
}

/// The names of the members of `$states`.
#[derive(Clone, Debug)]
struct Names {
    input: Arc<str>,
    context: Arc<str>,
    result: Arc<str>,
    error_output: Arc<str>,
}

/// The context object of one attempt at a state.
#[derive(Debug)]
pub(super) struct Context<'c> {
    identity: Rc<Identity>,
    attempt: Attempt<'c>,
    item: Option<&'c Item>,
    made: OnceCell<Value>,
}

/// What the context object tells of an attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt<'c> {
    /// The name of the state.
    pub(super) name: &'c str,
    /// When the state was entered, in milliseconds since 1970.
    pub(super) entered: i64,
    /// How many times it has been retried since; none where it is of no type that can be.
    pub(super) n_retries: Option<u32>,
    /// What a task is called back with.
    pub(super) token: Option<&'c str>,
}

/// `$states`, with a result or an error output where there is one; made when an expression reads it.
#[derive(Debug)]
pub(super) struct States<'v> {
    view: View<'v>,
    outcome: Option<(Role, &'v Value)>,
    /// With the context object.
    whole: OnceCell<Value>,
    /// Without.
    plain: OnceCell<Value>,
}

/// What came of the work of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `$states.result`
    Result,
    /// `$states.errorOutput`
    ErrorOutput,
}

/// The item that a Map works on.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) index: usize,
    pub(super) value: Value,
    /// The name of the member, where the Map iterates over an object.
    pub(super) key: Option<Arc<str>>,
    /// Where the items come from: the URI of a file, or `STATE_DATA`.
    pub(super) source: Arc<str>,
}

impl Item {
    /// What an iteration starts with, unless the Map makes something else of it.
    pub(super) fn input(&self) -> Value {
        match &self.key {
            None => self.value.clone(),
            Some(key) => Value::members([("Key", Value::from(Arc::clone(key))), ("Value", self.value.clone())]),
        }
    }

    /// `$$.Map`
    pub(super) fn context(&self) -> Value {
        let mut members = Members::with_capacity(4);
        members.insert("Index".into(), Value::from(i64::try_from(self.index).unwrap_or(i64::MAX)));
        members.insert("Value".into(), self.value.clone());
        if let Some(key) = &self.key {
            members.insert("Key".into(), Value::from(Arc::clone(key)));
        }
        members.insert("Source".into(), Value::from(Arc::clone(&self.source)));
        Value::members([("Item", Value::object(members))])
    }
}

impl Identity {
    pub(super) fn new(setup: &Setup<'_>, random: &mut Random) -> Self {
        let machine = Value::members([
            ("Id", Value::from(format!("arn:aws:states:{PLACE}:stateMachine:{}", setup.name))),
            ("Name", Value::from(setup.name)),
        ]);
        let execution = execution(setup.kind, setup.name, &random.uuid(), &setup.input, setup.start);
        let names = Names {
            input: "input".into(),
            context: "context".into(),
            result: "result".into(),
            error_output: "errorOutput".into(),
        };
        Self { execution, machine, name: setup.name.into(), given: setup.context.clone(), names }
    }

    /// The identity of a child execution of a Distributed Map.
    pub(super) fn child(&self, kind: MachineType, input: &Value, now: i64, random: &mut Random) -> Self {
        Self { execution: execution(kind, &self.name, &random.uuid(), input, now), ..self.clone() }
    }

    /// An ARN for the run of a Distributed Map.
    pub(super) fn map_run(&self, state: &State<'_>, random: &mut Random) -> String {
        let label = state.node.get("Label").and_then(Node::as_str).unwrap_or_else(|| state.name());
        format!("arn:aws:states:{PLACE}:mapRun:{}/{label}:{}", self.name, random.uuid())
    }

    /// The name of the execution.
    pub(super) fn execution_name(&self) -> &str {
        self.execution.get("Name").and_then(Value::as_str).unwrap_or_default()
    }
}

fn execution(kind: MachineType, machine: &str, name: &str, input: &Value, start: i64) -> Value {
    let word = if kind == MachineType::Express { "express" } else { "execution" };
    let mut members = vec![
        ("Id", Value::from(format!("arn:aws:states:{PLACE}:{word}:{machine}:{name}"))),
        ("Input", input.clone()),
        ("StartTime", Value::from(timestamp(start))),
        ("Name", Value::from(name)),
        ("RoleArn", Value::from("arn:aws:iam::123456789012:role/aslint")),
    ];
    // Express executions cannot be taken up again (recorded: the member is not there).
    if kind == MachineType::Standard {
        members.push(("RedriveCount", Value::from(0)));
    }
    Value::members(members)
}

/// An instant of the simulated clock, in milliseconds since 1970, as the service writes it: RFC 3339 with milliseconds.
#[must_use]
pub fn timestamp(milliseconds: i64) -> String {
    let instant = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
    format!("{instant:.3}")
}

impl<'c> Context<'c> {
    /// Of an attempt at a state of an execution; `item` is what the Map around it works on.
    pub(super) const fn new(identity: Rc<Identity>, attempt: Attempt<'c>, item: Option<&'c Item>) -> Self {
        Self { identity, attempt, item, made: OnceCell::new() }
    }

    /// The same with another item.
    pub(super) fn with_item<'i>(&self, item: &'i Item) -> Context<'i>
    where
        'c: 'i,
    {
        Context::new(Rc::clone(&self.identity), self.attempt, Some(item))
    }

    /// What `$$` is.
    pub(super) fn value(&self) -> Value {
        self.made.get_or_init(|| self.made()).clone()
    }

    fn made(&self) -> Value {
        let mut context = match &self.identity.given {
            Some(given) => given.as_object().cloned().unwrap_or_default(),
            None => self.own(),
        };
        if let Some(item) = self.item {
            context.insert("Map".into(), item.context());
        }
        if let Some(token) = self.attempt.token {
            context.insert("Task".into(), Value::members([("Token", Value::from(token))]));
        }
        Value::object(context)
    }

    fn own(&self) -> Members {
        let Attempt { name, entered, n_retries, .. } = self.attempt;
        let mut own = Members::with_capacity(3);
        own.insert("EnteredTime".into(), Value::from(timestamp(entered)));
        own.insert("Name".into(), Value::from(name));
        if let Some(n_retries) = n_retries {
            own.insert("RetryCount".into(), Value::from(i64::from(n_retries)));
        }
        let mut context = Members::with_capacity(5);
        context.insert("Execution".into(), self.identity.execution.clone());
        context.insert("StateMachine".into(), self.identity.machine.clone());
        context.insert("State".into(), Value::object(own));
        context
    }
}

impl<'c> Attempt<'c> {
    /// At a state that was entered at this time and has been retried so many times.
    pub(super) fn new(state: &'c State<'_>, entered: i64, n_retries: u32, token: Option<&'c str>) -> Self {
        let is_retried = matches!(state.kind, Some(StateType::Task | StateType::Map | StateType::Parallel));
        Self { name: state.name(), entered, n_retries: is_retried.then_some(n_retries), token }
    }
}

impl<'v> States<'v> {
    /// What the expressions of a state see, before its work or after.
    pub(super) const fn new(view: View<'v>, outcome: Option<(Role, &'v Value)>) -> Self {
        Self { view, outcome, whole: OnceCell::new(), plain: OnceCell::new() }
    }

    /// All of it, or what it is without the member `context`.
    pub(super) fn value(&self, has_context: bool) -> Value {
        let made = if has_context { &self.whole } else { &self.plain };
        made.get_or_init(|| self.made(has_context)).clone()
    }

    fn made(&self, has_context: bool) -> Value {
        let names = &self.view.context.identity.names;
        let mut members = Members::with_capacity(3);
        members.insert(Arc::clone(&names.input), self.view.input.clone());
        if has_context {
            members.insert(Arc::clone(&names.context), self.view.context.value());
        }
        if let Some((role, value)) = self.outcome {
            let name = match role {
                Role::Result => &names.result,
                Role::ErrorOutput => &names.error_output,
            };
            members.insert(Arc::clone(name), value.clone());
        }
        Value::object(members)
    }
}
