//! Turns whole numbers into text by a picture, and back: `$formatInteger`, `$parseInteger`, and the numbers in dates.
//!
//! XPath's `format-integer`, in English: decimal patterns of any digit family, letters, Roman numerals, words, ordinals.
//! Numbers are binary64, as in the reference implementation; what its arithmetic does to large ones is part of the result.

mod numerals;
mod words;

use super::picture::{MAX_LENGTH, PictureFault, UNCODED, check_length, fault, interval, number_text, parse_int};

/// `$formatInteger`
///
/// # Errors
/// When the picture is none, or the value is not finite or too large for it.
pub(super) fn format_integer(value: f64, picture: &str) -> Result<String, PictureFault> {
    IntegerPicture::new(picture)?.format(value.floor())
}

/// `$parseInteger`; NaN where the text is not as the picture says. There always is a result: an `Option` because the other
/// functions that read a text have one.
///
/// # Errors
/// When the picture is none, or a digit is not of its family.
pub(super) fn parse_integer(text: &str, picture: &str) -> Result<Option<f64>, PictureFault> {
    IntegerPicture::new(picture)?.parse(text).map(Some)
}

/// A picture, read.
#[derive(Debug)]
pub(super) struct IntegerPicture {
    primary: Primary,
    is_ordinal: bool,
}

#[derive(Debug)]
enum Primary {
    Decimal(Decimal),
    Letters(Case),
    Roman(Case),
    Words(Case),
    /// A numbering that nobody knows.
    Unknown(String),
}

/// How letters are cased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// `A`, `I`, `W`, `N`
    Upper,
    /// `a`, `i`, `w`, `n`
    Lower,
    /// `Ww`, `Nn`
    Title,
}

impl Case {
    /// A name that is written with capitals at the beginning of words, in this case.
    pub(super) fn apply(self, name: &str) -> String {
        match self {
            Self::Upper => name.to_uppercase(),
            Self::Lower => name.to_lowercase(),
            Self::Title => name.to_owned(),
        }
    }
}

/// A decimal pattern.
#[derive(Debug)]
pub(super) struct Decimal {
    /// The zero of the digit family.
    zero: u32,
    /// How many digits are shown at least. A date's width modifier sets it, and may be NaN.
    pub(super) n_mandatory: f64,
    /// How many `#` there are.
    pub(super) n_optional: f64,
    grouping: Grouping,
}

#[derive(Debug)]
enum Grouping {
    /// So many digits apart.
    Regular(usize, char),
    /// Behind them so many digits each, in the order from right to left.
    Irregular(Vec<(usize, char)>),
}

/// The zeros of the digit families that pictures know: those of the Basic Multilingual Plane.
const ZEROS: [u32; 37] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];
const ASCII_ZERO: u32 = 0x30;

impl IntegerPicture {
    pub(super) fn new(picture: &str) -> Result<Self, PictureFault> {
        check_length(picture)?;
        let (pattern, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        let primary = match pattern {
            "A" => Primary::Letters(Case::Upper),
            "a" => Primary::Letters(Case::Lower),
            "I" => Primary::Roman(Case::Upper),
            "i" => Primary::Roman(Case::Lower),
            "W" => Primary::Words(Case::Upper),
            "w" => Primary::Words(Case::Lower),
            "Ww" => Primary::Words(Case::Title),
            _ => match Decimal::new(pattern)? {
                Some(decimal) => Primary::Decimal(decimal),
                None => Primary::Unknown(pattern.to_owned()),
            },
        };
        Ok(Self { primary, is_ordinal: modifier.starts_with('o') })
    }

    /// The pattern, if it is a decimal one.
    pub(super) const fn decimal(&self) -> Option<&Decimal> {
        match &self.primary {
            Primary::Decimal(decimal) => Some(decimal),
            _ => None,
        }
    }

    /// See [`Self::decimal`].
    pub(super) const fn decimal_mut(&mut self) -> Option<&mut Decimal> {
        match &mut self.primary {
            Primary::Decimal(decimal) => Some(decimal),
            _ => None,
        }
    }

    /// A whole number as the picture has it.
    pub(super) fn format(&self, value: f64) -> Result<String, PictureFault> {
        let size = value.abs();
        let text = match &self.primary {
            Primary::Decimal(decimal) => decimal.format(size, self.is_ordinal)?,
            Primary::Letters(case) => case.apply(&numerals::letters(size)),
            Primary::Roman(case) => match numerals::roman(size) {
                Some(numeral) => case.apply(&numeral),
                None => return fault(UNCODED, "the value is too large for a Roman numeral"),
            },
            Primary::Words(case) if size.is_finite() => case.apply(&words::say(size, self.is_ordinal)),
            Primary::Words(_) => return fault(UNCODED, "there are no words for what is no number"),
            Primary::Unknown(pattern) => return unknown(pattern),
        };
        Ok(if value < 0.0 { format!("-{text}") } else { text })
    }

    /// The number that a text says.
    pub(super) fn parse(&self, text: &str) -> Result<f64, PictureFault> {
        match &self.primary {
            Primary::Decimal(decimal) => decimal.parse(text, self.is_ordinal),
            Primary::Letters(case) => Ok(numerals::from_letters(text, *case)),
            Primary::Roman(Case::Lower) => Ok(numerals::from_roman(&text.to_uppercase())),
            Primary::Roman(_) => Ok(numerals::from_roman(text)),
            Primary::Words(_) => Ok(words::read(&text.to_lowercase())),
            Primary::Unknown(pattern) => unknown(pattern),
        }
    }

    /// A regular expression for the texts that [`Self::parse`] reads in a date. `n_digits` is how many digits there may be, if
    /// that is known.
    pub(super) fn expression(&self, n_digits: Option<f64>) -> Result<String, PictureFault> {
        Ok(match &self.primary {
            Primary::Decimal(Decimal { n_optional, .. }) => {
                let count = match n_digits {
                    Some(most) if most > 0.0 && *n_optional == 0.0 => format!("{{{most}}}"),
                    Some(most) if most > 0.0 => format!("{{{},{most}}}", most - n_optional),
                    _ => "+".to_owned(),
                };
                format!("[0-9]{count}{}", if self.is_ordinal { "(?:th|st|nd|rd)" } else { "" })
            }
            Primary::Letters(Case::Upper) => "[A-Z]+".to_owned(),
            Primary::Letters(_) => "[a-z]+".to_owned(),
            Primary::Roman(Case::Upper) => "[MDCLXVI]+".to_owned(),
            Primary::Roman(_) => "[mdclxvi]+".to_owned(),
            Primary::Words(_) => words::expression(),
            Primary::Unknown(pattern) => return unknown(pattern),
        })
    }
}

fn unknown<T>(pattern: &str) -> Result<T, PictureFault> {
    fault("D3130", format!("nobody knows how to number like `{pattern}`"))
}

impl Decimal {
    /// A pattern that holds a digit; any other is no decimal pattern.
    fn new(pattern: &str) -> Result<Option<Self>, PictureFault> {
        let mut zero = None;
        let (mut n_mandatory, mut n_optional, mut position) = (0.0, 0.0, 0);
        let mut separators = Vec::new();
        for character in pattern.chars().rev() {
            let code = u32::from(character);
            if let Some(&family) = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code)) {
                if *zero.get_or_insert(family) != family {
                    return fault("D3131", "the digits of the picture are of two families");
                }
                n_mandatory += 1.0;
                position += 1;
            } else if character == '#' {
                n_optional += 1.0;
                position += 1;
            } else {
                separators.push((position, character));
            }
        }
        Ok(zero.map(|zero| Self { zero, n_mandatory, n_optional, grouping: Grouping::new(separators) }))
    }

    /// What separates digits, where that comes at one distance.
    pub(super) const fn separator(&self) -> Option<char> {
        match self.grouping {
            Grouping::Regular(_, separator) => Some(separator),
            Grouping::Irregular(_) => None,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "NaN is no width, and the rest is bounded"
    )]
    fn format(&self, value: f64, is_ordinal: bool) -> Result<String, PictureFault> {
        if self.n_mandatory > MAX_LENGTH as f64 {
            return fault(UNCODED, format!("the picture asks for more than {MAX_LENGTH} digits"));
        }
        let digits = number_text(value);
        let n_missing = (self.n_mandatory as usize).saturating_sub(digits.len());
        let shift = self.zero - ASCII_ZERO;
        let digits = std::iter::repeat_n('0', n_missing)
            .chain(digits.chars())
            // `e` and `NaN` move too; there are characters where they go.
            .filter_map(|digit| char::from_u32(u32::from(digit) + shift))
            .collect();
        let mut text = self.grouping.apply(digits);
        if is_ordinal {
            text.extend(ordinal_suffix(&text).chars());
        }
        Ok(text.into_iter().collect())
    }

    fn parse(&self, text: &str, is_ordinal: bool) -> Result<f64, PictureFault> {
        let mut characters: Vec<char> = text.chars().collect();
        if is_ordinal {
            characters.truncate(characters.len().saturating_sub(2));
        }
        match &self.grouping {
            // Whatever the picture separates with.
            Grouping::Regular(..) => characters.retain(|&c| c != ','),
            Grouping::Irregular(separators) => {
                characters.retain(|c| separators.iter().all(|(_, separator)| separator != c));
            }
        }
        let shift = self.zero - ASCII_ZERO;
        let digits: Option<String> =
            characters.into_iter().map(|c| u32::from(c).checked_sub(shift).and_then(char::from_u32)).collect();
        match digits {
            Some(digits) => Ok(parse_int(&digits)),
            None => fault(UNCODED, "the text has digits that are not of the picture's family"),
        }
    }
}

impl Grouping {
    fn new(separators: Vec<(usize, char)>) -> Self {
        let positions: Vec<usize> = separators.iter().map(|&(position, _)| position).collect();
        match separators.first() {
            Some(&(_, first)) if separators.iter().all(|&(_, other)| other == first) => match interval(&positions) {
                0 => Self::Irregular(separators),
                interval => Self::Regular(interval, first),
            },
            _ => Self::Irregular(separators),
        }
    }

    fn apply(&self, digits: Vec<char>) -> Vec<char> {
        match self {
            &Self::Regular(interval, separator) => {
                let mut text = Vec::with_capacity(digits.len() * 2);
                for (at, &digit) in digits.iter().enumerate() {
                    if at > 0 && (digits.len() - at).is_multiple_of(interval) {
                        text.push(separator);
                    }
                    text.push(digit);
                }
                text
            }
            Self::Irregular(separators) => {
                let mut text = digits;
                for &(position, separator) in separators.iter().rev() {
                    match text.len().checked_sub(position) {
                        Some(at) => text.insert(at, separator),
                        // For a number that is shorter than the picture the reference implementation counts from the other
                        // end, and so loses digits.
                        None => {
                            let n_missing = position - text.len();
                            let n_lost = text.len().saturating_sub(n_missing);
                            text.splice(..n_lost, [separator]);
                        }
                    }
                }
                text
            }
        }
    }
}

/// What makes a number an ordinal one: by ASCII digits only.
fn ordinal_suffix(digits: &[char]) -> &'static str {
    match digits {
        [.., '1', _] => "th",
        [.., '1'] => "st",
        [.., '2'] => "nd",
        [.., '3'] => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests;
