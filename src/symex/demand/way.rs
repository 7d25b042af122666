//! Places inside a value, as steps from its root.

use std::sync::Arc;

use crate::asl::path::{Path, Segment, SegmentKind};
use crate::eval::Value;
use crate::eval::value::{Array, Members, Object};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::symex) enum Step {
    /// The member of this name.
    Member(Arc<str>),
    /// The item of this number.
    Item(usize),
    /// Every item.
    Each,
}

/// From the root of a value to a place in it.
pub(in crate::symex) type Way = Vec<Step>;

/// Longer ways are cut: nothing is lost but guidance.
const LONGEST: usize = 12;

/// The way that a path goes, up to the first step that may lead anywhere.
pub(in crate::symex) fn way(path: &Path) -> Way {
    let step = |segment: &Segment| match &segment.kind {
        SegmentKind::Member(name) => Some(Step::Member(name.text.as_str().into())),
        SegmentKind::Index(index) => Some(Step::Item(usize::try_from(*index).unwrap_or_default())),
        SegmentKind::CountedBack(_) => Some(Step::Item(0)),
        SegmentKind::Indices(_) | SegmentKind::Slice { .. } | SegmentKind::Wildcard | SegmentKind::Filter(_) => {
            Some(Step::Each)
        }
        _ => None,
    };
    path.segments.iter().map_while(step).take(LONGEST).collect()
}

/// `inner` behind `outer`.
pub(in crate::symex) fn joined(outer: &[Step], inner: &[Step]) -> Way {
    outer.iter().chain(inner).take(LONGEST).cloned().collect()
}

/// What of `way` lies behind `start`.
pub(in crate::symex) fn behind<'w>(way: &'w [Step], start: &[Step]) -> Option<&'w [Step]> {
    let is_met = |(one, other): (&Step, &Step)| match (one, other) {
        (Step::Each, Step::Item(_)) | (Step::Item(_), Step::Each) => true,
        (one, other) => one == other,
    };
    (way.len() >= start.len() && way.iter().zip(start).all(is_met)).then(|| &way[start.len()..])
}

/// The value with another one, or none, at a place. Containers that are missing on the way are made; every item of an array
/// that is meant gets it, and an empty one a first item.
///
/// Recursion is bounded by the length of ways.
pub(in crate::symex) fn placed(value: Option<&Value>, way: &[Step], new: Option<&Value>) -> Option<Value> {
    let Some((step, rest)) = way.split_first() else { return new.cloned() };
    match step {
        Step::Member(name) => {
            let mut members = match value {
                Some(Value::Object(members)) => Object::take(Arc::clone(members)),
                _ if new.is_none() => return value.cloned(),
                _ => Members::new(),
            };
            match placed(members.get(name), rest, new) {
                Some(inner) => _ = members.insert(Arc::clone(name), inner),
                None => _ = members.shift_remove(name),
            }
            Some(Value::object(members))
        }
        Step::Item(_) | Step::Each => {
            let mut items = match value {
                Some(Value::Array(items)) => Array::take(Arc::clone(items)),
                _ if new.is_none() => return value.cloned(),
                _ => Vec::new(),
            };
            let wanted = if let Step::Item(index) = step { (*index).min(8) } else { 0 };
            if new.is_some() {
                while items.len() <= wanted {
                    items.push(items.last().cloned().unwrap_or_else(|| Value::object(Members::new())));
                }
            }
            let is_meant = |at: usize| *step == Step::Each || at == wanted;
            if rest.is_empty() && new.is_none() {
                items.truncate(if *step == Step::Each { 0 } else { wanted });
                return Some(Value::array(items));
            }
            for (_, item) in items.iter_mut().enumerate().filter(|(at, _)| is_meant(*at)) {
                if let Some(inner) = placed(Some(item), rest, new) {
                    *item = inner;
                }
            }
            Some(Value::array(items))
        }
    }
}

/// What stands at a place; of several items the first.
pub(in crate::symex) fn at<'v>(value: &'v Value, way: &[Step]) -> Option<&'v Value> {
    way.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(index) => value.as_array()?.get(*index),
        Step::Each => value.as_array()?.first(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::path::parse;

    #[test]
    fn values_are_put_where_ways_lead() {
        let value = |text: &str| Value::from_json(text).unwrap();
        for (before, path, new, after) in [
            ("{}", "$.a.b", Some("1"), r#"{"a":{"b":1}}"#),
            (r#"{"a":2,"c":3}"#, "$.a.b", Some("1"), r#"{"a":{"b":1},"c":3}"#),
            (r#"{"a":{"b":1}}"#, "$.a.b", None, r#"{"a":{}}"#),
            (r#"{"a":1}"#, "$.a.b.c", None, r#"{"a":1}"#),
            (r#"{"a":[{},{"x":1}]}"#, "$.a[*].x", Some("5"), r#"{"a":[{"x":5},{"x":5}]}"#),
            ("{}", "$.a[1]", Some("5"), r#"{"a":[{},5]}"#),
            ("[1,2]", "$[1]", None, "[1]"),
        ] {
            let new = new.map(value);
            let placed = placed(Some(&value(before)), &way(&parse(path).0), new.as_ref());
            assert_eq!(placed.unwrap().to_json(), after, "{before} {path}");
        }
    }
}
