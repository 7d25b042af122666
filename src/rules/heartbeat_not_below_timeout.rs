//! Heartbeats that a Task could miss no sooner than it times out.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::diagnostic::Label;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some((heartbeat, every)) = state.node.get("HeartbeatSeconds").and_then(seconds) else { continue };
        let Some((timeout, most)) = state.node.get("TimeoutSeconds").and_then(seconds) else { continue };
        if every >= most {
            let message = format!("a heartbeat is due every {every} seconds, and the task times out after {most}");
            let finding = sink.report(heartbeat, message);
            finding.related.push(Label::new(timeout.span(), "no heartbeat is missed before this"));
        }
    }
}

/// A literal that the service takes; what is out of range is another rule's.
fn seconds(value: Node<'_>) -> Option<(Node<'_>, i64)> {
    value.as_i64().filter(|&seconds| !value.is_open() && seconds > 0).map(|seconds| (value, seconds))
}
