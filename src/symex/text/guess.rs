//! Strings that are likely to be what is asked: the texts of all patterns one behind the other, with little between them.
//!
//! A search by length finds the shortest string, and takes long where many patterns are asked for at once. Put together from
//! their texts, a string is found at once, and mostly only a little longer.

use crate::asl::pattern::Pattern;

use super::{Steps, Wanted};

/// What stands between texts, so that nothing else is described by accident; those that read well first.
const FILLERS: [&str; 8] = ["", "-", "_", ".", "a", "0", "Z", "~"];

/// What a string begins with where nothing says it, so that it comes before or behind its neighbours.
const LEADS: [&str; 8] = ["", "a", "z", "A", "0", " ", "!", "~"];

impl Wanted<'_> {
    /// A string that fits and is accepted, if one is at hand.
    pub(super) fn guess(&self, accepts: impl Fn(&str) -> bool, steps: &mut Steps) -> Option<String> {
        let patterns: Vec<&Pattern> =
            self.patterns.iter().filter(|(_, matches)| *matches).map(|&(pattern, _)| pattern).collect();
        let longest = |end: fn(&Pattern) -> Option<&String>| {
            patterns.iter().filter_map(|pattern| end(pattern)).max_by_key(|text| text.len()).map_or("", String::as_str)
        };
        let (first, last) = (longest(|pattern| pattern.texts.first()), longest(|pattern| pattern.texts.last()));
        let mut backwards = patterns.clone();
        backwards.reverse();
        let beside = [self.above, self.below.map(shorter)].into_iter().flatten();
        let leads: Vec<&str> = if first.is_empty() { beside.chain(LEADS).collect() } else { vec![""] };
        for filler in FILLERS {
            for patterns in [&patterns, &backwards] {
                for lead in &leads {
                    if !steps.spend(1 + self.patterns.len() as u64 / 4) {
                        return None;
                    }
                    let text = put_together(patterns, [lead, first, last], filler);
                    if self.fits(&text) && accepts(&text) {
                        return Some(text);
                    }
                }
            }
        }
        None
    }
}

/// A text without its last character.
fn shorter(text: &str) -> &str {
    &text[..text.char_indices().next_back().map_or(0, |(at, _)| at)]
}

/// A string with the texts of all patterns in it, but of those that describe it already.
fn put_together(patterns: &[&Pattern], [lead, first, last]: [&str; 3], filler: &str) -> String {
    let mut text = format!("{lead}{first}");
    for pattern in patterns {
        if pattern.matches(&format!("{text}{last}")) {
            continue;
        }
        let n = pattern.texts.len();
        for inner in pattern.texts.iter().take(n.saturating_sub(1)).skip(1) {
            if !text.is_empty() {
                text += filler;
            }
            text += inner;
        }
    }
    if !text.is_empty() && !last.is_empty() && !patterns.iter().any(|pattern| pattern.texts.len() == 1) {
        text += filler;
    }
    text + last
}
