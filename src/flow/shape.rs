//! A set of JSON values, told by what its values have in common: kinds, constants, members, items.
//!
//! A [`Shape`] at a place of a machine stands for a set that holds *every* value any execution has there, and perhaps more.
//! Because it never holds too few, it answers two questions, and the types keep the answers apart:
//!
//! - **What no value of the set has, no execution has**: [`Presence::Absent`] proves absence, and so does a kind that is not
//!   among [`Shape::kinds`].
//! - **What every value of the set has, every execution has**: [`Presence::Must`] proves presence.
//! - [`Presence::May`] proves nothing either way.
//!
//! Joining two sets may only make the set larger, so both answers survive it. Shapes are shared, and bounded in depth, width
//! and constants; what lies beyond a bound is any value of its kind. [`Shape::widen`] makes chains of growing sets end.

pub mod choice;
mod kinds;
mod list;
pub mod path;
mod record;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::eval::Value;
use crate::syntax::{Kind, Node};

pub use kinds::Kinds;
pub use list::List;
pub use record::{Member, Presence, Record, Rest};

/// How deep a shape tells values apart.
pub const MAX_DEPTH: u32 = 16;

/// How many constants a shape remembers of a kind.
const MAX_CONSTANTS: usize = 8;

/// A set of JSON values.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    kinds: Kinds,
    /// What made the value, for messages: no part of the set.
    origin: Origin,
    /// The strings, in order; any where nothing stands here.
    strings: Option<Arc<[Arc<str>]>>,
    /// The numbers, in order.
    numbers: Option<Arc<[f64]>>,
    list: Option<Arc<List>>,
    record: Option<Arc<Record>>,
}

/// The node of the machine that made a value: a template, a `Result`, a catcher, the key of a state for what its work gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin(u32);

impl Origin {
    /// It was made at this node.
    #[must_use]
    pub fn at(node: Node<'_>) -> Self {
        Self(u32::try_from(node.index() + 1).unwrap_or_default())
    }

    /// [`Node::index`] of the node, where one is known.
    #[must_use]
    pub const fn node(self) -> Option<usize> {
        (self.0 as usize).checked_sub(1)
    }
}

/// How two shapes become one that holds both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joining {
    /// As small as the domain can say.
    Exact,
    /// So that a chain of growing shapes ends soon.
    Widening,
}

impl Shape {
    /// No value at all: no execution gets here.
    #[must_use]
    pub fn never() -> Self {
        Self::default()
    }

    /// Any value.
    #[must_use]
    pub fn any() -> Self {
        Self::of(Kinds::ANY)
    }

    /// Any value of these kinds.
    #[must_use]
    pub fn of(kinds: Kinds) -> Self {
        Self { kinds, ..Self::default() }
    }

    /// This string.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self { strings: Some(Arc::new([Arc::from(text)])), ..Self::of(Kinds::STRING) }
    }

    /// This number.
    #[must_use]
    pub fn number(number: f64) -> Self {
        Self { numbers: Some(Arc::new([number])), ..Self::of(Kinds::NUMBER) }
    }

    /// This boolean.
    #[must_use]
    pub fn boolean(value: bool) -> Self {
        Self::of(if value { Kinds::TRUE } else { Kinds::FALSE })
    }

    /// Objects with these members; of a name that comes twice, the last counts. Nothing where a member that must be there
    /// cannot be anything.
    #[must_use]
    pub fn object(members: impl IntoIterator<Item = (Arc<str>, Member)>, rest: Rest) -> Self {
        Record::new(members, rest).map_or_else(Self::never, Self::of_record)
    }

    /// Objects with any names, under each of which stands such a value.
    #[must_use]
    pub fn map(each: Self) -> Self {
        Record::each(each).map_or_else(Self::never, Self::of_record)
    }

    /// The arrays of these items.
    #[must_use]
    pub fn tuple(items: Vec<Self>) -> Self {
        List::exact(items).map_or_else(Self::never, Self::of_list)
    }

    /// Arrays of at least so many items that are all of one shape.
    #[must_use]
    pub fn array(each: Self, least: usize) -> Self {
        List::each(each, least).map_or_else(Self::never, Self::of_list)
    }

    pub(super) fn of_record(record: Record) -> Self {
        Self { record: Some(Arc::new(record)), ..Self::of(Kinds::OBJECT) }
    }

    fn of_list(list: List) -> Self {
        Self { list: Some(Arc::new(list)), ..Self::of(Kinds::ARRAY) }
    }

    /// The value that stands in a text; what is not known of it may be anything.
    #[must_use]
    pub fn of_node(node: Node<'_>) -> Self {
        Self::of_node_within(node, MAX_DEPTH).made_at(Origin::at(node))
    }

    fn of_node_within(node: Node<'_>, depth: u32) -> Self {
        if node.is_open() {
            return Self::any();
        }
        let shape = match node.kind() {
            Kind::Null => Self::of(Kinds::NULL),
            Kind::Bool => node.as_bool().map_or(Self::of(Kinds::BOOLEAN), Self::boolean),
            Kind::Number => node.as_f64().map_or(Self::of(Kinds::NUMBER), Self::number),
            Kind::String => Self::string(node.content()),
            Kind::Array if depth == 0 || node.is_incomplete() => Self::of(Kinds::ARRAY),
            Kind::Array => Self::tuple(node.items().map(|item| Self::of_node_within(item, depth - 1)).collect()),
            Kind::Object if depth == 0 => Self::of(Kinds::OBJECT),
            Kind::Object => {
                let rest = if node.may_have_more() { Rest::Any } else { Rest::Nothing };
                let members = node.members().map(|member| {
                    (Arc::from(member.name()), Member::must(Self::of_node_within(member.value, depth - 1)))
                });
                Self::object(members, rest)
            }
            Kind::Hole | Kind::Missing => Self::any(),
        };
        shape.made_at(Origin::at(node))
    }

    /// The same set, made at a node of the machine.
    #[must_use]
    pub fn made_at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// What made it.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// The kinds that its values can be of.
    #[must_use]
    pub const fn kinds(&self) -> Kinds {
        self.kinds
    }

    /// Whether it holds no value.
    #[must_use]
    pub const fn is_never(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Whether nothing is known of its values.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.kinds == Kinds::ANY && self.is_top()
    }

    /// Whether it is a copy of another: the same in all that it tells. Where it is none, nothing follows.
    fn is_shared(&self, other: &Self) -> bool {
        fn part<T: ?Sized>(one: &Option<Arc<T>>, other: &Option<Arc<T>>) -> bool {
            match (one, other) {
                (None, None) => true,
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                _ => false,
            }
        }
        self.kinds == other.kinds
            && self.origin == other.origin
            && part(&self.strings, &other.strings)
            && part(&self.numbers, &other.numbers)
            && part(&self.list, &other.list)
            && part(&self.record, &other.record)
    }

    /// Whether nothing is known of its values but their kinds.
    fn is_top(&self) -> bool {
        self.strings.is_none() && self.numbers.is_none() && self.list.is_none() && self.record.is_none()
    }

    /// The strings it holds, where they are few and known.
    #[must_use]
    pub fn strings(&self) -> Option<&[Arc<str>]> {
        self.strings.as_deref()
    }

    /// The numbers it holds, where they are few and known.
    #[must_use]
    pub fn numbers(&self) -> Option<&[f64]> {
        self.numbers.as_deref()
    }

    /// What is known of its arrays.
    #[must_use]
    pub fn list(&self) -> Option<&List> {
        self.list.as_deref()
    }

    /// What is known of its objects.
    #[must_use]
    pub fn record(&self) -> Option<&Record> {
        self.record.as_deref()
    }

    /// The member of this name in its objects.
    #[must_use]
    pub fn member(&self, name: &str) -> Member {
        if !self.kinds.meets(Kinds::OBJECT) {
            return Member::absent();
        }
        let mut member = self.record.as_ref().map_or_else(Member::unknown, |record| record.member(name));
        if member.shape.origin == Origin::default() {
            member.shape.origin = self.origin;
        }
        member
    }

    /// What the items of its arrays can be.
    #[must_use]
    pub fn items(&self) -> Self {
        if !self.kinds.meets(Kinds::ARRAY) {
            return Self::never();
        }
        self.list.as_ref().map_or_else(Self::any, |list| list.items())
    }

    /// Those of its values that are of these kinds.
    #[must_use]
    pub fn only(&self, kinds: Kinds) -> Self {
        let kept = self.kinds & kinds;
        Self {
            kinds: kept,
            origin: self.origin,
            strings: self.strings.clone().filter(|_| kept.meets(Kinds::STRING)),
            numbers: self.numbers.clone().filter(|_| kept.meets(Kinds::NUMBER)),
            list: self.list.clone().filter(|_| kept.meets(Kinds::ARRAY)),
            record: self.record.clone().filter(|_| kept.meets(Kinds::OBJECT)),
        }
    }

    /// Those of its values that are of none of these kinds.
    #[must_use]
    pub fn without(&self, kinds: Kinds) -> Self {
        self.only(!kinds)
    }

    /// Its values without this string. Where the strings are not known it stays what it is.
    #[must_use]
    pub fn without_string(&self, text: &str) -> Self {
        let Some(strings) = &self.strings else { return self.clone() };
        let left: Vec<_> = strings.iter().filter(|string| &***string != text).cloned().collect();
        if left.is_empty() {
            return self.without(Kinds::STRING);
        }
        Self { strings: Some(left.into()), ..self.clone() }
    }

    /// Its values without this number. Where the numbers are not known it stays what it is.
    #[must_use]
    pub fn without_number(&self, number: f64) -> Self {
        let Some(numbers) = &self.numbers else { return self.clone() };
        let left: Vec<f64> = numbers.iter().copied().filter(|&one| one != number).collect();
        if left.is_empty() {
            return self.without(Kinds::NUMBER);
        }
        Self { numbers: Some(left.into()), ..self.clone() }
    }

    /// The same kinds, and nothing else known.
    fn top(&self) -> Self {
        Self::of(self.kinds).made_at(self.origin)
    }

    /// Itself, or less of it where it nests too deeply to be part of another.
    fn shallow(self) -> Self {
        if self.depth() < MAX_DEPTH { self } else { self.top() }
    }

    fn depth(&self) -> u32 {
        let of_list = self.list.as_ref().map_or(0, |list| list.depth());
        of_list.max(self.record.as_ref().map_or(0, |record| record.depth()))
    }

    /// The values of both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        self.joined(other, Joining::Exact)
    }

    /// A set that holds both, such that a chain of these ends.
    #[must_use]
    pub fn widen(&self, other: &Self) -> Self {
        self.joined(other, Joining::Widening)
    }

    fn joined(&self, other: &Self, how: Joining) -> Self {
        if other.is_never() {
            return self.clone();
        }
        if self.is_never() {
            return other.clone();
        }
        let kinds = self.kinds | other.kinds;
        Self {
            kinds,
            origin: self.origin,
            strings: self.part(
                other,
                Kinds::STRING,
                |shape| &shape.strings,
                |one, other| constants(one, other, how, Arc::cmp),
            ),
            numbers: self.part(
                other,
                Kinds::NUMBER,
                |shape| &shape.numbers,
                |one, other| constants(one, other, how, f64::total_cmp),
            ),
            list: self.part(
                other,
                Kinds::ARRAY,
                |shape| &shape.list,
                |one, other| Some(Arc::new(one.joined(other, how))),
            ),
            record: self.part(
                other,
                Kinds::OBJECT,
                |shape| &shape.record,
                |one, other| one.joined(other, how).map(Arc::new),
            ),
        }
    }

    /// What is known of the values of one kind in the join of two sets.
    fn part<T: ?Sized>(
        &self,
        other: &Self,
        kind: Kinds,
        of: impl Fn(&Self) -> &Option<Arc<T>>,
        join: impl FnOnce(&T, &T) -> Option<Arc<T>>,
    ) -> Option<Arc<T>> {
        match (self.kinds.meets(kind), other.kinds.meets(kind)) {
            (true, false) => of(self).clone(),
            (false, true) => of(other).clone(),
            (false, false) => None,
            (true, true) => {
                let (one, other) = (of(self).as_ref()?, of(other).as_ref()?);
                if Arc::ptr_eq(one, other) { Some(Arc::clone(one)) } else { join(one, other) }
            }
        }
    }

    /// Whether it holds every value of another set.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        let part = |kind: Kinds| other.kinds.meets(kind);
        self.kinds.holds(other.kinds)
            && (!part(Kinds::STRING) || within(&other.strings, &self.strings, |one, all| all.contains(one)))
            && (!part(Kinds::NUMBER) || within(&other.numbers, &self.numbers, |one, all| all.contains(one)))
            && (!part(Kinds::ARRAY) || inside(&self.list, &other.list, List::includes))
            && (!part(Kinds::OBJECT) || inside(&self.record, &other.record, Record::includes))
    }

    /// Whether a value is in the set.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        if !self.kinds.meets(kind_of(value)) {
            return false;
        }
        match value {
            Value::Null | Value::Bool(_) => true,
            Value::String(text) => self.strings.as_ref().is_none_or(|strings| strings.contains(text)),
            Value::Number(number) => self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&number.as_f64())),
            Value::Array(items) => self.list.as_ref().is_none_or(|list| list.admits(items)),
            Value::Object(members) => self.record.as_ref().is_none_or(|record| record.admits(members)),
        }
    }
}

/// The kind of a value.
#[must_use]
pub fn kind_of(value: &Value) -> Kinds {
    match value {
        Value::Null => Kinds::NULL,
        Value::Bool(true) => Kinds::TRUE,
        Value::Bool(false) => Kinds::FALSE,
        Value::Number(_) => Kinds::NUMBER,
        Value::String(_) => Kinds::STRING,
        Value::Array(_) => Kinds::ARRAY,
        Value::Object(_) => Kinds::OBJECT,
    }
}

/// Two lists of constants in order as one; nothing where there are too many.
fn constants<T: Clone>(
    one: &[T],
    other: &[T],
    how: Joining,
    order: impl Fn(&T, &T) -> std::cmp::Ordering,
) -> Option<Arc<[T]>> {
    let mut all: Vec<T> = one.iter().chain(other).cloned().collect();
    all.sort_by(&order);
    all.dedup_by(|one, other| order(one, other).is_eq());
    let has_grown = all.len() > one.len();
    (all.len() <= MAX_CONSTANTS && !(has_grown && how == Joining::Widening)).then(|| all.into())
}

/// Whether the constants of one set, if they are known, are among those of another, if they are.
fn within<T>(inner: &Option<Arc<[T]>>, outer: &Option<Arc<[T]>>, is_in: impl Fn(&T, &[T]) -> bool) -> bool {
    let Some(outer) = outer else { return true };
    inner.as_ref().is_some_and(|inner| inner.iter().all(|one| is_in(one, outer)))
}

fn inside<T>(outer: &Option<Arc<T>>, inner: &Option<Arc<T>>, includes: impl Fn(&T, Option<&T>) -> bool) -> bool {
    match (outer, inner) {
        (None, _) => true,
        (Some(outer), Some(inner)) if Arc::ptr_eq(outer, inner) => true,
        (Some(outer), inner) => includes(outer, inner.as_deref()),
    }
}

impl PartialEq for Shape {
    /// Of the same values: who made them does not count.
    fn eq(&self, other: &Self) -> bool {
        self.includes(other) && other.includes(self)
    }
}

impl fmt::Display for Shape {
    /// `{a: 'x' | 'y', b?: number, …}`, `[string…]`, `any`, `never`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_never() {
            return f.write_str("never");
        }
        if self.is_any() {
            return f.write_str("any");
        }
        let mut separator = "";
        let mut next = |f: &mut fmt::Formatter<'_>| f.write_str(std::mem::replace(&mut separator, " | "));
        for (kind, name) in [(Kinds::NULL, "null"), (Kinds::TRUE, "true"), (Kinds::FALSE, "false")] {
            if self.kinds.meets(kind) {
                next(f)?;
                f.write_str(name)?;
            }
        }
        if self.kinds.meets(Kinds::NUMBER) && self.numbers.is_none() {
            next(f)?;
            f.write_str("number")?;
        }
        for number in self.numbers.iter().flat_map(|numbers| numbers.iter()) {
            next(f)?;
            write!(f, "{number}")?;
        }
        if self.kinds.meets(Kinds::STRING) && self.strings.is_none() {
            next(f)?;
            f.write_str("string")?;
        }
        for string in self.strings.iter().flat_map(|strings| strings.iter()) {
            next(f)?;
            write!(f, "'{string}'")?;
        }
        if self.kinds.meets(Kinds::ARRAY) {
            next(f)?;
            match &self.list {
                Some(list) => write!(f, "{list}")?,
                None => f.write_str("[any…]")?,
            }
        }
        if self.kinds.meets(Kinds::OBJECT) {
            next(f)?;
            match &self.record {
                Some(record) => write!(f, "{record}")?,
                None => f.write_str("{…}")?,
            }
        }
        Ok(())
    }
}
