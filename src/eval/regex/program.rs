//! Turns the tree of a regular expression into a flat program, as long as the tree.
//!
//! Repetitions are loops that count, not copies of their bodies: `(a{1000}){1000}` is as short as it reads.

use std::ops::Range;

use super::fold;
use super::parser::{Assertion, Count, Node};
use super::set::Set;

/// What the machine does.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) loops: Vec<Loop>,
    /// Groups, without the whole expression.
    pub(super) n_groups: usize,
    pub(super) n_registers: usize,
}

/// Which way a part is matched: backwards inside a lookbehind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Backward,
}

/// One step. Where it does not say what comes next, the next one does.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Unit(u16, Way),
    /// A unit whose canonical unit is this one.
    Folded(u16, Way),
    Set(Set, Way),
    Reference {
        number: usize,
        ignore_case: bool,
        way: Way,
    },
    Assertion(Assertion),
    /// Writes the place down.
    Save(usize),
    Jump(usize),
    /// Goes on; if that fails, goes on there.
    Split(usize),
    /// Matches what follows up to a `Match`, without moving; goes on there.
    Look {
        is_negated: bool,
        then: usize,
    },
    /// Starts a loop with its number.
    Start(usize),
    /// Decides whether a loop goes round, with the next step, or ends.
    Decide(usize),
    /// Begins a round.
    Round(usize),
    /// Ends a round and goes back to decide.
    Again(usize),
    Match,
}

/// A repetition.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub(super) count: Count,
    pub(super) groups: Range<usize>,
    /// Where rounds are counted.
    pub(super) rounds: usize,
    /// Where the place is written down at which a round began that did not have to be.
    pub(super) began: usize,
    /// The step that decides.
    pub(super) decide: usize,
    /// The step behind the loop.
    pub(super) then: usize,
}

impl Program {
    pub(super) fn new(node: &Node, n_groups: usize) -> Self {
        let mut program = Self { steps: Vec::new(), loops: Vec::new(), n_groups, n_registers: 2 * (n_groups + 1) };
        program.add_group(0, node, Way::Forward);
        program.steps.push(Step::Match);
        program
    }

    fn add(&mut self, node: &Node, way: Way) {
        match node {
            &Node::Unit { unit, ignore_case: false } => self.steps.push(Step::Unit(unit, way)),
            &Node::Unit { unit, ignore_case: true } => self.steps.push(Step::Folded(fold::canonical(unit), way)),
            Node::Set(set) => self.steps.push(Step::Set(set.clone(), way)),
            &Node::Assertion(assertion) => self.steps.push(Step::Assertion(assertion)),
            Node::Group { number, body } => self.add_group(*number, body, way),
            &Node::Reference { number, ignore_case } => self.steps.push(Step::Reference { number, ignore_case, way }),
            Node::Look { is_behind, is_negated, body } => {
                let start = self.hold_place();
                self.add(body, if *is_behind { Way::Backward } else { Way::Forward });
                self.steps.push(Step::Match);
                self.steps[start] = Step::Look { is_negated: *is_negated, then: self.steps.len() };
            }
            Node::Repeat { body, count, groups } => self.add_loop(body, *count, groups, way),
            Node::Sequence(terms) if way == Way::Forward => terms.iter().for_each(|term| self.add(term, way)),
            Node::Sequence(terms) => terms.iter().rev().for_each(|term| self.add(term, way)),
            Node::Either(branches) => self.add_branches(branches, way),
        }
    }

    fn add_group(&mut self, number: usize, body: &Node, way: Way) {
        let (first, second) = match way {
            Way::Forward => (2 * number, 2 * number + 1),
            Way::Backward => (2 * number + 1, 2 * number),
        };
        self.steps.push(Step::Save(first));
        self.add(body, way);
        self.steps.push(Step::Save(second));
    }

    fn add_branches(&mut self, branches: &[Node], way: Way) {
        let mut ends = Vec::new();
        let (last, others) = branches.split_last().expect("the parser makes two branches or more");
        for branch in others {
            let split = self.hold_place();
            self.add(branch, way);
            ends.push(self.hold_place());
            self.steps[split] = Step::Split(self.steps.len());
        }
        self.add(last, way);
        for end in ends {
            self.steps[end] = Step::Jump(self.steps.len());
        }
    }

    fn add_loop(&mut self, body: &Node, count: Count, groups: &Range<usize>, way: Way) {
        let number = self.loops.len();
        self.steps.push(Step::Start(number));
        let decide = self.steps.len();
        let rounds = self.n_registers;
        self.n_registers += 2;
        self.loops.push(Loop { count, groups: groups.clone(), rounds, began: rounds + 1, decide, then: 0 });
        self.steps.extend([Step::Decide(number), Step::Round(number)]);
        self.add(body, way);
        self.steps.push(Step::Again(number));
        self.loops[number].then = self.steps.len();
    }

    /// A step that is written when it is known where to go.
    fn hold_place(&mut self) -> usize {
        self.steps.push(Step::Match);
        self.steps.len() - 1
    }
}
