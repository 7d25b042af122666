//! Turns a text into one of the length that is wanted of it, where one is found at once.
//!
//! What is not found is shown by no execution, and stays unknown: nothing rests on it.

use super::super::atom::{SymbolId, Tag};
use super::super::value::How;
use super::Making;

/// How long a text is made at most.
const MOST_CHARS: f64 = 1000.0;

impl Making<'_> {
    /// How long the model wants one of these texts to be. Numbers are made already.
    pub(super) fn length_of(&self, members: &[SymbolId]) -> Option<usize> {
        let is_measured = |how: How, of: &SymbolId| how == How::Measured && members.contains(of);
        let mut measured = self.world.inverses.iter().filter(|inverse| is_measured(inverse.how, &inverse.argument));
        let result = measured.find(|inverse| self.tag(inverse.result) == Tag::Num)?.result;
        let length = self.payloads.get(&result)?.as_f64()?.ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
        (1.0..=MOST_CHARS).contains(&length).then_some(length as usize)
    }
}

/// A text of this length like the one that was found: longer by letters somewhere, or of letters alone.
pub(super) fn resized(text: &str, n_chars: usize, fits: impl Fn(&str) -> bool) -> Option<String> {
    let missing = n_chars.saturating_sub(text.chars().count());
    if missing == 0 {
        return ["a", "x", "A", "0"].map(|letter| letter.repeat(n_chars)).into_iter().find(|text| fits(text));
    }
    let places = text.char_indices().map(|(at, _)| at).rev().take(MOST_PLACES);
    let places = std::iter::once(text.len()).chain(places).chain([0]);
    places.map(|at| format!("{}{}{}", &text[..at], "a".repeat(missing), &text[at..])).find(|text| fits(text))
}

/// In how many places of a text letters are tried.
const MOST_PLACES: usize = 64;
