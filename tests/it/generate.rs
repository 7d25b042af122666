//! A seed into a machine, an input and the answers of its tasks.
//!
//! What is written passes the checks of the service and mostly runs to an end: a sample of the document is carried along from
//! state to state, so that a path leads to a value of the sort that is called for. Now and then it leads nowhere, or to another
//! sort. The same seed gives the same case.

mod jsonata;
mod rules;
mod states;
mod templates;
mod values;

use std::collections::BTreeMap;

use aslint::eval::{Answer, Mocks};
use serde_json::{Map, Value, json};

use super::mutate::Dice;

/// What machines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// JSONPath states in which no time passes.
    Paths,
    /// States of both languages, tasks and waits, retries with delays, Distributed Maps.
    Mixed,
    /// The same, all of JSONata.
    Jsonata,
}

/// Something to execute.
#[derive(Debug)]
pub(crate) struct Case {
    /// The machine, as JSON.
    pub(crate) definition: String,
    /// The input, as JSON.
    pub(crate) input: String,
    /// The answers of the tasks.
    pub(crate) mocks: Mocks,
}

/// The case of a seed.
pub(crate) fn case(flavour: Flavour, seed: usize) -> Case {
    let dice = Dice::of(&format!("{flavour:?} {seed}"));
    let mut writer = Writer { dice, flavour, n_states: 0, n_variables: 0, mocks: Mocks::new() };
    let input = writer.input();
    let scene = Scene { document: input.clone(), input: input.clone(), item: None, variables: BTreeMap::new() };
    let (mut machine, _) = writer.scope(&scene, 0);
    if flavour == Flavour::Jsonata {
        machine["QueryLanguage"] = json!("JSONata");
    }
    Case { definition: machine.to_string(), input: input.to_string(), mocks: writer.mocks }
}

/// A case on its way.
#[derive(Debug)]
struct Writer {
    dice: Dice,
    flavour: Flavour,
    n_states: usize,
    n_variables: usize,
    mocks: Mocks,
}

/// What the expressions of a state see, each with a sample.
#[derive(Clone, Debug)]
struct Scene {
    /// The input of the state, or what `$` means besides.
    document: Value,
    /// The input of the execution.
    input: Value,
    /// The item of the innermost Map.
    item: Option<Value>,
    /// Variables by name, without the `$`.
    variables: BTreeMap<String, Value>,
}

impl Scene {
    /// The same with another document.
    fn with(&self, document: Value) -> Self {
        Self { document, ..self.clone() }
    }
}

/// An expression and a sample of its value.
type Sampled = (String, Value);

type Fields = Map<String, Value>;

impl Writer {
    /// Whether something that happens in so many cases of a hundred happens.
    fn happens(&mut self, percent: usize) -> bool {
        self.dice.below(100) < percent
    }

    /// At least `from` and at most `to`.
    fn between(&mut self, from: usize, to: usize) -> usize {
        from + self.dice.below(to - from + 1)
    }

    /// One of what there is.
    fn one_of<T>(&mut self, mut list: Vec<T>) -> Option<T> {
        if list.is_empty() { None } else { Some(list.swap_remove(self.dice.below(list.len()))) }
    }

    /// Has the task of this state answer with this value after so many seconds, from now on.
    fn answers(&mut self, state: &str, value: &Value, seconds: usize) {
        self.mocks.push(state, Answer { seconds: seconds as f64, ..Answer::returns(value.into()) }, 1);
    }

    /// Has the task of this state fail so many times with this error.
    fn fails(&mut self, state: &str, error: &str, times: usize) {
        self.mocks.push(state, Answer::throws(error, Some("as told".into())), times);
    }
}
