//! Functions of arrays.

use std::collections::HashSet;
use std::sync::Arc;

use super::Arguments;
use crate::eval::java;
use crate::eval::jsonata::compare::is_equal;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::item::{Item, Items, Shape, list};
use crate::eval::jsonata::sort::merge_sort;
use crate::eval::value::Value;

/// Of nothing 0.
pub(super) fn count(_: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let n_items = args.item(0).and_then(Item::as_items).map_or(0, Items::len);
    // No array has 2^63 items.
    Ok(Some(Item::from(i64::try_from(n_items).unwrap_or(i64::MAX))))
}

pub(super) fn append(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    evaluation.gather(args.values.iter().flatten().cloned().collect(), evaluation.call_span(args))
}

pub(super) fn reverse(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(items) = several(evaluation, args)? else { return Ok(args.item(0).cloned()) };
    Ok(Some(list(items.into_iter().rev().collect(), Shape::Plain)))
}

pub(super) fn shuffle(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(mut items) = several(evaluation, args)? else { return Ok(args.item(0).cloned()) };
    for last in (1..items.len()).rev() {
        let other = evaluation.random.below(last as u64 + 1);
        items.swap(last, usize::try_from(other).unwrap_or(last));
    }
    Ok(Some(list(items, Shape::Plain)))
}

/// The items of an array of two or more; any other is what it was.
fn several(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Vec<Item>>> {
    let Some(items) = args.item(0).and_then(Item::as_items).filter(|items| items.len() > 1) else { return Ok(None) };
    evaluation.spend(evaluation.call_span(args), items.len())?;
    Ok(Some(items.iter().collect()))
}

pub(super) fn sort(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(items) = several(evaluation, args)? else { return Ok(args.item(0).cloned()) };
    let at = evaluation.call_span(args);
    let sorted = if let Some(comparator) = args.function(1) {
        merge_sort(items, &mut |one, other| {
            let said = evaluation.invoke(comparator, vec![Some(one.clone()), Some(other.clone())], args.site.node)?;
            Ok(is_truthy(said.as_ref()))
        })?
    } else if items.iter().all(|item| item.as_f64().is_some()) {
        merge_sort(items, &mut |one, other| {
            evaluation.spend(at, 1)?;
            Ok(one.as_f64() > other.as_f64())
        })?
    } else if items.iter().all(|item| item.as_str().is_some()) {
        merge_sort(items, &mut |one, other| {
            let (one, other) = (one.as_str().unwrap_or_default(), other.as_str().unwrap_or_default());
            evaluation.spend_on_text(at, 16 + one.len().min(other.len()))?;
            Ok(java::compare(one, other).is_gt())
        })?
    } else {
        return fail(at, "D3070", "`$sort` compares numbers or strings; other items need a function that compares");
    };
    Ok(Some(list(sorted, Shape::Plain)))
}

/// What counts as true to JavaScript, which is asked here: also an empty array or object.
fn is_truthy(item: Option<&Item>) -> bool {
    match item {
        None => false,
        Some(Item::Json(value)) => match value {
            Value::Null => false,
            Value::Bool(value) => *value,
            Value::Number(number) => number.as_f64() != 0.0 && !number.as_f64().is_nan(),
            Value::String(text) => !text.is_empty(),
            Value::Array(_) | Value::Object(_) => true,
        },
        Some(_) => true,
    }
}

/// A scalar by what makes it equal to another.
#[derive(PartialEq, Eq, Hash)]
enum Scalar {
    Null,
    Bool(bool),
    Number(u64),
    String(Arc<str>),
}

pub(super) fn distinct(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(items) = args.item(0).filter(|item| item.is_array()) else { return Ok(args.item(0).cloned()) };
    let shape = if items.shape().is_sequence() { Shape::Sequence } else { Shape::Plain };
    let Some(items) = several(evaluation, args)? else { return Ok(args.item(0).cloned()) };
    let at = evaluation.call_span(args);
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    // Arrays and objects are compared with each other; scalars are looked up.
    let mut containers: Vec<Item> = Vec::new();
    'items: for item in items {
        let scalar = match &item {
            Item::Json(Value::Null) => Some(Scalar::Null),
            Item::Json(Value::Bool(value)) => Some(Scalar::Bool(*value)),
            // 0 and -0 are equal.
            Item::Json(Value::Number(number)) => Some(Scalar::Number((number.as_f64() + 0.0).to_bits())),
            Item::Json(Value::String(text)) => Some(Scalar::String(Arc::clone(text))),
            _ => None,
        };
        match scalar {
            Some(scalar) => {
                if !seen.insert(scalar) {
                    continue;
                }
            }
            None => {
                for other in &containers {
                    if is_equal(&item, other, &mut |units| evaluation.spend(at, units))? {
                        continue 'items;
                    }
                }
                containers.push(item.clone());
            }
        }
        found.push(item);
    }
    Ok(Some(list(found, shape)))
}

/// As many tuples as the shortest array has items.
pub(super) fn zip(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let lists: Vec<_> = args.values.iter().map(|list| list.as_ref().and_then(Item::as_items)).collect();
    let shortest = lists.iter().map(|list| list.map_or(0, Items::len)).min().unwrap_or_default();
    let mut tuples = Vec::new();
    for at in 0..shortest {
        evaluation.spend(evaluation.call_span(args), lists.len())?;
        let tuple = lists.iter().filter_map(|list| list.and_then(|items| items.get(at)));
        tuples.push(list(tuple.collect(), Shape::Plain));
    }
    Ok(Some(list(tuples, Shape::Plain)))
}
