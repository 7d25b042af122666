//! Members of `$states` that do not exist, or not in the field that reads them.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::context::CONTEXT;
use crate::asl::expression::{Demand, Expression, Form, MemberName, Origin, Reference};
use crate::asl::sites::Owner;
use crate::asl::{State, StateType};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Label, Severity};
use crate::text::{self, Edit, Span, TextMap};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions().iter().filter(|expression| matches!(expression.form, Form::Jsonata(_))) {
        let state = cx.machine.state(expression.site.state);
        let references = expression.references();
        let (mut map, mut tested) = (None, None);
        for reference in references.iter().filter(|reference| reference.origin == Origin::States) {
            let Some(&member) = reference.members.first() else { continue };
            let map: &TextMap = map.get_or_insert_with(|| expression.node.text_map());
            if member.name == "errorOutput" && is_catcher(expression) {
                let tested = tested.get_or_insert_with(|| error_members_tested(&references));
                if !unknown_members(reference).any(|name| tested.contains(name)) {
                    of_error(expression, reference, map, sink);
                }
                continue;
            }
            look_at(state, expression, reference, member, map, sink);
        }
    }
}

/// The names behind `$states.errorOutput` that are not there, of what the expression asks for with `$exists(…)` and the like.
fn error_members_tested<'e>(references: &[Reference<'e>]) -> BTreeSet<&'e str> {
    references.iter().filter(|reference| reference.demand == Demand::Tested).flat_map(unknown_members).collect()
}

fn unknown_members<'e>(reference: &Reference<'e>) -> impl Iterator<Item = &'e str> {
    reference.members.iter().skip(1).take(2).map(|member| member.name).filter(|name| !ERROR.contains(name))
}

/// Reads of what a catcher caught: two texts, `Error` and `Cause`, and nothing inside them.
fn of_error(expression: &Expression<'_>, reference: &Reference<'_>, map: &TextMap, sink: &mut Sink<'_>) {
    let is_certain = reference.demand == Demand::Certain;
    let consequence = if is_certain {
        "an expression without a value fails with `States.QueryEvaluationError`, and the catcher with it"
    } else {
        "the rest of the expression goes on without the value"
    };
    let (member, message, note, fix) = match reference.members[..] {
        [_, text, member, ..] if ERROR.contains(&text.name) => {
            let (holder, name) = (text.name, member.name);
            let message = format!("`$states.errorOutput.{holder}` is text: it has no `{name}`");
            let note = (holder == "Cause").then(|| {
                format!(
                    "where the text is JSON, as that of a failed Lambda function, `$parse($states.errorOutput.Cause).{name}` \
                     reads it; the cause of other failures may be plain text, on which `$parse` fails"
                )
            });
            let place = |offset| map.span(Span::empty(offset));
            let fix = (holder == "Cause").then(|| Fix {
                title: "write `$parse($states.errorOutput.Cause)`".to_owned(),
                edits: vec![
                    Edit { span: place(reference.span.start), text: "$parse(".to_owned() },
                    Edit { span: place(text.span.end), text: ")".to_owned() },
                ],
                applicability: Applicability::Unsafe,
            });
            (member, message, note, fix)
        }
        [_, member, ..] if !ERROR.contains(&member.name) => {
            let name = member.name;
            let meant = text::nearest(name, ERROR.map(|name| (name, name)));
            let hint = match meant {
                Some(meant) => format!(", did you mean `{meant}`?"),
                None => ": it is made of `Error` and `Cause`".to_owned(),
            };
            let fix = meant.map(|meant| rewrite(map.span(member.span), meant, Applicability::Unsafe));
            (member, format!("`$states.errorOutput` has no `{name}`{hint}"), None, fix)
        }
        _ => return,
    };
    let finding = sink.report_at(expression.node, map.span(member.span), message);
    if !is_certain {
        finding.severity = Severity::Warning;
    }
    finding.notes.push(consequence.to_owned());
    finding.notes.extend(note);
    finding.fixes.extend(fix);
}

/// What a catcher hands on (developer guide, "Error handling"; States Language specification, "Error output").
const ERROR: [&str; 2] = ["Error", "Cause"];

fn look_at(
    state: &State<'_>,
    expression: &Expression<'_>,
    reference: &Reference<'_>,
    member: MemberName<'_>,
    map: &TextMap,
    sink: &mut Sink<'_>,
) {
    let (field, at) = (expression.site.field.name(), map.span(member.span));
    let (words, note) = match member.name {
        "input" | "context" => return,
        "result" if has_result(state, expression) => return,
        "result" => {
            ("`Output` and `Assign` of a Task, Map or Parallel state have it", without_result(state, expression))
        }
        "errorOutput" => (
            "`Output` and `Assign` of a catcher have it",
            "it is what a catcher caught; the states behind it see of it what its `Output` or `Assign` hand on",
        ),
        _ => {
            let between = Span::new(reference.span.end, member.span.start);
            match predicate(expression.node.content(), between) {
                Some((name, span)) => as_predicate(expression, (member.name, at), (name, map.span(span)), sink),
                None => unknown(state, expression, member.name, at, sink),
            }
            return;
        }
    };
    let name = member.name;
    let finding = refuse(expression, at, format!("`$states.{name}` does not exist in `{field}`: only {words}"), sink);
    finding.notes.push(note.to_owned());
    if name == "result" && is_catcher(expression) {
        finding.fixes.push(rewrite(at, "errorOutput", Applicability::Unsafe));
    }
}

fn is_catcher(expression: &Expression<'_>) -> bool {
    matches!(expression.site.owner, Owner::Catcher(_))
}

fn has_result(state: &State<'_>, expression: &Expression<'_>) -> bool {
    works(state) && expression.site.owner == Owner::State && matches!(expression.site.field.name(), "Output" | "Assign")
}

fn works(state: &State<'_>) -> bool {
    matches!(state.kind, Some(StateType::Task | StateType::Map | StateType::Parallel))
}

fn without_result(state: &State<'_>, expression: &Expression<'_>) -> &'static str {
    if is_catcher(expression) {
        "a catcher runs where there is no result: what was caught is `$states.errorOutput`"
    } else if works(state) {
        "this field is read before there is a result; the state's input is `$states.input`"
    } else {
        "a state of this type calls nothing, so it has no result; its input is `$states.input`"
    }
}

/// Between `$states` and its first member: a field named as JavaScript and JSONPath name one, `['input']`, and where.
fn predicate(text: &str, between: Span) -> Option<(&'static str, Span)> {
    let written = between.of(text).strip_suffix('.')?;
    let inner = written.strip_prefix('[')?.strip_suffix(']')?.trim();
    let name = ["'", "\""].iter().find_map(|quote| inner.strip_prefix(quote)?.strip_suffix(quote))?;
    let known = ["input", "context", "result", "errorOutput"].into_iter().find(|known| *known == name)?;
    Some((known, Span::new(between.start, between.end - 1)))
}

fn as_predicate(
    expression: &Expression<'_>,
    (member, at): (&str, Span),
    (name, written): (&str, Span),
    sink: &mut Sink<'_>,
) {
    let message = format!("`['{name}']` picks no field in JSONata, and `$states` has no `{member}`: write `.{name}`");
    let finding = refuse(expression, at, message, sink);
    finding
        .notes
        .push("`[…]` is an index or a predicate, and a text that is not empty lets everything through".to_owned());
    finding.related.push(Label::new(written, "this is a predicate"));
    finding.fixes.push(Fix {
        title: format!("write `$states.{name}`"),
        edits: vec![Edit { span: written, text: format!(".{name}") }],
        applicability: Applicability::Unsafe,
    });
}

fn unknown(state: &State<'_>, expression: &Expression<'_>, name: &str, at: Span, sink: &mut Sink<'_>) {
    let candidates = [
        ("input", true),
        ("context", true),
        ("result", has_result(state, expression)),
        ("errorOutput", is_catcher(expression)),
    ];
    let there = candidates.into_iter().filter(|&(_, is_there)| is_there).map(|(name, _)| (name, name));
    let meant = text::nearest(name, there);
    let message = match meant {
        Some(meant) => format!("`$states` has no `{name}`, did you mean `{meant}`?"),
        None => format!("`$states` has no `{name}`: the expression finds nothing there"),
    };
    let finding = refuse(expression, at, message, sink);
    if let Some(meant) = meant {
        let is_case = meant.eq_ignore_ascii_case(name);
        if is_case {
            finding.notes.push("names of fields are case-sensitive".to_owned());
        }
        let applicability = if is_case { Applicability::Safe } else { Applicability::Unsafe };
        finding.fixes.push(rewrite(at, meant, applicability));
    } else if expression.site.field.name() == "ItemSelector" && name.eq_ignore_ascii_case("item") {
        finding.notes.push("the item of a Map is `$states.context.Map.Item.Value`".to_owned());
        finding.fixes.push(rewrite(at, "context.Map.Item.Value", Applicability::Unsafe));
    } else {
        finding.notes.push("it has `input`, `context`, and in some fields `result` or `errorOutput`".to_owned());
        let holder = if CONTEXT.member(name).is_some() { "context" } else { "input" };
        finding.fixes.push(Fix {
            title: format!("write `$states.{holder}.{name}`"),
            edits: vec![Edit { span: Span::empty(at.start), text: format!("{holder}.") }],
            applicability: Applicability::Unsafe,
        });
    }
}

fn refuse<'s>(expression: &Expression<'_>, at: Span, message: String, sink: &'s mut Sink<'_>) -> &'s mut Diagnostic {
    let refusal = sink.refusal("UNSUPPORTED_JSONATA_EXPRESSION", expression.node);
    let finding = sink.report_at(expression.node, at, message);
    finding.refusal = refusal;
    finding
}

fn rewrite(at: Span, name: &str, applicability: Applicability) -> Fix {
    Fix { title: format!("write `{name}`"), edits: vec![Edit { span: at, text: name.to_owned() }], applicability }
}
