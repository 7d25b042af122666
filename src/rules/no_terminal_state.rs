//! Scopes in which no state ends.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Place, Scope, StateId};
use crate::diagnostic::{Label, Severity};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for scope in &cx.machine.scopes {
        if !has_no_end(cx, scope) {
            continue;
        }
        let Some(states) = scope.states_field else { continue };
        let is_top = scope.place == Place::Top;
        let severity = if is_top { Severity::Error } else { Severity::Warning };
        let name = cx.machine.describe_scope(scope.id);
        let refusal = is_top.then(|| sink.refusal("MISSING_END_STATE", scope.node)).flatten();
        let way = round(cx, sink, scope);
        let finding = sink.report(
            states.key,
            format!("nothing ends {name}: each state leads on, and an execution goes round until it fails, times out or has used up its history"),
        );
        finding.severity = severity;
        finding.way = way;
        finding.refusal = refusal.map(|refusal| crate::diagnostic::Refusal { location: String::new(), ..refusal });
        finding.notes.push("a `Succeed` or `Fail` state ends it, and so does `\"End\": true`".to_owned());
    }
}

/// The first round that executions get to.
fn round(cx: &Analysis<'_>, sink: &Sink<'_>, scope: &Scope<'_>) -> Vec<Label> {
    let graph = cx.graph();
    let is_here = |state: StateId| cx.machine.state(state).scope == scope.id && graph.is_reachable(state);
    let entries = graph.cycles_among(is_here).into_iter().filter_map(|cycle| {
        let entry = cycle.iter().copied().min_by_key(|&state| graph.rank(state))?;
        Some((entry, cycle))
    });
    let first = entries.min_by_key(|(entry, _)| graph.rank(*entry));
    first.map_or_else(Vec::new, |(entry, cycle)| sink.way_round(entry, &cycle))
}

/// Whether the scope has states, every one leads on, and all of them are known. Another finding's consequence is none
/// of its own: a state that lacks its transition may be the one that was to end.
pub(super) fn has_no_end(cx: &Analysis<'_>, scope: &Scope<'_>) -> bool {
    let graph = cx.graph();
    !scope.states.is_empty() && !graph.is_open(scope.id) && !scope.states.iter().any(|&state| graph.can_end(state))
}
