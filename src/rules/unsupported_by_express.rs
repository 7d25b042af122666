//! What an Express execution cannot do: wait for jobs and callbacks, use activities, run a Distributed Map.

use super::Sink;
use crate::analysis::{Analysis, MachineType};
use crate::asl::resource::{Pattern, Resource};
use crate::asl::{Machine, ScopeId, State, StateType};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        let who = match express(cx, state.scope) {
            Some(Express::Machine) => "an express machine".to_owned(),
            Some(Express::Children(map)) => format!("an express child execution of `{map}`"),
            None => continue,
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

/// Why the states of a scope run in an Express execution.
enum Express<'t> {
    /// The machine is one.
    Machine,
    /// They are children of the Distributed Map of this name.
    Children(&'t str),
}

/// A Distributed Map says how its children run; everything else runs as what it stands in.
fn express<'a>(cx: &Analysis<'a>, scope: ScopeId) -> Option<Express<'a>> {
    let scope = cx.machine.scope(scope);
    let Some(owner) = scope.place.owner() else {
        return (cx.kind == MachineType::Express).then_some(Express::Machine);
    };
    let owner = cx.machine.state(owner);
    if !scope.is_distributed {
        return express(cx, owner.scope);
    }
    let kind = scope.node.get("ProcessorConfig").and_then(|config| config.get("ExecutionType")).and_then(Node::as_str);
    (kind == Some("EXPRESS")).then(|| Express::Children(owner.name()))
}

/// Where a Map says that it is distributed.
fn distributed_mode<'t>(machine: &Machine<'t>, state: &State<'t>) -> Option<Node<'t>> {
    let scope = state.scopes().iter().map(|&scope| machine.scope(scope)).find(|scope| scope.is_distributed)?;
    scope.node.get("ProcessorConfig")?.get("Mode")
}

fn report(sink: &mut Sink<'_>, at: Node<'_>, message: &str) {
    let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", at);
    let finding = sink.report(at, message);
    finding.refusal = refusal;
    finding.notes.push("only a standard execution can: it lives long enough, and runs each step once".to_owned());
}
