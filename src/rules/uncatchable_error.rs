//! Entries that name an error which nothing catches.

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for (field, entries) in entries(state) {
            let does = if field == "Retry" { "retried" } else { "caught" };
            for error in entries.into_iter().flatten().filter(|error| error.as_str() == Some("States.Runtime")) {
                let finding =
                    sink.report(error, format!("`States.Runtime` is never {does}: it fails the execution at once"));
                finding.notes.push(
                    "it is raised for a path that finds nothing or a value of the wrong type; guard with a Choice on `IsPresent`, or use JSONata, whose `States.QueryEvaluationError` can be caught".to_owned(),
                );
            }
        }
    }
}
