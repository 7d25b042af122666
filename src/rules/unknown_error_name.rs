//! Names of the service or of Lambda that neither has.

use std::collections::BTreeSet;

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::{Language, Machine, StateType, error_name};
use crate::diagnostic::{Applicability, Fix};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let raised = raised(cx.machine);
    for state in &cx.machine.states {
        for error in entries(state).into_iter().flat_map(|(_, entries)| entries).flatten() {
            let Some(name) = error.as_str().filter(|_| !error.is_open()) else { continue };
            if error_name::is_known(name) || raised.names.contains(name) {
                continue;
            }
            let of_lambda = error_name::meant_of_lambda(name);
            if of_lambda.is_none() && !error_name::claims_to_be_known(name) {
                continue;
            }
            let meant = of_lambda.or_else(|| error_name::nearest(name));
            if meant.is_none() && raised.is_dynamic {
                continue;
            }
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

/// What the Fail states of a machine raise: the author's own names, whatever they begin with.
struct Raised<'t> {
    names: BTreeSet<&'t str>,
    /// Some error is made at run time, and may have any name.
    is_dynamic: bool,
}

fn raised<'t>(machine: &Machine<'t>) -> Raised<'t> {
    let mut raised = Raised { names: BTreeSet::new(), is_dynamic: false };
    for fail in machine.states.iter().filter(|state| state.kind == Some(StateType::Fail)) {
        raised.is_dynamic |= fail.field("ErrorPath").is_some();
        let Some(error) = fail.node.get("Error") else { continue };
        match error.as_str().filter(|_| !error.is_open()) {
            Some(name) if fail.language == Language::JsonPath || jsonata::expression_in(name) == Delimited::Literal => {
                raised.names.insert(name);
            }
            _ => raised.is_dynamic = true,
        }
    }
    raised
}
