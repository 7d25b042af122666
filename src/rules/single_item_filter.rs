//! Filters whose result is taken for an array, and is the item itself where one item matches.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::Kind;
use crate::diagnostic::{Applicability, Fix};
use crate::text::{Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for found in cx.inferred() {
        let site = found.expression.site;
        if site.field.name() != "Items" || site.field.value != found.expression.node {
            continue;
        }
        let ast = found.ast();
        let Some(lone) = found.inference.lone(ast.root()) else { continue };
        let end = ast[lone].span.end;
        let (at, what) = match &ast[lone].kind {
            Kind::Filter { input, .. } => (Span::new(ast[*input].span.end, end), "one item matches"),
            Kind::Call { callee, .. } => (ast[*callee].span, "it gives one item"),
            Kind::Binary { right, .. } => match &ast[*right].kind {
                Kind::Call { callee, .. } => (ast[*callee].span, "it gives one item"),
                _ => continue,
            },
            _ => continue,
        };
        let message =
            format!("where {what}, this is that item and no array: `Items` then runs over its fields, or fails");
        let finding = sink.report_at(found.expression.node, found.source_span(at), message);
        finding.notes.push("JSONata unwraps a result of one item, and `[]` behind it keeps the array".to_owned());
        finding.notes.push(
            "where there is none, the result is nothing and the state fails either way; `[…]` around the whole gives an empty array then"
                .to_owned(),
        );
        finding.fixes.push(Fix {
            title: "keep the array with `[]`".to_owned(),
            edits: vec![Edit {
                span: Span::empty(found.source_span(Span::new(end - 1, end)).end),
                text: "[]".to_owned(),
            }],
            applicability: Applicability::Unsafe,
        });
    }
}
