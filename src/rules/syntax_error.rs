//! Text that breaks the grammar of JSON or YAML.

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Fix, Label, Refusal};
use crate::source::NotUtf8;
use crate::syntax::Format;
use crate::text::Span;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let document = cx.document;
    if document.number > 0 {
        return; // the errors are the text's, not one document's
    }
    let root = document.root;
    match document.source.not_utf8 {
        Some(NotUtf8::Bytes(span, n_bytes)) => {
            let first = if n_bytes == 1 { "a byte that is" } else { "bytes that are" };
            sink.report_at(
                root,
                span,
                format!("the file holds {first} not UTF-8 ({n_bytes} in all); the service reads no other encoding"),
            );
        }
        Some(NotUtf8::Utf16) => {
            let message = "the file is not UTF-8 but looks like UTF-16; the service reads no other encoding than UTF-8";
            sink.report_at(root, Span::empty(0), message);
            return; // nothing of it was read
        }
        None => {}
    }
    for error in root.tree().errors() {
        let finding = sink.report_at(root, error.span, error.message.clone());
        if root.tree().format() == Format::Json {
            // Its location is a line and a column of its own text, inside the message.
            finding.refusal = Some(Refusal { code: "INVALID_JSON_DESCRIPTION", location: String::new() });
        }
        finding.related.extend(error.related.iter().map(|(span, text)| Label::new(*span, text.clone())));
        if let Some(edit) = &error.fix {
            let title = if edit.text.is_empty() { "remove it".to_owned() } else { format!("write `{}`", edit.text) };
            finding.fixes.push(Fix { title, edits: vec![edit.clone()], applicability: Applicability::Safe });
        }
    }
}
