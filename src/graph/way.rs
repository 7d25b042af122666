//! Turns two states into the shortest way from one to the other.

use std::collections::VecDeque;

use super::Graph;
use crate::asl::{Machine, ScopeId, StateId};

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
        self.way_into(machine, None, to)
    }

    /// As [`way_from_start`](Self::way_from_start), by way of another state, wherever it lies. Empty where no way is both.
    #[must_use]
    pub fn way_through(&self, machine: &Machine<'_>, by: StateId, to: StateId) -> Vec<StateId> {
        // What holds both, and in it the states that each of them is or lies in.
        let mut scope = machine.state(to).scope;
        let (first, last) = loop {
            if let (Some(first), Some(last)) = (machine.holder(by, scope), machine.holder(to, scope)) {
                break (first, last);
            }
            let Some(owner) = machine.scope(scope).place.owner() else { return Vec::new() };
            scope = machine.state(owner).scope;
        };
        if first == last {
            // One lies in the other: the inner one is got to through the outer one.
            return self.way_from_start(machine, if by == first { to } else { by });
        }
        let mut way = self.way_from_start(machine, by);
        let onward = self.way(first, last, |_| true);
        let inside = self.way_into(machine, Some(scope), to);
        if way.is_empty() || onward.is_empty() || last != to && inside.is_empty() {
            return Vec::new();
        }
        way.extend(onward.into_iter().skip(1));
        way.extend(inside);
        way
    }

    /// A way inside a scope, from its start to a state that `to` is or lies in, with what is before it and inside the last
    /// of its states. Empty where there is none.
    #[must_use]
    pub fn completed(&self, machine: &Machine<'_>, way: &[StateId], to: StateId) -> Vec<StateId> {
        let Some(&last) = way.last() else { return Vec::new() };
        let scope = machine.state(last).scope;
        let outside =
            machine.scope(scope).place.owner().map_or_else(Vec::new, |owner| self.way_from_start(machine, owner));
        let inside = self.way_into(machine, Some(scope), to);
        if last != to && inside.is_empty() {
            return inside;
        }
        [outside.as_slice(), way, &inside].concat()
    }

    /// From the start of the machine, or of what lies in the states of `outside`; empty where the state is one of those.
    fn way_into(&self, machine: &Machine<'_>, outside: Option<ScopeId>, to: StateId) -> Vec<StateId> {
        let mut ways = Vec::new();
        let mut at = Some(to);
        while let Some(state) = at {
            let scope = machine.state(state).scope;
            if Some(scope) == outside {
                break;
            }
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
