//! Loops whose ways out hang on what no round of them changes.

use std::collections::HashMap;

use super::{Sink, never_ending_loop};
use crate::analysis::Analysis;
use crate::asl::expression::Expression;
use crate::asl::{Edge, Field, Rule, State, StateId, Test};
use crate::diagnostic::Label;
use crate::flow::loops::Changes;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let graph = cx.graph();
    for cycle in graph.cycles() {
        let scope = cx.machine.state(cycle[0]).scope;
        let variables = cx.variables();
        if graph.is_open(scope) || variables.seen_from(scope).any(|scope| variables.is_open(scope)) {
            continue;
        }
        // Of one that nothing leaves, not even at once, more is told elsewhere.
        if let Some(ways_out) = ways_out(cx, &cycle)
            && let Some(changes) = unchanging(cx, &cycle, &ways_out)
            && !never_ending_loop::found(cx).contains_key(&cycle)
        {
            report(cx, &cycle, &ways_out, changes, sink);
        }
    }
}

/// The states that lead out of a loop, in the order executions get to them; `None` where one may by a failure that is caught,
/// or does not come from a Choice.
fn ways_out<'c, 'a>(cx: &'c Analysis<'a>, cycle: &[StateId]) -> Option<Vec<&'c State<'a>>> {
    let graph = cx.graph();
    let mut found: Vec<&State<'_>> = Vec::new();
    for &state in cycle {
        if !graph.is_reachable(state) {
            return None;
        }
        for (_, edge) in graph.successors(state).filter(|(to, _)| cycle.binary_search(to).is_err()) {
            if !matches!(edge, Edge::Choice(_) | Edge::Default) {
                return None;
            }
            if found.last().is_none_or(|last| last.id != state) {
                found.push(cx.machine.state(state));
            }
        }
        if cx.machine.state(state).is_terminal() || cx.machine.state(state).is_loose() {
            return None;
        }
    }
    found.sort_by_key(|state| graph.rank(state.id));
    (!found.is_empty()).then_some(found)
}

/// What a loop changes, and the first of what its ways out hang on, where that is none of it.
fn unchanging<'c, 'a>(
    cx: &'c Analysis<'a>,
    cycle: &[StateId],
    ways_out: &[&State<'a>],
) -> Option<(Changes<'a>, &'c Expression<'a>)> {
    let variables = cx.variables();
    let changes = Changes::of(cx.machine, variables, cycle);
    let mut read: Vec<&Expression<'_>> = Vec::new();
    for choice in ways_out {
        if choice.field("InputPath").is_some() {
            return None;
        }
        let expressions = by_node(cx, choice.id);
        for operand in operands(choice) {
            // What cannot be read may be anything.
            let &expression = operand.and_then(|operand| expressions.get(&operand.index()))?;
            if changes.touch_expression(variables, choice.scope, expression) {
                return None;
            }
            read.push(expression);
        }
    }
    // A condition that reads nothing is a finding of its own.
    let first = read.into_iter().find(|expression| !expression.references().is_empty())?;
    Some((changes, first))
}

fn report<'a>(
    cx: &Analysis<'a>,
    cycle: &[StateId],
    ways_out: &[&State<'a>],
    (changes, first): (Changes<'a>, &Expression<'a>),
    sink: &mut Sink<'_>,
) {
    let name = ways_out[0].name();
    let message = format!(
        "nothing in this loop changes what `{name}` decides by: an execution that stays in it once goes round until it fails, times out or has used up its history"
    );
    let way = sink.way_round(ways_out[0].id, cycle);
    let finding = sink.report(first.node, message);
    finding.way = way;
    let writers = changes.writers.iter().take(4);
    finding.related.extend(
        writers
            .filter_map(|&(_, field)| field)
            .map(|field: Field<'_>| Label::new(field.value.span(), "this is all that is written here")),
    );
    let others = cycle.iter().filter(|&&state| state != ways_out[0].id).take(8);
    finding.related.extend(others.map(|&state| {
        let state = cx.machine.state(state);
        Label::new(state.key.span(), format!("`{}` is part of the loop", state.name()))
    }));
}

/// What the rules of a Choice look at: variables, conditions, and what they are compared with, where that is a path.
fn operands<'a>(choice: &State<'a>) -> impl Iterator<Item = Option<Node<'a>>> {
    choice
        .rules()
        .iter()
        .flat_map(Rule::all)
        .flat_map(|rule| match &rule.test {
            Some(Test::Comparison(comparison)) => {
                let operand = comparison.comparator.takes_path().then_some(Some(comparison.field.value));
                [Some(comparison.variable.map(|variable| variable.value)), operand]
            }
            Some(Test::Condition(condition)) => [Some(Some(condition.value)), None],
            Some(Test::And(_) | Test::Or(_) | Test::Not(_)) => [None, None],
            None => [Some(None), None],
        })
        .flatten()
}

/// The expressions of a state, by their nodes.
fn by_node<'c, 'a>(cx: &'c Analysis<'a>, state: StateId) -> HashMap<usize, &'c Expression<'a>> {
    let all = cx.expressions();
    let first = all.partition_point(|expression| expression.site.state < state);
    let of_state = all[first..].iter().take_while(|expression| expression.site.state == state);
    of_state.map(|expression| (expression.node.index(), expression)).collect()
}
