//! `|pattern|update, delete|` and a value into the value with its matches changed.
//!
//! The reference implementation changes a copy in place. Here the copy is a tree in which no part is shared, so that an
//! object's address tells which one it is; changes are noted by address, and put in at the end.

use std::collections::HashMap;
use std::sync::Arc;

use super::call::Function;
use super::evaluate::{Evaluation, Fallible, fail};
use super::frame::FrameId;
use super::item::Item;
use super::picture::UNCODED;
use crate::asl::jsonata::{ExprId, Kind};
use crate::eval::value::{MAX_DEPTH, Members, Object, Value};
use crate::text::Span;

/// The members that changed objects have now, by the address of the object in the copy. Nothing is dropped while addresses
/// are in use.
type Changes = HashMap<*const Object, Members>;

impl Evaluation<'_> {
    /// Applies the transform at `node` to `subject`.
    pub(super) fn transform(&mut self, node: ExprId, subject: Option<Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let Kind::Transform { pattern, update, delete } = self.ast[node].kind else { return Ok(None) };
        let Some(subject) = self.cloned(node, subject, frame)? else { return Ok(None) };
        let copy = self.copy(&subject, self.span(node))?;
        let Some(matches) = self.evaluate(pattern, Some(&Item::Json(copy.clone())), frame)? else {
            return Ok(Some(Item::Json(copy)));
        };
        let mut changes = Changes::new();
        for found in matches.items_or_self().iter() {
            let context = self.current(&found, &changes, pattern)?;
            if let Some(given) = self.evaluate(update, Some(&context), frame)? {
                let Some(fields) = given.as_fields() else {
                    let message = format!("update of a transform is no object but {}", given.describe());
                    return fail(self.span(update), "T2011", message);
                };
                for (name, value) in fields.iter() {
                    let value = self.value_of(value, self.span(update))?;
                    self.change(&found, &mut changes, pattern)?.map(|members| members.insert(name, value));
                }
            }
            let Some(delete) = delete else { continue };
            let context = self.current(&found, &changes, pattern)?;
            let Some(names) = self.evaluate(delete, Some(&context), frame)? else { continue };
            let names: Option<Vec<Arc<str>>> =
                names.items_or_self().iter().map(|name| Some(name.as_str()?.into())).collect();
            let Some(names) = names else {
                return fail(self.span(delete), "T2012", "what a transform deletes is named by strings");
            };
            if found.as_fields().is_some()
                && let Some(members) = self.change(&found, &mut changes, pattern)?
            {
                for name in names {
                    members.shift_remove(&*name);
                }
            }
        }
        let changed = self.rebuilt(&copy, &changes, 0, self.span(node))?;
        // What was found stays until here: its addresses are in use.
        drop(matches);
        Ok(Some(Item::Json(changed)))
    }

    /// What `$clone` makes of the subject: the reference implementation asks for it by name, so it can be shadowed.
    fn cloned(&mut self, node: ExprId, subject: Option<Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let Some(subject) = subject else { return Ok(None) };
        match self.lookup("clone", frame) {
            Some(Item::Function(Function::Library(_))) => Ok(Some(subject)),
            Some(Item::Function(function)) => self.invoke(&function, vec![Some(subject)], node),
            _ => fail(self.span(node), "T2013", "`$clone` is no function here, and a transform needs it"),
        }
    }

    /// A match as it is by now.
    fn current(&mut self, found: &Item, changes: &Changes, pattern: ExprId) -> Fallible<Item> {
        match found {
            Item::Json(value) if !changes.is_empty() => {
                self.rebuilt(value, changes, 0, self.span(pattern)).map(Item::Json)
            }
            _ => Ok(found.clone()),
        }
    }

    /// The members of a match that is to be changed; none of an array or of what is no JSON, which keep nothing.
    fn change<'c>(&self, found: &Item, changes: &'c mut Changes, pattern: ExprId) -> Fallible<Option<&'c mut Members>> {
        match found {
            Item::Json(Value::Object(object)) => {
                Ok(Some(changes.entry(Arc::as_ptr(object)).or_insert_with(|| Members::clone(object))))
            }
            Item::Json(Value::Array(_)) | Item::List(_) | Item::Record(_) | Item::Function(_) => Ok(None),
            Item::Json(_) | Item::Hole => fail(
                self.span(pattern),
                UNCODED,
                format!("transform changes objects, and this is {}", found.describe()),
            ),
        }
    }

    /// A value with all changes in it.
    fn rebuilt(&mut self, value: &Value, changes: &Changes, depth: u32, at: Span) -> Fallible<Value> {
        self.spend(at, 1)?;
        if depth > MAX_DEPTH {
            return fail(at, UNCODED, "a transform puts a value into itself");
        }
        Ok(match value {
            Value::Array(items) => {
                let mut rebuilt = Vec::with_capacity(items.len());
                for item in items.iter() {
                    rebuilt.push(self.rebuilt(item, changes, depth + 1, at)?);
                }
                Value::array(rebuilt)
            }
            Value::Object(object) => {
                let members: &Members = changes.get(&Arc::as_ptr(object)).unwrap_or(object);
                let mut rebuilt = Members::with_capacity(members.len());
                for (name, member) in members {
                    rebuilt.insert(Arc::clone(name), self.rebuilt(member, changes, depth + 1, at)?);
                }
                Value::object(rebuilt)
            }
            scalar => scalar.clone(),
        })
    }
}
