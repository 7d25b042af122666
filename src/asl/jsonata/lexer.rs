//! The text of an expression into tokens, one at a time.
//!
//! Whether a `/` divides or opens a regular expression is for the parser to say; it does so exactly where the reference
//! implementation does, oddities included (`(/a/)` is an error there, too). Each byte is looked at a bounded number of times.

use super::ExprError;
use super::ast::Text;
use super::regex;
use crate::text::Span;

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Tok,
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tok {
    End,
    String(Text),
    Number(f64),
    Bool(bool),
    Null,
    Regex {
        pattern: Text,
        flags: Text,
    },
    Name(Text),
    /// Without its `$`.
    Variable(Text),
    Sign(Sign),
}

/// An operator or a bracket. The words may also stand where a name does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Dot,
    DotDot,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Comma,
    Semicolon,
    Colon,
    ColonEqual,
    At,
    Hash,
    Question,
    QuestionColon,
    QuestionQuestion,
    Plus,
    Minus,
    Star,
    StarStar,
    Slash,
    Percent,
    Ampersand,
    Pipe,
    Caret,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    TildeGreater,
    Tilde,
    Bang,
    And,
    Or,
    In,
}

/// What a `/` is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slash {
    Divides,
    OpensRegex,
}

pub(super) struct Lexer<'s> {
    text: &'s str,
    at: usize,
    /// Content of the strings that have escapes.
    pub(super) decoded: String,
}

type Error = Box<ExprError>;

const BLANK: u8 = 1;
const ENDS_NAME: u8 = 2;

static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let blanks = b" \t\n\r\x0b";
    let mut ix = 0;
    while ix < blanks.len() {
        class[blanks[ix] as usize] = BLANK | ENDS_NAME;
        ix += 1;
    }
    let signs = b".[]{}(),@#;:?+-*/%|=<>^&!~";
    let mut ix = 0;
    while ix < signs.len() {
        class[signs[ix] as usize] = ENDS_NAME;
        ix += 1;
    }
    class
};

impl<'s> Lexer<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self { text, at: 0, decoded: String::new() }
    }

    /// The next token; behind the last one an empty [`Tok::End`], again and again.
    pub(super) fn next(&mut self, slash: Slash) -> Result<Token, Error> {
        self.skip_blanks()?;
        let start = self.at;
        let Some(byte) = self.byte(0) else { return Ok(Token { kind: Tok::End, span: self.span(start) }) };
        let kind = match byte {
            b'/' if slash == Slash::OpensRegex => self.regex()?,
            b'"' | b'\'' => self.string(byte)?,
            b'0'..=b'9' => self.number()?,
            b'`' => self.quoted_name()?,
            _ => match self.sign(byte) {
                Some(sign) => Tok::Sign(sign),
                None => self.word(),
            },
        };
        Ok(Token { kind, span: self.span(start) })
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn span(&self, start: usize) -> Span {
        Span::new(offset(start), offset(self.at))
    }

    fn skip_blanks(&mut self) -> Result<(), Error> {
        let bytes = self.text.as_bytes();
        loop {
            while self.byte(0).is_some_and(|byte| CLASS[usize::from(byte)] & BLANK != 0) {
                self.at += 1;
            }
            if !bytes[self.at..].starts_with(b"/*") {
                return Ok(());
            }
            match memchr::memmem::find(&bytes[self.at + 2..], b"*/") {
                Some(length) => self.at += length + 4,
                None => return Err(error(self.at, self.at + 2, "S0106", "comment has no closing `*/`")),
            }
        }
    }

    fn sign(&mut self, byte: u8) -> Option<Sign> {
        let second = self.byte(1);
        let sign = match (byte, second) {
            (b'.', Some(b'.')) => Sign::DotDot,
            (b':', Some(b'=')) => Sign::ColonEqual,
            (b'!', Some(b'=')) => Sign::NotEqual,
            (b'>', Some(b'=')) => Sign::GreaterOrEqual,
            (b'<', Some(b'=')) => Sign::LessOrEqual,
            (b'*', Some(b'*')) => Sign::StarStar,
            (b'~', Some(b'>')) => Sign::TildeGreater,
            (b'?', Some(b':')) => Sign::QuestionColon,
            (b'?', Some(b'?')) => Sign::QuestionQuestion,
            _ => {
                let sign = single(byte)?;
                self.at += 1;
                return Some(sign);
            }
        };
        self.at += 2;
        Some(sign)
    }

    fn word(&mut self) -> Tok {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        self.at += rest.iter().position(|&byte| CLASS[usize::from(byte)] & ENDS_NAME != 0).unwrap_or(rest.len());
        let word = &self.text[start..self.at];
        match word {
            "or" => Tok::Sign(Sign::Or),
            "in" => Tok::Sign(Sign::In),
            "and" => Tok::Sign(Sign::And),
            "true" => Tok::Bool(true),
            "false" => Tok::Bool(false),
            "null" => Tok::Null,
            _ if word.starts_with('$') => Tok::Variable(slice(start + 1, self.at)),
            _ => Tok::Name(slice(start, self.at)),
        }
    }

    fn quoted_name(&mut self) -> Result<Tok, Error> {
        let start = self.at + 1;
        match memchr::memchr(b'`', &self.text.as_bytes()[start..]) {
            Some(length) => {
                self.at = start + length + 1;
                Ok(Tok::Name(slice(start, start + length)))
            }
            None => Err(error(start - 1, start, "S0105", "quoted name has no closing backquote")),
        }
    }

    fn number(&mut self) -> Result<Tok, Error> {
        let start = self.at;
        if self.byte(0) == Some(b'0') {
            self.at += 1;
        } else {
            self.digits(0);
        }
        if self.byte(0) == Some(b'.') {
            self.digits(1);
        }
        if matches!(self.byte(0), Some(b'e' | b'E')) {
            self.digits(1 + usize::from(matches!(self.byte(1), Some(b'+' | b'-'))));
        }
        let text = &self.text[start..self.at];
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Tok::Number(number)),
            _ => Err(error(start, self.at, "S0102", format!("number `{}` is out of range", super::shown(text)))),
        }
    }

    /// Takes what lies `ahead` and the digits behind it, if there are any.
    fn digits(&mut self, ahead: usize) {
        let n_digits = self.text.as_bytes()[self.at..].iter().skip(ahead).take_while(|b| b.is_ascii_digit()).count();
        if n_digits > 0 {
            self.at += ahead + n_digits;
        }
    }

    fn string(&mut self, quote: u8) -> Result<Tok, Error> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        // Content before this is in `decoded`.
        let mut plain = start + 1;
        let mut decoded_start = None;
        let mut at = plain;
        loop {
            let Some(length) = memchr::memchr2(quote, b'\\', &bytes[at..]) else {
                return Err(unclosed_string(start, quote));
            };
            at += length;
            if bytes[at] == quote {
                break;
            }
            decoded_start.get_or_insert(self.decoded.len());
            self.decoded.push_str(&self.text[plain..at]);
            at = self.escape(start, quote, at)?;
            plain = at;
        }
        self.at = at + 1;
        Ok(Tok::String(match decoded_start {
            None => slice(plain, at),
            Some(start) => {
                self.decoded.push_str(&self.text[plain..at]);
                Text { start: offset(start), end: offset(self.decoded.len()), decoded: true }
            }
        }))
    }

    /// Decodes the escape sequence at `at`; gives the offset behind it.
    fn escape(&mut self, string: usize, quote: u8, at: usize) -> Result<usize, Error> {
        let bytes = self.text.as_bytes();
        let plain = match bytes.get(at + 1) {
            Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let digits = hex_digits(&bytes[at + 2..]);
                if digits > 0 && digits < 4 && at + 2 + digits == bytes.len() {
                    return Err(unclosed_string(string, quote));
                }
                let Some(unit) = code_unit(bytes, at) else {
                    return Err(error(at, at + 2 + digits, "S0104", "`\\u` needs four hexadecimal digits"));
                };
                let pair = code_unit(bytes, at + 6).and_then(|low| char::decode_utf16([unit, low]).next()?.ok());
                let (char, length) = match (char::from_u32(u32::from(unit)), pair) {
                    (Some(char), _) => (char, 6),
                    (None, Some(char)) => (char, 12),
                    (None, None) => (char::REPLACEMENT_CHARACTER, 6),
                };
                self.decoded.push(char);
                return Ok(at + length);
            }
            _ => {
                let end = at + 1 + self.text[at + 1..].chars().next().map_or(0, char::len_utf8);
                let message = format!("`{}` is not an escape sequence", &self.text[at..end]);
                return Err(error(at, end, "S0103", message));
            }
        };
        self.decoded.push(plain);
        Ok(at + 2)
    }

    fn regex(&mut self) -> Result<Tok, Error> {
        let bytes = self.text.as_bytes();
        let open = self.at;
        let start = open + 1;
        let mut depth = 0_i64;
        let mut at = start;
        loop {
            match bytes.get(at) {
                None => return Err(error(open, start, "S0302", "regular expression has no closing `/`")),
                Some(b'/') if depth == 0 => {
                    let backslashes = bytes[start..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
                    if backslashes % 2 == 0 {
                        break;
                    }
                }
                // One backslash is looked at, not whether it is escaped itself: as the reference does.
                Some(b'(' | b'[' | b'{') if bytes[at - 1] != b'\\' => depth += 1,
                Some(b')' | b']' | b'}') if bytes[at - 1] != b'\\' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        if at == start {
            return Err(error(open, at + 1, "S0301", "regular expression is empty"));
        }
        let flags = at + 1;
        self.at = flags + bytes[flags..].iter().take_while(|&&byte| matches!(byte, b'i' | b'm')).count();
        regex::check(&self.text[start..at], &self.text[flags..self.at]).map_err(|fault| {
            let from = if fault.in_flags { flags } else { start };
            error(from + fault.start, from + fault.end, "S0303", fault.message)
        })?;
        Ok(Tok::Regex { pattern: slice(start, at), flags: slice(flags, self.at) })
    }
}

fn single(byte: u8) -> Option<Sign> {
    Some(match byte {
        b'.' => Sign::Dot,
        b'(' => Sign::OpenParen,
        b')' => Sign::CloseParen,
        b'[' => Sign::OpenBracket,
        b']' => Sign::CloseBracket,
        b'{' => Sign::OpenBrace,
        b'}' => Sign::CloseBrace,
        b',' => Sign::Comma,
        b';' => Sign::Semicolon,
        b':' => Sign::Colon,
        b'@' => Sign::At,
        b'#' => Sign::Hash,
        b'?' => Sign::Question,
        b'+' => Sign::Plus,
        b'-' => Sign::Minus,
        b'*' => Sign::Star,
        b'/' => Sign::Slash,
        b'%' => Sign::Percent,
        b'&' => Sign::Ampersand,
        b'|' => Sign::Pipe,
        b'^' => Sign::Caret,
        b'=' => Sign::Equal,
        b'<' => Sign::Less,
        b'>' => Sign::Greater,
        b'~' => Sign::Tilde,
        b'!' => Sign::Bang,
        _ => return None,
    })
}

fn hex_digits(bytes: &[u8]) -> usize {
    bytes.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count()
}

/// The UTF-16 code unit of the `\u` and four digits at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)? as u16))
}

fn unclosed_string(at: usize, quote: u8) -> Error {
    error(at, at + 1, "S0101", format!("string has no closing `{}`", char::from(quote)))
}

fn slice(start: usize, end: usize) -> Text {
    Text { start: offset(start), end: offset(end), decoded: false }
}

#[cold]
fn error(start: usize, end: usize, code: &'static str, message: impl Into<String>) -> Error {
    Box::new(ExprError { span: Span::new(offset(start), offset(end)), code, message: message.into(), related: None })
}

/// Expressions are strings of a source, and those are refused above 4 GiB where they are read.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Sign {
    /// As written.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Dot => ".",
            Self::DotDot => "..",
            Self::OpenParen => "(",
            Self::CloseParen => ")",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
            Self::OpenBrace => "{",
            Self::CloseBrace => "}",
            Self::Comma => ",",
            Self::Semicolon => ";",
            Self::Colon => ":",
            Self::ColonEqual => ":=",
            Self::At => "@",
            Self::Hash => "#",
            Self::Question => "?",
            Self::QuestionColon => "?:",
            Self::QuestionQuestion => "??",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Star => "*",
            Self::StarStar => "**",
            Self::Slash => "/",
            Self::Percent => "%",
            Self::Ampersand => "&",
            Self::Pipe => "|",
            Self::Caret => "^",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::TildeGreater => "~>",
            Self::Tilde => "~",
            Self::Bang => "!",
            Self::And => "and",
            Self::Or => "or",
            Self::In => "in",
        }
    }

    /// How tightly it binds the operand before it; 0 for what does not stand between operands.
    pub(super) fn binds(self) -> u8 {
        match self {
            Self::OpenParen | Self::OpenBracket | Self::At | Self::Hash => 80,
            Self::Dot => 75,
            Self::OpenBrace => 70,
            Self::Star | Self::Slash | Self::Percent => 60,
            Self::Plus | Self::Minus | Self::Ampersand => 50,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Caret
            | Self::TildeGreater
            | Self::QuestionColon
            | Self::QuestionQuestion
            | Self::In => 40,
            Self::And => 30,
            Self::Or => 25,
            Self::Question => 20,
            Self::ColonEqual => 10,
            _ => 0,
        }
    }
}
