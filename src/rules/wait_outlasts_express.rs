//! Wait states that last longer than the Express execution they stand in may.

use super::Sink;
use crate::analysis::{Analysis, MachineType};
use crate::asl::StateType;

/// How long an Express execution lasts at most, in seconds (developer guide, "Service quotas").
const MAX_SECONDS: i64 = 300;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Wait)) {
        let Some(value) = state.node.get("Seconds").filter(|value| !value.is_open()) else { continue };
        let Some(seconds) = cx.whole_number(value).filter(|&seconds| seconds > MAX_SECONDS) else { continue };
        if !matches!(cx.runs_as(state.scope), Some((MachineType::Express, _))) {
            continue;
        }
        let message =
            format!("this Wait lasts {seconds} seconds, and an express execution times out after {MAX_SECONDS}");
        let finding = sink.report(value, message);
        finding.notes.push("a standard execution lasts up to a year".to_owned());
    }
}
