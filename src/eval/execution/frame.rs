//! The variables of a scope, and of those around it.

use super::super::{Value, value::Members};

/// The variables that the states of one scope assign, and through it those that they can read.
#[derive(Debug)]
pub(super) struct Frame<'f> {
    variables: Members,
    /// The scope around it; none for the machine itself and the children of a Distributed Map.
    around: Option<&'f Frame<'f>>,
}

impl<'f> Frame<'f> {
    /// A scope with these variables, in another or alone.
    pub(super) const fn new(variables: Members, around: Option<&'f Self>) -> Self {
        Self { variables, around }
    }

    /// The value of a variable, looked for from the inside out.
    pub(super) fn read(&self, name: &str) -> Option<Value> {
        let mut frame = Some(self);
        while let Some(inner) = frame {
            if let Some(value) = inner.variables.get(name) {
                return Some(value.clone());
            }
            frame = inner.around;
        }
        None
    }

    /// Gives variables of this scope their values.
    pub(super) fn assign(&mut self, values: Members) {
        self.variables.extend(values);
    }
}
