//! `Default` of Choices whose rules take everything.

use super::Sink;
use super::contradictory_rule::says_itself;
use crate::analysis::Analysis;
use crate::asl::Language;
use crate::symex::{Because, Verdict};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        let Some(default) = state.choice().and_then(|choice| choice.default) else { continue };
        let Some(Verdict::Dead(Because::Exhaustive { rules, failing })) = &proved.default else { continue };
        // A condition of constants is told by the rule on those.
        if rules.iter().any(|&rule| says_itself(cx, &state.rules()[rule])) {
            continue;
        }
        let message = match (failing.is_empty(), state.language) {
            (true, _) => "`Default` is never taken: for every document some rule holds",
            (false, Language::JsonPath) => {
                "`Default` is never taken: for every document some rule holds, or fails the execution because a value is missing"
            }
            (false, Language::Jsonata) => {
                "`Default` is never taken: for every document some rule holds, or fails the execution by being neither true nor false"
            }
        };
        sink.report(default.key, message);
    }
}
