//! A key beside its own `.$` form.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::sites::Role;
use crate::diagnostic::Label;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let templates = cx.sites().iter().filter(|site| site.role == Role::Template);
    for (site, object) in templates.flat_map(|site| site.field.value.descendants().map(move |node| (site, node))) {
        // Only where a dynamic key stands is there anything to look up.
        if !object.members().any(|member| member.name().ends_with(".$")) {
            continue;
        }
        let plain: HashMap<&str, Node<'_>> = object.members().map(|member| (member.name(), member.key)).collect();
        for dynamic in object.members() {
            let Some(name) = dynamic.name().strip_suffix(".$") else { continue };
            let Some(plain) = plain.get(name) else { continue };
            let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", site.field.value);
            let finding = sink.report(
                dynamic.key,
                format!(
                    "`{name}` and `{}` stand for the same key: what comes out can hold one of them",
                    dynamic.name()
                ),
            );
            finding.refusal = refusal;
            finding.related.push(Label::new(plain.span(), "the other one"));
        }
    }
}
