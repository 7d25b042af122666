//! Turns the loops of a machine into those that no execution leaves, by going round in them with all that can come.
//!
//! What executions come with is told by sets of documents and of values of variables, one for each way that they have come, and by
//! the answers that Choices have given since anything they ask about was written: they give them again. A loop that is gone round
//! in until nothing new comes, and on which no way leads out, is left by no execution. What a task gives, a clock, chance and whatever
//! else is not known may be anything, and so leads out.

use std::collections::{BTreeMap, BTreeSet};

use crate::asl::expression::Form;
use crate::asl::{Edge, Rule, ScopeId, State, StateId, Test};
use crate::eval::Value;
use crate::flow::loops::Changes;
use crate::flow::variables::VariableId;
use crate::syntax::Node;

use super::bounds::Bound;
use super::{Facts, GROWTHS, Pass, Point, Shape, Shapes};

/// How many different things that come to a state of a loop are looked at one by one.
const MAX_APART: usize = 16;

/// How many things that a loop is gone round with are looked at.
const MAX_ROUNDS: usize = 1_024;

/// How deep rules are looked into for answers.
const MAX_DEPTH: u32 = 16;

/// What the states of a loop see that is gone round in.
#[derive(Debug, Default)]
pub(super) struct Going {
    /// By variable of the scope: its values, and whether it has one for certain.
    variables: BTreeMap<VariableId, (Shape, bool)>,
    /// By object with an `Assign`: what that gives.
    assigned: Vec<(usize, Shape)>,
    /// What has been answered, by question.
    answers: BTreeMap<String, Answer>,
    /// Whether a Choice may find no rule that holds, and no `Default`.
    falls_through: bool,
}

/// What a comparison or a condition came to, and the expressions that it reads.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    holds: bool,
    reads: Vec<usize>,
    /// It again, where it compares with a number.
    bound: Option<Bound>,
}

/// What comes to a state.
#[derive(Clone, Debug)]
struct Coming {
    document: Shape,
    variables: BTreeMap<VariableId, (Shape, bool)>,
    answers: BTreeMap<String, Answer>,
}

/// Where what comes to a state goes.
#[derive(Debug)]
struct Gone {
    ways: Vec<(StateId, Coming)>,
    /// Whether a Choice may find no rule that holds.
    falls_through: bool,
}

impl Going {
    /// What a variable is; nothing where that is not followed.
    pub(super) fn variable(&self, variable: VariableId) -> Option<&(Shape, bool)> {
        self.variables.get(&variable)
    }

    /// Takes down what an object of a state assigns.
    pub(super) fn assign(&mut self, owner: Node<'_>, assigned: &Shape) {
        self.assigned.push((owner.index(), assigned.clone()));
    }

    /// Takes down that no rule of a Choice may hold.
    pub(super) const fn fall_through(&mut self) {
        self.falls_through = true;
    }

    /// What a comparison or a condition of a Choice has come to, if nothing that it reads was written since.
    pub(super) fn answered(&self, choice: &State<'_>, rule: &Rule<'_>) -> Option<bool> {
        if self.answers.is_empty() || !reads_input(choice) {
            return None;
        }
        self.answers.get(&question(rule)?).map(|answer| answer.holds).or_else(|| {
            let known = self.answers.values().filter_map(|answer| Some((answer.bound.as_ref()?, answer.holds)));
            Bound::of(rule)?.implied(known)
        })
    }
}

/// Whether the paths of a Choice start from its input.
fn reads_input(choice: &State<'_>) -> bool {
    choice.field("InputPath").is_none()
}

/// A comparison or a condition in words of its own.
fn question(rule: &Rule<'_>) -> Option<String> {
    match rule.test.as_ref()? {
        Test::Comparison(comparison) => {
            let variable = comparison.variable?.value.as_str()?;
            let operand = Value::from_node(comparison.field.value).to_json();
            Some(format!("{} {variable:?} {operand}", comparison.field.name()))
        }
        Test::Condition(condition) => Some(condition.value.as_str()?.to_owned()),
        Test::And(_) | Test::Or(_) | Test::Not(_) => None,
    }
}

impl Coming {
    fn includes(&self, other: &Self) -> bool {
        let holds = |(id, (shape, is_set)): (&VariableId, &(Shape, bool))| {
            other.variables.get(id).is_some_and(|(inner, set)| shape.includes(inner) && (*set || !is_set))
        };
        self.document.includes(&other.document)
            && self.variables.iter().all(holds)
            && self.answers.iter().all(|(question, answer)| other.answers.get(question) == Some(answer))
    }

    /// Both, widened where they have grown often.
    fn join(&mut self, other: &Self, n_growths: u32) {
        let join = |one: &Shape, other: &Shape| match n_growths {
            n if n <= GROWTHS.0 => one.join(other),
            n if n <= GROWTHS.1 => one.widen(other),
            _ => Shape::any(),
        };
        self.document = join(&self.document, &other.document);
        for (id, (shape, is_set)) in &mut self.variables {
            if let Some((inner, set)) = other.variables.get(id) {
                *shape = join(shape, inner);
                *is_set &= set;
            }
        }
        self.answers.retain(|question, answer| other.answers.get(question) == Some(answer));
    }
}

/// The loops that no execution leaves which gets into them, although transitions lead out of them: their states, in document
/// order. `shapes` were made of the same facts.
#[must_use]
pub fn never_left<'t>(facts: Facts<'_, 't>, shapes: &Shapes<'t>) -> Vec<Vec<StateId>> {
    let mut loops = facts.graph.cycles();
    loops.retain(|cycle| may_be_endless(facts, shapes, cycle));
    if loops.is_empty() {
        return loops;
    }
    let mut pass = Pass::resumed(facts, shapes);
    let mut by_scope = BTreeMap::new();
    loops.retain(|cycle| {
        let scope = facts.machine.state(cycle[0]).scope;
        let coming = by_scope.entry(scope).or_insert_with(|| pass.coming(scope, shapes));
        pass.is_never_left(cycle, coming)
    });
    loops
}

/// Whether a loop has ways out, and only such as a Choice decides on.
fn may_be_endless(facts: Facts<'_, '_>, shapes: &Shapes<'_>, cycle: &[StateId]) -> bool {
    let scope = facts.machine.state(cycle[0]).scope;
    let leads_out = |id: StateId| {
        facts.graph.successors(id).filter(|(to, _)| cycle.binary_search(to).is_err()).map(|(_, edge)| edge)
    };
    let is_choice = |edge: Edge| matches!(edge, Edge::Choice(_) | Edge::Default);
    !facts.graph.is_open(scope)
        && !facts.variables.seen_from(scope).any(|scope| facts.variables.is_open(scope))
        && cycle.iter().any(|&id| leads_out(id).next().is_some())
        && cycle.iter().all(|&id| {
            let state = facts.machine.state(id);
            super::pipeline::is_known(state)
                && !state.is_terminal()
                && !state.is_loose()
                && !shapes.state(id).input.is_never()
                && leads_out(id).all(is_choice)
        })
}

impl<'t> Pass<'_, 't> {
    /// What comes to each state of a scope, whichever way.
    fn coming(&mut self, scope: ScopeId, shapes: &Shapes<'t>) -> BTreeMap<StateId, (Coming, u32)> {
        let mut all: BTreeMap<StateId, (Coming, u32)> = BTreeMap::new();
        let Some(start) = self.facts.graph.start(scope) else { return all };
        let first = Coming {
            document: shapes.state(start).input.clone(),
            variables: self.own_variables(scope),
            answers: BTreeMap::new(),
        };
        let mut open = BTreeSet::new();
        let mut arriving = vec![(start, first)];
        loop {
            for (state, coming) in arriving.drain(..) {
                let is_new = match all.get_mut(&state) {
                    None => {
                        all.insert(state, (coming, 0));
                        true
                    }
                    Some((known, n_growths)) if !known.includes(&coming) => {
                        *n_growths += 1;
                        known.join(&coming, *n_growths);
                        true
                    }
                    Some(_) => false,
                };
                if is_new {
                    open.insert((self.order.of(Point::Enter(state)), state));
                }
            }
            let Some((_, state)) = open.pop_first() else { break };
            let Some((coming, _)) = all.get(&state).cloned() else { continue };
            match self.go_through(state, &coming) {
                Some(gone) => arriving.extend(gone.ways),
                None => {
                    let anything = Coming {
                        document: Shape::any(),
                        variables: coming.variables.keys().map(|&id| (id, (Shape::any(), false))).collect(),
                        answers: BTreeMap::new(),
                    };
                    arriving.extend(self.facts.graph.successors(state).map(|(to, _)| (to, anything.clone())));
                }
            }
        }
        all
    }

    fn is_never_left(&mut self, cycle: &[StateId], coming: &BTreeMap<StateId, (Coming, u32)>) -> bool {
        let is_inside = |state: StateId| cycle.binary_search(&state).is_ok();
        let Some(start) = self.facts.graph.start(self.machine.state(cycle[0]).scope) else { return false };
        let mut inside = Inside::default();
        if is_inside(start) {
            // What the start of a scope begins with is not told apart from what comes back to it.
            let Some((coming, _)) = coming.get(&start) else { return false };
            inside.arrive(start, coming.clone());
        }
        let entries: BTreeSet<StateId> =
            cycle.iter().flat_map(|&state| self.facts.graph.predecessors(state)).map(|(from, _)| from).collect();
        for from in entries.into_iter().filter(|&from| !is_inside(from)) {
            let Some((coming, _)) = coming.get(&from) else { continue };
            let Some(gone) = self.go_through(from, coming) else { return false };
            for (to, coming) in gone.ways.into_iter().filter(|&(to, _)| is_inside(to)) {
                inside.arrive(to, coming);
            }
        }
        // The rounds, each by itself.
        let mut n_done = 0;
        while let Some((state, coming)) = inside.all.get(n_done).cloned() {
            n_done += 1;
            let Some(gone) = self.go_through(state, &coming) else { return false };
            if gone.falls_through || gone.ways.is_empty() || gone.ways.iter().any(|&(to, _)| !is_inside(to)) {
                return false;
            }
            for (to, coming) in gone.ways {
                inside.arrive(to, coming);
            }
            if inside.all.len() > MAX_ROUNDS {
                return false;
            }
        }
        n_done > 0
    }

    /// The variables of a scope, before anything has set them.
    fn own_variables(&self, scope: ScopeId) -> BTreeMap<VariableId, (Shape, bool)> {
        let variables = self.facts.variables.variables().iter().filter(|variable| variable.scope == scope);
        variables.map(|variable| (variable.id, (Shape::never(), false))).collect()
    }

    /// What a state makes of what comes to it, and where that goes; nothing where that is not understood.
    fn go_through(&mut self, id: StateId, coming: &Coming) -> Option<Gone> {
        let state = self.machine.state(id);
        if !super::pipeline::is_known(state) {
            return None;
        }
        let all = std::mem::replace(&mut self.inputs[id.index()].shape, coming.document.clone());
        self.going =
            Some(Going { variables: coming.variables.clone(), answers: coming.answers.clone(), ..Going::default() });
        let point = if state.scopes().is_empty() { Point::Enter(id) } else { Point::Leave(id) };
        let mut left = Vec::new();
        self.visit(point, &mut left);
        self.inputs[id.index()].shape = all;
        let going = self.going.take()?;
        let mut ways = Vec::new();
        for (way, document) in left {
            if document.is_never() {
                continue;
            }
            let edge = way.unwrap_or(Edge::Next);
            let Some((to, _)) = self.facts.graph.successors(id).find(|&(_, by)| by == edge) else {
                // Where the scope ends nothing comes back to its loops.
                continue;
            };
            let mut coming = Coming { document, ..coming.clone() };
            set(&mut coming.variables, state, edge, &going.assigned, |name| {
                self.facts.variables.own(state.scope, name)
            })?;
            self.answer(state, edge, &mut coming.answers);
            self.forget(state, edge, &mut coming.answers);
            ways.push((to, coming));
        }
        Some(Gone { ways, falls_through: going.falls_through })
    }

    /// What the rules of a Choice have come to where it is left by this way.
    fn answer(&self, state: &State<'t>, edge: Edge, answers: &mut BTreeMap<String, Answer>) {
        let taken = match edge {
            Edge::Choice(number) => number,
            Edge::Default => usize::MAX,
            _ => return,
        };
        if !reads_input(state) {
            return;
        }
        for (number, rule) in state.rules().iter().enumerate().take_while(|(number, _)| *number <= taken) {
            self.learn(rule, number == taken, MAX_DEPTH, answers);
        }
    }

    /// Recursion ends at [`MAX_DEPTH`]: of what lies deeper nothing is learnt.
    fn learn(&self, rule: &Rule<'t>, holds: bool, depth: u32, answers: &mut BTreeMap<String, Answer>) {
        match &rule.test {
            _ if depth == 0 || rule.operators.len() != 1 => {}
            Some(Test::Not(rule)) => self.learn(rule, !holds, depth - 1, answers),
            Some(Test::And(rules)) if holds || rules.len() == 1 => {
                rules.iter().for_each(|rule| self.learn(rule, holds, depth - 1, answers));
            }
            Some(Test::Or(rules)) if !holds || rules.len() == 1 => {
                rules.iter().for_each(|rule| self.learn(rule, holds, depth - 1, answers));
            }
            Some(Test::Comparison(comparison)) => {
                let operand = comparison.comparator.takes_path().then_some(comparison.field.value);
                let nodes = comparison.variable.map(|variable| variable.value).into_iter().chain(operand);
                self.remember(rule, holds, nodes, answers);
            }
            Some(Test::Condition(condition)) => self.remember(rule, holds, [condition.value], answers),
            _ => {}
        }
    }

    fn remember(
        &self,
        rule: &Rule<'t>,
        holds: bool,
        nodes: impl IntoIterator<Item = Node<'t>>,
        answers: &mut BTreeMap<String, Answer>,
    ) {
        let reads: Option<Vec<usize>> = nodes.into_iter().map(|node| self.expression_at(node)).collect();
        let (Some(question), Some(reads)) = (question(rule), reads) else { return };
        let is_plain = |&read: &usize| match &self.facts.expressions[read].form {
            Form::Path(_, errors) => errors.is_empty(),
            Form::Intrinsic(..) => false,
            Form::Jsonata(jsonata) => jsonata.parsed.errors.is_empty(),
        };
        if reads.iter().all(is_plain) {
            answers.insert(question, Answer { holds, reads, bound: Bound::of(rule) });
        }
    }

    /// Takes back what a state may have changed on its way out.
    fn forget(&self, state: &State<'t>, edge: Edge, answers: &mut BTreeMap<String, Answer>) {
        if matches!(edge, Edge::Catch(_)) {
            answers.clear();
        }
        if answers.is_empty() {
            return;
        }
        let (variables, expressions) = (self.facts.variables, self.facts.expressions);
        let changes = Changes::of(self.machine, variables, &[state.id]);
        let touch = |read: &usize| changes.touch_expression(variables, state.scope, &expressions[*read]);
        answers.retain(|_, answer| !answer.reads.iter().any(touch));
    }
}

/// What has come to the states of a loop.
#[derive(Debug, Default)]
struct Inside {
    /// One by one, and sets of it, in the order in which it came.
    all: Vec<(StateId, Coming)>,
    /// By state that much has come to: all of that, and how often it has grown.
    joined: BTreeMap<StateId, (Coming, u32)>,
}

impl Inside {
    /// Puts what comes to a state with what has come there before, unless that holds it already.
    fn arrive(&mut self, state: StateId, coming: Coming) {
        let mut before = self.all.iter().filter(|(at, _)| *at == state);
        if before.any(|(_, known)| known.includes(&coming)) {
            return;
        }
        if self.all.iter().filter(|(at, _)| *at == state).count() < MAX_APART {
            self.all.push((state, coming));
            return;
        }
        let (all, n_growths) = self.joined.entry(state).or_insert_with(|| (coming.clone(), 0));
        all.join(&coming, *n_growths);
        *n_growths += 1;
        self.all.push((state, all.clone()));
    }
}

/// Sets the variables that a state assigns on one of its ways; nothing where what it assigns is not known.
fn set(
    variables: &mut BTreeMap<VariableId, (Shape, bool)>,
    state: &State<'_>,
    edge: Edge,
    assigned: &[(usize, Shape)],
    own: impl Fn(&str) -> Option<VariableId>,
) -> Option<()> {
    let owner = match edge {
        Edge::Choice(number) => state.rules().get(number)?.node,
        Edge::Catch(number) => state.catchers.get(number)?.node,
        _ => state.node,
    };
    for (_, assigned) in assigned.iter().filter(|(of, _)| *of == owner.index()) {
        for (name, member) in assigned.record()?.members() {
            if let Some(known) = own(name).and_then(|id| variables.get_mut(&id)) {
                *known = (member.shape.clone(), true);
            }
        }
    }
    let is_missed = owner.get("Assign").is_some() && !assigned.iter().any(|(of, _)| *of == owner.index());
    (!is_missed).then_some(())
}
