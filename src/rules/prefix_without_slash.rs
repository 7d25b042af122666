//! Prefixes of objects in S3 that look like a folder and match its neighbours too.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::{MapS3, Resource, parse};
use crate::asl::{Language, StateType, jsonata};
use crate::diagnostic::{Applicability, Fix};
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Map)) {
        let Some(reader) = state.node.get("ItemReader") else { continue };
        let lists = reader.get("Resource").and_then(Node::as_str).map(parse);
        if !matches!(lists, Some((Resource::MapS3(MapS3::ListObjectsV2), _))) {
            continue;
        }
        let name = if state.language == Language::Jsonata { "Arguments" } else { "Parameters" };
        let Some(prefix) = reader.get(name).and_then(|request| request.get("Prefix")) else { continue };
        let Some(text) = prefix.as_str().filter(|text| !prefix.is_open() && is_folder(text)) else { continue };
        let message = format!("this lists `{text}/…` and all else that begins so: `{text}-old/…`, `{text}2.csv`");
        let finding = sink.report(prefix, message);
        finding.fixes.push(Fix {
            title: "end it with `/`".to_owned(),
            edits: vec![prefix.rewritten(&format!("{text}/"))],
            applicability: Applicability::Unsafe,
        });
    }
}

/// Whether a prefix ends like the name of a folder, not like the beginning of one: `logs-` is on purpose.
fn is_folder(text: &str) -> bool {
    let last = text.rsplit('/').next().unwrap_or_default();
    jsonata::expression_in(text) == jsonata::Delimited::Literal
        && last.ends_with(|end: char| end.is_alphabetic())
        && !last.contains('.')
}
