//! A string of a state machine into the expression it holds, or nearly holds.
//!
//! The service takes a string for an expression if it starts with `{%` and ends with `%}`, to the character. Whatever else
//! looks like one is a literal string to it, and most likely a mistake.

use crate::text::Span;

/// What a string is to a state whose query language is JSONata. Spans are offsets into the string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimited {
    /// A literal string.
    Literal,
    /// An expression.
    Expression {
        /// Between the delimiters.
        inner: Span,
    },
    /// A literal string: an expression but for blanks outside the delimiters.
    Padded {
        /// Between the delimiters.
        inner: Span,
        /// Blanks before `{%`.
        before: Span,
        /// Blanks behind `%}`.
        behind: Span,
    },
    /// A literal string: it starts with `{%` and `%}` is missing.
    Unclosed {
        /// The `{%`.
        open: Span,
    },
    /// A literal string: it ends with `%}` and `{%` is missing.
    Unopened {
        /// The `%}`.
        close: Span,
    },
    /// A literal string: other text stands around `{% … %}`, which is not filled in.
    Embedded {
        /// From the first `{%` to the next `%}`, with both.
        outer: Span,
    },
}

/// Classifies a decoded string.
#[must_use]
pub fn expression_in(string: &str) -> Delimited {
    let end = offset(string.len());
    let start = offset(string.len() - string.trim_start().len());
    let trimmed = string.trim();
    let stop = start + offset(trimmed.len());
    if trimmed.len() >= 4 && trimmed.starts_with("{%") && trimmed.ends_with("%}") {
        let inner = Span::new(start + 2, stop - 2);
        return if trimmed.len() == string.len() {
            Delimited::Expression { inner }
        } else {
            Delimited::Padded { inner, before: Span::new(0, start), behind: Span::new(stop, end) }
        };
    }
    let open = trimmed.find("{%");
    if let Some(open) = open
        && let Some(length) = trimmed[open + 2..].find("%}")
    {
        let outer = Span::new(offset(open), offset(open + length + 4)).shifted(start);
        return Delimited::Embedded { outer };
    }
    if open == Some(0) {
        Delimited::Unclosed { open: Span::new(start, start + 2) }
    } else if trimmed.ends_with("%}") {
        Delimited::Unopened { close: Span::new(stop - 2, stop) }
    } else {
        Delimited::Literal
    }
}

/// Strings are parts of a source, and those are refused above 4 GiB where they are read.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_expressions_to_the_character() {
        let span = Span::new;
        let padded = |inner, before, behind| Delimited::Padded { inner, before, behind };
        for (string, expected) in [
            ("", Delimited::Literal),
            ("plain", Delimited::Literal),
            ("{% $x %}", Delimited::Expression { inner: span(2, 6) }),
            ("{%%}", Delimited::Expression { inner: span(2, 2) }),
            ("{%\n$x\n%}", Delimited::Expression { inner: span(2, 6) }),
            ("{% 'a %} {% b' %}", Delimited::Expression { inner: span(2, 15) }),
            (" {%$x%}", padded(span(3, 5), span(0, 1), span(7, 7))),
            ("{%$x%}\n ", padded(span(2, 4), span(0, 0), span(6, 8))),
            ("\u{a0}{%é%}", padded(span(4, 6), span(0, 2), span(8, 8))),
            ("{% $x", Delimited::Unclosed { open: span(0, 2) }),
            (" {% $x }", Delimited::Unclosed { open: span(1, 3) }),
            ("{%}", Delimited::Unclosed { open: span(0, 2) }),
            ("$x %}", Delimited::Unopened { close: span(3, 5) }),
            ("{ $x %} ", Delimited::Unopened { close: span(5, 7) }),
            ("Hello {% $x %}", Delimited::Embedded { outer: span(6, 14) }),
            (" {% $x %}!", Delimited::Embedded { outer: span(1, 9) }),
            ("a {% b", Delimited::Literal),
            ("50 %} of it", Delimited::Literal),
        ] {
            assert_eq!(expression_in(string), expected, "{string:?}");
        }
    }
}
