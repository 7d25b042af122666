//! Bends cases towards what no execution has shown yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::case::Case;
use super::generate::{self, Oddity, pick};
use super::{Explorer, Goal, Model, Throw};
use crate::asl::{Catcher, Edge, StateId, StateType};
use crate::eval::value::Object;
use crate::eval::{Answer, Value};

use super::super::demand::{Place, at, placed};
use super::super::{MADE_UP, Witness};

impl Explorer<'_, '_> {
    /// Runs what a solver found, with different values for what it leaves open; whether the goal is shown.
    pub(in crate::symex) fn try_model(&mut self, goal: Goal, model: &Model, tries: usize) -> bool {
        const MANY: usize = 8;
        const MANY_WAYS: usize = 12;
        // What is likely to go well comes first, and others have their turn later.
        let is_large = self.is_large();
        for nth in 0..tries {
            // A solver's word is worth one execution even where the effort is spent.
            if nth > 0 && self.for_models == 0 {
                return false;
            }
            // What went well the last time.
            let n = if is_large { (self.went_well + nth) % MANY_WAYS } else { nth };
            let input = match &model.input {
                Some(input) if n.is_multiple_of(3) => input.clone(),
                Some(input) => filled(input, &self.sources.input(&mut self.random, Oddity::Usual), n % 3 == 1),
                None => self.sources.input(&mut self.random, Oddity::Usual),
            };
            let mut answers = self.sources.answers(&mut self.random, Oddity::Usual);
            for (&task, value) in &model.answers {
                let Some(usual) = self.sources.answer(task, &mut self.random, Oddity::Usual) else { continue };
                let is_first = n.is_multiple_of(2);
                let made = match usual.first().map(|answer| &answer.outcome) {
                    Some(outcome) if !n.is_multiple_of(3) => {
                        outcome.value().map_or_else(|| value.clone(), |usual| filled(value, usual, n % 3 == 1))
                    }
                    _ => value.clone(),
                };
                let is_before = match is_large {
                    true => self.sources.is_entered_again(task),
                    false => self.sources.is_repeated(task),
                };
                let mut of_task = if is_first || !is_before { Vec::new() } else { usual };
                of_task.push(self.sources.answered(task, made));
                answers.insert(task, of_task);
            }
            for (&state, throw) in &model.throws {
                self.throw(state, throw, &mut answers);
            }
            let (_, n_entered) = self.run(Case { input, answers });
            self.for_models = self.for_models.saturating_sub(n_entered + 1);
            if !self.missing.contains(&goal) {
                self.went_well = n;
                return true;
            }
        }
        if tries < MANY {
            return false;
        }
        self.states_left = self.states_left.max(std::mem::take(&mut self.for_models));
        self.aim(goal, &[]);
        self.for_models = self.states_left;
        !self.missing.contains(&goal)
    }

    /// Has a task fail: the state itself, or one inside it whose call may be answered so; where there is none, a Map does not get
    /// to its items. What no call is answered with comes of something else.
    fn throw(&self, state: StateId, throw: &Throw, answers: &mut BTreeMap<StateId, Vec<Answer>>) {
        let machine = self.facts.machine;
        let is_wide = |name: &Arc<str>| matches!(&**name, "States.ALL" | "States.TaskFailed");
        let error = throw.error.clone().filter(|name| !is_wide(name)).unwrap_or_else(|| "States.TaskFailed".into());
        let cause = throw.cause.clone().unwrap_or_else(|| MADE_UP.into());
        let mut open = vec![state];
        while let Some(id) = open.pop() {
            let inside = machine.state(id);
            if inside.kind == Some(StateType::Task) && self.facts.errors.raised(id).may_be_answered(&error) {
                answers.insert(id, vec![Answer::throws(error, Some(cause))]);
                return;
            }
            for &scope in inside.scopes() {
                open.extend(machine.scope(scope).states.iter().rev());
            }
        }
        let unread: Arc<str> = "States.ItemReaderFailed".into();
        if self.sources.reads(state) && (error == unread || throw.error.as_ref().is_none_or(is_wide)) {
            answers.insert(state, vec![Answer::throws(unread, Some(cause))]);
        }
    }

    pub(super) fn aim(&mut self, goal: Goal, hints: &[(Goal, Witness)]) -> bool {
        let before = self.missing.len();
        match goal {
            Goal::Rule(choice, _) | Goal::Default(choice) | Goal::NoMatch(choice) | Goal::Failing(choice) => {
                self.aim_at_branch(goal, choice, hints);
            }
            Goal::Caught(state, number) => self.aim_at_catcher(goal, state, number),
            Goal::State(state) => self.aim_at_state(goal, state),
            Goal::End => {
                for _ in 0..8 {
                    self.bend_any(goal);
                }
            }
        }
        self.missing.len() < before
    }

    /// Some cases that enter a state: the best one, and others that differ.
    pub(super) fn entering(&self, state: StateId) -> Option<Case> {
        self.found.get(&Goal::State(state)).map(|&number| self.cases[number].0.clone())
    }

    fn aim_at_branch(&mut self, goal: Goal, choice: StateId, hints: &[(Goal, Witness)]) {
        const TRIES: u64 = 24;
        let Some(base) = self.entering(choice) else { return };
        for (_, hint) in hints.iter().filter(|(hinted, _)| *hinted == goal) {
            let case = self.bent_to(&base, choice, hint);
            self.run(case);
            if !self.missing.contains(&goal) {
                return;
            }
        }
        let slots = self.demand.of_state[choice.index()].clone();
        if slots.is_empty() {
            return;
        }
        // Where executions are long, each of what is missing gets its share of them.
        let length = self.found.get(&Goal::State(choice)).map_or(1, |&number| self.cases[number].1.n_entered + 1);
        let share = self.states_left / (1 + self.missing.len() as u64) / length;
        for n in 0..TRIES.min(share.max(2)) {
            if !self.missing.contains(&goal) || self.is_done() {
                return;
            }
            let mut case = if n % 4 == 3 { self.made_up() } else { base.clone() };
            let most = 1 + self.random.below(slots.len().min(3) as u64);
            for _ in 0..most {
                let Some(&slot) = pick(&mut self.random, &slots) else { break };
                let odd = if matches!(goal, Goal::Failing(_)) { 60 } else { 12 };
                let value = self.value_for(slot, odd);
                self.put(&mut case, slot, value.as_ref());
            }
            self.run(case);
        }
    }

    /// A value for a place that decides, or none.
    fn value_for(&mut self, slot: usize, odd_percent: u64) -> Option<Value> {
        if self.random.below(100) < odd_percent {
            return if self.random.below(2) == 0 { None } else { pick(&mut self.random, &generate::others()).cloned() };
        }
        let question = &self.demand.questions[self.demand.slots[slot].question];
        pick(&mut self.random, &question.values).cloned().or_else(|| Some("a".into()))
    }

    /// Puts a value where a slot says: in the input, or in an answer.
    pub(super) fn put(&mut self, case: &mut Case, slot: usize, value: Option<&Value>) {
        let slot = &self.demand.slots[slot];
        let Some(task) = slot.task else {
            if let Some(input) = placed(Some(&case.input), &slot.way, value) {
                case.input = input;
            }
            return;
        };
        let answers = case.answers.entry(task).or_default();
        let number = usize::try_from(self.random.below(answers.len().max(1) as u64)).unwrap_or_default();
        let old = answers.get(number).and_then(|answer| answer.outcome.value().cloned());
        if let Some(new) = placed(old.as_ref(), &slot.way, value) {
            let new = self.sources.answered(task, new);
            match answers.get_mut(number) {
                Some(answer) => *answer = new,
                None => answers.push(new),
            }
        }
    }

    /// The case with what a Choice asks for as it is in an input of the Choice.
    pub(super) fn bent_to(&mut self, base: &Case, choice: StateId, hint: &Witness) -> Case {
        let mut case = base.clone();
        for slot in self.demand.of_state[choice.index()].clone() {
            let question = &self.demand.questions[self.demand.slots[slot].question];
            let root = match &question.place {
                Place::Input | Place::Effective => Some(&hint.input),
                Place::Variable(name) => hint.variables.get(&**name),
                _ => continue,
            };
            let value = root.and_then(|root| at(root, &question.way)).cloned();
            self.put(&mut case, slot, value.as_ref());
        }
        case
    }

    fn aim_at_catcher(&mut self, goal: Goal, state: StateId, number: usize) {
        let Some(base) = self.entering(state) else { return };
        let machine = self.facts.machine;
        let is_inside = |task: StateId| {
            let mut around = Some(task);
            while let Some(at) = around {
                if at == state {
                    return true;
                }
                around = machine.scope(machine.state(at).scope).place.owner();
            }
            false
        };
        let is_asked = |id: StateId| machine.state(id).kind == Some(StateType::Task) || self.sources.reads(id);
        let tasks = machine.states.iter().map(|task| task.id).filter(|&task| is_asked(task) && is_inside(task));
        let tasks: Vec<StateId> = tasks.take(12).collect();
        let beyond = self.facts.graph.successors(state).find(|(_, edge)| *edge == Edge::Next);
        let beyond = beyond.and_then(|(next, _)| self.entering(next));
        let mut is_first = true;
        for task in tasks {
            // Those first that get there by their names.
            let mut errors = self.sources.errors(task).to_vec();
            errors.sort_by_key(|error| taken_by(&machine.state(state).catchers, error) != Some(number));
            for error in errors {
                if !self.missing.contains(&goal) || self.is_done() && !std::mem::take(&mut is_first) {
                    return;
                }
                is_first = false;
                let mut case = self.entering(task).unwrap_or_else(|| base.clone());
                let error = vec![Answer::throws(error, Some(MADE_UP.into()))];
                case.answers.insert(task, error.clone());
                self.run(case);
                // Where something else went wrong first: a case in which all of it went well.
                if let Some(mut case) = beyond.clone().filter(|_| task != state && self.missing.contains(&goal)) {
                    case.answers.insert(task, error);
                    self.run(case);
                }
            }
        }
        // An expression that fails is caught, too; so is what comes out of a Fail state inside.
        for _ in 0..8 {
            if !self.missing.contains(&goal) || self.is_done() {
                return;
            }
            self.bend_state(&base, state, 60);
        }
    }

    fn aim_at_state(&mut self, goal: Goal, state: StateId) {
        let graph = self.facts.graph;
        let before: Vec<StateId> = graph
            .predecessors(state)
            .filter(|(_, edge)| matches!(edge, Edge::Next))
            .map(|(before, _)| before)
            .chain(self.facts.machine.scope(self.facts.machine.state(state).scope).place.owner())
            .collect();
        for before in before {
            let Some(base) = self.entering(before) else { continue };
            for n in 0..8 {
                if !self.missing.contains(&goal) || self.is_done() {
                    return;
                }
                self.bend_state(&base, before, if n < 6 { 0 } else { 20 });
            }
        }
    }

    /// Runs a case with other values for what a state asks.
    fn bend_state(&mut self, base: &Case, state: StateId, odd_percent: u64) {
        let mut case = base.clone();
        if let Some(answers) = self.sources.answer(state, &mut self.random, Oddity::Usual) {
            case.answers.insert(state, answers);
        }
        for slot in self.demand.of_state[state.index()].clone() {
            if self.random.below(2) == 0 {
                let value = self.value_for(slot, odd_percent);
                self.put(&mut case, slot, value.as_ref());
            }
        }
        self.run(case);
    }

    /// Runs some case with one of its values made up anew.
    fn bend_any(&mut self, goal: Goal) {
        if !self.missing.contains(&goal) || self.is_done() || self.cases.is_empty() {
            return;
        }
        let number = usize::try_from(self.random.below(self.cases.len() as u64)).unwrap_or_default();
        let mut case = self.cases[number].0.clone();
        let tasks: Vec<StateId> = case.answers.keys().copied().collect();
        match pick(&mut self.random, &tasks) {
            Some(&task) if self.random.below(3) > 0 => {
                if let Some(answers) = self.sources.answer(task, &mut self.random, Oddity::Usual) {
                    case.answers.insert(task, answers);
                }
            }
            _ => case.input = self.sources.input(&mut self.random, Oddity::Usual),
        }
        self.run(case);
    }
}

/// The catcher that takes an error, going by its name alone.
fn taken_by(catchers: &[Catcher<'_>], error: &str) -> Option<usize> {
    let is_named = |name: &str| match name {
        "States.ALL" => true,
        "States.TaskFailed" => error != "States.Timeout",
        name => name == error,
    };
    catchers.iter().position(|catcher| catcher.errors.iter().filter_map(|name| name.as_str()).any(is_named))
}

/// A value with what another has beside it, and in the place of `null` too, if that is wanted: a solver says `null` of much that
/// it does not care about.
///
/// Recursion is bounded by the depth of the value.
fn filled(value: &Value, usual: &Value, with_nulls: bool) -> Value {
    match (value, usual) {
        (Value::Null, usual) if with_nulls => usual.clone(),
        (Value::Object(members), Value::Object(others)) => {
            let mut filled = Object::take(Arc::clone(members));
            for (name, other) in others.iter() {
                let inner = members.get(name);
                let inner = inner.map_or_else(|| other.clone(), |inner| self::filled(inner, other, with_nulls));
                filled.insert(Arc::clone(name), inner);
            }
            Value::object(filled)
        }
        _ => value.clone(),
    }
}
