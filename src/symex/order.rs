//! Turns comparisons of values, and of strings with patterns, into terms.

use super::Reason;
use super::arithmetic::Operation;
use super::atom::{Atom, Sort, SymbolId, Tag, Tags};
use super::constant::Constant;
use super::term::Term;
use super::value::{Shape, ValueId, World};
use crate::asl::Order;
use crate::asl::pattern::Pattern;
use crate::eval::Value;

impl World {
    /// Whether a value is of a sort: a number, a string, the text of a timestamp.
    pub fn is_of(&mut self, value: ValueId, sort: Sort) -> Term {
        match sort {
            Sort::Num => self.is(value, Tag::Num),
            Sort::Str => self.is(value, Tag::Str),
            Sort::Time => self.is_timestamp(value),
        }
    }

    /// Whether two values are of a sort and stand in an order.
    pub fn compare(&mut self, sort: Sort, order: Order, one: ValueId, other: ValueId) -> Term {
        match (self.shape(one).clone(), self.shape(other).clone()) {
            (Shape::Ite(condition, then, otherwise), _) => {
                let then = self.compare(sort, order, then, other);
                let otherwise = self.compare(sort, order, otherwise, other);
                self.terms.ite(condition, then, otherwise)
            }
            (_, Shape::Ite(condition, then, otherwise)) => {
                let then = self.compare(sort, order, one, then);
                let otherwise = self.compare(sort, order, one, otherwise);
                self.terms.ite(condition, then, otherwise)
            }
            (
                Shape::Symbol(_) | Shape::Constant(_) | Shape::Sum(..),
                Shape::Symbol(_) | Shape::Constant(_) | Shape::Sum(..),
            ) => {
                let of_sort = [one, other].map(|value| self.is_of(value, sort));
                let of_sort = self.terms.all(of_sort);
                if of_sort == Term::FALSE || [one, other].map(|value| self.is_no_number(value)).contains(&Term::TRUE) {
                    return Term::FALSE;
                }
                let holds = self.compare_payloads(sort, order, one, other);
                self.terms.and(of_sort, holds)
            }
            _ => Term::FALSE,
        }
    }

    /// As [`Self::compare`] for numbers, in JSONPath: large whole numbers are compared as they are written. JSONata goes by binary64,
    /// which has some of them equal; where it asks about the same values, which of those is less is not modelled.
    pub fn compare_as_written(&mut self, order: Order, one: ValueId, other: ValueId) -> Term {
        let holds = self.compare(Sort::Num, order, one, other);
        let is_known = |value: &ValueId| matches!(self.shape(*value), Shape::Constant(_));
        if !self.is_mixed || one == other || [one, other].iter().any(is_known) {
            return holds;
        }
        let are_equal = self.compare(Sort::Num, Order::Equals, one, other);
        let [first, second] = [one.min(other), one.max(other)];
        let [less, more] = ["less", "more"].map(|what| {
            let reason = Reason::NotModelled("the order of whole numbers beyond 2^53".to_owned());
            let which = self.havoc_of(&format!("{what} than {second:?}"), first, reason, Tags::new(&[Tag::Bool]));
            let which = self.is_true(which);
            self.avoid(which);
            which
        });
        let more = self.terms.and(less.negate(), more);
        let order = if first == one { order } else { mirrored(order) };
        let as_written = self.ordered(order, less, more);
        self.terms.ite(are_equal, as_written, holds)
    }

    /// Whether a value is the number that is none, which stands in no order and equals nothing: `0 / 0`. Of unknowns none is that.
    pub fn is_no_number(&mut self, value: ValueId) -> Term {
        match *self.shape(value) {
            Shape::Constant(ref value) => Term::constant(value.as_f64().is_some_and(f64::is_nan)),
            Shape::Ite(condition, then, otherwise) => {
                let [then, otherwise] = [then, otherwise].map(|value| self.is_no_number(value));
                self.terms.ite(condition, then, otherwise)
            }
            _ => Term::FALSE,
        }
    }

    /// As [`Self::compare`], where both are of the sort.
    fn compare_payloads(&mut self, sort: Sort, order: Order, one: ValueId, other: ValueId) -> Term {
        match (self.shape(one).clone(), self.shape(other).clone()) {
            (Shape::Symbol(one), Shape::Symbol(other)) if one == other => Term::constant(is_reflexive(order)),
            (Shape::Symbol(one), Shape::Symbol(other)) => {
                let below = self.atom(Atom::Less(sort, one, other));
                let above = self.atom(Atom::Less(sort, other, one));
                self.ordered(order, below, above)
            }
            (Shape::Symbol(symbol), Shape::Constant(value)) => self.compare_symbol(sort, order, symbol, &value),
            (Shape::Constant(value), Shape::Symbol(symbol)) => {
                self.compare_symbol(sort, mirrored(order), symbol, &value)
            }
            (Shape::Sum(of, add), Shape::Constant(value)) => self.compare_sum(order, of, add, &value),
            (Shape::Constant(value), Shape::Sum(of, add)) => self.compare_sum(mirrored(order), of, add, &value),
            (Shape::Sum(one, add), Shape::Sum(other, also)) if one == other => {
                self.ordered(order, Term::constant(add < also), Term::constant(add > also))
            }
            (Shape::Sum(..), _) | (_, Shape::Sum(..)) => {
                let [one, other] = [one, other].map(|value| self.as_symbol(value));
                self.compare_payloads(sort, order, one, other)
            }
            (Shape::Constant(one), Shape::Constant(other)) => {
                let [one, other] = [one, other].map(|value| Constant::read(sort, &value));
                match (one, other) {
                    (Some(one), Some(other)) if one.is_exact() && other.is_exact() => {
                        let found = one.order(&other);
                        self.ordered(order, Term::constant(found.is_lt()), Term::constant(found.is_gt()))
                    }
                    _ => self.free(Reason::NotModelled(format!("the order of {}", inexact(sort)))),
                }
            }
            _ => Term::FALSE,
        }
    }

    /// A sum as an unknown with a definition: what is compared with another unknown is arithmetic.
    fn as_symbol(&mut self, value: ValueId) -> ValueId {
        let Shape::Sum(of, add) = *self.shape(value) else { return value };
        let of = self.value_of(of);
        let reason = Reason::NotModelled("a comparison with a sum".to_owned());
        let symbol = self.havoc_of(&format!("rounded, and {add} more"), of, reason, Tags::new(&[Tag::Num]));
        let zero = self.constant(0.into());
        self.define(symbol, Operation::Add, &[value, zero], &[]);
        symbol
    }

    fn compare_symbol(&mut self, sort: Sort, order: Order, symbol: SymbolId, value: &Value) -> Term {
        let Some(constant) = Constant::read(sort, value) else { return Term::FALSE };
        if !constant.is_exact() {
            return self.free(Reason::NotModelled(format!("a comparison with {}", inexact(sort))));
        }
        let constant = self.constants.number(sort, constant);
        let below = self.atom(Atom::Below(sort, symbol, constant));
        let above = self.atom(Atom::AtMost(sort, symbol, constant)).negate();
        self.ordered(order, below, above)
    }

    /// A whole number is below another where it is below the next whole number from there on; the rounded one is, where the one
    /// before it is half a unit below that.
    fn compare_sum(&mut self, order: Order, of: SymbolId, add: i64, value: &Value) -> Term {
        let Some(Constant::Num(number, is_exact)) = Constant::read(Sort::Num, value) else { return Term::FALSE };
        #[expect(clippy::cast_precision_loss, reason = "of 32 bits, or the sum of a few")]
        let bound = |whole: f64| {
            let bound = whole - add as f64 - 0.5;
            // The number right below a half comes to 1 too: binary64 has nothing between a half more of it and 1.
            #[expect(clippy::float_cmp, reason = "both are exact")]
            Value::from(if bound == 0.5 { bound.next_down() } else { bound })
        };
        if !is_exact {
            return self.free(Reason::NotModelled(format!("a comparison with {}", inexact(Sort::Num))));
        }
        self.note_compared(of, add, number);
        let below = self.compare_symbol(Sort::Num, Order::LessThan, of, &bound(number.ceil()));
        let above = self.compare_symbol(Sort::Num, Order::GreaterThanEquals, of, &bound(number.floor() + 1.0));
        self.ordered(order, below, above)
    }

    /// The order of two values, given whether the first is below or above the second.
    fn ordered(&mut self, order: Order, below: Term, above: Term) -> Term {
        match order {
            Order::Equals => self.terms.all([below.negate(), above.negate()]),
            Order::LessThan => below,
            Order::GreaterThan => above,
            Order::LessThanEquals => above.negate(),
            Order::GreaterThanEquals => below.negate(),
        }
    }

    /// Whether a value is a string that a pattern describes. The pattern has no open escapes.
    pub fn matches(&mut self, value: ValueId, pattern: &Pattern) -> Term {
        match self.shape(value).clone() {
            Shape::Constant(value) => Term::constant(value.as_str().is_some_and(|text| pattern.matches(text))),
            Shape::Symbol(symbol) => {
                let is_string = self.is(value, Tag::Str);
                let matches = self.matches_symbol(symbol, pattern);
                self.terms.and(is_string, matches)
            }
            Shape::Ite(condition, then, otherwise) => {
                let then = self.matches(then, pattern);
                let otherwise = self.matches(otherwise, pattern);
                self.terms.ite(condition, then, otherwise)
            }
            _ => Term::FALSE,
        }
    }

    fn matches_symbol(&mut self, symbol: SymbolId, pattern: &Pattern) -> Term {
        match pattern.texts.as_slice() {
            [text] => return self.compare_symbol(Sort::Str, Order::Equals, symbol, &Value::from(text.as_str())),
            // The texts that begin with one are a range.
            [text, rest @ ..] if rest.iter().all(String::is_empty) => {
                if text.is_empty() {
                    return Term::TRUE;
                }
                if let Some(end) = after_all_that_begin_with(text) {
                    self.range_ends.extend([text.clone(), end.clone()]);
                    let from = Value::from(text.as_str());
                    let from = self.compare_symbol(Sort::Str, Order::GreaterThanEquals, symbol, &from);
                    let to = self.compare_symbol(Sort::Str, Order::LessThan, symbol, &Value::from(end));
                    return self.terms.and(from, to);
                }
            }
            _ => {}
        }
        // What it begins with makes a range too, and the rest is asked within it.
        if let [text, ..] = pattern.texts.as_slice()
            && let Some(end) = after_all_that_begin_with(text)
        {
            self.range_ends.extend([text.clone(), end.clone()]);
            for bound in [Value::from(text.as_str()), Value::from(end)] {
                self.compare_symbol(Sort::Str, Order::LessThan, symbol, &bound);
            }
        }
        let next = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        let number = *self.pattern_numbers.entry(pattern.texts.clone()).or_insert(next);
        if number == next {
            self.patterns.push(pattern.clone());
        }
        self.atom(Atom::Matches(symbol, number))
    }
}

fn inexact(sort: Sort) -> &'static str {
    match sort {
        Sort::Num => "a number that binary64 does not hold as it is written",
        Sort::Str => "a string",
        Sort::Time => "a timestamp of a leap second or with more than 9 decimals",
    }
}

const fn is_reflexive(order: Order) -> bool {
    matches!(order, Order::Equals | Order::LessThanEquals | Order::GreaterThanEquals)
}

/// The order as seen from the other side.
const fn mirrored(order: Order) -> Order {
    match order {
        Order::Equals => Order::Equals,
        Order::LessThan => Order::GreaterThan,
        Order::GreaterThan => Order::LessThan,
        Order::LessThanEquals => Order::GreaterThanEquals,
        Order::GreaterThanEquals => Order::LessThanEquals,
    }
}

/// The first string, by code units, after all that begin with `text`; `None` where no text is that string.
pub(super) fn after_all_that_begin_with(text: &str) -> Option<String> {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let last = units.last_mut()?;
    *last = last.checked_add(1)?;
    String::from_utf16(&units).ok()
}
