//! Turns numbers into English words, and back.
//!
//! `One Hundred and Twenty-Third`: the largest word is a trillion, above it "thousand trillion" and so on. Reading splits at
//! commas, hyphens, spaces and "and", so the order of words matters more than what stands between.

use std::sync::LazyLock;

use indexmap::IndexMap;

use crate::eval::jsonata::picture::is_space;

const SMALL: [(&str, &str); 20] = [
    ("Zero", "Zeroth"),
    ("One", "First"),
    ("Two", "Second"),
    ("Three", "Third"),
    ("Four", "Fourth"),
    ("Five", "Fifth"),
    ("Six", "Sixth"),
    ("Seven", "Seventh"),
    ("Eight", "Eighth"),
    ("Nine", "Ninth"),
    ("Ten", "Tenth"),
    ("Eleven", "Eleventh"),
    ("Twelve", "Twelfth"),
    ("Thirteen", "Thirteenth"),
    ("Fourteen", "Fourteenth"),
    ("Fifteen", "Fifteenth"),
    ("Sixteen", "Sixteenth"),
    ("Seventeen", "Seventeenth"),
    ("Eighteen", "Eighteenth"),
    ("Nineteen", "Nineteenth"),
];
/// From 20 on, without the `y` or `ieth` at the end.
const TENS: [&str; 8] = ["Twent", "Thirt", "Fort", "Fift", "Sixt", "Sevent", "Eight", "Ninet"];
const MAGNITUDES: [(f64, &str); 4] = [(1e12, "Trillion"), (1e9, "Billion"), (1e6, "Million"), (1e3, "Thousand")];

/// A whole number that is not negative, in words with capitals.
pub(super) fn say(value: f64, is_ordinal: bool) -> String {
    let mut text = String::new();
    say_after(&mut text, value, false, is_ordinal);
    text
}

/// Adds a number; `is_rest` where it follows a larger part. Each call is for a number at most a hundredth as large, or for the
/// thousand-fold part of one, so few nest.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and below 100")]
fn say_after(text: &mut String, value: f64, is_rest: bool, is_ordinal: bool) {
    if is_rest {
        text.push_str(if value < 100.0 { " and " } else { ", " });
    }
    if value < 20.0 {
        let (cardinal, ordinal) = SMALL[value as usize];
        text.push_str(if is_ordinal { ordinal } else { cardinal });
        return;
    }
    if value < 100.0 {
        text.push_str(TENS[(value / 10.0) as usize - 2]);
        let rest = value % 10.0;
        text.push_str(if rest == 0.0 && is_ordinal { "ieth" } else { "y" });
        if rest > 0.0 {
            text.push('-');
            say_after(text, rest, false, is_ordinal);
        }
        return;
    }
    let (factor, word) = MAGNITUDES.into_iter().find(|&(factor, _)| value >= factor).unwrap_or((100.0, "Hundred"));
    let count = (value / factor).floor();
    say_after(text, count, false, false);
    text.push(' ');
    text.push_str(word);
    // Above 2^53 this is what is left after rounding.
    let rest = value - count * factor;
    if rest > 0.0 {
        say_after(text, rest, true, is_ordinal);
    } else if is_ordinal {
        text.push_str("th");
    }
}

/// The number that words in lower case say; NaN where one of them is unknown.
pub(super) fn read(text: &str) -> f64 {
    let mut parts = vec![0.0];
    for word in split(text) {
        let value = VALUES.get(word).copied().unwrap_or(f64::NAN);
        let last = parts.pop().unwrap_or_default();
        if value < 100.0 {
            if last >= 1000.0 {
                parts.extend([last, value]);
            } else {
                parts.push(last + value);
            }
        } else {
            parts.push(last * value);
        }
    }
    parts.iter().sum()
}

/// What stands between `, `, ` and `, spaces, hyphens and backslashes; nothing between two of them is a word too.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let after = &text[at + character.len_utf8()..];
        let space = |text: &str| text.chars().next().filter(|&c| is_space(c)).map(char::len_utf8);
        let end = match character {
            ',' => space(after),
            '\\' | '-' => Some(0),
            _ if !is_space(character) => None,
            _ => Some(after.strip_prefix("and").and_then(space).map_or(0, |length| "and".len() + length)),
        };
        at += character.len_utf8();
        if let Some(end) = end {
            words.push(&text[start..at - character.len_utf8()]);
            at += end;
            start = at;
        }
    }
    words.push(&text[start..]);
    words
}

/// A regular expression for words: those that are known, in any order.
pub(super) fn expression() -> String {
    let words: Vec<&str> = VALUES.keys().map(String::as_str).chain(["and", "[\\-, ]"]).collect();
    format!("(?:{})+", words.join("|"))
}

/// Words in lower case and their values.
static VALUES: LazyLock<IndexMap<String, f64>> = LazyLock::new(|| {
    let mut values = IndexMap::new();
    let mut add = |word: String, value: f64| values.insert(word.to_lowercase(), value);
    for (value, (cardinal, ordinal)) in (0..).zip(SMALL) {
        add(cardinal.to_owned(), f64::from(value));
        add(ordinal.to_owned(), f64::from(value));
    }
    for (n, tens) in (2..).zip(TENS) {
        add(format!("{tens}y"), f64::from(n * 10));
        add(format!("{tens}ieth"), f64::from(n * 10));
    }
    for (value, word) in MAGNITUDES.into_iter().chain([(100.0, "Hundred")]) {
        add(word.to_owned(), value);
        add(format!("{word}th"), value);
    }
    values
});
