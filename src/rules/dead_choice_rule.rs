//! Choice rules that earlier ones leave nothing to.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Language, Rule, State};
use crate::diagnostic::{Label, Severity};
use crate::symex::{Because, Cover, Verdict};
use crate::syntax::Node;

/// How many of the rules before are shown.
const MOST_SHOWN: usize = 4;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        for (rule, verdict) in state.rules().iter().zip(&proved.rules) {
            if let Verdict::Dead(Because::Covered(cover)) = verdict {
                report(cx, state, rule, cover, sink);
            }
        }
    }
}

fn report(cx: &Analysis<'_>, state: &State<'_>, rule: &Rule<'_>, cover: &Cover, sink: &mut Sink<'_>) {
    let Cover { rules: covering, failing, only_failing } = cover;
    let Some(operator) = rule.operators.first() else { return };
    // What a condition of constants leaves is told by the rule on those.
    let is_constant = |number: &usize| {
        let operator = state.rules().get(*number).and_then(|rule| rule.operators.first());
        operator.is_some_and(|operator| cx.constant_condition(operator).is_some())
    };
    if covering.iter().any(is_constant) {
        return;
    }
    let names: Vec<String> = covering.iter().map(|number| format!("`Choices[{number}]`")).collect();
    let names = match names.as_slice() {
        [] => return,
        [one] => one.clone(),
        [one, other] => format!("{one} or {other}"),
        [first, .., last] => format!("one of the {} rules from {first} to {last}", names.len()),
    };
    let verb = match failing.as_slice() {
        [] => "holds",
        _ if only_failing == covering => "fails the execution",
        _ => "holds or fails the execution",
    };
    let message = format!("this rule is never taken: whenever it would hold, {names} {verb} before");
    let finding = sink.report(operator.key, message);
    // Without it executions go where they go.
    let is_plain = |rule: &Rule<'_>| rule.node.get("Assign").is_none() && rule.node.get("Output").is_none();
    let leads_there = |number: &usize| {
        state.rules().get(*number).is_some_and(|other| target(other) == target(rule) && is_plain(other))
    };
    if failing.is_empty() && is_plain(rule) && covering.iter().all(leads_there) {
        finding.severity = Severity::Info;
    }
    let keys = covering.iter().filter_map(|&number| state.rules().get(number)?.operators.first());
    let label = |(number, key): (usize, Node<'_>)| {
        let words = match &covering[number] {
            rule if only_failing.contains(rule) => "this fails the execution",
            rule if failing.contains(rule) => "this holds before, or fails the execution",
            _ => "this holds before",
        };
        Label::new(key.token(), words)
    };
    finding.related.extend(keys.map(|operator| operator.key).enumerate().take(MOST_SHOWN).map(label));
    if !failing.is_empty() {
        let note = match state.language {
            Language::JsonPath => {
                "a comparison fails the execution where its path finds nothing: ask `IsPresent` first"
            }
            Language::Jsonata => {
                "a condition fails the execution where it gives no boolean, and where an operator finds other types"
            }
        };
        finding.notes.push(note.to_owned());
    }
}

fn target<'t>(rule: &Rule<'t>) -> Option<&'t str> {
    rule.next.and_then(|next| next.value.as_str())
}
