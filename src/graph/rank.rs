//! The order in which executions get to states.

use std::collections::VecDeque;

use super::Graph;
use crate::asl::{Machine, ScopeId, StateId};

/// The rank of each state, by its id: see [`Graph::rank`].
pub(super) fn ranks(graph: &Graph<'_>, machine: &Machine<'_>) -> Vec<u32> {
    let mut ranks = vec![u32::MAX; machine.states.len()];
    let mut next = 0..;
    let mut scopes = VecDeque::from([ScopeId::TOP]);
    while let Some(scope) = scopes.pop_front() {
        let scope = machine.scope(scope);
        let mut queue: VecDeque<StateId> = graph.start(scope.id).into_iter().collect();
        let mut order = Vec::with_capacity(scope.states.len());
        // What the start does not lead to follows in the order of the text.
        for candidate in std::iter::once(None).chain(scope.states.iter().copied().map(Some)) {
            queue.extend(candidate);
            while let Some(state) = queue.pop_front() {
                if ranks[state.index()] != u32::MAX {
                    continue;
                }
                ranks[state.index()] = next.next().unwrap_or(u32::MAX);
                order.push(state);
                queue.extend(
                    machine
                        .state(state)
                        .targets()
                        .filter_map(|target| machine.find(scope.id, target.field.value.as_str()?)),
                );
            }
        }
        scopes.extend(order.iter().flat_map(|&state| machine.state(state).scopes()));
    }
    ranks
}
