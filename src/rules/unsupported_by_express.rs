//! What an Express execution cannot do: wait for jobs and callbacks, use activities, run a Distributed Map.

use super::Sink;
use crate::analysis::{Analysis, MachineType};
use crate::asl::resource::{Pattern, Resource};
use crate::asl::{Machine, Mode, Scope, State, StateType};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        let who = match cx.runs_as(state.scope) {
            Some((MachineType::Express, None)) => "an express machine".to_owned(),
            Some((MachineType::Express, Some(map))) => format!("an express child execution of `{}`", map.name()),
            _ => continue,
        };
        if state.kind == Some(StateType::Map)
            && let Some(mode) = distributed_mode(cx.machine, state)
        {
            report(sink, mode, &format!("{who} cannot run a Distributed Map"));
        }
        if state.kind != Some(StateType::Task) {
            continue;
        }
        let Some(value) = state.node.get("Resource") else { continue };
        let resource = &cx.resource(state).0;
        let what = match (resource, resource.pattern()) {
            (Resource::Activity { .. }, _) => "use an activity".to_owned(),
            (_, pattern @ (Pattern::Sync | Pattern::Sync2)) => format!("wait for a job (`{pattern}`)"),
            (_, Pattern::WaitForTaskToken) => "wait for a callback (`.waitForTaskToken`)".to_owned(),
            (_, Pattern::RequestResponse) => continue,
        };
        report(sink, value, &format!("{who} cannot {what}"));
    }
}

/// Where a Map says that it is distributed.
fn distributed_mode<'t>(machine: &Machine<'t>, state: &State<'t>) -> Option<Node<'t>> {
    let is_distributed = |scope: &&Scope<'t>| scope.mode() == Some(Mode::Distributed);
    let scope = state.scopes().iter().map(|&scope| machine.scope(scope)).find(is_distributed)?;
    scope.node.get("ProcessorConfig")?.get("Mode")
}

fn report(sink: &mut Sink<'_>, at: Node<'_>, message: &str) {
    let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", at);
    let finding = sink.report(at, message);
    finding.refusal = refusal;
    finding.notes.push("only a standard execution can: it lives long enough, and runs each step once".to_owned());
}
