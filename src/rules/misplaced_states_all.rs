//! `States.ALL` beside other names, or before the last entry.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::State;
use crate::diagnostic::Applicability;
use crate::syntax::edit::{left_alone, moved_last};
use crate::syntax::{Kind, Node};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for (field, entries) in entries(state) {
            let n_entries = entries.len();
            for (i, errors) in entries.into_iter().enumerate() {
                let Some(all) = errors.iter().copied().find(|error| error.as_str() == Some("States.ALL")) else {
                    continue;
                };
                let message = if errors.len() > 1 {
                    "the service takes `States.ALL` alone in `ErrorEquals`: it matches every name beside it".to_owned()
                } else if i + 1 < n_entries {
                    format!(
                        "the service takes `States.ALL` in the last entry of `{field}` alone: the entries behind this one never apply"
                    )
                } else {
                    continue;
                };
                // What holds the name is the array, as the service has it.
                let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", all.parent().unwrap_or(all));
                let finding = sink.report(all, message);
                finding.refusal = refusal;
                // The service takes it in no other way.
                if errors.len() > 1 {
                    finding.offer(Applicability::Safe, "drop the other names", left_alone(all));
                } else if is_last_of_its_kind(all) {
                    let entry = all.parent().and_then(Node::parent);
                    finding.offer(Applicability::Safe, "move the entry behind the others", entry.and_then(moved_last));
                }
            }
        }
    }
}

/// Whether no entry behind the one of this error is for all errors too: one of the two is too many then.
fn is_last_of_its_kind(all: Node<'_>) -> bool {
    let Some(entry) = all.parent().and_then(Node::parent) else { return false };
    let entries = entry.parent().into_iter().flat_map(Node::items);
    let has_all = |entry: Node<'_>| {
        let errors = entry.get("ErrorEquals").into_iter().flat_map(Node::items);
        errors.into_iter().any(|error| error.as_str() == Some("States.ALL"))
    };
    entry.kind() == Kind::Object && !entries.filter(|other| *other != entry).any(has_all)
}

/// `Retry` and `Catch` of a state, each as the error names of its entries.
pub(super) fn entries<'t>(state: &State<'t>) -> [(&'static str, Vec<Vec<Node<'t>>>); 2] {
    [
        ("Retry", state.retriers.iter().map(|retrier| retrier.errors.clone()).collect()),
        ("Catch", state.catchers.iter().map(|catcher| catcher.errors.clone()).collect()),
    ]
}
