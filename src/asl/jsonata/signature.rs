//! The signature of a function, `<s-nn?:s>`, into its parameters.
//!
//! The library's own functions are described in the same notation. What the reference implementation ignores (a letter that
//! is no type, all that follows the colon) is ignored here, what it refuses is refused.

use super::regex;
use crate::text::Span;

/// The types of a function's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// With its angle brackets.
    pub span: Span,
    /// In order.
    pub params: Vec<ParamType>,
}

/// The type of one parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamType {
    /// The letters of the types it may have: `s`tring, `n`umber, `b`oolean, nul`l`, `o`bject, `a`rray, `f`unction,
    /// `j`: any JSON, `x`: anything. More than one letter where the signature has a choice `(…)`.
    pub types: Box<str>,
    /// Of an array or a function, what stands between `<` and `>` behind it.
    pub inner: Option<Box<str>>,
    /// `-`: the context is taken where the argument is missing.
    pub context: bool,
    /// How many arguments it takes.
    pub count: Count,
}

/// How many arguments a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly one.
    One,
    /// `?`: one or none.
    Optional,
    /// `+`: at least one.
    Many,
}

/// What is wrong with a signature, at an offset of its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) code: &'static str,
    pub(super) message: &'static str,
}

/// Parses `text`, which has its angle brackets.
pub(super) fn parse(text: &str) -> Result<Vec<ParamType>, Fault> {
    let mut params: Vec<ParamType> = Vec::new();
    // What the reference implementation compiles to check arguments with: it has to be a regular expression.
    let mut pattern = String::new();
    let mut takes_inner = false;
    let mut at = 1;
    while let Some(symbol) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match symbol {
            ':' => break,
            's' | 'n' | 'b' | 'l' | 'o' | 'a' | 'f' | 'j' | 'x' => {
                params.push(ParamType::new(&text[at..=at]));
                takes_inner = matches!(symbol, 'a' | 'f');
                pattern.push_str(")([sm]");
            }
            '-' | '?' | '+' => {
                if let Some(last) = params.last_mut() {
                    pattern.push(if symbol == '+' { '+' } else { '?' });
                    match symbol {
                        '-' => last.context = true,
                        '?' => last.count = Count::Optional,
                        _ => last.count = Count::Many,
                    }
                }
            }
            '(' => {
                let end = closing(text, at, b'(', b')');
                let choice = text.get(at + 1..end).unwrap_or_default();
                if let Some(inner) = choice.find('<') {
                    let message = "type parameter cannot stand in a choice of types";
                    return Err(Fault { at: at + 1 + inner, code: "S0402", message });
                }
                params.push(ParamType::new(choice));
                takes_inner = false;
                pattern.push_str(")([");
                pattern.push_str(choice);
                pattern.push_str("m]");
                at = end;
            }
            '<' => {
                let Some(last) = params.last_mut().filter(|_| takes_inner) else {
                    let message = "type parameter can follow `a` and `f` only";
                    return Err(Fault { at, code: "S0401", message });
                };
                let end = closing(text, at, b'<', b'>');
                last.inner = text.get(at + 1..end).map(Box::from);
                at = end;
            }
            _ => at += symbol.len_utf8() - 1,
        }
        at += 1;
    }
    match regex::check(&format!("^({pattern})$"), "") {
        Ok(()) => Ok(params),
        Err(_) => Err(Fault { at: 0, code: "S0303", message: "signature repeats or mixes its symbols" }),
    }
}

/// Where the bracket at `open` is closed; the end of the text if it is not.
fn closing(text: &str, open: usize, opener: u8, closer: u8) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        if byte == opener {
            depth += 1;
        } else if byte == closer {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    text.len()
}

impl ParamType {
    fn new(types: &str) -> Self {
        Self { types: types.into(), inner: None, context: false, count: Count::One }
    }
}
