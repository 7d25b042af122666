//! The events of an execution as the service writes them into its histories.
//!
//! The names of types and members are those of `GetExecutionHistory` (Step Functions API reference, "HistoryEvent"). Inputs
//! and outputs are strings of JSON there, and here; members come in the order in which the service's tools print them.

use std::sync::Arc;

use crate::asl::{Machine, StateId};
use crate::eval::execution::{Call, CallKind, Event, Failure, Happening, Progress, timestamp};
use crate::eval::{Value, value::Members};

/// The type of an event, and its details under their name.
type Written = (String, Option<(&'static str, Members)>);

/// The events, without those of the child executions of Distributed Maps, which have histories of their own.
#[must_use]
pub fn events(machine: &Machine<'_>, events: &[Event]) -> Vec<Value> {
    let mut written = Vec::with_capacity(events.len());
    for event in events.iter().filter(|event| !event.in_child && event.number > 0) {
        for (i, (kind, details)) in (0..).zip(written_as(machine, &event.what)) {
            let previous = if i == 0 { event.previous } else { event.number + i - 1 };
            let mut members = members([
                ("timestamp", timestamp(event.at).into()),
                ("type", kind.into()),
                ("id", i64::from(event.number + i).into()),
                ("previousEventId", i64::from(previous).into()),
            ]);
            if let Some((name, details)) = details {
                members.insert(name.into(), Value::object(details));
            }
            written.push(Value::object(members));
        }
    }
    written
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Members {
    members.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

fn written_as(machine: &Machine<'_>, what: &Happening) -> Vec<Written> {
    let name = |state: &StateId| machine.state(*state).name();
    let kind = |state: &StateId| machine.state(*state).kind.map_or("", |kind| kind.as_str());
    let plain = |kind: &str| vec![(kind.to_owned(), None)];
    let one = |kind: String, name, details| vec![(kind, Some((name, details)))];
    match what {
        Happening::Started(input) => {
            let mut details = payload("input", input);
            details.insert("roleArn".into(), "arn:aws:iam::123456789012:role/aslint".into());
            one("ExecutionStarted".into(), "executionStartedEventDetails", details)
        }
        Happening::Succeeded(output) => {
            let details = payload("output", output);
            one("ExecutionSucceeded".into(), "executionSucceededEventDetails", details)
        }
        Happening::Failed(failure) => one("ExecutionFailed".into(), "executionFailedEventDetails", told(failure)),
        Happening::TimedOut => one("ExecutionTimedOut".into(), "executionTimedOutEventDetails", Members::new()),
        Happening::Aborted(reason) => one(
            "ExecutionAborted".into(),
            "executionAbortedEventDetails",
            members([("cause", Arc::clone(reason).into())]),
        ),
        Happening::Entered(state, input) => {
            let mut details = payload("input", input);
            details.insert("name".into(), name(state).into());
            one(format!("{}StateEntered", kind(state)), "stateEnteredEventDetails", details)
        }
        Happening::Exited(state, output, variables) => {
            let mut details = payload("output", output);
            details.insert("name".into(), name(state).into());
            if !variables.is_empty() {
                details.insert("assignedVariables".into(), assigned(variables));
                details.insert("assignedVariablesDetails".into(), whole());
            }
            one(format!("{}StateExited", kind(state)), "stateExitedEventDetails", details)
        }
        Happening::Called(_, call) => called(call),
        Happening::Returned(_, call, output) => ended(call, "Succeeded", payload("output", output)),
        Happening::Threw(_, call, failure) => {
            let is_timeout = failure.error.as_deref() == Some("States.Timeout");
            ended(call, if is_timeout { "TimedOut" } else { "Failed" }, told(failure))
        }
        Happening::EvaluationFailed(state, failure) => {
            let mut details = told(failure);
            details.insert("state".into(), name(state).into());
            if let Some(location) = &failure.location {
                details.insert("location".into(), Arc::clone(location).into());
            }
            one("EvaluationFailed".into(), "evaluationFailedEventDetails", details)
        }
        Happening::StateAborted(state) => plain(&format!("{}StateAborted", kind(state))),
        Happening::ParallelStarted(_) => plain("ParallelStateStarted"),
        Happening::ParallelSucceeded(_) => plain("ParallelStateSucceeded"),
        Happening::ParallelFailed(_) => plain("ParallelStateFailed"),
        Happening::MapStarted(_, length) => {
            one("MapStateStarted".into(), "mapStateStartedEventDetails", members([("length", number(*length))]))
        }
        Happening::MapSucceeded(_) => plain("MapStateSucceeded"),
        Happening::MapFailed(_) => plain("MapStateFailed"),
        Happening::MapRunStarted(_, arn) => {
            one("MapRunStarted".into(), "mapRunStartedEventDetails", members([("mapRunArn", Arc::clone(arn).into())]))
        }
        Happening::MapRunSucceeded(_) => plain("MapRunSucceeded"),
        Happening::MapRunFailed(_, failure) => one("MapRunFailed".into(), "mapRunFailedEventDetails", told(failure)),
        Happening::Iteration(state, index, progress) => {
            let (kind, member) = match progress {
                Progress::Started => ("MapIterationStarted", "mapIterationStartedEventDetails"),
                Progress::Succeeded => ("MapIterationSucceeded", "mapIterationSucceededEventDetails"),
                Progress::Failed => ("MapIterationFailed", "mapIterationFailedEventDetails"),
                Progress::Aborted => ("MapIterationAborted", "mapIterationAbortedEventDetails"),
            };
            one(kind.into(), member, members([("name", name(state).into()), ("index", number(*index))]))
        }
        Happening::Stage(..)
        | Happening::Chosen(..)
        | Happening::StateFailed(..)
        | Happening::Retrying { .. }
        | Happening::Caught(..) => Vec::new(),
    }
}

/// A value as a string of JSON, and whether all of it is there.
fn payload(name: &str, value: &Value) -> Members {
    members([(name, value.to_json().into()), (&format!("{name}Details"), whole())])
}

/// All of it is there.
fn whole() -> Value {
    Value::members([("truncated", false.into())])
}

fn number(n: usize) -> Value {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

/// Error and cause, as far as there are any.
fn told(failure: &Failure) -> Members {
    let texts = [("error", &failure.error), ("cause", &failure.cause)];
    texts.into_iter().filter_map(|(name, text)| Some((name.into(), text.clone()?.into()))).collect()
}

fn assigned(variables: &Members) -> Value {
    Value::members(variables.iter().map(|(name, value)| (Arc::clone(name), value.to_json().into())))
}

/// Scheduled, started and, where the state goes on waiting then, submitted.
fn called(call: &Call) -> Vec<Written> {
    let mut details = Members::new();
    for (name, seconds) in [("timeoutInSeconds", call.timeout), ("heartbeatInSeconds", call.heartbeat)] {
        if let Some(seconds) = seconds {
            details.insert(name.into(), seconds.into());
        }
    }
    if let Some(role) = &call.role {
        details.insert("taskCredentials".into(), Value::members([("roleArn", Arc::clone(role).into())]));
    }
    let (scheduled, started) = match call.kind {
        CallKind::Task => {
            details.insert("parameters".into(), call.parameters.to_json().into());
            details.insert("region".into(), "us-east-1".into());
            details.extend(integration(call));
            ("taskScheduledEventDetails", Some(("taskStartedEventDetails", integration(call))))
        }
        kind => {
            details.insert("resource".into(), Arc::clone(&call.resource).into());
            details.extend(payload("input", &call.parameters));
            let is_lambda = kind == CallKind::Lambda;
            (if is_lambda { "lambdaFunctionScheduledEventDetails" } else { "activityScheduledEventDetails" }, None)
        }
    };
    let prefix = prefix(call);
    let mut events =
        vec![(format!("{prefix}Scheduled"), Some((scheduled, details))), (format!("{prefix}Started"), started)];
    if call.is_submitted {
        events.push((format!("{prefix}Submitted"), Some(("taskSubmittedEventDetails", integration(call)))));
    }
    events
}

fn ended(call: &Call, how: &str, mut details: Members) -> Vec<Written> {
    if call.kind == CallKind::Task {
        details.extend(integration(call));
    }
    let name = match (call.kind, how) {
        (CallKind::Task, "Succeeded") => "taskSucceededEventDetails",
        (CallKind::Task, "TimedOut") => "taskTimedOutEventDetails",
        (CallKind::Task, _) => "taskFailedEventDetails",
        (CallKind::Lambda, "Succeeded") => "lambdaFunctionSucceededEventDetails",
        (CallKind::Lambda, "TimedOut") => "lambdaFunctionTimedOutEventDetails",
        (CallKind::Lambda, _) => "lambdaFunctionFailedEventDetails",
        (CallKind::Activity, "Succeeded") => "activitySucceededEventDetails",
        (CallKind::Activity, "TimedOut") => "activityTimedOutEventDetails",
        (CallKind::Activity, _) => "activityFailedEventDetails",
    };
    vec![(format!("{}{how}", prefix(call)), Some((name, details)))]
}

const fn prefix(call: &Call) -> &'static str {
    match call.kind {
        CallKind::Lambda => "LambdaFunction",
        CallKind::Activity => "Activity",
        CallKind::Task => "Task",
    }
}

/// `arn:aws:states:::aws-sdk:sfn:sendTaskFailure`: the type is `aws-sdk:sfn`, the resource `sendTaskFailure`.
fn integration(call: &Call) -> Members {
    let named = call.resource.split_once(":::").map_or(&*call.resource, |(_, named)| named);
    // A version behind the pattern is no part of the path: `startExecution.sync:2`.
    let at = named.trim_end_matches(":2").rfind(':');
    let (kind, resource) = at.map_or(("", named), |at| (&named[..at], &named[at + 1..]));
    members([("resourceType", kind.into()), ("resource", resource.into())])
}
