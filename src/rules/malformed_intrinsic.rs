//! Calls of intrinsic functions that cannot be read, or cannot succeed.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Field;
use crate::asl::expression::{Expression, Form};
use crate::asl::intrinsic::{Call, Cure, Fault, Function, IntrinsicError, Type};
use crate::asl::sites::Role;
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::syntax::Node;
use crate::text::{Edit, Span, TextMap};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions() {
        let Form::Intrinsic(call, errors) = &expression.form else { continue };
        match expression.site.role {
            Role::Template => faults(expression, errors, sink),
            Role::PathOrIntrinsic => {
                faults(expression, errors, sink);
                gives_no_string(expression.site.field, call, sink);
            }
            // Where no function may stand at all, that is the finding.
            _ => {}
        }
    }
}

/// `ErrorPath` and `CausePath` take only functions that give a string; the service's list names the one that picks an item.
fn gives_no_string(field: Field<'_>, call: &Call, sink: &mut Sink<'_>) {
    let gives_string =
        |function: Function| function.signature().result == Type::String || function == Function::ArrayGetItem;
    if call.function.is_some_and(|function| !gives_string(function)) {
        let message = format!("`{}` takes a string, and `{}` does not give one", field.name(), call.name);
        sink.refuse_at(field.value, field.value.source_span(call.name_span), field.value, message);
    }
}

fn faults(expression: &Expression<'_>, errors: &[IntrinsicError], sink: &mut Sink<'_>) {
    if errors.is_empty() {
        return;
    }
    let (value, refused) = (expression.node, expression.site.field.value);
    let map = value.text_map();
    for error in errors {
        let (severity, note) = match error.fault {
            Fault::Syntax | Fault::UnknownFunction => (Severity::Error, None),
            Fault::Arity | Fault::Argument => (
                Severity::Error,
                Some(
                    "the service accepts it, and each execution that gets here fails with `States.Runtime`, which nothing catches",
                ),
            ),
            Fault::Nesting | Fault::Doubtful => (
                Severity::Warning,
                Some(
                    "the service accepts it; an execution that fails here fails with `States.Runtime`, which nothing catches",
                ),
            ),
            Fault::Ignored => (Severity::Info, None),
        };
        let refusal = match error.fault {
            Fault::Syntax | Fault::UnknownFunction => sink.refusal("SCHEMA_VALIDATION_FAILED", refused),
            _ => None,
        };
        let finding = sink.report_at(value, value.fault_span(&map, error.span), error.message.clone());
        finding.severity = severity;
        finding.notes.extend(note.map(str::to_owned));
        finding.refusal = refusal;
        finding.fixes.extend(error.cure.map(|cure| fix(value, &map, error.span, cure)));
    }
}

fn fix(value: Node<'_>, map: &TextMap, span: Span, cure: Cure) -> Fix {
    let (title, edits) = match cure {
        Cure::Name(name) => (format!("write `{name}`"), vec![Edit { span: map.span(span), text: name.to_owned() }]),
        Cure::SingleQuotes => {
            // In a YAML scalar in single quotes one is written twice.
            let is_single_quoted = value.is_single_quoted();
            let quote = |at| Edit {
                span: map.span(Span::new(at, at + 1)),
                text: if is_single_quoted { "''".to_owned() } else { "'".to_owned() },
            };
            ("write single quotes".to_owned(), vec![quote(span.start), quote(span.end - 1)])
        }
    };
    Fix { title, edits, applicability: Applicability::Unsafe }
}
