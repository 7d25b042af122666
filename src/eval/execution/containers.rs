//! Several runs of scopes at once: branches, iterations, child executions.
//!
//! They run one after the other, each from the time at which it would start. When one fails and that is one too many, those that
//! come after it are stopped at that time, and what those before it did later than that is taken back, answers of mocks included: it
//! never happened. So a task without an answer is told only where no failure comes before it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::asl::{Detail, State};

use super::super::Value;
use super::super::value::Members;
use super::context::Item;
use super::failure::Failure;
use super::frame::Frame;
use super::pipeline::{Handed, View};
use super::{Happening, Interpreter, Stage, Stop};

/// A run that comes to no end that is known: when, its number, and why.
type Unknown = (i64, usize, Stop);

/// How one of several runs ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// With this output.
    Done(Value),
    /// It failed.
    Failed(Failure),
    /// It was stopped on its way.
    Stopped,
    /// It never started.
    Waiting,
}

/// What became of all of them.
#[derive(Debug)]
pub(super) struct Outcomes {
    /// In the order of their numbers.
    pub(super) each: Vec<Outcome>,
    /// The failure that was one too many.
    pub(super) failure: Option<Failure>,
}

/// How many run at once, and how many may fail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many there are.
    pub(super) n: usize,
    /// How many run at the same time; 0 for all.
    pub(super) at_once: usize,
    /// How many may fail before the others are stopped.
    pub(super) tolerated: usize,
}

impl<'t> Interpreter<'_, 't> {
    /// Runs `run` for every number below `limits.n`.
    pub(super) fn run_all(
        &mut self,
        limits: Limits,
        mut run: impl FnMut(&mut Self, usize) -> Result<Value, Stop>,
    ) -> Result<Outcomes, Stop> {
        let (start, outer, last) = (self.now, self.until, self.last);
        let (mark, around, n_given) = (self.history.mark(), self.history.strand(), self.given.len());
        let mut each = Vec::with_capacity(limits.n);
        let mut ends = Vec::with_capacity(limits.n);
        let mut lasts = Vec::with_capacity(limits.n);
        let mut failed: Vec<(i64, usize)> = Vec::new();
        let mut unknown: Option<Unknown> = None;
        let mut slots = BinaryHeap::new();
        for i in 0..limits.n {
            let is_full = limits.at_once > 0 && slots.len() >= limits.at_once;
            let freed = if is_full { slots.pop() } else { None };
            let (begin, before) = freed.map_or((start, last), |Reverse((end, before))| (end, before));
            (self.now, self.last) = (begin, before);
            // Who waits for a place does not get it any more. Nor does who begins where nothing is known any more; a call without an
            // answer that lies later may never be made.
            let is_unknown = unknown.as_ref().is_some_and(|&(at, ..)| at <= begin);
            if begin >= self.until && (is_full || begin > start || is_unknown) {
                slots.push(Reverse((begin, before)));
                each.push(Outcome::Waiting);
                ends.push(begin);
                lasts.push(last);
                continue;
            }
            self.history.open_strand(around, i);
            let result = run(self, i);
            self.history.return_to(around);
            let outcome = match result {
                Ok(output) => Outcome::Done(output),
                Err(Stop::Failed(failure)) => {
                    let place = failed.partition_point(|&other| other < (self.now, i));
                    failed.insert(place, (self.now, i));
                    if let Some(&(at, _)) = failed.get(limits.tolerated) {
                        self.until = outer.min(at);
                    }
                    Outcome::Failed(failure)
                }
                Err(Stop::Cut) => Outcome::Stopped,
                // Another one may still fail before that.
                Err(stop @ Stop::Unanswered(_)) => {
                    self.until = self.now;
                    unknown = Some((self.now, i, stop));
                    Outcome::Stopped
                }
                Err(stop) => return Err(stop),
            };
            slots.push(Reverse((self.now, self.last)));
            each.push(outcome);
            ends.push(self.now);
            lasts.push(self.last);
        }
        self.until = outer;
        let fatal = failed.get(limits.tolerated).copied().filter(|&(at, _)| at <= outer);
        let unknown = unknown.filter(|&(at, ..)| fatal.is_none_or(|(failed, _)| at <= failed));
        // What is not known ends them, or the failure that was one too many, or the last one to be done.
        let known_until = unknown.as_ref().map(|&(at, i, _)| (at, i));
        let deciding = known_until.or(fatal).or_else(|| ends.iter().copied().zip(0..).max());
        let (end, last) = deciding.map_or((start, last), |(end, i)| (end, lasts[i]));
        (self.now, self.last) = (end, last);
        self.take_back_answers(n_given, end);
        let children = self.history.children;
        for stopped in self.history.settle(mark, end) {
            self.history.return_to(stopped.strand);
            self.history.children = children.max(stopped.in_child.into());
            self.aborted(self.machine.state(stopped.state));
        }
        self.history.children = children;
        self.history.return_to(around);
        if let Some((.., stop)) = unknown {
            return Err(stop);
        }
        let Some((_, culprit)) = fatal else {
            let is_cut = each.iter().any(|outcome| matches!(outcome, Outcome::Stopped | Outcome::Waiting));
            return if is_cut { Err(Stop::Cut) } else { Ok(Outcomes { each, failure: None }) };
        };
        let failure = match &each[culprit] {
            Outcome::Failed(failure) => Some(failure.clone()),
            _ => None,
        };
        for (outcome, at) in each.iter_mut().zip(ends) {
            if at > end && !matches!(outcome, Outcome::Waiting) {
                *outcome = Outcome::Stopped;
            }
        }
        Ok(Outcomes { each, failure })
    }

    /// Runs the branches of a Parallel; its result is the array of theirs.
    pub(super) fn parallel(&mut self, state: &State<'t>, view: View<'_>, item: Option<&Item>) -> Result<Handed, Stop> {
        let effective = self.effective_input(state, view)?;
        let input = self.arguments(state, &effective, view)?;
        if let Some(answer) = self.container_answer(state)? {
            self.stage(state, Stage::Result, &answer);
            return self.hand_on(state, answer, view);
        }
        let Detail::Parallel(branches) = &state.detail else {
            return Err(Failure::runtime(state.key, "there are no `Branches`").into());
        };
        self.happens(Happening::ParallelStarted(state.id));
        let limits = Limits { n: branches.len(), at_once: 0, tolerated: 0 };
        let outcomes = self.run_all(limits, |this, i| {
            let frame = Frame::new(Members::new(), Some(view.frame));
            this.run_scope(branches[i], input.clone(), frame, item)
        })?;
        if let Some(failure) = outcomes.failure {
            return Err(failure.into());
        }
        let result = Value::array(outcomes.each.into_iter().filter_map(Outcome::output).collect());
        self.note(Happening::ParallelSucceeded(state.id));
        self.bounded(state, "returned a result", &result)?;
        self.stage(state, Stage::Result, &result);
        self.hand_on(state, result, view)
    }
}

impl Outcome {
    /// What it gave.
    pub(super) fn output(self) -> Option<Value> {
        match self {
            Self::Done(output) => Some(output),
            _ => None,
        }
    }
}
