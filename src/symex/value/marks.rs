//! What is to be known of unknowns to tell people of them, and decides nothing.

use std::collections::{BTreeMap, HashSet};

use super::super::atom::{Origin, SymbolId};
use super::{Shape, ValueId, World};

/// Of which unknowns what is known.
#[derive(Debug, Default)]
pub struct Marks {
    /// Whole numbers.
    whole: HashSet<SymbolId>,
    /// What stands for something that is looked for last: a path into the items of an array.
    aside: HashSet<SymbolId>,
    /// The numbers that sums are compared with.
    sums: BTreeMap<(SymbolId, i64), Vec<f64>>,
}

impl World {
    /// Notes that an unknown is a whole number.
    pub(in super::super) fn note_whole(&mut self, value: ValueId) {
        if let Shape::Symbol(symbol) = *self.shape(value) {
            self.marks.whole.insert(symbol);
        }
    }

    /// Notes that an unknown counts only where a value is what nobody would expect.
    pub(in super::super) fn note_aside(&mut self, value: ValueId) {
        if let Shape::Symbol(symbol) = *self.shape(value) {
            self.marks.aside.insert(symbol);
        }
    }

    /// Whether an unknown, or what it is part of, counts only where a value is what nobody would expect.
    pub(in super::super) fn is_aside(&self, mut symbol: SymbolId) -> bool {
        while let Origin::Part(whole, _) = self.symbol(symbol).origin {
            symbol = whole;
        }
        self.marks.aside.contains(&symbol)
    }

    /// Notes with what a sum is compared.
    pub(in super::super) fn note_compared(&mut self, of: SymbolId, add: i64, number: f64) {
        let known = self.marks.sums.entry((of, add)).or_default();
        if known.iter().all(|other| other.total_cmp(&number).is_ne()) {
            known.push(number);
        }
    }

    /// The numbers that a sum is compared with.
    pub(in super::super) fn compared_with(&self, of: SymbolId, add: i64) -> &[f64] {
        self.marks.sums.get(&(of, add)).map_or(&[], Vec::as_slice)
    }

    /// Whether a value that hangs on no condition is a whole number, or none.
    pub(in super::super) fn is_whole(&self, value: ValueId) -> bool {
        match self.shape(value) {
            Shape::Symbol(symbol) => self.marks.whole.contains(symbol),
            Shape::Constant(value) => value.as_f64().is_none_or(|number| number.fract() == 0.0),
            Shape::Ite(..) => false,
            Shape::Absent | Shape::Object(..) | Shape::Array(_) | Shape::Sum(..) => true,
        }
    }
}
