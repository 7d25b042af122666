//! Choices without `Default` for which there is an input that no rule takes.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Language;
use crate::diagnostic::Severity;
use crate::symex::Verdict;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for proved in cx.proofs() {
        let state = cx.machine.state(proved.state);
        let Verdict::Reachable(any) = &proved.no_match else { continue };
        if state.language != Language::JsonPath || !cx.graph().is_reachable(state.id) {
            continue;
        }
        let (witness, severity) = match &proved.regular_no_match {
            Some(regular) => (regular, Severity::Warning),
            None => (&**any, Severity::Info),
        };
        let message = format!("no rule takes {}, and there is no `Default`: the execution fails", witness.in_words());
        let finding = sink.report(state.key, message);
        finding.severity = severity;
        if severity == Severity::Info {
            let note =
                "every value of the types that the rules compare is taken; of other types, or missing, this one is not";
            finding.notes.push(note.to_owned());
        }
    }
}
