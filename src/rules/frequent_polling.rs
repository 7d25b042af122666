//! Loops that poll so often that the history of an execution is full within hours.

use super::Sink;
use super::excessive_retries::lapse;
use super::polling_without_wait::{HISTORY, first_task};
use crate::analysis::{Analysis, MachineType};
use crate::asl::StateType;
use crate::diagnostic::Label;

/// Hardly anything that is polled for takes longer than that, in seconds.
const LONG: i64 = 43_200;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    for poll in cx.polls().iter().filter(|poll| poll.seconds > 0) {
        let Some(n_events) = poll.n_events else { continue };
        let Some(limit) = cx.limit(machine.state(poll.states[0]).scope) else { continue };
        let n_rounds = HISTORY / n_events;
        let lasts = n_rounds.saturating_mul(poll.seconds);
        if limit.kind == MachineType::Express || lasts >= LONG.min(limit.seconds) {
            continue;
        }
        let Some(task) = first_task(cx, poll) else { continue };
        let mut waits = poll.states.iter().map(|&state| machine.state(state));
        let Some(wait) = waits.find(|state| state.kind == Some(StateType::Wait)) else { continue };
        let Some(value) = wait.node.get("Seconds") else { continue };
        let lasts = lapse(f64::from(i32::try_from(lasts).unwrap_or(i32::MAX)));
        let message = format!(
            "an execution that polls every {} fails after {lasts}: a history holds 25,000 events, which is {n_rounds} rounds",
            if poll.seconds == 1 { "second".to_owned() } else { format!("{} seconds", poll.seconds) }
        );
        let way = sink.way_round(task.id, &poll.states);
        let finding = sink.report(value, message);
        finding.way = way;
        finding.related.push(Label::new(task.key.span(), "asked in each round"));
        finding
            .notes
            .push("what takes longer than that needs longer waits, or another execution that goes on".to_owned());
    }
}
