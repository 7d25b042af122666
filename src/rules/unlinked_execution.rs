//! Executions that are started and left alone, without a word of who started them.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::{Pattern, Request, Resource};
use crate::asl::{Language, StateType};
use crate::syntax::Kind;

/// The member of the input that the service takes for the execution that started this one.
const LINK: &str = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let (resource, errors) = cx.resource(state);
        let is_start = matches!(resource, Resource::Optimised { service, api, .. } if service == "states" && api == "startExecution");
        // One that is waited for is told of in the history.
        if !is_start || !errors.is_empty() || resource.pattern() != Pattern::RequestResponse {
            continue;
        }
        let Some(request) = Request::of(state) else { continue };
        let Some(input) = request.field("Input").filter(|input| !input.is_dynamic) else { continue };
        let value = input.member.value;
        let is_known = value.kind() == Kind::Object && Request { node: value }.fields().all(|field| field.name != LINK);
        if !is_known || request.object("Input").is_none() {
            continue;
        }
        let finding =
            sink.report(input.member.key, "the console shows no way from this execution to the one it starts");
        let member = match state.language {
            Language::JsonPath => format!("`\"{LINK}.$\": \"$$.Execution.Id\"`"),
            Language::Jsonata => format!("`\"{LINK}\": \"{{% $states.context.Execution.Id %}}\"`"),
        };
        finding.notes.push(format!("with {member} in its input, each is linked to the other"));
    }
}
