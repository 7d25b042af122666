//! Service integrations that are called with nothing.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::Resource;
use crate::asl::{Language, StateType};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some(value) = state.node.get("Resource") else { continue };
        let may_have_more = state.node.is_incomplete() || state.node.members().any(|field| field.key.has_hole());
        // The one of the other language is that language's mistake.
        if may_have_more || ["Parameters", "Arguments"].iter().any(|name| state.field(name).is_some()) {
            continue;
        }
        let (resource, errors) = cx.resource(state);
        let is_integration = matches!(
            resource,
            Resource::Optimised { .. } | Resource::AwsSdk { .. } | Resource::HttpInvoke | Resource::MapS3(_)
        );
        if is_integration && errors.is_empty() {
            let needed = match state.language {
                Language::JsonPath => "Parameters",
                Language::Jsonata => "Arguments",
            };
            sink.report(value, format!("this integration needs `{needed}`: the request that it sends"));
        }
    }
}
