//! Fields that exist nowhere in the language.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Comparator;
use crate::diagnostic::{Applicability, Fix};
use crate::schema::Fault;
use crate::text::{Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let Fault::Unknown { meant } = violation.fault else { continue };
        let key = violation.node;
        let name = key.content();
        // The nearest name to a negated comparator says the opposite.
        let negated = name
            .contains("Not")
            .then(|| name.replacen("Not", "", 1))
            .filter(|plain| Comparator::parse(plain).is_some());
        let meant = meant.filter(|meant| negated.is_none() && meant.contains("Not") == name.contains("Not"));
        let mut message = format!("unknown field `{name}` in {}", violation.owner.part.describe());
        if let Some(plain) = negated {
            message += &format!(": `{plain}` inside `Not` says that");
        } else if let Some(meant) = meant {
            message += &format!(", did you mean `{meant}`?");
        }
        let finding = sink.refuse(key, violation.refused_at(), message);
        let Some(meant) = meant else { continue };
        let is_case = meant.eq_ignore_ascii_case(name);
        if is_case {
            finding.notes.push("names of fields are case-sensitive".to_owned());
        }
        // `Resource.$` is no slip of the keyboard: what it holds would mean nothing under the other name.
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let span = key.source_span(Span::new(0, u32::try_from(key.content().len()).unwrap_or(u32::MAX)));
            finding.fixes.push(Fix {
                title: format!("rename to `{meant}`"),
                edits: vec![Edit { span, text: meant.to_owned() }],
                applicability: if is_case { Applicability::Safe } else { Applicability::Unsafe },
            });
        }
    }
}
