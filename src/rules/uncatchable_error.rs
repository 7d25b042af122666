//! Entries that name an error which nothing catches.

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::asl::error_name::{self, Reach};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for (field, entries) in entries(state) {
            let does = if field == "Retry" { "retried" } else { "caught" };
            for error in entries.into_iter().flatten().filter(|&error| is_terminal(error)) {
                let name = error.content();
                let finding = sink.report(error, format!("`{name}` is never {does}: it fails the execution at once"));
                finding.notes.push(
                    "it is raised for a path that finds nothing or a value of the wrong type; guard with a Choice on `IsPresent`, or use JSONata, whose `States.QueryEvaluationError` can be caught".to_owned(),
                );
            }
        }
    }
}

fn is_terminal(error: Node<'_>) -> bool {
    error.as_str().and_then(error_name::lookup).is_some_and(|known| known.reach == Reach::Terminal)
}
