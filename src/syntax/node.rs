//! The values of a [`Tree`].

use std::fmt;

use super::tree::{ALIASED, DECODED, HOLE, INCOMPLETE, KEY, Raw, TAGGED, index};
use super::{Format, Tree, json_string, yaml};
use crate::text::{Edit, Span, TextMap};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number, kept as written.
    Number,
    /// A string.
    String,
    /// A list of values.
    Array,
    /// A list of members.
    Object,
    /// An unquoted `${Name}` where a value stands: some value that is not known yet.
    Hole,
    /// A value that is not there, or could not be read; the error that says so is in [`Tree::errors`].
    Missing,
}

impl Kind {
    pub(super) const fn is_container(self) -> bool {
        matches!(self, Self::Array | Self::Object)
    }
}

/// A value of a [`Tree`]: a handle, cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    pub(super) tree: &'t Tree,
    pub(super) ix: u32,
}

/// A member of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'t> {
    /// The key; always a [`Kind::String`] (YAML's other keys are turned into their text).
    pub key: Node<'t>,
    /// The value.
    pub value: Node<'t>,
}

impl<'t> Member<'t> {
    /// The key's decoded text.
    #[must_use]
    pub fn name(self) -> &'t str {
        self.key.as_str().unwrap_or_default()
    }

    /// From the start of the key to the end of the value.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.key.span().start, self.value.span().end)
    }
}

impl<'t> Node<'t> {
    fn raw(self) -> &'t Raw {
        self.tree.raw(self.ix)
    }

    /// The tree it belongs to.
    #[must_use]
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// Its number in document order: unique in its tree, for tables beside it.
    #[must_use]
    pub fn index(self) -> usize {
        self.ix as usize
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.raw().kind
    }

    /// The whole token: quotes, brackets and block scalar headers included. In an alias, the anchored original.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.raw().start, self.raw().end)
    }

    /// The smallest span that stands for the value in a report: a scalar as a whole, of a container its opening bracket;
    /// without brackets, as YAML has them, the first key of a mapping and the first `-` of a list.
    #[must_use]
    pub fn token(self) -> Span {
        let span = self.span();
        if !self.kind().is_container() {
            return span;
        }
        let text = span.of(&self.tree.text);
        if text.starts_with('{') || self.kind() == Kind::Array && text.starts_with(['[', '-']) {
            return Span::new(span.start, span.start + 1);
        }
        if let Some(first) = self.members().next().filter(|first| span.contains(first.key.span())) {
            return first.key.span();
        }
        let line = text.find(['\n', '\r']).unwrap_or(text.len());
        Span::new(span.start, span.start + index(text[..line].trim_end().len()))
    }

    /// The decoded content of a string.
    #[must_use]
    pub fn as_str(self) -> Option<&'t str> {
        (self.kind() == Kind::String).then(|| self.content())
    }

    /// Content of a scalar: decoded for strings, as written otherwise.
    #[must_use]
    pub fn content(self) -> &'t str {
        let raw = self.raw();
        if raw.kind.is_container() {
            return "";
        }
        let from: &'t str = if raw.flags & DECODED != 0 { &self.tree.decoded } else { &self.tree.text };
        Span::new(raw.a, raw.b).of(from)
    }

    /// How long that is, in bytes; of a container it says nothing.
    fn content_length(self) -> usize {
        let raw = self.raw();
        raw.b.saturating_sub(raw.a) as usize
    }

    /// The value of a boolean.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.content().eq_ignore_ascii_case("true"))
    }

    /// The value of a number, rounded to binary64.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        if self.kind() != Kind::Number {
            return None;
        }
        number(self.content())
    }

    /// The value of a number that is whole and fits; `3.0` and `3e2` are whole.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if self.kind() != Kind::Number {
            return None;
        }
        if let Ok(value) = self.content().parse() {
            return Some(value);
        }
        let value = number(self.content())?;
        // Beyond 2^53 a binary64 has lost the digits that would tell.
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i64)
    }

    /// Whether the content is unknown: a hole, a string that holds one, a value that could not be read, or one under a
    /// YAML tag of its own (`!Sub`), which some tool replaces. It satisfies every demand, and nothing follows from it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self.kind(), Kind::Hole | Kind::Missing) || self.raw().flags & (HOLE | TAGGED) != 0
    }

    /// Whether a string holds a placeholder `${…}`.
    #[must_use]
    pub fn has_hole(self) -> bool {
        self.raw().flags & HOLE != 0
    }

    /// Whether part of a container could not be read, so that what seems absent may be there.
    #[must_use]
    pub fn is_incomplete(self) -> bool {
        self.raw().flags & INCOMPLETE != 0
    }

    /// Whether an object may have members that are not seen: part of it could not be read, or the name of one is not known.
    #[must_use]
    pub fn may_have_more(self) -> bool {
        self.is_incomplete() || self.is_open() || self.members().any(|member| member.key.has_hole())
    }

    /// Whether it stands here by a YAML alias or merge key; its span is the original's.
    #[must_use]
    pub fn is_aliased(self) -> bool {
        self.raw().flags & ALIASED != 0
    }

    /// The YAML tag, as written: `!Sub`. Tags of the core schema (`!!str`) are not kept: they decide the kind.
    #[must_use]
    pub fn tag(self) -> Option<&'t str> {
        if self.raw().flags & TAGGED == 0 {
            return None;
        }
        let at = self.tree.tags.binary_search_by_key(&self.ix, |&(ix, _)| ix).ok()?;
        Some(&self.tree.tags[at].1)
    }

    /// Number of items or members; 0 for scalars.
    #[must_use]
    pub fn len(self) -> usize {
        if self.kind().is_container() { self.raw().b as usize } else { 0 }
    }

    /// Whether there is no item or member.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Index behind the subtree.
    fn next(self) -> u32 {
        if self.kind().is_container() { self.raw().a } else { self.ix + 1 }
    }

    /// The number behind the last value in it: its [`Node::index`] and those in between are part of it.
    #[must_use]
    pub fn next_index(self) -> usize {
        self.next() as usize
    }

    /// Members of an object, in source order, duplicates included; none for other values.
    #[must_use]
    pub fn members(self) -> Members<'t> {
        let left = if self.kind() == Kind::Object { self.raw().b } else { 0 };
        Members { tree: self.tree, ix: self.ix + 1, left }
    }

    /// Items of an array; none for other values.
    #[must_use]
    pub fn items(self) -> Items<'t> {
        let left = if self.kind() == Kind::Array { self.raw().b } else { 0 };
        Items { tree: self.tree, ix: self.ix + 1, left }
    }

    /// The member called `name`; the last of several, as JSON readers have it.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Member<'t>> {
        // Most names differ in length, which costs no look at the text.
        let may_be = |key: Node<'t>| name.is_empty() || key.content_length() == name.len();
        self.members().filter(|member| may_be(member.key) && member.name() == name).last()
    }

    /// The value of the member called `name`.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Node<'t>> {
        self.member(name).map(|member| member.value)
    }

    /// This value and all below it, in document order; keys left out.
    pub fn descendants(self) -> impl Iterator<Item = Node<'t>> {
        (self.ix..self.next()).map(move |ix| self.tree.node(ix)).filter(|node| !node.is_key())
    }

    /// Whether it is the key of a member.
    #[must_use]
    pub fn is_key(self) -> bool {
        self.raw().flags & KEY != 0
    }

    /// The container it stands in, and `None` for a document's root.
    #[must_use]
    pub fn parent(self) -> Option<Node<'t>> {
        let parent = self.tree.places()[self.index()].parent;
        (parent != u32::MAX).then(|| self.tree.node(parent))
    }

    /// The name of the member that this is the value of.
    #[must_use]
    pub fn member_name(self) -> Option<&'t str> {
        // A value follows its key in document order.
        self.parent().filter(|parent| parent.kind() == Kind::Object && !self.is_key())?;
        self.tree.node(self.ix - 1).as_str()
    }

    /// From the root down to this value (or key): member names and item numbers.
    #[must_use]
    pub fn path(self) -> Vec<Step<'t>> {
        let mut steps = Vec::new();
        let mut node = self;
        while let Some(parent) = node.parent() {
            if parent.kind() == Kind::Array {
                steps.push(Step::Item(self.tree.places()[node.index()].ordinal as usize));
            } else {
                // A value follows its key in document order.
                let key = if node.is_key() { node } else { node.tree.node(node.ix - 1) };
                steps.push(Step::Member(key.content()));
            }
            node = parent;
        }
        steps.reverse();
        steps
    }

    /// Where each byte of the decoded content of a scalar comes from.
    #[must_use]
    pub fn text_map(self) -> TextMap {
        let raw = self.raw();
        if raw.kind.is_container() {
            return TextMap::verbatim(self.span());
        }
        if raw.flags & DECODED == 0 {
            return TextMap::verbatim(Span::new(raw.a, raw.b));
        }
        match self.tree.format {
            Format::Json => json_string::text_map(&self.tree.text, self.span()),
            Format::Yaml => yaml::text_map(self.tree, raw),
        }
    }

    /// Where a range of the decoded content stands in the source.
    #[must_use]
    pub fn source_span(self, decoded: Span) -> Span {
        self.text_map().span(decoded)
    }

    /// Where a fault of the decoded content is shown. What is missing (`decoded` is empty) is shown at the character before
    /// which it is missing, blanks passed over, at the end at the closing quote or, without one, at the last character.
    ///
    /// `map` is the [`Node::text_map`] of this value, which has one for many faults.
    #[must_use]
    pub fn fault_span(self, map: &TextMap, decoded: Span) -> Span {
        if !decoded.is_empty() {
            return map.span(decoded);
        }
        let content = self.content();
        let at = |start: usize, c: char| map.span(Span::new(index(start), index(start + c.len_utf8())));
        let from = (decoded.start as usize).min(content.len());
        let behind = content.get(from..).unwrap_or_default();
        if let Some((next, c)) = behind.char_indices().find(|(_, c)| !c.is_whitespace()) {
            return at(from + next, c);
        }
        let written = self.span().of(&self.tree.text);
        let is_closed = |quote| written.len() > 1 && written.starts_with(quote) && written.ends_with(quote);
        if is_closed('"') || is_closed('\'') {
            return Span::new(self.span().end - 1, self.span().end);
        }
        let last = content.char_indices().rfind(|(_, c)| !c.is_whitespace());
        last.map_or_else(|| map.span(decoded), |(start, c)| at(start, c))
    }

    /// The edit that makes `text` the content of a string, in the quotes it has where they can hold it.
    #[must_use]
    pub fn rewritten(self, text: &str) -> Edit {
        let quoted = serde_json::Value::from(text).to_string();
        let written = self.span().of(&self.tree.text);
        let text = match written.chars().next() {
            Some('\'') if !text.contains(|c: char| c == '\'' || c.is_control()) => format!("'{text}'"),
            Some('"' | '\'' | '|' | '>') => quoted,
            _ if self.tree.format == Format::Yaml && written_plain(text) => text.to_owned(),
            _ => quoted,
        };
        Edit { span: self.span(), text }
    }

    /// Whether it is written in single quotes, as YAML has them.
    #[must_use]
    pub fn is_single_quoted(self) -> bool {
        self.span().of(&self.tree.text).starts_with('\'')
    }

    /// As a `serde_json` value: holes and missing values as `null`, the last of duplicate members.
    #[must_use]
    pub fn to_value(self) -> serde_json::Value {
        use serde_json::Value;
        match self.kind() {
            Kind::Null | Kind::Hole | Kind::Missing => Value::Null,
            Kind::Bool => Value::Bool(self.as_bool().unwrap_or_default()),
            Kind::Number => self
                .as_i64()
                .map(Value::from)
                .or_else(|| self.as_f64().and_then(serde_json::Number::from_f64).map(Value::Number))
                .unwrap_or_default(),
            Kind::String => Value::from(self.content()),
            Kind::Array => self.items().map(Self::to_value).collect(),
            Kind::Object => Value::Object(
                self.members().map(|member| (member.name().to_owned(), member.value.to_value())).collect(),
            ),
        }
    }

    /// What it is, for a message: "a string", "an array".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self.kind() {
            Kind::Null => "null",
            Kind::Bool => "a boolean",
            Kind::Number => "a number",
            Kind::String => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
            Kind::Hole => "a placeholder",
            Kind::Missing => "nothing",
        }
    }
}

/// Whether a text can stand in YAML without quotes, in brackets too, and reads as nothing but a string.
pub(super) fn written_plain(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '$');
    let inner_blanks = |c: char| is_word(c) || c == ' ';
    text.starts_with(|c: char| c.is_alphabetic() || c == '$')
        && text.ends_with(is_word)
        && text.chars().all(inner_blanks)
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
        )
}

/// One step of [`Node::path`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'t> {
    /// Into the member of this name.
    Member(&'t str),
    /// Into the item of this number, from 0.
    Item(usize),
}

impl Step<'_> {
    /// These steps as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn pointer(path: &[Self]) -> String {
        let mut pointer = String::new();
        for step in path {
            pointer.push('/');
            match step {
                Step::Member(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
                Step::Item(i) => pointer.push_str(&i.to_string()),
            }
        }
        pointer
    }
}

fn number(text: &str) -> Option<f64> {
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        _ => return text.parse().ok().filter(|value: &f64| value.is_finite()),
    };
    digits.chars().try_fold(0.0, |value, digit| Some(value * f64::from(radix) + f64::from(digit.to_digit(radix)?)))
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.ix == other.ix
    }
}

impl Eq for Node<'_> {}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Kind::Array => f.debug_list().entries(self.items()).finish(),
            Kind::Object => f.debug_map().entries(self.members().map(|m| (m.key, m.value))).finish(),
            Kind::String => write!(f, "{:?}", self.content()),
            Kind::Missing => f.write_str("<missing>"),
            _ => f.write_str(self.content()),
        }
    }
}

/// Iterator of [`Node::members`].
#[derive(Clone, Debug)]
pub struct Members<'t> {
    tree: &'t Tree,
    ix: u32,
    left: u32,
}

impl<'t> Iterator for Members<'t> {
    type Item = Member<'t>;

    fn next(&mut self) -> Option<Member<'t>> {
        self.left = self.left.checked_sub(1)?;
        let key = self.tree.node(self.ix);
        let value = self.tree.node(self.ix + 1);
        self.ix = value.next();
        Some(Member { key, value })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Members<'_> {}

/// Iterator of [`Node::items`].
#[derive(Clone, Debug)]
pub struct Items<'t> {
    tree: &'t Tree,
    ix: u32,
    left: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        self.left = self.left.checked_sub(1)?;
        let item = self.tree.node(self.ix);
        self.ix = item.next();
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Items<'_> {}
