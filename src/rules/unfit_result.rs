//! Expressions that give what their field does not take.

use super::Sink;
use crate::analysis::{Analysis, Inferred};
use crate::asl::jsonata::{Constant, ExprId, Kind, Types};
use crate::asl::timestamp;
use crate::diagnostic::{Label, Severity};

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
        // 0 was accepted and run.
        "MaxItems" => number(0.0, 100_000_000.0),
        "MaxItemsPerBatch" => number(1.0, f64::INFINITY),
        "MaxInputBytesPerBatch" => number(1.0, 262_144.0),
        "Timestamp" | "Error" | "Cause" => plain(Types::STRING),
        "Items" => plain(Types::ARRAY | Types::OBJECT),
        _ => return None,
    })
}

/// What is wrong with one of the values that an expression may come to.
struct Unfit {
    at: ExprId,
    message: String,
    note: Option<&'static str>,
}

/// How the values of an expression that it may come to fare.
#[derive(Default)]
struct Outcomes {
    n: usize,
    unfit: Vec<Unfit>,
}

fn result(found: &Inferred<'_, '_>, root: ExprId, wanted: Option<Wanted>, sink: &mut Sink<'_>) {
    let mut outcomes = Outcomes::default();
    outcomes_of(found, root, wanted, &mut outcomes);
    let always = outcomes.unfit.len() == outcomes.n;
    let ast = found.ast();
    let span = |id: ExprId| found.source_span(ast[id].span);
    if always && let [first, _, ..] = outcomes.unfit.as_slice() {
        let finding = sink.report_at(found.expression.node, span(first.at), first.message.clone());
        finding.notes.push(format!("{FAILS}, whichever branch the expression takes"));
        finding.notes.extend(first.note.map(str::to_owned));
        finding.related =
            outcomes.unfit[1..].iter().map(|other| Label::new(span(other.at), "nor does this fit")).collect();
        return;
    }
    for Unfit { at, message, note } in outcomes.unfit {
        let finding = sink.report_at(found.expression.node, span(at), message);
        if always {
            finding.notes.push(FAILS.to_owned());
        } else {
            finding.severity = Severity::Warning;
            finding.notes.push(format!("{FAILS} where the expression comes to this"));
        }
        finding.notes.extend(note.map(str::to_owned));
    }
}

const FAILS: &str = "the service accepts it, and the state fails with `States.QueryEvaluationError`";

/// Looks at the parts of an expression that its value comes from. Recursion is bounded by how deep expressions nest.
fn outcomes_of(found: &Inferred<'_, '_>, id: ExprId, wanted: Option<Wanted>, outcomes: &mut Outcomes) {
    let (ast, inference) = (found.ast(), found.inference);
    match &ast[id].kind {
        Kind::Block(list) if !list.is_empty() => {
            return list.last().into_iter().for_each(|&last| outcomes_of(found, last, wanted, outcomes));
        }
        Kind::Conditional { condition, then, otherwise } if inference.constant(*condition).is_none() => {
            outcomes_of(found, *then, wanted, outcomes);
            match otherwise {
                Some(otherwise) => outcomes_of(found, *otherwise, wanted, outcomes),
                None => {
                    outcomes.n += 1;
                    outcomes.unfit.push(Unfit {
                        at: *condition,
                        message:
                            "where this condition does not hold, the expression gives nothing, and the state fails"
                                .to_owned(),
                        note: Some("a conditional without `:` gives nothing there, and nothing is no JSON"),
                    });
                }
            }
            return;
        }
        _ => {}
    }
    outcomes.n += 1;
    if let Some((message, note)) = unfit(found, id, wanted) {
        outcomes.unfit.push(Unfit { at: id, message, note });
    }
}

/// What is wrong with the value of `id` in its field.
fn unfit(found: &Inferred<'_, '_>, id: ExprId, wanted: Option<Wanted>) -> Option<(String, Option<&'static str>)> {
    let inference = found.inference;
    let types = inference.types(id);
    if types.is_never() {
        return None;
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
            return None;
        }
        let is_cause = types == Types::NOTHING && reads_error_output(found, id);
        return Some((
            format!("this expression gives {what}"),
            is_cause.then_some("`Error` and `Cause` are strings: `$parse` makes a value of one that holds JSON"),
        ));
    }
    let wanted = wanted?;
    let there = types.without(Types::NOTHING | Types::FUNCTION);
    if there.misses(wanted.types) {
        return Some((format!("`{field}` takes {}, and this gives {there}", wanted.types), None));
    }
    match inference.constant(id)? {
        Constant::Number(number) => {
            limit(number, wanted).map(|limit| (format!("`{field}` is {number}, and {limit}"), None))
        }
        Constant::String(string) if field == "Timestamp" => {
            let Kind::String(text) = found.ast()[string].kind else { return None };
            let error = timestamp::rfc3339(found.ast().text(text)).err()?;
            Some((
                format!("this is no timestamp: {}", error.message),
                Some("the service takes timestamps like `2024-03-14T15:09:26Z`"),
            ))
        }
        _ => None,
    }
}

/// Whether this is a path of `$states.errorOutput`.
fn reads_error_output(found: &Inferred<'_, '_>, id: ExprId) -> bool {
    let ast = found.ast();
    let Kind::Path(steps) = &ast[id].kind else { return false };
    let [first, second, ..] = steps.as_slice() else { return false };
    found.jsonata.scopes.free_variable(ast, *first) == Some("states")
        && matches!(ast[*second].kind, Kind::Name(name) if ast.text(name) == "errorOutput")
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
