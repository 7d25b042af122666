//! Turns what a rule compares with into values worth trying: equal, below, above, of another type.
//!
//! They guide executions and decide nothing: what is missing here is found later, or not at all.

use crate::asl::jsonata::{Ast, Kind};
use crate::asl::pattern::pattern;
use crate::asl::timestamp::rfc3339;
use crate::asl::{Comparator, Comparison};
use crate::eval::Value;
use crate::eval::execution::{DEFAULT_START, timestamp};

/// Values for the `Variable` of a comparison.
pub(super) fn of_comparison(comparison: &Comparison<'_>) -> Vec<Value> {
    let operand = comparison.field.value;
    let text = || operand.as_str().unwrap_or_default();
    match comparison.comparator {
        comparator if comparator.takes_path() => around_a_path(comparator),
        Comparator::String(..) => around_text(text()),
        Comparator::StringMatches => around_pattern(text()),
        Comparator::Numeric(..) => around_number(&Value::from_node(operand)),
        Comparator::Boolean(_) | Comparator::IsBoolean => vec![true.into(), false.into()],
        Comparator::Timestamp(..) => around_timestamp(text()),
        Comparator::IsTimestamp => vec![timestamp(DEFAULT_START).into(), "a".into()],
        Comparator::IsNull => vec![Value::Null, "a".into()],
        Comparator::IsNumeric => vec![1.into(), "a".into()],
        Comparator::IsString => vec!["a".into(), 1.into()],
        // Whether it is there is left to chance, as of every value.
        Comparator::IsPresent => Vec::new(),
    }
}

/// Values for both sides of a comparison of two paths.
pub(super) fn around_a_path(comparator: Comparator) -> Vec<Value> {
    match comparator {
        Comparator::String(..) => vec!["a".into(), "b".into(), "c".into()],
        Comparator::Numeric(..) => vec![0.into(), 1.into(), 2.into()],
        Comparator::Timestamp(..) => [0, 1, 2].map(|days| timestamp(DEFAULT_START + days * 86_400_000).into()).to_vec(),
        _ => vec![true.into(), false.into()],
    }
}

pub(super) fn around_text(text: &str) -> Vec<Value> {
    let below = &text[..text.char_indices().next_back().map_or(0, |(at, _)| at)];
    [text.to_owned(), format!("{text}a"), below.to_owned(), format!("~{text}")].map(Value::from).to_vec()
}

/// A number and those around it.
pub(super) fn around_number(number: &Value) -> Vec<Value> {
    let beside = |by: f64| number.as_f64().map(|number| Value::from(number + by));
    std::iter::once(number.clone()).chain([1.0, -1.0].into_iter().filter_map(beside)).collect()
}

fn around_timestamp(text: &str) -> Vec<Value> {
    let Ok(instant) = rfc3339(text) else { return vec![timestamp(DEFAULT_START).into()] };
    let beside = |by: i64| Value::from(timestamp(instant.as_millisecond().saturating_add(by)));
    vec![text.into(), beside(-1000), beside(1000)]
}

/// Texts that the pattern describes, and one that it does not.
fn around_pattern(text: &str) -> Vec<Value> {
    let texts = pattern(text).texts;
    [texts.concat(), texts.join("a"), texts.join("b"), format!("x{}x", texts.concat())].map(Value::from).to_vec()
}

/// Values for what a JSONata condition reads: around every constant in it.
pub(super) fn of_condition(ast: &Ast) -> Vec<Value> {
    let mut found = Vec::new();
    let mut is_compared = false;
    for id in ast.ids() {
        match &ast[id].kind {
            Kind::String(text) => found.extend(around_text(ast.text(*text))),
            Kind::Number(number) => found.extend(around_number(&(*number).into())),
            Kind::Null => found.push(Value::Null),
            Kind::Binary { .. } => is_compared = true,
            _ => {}
        }
    }
    // What is asked for its truth, or for how many items it has.
    found.extend([true.into(), false.into()]);
    if is_compared || found.len() == 2 {
        found.extend([1.into(), "a".into()]);
    }
    found
}
