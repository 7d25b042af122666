//! The functions of arrays.

use std::collections::HashMap;

use super::arguments::Arguments;
use crate::eval::fault::Fault;
use crate::eval::java;
use crate::eval::value::Value;

/// The most items that `States.ArrayRange` makes.
const MAX_ITEMS: i64 = 1_000;

/// Whether an item is written as the value is: the service compares texts, so the string `true` is there where `true` is asked
/// for, and objects with another order of members are not found (measured).
pub(super) fn contains(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let items = arguments.array(0)?;
    arguments.walk(0)?;
    arguments.walk(1)?;
    let sought = java::text(&arguments.items[1].value);
    Ok(Value::from(items.iter().any(|item| java::text(item) == sought)))
}

/// Decimals of the index are cut off; of an empty array every item is `null` (measured).
pub(super) fn get_item(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let items = arguments.array(0)?;
    let index = arguments.truncated(1)?;
    match usize::try_from(index).ok().and_then(|index| items.get(index)) {
        Some(item) => Ok(item.clone()),
        None if items.is_empty() => Ok(Value::Null),
        None => Err(arguments.fault(
            1,
            format!("`States.ArrayGetItem` takes an index from 0 to {} here, and this is {index}", items.len() - 1),
        )),
    }
}

pub(super) fn length(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    Ok(Value::from(i64::try_from(arguments.array(0)?.len()).unwrap_or(i64::MAX)))
}

/// Decimals of the size are cut off, and what is left is at least 1 (measured).
pub(super) fn partition(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let items = arguments.array(0)?;
    let size = arguments.truncated(1)?;
    arguments.spend(items.len())?;
    match usize::try_from(size) {
        Ok(size @ 1..) => Ok(Value::array(items.chunks(size).map(|part| Value::array(part.to_vec())).collect())),
        _ => Err(arguments.fault(1, format!("the size of a part is at least 1, and this is {size}"))),
    }
}

/// From the first number by steps up to the second, or down to it; decimals are cut off (measured).
pub(super) fn range(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let (start, end, step) = (arguments.truncated(0)?, arguments.truncated(1)?, arguments.truncated(2)?);
    if step == 0 {
        return Err(arguments.fault(2, "a step of 0 never gets to the end"));
    }
    // An end on the other side of the start gives no items and is no error (measured).
    let is_reached = end == start || (end > start) == (step > 0);
    let n = if is_reached { (end - start) / step + 1 } else { 0 };
    if n > MAX_ITEMS {
        return Err(
            arguments.fault(1, format!("these are {n} items, and `States.ArrayRange` makes at most {MAX_ITEMS}"))
        );
    }
    arguments.spend(usize::try_from(n).unwrap_or_default())?;
    Ok(Value::array((0..n).map(|i| Value::from(start + i * step)).collect()))
}

/// Each item once, in the order of a `HashSet` of them (measured: `[true, false]` comes back as `[false, true]`).
///
/// How large the set is made is inferred, and shows from 13 items on. Whether `1` and `1.0` are one item is not known; here
/// they are two, as `equals` has it.
pub(super) fn unique(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let items = arguments.array(0)?;
    arguments.walk(0)?;
    let mut by_hash: HashMap<i32, Vec<usize>> = HashMap::new();
    let mut kept: Vec<(i32, Value)> = Vec::new();
    for item in items.iter() {
        let hash = java::hash_code(item);
        let same = by_hash.entry(hash).or_default();
        for _ in same.iter() {
            arguments.charge(item.weight())?;
        }
        if !same.iter().any(|&at| java::equals(&kept[at].1, item)) {
            same.push(kept.len());
            kept.push((hash, item.clone()));
        }
    }
    java::hash_order(&mut kept, java::n_buckets_of_copy(items.len()), |(hash, _)| *hash);
    Ok(Value::array(kept.into_iter().map(|(_, item)| item).collect()))
}
