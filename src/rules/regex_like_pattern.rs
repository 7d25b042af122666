//! Patterns of `StringMatches` that are written as regular expressions.

use super::Sink;
use super::malformed_pattern::patterns;
use crate::analysis::Analysis;
use crate::asl::pattern::{foreign_sign, pattern};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for comparison in patterns(cx) {
        let value = comparison.field.value;
        let text = value.content();
        let Some(sign) = foreign_sign(text).filter(|_| pattern(text).open_escapes.is_empty()) else { continue };
        let message = format!(
            "`{}` is matched to the letter: `*` alone has a meaning in a pattern, and hardly any text fits this one",
            sign.of(text)
        );
        sink.report_at(value, value.source_span(sign), message)
            .notes
            .push("`*` stands for any text; the pattern is held against the whole string".to_owned());
    }
}
