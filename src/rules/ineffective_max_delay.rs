//! Retriers whose `MaxDelaySeconds` stops the delay from growing at all.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::Label;
use crate::syntax::Node;

/// `IntervalSeconds`, where a retrier has none.
const INTERVAL: i64 = 1;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for retrier in cx.machine.states.iter().flat_map(|state| &state.retriers) {
        let Some(delay) = retrier.node.get("MaxDelaySeconds") else { continue };
        let Some(most) = seconds(delay) else { continue };
        let interval = retrier.node.get("IntervalSeconds");
        let first = match interval {
            Some(node) => seconds(node),
            None => (!retrier.node.is_incomplete()).then_some(INTERVAL),
        };
        let Some(first) = first.filter(|&first| most <= first) else { continue };
        let message = format!(
            "the delay is {first} {} from the start, and no delay is longer than {most}: it never grows",
            if first == 1 { "second" } else { "seconds" }
        );
        let finding = sink.report(delay, message);
        finding.related.extend(interval.map(|node| Label::new(node.span(), "the first delay")));
    }
}

/// A literal that the service takes; what is out of range is another rule's.
fn seconds(value: Node<'_>) -> Option<i64> {
    value.as_i64().filter(|&seconds| !value.is_open() && seconds > 0)
}
