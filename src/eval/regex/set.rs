//! Turns the members of a class (`[a-z\d]`) into a set of code units that answers quickly.
//!
//! The ranges are sorted and do not touch, so a search by halves finds a unit.

use super::fold;

/// A range of code units, both ends in it.
pub(super) type Range = (u16, u16);

/// `\d`
pub(super) const DIGITS: &[Range] = &[(0x30, 0x39)];
/// `\w`
pub(super) const WORD: &[Range] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
/// `\s`: `WhiteSpace` and `LineTerminator` of ECMAScript.
pub(super) const SPACE: &[Range] = &[
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];
/// `LineTerminator`: what `.` does not match.
pub(super) const LINE_ENDS: &[Range] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];

/// A set of code units.
#[derive(Clone, Debug)]
pub(super) struct Set {
    ranges: Vec<Range>,
    negated: bool,
    ignore_case: bool,
}

impl Set {
    /// The units in any of the ranges, or, `negated`, all others.
    pub(super) fn new(mut ranges: Vec<Range>, negated: bool, ignore_case: bool) -> Self {
        ranges.sort_unstable();
        ranges.dedup_by(|next, kept| {
            let touches = next.0 <= kept.1.saturating_add(1);
            if touches {
                kept.1 = kept.1.max(next.1);
            }
            touches
        });
        Self { ranges, negated, ignore_case }
    }

    /// Whether a unit is in it. A negated set without regard to case holds what matches no member in any case.
    pub(super) fn contains(&self, unit: u16) -> bool {
        let is_member = if self.ignore_case {
            let canonical = fold::canonical(unit);
            self.is_listed(canonical) || fold::cases(canonical).any(|unit| self.is_listed(unit))
        } else {
            self.is_listed(unit)
        };
        is_member != self.negated
    }

    fn is_listed(&self, unit: u16) -> bool {
        let at = self.ranges.partition_point(|&(_, last)| last < unit);
        self.ranges.get(at).is_some_and(|&(first, _)| first <= unit)
    }
}

/// All units that are in none of these ranges, which are sorted and do not touch.
pub(super) fn complement(ranges: &[Range]) -> Vec<Range> {
    let mut others = Vec::new();
    let mut next = 0;
    for &(first, last) in ranges {
        if next < first {
            others.push((next, first - 1));
        }
        next = last + 1;
    }
    others.push((next, u16::MAX));
    others
}

/// Whether the ranges, which are sorted, hold a unit.
pub(super) fn is_in(ranges: &[Range], unit: u16) -> bool {
    ranges.iter().any(|&(first, last)| (first..=last).contains(&unit))
}
