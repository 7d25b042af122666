//! Turns a machine into the errors that each of its states may fail with.
//!
//! A set of errors holds at least what any execution raises: what calls answer ([`Raiser`]), what the service itself raises,
//! what Fail states are named, and what comes out of the branches and iterations inside. What is not in the set does not happen,
//! so that an entry of `Retry` or `Catch` for it never applies; what is in it may still never happen. Only an entry that certainly
//! matches takes an error out of it.

mod caught;

use std::collections::BTreeMap;

use crate::asl::jsonata::{self, Delimited};
use crate::asl::{Language, Machine, Mode, Raiser, Scope, ScopeId, State, StateId, StateType};

pub use caught::{Caught, Kept, Others};

/// The errors that the service itself raises, in the order of the bits of [`Own`].
const OWN: [&str; 9] = [
    "States.Runtime",
    "States.DataLimitExceeded",
    "States.QueryEvaluationError",
    "States.TaskFailed",
    "States.Permissions",
    "States.Timeout",
    "States.HeartbeatTimeout",
    "States.ExceedToleratedFailureThreshold",
    "States.ItemReaderFailed",
];

/// `States.ResultWriterFailed`, which comes with `States.ItemReaderFailed`.
const RESULT_WRITER: &str = "States.ResultWriterFailed";

const RUNTIME: u16 = 1;
const DATA_LIMIT: u16 = 1 << 1;
const QUERY: u16 = 1 << 2;
const TASK_FAILED: u16 = 1 << 3;
const PERMISSIONS: u16 = 1 << 4;
const TIMEOUT: u16 = 1 << 5;
const HEARTBEAT: u16 = 1 << 6;
const TOLERANCE: u16 = 1 << 7;
const MAP_FILES: u16 = 1 << 8;
/// `States.DataLimitExceeded` of what a task answers, which is caught (recorded).
const TASK_LIMIT: u16 = 1 << 9;

/// Errors that may happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors<'t> {
    own: u16,
    /// Names of Fail states, each with the first that has it.
    names: BTreeMap<&'t str, StateId>,
    /// Who else names errors, each with the first state that asks it.
    raisers: BTreeMap<Raiser<'t>, StateId>,
    /// Whether a Fail state has no name.
    is_nameless: bool,
}

impl<'t> Errors<'t> {
    /// Whether an error of this name may be among them; a name such as `States.ALL` is no error's.
    #[must_use]
    pub fn may_be(&self, name: &str) -> bool {
        let own = if name == RESULT_WRITER { MAP_FILES } else { bit(name) };
        self.own & own != 0 || self.names.contains_key(name) || self.raisers.keys().any(|raiser| raiser.may_raise(name))
    }

    /// Whether the answer of a call may be an error of this name: no call fails as an expression does.
    #[must_use]
    pub fn may_be_answered(&self, name: &str) -> bool {
        !matches!(name, "States.Runtime" | "States.QueryEvaluationError") && self.may_be(name)
    }

    /// Whether an error without a name may be among them.
    #[must_use]
    pub fn may_be_nameless(&self) -> bool {
        self.is_nameless || self.raisers.contains_key(&Raiser::Anyone)
    }

    /// Whether anything at all may be among them.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.raisers.contains_key(&Raiser::Anyone)
    }

    /// The names of the service's own that are among them.
    pub fn own(&self) -> impl Iterator<Item = &'static str> {
        let is_among = |at: usize| self.own & (1 << at) != 0;
        OWN.iter().enumerate().filter(move |(at, _)| is_among(*at)).map(|(_, &name)| name)
    }

    /// The names that Fail states give, each with the first state that has it.
    pub fn names(&self) -> impl Iterator<Item = (&'t str, StateId)> {
        self.names.iter().map(|(&name, &state)| (name, state))
    }

    /// Who else names them, each with the first state that asks it.
    pub fn raisers(&self) -> impl Iterator<Item = (Raiser<'t>, StateId)> {
        self.raisers.iter().map(|(&raiser, &state)| (raiser, state))
    }

    /// Whether some call, Map or Fail state may be behind them, and not expressions and payloads alone.
    #[must_use]
    pub fn are_of_calls(&self) -> bool {
        let calls = self.own & !(RUNTIME | DATA_LIMIT | QUERY) != 0;
        calls || self.is_nameless || !self.names.is_empty() || !self.raisers.is_empty()
    }

    fn add(&mut self, other: &Self) {
        self.own |= other.own;
        self.is_nameless |= other.is_nameless;
        for (&name, &state) in &other.names {
            self.names.entry(name).or_insert(state);
        }
        for (&raiser, &state) in &other.raisers {
            self.raisers.entry(raiser).or_insert(state);
        }
    }

    /// Takes out what an entry with this name in `ErrorEquals` certainly matches.
    fn match_with(&mut self, name: &str) {
        match name {
            // A payload that is too large fails the execution, unless it is what a task answers.
            "States.ALL" => *self = Self { own: self.own & (RUNTIME | DATA_LIMIT), ..Self::default() },
            // Which of the service's own names it matches is documented only for a timeout, which it does not.
            "States.TaskFailed" => {
                self.own &= !TASK_FAILED;
                self.names.retain(|name, _| name.starts_with("States.") && *name != "States.TaskFailed");
                self.raisers.retain(|raiser, _| matches!(raiser, Raiser::Anyone | Raiser::Http));
            }
            // A missed heartbeat is recorded as a timeout.
            "States.Timeout" => self.own &= !(TIMEOUT | HEARTBEAT),
            "States.Runtime" => {}
            "States.DataLimitExceeded" => self.own &= !TASK_LIMIT,
            _ => self.own &= !bit(name),
        }
        if bit(name) & (RUNTIME | DATA_LIMIT) == 0 {
            self.names.remove(name);
        }
    }
}

/// The bit of a name of [`OWN`]; none for others.
fn bit(name: &str) -> u16 {
    OWN.iter().position(|own| *own == name).map_or(0, |at| 1 << at)
}

/// What may fail with what.
#[derive(Debug)]
pub struct ErrorFlow<'t> {
    /// By state: what an attempt at it may fail with.
    raised: Vec<Errors<'t>>,
    /// By scope: what may come out of it.
    scopes: Vec<Errors<'t>>,
}

impl<'t> ErrorFlow<'t> {
    /// The errors of `machine`, where `raiser` answers its Tasks. Takes as long as the machine is large, times the depth of its
    /// scopes.
    #[must_use]
    pub fn new(machine: &Machine<'t>, raiser: impl Fn(&State<'t>) -> Raiser<'t>) -> Self {
        Self::beside(machine, raiser, 0)
    }

    /// The same, where any call may be answered by a timeout: a Task without limits of its own has none that is documented, and
    /// yet whoever is called names its errors, and nothing that is known keeps it from this name.
    #[must_use]
    pub fn with_any_timeout(machine: &Machine<'t>, raiser: impl Fn(&State<'t>) -> Raiser<'t>) -> Self {
        Self::beside(machine, raiser, TIMEOUT)
    }

    /// `beside` are errors of the service's own that every Task may fail with.
    fn beside(machine: &Machine<'t>, raiser: impl Fn(&State<'t>) -> Raiser<'t>, beside: u16) -> Self {
        let mut this = Self {
            raised: vec![Errors::default(); machine.states.len()],
            scopes: vec![Errors::default(); machine.scopes.len()],
        };
        // What lies inside a state comes after the scope of that state.
        for scope in machine.scopes.iter().rev() {
            let mut out = Errors::default();
            for state in machine.states_of(scope) {
                let raised = this.raise(machine, state, &raiser, beside);
                out.add(&uncaught(state, &raised));
                this.raised[state.id.index()] = raised;
            }
            if is_open(scope) {
                // States that are not seen; the scope has an owner, or is the machine.
                let owner = scope.place.owner().or_else(|| scope.states.first().copied()).unwrap_or(StateId(0));
                out.raisers.insert(Raiser::Anyone, owner);
                out.is_nameless = true;
            }
            this.scopes[scope.id.index()] = out;
        }
        this
    }

    /// What an attempt at a state may fail with: what its `Retry` and `Catch` may see.
    #[must_use]
    pub fn raised(&self, state: StateId) -> &Errors<'t> {
        &self.raised[state.index()]
    }

    /// What may come out of a scope.
    #[must_use]
    pub fn escaping(&self, scope: ScopeId) -> &Errors<'t> {
        &self.scopes[scope.index()]
    }

    /// What of it no catcher of the state certainly takes.
    #[must_use]
    pub fn leaving(&self, state: &State<'t>) -> Errors<'t> {
        uncaught(state, self.raised(state.id))
    }

    fn raise(
        &self,
        machine: &Machine<'t>,
        state: &State<'t>,
        raiser: impl Fn(&State<'t>) -> Raiser<'t>,
        beside: u16,
    ) -> Errors<'t> {
        let is_path = state.language == Language::JsonPath && state.is_language_known;
        let mut errors = Errors { own: RUNTIME | DATA_LIMIT | if is_path { 0 } else { QUERY }, ..Errors::default() };
        match state.kind {
            Some(StateType::Task) => {
                errors.own |= TASK_FAILED | PERMISSIONS | TASK_LIMIT | limits(state) | beside;
                errors.raisers.insert(raiser(state), state.id);
            }
            Some(StateType::Parallel) => self.raise_inside(state, &mut errors),
            Some(StateType::Map) => {
                let mode = machine.mode(state);
                if mode != Some(Mode::Inline) || state.node.members().any(|field| field.name().starts_with("Tolerated"))
                {
                    errors.own |= TOLERANCE | MAP_FILES;
                }
                // The failures of child executions are counted, and do not come out by their names.
                if mode != Some(Mode::Distributed) {
                    self.raise_inside(state, &mut errors);
                }
            }
            Some(StateType::Fail) => fail(state, &mut errors),
            Some(_) => {}
            None => errors.open(state.id),
        }
        if state.node.may_have_more() {
            errors.open(state.id);
        }
        errors
    }

    fn raise_inside(&self, state: &State<'t>, errors: &mut Errors<'t>) {
        for scope in state.scopes() {
            errors.add(&self.scopes[scope.index()]);
        }
        let is_seen = ["Branches", "ItemProcessor", "Iterator"]
            .into_iter()
            .filter_map(|name| state.node.get(name))
            .all(|inside| !inside.is_open() && !inside.is_incomplete());
        if state.scopes().is_empty() || !is_seen {
            errors.open(state.id);
        }
    }
}

impl Errors<'_> {
    fn open(&mut self, state: StateId) {
        self.raisers.insert(Raiser::Anyone, state);
        self.is_nameless = true;
    }
}

fn is_open(scope: &Scope<'_>) -> bool {
    scope.is_open || scope.node.may_have_more() || scope.states_field.is_none_or(|states| states.value.may_have_more())
}

/// The timeouts that a Task has limits for.
fn limits(state: &State<'_>) -> u16 {
    let has = |name: &str| state.field(name).is_some() || state.field(&format!("{name}Path")).is_some();
    match (has("TimeoutSeconds"), has("HeartbeatSeconds")) {
        (_, true) => TIMEOUT | HEARTBEAT,
        (true, false) => TIMEOUT,
        (false, false) => 0,
    }
}

/// What a Fail state fails with.
fn fail<'t>(state: &State<'t>, errors: &mut Errors<'t>) {
    if state.field("ErrorPath").is_some() {
        errors.open(state.id);
        return;
    }
    let Some(error) = state.node.get("Error") else {
        errors.is_nameless = true;
        return;
    };
    let is_name =
        |text: &str| state.language == Language::JsonPath || jsonata::expression_in(text) == Delimited::Literal;
    match error.as_str().filter(|text| !error.is_open() && state.is_language_known && is_name(text)) {
        Some(name) => {
            errors.names.insert(name, state.id);
        }
        None => errors.open(state.id),
    }
}

/// What of these errors no catcher of the state certainly matches, and what its catchers may fail with.
fn uncaught<'t>(state: &State<'t>, raised: &Errors<'t>) -> Errors<'t> {
    if state.catchers.is_empty() {
        return raised.clone();
    }
    let mut left = raised.clone();
    let names = state.catchers.iter().flat_map(|catcher| &catcher.errors);
    for name in names.filter(|name| !name.is_open()).filter_map(|name| name.as_str()) {
        left.match_with(name);
    }
    // `Output` and `Assign` of a catcher are evaluated behind it.
    left.own |= raised.own & QUERY;
    left
}
