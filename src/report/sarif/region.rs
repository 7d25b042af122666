//! Turns spans into regions: lines and columns from 1, columns in UTF-16 units, all four numbers always there.

use crate::eval::Value;
use crate::eval::value::Members;
use crate::text::{Encoding, LineIndex, Span};

/// The longest text that goes with a region, in bytes: a token, never a file.
const MAX_SNIPPET: usize = 400;

pub(super) struct Regions<'s> {
    text: &'s str,
    lines: LineIndex,
}

impl<'s> Regions<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self { text, lines: LineIndex::new(text) }
    }

    pub(super) fn line_of(&self, at: u32) -> u32 {
        self.lines.position(self.text, at, Encoding::Utf16).line
    }

    pub(super) fn region(&self, span: Span) -> Members {
        let place = |at| {
            let place = self.lines.position(self.text, at, Encoding::Utf16);
            (Value::from(i64::from(place.line) + 1), Value::from(i64::from(place.column) + 1))
        };
        let ((start_line, start_column), (end_line, end_column)) = (place(span.start), place(span.end));
        let members = [
            ("startLine", start_line),
            ("startColumn", start_column),
            ("endLine", end_line),
            ("endColumn", end_column),
        ];
        members.map(|(key, value)| (key.into(), value)).into_iter().collect()
    }

    /// What stands in a region, or how it begins.
    pub(super) fn snippet(&self, span: Span) -> &'s str {
        let whole = span.of(self.text);
        let mut end = whole.len().min(MAX_SNIPPET);
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        whole.get(..end).unwrap_or_default()
    }
}
