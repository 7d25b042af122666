//! JSON → [`Tree`]: one pass, no recursion, no failure.
//!
//! The hot path expects well-formed text; whatever does not fit goes to a `#[cold]` function that reports it and leaves
//! the reader where the rest can be understood. What recovery guesses is what half-typed documents look like: a missing
//! comma, a key without its value, a bracket that is not closed yet.

mod recovery;

use std::sync::Arc;

use super::tree::{DECODED, HOLE, KEY, Raw, has_hole, index};
use super::{Format, Kind, MAX_DEPTH, SyntaxError, Tree, json_string};
use crate::text::Span;

pub(super) fn parse(text: &Arc<str>) -> Tree {
    let mut tree = Tree::new(text.clone(), Format::Json);
    // A node takes 20 bytes of text in a formatted machine; the guess saves most of the growing.
    tree.raws.reserve(text.len() / 16 + 8);
    tree.roots.push(0);
    let mut parser = Parser {
        tree,
        text,
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        n_objects: 0,
        pending_key: None,
        string_goes_on: 0,
        unclosed: (Vec::new(), 0),
        no_brace: 0,
    };
    if text.starts_with('\u{feff}') {
        parser.at = 3;
    }
    parser.document();
    parser.tree.finish()
}

struct Parser<'s> {
    tree: Tree,
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    /// Containers not closed yet, outermost first.
    open: Vec<Open>,
    /// How many of them are objects.
    n_objects: usize,
    /// A key that was read where a value was due; its own value is next.
    pending_key: Option<usize>,
    /// Up to here a string over several lines is known to go on.
    string_goes_on: usize,
    /// Braces that are open where the last look-ahead for the end of a placeholder gave up, and where that was.
    unclosed: (Vec<usize>, usize),
    /// Up to here a line is known to hold no `}`.
    no_brace: usize,
}

/// The longest placeholder that is looked for: a bound on work, far above what people write.
const MAX_HOLE: usize = 4096;

#[derive(Clone, Copy)]
struct Open {
    ix: u32,
    count: u32,
    object: bool,
}

/// Bytes that end the fast run through a string.
const fn string_stops() -> [bool; 256] {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops[b'$' as usize] = true;
    stops
}

static STRING_STOPS: [bool; 256] = string_stops();

impl Parser<'_> {
    fn document(&mut self) {
        self.skip_blanks();
        self.value();
        while let Some(&open) = self.open.last() {
            if let Some(key) = self.pending_key.take() {
                self.member_value(key);
            } else if open.object {
                self.member(open);
            } else {
                self.item(open);
            }
        }
        self.skip_blanks();
        if self.at < self.bytes.len() {
            let span = self.token_here();
            self.error(SyntaxError::new(span, "the document ends before this: nothing may follow its value"));
        }
    }

    /// Inside an object, before a member or the closing brace.
    fn member(&mut self, open: Open) {
        self.skip_blanks();
        match self.byte() {
            Some(b'"') => {}
            Some(b'}') => return self.close(),
            _ => {
                if !self.recover_key(open) {
                    return;
                }
            }
        }
        let key = self.string();
        self.tree.raws[key].flags |= KEY;
        self.member_value(key);
    }

    /// Behind a key.
    fn member_value(&mut self, key: usize) {
        if let Some(open) = self.open.last_mut() {
            open.count += 1;
        }
        self.skip_blanks();
        if self.byte() == Some(b':') {
            self.at += 1;
            self.skip_blanks();
            self.value();
        } else {
            self.missing_colon(key);
        }
    }

    /// Inside an array, before an item or the closing bracket.
    fn item(&mut self, open: Open) {
        self.skip_blanks();
        match self.byte() {
            Some(b']') => return self.close(),
            Some(b'}' | b')') | None => return self.unexpected_close(open),
            Some(b',') => return self.stray(b','),
            Some(b':') => return self.stray(b':'),
            _ => {}
        }
        if let Some(open) = self.open.last_mut() {
            open.count += 1;
        }
        self.value();
    }

    /// Reads a value and, unless it opened a container, what separates it from the next.
    fn value(&mut self) {
        let start = self.at;
        match self.byte() {
            Some(b'"') => {
                self.string();
            }
            Some(b'{') => return self.open(Kind::Object),
            Some(b'[') => return self.open(Kind::Array),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') if self.literal("true") => self.push(Kind::Bool, start),
            Some(b'f') if self.literal("false") => self.push(Kind::Bool, start),
            Some(b'n') if self.literal("null") => self.push(Kind::Null, start),
            Some(b'$') if self.bytes.get(self.at + 1) == Some(&b'{') => self.hole(),
            _ => self.no_value(),
        }
        self.separator();
    }

    fn open(&mut self, kind: Kind) {
        if self.open.len() >= MAX_DEPTH {
            self.too_deep();
            return self.separator();
        }
        let start = index(self.at);
        let object = kind == Kind::Object;
        self.n_objects += usize::from(object);
        self.open.push(Open { ix: index(self.tree.raws.len()), count: 0, object });
        self.tree.raws.push(Raw::new(kind, Span::new(start, start + 1)));
        self.at += 1;
    }

    /// Closes the innermost container at its bracket, and reads what separates it from the next value.
    fn close(&mut self) {
        self.at += 1;
        self.end_container(0);
        self.separator();
    }

    fn end_container(&mut self, flags: u8) {
        let Some(open) = self.open.pop() else { return };
        self.n_objects -= usize::from(open.object);
        let next = index(self.tree.raws.len());
        let raw = &mut self.tree.raws[open.ix as usize];
        raw.end = index(self.at);
        raw.a = next;
        raw.b = open.count;
        raw.flags |= flags;
    }

    /// After a value: a comma, or the end of its container (which the caller's loop sees next).
    fn separator(&mut self) {
        let Some(open) = self.open.last().copied() else { return };
        let value_end = self.at;
        self.skip_blanks();
        match self.byte() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.skip_blanks();
                if let Some(b'}' | b']') = self.byte() {
                    let comma = Span::new(index(comma), index(comma + 1));
                    self.error(SyntaxError::new(comma, "JSON takes no comma before a closing bracket").fix(comma, ""));
                }
            }
            Some(b'}') if open.object => {}
            Some(b']') if !open.object => {}
            _ => self.no_separator(open, value_end),
        }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                b'/' | b'#' | 0x80.. | 0x00 => {
                    if !self.skip_strange_blank() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    fn literal(&mut self, word: &str) -> bool {
        let found = self.bytes[self.at..].starts_with(word.as_bytes())
            && !self.bytes.get(self.at + word.len()).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if found {
            self.at += word.len();
        }
        found
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tree.raws.push(Raw::new(kind, Span::new(index(start), index(self.at))));
    }

    /// Reads a string that starts here; gives its index.
    #[inline]
    fn string(&mut self) -> usize {
        let start = self.at;
        let mut at = start + 1;
        let mut flags = 0;
        let mut hole_starts = false;
        loop {
            while self.bytes.get(at).is_some_and(|&byte| !STRING_STOPS[byte as usize]) {
                at += 1;
            }
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    flags |= DECODED;
                    // Never behind the end, never into the middle of a character, and never over the end of the line.
                    let escaped = self.text.get(at + 1..).and_then(|rest| rest.chars().next());
                    at += 1 + escaped.filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
                }
                Some(b'$') => {
                    hole_starts |= self.bytes.get(at + 1) == Some(&b'{');
                    at += 1;
                }
                Some(b'\n' | b'\r') | None if !self.continues_after_break(start, at) => {
                    return self.unclosed_string(start, at, flags);
                }
                _ => at = self.control_character(at),
            }
        }
        if hole_starts && has_hole(&self.text[start..at]) {
            flags |= HOLE;
        }
        self.at = at + 1;
        self.push_string(start, at, flags)
    }

    /// Pushes the string whose content is `start + 1..end`; `self.at` is behind its token.
    #[inline]
    fn push_string(&mut self, start: usize, end: usize, flags: u8) -> usize {
        let span = Span::new(index(start), index(self.at));
        let (content, flags) = if flags & DECODED == 0 {
            (Span::new(index(start + 1), index(end)), flags)
        } else {
            let content = json_string::decode(&mut self.tree, Span::new(index(start), index(end)));
            let hole = has_hole(content.of(&self.tree.decoded));
            (content, if hole { flags | HOLE } else { flags & !HOLE })
        };
        self.tree.raws.push(Raw {
            start: span.start,
            end: span.end,
            a: content.start,
            b: content.end,
            kind: Kind::String,
            flags,
        });
        self.tree.raws.len() - 1
    }

    fn number(&mut self) {
        let start = self.at;
        let digits = |at: &mut usize| {
            let from = *at;
            while self.bytes.get(*at).is_some_and(u8::is_ascii_digit) {
                *at += 1;
            }
            *at - from
        };
        let mut at = start + usize::from(self.bytes[start] == b'-');
        let leading_zero = self.bytes.get(at) == Some(&b'0');
        let whole = digits(&mut at);
        let mut good = whole > 0 && !(leading_zero && whole > 1);
        if self.bytes.get(at) == Some(&b'.') {
            at += 1;
            good &= digits(&mut at) > 0;
        }
        if let Some(b'e' | b'E') = self.bytes.get(at) {
            at += 1;
            at += usize::from(matches!(self.bytes.get(at), Some(b'+' | b'-')));
            good &= digits(&mut at) > 0;
        }
        if !good || self.bytes.get(at).is_some_and(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
        {
            return self.no_value();
        }
        self.at = at;
        self.push(Kind::Number, start);
    }

    /// `${Name}` where a value stands.
    fn hole(&mut self) {
        let start = self.at;
        // Templates may call functions in it, with braces of their own: `${jsonencode({a = 1})}`.
        let (unclosed, looked_until) = &self.unclosed;
        if start < *looked_until && unclosed.binary_search(&(start + 1)).is_ok() {
            return self.no_value();
        }
        let mut open = Vec::new();
        let mut end = self.bytes.len().min(start + MAX_HOLE);
        for at in start + 1..end {
            match self.bytes[at] {
                b'{' => open.push(at),
                b'}' => {
                    open.pop();
                    if open.is_empty() {
                        self.at = at + 1;
                        return self.push(Kind::Hole, start);
                    }
                }
                b'\n' | b'\r' => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        self.unclosed = (open, end);
        self.no_value();
    }
}
