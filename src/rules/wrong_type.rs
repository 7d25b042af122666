//! Values of a type that their field does not take.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::Severity;
use crate::schema::{Fault, Part, Violation, listing};
use crate::syntax::Kind;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        if let Fault::WrongType { expected } = &violation.fault {
            let finding = sink.refuse(violation.node, violation.refused_at(), message(violation, expected));
            if is_template(violation) {
                finding.severity = Severity::Warning;
                finding.refusal = None;
                finding.notes.push(
                    "the specification wants an object; what the service makes of another value is not known, and no task takes it".to_owned(),
                );
            }
        }
    }
}

/// Whether the field is a payload template. The specification wants an object there, the checkers of the service's own
/// editor take anything.
fn is_template(violation: &Violation<'_>) -> bool {
    violation
        .field
        .is_some_and(|field| matches!(field.name(), "Parameters" | "ResultSelector" | "ItemSelector" | "BatchInput"))
}

fn message(violation: &Violation<'_>, expected: &[&str]) -> String {
    let node = violation.node;
    // A string that is there and not taken: strings are taken as JSONata alone.
    let is_plain = node.kind() == Kind::String && expected.contains(&"string");
    let is_expression_taken = expected.len() > 1 && expected.contains(&"string") && !expected.contains(&"null");
    let found = match node.kind() {
        Kind::Number => node.content(),
        _ if is_plain => "a plain string",
        _ => node.describe(),
    };
    let types: Vec<&str> = expected
        .iter()
        .map(|&name| match name {
            "integer" => "a whole number",
            "number" => "a number",
            "string" if is_expression_taken => "a JSONata string (`{% … %}`)",
            "string" => "a string",
            "boolean" => "a boolean",
            "array" => "an array",
            "object" => "an object",
            _ => "null",
        })
        .collect();
    let subject = match (violation.field, violation.owner.part) {
        (None, Part::State(_) | Part::AnyState) => format!("state `{}`", violation.owner.token.content()),
        _ => violation.subject(),
    };
    format!("{subject} is {found}, not {}", listing(&types, "or"))
}
