//! States that no transition leads to.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateId;
use crate::diagnostic::Label;

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
            finding.related.extend(behind.iter().map(|&state| {
                let state = machine.state(state);
                Label::new(state.key.span(), format!("nothing else leads to `{}`", state.name()))
            }));
        }
    }
}
