//! Numbers beyond a limit, and lists that need an item.

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
            Fault::Empty => format!("{subject} is empty"),
            _ => continue,
        };
        sink.refuse(violation.node, violation.refused_at(), message);
    }
}
