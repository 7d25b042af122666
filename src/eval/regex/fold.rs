//! Turns a code unit into the one that stands for all its cases: `Canonicalize` of ECMAScript without the `u` flag.
//!
//! Two units match without regard to case where their canonical units are one. ASCII and other units never fold together.

use std::sync::LazyLock;

/// Upper case, where that is one code unit, and not ASCII for a unit that is not.
pub(super) fn canonical(unit: u16) -> u16 {
    if let Ok(byte) = u8::try_from(unit)
        && byte.is_ascii()
    {
        return u16::from(byte.to_ascii_uppercase());
    }
    // Halves of a character of two units have no case.
    let Some(character) = char::from_u32(u32::from(unit)) else { return unit };
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => u16::try_from(u32::from(upper)).ok().filter(|&upper| upper >= 0x80).unwrap_or(unit),
        _ => unit,
    }
}

/// The other units whose canonical unit is this one.
pub(super) fn cases(canonical: u16) -> impl Iterator<Item = u16> {
    let first = CASES.partition_point(|&(other, _)| other < canonical);
    CASES[first..].iter().take_while(move |&&(other, _)| other == canonical).map(|&(_, unit)| unit)
}

/// Canonical units and those that differ from them, sorted.
static CASES: LazyLock<Vec<(u16, u16)>> = LazyLock::new(|| {
    let mut cases: Vec<_> =
        (0..=u16::MAX).map(|unit| (canonical(unit), unit)).filter(|(canonical, unit)| canonical != unit).collect();
    cases.sort_unstable();
    cases
});
