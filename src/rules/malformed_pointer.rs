//! JSON pointers that are none.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata;
use crate::diagnostic::{Applicability, Fix};
use crate::syntax::Node;
use crate::text::Span;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_map()) {
        let config = state.node.get("ItemReader").and_then(|reader| reader.get("ReaderConfig"));
        let Some(value) = config.and_then(|config| config.get("ItemsPointer")).filter(|value| !value.is_open()) else {
            continue;
        };
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { continue };
        if jsonata::expression_in(text) != jsonata::Delimited::Literal {
            continue;
        }
        if text.starts_with('/') {
            escapes(value, text, sink);
            continue;
        }
        let finding = sink.report(value, format!("`{text}` is not a JSON pointer: one begins with `/`"));
        finding
            .notes
            .push("`/orders/0` is the first item of the member `orders`; the empty pointer is the file".to_owned());
        if let Some(pointer) = from_path(text) {
            finding.fixes.push(Fix {
                title: format!("write `{pointer}`"),
                edits: vec![value.rewritten(&pointer)],
                applicability: Applicability::Unsafe,
            });
        }
    }
}

/// `~` stands only in `~0`, which is `~`, and in `~1`, which is `/` (RFC 6901).
fn escapes(value: Node<'_>, text: &str, sink: &mut Sink<'_>) {
    let map = value.text_map();
    for (at, _) in text.match_indices('~') {
        if text[at + 1..].starts_with(['0', '1']) {
            continue;
        }
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        let span = map.span(Span::new(start, start.saturating_add(1)));
        sink.report_at(value, span, "in a JSON pointer `~` is written `~0`, and `/` inside a name `~1`");
    }
}

/// The pointer to what a path of plain names leads to: `$.a.b` and `a.b` are `/a/b`.
fn from_path(text: &str) -> Option<String> {
    let names = text.strip_prefix("$.").unwrap_or(text);
    let is_plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    names.split('.').all(is_plain).then(|| format!("/{}", names.replace('.', "/")))
}
