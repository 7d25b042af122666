//! Heartbeats that nothing can send.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::{Pattern, Resource};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let heartbeat = ["HeartbeatSeconds", "HeartbeatSecondsPath"].into_iter().find_map(|name| state.field(name));
        let Some(heartbeat) = heartbeat else { continue };
        let (resource, errors) = cx.resource(state);
        let called = match (resource, resource.pattern()) {
            _ if !errors.is_empty() => continue,
            (Resource::Lambda { function, .. }, _) => format!("the function `{function}`"),
            (Resource::Optimised { service, api, .. }, Pattern::RequestResponse) => format!("`{service}:{api}`"),
            (Resource::AwsSdk { service, action, .. }, Pattern::RequestResponse) => format!("`{service}:{action}`"),
            (Resource::HttpInvoke, _) => "`http:invoke`".to_owned(),
            _ => continue,
        };
        let message = format!(
            "{called} gets no task token, so it cannot send the heartbeats that `{}` asks for",
            heartbeat.name()
        );
        let finding = sink.report(heartbeat.key, message);
        finding.notes.push("heartbeats come from workers of activities and from tasks that wait for a callback or a job; `TimeoutSeconds` bounds any task".to_owned());
    }
}
