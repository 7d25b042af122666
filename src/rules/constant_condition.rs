//! Conditions that come out the same in every execution.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::Constant;
use crate::asl::{Language, Rule};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_language_known && state.language == Language::Jsonata)
    {
        for condition in state.choice().iter().flat_map(|choice| &choice.rules).filter_map(condition) {
            if let Some(value) = condition.as_bool() {
                report(condition, value, sink);
            }
        }
    }
    for found in cx.inferred().filter(|found| found.expression.site.field.name() == "Condition") {
        if let Some(Constant::Bool(value)) = found.inference.constant(found.ast().root()) {
            report(found.expression.node, value, sink);
        }
    }
}

fn condition<'t>(rule: &Rule<'t>) -> Option<Node<'t>> {
    rule.node.get("Condition")
}

fn report(condition: Node<'_>, value: bool, sink: &mut Sink<'_>) {
    let message = if value {
        "this condition always holds: neither a rule behind it nor `Default` is ever taken"
    } else {
        "this condition never holds: its rule is never taken"
    };
    let finding = sink.report(condition, message);
    if value {
        finding.notes.push("as the last rule, it says what `Default` would say".to_owned());
    }
}
