//! Functions of texts that need no pattern.

use super::Arguments;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::item::{Item, Shape};
use crate::eval::jsonata::picture::UNCODED;
use crate::eval::jsonata::text::Layout;

pub(super) fn string(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(item) = args.item(0) else { return Ok(None) };
    let item = match item {
        Item::List(list) if list.shape == Shape::Input => &list.items[0],
        other => other,
    };
    let is_pretty = evaluation.is_true(args.item(1), evaluation.call_span(args))?;
    let layout = if is_pretty { Layout::Pretty } else { Layout::Compact };
    let text = evaluation.text_of(item, layout, evaluation.call_span(args))?;
    evaluation.spend_on_text(evaluation.call_span(args), text.len())?;
    Ok(Some(Item::from(text)))
}

pub(super) fn length(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    evaluation.spend_on_text(evaluation.call_span(args), text.len())?;
    Ok(Some(Item::from(count(text))))
}

/// How many characters a text has.
#[expect(clippy::cast_precision_loss, reason = "no text has 2^53 characters")]
fn count(text: &str) -> f64 {
    text.chars().count() as f64
}

pub(super) fn substring(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(text), Some(start)) = (args.text(0), args.number(1)) else { return Ok(args.item(0).cloned()) };
    let n_chars = count(text);
    let start = if n_chars + start < 0.0 { 0.0 } else { start };
    let end = match args.number(2) {
        Some(length) if length <= 0.0 => return Ok(Some(Item::from(""))),
        Some(length) if start >= 0.0 => start + length,
        Some(length) => n_chars + start + length,
        None => n_chars,
    };
    // As `Array.slice` has it: towards zero, from the end if negative.
    let place = |at: f64| if at.trunc() < 0.0 { (n_chars + at.trunc()).max(0.0) } else { at.trunc() };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and not negative; it saturates")]
    let (from, to) = (place(start) as usize, place(end) as usize);
    let part: String = text.chars().skip(from).take(to.saturating_sub(from)).collect();
    evaluation.made(part, args)
}

pub(super) fn substring_before(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(text), Some(part)) = (args.text(0), args.text(1)) else { return Ok(args.item(0).cloned()) };
    evaluation.spend_on_text(evaluation.call_span(args), text.len())?;
    let before = text.split_once(part).map_or(text, |(before, _)| before);
    evaluation.made(before.to_owned(), args)
}

pub(super) fn substring_after(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(text), Some(part)) = (args.text(0), args.text(1)) else { return Ok(args.item(0).cloned()) };
    evaluation.spend_on_text(evaluation.call_span(args), text.len())?;
    let after = text.split_once(part).map_or(text, |(_, after)| after);
    evaluation.made(after.to_owned(), args)
}

pub(super) fn lowercase(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    evaluation.made(text.to_lowercase(), args)
}

pub(super) fn uppercase(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    evaluation.made(text.to_uppercase(), args)
}

/// One blank for each run of blanks and line ends, none at the ends.
pub(super) fn trim(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    let words = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    evaluation.made(words.collect::<Vec<_>>().join(" "), args)
}

pub(super) fn pad(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(text), Some(width)) = (args.text(0), args.number(1)) else { return Ok(args.item(0).cloned()) };
    let with = args.text(2).filter(|with| !with.is_empty()).unwrap_or(" ");
    let missing = width.abs() - count(text);
    if missing <= 0.0 {
        return Ok(args.item(0).cloned());
    }
    if missing.fract() != 0.0 {
        return fail(evaluation.call_span(args), UNCODED, "width of `$pad` is no whole number");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and positive; it saturates")]
    let missing = missing as usize;
    // Before anything is made: the width can be any number.
    evaluation.spend_on_text(evaluation.call_span(args), missing)?;
    let padding: String = with.chars().cycle().take(missing).collect();
    evaluation.made(if width > 0.0 { [text, &padding].concat() } else { [&padding, text].concat() }, args)
}

pub(super) fn join(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(items) = args.item(0).and_then(Item::as_items) else { return Ok(None) };
    let separator = args.text(1).unwrap_or_default();
    let mut joined = String::new();
    for (nth, item) in items.iter().enumerate() {
        if nth > 0 {
            joined.push_str(separator);
        }
        let text = item.as_str().unwrap_or_default();
        evaluation.spend_on_text(evaluation.call_span(args), 16 + text.len() + separator.len())?;
        joined.push_str(text);
    }
    Ok(Some(Item::from(joined)))
}
