//! Names of states that differ in case or blanks only.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::State;
use crate::diagnostic::Label;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let mut first: HashMap<String, &State<'_>> = HashMap::with_capacity(cx.machine.states.len());
    for state in cx.machine.states.iter().filter(|state| !state.key.is_open()) {
        let earlier = *first.entry(fold(state.name())).or_insert(state);
        if earlier.name() == state.name() {
            continue; // itself, or `duplicate-state-name`
        }
        let message = format!("`{}` differs from the state `{}` in case or blanks only", state.name(), earlier.name());
        let finding = sink.report(state.key, message);
        finding.related.push(Label::new(earlier.key.span(), "the other"));
    }
}

/// A name without what is easily overlooked in it.
fn fold(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
