//! What happened, in order: the events of the service, and between them what a person wants to know besides.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::asl::StateId;

use super::super::{Value, value::Members};
use super::failure::Failure;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When, in milliseconds since 1970, on the simulated clock.
    pub at: i64,
    /// The [`Event::number`] of the event of the service that led to it; 0 for none.
    pub previous: u32,
    /// Its number, from 1 on, for an event of the service; 0 for the others.
    pub number: u32,
    /// Whether it belongs to a child execution of a Distributed Map, which has a history of its own at the service.
    pub in_child: bool,
    /// The number of its [`Strand`].
    pub strand: usize,
    /// What.
    pub what: Happening,
}

/// One run from the start of a scope on: of the machine itself (number 0), or of a branch, an iteration or a child execution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strand {
    /// The strand that started it. Its events lie between those of that strand that tell of its start and of what came of it.
    pub around: usize,
    /// Which of the branches, iterations or children it is.
    pub index: usize,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Happening {
    /// The execution starts.
    Started(Value),
    /// It ends with this output.
    Succeeded(Value),
    /// It ends with this failure.
    Failed(Failure),
    /// It takes longer than the machine or the service allows.
    TimedOut,
    /// It was given up: the budget of steps is used up.
    Aborted(Arc<str>),
    /// A state is entered with this input.
    Entered(StateId, Value),
    /// A state is left with this output, and these variables get these values.
    Exited(StateId, Value, Members),
    /// A value on the way through a state: not an event of the service.
    Stage(StateId, Stage, Value),
    /// The rule of a Choice that holds, or none: not an event of the service.
    Chosen(StateId, Option<usize>),
    /// A task is called.
    Called(StateId, Arc<Call>),
    /// A task gave this.
    Returned(StateId, Arc<Call>, Value),
    /// A task failed with this.
    Threw(StateId, Arc<Call>, Failure),
    /// An expression of the state, named here, has no value: JSONata only.
    EvaluationFailed(StateId, Failure),
    /// The state failed: not an event of the service.
    StateFailed(StateId, Failure),
    /// The state is tried again by this retrier for this time, after so many seconds: not an event of the service.
    Retrying {
        /// The state.
        state: StateId,
        /// Which entry of `Retry`.
        retrier: usize,
        /// How many times it has been retried by this entry, with this one.
        attempt: u32,
        /// Seconds until then.
        delay: f64,
    },
    /// The failure is caught by this entry of `Catch`: not an event of the service.
    Caught(StateId, usize),
    /// A state is stopped because something around it failed.
    StateAborted(StateId),
    /// The branches of a Parallel start.
    ParallelStarted(StateId),
    /// They are all done.
    ParallelSucceeded(StateId),
    /// One of them failed.
    ParallelFailed(StateId),
    /// The iterations of a Map start; there are so many.
    MapStarted(StateId, usize),
    /// They are all done.
    MapSucceeded(StateId),
    /// Too many failed, or what it iterates over could not be read.
    MapFailed(StateId),
    /// The run of a Distributed Map starts; it has this ARN.
    MapRunStarted(StateId, Arc<str>),
    /// It is done.
    MapRunSucceeded(StateId),
    /// It failed.
    MapRunFailed(StateId, Failure),
    /// Something happens to the iteration of this number of an Inline Map, or a child of a Distributed one.
    Iteration(StateId, usize, Progress),
}

/// What happens to an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It starts.
    Started,
    /// It is done.
    Succeeded,
    /// It failed.
    Failed,
    /// It was stopped because another failed.
    Aborted,
}

/// The values on the way through a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// After `InputPath`.
    InputPath,
    /// After `Parameters`.
    Parameters,
    /// After `Arguments`.
    Arguments,
    /// After `ItemsPath` or `Items`, or what an `ItemReader` read.
    Items,
    /// The result of the work.
    Result,
    /// After `ResultSelector`.
    ResultSelector,
    /// After `ResultPath`.
    ResultPath,
}

/// The call of a task.
#[derive(Clone, Debug)]
pub struct Call {
    /// `Resource`.
    pub resource: Arc<str>,
    /// How it is named in histories.
    pub kind: CallKind,
    /// Whether the state goes on waiting after the call has been answered: for a job, or for a token.
    pub is_submitted: bool,
    /// What it is called with.
    pub parameters: Value,
    /// `TimeoutSeconds`, where there are any.
    pub timeout: Option<i64>,
    /// `HeartbeatSeconds`, where there are any.
    pub heartbeat: Option<i64>,
    /// The role of `Credentials`, where it is called with another than the machine's.
    pub role: Option<Arc<str>>,
}

/// How histories name a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// `LambdaFunction…`: `Resource` is the function's ARN.
    Lambda,
    /// `Activity…`
    Activity,
    /// `Task…`: everything else.
    Task,
}

impl Happening {
    /// Without the values that it tells.
    fn bare(self) -> Self {
        match self {
            Self::Started(_) => Self::Started(Value::Null),
            Self::Succeeded(_) => Self::Succeeded(Value::Null),
            Self::Entered(state, _) => Self::Entered(state, Value::Null),
            Self::Exited(state, ..) => Self::Exited(state, Value::Null, Members::new()),
            Self::Returned(state, call, _) => Self::Returned(state, call, Value::Null),
            other => other,
        }
    }

    /// What it takes to follow it. Large documents cost more to pass on.
    fn cost(&self) -> u64 {
        match self {
            Self::Entered(_, input) => 1 + input.as_object().map_or(0, |members| members.len() as u64 / 16),
            Self::Retrying { .. } => 1,
            _ => 0,
        }
    }

    /// How many events of the service it is.
    fn n_events(&self) -> u32 {
        match self {
            Self::Stage(..) | Self::Chosen(..) | Self::StateFailed(..) | Self::Retrying { .. } | Self::Caught(..) => 0,
            // Scheduled, started and, for what goes on after the call, submitted.
            Self::Called(_, call) => 2 + u32::from(call.is_submitted),
            _ => 1,
        }
    }
}

/// The events so far.
#[derive(Debug)]
pub(super) struct History {
    events: Vec<Recorded>,
    strands: Vec<Strand>,
    /// The strand that events belong to now.
    strand: usize,
    keeps_values: bool,
    /// Of the next event: more than how many there are, where some were dropped.
    next: Sequence,
    n_service: u32,
    /// How many Distributed Maps the execution is inside of.
    pub(super) children: u32,
}

#[derive(Debug)]
struct Recorded {
    /// Its place when it was recorded.
    at: i64,
    previous: Option<u32>,
    in_child: bool,
    strand: usize,
    what: Happening,
    cost: u64,
    sequence: u32,
}

/// A state that something around it stopped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopped {
    pub(super) strand: usize,
    pub(super) in_child: bool,
    pub(super) state: StateId,
}

/// The place of an event, for those it leads to.
pub(super) type Sequence = u32;

impl History {
    /// Nothing has happened.
    pub(super) fn new(keeps_values: bool) -> Self {
        let strands = vec![Strand::default()];
        Self { events: Vec::new(), strands, strand: 0, keeps_values, next: 0, n_service: 0, children: 0 }
    }

    /// The strand that events belong to now.
    pub(super) const fn strand(&self) -> usize {
        self.strand
    }

    /// From now on events belong to a new strand, the one with this index that `around` starts.
    pub(super) fn open_strand(&mut self, around: usize, index: usize) {
        self.strand = self.strands.len();
        self.strands.push(Strand { around, index });
    }

    /// From now on events belong to this strand again.
    pub(super) const fn return_to(&mut self, strand: usize) {
        self.strand = strand;
    }

    /// Records an event that `previous` led to.
    pub(super) fn push(&mut self, at: i64, previous: Option<Sequence>, what: Happening) -> Sequence {
        let sequence = self.next;
        self.next = self.next.saturating_add(1);
        if self.children == 0 {
            self.n_service += what.n_events();
        }
        let (in_child, strand) = (self.children > 0, self.strand);
        let cost = what.cost();
        let what = if self.keeps_values { what } else { what.bare() };
        self.events.push(Recorded { at, previous, in_child, strand, what, cost, sequence });
        sequence
    }

    /// How many events the service would have recorded so far.
    pub(super) const fn n_service(&self) -> u32 {
        self.n_service
    }

    /// What all that happened took to follow.
    pub(super) fn cost(&self) -> u64 {
        self.events.iter().map(|event| event.cost).sum()
    }

    /// How many events there are, for [`Self::settle`].
    pub(super) const fn mark(&self) -> usize {
        self.events.len()
    }

    /// Drops what happened after `until` since `mark`, and puts the rest in the order of time. The states that were entered and
    /// would have been left later are stopped: they come back, inner ones first.
    pub(super) fn settle(&mut self, mark: usize, until: i64) -> impl Iterator<Item = Stopped> + use<> {
        let mut stopped: BTreeMap<usize, Option<Stopped>> = BTreeMap::new();
        let tail = &self.events[mark..];
        if !tail.is_sorted_by_key(|event| event.at) || tail.last().is_some_and(|last| last.at > until) {
            let mut tail = self.events.split_off(mark);
            tail.sort_by_key(|event| event.at);
            let dropped = tail.split_off(tail.partition_point(|event| event.at <= until));
            for event in &dropped {
                self.n_service -= if event.in_child { 0 } else { event.what.n_events() };
                stopped.insert(event.strand, None);
            }
            for &Recorded { strand, in_child, ref what, .. } in &tail {
                let Some(last) = stopped.get_mut(&strand) else { continue };
                match *what {
                    Happening::Entered(state, _) => *last = Some(Stopped { strand, in_child, state }),
                    Happening::Exited(..) | Happening::StateAborted(_) => *last = None,
                    _ => {}
                }
            }
            self.events.append(&mut tail);
        }
        // The strands inside of a strand come after it.
        stopped.into_values().rev().flatten()
    }

    /// The events with their numbers, and their strands.
    pub(super) fn finish(self) -> (Vec<Event>, Vec<Strand>) {
        let longest = self.events.iter().map(|event| event.sequence as usize + 1).max().unwrap_or_default();
        let mut numbers = vec![0; longest];
        // The numbers of the events of a child execution are its own; they go on counting through all of them.
        let mut next = [1, 1];
        let mut events = Vec::with_capacity(self.events.len());
        for event in self.events {
            let next = &mut next[usize::from(event.in_child)];
            let n = event.what.n_events();
            let number = if n == 0 { 0 } else { *next };
            *next += n;
            // What follows a call follows its start.
            numbers[event.sequence as usize] = if n == 0 { 0 } else { *next - 1 };
            let previous = event.previous.map_or(0, |previous| numbers[previous as usize]);
            let Recorded { at, in_child, strand, what, .. } = event;
            events.push(Event { at, previous, number, in_child, strand, what });
        }
        (events, self.strands)
    }
}
