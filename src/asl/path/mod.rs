//! Turns the text of a JSONPath into a [`Path`]: a root and segments, each with its bytes.
//!
//! Parsing never fails: [`parse`] gives the segments up to the first error, and that error. The dialect is Jayway's, as
//! the service speaks it, and therefore the union of two of its ages. The service takes what only Jayway 1.x and 2.0
//! took (`[?(@.Name==Receipt)]` with a bare word, `[(@.length-1)]`, a backslash in a quoted name that stays a
//! backslash), and people write what only 2.1 and later take (`.length()`, `||`, `in`, escaped quotes). What either
//! accepts is no error here: a false alarm costs more than a miss. A `${…}` in a path is a hole of unknown content.

mod filter;
mod parser;
mod reference;

pub use filter::{Filter, Operand, OperandKind, Operator};
pub use reference::{Obstacle, Unfit};

use crate::text::Span;

/// A parsed path.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The path without blanks around it.
    pub span: Span,
    /// What the segments start from.
    pub root: Root,
    /// The text of the root: `$`, `$$`, `$name`, `@`.
    pub root_span: Span,
    /// The steps, in order.
    pub segments: Vec<Segment>,
}

/// What a path starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `$`: the document at hand.
    Document,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable; the name without `$`.
    Variable(String),
    /// `@`: the item a filter looks at; inside filters only.
    Item,
    /// `${…}`, or a text that does not start like a path: unknown.
    Unknown,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// The text of the step, its dot or brackets included.
    pub span: Span,
    /// What it selects.
    pub kind: SegmentKind,
}

/// What a step selects.
#[derive(Clone, Debug, PartialEq)]
pub enum SegmentKind {
    /// `.a`, `['a']`: one member.
    Member(Name),
    /// `['a', 'b']`: several members.
    Members(Vec<Name>),
    /// `[0]`, `[-1]`: one item. What the service runs finds nothing at a negative index; newer Jayway counts from the end.
    Index(i64),
    /// `[(@.length-1)]`: one item, counted from the end.
    CountedBack(u32),
    /// `[0, 2]`: several items.
    Indices(Vec<i64>),
    /// `[1:3]`: items from the first bound up to and without the second.
    Slice {
        /// The first index, counted from the end when negative.
        from: Option<i64>,
        /// The index behind the last.
        to: Option<i64>,
    },
    /// `.*`, `[*]`: every member or item.
    Wildcard,
    /// `..`: the steps behind it apply to the value and everything inside it.
    Descendants,
    /// `[?(…)]`: the items for which the filter holds.
    Filter(Box<Filter>),
    /// `.length()`: a function of what was selected so far. Before Jayway 2.1 this was a member of that very name.
    Function {
        /// The name without parentheses.
        name: Name,
        /// What stands between the parentheses.
        arguments: Vec<Operand>,
    },
    /// A step with a `${…}` in it.
    Hole,
}

/// A member's or a function's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text of the name, without quotes.
    pub span: Span,
    /// The name. A backslash stays, except before the quote that encloses the name.
    pub text: String,
    /// How the name was written.
    pub style: NameStyle,
}

/// How a name was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameStyle {
    /// `.name`
    Dotted,
    /// `['name']` or `["name"]`
    Quoted,
}

/// Why a text is not a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// The smallest part at fault.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

/// The functions that newer Jayway knows; they come last in a path.
pub const FUNCTIONS: [&str; 13] =
    ["append", "avg", "concat", "first", "index", "keys", "last", "length", "max", "min", "size", "stddev", "sum"];

/// Parses a path. Blanks around it do not count.
#[must_use]
pub fn parse(text: &str) -> (Path, Vec<PathError>) {
    parse_within(text, 0, text.len())
}

/// Parses the path in `text[start..end]`; spans count from the start of `text`.
pub(super) fn parse_within(text: &str, start: usize, end: usize) -> (Path, Vec<PathError>) {
    parser::parse(text, start, end)
}

/// The end of the path that starts at `start`, as an argument of a call: it stops before a `,` or `)` of its own level.
pub(super) fn extent(text: &str, start: usize) -> usize {
    parser::extent(text, start)
}

impl Path {
    /// Whether the path selects at most one value: members and single items only.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        let is_single = |kind: &SegmentKind| {
            matches!(kind, SegmentKind::Member(_) | SegmentKind::Index(_) | SegmentKind::CountedBack(_))
        };
        self.segments.iter().all(|segment| is_single(&segment.kind))
    }

    /// Whether a `${…}` leaves open what the path selects.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.root == Root::Unknown || self.segments.iter().any(|segment| segment.kind == SegmentKind::Hole)
    }

    /// The name of the variable the path reads, with its span.
    #[must_use]
    pub fn variable(&self) -> Option<(&str, Span)> {
        match &self.root {
            Root::Variable(name) => Some((name, Span::new(self.root_span.start + 1, self.root_span.end))),
            _ => None,
        }
    }
}

/// The span of `start..end`. A text longer than 4 GiB is refused long before it gets here.
pub(super) fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}

#[cfg(test)]
mod tests;
