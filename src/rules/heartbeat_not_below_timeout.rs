//! Heartbeats that a Task could miss no sooner than it times out.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::diagnostic::Label;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let seconds = |value| seconds(cx, value);
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

/// A number that the service takes; what is out of range is another rule's.
fn seconds<'a>(cx: &Analysis<'a>, value: Node<'a>) -> Option<(Node<'a>, i64)> {
    cx.whole_number(value).filter(|&seconds| seconds > 0).map(|seconds| (value, seconds))
}
