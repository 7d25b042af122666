//! Loops with ways out of which no execution takes any.

use std::collections::BTreeMap;

use super::Sink;
use super::settled_comparison::is_alien;
use crate::analysis::{Analysis, MachineType};
use crate::asl::{Edge, StateId};
use crate::diagnostic::Label;
use crate::flow::counting::StuckCount;
use crate::flow::loops::Changes;
use crate::symex::Verdict;

/// How many places of a sort a finding points at.
const MAX_LABELS: usize = 6;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (cycle, count) in found(cx) {
        report(cx, &cycle, count.as_ref(), sink);
    }
}

/// The loops that nothing leaves, with the count that leads nowhere where it is one.
pub(super) fn found<'a>(cx: &Analysis<'a>) -> BTreeMap<Vec<StateId>, Option<StuckCount<'a>>> {
    let all = cx.never_left().iter().map(|cycle| (cycle.clone(), None));
    let mut found: BTreeMap<Vec<StateId>, Option<StuckCount<'_>>> = all.collect();
    for count in cx.loops().stuck_counts(|field| cx.whole_number(field)) {
        found.entry(count.states.clone()).or_default().replace(count);
    }
    found.retain(|cycle, _| !is_told(cx, cycle));
    found
}

/// Whether a way out is dead by its own Choice, or by a comparison with another type: a finding of its own, and this its effect.
fn is_told(cx: &Analysis<'_>, cycle: &[StateId]) -> bool {
    let ways_out: Vec<(StateId, Edge)> = ways_out(cx, cycle).collect();
    let asks_alien =
        |&(state, _): &(StateId, Edge)| cx.shapes().tests().iter().any(|test| test.state == state && is_alien(test));
    ways_out.iter().any(|&way| is_dead(cx, way)) || ways_out.iter().any(asks_alien)
}

/// Whether it is proved that a Choice never takes one of its ways, whatever comes to it.
pub(super) fn is_dead(cx: &Analysis<'_>, (state, edge): (StateId, Edge)) -> bool {
    let proved = cx.proofs().iter().find(|proved| proved.state == state);
    let verdict = proved.and_then(|proved| match edge {
        Edge::Choice(number) => proved.rules.get(number),
        Edge::Default => proved.default.as_ref(),
        _ => None,
    });
    verdict.is_some_and(Verdict::is_dead)
}

fn ways_out(cx: &Analysis<'_>, cycle: &[StateId]) -> impl Iterator<Item = (StateId, Edge)> {
    let mut states = cycle.to_vec();
    states.sort_by_key(|&state| cx.graph().rank(state));
    let of_state = move |state: StateId| {
        let mut out: Vec<(StateId, Edge)> = cx.graph().successors(state).collect();
        out.retain(|(to, _)| cycle.binary_search(to).is_err());
        out.sort_unstable_by_key(|&(_, edge)| edge);
        out.into_iter().map(move |(_, edge)| (state, edge))
    };
    states.into_iter().flat_map(of_state)
}

fn report(cx: &Analysis<'_>, cycle: &[StateId], count: Option<&StuckCount<'_>>, sink: &mut Sink<'_>) {
    let ways_out: Vec<(StateId, Edge)> = ways_out(cx, cycle).collect();
    let Some(&(first, _)) = ways_out.first() else { return };
    let choice = cx.machine.state(first);
    let until = match cx.runs_as(choice.scope) {
        Some((MachineType::Standard, _)) => "its history of 25,000 events is full",
        Some((MachineType::Express, _)) => "its five minutes are over",
        None => "its history or its time is used up",
    };
    let name = choice.name();
    let message = format!(
        "`{name}` lets no execution out of this loop: one that gets into it goes round until it fails, or {until}"
    );
    let way = sink.way_round(first, cycle);
    let finding = sink.report(choice.key, message);
    finding.way = way;
    let place = |&(state, edge): &(StateId, Edge)| {
        let target = cx.machine.state(state).targets().find(|target| target.edge == edge)?;
        Some(Label::new(target.field.value.span(), "this way out is never taken"))
    };
    finding.related.extend(ways_out.iter().filter_map(place).take(MAX_LABELS));
    match count {
        Some(count) => {
            finding.related.push(Label::new(count.step.span(), format!("each round changes `{}` here", count.name)));
            finding.notes.push(format!("`{}` starts behind what it is compared with, or steps over it", count.name));
        }
        None => {
            finding.related.extend(written(cx, cycle));
            finding.notes.push("in each round the conditions come out as in the one before".to_owned());
        }
    }
}

/// Where a round writes what the conditions may read.
fn written(cx: &Analysis<'_>, cycle: &[StateId]) -> Vec<Label> {
    let changes = Changes::of(cx.machine, cx.variables(), cycle);
    let documents = changes.writers.iter().filter_map(|(_, field)| field.map(|field| field.value.token()));
    let inside = |state: &StateId| cycle.binary_search(state).is_ok();
    let assigned = cx.variables().assignments().iter().filter(|set| inside(&set.state)).map(|set| set.key.span());
    let all = documents.chain(assigned).take(MAX_LABELS);
    all.map(|at| Label::new(at, "each round writes this")).collect()
}
