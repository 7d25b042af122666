//! Turns two states into the shortest way from one to the other.

use std::collections::VecDeque;

use super::Graph;
use crate::asl::{Machine, StateId};

impl Graph<'_> {
    /// The states of a shortest way along transitions, both ends among them; with one transition at least, so that the way from
    /// a state to itself is a round. Of several the one whose edges come first. Empty where there is none, or `keep` leaves none.
    #[must_use]
    pub fn way(&self, from: StateId, to: StateId, keep: impl Fn(StateId) -> bool) -> Vec<StateId> {
        let mut before: Vec<Option<StateId>> = vec![None; self.reachable.len()];
        let mut open = VecDeque::from([from]);
        while let Some(at) = open.pop_front() {
            for (next, _) in self.successors(at).filter(|(next, _)| keep(*next)) {
                if before[next.index()].is_some() {
                    continue;
                }
                before[next.index()] = Some(at);
                if next == to {
                    let mut way = vec![to];
                    let mut back = at;
                    while back != from {
                        way.push(back);
                        let Some(earlier) = before[back.index()] else { break };
                        back = earlier;
                    }
                    way.push(from);
                    way.reverse();
                    return way;
                }
                open.push_back(next);
            }
        }
        Vec::new()
    }

    /// The states that an execution enters on a shortest way from the start of the machine to a state, through the states that
    /// hold it; both ends among them. Empty where none gets there.
    #[must_use]
    pub fn way_from_start(&self, machine: &Machine<'_>, to: StateId) -> Vec<StateId> {
        let mut ways = Vec::new();
        let mut at = Some(to);
        while let Some(state) = at {
            let scope = machine.state(state).scope;
            let Some(start) = self.start(scope) else { return Vec::new() };
            let way = if start == state { vec![state] } else { self.way(start, state, |_| true) };
            if way.is_empty() {
                return way;
            }
            ways.push(way);
            at = machine.scope(scope).place.owner();
        }
        ways.into_iter().rev().flatten().collect()
    }
}
