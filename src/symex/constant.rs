//! Turns values into what unknowns are ordered against: numbers, strings and instants, each once.

use std::cmp::Ordering;
use std::sync::Arc;

use super::atom::{ConstantId, Sort};
use crate::asl::timestamp::rfc3339;
use crate::eval::{Number, Value};

/// What an unknown is compared with.
#[derive(Clone, Debug)]
pub enum Constant {
    /// A number that binary64 holds, and whether it is the only one as far as the service may tell.
    Num(f64, bool),
    /// A string.
    Str(Arc<str>),
    /// The instant of a timestamp in nanoseconds since 1970, and whether its text says no more than that.
    Time(i128, bool),
}

/// The constants of each sort.
#[derive(Debug, Default)]
pub struct Constants {
    numbers: Vec<Constant>,
    strings: Vec<Constant>,
    times: Vec<Constant>,
    /// Where each constant stands, by its order.
    sorted: [Vec<ConstantId>; 3],
}

/// Below it binary64 tells all whole numbers apart, and rounds none to another.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

impl Constant {
    /// What a value is in a sort; `None` where it is not of it.
    #[must_use]
    pub fn read(sort: Sort, value: &Value) -> Option<Self> {
        match (sort, value) {
            (Sort::Num, Value::Number(number)) => {
                let float = number.as_f64();
                let is_exact = float.abs() < MOST_EXACT && !matches!(number, Number::Big(_));
                Some(Self::Num(float, is_exact))
            }
            (Sort::Str, Value::String(text)) => Some(Self::Str(Arc::clone(text))),
            (Sort::Time, Value::String(text)) => {
                let instant = rfc3339(text).ok()?;
                let decimals = text.split_once('.').map_or("", |(_, rest)| rest);
                let n_decimals = decimals.bytes().take_while(u8::is_ascii_digit).count();
                let is_leap = text.get(17..19) == Some("60");
                Some(Self::Time(instant.as_nanosecond(), n_decimals <= 9 && !is_leap))
            }
            _ => None,
        }
    }

    /// Whether it stands for itself alone, however exactly numbers and times are held.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        match self {
            Self::Num(_, is_exact) | Self::Time(_, is_exact) => *is_exact,
            Self::Str(_) => true,
        }
    }

    /// The order of two constants of one sort.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Num(one, _), Self::Num(other, _)) => one.partial_cmp(other).unwrap_or(Ordering::Equal),
            (Self::Str(one), Self::Str(other)) => utf16_order(one, other),
            (Self::Time(one, _), Self::Time(other, _)) => one.cmp(other),
            _ => Ordering::Equal,
        }
    }

    /// A string's text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }
}

/// The order in which the service has strings: by UTF-16 code units.
#[must_use]
pub fn utf16_order(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

impl Constants {
    /// The constants of a sort, by number.
    #[must_use]
    pub fn of(&self, sort: Sort) -> &[Constant] {
        match sort {
            Sort::Num => &self.numbers,
            Sort::Str => &self.strings,
            Sort::Time => &self.times,
        }
    }

    /// The constant of this number.
    #[must_use]
    pub fn get(&self, sort: Sort, id: ConstantId) -> &Constant {
        &self.of(sort)[id.0 as usize]
    }

    /// The number of a constant: equal ones have one.
    pub fn number(&mut self, sort: Sort, constant: Constant) -> ConstantId {
        let known = self.of(sort);
        let place = self.sorted[sort as usize].binary_search_by(|id| known[id.0 as usize].order(&constant));
        match place {
            Ok(at) => self.sorted[sort as usize][at],
            Err(at) => {
                let id = ConstantId(u32::try_from(known.len()).unwrap_or(u32::MAX));
                self.sorted[sort as usize].insert(at, id);
                match sort {
                    Sort::Num => self.numbers.push(constant),
                    Sort::Str => self.strings.push(constant),
                    Sort::Time => self.times.push(constant),
                }
                id
            }
        }
    }
}
