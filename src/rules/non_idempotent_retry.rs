//! Calls that have their effect twice when they are tried again.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::{Pattern, Request, Resource};
use crate::asl::{Retrier, State, StateType};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let tasks = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task));
    for state in tasks.filter(|state| !state.retriers.is_empty()) {
        let (resource, errors) = cx.resource(state);
        let Some((effect, cure)) = repeated(resource, state).filter(|_| errors.is_empty()) else { continue };
        for retrier in state.retriers.iter().filter(|retrier| tries_again(cx, retrier)) {
            let Some(error) = retrier.errors.iter().copied().find(|error| is_ambiguous(*error)) else { continue };
            let message = format!("a retry after `{}` {effect}", error.content());
            let finding = sink.report(error, message);
            finding.notes.push(format!("a call may have been done although its answer was lost; {cure}"));
        }
    }
}

/// Whether an error says nothing of whether the call was done.
fn is_ambiguous(error: Node<'_>) -> bool {
    matches!(error.as_str(), Some("States.ALL" | "States.TaskFailed" | "States.Timeout"))
}

fn tries_again(cx: &Analysis<'_>, retrier: &Retrier<'_>) -> bool {
    !retrier.node.get("MaxAttempts").is_some_and(|most| most.is_open() || cx.whole_number(most) == Some(0))
}

/// What a second call does, and how to keep it from that; `None` for calls of which a second changes nothing, or which are not
/// known well enough.
pub(super) fn repeated(resource: &Resource, state: &State<'_>) -> Option<(&'static str, &'static str)> {
    let (service, api) = match resource {
        Resource::Optimised { service, api, .. } => (service.as_str(), api.as_str()),
        Resource::AwsSdk { service, action, .. } => (service.as_str(), action.as_str()),
        Resource::HttpInvoke => ("http", "invoke"),
        _ => return None,
    };
    // A job that is done is known to be done, and somebody who holds a token is asked again on purpose.
    if resource.pattern() != Pattern::RequestResponse {
        return None;
    }
    let request = Request::of(state)?;
    let has = |name: &str| request.field(name).is_some();
    let text = |name: &str| request.field(name).and_then(|field| field.member.value.as_str());
    match (service, api) {
        ("sns", "publish") if !has("MessageDeduplicationId") => Some((
            "may publish the message twice",
            "a FIFO topic drops a second message with the same `MessageDeduplicationId`",
        )),
        ("sqs", "sendMessage")
            if !has("MessageDeduplicationId") && !text("QueueUrl").is_some_and(|url| url.ends_with(".fifo")) =>
        {
            Some((
                "may send the message twice",
                "a FIFO queue drops a second message with the same `MessageDeduplicationId`",
            ))
        }
        ("states" | "sfn", "startExecution") if !has("Name") => Some((
            "may start the execution twice",
            "with a `Name` made of the input, the second start of a Standard execution gives the first one",
        )),
        ("dynamodb", "updateItem")
            if !has("ConditionExpression") && text("UpdateExpression").is_some_and(accumulates) =>
        {
            Some((
                "may change the item twice",
                "with a `ConditionExpression` on the value or on a marker of the request, the second one fails",
            ))
        }
        ("http" | "apigateway", "invoke")
            if text("Method").is_some_and(|method| method.eq_ignore_ascii_case("POST")) && !has("Headers") =>
        {
            Some((
                "may send the request twice",
                "many APIs take an `Idempotency-Key` header and answer the second request as the first",
            ))
        }
        _ => None,
    }
}

/// Whether an update makes a new value out of the old one.
fn accumulates(expression: &str) -> bool {
    let mut words = expression.split_whitespace();
    let adds = words.any(|word| word.eq_ignore_ascii_case("ADD"));
    adds || expression.contains('+') || expression.contains("list_append")
}
