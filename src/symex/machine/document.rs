//! Documents on their way through a machine: what states wrote into them, over what was there before.
//!
//! Two documents that come to one state are one where the first way was taken, the other elsewhere. Where both are the same but
//! for members that were written on the way, only those differ: so what is said of a member stays as small as the ways to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::Reason;
use super::super::atom::{Step, Tag, Tags};
use super::super::term::Term;
use super::super::value::{ValueId, World};

/// How many ways into a state are told apart.
const MOST_WAYS: usize = 32;

/// A document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// What was there before.
    pub(super) base: ValueId,
    /// What was written over it; it counts where the base is an object.
    members: BTreeMap<Arc<str>, ValueId>,
}

/// What a state comes with.
#[derive(Clone, Debug)]
pub(super) struct Env {
    pub(super) document: Document,
    /// Variables of the scope, and of those around it; those that are not named have no value.
    pub(super) variables: BTreeMap<Arc<str>, ValueId>,
}

/// Unknown JSON.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) world: World,
    n_havocs: u32,
}

impl From<ValueId> for Document {
    fn from(base: ValueId) -> Self {
        Self { base, members: BTreeMap::new() }
    }
}

impl Store {
    /// The document as a value.
    pub(super) fn value(&mut self, document: &Document) -> ValueId {
        if document.members.is_empty() {
            return document.base;
        }
        let object = self.world.object(document.members.clone(), Some(document.base));
        let is_object = self.world.is(document.base, Tag::Obj);
        self.merged(is_object, object, document.base)
    }

    /// What is not modelled, each time another.
    pub(super) fn havoc(&mut self, what: &str) -> ValueId {
        self.havoc_of(what, Tags::ANY)
    }

    /// The same, with what it may be.
    pub(super) fn havoc_of(&mut self, what: &str, tags: Tags) -> ValueId {
        self.n_havocs += 1;
        let of = self.world.absent();
        self.world.havoc_of(&format!("{what} ({})", self.n_havocs), of, Reason::NotModelled(what.to_owned()), tags)
    }

    /// One where the condition holds, another elsewhere.
    pub(super) fn merged(&mut self, condition: Term, then: ValueId, otherwise: ValueId) -> ValueId {
        self.world.merge(condition, then, otherwise)
    }

    /// What the document has at a name.
    pub(super) fn member(&mut self, document: &Document, name: &Arc<str>) -> ValueId {
        match document.members.get(name) {
            Some(&value) => value,
            None => self.world.part(document.base, &Step::Member(Arc::clone(name))),
        }
    }

    fn both(&mut self, condition: Term, one: &Document, other: &Document) -> Document {
        if one.base != other.base {
            let (one, other) = (self.value(one), self.value(other));
            return self.merged(condition, one, other).into();
        }
        let names: Vec<Arc<str>> = one.members.keys().chain(other.members.keys()).cloned().collect();
        let mut members = BTreeMap::new();
        for name in names {
            let (one, other) = (self.member(one, &name), self.member(other, &name));
            members.insert(name, self.merged(condition, one, other));
        }
        Document { base: one.base, members }
    }

    /// What comes with the first of the ways whose condition holds; with none of them the last.
    pub(super) fn joined(&mut self, ways: &[(Term, Env)]) -> Option<Env> {
        let ((_, last), before) = ways.split_last()?;
        if ways.len() > MOST_WAYS {
            let document = self.havoc("what many ways lead to").into();
            let names: BTreeSet<Arc<str>> = ways.iter().flat_map(|(_, env)| env.variables.keys().cloned()).collect();
            let variables = names.into_iter().map(|name| (name, self.havoc("what many ways lead to"))).collect();
            return Some(Env { document, variables });
        }
        let mut env = last.clone();
        for (condition, way) in before.iter().rev() {
            let document = self.both(*condition, &way.document, &env.document);
            let names: Vec<Arc<str>> = way.variables.keys().chain(env.variables.keys()).cloned().collect();
            let mut variables = BTreeMap::new();
            for name in names {
                let of = |variables: &BTreeMap<Arc<str>, ValueId>| variables.get(&name).copied();
                let (one, other) = (of(&way.variables), of(&env.variables));
                let one = one.unwrap_or_else(|| self.world.absent());
                let other = other.unwrap_or_else(|| self.world.absent());
                variables.insert(name, self.merged(*condition, one, other));
            }
            env = Env { document, variables };
        }
        Some(env)
    }

    /// The document with a value at a place, and when it cannot be put there.
    pub(super) fn written(&mut self, document: &Document, way: &[Step], value: ValueId) -> (Document, Term) {
        let Some((first, rest)) = way.split_first() else { return (value.into(), Term::FALSE) };
        let Step::Member(name) = first else { return (self.havoc("a `ResultPath` into an array").into(), Term::FALSE) };
        let fails = self.world.is(document.base, Tag::Obj).negate();
        let old = self.member(document, name);
        let (new, inner) = self.written_inside(old, rest, value);
        let mut written = document.clone();
        written.members.insert(Arc::clone(name), new);
        (written, self.world.terms.or(fails, inner))
    }

    /// Recursion is bounded by the length of the path.
    fn written_inside(&mut self, old: ValueId, way: &[Step], value: ValueId) -> (ValueId, Term) {
        let Some((first, rest)) = way.split_first() else { return (value, Term::FALSE) };
        let Step::Member(name) = first else { return (self.havoc("a `ResultPath` into an array"), Term::FALSE) };
        let [is_object, is_absent] = [Tag::Obj, Tag::Absent].map(|tag| self.world.is(old, tag));
        let fails = self.world.terms.or(is_object, is_absent).negate();
        let inner = self.world.part(old, first);
        let (inner, fails_inside) = self.written_inside(inner, rest, value);
        let object = self.world.object(BTreeMap::from([(Arc::clone(name), inner)]), Some(old));
        (object, self.world.terms.or(fails, fails_inside))
    }

    /// The document with other values for these members, or for all of it.
    pub(super) fn havocked(&mut self, document: &Document, members: Option<&[Arc<str>]>) -> Document {
        let Some(names) = members else { return self.havoc("what a loop changes").into() };
        let mut document = document.clone();
        for name in names {
            let value = self.havoc("what a loop changes");
            document.members.insert(Arc::clone(name), value);
        }
        document
    }
}
