//! Error names that the specification has and the service does not raise.

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::asl::error_name;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for error in entries(state).into_iter().flat_map(|(_, entries)| entries).flatten() {
            let Some(name) = error.as_str().filter(|name| error_name::is_reserved(name)) else { continue };
            let finding = sink.report(error, format!("`{name}` is reserved for future use: today the service reports `States.Runtime`, which nothing catches"));
            finding.notes.push("the specification and the developer guide disagree on it".to_owned());
        }
    }
}
