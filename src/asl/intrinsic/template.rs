//! Turns the template of `States.Format` into pieces.

use crate::asl::path::span;
use crate::text::Span;

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text, its escapes resolved.
    Text(String),
    /// `{}`: takes the next argument.
    Placeholder,
}

/// Why a text is not a template. The execution fails with "Invalid template in States.Format".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The brace, in the text given.
    pub span: Span,
    /// What is wrong.
    pub message: &'static str,
}

/// Splits a template, escapes as written. A `${…}` is text.
///
/// # Errors
/// A brace that is not one of a pair `{}` and not escaped.
pub fn template(raw: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let at = raw.len() - rest.len();
        let mut length = c.len_utf8();
        let wrong = |message| Err(TemplateError { span: span(at, at + 1), message });
        match c {
            '\\' => {
                let escaped = rest[1..].chars().next();
                text.push(escaped.unwrap_or(c));
                length += escaped.map_or(0, char::len_utf8);
            }
            '$' if rest.starts_with("${") => {
                length = rest.find('}').map_or(rest.len(), |end| end + 1);
                text.push_str(&rest[..length]);
            }
            '{' if rest.starts_with("{}") => {
                length = 2;
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Placeholder);
            }
            '{' => return wrong("`{` has no `}` right behind it; a brace in the text is written `\\{`"),
            '}' => return wrong("`}` has no `{` right before it; a brace in the text is written `\\}`"),
            _ => text.push(c),
        }
        rest = &rest[length..];
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}
