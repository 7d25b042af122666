//! Catchers that lead back to the state they belong to, with nothing on the way that could end it.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Edge, State, StateId, StateType};
use crate::diagnostic::{Label, Severity};
use crate::syntax::Node;

/// How many states there may be on the way: a longer one is no loop that somebody overlooked.
const MAX_STATES: usize = 16;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (machine, graph) = (cx.machine, cx.graph());
    for state in machine.states.iter().filter(|state| !state.catchers.is_empty()) {
        // A loop without a way out is another finding.
        if state.is_open || graph.is_open(state.scope) || !graph.is_reachable(state.id) || !graph.can_end(state.id) {
            continue;
        }
        for (target, edge) in graph.successors(state.id) {
            let Edge::Catch(number) = edge else { continue };
            let Some(next) = state.catchers[number].next else { continue };
            if let Some(way) = way_back(cx, state.id, target) {
                report(sink, state, number, next.value, &way);
            }
        }
    }
}

/// The states from `at` to `state`, where there is one way only.
fn way_back<'m>(cx: &'m Analysis<'_>, state: StateId, mut at: StateId) -> Option<Vec<&'m State<'m>>> {
    let mut way = Vec::new();
    while at != state {
        let between = cx.machine.state(at);
        let kind = between.kind.filter(|kind| matches!(kind, StateType::Pass | StateType::Wait | StateType::Task));
        if kind.is_none() || between.is_open || between.is_terminal() || way.len() == MAX_STATES {
            return None;
        }
        way.push(between);
        let mut successors = cx.graph().successors(at);
        at = successors.next()?.0;
        // A choice or a handler of its own may end it.
        if successors.next().is_some() {
            return None;
        }
    }
    Some(way)
}

fn report(sink: &mut Sink<'_>, state: &State<'_>, number: usize, next: Node<'_>, way: &[&State<'_>]) {
    let name = state.name();
    let catcher = &state.catchers[number];
    let only_timeouts = !catcher.errors.is_empty()
        && catcher
            .errors
            .iter()
            .all(|error| matches!(error.as_str(), Some("States.Timeout" | "States.HeartbeatTimeout")));
    let sets =
        |node: Node<'_>| ["Assign", "Output", "Result", "Parameters"].iter().any(|field| node.get(field).is_some());
    let does_something = |between: &&State<'_>| between.kind != Some(StateType::Pass) || sets(between.node);
    let may_differ = sets(catcher.node) || way.iter().any(does_something);
    let message = if way.is_empty() {
        format!("this catcher leads from `{name}` to itself: an error that persists is caught again and again")
    } else {
        format!(
            "this catcher leads back to `{name}` and nothing on the way counts: an error that persists is caught again and again"
        )
    };
    let round: Vec<StateId> = [state].into_iter().chain(way.iter().copied()).chain([state]).map(|state| state.id).collect();
    let round = sink.way(&round);
    let finding = sink.report(next, message);
    finding.way = round;
    finding.severity = if may_differ || only_timeouts { Severity::Info } else { Severity::Warning };
    finding.notes.push("that goes on until the execution times out or has used up the 25,000 events of its history; `Retry` tries again a number of times, with pauses".to_owned());
    finding.related.extend(way.iter().take(8).map(|between| Label::new(between.key.span(), "on the way back")));
}
