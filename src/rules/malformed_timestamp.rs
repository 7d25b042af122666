//! Timestamps that are none.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Comparator, Operand, Rule, StateType, jsonata, timestamp};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        if state.kind == Some(StateType::Wait)
            && let Some(field) = state.field("Timestamp")
        {
            literal(field.value, sink);
        }
        for comparison in state.rules().iter().flat_map(Rule::comparisons) {
            if matches!(comparison.comparator, Comparator::Timestamp(_, Operand::Literal)) {
                literal(comparison.field.value, sink);
            }
        }
    }
}

fn literal(value: Node<'_>, sink: &mut Sink<'_>) {
    let Some(text) = value.as_str().filter(|_| !value.is_open()) else { return };
    if jsonata::expression_in(text) != jsonata::Delimited::Literal {
        return; // an expression, or meant as one
    }
    if let Err(error) = timestamp::rfc3339(text) {
        let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", value);
        let span = value.source_span(error.span);
        let finding = sink.report_at(value, span, error.message);
        finding.refusal = refusal;
        finding.notes.push("the service takes timestamps like `2024-03-14T15:09:26Z`".to_owned());
    }
}
