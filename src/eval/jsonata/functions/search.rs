//! Functions of texts and patterns.

use std::sync::Arc;

use super::Arguments;
use crate::eval::jsonata::call::Function;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::item::{Fields, Item, Shape, list, record, sequence};
use crate::eval::jsonata::pattern::Found;
use crate::eval::jsonata::text::Layout;
use crate::eval::value::Value;

pub(super) fn contains(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = text(args, 0) else { return Ok(None) };
    let found = match args.item(1) {
        Some(Item::Function(matcher)) => evaluation.first_match(matcher, &text, args.site.node)?.is_some(),
        other => {
            evaluation.spend_on_text(evaluation.call_span(args), text.len())?;
            text.contains(other.and_then(Item::as_str).unwrap_or("undefined"))
        }
    };
    Ok(Some(Item::from(found)))
}

/// `$match`
pub(super) fn matches(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(text), Some(matcher)) = (text(args, 0), args.function(1)) else { return Ok(None) };
    let limit = limit(evaluation, args, 2, "D3040")?;
    let mut found = Vec::new();
    each_match(evaluation, args, matcher, &text, limit, |evaluation, place| {
        let index = match place {
            Found::Regex { place, .. } => {
                Some(Item::from(evaluation.units(&text, place.start, evaluation.call_span(args))?))
            }
            Found::Own { said } => said.as_fields().and_then(|fields| fields.get("start")),
        };
        let members = [("match", place.matched(&text)), ("index", index), ("groups", Some(place.groups(&text)))];
        let members = members.into_iter().filter_map(|(name, item)| Some((name.into(), item?)));
        found.push(record(members.collect::<Fields>()));
        Ok(())
    })?;
    Ok(Some(sequence(found)))
}

pub(super) fn split(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = text(args, 0) else { return Ok(None) };
    let limit = limit(evaluation, args, 2, "D3020")?;
    let mut parts: Vec<Item> = Vec::new();
    match args.item(1) {
        Some(Item::Function(matcher)) => {
            let mut start = 0;
            let n_found = each_match(evaluation, args, matcher, &text, limit, |_, place| {
                parts.push(Item::from(between(&text, start, place.start(&text))));
                start = place.end(&text);
                Ok(())
            })?;
            if limit.is_none_or(|limit| n_found < limit) {
                parts.push(Item::from(&text[start..]));
            }
        }
        other => {
            let separator = other.and_then(Item::as_str).unwrap_or("undefined");
            // A part of one does not count: the limit is a whole number here.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
            let limit = limit.map_or(usize::MAX, |limit| limit as usize);
            evaluation.spend_on_text(evaluation.call_span(args), text.len())?;
            let pieces: &mut dyn Iterator<Item = &str> = if separator.is_empty() {
                &mut text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()])
            } else {
                &mut text.split(separator)
            };
            for part in pieces.take(limit) {
                evaluation.spend_on_text(evaluation.call_span(args), 16 + part.len())?;
                parts.push(Item::from(part));
            }
        }
    }
    Ok(Some(list(parts, Shape::Plain)))
}

pub(super) fn replace(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = text(args, 0) else { return Ok(None) };
    if args.text(1) == Some("") {
        return fail(evaluation.call_span(args), "D3010", "text that `$replace` looks for is empty");
    }
    let limit = limit(evaluation, args, 3, "D3011")?;
    let replacement = args.item(2);
    let mut replaced = String::new();
    let mut position = 0;
    match args.item(1) {
        Some(Item::Function(matcher)) => {
            each_match(evaluation, args, matcher, &text, limit, |evaluation, place| {
                let before = replaced.len();
                let start = place.start(&text);
                replaced.push_str(between(&text, position, start));
                match replacement {
                    Some(Item::Function(replacer)) => {
                        let found = evaluation.match_item(place, &text, evaluation.call_span(args))?;
                        let said = evaluation.invoke(replacer, vec![Some(found)], args.site.node)?;
                        let Some(said) = said.as_ref().and_then(Item::as_str) else {
                            let message = "function that replaces gives no string";
                            return fail(evaluation.call_span(args), "D3012", message);
                        };
                        replaced.push_str(said);
                    }
                    other => fill_in(&mut replaced, other.and_then(Item::as_str).unwrap_or_default(), place, &text),
                }
                evaluation.spend_on_text(evaluation.call_span(args), 16 + replaced.len() - before)?;
                let length = place.matched(&text).map_or(0, |matched| matched.as_str().map_or(0, str::len));
                position = (start + length).min(text.len());
                Ok(())
            })?;
        }
        other => {
            let pattern = other.and_then(Item::as_str).unwrap_or("undefined");
            let replacement = match replacement {
                Some(item) => evaluation.text_of(item, Layout::Compact, evaluation.call_span(args))?,
                None => "undefined".into(),
            };
            evaluation.spend_on_text(evaluation.call_span(args), text.len())?;
            let mut count = 0.0;
            for (at, _) in text.match_indices(pattern) {
                if limit.is_some_and(|limit| count >= limit) {
                    break;
                }
                evaluation.spend_on_text(evaluation.call_span(args), 16 + replacement.len())?;
                replaced.push_str(&text[position..at]);
                replaced.push_str(&replacement);
                position = at + pattern.len();
                count += 1.0;
            }
        }
    }
    replaced.push_str(text.get(position..).unwrap_or_default());
    evaluation.made(replaced, args)
}

fn text(args: &Arguments, nth: usize) -> Option<Arc<str>> {
    match args.item(nth)? {
        Item::Json(Value::String(text)) => Some(Arc::clone(text)),
        _ => None,
    }
}

/// How many matches count; all without a limit.
fn limit(evaluation: &Evaluation<'_>, args: &Arguments, nth: usize, code: &'static str) -> Fallible<Option<f64>> {
    match args.number(nth) {
        Some(limit) if limit < 0.0 => fail(evaluation.call_span(args), code, "limit is less than 0"),
        limit => Ok(limit),
    }
}

/// Does something with each match, and says how many there were.
fn each_match<'a>(
    evaluation: &mut Evaluation<'a>,
    args: &Arguments,
    matcher: &Function,
    text: &Arc<str>,
    limit: Option<f64>,
    mut with: impl FnMut(&mut Evaluation<'a>, &Found) -> Fallible<()>,
) -> Fallible<f64> {
    let mut count = 0.0;
    if limit == Some(0.0) {
        return Ok(count);
    }
    let mut next = evaluation.first_match(matcher, text, args.site.node)?;
    while let Some(found) = next
        && limit.is_none_or(|limit| count < limit)
    {
        evaluation.spend(evaluation.call_span(args), 1)?;
        with(evaluation, &found)?;
        next = evaluation.next_match(&found, text, args.site.node)?;
        count += 1.0;
    }
    Ok(count)
}

/// The text from one place to another; places the wrong way round are swapped, as JavaScript does.
fn between(text: &str, one: usize, other: usize) -> &str {
    &text[one.min(other)..one.max(other)]
}

/// Writes a replacement with `$0`, `$1` … filled in.
fn fill_in(into: &mut String, mut replacement: &str, place: &Found, text: &str) {
    let groups = place.groups(text);
    let groups = groups.items_or_self();
    // As many digits are read as the number of groups has.
    let max_digits = groups.len().max(1).to_string().len();
    while let Some((before, rest)) = replacement.split_once('$') {
        into.push_str(before);
        replacement = rest;
        if let Some(rest) = rest.strip_prefix('$') {
            into.push('$');
            replacement = rest;
        } else if let Some(rest) = rest.strip_prefix('0') {
            into.push_str(place.matched(text).as_ref().and_then(Item::as_str).unwrap_or_default());
            replacement = rest;
        } else {
            let n_digits = rest.bytes().take(max_digits).take_while(u8::is_ascii_digit).count();
            let number = |n_digits: usize| rest[..n_digits].parse::<usize>().ok();
            let n_digits = match number(n_digits) {
                Some(number) if number > groups.len() && n_digits > 1 => n_digits - 1,
                _ => n_digits,
            };
            match number(n_digits) {
                Some(number) => {
                    let group = groups.get(number - 1);
                    into.push_str(group.as_ref().and_then(Item::as_str).unwrap_or_default());
                    replacement = &rest[n_digits..];
                }
                None => into.push('$'),
            }
        }
    }
    into.push_str(replacement);
}
