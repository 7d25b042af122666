//! Error names that an earlier entry of the same `Retry` or `Catch` matches already.

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::diagnostic::{Label, Severity};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for (field, entries) in entries(state) {
            let kind = if field == "Retry" { "retrier" } else { "catcher" };
            for (i, errors) in entries.iter().enumerate() {
                for (j, &error) in errors.iter().enumerate() {
                    let Some(name) = error.as_str().filter(|_| !error.is_open()) else { continue };
                    let earlier = entries[..i].iter().flatten().copied();
                    if let Some(by) = earlier.into_iter().find(|by| covers(*by, name)) {
                        let by_name = by.as_str().unwrap_or_default();
                        if by_name == "States.ALL" {
                            continue; // said where `States.ALL` stands
                        }
                        let finding = sink.report(
                            error,
                            format!(
                                "`{name}` never gets to this {kind}: `{by_name}` in an earlier one matches it first"
                            ),
                        );
                        finding.related.push(Label::new(by.span(), "matched here"));
                    } else if let Some(first) = errors[..j].iter().copied().find(|first| first.as_str() == Some(name)) {
                        let finding = sink.report(error, format!("`{name}` is named twice in one `ErrorEquals`"));
                        finding.severity = Severity::Info;
                        finding.related.push(Label::new(first.span(), "named here already"));
                    }
                }
            }
        }
    }
}

/// Whether the entry that names `by` takes every error called `name`. The wildcard `States.TaskFailed` is taken to match
/// names of tasks alone: which of the service's own it matches is documented only for `States.Timeout`, which it does not.
fn covers(by: Node<'_>, name: &str) -> bool {
    match by.as_str() {
        Some(by_name) if by_name == name => true,
        Some("States.ALL") => true,
        Some("States.TaskFailed") => !name.starts_with("States."),
        _ => false,
    }
}
