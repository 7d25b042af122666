//! Turns a choice rule and what its paths start from into whether it holds.
//!
//! A value of another type than the comparator's does not hold and is no fault (recorded). A `Variable` or an operand that is
//! missing is one, for every comparator but `IsPresent` (measured).

use std::cmp::Ordering;

use super::template::Located;
use super::value::Value;
use super::{Budget, Fault, FaultKind, Roots, java, path};
use crate::asl::path::{self as paths, Path};
use crate::asl::pattern::{Pattern, pattern};
use crate::asl::timestamp::rfc3339;
use crate::asl::{Comparator, Comparison, Order, Rule, Test};
use crate::syntax::Node;

/// A rule of a JSONPath state, read once and asked many times.
#[derive(Clone, Debug)]
pub struct Compiled {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    And(Vec<Compiled>),
    Or(Vec<Compiled>),
    Not(Box<Compiled>),
    Compare(Box<Question>),
}

/// A `Variable`, a comparator, and what it compares with.
#[derive(Clone, Debug)]
struct Question {
    variable: Place,
    comparator: Comparator,
    operand: Operand,
}

/// A path and the string that it stands in.
#[derive(Clone, Debug)]
struct Place {
    node: usize,
    path: Path,
    /// The first thing in the text that makes it no path.
    error: Option<Fault>,
}

/// What the value of a `Variable` is compared with.
#[derive(Clone, Debug)]
enum Operand {
    Value(Value),
    Path(Place),
    Pattern { node: usize, pattern: Pattern },
}

impl Compiled {
    /// Reads a rule. `None` where the rule, or one in it, is JSONata's, or lacks a part without which the service refuses it.
    ///
    /// Recursion is bounded by the depth of the tree.
    #[must_use]
    pub fn new(rule: &Rule<'_>) -> Option<Self> {
        let all = |rules: &[Rule<'_>]| rules.iter().map(Self::new).collect::<Option<Vec<_>>>();
        let kind = match rule.test.as_ref()? {
            Test::And(rules) => Kind::And(all(rules)?),
            Test::Or(rules) => Kind::Or(all(rules)?),
            Test::Not(rule) => Kind::Not(Box::new(Self::new(rule)?)),
            Test::Comparison(comparison) => Kind::Compare(Box::new(Question::new(comparison)?)),
            Test::Condition(_) => return None,
        };
        Some(Self { kind })
    }

    /// Whether the rule holds: `And` and `Or` are asked from left to right until the answer is certain.
    ///
    /// # Errors
    /// A path that finds nothing, a pattern that is none, and too much work.
    pub fn holds(&self, roots: &Roots<'_>, budget: &mut Budget) -> Result<bool, Located> {
        match &self.kind {
            Kind::And(conditions) => {
                for condition in conditions {
                    if !condition.holds(roots, budget)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Or(conditions) => {
                for condition in conditions {
                    if condition.holds(roots, budget)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Kind::Not(condition) => Ok(!condition.holds(roots, budget)?),
            Kind::Compare(question) => question.holds(roots, budget),
        }
    }
}

impl Question {
    fn new(Comparison { variable, comparator, field }: &Comparison<'_>) -> Option<Self> {
        let operand = match comparator {
            Comparator::StringMatches => {
                Operand::Pattern { node: field.value.index(), pattern: pattern(field.value.as_str()?) }
            }
            _ if comparator.takes_path() => Operand::Path(Place::new(field.value)?),
            _ => Operand::Value(Value::from_node(field.value)),
        };
        Some(Self { variable: Place::new((*variable)?.value)?, comparator: *comparator, operand })
    }

    fn holds(&self, roots: &Roots<'_>, budget: &mut Budget) -> Result<bool, Located> {
        let value = match self.variable.read(roots, budget) {
            Err(located) if self.comparator == Comparator::IsPresent => {
                let is_unknown = located.fault.kind == FaultKind::OutOfBudget;
                return if is_unknown { Err(located) } else { Ok(self.asks_for(false)) };
            }
            value => value?,
        };
        let length = value.as_str().map_or(0, str::len);
        budget.spend(1 + length as u64 / 64).map_err(|out| {
            let fault = Fault::out_of_budget(self.variable.path.span, out);
            Located { node: self.variable.node, fault }
        })?;
        match &self.operand {
            Operand::Value(_) if self.comparator == Comparator::IsPresent => Ok(self.asks_for(true)),
            Operand::Value(operand) => Ok(compare(self.comparator, &value, operand)),
            Operand::Path(place) => Ok(compare(self.comparator, &value, &place.read(roots, budget)?)),
            Operand::Pattern { node, pattern } => {
                matches(pattern, &value).map_err(|fault| Located { node: *node, fault })
            }
        }
    }

    /// Whether the operand is this boolean.
    fn asks_for(&self, expected: bool) -> bool {
        matches!(self.operand, Operand::Value(Value::Bool(value)) if value == expected)
    }
}

impl Place {
    fn new(node: Node<'_>) -> Option<Self> {
        let (path, errors) = paths::parse(node.as_str()?);
        let error = errors.into_iter().next().map(|error| Fault::runtime(error.span, error.message));
        Some(Self { node: node.index(), path, error })
    }

    fn read(&self, roots: &Roots<'_>, budget: &mut Budget) -> Result<Value, Located> {
        let value = match &self.error {
            Some(fault) => Err(fault.clone()),
            None => path::read(&self.path, roots, budget),
        };
        value.map_err(|fault| Located { node: self.node, fault })
    }
}

/// Whether a comparator holds of a value and an operand.
fn compare(comparator: Comparator, value: &Value, operand: &Value) -> bool {
    let is = |holds: bool| *operand == Value::Bool(holds);
    match (comparator, value, operand) {
        (Comparator::String(order, _), Value::String(value), Value::String(operand)) => {
            holds(order, Some(java::compare(value, operand)))
        }
        (Comparator::Numeric(order, _), Value::Number(value), Value::Number(operand)) => {
            holds(order, value.partial_cmp(operand))
        }
        (Comparator::Boolean(_), Value::Bool(value), Value::Bool(operand)) => value == operand,
        (Comparator::Timestamp(order, _), Value::String(value), Value::String(operand)) => {
            match (rfc3339(value), rfc3339(operand)) {
                (Ok(value), Ok(operand)) => holds(order, Some(value.cmp(&operand))),
                _ => false,
            }
        }
        (Comparator::IsNull, ..) => is(*value == Value::Null),
        (Comparator::IsNumeric, ..) => is(matches!(value, Value::Number(_))),
        (Comparator::IsString, ..) => is(matches!(value, Value::String(_))),
        (Comparator::IsBoolean, ..) => is(matches!(value, Value::Bool(_))),
        (Comparator::IsTimestamp, ..) => is(value.as_str().is_some_and(|text| rfc3339(text).is_ok())),
        _ => false,
    }
}

fn holds(order: Order, found: Option<Ordering>) -> bool {
    found.is_some_and(|found| match order {
        Order::Equals => found.is_eq(),
        Order::LessThan => found.is_lt(),
        Order::GreaterThan => found.is_gt(),
        Order::LessThanEquals => found.is_le(),
        Order::GreaterThanEquals => found.is_ge(),
    })
}

/// Whether a value is a string that the pattern describes, as a whole.
fn matches(pattern: &Pattern, value: &Value) -> Result<bool, Fault> {
    // States Language specification, "Choice state": an open escape is a failure when the rule is asked.
    if let Some(&span) = pattern.open_escapes.first() {
        return Err(Fault::runtime(span, "a `\\` stands before `*` and `\\` only"));
    }
    Ok(value.as_str().is_some_and(|text| pattern.matches(text)))
}

#[cfg(test)]
mod tests;
