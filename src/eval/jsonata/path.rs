//! Paths into what their steps find, one after the other.
//!
//! What a step finds is a sequence: one item is held as itself, and an array that is found is shared, not copied. Steps that
//! bind variables, or that a `%` stands for, make the path a stream of tuples (`tuples`).

use super::evaluate::{Evaluation, Fallible, Place, finish, reshape};
use super::frame::FrameId;
use super::item::{Item, Items, Shape, list, sequence};
use super::tuples::Tuples;
use crate::asl::jsonata::{Binding, ExprId, Kind};
use crate::eval::value::Value;

/// What a path gives, or what else may hand on a stream of tuples.
pub(super) enum Found<'a> {
    Item(Option<Item>),
    Tuples(Tuples<'a>),
}

/// A step of a path, and what is written behind it.
pub(super) struct Step {
    /// What is evaluated for each item.
    pub(super) node: ExprId,
    /// Filters and positions, in order.
    pub(super) stages: Vec<Stage>,
    /// `@$v`
    pub(super) focus: Option<Binding>,
    /// `#$i` with no filter before it.
    pub(super) index: Option<Binding>,
    /// Where it keeps what it was evaluated on, for a `%`.
    pub(super) parent: Option<u32>,
    /// It makes the path a stream of tuples.
    pub(super) is_tuple: bool,
    pub(super) keeps_array: bool,
    /// An array that it builds is an item to the steps behind it.
    is_constructed: bool,
}

/// What happens to all that a step finds.
#[derive(Clone, Copy)]
pub(super) enum Stage {
    Filter(ExprId),
    Index(Binding),
}

/// What the next step goes through.
enum Here {
    One(Option<Item>),
    /// The items of an array.
    Many(Item),
}

impl<'a> Evaluation<'a> {
    /// The raw result of a path that stands for itself: a [`Kind::Path`], or one of a single step.
    pub(super) fn path(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        match self.found_by_path(id, input, frame)? {
            Found::Item(item) => Ok(item),
            Found::Tuples(tuples) => Ok(Some(tuples.into_items())),
        }
    }

    /// What a path finds; tuples only if it hands them on.
    pub(super) fn found_by_path(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Found<'a>> {
        Ok(match self.steps_of(id, input, frame)? {
            Found::Tuples(tuples) if !self.ast.hands_on_parents(self.ast.base(id)) => {
                let items = tuples.into_items();
                let keeps = self.ast[id].keeps_array;
                Found::Item(Some(if keeps { kept(items) } else { items }))
            }
            other => other,
        })
    }

    /// What the steps of a path find, or of what is one by itself; tuples where it is a stream of them.
    pub(super) fn steps_of(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Found<'a>> {
        let ast = self.ast;
        self.nest(self.span(id), 2)?;
        let found = match &ast[id].kind {
            Kind::Path(steps) => self.steps(id, steps, input, frame),
            _ => self.steps(id, &[id], input, frame),
        };
        self.unnest(2);
        found
    }

    fn steps(&mut self, id: ExprId, steps: &[ExprId], input: Option<&Item>, frame: FrameId) -> Fallible<Found<'a>> {
        let starts_at_variable = matches!(self.ast[self.ast.base(steps[0])].kind, Kind::Variable(_));
        let mut here = match input {
            Some(array) if array.is_array() && !starts_at_variable => Here::Many(array.clone()),
            other => Here::One(other.cloned()),
        };
        let mut tuples: Option<Tuples<'a>> = None;
        let (mut is_stream, mut is_first_built) = (false, false);
        for (nth, &part) in steps.iter().enumerate() {
            let is_last = nth + 1 == steps.len();
            if let (Kind::Name(name), Here::One(Some(Item::Json(Value::Object(object))))) =
                (&self.ast[part].kind, &here)
                && !is_stream
                && self.ast.parent_kept_at(part).is_none()
            {
                // Almost every step of every path.
                self.spend(self.span(part), 1)?;
                match object.get(self.ast.text(*name)) {
                    None => return Ok(Found::Item(None)),
                    Some(value) => here = settle(Item::Json(value.clone()), is_last),
                }
            } else {
                let step = self.step(part, nth);
                is_stream |= step.is_tuple;
                if nth == 0 && self.is_constructed(part, steps) {
                    is_first_built = true;
                    let built = self.constructed_step(&step, &here, frame)?;
                    if step.focus.is_none() {
                        here = built;
                    }
                } else if is_stream {
                    tuples = Some(self.tuple_step(&step, tuples, &here.into_items(), frame)?);
                    here = Here::One(None);
                } else {
                    here = self.plain_step(&step, here, is_last, frame)?;
                }
            }
            if here.is_empty() && !is_stream {
                // An empty array that is found at the end or built at the start is a result, any other is nothing.
                if is_last || nth == 0 && is_first_built {
                    break;
                }
                return Ok(Found::Item(None));
            }
        }
        if let Some(tuples) = tuples {
            return Ok(Found::Tuples(tuples));
        }
        let given = here.into_sequence();
        Ok(Found::Item(if self.ast[id].keeps_array { given.map(kept) } else { given }))
    }

    /// A step and what is written behind it.
    fn step(&self, id: ExprId, nth: usize) -> Step {
        let base = self.ast.base(id);
        let mut step = Step {
            node: base,
            stages: Vec::new(),
            focus: None,
            index: None,
            parent: self.ast.parent_kept_at(base),
            is_tuple: self.ast.parent_kept_at(base).is_some()
                || matches!(self.ast[base].kind, Kind::Block(_)) && self.ast.hands_on_parents(base),
            keeps_array: self.ast[id].keeps_array,
            is_constructed: nth > 0 && matches!(self.ast[base].kind, Kind::Array(_)),
        };
        if base == id {
            return step;
        }
        let wrappers = self.wrappers(id);
        // Filters behind what starts a path and is no name were there before it was a path: they belong to the value.
        let is_value = nth == 0 && !self.is_step(id);
        if is_value {
            step.node = id;
        }
        for &wrapper in wrappers.iter().rev() {
            match self.ast[wrapper].kind {
                Kind::Filter { predicate, .. } if !is_value => step.stages.push(Stage::Filter(predicate)),
                Kind::Focus { variable, .. } => step.focus = Some(variable),
                Kind::Index { variable, .. } if step.stages.is_empty() => step.index = Some(variable),
                Kind::Index { variable, .. } => step.stages.push(Stage::Index(variable)),
                _ => {}
            }
            step.is_tuple |= matches!(self.ast[wrapper].kind, Kind::Focus { .. } | Kind::Index { .. });
        }
        step
    }

    /// The filters, variables and groups around a node, outermost first.
    fn wrappers(&self, mut id: ExprId) -> Vec<ExprId> {
        let mut wrappers = Vec::new();
        while let Kind::Filter { input, .. }
        | Kind::Focus { input, .. }
        | Kind::Index { input, .. }
        | Kind::Group { input, .. } = self.ast[id].kind
        {
            wrappers.push(id);
            id = input;
        }
        wrappers
    }

    /// Whether a node by itself is a path of one step: a name, or what `#` stands behind.
    pub(super) fn is_step(&self, mut id: ExprId) -> bool {
        loop {
            match self.ast[id].kind {
                Kind::Filter { input, .. } | Kind::Focus { input, .. } | Kind::Group { input, .. } => id = input,
                Kind::Name(_) | Kind::Index { .. } => return true,
                _ => return false,
            }
        }
    }

    /// Whether a path starts with an array that is built: it is evaluated once, not for each item of the context.
    fn is_constructed(&self, first: ExprId, steps: &[ExprId]) -> bool {
        let has_dot = steps.iter().skip(1).any(|&step| !matches!(self.ast[self.ast.base(step)].kind, Kind::Sort(_)));
        match &self.ast[self.ast.base(first)].kind {
            Kind::Array(_) => has_dot,
            Kind::Block(list) => list.iter().any(|&part| self.is_constructed_part(part)),
            _ => false,
        }
    }

    fn is_constructed_part(&self, part: ExprId) -> bool {
        match &self.ast[self.ast.base(part)].kind {
            Kind::Path(steps) => self.is_constructed(steps[0], steps),
            Kind::Block(list) => list.iter().any(|&part| self.is_constructed_part(part)),
            _ => false,
        }
    }

    fn constructed_step(&mut self, step: &Step, here: &Here, frame: FrameId) -> Fallible<Here> {
        let input = match here {
            Here::Many(array) => array.clone(),
            Here::One(item) => sequence(item.iter().cloned().collect()),
        };
        Ok(match self.evaluate(step.node, Some(&input), frame)? {
            Some(array) if array.is_array() => Here::Many(match self.ast[step.node].kind {
                Kind::Array(_) => mark_constructed(&array),
                _ => array,
            }),
            // A string has a length, too, and is gone through by characters.
            Some(Item::Json(Value::String(text))) => {
                let characters = text.char_indices().map(|(at, c)| Item::from(&text[at..at + c.len_utf8()]));
                Here::Many(list(characters.collect(), Shape::Plain))
            }
            _ => Here::One(None),
        })
    }

    fn plain_step(&mut self, step: &Step, here: Here, is_last: bool, frame: FrameId) -> Fallible<Here> {
        if let Kind::Sort(terms) = &self.ast[step.node].kind {
            let mut sorted = Some(self.sort_by(terms, &here.into_items(), frame)?);
            for stage in &step.stages {
                if let Stage::Filter(predicate) = *stage {
                    sorted = Some(self.filter(predicate, sorted.as_ref(), frame)?);
                }
            }
            return Ok(Here::Many(sorted.unwrap_or_else(|| sequence(Vec::new()))));
        }
        let items = match &here {
            Here::One(item) => {
                return Ok(match self.staged(step, item.as_ref(), frame)? {
                    Some(found) => settle(found, is_last),
                    None => Here::One(None),
                });
            }
            Here::Many(array) => array.items_or_self(),
        };
        let mut found = Vec::with_capacity(items.len());
        for item in items.iter() {
            found.extend(self.staged(step, Some(&item), frame)?);
        }
        if found.len() == 1 {
            return Ok(found.pop().map_or(Here::One(None), |only| settle(only, is_last)));
        }
        let mut flat = Vec::with_capacity(found.len());
        for item in found {
            match item.as_items().filter(|_| item.shape() != Shape::Constructed) {
                Some(inner) => {
                    self.spend(self.span(step.node), inner.len())?;
                    flat.extend(inner.iter());
                }
                None => flat.push(item),
            }
        }
        Ok(Here::Many(sequence(flat)))
    }

    /// What a step gives for one item, filtered.
    fn staged(&mut self, step: &Step, item: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let mut given = self.step_value(step, item, frame)?;
        for stage in &step.stages {
            if let Stage::Filter(predicate) = *stage {
                given = Some(self.filter(predicate, given.as_ref(), frame)?);
            }
        }
        Ok(given)
    }

    /// What the node of a step gives for one item.
    pub(super) fn step_value(&mut self, step: &Step, item: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let node = step.node;
        if let Kind::Name(name) = self.ast[node].kind {
            self.spend(self.span(node), 1)?;
            let name = self.ast.text(name);
            let found = item.map_or(Ok(None), |item| self.member(item, name, node))?;
            return Ok(finish(found, step.keeps_array));
        }
        let given = self.evaluate(node, item, frame)?;
        Ok(if step.is_constructed { given.as_ref().map(mark_constructed) } else { given })
    }

    /// The member of an object, or those of the objects in an array.
    pub(super) fn member(&mut self, item: &Item, name: &str, at: ExprId) -> Fallible<Option<Item>> {
        if let Some(items) = item.as_items() {
            let mut found = Vec::new();
            self.members(items, name, at, &mut found)?;
            return Ok(Some(sequence(found)));
        }
        Ok(item.as_fields().and_then(|fields| fields.get(name)))
    }

    fn members(&mut self, items: Items<'_>, name: &str, at: ExprId, found: &mut Vec<Item>) -> Fallible<()> {
        self.spend(self.span(at), items.len())?;
        for item in items.iter() {
            if let Some(inner) = item.as_items() {
                self.members(inner, name, at, found)?;
                continue;
            }
            let Some(value) = item.as_fields().and_then(|fields| fields.get(name)) else { continue };
            match value.as_items() {
                Some(inner) => {
                    self.spend(self.span(at), inner.len())?;
                    found.extend(inner.iter());
                }
                None => found.push(value),
            }
        }
        Ok(())
    }

    /// The raw result of a node with filters or variables behind it.
    pub(super) fn wrapped(
        &mut self,
        place: Place,
        id: ExprId,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        match self.found_by_wrapped(place, id, input, frame)? {
            Found::Item(item) => Ok(item),
            Found::Tuples(tuples) => Ok(Some(tuples.into_items())),
        }
    }

    pub(super) fn found_by_wrapped(
        &mut self,
        place: Place,
        id: ExprId,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Found<'a>> {
        if self.is_step(id) {
            return self.found_by_path(id, input, frame);
        }
        let base = self.ast.base(id);
        // The reference implementation overlooks a filter behind the last expression of a function if that is a block.
        let place = if matches!(self.ast[base].kind, Kind::Call { .. }) { Place::Inner } else { place };
        let mut found = self.found(place, base, input, frame)?;
        for &wrapper in self.wrappers(id).iter().rev() {
            if let Kind::Filter { predicate, .. } = self.ast[wrapper].kind {
                found = match found {
                    Found::Item(item) => Found::Item(Some(self.filter(predicate, item.as_ref(), frame)?)),
                    Found::Tuples(tuples) => Found::Tuples(self.filter_tuples(predicate, tuples, frame)?),
                };
            }
        }
        Ok(found)
    }

    /// The raw result of a node, tuples if it hands them on.
    pub(super) fn found(
        &mut self,
        place: Place,
        id: ExprId,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Found<'a>> {
        let ast = self.ast;
        match &ast[id].kind {
            Kind::Block(list) if ast.hands_on_parents(id) => {
                let Some((&last, before)) = list.split_last() else { return Ok(Found::Item(None)) };
                let inner = self.frames.enter(frame, Vec::new());
                for &part in before {
                    self.evaluate(part, input, inner)?;
                }
                self.nest(self.span(id), 1)?;
                let found = self.found(place, last, input, inner);
                self.unnest(1);
                Ok(match found? {
                    Found::Item(item) => Found::Item(finish(item, ast[last].keeps_array)),
                    tuples => tuples,
                })
            }
            Kind::Path(_) | Kind::Name(_) => self.found_by_path(id, input, frame),
            Kind::Filter { .. } | Kind::Focus { .. } | Kind::Index { .. } => {
                self.found_by_wrapped(place, id, input, frame)
            }
            _ => self.raw(place, id, input, frame).map(Found::Item),
        }
    }
}

impl Here {
    fn is_empty(&self) -> bool {
        match self {
            Self::One(item) => item.is_none(),
            Self::Many(array) => array.items_or_self().len() == 0,
        }
    }

    /// As an array; nothing is an item of it, too.
    fn into_items(self) -> Item {
        match self {
            Self::One(item) => sequence(vec![item.unwrap_or(Item::Hole)]),
            Self::Many(array) => array,
        }
    }

    /// The item, or the array.
    fn into_sequence(self) -> Option<Item> {
        match self {
            Self::One(item) => item,
            Self::Many(array) => Some(array),
        }
    }
}

/// The only thing that a step found: an array is what the next step goes through, and at the end of a path itself the result.
fn settle(found: Item, is_last: bool) -> Here {
    match found {
        Item::List(list) if list.shape == Shape::Constructed => {
            if is_last {
                Here::Many(Item::List(list))
            } else {
                Here::One(Some(Item::List(list)))
            }
        }
        Item::List(list) if list.shape.is_sequence() => Here::Many(reshape(list, Shape::Sequence)),
        array if array.is_array() => Here::Many(array),
        item => Here::One(Some(item)),
    }
}

/// An array that `[…]` built as a step of a path.
fn mark_constructed(array: &Item) -> Item {
    list(array.items_or_self().iter().collect(), Shape::Constructed)
}

/// What a path with `[]` in it gives.
fn kept(given: Item) -> Item {
    match given {
        Item::List(list) if list.shape == Shape::Constructed => self::list(vec![Item::List(list)], Shape::Kept),
        Item::List(list) if list.shape.is_sequence() => reshape(list, Shape::Kept),
        array if array.is_array() => array,
        item => list(vec![item], Shape::Kept),
    }
}
