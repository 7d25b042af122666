//! Turns what is read of unknown JSON into terms: which type it has, how it compares.
//!
//! An unknown is a [`Symbol`], and a member or an item of one is made when it is first read: what nobody reads costs nothing. Values
//! that are known, in part or under a condition, answer the same questions, so that whoever follows data through a machine
//! writes `Ite` and `Object` and compares as before. A question that is not modelled exactly is a free atom which remembers why.

mod inverse;
mod marks;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::Reason;
use super::arithmetic::{Definition, Oddity, Operation};
use super::atom::{Atom, Free, Origin, Root, Sort, Step, Symbol, SymbolId, Tag, Tags};
use super::constant::{Constant, Constants};
use super::term::{Term, Terms};
use crate::asl::MachineType;
use crate::asl::context::{CONTEXT, Shape as ContextShape};
use crate::asl::pattern::Pattern;
use crate::eval::Value;

pub use inverse::{How, Inverse};
pub use marks::Marks;

/// A value that terms ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(u32);

/// What a value is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Not there.
    Absent,
    /// Not known.
    Symbol(SymbolId),
    /// Known.
    Constant(Value),
    /// An object with these members, and those of another value whose names are not among them.
    Object(BTreeMap<Arc<str>, ValueId>, Option<ValueId>),
    /// An array of these.
    Array(Vec<ValueId>),
    /// One where the term holds, another where it does not.
    Ite(Term, ValueId, ValueId),
    /// A whole number: another, rounded, and this added to it.
    Sum(SymbolId, i64),
}

/// How many conditions a value may hang on, one in another: beyond it the value is taken for anything. It bounds recursion.
const MAX_CONDITIONS: u16 = 64;

/// How many it may hang on all together: whatever is asked of it is asked under each.
const MAX_SIZE: u32 = 400;

/// Of how many items one is told apart from the others.
const MOST_ITEMS: usize = 64;

/// Unknowns, the questions that were asked about them, and the terms made of those.
#[derive(Debug, Default)]
pub struct World {
    /// The terms.
    pub terms: Terms,
    /// The atoms, by number.
    pub atoms: Vec<Atom>,
    atom_numbers: HashMap<Atom, u32>,
    /// The unknowns, by number.
    pub symbols: Vec<Symbol>,
    roots: HashMap<Root, SymbolId>,
    parts: HashMap<(SymbolId, Step), SymbolId>,
    /// The same of values that are made of others: ways that part and meet again are followed once, not once for each way.
    parts_of_values: HashMap<(ValueId, Step), ValueId>,
    /// The constants that unknowns are compared with.
    pub constants: Constants,
    /// The patterns that are not read as ranges, by number.
    pub patterns: Vec<Pattern>,
    /// The questions without a model.
    pub frees: Vec<Free>,
    values: Vec<Shape>,
    /// How many conditions each value hangs on, one in another, and all together.
    conditions: Vec<(u16, u32)>,
    of_symbols: HashMap<SymbolId, ValueId>,
    merged: HashMap<(Term, ValueId, ValueId), ValueId>,
    n_fresh: u32,
    is_express: bool,
    /// Whether both query languages ask about the same values.
    pub(super) is_mixed: bool,
    doubts: Vec<(Term, Free)>,
    /// How arguments are made that give a result, where nothing else is asked about them.
    pub inverses: Vec<Inverse>,
    /// What results come of, where they are numbers.
    pub definitions: Vec<Definition>,
    defined: HashSet<SymbolId>,
    /// The unknowns that are computed, and so may be infinite, or have something infinite in them.
    computed: HashSet<SymbolId>,
    /// What inputs are looked for without, before with: it leads to what is not modelled.
    pub avoided: Vec<Term>,
    pub(super) pattern_numbers: HashMap<Vec<String>, u32>,
    /// What the texts of patterns begin with, and what comes right behind all of those.
    pub(super) range_ends: HashSet<String>,
    /// Whether unknowns count as true in JSONata, looked into as deep as this: the answer is the same each time.
    pub(super) truths: HashMap<(SymbolId, u32), Term>,
    marks: Marks,
}

impl World {
    /// The atom, as a term.
    pub fn atom(&mut self, atom: Atom) -> Term {
        let number = *self.atom_numbers.entry(atom).or_insert_with(|| {
            self.atoms.push(atom);
            u32::try_from(self.atoms.len() - 1).unwrap_or(u32::MAX)
        });
        self.terms.atom(number)
    }

    /// The number of an atom that somebody asked for.
    #[must_use]
    pub fn number_of(&self, atom: Atom) -> Option<u32> {
        self.atom_numbers.get(&atom).copied()
    }

    /// A question whose answer is not modelled.
    pub fn free(&mut self, reason: Reason) -> Term {
        self.new_free(Free { reason, assumed: None })
    }

    /// A question that the interpreter answers and the service has not been seen to: both answers count, except where an input
    /// is shown.
    pub fn doubt(&mut self, reason: Reason, assumed: bool) -> Term {
        let is_known = |(_, free): &(Term, Free)| free.assumed == Some(assumed) && free.reason == reason;
        if let Some((term, _)) = self.doubts.iter().find(|known| is_known(known)) {
            return *term;
        }
        let free = Free { reason, assumed: Some(assumed) };
        let term = self.new_free(free.clone());
        self.doubts.push((term, free));
        term
    }

    fn new_free(&mut self, free: Free) -> Term {
        self.frees.push(free);
        self.atom(Atom::Free(u32::try_from(self.frees.len() - 1).unwrap_or(u32::MAX)))
    }

    fn new_symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId(u32::try_from(self.symbols.len() - 1).unwrap_or(u32::MAX))
    }

    /// The symbol of this number.
    #[must_use]
    pub fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.0 as usize]
    }

    /// A root, and what it may be: the same each time.
    pub fn root(&mut self, root: Root, tags: Tags) -> ValueId {
        let havoc = None;
        let known = self.roots.get(&root).copied();
        let symbol = known.unwrap_or_else(|| {
            let context = (root == Root::Context).then_some(CONTEXT);
            let tags = if context.is_some() { Tags::new(&[Tag::Obj]) } else { tags };
            let (origin, parts) = (Origin::Root(root.clone()), Tags::ANY);
            let symbol = self.new_symbol(Symbol { origin, tags, parts, is_timestamp: None, havoc, context });
            self.roots.insert(root, symbol);
            symbol
        });
        self.of_symbol(symbol)
    }

    /// The symbol of a root that something was asked of.
    #[must_use]
    pub fn known_root(&self, root: &Root) -> Option<SymbolId> {
        self.roots.get(root).copied()
    }

    /// What something comes to that is not modelled: the same for the same text asked of the same value.
    pub fn havoc(&mut self, text: &str, of: ValueId, reason: Reason) -> ValueId {
        self.havoc_of(text, of, reason, Tags::ANY)
    }

    /// The same, with what it may be.
    pub fn havoc_of(&mut self, text: &str, of: ValueId, reason: Reason, tags: Tags) -> ValueId {
        let value = self.root(Root::Havoc(text.to_owned(), of.0), tags);
        if let Shape::Symbol(symbol) = self.shape(value) {
            let symbol = symbol.0 as usize;
            self.symbols[symbol].havoc.get_or_insert(reason);
        }
        value
    }

    /// An unknown that is no other.
    pub fn fresh(&mut self, tags: Tags) -> ValueId {
        let number = self.unique();
        self.root(Root::Fresh(number), tags)
    }

    /// A number that was not given before.
    pub const fn unique(&mut self) -> u32 {
        self.n_fresh += 1;
        self.n_fresh
    }

    /// Notes what inputs are looked for without, before with.
    pub fn avoid(&mut self, term: Term) {
        if term.as_constant().is_none() && !self.avoided.contains(&term) {
            self.avoided.push(term);
        }
    }

    /// A symbol as a value.
    pub(super) fn value_of(&mut self, symbol: SymbolId) -> ValueId {
        self.of_symbol(symbol)
    }

    fn of_symbol(&mut self, symbol: SymbolId) -> ValueId {
        if let Some(&value) = self.of_symbols.get(&symbol) {
            return value;
        }
        let value = self.new_value(Shape::Symbol(symbol), (0, 1));
        self.of_symbols.insert(symbol, value);
        value
    }

    fn new_value(&mut self, shape: Shape, conditions: (u16, u32)) -> ValueId {
        self.values.push(shape);
        self.conditions.push(conditions);
        ValueId(u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX))
    }

    /// What a value is.
    #[must_use]
    pub fn shape(&self, value: ValueId) -> &Shape {
        &self.values[value.0 as usize]
    }

    /// A value that is known.
    pub fn constant(&mut self, value: Value) -> ValueId {
        self.new_value(Shape::Constant(value), (0, 1))
    }

    /// Nothing.
    pub fn absent(&mut self) -> ValueId {
        self.new_value(Shape::Absent, (0, 1))
    }

    /// An object of these members, and of those of `rest` with other names.
    pub fn object(&mut self, members: BTreeMap<Arc<str>, ValueId>, rest: Option<ValueId>) -> ValueId {
        self.new_value(Shape::Object(members, rest), (0, 1))
    }

    /// An array of these.
    pub fn array(&mut self, items: Vec<ValueId>) -> ValueId {
        self.new_value(Shape::Array(items), (0, 1))
    }

    /// A number, rounded, and this added to it.
    pub fn sum(&mut self, of: SymbolId, add: i64) -> ValueId {
        self.new_value(Shape::Sum(of, add), (0, 1))
    }

    /// Notes how a result comes of an argument, where both are unknowns.
    pub fn note_inverse(&mut self, argument: ValueId, result: ValueId, how: How) {
        if let (&Shape::Symbol(argument), &Shape::Symbol(result)) = (self.shape(argument), self.shape(result)) {
            self.inverses.push(Inverse { argument, result, how });
        }
    }

    /// Notes what a number comes of, where it is an unknown; once for each. `odd` are booleans that say what is odd about it.
    pub fn define(&mut self, result: ValueId, operation: Operation, operands: &[ValueId], odd: &[(Oddity, ValueId)]) {
        let symbols = odd.iter().filter_map(|&(oddity, value)| match *self.shape(value) {
            Shape::Symbol(symbol) => Some((oddity, symbol)),
            _ => None,
        });
        let odd = symbols.collect();
        if let Shape::Symbol(result) = *self.shape(result)
            && self.defined.insert(result)
        {
            self.definitions.push(Definition { result, operation, operands: operands.to_vec(), odd });
        }
    }

    /// Notes that an unknown is computed, and not what JSON says: numbers in it may be infinite.
    pub fn note_computed(&mut self, value: ValueId) {
        if let Shape::Symbol(symbol) = *self.shape(value) {
            self.computed.insert(symbol);
        }
    }

    /// Whether an unknown may be infinite.
    #[must_use]
    pub fn may_be_infinite(&self, mut symbol: SymbolId) -> bool {
        while let Origin::Part(whole, _) = self.symbol(symbol).origin {
            symbol = whole;
        }
        self.computed.contains(&symbol)
    }

    /// A context object of its own, of which the service decides what it says.
    pub fn context(&mut self) -> ValueId {
        let value = self.fresh(Tags::new(&[Tag::Obj]));
        if let Shape::Symbol(symbol) = self.shape(value) {
            let symbol = symbol.0 as usize;
            self.symbols[symbol].context = Some(CONTEXT);
        }
        self.not_ours(value, "what the context object says");
        value
    }

    /// Notes that nobody decides what an unknown is, and so what its parts are.
    pub fn not_ours(&mut self, value: ValueId, what: &str) {
        if let Shape::Symbol(symbol) = self.shape(value) {
            let symbol = symbol.0 as usize;
            self.symbols[symbol].havoc.get_or_insert(Reason::NotModelled(what.to_owned()));
        }
    }

    /// One where the condition holds, another where it does not: the same each time.
    pub fn merge(&mut self, condition: Term, then: ValueId, otherwise: ValueId) -> ValueId {
        match condition.as_constant() {
            Some(true) => return then,
            Some(false) => return otherwise,
            None if then == otherwise => return then,
            None => {}
        }
        let key = (condition, then, otherwise);
        if let Some(&merged) = self.merged.get(&key) {
            return merged;
        }
        let [one, other] = [then, otherwise].map(|value| self.conditions[value.0 as usize]);
        let (deep, size) = (1 + one.0.max(other.0), one.1.saturating_add(other.1).saturating_add(1));
        if deep > MAX_CONDITIONS || size > MAX_SIZE {
            let reason = Reason::NotModelled("what many ways lead to".to_owned());
            let name = format!("merge {}", self.unique());
            return self.havoc(&name, then, reason);
        }
        let merged = self.new_value(Shape::Ite(condition, then, otherwise), (deep, size));
        self.merged.insert(key, merged);
        merged
    }

    /// Says of an unknown, before anything is asked of it, what it and its parts may be.
    pub fn limit(&mut self, value: ValueId, tags: Tags, parts: Tags) {
        if let &Shape::Symbol(symbol) = self.shape(value) {
            let symbol = &mut self.symbols[symbol.0 as usize];
            (symbol.tags, symbol.parts) = (tags, parts);
        }
    }

    /// What a step leads to: the same value each time.
    pub fn part(&mut self, value: ValueId, step: &Step) -> ValueId {
        // Of each item nothing says which one it is.
        let is_constant = matches!(self.shape(value), Shape::Constant(_)) && !matches!(step, Step::Each(_));
        if !is_constant && !matches!(self.shape(value), Shape::Object(..) | Shape::Ite(..)) {
            return self.part_of(value, step);
        }
        let key = (value, step.clone());
        if let Some(&part) = self.parts_of_values.get(&key) {
            return part;
        }
        let part = self.part_of(value, step);
        self.parts_of_values.insert(key, part);
        part
    }

    fn part_of(&mut self, value: ValueId, step: &Step) -> ValueId {
        match (self.shape(value), step) {
            (&Shape::Symbol(symbol), _) => {
                let part = self.part_of_symbol(symbol, step);
                self.of_symbol(part)
            }
            (Shape::Constant(value), Step::Each(_)) => {
                let items: Vec<Value> = value.as_array().map(<[Value]>::to_vec).unwrap_or_default();
                let items: Vec<ValueId> =
                    items.into_iter().take(MOST_ITEMS + 1).map(|item| self.constant(item)).collect();
                self.one_of(&items)
            }
            (Shape::Array(items), Step::Each(_)) => {
                let items = items.clone();
                self.one_of(&items)
            }
            (Shape::Constant(value), _) => {
                let part = match (value, step) {
                    (Value::Object(members), Step::Member(name)) => members.get(name).cloned(),
                    (Value::Array(items), Step::Item(index)) => items.get(*index as usize).cloned(),
                    _ => None,
                };
                match part {
                    Some(part) => self.constant(part),
                    None => self.absent(),
                }
            }
            (Shape::Object(members, rest), Step::Member(name)) => match (members.get(name), *rest) {
                (Some(&member), _) => member,
                (None, Some(rest)) => self.part(rest, step),
                (None, None) => self.absent(),
            },
            (Shape::Array(items), Step::Item(index)) => {
                let item = items.get(*index as usize).copied();
                item.unwrap_or_else(|| self.absent())
            }
            (&Shape::Ite(condition, then, otherwise), _) => {
                let then = self.part(then, step);
                let otherwise = self.part(otherwise, step);
                self.merge(condition, then, otherwise)
            }
            _ => self.absent(),
        }
    }

    /// One of these, nothing says which; nothing where there is none.
    fn one_of(&mut self, items: &[ValueId]) -> ValueId {
        let Some((&last, before)) = items.split_last() else { return self.absent() };
        if items.len() > MOST_ITEMS {
            let name = format!("one of many {}", self.unique());
            return self.havoc_of(
                &name,
                last,
                Reason::NotModelled("an item of a long array".to_owned()),
                Tags::PRESENT,
            );
        }
        before.iter().fold(last, |other, &item| {
            let which = self.fresh(Tags::new(&[Tag::Bool]));
            let is_this = self.is_true(which);
            self.merge(is_this, item, other)
        })
    }

    /// A part of a symbol, if somebody asked for it.
    #[must_use]
    pub fn known_part(&self, whole: SymbolId, step: &Step) -> Option<SymbolId> {
        self.parts.get(&(whole, step.clone())).copied()
    }

    fn part_of_symbol(&mut self, whole: SymbolId, step: &Step) -> SymbolId {
        let key = (whole, step.clone());
        if let Some(&part) = self.parts.get(&key) {
            return part;
        }
        let Symbol { havoc, context, parts, .. } = self.symbol(whole).clone();
        let mut symbol = Symbol {
            origin: Origin::Part(whole, step.clone()),
            tags: parts,
            parts: Tags::ANY,
            is_timestamp: None,
            havoc,
            context: None,
        };
        if let (Some(shape), Step::Member(name)) = (context, step) {
            self.of_context(&mut symbol, shape.member(name), name);
        }
        let part = self.new_symbol(symbol);
        self.parts.insert(key, part);
        part
    }

    /// What is known of a member of the context object. What the service does not document may be added tomorrow.
    fn of_context(&self, symbol: &mut Symbol, shape: Option<ContextShape>, name: &str) {
        let Origin::Part(whole, _) = symbol.origin else { return };
        let is_inner = matches!(self.symbol(whole).origin, Origin::Part(..));
        let of = |tag| match name {
            // These are there in every state.
            "Execution" | "State" | "StateMachine" if !is_inner => Tags::new(&[tag]),
            "Id" | "Name" | "RoleArn" | "StartTime" | "EnteredTime" => Tags::new(&[tag]),
            "RedriveCount" | "RedriveTime" if self.is_express => Tags::new(&[Tag::Absent]),
            _ => Tags::new(&[tag, Tag::Absent]),
        };
        symbol.context = shape.filter(|shape| *shape != ContextShape::Free);
        match shape {
            Some(ContextShape::Object(_)) => symbol.tags = of(Tag::Obj),
            Some(ContextShape::String) => symbol.tags = of(Tag::Str),
            Some(ContextShape::Number) => symbol.tags = of(Tag::Num),
            Some(ContextShape::Free) if name == "Input" => symbol.tags = Tags::PRESENT,
            Some(ContextShape::Free) => {}
            None => symbol.havoc = Some(Reason::NotModelled(format!("the member `{name}` of the context object"))),
        }
        if matches!(name, "StartTime" | "EnteredTime" | "RedriveTime") && shape == Some(ContextShape::String) {
            symbol.is_timestamp = Some(true);
        }
    }

    /// Whether a value has this tag.
    pub fn is(&mut self, value: ValueId, tag: Tag) -> Term {
        match self.shape(value) {
            Shape::Absent => Term::constant(tag == Tag::Absent),
            Shape::Constant(value) => Term::constant(Tag::of(value) == tag),
            Shape::Object(..) => Term::constant(tag == Tag::Obj),
            Shape::Array(_) => Term::constant(tag == Tag::Arr),
            Shape::Sum(..) => Term::constant(tag == Tag::Num),
            &Shape::Symbol(symbol) => {
                let tags = self.symbol(symbol).tags;
                match (tags.has(tag), tags.iter().count()) {
                    (false, _) => Term::FALSE,
                    (true, 1) => Term::TRUE,
                    _ => self.atom(Atom::Tag(symbol, tag)),
                }
            }
            &Shape::Ite(condition, then, otherwise) => {
                let then = self.is(then, tag);
                let otherwise = self.is(otherwise, tag);
                self.terms.ite(condition, then, otherwise)
            }
        }
    }

    /// Whether a value has one of these tags.
    pub fn is_one_of(&mut self, value: ValueId, tags: Tags) -> Term {
        let parts: Vec<Term> = tags.iter().map(|tag| self.is(value, tag)).collect();
        self.terms.any(parts)
    }

    /// Whether a value is there.
    pub fn is_present(&mut self, value: ValueId) -> Term {
        self.is(value, Tag::Absent).negate()
    }

    /// Whether a value is the boolean `true`.
    pub fn is_true(&mut self, value: ValueId) -> Term {
        match self.shape(value) {
            Shape::Constant(value) => Term::constant(value.as_bool() == Some(true)),
            &Shape::Symbol(symbol) => {
                let is_bool = self.is(value, Tag::Bool);
                let is_true = self.atom(Atom::IsTrue(symbol));
                self.terms.and(is_bool, is_true)
            }
            &Shape::Ite(condition, then, otherwise) => {
                let then = self.is_true(then);
                let otherwise = self.is_true(otherwise);
                self.terms.ite(condition, then, otherwise)
            }
            _ => Term::FALSE,
        }
    }

    /// Whether a value is the text of a timestamp.
    pub fn is_timestamp(&mut self, value: ValueId) -> Term {
        match self.shape(value) {
            Shape::Constant(value) => Term::constant(Constant::read(Sort::Time, value).is_some()),
            &Shape::Symbol(symbol) => {
                let is_string = self.is(value, Tag::Str);
                let is_timestamp = match self.symbol(symbol).is_timestamp {
                    Some(known) => Term::constant(known),
                    None => self.atom(Atom::IsTimestamp(symbol)),
                };
                self.terms.and(is_string, is_timestamp)
            }
            &Shape::Ite(condition, then, otherwise) => {
                let then = self.is_timestamp(then);
                let otherwise = self.is_timestamp(otherwise);
                self.terms.ite(condition, then, otherwise)
            }
            _ => Term::FALSE,
        }
    }

    /// What is known of how the execution runs. Express executions are never taken up again.
    pub fn runs_as(&mut self, kind: MachineType) {
        self.is_express = kind == MachineType::Express;
    }

    /// A symbol as a path: `$.a[0]`.
    #[must_use]
    pub fn path_of(&self, symbol: SymbolId) -> String {
        let mut steps = Vec::new();
        let mut at = symbol;
        let root = loop {
            match &self.symbol(at).origin {
                Origin::Root(root) => break root,
                Origin::Part(whole, step) => {
                    steps.push(step);
                    at = *whole;
                }
            }
        };
        let mut text = match root {
            Root::Input => "$".to_owned(),
            Root::Context => "$$".to_owned(),
            Root::Variable(name) => format!("${name}"),
            Root::Havoc(text, _) => text.clone(),
            Root::Fresh(number) => format!("#{number}"),
        };
        for step in steps.into_iter().rev() {
            text += &match step {
                Step::Member(name) if is_plain(name) => format!(".{name}"),
                Step::Member(name) => format!("['{name}']"),
                Step::Item(index) => format!("[{index}]"),
                Step::Each(_) => "[*]".to_owned(),
            };
        }
        text
    }
}

/// Whether a name stands in a path without quotes.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests;
