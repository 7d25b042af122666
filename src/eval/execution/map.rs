//! A Map state: its items, and what is made of each.

use std::sync::Arc;

use crate::asl::{Language, Mode, ScopeId, State};
use crate::syntax::Node;

use super::super::Value;
use super::super::value::Members;
use super::containers::{Limits, Outcome};
use super::context::{Item, States};
use super::failure::Failure;
use super::frame::Frame;
use super::history::Progress;
use super::pipeline::{Handed, View, shown};
use super::{Happening, Interpreter, Stage, Stop};

/// A Map as an attempt at it finds it.
#[derive(Debug)]
pub(super) struct Plan<'t> {
    /// The scope of its iterations.
    pub(super) processor: ScopeId,
    /// After `InputPath`.
    pub(super) effective: Value,
    /// How many iterations run at once; 0 for all.
    pub(super) at_once: usize,
    /// `ItemSelector`, or `Parameters` of old.
    pub(super) selector: Option<Node<'t>>,
}

impl<'t> Interpreter<'_, 't> {
    /// Runs the item processor for every item; the result is the array of the outputs.
    pub(super) fn map(&mut self, state: &State<'t>, view: View<'_>) -> Result<Handed, Stop> {
        let Some(&processor) = state.scopes().first() else {
            return Err(Failure::runtime(state.key, "there is no `ItemProcessor`").into());
        };
        let effective = self.effective_input(state, view)?;
        let at_once = self.dynamic_whole(state, state.node, "MaxConcurrency", &effective, view)?.unwrap_or_default();
        let Ok(at_once) = usize::try_from(at_once) else {
            let node = state.node.get("MaxConcurrencyPath").or_else(|| state.node.get("MaxConcurrency"));
            let cause = format!("`MaxConcurrency` is no negative number, and this is {at_once}");
            return Err(Failure::unfit(state.language, node.unwrap_or(state.key), cause).into());
        };
        let selector = state.node.get("ItemSelector").or_else(|| match state.language {
            Language::JsonPath => state.node.get("Parameters"),
            Language::Jsonata => None,
        });
        let plan = Plan { processor, effective, at_once, selector };
        let result = if self.machine.mode(state) == Some(Mode::Distributed) {
            self.distributed(state, &plan, view)?
        } else {
            self.inline(state, &plan, view)?
        };
        self.stage(state, Stage::Result, &result);
        self.hand_on(state, result, view)
    }

    /// The iterations of an Inline Map.
    fn inline(&mut self, state: &State<'t>, plan: &Plan<'t>, view: View<'_>) -> Result<Value, Stop> {
        let items = self.items(state, &plan.effective, view)?;
        if let Some(answer) = self.container_answer(state)? {
            return Ok(answer);
        }
        self.happens(Happening::MapStarted(state.id, items.len()));
        let limits = Limits { n: items.len(), at_once: plan.at_once, tolerated: 0 };
        let mut last = self.last;
        let outcomes = self.run_all(limits, |this, i| {
            this.happens(Happening::Iteration(state.id, i, Progress::Started));
            let item = &items[i];
            let output = this.select(state, plan, item, view).and_then(|input| {
                let frame = Frame::new(Members::new(), Some(view.frame));
                this.run_scope(plan.processor, input, frame, Some(item))
            });
            let progress = match &output {
                Ok(_) => Progress::Succeeded,
                Err(Stop::Failed(_)) => Progress::Failed,
                Err(_) => return output,
            };
            last = Some(this.note(Happening::Iteration(state.id, i, progress)));
            output
        })?;
        for (i, outcome) in outcomes.each.iter().enumerate() {
            if matches!(outcome, Outcome::Stopped) {
                self.note(Happening::Iteration(state.id, i, Progress::Aborted));
            }
        }
        if let Some(failure) = outcomes.failure {
            return Err(failure.into());
        }
        self.last = last;
        let result = Value::array(outcomes.each.into_iter().filter_map(Outcome::output).collect());
        self.note(Happening::MapSucceeded(state.id));
        self.bounded(state, "returned a result", &result)?;
        Ok(result)
    }

    /// What an iteration starts with: the item, or what `ItemSelector` makes of it.
    pub(super) fn select(
        &mut self,
        state: &State<'t>,
        plan: &Plan<'t>,
        item: &Item,
        view: View<'_>,
    ) -> Result<Value, Stop> {
        let input = self.selected(state, plan, item, view)?;
        self.bounded(state, "starts an iteration with an input", &input)?;
        Ok(input)
    }

    fn selected(&mut self, state: &State<'t>, plan: &Plan<'t>, item: &Item, view: View<'_>) -> Result<Value, Stop> {
        let Some(selector) = plan.selector else { return Ok(item.input()) };
        let context = view.context.with_item(item);
        let view = View { context: &context, ..view };
        if state.language == Language::Jsonata {
            let states = States::new(view, None);
            return self.evaluate(selector, view, &states);
        }
        self.fill(selector, &plan.effective, view)
    }

    /// The items that the state itself names: `ItemsPath` or `Items`, else its input.
    pub(super) fn items(&mut self, state: &State<'t>, effective: &Value, view: View<'_>) -> Result<Vec<Item>, Stop> {
        let (node, value) = match state.language {
            Language::JsonPath => match state.node.get("ItemsPath") {
                Some(node) => (node, self.query(node, effective, view)?),
                None => (state.key, effective.clone()),
            },
            Language::Jsonata => match state.node.get("Items") {
                Some(node) => {
                    let states = States::new(view, None);
                    (node, self.evaluate(node, view, &states)?)
                }
                None => (state.key, effective.clone()),
            },
        };
        let items = match &value {
            Value::Array(items) => numbered(items.iter().cloned(), STATE),
            // Of a Distributed Map, since 2025-09 (AWS guide, "ItemsPath", "Items"); an Inline one refuses it still (recorded 2025-12).
            Value::Object(members) if self.machine.mode(state) == Some(Mode::Distributed) => pairs(members),
            value => {
                let cause = match state.language {
                    Language::JsonPath => format!("Reference path must point to array, and this is {}", shown(value)),
                    Language::Jsonata => {
                        format!("a Map iterates over an array, and this is {}", shown(value))
                    }
                };
                return Err(Failure::unfit(state.language, node, cause).into());
            }
        };
        if node != state.key {
            self.stage(state, Stage::Items, &value);
        }
        Ok(items)
    }
}

/// What `$$.Map.Item.Source` says of items that come from the state.
const STATE: &str = "STATE_DATA";

/// Values as items, in order.
pub(super) fn numbered(values: impl Iterator<Item = Value>, source: &str) -> Vec<Item> {
    let source: Arc<str> = source.into();
    let item = |(index, value)| Item { index, value, key: None, source: Arc::clone(&source) };
    values.enumerate().map(item).collect()
}

/// The members of an object as items: the context object tells name and value of each.
fn pairs(members: &Members) -> Vec<Item> {
    let source: Arc<str> = STATE.into();
    let item = |(index, (name, value)): (usize, (&Arc<str>, &Value))| Item {
        index,
        value: value.clone(),
        key: Some(Arc::clone(name)),
        source: Arc::clone(&source),
    };
    members.iter().enumerate().map(item).collect()
}
