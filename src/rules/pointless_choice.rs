//! Choice states all of whose ways lead to one state.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Field;
use crate::diagnostic::Label;
use crate::syntax::Node;

/// What makes ways to one state differ.
const EFFECTS: [&str; 4] = ["Assign", "InputPath", "Output", "OutputPath"];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let is_plain = |owner: Node<'_>| EFFECTS.iter().all(|name| owner.get(name).is_none());
    for state in cx.machine.states.iter().filter(|state| !state.node.may_have_more() && !state.is_open) {
        let Some(choice) = state.choice().filter(|choice| !choice.rules.is_empty()) else { continue };
        // Without `Default` it fails where no rule holds, which may be what it is for.
        let Some(default) = choice.default.filter(|default| !default.value.is_open()) else { continue };
        let Some(target) = default.value.as_str() else { continue };
        let nexts = choice.rules.iter().map(|rule| rule.next.filter(|_| is_plain(rule.node)));
        let same = |next: Option<Field<'_>>| next.is_some_and(|next| next.value.as_str() == Some(target));
        if !is_plain(state.node) || !nexts.clone().all(same) {
            continue;
        }
        let message = format!("`{}` decides nothing: every rule and `Default` lead to `{target}`", state.name());
        let finding = sink.report(state.key, message);
        let places = nexts.flatten().chain([default]).take(4);
        finding.related.extend(places.map(|next| Label::new(next.value.span(), "the same state")));
    }
}
