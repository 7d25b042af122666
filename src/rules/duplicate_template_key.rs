//! A key beside its own `.$` form.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::sites::{Role, dynamic_members};
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for site in cx.sites().iter().filter(|site| site.role == Role::Template) {
        for dynamic in dynamic_members(site.field.value) {
            let name = dynamic.name().trim_end_matches(".$");
            let Some(object) = dynamic.key.parent() else { continue };
            let Some(plain) = object.member(name) else { continue };
            let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", site.field.value);
            let finding = sink.report(
                dynamic.key,
                format!(
                    "`{name}` and `{}` stand for the same key: what comes out can hold one of them",
                    dynamic.name()
                ),
            );
            finding.refusal = refusal;
            finding.related.push(Label::new(plain.key.span(), "the other one"));
        }
    }
}
