//! Sets of types that a JSONata value may have.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// The types that a value may have. The empty set is that of an expression that never gives a value, as it always fails.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Types(u8);

impl Types {
    /// None: it always fails.
    pub const NEVER: Self = Self(0);
    /// No value at all, what JavaScript calls `undefined`.
    pub const NOTHING: Self = Self(1);
    /// `null`
    pub const NULL: Self = Self(1 << 1);
    /// `true` or `false`
    pub const BOOL: Self = Self(1 << 2);
    /// A number.
    pub const NUMBER: Self = Self(1 << 3);
    /// A string.
    pub const STRING: Self = Self(1 << 4);
    /// An array.
    pub const ARRAY: Self = Self(1 << 5);
    /// An object.
    pub const OBJECT: Self = Self(1 << 6);
    /// A function, also a regular expression.
    pub const FUNCTION: Self = Self(1 << 7);
    /// Anything that JSON can hold, or nothing.
    pub const JSON: Self = Self(0x7f);
    /// Anything.
    pub const ANY: Self = Self(0xff);

    const NAMES: [(Self, &'static str); 8] = [
        (Self::NOTHING, "nothing"),
        (Self::NULL, "`null`"),
        (Self::BOOL, "a boolean"),
        (Self::NUMBER, "a number"),
        (Self::STRING, "a string"),
        (Self::ARRAY, "an array"),
        (Self::OBJECT, "an object"),
        (Self::FUNCTION, "a function"),
    ];

    /// Whether it is empty.
    #[must_use]
    pub const fn is_never(self) -> bool {
        self.0 == 0
    }

    /// Whether a value may be of one of `others`.
    #[must_use]
    pub const fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether there is a value, and it is certainly of none of `others`.
    #[must_use]
    pub const fn misses(self, others: Self) -> bool {
        !self.is_never() && !self.meets(others)
    }

    /// Whether every value is of one of `others`.
    #[must_use]
    pub const fn is_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// Those that are in `others` too.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Those that are not in `others`.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Both.
    #[must_use]
    pub const fn or(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// What a letter of a signature stands for; see [`ParamType::types`](super::ParamType::types).
    #[must_use]
    pub const fn of_letter(letter: u8) -> Self {
        match letter {
            b's' => Self::STRING,
            b'n' => Self::NUMBER,
            b'b' => Self::BOOL,
            b'l' => Self::NULL,
            b'o' => Self::OBJECT,
            b'a' => Self::ARRAY,
            b'f' => Self::FUNCTION,
            b'j' => Self::JSON.without(Self::NOTHING),
            b'x' => Self::ANY.without(Self::NOTHING),
            _ => Self::NEVER,
        }
    }
}

impl BitOr for Types {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        self.or(others)
    }
}

impl BitOrAssign for Types {
    fn bitor_assign(&mut self, others: Self) {
        *self = self.or(others);
    }
}

impl fmt::Display for Types {
    /// `a string or a number`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut n_left = self.0.count_ones();
        for (_, name) in Self::NAMES.into_iter().filter(|&(one, _)| self.meets(one)) {
            n_left -= 1;
            f.write_str(name)?;
            f.write_str(match n_left {
                0 => "",
                1 => " or ",
                _ => ", ",
            })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_never() { f.write_str("never") } else { fmt::Display::fmt(self, f) }
    }
}
