//! Makes the case that shows something smaller, for as long as it still shows it.

use std::sync::Arc;

use crate::asl::StateId;
use crate::eval::execution::Runner;
use crate::eval::value::{Array, Members, Object};
use crate::eval::{Answer, Outcome, Value};

use super::case::{Case, Shown};
use super::{Facts, Goal, Limits};

/// How many smaller cases are tried for one.
const MOST: usize = 60;

/// A case on its way down.
struct Shrinking<'r, 'm, 't> {
    facts: Facts<'m, 't>,
    runner: &'r mut Runner<'m, 't>,
    goal: Goal,
    limits: Limits,
    /// How many states may still be entered.
    states_left: &'r mut u64,
    n_left: usize,
    case: Case,
    shown: Shown,
}

/// Where a value of a case stands.
#[derive(Clone, Copy)]
enum Part {
    Input,
    Answer(StateId, usize),
}

/// A smaller case that shows the same, and what else it shows. What the case itself shows is known, and counts as an execution.
pub(super) fn shrunk<'m, 't>(
    facts: Facts<'m, 't>,
    runner: &mut Runner<'m, 't>,
    goal: Goal,
    (case, shown): (Case, Shown),
    limits: Limits,
    states_left: &mut u64,
) -> Option<(Case, Shown)> {
    *states_left = states_left.saturating_sub(shown.n_entered + 1);
    shown.when(goal)?;
    let mut shrinking = Shrinking { facts, runner, goal, limits, states_left, n_left: MOST, case, shown };
    shrinking.drop_answers();
    let answers = |case: &Case| -> Vec<Part> {
        let part = |(&task, answers): (&StateId, &Vec<Answer>)| {
            (0..answers.len()).map(move |number| Part::Answer(task, number)).collect::<Vec<_>>()
        };
        case.answers.iter().flat_map(part).collect()
    };
    let parts = if shrinking.is_done() { Vec::new() } else { answers(&shrinking.case) };
    for part in std::iter::once(Part::Input).chain(parts) {
        shrinking.shrink(part);
    }
    Some((shrinking.case, shrinking.shown))
}

impl Shrinking<'_, '_, '_> {
    /// Takes a case if it shows the same: it may not fail where the one before succeeded.
    fn takes(&mut self, case: Case) -> bool {
        if self.is_done() {
            return false;
        }
        self.n_left -= 1;
        if !self.facts.premises.is_empty() && !case.fits(self.facts) {
            return false;
        }
        let shown = case.run(self.facts.machine, self.runner, self.limits);
        *self.states_left = self.states_left.saturating_sub(shown.n_entered + 1);
        let is_as_good = shown.when(self.goal).is_some() && (shown.is_succeeded || !self.shown.is_succeeded);
        if is_as_good {
            (self.case, self.shown) = (case, shown);
        }
        is_as_good
    }

    /// Leaves out what no task asks for.
    fn drop_answers(&mut self) {
        if self.is_done() {
            return;
        }
        let calls = self.shown.calls.clone();
        let mut case = self.case.clone();
        case.answers.retain(|task, _| calls.contains_key(task));
        for (task, answers) in &mut case.answers {
            answers.truncate(calls[task].max(1));
            while let [.., before, last] = answers.as_slice()
                && before == last
            {
                answers.pop();
            }
        }
        self.takes(case);
    }

    fn value(&self, part: Part) -> Option<&Value> {
        match part {
            Part::Input => Some(&self.case.input),
            Part::Answer(task, number) => match &self.case.answers.get(&task)?.get(number)?.outcome {
                Outcome::Return(value) => Some(value),
                Outcome::Throw { .. } => None,
            },
        }
    }

    fn with(&self, part: Part, value: Value) -> Case {
        let mut case = self.case.clone();
        match part {
            Part::Input => case.input = value,
            Part::Answer(task, number) => {
                if let Some(answer) = case.answers.get_mut(&task).and_then(|answers| answers.get_mut(number)) {
                    *answer = Answer::returns(value);
                }
            }
        }
        case
    }

    fn is_done(&self) -> bool {
        self.n_left == 0 || *self.states_left == 0
    }

    fn shrink(&mut self, part: Part) {
        if self.is_done() {
            return;
        }
        let empty = Value::object(Members::new());
        let Some(value) = self.value(part).cloned() else {
            let case = self.with(part, empty);
            self.takes(case);
            return;
        };
        if value == empty || self.takes(self.with(part, empty)) {
            return;
        }
        // What is left out is tried from the outside in, each place once.
        let mut open: Vec<Vec<usize>> = vec![Vec::new()];
        while let Some(place) = open.pop() {
            let Some(inner) = self.value(part).and_then(|value| inner(value, &place)) else { continue };
            let n = match inner {
                Value::Object(members) => members.len(),
                Value::Array(items) => items.len(),
                _ => 0,
            };
            // From the last on: the numbers of those before it stay.
            for number in (0..n).rev() {
                if self.is_done() {
                    return;
                }
                let mut place = place.clone();
                place.push(number);
                let Some(smaller) = self.value(part).and_then(|value| without(value, &place)) else { continue };
                if !self.takes(self.with(part, smaller)) {
                    open.push(place);
                }
            }
        }
    }
}

fn inner<'v>(value: &'v Value, place: &[usize]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, &number| match value {
        Value::Object(members) => members.get_index(number).map(|(_, value)| value),
        Value::Array(items) => items.get(number),
        _ => None,
    })
}

/// The value without what stands at a place. Recursion is bounded by the depth of the value.
fn without(value: &Value, place: &[usize]) -> Option<Value> {
    let (&number, rest) = place.split_first()?;
    match value {
        Value::Object(members) => {
            let mut members = Object::take(Arc::clone(members));
            let (name, inner) = members.get_index(number).map(|(name, inner)| (Arc::clone(name), inner.clone()))?;
            if rest.is_empty() {
                members.shift_remove(&name);
            } else {
                members.insert(name, without(&inner, rest)?);
            }
            Some(Value::object(members))
        }
        Value::Array(items) => {
            let mut items = Array::take(Arc::clone(items));
            if rest.is_empty() {
                items.remove(number);
            } else {
                let item = items.get(number).and_then(|item| without(item, rest))?;
                items[number] = item;
            }
            Some(Value::array(items))
        }
        _ => None,
    }
}
