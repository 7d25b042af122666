//! Calls that give what they start a name of its own, and the same one each time.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::resource::{Pattern, Request, Resource};
use crate::asl::{Language, State, StateType};
use crate::diagnostic::Severity;

/// Service, call, field that holds the name, and what makes room for it again.
const NAMED: [(&str, &str, &str, Option<&str>); 8] = [
    (
        "sagemaker",
        "createHyperParameterTuningJob",
        "HyperParameterTuningJobName",
        Some("deleteHyperParameterTuningJob"),
    ),
    ("sagemaker", "createLabelingJob", "LabelingJobName", None),
    ("sagemaker", "createProcessingJob", "ProcessingJobName", Some("deleteProcessingJob")),
    ("sagemaker", "createTrainingJob", "TrainingJobName", Some("deleteTrainingJob")),
    ("sagemaker", "createTransformJob", "TransformJobName", None),
    ("sfn", "startExecution", "Name", None),
    ("states", "startExecution", "Name", None),
    ("transcribe", "startTranscriptionJob", "TranscriptionJobName", Some("deleteTranscriptionJob")),
];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let mut calls = BTreeSet::new();
    for state in tasks(cx) {
        calls.extend(called(cx, state).0.map(|(_, call)| call));
    }
    for state in tasks(cx) {
        let (Some((service, call)), is_read) = called(cx, state) else { continue };
        let entry = NAMED.iter().find(|(known, name, ..)| service == *known && call == *name);
        let Some(&(service, _, field, deletes)) = entry.filter(|_| is_read) else { continue };
        let Some(name) = Request::of(state).and_then(|request| request.field(field)) else { continue };
        let value = name.member.value;
        let text = value.as_str().filter(|_| !name.is_dynamic && !value.is_open());
        let is_literal =
            |text: &&str| state.language == Language::JsonPath || jsonata::expression_in(text) == Delimited::Literal;
        let Some(text) = text.filter(is_literal) else { continue };
        // What is deleted by the machine can be made again.
        if deletes.is_some_and(|deletes| calls.contains(deletes)) {
            continue;
        }
        let is_execution = matches!(service, "states" | "sfn");
        let (message, note) = if is_execution {
            (
                format!(
                    "every call asks for the execution `{text}`: once that has ended, the next call fails with `ExecutionAlreadyExists`"
                ),
                "the name of an execution of a standard machine is taken for 90 days; without `Name` the service makes one up",
            )
        } else {
            (
                format!("every call asks for a job called `{text}`: all but the first fail, as there is one"),
                "the name of a job is taken for good in an account and a region",
            )
        };
        let finding = sink.report(value, message);
        finding.notes.push(note.to_owned());
        // Names of express executions may be used again, and these cannot be waited for.
        if is_execution && cx.resource(state).0.pattern() == Pattern::RequestResponse {
            finding.severity = Severity::Info;
        }
    }
}

fn tasks<'c, 'a>(cx: &'c Analysis<'a>) -> impl Iterator<Item = &'c State<'a>> {
    cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task))
}

/// The service and its call, and whether the resource is read without errors.
fn called<'c, 'a>(cx: &'c Analysis<'a>, state: &State<'a>) -> (Option<(&'c str, &'c str)>, bool) {
    let (resource, errors) = cx.resource(state);
    let called = match resource {
        Resource::Optimised { service, api, .. } => Some((service.as_str(), api.as_str())),
        Resource::AwsSdk { service, action, .. } => Some((service.as_str(), action.as_str())),
        _ => None,
    };
    (called, errors.is_empty())
}
