//! The functions that the service adds, and `$random`, to which it adds a seed.
//!
//! What it says of them is the developer guide ("Transforming data with JSONata in Step Functions"), and how `$partition`, `$range` and `$parse`
//! end is recorded. How they fail is not: [`UNCODED`] stands for the code.

use super::Arguments;
use crate::eval::codec;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::item::{Item, Shape, list, sequence};
use crate::eval::jsonata::operators::MAX_RANGE;
use crate::eval::jsonata::picture::UNCODED;
use crate::eval::jsonata::text::Layout;
use crate::eval::random::Random;
use crate::eval::value::Value;

/// `$partition(array, size)`: arrays of `size` items, the last may have fewer. What comes out is no sequence: of `[0]` and 1
/// it is `[[0]]` (recorded).
pub(super) fn partition(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(array) = args.item(0) else { return Ok(None) };
    let Some(items) = array.as_items() else {
        return fail(
            evaluation.call_span(args),
            "T0410",
            format!("`$partition` takes an array, and this is {}", array.describe()),
        );
    };
    let size = whole(evaluation, args, 1)?;
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return fail(
            evaluation.call_span(args),
            UNCODED,
            format!("`$partition` takes a size above 0, and this is {size}"),
        );
    };
    evaluation.spend(evaluation.call_span(args), items.len())?;
    let items: Vec<Item> = items.iter().collect();
    let parts = items.chunks(size).map(|part| list(part.to_vec(), Shape::Plain));
    Ok(Some(list(parts.collect(), Shape::Plain)))
}

/// `$range(start, end, step)`: both ends included. What comes out is a sequence: from 1 to 9 by 9 it is `1` (recorded).
pub(super) fn range(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    if args.values.iter().any(Option::is_none) {
        return Ok(None);
    }
    let (start, end, step) = (whole(evaluation, args, 0)?, whole(evaluation, args, 1)?, whole(evaluation, args, 2)?);
    if step == 0 {
        return fail(evaluation.call_span(args), UNCODED, "step of `$range` is 0");
    }
    let n_steps = (i128::from(end) - i128::from(start)) / i128::from(step);
    #[expect(clippy::cast_precision_loss, reason = "far from the bound it does not count")]
    if n_steps as f64 >= MAX_RANGE {
        return fail(evaluation.call_span(args), "D2014", format!("range has more than {MAX_RANGE} items"));
    }
    let is_empty = if step > 0 { start > end } else { start < end };
    let n_items = if is_empty { 0 } else { usize::try_from(n_steps).map_or(0, |steps| steps + 1) };
    evaluation.spend(evaluation.call_span(args), n_items)?;
    let mut next = start;
    let mut items = Vec::with_capacity(n_items);
    for _ in 0..n_items {
        items.push(Item::from(next));
        next = next.saturating_add(step);
    }
    Ok(Some(sequence(items)))
}

/// An argument that is a whole number.
fn whole(evaluation: &Evaluation<'_>, args: &Arguments, nth: usize) -> Fallible<i64> {
    let number = match args.item(nth) {
        Some(Item::Json(value)) => value.as_i64(),
        _ => None,
    };
    let found = args.item(nth).map_or("nothing", Item::describe);
    number.map_or_else(
        || fail(evaluation.call_span(args), "T0410", format!("argument {} is no whole number but {found}", nth + 1)),
        Ok,
    )
}

/// `$hash(content, algorithm)`: in hexadecimal. Of what is no text, that of what `$string` makes of it.
pub(super) fn hash(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(content) = args.item(0) else { return Ok(None) };
    let at = evaluation.call_span(args);
    let text = evaluation.text_of(content, Layout::Compact, at)?;
    evaluation.spend_on_text(at, text.len())?;
    match args.text(1).and_then(|algorithm| codec::hash(algorithm, text.as_bytes())) {
        Some(hash) => Ok(Some(Item::from(hash))),
        None => fail(at, UNCODED, "`$hash` knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512"),
    }
}

/// `$random()`, `$random(seed)`: the same number for the same seed.
pub(super) fn random(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(Some(Item::from(match args.item(0) {
        Some(_) => Random::new(whole(evaluation, args, 0)?.cast_unsigned()).unit(),
        None => evaluation.random.unit(),
    })))
}

pub(super) fn uuid(evaluation: &mut Evaluation<'_>, _: &Arguments) -> Fallible<Option<Item>> {
    Ok(Some(Item::from(evaluation.random.uuid())))
}

/// `$parse(json)`
pub(super) fn parse(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(item) = args.item(0) else { return Ok(None) };
    let at = evaluation.call_span(args);
    let Some(text) = item.as_str() else {
        return fail(at, "T0410", format!("`$parse` takes a string, and this is {}", item.describe()));
    };
    evaluation.spend_on_text(at, text.len())?;
    match Value::from_json(text) {
        Ok(value) => Ok(Some(Item::Json(value))),
        Err(error) => fail(at, UNCODED, format!("`$parse` is given what is no JSON: {}", error.message)),
    }
}
