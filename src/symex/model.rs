//! Turns a model into concrete values: a number for each place in the order, a string for each gap and its patterns.
//!
//! Where there is none, the reason is a clause that the solver is told, so that it looks elsewhere: what strings there are between
//! neighbours, which no clause says before somebody asks.

mod arrays;
mod lengths;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arithmetic::{self, Effort, Relevant};
use super::atom::{Atom, ConstantId, Origin, Root, Sort, Step, SymbolId, Tag};
use super::constant::Constant;
use super::solver::Model;
use super::term::Term;
use super::text::{Found, Steps, Wanted};
use super::theory::Theory;
use super::value::World;
use super::{instant, number};
use crate::asl::pattern::Pattern;
use crate::asl::timestamp::rfc3339;
use crate::eval::{Number, Value};

/// A model in JSON: what each root is. Those that are not there are not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Concrete {
    /// By symbol; of parts there is nothing.
    values: Vec<Option<Value>>,
}

impl Concrete {
    /// What a root is.
    #[must_use]
    pub fn get(&self, world: &World, root: &Root) -> Option<&Value> {
        self.of(world.known_root(root)?)
    }

    fn of(&self, symbol: SymbolId) -> Option<&Value> {
        self.values.get(symbol.0 as usize)?.as_ref()
    }

    /// What there is, in the order in which it was asked for first.
    pub fn into_roots(self, world: &World) -> impl Iterator<Item = (&Root, Value)> {
        world.symbols.iter().zip(self.values).filter_map(|(symbol, value)| match &symbol.origin {
            Origin::Root(root) => Some((root, value?)),
            Origin::Part(..) => None,
        })
    }
}

/// Why a model has no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lemma {
    /// One of these terms holds.
    pub clause: Vec<Term>,
    /// Whether that is certain; else nothing was found, and nothing follows from a solver that finds nothing more.
    pub is_proved: bool,
}

/// The values of a model.
///
/// # Errors
/// What the solver is to be told, where no value is what it says.
pub(super) fn concrete(
    world: &mut World,
    theory: &Theory,
    model: &Model,
    relevant: &Relevant,
    effort: &mut Effort,
) -> Result<Concrete, Lemma> {
    let tags = tags(world, model);
    let (payloads, instants) = (BTreeMap::new(), BTreeMap::new());
    let mut making = Making { world, theory, model, relevant, tags, payloads, instants, asked: OnceCell::new() };
    making.numbers()?;
    if !relevant.is_empty() {
        let found = arithmetic::numbers(making.world, model, &making.tags, &making.payloads, relevant, effort)?;
        making
            .payloads
            .extend(found.into_iter().map(|(symbol, float)| (symbol, Value::Number(Number::from_f64(float)))));
    }
    making.times()?;
    making.strings(&mut effort.steps)?;
    Ok(making.roots())
}

/// Of each symbol the tag that it has in a model: what is not known of it is absent.
fn tags(world: &World, model: &Model) -> Vec<Tag> {
    let mut tags: Vec<Tag> = world.symbols.iter().map(|symbol| symbol.tags.only().unwrap_or(Tag::Absent)).collect();
    for (atom, _) in world.atoms.iter().zip(&model.values).filter(|&(_, &holds)| holds) {
        if let Atom::Tag(symbol, tag) = *atom {
            tags[symbol.0 as usize] = tag;
        }
    }
    tags
}

struct Making<'w> {
    world: &'w mut World,
    theory: &'w Theory,
    model: &'w Model,
    relevant: &'w Relevant,
    /// By symbol.
    tags: Vec<Tag>,
    /// The scalars, by symbol.
    payloads: BTreeMap<SymbolId, Value>,
    instants: BTreeMap<SymbolId, i128>,
    /// The symbols of which more is asked than whether they are there.
    asked: OnceCell<BTreeSet<SymbolId>>,
}

/// Where a value stands among the constants that it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Below the constant of this index, above the one before it.
    Gap(usize),
    /// At it.
    At(usize),
}

/// Symbols that are equal.
#[derive(Clone, Debug)]
struct Class {
    members: Vec<SymbolId>,
    /// The constants that they meet, sorted.
    constants: Vec<ConstantId>,
    place: Place,
}

impl Class {
    /// The constants right below and right above a gap.
    fn neighbours(&self) -> [Option<ConstantId>; 2] {
        match self.place {
            Place::Gap(at) => [at.checked_sub(1).and_then(|at| self.constants.get(at)), self.constants.get(at)]
                .map(Option::<&_>::copied),
            Place::At(at) => [self.constants.get(at).copied(); 2],
        }
    }
}

impl Making<'_> {
    fn holds(&self, atom: Atom) -> Option<bool> {
        self.world.number_of(atom).map(|number| self.model.values.get(number as usize).copied().unwrap_or_default())
    }

    fn tag(&self, symbol: SymbolId) -> Tag {
        self.tags[symbol.0 as usize]
    }

    /// The symbols with a tag, in order.
    fn tagged(&self, tag: Tag) -> Vec<SymbolId> {
        let all = (0..self.world.symbols.len()).map(|number| SymbolId(u32::try_from(number).unwrap_or(u32::MAX)));
        all.filter(|&symbol| self.tag(symbol) == tag).collect()
    }

    fn is_timestamp(&self, symbol: SymbolId) -> Option<bool> {
        self.world.symbol(symbol).is_timestamp.or_else(|| self.holds(Atom::IsTimestamp(symbol)))
    }

    /// What the model says of an atom, as a term that holds.
    fn said(&mut self, atom: Atom) -> Term {
        let is = self.holds(atom).unwrap_or_default();
        let term = self.world.atom(atom);
        if is { term } else { term.negate() }
    }

    /// The symbols in the order of their values, equal ones together.
    fn classes(&mut self, sort: Sort, symbols: &[SymbolId]) -> Result<Vec<Class>, Lemma> {
        let live: BTreeSet<SymbolId> = symbols.iter().copied().collect();
        let mut pairs: Vec<(SymbolId, SymbolId)> = Vec::new();
        let mut leaders: BTreeMap<SymbolId, SymbolId> = live.iter().map(|&symbol| (symbol, symbol)).collect();
        for &(of, one, other) in &self.theory.pairs {
            if of == sort && live.contains(&one) && live.contains(&other) {
                pairs.push((one, other));
                let is_less = self.holds(Atom::Less(sort, one, other)) == Some(true);
                let is_more = self.holds(Atom::Less(sort, other, one)) == Some(true);
                if !is_less && !is_more {
                    let [one, other] = [one, other].map(|symbol| leaders[&symbol]);
                    for leader in leaders.values_mut().filter(|leader| **leader == other.max(one)) {
                        *leader = one.min(other);
                    }
                }
            }
        }
        let mut classes: BTreeMap<SymbolId, Class> = BTreeMap::new();
        for (&symbol, &leader) in &leaders {
            let constants = self.theory.meets.get(&(sort, symbol)).cloned().unwrap_or_default();
            let place = self.place(sort, symbol, &constants);
            let class = classes.entry(leader).or_insert_with(|| Class { members: Vec::new(), constants, place });
            class.members.push(symbol);
        }
        // Which classes come right before which, as far as they are compared.
        let mut before: BTreeMap<SymbolId, BTreeSet<SymbolId>> = BTreeMap::new();
        for &(one, other) in &pairs {
            for (one, other) in [(one, other), (other, one)] {
                if self.holds(Atom::Less(sort, one, other)) == Some(true) {
                    before.entry(leaders[&other]).or_default().insert(leaders[&one]);
                }
            }
        }
        let mut sorted: Vec<Class> = Vec::with_capacity(classes.len());
        while !classes.is_empty() {
            let is_first = |leader: &SymbolId| {
                before.get(leader).is_none_or(|before| before.iter().all(|one| !classes.contains_key(one)))
            };
            let Some(next) = classes.keys().copied().find(is_first) else {
                // What is left goes round in a circle.
                let left: BTreeSet<SymbolId> = classes.values().flat_map(|class| class.members.clone()).collect();
                return Err(self.circle(sort, &pairs, &left));
            };
            sorted.extend(classes.remove(&next));
        }
        // A stable sort: the order within a gap stays.
        sorted.sort_by_key(|class| class.place);
        Ok(sorted)
    }

    fn circle(&mut self, sort: Sort, pairs: &[(SymbolId, SymbolId)], left: &BTreeSet<SymbolId>) -> Lemma {
        let mut clause = Vec::new();
        for &(one, other) in pairs {
            if left.contains(&one) && left.contains(&other) {
                clause.push(self.said(Atom::Less(sort, one, other)).negate());
                clause.push(self.said(Atom::Less(sort, other, one)).negate());
            }
        }
        // Whole numbers may be compared exactly and others as binary64: then three of them may go round.
        Lemma { clause, is_proved: sort != Sort::Num }
    }

    fn place(&self, sort: Sort, symbol: SymbolId, constants: &[ConstantId]) -> Place {
        for (at, &constant) in constants.iter().enumerate() {
            if self.holds(Atom::Below(sort, symbol, constant)) == Some(true) {
                return Place::Gap(at);
            }
            if self.holds(Atom::AtMost(sort, symbol, constant)) == Some(true) {
                return Place::At(at);
            }
        }
        Place::Gap(constants.len())
    }

    /// What the model says that puts a class where it is: its neighbours, and that its members are equal.
    fn why_there(&mut self, sort: Sort, class: &Class) -> Vec<Term> {
        let mut why = Vec::new();
        let first = class.members[0];
        let [above, below] = class.neighbours();
        if let Some(above) = above {
            why.push(self.said(Atom::AtMost(sort, first, above)));
        }
        if let Some(below) = below {
            why.push(self.said(Atom::Below(sort, first, below)));
        }
        let members: BTreeSet<SymbolId> = class.members.iter().copied().collect();
        for &(of, one, other) in &self.theory.pairs {
            if of == sort && members.contains(&one) && members.contains(&other) {
                why.push(self.said(Atom::Less(sort, one, other)));
                why.push(self.said(Atom::Less(sort, other, one)));
            }
        }
        why
    }

    /// Nothing was found for these classes in their gap.
    fn not_found(&mut self, sort: Sort, classes: &[Class]) -> Lemma {
        let mut clause: Vec<Term> = Vec::new();
        let mut members = BTreeSet::new();
        for class in classes {
            clause.extend(self.why_there(sort, class).into_iter().map(Term::negate));
            members.extend(class.members.iter().copied());
        }
        for &(of, one, other) in &self.theory.pairs {
            if of == sort && members.contains(&one) && members.contains(&other) {
                clause.push(self.said(Atom::Less(sort, one, other)).negate());
                clause.push(self.said(Atom::Less(sort, other, one)).negate());
            }
        }
        Lemma { clause, is_proved: false }
    }

    fn numbers(&mut self) -> Result<(), Lemma> {
        let symbols = self.tagged(Tag::Num);
        let classes = self.classes(Sort::Num, &symbols)?;
        for gap in gaps(&classes) {
            let float = |id: ConstantId| match self.world.constants.get(Sort::Num, id) {
                Constant::Num(float, _) => *float,
                _ => f64::NAN,
            };
            let [above, below] = gap[0].neighbours().map(|id| id.map(float));
            let found = match gap[0].place {
                Place::At(_) => above.map(|at| vec![at; gap.len()]),
                Place::Gap(_) => number::between(above, below, gap.len()),
            };
            let Some(found) = found else { return Err(self.not_found(Sort::Num, gap)) };
            for (class, float) in gap.iter().zip(found) {
                for &member in &class.members {
                    self.payloads.insert(member, Value::Number(Number::from_f64(float)));
                }
            }
        }
        Ok(())
    }

    fn times(&mut self) -> Result<(), Lemma> {
        let mut symbols = self.tagged(Tag::Str);
        symbols.retain(|&symbol| self.is_timestamp(symbol) == Some(true));
        let classes = self.classes(Sort::Time, &symbols)?;
        for gap in gaps(&classes) {
            let nanoseconds = |id: ConstantId| match self.world.constants.get(Sort::Time, id) {
                Constant::Time(nanoseconds, _) => *nanoseconds,
                _ => 0,
            };
            let [above, below] = gap[0].neighbours().map(|id| id.map(nanoseconds));
            let found = match gap[0].place {
                Place::At(_) => above.map(|at| vec![at; gap.len()]),
                Place::Gap(_) => {
                    // A string that is known is the instant that it is.
                    let known: Vec<Option<i128>> = gap.iter().map(|class| self.known_instant(class)).collect();
                    instant::between(above, below, &known)
                }
            };
            let Some(found) = found else { return Err(self.not_found(Sort::Time, gap)) };
            for (class, nanoseconds) in gap.iter().zip(found) {
                for &member in &class.members {
                    self.instants.insert(member, nanoseconds);
                }
            }
        }
        Ok(())
    }

    fn known_instant(&self, class: &Class) -> Option<i128> {
        class.members.iter().find_map(|&member| {
            let constants = self.theory.meets.get(&(Sort::Str, member))?;
            let Place::At(at) = self.place(Sort::Str, member, constants) else { return None };
            let text = self.world.constants.get(Sort::Str, constants[at]).as_str()?;
            match Constant::read(Sort::Time, &Value::from(text))? {
                Constant::Time(nanoseconds, _) => Some(nanoseconds),
                _ => None,
            }
        })
    }

    fn strings(&mut self, steps: &mut Steps) -> Result<(), Lemma> {
        let symbols = self.tagged(Tag::Str);
        let classes = self.classes(Sort::Str, &symbols)?;
        for gap in gaps(&classes) {
            let text = |id: ConstantId| self.world.constants.get(Sort::Str, id).as_str().map(Arc::<str>::from);
            let [above, below] = gap[0].neighbours().map(|id| id.and_then(text));
            if let Place::At(_) = gap[0].place {
                for member in gap.iter().flat_map(|class| &class.members) {
                    self.payloads.insert(*member, above.clone().map_or(Value::Null, Value::from));
                }
                continue;
            }
            let mut above = above;
            let mut is_alone = true;
            for (i, class) in gap.iter().enumerate() {
                match self.string(class, [above.as_deref(), below.as_deref()], is_alone, steps) {
                    Ok(text) => {
                        let text: Arc<str> = text.into();
                        for &member in &class.members {
                            self.payloads.insert(member, Value::from(Arc::clone(&text)));
                        }
                        // Classes that are not compared with each other may hold the same.
                        if gap.get(i + 1).is_some_and(|next| self.are_compared(class, next)) {
                            above = Some(text);
                            is_alone = false;
                        }
                    }
                    // What holds wherever the string stands, too.
                    Err(lemma) if is_alone || lemma.is_proved => return Err(lemma),
                    Err(mut lemma) => {
                        lemma.clause.extend(self.not_found(Sort::Str, gap).clause);
                        lemma.is_proved = false;
                        return Err(lemma);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the members of two classes are compared, directly or not.
    fn are_compared(&self, one: &Class, other: &Class) -> bool {
        let is_paired = |class: &Class| {
            self.theory
                .pairs
                .iter()
                .any(|&(sort, a, b)| sort == Sort::Str && (class.members.contains(&a) || class.members.contains(&b)))
        };
        is_paired(one) && is_paired(other)
    }

    /// A string for a class, between two others.
    fn string(
        &mut self,
        class: &Class,
        [above, below]: [Option<&str>; 2],
        is_proof: bool,
        steps: &mut Steps,
    ) -> Result<String, Lemma> {
        let mut asked: Vec<(Atom, Pattern, bool)> = Vec::new();
        let mut times: Vec<(SymbolId, bool)> = Vec::new();
        for &member in &class.members {
            for number in 0..self.world.patterns.len() {
                let atom = Atom::Matches(member, u32::try_from(number).unwrap_or(u32::MAX));
                let is_asked = |number| self.relevant.matches.contains(&number);
                if let Some(matches) = self.holds(atom).filter(|_| self.world.number_of(atom).is_some_and(is_asked)) {
                    asked.push((atom, self.world.patterns[number].clone(), matches));
                }
            }
            if let Some(is_timestamp) = self.is_timestamp(member) {
                times.push((member, is_timestamp));
            }
        }
        let wanted =
            Wanted { above, below, patterns: asked.iter().map(|(_, pattern, matches)| (pattern, *matches)).collect() };
        let is_timestamp = times.first().map(|&(_, is)| is);
        let found = if is_timestamp == Some(true) {
            let forms = self.instants_of(times[0].0, above, below).into_iter().flat_map(instant::forms);
            let mut fitting = forms.filter(|text| wanted.fits(text));
            fitting.next().map_or(Found::GaveUp, Found::Text)
        } else {
            let accepts = |text: &str| is_timestamp.is_none() || rfc3339(text).is_err();
            let readable = READABLE.into_iter().find(|text| wanted.fits(text) && accepts(text));
            if readable.is_none()
                && let Some(pair) = wanted.contradicting(steps)
                && let [Atom::Matches(one, _), Atom::Matches(other, _)] = pair.map(|at| asked[at].0)
                && one == other
            {
                let clause = pair.iter().map(|&at| self.said(asked[at].0).negate()).collect();
                return Err(Lemma { clause, is_proved: true });
            }
            readable.map_or_else(|| wanted.search(accepts, steps), |text| Found::Text(text.to_owned()))
        };
        let nothing = match found {
            Found::Text(text) => {
                let n_chars = self.length_of(&class.members).filter(|&n| n != text.chars().count());
                let fits = |text: &str| wanted.fits(text) && (is_timestamp.is_none() || rfc3339(text).is_err());
                let other =
                    n_chars.filter(|_| is_timestamp != Some(true)).and_then(|n| lengths::resized(&text, n, fits));
                return Ok(other.unwrap_or(text));
            }
            found => found == Found::Nothing && is_proof,
        };
        // A proof needs as few of the reasons as possible.
        let mut kept: Vec<usize> = (0..asked.len()).collect();
        if nothing {
            // Many at a time first: most patterns have no part in it.
            let mut size = kept.len();
            while size > 0 {
                let mut until = kept.len();
                while until > 0 {
                    let from = until.saturating_sub(size);
                    let rest = kept[..from].iter().chain(&kept[until..]);
                    let patterns = rest.map(|&at| (&asked[at].1, asked[at].2)).collect();
                    if (Wanted { above, below, patterns }).search(|_| true, steps) == Found::Nothing {
                        kept.drain(from..until);
                    }
                    until = from;
                }
                size /= 2;
            }
        }
        let mut clause: Vec<Term> = self.why_there(Sort::Str, class).into_iter().map(Term::negate).collect();
        for at in kept {
            clause.push(self.said(asked[at].0).negate());
        }
        if !nothing {
            for (member, _) in times {
                if self.world.symbol(member).is_timestamp.is_none() {
                    clause.push(self.said(Atom::IsTimestamp(member)).negate());
                }
                for constant in self.theory.meets.get(&(Sort::Time, member)).cloned().unwrap_or_default() {
                    clause.push(self.said(Atom::Below(Sort::Time, member, constant)).negate());
                    clause.push(self.said(Atom::AtMost(Sort::Time, member, constant)).negate());
                }
            }
        }
        Err(Lemma { clause, is_proved: nothing })
    }

    /// The instants that a timestamp may be: the one that it was given, and where nothing is compared with it, those near its
    /// neighbours in the order of strings.
    fn instants_of(&self, symbol: SymbolId, above: Option<&str>, below: Option<&str>) -> Vec<i128> {
        let mut instants: Vec<i128> = self.instants.get(&symbol).copied().into_iter().collect();
        let is_paired = self
            .theory
            .pairs
            .iter()
            .any(|&(sort, one, other)| sort == Sort::Time && (one == symbol || other == symbol));
        if is_paired {
            return instants;
        }
        let constants = self.theory.meets.get(&(Sort::Time, symbol)).cloned().unwrap_or_default();
        let place = self.place(Sort::Time, symbol, &constants);
        let near = [above, below].into_iter().flatten().flat_map(instant::near);
        instants.extend(near.filter(|&near| {
            let at = constants.iter().position(|&id| match self.world.constants.get(Sort::Time, id) {
                Constant::Time(constant, _) => near <= *constant,
                _ => false,
            });
            let is_at = |at: usize| {
                matches!(self.world.constants.get(Sort::Time, constants[at]), Constant::Time(own, _) if *own == near)
            };
            place == match at {
                Some(at) if is_at(at) => Place::At(at),
                at => Place::Gap(at.unwrap_or(constants.len())),
            }
        }));
        instants
    }

    /// The symbols of which more is asked than what they are, or than whether they are there.
    fn asked(&self, of_what_it_is: bool) -> BTreeSet<SymbolId> {
        let mut asked = BTreeSet::new();
        for atom in self.world.atoms.iter().take(self.theory.n_asked) {
            match *atom {
                Atom::Tag(symbol, tag) => {
                    if of_what_it_is && tag != Tag::Absent {
                        asked.insert(symbol);
                    }
                }
                atom => asked.extend(atom.symbols().into_iter().flatten()),
            }
        }
        if of_what_it_is {
            asked.extend(self.world.symbols.iter().filter_map(|symbol| match symbol.origin {
                Origin::Part(whole, _) => Some(whole),
                Origin::Root(_) => None,
            }));
        }
        asked
    }

    /// The roots, put together from their parts.
    fn roots(&mut self) -> Concrete {
        let n_symbols = self.world.symbols.len();
        let mut parts: Vec<Vec<(Step, Value)>> = vec![Vec::new(); n_symbols];
        let mut roots = Concrete { values: vec![None; n_symbols] };
        let inverses = self.inverses();
        // A part has a higher number than what it is part of.
        for number in (0..n_symbols).rev() {
            let id = SymbolId(u32::try_from(number).unwrap_or(u32::MAX));
            let own = std::mem::take(&mut parts[number]);
            let value = match self.tag(id) {
                Tag::Absent => continue,
                Tag::Null => Value::Null,
                Tag::Bool => Value::Bool(self.holds(Atom::IsTrue(id)).unwrap_or(true)),
                Tag::Num => self.payloads.remove(&id).unwrap_or_else(|| Value::from(1)),
                Tag::Str => self.payloads.remove(&id).unwrap_or_else(|| Value::from(READABLE[0])),
                Tag::Obj => Value::members(own.into_iter().rev().filter_map(|(step, value)| match step {
                    Step::Member(name) => Some((name, value)),
                    Step::Item(_) | Step::Each(_) => None,
                })),
                Tag::Arr => self.array(id, own),
            };
            let value = match inverses.get(&id) {
                Some(&(result, how)) => self.inverted(value, how, &roots, result),
                None => value,
            };
            match &self.world.symbol(id).origin {
                Origin::Root(_) => roots.values[number] = Some(value),
                Origin::Part(whole, step) => parts[whole.0 as usize].push((step.clone(), value)),
            }
        }
        roots
    }
}

/// Strings to start with: what stands for "anything else".
const READABLE: [&str; 12] =
    ["other", "OTHER", "Other", "something", "another", "elsewhere", "value", "different", "unknown", "none", "x", "a"];

/// The classes of each gap, and of each constant, together.
fn gaps(classes: &[Class]) -> impl Iterator<Item = &[Class]> {
    classes.chunk_by(|one, other| one.place == other.place && one.constants == other.constants)
}
