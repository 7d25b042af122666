//! Turns a machine into the shapes of what goes through its states: input, effective input, arguments, result, output.
//!
//! A fixpoint over the graph, from the input of the execution, of which nothing is known. What the interpreter
//! ([`crate::eval::execution`]) does with one value is done here with all values of a set; where every value fails, the state
//! does not go on, so that what lies behind a certain failure is reached by nothing and concluded from by nobody. Variables
//! are told by scope, whoever assigned them last. What is open (placeholders, parts that could not be read) may be anything.
//!
//! States are taken in the order of executions, so that outside of loops each is looked at once; in loops the shapes are
//! widened after a few rounds. A last round, when nothing changes any more, takes down what is read where.

mod bounds;
mod cases;
mod choice;
mod containers;
mod expressions;
mod jsonata;
mod order;
mod pipeline;
mod rounds;
mod settled;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use crate::asl::expression::{Demand, Expression};
use crate::asl::jsonata::Inference;
use crate::asl::resource::Resource;
use crate::asl::{Edge, Machine, ScopeId, State, StateId};
use crate::graph::Graph;
use crate::syntax::Node;
use crate::text::Span;

use super::premise::Premises;
use super::shape::Shape;
use super::shape::path::Absence;
use super::variables::{VariableId, Variables};
use order::Order;

pub use cases::{Failing, Fault, Way, failing};
pub use rounds::never_left;

/// What the analysis is made of.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds a function")]
pub struct Facts<'c, 't> {
    /// The machine.
    pub machine: &'c Machine<'t>,
    /// Its graph.
    pub graph: &'c Graph<'t>,
    /// Its expressions.
    pub expressions: &'c [Expression<'t>],
    /// What is known of each of them that is JSONata.
    pub inferences: &'c [Option<Inference>],
    /// Its variables.
    pub variables: &'c Variables<'t>,
    /// What its Tasks call.
    pub resource: &'c dyn Fn(&State<'t>) -> Resource,
    /// What someone vouches for.
    pub premises: &'c Premises,
}

/// The shapes of a machine.
#[derive(Clone, Debug, Default)]
pub struct Shapes<'t> {
    states: Vec<StateShapes>,
    /// By variable.
    variables: Vec<Shape>,
    /// By scope: the item of the Map around it.
    items: Vec<Shape>,
    /// By scope: what it ends with.
    results: Vec<Shape>,
    reads: Vec<Read<'t>>,
    tests: Vec<Test<'t>>,
    settled: Vec<Settled<'t>>,
}

/// What goes through a state. A shape that holds nothing says that no execution gets there.
#[derive(Clone, Debug, Default)]
pub struct StateShapes {
    /// What it is entered with.
    pub input: Shape,
    /// What `InputPath` leaves of that.
    pub effective: Shape,
    /// What it calls its work with.
    pub arguments: Shape,
    /// What its work gives.
    pub result: Shape,
    /// What it is left with, by whichever way.
    pub output: Shape,
    /// What it is left with by each way, in the order of edges.
    ways: Vec<(Edge, Shape)>,
}

impl StateShapes {
    /// What it is left with by one of its ways; nothing where no execution takes that.
    #[must_use]
    pub fn by(&self, way: Edge) -> Option<&Shape> {
        let at = self.ways.binary_search_by_key(&way, |(edge, _)| *edge).ok()?;
        Some(&self.ways[at].1).filter(|shape| !shape.is_never())
    }
}

/// Where something is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The input of the state.
    Input,
    /// What `InputPath` leaves of it.
    Effective,
    /// The result of its work.
    Result,
    /// The output before `OutputPath`.
    Placed,
    /// What a catcher gets.
    Error,
    /// A variable.
    Variable,
    /// The context object.
    Context,
}

/// A read of something: a path, or members behind `$states` or a variable.
#[derive(Clone, Debug)]
pub struct Read<'t> {
    /// The state that reads it.
    pub state: StateId,
    /// The expression: an index into those that the shapes were made of.
    pub expression: usize,
    /// The string that it stands in.
    pub node: Node<'t>,
    /// All of the read, in the decoded content of the string.
    pub span: Span,
    /// Where it looks.
    pub place: Place,
    /// What becomes of the expression where nothing is found.
    pub demand: Demand,
    /// What is certain of it.
    pub verdict: Verdict,
}

/// What is certain of a read.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// No execution finds anything, for this reason. The span is that of the part which finds nothing, in the decoded content.
    Absent(Absence, Span),
    /// Every execution that gets there finds something.
    Present(Shape),
    /// Neither is certain.
    Unknown,
}

/// A comparison of a Choice that is asked by some execution.
#[derive(Clone, Debug)]
pub struct Test<'t> {
    /// The state.
    pub state: StateId,
    /// The field of the comparator.
    pub field: Node<'t>,
    /// `Variable`.
    pub variable: Node<'t>,
    /// The values that it is asked of.
    pub value: Shape,
    /// What it comes to in every execution that asks it, where that is one answer.
    pub outcome: Option<bool>,
    /// Whether the input of the state alone says so, without what the rules before it leave over.
    pub is_of_input: bool,
}

/// A comparison in a JSONata condition that comes out the same in every execution that asks it.
#[derive(Clone, Debug)]
pub struct Settled<'t> {
    /// The state.
    pub state: StateId,
    /// The string that it stands in.
    pub node: Node<'t>,
    /// All of it, in the decoded content of the string.
    pub span: Span,
    /// What it comes to.
    pub outcome: bool,
    /// What is compared: where it stands, and what it may be. Nothing where `$exists` asks.
    pub sides: Option<[(Span, Shape); 2]>,
}

impl<'t> Shapes<'t> {
    /// The shapes of a machine; linear in its size in practice.
    #[must_use]
    pub fn new(facts: Facts<'_, 't>) -> Self {
        let mut pass = Pass::new(facts);
        pass.run();
        pass.record()
    }

    /// What goes through a state.
    #[must_use]
    pub fn state(&self, state: StateId) -> &StateShapes {
        &self.states[state.index()]
    }

    /// What a variable holds wherever it has a value.
    #[must_use]
    pub fn variable(&self, variable: VariableId) -> &Shape {
        &self.variables[variable.index()]
    }

    /// Every read that some execution may come to, in the order of the states.
    #[must_use]
    pub fn reads(&self) -> &[Read<'t>] {
        &self.reads
    }

    /// Every comparison that some execution may ask, in the order of the states.
    #[must_use]
    pub fn tests(&self) -> &[Test<'t>] {
        &self.tests
    }

    /// The comparisons of JSONata conditions whose outcome is certain, in the order of the states.
    #[must_use]
    pub fn settled(&self) -> &[Settled<'t>] {
        &self.settled
    }
}

/// How deep rules and templates are followed into: a thread has a stack of its size, and nobody writes what lies deeper.
const MAX_NESTING: u32 = 64;

/// How often a shape may grow before it is widened, and before nothing more is told of it.
const GROWTHS: (u32, u32) = (3, 12);

/// How often the shape of a variable may grow: it is assigned at many places, without a loop.
const ASSIGNMENTS: (u32, u32) = (12, 24);

/// A shape that grows.
#[derive(Clone, Debug, Default)]
struct Growing {
    shape: Shape,
    n_growths: u32,
}

impl Growing {
    /// Takes another set in; whether it was not in before. `n_growths` says how often it has grown already.
    fn take(&mut self, other: &Shape, n_growths: u32, (widened, most): (u32, u32)) -> bool {
        if self.shape.includes(other) {
            return false;
        }
        self.shape = if n_growths <= widened {
            self.shape.join(other)
        } else if n_growths <= most {
            self.shape.widen(other)
        } else {
            Shape::any()
        };
        self.n_growths += 1;
        true
    }
}

/// What is looked at: a state as it is entered, or a Map or Parallel when what lies inside it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    Enter(StateId),
    Leave(StateId),
}

/// The analysis on its way.
struct Pass<'c, 't> {
    facts: Facts<'c, 't>,
    machine: &'c Machine<'t>,
    order: Order,
    /// By node: the number of the expression that stands there, from 1.
    at_node: Vec<u32>,
    /// By state: where it leads.
    ways: Vec<Vec<(StateId, Edge)>>,
    /// By name of a variable: the states that read it.
    readers: HashMap<&'t str, Vec<StateId>>,
    /// By state: what it is entered with.
    inputs: Vec<Growing>,
    /// By state: how often it was looked at.
    n_visits: Vec<u32>,
    /// By scope: the item of the Map around it.
    items: Vec<Growing>,
    /// By scope: what it ends with.
    results: Vec<Growing>,
    /// By variable.
    variables: Vec<Growing>,
    queue: BTreeSet<(u32, Point)>,
    /// What goes through the state that is looked at.
    now: StateShapes,
    /// What is taken down in the last round.
    record: Option<Shapes<'t>>,
    /// What is known besides, where a loop is gone round in.
    going: Option<rounds::Going>,
    /// By expression and place in it: which of the reads that were taken down it is.
    taken_down: HashMap<(usize, u32), usize>,
}

/// Where a state leads, in the order of edges.
fn ways(graph: &Graph<'_>, state: StateId) -> Vec<(StateId, Edge)> {
    let mut ways: Vec<(StateId, Edge)> = graph.successors(state).collect();
    ways.sort_by_key(|&(_, edge)| edge);
    ways
}

impl<'c, 't> Pass<'c, 't> {
    fn new(facts: Facts<'c, 't>) -> Self {
        let machine = facts.machine;
        let n_states = machine.states.len();
        let mut at_node = vec![0; machine.node.tree().n_nodes()];
        for (number, expression) in (1..).zip(facts.expressions) {
            at_node[expression.node.index()] = number;
        }
        let mut readers: HashMap<&'t str, Vec<StateId>> = HashMap::new();
        for read in facts.variables.reads() {
            let states = readers.entry(read.name).or_default();
            if states.last() != Some(&read.state) {
                states.push(read.state);
            }
        }
        Self {
            facts,
            machine,
            order: Order::new(machine, facts.graph),
            at_node,
            ways: machine.states.iter().map(|state| ways(facts.graph, state.id)).collect(),
            readers,
            inputs: vec![Growing::default(); n_states],
            n_visits: vec![0; n_states],
            items: vec![Growing::default(); machine.scopes.len()],
            results: vec![Growing::default(); machine.scopes.len()],
            variables: vec![Growing::default(); facts.variables.variables().len()],
            queue: BTreeSet::new(),
            now: StateShapes::default(),
            record: None,
            going: None,
            taken_down: HashMap::new(),
        }
    }

    fn run(&mut self) {
        for assignment in self.facts.variables.assignments() {
            if !pipeline::is_known(self.machine.state(assignment.state)) {
                self.variables[assignment.variable.index()].shape = Shape::any();
            }
        }
        let input = self.facts.premises.input.as_ref().map_or_else(Shape::any, |given| given.shape.clone());
        self.enter_scope(ScopeId::TOP, &input, &Shape::any());
        // Whoever leads to these states is not known, nor with what.
        for scope in &self.machine.scopes {
            if self.facts.graph.is_open(scope.id) {
                for &state in &scope.states {
                    self.enter(state, &Shape::any());
                }
                self.items[scope.id.index()].shape = Shape::any();
                self.results[scope.id.index()].shape = Shape::any();
            }
        }
        while let Some((_, point)) = self.queue.pop_first() {
            let (Point::Enter(id) | Point::Leave(id)) = point;
            self.n_visits[id.index()] += 1;
            let mut left = Vec::new();
            self.visit(point, &mut left);
            for (way, shape) in left {
                self.go(id, way, &shape);
            }
        }
    }

    /// Looks at each state once more, and takes down what it reads.
    fn record(mut self) -> Shapes<'t> {
        self.record = Some(Shapes::default());
        let mut states = Vec::with_capacity(self.machine.states.len());
        for state in &self.machine.states {
            self.now = StateShapes::default();
            let mut left = Vec::new();
            let point = if state.scopes().is_empty() { Point::Enter(state.id) } else { Point::Leave(state.id) };
            self.visit(point, &mut left);
            let mut shapes = std::mem::take(&mut self.now);
            shapes.output = left.iter().fold(Shape::never(), |all, (_, shape)| all.join(shape));
            shapes.ways = left.into_iter().map(|(way, shape)| (way.unwrap_or(Edge::Next), shape)).collect();
            shapes.ways.sort_by_key(|(edge, _)| *edge);
            states.push(shapes);
        }
        let mut shapes = self.record.take().unwrap_or_default();
        shapes.states = states;
        let settled = |all: Vec<Growing>| all.into_iter().map(|one| one.shape).collect();
        shapes.variables = settled(self.variables);
        shapes.items = settled(self.items);
        shapes.results = settled(self.results);
        shapes
    }

    /// The start of a scope gets an input.
    fn enter_scope(&mut self, scope: ScopeId, input: &Shape, item: &Shape) {
        if self.record.is_some() {
            return;
        }
        let owner = self.machine.scope(scope).place.owner();
        let n_visits = owner.map_or(0, |owner| self.n_visits[owner.index()]);
        if self.items[scope.index()].take(item, n_visits / 2, GROWTHS) {
            // Any state of the scope may ask for the item.
            for &state in &self.machine.scope(scope).states {
                self.again(state);
            }
        }
        if let Some(start) = self.facts.graph.start(scope) {
            self.enter(start, input);
        }
    }

    fn enter(&mut self, state: StateId, input: &Shape) {
        let n_visits = self.n_visits[state.index()];
        if self.inputs[state.index()].take(input, n_visits, GROWTHS) {
            self.look_at(Point::Enter(state));
        }
    }

    /// A state that some execution enters is looked at again.
    fn again(&mut self, state: StateId) {
        if !self.inputs[state.index()].shape.is_never() {
            self.look_at(Point::Enter(state));
        }
    }

    fn look_at(&mut self, point: Point) {
        self.queue.insert((self.order.of(point), point));
    }

    /// A state is left with this by one of its ways; nothing stands for `Next` and for the end of the scope.
    fn go(&mut self, from: StateId, way: Option<Edge>, shape: &Shape) {
        if shape.is_never() {
            return;
        }
        let state = self.machine.state(from);
        let way_taken = way.unwrap_or(Edge::Next);
        let first = self.ways[from.index()].partition_point(|&(_, edge)| edge < way_taken);
        for i in first..self.ways[from.index()].len() {
            let (to, edge) = self.ways[from.index()][i];
            if edge != way_taken {
                break;
            }
            self.enter(to, shape);
        }
        if way.is_none() && state.is_terminal() {
            let scope = state.scope;
            let owner = self.machine.scope(scope).place.owner();
            let n_visits = self.n_visits[from.index()];
            if self.results[scope.index()].take(shape, n_visits, GROWTHS)
                && let Some(owner) = owner
            {
                self.look_at(Point::Leave(owner));
            }
        }
    }

    /// Variables of a scope get these values.
    fn assign(&mut self, owner: Node<'t>, scope: ScopeId, assigned: &Shape) {
        if let Some(going) = &mut self.going {
            going.assign(owner, assigned);
            return;
        }
        let Some(record) = assigned.record().filter(|_| self.record.is_none()) else { return };
        for (name, member) in record.members() {
            let Some(id) = self.facts.variables.own(scope, name) else { continue };
            let n_growths = self.variables[id.index()].n_growths;
            if self.variables[id.index()].take(&member.shape, n_growths, ASSIGNMENTS) {
                let readers = self.readers.get(&**name).cloned().unwrap_or_default();
                readers.into_iter().for_each(|state| self.again(state));
            }
        }
    }

    /// What a variable can be that a state of a scope reads: the innermost one, or one further out while that has no value.
    fn variable(&self, scope: ScopeId, name: &str) -> Shape {
        let mut shape = Shape::never();
        let mut is_known = false;
        for scope in self.facts.variables.seen_from(scope) {
            if self.facts.variables.is_open(scope) {
                return Shape::any();
            }
            if let Some(id) = self.facts.variables.own(scope, name) {
                match self.going.as_ref().and_then(|going| going.variable(id)) {
                    Some((now, true)) => return now.clone(),
                    Some((now, false)) => shape = shape.join(now),
                    None => shape = shape.join(&self.variables[id.index()].shape),
                }
                is_known = true;
            }
        }
        if is_known { shape } else { Shape::any() }
    }
}
