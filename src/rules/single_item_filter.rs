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
        // A path is that of which this is a step.
        let path = ast.ids().find(|&id| matches!(&ast[id].kind, Kind::Path(steps) if steps.contains(&lone)));
        let whole = found.source_span(ast[path.unwrap_or(lone)].span);
        let (at, what) = match &ast[lone].kind {
            Kind::Filter { input, .. } => (Span::new(ast[*input].span.end, end), "one item matches"),
            Kind::Call { callee, .. } => (ast[*callee].span, "it gives one item"),
            Kind::Binary { right, .. } => match &ast[*right].kind {
                Kind::Call { callee, .. } => (ast[*callee].span, "it gives one item"),
                _ => continue,
            },
            Kind::Sort(_) => (ast[lone].span, "there is one item"),
            _ => (ast[lone].span, "the path finds one item"),
        };
        let message =
            format!("where {what}, this is that item and no array: `Items` then runs over its fields, or fails");
        let finding = sink.report_at(found.expression.node, found.source_span(at), message);
        finding.notes.push(
            "JSONata unwraps a result of one item; `[…]` around it is an array always, and empty where there is none"
                .to_owned(),
        );
        finding.fixes.push(Fix {
            title: "put it into `[…]`".to_owned(),
            edits: vec![
                Edit { span: Span::empty(whole.start), text: "[".to_owned() },
                Edit { span: Span::empty(whole.end), text: "]".to_owned() },
            ],
            applicability: Applicability::Unsafe,
        });
    }
}
