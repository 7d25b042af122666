//! Calls of the SDK for which there is an integration that does more.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::Resource;
use crate::text::Span;

/// Service and action of the SDK, the integration, and what it does that the call does not (developer guide, "Integrating
/// optimized services").
const BETTER: [(&str, &str, &str, &str); 3] = [
    (
        "eventbridge",
        "putEvents",
        "events:putEvents",
        "fails where an event is not taken; this call succeeds, and says so in `FailedEntryCount` only",
    ),
    ("lambda", "invoke", "lambda:invoke", "takes and gives `Payload` as JSON; here it is a text, before and after"),
    (
        "sfn",
        "startExecution",
        "states:startExecution",
        "takes `Input` as JSON, and can wait for the execution (`.sync:2`)",
    ),
];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let (Resource::AwsSdk { service, action, .. }, errors) = cx.resource(state) else { continue };
        let known = BETTER.iter().find(|(known, does, ..)| service == known && action == does);
        let Some(&(service, action, integration, why)) = known.filter(|_| errors.is_empty()) else { continue };
        let Some(value) = state.node.get("Resource").filter(|value| !value.is_aliased()) else { continue };
        let called = format!("aws-sdk:{service}:{action}");
        let Some(start) = value.as_str().and_then(|text| text.find(&called)) else { continue };
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = value.source_span(Span::new(at(start), at(start + called.len())));
        sink.report_at(value, span, format!("`{integration}` {why}"));
    }
}
