//! States that both end and go on.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::State;
use crate::diagnostic::{Applicability, Label};
use crate::schema::Fault;
use crate::syntax::edit::removed;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let (Fault::Exclusive { with, .. }, Some(field)) = (&violation.fault, violation.field) else { continue };
        let names = [field.name(), with.name()];
        if names == ["End", "Next"] || names == ["Next", "End"] {
            let message = format!("`{}` beside `{}`: a state ends or goes on, not both", names[0], names[1]);
            let finding = sink.refuse(violation.node, violation.refused_at(), message);
            finding.related.push(Label::new(with.key.span(), "it is here"));
            let end = if field.name() == "End" { field.value } else { with.value };
            let is_false = end.as_bool() == Some(false);
            // Where it goes on to is what somebody thought of, if the scope ends elsewhere: in a state that stays as it is.
            let ends_elsewhere = cx.machine.state_at(end.index()).is_some_and(|state| {
                let others = cx.machine.states_of(cx.machine.scope(state.scope));
                let stays = |other: &State<'_>| other.next.is_none() && cx.graph().is_reachable(other.id);
                others.filter(|other| other.id != state.id).any(|other| other.is_terminal() && stays(other))
            });
            if is_false || ends_elsewhere {
                let applicability = if is_false { Applicability::Safe } else { Applicability::Unsafe };
                finding.offer(applicability, "remove `End`", removed(&[end]));
            }
        }
    }
}
