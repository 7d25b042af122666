//! Turns arithmetic on unknown numbers into what a model may say of them: the theory of binary64 beside the SAT solver.
//!
//! A result is an unknown of its own, and a [`Definition`] says what it comes of. The solver knows nothing of that. When it has a
//! model, the definitions that the question hangs on are looked at here: small numbers are tried first, since most questions of people
//! are answered by some; else Z3 is asked, for binary64 to the bit. What it finds impossible goes back as a clause, so that cores
//! and reasons come from one solver as before.
//!
//! A definition counts where the operands are finite, unless the model says that the operation fails or gives no number
//! ([`Oddity`]). That it may say only of operands which have no result, or one out of range; of those without a result it has to.

mod question;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::Reason;
use super::atom::{Atom, ConstantId, Sort, SymbolId, Tag};
use super::constant::Constant;
use super::model::Lemma;
use super::solver::Model;
use super::term::{Node, Term};
use super::text::Steps;
use super::value::{Shape, ValueId, World};
use crate::eval::Value;

#[cfg(feature = "z3")]
pub(super) use question::tried;
pub(super) use question::{Answer, Fact, Operand, Question};
use question::{parts, searched};

/// What is done with numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// With the sign of the first.
    Remainder,
    Negate,
    Absolute,
    Floor,
    Ceil,
    /// To the nearest whole number, and halves to the even one.
    Round,
    /// To the nearest whole number, and halves upwards.
    HalfUp,
    Root,
    Least,
    Greatest,
}

/// What a result comes of.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The unknown that is the result.
    pub result: SymbolId,
    /// What is done.
    pub operation: Operation,
    /// With what: one or two. It counts where all of them are numbers.
    pub operands: Vec<ValueId>,
    /// The unknowns that say what is odd about it, each with what it says.
    pub odd: Vec<(Oddity, SymbolId)>,
}

/// What may be odd about a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// There is none: an operand, or it, is out of range, or the operation is not defined there.
    Fails,
    /// It is no number: `0 / 0`. No root is that: of what is negative it fails.
    NoNumber,
}

impl Operation {
    /// The result, which may be infinite; `None` where nothing is claimed of it.
    #[must_use]
    pub fn of(self, operands: &[f64]) -> Option<f64> {
        if operands.iter().any(|operand| !operand.is_finite()) {
            return None;
        }
        let result = match (self, operands) {
            (Self::Add, &[one, other]) => one + other,
            (Self::Subtract, &[one, other]) => one - other,
            (Self::Multiply, &[one, other]) => one * other,
            (Self::Divide, &[one, other]) => one / other,
            (Self::Remainder, &[one, other]) => one % other,
            (Self::Least, &[one, other]) => one.min(other),
            (Self::Greatest, &[one, other]) => one.max(other),
            (Self::Negate, &[one]) => -one,
            (Self::Absolute, &[one]) => one.abs(),
            (Self::Floor, &[one]) => one.floor(),
            (Self::Ceil, &[one]) => one.ceil(),
            (Self::Round, &[one]) => one.round_ties_even(),
            (Self::HalfUp, &[one]) => (one + 0.5).floor(),
            (Self::Root, &[one]) => one.sqrt(),
            _ => return None,
        };
        Some(result).filter(|result| !result.is_nan())
    }

    /// Operands that may lead to a result: what stands at `at`, the others being known.
    fn back(self, result: f64, at: usize, other: Option<f64>) -> Option<f64> {
        Some(match (self, other) {
            (Self::Add, Some(other)) => result - other,
            (Self::Subtract, Some(other)) if at == 0 => result + other,
            (Self::Subtract, Some(other)) => other - result,
            (Self::Multiply, Some(other)) => result / other,
            (Self::Divide, Some(other)) if at == 0 => result * other,
            (Self::Divide, Some(other)) => other / result,
            (Self::Negate, _) => -result,
            (Self::Root, _) => result * result,
            _ => result,
        })
        .filter(|found| found.is_finite())
    }
}

#[cfg(feature = "z3")]
use super::z3::numbers as solved;

#[cfg(not(feature = "z3"))]
fn solved(_: &Question, _: &mut Effort) -> Answer {
    Answer::NoSolver
}

/// What a question about terms has to do with arithmetic and with patterns.
#[derive(Debug, Default)]
pub(super) struct Relevant {
    /// The definitions, by number in the world.
    definitions: BTreeSet<usize>,
    /// The atoms that the terms hang on, by number.
    atoms: BTreeSet<u32>,
    /// Those of them that ask whether a pattern describes something: what a model says of others need not be so.
    pub(super) matches: BTreeSet<u32>,
}

impl Relevant {
    /// The definitions that these terms hang on, and what those hang on in turn.
    pub(super) fn of(world: &World, terms: &[Term]) -> Self {
        let mut relevant = Self::default();
        if !world.patterns.is_empty() {
            let atoms = world.terms.cone(terms).into_iter().filter_map(|node| match *world.terms.node_at(node) {
                Node::Atom(number) => Some(number),
                _ => None,
            });
            let is_match = |number: &u32| matches!(world.atoms[*number as usize], Atom::Matches(..));
            relevant.matches = atoms.filter(is_match).collect();
        }
        if world.definitions.is_empty() {
            return relevant;
        }
        let by_symbol: BTreeMap<SymbolId, usize> = world
            .definitions
            .iter()
            .enumerate()
            .flat_map(|(number, of)| {
                let odd = of.odd.iter().map(|&(_, symbol)| symbol);
                odd.chain([of.result]).map(move |symbol| (symbol, number))
            })
            .collect();
        let mut seen = Vec::new();
        let mut open = terms.to_vec();
        while let Some(term) = open.pop() {
            for node in world.terms.unknown_of(term, &mut seen) {
                let Node::Atom(number) = *world.terms.node_at(node) else { continue };
                if !relevant.atoms.insert(number) {
                    continue;
                }
                for symbol in world.atoms[number as usize].symbols().into_iter().flatten() {
                    relevant.add(world, &by_symbol, symbol, &mut open);
                }
            }
        }
        relevant
    }

    fn add(&mut self, world: &World, by_symbol: &BTreeMap<SymbolId, usize>, symbol: SymbolId, open: &mut Vec<Term>) {
        let mut symbols = vec![symbol];
        while let Some(symbol) = symbols.pop() {
            let Some(&number) = by_symbol.get(&symbol) else { continue };
            if !self.definitions.insert(number) {
                continue;
            }
            let mut values = world.definitions[number].operands.clone();
            while let Some(value) = values.pop() {
                match *world.shape(value) {
                    Shape::Ite(condition, then, otherwise) => {
                        open.push(condition);
                        values.extend([then, otherwise]);
                    }
                    Shape::Symbol(symbol) | Shape::Sum(symbol, _) => symbols.push(symbol),
                    _ => {}
                }
            }
        }
    }

    /// Whether there is anything to look at.
    pub(super) fn is_empty(&self) -> bool {
        self.definitions.is_empty()
    }
}

/// How much may still be done about the questions of one prover.
#[derive(Debug)]
pub(super) struct Effort {
    /// What Z3 may take for one question, in its resources.
    #[cfg_attr(not(feature = "z3"), expect(dead_code, reason = "nobody takes them"))]
    pub(super) each: u64,
    /// What it may take for all that are left.
    pub(super) left: u64,
    /// How often binary64 may be looked at bit by bit.
    pub(super) n_bits_left: u64,
    /// What searches for strings may take for all questions that are left.
    pub(super) steps: Steps,
    /// The same of searches for numbers.
    pub(super) tries: Steps,
    /// Why nothing was found, where that is so.
    pub(super) hindrance: Option<Reason>,
}

/// So many questions may be given up: each takes up to a second.
const MOST_GIVEN_UP: u64 = 6;

/// So many conflicts of a question's budget are worth one look at the bits, which takes up to a second: a check has none.
const CONFLICTS_FOR_BITS: u64 = 25_000;

/// So many steps of a search are worth one conflict: all of them together take a second or two.
const STEPS_FOR_ONE: u64 = 12;

/// One that is answered counts for the part of that which it takes as a rule.
#[cfg(feature = "z3")]
const ANSWERED_FOR_ONE: u64 = 30;

impl Effort {
    /// As much as goes with questions of so many conflicts.
    pub(super) const fn of(budget: u64) -> Self {
        let each = budget.saturating_mul(5);
        let (left, n_bits_left) = (each.saturating_mul(MOST_GIVEN_UP), budget / CONFLICTS_FOR_BITS);
        let [steps, tries] = [Steps(budget.saturating_mul(STEPS_FOR_ONE)), Steps(budget.saturating_mul(STEPS_FOR_ONE))];
        Self { each, left, n_bits_left, steps, tries, hindrance: None }
    }

    /// Counts a question.
    #[cfg(feature = "z3")]
    pub(super) const fn spend(&mut self, is_answered: bool) {
        self.left = self.left.saturating_sub(if is_answered { self.each / ANSWERED_FOR_ONE } else { self.each });
    }
}

/// Numbers for the unknowns of the definitions that count, in place of the `usual` ones.
///
/// # Errors
/// What contradicts the definitions in the model, as a clause. What was not found out is [`Effort::hindrance`], and keeps its usual
/// numbers.
pub(super) fn numbers(
    world: &World,
    model: &Model,
    tags: &[Tag],
    usual: &BTreeMap<SymbolId, Value>,
    relevant: &Relevant,
    effort: &mut Effort,
) -> Result<BTreeMap<SymbolId, f64>, Lemma> {
    let mut asking =
        Asking { world, model, tags, numbers: BTreeMap::new(), question: Question::default(), why: Vec::new() };
    asking.define(relevant);
    if asking.question.facts.is_empty() {
        return Ok(BTreeMap::new());
    }
    asking.compare(relevant);
    let Asking { numbers, question, why, .. } = asking;
    let mut start = vec![1.0; numbers.len()];
    for (symbol, &at) in &numbers {
        if let Some(known) = usual.get(symbol).and_then(Value::as_f64) {
            start[at] = known;
        }
    }
    let mut found = start.clone();
    for part in parts(&question) {
        let own: Vec<f64> = part.numbers.iter().map(|&at| start[at]).collect();
        let answer = match searched(&part.question, &own, &mut effort.tries) {
            Some(numbers) => Answer::Numbers(numbers),
            None if effort.left == 0 || !part.question.is_tame() => Answer::GaveUp,
            None => solved(&part.question, effort),
        };
        match answer {
            Answer::Numbers(numbers) => {
                for (&at, number) in part.numbers.iter().zip(numbers) {
                    found[at] = number;
                }
            }
            Answer::Nothing(core) => {
                let is_defined = |&fact: &usize| part.question.facts[fact].is_definition();
                // Without a definition it is about which numbers there are between two others, which JSON may know better.
                let is_proved = core.iter().any(is_defined);
                let reasons = core.iter().flat_map(|&fact| &why[part.facts[fact]]);
                let mut clause: Vec<Term> = reasons.map(|term| term.negate()).collect();
                clause.sort_unstable();
                clause.dedup();
                return Err(Lemma { clause, is_proved });
            }
            Answer::GaveUp => effort.hindrance = Some(Reason::OutOfBudget),
            #[cfg(not(feature = "z3"))]
            Answer::NoSolver => effort.hindrance = Some(Reason::BuiltWithoutZ3),
        }
    }
    // What an operation gives may not be what was told of it: then it is the interpreter's to say so.
    let is_finite = |(symbol, at): (SymbolId, usize)| Some((symbol, found[at])).filter(|(_, found)| found.is_finite());
    Ok(numbers.into_iter().filter_map(is_finite).collect())
}

struct Asking<'a> {
    world: &'a World,
    model: &'a Model,
    tags: &'a [Tag],
    /// The number of each unknown.
    numbers: BTreeMap<SymbolId, usize>,
    question: Question,
    /// What in the model makes each fact one.
    why: Vec<Vec<Term>>,
}

impl Asking<'_> {
    fn holds(&self, atom: u32) -> bool {
        self.model.values.get(atom as usize).copied().unwrap_or_default()
    }

    /// What the model says of an atom that somebody asked for, as a term that holds.
    fn said(&self, atom: Atom) -> Option<Term> {
        let number = self.world.number_of(atom)?;
        let term = self.world.terms.known_atom(number)?;
        Some(if self.holds(number) { term } else { term.negate() })
    }

    fn number(&mut self, symbol: SymbolId) -> usize {
        let next = self.numbers.len();
        let at = *self.numbers.entry(symbol).or_insert(next);
        if at == next {
            self.question.is_result.push(false);
            self.question.may_be_infinite.push(self.world.may_be_infinite(symbol));
        }
        at
    }

    /// What an operand is in the model, where that is a number.
    fn operand(&mut self, mut value: ValueId, why: &mut Vec<Term>) -> Option<Operand> {
        loop {
            match *self.world.shape(value) {
                Shape::Ite(condition, then, otherwise) => {
                    let holds = self.world.terms.evaluate(condition, |atom| self.holds(atom));
                    why.push(if holds { condition } else { condition.negate() });
                    value = if holds { then } else { otherwise };
                }
                Shape::Constant(ref value) => {
                    return value.as_f64().filter(|number| number.is_finite()).map(Operand::Constant);
                }
                Shape::Symbol(symbol) | Shape::Sum(symbol, _) if self.tags[symbol.0 as usize] != Tag::Num => {
                    return None;
                }
                Shape::Symbol(symbol) => {
                    why.extend(self.said(Atom::Tag(symbol, Tag::Num)));
                    return Some(Operand::Number(self.number(symbol)));
                }
                #[expect(clippy::cast_precision_loss, reason = "of 32 bits, or the sum of a few")]
                Shape::Sum(symbol, add) => {
                    why.extend(self.said(Atom::Tag(symbol, Tag::Num)));
                    return Some(Operand::Sum(self.number(symbol), add as f64));
                }
                _ => return None,
            }
        }
    }

    /// The definitions that count in the model. Results have higher numbers than what they come of.
    fn define(&mut self, relevant: &Relevant) {
        let mut definitions: Vec<usize> = relevant.definitions.iter().copied().collect();
        definitions.sort_unstable_by_key(|&number| self.world.definitions[number].result);
        for number in definitions {
            let Definition { result, operation, operands, odd } = &self.world.definitions[number];
            let mut why = Vec::new();
            let found: Option<Vec<Operand>> = operands.iter().map(|&operand| self.operand(operand, &mut why)).collect();
            let Some(operands) = found else { continue };
            let said: Vec<(Oddity, Term)> =
                odd.iter().filter_map(|&(oddity, symbol)| Some((oddity, self.said(Atom::IsTrue(symbol))?))).collect();
            let odd = said.iter().filter(|(_, term)| !term.is_negated()).max();
            match odd {
                Some(&(_, term)) => why.push(term),
                // That nothing is odd is why it counts.
                None => why.extend(said.iter().map(|&(_, term)| term)),
            }
            let oddity = odd.map(|&(oddity, _)| oddity);
            let result = self.number(*result);
            self.question.is_result[result] = true;
            let operation = *operation;
            self.question.facts.push(Fact::Defined { result, operation, operands, oddity });
            self.why.push(why);
        }
    }

    /// How the model has these numbers, and those that they are compared with, in order.
    fn compare(&mut self, relevant: &Relevant) {
        loop {
            let n_before = self.numbers.len();
            for &atom in &relevant.atoms {
                if let Atom::Less(Sort::Num, one, other) = self.world.atoms[atom as usize] {
                    let are_numbers = [one, other].iter().all(|symbol| self.tags[symbol.0 as usize] == Tag::Num);
                    if are_numbers && [one, other].iter().any(|symbol| self.numbers.contains_key(symbol)) {
                        for symbol in [one, other] {
                            self.number(symbol);
                        }
                    }
                }
            }
            if self.numbers.len() == n_before {
                break;
            }
        }
        for &number in &relevant.atoms {
            let holds = self.holds(number);
            let at = |symbol: SymbolId| self.numbers.get(&symbol).copied();
            let constant = |id: ConstantId| match *self.world.constants.get(Sort::Num, id) {
                Constant::Num(number, _) => Some(number),
                _ => None,
            };
            let atom = self.world.atoms[number as usize];
            let fact = match atom {
                Atom::Below(Sort::Num, symbol, id) => {
                    at(symbol).zip(constant(id)).map(|(at, constant)| Fact::Below(at, constant, holds))
                }
                Atom::AtMost(Sort::Num, symbol, id) => {
                    at(symbol).zip(constant(id)).map(|(at, constant)| Fact::AtMost(at, constant, holds))
                }
                Atom::Less(Sort::Num, one, other) => {
                    at(one).zip(at(other)).map(|(one, other)| Fact::Less(one, other, holds))
                }
                _ => None,
            };
            let Some(fact) = fact else { continue };
            let tags = atom.symbols().into_iter().flatten().filter_map(|symbol| self.said(Atom::Tag(symbol, Tag::Num)));
            let why = tags.chain(self.said(atom)).collect();
            self.question.facts.push(fact);
            self.why.push(why);
        }
    }
}
