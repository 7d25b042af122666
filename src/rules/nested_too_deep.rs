//! Scopes inside scopes inside scopes.

use super::Sink;
use crate::analysis::Analysis;

/// The service refuses deep nesting (`TOO_DEEPLY_NESTED`) and does not say how deep that is. No accepted machine that we
/// know nests more than six levels; this bound is far above what anybody means to write.
const MAX_DEPTH: u32 = 20;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    // One finding for each way down: at the state that holds the first scope too deep.
    for scope in cx.machine.scopes.iter().filter(|scope| scope.depth == MAX_DEPTH + 1) {
        let Some(owner) = scope.place.owner() else { continue };
        let owner = cx.machine.state(owner);
        let message = format!(
            "`{}` lies {MAX_DEPTH} Parallel and Map states deep and holds a further one; the service refuses deep nesting",
            owner.name()
        );
        sink.report(owner.key, message);
    }
}
