//! Turns bytes into calls and arguments.
//!
//! One pass from left to right; a broken argument is skipped up to the next `,` or `)` of its level.

use super::{Argument, ArgumentKind, Call, Cure, Fault, Function, IntrinsicError, Literal};
use crate::asl::path::{self, span};

/// How deep calls are read; the limit of [`MAX_CALLS`](super::MAX_CALLS) is far below.
const MAX_DEPTH: u32 = 64;

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    errors: Vec<IntrinsicError>,
}

pub(super) fn parse(text: &str) -> (Call, Vec<IntrinsicError>) {
    let mut parser = Parser { text, at: 0, depth: 0, errors: Vec::new() };
    parser.skip_blanks();
    let start = parser.at;
    let end = start + text[start..].trim_end().len();
    let name = parser.name();
    if name.is_empty() || !(parser.is_called() || name.starts_with("States.")) {
        parser.error(start, end, "this is neither a path nor a call of an intrinsic function");
        let all = span(start, end);
        let name = text[start..end].to_owned();
        let call = Call { span: all, name, name_span: all, function: None, arguments: Vec::new() };
        return (call, parser.errors);
    }
    let call = parser.call(start, name);
    parser.skip_blanks();
    if parser.errors.is_empty() && parser.at < end {
        parser.error(parser.at, end, "nothing may stand behind the call");
    }
    (call, parser.errors)
}

pub(super) fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip_while(&mut self, accept: impl Fn(char) -> bool) {
        self.at += self.text[self.at..].find(|c| !accept(c)).unwrap_or(self.text.len() - self.at);
    }

    fn skip_blanks(&mut self) {
        self.skip_while(char::is_whitespace);
    }

    fn name(&mut self) -> &'t str {
        let start = self.at;
        self.skip_while(is_name_part);
        &self.text[start..self.at]
    }

    fn is_called(&self) -> bool {
        self.text[self.at..].trim_start().starts_with('(')
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<String>) {
        self.errors.push(IntrinsicError::new(Fault::Syntax, span(start, end), message));
    }

    /// Reads what follows the name.
    fn call(&mut self, start: usize, name: &str) -> Call {
        let name_span = span(start, self.at);
        let mut call = Call {
            span: name_span,
            name: name.to_owned(),
            name_span,
            function: Function::of(name),
            arguments: Vec::new(),
        };
        self.skip_blanks();
        if self.peek() != Some('(') {
            self.error(start, start + name.len(), format!("`(` is missing behind `{name}`"));
            self.at = self.text.len();
            return call;
        }
        self.depth += 1;
        self.arguments(&mut call.arguments);
        self.depth -= 1;
        call.span = span(start, self.at);
        call
    }

    fn arguments(&mut self, arguments: &mut Vec<Argument>) {
        let open = self.at;
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(')') {
            self.at += 1;
            return;
        }
        if self.depth > MAX_DEPTH {
            self.errors.push(IntrinsicError::new(Fault::Nesting, span(open, open + 1), "calls nest too deeply here"));
            self.at = self.text.len();
            return;
        }
        loop {
            self.skip_blanks();
            arguments.push(self.argument());
            self.skip_blanks();
            if !matches!(self.peek(), Some(',' | ')') | None) {
                let start = self.at;
                self.skip_argument();
                let end = start + self.text[start..self.at].trim_end().len();
                // A quote inside a string has ended it.
                let rest = &self.text[start..end];
                let goes_on = self.text[..start].ends_with('\'') && rest.starts_with(char::is_alphanumeric);
                let hint = if goes_on && rest.contains('\'') { r"; a `'` inside a string is written `\'`" } else { "" };
                self.error(start, end, format!("`,` or `)` is missing before this{hint}"));
            }
            match self.peek() {
                Some(',') => self.at += 1,
                Some(_) => break self.at += 1,
                // A broken argument may have swallowed the end, and has said so.
                None if self.errors.is_empty() => return self.error(open, open + 1, "this `(` is never closed"),
                None => return,
            }
        }
    }

    fn argument(&mut self) -> Argument {
        let start = self.at;
        let kind = match self.peek() {
            Some('\'') => self.string(),
            Some('$') if self.text[start..].starts_with("${") => {
                self.skip_while(|c| c != '}');
                self.skip_argument();
                ArgumentKind::Hole
            }
            Some('$') => {
                self.at = path::extent(self.text, start);
                let (path, errors) = path::parse_within(self.text, start, self.at);
                self.errors.extend(errors.into_iter().map(IntrinsicError::from));
                ArgumentKind::Path(path)
            }
            Some('"') => {
                self.double_quoted(start);
                ArgumentKind::Missing
            }
            Some(',' | ')') | None => {
                self.error(start, start + usize::from(start < self.text.len()), "an argument is missing before this");
                ArgumentKind::Missing
            }
            Some(c) if c.is_ascii_alphabetic() => self.word(start),
            Some(_) => self.number(start),
        };
        let end = start + self.text[start..self.at].trim_end().len();
        Argument { span: span(start, end), kind }
    }

    /// `"…"`: what stands in it reads the same in single quotes if it needs no escapes there.
    fn double_quoted(&mut self, start: usize) {
        self.at += 1;
        let content = self.at;
        self.skip_while(|c| c != '"');
        let is_plain = self.peek().is_some() && !self.text[content..self.at].contains(['\'', '\\']);
        self.at = (self.at + 1).min(self.text.len());
        let message = "a string stands in single quotes here";
        let error = IntrinsicError::new(Fault::Syntax, span(start, self.at), message);
        self.errors.push(IntrinsicError { cure: is_plain.then_some(Cure::SingleQuotes), ..error });
    }

    fn word(&mut self, start: usize) -> ArgumentKind {
        let name = self.name();
        if self.is_called() {
            return ArgumentKind::Call(self.call(start, name));
        }
        match name {
            "true" => ArgumentKind::Boolean(true),
            "false" => ArgumentKind::Boolean(false),
            "null" => ArgumentKind::Null,
            _ => self.unknown(start),
        }
    }

    fn number(&mut self, start: usize) -> ArgumentKind {
        self.skip_while(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'));
        self.text[start..self.at].parse().map_or_else(|_| self.unknown(start), ArgumentKind::Number)
    }

    fn unknown(&mut self, start: usize) -> ArgumentKind {
        self.skip_argument();
        let word = self.text[start..self.at].trim_end();
        let message = format!("`{word}` is not an argument: a string stands in single quotes, a path starts with `$`");
        self.error(start, start + word.len(), message);
        ArgumentKind::Missing
    }

    /// `'…'`
    fn string(&mut self) -> ArgumentKind {
        let open = self.at;
        self.at += 1;
        loop {
            self.skip_while(|c| c != '\'' && c != '\\');
            let start = self.at;
            match self.peek() {
                Some('\'') => {
                    self.at += 1;
                    let (from, to) = (open + 1, start);
                    return ArgumentKind::String(Literal {
                        content: span(from, to),
                        raw: self.text[from..to].to_owned(),
                    });
                }
                Some(_) => {
                    self.at += 1;
                    let escaped = self.peek();
                    self.at += escaped.map_or(0, char::len_utf8);
                    match escaped {
                        Some('\'' | '{' | '}' | '\\') | None => {}
                        Some(c) => {
                            let escaped = if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
                            let message = format!(
                                "`\\{escaped}` is not an escape: a string knows `\\'`, `\\{{`, `\\}}` and `\\\\`"
                            );
                            self.error(start, self.at, message);
                        }
                    }
                }
                None => {
                    self.error(open, open + 1, "this quote is never closed");
                    return ArgumentKind::Missing;
                }
            }
        }
    }

    /// Goes to the next `,` or `)` of this level.
    fn skip_argument(&mut self) {
        let (mut depth, mut quoted, mut escaped) = (0u32, false, false);
        for (at, c) in self.text[self.at..].char_indices() {
            match c {
                '\'' if !escaped => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted && depth > 0 => depth -= 1,
                ',' | ')' if !quoted && depth == 0 => return self.at += at,
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
        self.at = self.text.len();
    }
}
