//! A Distributed Map: items from a file or the state, in batches or one by one, each in a child execution of its own.

use std::rc::Rc;
use std::sync::Arc;

use crate::asl::{Language, MachineType, State};
use crate::syntax::Node;

use super::super::batch::batch_items;
use super::super::item_reader::{ItemReader, ReadError, given_items, read_items};
use super::super::mock::Outcome;
use super::super::result_writer::{Child, ChildEnd, write_results};
use super::super::value::Members;
use super::super::{Object, Value};
use super::containers::Limits;
use super::context::{Item, States, timestamp};
use super::failure::{EXCEEDED, Failure, Reach, TIMEOUT, UNFIT, UNSUPPORTED};
use super::frame::Frame;
use super::history::Progress;
use super::map::{Plan, numbered};
use super::pipeline::{View, is_filled_in};
use super::task::misplaced;
use super::{Happening, Interpreter, Stage, Stop};

impl<'t> Interpreter<'_, 't> {
    /// The run of a Distributed Map.
    pub(super) fn distributed(&mut self, state: &State<'t>, plan: &Plan<'t>, view: View<'_>) -> Result<Value, Stop> {
        let tolerance = self.tolerance(state, plan, view)?;
        let reader = state.node.get("ItemReader");
        // Beside an `ItemReader`, `ItemsPath` is not looked at (recorded).
        let own = if reader.is_none() { self.items(state, &plan.effective, view)? } else { Vec::new() };
        let given = match self.mocked(state)? {
            Some(Outcome::Return(result)) => return Ok(result),
            Some(Outcome::Read(items)) if reader.is_some() => Some(items),
            Some(_) => return Err(misplaced(state)),
            None => None,
        };
        self.happens(Happening::MapStarted(state.id, own.len()));
        let arn: Arc<str> = self.identity.map_run(state, &mut self.random).into();
        self.happens(Happening::MapRunStarted(state.id, Arc::clone(&arn)));
        let items = match reader {
            Some(reader) => self.read(state, reader, given.as_ref(), plan, view),
            None => Ok(own),
        };
        let inputs = items.and_then(|items| self.inputs(state, plan, &items, view));
        let children = inputs.and_then(|inputs| self.children(state, plan, &inputs, tolerance));
        let result = children.and_then(|children| self.written(state, plan, &arn, children, view));
        match &result {
            Ok(_) => {
                let run = self.note(Happening::MapRunSucceeded(state.id));
                self.history.push(self.now, Some(run), Happening::MapSucceeded(state.id));
            }
            Err(Stop::Failed(failure)) => self.happens(Happening::MapRunFailed(state.id, failure.clone())),
            Err(_) => {}
        }
        let result = result?;
        self.bounded(state, "returned a result", &result)?;
        Ok(result)
    }

    /// The items that an `ItemReader` finds, or those that a mock gives.
    fn read(
        &mut self,
        state: &State<'t>,
        reader: Node<'t>,
        given: Option<&Value>,
        plan: &Plan<'t>,
        view: View<'_>,
    ) -> Result<Vec<Item>, Stop> {
        let arguments = self.part_arguments(state, reader, plan, view)?.unwrap_or_default();
        let config = match reader.get("ReaderConfig") {
            Some(config) => Some(self.part(state, config, &["MaxItems"], plan, view)?),
            None => None,
        };
        let resource = reader.get("Resource").and_then(Node::as_str).unwrap_or_default();
        let asked = ItemReader { resource, arguments: &arguments, config: config.as_ref() };
        let items = match given.and_then(Value::as_array) {
            Some(given) => given_items(asked, given, &mut self.budget),
            None => read_items(asked, self.setup.files, &mut self.budget),
        };
        let items = items.map_err(|error| unread(error, reader))?;
        let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
        let source =
            format!("S3://{}/{}", text("Bucket"), if resource.ends_with("V2") { text("Prefix") } else { text("Key") });
        self.stage(state, Stage::Items, &Value::array(items.clone()));
        Ok(numbered(items.into_iter(), &source))
    }

    /// What the child executions start with: an item each, or a batch.
    fn inputs(
        &mut self,
        state: &State<'t>,
        plan: &Plan<'t>,
        items: &[Item],
        view: View<'_>,
    ) -> Result<Vec<Value>, Stop> {
        let mut inputs = Vec::with_capacity(items.len());
        for item in items {
            inputs.push(self.select(state, plan, item, view)?);
        }
        let Some(batcher) = state.node.get("ItemBatcher") else { return Ok(inputs) };
        let options = self.part(state, batcher, &["MaxItemsPerBatch", "MaxInputBytesPerBatch"], plan, view)?;
        batch_items(inputs, &options).map_err(|error| unread(error, batcher))
    }

    /// `Parameters` or `Arguments` of a part of the Map.
    fn part_arguments(
        &mut self,
        state: &State<'t>,
        part: Node<'t>,
        plan: &Plan<'t>,
        view: View<'_>,
    ) -> Result<Option<Value>, Stop> {
        match state.language {
            Language::JsonPath => {
                part.get("Parameters").map(|template| self.fill(template, &plan.effective, view)).transpose()
            }
            Language::Jsonata => {
                let states = States::new(view, None);
                part.get("Arguments").map(|arguments| self.evaluate(arguments, view, &states)).transpose()
            }
        }
    }

    /// A part of the Map with its expressions evaluated; of the fields with these names, what their `…Path` says.
    fn part(
        &mut self,
        state: &State<'t>,
        part: Node<'t>,
        dynamic: &[&str],
        plan: &Plan<'t>,
        view: View<'_>,
    ) -> Result<Value, Stop> {
        if state.language == Language::Jsonata {
            let states = States::new(view, None);
            return self.evaluate(part, view, &states);
        }
        let mut members = match self.fill(part, &plan.effective, view)? {
            Value::Object(members) => Object::take(members),
            other => return Ok(other),
        };
        for name in dynamic {
            match self.dynamic(state, part, name, &plan.effective, view)? {
                Some((node, _)) if is_filled_in(node) => _ = members.shift_remove(*name),
                Some((_, value)) => _ = members.insert((*name).into(), value),
                None => {}
            }
        }
        Ok(Value::object(members))
    }

    /// Runs the child executions.
    fn children(
        &mut self,
        state: &State<'t>,
        plan: &Plan<'t>,
        inputs: &[Value],
        tolerance: Tolerance,
    ) -> Result<Vec<Child>, Stop> {
        let limits = Limits { n: inputs.len(), at_once: plan.at_once, tolerated: tolerance.failures(inputs.len()) };
        let config = self.machine.scope(plan.processor).node.get("ProcessorConfig");
        let kind =
            config.and_then(|config| MachineType::parse(config.get("ExecutionType")?.as_str()?)).unwrap_or_default();
        let longest = kind.longest() * 1000;
        let (identity, last) = (Rc::clone(&self.identity), self.last);
        let mut children: Vec<Child> = Vec::with_capacity(inputs.len());
        self.history.children += 1;
        let outcomes = self.run_all(limits, |this, i| {
            this.last = None;
            this.happens(Happening::Iteration(state.id, i, Progress::Started));
            this.identity = Rc::new(identity.child(kind, &inputs[i], this.now, &mut this.random));
            let started = timestamp(this.now);
            let outer = this.until;
            this.until = outer.min(this.now.saturating_add(longest));
            let output = this.run_scope(plan.processor, inputs[i].clone(), Frame::new(Members::new(), None), None);
            let output = match output {
                Err(Stop::Cut) if this.until < outer => Err(Failure::thrown(Some(TIMEOUT.into()), None).into()),
                output => output,
            };
            this.until = outer;
            let (progress, end) = match &output {
                Ok(output) => (Progress::Succeeded, ChildEnd::Succeeded(output.clone())),
                Err(Stop::Failed(Failure { error, cause, .. })) => {
                    (Progress::Failed, ChildEnd::Failed { error: error.clone(), cause: cause.clone() })
                }
                Err(_) => return output,
            };
            this.note(Happening::Iteration(state.id, i, progress));
            children.push(Child {
                name: this.identity.execution_name().into(),
                input: inputs[i].clone(),
                end,
                started: started.into(),
                stopped: timestamp(this.now).into(),
            });
            output
        });
        self.history.children -= 1;
        self.identity = identity;
        self.last = last;
        let outcomes = outcomes?;
        if outcomes.failure.is_some() {
            return Err(Failure::new(EXCEEDED, "The specified tolerated failure threshold was exceeded").into());
        }
        Ok(children)
    }

    /// The result of the Map: the outputs of the children, or what a `ResultWriter` makes of them. A failure that is tolerated
    /// leaves no output behind.
    fn written(
        &mut self,
        state: &State<'t>,
        plan: &Plan<'t>,
        arn: &Arc<str>,
        children: Vec<Child>,
        view: View<'_>,
    ) -> Result<Value, Stop> {
        let Some(writer) = state.node.get("ResultWriter") else {
            let outputs = children.into_iter().filter_map(|child| match child.end {
                ChildEnd::Succeeded(output) => Some(output),
                ChildEnd::Failed { .. } => None,
            });
            return Ok(Value::array(outputs.collect()));
        };
        let arguments = self.part_arguments(state, writer, plan, view)?;
        let config = writer.get("WriterConfig").map(Value::from_node);
        let written = write_results(arn, arguments.as_ref(), config.as_ref(), &children);
        Ok(written.result)
    }

    fn tolerance(&mut self, state: &State<'t>, plan: &Plan<'t>, view: View<'_>) -> Result<Tolerance, Stop> {
        let count = self.dynamic_whole(state, state.node, "ToleratedFailureCount", &plan.effective, view)?;
        let percentage = self.dynamic(state, state.node, "ToleratedFailurePercentage", &plan.effective, view)?;
        let node =
            |name: &str| state.node.get(name).or_else(|| state.node.get(&format!("{name}Path"))).unwrap_or(state.key);
        let count = match count.map(usize::try_from) {
            Some(Err(_)) => {
                let cause = "`ToleratedFailureCount` cannot be negative";
                return Err(Failure::unfit(state.language, node("ToleratedFailureCount"), cause).into());
            }
            Some(Ok(count)) => Some(count),
            None => None,
        };
        let percentage = match percentage.filter(|(node, _)| !is_filled_in(*node)) {
            Some((node, value)) => {
                let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
                match number.filter(|number| (0.0..=100.0).contains(number)) {
                    Some(number) => Some(number),
                    None => {
                        let cause = "`ToleratedFailurePercentage` must be between 0 and 100";
                        return Err(Failure::unfit(state.language, node, cause).into());
                    }
                }
            }
            None => None,
        };
        Ok(Tolerance { count, percentage })
    }
}

/// What becomes of the Map when a part of it cannot be had.
fn unread(error: ReadError, part: Node<'_>) -> Stop {
    let unanswered = |name: &str, cause: String| {
        Stop::Unanswered(Failure { at: Some(part.token()), reach: Reach::Nobody, ..Failure::new(name, cause) })
    };
    match error {
        ReadError::Failed { error, cause } => Failure { at: Some(part.token()), ..Failure::new(error, cause) }.into(),
        ReadError::Unsupported(what) => unanswered(
            UNSUPPORTED,
            format!("{what}, and that is not read here: let a mock say what the Map reads, `{{\"read\": […]}}`"),
        ),
        ReadError::Unlikely(why) => {
            unanswered(UNFIT, format!("the mocks have items that this `ItemReader` never finds: {why}"))
        }
        ReadError::OutOfBudget => {
            Stop::Exhausted { at: Some(part.token()), reason: "there are more items to read than is allowed".into() }
        }
    }
}

/// How many child executions may fail: the smaller of both, none where neither is given.
#[derive(Clone, Copy, Debug)]
struct Tolerance {
    count: Option<usize>,
    percentage: Option<f64>,
}

impl Tolerance {
    /// Of so many.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a number of items, rounded down"
    )]
    fn failures(self, n: usize) -> usize {
        let share = self.percentage.map(|percentage| (n as f64 * percentage / 100.0) as usize);
        match (self.count, share) {
            (Some(count), Some(share)) => count.min(share),
            (one, other) => one.or(other).unwrap_or_default(),
        }
    }
}
