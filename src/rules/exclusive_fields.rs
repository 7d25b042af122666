//! Fields that rule each other out.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::Label;
use crate::schema::Fault;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let (Fault::Exclusive { with, when }, Some(field)) = (&violation.fault, violation.field) else { continue };
        let names = [field.name(), with.name()];
        if names == ["End", "Next"] || names == ["Next", "End"] {
            continue; // `conflicting-transition`
        }
        let [name, other] = names;
        let message = match when {
            Some(value) => format!("`{name}` does not go with `{other}` `{value}`"),
            None => format!("`{name}` beside `{other}`: {} takes one of them", violation.owner.part.describe()),
        };
        let finding = sink.refuse(violation.node, violation.refused_at(), message);
        finding.related.push(Label::new(with.key.span(), "it is here"));
    }
}
