//! Whether a schema takes a value, keyword by keyword, also those that no shape can say: so that no execution is shown whose input or
//! answers break it.
//!
//! Source of the keywords: JSON Schema 2020-12, "Core" and "Validation"; of earlier drafts `items` as a list, `additionalItems`,
//! `dependencies` and `exclusiveMinimum: true`.

use std::cmp::Ordering;

use super::format;
use crate::eval::Value;
use crate::eval::value::Members;
use crate::eval::{Number, is_found};

/// Keywords that are looked at here and say nothing in shapes.
pub(super) const CHECKED: [&str; 31] = [
    "additionalItems",
    "additionalProperties",
    "anyOf",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "then",
    "type: integer",
    "uniqueItems",
];

/// How many schemas are held against a value before it is taken for one that does not fit.
pub(super) const MOST: u32 = 20_000;

/// How deep schemas lie in each other.
pub(super) const DEEPEST: u32 = 200;

/// A schema, with what `$ref`s in it are relative to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checking<'s> {
    pub(super) root: &'s Value,
    /// Whether what stands beside a `$ref` counts.
    pub(super) counts_beside_references: bool,
    /// Whether a `format` is held to, which JSON Schema leaves open.
    pub(super) formats: Formats,
}

/// What a `format` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Formats {
    /// Values of another format are refused.
    Count,
    /// Nothing.
    Annotate,
}

/// How much work is left.
pub(super) struct Left(pub(super) u32);

impl<'s> Checking<'s> {
    /// Whether the schema takes a value; not where that takes too long to tell.
    pub(super) fn takes(self, value: &Value) -> bool {
        self.of(self.root, value, DEEPEST, &mut Left(MOST))
    }

    /// Recursion is bounded by `depth`.
    pub(super) fn of(self, schema: &'s Value, value: &Value, depth: u32, left: &mut Left) -> bool {
        let Value::Object(keywords) = schema else { return *schema != Value::Bool(false) };
        let (Some(depth), Some(rest)) = (depth.checked_sub(1), left.0.checked_sub(1)) else { return false };
        left.0 = rest;
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            let is_met = resolved(self.root, reference).is_none_or(|schema| self.of(schema, value, depth, left));
            if !is_met || !self.counts_beside_references {
                return is_met;
            }
        }
        let get = |name: &str| keywords.get(name);
        let mut inner = |schema: &'s Value, value: &Value| self.of(schema, value, depth, left);
        let all = |name: &str| get(name).and_then(Value::as_array).into_iter().flatten();
        let n_met = |name: &str, inner: &mut dyn FnMut(&'s Value, &Value) -> bool| {
            let list = get(name).and_then(Value::as_array)?;
            Some(list.iter().filter(|schema| inner(schema, value)).count())
        };
        let is_chosen = match get("if") {
            Some(condition) => {
                let branch = if inner(condition, value) { "then" } else { "else" };
                get(branch).is_none_or(|schema| inner(schema, value))
            }
            None => true,
        };
        is_chosen
            && all("allOf").all(|schema| inner(schema, value))
            && n_met("anyOf", &mut inner).is_none_or(|n| n > 0)
            && n_met("oneOf", &mut inner).is_none_or(|n| n == 1)
            && get("not").is_none_or(|schema| !inner(schema, value))
            && get("type").is_none_or(|types| is_of(types, value))
            && get("const").is_none_or(|constant| equal(constant, value))
            && get("enum").and_then(Value::as_array).is_none_or(|all| all.iter().any(|one| equal(one, value)))
            && match value {
                Value::Number(number) => takes_number(keywords, number),
                Value::String(text) => self.takes_text(keywords, text),
                Value::Array(items) => takes_items(keywords, items, &mut inner),
                Value::Object(members) => {
                    let dependent =
                        ["dependentSchemas", "dependencies"].map(|name| get(name).and_then(Value::as_object));
                    let mut asked = dependent.into_iter().flatten().flatten();
                    takes_members(keywords, members, &mut inner)
                        && asked.all(|(name, schema)| {
                            schema.as_array().is_some() || !members.contains_key(name) || inner(schema, value)
                        })
                }
                Value::Null | Value::Bool(_) => true,
            }
    }
}

/// `#` and `#/$defs/Name`.
pub(super) fn resolved<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    let mut at = root;
    for step in reference.strip_prefix('#')?.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        at = match at {
            Value::Array(_) => at.as_array()?.get(step.parse::<usize>().ok()?)?,
            _ => at.get(&step)?,
        };
    }
    (reference == "#" || reference.starts_with("#/")).then_some(at)
}

/// Whether two values are one to a schema: numbers are, however they are written.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let is_in = |(name, one): (_, &Value)| other.get::<str>(name).is_some_and(|other| equal(one, other));
            one.len() == other.len() && one.iter().map(|(name, one)| (&**name, one)).all(is_in)
        }
        (one, other) => one == other,
    }
}

pub(super) fn size(keywords: &Members, name: &str) -> Option<usize> {
    let number = keywords.get(name)?.as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    (number >= 0.0).then_some(number as usize)
}

pub(super) fn number(keywords: &Members, name: &str) -> Option<f64> {
    keywords.get(name)?.as_f64()
}

pub(super) fn is_of(types: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str() {
        Some("null") => *value == Value::Null,
        Some("boolean") => value.as_bool().is_some(),
        Some("number") => value.as_f64().is_some(),
        Some("integer") => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Some("string") => value.as_str().is_some(),
        Some("array") => value.as_array().is_some(),
        Some("object") => value.as_object().is_some(),
        _ => true,
    };
    types.as_array().map_or_else(|| is(types), |names| names.iter().any(is))
}

/// The least and the greatest number, and whether these themselves are left out.
pub(super) fn bounds(keywords: &Members) -> [(Option<&Number>, bool); 2] {
    let number = |name: &str| match keywords.get(name) {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    [("minimum", "exclusiveMinimum", Ordering::Greater), ("maximum", "exclusiveMaximum", Ordering::Less)].map(
        |(name, exclusive, closer)| match (number(name), keywords.get(exclusive)) {
            (bound, Some(Value::Bool(is_exclusive))) => (bound, *is_exclusive),
            (Some(bound), Some(Value::Number(other))) if order(bound, other) == Some(closer) => (Some(bound), false),
            (_, Some(Value::Number(other))) => (Some(other), true),
            (bound, _) => (bound, false),
        },
    )
}

/// The order of two numbers: whole ones as they are written, others as binary64.
fn order(one: &Number, other: &Number) -> Option<Ordering> {
    let whole = |number: &Number| match number {
        Number::Int(whole) => Some(i128::from(*whole)),
        #[expect(clippy::cast_possible_truncation, reason = "whole, and in range")]
        Number::Float(float) => (float.fract() == 0.0 && float.abs() < 1e38).then_some(*float as i128),
        Number::Big(digits) => digits.parse().ok(),
    };
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64().partial_cmp(&other.as_f64()),
    }
}

pub(super) fn takes_number(keywords: &Members, value: &Number) -> bool {
    let [(least, is_above), (most, is_below)] = bounds(keywords);
    let is_within = |bound: Option<&Number>, is_exclusive: bool, side: Ordering| {
        bound.is_none_or(|bound| {
            let order = order(value, bound);
            order == Some(side) || order == Some(Ordering::Equal) && !is_exclusive
        })
    };
    is_within(least, is_above, Ordering::Greater)
        && is_within(most, is_below, Ordering::Less)
        && number(keywords, "multipleOf").is_none_or(|step| {
            let times = value.as_f64() / step;
            (times - times.round()).abs() < 1e-9
        })
}

impl Checking<'_> {
    pub(super) fn takes_text(self, keywords: &Members, text: &str) -> bool {
        let format = keywords.get("format").and_then(Value::as_str).filter(|_| self.formats == Formats::Count);
        takes_text(keywords, text) && format.is_none_or(|format| format::is_of(format, text) != Some(false))
    }
}

/// Whether the keywords about texts take one, but for `format`.
pub(super) fn takes_text(keywords: &Members, text: &str) -> bool {
    let n_chars = || text.chars().count();
    size(keywords, "minLength").is_none_or(|least| n_chars() >= least)
        && size(keywords, "maxLength").is_none_or(|most| n_chars() <= most)
        && keywords.get("pattern").and_then(Value::as_str).is_none_or(|pattern| is_found(pattern, text) != Some(false))
}

/// The schemas of the first items, one for each, and that of the others.
pub(super) fn item_schemas(keywords: &Members) -> (&[Value], Option<&Value>) {
    let (first, rest) = match (keywords.get("prefixItems"), keywords.get("items")) {
        (Some(first), rest) => (first.as_array(), rest),
        (None, Some(Value::Array(first))) => (Some(&***first), keywords.get("additionalItems")),
        (None, rest) => (None, rest),
    };
    (first.unwrap_or_default(), rest)
}

fn takes_items<'s>(keywords: &'s Members, items: &[Value], inner: &mut dyn FnMut(&'s Value, &Value) -> bool) -> bool {
    let (first, rest) = item_schemas(keywords);
    let is_unique = || (1..items.len()).all(|at| !items[..at].iter().any(|before| equal(before, &items[at])));
    size(keywords, "minItems").is_none_or(|least| items.len() >= least)
        && size(keywords, "maxItems").is_none_or(|most| items.len() <= most)
        && (keywords.get("uniqueItems") != Some(&Value::Bool(true)) || is_unique())
        && items.iter().zip(first).all(|(item, schema)| inner(schema, item))
        && rest.is_none_or(|schema| items.iter().skip(first.len()).all(|item| inner(schema, item)))
        && keywords.get("contains").is_none_or(|schema| {
            let n = items.iter().filter(|item| inner(schema, item)).count();
            n >= size(keywords, "minContains").unwrap_or(1)
                && size(keywords, "maxContains").is_none_or(|most| n <= most)
        })
}

fn takes_members<'s>(
    keywords: &'s Members,
    members: &Members,
    inner: &mut dyn FnMut(&'s Value, &Value) -> bool,
) -> bool {
    let of = |name: &str| keywords.get(name).and_then(Value::as_object);
    let has_all = |names: &Value| {
        names.as_array().into_iter().flatten().filter_map(Value::as_str).all(|name| members.contains_key(name))
    };
    let patterns = || of("patternProperties").into_iter().flatten();
    let needed = of("dependentRequired").into_iter().chain(of("dependencies")).flatten();
    keywords.get("required").is_none_or(has_all)
        && size(keywords, "minProperties").is_none_or(|least| members.len() >= least)
        && size(keywords, "maxProperties").is_none_or(|most| members.len() <= most)
        && needed.filter(|(name, _)| members.contains_key(&***name)).all(|(_, names)| has_all(names))
        && members.iter().all(|(name, value)| {
            let known = of("properties").and_then(|properties| properties.get(name));
            let fitting = patterns().filter(|(pattern, _)| is_found(pattern, name) != Some(false));
            let mut is_known = known.is_some();
            known.is_none_or(|schema| inner(schema, value))
                && fitting.inspect(|_| is_known = true).all(|(_, schema)| inner(schema, value))
                && (is_known || keywords.get("additionalProperties").is_none_or(|schema| inner(schema, value)))
        })
}

#[cfg(test)]
pub(crate) mod tests;
