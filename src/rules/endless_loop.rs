//! Loops that no transition leads out of, in a scope that does have an end.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateId;
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    let graph = cx.graph();
    let has_end: Vec<bool> =
        machine.scopes.iter().map(|scope| scope.states.iter().any(|&state| graph.can_end(state))).collect();
    let is_trapped = |state: StateId| {
        has_end[machine.state(state).scope.index()] && graph.is_reachable(state) && !graph.can_end(state)
    };
    if !machine.states.iter().any(|state| is_trapped(state.id)) {
        return;
    }
    for cycle in graph.cycles_among(is_trapped) {
        let stays = |state: StateId| graph.successors(state).all(|(to, _)| cycle.binary_search(&to).is_ok());
        // A loop that leads on only into another endless loop is that one's consequence.
        if !cycle.iter().all(|&state| stays(state)) {
            continue;
        }
        // The first of its states that executions get to is where they enter it.
        let Some(entry) = cycle.iter().copied().min_by_key(|&state| graph.rank(state)) else { continue };
        let name = machine.state(entry).name();
        let message = if cycle.len() == 1 {
            format!(
                "`{name}` leads only to itself: an execution that enters it goes round until it fails, times out or has used up its history"
            )
        } else {
            format!(
                "no way leads from `{name}` to an end: an execution that enters it goes round until it fails, times out or has used up its history"
            )
        };
        let way = sink.way_round(entry, &cycle);
        let finding = sink.report(machine.state(entry).key, message);
        finding.way = way;
        finding.notes.push(
            "a standard execution ends with an error after 25,000 events, an express one after five minutes".to_owned(),
        );
        finding.related.extend(cycle.iter().filter(|&&state| state != entry).take(8).map(|&state| {
            let state = machine.state(state);
            Label::new(state.key.span(), format!("`{}` is part of the loop", state.name()))
        }));
    }
}
