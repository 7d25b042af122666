//! Turns each Choice into the ways into it on which a comparison fails the execution, while on others it does not.
//!
//! What a way brings is followed alone, as far back as it takes to tell: a state hands on what it makes of that, a Choice leads on
//! where that leaves one way out of it. What a rule asks of a value that comes from outside nobody knows, and nothing is told
//! behind it: what is told is so for each execution that takes the way.

use std::collections::{BTreeMap, BTreeSet};

use crate::asl::expression::{Demand, Form, Jsonata};
use crate::asl::jsonata::{Ast, ExprId, Kind, Op};
use crate::asl::path::{Path, Segment, SegmentKind};
use crate::asl::{Comparator, Comparison, Edge, Operand, Order, Rule, State, StateId, StateType, Test};
use crate::flow::shape::path::{self, Absence, Misses};
use crate::flow::shape::{Kinds, Shape};
use crate::syntax::Node;
use crate::text::Span;

use super::choice::settled;
use super::expressions::{View, span_of};
use super::jsonata::{Given, whole};
use super::{Facts, Growing, MAX_NESTING, Pass, Place, Point, Shapes, Verdict};

/// How many states are looked behind for one Choice.
const MAX_STEPS: usize = 16;

/// Of how many transitions to a state it is looked at each: nobody can tell them apart where there are more.
const MAX_PREDECESSORS: usize = 256;

/// How many ways are told of one comparison.
const MAX_WAYS: usize = 8;

/// A comparison that fails the execution on some of the ways to its Choice.
#[derive(Clone, Debug)]
pub struct Failing<'t> {
    /// The Choice.
    pub state: StateId,
    /// The string that is at fault: a path, a condition.
    pub node: Node<'t>,
    /// What of it, in its content.
    pub span: Span,
    /// The ways on which it fails, in the order in which executions come to them.
    pub ways: Vec<Way>,
    /// Transitions on which it does not.
    pub others: Vec<(StateId, Edge)>,
}

/// A way on which a comparison fails.
#[derive(Clone, Debug)]
pub struct Way {
    /// The transitions, from that behind which it is certain to that into the Choice.
    pub steps: Vec<(StateId, Edge)>,
    /// Why it fails.
    pub fault: Fault,
}

/// Why a comparison fails.
#[derive(Clone, Debug)]
pub enum Fault {
    /// What is read is not there. The span is that of the read, in the content.
    Missing(Absence, Span),
    /// Two values are put in an order that have none.
    NoOrder {
        /// Where the left one stands in the content.
        left: (Span, Kinds),
        /// And the right one.
        right: (Span, Kinds),
    },
    /// The condition gives this, and no boolean.
    NoBoolean(Kinds),
}

/// A fault, and where it is: the string, the part of its content.
#[derive(Clone, Debug)]
struct At<'t> {
    node: Node<'t>,
    span: Span,
    fault: Fault,
}

/// What a Choice makes of an input, or a rule.
#[derive(Debug)]
enum Answer<'t> {
    Known(bool),
    Fails(At<'t>),
    Open,
}

/// What a part of a condition comes to.
#[derive(Debug)]
enum Part {
    Boolean(bool),
    Nothing,
    Other(Kinds),
    Fails(Span, Fault),
    Open,
}

/// The comparisons that fail on some of the ways to them, in the order of the states. `shapes` were made of the same facts.
#[must_use]
pub fn failing<'t>(facts: Facts<'_, 't>, shapes: &Shapes<'t>) -> Vec<Failing<'t>> {
    // Where every read finds one kind of value there is nothing that a way could lack.
    let is_uncertain = |verdict: &Verdict| match verdict {
        Verdict::Absent(..) => false,
        Verdict::Unknown => true,
        Verdict::Present(shape) => {
            let kinds = [Kinds::NULL, Kinds::BOOLEAN, Kinds::NUMBER, Kinds::STRING, Kinds::ARRAY, Kinds::OBJECT];
            kinds.into_iter().filter(|&kind| shape.kinds().meets(kind)).count() > 1
        }
    };
    let reads = shapes.reads.iter().filter(|read| {
        matches!(read.place, Place::Input | Place::Effective)
            && is_uncertain(&read.verdict)
            && facts.machine.state(read.state).kind == Some(StateType::Choice)
    });
    let choices: BTreeSet<StateId> = reads.map(|read| read.state).collect();
    let is_told_apart = |&state: &StateId| {
        let state = facts.machine.state(state);
        !facts.graph.is_open(state.scope) && super::pipeline::is_known(state)
    };
    let choices: Vec<StateId> = choices.into_iter().filter(is_told_apart).collect();
    if choices.is_empty() {
        return Vec::new();
    }
    let mut pass = Pass::resumed(facts, shapes);
    choices.into_iter().flat_map(|choice| pass.failing(choice, shapes)).collect()
}

impl<'c, 't> Pass<'c, 't> {
    /// The analysis as it was when nothing changed any more.
    pub(super) fn resumed(facts: Facts<'c, 't>, shapes: &Shapes<'t>) -> Self {
        let grown = |shape: &Shape| Growing { shape: shape.clone(), n_growths: 0 };
        Self {
            inputs: shapes.states.iter().map(|state| grown(&state.input)).collect(),
            variables: shapes.variables.iter().map(grown).collect(),
            items: shapes.items.iter().map(grown).collect(),
            results: shapes.results.iter().map(grown).collect(),
            ..Self::new(facts)
        }
    }
}

impl<'t> Pass<'_, 't> {
    fn failing(&mut self, choice: StateId, shapes: &Shapes<'t>) -> Vec<Failing<'t>> {
        let state = self.machine.state(choice);
        let graph = self.facts.graph;
        let mut found: BTreeMap<(usize, Span), (Node<'t>, Vec<Way>)> = BTreeMap::new();
        let mut others = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(StateId, Vec<(StateId, Edge)>)> = vec![(choice, Vec::new())];
        while let Some((target, behind)) = open.pop() {
            if seen.len() >= MAX_STEPS || !seen.insert(target) {
                continue;
            }
            let ways: Vec<(StateId, Edge)> = graph.predecessors(target).take(MAX_PREDECESSORS + 1).collect();
            if ways.len() > MAX_PREDECESSORS {
                continue;
            }
            for (from, edge) in ways {
                let Some(brought) = shapes.state(from).by(edge) else { continue };
                let Some(brought) = self.follow(brought.clone(), &behind) else { continue };
                let mut steps = vec![(from, edge)];
                steps.extend(&behind);
                match self.asked(state, &brought) {
                    Answer::Fails(At { node, span, fault }) => {
                        let ways = &mut found.entry((node.index(), span)).or_insert_with(|| (node, Vec::new())).1;
                        ways.push(Way { steps, fault });
                    }
                    Answer::Known(_) => others.push((from, edge)),
                    Answer::Open => open.push((from, steps)),
                }
            }
        }
        if found.is_empty() {
            return Vec::new();
        }
        // What is so on all ways is no case of some of them, and a finding of its own.
        let always = match self.asked(state, &shapes.state(choice).input) {
            Answer::Fails(at) => Some((at.node.index(), at.span)),
            _ => None,
        };
        let is_absent = |node: usize, span: Span| {
            let of_state = shapes.reads.iter().filter(|read| read.state == choice && read.node.index() == node);
            of_state.into_iter().any(|read| matches!(read.verdict, Verdict::Absent(_, at) if at == span))
        };
        others.sort_by_key(|&(from, edge)| (graph.rank(from), edge));
        others.truncate(MAX_WAYS);
        let found =
            found.into_iter().filter(|&((node, span), _)| always != Some((node, span)) && !is_absent(node, span));
        found
            .map(|((_, span), (node, mut ways))| {
                ways.sort_by_key(|way| {
                    (way.steps.first().map(|&(from, edge)| (graph.rank(from), edge)), way.steps.len())
                });
                ways.truncate(MAX_WAYS);
                Failing { state: choice, node, span, ways, others: others.clone() }
            })
            .collect()
    }

    /// What a document becomes on a way; nothing where no execution goes on with it, or a Choice may lead elsewhere.
    fn follow(&mut self, mut document: Shape, way: &[(StateId, Edge)]) -> Option<Shape> {
        for &(id, edge) in way {
            let state = self.machine.state(id);
            let all = std::mem::replace(&mut self.inputs[id.index()].shape, document);
            let point = if state.scopes().is_empty() { Point::Enter(id) } else { Point::Leave(id) };
            let mut left = Vec::new();
            self.visit(point, &mut left);
            self.inputs[id.index()].shape = all;
            left.retain(|(_, shape)| !shape.is_never());
            if state.kind == Some(StateType::Choice) && left.len() > 1 {
                return None;
            }
            document = left.into_iter().find(|(way, _)| way.unwrap_or(Edge::Next) == edge)?.1;
        }
        Some(document)
    }

    /// What a Choice makes of an input.
    fn asked(&mut self, state: &State<'t>, input: &Shape) -> Answer<'t> {
        let item = self.item_of(state.scope);
        let view = View { state, document: input, place: Place::Input, input, more: None, item: &item };
        let Some(effective) = self.effective(view) else { return Answer::Open };
        let view = view.on(&effective, Place::Effective);
        for rule in state.rules() {
            match self.ask(rule, view, MAX_NESTING) {
                Answer::Known(false) => {}
                other => return other,
            }
        }
        Answer::Known(false)
    }

    /// Recursion ends at [`MAX_NESTING`]: what lies deeper may come to anything.
    fn ask(&mut self, rule: &Rule<'t>, view: View<'_, 't>, depth: u32) -> Answer<'t> {
        if depth == 0 || rule.node.is_open() || rule.node.may_have_more() || rule.operators.len() > 1 {
            return Answer::Open;
        }
        match &rule.test {
            Some(Test::And(rules)) => self.ask_each(rules, false, view, depth),
            Some(Test::Or(rules)) => self.ask_each(rules, true, view, depth),
            Some(Test::Not(rule)) => match self.ask(rule, view, depth - 1) {
                Answer::Known(holds) => Answer::Known(!holds),
                other => other,
            },
            Some(Test::Comparison(comparison)) => self.ask_comparison(comparison, view),
            Some(Test::Condition(field)) => self.ask_condition(field.value, view),
            None => Answer::Open,
        }
    }

    /// From left to right, until one comes to `end`.
    fn ask_each(&mut self, rules: &[Rule<'t>], end: bool, view: View<'_, 't>, depth: u32) -> Answer<'t> {
        for rule in rules {
            match self.ask(rule, view, depth - 1) {
                Answer::Known(holds) if holds != end => {}
                other => return other,
            }
        }
        Answer::Known(!end)
    }

    fn ask_comparison(&mut self, comparison: &Comparison<'t>, view: View<'_, 't>) -> Answer<'t> {
        let Some(variable) = comparison.variable.map(|field| field.value) else { return Answer::Open };
        let operand = comparison.comparator.takes_path().then_some(comparison.field.value);
        if comparison.comparator != Comparator::IsPresent {
            let mut is_there = true;
            for node in [Some(variable), operand].into_iter().flatten() {
                match self.sought(node, view) {
                    Some(Misses::Never) => {}
                    Some(Misses::Always(absence)) => return Answer::Fails(self.missing(node, absence)),
                    Some(Misses::Perhaps) | None => is_there = false,
                }
            }
            if !is_there {
                return Answer::Open;
            }
        }
        let answers = self.answers(comparison, variable, view.document, view);
        match answers.as_ref().and_then(settled) {
            Some(holds) => Answer::Known(holds),
            None if self.is_one_error(comparison, variable, view) => Answer::Known(false),
            None => Answer::Open,
        }
    }

    /// Whether a path of the document finds anything; nothing where it is no such path.
    fn sought(&self, node: Node<'t>, view: View<'_, 't>) -> Option<Misses> {
        let path = self.path_at(node)?;
        let (start, place) = self.start(path, view)?;
        matches!(place, Place::Input | Place::Effective).then(|| path::read(path, &start).misses)
    }

    fn path_at(&self, node: Node<'t>) -> Option<&Path> {
        match &self.facts.expressions[self.expression_at(node)?].form {
            Form::Path(path, errors) if errors.is_empty() && !path.is_open() => Some(path),
            _ => None,
        }
    }

    fn missing(&self, node: Node<'t>, absence: Absence) -> At<'t> {
        let whole = Span::new(0, u32::try_from(node.content().len()).unwrap_or_default());
        let (span, read) = self.path_at(node).map_or((whole, whole), |path| (span_of(path, &absence), path.span));
        At { node, span, fault: Fault::Missing(absence, read) }
    }

    /// Whether a comparison asks whether the error that a catcher has taken is one of many: it may be another.
    fn is_one_error(&self, comparison: &Comparison<'t>, variable: Node<'t>, view: View<'_, 't>) -> bool {
        let operand = comparison.field.value;
        let text = operand.as_str().unwrap_or_default();
        let is_one = match comparison.comparator {
            Comparator::String(Order::Equals, Operand::Literal) => true,
            Comparator::StringMatches => text.chars().any(char::is_alphanumeric),
            _ => false,
        };
        let Some((start, _)) = self.path_at(variable).and_then(|path| self.start(path, view)) else { return false };
        let Some(path) = self.path_at(variable).filter(|_| is_one && !operand.is_open()) else { return false };
        let Some((Segment { kind: SegmentKind::Member(last), .. }, before)) = path.segments.split_last() else {
            return false;
        };
        let holder = path::read(&Path { segments: before.to_vec(), ..path.clone() }, &start).shape;
        let Some(made) = holder.origin().node() else { return false };
        let maker = self.machine.state_at(made);
        let catcher = maker.and_then(|maker| maker.catchers.iter().find(|catcher| catcher.node.index() == made));
        let takes_many = |name: &str| matches!(name, "States.ALL" | "States.TaskFailed");
        let errors = catcher.and_then(|catcher| catcher.node.get("ErrorEquals"));
        matches!(&*last.text, "Error" | "Cause")
            && errors.is_some_and(|errors| errors.items().filter_map(Node::as_str).any(takes_many))
    }

    fn ask_condition(&mut self, node: Node<'t>, view: View<'_, 't>) -> Answer<'t> {
        let view = View { input: view.document, ..view };
        let known = self.expression_at(node).and_then(|i| Some((i, self.facts.inferences[i].as_ref()?)));
        let Some((i, inference)) = known else { return node.as_bool().map_or(Answer::Open, Answer::Known) };
        let expression = &self.facts.expressions[i];
        let Form::Jsonata(jsonata) = &expression.form else { return Answer::Open };
        for reference in expression.references().iter().filter(|reference| !reference.is_called) {
            if reference.demand == Demand::Certain
                && let Some((Place::Input, Verdict::Absent(absence, span))) = self.sought_by(reference, view)
            {
                return Answer::Fails(At { node, span, fault: Fault::Missing(absence, whole(reference)) });
            }
        }
        let parts = Condition { ast: &jsonata.parsed.ast, known: self.parts(jsonata, inference, view), jsonata };
        let root = parts.ast.root();
        let whole = parts.span(root);
        match parts.part(root, MAX_NESTING) {
            Part::Boolean(holds) => Answer::Known(holds),
            Part::Fails(span, fault) => Answer::Fails(At { node, span, fault }),
            Part::Other(kinds) => Answer::Fails(At { node, span: whole, fault: Fault::NoBoolean(kinds) }),
            Part::Nothing | Part::Open => Answer::Open,
        }
    }
}

/// A condition in JSONata, with what its parts give.
struct Condition<'p> {
    ast: &'p Ast,
    known: Vec<Given>,
    jsonata: &'p Jsonata,
}

impl Condition<'_> {
    fn span(&self, id: ExprId) -> Span {
        self.ast[id].span.shifted(self.jsonata.inner.start)
    }

    /// Recursion ends at some depth: what lies deeper may come to anything.
    fn part(&self, id: ExprId, depth: u32) -> Part {
        if depth == 0 {
            return Part::Open;
        }
        match &self.ast[id].kind {
            Kind::Block(list) if list.len() == 1 => self.part(list[0], depth - 1),
            &Kind::Binary { op: op @ (Op::And | Op::Or), left, right, .. } => match self.truth(left, depth) {
                Ok(truth) if truth == (op == Op::Or) => Part::Boolean(truth),
                Ok(_) => self.truth(right, depth).map_or_else(|part| part, Part::Boolean),
                Err(part) => part,
            },
            Kind::Call { callee, args } if self.is_not(*callee) => match args.as_slice() {
                &[one] => match self.part(one, depth - 1) {
                    Part::Boolean(holds) => Part::Boolean(!holds),
                    part @ (Part::Nothing | Part::Fails(..)) => part,
                    Part::Other(_) | Part::Open => Part::Open,
                },
                _ => Part::Open,
            },
            &Kind::Conditional { condition, then, otherwise } => match (self.truth(condition, depth), otherwise) {
                (Ok(true), _) => self.part(then, depth - 1),
                (Ok(false), Some(otherwise)) => self.part(otherwise, depth - 1),
                (Ok(false), None) => Part::Nothing,
                (Err(part), _) => part,
            },
            &Kind::Binary {
                op: Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual, left, right, ..
            } => self.order(left, right).unwrap_or_else(|| self.plain(id)),
            _ => self.plain(id),
        }
    }

    /// `$boolean` of a part; where that is not certain, what the part is.
    fn truth(&self, id: ExprId, depth: u32) -> Result<bool, Part> {
        match self.part(id, depth - 1) {
            Part::Boolean(truth) => Ok(truth),
            Part::Nothing => Ok(false),
            part @ Part::Fails(..) => Err(part),
            Part::Other(_) | Part::Open => Err(Part::Open),
        }
    }

    fn is_not(&self, callee: ExprId) -> bool {
        self.jsonata.scopes.free_variable(self.ast, callee) == Some("not")
    }

    fn plain(&self, id: ExprId) -> Part {
        let Given { shape, may_lack } = &self.known[id.index()];
        match shape.kinds() {
            Kinds::TRUE if !may_lack => Part::Boolean(true),
            Kinds::FALSE if !may_lack => Part::Boolean(false),
            kinds if kinds.is_empty() => Part::Nothing,
            kinds if !may_lack && !kinds.meets(Kinds::BOOLEAN) => Part::Other(kinds),
            _ => Part::Open,
        }
    }

    /// Two values that are compared by their order; nothing where it is not certain that this fails, or gives nothing.
    fn order(&self, left: ExprId, right: ExprId) -> Option<Part> {
        let sides = [left, right].map(|id| &self.known[id.index()]);
        let [one, other] = sides.map(|side| side.shape.kinds());
        let ordered = Kinds::STRING | Kinds::NUMBER;
        // Of nothing nothing comes, if the other side is none that fails.
        if sides.iter().any(|side| side.shape.is_never()) {
            return ordered.holds(one | other).then_some(Part::Nothing);
        }
        let is_alien = |side: &&Given| !side.may_lack && !side.shape.kinds().meets(ordered);
        let is_there = sides.iter().all(|side| !side.may_lack);
        let differ = is_there && ordered.holds(one | other) && !one.meets(other);
        if !differ && !sides.iter().any(is_alien) {
            return None;
        }
        let span = self.span(left).cover(self.span(right));
        Some(Part::Fails(span, Fault::NoOrder { left: (self.span(left), one), right: (self.span(right), other) }))
    }
}
