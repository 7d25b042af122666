//! `Default` of Choices whose rules take everything.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Language;
use crate::symex::{Because, Verdict};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        let Some(default) = state.choice().and_then(|choice| choice.default) else { continue };
        let Some(Verdict::Dead(Because::Exhaustive(cover))) = &proved.default else { continue };
        // A condition of constants is told by the rule on those, and one that always fails by that on what it gives.
        let is_told = |number: &usize| {
            let operator = state.rules().get(*number).and_then(|rule| rule.operators.first());
            operator.is_some_and(|operator| cx.constant_condition(operator).is_some())
                || proved.rules.get(*number) == Some(&Verdict::Dead(Because::Fails))
        };
        if cover.rules.iter().any(is_told) {
            continue;
        }
        let message = match (cover.failing.is_empty(), state.language) {
            (true, _) => "`Default` is never taken: for every document some rule holds",
            (false, Language::JsonPath) => {
                "`Default` is never taken: for every document some rule holds, or fails the execution because a value is missing"
            }
            (false, Language::Jsonata) => {
                "`Default` is never taken: for every document some condition holds, or fails the execution"
            }
        };
        sink.report(default.key, message);
    }
}
