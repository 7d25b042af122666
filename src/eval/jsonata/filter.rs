//! A predicate and what it stands behind into the items that it lets through.

use super::evaluate::{Evaluation, Fallible};
use super::frame::FrameId;
use super::item::{Item, sequence};
use super::tuples::{Tuple, Tuples};
use crate::asl::jsonata::{ExprId, Kind};

impl<'a> Evaluation<'a> {
    /// The raw items of `input` that `predicate` lets through; `input` is nothing, one item or an array of them.
    pub(super) fn filter(&mut self, predicate: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Item> {
        // Nothing is asked about, too.
        let items = input.unwrap_or(&Item::Hole).items_or_self();
        if let Some(position) = self.literal_position(predicate) {
            return Ok(match index(position, items.len()).and_then(|at| items.get(at)?.or_nothing()) {
                Some(array) if array.is_array() => array,
                found => sequence(found.into_iter().collect()),
            });
        }
        let mut found = Vec::new();
        self.nest(self.span(predicate), 1)?;
        for (at, item) in items.iter().enumerate() {
            let said = self.evaluate(predicate, Some(&item), frame)?;
            let times = self.times(predicate, said.as_ref(), at, items.len())?;
            found.extend(std::iter::repeat_n(item, times));
        }
        self.unnest(1);
        Ok(sequence(found))
    }

    /// The same for a stream of tuples.
    pub(super) fn filter_tuples(
        &mut self,
        predicate: ExprId,
        input: Tuples<'a>,
        frame: FrameId,
    ) -> Fallible<Tuples<'a>> {
        let Tuples { tuples, is_marked } = input;
        let n_tuples = tuples.len();
        if let Some(position) = self.literal_position(predicate) {
            let found = index(position, n_tuples).and_then(|at| tuples.into_iter().nth(at));
            return Ok(Tuples { tuples: found.into_iter().collect(), is_marked });
        }
        let mut found = Vec::new();
        for (at, tuple) in tuples.into_iter().enumerate() {
            let said = if is_marked {
                self.evaluate_with(predicate, &tuple, frame)?
            } else {
                self.evaluate(predicate, Some(&tuple.as_record()), frame)?
            };
            let times = self.times(predicate, said.as_ref(), at, n_tuples)?;
            found.extend(std::iter::repeat_n(tuple, times));
        }
        Ok(Tuples { tuples: found, is_marked })
    }

    /// A node with the item of a tuple as context and its variables bound.
    pub(super) fn evaluate_with(&mut self, node: ExprId, tuple: &Tuple<'a>, frame: FrameId) -> Fallible<Option<Item>> {
        let mark = self.frames.mark();
        let inner = self.frames.enter(frame, tuple.bindings.clone());
        let given = self.evaluate(node, tuple.item.as_ref(), inner)?;
        self.frames.reset(mark);
        Ok(given)
    }

    /// The position that a predicate names by a number literal.
    fn literal_position(&self, predicate: ExprId) -> Option<f64> {
        match self.ast[self.ast.base(predicate)].kind {
            Kind::Number(position) => Some(position),
            _ => None,
        }
    }

    /// How many times the item at a position comes through: numbers are positions, everything else is true or not.
    fn times(&mut self, predicate: ExprId, said: Option<&Item>, at: usize, n_items: usize) -> Fallible<usize> {
        let Some(said) = said else { return Ok(0) };
        let span = self.span(predicate);
        let mut times = 0;
        let positions = said.items_or_self();
        self.spend(span, positions.len())?;
        for position in positions.iter() {
            match self.as_number(&position, span)? {
                Some(position) => times += usize::from(index(position, n_items) == Some(at)),
                None => return Ok(usize::from(self.is_true(Some(said), span)?)),
            }
        }
        Ok(times)
    }
}

/// The place of a position, which counts from the end if it is negative.
fn index(position: f64, n_items: usize) -> Option<usize> {
    let position = position.floor();
    #[expect(clippy::cast_precision_loss, reason = "no array has 2^53 items")]
    let at = if position < 0.0 { position + n_items as f64 } else { position };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and at least 0; it saturates")]
    (at >= 0.0).then_some(at as usize)
}
