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

/// What an argument is, or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the types of JSON")]
pub enum Type {
    /// Any of them, or not known.
    Any,
    Array,
    Boolean,
    Null,
    Number,
    Object,
    String,
}

/// What a function takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The types of the arguments, in order.
    pub parameters: &'static [Type],
    /// How many of the last parameters can be left out.
    pub n_optional: usize,
    /// Whether any number of further arguments may follow.
    pub takes_more: bool,
    /// The type of the result.
    pub result: Type,
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

    /// What it takes and gives: the developer guide, "Intrinsic functions", but for what the service was seen to take
    /// beyond it. `States.Hash` makes a text of its data, `States.JsonMerge` reads every third argument that is not `true`
    /// as `false`, and `States.UUID` ignores what is passed to it. What `States.Format` makes of a template that is no
    /// string is not known.
    #[must_use]
    pub const fn signature(self) -> Signature {
        use Type::{Any, Array, Boolean, Number, Object, String};
        let (parameters, result): (&[Type], Type) = match self {
            Self::Array => (&[], Array),
            Self::ArrayContains => (&[Array, Any], Boolean),
            Self::ArrayGetItem => (&[Array, Number], Any),
            Self::ArrayLength => (&[Array], Number),
            Self::ArrayPartition => (&[Array, Number], Array),
            Self::ArrayRange => (&[Number, Number, Number], Array),
            Self::ArrayUnique => (&[Array], Array),
            Self::Base64Decode | Self::Base64Encode => (&[String], String),
            Self::Format => (&[Any], String),
            Self::Hash => (&[Any, String], String),
            Self::JsonMerge => (&[Object, Object, Any], Object),
            Self::JsonToString => (&[Any], String),
            Self::MathAdd => (&[Number, Number], Number),
            Self::MathRandom => (&[Number, Number, Number], Number),
            Self::StringSplit => (&[String, String], Array),
            Self::StringToJson => (&[String], Any),
            Self::Uuid => (&[], String),
        };
        Signature {
            parameters,
            n_optional: matches!(self, Self::MathRandom) as usize,
            takes_more: matches!(self, Self::Array | Self::Format | Self::Uuid),
            result,
        }
    }

    /// How many arguments it takes.
    #[must_use]
    pub const fn arity(self) -> Arity {
        let Signature { parameters, n_optional, takes_more, .. } = self.signature();
        let max = if takes_more { None } else { Some(parameters.len()) };
        Arity { min: parameters.len() - n_optional, max }
    }
}

impl Type {
    /// Whether a value of type `other` can stand where this one is asked for.
    #[must_use]
    pub fn takes(self, other: Self) -> bool {
        self == Self::Any || other == Self::Any || self == other
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "a value",
            Self::Array => "an array",
            Self::Boolean => "a boolean",
            Self::Null => "null",
            Self::Number => "a number",
            Self::Object => "an object",
            Self::String => "a string",
        })
    }
}

impl fmt::Display for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n| if n == 1 { "argument" } else { "arguments" };
        match self.max {
            None => write!(f, "at least {} {}", self.min, plural(self.min)),
            Some(max) if max == self.min => write!(f, "{max} {}", plural(max)),
            Some(max) if max == self.min + 1 => write!(f, "{} or {max} arguments", self.min),
            Some(max) => write!(f, "{} to {max} arguments", self.min),
        }
    }
}
