//! JSONata that does not parse.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::sites::{Role, strings};
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for site in cx.sites().iter().filter(|site| site.role == Role::Jsonata) {
        for string in strings(site.field.value).filter(|string| !string.is_open()) {
            let text = string.content();
            let Delimited::Expression { inner } = jsonata::expression_in(text) else { continue };
            let errors = jsonata::parse(inner.of(text)).errors;
            if errors.is_empty() {
                continue;
            }
            let map = string.text_map();
            let refusal = sink.refusal("INVALID_JSONATA_EXPRESSION", string);
            for error in errors {
                let mut span = map.span(error.span.shifted(inner.start));
                if span.is_empty() {
                    // What is missing at the end is shown at the closing delimiter.
                    span = map.span(crate::text::Span::new(inner.end, inner.end + 2));
                }
                let finding =
                    sink.report_at(string, span, format!("this expression does not parse: {}", error.message));
                finding.refusal.clone_from(&refusal);
                finding
                    .related
                    .extend(error.related.map(|(at, label)| Label::new(map.span(at.shifted(inner.start)), label)));
            }
        }
    }
}
