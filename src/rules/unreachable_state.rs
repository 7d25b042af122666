//! States that no transition leads to.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateId;
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    let graph = cx.graph();
    for scope in &machine.scopes {
        for state in machine.states_of(scope).filter(|state| !graph.is_reachable(state.id)) {
            let from: Vec<StateId> =
                graph.predecessors(state.id).map(|(from, _)| from).filter(|&from| from != state.id).collect();
            let start = graph.start(scope.id).map_or("", |start| machine.state(start).name());
            let refusal = sink.refusal("MISSING_TRANSITION_TARGET", state.node);
            let message = match from.first().map(|&from| machine.state(from).name()) {
                None => format!("no transition leads to `{}`: no execution enters it", state.name()),
                Some(other) => format!(
                    "no way leads from the start `{start}` to `{}`: only `{other}` leads there, and no execution enters that",
                    state.name()
                ),
            };
            let finding = sink.report(state.key, message);
            finding.refusal = refusal;
            finding.related.extend(from.iter().take(3).map(|&from| {
                let from = machine.state(from);
                Label::new(from.key.span(), format!("`{}` is not reachable either", from.name()))
            }));
        }
    }
}
