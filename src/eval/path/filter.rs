//! Turns a filter and an item into whether the item passes.
//!
//! As json-path 2.0 reads it: a literal is a text, and what it is compared with decides what it means. Parentheses group
//! nothing, `&&` binds before `||` all the same. A side that finds nothing fails the comparison, `!=` too.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::asl::path::{Filter, Operand, OperandKind, Operator, Path, Root};
use crate::eval::budget::Budget;
use crate::eval::fault::Fault;
use crate::eval::java;
use crate::eval::regex::Regex;
use crate::eval::value::{Number, Value};
use crate::text::Span;

use super::read::{Stop, is_branching, select};

/// A filter, made ready to be asked of many items: tests of which any group has to hold, all of it.
pub(super) struct Condition<'p> {
    groups: Vec<Vec<Test<'p>>>,
}

enum Test<'p> {
    /// Whether the path finds something other than `null`, and whether that is asked for.
    Exists(&'p Path, bool),
    Compare {
        left: Side<'p>,
        relation: Relation,
        right: Side<'p>,
        span: Span,
    },
    /// Whether the pattern describes the whole text of the value, whatever it is.
    Matches {
        value: Side<'p>,
        pattern: Regex,
        span: Span,
    },
}

#[derive(Clone, Copy)]
enum Relation {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// A side of a comparison.
enum Side<'p> {
    Path(&'p Path),
    Text(Value),
}

impl<'p> Condition<'p> {
    /// # Errors
    /// What the service's reader of paths does not know.
    pub(super) fn new(filter: &'p Filter) -> Result<Self, Fault> {
        Ok(Self { groups: groups(filter)? })
    }

    /// # Errors
    /// A comparison that has no answer, and too much work.
    pub(super) fn holds(&self, item: &Value, document: &Value, budget: &mut Budget) -> Result<bool, Fault> {
        // From the last to the first: which of them has no answer may depend on it.
        for group in self.groups.iter().rev() {
            let mut tests = group.iter().rev();
            let holds = loop {
                match tests.next() {
                    Some(test) if test.holds(item, document, budget)? => {}
                    Some(_) => break false,
                    None => break true,
                }
            };
            if holds {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The tests as they stand in the text, parentheses left out: a group ends at each `||`.
fn groups(filter: &Filter) -> Result<Vec<Vec<Test<'_>>>, Fault> {
    let mut all: Vec<Vec<Test<'_>>> = Vec::new();
    match filter {
        Filter::Or(filters) => {
            for filter in filters {
                all.extend(groups(filter)?);
            }
        }
        Filter::And(filters) => {
            for filter in filters {
                let mut next = groups(filter)?.into_iter();
                if let Some(last) = all.last_mut() {
                    last.extend(next.next().into_iter().flatten());
                }
                all.extend(next);
            }
        }
        single => all.push(vec![Test::new(single)?]),
    }
    Ok(all)
}

impl<'p> Test<'p> {
    fn new(filter: &'p Filter) -> Result<Self, Fault> {
        match filter {
            Filter::Exists(path) => Ok(Self::Exists(definite(path)?, true)),
            Filter::Not(filter) => match &**filter {
                Filter::Exists(path) if path.root == Root::Item => Ok(Self::Exists(definite(path)?, false)),
                other => Err(Fault::runtime(span_of(other), "a `!` is understood before a path from `@` alone only")),
            },
            // `=~`, not the word of newer versions.
            Filter::Compare { left, operator: Operator::Matches, operator_span, right } if operator_span.len() == 2 => {
                let (pattern, operand) = match (&left.kind, &right.kind) {
                    (_, OperandKind::Regex { .. }) => (right, left),
                    (OperandKind::Regex { .. }, _) => (left, right),
                    _ => return Err(Fault::runtime(right.span, "a pattern stands between slashes: `/a.*/`")),
                };
                Ok(Self::Matches { value: Side::new(operand)?, pattern: regex(pattern)?, span: pattern.span })
            }
            Filter::Compare { left, operator, operator_span, right } => {
                let relation = match operator {
                    Operator::Equal => Relation::Equal,
                    Operator::NotEqual => Relation::NotEqual,
                    Operator::Less => Relation::Less,
                    Operator::LessEqual => Relation::LessEqual,
                    Operator::Greater => Relation::Greater,
                    Operator::GreaterEqual => Relation::GreaterEqual,
                    _ => return Err(Fault::runtime(*operator_span, "the service knows no such operator")),
                };
                Ok(Self::Compare { left: Side::new(left)?, relation, right: Side::new(right)?, span: right.span })
            }
            Filter::Or(_) | Filter::And(_) => Err(Fault::runtime(span_of(filter), "these tests cannot be told apart")),
        }
    }

    fn holds(&self, item: &Value, document: &Value, budget: &mut Budget) -> Result<bool, Fault> {
        match self {
            // Even `$.a` is looked for in the item here.
            Self::Exists(path, is_wanted) => {
                let exists = found(path, item, document, budget)?.is_some_and(|value| value != Value::Null);
                Ok(exists == *is_wanted)
            }
            Self::Compare { left, relation, right, span } => {
                let Some(left) = left.value(item, document, budget)? else { return Ok(false) };
                let Some(right) = right.value(item, document, budget)? else { return Ok(false) };
                // Texts are read to the end, containers are not looked into.
                let length = |value: &Value| value.as_str().map_or(0, str::len) as u64;
                budget
                    .spend(1 + (length(&left) + length(&right)) / 64)
                    .map_err(|out| Fault::out_of_budget(*span, out))?;
                relation.holds(&left, &right).map_err(|message| Fault::runtime(*span, message))
            }
            Self::Matches { value, pattern, span } => {
                let Some(value) = value.value(item, document, budget)? else { return Ok(false) };
                if value == Value::Null {
                    return Ok(false);
                }
                let matched = budget.spend(value.weight()).and_then(|()| {
                    let found = pattern.find_at(&java::text(&value), 0, budget)?;
                    Ok(found.is_some())
                });
                matched.map_err(|out| Fault::out_of_budget(*span, out))
            }
        }
    }
}

/// The pattern between slashes, of a whole text. The only flag is `i`; how Java and JavaScript differ in what they know beyond
/// the common syntax is passed over.
fn regex(operand: &Operand) -> Result<Regex, Fault> {
    let wrong = |message: String| Fault::runtime(operand.span, message);
    match &operand.kind {
        OperandKind::Regex { pattern, flags } if matches!(&**flags, "" | "i") => {
            // By itself first: `a)|(b` is no pattern, though it would be one between the parentheses.
            Regex::new(pattern, flags).map_err(wrong)?;
            Regex::new(&format!("^(?:{pattern})$"), flags).map_err(wrong)
        }
        _ => Err(wrong("a pattern has no flag but `i`".to_owned())),
    }
}

/// A path in a filter, which has to be definite.
fn definite(path: &Path) -> Result<&Path, Fault> {
    match path.root {
        Root::Item | Root::Document if !path.segments.iter().any(is_branching) => Ok(path),
        Root::Item | Root::Document => Err(Fault::runtime(path.span, "a path in a filter selects one value only")),
        _ => Err(Fault::runtime(path.span, "a path in a filter starts with `@` or `$`")),
    }
}

fn span_of(filter: &Filter) -> Span {
    match filter {
        Filter::Or(filters) | Filter::And(filters) => filters.first().map_or_else(Span::default, span_of),
        Filter::Not(filter) => span_of(filter),
        Filter::Exists(path) => path.span,
        Filter::Compare { left, .. } => left.span,
    }
}

/// What a path finds, starting from a value.
fn found(path: &Path, start: &Value, document: &Value, budget: &mut Budget) -> Result<Option<Value>, Fault> {
    match select(path, start, document, budget) {
        Ok(value) => Ok(Some(value)),
        Err(Stop::Missing { .. }) => Ok(None),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

impl<'p> Side<'p> {
    fn new(operand: &'p Operand) -> Result<Self, Fault> {
        Ok(match &operand.kind {
            OperandKind::Path(path) => Self::Path(definite(path)?),
            OperandKind::String(text) if operand.raw.starts_with('\'') => Self::Text(Value::from(text.as_str())),
            // Anything else stands for itself, double quotes included.
            _ => Self::Text(Value::from(operand.raw.as_str())),
        })
    }

    /// `None` where a path finds nothing.
    fn value(&self, item: &Value, document: &Value, budget: &mut Budget) -> Result<Option<Value>, Fault> {
        match self {
            Self::Path(path) => found(path, if path.root == Root::Item { item } else { document }, document, budget),
            Self::Text(text) => Ok(Some(text.clone())),
        }
    }
}

impl Relation {
    /// Whether it is what relates the left side to the right one.
    fn holds(self, left: &Value, right: &Value) -> Result<bool, String> {
        let is_ordering = !matches!(self, Self::Equal | Self::NotEqual);
        if is_ordering && (*left == Value::Null) != (*right == Value::Null) {
            return Ok(false);
        }
        let Some(order) = compare(left, right)? else { return Ok(false) };
        Ok(match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        })
    }
}

/// How the left side compares with the right one, which may be a literal: its text is read as what the left side is.
///
/// `None` where they do not compare; an error where a number is compared with a text that is none.
fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, String> {
    let is_null = |value: &Value| *value == Value::Null || value.as_str() == Some("null");
    Ok(match (left, right) {
        _ if is_null(left) || is_null(right) => Some(is_null(right).cmp(&is_null(left))),
        (Value::String(left), Value::String(right)) => Some(java::compare(left, &right.replace("\\'", "'"))),
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Number(left), Value::String(right)) => match number(right) {
            Some(right) => left.partial_cmp(&right),
            None => return Err(format!("`{right}` is compared with the number {left}, and is none")),
        },
        (Value::Bool(left), Value::String(right)) => Some(left.cmp(&right.eq_ignore_ascii_case("true"))),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        // Containers are not compared, but for being the same one.
        (Value::Array(left), Value::Array(right)) if Arc::ptr_eq(left, right) => Some(Ordering::Equal),
        (Value::Object(left), Value::Object(right)) if Arc::ptr_eq(left, right) => Some(Ordering::Equal),
        _ => None,
    })
}

/// The number that a text is, as `BigDecimal` reads it.
fn number(text: &str) -> Option<Number> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    (is_plain && text.parse::<f64>().is_ok()).then(|| Number::read(text.trim_start_matches('+')))
}
