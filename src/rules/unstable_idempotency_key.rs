//! Idempotency keys that are another one at each attempt.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::{Expression, Form};
use crate::asl::intrinsic::{ArgumentKind, Call, Function};
use crate::asl::jsonata::Kind;
use crate::asl::resource::Pattern;
use crate::asl::{Language, Retrier, State, StateType};
use crate::diagnostic::{Label, Severity};
use crate::syntax::Node;
use crate::text::Span;

/// Fields by which AWS services tell a repeated request from a new one, but for the case of their first letter.
const KEYS: [&str; 5] =
    ["ClientToken", "ClientRequestToken", "IdempotencyToken", "IdempotencyKey", "MessageDeduplicationId"];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions() {
        let state = cx.machine.state(expression.site.state);
        if state.kind != Some(StateType::Task) || !matches!(expression.site.field.name(), "Arguments" | "Parameters") {
            continue;
        }
        let key = match expression.member {
            Some(member) => member.name().trim_end_matches(".$"),
            None => expression.node.member_name().unwrap_or_default(),
        };
        let is_name = key == "Name" && starts_execution(cx, state);
        if !is_name && !KEYS.iter().any(|known| is_called(key, known)) {
            continue;
        }
        let Some((name, span)) = chance(expression) else { continue };
        let Some(retrier) = state.retriers.iter().find(|retrier| repeats(retrier)) else { continue };
        let message = format!("`{key}` is another one at each attempt, as `{name}` is: a retry does the work again");
        let finding = sink.report_at(expression.node, expression.node.source_span(span), message);
        finding.severity = if is_name { Severity::Info } else { Severity::Warning };
        finding.related.push(Label::new(retrier.node.token(), "retried here, with new arguments"));
        finding.notes.push(
            "the called service may have done its work before the attempt failed, and by this key it would know the request again"
                .to_owned(),
        );
        let context = if state.language == Language::Jsonata { "$states.context" } else { "$$" };
        finding.notes.push(format!(
            "a key that stays: from `{context}.Execution.Id` and the name of the state, or from a variable that a state before has set"
        ));
    }
}

/// Whether a field has this name, or it with a small letter first.
fn is_called(field: &str, name: &str) -> bool {
    field.len() == name.len() && field.get(1..) == name.get(1..) && field[..1].eq_ignore_ascii_case(&name[..1])
}

/// Whether a Task starts an execution and does not wait for its end: one of the same name is started once.
fn starts_execution<'a>(cx: &Analysis<'a>, state: &State<'a>) -> bool {
    let (resource, _) = cx.resource(state);
    let is_start =
        resource.integration().is_some_and(|called| called.service == "states" && called.api == "startExecution");
    is_start && resource.pattern() == Pattern::RequestResponse
}

/// The first call in an expression that gives something else each time.
fn chance(expression: &Expression<'_>) -> Option<(String, Span)> {
    match &expression.form {
        Form::Intrinsic(call, _) => of_call(call),
        Form::Jsonata(jsonata) if jsonata.parsed.errors.is_empty() => {
            let ast = &jsonata.parsed.ast;
            ast.ids().find_map(|id| {
                let Kind::Call { callee, ref args } = ast[id].kind else { return None };
                let name = jsonata.scopes.free_variable(ast, callee)?;
                // A seed makes `$random` give the same again.
                let is_chance = matches!(name, "uuid" | "now" | "millis") || name == "random" && args.is_empty();
                is_chance.then(|| (format!("${name}()"), ast[id].span.shifted(jsonata.inner.start)))
            })
        }
        Form::Path(..) | Form::Jsonata(_) => None,
    }
}

/// Recursion is bounded by the parser.
fn of_call(call: &Call) -> Option<(String, Span)> {
    let is_chance = match call.function {
        Some(Function::Uuid) => true,
        // The third argument is a seed.
        Some(Function::MathRandom) => call.arguments.len() < 3,
        _ => false,
    };
    if is_chance {
        return Some((call.name.clone(), call.span));
    }
    call.arguments.iter().find_map(|argument| match &argument.kind {
        ArgumentKind::Call(inner) => of_call(inner),
        _ => None,
    })
}

/// Whether a retrier repeats a call that may have done its work: those that were turned away have not.
fn repeats(retrier: &Retrier<'_>) -> bool {
    let is_off = retrier.node.get("MaxAttempts").and_then(Node::as_i64) == Some(0);
    let is_refusal = |error: &str| {
        ["Throttl", "TooManyRequests", "LimitExceeded", "SlowDown"].iter().any(|word| error.contains(word))
    };
    let mut errors = retrier.errors.iter().filter(|error| !error.is_open()).filter_map(|error| error.as_str());
    !is_off && errors.any(|error| !is_refusal(error))
}
