//! Streams of tuples: what a path goes through that binds variables or whose steps a `%` stands for.
//!
//! Each tuple has an item and the values that were bound on the way to it.

use super::evaluate::{Evaluation, Fallible, Place, finish};
use super::frame::{Bindings, FrameId, Name};
use super::item::{Fields, Item, record, sequence};
use super::path::{Found, Stage, Step};
use crate::asl::jsonata::{Binding, Kind};
use crate::text::Span;

/// A stream of tuples.
pub(super) struct Tuples<'a> {
    pub(super) tuples: Vec<Tuple<'a>>,
    /// That they are tuples is known to what comes next. Where it is not, the reference implementation takes a tuple for the
    /// item: behind a sort.
    pub(super) is_marked: bool,
}

/// An item and what is bound around it.
#[derive(Clone)]
pub(super) struct Tuple<'a> {
    pub(super) item: Option<Item>,
    pub(super) bindings: Bindings<'a>,
}

impl<'a> Evaluation<'a> {
    /// A step on every tuple; on every item of `input` where there are no tuples yet.
    pub(super) fn tuple_step(
        &mut self,
        step: &Step,
        before: Option<Tuples<'a>>,
        input: &Item,
        frame: FrameId,
    ) -> Fallible<Tuples<'a>> {
        let found = if let Kind::Sort(terms) = &self.ast[step.node].kind {
            match before {
                Some(before) => self.sort_tuples(terms, before, frame)?,
                None => {
                    let sorted = self.sort_by(terms, input, frame)?;
                    let mut found = Tuples::of(&sorted);
                    for (at, tuple) in found.tuples.iter_mut().enumerate() {
                        self.bind_index(tuple, step.index, at);
                    }
                    found
                }
            }
        } else {
            let before = before.unwrap_or_else(|| Tuples::of(input));
            let mut tuples = Vec::new();
            for tuple in before.tuples {
                self.expand(step, &tuple, frame, &mut tuples)?;
            }
            Tuples { tuples, is_marked: true }
        };
        self.tuple_stages(&step.stages, found, frame)
    }

    /// The tuples that a step makes of one.
    fn expand(&mut self, step: &Step, tuple: &Tuple<'a>, frame: FrameId, into: &mut Vec<Tuple<'a>>) -> Fallible<()> {
        let mark = self.frames.mark();
        let inner = self.frames.enter(frame, tuple.bindings.clone());
        let hands_on = self.ast.hands_on_parents(self.ast.base(step.node));
        let found = if hands_on && !matches!(self.ast[step.node].kind, Kind::Name(_)) {
            self.nest(self.span(step.node), 1)?;
            let found = self.found(Place::Inner, step.node, tuple.item.as_ref(), inner);
            self.unnest(1);
            match found? {
                Found::Item(item) => Found::Item(finish(item, step.keeps_array)),
                tuples => tuples,
            }
        } else {
            Found::Item(self.step_value(step, tuple.item.as_ref(), inner)?)
        };
        self.frames.reset(mark);
        match found {
            Found::Tuples(found) => {
                for inner in found.tuples {
                    self.spend(self.span(step.node), 1)?;
                    let mut bindings = tuple.bindings.clone();
                    for (name, value) in inner.bindings {
                        bind(&mut bindings, name, value);
                    }
                    into.push(Tuple { item: inner.item, bindings });
                }
            }
            Found::Item(None) => {}
            Found::Item(Some(found)) => {
                for (at, item) in found.items_or_self().iter().enumerate() {
                    self.spend(self.span(step.node), 1)?;
                    let mut next = tuple.clone();
                    match step.focus {
                        Some(focus) => bind(&mut next.bindings, self.name(focus), Some(item)),
                        None => next.item = Some(item),
                    }
                    self.bind_index(&mut next, step.index, at);
                    if let Some(label) = step.parent {
                        bind(&mut next.bindings, Name::Parent(label), tuple.item.clone());
                    }
                    into.push(next);
                }
            }
        }
        Ok(())
    }

    fn tuple_stages(&mut self, stages: &[Stage], mut found: Tuples<'a>, frame: FrameId) -> Fallible<Tuples<'a>> {
        for stage in stages {
            match *stage {
                Stage::Filter(predicate) => found = self.filter_tuples(predicate, found, frame)?,
                Stage::Index(variable) => {
                    for (at, tuple) in found.tuples.iter_mut().enumerate() {
                        self.bind_index(tuple, Some(variable), at);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The tuples of a group as one: items and values are gathered.
    pub(super) fn merge(&mut self, tuples: Vec<Tuple<'a>>, at: Span) -> Fallible<Tuple<'a>> {
        let mut items = Vec::new();
        let mut values: Vec<(Name<'a>, Vec<Item>)> = Vec::new();
        for tuple in tuples {
            items.extend(tuple.item);
            for (name, value) in tuple.bindings {
                match values.iter_mut().find(|(bound, _)| *bound == name) {
                    Some((_, values)) => values.extend(value),
                    None => values.push((name, value.into_iter().collect())),
                }
            }
        }
        let mut bindings = Vec::with_capacity(values.len());
        for (name, values) in values {
            bindings.push((name, self.gather(values, at)?));
        }
        Ok(Tuple { item: self.gather(items, at)?, bindings })
    }

    fn bind_index(&self, tuple: &mut Tuple<'a>, index: Option<Binding>, at: usize) {
        if let Some(variable) = index {
            // No array has 2^63 items.
            let position = i64::try_from(at).unwrap_or(i64::MAX);
            bind(&mut tuple.bindings, self.name(variable), Some(Item::from(position)));
        }
    }

    fn name(&self, variable: Binding) -> Name<'a> {
        Name::Variable(self.ast.text(variable.name))
    }
}

fn bind<'a>(bindings: &mut Bindings<'a>, name: Name<'a>, value: Option<Item>) {
    match bindings.iter_mut().find(|(bound, _)| *bound == name) {
        Some((_, old)) => *old = value,
        None => bindings.push((name, value)),
    }
}

impl Tuples<'_> {
    /// A tuple for each item of an array.
    fn of(array: &Item) -> Self {
        let tuples = array.items_or_self().iter().map(|item| Tuple { item: Some(item), bindings: Vec::new() });
        Self { tuples: tuples.collect(), is_marked: true }
    }

    /// The items alone.
    pub(super) fn into_items(self) -> Item {
        sequence(self.tuples.into_iter().filter_map(|tuple| tuple.item).collect())
    }
}

impl Tuple<'_> {
    /// As the reference implementation holds it.
    pub(super) fn as_record(&self) -> Item {
        let named = self.bindings.iter().map(|(name, value)| match name {
            Name::Variable(name) => ((*name).into(), value.clone()),
            Name::Parent(label) => (format!("!{label}").into(), value.clone()),
        });
        let members = std::iter::once(("@".into(), self.item.clone())).chain(named);
        record(members.filter_map(|(name, value)| Some((name, value?))).collect::<Fields>())
    }
}
