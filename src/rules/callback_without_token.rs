//! Tasks that wait for a callback, and pass nobody the token that the callback takes.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::{Expression, Form};
use crate::asl::intrinsic::{self, Dynamic};
use crate::asl::jsonata::{self, Ast, ExprId};
use crate::asl::path::{Path, Root, Segment, SegmentKind};
use crate::asl::resource::Pattern;
use crate::asl::sites::{Owner, dynamic_members, strings};
use crate::asl::{Language, State, StateType};
use crate::diagnostic::{Label, Severity};
use crate::syntax::{Kind, Node};
use crate::text::{Span, nearest};

/// What follows where nothing bounds the wait.
pub(super) const UNBOUNDED: &str =
    "the service takes the definition; the execution stays here until it times out itself, after a year at the latest";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let tasks = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task) && state.is_language_known);
    for state in tasks {
        let Some(value) = state.node.get("Resource") else { continue };
        let (resource, errors) = cx.resource(state);
        if !errors.is_empty() || resource.pattern() != Pattern::WaitForTaskToken {
            continue;
        }
        let (name, token) = match state.language {
            Language::JsonPath => ("Parameters", "$$.Task.Token"),
            Language::Jsonata => ("Arguments", "$states.context.Task.Token"),
        };
        let Some(request) = state.field(name).filter(|field| is_known(field.value)) else { continue };
        let passes = match state.language {
            Language::JsonPath => template_passes(cx, request.value, state),
            Language::Jsonata => {
                strings(request.value).any(Node::is_open) || expressions(cx, state, name).any(jsonata_passes)
            }
        };
        if !passes {
            report(state, value, request.value, token, sink);
        }
    }
}

/// What stands in a field of the state itself. Expressions come in the order of the states.
fn expressions<'c, 'a>(
    cx: &'c Analysis<'a>,
    state: &State<'a>,
    field: &'static str,
) -> impl Iterator<Item = &'c Expression<'a>> {
    let (id, all) = (state.id, cx.expressions());
    let first = all.partition_point(|expression| expression.site.state < id);
    all[first..]
        .iter()
        .take_while(move |expression| expression.site.state == id)
        .filter(move |expression| expression.site.owner == Owner::State && expression.site.field.name() == field)
}

/// What a template tool replaces by a text, whatever it is: `!Ref Queue` is no request that could hold the token.
const TEXTS: [&str; 6] = ["GetAtt", "ImportValue", "Join", "Ref", "Select", "Sub"];

/// Whether nothing is in the request but what is seen. A `${…}` in a text that nothing evaluates stays a text.
fn is_known(request: Node<'_>) -> bool {
    let is_text = |name: &str| TEXTS.contains(&name);
    let is_closed = |node: Node<'_>| {
        !matches!(node.kind(), Kind::Hole | Kind::Missing)
            && !node.is_incomplete()
            && node.tag().is_none_or(|tag| is_text(tag.trim_start_matches('!')))
            && node
                .members()
                .all(|member| !member.key.has_hole() && member.name().strip_prefix("Fn::").is_none_or(is_text))
    };
    request.kind() != Kind::Null && !request.is_open() && request.descendants().all(is_closed)
}

fn report(state: &State<'_>, resource: Node<'_>, request: Node<'_>, token: &str, sink: &mut Sink<'_>) {
    let text = resource.as_str().unwrap_or_default();
    let suffix = Pattern::WaitForTaskToken.suffix();
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let start = u32::try_from(text.len() - suffix.len()).unwrap_or(u32::MAX);
    let at = resource.source_span(Span::new(start, end));
    let is_bounded = ["TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"]
        .iter()
        .any(|name| state.field(name).is_some());
    let message = format!("this waits for a callback that nobody can make: the request does not pass `{token}`");
    let finding = sink.report_at(resource, at, message);
    finding.notes.push(if is_bounded {
        "the service takes the definition; the execution stays here until the task times out".to_owned()
    } else {
        UNBOUNDED.to_owned()
    });
    if is_bounded {
        finding.severity = Severity::Warning;
    }
    // The token as a text that nothing evaluates: the key lacks `.$`, the string its delimiters. Or its name is misspelt.
    let slips: Vec<Node<'_>> =
        strings(request).filter(|string| !string.is_open() && means_token(string.content())).collect();
    let written = slips.iter().find(|string| string.content().contains("Task.Token"));
    finding.related.push(match written {
        Some(string) => Label::new(string.span(), "this passes the text as it stands, not the token"),
        None => Label::new(request.token(), "the request"),
    });
    let note = if is_bounded {
        "nobody gets the token of this task: it waits until it times out"
    } else {
        "nobody gets the token of this task: it waits until the execution times out, after a year at the latest"
    };
    sink.is_effect(slips.iter().map(|string| string.span()).collect(), note);
}

/// Whether a text names the token, or nearly.
fn means_token(text: &str) -> bool {
    let is_near = |word: &str, name: &'static str| nearest(word, [(name, ())]).is_some();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(2).any(|pair| is_near(pair[0], "Task") && is_near(pair[1], "Token"))
        || text.contains('$') && words.iter().any(|word| is_near(word, "Token") || is_near(word, "TaskToken"))
}

/// Whether some dynamic value of a payload template may hold the token.
fn template_passes<'a>(cx: &Analysis<'a>, template: Node<'a>, state: &State<'a>) -> bool {
    let is_unknown = |value: Node<'_>| {
        let text = value.as_str().filter(|_| !value.is_open());
        text.is_none_or(|text| matches!(intrinsic::classify(text), Dynamic::Hole | Dynamic::Neither))
    };
    let input = input_path(cx, state);
    dynamic_members(template).any(|member| is_unknown(member.value))
        || expressions(cx, state, "Parameters").any(|expression| match &expression.form {
            Form::Path(path, errors) => !errors.is_empty() || path_passes(path, input),
            Form::Intrinsic(call, errors) => !errors.is_empty() || call.paths().any(|path| path_passes(path, input)),
            Form::Jsonata(_) => true,
        })
}

/// What the paths of the template start from, where it is not the input: the service lets it be a part of the context.
fn input_path<'c, 'a>(cx: &'c Analysis<'a>, state: &State<'a>) -> Option<&'c Path> {
    let Form::Path(path, errors) = &expressions(cx, state, "InputPath").next()?.form else { return None };
    (errors.is_empty() && !matches!(path.root, Root::Document | Root::Variable(_))).then_some(path)
}

fn path_passes(path: &Path, input: Option<&Path>) -> bool {
    match (&path.root, input) {
        (Root::Context, _) => may_hold_token(path.segments.iter()),
        (Root::Document, Some(input)) if input.root == Root::Context => {
            may_hold_token(input.segments.iter().chain(&path.segments))
        }
        (Root::Document, Some(_)) | (Root::Unknown | Root::Item, _) => true,
        (Root::Document | Root::Variable(_), _) => false,
    }
}

/// Whether what these steps select in the context object may hold `Task.Token`.
fn may_hold_token<'p>(steps: impl Iterator<Item = &'p Segment>) -> bool {
    for (step, wanted) in steps.zip(["Task", "Token"]) {
        match &step.kind {
            SegmentKind::Member(name) if name.text != wanted => return false,
            SegmentKind::Members(names) if names.iter().all(|name| name.text != wanted) => return false,
            SegmentKind::Index(_)
            | SegmentKind::CountedBack(_)
            | SegmentKind::Indices(_)
            | SegmentKind::Slice { .. } => return false,
            SegmentKind::Member(_) => {}
            _ => return true,
        }
    }
    true
}

/// Whether an expression of a JSONata state may give the token.
fn jsonata_passes(expression: &Expression<'_>) -> bool {
    match &expression.form {
        Form::Jsonata(jsonata) => !jsonata.parsed.errors.is_empty() || expression_passes(&jsonata.parsed.ast),
        Form::Path(..) | Form::Intrinsic(..) => true,
    }
}

fn expression_passes(ast: &Ast) -> bool {
    let is_states = |id: ExprId| matches!(ast[id].kind, jsonata::Kind::Variable(name) if ast.text(name) == "states");
    let mut first_steps = Vec::new();
    for id in ast.ids() {
        if let jsonata::Kind::Path(steps) = &ast[id].kind
            && let Some((&first, steps)) = steps.split_first()
            && is_states(first)
        {
            if reaches_token(ast, steps) {
                return true;
            }
            first_steps.push(first);
        }
    }
    // Anywhere else it stands as a whole.
    ast.ids().any(|id| is_states(id) && !first_steps.contains(&id))
}

fn reaches_token(ast: &Ast, steps: &[ExprId]) -> bool {
    for (&step, wanted) in steps.iter().zip(["context", "Task", "Token"]) {
        match ast[step].kind {
            jsonata::Kind::Name(name) if ast.text(name) != wanted => return false,
            jsonata::Kind::Name(_) => {}
            _ => return true,
        }
    }
    true
}
