//! Maps that read from S3 or write to it without saying where.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::MapS3;
use crate::asl::s3::{self, Call};
use crate::diagnostic::Label;
use crate::schema::code_listing;
use crate::syntax::Node;
use crate::text::nearest;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.is_map()) {
        for part in ["ItemReader", "ResultWriter"] {
            if let Some(call) = s3::call(state, part)
                && let Some(request) = call.request
            {
                location(call, request, sink);
            }
        }
    }
}

fn location(call: Call<'_>, request: Node<'_>, sink: &mut Sink<'_>) {
    let needed: &[&str] = match call.api {
        MapS3::GetObject => &["Bucket", "Key"],
        MapS3::ListObjectsV2 | MapS3::PutObject => &["Bucket"],
    };
    let missing: Vec<&str> = needed.iter().copied().filter(|name| call.field(name).is_none()).collect();
    if missing.is_empty() {
        return;
    }
    let finding = sink.report(request, format!("`s3:{}` needs {}", call.api.name(), code_listing(&missing, "and")));
    finding.notes.push("no execution gets past a Map that does not say where its objects are".to_owned());
    for field in request.members() {
        let name = field.name().trim_end_matches(".$");
        if let Some(meant) = nearest(name, missing.iter().map(|&name| (name, name))) {
            finding.related.push(Label::new(field.key.span(), format!("is this meant to be `{meant}`?")));
        } else if name == "Prefix" && call.api == MapS3::GetObject {
            finding.related.push(Label::new(field.key.span(), "`s3:listObjectsV2` takes a prefix"));
        }
    }
}
