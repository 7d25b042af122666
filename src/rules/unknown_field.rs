//! Fields that exist nowhere in the language.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Fix};
use crate::schema::Fault;
use crate::text::{Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let Fault::Unknown { meant } = violation.fault else { continue };
        let key = violation.node;
        let mut message = format!("unknown field `{}` in {}", key.content(), violation.owner.part.describe());
        if let Some(meant) = meant {
            message += &format!(", did you mean `{meant}`?");
        }
        let finding = sink.refuse(key, violation.refused_at(), message);
        let Some(meant) = meant else { continue };
        if meant.eq_ignore_ascii_case(key.content()) {
            finding.notes.push("names of fields are case-sensitive".to_owned());
        }
        if !key.is_aliased() {
            let span = key.source_span(Span::new(0, u32::try_from(key.content().len()).unwrap_or(u32::MAX)));
            finding.fixes.push(Fix {
                title: format!("rename to `{meant}`"),
                edits: vec![Edit { span, text: meant.to_owned() }],
                applicability: Applicability::Safe,
            });
        }
    }
}
