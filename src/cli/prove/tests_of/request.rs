//! Turns a branch that an execution takes into a request to the service's TestState, and what it is to answer.
//!
//! A Choice is asked with what comes in; a catcher with a mock of the error that its state fails with. There is no request for what
//! the service does not let anybody ask: a context object comes only with a mock, and a Choice takes none, so that nothing tells
//! what one that reads the context object does; and no mock says that an expression of a state fails.

use crate::asl::expression::Origin;
use crate::asl::{Machine, State, StateId};
use crate::eval::execution::{DEFAULT_START, Failure, Happening, timestamp};
use crate::eval::value::Members;
use crate::eval::{Execution, Value};
use crate::source::Document;
use crate::symex::{Facts, Goal, Replayed, Witness};
use crate::syntax::Node;

/// The request for a branch, with what is expected.
pub(super) fn of(
    document: &Document<'_>,
    facts: Facts<'_, '_>,
    goal: Goal,
    witness: &Witness,
    replayed: &Replayed,
) -> Option<Value> {
    let machine = facts.machine;
    let id = goal.state()?;
    let state = machine.state(id);
    let &(_, at) = replayed.goals.iter().find(|&&(shown, _)| shown == goal)?;
    let visit = Visit::of(&replayed.execution, id, at)?;
    let read = read_of_context(facts, id);
    let mut request = Members::new();
    request.insert("definition".into(), Value::from_node(document.root).to_json().into());
    request.insert("stateName".into(), state.name().into());
    request.insert("input".into(), visit.input.to_json().into());
    let variables = visit.execution.variables(visit.start, visit.strand);
    if !variables.is_empty() {
        request.insert("variables".into(), Value::object(variables).to_json().into());
    }
    request.insert("inspectionLevel".into(), "INFO".into());
    let mut expected = Members::new();
    let mut expect = |name: &str, value: &str| _ = expected.insert(name.into(), value.into());
    match goal {
        Goal::Rule(..) | Goal::Default(_) | Goal::NoMatch(_) | Goal::Failing(_) if read != Read::Nothing => {
            return None;
        }
        Goal::Rule(..) | Goal::Default(_) => expect("status", "SUCCEEDED"),
        Goal::NoMatch(_) => expect("status", "FAILED"),
        Goal::Failing(_) => {
            expect("status", "FAILED");
            expect("error", visit.failure()?.error.as_deref()?);
        }
        Goal::Caught(..) => {
            if read == Read::Item {
                return None;
            }
            let failure = visit.failure()?;
            // What an expression of the state itself fails with.
            if failure.location.is_some() && failure.state.is_none_or(|at| at == id) {
                return None;
            }
            let error = failure.error.as_deref()?;
            expect("status", "CAUGHT_ERROR");
            expect("error", error);
            let mut told = vec![("error", Value::from(error))];
            told.extend(failure.cause.as_deref().map(|cause| ("cause", cause.into())));
            request.insert("mock".into(), Value::members([("errorOutput", Value::members(told))]));
            if read == Read::Execution {
                request.insert("context".into(), context(state, &witness.input).to_json().into());
            }
            let configuration = configuration(machine, state, &visit, failure);
            if !configuration.is_empty() {
                request.insert("stateConfiguration".into(), Value::object(configuration));
            }
        }
        Goal::State(_) | Goal::End => return None,
    }
    if let (Goal::Rule(..) | Goal::Default(_) | Goal::Caught(..), Some(next)) = (goal, visit.next()) {
        expect("nextState", machine.state(next).name());
    }
    Some(Value::members([
        ("what", Value::from(super::words(machine, goal))),
        ("request", Value::object(request)),
        ("expect", Value::object(expected)),
    ]))
}

/// What a state reads of the context object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Read {
    Nothing,
    /// Of the execution, its machine, the state, the task.
    Execution,
    /// The item of a Map, or all of it.
    Item,
}

fn read_of_context(facts: Facts<'_, '_>, state: StateId) -> Read {
    let own = facts.expressions.iter().filter(|expression| expression.site.state == state);
    let of_reference = |origin: Origin<'_>, names: &[&str]| match (origin, names) {
        (Origin::Context, [] | ["Map", ..]) | (Origin::States, [] | ["context"] | ["context", "Map", ..]) => Read::Item,
        (Origin::Context, _) | (Origin::States, ["context", ..]) => Read::Execution,
        _ => Read::Nothing,
    };
    let read = own.flat_map(|expression| {
        let references = expression.references();
        references.into_iter().map(move |reference| {
            let names: Vec<&str> = reference.members.iter().map(|member| member.name).collect();
            of_reference(reference.origin, &names)
        })
    });
    read.max().unwrap_or(Read::Nothing)
}

/// A context object as TestState takes it: with what the execution begins with, the rest made up.
fn context(state: &State<'_>, input: &Value) -> Value {
    const PLACE: &str = "us-east-1:123456789012";
    let now = || Value::from(timestamp(DEFAULT_START));
    let execution = Value::members([
        ("Id", Value::from(format!("arn:aws:states:{PLACE}:execution:machine:test"))),
        ("Input", input.clone()),
        ("Name", "test".into()),
        ("RoleArn", "arn:aws:iam::123456789012:role/aslint".into()),
        ("StartTime", now()),
    ]);
    let own = Value::members([("EnteredTime", now()), ("Name", state.name().into()), ("RetryCount", 0.into())]);
    let id = Value::from(format!("arn:aws:states:{PLACE}:stateMachine:machine"));
    let machine = Value::members([("Id", id), ("Name", "machine".into())]);
    let mut members = vec![("Execution", execution), ("State", own), ("StateMachine", machine)];
    // It is refused where the task gets no token.
    let resource = state.node.get("Resource").and_then(Node::as_str).unwrap_or_default();
    if resource.ends_with(".waitForTaskToken") || resource.contains(".sync") {
        members.push(("Task", Value::members([("Token", Value::from("token"))])));
    }
    Value::members(members)
}

/// Where the error comes from, and how many retries there were before it is caught.
fn configuration(machine: &Machine<'_>, state: &State<'_>, visit: &Visit<'_>, failure: &Failure) -> Members {
    let mut members = Members::new();
    if let Some(inner) = failure.state.filter(|&inner| inner != state.id) {
        members.insert("errorCausedByState".into(), machine.state(inner).name().into());
    }
    let error = failure.error.as_deref().unwrap_or_default();
    let names = |name: &str| match name {
        "States.ALL" => true,
        "States.TaskFailed" => error != "States.Timeout",
        _ => name == error,
    };
    let retrier =
        state.retriers.iter().position(|retrier| retrier.errors.iter().filter_map(|error| error.as_str()).any(names));
    let attempts = visit.events().filter_map(|what| match what {
        Happening::Retrying { state: tried, retrier: by, attempt, .. }
            if *tried == visit.state && Some(*by) == retrier =>
        {
            Some(*attempt)
        }
        _ => None,
    });
    if let Some(attempts) = attempts.max() {
        members.insert("retrierRetryCount".into(), i64::from(attempts).into());
    }
    members
}

/// What happens in a state from where it is entered to where it takes a branch.
struct Visit<'e> {
    execution: &'e Execution,
    state: StateId,
    strand: usize,
    /// What it is entered with.
    input: &'e Value,
    /// The number of the event of its entry.
    start: usize,
    /// And of the branch.
    at: usize,
}

impl<'e> Visit<'e> {
    fn of(execution: &'e Execution, state: StateId, at: usize) -> Option<Self> {
        let strand = execution.events.get(at)?.strand;
        let mut before = execution.events[..at].iter().enumerate().rev();
        let (start, input) = before.find_map(|(number, event)| match &event.what {
            Happening::Entered(entered, input) if *entered == state && event.strand == strand => Some((number, input)),
            _ => None,
        })?;
        Some(Self { execution, state, strand, input, start, at })
    }

    /// What happens in its strand, the branch included.
    fn events(&self) -> impl DoubleEndedIterator<Item = &'e Happening> {
        let strand = self.strand;
        let events = &self.execution.events[self.start..=self.at];
        events.iter().filter(move |event| event.strand == strand).map(|event| &event.what)
    }

    /// What it failed with last.
    fn failure(&self) -> Option<&'e Failure> {
        self.events().rev().find_map(|what| match what {
            Happening::StateFailed(state, failure) if *state == self.state => Some(failure),
            _ => None,
        })
    }

    /// The state that is entered next.
    fn next(&self) -> Option<StateId> {
        self.execution.events[self.at..].iter().find_map(|event| match event.what {
            Happening::Entered(next, _) if event.strand == self.strand => Some(next),
            _ => None,
        })
    }
}
