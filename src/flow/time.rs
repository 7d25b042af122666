//! Turns a machine and its graph into the least time that its executions take to get to each state.
//!
//! Only a Wait takes time for certain: tasks may answer at once, Maps may have no items, and any state but a Wait may fail at
//! once and be caught. What is said is therefore a lower bound: no execution gets to a state sooner than
//! [`Times::arrival`] says. A child execution of a Distributed Map has a time of its own, which starts with it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use crate::asl::{Edge, Machine, Mode, Place, Scope, State, StateId, StateType};
use crate::graph::Graph;

/// The least times of a machine, in seconds.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// By state: from the start of the execution it is part of until it is entered; `None` where nothing leads to it.
    arrival: Vec<Option<i64>>,
    /// By state: from its entry until it leads on to another one other than by a catcher.
    own: Vec<i64>,
    /// By state: the one before it on the quickest way to it; for the first one of a scope the state around that, if both
    /// are part of one execution.
    before: Vec<Option<StateId>>,
}

impl Times {
    /// The times of `machine`, of whose Wait states `seconds` tells how long they last, where that is known.
    #[must_use]
    pub fn new(machine: &Machine<'_>, graph: &Graph<'_>, seconds: impl Fn(&State<'_>) -> Option<i64>) -> Self {
        let n_states = machine.states.len();
        let mut this = Self { arrival: vec![None; n_states], own: vec![0; n_states], before: vec![None; n_states] };
        for state in machine.states.iter().filter(|state| state.kind == Some(StateType::Wait)) {
            this.own[state.id.index()] = seconds(state).unwrap_or_default().max(0);
        }
        // What lies inside a state has a higher number than what it lies in.
        let mut lengths = vec![0; machine.scopes.len()];
        for scope in machine.scopes.iter().rev() {
            for state in machine.states_of(scope).filter(|state| state.kind == Some(StateType::Parallel)) {
                let longest = state.scopes().iter().map(|branch| lengths[branch.index()]).max();
                this.own[state.id.index()] = longest.unwrap_or_default();
            }
            this.walk(machine, graph, scope);
            lengths[scope.id.index()] = this.length(machine, graph, scope);
        }
        for scope in &machine.scopes {
            let Some(owner) = owner_in_execution(scope) else { continue };
            let base = this.arrival[owner.index()];
            for &state in &scope.states {
                let arrival = &mut this.arrival[state.index()];
                *arrival = arrival.zip(base).map(|(inside, base)| base.saturating_add(inside));
            }
            for start in graph.start(scope.id).into_iter().chain(scope.states.iter().copied()) {
                this.before[start.index()].get_or_insert(owner);
            }
        }
        this
    }

    /// The least time from the start of the execution that `state` is part of until it is entered; `None` where nothing
    /// leads to it.
    #[must_use]
    pub fn arrival(&self, state: StateId) -> Option<i64> {
        self.arrival[state.index()]
    }

    /// The least time that `state` takes itself, unless it fails.
    #[must_use]
    pub fn own(&self, state: StateId) -> i64 {
        self.own[state.index()]
    }

    /// The states on the quickest way to `state`, from the nearest back to the start of the execution.
    pub fn way(&self, state: StateId) -> impl Iterator<Item = StateId> {
        std::iter::successors(self.before[state.index()], |state| self.before[state.index()])
    }

    /// Fills in the arrivals of a scope, counted from its start.
    fn walk(&mut self, machine: &Machine<'_>, graph: &Graph<'_>, scope: &Scope<'_>) {
        if graph.is_open(scope.id) {
            scope.states.iter().for_each(|state| self.arrival[state.index()] = Some(0));
            return;
        }
        let mut is_done = HashSet::new();
        let mut queue: BinaryHeap<Reverse<(i64, StateId)>> = BinaryHeap::new();
        if let Some(start) = graph.start(scope.id) {
            self.arrival[start.index()] = Some(0);
            queue.push(Reverse((0, start)));
        }
        while let Some(Reverse((at, state))) = queue.pop() {
            if !is_done.insert(state) {
                continue;
            }
            // A catcher of a Parallel may be taken as soon as one branch has failed.
            let is_wait = machine.state(state).kind == Some(StateType::Wait);
            for (next, edge) in graph.successors(state) {
                let own = if matches!(edge, Edge::Catch(_)) && !is_wait { 0 } else { self.own[state.index()] };
                let then = at.saturating_add(own);
                if self.arrival[next.index()].is_none_or(|known| then < known) {
                    self.arrival[next.index()] = Some(then);
                    self.before[next.index()] = Some(state);
                    queue.push(Reverse((then, next)));
                }
            }
        }
    }

    /// The least time from the start of a scope to an end that is a success; 0 where there may be ends that are not seen.
    fn length(&self, machine: &Machine<'_>, graph: &Graph<'_>, scope: &Scope<'_>) -> i64 {
        if graph.is_open(scope.id) {
            return 0;
        }
        let is_end =
            |state: &&State<'_>| state.kind != Some(StateType::Fail) && (state.is_terminal() || state.is_loose());
        let end = |state: &State<'_>| Some(self.arrival(state.id)?.saturating_add(self.own(state.id)));
        machine.states_of(scope).filter(is_end).filter_map(end).min().unwrap_or_default()
    }
}

/// The state around `scope`, if what runs in the scope is part of the same execution for certain.
fn owner_in_execution(scope: &Scope<'_>) -> Option<StateId> {
    match scope.place {
        Place::Branch(owner, _) => Some(owner),
        Place::ItemProcessor(owner) | Place::Iterator(owner) => (scope.mode() == Some(Mode::Inline)).then_some(owner),
        Place::Top => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Times;
    use crate::asl::lower;
    use crate::graph::Graph;
    use crate::syntax::{Format, Node, parse};

    /// The arrivals of all states, in document order: `A 0, B 5`.
    fn arrivals(text: &str) -> String {
        let tree = parse(&text.into(), Format::Yaml);
        let machine = lower(tree.root());
        let graph = Graph::new(&machine);
        let times = Times::new(&machine, &graph, |wait| wait.node.get("Seconds").and_then(Node::as_i64));
        let arrival = |state: &crate::asl::State<'_>| {
            let at = times.arrival(state.id).map_or("-".to_owned(), |at| at.to_string());
            format!("{} {at}", state.name())
        };
        machine.states.iter().map(arrival).collect::<Vec<_>>().join(", ")
    }

    /// `body` as the states of a machine that starts at `A`.
    fn machine(body: &str) -> String {
        format!("StartAt: A\nStates: {{{body}}}")
    }

    #[test]
    fn the_quickest_way_counts() {
        for (body, expected) in [
            (
                "A: {Type: Wait, Seconds: 5, Next: B}, B: {Type: Wait, SecondsPath: $.s, Next: C}, C: {Type: Succeed}, D: {Type: Succeed}",
                "A 0, B 5, C 5, D -",
            ),
            (
                "A: {Type: Choice, Choices: [{Variable: $.x, IsNull: true, Next: B}], Default: C}, \
                 B: {Type: Wait, Seconds: 9, Next: D}, C: {Type: Wait, Seconds: 7, Next: D}, D: {Type: Pass, Next: A}",
                "A 0, B 0, C 0, D 7",
            ),
            (
                "A: {Type: Wait, Seconds: 5, Next: P}, P: {Type: Parallel, Next: C, Catch: [{ErrorEquals: [States.ALL], Next: D}], Branches: [\
                 {StartAt: P1, States: {P1: {Type: Wait, Seconds: 3, Next: P2}, P2: {Type: Wait, Seconds: 4, End: true}}},\
                 {StartAt: Q, States: {Q: {Type: Wait, Seconds: 1, Next: Q2}, Q2: {Type: Fail}}},\
                 {StartAt: R, States: {R: {Type: Succeed}}}]}, C: {Type: Succeed}, D: {Type: Succeed}",
                "A 0, P 5, P1 5, P2 8, Q 5, Q2 6, R 5, C 12, D 5",
            ),
            (
                "A: {Type: Wait, Seconds: 5, Next: M}, M: {Type: Map, Next: C, ItemProcessor: {StartAt: M1, States: {\
                 M1: {Type: Wait, Seconds: 2, Next: M2}, M2: {Type: Succeed}}}}, C: {Type: Succeed}",
                "A 0, M 5, M1 5, M2 7, C 5",
            ),
            (
                "A: {Type: Wait, Seconds: 5, Next: M}, M: {Type: Map, Next: C, ItemProcessor: {\
                 ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}, StartAt: M1, States: {\
                 M1: {Type: Wait, Seconds: 2, Next: M2}, M2: {Type: Succeed}}}}, C: {Type: Succeed}",
                "A 0, M 5, M1 0, M2 2, C 5",
            ),
            ("A: {Type: Wait, Seconds: 5, Next: '${B}'}, B: {Type: Succeed}", "A 0, B 0"),
        ] {
            assert_eq!(arrivals(&machine(body)), expected, "{body}");
        }
    }
}
