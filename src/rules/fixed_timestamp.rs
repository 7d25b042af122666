//! Wait states that wait until a day that is written down.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::{StateType, timestamp};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Wait)) {
        let Some(value) = state.node.get("Timestamp").filter(|value| !value.is_open()) else { continue };
        let Some(text) = value.as_str() else { continue };
        if jsonata::expression_in(text) != Delimited::Literal || timestamp::rfc3339(text).is_err() {
            continue;
        }
        let message = format!("an execution that gets here after {text} does not wait at all");
        let finding = sink.report(value, message);
        finding.notes.push("`TimestampPath`, or JSONata, takes the time from the input".to_owned());
    }
}
