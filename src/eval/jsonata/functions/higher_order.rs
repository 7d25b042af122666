//! Functions that call functions.

use super::Arguments;
use crate::eval::jsonata::call::Function;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::item::{Fields, FieldsOf, Item, record, sequence};
use crate::eval::jsonata::picture::UNCODED;

pub(super) fn map(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(array), Some(function)) = (args.item(0), args.function(1)) else { return Ok(None) };
    let mut found = Vec::new();
    for (at, item) in array.items_or_self().iter().enumerate() {
        found.extend(call(evaluation, args, function, item, || position(at), array)?);
    }
    Ok(Some(sequence(found)))
}

pub(super) fn filter(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(array), Some(function)) = (args.item(0), args.function(1)) else { return Ok(None) };
    let mut found = Vec::new();
    for (at, item) in array.items_or_self().iter().enumerate() {
        if holds(evaluation, args, function, item.clone(), || position(at), array)? {
            found.push(item);
        }
    }
    Ok(Some(sequence(found)))
}

pub(super) fn single(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(array) = args.item(0) else { return Ok(None) };
    let mut found = None;
    for (at, item) in array.items_or_self().iter().enumerate() {
        evaluation.spend(evaluation.call_span(args), 1)?;
        let fits = match args.function(1) {
            Some(function) => holds(evaluation, args, function, item.clone(), || position(at), array)?,
            None => true,
        };
        if fits && found.replace(item).is_some() {
            return fail(evaluation.call_span(args), "D3138", "`$single` finds more than one item");
        }
    }
    match found {
        Some(item) => Ok(Some(item)),
        None => fail(evaluation.call_span(args), "D3139", "`$single` finds no item"),
    }
}

pub(super) fn reduce(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(array), Some(function)) = (args.item(0), args.function(1)) else { return Ok(None) };
    let arity = evaluation.arity(function);
    if arity < 2 {
        return fail(evaluation.call_span(args), "D3050", "`$reduce` takes a function of two arguments");
    }
    let mut items = array.items_or_self().iter().enumerate();
    let mut result = args.item(2).cloned();
    if result.is_none() {
        result = items.next().map(|(_, item)| item);
    }
    for (at, item) in items {
        let mut values = vec![result, Some(item)];
        values.extend((arity >= 3).then(|| Some(position(at))));
        values.extend((arity >= 4).then(|| Some(array.clone())));
        result = evaluation.invoke(function, values, args.site.node)?;
    }
    Ok(result)
}

pub(super) fn each(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (object, Some(function)) = (args.item(0), args.function(1)) else { return Ok(None) };
    let mut found = Vec::new();
    if let Some(object) = object {
        for (name, value) in object.as_fields().into_iter().flat_map(FieldsOf::iter) {
            found.extend(call(evaluation, args, function, value, || Item::from(name), object)?);
        }
    }
    Ok(Some(sequence(found)))
}

pub(super) fn sift(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(object) = args.item(0) else { return Ok(None) };
    let mut found = Fields::new();
    for (name, value) in object.as_fields().into_iter().flat_map(FieldsOf::iter) {
        let Some(function) = args.function(1) else {
            return fail(evaluation.call_span(args), UNCODED, "`$sift` takes a function");
        };
        if holds(evaluation, args, function, value.clone(), || Item::from(name.clone()), object)? {
            found.insert(name, value);
        }
    }
    Ok((!found.is_empty()).then(|| record(found)))
}

fn position(at: usize) -> Item {
    // No array has 2^63 items.
    Item::from(i64::try_from(at).unwrap_or(i64::MAX))
}

/// Calls a function with an item, where it stands and the whole, as many of them as it declares parameters.
fn call(
    evaluation: &mut Evaluation<'_>,
    args: &Arguments,
    function: &Function,
    item: Item,
    place: impl FnOnce() -> Item,
    whole: &Item,
) -> Fallible<Option<Item>> {
    let arity = evaluation.arity(function);
    let mut values = Vec::with_capacity(arity.clamp(1, 3));
    values.push(Some(item));
    values.extend((arity >= 2).then(|| Some(place())));
    values.extend((arity >= 3).then(|| Some(whole.clone())));
    evaluation.invoke(function, values, args.site.node)
}

fn holds(
    evaluation: &mut Evaluation<'_>,
    args: &Arguments,
    function: &Function,
    item: Item,
    place: impl FnOnce() -> Item,
    whole: &Item,
) -> Fallible<bool> {
    let said = call(evaluation, args, function, item, place, whole)?;
    evaluation.is_true(said.as_ref(), evaluation.call_span(args))
}
