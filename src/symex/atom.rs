//! What terms are made of: the unknowns, and the questions about one or two of them that have two answers.

use std::sync::Arc;

use super::Reason;
use crate::asl::context::Shape as ContextShape;
use crate::eval::Value;

/// What sort of JSON something is; of what is not there, `Absent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Tag {
    Absent,
    Null,
    Bool,
    Num,
    Str,
    Arr,
    Obj,
}

impl Tag {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Absent, Self::Null, Self::Bool, Self::Num, Self::Str, Self::Arr, Self::Obj];

    /// That of a value.
    #[must_use]
    pub const fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Num,
            Value::String(_) => Self::Str,
            Value::Array(_) => Self::Arr,
            Value::Object(_) => Self::Obj,
        }
    }
}

/// Some of the tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tags(u8);

impl Tags {
    /// All of them.
    pub const ANY: Self = Self(0x7f);
    /// All but `Absent`.
    pub const PRESENT: Self = Self(0x7e);

    /// These.
    #[must_use]
    pub fn new(tags: &[Tag]) -> Self {
        Self(tags.iter().fold(0, |all, &tag| all | 1 << tag as u8))
    }

    /// Whether a tag is among them.
    #[must_use]
    pub const fn has(self, tag: Tag) -> bool {
        self.0 >> tag as u8 & 1 == 1
    }

    /// Those that are among both.
    #[must_use]
    pub const fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are among either.
    #[must_use]
    pub const fn either(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All but this one.
    #[must_use]
    pub const fn without(self, tag: Tag) -> Self {
        Self(self.0 & !(1 << tag as u8))
    }

    /// The only one, where it is alone.
    #[must_use]
    pub fn only(self) -> Option<Tag> {
        let mut tags = self.iter();
        tags.next().filter(|_| tags.next().is_none())
    }

    /// They, in order.
    pub fn iter(self) -> impl Iterator<Item = Tag> {
        Tag::ALL.into_iter().filter(move |&tag| self.has(tag))
    }
}

/// A number of `World::symbols`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// How to get from a value to one in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The member of this name.
    Member(Arc<str>),
    /// The item of this number.
    Item(u32),
    /// Some item: that of the iteration of a Map, whichever it is. The number tells Maps apart.
    Each(u32),
}

/// What an unknown is that is part of no other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// The document at hand: `$`, before `InputPath`.
    Input,
    /// `$$`
    Context,
    /// `$name`
    Variable(String),
    /// What something comes to that is not modelled, by a text that names it and the number of the value it is asked of.
    Havoc(String, u32),
    /// Something else that is not known: a result, an item, what a loop left. The number tells them apart.
    Fresh(u32),
}

/// Where an unknown comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is part of no other.
    Root(Root),
    /// It is part of this one.
    Part(SymbolId, Step),
}

/// An unknown.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Where it comes from.
    pub origin: Origin,
    /// What it may be.
    pub tags: Tags,
    /// What each of its parts may be.
    pub parts: Tags,
    /// Whether it is a timestamp where it is a string; `None` where that is not known.
    pub is_timestamp: Option<bool>,
    /// Why it does not stand for what the service computes, where it does not.
    pub havoc: Option<Reason>,
    /// Of the context object, what the service documents.
    pub(super) context: Option<ContextShape>,
}

/// What values of one sort are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Numbers, by value.
    Num,
    /// Strings, by UTF-16 code units.
    Str,
    /// Timestamps, by the instant.
    Time,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Num, Self::Str, Self::Time];
}

/// A number of `Constants`, of one sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConstantId(pub u32);

/// A question with two answers. Those about order and text have one whatever the tag; it counts where the tag fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// Whether the symbol has this tag. It has exactly one.
    Tag(SymbolId, Tag),
    /// As a boolean, whether it is true.
    IsTrue(SymbolId),
    /// As a string, whether it is a timestamp.
    IsTimestamp(SymbolId),
    /// As a string, whether the pattern of this number describes it.
    Matches(SymbolId, u32),
    /// `symbol < constant`
    Below(Sort, SymbolId, ConstantId),
    /// `symbol <= constant`
    AtMost(Sort, SymbolId, ConstantId),
    /// `symbol < symbol`
    Less(Sort, SymbolId, SymbolId),
    /// Anything: the number of `World::frees`.
    Free(u32),
}

impl Atom {
    /// The symbols that it asks about.
    #[must_use]
    pub const fn symbols(self) -> [Option<SymbolId>; 2] {
        match self {
            Self::Free(_) => [None, None],
            Self::Tag(symbol, _)
            | Self::IsTrue(symbol)
            | Self::IsTimestamp(symbol)
            | Self::Matches(symbol, _)
            | Self::Below(_, symbol, _)
            | Self::AtMost(_, symbol, _) => [Some(symbol), None],
            Self::Less(_, one, other) => [Some(one), Some(other)],
        }
    }
}

/// A question whose answer is not modelled.
#[derive(Clone, Debug)]
pub struct Free {
    /// Why.
    pub reason: Reason,
    /// What the interpreter answers, where others may be right: the service has not been seen to do it.
    pub assumed: Option<bool>,
}
