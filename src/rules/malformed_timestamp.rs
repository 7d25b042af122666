//! Timestamps that are none.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Comparator, Language, Operand, Rule, StateType, jsonata, timestamp};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_language_known) {
        if state.kind == Some(StateType::Wait)
            && let Some(field) = state.field("Timestamp")
        {
            literal(field.value, state.language, sink);
        }
        // A comparator in a JSONata state is a finding of its own.
        for comparison in state.rules().iter().flat_map(Rule::comparisons) {
            if state.language == Language::JsonPath
                && matches!(comparison.comparator, Comparator::Timestamp(_, Operand::Literal))
            {
                literal(comparison.field.value, state.language, sink);
            }
        }
    }
}

fn literal(value: Node<'_>, language: Language, sink: &mut Sink<'_>) {
    let Some(text) = value.as_str().filter(|_| !value.is_open()) else { return };
    let is_expression = jsonata::expression_in(text) != jsonata::Delimited::Literal;
    if is_expression && language == Language::Jsonata {
        return; // other rules read it
    }
    let (span, message) = match timestamp::rfc3339(text) {
        Ok(_) => return,
        Err(_) if is_expression => {
            (value.token(), "an expression is no timestamp: the query language of this state is JSONPath".to_owned())
        }
        Err(error) => (value.fault_span(&value.text_map(), error.span), error.message),
    };
    let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", value);
    let finding = sink.report_at(value, span, message);
    finding.refusal = refusal;
    finding.notes.push("the service takes timestamps like `2024-03-14T15:09:26Z`".to_owned());
}
