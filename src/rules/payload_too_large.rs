//! Data in the definition that is larger than a state may hand on.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Language, State, StateType};
use crate::syntax::{Kind, Node};

/// The most bytes of JSON that a state hands on, and that its variables take (AWS guide, "Quotas").
const MAX_BYTES: usize = 262_144;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let root = cx.machine.node;
    // Most definitions are smaller than any of their parts may be.
    if root.span().of(root.tree().text()).len() <= MAX_BYTES {
        return;
    }
    for state in cx.machine.states.iter().filter(|state| state.is_language_known) {
        for field in state.node.members().filter(|field| is_handed_on(state, field.name())) {
            let n_bytes = least(field.value, state.language);
            if n_bytes <= MAX_BYTES {
                continue;
            }
            let name = field.name();
            let message = if name == "Assign" {
                format!(
                    "`Assign` alone comes to {n_bytes} bytes, and what a state assigns at once may have {MAX_BYTES}: this fails"
                )
            } else {
                format!(
                    "`{name}` alone comes to {n_bytes} bytes, and a state takes and hands on at most {MAX_BYTES}: this fails with `States.DataLimitExceeded`"
                )
            };
            let finding = sink.report(field.key, message);
            finding.notes.push("large data lies in S3, and its key is handed on".to_owned());
        }
    }
}

/// Whether what a field says becomes what the state hands on, or what it calls with.
fn is_handed_on(state: &State<'_>, name: &str) -> bool {
    match (state.language, name) {
        // What is not handed on whole is not measured here.
        (Language::JsonPath, "Result") if state.kind == Some(StateType::Pass) => {
            let is_kept = state.field("ResultPath").is_none_or(|path| path.value.as_str().is_some());
            is_kept && state.field("OutputPath").is_none()
        }
        (Language::JsonPath, "Parameters") => state.kind == Some(StateType::Task),
        (Language::Jsonata, "Arguments") => state.kind == Some(StateType::Task),
        (Language::Jsonata, "Output") => true,
        (_, "Assign") => true,
        _ => false,
    }
}

/// The least number of bytes that a value comes to as JSON: what is computed counts nothing.
fn least(value: Node<'_>, language: Language) -> usize {
    let length = |node: Node<'_>| match node.kind() {
        Kind::Object => {
            let is_computed = |key: &str| language == Language::JsonPath && key.ends_with(".$");
            let keys = node.members().filter(|member| !is_computed(member.name()));
            // A key with its quotes and colon, and a comma behind each member but the last.
            let lengths = keys.map(|member| member.name().len() + 4);
            (lengths.sum::<usize>() + 2).saturating_sub(1)
        }
        Kind::Array => 2 + node.len().saturating_sub(1),
        Kind::String => {
            let text = node.content();
            let is_computed = node.is_open()
                || language == Language::Jsonata && text.starts_with("{%")
                || node.member_name().is_some_and(|name| language == Language::JsonPath && name.ends_with(".$"));
            if is_computed { 0 } else { text.len() + 2 }
        }
        _ if node.is_open() => 0,
        // Numbers may be written longer than they are handed on.
        _ => 1,
    };
    value.descendants().map(length).sum()
}
