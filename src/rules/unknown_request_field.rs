//! Fields of a request that the called service does not have.

use super::Sink;
use super::missing_request_field::missing;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::{Integration, Request, RequestField, Resource};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Severity};
use crate::text::{Edit, nearest};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some(request) = Request::of(state) else { continue };
        let (resource, _) = cx.resource(state);
        if let Resource::AwsSdk { service, action, .. } = &resource {
            for field in request.fields() {
                casing(request, field, None, &format!("aws-sdk:{service}:{action}"), sink);
            }
        } else if let Some(integration) = resource.integration().filter(|known| !known.fields.is_empty()) {
            of_integration(request, integration, sink);
        }
    }
}

/// The model of the request is known.
fn of_integration(request: Request<'_>, integration: &'static Integration, sink: &mut Sink<'_>) {
    let call = format!("{}:{}", integration.service, integration.api);
    let missing = missing(request, integration);
    for field in request.fields().filter(|field| !integration.fields.contains(&field.name)) {
        // Another spelling of what is missing is that finding.
        if nearest(field.name, missing.iter().map(|&name| (name, ()))).is_some()
            || casing(request, field, Some(&integration.fields), &call, sink)
        {
            continue;
        }
        let message = format!("the request of `{call}` has no field `{}`: the task fails", field.name);
        let finding = sink.report_at(field.member.key, field.span(), message);
        finding.severity = Severity::Warning;
        finding.notes.push("it may be newer than this version of aslint".to_owned());
        if field.name == "TaskToken" {
            finding
                .notes
                .push("the token travels inside the message or payload, where the receiver reads it".to_owned());
        }
        let fields = integration.fields.iter().map(|known| (*known, *known));
        if let Some(meant) = nearest(field.name, fields).filter(|meant| request.field(meant).is_none()) {
            finding.fixes.push(rename(field, meant.to_owned()));
        }
    }
}

/// Reports a name that begins in lower case, as none does; the answer is whether it did. `known` are the names of its fields, where
/// they are known: a name that is none with a capital either is no matter of case.
fn casing(
    request: Request<'_>,
    field: RequestField<'_>,
    known: Option<&[&str]>,
    call: &str,
    sink: &mut Sink<'_>,
) -> bool {
    let name = field.name;
    let Some(first) = name.chars().next().filter(char::is_ascii_lowercase) else { return false };
    let meant = format!("{}{}", first.to_ascii_uppercase(), &name[1..]);
    if known.is_some_and(|known| !known.contains(&meant.as_str())) {
        return false;
    }
    let message = format!("the request of `{call}` has no field `{name}`: the task fails");
    let finding: &mut Diagnostic = sink.report_at(field.member.key, field.span(), message);
    finding.notes.push(
        "the names of its fields begin with a capital here, also where those of the called service do not".to_owned(),
    );
    // Beside that field it would be there twice.
    if request.field(&meant).is_none() {
        finding.fixes.push(rename(field, meant));
    }
    true
}

fn rename(field: RequestField<'_>, meant: String) -> Fix {
    Fix {
        title: format!("rename to `{meant}`"),
        edits: vec![Edit { span: field.span(), text: meant }],
        applicability: Applicability::Unsafe,
    }
}
