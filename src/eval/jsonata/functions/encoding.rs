//! Base64 and URLs.

use std::fmt::Write;

use super::Arguments;
use crate::eval::codec;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::item::Item;

/// Of each unit of UTF-16 the lower byte, as the reference implementation takes it.
pub(super) fn base64_encode(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    let bytes: Vec<u8> = text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect();
    evaluation.made(codec::base64_encode(&bytes), args)
}

/// Each byte is a character. What is not of the alphabet is passed over, and `=` is the end; both alphabets are read.
pub(super) fn base64_decode(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    let bytes = codec::base64_decode_leniently(text);
    evaluation.made(bytes.into_iter().map(char::from).collect(), args)
}

/// What `encodeURI` leaves as it is beyond letters, digits and [`MARKS`].
const RESERVED: &str = ";/?:@&=+$,#";

/// What `encodeURIComponent` leaves as it is beyond letters and digits.
const MARKS: &str = "-_.!~*'()";

pub(super) fn encode_url_component(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    encode(evaluation, args, "")
}

pub(super) fn encode_url(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    encode(evaluation, args, RESERVED)
}

pub(super) fn decode_url_component(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    decode(evaluation, args, "")
}

pub(super) fn decode_url(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    decode(evaluation, args, RESERVED)
}

fn encode(evaluation: &mut Evaluation<'_>, args: &Arguments, kept: &str) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let character = char::from(byte);
        if character.is_ascii_alphanumeric() || MARKS.contains(character) || kept.contains(character) {
            encoded.push(character);
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    evaluation.made(encoded, args)
}

fn decode(evaluation: &mut Evaluation<'_>, args: &Arguments, kept: &str) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    let Some(decoded) = decoded(text, kept) else {
        return fail(evaluation.call_span(args), "D3140", "text is no encoded URL");
    };
    evaluation.made(decoded, args)
}

fn decoded(text: &str, kept: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
        let byte = u8::from_str_radix(digits, 16).ok()?;
        if kept.contains(char::from(byte)) && byte.is_ascii() {
            bytes.push(first);
        } else {
            bytes.push(byte);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok()
}
