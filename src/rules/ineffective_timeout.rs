//! Timeouts of Tasks that something else comes before.

use super::Sink;
use super::wait_outlasts_execution::{MOST, end};
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::{Pattern, Resource};
use crate::diagnostic::Label;

/// How long a function of Lambda runs at most (Lambda developer guide, "Lambda quotas").
const FUNCTION: i64 = 900;

/// How long the service waits for an answer over HTTP (developer guide, "Service quotas").
const HTTP: i64 = 60;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some(value) = state.node.get("TimeoutSeconds") else { continue };
        let Some(seconds) = cx.whole_number(value).filter(|&seconds| (1..=MOST).contains(&seconds)) else { continue };
        let resource = &cx.resource(state).0;
        let is_function = match resource {
            Resource::Lambda { .. } => true,
            Resource::Optimised { service, .. } => service == "lambda",
            _ => false,
        };
        let is_answered = resource.pattern() == Pattern::RequestResponse;
        let limit = cx.limit(state.scope);
        let arrival = cx.times().arrival(state.id).unwrap_or_default();
        if is_function && is_answered && seconds > FUNCTION {
            let message = format!("no function runs for {seconds} seconds: Lambda stops it after {FUNCTION}");
            sink.report(value, message).notes.push("the task ends before this timeout in any case".to_owned());
        } else if *resource == Resource::HttpInvoke && seconds > HTTP {
            let message = format!("no HTTP Task waits for {seconds} seconds: the service ends it after {HTTP}");
            sink.report(value, message);
        } else if let Some(limit) = limit.filter(|limit| arrival.saturating_add(seconds) >= limit.seconds) {
            let message = format!("this timeout of {seconds} seconds comes too late: {}", end(&limit));
            let finding = sink.report(value, message);
            finding.notes.push("when the execution times out, no retrier and no catcher hears of it".to_owned());
            finding.related.extend(limit.field.map(|field| Label::new(field.value.span(), "this comes first")));
        }
    }
}
