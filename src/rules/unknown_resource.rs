//! Resources that the service does not have, or not there.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::resource::{self, MapS3, Refusal, Resource};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::syntax::Node;
use crate::text::Edit;

/// What the parts of a Map call (developer guide, "Using Map state in Distributed mode").
const OF_MAPS: &[(&str, &[MapS3])] =
    &[("ItemReader", &[MapS3::GetObject, MapS3::ListObjectsV2]), ("ResultWriter", &[MapS3::PutObject])];

/// How a function is called that a Task waits for.
const CALLBACK: &str = "integrations have patterns: a callback goes through `arn:aws:states:::lambda:invoke.waitForTaskToken`, \
     and a function that is called by its ARN is always waited for";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        match state.kind {
            Some(StateType::Task) => {
                let Some(value) = state.node.get("Resource") else { continue };
                if let Some((Resource::MapS3(api), 0)) = read(value, sink) {
                    let name = api.name();
                    let message = format!("`s3:{name}` is for Map states; a Task calls `aws-sdk:s3:{name}`");
                    sink.report(value, message);
                }
            }
            Some(StateType::Map) => {
                for &(part, callable) in OF_MAPS {
                    if let Some(value) = state.node.get(part).and_then(|part| part.get("Resource")) {
                        part_of_map(part, callable, value, sink);
                    }
                }
            }
            _ => {}
        }
    }
}

fn part_of_map(part: &str, callable: &[MapS3], value: Node<'_>, sink: &mut Sink<'_>) {
    let Some((resource, n_errors)) = read(value, sink) else { return };
    let fits = match &resource {
        Resource::MapS3(api) => callable.contains(api),
        Resource::Open => true,
        _ => false,
    };
    if n_errors == 0 && !fits {
        let names: Vec<String> = callable.iter().map(|api| format!("`s3:{}`", api.name())).collect();
        let verb = if part == "ItemReader" { "reads with" } else { "writes with" };
        sink.report(value, format!("`{part}` {verb} {} only", names.join(" or ")));
    }
}

/// Reports what is wrong with a resource by itself; `None` where its text is not known.
fn read(value: Node<'_>, sink: &mut Sink<'_>) -> Option<(Resource, usize)> {
    // `!Ref` and `!GetAtt` become something else altogether; what `!Sub` leaves standing can be read.
    let text = value.as_str().filter(|_| value.tag().is_none_or(|tag| tag == "!Sub"))?;
    // Open, and not for a placeholder that the reading below knows: a string that was never closed.
    if value.is_open() && value.tag().is_none() && !text.contains("${") {
        return None;
    }
    let (resource, errors) = resource::parse(text);
    let n_errors = errors.len();
    let places = if n_errors == 0 { resource::misplaced(text) } else { Vec::new() };
    for error in errors.into_iter().chain(places) {
        // Many are no slips, and looking for what was meant takes its time.
        let suggestion = sink.is_early().then(|| error.suggestion()).flatten();
        let refusal = sink.refusal("SCHEMA_VALIDATION_FAILED", value);
        let span = value.source_span(error.span);
        let finding = sink.report_at(value, span, error.message);
        let newer = "it may be newer than this version of aslint";
        match error.refusal {
            Refusal::UnknownService | Refusal::UnknownPartition => {
                finding.severity = Severity::Warning;
                finding.notes.push(newer.to_owned());
            }
            Refusal::UnknownSdkService | Refusal::UnknownSdkAction => {
                // A near miss of something known is hardly ever something new.
                let is_near = suggestion.is_some();
                finding.severity = if is_near { Severity::Warning } else { Severity::Info };
                finding.notes.push(newer.to_owned());
            }
            Refusal::UnsupportedSdkAction => {
                finding.severity = Severity::Warning;
                finding.notes.push("the developer guide lists it among the unsupported operations".to_owned());
            }
            Refusal::NotCallable | Refusal::NoSuchPlace => finding.severity = Severity::Warning,
            Refusal::MadeUp => {
                finding.severity = Severity::Info;
                finding.notes.push("it reads like an example; with it, the call reaches nobody".to_owned());
            }
            Refusal::ForeignService => {
                finding.severity = Severity::Warning;
                finding.notes.push("everything else is called by an integration, `arn:aws:states:::…`".to_owned());
            }
            Refusal::MisplacedPattern => finding.notes.push(CALLBACK.to_owned()),
            Refusal::PatternInName => {
                finding.severity = Severity::Warning;
                finding.notes.push("a task of an activity always waits, and its worker is given the token".to_owned());
            }
            Refusal::MisspeltService | Refusal::BannedCharacter => {}
            _ => finding.refusal = refusal,
        }
        if let Some(meant) = suggestion {
            finding.fixes.push(Fix {
                title: format!("write `{meant}`"),
                edits: vec![Edit { span, text: meant }],
                applicability: Applicability::Unsafe,
            });
        }
    }
    Some((resource, n_errors))
}
