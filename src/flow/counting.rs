//! Turns a machine into the loops that count: a number that each round adds to, what it begins with, and the number at which
//! a Choice lets executions out.
//!
//! A count is what is told for certain: one place of the document or one variable, changed by one state of the loop, and set to
//! numbers of the definition on every way into it. What cannot be read is no count.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::asl::expression::{Expression, Form, Jsonata, MemberName, Origin, Reference};
use crate::asl::intrinsic::{ArgumentKind, Function};
use crate::asl::jsonata::{Ast, ExprId, Kind, Op};
use crate::asl::sites::Owner;
use crate::asl::{Comparator, Edge, Language, Operand, Order, Rule, State, StateId, StateType, Test};
use crate::syntax::Node;
use crate::text::Span;

use super::loops::{Changes, Facts};
use super::variables::{Meaning, VariableId};

/// A loop that counts.
#[derive(Clone, Debug)]
pub struct Count<'t> {
    /// Its states, in document order.
    pub states: Vec<StateId>,
    /// Where the number is compared: the operand, or the whole condition.
    pub limit: Node<'t>,
    /// Where the number is changed.
    pub step: Node<'t>,
    /// The number as it is written where it is compared: `$n`, `$.it.n`, `$states.input.n`.
    pub name: String,
    /// How often the number is changed before the Choice lets an execution out for it, at least.
    pub n_rounds: i64,
    /// Events of the history between two changes, at least.
    pub n_events: i64,
    /// Whether nothing but the count leads out of the loop, failures included that are caught.
    pub is_only_way_out: bool,
}

/// A loop that counts, and whose count never gets to where it would let an execution out.
#[derive(Clone, Debug)]
pub struct StuckCount<'t> {
    /// Its states, in document order.
    pub states: Vec<StateId>,
    /// Where the number is compared.
    pub limit: Node<'t>,
    /// Where the number is changed.
    pub step: Node<'t>,
    /// The number as it is written where it is compared.
    pub name: String,
}

/// A number that a Choice lets executions out for.
struct Counted<'t> {
    guard: Guard<'t>,
    change: Change<'t>,
    /// By beginning: how often it is changed until then; nothing where it never gets there.
    rounds: Vec<Option<i64>>,
    is_only_way_out: bool,
}

/// Where a number is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Variable(VariableId),
    Document(Vec<String>),
}

/// A number that is kept somewhere, plus a constant.
#[derive(Clone, Debug)]
struct Sum {
    place: Place,
    plus: i64,
    name: String,
}

/// What holds of a number where an execution leaves for it.
struct Guard<'t> {
    sum: Sum,
    order: Op,
    limit: i64,
    at: Node<'t>,
    /// Whether nothing else is asked with it.
    is_alone: bool,
}

/// Where a loop's number is changed, and by how much.
struct Change<'t> {
    state: StateId,
    at: Node<'t>,
    by: i64,
}

impl<'c, 't> Facts<'c, 't> {
    /// The loops that count, by their first states. `number` reads what a field is set to, where that is a whole number.
    #[must_use]
    pub fn counts(self, number: impl Fn(Node<'t>) -> Option<i64>) -> Vec<Count<'t>> {
        let cycles = self.graph.cycles();
        cycles.iter().filter_map(|cycle| self.count(cycle, &number)).collect()
    }

    /// The loops that nothing but a count leads out of which never gets there: it goes the other way, or past the limit.
    #[must_use]
    pub fn stuck_counts(self, number: impl Fn(Node<'t>) -> Option<i64>) -> Vec<StuckCount<'t>> {
        /// Numbers that no history is long enough to carry away from the whole numbers.
        const MOST: i64 = 1_000_000;
        let is_small = |one: &Counted<'t>| [one.guard.limit, one.change.by].iter().all(|number| number.abs() <= MOST);
        let stuck = |cycle: &Vec<StateId>| {
            let mut all = self.counted(cycle, &number).into_iter();
            let one = all.find(|one| one.is_only_way_out && one.rounds.iter().all(Option::is_none) && is_small(one))?;
            Some(StuckCount {
                states: cycle.clone(),
                limit: one.guard.at,
                step: one.change.at,
                name: one.guard.sum.name,
            })
        };
        self.graph.cycles().iter().filter_map(stuck).collect()
    }

    fn count(self, cycle: &[StateId], number: &dyn Fn(Node<'t>) -> Option<i64>) -> Option<Count<'t>> {
        let mut first: Option<Count<'t>> = None;
        for Counted { guard, change, rounds, is_only_way_out } in self.counted(cycle, number) {
            let Some(n_rounds) = rounds.into_iter().min().flatten() else { continue };
            if first.as_ref().is_some_and(|first| first.n_rounds <= n_rounds) {
                continue;
            }
            let n_events = self.shortest_round(cycle, change.state)?;
            let (limit, name, step) = (guard.at, guard.sum.name, change.at);
            let states = cycle.to_vec();
            first = Some(Count { states, limit, step, name, n_rounds, n_events, is_only_way_out });
        }
        first
    }

    /// The numbers of a loop that a Choice lets executions out for.
    fn counted(self, cycle: &[StateId], number: &dyn Fn(Node<'t>) -> Option<i64>) -> Vec<Counted<'t>> {
        let scope = self.machine.state(cycle[0]).scope;
        let is_open = |state: &StateId| self.machine.state(*state).node.may_have_more();
        let mut found = Vec::new();
        if self.graph.is_open(scope)
            || self.variables.seen_from(scope).any(|scope| self.variables.is_open(scope))
            || cycle.iter().any(is_open)
            || !self.graph.is_reachable(cycle[0])
        {
            return found;
        }
        let leads_out = |&(to, edge): &(StateId, Edge)| !is_catch(edge) && cycle.binary_search(&to).is_err();
        let choices = cycle.iter().filter(|&&state| self.graph.successors(state).any(|step| leads_out(&step)));
        let choices: Vec<&State<'t>> = choices.map(|&state| self.machine.state(state)).collect();
        for choice in choices.iter().filter(|state| state.field("InputPath").is_none()) {
            for (i, rule) in choice.rules().iter().enumerate() {
                let Some(to) = self.graph.successors(choice.id).find(|&(_, edge)| edge == Edge::Choice(i)) else {
                    continue;
                };
                let mut guards = Vec::new();
                self.guards(choice, rule, leads_out(&to), true, &mut guards);
                for guard in guards {
                    let Some(change) = self.change(cycle, &guard.sum.place) else { continue };
                    let Some(starts) = self.starts(cycle, &guard.sum.place, number) else { continue };
                    let rounds = starts.iter().map(|&start| rounds(&guard, change.by, start)).collect();
                    let is_only_way_out = guard.is_alone
                        && choices.len() == 1
                        && choice.rules().len() == 1
                        && !cycle.iter().any(|&state| self.may_end_it(state, cycle));
                    found.push(Counted { guard, change, rounds, is_only_way_out });
                }
            }
        }
        found
    }

    /// Whether a state of a loop ends it by itself: as the last state, or by a failure that is caught outside.
    fn may_end_it(self, state: StateId, cycle: &[StateId]) -> bool {
        let mut steps = self.graph.successors(state);
        self.machine.state(state).is_terminal()
            || steps.any(|(to, edge)| is_catch(edge) && cycle.binary_search(&to).is_err())
    }

    /// The comparisons of a rule each of which alone lets executions out: by holding where the rule `leaves`, else by failing.
    fn guards(self, choice: &State<'t>, rule: &Rule<'t>, leaves: bool, is_alone: bool, found: &mut Vec<Guard<'t>>) {
        match &rule.test {
            Some(Test::Comparison(comparison)) => {
                let Comparator::Numeric(order, Operand::Literal) = comparison.comparator else { return };
                let Some(variable) = comparison.variable else { return };
                let sum = self.expression(choice.id, variable.value).and_then(|read| self.sum(choice, read));
                let (Some(sum), Some(limit)) = (sum, comparison.field.value.as_i64()) else { return };
                let order = match order {
                    Order::Equals => Op::Equal,
                    Order::LessThan => Op::Less,
                    Order::GreaterThan => Op::Greater,
                    Order::LessThanEquals => Op::LessOrEqual,
                    Order::GreaterThanEquals => Op::GreaterOrEqual,
                };
                let order = if leaves { order } else { negated(order) };
                found.push(Guard { sum, order, limit, at: comparison.field.value, is_alone });
            }
            Some(Test::And(rules)) if !leaves => {
                rules.iter().for_each(|rule| self.guards(choice, rule, leaves, false, found));
            }
            Some(Test::Or(rules)) if leaves => {
                rules.iter().for_each(|rule| self.guards(choice, rule, leaves, false, found));
            }
            Some(Test::Not(rule)) => self.guards(choice, rule, !leaves, is_alone, found),
            Some(Test::Condition(condition)) => {
                let Some(expression) = self.expression(choice.id, condition.value) else { return };
                let Form::Jsonata(jsonata) = &expression.form else { return };
                let references = expression.references();
                if jsonata.parsed.errors.is_empty() {
                    let reader =
                        Reader { facts: self, state: choice, node: expression.node, references: &references, jsonata };
                    reader.guards(jsonata.parsed.ast.root(), leaves, is_alone, found);
                }
            }
            _ => {}
        }
    }

    /// The one change of a number in a loop; `None` where there is not exactly one, or it is no addition.
    fn change(self, cycle: &[StateId], place: &Place) -> Option<Change<'t>> {
        let (state, at) = match place {
            Place::Variable(variable) => {
                let mut inside =
                    self.variables.assignments_of(*variable).filter(|set| cycle.binary_search(&set.state).is_ok());
                let only = inside.next().filter(|set| set.owner == Owner::State)?;
                if inside.next().is_some() {
                    return None;
                }
                (only.state, only.value)
            }
            Place::Document(place) => {
                let is_caught_inside = |&&state: &&StateId| {
                    self.graph.successors(state).any(|(to, edge)| is_catch(edge) && cycle.binary_search(&to).is_ok())
                };
                if cycle.iter().any(|state| is_caught_inside(&state)) {
                    return None;
                }
                let mut writers = cycle.iter().filter(|&&state| self.writes(state, place));
                let &only = writers.next()?;
                if writers.next().is_some() {
                    return None;
                }
                (only, written(self.machine.state(only), place)?)
            }
        };
        let holder = self.machine.state(state);
        let sum = self.sum(holder, self.expression(state, at)?)?;
        (sum.place == *place && sum.plus != 0).then_some(Change { state, at, by: sum.plus })
    }

    fn writes(self, state: StateId, place: &[String]) -> bool {
        Changes::of(self.machine, self.variables, &[state]).touch_place(place)
    }

    /// What a number is on the ways into a loop; `None` where that is not known on all of them.
    fn starts(self, cycle: &[StateId], place: &Place, number: &dyn Fn(Node<'t>) -> Option<i64>) -> Option<Vec<i64>> {
        let scope = self.machine.state(cycle[0]).scope;
        let start = self.graph.start(scope)?;
        if matches!(place, Place::Variable(variable) if self.variables.variable(*variable).scope != scope) {
            return None;
        }
        let mut starts = Vec::new();
        let mut seen: BTreeSet<StateId> = cycle.iter().copied().collect();
        let mut open: Vec<(StateId, Edge)> = Vec::new();
        for &state in cycle {
            if state == start {
                return None;
            }
            open.extend(self.graph.predecessors(state).filter(|(from, _)| cycle.binary_search(from).is_err()));
        }
        while let Some((state, edge)) = open.pop() {
            let holder = self.machine.state(state);
            let set = match place {
                Place::Variable(variable) => {
                    let mut sets = self.variables.assignments_of(*variable);
                    sets.find(|set| set.state == state && is_behind(set.owner, edge)).map(|set| Some(set.value))
                }
                Place::Document(_) if is_catch(edge) => return None,
                Place::Document(place) => self.writes(state, place).then(|| written(holder, place)),
            };
            match set {
                Some(value) => starts.push(number(value?)?),
                None if state == start => return None,
                None => {
                    if seen.insert(state) {
                        open.extend(self.graph.predecessors(state));
                    }
                }
            }
        }
        (!starts.is_empty()).then_some(starts)
    }

    /// The fewest events of a way from a state of a loop round to it again.
    fn shortest_round(self, cycle: &[StateId], from: StateId) -> Option<i64> {
        let mut best: BTreeMap<StateId, i64> = BTreeMap::new();
        let mut open = BinaryHeap::from([(0, from)]);
        while let Some((cost, state)) = open.pop() {
            let cost = -cost;
            if state == from && cost > 0 {
                return Some(cost);
            }
            let n_events = n_events(self.machine.state(state));
            for (to, edge) in self.graph.successors(state).filter(|(to, _)| cycle.binary_search(to).is_ok()) {
                // What fails before it begins is entered, fails, and is left.
                let behind = cost + if is_catch(edge) { n_events.min(3) } else { n_events };
                if best.get(&to).is_none_or(|&best| behind < best) {
                    best.insert(to, behind);
                    open.push((-behind, to));
                }
            }
        }
        None
    }

    fn expression(self, state: StateId, node: Node<'t>) -> Option<&'c Expression<'t>> {
        self.of_state(state).find(|expression| expression.node.index() == node.index())
    }

    /// What an expression adds to which number; `None` where it does anything else.
    fn sum(self, state: &State<'t>, expression: &Expression<'t>) -> Option<Sum> {
        let references = expression.references();
        let [reference] = &references[..] else { return None };
        let text = expression.node.content();
        match &expression.form {
            Form::Path(..) => self.read(state, text, reference, 0),
            Form::Intrinsic(call, errors) if errors.is_empty() && call.function == Some(Function::MathAdd) => {
                let [one, other] = &call.arguments[..] else { return None };
                let plus = match (&one.kind, &other.kind) {
                    (ArgumentKind::Path(_), ArgumentKind::Number(plus))
                    | (ArgumentKind::Number(plus), ArgumentKind::Path(_)) => whole(*plus)?,
                    _ => return None,
                };
                self.read(state, text, reference, plus)
            }
            Form::Jsonata(jsonata) if jsonata.parsed.errors.is_empty() => {
                let reader = Reader { facts: self, state, node: expression.node, references: &references, jsonata };
                reader.sum(jsonata.parsed.ast.root())
            }
            _ => None,
        }
    }

    /// A read of one place, as a sum.
    fn read(self, state: &State<'t>, text: &str, reference: &Reference<'_>, plus: i64) -> Option<Sum> {
        let names =
            |members: &[MemberName<'_>]| members.iter().map(|member| member.name.to_owned()).collect::<Vec<_>>();
        if !reference.is_exact || reference.is_called {
            return None;
        }
        let place = match reference.origin {
            Origin::Document => Place::Document(names(&reference.members)),
            Origin::States => {
                let (_, rest) = reference.members.split_first().filter(|(first, _)| first.name == "input")?;
                Place::Document(names(rest))
            }
            Origin::Variable(name) => match self.variables.meaning(state.scope, name) {
                Meaning::Variable(variable) if reference.members.is_empty() => Place::Variable(variable),
                _ => return None,
            },
            Origin::Context => return None,
        };
        if place == Place::Document(Vec::new()) {
            return None;
        }
        let end = reference.members.last().map_or(reference.span.end, |last| last.span.end);
        let name = Span::new(reference.span.start, end).of(text).to_owned();
        // Names alone do not tell the items of an array apart.
        if name.contains('[') {
            return None;
        }
        Some(Sum { place, plus, name })
    }
}

/// A JSONata expression that is read.
struct Reader<'r, 'c, 't> {
    facts: Facts<'c, 't>,
    state: &'r State<'t>,
    node: Node<'t>,
    references: &'r [Reference<'r>],
    jsonata: &'r Jsonata,
}

impl<'t> Reader<'_, '_, 't> {
    /// As [`Facts::guards`]. Recursion is bounded by the parser.
    fn guards(&self, id: ExprId, leaves: bool, is_alone: bool, found: &mut Vec<Guard<'t>>) {
        match &self.ast()[id].kind {
            Kind::Block(parts) if parts.len() == 1 => self.guards(parts[0], leaves, is_alone, found),
            Kind::Call { callee, args } if args.len() == 1 && self.is_not(*callee) => {
                self.guards(args[0], !leaves, is_alone, found);
            }
            &Kind::Binary { op, left, right, .. } => match op {
                Op::And if !leaves => [left, right].into_iter().for_each(|id| self.guards(id, leaves, false, found)),
                Op::Or if leaves => [left, right].into_iter().for_each(|id| self.guards(id, leaves, false, found)),
                _ => {
                    let one = self.sum(left).zip(self.number(right)).map(|(sum, limit)| (sum, op, limit));
                    let other = || {
                        let (sum, limit) = self.sum(right).zip(self.number(left))?;
                        Some((sum, mirrored(op), limit))
                    };
                    let Some((sum, order, limit)) = one.or_else(other).filter(|&(_, op, _)| is_order(op)) else {
                        return;
                    };
                    let order = if leaves { order } else { negated(order) };
                    found.push(Guard { sum, order, limit, at: self.node, is_alone });
                }
            },
            _ => {}
        }
    }

    fn ast(&self) -> &Ast {
        &self.jsonata.parsed.ast
    }

    fn is_not(&self, callee: ExprId) -> bool {
        matches!(self.ast()[callee].kind, Kind::Variable(name) if self.ast().text(name) == "not")
    }

    fn number(&self, id: ExprId) -> Option<i64> {
        match self.ast()[id].kind {
            Kind::Number(number) => whole(number),
            Kind::Negate(id) => Some(-self.number(id)?),
            _ => None,
        }
    }

    fn sum(&self, id: ExprId) -> Option<Sum> {
        match &self.ast()[id].kind {
            Kind::Block(parts) if parts.len() == 1 => self.sum(parts[0]),
            Kind::Variable(_) | Kind::Path(_) => {
                let span = self.ast()[id].span.shifted(self.jsonata.inner.start);
                let mut inside = self.references.iter().filter(|found| found.span.start == span.start);
                let reference = inside.next()?;
                self.facts.read(self.state, self.node.content(), reference, 0)
            }
            &Kind::Binary { op: Op::Add, left, right, .. } => {
                let (sum, plus) = match (self.number(left), self.number(right)) {
                    (None, Some(plus)) => (self.sum(left)?, plus),
                    (Some(plus), None) => (self.sum(right)?, plus),
                    _ => return None,
                };
                Some(Sum { plus: sum.plus.checked_add(plus)?, ..sum })
            }
            &Kind::Binary { op: Op::Subtract, left, right, .. } => {
                let (sum, minus) = (self.sum(left)?, self.number(right)?);
                Some(Sum { plus: sum.plus.checked_sub(minus)?, ..sum })
            }
            _ => None,
        }
    }
}

/// How often a number is changed until the guard lets an execution out; `None` where it never does.
fn rounds(guard: &Guard<'_>, by: i64, start: i64) -> Option<i64> {
    // As if it counted upwards from zero.
    let far = guard.limit.checked_sub(guard.sum.plus)?.checked_sub(start)?;
    let (far, by, order) =
        if by < 0 { (far.checked_neg()?, by.checked_neg()?, mirrored(guard.order)) } else { (far, by, guard.order) };
    match order {
        Op::GreaterOrEqual => Some(far.max(0).checked_add(by - 1)? / by),
        Op::Greater if far < 0 => Some(0),
        Op::Greater => Some(far / by + 1),
        Op::Equal => (far >= 0 && far % by == 0).then_some(far / by),
        Op::NotEqual => Some(i64::from(far == 0)),
        // It leaves at once, or it never leaves.
        Op::Less => (far > 0).then_some(0),
        Op::LessOrEqual => (far >= 0).then_some(0),
        _ => None,
    }
}

/// Where a state writes a number: the value of the member of that name in what it makes.
fn written<'t>(state: &State<'t>, place: &[String]) -> Option<Node<'t>> {
    let (made, place) = match state.language {
        Language::Jsonata => (state.field("Output")?, place),
        Language::JsonPath => {
            let is_plain = |name: &str| state.field(name).is_none_or(|field| field.value.as_str() == Some("$"));
            if state.kind != Some(StateType::Pass) || !is_plain("InputPath") || !is_plain("OutputPath") {
                return None;
            }
            let prefix: Vec<&str> = match state.field("ResultPath") {
                None => Vec::new(),
                Some(path) => match path.value.as_str()? {
                    "$" => Vec::new(),
                    path => path.strip_prefix("$.")?.split('.').collect(),
                },
            };
            let is_prefix = prefix.len() < place.len() && prefix.iter().zip(place).all(|(one, other)| one == other);
            if !is_prefix {
                return None;
            }
            (state.field("Result").or_else(|| state.field("Parameters"))?, &place[prefix.len()..])
        }
    };
    let (last, inside) = place.split_last()?;
    let object = inside.iter().try_fold(made.value, |object, name| object.get(name))?;
    let is_template = state.language == Language::JsonPath && made.name() == "Parameters";
    let dynamic = is_template.then(|| object.get(&format!("{last}.$"))).flatten();
    dynamic.or_else(|| object.get(last))
}

/// Whether what this object of a state assigns has happened behind an edge.
fn is_behind(owner: Owner, edge: Edge) -> bool {
    match owner {
        Owner::State => matches!(edge, Edge::Next | Edge::Default),
        Owner::Catcher(i) => edge == Edge::Catch(i),
        Owner::Rule(i) => edge == Edge::Choice(i),
        Owner::NestedRule(_) | Owner::Part => false,
    }
}

const fn is_catch(edge: Edge) -> bool {
    matches!(edge, Edge::Catch(_))
}

/// Events that a state makes at least (developer guide, "GetExecutionHistory").
pub(super) fn n_events(state: &State<'_>) -> i64 {
    match state.kind {
        Some(StateType::Task) => 5,
        Some(StateType::Map | StateType::Parallel) => 4,
        _ => 2,
    }
}

const fn is_order(op: Op) -> bool {
    matches!(op, Op::Equal | Op::NotEqual | Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual)
}

/// The order that holds where this one does not.
const fn negated(op: Op) -> Op {
    match op {
        Op::Equal => Op::NotEqual,
        Op::NotEqual => Op::Equal,
        Op::Less => Op::GreaterOrEqual,
        Op::LessOrEqual => Op::Greater,
        Op::Greater => Op::LessOrEqual,
        Op::GreaterOrEqual => Op::Less,
        other => other,
    }
}

/// The order of the same two the other way round.
const fn mirrored(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        other => other,
    }
}

/// A number without decimals that a binary64 tells apart from its neighbours.
#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
}

#[cfg(test)]
mod tests;
