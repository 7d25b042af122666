//! Expressions that select by a condition, and give nothing where it selects nothing.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{Ast, ExprId, Kind, Op};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for found in cx.inferred() {
        // What selects the items of a Map is `single-item-filter`.
        if found.expression.site.field.name() == "Items" {
            continue;
        }
        let Some(predicate) = deciding(found.ast()) else { continue };
        let span = found.source_span(found.ast()[predicate].span);
        let message = "where nothing meets this condition there is no value, and the state fails with `States.QueryEvaluationError`";
        let finding = sink.report_at(found.expression.node, span, message);
        finding.notes.push(
            "`[…]` around the whole makes an empty array of nothing, `$exists(…) ? … : null` gives a value of its own"
                .to_owned(),
        );
    }
}

/// The condition that decides whether the whole has a value.
fn deciding(ast: &Ast) -> Option<ExprId> {
    let mut id = ast.root();
    loop {
        match &ast[id].kind {
            Kind::Block(list) => id = *list.last()?,
            Kind::Path(steps) => return steps.iter().find_map(|&step| predicate(ast, step)),
            Kind::Filter { .. } => return predicate(ast, id),
            // Who writes a conditional around it has likely asked.
            _ => return None,
        }
    }
}

/// What a filter asks of its items, where that is true or false and no position.
fn predicate(ast: &Ast, id: ExprId) -> Option<ExprId> {
    use Op::{And, Equal, Greater, GreaterOrEqual, In, Less, LessOrEqual, NotEqual, Or};
    let Kind::Filter { predicate, .. } = ast[id].kind else { return None };
    let is_test = matches!(
        ast[predicate].kind,
        Kind::Binary { op: And | Or | In | Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual, .. }
    );
    is_test.then_some(predicate)
}
