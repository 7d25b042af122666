//! The order in which executions come to the states of a machine, so that whoever follows it seldom has to come back.

use crate::asl::{Machine, StateId};
use crate::graph::Graph;

use super::Point;

/// The place of each point, reverse postorder: outside of loops what leads to a point comes before it.
#[derive(Debug)]
pub(super) struct Order {
    enter: Vec<u32>,
    leave: Vec<u32>,
}

impl Order {
    pub(super) fn new(machine: &Machine<'_>, graph: &Graph<'_>) -> Self {
        let n_states = machine.states.len();
        let mut seen = vec![false; n_states * 2];
        let mut finished = Vec::with_capacity(n_states * 2);
        let number = |point: Point| match point {
            Point::Enter(state) => state.index() * 2,
            Point::Leave(state) => state.index() * 2 + 1,
        };
        // Neither names nor the order of the text have a part in it.
        let mut roots: Vec<StateId> = machine.states.iter().map(|state| state.id).collect();
        roots.sort_by_key(|&state| graph.rank(state));
        for root in roots {
            // Each point with those it leads to and that were not looked at yet.
            let mut open: Vec<(Point, Vec<Point>)> = Vec::new();
            let mut next = Some(Point::Enter(root));
            loop {
                if let Some(point) = next.take().filter(|&point| !std::mem::replace(&mut seen[number(point)], true)) {
                    open.push((point, following(machine, graph, point)));
                }
                let Some((point, left)) = open.last_mut() else { break };
                next = left.pop();
                if next.is_none() {
                    finished.push(number(*point));
                    open.pop();
                }
            }
        }
        let mut order = Self { enter: vec![0; n_states], leave: vec![0; n_states] };
        for (place, number) in (0..).zip(finished.into_iter().rev()) {
            let of = if number % 2 == 0 { &mut order.enter } else { &mut order.leave };
            of[number / 2] = place;
        }
        order
    }

    pub(super) fn of(&self, point: Point) -> u32 {
        match point {
            Point::Enter(state) => self.enter[state.index()],
            Point::Leave(state) => self.leave[state.index()],
        }
    }
}

/// Where executions come from a point; what lies inside a state is looked at last, and so comes first in the order.
fn following(machine: &Machine<'_>, graph: &Graph<'_>, point: Point) -> Vec<Point> {
    let enter = |(state, _): (StateId, _)| Point::Enter(state);
    let after = |state: StateId| graph.successors(state).map(enter);
    match point {
        Point::Enter(state) if machine.state(state).scopes().is_empty() => {
            let mut points: Vec<Point> = after(state).collect();
            if let Some(owner) = machine.scope(machine.state(state).scope).place.owner()
                && machine.state(state).is_terminal()
            {
                points.push(Point::Leave(owner));
            }
            points
        }
        Point::Enter(state) => {
            let inside: Vec<Point> = graph.inside(machine, state).map(enter).collect();
            std::iter::once(Point::Leave(state)).chain(inside).collect()
        }
        Point::Leave(state) => {
            let mut points: Vec<Point> = after(state).collect();
            if let Some(owner) = machine.scope(machine.state(state).scope).place.owner()
                && machine.state(state).is_terminal()
            {
                points.push(Point::Leave(owner));
            }
            points
        }
    }
}
