//! Turns a machine into steps: the transitions of its scopes, with what each does to variables.
//!
//! A state's own `Assign` has happened behind `Next` and `Default`, a catcher's or rule's behind its own transition alone ("Where
//! to put an Assign field", AWS guide). A step also tells what was known before it was taken: a state that cannot be left
//! without the value of a variable has found it, and a rule that asks for it has answered.

use std::collections::HashMap;
use std::ops::Range;

use super::guards::{Conditions, Fact, Outcome};
use super::variables::{Meaning, Read, VariableId, Variables};
use crate::asl::expression::{Demand, Expression};
use crate::asl::sites::{Owner, Site};
use crate::asl::{Edge, Language, Machine, ScopeId, State, StateId, StateType};
use crate::graph::Graph;

/// How many facts a Choice carries from rule to rule: a bound on work.
const MAX_FACTS: usize = 64;

/// A transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The state that is left.
    pub from: StateId,
    /// How.
    pub edge: Edge,
    /// The state that is entered.
    pub to: StateId,
}

impl Step {
    /// Whether it is taken on a failure.
    #[must_use]
    pub const fn is_catch(self) -> bool {
        matches!(self.edge, Edge::Catch(_))
    }

    /// Whether data decides that it is taken.
    #[must_use]
    pub const fn is_choice(self) -> bool {
        matches!(self.edge, Edge::Choice(_) | Edge::Default)
    }
}

/// What a step does to a variable, or tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It gives it a value.
    Assigned,
    /// It is not taken where the variable has no value, as the state fails then.
    Read,
    /// It is taken only where a rule has found a value.
    Present,
    /// It is taken only where a rule has found none.
    Absent,
}

/// What one step does to one variable.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    /// The variable.
    pub variable: VariableId,
    /// The number of the step.
    pub step: usize,
    /// What it does.
    pub what: What,
}

/// The transitions of a machine.
#[derive(Debug)]
pub struct Steps {
    /// By the state they leave.
    steps: Vec<Step>,
    /// By state: where its steps begin; one more at the end.
    first: Vec<usize>,
    /// The numbers of the steps, by the state they enter.
    into: Vec<usize>,
    /// By state: where the steps into it begin in `into`; one more at the end.
    first_into: Vec<usize>,
    /// By variable.
    effects: Vec<Effect>,
    /// By scope: whether all its transitions and assignments are known.
    is_known: Vec<bool>,
    /// From which rule on a Choice has found that a variable has a value.
    found_by: HashMap<(StateId, VariableId), usize>,
}

impl Steps {
    /// The steps of `machine`; linear in its size.
    #[must_use]
    pub fn new(
        machine: &Machine<'_>,
        graph: &Graph<'_>,
        variables: &Variables<'_>,
        expressions: &[Expression<'_>],
    ) -> Self {
        let n = machine.states.len();
        let mut steps = Vec::new();
        let mut first = Vec::with_capacity(n + 1);
        for state in &machine.states {
            first.push(steps.len());
            steps.extend(graph.successors(state.id).map(|(to, edge)| Step { from: state.id, edge, to }));
        }
        first.push(steps.len());
        let mut into: Vec<usize> = (0..steps.len()).collect();
        into.sort_by_key(|&i| steps[i].to);
        let mut first_into = Vec::with_capacity(n + 1);
        for i in 0..n {
            first_into.push(into.partition_point(|&step| steps[step].to.index() < i));
        }
        first_into.push(into.len());
        let is_known = known(machine, graph, variables);
        let mut this = Self { steps, first, into, first_into, effects: Vec::new(), is_known, found_by: HashMap::new() };
        this.assign(machine, variables);
        this.read(machine, variables, expressions);
        this.effects.sort_by_key(|effect| (effect.variable, effect.step));
        this
    }

    /// The step of this number.
    #[must_use]
    pub fn step(&self, i: usize) -> Step {
        self.steps[i]
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The numbers of the steps that leave a state.
    #[must_use]
    pub fn out_of(&self, state: StateId) -> Range<usize> {
        self.first[state.index()]..self.first[state.index() + 1]
    }

    /// The numbers of the steps that enter a state.
    #[must_use]
    pub fn into(&self, state: StateId) -> &[usize] {
        &self.into[self.first_into[state.index()]..self.first_into[state.index() + 1]]
    }

    /// What steps do to a variable, in the order of the steps.
    #[must_use]
    pub fn effects(&self, variable: VariableId) -> &[Effect] {
        let start = self.effects.partition_point(|effect| effect.variable < variable);
        let end = self.effects.partition_point(|effect| effect.variable <= variable);
        &self.effects[start..end]
    }

    /// The numbers of the steps behind which what this object of a state assigns has happened.
    pub fn behind(&self, state: StateId, owner: Owner) -> impl Iterator<Item = usize> {
        edges_behind(owner).filter_map(move |edge| self.along(state, edge))
    }

    /// Whether all transitions and assignments of a scope are known.
    #[must_use]
    pub fn is_known(&self, scope: ScopeId) -> bool {
        self.is_known[scope.index()]
    }

    /// Whether what the state did before the read has shown that the variable has a value.
    #[must_use]
    pub fn is_found_before(&self, read: &Read<'_>, variable: VariableId, site: &Site<'_>) -> bool {
        let is_handed_on = matches!(site.field.name(), "Assign" | "Output");
        let by_step = |edge: Edge| {
            let mut effects = self.effects(variable).iter();
            effects.any(|effect| {
                let step = self.steps[effect.step];
                step.from == read.state && step.edge == edge && effect.what == What::Present
            })
        };
        match site.owner {
            Owner::Rule(i) if is_handed_on => by_step(Edge::Choice(i)),
            Owner::Rule(i) | Owner::NestedRule(i) => {
                self.found_by.get(&(read.state, variable)).is_some_and(|&rule| rule < i)
            }
            Owner::State if is_handed_on => by_step(Edge::Default),
            _ => false,
        }
    }

    /// The step out of a state along an edge. Steps are in the order of edges.
    fn along(&self, state: StateId, edge: Edge) -> Option<usize> {
        let out = self.out_of(state);
        self.steps[out.clone()].binary_search_by_key(&edge, |step| step.edge).ok().map(|i| out.start + i)
    }

    fn push(&mut self, variable: VariableId, what: What, state: StateId, edge: Edge) {
        if let Some(step) = self.along(state, edge) {
            self.effects.push(Effect { variable, step, what });
        }
    }

    fn assign(&mut self, machine: &Machine<'_>, variables: &Variables<'_>) {
        for set in variables.assignments() {
            if machine.state(set.state).scope != variables.variable(set.variable).scope {
                continue;
            }
            for edge in edges_behind(set.owner) {
                self.push(set.variable, What::Assigned, set.state, edge);
            }
        }
    }

    fn read(&mut self, machine: &Machine<'_>, variables: &Variables<'_>, expressions: &[Expression<'_>]) {
        // What the rules of a Choice read is told with what they say.
        let mut by_choice: HashMap<StateId, Vec<(usize, VariableId)>> = HashMap::new();
        for read in variables.reads().iter().filter(|read| read.demand == Demand::Certain) {
            let Meaning::Variable(variable) = read.meaning else { continue };
            if variables.variable(variable).scope != read.scope {
                continue;
            }
            let (state, site) = (machine.state(read.state), &expressions[read.expression].site);
            match site.owner {
                Owner::Rule(i) if !matches!(site.field.name(), "Assign" | "Output") => {
                    by_choice.entry(read.state).or_default().push((i, variable));
                }
                _ => {
                    for step in self.out_of(read.state) {
                        if is_needed_for(state, site, self.steps[step].edge) {
                            self.effects.push(Effect { variable, step, what: What::Read });
                        }
                    }
                }
            }
        }
        let conditions = Conditions::new(expressions);
        for state in machine.states.iter().filter(|state| !state.rules().is_empty()) {
            if !self.is_known(state.scope) {
                continue;
            }
            let reads = by_choice.remove(&state.id).unwrap_or_default();
            self.choice(state, variables, &conditions, &reads);
        }
    }

    /// What the steps out of a Choice tell: rules are asked in order, until one holds.
    fn choice(
        &mut self,
        state: &State<'_>,
        variables: &Variables<'_>,
        conditions: &Conditions<'_>,
        reads: &[(usize, VariableId)],
    ) {
        let find = |fact: &Fact<'_>| {
            let variable = variables.own(state.scope, fact.name)?;
            Some((variable, if fact.has_value { What::Present } else { What::Absent }))
        };
        let mut so_far: Vec<(VariableId, What)> = Vec::new();
        let add = |so_far: &mut Vec<(VariableId, What)>, fact| {
            if so_far.len() < MAX_FACTS && !so_far.contains(&fact) {
                so_far.push(fact);
            }
        };
        for (i, rule) in state.rules().iter().enumerate() {
            let n_before = so_far.len();
            // Expressions come rule by rule.
            let own = reads.partition_point(|&(of, _)| of < i)..reads.partition_point(|&(of, _)| of <= i);
            for &(_, variable) in &reads[own] {
                add(&mut so_far, (variable, What::Read));
            }
            let mut facts = Vec::new();
            conditions.facts(rule, Outcome::Holds, &mut facts);
            let told: Vec<_> = so_far.iter().copied().chain(facts.iter().filter_map(find)).collect();
            for (variable, what) in told {
                self.push(variable, what, state.id, Edge::Choice(i));
            }
            facts.clear();
            conditions.facts(rule, Outcome::Fails, &mut facts);
            facts.iter().filter_map(find).for_each(|fact| add(&mut so_far, fact));
            for &(variable, what) in &so_far[n_before..] {
                if what != What::Absent {
                    self.found_by.entry((state.id, variable)).or_insert(i);
                }
            }
        }
        for (variable, what) in so_far {
            self.push(variable, what, state.id, Edge::Default);
        }
    }
}

/// By scope: whether nothing in it is open or leads nowhere.
fn known(machine: &Machine<'_>, graph: &Graph<'_>, variables: &Variables<'_>) -> Vec<bool> {
    let is_known = |scope: ScopeId| !graph.is_open(scope) && !variables.is_open(scope) && graph.start(scope).is_some();
    let mut known: Vec<bool> = machine.scopes.iter().map(|scope| is_known(scope.id)).collect();
    for unresolved in graph.unresolved() {
        known[unresolved.scope.index()] = false;
    }
    for loose in graph.loose_ends() {
        known[machine.state(loose.state).scope.index()] = false;
    }
    known
}

/// The transitions behind which what this object of a state assigns has happened.
fn edges_behind(owner: Owner) -> impl Iterator<Item = Edge> {
    let (one, other) = match owner {
        Owner::State => (Some(Edge::Next), Some(Edge::Default)),
        Owner::Catcher(i) => (Some(Edge::Catch(i)), None),
        Owner::Rule(i) | Owner::NestedRule(i) => (Some(Edge::Choice(i)), None),
        Owner::Part => (None, None),
    };
    one.into_iter().chain(other)
}

/// Whether a field was certainly evaluated before this transition is taken.
fn is_needed_for(state: &State<'_>, site: &Site<'_>, edge: Edge) -> bool {
    let field = site.field.name();
    match site.owner {
        Owner::State if state.kind == Some(StateType::Choice) => {
            edge == Edge::Default || !matches!(field, "Assign" | "Output")
        }
        Owner::State => match field {
            // For each item, and there may be none.
            "ItemSelector" => false,
            "Assign" | "Output" | "OutputPath" | "ResultSelector" => edge == Edge::Next,
            // Catchers see what JSONata fails with, not what paths do.
            _ => edge == Edge::Next || state.language == Language::JsonPath,
        },
        Owner::Catcher(i) => edge == Edge::Catch(i),
        Owner::Rule(i) => edge == Edge::Choice(i),
        Owner::NestedRule(_) | Owner::Part => false,
    }
}
