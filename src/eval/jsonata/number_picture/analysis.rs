//! Turns the picture of a number into what it asks for: F&O 3.1, 4.7.3 and 4.7.4.
//!
//! Where a picture breaks several rules, the last one is reported, as in the reference implementation.

use crate::eval::Value;
use crate::eval::jsonata::picture::{PictureFault, UNCODED, fault, interval};

/// Which characters mean what.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) decimal: char,
    pub(super) grouping: char,
    pub(super) zero: char,
    optional: char,
    separator: char,
    pub(super) exponent: String,
    pub(super) minus_sign: String,
    percent: String,
    per_mille: String,
}

/// What a picture, or a half of one, asks for.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// 100 for percents, 1000 for per milles.
    pub(super) scale: f64,
    pub(super) has_decimal: bool,
    pub(super) min_integer: usize,
    /// Digits before the point of a mantissa.
    pub(super) n_scaling: usize,
    pub(super) min_fraction: usize,
    pub(super) max_fraction: usize,
    /// 0: no exponent.
    pub(super) n_exponent: usize,
    /// The distance of regular separators; 0: there are none.
    pub(super) interval: usize,
    /// Digits to the right of each separator of the integer part, the first first.
    pub(super) integer_groups: Vec<usize>,
    /// Digits to the left of each separator of the fractional part.
    pub(super) fraction_groups: Vec<usize>,
}

/// One picture, or two, of which the second is for negative numbers.
pub(super) fn read(picture: &str, format: &Format) -> Result<Vec<Picture>, PictureFault> {
    let halves: Vec<Vec<char>> = picture.split(format.separator).map(|half| half.chars().collect()).collect();
    if halves.len() > 2 {
        return fault("D3080", "the picture has more than two sub-pictures");
    }
    let parts = halves.iter().map(|half| Parts::new(half, format)).collect::<Result<Vec<_>, _>>()?;
    for parts in &parts {
        parts.check(format)?;
    }
    Ok(parts.iter().map(|parts| parts.picture(format)).collect())
}

impl Format {
    /// What `$formatNumber` knows by itself, and what options change of it.
    pub(super) fn new(options: Option<&Value>) -> Result<Self, PictureFault> {
        let text = |name: &str, default: &str| match options.and_then(|options| options.get(name)) {
            None => Ok(default.to_owned()),
            Some(Value::String(text)) if !text.is_empty() => Ok(text.to_string()),
            Some(_) => fault(UNCODED, format!("the option `{name}` is no string, or an empty one")),
        };
        let character = |name: &str, default: char| {
            let text = text(name, default.encode_utf8(&mut [0; 4]))?;
            match text.strip_prefix(|_| true) {
                Some("") => Ok(text.chars().next().unwrap_or(default)),
                _ => fault(UNCODED, format!("the option `{name}` is not one character")),
            }
        };
        Ok(Self {
            decimal: character("decimal-separator", '.')?,
            grouping: character("grouping-separator", ',')?,
            zero: character("zero-digit", '0')?,
            optional: character("digit", '#')?,
            separator: character("pattern-separator", ';')?,
            exponent: text("exponent-separator", "e")?,
            minus_sign: text("minus-sign", "-")?,
            percent: text("percent", "%")?,
            per_mille: text("per-mille", "\u{2030}")?,
        })
    }

    /// A digit of the family.
    pub(super) fn digit(&self, digit: u32) -> Option<char> {
        char::from_u32(u32::from(self.zero) + digit)
    }

    fn is_digit(&self, character: char) -> bool {
        let zero = u32::from(self.zero);
        (zero..zero + 10).contains(&u32::from(character))
    }

    fn is_any_digit(&self, character: char) -> bool {
        self.is_digit(character) || character == self.optional
    }

    fn is_exponent(&self, character: char) -> bool {
        is_text(&self.exponent, character)
    }

    /// Whether a character says something, so that it can be neither in the prefix nor in the suffix; or is the exponent
    /// separator, which can.
    fn is_active(&self, character: char) -> bool {
        self.is_any_digit(character)
            || [self.decimal, self.grouping, self.separator].contains(&character)
            || self.is_exponent(character)
    }
}

fn is_text(text: &str, character: char) -> bool {
    text.strip_prefix(character) == Some("")
}

/// A sub-picture, taken apart.
struct Parts<'p> {
    whole: &'p [char],
    prefix: &'p [char],
    suffix: &'p [char],
    active: &'p [char],
    mantissa: &'p [char],
    integer: &'p [char],
    fraction: &'p [char],
    exponent: Option<&'p [char]>,
}

impl<'p> Parts<'p> {
    fn new(whole: &'p [char], format: &Format) -> Result<Self, PictureFault> {
        let says = |c: &char| format.is_active(*c) && !format.is_exponent(*c);
        let (Some(first), Some(last)) = (whole.iter().position(says), whole.iter().rposition(says)) else {
            // Here the reference implementation fails on what it did not find, without a code.
            return fault("D3085", "the sub-picture has no digit");
        };
        let active = &whole[first..=last];
        // The place of the separator in the whole is taken for one in the active part: with a prefix, pictures with an
        // exponent are refused, or read otherwise than XPath would.
        let (mantissa, exponent) = match find(&whole[first..], &format.exponent).map(|at| first + at) {
            Some(at) if at <= last + 1 => {
                (&active[..at.min(active.len())], Some(&active[(at + 1).min(active.len())..]))
            }
            _ => (active, None),
        };
        let suffix = &whole[last + 1..];
        let (integer, fraction) = match mantissa.iter().position(|&c| c == format.decimal) {
            Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
            None => (mantissa, suffix),
        };
        Ok(Self { whole, prefix: &whole[..first], suffix, active, mantissa, integer, fraction, exponent })
    }

    fn check(&self, format: &Format) -> Result<(), PictureFault> {
        let Self { whole, integer, fraction, exponent, .. } = *self;
        let n_found = |text: &str| count(whole, text);
        let point = whole.iter().position(|&c| c == format.decimal);
        let is_grouping = |c: Option<&char>| c == Some(&format.grouping);
        let is_scaled = n_found(&format.percent) > 0 || n_found(&format.per_mille) > 0;
        let optional_first = integer.iter().position(|&c| c == format.optional);
        let optional_last = fraction.iter().rposition(|&c| c == format.optional);
        let has_digit = |part: &[char]| part.iter().any(|&c| format.is_digit(c));
        let rules = [
            ("D3081", "two decimal separators", whole.iter().filter(|&&c| c == format.decimal).count() > 1),
            ("D3082", "two percent signs", n_found(&format.percent) > 1),
            ("D3083", "two per-mille signs", n_found(&format.per_mille) > 1),
            (
                "D3084",
                "both a percent and a per-mille sign",
                n_found(&format.percent) > 0 && n_found(&format.per_mille) > 0,
            ),
            ("D3085", "no digit in its mantissa", !self.mantissa.iter().any(|&c| format.is_any_digit(c))),
            ("D3086", "other characters between its digits", !self.active.iter().all(|&c| format.is_active(c))),
            (
                "D3087",
                "a grouping separator beside the decimal separator",
                point.is_some_and(|at| is_grouping(whole[..at].last()) || is_grouping(whole.get(at + 1))),
            ),
            (
                "D3088",
                "a grouping separator at the end of its integer part",
                point.is_none() && is_grouping(integer.last()),
            ),
            (
                "D3089",
                "two grouping separators beside each other",
                whole.windows(2).any(|pair| pair == [format.grouping; 2]),
            ),
            (
                "D3090",
                "a digit before an optional digit in its integer part",
                optional_first.is_some_and(|at| has_digit(&integer[..at])),
            ),
            (
                "D3091",
                "a digit behind an optional digit in its fractional part",
                optional_last.is_some_and(|at| has_digit(&fraction[at..])),
            ),
            (
                "D3092",
                "both an exponent and a percent or per-mille sign",
                is_scaled && exponent.is_some_and(|exponent| !exponent.is_empty()),
            ),
            (
                "D3093",
                "an exponent that is not all digits",
                exponent.is_some_and(|exponent| exponent.is_empty() || !exponent.iter().all(|&c| format.is_digit(c))),
            ),
        ];
        match rules.iter().rfind(|(_, _, is_broken)| *is_broken) {
            Some((code, what, _)) => fault(code, format!("the sub-picture has {what}")),
            None => Ok(()),
        }
    }

    fn picture(&self, format: &Format) -> Picture {
        let n_digits = |part: &[char]| part.iter().filter(|&&c| format.is_digit(c)).count();
        let n_any_digits = |part: &[char]| part.iter().filter(|&&c| format.is_any_digit(c)).count();
        let has_exponent = self.exponent.is_some();
        let n_scaling = n_digits(self.integer);
        let (mut min_integer, mut min_fraction) = (n_scaling, n_digits(self.fraction));
        let mut max_fraction = n_any_digits(self.fraction);
        if min_integer == 0 && max_fraction == 0 {
            if has_exponent {
                (min_fraction, max_fraction) = (1, 1);
            } else {
                min_integer = 1;
            }
        }
        if has_exponent && min_integer == 0 && self.integer.contains(&format.optional) {
            min_integer = 1;
        }
        if min_integer == 0 && min_fraction == 0 {
            min_fraction = 1;
        }
        let separators = |part: &[char], from| {
            let behind = part.iter().enumerate().skip(from);
            behind.filter(|&(_, &c)| c == format.grouping).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let integer_groups: Vec<_> =
            separators(self.integer, 0).into_iter().map(|at| n_any_digits(&self.integer[at..])).collect();
        // Behind the first separator of the fractional part, the reference implementation looks for more in the integer part.
        let mut fraction_separators = separators(self.fraction, 0);
        if let Some(&first) = fraction_separators.first() {
            fraction_separators.truncate(1);
            fraction_separators.extend(separators(self.integer, first + 1));
        }
        let scale = if count(self.whole, &format.percent) > 0 {
            100.0
        } else if count(self.whole, &format.per_mille) > 0 {
            1000.0
        } else {
            1.0
        };
        let left_of = |at: usize| n_any_digits(&self.fraction[..at.min(self.fraction.len())]);
        Picture {
            prefix: self.prefix.iter().collect(),
            suffix: self.suffix.iter().collect(),
            scale,
            has_decimal: self.whole.contains(&format.decimal),
            min_integer,
            n_scaling,
            min_fraction,
            max_fraction,
            n_exponent: self.exponent.map_or(0, n_digits),
            interval: interval(&integer_groups),
            integer_groups,
            fraction_groups: fraction_separators.into_iter().map(left_of).collect(),
        }
    }
}

/// Where a text stands first.
fn find(picture: &[char], text: &str) -> Option<usize> {
    (0..picture.len()).find(|&at| starts_with(&picture[at..], text))
}

/// At how many places a text stands.
fn count(picture: &[char], text: &str) -> usize {
    (0..picture.len()).filter(|&at| starts_with(&picture[at..], text)).count()
}

fn starts_with(picture: &[char], text: &str) -> bool {
    picture.len() >= text.chars().count() && text.chars().zip(picture).all(|(expected, found)| expected == *found)
}
