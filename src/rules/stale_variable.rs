//! Reads of a variable before the one state that assigns it has done so.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Demand;
use crate::asl::sites::Owner;
use crate::asl::{Machine, ScopeId, StateId, StateType};
use crate::diagnostic::{Label, Severity};
use crate::flow::variables::{Meaning, Read, VariableId, Variables};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (machine, table) = (cx.machine, cx.variables());
    let soles: Vec<Option<Sole>> = table.variables().iter().map(|variable| sole(table, variable.id)).collect();
    let mut in_cycle = None;
    for read in table.reads().iter().filter(|read| read.demand != Demand::Tested && !table.is_tested(read.name)) {
        let Meaning::Variable(variable) = read.meaning else { continue };
        let variable = table.variable(variable);
        if table.seen_from(read.scope).any(|scope| table.is_open(scope)) {
            continue;
        }
        // A name that a scope around has too is a finding of its own.
        if table.seen_from(variable.scope).skip(1).any(|scope| table.own(scope, variable.name).is_some()) {
            continue;
        }
        let Some(sole) = &soles[variable.id.index()] else { continue };
        if holder(machine, read, variable.scope) != Some(sole.state) {
            continue;
        }
        let holder = sole.state;
        let in_cycle = in_cycle.get_or_insert_with(|| states_in_cycles(cx));
        let comes_back = in_cycle[holder.index()] || cx.graph().is_open(variable.scope);
        let expression = &cx.expressions()[read.expression];
        let is_at_once = read.demand == Demand::Certain
            && read.state == holder
            && expression.site.owner == Owner::State
            && machine.state(holder).kind != Some(StateType::Choice)
            && sole.sets_at_end;
        // Where the state comes round again, a later round has the value of the one before.
        if comes_back && !is_at_once {
            continue;
        }
        let (name, state) = (read.name, machine.state(holder).name());
        let consequence = read.demand.without_value(machine.state(read.state).language);
        let when = if comes_back { ", the first time," } else { "" };
        let message = if read.state == holder {
            format!(
                "`${name}` is read here{when} as it was before `{state}`, and no other state sets it: {consequence}"
            )
        } else {
            format!("`${name}` is read here{when} before `{state}` sets it, and no other state does: {consequence}")
        };
        let span = expression.node.source_span(read.span);
        let finding = sink.report_at(expression.node, span, message);
        finding.severity = if comes_back { Severity::Warning } else { read.demand.severity() };
        finding.notes.push("what a state assigns is seen from the next state on".to_owned());
        let set = table.assignments_of(variable.id).take(1);
        finding.related.extend(set.map(|set| Label::new(set.key.span(), "set here")));
    }
}

/// The one state that assigns a variable.
struct Sole {
    state: StateId,
    /// Whether it does so by its own `Assign` alone, not by those of catchers and rules.
    sets_at_end: bool,
}

fn sole(table: &Variables<'_>, variable: VariableId) -> Option<Sole> {
    let state = table.assignments_of(variable).next()?.state;
    let is_sole = table.assignments_of(variable).all(|assignment| assignment.state == state);
    let sets_at_end = table.assignments_of(variable).all(|assignment| assignment.owner == Owner::State);
    is_sole.then_some(Sole { state, sets_at_end })
}

/// The state of `scope` that does the read, itself or in what lies inside it.
fn holder(machine: &Machine<'_>, read: &Read<'_>, scope: ScopeId) -> Option<StateId> {
    let mut state = machine.state(read.state);
    while state.scope != scope {
        state = machine.state(machine.scope(state.scope).place.owner()?);
    }
    Some(state.id)
}

fn states_in_cycles(cx: &Analysis<'_>) -> Vec<bool> {
    let mut in_cycle = vec![false; cx.machine.states.len()];
    for state in cx.graph().cycles().into_iter().flatten() {
        in_cycle[state.index()] = true;
    }
    in_cycle
}
