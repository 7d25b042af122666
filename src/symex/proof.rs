//! Turns a machine into verdicts on everything that may happen in it: rules, `Default`, states, catchers, its end.
//!
//! What an execution has shown is reachable. What the Choice itself excludes, whatever comes in, is dead; so is what no transition
//! leads to, and a catcher whose errors nothing raises. The rest is unknown, each with the reason. A verdict says what it rests
//! on: [`Ground::AnyInput`] holds of the Choice alone, [`Ground::Machine`] only of this machine.

use std::collections::BTreeMap;

use super::explore::{Effort, Explored, Explorer, Facts, Goal, goals};
use super::machine::{Found, decide};
use super::solver::Backend;
use super::{Because, ChoiceVerdicts, Ground, Options, Reason, Shadows, Verdict, Witness, interrupt, local_among};
use crate::asl::{Catcher, Choice, Field, Language, Machine, State, StateId, StateType};
use crate::flow::premise::{Premises, Use};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// A verdict and what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// What it rests on.
    pub ground: Ground,
    /// The premises without which it is not proved, in words.
    pub premises: Vec<String>,
}

/// What is known of a Choice in its machine.
#[derive(Clone, Debug)]
pub struct ChoiceProof {
    /// The Choice.
    pub state: StateId,
    /// Whether any execution gets there.
    pub reached: Judged,
    /// Of each rule, in order: whether it is taken.
    pub rules: Vec<Judged>,
    /// Whether `Default` is taken; `None` where there is none.
    pub default: Option<Judged>,
    /// Whether no rule holds and there is no `Default`.
    pub no_match: Judged,
    /// Whether a comparison fails the execution.
    pub runtime_error: Judged,
    /// How: "`$.n` may be missing". Empty where none does, or where it is not known how one might.
    pub why: String,
    /// Where, in the execution that shows it: the expression that fails, or the part of it that does.
    pub failed_at: Option<Span>,
    /// What is known of it on its own, whatever comes in.
    pub local: Option<ChoiceVerdicts>,
}

/// What is known of a machine.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Its Choices, in document order.
    pub choices: Vec<ChoiceProof>,
    /// Every state: whether an execution enters it.
    pub states: Vec<(StateId, Judged)>,
    /// Every catcher, by its state and number: whether an execution enters it.
    pub catchers: Vec<(StateId, usize, Judged)>,
    /// Whether an execution succeeds.
    pub end: Judged,
    /// How many executions were run.
    pub n_executions: usize,
    /// For how much solvers found an execution before one was run.
    pub n_modelled: usize,
    /// How many inputs solvers found that the interpreter did not confirm.
    pub n_not_replayed: usize,
}

/// How much is done for a proof.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// Executions; as many as the machine is worth where nothing is said.
    pub effort: Option<Effort>,
    /// Which solver is asked.
    pub backend: Backend,
    /// What it may use for one question, in conflicts.
    pub budget: u64,
}

impl Bounds {
    /// As much as Choices on their own get.
    #[must_use]
    pub fn of(options: Options) -> Self {
        Self { effort: None, backend: options.backend, budget: options.budget }
    }
}

/// What is known on the way.
struct Known<'k, 't> {
    facts: Facts<'k, 't>,
    explored: Explored,
    local: BTreeMap<StateId, ChoiceVerdicts>,
    /// By goal: why not.
    dead: BTreeMap<Goal, Because>,
    /// What the solver found.
    found: Found,
}

/// Proves what can be proved of a machine. `local` is what is known of its Choices on their own.
#[must_use]
pub fn prove(facts: Facts<'_, '_>, mut local: BTreeMap<StateId, ChoiceVerdicts>, bounds: Bounds) -> Proof {
    let machine = facts.machine;
    let dead = excluded(facts);
    let mut missing = goals(machine);
    missing.retain(|goal| {
        let locally = goal.state().and_then(|state| goal.locally(local.get(&state)?));
        !dead.contains_key(goal) && !locally.is_some_and(Verdict::is_dead)
    });
    let hints: Vec<(Goal, Witness)> = missing
        .iter()
        .filter_map(|&goal| Some((goal, goal.locally(local.get(&goal.state()?)?)?.witness()?.clone())))
        .collect();
    let effort = bounds.effort.unwrap_or_else(|| Effort::of(machine));
    let mut explorer = Explorer::new(facts, missing, effort);
    explorer.by_chance();
    let mut found = Found::default();
    if !explorer.missing().is_empty() && !interrupt::has_come() {
        let locally = |(&state, local): (&StateId, &ChoiceVerdicts)| {
            let state = machine.state(state);
            let goals = goals_of(state).into_iter().filter(|goal| goal.locally(local).is_some_and(Verdict::is_dead));
            goals.collect::<Vec<_>>()
        };
        let excluded = dead.keys().copied().chain(local.iter().flat_map(locally)).collect();
        found = decide(&mut explorer, &excluded, bounds.backend, bounds.budget, &hints);
    }
    if interrupt::has_come() {
        found.unknown.extend(explorer.missing().into_iter().map(|goal| (goal, Reason::Interrupted)));
    }
    // What nothing brings is no wrong type.
    for (&choice, verdicts) in &mut local {
        verdicts.wrong_types = explorer.arriving(choice, &verdicts.wrong_types);
    }
    let explored = explorer.finish(if interrupt::has_come() { 0 } else { effort.shrinking });
    let known = Known { facts, explored, local, dead, found };
    known.proof()
}

/// How many premises are told apart; beyond that a verdict names all of them.
const MOST_PREMISES: usize = 4;

/// Proves what can be proved of a machine under premises. What is proved dead and is not without one of them names it.
#[must_use]
pub fn prove_under(facts: Facts<'_, '_>, local: &BTreeMap<StateId, ChoiceVerdicts>, bounds: Bounds) -> Proof {
    let mut proof = prove(facts, local.clone(), bounds);
    let mut each: Vec<(String, Premises)> = facts.premises.each(Use::Proofs).collect();
    if each.len() > MOST_PREMISES {
        let words: Vec<String> = each.into_iter().map(|(words, _)| words).collect();
        each = vec![(words.join(", and "), Premises::default())];
    }
    for (words, rest) in &each {
        let without = prove(Facts { premises: rest, ..facts }, local.clone(), bounds);
        for (judged, other) in proof.judged_mut().into_iter().zip(without.judged()) {
            if judged.verdict.is_dead() && !other.verdict.is_dead() {
                judged.premises.push(words.clone());
            }
        }
    }
    proof
}

impl Proof {
    /// All that is judged, in order.
    fn judged(&self) -> Vec<&Judged> {
        let choices = self.choices.iter().flat_map(ChoiceProof::judged);
        let states = self.states.iter().map(|(_, judged)| judged);
        let catchers = self.catchers.iter().map(|(_, _, judged)| judged);
        choices.chain(states).chain(catchers).chain([&self.end]).collect()
    }

    fn judged_mut(&mut self) -> Vec<&mut Judged> {
        let choices = self.choices.iter_mut().flat_map(|choice| {
            let ChoiceProof { reached, rules, default, no_match, runtime_error, .. } = choice;
            [reached].into_iter().chain(rules).chain(default).chain([no_match, runtime_error])
        });
        let states = self.states.iter_mut().map(|(_, judged)| judged);
        let catchers = self.catchers.iter_mut().map(|(_, _, judged)| judged);
        choices.chain(states).chain(catchers).chain([&mut self.end]).collect()
    }
}

impl ChoiceProof {
    fn judged(&self) -> impl Iterator<Item = &Judged> {
        [&self.reached].into_iter().chain(&self.rules).chain(&self.default).chain([&self.no_match, &self.runtime_error])
    }
}

/// What is known of the Choices of a machine on their own, whatever comes to them.
#[must_use]
pub fn locally(facts: Facts<'_, '_>, options: Options) -> BTreeMap<StateId, ChoiceVerdicts> {
    let machine = facts.machine;
    let choices = machine.states.iter().filter(|state| state.kind == Some(StateType::Choice));
    let shadows = Shadows::default();
    choices
        .filter_map(|state| Some((state.id, local_among(machine, state, Some(facts.kind), options, &shadows)?)))
        .collect()
}

/// What transitions and errors exclude, whatever values there are.
fn excluded(facts: Facts<'_, '_>) -> BTreeMap<Goal, Because> {
    let machine = facts.machine;
    let mut dead = BTreeMap::new();
    for state in &machine.states {
        let mut around = Some(state.id);
        let mut unreached = None;
        while let Some(id) = around {
            if !facts.graph.is_reachable(id) {
                unreached = Some(id);
            }
            around = machine.scope(machine.state(id).scope).place.owner();
        }
        if let Some(id) = unreached {
            let why = match id == state.id {
                true => "no transition leads to it".to_owned(),
                false => format!("no transition leads to `{}` around it", machine.state(id).name()),
            };
            dead.insert(Goal::State(state.id), Because::Before(why));
            for goal in goals_of(state) {
                dead.insert(goal, Because::Unreached);
            }
            continue;
        }
        for (number, catcher) in state.catchers.iter().enumerate() {
            if let Some(why) = never_caught(facts, state, number, catcher) {
                dead.insert(Goal::Caught(state.id, number), Because::Before(why));
            }
        }
    }
    dead
}

/// Everything that a state may do once it is entered.
fn goals_of(state: &State<'_>) -> Vec<Goal> {
    let id = state.id;
    let mut goals: Vec<Goal> = (0..state.catchers.len()).map(|number| Goal::Caught(id, number)).collect();
    if state.kind == Some(StateType::Choice) {
        goals.extend((0..state.rules().len()).map(|number| Goal::Rule(id, number)));
        goals.extend([Goal::Default(id), Goal::NoMatch(id), Goal::Failing(id)]);
    }
    goals
}

/// Why no failure of the state gets to a catcher, where that is certain.
fn never_caught(facts: Facts<'_, '_>, state: &State<'_>, number: usize, catcher: &Catcher<'_>) -> Option<String> {
    let before: Vec<&str> = state.catchers[..number].iter().flat_map(|other| &other.errors).filter_map(name).collect();
    if before.contains(&"States.ALL") {
        return Some("the catcher of `States.ALL` before it takes every error".to_owned());
    }
    let raised = facts.errors.raised(state.id);
    if !raised.caught(state, number).is_nothing() {
        return None;
    }
    let name = catcher.errors.first().and_then(name)?;
    let is_of_values = |own: &str| matches!(own, "States.Runtime" | "States.DataLimitExceeded");
    let is_of_calls = raised.is_open() || raised.are_of_calls();
    let raises_nothing = !is_of_calls && raised.names().next().is_none() && raised.own().all(is_of_values);
    let all_but = "the catcher of `States.TaskFailed` before it takes every error but `States.Timeout`";
    Some(match name {
        _ if before.contains(&name) => format!("a catcher before it takes `{name}`"),
        "States.ALL" | "States.TaskFailed" if raises_nothing => {
            "nothing in it raises an error that can be caught".to_owned()
        }
        "States.TaskFailed" if before.is_empty() => "it stands for nothing that comes out of the state".to_owned(),
        "States.ALL" | "States.TaskFailed" => "the catchers before it take every error that it could".to_owned(),
        "States.Runtime" => "nothing catches `States.Runtime`".to_owned(),
        name if raised.may_be(name) => all_but.to_owned(),
        name => format!("nothing in it raises `{name}`"),
    })
}

fn name<'t>(node: &Node<'t>) -> Option<&'t str> {
    node.as_str().filter(|_| !node.is_open())
}

impl Known<'_, '_> {
    fn proof(mut self) -> Proof {
        let machine = self.facts.machine;
        let choices = machine.states.iter().filter_map(|state| Some(self.choice(state, state.choice()?))).collect();
        let states = machine.states.iter().map(|state| (state.id, self.judge_last(Goal::State(state.id)))).collect();
        let mut catchers = Vec::new();
        for state in &machine.states {
            for (number, catcher) in state.catchers.iter().enumerate() {
                let judged = self.judge_last(Goal::Caught(state.id, number));
                catchers.push((state.id, number, leading(machine, state, judged, catcher.next)));
            }
        }
        let end = self.judge_last(Goal::End);
        let n_not_replayed =
            self.local.values().map(|local| local.n_not_replayed).sum::<usize>() + self.found.n_not_replayed;
        let n_executions = self.explored.n_executions;
        let n_modelled = self.found.modelled.len();
        let mut proof = Proof { choices, states, catchers, end, n_executions, n_modelled, n_not_replayed };
        let mut reason = None;
        for judged in proof.judged_mut() {
            if judged.verdict == Verdict::Unknown(Reason::Open) {
                judged.verdict = Verdict::Unknown(reason.get_or_insert_with(|| why_open(machine)).clone());
            }
        }
        proof
    }

    fn choice(&mut self, state: &State<'_>, choice: &Choice<'_>) -> ChoiceProof {
        let (id, machine) = (state.id, self.facts.machine);
        let has_default = choice.default.is_some();
        let no_match = match has_default {
            true => Judged { verdict: Verdict::Dead(Because::Default), ground: Ground::AnyInput, premises: Vec::new() },
            false => match self.judge_last(Goal::NoMatch(id)) {
                // What is not seen of it may take what the others leave.
                judged if state.is_open && !judged.verdict.is_dead() => {
                    Judged { verdict: Verdict::Unknown(Reason::Open), ..judged }
                }
                judged => judged,
            },
        };
        let runtime_error = self.judge_last(Goal::Failing(id));
        let why = match runtime_error.verdict {
            Verdict::Dead(_) => String::new(),
            Verdict::Reachable(_) => self.why(state),
            Verdict::Unknown(_) => self.found.missing.remove(&id).unwrap_or_default(),
        };
        let reached = self.judge(Goal::State(id));
        let rules = choice.rules.iter().enumerate();
        let rules: Vec<Judged> = rules
            .map(|(number, rule)| leading(machine, state, self.judge_last(Goal::Rule(id, number)), rule.next))
            .collect();
        let default = has_default.then(|| leading(machine, state, self.judge_last(Goal::Default(id)), choice.default));
        let failed_at = self.explored.failures.get(&id).and_then(|failure| failure.at);
        let mut local = self.local.remove(&id);
        if let Some(local) = &mut local {
            let is_excluded = |rule: usize| rules[rule].ground == Ground::Machine && rules[rule].verdict.is_dead();
            local.overlaps.retain(|overlap| ![overlap.first, overlap.second].into_iter().any(is_excluded));
        }
        ChoiceProof { state: id, reached, rules, default, no_match, runtime_error, why, failed_at, local }
    }

    /// How a comparison of a Choice fails.
    fn why(&self, state: &State<'_>) -> String {
        if let Some(failure) = self.explored.failures.get(&state.id) {
            let text = failure.at.map(|at| self.text(state, at)).unwrap_or_default();
            let cause = failure.cause.as_deref().unwrap_or_default();
            let cause = cause.split_once(") . ").or_else(|| cause.split_once("). ")).map_or(cause, |(_, cause)| cause);
            return if text.starts_with('$') && cause.contains(&text) || text.is_empty() {
                cause.to_owned()
            } else {
                format!("`{text}`: {cause}")
            };
        }
        self.local.get(&state.id).map(|local| local.runtime_error.why.clone()).unwrap_or_default()
    }

    /// What stands there; of a part of a path the whole path.
    fn text(&self, state: &State<'_>, at: Span) -> String {
        let whole = || {
            let around = state.node.descendants().filter(|node| node.token().contains(at)).filter_map(Node::as_str);
            around.last().filter(|_| state.language == Language::JsonPath)
        };
        whole().unwrap_or_else(|| at.of(state.node.tree().text())).to_owned()
    }

    /// The same, where nobody asks again: witnesses of large machines are large.
    fn judge_last(&mut self, goal: Goal) -> Judged {
        match self.explored.witnesses.remove(&goal) {
            Some(witness) => {
                Judged { verdict: Verdict::Reachable(Box::new(witness)), ground: Ground::Machine, premises: Vec::new() }
            }
            None => self.judge(goal),
        }
    }

    fn judge(&mut self, goal: Goal) -> Judged {
        if let Some(witness) = self.explored.witnesses.get(&goal) {
            debug_assert!(!self.found.dead.contains_key(&goal), "an execution shows what is called dead: {goal:?}");
            return Judged {
                verdict: Verdict::Reachable(Box::new(witness.clone())),
                ground: Ground::Machine,
                premises: Vec::new(),
            };
        }
        if let Some(because) = self.dead.get(&goal) {
            return Judged { verdict: Verdict::Dead(because.clone()), ground: Ground::Machine, premises: Vec::new() };
        }
        let locally = goal.state().and_then(|state| goal.locally(self.local.get(&state)?));
        if let (Some(because), false) = (self.found.dead.get(&goal), locally.is_some_and(Verdict::is_dead)) {
            return Judged { verdict: Verdict::Dead(because.clone()), ground: Ground::Machine, premises: Vec::new() };
        }
        match locally {
            Some(dead @ Verdict::Dead(_)) => {
                Judged { verdict: dead.clone(), ground: Ground::AnyInput, premises: Vec::new() }
            }
            Some(Verdict::Unknown(reason)) => {
                Judged { verdict: Verdict::Unknown(reason.clone()), ground: Ground::AnyInput, premises: Vec::new() }
            }
            _ => Judged { verdict: Verdict::Unknown(self.reason(goal)), ground: Ground::Machine, premises: Vec::new() },
        }
    }

    /// Why nothing is known of what no execution has shown.
    fn reason(&self, goal: Goal) -> Reason {
        let is_open = |state| self.facts.graph.is_open(self.facts.machine.state(state).scope);
        match self.found.unknown.get(&goal).unwrap_or(&Reason::NotReproduced) {
            reason if !goal.state().is_some_and(is_open) => reason.clone(),
            _ => Reason::Open,
        }
    }
}

/// What is known of a branch with what it names to go on to: where no state is called so, nothing goes there.
fn leading(machine: &Machine<'_>, state: &State<'_>, judged: Judged, next: Option<Field<'_>>) -> Judged {
    let name = next.and_then(|next| next.value.as_str().filter(|_| !next.value.is_open()));
    let is_there = name.is_none_or(|name| machine.find(state.scope, name).is_some());
    match judged.verdict {
        Verdict::Reachable(_) if !is_there => Judged { verdict: Verdict::Unknown(Reason::Open), ..judged },
        _ => judged,
    }
}

/// Why something of a machine is not seen: a placeholder stands for it, or the text is broken. Without either the service refuses
/// what stands there.
fn why_open(machine: &Machine<'_>) -> Reason {
    let tree = machine.node.tree();
    let is_placeholder = |node: Node<'_>| {
        let is_written = || node.token().of(tree.text()).contains("${");
        node.kind() == Kind::Hole || node.tag().is_some() || node.has_hole() && is_written()
    };
    let is_of_no_type = |state: &State<'_>| {
        !state.is_open && state.kind.is_none() && state.node.get("Type").is_none_or(|kind| !kind.is_open())
    };
    let mut nodes =
        machine.node.descendants().flat_map(|node| [node].into_iter().chain(node.members().map(|member| member.key)));
    if nodes.any(is_placeholder) {
        // Nobody fills in a type that there is not.
        return if machine.states.iter().any(is_of_no_type) { Reason::Refused } else { Reason::Open };
    }
    if tree.errors().is_empty() { Reason::Refused } else { Reason::Broken }
}
