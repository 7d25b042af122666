//! Names that are too long, empty, or not printable.

use super::Sink;
use crate::analysis::Analysis;

/// Longest name in Unicode characters (States Language specification, "States").
const MAX_LENGTH: usize = 80;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| !state.key.is_open()) {
        let name = state.name();
        let length = name.chars().count();
        let message = if length > MAX_LENGTH {
            format!("the name of this state has {length} characters; the service takes at most {MAX_LENGTH}")
        } else if name.trim().is_empty() {
            "the name of this state is blank".to_owned()
        } else if let Some(control) = name.chars().find(|c| c.is_control()) {
            format!("the name of this state holds the control character U+{:04X}", u32::from(control))
        } else {
            continue;
        };
        // Of the others nobody has seen what the service says.
        let refusal = (length > MAX_LENGTH).then(|| sink.refusal("INVALID_STATE_NAME", state.node)).flatten();
        sink.report(state.key, message).refusal = refusal;
    }
}
