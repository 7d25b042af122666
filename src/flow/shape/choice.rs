//! What is known of a value once a comparator has been asked of it.
//!
//! The mirror of [`crate::eval::choice`]: a comparator splits a set into the values that it holds of and the others.

use crate::asl::{Comparator, Operand, Order};
use crate::syntax::Node;

use super::{Kinds, Shape};

/// Numbers that a binary64 tells apart from their neighbours.
const MOST: f64 = 9_007_199_254_740_992.0;

/// The values of which a comparator holds, and those of which it does not hold. Not for `IsPresent`.
#[must_use]
pub fn split(value: &Shape, comparator: Comparator, operand: Node<'_>) -> (Shape, Shape) {
    if operand.is_open() {
        return (value.clone(), value.clone());
    }
    let kind = |kinds: Kinds| match operand.as_bool() {
        Some(true) => (value.only(kinds), value.without(kinds)),
        Some(false) => (value.without(kinds), value.only(kinds)),
        None => (Shape::never(), value.clone()),
    };
    match comparator {
        Comparator::IsNull => kind(Kinds::NULL),
        Comparator::IsNumeric => kind(Kinds::NUMBER),
        Comparator::IsString => kind(Kinds::STRING),
        Comparator::IsBoolean => kind(Kinds::BOOLEAN),
        Comparator::IsTimestamp => match operand.as_bool() {
            Some(true) => (value.only(Kinds::STRING), value.clone()),
            Some(false) => (value.clone(), value.only(Kinds::STRING)),
            None => (Shape::never(), value.clone()),
        },
        Comparator::IsPresent => (value.clone(), value.clone()),
        Comparator::String(_, Operand::Path) | Comparator::StringMatches | Comparator::Timestamp(_, _) => {
            (value.only(Kinds::STRING), value.clone())
        }
        Comparator::Numeric(_, Operand::Path) => (value.only(Kinds::NUMBER), value.clone()),
        Comparator::Boolean(Operand::Path) => (value.only(Kinds::BOOLEAN), value.clone()),
        Comparator::String(order, Operand::Literal) => match operand.as_str() {
            None => (Shape::never(), value.clone()),
            Some(text) if order == Order::Equals => (equal_string(value, text), value.without_string(text)),
            Some(_) => (value.only(Kinds::STRING), value.clone()),
        },
        Comparator::Numeric(order, Operand::Literal) => match operand.as_f64() {
            None => (Shape::never(), value.clone()),
            Some(number) if order == Order::Equals && number.abs() < MOST => {
                (equal_number(value, number), value.without_number(number))
            }
            Some(number) if number.abs() < MOST => numbers_split(value, |one| match order {
                Order::Equals => one == number,
                Order::LessThan => one < number,
                Order::GreaterThan => one > number,
                Order::LessThanEquals => one <= number,
                Order::GreaterThanEquals => one >= number,
            }),
            Some(_) => (value.only(Kinds::NUMBER), value.clone()),
        },
        Comparator::Boolean(Operand::Literal) => match operand.as_bool() {
            None => (Shape::never(), value.clone()),
            Some(true) => (value.only(Kinds::TRUE), value.without(Kinds::TRUE)),
            Some(false) => (value.only(Kinds::FALSE), value.without(Kinds::FALSE)),
        },
    }
}

/// The numbers of a set of which something holds, and all other values of it; where they are not known one by one, all numbers.
fn numbers_split(value: &Shape, holds: impl Fn(f64) -> bool) -> (Shape, Shape) {
    let of_number = value.only(Kinds::NUMBER);
    let Some(numbers) = of_number.numbers().filter(|numbers| numbers.iter().all(|number| number.abs() < MOST)) else {
        return (of_number, value.clone());
    };
    let (taken, passed): (Vec<f64>, Vec<f64>) = numbers.iter().partition(|&&number| holds(number));
    let all = |numbers: Vec<f64>| {
        let each = numbers.into_iter().map(Shape::number);
        each.fold(Shape::never(), |all, one| all.join(&one)).made_at(value.origin())
    };
    (all(taken), value.without(Kinds::NUMBER).join(&all(passed)).made_at(value.origin()))
}

/// Those values that are this string.
#[must_use]
pub fn equal_string(value: &Shape, text: &str) -> Shape {
    let may_be = value.strings().is_none_or(|strings| strings.iter().any(|string| **string == *text));
    if !value.kinds().meets(Kinds::STRING) || !may_be {
        return Shape::never();
    }
    Shape::string(text).made_at(value.origin())
}

/// Those values that are this number.
#[must_use]
pub fn equal_number(value: &Shape, number: f64) -> Shape {
    let may_be = value.numbers().is_none_or(|numbers| numbers.contains(&number));
    if !value.kinds().meets(Kinds::NUMBER) || !may_be {
        return Shape::never();
    }
    Shape::number(number).made_at(value.origin())
}
