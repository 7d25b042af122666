//! Reads of what a function or an API gives beside the envelope that it comes in.

use super::Sink;
use super::absent_field::{Absent, Why, absences, first_of, grouped};
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Fix};
use crate::text::{Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let is_wrapped = |absent: &Absent<'_, '_>| match absent.why {
        Why::Wrapped(state, _) => Some(state.id),
        _ => None,
    };
    for group in grouped(absences(cx), is_wrapped) {
        let Some((first, others)) = first_of(&group) else { continue };
        let Why::Wrapped(state, envelope) = first.why else { continue };
        let (text, name) = (first.text(), state.name());
        let ((who, does), member) = (envelope.who, envelope.member);
        let message = format!("`{text}` is not there: what the {who} of `{name}` {does} is under `{member}`");
        let finding = first.report(sink, &message);
        finding.related.extend(others);
        finding.notes.push(envelope.note.to_owned());
        let edits: Option<Vec<Edit>> = group.iter().map(|absent| edit(absent, member)).collect();
        if let Some(edits) = edits {
            let title = match group.len() {
                1 => format!("write `{member}.{}`", first.segment()),
                _ => format!("write `{member}.` before each of them"),
            };
            finding.fixes.push(Fix { title, edits, applicability: Applicability::Unsafe });
        }
    }
}

/// The envelope's member before the name; nothing where that does not stand behind a dot.
fn edit(absent: &Absent<'_, '_>, member: &str) -> Option<Edit> {
    let before = absent.text().strip_suffix(absent.segment())?;
    before.ends_with('.').then(|| Edit { span: Span::empty(absent.primary().start), text: format!("{member}.") })
}
