//! Numbers and texts beyond a limit, and lists that need an item.

use super::Sink;
use crate::analysis::Analysis;
use crate::schema::{Fault, Limit};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let subject = violation.subject();
        let found = violation.node.content();
        let message = match violation.fault {
            Fault::OutOfRange(Limit::Least(least)) => format!("{subject} is {found}, and the least is {least}"),
            Fault::OutOfRange(Limit::Most(most)) => format!("{subject} is {found}, and the most is {most}"),
            Fault::OutOfRange(Limit::Characters(most)) => {
                format!("{subject} has {} characters, and the most is {most}", found.chars().count())
            }
            Fault::Empty => format!("{subject} is empty"),
            _ => continue,
        };
        let is_label = violation.field.is_some_and(|field| field.name() == "Label");
        let finding = sink.refuse(violation.node, violation.refused_at(), message);
        if let Some(refusal) = finding.refusal.as_mut().filter(|_| is_label) {
            refusal.code = "INVALID_LABEL_NAME";
        }
    }
}
