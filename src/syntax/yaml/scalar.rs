//! YAML scalars: what they decode to, and the way back.
//!
//! One walk per style cuts a scalar into pieces; decoding and mapping are two readings of the same pieces, so they
//! cannot disagree. What the walks give is what `saphyr-parser` gives as the value of the event, except for escapes it
//! refuses: a surrogate pair is its character, as in JSON, and an unknown escape stands for itself.

use crate::syntax::Tree;
use crate::syntax::tree::{Raw, index};
use crate::text::{Span, TextMap, TextMapBuilder};

/// A piece of a scalar.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// Bytes that stand for themselves.
    Verbatim(Span),
    /// `n` times the character, for what stands in the source.
    Unit(Span, char, u32),
}

fn span(start: usize, end: usize) -> Span {
    Span::new(index(start), index(end))
}

const fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Behind the line break at `at`; CRLF is one.
fn behind_break(bytes: &[u8], at: usize) -> usize {
    at + if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') { 2 } else { 1 }
}

/// Behind the blanks and breaks at `at`, and how many breaks they are.
fn skip_breaks(bytes: &[u8], mut at: usize) -> (usize, u32) {
    let mut n = 0;
    while let Some(&byte) = bytes.get(at) {
        if is_break(byte) {
            at = behind_break(bytes, at);
            n += 1;
        } else if is_blank(byte) {
            at += 1;
        } else {
            break;
        }
    }
    (at, n)
}

/// Folds the line break at `at` of a flow scalar whose last piece ended at `from`; gives where the content goes on.
fn fold(bytes: &[u8], from: usize, at: usize, emit: &mut impl FnMut(Piece)) -> usize {
    let mut end = at;
    while end > from && is_blank(bytes[end - 1]) {
        end -= 1;
    }
    verbatim(from, end, emit);
    let (next, n) = skip_breaks(bytes, at);
    let (character, n) = if n == 1 { (' ', 1) } else { ('\n', n - 1) };
    emit(Piece::Unit(span(end, next), character, n));
    next
}

fn verbatim(from: usize, to: usize, emit: &mut impl FnMut(Piece)) {
    if from < to {
        emit(Piece::Verbatim(span(from, to)));
    }
}

/// Cuts the plain scalar at `start..end`.
pub(super) fn plain(text: &str, start: usize, end: usize, emit: &mut impl FnMut(Piece)) {
    let bytes = &text.as_bytes()[..end];
    let mut from = start;
    while let Some(stop) = memchr::memchr2(b'\n', b'\r', &bytes[from..]) {
        from = fold(bytes, from, from + stop, emit);
    }
    verbatim(from, end, emit);
}

/// Cuts the quoted scalar at `start` and gives the offset behind its closing quote, or the end of the text.
pub(super) fn quoted(text: &str, start: usize, emit: &mut impl FnMut(Piece)) -> usize {
    let bytes = text.as_bytes();
    let Some(&quote) = bytes.get(start) else { return start };
    let mut from = start + 1;
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' | b'\r' => {
                from = fold(bytes, from, at, emit);
                at = from;
            }
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => {
                verbatim(from, at, emit);
                emit(Piece::Unit(span(at, at + 2), '\'', 1));
                at += 2;
                from = at;
            }
            _ if byte == quote => {
                verbatim(from, at, emit);
                return at + 1;
            }
            b'\\' if quote == b'"' => {
                verbatim(from, at, emit);
                from = if bytes.get(at + 1).is_some_and(|&next| is_break(next)) {
                    // The break itself is nothing, those behind it are themselves.
                    let (next, n) = skip_breaks(bytes, at + 1);
                    if n > 1 {
                        emit(Piece::Unit(span(at, next), '\n', n - 1));
                    }
                    next
                } else {
                    let (len, character) = escape(&text[at..]);
                    let source = span(at, at + len);
                    emit(character.map_or(Piece::Verbatim(source), |character| Piece::Unit(source, character, 1)));
                    at + len
                };
                at = from;
            }
            _ => at += 1,
        }
    }
    verbatim(from, at, emit);
    at
}

/// Length of the escape at the start of `text` in bytes, and what it stands for; nothing where YAML has no such escape.
pub(super) fn escape(text: &str) -> (usize, Option<char>) {
    let character = match text.as_bytes().get(1) {
        Some(b'0') => '\0',
        Some(b'a') => '\u{7}',
        Some(b'b') => '\u{8}',
        Some(b't' | b'\t') => '\t',
        Some(b'n') => '\n',
        Some(b'v') => '\u{b}',
        Some(b'f') => '\u{c}',
        Some(b'r') => '\r',
        Some(b'e') => '\u{1b}',
        Some(&byte @ (b' ' | b'"' | b'/' | b'\\')) => char::from(byte),
        Some(b'N') => '\u{85}',
        Some(b'_') => '\u{a0}',
        Some(b'L') => '\u{2028}',
        Some(b'P') => '\u{2029}',
        Some(b'x') => return hexadecimal(text, 2),
        Some(b'u') => return hexadecimal(text, 4),
        Some(b'U') => return hexadecimal(text, 8),
        _ => return (1 + text[1..].chars().next().map_or(0, char::len_utf8), None),
    };
    (2, Some(character))
}

fn hexadecimal(text: &str, n_digits: usize) -> (usize, Option<char>) {
    let code = |text: &str| {
        let digits = text.get(2..2 + n_digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        digits.and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    let Some(first) = code(text) else { return (2, None) };
    let len = 2 + n_digits;
    if let Some(character) = char::from_u32(first) {
        return (len, Some(character));
    }
    if !(0xd800..0xe000).contains(&first) {
        return (2, None);
    }
    // A surrogate: with its other half a character, alone the replacement character.
    let rest = text.get(len..).filter(|rest| n_digits == 4 && rest.starts_with("\\u"));
    let second = rest.and_then(code).filter(|second| first < 0xdc00 && (0xdc00..0xe000).contains(second));
    match second.and_then(|second| char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))) {
        Some(character) => (2 * len, Some(character)),
        None => (len, Some(char::REPLACEMENT_CHARACTER)),
    }
}

/// Which line breaks at the end of a block scalar are content.
#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

struct Header {
    folded: bool,
    chomping: Chomping,
    /// The indentation it states, relative to its parent.
    indent: Option<usize>,
    /// Behind the indicators.
    end: usize,
    /// Start of the line below.
    body: usize,
}

fn header(bytes: &[u8], start: usize) -> Header {
    let mut header = Header {
        folded: bytes.get(start) == Some(&b'>'),
        chomping: Chomping::Clip,
        indent: None,
        end: (start + 1).min(bytes.len()),
        body: bytes.len(),
    };
    while let Some(&byte) = bytes.get(header.end) {
        match byte {
            b'-' => header.chomping = Chomping::Strip,
            b'+' => header.chomping = Chomping::Keep,
            b'1'..=b'9' => header.indent = Some(usize::from(byte - b'0')),
            _ => break,
        }
        header.end += 1;
    }
    if let Some(stop) = memchr::memchr2(b'\n', b'\r', &bytes[header.end..]) {
        header.body = behind_break(bytes, header.end + stop);
    }
    header
}

/// In [`Tree::indents`]: what looks like a block scalar is a plain one, which in brackets may start so.
pub(super) const NO_BLOCK: u32 = u32::MAX;

/// The column at which the lines of the block scalar at `start` begin. `parent` is the column of the collection it
/// stands in.
pub(super) fn block_indent(text: &str, start: usize, parent: Option<usize>) -> usize {
    let bytes = text.as_bytes();
    let header = header(bytes, start);
    if let Some(indent) = header.indent {
        return parent.unwrap_or(0) + indent;
    }
    let mut indent = parent.map_or(0, |parent| parent + 1);
    let mut at = header.body;
    loop {
        let line = at;
        while bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        indent = indent.max(at - line);
        match bytes.get(at) {
            Some(&byte) if is_break(byte) => at = behind_break(bytes, at),
            _ => return indent,
        }
    }
}

/// Cuts the block scalar at `start`, whose lines begin at column `indent`, and gives the end of its last content line
/// (its line break left out) or, without any, of its header.
pub(super) fn block(text: &str, start: usize, indent: usize, emit: &mut impl FnMut(Piece)) -> usize {
    let bytes = text.as_bytes();
    let header = header(bytes, start);
    let mut end = header.end;
    // The break behind the last content line, and those of the empty lines below it.
    let mut line_break: Option<Span> = None;
    let mut empty = Vec::new();
    let mut blank_before = false;
    let (mut at, mut column) = skip_indent(bytes, header.body, indent, &mut empty);
    if at == bytes.len() {
        if header.chomping == Chomping::Keep {
            if empty.is_empty() && column > 0 {
                emit(Piece::Unit(span(at - column, at), '\n', 1));
            }
            empty.iter().for_each(|&source| newline(source, emit));
        }
        return end;
    }
    while column == indent && at < bytes.len() && !is_break(bytes[at]) && !is_end(bytes, at, indent) {
        let blank = is_blank(bytes[at]);
        let folds = header.folded && !blank_before && !blank;
        match line_break.take() {
            Some(source) if !folds => newline(source, emit),
            Some(source) if empty.is_empty() => emit(Piece::Unit(Span::new(source.start, index(at)), ' ', 1)),
            _ => {}
        }
        empty.drain(..).for_each(|source| newline(source, emit));
        blank_before = blank;
        let stop = memchr::memchr2(b'\n', b'\r', &bytes[at..]);
        end = stop.map_or(bytes.len(), |stop| at + stop);
        verbatim(at, end, emit);
        if end == bytes.len() {
            at = end;
            column = indent.max(1);
            break;
        }
        let next = behind_break(bytes, end);
        line_break = Some(span(end, next));
        (at, column) = skip_indent(bytes, next, indent, &mut empty);
    }
    if header.chomping != Chomping::Strip {
        line_break.iter().for_each(|&source| newline(source, emit));
    }
    if header.chomping == Chomping::Keep {
        empty.iter().for_each(|&source| newline(source, emit));
    }
    // The text ends in a content line, or in one of blanks alone: the parser ends that with a break.
    if header.chomping != Chomping::Strip && at == bytes.len() && column >= indent.max(1) {
        newline(span(at, at), emit);
    }
    end
}

/// Whether a block scalar whose lines begin at column `indent` ends before the line at `at`, for all that it is indented so
/// far: a byte order mark there begins another document, or is an error.
fn is_end(bytes: &[u8], at: usize, indent: usize) -> bool {
    indent == 0 && is_marker(bytes, at) || bytes[at..].starts_with("\u{feff}".as_bytes())
}

fn newline(source: Span, emit: &mut impl FnMut(Piece)) {
    emit(Piece::Unit(source, '\n', 1));
}

/// Moves over empty lines, and over at most `indent` spaces of the one that is not; gives the column too.
fn skip_indent(bytes: &[u8], mut at: usize, indent: usize, empty: &mut Vec<Span>) -> (usize, usize) {
    loop {
        let line = at;
        while at - line < indent && bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        match bytes.get(at) {
            Some(&byte) if is_break(byte) => {
                let next = behind_break(bytes, at);
                empty.push(span(at, next));
                at = next;
            }
            _ => return (at, at - line),
        }
    }
}

/// Whether a document marker (`---` or `...`) stands at `at`, which starts a line.
pub(super) fn is_marker(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    (rest.starts_with(b"---") || rest.starts_with(b"..."))
        && rest.get(3).is_none_or(|&byte| is_blank(byte) || is_break(byte))
}

/// A piece as content at the end of `decoded`: as it stands in `text`, or where mending cut a character, in `read`.
pub(super) fn append(decoded: &mut String, text: &str, read: &str, piece: Piece) {
    match piece {
        Piece::Verbatim(source) => {
            decoded.push_str(text.get(source.range()).unwrap_or_else(|| source.of(read)));
        }
        Piece::Unit(_, character, n) => decoded.extend(std::iter::repeat_n(character, n as usize)),
    }
}

/// Where each byte of the decoded content of `raw` comes from.
pub(in crate::syntax) fn text_map(tree: &Tree, raw: &Raw) -> TextMap {
    let mut map = TextMapBuilder::new();
    let mut emit = |piece| match piece {
        Piece::Verbatim(source) => map.verbatim(source),
        Piece::Unit(source, character, n) => map.unit(n * index(character.len_utf8()), source),
    };
    let (start, end) = (raw.start as usize, raw.end as usize);
    let read = tree.mended.as_deref().unwrap_or(&tree.text);
    match tree.text.as_bytes().get(start) {
        Some(b'"' | b'\'') => {
            quoted(&tree.text, start, &mut emit);
        }
        Some(b'|' | b'>') => match tree.indents.binary_search_by_key(&raw.start, |&(start, _)| start) {
            Ok(at) if tree.indents[at].1 == NO_BLOCK => plain(read, start, end, &mut emit),
            Ok(at) => {
                block(read, start, tree.indents[at].1 as usize, &mut emit);
            }
            Err(_) => {
                block(read, start, block_indent(read, start, None), &mut emit);
            }
        },
        _ => plain(read, start, end, &mut emit),
    }
    let has_quotes = matches!(tree.text.as_bytes().get(start), Some(b'"' | b'\''));
    map.finish(raw.start + u32::from(has_quotes))
}
