//! Items into text, as `$string` and `&` have it: JSON as JavaScript writes it, numbers with 15 digits.

use std::fmt::Write;
use std::sync::Arc;

use super::evaluate::{Evaluation, Fallible, fail};
use super::item::Item;
use super::picture::number_text;
use crate::eval::value::Value;
use crate::text::Span;

/// How JSON is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Without blanks.
    Compact,
    /// Over several lines, indented by two blanks a level.
    Pretty,
}

impl Evaluation<'_> {
    /// What `&` makes of a side of it.
    pub(super) fn text_or_empty(&mut self, item: Option<&Item>, at: Span) -> Fallible<Arc<str>> {
        match item {
            Some(item) => self.text_of(item, Layout::Compact, at),
            None => Ok("".into()),
        }
    }

    /// What `$string` makes of an item.
    pub(super) fn text_of(&mut self, item: &Item, layout: Layout, at: Span) -> Fallible<Arc<str>> {
        match item {
            Item::Json(Value::String(text)) => return Ok(Arc::clone(text)),
            Item::Function(_) => return Ok("".into()),
            Item::Json(Value::Number(number)) if !number.as_f64().is_finite() => {
                return fail(at, "D3001", "number out of range has no text");
            }
            _ => {}
        }
        let mut text = String::new();
        self.write(&mut text, item, (layout == Layout::Pretty).then_some(1), at)?;
        Ok(text.into())
    }

    /// Writes JSON. The depth of items bounds the recursion.
    fn write(&mut self, text: &mut String, item: &Item, indent: Option<usize>, at: Span) -> Fallible<()> {
        self.spend(at, 1)?;
        let inner = indent.map(|indent| indent + 1);
        if let Some(items) = item.as_items() {
            text.push('[');
            for (nth, item) in items.iter().enumerate() {
                separate(text, nth, indent);
                self.write(text, &item, inner, at)?;
            }
            close(text, ']', items.len(), indent);
            return Ok(());
        }
        if let Some(fields) = item.as_fields() {
            text.push('{');
            for (nth, (name, item)) in fields.iter().enumerate() {
                separate(text, nth, indent);
                quote(text, &name);
                text.push_str(if indent.is_some() { ": " } else { ":" });
                self.write(text, &item, inner, at)?;
            }
            close(text, '}', fields.len(), indent);
            return Ok(());
        }
        match item {
            Item::Json(Value::Bool(value)) => text.push_str(if *value { "true" } else { "false" }),
            Item::Json(Value::String(content)) => {
                self.spend_on_text(at, content.len())?;
                quote(text, content);
            }
            Item::Json(Value::Number(_)) => match self.as_number(item, at)? {
                // The largest numbers are rounded beyond all, which JSON does not know.
                Some(number) if round_to_15_digits(number).is_finite() => {
                    text.push_str(&number_text(round_to_15_digits(number)));
                }
                _ => text.push_str("null"),
            },
            Item::Function(_) => text.push_str("\"\""),
            _ => text.push_str("null"),
        }
        Ok(())
    }

    /// A copy as reading back its JSON gives it: what `$clone` makes. Functions become empty strings.
    pub(super) fn copy(&mut self, item: &Item, at: Span) -> Fallible<Value> {
        self.spend(at, 1)?;
        if let Some(items) = item.as_items() {
            let mut copies = Vec::with_capacity(items.len());
            for item in items.iter() {
                copies.push(self.copy(&item, at)?);
            }
            return Ok(Value::array(copies));
        }
        if let Some(fields) = item.as_fields() {
            let mut copies = Vec::with_capacity(fields.len());
            for (name, item) in fields.iter() {
                copies.push((name, self.copy(&item, at)?));
            }
            return Ok(Value::object(copies.into_iter().collect()));
        }
        Ok(match item {
            Item::Json(Value::Number(_)) => match self.as_number(item, at)? {
                Some(number) if round_to_15_digits(number).is_finite() => Value::from(round_to_15_digits(number)),
                _ => Value::Null,
            },
            Item::Json(value) => value.clone(),
            Item::Hole => Value::Null,
            _ => Value::from(""),
        })
    }
}

fn separate(text: &mut String, nth: usize, indent: Option<usize>) {
    if nth > 0 {
        text.push(',');
    }
    break_line(text, indent);
}

fn close(text: &mut String, bracket: char, n_items: usize, indent: Option<usize>) {
    if n_items > 0 {
        break_line(text, indent.map(|indent| indent - 1));
    }
    text.push(bracket);
}

fn break_line(text: &mut String, indent: Option<usize>) {
    if let Some(indent) = indent {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', 2 * indent));
    }
}

/// Writes a string as JavaScript quotes it.
fn quote(text: &mut String, content: &str) {
    text.push('"');
    for c in content.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            c if c < ' ' => _ = write!(text, "\\u{:04x}", u32::from(c)),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// JavaScript's `Number(number.toPrecision(15))`.
pub(super) fn round_to_15_digits(number: f64) -> f64 {
    let shortest = format!("{number:e}");
    if shortest.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count() <= 15 {
        return number;
    }
    // No binary64 has more digits than these: the text is exact, and its end tells a tie, which goes away from zero.
    let exact = format!("{:.766e}", number.abs());
    let (kept, rest) = exact.split_at("1.00000000000000".len());
    let (dropped, exponent) = rest.split_once('e').unwrap_or((rest, "0"));
    let mut rounded = format!("{:.14e}", number.abs());
    if dropped.starts_with('5') && dropped[1..].bytes().all(|byte| byte == b'0') {
        let digits: u64 = kept.replace('.', "").parse().unwrap_or_default();
        let exponent: i32 = exponent.parse().unwrap_or_default();
        rounded = format!("{}e{}", digits + 1, exponent - 14);
    }
    rounded.parse::<f64>().map_or(number, |rounded| rounded.copysign(number))
}
