//! What the root of an expression gives into the value that leaves it.

use super::evaluate::{Evaluation, Fallible, fail};
use super::item::Item;
use crate::eval::value::{Members, Number, Value};
use crate::text::Span;

/// The code of an expression that gives a function, or something that holds one. The reference implementation, which hands out
/// functions, has no such code; the service says "returned an unsupported result type" (recorded).
pub(super) const NO_VALUE: &str = "T1000";

impl Evaluation<'_> {
    pub(super) fn into_value(mut self, given: Option<Item>) -> Fallible<Option<Value>> {
        let Some(item) = given else { return Ok(None) };
        let at = self.span(self.ast.root());
        // What was only found has been weighed where it came from.
        let is_found = !self.has_built && matches!(item, Item::Json(_));
        let value = self.value_of(item, at)?;
        if is_found && value.depth() > 0 {
            return Ok(Some(value));
        }
        self.weigh(&value, at)?;
        Ok(Some(value))
    }

    pub(super) fn value_of(&mut self, item: Item, at: Span) -> Fallible<Value> {
        self.spend(at, 1)?;
        match item {
            Item::Json(value) => Ok(value),
            Item::List(list) => {
                let mut values = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    values.push(self.value_of(item.clone(), at)?);
                }
                Ok(Value::array(values))
            }
            Item::Record(record) => {
                let mut members = Members::with_capacity(record.members.len());
                for (name, item) in &record.members {
                    members.insert(name.clone(), self.value_of(item.clone(), at)?);
                }
                Ok(Value::object(members))
            }
            Item::Hole => Ok(Value::Null),
            Item::Function(_) => fail(at, NO_VALUE, "result is a function, or holds one"),
        }
    }

    /// Charges for each part of a value as often as it stands there: parts that are shared take no memory, but what comes
    /// next walks through all of them. And a number that was computed must be one that JSON has.
    fn weigh(&mut self, value: &Value, at: Span) -> Fallible<()> {
        self.spend(at, 1)?;
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.weigh(item, at)),
            Value::Object(members) => members.values().try_for_each(|item| self.weigh(item, at)),
            Value::Number(Number::Float(number)) if !number.is_finite() => {
                fail(at, "D1001", "number of the result is out of range")
            }
            _ => Ok(()),
        }
    }
}
