//! Turns findings into one line each: `file:line:column: severity[rule] message`.
//!
//! Editors and `grep` read it: a finding is one line whatever a file or a state is called.

use super::{Places, Shown, one_line};

pub(super) fn findings(places: &Places<'_>, shown: &[Shown<'_>]) -> String {
    let file = one_line(&places.source.name);
    shown
        .iter()
        .map(|Shown { finding: found, suppression, .. }| {
            let place = places.of(found.primary.span.start);
            let (line, column) = (place.line + 1, place.column + 1);
            let message = one_line(&found.message);
            let (word, reason) = match suppression {
                Some(by) => ("suppressed", format!(" ({})", one_line(&by.reason))),
                None => (found.severity.as_str(), String::new()),
            };
            format!("{file}:{line}:{column}: {word}[{}] {message}{reason}\n", found.rule)
        })
        .collect()
}
