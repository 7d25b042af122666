//! Holds what [`Plain`] says of an object to what `jsonschema` says of it by the same file.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::super::part::{SCHEMAS, Schema};
use super::{Complaint, MOST_COMPLAINTS, Misfit, Plain};
use crate::asl::Field;
use crate::syntax::{self, Format, Kind, Node};

/// Values that one field or another takes, and such as none does.
const VALUES: [&str; 30] = [
    r#""x""#,
    r#""""#,
    r#""{% 1 %}""#,
    r#""{%}""#,
    r#""{% ${Hole} %}""#,
    r#""${Hole}""#,
    "${Hole}",
    "true",
    "false",
    "null",
    "0",
    "1",
    "1.0",
    "1.5",
    "-1",
    "50",
    "262145",
    "1e9",
    "12345678901234567890",
    "[]",
    r#"["a"]"#,
    "[1]",
    "{}",
    r#"{"a": 1}"#,
    "-0.5",
    "99999999.5",
    r#"["a", 1, null, "${Hole}", [2]]"#,
    r#"[${Hole}, {}]"#,
    r#"{"a": 1, "a": 2}"#,
    r#""{% $x""#,
];

/// A sequence of numbers that looks like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }
}

/// Every string in a schema: the names and the words that it may hang on.
fn words(schema: &'static Schema) -> Vec<String> {
    let tree = syntax::parse(&Arc::from(schema.text), Format::Json);
    let of = |name: &str| tree.root().get(name).into_iter().flat_map(Node::descendants);
    let keys = schema.plain().fields().map(str::to_owned);
    let mut words: Vec<String> =
        keys.chain(of("required").chain(of("properties")).filter_map(Node::as_str).map(str::to_owned)).collect();
    words.retain(|word| !word.contains(' ') && !word.contains('/'));
    words.sort();
    words.dedup();
    words
}

/// What the crate says of objects by a schema.
struct Compiled {
    schema: &'static Value,
    validator: Validator,
}

/// Where an error points: a value, and the field of the object that it is in.
struct Site<'t> {
    node: Node<'t>,
    field: Option<Field<'t>>,
}

impl Compiled {
    fn new(schema: &'static Schema) -> Self {
        let schema = schema.value();
        Self { schema, validator: jsonschema::validator_for(schema).expect("a schema") }
    }

    /// Its complaints about an object, without those about what is open.
    fn complaints<'t>(&self, object: Node<'t>) -> Vec<Complaint<'t>> {
        let value = object.to_value();
        let errors = self.validator.iter_errors(&value);
        errors.flat_map(|error| self.complaint(object, &error)).collect()
    }

    fn complaint<'t>(&self, object: Node<'t>, error: &ValidationError<'_>) -> Vec<Complaint<'t>> {
        let site = locate(object, error.instance_path().as_str());
        let path = error.schema_path().as_str();
        let misfit = match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let field = |name: &String| object.member(name).expect("it is there");
                return unexpected.iter().map(|name| Complaint::Stranger(field(name))).collect();
            }
            ValidationErrorKind::Required { property } => {
                let name = self.name(property.as_str().expect("a name"));
                if !path.ends_with("/dependentRequired") {
                    return vec![Complaint::Missing(name, self.condition(object, path))];
                }
                // Which of the fields that are there demands it is not said: each does.
                let lists = self.at(path).as_object().into_iter().flatten();
                let demanding =
                    lists.filter(|(_, list)| list.as_array().is_some_and(|list| list.iter().any(|it| it == name)));
                let there = demanding.filter_map(|(by, _)| object.member(by));
                return there.map(|by| Complaint::Missing(name, Some(by))).collect();
            }
            ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
                return vec![Complaint::MissingOneOf(self.alternatives(path))];
            }
            ValidationErrorKind::OneOfMultipleValid { .. } => {
                return vec![Complaint::OnlyOneOf(self.alternatives(path))];
            }
            _ if site.node.is_open() => return Vec::new(),
            ValidationErrorKind::FalseSchema => {
                let by = self.condition(object, path).expect("a field that rules it out");
                let value = by.value.as_str().filter(|_| path.contains("/then/"));
                return vec![Complaint::Barred { field: site.field.expect("a field"), by, value }];
            }
            ValidationErrorKind::Type { .. } | ValidationErrorKind::Pattern { .. } => Misfit::Type(self.types(path)),
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => match self.at(path) {
                Value::Bool(true) => Misfit::NotTrue,
                Value::String(word) => Misfit::Word(vec![word]),
                Value::Array(words) => Misfit::Word(words.iter().filter_map(Value::as_str).collect()),
                other => panic!("{other} is a value of no field"),
            },
            ValidationErrorKind::Minimum { limit } => Misfit::Below(limit.as_f64().expect("a number")),
            ValidationErrorKind::Maximum { limit } => Misfit::Above(limit.as_f64().expect("a number")),
            ValidationErrorKind::MinProperties { .. } if site.field.is_none() => return vec![Complaint::Bare],
            ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MinProperties { .. } => Misfit::Empty,
            _ => panic!("{path}: a keyword that our schemas do not use: {error}"),
        };
        vec![Complaint::Unfit { node: site.node, field: site.field, misfit }]
    }

    /// What a keyword says.
    fn at(&self, keyword: &str) -> &'static Value {
        self.schema.pointer(keyword).expect("a keyword")
    }

    /// What the schema around a keyword takes.
    fn types(&self, keyword: &str) -> Vec<&'static str> {
        let (around, _) = keyword.rsplit_once('/').expect("a keyword");
        match self.at(&format!("{around}/type")) {
            Value::String(one) => vec![one],
            several => several.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
        }
    }

    fn name(&self, name: &str) -> &'static str {
        let (name, _) = self.schema["properties"].as_object().and_then(|all| all.get_key_value(name)).expect("a field");
        name
    }

    /// The field on which the keyword at `path` depends: the one that it is listed under, or that an `if` asks about.
    fn condition<'t>(&self, object: Node<'t>, path: &str) -> Option<Field<'t>> {
        let name = match path.split_once("/then/") {
            Some((before, _)) => {
                let before = before.strip_suffix("/if").unwrap_or(before);
                self.at(before)["if"]["properties"].as_object()?.keys().next()?
            }
            None => path.strip_prefix("/dependentSchemas/")?.split('/').next()?,
        };
        object.member(name)
    }

    /// The names in `[{"required": ["A"]}, {"required": ["B"]}]`.
    fn alternatives(&self, path: &str) -> Vec<&'static str> {
        let items = self.at(path).as_array().into_iter().flatten();
        items.filter_map(|item| item["required"][0].as_str()).collect()
    }
}

/// The value at a JSON pointer.
fn locate<'t>(object: Node<'t>, pointer: &str) -> Site<'t> {
    let mut site = Site { node: object, field: None };
    for segment in pointer.split('/').skip(1) {
        if site.node.kind() == Kind::Array {
            site.node = site.node.items().nth(segment.parse().expect("an index")).expect("an item");
        } else {
            let field = site.node.member(segment).expect("a field");
            site.field.get_or_insert(field);
            site.node = field.value;
        }
    }
    site
}

fn kind(complaint: &Complaint<'_>) -> &'static str {
    match complaint {
        Complaint::Stranger(_) => "stranger",
        Complaint::Missing(_, None) => "missing",
        Complaint::Missing(_, Some(_)) => "missing by another",
        Complaint::MissingOneOf(_) => "missing one of",
        Complaint::OnlyOneOf(_) => "only one of",
        Complaint::Barred { .. } => "barred",
        Complaint::Bare => "bare",
        Complaint::Unfit { misfit, .. } => match misfit {
            Misfit::Type(_) => "type",
            Misfit::Word(_) => "word",
            Misfit::NotTrue => "not true",
            Misfit::Below(_) => "below",
            Misfit::Above(_) => "above",
            Misfit::Empty => "empty",
        },
    }
}

#[test]
fn complaints_are_those_of_the_compiled_schemas() {
    let mut chance = Chance(1);
    let mut n_told: HashMap<&'static str, usize> = HashMap::new();
    for schema in &SCHEMAS {
        let (plain, compiled) = (schema.plain(), Compiled::new(schema));
        let properties = schema.value()["properties"].as_object().expect("fields");
        let mut fields: Vec<&str> = properties.keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(plain.fields().collect::<Vec<_>>(), fields, "{}", schema.stem);
        let words = words(schema);
        let values: Vec<String> = VALUES
            .iter()
            .map(|value| (*value).to_owned())
            .chain(words.iter().map(|word| format!("{word:?}")))
            .collect();
        // Of each field the values that it takes where nothing else is asked.
        let taken = |name: &str| -> Vec<&String> {
            let is_taken = |value: &&String| {
                let tree = syntax::parse(&Arc::from(format!("{{{name:?}: {value}}}")), Format::Json);
                let complaints = compiled.complaints(tree.root());
                !complaints.iter().any(|complaint| matches!(complaint, Complaint::Unfit { .. }))
            };
            values.iter().filter(is_taken).collect()
        };
        let taken: Vec<(&str, Vec<&String>)> = fields.iter().map(|name| (*name, taken(name))).collect();
        let of = |keyword: &str| schema.value().get(keyword);
        let by_others =
            of("dependentRequired").and_then(Value::as_object).into_iter().flat_map(serde_json::Map::values);
        let lists = of("required").into_iter().chain(by_others).filter_map(Value::as_array);
        let needed: Vec<&str> = lists.flatten().filter_map(Value::as_str).collect();
        let (mut n_accepted, mut n_refused) = (0, 0);
        for _ in 0..800 {
            // The less fields, the more often none rules out another.
            let most = if chance.below(2) == 0 { 8 } else { 2 * fields.len() };
            let one_in = 1 + chance.below(most);
            let mut text = String::from("{");
            let mut put = |name: &str, value: &str| {
                let _ = write!(text, "{}{name:?}: {value}", if text.len() > 1 { ", " } else { "" });
            };
            for (name, good) in &taken {
                let is_wanted = needed.contains(name) && chance.below(8) > 0;
                if chance.below(one_in) > 0 && !is_wanted {
                    continue;
                }
                let any = &values[chance.below(values.len())];
                put(name, if good.is_empty() || chance.below(16) == 0 { any } else { good[chance.below(good.len())] });
                if chance.below(100) == 0 {
                    put(name, &values[chance.below(values.len())]);
                }
            }
            for name in ["Other", "Strange"] {
                if chance.below(25) == 0 {
                    put(name, "1");
                }
            }
            text += "}";
            let tree = syntax::parse(&Arc::from(text.as_str()), Format::Json);
            let (ours, theirs) = (plain.complaints(tree.root()), compiled.complaints(tree.root()));
            let misfit_of = |complaint: &Complaint<'_>| match complaint {
                Complaint::Unfit { node, .. } => Some(node.index()),
                _ => None,
            };
            for complaint in &ours {
                assert!(theirs.contains(complaint), "{}: {text}: {complaint:?} among {theirs:?}", schema.stem);
            }
            for complaint in &theirs {
                // Of a value we say one thing.
                let is_told = |own: &Complaint<'_>| {
                    own == complaint || misfit_of(complaint).is_some_and(|node| misfit_of(own) == Some(node))
                };
                assert!(ours.iter().any(is_told), "{}: {text}: {complaint:?} is not among {ours:?}", schema.stem);
            }
            ours.iter().for_each(|complaint| *n_told.entry(kind(complaint)).or_default() += 1);
            if ours.is_empty() { n_accepted += 1 } else { n_refused += 1 }
        }
        assert!(n_accepted >= 10 && n_refused >= 5, "{}: {n_accepted} accepted, {n_refused} refused", schema.stem);
    }
    assert!(n_told.len() == 13 && n_told.values().all(|n| *n >= 5), "{n_told:?}");
}

#[test]
fn what_is_no_object_and_what_is_endless_is_told_in_bounds() {
    let told = |text: &str| -> usize {
        let tree = syntax::parse(&Arc::from(text), Format::Json);
        SCHEMAS[0].plain().complaints(tree.root()).len()
    };
    assert_eq!(told("[]"), 1);
    let strangers: Vec<String> = (0..5_000).map(|i| format!("\"X{i}\": 1")).collect();
    assert_eq!(told(&format!("{{{}}}", strangers.join(","))), MOST_COMPLAINTS);
}

#[test]
fn what_cannot_be_said_is_not_read() {
    let read = Plain::read;
    assert!(read(r#"{"type": "object", "properties": {"A": {"type": "string"}}}"#).is_some());
    for text in [
        r#"{"type": "object", "maxProperties": 1}"#,
        r#"{"type": "array"}"#,
        r#"{"type": "object", "properties": {"A": {"pattern": "^a"}}}"#,
        r#"{"type": "object", "properties": {"A": {"items": {"type": "integer"}}}}"#,
        r#"{"type": "object", "properties": {"A": {"$ref": "common.json\#/$defs/Nothing"}}}"#,
        r#"{"type": "object", "properties": {"A": {"const": false}}}"#,
        r#"{"type": "object", "dependentSchemas": {"A": {"properties": {"B": true}}}}"#,
    ] {
        assert!(read(text).is_none(), "{text}");
    }
}
