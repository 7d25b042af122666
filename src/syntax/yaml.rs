//! YAML 1.2 → [`Tree`]: the events of `saphyr-parser`, with spans in bytes and aliases resolved.
//!
//! The parser stops at the first error. So the text is mended there (`mend`: blanked or covered, never moved, so that
//! offsets hold) and read again, a bounded number of times. Content is always taken from the text as written.
//!
//! What the tree makes of YAML: a key is a [`Kind::String`] whatever it looks like, and duplicates are kept; a scalar
//! that is not there is [`Kind::Null`] with an empty span; a block scalar's span runs from its header to the end of its
//! last content line, that line's break left out; a tag and an anchor lie outside the span of their node; a merge key
//! is replaced by copies of what it merges, behind the mapping's own members; core tags (`!!str`) decide the kind and are
//! gone, others stay ([`Node::tag`](super::Node::tag)), and a plain scalar under them is a string.

mod alias;
mod mend;
mod offsets;
mod resolve;
mod scalar;
mod start;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marks, Tag};

use self::alias::{Anchors, OPEN};
use self::mend::{Mends, Quote};
use self::offsets::Offsets;
pub(super) use self::scalar::text_map;
use self::start::Start;
use super::tree::{DECODED, HOLE, INCOMPLETE, KEY, Raw, TAGGED, has_hole, index};
use super::{Format, Kind, MAX_DEPTH, SyntaxError, Tree};
use crate::text::Span;

pub(super) fn parse(text: &Arc<str>) -> Tree {
    let mut mends = Mends::new(text);
    loop {
        let (mut tree, failure) = read(text, &mends);
        if let Some(failure) = failure
            && mends.mend(failure.from, failure.at, failure.error.info())
        {
            continue;
        }
        mends.errors.drain(..).for_each(|error| tree.error(error));
        tree.mended = mends.finish();
        return tree.finish();
    }
}

/// Where the parser stopped.
struct Failure {
    at: usize,
    /// Start of the outermost bracket that is open there, or else the end of what was understood.
    from: usize,
    error: ScanError,
}

/// Reads the text as mended so far, up to the first error that is left.
fn read(text: &Arc<str>, mends: &Mends<'_>) -> (Tree, Option<Failure>) {
    let mut tree = Tree::new(text.clone(), Format::Yaml);
    // A dense mapping takes 12 bytes of text for a node; the guess saves most of the growing.
    tree.raws.reserve(text.len() / 12 + 8);
    let mut reader = Reader {
        tree,
        text,
        read: mends.text(),
        mends,
        offsets: Offsets::new(mends.text()),
        open: Vec::new(),
        behind: if text.starts_with('\u{feff}') { 3 } else { 0 },
        anchors: Anchors::default(),
        skipping: None,
        n_lost: 0,
    };
    let mut failure = None;
    for event in Parser::new_from_str(mends.text()) {
        match event {
            Ok((event, marks)) => reader.event(event, marks),
            Err(error) => {
                failure = Some(reader.failure(error));
                break;
            }
        }
    }
    reader.finish(failure.is_some());
    (reader.tree, failure)
}

struct Reader<'s> {
    tree: Tree,
    text: &'s str,
    /// The text as mended: same offsets.
    read: &'s str,
    mends: &'s Mends<'s>,
    offsets: Offsets<'s>,
    /// Collections not closed yet, outermost first.
    open: Vec<Open>,
    /// End of the last token.
    behind: usize,
    anchors: Anchors,
    skipping: Option<Skipping>,
    /// How many of the lost lines lie behind the reader.
    n_lost: usize,
}

#[derive(Debug)]
struct Open {
    ix: u32,
    count: u32,
    object: bool,
    /// Whether the next node is a key.
    key_due: bool,
    /// The merge key whose value is due, and how many anchors were known before it.
    merging: Option<(u32, usize)>,
    /// Values of merge keys.
    shelves: Vec<u32>,
}

/// A collection that is not kept.
#[derive(Debug)]
struct Skipping {
    depth: u32,
    /// The node that stands for it, to be given its end.
    ix: usize,
}

/// What the node to come is to its parent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Key,
    Value,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, marks: Marks) {
        if self.n_lost < self.mends.lost.len() {
            self.note_lost(marks);
        }
        if self.skipping.is_some() {
            return self.skip(&event, marks);
        }
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(explicit) => {
                if explicit {
                    self.behind = self.offsets.byte(marks.end.index());
                }
                self.anchors.new_document();
                self.tree.roots.push(index(self.tree.raws.len()));
            }
            Event::Alias(number) => self.on_alias(number, marks),
            Event::Scalar(value, style, anchor, tag) => self.scalar(&value, style, anchor, tag.as_deref(), marks),
            Event::SequenceStart(anchor, tag) => self.start(Kind::Array, anchor, tag.as_deref(), marks),
            Event::MappingStart(anchor, tag) => self.start(Kind::Object, anchor, tag.as_deref(), marks),
            Event::SequenceEnd | Event::MappingEnd => self.end(marks),
        }
    }

    fn failure(&mut self, error: ScanError) -> Failure {
        let is_bracket = |at: &usize| matches!(self.read.as_bytes().get(*at), Some(b'[' | b'{'));
        let starts = self.open.iter().map(|open| self.tree.raws[open.ix as usize].start as usize);
        let from = starts.clone().find(is_bracket).unwrap_or(self.behind);
        // The parser counts on behind the end of the text.
        let at = self.offsets.byte(error.marker().index()).min(self.text.len());
        Failure { at, from, error }
    }

    /// Says what the next node is, and counts it.
    fn place(&mut self) -> Place {
        let Some(open) = self.open.last_mut() else { return Place::Value };
        if open.object {
            open.key_due = !open.key_due;
            if open.key_due {
                return Place::Value;
            }
            open.count += 1;
            return Place::Key;
        }
        open.count += 1;
        Place::Value
    }

    /// The node that was due is in the tree now, whole.
    fn complete(&mut self) {
        if let Some(open) = self.open.last_mut()
            && open.object
            && open.key_due
            && let Some((key, n_anchors)) = open.merging.take()
        {
            self.shelve(key, n_anchors);
        }
    }

    fn on_alias(&mut self, number: usize, marks: Marks) {
        let place = self.place();
        let start = self.offsets.byte(marks.start.index());
        self.behind = self.offsets.byte(marks.end.index());
        let ix = self.tree.raws.len();
        let span = Span::new(index(start), index(self.behind));
        self.alias(number, span);
        if place == Place::Value {
            return self.complete();
        }
        let key = &mut self.tree.raws[ix];
        key.flags |= KEY;
        if key.kind.is_container() {
            self.tree.raws.truncate(ix);
            let tags = self.tree.tags.partition_point(|(tagged, _)| (*tagged as usize) < ix);
            self.tree.tags.truncate(tags);
            self.tree.raws.push(Raw { flags: KEY, ..Raw::new(Kind::String, span) });
            self.tree.error(SyntaxError::new(span, "this alias names a collection: a key is a string"));
        } else {
            key.kind = Kind::String;
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, marks: Marks) {
        let place = self.place();
        let missing = style == ScalarStyle::Plain && value.is_empty();
        let start = match style {
            _ if anchor > 0 || tag.is_some() => self.behind_properties(anchor, tag, missing, marks),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                Start { at: self.skip_to(|byte| matches!(byte, b'|' | b'>')), tag: None }
            }
            _ if missing => Start { at: self.missing_at(), tag: None },
            _ => Start { at: self.offsets.byte(marks.start.index()), tag: None },
        };
        let ix = self.tree.raws.len();
        let raw = self.scalar_at(value, style, start.at, marks);
        self.behind = self.behind.max(raw.end as usize);
        self.tree.raws.push(raw);
        let plain = style == ScalarStyle::Plain && !matches!(self.text.as_bytes().get(start.at), Some(b'"' | b'\''));
        let kind = if raw.kind == Kind::Missing { Kind::Missing } else { self.kind(ix, plain, tag) };
        if let Some(tag) = start.tag {
            self.tree.raws[ix].flags |= TAGGED;
            self.tree.tags.push((index(ix), tag.into()));
        }
        self.anchors.define(anchor, ix, kind);
        match place {
            Place::Value => {
                self.tree.raws[ix].kind = kind;
                self.complete();
            }
            Place::Key => {
                self.tree.raws[ix].flags |= KEY;
                self.tree.raws[ix].kind = Kind::String;
                let merges = plain && tag.is_none() && Span::new(raw.a, raw.b).of(self.text) == "<<";
                let n_anchors = self.anchors.len();
                if let Some(open) = self.open.last_mut().filter(|_| merges && raw.flags & DECODED == 0) {
                    open.merging = Some((index(ix), n_anchors));
                }
            }
        }
    }

    /// Reads the scalar that starts at `start`: a string, or missing.
    fn scalar_at(&mut self, value: &str, style: ScalarStyle, start: usize, marks: Marks) -> Raw {
        let (text, read) = (self.text, self.read);
        let style = match self.mends.quote(start) {
            Some(Quote::Closed) => ScalarStyle::DoubleQuoted,
            Some(Quote::Unclosed(end)) => {
                let content = Span::new(index(start + 1), index(end));
                return self.string(start, end, content, 0);
            }
            Some(Quote::Unreadable(end)) => return Raw::new(Kind::Missing, Span::new(index(start), index(end))),
            None => style,
        };
        if style == ScalarStyle::Plain {
            if value.is_empty() {
                return self.string(start, start, Span::empty(index(start)), 0);
            }
            let end = self.offsets.byte(marks.end.index()).min(text.len()).max(start);
            let source = Span::new(index(start), index(end));
            if source.of(read) == value {
                return self.string(start, end, source, 0);
            }
            if matches!(text.as_bytes().get(start), Some(b'|' | b'>')) {
                self.tree.indents.push((index(start), scalar::NO_BLOCK));
            }
            let content = self.decode(|decoded| {
                scalar::plain(read, start, end, &mut |piece| scalar::append(decoded, text, read, piece));
            });
            return self.string(start, end, content, DECODED);
        }
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return self.block(start);
        }
        // A quoted scalar that is its own content.
        let close = start + 1 + value.len();
        if text.get(start + 1..close) == Some(value)
            && text.as_bytes().get(close) == text.as_bytes().get(start)
            && !(style == ScalarStyle::SingleQuoted && value.contains('\''))
        {
            return self.string(start, close + 1, Span::new(index(start + 1), index(close)), 0);
        }
        let mut end = start;
        let content = self.decode(|decoded| {
            end = scalar::quoted(text, start, &mut |piece| scalar::append(decoded, text, read, piece));
        });
        self.string(start, end, content, DECODED)
    }

    fn block(&mut self, start: usize) -> Raw {
        let (text, read) = (self.text, self.read);
        let parent = self.open.last().map(|open| {
            let at = self.tree.raws[open.ix as usize].start as usize;
            at - line_start(read, at)
        });
        let indent = scalar::block_indent(read, start, parent);
        if indent != scalar::block_indent(read, start, None) {
            self.tree.indents.push((index(start), index(indent)));
        }
        let mut end = start;
        let content = self.decode(|decoded| {
            end = scalar::block(read, start, indent, &mut |piece| scalar::append(decoded, text, read, piece));
        });
        self.string(start, end, content, DECODED)
    }

    fn decode(&mut self, append: impl FnOnce(&mut String)) -> Span {
        let start = index(self.tree.decoded.len());
        append(&mut self.tree.decoded);
        Span::new(start, index(self.tree.decoded.len()))
    }

    fn string(&self, start: usize, end: usize, content: Span, flags: u8) -> Raw {
        let written = content.of(if flags & DECODED != 0 { &self.tree.decoded } else { self.text });
        Raw {
            start: index(start),
            end: index(end),
            a: content.start,
            b: content.end,
            kind: Kind::String,
            flags: flags | if has_hole(written) { HOLE } else { 0 },
        }
    }

    /// What the string at `ix` is, by the rules for its style and tag.
    fn kind(&mut self, ix: usize, plain: bool, tag: Option<&Tag>) -> Kind {
        let raw = self.tree.raws[ix];
        let content = Span::new(raw.a, raw.b);
        let kind = if raw.flags & DECODED != 0 {
            // No other kind is written over several lines or with escapes.
            let content = content.of(&self.tree.decoded);
            tag.and_then(core).map_or(Some(Kind::String), |tag| resolve::tagged(tag, content))
        } else {
            let content = content.of(self.text);
            match tag {
                None if plain => Some(resolve::plain(content)),
                None => Some(Kind::String),
                Some(tag) => core(tag).map_or(Some(Kind::String), |tag| resolve::tagged(tag, content)),
            }
        };
        let kind = kind.unwrap_or_else(|| {
            let span = Span::new(raw.start, raw.end);
            let message =
                format!("the content is not what the tag `!!{}` says", tag.and_then(core).unwrap_or_default());
            self.tree.error(SyntaxError::new(span, message));
            Kind::String
        });
        if kind != Kind::String {
            self.tree.raws[ix].flags &= !HOLE;
        }
        kind
    }

    fn start(&mut self, kind: Kind, anchor: usize, tag: Option<&Tag>, marks: Marks) {
        let in_mapping = self.open.last().is_some_and(|open| open.object);
        let place = self.place();
        let start = if anchor > 0 || tag.is_some() {
            self.behind_properties(anchor, tag, false, marks)
        } else if kind == Kind::Array && in_mapping && marks.is_empty() {
            // The event of a list that is not indented points behind its first `-`.
            Start { at: self.skip_to(|byte| byte == b'-'), tag: None }
        } else {
            Start { at: self.offsets.byte(marks.start.index()), tag: None }
        };
        let at = index(start.at);
        let bracket = matches!(self.read.as_bytes().get(start.at), Some(b'{' | b'[')) && !marks.is_empty();
        self.behind = start.at + usize::from(bracket);
        let ix = self.tree.raws.len();
        if place == Place::Key || self.open.len() >= MAX_DEPTH {
            let kind = if place == Place::Key { Kind::String } else { Kind::Missing };
            let token = Span::new(at, index(self.behind));
            self.tree.raws.push(Raw::new(kind, token));
            self.skipping = Some(Skipping { depth: 0, ix });
            if place == Place::Key {
                self.tree.raws[ix].flags |= KEY;
                self.tree.error(SyntaxError::new(token, "a key is a string; this one is a collection"));
            } else {
                let message = format!("nested deeper than {MAX_DEPTH} levels; what lies inside is not read");
                self.tree.error(SyntaxError::new(token, message));
            }
            return;
        }
        let mut raw = Raw { a: OPEN, ..Raw::new(kind, Span::empty(at)) };
        if let Some(tag) = start.tag {
            raw.flags |= TAGGED;
            self.tree.tags.push((index(ix), tag.into()));
        }
        self.tree.raws.push(raw);
        self.anchors.define(anchor, ix, kind);
        let object = kind == Kind::Object;
        self.open.push(Open { ix: index(ix), count: 0, object, key_due: object, merging: None, shelves: Vec::new() });
    }

    fn end(&mut self, marks: Marks) {
        let closed = self.move_behind_bracket(marks);
        self.close(if closed { 0 } else { INCOMPLETE });
    }

    /// Of the end of a collection: only brackets are tokens. `false` for one behind the text, put there to mend it.
    fn move_behind_bracket(&mut self, marks: Marks) -> bool {
        if marks.is_empty() {
            return true;
        }
        let mut at = self.offsets.byte(marks.start.index());
        if self.read.as_bytes().get(at) == Some(&b',') {
            // Behind a trailing comma the event points at that.
            at = self.skip_blanks(at + 1);
        }
        if matches!(self.read.as_bytes().get(at), Some(b'}' | b']')) {
            self.behind = (at + 1).min(self.text.len());
        }
        at < self.text.len() || self.read.len() == self.text.len()
    }

    fn close(&mut self, flags: u8) {
        let Some(mut open) = self.open.pop() else { return };
        if !open.shelves.is_empty() {
            open.count += self.merge(open.ix, &open.shelves);
        }
        let next = index(self.tree.raws.len());
        let raw = &mut self.tree.raws[open.ix as usize];
        raw.end = index(self.behind).max(raw.start);
        raw.a = next;
        raw.b = open.count;
        raw.flags |= flags;
        self.complete();
    }

    /// Inside a collection that is not kept.
    fn skip(&mut self, event: &Event<'_>, marks: Marks) {
        let Some(skipping) = &mut self.skipping else { return };
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => skipping.depth += 1,
            Event::SequenceEnd | Event::MappingEnd => {
                if skipping.depth > 0 {
                    skipping.depth -= 1;
                    self.move_behind_bracket(marks);
                    return;
                }
                let ix = skipping.ix;
                self.skipping = None;
                self.move_behind_bracket(marks);
                let raw = &mut self.tree.raws[ix];
                raw.end = raw.end.max(index(self.behind));
                raw.b = raw.end;
                self.complete();
            }
            _ => {
                let end = self.offsets.byte(marks.end.index());
                let written = self.read.get(self.behind..end).unwrap_or_default();
                self.behind += written.trim_end().len();
            }
        }
    }

    /// Ends the stream, or what there is of it.
    fn finish(&mut self, failed: bool) {
        if let Some(skipping) = self.skipping.take() {
            self.tree.raws[skipping.ix].b = self.tree.raws[skipping.ix].end;
            self.complete();
        }
        while let Some(open) = self.open.last() {
            if open.object && !open.key_due {
                self.place();
                self.tree.raws.push(Raw::new(Kind::Missing, Span::empty(index(self.behind))));
                self.complete();
            }
            self.close(INCOMPLETE);
        }
        let n_nodes = index(self.tree.raws.len());
        if self.tree.roots.is_empty() && !failed && self.mends.errors.is_empty() {
            self.tree.error(SyntaxError::new(Span::empty(index(self.text.len())), "the document is empty"));
        }
        if self.tree.roots.last().is_none_or(|&root| root == n_nodes) {
            if self.tree.roots.is_empty() {
                self.tree.roots.push(n_nodes);
            }
            self.tree.raws.push(Raw::new(Kind::Missing, Span::empty(index(self.behind))));
        }
    }

    /// Where a line was given up since the last event, the mapping it belongs to lacks something.
    #[cold]
    fn note_lost(&mut self, marks: Marks) {
        let at = self.offsets.byte(marks.start.index());
        while let Some(lost) = self.mends.lost.get(self.n_lost)
            && lost.at < at
            && !self.open.is_empty()
        {
            self.n_lost += 1;
            let inside = self.open.iter().rev().find(|open| {
                let start = self.tree.raws[open.ix as usize].start as usize;
                (open.object || lost.column < usize::MAX)
                    && start <= lost.at
                    && start - line_start(self.read, start) <= lost.column
            });
            if let Some(open) = inside.or(self.open.first()) {
                self.tree.raws[open.ix as usize].flags |= INCOMPLETE;
            }
        }
    }
}

/// The name of a tag of the core schema; the empty name for `!`, which says "not resolved".
fn core(tag: &Tag) -> Option<&str> {
    const PREFIX: &str = "tag:yaml.org,2002:";
    match tag.handle.as_str() {
        PREFIX => Some(&tag.suffix),
        "" if tag.suffix == "!" => Some(""),
        "" => tag.suffix.strip_prefix(PREFIX),
        _ => None,
    }
}

/// Start of the line `at` lies in; a byte order mark is no part of it.
fn line_start(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at];
    match memchr::memrchr2(b'\n', b'\r', before) {
        Some(stop) => stop + 1,
        None if before.starts_with("\u{feff}".as_bytes()) => 3,
        None => 0,
    }
}
