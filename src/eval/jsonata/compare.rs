//! Two items into whether they are equal, the same, or which comes first; one into whether it counts as true.

use std::rc::Rc;
use std::sync::Arc;

use super::evaluate::{Evaluation, Fallible};
use super::item::Item;
use crate::eval::value::Value;
use crate::text::Span;

/// Whether two items are equal by value, as `=` has it. Each pair of values that is looked at is charged as one unit.
pub(super) fn is_equal(one: &Item, other: &Item, spend: &mut dyn FnMut(usize) -> Fallible<()>) -> Fallible<bool> {
    spend(1)?;
    if let (Some(one), Some(other)) = (one.as_items(), other.as_items()) {
        if one.len() != other.len() {
            return Ok(false);
        }
        for (one, other) in one.iter().zip(other.iter()) {
            if !is_equal(&one, &other, spend)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if let (Some(one), Some(other)) = (one.as_fields(), other.as_fields()) {
        if one.len() != other.len() {
            return Ok(false);
        }
        for (name, value) in one.iter() {
            match other.get(&name) {
                Some(other) if is_equal(&value, &other, spend)? => {}
                _ => return Ok(false),
            }
        }
        return Ok(true);
    }
    Ok(is_same(one, other))
}

/// Whether two items are one: scalars by value, as binary64 has numbers; arrays, objects and functions by identity. So `in`
/// has it.
pub(super) fn is_same(one: &Item, other: &Item) -> bool {
    match (one, other) {
        (Item::Json(Value::Number(one)), Item::Json(Value::Number(other))) => one.as_f64() == other.as_f64(),
        (Item::Json(Value::Array(one)), Item::Json(Value::Array(other))) => Arc::ptr_eq(one, other),
        (Item::Json(Value::Object(one)), Item::Json(Value::Object(other))) => Arc::ptr_eq(one, other),
        (Item::Json(one), Item::Json(other)) => one == other,
        (Item::List(one), Item::List(other)) => Rc::ptr_eq(one, other),
        (Item::Record(one), Item::Record(other)) => Rc::ptr_eq(one, other),
        (Item::Function(one), Item::Function(other)) => one.is_same(other),
        (Item::Hole, Item::Hole) => true,
        _ => false,
    }
}

impl Evaluation<'_> {
    /// Whether an item counts as true where a condition is asked for: nothing does not.
    pub(super) fn is_true(&mut self, item: Option<&Item>, at: Span) -> Fallible<bool> {
        let Some(item) = item else { return Ok(false) };
        if let Some(items) = item.as_items() {
            self.spend(at, items.len())?;
            for inner in items.iter() {
                if self.is_true(Some(&inner), at)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        Ok(match item {
            Item::Json(Value::Bool(value)) => *value,
            Item::Json(Value::Number(_)) => self.as_number(item, at)?.is_some_and(|number| number != 0.0),
            Item::Json(Value::String(text)) => !text.is_empty(),
            Item::Json(Value::Object(members)) => !members.is_empty(),
            // To the reference implementation a function is an object with members.
            Item::Record(_) | Item::Function(_) => true,
            _ => false,
        })
    }
}
