//! Strings that are JSONata but for their delimiters.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::sites::{Role, strings};
use crate::diagnostic::{Applicability, Fix};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for site in cx.sites().iter().filter(|site| site.role == Role::Jsonata) {
        for string in strings(site.field.value).filter(|string| !string.is_open()) {
            let (part, why) = match jsonata::expression_in(string.content()) {
                Delimited::Literal | Delimited::Expression { .. } => continue,
                Delimited::Padded { before, behind, .. } => {
                    (if before.is_empty() { behind } else { before }, "blanks stand outside its delimiters")
                }
                Delimited::Unclosed { open } => (open, "`%}` is missing at its end"),
                Delimited::Unopened { close } => (close, "`{%` is missing at its start"),
                Delimited::Embedded { outer } => {
                    (outer, "other text stands outside the delimiters, and nothing is filled in")
                }
            };
            let span = string.source_span(part);
            let finding =
                sink.report_at(string, span, format!("this string is taken as it stands, not evaluated: {why}"));
            finding.notes.push("JSONata begins with `{%` and ends with `%}`, to the character".to_owned());
            let trimmed = string.content().trim();
            if trimmed.starts_with("{%") && trimmed.ends_with("%}") && trimmed.matches("{%").count() == 1 {
                finding.fixes.push(Fix {
                    title: "drop the blanks".to_owned(),
                    edits: vec![string.rewritten(trimmed)],
                    applicability: Applicability::Unsafe,
                });
            }
        }
    }
}
