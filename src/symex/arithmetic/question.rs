//! Questions about numbers, and what some numbers answer to them.

use std::collections::BTreeMap;

use super::{Oddity, Operation, Steps};

/// Numbers that are asked for, and what is said of them.
#[derive(Debug, Default)]
pub(in crate::symex) struct Question {
    /// Of each number, whether it is the result of something.
    pub(in crate::symex) is_result: Vec<bool>,
    /// Of each number, whether it may be infinite: all but those that JSON says.
    pub(in crate::symex) may_be_infinite: Vec<bool>,
    /// What is said.
    pub(in crate::symex) facts: Vec<Fact>,
}

/// Products and quotients of unknowns, and roots, that are asked about together: more take minutes.
const MOST_CURVED: usize = 3;

impl Question {
    /// These facts, and those that say what the operands of theirs are: that a number is whole follows from them too.
    #[cfg(feature = "z3")]
    pub(in crate::symex) fn with_operands(&self, facts: &[usize]) -> Vec<usize> {
        let mut found = std::collections::BTreeSet::new();
        let mut open = facts.to_vec();
        while let Some(fact) = open.pop() {
            if found.insert(fact)
                && let Fact::Defined { operands, .. } = &self.facts[fact]
            {
                let numbers: Vec<usize> = operands.iter().filter_map(|operand| operand.number()).collect();
                let says = |fact: &Fact| matches!(fact, Fact::Defined { result, .. } if numbers.contains(result));
                open.extend(self.facts.iter().enumerate().filter(|(_, fact)| says(fact)).map(|(at, _)| at));
            }
        }
        found.into_iter().collect()
    }

    /// Whether it is one that is answered soon, if at all.
    pub(super) fn is_tame(&self) -> bool {
        let is_unknown = |operand: &&Operand| operand.number().is_some();
        let is_curved = |fact: &&Fact| match fact {
            Fact::Defined {
                operation: Operation::Multiply | Operation::Divide | Operation::Remainder,
                operands,
                ..
            } => operands.iter().filter(is_unknown).count() > 1,
            Fact::Defined { operation: Operation::Root, .. } => true,
            _ => false,
        };
        self.facts.iter().filter(is_curved).count() <= MOST_CURVED
    }

    /// Which numbers are whole, whatever else is: what is rounded to one, and what comes of such.
    #[cfg(feature = "z3")]
    pub(in crate::symex) fn whole(&self) -> Vec<bool> {
        use Operation::{Absolute, Add, Ceil, Floor, Greatest, HalfUp, Least, Multiply, Negate, Round, Subtract};
        let mut is_whole = vec![false; self.is_result.len()];
        for fact in &self.facts {
            let Fact::Defined { result, operation, operands, oddity: None } = fact else { continue };
            let are_whole = operands.iter().all(|operand| match *operand {
                Operand::Number(at) => is_whole[at],
                Operand::Constant(number) => number.fract() == 0.0,
                Operand::Sum(..) => true,
            });
            is_whole[*result] = match operation {
                Floor | Ceil | Round | HalfUp => true,
                Add | Subtract | Multiply | Negate | Absolute | Least | Greatest => are_whole,
                _ => false,
            };
        }
        is_whole
    }
}

/// What is said of numbers, which are counted from 0.
#[derive(Clone, Debug)]
pub(in crate::symex) enum Fact {
    /// It is below a constant, or it is not.
    Below(usize, f64, bool),
    /// It is at most a constant, or it is not.
    AtMost(usize, f64, bool),
    /// The first is less than the second, or it is not.
    Less(usize, usize, bool),
    /// The result of an operation.
    Defined {
        result: usize,
        operation: Operation,
        operands: Vec<Operand>,
        /// What is said to be odd about it. The result is anything then; that there is something odd says something of the operands.
        oddity: Option<Oddity>,
    },
}

/// What an operation is applied to.
#[derive(Clone, Copy, Debug)]
pub(in crate::symex) enum Operand {
    Number(usize),
    Constant(f64),
    /// A number, rounded halves upwards, and this added to it.
    Sum(usize, f64),
}

impl Operand {
    pub(super) fn of(self, numbers: &[f64]) -> f64 {
        match self {
            Self::Number(at) => numbers[at],
            Self::Constant(number) => number,
            Self::Sum(at, add) => (numbers[at] + 0.5).floor() + add,
        }
    }

    /// The number that it is about.
    pub(in crate::symex) const fn number(self) -> Option<usize> {
        match self {
            Self::Number(at) | Self::Sum(at, _) => Some(at),
            Self::Constant(_) => None,
        }
    }
}

impl Fact {
    pub(in crate::symex) const fn is_definition(&self) -> bool {
        matches!(self, Self::Defined { .. })
    }

    /// The numbers that it is about.
    fn numbers(&self) -> Vec<usize> {
        match self {
            &Self::Below(at, ..) | &Self::AtMost(at, ..) => vec![at],
            &Self::Less(one, other, _) => vec![one, other],
            Self::Defined { result, operands, .. } => {
                operands.iter().filter_map(|operand| operand.number()).chain([*result]).collect()
            }
        }
    }

    /// The same about numbers that stand elsewhere.
    fn renumbered(&self, places: &[usize]) -> Self {
        match *self {
            Self::Below(at, constant, holds) => Self::Below(places[at], constant, holds),
            Self::AtMost(at, constant, holds) => Self::AtMost(places[at], constant, holds),
            Self::Less(one, other, holds) => Self::Less(places[one], places[other], holds),
            Self::Defined { result, operation, ref operands, oddity } => {
                let moved = |operand: &Operand| match *operand {
                    Operand::Number(at) => Operand::Number(places[at]),
                    Operand::Sum(at, add) => Operand::Sum(places[at], add),
                    constant @ Operand::Constant(_) => constant,
                };
                let operands = operands.iter().map(moved).collect();
                Self::Defined { result: places[result], operation, operands, oddity }
            }
        }
    }

    pub(super) fn holds(&self, numbers: &[f64]) -> bool {
        match *self {
            Self::Below(at, constant, holds) => (numbers[at] < constant) == holds,
            Self::AtMost(at, constant, holds) => (numbers[at] <= constant) == holds,
            Self::Less(one, other, holds) => (numbers[one] < numbers[other]) == holds,
            Self::Defined { result, operation, ref operands, oddity } => {
                let operands: Vec<f64> = operands.iter().map(|operand| operand.of(numbers)).collect();
                let found = operation.of(&operands);
                let are_finite = operands.iter().all(|operand| operand.is_finite());
                match oddity {
                    // Of what is out of range nothing is said.
                    None if !are_finite => true,
                    None => found == Some(numbers[result]),
                    Some(Oddity::Fails) => found.is_none_or(f64::is_infinite),
                    Some(Oddity::NoNumber) => found.is_none() && operation != Operation::Root || !are_finite,
                }
            }
        }
    }
}

/// What comes of a question.
#[derive(Debug, PartialEq)]
pub(in crate::symex) enum Answer {
    /// These numbers.
    Numbers(Vec<f64>),
    /// There are none: these facts contradict each other.
    #[cfg_attr(not(feature = "z3"), expect(dead_code, reason = "nothing else finds that out"))]
    Nothing(Vec<usize>),
    /// It was not found out within the budget.
    GaveUp,
    /// It takes Z3, and there is none.
    #[cfg(not(feature = "z3"))]
    NoSolver,
}

/// Facts that share numbers, apart from the others.
pub(super) struct Part {
    pub(super) question: Question,
    /// Which numbers of the whole question they are.
    pub(super) numbers: Vec<usize>,
    /// Which facts.
    pub(super) facts: Vec<usize>,
}

/// The parts of a question that say what something comes of.
pub(super) fn parts(question: &Question) -> Vec<Part> {
    let mut leaders: Vec<usize> = (0..question.is_result.len()).collect();
    let leader = |leaders: &[usize], mut at: usize| {
        while leaders[at] != at {
            at = leaders[at];
        }
        at
    };
    for fact in &question.facts {
        let own = fact.numbers();
        for pair in own.windows(2) {
            let [one, other] = [pair[0], pair[1]].map(|at| leader(&leaders, at));
            leaders[one.max(other)] = one.min(other);
        }
    }
    let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
    let mut places = vec![0; leaders.len()];
    for (at, place) in places.iter_mut().enumerate() {
        let empty = || Part { question: Question::default(), numbers: Vec::new(), facts: Vec::new() };
        let part = parts.entry(leader(&leaders, at)).or_insert_with(empty);
        *place = part.numbers.len();
        part.numbers.push(at);
        part.question.is_result.push(question.is_result[at]);
        part.question.may_be_infinite.push(question.may_be_infinite[at]);
    }
    for (number, fact) in question.facts.iter().enumerate() {
        let first = fact.numbers().first().copied().unwrap_or_default();
        if let Some(part) = parts.get_mut(&leader(&leaders, first)) {
            part.question.facts.push(fact.renumbered(&places));
            part.facts.push(number);
        }
    }
    parts.into_values().filter(|part| part.question.facts.iter().any(Fact::is_definition)).collect()
}

/// How many numbers are tried for one unknown, and how many combinations of them.
const MOST_CANDIDATES: usize = 24;
const MOST_TRIED: usize = 4_000;

/// These numbers, with the results that come of the others, where that makes all facts hold.
pub(in crate::symex) fn tried(question: &Question, start: &[f64]) -> Option<Vec<f64>> {
    let mut numbers = start.to_vec();
    is_solved(question, start, &mut numbers).then_some(numbers)
}

fn is_solved(question: &Question, start: &[f64], numbers: &mut [f64]) -> bool {
    for fact in &question.facts {
        if let Fact::Defined { result, operation, operands, .. } = fact {
            let operands: Vec<f64> = operands.iter().map(|operand| operand.of(numbers)).collect();
            numbers[*result] = operation.of(&operands).unwrap_or(start[*result]);
        }
    }
    question.facts.iter().all(|fact| fact.holds(numbers))
}

/// Numbers that make all facts hold, among those that the facts name and small ones.
pub(super) fn searched(question: &Question, start: &[f64], steps: &mut Steps) -> Option<Vec<f64>> {
    if let Some(numbers) = tried(question, start) {
        return Some(numbers);
    }
    let mut numbers = start.to_vec();
    let candidates = candidates(question, start);
    let bases: Vec<usize> = (0..start.len()).filter(|&at| !question.is_result[at]).collect();
    // As a number with a digit for each unknown: those that are tried first count fastest.
    let mut digits = vec![0_usize; bases.len()];
    for _ in 0..MOST_TRIED {
        if !steps.spend(1 + question.facts.len() as u64 / 2) {
            return None;
        }
        for (&at, &digit) in bases.iter().zip(&digits) {
            numbers[at] = candidates[at][digit];
        }
        if is_solved(question, start, &mut numbers) {
            return Some(numbers);
        }
        let next = bases.iter().zip(&mut digits).find_map(|(&at, digit)| {
            *digit = (*digit + 1) % candidates[at].len();
            (*digit > 0).then_some(())
        });
        next?;
    }
    None
}

/// What is tried for each unknown: what it is compared with and what is next to that, what leads to such results, small numbers.
fn candidates(question: &Question, start: &[f64]) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = start.iter().map(|&number| vec![number]).collect();
    let add = |list: &mut Vec<f64>, number: f64| {
        if number.is_finite() && list.len() < MOST_CANDIDATES && !list.contains(&number) {
            list.push(number);
        }
    };
    for fact in &question.facts {
        if let Fact::Below(at, constant, _) | Fact::AtMost(at, constant, _) = *fact {
            for number in [constant, constant + 1.0, constant - 1.0] {
                add(&mut all[at], number);
            }
        }
    }
    for fact in question.facts.iter().rev() {
        let Fact::Defined { result, operation, operands, .. } = fact else { continue };
        for number in all[*result].clone() {
            for (at, operand) in operands.iter().enumerate() {
                let other = operands.iter().enumerate().find(|(other, _)| *other != at).map(|(_, other)| match other {
                    Operand::Constant(number) => *number,
                    Operand::Number(at) | Operand::Sum(at, _) => start[*at],
                });
                if let (Some(of), Some(found)) = (operand.number(), operation.back(number, at, other)) {
                    add(&mut all[of], found);
                }
            }
        }
    }
    for list in &mut all {
        for number in [1.0, 0.0, 2.0, 3.0, -1.0, 5.0, 10.0, 4.0, 100.0, 0.5] {
            add(list, number);
        }
    }
    all
}
