//! Strings written into files, in every way a person may: each character of the string with its bytes in the file.
//!
//! Written from the specifications of JSON and YAML and not from our readers of them, so that the two can be compared.

use std::ops::Range;

use aslint::syntax::Format;

/// A way of writing a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// JSON, escaped where it has to be.
    Json,
    /// JSON, escaped where it may be, characters beyond 16 bits as pairs of surrogates.
    JsonEscaped,
    /// YAML in double quotes, with its own escapes, folded.
    Double,
    /// YAML in single quotes, folded.
    Single,
    /// YAML without quotes, folded.
    Plain,
    /// `|-`
    Literal,
    /// `|-` with CRLF at the end of each line.
    LiteralCrlf,
    /// `|`: ends with a line break.
    LiteralClip,
    /// `>-`, folded.
    Folded,
    /// `>`, folded: ends with a line break.
    FoldedClip,
}

impl Host {
    pub(crate) const ALL: [Self; 10] = [
        Self::Json,
        Self::JsonEscaped,
        Self::Double,
        Self::Single,
        Self::Plain,
        Self::Literal,
        Self::LiteralCrlf,
        Self::LiteralClip,
        Self::Folded,
        Self::FoldedClip,
    ];

    pub(crate) fn format(self) -> Format {
        if matches!(self, Self::Json | Self::JsonEscaped) { Format::Json } else { Format::Yaml }
    }

    pub(crate) fn is_quoted(self) -> bool {
        matches!(self, Self::Json | Self::JsonEscaped | Self::Double | Self::Single)
    }

    /// Whether the string in the file ends with a line break that was not in the text.
    pub(crate) fn adds_a_break(self) -> bool {
        matches!(self, Self::LiteralClip | Self::FoldedClip)
    }

    fn folds(self) -> bool {
        matches!(self, Self::Double | Self::Single | Self::Plain | Self::Folded | Self::FoldedClip)
    }

    fn is_block(self) -> bool {
        matches!(self, Self::Literal | Self::LiteralCrlf | Self::LiteralClip | Self::Folded | Self::FoldedClip)
    }
}

/// A string in a file.
pub(crate) struct Written {
    pub(crate) text: String,
    /// The bytes of each character of the string.
    pub(crate) places: Vec<Range<usize>>,
    /// The closing quote; without quotes nothing, behind the string.
    pub(crate) close: Range<usize>,
}

/// `string` in place of the `HOLE` of `file`, lines that follow indented by `indent`; nothing if it cannot stand there.
/// Characters in `whole` are not torn by folding.
pub(crate) fn write(host: Host, string: &str, whole: Range<usize>, file: &str, indent: usize) -> Option<Written> {
    let (before, after) = file.split_once("HOLE").expect("a file has a hole");
    let chars: Vec<char> = string.chars().collect();
    if !can_hold(host, &chars) {
        return None;
    }
    let line_break = if host == Host::LiteralCrlf { "\r\n" } else { "\n" };
    let margin = " ".repeat(indent);
    let mut text = before.replace('\n', line_break);
    text += match host {
        Host::Json | Host::JsonEscaped | Host::Double => "\"",
        Host::Single => "'",
        Host::Plain => "",
        Host::Literal | Host::LiteralCrlf => "|-",
        Host::LiteralClip => "|",
        Host::Folded => ">-",
        Host::FoldedClip => ">",
    };
    if host.is_block() {
        text += line_break;
        text += &margin;
    }
    let mut places = Vec::with_capacity(chars.len());
    for (i, &c) in chars.iter().enumerate() {
        let start = text.len();
        let is_inner = i > 0 && i + 1 < chars.len() && ![chars[i - 1], chars[i + 1]].contains(&' ');
        let stands_between_words = is_inner && ![chars[i - 1], chars[i + 1]].contains(&'\n');
        if c == ' ' && host.folds() && stands_between_words && i % 2 == 0 && !whole.contains(&i) {
            if host == Host::Double && i % 4 == 0 {
                // The break is escaped, and the blank is, too.
                text += &format!("\\\n{margin}");
                let start = text.len();
                text += "\\ ";
                places.push(start..text.len());
                continue;
            }
            text += &format!("\n{margin}");
        } else {
            text += &match (host, c) {
                (Host::Json | Host::JsonEscaped | Host::Double, '"' | '\\') => format!("\\{c}"),
                (Host::Json | Host::JsonEscaped | Host::Double, '\n') => "\\n".to_owned(),
                (Host::JsonEscaped, '/') => "\\/".to_owned(),
                (Host::JsonEscaped, _) if !c.is_ascii() || c.is_alphanumeric() && i % 3 == 0 => utf16(c),
                (Host::Double, '\u{80}'..='\u{ff}') => format!("\\x{:02x}", u32::from(c)),
                (Host::Double, '\u{10000}'..) if i % 2 == 0 => utf16(c),
                (Host::Double, '\u{10000}'..) => format!("\\U{:08X}", u32::from(c)),
                (Host::Single, '\'') => "''".to_owned(),
                (Host::Single | Host::Plain | Host::Folded | Host::FoldedClip, '\n') => format!("\n\n{margin}"),
                (Host::Literal | Host::LiteralCrlf | Host::LiteralClip, '\n') => format!("{line_break}{margin}"),
                _ => c.to_string(),
            };
        }
        places.push(start..text.len());
    }
    let start = text.len();
    text += match host {
        Host::Json | Host::JsonEscaped | Host::Double => "\"",
        Host::Single => "'",
        _ => "",
    };
    let close = start..text.len();
    text += &after.replace('\n', line_break);
    Some(Written { text, places, close })
}

fn utf16(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
}

/// What the ways without escapes cannot hold.
fn can_hold(host: Host, chars: &[char]) -> bool {
    if host.is_quoted() && host != Host::Single {
        return true;
    }
    let at_an_edge = |c: Option<&char>| c.is_none_or(|c| c.is_whitespace());
    let blank_at_break = chars.windows(2).any(|pair| matches!(pair, ['\n', ' ' | '\n'] | [' ', '\n']));
    if at_an_edge(chars.first()) || at_an_edge(chars.last()) || blank_at_break && host.folds() {
        return false;
    }
    let empty_line = chars.windows(2).any(|pair| pair == ['\n', '\n']);
    let is_plain = || {
        let text: String = chars.iter().collect();
        !text.starts_with(|c: char| "{}[]&*!|>'\"%@`#,-?:".contains(c))
            && ![": ", " #", ":\n"].iter().any(|part| text.contains(part))
            && !text.ends_with(':')
    };
    if host == Host::Plain { is_plain() } else { !empty_line }
}
