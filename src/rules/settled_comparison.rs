//! Comparisons that come out the same in every execution.

use super::Sink;
use super::absent_field::{made, way_of};
use crate::analysis::Analysis;
use crate::asl::Comparator;
use crate::diagnostic::Severity;
use crate::flow::shape::{Kinds, Shape};
use crate::flow::shapes::{Settled, Test};
use crate::syntax::Kind;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for settled in cx.shapes().settled() {
        in_condition(cx, settled, sink);
    }
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
            Some(kinds) if is_alien(test) => (
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
        let way = way_of(cx, sink, &test.value, test.state);
        let finding = sink.report(test.field, format!("this {does} holds: {why}"));
        finding.severity = severity;
        finding.way = way;
        finding.related.extend(made(cx, &test.value));
        if is_attribute(&test.value) {
            finding.notes.push(format!(
                "DynamoDB gives each value under the name of its type: `{variable}.S` for a text, `{variable}.N` for a number, which is a text too"
            ));
        }
    }
}

/// Whether the value that is asked of is always of another type than the comparator takes.
pub(super) fn is_alien(test: &Test<'_>) -> bool {
    let kinds = Comparator::parse(test.field.content()).and_then(takes);
    let is_other = |kinds| !test.value.is_never() && !test.value.kinds().meets(kinds);
    test.outcome.is_some() && test.is_of_input && kinds.is_some_and(is_other)
}

/// A comparison in a condition, in JSONata.
fn in_condition(cx: &Analysis<'_>, settled: &Settled<'_>, sink: &mut Sink<'_>) {
    let text = settled.node.content();
    let does = if settled.outcome { "always" } else { "never" };
    let at = settled.node.source_span(settled.span);
    let Some([left, right]) = &settled.sides else {
        let what = settled.span.of(text);
        let is_there = if settled.outcome { "always there" } else { "never there" };
        sink.report_at(settled.node, at, format!("`{what}` {does} holds: what it asks for is {is_there}"));
        return;
    };
    // What is nothing is equal to nothing.
    if left.1.is_never() || right.1.is_never() {
        return;
    }
    let kinds = [left, right].map(|(_, shape)| match shape.kinds() {
        kinds if kinds.meets(Kinds::BOOLEAN) => kinds | Kinds::BOOLEAN,
        kinds => kinds,
    });
    let (one, other) = (left.0.of(text), right.0.of(text));
    let is_alien = !kinds[0].meets(kinds[1]) && !(kinds[0] | kinds[1]).meets(Kinds::NULL);
    let why = if is_alien {
        format!("`{one}` is always {}, and `{other}` {}", left.1.kinds(), right.1.kinds())
    } else {
        let sides = [(one, &left.1), (other, &right.1)];
        let told = sides.iter().filter(|(text, _)| !is_literal(text));
        let told: Vec<String> = told.map(|(text, shape)| format!("`{text}` is always {}", shown(shape))).collect();
        told.join(", and ")
    };
    let (made_left, made_right) = (made(cx, &left.1), made(cx, &right.1));
    let of_side = if made_left.is_some() { &left.1 } else { &right.1 };
    let way = way_of(cx, sink, of_side, settled.state);
    let finding = sink.report_at(settled.node, at, format!("this {does} holds: {why}"));
    if is_alien {
        finding.severity = Severity::Warning;
    }
    finding.way = way;
    finding.related.extend(made_left.into_iter().chain(made_right));
}

/// Whether a part of an expression says itself what it is.
fn is_literal(text: &str) -> bool {
    matches!(text, "true" | "false" | "null")
        || text.starts_with(['"', '\'', '-'])
        || text.starts_with(|c: char| c.is_ascii_digit())
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
