//! What the JSON parser does where the text breaks the grammar.
//!
//! Each function reports one error and leaves the reader where the rest can be understood. None recurses, and each looks
//! ahead no further than it moves or than a fixed bound: hostile text takes linear time too.

use super::super::tree::{HOLE, INCOMPLETE, KEY, Raw, has_hole, index};
use super::super::{Kind, MAX_DEPTH, SyntaxError};
use super::{MAX_HOLE, Open, Parser};
use crate::text::Span;

impl Parser<'_> {
    pub(super) fn error(&mut self, error: SyntaxError) {
        self.tree.error(error);
    }

    /// The token at the reader, for an error to point at; empty only at the end of the text.
    pub(super) fn token_here(&self) -> Span {
        let rest = &self.text[self.at..];
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '$');
        let len = rest.find(|c| !word(c)).unwrap_or(rest.len());
        let len = if len == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { len };
        Span::new(index(self.at), index(self.at + len))
    }

    /// Comments, and blanks that are none in JSON. Says whether the reader moved.
    #[cold]
    pub(super) fn skip_strange_blank(&mut self) -> bool {
        let start = self.at;
        let rest = &self.text[start..];
        let (len, message) = if rest.starts_with("//") || rest.starts_with('#') {
            (
                rest.find(['\n', '\r']).unwrap_or(rest.len()),
                "JSON has no comments; a `Comment` field is what the language offers",
            )
        } else if rest.starts_with("/*") {
            let len = rest.find("*/").map_or(rest.len(), |at| at + 2);
            (len, "JSON has no comments; a `Comment` field is what the language offers")
        } else {
            let strange = |c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}' | '\u{200b}');
            let len = rest.find(|c| !strange(c)).unwrap_or(rest.len());
            (len, "this character is no blank in JSON")
        };
        if len == 0 {
            return false;
        }
        self.at += len;
        let trimmed = rest[..len].trim_end_matches(['\n', '\r', ' ', '\t']).len();
        let span = Span::new(index(start), index(start + trimmed));
        self.error(SyntaxError::new(span, message));
        true
    }

    /// Where a key is due and no quote stands. Gives whether a key starts here after all.
    #[cold]
    pub(super) fn recover_key(&mut self, open: Open) -> bool {
        match self.byte() {
            None | Some(b']' | b')') => {
                self.unexpected_close(open);
                return false;
            }
            Some(byte @ (b',' | b':')) => {
                self.stray(byte);
                return false;
            }
            Some(byte @ (b'{' | b'[')) => {
                // A value without a key: keep what it holds under an unknown name.
                let span = self.token_here();
                self.error(SyntaxError::new(span, format!("a key is missing before `{}`", char::from(byte))));
                self.bare_key(self.at, self.at);
                self.value();
                return false;
            }
            _ => {}
        }
        let start = self.at;
        let span = self.word();
        if self.text[start..self.at].starts_with("${") {
            self.error(SyntaxError::new(span, "a placeholder cannot stand for a member; quote the key"));
            self.bare_key(start, self.at);
            if self.next_is_colon() {
                let key = self.tree.raws.len() - 1;
                self.uncount();
                self.member_value(key);
            } else {
                self.push(Kind::Missing, self.at);
                self.separator();
            }
            return false;
        }
        let word = span.of(self.text).trim_matches('\'');
        let quoted = serde_json::Value::from(word).to_string();
        if self.next_is_colon() {
            self.error(SyntaxError::new(span, "a key stands in double quotes").fix(span, quoted));
            let key = self.bare_key(start, self.at);
            self.uncount();
            self.member_value(key);
        } else {
            self.error(SyntaxError::new(span, "expected a key in double quotes"));
            if let Some(open) = self.open.last() {
                self.tree.raws[open.ix as usize].flags |= INCOMPLETE;
            }
            self.separator_after_junk();
        }
        false
    }

    /// Pushes an unquoted (or empty) key and counts its member.
    fn bare_key(&mut self, start: usize, end: usize) -> usize {
        let span = Span::new(index(start), index(end));
        let quoted = span.len() >= 2 && self.bytes[start] == b'\'' && self.bytes[end - 1] == b'\'';
        let content = if quoted { Span::new(span.start + 1, span.end - 1) } else { span };
        // A key that is not there may be any.
        let hole = if span.is_empty() || has_hole(content.of(self.text)) { HOLE } else { 0 };
        let raw = Raw {
            start: span.start,
            end: span.end,
            a: content.start,
            b: content.end,
            kind: Kind::String,
            flags: KEY | hole,
        };
        self.tree.raws.push(raw);
        if let Some(open) = self.open.last_mut() {
            open.count += 1;
        }
        self.tree.raws.len() - 1
    }

    fn uncount(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.count -= 1;
        }
    }

    fn next_is_colon(&self) -> bool {
        self.text[self.at..].trim_start().starts_with(':')
    }

    /// Skips junk in an object up to something that can go on.
    fn separator_after_junk(&mut self) {
        self.skip_blanks();
        if self.byte() == Some(b',') {
            self.at += 1;
        }
    }

    /// Moves over one word of whatever it is; never over nothing unless the text is at its end.
    fn word(&mut self) -> Span {
        let start = self.at;
        let quoted = self.byte() == Some(b'\'');
        self.at += self.token_here().len() as usize;
        if quoted {
            let rest = &self.text[self.at..];
            if let Some(len) = rest.find(['\'', '\n']).filter(|&len| rest.as_bytes()[len] == b'\'') {
                self.at += len + 1;
            }
        } else if let Some(rest) = self.text[start..].strip_prefix("${") {
            let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let mut len = name;
            if start >= self.no_brace {
                let line = rest[..rest.floor_char_boundary(MAX_HOLE)].lines().next().unwrap_or_default();
                match line.find('}') {
                    Some(brace) => len = brace + 1,
                    None => self.no_brace = start + line.len(),
                }
            }
            self.at = start + 2 + len;
        }
        Span::new(index(start), index(self.at))
    }

    /// Where a value is due and none starts.
    #[cold]
    pub(super) fn no_value(&mut self) {
        let start = self.at;
        match self.byte() {
            None | Some(b',' | b'}' | b']' | b':' | b')') => {
                let span = if start < self.bytes.len() { self.token_here() } else { Span::empty(index(start)) };
                let message =
                    if self.tree.raws.is_empty() { "the document is empty" } else { "a value is missing here" };
                self.error(SyntaxError::new(span, message));
                self.tree.raws.push(Raw::new(Kind::Missing, Span::empty(index(start))));
                return;
            }
            _ => {}
        }
        let span = self.word();
        let written = span.of(self.text);
        if let Some(content) = written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            let quoted = serde_json::Value::from(content).to_string();
            self.error(SyntaxError::new(span, "a string stands in double quotes").fix(span, quoted));
            let hole = if has_hole(content) { HOLE } else { 0 };
            let raw = Raw {
                start: span.start,
                end: span.end,
                a: span.start + 1,
                b: span.end - 1,
                kind: Kind::String,
                flags: hole,
            };
            self.tree.raws.push(raw);
            return;
        }
        let known = match written {
            "True" | "TRUE" | "yes" => Some("true"),
            "False" | "FALSE" | "no" => Some("false"),
            "None" | "Null" | "NULL" | "nil" | "undefined" => Some("null"),
            _ => None,
        };
        let error = match known {
            Some(meant) => {
                SyntaxError::new(span, format!("`{written}` is not a value in JSON; did you mean `{meant}`?"))
                    .fix(span, meant)
            }
            None if written.starts_with("${") => SyntaxError::new(span, "this placeholder is not closed"),
            None if written.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
                SyntaxError::new(span, format!("`{written}` is not a number as JSON writes them"))
            }
            None => SyntaxError::new(span, format!("`{written}` is not a value in JSON")),
        };
        self.error(error);
        self.push(Kind::Missing, start);
    }

    /// A key that no colon follows.
    #[cold]
    pub(super) fn missing_colon(&mut self, key: usize) {
        let span = Span::new(self.tree.raws[key].start, self.tree.raws[key].end);
        let starts_value = matches!(self.byte(), Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'));
        // `"A" "B": …`: the first lost colon and value, the second is the next key.
        let next_member = self.byte() == Some(b'"') && self.string_then_colon();
        if starts_value && !next_member {
            self.error(SyntaxError::new(span, "expected `:` behind this key").fix(Span::empty(span.end), ":"));
            return self.value();
        }
        self.error(SyntaxError::new(span, "expected `:` and a value behind this key"));
        self.tree.raws.push(Raw::new(Kind::Missing, Span::empty(span.end)));
        if !next_member {
            self.separator();
        }
    }

    /// Whether the string that starts here is followed by a colon.
    fn string_then_colon(&self) -> bool {
        let mut escaped = false;
        for (at, &byte) in self.bytes.iter().enumerate().skip(self.at + 1) {
            match byte {
                b'"' if !escaped => {
                    return self.text.get(at + 1..).is_some_and(|rest| rest.trim_start().starts_with(':'));
                }
                b'\n' | b'\r' => return false,
                _ => escaped = byte == b'\\' && !escaped,
            }
        }
        false
    }

    /// A separator where none belongs.
    #[cold]
    pub(super) fn stray(&mut self, byte: u8) {
        let span = self.token_here();
        let error = SyntaxError::new(span, format!("unexpected `{}`", char::from(byte)));
        // `["a": 1]` may be meant as an object.
        self.error(if byte == b',' { error.fix(span, "") } else { error });
        self.at += 1;
    }

    /// Neither a comma nor the end of the container follows a value.
    #[cold]
    pub(super) fn no_separator(&mut self, open: Open, value_end: usize) {
        let last = self.tree.raws.len() - 1;
        // Of a closed container the last value ends before its bracket.
        let string = self.tree.raws[last].kind == Kind::String
            && self.tree.raws[last].flags & KEY == 0
            && self.tree.raws[last].end as usize == value_end;
        match self.byte() {
            None | Some(b'}' | b']') => {} // the loop sees it next
            Some(b':') if string && open.object => self.value_was_key(last),
            Some(b':') if string && self.n_objects > 0 => self.item_was_key(open),
            Some(b':') => self.stray(b':'),
            Some(_) => {
                let end = index(value_end);
                let span = self.token_here();
                let span = if self.byte() == Some(b'"') { Span::new(span.start, span.start + 1) } else { span };
                let error = SyntaxError::new(span, "expected `,` before this").fix(Span::empty(end), ",");
                let between = &self.text[value_end..self.at];
                // A stray word behind a value is not the start of the next one.
                let junk = !open.object
                    && !matches!(
                        self.byte(),
                        Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' | b'$')
                    );
                if (junk || open.object && self.byte() != Some(b'"')) && !between.contains('\n') {
                    self.error(SyntaxError::new(span, "expected `,` or the end of the container"));
                    self.word();
                    self.separator_after_junk();
                } else {
                    self.error(error);
                }
            }
        }
    }

    /// `"Next": "B": …`: the value of `Next` is missing, and what stood for it is the next key.
    #[cold]
    fn value_was_key(&mut self, value: usize) {
        let as_key = self.tree.raws[value];
        let key = self.tree.raws[value - 1];
        let span = Span::new(key.start, key.end);
        self.error(SyntaxError::new(span, "the value of this key is missing"));
        self.tree.raws[value] = Raw::new(Kind::Missing, Span::empty(key.end));
        let key = self.tree.raws.len();
        self.tree.raws.push(Raw { flags: as_key.flags | KEY, ..as_key });
        // Not read right here: a long run of such keys must not recurse.
        self.pending_key = Some(key);
    }

    /// `"Choices": [{…}, "Default": …`: the array is not closed, and what stood for its item is the next key of the
    /// object around it.
    #[cold]
    fn item_was_key(&mut self, open: Open) {
        let Some(key) = self.tree.raws.pop() else { return };
        let span = Span::new(key.start, key.end);
        // It may have been missed as an item already, for want of a comma.
        let missed = |error: &mut SyntaxError| error.span == Span::new(key.start, key.start + 1);
        self.tree.errors.pop_if(missed);
        let opened = self.tree.raws[open.ix as usize].start;
        self.error(
            SyntaxError::new(span, "the array is not closed before this key")
                .related(Span::new(opened, opened + 1), "this `[` is still open"),
        );
        if let Some(open) = self.open.last_mut() {
            open.count -= 1;
        }
        let colon = self.at;
        self.at = self.text[..key.start as usize].trim_end_matches([' ', '\t', '\n', '\r', ',']).len();
        while self.open.last().is_some_and(|open| !open.object) {
            self.end_container(INCOMPLETE);
        }
        self.at = colon;
        self.pending_key = Some(self.tree.raws.len());
        self.tree.raws.push(Raw { flags: key.flags | KEY, ..key });
    }

    /// The wrong bracket, or the end of the text, where the innermost container is open.
    #[cold]
    pub(super) fn unexpected_close(&mut self, open: Open) {
        let opened = Span::new(self.tree.raws[open.ix as usize].start, self.tree.raws[open.ix as usize].start + 1);
        let bracket = if open.object { '{' } else { '[' };
        let Some(byte) = self.byte() else {
            // Every container that is still open lacks its end for one reason: say it once, for the innermost.
            let end = Span::empty(index(self.at));
            let error = self.closed_by_another().unwrap_or_else(|| {
                SyntaxError::new(opened, format!("this `{bracket}` is not closed: the text ends first"))
                    .related(end, "the text ends here")
            });
            self.error(error);
            while !self.open.is_empty() {
                self.end_container(INCOMPLETE);
            }
            return;
        };
        let here = self.token_here();
        let matches = |open: &Open| (byte == b'}') == open.object && byte != b')';
        if byte == b'}' && self.n_objects > 0 || byte == b']' && self.n_objects < self.open.len() {
            // A bracket further out: what is open inside it was not closed.
            self.error(
                SyntaxError::new(
                    here,
                    format!("`{}` closes another bracket than the last one opened", char::from(byte)),
                )
                .related(opened, format!("this `{bracket}` is still open")),
            );
            while self.open.last().is_some_and(|open| !matches(open)) {
                self.end_container(INCOMPLETE);
            }
        } else {
            self.error(SyntaxError::new(here, format!("`{}` closes nothing", char::from(byte))));
            self.at += 1;
        }
    }

    /// Where brackets stay open at the end of the text, the container that took the bracket of one further out: of those
    /// whose closing bracket starts a line that is indented less than the line of the opening one, the last. What it
    /// holds may belong to the containers around it, so all of these are incomplete.
    fn closed_by_another(&mut self) -> Option<SyntaxError> {
        let breaks = memchr::memchr2_iter(b'\n', b'\r', self.bytes).map(|at| at + 1);
        let lines: Vec<(usize, usize)> = std::iter::once(0)
            .chain(breaks)
            .map(|start| {
                let blanks = self.bytes[start..].iter().take_while(|&&byte| matches!(byte, b' ' | b'\t'));
                (start, start + blanks.count())
            })
            .collect();
        let line = |at: usize| lines[lines.partition_point(|&(start, _)| start <= at) - 1];
        let blamed = self.tree.raws.iter().rposition(|raw| {
            if !raw.kind.is_container() || raw.flags & INCOMPLETE != 0 || raw.end < raw.start + 2 {
                return false;
            }
            let close = raw.end as usize - 1;
            let ((open_line, opened), (close_line, closed)) = (line(raw.start as usize), line(close));
            closed == close && closed - close_line < opened - open_line
        })?;
        for raw in &mut self.tree.raws[..=blamed] {
            if raw.kind.is_container() && raw.a as usize > blamed {
                raw.flags |= INCOMPLETE;
            }
        }
        let raw = self.tree.raws[blamed];
        let (open, close) = if raw.kind == Kind::Object { ('{', '}') } else { ('[', ']') };
        let message = format!("this `{open}` is not closed: the `{close}` at its end is indented for another bracket");
        Some(
            SyntaxError::new(Span::new(raw.start, raw.start + 1), message)
                .related(Span::new(raw.end - 1, raw.end), "taken for its end, and missing at the end of the text"),
        )
    }

    /// Skips a container that lies too deep, in one pass over its bytes.
    #[cold]
    pub(super) fn too_deep(&mut self) {
        let start = self.at;
        let span = Span::new(index(start), index(start + 1));
        self.error(SyntaxError::new(
            span,
            format!("nested deeper than {MAX_DEPTH} levels; what lies inside is not read"),
        ));
        let mut depth = 0_usize;
        while let Some(byte) = self.byte() {
            self.at += 1;
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'"' => {
                    while let Some(stop) = memchr::memchr2(b'"', b'\\', &self.bytes[self.at..]) {
                        let escaped = self.bytes[self.at + stop] == b'\\';
                        self.at = (self.at + stop + 1 + usize::from(escaped)).min(self.bytes.len());
                        if !escaped {
                            break;
                        }
                    }
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.push(Kind::Missing, start);
    }

    /// A control character inside a string; gives where to go on.
    #[cold]
    pub(super) fn control_character(&mut self, at: usize) -> usize {
        let len = if self.bytes[at..].starts_with(b"\r\n") { 2 } else { 1 };
        // Other languages go on in the next line behind a backslash: what is meant is not clear.
        let n_backslashes = self.bytes[..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
        let start = at - n_backslashes % 2;
        let escape = match self.bytes[at] {
            b'\n' => "\\n".to_owned(),
            b'\r' if len == 2 => "\\r\\n".to_owned(),
            b'\r' => "\\r".to_owned(),
            b'\t' => "\\t".to_owned(),
            byte => format!("\\u{byte:04x}"),
        };
        let span = Span::new(index(start), index(at + len));
        let message = format!("a string holds control characters only as escapes; write `{escape}`");
        let error = SyntaxError::new(span, message);
        self.error(if start == at { error.fix(span, escape) } else { error });
        at + len
    }

    /// Whether a string that reaches the end of its line was written over several lines: its closing quote is the next
    /// one, and something that may follow a string stands behind it.
    #[cold]
    pub(super) fn continues_after_break(&mut self, start: usize, at: usize) -> bool {
        if at < self.string_goes_on {
            return true;
        }
        let Some(quote) = memchr::memchr(b'"', &self.bytes[at..]) else { return false };
        // `"a\n"b": 1`: the next quote opens a key.
        let after = self.text[at + quote + 1..].trim_start_matches([' ', '\t']);
        let closes = after.starts_with([',', '}', ']', ':', '\n', '\r']) || after.is_empty();
        let goes_on = closes && !self.text[start + 1..at].trim_end().ends_with([',', '{', '[']);
        if goes_on {
            self.string_goes_on = at + quote;
        }
        goes_on
    }

    /// A string that is not closed in its line. A comma at the end of the line is taken as the separator it looks like.
    #[cold]
    pub(super) fn unclosed_string(&mut self, start: usize, at: usize, flags: u8) -> usize {
        let content = self.text[start + 1..at].trim_end_matches([' ', '\t']);
        let content = content.trim_end_matches([',', '}', ']']).trim_end_matches([' ', '\t']);
        let end = start + 1 + content.len();
        let span = Span::new(index(start), index(end));
        let error = SyntaxError::new(span, "this string is not closed");
        // Behind a backslash a quote would not close it.
        self.error(if content.ends_with('\\') { error } else { error.fix(Span::empty(index(end)), "\"") });
        self.at = end;
        let string = self.push_string(start, end, flags);
        // What was to follow nobody knows: the text so far proves nothing.
        self.tree.raws[string].flags |= HOLE;
        string
    }
}
