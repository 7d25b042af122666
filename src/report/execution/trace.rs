//! Turns the events of an execution into a text that tells state by state what happened.
//!
//! A state is one line, with where it leads, and below it what changed on the way through: a value that was just told is not
//! told again. What runs in branches, iterations and child executions stands below the state that started it, one after the
//! other, whatever ran at the same time; the clock on the left tells. It is written where it differs from the line before.

use std::fmt::Write;

use super::super::excerpt::fit;
use super::super::pretty::{BOLD, PLAIN, paint};
use super::super::{Colour, one_line};
use super::{Executed, seconds};
use crate::asl::{Machine, Rule, StateId};
use crate::eval::Value;
use crate::eval::execution::{Event, Failure, Happening, Stage, Strand};
use crate::eval::value::Members;

const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const CYAN: &str = "\x1b[36m";

/// Columns of the clock.
const CLOCK: usize = 9;
/// Columns of the longest label of a value: `ResultSelector`.
const LABEL: usize = 14;
/// Columns that a value has at least, however deeply it lies.
const LEAST: usize = 20;
/// Columns of the longest type of a state: `Parallel`.
const TYPE: usize = 8;

pub(super) fn trace(executed: Executed<'_>, width: Option<usize>, colour: Colour) -> String {
    let mut trace = Trace {
        machine: executed.machine,
        strands: &executed.execution.strands,
        steps: steps(executed),
        width,
        colour,
        start: executed.start(),
        out: String::new(),
        clock: None,
    };
    trace.strand(0, 0, None);
    trace.out
}

/// What happens in a strand, in order.
#[derive(Clone, Copy, Debug)]
enum Step<'r> {
    Event(&'r Event),
    /// Another one starts here.
    Strand(usize),
}

/// The steps of each strand.
fn steps(executed: Executed<'_>) -> Vec<Vec<Step<'_>>> {
    let strands = &executed.execution.strands;
    let mut steps = vec![Vec::new(); strands.len()];
    let mut is_told = vec![false; strands.len()];
    for event in &executed.execution.events {
        let mut strand = event.strand;
        while strand != 0 && !is_told[strand] {
            is_told[strand] = true;
            let around = strands[strand].around;
            steps[around].push(Step::Strand(strand));
            strand = around;
        }
        steps[event.strand].push(Step::Event(event));
    }
    steps
}

#[derive(Debug)]
struct Trace<'r> {
    machine: &'r Machine<'r>,
    strands: &'r [Strand],
    steps: Vec<Vec<Step<'r>>>,
    width: Option<usize>,
    colour: Colour,
    start: i64,
    out: String,
    /// The time on the line before.
    clock: Option<i64>,
}

/// One visit of a state.
#[derive(Clone, Copy, Debug)]
struct Visit<'s, 'r> {
    state: StateId,
    input: &'r Value,
    entry: &'r Event,
    /// What follows the entry.
    steps: &'s [Step<'r>],
    /// The state that is entered after it.
    next: Option<StateId>,
    depth: usize,
}

impl<'r> Trace<'r> {
    /// The states of a strand; `told` is a value that was just told. Recursion is bounded by the depth of the machine.
    fn strand(&mut self, strand: usize, depth: usize, mut told: Option<&'r Value>) {
        let steps = std::mem::take(&mut self.steps[strand]);
        let mut rest = steps.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let Some((entry, state, input)) = entry(first) else {
                rest = after;
                continue;
            };
            let end = after.iter().position(|step| self::entry(step).is_some()).unwrap_or(after.len());
            let next = after.get(end).and_then(self::entry).map(|(_, next, _)| next);
            told = self.visit(Visit { state, input, entry, steps: &after[..end], next, depth }, told);
            rest = &after[end..];
        }
    }

    /// One visit of a state; `told` is the value that was told last, and so is what comes back.
    fn visit(&mut self, visit: Visit<'_, 'r>, told: Option<&'r Value>) -> Option<&'r Value> {
        self.head(visit);
        let depth = visit.depth;
        let output = output(visit.steps);
        let mut told = self.value(depth, visit.entry.at, "input", visit.input, told);
        let mut what = "branch";
        for (i, step) in visit.steps.iter().enumerate() {
            let event = match step {
                Step::Event(event) => event,
                Step::Strand(strand) => {
                    let given = told.filter(|_| what == "branch");
                    self.nested(*strand, what, depth, given);
                    continue;
                }
            };
            let at = event.at;
            match &event.what {
                Happening::Stage(_, stage, value) => {
                    let is_output = matches!(stage, Stage::ResultSelector | Stage::ResultPath)
                        && output == Some(value)
                        && !visit.steps[i + 1..].iter().any(is_stage);
                    if !is_output {
                        told = self.value(depth, at, label(*stage), value, told);
                    }
                }
                Happening::Chosen(state, chosen) => self.chosen(depth, at, *state, *chosen),
                Happening::Called(_, call) => {
                    self.line(depth, at, "calls", &call.resource);
                    told = self.value(depth, at, "with", &call.parameters, told);
                }
                Happening::Returned(_, _, value) => told = self.value(depth, at, "returns", value, None),
                Happening::StateFailed(state, failure) => self.failed(depth, at, *state, failure),
                Happening::Retrying { retrier, attempt, delay, .. } => {
                    let text = format!("again after {delay} s, attempt {attempt}");
                    self.line(depth, at, &format!("Retry[{retrier}]"), &text);
                }
                Happening::Caught(_, catcher) => {
                    let next = visit.next.map_or("", |next| self.machine.state(next).name());
                    self.line(depth, at, &format!("Catch[{catcher}]"), &format!("leads to `{next}`"));
                }
                Happening::ParallelStarted(_) => what = "branch",
                Happening::MapStarted(_, _) => what = "iteration",
                Happening::MapRunStarted(..) => what = "child",
                Happening::Exited(_, output, variables) => {
                    self.assigned(depth, at, variables);
                    told = self.value(depth, at, "output", output, told);
                }
                _ => {}
            }
        }
        told
    }

    /// `    2.5s  Task     Ship → end`
    fn head(&mut self, visit: Visit<'_, 'r>) {
        let state = self.machine.state(visit.state);
        let (bold, dim, cyan, plain) = (self.paint(BOLD), self.paint(DIM), self.paint(CYAN), self.paint(PLAIN));
        let end = visit.steps.iter().find_map(|step| match step {
            Step::Event(event) => match event.what {
                Happening::Exited(..) => Some(visit.next.map_or("end", |next| self.machine.state(next).name())),
                Happening::StateAborted(_) => Some("stopped"),
                _ => None,
            },
            Step::Strand(_) => None,
        });
        let leads = match end {
            Some("stopped") => format!("{dim}stopped{plain}"),
            Some(next) => format!("{dim}→ {}{plain}", one_line(next)),
            None => format!("{}fails{plain}", self.paint(RED)),
        };
        let kind = state.kind.map_or("?", |kind| kind.as_str());
        let name = one_line(state.name());
        self.begin(visit.depth, visit.entry.at);
        _ = writeln!(self.out, "{cyan}{kind:TYPE$}{plain} {bold}{name}{plain} {leads}");
    }

    fn nested(&mut self, strand: usize, what: &str, depth: usize, told: Option<&'r Value>) {
        let first = self.steps[strand].iter().find_map(|step| match step {
            Step::Event(event) => Some(event.at),
            Step::Strand(_) => None,
        });
        let (dim, plain) = (self.paint(DIM), self.paint(PLAIN));
        self.begin(depth + 1, first.unwrap_or(self.start));
        _ = writeln!(self.out, "{dim}{what} {}{plain}", self.strands[strand].index);
        self.strand(strand, depth + 1, told);
    }

    /// A value, unless it is the one told last; it is from now on.
    fn value(
        &mut self,
        depth: usize,
        at: i64,
        label: &str,
        value: &'r Value,
        told: Option<&Value>,
    ) -> Option<&'r Value> {
        if !told.is_some_and(|told| told.is_same(value) || told == value) {
            self.line(depth, at, label, &value.to_json());
        }
        Some(value)
    }

    fn chosen(&mut self, depth: usize, at: i64, state: StateId, chosen: Option<usize>) {
        let state = self.machine.state(state);
        match chosen.and_then(|index| Some((index, state.rules().get(index)?))) {
            Some((index, rule)) => self.line(depth, at, &format!("Choices[{index}]"), &quoted(rule)),
            None if state.choice().is_some_and(|choice| choice.default.is_some()) => {
                self.line(depth, at, "Default", "no rule holds");
            }
            None => self.line(depth, at, "Choices", "no rule holds"),
        }
    }

    fn failed(&mut self, depth: usize, at: i64, state: StateId, failure: &Failure) {
        let error = failure.error.as_deref().unwrap_or("no name");
        let text = match (&failure.cause, failure.state) {
            (_, Some(from)) if from != state => format!("{error}, from `{}`", self.machine.state(from).name()),
            (Some(cause), _) => format!("{error}: {}", reason(cause)),
            (None, _) => error.to_owned(),
        };
        let (red, plain) = (self.paint(RED), self.paint(PLAIN));
        self.begin(depth, at);
        let text = self.cut(depth, &text);
        _ = writeln!(self.out, "  {red}{:LABEL$} {text}{plain}", "fails");
    }

    fn assigned(&mut self, depth: usize, at: i64, variables: &Members) {
        for (name, value) in variables {
            self.line(depth, at, "assigns", &format!("${name} = {}", value.to_json()));
        }
    }

    fn line(&mut self, depth: usize, at: i64, label: &str, text: &str) {
        let (dim, plain) = (self.paint(DIM), self.paint(PLAIN));
        self.begin(depth, at);
        let text = self.cut(depth, text);
        _ = writeln!(self.out, "  {dim}{label:LABEL$}{plain} {text}");
    }

    /// The clock, where it differs, and what the line lies in.
    fn begin(&mut self, depth: usize, at: i64) {
        let (dim, plain) = (self.paint(DIM), self.paint(PLAIN));
        let clock = if self.clock == Some(at) { String::new() } else { seconds(at - self.start) + "s" };
        let bars = "│ ".repeat(depth);
        _ = write!(self.out, "{dim}{clock:>CLOCK$}  {bars}{plain}");
        self.clock = Some(at);
    }

    /// On one line, and no longer than there is room.
    fn cut(&self, depth: usize, text: &str) -> String {
        let Some(width) = self.width else { return one_line(text).into_owned() };
        let room = width.saturating_sub(CLOCK + 2 + 2 * depth + 2 + LABEL + 1).max(LEAST);
        // More than enough of it, so that a megabyte costs no more than a line.
        let some: String = text.chars().take(room + 1).collect();
        let text = one_line(&some);
        if fit(text.chars(), room) == text.len() {
            return text.into_owned();
        }
        format!("{}…", &text[..fit(text.chars(), room - 1)])
    }

    fn paint(&self, sequence: &'static str) -> &'static str {
        paint(self.colour, sequence)
    }
}

fn entry<'r>(step: &Step<'r>) -> Option<(&'r Event, StateId, &'r Value)> {
    match step {
        Step::Event(event) => match &event.what {
            Happening::Entered(state, input) => Some((*event, *state, input)),
            _ => None,
        },
        Step::Strand(_) => None,
    }
}

/// What the state was left with.
fn output<'r>(steps: &[Step<'r>]) -> Option<&'r Value> {
    steps.iter().find_map(|step| match step {
        Step::Event(event) => match &event.what {
            Happening::Exited(_, output, _) => Some(output),
            _ => None,
        },
        Step::Strand(_) => None,
    })
}

const fn is_stage(step: &Step<'_>) -> bool {
    matches!(step, Step::Event(Event { what: Happening::Stage(..), .. }))
}

const fn label(stage: Stage) -> &'static str {
    match stage {
        Stage::InputPath => "InputPath",
        Stage::Parameters => "Parameters",
        Stage::Arguments => "Arguments",
        Stage::Items => "items",
        Stage::Result => "result",
        Stage::ResultSelector => "ResultSelector",
        Stage::ResultPath => "ResultPath",
    }
}

/// A cause without the sentence that names the state and where it was entered: both are told already.
fn reason(cause: &str) -> &str {
    let rest = cause.strip_prefix("An error occurred while executing the state ");
    rest.and_then(|rest| rest.split_once("). ")).map_or(cause, |(_, reason)| reason)
}

/// What a rule asks, without what it leads to.
fn quoted(rule: &Rule<'_>) -> String {
    let members = rule.node.members().filter(|member| {
        let name = member.name();
        !matches!(name, "Next" | "Assign" | "Output" | "Comment")
    });
    let value = Value::members(members.map(|member| (member.name(), Value::from_node(member.value))));
    match value.get("Condition") {
        Some(condition) => condition.as_str().map_or_else(|| condition.to_json(), str::to_owned),
        None => value.to_json(),
    }
}
