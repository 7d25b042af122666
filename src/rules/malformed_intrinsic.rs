//! Calls of intrinsic functions that cannot be read, or cannot succeed.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Field;
use crate::asl::intrinsic::{self, Dynamic, Fault, Function};
use crate::asl::sites::{Role, dynamic_members};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::syntax::Node;
use crate::text::Edit;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for site in cx.sites() {
        match site.role {
            Role::Template => {
                for member in dynamic_members(site.field.value) {
                    call(member.value, site.field.value, sink);
                }
            }
            Role::PathOrIntrinsic => {
                call(site.field.value, site.field.value, sink);
                gives_no_string(site.field, sink);
            }
            _ => {}
        }
    }
}

/// `ErrorPath` and `CausePath` take only functions that give a string.
fn gives_no_string(field: Field<'_>, sink: &mut Sink<'_>) {
    use Function::{ArrayGetItem, Base64Decode, Base64Encode, Format, Hash, JsonToString, Uuid};
    let value = field.value;
    let Some(text) = value.as_str().filter(|text| !value.is_open() && intrinsic::classify(text) == Dynamic::Intrinsic)
    else {
        return;
    };
    let (call, _) = intrinsic::parse(text);
    let gives_string =
        |function| matches!(function, ArrayGetItem | Base64Decode | Base64Encode | Format | Hash | JsonToString | Uuid);
    if call.function.is_some_and(|function| !gives_string(function)) {
        let message = format!("`{}` takes a string, and `{}` does not give one", field.name(), call.name);
        sink.refuse_at(value, value.source_span(call.name_span), value, message);
    }
}

fn call(value: Node<'_>, refused: Node<'_>, sink: &mut Sink<'_>) {
    let Some(text) = value.as_str().filter(|_| !value.is_open()) else { return };
    if intrinsic::classify(text) != Dynamic::Intrinsic {
        return;
    }
    let (_, errors) = intrinsic::parse(text);
    if errors.is_empty() {
        return;
    }
    let map = value.text_map();
    for error in errors {
        let refusal = match error.fault {
            Fault::Syntax | Fault::UnknownFunction => sink.refusal("SCHEMA_VALIDATION_FAILED", refused),
            Fault::Arity | Fault::Argument | Fault::Nesting => None,
        };
        let span = value.fault_span(&map, error.span);
        let finding = sink.report_at(value, span, error.message);
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
