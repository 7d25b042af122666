//! What each intrinsic function is for, in a line: its parameters by name, and what it gives.

use super::Function;

impl Function {
    /// Its parameters by name (what may be left out in brackets), and what it gives.
    #[must_use]
    pub const fn manual(self) -> (&'static str, &'static str) {
        match self {
            Self::Array => ("value…", "An array of the arguments."),
            Self::ArrayContains => ("array, value", "Whether the value is among the items."),
            Self::ArrayGetItem => ("array, index", "The item of this number, from 0."),
            Self::ArrayLength => ("array", "How many items it has."),
            Self::ArrayPartition => ("array, size", "The items in arrays of this size; the last may be shorter."),
            Self::ArrayRange => ("first, last, step", "The numbers from the first to the last, at most 1,000."),
            Self::ArrayUnique => ("array", "The items without those that come again."),
            Self::Base64Decode => ("text", "The text that Base64 of at most 10,000 characters stands for."),
            Self::Base64Encode => ("text", "The text, at most 10,000 characters, in Base64."),
            Self::Format => ("template, value…", "The template with each `{}` replaced by the next value."),
            Self::Hash => {
                ("value, algorithm", "The hash: `'MD5'`, `'SHA-1'`, `'SHA-256'`, `'SHA-384'` or `'SHA-512'`.")
            }
            Self::JsonMerge => {
                ("object1, object2, deep", "The members of both objects; the second wins. `deep` has to be `false`.")
            }
            Self::JsonToString => ("value", "The value as a text that is JSON."),
            Self::MathAdd => ("number1, number2", "The sum."),
            Self::MathRandom => ("start, end[, seed]", "A whole number from `start` up to and without `end`."),
            Self::StringSplit => ("text, separators", "The parts between any of the separators, empty ones left out."),
            Self::StringToJson => ("text", "The value of a text that is JSON."),
            Self::Uuid => ("", "A random UUID, version 4."),
        }
    }
}
