//! Takes offsets of decoded text back to the text it was decoded from.
//!
//! A map is a list of pieces in decoded order. A *verbatim* piece was copied byte for byte; a *unit* piece is
//! something whose decoded form differs (an escape, a folded line break) and can be pointed at only as a whole.
//! Maps compose, so an expression inside a JSON string inside a YAML block scalar points at its own characters.

use super::Span;

/// A monotone map from decoded byte offsets to source byte offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextMap {
    pieces: Vec<Piece>,
    /// Decoded length.
    len: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    decoded: u32,
    source: Span,
    verbatim: bool,
}

impl TextMap {
    /// The map of a text that was copied unchanged from `source`.
    #[must_use]
    pub fn verbatim(source: Span) -> Self {
        let mut map = TextMapBuilder::new();
        map.verbatim(source);
        map.finish(source.start)
    }

    /// Length of the decoded text in bytes.
    #[must_use]
    pub fn decoded_len(&self) -> u32 {
        self.len
    }

    /// Where the decoded range `span` comes from. Empty spans stay empty where the source has such a point; a span
    /// that starts or ends inside a unit is widened to the whole unit; offsets past the end map to the end.
    #[must_use]
    pub fn span(&self, span: Span) -> Span {
        if span.is_empty() {
            return Span::empty(self.start_of(span.start));
        }
        Span::new(self.start_of(span.start), self.end_of(span.end))
    }

    /// The source offset at which the decoded offset begins.
    #[must_use]
    pub fn start_of(&self, decoded: u32) -> u32 {
        let Some(piece) = self.piece_at(decoded) else { return 0 };
        if decoded >= self.len && decoded > piece.decoded {
            return piece.source.end;
        }
        if piece.verbatim { piece.source.start + (decoded - piece.decoded) } else { piece.source.start }
    }

    /// The decoded offset of what stands at a source offset: inside a unit its start, outside of the map the nearest end.
    #[must_use]
    pub fn decoded_at(&self, source: u32) -> u32 {
        let after = self.pieces.partition_point(|piece| piece.source.start <= source);
        let Some(piece) = after.checked_sub(1).and_then(|at| self.pieces.get(at)) else { return 0 };
        let next = self.pieces.get(after).map_or(self.len, |next| next.decoded);
        if source >= piece.source.end {
            return next;
        }
        if piece.verbatim { (piece.decoded + (source - piece.source.start)).min(next) } else { piece.decoded }
    }

    /// The source offset at which what lies before the decoded offset ends.
    fn end_of(&self, decoded: u32) -> u32 {
        let decoded = decoded.min(self.len);
        let Some(piece) = self.piece_at(decoded.saturating_sub(1)) else { return 0 };
        if piece.verbatim {
            (piece.source.start + (decoded - piece.decoded)).min(piece.source.end)
        } else {
            piece.source.end
        }
    }

    fn piece_at(&self, decoded: u32) -> Option<Piece> {
        let after = self.pieces.partition_point(|piece| piece.decoded <= decoded);
        self.pieces.get(after.saturating_sub(1)).copied()
    }

    /// The map of a text decoded by `self` from a text that `outer` decoded in its turn.
    #[must_use]
    pub fn compose(&self, outer: &Self) -> Self {
        let mut map = TextMapBuilder::new();
        for (i, piece) in self.pieces.iter().enumerate() {
            let decoded_end = self.pieces.get(i + 1).map_or(self.len, |next| next.decoded);
            if !piece.verbatim {
                map.unit(decoded_end - piece.decoded, outer.span(piece.source));
                continue;
            }
            // A verbatim piece is cut where the outer map changes pieces.
            let mut at = piece.source.start;
            while at < piece.source.end {
                let after = outer.pieces.partition_point(|p| p.decoded <= at);
                let outer_end = outer.pieces.get(after).map_or(outer.len, |next| next.decoded);
                let end = outer_end.clamp(at + 1, piece.source.end.max(at + 1));
                let source = outer.span(Span::new(at, end));
                if outer.pieces.get(after.saturating_sub(1)).is_some_and(|p| p.verbatim) {
                    map.verbatim(source);
                } else {
                    map.unit(end - at, source);
                }
                at = end;
            }
        }
        map.finish(outer.start_of(self.start_of(0)))
    }
}

/// Builds a [`TextMap`] from left to right.
#[derive(Clone, Debug, Default)]
pub struct TextMapBuilder {
    pieces: Vec<Piece>,
    len: u32,
}

impl TextMapBuilder {
    /// Nothing mapped yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next `source.len()` decoded bytes are those of `source`.
    pub fn verbatim(&mut self, source: Span) {
        if source.is_empty() {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && last.verbatim
            && last.source.end == source.start
        {
            last.source.end = source.end;
        } else {
            self.pieces.push(Piece { decoded: self.len, source, verbatim: true });
        }
        self.len += source.len();
    }

    /// The next `decoded_len` decoded bytes stand for `source` as a whole.
    pub fn unit(&mut self, decoded_len: u32, source: Span) {
        if decoded_len == 0 {
            return;
        }
        self.pieces.push(Piece { decoded: self.len, source, verbatim: false });
        self.len += decoded_len;
    }

    /// The finished map. A text that decodes to nothing stands at `origin`.
    #[must_use]
    pub fn finish(mut self, origin: u32) -> TextMap {
        if self.pieces.is_empty() {
            self.pieces.push(Piece { decoded: 0, source: Span::empty(origin), verbatim: true });
        }
        TextMap { pieces: self.pieces, len: self.len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_go_back_too() {
        // `a\u0062c` in quotes: the middle is a unit.
        let mut map = TextMapBuilder::new();
        map.verbatim(Span::new(1, 2));
        map.unit(1, Span::new(2, 8));
        map.verbatim(Span::new(8, 9));
        let map = map.finish(1);
        let decoded: Vec<u32> = [0, 1, 2, 5, 8, 9, 12].into_iter().map(|at| map.decoded_at(at)).collect();
        assert_eq!(decoded, [0, 0, 1, 1, 2, 3, 3]);
        assert_eq!(TextMap::verbatim(Span::empty(4)).decoded_at(4), 0);
    }

    /// `a\u00e9b` inside quotes at 10: a → 11..12, é (2 bytes) → 12..18, b → 18..19.
    fn escaped() -> TextMap {
        let mut map = TextMapBuilder::new();
        map.verbatim(Span::new(11, 12));
        map.unit(2, Span::new(12, 18));
        map.verbatim(Span::new(18, 19));
        map.finish(11)
    }

    #[test]
    fn spans_of_units_are_whole() {
        let map = escaped();
        assert_eq!(map.span(Span::new(0, 1)), Span::new(11, 12));
        assert_eq!(map.span(Span::new(1, 3)), Span::new(12, 18));
        assert_eq!(map.span(Span::new(2, 3)), Span::new(12, 18));
        assert_eq!(map.span(Span::new(3, 4)), Span::new(18, 19));
        assert_eq!(map.span(Span::new(0, 4)), Span::new(11, 19));
        assert_eq!(map.span(Span::empty(4)), Span::empty(19));
        assert_eq!(map.span(Span::new(3, 99)), Span::new(18, 19));
    }

    #[test]
    fn empty_text_maps_to_its_place() {
        let outer = TextMap::verbatim(Span::new(100, 110));
        for map in [TextMap::verbatim(Span::empty(7)), TextMapBuilder::new().finish(7)] {
            for decoded in [Span::empty(0), Span::new(0, 3), Span::empty(3)] {
                assert_eq!(map.span(decoded), Span::empty(7), "{decoded:?}");
                assert_eq!(map.compose(&outer).span(decoded), Span::empty(107), "{decoded:?}");
            }
        }
    }

    #[test]
    fn composition_agrees_with_two_steps() {
        // The outer text holds 30 bytes: 0..15 verbatim from 100, 15..16 from an escape, the rest verbatim.
        let mut outer = TextMapBuilder::new();
        outer.verbatim(Span::new(100, 115));
        outer.unit(1, Span::new(115, 121));
        outer.verbatim(Span::new(121, 135));
        let outer = outer.finish(100);
        let inner = escaped();
        let both = inner.compose(&outer);
        for start in 0..4 {
            for end in start..=4 {
                let span = Span::new(start, end);
                assert_eq!(both.span(span), outer.span(inner.span(span)), "{span:?}");
            }
        }
    }
}
