//! Definitions over the service's size limit.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::Severity;
use crate::syntax::{Format, Kind, Node};

/// Longest definition in characters (API reference, `CreateStateMachine`).
const MAX_LENGTH: usize = 1_048_576;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let root = cx.machine.node;
    let written = root.span().of(root.tree().text());
    // YAML becomes JSON on its way: its blanks never count, its aliases do.
    let is_yaml = root.tree().format() == Format::Yaml;
    if written.len() <= if is_yaml { MAX_LENGTH / 16 } else { MAX_LENGTH } {
        return;
    }
    let compact = root.descendants().map(compact_length).sum::<usize>();
    if compact > MAX_LENGTH {
        let message = format!(
            "the definition has {compact} characters even without blanks; the service takes at most {MAX_LENGTH}"
        );
        sink.report(root, message);
        return;
    }
    let written = written.chars().count();
    if !is_yaml && written > MAX_LENGTH {
        let message = format!(
            "the definition has {written} characters as written and {compact} without blanks; the service takes at most {MAX_LENGTH}"
        );
        sink.report(root, message).severity = Severity::Warning;
    }
}

/// Characters that a value adds to its machine as compact JSON, its separator and its own keys included.
fn compact_length(node: Node<'_>) -> usize {
    let keys = || node.members().map(|member| member.key.content().chars().count() + 3).sum::<usize>();
    let own = match node.kind() {
        Kind::Object => 2 + keys(),
        Kind::Array => 2,
        Kind::String => node.content().chars().count() + 2,
        _ => node.content().chars().count(),
    };
    own + 1
}
