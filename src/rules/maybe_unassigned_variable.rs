//! Reads of variables that have a value on some of the ways to the read only.

use std::collections::BTreeMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Demand;
use crate::asl::sites::Owner;
use crate::asl::{Edge, Place, StateId, StateType};
use crate::diagnostic::{Label, Severity};
use crate::flow::assignment::{Known, Ways, Without};
use crate::flow::variables::{Meaning, Read, VariableId};
use crate::syntax::Step;

/// How many transitions of a way are shown.
const MAX_LABELS: usize = 6;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let table = cx.variables();
    // Of the reads of a variable in a state the one that needs it most speaks for all. Among equals the place decides, which
    // does not hang on the order of fields.
    let mut chosen: BTreeMap<(VariableId, StateId), (bool, String, usize)> = BTreeMap::new();
    for (i, read) in table.reads().iter().enumerate() {
        let Meaning::Variable(variable) = read.meaning else { continue };
        let is_possible = read.demand == Demand::Possible;
        if cx.found().of(i) != Some(Known::Sometimes)
            || read.demand == Demand::Tested
            || is_possible && table.is_tested(read.name)
            || cx.steps().is_found_before(read, variable, &cx.expressions()[read.expression].site)
            || is_of_its_state_alone(cx, read, variable)
        {
            continue;
        }
        let rank = (is_possible, Step::pointer(&cx.expressions()[read.expression].node.path()), i);
        let best = chosen.entry((variable, read.state)).or_insert_with(|| rank.clone());
        if rank < *best {
            *best = rank;
        }
    }
    let mut ways: Option<(VariableId, Option<Ways<'_>>)> = None;
    for ((variable, _), (_, _, i)) in chosen {
        let is_same = ways.as_ref().is_some_and(|&(of, _)| of == variable);
        if !is_same && sink.is_early() {
            ways = Some((variable, Ways::new(cx.machine, cx.graph(), table, cx.steps(), variable)));
        }
        let read = &table.reads()[i];
        let holder = cx.machine.holder(read.state, table.variable(variable).scope);
        let known = ways.as_ref().filter(|(of, _)| *of == variable && sink.is_early());
        let known = known.and_then(|(_, ways)| Some((ways.as_ref()?, holder?)));
        report(cx, sink, read, variable, known);
    }
}

/// Reports a read; of the ways to the state that it stands in, or lies in, where they are known.
fn report(
    cx: &Analysis<'_>,
    sink: &mut Sink<'_>,
    read: &Read<'_>,
    variable: VariableId,
    known: Option<(&Ways<'_>, StateId)>,
) {
    let without = known.map_or_else(Without::default, |(ways, holder)| ways.to(holder));
    let (machine, table, name) = (cx.machine, cx.variables(), read.name);
    let expression = &cx.expressions()[read.expression];
    let consequence = read.demand.without_value(machine.state(read.state).language);
    let is_certain = read.demand == Demand::Certain && is_always_asked(cx, read, variable);
    // The way that executions come to first is the one to show.
    let first = without.certain.iter().min_by_key(|step| (cx.graph().rank(step.from), step.edge));
    let (message, shown) = match first.filter(|_| is_certain && !without.always) {
        _ if is_certain && without.always => {
            (format!("only where a state fails before has `${name}` a value: otherwise {consequence}"), &[][..])
        }
        Some(&step) => (
            format!("{} nothing sets `${name}`: {consequence}", after(cx, step.from, step.edge)),
            without.certain.as_slice(),
        ),
        // Whoever asks for it elsewhere has thought of it.
        None if table.is_tested(name) => return,
        None => (format!("one way to here does not set `${name}`: {consequence} then"), without.way.as_slice()),
    };
    let by = first.copied().filter(|_| is_certain && !without.always);
    let way = known.map_or_else(Vec::new, |(ways, holder)| {
        sink.way(&cx.graph().completed(machine, &ways.states(by, holder), read.state))
    });
    let span = expression.node.source_span(read.span);
    let finding = sink.report_at(expression.node, span, message);
    finding.way = way;
    let is_warning = is_certain && (without.always || first.is_some());
    finding.severity = if is_warning { Severity::Warning } else { Severity::Info };
    for &step in shown.iter().take(MAX_LABELS) {
        let target = machine.state(step.from).targets().find(|target| target.edge == step.edge);
        let label = |field: crate::asl::Field<'_>| Label::new(field.value.span(), "nothing sets it on this way");
        finding.related.extend(target.map(|target| label(target.field)));
    }
    let sets = table.assignments_of(variable).take(MAX_LABELS);
    finding.related.extend(sets.map(|set| Label::new(set.key.span(), "set here")));
    finding.notes.push(format!(
        "set it on every way, with a value that stands for none, or ask for it first: {}",
        if machine.state(read.state).language == crate::asl::Language::Jsonata {
            format!("`$exists(${name})`")
        } else {
            "`IsPresent`".to_owned()
        }
    ));
}

/// Whether the state that reads it, or that the reader lies in, is the only one to set it: `stale-variable` tells of that.
fn is_of_its_state_alone(cx: &Analysis<'_>, read: &Read<'_>, variable: VariableId) -> bool {
    let holder = cx.machine.holder(read.state, cx.variables().variable(variable).scope);
    cx.variables().assignments_of(variable).all(|set| Some(set.state) == holder)
}

/// Whether every execution that enters the state of the variable's scope evaluates the field, unless it fails before.
fn is_always_asked(cx: &Analysis<'_>, read: &Read<'_>, variable: VariableId) -> bool {
    let (machine, site) = (cx.machine, &cx.expressions()[read.expression].site);
    let mut state = machine.state(read.state);
    let field = site.field.name();
    let is_asked = match site.owner {
        Owner::State if state.kind == Some(StateType::Choice) => !matches!(field, "Assign" | "Output"),
        Owner::State => field != "ItemSelector",
        Owner::Rule(0) => !matches!(field, "Assign" | "Output"),
        _ => false,
    };
    let home = cx.variables().variable(variable).scope;
    while is_asked && state.scope != home {
        let scope = machine.scope(state.scope);
        let Place::Branch(owner, _) = scope.place else { return false };
        if cx.graph().start(scope.id) != Some(state.id) {
            return false;
        }
        state = machine.state(owner);
    }
    is_asked
}

/// Where an execution is that has left a state by one of its ways.
pub(super) fn after(cx: &Analysis<'_>, from: StateId, edge: Edge) -> String {
    let name = cx.machine.state(from).name();
    match edge {
        Edge::Choice(i) => format!("behind rule {i} of `{name}`"),
        Edge::Catch(_) => format!("where `{name}` has failed,"),
        Edge::Default => format!("behind `Default` of `{name}`"),
        Edge::Next | Edge::Branch(_) | Edge::Item => format!("behind `{name}`"),
    }
}
