//! States that go back to JSONPath in a machine in JSONata.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::Label;
use crate::schema::Fault;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        if !matches!(violation.fault, Fault::MixedLanguage) {
            continue;
        }
        let name = violation.owner.token.content();
        let message = format!("state `{name}` is in JSONPath, and a JSONata machine takes no such state");
        let finding = sink.refuse(violation.node, violation.refused_at(), message);
        if let Some(language) = cx.machine.node.get("QueryLanguage") {
            finding.related.push(Label::new(language.span(), "the machine is in JSONata"));
        }
        finding.notes.push("the other way round works: a JSONPath machine takes JSONata states".to_owned());
    }
}
