//! Explains names that are no state: what was likely meant, and what cannot be reached because of it.

use std::collections::{HashMap, HashSet};

use super::{Graph, LooseEnd, flood, node};
use crate::asl::{Machine, Scope, ScopeId, StateId};
use petgraph::Outgoing;

/// Fills in [`Unresolved::meant`](super::Unresolved::meant) and [`Unresolved::cuts_off`](super::Unresolved::cuts_off).
///
/// A wrong name leaves the state it meant without its transition; that state, and what only it leads to, is a consequence
/// and not a second mistake. What a name meant is the nearest name, unreached states first; where nothing is near but one
/// wrong name faces one entry to all that is unreached, it is that entry.
pub(super) fn explain(graph: &mut Graph<'_>, machine: &Machine<'_>) {
    let mut by_scope: HashMap<ScopeId, Vec<usize>> = HashMap::new();
    for (i, unresolved) in graph.unresolved.iter().enumerate() {
        by_scope.entry(unresolved.scope).or_default().push(i);
    }
    for scope in &machine.scopes {
        if graph.is_open[scope.id.index()] {
            continue;
        }
        let wrong = by_scope.remove(&scope.id).unwrap_or_default();
        if !wrong.is_empty() {
            explain_scope(graph, machine, scope, &wrong);
        }
        explain_loose_ends(graph, machine, scope);
    }
}

/// How many pairs of names are compared in one scope: a machine in which thousands of names are wrong needs no guess at
/// each of them.
const MAX_COMPARISONS: usize = 200_000;

fn explain_scope(graph: &mut Graph<'_>, machine: &Machine<'_>, scope: &Scope<'_>, wrong: &[usize]) {
    let unreached: Vec<StateId> = scope.states.iter().copied().filter(|&state| !graph.is_reachable(state)).collect();
    let names: Vec<(&str, StateId)> = unreached
        .iter()
        .chain(scope.states.iter().filter(|&&state| graph.is_reachable(state)))
        .map(|&state| (machine.state(state).name(), state))
        .collect();
    for &i in wrong.iter().take(1 + MAX_COMPARISONS / names.len().max(1)) {
        let written = graph.unresolved[i].field.value.as_str().unwrap_or_default();
        graph.unresolved[i].meant = crate::text::nearest_all(written, names.iter().copied());
    }
    if unreached.is_empty() {
        return;
    }
    if let [only] = wrong
        && graph.unresolved[*only].meant.is_empty()
        && let [entry] = entries(graph, &unreached).as_slice()
    {
        graph.unresolved[*only].meant = vec![*entry];
    }
    // From the first wrong name to the last, each takes what it would make reachable; a name in a state that nothing
    // reaches has to wait until that state is.
    let mut pending: Vec<usize> = wrong.iter().copied().filter(|&i| !graph.unresolved[i].meant.is_empty()).collect();
    let mut known: HashSet<StateId> = HashSet::new();
    loop {
        let reached = |&i: &usize| graph.unresolved[i].from.is_none_or(|from| graph.reachable[from.index()]);
        let Some(at) = pending.iter().position(reached) else { break };
        let i = pending.remove(at);
        let meant: Vec<StateId> =
            graph.unresolved[i].meant.iter().copied().filter(|state| !graph.reachable[state.index()]).collect();
        if meant.is_empty() {
            continue;
        }
        flood(&graph.graph, meant, Outgoing, &mut graph.reachable);
        let cuts_off = unreached.iter().copied().filter(|&state| graph.reachable[state.index()] && known.insert(state));
        graph.unresolved[i].cuts_off = cuts_off.collect();
    }
}

/// A state without its transition is one mistake; what that transition would have led to is its consequence. Each loose
/// end takes one entry to what is unreached, in document order; where there are fewer, nobody knows which is whose and
/// every entry is a finding of its own.
fn explain_loose_ends(graph: &mut Graph<'_>, machine: &Machine<'_>, scope: &Scope<'_>) {
    let is_loose = |&state: &StateId| {
        let state = machine.state(state);
        graph.reachable[state.id.index()]
            && !state.is_terminal()
            && state.next.is_none()
            && state.choice().is_none_or(|choice| choice.rules.is_empty() && choice.default.is_none())
    };
    let loose: Vec<StateId> = scope.states.iter().copied().filter(is_loose).collect();
    if loose.is_empty() {
        return;
    }
    let unreached: Vec<StateId> = scope.states.iter().copied().filter(|&state| !graph.is_reachable(state)).collect();
    let mut entries = entries(graph, &unreached);
    if entries.len() > loose.len() {
        entries.clear();
    }
    let mut entries = entries.into_iter();
    for state in loose {
        let mut cuts_off = Vec::new();
        if let Some(entry) = entries.next() {
            flood(&graph.graph, vec![entry], Outgoing, &mut graph.reachable);
            // What an earlier entry leads to is the earlier one's.
            cuts_off = unreached.iter().copied().filter(|&state| graph.is_reachable(state)).collect();
            cuts_off.retain(|state| !graph.loose_ends.iter().any(|end| end.cuts_off.contains(state)));
        }
        graph.loose_ends.push(LooseEnd { state, cuts_off });
    }
}

/// The states of `unreached` that lead to all of it, if one does: the first that no other one leads to, or the first of
/// a cycle.
fn entries(graph: &Graph<'_>, unreached: &[StateId]) -> Vec<StateId> {
    let mut marks = vec![false; graph.graph.node_count()];
    let has_entry = |state: StateId| {
        graph.graph.neighbors_directed(node(state), petgraph::Incoming).any(|from| super::id(from) != state)
    };
    let mut entries: Vec<StateId> = unreached.iter().copied().filter(|&state| !has_entry(state)).collect();
    flood(&graph.graph, entries.clone(), Outgoing, &mut marks);
    for &state in unreached {
        if !marks[state.index()] {
            entries.push(state);
            flood(&graph.graph, vec![state], Outgoing, &mut marks);
        }
    }
    entries
}
