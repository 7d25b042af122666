//! Turns the text of a timestamp into an instant.
//!
//! The service wants RFC 3339 with an upper-case `T` and `Z` ("String does not match RFC3339 timestamp"): to the
//! second, with any number of decimals; a text without `Z` is refused. A numeric offset is what the specification
//! allows and the service's run time speaks of, so it is no error here.

use super::path::span;
use crate::text::Span;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// Why a text is not a timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampError {
    /// The part at fault.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

/// Reads `YYYY-MM-DDThh:mm:ss`, decimals if there are any, and `Z` or an offset.
///
/// # Errors
/// The first part that is not what it has to be, or not on the calendar or the clock.
pub fn rfc3339(text: &str) -> Result<Timestamp, TimestampError> {
    let wrong = |start: usize, end: usize, message: String| Err(TimestampError { span: span(start, end), message });
    let separator = text.find(['T', 't', ' ', '_']).unwrap_or(text.len());
    let (date_text, rest) = text.split_at(separator);
    let Some([year, month, day]) = numbers(date_text, '-', [4, 2, 2]) else {
        return wrong(0, separator, describe(date_text, "date, `YYYY-MM-DD`"));
    };
    let Ok(date) = Date::new(year, narrow(month), narrow(day)) else {
        return wrong(0, separator, format!("there is no day `{date_text}`"));
    };
    match rest.chars().next() {
        Some('T') => {}
        Some(found) => {
            return wrong(separator, separator + 1, format!("`T` stands between date and time, not `{found}`"));
        }
        None => return wrong(separator, separator, "a timestamp goes on with `T` and a time".to_owned()),
    }
    let start = separator + 1;
    let clock_end = text[start..].find(|c: char| !c.is_ascii_digit() && c != ':').map_or(text.len(), |at| start + at);
    let clock = &text[start..clock_end];
    let Some([hour, minute, second]) = numbers(clock, ':', [2, 2, 2]) else {
        return wrong(start, clock_end, describe(clock, "time, `hh:mm:ss`"));
    };
    // RFC 3339 has leap seconds; what the service makes of one is not known.
    let is_leap = minute == 59 && second == 60;
    if hour > 23 || minute > 59 || second > 59 && !is_leap {
        return wrong(start, clock_end, format!("there is no time `{clock}`"));
    }
    let zone_start = match text[clock_end..].strip_prefix('.') {
        None => clock_end,
        Some(rest) => clock_end + 1 + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()),
    };
    let decimals = &text[clock_end..zone_start];
    if decimals == "." {
        return wrong(clock_end, zone_start, "decimals are missing behind this point".to_owned());
    }
    let nanosecond = decimals
        .bytes()
        .skip(1)
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |all, digit| all * 10 + i32::from(digit - b'0'));
    let zone = &text[zone_start..];
    let Some(offset) = offset(zone) else {
        let message = match zone {
            "" => "`Z` is missing at the end".to_owned(),
            _ => format!("a timestamp ends in `Z`, not in `{zone}`"),
        };
        return wrong(zone_start, text.len(), message);
    };
    let time = Time::constant(narrow(hour), narrow(minute), narrow(second.min(59)), nanosecond);
    offset
        .to_timestamp(DateTime::from_parts(date, time))
        .or_else(|_| wrong(0, text.len(), "this instant is out of range".to_owned()))
}

/// The text of an instant, in nanoseconds since 1970: in UTC, with the decimals that it has. `None` beyond the calendar.
#[must_use]
pub fn text(nanoseconds: i128) -> Option<String> {
    Timestamp::from_nanosecond(nanoseconds).ok().map(|instant| instant.to_string())
}

fn describe(found: &str, expected: &str) -> String {
    if found.is_empty() { format!("a {expected}, is missing here") } else { format!("`{found}` is not a {expected}") }
}

/// Exactly three numbers of so many digits.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[i16; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part =
            parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn narrow(number: i16) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

/// `Z`, `+01:00`
fn offset(zone: &str) -> Option<Offset> {
    if zone == "Z" {
        return Some(Offset::UTC);
    }
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let [hours, minutes, _] = numbers(&format!("{}:00", &zone[1..]), ':', [2, 2, 2])?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_instants() {
        for (text, expected) in [
            ("2016-03-14T01:59:00Z", "2016-03-14T01:59:00Z"),
            // Recorded as accepted, in a literal or behind a path.
            ("2016-03-05T21:29:29.243167252Z", "2016-03-05T21:29:29.243167252Z"),
            ("2026-11-22T16:12:31.00Z", "2026-11-22T16:12:31Z"),
            ("2026-11-22T16:12:31.000000Z", "2026-11-22T16:12:31Z"),
            ("2026-11-22T16:12:31.5Z", "2026-11-22T16:12:31.5Z"),
            ("2026-11-22T16:12:31.1234567899Z", "2026-11-22T16:12:31.123456789Z"),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
            ("2024-01-01T01:00:00+01:30", "2023-12-31T23:30:00Z"),
            ("2024-01-01T01:00:00-00:00", "2024-01-01T01:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(text).map(|instant| instant.to_string()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn errors_stand_at_the_part_at_fault() {
        // The part at fault is between the `«»`.
        for (marked, message) in [
            ("«»", "a date, `YYYY-MM-DD`, is missing here"),
            ("«05-12-2016»T21:29:29Z", "`05-12-2016` is not a date, `YYYY-MM-DD`"),
            ("«2016-12-5»T21:29:29Z", "`2016-12-5` is not a date, `YYYY-MM-DD`"),
            ("«2016-13-05»T21:29:29Z", "there is no day `2016-13-05`"),
            ("«2023-02-29»T21:29:29Z", "there is no day `2023-02-29`"),
            ("2016-12-05« »21:29:29Z", "`T` stands between date and time, not ` `"),
            ("2016-12-05«t»21:29:29Z", "`T` stands between date and time, not `t`"),
            ("2016-12-05«»", "a timestamp goes on with `T` and a time"),
            ("2016-12-05T«25:29:29»Z", "there is no time `25:29:29`"),
            ("2016-12-05T«24:00:00»Z", "there is no time `24:00:00`"),
            ("2016-12-05T«21:29:60»Z", "there is no time `21:29:60`"),
            ("2016-12-05T«23:59:61»Z", "there is no time `23:59:61`"),
            ("2016-12-05T«21:29»Z", "`21:29` is not a time, `hh:mm:ss`"),
            ("2016-12-05T«»Z", "a time, `hh:mm:ss`, is missing here"),
            ("2016-12-05T21:29:29«.»Z", "decimals are missing behind this point"),
            ("2016-12-05T21:29:29«»", "`Z` is missing at the end"),
            ("2016-12-05T21:29:29.123«»", "`Z` is missing at the end"),
            ("2016-12-05T21:29:29«z»", "a timestamp ends in `Z`, not in `z`"),
            ("2016-12-05T21:29:29«Z »", "a timestamp ends in `Z`, not in `Z `"),
            ("2016-12-05T21:29:29«+ß:00»", "a timestamp ends in `Z`, not in `+ß:00`"),
            ("«soon»", "`soon` is not a date, `YYYY-MM-DD`"),
        ] {
            let text = marked.replace(['«', '»'], "");
            let start = marked.find('«').unwrap();
            let span = span(start, marked.find('»').unwrap() - "«".len());
            assert_eq!(rfc3339(&text), Err(TimestampError { span, message: message.to_owned() }), "{marked}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9TZ:.+ ß-]{0,32}|\\PC{0,16}") {
            if let Err(error) = rfc3339(&text) {
                proptest::prop_assert!(text.get(error.span.range()).is_some(), "{error:?} in {text}");
            }
        }
    }
}
