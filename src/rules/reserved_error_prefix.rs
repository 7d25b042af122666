//! Errors of Fail states that are called like the service's own.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited, Kind};
use crate::asl::{Language, StateType, error_name};
use crate::syntax::Node;
use crate::text::Span;

/// What the service's own names start with.
const PREFIX: &str = "States.";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let fails = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Fail) && state.is_language_known);
    for state in fails {
        let Some(error) = state.node.get("Error").filter(|error| !error.is_open()) else { continue };
        let Some((name, span)) = literal(error, state.language) else { continue };
        if !name.starts_with(PREFIX) {
            continue;
        }
        let what = if error_name::is_known(&name) {
            "whoever reads it takes it for the service's own"
        } else {
            "names that begin so are kept for the service"
        };
        let finding = sink.report_at(error, span, format!("this state raises `{name}`: {what}"));
        finding.notes.push("the specification: custom error names do not begin with `States.`".to_owned());
    }
}

/// The name that `Error` always gives, and where it is written.
fn literal(error: Node<'_>, language: Language) -> Option<(String, Span)> {
    let text = error.as_str()?;
    if language == Language::JsonPath {
        return Some((text.to_owned(), error.token()));
    }
    match jsonata::expression_in(text) {
        Delimited::Literal => Some((text.to_owned(), error.token())),
        Delimited::Expression { inner } => {
            let parsed = jsonata::parse(inner.of(text));
            let root = parsed.ast.root();
            match &parsed.ast[root].kind {
                Kind::String(name) if parsed.errors.is_empty() => {
                    let span = parsed.ast[root].span.shifted(inner.start);
                    Some((parsed.ast.text(*name).to_owned(), error.source_span(span)))
                }
                _ => None,
            }
        }
        _ => None,
    }
}
