//! What a part of an expression gives: JSON, or what only lives while an expression is evaluated.
//!
//! JSON stays a [`Value`] and is shared, never copied. Only arrays with a [`Shape`], functions, and what holds one of
//! these are items of their own; [`list`] and [`record`] see to it. Undefined is `None` throughout.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::call::Function;
use super::evaluate::{Evaluation, Fallible};
use crate::eval::value::{Members, Value};
use crate::text::Span;

/// What a part of an expression gives.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// JSON, its arrays without a shape.
    Json(Value),
    /// An array with a shape, or one that holds what is no JSON.
    List(Rc<List>),
    /// An object that holds what is no JSON.
    Record(Rc<Record>),
    /// A function.
    Function(Function),
    /// Nothing, as an item of an array: a predicate that holds of nothing lets it through (`missing[true]`). It counts, gives
    /// nothing, and leaves as `null`.
    Hole,
}

/// An array that is no [`Item::Json`].
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) items: Vec<Item>,
    pub(super) shape: Shape,
    depth: u32,
}

/// What the reference implementation notes on an array. It stays with it wherever it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing.
    Plain,
    /// What a path or a function found: one item stands for itself, none for nothing.
    Sequence,
    /// A sequence that stays an array: `[]` was written behind it.
    Kept,
    /// Built by `[…]` as a step of a path: no step behind it takes it apart into the array around it.
    Constructed,
    /// A sequence around an input that is an array: the array is one context, not many.
    Input,
}

impl Shape {
    pub(super) const fn is_sequence(self) -> bool {
        matches!(self, Self::Sequence | Self::Kept | Self::Input)
    }
}

/// An object that is no [`Item::Json`].
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) members: Fields,
    depth: u32,
}

pub(super) type Fields = IndexMap<Arc<str>, Item>;

/// An array of these.
pub(super) fn list(items: Vec<Item>, shape: Shape) -> Item {
    if shape == Shape::Plain && items.iter().all(|item| matches!(item, Item::Json(_))) {
        return Item::Json(Value::array(items.into_iter().filter_map(Item::into_json).collect()));
    }
    let depth = 1 + items.iter().map(Item::depth).max().unwrap_or_default();
    Item::List(Rc::new(List { items, shape, depth }))
}

/// A sequence of these.
pub(super) fn sequence(items: Vec<Item>) -> Item {
    list(items, Shape::Sequence)
}

/// An object of these.
pub(super) fn record(members: Fields) -> Item {
    if members.values().all(|member| matches!(member, Item::Json(_))) {
        let json = members.into_iter().filter_map(|(name, member)| Some((name, member.into_json()?)));
        return Item::Json(Value::object(json.collect()));
    }
    let depth = 1 + members.values().map(Item::depth).max().unwrap_or_default();
    Item::Record(Rc::new(Record { members, depth }))
}

impl Item {
    /// How many containers and captured values lie in each other.
    pub(super) fn depth(&self) -> u32 {
        match self {
            Self::Json(value) => value.depth(),
            Self::List(list) => list.depth,
            Self::Record(record) => record.depth,
            Self::Function(function) => function.depth(),
            Self::Hole => 0,
        }
    }

    /// The value, if it is plain JSON.
    fn into_json(self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value),
            _ => None,
        }
    }

    /// The item, unless it is a hole.
    pub(super) fn or_nothing(self) -> Option<Self> {
        if matches!(self, Self::Hole) { None } else { Some(self) }
    }

    /// What notes its array carries.
    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::List(list) => list.shape,
            _ => Shape::Plain,
        }
    }

    /// The items of an array.
    pub(super) fn as_items(&self) -> Option<Items<'_>> {
        match self {
            Self::Json(Value::Array(array)) => Some(Items::Values(array)),
            Self::List(list) => Some(Items::Items(&list.items)),
            _ => None,
        }
    }

    /// Itself, as the only item of an array, or its items if it is one.
    pub(super) fn items_or_self(&self) -> Items<'_> {
        self.as_items().unwrap_or(Items::Items(std::slice::from_ref(self)))
    }

    pub(super) fn is_array(&self) -> bool {
        matches!(self, Self::Json(Value::Array(_)) | Self::List(_))
    }

    /// The members of an object.
    pub(super) fn as_fields(&self) -> Option<FieldsOf<'_>> {
        match self {
            Self::Json(Value::Object(object)) => Some(FieldsOf::Values(object)),
            Self::Record(record) => Some(FieldsOf::Items(&record.members)),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Json(value) => value.as_str(),
            _ => None,
        }
    }

    pub(super) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Json(value) => value.as_f64(),
            _ => None,
        }
    }

    pub(super) fn as_function(&self) -> Option<&Function> {
        match self {
            Self::Function(function) => Some(function),
            _ => None,
        }
    }

    /// What it is, for a message.
    pub(super) const fn describe(&self) -> &'static str {
        match self {
            Self::Json(value) => value.describe(),
            Self::List(_) => "an array",
            Self::Record(_) => "an object",
            Self::Function(_) => "a function",
            Self::Hole => "nothing",
        }
    }
}

impl<T: Into<Value>> From<T> for Item {
    fn from(value: T) -> Self {
        Self::Json(value.into())
    }
}

/// The items of an array, however it holds them.
#[derive(Clone, Copy)]
pub(super) enum Items<'i> {
    Values(&'i [Value]),
    Items(&'i [Item]),
}

impl<'i> Items<'i> {
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Items(items) => items.len(),
        }
    }

    pub(super) fn get(self, at: usize) -> Option<Item> {
        match self {
            Self::Values(values) => values.get(at).cloned().map(Item::Json),
            Self::Items(items) => items.get(at).cloned(),
        }
    }

    /// A share of each.
    pub(super) fn iter(self) -> impl ExactSizeIterator<Item = Item> + DoubleEndedIterator + 'i {
        (0..self.len()).map(move |at| match self {
            Self::Values(values) => Item::Json(values[at].clone()),
            Self::Items(items) => items[at].clone(),
        })
    }
}

/// The members of an object, however it holds them.
#[derive(Clone, Copy)]
pub(super) enum FieldsOf<'i> {
    Values(&'i Members),
    Items(&'i Fields),
}

impl<'i> FieldsOf<'i> {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Values(members) => members.len(),
            Self::Items(members) => members.len(),
        }
    }

    pub(super) fn get(self, name: &str) -> Option<Item> {
        match self {
            Self::Values(members) => members.get(name).cloned().map(Item::Json),
            Self::Items(members) => members.get(name).cloned(),
        }
    }

    /// A share of each, with its name.
    pub(super) fn iter(self) -> impl ExactSizeIterator<Item = (Arc<str>, Item)> + 'i {
        (0..self.len()).map(move |at| match self {
            Self::Values(members) => (Arc::clone(&members.keys()[at]), Item::Json(members[at].clone())),
            Self::Items(members) => (Arc::clone(&members.keys()[at]), members[at].clone()),
        })
    }
}

impl Evaluation<'_> {
    /// All of these as one: nothing of none, the item of one, an array of more. What is an array gives its items.
    pub(super) fn gather(&mut self, mut parts: Vec<Item>, at: Span) -> Fallible<Option<Item>> {
        parts.retain(|part| !matches!(part, Item::Hole));
        if parts.len() < 2 {
            return Ok(parts.pop());
        }
        let n_items = parts.iter().map(|part| part.items_or_self().len()).sum();
        self.spend(at, n_items)?;
        let mut items = Vec::with_capacity(n_items);
        for part in parts {
            items.extend(part.items_or_self().iter());
        }
        Ok(Some(list(items, Shape::Plain)))
    }
}
