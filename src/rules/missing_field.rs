//! Fields without which an object means nothing.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateId;
use crate::diagnostic::Applicability;
use crate::schema::{Fault, Part, Violation, code_listing};
use crate::syntax::edit::{At, New, inserted_member};
use crate::text::Edit;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        if let Some(message) = message(violation) {
            // A state without its `Type`, or a Choice without its rules, leads nowhere.
            let is_state = matches!(violation.owner.part, Part::State(_) | Part::AnyState);
            let cut_off = if is_state { sink.cut_off_at(violation.node) } else { Vec::new() };
            let finding = sink.refuse(violation.node, violation.refused_at(), message);
            finding.related.extend(cut_off);
            if let Some((start, edit)) = start(cx, violation) {
                let title = format!("add `\"StartAt\": \"{start}\"`");
                finding.offer(Applicability::Unsafe, title, Some(vec![edit]));
            }
        }
    }
}

/// Where a scope without `StartAt` begins: at the one state that no other leads to.
fn start<'t>(cx: &Analysis<'t>, violation: &Violation<'t>) -> Option<(&'t str, Edit)> {
    let Fault::Missing { names, by: None } = &violation.fault else { return None };
    (names.as_slice() == ["StartAt"]).then_some(())?;
    let scope = cx.machine.scopes.iter().find(|scope| scope.node == violation.owner.node && !scope.is_open)?;
    let graph = cx.graph();
    let is_led_to = |&state: &StateId| graph.predecessors(state).any(|(from, _)| from != state);
    let mut first = scope.states.iter().copied().filter(|state| !is_led_to(state));
    let (Some(state), None) = (first.next(), first.next()) else { return None };
    let name = cx.machine.state(state).name();
    let edit = inserted_member(scope.node, At::Before(&["States"]), "StartAt", &New::text(name))?;
    Some((name, edit))
}

fn message(violation: &Violation<'_>) -> Option<String> {
    let owner = violation.owner;
    let here = owner.part.describe();
    Some(match &violation.fault {
        Fault::Missing { names, by: None } => format!("{here} needs {}", code_listing(names, "and")),
        Fault::Missing { names, by: Some(by) } => {
            // What demands it is a value where the field is a choice between values, else the field.
            let value = by.value.as_str().filter(|_| matches!(owner.part, Part::ReaderConfig | Part::ProcessorConfig));
            let value = value.map(|value| format!(" `{value}`")).unwrap_or_default();
            format!("`{}`{value} needs {}", by.name(), code_listing(names, "and"))
        }
        Fault::MissingOneOf(names) if names == &["Next", "End"] => return None,
        Fault::MissingOneOf(_) if matches!(owner.part, Part::Rule | Part::NestedRule) => {
            match owner.node.member("Variable") {
                Some(_) => "`Variable` needs a comparator such as `StringEquals`".to_owned(),
                None => {
                    format!("{here} needs `And`, `Or`, `Not`, or `Variable` with a comparator such as `StringEquals`")
                }
            }
        }
        Fault::MissingOneOf(names) => format!("{here} needs {}", code_listing(names, "or")),
        _ => return None,
    })
}
