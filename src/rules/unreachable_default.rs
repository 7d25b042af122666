//! `Default` of Choices whose rules take everything.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Language;
use crate::symex::{Because, Verdict};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        let Some(default) = state.choice().and_then(|choice| choice.default) else { continue };
        let Some(Verdict::Dead(Because::Exhaustive { failing, .. })) = &proved.default else { continue };
        // A condition of constants is told by the rule on those.
        if state.language != Language::JsonPath {
            continue;
        }
        let message = if failing.is_empty() {
            "`Default` is never taken: for every document some rule holds"
        } else {
            "`Default` is never taken: for every document some rule holds, or fails the execution because a value is missing"
        };
        sink.report(default.key, message);
    }
}
