//! Values of a type that their field does not take.

use std::collections::BTreeSet;

use super::Sink;
use super::jsonata_delimiters::completed;
use crate::analysis::Analysis;
use crate::asl::literal::{self, Reading};
use crate::asl::{Field, Language};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::schema::{Fault, Part, Violation, listing};
use crate::syntax::Kind;
use crate::text::Edit;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        if let Fault::WrongType { expected } = &violation.fault {
            let finding = sink.refuse(violation.node, violation.refused_at(), message(violation, expected));
            if let Some(expression) = meant(violation, cx.assigned()) {
                finding.notes.push("JSONata begins with `{%` and ends with `%}`, to the character".to_owned());
                finding.fixes.push(Fix {
                    title: format!("write `{expression}`"),
                    edits: vec![violation.node.rewritten(&expression)],
                    applicability: Applicability::Unsafe,
                });
            }
            if let Some(word) = unquoted(violation, expected) {
                let edit = Edit { span: violation.node.span(), text: word.to_owned() };
                finding.offer(Applicability::Safe, format!("write {word} without quotes"), Some(vec![edit]));
            }
            if let Some((field, name)) = path_field(violation) {
                finding.notes.push(format!("`{name}` takes a path"));
                finding.fixes.push(Fix {
                    title: format!("rename the field to `{name}`"),
                    edits: vec![field.key.rewritten(&name)],
                    applicability: Applicability::Unsafe,
                });
            }
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

/// The expression that a plain string was meant as, where its field takes one: all it lacks is its delimiters.
fn meant(violation: &Violation<'_>, variables: &BTreeSet<&str>) -> Option<String> {
    let node = violation.node;
    let text = node.as_str().filter(|_| violation.owner.language == Language::Jsonata && !node.is_open())?;
    if let Some(whole) = completed(text) {
        return Some(whole);
    }
    if let Some(inner) = literal::jsonata(text, variables) {
        return Some(format!("{{% {inner} %}}"));
    }
    let Reading::Path(path) = literal::jsonpath(text, &BTreeSet::new())? else { return None };
    literal::translated(&path).map(|text| format!("{{% {text} %}}"))
}

/// The number or the truth value that stands in quotes: it can be meant in one way only.
fn unquoted<'t>(violation: &Violation<'t>, expected: &[&str]) -> Option<&'t str> {
    let node = violation.node;
    let text = node.as_str().filter(|_| !node.is_open() && !node.is_aliased())?;
    let is_number = ["integer", "number"].iter().any(|name| expected.contains(name))
        && text.parse::<i32>().is_ok_and(|number| number.to_string() == text);
    let is_truth = expected.contains(&"boolean") && matches!(text, "true" | "false");
    (is_number || is_truth).then_some(text)
}

/// The field that takes the path which stands in this one; `None` where it is there already.
fn path_field<'t>(violation: &Violation<'t>) -> Option<(Field<'t>, String)> {
    let field = violation.field.filter(|field| field.value == violation.node)?;
    let text = field.value.as_str().filter(|_| !field.value.is_open())?;
    let is_path = matches!(literal::jsonpath(text, &BTreeSet::new()), Some(Reading::Path(_)));
    let name = literal::path_field(field.name())?;
    let fits = is_path && violation.owner.language == Language::JsonPath;
    (fits && violation.owner.node.get(&name).is_none()).then_some((field, name))
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
