//! Timestamps that the service does not read.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::literal::{self, Reading};
use crate::asl::{Comparator, Field, Language, Operand, Rule, StateType, jsonata, timestamp};
use crate::diagnostic::{Applicability, Fix};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_language_known) {
        if state.kind == Some(StateType::Wait)
            && let Some(field) = state.field("Timestamp")
        {
            timestamp(cx, field, state.language, sink);
        }
        // A comparator in a JSONata state is a finding of its own.
        for comparison in state.rules().iter().flat_map(Rule::comparisons) {
            if state.language == Language::JsonPath
                && matches!(comparison.comparator, Comparator::Timestamp(_, Operand::Literal))
            {
                timestamp(cx, comparison.field, state.language, sink);
            }
        }
    }
}

fn timestamp(cx: &Analysis<'_>, field: Field<'_>, language: Language, sink: &mut Sink<'_>) {
    let value = field.value;
    let Some(text) = value.as_str().filter(|_| !value.is_open()) else { return };
    let is_expression = jsonata::expression_in(text) != jsonata::Delimited::Literal;
    if is_expression && language == Language::Jsonata {
        return; // other rules read it
    }
    let Err(error) = timestamp::rfc3339(text) else { return };
    let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", value);
    if is_expression {
        let message = "an expression is no timestamp: the query language of this state is JSONPath";
        let finding = sink.report(value, message);
        finding.refusal = refusal;
        finding.notes.push("a state with `\"QueryLanguage\": \"JSONata\"` evaluates it".to_owned());
        return;
    }
    let reading = literal::jsonpath(text, cx.assigned());
    if language == Language::JsonPath && matches!(reading, Some(Reading::Path(_) | Reading::Root)) {
        let name = format!("{}Path", field.name());
        let finding = sink.report(value, format!("a path is no timestamp: `{name}` takes one"));
        finding.refusal = refusal;
        if field.key.parent().is_some_and(|object| object.get(&name).is_none()) {
            finding.fixes.push(Fix {
                title: format!("rename the field to `{name}`"),
                edits: vec![field.key.rewritten(&name)],
                applicability: Applicability::Unsafe,
            });
        }
        return;
    }
    if language == Language::Jsonata && text.starts_with('$') {
        let finding = sink.report(value, "this is no timestamp, and no JSONata without `{%` and `%}` around it");
        finding.refusal = refusal;
        if let Some(expression) = delimited(cx, text, reading) {
            finding.fixes.push(Fix {
                title: format!("write `{expression}`"),
                edits: vec![value.rewritten(&expression)],
                applicability: Applicability::Unsafe,
            });
        }
        return;
    }
    let finding = sink.report_at(value, value.fault_span(&value.text_map(), error.span), error.message);
    finding.refusal = refusal;
    finding.notes.push("the service takes timestamps like `2024-03-14T15:09:26Z`".to_owned());
}

/// The expression that was meant.
fn delimited(cx: &Analysis<'_>, text: &str, reading: Option<Reading>) -> Option<String> {
    let inner = match (literal::jsonata(text, cx.assigned()), reading) {
        (Some(inner), _) => inner.to_owned(),
        (None, Some(Reading::Path(path))) => literal::translated(&path)?,
        _ => return None,
    };
    Some(format!("{{% {inner} %}}"))
}
