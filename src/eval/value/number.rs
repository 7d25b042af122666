//! A number: whole ones exactly, others as binary64, and both as they are written.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::syntax::Node;

/// A number as the service holds it: Java's `long`, `BigInteger` or `double`.
#[derive(Clone, Debug)]
pub enum Number {
    /// Written without decimals and exponent.
    Int(i64),
    /// Written with them, or computed.
    Float(f64),
    /// A whole number that no `i64` holds, or one beyond binary64: its digits.
    Big(Arc<str>),
}

/// Below it every whole number is a binary64 and none is another's rounding.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

impl Number {
    /// The number that a JSON text says.
    #[must_use]
    pub fn read(text: &str) -> Self {
        if let Ok(whole) = text.parse() {
            return Self::Int(whole);
        }
        let is_whole = text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<f64>() {
            Ok(float) if !is_whole && float.is_finite() => Self::Float(float),
            _ => Self::Big(text.into()),
        }
    }

    /// The number that stands in a text; YAML's `0x1F` and `.inf` are what YAML says.
    #[must_use]
    pub fn from_node(node: Node<'_>) -> Self {
        let text = node.content();
        let is_json = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'.' | b'e' | b'E' | b'+'));
        if is_json && text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Self::read(text);
        }
        node.as_i64()
            .map(Self::Int)
            .or_else(|| node.as_f64().map(Self::Float))
            .unwrap_or_else(|| Self::Big(text.into()))
    }

    /// The result of a computation: without decimals where it is whole and exact.
    #[must_use]
    pub fn from_f64(value: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        if value.fract() == 0.0 && value.abs() < MOST_EXACT { Self::Int(value as i64) } else { Self::Float(value) }
    }

    /// Rounded to binary64.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "rounding is what is asked for")]
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Int(value) => *value as f64,
            Self::Float(value) => *value,
            Self::Big(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// As a whole number, if it is one and fits; `3.0` is whole.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
            Self::Float(value) => (value.fract() == 0.0 && value.abs() <= MOST_EXACT).then_some(*value as i64),
            Self::Big(_) => None,
        }
    }
}

impl PartialEq for Number {
    /// By value: `1` is `1.0`.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Big(one), Self::Big(other)) => {
                one == other || one.contains(['.', 'e', 'E']) && self.as_f64() == other.parse().unwrap_or(f64::NAN)
            }
            _ => self.as_f64() == other.as_f64(),
        }
    }
}

impl PartialOrd for Number {
    /// By value: whole ones exactly, others rounded to binary64.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => Some(one.cmp(other)),
            _ if self == other => Some(Ordering::Equal),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    /// As Java's `Double.toString` has it where it is not whole: `0.1`, `1.0E21`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Big(text) => f.write_str(text),
            Self::Float(value) if *value == 0.0 || (1e-3..1e7).contains(&value.abs()) => write!(f, "{value:?}"),
            Self::Float(value) => {
                let text = format!("{value:e}");
                let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let point = if digits.contains('.') { "" } else { ".0" };
                write!(f, "{digits}{point}E{exponent}")
            }
        }
    }
}
