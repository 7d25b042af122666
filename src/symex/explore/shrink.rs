//! Makes the case that shows something smaller, for as long as it still shows it.

use std::ops::Range;
use std::sync::Arc;

use crate::asl::StateId;
use crate::eval::execution::Runner;
use crate::eval::value::{Array, Members, Object};
use crate::eval::{Answer, Outcome, Value};

use super::super::MADE_UP;
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

/// A smaller case that shows the same, and what else it shows. `example` was made small before: what does not matter in it probably
/// does not matter here.
pub(super) fn shrunk<'m, 't>(
    facts: Facts<'m, 't>,
    runner: &mut Runner<'m, 't>,
    goal: Goal,
    (case, shown): (Case, Shown),
    example: Option<&Case>,
    limits: Limits,
    states_left: &mut u64,
) -> (Case, Shown) {
    let mut shrinking = Shrinking { facts, runner, goal, limits, states_left, n_left: MOST, case, shown };
    shrinking.drop_answers();
    shrinking.drop_causes();
    shrinking.empty_parts(example);
    for part in shrinking.parts() {
        shrinking.shrink(part);
    }
    (shrinking.case, shrinking.shown)
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
        let (calls, Facts { machine, premises, .. }) = (&self.shown.calls, self.facts);
        // A premise speaks of all answers of its task, whether they are asked for or not.
        let is_bound = |task: StateId| premises.of_task(machine.state(task).name()).is_some();
        let mut case = self.case.clone();
        case.answers.retain(|task, _| calls.contains_key(task) || is_bound(*task));
        for (task, answers) in &mut case.answers {
            answers.truncate(calls.get(task).copied().unwrap_or_default().max(1));
            while let [.., before, last] = answers.as_slice()
                && before == last
            {
                answers.pop();
            }
        }
        let n_answers = |case: &Case| case.answers.values().map(Vec::len).sum::<usize>();
        if n_answers(&case) < n_answers(&self.case) {
            self.takes(case);
        }
    }

    /// Leaves out why tasks fail where nobody asks.
    fn drop_causes(&mut self) {
        let mut case = self.case.clone();
        let mut is_changed = false;
        for answer in case.answers.values_mut().flatten() {
            if let Outcome::Throw { cause: Some(cause), .. } = &mut answer.outcome
                && &**cause != MADE_UP
            {
                *cause = MADE_UP.into();
                is_changed = true;
            }
        }
        if is_changed {
            self.takes(case);
        }
    }

    fn value(&self, part: Part) -> Option<&Value> {
        value(&self.case, part)
    }

    fn with(&self, part: Part, value: Value) -> Case {
        let mut case = self.case.clone();
        set(&mut case, part, value);
        case
    }

    fn is_done(&self) -> bool {
        self.n_left == 0 || *self.states_left == 0
    }

    /// Where it may be smaller: whatever is not an empty object already.
    fn parts(&self) -> Vec<Part> {
        let of_task = |(&task, answers): (&StateId, &Vec<Answer>)| {
            (0..answers.len()).map(move |number| Part::Answer(task, number)).collect::<Vec<_>>()
        };
        let all = std::iter::once(Part::Input).chain(self.case.answers.iter().flat_map(of_task));
        all.filter(|&part| self.value(part) != Some(&empty())).collect()
    }

    /// Puts empty objects in the place of what does not matter: first of what did not in an example, all at once, then by halves,
    /// since most of it does not.
    fn empty_parts(&mut self, example: Option<&Case>) {
        let is_like = |&part: &Part| example.and_then(|example| value(example, part)) == Some(&empty());
        let (like, unlike) = self.parts().into_iter().partition(is_like);
        let mut open: Vec<Vec<Part>> = vec![unlike, like];
        while let Some(parts) = open.pop() {
            if parts.is_empty() || self.is_done() {
                continue;
            }
            let mut case = self.case.clone();
            for &part in &parts {
                set(&mut case, part, empty());
            }
            if !self.takes(case) && parts.len() > 1 {
                let (one, other) = parts.split_at(parts.len() / 2);
                open.extend([other.to_vec(), one.to_vec()]);
            }
        }
    }

    /// Leaves out what does not matter of a value, from the outside in, by halves.
    fn shrink(&mut self, part: Part) {
        let mut open: Vec<Vec<usize>> = vec![Vec::new()];
        while let Some(place) = open.pop() {
            let Some(value) = self.value(part).and_then(|value| inner(value, &place)) else { continue };
            let all = 0..n_parts(value);
            // Emptying it was tried before.
            let is_tried = place.is_empty() && matches!(value, Value::Object(_));
            let mut ranges = vec![(all, is_tried)];
            while let Some((range, is_tried)) = ranges.pop() {
                if self.is_done() {
                    return;
                }
                if range.is_empty() || !is_tried && self.leaves_out(part, &place, range.clone()) {
                    continue;
                }
                if range.len() > 1 {
                    // From the last on: the numbers of those before it stay.
                    let middle = range.start.midpoint(range.end);
                    ranges.extend([(range.start..middle, false), (middle..range.end, false)]);
                }
            }
            // What is left is needed, but perhaps not all that is in it.
            let n_left = self.value(part).and_then(|value| inner(value, &place)).map_or(0, n_parts);
            open.extend((0..n_left).map(|number| [place.as_slice(), &[number]].concat()));
        }
    }

    /// Whether it does without the parts of these numbers of what stands at a place.
    fn leaves_out(&mut self, part: Part, place: &[usize], range: Range<usize>) -> bool {
        let smaller = self.value(part).and_then(|value| without(value, place, range));
        smaller.is_some_and(|smaller| self.takes(self.with(part, smaller)))
    }
}

fn empty() -> Value {
    Value::object(Members::new())
}

fn value(case: &Case, part: Part) -> Option<&Value> {
    match part {
        Part::Input => Some(&case.input),
        Part::Answer(task, number) => case.answers.get(&task)?.get(number)?.outcome.value(),
    }
}

fn set(case: &mut Case, part: Part, value: Value) {
    match part {
        Part::Input => case.input = value,
        Part::Answer(task, number) => {
            if let Some(answer) = case.answers.get_mut(&task).and_then(|answers| answers.get_mut(number)) {
                *answer = match &answer.outcome {
                    Outcome::Read(_) if value.as_array().is_none() => Answer::reads(Value::array(Vec::new())),
                    Outcome::Read(_) => Answer::reads(value),
                    Outcome::Return(_) | Outcome::Throw { .. } => Answer::returns(value),
                };
            }
        }
    }
}

fn n_parts(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    }
}

fn inner<'v>(value: &'v Value, place: &[usize]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, &number| match value {
        Value::Object(members) => members.get_index(number).map(|(_, value)| value),
        Value::Array(items) => items.get(number),
        _ => None,
    })
}

/// The value without the parts of these numbers of what stands at a place. Recursion is bounded by the depth of the value.
fn without(value: &Value, place: &[usize], range: Range<usize>) -> Option<Value> {
    let rest = place.split_first();
    if rest.is_none() && n_parts(value) < range.end {
        return None;
    }
    match value {
        Value::Object(members) => {
            let mut members = Object::take(Arc::clone(members));
            match rest {
                None => _ = members.drain(range),
                Some((&outer, rest)) => {
                    let (_, inner) = members.get_index_mut(outer)?;
                    *inner = without(inner, rest, range)?;
                }
            }
            Some(Value::object(members))
        }
        Value::Array(items) => {
            let mut items = Array::take(Arc::clone(items));
            match rest {
                None => _ = items.drain(range),
                Some((&outer, rest)) => {
                    let inner = items.get_mut(outer)?;
                    *inner = without(inner, rest, range)?;
                }
            }
            Some(Value::array(items))
        }
        _ => None,
    }
}
