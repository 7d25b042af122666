//! Turns a program and a text into the first match, by trying one way after the other.
//!
//! Places are offsets of bytes. A character of four bytes has two code units, and the second one stands at its third byte; so
//! each unit has a place, and no copy of the text is needed. What is tried later lies on a stack of bounded height; only
//! lookarounds recurse, and the parser bounds how deeply they nest.

use super::Match;
use super::fold::canonical;
use super::parser::Assertion;
use super::program::{Loop, Program, Step, Way};
use super::set::{LINE_ENDS, WORD, is_in};
use crate::eval::budget::{Budget, OutOfBudget};

/// Steps that one unit of the budget pays for: they are far smaller than the evaluation of a node.
const STEPS_PER_UNIT: usize = 16;
/// How much may lie on the stack, which is then 64 MiB: V8 allows as much.
const MAX_STACK: usize = 1 << 22;
/// A register that nothing was written to.
const UNSET: usize = usize::MAX;

/// See [`super::Regex::find_at`].
pub(super) fn search(
    program: &Program,
    text: &str,
    from: usize,
    budget: &mut Budget,
) -> Result<Option<Match>, OutOfBudget> {
    budget.spend(1)?;
    let registers = vec![UNSET; program.n_registers];
    let mut machine = Machine { program, text, registers, stack: Vec::new(), n_steps: 0, budget };
    machine.charge(program.n_registers)?;
    let mut start = text.ceil_char_boundary(from);
    if start < from {
        return Ok(None);
    }
    while machine.run(0, start)?.is_none() {
        match unit_after(text, start) {
            Some((_, next)) => start = next,
            None => return Ok(None),
        }
    }
    Ok(Some(machine.found()))
}

struct Machine<'r> {
    program: &'r Program,
    text: &'r str,
    /// Where groups begin and end, by twos, then what loops count.
    registers: Vec<usize>,
    stack: Vec<Entry>,
    n_steps: usize,
    budget: &'r mut Budget,
}

/// What a failure undoes or goes on with.
enum Entry {
    /// Go on with a step, at a place.
    Try { step: u32, at: usize },
    /// Give a register its value back.
    Restore { register: u32, value: usize },
}

impl Machine<'_> {
    /// The place where a `Match` is reached from a step and a place. The stack keeps what was not tried; after a failure it
    /// and the registers are as they were.
    fn run(&mut self, step: usize, at: usize) -> Result<Option<usize>, OutOfBudget> {
        let base = self.stack.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.charge(1)?;
            let program = self.program;
            let next = match &program.steps[step] {
                Step::Match => return Ok(Some(at)),
                &Step::Unit(expected, way) => {
                    self.unit(at, way).filter(|&(unit, _)| unit == expected).map(|(_, at)| (step + 1, at))
                }
                &Step::Folded(expected, way) => {
                    self.unit(at, way).filter(|&(unit, _)| canonical(unit) == expected).map(|(_, at)| (step + 1, at))
                }
                Step::Set(set, way) => {
                    self.unit(at, *way).filter(|&(unit, _)| set.contains(unit)).map(|(_, at)| (step + 1, at))
                }
                &Step::Reference { number, ignore_case, way } => {
                    self.reference(number, ignore_case, way, at)?.map(|at| (step + 1, at))
                }
                &Step::Assertion(assertion) => self.holds(assertion, at).then_some((step + 1, at)),
                &Step::Save(register) => {
                    self.set(register, at)?;
                    Some((step + 1, at))
                }
                &Step::Jump(to) => Some((to, at)),
                &Step::Split(other) => {
                    self.try_later(other, at)?;
                    Some((step + 1, at))
                }
                &Step::Look { is_negated, then } => self.look(step + 1, at, is_negated)?.then_some((then, at)),
                &Step::Start(number) => {
                    self.set(program.loops[number].rounds, 0)?;
                    Some((step + 1, at))
                }
                &Step::Decide(number) => Some((self.decide(number, step + 1, at)?, at)),
                &Step::Round(number) => {
                    self.begin_round(number, at)?;
                    Some((step + 1, at))
                }
                &Step::Again(number) => {
                    // A round that matched nothing, and did not have to be, leads nowhere.
                    let Loop { began, decide, .. } = program.loops[number];
                    (self.registers[began] != at).then_some((decide, at))
                }
            };
            match next.or_else(|| self.backtrack(base)) {
                Some(next) => (step, at) = next,
                None => return Ok(None),
            }
        }
    }

    /// Undoes what happened since the last choice above `base`, and says where to go on.
    fn backtrack(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.stack.pop()? {
                Entry::Try { step, at } => return Some((step as usize, at)),
                Entry::Restore { register, value } => self.registers[register as usize] = value,
            }
        }
        None
    }

    /// Whether what is looked for is there. What a positive lookaround captured stays, its other ways are given up.
    fn look(&mut self, step: usize, at: usize, is_negated: bool) -> Result<bool, OutOfBudget> {
        let base = self.stack.len();
        let is_found = self.run(step, at)?.is_some();
        if is_found && is_negated {
            while self.backtrack(base).is_some() {}
        } else if is_found {
            let since = self.stack.split_off(base);
            self.stack.extend(since.into_iter().filter(|entry| matches!(entry, Entry::Restore { .. })));
        }
        Ok(is_found != is_negated)
    }

    /// Which step a loop goes on with: `round` or the one behind it.
    fn decide(&mut self, number: usize, round: usize, at: usize) -> Result<usize, OutOfBudget> {
        let program = self.program;
        let Loop { count, rounds, then, .. } = &program.loops[number];
        let done = self.registers[*rounds];
        if done < count.min as usize {
            return Ok(round);
        }
        if done >= count.max as usize {
            return Ok(*then);
        }
        let (first, second) = if count.is_greedy { (round, *then) } else { (*then, round) };
        self.try_later(second, at)?;
        Ok(first)
    }

    fn begin_round(&mut self, number: usize, at: usize) -> Result<(), OutOfBudget> {
        let program = self.program;
        let Loop { count, groups, rounds, began, .. } = &program.loops[number];
        let done = self.registers[*rounds];
        let is_needed = done < count.min as usize;
        self.set(*began, if is_needed { UNSET } else { at })?;
        // Without an end, rounds beyond those needed need no count.
        if is_needed || count.max != u32::MAX {
            self.set(*rounds, done + 1)?;
        }
        self.charge(groups.len())?;
        for group in groups.clone() {
            self.set(2 * group, UNSET)?;
            self.set(2 * group + 1, UNSET)?;
        }
        Ok(())
    }

    /// Where a group's text, matched once more, ends. A group that took no part has none, and that matches.
    fn reference(
        &mut self,
        number: usize,
        ignore_case: bool,
        way: Way,
        at: usize,
    ) -> Result<Option<usize>, OutOfBudget> {
        let (start, end) = (self.registers[2 * number], self.registers[2 * number + 1]);
        if start == UNSET || end == UNSET {
            return Ok(Some(at));
        }
        self.charge(end.abs_diff(start))?;
        let (mut from, to) = if way == Way::Forward { (start, end) } else { (end, start) };
        let mut at = at;
        while from != to {
            let (Some((one, next)), Some((other, place))) = (self.unit(from, way), self.unit(at, way)) else {
                return Ok(None);
            };
            if one != other && !(ignore_case && canonical(one) == canonical(other)) {
                return Ok(None);
            }
            (from, at) = (next, place);
        }
        Ok(Some(at))
    }

    fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let before = unit_before(self.text, at).map(|(unit, _)| unit);
        let after = unit_after(self.text, at).map(|(unit, _)| unit);
        let is_line_end = |unit| is_in(LINE_ENDS, unit);
        let is_boundary =
            || before.is_some_and(|unit| is_in(WORD, unit)) != after.is_some_and(|unit| is_in(WORD, unit));
        match assertion {
            Assertion::TextStart => before.is_none(),
            Assertion::TextEnd => after.is_none(),
            Assertion::LineStart => before.is_none_or(is_line_end),
            Assertion::LineEnd => after.is_none_or(is_line_end),
            Assertion::WordBoundary => is_boundary(),
            Assertion::NoWordBoundary => !is_boundary(),
        }
    }

    fn unit(&self, at: usize, way: Way) -> Option<(u16, usize)> {
        match way {
            Way::Forward => unit_after(self.text, at),
            Way::Backward => unit_before(self.text, at),
        }
    }

    fn set(&mut self, register: usize, value: usize) -> Result<(), OutOfBudget> {
        let old = std::mem::replace(&mut self.registers[register], value);
        if old != value {
            self.push(Entry::Restore { register: index(register), value: old })?;
        }
        Ok(())
    }

    fn try_later(&mut self, step: usize, at: usize) -> Result<(), OutOfBudget> {
        self.push(Entry::Try { step: index(step), at })
    }

    fn push(&mut self, entry: Entry) -> Result<(), OutOfBudget> {
        if self.stack.len() >= MAX_STACK {
            return Err(OutOfBudget);
        }
        self.stack.push(entry);
        Ok(())
    }

    fn charge(&mut self, steps: usize) -> Result<(), OutOfBudget> {
        self.n_steps += steps;
        if self.n_steps >= STEPS_PER_UNIT {
            self.budget.spend((self.n_steps / STEPS_PER_UNIT) as u64)?;
            self.n_steps %= STEPS_PER_UNIT;
        }
        Ok(())
    }

    /// The match that the registers hold.
    fn found(&self) -> Match {
        let range = |number: usize| {
            let (start, end) = (self.registers[2 * number], self.registers[2 * number + 1]);
            if start == UNSET || end == UNSET {
                return None;
            }
            let whole = self.text.floor_char_boundary(start);
            Some((whole, if start == end { whole } else { self.text.ceil_char_boundary(end) }))
        };
        let (start, end) = range(0).expect("the program saves both ends before it matches");
        Match { start, end, groups: (1..=self.program.n_groups).map(range).collect() }
    }
}

/// The unit that begins at a place, and the place behind it.
fn unit_after(text: &str, at: usize) -> Option<(u16, usize)> {
    let byte = *text.as_bytes().get(at)?;
    if byte.is_ascii() {
        return Some((u16::from(byte), at + 1));
    }
    let is_second = !text.is_char_boundary(at);
    let character = text[if is_second { at - 2 } else { at }..].chars().next()?;
    let mut units = [0; 2];
    Some(match *character.encode_utf16(&mut units) {
        [first, _] if !is_second => (first, at + 2),
        [_, second] => (second, at + 2),
        _ => (units[0], at + character.len_utf8()),
    })
}

/// The unit that ends at a place, and the place before it.
fn unit_before(text: &str, at: usize) -> Option<(u16, usize)> {
    let is_second = !text.is_char_boundary(at);
    let character = text[..if is_second { at + 2 } else { at }].chars().next_back()?;
    let mut units = [0; 2];
    Some(match *character.encode_utf16(&mut units) {
        [first, _] if is_second => (first, at - 2),
        [_, second] => (second, at - 2),
        _ => (units[0], at - character.len_utf8()),
    })
}

/// A step or register, which are fewer than the units of any pattern times a few.
fn index(number: usize) -> u32 {
    u32::try_from(number).expect("patterns are shorter than 2^30 units")
}
