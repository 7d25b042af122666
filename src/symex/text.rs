//! Turns what is asked of a string (its neighbours in the order, patterns that describe it or do not) into the shortest one.
//!
//! A search over the strings by length that remembers what it has to know of one to go on: how far it is the beginning of a
//! neighbour, and where in each pattern it may stand. Units that nobody asks for are all alike, so one of them stands for the others, and
//! a search that ends without a string has proved that there is none.

mod guess;

use std::collections::{HashMap, HashSet, VecDeque};

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

/// How many it looks at before it is guessed what the string may be.
const FEW_POSITIONS: usize = 300;

/// How much may still be done in searches, in steps from one position to the next.
#[derive(Clone, Debug)]
pub struct Steps(pub u64);

impl Steps {
    /// Whether none are left.
    #[must_use]
    pub const fn are_spent(&self) -> bool {
        self.0 == 0
    }

    /// Counts steps; whether there were so many left.
    pub(super) const fn spend(&mut self, n: u64) -> bool {
        let is_left = self.0 >= n;
        self.0 = self.0.saturating_sub(n);
        is_left
    }
}

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

    /// Two of the patterns, by number, of which one describes whatever the other does and is not to: with them alone there is no
    /// string, wherever it were. Many patterns together take long to search, and mostly two of them say it all.
    #[must_use]
    pub fn contradicting(&self, steps: &mut Steps) -> Option<[usize; 2]> {
        let all = || self.patterns.iter().enumerate();
        all().filter(|(_, (_, matches))| *matches).find_map(|(one, &(pattern, _))| {
            let shortest = pattern.texts.concat();
            let mut is_wider = |other: &Pattern| {
                let search = || Search::new(None, None, &[(pattern, true), (other, false)]);
                other.matches(&shortest) && search().run(|_| true, MOST_POSITIONS, steps) == Found::Nothing
            };
            all().find(|(_, (other, matches))| !*matches && is_wider(other)).map(|(other, _)| [one, other])
        })
    }

    /// A string that fits and is accepted: a shortest one, unless that takes long.
    #[must_use]
    pub fn search(&self, accepts: impl Fn(&str) -> bool, steps: &mut Steps) -> Found {
        // Nothing shorter is described by a pattern than its texts without anything between them.
        let texts = self.patterns.iter().filter(|(_, matches)| *matches).map(|(pattern, _)| pattern.texts.concat());
        if let Some(text) = texts.into_iter().find(|text| self.fits(text) && accepts(text)) {
            return Found::Text(text);
        }
        let units = |text: Option<&str>| text.map(|text| text.encode_utf16().collect::<Vec<u16>>());
        let search = Search::new(units(self.above), units(self.below), &self.patterns);
        let neighbours = [&search.above, &search.below].into_iter().flatten().map(Vec::len).sum::<usize>();
        let is_long = search.parts.len() - search.starts.len() + neighbours > MOST_UNITS;
        if !is_long {
            match search.run(&accepts, FEW_POSITIONS, steps) {
                Found::GaveUp => {}
                found => return found,
            }
        }
        match self.guess(&accepts, steps) {
            Some(text) => Found::Text(text),
            None if is_long => Found::GaveUp,
            None => search.run(accepts, MOST_POSITIONS, steps),
        }
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Unit(u16),
    /// Any text.
    Star,
    /// Behind the last part.
    End,
}

fn parts(pattern: &Pattern) -> Vec<Part> {
    let mut parts = Vec::new();
    for (i, text) in pattern.texts.iter().enumerate() {
        if i > 0 {
            parts.push(Part::Star);
        }
        parts.extend(text.encode_utf16().map(Part::Unit));
    }
    parts.push(Part::End);
    parts
}

/// Some of the places in all patterns, as bits.
type Places = Vec<u64>;

/// What is looked for. The patterns stand one behind the other, so that one step of all of them is a few operations on bits.
struct Search {
    above: Option<Vec<u16>>,
    below: Option<Vec<u16>>,
    /// The parts of all patterns.
    parts: Vec<Part>,
    /// Where each pattern begins.
    starts: Vec<usize>,
    /// Of each pattern that is to describe the string all places.
    wanted: Vec<Places>,
    stars: Places,
    /// Of each pattern: where its wildcards stand.
    stars_of: Vec<Vec<usize>>,
    /// By unit: where it is asked for.
    units: HashMap<u16, Places>,
    /// Where patterns end that are to describe the string, and those that are not to.
    ends: [Places; 2],
    /// The last wildcards of those that are not to, where nothing follows: whatever comes behind one of these is described.
    doomed: Places,
}

/// What is to be known of a string to go on with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Position {
    /// How many units of the lower neighbour it is so far; `None` where it is above it already.
    above: Option<usize>,
    /// The same of the upper neighbour.
    below: Option<usize>,
    places: Places,
}

impl Search {
    fn new(above: Option<Vec<u16>>, below: Option<Vec<u16>>, patterns: &[(&Pattern, bool)]) -> Self {
        let mut all = Vec::new();
        let mut starts = Vec::with_capacity(patterns.len());
        for (pattern, _) in patterns {
            starts.push(all.len());
            all.extend(parts(pattern));
        }
        let none: Places = vec![0; all.len().div_ceil(64)];
        let (mut stars, mut ends) = (none.clone(), [none.clone(), none.clone()]);
        let mut units: HashMap<u16, Places> = HashMap::new();
        let mut wanted = Vec::new();
        let mut doomed = none.clone();
        let mut stars_of = vec![Vec::new(); patterns.len()];
        for (number, &(_, matches)) in patterns.iter().enumerate() {
            let until = starts.get(number + 1).copied().unwrap_or(all.len());
            let mut own = none.clone();
            for (at, &part) in all.iter().enumerate().take(until).skip(starts[number]) {
                add(&mut own, at);
                if !matches && part == Part::Star && all[at + 1] == Part::End {
                    add(&mut doomed, at);
                }
                match part {
                    Part::Unit(unit) => add(units.entry(unit).or_insert_with(|| none.clone()), at),
                    Part::Star => {
                        add(&mut stars, at);
                        stars_of[number].push(at);
                    }
                    Part::End => add(&mut ends[usize::from(!matches)], at),
                }
            }
            wanted.extend(matches.then_some(own));
        }
        Self { above, below, parts: all, starts, wanted, stars, stars_of, units, ends, doomed }
    }

    /// Looks at so many positions.
    fn run(&self, accepts: impl Fn(&str) -> bool, most: usize, steps: &mut Steps) -> Found {
        let start = Position {
            above: self.above.as_ref().map(|_| 0),
            below: self.below.as_ref().map(|_| 0),
            places: self.start(),
        };
        if meets(&start.places, &self.doomed) {
            return Found::Nothing;
        }
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
                if seen.len() >= most || !steps.spend(1 + self.stars.len() as u64 / 8) {
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
        let [matching, others] = &self.ends;
        let all_match = position.places.iter().zip(matching).all(|(places, ends)| places & ends == *ends);
        position.above.is_none() && is_below && all_match && !meets(&position.places, others)
    }

    /// The places before the first unit.
    fn start(&self) -> Places {
        let mut places = vec![0; self.stars.len()];
        for &at in &self.starts {
            add(&mut places, at);
        }
        self.close(&mut places);
        self.forget(&mut places);
        places
    }

    /// Takes out the places before the last wildcard of each pattern: what goes on from one of them to the end goes on from the wildcard,
    /// too.
    fn forget(&self, places: &mut Places) {
        for (&from, stars) in self.starts.iter().zip(&self.stars_of) {
            if let Some(&last) = stars.iter().rev().find(|&&at| has(places, at)) {
                clear(places, from, last);
            }
        }
    }

    /// Adds the places that these lead to without a unit.
    fn close(&self, places: &mut Places) {
        loop {
            let mut is_new = false;
            let mut carried = 0;
            for (own, stars) in places.iter_mut().zip(&self.stars) {
                let stars = *own & stars;
                let more = *own | stars << 1 | carried;
                carried = stars >> 63;
                is_new |= more != *own;
                *own = more;
            }
            if !is_new {
                return;
            }
        }
    }

    /// Where a string is with one unit more; `None` where it cannot be the beginning of one that fits.
    fn after(&self, position: &Position, unit: u16) -> Option<Position> {
        let mut next = Position { above: None, below: None, places: Places::new() };
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
        // Whoever stands before this unit goes behind it; a star stays where it is.
        next.places = position.places.iter().zip(&self.stars).map(|(places, stars)| places & stars).collect();
        if let Some(asked) = self.units.get(&unit) {
            let mut carried = 0;
            for (own, (places, asked)) in next.places.iter_mut().zip(position.places.iter().zip(asked)) {
                let moved = places & asked;
                *own |= moved << 1 | carried;
                carried = moved >> 63;
            }
        }
        if !self.wanted.iter().all(|own| meets(&next.places, own)) {
            return None;
        }
        self.close(&mut next.places);
        self.forget(&mut next.places);
        (!meets(&next.places, &self.doomed)).then_some(next)
    }

    /// The units to go on with: each that somebody asks for, and one of each stretch between them, those that read well first.
    fn units(&self, position: &Position) -> Vec<u16> {
        let mut asked: Vec<u16> = Vec::new();
        for (at, text) in [(position.above, &self.above), (position.below, &self.below)] {
            if let (Some(at), Some(text)) = (at, text) {
                asked.extend(text.get(at));
            }
        }
        for (word, &places) in position.places.iter().enumerate() {
            let mut left = places;
            while left != 0 {
                if let Some(Part::Unit(unit)) = self.parts.get(word * 64 + left.trailing_zeros() as usize) {
                    asked.push(*unit);
                }
                left &= left - 1;
            }
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

fn add(places: &mut Places, at: usize) {
    places[at / 64] |= 1 << (at % 64);
}

/// Takes out the places `from..until`.
fn clear(places: &mut Places, from: usize, until: usize) {
    for (word, own) in places.iter_mut().enumerate().take(until.div_ceil(64)).skip(from / 64) {
        let base = word * 64;
        let below = |at: usize| match at.saturating_sub(base) {
            n @ 0..64 => (1_u64 << n) - 1,
            _ => u64::MAX,
        };
        *own &= !(below(until) & !below(from));
    }
}

fn has(places: &Places, at: usize) -> bool {
    places[at / 64] >> (at % 64) & 1 == 1
}

fn meets(one: &Places, other: &Places) -> bool {
    one.iter().zip(other).any(|(one, other)| one & other != 0)
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
        Wanted { above, below, patterns }.search(|_| true, &mut Steps(u64::MAX))
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
            (None, None, &[("*ab*", true), ("*a*", false)], Found::Nothing),
            (None, None, &[("*ab*", true), ("*abc*", false), ("*b", false)], text("aba")),
            (Some("x"), None, &[("*ab*ab*", true), ("*aa*", false), ("*bb*", false), ("x*", true)], text("xabab")),
        ] {
            let found = find(above, below, patterns);
            if let (Found::Text(one), Found::Text(other)) = (&found, &expected) {
                assert_eq!(one.len(), other.len(), "{above:?} {below:?} {patterns:?}: {one}");
            } else {
                assert_eq!(found, expected, "{above:?} {below:?} {patterns:?}");
            }
        }
    }

    #[test]
    fn many_patterns_that_begin_alike_are_told_apart() {
        let texts: Vec<String> = (0..200).map(|number| format!("*log-{number}*")).collect();
        for (number, text) in texts.iter().enumerate() {
            let mut patterns: Vec<(&str, bool)> = texts[..number].iter().map(|other| (other.as_str(), false)).collect();
            patterns.push((text, true));
            // Behind the ten digits each number begins with one before it.
            match find(None, None, &patterns) {
                Found::Text(found) => assert!(number < 10 && found == format!("log-{number}"), "{text}: {found}"),
                found => assert!(number >= 10 && found == Found::Nothing, "{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn two_patterns_contradict_where_one_describes_all_that_the_other_does() {
        for (patterns, expected) in [
            (&[("a*", false), ("*b*", false), ("a*c", true)][..], Some([2, 0])),
            (&[("*b", true), ("*b*", true), ("*b*", false)], Some([0, 2])),
            (&[("a*", true), ("*b", false)], None),
            (&[("ab", true), ("a", false)], None),
            (&[("a*b*", true), ("a*bb*", false)], None),
            (&[("*", true)], None),
        ] {
            let patterns: Vec<_> = patterns.iter().map(|&(text, matches)| (pattern(text), matches)).collect();
            let patterns = patterns.iter().map(|(pattern, matches)| (pattern, *matches)).collect();
            let wanted = Wanted { above: None, below: None, patterns };
            assert_eq!(wanted.contradicting(&mut Steps(u64::MAX)), expected);
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
            match wanted.search(|_| true, &mut Steps(u64::MAX)) {
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
