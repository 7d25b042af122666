//! Labels of Distributed Maps that the service does not take.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::diagnostic::Label;
use crate::syntax::Node;

/// Longest label in characters (developer guide, "Map state in Distributed mode", `Label`).
const MAX_LENGTH: usize = 40;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let mut first: HashMap<&str, Node<'_>> = HashMap::new();
    let mut maps: Vec<_> = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Map)).collect();
    maps.sort_by_key(|state| cx.graph().rank(state.id));
    for value in maps.into_iter().filter_map(|state| state.node.get("Label")).filter(|value| !value.is_open()) {
        let Some(label) = value.as_str() else { continue };
        if let Some(message) = fault(label) {
            let refusal = sink.refusal("INVALID_LABEL_NAME", value);
            sink.report(value, message).refusal = refusal;
        } else if let Some(&earlier) = first.get(label) {
            let refusal = sink.refusal("DUPLICATE_LABEL_NAME", value);
            let finding = sink
                .report(value, format!("another Map has the label `{label}` already; labels are unique in a machine"));
            finding.refusal = refusal;
            finding.related.push(Label::new(earlier.span(), "the first one"));
        } else {
            first.insert(label, value);
        }
    }
}

fn fault(label: &str) -> Option<String> {
    let length = label.chars().count();
    if length == 0 {
        return Some("this label is empty".to_owned());
    }
    if length > MAX_LENGTH {
        return Some(format!("this label has {length} characters; the service takes at most {MAX_LENGTH}"));
    }
    let forbidden =
        label.chars().find(|&c| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c))?;
    let shown =
        if forbidden.is_control() { format!("U+{:04X}", u32::from(forbidden)) } else { format!("`{forbidden}`") };
    Some(format!("a label cannot hold {shown}"))
}
