//! Turns executions into what comes to a Choice in them, and what the Choice does with it.

use crate::asl::StateId;
use crate::eval::Execution;
use crate::eval::execution::Happening;

use super::super::Witness;

/// What comes to a Choice in an execution that keeps values, in order, each with the rule that is taken; none where no rule is.
pub(in crate::symex) fn arrivals(execution: &Execution, choice: StateId) -> Vec<(Option<usize>, Witness)> {
    let events = &execution.events;
    let mut found = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let &Happening::Chosen(id, rule) = &event.what else { continue };
        let mut before = events[..at].iter().rev().filter(|before| id == choice && before.strand == event.strand);
        let input = before.find_map(|before| match &before.what {
            Happening::Entered(entered, input) if *entered == choice => Some(input.clone()),
            _ => None,
        });
        let Some(input) = input else { continue };
        let variables = execution.variables(at, event.strand);
        let variables = variables.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        found.push((rule, Witness { input, variables, ..Witness::default() }));
    }
    found
}
