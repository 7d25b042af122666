//! HTTP requests that an HTTP Task does not send.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::resource::{Request, RequestField, Resource};
use crate::asl::{Language, StateType};
use crate::diagnostic::Severity;
use crate::schema::code_listing;
use crate::syntax::Node;
use crate::text::Span;

/// What `Method` may be (developer guide, "Call HTTPS APIs").
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];

/// Headers that the service keeps to itself (developer guide, "Call HTTPS APIs"), in lower case and sorted.
const HEADERS: [&str; 32] = [
    "a-im",
    "accept-charset",
    "accept-datetime",
    "accept-encoding",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authorization",
    "referer",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
];

/// How more of them begin.
const FAMILIES: [&str; 3] = ["x-forwarded-", "x-amz-", "x-amzn-"];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        if cx.resource(state).0 != Resource::HttpInvoke {
            continue;
        }
        let Some(request) = Request::of(state) else { continue };
        if let Some(field) = request.field("Method").filter(|field| !field.is_dynamic) {
            method(field.member.value, state.language, sink);
        }
        if let Some(field) = request.field("ApiEndpoint").filter(|field| !field.is_dynamic) {
            endpoint(field.member.value, state.language, sink);
        }
        if let Some(headers) = request.object("Headers") {
            for header in headers.fields() {
                kept(header, sink);
            }
        }
    }
}

/// A text that is sent as it stands.
fn literal(value: Node<'_>, language: Language) -> Option<&str> {
    let text = value.as_str().filter(|_| !value.is_open())?;
    (language == Language::JsonPath || jsonata::expression_in(text) == Delimited::Literal).then_some(text)
}

/// The guide calls them HTTPS APIs throughout, and their address a URL.
fn endpoint(value: Node<'_>, language: Language, sink: &mut Sink<'_>) {
    let Some(text) = literal(value, language) else { return };
    let scheme = "http://";
    if text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
        let span = value.source_span(Span::new(0, 4));
        let finding = sink.report_at(value, span, "an HTTP Task calls HTTPS APIs, and this one speaks plain HTTP");
        finding.severity = Severity::Warning;
        finding
            .notes
            .push("the developer guide knows of no other; what the service makes of it is not on record".to_owned());
    } else if !text.contains("://") && !text.starts_with(['$', '{', '<']) && !text.starts_with("States.") {
        let finding = sink.report(value, "this is no URL: `https://` is missing at its start");
        finding.severity = Severity::Info;
    }
}

fn method(value: Node<'_>, language: Language, sink: &mut Sink<'_>) {
    let Some(text) = literal(value, language).filter(|text| !METHODS.contains(text)) else { return };
    let finding = sink.report(value, format!("an HTTP Task has no method `{text}`"));
    finding.severity = Severity::Warning;
    finding.notes.push(format!("it has {}", code_listing(&METHODS, "and")));
}

/// Reports a header that the service keeps to itself.
fn kept(header: RequestField<'_>, sink: &mut Sink<'_>) {
    let name = header.name;
    let folded = name.to_ascii_lowercase();
    if !HEADERS.contains(&folded.as_str()) && !FAMILIES.iter().any(|family| folded.starts_with(family)) {
        return;
    }
    let message = format!("the header `{name}` is not a task's to set: the task fails with `States.Runtime`");
    let finding = sink.report_at(header.member.key, header.span(), message);
    finding.notes.push("the service takes the definition, and fails the task when it gets there".to_owned());
    if matches!(folded.as_str(), "authorization" | "proxy-authorization") {
        finding.notes.push("credentials belong into the connection of EventBridge".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::{FAMILIES, HEADERS};

    #[test]
    fn headers_are_sorted_and_in_lower_case() {
        assert!(HEADERS.is_sorted());
        assert!(HEADERS.iter().chain(&FAMILIES).all(|name| *name == name.to_ascii_lowercase()));
    }
}
