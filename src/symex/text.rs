//! Turns what is asked of a string (its neighbours in the order, patterns that describe it or do not) into the shortest one.
//!
//! A search over the strings by length that remembers what it has to know of one to go on: how far it is the beginning of a
//! neighbour, and where in each pattern it may stand. Units that nobody asks for are all alike, so one of them stands for the others, and
//! a search that ends without a string has proved that there is none.

use std::collections::{HashSet, VecDeque};

use crate::asl::pattern::Pattern;

use super::constant::utf16_order;

/// What is asked of a string.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'w> {
    /// It comes after this one, and is not it.
    pub above: Option<&'w str>,
    /// It comes before this one, and is not it.
    pub below: Option<&'w str>,
    /// Patterns, and whether they describe it.
    pub patterns: Vec<(&'w Pattern, bool)>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A string.
    Text(String),
    /// There is none.
    Nothing,
    /// It is not known whether there is one.
    GaveUp,
}

/// How many different positions the search looks at.
const MOST_POSITIONS: usize = 5_000;

/// How many units the patterns and neighbours may have together.
const MOST_UNITS: usize = 4_000;

impl Wanted<'_> {
    /// Whether a string is what is asked.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        self.above.is_none_or(|above| utf16_order(above, text).is_lt())
            && self.below.is_none_or(|below| utf16_order(text, below).is_lt())
            && self.patterns.iter().all(|(pattern, matches)| pattern.matches(text) == *matches)
    }

    /// A shortest string that fits and is accepted.
    #[must_use]
    pub fn search(&self, accepts: impl Fn(&str) -> bool) -> Found {
        let units = |text: Option<&str>| text.map(|text| text.encode_utf16().collect::<Vec<u16>>());
        let search = Search {
            above: units(self.above),
            below: units(self.below),
            patterns: self.patterns.iter().map(|(pattern, matches)| (parts(pattern), *matches)).collect(),
        };
        let n_units = search.patterns.iter().map(|(parts, _)| parts.len()).sum::<usize>()
            + search.above.as_ref().map_or(0, Vec::len)
            + search.below.as_ref().map_or(0, Vec::len);
        if n_units > MOST_UNITS {
            return Found::GaveUp;
        }
        search.run(accepts)
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Unit(u16),
    /// Any text.
    Star,
}

fn parts(pattern: &Pattern) -> Vec<Part> {
    let mut parts = Vec::new();
    for (i, text) in pattern.texts.iter().enumerate() {
        if i > 0 {
            parts.push(Part::Star);
        }
        parts.extend(text.encode_utf16().map(Part::Unit));
    }
    parts
}

struct Search {
    above: Option<Vec<u16>>,
    below: Option<Vec<u16>>,
    patterns: Vec<(Vec<Part>, bool)>,
}

/// What is to be known of a string to go on with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Position {
    /// How many units of the lower neighbour it is so far; `None` where it is above it already.
    above: Option<usize>,
    /// The same of the upper neighbour.
    below: Option<usize>,
    /// The places in each pattern, as bits.
    places: Vec<Vec<u64>>,
}

impl Search {
    fn run(&self, accepts: impl Fn(&str) -> bool) -> Found {
        let start = Position {
            above: self.above.as_ref().map(|_| 0),
            below: self.below.as_ref().map(|_| 0),
            places: self.patterns.iter().map(|(parts, _)| closed(parts, vec![0; parts.len() / 64 + 1], &[0])).collect(),
        };
        let mut seen: HashSet<Position> = HashSet::from([start.clone()]);
        // Each entry is a unit behind the string of an earlier entry.
        let mut trail: Vec<(usize, u16)> = vec![(0, 0)];
        let mut open: VecDeque<(usize, Position)> = VecDeque::from([(0, start)]);
        let mut is_certain = true;
        while let Some((entry, position)) = open.pop_front() {
            if self.is_end(&position) {
                match String::from_utf16(&spell(&trail, entry)) {
                    Ok(text) if accepts(&text) => return Found::Text(text),
                    _ => is_certain = false,
                }
            }
            for unit in self.units(&position) {
                let Some(next) = self.after(&position, unit) else { continue };
                if seen.len() >= MOST_POSITIONS {
                    return Found::GaveUp;
                }
                if seen.insert(next.clone()) {
                    trail.push((entry, unit));
                    open.push_back((trail.len() - 1, next));
                }
            }
        }
        if is_certain { Found::Nothing } else { Found::GaveUp }
    }

    fn is_end(&self, position: &Position) -> bool {
        let is_below = match (position.below, &self.below) {
            (Some(at), Some(below)) => at < below.len(),
            _ => true,
        };
        let ends = |(places, (parts, matches)): (&Vec<u64>, &(Vec<Part>, bool))| has(places, parts.len()) == *matches;
        position.above.is_none() && is_below && position.places.iter().zip(&self.patterns).all(ends)
    }

    /// Where a string is with one unit more; `None` where it cannot be the beginning of one that fits.
    fn after(&self, position: &Position, unit: u16) -> Option<Position> {
        let mut next = Position { above: None, below: None, places: Vec::with_capacity(self.patterns.len()) };
        if let (Some(at), Some(above)) = (position.above, &self.above)
            && let Some(&own) = above.get(at)
        {
            if unit < own {
                return None;
            }
            next.above = (unit == own).then_some(at + 1);
        }
        if let (Some(at), Some(below)) = (position.below, &self.below) {
            let own = *below.get(at)?;
            if unit > own {
                return None;
            }
            next.below = (unit == own).then_some(at + 1);
        }
        for (places, (parts, matches)) in position.places.iter().zip(&self.patterns) {
            let mut moved = Vec::new();
            for (at, part) in parts.iter().enumerate().filter(|&(at, _)| has(places, at)) {
                match part {
                    Part::Star => moved.push(at),
                    Part::Unit(own) if *own == unit => moved.push(at + 1),
                    Part::Unit(_) => {}
                }
            }
            if moved.is_empty() && *matches {
                return None;
            }
            next.places.push(closed(parts, vec![0; places.len()], &moved));
        }
        Some(next)
    }

    /// The units to go on with: each that somebody asks for, and one of each stretch between them, those that read well first.
    fn units(&self, position: &Position) -> Vec<u16> {
        let mut asked: Vec<u16> = Vec::new();
        for (at, text) in [(position.above, &self.above), (position.below, &self.below)] {
            if let (Some(at), Some(text)) = (at, text) {
                asked.extend(text.get(at));
            }
        }
        for (places, (parts, _)) in position.places.iter().zip(&self.patterns) {
            let here = parts.iter().enumerate().filter(|&(at, _)| has(places, at));
            asked.extend(here.filter_map(|(_, part)| match part {
                Part::Unit(unit) => Some(*unit),
                Part::Star => None,
            }));
        }
        asked.sort_unstable();
        asked.dedup();
        let mut units = asked.clone();
        let mut from = 0_u32;
        for until in asked.into_iter().map(u32::from).chain([0x1_0000]) {
            units.extend(readable(from, until));
            from = until + 1;
        }
        units.sort_by_key(|&unit| (rank(unit), unit));
        units
    }
}

/// The unit of `from..until` that reads best.
fn readable(from: u32, until: u32) -> Option<u16> {
    let within = |unit: &u32| (from..until).contains(unit);
    let letter = (u32::from('a')..=u32::from('z')).find(within);
    let ascii = letter
        .or_else(|| (u32::from('A')..=u32::from('Z')).find(within))
        .or_else(|| (u32::from('0')..=u32::from('9')).find(within))
        .or_else(|| (u32::from(' ')..=u32::from('~')).find(within));
    let other = ascii.or_else(|| (0xa1..=0x24f_u32).find(within));
    // Surrogates by themselves are no text.
    let other =
        other.or_else(|| [from, 0xe000].into_iter().find(|unit| within(unit) && !(0xd800..0xe000).contains(unit)));
    other.or_else(|| within(&from).then_some(from)).and_then(|unit| u16::try_from(unit).ok())
}

const fn rank(unit: u16) -> u8 {
    match unit {
        0x61..=0x7a => 0,
        0x41..=0x5a => 1,
        0x30..=0x39 => 2,
        0x21..=0x7e => 3,
        0xa1..=0x24f => 4,
        _ => 5,
    }
}

fn has(places: &[u64], at: usize) -> bool {
    places[at / 64] >> (at % 64) & 1 == 1
}

/// The places of a pattern that these lead to without a unit.
fn closed(parts: &[Part], mut places: Vec<u64>, at: &[usize]) -> Vec<u64> {
    for &at in at {
        let mut at = at;
        loop {
            places[at / 64] |= 1 << (at % 64);
            if parts.get(at) != Some(&Part::Star) {
                break;
            }
            at += 1;
        }
    }
    places
}

/// The string that an entry of the trail stands for.
fn spell(trail: &[(usize, u16)], mut entry: usize) -> Vec<u16> {
    let mut units = Vec::new();
    while entry > 0 {
        let (before, unit) = trail[entry];
        units.push(unit);
        entry = before;
    }
    units.reverse();
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::pattern::pattern;
    use proptest::prelude::*;

    fn find(above: Option<&str>, below: Option<&str>, patterns: &[(&str, bool)]) -> Found {
        let patterns: Vec<(Pattern, bool)> = patterns.iter().map(|&(text, matches)| (pattern(text), matches)).collect();
        let patterns = patterns.iter().map(|(pattern, matches)| (pattern, *matches)).collect();
        Wanted { above, below, patterns }.search(|_| true)
    }

    #[test]
    fn the_shortest_string_is_found_or_there_is_none() {
        let text = |text: &str| Found::Text(text.to_owned());
        for (above, below, patterns, expected) in [
            (None, None, &[][..], text("")),
            (Some(""), None, &[], text("a")),
            (Some("a"), Some("b"), &[], text("aa")),
            (Some("a"), Some("a\0"), &[], Found::Nothing),
            (Some("a"), Some("a\0\0"), &[], text("a\0")),
            (None, Some(""), &[], Found::Nothing),
            (None, Some("\0"), &[], text("")),
            (Some("FAILED"), Some("SUCCEEDED"), &[], text("G")),
            (None, None, &[("a*z", true)], text("az")),
            (None, None, &[("a*z", true), ("*b*", true)], text("abz")),
            (None, None, &[("a*", true), ("*a", false)], text("aa")),
            (None, None, &[("ab", true), ("a*", false)], Found::Nothing),
            (Some("b"), None, &[("a*c", true)], Found::Nothing),
            (Some("a"), Some("b"), &[("*b", true), ("*a*", false)], Found::Nothing),
            (None, None, &[("*", false)], Found::Nothing),
        ] {
            let found = find(above, below, patterns);
            if let (Found::Text(one), Found::Text(other)) = (&found, &expected) {
                assert_eq!(one.len(), other.len(), "{above:?} {below:?} {patterns:?}: {one}");
            } else {
                assert_eq!(found, expected, "{above:?} {below:?} {patterns:?}");
            }
        }
    }

    proptest! {
        /// Every string of up to four letters, tried one by one.
        #[test]
        fn what_is_found_fits_and_what_is_not_found_is_not_there(
            above in "[ab]{0,3}", below in "[ab]{0,3}", one in "[ab*]{0,4}", other in "[ab*]{0,4}", signs in 0..4,
        ) {
            let patterns = [(pattern(&one), signs & 1 == 1), (pattern(&other), signs & 2 == 2)];
            let patterns: Vec<_> = patterns.iter().map(|(pattern, matches)| (pattern, *matches)).collect();
            let wanted = Wanted { above: Some(&above), below: Some(&below), patterns };
            let mut texts = vec![String::new()];
            for _ in 0..4 {
                texts = texts.iter().flat_map(|text| ["", "a", "b", "c"].map(|end| format!("{text}{end}"))).collect();
            }
            let shortest = texts.iter().filter(|text| wanted.fits(text)).map(String::len).min();
            match wanted.search(|_| true) {
                Found::Text(text) => {
                    prop_assert!(wanted.fits(&text), "{}", text);
                    prop_assert!(shortest.is_none_or(|shortest| text.len() <= shortest), "{}", text);
                }
                Found::Nothing => prop_assert_eq!(shortest, None),
                Found::GaveUp => prop_assert!(false, "gave up"),
            }
        }
    }
}
