//! One name for states of different scopes.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::State;
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let machine = cx.machine;
    let mut first: HashMap<&str, &State<'_>> = HashMap::with_capacity(machine.states.len());
    let mut states: Vec<&State<'_>> = machine.states.iter().filter(|state| !state.key.is_open()).collect();
    if states.iter().all(|state| first.insert(state.name(), state).is_none()) {
        return;
    }
    first.clear();
    states.sort_by_key(|state| cx.graph().rank(state.id));
    for state in states {
        let Some(earlier) = first.insert(state.name(), state) else { continue };
        first.insert(state.name(), earlier);
        let place = machine.describe_scope(earlier.scope);
        let refusal = sink.refusal("DUPLICATE_STATE_NAME", state.node);
        let finding = sink.report(
            state.key,
            format!(
                "`{}` is also a state of {place}: names are unique in the whole machine, nested scopes included",
                state.name()
            ),
        );
        finding.refusal = refusal;
        finding.related.push(Label::new(earlier.key.span(), "the first state of that name"));
    }
}
