//! Tasks that wait for somebody to call back, for as long as an execution may last.

use super::Sink;
use super::callback_without_token::UNBOUNDED;
use crate::analysis::{Analysis, MachineType};
use crate::asl::resource::{Pattern, Resource};
use crate::asl::{Machine, State, StateType};
use crate::text::Span;

/// What bounds the wait.
const BOUNDS: [&str; 4] = ["TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"];

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    // Where the machine itself times out, somebody has thought of it.
    if cx.machine.node.may_have_more() || cx.machine.node.get("TimeoutSeconds").is_some() {
        return;
    }
    let failing = Failing::new(cx.machine);
    for state in cx.machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        if is_bounded(state)
            || failing.may_stop(cx.machine, state)
            || !matches!(cx.runs_as(state.scope), Some((MachineType::Standard, _)))
        {
            continue;
        }
        let Some(value) = state.node.get("Resource").filter(|value| !value.is_open()) else { continue };
        let Some(text) = value.as_str() else { continue };
        let (resource, errors) = cx.resource(state);
        if !errors.is_empty() {
            continue;
        }
        let (part, who) = match (resource, resource.pattern()) {
            (Resource::Activity { .. }, _) => (":activity:", "no worker answers"),
            (_, Pattern::WaitForTaskToken) => (Pattern::WaitForTaskToken.suffix(), "nobody calls back"),
            _ => continue,
        };
        let start = text.rfind(part).unwrap_or_default();
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span::new(at(start), at(start + part.len()));
        let span = value.source_span(span);
        let message = format!("nothing bounds this wait: if {who}, the execution stays here for up to a year");
        let finding = sink.report_at(value, span, message);
        finding.notes.push(
            "`TimeoutSeconds` ends the wait with `States.Timeout`, which a retrier or a catcher takes; `HeartbeatSeconds` ends it when a sign of life is missing"
                .to_owned(),
        );
        sink.is_effect(vec![span], UNBOUNDED);
    }
}

fn is_bounded(state: &State<'_>) -> bool {
    state.node.may_have_more() || BOUNDS.iter().any(|name| state.field(name).is_some())
}

/// Where a Fail may stop what runs beside it: a branch that waits and then fails is a timeout too.
struct Failing {
    /// By scope: whether there is a Fail in it, at any depth.
    in_scope: Vec<bool>,
    /// By state: how many of the scopes inside it have one.
    n_scopes: Vec<usize>,
}

impl Failing {
    fn new(machine: &Machine<'_>) -> Self {
        let mut this = Self { in_scope: vec![false; machine.scopes.len()], n_scopes: vec![0; machine.states.len()] };
        // What lies inside a state has a higher number than what it lies in.
        for scope in machine.scopes.iter().rev() {
            let fails = |state: &State<'_>| state.kind == Some(StateType::Fail) || this.n_scopes[state.id.index()] > 0;
            let has_fail = machine.states_of(scope).any(fails);
            this.in_scope[scope.id.index()] = has_fail;
            if let Some(owner) = scope.place.owner() {
                this.n_scopes[owner.index()] += usize::from(has_fail);
            }
        }
        this
    }

    fn may_stop(&self, machine: &Machine<'_>, state: &State<'_>) -> bool {
        let mut scope = machine.scope(state.scope);
        while let Some(owner) = scope.place.owner() {
            let n_others = self.n_scopes[owner.index()] - usize::from(self.in_scope[scope.id.index()]);
            if n_others > 0 {
                return true;
            }
            scope = machine.scope(machine.state(owner).scope);
        }
        false
    }
}
