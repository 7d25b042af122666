//! Choice rules that hold for nothing.

use super::Sink;
use crate::analysis::Analysis;
use crate::symex::{Because, Verdict};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        for (rule, verdict) in state.rules().iter().zip(&proved.rules) {
            let Some(operator) = rule.operators.first() else { continue };
            // What a condition of constants comes to is told by the rule on those.
            if *verdict == Verdict::Dead(Because::Contradiction) && cx.constant_condition(operator).is_none() {
                sink.report(operator.key, "this rule never holds: nothing is all that it asks for at once");
            }
        }
    }
}
