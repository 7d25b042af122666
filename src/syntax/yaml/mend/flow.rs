//! Mends in flow collections: commas that are missing, brackets that are not closed.

use super::super::line_start;
use super::{Mends, Quote};
use crate::syntax::tree::index;
use crate::text::Span;

impl Mends<'_> {
    pub(super) fn flow(&mut self, from: usize, at: usize, problem: &str) {
        let (open, _) = brackets(&self.text[from.min(at)..at]);
        let Some(inner) = open.last().map(|&inner| from + inner) else {
            return self.outside_brackets(at);
        };
        if problem.contains("recursion limit") {
            let len = brackets(&self.text[at..]).1.unwrap_or(self.source.len() - at);
            self.error(at, at + 1, "nested deeper than 255 brackets; what lies inside is not read");
            return self.unreadable(at, at + len);
        }
        let (here, here_end) = self.line(at);
        let content = here + indent_of(&self.text[here..here_end]);
        let line = line_start(&self.text, inner);
        let outdented = here > line && content < here_end && content - here <= indent_of(&self.text[line..]);
        if problem.contains("expected ','") && at < self.source.len() && !outdented {
            // A plain scalar goes on over lines: `1` and `"B"` below it were taken for one.
            let joined = self.text.as_bytes()[at] == b':' && here > inner;
            if self.comma_before(if joined { content } else { at }) {
                return;
            }
        }
        self.unclosed(&open.iter().map(|&bracket| from + bracket).collect::<Vec<_>>(), at);
    }

    /// Where brackets that are closed hold lines that are not indented as far as the block around them: makes them one
    /// line. Other readers take that, so it is no error.
    pub(super) fn join_brackets(&mut self, from: usize, at: usize) -> bool {
        let Some(&first) = brackets(&self.text[from.min(at)..at]).0.first() else { return false };
        let first = from + first;
        let Some(len) = brackets(&self.text[first..]).1 else { return false };
        let mut joined = String::with_capacity(len);
        let mut lexer = Lexer::default();
        for character in self.text[first..first + len].chars() {
            if lexer.step(character) == Part::Comment || matches!(character, '\n' | '\r') {
                joined.extend(std::iter::repeat_n(' ', character.len_utf8()));
            } else {
                joined.push(character);
            }
        }
        if self.text[first..first + len] == joined {
            return false;
        }
        self.text.to_mut().replace_range(first..first + len, &joined);
        self.changed = true;
        true
    }

    /// An indicator of flow collections where none is open.
    fn outside_brackets(&mut self, at: usize) {
        match self.text.as_bytes().get(at) {
            Some(&byte @ (b']' | b'}')) => self.cover_one(at, format!("`{}` closes nothing", char::from(byte))),
            Some(b',') => self.cover_one(at, "a value cannot start with `,` unless it is quoted"),
            _ => {}
        }
    }

    /// Puts a comma into the blank before `at`.
    fn comma_before(&mut self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        if at == 0 || bytes[at - 1] != b' ' || matches!(bytes[at], b':' | b']' | b'}' | b'#') {
            return false;
        }
        let end = self.source[..at].trim_end().len();
        self.error_here(at, "expected `,` before this");
        self.fix_last(at, Span::empty(index(end)), ",");
        self.replace(at - 1, at, |_| b',');
        true
    }

    /// Gives the error just reported at `at` its fix.
    fn fix_last(&mut self, at: usize, span: Span, text: &str) {
        if let Some(error) = self.errors.last_mut().filter(|error| error.span.start as usize == at) {
            *error = error.clone().fix(span, text);
        }
    }

    /// Brackets that are open at `at`, where nothing can follow.
    fn unclosed(&mut self, open: &[usize], at: usize) {
        let Some(&inner) = open.last() else { return };
        let line = line_start(&self.text, inner);
        // All that were opened on the line of the innermost.
        let first = open.iter().copied().find(|&bracket| bracket >= line).unwrap_or(inner);
        let bracket = &self.source[inner..=inner];
        let (_, line_end) = self.line(first);
        if let (_, Some(len)) = brackets(&self.text[first..line_end]) {
            self.error_here(at, format!("this cannot stand inside `{bracket}`"));
            return self.unreadable(first, first + len);
        }
        let message = format!("this `{bracket}` is not closed");
        let end = self.outdent(line, first);
        if end == self.source.len() && at >= self.source.trim_end().len() {
            // Nothing but its content follows: close it behind the text.
            self.error(inner, inner + 1, message);
            let closing: String =
                open.iter().rev().map(|&at| if self.text.as_bytes()[at] == b'[' { ']' } else { '}' }).collect();
            let text = self.text.to_mut();
            text.push('\n');
            text.push_str(&closing);
            self.changed = true;
            return;
        }
        self.error(inner, inner + 1, message);
        let written = self.source[first..end].trim_end().len();
        self.unreadable(first, first + written.max(1));
    }

    /// Where the content of a bracket at `first` ends by indentation, if not by its own bracket.
    fn outdent(&self, line: usize, first: usize) -> usize {
        let indent = indent_of(&self.text[line..]);
        let mut start = self.line(first).1 + 1;
        while start < self.source.len() {
            let (_, end) = self.line(start);
            let content = self.text[start..end].trim();
            if !content.is_empty() && indent_of(&self.text[start..]) <= indent && !content.starts_with([']', '}']) {
                return start;
            }
            start = end + 1;
        }
        self.source.len()
    }

    fn unreadable(&mut self, start: usize, end: usize) {
        self.cover(start, end);
        self.quotes.insert(start, Quote::Unreadable(end));
    }
}

fn indent_of(line: &str) -> usize {
    line.bytes().take_while(|&byte| byte == b' ').count()
}

/// What a character of a flow collection belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Quoted,
    Comment,
    Other,
}

/// Tells quoted scalars and comments from the rest of a flow collection.
#[derive(Default)]
struct Lexer {
    quote: Option<char>,
    escaped: bool,
    /// Whether a single-quoted scalar has just ended: with one more quote it has not.
    ended: bool,
    comment: bool,
    blank: bool,
    /// Whether a token has begun since the last indicator: in it a quote is a character like others.
    inside: bool,
}

impl Lexer {
    /// Moves over `character`.
    fn step(&mut self, character: char) -> Part {
        let blank = std::mem::replace(&mut self.blank, character.is_whitespace());
        if let Some(quote) = self.quote {
            if self.escaped {
                self.escaped = false;
            } else if character == '\\' && quote == '"' {
                self.escaped = true;
            } else if character == quote {
                self.quote = None;
                self.ended = quote == '\'';
            }
            return Part::Quoted;
        }
        if std::mem::take(&mut self.ended) && character == '\'' {
            self.quote = Some('\'');
            return Part::Quoted;
        }
        if self.comment || character == '#' && blank {
            self.comment = !matches!(character, '\n' | '\r');
            return if self.comment { Part::Comment } else { Part::Other };
        }
        match character {
            '"' | '\'' if !self.inside => {
                self.quote = Some(character);
                self.inside = true;
                return Part::Quoted;
            }
            '[' | ']' | '{' | '}' | ',' | ':' => self.inside = false,
            _ if !character.is_whitespace() => self.inside = true,
            _ => {}
        }
        Part::Other
    }
}

/// The brackets of `text` that stay open, and where the first is closed.
fn brackets(text: &str) -> (Vec<usize>, Option<usize>) {
    let mut open = Vec::new();
    let mut lexer = Lexer::default();
    for (at, character) in text.char_indices() {
        match (lexer.step(character), character) {
            (Part::Other, '[' | '{') => open.push(at),
            (Part::Other, ']' | '}') => {
                open.pop();
                if open.is_empty() {
                    return (open, Some(at + 1));
                }
            }
            _ => {}
        }
    }
    (open, None)
}
