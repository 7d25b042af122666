//! A machine, an input and the answers of its tasks into what the service would do with them.
//!
//! [`run`] executes a machine from its start to its end, deterministically: time is simulated, chance is seeded, branches and
//! iterations run one after the other, each on a clock of its own, and what happened is put in the order of those clocks
//! afterwards. Execution never fails in itself: whatever the machine says, there is an [`Execution`] that tells what came of it.
//! Work is bounded by [`Setup::max_states`], [`Setup::max_work`] and [`MachineType::longest`].

mod choice;
mod containers;
mod context;
mod distributed;
mod failure;
mod fields;
mod frame;
mod history;
mod map;
mod pipeline;
mod program;
mod retry;
mod scope;
mod task;
mod wait;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::asl::{Machine, MachineType, ScopeId, State, StateId};
use crate::syntax::Node;
use crate::text::Span;

use super::item_reader::Files;
use super::value::Members;
use super::{Budget, Mocks, Random, Value};
use context::Identity;
use frame::Frame;
use history::{History, Sequence};
use program::Program;

pub use context::timestamp;
pub use failure::{EXCEEDED, Failure, NOT_MOCKED, Reach, UNFIT};
pub use history::{Call, CallKind, Event, Happening, Progress, Stage, Strand};

/// How to execute a machine.
#[derive(Debug)]
pub struct Setup<'s> {
    /// The input of the execution.
    pub input: Value,
    /// The answers of its tasks.
    pub mocks: &'s Mocks,
    /// What `ItemReader`s read.
    pub files: &'s dyn Files,
    /// The name of the machine, for the context object.
    pub name: &'s str,
    /// The context object, where it is another than the execution makes up for itself. Maps add their items to it, callbacks
    /// their tokens.
    pub context: Option<Value>,
    /// When the execution starts, in milliseconds since 1970.
    pub start: i64,
    /// How the machine runs.
    pub kind: MachineType,
    /// What chance starts from.
    pub seed: u64,
    /// How many states it may enter; each retry counts as one.
    pub max_states: u64,
    /// How much its expressions may compute, in units of [`Budget`].
    pub max_work: u64,
    /// Whether events tell the values on the way. Else what they tell is `null`, and there are no [`Happening::Stage`]s: whoever asks
    /// which way an execution goes need not hold all documents that it makes.
    pub keeps_values: bool,
}

/// The largest input, output or result of a state, in bytes of JSON; so large may the input of an execution be, and what a state
/// assigns (AWS guide, "Quotas").
pub const MAX_PAYLOAD: usize = 262_144;

/// When executions start unless somebody says otherwise: 2026-11-23T00:00:00Z, a Monday.
pub const DEFAULT_START: i64 = 1_795_392_000_000;

impl<'s> Setup<'s> {
    /// A Standard execution with the usual bounds.
    #[must_use]
    pub fn new(input: Value, mocks: &'s Mocks, files: &'s dyn Files) -> Self {
        Self {
            input,
            mocks,
            files,
            name: "machine",
            context: None,
            start: DEFAULT_START,
            kind: MachineType::Standard,
            seed: 0,
            max_states: 1_000_000,
            max_work: 1_000_000_000,
            keeps_values: true,
        }
    }
}

/// What became of an execution.
#[derive(Clone, Debug)]
pub struct Execution {
    /// How it ended.
    pub status: Status,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the events belong to, by number.
    pub strands: Vec<Strand>,
    /// When it ended, in milliseconds since 1970.
    pub end: i64,
    /// What it took to follow it: one for each state that was entered or tried again, more where documents are large.
    pub cost: u64,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// With this output.
    Succeeded(Value),
    /// With this failure.
    Failed(Failure),
    /// It took longer than the machine or the service allows.
    TimedOut,
    /// The interpreter gave up: nothing is said of what the service would do.
    Aborted {
        /// Which bound was reached.
        reason: Arc<str>,
        /// The expression that was being evaluated, if one was.
        at: Option<Span>,
    },
}

impl Status {
    fn aborted(reason: &str) -> Self {
        Self::Aborted { reason: reason.into(), at: None }
    }
}

impl Execution {
    /// The states that were entered, in order, without those of the child executions of Distributed Maps, which are executions
    /// of their own.
    pub fn entered(&self) -> impl Iterator<Item = StateId> {
        self.events.iter().filter(|event| !event.in_child).filter_map(|event| match event.what {
            Happening::Entered(state, _) => Some(state),
            _ => None,
        })
    }

    /// The variables that a state of a strand sees at the event of this index, where values were kept.
    #[must_use]
    pub fn variables(&self, at: usize, strand: usize) -> Members {
        let mut around = vec![strand];
        while let Some(&last) = around.last().filter(|&&last| last != 0) {
            around.push(self.strands[last].around);
        }
        let mut variables = Members::new();
        for strand in around.into_iter().rev() {
            for event in self.events[..at].iter().filter(|event| event.strand == strand) {
                if let Happening::Exited(_, _, assigned) = &event.what {
                    variables.extend(assigned.iter().map(|(name, value)| (Arc::clone(name), value.clone())));
                }
            }
        }
        variables
    }
}

/// Executes a machine.
///
/// Scopes that nest deeply are walked on a stack that is large enough for them.
#[must_use]
pub fn run(machine: &Machine<'_>, setup: &Setup<'_>) -> Execution {
    Runner::new(machine).run(setup)
}

/// A machine that is executed more than once: its expressions are read at their first use in any execution.
#[derive(Debug)]
pub struct Runner<'m, 't> {
    machine: &'m Machine<'t>,
    program: Program<'t>,
    /// How many scopes lie in one another.
    depth: usize,
}

impl<'m, 't> Runner<'m, 't> {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(machine: &'m Machine<'t>) -> Self {
        let depth = machine.scopes.iter().map(|scope| scope.depth as usize).max().unwrap_or_default();
        Self { machine, program: Program::default(), depth }
    }

    /// Executes it, as [`run`] does.
    pub fn run(&mut self, setup: &Setup<'_>) -> Execution {
        /// So many nested scopes fit on any stack.
        const SHALLOW: usize = 12;
        /// More than a scope takes, in bytes.
        const PER_SCOPE: usize = 64 * 1024;
        /// What the expressions of the innermost scope take, and more.
        const REST: usize = 2 << 20;
        let machine = self.machine;
        if self.depth <= SHALLOW {
            let (execution, program) = Interpreter::new(machine, setup, std::mem::take(&mut self.program)).run();
            self.program = program;
            return execution;
        }
        std::thread::scope(|threads| {
            let builder = std::thread::Builder::new().stack_size(self.depth * PER_SCOPE + REST);
            let run = || Interpreter::new(machine, setup, Program::default()).run().0;
            let running = builder.spawn_scoped(threads, run);
            let execution = running.ok().and_then(|running| running.join().ok());
            execution.unwrap_or_else(|| Execution {
                status: Status::aborted("there is not enough memory for a stack as deep as the machine nests"),
                events: Vec::new(),
                strands: vec![Strand::default()],
                end: setup.start,
                cost: 0,
            })
        })
    }
}

/// Why a scope or a state did not come to its end.
#[derive(Debug)]
enum Stop {
    /// It failed.
    Failed(Failure),
    /// Something around it stops it at this time: a timeout, or the failure of a sibling.
    Cut,
    /// A task has no answer: nothing is known from here on.
    Unanswered(Failure),
    /// Work is given up that takes more than is allowed.
    Exhausted { at: Option<Span>, reason: Arc<str> },
    /// The budget of states is used up.
    Endless,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// An execution on its way.
struct Interpreter<'m, 't> {
    machine: &'m Machine<'t>,
    setup: &'m Setup<'m>,
    program: Program<'t>,
    /// The simulated clock, in milliseconds since 1970.
    now: i64,
    /// When something around what runs stops it.
    until: i64,
    random: Random,
    budget: Budget,
    states_left: u64,
    /// How many answers of each key of the mocks were given.
    answered: BTreeMap<&'m str, usize>,
    /// When each of them was given, and the key.
    given: Vec<(i64, &'m str)>,
    history: History,
    /// The event of the service that led to what happens now.
    last: Option<Sequence>,
    identity: Rc<Identity>,
}

impl<'m, 't> Interpreter<'m, 't> {
    fn new(machine: &'m Machine<'t>, setup: &'m Setup<'m>, program: Program<'t>) -> Self {
        let mut random = Random::new(setup.seed);
        let identity = Rc::new(Identity::new(setup, &mut random));
        Self {
            machine,
            setup,
            program,
            now: setup.start,
            until: i64::MAX,
            random,
            budget: Budget::new(setup.max_work),
            states_left: setup.max_states,
            answered: BTreeMap::new(),
            given: Vec::new(),
            history: History::new(setup.keeps_values),
            last: None,
            identity,
        }
    }

    fn run(mut self) -> (Execution, Program<'t>) {
        let own = self.machine.node.get("TimeoutSeconds").and_then(Node::as_i64).filter(|&own| own > 0);
        let longest = own.unwrap_or(i64::MAX).min(self.setup.kind.longest());
        self.until = self.now.saturating_add(longest.saturating_mul(1000));
        self.happens(Happening::Started(self.setup.input.clone()));
        // The first state follows from nothing (recorded).
        self.last = None;
        let result = self.run_scope(ScopeId::TOP, self.setup.input.clone(), Frame::new(Members::new(), None), None);
        let status = match result {
            Ok(output) => Status::Succeeded(output),
            Err(Stop::Failed(failure) | Stop::Unanswered(failure)) => Status::Failed(failure),
            Err(Stop::Cut) => Status::TimedOut,
            Err(Stop::Exhausted { at, reason }) => Status::Aborted { reason, at },
            Err(Stop::Endless) => {
                let most = self.setup.max_states;
                Status::aborted(&format!(
                    "it has entered or retried {most} states, as many as are allowed, and was not done"
                ))
            }
        };
        self.happens(match &status {
            Status::Succeeded(output) => Happening::Succeeded(output.clone()),
            Status::Failed(failure) => Happening::Failed(failure.clone()),
            Status::TimedOut => Happening::TimedOut,
            Status::Aborted { reason, .. } => Happening::Aborted(Arc::clone(reason)),
        });
        let cost = self.history.cost();
        let (events, strands) = self.history.finish();
        (Execution { status, events, strands, end: self.now, cost }, self.program)
    }

    /// Records an event of the service: what happens next follows from it.
    fn happens(&mut self, what: Happening) {
        self.last = Some(self.history.push(self.now, self.last, what));
    }

    /// Records something that nothing follows from: most are no events of the service.
    fn note(&mut self, what: Happening) -> Sequence {
        self.history.push(self.now, self.last, what)
    }

    fn stage(&mut self, state: &State<'t>, stage: Stage, value: &Value) {
        if !self.setup.keeps_values {
            return;
        }
        self.note(Happening::Stage(state.id, stage, value.clone()));
    }

    /// Moves the clock forward, or to where something stops what runs.
    fn advance(&mut self, milliseconds: i64) -> Result<(), Stop> {
        let then = self.now.saturating_add(milliseconds.max(0));
        if then >= self.until && then > self.now {
            self.now = self.until.max(self.now);
            return Err(Stop::Cut);
        }
        self.now = then;
        Ok(())
    }
}
