//! JSON string literals: decoding, and the way back.

use super::tree::index;
use super::{SyntaxError, Tree};
use crate::text::{Span, TextMap, TextMapBuilder};

/// A piece of a string literal.
enum Piece {
    /// Bytes that stand for themselves.
    Verbatim(Span),
    /// An escape and the character it stands for.
    Escape(Span, char),
    /// An escape that JSON does not have; it stands for its own characters.
    BadEscape(Span),
}

/// The pieces between the quotes of the literal at `span`; a missing closing quote is no trouble.
fn pieces(text: &str, span: Span) -> impl Iterator<Item = Piece> {
    let bytes = text.as_bytes();
    let quote = bytes[span.start as usize];
    let end = span.end as usize;
    let mut at = span.start as usize + 1;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..end)?;
        let stop = memchr::memchr2(b'\\', quote, rest).unwrap_or(rest.len());
        if stop > 0 {
            let piece = Span::new(index(at), index(at + stop));
            at += stop;
            return Some(Piece::Verbatim(piece));
        }
        if rest.first() != Some(&b'\\') {
            return None;
        }
        let (len, character) = escape(&text[at..end], quote);
        let span = Span::new(index(at), index(at + len));
        at += len;
        Some(character.map_or(Piece::BadEscape(span), |character| Piece::Escape(span, character)))
    })
}

/// Length of the escape at the start of `text` in bytes, and what it stands for.
fn escape(text: &str, quote: u8) -> (usize, Option<char>) {
    let character = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unicode_escape(text),
        Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
        Some(&byte) if byte == quote => char::from(byte),
        Some(b'\n' | b'\r') => return (1, None),
        _ => return (1 + text[1..].chars().next().map_or(0, char::len_utf8), None),
    };
    (2, Some(character))
}

/// `\u` and four digits, or a surrogate pair of two. A surrogate alone is the replacement character, as it is in the service.
fn unicode_escape(text: &str) -> (usize, Option<char>) {
    let unit = |text: &str| {
        let hex = text.strip_prefix("\\u")?.get(..4)?;
        // Checked, as the conversion takes a sign too.
        hex.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(hex, 16).ok())?
    };
    let Some(first) = unit(text) else { return (2, None) };
    let second = text.get(6..).and_then(unit);
    match char::decode_utf16(std::iter::once(first).chain(second)).next() {
        Some(Ok(character)) if character.len_utf16() == 2 => (12, Some(character)),
        Some(Ok(character)) => (6, Some(character)),
        _ => (6, Some(char::REPLACEMENT_CHARACTER)),
    }
}

/// Decodes the literal at `span` to the end of `tree.decoded` and gives the range there. Escapes that JSON does not
/// have are reported and kept as written.
pub(super) fn decode(tree: &mut Tree, span: Span) -> Span {
    let text = tree.text.clone();
    let start = index(tree.decoded.len());
    for piece in pieces(&text, span) {
        match piece {
            Piece::Verbatim(source) => tree.decoded.push_str(source.of(&text)),
            Piece::Escape(_, character) => tree.decoded.push(character),
            Piece::BadEscape(source) => {
                let written = source.of(&text);
                tree.decoded.push_str(written);
                // A backslash alone stands where the line ends: that error is known.
                if written != "\\" {
                    tree.error(SyntaxError::new(source, format!("`{written}` is not an escape that JSON has")));
                }
            }
        }
    }
    Span::new(start, index(tree.decoded.len()))
}

/// Where each byte of the decoded content of the literal at `span` comes from.
pub(super) fn text_map(text: &str, span: Span) -> TextMap {
    let mut map = TextMapBuilder::new();
    for piece in pieces(text, span) {
        match piece {
            Piece::Verbatim(source) | Piece::BadEscape(source) => map.verbatim(source),
            Piece::Escape(source, character) => map.unit(index(character.len_utf8()), source),
        }
    }
    map.finish(span.start + 1)
}
