//! Turns a line of words into lines that fit the terminal.

use super::excerpt::{columns, fit};

/// The lines of `text`, the first `first` columns wide and the others `rest`, broken at blanks where there are any. A word
/// that is too long for a line has one of its own.
pub(super) fn wrap(text: &str, first: usize, rest: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut left = text;
    loop {
        let width = if lines.is_empty() { first } else { rest };
        let n = fit(left.chars(), width);
        if n == left.len() {
            lines.push(left);
            return lines;
        }
        // The blank behind the last word may stand where the line ends.
        let end = (n + 1).min(left.len());
        let end = (end..=left.len()).find(|&end| left.is_char_boundary(end)).unwrap_or(left.len());
        let at = left[..end].rfind(' ').filter(|&at| at > 0).or_else(|| left[n..].find(' ').map(|at| n + at));
        let Some(at) = at else {
            lines.push(left);
            return lines;
        };
        lines.push(left[..at].trim_end());
        left = left[at..].trim_start();
        if left.is_empty() {
            return lines;
        }
    }
}

/// Whether a text fits into `width` columns.
pub(super) fn fits(text: &str, width: usize) -> bool {
    columns(text) <= width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks() {
        for (text, first, rest, expected) in [
            ("", 10, 10, &[""][..]),
            ("one two three", 13, 10, &["one two three"]),
            ("one two three", 12, 10, &["one two", "three"]),
            ("one two three", 7, 5, &["one two", "three"]),
            ("one two three", 3, 5, &["one", "two", "three"]),
            ("a-word-that-is-long is alone", 8, 8, &["a-word-that-is-long", "is alone"]),
            ("is a-word-that-is-long", 8, 8, &["is", "a-word-that-is-long"]),
            ("状態 の 名前", 5, 5, &["状態", "の", "名前"]),
            ("é é é", 3, 3, &["é é", "é"]),
            ("one  two", 4, 4, &["one", "two"]),
            (" one", 2, 2, &[" one"]),
        ] {
            assert_eq!(wrap(text, first, rest), expected, "{text} {first} {rest}");
        }
    }
}
