//! Turns files of recorded or imagined answers into what each task of an execution gets, and back.
//!
//! Three formats are read ([`Mocks::read`]): ours, the `MockConfigFile.json` of Step Functions Local, and the history of an
//! execution. In each of them the last answer of a task repeats, so that a loop or a retrier never runs out of answers.

mod config;
mod history;
mod read;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use indexmap::IndexMap;

use super::value::{Members, Value};

pub use read::{FileFormat, MockError};

/// The answers of tasks.
///
/// A key is the name of a state, the ARN that a state names in `Resource`, exactly as it stands there, or `*` for every task;
/// that is also the order of looking. The function that `lambda:invoke` calls is no key: its name may come from an expression.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mocks {
    answers: IndexMap<Arc<str>, Vec<Run>>,
}

/// What a task does when it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How it ends.
    pub outcome: Outcome,
    /// How long that takes, in simulated seconds.
    pub seconds: f64,
    /// The time between heartbeats until then; without it none is sent.
    pub heartbeat_seconds: Option<f64>,
}

/// How a task ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It succeeds with this result.
    Return(Value),
    /// The `ItemReader` of a Distributed Map finds these items: an array.
    Read(Value),
    /// It fails.
    Throw {
        /// The name that `Retry` and `Catch` look for.
        error: Arc<str>,
        /// What is told beside it.
        cause: Option<Arc<str>>,
    },
}

/// One answer to several calls in a row.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    answer: Answer,
    /// The number of the call behind the last of them.
    end: usize,
}

impl Answer {
    /// Success at once.
    #[must_use]
    pub const fn returns(value: Value) -> Self {
        Self { outcome: Outcome::Return(value), seconds: 0.0, heartbeat_seconds: None }
    }

    /// Items at once; `items` is an array.
    #[must_use]
    pub const fn reads(items: Value) -> Self {
        Self { outcome: Outcome::Read(items), seconds: 0.0, heartbeat_seconds: None }
    }

    /// Failure at once.
    pub fn throws(error: impl Into<Arc<str>>, cause: Option<Arc<str>>) -> Self {
        Self { outcome: Outcome::Throw { error: error.into(), cause }, seconds: 0.0, heartbeat_seconds: None }
    }

    /// The longest time without a sign of life: what `HeartbeatSeconds` is held against.
    #[must_use]
    pub fn silence(&self) -> f64 {
        self.heartbeat_seconds.map_or(self.seconds, |between| between.min(self.seconds))
    }
}

impl Outcome {
    /// What is returned or read.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        match self {
            Self::Return(value) | Self::Read(value) => Some(value),
            Self::Throw { .. } => None,
        }
    }
}

impl Mocks {
    /// No answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an answer to those of a key: it goes to `times` calls in a row.
    pub fn push(&mut self, key: impl Into<Arc<str>>, answer: Answer, times: usize) {
        let runs = self.answers.entry(key.into()).or_default();
        let start = runs.last().map_or(0, |run| run.end);
        if let Some(end) = start.checked_add(times).filter(|end| *end > start) {
            runs.push(Run { answer, end });
        }
    }

    /// The key that answers for a task: its state's name, its resource or `*`. Calls are counted by it.
    #[must_use]
    pub fn key(&self, state: &str, resource: &str) -> Option<&str> {
        let found = [state, resource, "*"].into_iter().find_map(|key| self.answers.get_key_value(key));
        found.map(|(key, _)| &**key)
    }

    /// The answer to call number `nth` of the task's [`Mocks::key`] in an execution, from 0. Step Functions Local counts like
    /// that too: iterations, retries and loops go on where the call before them stopped.
    ///
    /// `None` where there is no key, and where a key has no answers at all.
    #[must_use]
    pub fn answer(&self, state: &str, resource: &str, nth: usize) -> Option<&Answer> {
        let runs = self.answers.get(self.key(state, resource)?)?;
        let at = runs.partition_point(|run| run.end <= nth);
        runs.get(at).or(runs.last()).map(|run| &run.answer)
    }

    /// The keys, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.answers.keys().map(|key| &**key)
    }

    /// In our own format.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let answers = |runs: &[Run]| {
            let mut start = 0;
            let one = |run: &Run| {
                let times = run.end - start;
                start = run.end;
                run.answer.to_value(times)
            };
            Value::array(runs.iter().map(one).collect())
        };
        Value::members(self.answers.iter().map(|(key, runs)| (Arc::clone(key), answers(runs))))
    }

    /// As a `MockConfigFile.json` with one test case. It has no times and no heartbeats; Step Functions Local knows names of
    /// states only as keys, and fails the execution at the first call behind the last answer. It runs no Distributed Map, so
    /// what those read has no place in it.
    #[must_use]
    pub fn to_mock_config(&self, machine: &str, case: &str) -> Value {
        let is_read = |run: &Run| matches!(run.answer.outcome, Outcome::Read(_));
        let answers = || self.answers.iter().filter(|(_, runs)| !runs.iter().any(is_read));
        let states = answers().map(|(key, _)| (Arc::clone(key), Value::from(Arc::clone(key))));
        let case = Value::members([(case, Value::members(states))]);
        let machine = Value::members([(machine, Value::members([("TestCases", case)]))]);
        let responses = answers().map(|(key, runs)| (Arc::clone(key), config::response(runs)));
        Value::members([("StateMachines", machine), ("MockedResponses", Value::members(responses))])
    }
}

impl Answer {
    fn to_value(&self, times: usize) -> Value {
        let mut members = Members::new();
        let mut put = |name: &str, value: Value| _ = members.insert(name.into(), value);
        match &self.outcome {
            Outcome::Return(value) => put("return", value.clone()),
            Outcome::Read(items) => put("read", items.clone()),
            Outcome::Throw { error, cause } => {
                put("error", Arc::clone(error).into());
                if let Some(cause) = cause {
                    put("cause", Arc::clone(cause).into());
                }
            }
        }
        if self.seconds > 0.0 {
            put("seconds", self.seconds.into());
        }
        if let Some(between) = self.heartbeat_seconds {
            put("heartbeatSeconds", between.into());
        }
        if times != 1 {
            put("times", Value::from(i64::try_from(times).unwrap_or(i64::MAX)));
        }
        Value::object(members)
    }
}
