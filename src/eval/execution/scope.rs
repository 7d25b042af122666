//! From the start of a scope to its end, state by state.

use std::rc::Rc;

use crate::asl::{Edge, Language, ScopeId, State, StateId, StateType};

use super::super::Value;
use super::super::value::Members;
use super::context::{Attempt, Context, Item, Role, States};
use super::failure::{Failure, QUERY, RUNTIME, Reach};
use super::frame::Frame;
use super::history::Sequence;
use super::pipeline::{Handed, View};
use super::retry::Attempts;
use super::{Happening, Interpreter, Stop};

/// What a state comes to.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) output: Value,
    pub(super) assigned: Members,
    /// The state to go to; none ends the scope.
    pub(super) next: Option<StateId>,
}

impl<'t> Interpreter<'_, 't> {
    /// Runs the states of a scope; `frame` has its variables, `item` is what the Map around it works on.
    pub(super) fn run_scope(
        &mut self,
        scope: ScopeId,
        input: Value,
        mut frame: Frame<'_>,
        item: Option<&Item>,
    ) -> Result<Value, Stop> {
        let machine = self.machine;
        let scope = machine.scope(scope);
        let start = scope.start_at.and_then(|start| machine.find(scope.id, start.value.as_str()?));
        let Some(mut current) = start else {
            return Err(Failure::runtime(scope.node, "`StartAt` names no state").into());
        };
        let mut input = input;
        loop {
            let state = machine.state(current);
            let Done { output, assigned, next } = self.visit(state, &input, &frame, item)?;
            let told = if self.setup.keeps_values { assigned.clone() } else { Members::new() };
            self.happens(Happening::Exited(state.id, output.clone(), told));
            frame.assign(assigned);
            let Some(next) = next else { return Ok(output) };
            (current, input) = (next, output);
        }
    }

    /// Enters a state and stays until it is done, attempt by attempt.
    fn visit(
        &mut self,
        state: &State<'t>,
        input: &Value,
        frame: &Frame<'_>,
        item: Option<&Item>,
    ) -> Result<Done, Stop> {
        let before = self.last;
        self.count_attempt()?;
        self.happens(Happening::Entered(state.id, input.clone()));
        if self.now >= self.until {
            self.aborted(state);
            return Err(Stop::Cut);
        }
        let entered = self.now;
        let entry = self.history.n_service();
        let mut attempts = Attempts::new(state);
        loop {
            let n_retries = attempts.total();
            let has_token = self.program.fields(state.node).call.as_ref().is_some_and(|call| call.has_token);
            let token = has_token.then(|| format!("token-{}", self.random.uuid()));
            let attempt = Attempt::new(state, entered, n_retries, token.as_deref());
            let context = Context::new(Rc::clone(&self.identity), attempt, item);
            let view = View { frame, context: &context, input };
            let done = self.attempt(state, view, item);
            let done = done.and_then(|done| {
                // What came in was measured when it went out elsewhere.
                if !done.output.is_same(input) {
                    self.bounded(state, "returned a result", &done.output)?;
                }
                Ok(done)
            });
            let failure = match done {
                Err(Stop::Failed(failure)) => self.explained(state, failure, entry, before),
                Err(Stop::Cut) => {
                    self.aborted(state);
                    return Err(Stop::Cut);
                }
                other => return other,
            };
            self.note(Happening::StateFailed(state.id, failure.clone()));
            if let Some(retry) = attempts.next(&failure, &mut self.random) {
                let (retrier, attempt, delay) = (retry.retrier, retry.attempt, retry.delay);
                self.note(Happening::Retrying { state: state.id, retrier, attempt, delay });
                self.wait_seconds(delay)?;
                self.count_attempt()?;
                continue;
            }
            match state.kind {
                // What nobody can handle ends the execution then and there (recorded).
                _ if failure.reach == Reach::Nobody => {}
                Some(StateType::Map) => self.happens(Happening::MapFailed(state.id)),
                Some(StateType::Parallel) => self.happens(Happening::ParallelFailed(state.id)),
                _ => {}
            }
            // What a catcher makes of it may fail in its turn.
            return match self.catch(state, failure, view) {
                Err(Stop::Failed(failure)) if failure.state.is_none() => {
                    let failure = self.explained(state, failure, entry, before);
                    self.note(Happening::StateFailed(state.id, failure.clone()));
                    Err(failure.into())
                }
                done => done,
            };
        }
    }

    fn count_attempt(&mut self) -> Result<(), Stop> {
        self.states_left = self.states_left.checked_sub(1).ok_or(Stop::Endless)?;
        Ok(())
    }

    /// Records that the state was stopped. Histories know that of states that take time.
    pub(super) fn aborted(&mut self, state: &State<'t>) {
        if matches!(state.kind, Some(StateType::Task | StateType::Wait | StateType::Map | StateType::Parallel)) {
            self.note(Happening::StateAborted(state.id));
        }
    }

    /// One attempt at what the state is for.
    fn attempt(&mut self, state: &State<'t>, view: View<'_>, item: Option<&Item>) -> Result<Done, Stop> {
        let Some(kind) = state.kind else {
            return Err(Failure::runtime(state.key, "the `Type` of this state is not known").into());
        };
        let handed = match kind {
            StateType::Task => self.task(state, view)?,
            StateType::Pass => self.pass(state, view)?,
            StateType::Wait => self.wait(state, view)?,
            StateType::Choice => return self.choice(state, view),
            StateType::Parallel => self.parallel(state, view, item)?,
            StateType::Map => self.map(state, view)?,
            StateType::Succeed => {
                let effective = self.effective_input(state, view)?;
                self.hand_on_input(state, &effective, view)?
            }
            StateType::Fail => return Err(self.fail(state, view)),
        };
        let next = if state.is_terminal() { None } else { Some(self.target(state, Edge::Next)?) };
        Ok(Done { output: handed.output, assigned: handed.assigned, next })
    }

    /// The state that an edge leads to.
    pub(super) fn target(&self, state: &State<'t>, edge: Edge) -> Result<StateId, Failure> {
        let field = state.targets().find(|target| target.edge == edge).map(|target| target.field.value);
        let target = field.and_then(|field| self.machine.find(state.scope, field.as_str()?));
        target.ok_or_else(|| Failure::runtime(field.unwrap_or(state.key), "there is no state to go to from here"))
    }

    fn pass(&mut self, state: &State<'t>, view: View<'_>) -> Result<Handed, Stop> {
        if state.language == Language::Jsonata {
            return self.hand_on_input(state, view.input, view);
        }
        let effective = self.effective_input(state, view)?;
        let result = match self.program.fields(state.node).result {
            Some(result) => Value::from_node(result),
            None => self.arguments(state, &effective, view)?,
        };
        self.hand_on(state, result, view)
    }

    /// What a Fail state fails with.
    fn fail(&mut self, state: &State<'t>, view: View<'_>) -> Stop {
        let mut text = |name: &str| -> Result<_, Stop> {
            let Some((node, value)) = self.dynamic(state, state.node, name, view.input, view)? else { return Ok(None) };
            match value {
                Value::String(text) => Ok(Some(text)),
                value => {
                    let cause = format!("`{name}` is a string, and this is {}", super::pipeline::shown(&value));
                    Err(Failure::unfit(state.language, node, cause).into())
                }
            }
        };
        let (error, cause) = match text("Error").and_then(|error| Ok((error, text("Cause")?))) {
            Ok(texts) => texts,
            Err(stop) => return stop,
        };
        Failure::thrown(error, cause).into()
    }

    /// A failure with the state that it comes from. What an expression fails with gets the sentence that the service puts before
    /// the cause, and of JSONata an event that follows what came before the state (recorded).
    fn explained(&mut self, state: &State<'t>, mut failure: Failure, entry: u32, before: Option<Sequence>) -> Failure {
        if failure.state.is_some() {
            return failure;
        }
        failure.state = Some(state.id);
        let is_ours = failure.at.is_some() && matches!(failure.error.as_deref(), Some(RUNTIME | QUERY));
        if let Some(cause) = failure.cause.take_if(|_| is_ours) {
            let name = state.name();
            let text = format!(
                "An error occurred while executing the state '{name}' (entered at the event id #{entry}). {cause}"
            );
            failure.cause = Some(text.into());
            if failure.error.as_deref() == Some(QUERY) {
                self.last = before;
                self.happens(Happening::EvaluationFailed(state.id, failure.clone()));
            }
        }
        failure
    }

    /// Hands a failure to the first catcher that names it.
    fn catch(&mut self, state: &State<'t>, failure: Failure, view: View<'_>) -> Result<Done, Stop> {
        let found = state.catchers.iter().enumerate().find(|(_, catcher)| failure.is_among(&catcher.errors));
        let Some((index, catcher)) = found else { return Err(failure.into()) };
        self.note(Happening::Caught(state.id, index));
        let output = failure.output();
        let handed = if state.language == Language::Jsonata {
            let states = States::new(view, Some((Role::ErrorOutput, &output)));
            self.hand_on_jsonata(catcher.node, &output, view, &states)?
        } else {
            let assigned = self.assign(catcher.node, &output, view)?;
            let result_path = self.program.fields(catcher.node).result_path;
            Handed { output: self.place(result_path, output, view)?, assigned }
        };
        self.bounded(state, "returned a result", &handed.output)?;
        let next = self.target(state, Edge::Catch(index))?;
        Ok(Done { output: handed.output, assigned: handed.assigned, next: Some(next) })
    }
}
