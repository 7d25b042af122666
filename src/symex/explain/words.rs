//! Turns what a choice rule asks into a sentence: `$.n` is there and is at least 3.
//!
//! What is not the case is said of each comparison, so that a rule within `Not` reads like any other. A comparison with a value of
//! another type does not hold: "is not at least 3" is true of a text as well.

use crate::asl::jsonata::{Delimited, expression_in};
use crate::asl::{Comparator, Comparison, Operand, Order, Rule, Test};
use crate::syntax::Node;

/// How many parts of one `And` or `Or` are told.
const MOST_PARTS: usize = 8;
/// Longer literals and expressions are cut.
const MOST_LETTERS: usize = 160;

/// A condition on its way into words.
enum Said {
    Atom(Atom),
    All(Vec<Said>),
    Any(Vec<Said>),
}

/// "`$.n` is at least 3".
struct Atom {
    /// What it is about; empty where the predicate says all.
    subject: String,
    predicate: String,
    /// What it is, or is not, where it is said to equal something: several of these make one sentence.
    equals: Option<String>,
}

/// What a rule asks, or with `holds` false, that it does not hold.
pub(super) fn of_rule(rule: &Rule<'_>, holds: bool) -> String {
    said(rule, holds).words(false)
}

/// Recursion is bounded by the depth of the tree.
fn said(rule: &Rule<'_>, holds: bool) -> Said {
    match &rule.test {
        Some(Test::And(rules)) if holds => Said::All(rules.iter().map(|rule| said(rule, true)).collect()),
        Some(Test::And(rules)) => Said::Any(rules.iter().map(|rule| said(rule, false)).collect()),
        Some(Test::Or(rules)) if holds => Said::Any(rules.iter().map(|rule| said(rule, true)).collect()),
        Some(Test::Or(rules)) => Said::All(rules.iter().map(|rule| said(rule, false)).collect()),
        Some(Test::Not(rule)) => said(rule, !holds),
        Some(Test::Comparison(comparison)) => Said::Atom(compared(comparison, holds)),
        Some(Test::Condition(condition)) => Said::Atom(condition_of(condition.value, holds)),
        None => Said::Atom(Atom::plain(if holds {
            "what cannot be read holds"
        } else {
            "what cannot be read does not hold"
        })),
    }
}

fn condition_of(node: Node<'_>, holds: bool) -> Atom {
    if let Some(constant) = node.as_bool() {
        return Atom::plain(if constant == holds { "always" } else { "never" });
    }
    let text = node.as_str().unwrap_or_default();
    let inner = match expression_in(text) {
        Delimited::Expression { inner } => inner.of(text).trim(),
        _ => text,
    };
    let words = inner.split_whitespace().collect::<Vec<_>>().join(" ");
    Atom::new(format!("`{}`", cut(&words)), if holds { "is true" } else { "is false" })
}

fn compared(comparison: &Comparison<'_>, holds: bool) -> Atom {
    let variable = comparison.variable.map(|field| field.value);
    let subject = match variable.and_then(Node::as_str) {
        Some(path) => format!("`{}`", cut(path)),
        None => "a value that is not named".to_owned(),
    };
    let operand = comparison.field.value;
    let is = if holds { "is" } else { "is not" };
    let other = match operand.as_str() {
        Some(path) if comparison.comparator.takes_path() => format!("`{}`", cut(path)),
        _ => literal(operand),
    };
    let sort = |yes: &str, no: &str| {
        let wanted = operand.as_bool().unwrap_or(true);
        let words = if wanted == holds { yes } else { no };
        Atom::new(subject.clone(), words)
    };
    let equal = |what: String| Atom { subject: subject.clone(), predicate: is.to_owned(), equals: Some(what) };
    let ordered = |words: &str| Atom::new(subject.clone(), &format!("{is} {words} {other}"));
    match comparison.comparator {
        Comparator::IsNull => sort("is null", "is not null"),
        Comparator::IsPresent => sort("is there", "is missing"),
        Comparator::IsNumeric => sort("is a number", "is no number"),
        Comparator::IsString => sort("is a string", "is no string"),
        Comparator::IsBoolean => sort("is true or false", "is neither true nor false"),
        Comparator::IsTimestamp => sort("is a timestamp", "is no timestamp"),
        Comparator::StringMatches => {
            Atom::new(subject.clone(), &format!("{} {other}", if holds { "matches" } else { "does not match" }))
        }
        Comparator::Boolean(Operand::Literal) | Comparator::String(Order::Equals, Operand::Literal) => equal(other),
        Comparator::Numeric(Order::Equals, Operand::Literal) => equal(other),
        Comparator::Timestamp(Order::Equals, Operand::Literal) => equal(format!("the time {other}")),
        Comparator::Boolean(Operand::Path) => ordered("the same truth value as"),
        Comparator::String(Order::Equals, Operand::Path) => ordered("the same string as"),
        Comparator::Numeric(Order::Equals, Operand::Path) => ordered("the same number as"),
        Comparator::Timestamp(Order::Equals, Operand::Path) => ordered("the same time as"),
        Comparator::Numeric(order, _) => ordered(match order {
            Order::LessThan => "less than",
            Order::GreaterThan => "greater than",
            Order::LessThanEquals => "at most",
            _ => "at least",
        }),
        Comparator::String(order, _) => ordered(match order {
            Order::LessThan => "a string before",
            Order::GreaterThan => "a string after",
            Order::LessThanEquals => "a string before or equal to",
            _ => "a string after or equal to",
        }),
        Comparator::Timestamp(order, _) => ordered(match order {
            Order::LessThan => "a time before",
            Order::GreaterThan => "a time after",
            Order::LessThanEquals => "a time before or at",
            _ => "a time after or at",
        }),
    }
}

/// A value as it is written in JSON.
fn literal(node: Node<'_>) -> String {
    cut(&node.to_value().to_string())
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MOST_LETTERS {
        return text.to_owned();
    }
    text.chars().take(MOST_LETTERS - 1).chain(['…']).collect()
}

impl Atom {
    fn new(subject: String, predicate: &str) -> Self {
        Self { subject, predicate: predicate.to_owned(), equals: None }
    }

    fn plain(words: &str) -> Self {
        Self::new(String::new(), words)
    }

    /// Whether another one says as much of the same, of another value.
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.subject == other.subject && self.predicate == other.predicate && other.equals.is_some()
    }
}

impl Said {
    /// In words; with `is_part` as a part of something larger.
    fn words(self, is_part: bool) -> String {
        let (parts, word, is_any) = match self {
            Self::Atom(atom) => return one(&atom, true, &[]),
            Self::All(parts) => (parts, "and", false),
            Self::Any(parts) => (parts, "or", true),
        };
        if parts.is_empty() {
            return if is_any { "never" } else { "always" }.to_owned();
        }
        let n_parts = parts.len();
        let mut told: Vec<String> = Vec::new();
        let mut last = String::new();
        let mut parts = parts.into_iter().take(MOST_PARTS).peekable();
        while let Some(part) = parts.next() {
            let Self::Atom(atom) = part else {
                last.clear();
                told.push(part.words(n_parts > 1));
                continue;
            };
            // `is "a"` or `is "b"`; `is not "a"` and `is not "b"`.
            let is_merged = is_any == (atom.predicate == "is");
            let mut more = Vec::new();
            while let Some(Self::Atom(next)) =
                parts.next_if(|next| matches!(next, Self::Atom(next) if is_merged && atom.equals.is_some() && atom.is_about_the_same(next)))
            {
                more.extend(next.equals);
            }
            let is_named = atom.subject.is_empty() || atom.subject != last;
            told.push(one(&atom, is_named, &more));
            last = atom.subject;
        }
        if n_parts > MOST_PARTS {
            told.push(format!("{} more conditions", n_parts - MOST_PARTS));
        }
        let is_one = told.len() == 1;
        let words = joined(&told, word);
        if is_part && !is_one { format!("({words})") } else { words }
    }
}

/// One comparison, with other values that it may equal.
fn one(atom: &Atom, is_named: bool, more: &[String]) -> String {
    let mut words = String::new();
    if is_named && !atom.subject.is_empty() {
        words = format!("{} ", atom.subject);
    }
    match &atom.equals {
        None => words += &atom.predicate,
        Some(value) if more.is_empty() => words += &format!("{} {value}", atom.predicate),
        Some(value) => {
            let which = if atom.predicate == "is" { "is one of" } else { "is none of" };
            words += &format!("{which} {value}, {}", more.join(", "));
        }
    }
    words
}

/// "a", "a and b", "a, b and c".
pub(super) fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} {word} {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::lower;
    use crate::syntax::{Format, parse};

    fn both(rule: &str) -> (String, String) {
        let text = format!(
            r#"{{"StartAt": "C", "States": {{"C": {{"Type": "Choice", "Choices": [{rule}], "Default": "C"}}}}}}"#
        );
        let tree = parse(&text.as_str().into(), Format::Json);
        let machine = lower(tree.root());
        let rule = &machine.states[0].rules()[0];
        (of_rule(rule, true), of_rule(rule, false))
    }

    #[test]
    fn rules_read_as_sentences() {
        for (rule, holds, does_not) in [
            (r#"{"Variable": "$.n", "NumericGreaterThanEquals": 3}"#, "`$.n` is at least 3", "`$.n` is not at least 3"),
            (
                r#"{"Variable": "$.n", "NumericLessThanPath": "$.m"}"#,
                "`$.n` is less than `$.m`",
                "`$.n` is not less than `$.m`",
            ),
            (r#"{"Variable": "$.k", "StringEquals": "a\"b"}"#, r#"`$.k` is "a\"b""#, r#"`$.k` is not "a\"b""#),
            (
                r#"{"Variable": "$.k", "StringEqualsPath": "$.l"}"#,
                "`$.k` is the same string as `$.l`",
                "`$.k` is not the same string as `$.l`",
            ),
            (r#"{"Variable": "$.k", "StringMatches": "a*"}"#, r#"`$.k` matches "a*""#, r#"`$.k` does not match "a*""#),
            (
                r#"{"Variable": "$.k", "StringLessThanEquals": "m"}"#,
                r#"`$.k` is a string before or equal to "m""#,
                r#"`$.k` is not a string before or equal to "m""#,
            ),
            (
                r#"{"Variable": "$.t", "TimestampGreaterThan": "2024-01-01T00:00:00Z"}"#,
                r#"`$.t` is a time after "2024-01-01T00:00:00Z""#,
                r#"`$.t` is not a time after "2024-01-01T00:00:00Z""#,
            ),
            (r#"{"Variable": "$.b", "BooleanEquals": true}"#, "`$.b` is true", "`$.b` is not true"),
            (r#"{"Variable": "$.b", "IsBoolean": false}"#, "`$.b` is neither true nor false", "`$.b` is true or false"),
            (r#"{"Variable": "$.b", "IsPresent": false}"#, "`$.b` is missing", "`$.b` is there"),
            (
                r#"{"And": [{"Variable": "$.n", "IsPresent": true}, {"Variable": "$.n", "IsNumeric": true}, {"Variable": "$.n", "NumericLessThan": 2}]}"#,
                "`$.n` is there, is a number and is less than 2",
                "`$.n` is missing, is no number or is not less than 2",
            ),
            (
                r#"{"Or": [{"Variable": "$.k", "StringEquals": "a"}, {"Variable": "$.k", "StringEquals": "b"}, {"Variable": "$.l", "IsNull": true}]}"#,
                r#"`$.k` is one of "a", "b" or `$.l` is null"#,
                r#"`$.k` is none of "a", "b" and `$.l` is not null"#,
            ),
            (
                r#"{"Not": {"And": [{"Variable": "$.a", "IsString": true}, {"Or": [{"Variable": "$.b", "IsNull": true}, {"Variable": "$.c", "NumericEquals": 1.5}]}]}}"#,
                "`$.a` is no string or (`$.b` is not null and `$.c` is not 1.5)",
                "`$.a` is a string and (`$.b` is null or `$.c` is 1.5)",
            ),
            (r#"{"Next": "C"}"#, "what cannot be read holds", "what cannot be read does not hold"),
        ] {
            assert_eq!(both(rule), (holds.to_owned(), does_not.to_owned()), "{rule}");
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let parts: Vec<String> = (0..20).map(|n| format!(r#"{{"Variable": "$.x{n}", "IsNull": true}}"#)).collect();
        let (holds, _) = both(&format!(r#"{{"And": [{}]}}"#, parts.join(", ")));
        assert!(holds.ends_with("`$.x7` is null and 12 more conditions"), "{holds}");
    }
}
