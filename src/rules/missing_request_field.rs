//! Requests that lack a field which the called service demands.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::{Integration, Request, Resource};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::schema::code_listing;
use crate::text::{Edit, nearest};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some(request) = Request::of(state) else { continue };
        let (resource, _) = cx.resource(state);
        let Some(integration) = resource.integration() else { continue };
        report(request, integration, sink);
        if *resource == Resource::HttpInvoke {
            connection(request, sink);
        }
    }
}

/// The demanded fields that are not there.
pub(super) fn missing(request: Request<'_>, integration: &'static Integration) -> Vec<&'static str> {
    let demanded = integration.required.iter().chain(&integration.documented);
    demanded.copied().filter(|name| request.field(name).is_none()).collect()
}

fn report(request: Request<'_>, integration: &'static Integration, sink: &mut Sink<'_>) {
    let missing = missing(request, integration);
    if missing.is_empty() {
        return;
    }
    let is_refused = missing.iter().any(|name| integration.required.contains(name));
    let call = format!("{}:{}", integration.service, integration.api);
    let message = format!("the request of `{call}` needs {}", code_listing(&missing, "and"));
    let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", request.node);
    let finding = sink.report(request.node, message);
    if is_refused {
        finding.refusal = refusal;
    } else {
        finding.severity = Severity::Warning;
        finding.notes.push(
            "the called service does not take the request without; what is said when the machine is created is not known"
                .to_owned(),
        );
    }
    // `queueUrl` for `QueueUrl`: the key itself is what to look at.
    let is_known = |name: &str| integration.fields.contains(&name);
    for field in request.fields().filter(|field| !is_known(field.name)) {
        let Some(meant) = nearest(field.name, missing.iter().map(|&name| (name, name))) else { continue };
        let span = field.span();
        if missing.len() == 1 {
            finding.primary.span = span;
        }
        finding
            .notes
            .push(format!("`{}` is not `{meant}`: case counts, and the names begin with a capital", field.name));
        finding.fixes.push(Fix {
            title: format!("rename to `{meant}`"),
            edits: vec![Edit { span, text: meant.to_owned() }],
            applicability: Applicability::Unsafe,
        });
    }
}

/// An HTTP Task takes its connection from one of two places.
fn connection(request: Request<'_>, sink: &mut Sink<'_>) {
    const PLACES: [&str; 2] = ["InvocationConfig", "Authentication"];
    let (at, message) = match PLACES.into_iter().find(|name| request.field(name).is_some()) {
        None => {
            (request.node, "the request of `http:invoke` needs `InvocationConfig` with the `ConnectionArn`".to_owned())
        }
        Some(name) => match request.object(name) {
            Some(object) if object.field("ConnectionArn").is_none() => {
                (object.node, format!("`{name}` needs `ConnectionArn`"))
            }
            _ => return,
        },
    };
    let finding = sink.report(at, message);
    finding.severity = Severity::Warning;
    finding.notes.push("an HTTP Task goes through a connection of EventBridge, which holds its credentials".to_owned());
}
