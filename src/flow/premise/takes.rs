//! Whether a schema takes a value, keyword by keyword, also those that no shape can say: so that no execution is shown whose input or
//! answers break it.
//!
//! Source of the keywords: JSON Schema 2020-12, "Core" and "Validation"; of earlier drafts `items` as a list, `additionalItems`,
//! `dependencies` and `exclusiveMinimum: true`.

use crate::eval::Value;
use crate::eval::value::{Array, Members, Object};
use crate::eval::{Number, is_found};

/// Keywords that are looked at here and say nothing in shapes.
pub(super) const CHECKED: [&str; 30] = [
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
const MOST: u32 = 20_000;

/// So many items and characters are made up at most.
const MOST_MADE: usize = 1_000;

/// How deep schemas lie in each other.
const DEEPEST: u32 = 200;

/// A schema, with what `$ref`s in it are relative to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checking<'s> {
    pub(super) root: &'s Value,
    /// Whether what stands beside a `$ref` counts.
    pub(super) counts_beside_references: bool,
}

/// How much work is left.
struct Left(u32);

impl<'s> Checking<'s> {
    /// Whether the schema takes a value; not where that takes too long to tell.
    pub(super) fn takes(self, value: &Value) -> bool {
        self.of(self.root, value, DEEPEST, &mut Left(MOST))
    }

    /// Recursion is bounded by `depth`.
    fn of(self, schema: &'s Value, value: &Value, depth: u32, left: &mut Left) -> bool {
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
                Value::String(text) => takes_text(keywords, text),
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

    /// The value, or one near to it that the schema takes, as far as it says what is wrong: of `anyOf`, `oneOf` and `not` nothing is
    /// done.
    pub(super) fn mended(self, value: Value) -> Value {
        self.mend(self.root, value, DEEPEST)
    }

    /// Recursion is bounded by `depth`.
    fn mend(self, schema: &'s Value, mut value: Value, depth: u32) -> Value {
        let (Some(depth), Value::Object(keywords)) = (depth.checked_sub(1), schema) else { return value };
        if let Some(schema) = keywords.get("$ref").and_then(Value::as_str).and_then(|to| resolved(self.root, to)) {
            value = self.mend(schema, value, depth.min(20));
            if !self.counts_beside_references {
                return value;
            }
        }
        for schema in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            value = self.mend(schema, value, depth);
        }
        let listed = keywords.get("enum").and_then(Value::as_array).unwrap_or_default();
        let mut listed = keywords.get("const").into_iter().chain(listed);
        if let Some(first) =
            listed.next().filter(|first| !equal(first, &value) && !listed.any(|one| equal(one, &value)))
        {
            value = first.clone();
        }
        if let Some(types) = keywords.get("type").filter(|types| !is_of(types, &value)) {
            value = example(types, &value);
        }
        value = match value {
            Value::Number(number) => mended_number(keywords, &number),
            Value::String(text) => mended_text(keywords, &text),
            Value::Array(items) => self.mended_items(keywords, Array::take(items), depth),
            Value::Object(members) => self.mended_members(keywords, Object::take(members), depth),
            other => other,
        };
        if let Some(condition) = keywords.get("if") {
            let is_met = self.of(condition, &value, depth, &mut Left(MOST));
            if let Some(schema) = keywords.get(if is_met { "then" } else { "else" }) {
                value = self.mend(schema, value, depth);
            }
        }
        value
    }

    fn mended_items(self, keywords: &'s Members, mut items: Vec<Value>, depth: u32) -> Value {
        let (first, rest) = item_schemas(keywords);
        let most = if rest == Some(&Value::Bool(false)) { first.len() } else { usize::MAX };
        items.resize(items.len().max(size(keywords, "minItems").unwrap_or_default().min(MOST_MADE)), Value::Null);
        items.truncate(size(keywords, "maxItems").unwrap_or(most).min(most));
        let schemas = first.iter().map(Some).chain(std::iter::repeat(rest));
        let items = items.into_iter().zip(schemas).map(|(item, schema)| match schema {
            Some(schema) => self.mend(schema, item, depth),
            None => item,
        });
        Value::array(items.collect())
    }

    fn mended_members(self, keywords: &'s Members, mut members: Members, depth: u32) -> Value {
        let of = |name: &str| keywords.get(name).and_then(Value::as_object);
        let mut needed: Vec<&Value> = keywords.get("required").into_iter().collect();
        let dependent = of("dependentRequired").into_iter().chain(of("dependencies")).flatten();
        needed.extend(dependent.filter(|(name, _)| members.contains_key(&***name)).map(|(_, names)| names));
        let needed = needed.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        for name in needed {
            members.entry(name.into()).or_insert_with(|| Value::members::<&str>([]));
        }
        let others = keywords.get("additionalProperties").filter(|_| of("patternProperties").is_none());
        let mended = members.into_iter().filter_map(|(name, inner)| {
            let inner = match (of("properties").and_then(|properties| properties.get(&name)), others) {
                (Some(schema), _) => self.mend(schema, inner, depth),
                (None, Some(Value::Bool(false))) => return None,
                (None, Some(schema)) => self.mend(schema, inner, depth),
                (None, None) => inner,
            };
            Some((name, inner))
        });
        Value::object(mended.collect())
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

fn size(keywords: &Members, name: &str) -> Option<usize> {
    let number = keywords.get(name)?.as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    (number >= 0.0).then_some(number as usize)
}

fn number(keywords: &Members, name: &str) -> Option<f64> {
    keywords.get(name)?.as_f64()
}

fn is_of(types: &Value, value: &Value) -> bool {
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
fn bounds(keywords: &Members) -> [(Option<f64>, bool); 2] {
    [("minimum", "exclusiveMinimum", 1.0), ("maximum", "exclusiveMaximum", -1.0)].map(|(name, exclusive, sign)| {
        let bound = number(keywords, name);
        match keywords.get(exclusive) {
            Some(Value::Bool(is_exclusive)) => (bound, *is_exclusive),
            Some(Value::Number(other)) => {
                let other = other.as_f64();
                match bound {
                    Some(bound) if bound * sign > other * sign => (Some(bound), false),
                    _ => (Some(other), true),
                }
            }
            _ => (bound, false),
        }
    })
}

fn takes_number(keywords: &Members, value: &Number) -> bool {
    let value = value.as_f64();
    let [(least, is_above), (most, is_below)] = bounds(keywords);
    least.is_none_or(|least| value > least || value >= least && !is_above)
        && most.is_none_or(|most| value < most || value <= most && !is_below)
        && number(keywords, "multipleOf").is_none_or(|step| {
            let times = value / step;
            (times - times.round()).abs() < 1e-9
        })
}

/// The nearest number that is in the bounds, whole where it has to be.
fn mended_number(keywords: &Members, value: &Number) -> Value {
    if takes_number(keywords, value)
        && keywords.get("type").is_none_or(|types| is_of(types, &Value::Number(value.clone())))
    {
        return Value::Number(value.clone());
    }
    let [(least, is_above), (most, is_below)] = bounds(keywords);
    let is_whole = keywords.get("type").and_then(Value::as_str) == Some("integer");
    let step = number(keywords, "multipleOf").filter(|step| *step > 0.0).or(is_whole.then_some(1.0));
    let mut new = value.as_f64();
    if let Some(least) = least {
        new = new.max(if is_above { least + step.unwrap_or(1.0) } else { least });
    }
    if let Some(most) = most {
        new = new.min(if is_below { most - step.unwrap_or(1.0) } else { most });
    }
    if let Some(step) = step {
        let up = (new / step).ceil() * step;
        new =
            if most.is_none_or(|most| up < most || up <= most && !is_below) { up } else { (new / step).floor() * step };
    }
    Value::from(new)
}

fn mended_text(keywords: &Members, text: &str) -> Value {
    let least = size(keywords, "minLength").unwrap_or_default().min(MOST_MADE);
    let most = size(keywords, "maxLength").unwrap_or(usize::MAX);
    let padding = std::iter::repeat_n('a', least.saturating_sub(text.chars().count()));
    Value::from(text.chars().chain(padding).take(most).collect::<String>())
}

/// Some value of the first of these types that is known; else the value.
fn example(types: &Value, value: &Value) -> Value {
    let one = types.as_array().and_then(<[Value]>::first).unwrap_or(types);
    match one.as_str() {
        Some("null") => Value::Null,
        Some("boolean") => Value::Bool(true),
        Some("number" | "integer") => value.as_f64().map_or_else(|| 1.into(), |number| number.ceil().into()),
        Some("string") => "a".into(),
        Some("array") => Value::array(Vec::new()),
        Some("object") => Value::members::<&str>([]),
        _ => value.clone(),
    }
}

fn takes_text(keywords: &Members, text: &str) -> bool {
    let n_chars = || text.chars().count();
    size(keywords, "minLength").is_none_or(|least| n_chars() >= least)
        && size(keywords, "maxLength").is_none_or(|most| n_chars() <= most)
        && keywords.get("pattern").and_then(Value::as_str).is_none_or(|pattern| is_found(pattern, text) != Some(false))
}

/// The schemas of the first items, one for each, and that of the others.
fn item_schemas(keywords: &Members) -> (&[Value], Option<&Value>) {
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
mod tests;
