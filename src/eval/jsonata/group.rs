//! `{key: value, …}` into an object: by itself, and behind a path, whose items it groups by their keys.

use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluate::{Evaluation, Fallible, Place, fail};
use super::frame::FrameId;
use super::item::{Fields, Item, record, sequence};
use super::path::Found;
use super::picture::UNCODED;
use super::tuples::Tuple;
use crate::asl::jsonata::{ExprId, Kind, pairs};
use crate::eval::value::Value;

/// What has one key, and the pair that gave it.
struct Group<T> {
    pair: usize,
    value: ExprId,
    items: Vec<T>,
}

type Groups<T> = IndexMap<Arc<str>, Group<T>>;

impl<'a> Evaluation<'a> {
    /// `input{pairs}`
    pub(super) fn group(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let ast = self.ast;
        let Kind::Group { input: grouped, pairs } = &ast[id].kind else { return Ok(None) };
        let grouped = *grouped;
        let found = self.grouped(grouped, input, frame)?;
        self.nest(self.span(id), 1)?;
        let given = match found {
            Found::Item(item) => self.object(grouped, pairs, item.as_ref(), frame),
            Found::Tuples(tuples) if tuples.is_marked => self.group_tuples(grouped, pairs, &tuples.tuples, frame),
            Found::Tuples(tuples) => {
                let records = sequence(tuples.tuples.iter().map(Tuple::as_record).collect());
                self.object(grouped, pairs, Some(&records), frame)
            }
        };
        self.unnest(1);
        given
    }

    /// What is grouped: a path still as a stream of tuples if it is one.
    fn grouped(&mut self, grouped: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Found<'a>> {
        let ast = self.ast;
        match &ast[grouped].kind {
            Kind::Path(_) => self.steps_of(grouped, input, frame),
            _ if self.is_step(grouped) => self.steps_of(grouped, input, frame),
            _ => self.found(Place::Inner, grouped, input, frame),
        }
    }

    /// An object of the pairs, with the items of `input` grouped by key.
    pub(super) fn object(
        &mut self,
        at: ExprId,
        list: &[ExprId],
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let mut groups: Groups<Item> = IndexMap::new();
        // No item is one that is nothing: an object is built all the same.
        match input.and_then(Item::as_items).filter(|items| items.len() > 0) {
            Some(items) => {
                self.spend(self.span(at), items.len())?;
                for item in items.iter() {
                    self.assign(&mut groups, list, Some(&item), |evaluation, key| {
                        evaluation.evaluate(key, Some(&item), frame)
                    })?;
                }
            }
            None => {
                let item = input.filter(|item| !item.is_array());
                self.assign(&mut groups, list, item, |evaluation, key| evaluation.evaluate(key, item, frame))?;
            }
        }
        self.build(groups, |evaluation, value, items| {
            let items = evaluation.gather(items, evaluation.span(value))?;
            evaluation.evaluate(value, items.as_ref(), frame)
        })
    }

    fn group_tuples(
        &mut self,
        at: ExprId,
        list: &[ExprId],
        tuples: &[Tuple<'a>],
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let mut groups: Groups<Tuple<'a>> = IndexMap::new();
        if tuples.is_empty() {
            // The reference implementation looks into a tuple that is not there.
            return fail(self.span(at), UNCODED, "there is nothing to group");
        }
        for tuple in tuples {
            self.assign(&mut groups, list, Some(tuple), |evaluation, key| evaluation.evaluate_with(key, tuple, frame))?;
        }
        self.build(groups, |evaluation, value, tuples| {
            let tuple = evaluation.merge(tuples, evaluation.span(value))?;
            evaluation.evaluate_with(value, &tuple, frame)
        })
    }

    /// Puts an item into the group of each key that it has.
    fn assign<T: Clone>(
        &mut self,
        groups: &mut Groups<T>,
        list: &[ExprId],
        item: Option<&T>,
        key_of: impl Fn(&mut Self, ExprId) -> Fallible<Option<Item>>,
    ) -> Fallible<()> {
        for (nth, (key, value)) in pairs(list).enumerate() {
            let Some(name) = key_of(self, key)? else { continue };
            let Item::Json(Value::String(name)) = name else {
                return fail(self.span(key), "T1003", format!("key is no string but {}", name.describe()));
            };
            let group = groups.entry(name).or_insert_with(|| Group { pair: nth, value, items: Vec::new() });
            if group.pair != nth {
                return fail(self.span(key), "D1009", "two keys of the object give the same name");
            }
            group.items.extend(item.cloned());
        }
        Ok(())
    }

    fn build<T>(
        &mut self,
        groups: Groups<T>,
        value_of: impl Fn(&mut Self, ExprId, Vec<T>) -> Fallible<Option<Item>>,
    ) -> Fallible<Option<Item>> {
        self.has_built = true;
        let mut members = Fields::with_capacity(groups.len());
        for (name, group) in groups {
            if let Some(value) = value_of(self, group.value, group.items)? {
                members.insert(name, value);
            }
        }
        Ok(Some(record(members)))
    }
}
