//! Loops that ask the same question round after round and never wait.

use super::Sink;
use crate::analysis::{Analysis, MachineType};
use crate::asl::resource::{Request, Resource};
use crate::asl::{Edge, State, StateId};
use crate::diagnostic::Label;
use crate::flow::polling::Poll;

/// Events that the history of a standard execution holds (developer guide, "Service quotas").
pub(super) const HISTORY: i64 = 25_000;

/// How the calls begin that only look.
const LOOKS: [&str; 7] = ["batchGet", "describe", "get", "head", "list", "query", "scan"];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    for poll in cx.polls().iter().filter(|poll| poll.seconds == 0) {
        // What does more than look may have a reason to be called again.
        if !poll.tasks.iter().all(|&task| only_looks(cx, machine.state(task))) {
            continue;
        }
        let Some((kind, _)) = cx.runs_as(machine.state(poll.states[0]).scope) else { continue };
        let Some(first) = first_task(cx, poll) else { continue };
        let name = first.name();
        let until = match (kind, poll.n_events) {
            (MachineType::Express, _) => "until the answer is another one or its five minutes are over".to_owned(),
            (MachineType::Standard, Some(n_events)) => format!(
                "until the answer is another one or its history of 25,000 events is full, after {} rounds",
                HISTORY / n_events
            ),
            (MachineType::Standard, None) => {
                "until the answer is another one or its history of 25,000 events is full".to_owned()
            }
        };
        let message = format!("`{name}` is asked the same again at once: an execution goes round {until}");
        let way = sink.way_round(first.id, &poll.states);
        let finding = sink.report(first.key, message);
        finding.way = way;
        finding
            .notes
            .push("a Wait between the rounds costs two events; each state that is entered is paid for".to_owned());
        finding.related.extend(ways_back(cx, poll, first.id));
    }
}

/// The task that executions get to first.
pub(super) fn first_task<'c, 'a>(cx: &'c Analysis<'a>, poll: &Poll) -> Option<&'c State<'a>> {
    let first = poll.tasks.iter().copied().min_by_key(|&task| cx.graph().rank(task))?;
    Some(cx.machine.state(first))
}

/// Where the loop leads back to a state.
fn ways_back(cx: &Analysis<'_>, poll: &Poll, to: StateId) -> Vec<Label> {
    let machine = cx.machine;
    let name = machine.state(to).name();
    let back = poll
        .states
        .iter()
        .flat_map(|&state| machine.state(state).targets())
        .filter(|target| !matches!(target.edge, Edge::Catch(_)) && target.field.value.as_str() == Some(name));
    back.take(4).map(|target| Label::new(target.field.value.span(), "the next round begins here")).collect()
}

/// Whether a task changes nothing where it asks, by the name of what it calls.
fn only_looks<'a>(cx: &Analysis<'a>, task: &State<'a>) -> bool {
    let looks = |action: &str| {
        let is_whole = |rest: &str| rest.is_empty() || rest.starts_with(|next: char| next.is_ascii_uppercase());
        LOOKS.iter().any(|word| action.strip_prefix(word).is_some_and(is_whole))
    };
    match &cx.resource(task).0 {
        Resource::Optimised { api, .. } => looks(api),
        Resource::AwsSdk { action, .. } => looks(action),
        Resource::HttpInvoke => {
            let method = Request::of(task).and_then(|request| request.field("Method"));
            method.is_some_and(|method| !method.is_dynamic && method.member.value.as_str() == Some("GET"))
        }
        _ => false,
    }
}
