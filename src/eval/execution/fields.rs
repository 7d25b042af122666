//! The fields of a state, a rule or a catcher that every visit asks for, looked up once for all executions.

use std::sync::Arc;

use crate::asl::resource::{self, Pattern, Resource};
use crate::syntax::Node;

use super::history::CallKind;

/// Fields that move data, where they are written: those of both languages.
#[derive(Debug, Default)]
pub(super) struct Fields<'t> {
    pub(super) arguments: Option<Node<'t>>,
    pub(super) assign: Option<Node<'t>>,
    pub(super) credentials: Option<Node<'t>>,
    pub(super) input_path: Option<Node<'t>>,
    pub(super) output: Option<Node<'t>>,
    pub(super) output_path: Option<Node<'t>>,
    pub(super) parameters: Option<Node<'t>>,
    pub(super) result: Option<Node<'t>>,
    pub(super) result_path: Option<Node<'t>>,
    pub(super) result_selector: Option<Node<'t>>,
    /// Whether one of `TimeoutSeconds`, `HeartbeatSeconds` and their `…Path`s is there.
    pub(super) is_timed: bool,
    pub(super) call: Option<Target>,
}

/// What a `Resource` names.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) text: Arc<str>,
    pub(super) resource: Resource,
    /// Whether what is called is given a token to call back with: `startExecution.sync` has one as well (recorded). What a
    /// template fills in is taken to be called as the state needs it: without a token, one that reads it always fails.
    pub(super) has_token: bool,
    /// Whether the state goes on waiting after the call has been answered.
    pub(super) is_submitted: bool,
    /// Whether whoever works at it has to send heartbeats.
    pub(super) has_heartbeats: bool,
}

impl<'t> Fields<'t> {
    /// Of members with one name the last counts.
    pub(super) fn of(owner: Node<'t>) -> Self {
        let mut fields = Self::default();
        for member in owner.members() {
            let field = match member.name() {
                "Arguments" => &mut fields.arguments,
                "Assign" => &mut fields.assign,
                "Credentials" => &mut fields.credentials,
                "InputPath" => &mut fields.input_path,
                "Output" => &mut fields.output,
                "OutputPath" => &mut fields.output_path,
                "Parameters" => &mut fields.parameters,
                "Result" => &mut fields.result,
                "ResultPath" => &mut fields.result_path,
                "ResultSelector" => &mut fields.result_selector,
                "TimeoutSeconds" | "TimeoutSecondsPath" | "HeartbeatSeconds" | "HeartbeatSecondsPath" => {
                    fields.is_timed = true;
                    continue;
                }
                "Resource" => {
                    fields.call = member.value.as_str().map(Target::new);
                    continue;
                }
                _ => continue,
            };
            *field = Some(member.value);
        }
        fields
    }
}

impl Target {
    /// What this text names.
    pub(super) fn new(text: &str) -> Self {
        let resource = resource::parse(text).0;
        let pattern = match &resource {
            Resource::Optimised { pattern, .. } | Resource::AwsSdk { pattern, .. } => *pattern,
            _ => Pattern::RequestResponse,
        };
        Self {
            text: text.into(),
            has_token: text.ends_with(".waitForTaskToken") || text.contains(".sync") || resource == Resource::Open,
            is_submitted: pattern != Pattern::RequestResponse,
            has_heartbeats: pattern == Pattern::WaitForTaskToken || matches!(resource, Resource::Activity { .. }),
            resource,
        }
    }

    /// How histories name a call of it.
    pub(super) const fn kind(&self) -> CallKind {
        match self.resource {
            Resource::Lambda { .. } => CallKind::Lambda,
            Resource::Activity { .. } => CallKind::Activity,
            _ => CallKind::Task,
        }
    }
}
