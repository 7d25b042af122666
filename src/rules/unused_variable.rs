//! Variables that nothing reads.

use std::collections::HashSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::StateType;
use crate::asl::sites::Owner;
use crate::asl::variable_name::fault;
use crate::diagnostic::Label;
use crate::flow::variables::{Assignment, Meaning};
use crate::syntax::Kind;
use crate::text::nearest;

/// A bound on work: how many names that mean nothing are held against the name of a variable.
const MAX_NAMES: usize = 50;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (table, unread) = (cx.variables(), &cx.unread().variables);
    if unread.is_empty() {
        return;
    }
    let named = named(cx);
    let unknown: HashSet<&str> =
        table.reads().iter().filter(|read| read.meaning == Meaning::Nowhere).map(|read| read.name).collect();
    for &id in unread {
        let variable = table.variable(id);
        // A read that is written wrong is a finding of its own, and so is a name that is.
        let is_meant =
            || unknown.len() <= MAX_NAMES && nearest(variable.name, unknown.iter().map(|&name| (name, ()))).is_some();
        if named.contains(variable.name)
            || table.assignments_of(id).any(|set| fault(set.written).is_some())
            || is_meant()
        {
            continue;
        }
        let mut sets: Vec<_> = table.assignments_of(id).filter(|set| is_done(cx, set)).collect();
        // The one that executions come to first, whatever the order of the text.
        sets.sort_by_key(|set| (cx.graph().rank(set.state), place(set.owner)));
        let Some((first, others)) = sets.split_first() else { continue };
        let finding = sink.report(first.key, format!("nothing reads `${}`", variable.name));
        finding.related.extend(others.iter().take(6).map(|again| Label::new(again.key.span(), "set here too")));
    }
}

/// The place of an object among those of its state.
const fn place(owner: Owner) -> (u8, usize) {
    match owner {
        Owner::State | Owner::Part => (0, 0),
        Owner::Rule(i) | Owner::NestedRule(i) => (1, i),
        Owner::Catcher(i) => (2, i),
    }
}

/// Whether an assignment stands where the language has one, and executions come to it.
pub(super) fn is_done(cx: &Analysis<'_>, set: &Assignment<'_>) -> bool {
    let state = cx.machine.state(set.state);
    let owner = match set.owner {
        Owner::State => Some(state.node).filter(|_| !state.kind.is_some_and(StateType::is_terminal)),
        Owner::Catcher(i) => state.catchers.get(i).map(|catcher| catcher.node),
        Owner::Rule(i) => state.rules().get(i).map(|rule| rule.node),
        Owner::NestedRule(_) | Owner::Part => None,
    };
    let assign = owner.and_then(|owner| owner.get("Assign"));
    assign.is_some() && assign == set.value.parent() && cx.graph().is_reachable(set.state)
}

/// Every name that stands behind a `$` in some string.
fn named<'a>(cx: &Analysis<'a>) -> HashSet<&'a str> {
    let strings = cx.machine.node.descendants().filter(|node| node.kind() == Kind::String);
    let names = strings.flat_map(|node| {
        let text = node.content();
        text.match_indices('$').map(|(at, _)| {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            &rest[..end]
        })
    });
    names.filter(|name| !name.is_empty()).collect()
}
