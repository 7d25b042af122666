//! Turns what stands in `[?(…)]` into a [`Filter`].
//!
//! `||` binds weaker than `&&`, that weaker than `!`; word operators are read in any case, as Jayway does.

use super::parser::{Parsed, Parser, Place, ends_operand};
use super::{Path, span};
use crate::text::Span;

/// A condition on an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// `a || b`: at least two.
    Or(Vec<Filter>),
    /// `a && b`: at least two.
    And(Vec<Filter>),
    /// `!a`
    Not(Box<Filter>),
    /// `@.a`: the path selects something.
    Exists(Path),
    /// `@.a == 1`
    Compare {
        /// The left side.
        left: Operand,
        /// What relates them.
        operator: Operator,
        /// Its text.
        operator_span: Span,
        /// The right side.
        right: Operand,
    },
}

/// A side of a comparison, or an argument of a path function.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// Its text, quotes included.
    pub span: Span,
    /// The same, as text.
    pub raw: String,
    /// What it is.
    pub kind: OperandKind,
}

/// The kinds of operand.
#[derive(Clone, Debug, PartialEq)]
pub enum OperandKind {
    /// `@.a`, `$.b`
    Path(Path),
    /// `'text'`, `"text"`
    String(String),
    /// `1`, `-2.5e3`
    Number(f64),
    /// `true`, `false`
    Boolean(bool),
    /// `null`
    Null,
    /// `/pattern/flags`
    Regex {
        /// Between the slashes, as written.
        pattern: String,
        /// Behind them.
        flags: String,
    },
    /// `[1, 2]`, `{"a": 1}`: JSON, as written.
    Json(String),
    /// Anything else: older Jayway compares it as a string.
    Word(String),
}

/// What relates two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `===`: equal, and of the same type.
    Identical,
    /// `!==`
    NotIdentical,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `=~`: the right side is a pattern.
    Matches,
    /// `in`
    In,
    /// `nin`
    NotIn,
    /// `contains`
    Contains,
    /// `all`
    All,
    /// `size`
    Size,
    /// `exists`
    Exists,
    /// `type`
    Type,
    /// `empty`
    Empty,
    /// `subsetof`
    SubsetOf,
    /// `anyof`
    AnyOf,
    /// `noneof`
    NoneOf,
}

const SYMBOLS: [(&str, Operator); 9] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("===", Operator::Identical),
    ("!==", Operator::NotIdentical),
    ("<", Operator::Less),
    ("<=", Operator::LessEqual),
    (">", Operator::Greater),
    (">=", Operator::GreaterEqual),
    ("=~", Operator::Matches),
];

const WORDS: [(&str, Operator); 12] = [
    ("in", Operator::In),
    ("nin", Operator::NotIn),
    ("contains", Operator::Contains),
    ("all", Operator::All),
    ("size", Operator::Size),
    ("exists", Operator::Exists),
    ("type", Operator::Type),
    ("matches", Operator::Matches),
    ("empty", Operator::Empty),
    ("subsetof", Operator::SubsetOf),
    ("anyof", Operator::AnyOf),
    ("noneof", Operator::NoneOf),
];

/// What ends a bare word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// On the left: a blank or an operator.
    Left,
    /// On the right: what closes the condition; it may hold blanks.
    Right,
    /// In an argument list: a comma, too.
    Argument,
}

impl Parser<'_> {
    /// `?(…)`
    pub(super) fn filter(&mut self) -> Parsed<Filter> {
        let question = self.at;
        self.at += 1;
        self.skip_blanks();
        if self.peek() != Some(b'(') {
            return Self::fail(question, question + 1, "a filter stands in parentheses: `?(…)`");
        }
        self.group()
    }

    /// `(…)`
    fn group(&mut self) -> Parsed<Filter> {
        let open = self.at;
        self.at += 1;
        let filter = self.nested(Self::or)?;
        self.skip_blanks();
        match self.peek() {
            Some(b')') => self.at += 1,
            None => return Self::fail(open, open + 1, "this `(` is never closed"),
            Some(_) => return self.unexpected(),
        }
        Ok(filter)
    }

    fn or(&mut self) -> Parsed<Filter> {
        self.joined("||", Self::and, Filter::Or)
    }

    fn and(&mut self) -> Parsed<Filter> {
        self.joined("&&", Self::not, Filter::And)
    }

    fn joined(
        &mut self,
        token: &str,
        read: impl Fn(&mut Self) -> Parsed<Filter>,
        join: impl Fn(Vec<Filter>) -> Filter,
    ) -> Parsed<Filter> {
        let first = read(self)?;
        let mut all = vec![first];
        loop {
            self.skip_blanks();
            if !self.starts_with(token) {
                break;
            }
            self.at += token.len();
            all.push(read(self)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { join(all) })
    }

    fn not(&mut self) -> Parsed<Filter> {
        self.skip_blanks();
        match self.peek() {
            Some(b'!') => {
                self.at += 1;
                Ok(Filter::Not(Box::new(self.nested(Self::not)?)))
            }
            Some(b'(') => self.group(),
            _ => self.relation(),
        }
    }

    fn relation(&mut self) -> Parsed<Filter> {
        let left = self.operand(Word::Left)?;
        self.skip_blanks();
        if matches!(self.peek(), None | Some(b')' | b'&' | b'|')) {
            return match left.kind {
                OperandKind::Path(path) => Ok(Filter::Exists(path)),
                _ => Self::fail(left.span.start as usize, left.span.end as usize, "this is compared with nothing"),
            };
        }
        let (operator, operator_span) = self.operator()?;
        self.skip_blanks();
        let right = self.operand(Word::Right)?;
        Ok(Filter::Compare { left, operator, operator_span, right })
    }

    fn operator(&mut self) -> Parsed<(Operator, Span)> {
        let start = self.at;
        let is_symbol = |byte: u8| b"=!<>~".contains(&byte);
        let symbolic = self.peek().is_some_and(is_symbol);
        while self.peek().is_some_and(|byte| if symbolic { is_symbol(byte) } else { byte.is_ascii_alphabetic() }) {
            self.at += 1;
        }
        let token = self.text(start, self.at);
        if token.is_empty() {
            return self.unexpected();
        }
        let known: &[(&str, Operator)] = if symbolic { &SYMBOLS } else { &WORDS };
        match known.iter().find(|(text, _)| text.eq_ignore_ascii_case(token)) {
            Some(&(_, operator)) => Ok((operator, span(start, self.at))),
            None => Self::fail(start, self.at, format!("`{token}` is not an operator of a filter")),
        }
    }

    fn unexpected<T>(&self) -> Parsed<T> {
        let (start, rest) = (self.at, self.starting_here());
        let end = start + rest.chars().next().map_or(0, char::len_utf8);
        Self::fail(start, end, format!("`{}` is not expected here", self.text(start, end)))
    }

    pub(super) fn argument(&mut self) -> Parsed<Operand> {
        self.operand(Word::Argument)
    }

    fn operand(&mut self, word: Word) -> Parsed<Operand> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'@' | b'$') => self.nested(|parser| match parser.path(Place::Operand) {
                (path, None) => Ok(OperandKind::Path(path)),
                (_, Some(error)) => Err(error),
            })?,
            Some(quote @ (b'\'' | b'"')) => {
                let text = self.delimited(quote, "this quote is never closed")?;
                OperandKind::String(unescape(text, char::from(quote)))
            }
            Some(b'/') => {
                let pattern = self.delimited(b'/', "this pattern is never closed")?.to_owned();
                let from = self.at;
                while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
                    self.at += 1;
                }
                OperandKind::Regex { pattern, flags: self.text(from, self.at).to_owned() }
            }
            Some(b'[' | b'{') => self.json()?,
            _ => self.word(word)?,
        };
        Ok(Operand { span: span(start, self.at), raw: self.text(start, self.at).to_owned(), kind })
    }

    /// The text between two `mark`s; a backslash takes the next byte out of consideration.
    fn delimited(&mut self, mark: u8, message: &str) -> Parsed<&str> {
        let open = self.at;
        self.at += 1;
        let mut escaped = false;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == mark && !escaped {
                return Ok(self.text(open + 1, self.at - 1));
            }
            escaped = byte == b'\\' && !escaped;
        }
        Self::fail(open, open + 1, message)
    }

    fn json(&mut self) -> Parsed<OperandKind> {
        let open = self.at;
        let mut depth = 0u32;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' | b'"' => {
                    self.delimited(byte, "this quote is never closed")?;
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(OperandKind::Json(self.text(open, self.at).to_owned()));
            }
        }
        Self::fail(open, open + 1, "this bracket is never closed")
    }

    fn word(&mut self, word: Word) -> Parsed<OperandKind> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            let ends = match word {
                Word::Left => ends_operand(byte),
                Word::Right => matches!(byte, b')' | b']') || self.starts_with("&&") || self.starts_with("||"),
                Word::Argument => matches!(byte, b')' | b','),
            };
            if ends {
                break;
            }
            self.at += 1;
        }
        let text = self.text(start, self.at).trim_end();
        self.at = start + text.len();
        Ok(match text {
            "" => return Self::fail(start, self.at, "a value is missing here"),
            "true" => OperandKind::Boolean(true),
            "false" => OperandKind::Boolean(false),
            "null" => OperandKind::Null,
            text => match text.parse::<f64>() {
                Ok(number) if text.starts_with(['-', '+', '.']) || text.starts_with(|c: char| c.is_ascii_digit()) => {
                    OperandKind::Number(number)
                }
                _ => OperandKind::Word(text.to_owned()),
            },
        })
    }
}

/// The text without the backslashes before the quotes that enclose it.
fn unescape(text: &str, quote: char) -> String {
    text.replace(&format!("\\{quote}"), quote.encode_utf8(&mut [0; 4]))
}
