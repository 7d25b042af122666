//! Turns a number into text by a picture: `$formatNumber`.
//!
//! XPath's `format-number` (F&O 3.1, 4.7) as the reference implementation has it. In one thing this departs from it: pictures
//! with an exponent show zero and negative numbers as XPath says, where the reference implementation loops for ever.

mod analysis;

use super::picture::{PictureFault, UNCODED, check_length, fault, number_text};
use crate::eval::Value;
use analysis::{Format, Picture};

/// `$formatNumber`
///
/// # Errors
/// When the picture is none, an option is not what it has to be, or the value is not finite.
pub(super) fn format_number(value: f64, picture: &str, options: Option<&Value>) -> Result<String, PictureFault> {
    check_length(picture)?;
    let format = Format::new(options)?;
    let pictures = analysis::read(picture, &format)?;
    let is_negative = value < 0.0;
    let own = if is_negative { pictures.get(1) } else { None };
    let sign = if is_negative && own.is_none() { format.minus_sign.as_str() } else { "" };
    let picture = own.unwrap_or(&pictures[0]);
    let number: String = show(value * picture.scale, picture, &format)?.into_iter().collect();
    Ok(format!("{sign}{}{number}{}", picture.prefix, picture.suffix))
}

/// The number without sign, prefix and suffix.
fn show(value: f64, picture: &Picture, format: &Format) -> Result<Vec<char>, PictureFault> {
    let (mantissa, exponent) = match picture.n_exponent {
        0 => (value, None),
        _ => {
            let (mantissa, exponent) = split(value.abs(), picture.n_scaling);
            (mantissa, Some(exponent))
        }
    };
    // No value of JSONata is infinite; but a hundred times a large one is, and rounding one may be.
    let rounded = round(mantissa, picture.max_fraction).abs();
    if !rounded.is_finite() {
        return fault(UNCODED, "the value is too large for the picture");
    }
    let mut text = digits(rounded, picture.max_fraction, format)?;
    match text.iter().position(|&c| c == '.') {
        Some(at) => text[at] = format.decimal,
        None => text.push(format.decimal),
    }
    text.drain(..text.iter().take_while(|&&c| c == format.zero).count());
    while text.last() == Some(&format.zero) {
        text.pop();
    }
    pad(&mut text, picture, format);
    group(&mut text, picture, format);
    if !picture.has_decimal || text.last() == Some(&format.decimal) {
        text.pop();
    }
    if let Some(exponent) = exponent {
        text.extend(format.exponent.chars());
        if exponent < 0 {
            text.extend(format.minus_sign.chars());
        }
        let digits = digits(f64::from(exponent).abs(), 0, format)?;
        text.extend(std::iter::repeat_n(format.zero, picture.n_exponent.saturating_sub(digits.len())));
        text.extend(digits);
    }
    Ok(text)
}

/// A mantissa with so many digits before the point, and the power of ten that goes with it.
fn split(value: f64, n_digits: usize) -> (f64, i32) {
    let power = |exponent: i64| format!("1e{exponent}").parse().unwrap_or(f64::INFINITY);
    let n_digits = i64::try_from(n_digits).unwrap_or(i64::MAX);
    let (least, most): (f64, f64) = (power(n_digits - 1), power(n_digits));
    let (mut mantissa, mut exponent) = (value, 0);
    while mantissa < least && mantissa > 0.0 {
        mantissa *= 10.0;
        exponent -= 1;
    }
    while mantissa > most && mantissa.is_finite() {
        mantissa /= 10.0;
        exponent += 1;
    }
    (mantissa, exponent)
}

/// Rounds to so many decimals, half to even, by shifting the decimal point of the shortest text, as `$round` does.
pub(super) fn round(value: f64, n_decimals: usize) -> f64 {
    let n_decimals = i64::try_from(n_decimals).unwrap_or(i64::MAX / 2);
    shift(shift(value, n_decimals).round_ties_even(), -n_decimals)
}

/// The number times a power of ten, by its text.
fn shift(value: f64, by: i64) -> f64 {
    // Where two shortest texts are equally close, JavaScript takes the even one, and so does this one; `to_string` does not.
    let Some(number) = serde_json::Number::from_f64(value) else { return value };
    let text = number.to_string();
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent = exponent.parse::<i64>().unwrap_or_default();
    format!("{digits}e{}", exponent + by).parse().unwrap_or(f64::NAN)
}

/// So many decimals, in the digits of the format; the point is a `.` yet.
fn digits(value: f64, n_decimals: usize, format: &Format) -> Result<Vec<char>, PictureFault> {
    if n_decimals > 100 {
        return fault(UNCODED, "the picture asks for more than 100 decimals");
    }
    let text = if value < 1e21 { to_fixed(value, n_decimals) } else { number_text(value) };
    Ok(text.chars().map(|c| c.to_digit(10).and_then(|digit| format.digit(digit)).unwrap_or(c)).collect())
}

/// `toFixed`: a tie goes up. `value` is rounded already, so only large numbers, few of which are close to each other, are ties.
fn to_fixed(value: f64, n_decimals: usize) -> String {
    // Rounded half to even.
    let mut text = format!("{value:.n_decimals$}");
    let longer = format!("{value:.*}", n_decimals + 1);
    // All the digits that a number of 53 bits can have behind a tie.
    let exact = format!("{value:.*}", n_decimals + 40);
    let is_tie = longer.ends_with('5') && exact.trim_end_matches('0') == longer;
    if is_tie && longer.starts_with(&text) {
        // It went down, so its last digit is even: the next one needs no carry.
        let last = text.pop().and_then(|last| last.to_digit(10)).unwrap_or_default();
        text.push_str(&(last + 1).to_string());
    }
    text
}

/// Fills up with zeros before and behind the point.
fn pad(text: &mut Vec<char>, picture: &Picture, format: &Format) {
    let point = point(text, format);
    let n_right = picture.min_fraction.saturating_sub(text.len().saturating_sub(point + 1));
    text.extend(std::iter::repeat_n(format.zero, n_right));
    let n_left = picture.min_integer.saturating_sub(point);
    text.splice(..0, std::iter::repeat_n(format.zero, n_left));
}

/// Adds separators.
fn group(text: &mut Vec<char>, picture: &Picture, format: &Format) {
    let mut at = point(text, format);
    if picture.interval > 0 {
        while at > picture.interval {
            at -= picture.interval;
            text.insert(at, format.grouping);
        }
    } else {
        for (n, &position) in picture.integer_groups.iter().enumerate() {
            // For a number that is shorter than the picture the reference implementation counts from the end of the text.
            let place = match (at + n).checked_sub(position) {
                Some(place) => place,
                None => (text.len() + at + n).saturating_sub(position),
            };
            text.insert(place.min(text.len()), format.grouping);
        }
    }
    let behind = point(text, format) + 1;
    for &position in &picture.fraction_groups {
        text.insert((behind + position).min(text.len()), format.grouping);
    }
}

fn point(text: &[char], format: &Format) -> usize {
    text.iter().position(|&c| c == format.decimal).unwrap_or(text.len().saturating_sub(1))
}

#[cfg(test)]
mod tests;
