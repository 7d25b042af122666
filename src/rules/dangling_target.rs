//! Names of states that do not exist: `StartAt`, `Next`, `Default`, choices, catchers.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Machine, ScopeId, StateId};
use crate::diagnostic::{Applicability, Fix, Label};
use crate::graph::Unresolved;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    for unresolved in cx.graph().unresolved() {
        let value = unresolved.field.value;
        let name = value.as_str().unwrap_or_default();
        let scope = machine.describe_scope(unresolved.scope);
        let message = format!("`{}` names `{name}`, and {scope} has no such state", unresolved.field.name());
        let meant: Vec<&str> = unresolved.meant.iter().map(|&state| machine.state(state).name()).collect();
        let elsewhere = elsewhere(machine, unresolved.scope, name);
        let refusal = sink.refusal("MISSING_TRANSITION_TARGET", value);
        let finding = sink.report(value, message);
        finding.refusal = refusal;
        if let Some(other) = elsewhere {
            let other_scope = machine.describe_scope(machine.state(other).scope);
            finding.message += &format!(": it is a state of {other_scope}, and transitions do not leave their scope");
            finding
                .related
                .push(Label::new(machine.state(other).key.span(), format!("`{name}` stands here, in {other_scope}")));
        } else if meant.first().is_some_and(|meant| is_spelt_alike(name, meant)) {
            let folds = meant.iter().any(|meant| meant.to_lowercase() == name.to_lowercase());
            let listed: Vec<String> = meant.iter().take(3).map(|meant| format!("`{meant}`")).collect();
            finding.message += &format!("; did you mean {}?", listed.join(" or "));
            if folds {
                finding.notes.push("names of states are case-sensitive".to_owned());
            }
            finding.fixes.extend(meant.iter().take(3).map(|meant| Fix {
                title: format!("write `{meant}`"),
                edits: vec![value.rewritten(meant)],
                applicability: if folds && listed.len() == 1 { Applicability::Safe } else { Applicability::Unsafe },
            }));
        }
        finding.related.extend(cut_off(machine, unresolved));
    }
}

/// A state of that name in another scope.
fn elsewhere(machine: &Machine<'_>, scope: ScopeId, name: &str) -> Option<StateId> {
    machine.scopes.iter().filter(|other| other.id != scope).find_map(|other| machine.find(other.id, name))
}

/// Whether the guess rests on the spelling, not on what else is unreached.
fn is_spelt_alike(name: &str, meant: &str) -> bool {
    crate::text::nearest(name, [(meant, ())]).is_some()
}

fn cut_off<'m>(machine: &'m Machine<'_>, unresolved: &'m Unresolved<'_>) -> impl Iterator<Item = Label> + 'm {
    unresolved.cuts_off.iter().map(|&state| {
        let state = machine.state(state);
        Label::new(state.key.span(), format!("no execution reaches `{}` until that is mended", state.name()))
    })
}
