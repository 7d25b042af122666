//! Turns what is known of arrays into arrays: items by number, the one of a Map's iteration, how many there are.

use std::collections::BTreeMap;

use super::super::atom::{Step, SymbolId};
use super::super::value::How;
use super::{Concrete, Making};
use crate::eval::Value;

/// How many items an array is given at most.
const MOST_ITEMS: usize = 10_000;

impl Making<'_> {
    /// By argument of which nothing else is asked: what comes of it, and how.
    pub(super) fn inverses(&self) -> BTreeMap<SymbolId, (SymbolId, How)> {
        if self.world.inverses.is_empty() {
            return BTreeMap::new();
        }
        let asked = self.asked(false);
        let inverses = self.world.inverses.iter().filter(|inverse| inverse.how != How::Measured);
        let inverses = inverses.filter(|inverse| !asked.contains(&inverse.argument));
        inverses.map(|inverse| (inverse.argument, (inverse.result, inverse.how))).collect()
    }

    /// The argument of which this comes, where it may be that. What comes of it has a higher number, and is made already.
    pub(super) fn inverted(&self, argument: Value, how: How, roots: &Concrete, result: SymbolId) -> Value {
        let Some(result) = roots.of(result) else { return argument };
        match (how, &argument) {
            (How::Parsed, Value::String(_)) => result.to_json().into(),
            (How::Counted, Value::Array(items)) => {
                let n = result.as_f64().map_or(0.0, f64::ceil).clamp(0.0, 1000.0);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
                let n = n as usize;
                let mut longer = items.to_vec();
                // Those that are counted one by one are there.
                if longer.len() >= 3 && longer.len() < n {
                    let last = longer.last().cloned().unwrap_or_default();
                    longer.resize(n, last);
                }
                Value::array(longer)
            }
            _ => argument,
        }
    }

    /// An array of these items. That of a Map's iteration takes the place of one of which nothing is asked, and else comes behind
    /// them, where the array may have one more.
    pub(super) fn array(&self, id: SymbolId, parts: Vec<(Step, Value)>) -> Value {
        let mut items: Vec<Option<Value>> = Vec::new();
        let mut each = Vec::new();
        let has_each = parts.iter().any(|(step, _)| matches!(step, Step::Each(_)));
        let is_asked = |part: SymbolId| self.asked.get_or_init(|| self.asked(true)).contains(&part);
        for (step, value) in parts {
            match step {
                Step::Item(number) => {
                    let index = number as usize;
                    if items.len() <= index && index < MOST_ITEMS {
                        items.resize(index + 1, None);
                    }
                    let part = self.world.known_part(id, &Step::Item(number));
                    if let Some(item) = items.get_mut(index).filter(|_| !has_each || part.is_none_or(is_asked)) {
                        *item = Some(value);
                    }
                }
                Step::Each(_) => each.push(value),
                Step::Member(_) => {}
            }
        }
        let usual = each.first().cloned().unwrap_or_default();
        for value in each.into_iter().rev() {
            let next = u32::try_from(items.len()).unwrap_or(u32::MAX);
            match items.iter_mut().find(|item| item.is_none()) {
                Some(open) => *open = Some(value),
                // A part with a number that is not in the array is known not to be.
                None if self.world.known_part(id, &Step::Item(next)).is_none() => items.push(Some(value)),
                None => {}
            }
        }
        Value::array(items.into_iter().map(|item| item.unwrap_or_else(|| usual.clone())).collect())
    }
}
