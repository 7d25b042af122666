//! Calls of intrinsic functions that cannot be read, or cannot succeed.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Field;
use crate::asl::expression::{Expression, Form};
use crate::asl::intrinsic::{Call, Fault, Function, IntrinsicError};
use crate::asl::sites::Role;
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::text::Edit;

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

/// `ErrorPath` and `CausePath` take only functions that give a string.
fn gives_no_string(field: Field<'_>, call: &Call, sink: &mut Sink<'_>) {
    use Function::{ArrayGetItem, Base64Decode, Base64Encode, Format, Hash, JsonToString, Uuid};
    let gives_string =
        |function| matches!(function, ArrayGetItem | Base64Decode | Base64Encode | Format | Hash | JsonToString | Uuid);
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
        let refusal = match error.fault {
            Fault::Syntax | Fault::UnknownFunction => sink.refusal("SCHEMA_VALIDATION_FAILED", refused),
            Fault::Arity | Fault::Argument | Fault::Nesting => None,
        };
        let span = map.span(error.span);
        let finding = sink.report_at(value, span, error.message.clone());
        if refusal.is_none() {
            finding.severity = Severity::Warning;
            finding.notes.push("the service accepts it, and the execution fails with `States.Runtime`".to_owned());
        }
        finding.refusal = refusal;
        if let Some(meant) = error.suggestion {
            finding.fixes.push(Fix {
                title: format!("write `{meant}`"),
                edits: vec![Edit { span, text: meant.to_owned() }],
                applicability: Applicability::Unsafe,
            });
        }
    }
}
