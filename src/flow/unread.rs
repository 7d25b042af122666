//! Turns steps into liveness: which assignments no state reads, because the variable is set again before, or gone.
//!
//! A variable is live where a state is entered if the state, or what lies inside it, reads it, or if it is live behind a step that
//! does not set it. Any read counts, also one that an execution may pass by.

use super::steps::{Steps, What};
use super::variables::{Meaning, VariableId, Variables};
use crate::asl::expression::{Expression, Form};
use crate::asl::jsonata::{Delimited, expression_in};
use crate::asl::sites::{Role, Site, dynamic_members, strings};
use crate::asl::{Machine, ScopeId, StateId, StateType};
use crate::syntax::Node;

/// What no state reads.
#[derive(Debug)]
pub struct Unread {
    /// Variables that nothing reads.
    pub variables: Vec<VariableId>,
    /// Indices into [`Variables::assignments`]: of other variables, those whose value nothing reads.
    pub assignments: Vec<usize>,
}

/// How many variables are solved at a time.
const AT_A_TIME: usize = 64;

impl Unread {
    /// What is not read; linear in the machine for each 64 variables of a scope.
    #[must_use]
    pub fn new(
        machine: &Machine<'_>,
        variables: &Variables<'_>,
        steps: &Steps,
        sites: &[Site<'_>],
        expressions: &[Expression<'_>],
    ) -> Self {
        let hides = hiding(machine, sites, expressions);
        // By variable: the states of its scope that read it.
        let mut readers: Vec<Vec<StateId>> = vec![Vec::new(); variables.variables().len()];
        for read in variables.reads() {
            if let Meaning::Variable(id) = read.meaning
                && let Some(holder) = machine.holder(read.state, variables.variable(id).scope)
            {
                readers[id.index()].push(holder);
            }
        }
        let mut unread = Self { variables: Vec::new(), assignments: Vec::new() };
        let mut read: Vec<(ScopeId, VariableId)> = Vec::new();
        // Which of two variables of one name a state means is another finding.
        let mut is_double = vec![false; variables.variables().len()];
        for variable in variables.variables() {
            let outer = variables.seen_from(variable.scope).skip(1);
            for other in outer.filter_map(|scope| variables.own(scope, variable.name)) {
                is_double[other.index()] = true;
                is_double[variable.id.index()] = true;
            }
        }
        let is_told = |id: VariableId, scope: ScopeId| !hides[scope.index()] && !is_double[id.index()];
        for variable in variables.variables().iter().filter(|variable| is_told(variable.id, variable.scope)) {
            if readers[variable.id.index()].is_empty() {
                unread.variables.push(variable.id);
            } else if steps.is_known(variable.scope) {
                read.push((variable.scope, variable.id));
            }
        }
        read.sort_unstable();
        let mut live = Live { at: vec![0; machine.states.len()], sets: vec![0; steps.len()], is_queued: Vec::new() };
        live.is_queued.resize(machine.states.len(), false);
        for of_scope in read.chunk_by(|(one, _), (other, _)| one == other) {
            for chunk in of_scope.chunks(AT_A_TIME) {
                live.solve(machine, steps, &readers, chunk);
                live.collect(machine, variables, steps, chunk, &mut unread.assignments);
            }
        }
        unread.assignments.sort_unstable();
        unread
    }
}

/// The variables of a chunk, a bit for each.
struct Live {
    /// By state: those that are live where it is entered.
    at: Vec<u64>,
    /// By step: those that it sets.
    sets: Vec<u64>,
    is_queued: Vec<bool>,
}

impl Live {
    fn solve(
        &mut self,
        machine: &Machine<'_>,
        steps: &Steps,
        readers: &[Vec<StateId>],
        chunk: &[(ScopeId, VariableId)],
    ) {
        let Some(&(scope, _)) = chunk.first() else { return };
        for &state in &machine.scope(scope).states {
            self.at[state.index()] = 0;
            self.sets[steps.out_of(state)].fill(0);
        }
        let mut open = Vec::new();
        for (bit, &(_, variable)) in chunk.iter().enumerate() {
            for effect in steps.effects(variable).iter().filter(|effect| effect.what == What::Assigned) {
                self.sets[effect.step] |= 1 << bit;
            }
            for reader in &readers[variable.index()] {
                self.at[reader.index()] |= 1 << bit;
                if !std::mem::replace(&mut self.is_queued[reader.index()], true) {
                    open.push(*reader);
                }
            }
        }
        while let Some(state) = open.pop() {
            self.is_queued[state.index()] = false;
            for &i in steps.into(state) {
                let from = steps.step(i).from;
                let live = self.at[state.index()] & !self.sets[i];
                let is_new = live & !self.at[from.index()] != 0;
                self.at[from.index()] |= live;
                if is_new && !std::mem::replace(&mut self.is_queued[from.index()], true) {
                    open.push(from);
                }
            }
        }
    }

    /// The assignments of the chunk's variables behind which these are not live.
    fn collect(
        &self,
        machine: &Machine<'_>,
        variables: &Variables<'_>,
        steps: &Steps,
        chunk: &[(ScopeId, VariableId)],
        found: &mut Vec<usize>,
    ) {
        for (bit, &(_, variable)) in chunk.iter().enumerate() {
            let is_live = |state: StateId| self.at[state.index()] >> bit & 1 == 1;
            for &i in &variables.variable(variable).assignments {
                let set = &variables.assignments()[i];
                let mut behind = steps.behind(set.state, set.owner).peekable();
                // A Choice without `Default` never does what its own `Assign` says, which is another matter.
                let state = machine.state(set.state);
                let is_done = behind.peek().is_some() || state.kind != Some(StateType::Choice);
                if is_done && behind.all(|step| !is_live(steps.step(step).to)) {
                    found.push(i);
                }
            }
        }
    }
}

/// By scope: whether something in it, or in what lies inside it, may read what is not seen.
fn hiding(machine: &Machine<'_>, sites: &[Site<'_>], expressions: &[Expression<'_>]) -> Vec<bool> {
    let mut hides: Vec<bool> = machine.scopes.iter().map(|scope| scope.is_open).collect();
    for state in machine.states.iter().filter(|state| !state.is_language_known || state.node.may_have_more()) {
        hides[state.scope.index()] = true;
    }
    for site in sites.iter().filter(|site| is_hidden(site)) {
        hides[machine.state(site.state).scope.index()] = true;
    }
    for expression in expressions {
        let is_torn = match &expression.form {
            Form::Path(_, errors) => !errors.is_empty(),
            Form::Intrinsic(_, errors) => !errors.is_empty(),
            Form::Jsonata(jsonata) => !jsonata.parsed.errors.is_empty(),
        };
        hides[machine.state(expression.site.state).scope.index()] |= is_torn;
    }
    // What lies inside stands behind what it lies in.
    for scope in machine.scopes.iter().rev() {
        if let Some(owner) = scope.place.owner().filter(|_| hides[scope.id.index()]) {
            hides[machine.state(owner).scope.index()] = true;
        }
    }
    hides
}

/// Whether a field may hold expressions that are not seen. A `${…}` inside a string is a name, and no expression.
fn is_hidden(site: &Site<'_>) -> bool {
    let value = site.field.value;
    let is_part_open = |node: Node<'_>| node.may_have_more() && node.as_str().is_none();
    if value.is_open() || value.descendants().any(is_part_open) {
        return true;
    }
    match site.role {
        Role::Template => dynamic_members(value).any(|member| member.value.is_open()),
        Role::Jsonata => strings(value)
            .any(|string| string.is_open() && !matches!(expression_in(string.content()), Delimited::Literal)),
        Role::Path | Role::ReferencePath | Role::ResultPath | Role::PathOrIntrinsic => false,
    }
}
