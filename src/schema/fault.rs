//! Turns what a schema says of an object into mistakes.
//!
//! One mistake is one violation: a misspelt field is not also missing under its right name, and a field of the other
//! query language is not also the lack of its counterpart.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::part::{Part, Schema};
use super::view::View;
use super::{Fault, Home, Limit, Owner, Violation};
use crate::asl::{Comparator, Field, Language, StateType};
use crate::syntax::{Kind, Node};
use crate::text::nearest;

/// How many mistakes in one object are told: each takes a walk through the object, and no person reads more.
const MAX_FAULTS: usize = 100;

/// Adds the mistakes in `owner` itself; objects in it that have a schema of their own are not looked into.
pub(super) fn faults<'t>(owner: Owner<'t>, found: &mut Vec<Violation<'t>>) {
    if owner.node.is_open() {
        return;
    }
    let schema = owner.part.schema(owner.language);
    if schema.plain().is_some_and(|plain| plain.conforms(owner.node)) {
        return;
    }
    let validator = schema.validator();
    if validator.is_valid(View::Node(owner.node)) {
        return;
    }
    let mut reading = Reading { owner, schema, found: Vec::new(), missing: Vec::new(), one_of: Vec::new() };
    for error in validator.iter_errors(View::Node(owner.node)).take(MAX_FAULTS) {
        reading.read(&error);
    }
    reading.finish(found);
}

struct Reading<'t> {
    owner: Owner<'t>,
    schema: &'static Schema,
    found: Vec<Violation<'t>>,
    missing: Vec<(&'static str, Option<Field<'t>>)>,
    one_of: Vec<Vec<&'static str>>,
}

/// Where an error points.
struct Site<'t> {
    node: Node<'t>,
    /// The field of the owner that it is in.
    field: Option<Field<'t>>,
}

impl<'t> Reading<'t> {
    fn read(&mut self, error: &ValidationError<'_>) {
        let Some(site) = locate(self.owner.node, error.instance_path().as_str()) else { return };
        if site.node.is_open() {
            return;
        }
        let path = error.schema_path().as_str();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let free = self.free();
                for name in unexpected.iter().take(MAX_FAULTS) {
                    self.unexpected(name, &free);
                }
            }
            ValidationErrorKind::FalseSchema => self.ruled_out(&site, path),
            ValidationErrorKind::Required { property } => {
                if let Some(name) = property.as_str().and_then(|name| self.schema.field(name)) {
                    self.missing.push((name, self.condition(path)));
                }
            }
            ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
                self.one_of.push(alternatives(self.at(path)));
            }
            ValidationErrorKind::OneOfMultipleValid { .. } => {
                let names = alternatives(self.at(path));
                let mut fields = self.owner.node.members().filter(|field| names.contains(&field.name()));
                let Some(first) = fields.next() else { return };
                for field in fields {
                    self.push(field.key, Some(field), Fault::Exclusive { with: first, when: None });
                }
            }
            ValidationErrorKind::Type { kind } => {
                // In place of a type that is right but for the language of its content, see `pattern`.
                let expected = self.types(path).unwrap_or_else(|| match kind {
                    TypeKind::Single(one) => vec![one.as_str()],
                    TypeKind::Multiple(several) => several.iter().map(jsonschema::JsonType::as_str).collect(),
                });
                self.push(site.node, site.field, Fault::WrongType { expected });
            }
            ValidationErrorKind::Pattern { .. } => {
                let expected = self.types(path).unwrap_or_default();
                self.push(site.node, site.field, Fault::WrongType { expected });
            }
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => self.unknown_value(&site, path),
            ValidationErrorKind::Minimum { limit } => self.out_of_range(&site, limit.as_f64().map(Limit::Least)),
            ValidationErrorKind::Maximum { limit } => self.out_of_range(&site, limit.as_f64().map(Limit::Most)),
            ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MinProperties { .. } => {
                if !site.node.is_incomplete() {
                    self.push(site.node, site.field, Fault::Empty);
                }
            }
            // A keyword that our schemas do not use.
            _ => debug_assert!(false, "{}: {error}", self.schema.stem),
        }
    }

    fn push(&mut self, node: Node<'t>, field: Option<Field<'t>>, fault: Fault<'t>) {
        if self.found.iter().all(|known| known.node != node) {
            self.found.push(Violation { node, owner: self.owner, field, fault });
        }
    }

    /// The schema that a keyword stands in.
    fn at(&self, keyword: &str) -> Option<&'static Value> {
        self.schema.value().pointer(keyword)
    }

    /// What the schema around a keyword takes.
    fn types(&self, keyword: &str) -> Option<Vec<&'static str>> {
        let (around, _) = keyword.rsplit_once('/')?;
        match self.at(around)?.get("type")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect()),
            _ => None,
        }
    }

    /// The field on which the keyword at `path` depends: the one that `dependencies` names (see `in_draft_7`), or
    /// that an `if` asks about.
    fn condition(&self, path: &str) -> Option<Field<'t>> {
        let name = if let Some((before, _)) = path.split_once("/then/") {
            let before = before.strip_suffix("/if").unwrap_or(before);
            let asked = self.at(before)?.get("if")?.get("properties")?.as_object()?;
            asked.keys().next()?
        } else {
            let mut segments = path.trim_start_matches('/').split('/');
            match segments.next()? {
                "dependencies" => segments.next()?,
                _ => return None,
            }
        };
        self.owner.node.member(name)
    }

    fn ruled_out(&mut self, site: &Site<'t>, path: &str) {
        let (Some(field), Some(with)) = (site.field, self.condition(path)) else { return };
        // `End: false` beside `Next` is one mistake: the value.
        if field.name() != "End" || field.value.as_bool() != Some(false) {
            let when = with.value.as_str().filter(|_| path.contains("/then/"));
            self.push(field.key, Some(field), Fault::Exclusive { with, when });
        }
    }

    fn unknown_value(&mut self, site: &Site<'t>, path: &str) {
        let allowed: Vec<&'static str> = match self.at(path) {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(value)) => vec![value],
            Some(Value::Bool(_)) => {
                let is_bool = site.node.kind() == Kind::Bool;
                let fault = if is_bool {
                    Fault::UnknownValue { allowed: vec!["true"], meant: None }
                } else {
                    Fault::WrongType { expected: vec!["boolean"] }
                };
                return self.push(site.node, site.field, fault);
            }
            _ => return,
        };
        let fault = match site.node.as_str() {
            Some(text) => {
                let meant = nearest(text, allowed.iter().map(|&value| (value, value)));
                Fault::UnknownValue { allowed, meant }
            }
            None => Fault::WrongType { expected: vec!["string"] },
        };
        self.push(site.node, site.field, fault);
    }

    fn out_of_range(&mut self, site: &Site<'t>, limit: Option<Limit>) {
        if let Some(limit) = limit {
            self.push(site.node, site.field, Fault::OutOfRange(limit));
        }
    }

    fn unexpected(&mut self, name: &str, free: &[&'static str]) {
        let Some(field) = self.owner.node.member(name) else { return };
        if field.key.has_hole() {
            return;
        }
        let fault = match home(self.owner.part, self.owner.language, name) {
            Some(home) => Fault::Misplaced(home),
            None => Fault::Unknown { meant: nearest(name, free.iter().map(|&candidate| (candidate, candidate))) },
        };
        self.push(field.key, Some(field), fault);
    }

    /// The fields that an unknown one may be a slip of: those that are absent, and that nothing present rules out.
    fn free(&self) -> Vec<&'static str> {
        let present: HashSet<&str> = self.owner.node.members().map(Field::name).collect();
        let fields: Vec<&'static str> = self.schema.fields().collect();
        let is_free = |candidate: &&'static str| {
            !present.contains(candidate)
                && !fields.iter().any(|other| present.contains(other) && self.schema.excludes(candidate, other))
        };
        fields.iter().copied().filter(is_free).collect()
    }

    /// Adds what is missing, unless something that is there stands for it.
    fn finish(mut self, found: &mut Vec<Violation<'t>>) {
        let owner = self.owner;
        // Members may be cut off, or have names that are not known.
        let may_have_more = owner.node.is_incomplete() || owner.node.members().any(|field| field.key.has_hole());
        if !may_have_more {
            self.missing_type();
            let instead = |wanted: &&str| self.found.iter().any(|violation| stands_for(violation, wanted));
            let mut demands: Vec<(Option<Field<'t>>, Vec<&'static str>)> = Vec::new();
            for &(name, by) in &self.missing {
                if instead(&name) || demands.iter().any(|(_, names)| names.contains(&name)) {
                    continue;
                }
                match demands.iter_mut().find(|(other, _)| *other == by) {
                    Some((_, names)) => names.push(name),
                    None => demands.push((by, vec![name])),
                }
            }
            let one_of = self.one_of.iter().filter(|names| !names.iter().any(instead));
            let faults: Vec<Fault<'t>> = demands
                .into_iter()
                .map(|(by, names)| Fault::Missing { names, by })
                .chain(one_of.map(|names| Fault::MissingOneOf(names.clone())))
                .collect();
            let missing = |fault| Violation { node: owner.token, owner, field: None, fault };
            self.found.extend(faults.into_iter().map(missing));
        }
        found.append(&mut self.found);
    }

    /// A state without `Type` has an unknown type, and so unknown fields; one may be `Type` misspelt.
    fn missing_type(&mut self) {
        if self.owner.part != Part::AnyState || self.missing.is_empty() {
            return;
        }
        let slip = self.owner.node.members().find(|field| nearest(field.name(), [("Type", ())]).is_some());
        if let Some(field) = slip {
            self.push(field.key, Some(field), Fault::Unknown { meant: Some("Type") });
        }
    }
}

/// Whether a field that is wrong is there in place of `wanted`.
fn stands_for(violation: &Violation<'_>, wanted: &str) -> bool {
    let Some(name) = violation.field.map(Field::name) else { return false };
    let is_operator = |name: &str| {
        matches!(name, "And" | "Or" | "Not" | "Condition" | "Variable") || Comparator::parse(name).is_some()
    };
    match &violation.fault {
        Fault::Unknown { meant } => *meant == Some(wanted),
        Fault::Misplaced(_) => {
            name.strip_suffix("Path") == Some(wanted)
                || wanted.strip_suffix("Path") == Some(name)
                || is_operator(name) && is_operator(wanted)
                || matches!((name, wanted), ("Parameters", "Arguments") | ("Arguments", "Parameters"))
        }
        _ => false,
    }
}

/// The names in `[{"required": ["A"]}, {"required": ["B"]}]`.
fn alternatives(schema: Option<&'static Value>) -> Vec<&'static str> {
    let items = schema.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get("required")?.get(0)?.as_str()).collect()
}

/// The value at a JSON pointer.
fn locate<'t>(owner: Node<'t>, pointer: &str) -> Option<Site<'t>> {
    let mut site = Site { node: owner, field: None };
    for segment in pointer.split('/').skip(1) {
        if site.node.kind() == Kind::Array {
            site.node = site.node.items().nth(segment.parse().ok()?)?;
        } else {
            let field = site.node.member(&segment.replace("~1", "/").replace("~0", "~"))?;
            site.field.get_or_insert(field);
            site.node = field.value;
        }
    }
    Some(site)
}

/// Where a field belongs that is none of `part` in `language`: as near as possible.
fn home(part: Part, language: Language, name: &str) -> Option<Home> {
    let has = |part: Part, language| part.schema(language).field(name).is_some();
    let other = language.other();
    if has(part, other) {
        return Some(Home::Language(other));
    }
    let states = |language| -> Vec<StateType> {
        StateType::ALL.into_iter().filter(|&kind| has(Part::State(kind), language)).collect()
    };
    let kin = match part {
        Part::NestedRule => Some(Part::Rule),
        Part::Branch | Part::Processor => Some(Part::Machine),
        Part::Retrier => Some(Part::Catcher),
        Part::Catcher => Some(Part::Retrier),
        _ => None,
    };
    if let Some(kin) = kin.filter(|&kin| has(kin, language)) {
        return Some(Home::Parts(vec![kin]));
    }
    let parts: Vec<Part> = Part::OTHERS
        .into_iter()
        .filter(|&other| other != Part::AnyState && (has(other, language) || has(other, language.other())))
        .collect();
    if matches!(part, Part::State(_)) {
        let (here, there) = (states(language), states(other));
        if !here.is_empty() {
            return Some(Home::States(here, None));
        }
        if !there.is_empty() {
            return Some(Home::States(there, Some(other)));
        }
    } else if parts.is_empty() {
        let (here, there) = (states(Language::JsonPath), states(Language::Jsonata));
        let all =
            StateType::ALL.into_iter().filter(|kind| here.contains(kind) || there.contains(kind)).collect::<Vec<_>>();
        return (!all.is_empty()).then_some(Home::States(all, None));
    }
    (!parts.is_empty()).then_some(Home::Parts(parts))
}
