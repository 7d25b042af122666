//! Turns text into [`Node`]s: JSON or YAML, spans kept, errors recovered.
//!
//! Knows nothing of ASL. Parsing never fails: [`parse`] gives a [`Tree`] of everything that could be understood and a
//! list of [`SyntaxError`]s for the rest. Duplicate keys are kept. A `${Name}` where a value stands is a
//! [`Kind::Hole`], a string that holds one says so ([`Node::has_hole`]): templates fill them in later, so nothing may
//! be concluded from their content.

pub mod edit;
mod errors;
mod json;
mod json_string;
#[cfg(test)]
mod json_tests;
mod node;
mod offset;
mod tree;
mod yaml;

pub use errors::{MAX_ERRORS, SyntaxError};
pub use node::{Items, Kind, Member, Members, Node, Step};
pub use offset::written;
pub use tree::Tree;

use std::sync::Arc;

/// How deep values may nest; what lies deeper is skipped with an error. The service's own JSON reader stops at the same
/// depth, and it bounds every recursion above this module.
pub const MAX_DEPTH: usize = 1_000;

/// The concrete syntax of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 8259, and `${…}` holes where a value stands.
    Json,
    /// YAML 1.2, core schema.
    Yaml,
}

/// Parses `text`. A byte order mark at the start is skipped.
#[must_use]
pub fn parse(text: &Arc<str>, format: Format) -> Tree {
    match format {
        Format::Json => json::parse(text),
        Format::Yaml => yaml::parse(text),
    }
}
