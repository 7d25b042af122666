//! Byte offsets ⇄ lines and columns.

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: the default of the language server protocol, and what SARIF readers expect.
    Utf16,
    /// Unicode scalar values: what our own reports count.
    Scalar,
}

/// A place in a text, line and column counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 0.
    pub line: u32,
    /// Column in the chosen [`Encoding`], from 0.
    pub column: u32,
}

/// Where each line of one text starts. A line ends with `\n`, `\r\n` or a lone `\r`, as editors count.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// Offsets of line starts; the first is 0.
    starts: Vec<u32>,
    /// Every character that is not ASCII, so that a column costs no walk along a line of a megabyte.
    wide: Vec<Wide>,
    len: u32,
}

/// A character that is not ASCII, and what all of them up to it take beyond one unit each.
#[derive(Clone, Copy, Debug)]
struct Wide {
    start: u32,
    more_bytes: u32,
    more_units: u32,
}

impl LineIndex {
    /// Scans `text` once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(offset(at + 1));
        }
        let mut wide: Vec<Wide> = Vec::new();
        if !text.is_ascii() {
            for (at, character) in text.char_indices().filter(|(_, character)| !character.is_ascii()) {
                let (more_bytes, more_units) = wide.last().map_or((0, 0), |last| (last.more_bytes, last.more_units));
                wide.push(Wide {
                    start: offset(at),
                    more_bytes: more_bytes + char_width(character, Encoding::Utf8) - 1,
                    more_units: more_units + char_width(character, Encoding::Utf16) - 1,
                });
            }
        }
        Self { starts, wide, len: offset(bytes.len()) }
    }

    /// Number of lines; a text that ends with a line break has an empty last line.
    #[must_use]
    pub fn n_lines(&self) -> u32 {
        offset(self.starts.len())
    }

    /// Offset at which `line` starts; the end of the text for lines past the last.
    #[must_use]
    pub fn line_start(&self, line: u32) -> u32 {
        self.starts.get(line as usize).copied().unwrap_or(self.len)
    }

    /// Offset at which the content of `line` ends, its line break left out.
    #[must_use]
    pub fn line_end(&self, text: &str, line: u32) -> u32 {
        let start = self.line_start(line);
        let end = self.line_start(line + 1);
        let content = text.get(start as usize..end as usize).unwrap_or_default();
        start + offset(content.trim_end_matches(['\n', '\r']).len())
    }

    /// Line and column of a byte offset. `text` is the text the index was made from; an offset inside a character counts
    /// as that character's start, one past the end as the end.
    #[must_use]
    pub fn position(&self, text: &str, at: u32, encoding: Encoding) -> Position {
        let mut at = at.min(self.len) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.line_of(offset(at));
        let start = self.line_start(line);
        let bytes = offset(at) - start;
        let (more_bytes, more_units) = self.more(start, offset(at));
        let column = match encoding {
            Encoding::Utf8 => bytes,
            Encoding::Utf16 => bytes - more_bytes + more_units,
            Encoding::Scalar => bytes - more_bytes,
        };
        Position { line, column }
    }

    /// What the characters in a range take beyond one unit each: in bytes, and in UTF-16.
    fn more(&self, start: u32, end: u32) -> (u32, u32) {
        let up_to = |at: u32| {
            let before = self.wide.partition_point(|wide| wide.start < at);
            before.checked_sub(1).map_or((0, 0), |last| (self.wide[last].more_bytes, self.wide[last].more_units))
        };
        let ((bytes_before, units_before), (bytes, units)) = (up_to(start), up_to(end));
        (bytes - bytes_before, units - units_before)
    }

    /// The line a byte lies on; its line break belongs to it.
    #[must_use]
    pub fn line_of(&self, at: u32) -> u32 {
        offset(self.starts.partition_point(|&start| start <= at).saturating_sub(1))
    }

    /// Byte offset of a position. A column past the end of its line is the line's end, as the language server protocol
    /// has it; a column inside a character is that character's start.
    #[must_use]
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> u32 {
        if position.line >= self.n_lines() {
            return self.len;
        }
        let start = self.line_start(position.line);
        let end = self.line_end(text, position.line);
        let line = text.get(start as usize..end as usize).unwrap_or_default();
        let mut column = 0;
        for (at, character) in line.char_indices() {
            let next = column + char_width(character, encoding);
            if next > position.column {
                return start + offset(at);
            }
            column = next;
        }
        end
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn char_width(character: char, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Utf8 => offset(character.len_utf8()),
        Encoding::Utf16 => offset(character.len_utf16()),
        Encoding::Scalar => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\r\né😀x\rb\n";

    #[test]
    fn columns_in_three_encodings() {
        let index = LineIndex::new(TEXT);
        assert_eq!(index.n_lines(), 4);
        let x = u32::try_from(TEXT.find('x').unwrap()).unwrap();
        for (encoding, column) in [(Encoding::Utf8, 6), (Encoding::Utf16, 3), (Encoding::Scalar, 2)] {
            assert_eq!(index.position(TEXT, x, encoding), Position { line: 1, column });
            assert_eq!(index.offset(TEXT, Position { line: 1, column }, encoding), x);
        }
    }

    #[test]
    fn out_of_range_is_clamped() {
        let index = LineIndex::new(TEXT);
        let end = u32::try_from(TEXT.len()).unwrap();
        assert_eq!(index.position(TEXT, 999, Encoding::Utf8), Position { line: 3, column: 0 });
        assert_eq!(index.offset(TEXT, Position { line: 9, column: 0 }, Encoding::Utf8), end);
        assert_eq!(index.offset(TEXT, Position { line: 0, column: 99 }, Encoding::Utf16), 1);
        // Inside the surrogate pair of the emoji: its start.
        assert_eq!(index.offset(TEXT, Position { line: 1, column: 2 }, Encoding::Utf16), 5);
    }

    #[test]
    fn every_boundary_survives_a_round_trip() {
        for text in [TEXT, "", "\n", "\u{feff}{\r\n}", "no break"] {
            let index = LineIndex::new(text);
            for (at, character) in text.char_indices() {
                if character == '\n' || character == '\r' {
                    continue;
                }
                for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Scalar] {
                    let position = index.position(text, offset(at), encoding);
                    assert_eq!(index.offset(text, position, encoding), offset(at), "{text:?} {at}");
                }
            }
        }
    }
}
