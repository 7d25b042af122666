//! Values of enumerations that do not exist.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Fix};
use crate::schema::{Fault, code_listing};
use crate::text::{Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let Fault::UnknownValue { allowed, meant } = &violation.fault else { continue };
        let (subject, value) = (violation.subject(), violation.node);
        let message = match (meant, allowed.as_slice()) {
            (Some(meant), _) => format!("{subject} is `{}`, did you mean `{meant}`?", value.content()),
            (None, [only]) => format!("{subject} is `{}`, and takes only `{only}`", value.content()),
            (None, several) => {
                format!("{subject} is `{}`, and takes only {}", value.content(), code_listing(several, "or"))
            }
        };
        let is_type = violation.field.is_some_and(|field| field.name() == "Type");
        let cut_off = if is_type { sink.cut_off_at(value) } else { Vec::new() };
        let finding = sink.refuse(value, violation.refused_at(), message);
        finding.related.extend(cut_off);
        let Some(meant) = meant else { continue };
        if !value.is_aliased() {
            let span = value.source_span(Span::new(0, u32::try_from(value.content().len()).unwrap_or(u32::MAX)));
            finding.fixes.push(Fix {
                title: format!("change to `{meant}`"),
                edits: vec![Edit { span, text: (*meant).to_owned() }],
                applicability: Applicability::Safe,
            });
        }
    }
}
