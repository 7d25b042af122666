//! Turns moments into text by a picture, and back: `$fromMillis`, `$now`, `$toMillis`.
//!
//! XPath's `format-dateTime` (F&O 3.1, 9.8.4) as the reference implementation has it, in English and in UTC or at an offset
//! of `±hhmm`. Everything is binary64: what is no moment has parts that are NaN, and shows them, as there.

mod calendar;
mod format;
mod iso;
mod parse;

use super::integer_picture::{Case, IntegerPicture};
use super::picture::{PictureFault, check_length, fault, is_space, parse_int};

/// `$fromMillis` and `$now`. Without a picture: `2018-03-23T10:33:36.617Z`.
///
/// # Errors
/// When the picture is none.
pub(super) fn from_millis(millis: f64, picture: Option<&str>, timezone: Option<&str>) -> Result<String, PictureFault> {
    format::format(millis, &read(picture.unwrap_or(ISO_8601))?, timezone)
}

/// `$toMillis`. Without a picture the text is a moment of ISO 8601; what is larger than the largest part that a picture reads
/// is taken from `now`. `None` for a text that is not as the picture says; NaN where its parts make no moment.
///
/// # Errors
/// When the picture is none, or a text without a picture is not of ISO 8601.
pub(super) fn to_millis(text: &str, picture: Option<&str>, now: i64) -> Result<Option<f64>, PictureFault> {
    match picture {
        None => iso::parse(text).map(Some),
        #[expect(clippy::cast_precision_loss, reason = "moments beyond 2^53 are none")]
        Some(picture) => parse::parse(text, &read(picture)?, now as f64),
    }
}

const ISO_8601: &str = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// The names of days, Monday first, as ISO 8601 numbers them.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A part of a picture.
#[derive(Debug)]
enum Part {
    Literal(String),
    Marker(Marker),
}

/// `[Y0001,2-4]`: one component of a moment, and how it is shown.
#[derive(Debug)]
struct Marker {
    component: char,
    show: Show,
    /// The `4` of `[Y0001,2-4]`.
    max_width: Option<f64>,
    /// How many digits of a year, a month or a day count, if that is limited.
    n_digits: Option<f64>,
    /// Whether a traditional numbering is asked for, which makes the offset 0 a `Z`.
    is_traditional: bool,
}

#[derive(Debug)]
enum Show {
    Name(Case),
    Integer(IntegerPicture),
    /// Neither a name nor a number.
    Plain,
}

/// The parts of a picture. `[[` and `]]` stand for brackets.
fn read(picture: &str) -> Result<Vec<Part>, PictureFault> {
    check_length(picture)?;
    let mut parts = Vec::new();
    let mut rest = picture;
    while let Some((literal, behind)) = rest.split_once('[') {
        add_literal(&mut parts, literal);
        if let Some(behind) = behind.strip_prefix('[') {
            parts.push(Part::Literal("[".to_owned()));
            rest = behind;
            continue;
        }
        let Some((marker, behind)) = behind.split_once(']') else {
            return fault("D3135", "a `[` of the picture is not closed");
        };
        parts.push(Part::Marker(Marker::read(marker)?));
        rest = behind;
    }
    add_literal(&mut parts, rest);
    Ok(parts)
}

fn add_literal(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Literal(text.replace("]]", "]")));
    }
}

impl Marker {
    fn read(text: &str) -> Result<Self, PictureFault> {
        let text: String = text.chars().filter(|&c| !is_space(c)).collect();
        let (text, width) = text.rsplit_once(',').map_or((text.as_str(), None), |(text, width)| (text, Some(width)));
        // Before a comma that comes first nothing is left; then it is the component itself, which nobody knows.
        let mut characters = if text.is_empty() && width.is_some() { ",," } else { text }.chars();
        let component = characters.next();
        let (presentation, modifier) = presentation(component, characters.as_str())?;
        let component = component.unwrap_or_default();
        let (min_width, max_width) = width.map_or((None, None), read_width);
        let mut n_digits = None;
        let show = if let Some(case) = name_case(presentation) {
            Show::Name(case)
        } else if "YMDdFWwXxHhmsf".contains(component) {
            let pattern = modifier.map_or_else(|| presentation.to_owned(), |letter| format!("{presentation};{letter}"));
            let mut integer = IntegerPicture::new(&pattern)?;
            n_digits = set_widths(&mut integer, component, min_width, max_width);
            Show::Integer(integer)
        } else {
            Show::Plain
        };
        let show =
            if matches!(component, 'Z' | 'z') { Show::Integer(IntegerPicture::new(presentation)?) } else { show };
        Ok(Self { component, show, max_width, n_digits, is_traditional: modifier == Some('t') })
    }
}

/// What stands behind the letter of a component, or else its default; and the modifier at its end.
fn presentation(component: Option<char>, written: &str) -> Result<(&str, Option<char>), PictureFault> {
    if let Some(last) = written.chars().next_back().filter(|&last| written.len() > 1 && "atco".contains(last)) {
        return Ok((&written[..written.len() - 1], Some(last)));
    }
    if !written.is_empty() {
        return Ok((written, None));
    }
    let default = match component {
        Some('Y' | 'M' | 'D' | 'd' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'f') => "1",
        Some('F' | 'P' | 'C' | 'E') => "n",
        Some('m' | 's') => "01",
        Some('Z' | 'z') => "01:01",
        other => {
            let component = other.map_or_else(String::new, String::from);
            return fault("D3132", format!("moments have no component `{component}`"));
        }
    };
    Ok((default, None))
}

fn name_case(presentation: &str) -> Option<Case> {
    match presentation.as_bytes() {
        [b'n', ..] => Some(Case::Lower),
        [b'N', b'n', ..] => Some(Case::Title),
        [b'N', ..] => Some(Case::Upper),
        _ => None,
    }
}

/// `2`, `2-4`, `*-4`: the least and the largest width.
fn read_width(text: &str) -> (Option<f64>, Option<f64>) {
    let number = |text: &str| (text != "*").then(|| parse_int(text));
    match text.split_once('-') {
        Some((min, max)) => (number(min), number(max)),
        None => (number(text), None),
    }
}

/// Has a number shown as wide as is asked for, and says how many digits of it count (F&O 9.8.4.4).
fn set_widths(integer: &mut IntegerPicture, component: char, min: Option<f64>, max: Option<f64>) -> Option<f64> {
    let decimal = integer.decimal_mut();
    let is_limited = matches!(component, 'Y' | 'M' | 'D');
    let Some(decimal) = decimal else { return max.filter(|_| is_limited) };
    if let Some(min) = min.filter(|&min| decimal.n_mandatory < min) {
        decimal.n_mandatory = min;
    }
    if !is_limited {
        return None;
    }
    if let Some(max) = max {
        decimal.n_mandatory = max;
        return Some(max);
    }
    Some(decimal.n_mandatory + decimal.n_optional).filter(|&n_digits| n_digits >= 2.0)
}

#[cfg(test)]
mod tests;
