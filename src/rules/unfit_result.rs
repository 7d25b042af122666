//! Expressions that give what their field does not take.

use super::Sink;
use crate::analysis::{Analysis, Inferred};
use crate::asl::jsonata::{Constant, ExprId, Kind, Types};
use crate::diagnostic::Severity;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for found in cx.inferred() {
        let root = found.ast().root();
        // One that never gives a value fails inside, which is another finding.
        if !found.inference.types(root).is_never() {
            result(&found, root, wanted(&found), sink);
        }
    }
}

/// What a field takes.
#[derive(Clone, Copy)]
struct Wanted {
    types: Types,
    least: f64,
    most: f64,
    is_whole: bool,
}

/// What the field takes that is the expression. What lies inside a payload may be any JSON.
fn wanted(found: &Inferred<'_, '_>) -> Option<Wanted> {
    let field = found.expression.site.field;
    let number = |least, most| Wanted { types: Types::NUMBER, least, most, is_whole: true };
    let plain = |types| Wanted { types, ..number(f64::NEG_INFINITY, f64::INFINITY) };
    if field.name() == "Credentials" {
        let role = field.value.get("RoleArn");
        return (role == Some(found.expression.node)).then_some(plain(Types::STRING));
    }
    if field.value != found.expression.node {
        return None;
    }
    Some(match field.name() {
        "Condition" => plain(Types::BOOL),
        "TimeoutSeconds" | "HeartbeatSeconds" => number(1.0, 99_999_999.0),
        "Seconds" => number(0.0, 99_999_999.0),
        "MaxConcurrency" | "ToleratedFailureCount" => number(0.0, f64::INFINITY),
        "ToleratedFailurePercentage" => Wanted { is_whole: false, ..number(0.0, 100.0) },
        "MaxItems" => number(1.0, 100_000_000.0),
        "MaxItemsPerBatch" => number(1.0, f64::INFINITY),
        "MaxInputBytesPerBatch" => number(1.0, 262_144.0),
        "Timestamp" | "Error" | "Cause" => plain(Types::STRING),
        "Items" => plain(Types::ARRAY | Types::OBJECT),
        _ => return None,
    })
}

/// Looks at the parts of an expression that its value comes from. Recursion is bounded by how deep expressions nest.
fn result(found: &Inferred<'_, '_>, id: ExprId, wanted: Option<Wanted>, sink: &mut Sink<'_>) {
    let (ast, inference) = (found.ast(), found.inference);
    match &ast[id].kind {
        Kind::Block(list) if !list.is_empty() => {
            return list.last().into_iter().for_each(|&last| result(found, last, wanted, sink));
        }
        Kind::Conditional { condition, then, otherwise } if inference.constant(*condition).is_none() => {
            result(found, *then, wanted, sink);
            match otherwise {
                Some(otherwise) => result(found, *otherwise, wanted, sink),
                None => {
                    let message =
                        "where this condition does not hold, the expression gives nothing, and the state fails";
                    let finding =
                        sink.report_at(found.expression.node, found.source_span(ast[*condition].span), message);
                    finding.severity = Severity::Warning;
                    finding
                        .notes
                        .push("a conditional without `:` gives nothing there, and nothing is no JSON".to_owned());
                }
            }
            return;
        }
        _ => {}
    }
    let types = inference.types(id);
    if types.is_never() {
        return;
    }
    let field = match found.expression.site.field.name() {
        "Credentials" => "RoleArn",
        name => name,
    };
    if !types.meets(Types::JSON.without(Types::NOTHING)) {
        let what = match types {
            Types::FUNCTION => "a function, which is no JSON",
            Types::NOTHING => "nothing",
            _ => "nothing, or a function",
        };
        // What fails inside gives nothing at best.
        if types == Types::NOTHING && !inference.faults.is_empty() {
            return;
        }
        report(found, id, format!("this expression gives {what}"), sink);
        return;
    }
    let Some(wanted) = wanted else { return };
    let there = types.without(Types::NOTHING | Types::FUNCTION);
    if there.misses(wanted.types) {
        report(found, id, format!("`{field}` takes {}, and this gives {there}", wanted.types), sink);
    } else if let Some(Constant::Number(number)) = inference.constant(id)
        && let Some(limit) = limit(number, wanted)
    {
        report(found, id, format!("`{field}` is {number}, and {limit}"), sink);
    }
}

fn limit(number: f64, wanted: Wanted) -> Option<String> {
    if number < wanted.least {
        Some(format!("the least is {}", wanted.least))
    } else if number > wanted.most {
        Some(format!("the most is {}", wanted.most))
    } else {
        (wanted.is_whole && number.fract() != 0.0).then(|| "it takes whole numbers".to_owned())
    }
}

fn report(found: &Inferred<'_, '_>, id: ExprId, message: String, sink: &mut Sink<'_>) {
    let ast = found.ast();
    let finding = sink.report_at(found.expression.node, found.source_span(ast[id].span), message);
    let note = "the service accepts it, and the state fails with `States.QueryEvaluationError`";
    if is_whole(found, id) {
        finding.notes.push(note.to_owned());
    } else {
        finding.severity = Severity::Warning;
        finding.notes.push(format!("{note} where the expression takes this branch"));
    }
}

/// Whether the value of the expression is always that of `id`: no branch leads to it.
fn is_whole(found: &Inferred<'_, '_>, id: ExprId) -> bool {
    let ast = found.ast();
    let mut at = ast.root();
    while at != id {
        at = match &ast[at].kind {
            Kind::Block(list) => match list.last() {
                Some(&last) => last,
                None => return false,
            },
            _ => return false,
        };
    }
    true
}
