//! Turns what is wrong with transitions into what follows from it.
//!
//! A wrong name leaves the state it meant without its transition, and a state without a transition leaves what comes next
//! without its own: what nothing reaches for that reason is a consequence and no second mistake. The bound on folding is
//! that *k* wrong transitions explain at most *k* entries to what is unreached; beyond it each state speaks for itself.

use std::collections::HashMap;

use petgraph::Outgoing;

use super::{Graph, LooseEnd, flood, node};
use crate::asl::{Edge, Machine, Scope, ScopeId, StateId};

/// How many pairs of names are compared in one scope: a machine in which thousands of names are wrong needs no guess at
/// each of them.
const MAX_COMPARISONS: usize = 200_000;

/// Fills in [`Unresolved::meant`](super::Unresolved::meant), [`Unresolved::cuts_off`](super::Unresolved::cuts_off) and
/// [`Graph::loose_ends`]. Ranks are there already.
pub(super) fn explain(graph: &mut Graph<'_>, machine: &Machine<'_>) {
    let mut by_scope: HashMap<ScopeId, Vec<usize>> = HashMap::new();
    for (i, unresolved) in graph.unresolved.iter().enumerate() {
        by_scope.entry(unresolved.scope).or_default().push(i);
    }
    for scope in &machine.scopes {
        let mut wrong = by_scope.remove(&scope.id).unwrap_or_default();
        wrong.sort_by_key(|&i| (graph.unresolved[i].from.map(|from| graph.rank(from)), graph.unresolved[i].edge));
        guess(graph, machine, scope, &wrong);
        if !graph.is_open[scope.id.index()] {
            claim(graph, machine, scope, &wrong);
        }
    }
}

/// What each wrong name was likely meant to be: the nearest names, unreached states first.
fn guess(graph: &mut Graph<'_>, machine: &Machine<'_>, scope: &Scope<'_>, wrong: &[usize]) {
    if wrong.is_empty() {
        return;
    }
    let (reached, mut names): (Vec<StateId>, Vec<StateId>) =
        scope.states.iter().copied().partition(|&state| graph.is_reachable(state));
    names.extend(reached);
    let names: Vec<(&str, StateId)> = names.into_iter().map(|state| (machine.state(state).name(), state)).collect();
    for &i in wrong.iter().take(1 + MAX_COMPARISONS / names.len().max(1)) {
        let written = graph.unresolved[i].field.value.as_str().unwrap_or_default();
        let mut meant = crate::text::nearest_all(written, names.iter().copied());
        // A state that goes on with itself goes round for ever: nobody means that.
        if graph.unresolved[i].edge == Some(Edge::Next) {
            let own = graph.unresolved[i].from;
            meant.retain(|&state| Some(state) != own);
        }
        graph.unresolved[i].meant = meant;
    }
}

/// A transition that may have been meant to lead to what nothing reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// A wrong name, by its number.
    Name(usize),
    /// A state without transition, by its place in `Graph::loose_ends`.
    LooseEnd(usize),
}

fn claim(graph: &mut Graph<'_>, machine: &Machine<'_>, scope: &Scope<'_>, wrong: &[usize]) {
    let unreached: Vec<StateId> = scope.states.iter().copied().filter(|&state| !graph.is_reachable(state)).collect();
    let mut loose: Vec<StateId> =
        scope.states.iter().copied().filter(|&state| machine.state(state).is_loose()).collect();
    loose.sort_by_key(|&state| graph.rank(state));
    let first = graph.loose_ends.len();
    graph.loose_ends.extend(loose.into_iter().map(|state| LooseEnd { state, cuts_off: Vec::new() }));
    if unreached.is_empty() {
        return;
    }
    by_name(graph, wrong);
    if let Some(&start) = wrong.iter().find(|&&i| graph.unresolved[i].from.is_none()) {
        // Nothing starts here: whatever is still unreached is so for that reason.
        let rest = flood(&graph.graph, unreached, Outgoing, &mut graph.reachable);
        graph.unresolved[start].cuts_off.extend(rest);
        return;
    }
    let unnamed = wrong.iter().copied().filter(|&i| graph.unresolved[i].cuts_off.is_empty()).map(Claim::Name);
    let loose = (first..graph.loose_ends.len()).map(Claim::LooseEnd);
    let mut claims: Vec<Claim> = unnamed.chain(loose).collect();
    claims.sort_by_key(|&claim| !graph.is_reachable(claimant(graph, claim)));
    let left: Vec<StateId> = unreached.into_iter().filter(|&state| !graph.is_reachable(state)).collect();
    let entries = entries(graph, &left);
    if entries.len() > claims.len() {
        return;
    }
    for (claim, entry) in claims.into_iter().zip(entries) {
        let cut_off = flood(&graph.graph, vec![entry], Outgoing, &mut graph.reachable);
        match claim {
            Claim::Name(i) => graph.unresolved[i].cuts_off = cut_off,
            Claim::LooseEnd(i) => graph.loose_ends[i].cuts_off = cut_off,
        }
    }
    by_name(graph, wrong);
}

fn claimant(graph: &Graph<'_>, claim: Claim) -> StateId {
    match claim {
        Claim::Name(i) => graph.unresolved[i].from.expect("an unresolved start has been dealt with"),
        Claim::LooseEnd(i) => graph.loose_ends[i].state,
    }
}

/// Each wrong name in a reached state takes what it was meant to reach; a name in a state that nothing reaches has to wait
/// until that state is.
fn by_name(graph: &mut Graph<'_>, wrong: &[usize]) {
    let mut pending: Vec<usize> = wrong.iter().copied().filter(|&i| !graph.unresolved[i].meant.is_empty()).collect();
    loop {
        let (ready, waiting): (Vec<usize>, Vec<usize>) = pending
            .into_iter()
            .partition(|&i| graph.unresolved[i].from.is_none_or(|from| graph.reachable[from.index()]));
        if ready.is_empty() {
            return;
        }
        for i in ready {
            let meant: Vec<StateId> =
                graph.unresolved[i].meant.iter().copied().filter(|&state| !graph.is_reachable(state)).collect();
            // More states equally near than names are wrong: they cannot all be meant.
            if meant.len() <= wrong.len() {
                let cut_off = flood(&graph.graph, meant, Outgoing, &mut graph.reachable);
                graph.unresolved[i].cuts_off.extend(cut_off);
            }
        }
        pending = waiting;
    }
}

/// The fewest states that lead to all of `unreached`: those that no other one leads to, and the first of each cycle that is
/// left.
pub(super) fn entries(graph: &Graph<'_>, unreached: &[StateId]) -> Vec<StateId> {
    let mut marks = vec![false; graph.graph.node_count()];
    let is_led_to = |state: StateId| {
        graph.graph.neighbors_directed(node(state), petgraph::Incoming).any(|from| super::id(from) != state)
    };
    let mut entries: Vec<StateId> = unreached.iter().copied().filter(|&state| !is_led_to(state)).collect();
    flood(&graph.graph, entries.clone(), Outgoing, &mut marks);
    for &state in unreached {
        if !marks[state.index()] {
            entries.push(state);
            flood(&graph.graph, vec![state], Outgoing, &mut marks);
        }
    }
    entries
}
