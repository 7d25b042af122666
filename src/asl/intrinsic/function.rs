//! Turns the name of an intrinsic function into what is known of it.

use crate::text::nearest;
use std::fmt;

/// An intrinsic function.
#[expect(missing_docs, reason = "each is the function of the same name, without `States.`")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    Array,
    ArrayContains,
    ArrayGetItem,
    ArrayLength,
    ArrayPartition,
    ArrayRange,
    ArrayUnique,
    Base64Decode,
    Base64Encode,
    Format,
    Hash,
    JsonMerge,
    JsonToString,
    MathAdd,
    MathRandom,
    StringSplit,
    StringToJson,
    Uuid,
}

/// How many arguments a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity {
    /// At least.
    pub min: usize,
    /// At most; `None` for any number.
    pub max: Option<usize>,
}

/// What every name starts with.
const PREFIX: &str = "States.";

/// Every function with its name.
pub const FUNCTIONS: [(&str, Function); 18] = [
    ("States.Array", Function::Array),
    ("States.ArrayContains", Function::ArrayContains),
    ("States.ArrayGetItem", Function::ArrayGetItem),
    ("States.ArrayLength", Function::ArrayLength),
    ("States.ArrayPartition", Function::ArrayPartition),
    ("States.ArrayRange", Function::ArrayRange),
    ("States.ArrayUnique", Function::ArrayUnique),
    ("States.Base64Decode", Function::Base64Decode),
    ("States.Base64Encode", Function::Base64Encode),
    ("States.Format", Function::Format),
    ("States.Hash", Function::Hash),
    ("States.JsonMerge", Function::JsonMerge),
    ("States.JsonToString", Function::JsonToString),
    ("States.MathAdd", Function::MathAdd),
    ("States.MathRandom", Function::MathRandom),
    ("States.StringSplit", Function::StringSplit),
    ("States.StringToJson", Function::StringToJson),
    ("States.UUID", Function::Uuid),
];

impl Function {
    /// The function of that name; case counts.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// The name that was probably meant.
    #[must_use]
    pub fn suggestion(name: &str) -> Option<&'static str> {
        let plain = match name.split_at_checked(PREFIX.len()) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
            _ => name,
        };
        nearest(plain, FUNCTIONS.iter().map(|(known, _)| (&known[PREFIX.len()..], *known)))
    }

    /// The name, as it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        FUNCTIONS[self as usize].0
    }

    /// How many arguments it takes.
    #[must_use]
    pub const fn arity(self) -> Arity {
        let (min, max) = match self {
            // The service ignores what is passed to `States.UUID`.
            Self::Array | Self::Uuid => (0, None),
            Self::Format => (1, None),
            Self::ArrayLength
            | Self::ArrayUnique
            | Self::Base64Decode
            | Self::Base64Encode
            | Self::JsonToString
            | Self::StringToJson => (1, Some(1)),
            Self::ArrayContains
            | Self::ArrayGetItem
            | Self::ArrayPartition
            | Self::Hash
            | Self::MathAdd
            | Self::StringSplit => (2, Some(2)),
            Self::ArrayRange | Self::JsonMerge => (3, Some(3)),
            Self::MathRandom => (2, Some(3)),
        };
        Arity { min, max }
    }
}

impl fmt::Display for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n| if n == 1 { "argument" } else { "arguments" };
        match self.max {
            None => write!(f, "at least {} {}", self.min, plural(self.min)),
            Some(max) if max == self.min => write!(f, "{max} {}", plural(max)),
            Some(max) => write!(f, "{} to {max} arguments", self.min),
        }
    }
}
