//! Turns a text of ISO 8601 into a moment, as `Date.parse` does.
//!
//! A time without an offset is one of UTC, as on a machine that lives there. What `Date.parse` reads beyond ISO 8601 by rules
//! of V8's own is no moment here.

use std::sync::LazyLock;

use super::calendar;
use crate::eval::budget::Budget;
use crate::eval::jsonata::picture::{PictureFault, fault, parse_int};
use crate::eval::regex::Regex;

pub(super) fn parse(text: &str) -> Result<f64, PictureFault> {
    let search = |regex: &Regex| regex.find_at(text, 0, &mut Budget::new(WORK)).ok().flatten();
    if search(&ADMITTED).is_none() {
        return fault("D3110", "the text is no timestamp of ISO 8601");
    }
    let Some(found) = search(&TIMESTAMP) else { return Ok(f64::NAN) };
    let part = |number: usize| found.groups[number].map(|(start, end)| &text[start..end]);
    let value = |number: usize, default: f64| part(number).map_or(default, parse_int);
    let (month, day, hour) = (value(1, 1.0), value(2, 1.0), value(3, 0.0));
    let fraction: String = part(6).unwrap_or_default().chars().chain("000".chars()).take(3).collect();
    let time = (hour * 60.0 + value(4, 0.0)) * 60_000.0 + value(5, 0.0) * 1000.0 + parse_int(&fraction);
    // 24:00 is the end of a day, and nothing is later.
    let has_more = [4, 5, 6].into_iter().any(|number| value(number, 0.0) != 0.0);
    let (zone_hour, zone_minute) = (value(8, 0.0), value(9, 0.0));
    if !(1.0..=12.0).contains(&month)
        || !(1.0..=31.0).contains(&day)
        || hour > 24.0
        || hour == 24.0 && has_more
        || zone_hour > 23.0
    {
        return Ok(f64::NAN);
    }
    let sign = if part(7) == Some("-") { -1.0 } else { 1.0 };
    let offset = sign * (zone_hour * 60.0 + zone_minute) * 60_000.0;
    Ok(calendar::days([value(0, 0.0), month - 1.0, day]) * calendar::DAY + time - offset)
}

/// What a search may cost; only texts that are no timestamps take more.
const WORK: u64 = 10_000;

/// What the reference implementation lets `Date.parse` see.
static ADMITTED: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^\d{4}(-[01]\d)*(-[0-3]\d)*(T[0-2]\d:[0-5]\d:[0-5]\d)*(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?$")
});

/// What `Date.parse` reads of it.
static TIMESTAMP: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([+-])(\d\d):?(\d\d))?)?Z?$")
});

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern, "").expect("the pattern is a regular expression")
}
