//! Distributed Maps that run as many children as the service lets them, and each of them what an account has a thousand of.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::Resource;
use crate::asl::{Machine, Mode, State, StateType};
use crate::diagnostic::Label;

/// How many Map Runs an account has open at a time (developer guide, "Service quotas").
const MAP_RUNS: i64 = 1000;

/// Errors of a function that finds no room to run.
const RETRIED: [&str; 4] =
    ["Lambda.TooManyRequestsException", "Lambda.TooManyRequests", "States.TaskFailed", "States.ALL"];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    for map in machine.states.iter().filter(|state| machine.mode(state) == Some(Mode::Distributed)) {
        let most = map.field("MaxConcurrency").or_else(|| map.field("MaxConcurrencyPath"));
        let bound = most.map(|most| cx.whole_number(most.value).unwrap_or(1));
        let is_unbounded = bound.is_none_or(|most| most == 0);
        if map.node.may_have_more() || !(is_unbounded || bound > Some(MAP_RUNS)) {
            continue;
        }
        let inside: Vec<&State<'_>> = inside(machine, map).collect();
        let maps = inside.iter().find(|state| machine.mode(state) == Some(Mode::Distributed));
        let functions = inside.iter().find(|state| is_function(cx, state) && !is_retried(state));
        let (culprit, message, label) = match (maps, functions) {
            (Some(map), _) => (
                map,
                format!(
                    "up to {} child executions run at once, and each starts a Map Run: an account has 1,000 at a time",
                    bound.filter(|_| !is_unbounded).map_or_else(|| "10,000".to_owned(), |most| most.to_string())
                ),
                "each child execution runs this",
            ),
            (None, Some(task)) if is_unbounded => (
                task,
                "up to 10,000 child executions call a function at once: an account runs 1,000 unless it has asked for more".to_owned(),
                "this is throttled, and nothing retries it",
            ),
            _ => continue,
        };
        let at = most.map_or(map.key, |most| most.value);
        let finding = sink.report(at, message);
        finding.related.push(Label::new(culprit.key.span(), label));
        finding.notes.push("`MaxConcurrency` bounds how many run at a time".to_owned());
    }
}

/// The states of the child executions of a Map, at any depth.
fn inside<'m, 'a>(machine: &'m Machine<'a>, map: &'m State<'a>) -> impl Iterator<Item = &'m State<'a>> {
    let behind = machine.states[map.id.index() + 1..].iter();
    behind.take_while(|state| map.contains(state.key.index()))
}

fn is_function<'a>(cx: &Analysis<'a>, state: &State<'a>) -> bool {
    state.kind == Some(StateType::Task)
        && match &cx.resource(state).0 {
            Resource::Lambda { .. } => true,
            Resource::Optimised { service, .. } => service == "lambda",
            _ => false,
        }
}

fn is_retried(state: &State<'_>) -> bool {
    let mut errors = state.retriers.iter().flat_map(|retrier| &retrier.errors);
    errors.any(|error| error.is_open() || error.as_str().is_some_and(|name| RETRIED.contains(&name)))
}
