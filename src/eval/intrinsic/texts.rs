//! The functions of texts, and of JSON as text.

use serde::de::IgnoredAny;

use super::arguments::Arguments;
use crate::asl::intrinsic::{ArgumentKind, Function, Piece, template};
use crate::eval::fault::Fault;
use crate::eval::value::{Members, Object, Value};
use crate::eval::{codec, java};

/// The longest text that is encoded, decoded or hashed.
const MAX_TEXT: usize = 10_000;

/// The template with its `{}` filled in, one value for each.
pub(super) fn format(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let text = arguments.text(0)?;
    // A literal is escaped as written; so is what a path finds.
    let raw = match arguments.items[0].kind {
        ArgumentKind::String(literal) => &*literal.raw,
        _ => &*text,
    };
    let pieces = template(raw).map_err(|error| match arguments.items[0].kind {
        ArgumentKind::String(literal) => Fault::runtime(error.span.shifted(literal.content.start), error.message),
        _ => arguments.fault(0, format!("in the template this finds, {}", error.message)),
    })?;
    let n = pieces.iter().filter(|piece| **piece == Piece::Placeholder).count();
    let n_values = arguments.items.len() - 1;
    if n != n_values {
        let message = format!("the template has {n} `{{}}`, and {n_values} values are there for it");
        return Err(arguments.fault(0, message));
    }
    let mut text = String::new();
    let mut at = 0;
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(&piece),
            Piece::Placeholder => {
                at += 1;
                arguments.walk(at)?;
                text.push_str(&shown(arguments, at));
            }
        }
    }
    arguments.spend(text.len() / 64)?;
    Ok(Value::from(text))
}

/// How `States.Format` writes an argument: as `toString` does (recorded). What `States.StringToJson` gives right there is shown
/// as JSON: the service shows strings of it in another way than other strings (measured), which can only be this.
fn shown(arguments: &Arguments<'_>, at: usize) -> String {
    let argument = &arguments.items[at];
    match argument.kind {
        ArgumentKind::Call(inner) if inner.function == Some(Function::StringToJson) => argument.value.to_json(),
        _ => java::text(&argument.value),
    }
}

/// The parts between the characters of the second text, empty ones left out (recorded).
pub(super) fn split(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (text, splitters) = (arguments.text(0)?, arguments.text(1)?);
    arguments.spend(text.len().saturating_mul(1 + splitters.len() / 64))?;
    let parts = text.split(|c| splitters.contains(c)).filter(|part| !part.is_empty());
    Ok(Value::array(parts.map(Value::from).collect()))
}

/// The value that a text says: of an empty one `null` (recorded), and what stands behind the first value does not count.
pub(super) fn string_to_json(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let text = arguments.text(0)?;
    arguments.spend(text.len() / 8)?;
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<IgnoredAny>();
    match values.next() {
        None => Ok(Value::Null),
        Some(Err(error)) => Err(arguments.fault(0, format!("this text is not JSON: {error}"))),
        Some(Ok(_)) => {
            let first = &text[..values.byte_offset()];
            Value::from_json(first)
                .map_err(|error| arguments.fault(0, format!("this text is not JSON: {}", error.message)))
        }
    }
}

/// JSON without blanks (recorded).
pub(super) fn json_to_string(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    arguments.walk(0)?;
    Ok(Value::from(arguments.items[0].value.to_json()))
}

/// The members of both objects, the second's where both have one; in the order of a `HashMap` (recorded).
///
/// Only `true` is refused as the third argument, as anything else is read as `false` (measured).
pub(super) fn json_merge(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (one, other) = (arguments.object(0)?, arguments.object(1)?);
    if arguments.items[2].value == Value::Bool(true) {
        return Err(arguments.fault(2, "`States.JsonMerge` merges shallowly only: `false` stands here"));
    }
    arguments.spend(one.len() + other.len())?;
    let mut merged = Object::take(one);
    merged.extend(other.iter().map(|(name, value)| (name.clone(), value.clone())));
    let mut entries: Vec<_> = merged.into_iter().collect();
    let n_buckets = java::n_buckets(entries.len());
    java::hash_order(&mut entries, n_buckets, |(name, _)| java::hash_text(name));
    Ok(Value::object(entries.into_iter().collect::<Members>()))
}

pub(super) fn base64_encode(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let text = arguments.text(0)?;
    short(arguments, &text)?;
    Ok(Value::from(codec::base64_encode(text.as_bytes())))
}

/// Whatever is no character of Base64 is passed over, and the first `=` is the end (measured).
pub(super) fn base64_decode(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let text = arguments.text(0)?;
    short(arguments, &text)?;
    let bytes = codec::base64_decode_leniently(&text);
    Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The digest of a text, and of any other value as text (measured).
pub(super) fn hash(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    arguments.walk(0)?;
    let text = java::text(&arguments.items[0].value);
    short(arguments, &text)?;
    let algorithm = arguments.text(1)?;
    match codec::hash(&algorithm, text.as_bytes()) {
        Some(digest) => Ok(Value::from(digest)),
        None => Err(arguments.fault(1, format!("`States.Hash` knows no algorithm `{algorithm}`"))),
    }
}

/// Refuses a first argument that is too long a text.
fn short(arguments: &mut Arguments<'_>, text: &str) -> Result<(), Fault> {
    arguments.spend(text.len() / 64)?;
    let n = text.encode_utf16().count();
    if n <= MAX_TEXT {
        return Ok(());
    }
    let message = format!("this text has {n} characters, and `{}` takes at most {MAX_TEXT}", arguments.call.name);
    Err(arguments.fault(0, message))
}
