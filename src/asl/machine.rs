//! The typed state machine.

use std::collections::HashMap;
use std::fmt;

use super::Rule;
use crate::syntax::{Kind, Member, Node};

/// A field of a state, a scope or a rule: its key and its value.
pub type Field<'t> = Member<'t>;

/// The number of a state in [`Machine::states`]: flat over all nested scopes, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub u32);

/// The number of a scope in [`Machine::scopes`]; 0 is the machine itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub u32);

impl StateId {
    /// As an index into tables beside [`Machine::states`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl ScopeId {
    /// The machine itself.
    pub const TOP: Self = Self(0);

    /// As an index into tables beside [`Machine::scopes`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// How the machine will run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MachineType {
    /// Up to a year, exactly once.
    #[default]
    Standard,
    /// Up to five minutes, without `.sync`, callbacks, activities and Distributed Maps.
    Express,
}

impl MachineType {
    /// The longest time that the service lets an execution take, in seconds (AWS guide, "Quotas").
    #[must_use]
    pub const fn longest(self) -> i64 {
        match self {
            Self::Standard => 31_536_000,
            Self::Express => 300,
        }
    }

    /// The type that a word names, as `ExecutionType` has it.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "STANDARD" => Some(Self::Standard),
            "EXPRESS" => Some(Self::Express),
            _ => None,
        }
    }
}

/// A state machine with everything nested in it.
#[derive(Clone, Debug)]
pub struct Machine<'t> {
    /// Its value.
    pub node: Node<'t>,
    /// The machine's query language, for states that name none.
    pub language: Language,
    /// Itself (first) and each branch and item processor, in document order.
    pub scopes: Vec<Scope<'t>>,
    /// The states of all scopes, in document order of their start.
    pub states: Vec<State<'t>>,
}

impl<'t> Machine<'t> {
    /// The scope that is the machine itself.
    #[must_use]
    pub fn top(&self) -> &Scope<'t> {
        &self.scopes[0]
    }

    /// The scope with this id.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope<'t> {
        &self.scopes[id.index()]
    }

    /// The state with this id.
    #[must_use]
    pub fn state(&self, id: StateId) -> &State<'t> {
        &self.states[id.index()]
    }

    /// The states of a scope, in document order.
    pub fn states_of(&self, scope: &Scope<'t>) -> impl Iterator<Item = &State<'t>> {
        scope.states.iter().map(|&id| self.state(id))
    }

    /// The innermost state that the node of this number is part of.
    #[must_use]
    pub fn state_at(&self, node: usize) -> Option<&State<'t>> {
        // States are listed in the order of their keys; the owner of a nested one comes before it.
        let after = self.states.partition_point(|state| state.key.index() <= node);
        let mut state = self.states[..after].last()?;
        while !state.contains(node) {
            state = self.state(self.scope(state.scope).place.owner()?);
        }
        Some(state)
    }

    /// The state of `scope` that a state is, or lies in; `None` where it lies elsewhere.
    #[must_use]
    pub fn holder(&self, state: StateId, scope: ScopeId) -> Option<StateId> {
        let mut state = self.state(state);
        while state.scope != scope {
            state = self.state(self.scope(state.scope).place.owner()?);
        }
        Some(state.id)
    }

    /// How a Map runs its iterations; `None` where that is not known, and for other states.
    #[must_use]
    pub fn mode(&self, state: &State<'t>) -> Option<Mode> {
        let (&first, others) = state.scopes().split_first()?;
        let mode = self.scope(first).mode();
        others.iter().all(|&other| self.scope(other).mode() == mode).then_some(mode)?
    }

    /// Whether the value of `QueryLanguage` that decides for this state is one that exists, or absent. The service takes
    /// another one for JSONata after a complaint, and what follows from that is no mistake of its own.
    #[must_use]
    pub fn is_language_certain(&self, state: &State<'t>) -> bool {
        let named = state.own_language.map(|own| own.value).or_else(|| self.node.get("QueryLanguage"));
        let exists =
            |text| [Language::JsonPath, Language::Jsonata].into_iter().any(|language| language.as_str() == text);
        state.is_language_known && named.is_none_or(|value| value.as_str().is_some_and(exists))
    }

    /// The nearest state around this one with a `QueryLanguage` of its own that is another than this one's, where this one
    /// names none: somebody may have expected it to reach inside, and it does not (measured).
    #[must_use]
    pub fn unreaching_language(&self, state: &State<'t>) -> Option<(&State<'t>, Field<'t>)> {
        if state.own_language.is_some() {
            return None;
        }
        let mut around = self.scope(state.scope).place.owner();
        while let Some(owner) = around.map(|owner| self.state(owner)) {
            if let Some(own) = owner.own_language.filter(|_| owner.is_language_known) {
                return (owner.language != state.language).then_some((owner, own));
            }
            around = self.scope(owner.scope).place.owner();
        }
        None
    }

    /// The state in `scope` that a transition to `name` reaches.
    #[must_use]
    pub fn find(&self, scope: ScopeId, name: &str) -> Option<StateId> {
        self.scope(scope).by_name.get(name).copied()
    }
}

/// Where a scope stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The machine itself.
    Top,
    /// The branch of this number of a Parallel state.
    Branch(StateId, usize),
    /// `ItemProcessor` of a Map state.
    ItemProcessor(StateId),
    /// `Iterator`, the deprecated spelling.
    Iterator(StateId),
}

impl Place {
    /// The state that holds the scope; `None` for the machine itself.
    #[must_use]
    pub const fn owner(self) -> Option<StateId> {
        match self {
            Self::Top => None,
            Self::Branch(state, _) | Self::ItemProcessor(state) | Self::Iterator(state) => Some(state),
        }
    }
}

/// A set of states that transitions cannot leave: the machine, a branch, or an item processor.
#[derive(Clone, Debug)]
pub struct Scope<'t> {
    /// Its number.
    pub id: ScopeId,
    /// Its value.
    pub node: Node<'t>,
    /// Where it stands.
    pub place: Place,
    /// How many scopes it lies in; 0 for the machine.
    pub depth: u32,
    /// `StartAt`.
    pub start_at: Option<Field<'t>>,
    /// `States`.
    pub states_field: Option<Field<'t>>,
    /// Its states, in document order.
    pub states: Vec<StateId>,
    /// Members of `States` that are no states but fields which belong beside it: `"QueryLanguage": "JSONata"` one bracket too
    /// deep.
    pub strays: Vec<Field<'t>>,
    pub(super) by_name: HashMap<&'t str, StateId>,
    /// Whether some name, or the list of states itself, is not known: any target may exist then.
    pub is_open: bool,
}

/// How a Map runs its iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In the execution of the machine.
    Inline,
    /// Each in a child execution of its own.
    Distributed,
}

impl Scope<'_> {
    /// How the iterations of a Map run whose item processor this is; `None` for other scopes, and where it is not known.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        let is_processor = matches!(self.place, Place::ItemProcessor(_) | Place::Iterator(_));
        if !is_processor || self.node.kind() != Kind::Object {
            return None;
        }
        let Some(config) = self.node.get("ProcessorConfig") else {
            return (!self.node.may_have_more()).then_some(Mode::Inline);
        };
        if config.kind() != Kind::Object || config.is_open() {
            return None;
        }
        let Some(mode) = config.get("Mode") else {
            return (!config.may_have_more()).then_some(Mode::Inline);
        };
        match mode.as_str().filter(|_| !mode.is_open())? {
            "INLINE" => Some(Mode::Inline),
            "DISTRIBUTED" => Some(Mode::Distributed),
            _ => None,
        }
    }
}

/// The eight kinds of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names of the language")]
pub enum StateType {
    Task,
    Pass,
    Wait,
    Choice,
    Parallel,
    Map,
    Succeed,
    Fail,
}

impl StateType {
    /// All of them, in the order the service lists them.
    pub const ALL: [Self; 8] =
        [Self::Task, Self::Wait, Self::Pass, Self::Succeed, Self::Fail, Self::Choice, Self::Parallel, Self::Map];

    /// Its value of `Type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Pass => "Pass",
            Self::Wait => "Wait",
            Self::Choice => "Choice",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
        }
    }

    /// The type with this value of `Type`; the language is case-sensitive.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether it ends its scope by being what it is.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeed | Self::Fail)
    }
}

impl fmt::Display for StateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What expressions are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Paths, payload templates and intrinsic functions.
    #[default]
    JsonPath,
    /// JSONata between `{%` and `%}`.
    Jsonata,
}

impl Language {
    /// Its value of `QueryLanguage`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::JsonPath => Self::Jsonata,
            Self::Jsonata => Self::JsonPath,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A state.
#[derive(Clone, Debug)]
pub struct State<'t> {
    /// Its number.
    pub id: StateId,
    /// The scope it belongs to.
    pub scope: ScopeId,
    /// Its name, as a key of `States`.
    pub key: Node<'t>,
    /// Its value.
    pub node: Node<'t>,
    /// `Type`, where it is one of the eight.
    pub kind: Option<StateType>,
    /// The language its expressions are in: its own, else the machine's. A Map's or Parallel's does not reach inside.
    pub language: Language,
    /// `QueryLanguage`, where the state has its own.
    pub own_language: Option<Field<'t>>,
    /// `Next`.
    pub next: Option<Field<'t>>,
    /// `End`, whatever its value.
    pub end: Option<Field<'t>>,
    /// `Retry`, entry by entry.
    pub retriers: Vec<Retrier<'t>>,
    /// `Catch`, entry by entry.
    pub catchers: Vec<Catcher<'t>>,
    /// What only this type of state has.
    pub detail: Detail<'t>,
    /// Whether it may have transitions that are not seen: part of what holds them could not be read, is a template's, or is
    /// misspelt, which is a finding of its own.
    pub is_open: bool,
    /// Whether its query language is known.
    pub is_language_known: bool,
}

impl<'t> State<'t> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'t str {
        self.key.as_str().unwrap_or_default()
    }

    /// Whether the node of this number is its key or part of its value.
    #[must_use]
    pub fn contains(&self, node: usize) -> bool {
        (self.key.index()..self.node.next_index()).contains(&node)
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Field<'t>> {
        self.node.member(name)
    }

    /// Whether it ends its scope: Succeed, Fail, or `End` that is true (or not known to be false).
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        let ends = |end: Field<'_>| end.value.is_open() || end.value.as_bool() == Some(true);
        self.kind.is_some_and(StateType::is_terminal) || self.end.is_some_and(ends)
    }

    /// Whether nothing says what comes after it: it does not end, and nothing leads on. (Catchers lead on from a failure.)
    #[must_use]
    pub fn is_loose(&self) -> bool {
        let leads_on = self.next.is_some()
            || self.choice().is_some_and(|choice| !choice.rules.is_empty() || choice.default.is_some());
        !self.is_terminal() && !leads_on
    }

    /// The scopes inside it, in document order.
    #[must_use]
    pub fn scopes(&self) -> &[ScopeId] {
        match &self.detail {
            Detail::Parallel(branches) => branches,
            Detail::Map(processors) => processors,
            _ => &[],
        }
    }

    /// The top-level rules and `Default` of a Choice.
    #[must_use]
    pub fn choice(&self) -> Option<&Choice<'t>> {
        match &self.detail {
            Detail::Choice(choice) => Some(choice),
            _ => None,
        }
    }

    /// Whether it is a Map.
    #[must_use]
    pub fn is_map(&self) -> bool {
        self.kind == Some(StateType::Map)
    }

    /// The top-level rules of a Choice, in order; of another state none.
    #[must_use]
    pub fn rules(&self) -> &[Rule<'t>] {
        self.choice().map(|choice| choice.rules.as_slice()).unwrap_or_default()
    }

    /// Every place in the state that names the state to go to, in document order of the kinds.
    pub fn targets(&self) -> impl Iterator<Item = Target<'t>> {
        let at = |edge: Edge| move |field: Field<'t>| Target { edge, field };
        let choice = self.choice();
        self.next
            .into_iter()
            .map(at(Edge::Next))
            .chain(choice.and_then(|choice| choice.default).into_iter().map(at(Edge::Default)))
            .chain(self.rules().iter().enumerate().filter_map(move |(i, rule)| rule.next.map(at(Edge::Choice(i)))))
            .chain(
                self.catchers.iter().enumerate().filter_map(move |(i, catcher)| catcher.next.map(at(Edge::Catch(i)))),
            )
    }
}

/// What only one type of state has.
#[derive(Clone, Debug)]
pub enum Detail<'t> {
    /// Nothing that other states refer to.
    Plain,
    /// A Choice.
    Choice(Choice<'t>),
    /// The branches of a Parallel.
    Parallel(Vec<ScopeId>),
    /// The item processor of a Map: one, or both spellings where a person wrote both.
    Map(Vec<ScopeId>),
}

/// What a Choice decides by.
#[derive(Clone, Debug)]
pub struct Choice<'t> {
    /// `Choices`, in order: the first that holds is taken.
    pub rules: Vec<Rule<'t>>,
    /// `Default`.
    pub default: Option<Field<'t>>,
}

/// An entry of `Retry`.
#[derive(Clone, Debug)]
pub struct Retrier<'t> {
    /// Its value.
    pub node: Node<'t>,
    /// `ErrorEquals`: the items of the array.
    pub errors: Vec<Node<'t>>,
}

/// An entry of `Catch`.
#[derive(Clone, Debug)]
pub struct Catcher<'t> {
    /// Its value.
    pub node: Node<'t>,
    /// `ErrorEquals`: the items of the array.
    pub errors: Vec<Node<'t>>,
    /// `Next`.
    pub next: Option<Field<'t>>,
}

/// How one state leads to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edge {
    /// `Next` of the state.
    Next,
    /// `Default` of a Choice.
    Default,
    /// The rule of this number.
    Choice(usize),
    /// The catcher of this number.
    Catch(usize),
    /// Into the branch of this number.
    Branch(usize),
    /// Into the item processor.
    Item,
}

/// A place that names the state to go to.
#[derive(Clone, Copy, Debug)]
pub struct Target<'t> {
    /// How it leads there.
    pub edge: Edge,
    /// The field that holds the name.
    pub field: Field<'t>,
}

impl Machine<'_> {
    /// How a person would call a scope: "the machine", "branch 0 of `Fan out`", "the item processor of `Each`".
    #[must_use]
    pub fn describe_scope(&self, scope: ScopeId) -> String {
        let name = |state: StateId| self.state(state).name();
        match self.scope(scope).place {
            Place::Top => "the machine".to_owned(),
            Place::Branch(state, i) => format!("branch {i} of `{}`", name(state)),
            Place::ItemProcessor(state) => format!("the item processor of `{}`", name(state)),
            Place::Iterator(state) => format!("the iterator of `{}`", name(state)),
        }
    }
}
