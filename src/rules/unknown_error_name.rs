//! Names in `ErrorEquals` that no error has: slips of those of the service or of Lambda, JSONata, wildcards.

use std::collections::BTreeSet;

use super::Sink;
use super::misplaced_states_all::entries;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::{Language, Machine, StateType, error_name};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let raised = raised(cx.machine);
    for state in &cx.machine.states {
        for (_, entries) in entries(state) {
            let n_entries = entries.len();
            for (i, errors) in entries.into_iter().enumerate() {
                let takes_all = errors.len() == 1 && i + 1 == n_entries;
                for &error in &errors {
                    let Some(name) = error.as_str().filter(|_| !error.is_open()) else { continue };
                    if !error_name::is_known(name)
                        && !raised.names.contains(name)
                        && let Some(verdict) = verdict(name, &errors, raised.is_dynamic)
                    {
                        report(sink, error, verdict, takes_all);
                    }
                }
            }
        }
    }
}

/// What is to be said of a name.
struct Verdict {
    severity: Severity,
    message: String,
    meant: Option<&'static str>,
}

/// Of a name that neither the service has nor a Fail state of the machine, among all `errors` of its entry.
fn verdict(name: &str, errors: &[Node<'_>], is_dynamic: bool) -> Option<Verdict> {
    let warning = |message, meant| Some(Verdict { severity: Severity::Warning, message, meant });
    if jsonata::expression_in(name) != Delimited::Literal {
        let message =
            "`ErrorEquals` takes names as they stand, JSONata in it is not evaluated: this one matches no error";
        return warning(message.to_owned(), None);
    }
    if name.trim().is_empty() {
        return warning("no error has an empty name: this entry never applies to one".to_owned(), None);
    }
    if name.contains('*') {
        let meant = (name == "*").then_some("States.ALL").or_else(|| error_name::nearest(name));
        let message = format!(
            "`*` stands for itself in `ErrorEquals`: this entry never applies unless `{name}` is raised as it stands"
        );
        return warning(message, meant);
    }
    let meant = error_name::meant_of_lambda(name).or_else(|| error_name::nearest(name));
    if error_name::meant_of_lambda(name).is_some() || error_name::claims_to_be_known(name) {
        let message = format!("no error is ever called `{name}`: this entry never applies to it");
        return (meant.is_some() || !is_dynamic).then(|| warning(message, meant)).flatten();
    }
    // A task may have such a name of its own; who lists both has seen to it.
    let meant = meant.filter(|meant| !errors.iter().any(|error| error.as_str() == Some(meant)))?;
    let message =
        format!("the service has no error `{name}`: this entry applies only where a task gives its error that name");
    (!is_dynamic).then_some(Verdict { severity: Severity::Info, message, meant: Some(meant) })
}

/// `takes_all`: whether `States.ALL` may stand there.
fn report(sink: &mut Sink<'_>, error: Node<'_>, verdict: Verdict, takes_all: bool) {
    let Verdict { severity, message, meant } = verdict;
    let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    let finding = sink.report(error, message + &hint);
    finding.severity = severity;
    if let Some(meant) = meant.filter(|&meant| takes_all || meant != "States.ALL") {
        finding.fixes.push(Fix {
            title: format!("write `{meant}`"),
            edits: vec![error.rewritten(meant)],
            applicability: Applicability::Unsafe,
        });
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
