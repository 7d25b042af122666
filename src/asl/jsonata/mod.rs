//! The text of a JSONata expression into a tree, and what is wrong with it.
//!
//! The language is version 2 of the reference implementation (the npm package `jsonata`): what its parser accepts is accepted,
//! what it refuses is refused, with its codes, and the tree has the shape that it evaluates, paths flattened. Parsing never
//! fails: [`parse`] always gives a tree. Work is linear in the text, recursion stops at [`MAX_NESTING`].
//!
//! Where a template fills a `${Name}` into the text later, there is no expression yet: the caller does not parse it.

mod ancestry;
mod ast;
mod calls;
mod delimiters;
mod flow;
mod fold;
mod infer;
mod lexer;
pub mod library;
mod lone;
mod manual;
mod parser;
mod paths;
mod regex;
mod scope;
mod signature;
mod types;

pub use ast::{Ast, Binding, Expr, ExprId, Kind, Op, Order, Text, pairs};
pub use delimiters::{Delimited, expression_in};
pub use infer::{Constant, Fault, Inference, What, infer};
pub use manual::manual;
pub use scope::Scopes;
pub use signature::{Count, ParamType, Signature};
pub use types::Types;

use crate::text::Span;

/// How deep expressions may nest; the chain of an operator that groups to the left counts once, however long.
pub const MAX_NESTING: u32 = 256;

/// How many errors of one expression are kept.
pub const MAX_ERRORS: usize = 100;

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What was understood.
    pub ast: Ast,
    /// What is wrong, by position. There is at most one error of syntax, as all that follows it would be a guess.
    pub errors: Vec<ExprError>,
}

/// A place where an expression breaks the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// The token at fault; empty, behind the last token, where something is missing at the end.
    pub span: Span,
    /// The reference implementation's code. Two of them it does not have: `S0303`, a regular expression or a signature that
    /// its engine cannot compile (there an exception without a code), and `S0501`, nesting deeper than [`MAX_NESTING`]
    /// (there a stack overflow, later).
    pub code: &'static str,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// Another place that explains it, with its label.
    pub related: Option<(Span, &'static str)>,
}

/// Parses `expression`, the text between the delimiters of [`expression_in`]. Spans are offsets into that text.
#[must_use]
pub fn parse(expression: &str) -> Parsed {
    parser::parse(expression)
}

/// Source text as a message shows it.
fn shown(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod infer_tests;
#[cfg(test)]
mod tests;
