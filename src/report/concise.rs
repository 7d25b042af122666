//! Turns findings into one line each: `file:line:column: severity[rule] message`.
//!
//! Editors and `grep` read it: a finding is one line whatever a file or a state is called.

use super::{Places, one_line};
use crate::diagnostic::Diagnostic;

pub(super) fn findings(places: &Places<'_>, shown: &[&Diagnostic]) -> String {
    let file = one_line(&places.source.name);
    shown
        .iter()
        .map(|found| {
            let place = places.of(found.primary.span.start);
            let (line, column) = (place.line + 1, place.column + 1);
            let message = one_line(&found.message);
            format!("{file}:{line}:{column}: {}[{}] {message}\n", found.severity, found.rule)
        })
        .collect()
}
