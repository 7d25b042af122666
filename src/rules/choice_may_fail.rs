//! Comparisons of a Choice that fail the execution on some of the ways to them.

use super::Sink;
use super::absent_field::made;
use super::lost_input::keep_input;
use super::maybe_unassigned_variable::after;
use super::never_ending_loop::is_dead;
use crate::analysis::Analysis;
use crate::asl::{Edge, Language, StateId};
use crate::diagnostic::Label;
use crate::flow::shape::path::Absence;
use crate::flow::shapes::{Failing, Fault, Way};
use crate::text::Span;

/// How many ways of a sort a finding points at.
const MAX_LABELS: usize = 6;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let mut found = cx.failing_comparisons();
    found.sort_by_key(|failing| (cx.graph().rank(failing.state), failing.node.span().start, failing.span));
    // One transition that lacks a field is one mistake, whichever rules ask for it.
    let mut told: Vec<(StateId, (StateId, Edge), &str)> = Vec::new();
    for failing in &mut found {
        // A way that is proved never to be gone is a finding of its own.
        failing.ways.retain(|way| !way.steps.iter().any(|&step| is_dead(cx, step)));
        let Some(first) = failing.ways.first() else { continue };
        let Some(&step) = first.steps.first() else { continue };
        let name = failing.span.of(failing.node.content());
        if told.contains(&(failing.state, step, name)) {
            continue;
        }
        told.push((failing.state, step, name));
        report(cx, failing, first, sink);
    }
}

fn report<'a>(cx: &Analysis<'a>, failing: &Failing<'a>, first: &Way, sink: &mut Sink<'_>) {
    let Some(&(from, edge)) = first.steps.first() else { return };
    let way = way(cx, failing.state, first, sink);
    let content = failing.node.content();
    let why = match &first.fault {
        Fault::Missing(_, read) => {
            format!("there is no `{}`", Span::new(read.start, failing.span.end.max(read.start)).of(content))
        }
        Fault::NoOrder { left, right } => {
            format!("`{}` is {}, and `{}` {}", left.0.of(content), left.1, right.0.of(content), right.1)
        }
        Fault::NoBoolean(kinds) => format!("`{}` is {kinds}, and no boolean", failing.span.of(content)),
    };
    let language = cx.machine.state(failing.state).language;
    let consequence = match language {
        Language::JsonPath => "this comparison fails the execution with `States.Runtime`",
        Language::Jsonata => "this condition fails with `States.QueryEvaluationError`",
    };
    let message = format!("{} {why}: {consequence}", after(cx, from, edge));
    let finding = sink.report_at(failing.node, failing.node.source_span(failing.span), message);
    finding.way = way;
    let maker = match &first.fault {
        Fault::Missing(Absence { holder, .. }, _) => {
            finding.related.extend(made(cx, holder));
            holder.origin().node()
        }
        Fault::NoOrder { .. } | Fault::NoBoolean(_) => None,
    };
    let catcher = match edge {
        Edge::Catch(i) => cx.machine.state(from).catchers.get(i).filter(|catcher| maker == Some(catcher.node.index())),
        _ => None,
    };
    if catcher.is_none() {
        finding.related.extend(place(cx, from, edge).map(|at| Label::new(at, "on this way it fails")));
    }
    let more = failing.ways.iter().skip(1).filter_map(|way| way.steps.first()).take(MAX_LABELS);
    finding
        .related
        .extend(more.filter_map(|&(from, edge)| place(cx, from, edge)).map(|at| Label::new(at, "and on this")));
    let others = failing.others.iter().take(MAX_LABELS);
    finding.related.extend(
        others.filter_map(|&(from, edge)| place(cx, from, edge)).map(|at| Label::new(at, "on this way it does not")),
    );
    let note = match (&first.fault, language, catcher) {
        (Fault::Missing(..), _, Some(catcher)) => {
            keep_input(finding, cx.machine.state(from), catcher);
            return;
        }
        (Fault::Missing(..), Language::JsonPath, None) => {
            "`IsPresent`, asked before it in an `And`, lets those pass that lack it"
        }
        (Fault::Missing(..), Language::Jsonata, None) => {
            "`$exists`, asked before it with `and`, lets those pass that lack it"
        }
        (Fault::NoOrder { .. }, ..) => "an order is one of two numbers or of two strings",
        (Fault::NoBoolean(_), ..) => "`$boolean` makes one of any value",
    };
    finding.notes.push(note.to_owned());
}

/// Where the state is named that a transition leads to.
fn place(cx: &Analysis<'_>, from: StateId, edge: Edge) -> Option<Span> {
    let target = cx.machine.state(from).targets().find(|target| target.edge == edge)?;
    Some(target.field.value.span())
}

/// The states that an execution enters which fails.
fn way(cx: &Analysis<'_>, choice: StateId, way: &Way, sink: &Sink<'_>) -> Vec<Label> {
    let Some(&(first, _)) = way.steps.first().filter(|_| sink.is_early()) else { return Vec::new() };
    let mut states = cx.graph().way_from_start(cx.machine, first);
    states.extend(way.steps.iter().skip(1).map(|&(state, _)| state));
    states.push(choice);
    sink.way(&states)
}
