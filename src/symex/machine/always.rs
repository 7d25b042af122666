//! What is always so of the values that a Choice asks about: why its dead rules are dead, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::atom::{Atom, ConstantId, Sort, SymbolId, Tag};
use super::super::constant::Constant;
use super::super::explore::Goal;
use super::super::instant;
use super::super::prover::{Outcome, Prover};
use super::super::term::Term;
use super::super::value::{Shape, ValueId, World};
use super::Formula;
use crate::asl::{Order, StateId};
use crate::eval::Value;

/// Of so many rules it is told in detail why they are dead.
const MOST_EXPLAINED: usize = 200;

/// Of so many values that a rule asks about something is told.
const MOST_VALUES: usize = 6;

/// With so many constants a value is held against.
const MOST_CONSTANTS: usize = 12;

/// Of so many alternatives it is asked whether each is a whole number.
const MOST_LEAVES: usize = 64;

/// So many constants are listed: of more nobody sees at once what they have to do with the rule.
const MOST_LISTED: usize = 3;

/// For Choices of which something may be dead: what may be said of the values that their rules ask about.
pub(super) type Explanations = BTreeMap<StateId, Vec<Question>>;

/// What may be said of a value.
#[derive(Debug)]
pub(super) struct Question {
    path: String,
    value: ValueId,
    /// The rules that ask about it.
    rules: BTreeSet<usize>,
    /// Whether it has this tag.
    tags: Vec<(Tag, Term)>,
    /// Whether it is a timestamp, where somebody asks that.
    is_timestamp: Option<Term>,
    /// Whether it is `true`, where somebody asks that.
    is_true: Option<Term>,
    /// The constants that it is compared with somewhere, in order.
    bounds: Vec<Bound>,
}

/// A constant of one sort, and where a value lies.
#[derive(Debug)]
struct Bound {
    sort: Sort,
    constant: Value,
    below: Term,
    above: Term,
    /// Whether it is nothing but an end of the range that a pattern describes.
    is_of_pattern: bool,
}

/// Prepares what may be asked about why these goals are dead. All terms are made before a solver is given the formula.
pub(super) fn questions(formula: &mut Formula, missing: impl IntoIterator<Item = Goal>) -> Explanations {
    let of_choices = missing.into_iter().filter_map(|goal| match goal {
        Goal::Rule(state, rule) => Some((state, Some(rule))),
        Goal::Default(state) | Goal::NoMatch(state) | Goal::Failing(state) => Some((state, None)),
        Goal::Caught(..) | Goal::State(_) | Goal::End => None,
    });
    let mut meant: BTreeMap<StateId, BTreeSet<usize>> = BTreeMap::new();
    for (state, rule) in of_choices.take(MOST_EXPLAINED) {
        let Some(terms) = formula.choices.get(&state) else { continue };
        // The values of a rule itself, then those of the rules before it, which may take what it would.
        let own = terms.values.iter().enumerate().filter(|(_, asked)| rule == Some(asked.rule));
        let others = terms.values.iter().enumerate().filter(|(_, asked)| rule.is_none_or(|rule| asked.rule < rule));
        for asked in [own.collect::<Vec<_>>(), others.collect()] {
            let mut paths: Vec<&str> = Vec::new();
            for (number, asked) in asked {
                let is_known = paths.contains(&asked.path.as_str());
                if !is_known && paths.len() == MOST_VALUES {
                    break;
                }
                if !is_known {
                    paths.push(&asked.path);
                    meant.entry(state).or_default().insert(number);
                }
            }
        }
    }
    let world = &mut formula.world;
    let mut compared = None;
    let mut explanations = Explanations::new();
    for (state, numbers) in meant {
        let values = &formula.choices[&state].values;
        let mut questions: Vec<Question> = Vec::new();
        for number in numbers {
            let (path, value) = (&values[number].path, values[number].value);
            // The names that expressions bind may stand for something else in each.
            let is_same = |world: &World, other: ValueId| match (world.shape(value), world.shape(other)) {
                (Shape::Constant(value), Shape::Constant(other)) => value == other,
                _ => value == other,
            };
            if questions.iter().any(|known| known.path == *path && is_same(world, known.value)) {
                continue;
            }
            let compared = compared.get_or_insert_with(|| Compared::new(world));
            let others = values.iter().filter(|other| other.path == *path && is_same(world, other.value));
            let rules = others.map(|other| other.rule).collect();
            let tags = Tag::ALL.into_iter().map(|tag| (tag, world.is(value, tag))).collect();
            let leaves = leaves_of(world, value);
            let symbols: Vec<SymbolId> = leaves.iter().filter_map(|&leaf| symbol_of(world, leaf)).collect();
            let is_asked = symbols.iter().any(|&symbol| world.number_of(Atom::IsTimestamp(symbol)).is_some());
            let is_timestamp = is_asked.then(|| world.is_timestamp(value));
            let is_asked = symbols.iter().any(|&symbol| world.number_of(Atom::IsTrue(symbol)).is_some());
            let is_true = is_asked.then(|| world.is_true(value));
            let bounds = compared.bounds(world, value, &leaves);
            questions.push(Question { path: path.clone(), value, rules, tags, is_timestamp, is_true, bounds });
        }
        explanations.insert(state, questions);
    }
    explanations
}

/// What each unknown is compared with somewhere in the machine.
struct Compared(BTreeMap<SymbolId, BTreeSet<(Sort, ConstantId)>>);

impl Compared {
    fn new(world: &World) -> Self {
        let mut compared: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for atom in &world.atoms {
            if let Atom::Below(sort, symbol, constant) | Atom::AtMost(sort, symbol, constant) = *atom {
                compared.entry(symbol).or_default().insert((sort, constant));
            }
        }
        Self(compared)
    }

    fn bounds(&self, world: &mut World, value: ValueId, leaves: &[ValueId]) -> Vec<Bound> {
        let symbols = leaves.iter().filter_map(|&leaf| symbol_of(world, leaf));
        let compared: BTreeSet<_> = symbols.filter_map(|symbol| self.0.get(&symbol)).flatten().collect();
        let constants = compared.into_iter().map(|&(sort, id)| (sort, world.constants.get(sort, id).clone()));
        let mut constants: Vec<(Sort, Constant)> = constants.collect();
        for &leaf in leaves {
            let Shape::Sum(of, add) = *world.shape(leaf) else { continue };
            let numbers = world.compared_with(of, add).iter().map(|&number| Value::from(number));
            let numbers = numbers.filter_map(|number| Some((Sort::Num, Constant::read(Sort::Num, &number)?)));
            constants.extend(numbers);
        }
        let mut bounds: Vec<(Constant, Bound)> = Vec::new();
        for (sort, constant) in constants {
            let shown = match &constant {
                // Where whole numbers of 32 bits end nobody wrote down.
                Constant::Num(number, _) if number.abs() > f64::from(i32::MAX) => continue,
                Constant::Num(number, _) => Value::from(*number),
                Constant::Str(text) => Value::from(&**text),
                Constant::Time(nanoseconds, _) => match instant::forms(*nanoseconds).into_iter().next() {
                    Some(text) => Value::from(text),
                    None => continue,
                },
            };
            let other = world.constant(shown.clone());
            let [below, above] =
                [Order::LessThan, Order::GreaterThan].map(|order| world.compare(sort, order, value, other));
            let is_of_pattern = constant.as_str().is_some_and(|text| world.range_ends.contains(text));
            bounds.push((constant, Bound { sort, constant: shown, below, above, is_of_pattern }));
        }
        bounds.sort_by(|(one, _), (other, _)| one.order(other));
        bounds.truncate(MOST_CONSTANTS);
        bounds.into_iter().map(|(_, bound)| bound).collect()
    }
}

/// What a value is one of, as far as that is looked for.
fn leaves_of(world: &World, value: ValueId) -> Vec<ValueId> {
    const MOST: usize = 16;
    let (mut found, mut open) = (Vec::new(), vec![value]);
    for _ in 0..MOST {
        let Some(value) = open.pop() else { break };
        match *world.shape(value) {
            Shape::Ite(_, then, otherwise) => open.extend([otherwise, then]),
            _ => found.push(value),
        }
    }
    found
}

fn symbol_of(world: &World, value: ValueId) -> Option<SymbolId> {
    match *world.shape(value) {
        Shape::Symbol(symbol) => Some(symbol),
        _ => None,
    }
}

/// What is always so where `reached` holds of the first values that rules ask about which are meant, as the middle of a sentence;
/// nothing where that is not known.
pub(super) fn told(
    prover: &mut Prover,
    questions: Option<&Vec<Question>>,
    reached: Term,
    is_meant: impl Fn(usize) -> bool,
) -> String {
    let mut text = String::new();
    let mut paths: Vec<&str> = Vec::new();
    let is_meant = |question: &&Question| question.rules.iter().any(|&rule| is_meant(rule));
    for question in questions.into_iter().flatten().filter(is_meant) {
        if paths.len() == MOST_VALUES {
            break;
        }
        if paths.contains(&question.path.as_str()) {
            continue;
        }
        paths.push(&question.path);
        let Some(fact) = (Asking { prover, reached }).fact(question) else { continue };
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}`{}` is always {fact} here", question.path);
    }
    text
}

/// What is always so of a value.
enum Told {
    /// It is one of these.
    Constants(Vec<String>),
    Words(String),
}

/// Questions about what comes to a state.
struct Asking<'p> {
    prover: &'p mut Prover,
    reached: Term,
}

impl Asking<'_> {
    /// Whether nothing that comes makes all of these hold.
    fn never(&mut self, terms: impl IntoIterator<Item = Term>) -> bool {
        let terms: Vec<Term> = std::iter::once(self.reached).chain(terms).collect();
        terms.contains(&Term::FALSE) || matches!(self.prover.ask_lightly(&terms), Outcome::Nothing(_))
    }

    fn fact(&mut self, question: &Question) -> Option<String> {
        if let Some(constants) = self.constants(question.value) {
            let words = constants.iter().map(|value| value.as_ref().map_or("missing".to_owned(), Value::to_json));
            return listed(words.collect());
        }
        let possible = question.tags.iter().filter(|&&(_, term)| !self.never([term])).copied();
        let possible: Vec<(Tag, Term)> = possible.collect();
        if let [(tag, _)] = possible.as_slice() {
            return match self.of_tag(question, *tag) {
                Told::Constants(words) => listed(words),
                Told::Words(words) => Some(words),
            };
        }
        let (mut words, mut vague) = (Vec::new(), Vec::new());
        for &(tag, is_tag) in &possible {
            let reached = self.prover.world.terms.and(self.reached, is_tag);
            match (Asking { prover: self.prover, reached }).of_tag(question, tag) {
                Told::Constants(found) if found.len() <= MOST_LISTED => words.extend(found),
                Told::Constants(_) => vague.push(describe(tag).to_owned()),
                Told::Words(found) => vague.push(found),
            }
        }
        // Of more types only their values say something.
        if possible.len() > 2 && (words.is_empty() || vague.iter().any(|word| !matches!(&**word, "null" | "missing"))) {
            return None;
        }
        words.sort();
        // What says more than the type stands last: no word behind it is to be read as part of it.
        vague.sort_by_key(|word| (!Tag::ALL.into_iter().any(|tag| describe(tag) == word), word.clone()));
        words.extend(vague);
        Some(words.join(" or "))
    }

    /// What is always so where a value has a tag, and is asked about only where it has.
    fn of_tag(&mut self, question: &Question, tag: Tag) -> Told {
        let sort = match tag {
            Tag::Num => Sort::Num,
            Tag::Str => Sort::Str,
            Tag::Bool => return self.of_bool(question),
            _ => return Told::Words(describe(tag).to_owned()),
        };
        if let Some(is_timestamp) = question.is_timestamp.filter(|_| tag == Tag::Str) {
            if self.never([is_timestamp]) {
                return Told::Words("a string that is no timestamp".to_owned());
            }
            if self.never([is_timestamp.negate()]) {
                let bounds: Vec<&Bound> = question.bounds.iter().filter(|bound| bound.sort == Sort::Time).collect();
                return Told::Words(self.range("a timestamp", ["after", "not before", "before", "not after"], &bounds));
            }
        }
        let bounds: Vec<&Bound> = question.bounds.iter().filter(|bound| bound.sort == sort).collect();
        if !bounds.is_empty() {
            // Anything but these.
            let others = bounds.iter().map(|bound| self.prover.world.terms.or(bound.below, bound.above));
            let others: Vec<Term> = others.collect();
            if self.never(others) {
                let at = |bound: &&&Bound| !self.never([bound.below.negate(), bound.above.negate()]);
                let found: Vec<&&Bound> = bounds.iter().filter(at).collect();
                return Told::Constants(found.iter().map(|bound| bound.constant.to_json()).collect());
            }
        }
        if sort == Sort::Num {
            let is_whole = self.counts_whole(&bounds) && self.is_whole(question.value);
            let what = if is_whole { "a whole number" } else { describe(tag) };
            return Told::Words(self.range(what, ["above", "at least", "below", "at most"], &bounds));
        }
        let is_never =
            |bound: &&&Bound| !bound.is_of_pattern && self.never([bound.below.negate(), bound.above.negate()]);
        let never: Vec<&&Bound> = bounds.iter().filter(is_never).collect();
        let others = listed(never.iter().map(|bound| bound.constant.to_json()).collect());
        let others = others.map_or(String::new(), |others| format!(" other than {others}"));
        Told::Words(describe(tag).to_owned() + &others)
    }

    fn of_bool(&mut self, question: &Question) -> Told {
        let Some(is_true) = question.is_true else { return Told::Words(describe(Tag::Bool).to_owned()) };
        if self.never([is_true.negate()]) {
            return Told::Constants(vec!["true".to_owned()]);
        }
        match self.never([is_true]) {
            true => Told::Constants(vec!["false".to_owned()]),
            false => Told::Words(describe(Tag::Bool).to_owned()),
        }
    }

    /// Whether it counts that a number is whole: it lies on both sides of a gap between two constants with no whole number in it,
    /// and never in the gap.
    fn counts_whole(&mut self, bounds: &[&Bound]) -> bool {
        bounds.windows(2).any(|pair| {
            let [before, after] = [pair[0], pair[1]];
            let [Some(one), Some(other)] = [before, after].map(|bound| bound.constant.as_f64()) else { return false };
            one < other
                && one.floor() + 1.0 >= other
                && self.never([before.above, after.below])
                && !self.never([before.above.negate()])
                && !self.never([after.below.negate()])
        })
    }

    /// Whether whatever a value is one of is a whole number, where it is one.
    fn is_whole(&mut self, value: ValueId) -> bool {
        let mut open = vec![(Term::TRUE, value)];
        for _ in 0..MOST_LEAVES {
            let Some((condition, value)) = open.pop() else { return true };
            if let Shape::Ite(which, then, otherwise) = *self.prover.world.shape(value) {
                for (which, value) in [(which, then), (which.negate(), otherwise)] {
                    open.push((self.prover.world.terms.and(condition, which), value));
                }
            } else if !self.prover.world.is_whole(value) && !self.never([condition]) {
                return false;
            }
        }
        false
    }

    /// Between which of the constants a value always lies.
    fn range(&mut self, what: &str, [after, from, before, until]: [&str; 4], bounds: &[&Bound]) -> String {
        let mut words = Vec::new();
        for bound in bounds.iter().rev() {
            let word = match bound {
                _ if self.never([bound.above.negate()]) => after,
                _ if self.never([bound.below]) => from,
                _ => continue,
            };
            words.push(format!("{word} {}", bound.constant.to_json()));
            break;
        }
        for bound in bounds {
            let word = match bound {
                _ if self.never([bound.below.negate()]) => before,
                _ if self.never([bound.above]) => until,
                _ => continue,
            };
            words.push(format!("{word} {}", bound.constant.to_json()));
            break;
        }
        match words.as_slice() {
            [] => what.to_owned(),
            words => format!("{what} {}", words.join(" and ")),
        }
    }

    /// The constants that a value is one of; none where it may be something else.
    fn constants(&mut self, value: ValueId) -> Option<Vec<Option<Value>>> {
        let mut found = Vec::new();
        let mut open = vec![(Term::TRUE, value)];
        let mut n_asked = 0;
        while let Some((condition, value)) = open.pop() {
            match self.prover.world.shape(value).clone() {
                Shape::Absent => found.push(None),
                Shape::Constant(value) => found.push(Some(value)),
                Shape::Ite(which, then, otherwise) => {
                    for (which, value) in [(which, then), (which.negate(), otherwise)] {
                        n_asked += 1;
                        if n_asked > MOST_CONSTANTS {
                            return None;
                        }
                        let condition = self.prover.world.terms.and(condition, which);
                        if !self.never([condition]) {
                            open.push((condition, value));
                        }
                    }
                }
                _ => return None,
            }
        }
        Some(found)
    }
}

/// `1 or 2`; nothing where there are none, or many.
fn listed(mut words: Vec<String>) -> Option<String> {
    words.sort();
    words.dedup();
    (!words.is_empty() && words.len() <= MOST_LISTED).then(|| words.join(" or "))
}

fn describe(tag: Tag) -> &'static str {
    match tag {
        Tag::Absent => "missing",
        Tag::Null => "null",
        Tag::Bool => "a boolean",
        Tag::Num => "a number",
        Tag::Str => "a string",
        Tag::Arr => "an array",
        Tag::Obj => "an object",
    }
}
