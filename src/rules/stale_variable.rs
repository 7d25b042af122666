//! Reads of a variable before the one state that assigns it has done so.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Demand;
use crate::asl::sites::{Owner, Site};
use crate::asl::{State, StateId, StateType};
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
        if machine.holder(read.state, variable.scope) != Some(sole.state) {
            continue;
        }
        let holder = sole.state;
        let in_cycle = in_cycle.get_or_insert_with(|| states_in_cycles(cx));
        let comes_back = in_cycle[holder.index()] || cx.graph().is_open(variable.scope);
        let expression = &cx.expressions()[read.expression];
        let round = if comes_back { round(machine.state(holder), read, &expression.site, sole) } else { Round::Only };
        let (name, state) = (read.name, machine.state(holder).name());
        let consequence = read.demand.without_value(machine.state(read.state).language);
        let (when, unless) = match round {
            Round::Later => continue,
            Round::Only => ("", ""),
            Round::First => (", the first time,", ""),
            Round::Any => ("", " unless an earlier round has set it"),
        };
        let message = if read.state == holder {
            format!(
                "`${name}` is read here{when} as it was before `{state}`, and no other state sets it: {consequence}{unless}"
            )
        } else {
            format!("`${name}` is read here{when} before `{state}` sets it, and no other state does: {consequence}")
        };
        let span = expression.node.source_span(read.span);
        let way = sink.way_to(read.state);
        let finding = sink.report_at(expression.node, span, message);
        finding.way = way;
        finding.severity = if round == Round::Any { Severity::Warning } else { read.demand.severity() };
        finding.notes.push("what a state assigns is seen from the next state on".to_owned());
        let set = table.assignments_of(variable.id).take(1);
        finding.related.extend(set.map(|set| Label::new(set.key.span(), "set here")));
    }
}

/// The one state that assigns a variable.
struct Sole {
    state: StateId,
    /// The one part of it that does so.
    owner: Option<Owner>,
}

fn sole(table: &Variables<'_>, variable: VariableId) -> Option<Sole> {
    let first = table.assignments_of(variable).next()?;
    let (state, owner) = (first.state, first.owner);
    let is_sole = table.assignments_of(variable).all(|assignment| assignment.state == state);
    let is_one = table.assignments_of(variable).all(|assignment| assignment.owner == owner);
    is_sole.then_some(Sole { state, owner: is_one.then_some(owner) })
}

/// When a read finds no value, of the rounds that an execution makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// There is no more than one.
    Only,
    /// The first that comes to the read, whatever was before.
    First,
    /// One that comes to it before the variable is set.
    Any,
    /// Which one is not known, and the author may have seen to it.
    Later,
}

/// Of a read in a state of a loop that alone sets the variable, itself or in what lies inside it.
fn round(holder: &State<'_>, read: &Read<'_>, site: &Site<'_>, sole: &Sole) -> Round {
    if read.demand != Demand::Certain || read.state != holder.id {
        return Round::Later;
    }
    let field = site.field.name();
    let is_set_with = sole.owner == Some(site.owner);
    match site.owner {
        Owner::Rule(i) => {
            let rule = holder.choice().and_then(|choice| choice.rules.get(i));
            // What stands in an operator may be passed over: `Or` ends with the first that is true.
            let is_simple = rule.is_some_and(|rule| rule.nested().is_empty());
            let is_asked_before = !matches!(field, "Assign" | "Output")
                && match sole.owner {
                    Some(Owner::Rule(setter)) => i < setter,
                    owner => owner == Some(Owner::State),
                };
            if is_simple && (is_set_with || is_asked_before) { Round::First } else { Round::Later }
        }
        Owner::State if holder.kind == Some(StateType::Choice) && !is_set_with => Round::Later,
        Owner::NestedRule(_) => Round::Later,
        // These are for each item, and there may be none.
        Owner::Part => Round::Any,
        Owner::State if field == "ItemSelector" => Round::Any,
        Owner::State if !matches!(field, "Assign" | "Output" | "OutputPath" | "ResultSelector") => Round::First,
        Owner::State | Owner::Catcher(_) if is_set_with => Round::First,
        Owner::State | Owner::Catcher(_) => Round::Any,
    }
}

fn states_in_cycles(cx: &Analysis<'_>) -> Vec<bool> {
    let mut in_cycle = vec![false; cx.machine.states.len()];
    for state in cx.graph().cycles().into_iter().flatten() {
        in_cycle[state.index()] = true;
    }
    in_cycle
}
