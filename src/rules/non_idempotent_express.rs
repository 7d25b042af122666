//! Calls of Express machines that have their effect twice when an execution runs twice.

use super::Sink;
use super::non_idempotent_retry::repeated;
use crate::analysis::{Analysis, MachineType};
use crate::asl::StateType;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let tasks = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task));
    for state in tasks {
        // Of the children of a Distributed Map nothing is promised, one way or the other.
        if !matches!(cx.runs_as(state.scope), Some((MachineType::Express, None))) {
            continue;
        }
        let (resource, errors) = cx.resource(state);
        let Some((effect, cure)) = repeated(resource, state).filter(|_| errors.is_empty()) else { continue };
        let Some(value) = state.node.get("Resource") else { continue };
        let message = format!("an Express execution that is not waited for may run more than once: it {effect}");
        let finding = sink.report(value, message);
        finding.notes.push(format!("executions that `StartSyncExecution` starts run once at most; {cure}"));
    }
}
