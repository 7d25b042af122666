//! Timestamps that are none.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Comparator, Field, Operand, Rule, StateType, Test, jsonata, timestamp};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        if state.kind == Some(StateType::Wait)
            && let Some(field) = state.field("Timestamp")
        {
            literal(field, sink);
        }
        for rule in state.choice().map(|choice| choice.rules.as_slice()).unwrap_or_default() {
            operands(rule, sink);
        }
    }
}

/// Recursion is bounded by the depth of the tree.
fn operands(rule: &Rule<'_>, sink: &mut Sink<'_>) {
    if let Some(Test::Comparison(comparison)) = &rule.test
        && let Comparator::Timestamp(_, Operand::Literal) = comparison.comparator
    {
        literal(comparison.field, sink);
    }
    for nested in rule.nested() {
        operands(nested, sink);
    }
}

fn literal(field: Field<'_>, sink: &mut Sink<'_>) {
    let value = field.value;
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
        if text.starts_with('$') {
            finding.notes.push(format!("a path stands in `{}Path`, JSONata between `{{%` and `%}}`", field.name()));
        }
    }
}
