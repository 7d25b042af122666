//! Fields under a name that has been given up.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Language;
use crate::diagnostic::{Applicability, Fix};

/// The old name of a field of Map states, the new one, and where it exists (States Language specification, "Map State").
const RENAMED: [(&str, &str, Option<Language>); 2] =
    [("Iterator", "ItemProcessor", None), ("Parameters", "ItemSelector", Some(Language::JsonPath))];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_map()) {
        for (old, new, language) in RENAMED {
            if language.is_some_and(|language| !state.is_language_known || language != state.language) {
                continue;
            }
            // Beside its new name it is a field too many, which is `exclusive-fields`.
            let Some(field) = state.field(old).filter(|_| state.field(new).is_none()) else { continue };
            let finding = sink.report(field.key, format!("`{old}` of a Map is deprecated; its new name is `{new}`"));
            let is_only = state.node.members().filter(|field| field.name() == old).count() == 1;
            if is_only && !state.node.may_have_more() {
                finding.fixes.push(Fix {
                    title: format!("rename to `{new}`"),
                    edits: vec![field.key.rewritten(new)],
                    applicability: Applicability::Safe,
                });
            }
        }
    }
}
