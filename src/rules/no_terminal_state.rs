//! Scopes in which no state ends.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Place, Scope};
use crate::diagnostic::Severity;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for scope in &cx.machine.scopes {
        if !has_no_end(cx, scope) {
            continue;
        }
        let Some(states) = scope.states_field else { continue };
        let (what, severity, refusal) = if scope.place == Place::Top {
            ("the machine", Severity::Error, true)
        } else {
            ("it", Severity::Warning, false)
        };
        let name = cx.machine.describe_scope(scope.id);
        let refusal = refusal.then(|| sink.refusal("MISSING_END_STATE", scope.node)).flatten();
        let finding = sink.report(
            states.key,
            format!("no state of {name} ends {what}: an execution goes round until it fails, times out or has used up its history"),
        );
        finding.severity = severity;
        finding.refusal = refusal.map(|refusal| crate::diagnostic::Refusal { location: String::new(), ..refusal });
        finding.notes.push("a `Succeed` or `Fail` state ends it, and so does `\"End\": true`".to_owned());
    }
}

/// Whether the scope has states, every one leads on, and all of them are known. Another finding's consequence is none
/// of its own: a state that lacks its transition may be the one that was to end.
pub(super) fn has_no_end(cx: &Analysis<'_>, scope: &Scope<'_>) -> bool {
    let graph = cx.graph();
    !scope.states.is_empty() && !graph.is_open(scope.id) && !scope.states.iter().any(|&state| graph.can_end(state))
}
