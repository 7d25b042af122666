//! Writes to one and the same place by each iteration of a Map, or by two branches of a Parallel.

use std::collections::BTreeMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::{Request, Resource};
use crate::asl::sites::{dynamic_members, strings};
use crate::asl::{Language, Machine, Place, State, StateId, StateType};
use crate::diagnostic::Label;
use crate::syntax::{Kind, Node};

/// Service and action that replace what is there, the fields that say where, and what is written.
const WRITES: [(&str, &str, &[&str], &str, &str); 2] = [
    ("s3", "putObject", &["Bucket", "Key"], "Body", "object"),
    ("ssm", "putParameter", &["Name"], "Value", "parameter"),
];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    let mut of_branches: BTreeMap<(StateId, String), (usize, &State<'_>)> = BTreeMap::new();
    for state in machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        let Some((place, at, what)) = written(cx, state) else { continue };
        let Some((owner, branch)) = around(machine, state) else { continue };
        let Some(branch) = branch else {
            let message = format!(
                "each iteration of `{}` writes the same {what}: what the last one writes remains",
                machine.state(owner).name()
            );
            let finding = sink.report(at, message);
            finding.related.push(Label::new(machine.state(owner).key.span(), "runs this for each of its items"));
            continue;
        };
        let first = of_branches.entry((owner, place)).or_insert((branch, state));
        if first.0 != branch {
            let message = format!(
                "`{}` writes the same {what} in another branch: which of the two remains is a matter of chance",
                first.1.name()
            );
            let finding = sink.report(at, message);
            finding.related.push(Label::new(first.1.key.span(), "the other branch writes it here"));
        }
    }
}

/// Where a task writes, told by what is written in the machine alone, though not what it writes: the text that names the
/// place, the last part of it, and what it is.
fn written<'a>(cx: &Analysis<'a>, state: &State<'a>) -> Option<(String, Node<'a>, &'static str)> {
    let (Resource::AwsSdk { service, action, .. }, errors) = cx.resource(state) else { return None };
    let known = WRITES.iter().find(|(known, does, ..)| service == known && action == does);
    let &(service, _, fields, content, what) = known.filter(|_| errors.is_empty())?;
    let request = Request::of(state)?;
    let mut place = service.to_owned();
    let mut last = None;
    for name in fields {
        let field = request.field(name).filter(|field| !field.is_dynamic)?;
        place.push('\n');
        place.push_str(constant(field.member.value)?);
        last = Some(field.member.value);
    }
    let content = request.field(content)?;
    let value = content.member.value;
    let differs = match state.language {
        Language::JsonPath => content.is_dynamic || dynamic_members(value).next().is_some(),
        Language::Jsonata => strings(value).any(|text| text.content().contains("{%")),
    };
    Some((place, last.filter(|_| differs)?, what))
}

/// A text that is the same in every call: what a template fills in is so too.
fn constant(value: Node<'_>) -> Option<&str> {
    let is_constant = value.kind() == Kind::String && value.tag().is_none() && !value.content().contains("{%");
    is_constant.then(|| value.content())
}

/// The innermost Map around a state, or Parallel with its branch.
fn around(machine: &Machine<'_>, state: &State<'_>) -> Option<(StateId, Option<usize>)> {
    match machine.scope(state.scope).place {
        Place::Top => None,
        Place::Branch(owner, branch) => Some((owner, Some(branch))),
        Place::ItemProcessor(owner) | Place::Iterator(owner) => Some((owner, None)),
    }
}
