//! Turns findings into the diagnostics that a client shows.
//!
//! Some clients show the message and nothing else: it says all there is to say, and what a client can show beside it stands
//! in the fields of its own as well.

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    PublishDiagnosticsParams, Uri,
};
use lsp_server::Notification;

use super::client::Client;
use super::document::Open;
use crate::diagnostic::{self, Severity};
use crate::rules::{self, Tag};

/// The diagnostics of a text, as a message.
pub(super) fn published(open: &Open, found: &[diagnostic::Diagnostic], client: &Client) -> Notification {
    let shown = found.iter().filter(|found| found.severity >= open.level);
    let diagnostics = shown.map(|found| diagnostic(found, open, client)).collect();
    let params = PublishDiagnosticsParams { uri: Uri(open.uri.clone()), version: Some(open.version), diagnostics };
    Notification::new("textDocument/publishDiagnostics".to_owned(), params)
}

/// What a client shows of a finding.
pub(super) fn diagnostic(found: &diagnostic::Diagnostic, open: &Open, client: &Client) -> Diagnostic {
    let page = rules::find(found.rule).map(rules::Rule::page);
    let mut message = found.message.clone();
    let mut add = |line: String| {
        message.push('\n');
        message.push_str(&line);
    };
    if !found.primary.text.is_empty() {
        add(found.primary.text.clone());
    }
    for note in &found.notes {
        add(note.clone());
    }
    let mut related = Vec::new();
    for label in &found.related {
        let text = if label.text.is_empty() { "this belongs to it" } else { &label.text };
        if client.related_information {
            let location = Location { uri: Uri(open.uri.clone()), range: open.range(label.span) };
            related.push(DiagnosticRelatedInformation { location, message: text.to_owned() });
        } else {
            add(format!("line {}: {text}", open.line(label.span.start)));
        }
    }
    let tag = page.and_then(|page| page.tag).map(|tag| match tag {
        Tag::Unnecessary => DiagnosticTag::Unnecessary,
        Tag::Deprecated => DiagnosticTag::Deprecated,
    });
    let link = page.and_then(rules::Page::link);
    Diagnostic {
        range: open.range(found.primary.span),
        severity: Some(severity(found.severity)),
        code: (!found.rule.is_empty()).then(|| Code::String(found.rule.to_owned())),
        code_description: link.map(|link| CodeDescription { href: Uri(link.to_owned()) }),
        source: Some("aslint".to_owned()),
        message: message.into(),
        tags: tag.map(|tag| vec![tag]),
        related_information: (!related.is_empty()).then_some(related),
        data: None,
    }
}

/// What a person may well have meant is a hint: it is not underlined as a mistake.
const fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Info => DiagnosticSeverity::Hint,
    }
}
