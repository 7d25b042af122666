//! JSONata that does not parse.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Form;
use crate::diagnostic::Label;
use crate::text::Span;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions() {
        let Form::Jsonata(jsonata) = &expression.form else { continue };
        if jsonata.parsed.errors.is_empty() {
            continue;
        }
        let (string, inner) = (expression.node, jsonata.inner);
        let map = string.text_map();
        let refusal = sink.refusal("INVALID_JSONATA_EXPRESSION", string);
        for error in &jsonata.parsed.errors {
            let mut span = map.span(error.span.shifted(inner.start));
            if span.is_empty() {
                // What is missing at the end is shown at the closing delimiter.
                span = map.span(Span::new(inner.end, inner.end + 2));
            }
            let finding = sink.report_at(string, span, format!("this expression does not parse: {}", error.message));
            finding.refusal.clone_from(&refusal);
            finding
                .related
                .extend(error.related.map(|(at, label)| Label::new(map.span(at.shifted(inner.start)), label)));
        }
    }
}
