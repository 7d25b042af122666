//! Turns the states of a loop into what a round may change.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::asl::path::{self as paths, SegmentKind};
use crate::asl::{Language, Machine, State, StateId, StateType};
use crate::syntax::{Kind, Node};

/// What states may change.
#[derive(Debug)]
pub(super) struct Changes {
    /// Members of the document; none where it may be another altogether.
    pub(super) members: Option<Vec<Arc<str>>>,
    /// Variables.
    pub(super) variables: Vec<Arc<str>>,
}

/// What these states may change.
pub(super) fn of(machine: &Machine<'_>, states: &[StateId]) -> Changes {
    let mut members = Some(BTreeSet::new());
    let mut variables = BTreeSet::new();
    for state in states.iter().map(|&id| machine.state(id)) {
        match (written(state), &mut members) {
            (Some(names), Some(members)) => members.extend(names),
            _ => members = None,
        }
        let owners = std::iter::once(state.node)
            .chain(state.rules().iter().map(|rule| rule.node))
            .chain(state.catchers.iter().map(|catcher| catcher.node));
        for assign in owners.filter_map(|owner| owner.get("Assign")) {
            for member in assign.members() {
                variables.insert(Arc::from(member.name()));
                if let Some(name) = member.name().strip_suffix(".$") {
                    variables.insert(name.into());
                }
            }
        }
    }
    let members = members.map(|members| members.into_iter().collect());
    Changes { members, variables: variables.into_iter().collect() }
}

/// The members that a state writes; none where it may hand on another document.
fn written(state: &State<'_>) -> Option<Vec<Arc<str>>> {
    if !state.is_language_known || state.is_open || state.language == Language::Jsonata {
        return None;
    }
    let mut names = Vec::new();
    for catcher in &state.catchers {
        names.extend(member(catcher.node.get("ResultPath"))?);
    }
    if state.node.get("OutputPath").is_some() {
        return None;
    }
    match state.kind? {
        StateType::Task | StateType::Pass | StateType::Map | StateType::Parallel => {
            names.extend(member(state.node.get("ResultPath"))?);
        }
        StateType::Choice | StateType::Wait | StateType::Succeed if state.node.get("InputPath").is_some() => {
            return None;
        }
        _ => {}
    }
    Some(names)
}

/// The member that a `ResultPath` writes into, if it writes into any; nothing where it may be all.
fn member(field: Option<Node<'_>>) -> Option<Option<Arc<str>>> {
    let node = field?;
    if node.kind() == Kind::Null {
        return Some(None);
    }
    let (path, errors) = paths::parse(node.as_str().filter(|_| !node.is_open())?);
    match path.segments.first().map(|segment| &segment.kind) {
        Some(SegmentKind::Member(name)) if errors.is_empty() => Some(Some(name.text.as_str().into())),
        _ => None,
    }
}
