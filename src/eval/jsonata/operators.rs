//! Operators between two operands into what they give.

use super::compare::{is_equal, is_same};
use super::evaluate::{Evaluation, Fallible, fail, finish};
use super::frame::FrameId;
use super::item::{Item, Shape, list};
use crate::asl::jsonata::{ExprId, Kind, Op};
use crate::eval::java;
use crate::eval::value::Value;
use crate::text::Span;

/// How many items a range may have, as in the reference implementation.
pub(super) const MAX_RANGE: f64 = 1e7;

impl Evaluation<'_> {
    /// A node with two operands. A chain of operators that groups to the left, however long, is no recursion.
    pub(super) fn binary(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let mut outer = Vec::new();
        let mut here = id;
        let first = loop {
            let Kind::Binary { left, .. } = self.ast[here].kind else { return Ok(None) };
            if !matches!(self.ast[left].kind, Kind::Binary { .. }) {
                break left;
            }
            outer.push(here);
            here = left;
        };
        let mut left = self.evaluate(first, input, frame)?;
        loop {
            let Kind::Binary { op, at, left: before, right } = self.ast[here].kind else { return Ok(None) };
            let node = Operation { id: here, op, at, left: self.span(before), right };
            let raw = self.operate(&node, left, input, frame)?;
            let Some(around) = outer.pop() else { return Ok(raw) };
            self.spend(at, 1)?;
            left = finish(raw, op == Op::Chain && self.chain_keeps_array(here));
            self.check_depth(left.as_ref(), at)?;
            here = around;
        }
    }

    fn operate(
        &mut self,
        node: &Operation,
        left: Option<Item>,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        match node.op {
            Op::And | Op::Or => {
                let decides = node.op == Op::Or;
                let mut holds = self.is_true(left.as_ref(), node.left)?;
                if holds != decides {
                    let right = self.evaluate(node.right, input, frame)?;
                    holds = self.is_true(right.as_ref(), self.span(node.right))?;
                }
                Ok(Some(Item::from(holds)))
            }
            Op::Elvis => {
                let holds = self.is_true(left.as_ref(), node.left)?;
                if holds { Ok(left) } else { self.evaluate(node.right, input, frame) }
            }
            Op::Coalesce => match left {
                Some(_) => Ok(left),
                None => self.evaluate(node.right, input, frame),
            },
            Op::Chain => {
                self.nest(node.at, 1)?;
                let given = self.chain(node.id, left, node.right, input, frame);
                self.unnest(1);
                given
            }
            _ => {
                let right = self.evaluate(node.right, input, frame)?;
                self.compute(node, left, right)
            }
        }
    }

    /// What needs both operands and nothing else.
    fn compute(&mut self, node: &Operation, left: Option<Item>, right: Option<Item>) -> Fallible<Option<Item>> {
        let right_span = self.span(node.right);
        let result = match node.op {
            Op::Concat => {
                let left = self.text_or_empty(left.as_ref(), node.left)?;
                let right = self.text_or_empty(right.as_ref(), right_span)?;
                self.spend_on_text(node.at, left.len() + right.len())?;
                Item::from([&*left, &*right].concat())
            }
            Op::Equal | Op::NotEqual => match (left, right) {
                (Some(left), Some(right)) => {
                    let equal = is_equal(&left, &right, &mut |units| self.spend(node.at, units))?;
                    Item::from(equal == (node.op == Op::Equal))
                }
                _ => Item::from(false),
            },
            Op::In => match (left, right) {
                (Some(left), Some(right)) => {
                    let items = right.items_or_self();
                    self.spend(node.at, items.len())?;
                    Item::from(items.iter().any(|item| is_same(&left, &item)))
                }
                _ => Item::from(false),
            },
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                return self.order(node, left.as_ref(), right.as_ref());
            }
            Op::Range => return self.range(node, left.as_ref(), right.as_ref()),
            _ => {
                let left = self.operand(left.as_ref(), node.left, node.at, "T2001")?;
                let right = self.operand(right.as_ref(), right_span, node.at, "T2002")?;
                let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
                Item::from(match node.op {
                    Op::Add => left + right,
                    Op::Subtract => left - right,
                    Op::Multiply => left * right,
                    Op::Divide => left / right,
                    _ => left % right,
                })
            }
        };
        Ok(Some(result))
    }

    /// A side of an arithmetic operator.
    fn operand(&self, item: Option<&Item>, span: Span, at: Span, code: &'static str) -> Fallible<Option<f64>> {
        let Some(item) = item else { return Ok(None) };
        match self.as_number(item, span)? {
            Some(number) => Ok(Some(number)),
            None => fail(span, code, format!("`{}` takes numbers, and this is {}", self.source(at), item.describe())),
        }
    }

    /// A number to compute with; none where an item is something else, an error where it is out of range.
    pub(super) fn as_number(&self, item: &Item, at: Span) -> Fallible<Option<f64>> {
        match item.as_f64() {
            Some(number) if number.is_infinite() => fail(at, "D1001", "number is out of range"),
            number => Ok(number.filter(|number| !number.is_nan())),
        }
    }

    fn order(&mut self, node: &Operation, left: Option<&Item>, right: Option<&Item>) -> Fallible<Option<Item>> {
        for (side, span) in [(left, node.left), (right, self.span(node.right))] {
            if let Some(item) = side
                && item.as_f64().is_none()
                && item.as_str().is_none()
            {
                let operator = self.source(node.at);
                let message = format!("`{operator}` compares numbers or strings, and this is {}", item.describe());
                return fail(span, "T2010", message);
            }
        }
        let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
        let order = match (left.as_f64(), right.as_f64(), left.as_str(), right.as_str()) {
            (Some(one), Some(other), ..) => one.partial_cmp(&other),
            (.., Some(one), Some(other)) => {
                self.spend_on_text(node.at, one.len().min(other.len()))?;
                Some(java::compare(one, other))
            }
            _ => {
                let message = format!("{} is compared with {}", left.describe(), right.describe());
                return fail(self.span(node.id), "T2009", message);
            }
        };
        let holds = order.is_some_and(|order| match node.op {
            Op::Less => order.is_lt(),
            Op::LessOrEqual => order.is_le(),
            Op::Greater => order.is_gt(),
            _ => order.is_ge(),
        });
        Ok(Some(Item::from(holds)))
    }

    fn range(&mut self, node: &Operation, left: Option<&Item>, right: Option<&Item>) -> Fallible<Option<Item>> {
        for (side, span, code) in [(left, node.left, "T2003"), (right, self.span(node.right), "T2004")] {
            if let Some(item) = side
                && !item.as_f64().is_some_and(|number| number.fract() == 0.0)
            {
                return fail(span, code, format!("`..` takes whole numbers, and this is {}", item.describe()));
            }
        }
        let (Some(from), Some(to)) = (left.and_then(Item::as_f64), right.and_then(Item::as_f64)) else {
            return Ok(None);
        };
        if from > to {
            return Ok(None);
        }
        let size = to - from + 1.0;
        if size > MAX_RANGE {
            return fail(self.span(node.id), "D2014", format!("range has {size} items, and {MAX_RANGE} are allowed"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, from 1 to MAX_RANGE")]
        let size = size as u32;
        self.spend(node.at, size as usize)?;
        let numbers = (0..size).map(|step| Item::Json(Value::from(from + f64::from(step))));
        Ok(Some(list(numbers.collect(), Shape::Sequence)))
    }

    /// What is written at `at`.
    pub(super) fn source(&self, at: Span) -> &str {
        at.of(self.ast.source())
    }
}

/// An operator and where its parts stand.
struct Operation {
    id: ExprId,
    op: Op,
    /// Its token.
    at: Span,
    left: Span,
    right: ExprId,
}
