//! Choice rules that hold for nothing.

use super::Sink;
use crate::analysis::{Analysis, Inferred};
use crate::asl::Rule;
use crate::asl::jsonata::{ExprId, Kind, Op, Types};
use crate::symex::{Because, Verdict};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        for (rule, verdict) in state.rules().iter().zip(&proved.rules) {
            let Some(operator) = rule.operators.first() else { continue };
            if *verdict == Verdict::Dead(Because::Contradiction) && !says_itself(cx, rule) {
                sink.report(operator.key, "this rule never holds: nothing is all that it asks for at once");
            }
        }
    }
}

/// Whether a rule is a condition that comes to the same by its own text, or to no boolean: rules on JSONata tell of that.
pub(super) fn says_itself(cx: &Analysis<'_>, rule: &Rule<'_>) -> bool {
    let Some(condition) = rule.operators.first().filter(|operator| operator.name() == "Condition") else {
        return false;
    };
    let value = condition.value;
    let mut inferred = cx.inferred().filter(|found| found.expression.node.index() == value.index());
    value.as_str().is_none()
        || inferred.next().is_none_or(|found| {
            found.expression.references().is_empty()
                || found.ast().ids().any(|id| is_settled(&found, id))
                || !gives_a_boolean(&found, found.ast().root())
        })
}

/// Whether an operand of `and` and `or` is a constant, or the whole is.
fn is_settled(found: &Inferred<'_, '_>, id: ExprId) -> bool {
    let is_constant = |id: ExprId| found.inference.constant(id).is_some();
    match found.ast()[id].kind {
        Kind::Binary { op: Op::And | Op::Or, left, right, .. } => is_constant(left) || is_constant(right),
        _ => id == found.ast().root() && is_constant(id),
    }
}

/// Whether each of the ways out of an expression may come to a boolean. Recursion is bounded by the parser.
fn gives_a_boolean(found: &Inferred<'_, '_>, id: ExprId) -> bool {
    let gives = |id: ExprId| gives_a_boolean(found, id);
    match &found.ast()[id].kind {
        Kind::Conditional { then, otherwise, .. } => gives(*then) && otherwise.is_none_or(gives),
        Kind::Block(parts) => parts.last().is_none_or(|&last| gives(last)),
        _ => found.inference.types(id).meets(Types::BOOL),
    }
}
