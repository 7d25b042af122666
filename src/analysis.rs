//! One machine, and everything known of it: each analysis is made at the first question and kept.

pub mod amend;
mod describe;
pub mod slot;
pub mod spot;
mod symbol;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

pub use crate::asl::MachineType;
use crate::asl::expression::{self, Expression, Form, Jsonata};
use crate::asl::jsonata::{self, Constant, Inference, library};
use crate::asl::resource::{self, Resource, ResourceError};
use crate::asl::sites::{self, Site};
use crate::asl::{Field, Machine, Mode, Raiser, ScopeId, State, StateId, literal};
use crate::flow::assignment::Assigned;
use crate::flow::errors::ErrorFlow;
use crate::flow::loops;
use crate::flow::polling::Poll;
use crate::flow::premise::Premises;
use crate::flow::shapes::{self, Facts, Failing, Shapes};
use crate::flow::steps::Steps;
use crate::flow::time::Times;
use crate::flow::unread::Unread;
use crate::flow::variables::Variables;
use crate::graph::Graph;
use crate::schema::{self, Violation};
use crate::source::Document;
use crate::symex::{self, ChoiceVerdicts, Untaken};
use crate::syntax::Node;
use crate::text::Span;
pub use symbol::{Occurrence, Symbol};

/// What a Task calls, and what is wrong with its `Resource`.
pub type Called = (Resource, Vec<ResourceError>);

/// Whether proofs are made where rules ask for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proofs {
    /// They are.
    #[default]
    Made,
    /// They are not: what rests on one is not found.
    Left,
}

/// What rules see.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// Where the machine stands.
    pub document: Document<'a>,
    /// The machine.
    pub machine: &'a Machine<'a>,
    /// How it will run.
    pub kind: MachineType,
    premises: Cow<'a, Premises>,
    wanted: Proofs,
    stop: Option<&'a AtomicBool>,
    graph: OnceCell<Graph<'a>>,
    violations: OnceCell<Vec<Violation<'a>>>,
    sites: OnceCell<Vec<Site<'a>>>,
    expressions: OnceCell<Vec<Expression<'a>>>,
    variables: OnceCell<Variables<'a>>,
    steps: OnceCell<Steps>,
    found: OnceCell<Assigned>,
    unread: OnceCell<Unread>,
    errors: OnceCell<ErrorFlow<'a>>,
    errors_of_proofs: OnceCell<ErrorFlow<'a>>,
    proofs: OnceCell<Vec<ChoiceVerdicts>>,
    untaken: OnceCell<BTreeMap<StateId, Untaken>>,
    times: OnceCell<Times>,
    polls: OnceCell<Vec<Poll>>,
    inferences: OnceCell<Vec<Option<Inference>>>,
    shapes: OnceCell<Shapes<'a>>,
    never_left: OnceCell<Vec<Vec<StateId>>>,
    assigned: OnceCell<BTreeSet<&'a str>>,
    numbers: OnceCell<BTreeMap<Span, i64>>,
    /// For each state the first whose resource reads the same, and what that calls.
    resources: OnceCell<(Vec<usize>, Vec<OnceCell<Called>>)>,
}

impl<'a> Analysis<'a> {
    /// Nothing is computed yet.
    #[must_use]
    pub fn new(document: Document<'a>, machine: &'a Machine<'a>, kind: MachineType) -> Self {
        Self {
            document,
            machine,
            kind,
            premises: Cow::Owned(Premises::default()),
            wanted: Proofs::default(),
            stop: None,
            graph: OnceCell::new(),
            violations: OnceCell::new(),
            sites: OnceCell::new(),
            expressions: OnceCell::new(),
            variables: OnceCell::new(),
            steps: OnceCell::new(),
            found: OnceCell::new(),
            unread: OnceCell::new(),
            errors: OnceCell::new(),
            errors_of_proofs: OnceCell::new(),
            proofs: OnceCell::new(),
            untaken: OnceCell::new(),
            times: OnceCell::new(),
            polls: OnceCell::new(),
            inferences: OnceCell::new(),
            shapes: OnceCell::new(),
            never_left: OnceCell::new(),
            assigned: OnceCell::new(),
            numbers: OnceCell::new(),
            resources: OnceCell::new(),
        }
    }

    /// The same machine, of which someone vouches for more.
    #[must_use]
    pub fn under(mut self, premises: &'a Premises) -> Self {
        self.premises = Cow::Borrowed(premises);
        self
    }

    /// The same machine, with proofs or without, which are given up when `stop` turns true.
    #[must_use]
    pub fn proving(mut self, wanted: Proofs, stop: &'a AtomicBool) -> Self {
        self.wanted = wanted;
        self.stop = Some(stop);
        self
    }

    /// How the execution runs that the states of a scope are part of, and the Map that says so: a Distributed Map says it of
    /// its children, everything else runs as what it stands in. `None` where that is not known.
    #[must_use]
    pub fn runs_as(&self, scope: ScopeId) -> Option<(MachineType, Option<&'a State<'a>>)> {
        let mut scope = self.machine.scope(scope);
        while let Some(owner) = scope.place.owner() {
            let owner = self.machine.state(owner);
            if owner.is_map() && scope.mode()? == Mode::Distributed {
                let kind = scope.node.get("ProcessorConfig")?.get("ExecutionType")?;
                let kind = MachineType::parse(kind.as_str().filter(|_| !kind.is_open())?)?;
                return Some((kind, Some(owner)));
            }
            scope = self.machine.scope(owner.scope);
        }
        Some((self.kind, None))
    }

    /// How states lead to states.
    #[must_use]
    pub fn graph(&self) -> &Graph<'a> {
        self.graph.get_or_init(|| Graph::new(self.machine))
    }

    /// Where the machine does not conform to its schemas.
    #[must_use]
    pub fn violations(&self) -> &[Violation<'a>] {
        self.violations.get_or_init(|| schema::validate(self.machine))
    }

    /// The fields that hold expressions.
    #[must_use]
    pub fn sites(&self) -> &[Site<'a>] {
        self.sites.get_or_init(|| sites::sites(self.machine))
    }

    /// What stands in those fields, parsed: the paths, calls and JSONata of the machine.
    #[must_use]
    pub fn expressions(&self) -> &[Expression<'a>] {
        self.expressions.get_or_init(|| expression::expressions(self.sites()))
    }
    /// Its variables: who assigns them, who reads them, who sees them.
    #[must_use]
    pub fn variables(&self) -> &Variables<'a> {
        self.variables.get_or_init(|| Variables::new(self.machine, self.expressions()))
    }

    /// Its transitions, with what they do to variables.
    #[must_use]
    pub fn steps(&self) -> &Steps {
        self.steps.get_or_init(|| Steps::new(self.machine, self.graph(), self.variables(), self.expressions()))
    }

    /// What the reads of its variables find.
    #[must_use]
    pub fn found(&self) -> &Assigned {
        self.found.get_or_init(|| Assigned::new(self.machine, self.graph(), self.variables(), self.steps()))
    }

    /// What no state reads of its variables.
    #[must_use]
    pub fn unread(&self) -> &Unread {
        let unread = || Unread::new(self.machine, self.variables(), self.steps(), self.sites(), self.expressions());
        self.unread.get_or_init(unread)
    }

    /// Which errors its states may fail with.
    #[must_use]
    pub fn errors(&self) -> &ErrorFlow<'a> {
        self.errors.get_or_init(|| ErrorFlow::new(self.machine, |task| self.raiser(task)))
    }

    /// The same, as far as proofs go by it: whatever is called may answer that it timed out.
    #[must_use]
    pub fn errors_of_proofs(&self) -> &ErrorFlow<'a> {
        self.errors_of_proofs.get_or_init(|| ErrorFlow::with_any_timeout(self.machine, |task| self.raiser(task)))
    }

    fn raiser(&self, task: &State<'a>) -> Raiser<'a> {
        let (resource, errors) = self.resource(task);
        let text = task.node.get("Resource").and_then(Node::as_str).filter(|_| errors.is_empty());
        text.map_or(Raiser::Anyone, |text| Raiser::of(resource, text))
    }

    /// What is proved of its Choices, whatever comes to them.
    #[must_use]
    pub fn proofs(&self) -> &[ChoiceVerdicts] {
        self.proofs.get_or_init(|| {
            let is_over = || self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed));
            let shadows = symex::Shadows::default();
            let prove = |state: &State<'a>| {
                if self.wanted == Proofs::Left || is_over() {
                    return None;
                }
                let kind = self.runs_as(state.scope).map(|(kind, _)| kind);
                symex::local_among(self.machine, state, kind, symex::Options::quick(), &shadows)
            };
            self.machine.states.iter().filter_map(prove).collect()
        })
    }

    /// The Choices that some execution may get to, with what is proved of them.
    pub fn reached_choices(&self) -> impl Iterator<Item = (&'a State<'a>, &ChoiceVerdicts)> {
        let choices = self.proofs().iter().map(|proved| (self.machine.state(proved.state), proved));
        choices.filter(|(state, _)| self.graph().is_reachable(state.id))
    }

    /// What comes to Choices without `Default`, in this machine, that none of their rules takes: of those that do not take
    /// everything on their own.
    #[must_use]
    pub fn untaken(&self) -> &BTreeMap<StateId, Untaken> {
        self.untaken.get_or_init(|| {
            let is_open = |proved: &&ChoiceVerdicts| proved.no_match.witness().is_some();
            let choices: Vec<&ChoiceVerdicts> =
                self.reached_choices().map(|(_, proved)| proved).filter(is_open).collect();
            if choices.is_empty() {
                return BTreeMap::new();
            }
            let facts = symex::Facts {
                machine: self.machine,
                kind: self.kind,
                graph: self.graph(),
                errors: self.errors_of_proofs(),
                expressions: self.expressions(),
                premises: &self.premises,
            };
            symex::untaken(facts, &choices, symex::Options::quick())
        })
    }

    /// The least time that executions take to get to each state.
    #[must_use]
    pub fn times(&self) -> &Times {
        self.times
            .get_or_init(|| Times::new(self.machine, self.graph(), |wait| self.whole_number(wait.node.get("Seconds")?)))
    }

    /// What its loops are looked at by.
    #[must_use]
    pub fn loops(&self) -> loops::Facts<'_, 'a> {
        let (machine, graph) = (self.machine, self.graph());
        loops::Facts { machine, graph, variables: self.variables(), expressions: self.expressions() }
    }

    /// The loops in which it polls.
    #[must_use]
    pub fn polls(&self) -> &[Poll] {
        self.polls.get_or_init(|| {
            self.loops().polls(|wait| self.whole_number(wait.node.get("Seconds")?), |task| &self.resource(task).0)
        })
    }

    /// How long the execution lasts at most that the states of a scope are part of; `None` where that is not known.
    #[must_use]
    pub fn limit(&self, scope: ScopeId) -> Option<Limit<'a>> {
        let (kind, child_of) = self.runs_as(scope)?;
        let of_kind = Limit { seconds: kind.longest(), kind, field: None };
        if child_of.is_some() {
            return Some(of_kind);
        }
        let own = self.machine.node.member("TimeoutSeconds").filter(|field| !field.value.is_open());
        let own = own.and_then(|field| Some((field, field.value.as_i64().filter(|&seconds| seconds > 0)?)));
        Some(match own {
            Some((field, seconds)) if seconds < of_kind.seconds => Limit { seconds, kind, field: Some(field) },
            _ => of_kind,
        })
    }

    /// What goes through its states.
    #[must_use]
    pub fn shapes(&self) -> &Shapes<'a> {
        self.shapes.get_or_init(|| self.with_shape_facts(Shapes::new))
    }

    /// The comparisons of its Choices that fail on some of the ways to them.
    #[must_use]
    pub fn failing_comparisons(&self) -> Vec<Failing<'a>> {
        self.with_shape_facts(|facts| shapes::failing(facts, self.shapes()))
    }

    /// The loops that no execution leaves although transitions lead out of them.
    #[must_use]
    pub fn never_left(&self) -> &[Vec<StateId>] {
        self.never_left.get_or_init(|| self.with_shape_facts(|facts| shapes::never_left(facts, self.shapes())))
    }

    fn with_shape_facts<T>(&self, make: impl FnOnce(Facts<'_, 'a>) -> T) -> T {
        make(Facts {
            machine: self.machine,
            graph: self.graph(),
            expressions: self.expressions(),
            inferences: self.inferences(),
            variables: self.variables(),
            resource: &|state| self.resource(state).0.clone(),
            premises: &self.premises,
        })
    }

    /// By expression: what can be told of its values, where it is JSONata that parses.
    fn inferences(&self) -> &[Option<Inference>] {
        self.inferences.get_or_init(|| {
            // What sets variables that are not seen may set one with the name of a function.
            let mut assigned = self.assigned().clone();
            if self.variables().is_open_anywhere() {
                assigned.extend(library::functions().iter().map(|function| function.name));
            }
            let infer = |expression: &Expression<'a>| match &expression.form {
                Form::Jsonata(jsonata) if jsonata.parsed.errors.is_empty() => {
                    Some(jsonata::infer(&jsonata.parsed.ast, &jsonata.scopes, &assigned))
                }
                _ => None,
            };
            self.expressions().iter().map(infer).collect()
        })
    }

    /// The JSONata expressions that parse, with what can be told of their values.
    pub fn inferred(&self) -> impl Iterator<Item = Inferred<'_, 'a>> {
        self.expressions().iter().zip(self.inferences()).filter_map(|(expression, inference)| {
            let Form::Jsonata(jsonata) = &expression.form else { return None };
            Some(Inferred { expression, jsonata, inference: inference.as_ref()? })
        })
    }

    /// What the condition of a rule in JSONata comes to, where it is made of constants.
    #[must_use]
    pub fn constant_condition(&self, operator: &Field<'_>) -> Option<bool> {
        if operator.name() != "Condition" {
            return None;
        }
        operator.value.as_bool().or_else(|| {
            let found = self.inferred().find(|found| found.expression.node.index() == operator.value.index())?;
            match found.inference.constant(found.ast().root()) {
                Some(Constant::Bool(holds)) => Some(holds),
                _ => None,
            }
        })
    }

    /// The names that some `Assign` of the machine gives a value, in whatever scope.
    pub fn assigned(&self) -> &BTreeSet<&'a str> {
        self.assigned.get_or_init(|| literal::assigned(self.sites()))
    }

    /// The whole number that a field has: written as one, or as an expression of constants.
    #[must_use]
    pub fn whole_number(&self, value: Node<'_>) -> Option<i64> {
        if value.is_open() {
            return None;
        }
        let number = value.as_i64();
        if number.is_some() || value.as_str().is_none() {
            return number;
        }
        let numbers = self.numbers.get_or_init(|| {
            let number = |found: Inferred<'_, '_>| match found.inference.constant(found.ast().root())? {
                Constant::Number(number) => Some((found.expression.node.span(), whole(number)?)),
                _ => None,
            };
            self.inferred().filter_map(number).collect()
        });
        numbers.get(&value.span()).copied()
    }

    /// What a Task calls; nothing where its `Resource` is no text.
    #[must_use]
    pub fn resource(&self, task: &State<'a>) -> &Called {
        let text = |state: &State<'a>| state.node.get("Resource").and_then(Node::as_str);
        let (first, called) = self.resources.get_or_init(|| {
            let mut known = HashMap::new();
            let states = &self.machine.states;
            let first = states.iter().map(|state| *known.entry(text(state)).or_insert(state.id.index())).collect();
            (first, states.iter().map(|_| OnceCell::new()).collect())
        });
        called[first[task.id.index()]]
            .get_or_init(|| text(task).map_or((Resource::Unreadable, Vec::new()), resource::parse))
    }
}

/// A number as one that JSON would hold without decimals; none above what a double tells apart.
fn whole(number: f64) -> Option<i64> {
    const MOST: f64 = 9_007_199_254_740_991.0;
    (number.fract() == 0.0 && number.abs() <= MOST).then(|| format!("{number:.0}").parse().ok()).flatten()
}

/// How long an execution lasts at most.
#[derive(Clone, Copy, Debug)]
pub struct Limit<'a> {
    /// In seconds.
    pub seconds: i64,
    /// How it runs.
    pub kind: MachineType,
    /// `TimeoutSeconds` of the machine, where that is what ends it; else the service does.
    pub field: Option<Field<'a>>,
}

/// A JSONata expression, and what can be told of its values.
#[derive(Clone, Copy, Debug)]
pub struct Inferred<'c, 'a> {
    /// The expression.
    pub expression: &'c Expression<'a>,
    /// It again, as JSONata.
    pub jsonata: &'c Jsonata,
    /// What can be told.
    pub inference: &'c Inference,
}

impl Inferred<'_, '_> {
    /// Its tree.
    #[must_use]
    pub fn ast(&self) -> &jsonata::Ast {
        &self.jsonata.parsed.ast
    }

    /// Where a span of its tree stands in the source.
    #[must_use]
    pub fn source_span(&self, span: Span) -> Span {
        self.expression.node.source_span(span.shifted(self.jsonata.inner.start))
    }
}
