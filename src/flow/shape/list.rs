//! What is known of the arrays of a set.

use std::fmt;

use super::{Joining, Shape};
use crate::eval::Value;

/// How many items are told apart.
const MAX_ITEMS: usize = 16;

/// Arrays.
#[derive(Clone, Debug)]
pub struct List {
    items: Items,
    depth: u32,
}

#[derive(Clone, Debug)]
enum Items {
    /// Just so many, each of its own shape.
    Exact(Vec<Shape>),
    /// At least so many, all of one shape.
    Each(Shape, usize),
}

impl List {
    /// The arrays of these items; none where one of them cannot be anything.
    pub(super) fn exact(items: Vec<Shape>) -> Option<Self> {
        if items.iter().any(Shape::is_never) {
            return None;
        }
        if items.len() > MAX_ITEMS {
            let each = items.iter().fold(Shape::never(), |all, item| all.join(item));
            return Self::each(each, items.len());
        }
        let items: Vec<Shape> = items.into_iter().map(Shape::shallow).collect();
        let depth = 1 + items.iter().map(Shape::depth).max().unwrap_or_default();
        Some(Self { items: Items::Exact(items), depth })
    }

    /// Arrays of at least so many items; only the empty one where there can be none.
    pub(super) fn each(each: Shape, least: usize) -> Option<Self> {
        match (each.is_never(), least) {
            (true, 0) => Self::exact(Vec::new()),
            (true, _) => None,
            (false, _) => {
                let each = each.shallow();
                let depth = 1 + each.depth();
                Some(Self { items: Items::Each(each, least), depth })
            }
        }
    }

    pub(super) const fn depth(&self) -> u32 {
        self.depth
    }

    /// The items, where just so many are there, each of its own shape.
    #[must_use]
    pub fn as_exact(&self) -> Option<&[Shape]> {
        match &self.items {
            Items::Exact(items) => Some(items),
            Items::Each(..) => None,
        }
    }

    /// What an item can be.
    #[must_use]
    pub fn items(&self) -> Shape {
        match &self.items {
            Items::Exact(items) => items.iter().fold(Shape::never(), |all, item| all.join(item)),
            Items::Each(each, _) => each.clone(),
        }
    }

    /// How many items there are at least.
    #[must_use]
    pub fn least(&self) -> usize {
        match &self.items {
            Items::Exact(items) => items.len(),
            Items::Each(_, least) => *least,
        }
    }

    /// The item of this number, and whether all arrays have one.
    #[must_use]
    pub fn item(&self, index: usize) -> (Shape, bool) {
        match &self.items {
            Items::Exact(items) => items.get(index).map_or((Shape::never(), false), |item| (item.clone(), true)),
            Items::Each(each, least) => (each.clone(), index < *least),
        }
    }

    /// The arrays whose item of this number is `item` instead.
    #[must_use]
    pub fn with(&self, index: usize, item: Shape) -> Shape {
        match &self.items {
            Items::Exact(items) if index < items.len() => {
                let mut items = items.clone();
                items[index] = item;
                Shape::tuple(items)
            }
            Items::Exact(_) => Shape::never(),
            Items::Each(each, least) => Shape::array(each.join(&item), (*least).max(index.saturating_add(1))),
        }
    }

    pub(super) fn joined(&self, other: &Self, how: Joining) -> Self {
        let joined = match (&self.items, &other.items) {
            (Items::Exact(one), Items::Exact(other)) if one.len() == other.len() => {
                Self::exact(one.iter().zip(other).map(|(one, other)| one.joined(other, how)).collect())
            }
            _ => Self::each(self.items().joined(&other.items(), how), self.least().min(other.least())),
        };
        // Neither of two shapes that hold something joins to one that holds nothing.
        joined.unwrap_or_else(|| self.clone())
    }

    pub(super) fn includes(&self, other: Option<&Self>) -> bool {
        let Some(other) = other else { return self.least() == 0 && self.as_exact().is_none() && self.items().is_any() };
        match (&self.items, &other.items) {
            (Items::Exact(one), Items::Exact(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.includes(other))
            }
            (Items::Exact(_), Items::Each(..)) => false,
            (Items::Each(each, least), _) => *least <= other.least() && each.includes(&other.items()),
        }
    }

    pub(super) fn admits(&self, values: &[Value]) -> bool {
        match &self.items {
            Items::Exact(items) => {
                items.len() == values.len() && items.iter().zip(values).all(|(item, value)| item.admits(value))
            }
            Items::Each(each, least) => values.len() >= *least && values.iter().all(|value| each.admits(value)),
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.items {
            Items::Exact(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Items::Each(each, 0) => write!(f, "[{each}…]"),
            Items::Each(each, least) => write!(f, "[{least}+ {each}…]"),
        }
    }
}
