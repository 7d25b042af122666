//! Turns a machine into the loops in which it asks the same question round after round, until the answer is another one.
//!
//! A loop polls if all its tasks send the same request in every round, and if nothing in it counts or looks at a clock: only an
//! answer ends it, and nothing in the machine says when.

use std::collections::HashSet;

use crate::asl::expression::{Expression, Origin};
use crate::asl::resource::{Pattern, Resource};
use crate::asl::sites::{Owner, Role, dynamic_members, strings};
use crate::asl::{Edge, Language, State, StateId, StateType};
use crate::syntax::Node;

use super::counting::n_events;
use super::loops::{Changes, Facts};

/// A loop that polls.
#[derive(Clone, Debug)]
pub struct Poll {
    /// Its states, in document order.
    pub states: Vec<StateId>,
    /// The tasks among them: at least one.
    pub tasks: Vec<StateId>,
    /// Seconds that a round lasts at least: 0 where nothing waits.
    pub seconds: i64,
    /// Events of the history that a round makes; `None` where there is more than one way round.
    pub n_events: Option<i64>,
}

impl<'c, 't> Facts<'c, 't> {
    /// The loops that poll, in document order: those in which nothing waits, and those with Wait states all of whose durations
    /// `seconds` tells. A loop that waits for jobs, callbacks or activities is none of them.
    #[must_use]
    pub fn polls<'r>(
        self,
        seconds: impl Fn(&State<'t>) -> Option<i64>,
        resource: impl Fn(&State<'t>) -> &'r Resource,
    ) -> Vec<Poll> {
        let works = |state: StateId| {
            let state = self.machine.state(state);
            let is_task = state.kind == Some(StateType::Task);
            let is_slow = |resource: &Resource| {
                resource.pattern() != Pattern::RequestResponse || matches!(resource, Resource::Activity { .. })
            };
            let is_known = |resource: &Resource| !matches!(resource, Resource::Open | Resource::Unreadable);
            !is_task || (is_known(resource(state)) && !is_slow(resource(state)))
        };
        let is_wait = |state: StateId| self.machine.state(state).kind == Some(StateType::Wait);
        let mut polls: Vec<Poll> = Vec::new();
        let restless = self.graph.cycles_without_failure(|state| works(state) && !is_wait(state));
        polls.extend(restless.into_iter().filter_map(|states| self.poll(states, 0)));
        let busy: HashSet<StateId> = polls.iter().flat_map(|poll| &poll.states).copied().collect();
        for states in self.graph.cycles_without_failure(works) {
            let waits = states.iter().filter(|&&state| is_wait(state)).map(|&state| seconds(self.machine.state(state)));
            let Some(lasts) = waits.sum::<Option<i64>>().filter(|&lasts| lasts > 0) else { continue };
            if !states.iter().any(|state| busy.contains(state)) {
                polls.extend(self.poll(states, lasts));
            }
        }
        polls.sort_by(|one, other| one.states.cmp(&other.states));
        polls
    }

    fn poll(self, states: Vec<StateId>, seconds: i64) -> Option<Poll> {
        let machine = self.machine;
        let scope = machine.state(states[0]).scope;
        if self.graph.is_open(scope) || self.variables.seen_from(scope).any(|scope| self.variables.is_open(scope)) {
            return None;
        }
        let all = || states.iter().map(|&state| machine.state(state));
        if !all().all(|state| state.is_language_known && state.scopes().is_empty() && self.graph.is_reachable(state.id))
        {
            return None;
        }
        let tasks: Vec<StateId> =
            all().filter(|state| state.kind == Some(StateType::Task)).map(|state| state.id).collect();
        let changes = Changes::of(machine, self.variables, &states);
        let is_steady = |&task: &StateId| self.is_steady(machine.state(task), &changes);
        if tasks.is_empty() || !tasks.iter().all(is_steady) || all().any(|state| self.remembers(state, &changes)) {
            return None;
        }
        let goes_on = |state: StateId| {
            let leads_on =
                |&(to, edge): &(StateId, Edge)| !matches!(edge, Edge::Catch(_)) && states.binary_search(&to).is_ok();
            let mut next: Vec<StateId> = self.graph.successors(state).filter(leads_on).map(|(to, _)| to).collect();
            next.sort_unstable();
            next.dedup();
            next.len()
        };
        let n_events = states.iter().all(|&state| goes_on(state) == 1).then(|| all().map(n_events).sum());
        Some(Poll { states, tasks, seconds, n_events })
    }

    /// Whether a task sends the same request in every round.
    fn is_steady(self, task: &State<'t>, changes: &Changes<'t>) -> bool {
        let name = match task.language {
            Language::JsonPath => "Parameters",
            Language::Jsonata => "Arguments",
        };
        let Some(request) = task.field(name) else { return false };
        let may_be_read = |text: Node<'_>| text.is_open() && text.content().contains("{%");
        let is_known = match task.language {
            Language::JsonPath => !dynamic_members(request.value).any(|member| member.value.is_open()),
            Language::Jsonata => !strings(request.value).any(may_be_read),
        };
        let mut reads = self.of_state(task.id).filter(|found| found.site.field.name() == name);
        is_known
            && task.field("InputPath").is_none()
            && !request.value.is_open()
            && !reads.any(|found| changes.touch_expression(self.variables, task.scope, found))
    }

    /// Whether a state of the loop makes a value from one of the round before, or asks for the time.
    fn remembers(self, state: &State<'t>, changes: &Changes<'t>) -> bool {
        let touches = |found: &Expression<'t>| {
            found.references().iter().any(|reference| {
                // What the task has just answered is new in every round.
                let is_answer = match reference.origin {
                    Origin::Document => state.kind == Some(StateType::Task),
                    Origin::States => reference.members.first().is_some_and(|first| first.name == "result"),
                    Origin::Context | Origin::Variable(_) => false,
                };
                !is_answer && changes.touch(self.variables, state.scope, reference)
            })
        };
        let is_time = |found: &Expression<'t>| {
            found.references().iter().any(|reference| match reference.origin {
                Origin::Context | Origin::States => reference
                    .of_context()
                    .is_some_and(|members| !matches!(members.first(), Some(first) if first.name == "Execution")),
                Origin::Variable(name) => matches!(name, "now" | "millis" | "random"),
                Origin::Document => false,
            })
        };
        self.of_state(state.id).any(|found| {
            let field = found.site.field.name();
            let is_condition = matches!(found.site.owner, Owner::Rule(_) | Owner::NestedRule(_));
            let makes = matches!(field, "Assign" | "Output")
                || (state.kind != Some(StateType::Task) && found.site.role == Role::Template);
            (makes && touches(found)) || ((makes || is_condition) && is_time(found))
        })
    }
}
