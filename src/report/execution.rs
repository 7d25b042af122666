//! Turns an execution into what people and programs read of it: its result, why there is none, its trace, its history.
//!
//! As for findings, nothing here reads the environment, and the same execution gives the same bytes.

mod json;
mod trace;

use std::fmt::Write;

use super::{Colour, Format, Style, counted, findings};
use crate::asl::{Machine, State, StateId};
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::eval::execution::{EXCEEDED, Event, Failure, Happening, NOT_MOCKED, UNFIT};
use crate::eval::{Execution, Status};
use crate::source::Source;
use crate::syntax::{Node, Step};
use crate::text::Span;

/// An execution with the machine that it is of.
#[derive(Clone, Copy, Debug)]
pub struct Executed<'r> {
    /// Where the machine stands.
    pub source: &'r Source,
    /// The machine.
    pub machine: &'r Machine<'r>,
    /// What became of it.
    pub execution: &'r Execution,
}

/// States of one scope that are named on the way to a failure; of more, those before the last are left out.
const MAX_NAMED: usize = 8;

impl Executed<'_> {
    /// The document that `schemas/run-1.json` describes.
    #[must_use]
    pub fn json(self) -> String {
        json::document(self)
    }

    /// State by state what happened; values are cut to `width` columns, if there is a width.
    #[must_use]
    pub fn trace(self, width: Option<usize>, colour: Colour) -> String {
        trace::trace(self, width, colour)
    }

    /// Its output, if it succeeded.
    #[must_use]
    pub fn output(self) -> Option<String> {
        match &self.execution.status {
            Status::Succeeded(output) => Some(output.to_pretty_json() + "\n"),
            _ => None,
        }
    }

    /// Why it did not succeed, with the lines at fault, and the cures that the caller knows; empty if it did.
    #[must_use]
    pub fn failure(self, helps: &[String], style: Style) -> String {
        let Some(mut fault) = self.fault() else { return String::new() };
        let fix = |title: &String| Fix { title: title.clone(), edits: Vec::new(), applicability: Applicability::Safe };
        fault.fixes = helps.iter().map(fix).collect();
        findings(self.source, &[&fault], Style { format: Format::Pretty, ..style })
    }

    /// One line: how it ended, after how many states and how much time.
    #[must_use]
    pub fn summary(self) -> String {
        let how = match &self.execution.status {
            Status::Succeeded(_) => "succeeded",
            Status::Failed(_) => "failed",
            Status::TimedOut => "timed out",
            Status::Aborted { .. } => "given up",
        };
        let n_states = self.execution.entered().count();
        let time = duration(self.execution.end - self.start());
        format!("{how} after {} and {time} of simulated time", counted(n_states, "state"))
    }

    /// Whether a task had no answer.
    #[must_use]
    pub fn lacks_an_answer(self) -> bool {
        matches!(&self.execution.status, Status::Failed(failure) if is_not_mocked(failure))
    }

    /// When it started.
    fn start(self) -> i64 {
        self.execution.events.first().map_or(self.execution.end, |first| first.at)
    }

    /// What is to be said of an execution that did not succeed: at the expression at fault, else at the name of the state.
    fn fault(self) -> Option<Diagnostic> {
        let (message, at, place) = match &self.execution.status {
            Status::Succeeded(_) => return None,
            Status::Failed(failure) if is_not_mocked(failure) => {
                let place = failure.state.and_then(|state| self.last(|event| is_entry(event, state)));
                let state = failure.state.map(|state| self.machine.state(state));
                let resource = state.and_then(|state| state.node.get("Resource"));
                let at = resource.map_or(failure.at, |resource| Some(resource.span()));
                ("no mock answers this call".to_owned(), at, place)
            }
            Status::Failed(failure) => {
                let message = match &failure.error {
                    Some(error) if **error == *UNFIT => "this mock is none for this state".to_owned(),
                    Some(error) => format!("the execution fails with `{error}`"),
                    None => "the execution fails, with no name for the error".to_owned(),
                };
                (message, failure.at, self.place_of(failure))
            }
            Status::TimedOut => {
                let time = duration(self.execution.end - self.start());
                (format!("the execution times out after {time}"), None, self.last_unfinished())
            }
            Status::Aborted { reason, at } => {
                let entry = |event: &Event| matches!(event.what, Happening::Entered(..));
                (format!("the execution is given up: {reason}"), *at, self.last(entry))
            }
        };
        let state = place.and_then(|place| self.state_of(place)).map(|state| self.machine.state(state));
        let token = || state.map_or_else(|| self.machine.node.token(), |state| state.key.span());
        let span = at.unwrap_or_else(token);
        let mut fault = Diagnostic::at(span, message);
        fault.state = state.map_or("", State::name).to_owned();
        fault.pointer = pointer(self.machine.node, span);
        if let Status::Failed(Failure { cause: Some(cause), .. }) = &self.execution.status {
            fault.notes.push(cause.to_string());
        }
        fault.notes.extend(self.failed_child());
        fault.notes.extend(place.and_then(|place| self.way_to(place)));
        Some(fault)
    }

    /// What went wrong in the child execution whose failure was one too many for a Distributed Map: its own error tells nothing.
    fn failed_child(self) -> Option<String> {
        let Status::Failed(failure) = &self.execution.status else { return None };
        if failure.error.as_deref() != Some(EXCEEDED) {
            return None;
        }
        let children = self.execution.events.iter().filter(|event| event.in_child);
        let (state, inner) = children.rev().find_map(|event| match &event.what {
            Happening::StateFailed(state, inner) => Some((inner.state.unwrap_or(*state), inner)),
            _ => None,
        })?;
        let error = inner.error.as_deref().unwrap_or("no name");
        let cause = inner.cause.as_deref().map(|cause| format!(": {cause}")).unwrap_or_default();
        Some(format!("a child execution failed in `{}` with {error}{cause}", self.machine.state(state).name()))
    }

    /// The number of the last event of which `holds`.
    fn last(self, holds: impl Fn(&Event) -> bool) -> Option<usize> {
        self.execution.events.iter().rposition(holds)
    }

    /// The event that tells of a failure where it came from.
    fn place_of(self, failure: &Failure) -> Option<usize> {
        let Some(state) = failure.state else { return self.last(|event| entry(event).is_some()) };
        let is_it = |event: &Event| match &event.what {
            Happening::StateFailed(failed, of) => {
                *failed == state && of.error == failure.error && of.cause == failure.cause
            }
            _ => false,
        };
        self.last(is_it).or_else(|| self.last(|event| is_entry(event, state)))
    }

    /// The entry of the state of the machine itself that was not left.
    fn last_unfinished(self) -> Option<usize> {
        self.last(|event| event.strand == 0 && matches!(event.what, Happening::Entered(..)))
    }

    fn state_of(self, place: usize) -> Option<StateId> {
        match self.execution.events[place].what {
            Happening::Entered(state, _) | Happening::StateFailed(state, _) => Some(state),
            _ => None,
        }
    }

    /// The states that led to an event: ``states: `A` → `Each`[2] → `B` ``.
    fn way_to(self, place: usize) -> Option<String> {
        let events = &self.execution.events[..=place];
        let mut strands = vec![events[place].strand];
        while let Some(&strand) = strands.last().filter(|&&strand| strand != 0) {
            strands.push(self.execution.strands[strand].around);
        }
        strands.reverse();
        let mut way = String::new();
        for (i, &strand) in strands.iter().enumerate() {
            if i > 0 {
                _ = write!(way, "[{}]", self.execution.strands[strand].index);
            }
            let own = events.iter().filter(|event| event.strand == strand);
            let entered: Vec<_> = own.filter_map(entry).collect();
            let n_left_out = entered.len().saturating_sub(MAX_NAMED);
            if n_left_out > 0 {
                way += if way.is_empty() { "…" } else { " → …" };
            }
            for state in &entered[n_left_out..] {
                way += if way.is_empty() { "" } else { " → " };
                _ = write!(way, "`{}`", self.machine.state(*state).name());
            }
        }
        (!way.is_empty()).then(|| format!("states: {way}"))
    }
}

fn is_not_mocked(failure: &Failure) -> bool {
    failure.error.as_deref() == Some(NOT_MOCKED)
}

fn entry(event: &Event) -> Option<StateId> {
    match event.what {
        Happening::Entered(state, _) => Some(state),
        _ => None,
    }
}

fn is_entry(event: &Event, state: StateId) -> bool {
    entry(event) == Some(state)
}

/// The JSON pointer to the innermost value that a span lies in, inside the machine.
fn pointer(machine: Node<'_>, span: Span) -> String {
    let mut node = machine;
    loop {
        let values = node.items().chain(node.members().map(|member| member.value));
        let keys = node.members().map(|member| member.key);
        match keys.chain(values).find(|inner| inner.span().contains(span)) {
            Some(inner) => node = inner,
            None => break,
        }
    }
    Step::pointer(&node.path()[machine.path().len()..])
}

/// A time as people write it: `2.5 s`, `1 h 5 min`, `3 d`.
fn duration(milliseconds: i64) -> String {
    /// From this unit on, the next smaller one is told beside it.
    const UNITS: [(&str, i64); 4] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)];
    let Some(at) = UNITS[..3].iter().position(|&(_, length)| milliseconds >= length) else {
        return format!("{} s", seconds(milliseconds));
    };
    let ((unit, length), (smaller, part)) = (UNITS[at], UNITS[at + 1]);
    let (n, rest) = (milliseconds / length, milliseconds % length);
    match rest / part {
        0 => format!("{n} {unit}"),
        rest => format!("{n} {unit} {rest} {smaller}"),
    }
}

/// Milliseconds as a number of seconds, without zeros that say nothing.
fn seconds(milliseconds: i64) -> String {
    let text = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        for (milliseconds, expected) in [
            (0, "0 s"),
            (1, "0.001 s"),
            (2_500, "2.5 s"),
            (59_999, "59.999 s"),
            (60_000, "1 min"),
            (330_000, "5 min 30 s"),
            (3_600_999, "1 h"),
            (31_536_000_000, "365 d"),
            (90_000_000, "1 d 1 h"),
        ] {
            assert_eq!(duration(milliseconds), expected);
        }
    }
}
