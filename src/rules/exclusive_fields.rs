//! Fields that rule each other out.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Language, Rule, State, Test};
use crate::diagnostic::{Label, Severity};
use crate::schema::Fault;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for violation in cx.violations() {
        let (Fault::Exclusive { with, when }, Some(field)) = (&violation.fault, violation.field) else { continue };
        let names = [field.name(), with.name()];
        if names == ["End", "Next"] || names == ["Next", "End"] {
            continue; // `conflicting-transition`
        }
        let [name, other] = names;
        let message = match when {
            Some(value) => format!("`{name}` does not go with `{other}` `{value}`"),
            None => format!("`{name}` beside `{other}`: {} takes one of them", violation.owner.part.describe()),
        };
        let finding = sink.refuse(violation.node, violation.refused_at(), message);
        finding.related.push(Label::new(with.key.span(), "it is here"));
    }
    let states = cx.machine.states.iter().filter(|state| state.language == Language::JsonPath);
    for rule in states.flat_map(State::rules).flat_map(Rule::all) {
        idle_variable(rule, sink);
    }
}

/// `Variable` belongs to a comparator. What the service says to one without is not on record; it has no meaning.
fn idle_variable(rule: &Rule<'_>, sink: &mut Sink<'_>) {
    let ([operator], Some(Test::And(_) | Test::Or(_) | Test::Not(_))) = (rule.operators.as_slice(), &rule.test) else {
        return;
    };
    let Some(variable) = rule.node.member("Variable") else { return };
    let message =
        format!("`Variable` beside `{}` is compared with nothing: the nested rules have their own", operator.name());
    let finding = sink.report(variable.key, message);
    finding.severity = Severity::Info;
    finding.related.push(Label::new(operator.key.span(), "it is here"));
}
