//! Tells of most objects that they conform, without the compiled schemas.
//!
//! To compile a schema takes longer than all else that a small machine asks for, and nearly every object is as it has to be.
//! So the files of `schemas/asl` are read a second time, as what they come down to: which fields there are, what each takes,
//! and which stand together. One promise holds: what [`Plain::conforms`] says yes to, the compiled schema accepts, or refuses
//! in what is open alone, where nothing is reported. A no says nothing: the compiled schema is asked then, and words all
//! mistakes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::part::COMMON;
use crate::syntax::{Kind, Node};

/// A schema of an object.
#[derive(Debug)]
pub(super) struct Plain {
    /// What fields are called, ascending. A set of fields has a bit for each, by its place here.
    names: Vec<&'static str>,
    /// What each takes.
    takes: Vec<Takes>,
    /// Those that exist; others are only asked for, or ruled out.
    fields: u64,
    /// Whether there are no other fields.
    is_closed: bool,
    /// How many fields there are at least.
    least: usize,
    required: u64,
    demands: Vec<Demand>,
    choices: Vec<Choice>,
}

/// What follows from a field that is there.
#[derive(Debug)]
struct Demand {
    /// Its place.
    of: usize,
    /// The value that it has; `None` where any will do.
    value: Option<&'static str>,
    /// The fields that have to be there too.
    needs: u64,
    /// The fields that may not.
    bars: u64,
}

/// Sets of fields of which one has to be there, or exactly one.
#[derive(Debug)]
struct Choice {
    sets: Vec<u64>,
    is_exclusive: bool,
}

/// What a field takes.
#[derive(Debug, PartialEq)]
struct Takes {
    /// A bit for each type, see [`bit`].
    types: u8,
    /// The only strings; any where there are none.
    words: Vec<&'static str>,
    /// Whether a boolean is `true`.
    is_true: bool,
    /// Whether a string is a JSONata string.
    is_expression: bool,
    /// Where a number lies.
    range: RangeInclusive<f64>,
    /// How much a list or an object holds at least.
    least: usize,
    /// The types of the items of a list.
    items: u8,
}

impl Plain {
    /// What a file comes down to; nothing where it says something that cannot be said here.
    pub(super) fn read(text: &'static str) -> Option<Self> {
        serde_json::from_str::<Written<'static>>(text).ok()?.plain()
    }

    /// The field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&'static str> {
        let place = self.names.binary_search(&name).ok()?;
        (self.fields & 1 << place != 0).then(|| self.names[place])
    }

    /// Whether the schema accepts the object, apart from what is open in it; `false` where that is not seen.
    pub(super) fn conforms(&self, node: Node<'_>) -> bool {
        if node.kind() != Kind::Object || node.len() < self.least {
            return false;
        }
        let mut there = 0;
        for field in node.members() {
            match self.names.binary_search(&field.name()) {
                Ok(place) => {
                    there |= 1 << place;
                    if !self.takes[place].takes(field.value) {
                        return false;
                    }
                }
                Err(_) if self.is_closed => return false,
                Err(_) => {}
            }
        }
        let has = |set: u64| there & set == set;
        let is_met = |demand: &Demand| {
            let is_asked = |value| node.get(self.names[demand.of]).and_then(Node::as_str) == Some(value);
            !has(1 << demand.of) || !demand.value.is_none_or(is_asked) || has(demand.needs) && there & demand.bars == 0
        };
        let is_made = |choice: &Choice| {
            let n_held = choice.sets.iter().filter(|set| has(**set)).count();
            n_held == 1 || n_held > 1 && !choice.is_exclusive
        };
        has(self.required) && self.demands.iter().all(is_met) && self.choices.iter().all(is_made)
    }
}

impl Takes {
    const ANYTHING: Self = Self {
        types: ANY,
        words: Vec::new(),
        is_true: false,
        is_expression: false,
        range: f64::NEG_INFINITY..=f64::INFINITY,
        least: 0,
        items: ANY,
    };

    fn takes(&self, value: Node<'_>) -> bool {
        let kind = value.kind();
        // A tagged list may hold what is not open.
        if value.is_open() && !matches!(kind, Kind::Array | Kind::Object) {
            return true;
        }
        if self.types & bit(kind) == 0 {
            return false;
        }
        match kind {
            Kind::String => value.as_str().is_some_and(|text| {
                let is_expression = || text.len() > 3 && text.starts_with("{%") && text.ends_with("%}");
                (self.words.is_empty() || self.words.contains(&text)) && (!self.is_expression || is_expression())
            }),
            Kind::Number => {
                let is_fit = self.types & WHOLE == 0 || value.as_i64().is_some();
                // Larger ones are not compared exactly.
                is_fit && value.as_f64().is_some_and(|number| number.abs() < 1e15 && self.range.contains(&number))
            }
            Kind::Bool => !self.is_true || value.as_bool() == Some(true),
            Kind::Array => value.len() >= self.least && value.items().all(|item| self.items & bit(item.kind()) != 0),
            Kind::Object => value.len() >= self.least,
            Kind::Null | Kind::Hole | Kind::Missing => true,
        }
    }
}

/// Every type.
const ANY: u8 = 0b11_1111;
/// Of numbers, those alone that are whole.
const WHOLE: u8 = 1 << 7;

/// The bit of a type.
const fn bit(kind: Kind) -> u8 {
    match kind {
        Kind::Null | Kind::Hole | Kind::Missing => 1,
        Kind::Bool => 1 << 1,
        Kind::Number => 1 << 2,
        Kind::String => 1 << 3,
        Kind::Array => 1 << 4,
        Kind::Object => 1 << 5,
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
        let demand = |of: &str, value, fields: &Fields<'static>| {
            let bars: Vec<&str> = fields.properties.keys().copied().collect();
            let is_barred = fields.properties.values().all(|may_be| !may_be);
            is_barred.then(|| Demand { of: place(of), value, needs: set(&fields.required), bars: set(&bars) })
        };
        let choice = |of: &[Needs<'_>], is_exclusive| Choice {
            sets: of.iter().map(|needs| set(&needs.required)).collect(),
            is_exclusive,
        };
        let mut demands = Vec::new();
        for (of, fields) in &self.dependent_schemas {
            demands.push(demand(of, None, fields)?);
        }
        for (of, needs) in &self.dependent_required {
            demands.push(Demand { of: place(of), value: None, needs: set(needs), bars: 0 });
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
            required: set(&self.required),
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
        let is_beyond = items & WHOLE != 0
            || self.min_items > 0 && self.min_properties > 0
            || self.r#const.is_some() && words.len() > 1;
        (!is_beyond).then(|| Takes {
            types,
            words,
            is_true,
            is_expression,
            range: self.minimum.unwrap_or(f64::NEG_INFINITY)..=self.maximum.unwrap_or(f64::INFINITY),
            least: self.min_items.max(self.min_properties),
            items,
        })
    }
}

impl Types<'_> {
    fn bits(&self) -> Option<u8> {
        let names = match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        };
        let mut bits = 0;
        for name in names {
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
