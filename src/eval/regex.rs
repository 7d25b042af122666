//! Turns a regular expression of JavaScript into a program, and a text into the first place where it matches.
//!
//! What matches is what ECMAScript says of an expression without the `u` flag: characters are UTF-16 code units, a group
//! forgets what it matched in an earlier round of a repetition, lookbehind runs from right to left, case folds by
//! `toUpperCase` of one unit. No crate gives that with a bound: `fancy-regex` keeps groups over rounds, folds as Unicode does
//! and knows no units, so no translation of the syntax would be exact; `regress` is exact, but counts no steps. So this is a
//! matcher that backtracks, on a stack of its own, and every step is charged to the [`Budget`]: an expression that takes
//! exponential time ends with [`OutOfBudget`].

mod fold;
mod machine;
mod parser;
mod program;
mod sample;
mod set;

use super::budget::{Budget, OutOfBudget};
use parser::Flags;
use program::Program;

/// A regular expression, ready to search.
#[derive(Clone, Debug)]
pub(in crate::eval) struct Regex {
    program: Program,
}

/// Where an expression matches, in bytes of the text. A match that begins or ends within a character of two code units is
/// widened to the whole character, since half of it is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::eval) struct Match {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What the groups matched, the first group first; `None` for a group that took no part.
    pub groups: Vec<Option<(usize, usize)>>,
}

impl Regex {
    /// Reads an expression with its flags: `i`, `m` and `s`; `g` says nothing here.
    ///
    /// # Errors
    /// What is wrong with the pattern or the flags.
    pub(in crate::eval) fn new(pattern: &str, flags: &str) -> Result<Self, String> {
        let mut known = Flags::default();
        for flag in flags.chars() {
            match flag {
                'g' => {}
                'i' => known.ignore_case = true,
                'm' => known.multiline = true,
                's' => known.dot_all = true,
                other => return Err(format!("regular expressions have no flag `{other}`")),
            }
        }
        let (node, n_groups) = parser::parse(pattern, known)?;
        Ok(Self { program: Program::new(&node, n_groups) })
    }

    /// The first match that begins at `from` or behind it; assertions see the text before `from` too.
    ///
    /// # Errors
    /// When the search takes more steps than are left.
    pub(in crate::eval) fn find_at(
        &self,
        text: &str,
        from: usize,
        budget: &mut Budget,
    ) -> Result<Option<Match>, OutOfBudget> {
        machine::search(&self.program, text, from, budget)
    }
}

/// Whether a text has a place that an expression matches; nothing where the expression has mistakes in it, or takes too long.
#[must_use]
pub(crate) fn is_found(pattern: &str, text: &str) -> Option<bool> {
    let regex = Regex::new(pattern, "").ok()?;
    regex.find_at(text, 0, &mut Budget::new(100_000)).ok().map(|found| found.is_some())
}

/// All texts that an expression takes as a whole, where they are few and nothing about them hangs on the dialect.
#[must_use]
pub(crate) fn texts(pattern: &str) -> Option<Vec<String>> {
    let (node, _) = parser::parse(pattern, Flags::default()).ok().filter(|_| is_of_all_dialects(pattern))?;
    let texts = sample::texts(&node)?.into_iter().map(|units| String::from_utf16(&units).ok());
    texts.map(|text| text.filter(|text| text.is_ascii())).collect()
}

/// A text that an expression matches, near to another as far as that is simple, in which what repeats does so `extra` times more than
/// it has to; nothing where none is found.
#[must_use]
pub(crate) fn sample(pattern: &str, near: &str, extra: u32) -> Option<String> {
    let (node, n_groups) = parser::parse(pattern, Flags::default()).ok()?;
    let hint: Vec<u16> = near.encode_utf16().collect();
    let units = sample::sample(&node, n_groups, &hint, extra)?;
    String::from_utf16(&units).ok().filter(|text| is_found(pattern, text) == Some(true))
}

/// Whether an expression means the same with and without the `u` flag for texts of ASCII.
#[must_use]
pub(crate) fn is_of_all_dialects(pattern: &str) -> bool {
    let of_one = ["\\p", "\\P", "\\u", "\\k"];
    let n_groups = |start: &str| pattern.matches(start).count();
    pattern.is_ascii() && n_groups("(?") == n_groups("(?:") && !of_one.iter().any(|part| pattern.contains(part))
}

#[cfg(test)]
mod tests;
