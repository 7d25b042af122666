//! Parallel states in which a branch that fails stops the work of the others, and nothing catches that.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Detail, ScopeId, State, StateType};
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (machine, graph) = (cx.machine, cx.graph());
    for state in &machine.states {
        let Detail::Parallel(branches) = &state.detail else { continue };
        if state.is_open || !state.catchers.is_empty() || !state.retriers.is_empty() || branches.len() < 2 {
            continue;
        }
        let first = |branch: ScopeId, kind| first(cx, branch, kind);
        let fails = branches.iter().enumerate().filter_map(|(i, &branch)| Some((i, first(branch, StateType::Fail)?)));
        let Some((number, fail)) = fails.min_by_key(|(_, fail)| graph.rank(fail.id)) else { continue };
        let others = branches.iter().enumerate().filter(|(i, _)| *i != number);
        let tasks: Vec<_> = others.filter_map(|(_, &branch)| first(branch, StateType::Task)).collect();
        if tasks.is_empty() {
            continue;
        }
        let (name, owner) = (fail.name(), state.name());
        let message =
            format!("`{name}` stops the other branches of `{owner}` wherever they are, and nothing catches it there");
        let way = sink.way_to(fail.id);
        let finding = sink.report(fail.key, message);
        finding.way = way;
        let label = |task: &&State<'_>| Label::new(task.key.span(), "may be under way");
        finding.related.extend(tasks.iter().take(8).map(label));
    }
}

/// The state of this type that executions of a branch get to first.
fn first<'m, 't>(cx: &'m Analysis<'t>, branch: ScopeId, kind: StateType) -> Option<&'m State<'t>> {
    let states = cx.machine.scope(branch).states.iter().map(|&state| cx.machine.state(state));
    let found = states.filter(|state| state.kind == Some(kind) && cx.graph().is_reachable(state.id));
    found.min_by_key(|state| cx.graph().rank(state.id))
}
