//! JSONata that does not parse.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::{Form, Jsonata};
use crate::asl::jsonata::{Kind, Op};
use crate::diagnostic::{Label, Severity};
use crate::syntax::Node;
use crate::text::Span;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions() {
        let Form::Jsonata(jsonata) = &expression.form else { continue };
        if jsonata.parsed.errors.is_empty() {
            newer(expression.node, jsonata, sink);
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
            if error.code == "S0501" {
                finding.message = format!("{}: it is not checked", error.message);
                finding.severity = Severity::Warning;
                finding.notes.push("how deep the service lets expressions nest is not on record".to_owned());
                continue;
            }
            finding.refusal.clone_from(&refusal);
            finding
                .related
                .extend(error.related.map(|(at, label)| Label::new(map.span(at.shifted(inner.start)), label)));
        }
    }
}

/// Operators of JSONata 2.1, in an expression that parses but for them.
fn newer(string: Node<'_>, jsonata: &Jsonata, sink: &mut Sink<'_>) {
    let ast = &jsonata.parsed.ast;
    for id in ast.ids() {
        let Kind::Binary { op, at, .. } = ast[id].kind else { continue };
        let sign = match op {
            Op::Elvis => "?:",
            Op::Coalesce => "??",
            _ => continue,
        };
        let span = string.source_span(at.shifted(jsonata.inner.start));
        let finding = sink.report_at(
            string,
            span,
            format!("`{sign}` came with JSONata 2.1, and the service documents version 2.0.6"),
        );
        finding.severity = Severity::Warning;
        finding.notes.push(
            "version 2.0.6 refuses the expression; `$exists(a) ? a : b` says the same in every version".to_owned(),
        );
    }
}
