//! Turns the catchers of a state into ways out of it: which errors get to each, and what it hands on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Reason;
use super::super::atom::{Root, Sort, Tag, Tags};
use super::super::explore::{Goal, Throw};
use super::super::model::Concrete;
use super::super::term::Term;
use super::super::value::{ValueId, World};
use super::document::{Document, Env};
use super::{Building, Instance, Out};
use crate::asl::pattern::pattern;
use crate::asl::{Edge, Order, State};
use crate::eval::Value;
use crate::flow::errors::{Kept, Others};

/// The unknowns that say what gets to a catcher.
#[derive(Debug)]
pub(super) struct Thrown {
    /// Whether it is entered.
    selected: Root,
    error: ErrorName,
    cause: Root,
}

/// The unknowns that say what an error is called.
#[derive(Debug)]
enum ErrorName {
    /// Its value.
    Any(Root),
    /// The first of which one is true; without any the last.
    OneOf(Vec<(Root, Arc<str>)>, Arc<str>),
}

impl Thrown {
    /// What a solver's values say gets to the catcher, if they say that it is entered.
    pub(super) fn read(&self, world: &World, values: &Concrete) -> Option<Throw> {
        let is_true = |root: &Root| values.get(world, root).and_then(Value::as_bool) == Some(true);
        if !is_true(&self.selected) {
            return None;
        }
        let text = |root: &Root| values.get(world, root).and_then(Value::as_str).map(Arc::<str>::from);
        let error = match &self.error {
            ErrorName::Any(root) => text(root),
            ErrorName::OneOf(first, last) => {
                let selected = first.iter().find(|(root, _)| is_true(root));
                Some(Arc::clone(selected.map_or(last, |(_, name)| name)))
            }
        };
        Some(Throw { error, cause: text(&self.cause) })
    }
}

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
            let (name, error, fits) = self.error(state, number);
            let cause = self.store.world.fresh(Tags::new(&[Tag::Str]));
            let condition = self.all(&[reached, fails, selected, fits]);
            let condition = if self.dead.contains(&goal) { Term::FALSE } else { condition };
            if instance == Instance::Main {
                self.goals.insert(goal, condition);
                let cause = self.root_of(cause);
                self.throws.insert((state.id, number), Thrown { selected: root, error: name, cause });
            }
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

    /// The error that gets to a catcher, and when it does.
    fn error(&mut self, state: &State<'t>, number: usize) -> (ErrorName, ValueId, Term) {
        let caught = self.facts.errors.raised(state.id).caught(state, number);
        let (name, error, fits) = match &caught.others {
            Some(others) => self.unknown_error(others, &caught.names),
            None => self.one_of(&caught.names),
        };
        if !caught.is_doubted {
            return (name, error, fits);
        }
        let timeout = self.is_error(error, "States.Timeout");
        let what = "which errors of the service's own `States.TaskFailed` stands for";
        let world = &mut self.store.world;
        let is_all_of_them = world.doubt(Reason::NotModelled(what.to_owned()), true);
        let gets_by = world.terms.or(timeout, is_all_of_them.negate());
        let fits = world.terms.and(fits, gets_by);
        (name, error, fits)
    }

    fn is_error(&mut self, error: ValueId, name: &str) -> Term {
        let world = &mut self.store.world;
        let name = world.constant(name.into());
        world.compare(Sort::Str, Order::Equals, error, name)
    }

    /// An error of these names, or of others.
    fn unknown_error(&mut self, others: &Others<'t>, names: &[&'t str]) -> (ErrorName, ValueId, Term) {
        let error = self.store.world.fresh(Tags::new(&[Tag::Str]));
        let root = self.root_of(error);
        let mut among = Vec::new();
        let kept = self.store.world.matches(error, &pattern("States.*"));
        match others.kept {
            Kept::Any => {}
            Kept::Http => {
                let http = self.store.world.matches(error, &pattern("States.Http.*"));
                among.push(self.store.world.terms.or(kept.negate(), http));
            }
            Kept::None => among.push(kept.negate()),
        }
        for name in &others.but {
            among.push(self.is_error(error, name).negate());
        }
        let is_other = self.store.world.terms.all(among);
        let mut ways = vec![is_other];
        for name in names {
            ways.push(self.is_error(error, name));
        }
        (ErrorName::Any(root), error, self.store.world.terms.any(ways))
    }

    /// An error of these names; none without any.
    fn one_of(&mut self, names: &[&'t str]) -> (ErrorName, ValueId, Term) {
        let Some((&last, first)) = names.split_last() else {
            let error = self.store.world.constant("".into());
            return (ErrorName::OneOf(Vec::new(), "".into()), error, Term::FALSE);
        };
        let mut error = self.store.world.constant(last.into());
        let mut selected = Vec::with_capacity(first.len());
        for &name in first {
            let (is_it, root) = self.selector();
            let constant = self.store.world.constant(name.into());
            error = self.store.world.merge(is_it, constant, error);
            selected.push((root, name.into()));
        }
        // What was merged last is asked first.
        selected.reverse();
        (ErrorName::OneOf(selected, last.into()), error, Term::TRUE)
    }
}
