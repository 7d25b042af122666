//! Error names that an earlier entry of the same `Retry` or `Catch` matches already.

use std::collections::HashMap;

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Label, Severity};
use crate::syntax::Node;
use crate::syntax::edit::removed;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for (field, entries) in entries(state) {
            let kind = if field == "Retry" { "retrier" } else { "catcher" };
            // The first entry that names each error, and where `States.TaskFailed` stands.
            let mut earlier: HashMap<&str, Node<'_>> = HashMap::new();
            for errors in &entries {
                let mut own: HashMap<&str, Node<'_>> = HashMap::new();
                let mut shadowed: Vec<(Node<'_>, Node<'_>)> = Vec::new();
                for &error in errors.iter().filter(|error| !error.is_open()) {
                    let Some(name) = error.as_str() else { continue };
                    let by =
                        earlier.get(name).or_else(|| earlier.get("States.TaskFailed").filter(|_| is_of_a_task(name)));
                    if let Some(&by) = by {
                        shadowed.push((error, by));
                    } else if let Some(first) = own.get(name) {
                        let finding = sink.report(error, format!("`{name}` is named twice in one `ErrorEquals`"));
                        finding.severity = Severity::Info;
                        finding.related.push(Label::new(first.span(), "named here already"));
                        finding.offer(Applicability::Safe, "remove it", removed(&[error]));
                    }
                    own.entry(name).or_insert(error);
                }
                report(&shadowed, shadowed.len() == errors.len(), kind, sink);
                // What stands behind `States.ALL` is said where it stands.
                if own.contains_key("States.ALL") {
                    break;
                }
                for &error in errors.iter().filter(|error| !error.is_open()) {
                    earlier.entry(error.content()).or_insert(error);
                }
            }
        }
    }
}

/// An entry of which nothing is left is one mistake; else each name is.
fn report(shadowed: &[(Node<'_>, Node<'_>)], is_all: bool, kind: &str, sink: &mut Sink<'_>) {
    let label = |by: Node<'_>| Label::new(by.span(), "matched here");
    if let [(first, _), _, ..] = shadowed
        && is_all
    {
        let finding =
            sink.report(*first, format!("this {kind} never applies: earlier ones match each of its errors first"));
        finding.related.extend(shadowed.iter().take(8).map(|&(_, by)| label(by)));
        return;
    }
    for &(error, by) in shadowed {
        let message = format!(
            "`{}` never gets to this {kind}: `{}` in an earlier one matches it first",
            error.content(),
            by.content()
        );
        let finding = sink.report(error, message);
        finding.related.push(label(by));
        if !is_all {
            finding.offer(Applicability::Unsafe, "remove it", removed(&[error]));
        }
    }
}

/// Whether `States.TaskFailed` matches an error of this name. The wildcard is taken to match names of tasks alone: which of
/// the service's own it matches is documented only for `States.Timeout`, which it does not.
fn is_of_a_task(name: &str) -> bool {
    !name.starts_with("States.")
}
