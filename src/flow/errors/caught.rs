//! Turns what a state may fail with into what of it gets to one of its catchers.
//!
//! It holds at least every error that enters the catcher; of what is not in it, none does.

use super::{Errors, MAP_FILES, RESULT_WRITER, TASK_LIMIT, bit};
use crate::asl::{Raiser, State, StateType};
use crate::syntax::Node;

/// The errors that get to a catcher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caught<'t> {
    /// These by their names.
    pub names: Vec<&'t str>,
    /// Others, of which only this is known.
    pub others: Option<Others<'t>>,
    /// Whether `States.TaskFailed` stands before, and perhaps takes all of it but timeouts.
    pub is_doubted: bool,
}

/// Names that nobody lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Others<'t> {
    /// Which of the names that are kept for the service may be among them.
    pub kept: Kept,
    /// These are not.
    pub but: Vec<&'t str>,
}

/// Names that start with `States.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Any.
    Any,
    /// Those of HTTP Tasks: `States.Http.`.
    Http,
    /// None.
    None,
}

impl Caught<'_> {
    /// Whether nothing gets there.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.names.is_empty() && self.others.is_none()
    }
}

impl<'t> Errors<'t> {
    /// What of these errors, which are those of the state, gets to its catcher of a number.
    #[must_use]
    pub fn caught(&self, state: &State<'t>, number: usize) -> Caught<'t> {
        let mut caught = Caught::default();
        let (Some(catcher), before) = (state.catchers.get(number), state.catchers.get(..number)) else { return caught };
        let before = before.unwrap_or_default().iter().flat_map(|catcher| &catcher.errors);
        let before: Vec<&'t str> = before.filter_map(plain).collect();
        if before.contains(&"States.ALL") {
            return caught;
        }
        for error in &catcher.errors {
            match plain(error) {
                // A placeholder may be any name.
                None => caught.others = Some(Others { kept: Kept::Any, but: Vec::new() }),
                Some("States.ALL") => self.take(&mut caught, &[]),
                Some("States.TaskFailed") => self.take(&mut caught, &["States.Timeout"]),
                // A missed heartbeat is told as a timeout (recorded), and caught by its own name, too.
                Some(name @ "States.HeartbeatTimeout") if self.may_be(name) => {
                    caught.names.extend([name, "States.Timeout"]);
                }
                Some(name) if self.may_be_caught(name) => caught.names.push(name),
                Some(_) => {}
            }
        }
        // Nothing certainly catches `States.Runtime`, whoever gives an error that name.
        let is_left = |name: &str| name == "States.Runtime" || !before.contains(&name);
        caught.names.retain(|name| is_left(name));
        if let Some(others) = &mut caught.others {
            others.but.extend(before.iter().filter(|name| !is_left(name)));
        }
        if before.contains(&"States.TaskFailed") {
            self.behind_task_failed(state, &mut caught);
        }
        let mut told: Vec<&str> = Vec::new();
        caught.names.retain(|name| {
            !told.contains(name) && {
                told.push(name);
                true
            }
        });
        caught
    }

    /// Whether a catcher that names an error ever sees one of that name.
    fn may_be_caught(&self, name: &str) -> bool {
        let by_name = || self.names.contains_key(name) || self.raisers.keys().any(|raiser| raiser.may_raise(name));
        match name {
            "States.Runtime" => by_name(),
            "" => self.may_be(name) || self.may_be_nameless(),
            _ => self.may_be(name),
        }
    }

    /// Adds what a name that stands for others matches.
    fn take(&self, caught: &mut Caught<'t>, but: &[&'t str]) {
        let is_taken = |name: &str| match name {
            "States.Runtime" => false,
            // A payload that is too large fails the execution, unless it is what a task answers.
            "States.DataLimitExceeded" => self.own & TASK_LIMIT != 0,
            name => !but.contains(&name),
        };
        for name in self.own().filter(|name| is_taken(name)) {
            caught.names.push(name);
        }
        if self.own & MAP_FILES != 0 {
            caught.names.push(RESULT_WRITER);
        }
        caught.names.extend(self.names.keys().copied().filter(|name| !but.contains(name)));
        let kept = if self.may_be_nameless() {
            Kept::Any
        } else if self.raisers.contains_key(&Raiser::Http) {
            Kept::Http
        } else {
            Kept::None
        };
        match &mut caught.others {
            Some(others) => others.but.retain(|name| but.contains(name)),
            None if self.may_be_nameless() || !self.raisers.is_empty() => {
                caught.others = Some(Others { kept, but: but.to_vec() });
            }
            None => {}
        }
    }

    /// Takes out what the catcher of `States.TaskFailed` before takes: "any known error name except for `States.Timeout`" (developer
    /// guide), recorded of the errors of functions and services. Of the service's own names, of what fails inside a state, and of
    /// what nobody knows the names of, that is not known.
    fn behind_task_failed(&self, state: &State<'t>, caught: &mut Caught<'t>) {
        caught.is_doubted = state.kind != Some(StateType::Task) || self.may_be_nameless();
        if caught.is_doubted {
            return;
        }
        caught.names.retain(|name| match *name {
            "States.Timeout" | "States.HeartbeatTimeout" => self.own & bit(name) != 0,
            name => name.starts_with("States."),
        });
        caught.others.take_if(|others| others.kept == Kept::None);
        caught.is_doubted = caught.others.is_some() || caught.names.iter().any(|name| *name != "States.Timeout");
    }
}

/// A name that nothing is filled into.
fn plain<'t>(node: &Node<'t>) -> Option<&'t str> {
    node.as_str().filter(|_| !node.is_open())
}
