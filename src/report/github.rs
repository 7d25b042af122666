//! Turns findings into commands in the log of a GitHub workflow, each of which marks a line.

use super::{Ending, Places, Shown, Subject, one_line};
use crate::diagnostic::Severity;

pub(super) fn findings(places: &Places<'_>, subject: &Subject<'_>) -> String {
    let file = property(&subject.at.path);
    let counting = subject.shown.iter().filter(|shown| shown.suppression.is_none());
    counting
        .map(|Shown { finding: found, .. }| {
            let command = match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "notice",
            };
            let (start, end) = (places.of(found.primary.span.start), places.of(found.primary.span.end));
            let (line, end_line) = (start.line + 1, end.line + 1);
            // Columns count where the place lies on one line, and are refused elsewhere.
            let columns = if line == end_line {
                format!(",col={},endColumn={}", start.column + 1, end.column + 1)
            } else {
                String::new()
            };
            let mut text = found.message.clone();
            for note in &found.notes {
                text += &format!("\nnote: {note}");
            }
            for fix in &found.fixes {
                text += &format!("\nhelp: {}", fix.title);
            }
            let (rule, text) = (property(found.rule), message(&text));
            format!("::{command} file={file},line={line},endLine={end_line}{columns},title=aslint[{rule}]::{text}\n")
        })
        .collect()
}

pub(super) fn tail(ending: &Ending<'_>) -> String {
    let line = |failure: &super::Failure| {
        let place = failure.at.as_ref().map_or_else(String::new, |at| format!(" file={}", property(&at.path)));
        format!("::error{place}::{}\n", message(&one_line(&format!("{}: {}", failure.name, failure.reason))))
    };
    ending.failures.iter().map(line).collect()
}

/// What stands behind `::`: whatever ends a line is escaped.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind `=`: whatever ends it is escaped, too.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
