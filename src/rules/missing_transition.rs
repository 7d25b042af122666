//! States of which nothing says what comes after them.

use super::Sink;
use crate::analysis::Analysis;
use crate::schema::Fault;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let Fault::MissingOneOf(names) = &violation.fault else { continue };
        if names == &["Next", "End"] {
            let name = violation.node.content();
            let message = format!("neither `Next` nor `End`: nothing says what comes after `{name}`");
            let cut_off = sink.cut_off_at(violation.node);
            sink.refuse(violation.node, violation.refused_at(), message).related.extend(cut_off);
        }
    }
}
