//! Turns bytes into the segments of a path.
//!
//! One pass from left to right; every function stands at the first byte of what it reads and leaves `at` behind it.
//! The first error ends the path: what follows it has no certain meaning.

use super::{Name, NameStyle, Operand, Path, PathError, Root, Segment, SegmentKind, span};
use crate::text::Span;

/// How deep filters, their parentheses and function arguments may nest.
const MAX_NESTING: u32 = 32;

pub(super) type Parsed<T> = Result<T, PathError>;

/// Where a path stands, which decides where it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is all there is.
    Whole,
    /// Inside a filter or an argument list: it ends before an operator, a blank or a closing bracket.
    Operand,
}

pub(super) struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    pub(super) at: usize,
    end: usize,
    nesting: u32,
}

pub(super) fn parse(text: &str, start: usize, end: usize) -> (Path, Vec<PathError>) {
    let trimmed = text[start..end].trim_start();
    let start = end - trimmed.len();
    let end = start + trimmed.trim_end().len();
    let mut parser = Parser { text, bytes: text.as_bytes(), at: start, end, nesting: 0 };
    let (path, error) = parser.path(Place::Whole);
    let path = Path { span: span(start, end), ..path };
    match error {
        // A hole may bring what is missing: nothing can be said about what stands around it.
        Some(_) if text[start..end].contains("${") => {
            let mut path = path;
            let from = path.segments.last().map_or(path.root_span.end, |segment| segment.span.end);
            path.segments.push(Segment { span: Span::new(from, path.span.end), kind: SegmentKind::Hole });
            (path, Vec::new())
        }
        error => (path, error.into_iter().collect()),
    }
}

pub(super) fn extent(text: &str, start: usize) -> usize {
    let parser = Parser { text, bytes: text.as_bytes(), at: start, end: text.len(), nesting: 0 };
    let (mut at, mut brackets, mut parentheses) = (start, 0u32, 0u32);
    while let Some(byte) = parser.byte(at) {
        match byte {
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'(' => parentheses += 1,
            b',' | b')' if brackets == 0 && parentheses == 0 => return at,
            b')' => parentheses = parentheses.saturating_sub(1),
            b'\'' | b'"' if brackets > 0 => at = parser.string_end(at).unwrap_or(text.len()),
            _ => {}
        }
        at += 1;
    }
    text.len()
}

impl<'t> Parser<'t> {
    pub(super) fn fail<T>(start: usize, end: usize, message: impl Into<String>) -> Parsed<T> {
        Err(PathError { span: span(start, end), message: message.into() })
    }

    fn byte(&self, at: usize) -> Option<u8> {
        if at < self.end { Some(self.bytes[at]) } else { None }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.byte(self.at)
    }

    pub(super) fn starts_with(&self, token: &str) -> bool {
        self.bytes[self.at..self.end].starts_with(token.as_bytes())
    }

    pub(super) fn starting_here(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    pub(super) fn text(&self, start: usize, end: usize) -> &'t str {
        &self.text[start..end]
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at = self.behind_blanks(self.at);
    }

    fn behind_blanks(&self, mut at: usize) -> usize {
        while self.byte(at).is_some_and(|byte| byte.is_ascii_whitespace()) {
            at += 1;
        }
        at
    }

    /// The end of the character at `at`, for spans of it.
    fn behind_char(&self, at: usize) -> usize {
        self.text[at..self.end].chars().next().map_or(at, |c| at + c.len_utf8())
    }

    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting == MAX_NESTING {
            return Self::fail(self.at, self.at + 1, "this path nests too deeply");
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }

    /// Reads a path; what was understood is there even if there is an error.
    pub(super) fn path(&mut self, place: Place) -> (Path, Option<PathError>) {
        let start = self.at;
        let (root, error) = self.root(place);
        let mut path = Path { span: span(start, self.at), root, root_span: span(start, self.at), segments: Vec::new() };
        let error = error.or_else(|| self.segments(place, &mut path.segments).err());
        path.span = span(start, self.at);
        (path, error)
    }

    fn root(&mut self, place: Place) -> (Root, Option<PathError>) {
        let start = self.at;
        let error =
            |at: usize, end, message: &str| Some(PathError { span: span(at, end), message: message.to_owned() });
        match self.peek() {
            Some(b'@') if place == Place::Operand => {
                self.at += 1;
                return (Root::Item, None);
            }
            Some(b'$') => self.at += 1,
            None => return (Root::Unknown, error(start, start, "a path is missing here")),
            _ => return (Root::Unknown, error(start, self.behind_char(start), "a path starts with `$`")),
        }
        if self.peek() == Some(b'{') {
            self.at = self.end;
            return (Root::Unknown, None);
        }
        let goes_on = |parser: &Self| match parser.peek() {
            None | Some(b'.' | b'[') => true,
            Some(_) => place == Place::Operand,
        };
        if self.peek() == Some(b'$') {
            self.at += 1;
            let wrong = || error(self.at, self.behind_char(self.at), "`$$` goes on with `.` or `[`");
            return (Root::Context, if goes_on(self) { None } else { wrong() });
        }
        let end = self.text[self.at..self.end].find(|c| !is_identifier_part(c)).map_or(self.end, |at| self.at + at);
        let name = self.text(self.at, end);
        let Some(first) = name.chars().next() else {
            let wrong = || error(self.at, self.behind_char(self.at), "`$` goes on with `.`, `[` or a name");
            return (Root::Document, if goes_on(self) { None } else { wrong() });
        };
        if first.is_numeric() {
            return (Root::Document, error(self.at, end, "a variable's name does not start with a digit"));
        }
        self.at = end;
        let wrong = || {
            let behind = self.behind_char(end);
            error(end, behind, &format!("`{}` is not part of a variable's name", self.text(end, behind)))
        };
        (Root::Variable(name.to_owned()), if goes_on(self) { None } else { wrong() })
    }

    fn segments(&mut self, place: Place, segments: &mut Vec<Segment>) -> Parsed<()> {
        while let Some(byte) = self.peek() {
            let start = self.at;
            let kind = match byte {
                b'[' => self.bracket()?,
                b'.' if self.byte(start + 1) == Some(b'.') => {
                    self.at += 2;
                    segments.push(Segment { span: span(start, self.at), kind: SegmentKind::Descendants });
                    match self.peek() {
                        None => return Self::fail(start, self.at, "the path ends behind `..`"),
                        Some(b'.') => return Self::fail(start, self.at + 1, "`..` goes on with a name or `[`"),
                        Some(b'[') => continue,
                        _ => {}
                    }
                    let start = self.at;
                    let kind = self.member(place)?;
                    segments.push(Segment { span: span(start, self.at), kind });
                    continue;
                }
                b'.' => {
                    self.at += 1;
                    match self.peek() {
                        None => return Self::fail(start, self.at, "the path ends behind `.`"),
                        Some(b'[') => continue,
                        _ => self.member(place)?,
                    }
                }
                _ if place == Place::Operand && ends_operand(byte) => return Ok(()),
                // Jayway reads `$[0]name` as `$[0].name`.
                _ => self.member(place)?,
            };
            segments.push(Segment { span: span(start, self.at), kind });
        }
        Ok(())
    }

    /// `name`, `*` or `name(…)`
    fn member(&mut self, place: Place) -> Parsed<SegmentKind> {
        let start = self.at;
        let mut hole = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'.' | b'[' | b'(' => break,
                b'$' if self.byte(self.at + 1) == Some(b'{') => {
                    hole = true;
                    let end = self.text[self.at..self.end].find('}');
                    self.at = end.map_or(self.end, |end| self.at + end);
                }
                _ if place == Place::Operand && ends_operand(byte) => break,
                b']' | b')' => {
                    return Self::fail(self.at, self.at + 1, format!("`{}` closes nothing", char::from(byte)));
                }
                _ if byte.is_ascii_whitespace() => {
                    let end = self.behind_blanks(self.at);
                    return Self::fail(self.at, end, "a name with a blank stands in brackets and quotes: `['a b']`");
                }
                _ => {}
            }
            self.at = (self.at + 1).min(self.end);
        }
        let name = span(start, self.at);
        match self.text(start, self.at) {
            _ if hole => Ok(SegmentKind::Hole),
            "" => {
                let end = self.behind_char(start);
                Self::fail(start.min(self.end), end, "a name is missing here")
            }
            "*" if self.peek() != Some(b'(') => Ok(SegmentKind::Wildcard),
            text => {
                let name = Name { span: name, text: text.to_owned(), style: NameStyle::Dotted };
                if self.peek() == Some(b'(') {
                    let arguments = self.nested(Self::arguments)?;
                    return Ok(SegmentKind::Function { name, arguments });
                }
                Ok(SegmentKind::Member(name))
            }
        }
    }

    /// `(…, …)`
    fn arguments(&mut self) -> Parsed<Vec<Operand>> {
        let open = self.at;
        let mut arguments = Vec::new();
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b')') {
            self.at += 1;
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument()?);
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b')') => break,
                None => return Self::fail(open, open + 1, "this `(` is never closed"),
                Some(_) => return Self::fail(self.at, self.behind_char(self.at), "`,` or `)` is missing before this"),
            }
            self.skip_blanks();
        }
        self.at += 1;
        Ok(arguments)
    }

    /// `[…]`
    fn bracket(&mut self) -> Parsed<SegmentKind> {
        let open = self.at;
        self.at += 1;
        self.skip_blanks();
        let Some(first) = self.peek() else { return Self::unclosed(open) };
        let close = self.bytes[self.at..self.end].iter().position(|&byte| byte == b']').map(|at| self.at + at);
        let kind = match (first, close) {
            (b'\'' | b'"', _) => self.names(open)?,
            (b'?', _) => SegmentKind::Filter(Box::new(self.nested(Self::filter)?)),
            (_, None) => return Self::unclosed(open),
            (_, Some(close)) if self.text(self.at, close).contains("${") => {
                self.at = close;
                SegmentKind::Hole
            }
            (b']', Some(close)) => return Self::fail(open, close + 1, "these brackets select nothing"),
            (b'*', _) => {
                self.at += 1;
                SegmentKind::Wildcard
            }
            (b'(', Some(close)) => self.counted_back(close)?,
            (b'0'..=b'9' | b'-' | b':', Some(close)) => self.indices(close)?,
            (_, Some(close)) => {
                let content = self.text(self.at, close).trim_end();
                let message = format!("`{content}` is neither a name in quotes nor an index, `*` or `?(…)`");
                return Self::fail(self.at, self.at + content.len(), message);
            }
        };
        self.skip_blanks();
        match self.peek() {
            Some(b']') => self.at += 1,
            None => return Self::unclosed(open),
            Some(_) => return Self::fail(self.at, self.behind_char(self.at), "`]` is missing before this"),
        }
        Ok(kind)
    }

    fn unclosed<T>(open: usize) -> Parsed<T> {
        Self::fail(open, open + 1, "this `[` is never closed")
    }

    /// `'a', "b"`
    fn names(&mut self, open: usize) -> Parsed<SegmentKind> {
        let mut names = Vec::new();
        loop {
            let quote = self.at;
            let Some(end) = self.string_end(quote) else {
                return Self::fail(quote, quote + 1, "this quote is never closed");
            };
            let raw = self.text(quote + 1, end);
            let mark = char::from(self.bytes[quote]);
            let text = raw.replace(&format!("\\{mark}"), mark.encode_utf8(&mut [0; 4]));
            names.push(Name { span: span(quote + 1, end), text, style: NameStyle::Quoted });
            self.at = self.behind_blanks(end + 1);
            match self.peek() {
                Some(b',') => {}
                Some(b']') => break,
                None => return Self::unclosed(open),
                Some(_) => return Self::fail(self.at, self.behind_char(self.at), "`,` or `]` is missing before this"),
            }
            self.at = self.behind_blanks(self.at + 1);
            match self.peek() {
                Some(b'\'' | b'"') => {}
                None => return Self::unclosed(open),
                Some(_) => return Self::fail(self.at, self.behind_char(self.at), "a name in quotes is missing here"),
            }
        }
        if names.iter().any(|name| name.text.contains("${")) {
            return Ok(SegmentKind::Hole);
        }
        Ok(match names.pop() {
            Some(only) if names.is_empty() => SegmentKind::Member(only),
            last => {
                names.extend(last);
                SegmentKind::Members(names)
            }
        })
    }

    /// Where the quote at `open` is closed. A quote behind a backslash closes only where the brackets or the list go on
    /// right behind it: older Jayway knows no escapes, newer does.
    pub(super) fn string_end(&self, open: usize) -> Option<usize> {
        let quote = self.bytes[open];
        let mut escaped = false;
        for at in open + 1..self.end {
            let byte = self.bytes[at];
            if byte == quote && (!escaped || self.goes_on(at + 1)) {
                return Some(at);
            }
            escaped = byte == b'\\' && !escaped;
        }
        None
    }

    fn goes_on(&self, at: usize) -> bool {
        let at = self.behind_blanks(at);
        match self.byte(at) {
            Some(b']') => true,
            Some(b',') => matches!(self.byte(self.behind_blanks(at + 1)), Some(b'\'' | b'"')),
            _ => false,
        }
    }

    /// `0`, `-1`, `0, 2`, `1:3`
    fn indices(&mut self, close: usize) -> Parsed<SegmentKind> {
        let (start, content) = (self.at, self.text(self.at, close));
        self.at = close;
        let number = |start: usize, item: &str| {
            let trimmed = item.trim();
            let start = start + item.len() - item.trim_start().len();
            trimmed.parse::<i64>().or_else(|_| {
                let message = match trimmed {
                    "" => "an index is missing here".to_owned(),
                    _ => format!("`{trimmed}` is not an index"),
                };
                Self::fail(start, start + trimmed.len(), message)
            })
        };
        let items = |separator| {
            let mut from = start;
            content.split(separator).map(move |item| {
                let start = from;
                from += item.len() + 1;
                (start, item)
            })
        };
        if content.contains(':') {
            let mut bounds = [None, None];
            // Jayway reads two bounds and does not look at what stands behind a second colon.
            for (bound, (start, item)) in bounds.iter_mut().zip(items(':')) {
                if !item.trim().is_empty() {
                    *bound = Some(number(start, item)?);
                }
            }
            let [from, to] = bounds;
            return Ok(SegmentKind::Slice { from, to });
        }
        let indices = items(',').map(|(start, item)| number(start, item)).collect::<Parsed<Vec<_>>>()?;
        Ok(match indices[..] {
            [only] => SegmentKind::Index(only),
            _ => SegmentKind::Indices(indices),
        })
    }

    /// `(@.length-1)`, of which Jayway 1.x knows this one form.
    fn counted_back(&mut self, close: usize) -> Parsed<SegmentKind> {
        let content = self.text(self.at, close).trim_end();
        let start = std::mem::replace(&mut self.at, close);
        let plain: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        ["(@.length-", "(@.length()-", "(@.size-", "(@.size()-"]
            .iter()
            .find_map(|form| plain.strip_prefix(form)?.strip_suffix(')')?.parse::<u32>().ok())
            .map(SegmentKind::CountedBack)
            .map_or_else(|| Self::fail(start, start + content.len(), "only `(@.length-n)` is understood here"), Ok)
    }
}

/// The end of an operand without quotes: blanks, what closes it, operators.
pub(super) fn ends_operand(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b")],=!<>~&|".contains(&byte)
}

/// UAX #31 `ID_Continue`, as far as a linter can know without tables: beyond ASCII everything is allowed but blanks,
/// which gives a rare mistake away and never blames a letter.
fn is_identifier_part(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { !c.is_whitespace() }
}
