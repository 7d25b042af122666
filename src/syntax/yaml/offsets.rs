//! Character numbers → byte offsets.
//!
//! The events count characters. They come almost in order, so a cursor that walks from the last answer to the next one
//! is linear over a parse; a text that is ASCII needs no walk at all.

/// A cursor in a text.
#[derive(Debug)]
pub(super) struct Offsets<'s> {
    bytes: &'s [u8],
    ascii: bool,
    character: usize,
    byte: usize,
}

impl<'s> Offsets<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self { bytes: text.as_bytes(), ascii: text.is_ascii(), character: 0, byte: 0 }
    }

    /// Where the character of number `character` starts; the end of the text for those past it.
    #[inline]
    pub(super) fn byte(&mut self, character: usize) -> usize {
        if self.ascii {
            return character.min(self.bytes.len());
        }
        self.walk(character)
    }

    fn walk(&mut self, character: usize) -> usize {
        while self.character < character && self.byte < self.bytes.len() {
            self.byte += 1;
            while self.byte < self.bytes.len() && is_continuation(self.bytes[self.byte]) {
                self.byte += 1;
            }
            self.character += 1;
        }
        while self.character > character {
            self.byte -= 1;
            while is_continuation(self.bytes[self.byte]) {
                self.byte -= 1;
            }
            self.character -= 1;
        }
        self.byte
    }
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forth_and_back() {
        let text = "a\u{e9}\u{20ac}\u{1f600}b";
        let mut offsets = Offsets::new(text);
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len(), text.len()]).collect();
        for order in [vec![0, 1, 2, 3, 4, 5, 6], vec![6, 5, 4, 3, 2, 1, 0], vec![4, 1, 5, 0, 3]] {
            for character in order {
                assert_eq!(offsets.byte(character), starts[character], "{character}");
            }
        }
    }
}
