//! Roles that a Task would take on to call an activity.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::Resource;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some(credentials) = state.field("Credentials") else { continue };
        if let (Resource::Activity { name }, _) = cx.resource(state) {
            let message =
                format!("`Credentials` beside the activity `{name}`: its workers fetch tasks, so no role is taken on");
            sink.report(credentials.key, message);
        }
    }
}
