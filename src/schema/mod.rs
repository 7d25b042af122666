//! Turns a [`Machine`](crate::asl::Machine) into the list of places where it does not conform to the language's schemas.
//!
//! Each object is held against the one small schema that is meant for its place (`schemas/asl`), chosen by what it is, its
//! `Type` and its query language: position decides, key names never do, and payloads are not looked into. The schemas
//! decide *that* something is wrong; what kind of mistake it is, and what was meant, is worked out here, one violation
//! for each mistake. What is not known (placeholders, text that could not be read) satisfies everything.

mod bundle;
mod fault;
mod part;
mod place;
mod plain;
mod walk;

pub use bundle::bundle;
pub use part::Part;
pub use place::{FieldOf, field, fields, part_of};
pub use walk::validate;

use std::collections::HashSet;

use crate::asl::{Field, Language, StateType};
use crate::syntax::Node;

/// A place that breaks its schema.
#[derive(Clone, Debug)]
pub struct Violation<'t> {
    /// What stands for it in a report: the key of a field that has no business there, the value of one that is wrong; for
    /// a field that is missing the name of the state, or the object that lacks it.
    pub node: Node<'t>,
    /// The object that the schema is about.
    pub owner: Owner<'t>,
    /// The field of the owner at fault; `None` where it is the owner as a whole.
    pub field: Option<Field<'t>>,
    /// What is wrong.
    pub fault: Fault<'t>,
}

/// An object with a schema.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'t> {
    /// Its value.
    pub node: Node<'t>,
    /// What stands for it in a report: the name of a state, else the object itself.
    pub token: Node<'t>,
    /// What it is.
    pub part: Part,
    /// The query language of the state it belongs to.
    pub language: Language,
}

/// How a place breaks its schema.
#[derive(Clone, Debug)]
pub enum Fault<'t> {
    /// A field of no such name exists.
    Unknown {
        /// The field that was likely meant, where the owner does not have it yet.
        meant: Option<&'static str>,
    },
    /// A field that exists, but elsewhere.
    Misplaced(Home),
    /// Fields without which the owner is nothing.
    Missing {
        /// Their names, in the order of the service.
        names: Vec<&'static str>,
        /// The field that demands them, where it is not the owner itself.
        by: Option<Field<'t>>,
    },
    /// Of these fields exactly one is needed, and there is none.
    MissingOneOf(Vec<&'static str>),
    /// A field beside another that rules it out.
    Exclusive {
        /// The other.
        with: Field<'t>,
        /// The value of the other that does so, where not all do.
        when: Option<&'t str>,
    },
    /// A value of another type than the field takes.
    WrongType {
        /// The types it takes, as JSON Schema calls them.
        expected: Vec<&'static str>,
    },
    /// A number or a string beyond a limit.
    OutOfRange(Limit),
    /// A list or an object that needs something in it.
    Empty,
    /// A value that is none of those that exist.
    UnknownValue {
        /// Those that do.
        allowed: Vec<&'static str>,
        /// The one that was likely meant.
        meant: Option<&'static str>,
    },
    /// A state in JSONPath although the machine is in JSONata.
    MixedLanguage,
}

/// Where a field belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// Here, if the query language were this one.
    Language(Language),
    /// In states of these types; in those of the given query language, where it is not this one's.
    States(Vec<StateType>, Option<Language>),
    /// In these parts of a definition.
    Parts(Vec<Part>),
}

/// The limit that a value breaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// The least number.
    Least(f64),
    /// The greatest number.
    Most(f64),
}

impl<'t> Violation<'t> {
    /// What the service points at: a field for its value, the object for its fields.
    #[must_use]
    pub fn refused_at(&self) -> Node<'t> {
        match self.fault {
            Fault::WrongType { .. } | Fault::OutOfRange(_) | Fault::Empty | Fault::UnknownValue { .. } => {
                self.field.map_or(self.node, |field| field.value)
            }
            _ => self.owner.node,
        }
    }

    /// What the violation is about: "`Next`", "an item of `ErrorEquals`", "a retrier".
    #[must_use]
    pub fn subject(&self) -> String {
        match self.field {
            Some(field) if field.value == self.node || field.key == self.node => format!("`{}`", field.name()),
            Some(field) => format!("an item of `{}`", field.name()),
            None => self.owner.part.describe().to_owned(),
        }
    }
}

/// The numbers of the objects that hold a field which does not belong there: what they seem to lack may stand under its name.
#[must_use]
pub fn misnamed(violations: &[Violation<'_>]) -> HashSet<usize> {
    let is_name = |fault: &Fault<'_>| matches!(fault, Fault::Unknown { .. } | Fault::Misplaced(_));
    violations.iter().filter(|found| is_name(&found.fault)).map(|found| found.owner.node.index()).collect()
}

/// `a, b and c`.
#[must_use]
pub fn listing<T: AsRef<str>>(items: &[T], conjunction: &str) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {conjunction} {last}", rest.join(", ")),
        _ => items.concat(),
    }
}

/// The same of names, each as code.
#[must_use]
pub fn code_listing(names: &[&str], conjunction: &str) -> String {
    listing(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>(), conjunction)
}
