//! What ends a state before its time, and who may handle it.

use std::sync::Arc;

use crate::asl::{Language, StateId};
use crate::syntax::Node;
use crate::text::Span;

use super::super::{Fault, FaultKind, Value};

/// Why a state did not give a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The name by which retriers and catchers know it; a Fail state may give none.
    pub error: Option<Arc<str>>,
    /// What happened.
    pub cause: Option<Arc<str>>,
    /// The expression of the machine that is at fault, if one is.
    pub at: Option<Span>,
    /// The state that failed with it first; what lies around that state may have failed with it after that.
    pub state: Option<StateId>,
    /// The field of the state that expression stands in: `Output/result`.
    pub location: Option<Arc<str>>,
    /// Who may handle it.
    pub reach: Reach,
}

/// Who may handle a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Whoever names it, and `States.ALL`.
    Any,
    /// As `Any`, and by the name `States.HeartbeatTimeout` too: a missed heartbeat is recorded as `States.Timeout`.
    Heartbeat,
    /// Nobody: the execution fails. `States.Runtime`, a payload too large (AWS guide, "Handling errors": terminal errors), and
    /// a task that no mock answers, of which nothing is known.
    Nobody,
}

pub(super) const RUNTIME: &str = "States.Runtime";
pub(super) const QUERY: &str = "States.QueryEvaluationError";
pub(super) const TIMEOUT: &str = "States.Timeout";
pub(super) const DATA_LIMIT: &str = "States.DataLimitExceeded";
/// The error of a Distributed Map of which too many children failed.
pub const EXCEEDED: &str = "States.ExceedToleratedFailureThreshold";
/// The error of a task that no mock answers: a name of our own, which the service never raises and nothing catches.
pub const NOT_MOCKED: &str = "aslint.NotMocked";
/// The error of a state whose mock gives what it never gets: a name of our own.
pub const UNFIT: &str = "aslint.UnfitMock";
pub(super) const UNSUPPORTED: &str = "aslint.Unsupported";

impl Failure {
    /// One that retriers and catchers may handle.
    pub(super) fn new(error: &str, cause: impl Into<Arc<str>>) -> Self {
        Self {
            error: Some(error.into()),
            cause: Some(cause.into()),
            at: None,
            state: None,
            location: None,
            reach: Reach::Any,
        }
    }

    /// A value larger than the service hands on or keeps (AWS guide, "Handling errors": a terminal error).
    pub(super) fn too_large(at: Span, cause: String) -> Self {
        Self { at: Some(at), reach: Reach::Nobody, ..Self::new(DATA_LIMIT, cause) }
    }

    /// `States.Runtime`, at a value of the machine.
    pub(super) fn runtime(at: Node<'_>, cause: impl Into<Arc<str>>) -> Self {
        Self { location: located(at), at: Some(at.span()), reach: Reach::Nobody, ..Self::new(RUNTIME, cause) }
    }

    /// What a state with the query language fails with when the value of a field is of no use.
    pub(super) fn unfit(language: Language, at: Node<'_>, cause: impl Into<Arc<str>>) -> Self {
        match language {
            Language::JsonPath => Self::runtime(at, cause),
            Language::Jsonata => Self { location: located(at), at: Some(at.span()), ..Self::new(QUERY, cause) },
        }
    }

    /// What the service makes of an expression that has no value.
    pub(super) fn of(fault: &Fault, node: Node<'_>, expression: Span) -> Result<Self, OutOfWork> {
        let at = Some(node.source_span(fault.span.shifted(expression.start)));
        match fault.kind {
            FaultKind::OutOfBudget => Err(OutOfWork { at, reason: fault.message.as_str().into() }),
            FaultKind::Runtime => Ok(Self {
                at,
                location: located(node),
                reach: Reach::Nobody,
                ..Self::new(RUNTIME, fault.message.as_str())
            }),
            FaultKind::Jsonata(code) => {
                let field = location(node);
                let text = expression.of(node.content()).trim();
                let cause = format!(
                    "The JSONata expression '{text}' specified for the field '{field}' fails: {code}: {}",
                    fault.message
                );
                Ok(Self { at, location: located(node), ..Self::new(QUERY, cause) })
            }
        }
    }

    /// What a Fail state fails with.
    pub(super) const fn thrown(error: Option<Arc<str>>, cause: Option<Arc<str>>) -> Self {
        Self { error, cause, at: None, state: None, location: None, reach: Reach::Any }
    }

    /// What a call fails with, or what a mock says in the place of a whole state. `States.Runtime` is the service's own, and nobody
    /// handles it, whoever tells it.
    pub(super) fn answered(error: Arc<str>, cause: Option<Arc<str>>) -> Self {
        let reach = if &*error == RUNTIME { Reach::Nobody } else { Reach::Any };
        Self { reach, ..Self::thrown(Some(error), cause) }
    }

    /// What a catcher or `$states.errorOutput` sees; without a cause an empty one (recorded).
    pub(super) fn output(&self) -> Value {
        let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().into();
        Value::members([("Error", text(&self.error)), ("Cause", text(&self.cause))])
    }

    /// Whether an entry of `ErrorEquals` names it.
    fn is_named(&self, name: &str) -> bool {
        if self.reach == Reach::Nobody {
            return false;
        }
        let error = self.error.as_deref();
        match name {
            "States.ALL" => true,
            // A wildcard for everything but a timeout (AWS guide, "Handling errors").
            "States.TaskFailed" => error != Some(TIMEOUT),
            "States.HeartbeatTimeout" if self.reach == Reach::Heartbeat => true,
            _ => error == Some(name),
        }
    }

    /// Whether `ErrorEquals` names it.
    pub(super) fn is_among(&self, names: &[Node<'_>]) -> bool {
        names.iter().filter_map(|name| name.as_str()).any(|name| self.is_named(name))
    }
}

/// There was more to evaluate than is allowed.
#[derive(Clone, Debug)]
pub(super) struct OutOfWork {
    pub(super) at: Option<Span>,
    pub(super) reason: Arc<str>,
}

fn located(node: Node<'_>) -> Option<Arc<str>> {
    Some(location(node).into()).filter(|location: &Arc<str>| !location.is_empty())
}

/// Where in its state a value stands, as the service writes it: `Output/result`.
pub(super) fn location(node: Node<'_>) -> String {
    use crate::syntax::Step;
    let steps = node.path();
    let is_states = |step: &Step<'_>| *step == Step::Member("States");
    let mut start = steps.iter().position(is_states).map_or(0, |at| at + 2);
    // A value that is called `States` is no scope: those lie in branches and in what a Map does.
    loop {
        start += match steps.get(start..).unwrap_or_default() {
            [Step::Member("Branches"), Step::Item(_), states, _, ..] if is_states(states) => 4,
            [Step::Member("ItemProcessor" | "Iterator"), states, _, ..] if is_states(states) => 3,
            _ => break,
        };
    }
    let mut text = String::new();
    for step in steps.get(start..).unwrap_or_default() {
        match step {
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => {
                text.push('/');
                text.push_str(name);
            }
            Step::Item(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
