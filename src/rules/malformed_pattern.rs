//! Patterns of `StringMatches` with a backslash that begins no escape.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::pattern::pattern;
use crate::asl::{Comparator, Comparison, Language, Rule, State};
use crate::diagnostic::{Applicability, Fix, Label};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for comparison in patterns(cx) {
        let value = comparison.field.value;
        let text = value.content();
        let open = pattern(text).open_escapes;
        let Some((&first, others)) = open.split_first() else { continue };
        let message = match text[first.end as usize..].chars().next() {
            Some(next) => format!(
                "`\\{}` is not an escape: a pattern knows `\\*` and `\\\\`, and by the specification the execution fails on any other",
                next.escape_debug()
            ),
            None => "this backslash escapes nothing: by the specification the execution fails here".to_owned(),
        };
        let map = value.text_map();
        let finding = sink.report_at(value, map.span(first), message);
        finding.related.extend(others.iter().take(8).map(|&at| Label::new(map.span(at), "and here")));
        finding.notes.push(
            "that is the word of the specification; what the service does with such a pattern is not on record"
                .to_owned(),
        );
        let mut doubled = text.to_owned();
        for at in open.iter().rev() {
            doubled.insert(at.start as usize, '\\');
        }
        finding.fixes.push(Fix {
            title: "take each backslash for itself".to_owned(),
            edits: vec![value.rewritten(&doubled)],
            applicability: Applicability::Unsafe,
        });
    }
}

/// The comparisons with `StringMatches` whose pattern is known, in Choices that have comparisons.
pub(super) fn patterns<'a, 't>(cx: &'a Analysis<'t>) -> impl Iterator<Item = &'a Comparison<'t>> {
    let states = cx.machine.states.iter();
    states
        .filter(|state| state.is_language_known && state.language == Language::JsonPath)
        .flat_map(State::rules)
        .flat_map(Rule::comparisons)
        .filter(|comparison| comparison.comparator == Comparator::StringMatches)
        .filter(|comparison| comparison.field.value.as_str().is_some() && !comparison.field.value.is_open())
}
