//! Turns the operand of `StringMatches` into what it stands for.
//!
//! `*` stands for any text, and `\*` and `\\` for `*` and `\`. No other character means anything but itself (States
//! Language specification, "Choice state").

use super::path::span;
use crate::text::Span;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The texts between the wildcards, escapes resolved: one more than there are wildcards.
    pub texts: Vec<String>,
    /// The backslashes that begin no escape; they are part of the texts. "If an open escape backslash is found, the
    /// interpreter will throw a runtime error."
    pub open_escapes: Vec<Span>,
}

impl Pattern {
    /// Whether it describes a text, as a whole.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let [first, rest @ ..] = self.texts.as_slice() else { return false };
        let Some((last, middle)) = rest.split_last() else { return text == first };
        let Some(inner) = text.strip_prefix(&**first).and_then(|inner| inner.strip_suffix(&**last)) else {
            return false;
        };
        // The first place for each text leaves the most to those behind it.
        let mut open = inner;
        middle.iter().all(|part| {
            let found = open.find(&**part);
            open = found.map_or("", |at| &open[at + part.len()..]);
            found.is_some()
        })
    }
}

/// Reads a pattern.
#[must_use]
pub fn pattern(text: &str) -> Pattern {
    let mut texts = Vec::new();
    let mut open_escapes = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut last = String::new();
    while let Some((at, c)) = chars.next() {
        match (c, chars.peek()) {
            ('*', _) => texts.push(std::mem::take(&mut last)),
            ('\\', Some(&(_, escaped @ ('*' | '\\')))) => {
                chars.next();
                last.push(escaped);
            }
            _ => {
                if c == '\\' {
                    open_escapes.push(span(at, at + 1));
                }
                last.push(c);
            }
        }
    }
    texts.push(last);
    Pattern { texts, open_escapes }
}

/// The first part of a pattern that can hardly be meant as text, but as a regular expression or another kind of pattern.
#[must_use]
pub fn foreign_sign(text: &str) -> Option<Span> {
    let from = |start: usize, length: usize| Some(span(start, start + length));
    if text.len() > 1 && text.starts_with('^') {
        return from(0, 1);
    }
    if text.starts_with(".*") {
        return from(0, 2);
    }
    if text.ends_with(".*$") {
        return from(text.len() - 3, 3);
    }
    text.match_indices(['[', '(', '{']).find_map(|(open, bracket)| {
        let inner = &text[open + 1..];
        let (close, is_sign): (char, fn(&str) -> bool) = match bracket {
            "[" => (']', has_range),
            "(" => (')', |inner| inner.contains('|')),
            _ => ('}', is_list),
        };
        let end = inner.find(['[', ']', '(', ')', '{', '}'])?;
        (inner[end..].starts_with(close) && is_sign(&inner[..end])).then(|| span(open, open + end + 2))
    })
}

/// `a-z`, `A-Z0-9`
fn has_range(inner: &str) -> bool {
    let is_range =
        |of: fn(&u8) -> bool, ends: &[u8]| ends[1] == b'-' && of(&ends[0]) && of(&ends[2]) && ends[0] < ends[2];
    inner.as_bytes().windows(3).any(|ends| {
        [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit].into_iter().any(|of| is_range(of, ends))
    })
}

/// `jpg,png`
fn is_list(inner: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    inner.contains(',') && inner.split(',').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_star_is_special() {
        for (text, texts) in [
            ("", vec![""]),
            ("*", vec!["", ""]),
            ("log-*.txt", vec!["log-", ".txt"]),
            ("a?[b]", vec!["a?[b]"]),
            (r"a\*b", vec!["a*b"]),
            (r"a\\*", vec![r"a\", ""]),
            (r"\\\*ü*", vec![r"\*ü", ""]),
        ] {
            let expected = texts.into_iter().map(str::to_owned).collect();
            assert_eq!(pattern(text), Pattern { texts: expected, open_escapes: Vec::new() }, "{text}");
        }
    }

    #[test]
    fn a_backslash_before_anything_else_is_open() {
        for (text, open) in [
            (r"a\", vec![span(1, 2)]),
            (r"ü\d\d*", vec![span(2, 3), span(4, 5)]),
            (r"\\\", vec![span(2, 3)]),
            (r"\*\", vec![span(2, 3)]),
        ] {
            assert_eq!(pattern(text).open_escapes, open, "{text}");
        }
    }

    #[test]
    fn signs_of_other_kinds_of_pattern_are_found_and_texts_left_alone() {
        for (text, sign) in [
            ("^foo*", Some("^")),
            (".*", Some(".*")),
            (".*-done", Some(".*")),
            ("foo.*$", Some(".*$")),
            ("img-[0-9]*", Some("[0-9]")),
            ("[a-zA-Z_]*", Some("[a-zA-Z_]")),
            ("(foo|bar)*", Some("(foo|bar)")),
            ("*.{jpg,png}", Some("{jpg,png}")),
            ("report.*", None),
            ("^", None),
            ("[ERROR]*", None),
            ("[a]-[b]*", None),
            ("[9-0]*", None),
            ("*{\"a\": 1, \"b\": 2}*", None),
            ("f(x)*", None),
            ("what?*", None),
            ("a|b", None),
            ("[", None),
            ("", None),
        ] {
            assert_eq!(foreign_sign(text).map(|span| span.of(text)), sign, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_pattern(text in "[*\\\\^.$()\\[\\]{}|a-c1-3,ß-]{0,24}") {
            let pattern = pattern(&text);
            proptest::prop_assert!(!pattern.texts.is_empty());
            for span in pattern.open_escapes.into_iter().chain(foreign_sign(&text)) {
                proptest::prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text}");
            }
        }
    }
}
