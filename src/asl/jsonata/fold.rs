//! Values that are known without running anything: the part of [`infer`](super::infer()) that computes.

use super::ast::{ExprId, Kind, Op};
use super::infer::{Constant, Pass};

impl Pass<'_> {
    pub(super) fn truth(&self, id: ExprId) -> Option<bool> {
        Some(match self.known.constant(id)? {
            Constant::Bool(value) => value,
            Constant::Number(number) => number != 0.0,
            Constant::String(string) => !self.string(string)?.is_empty(),
        })
    }

    pub(super) fn string(&self, id: ExprId) -> Option<&str> {
        match self.ast[id].kind {
            Kind::String(text) => Some(self.ast.text(text)),
            _ => None,
        }
    }

    pub(super) fn constant(&self, id: ExprId) -> Option<Constant> {
        let of = |id: ExprId| self.known.constant(id);
        match &self.ast[id].kind {
            Kind::String(_) => Some(Constant::String(id)),
            Kind::Number(number) => Some(Constant::Number(*number)),
            Kind::Bool(value) => Some(Constant::Bool(*value)),
            Kind::Block(list) => list.last().and_then(|&last| of(last)),
            Kind::Negate(operand) => match of(*operand)? {
                Constant::Number(number) => Some(Constant::Number(-number)),
                _ => None,
            },
            Kind::Variable(_) => self.flow.value(id).and_then(of),
            Kind::Binary { op, left, right, .. } => self.folded(*op, *left, *right),
            Kind::Conditional { condition, then, otherwise } => {
                if self.truth(*condition)? {
                    of(*then)
                } else {
                    of((*otherwise)?)
                }
            }
            Kind::Call { callee, args } => {
                let name = self.scopes.free_variable(self.ast, *callee)?;
                if !matches!(name, "not" | "boolean") || self.assigned.contains(name) || self.is_applied(id) {
                    return None;
                }
                let [arg] = args.as_slice() else { return None };
                Some(Constant::Bool(self.truth(*arg)? == (name == "boolean")))
            }
            _ => None,
        }
    }

    fn folded(&self, op: Op, left: ExprId, right: ExprId) -> Option<Constant> {
        use Constant::{Bool, Number, String};
        let (one, other) = (self.known.constant(left), self.known.constant(right));
        match op {
            // One side may decide alone; what the other does if it is evaluated is another matter.
            Op::And if self.truth(left) == Some(false) => return Some(Bool(false)),
            Op::Or if self.truth(left) == Some(true) => return Some(Bool(true)),
            _ => {}
        }
        let (one, other) = (one?, other?);
        Some(match (op, one, other) {
            (Op::And, ..) => Bool(self.truth(left)? && self.truth(right)?),
            (Op::Or, ..) => Bool(self.truth(left)? || self.truth(right)?),
            (Op::Equal | Op::NotEqual, ..) => {
                let is_equal = match (one, other) {
                    (String(one), String(other)) => self.string(one)? == self.string(other)?,
                    _ => one == other,
                };
                Bool(is_equal == (op == Op::Equal))
            }
            (Op::Less, Number(one), Number(other)) => Bool(one < other),
            (Op::LessOrEqual, Number(one), Number(other)) => Bool(one <= other),
            (Op::Greater, Number(one), Number(other)) => Bool(one > other),
            (Op::GreaterOrEqual, Number(one), Number(other)) => Bool(one >= other),
            (_, Number(one), Number(other)) => {
                let number = match op {
                    Op::Add => one + other,
                    Op::Subtract => one - other,
                    Op::Multiply => one * other,
                    Op::Divide => one / other,
                    Op::Remainder => one % other,
                    _ => return None,
                };
                return number.is_finite().then_some(Number(number));
            }
            _ => return None,
        })
    }
}
