//! Resources of a Task that the service does not have.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::{self, Refusal};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::text::Edit;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some(value) = state.field("Resource").map(|field| field.value) else { continue };
        let Some(text) = value.as_str() else { continue };
        let errors = resource::parse(text).1;
        for error in errors {
            let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", value);
            let span = value.source_span(error.span);
            let finding = sink.report_at(value, span, error.message);
            if error.refusal == Refusal::UnknownService {
                finding.severity = Severity::Warning;
                finding.notes.push("it may be newer than this version of aslint".to_owned());
            } else {
                finding.refusal = refusal;
            }
            if let Some(meant) = error.suggestion {
                finding.fixes.push(Fix {
                    title: format!("write `{meant}`"),
                    edits: vec![Edit { span, text: meant }],
                    applicability: Applicability::Unsafe,
                });
            }
        }
    }
}
