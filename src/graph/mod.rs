//! Turns a [`Machine`] into the graph of its transitions.
//!
//! One node a state, over all nested scopes; `petgraph` is named in this module alone. Transitions stay inside their
//! scope, as in the language; how executions enter the scopes inside a state is [`Graph::inside`]. What is not known (a
//! placeholder where a target stands, a list of states that could not be read) may lead anywhere in its scope: nothing is
//! called unreachable or endless because of what could not be read.

mod rank;
#[cfg(test)]
mod tests;
mod unresolved;
mod way;

use petgraph::algo::{dominators, kosaraju_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{EdgeFiltered, EdgeRef, NodeFiltered};
use petgraph::{Direction, Incoming, Outgoing};

use crate::asl::{Edge, Field, Machine, Place, Scope, ScopeId, StateId};

/// How states lead to states.
#[derive(Debug)]
pub struct Graph<'t> {
    /// Node numbers are state ids.
    graph: DiGraph<(), Edge>,
    /// Where each scope starts, by its id; `None` where `StartAt` names no state of it.
    starts: Vec<Option<StateId>>,
    /// Names of states that do not exist, in document order.
    unresolved: Vec<Unresolved<'t>>,
    /// States that lead nowhere and do not end, in document order.
    loose_ends: Vec<LooseEnd>,
    /// By scope: whether some transition in it is not known.
    is_open: Vec<bool>,
    reachable: Vec<bool>,
    can_end: Vec<bool>,
    rank: Vec<u32>,
}

/// A name that is no state of its scope.
#[derive(Clone, Debug)]
pub struct Unresolved<'t> {
    /// Where the name was looked for.
    pub scope: ScopeId,
    /// The state that names it; `None` for `StartAt`.
    pub from: Option<StateId>,
    /// How it leads there; `None` for `StartAt`.
    pub edge: Option<Edge>,
    /// The field that holds it.
    pub field: Field<'t>,
    /// What was likely meant: the states whose names are nearest, more than one where they are equally near.
    pub meant: Vec<StateId>,
    /// States that no execution reaches only because this name is wrong, in document order.
    pub cuts_off: Vec<StateId>,
}

/// A state that lacks its transition: neither an end, nor anything that leads on.
#[derive(Clone, Debug)]
pub struct LooseEnd {
    /// The state.
    pub state: StateId,
    /// States that no execution reaches, likely because the transition that leads to them is the one that lacks.
    pub cuts_off: Vec<StateId>,
}

impl<'t> Graph<'t> {
    /// The graph of `machine`; linear in its size.
    #[must_use]
    pub fn new(machine: &Machine<'t>) -> Self {
        let mut graph = DiGraph::with_capacity(machine.states.len(), machine.states.len() * 2);
        for _ in &machine.states {
            graph.add_node(());
        }
        let mut this = Self {
            graph,
            starts: Vec::with_capacity(machine.scopes.len()),
            unresolved: Vec::new(),
            loose_ends: Vec::new(),
            is_open: machine.scopes.iter().map(|scope| scope.is_open).collect(),
            reachable: vec![false; machine.states.len()],
            can_end: vec![false; machine.states.len()],
            rank: Vec::new(),
        };
        for scope in &machine.scopes {
            this.connect(machine, scope);
        }
        let mut wrong: Vec<Vec<StateId>> = vec![Vec::new(); machine.scopes.len()];
        for unresolved in &this.unresolved {
            wrong[unresolved.scope.index()].extend(unresolved.from);
        }
        for (scope, wrong) in machine.scopes.iter().zip(wrong) {
            this.walk(machine, scope, wrong);
        }
        this.rank = rank::ranks(&this, machine);
        unresolved::explain(&mut this, machine);
        this
    }

    /// Adds the edges of one scope.
    fn connect(&mut self, machine: &Machine<'t>, scope: &Scope<'t>) {
        let start = scope.start_at.and_then(|field| self.resolve(machine, scope, None, None, field));
        self.starts.push(start);
        self.is_open[scope.id.index()] |= scope.start_at.is_none();
        for state in machine.states_of(scope) {
            self.is_open[scope.id.index()] |= state.is_open;
            for target in state.targets() {
                if let Some(to) = self.resolve(machine, scope, Some(state.id), Some(target.edge), target.field) {
                    self.graph.add_edge(node(state.id), node(to), target.edge);
                }
            }
        }
    }

    fn resolve(
        &mut self,
        machine: &Machine<'t>,
        scope: &Scope<'t>,
        from: Option<StateId>,
        edge: Option<Edge>,
        field: Field<'t>,
    ) -> Option<StateId> {
        let name = field.value.as_str();
        let found = name.and_then(|name| machine.find(scope.id, name));
        if found.is_none() && (field.value.is_open() || name.is_none()) {
            // Not a string: the schema says so; where it would have led is anyone's guess.
            self.is_open[scope.id.index()] = true;
        } else if found.is_none() && !scope.is_open && !scope.states.is_empty() {
            self.unresolved.push(Unresolved {
                scope: scope.id,
                from,
                edge,
                field,
                meant: Vec::new(),
                cuts_off: Vec::new(),
            });
        }
        found
    }

    /// What the scope's start leads to, and what leads to one of its ends, or to where one may be: a state without
    /// transition, or one of `wrong`, the states whose transitions name no state.
    fn walk(&mut self, machine: &Machine<'t>, scope: &Scope<'t>, wrong: Vec<StateId>) {
        if self.is_open[scope.id.index()] {
            for state in &scope.states {
                self.reachable[state.index()] = true;
                self.can_end[state.index()] = true;
            }
            return;
        }
        let start = self.starts[scope.id.index()].into_iter().collect();
        flood(&self.graph, start, Outgoing, &mut self.reachable);
        let ends =
            machine.states_of(scope).filter(|state| state.is_terminal() || state.is_loose()).map(|state| state.id);
        flood(&self.graph, ends.chain(wrong).collect(), Incoming, &mut self.can_end);
    }

    /// The state at which `scope` starts, where `StartAt` names one of its states.
    #[must_use]
    pub fn start(&self, scope: ScopeId) -> Option<StateId> {
        self.starts[scope.index()]
    }

    /// Whether some transition in `scope` is not known, so that absence proves nothing there.
    #[must_use]
    pub fn is_open(&self, scope: ScopeId) -> bool {
        self.is_open[scope.index()]
    }

    /// Names that are no state of their scope.
    #[must_use]
    pub fn unresolved(&self) -> &[Unresolved<'t>] {
        &self.unresolved
    }

    /// States that lack their transition.
    #[must_use]
    pub fn loose_ends(&self) -> &[LooseEnd] {
        &self.loose_ends
    }

    /// What `state` cuts off by lacking its transition.
    #[must_use]
    pub fn cut_off_by(&self, state: StateId) -> &[StateId] {
        self.loose_ends.iter().find(|end| end.state == state).map(|end| end.cuts_off.as_slice()).unwrap_or_default()
    }

    /// Whether transitions lead to `state` from the start of its own scope, or would if what is wrong elsewhere were
    /// right: see [`Unresolved::cuts_off`] and [`LooseEnd::cuts_off`].
    #[must_use]
    pub fn is_reachable(&self, state: StateId) -> bool {
        self.reachable[state.index()]
    }

    /// The states of `scope` that nothing reaches, by the ways in: each state that none of the others leads to, with what only
    /// it and the ones before it lead to. Of a cycle that nothing leads into every state is a way in, as none comes first.
    #[must_use]
    pub fn unreached(&self, scope: &Scope<'t>) -> Vec<(StateId, Vec<StateId>)> {
        let unreached: Vec<StateId> = scope.states.iter().copied().filter(|&state| !self.is_reachable(state)).collect();
        let mut marks = self.reachable.clone();
        let mut ways_in = Vec::new();
        for entry in unresolved::entries(self, &unreached) {
            let behind = flood(&self.graph, vec![entry], Outgoing, &mut marks).split_off(1);
            let mut leads_back = vec![false; if behind.is_empty() { 0 } else { marks.len() }];
            if !behind.is_empty() {
                flood(&self.graph, vec![entry], Incoming, &mut leads_back);
            }
            let (cycle, behind): (Vec<_>, Vec<_>) = behind.into_iter().partition(|state| leads_back[state.index()]);
            ways_in.push((entry, behind));
            ways_in.extend(cycle.into_iter().map(|state| (state, Vec::new())));
        }
        ways_in
    }

    /// Whether transitions lead from `state` to an end of its scope, or to where one may be: a wrong name, a loose end.
    #[must_use]
    pub fn can_end(&self, state: StateId) -> bool {
        self.can_end[state.index()]
    }

    /// The place of `state` in the order in which executions get to states: breadth first from the start, along the edges in
    /// the order of the language, what lies inside a state behind its scope. Names and the order of the text have no part in
    /// it (but for states that nothing reaches, which come last), so a finding that has to choose among states chooses
    /// the same one after a rename or a reordering.
    #[must_use]
    pub fn rank(&self, state: StateId) -> u32 {
        self.rank[state.index()]
    }

    /// Where `state` leads, with the edges that lead there, in the order of [`State::targets`](crate::asl::State::targets).
    pub fn successors(&self, state: StateId) -> impl Iterator<Item = (StateId, Edge)> {
        let mut edges: Vec<_> =
            self.graph.edges(node(state)).map(|edge| (edge.id(), edge.target(), *edge.weight())).collect();
        edges.reverse();
        edges.into_iter().map(|(_, target, edge)| (id(target), edge))
    }

    /// What leads to `state`, in document order.
    pub fn predecessors(&self, state: StateId) -> impl Iterator<Item = (StateId, Edge)> {
        let mut edges: Vec<_> =
            self.graph.edges_directed(node(state), Incoming).map(|edge| (id(edge.source()), *edge.weight())).collect();
        edges.sort_unstable();
        edges.into_iter()
    }

    /// Where executions of `state` begin inside it: the start of each branch, or of the item processor.
    pub fn inside(&self, machine: &Machine<'t>, state: StateId) -> impl Iterator<Item = (StateId, Edge)> {
        machine.state(state).scopes().iter().filter_map(|&scope| {
            let edge = match machine.scope(scope).place {
                Place::Branch(_, i) => Edge::Branch(i),
                _ => Edge::Item,
            };
            Some((self.start(scope)?, edge))
        })
    }

    /// The states of each cycle: maximal sets in which every state leads to every other, each in document order, a state
    /// that leads to itself included.
    #[must_use]
    pub fn cycles(&self) -> Vec<Vec<StateId>> {
        self.cycles_among(|_| true)
    }

    /// The cycles of the states that `keep` holds of.
    pub(crate) fn cycles_among(&self, keep: impl Fn(StateId) -> bool) -> Vec<Vec<StateId>> {
        let kept = NodeFiltered::from_fn(&self.graph, |at| keep(id(at)));
        components(kosaraju_scc(&kept), |state| self.graph.contains_edge(state, state))
    }

    /// The cycles that remain of the states that `keep` holds of, without what catchers lead to.
    #[must_use]
    pub fn cycles_without_failure(&self, keep: impl Fn(StateId) -> bool) -> Vec<Vec<StateId>> {
        let is_kept = |from, to, edge: &Edge| !matches!(edge, Edge::Catch(_)) && keep(id(from)) && keep(id(to));
        let kept = EdgeFiltered::from_fn(&self.graph, |edge| is_kept(edge.source(), edge.target(), edge.weight()));
        let leads_to_itself = |state: NodeIndex| {
            self.graph.edges_connecting(state, state).any(|edge| is_kept(state, state, edge.weight()))
        };
        components(kosaraju_scc(&kept), leads_to_itself)
    }

    /// The state that every way from the start of the scope to `state` passes last, for each state of `scope` that is
    /// reachable and is not the start itself.
    #[must_use]
    pub fn dominators(&self, scope: &Scope<'t>) -> Vec<(StateId, StateId)> {
        self.dominators_among(scope, |_, _| true)
    }

    /// As [`dominators`](Self::dominators), along the transitions, each with the state it leads from, that `keep` holds of.
    #[must_use]
    pub fn dominators_among(&self, scope: &Scope<'t>, keep: impl Fn(StateId, Edge) -> bool) -> Vec<(StateId, StateId)> {
        let Some(start) = self.starts[scope.id.index()] else { return Vec::new() };
        let kept = EdgeFiltered::from_fn(&self.graph, |edge| keep(id(edge.source()), *edge.weight()));
        let dominators = dominators::simple_fast(&kept, node(start));
        let immediate = |&state: &StateId| Some((state, id(dominators.immediate_dominator(node(state))?)));
        scope.states.iter().filter_map(immediate).collect()
    }
}

/// Of strongly connected components those that are cycles, in document order.
fn components(found: Vec<Vec<NodeIndex>>, leads_to_itself: impl Fn(NodeIndex) -> bool) -> Vec<Vec<StateId>> {
    let mut cycles: Vec<Vec<StateId>> = found
        .into_iter()
        .filter(|component| component.len() > 1 || leads_to_itself(component[0]))
        .map(|component| component.into_iter().map(id).collect())
        .collect();
    for cycle in &mut cycles {
        cycle.sort_unstable();
    }
    cycles.sort_unstable();
    cycles
}

/// Marks what `from` leads to, and gives what was not marked before, in the order it was found.
fn flood(graph: &DiGraph<(), Edge>, from: Vec<StateId>, direction: Direction, marks: &mut [bool]) -> Vec<StateId> {
    let mut found = Vec::new();
    for state in from {
        if !std::mem::replace(&mut marks[state.index()], true) {
            found.push(state);
        }
    }
    let mut at = 0;
    while let Some(&state) = found.get(at) {
        at += 1;
        for next in graph.neighbors_directed(node(state), direction).map(id) {
            if !std::mem::replace(&mut marks[next.index()], true) {
                found.push(next);
            }
        }
    }
    found
}

fn node(state: StateId) -> NodeIndex {
    NodeIndex::new(state.index())
}

fn id(node: NodeIndex) -> StateId {
    StateId(u32::try_from(node.index()).unwrap_or(u32::MAX))
}
