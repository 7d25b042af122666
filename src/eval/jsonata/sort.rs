//! Items into their order: `^(…)`, `$sort`.

use super::evaluate::{Evaluation, Fallible, fail};
use super::frame::FrameId;
use super::item::{Item, Shape, list, sequence};
use super::tuples::{Tuple, Tuples};
use crate::asl::jsonata::{ExprId, Kind, Order};
use crate::eval::java;

/// Sorts stably: `swaps` tells whether its second argument comes before its first.
pub(super) fn merge_sort<T>(mut items: Vec<T>, swaps: &mut dyn FnMut(&T, &T) -> Fallible<bool>) -> Fallible<Vec<T>> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let left = merge_sort(items, swaps)?;
    let right = merge_sort(right, swaps)?;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        merged.extend(if swaps(one, other)? { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

impl<'a> Evaluation<'a> {
    /// `input^(terms)`: an array, no longer a sequence, unless it has fewer than two items.
    pub(super) fn sort_by(&mut self, terms: &[ExprId], input: &Item, frame: FrameId) -> Fallible<Item> {
        let items: Vec<Item> = input.items_or_self().iter().collect();
        if items.len() < 2 {
            return Ok(sequence(items));
        }
        self.nest(self.span(terms[0]), 1)?;
        let sorted =
            self.sort_keyed(terms, items, |evaluation, key, item: &Item| evaluation.evaluate(key, Some(item), frame))?;
        self.unnest(1);
        Ok(list(sorted, Shape::Plain))
    }

    /// The same for a stream of tuples.
    pub(super) fn sort_tuples(&mut self, terms: &[ExprId], input: Tuples<'a>, frame: FrameId) -> Fallible<Tuples<'a>> {
        let Tuples { tuples, is_marked } = input;
        if tuples.len() < 2 {
            return Ok(Tuples { tuples, is_marked });
        }
        let tuples = self.sort_keyed(terms, tuples, |evaluation, key, tuple: &Tuple<'a>| {
            if is_marked {
                evaluation.evaluate_with(key, tuple, frame)
            } else {
                evaluation.evaluate(key, Some(&tuple.as_record()), frame)
            }
        })?;
        Ok(Tuples { tuples, is_marked: false })
    }

    fn sort_keyed<T>(
        &mut self,
        terms: &[ExprId],
        items: Vec<T>,
        key_of: impl Fn(&mut Self, ExprId, &T) -> Fallible<Option<Item>>,
    ) -> Fallible<Vec<T>> {
        let ast = self.ast;
        let terms: Vec<(Order, ExprId)> = terms
            .iter()
            .filter_map(|&term| match ast[term].kind {
                Kind::SortTerm { order, key } => Some((order, key)),
                _ => None,
            })
            .collect();
        // A later key is looked at only where all before it are equal: it may fail.
        let mut keys: Vec<Vec<Option<Item>>> = vec![Vec::new(); items.len()];
        let order = merge_sort((0..items.len()).collect(), &mut |&one, &other| {
            for (nth, &(order, key)) in terms.iter().enumerate() {
                self.spend(ast[key].span, 1)?;
                for at in [one, other] {
                    if keys[at].len() == nth {
                        keys[at].push(key_of(self, key, &items[at])?);
                    }
                }
                let swaps = self.order_keys(key, order, keys[one][nth].as_ref(), keys[other][nth].as_ref())?;
                if let Some(swaps) = swaps {
                    return Ok(swaps);
                }
            }
            Ok(false)
        })?;
        let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
        Ok(order.into_iter().filter_map(|at| items[at].take()).collect())
    }

    /// Whether the second key comes before the first; `None` where they are equal. Nothing comes last, either way.
    fn order_keys(
        &mut self,
        at: ExprId,
        order: Order,
        one: Option<&Item>,
        other: Option<&Item>,
    ) -> Fallible<Option<bool>> {
        let (one, other) = match (one, other) {
            (None, None) => return Ok(None),
            (None, _) => return Ok(Some(true)),
            (_, None) => return Ok(Some(false)),
            (Some(one), Some(other)) => (one, other),
        };
        let found = match (one.as_f64(), other.as_f64(), one.as_str(), other.as_str()) {
            (Some(one), Some(other), ..) => one.partial_cmp(&other),
            (.., Some(one), Some(other)) => {
                self.spend_on_text(self.span(at), one.len().min(other.len()))?;
                Some(java::compare(one, other))
            }
            _ => {
                let is_key = |item: &Item| item.as_f64().is_some() || item.as_str().is_some();
                let Some(wrong) = [one, other].into_iter().find(|item| !is_key(item)) else {
                    let message = format!("sort compares {} with {}", one.describe(), other.describe());
                    return fail(self.span(at), "T2007", message);
                };
                let message = format!("sort compares numbers or strings, and this is {}", wrong.describe());
                return fail(self.span(at), "T2008", message);
            }
        };
        Ok(match (found, order) {
            (Some(found), _) if found.is_eq() => None,
            (Some(found), Order::Ascending) => Some(found.is_gt()),
            (Some(found), Order::Descending) => Some(found.is_lt()),
            (None, _) => Some(false),
        })
    }
}
