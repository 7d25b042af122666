//! Turns steps into definite assignment: whether a variable has a value when a state is entered, on every way there, on some, or
//! on none.
//!
//! Two facts of each variable at each state: some way leads here on which it has a value, and some way on which it has none.
//! They are the least that the steps demand, so a way that a read without value ends is none, and a loop that would have to
//! be gone through before its own first state does not count. Sixty-four variables are solved at a time. Ways are those of the
//! graph: whether the data lets an execution take one is not asked here, except where a rule asks for the variable itself.

use std::collections::VecDeque;

use super::steps::{Step, Steps, What};
use super::variables::{Meaning, VariableId, Variables};
use crate::asl::{Machine, ScopeId, StateId};
use crate::graph::Graph;

/// On which ways to a state a variable has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// On none.
    Never,
    /// On some.
    Sometimes,
    /// On every one.
    Always,
}

/// What the reads of a machine find.
#[derive(Debug)]
pub struct Assigned {
    /// By read; `None` where nothing can be told, or nothing is read.
    known: Vec<Option<Known>>,
}

/// How many variables are solved at a time.
const AT_A_TIME: usize = 64;

impl Assigned {
    /// What the reads of `variables` find; linear in the machine for each 64 variables of a scope.
    #[must_use]
    pub fn new(machine: &Machine<'_>, graph: &Graph<'_>, variables: &Variables<'_>, steps: &Steps) -> Self {
        let mut known = vec![None; variables.reads().len()];
        let mut reads: Vec<(ScopeId, VariableId, usize)> = Vec::new();
        for (i, read) in variables.reads().iter().enumerate() {
            let Meaning::Variable(id) = read.meaning else { continue };
            let scope = variables.variable(id).scope;
            if steps.is_known(scope) && is_certain(variables, read.scope, id) && graph.is_reachable(read.state) {
                reads.push((scope, id, i));
            }
        }
        reads.sort_unstable();
        let mut facts = Facts::new(machine, steps);
        let mut rest = reads.as_slice();
        while let Some(&(scope, ..)) = rest.first() {
            let of_scope = rest.partition_point(|&(other, ..)| other == scope);
            let mut ids: Vec<VariableId> = rest[..of_scope].iter().map(|&(_, id, _)| id).collect();
            ids.dedup();
            for chunk in ids.chunks(AT_A_TIME) {
                facts.solve(machine, graph, steps, scope, chunk);
                let start = rest[..of_scope].partition_point(|&(_, id, _)| id < chunk[0]);
                for &(_, id, read) in &rest[start..of_scope] {
                    let Ok(bit) = chunk.binary_search(&id) else { break };
                    let holder = machine.holder(variables.reads()[read].state, scope);
                    known[read] = holder.and_then(|holder| facts.at(holder, bit));
                }
            }
            rest = &rest[of_scope..];
        }
        Self { known }
    }

    /// What the read of this number, of [`Variables::reads`], finds.
    #[must_use]
    pub fn of(&self, read: usize) -> Option<Known> {
        self.known[read]
    }
}

/// Whether a name read in `scope` is certainly this variable: nothing open on the way, and no other of its name around it.
fn is_certain(variables: &Variables<'_>, scope: ScopeId, id: VariableId) -> bool {
    let variable = variables.variable(id);
    let is_other = |scope| variables.own(scope, variable.name).is_some_and(|own| own != id);
    !variables.seen_from(scope).any(|scope| variables.is_open(scope) || is_other(scope))
}

/// Facts of up to 64 variables of a scope, a bit for each.
#[derive(Debug)]
struct Facts {
    /// By state: those that have a value on some way there.
    assigned: Vec<u64>,
    /// By state: those that have none on some way there.
    unassigned: Vec<u64>,
    /// By step.
    masks: Vec<Masks>,
    /// By state: whether it waits for its turn.
    is_queued: Vec<bool>,
}

/// The variables that a step does something to.
#[derive(Clone, Copy, Debug, Default)]
struct Masks {
    assigned: u64,
    present: u64,
    absent: u64,
}

impl Facts {
    fn new(machine: &Machine<'_>, steps: &Steps) -> Self {
        let n = machine.states.len();
        Self {
            assigned: vec![0; n],
            unassigned: vec![0; n],
            masks: vec![Masks::default(); steps.len()],
            is_queued: vec![false; n],
        }
    }

    fn solve(&mut self, machine: &Machine<'_>, graph: &Graph<'_>, steps: &Steps, scope: ScopeId, chunk: &[VariableId]) {
        let Some(start) = graph.start(scope) else { return };
        for &state in &machine.scope(scope).states {
            self.assigned[state.index()] = 0;
            self.unassigned[state.index()] = 0;
            self.masks[steps.out_of(state)].fill(Masks::default());
        }
        for (bit, &variable) in chunk.iter().enumerate() {
            for effect in steps.effects(variable) {
                let masks = &mut self.masks[effect.step];
                match effect.what {
                    What::Assigned => masks.assigned |= 1 << bit,
                    What::Read | What::Present => masks.present |= 1 << bit,
                    What::Absent => masks.absent |= 1 << bit,
                }
            }
        }
        self.unassigned[start.index()] = u64::MAX >> (AT_A_TIME - chunk.len());
        let mut queue = VecDeque::from([start]);
        while let Some(state) = queue.pop_front() {
            self.is_queued[state.index()] = false;
            for i in steps.out_of(state) {
                let (masks, to) = (self.masks[i], steps.step(i).to);
                let unassigned = self.unassigned[state.index()] & !masks.present;
                let assigned = self.assigned[state.index()] & !masks.absent;
                let given = (unassigned | assigned) & masks.assigned;
                let (unassigned, assigned) = (unassigned & !given, assigned | given);
                let is_new =
                    unassigned & !self.unassigned[to.index()] != 0 || assigned & !self.assigned[to.index()] != 0;
                self.unassigned[to.index()] |= unassigned;
                self.assigned[to.index()] |= assigned;
                if is_new && !std::mem::replace(&mut self.is_queued[to.index()], true) {
                    queue.push_back(to);
                }
            }
        }
    }

    fn at(&self, state: StateId, bit: usize) -> Option<Known> {
        let has = |set: u64| set >> bit & 1 == 1;
        match (has(self.assigned[state.index()]), has(self.unassigned[state.index()])) {
            (false, false) => None,
            (false, true) => Some(Known::Never),
            (true, true) => Some(Known::Sometimes),
            (true, false) => Some(Known::Always),
        }
    }
}

/// How executions come to states without a value of one variable.
#[derive(Debug)]
pub struct Ways<'m> {
    machine: &'m Machine<'m>,
    steps: &'m Steps,
    start: StateId,
    scope: ScopeId,
    facts: Facts,
}

/// How executions come to one state without a value.
#[derive(Clone, Debug, Default)]
pub struct Without {
    /// Transitions that only executions take which have not set the variable, and behind which every one comes to the state
    /// so, unless a state fails before.
    pub certain: Vec<Step>,
    /// Whether every execution comes to the state without a value in which no state fails before.
    pub always: bool,
    /// What decides on a shortest way: rules, `Default`s and catchers, in order.
    pub way: Vec<Step>,
}

impl<'m> Ways<'m> {
    /// Of a variable that [`Assigned`] has told something of; linear in its scope.
    #[must_use]
    pub fn new(
        machine: &'m Machine<'m>,
        graph: &Graph<'_>,
        variables: &Variables<'_>,
        steps: &'m Steps,
        variable: VariableId,
    ) -> Option<Self> {
        let scope = variables.variable(variable).scope;
        let mut facts = Facts::new(machine, steps);
        facts.solve(machine, graph, steps, scope, &[variable]);
        Some(Self { machine, steps, start: graph.start(scope)?, scope, facts })
    }

    /// How executions come to `state`, which is entered without a value; linear in the scope.
    #[must_use]
    pub fn to(&self, state: StateId) -> Without {
        let avoids = self.backward(self.escapes(state), state);
        let mut leads = self.backward(vec![state], state);
        for (leads, avoids) in leads.iter_mut().zip(avoids) {
            *leads &= !avoids;
        }
        leads[state.index()] = true;
        let mut without = Without { always: leads[self.start.index()], way: self.way(state), ..Without::default() };
        for &from in &self.machine.scope(self.scope).states {
            let is_blank = self.facts.at(from, 0) == Some(Known::Never);
            for i in self.steps.out_of(from).filter(|_| is_blank) {
                let step = self.steps.step(i);
                let enters = leads[step.to.index()] && !leads[from.index()];
                if enters && (step.is_choice() || step.is_catch()) && self.is_kept(i) {
                    without.certain.push(step);
                }
            }
        }
        without
    }

    /// Whether the variable may be without a value behind this step as before it.
    fn is_kept(&self, step: usize) -> bool {
        let masks = self.facts.masks[step];
        masks.assigned & 1 == 0 && masks.present & 1 == 0
    }

    /// The states from which an execution goes on without coming to `state`, and without a failure.
    fn escapes(&self, state: StateId) -> Vec<StateId> {
        let sets = |i: usize| {
            let masks = self.facts.masks[i];
            !self.steps.step(i).is_catch() && masks.assigned & 1 == 1 && masks.present & 1 == 0
        };
        let escapes = |from: StateId| self.machine.state(from).is_terminal() || self.steps.out_of(from).any(sets);
        let scope = self.machine.scope(self.scope);
        scope.states.iter().copied().filter(|&from| from != state && escapes(from)).collect()
    }

    /// What leads to some of `to` without failures, without setting the variable, and not by way of `state`.
    fn backward(&self, mut to: Vec<StateId>, state: StateId) -> Vec<bool> {
        let mut marks = vec![false; self.machine.states.len()];
        for &state in &to {
            marks[state.index()] = true;
        }
        while let Some(entered) = to.pop() {
            for &i in self.steps.into(entered) {
                let step = self.steps.step(i);
                if step.from != state && !step.is_catch() && self.is_kept(i) && !marks[step.from.index()] {
                    marks[step.from.index()] = true;
                    to.push(step.from);
                }
            }
        }
        marks
    }

    /// What decides on a shortest way from the start.
    fn way(&self, state: StateId) -> Vec<Step> {
        let way = self.shortest(self.start, state, |_| true).unwrap_or_default();
        way.into_iter().filter(|step| step.is_choice() || step.is_catch()).collect()
    }

    /// The states of a way to `state` on which nothing sets the variable, with one of its own at both ends: by one of the
    /// steps of [`Without::certain`], else without failures where there is such a way. Empty where there is none.
    #[must_use]
    pub fn states(&self, by: Option<Step>, state: StateId) -> Vec<StateId> {
        let no_failure = |step: Step| !step.is_catch();
        let way = match by {
            Some(by) => self.shortest(self.start, by.from, |_| true).and_then(|mut way| {
                way.push(by);
                way.extend(self.shortest(by.to, state, no_failure)?);
                Some(way)
            }),
            None => self.shortest(self.start, state, no_failure).or_else(|| self.shortest(self.start, state, |_| true)),
        };
        way.map_or_else(Vec::new, |way| std::iter::once(self.start).chain(way.iter().map(|step| step.to)).collect())
    }

    /// The steps of a shortest way of those to `keep` on which nothing sets the variable; `None` where there is none.
    fn shortest(&self, from: StateId, to: StateId, keep: impl Fn(Step) -> bool) -> Option<Vec<Step>> {
        let mut came_by: Vec<Option<usize>> = vec![None; self.machine.states.len()];
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front().filter(|&at| at != to) {
            for i in self.steps.out_of(at).filter(|&i| self.is_kept(i) && keep(self.steps.step(i))) {
                let next = self.steps.step(i).to;
                if next != from && came_by[next.index()].is_none() {
                    came_by[next.index()] = Some(i);
                    queue.push_back(next);
                }
            }
        }
        let mut way = Vec::new();
        let mut at = to;
        while let Some(i) = came_by[at.index()] {
            let step = self.steps.step(i);
            way.push(step);
            at = step.from;
        }
        way.reverse();
        (at == from).then_some(way)
    }
}
