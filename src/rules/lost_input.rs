//! Reads of what the input had before a result or an error took its place.

use super::Sink;
use super::absent_field::{Absent, Why, absences, first_of, grouped, member_before};
use crate::analysis::Analysis;
use crate::asl::{Catcher, Language, State};
use crate::diagnostic::{Applicability, Diagnostic, Label};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let is_lost = |absent: &Absent<'_, '_>| matches!(absent.why, Why::Caught(..) | Why::Replaced(_)).then_some(());
    for group in grouped(absences(cx), is_lost) {
        let Some((first, others)) = first_of(&group) else { continue };
        match first.why {
            Why::Caught(state, catcher) => caught(first, others, state, catcher, sink),
            Why::Replaced(state) => replaced(first, others, state, sink),
            Why::Wrapped(..) | Why::Other => {}
        }
    }
}

fn caught(absent: &Absent<'_, '_>, others: Vec<Label>, state: &State<'_>, catcher: &Catcher<'_>, sink: &mut Sink<'_>) {
    let (name, text) = (state.name(), absent.text());
    let message = format!("`{text}` is lost: the error of `{name}` has taken the place of its input");
    let finding = absent.report(sink, &message);
    finding.related.extend(others);
    keep_input(finding, state, catcher);
}

/// How a catcher keeps the input of its state.
pub(super) fn keep_input(finding: &mut Diagnostic, state: &State<'_>, catcher: &Catcher<'_>) {
    if state.language == Language::Jsonata {
        finding.notes.push(
            "a catcher without `Output` hands on the error alone; `\"Output\": \"{% $merge([$states.input, {'error': $states.errorOutput}]) %}\"` keeps the input beside it".to_owned(),
        );
        return;
    }
    finding.notes.push("a catcher without `ResultPath` hands on `{Error, Cause}` and nothing of the input".to_owned());
    if let Some(next) = catcher.next.filter(|_| catcher.node.get("ResultPath").is_none()) {
        let edits = member_before(next.key, "ResultPath", "$.error");
        finding.offer(Applicability::Unsafe, "add `\"ResultPath\": \"$.error\"` to the catcher", edits);
    }
}

fn replaced(absent: &Absent<'_, '_>, others: Vec<Label>, state: &State<'_>, sink: &mut Sink<'_>) {
    let (name, text) = (state.name(), absent.text());
    let message = format!("`{text}` is lost: the result of `{name}` has taken the place of its input");
    let finding = absent.report(sink, &message);
    finding.related.extend(others);
    finding.notes.push(
        "without `ResultPath` a state hands on its result and nothing of its input; `\"ResultPath\": \"$.result\"` keeps both, `null` the input alone".to_owned(),
    );
    absent.cure_of_case(finding);
    if let Some(other) = state.field("Next").or_else(|| state.field("End")) {
        let edits = member_before(other.key, "ResultPath", "$.result");
        finding.offer(Applicability::Unsafe, format!("add `\"ResultPath\": \"$.result\"` to `{name}`"), edits);
    }
}
