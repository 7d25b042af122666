//! Why an expression has no value.

use super::budget::OutOfBudget;
use super::value::MAX_DEPTH;
use crate::text::Span;

/// Why an expression has no value, and which part of it is at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In the text of the expression.
    pub span: Span,
    /// What sort of failure it is.
    pub kind: FaultKind,
    /// What happened: lower case, no full stop.
    pub message: String,
}

/// The sorts of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A path or an intrinsic function found something else than it takes.
    Runtime,
    /// JSONata failed, with the reference implementation's code.
    Jsonata(&'static str),
    /// There was more to do than the budget allows: nothing is known of what the service would have made of it.
    OutOfBudget,
}

impl Fault {
    /// A failure of a path or an intrinsic function.
    pub fn runtime(span: Span, message: impl Into<String>) -> Self {
        Self { span, kind: FaultKind::Runtime, message: message.into() }
    }

    /// A failure of JSONata.
    pub fn jsonata(span: Span, code: &'static str, message: impl Into<String>) -> Self {
        Self { span, kind: FaultKind::Jsonata(code), message: message.into() }
    }

    /// A value deeper than [`MAX_DEPTH`].
    #[must_use]
    pub fn too_deep(span: Span) -> Self {
        Self::runtime(span, format!("the value would nest deeper than {MAX_DEPTH} levels"))
    }

    /// More work than the budget allows.
    #[must_use]
    pub fn out_of_budget(span: Span, _: OutOfBudget) -> Self {
        Self {
            span,
            kind: FaultKind::OutOfBudget,
            message: "the evaluation takes more work than is allowed".to_owned(),
        }
    }
}
