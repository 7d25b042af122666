//! Values that are an array, or the item itself where there is one only: the part of [`infer`](super::infer()) that tracks them.

use super::ast::{ExprId, Kind, Op};
use super::infer::{Constant, Pass};
use super::types::Types;

impl Pass<'_> {
    /// Where a value comes from that is the item itself if there is one only; see [`Inference::lone`].
    pub(super) fn lone(&self, id: ExprId) -> Option<ExprId> {
        let of = |id: ExprId| self.known.lone[id.index()];
        let expr = &self.ast[id];
        match &expr.kind {
            _ if expr.keeps_array => None,
            Kind::Filter { input, predicate } => {
                let is_index = self.of(*predicate).meets(Types::NUMBER | Types::ARRAY);
                (!is_index && self.of(*input).meets(Types::ARRAY)).then_some(id)
            }
            Kind::Path(steps) => self.lone_path(steps),
            Kind::Variable(_) => self.flow.value(id).and_then(of),
            Kind::Block(list) => list.last().and_then(|&last| of(last)),
            Kind::Bind { value, .. } => of(*value),
            Kind::Conditional { then, otherwise, .. } => of(*then).or_else(|| otherwise.and_then(of)),
            Kind::Binary { op: Op::Elvis | Op::Coalesce, left, right, .. } => of(*left).or_else(|| of(*right)),
            Kind::Call { callee, args } if !self.is_applied(id) => self.lone_call(id, *callee, args.first().copied()),
            Kind::Binary { op: Op::Chain, left, right, .. } => match self.ast[*right].kind {
                Kind::Call { callee, .. } => self.lone_call(id, callee, Some(*left)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A path is one where its last step is, where that sorts, or where that makes one value of each item.
    fn lone_path(&self, steps: &[ExprId]) -> Option<ExprId> {
        let is_sort = |step: ExprId| matches!(self.ast[step].kind, Kind::Sort(_));
        let &[first, .., last] = steps else { return None };
        let lone = |step: ExprId| self.known.lone[step.index()];
        let before = steps.iter().rev().find(|&&step| !is_sort(step)).and_then(|&step| lone(step));
        let is_plain = !steps.iter().any(|&step| self.is_stream(step)) && !self.has_several(first);
        before.or_else(|| (is_plain && (is_sort(last) || self.maps_each(steps))).then_some(last))
    }

    /// Whether the last step of a path makes a value of each item that is no array, out of what may be several.
    fn maps_each(&self, steps: &[ExprId]) -> bool {
        let &[first, .., last] = steps else { return false };
        // `$states.input.{…}` may as well make one object of one.
        let n_names = usize::from(self.scopes.free_variable(self.ast, first) == Some("states")) * 2;
        let is_made = matches!(self.ast[last].kind, Kind::Object(_) | Kind::Block(_) | Kind::Call { .. });
        let types = self.of(last);
        is_made
            && steps.len() > n_names + 1
            && self.of(first).meets(Types::ARRAY | Types::OBJECT)
            && !matches!(self.ast[first].kind, Kind::Object(_))
            && types.without(Types::NOTHING).misses(Types::ARRAY)
    }

    fn lone_call(&self, id: ExprId, callee: ExprId, arg: Option<ExprId>) -> Option<ExprId> {
        let name = self.scopes.free_variable(self.ast, callee).filter(|name| !self.assigned.contains(name))?;
        let arg = arg?;
        match name {
            "distinct" => self.known.lone[arg.index()],
            "map" if self.has_several(arg) => None,
            "filter" | "map" | "each" | "keys" => Some(id),
            _ => None,
        }
    }

    /// Whether an array is written out, and has two items at least.
    fn has_several(&self, array: ExprId) -> bool {
        let Kind::Array(items) = &self.ast[array].kind else { return false };
        let least = |&item: &ExprId| match self.ast[item].kind {
            Kind::Binary { op: Op::Range, left, right, .. } => {
                let ends = (self.known.constant(left), self.known.constant(right));
                match ends {
                    (Some(Constant::Number(from)), Some(Constant::Number(to))) => {
                        if to > from {
                            2
                        } else {
                            usize::from(to == from)
                        }
                    }
                    _ => 0,
                }
            }
            Kind::Array(_) => 1,
            _ => usize::from(!self.of(item).meets(Types::NOTHING | Types::ARRAY)),
        };
        items.iter().map(least).sum::<usize>() >= 2
    }
}
