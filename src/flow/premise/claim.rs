//! Turns a schema into what it claims of a value, one keyword after the other, as proofs take it.
//!
//! A claim holds of every value that the schema takes. One that is exact holds of no other, as far as binary64 tells numbers apart: it
//! can be denied too. What no claim is made of is [`Claim::Unsaid`], and told.

use std::collections::{BTreeSet, HashSet};

use super::constant;
use super::format;
use super::takes::{item_schemas, number, resolved, size, takes_text};
use crate::asl::Order;
use crate::eval::value::Members;
use crate::eval::{Value, is_found, is_of_all_dialects, texts};
use crate::flow::shape::{Kinds, MAX_DEPTH, Shape};

/// How many values of an `enum` are told apart.
const MOST_CONSTANTS: usize = 256;

/// How deep schemas are looked into to tell whether they are exact.
const MOST_NESTED: u32 = 24;

/// A schema in its document.
#[derive(Clone, Copy, Debug)]
pub struct Said<'s> {
    pub(super) root: &'s Value,
    pub(super) schema: &'s Value,
    /// Whether what stands beside a `$ref` counts.
    pub(super) counts_beside_references: bool,
}

/// What a schema says of a value. What is about one kind holds of values of other kinds.
#[derive(Debug)]
pub enum Claim<'s> {
    /// There is none.
    Never,
    /// It is of one of these kinds.
    Kinds(Kinds),
    /// It is in one of these; the flag tells whether these are exactly what is listed.
    Constants(Vec<Shape>, bool),
    /// A number stands so to this one.
    Bound(Order, &'s Value),
    /// A number is whole.
    Whole,
    /// A string is one of these.
    Texts(Vec<String>),
    /// A string or a number is none that these keywords refuse.
    Scalars(&'s Members),
    /// An object has this member.
    Required(&'s str),
    /// A member of this name, where there is one.
    Member(&'s str, Said<'s>),
    /// Members whose names fit this expression.
    Fitting(&'s str, Said<'s>),
    /// Members that no other keyword beside it speaks of.
    Others(&'s Members, Said<'s>),
    /// The first items, one by one, and all others.
    Items(Vec<Said<'s>>, Option<Said<'s>>),
    /// An array has so many items or more.
    Least(usize),
    /// Or fewer.
    Most(usize),
    /// Where an object has this member, these hold of it.
    Dependent(&'s str, Vec<Claim<'s>>),
    /// It fits this one.
    Fits(Said<'s>),
    /// It fits one of these or more.
    Any(Vec<Said<'s>>),
    /// It fits exactly one of these.
    Once(Vec<Said<'s>>),
    /// It does not fit this one.
    Not(Said<'s>),
    /// Where it fits the first, it fits the second, and else the third.
    If(Said<'s>, Option<Said<'s>>, Option<Said<'s>>),
    /// Something that is not said: the keyword.
    Unsaid(String),
}

/// What of a schema does not count for proofs, by keyword.
#[derive(Clone, Debug, Default)]
pub(super) struct Uncounted {
    /// At all.
    pub(super) wholly: BTreeSet<String>,
    /// Where a value is not compared with a constant.
    pub(super) partly: BTreeSet<String>,
}

impl<'s> Said<'s> {
    fn at(self, schema: &'s Value) -> Self {
        Self { schema, ..self }
    }

    /// Which schema it is.
    #[must_use]
    pub fn identity(self) -> *const Value {
        self.schema
    }

    /// What it claims. All of it together is what the schema says, but for what is unsaid.
    #[must_use]
    pub fn claims(self) -> Vec<Claim<'s>> {
        let Value::Object(keywords) = self.schema else {
            return if *self.schema == Value::Bool(false) { vec![Claim::Never] } else { Vec::new() };
        };
        let mut claims = Vec::new();
        if let Some(reference) = keywords.get("$ref") {
            claims.push(match reference.as_str().and_then(|to| resolved(self.root, to)) {
                Some(schema) => Claim::Fits(self.at(schema)),
                None => Claim::Unsaid("$ref".to_owned()),
            });
            if !self.counts_beside_references {
                let besides = keywords.keys().map(|name| &**name).filter(|name| *name != "$ref");
                let besides = besides.filter(|name| !super::ANNOTATIONS.contains(name));
                claims.extend(besides.map(|name| Claim::Unsaid(name.to_owned())));
                return claims;
            }
        }
        for (name, said) in keywords.iter() {
            self.claim(keywords, name, said, &mut claims);
        }
        let is_scalar = |name: &&str| ["minLength", "maxLength", "pattern", "multipleOf"].contains(name);
        if keywords.keys().any(|name| is_scalar(&&**name)) {
            claims.push(Claim::Scalars(keywords));
        }
        claims
    }

    fn claim(self, keywords: &'s Members, name: &'s str, said: &'s Value, claims: &mut Vec<Claim<'s>>) {
        let unsaid = || Claim::Unsaid(name.to_owned());
        let all = |list: &'s Value| list.as_array().map(|list| list.iter().map(|schema| self.at(schema)).collect());
        let members = || said.as_object().into_iter().flatten().map(|(name, schema)| (&**name, self.at(schema)));
        match name {
            "type" => self.types(said, claims),
            "const" => claims.push(constants(std::slice::from_ref(said))),
            "enum" => claims.push(said.as_array().map_or_else(unsaid, constants)),
            "minimum" | "maximum" => {
                // Of earlier drafts.
                let exclusive = if name == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
                let is_strict = keywords.get(exclusive) == Some(&Value::Bool(true));
                let order = match (name, is_strict) {
                    ("minimum", false) => Order::GreaterThanEquals,
                    ("minimum", true) => Order::GreaterThan,
                    (_, false) => Order::LessThanEquals,
                    (_, true) => Order::LessThan,
                };
                claims.push(if is_exact(said) { Claim::Bound(order, said) } else { unsaid() });
            }
            "exclusiveMinimum" | "exclusiveMaximum" if matches!(said, Value::Bool(_)) => {}
            "exclusiveMinimum" | "exclusiveMaximum" => {
                let order = if name == "exclusiveMinimum" { Order::GreaterThan } else { Order::LessThan };
                claims.push(if is_exact(said) { Claim::Bound(order, said) } else { unsaid() });
            }
            "pattern" => claims.extend(said.as_str().and_then(texts).map(Claim::Texts)),
            "format" => claims.push(Claim::Unsaid(format_keyword(said))),
            "required" => {
                let names = said.as_array().into_iter().flatten().filter_map(Value::as_str);
                claims.extend(names.map(Claim::Required));
            }
            "properties" => claims.extend(members().map(|(name, schema)| Claim::Member(name, schema))),
            "patternProperties" => claims.extend(members().map(|(pattern, schema)| Claim::Fitting(pattern, schema))),
            "additionalProperties" => claims.push(Claim::Others(keywords, self.at(said))),
            "items" | "prefixItems" => {
                let has_first = keywords.contains_key("prefixItems");
                if name == "prefixItems" || !has_first {
                    let (first, rest) = item_schemas(keywords);
                    let first = first.iter().map(|schema| self.at(schema)).collect();
                    claims.push(Claim::Items(first, rest.map(|schema| self.at(schema))));
                }
            }
            "minItems" => claims.extend(size(keywords, name).map(Claim::Least)),
            "maxItems" => claims.extend(size(keywords, name).map(Claim::Most)),
            "dependentRequired" | "dependentSchemas" | "dependencies" => {
                claims.extend(members().map(|(name, schema)| {
                    let dependent = match schema.schema.as_array() {
                        Some(names) => names.iter().filter_map(Value::as_str).map(Claim::Required).collect(),
                        None => vec![Claim::Fits(schema)],
                    };
                    Claim::Dependent(name, dependent)
                }));
            }
            "allOf" => claims.extend(said.as_array().into_iter().flatten().map(|schema| Claim::Fits(self.at(schema)))),
            "anyOf" => claims.push(all(said).map_or_else(unsaid, Claim::Any)),
            "oneOf" => claims.push(all(said).map_or_else(unsaid, Claim::Once)),
            "not" => claims.push(Claim::Not(self.at(said))),
            "if" => {
                let [then, otherwise] = ["then", "else"].map(|name| keywords.get(name).map(|schema| self.at(schema)));
                claims.push(Claim::If(self.at(said), then, otherwise));
            }
            // Said together with others.
            "$ref" | "then" | "else" | "minLength" | "maxLength" | "multipleOf" | "additionalItems" => {}
            _ if super::ANNOTATIONS.contains(&name) => {}
            _ => claims.push(unsaid()),
        }
    }

    fn types(self, said: &Value, claims: &mut Vec<Claim<'s>>) {
        let names = said.as_array().unwrap_or(std::slice::from_ref(said));
        let mut kinds = Kinds::NONE;
        let mut is_whole = true;
        for name in names {
            kinds = kinds
                | match name.as_str() {
                    Some("null") => Kinds::NULL,
                    Some("boolean") => Kinds::BOOLEAN,
                    Some("number") => {
                        is_whole = false;
                        Kinds::NUMBER
                    }
                    Some("integer") => Kinds::NUMBER,
                    Some("string") => Kinds::STRING,
                    Some("array") => Kinds::ARRAY,
                    Some("object") => Kinds::OBJECT,
                    _ => {
                        claims.push(Claim::Unsaid("type".to_owned()));
                        return;
                    }
                };
        }
        claims.push(Claim::Kinds(kinds));
        if is_whole && kinds.meets(Kinds::NUMBER) {
            claims.push(Claim::Whole);
        }
    }

    /// Whether its claims hold of no value that it does not take.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.is_exact_within(MOST_NESTED, &mut 2_000)
    }

    /// Recursion is bounded by `depth`, work by `left`.
    fn is_exact_within(self, depth: u32, left: &mut u32) -> bool {
        let (Some(depth), Some(rest)) = (depth.checked_sub(1), left.checked_sub(1)) else { return false };
        *left = rest;
        self.claims().iter().all(|claim| claim.is_exact_within(depth, left))
    }

    /// What of it does not count.
    pub(super) fn uncounted(self) -> Uncounted {
        let (mut uncounted, mut seen, mut open) = (Uncounted::default(), HashSet::new(), vec![self]);
        while let Some(said) = open.pop() {
            if seen.insert(said.identity()) {
                for claim in said.claims() {
                    claim.tell(&mut uncounted, &mut open);
                }
            }
        }
        uncounted
    }
}

impl<'s> Claim<'s> {
    /// Whether it holds of no value that the schema does not take.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.is_exact_within(MOST_NESTED, &mut 2_000)
    }

    fn is_exact_within(&self, depth: u32, left: &mut u32) -> bool {
        let mut all = |list: &[Said<'s>]| list.iter().all(|said| said.is_exact_within(depth, left));
        match self {
            Self::Never | Self::Kinds(_) | Self::Bound(..) | Self::Texts(_) | Self::Required(_) => true,
            Self::Constants(_, is_exact) => *is_exact,
            Self::Scalars(keywords) => !is_partial(keywords),
            Self::Member(_, said) | Self::Fits(said) | Self::Not(said) => all(&[*said]),
            Self::Any(list) | Self::Once(list) => all(list),
            Self::If(condition, then, otherwise) => {
                all(&[*condition]) && [then, otherwise].into_iter().flatten().all(|said| all(&[*said]))
            }
            Self::Whole
            | Self::Fitting(..)
            | Self::Others(..)
            | Self::Items(..)
            | Self::Least(_)
            | Self::Most(_)
            | Self::Dependent(..)
            | Self::Unsaid(_) => false,
        }
    }

    fn tell(self, uncounted: &mut Uncounted, open: &mut Vec<Said<'s>>) {
        match self {
            Self::Unsaid(keyword) => _ = uncounted.wholly.insert(keyword),
            Self::Whole => _ = uncounted.partly.insert("type: integer".to_owned()),
            Self::Constants(_, false) => _ = uncounted.partly.insert("enum".to_owned()),
            Self::Scalars(keywords) => {
                let is_said = |name: &&str| *name == "pattern" && !is_partial(keywords);
                let names = ["minLength", "maxLength", "pattern", "multipleOf"].into_iter();
                let names = names.filter(|name| keywords.contains_key(*name) && !is_said(name));
                uncounted.partly.extend(names.map(str::to_owned));
            }
            Self::Member(_, said) | Self::Fitting(_, said) | Self::Others(_, said) | Self::Fits(said) => {
                open.push(said);
            }
            Self::Items(first, rest) => open.extend(first.into_iter().chain(rest)),
            Self::Dependent(_, claims) => claims.into_iter().for_each(|claim| claim.tell(uncounted, open)),
            Self::Any(list) => open.extend(list),
            Self::Once(list) => {
                if !list.iter().all(|said| said.is_exact()) {
                    uncounted.wholly.insert("oneOf".to_owned());
                }
                open.extend(list);
            }
            Self::Not(said) if !said.is_exact() => _ = uncounted.wholly.insert("not".to_owned()),
            Self::If(condition, then, otherwise) => {
                let branches = [("then", then), ("else", otherwise)];
                let branches = branches.into_iter().filter_map(|(name, said)| Some((name, said?)));
                if condition.is_exact() {
                    open.extend(branches.map(|(_, said)| said));
                } else {
                    uncounted.wholly.insert("if".to_owned());
                    uncounted.wholly.extend(branches.map(|(name, _)| name.to_owned()));
                }
            }
            _ => {}
        }
    }
}

/// `format`, and which where nobody knows it.
pub(super) fn format_keyword(said: &Value) -> String {
    match said.as_str() {
        Some(name) if format::example(name).is_none() => format!("format: {name}"),
        _ => "format".to_owned(),
    }
}

fn constants<'s>(list: &[Value]) -> Claim<'s> {
    if list.len() > MOST_CONSTANTS {
        return Claim::Unsaid("enum".to_owned());
    }
    let is_simple = |value: &Value| match value {
        Value::Number(_) => is_exact(value),
        Value::Array(_) | Value::Object(_) => false,
        _ => true,
    };
    Claim::Constants(list.iter().map(|value| constant(value, MAX_DEPTH)).collect(), list.iter().all(is_simple))
}

/// Whether binary64 holds a number as it is written, and no other whole number as it.
fn is_exact(value: &Value) -> bool {
    const MOST_EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_f64().is_some_and(|number| number.abs() < MOST_EXACT)
}

/// Whether keywords about scalars say more than all the texts that a pattern leaves.
fn is_partial(keywords: &Members) -> bool {
    let has_texts = keywords.get("pattern").and_then(Value::as_str).is_none_or(|pattern| texts(pattern).is_some());
    !has_texts || ["minLength", "maxLength", "multipleOf"].iter().any(|name| keywords.contains_key(*name))
}

/// Whether keywords about lengths, patterns and multiples refuse a scalar for sure.
#[must_use]
pub(crate) fn refuses(keywords: &Members, constant: &Value) -> bool {
    match constant {
        Value::String(text) => {
            let hangs_on_dialect = |pattern: &str| !text.is_ascii() || !is_of_all_dialects(pattern);
            match keywords.get("pattern").and_then(Value::as_str).filter(|pattern| hangs_on_dialect(pattern)) {
                Some(_) => {
                    let without = keywords.iter().filter(|(name, _)| &***name != "pattern");
                    !takes_text(&without.map(|(name, said)| (name.clone(), said.clone())).collect(), text)
                }
                None => !takes_text(keywords, text),
            }
        }
        Value::Number(value) => number(keywords, "multipleOf").is_some_and(|step| {
            // Far enough from a multiple that no rounding makes one of it.
            let times = value.as_f64() / step;
            times.abs() < 1e6 && (times - times.round()).abs() > 1e-6
        }),
        _ => false,
    }
}

/// Whether `additionalProperties` beside these keywords speaks of members of a name; not where that is not sure.
#[must_use]
pub(crate) fn is_other(keywords: &Members, name: &str) -> bool {
    let of = |keyword: &str| keywords.get(keyword).and_then(Value::as_object);
    let is_known = of("properties").is_some_and(|known| known.contains_key(name));
    !is_known
        && of("patternProperties").into_iter().flatten().all(|(pattern, _)| is_fitting(pattern, name) == Some(false))
}

/// Whether a name fits an expression; nothing where that hangs on the dialect.
#[must_use]
pub(crate) fn is_fitting(pattern: &str, name: &str) -> Option<bool> {
    (name.is_ascii() && is_of_all_dialects(pattern)).then(|| is_found(pattern, name)).flatten()
}
