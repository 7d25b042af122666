//! Catchers that drop every error and go on as if there had been none.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Catcher, Language, State, error_name};
use crate::diagnostic::Label;
use crate::syntax::{Kind, Node};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_language_known && !state.is_open) {
        let Some(onward) = state.next.filter(|next| !next.value.is_open()) else { continue };
        for catcher in state.catchers.iter().filter(|catcher| error_name::takes_most(&catcher.errors)) {
            let Some(next) = catcher.next.filter(|next| next.value.as_str() == onward.value.as_str()) else { continue };
            if !is_dropped(state, catcher) {
                continue;
            }
            let (name, next_name) = (state.name(), onward.value.content());
            let message = format!(
                "errors of `{name}` are dropped: `{next_name}` comes next in any case, and nothing tells that it failed"
            );
            let finding = sink.report(next.value, message);
            finding.related.push(Label::new(onward.value.span(), "the same without an error"));
        }
    }
}

/// Whether nothing of the error stays.
fn is_dropped(state: &State<'_>, catcher: &Catcher<'_>) -> bool {
    let node = catcher.node;
    if node.may_have_more() {
        return false;
    }
    match state.language {
        Language::JsonPath => {
            node.get("Assign").is_none() && node.get("ResultPath").is_some_and(|path| path.kind() == Kind::Null)
        }
        Language::Jsonata => {
            // Something that says so is as good as the error itself.
            let output = node.get("Output");
            node.get("Assign").is_none() && output.is_some_and(|output| is_plain_input(output))
        }
    }
}

/// Whether an output is the input as it came.
fn is_plain_input(output: Node<'_>) -> bool {
    let inner = output.as_str().and_then(|text| text.trim().strip_prefix("{%")?.strip_suffix("%}"));
    inner.is_some_and(|inner| inner.trim() == "$states.input")
}
