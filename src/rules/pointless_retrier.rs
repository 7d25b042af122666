//! Retriers that try nothing again and keep no later one from doing so.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::Applicability;
use crate::syntax::Node;
use crate::syntax::edit::removed;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| !state.retriers.is_empty()) {
        let is_seen = state.node.get("Retry").is_some_and(|retry| !retry.is_open() && !retry.is_incomplete());
        // The last entries: as soon as one tries again, what stands before it may be there to keep errors from it.
        for retrier in state.retriers.iter().rev().take_while(|_| is_seen) {
            let most = retrier.node.get("MaxAttempts").filter(|most| !Node::is_open(*most));
            let Some(most) = most.filter(|&most| cx.whole_number(most) == Some(0)) else { break };
            let finding =
                sink.report(most, "this retrier changes nothing: its errors are not tried again without it either");
            let list = retrier.node.parent().filter(|list| list.len() == 1);
            let edits = removed(&[list.unwrap_or(retrier.node)]);
            finding.offer(Applicability::Unsafe, "remove it", edits);
        }
    }
}
