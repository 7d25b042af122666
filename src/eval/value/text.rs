//! Values from JSON text, and JSON text from values.

use std::fmt::Write;

use super::{MAX_DEPTH, Number, Value};
use crate::syntax::{self, Format, Kind};
use crate::text::Span;

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Where, in the text.
    pub span: Span,
    /// What is wrong there.
    pub message: String,
}

impl Value {
    /// The value that a JSON text says.
    ///
    /// # Errors
    /// The first thing in it that is not JSON.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let tree = syntax::parse(&text.into(), Format::Json);
        if let Some(error) = tree.errors().first() {
            return Err(JsonError { span: error.span, message: error.message.clone() });
        }
        let root = tree.root();
        if let Some(hole) = root.descendants().find(|node| matches!(node.kind(), Kind::Hole | Kind::Missing)) {
            return Err(JsonError { span: hole.span(), message: "this is no JSON value".to_owned() });
        }
        Ok(Self::from_node(root))
    }

    /// As JSON without blanks, as the service writes it.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        text
    }

    /// Writes it behind a text, as [`Value::to_json`] would.
    pub fn write_json(&self, text: &mut String) {
        self.write(text, None);
    }

    /// As JSON over several lines, indented by two blanks a level.
    #[must_use]
    pub fn to_pretty_json(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some(0));
        text
    }

    /// How long [`Value::to_json`] would be, in bytes, without making it.
    #[must_use]
    pub fn json_len(&self) -> usize {
        match self {
            Self::Null | Self::Bool(true) => 4,
            Self::Bool(false) => 5,
            Self::Number(number) => number.to_string().len(),
            Self::String(text) => quoted_len(text),
            Self::Array(items) => 2 + items.len().saturating_sub(1) + items.iter().map(Self::json_len).sum::<usize>(),
            Self::Object(members) => {
                let lengths = members.iter().map(|(name, value)| quoted_len(name) + 1 + value.json_len());
                2 + members.len().saturating_sub(1) + lengths.sum::<usize>()
            }
        }
    }

    /// Whether [`Value::to_json`] would be longer than this. Of a small value that is an endless one to write, too.
    #[must_use]
    pub fn exceeds(&self, bytes: usize) -> bool {
        // No value weighs more than it is long.
        self.weight() > bytes as u64 || self.longest() > bytes && self.json_len() > bytes
    }

    /// What [`Value::json_len`] is at most: nothing is looked at but how long texts are.
    pub(super) fn longest(&self) -> usize {
        /// Longer is no number that is computed with: a sign, 17 digits, zeros, a point and an exponent.
        const NUMBER: usize = 32;
        match self {
            Self::Null | Self::Bool(_) => 5,
            Self::Number(Number::Big(text)) => text.len(),
            Self::Number(_) => NUMBER,
            Self::String(text) => longest(text),
            Self::Array(items) => items.measures.longest,
            Self::Object(members) => members.measures.longest,
        }
    }

    /// Recursion is bounded by [`MAX_DEPTH`]: what lies deeper is written as `null`, and nothing that was checked does.
    fn write(&self, text: &mut String, indent: Option<usize>) {
        if self.depth() > 2 * MAX_DEPTH {
            text.push_str("null");
            return;
        }
        match self {
            Self::Null => text.push_str("null"),
            Self::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => _ = write!(text, "{number}"),
            Self::String(content) => quote(text, content),
            Self::Array(items) => {
                let write = |text: &mut String, item: &Self, indent| item.write(text, indent);
                list(text, ['[', ']'], indent, items.iter(), write);
            }
            Self::Object(members) => list(text, ['{', '}'], indent, members.iter(), |text, (name, value), indent| {
                quote(text, name);
                text.push_str(if indent.is_some() { ": " } else { ":" });
                value.write(text, indent);
            }),
        }
    }
}

/// How long a text is at most in JSON: with an escape of six for each of its bytes.
pub(super) const fn longest(text: &str) -> usize {
    2 + text.len().saturating_mul(6)
}

fn list<T>(
    text: &mut String,
    [open, close]: [char; 2],
    indent: Option<usize>,
    items: impl ExactSizeIterator<Item = T>,
    write: impl Fn(&mut String, T, Option<usize>),
) {
    let break_line = |text: &mut String, indent: Option<usize>| {
        if let Some(indent) = indent {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', 2 * indent));
        }
    };
    text.push(open);
    let is_empty = items.len() == 0;
    let inner = indent.map(|indent| indent + 1);
    for (i, item) in items.enumerate() {
        if i > 0 {
            text.push(',');
        }
        break_line(text, inner);
        write(text, item, inner);
    }
    if !is_empty {
        break_line(text, indent);
    }
    text.push(close);
}

/// The bytes that a character takes in a quoted string, where that is not its own length.
const fn escape(c: char) -> Option<&'static str> {
    Some(match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        _ => return None,
    })
}

/// Writes a JSON string.
pub(crate) fn quote(text: &mut String, content: &str) {
    text.push('"');
    // Most texts have nothing to escape.
    if content.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        text.push_str(content);
    } else {
        for c in content.chars() {
            match escape(c) {
                Some(escaped) => text.push_str(escaped),
                None if c < ' ' => _ = write!(text, "\\u{:04X}", u32::from(c)),
                None => text.push(c),
            }
        }
    }
    text.push('"');
}

fn quoted_len(content: &str) -> usize {
    let extra = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
        0..32 => 5,
        _ => 0,
    };
    2 + content.len() + content.bytes().map(extra).sum::<usize>()
}
