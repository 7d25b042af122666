//! What pictures of numbers and of dates share: how they fail, and numbers as JavaScript reads and writes them.
//!
//! The functions of pictures do what the reference implementation (2.0.6) does, where it departs from XPath too.

/// A picture, or a value that it cannot show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PictureFault {
    /// The reference implementation's code; [`UNCODED`] where it fails without one.
    pub code: &'static str,
    /// What happened: lower case, no full stop.
    pub message: String,
}

/// For what fails in the reference implementation as a `TypeError` or `RangeError`: its code for a message of any wording.
pub(super) const UNCODED: &str = "D3137";

/// How long a picture may be, and how wide what one part of it shows, so that work on it is bounded.
pub(super) const MAX_LENGTH: usize = 1000;

pub(super) fn fault<T>(code: &'static str, message: impl Into<String>) -> Result<T, PictureFault> {
    Err(PictureFault { code, message: message.into() })
}

/// Refuses a picture that is too long.
pub(super) fn check_length(picture: &str) -> Result<(), PictureFault> {
    if picture.len() > MAX_LENGTH {
        return fault(UNCODED, format!("the picture is longer than {MAX_LENGTH} bytes"));
    }
    Ok(())
}

/// The distance of separators from each other, where it is the same for all of them: it and its multiples are just their
/// positions. 0 otherwise.
pub(super) fn interval(positions: &[usize]) -> usize {
    let interval = positions.iter().copied().reduce(greatest_divisor).unwrap_or_default();
    let is_regular = (1..=positions.len()).all(|n| positions.contains(&(n * interval)));
    if is_regular { interval } else { 0 }
}

const fn greatest_divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { greatest_divisor(other, one % other) }
}

/// `String(number)`
pub(super) fn number_text(number: f64) -> String {
    if !number.is_finite() || number == 0.0 {
        return if number == 0.0 { "0".to_owned() } else { number.to_string().replace("inf", "Infinity") };
    }
    if (1e-6..1e21).contains(&number.abs()) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    if text.contains("e-") { text } else { text.replace('e', "e+") }
}

/// `parseInt(text)`: the number that stands at the beginning, NaN where none does.
pub(super) fn parse_int(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1.0, text),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, text) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(text) => (16, text),
        None => (10, text),
    };
    let digits = &text[..text.find(|c: char| !c.is_digit(radix)).unwrap_or(text.len())];
    let value = if radix == 10 {
        digits.parse().unwrap_or(f64::NAN)
    } else if digits.is_empty() {
        f64::NAN
    } else {
        digits.chars().filter_map(|c| c.to_digit(16)).fold(0.0, |value, digit| value * 16.0 + f64::from(digit))
    };
    sign * value
}

/// `\s` of JavaScript.
pub(super) fn is_space(character: char) -> bool {
    character == '\u{FEFF}' || character.is_whitespace() && character != '\u{85}'
}
