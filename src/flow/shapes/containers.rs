//! Parallel and Map: what goes into their scopes, and what comes out.

use std::sync::Arc;

use crate::asl::{Language, Mode, ScopeId, State, StateType};
use crate::eval::{Items, Value};
use crate::flow::shape::{Kinds, Member, Origin, Record, Rest, Shape, kind_of};
use crate::syntax::Node;

use super::expressions::View;
use super::pipeline::Left;
use super::{Pass, Place, Point};

impl<'t> Pass<'_, 't> {
    /// A Parallel or a Map: as it is entered, its scopes get their inputs; when they are done, it hands on what they gave.
    pub(super) fn container(&mut self, view: View<'_, 't>, is_done: bool, left: &mut Left) {
        let state = view.state;
        let result = match self.effective(view) {
            None => None,
            Some(effective) if state.kind == Some(StateType::Parallel) => {
                self.parallel(view.on(&effective, Place::Effective))
            }
            Some(effective) => self.map(view.on(&effective, Place::Effective)),
        };
        if !is_done {
            self.look_at(Point::Leave(state.id));
            return;
        }
        if result.is_some() || state.language == Language::Jsonata {
            self.caught(view, left);
        }
        if let Some(result) = result.filter(|result| !result.is_never()) {
            self.hand_on(view, &result.made_at(Origin::at(state.key)), left);
        }
    }

    /// The array of what the branches give; nothing where it does not come to them.
    fn parallel(&mut self, view: View<'_, 't>) -> Option<Shape> {
        let arguments = self.arguments(view);
        if arguments.is_never() {
            return None;
        }
        let branches: Vec<ScopeId> = view.state.scopes().to_vec();
        for &branch in &branches {
            self.enter_scope(branch, &arguments, view.item);
        }
        let is_incomplete =
            view.state.node.get("Branches").is_none_or(|branches| branches.is_open() || branches.is_incomplete());
        if is_incomplete {
            return Some(Shape::of(Kinds::ARRAY));
        }
        Some(Shape::tuple(branches.iter().map(|branch| self.results[branch.index()].shape.clone()).collect()))
    }

    /// The array of what the iterations give; nothing where it does not come to them.
    fn map(&mut self, view: View<'_, 't>) -> Option<Shape> {
        let state = view.state;
        let machine = self.machine;
        let mut goes_on = self.dynamic(state.node, "MaxConcurrency", view);
        let mode = machine.mode(state);
        if mode != Some(Mode::Inline) {
            goes_on &= self.dynamic(state.node, "ToleratedFailureCount", view);
            goes_on &= self.dynamic(state.node, "ToleratedFailurePercentage", view);
        }
        let reader = state.node.get("ItemReader");
        let (item, length) = match (reader, mode) {
            (None, Some(mode)) => self.iterated(mode, view),
            _ => (self.read(state), Length::Unknown(0)),
        };
        goes_on &= !(item.is_never() && length != Length::Exactly(0));
        let input = self.selected(&item, view);
        goes_on &= !(input.is_never() && length.least() > 0);
        if !goes_on {
            return None;
        }
        let Some(&processor) = state.scopes().first() else { return Some(Shape::any()) };
        let input = match state.node.get("ItemBatcher") {
            None => input,
            Some(batcher) => self.batch(&input, batcher, view),
        };
        if !input.is_never() {
            // The children of a Distributed Map are executions of their own.
            let item = if mode == Some(Mode::Inline) { item } else { Shape::any() };
            self.enter_scope(processor, &input, &item);
        }
        if state.node.get("ResultWriter").is_some() || mode.is_none() {
            return Some(Shape::any());
        }
        let output = self.results[processor.index()].shape.clone();
        Some(match length {
            Length::Exactly(n) if mode == Some(Mode::Inline) && n <= 16 => Shape::tuple(vec![output; n]),
            length if mode == Some(Mode::Inline) => Shape::array(output, length.least()),
            // Failures that are tolerated leave nothing behind.
            _ => Shape::array(output, 0),
        })
    }

    /// What a Map iterates over: what an item can be, and how many there are.
    fn iterated(&mut self, mode: Mode, view: View<'_, 't>) -> (Shape, Length) {
        let field = match view.state.language {
            Language::JsonPath => view.state.node.get("ItemsPath").map(|node| self.query(node, view)),
            Language::Jsonata => view.state.node.get("Items").map(|node| self.evaluate(node, view)),
        };
        let over = field.unwrap_or_else(|| view.document.clone());
        let pairs = over.only(Kinds::OBJECT);
        if mode == Mode::Distributed && !pairs.is_never() {
            let value = pairs.record().map_or_else(Shape::any, Record::values);
            let pair = Shape::object(
                [("Key".into(), Member::must(Shape::of(Kinds::STRING))), ("Value".into(), Member::must(value.clone()))],
                Rest::Nothing,
            );
            // In the context object the value stands alone, in the input beside its key.
            let either = pair.join(&value).join(&over.items());
            return (if either.is_never() { Shape::any() } else { either }, Length::Unknown(0));
        }
        match over.list() {
            Some(list) => match list.as_exact() {
                Some(items) => (list.items(), Length::Exactly(items.len())),
                None => (list.items(), Length::Unknown(list.least())),
            },
            None => (over.items(), Length::Unknown(0)),
        }
    }

    /// What an item that is read can be.
    fn read(&self, state: &State<'t>) -> Shape {
        let must = |kinds: Kinds| Member::must(Shape::of(kinds));
        let item = match Items::of_state(self.machine, state) {
            None | Some(Items::Any) => return Shape::any(),
            Some(Items::Objects) => Shape::of(Kinds::OBJECT),
            Some(Items::Rows(None)) => Shape::map(Shape::of(Kinds::STRING)),
            Some(Items::Rows(Some(headers))) => {
                Shape::object(headers.into_iter().map(|name| (name, must(Kinds::STRING))), Rest::Nothing)
            }
            Some(Items::Listed) => {
                let member = |(name, usual): (&str, &[fn() -> Value])| {
                    let kinds = usual.iter().map(|usual| kind_of(&usual()));
                    (name.into(), must(kinds.fold(Kinds::NONE, |all, kind| all | kind)))
                };
                Shape::object(Items::LISTED.map(member), Rest::Any)
            }
        };
        item.made_at(state.node.get("ItemReader").map(Origin::at).unwrap_or_default())
    }

    /// What an iteration starts with: the item, or what `ItemSelector` makes of it.
    fn selected(&mut self, item: &Shape, view: View<'_, 't>) -> Shape {
        let node = view.state.node;
        let selector = node.get("ItemSelector").or_else(|| match view.state.language {
            Language::JsonPath => node.get("Parameters"),
            Language::Jsonata => None,
        });
        let Some(selector) = selector.filter(|_| !item.is_never()) else { return item.clone() };
        let view = View { item, ..view };
        let selected = match view.state.language {
            Language::JsonPath => self.template(selector, view),
            Language::Jsonata => self.evaluate(selector, view),
        };
        self.now.arguments = selected.clone();
        selected
    }

    /// `{"BatchInput": …, "Items": […]}`
    fn batch(&mut self, item: &Shape, batcher: Node<'t>, view: View<'_, 't>) -> Shape {
        if batcher.is_open() || batcher.may_have_more() || item.is_never() {
            return Shape::any();
        }
        let mut members: Vec<(Arc<str>, Member)> = vec![("Items".into(), Member::must(Shape::array(item.clone(), 1)))];
        if let Some(input) = batcher.get("BatchInput") {
            let input = match view.state.language {
                Language::JsonPath => self.template(input, view),
                Language::Jsonata => self.evaluate(input, view),
            };
            members.push(("BatchInput".into(), Member::must(input)));
        }
        Shape::object(members, Rest::Nothing).made_at(Origin::at(batcher))
    }
}

/// How many items there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Exactly(usize),
    /// At least so many.
    Unknown(usize),
}

impl Length {
    const fn least(self) -> usize {
        match self {
            Self::Exactly(n) | Self::Unknown(n) => n,
        }
    }
}
