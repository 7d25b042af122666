//! Assignments whose value nothing reads, of variables that are read elsewhere.

use std::collections::HashSet;

use super::Sink;
use super::unused_variable::is_done;
use crate::analysis::Analysis;
use crate::asl::StateId;
use crate::diagnostic::Label;
use crate::flow::steps::What;
use crate::flow::variables::{Assignment, Meaning, Read};

/// How many later assignments are shown.
const MAX_LABELS: usize = 6;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (machine, table) = (cx.machine, cx.variables());
    let holder = |read: &Read<'_>| match read.meaning {
        Meaning::Variable(id) => Some((id, machine.holder(read.state, table.variable(id).scope)?)),
        _ => None,
    };
    let unread = &cx.unread().assignments;
    let readers: HashSet<_> =
        if unread.is_empty() { HashSet::new() } else { table.reads().iter().filter_map(holder).collect() };
    // Where the state that alone sets the variable reads it too, `stale-variable` tells of that.
    let is_stale = |set: &Assignment<'_>| {
        readers.contains(&(set.variable, set.state))
            && table.assignments_of(set.variable).all(|other| other.state == set.state)
    };
    for &i in unread {
        let set = &table.assignments()[i];
        let state = machine.state(set.state);
        if !is_done(cx, set) || is_stale(set) {
            continue;
        }
        let name = table.variable(set.variable).name;
        let scope = machine.describe_scope(state.scope);
        let is_last = cx.steps().behind(set.state, set.owner).next().is_none();
        let later = if sink.is_early() { set_again(cx, set) } else { Vec::new() };
        let message = if is_last {
            format!("nothing reads this value of `${name}`: {scope} ends here, and its variables with it")
        } else if later.is_empty() {
            format!("nothing reads this value of `${name}`: no state behind `{}` asks for it", state.name())
        } else {
            format!("nothing reads this value of `${name}`: it is set again before")
        };
        let finding = sink.report(set.key, message);
        let again = later
            .into_iter()
            .flat_map(|from| table.assignments_of(set.variable).filter(move |other| other.state == from).take(1));
        finding.related.extend(again.take(MAX_LABELS).map(|other| Label::new(other.key.span(), "set again here")));
    }
}

/// The states that set the variable next, in the order in which executions get to them.
fn set_again(cx: &Analysis<'_>, set: &Assignment<'_>) -> Vec<StateId> {
    let steps = cx.steps();
    let setting: HashSet<usize> = steps
        .effects(set.variable)
        .iter()
        .filter(|effect| effect.what == What::Assigned)
        .map(|effect| effect.step)
        .collect();
    let setters: HashSet<StateId> = cx.variables().assignments_of(set.variable).map(|other| other.state).collect();
    let mut seen: HashSet<StateId> = HashSet::new();
    let mut open: Vec<StateId> = steps.behind(set.state, set.owner).map(|step| steps.step(step).to).collect();
    let mut found = Vec::new();
    while let Some(state) = open.pop() {
        if !seen.insert(state) {
            continue;
        }
        if setters.contains(&state) {
            found.push(state);
        }
        open.extend(steps.out_of(state).filter(|step| !setting.contains(step)).map(|step| steps.step(step).to));
    }
    found.sort_unstable_by_key(|&state| cx.graph().rank(state));
    found
}
