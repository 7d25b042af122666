//! Turns the catchers of a state into ways out of it: which errors get to each, and what it hands on.

use std::collections::BTreeMap;

use super::super::Reason;
use super::super::atom::{Sort, Tag, Tags};
use super::super::explore::Goal;
use super::super::term::Term;
use super::super::value::{ValueId, World};
use super::document::{Document, Env};
use super::{Building, Instance, Out};
use crate::asl::{Catcher, Edge, Order, State};

impl<'t> Building<'_, 't> {
    /// The ways over the catchers of a state.
    pub(super) fn catch(
        &mut self,
        state: &State<'t>,
        env: &Env,
        reached: Term,
        fails: Term,
        instance: Instance,
        outs: &mut Vec<Out>,
    ) {
        // Of what fails inside, something else may fail first.
        let gets_out = match state.scopes() {
            [] => Term::TRUE,
            _ => self.store.world.free(Reason::NotModelled("what fails first inside a state".to_owned())),
        };
        let fails = self.store.world.terms.and(fails, gets_out);
        for (number, catcher) in state.catchers.iter().enumerate() {
            let (selected, root) = self.selector();
            let goal = Goal::Caught(state.id, number);
            let (error, fits) = self.error(state, number, catcher);
            let condition = self.all(&[reached, fails, selected, fits]);
            let condition = if self.dead.contains(&goal) { Term::FALSE } else { condition };
            if instance == Instance::Main {
                self.goals.insert(goal, condition);
                self.throws.insert((state.id, number), (root, error));
            }
            let cause = self.store.world.fresh(Tags::new(&[Tag::Str]));
            let members = BTreeMap::from([("Error".into(), error), ("Cause".into(), cause)]);
            let output = self.store.world.object(members, None);
            let mut view = self.view(state, env);
            let handed = if state.language == crate::asl::Language::Jsonata {
                view.result = Some(("errorOutput", output));
                self.hand_on_jsonata(catcher.node, env, Document::from(output), &mut view)
            } else {
                view.document = output;
                let assigned = self.assigned(catcher.node, &mut view);
                let document = self.placed(catcher.node.get("ResultPath"), env, output, &mut view);
                let mut variables = env.variables.clone();
                variables.extend(assigned);
                Env { document, variables }
            };
            let condition = self.store.world.terms.and(condition, view.fails.negate());
            outs.push(Out { edge: Some(Edge::Catch(number)), condition, env: handed });
        }
    }

    /// The name of an error that gets to a catcher, and when it does: it is one that the catcher names, and none of those before it
    /// does.
    fn error(&mut self, state: &State<'t>, number: usize, catcher: &Catcher<'t>) -> (ValueId, Term) {
        let world = &mut self.store.world;
        let error = world.fresh(Tags::new(&[Tag::Str]));
        let equals = |world: &mut World, name: &str| {
            let name = world.constant(name.into());
            world.compare(Sort::Str, Order::Equals, error, name)
        };
        let mut named = Vec::new();
        for name in &catcher.errors {
            named.push(match name.as_str().filter(|_| !name.is_open()) {
                None | Some("States.ALL" | "States.TaskFailed") => Term::TRUE,
                // A missed heartbeat is told as a timeout (recorded).
                Some(name @ "States.HeartbeatTimeout") => {
                    let [own, timeout] = [name, "States.Timeout"].map(|name| equals(world, name));
                    world.terms.or(own, timeout)
                }
                Some(name) => equals(world, name),
            });
        }
        let mut parts = vec![world.terms.any(named)];
        for name in state.catchers[..number].iter().flat_map(|before| &before.errors) {
            if let Some(name) = name.as_str().filter(|name| !name.starts_with("States.") && !name.is_empty()) {
                parts.push(equals(world, name).negate());
            }
        }
        let is_all = |name: &str| name == "States.TaskFailed";
        let before = state.catchers[..number].iter().flat_map(|before| &before.errors);
        if before.filter_map(|name| name.as_str()).any(is_all) {
            // Documented is only that it does not stand for a timeout.
            let raised = self.facts.errors.raised(state.id);
            let times_out = match raised.is_open() || raised.may_be("States.Timeout") {
                true => equals(world, "States.Timeout"),
                false => Term::FALSE,
            };
            let what = "which errors of the service's own `States.TaskFailed` stands for";
            let is_all_of_them = world.doubt(Reason::NotModelled(what.to_owned()), true);
            parts.push(world.terms.or(times_out, is_all_of_them.negate()));
        }
        (error, world.terms.all(parts))
    }
}
