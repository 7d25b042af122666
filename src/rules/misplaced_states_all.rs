//! `States.ALL` beside other names, or before the last entry.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::State;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for (field, entries) in entries(state) {
            let n_entries = entries.len();
            for (i, errors) in entries.into_iter().enumerate() {
                let Some(all) = errors.iter().copied().find(|error| error.as_str() == Some("States.ALL")) else {
                    continue;
                };
                let message = if errors.len() > 1 {
                    "`States.ALL` stands alone in `ErrorEquals`: it matches every name beside it".to_owned()
                } else if i + 1 < n_entries {
                    format!(
                        "`States.ALL` stands in the last entry of `{field}`: the entries behind this one never apply"
                    )
                } else {
                    continue;
                };
                // What holds the name is the array, as the service has it.
                let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", all.parent().unwrap_or(all));
                sink.report(all, message).refusal = refusal;
            }
        }
    }
}

/// `Retry` and `Catch` of a state, each as the error names of its entries.
pub(super) fn entries<'t>(state: &State<'t>) -> [(&'static str, Vec<Vec<Node<'t>>>); 2] {
    [
        ("Retry", state.retriers.iter().map(|retrier| retrier.errors.clone()).collect()),
        ("Catch", state.catchers.iter().map(|catcher| catcher.errors.clone()).collect()),
    ]
}
