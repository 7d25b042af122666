//! States of which nothing says what comes after them.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::Applicability;
use crate::schema::Fault;
use crate::syntax::edit::{At, New, inserted_member};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let Fault::MissingOneOf(names) = &violation.fault else { continue };
        if names == &["Next", "End"] {
            let name = violation.node.content();
            let message = format!("neither `Next` nor `End`: nothing says what comes after `{name}`");
            let cut_off = sink.cut_off_at(violation.node);
            let finding = sink.refuse(violation.node, violation.refused_at(), message);
            finding.related.extend(cut_off);
            let Some(state) = cx.machine.state_at(violation.node.index()) else { continue };
            let (title, field, value) = match cx.graph().cut_off_by(state.id) {
                [] => ("end here: add `\"End\": true`".to_owned(), "End", New::Word("true")),
                [next, ..] => {
                    let next = cx.machine.state(*next).name();
                    (format!("go on: add `\"Next\": \"{next}\"`"), "Next", New::text(next))
                }
            };
            let edit = inserted_member(state.node, At::Last, field, &value);
            finding.offer(Applicability::Unsafe, title, edit.map(|edit| vec![edit]));
        }
    }
}
