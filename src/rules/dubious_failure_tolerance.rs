//! Distributed Maps that tolerate every failure, or go by two measures.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Field, Mode, State};
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    // On an Inline Map these fields are `unsupported-by-inline`.
    for state in cx.machine.states.iter().filter(|state| cx.machine.mode(state) == Some(Mode::Distributed)) {
        let percentage = field(state, "ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
        let count = field(state, "ToleratedFailureCount", "ToleratedFailureCountPath");
        match (percentage, count) {
            (Some(percentage), Some(count)) => {
                let [one, other] = [count.name(), percentage.name()];
                let message = format!("`{one}` beside `{other}`: the Map fails as soon as either of them is exceeded");
                sink.report(count.key, message).related.push(Label::new(percentage.key.span(), "the other measure"));
            }
            (Some(percentage), None) if is_all(percentage) && !state.node.may_have_more() => {
                let finding = sink.report(percentage.value, "every item may fail, and the Map still succeeds");
                finding
                    .notes
                    .push("what became of the items is in the Map Run and in what `ResultWriter` exports".to_owned());
            }
            _ => {}
        }
    }
}

fn field<'t>(state: &State<'t>, name: &str, path: &str) -> Option<Field<'t>> {
    state.field(name).or_else(|| state.field(path))
}

fn is_all(percentage: Field<'_>) -> bool {
    !percentage.value.is_open() && percentage.value.as_f64() == Some(100.0)
}
