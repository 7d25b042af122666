//! What the paths of a state start from.

use std::fmt;

use super::value::Value;

/// What the paths of a state start from.
#[derive(Clone, Copy)]
pub struct Roots<'r> {
    /// `$`
    pub document: &'r Value,
    /// `$$`, which few paths read: it need not be there before one does.
    pub context: &'r dyn Fn() -> Value,
    /// `$name`; `None` where nothing was assigned.
    pub variables: &'r dyn Fn(&str) -> Option<Value>,
}

impl fmt::Debug for Roots<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roots").field("document", self.document).finish_non_exhaustive()
    }
}
