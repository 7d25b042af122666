//! Events → the offsets at which their nodes start.
//!
//! The events of some point elsewhere: that of a block scalar at its first line, that of a list which is not indented
//! behind its first `-`, that of a node with an anchor or a tag at these, that of a scalar which is not there at whatever
//! comes next. From the last token to the start there are only blanks, comments and indicators.

use saphyr_parser::{Span as Marks, Tag};

use super::{Reader, core};

/// Where a node starts, and the tag in front of it if it is one to keep.
pub(super) struct Start<'s> {
    pub(super) at: usize,
    pub(super) tag: Option<&'s str>,
}

impl<'s> Reader<'s> {
    /// Moves over an anchor and a tag to the node behind them; where there is none, only over them.
    pub(super) fn behind_properties(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        missing: bool,
        marks: Marks,
    ) -> Start<'s> {
        let mut at = self.offsets.byte(marks.start.index());
        let mut kept = None;
        let n = usize::from(anchor > 0) + usize::from(tag.is_some());
        for _ in 0..n {
            at = self.skip_blanks(at);
            let end = self.property_end(at);
            if self.read.as_bytes().get(at) == Some(&b'!') {
                kept = self.text.get(at..end);
            }
            at = end;
        }
        self.behind = at;
        if !missing {
            at = self.skip_blanks(at);
        }
        Start { at, tag: kept.filter(|_| tag.is_some_and(|tag| core(tag).is_none())) }
    }

    fn property_end(&self, at: usize) -> usize {
        let rest = &self.read.as_bytes()[at..];
        let end = if rest.starts_with(b"!<") {
            memchr::memchr(b'>', rest).map(|end| end + 1)
        } else {
            rest.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}'))
        };
        at + end.unwrap_or(rest.len())
    }

    /// Behind blanks, line breaks and comments.
    pub(super) fn skip_blanks(&self, mut at: usize) -> usize {
        let bytes = self.read.as_bytes();
        loop {
            match bytes.get(at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
                Some(b'#') => at += memchr::memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at),
                _ => return at,
            }
        }
    }

    /// The first byte wanted behind the last token; between them lie indicators at most.
    pub(super) fn skip_to(&self, wanted: fn(u8) -> bool) -> usize {
        let bytes = self.read.as_bytes();
        let mut at = self.behind;
        loop {
            at = self.skip_blanks(at);
            match bytes.get(at) {
                None => return self.behind,
                Some(&byte) if wanted(byte) => return at,
                Some(b':' | b'?' | b'-' | b'.' | b',') => at += 1,
                Some(0xef) if self.read[at..].starts_with('\u{feff}') => at += 3,
                Some(b'%') => at += memchr::memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at),
                Some(_) => return self.behind,
            }
        }
    }

    /// Where a scalar that is not there would stand: behind its indicator, or else the last token.
    pub(super) fn missing_at(&self) -> usize {
        let bytes = self.read.as_bytes();
        let at = self.skip_blanks(self.behind);
        let indicator = matches!(bytes.get(at), Some(b':' | b'-' | b'?'))
            && bytes.get(at + 1).is_none_or(|byte| !byte.is_ascii_graphic() || matches!(byte, b',' | b']' | b'}'));
        if indicator { at + 1 } else { self.behind }
    }
}
