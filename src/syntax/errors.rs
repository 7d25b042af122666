//! What the parsers have to say about a text.

use crate::text::{Edit, Span};

/// How many errors of one text are kept: a file that is not JSON at all needs no list of every byte of it.
pub const MAX_ERRORS: usize = 100;

/// A place where the text breaks its grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The smallest token at fault.
    pub span: Span,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// Another place that explains it, with its label.
    pub related: Option<(Span, String)>,
    /// An edit that mends it and changes nothing else, where there is only one way to mean the text.
    pub fix: Option<Edit>,
}

impl SyntaxError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), related: None, fix: None }
    }

    pub(super) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some((span, label.into()));
        self
    }

    pub(super) fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Edit { span, text: text.into() });
        self
    }
}
