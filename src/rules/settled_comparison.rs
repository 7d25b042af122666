//! Comparisons that come out the same in every execution.

use super::Sink;
use super::absent_field::made;
use crate::analysis::Analysis;
use crate::asl::Comparator;
use crate::diagnostic::Severity;
use crate::flow::shape::{Kinds, Shape};
use crate::syntax::Kind;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for test in cx.shapes().tests() {
        let Some(outcome) = test.outcome else { continue };
        let Some(comparator) = Comparator::parse(test.field.content()) else { continue };
        let operand = test.field.parent().and_then(|rule| rule.get(test.field.content()));
        if operand.is_none_or(|operand| operand.kind() != takes_operand(comparator)) {
            // That is a finding of its own.
            continue;
        }
        // What the comparisons before it leave over is told by the rules about what is proved of a Choice.
        if !test.is_of_input {
            continue;
        }
        let variable = test.variable.content();
        let (severity, why) = match takes(comparator) {
            Some(kinds) if !test.value.is_never() && !test.value.kinds().meets(kinds) => (
                Severity::Warning,
                format!("`{variable}` is always {}, and `{}` takes {kinds}", test.value.kinds(), test.field.content()),
            ),
            _ if comparator == Comparator::IsPresent => {
                let is_there = if test.value.is_never() { "never there" } else { "always there" };
                (Severity::Info, format!("`{variable}` is {is_there}"))
            }
            _ => (Severity::Info, format!("`{variable}` is always {}", shown(&test.value))),
        };
        let does = if outcome { "always" } else { "never" };
        let finding = sink.report(test.field, format!("this {does} holds: {why}"));
        finding.severity = severity;
        finding.related.extend(made(cx, &test.value));
        if is_attribute(&test.value) {
            finding.notes.push(format!(
                "DynamoDB gives each value under the name of its type: `{variable}.S` for a text, `{variable}.N` for a number, which is a text too"
            ));
        }
    }
}

/// Whether a value is one of DynamoDB's, with its type around it.
fn is_attribute(value: &Shape) -> bool {
    let tells = |name: &str| value.member(name).shape.kinds() == Kinds::STRING;
    value.kinds() == Kinds::OBJECT && tells("S") && tells("N")
}

/// What a comparator is written with.
fn takes_operand(comparator: Comparator) -> Kind {
    match comparator {
        _ if comparator.takes_path() => Kind::String,
        Comparator::String(..) | Comparator::StringMatches | Comparator::Timestamp(..) => Kind::String,
        Comparator::Numeric(..) => Kind::Number,
        _ => Kind::Bool,
    }
}

/// The kinds that a comparator can hold of, where it compares with something.
fn takes(comparator: Comparator) -> Option<Kinds> {
    match comparator {
        Comparator::String(..) | Comparator::StringMatches | Comparator::Timestamp(..) => Some(Kinds::STRING),
        Comparator::Numeric(..) => Some(Kinds::NUMBER),
        Comparator::Boolean(_) => Some(Kinds::BOOLEAN),
        _ => None,
    }
}

/// A value in a message: what is known of a scalar, the kind of anything else.
fn shown(shape: &Shape) -> String {
    let is_scalar = !shape.kinds().meets(Kinds::ARRAY | Kinds::OBJECT);
    let is_known =
        shape.strings().is_some() || shape.numbers().is_some() || !shape.kinds().meets(Kinds::STRING | Kinds::NUMBER);
    if is_scalar && is_known { format!("`{shape}`") } else { shape.kinds().to_string() }
}
