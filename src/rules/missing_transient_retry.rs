//! Calls of Lambda that are not tried again when Lambda itself fails, in machines that do so elsewhere.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::Resource;
use crate::asl::{Retrier, State, StateType, error_name};
use crate::diagnostic::{Applicability, Label};
use crate::syntax::Node;
use crate::syntax::edit::{At, New, appended_item, inserted_member};
use crate::text::Edit;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let calls = cx.machine.states.iter().filter(|state| {
        state.kind == Some(StateType::Task) && !state.node.may_have_more() && is_of_lambda(&cx.resource(state).0)
    });
    let (with, without): (Vec<_>, Vec<_>) = calls.partition(|state| names_transient(&state.retriers));
    let Some(first) = with.iter().min_by_key(|state| cx.graph().rank(state.id)) else { return };
    // Elsewhere it is the custom of the machine, not of one state.
    if with.len() < without.len() {
        return;
    }
    let around = retried_around(cx);
    for state in without.into_iter().filter(|state| !around[state.scope.index()] && !is_retried(state)) {
        let (name, other) = (state.name(), first.name());
        let message =
            format!("`{name}` fails at once when Lambda does for a moment: unlike `{other}` it is not retried then");
        let finding = sink.report(state.key, message);
        finding.notes.push("transient errors of Lambda are `Lambda.ServiceException`, `Lambda.AWSLambdaException`, `Lambda.SdkClientException` and `Lambda.TooManyRequestsException`".to_owned());
        finding.related.push(Label::new(first.key.span(), "retried for them"));
        let edits = retried(state).map(|edit| vec![edit]);
        finding.offer(Applicability::Unsafe, "retry it for the transient errors of Lambda", edits);
    }
}

/// What the developer guide advises ("Handling transient Lambda service exceptions"), behind the retriers that are there.
fn retried(state: &State<'_>) -> Option<Edit> {
    let names = error_name::LAMBDA_NAMES.into_iter().filter(|name| ADVISED.contains(name));
    let retrier = New::Object(vec![
        ("ErrorEquals", New::List(names.map(New::text).collect())),
        ("IntervalSeconds", New::Word("1")),
        ("MaxAttempts", New::Word("3")),
        ("BackoffRate", New::Word("2")),
        ("JitterStrategy", New::text("FULL")),
    ]);
    match state.node.get("Retry") {
        Some(retry) => appended_item(retry, &retrier),
        None => inserted_member(state.node, At::Before(&["Catch", "Next", "End"]), "Retry", &New::List(vec![retrier])),
    }
}

const ADVISED: [&str; 4] = [
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
];

fn is_of_lambda(resource: &Resource) -> bool {
    match resource {
        Resource::Lambda { .. } => true,
        Resource::Optimised { service, .. } => service == "lambda",
        _ => false,
    }
}

/// Whether some retrier is there for the errors of Lambda itself.
fn names_transient(retriers: &[Retrier<'_>]) -> bool {
    let errors = retriers.iter().flat_map(|retrier| &retrier.errors);
    errors.filter_map(|error| error.as_str()).any(|name| error_name::LAMBDA_NAMES.contains(&name) && is_transient(name))
}

/// Whether Lambda raises an error for what passes by itself.
fn is_transient(name: &str) -> bool {
    !matches!(name, "Lambda.Unknown" | "Sandbox.Timedout")
}

/// By scope: whether a state around it is retried for them.
fn retried_around(cx: &Analysis<'_>) -> Vec<bool> {
    let mut around = vec![false; cx.machine.scopes.len()];
    // The scope of a state comes before those inside it.
    for scope in &cx.machine.scopes {
        let owner = scope.place.owner().map(|owner| cx.machine.state(owner));
        around[scope.id.index()] = owner.is_some_and(|owner| around[owner.scope.index()] || is_retried(owner));
    }
    around
}

/// Whether a state is retried for transient errors, for nearly every error, or for some that are not known.
fn is_retried(state: &State<'_>) -> bool {
    let is_open = |node: Node<'_>| node.is_open() || node.is_incomplete();
    let takes = |retrier: &Retrier<'_>| {
        let is_unknown = retrier.node.get("ErrorEquals").is_none_or(is_open);
        is_unknown || error_name::takes_most(&retrier.errors) || retrier.errors.iter().any(|error| error.is_open())
    };
    state.node.get("Retry").is_some_and(is_open) || names_transient(&state.retriers) || state.retriers.iter().any(takes)
}
