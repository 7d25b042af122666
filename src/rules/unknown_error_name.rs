//! `States.*` names that the language does not have.

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::asl::error_name;
use crate::diagnostic::{Applicability, Fix};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for error in entries(state).into_iter().flat_map(|(_, entries)| entries).flatten() {
            let Some(name) = error.as_str().filter(|_| !error.is_open()) else { continue };
            if error_name::is_known(name) || !error_name::claims_to_be_known(name) {
                continue;
            }
            let meant = error_name::nearest(name);
            let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            let finding =
                sink.report(error, format!("no error is ever called `{name}`: this entry never applies to it{hint}"));
            if let Some(meant) = meant {
                finding.fixes.push(Fix {
                    title: format!("write `{meant}`"),
                    edits: vec![error.rewritten(meant)],
                    applicability: Applicability::Unsafe,
                });
            }
        }
    }
}
