//! Wait states that end later than the execution they are part of may.

use super::Sink;
use crate::analysis::{Analysis, Limit, MachineType};
use crate::asl::{Machine, State, StateId, StateType};
use crate::diagnostic::{Label, Severity};

/// The longest time that the service lets anybody write, in seconds (measured).
pub(super) const MOST: i64 = 99_999_999;

/// So many states before a Wait are looked at for others.
const MAX_WAY: usize = 1_000;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Wait)) {
        let Some(value) = state.node.get("Seconds").filter(|value| !value.is_open()) else { continue };
        // The service refuses what is out of range: another rule's finding.
        let Some(seconds) = cx.whole_number(value).filter(|&seconds| seconds <= MOST) else { continue };
        let Some(limit) = cx.limit(state.scope) else { continue };
        let arrival = cx.times().arrival(state.id).unwrap_or_default();
        // What comes behind the one that lasts too long is not reached.
        if arrival > limit.seconds || arrival.saturating_add(seconds) <= limit.seconds {
            continue;
        }
        let end = end(&limit);
        let message = if seconds > limit.seconds {
            format!("this Wait lasts {seconds} seconds, and {end}")
        } else {
            format!("this Wait begins after {arrival} seconds at the earliest and lasts {seconds}, and {end}")
        };
        let mut quickest: Vec<StateId> = cx.times().way(state.id).take(MAX_WAY).collect();
        quickest.reverse();
        quickest.push(state.id);
        let way = sink.way(&quickest);
        let finding = sink.report(value, message);
        finding.way = way;
        if limit.field.is_none() && limit.kind == MachineType::Express {
            finding.notes.push("a standard execution lasts up to a year".to_owned());
        }
        if may_be_stopped(cx.machine, state) {
            finding.severity = Severity::Warning;
            finding.notes.push("unless something beside it fails, is caught, and stops it".to_owned());
        }
        finding.related.extend(limit.field.map(|field| Label::new(field.value.span(), "this ends the execution")));
        let waits = quickest.iter().rev().skip(1).map(|&before| cx.machine.state(before));
        let waits = waits.filter(|before| before.kind == Some(StateType::Wait) && seconds <= limit.seconds);
        for before in waits.take(8) {
            let lasts = cx.times().own(before.id);
            if let Some(value) = before.node.get("Seconds").filter(|_| lasts > 0) {
                finding.related.push(Label::new(value.span(), format!("{lasts} seconds go by here before")));
            }
        }
    }
}

/// What ends the execution, and when.
pub(super) fn end(limit: &Limit<'_>) -> String {
    let seconds = limit.seconds;
    match (limit.field, limit.kind) {
        (Some(_), _) => format!("the execution times out after {seconds}"),
        (None, MachineType::Express) => format!("an express execution times out after {seconds}"),
        (None, MachineType::Standard) => format!("an execution times out after a year, {seconds} seconds"),
    }
}

/// Whether something around the state lives on when a sibling of what holds the state fails.
fn may_be_stopped(machine: &Machine<'_>, state: &State<'_>) -> bool {
    let owner = |state: &State<'_>| machine.scope(state.scope).place.owner();
    std::iter::successors(owner(state), |&around| owner(machine.state(around)))
        .any(|around| !machine.state(around).catchers.is_empty() || !machine.state(around).retriers.is_empty())
}
