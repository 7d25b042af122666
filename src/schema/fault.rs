//! Turns what a schema says of an object into mistakes.
//!
//! One mistake is one violation: a misspelt field is not also missing under its right name, and a field of the other
//! query language is not also the lack of its counterpart.

use std::collections::HashSet;

use super::part::{Part, Schema};
use super::plain::{Complaint, Misfit};
use super::{Fault, Home, Limit, Owner, Violation};
use crate::asl::{Comparator, Field, Language, StateType};
use crate::syntax::{Kind, Node};
use crate::text::nearest;

/// Adds the mistakes in `owner` itself; objects in it that have a schema of their own are not looked into.
pub(super) fn faults<'t>(owner: Owner<'t>, found: &mut Vec<Violation<'t>>) {
    if owner.node.is_open() {
        return;
    }
    let schema = owner.part.schema(owner.language);
    let complaints = schema.plain().complaints(owner.node);
    if !complaints.is_empty() {
        read(owner, schema, complaints, found);
    }
}

/// Adds the mistakes that a schema's complaints about `owner` come down to.
pub(super) fn read<'t>(
    owner: Owner<'t>,
    schema: &'static Schema,
    complaints: Vec<Complaint<'t>>,
    found: &mut Vec<Violation<'t>>,
) {
    let mut reading = Reading { owner, schema, found: Vec::new(), missing: Vec::new(), one_of: Vec::new(), free: None };
    for complaint in complaints {
        reading.read(complaint);
    }
    reading.finish(found);
}

struct Reading<'t> {
    owner: Owner<'t>,
    schema: &'static Schema,
    found: Vec<Violation<'t>>,
    missing: Vec<(&'static str, Option<Field<'t>>)>,
    one_of: Vec<Vec<&'static str>>,
    /// The fields that an unknown one may be a slip of, once asked for.
    free: Option<Vec<&'static str>>,
}

impl<'t> Reading<'t> {
    fn read(&mut self, complaint: Complaint<'t>) {
        match complaint {
            Complaint::Stranger(field) => self.stranger(field.name()),
            Complaint::Barred { field, by, value } => {
                // `End: false` beside `Next` is one mistake: the value.
                if field.name() != "End" || field.value.as_bool() != Some(false) {
                    self.push(field.key, Some(field), Fault::Exclusive { with: by, when: value });
                }
            }
            Complaint::Missing(name, by) => self.missing.push((name, by)),
            Complaint::MissingOneOf(names) => self.one_of.push(names),
            Complaint::OnlyOneOf(names) => {
                let mut fields = self.owner.node.members().filter(|field| names.contains(&field.name()));
                let Some(first) = fields.next() else { return };
                for field in fields {
                    self.push(field.key, Some(field), Fault::Exclusive { with: first, when: None });
                }
            }
            Complaint::Bare => self.unfit(self.owner.node, None, Misfit::Empty),
            Complaint::Unfit { node, field, misfit } => self.unfit(node, field, misfit),
        }
    }

    fn unfit(&mut self, node: Node<'t>, field: Option<Field<'t>>, misfit: Misfit) {
        let fault = match misfit {
            Misfit::Type(expected) => Fault::WrongType { expected },
            Misfit::NotTrue if node.kind() == Kind::Bool => Fault::UnknownValue { allowed: vec!["true"], meant: None },
            Misfit::NotTrue => Fault::WrongType { expected: vec!["boolean"] },
            Misfit::Word(allowed) => match node.as_str() {
                Some(text) => {
                    let meant = nearest(text, allowed.iter().map(|&value| (value, value)));
                    Fault::UnknownValue { allowed, meant }
                }
                None => Fault::WrongType { expected: vec!["string"] },
            },
            Misfit::Below(least) => Fault::OutOfRange(Limit::Least(least)),
            Misfit::Above(most) => Fault::OutOfRange(Limit::Most(most)),
            Misfit::Empty if node.is_incomplete() => return,
            Misfit::Empty => Fault::Empty,
        };
        self.push(node, field, fault);
    }

    fn push(&mut self, node: Node<'t>, field: Option<Field<'t>>, fault: Fault<'t>) {
        if self.found.iter().all(|known| known.node != node) {
            self.found.push(Violation { node, owner: self.owner, field, fault });
        }
    }

    /// A field that is none of the owner's. Of several with one name the last counts, as for readers of JSON.
    fn stranger(&mut self, name: &str) {
        let Some(field) = self.owner.node.member(name) else { return };
        if field.key.has_hole() {
            return;
        }
        let fault = match home(self.owner.part, self.owner.language, name) {
            Some(home) => Fault::Misplaced(home),
            None => {
                let free = self.free.take().unwrap_or_else(|| self.free());
                let meant = nearest(name, free.iter().map(|&candidate| (candidate, candidate)));
                self.free = Some(free);
                Fault::Unknown { meant }
            }
        };
        self.push(field.key, Some(field), fault);
    }

    /// The fields that an unknown one may be a slip of: those that are absent, and that nothing present rules out.
    fn free(&self) -> Vec<&'static str> {
        let present: HashSet<&str> = self.owner.node.members().map(Field::name).collect();
        let plain = self.schema.plain();
        let fields: Vec<&'static str> = plain.fields().collect();
        let is_free = |candidate: &&'static str| {
            !present.contains(candidate)
                && !fields.iter().any(|other| present.contains(other) && plain.excludes(candidate, other))
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

/// Where a field belongs that is none of `part` in `language`: as near as possible.
fn home(part: Part, language: Language, name: &str) -> Option<Home> {
    let has = |part: Part, language| part.schema(language).plain().field(name).is_some();
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
