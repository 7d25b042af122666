//! Reads of fields that some of the ways to the read do not bring along.

use std::collections::BTreeMap;

use super::Sink;
use super::absent_field::Absent;
use super::lost_input::keep_input;
use super::maybe_unassigned_variable::after;
use crate::analysis::Analysis;
use crate::asl::{Edge, StateId};
use crate::diagnostic::Label;
use crate::flow::lacking::{Lacking, lacking};
use crate::syntax::Step;
use crate::text::Span;

/// How many other reads and other ways a finding points at.
const MAX_LABELS: usize = 6;

/// A transition with the name that is missing behind it.
type Cause<'t> = (StateId, Edge, &'t str);

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let reads = cx.shapes().reads();
    let found = lacking(cx.machine, cx.graph(), cx.expressions(), cx.shapes());
    // One transition that lacks a field is one mistake, however often the field is read behind it.
    let mut causes: BTreeMap<Cause<'_>, Vec<&Lacking>> = BTreeMap::new();
    for one in &found {
        let name = one.span.of(reads[one.read].node.content());
        causes.entry((one.from, one.edge, name)).or_default().push(one);
    }
    // And a read that several transitions lead to without it is one as well.
    let mut findings: BTreeMap<usize, Vec<&Lacking>> = BTreeMap::new();
    for group in causes.values_mut() {
        group.sort_by_cached_key(|one| {
            let read = &reads[one.read];
            (cx.graph().rank(read.state), Step::pointer(&read.node.path()), read.span)
        });
        let Some(first) = group.first() else { continue };
        findings.entry(first.read).or_default().push(first);
    }
    for (number, mut ways) in findings {
        ways.sort_by_key(|way| (cx.graph().rank(way.from), way.edge));
        let Some((first, others)) = ways.split_first() else { continue };
        let read = &reads[number];
        let absent = Absent::on_a_way(cx, read, &first.absence, first.span);
        let message = format!("{} there is no `{}`", after(cx, first.from, first.edge), absent.text());
        let from = cx.machine.state(first.from);
        let way = way(cx, sink, first);
        let finding = absent.report(sink, &message);
        finding.way = way;
        let maker = first.absence.holder.origin().node();
        let catcher = match first.edge {
            Edge::Catch(i) => from.catchers.get(i).filter(|catcher| maker == Some(catcher.node.index())),
            _ => None,
        };
        if catcher.is_none() {
            let label = |at| Label::new(at, "on this way it is not there");
            finding.related.extend(place(cx, first.from, first.edge).map(label));
        }
        for other in others.iter().take(MAX_LABELS) {
            finding.related.extend(place(cx, other.from, other.edge).map(|at| Label::new(at, "nor on this")));
        }
        for &(from, edge) in first.others.iter().take(MAX_LABELS) {
            finding.related.extend(place(cx, from, edge).map(|at| Label::new(at, "on this way it is")));
        }
        let cause = (first.from, first.edge, first.span.of(read.node.content()));
        let more = causes.get(&cause).into_iter().flatten().skip(1).take(MAX_LABELS);
        finding.related.extend(more.map(|one| {
            let node = reads[one.read].node;
            Label::new(node.source_span(one.span), "nor is it here")
        }));
        if let Some(catcher) = catcher {
            keep_input(finding, from, catcher);
        }
    }
}

/// How an execution comes to the read by the transition.
fn way(cx: &Analysis<'_>, sink: &Sink<'_>, lacking: &Lacking) -> Vec<Label> {
    if !sink.is_early() {
        return Vec::new();
    }
    let mut way = cx.graph().way_from_start(cx.machine, lacking.from);
    if !way.is_empty() {
        way.extend(&lacking.through);
    }
    sink.way(&way)
}

/// Where the state is named that a transition leads to.
fn place(cx: &Analysis<'_>, from: StateId, edge: Edge) -> Option<Span> {
    let target = cx.machine.state(from).targets().find(|target| target.edge == edge)?;
    Some(target.field.value.span())
}
