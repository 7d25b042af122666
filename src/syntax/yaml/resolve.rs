//! Plain scalars → kinds, as the core schema of YAML 1.2 has them.
//!
//! `yes`, `no`, `on` and `off` are strings. So are `.inf` and `.nan`: JSON has no such numbers, and a
//! [`Kind::Number`] without a value is a trap for every rule that compares.

use crate::syntax::Kind;

/// The kind of a plain scalar.
pub(super) fn plain(text: &str) -> Kind {
    match text.as_bytes().first() {
        None => Kind::Null,
        Some(b'~') if text.len() == 1 => Kind::Null,
        Some(b'n' | b'N') if matches!(text, "null" | "Null" | "NULL") => Kind::Null,
        Some(b't' | b'T' | b'f' | b'F') if is_bool(text) => Kind::Bool,
        Some(b'0'..=b'9' | b'-' | b'+' | b'.') if is_integer(text) || is_float(text) => Kind::Number,
        Some(b'$') if is_hole(text) => Kind::Hole,
        _ => Kind::String,
    }
}

/// What `tag`, one of the core schema without its prefix, makes of a scalar; nothing where the content does not fit.
pub(super) fn tagged(tag: &str, text: &str) -> Option<Kind> {
    let (kind, fits) = match tag {
        "null" => (Kind::Null, plain(text) == Kind::Null),
        "bool" => (Kind::Bool, is_bool(text)),
        "int" => (Kind::Number, is_integer(text)),
        "float" => (Kind::Number, is_integer(text) || is_float(text)),
        _ => (Kind::String, true),
    };
    fits.then_some(kind)
}

fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

fn is_integer(text: &str) -> bool {
    let all = |digits: &str, accepts: fn(&u8) -> bool| !digits.is_empty() && digits.as_bytes().iter().all(accepts);
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, u8::is_ascii_hexdigit);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return all(digits, |byte| matches!(byte, b'0'..=b'7'));
    }
    all(text.strip_prefix(['-', '+']).unwrap_or(text), u8::is_ascii_digit)
}

fn is_float(text: &str) -> bool {
    let digits = |text: &mut &str| {
        let len = text.bytes().take_while(u8::is_ascii_digit).count();
        *text = &text[len..];
        len
    };
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits(&mut rest);
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction;
        if digits(&mut rest) + whole == 0 {
            return false;
        }
    } else if whole == 0 {
        return false;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        rest = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    rest.is_empty()
}

/// Whether the text is one placeholder and nothing else; it may hold braces of its own.
fn is_hole(text: &str) -> bool {
    if !text.starts_with("${") {
        return false;
    }
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 1 == text.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        for (kind, texts) in [
            (Kind::Null, "null Null NULL ~"),
            (Kind::Bool, "true True TRUE false False FALSE"),
            (Kind::Number, "0 -1 +12 0o17 0x1F 007 .5 5. -1.5e3 1E-9 +.5 12e03 99999999999999999999"),
            (Kind::Hole, "${A} ${a.b} ${jsonencode({a=1})} ${}"),
            (
                Kind::String,
                "nULL tRUE yes no on off y n - + . -. .inf -.INF .nan 0o8 0xG 0x 0o 1_000 1e 1e+ --1 1.2.3 0b1 -0x1 \
                 ${A}b ${A}${B} ${ $ ~~ 2020-01-01 1:30",
            ),
        ] {
            for text in texts.split_whitespace() {
                assert_eq!(plain(text), kind, "{text}");
            }
        }
        assert_eq!(plain(""), Kind::Null);
    }
}
