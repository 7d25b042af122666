//! Turns a state into when an execution gets there: what every way to it passes, and what is asked on the way, in words.
//!
//! Nothing is decided here. Transitions that are proved dead are left out, and said to be, as long as others lead to the state.

mod origin;
mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::explore::{Facts, Goal};
use super::proof::{ChoiceProof, Judged, Proof};
use super::{Options, Verdict, local};
use crate::asl::{Catcher, Edge, Machine, Place, Scope, State, StateId, StateType};
use crate::graph::Graph;

use words::joined;

/// How many different ways from one state to the next are told.
const MOST_WAYS: usize = 6;
/// How many beginnings of ways are looked at for them.
const MOST_BEGINNINGS: usize = 5_000;

/// When an execution gets to a state.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The state.
    pub state: StateId,
    /// What every execution that gets there passes, in order; the state itself is last. Empty where no transition leads to it.
    pub steps: Vec<Passed>,
    /// Transitions towards it that no execution takes, each with the reason. The steps are told without them.
    pub left_out: Vec<(StateId, Edge, String)>,
    /// Whether more may lead there: part of what is around it is not known.
    pub is_open: bool,
}

/// A state on every way.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The state.
    pub state: StateId,
    /// For the first one inside another state: which, and as what of it.
    pub inside: Option<Place>,
    /// How an execution comes there from the one before; one of them is gone. Empty where it starts there.
    pub ways: Vec<Way>,
    /// Whether there are more ways than are told.
    pub is_cut: bool,
    /// Sets of states that may be gone around in before.
    pub loops: Vec<Vec<StateId>>,
    /// What else there is to know of the conditions: where values come from, what fails.
    pub notes: Vec<String>,
}

/// States one after the other.
#[derive(Clone, Debug)]
pub struct Way {
    /// From each to the next.
    pub legs: Vec<Leg>,
}

/// From one state to the next.
#[derive(Clone, Debug)]
pub struct Leg {
    /// Where it begins.
    pub from: StateId,
    /// Where it leads.
    pub to: StateId,
    /// One of these is the case.
    pub conditions: Vec<Condition>,
}

/// When a transition is taken.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The transition.
    pub edge: Edge,
    /// What it takes, in words; empty where it takes nothing.
    pub words: String,
    /// Why no execution takes it, where none does.
    pub dead: Option<String>,
}

/// Explains a state. `proof` is what is proved of its machine.
#[must_use]
pub fn explain(facts: Facts<'_, '_>, proof: &Proof, options: Options, state: StateId) -> Explanation {
    let machine = facts.machine;
    let mut dead = BTreeMap::new();
    let mut add = |goal: Goal, judged: &Judged| {
        if let Verdict::Dead(because) = &judged.verdict {
            dead.insert(goal, because.to_string());
        }
    };
    for choice in &proof.choices {
        for (number, judged) in choice.rules.iter().enumerate() {
            add(Goal::Rule(choice.state, number), judged);
        }
        choice.default.iter().for_each(|judged| add(Goal::Default(choice.state), judged));
    }
    for (state, number, judged) in &proof.catchers {
        add(Goal::Caught(*state, *number), judged);
    }
    let mut explaining = Explaining { facts, proof, options, dead, exclusive: BTreeMap::new() };
    let mut explanation = Explanation { state, steps: Vec::new(), left_out: Vec::new(), is_open: false };
    let mut holders = vec![state];
    while let Some(owner) = machine.scope(machine.state(holders[holders.len() - 1]).scope).place.owner() {
        holders.push(owner);
    }
    for &holder in holders.iter().rev() {
        let scope = machine.scope(machine.state(holder).scope);
        explanation.is_open |= facts.graph.is_open(scope.id);
        if !explaining.inside(scope, holder, &mut explanation) {
            explanation.steps.clear();
            break;
        }
    }
    explanation
}

struct Explaining<'f, 't> {
    facts: Facts<'f, 't>,
    proof: &'f Proof,
    options: Options,
    /// By what no execution does: why.
    dead: BTreeMap<Goal, String>,
    /// By Choice: pairs of rules that never both hold.
    exclusive: BTreeMap<StateId, BTreeSet<(usize, usize)>>,
}

/// What else is told of a step.
#[derive(Default)]
struct Notes {
    origins: Vec<String>,
    failures: Vec<String>,
}

impl<'t> Explaining<'_, 't> {
    /// Adds what every way from the start of a scope to a state of it passes; whether there is one.
    fn inside(&mut self, scope: &Scope<'t>, target: StateId, explanation: &mut Explanation) -> bool {
        let facts = self.facts;
        let graph = facts.graph;
        let Some(start) = graph.start(scope.id) else { return false };
        if !reached(graph, start, None, |_, _| true).contains(&target) {
            return false;
        }
        let dead = self.dead.clone();
        let is_live = |from: StateId, edge: Edge| goal(from, edge).is_none_or(|goal| !dead.contains_key(&goal));
        let from_start = reached(graph, start, Some(target), is_live);
        let all = !from_start.contains(&target);
        let keep = |from: StateId, edge: Edge| all || is_live(from, edge);
        if !all {
            let towards = leading(graph, target, is_live);
            for (state, edge, to) in from_start
                .iter()
                .filter(|&&state| state != target)
                .flat_map(|&state| graph.successors(state).map(move |(to, edge)| (state, edge, to)))
            {
                if let Some(why) = goal(state, edge).and_then(|goal| dead.get(&goal))
                    && towards.contains(&to)
                {
                    explanation.left_out.push((state, edge, why.clone()));
                }
            }
        }
        let over: BTreeMap<StateId, StateId> = graph.dominators_among(scope, keep).into_iter().collect();
        let mut chain = vec![target];
        while let Some(&before) = over.get(&chain[chain.len() - 1]) {
            chain.push(before);
        }
        chain.reverse();
        let inside = (scope.place != Place::Top).then_some(scope.place);
        let mut notes = Vec::new();
        if let Place::ItemProcessor(owner) | Place::Iterator(owner) = scope.place {
            notes.extend(items(facts.machine.state(owner)));
        }
        explanation.steps.push(Passed {
            state: chain[0],
            inside,
            ways: Vec::new(),
            is_cut: false,
            loops: Vec::new(),
            notes,
        });
        for pair in chain.windows(2) {
            let step = self.step(pair[0], pair[1], &keep);
            explanation.steps.push(step);
        }
        true
    }

    /// From a state that every way passes to the next one.
    fn step(&mut self, from: StateId, to: StateId, keep: &impl Fn(StateId, Edge) -> bool) -> Passed {
        let graph = self.facts.graph;
        let mut region = reached(graph, from, Some(to), keep);
        let towards = leading(graph, to, keep);
        region.retain(|state| *state != to && towards.contains(state));
        let (paths, is_cut) = paths(graph, from, to, &region, keep);
        let mut notes = Notes::default();
        let mut ways = Vec::new();
        for path in paths {
            let legs = path.windows(2).map(|pair| self.leg(pair[0], pair[1], keep, &mut notes)).collect();
            ways.push(Way { legs });
        }
        let mut loops = graph.cycles_among(|state| region.contains(&state));
        for states in &mut loops {
            states.sort_by_key(|&state| (graph.rank(state), state));
        }
        let mut told = BTreeSet::new();
        let mut notes: Vec<String> = notes.origins.into_iter().chain(notes.failures).collect();
        notes.retain(|note| told.insert(note.clone()));
        Passed { state: to, inside: None, ways, is_cut, loops, notes }
    }

    fn leg(&mut self, from: StateId, to: StateId, keep: &impl Fn(StateId, Edge) -> bool, notes: &mut Notes) -> Leg {
        let facts = self.facts;
        let state = facts.machine.state(from);
        let edges: Vec<Edge> = facts
            .graph
            .successors(from)
            .filter(|&(next, edge)| next == to && keep(from, edge))
            .map(|(_, edge)| edge)
            .collect();
        let mut edges = edges;
        // The rules in their order, `Default` last: so they are asked.
        edges.sort_by_key(|edge| (*edge == Edge::Default, *edge));
        let mut conditions = Vec::new();
        for edge in edges {
            let words = match edge {
                Edge::Choice(_) | Edge::Default => self.chosen(state, edge, to),
                Edge::Catch(number) => caught(state, number),
                _ if !state.catchers.is_empty() => format!("`{}` goes well", state.name()),
                _ => String::new(),
            };
            let dead = goal(from, edge).and_then(|goal| self.dead.get(&goal)).cloned();
            conditions.push(Condition { edge, words, dead });
        }
        if state.kind == Some(StateType::Choice) {
            let asked: Vec<&str> = conditions.iter().map(|condition| condition.words.as_str()).collect();
            notes.origins.extend(origin::of_choice(facts, state, &asked));
            let known = self.proof.choices.iter().find(|choice| choice.state == from);
            let fails = |known: &&ChoiceProof| {
                let rule =
                    known.failed_at.and_then(|at| state.rules().iter().position(|rule| rule.node.span().contains(at)));
                // What comes behind the last rule that leads there is not asked on the way.
                let is_asked = |number: usize| {
                    conditions.iter().any(|condition| match condition.edge {
                        Edge::Choice(last) => number <= last,
                        _ => true,
                    })
                };
                // Going round it is.
                let is_in_loop = || facts.graph.cycles().iter().flatten().any(|&state| state == from);
                matches!(known.runtime_error.verdict, Verdict::Reachable(_))
                    && (rule.is_none_or(is_asked) || is_in_loop())
            };
            if let Some(known) = known.filter(fails) {
                let why = if known.why.is_empty() { "its path finds nothing" } else { &known.why };
                notes.failures.push(format!("a comparison in `{}` may fail the execution: {why}", state.name()));
            }
        }
        Leg { from, to, conditions }
    }

    /// When a rule or `Default` is taken. Of the rules before it count those that lead elsewhere and may hold as well.
    fn chosen(&mut self, state: &State<'t>, edge: Edge, to: StateId) -> String {
        let (facts, rules) = (self.facts, state.rules());
        let options = self.options;
        let exclusive =
            self.exclusive.entry(state.id).or_insert_with(|| local::exclusive(facts.machine, state, options));
        let number = match edge {
            Edge::Choice(number) => number,
            _ => rules.len(),
        };
        let leads_elsewhere = |earlier: usize| {
            let mut ways = facts.graph.successors(state.id);
            !ways.any(|(target, edge)| edge == Edge::Choice(earlier) && target == to)
        };
        let is_dead = |earlier: usize| self.dead.get(&Goal::Rule(state.id, earlier));
        let counting: Vec<usize> = (0..number.min(rules.len()))
            .filter(|&earlier| leads_elsewhere(earlier) && !exclusive.contains(&(earlier, number)))
            .collect();
        let Edge::Choice(_) = edge else {
            let told = |&earlier: &usize| match is_dead(earlier) {
                None => format!("rule {earlier}: {}", words::of_rule(&rules[earlier], false)),
                Some(why) => format!("rule {earlier} never does: {why}"),
            };
            let others = if counting.len() == rules.len() { "" } else { " that leads elsewhere" };
            return match counting.as_slice() {
                [] => format!("`Default` of `{}` is taken", state.name()),
                _ => format!("no rule of `{}`{others} holds: {}", state.name(), listed(&counting, told)),
            };
        };
        let holds = format!("rule {number} of `{}` holds: {}", state.name(), words::of_rule(&rules[number], true));
        let counting: Vec<usize> = counting.into_iter().filter(|&earlier| is_dead(earlier).is_none()).collect();
        let told =
            |&earlier: &usize| format!("and rule {earlier} does not: {}", words::of_rule(&rules[earlier], false));
        if counting.is_empty() { holds } else { format!("{holds}; {}", listed(&counting, told)) }
    }
}

/// How many rules that do not hold are told.
const MOST_RULES: usize = 8;

/// What is told of some rules; of many the first and their number.
fn listed(rules: &[usize], told: impl Fn(&usize) -> String) -> String {
    let mut parts: Vec<String> = rules.iter().take(MOST_RULES).map(told).collect();
    if rules.len() > MOST_RULES {
        parts.push(format!("and {} more rules do not", rules.len() - MOST_RULES));
    }
    parts.join("; ")
}

/// What a transition shows where it is taken.
const fn goal(from: StateId, edge: Edge) -> Option<Goal> {
    match edge {
        Edge::Choice(number) => Some(Goal::Rule(from, number)),
        Edge::Default => Some(Goal::Default(from)),
        Edge::Catch(number) => Some(Goal::Caught(from, number)),
        Edge::Next | Edge::Branch(_) | Edge::Item => None,
    }
}

/// What a state leads to, itself among them; beyond `end` nothing is looked at.
fn reached(
    graph: &Graph<'_>,
    from: StateId,
    end: Option<StateId>,
    keep: impl Fn(StateId, Edge) -> bool,
) -> BTreeSet<StateId> {
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(state) = open.pop() {
        if Some(state) == end {
            continue;
        }
        for (to, _) in graph.successors(state).filter(|&(_, edge)| keep(state, edge)) {
            if found.insert(to) {
                open.push(to);
            }
        }
    }
    found
}

/// What leads to a state, itself among them.
fn leading(graph: &Graph<'_>, to: StateId, keep: impl Fn(StateId, Edge) -> bool) -> BTreeSet<StateId> {
    let mut found = BTreeSet::from([to]);
    let mut open = vec![to];
    while let Some(state) = open.pop() {
        for (from, _) in graph.predecessors(state).filter(|&(from, edge)| keep(from, edge)) {
            if found.insert(from) {
                open.push(from);
            }
        }
    }
    found
}

/// Ways between two states through a region that enter no state twice, shortest first, and whether there may be more.
fn paths(
    graph: &Graph<'_>,
    from: StateId,
    to: StateId,
    region: &BTreeSet<StateId>,
    keep: &impl Fn(StateId, Edge) -> bool,
) -> (Vec<Vec<StateId>>, bool) {
    let mut found = Vec::new();
    let mut open = VecDeque::from([vec![from]]);
    let mut n_looked_at = 0;
    while let Some(path) = open.pop_front() {
        let last = path[path.len() - 1];
        if last == to {
            if found.len() == MOST_WAYS {
                return (found, true);
            }
            found.push(path);
            continue;
        }
        n_looked_at += 1;
        if n_looked_at > MOST_BEGINNINGS {
            return (found, true);
        }
        let mut seen = BTreeSet::new();
        for (next, _) in graph.successors(last).filter(|&(_, edge)| keep(last, edge)) {
            if (next == to || region.contains(&next)) && !path.contains(&next) && seen.insert(next) {
                open.push_back(path.iter().copied().chain([next]).collect());
            }
        }
    }
    (found, false)
}

/// When a catcher is entered.
fn caught(state: &State<'_>, number: usize) -> String {
    let names = |catcher: &Catcher<'_>| -> Vec<String> {
        catcher.errors.iter().filter_map(|error| error.as_str()).map(|name| format!("`{name}`")).collect()
    };
    let Some(catcher) = state.catchers.get(number) else { return String::new() };
    let own = names(catcher);
    let before: Vec<String> = state.catchers[..number].iter().flat_map(names).collect();
    let all = ["`States.ALL`", "`States.TaskFailed`"];
    let is_wide = |name: &String| all.contains(&name.as_str());
    let told: Vec<String> = own
        .iter()
        .filter(|name| !before.contains(name))
        .map(|name| match name.as_str() {
            "`States.ALL`" => "any error".to_owned(),
            "`States.TaskFailed`" => "any error but `States.Timeout`".to_owned(),
            _ => name.clone(),
        })
        .collect();
    let mut words = format!("`{}` fails with {}", state.name(), joined(&told, "or"));
    if told.is_empty() {
        words = format!("`{}` fails with {}, which an earlier catcher takes", state.name(), joined(&own, "or"));
    } else if own.iter().any(is_wide) && !before.is_empty() {
        words += &format!(" other than {}", joined(&before, "or"));
    }
    let retried = state.retriers.iter().flat_map(|retrier| &retrier.errors).filter_map(|error| error.as_str());
    if retried.map(|name| format!("`{name}`")).any(|name| is_wide(&name) || own.contains(&name)) {
        words += " (retrying does not help)";
    }
    words
}

/// What a Map goes over: without items nothing inside is entered.
fn items(map: &State<'_>) -> Option<String> {
    if map.field("ItemReader").is_some() {
        return Some(format!("`{}` has an item: its `ItemReader` finds one", map.name()));
    }
    let path = map.field("Items").or_else(|| map.field("ItemsPath"));
    let words = match path.and_then(|field| field.value.as_str()) {
        Some(text) => format!("`{text}`"),
        None if path.is_some() => "`Items`".to_owned(),
        None => "its input".to_owned(),
    };
    Some(format!("`{}` has an item: {words} is not empty", map.name()))
}

/// The states of a machine that are called so; a name may stand in several scopes.
#[must_use]
pub fn named(machine: &Machine<'_>, name: &str) -> Vec<StateId> {
    machine.states.iter().filter(|state| state.name() == name).map(|state| state.id).collect()
}
