//! Members of `$states` that do not exist, or not in the field that reads them.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::context::CONTEXT;
use crate::asl::expression::{Expression, Form, MemberName, Origin};
use crate::asl::sites::Owner;
use crate::asl::{State, StateType};
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::text::{self, Edit, Span};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions().iter().filter(|expression| matches!(expression.form, Form::Jsonata(_))) {
        let state = cx.machine.state(expression.site.state);
        let mut map = None;
        for reference in expression.references().iter().filter(|reference| reference.origin == Origin::States) {
            if let Some(&member) = reference.members.first() {
                let map = map.get_or_insert_with(|| expression.node.text_map());
                look_at(state, expression, member, map.span(member.span), sink);
            }
        }
    }
}

fn look_at(state: &State<'_>, expression: &Expression<'_>, member: MemberName<'_>, at: Span, sink: &mut Sink<'_>) {
    let field = expression.site.field.name();
    let (words, note) = match member.name {
        "input" | "context" => return,
        "result" if has_result(state, expression) => return,
        "result" => {
            ("`Output` and `Assign` of a Task, Map or Parallel state have it", without_result(state, expression))
        }
        "errorOutput" if is_catcher(expression) => return,
        "errorOutput" => (
            "`Output` and `Assign` of a catcher have it",
            "it is what a catcher caught; the states behind it see of it what its `Output` or `Assign` hand on",
        ),
        _ => {
            unknown(state, expression, member.name, at, sink);
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
    Fix {
        title: format!("write `$states.{name}`"),
        edits: vec![Edit { span: at, text: name.to_owned() }],
        applicability,
    }
}
