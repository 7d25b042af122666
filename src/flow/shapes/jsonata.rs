//! JSONata into shapes: what `$states` and variables are, navigation, constructors; of the rest the types that
//! [`crate::asl::jsonata::infer`] tells.

use std::sync::Arc;

use crate::asl::expression::{Expression, Form, Jsonata, Origin as From, Reference};
use crate::asl::jsonata::{Ast, Delimited, ExprId, Inference, Kind, Op, Types, expression_in, pairs};
use crate::flow::shape::choice::{equal_number, equal_string};
use crate::flow::shape::path::{self, Absence};
use crate::flow::shape::{Kinds, List, MAX_DEPTH, Member, Origin, Presence, Rest, Shape};
use crate::syntax::{self, Node};
use crate::text::Span;

use super::expressions::{View, context_object};
use super::{MAX_NESTING, Pass, Place, Verdict, settled};

/// What a part of an expression gives.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) shape: Shape,
    /// Whether it may give no value at all.
    pub(super) may_lack: bool,
}

impl Given {
    pub(super) const fn certain(shape: Shape) -> Self {
        Self { shape, may_lack: false }
    }

    const fn possible(shape: Shape) -> Self {
        Self { shape, may_lack: true }
    }

    fn nothing() -> Self {
        Self::possible(Shape::never())
    }

    /// As a member of an object that is constructed.
    fn member(&self) -> Member {
        if self.may_lack { Member::may(self.shape.clone()) } else { Member::must(self.shape.clone()) }
    }

    fn join(&self, other: &Self) -> Self {
        Self { shape: self.shape.join(&other.shape), may_lack: self.may_lack || other.may_lack }
    }

    /// Anything of these types. What is no JSON does not get out of an expression.
    fn of(types: Types) -> Self {
        let kinds = [
            (Types::NULL, Kinds::NULL),
            (Types::BOOL, Kinds::BOOLEAN),
            (Types::NUMBER, Kinds::NUMBER),
            (Types::STRING, Kinds::STRING),
            (Types::ARRAY, Kinds::ARRAY),
            (Types::OBJECT, Kinds::OBJECT),
            // Functions come out as text where they come out at all.
            (Types::FUNCTION, Kinds::ANY),
        ];
        let met = kinds.into_iter().filter(|&(one, _)| types.meets(one));
        let kinds = met.fold(Kinds::NONE, |all, (_, kind)| all | kind);
        let may_lack = types.meets(Types::NOTHING | Types::FUNCTION);
        Self { shape: Shape::of(kinds), may_lack }
    }

    /// The member of this name: of objects their own, of arrays those of their items.
    fn step(&self, name: &str) -> Self {
        let mut found = self.in_objects(name);
        if !self.shape.kinds().meets(Kinds::ARRAY) {
            return found;
        }
        let Some(items) = self.shape.list().map(List::items) else { return Self::possible(Shape::any()) };
        if !items.is_never() {
            // Arrays in arrays are looked through too; how deep shapes nest bounds the recursion.
            let inner = items_of(&Self::certain(items).step(name).shape);
            if !inner.is_never() {
                found.shape = found.shape.join(&inner).join(&Shape::array(inner, 0));
            }
        }
        found
    }

    fn in_objects(&self, name: &str) -> Self {
        let member = self.shape.member(name);
        let is_everywhere = member.presence == Presence::Must && Kinds::OBJECT.holds(self.shape.kinds());
        Self { shape: member.shape, may_lack: self.may_lack || !is_everywhere }
    }

    /// What comes of a sequence that is put together of values like this.
    fn sequence(&self) -> Self {
        let items = items_of(&self.shape);
        if items.is_never() {
            return Self::nothing();
        }
        Self::possible(items.join(&Shape::array(items.clone(), 0)))
    }
}

/// The items of arrays, and what is no array.
fn items_of(shape: &Shape) -> Shape {
    shape.items().join(&shape.without(Kinds::ARRAY))
}

impl<'t> Pass<'_, 't> {
    /// JSON with its JSONata evaluated; never where it always fails.
    pub(super) fn evaluate(&mut self, node: Node<'t>, view: View<'_, 't>) -> Shape {
        self.evaluate_within(node, view, MAX_NESTING)
    }

    /// Recursion ends at [`MAX_NESTING`]: what lies deeper may be anything.
    fn evaluate_within(&mut self, node: Node<'t>, view: View<'_, 't>, depth: u32) -> Shape {
        if node.is_open() || depth == 0 {
            return Shape::any();
        }
        let shape = match node.kind() {
            syntax::Kind::String => match self.expression_at(node) {
                Some(i) => return self.expression(i, view),
                None if matches!(expression_in(node.content()), Delimited::Expression { .. }) => return Shape::any(),
                None => return Shape::of_node(node),
            },
            syntax::Kind::Array if node.is_incomplete() => Shape::of(Kinds::ARRAY),
            syntax::Kind::Array => {
                Shape::tuple(node.items().map(|item| self.evaluate_within(item, view, depth - 1)).collect())
            }
            syntax::Kind::Object => {
                let mut members: Vec<(Arc<str>, Member)> = Vec::with_capacity(node.len());
                for member in node.members() {
                    members.push((
                        member.name().into(),
                        Member::must(self.evaluate_within(member.value, view, depth - 1)),
                    ));
                }
                Shape::object(members, if node.may_have_more() { Rest::Any } else { Rest::Nothing })
            }
            _ => return Shape::of_node(node),
        };
        shape.made_at(Origin::at(node))
    }

    fn expression(&mut self, i: usize, view: View<'_, 't>) -> Shape {
        let expressions = self.facts.expressions;
        let Form::Jsonata(jsonata) = &expressions[i].form else { return Shape::any() };
        let Some(inference) = &self.facts.inferences[i] else { return Shape::any() };
        if self.record.is_some() {
            self.take_down_reads(i, &expressions[i], view);
        }
        let given = self.given(jsonata, inference, view);
        // An expression without a value fails.
        given.map_or_else(Shape::any, |given| given.shape)
    }

    /// What an expression gives: a fold over its tree, children before parents.
    fn given(&self, jsonata: &Jsonata, inference: &Inference, view: View<'_, 't>) -> Option<Given> {
        self.parts(jsonata, inference, view).pop()
    }

    /// What each part of an expression gives.
    pub(super) fn parts(&self, jsonata: &Jsonata, inference: &Inference, view: View<'_, 't>) -> Vec<Given> {
        let ast = &jsonata.parsed.ast;
        let mut known: Vec<Given> = Vec::with_capacity(ast.root().index() + 1);
        for id in ast.ids() {
            let given = self.part(id, jsonata, inference, &known, view);
            known.push(given);
        }
        known
    }

    fn part(&self, id: ExprId, jsonata: &Jsonata, inference: &Inference, known: &[Given], view: View<'_, 't>) -> Given {
        let ast = &jsonata.parsed.ast;
        let of = |id: ExprId| &known[id.index()];
        let typed = || Given::of(inference.types(id));
        match &ast[id].kind {
            Kind::String(text) => Given::certain(Shape::string(ast.text(*text))),
            Kind::Number(number) => Given::certain(Shape::number(*number)),
            Kind::Bool(value) => Given::certain(Shape::boolean(*value)),
            Kind::Null => Given::certain(Shape::of(Kinds::NULL)),
            Kind::Variable(_) => {
                if let Some(value) = inference.bound(id) {
                    return of(value).clone();
                }
                match jsonata.scopes.free_variable(ast, id) {
                    Some(name) => self.free(name, view).unwrap_or_else(typed),
                    None => typed(),
                }
            }
            Kind::Path(steps) if !ast[id].keeps_array => path(ast, steps, known).unwrap_or_else(typed),
            Kind::Filter { input, .. } if !ast[id].keeps_array => of(*input).sequence(),
            Kind::Object(list) => object(ast, list, known),
            Kind::Array(list) => array(ast, list, known),
            Kind::Block(list) => list.last().map_or_else(Given::nothing, |&last| of(last).clone()),
            Kind::Bind { value, .. } => of(*value).clone(),
            Kind::Conditional { then, otherwise, .. } => {
                let otherwise = otherwise.map_or_else(Given::nothing, |otherwise| of(otherwise).clone());
                of(*then).join(&otherwise)
            }
            Kind::Binary { op: Op::Coalesce | Op::Elvis, left, right, .. } => {
                let (left, right) = (of(*left), of(*right));
                let may_lack = right.may_lack || left.may_lack && left.shape.kinds().meets(Kinds::ARRAY);
                Given { shape: left.shape.join(&right.shape), may_lack }
            }
            Kind::Call { callee, args } => match (jsonata.scopes.free_variable(ast, *callee), args.as_slice()) {
                (Some("merge"), [list]) if !self.is_variable("merge", view) => merged(of(*list)),
                (Some(name @ ("exists" | "not")), [one]) if !self.is_variable(name, view) => {
                    settled::called(name, of(*one)).unwrap_or_else(typed)
                }
                _ => typed(),
            },
            Kind::Binary { op, left, right, .. } => {
                let sum = self.going.as_ref().and_then(|_| settled::sum(*op, of(*left), of(*right)));
                sum.or_else(|| settled::given(*op, of(*left), of(*right))).unwrap_or_else(typed)
            }
            _ => typed(),
        }
    }

    fn is_variable(&self, name: &str, view: View<'_, 't>) -> bool {
        self.facts
            .variables
            .seen_from(view.state.scope)
            .any(|scope| self.facts.variables.is_open(scope) || self.facts.variables.own(scope, name).is_some())
    }

    /// What a variable is that comes from outside: `$states` or one of the machine. Nothing for functions.
    fn free(&self, name: &str, view: View<'_, 't>) -> Option<Given> {
        if name != "states" {
            let is_assigned = self.is_variable(name, view);
            let own = self.facts.variables.own(view.state.scope, name);
            let is_set =
                |id| self.going.as_ref().and_then(|going| going.variable(id)).is_some_and(|(_, is_set)| *is_set);
            // Whether it has a value by then is not known, but where a loop is gone round in.
            let may_lack = !own.is_some_and(is_set);
            return is_assigned.then(|| Given { shape: self.variable(view.state.scope, name), may_lack });
        }
        let mut members = vec![
            (Arc::from("context"), Member::must(context_object(view.item))),
            (Arc::from("input"), Member::must(view.input.clone())),
        ];
        if let Some((name, shape)) = view.more {
            members.push((name.into(), Member::must(shape.clone())));
        }
        Some(Given::certain(Shape::object(members, Rest::Nothing)))
    }

    /// What is read of `$states` and of variables, and whether it is ever there.
    fn take_down_reads(&mut self, i: usize, expression: &Expression<'t>, view: View<'_, 't>) {
        for reference in expression.references() {
            if reference.is_called || reference.members.is_empty() {
                continue;
            }
            let Some((place, verdict)) = self.sought_by(&reference, view) else { continue };
            self.take_down(i, whole(&reference), place, (reference.demand, verdict), view);
        }
    }

    /// Where a read looks, and whether what it looks for is never there.
    pub(super) fn sought_by(&self, reference: &Reference<'_>, view: View<'_, 't>) -> Option<(Place, Verdict)> {
        let (mut given, n_passed, place) = self.start_of(reference, view)?;
        for (n, member) in reference.members.iter().enumerate().skip(n_passed) {
            let next = given.step(member.name);
            if next.shape.is_never() && !given.shape.is_never() {
                let absence = Absence { segment: Some(n), holder: given.shape };
                return Some((place, Verdict::Absent(absence, member.span)));
            }
            given = next;
        }
        Some((place, Verdict::Unknown))
    }

    /// What a read begins with, how many of its members belong to that, and where it looks.
    fn start_of(&self, reference: &Reference<'_>, view: View<'_, 't>) -> Option<(Given, usize, Place)> {
        match reference.origin {
            From::States => {
                let place = match reference.members.first()?.name {
                    "input" => Place::Input,
                    "result" => Place::Result,
                    "errorOutput" => Place::Error,
                    "context" => Place::Context,
                    _ => return None,
                };
                let start = self.free("states", view)?.step(reference.members.first()?.name);
                Some((start, 1, place))
            }
            From::Variable(name) => Some((self.free(name, view)?, 0, Place::Variable)),
            From::Document | From::Context => None,
        }
    }

    /// The documents for which a condition holds, and those for which it does not.
    pub(super) fn condition(&mut self, node: Node<'t>, document: &Shape, view: View<'_, 't>) -> (Shape, Shape) {
        let view = View { document, input: document, ..view };
        let value = self.evaluate(node, view);
        self.take_down_settled(node, view);
        let mut answers = (document.clone(), document.clone());
        if let Some(i) = self.expression_at(node)
            && let Form::Jsonata(jsonata) = &self.facts.expressions[i].form
            && jsonata.parsed.errors.is_empty()
        {
            answers = asked(jsonata, jsonata.parsed.ast.root(), document);
        }
        if !value.kinds().meets(Kinds::TRUE) {
            answers.0 = Shape::never();
        }
        if !value.kinds().meets(Kinds::FALSE) {
            answers.1 = Shape::never();
        }
        answers
    }
}

/// A read with all of its members.
pub(super) fn whole(reference: &Reference<'_>) -> Span {
    reference.members.last().map_or(reference.span, |last| reference.span.cover(last.span))
}

/// The documents for which a part of a condition is true, and those for which it is false or nothing. Recursion is bounded by
/// how deep the parser lets expressions nest, but for chains of one operator: those stop at some length.
fn asked(jsonata: &Jsonata, id: ExprId, document: &Shape) -> (Shape, Shape) {
    asked_within(jsonata, id, document, 64)
}

fn asked_within(jsonata: &Jsonata, id: ExprId, document: &Shape, depth: u32) -> (Shape, Shape) {
    let ast = &jsonata.parsed.ast;
    let unknown = || (document.clone(), document.clone());
    if depth == 0 || document.is_never() {
        return unknown();
    }
    match &ast[id].kind {
        Kind::Block(list) if list.len() == 1 => asked_within(jsonata, list[0], document, depth - 1),
        Kind::Binary { op: Op::And, left, right, .. } => {
            let (holds, fails) = asked_within(jsonata, *left, document, depth - 1);
            let (both, other) = asked_within(jsonata, *right, &holds, depth - 1);
            (both, fails.join(&other))
        }
        Kind::Binary { op: Op::Or, left, right, .. } => {
            let (holds, fails) = asked_within(jsonata, *left, document, depth - 1);
            let (other, none) = asked_within(jsonata, *right, &fails, depth - 1);
            (holds.join(&other), none)
        }
        Kind::Call { callee, args } => match (jsonata.scopes.free_variable(ast, *callee), args.as_slice()) {
            (Some("not"), &[one]) => {
                let (holds, fails) = asked_within(jsonata, one, document, depth - 1);
                (fails, holds)
            }
            (Some("exists"), &[one]) => match input_members(jsonata, one) {
                Some(names) => (narrowed(document, &names, &Shape::clone), path::lacking(document, &names)),
                None => unknown(),
            },
            _ => unknown(),
        },
        Kind::Binary { op: Op::Equal, left, right, .. } => {
            let (Some(names), value) = (match input_members(jsonata, *left) {
                Some(names) => (Some(names), *right),
                None => (input_members(jsonata, *right), *left),
            }) else {
                return unknown();
            };
            let equal: &dyn Fn(&Shape) -> Shape = match &ast[value].kind {
                Kind::String(text) => &|shape| equal_string(shape, ast.text(*text)),
                Kind::Number(number) => &|shape| equal_number(shape, *number),
                Kind::Bool(true) => &|shape: &Shape| shape.only(Kinds::TRUE),
                Kind::Bool(false) => &|shape: &Shape| shape.only(Kinds::FALSE),
                Kind::Null => &|shape: &Shape| shape.only(Kinds::NULL),
                _ => return unknown(),
            };
            (narrowed(document, &names, equal), document.clone())
        }
        _ => unknown(),
    }
}

/// The documents that have something at these members of members, of which `change` is what is left. A path looks through
/// arrays: what one of them may hold stays what it is.
fn narrowed(document: &Shape, names: &[&str], change: &dyn Fn(&Shape) -> Shape) -> Shape {
    let Some((name, rest)) = names.split_first() else { return change(document) };
    if names.len() > MAX_DEPTH as usize {
        return document.clone();
    }
    let member = document.member(name);
    let objects = document.with_member(name, Member::must(narrowed(&member.shape, rest, change)));
    objects.join(&document.only(Kinds::ARRAY)).made_at(document.origin())
}

/// The members of members of the input that a path names: `$states.input.a.b`.
fn input_members(jsonata: &Jsonata, id: ExprId) -> Option<Vec<&str>> {
    let ast = &jsonata.parsed.ast;
    let Kind::Path(steps) = &ast[id].kind else { return None };
    let (&first, rest) = steps.split_first()?;
    if jsonata.scopes.free_variable(ast, first) != Some("states") || ast[id].keeps_array {
        return None;
    }
    let name = |&step: &ExprId| match ast[step].kind {
        Kind::Name(name) => Some(ast.text(name)),
        _ => None,
    };
    let names: Vec<&str> = rest.iter().map(name).collect::<Option<_>>()?;
    match names.split_first()? {
        (&"input", rest) => Some(rest.to_vec()),
        _ => None,
    }
}

/// A path, step by step; nothing where a step is of a sort that is not followed here.
fn path(ast: &Ast, steps: &[ExprId], known: &[Given]) -> Option<Given> {
    let (&first, rest) = steps.split_first()?;
    let mut given = known[first.index()].clone();
    for &step in rest {
        if given.shape.is_never() {
            return Some(given);
        }
        given = match &ast[step].kind {
            Kind::Name(name) => given.step(ast.text(*name)),
            Kind::Filter { input, .. } if !ast[step].keeps_array => match &ast[*input].kind {
                Kind::Name(name) => given.step(ast.text(*name)).sequence(),
                _ => return None,
            },
            // Evaluated once for each item: what stands in it knows nothing of its context.
            Kind::Object(_) | Kind::Block(_) => known[step.index()].sequence(),
            _ => return None,
        };
    }
    Some(given)
}

fn object(ast: &Ast, list: &[ExprId], known: &[Given]) -> Given {
    let mut members: Vec<(Arc<str>, Member)> = Vec::with_capacity(list.len() / 2);
    let mut rest = Rest::Nothing;
    for (key, value) in pairs(list) {
        match &ast[key].kind {
            Kind::String(text) => members.push((ast.text(*text).into(), known[value.index()].member())),
            _ => rest = Rest::Any,
        }
    }
    if rest == Rest::Any {
        // A key that is computed may be the name of any other: two of one name fail.
        members.iter_mut().for_each(|(_, member)| member.shape = member.shape.join(&Shape::any()));
    }
    Given::certain(Shape::object(members, rest))
}

fn array(ast: &Ast, list: &[ExprId], known: &[Given]) -> Given {
    // What is written as an array stays one item, other arrays are poured in.
    let is_item = |id: ExprId| {
        let given = &known[id.index()];
        let is_written = matches!(ast[id].kind, Kind::Array(_));
        !given.may_lack && (is_written || !given.shape.kinds().meets(Kinds::ARRAY))
    };
    let shapes = list.iter().map(|id| (*id, &known[id.index()].shape));
    if list.iter().all(|&id| is_item(id)) {
        return Given::certain(Shape::tuple(shapes.map(|(_, shape)| shape.clone()).collect()));
    }
    let each = shapes.fold(Shape::never(), |all, (id, shape)| {
        let items = if matches!(ast[id].kind, Kind::Array(_)) { shape.clone() } else { items_of(shape) };
        all.join(&items)
    });
    let least = list.iter().filter(|&&id| is_item(id)).count();
    Given::certain(Shape::array(each, least))
}

/// `$merge` of an array of objects.
fn merged(list: &Given) -> Given {
    let Some(items) = list.shape.list().and_then(|list| list.as_exact()).filter(|_| !list.may_lack) else {
        return Given::possible(Shape::of(Kinds::OBJECT));
    };
    let Some((first, rest)) = items.split_first() else { return Given::possible(Shape::of(Kinds::OBJECT)) };
    Given::certain(rest.iter().fold(first.only(Kinds::OBJECT), |all, item| all.merged(item)))
}
