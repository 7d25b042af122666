//! Conditions that come out the same in every execution.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::{Analysis, Inferred};
use crate::asl::jsonata::{Ast, Constant, ExprId, Kind};
use crate::asl::{Language, Rule};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::syntax::Node;
use crate::text::{Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_language_known && state.language == Language::Jsonata)
    {
        for condition in state.choice().iter().flat_map(|choice| &choice.rules).filter_map(condition) {
            if let Some(value) = condition.as_bool() {
                report(condition, value, sink);
            }
        }
    }
    for found in cx.inferred() {
        predicates(&found, sink);
    }
    for found in cx.inferred().filter(|found| found.expression.site.field.name() == "Condition") {
        if let Some(Constant::Bool(value)) = found.inference.constant(found.ast().root()) {
            report(found.expression.node, value, sink);
        }
    }
}

/// Finds `x['name']`, which is `x.name` in other languages, and the whole of `x` here.
fn predicates(found: &Inferred<'_, '_>, sink: &mut Sink<'_>) {
    let ast = found.ast();
    // `$states['input'].a` reads a field that `$states` does not have: a finding of its own.
    let is_of_states = |id| found.jsonata.scopes.free_variable(ast, ast.base(id)) == Some("states");
    let starts: BTreeSet<ExprId> = ast.ids().filter_map(|id| start(ast, id)).filter(|&id| is_of_states(id)).collect();
    for id in ast.ids().filter(|id| !starts.contains(id)) {
        let Kind::Filter { input, predicate } = ast[id].kind else { continue };
        let Kind::String(name) = ast[predicate].kind else { continue };
        let name = ast.text(name);
        if name.is_empty() {
            continue;
        }
        let span = found.source_span(ast[predicate].span);
        let message = format!(
            "this predicate is a string, and always holds: it lets everything pass, and does not read the field `{name}`"
        );
        let finding = sink.report_at(found.expression.node, span, message);
        finding.severity = Severity::Warning;
        finding.notes.push("a predicate in brackets selects items; a dot reads a field".to_owned());
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && !matches!(name, "and" | "or" | "in" | "true" | "false" | "null" | "function");
        if ast[id].keeps_array || name.contains(['`', '"', '\\', '\'']) {
            continue;
        }
        let brackets = Span::new(ast[input].span.end, ast[id].span.end);
        finding.fixes.push(Fix {
            title: format!("write `.{name}`"),
            edits: vec![Edit {
                span: found.source_span(brackets),
                text: if is_plain { format!(".{name}") } else { format!(".`{name}`") },
            }],
            applicability: Applicability::Unsafe,
        });
    }
}

/// The first of several steps of a path.
fn start(ast: &Ast, path: ExprId) -> Option<ExprId> {
    match ast[path].kind {
        Kind::Path(ref steps) if steps.len() > 1 => steps.first().copied(),
        _ => None,
    }
}

fn condition<'t>(rule: &Rule<'t>) -> Option<Node<'t>> {
    rule.node.get("Condition")
}

fn report(condition: Node<'_>, value: bool, sink: &mut Sink<'_>) {
    let message = if value {
        "this condition always holds: neither a rule behind it nor `Default` is ever taken"
    } else {
        "this condition never holds: its rule is never taken"
    };
    let finding = sink.report(condition, message);
    if value {
        finding.notes.push("as the last rule, it says what `Default` would say".to_owned());
    }
}
