//! Patterns of `StringMatches` that match one text only.

use super::Sink;
use super::malformed_pattern::patterns;
use crate::analysis::Analysis;
use crate::asl::pattern::{foreign_sign, pattern};
use crate::diagnostic::{Applicability, Fix};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for comparison in patterns(cx) {
        let (key, value) = (comparison.field.key, comparison.field.value);
        let text = value.content();
        let pattern = pattern(text);
        let [only] = pattern.texts.as_slice() else { continue };
        let has_both = key.parent().is_some_and(|rule| rule.get("StringEquals").is_some());
        if !pattern.open_escapes.is_empty() || foreign_sign(text).is_some() || has_both {
            continue; // other rules
        }
        let message = "this pattern has no `*`: it matches this text alone, as `StringEquals` does".to_owned();
        let finding = sink.report(value, message);
        if text.contains(['?', '|', '%']) {
            finding.notes.push("`*` alone has a meaning in a pattern; all else is matched to the letter".to_owned());
            continue;
        }
        let mut edits = vec![key.rewritten("StringEquals")];
        if only != text {
            edits.push(value.rewritten(only));
        }
        finding.fixes.push(Fix {
            title: "compare with `StringEquals`".to_owned(),
            edits,
            applicability: Applicability::Safe,
        });
    }
}
