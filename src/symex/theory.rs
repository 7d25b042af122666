//! Turns the atoms of a world into the clauses that tie them to each other: one tag each, orders that are orders.
//!
//! Order is encoded by the sorted constants that an unknown meets: `x < c` and `x <= c` for each, in a chain. Unknowns that are
//! compared with each other share their constants. What the clauses do not say is found out on a model ([`super::model`]): longer
//! cycles, and whether a string is there that fits between its neighbours and its patterns.

use std::collections::BTreeMap;

use super::atom::{Atom, ConstantId, Origin, Sort, Step, SymbolId, Tag};
use super::constant::{Constant, utf16_order};
use super::order::after_all_that_begin_with;
use super::term::Term;
use super::value::World;

/// The clauses, and what was found on the way.
#[derive(Debug, Default)]
pub struct Theory {
    /// Tags: each symbol has exactly one, and parts are parts of something. A solver with types of its own says it in its own way.
    pub tags: Vec<Vec<Term>>,
    /// Orders. A solver with numbers says it in its own way.
    pub orders: Vec<Vec<Term>>,
    /// What ties strings, patterns and timestamps together.
    pub texts: Vec<Vec<Term>>,
    /// The constants that each symbol meets, sorted.
    pub meets: BTreeMap<(Sort, SymbolId), Vec<ConstantId>>,
    /// Which symbols are compared with each other.
    pub pairs: Vec<(Sort, SymbolId, SymbolId)>,
    /// How many atoms were asked for, before it asked for more.
    pub n_asked: usize,
}

impl Theory {
    /// Everything that holds of the atoms that were asked for. Asks for more atoms itself.
    pub fn new(world: &mut World) -> Self {
        let mut theory = Self { n_asked: world.atoms.len(), ..Self::default() };
        theory.add_tags(world);
        theory.find_groups(world);
        theory.add_orders(world);
        theory.add_texts(world);
        theory
    }

    /// All clauses.
    pub fn clauses(&self) -> impl Iterator<Item = &[Term]> {
        self.tags.iter().chain(&self.orders).chain(&self.texts).map(Vec::as_slice)
    }

    fn add_tags(&mut self, world: &mut World) {
        for number in 0..world.symbols.len() {
            let id = SymbolId(u32::try_from(number).unwrap_or(u32::MAX));
            let symbol = world.symbol(id).clone();
            let tags: Vec<Tag> = symbol.tags.iter().collect();
            let mut terms: BTreeMap<Tag, Term> = BTreeMap::new();
            for &tag in &tags {
                let term = if tags.len() == 1 { Term::TRUE } else { world.atom(Atom::Tag(id, tag)) };
                terms.insert(tag, term);
            }
            if tags.len() > 1 {
                self.tags.push(terms.values().copied().collect());
                for (i, one) in tags.iter().enumerate() {
                    for other in &tags[i + 1..] {
                        self.tags.push(vec![terms[one].negate(), terms[other].negate()]);
                    }
                }
            }
            // What was asked before less was known of it.
            for tag in Tag::ALL.into_iter().filter(|&tag| !symbol.tags.has(tag) || tags.len() == 1) {
                if let Some(asked) = world.number_of(Atom::Tag(id, tag)) {
                    let asked = world.terms.atom(asked);
                    self.tags.push(vec![if symbol.tags.has(tag) { asked } else { asked.negate() }]);
                }
            }
            let Origin::Part(whole, step) = &symbol.origin else { continue };
            let absent = terms.get(&Tag::Absent).copied().unwrap_or(Term::FALSE);
            let container = if matches!(step, Step::Member(_)) { Tag::Obj } else { Tag::Arr };
            let container = tag_of(world, *whole, container);
            self.tags.push(vec![absent, container]);
            // An array has the items before one that it has, and the first where it has any. Parts are made after the whole, in
            // any order.
            let before = match step {
                Step::Member(_) => None,
                Step::Item(index) => Some(0..*index),
                Step::Each(_) => Some(0..1),
            };
            if let Some(before) = before {
                for before in before.rev().take(MOST_ITEMS) {
                    if let Some(part) = world.known_part(*whole, &Step::Item(before)) {
                        let missing = tag_of(world, part, Tag::Absent);
                        self.tags.push(vec![absent, missing.negate()]);
                        if matches!(step, Step::Each(_)) {
                            self.tags.push(vec![missing, absent.negate()]);
                        }
                        break;
                    }
                }
            }
        }
    }

    /// Symbols that are compared with each other, directly or not, meet the same constants.
    fn find_groups(&mut self, world: &World) {
        let mut group: BTreeMap<(Sort, SymbolId), (Sort, SymbolId)> = BTreeMap::new();
        let mut met: Vec<(Sort, SymbolId, ConstantId)> = Vec::new();
        for atom in &world.atoms {
            match *atom {
                Atom::Below(sort, symbol, constant) | Atom::AtMost(sort, symbol, constant) => {
                    met.push((sort, symbol, constant));
                }
                Atom::Less(sort, one, other) => {
                    if one < other {
                        self.pairs.push((sort, one, other));
                    }
                    let [one, other] = [(sort, one), (sort, other)].map(|key| leader(&group, key));
                    group.insert(one.max(other), one.min(other));
                }
                _ => {}
            }
        }
        self.pairs.sort_unstable();
        // Strings that are equal are one instant.
        for &(sort, one, other) in &self.pairs {
            if sort == Sort::Str {
                let [one, other] = [(Sort::Time, one), (Sort::Time, other)].map(|key| leader(&group, key));
                group.insert(one.max(other), one.min(other));
            }
        }
        let mut of_group: BTreeMap<(Sort, SymbolId), Vec<ConstantId>> = BTreeMap::new();
        let mut members: BTreeMap<(Sort, SymbolId), (Sort, SymbolId)> = BTreeMap::new();
        for &(sort, symbol, constant) in &met {
            let key = leader(&group, (sort, symbol));
            members.insert((sort, symbol), key);
            of_group.entry(key).or_default().push(constant);
        }
        for &(sort, one, other) in &self.pairs {
            for key in [(sort, one), (sort, other)] {
                members.insert(key, leader(&group, key));
            }
            for key in [(Sort::Time, one), (Sort::Time, other)] {
                let group = leader(&group, key);
                if sort == Sort::Str && of_group.contains_key(&group) {
                    members.insert(key, group);
                }
            }
        }
        for (&(sort, _), constants) in &mut of_group {
            constants.sort_unstable();
            constants.dedup();
            constants.sort_by(|&one, &other| world.constants.get(sort, one).order(world.constants.get(sort, other)));
        }
        for (key, group) in members {
            self.meets.insert(key, of_group.get(&group).cloned().unwrap_or_default());
        }
    }

    fn add_orders(&mut self, world: &mut World) {
        for (&(sort, symbol), constants) in &self.meets {
            let mut last = None;
            for &constant in constants {
                let below = world.atom(Atom::Below(sort, symbol, constant));
                let at_most = world.atom(Atom::AtMost(sort, symbol, constant));
                self.orders.push(vec![below.negate(), at_most]);
                if let Some(last) = last {
                    self.orders.push(vec![Term::negate(last), below]);
                }
                last = Some(at_most);
            }
        }
        for &(sort, one, other) in &self.pairs {
            let less = world.atom(Atom::Less(sort, one, other));
            let more = world.atom(Atom::Less(sort, other, one));
            self.orders.push(vec![less.negate(), more.negate()]);
            let constants = self.meets.get(&(sort, one)).cloned().unwrap_or_default();
            for constant in constants {
                for (x, y, less, more) in [(one, other, less, more), (other, one, more, less)] {
                    let [x_below, y_below] = [x, y].map(|symbol| world.atom(Atom::Below(sort, symbol, constant)));
                    let [x_most, y_most] = [x, y].map(|symbol| world.atom(Atom::AtMost(sort, symbol, constant)));
                    // `x < y <= c` is `x < c`; `x <= y < c` is `x < c`; `x <= y <= c` is `x <= c`.
                    self.orders.push(vec![less.negate(), y_most.negate(), x_below]);
                    self.orders.push(vec![more, y_below.negate(), x_below]);
                    self.orders.push(vec![more, y_most.negate(), x_most]);
                }
            }
        }
    }

    fn add_texts(&mut self, world: &mut World) {
        let asked: Vec<Atom> = world.atoms.clone();
        let mut patterns: BTreeMap<SymbolId, Vec<u32>> = BTreeMap::new();
        let mut timed: Vec<SymbolId> = Vec::new();
        for atom in asked {
            match atom {
                Atom::Matches(symbol, pattern) => patterns.entry(symbol).or_default().push(pattern),
                Atom::IsTimestamp(symbol) => timed.push(symbol),
                _ => {}
            }
        }
        let strings: Vec<(SymbolId, Vec<ConstantId>)> = self
            .meets
            .iter()
            .filter(|((sort, _), _)| *sort == Sort::Str)
            .map(|(&(_, symbol), constants)| (symbol, constants.clone()))
            .collect();
        for (symbol, constants) in strings {
            let mut before: Option<(ConstantId, String)> = None;
            for constant in constants {
                let Constant::Str(text) = world.constants.get(Sort::Str, constant).clone() else { continue };
                let below = world.atom(Atom::Below(Sort::Str, symbol, constant));
                let at_most = world.atom(Atom::AtMost(Sort::Str, symbol, constant));
                // Nothing is below the empty string, and nothing between a string and itself with a NUL behind it.
                if text.is_empty() {
                    self.texts.push(vec![below.negate()]);
                }
                if let Some((before, before_text)) = &before
                    && text.strip_suffix('\0') == Some(before_text)
                {
                    let before = world.atom(Atom::AtMost(Sort::Str, symbol, *before));
                    self.texts.push(vec![below.negate(), before]);
                }
                before = Some((constant, text.to_string()));
                let differs = [at_most.negate(), below];
                for &pattern in patterns.get(&symbol).into_iter().flatten() {
                    let matches = world.patterns[pattern as usize].matches(&text);
                    let term = world.atom(Atom::Matches(symbol, pattern));
                    self.texts.push(vec![differs[0], differs[1], if matches { term } else { term.negate() }]);
                }
                self.add_instant(world, symbol, &text, differs);
                self.add_ranges(world, symbol, &text, [below, at_most], patterns.get(&symbol));
            }
        }
        for &(sort, one, other) in &self.pairs.clone() {
            if sort == Sort::Str {
                self.add_equal_texts(world, one, other, &patterns);
            }
        }
    }

    /// Where all timestamps lie in the order of strings, and all texts that a pattern describes.
    fn add_ranges(
        &mut self,
        world: &mut World,
        symbol: SymbolId,
        text: &str,
        [below, at_most]: [Term; 2],
        patterns: Option<&Vec<u32>>,
    ) {
        if let Some(number) = world.number_of(Atom::IsTimestamp(symbol)) {
            // A timestamp begins with a digit; `:` comes after those.
            let is_timestamp = world.terms.atom(number);
            if utf16_order(text, ":").is_ge() {
                self.texts.push(vec![is_timestamp.negate(), below]);
            } else if utf16_order(text, "0").is_lt() {
                self.texts.push(vec![is_timestamp.negate(), at_most.negate()]);
            }
        }
        for &pattern in patterns.into_iter().flatten() {
            let start = world.patterns[pattern as usize].texts[0].clone();
            let Some(end) = after_all_that_begin_with(&start) else { continue };
            let matches = world.atom(Atom::Matches(symbol, pattern));
            if utf16_order(text, &start).is_le() {
                let is_start = text == start;
                self.texts.push(vec![matches.negate(), if is_start { below.negate() } else { at_most.negate() }]);
            } else if utf16_order(text, &end).is_ge() {
                self.texts.push(vec![matches.negate(), below]);
            }
        }
    }

    /// A symbol that is this string is the timestamp that the string is, if it is one.
    fn add_instant(&mut self, world: &mut World, symbol: SymbolId, text: &str, differs: [Term; 2]) {
        let instant = Constant::read(Sort::Time, &crate::eval::Value::from(text));
        let is_timestamp = match world.symbol(symbol).is_timestamp {
            Some(known) => Some(Term::constant(known)),
            None => world.number_of(Atom::IsTimestamp(symbol)).map(|number| world.terms.atom(number)),
        };
        if let Some(is_timestamp) = is_timestamp {
            let is = if instant.is_some() { is_timestamp } else { is_timestamp.negate() };
            self.texts.push(vec![differs[0], differs[1], is]);
        }
        let Some(instant) = instant.filter(Constant::is_exact) else { return };
        for constant in self.meets.get(&(Sort::Time, symbol)).cloned().unwrap_or_default() {
            let order = instant.order(world.constants.get(Sort::Time, constant));
            let below = world.atom(Atom::Below(Sort::Time, symbol, constant));
            let at_most = world.atom(Atom::AtMost(Sort::Time, symbol, constant));
            self.texts.push(vec![differs[0], differs[1], if order.is_lt() { below } else { below.negate() }]);
            self.texts.push(vec![differs[0], differs[1], if order.is_le() { at_most } else { at_most.negate() }]);
        }
    }

    /// What is said of a string is said of one that equals it.
    fn add_equal_texts(
        &mut self,
        world: &mut World,
        one: SymbolId,
        other: SymbolId,
        patterns: &BTreeMap<SymbolId, Vec<u32>>,
    ) {
        let less = world.atom(Atom::Less(Sort::Str, one, other));
        let more = world.atom(Atom::Less(Sort::Str, other, one));
        let mut same: Vec<[Term; 2]> = Vec::new();
        for &pattern in patterns.get(&one).into_iter().flatten() {
            if world.number_of(Atom::Matches(other, pattern)).is_some() {
                same.push([one, other].map(|symbol| world.atom(Atom::Matches(symbol, pattern))));
            }
        }
        if [one, other].iter().all(|&symbol| world.number_of(Atom::IsTimestamp(symbol)).is_some()) {
            same.push([one, other].map(|symbol| world.atom(Atom::IsTimestamp(symbol))));
        }
        for constant in self.meets.get(&(Sort::Time, one)).cloned().unwrap_or_default() {
            same.push([one, other].map(|symbol| world.atom(Atom::Below(Sort::Time, symbol, constant))));
            same.push([one, other].map(|symbol| world.atom(Atom::AtMost(Sort::Time, symbol, constant))));
        }
        if world.number_of(Atom::Less(Sort::Time, one, other)).is_some() {
            // Equal texts are one instant.
            for (x, y) in [(one, other), (other, one)] {
                let less_in_time = world.atom(Atom::Less(Sort::Time, x, y));
                self.texts.push(vec![less, more, less_in_time.negate()]);
            }
        }
        for [x, y] in same {
            self.texts.push(vec![less, more, x.negate(), y]);
            self.texts.push(vec![less, more, x, y.negate()]);
        }
    }
}

/// How far back an item is looked for that is asked about too.
const MOST_ITEMS: usize = 1_000;

/// Whether a symbol has a tag, known or asked.
pub(super) fn tag_of(world: &mut World, symbol: SymbolId, tag: Tag) -> Term {
    let tags = world.symbol(symbol).tags;
    match (tags.has(tag), tags.iter().count()) {
        (false, _) => Term::FALSE,
        (true, 1) => Term::TRUE,
        _ => world.atom(Atom::Tag(symbol, tag)),
    }
}

fn leader(group: &BTreeMap<(Sort, SymbolId), (Sort, SymbolId)>, mut key: (Sort, SymbolId)) -> (Sort, SymbolId) {
    while let Some(&next) = group.get(&key) {
        if next == key {
            break;
        }
        key = next;
    }
    key
}
