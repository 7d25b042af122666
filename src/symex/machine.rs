//! Turns a machine into terms: when an execution gets to each state, takes each branch, enters each catcher.
//!
//! Every execution of the service is among those that the terms describe, so what no assignment makes hold, no execution does. A state is
//! reached over one of the ways into it; what comes with them is joined into one document. What a task answers is an unknown of
//! its own; one iteration stands for all of a Map's; what is not modelled is anything. Loops: what a round may change is anything at
//! every way into every state of the loop, be it the way in from outside or the way around: the ways around are followed from
//! copies of the states, which are not the ones that are asked about, since an execution goes around and leaves in different
//! rounds.

mod always;
mod calls;
mod catchers;
mod document;
mod invariants;
mod iteration;
mod jsonata;
mod models;
mod pipeline;
mod times;
mod writes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reason;
use super::atom::{Root, Tag, Tags};
use super::choice::{ChoiceTerms, choice};
use super::explore::{Facts, Goal};
use super::jsonata::shadowed;
use super::premise::fits;
use super::term::Term;
use super::value::{Shape, ValueId, World};
use crate::asl::expression::Origin;
use crate::asl::jsonata::library;
use crate::asl::{Edge, Language, Scope, ScopeId, State, StateId, StateType};
use crate::eval::execution::MAX_PAYLOAD;
use crate::syntax::Kind;

use catchers::Thrown;
use document::{Env, Store};
use invariants::Invariants;
use pipeline::View;

pub(super) use models::{Found, decide};
pub use models::{Untaken, untaken};

/// A machine as terms.
#[derive(Debug)]
pub(super) struct Formula {
    pub(super) world: World,
    /// By what may happen: when it does.
    pub(super) goals: BTreeMap<Goal, Term>,
    /// What each Choice asks about.
    pub(super) choices: BTreeMap<StateId, ChoiceTerms>,
    /// The unknown that is a task's answer.
    pub(super) answers: BTreeMap<StateId, Root>,
    /// By catcher: what says whether it is entered, and with what.
    throws: BTreeMap<(StateId, usize), Thrown>,
    /// By state with catchers: the unknown that says whether it goes well.
    pub(super) fails: BTreeMap<StateId, Root>,
    /// By state: the ways into it, each with when it is gone.
    pub(super) ways: BTreeMap<StateId, Vec<(StateId, Edge, Term)>>,
}

/// How loops are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounds {
    /// Any number of times: what nothing makes hold never happens.
    Any,
    /// Not at all: what is found is exact but for what is not modelled.
    First,
}

/// A machine on its way into terms.
#[derive(Debug)]
struct Building<'f, 't> {
    facts: Facts<'f, 't>,
    store: Store,
    /// The input of the execution.
    input: ValueId,
    /// How many Distributed Maps lie around the state at hand: their children are executions of their own.
    n_children: usize,
    /// What the context object says of the items of the Maps around, innermost last.
    iterations: Vec<ValueId>,
    /// What is known not to happen.
    dead: &'f BTreeSet<Goal>,
    goals: BTreeMap<Goal, Term>,
    choices: BTreeMap<StateId, ChoiceTerms>,
    answers: BTreeMap<StateId, Root>,
    throws: BTreeMap<(StateId, usize), Thrown>,
    fails: BTreeMap<StateId, Root>,
    ways: BTreeMap<StateId, Vec<(StateId, Edge, Term)>>,
    rounds: Rounds,
    /// The states of each loop.
    cycles: Vec<Vec<StateId>>,
}

/// A way out of a state.
#[derive(Debug)]
struct Out {
    /// None ends the scope.
    edge: Option<Edge>,
    condition: Term,
    env: Env,
}

/// Whether a state is the one that is asked about, or a copy that is gone around in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instance {
    Main,
    Around,
}

/// The ways into states, on their way.
type Ways = BTreeMap<StateId, Vec<(Term, Env)>>;

impl Formula {
    /// The terms of a machine, without what is known not to happen.
    pub(super) fn new(facts: Facts<'_, '_>, dead: &BTreeSet<Goal>, rounds: Rounds) -> Self {
        let mut store = Store::default();
        let languages = facts.machine.states.iter().map(|state| state.language);
        store.world.is_mixed = languages.clone().any(|language| Some(language) != languages.clone().next());
        let input = store.world.root(Root::Input, Tags::PRESENT);
        let mut building = Building {
            facts,
            store,
            input,
            n_children: 0,
            iterations: Vec::new(),
            dead,
            goals: BTreeMap::new(),
            choices: BTreeMap::new(),
            answers: BTreeMap::new(),
            throws: BTreeMap::new(),
            fails: BTreeMap::new(),
            ways: BTreeMap::new(),
            rounds,
            cycles: facts.graph.cycles(),
        };
        let env = Env { document: input.into(), variables: building.unset() };
        let ends = building.scope(ScopeId::TOP, Term::TRUE, &env);
        let end = building.store.world.terms.any(ends.iter().map(|&(condition, _)| condition));
        building.goals.insert(Goal::End, end);
        Self {
            world: building.store.world,
            goals: building.goals,
            choices: building.choices,
            answers: building.answers,
            throws: building.throws,
            fails: building.fails,
            ways: building.ways,
        }
    }
}

impl Formula {
    /// When the input and what tasks answer fit what someone vouches for. Everything that is asked about them is asked before.
    pub(super) fn premise(&mut self, facts: Facts<'_, '_>) -> Term {
        let mut parts = Vec::new();
        if let Some(premise) = &facts.premises.input {
            let input = self.world.root(Root::Input, Tags::PRESENT);
            parts.push(fits(&mut self.world, input, premise));
        }
        for (&task, root) in &self.answers {
            if let Some(premise) = facts.premises.of_task(facts.machine.state(task).name()) {
                let answer = self.world.root(root.clone(), Tags::PRESENT);
                parts.push(fits(&mut self.world, answer, premise));
            }
        }
        self.world.terms.all(parts)
    }
}

impl<'t> Building<'_, 't> {
    fn all(&mut self, terms: &[Term]) -> Term {
        self.store.world.terms.all(terms.iter().copied())
    }

    /// The variables that something reads, before any has a value.
    fn unset(&mut self) -> BTreeMap<Arc<str>, ValueId> {
        let absent = self.store.world.absent();
        let shadowed = shadowed(self.facts.machine);
        let mut variables = BTreeMap::new();
        for expression in self.facts.expressions.iter().filter(|expression| !expression.reads_document_only()) {
            for reference in expression.references() {
                if let Origin::Variable(name) = reference.origin
                    && (library::find(name).is_none() || shadowed.contains(name))
                {
                    variables.insert(name.into(), absent);
                }
            }
        }
        variables
    }

    /// A question that nothing decides, and the unknown it is about.
    fn selector(&mut self) -> (Term, Root) {
        let value = self.store.world.fresh(Tags::new(&[Tag::Bool]));
        (self.store.world.is_true(value), self.root_of(value))
    }

    fn root_of(&self, value: ValueId) -> Root {
        match self.store.world.shape(value) {
            Shape::Symbol(symbol) => match &self.store.world.symbol(*symbol).origin {
                super::atom::Origin::Root(root) => root.clone(),
                super::atom::Origin::Part(..) => Root::Input,
            },
            _ => Root::Input,
        }
    }

    /// The states of a scope, from its start; gives the ways in which it ends, each with its output. Recursion is bounded by the
    /// depth of scopes.
    fn scope(&mut self, scope: ScopeId, entry: Term, env: &Env) -> Vec<(Term, ValueId)> {
        let facts = self.facts;
        let scope: &Scope<'t> = facts.machine.scope(scope);
        let mut ways = Ways::new();
        if let Some(start) = facts.graph.start(scope.id) {
            ways.entry(start).or_default().push((entry, env.clone()));
        }
        let mut ends = Vec::new();
        for mut component in self.components(scope) {
            let is_loop = component.len() > 1 || facts.graph.successors(component[0]).any(|(to, _)| to == component[0]);
            match (is_loop, self.rounds) {
                (true, Rounds::Any) => self.go_around(&component, &mut ways),
                _ => component.sort_by_key(|&id| facts.graph.rank(id)),
            }
            for &id in &component {
                let incoming = ways.remove(&id).unwrap_or_default();
                let is_onward = |to: StateId| match self.rounds {
                    _ if !is_loop || !component.contains(&to) => true,
                    Rounds::Any => false,
                    Rounds::First => facts.graph.rank(to) > facts.graph.rank(id),
                };
                let meant: BTreeSet<StateId> =
                    facts.graph.successors(id).map(|(to, _)| to).filter(|&to| is_onward(to)).collect();
                for out in self.state(facts.machine.state(id), &incoming, scope) {
                    self.follow(id, out, &mut ways, &mut ends, |to| meant.contains(&to));
                }
            }
        }
        if scope.is_open {
            // A state that is not seen may end it, with anything.
            let unseen = self.store.world.free(Reason::Open);
            let condition = self.store.world.terms.and(entry, unseen);
            let output = self.anything("a placeholder");
            ends.push((condition, output));
        }
        ends
    }

    /// Puts a way out of a state where it leads, if that is meant.
    fn follow(
        &mut self,
        from: StateId,
        out: Out,
        ways: &mut Ways,
        ends: &mut Vec<(Term, ValueId)>,
        is_meant: impl Fn(StateId) -> bool,
    ) {
        let Some(edge) = out.edge else {
            let output = self.store.value(&out.env.document);
            ends.push((out.condition, output));
            return;
        };
        let mut targets = self.facts.graph.successors(from).filter(|(_, by)| *by == edge);
        if let Some((to, _)) = targets.next() {
            self.ways.entry(to).or_default().push((from, edge, out.condition));
            if is_meant(to) && out.condition != Term::FALSE {
                ways.entry(to).or_default().push((out.condition, out.env));
            }
        }
    }

    /// The states of a scope, those of a loop together, each behind what leads to it.
    fn components(&self, scope: &Scope<'t>) -> Vec<Vec<StateId>> {
        let graph = self.facts.graph;
        let mut component: BTreeMap<StateId, usize> = BTreeMap::new();
        let mut members: Vec<Vec<StateId>> = Vec::new();
        let is_inside = |state: &StateId| self.facts.machine.state(*state).scope == scope.id;
        for cycle in self.cycles.iter().filter(|cycle| cycle.iter().all(is_inside)) {
            component.extend(cycle.iter().map(|&state| (state, members.len())));
            members.push(cycle.clone());
        }
        for &state in &scope.states {
            component.entry(state).or_insert_with(|| {
                members.push(vec![state]);
                members.len() - 1
            });
        }
        let mut n_before = vec![0usize; members.len()];
        let mut behind: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
        for &state in &scope.states {
            for (to, _) in graph.successors(state) {
                let (from, to) = (component[&state], component[&to]);
                if from != to {
                    n_before[to] += 1;
                    behind[from].push(to);
                }
            }
        }
        let mut open: Vec<usize> = (0..members.len()).filter(|&number| n_before[number] == 0).collect();
        let mut order = Vec::with_capacity(members.len());
        while let Some(number) = open.pop() {
            for &to in &behind[number] {
                n_before[to] -= 1;
                if n_before[to] == 0 {
                    open.push(to);
                }
            }
            order.push(std::mem::take(&mut members[number]));
        }
        order
    }

    /// Adds the ways around a loop to those into it. Which way was gone last nothing decides, so none is ruled out by another.
    fn go_around(&mut self, component: &[StateId], ways: &mut Ways) {
        let facts = self.facts;
        let mut entries: Vec<(Term, Env)> = Vec::new();
        for id in component {
            entries.extend(ways.get(id).into_iter().flatten().cloned());
        }
        let entered = self.store.world.terms.any(entries.iter().map(|&(condition, _)| condition));
        for id in component {
            for (condition, _) in ways.get_mut(id).into_iter().flatten() {
                let (selected, _) = self.selector();
                *condition = self.store.world.terms.and(*condition, selected);
            }
        }
        let Some(outside) = self.store.joined(&entries) else { return };
        let changes = writes::of(facts.machine, component);
        let mut invariants = Invariants::new(&mut self.store, &changes, &outside.document);
        let mut begun = Vec::with_capacity(component.len());
        for &id in component {
            let mut env = outside.clone();
            env.document = self.store.havocked(&env.document, changes.members.as_deref());
            for name in &changes.variables {
                let value = self.store.havoc("what a loop changes");
                env.variables.insert(Arc::clone(name), value);
            }
            invariants.begin(&mut self.store, id, &env);
            begun.push(env);
        }
        for &id in component {
            for (condition, env) in ways.get(&id).into_iter().flatten() {
                invariants.follow(&mut self.store, *condition, env, None, id);
            }
        }
        let mut around = Vec::new();
        for (&id, env) in component.iter().zip(&begun) {
            let outs = self.transfer(facts.machine.state(id), env, entered, Instance::Around);
            for out in outs {
                let (selected, _) = self.selector();
                let condition = self.store.world.terms.and(out.condition, selected);
                let Some(edge) = out.edge else { continue };
                for (to, by) in facts.graph.successors(id) {
                    if by == edge && component.contains(&to) && condition != Term::FALSE {
                        invariants.follow(&mut self.store, condition, &out.env, Some(id), to);
                        around.push((id, to, condition, out.env.clone()));
                    }
                }
            }
        }
        // What is not seen may lead into the midst of the loop.
        let is_seen = component.iter().all(|&id| !facts.graph.is_open(facts.machine.state(id).scope));
        let writable = if is_seen { invariants.writable(component) } else { BTreeSet::new() };
        for (from, to, mut condition, env) in around {
            if writable.contains(&from) {
                condition = self.store.world.terms.and(condition, invariants.is_writable);
            }
            ways.entry(to).or_default().push((condition, env));
        }
        if is_seen {
            invariants.narrow(&mut self.store.world);
        }
    }

    /// A state with the ways into it; gives those out of it.
    fn state(&mut self, state: &State<'t>, incoming: &[(Term, Env)], scope: &Scope<'t>) -> Vec<Out> {
        let is_dead = self.dead.contains(&Goal::State(state.id));
        let mut incoming = incoming.to_vec();
        if self.facts.graph.is_open(scope.id) && !is_dead {
            // Something that is not seen may lead here, with anything.
            let selected = self.store.world.free(Reason::Open);
            let document = self.anything("what leads here is not seen").into();
            let variables = incoming.first().map(|(_, env)| env.variables.clone()).unwrap_or_default();
            let names: Vec<Arc<str>> = variables.keys().cloned().collect();
            let variables = names.into_iter().map(|name| (name, self.store.havoc("a variable"))).collect();
            incoming.push((selected, Env { document, variables }));
        }
        let reached =
            if is_dead { Term::FALSE } else { self.store.world.terms.any(incoming.iter().map(|&(way, _)| way)) };
        self.goals.insert(Goal::State(state.id), reached);
        if reached == Term::FALSE {
            return Vec::new();
        }
        let Some(env) = self.store.joined(&incoming) else { return Vec::new() };
        self.transfer(state, &env, reached, Instance::Main)
    }

    /// The ways out of a state that something comes to.
    fn transfer(&mut self, state: &State<'t>, env: &Env, reached: Term, instance: Instance) -> Vec<Out> {
        if !state.is_language_known || state.kind.is_none() || state.is_open {
            return self.anywhere(state, env, reached);
        }
        let mut view = self.view(state, env);
        self.effective(state, &mut view);
        match state.kind {
            Some(StateType::Choice) => return self.choose(state, env, reached, view, instance),
            Some(StateType::Fail) => return Vec::new(),
            _ => {}
        }
        let mut outs = Vec::new();
        let mut goes_well = Term::TRUE;
        if state.kind == Some(StateType::Task) {
            self.arguments(state, &mut view);
        }
        self.times(state, &mut view);
        if !state.catchers.is_empty() {
            let root;
            (goes_well, root) = self.selector();
            if instance == Instance::Main {
                self.fails.insert(state.id, root);
            }
            // A path that finds nothing is `States.Runtime`, which nothing catches.
            let is_called = match state.language {
                Language::JsonPath => view.fails.negate(),
                Language::Jsonata => Term::TRUE,
            };
            let is_called = self.store.world.terms.and(reached, is_called);
            self.catch(state, env, is_called, goes_well.negate(), instance, &mut outs);
        }
        let handed = match state.kind {
            Some(StateType::Task) => {
                let result = self.store.world.fresh(Tags::PRESENT);
                if instance == Instance::Main {
                    let root = self.root_of(result);
                    self.answers.insert(state.id, root);
                }
                self.hand_on(state, env, result, &mut view)
            }
            Some(StateType::Pass) if state.language == Language::JsonPath => {
                let result = match state.node.get("Result") {
                    Some(result) => {
                        let value = self.literal(result);
                        if let Shape::Constant(value) = self.store.world.shape(value)
                            && value.exceeds(MAX_PAYLOAD)
                        {
                            goes_well = Term::FALSE;
                        }
                        value
                    }
                    None => self.arguments(state, &mut view),
                };
                self.hand_on(state, env, result, &mut view)
            }
            Some(StateType::Parallel | StateType::Map) => {
                let (result, done) = self.inside(state, env, reached, &mut view, instance);
                goes_well = self.store.world.terms.and(goes_well, done);
                self.hand_on(state, env, result, &mut view)
            }
            kind => {
                if kind == Some(StateType::Wait) && self.is_too_long(state) {
                    goes_well = Term::FALSE;
                }
                self.hand_on_input(state, state.node, env, &mut view)
            }
        };
        let condition = self.all(&[reached, goes_well, view.fails.negate()]);
        let edge = if state.is_terminal() { None } else { Some(Edge::Next) };
        outs.push(Out { edge, condition, env: handed });
        outs
    }

    /// A state of which not everything is seen: it may go any way it names, with anything.
    fn anywhere(&mut self, state: &State<'t>, env: &Env, reached: Term) -> Vec<Out> {
        let mut outs = Vec::new();
        let mut edges: Vec<Option<Edge>> = self.facts.graph.successors(state.id).map(|(_, edge)| Some(edge)).collect();
        edges.push(None);
        for edge in edges {
            let selected = self.store.world.free(Reason::Open);
            let document = self.anything("a state that is not seen as a whole").into();
            let names: Vec<Arc<str>> = env.variables.keys().cloned().collect();
            let variables = names.into_iter().map(|name| (name, self.store.havoc("a variable"))).collect();
            let condition = self.store.world.terms.and(reached, selected);
            outs.push(Out { edge, condition, env: Env { document, variables } });
        }
        let anything = self.anything("a state that is not seen as a whole");
        self.iterations.push(anything);
        for &scope in state.scopes() {
            let inner = Env { document: anything.into(), variables: env.variables.clone() };
            self.scope(scope, reached, &inner);
        }
        self.iterations.pop();
        outs
    }

    fn choose(&mut self, state: &State<'t>, env: &Env, reached: Term, view: View, instance: Instance) -> Vec<Out> {
        let Some(rules) = state.choice() else { return Vec::new() };
        let reached = self.store.world.terms.and(reached, view.fails.negate());
        let terms = choice(&mut self.store.world, rules, &view.roots(), state.language);
        let mut outs = Vec::new();
        for (number, rule) in rules.rules.iter().enumerate() {
            let taken = terms.taken(&mut self.store.world, number);
            let condition = self.store.world.terms.and(reached, taken);
            let condition = if self.dead.contains(&Goal::Rule(state.id, number)) { Term::FALSE } else { condition };
            if instance == Instance::Main {
                self.goals.insert(Goal::Rule(state.id, number), condition);
            }
            let mut view = View { fails: Term::FALSE, ..view.clone() };
            let env = self.hand_on_input(state, rule.node, env, &mut view);
            let condition = self.store.world.terms.and(condition, view.fails.negate());
            outs.push(Out { edge: Some(Edge::Choice(number)), condition, env });
        }
        let none = self.store.world.terms.and(reached, terms.none());
        let fails = terms.fails(&mut self.store.world);
        let fails = self.store.world.terms.and(reached, fails);
        let is_dead = |goal: Goal| self.dead.contains(&goal);
        let none = if is_dead(Goal::Default(state.id)) { Term::FALSE } else { none };
        if rules.default.is_some() {
            let mut view = View { fails: Term::FALSE, ..view };
            let env = self.hand_on_input(state, state.node, env, &mut view);
            let condition = self.store.world.terms.and(none, view.fails.negate());
            outs.push(Out { edge: Some(Edge::Default), condition, env });
        }
        if instance == Instance::Main {
            self.goals.insert(Goal::Failing(state.id), fails);
            let goal = if rules.default.is_some() { Goal::Default(state.id) } else { Goal::NoMatch(state.id) };
            self.goals.insert(goal, none);
            self.choices.insert(state.id, terms);
        }
        outs
    }

    /// What comes of the scopes inside a state, and when that is something.
    fn inside(
        &mut self,
        state: &State<'t>,
        env: &Env,
        reached: Term,
        view: &mut View,
        instance: Instance,
    ) -> (ValueId, Term) {
        if instance == Instance::Around {
            return (self.typed("what a loop changes", Tag::Arr), Term::TRUE);
        }
        if state.is_map() {
            return self.iterated(state, env, reached, view);
        }
        let input = self.arguments(state, view);
        let before = self.store.world.terms.and(reached, view.fails.negate());
        let mut results = Vec::new();
        let mut done = Vec::new();
        let mut may_fail = false;
        for &scope in state.scopes() {
            let inner = Env { document: input.into(), variables: env.variables.clone() };
            // A branch that fails ends the others, wherever they are.
            let entry = match may_fail {
                true => self.store.world.free(Reason::NotModelled("which branch fails first".to_owned())),
                false => Term::TRUE,
            };
            let entry = self.store.world.terms.and(before, entry);
            let ends = self.scope(scope, entry, &inner);
            done.push(self.store.world.terms.any(ends.iter().map(|&(end, _)| end)));
            may_fail |= done.last() != Some(&entry);
            let output = match ends.split_last() {
                Some((&(_, last), others)) => others
                    .iter()
                    .rev()
                    .fold(last, |output, &(condition, value)| self.store.merged(condition, value, output)),
                None => self.anything("a branch without an end"),
            };
            results.push(output);
        }
        let done = self.store.world.terms.all(done);
        let is_seen = state
            .node
            .get("Branches")
            .is_some_and(|branches| branches.kind() == Kind::Array && !branches.is_open() && !branches.is_incomplete());
        let result = match is_seen {
            true => self.store.world.array(results),
            // There may be more of them.
            false => self.typed("a placeholder", Tag::Arr),
        };
        (result, done)
    }
}
