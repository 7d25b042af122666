//! States that no transition leads to.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateId;
use crate::diagnostic::{Applicability, Label};
use crate::syntax::Node;
use crate::syntax::edit::removed;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    let graph = cx.graph();
    for scope in &machine.scopes {
        if !machine.states_of(scope).any(|state| !graph.is_reachable(state.id)) {
            continue;
        }
        for (entry, behind) in graph.unreached(scope) {
            let state = machine.state(entry);
            let mut from: Vec<StateId> =
                graph.predecessors(state.id).map(|(from, _)| from).filter(|&from| from != state.id).collect();
            from.dedup();
            let refusal = sink.refusal("MISSING_TRANSITION_TARGET", state.node);
            let names: Vec<String> =
                from.iter().take(3).map(|&from| format!("`{}`", machine.state(from).name())).collect();
            let message = match names.as_slice() {
                [] => format!("no transition leads to `{}`: no execution enters it", state.name()),
                [only] => {
                    format!("no execution enters `{}`: only {only} leads there, and none enters that", state.name())
                }
                several => format!(
                    "no execution enters `{}`: {} lead there, and none enters these",
                    state.name(),
                    several.join(", ")
                ),
            };
            let finding = sink.report(state.key, message);
            finding.refusal = refusal;
            let gone = closed(cx, entry, &behind);
            let title = match gone.len() {
                0 | 1 => format!("remove `{}`", state.name()),
                n => format!("remove `{}` and {} that only it leads to", state.name(), n - 1),
            };
            let nodes: Vec<Node<'_>> = gone.iter().map(|&state| machine.state(state).node).collect();
            finding.offer(Applicability::Unsafe, title, removed(&nodes));
            finding.related.extend(behind.iter().map(|&state| {
                let state = machine.state(state);
                Label::new(state.key.span(), format!("nothing else leads to `{}`", state.name()))
            }));
        }
    }
}

/// A state that nothing reaches with all that can go with it, so that no state that is left names one that is gone; nothing where
/// one that stays does, or may.
fn closed(cx: &Analysis<'_>, entry: StateId, behind: &[StateId]) -> Vec<StateId> {
    let graph = cx.graph();
    let scope = cx.machine.scope(cx.machine.state(entry).scope);
    let mut gone: Vec<StateId> = vec![entry];
    gone.extend(behind);
    // Those of a cycle lead to each other.
    let mut at = 0;
    while let Some(&state) = gone.get(at) {
        at += 1;
        for (from, _) in graph.predecessors(state) {
            if graph.is_reachable(from) {
                return Vec::new();
            }
            if !gone.contains(&from) {
                gone.push(from);
            }
        }
    }
    // What is wrong in a transition may lead here when it is right.
    let is_wrong = graph.unresolved().iter().any(|name| name.scope == scope.id)
        || graph.loose_ends().iter().any(|end| cx.machine.state(end.state).scope == scope.id);
    if is_wrong || scope.is_open || gone.len() >= scope.states.len() {
        return Vec::new();
    }
    gone.sort_unstable();
    gone
}
