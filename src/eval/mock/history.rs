//! Turns the recorded history of an execution into the answers that its tasks got.
//!
//! An event says which one came before it; the state that was entered last on the way back is whose task answered. Answers of
//! one state come in the order in which an execution would ask for them that runs the iterations of a Map and the branches of
//! a Parallel one after the other, whatever the clock did.

use std::rc::Rc;

use indexmap::IndexMap;

use super::read::Reader;
use super::{Answer, Outcome};
use crate::asl::timestamp::rfc3339;
use crate::eval::value::Value;
use crate::syntax::Node;

/// Ends of a task with a result.
const SUCCESSES: &[&str] = &["ActivitySucceeded", "LambdaFunctionSucceeded", "TaskSucceeded"];
/// Ends of a task without one.
const FAILURES: &[&str] = &[
    "ActivityFailed",
    "ActivityScheduleFailed",
    "LambdaFunctionFailed",
    "LambdaFunctionScheduleFailed",
    "LambdaFunctionStartFailed",
    "TaskFailed",
    "TaskStartFailed",
    "TaskSubmitFailed",
];
/// Ends of a task that took too long.
const TIMEOUTS: &[&str] = &["ActivityTimedOut", "LambdaFunctionTimedOut", "TaskTimedOut"];
/// Beginnings of a task.
const BEGINNINGS: &[&str] = &["ActivityScheduled", "LambdaFunctionScheduled", "TaskScheduled"];

/// How deep Maps and Parallels are followed. Only the order of answers hangs on it.
const MAX_DEPTH: usize = 32;

/// Where an event stands in the execution.
#[derive(Clone, Debug, Default)]
struct Place<'t> {
    kind: &'t str,
    /// The state that was entered last.
    state: &'t str,
    /// When its task was scheduled last.
    scheduled: Option<f64>,
    /// The iterations and branches around it, outermost first.
    around: Rc<Vec<Turn<'t>>>,
}

/// One iteration of a Map or branch of a Parallel, in the order of execution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn<'t> {
    /// The event that started the Map or the Parallel.
    started: i64,
    /// The iteration's number, or the event that entered the branch.
    number: i64,
    /// The name of the Map or the Parallel.
    name: &'t str,
}

/// Reads the answers from events in either order.
pub(super) fn read(reader: &mut Reader, events: Node<'_>) {
    let mut by_id: Vec<(i64, Node<'_>)> = Vec::new();
    for event in events.items() {
        match event.get("id").and_then(Node::as_i64) {
            Some(id) => by_id.push((id, event)),
            None => reader.error(event.token(), "an event of a history has a number as its `id`"),
        }
    }
    by_id.sort_by_key(|(id, _)| *id);
    let mut places: IndexMap<i64, Place<'_>> = IndexMap::new();
    let mut answers = Vec::new();
    for (id, event) in by_id {
        let before = event.get("previousEventId").and_then(Node::as_i64).unwrap_or_default();
        if before != 0 && !places.contains_key(&before) {
            let message = format!("the event {before} before this one is missing: this is no whole history");
            return reader.error(event.token(), message);
        }
        let parent = places.get(&before).cloned().unwrap_or_default();
        let place = follow(id, event, &parent);
        if let Some(answer) = answer(reader, event, &parent) {
            let mut order = parent.around.to_vec();
            order.push(Turn { started: id, number: 0, name: "" });
            answers.push((order, parent.state, answer));
        }
        places.insert(id, place);
    }
    answers.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    for (_, state, answer) in answers {
        reader.mocks.push(state, answer, 1);
    }
}

/// Where an event stands that comes after `parent`.
fn follow<'t>(id: i64, event: Node<'t>, parent: &Place<'t>) -> Place<'t> {
    let kind = event.get("type").and_then(Node::as_str).unwrap_or_default();
    let name = || details(event, kind).and_then(|details| details.get("name")?.as_str()).unwrap_or_default();
    let mut place = Place { kind, ..parent.clone() };
    match kind {
        "MapStateStarted" | "ParallelStateStarted" => {
            let around = Rc::make_mut(&mut place.around);
            if parent.kind.strip_suffix("StateEntered") == kind.strip_suffix("StateStarted") {
                around.push(Turn { started: id, number: 0, name: parent.state });
                around.truncate(MAX_DEPTH);
            } else if let Some(last) = around.last_mut() {
                // Recorded: a retry starts the state anew from the event at which it failed.
                *last = Turn { started: id, number: 0, name: last.name };
            }
        }
        // Recorded: an iteration comes after the Map's start or after the last event of another iteration.
        _ if kind.starts_with("MapIteration") => {
            let name = name();
            if let Some(at) = parent.around.iter().rposition(|turn| turn.name == name) {
                let index = details(event, kind).and_then(|details| details.get("index")?.as_i64());
                let around = Rc::make_mut(&mut place.around);
                around.truncate(at + 1);
                around[at].number = index.unwrap_or_default();
            }
        }
        _ if kind.ends_with("StateExited") => {
            let name = name();
            if let Some(at) = parent.around.iter().rposition(|turn| turn.name == name) {
                Rc::make_mut(&mut place.around).truncate(at);
            }
        }
        _ if kind.ends_with("StateEntered") => {
            place.state = name();
            if parent.kind == "ParallelStateStarted"
                && let Some(last) = Rc::make_mut(&mut place.around).last_mut()
            {
                last.number = id;
            }
        }
        _ if BEGINNINGS.contains(&kind) => place.scheduled = instant(event),
        _ => {}
    }
    place
}

/// The answer that an event tells of, if it does.
fn answer(reader: &mut Reader, event: Node<'_>, parent: &Place<'_>) -> Option<Answer> {
    let kind = event.get("type").and_then(Node::as_str)?;
    let outcome = if SUCCESSES.contains(&kind) {
        Outcome::Return(output(reader, event, kind)?)
    } else if FAILURES.contains(&kind) {
        failure(event, kind, "States.TaskFailed")
    } else if TIMEOUTS.contains(&kind) {
        failure(event, kind, "States.Timeout")
    } else {
        return None;
    };
    if parent.state.is_empty() {
        reader.error(event.token(), "this answer belongs to no state");
        return None;
    }
    let seconds = parent.scheduled.zip(instant(event)).map_or(0.0, |(start, end)| end - start);
    // Heartbeats are not recorded; where one was missed, the answer is that failure.
    Some(Answer { outcome, seconds: (seconds.max(0.0) * 1e3).round() / 1e3, heartbeat_seconds: Some(0.0) })
}

/// The result of a task: the service has its JSON in a string, tools that print histories may have the value.
fn output(reader: &mut Reader, event: Node<'_>, kind: &str) -> Option<Value> {
    let details = details(event, kind);
    let is_cut = details.and_then(|details| details.get("outputDetails")?.get("truncated")?.as_bool());
    let Some(output) = details.and_then(|details| details.get("output")).filter(|_| is_cut != Some(true)) else {
        reader.error(event.token(), "this history lacks the output of a task, or has not all of it");
        return None;
    };
    let text = output.as_str();
    Some(text.and_then(|text| Value::from_json(text).ok()).unwrap_or_else(|| Value::from_node(output)))
}

fn failure(event: Node<'_>, kind: &str, unnamed: &str) -> Outcome {
    let find = |name| details(event, kind).and_then(|details| details.get(name));
    let error = find("error").and_then(Node::as_str).unwrap_or(unnamed);
    let cause = find("cause").map(|cause| match cause.as_str() {
        Some(text) => text.into(),
        None => Value::from_node(cause).to_json().into(),
    });
    Outcome::Throw { error: error.into(), cause }
}

/// What an event tells beside its type: the member that the type names, or one for all states.
fn details<'t>(event: Node<'t>, kind: &str) -> Option<Node<'t>> {
    if kind.ends_with("StateEntered") {
        return event.get("stateEnteredEventDetails");
    }
    if kind.ends_with("StateExited") {
        return event.get("stateExitedEventDetails");
    }
    let (first, rest) = kind.split_at_checked(1)?;
    event.get(&format!("{}{rest}EventDetails", first.to_lowercase()))
}

/// When an event happened, in seconds: the tools print RFC 3339 or seconds since 1970.
fn instant(event: Node<'_>) -> Option<f64> {
    let written = event.get("timestamp")?;
    let of_text = |text| Some(rfc3339(text).ok()?.as_millisecond());
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any year on the calendar are below 2^53")]
    written.as_f64().or_else(|| Some(of_text(written.as_str()?)? as f64 / 1e3))
}
