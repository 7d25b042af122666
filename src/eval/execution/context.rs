//! The context object: what `$$` and `$states.context` say.

use std::sync::Arc;

use jiff::Timestamp;

use crate::asl::{MachineType, State, StateType};
use crate::syntax::Node;

use super::super::value::Members;
use super::super::{Random, Value};
use super::{Interpreter, Setup};

/// The account and region that made-up ARNs name.
const PLACE: &str = "us-east-1:123456789012";

/// The parts of the context object that stay the same throughout an execution.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    execution: Value,
    machine: Value,
    /// The name of the machine.
    name: Arc<str>,
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
        Self { execution, machine, name: setup.name.into() }
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

impl<'t> Interpreter<'_, 't> {
    /// The context object of a state that was entered at this time and has been retried so many times.
    pub(super) fn context(
        &self,
        state: &State<'t>,
        entered: &Value,
        n_retries: u32,
        item: Option<&Item>,
        token: Option<&str>,
    ) -> Value {
        let mut context = match &self.setup.context {
            Some(given) => given.as_object().cloned().unwrap_or_default(),
            None => self.own_context(state, entered, n_retries),
        };
        if let Some(item) = item {
            context.insert("Map".into(), item.context());
        }
        if let Some(token) = token {
            context.insert("Task".into(), Value::members([("Token", Value::from(token))]));
        }
        Value::object(context)
    }

    fn own_context(&self, state: &State<'t>, entered: &Value, n_retries: u32) -> Members {
        let mut own = Members::with_capacity(3);
        own.insert("EnteredTime".into(), entered.clone());
        own.insert("Name".into(), Value::from(state.name()));
        if matches!(state.kind, Some(StateType::Task | StateType::Map | StateType::Parallel)) {
            own.insert("RetryCount".into(), Value::from(i64::from(n_retries)));
        }
        let mut context = Members::with_capacity(5);
        context.insert("Execution".into(), self.identity.execution.clone());
        context.insert("StateMachine".into(), self.identity.machine.clone());
        context.insert("State".into(), Value::object(own));
        context
    }
}
