//! Reads the files of `schemas/asl`: what JSON Schema says there comes down to a [`Plain`].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::part::COMMON;
use super::{ANY, Choice, Demand, Plain, Takes, WHOLE, bit};
use crate::syntax::Kind;

impl Plain {
    /// What a file comes down to; nothing where it says something that cannot be said here.
    pub(in crate::schema) fn read(text: &'static str) -> Option<Self> {
        serde_json::from_str::<Written<'static>>(text).ok()?.plain()
    }
}

/// A file of `schemas/asl`. A keyword that is not named here, or a value of another form, makes it unreadable.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written<'a> {
    #[serde(rename = "$schema", default)]
    _schema: IgnoredAny,
    #[serde(rename = "title", default)]
    _title: IgnoredAny,
    #[serde(rename = "description", default)]
    _description: IgnoredAny,
    r#type: &'a str,
    #[serde(borrow, default)]
    properties: BTreeMap<&'a str, Field<'a>>,
    #[serde(default = "yes")]
    additional_properties: bool,
    #[serde(default)]
    min_properties: usize,
    #[serde(borrow, default)]
    required: Vec<&'a str>,
    #[serde(borrow, default)]
    dependent_required: BTreeMap<&'a str, Vec<&'a str>>,
    #[serde(borrow, default)]
    dependent_schemas: BTreeMap<&'a str, Fields<'a>>,
    #[serde(borrow, default)]
    any_of: Vec<Needs<'a>>,
    #[serde(borrow, default)]
    one_of: Vec<Needs<'a>>,
    #[serde(borrow, default)]
    all_of: Vec<Part<'a>>,
}

/// `{"required": ["A"]}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Needs<'a> {
    #[serde(borrow)]
    required: Vec<&'a str>,
}

/// Fields that have to be there, and fields that may not: `{"properties": {"A": false}}`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    #[serde(borrow, default)]
    properties: BTreeMap<&'a str, bool>,
    #[serde(borrow, default)]
    required: Vec<&'a str>,
}

/// An entry of `allOf`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Part<'a> {
    #[serde(borrow, default)]
    any_of: Vec<Needs<'a>>,
    #[serde(borrow)]
    r#if: Option<Condition<'a>>,
    #[serde(borrow, default)]
    then: Fields<'a>,
}

/// `{"properties": {"A": {"const": "x"}}, "required": ["A"]}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition<'a> {
    #[serde(borrow)]
    properties: BTreeMap<&'a str, Value<'a>>,
    #[serde(borrow)]
    required: Vec<&'a str>,
}

/// `{"const": "x"}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Value<'a> {
    r#const: &'a str,
}

/// What is said of a field.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Field<'a> {
    #[serde(rename = "$ref", borrow)]
    reference: Option<&'a str>,
    #[serde(rename = "description", default)]
    _description: IgnoredAny,
    #[serde(rename = "deprecated", default)]
    _deprecated: IgnoredAny,
    #[serde(borrow)]
    r#type: Option<Types<'a>>,
    #[serde(borrow)]
    r#const: Option<Constant<'a>>,
    #[serde(borrow, default)]
    r#enum: Vec<&'a str>,
    #[serde(borrow)]
    pattern: Option<Cow<'a, str>>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    #[serde(default)]
    min_items: usize,
    #[serde(default)]
    min_properties: usize,
    #[serde(borrow)]
    items: Option<Items<'a>>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Types<'a> {
    One(&'a str),
    #[serde(borrow)]
    Several(Vec<&'a str>),
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Constant<'a> {
    Text(&'a str),
    Flag(bool),
}

/// `{"type": "string"}`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Items<'a> {
    #[serde(borrow)]
    r#type: Types<'a>,
}

/// The file of what the schemas share.
#[derive(Deserialize)]
struct Shared<'a> {
    #[serde(rename = "$defs", borrow)]
    definitions: BTreeMap<&'a str, Field<'a>>,
}

fn yes() -> bool {
    true
}

/// How the schemas say that a string is a JSONata string.
const EXPRESSION: &str = r"^\{%[\s\S]*%\}$";

impl Written<'static> {
    fn plain(self) -> Option<Plain> {
        let mut names: BTreeSet<&'static str> = self.properties.keys().copied().collect();
        let alternatives =
            || self.any_of.iter().chain(&self.one_of).chain(self.all_of.iter().flat_map(|it| &it.any_of));
        names.extend(self.required.iter().chain(alternatives().flat_map(|it| &it.required)));
        for (of, fields) in &self.dependent_schemas {
            names.extend(fields.names().chain([of]));
        }
        for (of, needs) in &self.dependent_required {
            names.extend(needs.iter().chain([of]));
        }
        for part in &self.all_of {
            names.extend(part.then.names().chain(part.r#if.iter().flat_map(|it| it.properties.keys())));
        }
        let names: Vec<&'static str> = names.into_iter().collect();
        if names.len() > u64::BITS as usize || self.r#type != "object" {
            return None;
        }
        let place = |name: &str| names.binary_search(&name).unwrap_or_default();
        let set = |of: &[&str]| of.iter().fold(0, |set, name| set | 1 << place(name));
        let places = |of: &[&str]| of.iter().map(|name| place(name)).collect::<Vec<usize>>();
        let demand = |of: &str, value, fields: &Fields<'static>| {
            let bars: Vec<&str> = fields.properties.keys().copied().collect();
            let is_barred = fields.properties.values().all(|may_be| !may_be);
            is_barred.then(|| Demand { of: place(of), value, needs: places(&fields.required), bars: places(&bars) })
        };
        let choice = |of: &[Needs<'static>], is_exclusive| Choice {
            sets: of.iter().map(|needs| set(&needs.required)).collect(),
            names: of.iter().filter_map(|needs| needs.required.first().copied()).collect(),
            is_exclusive,
        };
        let mut demands = Vec::new();
        for (of, fields) in &self.dependent_schemas {
            demands.push(demand(of, None, fields)?);
        }
        for (of, needs) in &self.dependent_required {
            demands.push(Demand { of: place(of), value: None, needs: places(needs), bars: Vec::new() });
        }
        for part in &self.all_of {
            let Some(condition) = &part.r#if else { continue };
            let (of, value) = condition.properties.first_key_value()?;
            if condition.properties.len() > 1 || condition.required != [*of] {
                return None;
            }
            demands.push(demand(of, Some(value.r#const), &part.then)?);
        }
        let every = self.all_of.iter().map(|part| (&part.any_of, false));
        let choices = every.chain([(&self.any_of, false), (&self.one_of, true)]).filter(|(of, _)| !of.is_empty());
        let mut takes = Vec::with_capacity(names.len());
        for name in &names {
            takes.push(self.properties.get(name).map_or(Some(Takes::ANYTHING), Field::takes)?);
        }
        let fields: Vec<&str> = self.properties.keys().copied().collect();
        Some(Plain {
            takes,
            fields: set(&fields),
            is_closed: !self.additional_properties,
            least: self.min_properties,
            required: places(&self.required),
            demands,
            choices: choices.map(|(of, is_exclusive)| choice(of, is_exclusive)).collect(),
            names,
        })
    }
}

impl Fields<'static> {
    fn names(&self) -> impl Iterator<Item = &&'static str> {
        self.properties.keys().chain(&self.required)
    }
}

impl Field<'static> {
    /// What the field takes; nothing where that cannot be said here.
    fn takes(&self) -> Option<Takes> {
        static SHARED: LazyLock<Option<Shared<'static>>> = LazyLock::new(|| serde_json::from_str(COMMON).ok());
        let Some(reference) = self.reference else { return self.own() };
        let says_no_more = self.own()? == Takes::ANYTHING;
        let (_, name) = reference.rsplit_once('/')?;
        let shared = SHARED.as_ref()?.definitions.get(name)?;
        (says_no_more && shared.reference.is_none()).then(|| shared.own()).flatten()
    }

    /// The same without what it refers to.
    fn own(&self) -> Option<Takes> {
        let mut words = self.r#enum.clone();
        let mut types = self.r#type.as_ref().map_or(Some(ANY), Types::bits)?;
        if !words.is_empty() {
            types &= bit(Kind::String);
        }
        let mut is_true = false;
        match self.r#const {
            None => {}
            Some(Constant::Text(text)) => {
                words.push(text);
                types &= bit(Kind::String);
            }
            Some(Constant::Flag(flag)) => {
                is_true = flag.then_some(true)?;
                types &= bit(Kind::Bool);
            }
        }
        let is_expression = match self.pattern.as_deref() {
            None => false,
            Some(pattern) => (pattern == EXPRESSION).then_some(true)?,
        };
        let items = self.items.as_ref().map_or(Some(ANY), |items| items.r#type.bits())?;
        let is_beyond = items & WHOLE != 0 || self.r#const.is_some() && words.len() > 1;
        (!is_beyond).then(|| Takes {
            types,
            names: self.r#type.as_ref().map(Types::names).unwrap_or_default().to_vec(),
            words,
            is_true,
            is_expression,
            least: self.minimum,
            most: self.maximum,
            min_items: self.min_items,
            min_members: self.min_properties,
            items,
            item_names: self.items.as_ref().map(|items| items.r#type.names()).unwrap_or_default().to_vec(),
        })
    }
}

impl<'a> Types<'a> {
    fn names(&self) -> &[&'a str] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }

    fn bits(&self) -> Option<u8> {
        let mut bits = 0;
        for name in self.names() {
            bits |= match *name {
                "null" => bit(Kind::Null),
                "boolean" => bit(Kind::Bool),
                "number" => bit(Kind::Number),
                "integer" => bit(Kind::Number) | WHOLE,
                "string" => bit(Kind::String),
                "array" => bit(Kind::Array),
                "object" => bit(Kind::Object),
                _ => return None,
            };
        }
        Some(bits)
    }
}
