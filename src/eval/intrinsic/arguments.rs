//! Turns the values of arguments into what a function takes, or the fault that they are something else.

use std::sync::Arc;

use crate::asl::intrinsic::{ArgumentKind, Call};
use crate::eval::budget::Budget;
use crate::eval::fault::Fault;
use crate::eval::value::{Array, Object, Value};
use crate::text::Span;

/// An argument, worked out.
pub(super) struct Argument<'c> {
    pub span: Span,
    pub kind: &'c ArgumentKind,
    pub value: Value,
}

/// The arguments of a call, as many as the function takes.
pub(super) struct Arguments<'c> {
    pub call: &'c Call,
    pub items: Vec<Argument<'c>>,
    pub budget: &'c mut Budget,
}

impl Arguments<'_> {
    pub(super) fn array(&self, at: usize) -> Result<Arc<Array>, Fault> {
        match &self.items[at].value {
            Value::Array(items) => Ok(items.clone()),
            _ => Err(self.takes(at, "an array")),
        }
    }

    pub(super) fn object(&self, at: usize) -> Result<Arc<Object>, Fault> {
        match &self.items[at].value {
            Value::Object(members) => Ok(members.clone()),
            _ => Err(self.takes(at, "an object")),
        }
    }

    pub(super) fn text(&self, at: usize) -> Result<Arc<str>, Fault> {
        match &self.items[at].value {
            Value::String(text) => Ok(text.clone()),
            _ => Err(self.takes(at, "a string")),
        }
    }

    /// A number, rounded to binary64.
    pub(super) fn number(&self, at: usize) -> Result<f64, Fault> {
        self.items[at].value.as_f64().ok_or_else(|| self.takes(at, "a number"))
    }

    /// A number of 32 bits: beyond them nothing is whole for these functions (measured).
    pub(super) fn int(&self, at: usize, number: f64) -> Result<i64, Fault> {
        let ints = f64::from(i32::MIN)..=f64::from(i32::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "of 32 bits, and whoever calls has rounded it")]
        if ints.contains(&number) { Ok(number as i64) } else { Err(self.takes(at, "a whole number of 32 bits")) }
    }

    /// A whole number: decimals are cut off (measured).
    pub(super) fn truncated(&self, at: usize) -> Result<i64, Fault> {
        let number = self.number(at)?;
        self.int(at, number.trunc())
    }

    fn takes(&self, at: usize, expected: &str) -> Fault {
        let found = match &self.items[at].value {
            Value::Number(number) => format!("{number}"),
            other => other.describe().to_owned(),
        };
        self.fault(at, format!("`{}` takes {expected} here, and this is {found}", self.call.name))
    }

    /// A fault that lies in an argument.
    pub(super) fn fault(&self, at: usize, message: impl Into<String>) -> Fault {
        Fault::runtime(self.items[at].span, message)
    }

    /// Charges a walk over all of an argument.
    pub(super) fn walk(&mut self, at: usize) -> Result<(), Fault> {
        self.charge(self.items[at].value.weight())
    }

    pub(super) fn spend(&mut self, units: usize) -> Result<(), Fault> {
        self.charge(units as u64)
    }

    pub(super) fn charge(&mut self, units: u64) -> Result<(), Fault> {
        self.budget.spend(units).map_err(|out| Fault::out_of_budget(self.call.span, out))
    }
}
