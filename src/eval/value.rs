//! JSON as an execution holds it: immutable, shared, cheap to copy.
//!
//! Containers know how deeply they nest, so that nothing which builds values grows one that a recursive walk could not
//! finish: whoever builds values checks [`Value::depth`] against [`MAX_DEPTH`] before handing them on. They also know what a
//! walk costs: whoever walks over all of a value charges [`Value::weight`] before. And they know how long their text is at most,
//! since every state asks whether what it hands on is too long.

mod number;
mod text;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use indexmap::IndexMap;

use super::fault::Fault;
use crate::syntax::{Kind, Node};
use crate::text::Span;

pub use number::Number;
pub use text::JsonError;
pub(crate) use text::quote;

/// How deep a value may nest, as [`crate::syntax::MAX_DEPTH`] bounds what is read.
pub const MAX_DEPTH: u32 = 1000;

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// A list of values.
    Array(Arc<Array>),
    /// Members by name, in the order in which they came.
    Object(Arc<Object>),
}

/// The items of an array; reads as a slice.
#[derive(Clone, Debug, Default)]
pub struct Array {
    items: Vec<Value>,
    measures: Measures,
}

/// The members of an object, in order; reads as a map.
#[derive(Clone, Debug, Default)]
pub struct Object {
    members: Members,
    measures: Measures,
}

/// What a container knows of all that is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Measures {
    depth: u32,
    weight: u64,
    longest: usize,
}

impl Default for Measures {
    /// Those of `[]` and `{}`.
    fn default() -> Self {
        Self { depth: 1, weight: 1, longest: 2 }
    }
}

impl Measures {
    /// With one more value in it; what else there is about it has `name`.
    fn with(self, name: Option<&str>, value: &Value) -> Self {
        let (weight, longest) = name.map_or((0, 1), |name| (name.len() as u64 / 64, text::longest(name) + 2));
        Self {
            depth: self.depth.max(1 + value.depth()),
            weight: self.weight.saturating_add(value.weight()).saturating_add(weight),
            longest: self.longest.saturating_add(longest).saturating_add(value.longest()),
        }
    }

    /// With another value in the place of one; `None` where only a look at all of them tells.
    fn instead(self, old: &Value, new: &Value) -> Option<Self> {
        let is_deepest = 1 + old.depth() == self.depth && new.depth() < old.depth();
        if is_deepest || self.weight == u64::MAX || self.longest == usize::MAX {
            return None;
        }
        Some(Self {
            depth: self.depth.max(1 + new.depth()),
            weight: (self.weight - old.weight()).saturating_add(new.weight()),
            longest: (self.longest - old.longest()).saturating_add(new.longest()),
        })
    }
}

/// Members on their way into an object.
pub type Members = IndexMap<Arc<str>, Value>;

impl Array {
    /// The items, without a copy where nobody else holds them.
    #[must_use]
    pub fn take(this: Arc<Self>) -> Vec<Value> {
        Arc::unwrap_or_clone(this).items
    }
}

impl Deref for Array {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        self.measures.depth == other.measures.depth && self.items == other.items
    }
}

impl Object {
    /// The members, without a copy where nobody else holds them.
    #[must_use]
    pub fn take(this: Arc<Self>) -> Members {
        Arc::unwrap_or_clone(this).members
    }

    /// It with a member more, at the end, or with another value of one that it has, at its place; without a copy where nobody else
    /// holds it.
    #[must_use]
    pub fn with(mut this: Arc<Self>, name: Arc<str>, value: Value) -> Arc<Self> {
        let object = Arc::make_mut(&mut this);
        let measures = match object.members.get(&name) {
            Some(old) => object.measures.instead(old, &value),
            None => Some(object.measures.with(Some(&name), &value)),
        };
        object.members.insert(name, value);
        object.measures = measures.unwrap_or_else(|| measured(&object.members));
        this
    }
}

fn measured(members: &Members) -> Measures {
    members.iter().fold(Measures::default(), |measures, (name, value)| measures.with(Some(name), value))
}

impl Deref for Object {
    type Target = Members;

    fn deref(&self) -> &Members {
        &self.members
    }
}

impl PartialEq for Object {
    /// The order of members does not count.
    fn eq(&self, other: &Self) -> bool {
        self.measures.depth == other.measures.depth && self.members == other.members
    }
}

impl Value {
    /// An array of these.
    #[must_use]
    pub fn array(items: Vec<Self>) -> Self {
        let measures = items.iter().fold(Measures::default(), |measures, item| measures.with(None, item));
        Self::Array(Arc::new(Array { items, measures }))
    }

    /// An object of these.
    #[must_use]
    pub fn object(members: Members) -> Self {
        let measures = measured(&members);
        Self::Object(Arc::new(Object { members, measures }))
    }

    /// An object of these; of a name that comes twice, the last value counts, at the first place.
    pub fn members<K: Into<Arc<str>>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// The value that stands in a text. Holes and what is missing are `null`; of members with one name the last counts.
    #[must_use]
    pub fn from_node(node: Node<'_>) -> Self {
        match node.kind() {
            Kind::Null | Kind::Hole | Kind::Missing => Self::Null,
            Kind::Bool => Self::Bool(node.as_bool().unwrap_or_default()),
            Kind::Number => Self::Number(Number::from_node(node)),
            Kind::String => Self::from(node.content()),
            Kind::Array => Self::array(node.items().map(Self::from_node).collect()),
            Kind::Object => Self::members(node.members().map(|member| (member.name(), Self::from_node(member.value)))),
        }
    }

    /// How many containers lie in each other: 0 for a scalar, 1 for `[]`.
    #[must_use]
    pub fn depth(&self) -> u32 {
        match self {
            Self::Array(array) => array.measures.depth,
            Self::Object(object) => object.measures.depth,
            _ => 0,
        }
    }

    /// What it costs to walk over all of it, in units of a [`super::Budget`]: one for each value in it, and one for 64 bytes of
    /// text. What is shared counts each time: a small value in memory may be an endless one to write.
    #[must_use]
    pub fn weight(&self) -> u64 {
        match self {
            Self::Array(array) => array.measures.weight,
            Self::Object(object) => object.measures.weight,
            Self::String(text) => 1 + text.len() as u64 / 64,
            _ => 1,
        }
    }

    /// The value itself, unless it nests deeper than [`MAX_DEPTH`].
    ///
    /// # Errors
    /// At `span` of the expression that made it, where it does.
    pub fn within_depth(self, span: Span) -> Result<Self, Fault> {
        if self.depth() <= MAX_DEPTH { Ok(self) } else { Err(Fault::too_deep(span)) }
    }

    /// The member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// A string's text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A number, rounded to binary64.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// A whole number that fits; `3.0` is whole.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// A boolean.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Members> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether another value has all of this in the same places: the members of objects that this does not name do not count.
    /// Recursion is bounded by the depth of values.
    #[must_use]
    pub fn is_part_of(&self, whole: &Self) -> bool {
        match (self, whole) {
            (Self::Object(part), Self::Object(whole)) => {
                part.iter().all(|(name, value)| whole.get(name).is_some_and(|other| value.is_part_of(other)))
            }
            (part, whole) => part == whole,
        }
    }

    /// Whether it is the very same value in memory, which tells without a comparison that both are equal.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(one), Self::Array(other)) => Arc::ptr_eq(one, other),
            (Self::Object(one), Self::Object(other)) => Arc::ptr_eq(one, other),
            (Self::String(one), Self::String(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// What it is, for a message: "a string", "an array".
    #[must_use]
    pub const fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(Number::Int(value))
    }
}

impl From<f64> for Value {
    /// See [`Number::from_f64`].
    fn from(value: f64) -> Self {
        Self::Number(Number::from_f64(value))
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::array(items)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match value {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Number(Number::read(&number.to_string())),
            Json::String(text) => Self::from(text.as_str()),
            Json::Array(items) => Self::array(items.iter().map(Self::from).collect()),
            Json::Object(members) => {
                Self::members(members.iter().map(|(name, value)| (name.as_str(), Self::from(value))))
            }
        }
    }
}

impl fmt::Display for Value {
    /// As compact JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

#[cfg(test)]
mod tests;
