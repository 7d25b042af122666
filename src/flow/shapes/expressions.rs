//! Paths, payload templates and intrinsic functions into shapes.

use std::sync::{Arc, LazyLock};

use crate::asl::context::{self, Shape as Context};
use crate::asl::expression::{Demand, Form};
use crate::asl::intrinsic::{Argument, ArgumentKind, Call, Function, Type};
use crate::asl::path::{Path, Root, SegmentKind};
use crate::asl::sites::Owner;
use crate::asl::{ScopeId, State};
use crate::flow::shape::path::{self, Absence, Misses};
use crate::flow::shape::{Kinds, List, Member, Origin, Rest, Shape};
use crate::syntax::{Kind, Node};
use crate::text::Span;

use super::settled::exact;
use super::{MAX_NESTING, Pass, Place, Read, Verdict};

/// What the expressions of a state see.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'v, 't> {
    pub(super) state: &'v State<'t>,
    /// What `$` means in a path.
    pub(super) document: &'v Shape,
    /// Where that comes from.
    pub(super) place: Place,
    /// The input of the state.
    pub(super) input: &'v Shape,
    /// What `$states` has besides the input and the context.
    pub(super) more: Option<(&'static str, &'v Shape)>,
    /// The item of the Map around the state, or of the Map that it is.
    pub(super) item: &'v Shape,
}

impl<'v> View<'v, '_> {
    /// The same with another document.
    pub(super) const fn on(self, document: &'v Shape, place: Place) -> Self {
        Self { document, place, ..self }
    }
}

impl<'t> Pass<'_, 't> {
    /// The number of the expression that a node holds.
    pub(super) fn expression_at(&self, node: Node<'t>) -> Option<usize> {
        (self.at_node[node.index()] as usize).checked_sub(1)
    }

    /// What a path or a call gives; never where it always fails.
    pub(super) fn query(&mut self, node: Node<'t>, view: View<'_, 't>) -> Shape {
        let Some(i) = self.expression_at(node) else { return Shape::any() };
        let expressions = self.facts.expressions;
        match &expressions[i].form {
            Form::Path(path, errors) if errors.is_empty() && !path.is_open() => self.path(i, path, view),
            Form::Intrinsic(call, errors) if errors.is_empty() => self.call(i, call, view),
            _ => Shape::any(),
        }
    }

    fn path(&mut self, i: usize, path: &Path, view: View<'_, 't>) -> Shape {
        let Some((start, place)) = self.start(path, view) else { return Shape::any() };
        let found = path::read(path, &start);
        if self.record.is_some() && !start.is_never() {
            let verdict = match &found.misses {
                Misses::Always(absence) => Verdict::Absent(absence.clone(), span_of(path, absence)),
                Misses::Never if path.root == Root::Document => Verdict::Present(found.shape.clone()),
                _ => Verdict::Unknown,
            };
            let expression = &self.facts.expressions[i];
            let demand = match expression.site.owner {
                _ if expression.asks_for_presence() => Demand::Tested,
                // Rules before it may hold, or not hold.
                Owner::Rule(1..) | Owner::NestedRule(_) => Demand::Possible,
                _ => Demand::Certain,
            };
            self.take_down(i, path.span, place, (demand, verdict), view);
        }
        found.shape
    }

    /// What the root of a path stands for; nothing where that is not known.
    pub(super) fn start(&self, path: &Path, view: View<'_, 't>) -> Option<(Shape, Place)> {
        match &path.root {
            Root::Document => Some((view.document.clone(), view.place)),
            Root::Context => Some((context_object(view.item), Place::Context)),
            Root::Variable(name) => Some((self.variable(view.state.scope, name), Place::Variable)),
            Root::Item | Root::Unknown => None,
        }
    }

    pub(super) fn take_down(
        &mut self,
        i: usize,
        span: Span,
        place: Place,
        (demand, verdict): (Demand, Verdict),
        view: View<'_, 't>,
    ) {
        let node = self.facts.expressions[i].node;
        let Some(record) = &mut self.record else { return };
        let place_of = *self.taken_down.entry((i, span.start)).or_insert(record.reads.len());
        match record.reads.get_mut(place_of) {
            // It is read on several ways through the state: certain is what is so on all of them.
            Some(read) => match (&read.verdict, verdict) {
                (Verdict::Absent(..), Verdict::Absent(..)) => {}
                (Verdict::Present(one), Verdict::Present(other)) => read.verdict = Verdict::Present(one.join(&other)),
                _ => read.verdict = Verdict::Unknown,
            },
            None => {
                record.reads.push(Read { state: view.state.id, expression: i, node, span, place, demand, verdict });
            }
        }
    }

    /// What a payload template is filled in to.
    pub(super) fn template(&mut self, node: Node<'t>, view: View<'_, 't>) -> Shape {
        self.template_within(node, view, MAX_NESTING)
    }

    /// Recursion ends at [`MAX_NESTING`]: what lies deeper may be anything.
    fn template_within(&mut self, node: Node<'t>, view: View<'_, 't>, depth: u32) -> Shape {
        if node.is_open() || depth == 0 {
            return Shape::any();
        }
        let shape = match node.kind() {
            Kind::Array if node.is_incomplete() => Shape::of(Kinds::ARRAY),
            Kind::Array => Shape::tuple(node.items().map(|item| self.template_within(item, view, depth - 1)).collect()),
            Kind::Object => {
                let mut members: Vec<(Arc<str>, Member)> = Vec::with_capacity(node.len());
                for member in node.members() {
                    let (name, shape) = match member.name().strip_suffix(".$") {
                        Some(name) if member.value.kind() == Kind::String => (name, self.query(member.value, view)),
                        _ => (member.name(), self.template_within(member.value, view, depth - 1)),
                    };
                    members.push((name.into(), Member::must(shape)));
                }
                Shape::object(members, if node.may_have_more() { Rest::Any } else { Rest::Nothing })
            }
            _ => return Shape::of_node(node),
        };
        shape.made_at(Origin::at(node))
    }

    fn call(&mut self, i: usize, call: &Call, view: View<'_, 't>) -> Shape {
        let Some(function) = call.function else { return Shape::any() };
        let arguments: Vec<Shape> = call.arguments.iter().map(|argument| self.argument(i, argument, view)).collect();
        let takes = function.signature().parameters;
        let misses = |(argument, &kind): (&Shape, &Type)| !argument.kinds().meets(kinds(kind));
        if arguments.iter().any(Shape::is_never) || arguments.iter().zip(takes).any(misses) {
            return Shape::never();
        }
        if let (Some(_), Function::MathAdd, [one, other]) = (&self.going, function, arguments.as_slice()) {
            let number = |shape: &Shape| match shape.numbers() {
                Some(&[one]) if shape.kinds() == Kinds::NUMBER => exact(one),
                _ => None,
            };
            if let (Some(one), Some(other)) = (number(one), number(other)) {
                return Shape::number(one + other);
            }
        }
        apply(function, arguments)
    }

    /// Recursion is bounded by how many calls one field may hold, beyond which the parser stops.
    fn argument(&mut self, i: usize, argument: &Argument, view: View<'_, 't>) -> Shape {
        match &argument.kind {
            ArgumentKind::String(literal) if literal.is_open() => Shape::of(Kinds::STRING),
            ArgumentKind::String(literal) => Shape::string(&literal.value()),
            ArgumentKind::Number(number) => Shape::number(*number),
            ArgumentKind::Boolean(value) => Shape::boolean(*value),
            ArgumentKind::Null => Shape::of(Kinds::NULL),
            ArgumentKind::Path(path) if path.is_open() => Shape::any(),
            ArgumentKind::Path(path) => self.path(i, path, view),
            ArgumentKind::Call(call) => self.call(i, call, view),
            ArgumentKind::Hole | ArgumentKind::Missing => Shape::any(),
        }
    }

    /// `$$` in a state of a scope.
    pub(super) fn item_of(&self, scope: ScopeId) -> Shape {
        self.items[scope.index()].shape.clone()
    }
}

/// Where a path names what is not there.
pub(super) fn span_of(path: &Path, absence: &Absence) -> Span {
    let segment = absence.segment.and_then(|segment| path.segments.get(segment));
    segment.map_or(path.root_span, |segment| match &segment.kind {
        SegmentKind::Member(name) => name.span,
        _ => segment.span,
    })
}

fn kinds(kind: Type) -> Kinds {
    match kind {
        Type::Any => Kinds::ANY,
        Type::Array => Kinds::ARRAY,
        Type::Boolean => Kinds::BOOLEAN,
        Type::Null => Kinds::NULL,
        Type::Number => Kinds::NUMBER,
        Type::Object => Kinds::OBJECT,
        Type::String => Kinds::STRING,
    }
}

/// What a function gives; the arguments are of the kinds that it takes, or may be.
fn apply(function: Function, arguments: Vec<Shape>) -> Shape {
    let first = arguments.first().cloned().unwrap_or_default();
    let length = first.list().map_or(0, List::least);
    match function {
        Function::Array => Shape::tuple(arguments),
        Function::ArrayGetItem => {
            let index = arguments.get(1).and_then(Shape::numbers).filter(|numbers| numbers.len() == 1);
            let index = index.and_then(|numbers| whole(numbers[0]));
            let item = match (index, first.list()) {
                (Some(index), Some(list)) => list.item(index).0,
                _ => first.items(),
            };
            // Of an empty array every item is `null`.
            if length == 0 { item.join(&Shape::of(Kinds::NULL)) } else { item }
        }
        Function::ArrayPartition => Shape::array(Shape::array(first.items(), 0), 0),
        Function::ArrayUnique => Shape::array(first.items(), length.min(1)),
        Function::ArrayRange => Shape::array(Shape::of(Kinds::NUMBER), 0),
        Function::StringSplit => Shape::array(Shape::of(Kinds::STRING), 0),
        Function::JsonMerge => arguments.get(1).map_or(Shape::of(Kinds::OBJECT), |over| first.merged(over)),
        _ => Shape::of(kinds(function.signature().result)),
    }
}

/// A number as an index; decimals are cut off.
pub(super) fn whole(number: f64) -> Option<usize> {
    let is_index = (0.0..1e6).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
    is_index.then_some(number as usize)
}

/// The context object where nothing is known of the item of a Map.
static CONTEXT: LazyLock<Shape> = LazyLock::new(|| context_with(&Shape::any()));

/// The context object in a state of a Map that works on this item. Which of its members are there depends on the place.
pub(super) fn context_object(item: &Shape) -> Shape {
    if item.is_any() { CONTEXT.clone() } else { context_with(item) }
}

fn context_with(item: &Shape) -> Shape {
    /// Recursion is bounded by the depth of the table.
    fn of(context: Context, item: &Shape, name: &str) -> Shape {
        match context {
            Context::String => Shape::of(Kinds::STRING),
            Context::Number => Shape::of(Kinds::NUMBER),
            Context::Free if name == "Value" => item.clone(),
            Context::Free => Shape::any(),
            Context::Object(members) => {
                let members =
                    members.iter().map(|&(name, shape)| (Arc::from(name), Member::may(of(shape, item, name))));
                Shape::object(members, Rest::Any)
            }
        }
    }
    of(context::CONTEXT, item, "")
}
