//! A Task state: the call, and the answer that a mock gives.

use std::sync::Arc;

use crate::asl::resource::Resource;
use crate::asl::{Language, State};
use crate::syntax::Node;

use super::super::Value;
use super::super::mock::{Answer, Outcome};
use super::context::States;
use super::failure::{DATA_LIMIT, Failure, NOT_MOCKED, Reach, TIMEOUT, UNFIT};
use super::fields::Target;
use super::history::{Call, CallKind};
use super::pipeline::{Handed, View};
use super::retry::milliseconds;
use super::{Happening, Interpreter, MAX_PAYLOAD, Stage, Stop};

/// The longest call of an HTTP Task, in seconds (AWS guide, "Quotas").
const HTTP_SECONDS: f64 = 60.0;

impl<'t> Interpreter<'_, 't> {
    /// Calls the task.
    pub(super) fn task(&mut self, state: &State<'t>, view: View<'_>) -> Result<Handed, Stop> {
        let effective = self.effective_input(state, view)?;
        let fields = self.program.fields(state.node);
        let (mut timeout, mut heartbeat) = (None, None);
        if fields.is_timed {
            timeout = self.dynamic_whole(state, state.node, "TimeoutSeconds", &effective, view)?;
            heartbeat = self.dynamic_whole(state, state.node, "HeartbeatSeconds", &effective, view)?;
        }
        let parameters = self.arguments(state, &effective, view)?;
        let role = match fields.credentials {
            Some(credentials) => self.role(state, credentials, &effective, view)?,
            None => None,
        };
        let unnamed;
        let target = match &fields.call {
            Some(target) => target,
            None => {
                unnamed = Target::new("");
                &unnamed
            }
        };
        let call = Arc::new(Call {
            kind: target.kind(),
            is_submitted: target.is_submitted,
            resource: Arc::clone(&target.text),
            parameters: if self.setup.keeps_values { parameters } else { Value::Null },
            timeout,
            heartbeat,
            role,
        });
        let Some(answer) = self.next_answer(state, &target.text) else {
            return Err(Stop::Unanswered(not_mocked(state, &target.text)));
        };
        if matches!(answer.outcome, Outcome::Read(_)) {
            return Err(misplaced(state));
        }
        self.happens(Happening::Called(state.id, Arc::clone(&call)));
        let result = self.settle_call(state, target, &call, answer);
        let result = match result {
            Ok(result) => result,
            Err(Stop::Failed(failure)) => {
                self.happens(Happening::Threw(state.id, call, failure.clone()));
                return Err(failure.into());
            }
            Err(stop) => return Err(stop),
        };
        self.happens(Happening::Returned(state.id, call, result.clone()));
        self.stage(state, Stage::Result, &result);
        self.hand_on(state, result, view)
    }

    /// The role that `Credentials` name.
    fn role(
        &mut self,
        state: &State<'t>,
        credentials: Node<'t>,
        effective: &Value,
        view: View<'_>,
    ) -> Result<Option<Arc<str>>, Stop> {
        let credentials = match state.language {
            Language::JsonPath => self.fill(credentials, effective, view)?,
            Language::Jsonata => {
                let states = States::new(view, None);
                self.evaluate(credentials, view, &states)?
            }
        };
        Ok(credentials.get("RoleArn").and_then(Value::as_str).map(Arc::from))
    }

    /// The next answer for a call.
    fn next_answer(&mut self, state: &State<'t>, resource: &str) -> Option<Answer> {
        let mocks = self.setup.mocks;
        let key = mocks.key(state.name(), resource)?;
        let n = self.answered.entry(key).or_default();
        let answer = mocks.answer(state.name(), resource, *n);
        *n += 1;
        self.given.push((self.now, key));
        answer.cloned()
    }

    /// Takes back the answers that were given later than `until` and behind the first `n`: those calls never happened.
    pub(super) fn take_back_answers(&mut self, n: usize, until: i64) {
        for (_, key) in self.given.extract_if(n.., |&mut (at, _)| at > until) {
            if let Some(n) = self.answered.get_mut(key) {
                *n -= 1;
            }
        }
    }

    /// What a mock says in the place of a whole Parallel or Map, where there is one for it by name.
    pub(super) fn container_answer(&mut self, state: &State<'t>) -> Result<Option<Value>, Stop> {
        match self.mocked(state)? {
            Some(Outcome::Return(value)) => Ok(Some(value)),
            Some(_) => Err(misplaced(state)),
            None => Ok(None),
        }
    }

    /// The same, or what the `ItemReader` of a Distributed Map finds.
    pub(super) fn mocked(&mut self, state: &State<'t>) -> Result<Option<Outcome>, Stop> {
        let name = state.name();
        if self.setup.mocks.key(name, name) != Some(name) {
            return Ok(None);
        }
        let Some(answer) = self.next_answer(state, name) else { return Ok(None) };
        self.wait_seconds(answer.seconds)?;
        match answer.outcome {
            Outcome::Throw { error, cause } => Err(Failure::answered(error, cause).into()),
            outcome => Ok(Some(outcome)),
        }
    }

    /// Lets the time of a call pass, and gives what comes of it.
    fn settle_call(&mut self, state: &State<'t>, called: &Target, call: &Call, answer: Answer) -> Result<Value, Stop> {
        let limit = |seconds: Option<i64>| seconds.map_or(f64::INFINITY, |seconds| seconds as f64);
        let timed_out = |reach| Failure { reach, ..Failure::thrown(Some(TIMEOUT.into()), None) };
        let timeout = limit(call.timeout);
        let silence = if called.has_heartbeats { answer.silence() } else { 0.0 };
        let heartbeat = limit(call.heartbeat);
        if silence > heartbeat && heartbeat < timeout {
            self.wait_seconds(heartbeat)?;
            return Err(timed_out(Reach::Heartbeat).into());
        }
        if answer.seconds > timeout {
            self.wait_seconds(timeout)?;
            return Err(timed_out(Reach::Any).into());
        }
        if called.resource == Resource::HttpInvoke && answer.seconds > HTTP_SECONDS {
            self.wait_seconds(HTTP_SECONDS)?;
            let cause = format!("an HTTP Task waits {HTTP_SECONDS} seconds for its answer, and no longer");
            return Err(Failure::new("States.Http.Socket", cause).into());
        }
        self.advance(milliseconds(answer.seconds))?;
        match answer.outcome {
            Outcome::Return(value) if value.exceeds(MAX_PAYLOAD) => {
                let name = match call.kind {
                    CallKind::Task => call.resource.rsplit(':').nth(1).unwrap_or(&call.resource),
                    _ => &call.resource,
                };
                let cause = format!(
                    "The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."
                );
                // Of a task it is caught, also by `States.ALL` (recorded), whatever the guide says of it.
                Err(Failure { at: Some(state.key.span()), ..Failure::new(DATA_LIMIT, cause) }.into())
            }
            Outcome::Return(value) | Outcome::Read(value) => Ok(value),
            Outcome::Throw { error, cause } => Err(Failure::answered(error, cause).into()),
        }
    }
}

/// A task that no mock answers.
fn not_mocked(state: &State<'_>, resource: &str) -> Failure {
    let name = state.name();
    let key = Value::from(name).to_json();
    let cause = format!(
        "`{name}` calls `{resource}`, and no mock answers it: write {{{key}: [{{\"return\": …}}]}} into a file and name it with `--mocks FILE`"
    );
    let (at, state) = (Some(state.key.span()), Some(state.id));
    Failure { at, state, reach: Reach::Nobody, ..Failure::new(NOT_MOCKED, cause) }
}

/// The mocks have items for an `ItemReader`, and the state has none.
pub(super) fn misplaced(state: &State<'_>) -> Stop {
    let name = state.name();
    let cause = format!(
        "the mocks say what `{name}` reads, and it has no `ItemReader`: write `return` for its result, or `error`"
    );
    let (at, state) = (Some(state.key.span()), Some(state.id));
    Stop::Unanswered(Failure { at, state, reach: Reach::Nobody, ..Failure::new(UNFIT, cause) })
}
