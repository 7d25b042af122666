//! Roles of `Credentials` that are no ARN, and fields beside them.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::intrinsic::{self, Dynamic};
use crate::asl::jsonata::{self, Delimited};
use crate::asl::{Language, StateType};
use crate::diagnostic::Severity;
use crate::syntax::{Kind, Node};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task) && state.is_language_known)
    {
        let Some(credentials) = state.field("Credentials").filter(|field| field.value.kind() == Kind::Object) else {
            continue;
        };
        let names_role = ["RoleArn", "RoleArn.$"].iter().any(|name| credentials.value.get(name).is_some());
        // Without a role, that is the finding, and the other field may be meant as it.
        for field in credentials.value.members().filter(|_| names_role) {
            match field.name() {
                "RoleArn" => role(field.value, state.language, sink),
                "RoleArn.$" => {}
                name if field.key.has_hole() || name.starts_with("Fn::") => {}
                name => {
                    let message = format!("`Credentials` has no `{name}`: of a role it is the `RoleArn` that is read");
                    sink.report(field.key, message).severity = Severity::Info;
                }
            }
        }
    }
}

fn role(value: Node<'_>, language: Language, sink: &mut Sink<'_>) {
    let is_plain = value.tag().is_none() && !value.is_open();
    let Some(text) = value.as_str().filter(|text| is_plain && !text.starts_with("arn:")) else { return };
    // What reads as an expression, or as a blank to fill in, is that finding or none.
    let is_literal = match language {
        Language::Jsonata => jsonata::expression_in(text) == Delimited::Literal,
        Language::JsonPath => true,
    };
    if !is_literal || intrinsic::classify(text) != Dynamic::Neither || text.contains(['<', '{', '$', '#']) {
        return;
    }
    let message =
        if text.is_empty() { "the role is empty".to_owned() } else { format!("`{text}` is not the ARN of a role") };
    let finding = sink.report(value, message);
    finding.notes.push(
        "the service takes on the role to call the resource: without one that is there, the task fails".to_owned(),
    );
}
