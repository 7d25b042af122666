//! Turns numbers into letters and Roman numerals, and back.
//!
//! Reading takes any text: what is no numeral gives a number that means nothing, or NaN, as in the reference implementation.

use super::Case;

const ROMAN: [(f64, &str); 13] = [
    (1000.0, "M"),
    (900.0, "CM"),
    (500.0, "D"),
    (400.0, "CD"),
    (100.0, "C"),
    (90.0, "XC"),
    (50.0, "L"),
    (40.0, "XL"),
    (10.0, "X"),
    (9.0, "IX"),
    (5.0, "V"),
    (4.0, "IV"),
    (1.0, "I"),
];

/// The largest number that is shown in Roman numerals, by thousands of `M`: near it the reference implementation, which
/// recurses, runs out of stack.
const MOST_ROMAN: f64 = 8e6;

/// `MCMXLVI`; nothing for 0 and NaN.
pub(super) fn roman(value: f64) -> Option<String> {
    if value > MOST_ROMAN {
        return None;
    }
    let mut text = String::new();
    let mut rest = value;
    for (value, numeral) in ROMAN {
        while rest >= value {
            text.push_str(numeral);
            rest -= value;
        }
    }
    Some(text)
}

/// The number of a numeral in capitals. Digits count from the right; one below the largest so far is taken away.
pub(super) fn from_roman(text: &str) -> f64 {
    let (mut sum, mut most) = (0.0, 1.0);
    for digit in text.chars().rev() {
        let value = match digit {
            'M' => 1000.0,
            'D' => 500.0,
            'C' => 100.0,
            'L' => 50.0,
            'X' => 10.0,
            'V' => 5.0,
            'I' => 1.0,
            _ => return f64::NAN,
        };
        if value < most {
            sum -= value;
        } else {
            most = value;
            sum += value;
        }
    }
    sum
}

/// `A` to `Z`, `AA`, …, as columns of a spreadsheet are numbered; nothing for 0 and what is no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a remainder of 26")]
pub(super) fn letters(value: f64) -> String {
    let mut letters = Vec::new();
    let mut rest = value;
    while rest > 0.0 && rest.is_finite() {
        letters.push(char::from(b'A' + ((rest - 1.0) % 26.0) as u8));
        rest = ((rest - 1.0) / 26.0).floor();
    }
    letters.into_iter().rev().collect()
}

/// The number of letters, which may be any characters: each counts by its distance from the first letter.
pub(super) fn from_letters(text: &str, case: Case) -> f64 {
    let before_first = if case == Case::Upper { 0x40 } else { 0x60 };
    let units: Vec<u16> = text.encode_utf16().collect();
    let place = |(place, &unit): (i32, &u16)| f64::from(i32::from(unit) - before_first) * 26_f64.powf(f64::from(place));
    (0..).zip(units.iter().rev()).map(place).fold(0.0, |sum, value| sum + value)
}
