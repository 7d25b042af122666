//! The storage behind [`Node`]: one flat list in document order.
//!
//! A value is one entry, a container's children follow it, and the container knows where they end. Against a tree of
//! boxes this halves the memory, parses about twice as fast, and cannot overflow the stack when a deep tree is dropped.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{Format, Kind, MAX_ERRORS, Node, SyntaxError};
use crate::text::Span;

/// A parsed text: its values, in one or (YAML) several documents, and its errors.
pub struct Tree {
    pub(super) text: Arc<str>,
    pub(super) format: Format,
    pub(super) raws: Vec<Raw>,
    /// Content of the strings that differ from their source.
    pub(super) decoded: String,
    /// Tags of nodes, by index, ascending.
    pub(super) tags: Vec<(u32, Box<str>)>,
    pub(super) roots: Vec<u32>,
    pub(super) errors: Vec<SyntaxError>,
    /// Where YAML had to be mended to be read: the text as it was read in the end, offsets unchanged.
    pub(super) mended: Option<String>,
    /// Column of the lines of YAML block scalars that do not show it, by the start of their span, ascending.
    pub(super) indents: Vec<(u32, u32)>,
    places: OnceLock<Vec<Place>>,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its container; `u32::MAX` for roots.
    pub(super) parent: u32,
    /// How many children of its container come before it, keys counted.
    pub(super) ordinal: u32,
}

/// One entry. `a` and `b` depend on the kind: the range of a scalar's content (in the source, or in `decoded`), or the
/// index behind a container's last child and the number of its children.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) kind: Kind,
    pub(super) flags: u8,
}

/// The content lies in `Tree::decoded`.
pub(super) const DECODED: u8 = 1;
/// The content holds a placeholder: [`has_hole`].
pub(super) const HOLE: u8 = 2;
/// Part of this container could not be read: what it lacks may be there.
pub(super) const INCOMPLETE: u8 = 4;
/// `Tree::tags` has an entry.
pub(super) const TAGGED: u8 = 8;
/// A copy made for a YAML alias or merge key: the span is the original's.
pub(super) const ALIASED: u8 = 16;
/// The key of a member.
pub(super) const KEY: u8 = 32;

impl Tree {
    pub(super) fn new(text: Arc<str>, format: Format) -> Self {
        Self {
            text,
            format,
            raws: Vec::new(),
            decoded: String::new(),
            tags: Vec::new(),
            roots: Vec::new(),
            errors: Vec::new(),
            mended: None,
            indents: Vec::new(),
            places: OnceLock::new(),
        }
    }

    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The syntax it was parsed as.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The value of the first document.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.node(self.roots.first().copied().unwrap_or(0))
    }

    /// The values of all documents; JSON has exactly one.
    pub fn roots(&self) -> impl ExactSizeIterator<Item = Node<'_>> {
        self.roots.iter().map(|&ix| self.node(ix))
    }

    /// What is wrong with the text, in source order; at most [`MAX_ERRORS`].
    #[must_use]
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// Number of values and keys.
    #[must_use]
    pub fn n_nodes(&self) -> usize {
        self.raws.len()
    }

    /// The value of this [`Node::index`]; the root for a number that no value has.
    #[must_use]
    pub fn node_at(&self, index: usize) -> Node<'_> {
        u32::try_from(index).ok().filter(|_| index < self.raws.len()).map_or_else(|| self.root(), |ix| self.node(ix))
    }

    pub(super) fn node(&self, ix: u32) -> Node<'_> {
        Node { tree: self, ix }
    }

    pub(super) fn raw(&self, ix: u32) -> &Raw {
        &self.raws[ix as usize]
    }

    /// Where each node stands; made at the first question, as only reports ask.
    pub(super) fn places(&self) -> &[Place] {
        self.places.get_or_init(|| {
            let mut places = Vec::with_capacity(self.raws.len());
            // Container, where it ends, children so far.
            let mut open: Vec<(u32, u32, u32)> = Vec::new();
            for (ix, raw) in self.raws.iter().enumerate() {
                let ix = index(ix);
                while open.last().is_some_and(|&(_, next, _)| next <= ix) {
                    open.pop();
                }
                places.push(open.last_mut().map_or(
                    Place { parent: u32::MAX, ordinal: 0 },
                    |(parent, _, n_children)| {
                        *n_children += 1;
                        Place { parent: *parent, ordinal: *n_children - 1 }
                    },
                ));
                if raw.kind.is_container() {
                    open.push((ix, raw.a, 0));
                }
            }
            places
        })
    }

    /// Ends a parse: errors in source order, spare memory given back where it is worth it.
    pub(super) fn finish(mut self) -> Self {
        self.errors.sort_by_key(|error| (error.span.start, error.span.end));
        if self.raws.capacity() > 2 * self.raws.len() {
            self.raws.shrink_to_fit();
        }
        self
    }

    pub(super) fn error(&mut self, error: SyntaxError) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.roots()).finish()
    }
}

impl Raw {
    pub(super) fn new(kind: Kind, span: Span) -> Self {
        Self { start: span.start, end: span.end, a: span.start, b: span.end, kind, flags: 0 }
    }
}

/// An offset or an index as stored: sources above 4 GiB are refused where they are read.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Whether a string holds a placeholder `${…}`; one that is not closed is text like any other.
pub(super) fn has_hole(text: &str) -> bool {
    text.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
}
