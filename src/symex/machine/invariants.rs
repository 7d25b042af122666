//! Turns what the ways around a loop hand on into what is always so of the values that a round may change.
//!
//! Each value that a round may change is an unknown of its own in each state of the loop. It holds what some way into that state
//! brings: one from outside, or one around. So of its types only those are kept that some way brings, and of its members those
//! that are there on every way; what a way brings is found by the same unknowns, from nothing upwards until nothing is added.
//! The types of an unknown are narrowed after terms were made of it: the theory denies the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::super::atom::{Step, SymbolId, Tag, Tags};
use super::super::term::{Node, Term, Terms};
use super::super::value::{Shape, ValueId, World};
use super::document::{Document, Env, Store};
use super::writes::Changes;
use crate::asl::StateId;
use crate::eval::Value;

/// How deep members are followed.
const MOST_DEEP: usize = 4;

/// Of how many members of one object something is kept.
const MOST_MEMBERS: usize = 64;

/// How often all ways are followed before nothing is claimed.
const MOST_PASSES: usize = 64;

/// How many ways may be followed all together.
const MOST_FOLLOWED: usize = 100_000;

/// Of how many terms that hold on a way it is seen that they do.
const MOST_TERMS: usize = 10_000;

/// How many alternatives and members of a value are looked at.
const MOST_ALTERNATIVES: usize = 256;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    /// What it may be; nothing where no way brings it yet.
    tags: Tags,
    /// What is known of its members where it is an object.
    members: BTreeMap<Arc<str>, Self>,
}

/// What a round may change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    Document,
    Member(Arc<str>),
    Variable(Arc<str>),
}

/// A way into a state, seen from one place.
#[derive(Debug)]
struct Flow {
    to: usize,
    value: ValueId,
    /// What holds where the way is gone.
    implied: Rc<BTreeSet<Term>>,
}

/// The unknowns of a loop, and the ways between them.
#[derive(Debug)]
pub(super) struct Invariants {
    places: Vec<Place>,
    /// The number of the unknown that stands at a place in a state.
    numbers: HashMap<(StateId, Place), usize>,
    of_symbols: HashMap<SymbolId, usize>,
    unknowns: Vec<ValueId>,
    flows: Vec<Flow>,
    /// That what no round changes of the document is an object, so that members are written into it.
    pub(super) is_writable: Term,
    /// The ways: from which state of the loop, where to, and whether that holds where it is gone.
    ways: Vec<(Option<StateId>, StateId, bool)>,
}

impl Known {
    fn new(tags: &[Tag]) -> Self {
        Self { tags: Tags::new(tags), members: BTreeMap::new() }
    }

    const fn anything() -> Self {
        Self { tags: Tags::ANY, members: BTreeMap::new() }
    }

    fn says_nothing(&self) -> bool {
        self.tags == Tags::ANY && self.members.is_empty()
    }

    /// What is so of both.
    fn joined(&self, other: &Self) -> Self {
        let members = match (self.tags.has(Tag::Obj), other.tags.has(Tag::Obj)) {
            (true, true) => self.members.iter().filter_map(|(name, one)| {
                let both = one.joined(other.members.get(name)?);
                (!both.says_nothing()).then(|| (Arc::clone(name), both))
            }),
            (true, false) => return Self { tags: self.tags.either(other.tags), members: self.members.clone() },
            _ => return Self { tags: self.tags.either(other.tags), members: other.members.clone() },
        };
        Self { tags: self.tags.either(other.tags), members: members.collect() }
    }

    /// A constant, to a depth. The number that is none is like nothing else.
    fn of(value: &Value, deep: usize) -> Self {
        if value.as_f64().is_some_and(f64::is_nan) {
            return Self::anything();
        }
        let mut known = Self::new(&[Tag::of(value)]);
        if let Value::Object(members) = value
            && deep > 0
            && members.len() <= MOST_MEMBERS
        {
            known.members = members.iter().map(|(name, value)| (Arc::clone(name), Self::of(value, deep - 1))).collect();
        }
        known
    }
}

impl Invariants {
    /// Nothing is known yet of what a round changes.
    pub(super) fn new(store: &mut Store, changes: &Changes, outside: &Document) -> Self {
        let mut places: Vec<Place> = changes.variables.iter().cloned().map(Place::Variable).collect();
        match &changes.members {
            Some(members) => places.extend(members.iter().cloned().map(Place::Member)),
            None => places.push(Place::Document),
        }
        let (numbers, of_symbols) = (HashMap::new(), HashMap::new());
        let is_writable = store.world.is(outside.base, Tag::Obj);
        let (unknowns, flows, ways) = (Vec::new(), Vec::new(), Vec::new());
        Self { places, numbers, of_symbols, unknowns, flows, is_writable, ways }
    }

    /// Takes down the unknowns that a state of the loop begins with.
    pub(super) fn begin(&mut self, store: &mut Store, state: StateId, env: &Env) {
        for place in self.places.clone() {
            let value = at(store, env, &place);
            let number = self.unknowns.len();
            // What is no unknown, or one of another place, is never looked up, and so anything.
            if let Shape::Symbol(symbol) = *store.world.shape(value) {
                self.of_symbols.insert(symbol, number);
            }
            self.unknowns.push(value);
            self.numbers.insert((state, place), number);
        }
    }

    /// Takes down a way into a state of the loop; all of them began before.
    pub(super) fn follow(&mut self, store: &mut Store, condition: Term, env: &Env, from: Option<StateId>, to: StateId) {
        let implied = Rc::new(implied(&store.world.terms, condition));
        self.ways.push((from, to, self.is_writable == Term::TRUE || implied.contains(&self.is_writable)));
        for place in self.places.clone() {
            let value = at(store, env, &place);
            let Some(&to) = self.numbers.get(&(to, place)) else { continue };
            self.flows.push(Flow { to, value, implied: Rc::clone(&implied) });
        }
    }

    /// The states that nothing gets to unless what no round changes of the document is an object.
    pub(super) fn writable(&self, states: &[StateId]) -> BTreeSet<StateId> {
        let mut writable: BTreeSet<StateId> = states.iter().copied().collect();
        loop {
            let n_before = writable.len();
            for &(from, to, holds) in &self.ways {
                if !holds && from.is_none_or(|from| !writable.contains(&from)) {
                    writable.remove(&to);
                }
            }
            if writable.len() == n_before {
                return writable;
            }
        }
    }

    /// Narrows the unknowns to what the ways bring.
    pub(super) fn narrow(&self, world: &mut World) {
        let Some(known) = self.solved(world) else { return };
        for (&value, known) in self.unknowns.iter().zip(&known) {
            narrow(world, value, known);
        }
    }

    /// What is so of each unknown; none where that is not found soon.
    fn solved(&self, world: &mut World) -> Option<Vec<Known>> {
        if self.places.is_empty() || self.flows.len() > MOST_FOLLOWED {
            return None;
        }
        let mut known = vec![Known::new(&[]); self.unknowns.len()];
        for _ in 0..MOST_PASSES.min(MOST_FOLLOWED / self.flows.len().max(1)) {
            let mut is_done = true;
            for flow in &self.flows {
                let implied = &flow.implied;
                let mut way = Bringing { world, invariants: self, known: &known, implied, n_left: MOST_ALTERNATIVES };
                let brought = way.whole(flow.value, MOST_DEEP);
                let joined = known[flow.to].joined(&brought);
                if joined != known[flow.to] {
                    known[flow.to] = joined;
                    is_done = false;
                }
            }
            if is_done {
                return Some(known);
            }
        }
        None
    }
}

/// A way, as it is looked at.
struct Bringing<'b> {
    world: &'b mut World,
    invariants: &'b Invariants,
    known: &'b [Known],
    implied: &'b BTreeSet<Term>,
    n_left: usize,
}

impl Bringing<'_> {
    /// What is known of a value, to a depth. Recursion is bounded by the conditions of a value and by the depth.
    fn known(&mut self, value: ValueId, deep: usize) -> Known {
        let Some(left) = self.n_left.checked_sub(1) else { return Known::anything() };
        self.n_left = left;
        let mut known = match self.world.shape(value).clone() {
            Shape::Absent => Known::new(&[Tag::Absent]),
            Shape::Constant(value) => Known::of(&value, deep),
            Shape::Array(_) => Known::new(&[Tag::Arr]),
            Shape::Sum(..) => Known::new(&[Tag::Num]),
            Shape::Symbol(symbol) => match self.invariants.of_symbols.get(&symbol) {
                Some(&number) => shallow(&self.known[number], deep),
                None => Known { tags: self.world.symbol(symbol).tags, members: BTreeMap::new() },
            },
            Shape::Ite(condition, then, _) if self.implied.contains(&condition) => self.known(then, deep),
            Shape::Ite(condition, _, otherwise) if self.implied.contains(&condition.negate()) => {
                self.known(otherwise, deep)
            }
            Shape::Ite(_, then, otherwise) => {
                let then = self.known(then, deep);
                then.joined(&self.known(otherwise, deep))
            }
            Shape::Object(members, rest) => self.object(&members, rest, deep),
        };
        if let Shape::Symbol(_) = self.world.shape(value) {
            for tag in known.tags.iter() {
                self.exclude(value, tag, &mut known);
            }
        }
        known
    }

    /// The same of a value that nothing else is merged with.
    fn whole(&mut self, value: ValueId, deep: usize) -> Known {
        let mut known = self.known(value, deep);
        self.exclude(value, Tag::Absent, &mut known);
        known
    }

    /// Leaves out a tag that the value does not have where the way is gone.
    fn exclude(&mut self, value: ValueId, tag: Tag, known: &mut Known) {
        if known.tags.has(tag) {
            let is_other = self.world.is(value, tag).negate();
            if self.implied.contains(&is_other) {
                known.tags = known.tags.without(tag);
            }
        }
    }

    fn object(&mut self, members: &BTreeMap<Arc<str>, ValueId>, rest: Option<ValueId>, deep: usize) -> Known {
        let mut known = Known::new(&[Tag::Obj]);
        if deep == 0 || members.len() > MOST_MEMBERS {
            return known;
        }
        if let Some(rest) = rest {
            let rest = self.known(rest, deep);
            // Nothing is known yet of what no way brings; what is no object has no members.
            let is_object = rest.tags == Tags::new(&[Tag::Obj]);
            for (name, member) in rest.members {
                let tags = if is_object { member.tags } else { member.tags.either(Tags::new(&[Tag::Absent])) };
                known.members.insert(name, Known { tags, ..member });
            }
        }
        for (name, &member) in members {
            let member = self.whole(member, deep - 1);
            known.members.insert(Arc::clone(name), member);
        }
        known
    }
}

/// What stands at a place.
fn at(store: &mut Store, env: &Env, place: &Place) -> ValueId {
    match place {
        Place::Document => store.value(&env.document),
        Place::Member(name) => store.member(&env.document, name),
        Place::Variable(name) => match env.variables.get(name) {
            Some(&value) => value,
            None => store.world.absent(),
        },
    }
}

/// The same, to a depth. Recursion is bounded by it.
fn shallow(known: &Known, deep: usize) -> Known {
    let members = match deep.checked_sub(1) {
        Some(deep) => known.members.iter().map(|(name, member)| (Arc::clone(name), shallow(member, deep))).collect(),
        None => BTreeMap::new(),
    };
    Known { tags: known.tags, members }
}

/// Parts of a term that hold where it does.
fn implied(terms: &Terms, condition: Term) -> BTreeSet<Term> {
    let mut found = BTreeSet::new();
    let mut open = vec![condition];
    while let Some(term) = open.pop() {
        if found.len() >= MOST_TERMS {
            break;
        }
        if found.insert(term)
            && !term.is_negated()
            && let Node::And(parts) = terms.node(term)
        {
            open.extend(parts.iter().copied());
        }
    }
    found
}

/// Recursion is bounded by the depth of what is known.
fn narrow(world: &mut World, value: ValueId, known: &Known) {
    let &Shape::Symbol(symbol) = world.shape(value) else { return };
    let tags = &mut world.symbols[symbol.0 as usize].tags;
    let narrowed = tags.both(known.tags);
    // What no way brings is not there to be asked about, and an unknown without a type would contradict everything.
    if narrowed == Tags::new(&[]) {
        return;
    }
    *tags = narrowed;
    let is_object = known.tags == Tags::new(&[Tag::Obj]);
    for (name, member) in &known.members {
        let member = match is_object || member.tags == Tags::new(&[]) {
            true => member.clone(),
            false => Known { tags: member.tags.either(Tags::new(&[Tag::Absent])), ..member.clone() },
        };
        if !member.says_nothing() {
            let part = world.part(value, &Step::Member(Arc::clone(name)));
            narrow(world, part, &member);
        }
    }
}
