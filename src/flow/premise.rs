//! Turns a JSON Schema into the shape of the values that it takes, and into claims about them.
//!
//! A schema says what its author vouches for: what is concluded from it holds where it does. The shape holds every value that
//! the schema takes, so a keyword that has no counterpart in shapes can be left out, and is told. What is read: `type`,
//! `enum`, `const`, `properties`, `required`, `additionalProperties: false`, `items`, `minItems`, `allOf`, `anyOf`, `oneOf`, and
//! `$ref` inside the document (JSON Schema 2020-12; in earlier drafts they mean the same, but for what stands beside a `$ref`,
//! which does not count there). Proofs go by more: by each [`Claim`] that the schema makes. What is shown fits the schema as a whole
//! ([`Premise::admits`]).

mod claim;
mod format;
mod mend;
mod takes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::shape::{Kinds, MAX_DEPTH, Member, Presence, Record, Rest, Shape, kind_of};
use crate::eval::Value;
pub use claim::{Claim, Said};
use claim::{Uncounted, format_keyword};
pub(crate) use claim::{is_fitting, is_other, refuses};
use takes::{CHECKED, Checking, Formats, equal, resolved};

/// What someone vouches for in a machine.
#[derive(Clone, Debug, Default)]
pub struct Premises {
    /// Of the input of the execution.
    pub input: Option<Arc<Premise>>,
    /// Of what Tasks give, by the name of the state.
    pub tasks: BTreeMap<String, Arc<Premise>>,
}

/// Nobody vouches for anything.
pub static NO_PREMISES: Premises = Premises { input: None, tasks: BTreeMap::new() };

impl Premises {
    /// What the Task of this name gives, if that is vouched for.
    #[must_use]
    pub fn of_task(&self, name: &str) -> Option<&Premise> {
        self.tasks.get(name).map(|premise| &**premise)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.input.is_none() && self.tasks.is_empty()
    }

    /// Each of them: in words, with what of it does not count in this use, and what is left without it.
    pub fn each(&self, how: Use) -> impl Iterator<Item = (String, Self)> {
        let input = self.input.iter().map(move |premise| {
            let words = format!("the input fits `{}`{}", premise.name, premise.without(how));
            (words, Self { input: None, ..self.clone() })
        });
        let tasks = self.tasks.iter().map(move |(name, premise)| {
            let mut rest = self.clone();
            rest.tasks.remove(name);
            (format!("what `{name}` gives fits `{}`{}", premise.name, premise.without(how)), rest)
        });
        input.chain(tasks)
    }
}

/// What a schema says of values.
#[derive(Clone, Debug)]
pub struct Premise {
    /// How people know the schema: its path.
    pub name: String,
    /// Holds every value that the schema takes.
    pub shape: Shape,
    /// The same as alternatives: each value that the schema takes is held by one of them.
    pub ways: Vec<Shape>,
    /// The keywords that were left out of the shape, by name: the schema takes fewer values than it holds.
    pub dropped: Vec<String>,
    /// What of the schema does not count where a proof goes by its claims.
    uncounted: Uncounted,
    has_formats: bool,
    schema: Value,
    counts_beside_references: bool,
}

impl Premise {
    /// The premise that values fit a schema.
    #[must_use]
    pub fn of_schema(name: &str, schema: &Value) -> Self {
        let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let counts_beside_references = ["2019-09", "2020-12"].iter().any(|draft_of| draft.contains(draft_of));
        let mut reader = Reader {
            root: schema,
            counts_beside_references,
            dropped: BTreeSet::new(),
            split: BTreeSet::new(),
            n_left: MAX_SCHEMAS,
        };
        let ways = reader.ways(&[schema], MAX_DEPTH);
        let shape = joined(&ways);
        let mut uncounted = Said { root: schema, schema, counts_beside_references }.uncounted();
        // Alternatives that have no value in common are told apart as shapes.
        uncounted.wholly.retain(|keyword| keyword != "oneOf" || reader.dropped.contains("oneOf"));
        uncounted.partly.retain(|keyword| !uncounted.wholly.contains(keyword));
        let dropped = reader.dropped.into_iter().collect();
        let has_formats = schema.to_json().contains("\"format\"");
        let (name, schema) = (name.to_owned(), schema.clone());
        Self { name, shape, ways, dropped, uncounted, has_formats, schema, counts_beside_references }
    }

    /// Its schema, as it says it.
    #[must_use]
    pub fn said(&self) -> Said<'_> {
        let (schema, counts_beside_references) = (&self.schema, self.counts_beside_references);
        Said { root: schema, schema, counts_beside_references }
    }

    fn checking(&self, formats: Formats) -> Checking<'_> {
        Checking { root: &self.schema, counts_beside_references: self.counts_beside_references, formats }
    }

    /// Whether the schema takes a value, as far as its keywords are known, and whether or not a `format` counts.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        let takes = |formats| self.checking(formats).takes(value);
        self.shape.admits(value) && takes(Formats::Count) && (!self.has_formats || takes(Formats::Annotate))
    }

    /// The value, or one near to it that the schema takes, as far as that is simple. `chance` picks among several.
    #[must_use]
    pub fn mended(&self, value: Value, chance: u64) -> Value {
        if self.admits(&value) { value } else { self.checking(Formats::Count).mended(value, chance) }
    }

    /// Why an execution that is looked for may not fit, in words: what the schema says and proofs do not go by.
    #[must_use]
    pub fn besides(&self) -> Option<String> {
        let keywords: BTreeSet<&String> = self.uncounted.wholly.iter().chain(&self.uncounted.partly).collect();
        (!keywords.is_empty()).then(|| format!("what {} of `{}` leaves", quoted(keywords), self.name))
    }

    /// What of it did not count for what was found in this way, in words: ` (of which …)`; nothing where all did.
    fn without(&self, how: Use) -> String {
        let none = BTreeSet::new();
        let (left, partly): (Vec<&String>, _) = match how {
            Use::Findings => (self.dropped.iter().collect(), &none),
            Use::Proofs => (self.uncounted.wholly.iter().collect(), &self.uncounted.partly),
        };
        let (checked, unknown): (Vec<_>, Vec<_>) = left.into_iter().partition(|name| CHECKED.contains(&name.as_str()));
        let mut parts = Vec::new();
        if !unknown.is_empty() {
            parts.push(format!("{} did not count", quoted(unknown)));
        }
        if !checked.is_empty() {
            let words = if parts.is_empty() { "did not count for proofs" } else { "not for proofs" };
            parts.push(format!("{} {words}", quoted(checked)));
        }
        if !partly.is_empty() {
            let words = if parts.is_empty() { "counted for proofs only" } else { "only" };
            parts.push(format!("{} {words} against constants", quoted(partly)));
        }
        if parts.is_empty() { String::new() } else { format!(" (of which {})", parts.join(", and ")) }
    }
}

/// What premises are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The findings of rules, which go by shapes.
    Findings,
    /// Proofs, which go by what schemas claim.
    Proofs,
}

fn quoted<'k>(keywords: impl IntoIterator<Item = &'k String>) -> String {
    let quoted: Vec<_> = keywords.into_iter().map(|keyword| format!("`{keyword}`")).collect();
    quoted.join(", ")
}

/// How many schemas are looked at: those behind a `$ref` are looked at again at each.
const MAX_SCHEMAS: usize = 10_000;

/// How many alternatives are told apart in one place.
const MAX_ALTERNATIVES: usize = 64;

/// How many of the alternatives that a schema and the schemas in it leave are told apart.
const MAX_WAYS: usize = 16;

/// Keywords that take values and say nothing of them.
const ANNOTATIONS: [&str; 15] = [
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "examples",
    "example",
    "$vocabulary",
];

/// Keywords that have a counterpart.
const READ: [&str; 12] = [
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "prefixItems",
    "minItems",
    "allOf",
    "anyOf",
    "oneOf",
];

struct Reader<'s> {
    root: &'s Value,
    /// Whether what stands beside a `$ref` counts, as it does from 2019-09 on.
    counts_beside_references: bool,
    dropped: BTreeSet<String>,
    /// The keywords that left alternatives.
    split: BTreeSet<&'static str>,
    n_left: usize,
}

/// A schema that values fit, besides others.
#[derive(Clone, Copy)]
struct View<'s> {
    schema: &'s Value,
    /// How many of [`ALTERNATIVES`] are done with: one of them is in the list as a schema of its own.
    n_chosen: usize,
}

const ALTERNATIVES: [&str; 2] = ["anyOf", "oneOf"];

impl<'s> Reader<'s> {
    /// The values that all of these schemas take, as alternatives. Recursion is bounded by `depth`.
    fn ways(&mut self, schemas: &[&'s Value], depth: u32) -> Vec<Shape> {
        let views: Vec<_> = schemas.iter().map(|&schema| View { schema, n_chosen: 0 }).collect();
        self.of_views(&views, depth)
    }

    /// The same, as one shape.
    fn shape(&mut self, schemas: &[&'s Value], depth: u32) -> Shape {
        let ways = self.ways(schemas, depth);
        self.as_one(&ways)
    }

    /// Alternatives as one shape, which holds more than they do where several have members.
    fn as_one(&mut self, ways: &[Shape]) -> Shape {
        if ways.len() > 1 {
            self.dropped.extend(self.split.iter().map(|&keyword| keyword.to_owned()));
        }
        joined(ways)
    }

    fn of_views(&mut self, views: &[View<'s>], depth: u32) -> Vec<Shape> {
        let Some(mut all) = self.spread(views) else { return Vec::new() };
        // Of alternatives one after the other is taken, together with all that holds beside them.
        for i in 0..all.len() {
            while let Some(keyword) = ALTERNATIVES.get(all[i].n_chosen) {
                all[i].n_chosen += 1;
                let Some(alternatives) = all[i].schema.get(keyword).and_then(Value::as_array) else { continue };
                if depth == 0 || alternatives.len() > MAX_ALTERNATIVES {
                    self.dropped.insert((*keyword).to_owned());
                    continue;
                }
                let mut ways: Vec<Shape> = Vec::new();
                for alternative in alternatives {
                    let mut views = all.clone();
                    views.push(View { schema: alternative, n_chosen: 0 });
                    let more = self.of_views(&views, depth - 1);
                    // What several of them hold is held, and `oneOf` takes it not.
                    if *keyword == "oneOf" && more.iter().any(|way| ways.iter().any(|other| !are_disjoint(way, other)))
                    {
                        self.dropped.insert((*keyword).to_owned());
                    }
                    ways.extend(more);
                }
                self.split.insert(keyword);
                return self.few(ways);
            }
        }
        let ways = self.plain(&all, depth);
        self.few(ways)
    }

    /// Not more alternatives than are told apart; what has no members and no items is one.
    fn few(&mut self, ways: Vec<Shape>) -> Vec<Shape> {
        let ways = ways.into_iter().filter(|way| !way.is_never());
        let (mut containers, scalars): (Vec<_>, Vec<_>) =
            ways.partition(|way| way.kinds().meets(Kinds::OBJECT | Kinds::ARRAY));
        if containers.len() > MAX_WAYS {
            containers = vec![self.as_one(&containers)];
        }
        let scalars = joined(&scalars);
        match containers.first_mut() {
            Some(first) => *first = first.join(&scalars),
            None if scalars.is_never() => {}
            None => containers.push(scalars),
        }
        containers
    }

    /// The schemas with all that `allOf` and `$ref` put beside them; nothing where one takes no value.
    fn spread(&mut self, views: &[View<'s>]) -> Option<Vec<View<'s>>> {
        let mut all: Vec<View<'s>> = Vec::new();
        let mut open: Vec<View<'s>> = views.iter().rev().copied().collect();
        while let Some(view) = open.pop() {
            // The same schema twice says the same, and one that refers to itself nothing more.
            if all.iter().any(|known| std::ptr::eq(known.schema, view.schema)) {
                continue;
            }
            if self.n_left == 0 {
                self.dropped.insert("what is too large".to_owned());
                continue;
            }
            self.n_left -= 1;
            if matches!(view.schema, Value::Bool(false)) {
                return None;
            }
            if let Some(reference) = view.schema.get("$ref") {
                match reference.as_str().and_then(|reference| resolved(self.root, reference)) {
                    Some(schema) => open.push(View { schema, n_chosen: 0 }),
                    None => drop(self.dropped.insert("$ref".to_owned())),
                }
            }
            if view.schema.get("$ref").is_some() && !self.counts_beside_references {
                let besides = view.schema.as_object().into_iter().flatten().map(|(name, _)| &**name);
                let besides = besides.filter(|name| *name != "$ref" && !ANNOTATIONS.contains(name));
                self.dropped.extend(besides.map(str::to_owned));
                continue;
            }
            let all_of = view.schema.get("allOf").and_then(Value::as_array).unwrap_or_default();
            open.extend(all_of.iter().map(|schema| View { schema, n_chosen: 0 }));
            all.push(view);
        }
        Some(all)
    }

    fn plain(&mut self, views: &[View<'s>], depth: u32) -> Vec<Shape> {
        let mut kinds = Kinds::ANY;
        let mut constants: Option<Vec<&Value>> = None;
        for View { schema, .. } in views {
            kinds = kinds & self.kinds(schema);
            let listed = match (schema.get("const"), schema.get("enum").and_then(Value::as_array)) {
                (Some(constant), _) => Some(vec![constant]),
                (None, Some(constants)) => Some(constants.iter().collect()),
                (None, None) => None,
            };
            if let Some(listed) = listed {
                let is_in = |value: &&Value, list: &[&Value]| list.iter().any(|other| equal(other, value));
                constants = Some(match constants {
                    Some(known) => known.into_iter().filter(|value| is_in(value, &listed)).collect(),
                    None => listed,
                });
            }
            self.drop_unread(schema);
        }
        if let Some(constants) = constants {
            let constants: Vec<_> = constants.into_iter().map(|value| constant(value, depth).only(kinds)).collect();
            if constants.iter().filter(|constant| constant.kinds().meets(Kinds::OBJECT | Kinds::ARRAY)).count() > 1 {
                self.split.insert("enum");
            }
            return constants;
        }
        let mut shape = Shape::of(kinds & !(Kinds::ARRAY | Kinds::OBJECT));
        if kinds.meets(Kinds::ARRAY) {
            shape = shape.join(&self.arrays(views, depth));
        }
        let mut ways = if kinds.meets(Kinds::OBJECT) { self.objects(views, depth) } else { Vec::new() };
        match ways.first_mut() {
            Some(first) => *first = first.join(&shape),
            None => ways.push(shape),
        }
        ways
    }

    fn drop_unread(&mut self, schema: &Value) {
        for name in schema.as_object().into_iter().flatten().map(|(name, _)| &**name) {
            if name != "$ref" && !READ.contains(&name) && !ANNOTATIONS.contains(&name) {
                let format = schema.get("format").filter(|_| name == "format");
                self.dropped.insert(format.map_or_else(|| name.to_owned(), format_keyword));
            }
        }
    }

    fn kinds(&mut self, schema: &Value) -> Kinds {
        let Some(named) = schema.get("type") else { return Kinds::ANY };
        let names = match named.as_array() {
            Some(names) => names.iter().map(Value::as_str).collect(),
            None => vec![named.as_str()],
        };
        let mut kinds = Kinds::default();
        for name in names {
            kinds = kinds
                | match name {
                    Some("null") => Kinds::NULL,
                    Some("boolean") => Kinds::BOOLEAN,
                    Some("number") => Kinds::NUMBER,
                    Some("integer") => {
                        self.dropped.insert("type: integer".to_owned());
                        Kinds::NUMBER
                    }
                    Some("string") => Kinds::STRING,
                    Some("array") => Kinds::ARRAY,
                    Some("object") => Kinds::OBJECT,
                    _ => {
                        self.dropped.insert("type".to_owned());
                        Kinds::ANY
                    }
                };
        }
        kinds
    }

    fn objects(&mut self, views: &[View<'s>], depth: u32) -> Vec<Shape> {
        let properties = |schema: &'s Value| schema.get("properties").and_then(Value::as_object);
        let required: BTreeSet<&str> = views
            .iter()
            .filter_map(|view| view.schema.get("required")?.as_array())
            .flat_map(|names| names.iter().filter_map(Value::as_str))
            .collect();
        // One that takes no other members closes the objects for the names that it does not know.
        let closing: Vec<_> = views.iter().filter(|view| self.is_closed(view.schema)).collect();
        let names = views.iter().filter_map(|view| properties(view.schema)).flatten().map(|(name, _)| &**name);
        let names: BTreeSet<&str> = names.chain(required.iter().copied()).collect();
        if depth == 0 || names.is_empty() && closing.is_empty() {
            return vec![Shape::of(Kinds::OBJECT)];
        }
        let mut all: Vec<Vec<(Arc<str>, Member)>> = vec![Vec::new()];
        for name in names {
            if closing.iter().any(|view| properties(view.schema).is_none_or(|known| !known.contains_key(name))) {
                if required.contains(name) {
                    return Vec::new();
                }
                continue;
            }
            let schemas: Vec<_> = views.iter().filter_map(|view| properties(view.schema)?.get(name)).collect();
            let mut ways = self.ways(&schemas, depth - 1);
            if ways.len() * all.len() > MAX_WAYS {
                ways = vec![self.as_one(&ways)];
            }
            if ways.is_empty() {
                ways.push(Shape::never());
            }
            let with = |(members, shape): (&Vec<_>, &Shape)| {
                let shape = shape.clone();
                let member = if required.contains(name) { Member::must(shape) } else { Member::may(shape) };
                let mut members = members.clone();
                members.push((Arc::from(name), member));
                members
            };
            all = all.iter().flat_map(|members| ways.iter().map(move |way| (members, way))).map(with).collect();
        }
        let rest = || if closing.is_empty() { Rest::Any } else { Rest::Nothing };
        all.into_iter().map(|members| Shape::object(members, rest())).collect()
    }

    fn is_closed(&mut self, schema: &Value) -> bool {
        let is_closed = match schema.get("additionalProperties") {
            None | Some(Value::Bool(true)) => return false,
            Some(Value::Bool(false)) => true,
            Some(_) => false,
        };
        // Names that fit a pattern are taken as well.
        if !is_closed || schema.get("patternProperties").is_some() {
            self.dropped.insert("additionalProperties".to_owned());
            return false;
        }
        true
    }

    fn arrays(&mut self, views: &[View<'s>], depth: u32) -> Shape {
        let has_first = views.iter().any(|view| view.schema.get("prefixItems").is_some());
        if has_first {
            let keywords = ["prefixItems", "items"];
            let told = keywords.iter().filter(|keyword| views.iter().any(|view| view.schema.get(keyword).is_some()));
            self.dropped.extend(told.map(|keyword| (*keyword).to_owned()));
        }
        let (mut items, lists): (Vec<_>, Vec<_>) = views
            .iter()
            .filter_map(|view| view.schema.get("items"))
            .partition(|items| matches!(items, Value::Object(_) | Value::Bool(_)));
        if !lists.is_empty() {
            self.dropped.insert("items".to_owned());
        }
        if has_first {
            items.clear();
        }
        let least = views.iter().filter_map(|view| view.schema.get("minItems")?.as_i64());
        let least = least.filter_map(|least| usize::try_from(least).ok()).max().unwrap_or(0);
        if depth == 0 || items.is_empty() && least == 0 {
            return Shape::of(Kinds::ARRAY);
        }
        let each = self.shape(&items, depth - 1);
        Shape::array(each, least)
    }
}

/// What holds all that one of these does.
fn joined(ways: &[Shape]) -> Shape {
    ways.iter().fold(Shape::never(), |all, one| all.join(one))
}

/// Whether no value is held by both, as far as it is seen. Recursion is bounded by the depth of the shapes.
fn are_disjoint(one: &Shape, other: &Shape) -> bool {
    let common = one.kinds() & other.kinds();
    let are_apart = |member: (&Arc<str>, &Member)| {
        let (name, member) = member;
        let other = other.member(name);
        match (member.presence, other.presence) {
            (Presence::Must, Presence::Must) => are_disjoint(&member.shape, &other.shape),
            (Presence::Must, Presence::Absent) | (Presence::Absent, Presence::Must) => true,
            _ => false,
        }
    };
    match common {
        _ if common == Kinds::default() => true,
        Kinds::STRING => {
            one.strings().zip(other.strings()).is_some_and(|(one, other)| !one.iter().any(|text| other.contains(text)))
        }
        Kinds::NUMBER => one
            .numbers()
            .zip(other.numbers())
            .is_some_and(|(one, other)| !one.iter().any(|number| other.contains(number))),
        Kinds::OBJECT => one.record().into_iter().flat_map(Record::members).any(are_apart),
        _ => false,
    }
}

/// The set of one value. Recursion is bounded by `depth`.
fn constant(value: &Value, depth: u32) -> Shape {
    const MOST_EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Null => Shape::of(Kinds::NULL),
        Value::Bool(value) => Shape::boolean(*value),
        // Whole numbers that binary64 rounds are compared as they are written.
        Value::Number(number) if number.as_f64().abs() >= MOST_EXACT => Shape::of(Kinds::NUMBER),
        Value::Number(number) => Shape::number(number.as_f64()),
        Value::String(text) => Shape::string(text),
        Value::Array(_) | Value::Object(_) if depth == 0 => Shape::of(kind_of(value)),
        Value::Array(items) => Shape::tuple(items.iter().map(|item| constant(item, depth - 1)).collect()),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (Arc::clone(name), Member::must(constant(value, depth - 1))));
            Shape::object(members, Rest::Nothing)
        }
    }
}

#[cfg(test)]
pub(crate) use takes::tests::{schema as some_schema, value as some_value};

#[cfg(test)]
mod tests;
