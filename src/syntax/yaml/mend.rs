//! Errors of the YAML parser → a text that can be read on.
//!
//! Each mend changes bytes in place, so that every offset holds: what cannot be understood is *blanked*, what is a value
//! but breaks the grammar is *covered* with a character that means nothing to YAML, to be read as one plain scalar; its
//! content is still taken from the source. Every mend reports its error, at most one for a line. Each costs one more
//! reading of the text, so their number is bounded by its size.

mod flow;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::scalar::{escape, is_blank, is_marker};
use crate::syntax::tree::index;
use crate::syntax::{MAX_ERRORS, SyntaxError};
use crate::text::Span;

/// Bytes read again over all mends of a text.
const MAX_WORK: usize = 32 << 20;

/// Stands for a byte that is not to be understood: one of no meaning to YAML, and of one byte.
const COVER: char = '\u{1}';

/// How a covered scalar is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quote {
    /// As the quoted scalar it is.
    Closed,
    /// As a string from behind its quote to this offset.
    Unclosed(usize),
    /// Not at all; it ends at this offset.
    Unreadable(usize),
}

/// A line that was given up, or that may belong elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost {
    pub(super) at: usize,
    /// Where its content starts; `usize::MAX` where tabs hide that, and the innermost mapping lacks it.
    pub(super) column: usize,
}

/// What was done to a text so that it can be read.
pub(super) struct Mends<'s> {
    source: &'s str,
    text: Cow<'s, str>,
    pub(super) errors: Vec<SyntaxError>,
    /// Ascending.
    pub(super) lost: Vec<Lost>,
    quotes: BTreeMap<usize, Quote>,
    tries: usize,
    placeholders_covered: bool,
    changed: bool,
}

impl<'s> Mends<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        let mut mends = Self {
            source,
            text: Cow::Borrowed(source),
            errors: Vec::new(),
            lost: Vec::new(),
            quotes: BTreeMap::new(),
            tries: (MAX_WORK / source.len().max(1)).clamp(1, MAX_ERRORS),
            placeholders_covered: false,
            changed: false,
        };
        // A null byte would end the stream.
        let mut said_until = 0;
        for at in memchr::memchr_iter(0, source.as_bytes()) {
            if at >= said_until {
                mends.error(at, at + 1, "this is a null byte, which yaml does not have");
                said_until = mends.line(at).1;
            }
            mends.cover(at, at + 1);
        }
        // In a directive the parser takes bytes for characters, and would be off from there on.
        for at in memchr::memchr_iter(b'%', source.as_bytes()) {
            let (start, end) = if at == 0 || matches!(source.as_bytes()[at - 1], b'\n' | b'\r') {
                mends.line(at)
            } else {
                continue;
            };
            mends.replace(start, end, |byte| if byte.is_ascii() { byte } else { COVER as u8 });
        }
        mends
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The mended text, if it is another.
    pub(super) fn finish(self) -> Option<String> {
        match self.text {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(text),
        }
    }

    /// How the scalar that starts at `start` is to be read, if not as it looks.
    #[inline]
    pub(super) fn quote(&self, start: usize) -> Option<Quote> {
        self.quotes.get(&start).copied()
    }

    /// Mends the text where the parser stopped; `false` where it is to stay as it is. Everything before `from` was
    /// understood.
    pub(super) fn mend(&mut self, from: usize, at: usize, problem: &str) -> bool {
        if self.tries == 0 {
            // Said even where it cannot be mended.
            self.error_here(at, "YAML cannot be read from here on");
            return false;
        }
        self.tries -= 1;
        self.changed = false;
        // The parser may have stopped inside a character that was covered byte by byte.
        let (from, at) = (self.source.floor_char_boundary(from), self.source.floor_char_boundary(at));
        // Brackets put behind the text go again: the mend to come may make them superfluous.
        let brackets = self.text[self.source.len()..].to_owned();
        if !brackets.is_empty() {
            self.text.to_mut().truncate(self.source.len());
        }
        if !std::mem::replace(&mut self.placeholders_covered, true) {
            self.cover_placeholders();
            if self.changed {
                return true;
            }
        }
        self.mend_problem(from, at, problem);
        if !self.changed {
            self.give_up_line(at, "YAML cannot read this line here");
        }
        if !self.changed && !brackets.is_empty() {
            self.text.to_mut().push_str(&brackets);
        }
        self.changed
    }

    /// The texts are those of `saphyr-parser` 0.3.4, to which Cargo.toml holds.
    fn mend_problem(&mut self, from: usize, at: usize, problem: &str) {
        let says = |words: &[&str]| words.iter().any(|word| problem.contains(word));
        if problem.contains("indentation") && self.join_brackets(from, at) {
            return;
        }
        if says(&["did not find expected"]) && self.text[at..].starts_with('!') {
            let rest = &self.source[at..self.line(at).1];
            let len = rest.find([' ', '\t', ',', ']', '}']).unwrap_or(rest.len());
            self.error(at, at + len, "a value takes only one tag");
            return self.blank(at, at + len);
        }
        if says(&["tabs disallowed", "tab cannot", "found a tab", "start with a tab", "valid YAML whitespace"]) {
            self.tabs(at);
        } else if says(&["escape character", "hexadecimal number", "Unicode character escape"]) {
            self.escapes(at);
        } else if says(&["quoted scalar, found unexpected", "indentation in quoted scalar"]) {
            self.unclosed_quote(at);
        } else if says(&["content after double-quoted"]) {
            self.behind_quote(at);
        } else if says(&["mapping values are not allowed"]) {
            self.colon_in_value(at);
        } else if says(&["simple key expect"]) {
            self.key_without_colon(at);
        } else if says(&["unknown anchor"]) {
            self.unknown_anchor(at);
        } else if says(&["unexpected character"]) {
            let character = self.source[at..].chars().next().unwrap_or_default();
            self.cover_one(at, format!("a value cannot start with `{character}` unless it is quoted"));
        } else if says(&["block sequence entries are not allowed"]) {
            self.cover_one(at, "a list cannot start on the line of its key");
        } else if says(&["byte order mark"]) {
            self.byte_order_marks(at);
        } else if says(&["flow", "node content", "illegal placement", "recursion limit", "only valid inside a block"])
            || says(&["misplaced bracket", "end of plain scalar"])
        {
            self.flow(from, at, problem);
        } else if says(&["indentation", "wrongly indented", "expected key", "expected '-'", "<document start>"]) {
            self.give_up_line(at, "this line is indented like nothing it could belong to");
        } else if says(&["a tag", "the handle wasn't declared", "verbatim tag"]) {
            self.give_up_line(at, "this is not a tag that YAML can read");
        } else if says(&["anchor"]) {
            self.give_up_line(at, "this is not an anchor or alias that YAML can read");
        } else if says(&["irective", "TAG"]) {
            self.give_up_line(at, "this is not a directive that YAML can read");
        } else if says(&["comment"]) {
            self.give_up_line(at, "a comment cannot interrupt a value, and needs a blank before its `#`");
        }
    }

    // ---- the means

    fn replace(&mut self, start: usize, end: usize, with: impl Fn(u8) -> u8) {
        let Some(old) = self.text.get(start..end) else { return };
        let new: Vec<u8> = old.bytes().map(with).collect();
        let Ok(new) = String::from_utf8(new) else { return };
        if new != old {
            self.text.to_mut().replace_range(start..end, &new);
            self.changed = true;
        }
    }

    fn cover(&mut self, start: usize, end: usize) {
        self.replace(start, end, |_| COVER as u8);
    }

    fn blank(&mut self, start: usize, end: usize) {
        self.replace(start, end, |byte| if matches!(byte, b'\n' | b'\r') { byte } else { b' ' });
    }

    /// Reports an error, unless its line has one.
    fn error(&mut self, start: usize, end: usize, message: impl Into<String>) -> Option<&mut SyntaxError> {
        if self.errors.len() >= MAX_ERRORS {
            return None;
        }
        let (start, end) = (self.source.floor_char_boundary(start), self.source.ceil_char_boundary(end));
        let line = self.line(start).0;
        if self.errors.iter().rev().any(|error| self.line(error.span.start as usize).0 == line) {
            return None;
        }
        self.errors.push(SyntaxError::new(Span::new(index(start), index(end)), message));
        self.errors.last_mut()
    }

    /// Reports an error at the word that starts at `at` or, where none does, at what its line holds.
    fn error_here(&mut self, at: usize, message: impl Into<String>) {
        let (start, end) = self.line(at.min(self.source.len()));
        let line = &self.source[start..end];
        let rest = self.source.get(at..end).unwrap_or_default();
        let len =
            rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}')).unwrap_or(rest.len());
        let len = if len == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { len };
        if rest.trim().is_empty() || len == 0 {
            let indent = line.len() - line.trim_start().len();
            self.error(start + indent, start + line.trim_end().len().max(indent), message);
        } else {
            self.error(at, at + len, message);
        }
    }

    fn cover_one(&mut self, at: usize, message: impl Into<String>) {
        let len = self.source.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.error(at, at + len, message);
        self.cover(at, at + len);
    }

    /// Start and end of the line `at` lies in, its break left out.
    fn line(&self, at: usize) -> (usize, usize) {
        let bytes = self.source.as_bytes();
        let at = at.min(bytes.len());
        let start = super::line_start(self.source, at);
        let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |len| at + len);
        (start.min(end), end)
    }

    fn is_blank_line(&self, (start, end): (usize, usize)) -> bool {
        self.text[start..end].trim().is_empty()
    }

    /// The last line before the one at `start` that holds something; comments do not count.
    fn line_before(&self, mut start: usize) -> Option<(usize, usize)> {
        while start > 0 {
            let line = self.line(start - 1);
            let content = self.text[line.0..line.1].trim_start();
            if !content.is_empty() && !content.starts_with('#') {
                return Some(line);
            }
            if line.0 >= start {
                return None;
            }
            start = line.0;
        }
        None
    }

    /// Blanks the line at `at`, or the last one before it that is not blank.
    fn give_up_line(&mut self, at: usize, message: &str) {
        let here = self.line(at.min(self.source.len()));
        let line = if self.is_blank_line(here) { self.line_before(here.0) } else { Some(here) };
        let Some((start, end)) = line else { return };
        let indent = self.text[start..end].len() - self.text[start..end].trim_start().len();
        self.error_here(if (start..end).contains(&at) { at } else { start + indent }, message);
        self.lose(start + indent, indent);
        self.blank(start, end);
    }

    /// Notes that the line whose content starts at `at` is missing where it belongs.
    fn lose(&mut self, at: usize, column: usize) {
        // How far tabs indent, nobody knows.
        let tabs = self.source.as_bytes()[self.line(at).0..at].contains(&b'\t');
        let column = if tabs { usize::MAX } else { column };
        let place = self.lost.partition_point(|lost| lost.at < at);
        self.lost.insert(place, Lost { at, column });
    }

    // ---- the cases

    /// Placeholders may hold what they like: they are filled in before YAML is read.
    fn cover_placeholders(&mut self) {
        let mut from = 0;
        // No placeholder that starts before this ends.
        let mut open_until = 0;
        while let Some(at) = self.source[from..].find("${").map(|at| from + at) {
            from = at + 2;
            if at < open_until {
                continue;
            }
            let stop = self.source[at..].find(['}', '"', '\'', '\n', '\r']).map_or(self.source.len(), |len| at + len);
            if self.source.as_bytes().get(stop) == Some(&b'}') {
                from = stop + 1;
                self.cover(at, from);
            } else {
                open_until = stop;
            }
        }
    }

    /// Tabs that indent: all lines that start with one, and the line at `at` or the next one below it that has some: of
    /// a value that goes on in other lines, `at` is the start.
    fn tabs(&mut self, at: usize) {
        const MESSAGE: &str = "YAML takes no tab here: spaces indent";
        let mut here = Some(self.line(at).0);
        let mut said_before = false;
        let mut start = 0;
        while start < self.source.len() {
            let (_, end) = self.line(start);
            let line = &self.text[start..end];
            let content = line.trim_start_matches([' ', '\t']);
            let indent = line.len() - content.len();
            let indented = !content.is_empty() && line[..indent].contains('\t');
            let culprit = here.is_some_and(|at| start == at && line.contains('\t') || start >= at && indented);
            let wrong = culprit || indented && line.starts_with('\t');
            if culprit {
                here = None;
            }
            if wrong {
                let first = start + line.find('\t').unwrap_or(0);
                // Of lines in a row one is enough.
                if !said_before {
                    let n_tabs = line[first - start..].bytes().take_while(|&byte| byte == b'\t').count();
                    self.error(first, first + n_tabs, MESSAGE);
                }
                let indents = first < start + indent;
                if indents {
                    // Before the content: the mapping above it may end there, and be where the line belongs.
                    self.lose(start + indent - 1, usize::MAX);
                }
                let end = if indents { start + indent } else { first + 1 };
                self.replace(start, end, |byte| if byte == b'\t' { b' ' } else { byte });
            }
            said_before = wrong;
            start = end + 1;
        }
    }

    /// Escapes of the double-quoted scalar at `start` that YAML does not have.
    fn escapes(&mut self, start: usize) {
        // Halves of surrogate pairs are fine in JSON, of which YAML is to be a superset: all at once.
        let halves: Vec<usize> = self.text.match_indices("\\u").map(|(at, _)| at).collect();
        for at in halves {
            let digits = &self.text.as_bytes()[at + 2..];
            if matches!(digits, [b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..]) {
                self.cover(at, at + 1);
            }
        }
        let mut at = start + 1;
        while let Some(stop) = self.text.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest.as_bytes())) {
            at += stop;
            if self.text.as_bytes()[at] == b'"' {
                break;
            }
            if self.text.as_bytes().get(at + 1).is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
                at += 2;
                continue;
            }
            let (len, character) = escape(&self.text[at..]);
            if character.is_none() {
                let written = &self.text[at..at + len];
                let message = format!("`{written}` is not an escape that YAML has; it stays as it is written");
                self.error(at, at + len, message);
                self.cover(at, at + 1);
            }
            at += len;
        }
    }

    /// A quoted scalar that does not end, or whose lines are not indented.
    fn unclosed_quote(&mut self, start: usize) {
        let Some(&quote @ (b'"' | b'\'')) = self.source.as_bytes().get(start) else { return };
        let close = super::scalar::quoted(self.source, start, &mut |_| {});
        let closed = close > start + 1 && self.source.as_bytes()[close - 1] == quote;
        let inner = self.source.get(start..close).unwrap_or_default();
        // A line of it that looks like a member or an item: the quote was forgotten.
        let swallows = inner.lines().skip(1).any(|line| {
            let line = line.trim_start();
            let word = line.find(|c: char| !c.is_alphanumeric() && !"_.-".contains(c)).unwrap_or(line.len());
            let behind = &line[word..];
            line.starts_with("- ")
                || is_marker(line.as_bytes(), 0)
                || word > 0 && (behind.starts_with(": ") || behind == ":")
        });
        let rest = self.source[close..].trim_start_matches([' ', '\t']);
        let ends = rest.is_empty() || rest.starts_with(['\n', '\r', '#', ':', ',', ']', '}']);
        if closed && !swallows && ends {
            // Its lines are not indented as far as they ought to be: other readers take that, so it is no error.
            self.cover(start, close);
            self.quotes.insert(start, Quote::Closed);
            return;
        }
        let (_, end) = self.line(start);
        let written = &self.source[start..end];
        let end = start + written.trim_end().trim_end_matches([',', ']', '}']).len().max(1);
        self.error(start, start + 1, "this quote is not closed");
        self.cover(start, end);
        self.quotes.insert(start, Quote::Unclosed(end));
    }

    /// Something behind a closing quote.
    fn behind_quote(&mut self, at: usize) {
        let (start, end) = self.line(at);
        let before = self.text[start..at].trim_end();
        let quote = before.bytes().next_back().unwrap_or_default();
        // Opened on an earlier line: there a quote is missing, and this one opens a string.
        if matches!(quote, b'"' | b'\'') && unclosed_in(&before[..before.len() - 1], quote).is_none() {
            let mut line = start;
            for _ in 0..1000 {
                let Some(above) = self.line_before(line) else { break };
                if let Some(open) = unclosed_in(&self.text[above.0..above.1], quote) {
                    return self.unclosed_quote(above.0 + open);
                }
                line = above.0;
            }
        }
        self.error_here(at, "nothing may follow the closing quote");
        let rest = self.source[at..end].trim_end_matches([',', ']', '}', ' ', '\t']).len();
        self.blank(at, at + rest.max(1));
    }

    /// `Comment: a: b`, or a line that looks like a member where none can be.
    fn colon_in_value(&mut self, at: usize) {
        let (start, end) = self.line(at);
        let Some(colon) = self.text[start..at].find(": ") else {
            let indent = self.text[start..end].len() - self.text[start..end].trim_start().len();
            return self.give_up_line(start + indent, "this line is indented like nothing it could belong to");
        };
        let value = start + colon + 1;
        let value = value + self.source[value..end].len() - self.source[value..end].trim_start().len();
        let written = self.source[value..end].trim_end();
        let simple = !written.contains([']', '}', '#', '\\', '\'', '"']) && value < at;
        let span = Span::new(index(value), index(value + written.len()));
        let fix = simple.then(|| format!("'{written}'"));
        if let Some(error) = self.error(at, at + 1, "a value with `: ` in it stands in quotes")
            && let Some(fix) = fix
        {
            *error = error.clone().fix(span, fix);
        }
        self.cover(at, at + 1);
    }

    fn key_without_colon(&mut self, at: usize) {
        let here = self.line(at);
        let first = self.text[here.0..at.clamp(here.0, here.1)].trim().is_empty();
        let line = if first { self.line_before(here.0).unwrap_or(here) } else { here };
        let indent = self.text[line.0..line.1].len() - self.text[line.0..line.1].trim_start().len();
        let written = self.text[line.0..line.1].trim().to_owned();
        self.error(line.0 + indent, line.0 + indent + written.len(), "expected `: ` and a value behind this key");
        self.lose(line.0 + indent, indent);
        self.blank(line.0, line.1);
    }

    fn unknown_anchor(&mut self, at: usize) {
        let rest = &self.source[at..self.line(at).1];
        let len =
            rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}')).unwrap_or(rest.len());
        let message = format!("`{}` names no anchor that is known here", &rest[..len]);
        self.error(at, at + len, message);
        self.cover(at, at + len);
        self.quotes.insert(at, Quote::Unreadable(at + len));
    }

    fn byte_order_marks(&mut self, at: usize) {
        if self.source.get(at..).is_some_and(|rest| rest.starts_with('\u{feff}')) {
            self.error(at, at + 3, "this is a byte order mark inside a document");
        }
        let marks: Vec<usize> = self.text.match_indices('\u{feff}').map(|(at, _)| at).filter(|&at| at > 0).collect();
        for at in marks {
            self.blank(at, at + 3);
        }
    }
}

/// Where a string starts in `line` that does not end in it.
fn unclosed_in(line: &str, quote: u8) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = 0;
    let mut starts = true;
    while let Some(&byte) = bytes.get(at) {
        if starts && matches!(byte, b'"' | b'\'') {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != byte {
                end += if byte == b'"' && bytes[end] == b'\\' { 2 } else { 1 };
            }
            if end >= bytes.len() {
                return (byte == quote).then_some(at);
            }
            at = end;
        }
        starts = is_blank(byte) || matches!(byte, b'[' | b'{' | b',' | b':');
        at += 1;
    }
    None
}
