//! Values of enumerations that do not exist.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Fix};
use crate::schema::{Fault, code_listing};
use crate::text::{Edit, Span, nearest_all};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let Fault::UnknownValue { allowed, meant } = &violation.fault else { continue };
        let (subject, value) = (violation.subject(), violation.node);
        // What is as near to two of them may be meant as either.
        let near = match meant {
            Some(_) => nearest_all(value.content(), allowed.iter().map(|&name| (name, name))),
            None => Vec::new(),
        };
        let message = match (near.as_slice(), allowed.as_slice()) {
            ([], [only]) => format!("{subject} is `{}`, and takes only `{only}`", value.content()),
            ([], several) => {
                format!("{subject} is `{}`, and takes only {}", value.content(), code_listing(several, "or"))
            }
            (near, _) => format!("{subject} is `{}`, did you mean {}?", value.content(), code_listing(near, "or")),
        };
        let is_type = violation.field.is_some_and(|field| field.name() == "Type");
        let cut_off = if is_type { sink.cut_off_at(value) } else { Vec::new() };
        let finding = sink.refuse(value, violation.refused_at(), message);
        finding.related.extend(cut_off);
        if !value.is_aliased() {
            let span = value.source_span(Span::new(0, u32::try_from(value.content().len()).unwrap_or(u32::MAX)));
            finding.fixes.extend(near.iter().map(|&meant| Fix {
                title: format!("change to `{meant}`"),
                edits: vec![Edit { span, text: meant.to_owned() }],
                applicability: if near.len() > 1 { Applicability::Unsafe } else { Applicability::Safe },
            }));
        }
    }
}
