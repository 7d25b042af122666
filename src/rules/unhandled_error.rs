//! States without a catcher among others that all have one.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Edge, Scope, State, StateId, StateType, error_name};
use crate::diagnostic::Label;

/// How many states of a scope have their errors caught, at least, for each that has not.
const NEIGHBOURS: usize = 3;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let around = handled_around(cx);
    for scope in &cx.machine.scopes {
        let graph = cx.graph();
        let has_catchers = cx.machine.states_of(scope).any(is_handled);
        if !has_catchers || graph.is_open(scope.id) || around[scope.id.index()] {
            continue;
        }
        let (mut handled, mut unhandled) = (Vec::new(), Vec::new());
        for state in without_error(cx, scope).into_iter().map(|state| cx.machine.state(state)) {
            if is_handled(state) {
                handled.push(state);
            } else if may_catch(state) && cx.errors().leaving(state).are_of_calls() {
                unhandled.push(state);
            }
        }
        if unhandled.is_empty() || handled.len() < NEIGHBOURS * unhandled.len() {
            continue;
        }
        handled.sort_by_key(|state| graph.rank(state.id));
        for state in unhandled {
            let (name, other) = (state.name(), handled[0].name());
            let rest = handled.len() - 1;
            let message = format!(
                "an error of `{name}` fails the execution: nothing catches it, as `{other}` and {rest} other states here have theirs caught"
            );
            let way = sink.way_to(state.id);
            let finding = sink.report(state.key, message);
            finding.way = way;
            let label = |other: &&State<'_>| Label::new(other.key.span(), "caught here");
            finding.related.extend(handled.iter().take(3).map(label));
        }
    }
}

/// Whether a state is one that has catchers, all of which are seen.
fn may_catch(state: &State<'_>) -> bool {
    matches!(state.kind, Some(StateType::Task | StateType::Parallel | StateType::Map)) && !state.is_open
}

fn is_handled(state: &State<'_>) -> bool {
    state.catchers.iter().any(|catcher| error_name::takes_most(&catcher.errors))
}

/// By scope: whether what comes out of it is caught by a state around it.
fn handled_around(cx: &Analysis<'_>) -> Vec<bool> {
    let mut around = vec![false; cx.machine.scopes.len()];
    // The scope of a state comes before those inside it.
    for scope in &cx.machine.scopes {
        let owner = scope.place.owner().map(|owner| cx.machine.state(owner));
        let is_caught = |owner: &State<'_>| around[owner.scope.index()] || owner.is_open || is_handled(owner);
        around[scope.id.index()] = owner.is_some_and(is_caught);
    }
    around
}

/// The states that executions get to without an error.
fn without_error(cx: &Analysis<'_>, scope: &Scope<'_>) -> Vec<StateId> {
    let graph = cx.graph();
    let mut found: Vec<StateId> = graph.start(scope.id).into_iter().collect();
    let mut seen: BTreeSet<StateId> = found.iter().copied().collect();
    let mut at = 0;
    while let Some(&state) = found.get(at) {
        at += 1;
        for (next, edge) in graph.successors(state) {
            if !matches!(edge, Edge::Catch(_)) && seen.insert(next) {
                found.push(next);
            }
        }
    }
    found
}
