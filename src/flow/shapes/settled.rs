//! Parts of a JSONata condition whose outcome is certain: `=`, `!=`, `and`, `or`, `$not` and `$exists`.

use crate::asl::expression::Form;
use crate::asl::jsonata::{ExprId, Kind, Op};
use crate::flow::shape::{Kinds, Shape};
use crate::syntax::Node;

use super::expressions::View;
use super::jsonata::Given;
use super::{Pass, Settled};

/// What a part of an expression comes to by what its own parts may be; `None` where it is none of these.
pub(super) fn given(op: Op, left: &Given, right: &Given) -> Option<Given> {
    let outcome = match op {
        Op::Equal => equal(left, right),
        // Where one side is nothing, `!=` is as false as `=` is.
        Op::NotEqual if left.may_lack || right.may_lack => None,
        Op::NotEqual => equal(left, right).map(|equal| !equal),
        Op::And => match (truth(left), truth(right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Op::Or => match (truth(left), truth(right)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            let holds = ordered(op, left, right)?;
            let may_lack = left.may_lack || right.may_lack;
            return Some(Given { shape: Shape::boolean(holds), may_lack });
        }
        _ => return None,
    };
    Some(boolean(outcome))
}

/// What the order of numbers comes to that are known, where it is the same for all of them.
fn ordered(op: Op, left: &Given, right: &Given) -> Option<bool> {
    let are_numbers = [left, right].iter().all(|side| side.shape.kinds() == Kinds::NUMBER);
    let (ones, others) = left.shape.numbers().zip(right.shape.numbers()).filter(|_| are_numbers)?;
    let holds = |one: f64, other: f64| match op {
        Op::Less => one < other,
        Op::LessOrEqual => one <= other,
        Op::Greater => one > other,
        _ => one >= other,
    };
    let mut all = ones.iter().flat_map(|&one| others.iter().map(move |&other| holds(one, other)));
    let first = all.next()?;
    all.all(|holds| holds == first).then_some(first)
}

/// What comes of two numbers that are known and small, so that nothing is rounded.
pub(super) fn sum(op: Op, left: &Given, right: &Given) -> Option<Given> {
    let number = |side: &Given| match side.shape.numbers() {
        Some(&[one]) if side.shape.kinds() == Kinds::NUMBER && !side.may_lack => exact(one),
        _ => None,
    };
    let (one, other) = (number(left)?, number(right)?);
    let sum = match op {
        Op::Add => one + other,
        Op::Subtract => one - other,
        Op::Multiply => one * other,
        _ => return None,
    };
    Some(Given::certain(Shape::number(sum)))
}

/// A number that is whole and far from where numbers are rounded.
pub(super) fn exact(number: f64) -> Option<f64> {
    (number.fract() == 0.0 && number.abs() < 1e6).then_some(number)
}

/// What a call of `$not` or `$exists` comes to; `None` where it is none of these.
pub(super) fn called(name: &str, argument: &Given) -> Option<Given> {
    let outcome = match name {
        "exists" if argument.shape.is_never() => Some(false),
        "exists" => (!argument.may_lack).then_some(true),
        // Of nothing it gives nothing.
        "not" if argument.may_lack => return None,
        "not" => truth(argument).map(|truth| !truth),
        _ => return None,
    };
    Some(boolean(outcome))
}

fn boolean(outcome: Option<bool>) -> Given {
    Given::certain(outcome.map_or_else(|| Shape::of(Kinds::BOOLEAN), Shape::boolean))
}

/// Whether two values are equal, where that is certain. Nothing is equal to nothing.
fn equal(left: &Given, right: &Given) -> Option<bool> {
    let (one, other) = (&left.shape, &right.shape);
    let common = one.kinds() & other.kinds();
    let differ = |kind: Kinds| match kind {
        Kinds::STRING => apart(one.strings(), other.strings()),
        Kinds::NUMBER => apart(one.numbers(), other.numbers()),
        _ => false,
    };
    let kinds = [Kinds::NULL, Kinds::TRUE, Kinds::FALSE, Kinds::NUMBER, Kinds::STRING, Kinds::ARRAY, Kinds::OBJECT];
    if kinds.into_iter().filter(|&kind| common.meets(kind)).all(differ) {
        return Some(false);
    }
    let is_same = one.kinds() == other.kinds()
        && match one.kinds() {
            Kinds::NULL | Kinds::TRUE | Kinds::FALSE => true,
            Kinds::STRING => is_one(one.strings(), other.strings()),
            Kinds::NUMBER => is_one(one.numbers(), other.numbers()),
            _ => false,
        };
    (is_same && !left.may_lack && !right.may_lack).then_some(true)
}

/// Whether two sets of constants have nothing in common.
fn apart<T: PartialEq>(one: Option<&[T]>, other: Option<&[T]>) -> bool {
    one.zip(other).is_some_and(|(one, other)| !one.iter().any(|value| other.contains(value)))
}

/// Whether two sets of constants are one and the same constant.
fn is_one<T: PartialEq>(one: Option<&[T]>, other: Option<&[T]>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.len() == 1 && one == other)
}

/// What `$boolean` gives where that is certain and easily told.
fn truth(of: &Given) -> Option<bool> {
    match of.shape.kinds() {
        Kinds::TRUE if !of.may_lack => Some(true),
        Kinds::FALSE | Kinds::NULL => Some(false),
        kinds if kinds.is_empty() => Some(false),
        _ => None,
    }
}

impl<'t> Pass<'_, 't> {
    /// Takes down the comparisons of a condition that come out the same for whatever the Choice is entered with.
    pub(super) fn take_down_settled(&mut self, node: Node<'t>, view: View<'_, 't>) {
        let Some(i) = self.expression_at(node).filter(|_| self.record.is_some()) else { return };
        let expressions = self.facts.expressions;
        let (Form::Jsonata(jsonata), Some(inference)) = (&expressions[i].form, &self.facts.inferences[i]) else {
            return;
        };
        let ast = &jsonata.parsed.ast;
        let is_comparison = |id: ExprId| match &ast[id].kind {
            Kind::Binary { op: Op::Equal | Op::NotEqual, left, right, .. } => Some((*left, *right)),
            Kind::Call { callee, args } if jsonata.scopes.free_variable(ast, *callee) == Some("exists") => {
                args.first().map(|&arg| (arg, arg))
            }
            _ => None,
        };
        if !ast.ids().any(|id| is_comparison(id).is_some()) {
            return;
        }
        let whole = self.now.effective.clone();
        let known = self.parts(jsonata, inference, View { document: &whole, input: &whole, ..view });
        let mut found = Vec::new();
        for id in ast.ids() {
            let Some((left, right)) = is_comparison(id) else { continue };
            // What constants alone decide is a finding of its own.
            if [left, right].iter().all(|&side| inference.constant(side).is_some()) {
                continue;
            }
            let outcome = match known[id.index()].shape.kinds() {
                Kinds::TRUE => true,
                Kinds::FALSE => false,
                _ => continue,
            };
            let side = |id: ExprId| (ast[id].span.shifted(jsonata.inner.start), known[id.index()].shape.clone());
            let span = ast[id].span.shifted(jsonata.inner.start);
            found.push(Settled {
                state: view.state.id,
                node,
                span,
                outcome,
                sides: (left != right).then(|| [side(left), side(right)]),
            });
        }
        self.record.iter_mut().for_each(|record| record.settled.append(&mut found));
    }
}
