//! Machines every execution of which starts another one.

use std::collections::HashSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Expression;
use crate::asl::resource::Resource;
use crate::asl::{Edge, State, StateId, StateType};
use crate::diagnostic::Severity;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    let top = machine.top();
    if cx.graph().is_open(top.id) {
        return;
    }
    let is_top = |state: StateId| machine.state(state).scope == top.id;
    let starts: Vec<&Expression<'_>> =
        cx.expressions().iter().filter(|found| is_top(found.site.state) && starts_itself(cx, found)).collect();
    let Some(first) = starts.first() else { return };
    let itself: HashSet<StateId> = starts.iter().map(|found| found.site.state).collect();
    if may_end_without(cx, &itself) {
        return;
    }
    let name = machine.state(first.site.state).name();
    let message =
        format!("every execution gets to `{name}` unless it fails, and starts another one there: this has no end");
    let way = sink.way_to(first.site.state);
    let finding = sink.report(first.node, message);
    finding.way = way;
    finding.notes.push("a Choice before it, on something that the input counts down, ends the chain".to_owned());
    // What takes a rest may be meant to go on for good.
    if machine.states_of(top).any(|state| state.kind == Some(StateType::Wait)) {
        finding.severity = Severity::Info;
    }
}

/// Whether an expression says that the machine itself is to be started.
fn starts_itself<'a>(cx: &Analysis<'a>, found: &Expression<'a>) -> bool {
    let state: &State<'a> = cx.machine.state(found.site.state);
    let field = found.member.map_or_else(|| found.node.member_name(), |member| Some(member.name()));
    if state.kind != Some(StateType::Task) || !matches!(field, Some("StateMachineArn.$" | "StateMachineArn")) {
        return false;
    }
    let is_start = match &cx.resource(state).0 {
        Resource::Optimised { service, api, .. } => service == "states" && api == "startExecution",
        Resource::AwsSdk { service, action, .. } => service == "sfn" && action == "startExecution",
        _ => false,
    };
    let references = found.references();
    let [reference] = &references[..] else { return false };
    let names: Option<Vec<&str>> =
        reference.of_context().map(|members| members.iter().map(|member| member.name).collect());
    is_start && reference.is_exact && names.is_some_and(|names| names == ["StateMachine", "Id"])
}

/// Whether a way without failures leads from the start of the machine past all of these states to an end.
fn may_end_without(cx: &Analysis<'_>, passed: &HashSet<StateId>) -> bool {
    let graph = cx.graph();
    let mut open: Vec<StateId> = graph.start(cx.machine.top().id).into_iter().collect();
    let mut seen: HashSet<StateId> = open.iter().copied().collect();
    while let Some(state) = open.pop() {
        if passed.contains(&state) {
            continue;
        }
        let known = cx.machine.state(state);
        // A Fail that a Choice leads to is a guard too.
        if known.is_loose() || known.is_terminal() {
            return true;
        }
        let next = graph.successors(state).filter(|(_, edge)| !matches!(edge, Edge::Catch(_)));
        open.extend(next.map(|(to, _)| to).filter(|&to| seen.insert(to)));
    }
    false
}
