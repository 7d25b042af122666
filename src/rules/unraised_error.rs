//! Entries of `Retry` and `Catch` for errors that nothing in their state raises.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::asl::error_name::{self, Reach, Standing};
use crate::asl::jsonata::{self, Delimited};
use crate::asl::resource::{Pattern, Resource};
use crate::asl::{Mode, Raiser, State, StateType};
use crate::diagnostic::{Applicability, Fix, Label, Severity};
use crate::flow::errors::Errors;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| !state.retriers.is_empty() || !state.catchers.is_empty()) {
        let raised = cx.errors().raised(state.id);
        if raised.is_open() {
            continue;
        }
        for (field, entries) in entries(state) {
            let is_all = |errors: &Vec<Node<'_>>| errors.iter().any(|error| error.as_str() == Some("States.ALL"));
            // What stands behind `States.ALL` is said where it stands.
            let n_tried = entries.iter().position(is_all).map_or(entries.len(), |at| at + 1);
            let broad = entries.iter().rposition(|errors| error_name::takes_most(errors));
            let names = OnceCell::new();
            for (i, errors) in entries.iter().take(n_tried).enumerate() {
                let is_dead = |error: &&Node<'_>| {
                    error.as_str().is_some_and(|name| !error.is_open() && !raised.may_be(name) && is_asked(name))
                };
                let dead: Vec<Node<'_>> = errors.iter().filter(is_dead).copied().collect();
                if !dead.is_empty() {
                    let entry = Entry {
                        state,
                        field,
                        errors,
                        number: i,
                        broad,
                        names: names.get_or_init(|| all_names(&entries)),
                        raised,
                    };
                    report(cx, sink, &entry, &dead);
                }
            }
        }
    }
}

fn all_names<'t>(entries: &[Vec<Node<'t>>]) -> HashSet<&'t str> {
    entries.iter().flatten().filter_map(|error| error.as_str()).collect()
}

/// Whether a name is that of one error, and no mistake that another rule tells of.
fn is_asked(name: &str) -> bool {
    match error_name::lookup(name) {
        Some(known) => known.standing == Standing::Raised && known.reach != Reach::Terminal,
        None => {
            let is_slip = error_name::claims_to_be_known(name)
                || error_name::nearest(name).is_some()
                || error_name::meant_of_lambda(name).is_some();
            let is_plain = jsonata::expression_in(name) == Delimited::Literal && !name.contains('*');
            !is_slip && is_plain && !name.trim().is_empty()
        }
    }
}

/// An entry of `Retry` or `Catch`.
struct Entry<'e, 't> {
    state: &'e State<'t>,
    field: &'static str,
    /// Its `ErrorEquals`.
    errors: &'e [Node<'t>],
    /// Its number.
    number: usize,
    /// The number of the last entry that takes every error, or nearly so.
    broad: Option<usize>,
    /// The names of all entries.
    names: &'e HashSet<&'t str>,
    raised: &'e Errors<'t>,
}

fn report<'t>(cx: &Analysis<'t>, sink: &mut Sink<'_>, entry: &Entry<'_, 't>, dead: &[Node<'t>]) {
    let kind = if entry.field == "Retry" { "retrier" } else { "catcher" };
    let is_whole = dead.len() == entry.errors.len();
    let has_fallback = has_fallback(entry);
    if let [first, _, ..] = dead
        && is_whole
    {
        let (why, meant) = reason(cx, entry, first.content());
        let others = match dead.len() {
            2 => "the other name".to_owned(),
            n => format!("the {} other names", n - 1),
        };
        let message = format!("this {kind} never applies, to `{}` nor to {others}: {why}", first.content());
        let finding = sink.report(*first, message);
        finding.related.extend(dead[1..].iter().take(8).map(|error| Label::new(error.span(), "nor to this one")));
        finding.severity = if has_fallback { Severity::Info } else { Severity::Warning };
        let fixes: Option<Vec<_>> =
            dead.iter().map(|error| Some(error.rewritten(&reason(cx, entry, error.content()).1?))).collect();
        if let (Some(edits), Some(meant)) = (fixes, meant) {
            finding.fixes.push(Fix {
                title: format!("write `{meant}`, and the others likewise"),
                edits,
                applicability: Applicability::Unsafe,
            });
        }
        return;
    }
    for &error in dead {
        let (why, meant) = reason(cx, entry, error.content());
        // Who lists both has seen to it.
        if meant.as_ref().is_some_and(|meant| entry.names.contains(meant.as_str())) {
            continue;
        }
        let hint = meant.as_ref().map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        let finding = sink.report(error, format!("this {kind} never applies to `{}`: {why}{hint}", error.content()));
        let is_certain = (is_whole || meant.is_some()) && !has_fallback;
        finding.severity = if is_certain { Severity::Warning } else { Severity::Info };
        if let Some(meant) = meant {
            finding.fixes.push(Fix {
                title: format!("write `{meant}`"),
                edits: vec![error.rewritten(&meant)],
                applicability: Applicability::Unsafe,
            });
        }
    }
}

/// Whether a later entry does with every error what this one is there for.
fn has_fallback(entry: &Entry<'_, '_>) -> bool {
    let next = |number: usize| {
        let catcher = entry.state.catchers.get(number)?;
        catcher.next.and_then(|next| next.value.as_str())
    };
    entry
        .broad
        .filter(|&broad| broad > entry.number)
        .is_some_and(|broad| entry.field == "Retry" || next(broad) == next(entry.number))
}

/// Why a name is never seen there, and what was meant by it.
fn reason<'t>(cx: &Analysis<'t>, entry: &Entry<'_, 't>, name: &str) -> (String, Option<String>) {
    let is_task = entry.state.kind == Some(StateType::Task);
    let why = match name {
        "States.Timeout" if is_task => timeout(cx, entry.state).to_owned(),
        "States.Timeout" => "no Task inside has `TimeoutSeconds` or leaves its timeout to this state".to_owned(),
        "States.HeartbeatTimeout" if is_task => "this Task has no `HeartbeatSeconds`".to_owned(),
        "States.HeartbeatTimeout" => "no Task inside leaves a missed heartbeat to this state".to_owned(),
        "States.QueryEvaluationError" => {
            "it comes of JSONata, and no expression that is left to this state is in it".to_owned()
        }
        "States.ExceedToleratedFailureThreshold" | "States.ItemReaderFailed" | "States.ResultWriterFailed" => {
            "only a Distributed Map fails with it".to_owned()
        }
        _ if name.starts_with("States.Http.") => "only a Task that calls `http:invoke` fails with it".to_owned(),
        _ if cx.machine.mode(entry.state) == Some(Mode::Distributed) => {
            "a Distributed Map fails with `States.ExceedToleratedFailureThreshold` when its items fail, whatever their errors are called".to_owned()
        }
        _ if is_task => {
            let Some((raiser, _)) = entry.raised.raisers().next() else { return (String::new(), None) };
            return (called(raiser), raiser.meant(name));
        }
        _ => {
            let meant = entry.raised.raisers().find_map(|(raiser, _)| raiser.meant(name));
            return ("nothing inside this state fails with it, or it is caught there".to_owned(), meant);
        }
    };
    (why, None)
}

/// How the names look that a call gives.
fn called(raiser: Raiser<'_>) -> String {
    let who = raiser.describe();
    match (raiser, raiser.prefix()) {
        (Raiser::Sdk(_), Some(prefix)) => format!("{who} calls its errors `{prefix}.…Exception`"),
        (Raiser::Sdk(_), None) => {
            format!("{who} puts the name of the service in Pascal case before its errors, and `Exception` at their end")
        }
        (_, Some(prefix)) => format!("{who} calls its errors `{prefix}.…`"),
        (_, None) => format!("{who} has no such error"),
    }
}

fn timeout<'t>(cx: &Analysis<'t>, task: &State<'t>) -> &'static str {
    let resource = &cx.resource(task).0;
    let is_nested = matches!(resource, Resource::Optimised { service, .. } if service == "states")
        && matches!(resource.pattern(), Pattern::Sync | Pattern::Sync2);
    let is_function = matches!(resource, Resource::Lambda { .. })
        || matches!(resource, Resource::Optimised { service, .. } if service == "lambda");
    if is_nested {
        "this Task has no `TimeoutSeconds`, and an execution that it starts and that times out arrives as `States.TaskFailed`"
    } else if is_function {
        "this Task has no `TimeoutSeconds`, and a function that times out arrives as `Sandbox.Timedout` or `Lambda.Unknown`"
    } else {
        "this Task has no `TimeoutSeconds`"
    }
}
