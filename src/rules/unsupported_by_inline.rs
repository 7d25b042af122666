//! What an Inline Map cannot do: read from S3, batch its items, write to S3, tolerate failures.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::{Field, Machine, Mode, State};
use crate::diagnostic::{Label, Severity};
use crate::schema;
use crate::syntax::{Kind, Node};

/// What makes an execution fail that gets to an Inline Map with it.
const FATAL: [&str; 3] = ["ItemReader", "ItemBatcher", "ResultWriter"];

/// What the service takes on an Inline Map, although it is documented for Distributed Maps alone.
const IDLE: [&str; 5] = [
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "Label",
];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let misnamed = schema::misnamed(cx.violations());
    for state in cx.machine.states.iter().filter(|state| cx.machine.mode(state) == Some(Mode::Inline)) {
        let Some(processor) = processor(cx.machine, state) else { continue };
        let config = processor.get("ProcessorConfig");
        // The mode may have been meant by what has a name that is not known there.
        let is_unclear = |node: Node<'_>| misnamed.contains(&node.index());
        if is_unclear(processor) || config.is_some_and(is_unclear) || state.field("ProcessorConfig").is_some() {
            continue;
        }
        // A value of another type is a mistake by itself; what stands in for one may come to nothing.
        let is_object = |field: &Field<'_>| field.value.kind() == Kind::Object && !field.value.is_open();
        let fatal: Vec<Field<'_>> = FATAL.iter().filter_map(|name| state.field(name)).filter(is_object).collect();
        let is_known = |field: &Field<'_>| !field.value.is_open();
        let idle: Vec<Field<'_>> = IDLE.iter().filter_map(|name| state.field(name)).filter(is_known).collect();
        if let Some(kind) = config.and_then(|config| config.member("ExecutionType")) {
            // Beside `INLINE` it is `exclusive-fields` that says so.
            if is_known(&kind) && config.is_some_and(|config| config.get("Mode").is_none()) {
                without_mode(kind, &fatal, &idle, sink);
            }
        } else if let Some((first, others)) = fatal.split_first() {
            let message =
                format!("an `INLINE` Map has no `{}`: the execution fails with `States.Runtime`", first.name());
            let finding = sink.report(first.key, message);
            finding.related.extend(labels(others.iter().chain(&idle)));
            finding.notes.push(
                "the service accepts the definition, and says when it gets there: \"The ItemReader, ItemBatcher and \
                 ResultWriter fields are not supported for INLINE maps\""
                    .to_owned(),
            );
            finding.notes.push(CURE.to_owned());
        } else if let Some((first, others)) = idle.split_first() {
            let message = format!("`{}` is for Distributed Maps, and this Map is `INLINE`", first.name());
            let finding = sink.report(first.key, message);
            finding.severity = Severity::Info;
            finding.related.extend(labels(others.iter()));
            if first.name() != "Label" {
                finding.notes.push("the service was seen to accept it, and to run the Map".to_owned());
            }
            finding.notes.push(CURE.to_owned());
        }
    }
}

const CURE: &str = "`\"ProcessorConfig\": {\"Mode\": \"DISTRIBUTED\", \"ExecutionType\": \"STANDARD\"}` in the item processor makes the Map distributed";

/// The item processor of a Map that has one.
fn processor<'t>(machine: &Machine<'t>, state: &State<'t>) -> Option<Node<'t>> {
    match state.scopes() {
        [only] => Some(machine.scope(*only).node),
        _ => None,
    }
}

fn without_mode(kind: Field<'_>, fatal: &[Field<'_>], idle: &[Field<'_>], sink: &mut Sink<'_>) {
    let message = "`ExecutionType` without `Mode`: the Map is `INLINE`, and starts no child executions";
    let finding = sink.report(kind.key, message);
    if fatal.is_empty() {
        finding.severity = Severity::Warning;
    }
    finding.related.extend(labels(fatal.iter().chain(idle)));
    finding.notes.push("the service refuses `ExecutionType` beside `\"Mode\": \"INLINE\"`; whether it does so where the mode is left out is not known".to_owned());
    finding.notes.push("`\"Mode\": \"DISTRIBUTED\"` beside it makes the Map distributed".to_owned());
}

fn labels<'f, 't: 'f>(fields: impl Iterator<Item = &'f Field<'t>>) -> Vec<Label> {
    fields.map(|field| Label::new(field.key.span(), "needs a Distributed Map too")).collect()
}
