//! Turns a machine, backwards, into what its execution's input and the answers of its tasks are asked for.
//!
//! What a Choice reads at `$.order.total` is traced through `ResultPath`, templates and variables to where it comes from: a place
//! in the input, or in what a task answers. That guides executions ([`super::explore`]) and decides nothing: what is traced
//! wrongly is only looked for in vain.

mod made;
mod reads;
mod way;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::candidates;
use crate::asl::expression::{Expression, Form};
use crate::asl::sites::Owner;
use crate::asl::{Edge, Language, Machine, Place as ScopePlace, Rule, State, StateId, StateType, Test};
use crate::eval::{Items, Value};
use crate::graph::Graph;
use crate::syntax::{Kind, Node};

use reads::{Read, Reads};
pub(super) use way::{Step, Way, at, behind, joined, placed};

/// How many places are traced through one state.
const MOST: usize = 1500;
/// How often the whole machine is gone through, for what goes around in loops.
const PASSES: usize = 6;

/// Where a value that an expression reads stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The input of the state.
    Input,
    /// What `InputPath` leaves of it.
    Effective,
    /// The result of its work.
    Result,
    /// What `OutputPath` is applied to.
    Placed,
    /// A variable.
    Variable(Arc<str>),
    /// The input of the execution.
    Start,
    /// The item of the Map around the state.
    Item,
    /// Something that is not traced.
    Nowhere,
}

/// What sort of value is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Array,
    Number,
    Text,
    Timestamp,
}

/// Something that a state asks of a value.
#[derive(Debug)]
pub(super) struct Question {
    /// The state.
    pub(super) state: StateId,
    /// Where it looks.
    pub(super) place: Place,
    pub(super) way: Way,
    /// Values that make a difference.
    pub(super) values: Vec<Value>,
    pub(super) shape: Shape,
}

/// What decides about a question: a place in the input of the execution or in a task's answer.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// The task, or the Map that reads items; none for the input.
    pub(super) task: Option<StateId>,
    pub(super) way: Way,
    /// The number of the [`Question`].
    pub(super) question: usize,
}

/// What is asked for.
#[derive(Debug)]
pub(super) struct Demand {
    pub(super) questions: Vec<Question>,
    pub(super) slots: Vec<Slot>,
    /// By state: the numbers of the slots that its own questions lead to.
    pub(super) of_state: Vec<Vec<usize>>,
}

type Set = BTreeSet<(u32, u32)>;

/// The sets on their way.
struct Trace<'m, 't> {
    machine: &'m Machine<'t>,
    graph: &'m Graph<'t>,
    reads: Reads,
    ways: Vec<Way>,
    numbers: HashMap<Way, u32>,
    questions: Vec<Question>,
    /// By state: what it asks itself.
    own: Vec<Vec<(Place, u32, u32)>>,
    /// By state: what is asked of its input, there and behind it.
    inputs: Vec<Set>,
    /// By state: what is asked of the answer of a task.
    answers: Vec<Set>,
    /// By state: what is asked of the items of a Map from inside.
    items: Vec<Set>,
    /// By state: what is asked of what an `ItemReader` finds.
    read: Vec<Set>,
    variables: BTreeMap<Arc<str>, Set>,
    start: Set,
    changed: bool,
    /// How many items all variables have together.
    n_of_variables: usize,
    /// By state: how much there was of what its visit looks at. Sets only grow, so where it is the same, so is what comes of it.
    visited: Vec<Option<usize>>,
    /// What the path in a field such as `ResultPath` reads, by the number of its node.
    fields: HashMap<usize, Option<Rc<Read>>>,
}

impl Demand {
    /// What a machine asks for.
    pub(super) fn new<'t>(machine: &Machine<'t>, graph: &Graph<'t>, expressions: &[Expression<'t>]) -> Self {
        let kind = |expression: &Expression<'_>| machine.state(expression.site.state).kind.unwrap_or(StateType::Pass);
        let n = machine.states.len();
        let mut trace = Trace {
            machine,
            graph,
            reads: Reads::new(expressions, kind),
            ways: Vec::new(),
            numbers: HashMap::new(),
            questions: Vec::new(),
            own: vec![Vec::new(); n],
            inputs: vec![Set::new(); n],
            answers: vec![Set::new(); n],
            items: vec![Set::new(); n],
            read: vec![Set::new(); n],
            variables: BTreeMap::new(),
            start: Set::new(),
            changed: true,
            n_of_variables: 0,
            visited: vec![None; n],
            fields: HashMap::new(),
        };
        trace.ask(expressions);
        let mut order: Vec<StateId> = machine.states.iter().map(|state| state.id).collect();
        order.sort_by_key(|&id| std::cmp::Reverse(graph.rank(id)));
        for _ in 0..PASSES {
            if !std::mem::take(&mut trace.changed) {
                break;
            }
            for &id in &order {
                let state = machine.state(id);
                let there = trace.there(state);
                if trace.visited[id.index()].replace(there) != Some(there) {
                    trace.visit(state);
                }
            }
        }
        trace.finish()
    }
}

impl<'t> Trace<'_, 't> {
    fn number(&mut self, way: Way) -> u32 {
        if let Some(&number) = self.numbers.get(&way) {
            return number;
        }
        let number = u32::try_from(self.ways.len()).unwrap_or(u32::MAX);
        self.ways.push(way.clone());
        self.numbers.insert(way, number);
        number
    }

    /// Collects the questions of all states.
    fn ask(&mut self, expressions: &[Expression<'t>]) {
        let machine = self.machine;
        for state in &machine.states {
            if state.language == Language::JsonPath {
                for rule in state.rules().iter().flat_map(Rule::all) {
                    self.ask_rule(state, rule);
                }
            }
        }
        for expression in expressions {
            let state = machine.state(expression.site.state);
            let is_rule = matches!(expression.site.owner, Owner::Rule(_) | Owner::NestedRule(_));
            let is_assign = expression.site.field.name() == "Assign";
            let values = match &expression.form {
                Form::Jsonata(jsonata) if is_rule && !is_assign => candidates::of_condition(&jsonata.parsed.ast),
                _ if is_rule && !is_assign && state.language == Language::JsonPath => continue,
                _ => Vec::new(),
            };
            for read in self.reads.of(expression.node).to_vec() {
                self.question(state.id, read.place, read.way, values.clone(), read.shape);
            }
        }
    }

    fn ask_rule(&mut self, state: &State<'t>, rule: &Rule<'t>) {
        let Some(Test::Comparison(comparison)) = &rule.test else { return };
        let values = candidates::of_comparison(comparison);
        let mut places = vec![comparison.variable.map(|field| field.value)];
        if comparison.comparator.takes_path() {
            places.push(Some(comparison.field.value));
        }
        for node in places.into_iter().flatten() {
            let read = node.as_str().and_then(|text| reads::of_text(text, &Place::Effective));
            if let Some(read) = read {
                self.question(state.id, read.place, read.way, values.clone(), Shape::Any);
            }
        }
    }

    fn question(&mut self, state: StateId, place: Place, way: Way, values: Vec<Value>, shape: Shape) {
        let own = &self.own[state.index()];
        let known = self.numbers.get(&way).and_then(|way| own.iter().find(|(at, of, _)| *at == place && of == way));
        if let Some(&(.., question)) = known {
            let question = &mut self.questions[question as usize];
            if question.shape == Shape::Any {
                question.shape = shape;
            }
            for value in values {
                if question.values.len() < 64 && !question.values.contains(&value) {
                    question.values.push(value);
                }
            }
            return;
        }
        let number = u32::try_from(self.questions.len()).unwrap_or(u32::MAX);
        let id = self.number(way.clone());
        self.own[state.index()].push((place.clone(), id, number));
        self.questions.push(Question { state, place, way, values, shape });
    }

    /// Adds what is asked of a place of a state.
    fn add(&mut self, state: StateId, place: &Place, item: (u32, u32)) {
        let machine = self.machine;
        let set = match place {
            Place::Input | Place::Effective => &mut self.inputs[state.index()],
            Place::Result => &mut self.answers[state.index()],
            Place::Start => &mut self.start,
            Place::Variable(name) => self.variables.entry(Arc::clone(name)).or_default(),
            Place::Item => {
                let mut around = machine.scope(machine.state(state).scope).place.owner();
                while let Some(owner) = around.filter(|&owner| !machine.state(owner).is_map()) {
                    around = machine.scope(machine.state(owner).scope).place.owner();
                }
                let Some(map) = around else { return };
                &mut self.items[map.index()]
            }
            Place::Placed | Place::Nowhere => return,
        };
        if set.len() < MOST && set.insert(item) {
            self.changed = true;
            self.n_of_variables += usize::from(matches!(place, Place::Variable(_)));
        }
    }

    /// How much there is of everything that the visit of a state looks at.
    fn there(&self, state: &State<'t>) -> usize {
        let own = [&self.answers, &self.items].map(|sets| sets[state.id.index()].len());
        let behind = self.graph.successors(state.id).map(|(to, _)| self.inputs[to.index()].len());
        let inside = self.graph.inside(self.machine, state.id).map(|(start, _)| self.inputs[start.index()].len());
        // What ends a scope looks at the result of what is around it, and at which ways have numbers.
        let around = self.machine.scope(state.scope).place.owner();
        let around = around.map_or(0, |owner| self.answers[owner.index()].len() + self.ways.len());
        own.into_iter().chain(behind).chain(inside).sum::<usize>() + around + self.n_of_variables
    }

    /// What a path in a field reads. It is looked at once.
    fn field(&mut self, node: Node<'t>) -> Option<Rc<Read>> {
        let read = || node.as_str().and_then(|text| reads::of_text(text, &Place::Input)).map(Rc::new);
        self.fields.entry(node.index()).or_insert_with(read).clone()
    }

    /// What is asked of the output of a state.
    fn output(&self, state: &State<'t>) -> Vec<(u32, u32)> {
        let machine = self.machine;
        let mut found = Set::new();
        for (to, edge) in self.graph.successors(state.id) {
            if !matches!(edge, Edge::Catch(_)) {
                found.extend(&self.inputs[to.index()]);
            }
        }
        let scope = machine.scope(state.scope);
        if let (true, Some(owner)) = (state.is_terminal(), scope.place.owner()) {
            let branch = if let ScopePlace::Branch(_, number) = scope.place { Some(number) } else { None };
            for &(way, question) in &self.answers[owner.index()] {
                let Some((first, rest)) = self.ways[way as usize].split_first() else { continue };
                let is_it = match first {
                    Step::Item(number) => branch.is_none_or(|branch| branch == *number),
                    Step::Each => true,
                    Step::Member(_) => false,
                };
                if let (true, Some(&rest)) = (is_it, self.numbers.get(rest)) {
                    found.insert((rest, question));
                }
            }
        }
        found.into_iter().collect()
    }

    fn visit(&mut self, state: &State<'t>) {
        // What lies inside asks for ways behind an item: they have to have numbers.
        if !state.scopes().is_empty() {
            for (way, _) in self.answers[state.id.index()].clone() {
                if let Some((_, rest)) = self.ways[way as usize].split_first() {
                    let rest = rest.to_vec();
                    self.number(rest);
                }
            }
        }
        let output = self.output(state);
        for (place, way, question) in self.own[state.id.index()].clone() {
            match place {
                Place::Placed => self.ask_placed(state, (way, question)),
                Place::Effective => self.ask_effective(state, (way, question)),
                Place::Result => self.ask_result(state, (way, question)),
                place => self.add(state.id, &place, (way, question)),
            }
        }
        for item in output {
            match state.language {
                Language::JsonPath => {
                    let item = self.behind_path(state.node.get("OutputPath"), item);
                    self.ask_placed(state, item);
                }
                Language::Jsonata => self.ask_output(state, state.node, item),
            }
        }
        if state.language == Language::Jsonata {
            for (to, edge) in self.graph.successors(state.id).collect::<Vec<_>>() {
                if let Edge::Choice(number) = edge
                    && let Some(rule) = state.rules().get(number)
                {
                    for item in self.inputs[to.index()].clone() {
                        self.ask_output(state, rule.node, item);
                    }
                }
            }
        }
        self.visit_catchers(state);
        self.visit_assigns(state);
        self.visit_inside(state);
    }

    /// What a path field such as `OutputPath` makes of a place behind it.
    fn behind_path(&mut self, field: Option<Node<'t>>, (way, question): (u32, u32)) -> (u32, u32) {
        let Some(read) = field.and_then(|field| self.field(field)) else { return (way, question) };
        if read.way.is_empty() {
            return (way, question);
        }
        let joined = joined(&read.way, &self.ways[way as usize]);
        (self.number(joined), question)
    }

    fn ask_placed(&mut self, state: &State<'t>, item: (u32, u32)) {
        use StateType::{Map, Parallel, Pass, Task};
        if !matches!(state.kind, Some(Task | Parallel | Map | Pass)) {
            return self.ask_effective(state, item);
        }
        let Some(field) = state.node.get("ResultPath") else { return self.ask_selected(state, item) };
        match self.through_result_path(field, item.0) {
            Some(rest) => self.ask_selected(state, (rest, item.1)),
            None => self.add(state.id, &Place::Input, item),
        }
    }

    /// What lies behind `ResultPath`, if anything of it does.
    fn through_result_path(&mut self, field: Node<'t>, way: u32) -> Option<u32> {
        let read = self.field(field)?;
        let rest = behind(&self.ways[way as usize], &read.way)?.to_vec();
        Some(self.number(rest))
    }

    fn ask_selected(&mut self, state: &State<'t>, item: (u32, u32)) {
        match state.node.get("ResultSelector") {
            Some(selector) => self.ask_template(state, selector, item),
            None => self.ask_result(state, item),
        }
    }

    /// What is asked of what a template gives.
    fn ask_template(&mut self, state: &State<'t>, template: Node<'t>, (way, question): (u32, u32)) {
        let wanted = self.ways[way as usize].clone();
        for (place, way) in self.reads.behind(template, &wanted, state.language) {
            let item = (self.number(way), question);
            match place {
                Place::Effective => self.ask_effective(state, item),
                Place::Result => self.ask_result(state, item),
                place => self.add(state.id, &place, item),
            }
        }
    }

    fn ask_result(&mut self, state: &State<'t>, item: (u32, u32)) {
        if state.kind != Some(StateType::Pass) || state.language == Language::Jsonata {
            return self.add(state.id, &Place::Result, item);
        }
        match (state.node.get("Result"), state.node.get("Parameters")) {
            (Some(_), _) => {}
            (None, Some(template)) => self.ask_template(state, template, item),
            (None, None) => self.ask_effective(state, item),
        }
    }

    fn ask_effective(&mut self, state: &State<'t>, item: (u32, u32)) {
        let field = state.node.get("InputPath").filter(|_| state.language == Language::JsonPath);
        if field.is_some_and(|field| field.kind() == Kind::Null) {
            return;
        }
        let item = self.behind_path(field, item);
        self.add(state.id, &Place::Input, item);
    }

    /// What is asked of the `Output` of a state, a rule or a catcher.
    fn ask_output(&mut self, state: &State<'t>, owner: Node<'t>, item: (u32, u32)) {
        match owner.get("Output") {
            Some(output) => self.ask_template(state, output, item),
            None if owner == state.node
                && matches!(state.kind, Some(StateType::Task | StateType::Map | StateType::Parallel)) =>
            {
                self.add(state.id, &Place::Result, item);
            }
            None => self.add(state.id, &Place::Input, item),
        }
    }

    fn visit_catchers(&mut self, state: &State<'t>) {
        for (to, edge) in self.graph.successors(state.id).collect::<Vec<_>>() {
            let Edge::Catch(number) = edge else { continue };
            let Some(catcher) = state.catchers.get(number) else { continue };
            for item in self.inputs[to.index()].clone() {
                if state.language == Language::Jsonata {
                    if catcher.node.get("Output").is_some() {
                        self.ask_output(state, catcher.node, item);
                    }
                    continue;
                }
                let Some(field) = catcher.node.get("ResultPath") else { continue };
                if self.through_result_path(field, item.0).is_none() {
                    self.add(state.id, &Place::Input, item);
                }
            }
        }
    }

    fn visit_assigns(&mut self, state: &State<'t>) {
        let owners = std::iter::once(state.node)
            .chain(state.rules().iter().map(|rule| rule.node))
            .chain(state.catchers.iter().filter(|_| state.language == Language::Jsonata).map(|catcher| catcher.node));
        for assign in owners.filter_map(|owner| owner.get("Assign")) {
            for member in assign.members() {
                let name = match state.language {
                    Language::JsonPath => member.name().strip_suffix(".$").unwrap_or_else(|| member.name()),
                    Language::Jsonata => member.name(),
                };
                let Some(wanted) = self.variables.get(name).cloned() else { continue };
                for item in wanted {
                    self.ask_template(state, member.value, item);
                }
            }
        }
    }

    /// What the states inside ask of what they start with.
    fn visit_inside(&mut self, state: &State<'t>) {
        for (start, edge) in self.graph.inside(self.machine, state.id).collect::<Vec<_>>() {
            for mut item in self.inputs[start.index()].clone() {
                if let Some(batcher) = state.node.get("ItemBatcher").filter(|_| edge == Edge::Item) {
                    match self.in_batch(state, batcher, item) {
                        Some(inner) => item = inner,
                        None => continue,
                    }
                }
                let selector = match (edge, state.language) {
                    (Edge::Item, _) => state.node.get("ItemSelector").or_else(|| state.node.get("Parameters")),
                    (_, Language::JsonPath) => state.node.get("Parameters"),
                    (_, Language::Jsonata) => state.node.get("Arguments"),
                };
                match selector {
                    Some(selector) => {
                        let wanted = self.ways[item.0 as usize].clone();
                        for (place, way) in self.reads.behind(selector, &wanted, state.language) {
                            let item = (self.number(way), item.1);
                            match place {
                                Place::Effective | Place::Input => self.ask_effective(state, item),
                                Place::Item if state.is_map() => self.ask_items(state, item),
                                place => self.add(state.id, &place, item),
                            }
                        }
                    }
                    None if edge == Edge::Item => self.ask_items(state, item),
                    None => self.ask_effective(state, item),
                }
            }
        }
        for item in self.items[state.id.index()].clone() {
            self.ask_items(state, item);
        }
    }

    /// What is asked of an item of a batch, where it is asked of the batch; what is asked of `BatchInput` is followed at once.
    fn in_batch(&mut self, state: &State<'t>, batcher: Node<'t>, (way, question): (u32, u32)) -> Option<(u32, u32)> {
        let (Step::Member(name), rest) = self.ways[way as usize].split_first()? else { return None };
        // JSONata goes into arrays by itself.
        let rest = match (&**name, rest) {
            ("Items", [Step::Each | Step::Item(_), rest @ ..] | rest) | ("BatchInput", rest) => rest.to_vec(),
            _ => return None,
        };
        let is_item = **name == *"Items";
        let inner = (self.number(rest), question);
        if is_item {
            return Some(inner);
        }
        if let Some(input) = batcher.get("BatchInput") {
            self.ask_template(state, input, inner);
        }
        None
    }

    /// What is asked of every item of a Map.
    fn ask_items(&mut self, state: &State<'t>, (way, question): (u32, u32)) {
        let item = joined(&[Step::Each], &self.ways[way as usize]);
        let item = (self.number(item), question);
        if Items::are_read(self.machine, state) {
            let set = &mut self.read[state.id.index()];
            if set.len() < MOST {
                set.insert(item);
            }
            return;
        }
        let field = state.node.get(if state.language == Language::JsonPath { "ItemsPath" } else { "Items" });
        match (field, state.language) {
            (Some(field), Language::Jsonata) => self.ask_template(state, field, item),
            (Some(field), Language::JsonPath) => {
                let item = self.behind_path(Some(field), item);
                let read = field.as_str().and_then(|text| reads::of_text(text, &Place::Effective));
                match read.map(|read| read.place) {
                    Some(Place::Variable(name)) => self.add(state.id, &Place::Variable(name), item),
                    Some(Place::Effective) => self.ask_effective(state, item),
                    _ => {}
                }
            }
            (None, _) => self.ask_effective(state, item),
        }
    }

    fn finish(self) -> Demand {
        let mut slots = Vec::new();
        let mut of_state = vec![Vec::new(); self.machine.states.len()];
        let mut put = |task: Option<StateId>, set: &Set| {
            for &(way, question) in set {
                of_state[self.questions[question as usize].state.index()].push(slots.len());
                slots.push(Slot { task, way: self.ways[way as usize].clone(), question: question as usize });
            }
        };
        let start = self.graph.start(crate::asl::ScopeId::TOP);
        let input: Set =
            start.map(|start| &self.inputs[start.index()]).into_iter().flatten().chain(&self.start).copied().collect();
        put(None, &input);
        for state in &self.machine.states {
            match state.kind {
                Some(StateType::Task) => put(Some(state.id), &self.answers[state.id.index()]),
                _ => put(Some(state.id), &self.read[state.id.index()]),
            }
        }
        Demand { questions: self.questions, slots, of_state }
    }
}

#[cfg(test)]
mod tests;
