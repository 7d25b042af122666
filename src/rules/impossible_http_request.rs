//! HTTP requests that an HTTP Task does not send.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::resource::{self, Resource};
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
    let tasks = cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task) && state.is_language_known);
    for state in tasks {
        let text = state.node.get("Resource").and_then(Node::as_str).unwrap_or_default();
        if resource::parse(text).0 != Resource::HttpInvoke {
            continue;
        }
        let name = match state.language {
            Language::JsonPath => "Parameters",
            Language::Jsonata => "Arguments",
        };
        let Some(request) = state.node.get(name) else { continue };
        if let Some(value) = request.get("Method") {
            method(value, state.language, sink);
        }
        if let Some(value) = request.get("Headers") {
            headers(value, state.language, sink);
        }
    }
}

fn method(value: Node<'_>, language: Language, sink: &mut Sink<'_>) {
    let Some(text) = value.as_str().filter(|text| !value.is_open() && !METHODS.contains(text)) else { return };
    if language == Language::Jsonata && jsonata::expression_in(text) != Delimited::Literal {
        return;
    }
    let finding = sink.report(value, format!("an HTTP Task has no method `{text}`"));
    finding.severity = Severity::Warning;
    finding.notes.push(format!("it has {}", code_listing(&METHODS, "and")));
}

fn headers(value: Node<'_>, language: Language, sink: &mut Sink<'_>) {
    for member in value.members() {
        let written = member.name();
        let name = match language {
            Language::JsonPath => written.strip_suffix(".$").unwrap_or(written),
            Language::Jsonata => written,
        };
        let folded = name.to_ascii_lowercase();
        let is_kept = HEADERS.contains(&folded.as_str()) || FAMILIES.iter().any(|family| folded.starts_with(family));
        if member.key.has_hole() || !is_kept {
            continue;
        }
        let end = u32::try_from(name.len()).unwrap_or(u32::MAX);
        let span = member.key.source_span(Span::new(0, end));
        let message = format!("the header `{name}` is not a task's to set: the task fails with `States.Runtime`");
        let finding = sink.report_at(member.key, span, message);
        finding.notes.push("the service takes the definition, and fails the task when it gets there".to_owned());
        if matches!(folded.as_str(), "authorization" | "proxy-authorization") {
            finding.notes.push("credentials belong into the connection of EventBridge".to_owned());
        }
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
