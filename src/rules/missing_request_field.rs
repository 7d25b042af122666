//! Requests that lack a field which the called service demands.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::{self, Resource};
use crate::asl::{Language, State, StateType};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::schema::code_listing;
use crate::syntax::{Kind, Node};
use crate::text::{Edit, Span, nearest};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let tasks = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task) && state.is_language_known);
    for state in tasks {
        let Some(request) = request(state) else { continue };
        let text = state.node.get("Resource").and_then(Node::as_str).unwrap_or_default();
        let (resource, _) = resource::parse(text);
        let Some(integration) = resource.integration() else { continue };
        let lacks = |field: &&String| !has(request, field, state.language);
        let refused: Vec<&str> = integration.required.iter().filter(lacks).map(String::as_str).collect();
        let documented: Vec<&str> = integration.documented.iter().filter(lacks).map(String::as_str).collect();
        let call = format!("{}:{}", integration.service, integration.api);
        let missing: Vec<&str> = refused.iter().chain(&documented).copied().collect();
        if !missing.is_empty() {
            report(request, &missing, &call, !refused.is_empty(), state.language, sink);
        }
        if resource == Resource::HttpInvoke {
            connection(request, state.language, sink);
        }
    }
}

/// The request as far as it is written down: an object of which every key is known.
fn request<'t>(state: &State<'t>) -> Option<Node<'t>> {
    let name = match state.language {
        Language::JsonPath => "Parameters",
        Language::Jsonata => "Arguments",
    };
    state.field(name).map(|field| field.value).filter(|request| is_known(*request))
}

/// Whether nothing but what is seen is in an object. `Fn::If` and its like are replaced as a whole.
fn is_known(object: Node<'_>) -> bool {
    object.kind() == Kind::Object
        && !object.is_open()
        && !object.is_incomplete()
        && !object.members().any(|member| member.key.has_hole() || member.name().starts_with("Fn::"))
        && !(object.len() == 1 && object.member("Ref").is_some())
}

/// The value of a field; `None` in the second place where an expression gives it.
fn field<'t>(request: Node<'t>, name: &str, language: Language) -> Option<Option<Node<'t>>> {
    if let Some(value) = request.get(name) {
        return Some(Some(value));
    }
    let is_dynamic = |key: &str| key.strip_suffix(".$") == Some(name);
    (language == Language::JsonPath && request.members().any(|member| is_dynamic(member.name()))).then_some(None)
}

fn has(request: Node<'_>, name: &str, language: Language) -> bool {
    field(request, name, language).is_some()
}

fn report(request: Node<'_>, missing: &[&str], call: &str, is_refused: bool, language: Language, sink: &mut Sink<'_>) {
    let message = format!("the request of `{call}` needs {}", code_listing(missing, "and"));
    let finding = if is_refused { sink.refuse(request, request, message) } else { sink.report(request, message) };
    if !is_refused {
        finding.severity = Severity::Warning;
        finding.notes.push(
            "the called service does not take the request without; what is said when the machine is created is not known"
                .to_owned(),
        );
    }
    // `queueUrl` for `QueueUrl`: the key itself is what to look at.
    for member in request.members() {
        let name = member.name();
        let bare = if language == Language::JsonPath { name.strip_suffix(".$").unwrap_or(name) } else { name };
        let Some(meant) = nearest(bare, missing.iter().map(|&name| (name, name))) else { continue };
        let Ok(end) = u32::try_from(bare.len()) else { continue };
        let span = member.key.source_span(Span::new(0, end));
        if missing.len() == 1 {
            finding.primary.span = span;
        }
        finding
            .notes
            .push(format!("`{bare}` is not `{meant}`: the fields of a request begin with a capital, and case counts"));
        finding.fixes.push(Fix {
            title: format!("rename to `{meant}`"),
            edits: vec![Edit { span, text: meant.to_owned() }],
            applicability: Applicability::Unsafe,
        });
    }
}

/// An HTTP Task takes its connection from one of two places.
fn connection(request: Node<'_>, language: Language, sink: &mut Sink<'_>) {
    const PLACES: [&str; 2] = ["InvocationConfig", "Authentication"];
    let named = PLACES.into_iter().find_map(|name| field(request, name, language).map(|value| (name, value)));
    let (at, message) = match named {
        None => (request, "the request of `http:invoke` needs `InvocationConfig` with the `ConnectionArn`".to_owned()),
        Some((name, Some(value))) if is_known(value) && !has(value, "ConnectionArn", language) => {
            (value, format!("`{name}` needs `ConnectionArn`"))
        }
        Some(_) => return,
    };
    let finding = sink.report(at, message);
    finding.severity = Severity::Warning;
    finding.notes.push("an HTTP Task goes through a connection of EventBridge, which holds its credentials".to_owned());
}
