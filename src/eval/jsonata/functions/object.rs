//! Functions of objects, and of values whatever they are.

use std::sync::Arc;

use super::Arguments;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::item::{Fields, FieldsOf, Item, Shape, list, record, sequence};
use crate::eval::value::{Object, Value};

pub(super) fn keys(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let mut names = Fields::new();
    if let Some(item) = args.item(0) {
        collect_names(evaluation, args, item, &mut names)?;
    }
    Ok(Some(sequence(names.into_keys().map(Item::from).collect())))
}

/// The names of an object's members, or of those of all objects in an array, each once.
fn collect_names(evaluation: &mut Evaluation<'_>, args: &Arguments, item: &Item, names: &mut Fields) -> Fallible<()> {
    evaluation.spend(evaluation.call_span(args), 1)?;
    if let Some(items) = item.as_items() {
        return items.iter().try_for_each(|item| collect_names(evaluation, args, &item, names));
    }
    for (name, _) in item.as_fields().into_iter().flat_map(FieldsOf::iter) {
        evaluation.spend(evaluation.call_span(args), 1)?;
        names.insert(name, Item::from(true));
    }
    Ok(())
}

pub(super) fn lookup(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    match (args.item(0), args.text(1)) {
        (Some(item), Some(name)) => evaluation.member(item, name, args.site.node),
        _ => Ok(None),
    }
}

pub(super) fn spread(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    match args.item(0) {
        Some(item) => spread_item(evaluation, args, item).map(Some),
        None => Ok(None),
    }
}

/// An object for each member of an object, or of the objects in an array.
fn spread_item(evaluation: &mut Evaluation<'_>, args: &Arguments, item: &Item) -> Fallible<Item> {
    evaluation.spend(evaluation.call_span(args), 1)?;
    if let Some(items) = item.as_items() {
        let mut found = Vec::new();
        for item in items.iter() {
            let inner = spread_item(evaluation, args, &item)?;
            found.extend(inner.items_or_self().iter());
        }
        // Where anything was added, the reference implementation forgets that this was a sequence.
        return Ok(if items.len() == 0 { sequence(found) } else { list(found, Shape::Plain) });
    }
    let Some(fields) = item.as_fields() else { return Ok(item.clone()) };
    evaluation.spend(evaluation.call_span(args), fields.len())?;
    let single = |field| record(std::iter::once(field).collect());
    Ok(sequence(fields.iter().map(single).collect()))
}

pub(super) fn merge(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(items) = args.item(0).and_then(Item::as_items) else { return Ok(None) };
    // Of JSON the first object is what the others are put into, member by member: the documents that states hand on are made so.
    let mut whole: Option<Arc<Object>> = None;
    let is_json = |item: &Item| matches!(item, Item::Json(_));
    if items.iter().all(|item| is_json(&item)) {
        for item in items.iter() {
            let Item::Json(Value::Object(members)) = item else { continue };
            evaluation.spend(evaluation.call_span(args), 1 + members.len())?;
            whole = Some(match whole {
                None => members,
                Some(whole) => members
                    .iter()
                    .fold(whole, |whole, (name, value)| Object::with(whole, Arc::clone(name), value.clone())),
            });
        }
        return Ok(Some(Item::Json(Value::Object(whole.unwrap_or_default()))));
    }
    let mut merged = Fields::new();
    for item in items.iter() {
        let Some(fields) = item.as_fields() else { continue };
        evaluation.spend(evaluation.call_span(args), 1 + fields.len())?;
        merged.extend(fields.iter());
    }
    Ok(Some(record(merged)))
}

pub(super) fn clone(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    match args.item(0) {
        Some(item) => Ok(Some(Item::Json(evaluation.copy(item, evaluation.call_span(args))?))),
        None => Ok(None),
    }
}

/// Of nothing `false`.
pub(super) fn exists(_: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(Some(Item::from(args.item(0).is_some())))
}

pub(super) fn boolean(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(truth(evaluation, args)?.map(Item::from))
}

pub(super) fn not(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(truth(evaluation, args)?.map(|holds| Item::from(!holds)))
}

/// A function counts as false here, and as true before a `?`: so the reference implementation has it.
fn truth(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<bool>> {
    match args.item(0) {
        None => Ok(None),
        Some(Item::Function(_)) => Ok(Some(false)),
        item => evaluation.is_true(item, evaluation.call_span(args)).map(Some),
    }
}

pub(super) fn type_name(_: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(args.item(0).map(|item| {
        Item::from(match item {
            Item::Json(value) => match value {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(_) => "number",
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
            },
            Item::List(_) => "array",
            Item::Record(_) => "object",
            Item::Function(_) => "function",
            Item::Hole => "undefined",
        })
    }))
}

pub(super) fn error(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let message = args.text(0).filter(|text| !text.is_empty()).unwrap_or("`$error` is called");
    fail(evaluation.call_span(args), "D3137", message)
}

pub(super) fn assert(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    if args.item(0).is_some_and(|item| matches!(item, Item::Json(Value::Bool(true)))) {
        return Ok(None);
    }
    let message = args.text(1).filter(|text| !text.is_empty()).unwrap_or("what `$assert` asserts does not hold");
    fail(evaluation.call_span(args), "D3141", message)
}
