//! Names of states that do not exist: `StartAt`, `Next`, `Default`, choices, catchers.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Machine, StateId};
use crate::diagnostic::{Applicability, Fix, Label};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    let mut names: Option<HashMap<&str, Vec<StateId>>> = None;
    for unresolved in cx.graph().unresolved() {
        let value = unresolved.field.value;
        let name = value.as_str().unwrap_or_default();
        let scope = machine.describe_scope(unresolved.scope);
        let message = format!("`{}` names `{name}`, and {scope} has no such state", unresolved.field.name());
        let meant: Vec<&str> = unresolved.meant.iter().map(|&state| machine.state(state).name()).collect();
        let names = names.get_or_insert_with(|| by_name(machine));
        let elsewhere = names.get(name).and_then(|states| states.first().copied());
        let cut_off = sink.cut_off(&unresolved.cuts_off);
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
        finding.related.extend(cut_off);
    }
}

/// The states of each name, over all scopes: a name that its own scope does not have stands in another, or nowhere.
fn by_name<'t>(machine: &Machine<'t>) -> HashMap<&'t str, Vec<StateId>> {
    let mut names: HashMap<&str, Vec<StateId>> = HashMap::with_capacity(machine.states.len());
    for state in &machine.states {
        names.entry(state.name()).or_default().push(state.id);
    }
    names
}

/// Whether the guess rests on the spelling, not on what else is unreached.
fn is_spelt_alike(name: &str, meant: &str) -> bool {
    crate::text::nearest(name, [(meant, ())]).is_some()
}
