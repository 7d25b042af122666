//! How results that are not modelled came about, as far as that helps to make inputs.

use super::super::atom::SymbolId;

/// A result that is not modelled, and what is known of how it came about.
#[derive(Clone, Copy, Debug)]
pub struct Inverse {
    /// What it is computed of.
    pub argument: SymbolId,
    /// What comes of that.
    pub result: SymbolId,
    /// How.
    pub how: How,
}

/// How a result comes of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The argument is the text of the result in JSON.
    Parsed,
    /// The argument is an array, the result the number of its items.
    Counted,
    /// The argument is a text, the result how long it is, where that is more than 1.
    Measured,
}
