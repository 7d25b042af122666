//! Functions of the time.

use super::Arguments;
use crate::eval::jsonata::date_picture;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible};
use crate::eval::jsonata::item::Item;

pub(super) fn millis(evaluation: &mut Evaluation<'_>, _: &Arguments) -> Fallible<Option<Item>> {
    Ok(Some(Item::from(evaluation.now)))
}

pub(super) fn now(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    #[expect(clippy::cast_precision_loss, reason = "dates end before 2^53 milliseconds")]
    let now = evaluation.now as f64;
    let text = evaluation.shown(date_picture::from_millis(now, args.text(0), args.text(1)), args)?;
    evaluation.made(text, args)
}

pub(super) fn from_millis(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(millis) = args.number(0) else { return Ok(None) };
    let text = evaluation.shown(date_picture::from_millis(millis, args.text(1), args.text(2)), args)?;
    evaluation.made(text, args)
}

pub(super) fn to_millis(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(text) = args.text(0) else { return Ok(None) };
    let millis = evaluation.shown(date_picture::to_millis(text, args.text(1), evaluation.now), args)?;
    Ok(millis.map(Item::from))
}
