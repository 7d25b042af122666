//! Turns a [`Path`] into the verdict whether it may stand where a place in a document is named, not searched for.
//!
//! A Reference Path names exactly one place: the service wants one in `ItemsPath`, in a Choice rule's `Variable` and
//! operands, and, from the document alone, in `ResultPath`.

use super::{NameStyle, Path, Root, SegmentKind, span};
use crate::text::Span;

/// The part of a path that keeps it from being a Reference Path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Where.
    pub span: Span,
    /// What.
    pub obstacle: Obstacle,
}

/// Why a path does not name one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// `$$`: the context object cannot be written to.
    Context,
    /// `$name`: a variable is written by `Assign` only.
    Variable,
    /// `..`
    Descendants,
    /// `*`
    Wildcard,
    /// `[?(…)]`
    Filter,
    /// `[1:3]`
    Slice,
    /// `['a', 'b']` or `[0, 1]`
    Several,
    /// `[-1]`, `[(@.length-1)]`: which item it names depends on the length.
    FromEnd,
    /// `.length()`
    Function,
    /// One of `@ , : ? *` in a name without quotes.
    Operator(char),
}

impl Path {
    /// Whether the path names one place of the document, the context object or a variable, and if not, what is the first
    /// thing in the way. Holes are in nobody's way.
    ///
    /// # Errors
    /// The first part that selects anything but one member or one item counted from the start.
    pub fn reference(&self) -> Result<(), Unfit> {
        self.segments.iter().try_for_each(|segment| {
            let obstacle = match &segment.kind {
                SegmentKind::Member(name) if name.style == NameStyle::Dotted => {
                    return match name.text.char_indices().find(|(_, c)| matches!(c, '@' | ',' | ':' | '?' | '*')) {
                        None => Ok(()),
                        Some((at, c)) => {
                            let start = name.span.start as usize + at;
                            Err(Unfit { span: span(start, start + 1), obstacle: Obstacle::Operator(c) })
                        }
                    };
                }
                SegmentKind::Index(0..) | SegmentKind::Member(_) | SegmentKind::Hole => return Ok(()),
                SegmentKind::Index(_) | SegmentKind::CountedBack(_) => Obstacle::FromEnd,
                SegmentKind::Members(_) | SegmentKind::Indices(_) => Obstacle::Several,
                SegmentKind::Slice { .. } => Obstacle::Slice,
                SegmentKind::Wildcard => Obstacle::Wildcard,
                SegmentKind::Descendants => Obstacle::Descendants,
                SegmentKind::Filter(_) => Obstacle::Filter,
                SegmentKind::Function { .. } => Obstacle::Function,
            };
            Err(Unfit { span: segment.span, obstacle })
        })
    }

    /// As [`reference`](Self::reference), and of the document alone: what `ResultPath` takes.
    ///
    /// # Errors
    /// A root other than `$`, or what `reference` finds.
    pub fn writable(&self) -> Result<(), Unfit> {
        let at_root = |obstacle| Err(Unfit { span: self.root_span, obstacle });
        match self.root {
            Root::Context => at_root(Obstacle::Context),
            Root::Variable(_) => at_root(Obstacle::Variable),
            Root::Document | Root::Item | Root::Unknown => self.reference(),
        }
    }

    /// Whether [`reference`](Self::reference) finds nothing in the way.
    #[must_use]
    pub fn is_reference_path(&self) -> bool {
        self.reference().is_ok()
    }
}
