//! Turns the tree of an expression into texts that it matches: all of them where they are few, and one that is short.
//!
//! What is made up is only a guess where an expression looks around or refers back: whoever uses it holds it against the matcher.

use std::cell::Cell;

use super::parser::{Assertion, Node};

/// How many texts are told apart.
const MOST_TEXTS: usize = 64;

/// How often a part is repeated beyond what it has to be, so that a text is as long as is asked for.
const MOST_REPEATED: u32 = 1_000;

/// How long a text becomes.
const MOST_UNITS: usize = 4_000;

/// How many parts are gone through for one text.
const MOST_STEPS: u32 = 100_000;

/// Units that read well in a text that is made up.
const PLAIN: &[u8] = b"a0A1b2c3d4e5f6789-_. /:@";

/// All texts that an expression without flags matches as a whole, where it says where they begin and end; nothing where there are
/// more than [`MOST_TEXTS`], or it has parts that look around.
pub(super) fn texts(node: &Node) -> Option<Vec<Vec<u16>>> {
    match node {
        Node::Either(branches) => joined(branches.iter().map(texts)),
        Node::Sequence(parts) => match parts.as_slice() {
            [Node::Assertion(Assertion::TextStart), inner @ .., Node::Assertion(Assertion::TextEnd)] => {
                sequence(inner.iter().map(plain_texts))
            }
            [one] => texts(one),
            _ => None,
        },
        Node::Group { body, .. } => texts(body),
        _ => None,
    }
}

/// The texts of a part that stands within a text.
fn plain_texts(node: &Node) -> Option<Vec<Vec<u16>>> {
    match node {
        Node::Unit { unit, ignore_case: false } => Some(vec![vec![*unit]]),
        Node::Set(set) => {
            let units: Vec<_> = (0..=u16::MAX).filter(|&unit| set.contains(unit)).take(MOST_TEXTS + 1).collect();
            (units.len() <= MOST_TEXTS).then(|| units.into_iter().map(|unit| vec![unit]).collect())
        }
        Node::Group { body, .. } => plain_texts(body),
        Node::Repeat { body, count, .. } => {
            let most = usize::try_from(count.max).ok().filter(|&most| most <= MOST_TEXTS)?;
            let body = plain_texts(body)?;
            let times = |n: usize| sequence(std::iter::repeat_n(&body, n).map(|body| Some(body.clone())));
            joined((usize::try_from(count.min).ok()?..=most).map(times))
        }
        Node::Sequence(parts) => sequence(parts.iter().map(plain_texts)),
        Node::Either(branches) => joined(branches.iter().map(plain_texts)),
        Node::Unit { .. } | Node::Assertion(_) | Node::Reference { .. } | Node::Look { .. } => None,
    }
}

fn joined(lists: impl Iterator<Item = Option<Vec<Vec<u16>>>>) -> Option<Vec<Vec<u16>>> {
    let mut all = Vec::new();
    for list in lists {
        all.extend(list?);
        all.sort_unstable();
        all.dedup();
        if all.len() > MOST_TEXTS {
            return None;
        }
    }
    Some(all)
}

fn sequence(parts: impl Iterator<Item = Option<Vec<Vec<u16>>>>) -> Option<Vec<Vec<u16>>> {
    let mut all = vec![Vec::new()];
    for part in parts {
        let part = part?;
        if all.len() * part.len() > MOST_TEXTS {
            return None;
        }
        all = all.iter().flat_map(|start| part.iter().map(move |end| [start.as_slice(), end].concat())).collect();
    }
    Some(all)
}

/// A text that begins as the hint does, as far as that is simple, with so many rounds of what repeats more than it has to have.
pub(super) fn sample(node: &Node, n_groups: usize, hint: &[u16], extra: u32) -> Option<Vec<u16>> {
    let (groups, n_left) = (vec![Vec::new(); n_groups + 1], Cell::new(MOST_STEPS));
    let mut sample = Sample { hint, extra: extra.min(MOST_REPEATED), groups, text: Vec::new(), n_left: &n_left };
    sample.add(node)?;
    Some(sample.text)
}

/// What is made up, part by part.
#[derive(Clone)]
struct Sample<'h> {
    /// What the text is to be like where it may: unit by unit.
    hint: &'h [u16],
    /// How many rounds are left that no part has to go.
    extra: u32,
    /// What the groups matched, by number.
    groups: Vec<Vec<u16>>,
    text: Vec<u16>,
    n_left: &'h Cell<u32>,
}

impl Sample<'_> {
    /// Recursion is bounded by the depth of the expression.
    fn add(&mut self, node: &Node) -> Option<()> {
        self.n_left.set(self.n_left.get().checked_sub(1)?);
        if self.text.len() > MOST_UNITS {
            return None;
        }
        match node {
            Node::Unit { unit, .. } => self.text.push(*unit),
            Node::Set(set) => {
                let hinted = self.hint.get(self.text.len()).copied().filter(|&unit| set.contains(unit));
                let mut plain = PLAIN.iter().map(|&unit| u16::from(unit)).chain(0x20..0xd800);
                let unit = hinted.or_else(|| plain.find(|&unit| set.contains(unit)))?;
                self.text.push(unit);
            }
            Node::Group { number, body } => {
                let start = self.text.len();
                self.add(body)?;
                if let Some(group) = self.groups.get_mut(*number) {
                    *group = self.text[start..].to_vec();
                }
            }
            Node::Reference { number, .. } => {
                let group = self.groups.get(*number).cloned().unwrap_or_default();
                self.text.extend(group);
            }
            Node::Repeat { body, count, .. } => {
                for _ in 0..count.min {
                    self.add(body)?;
                }
                let mut n = count.min;
                // More rounds where the hint goes on like that, then those that are asked for.
                while n < count.max && self.text.len() < self.hint.len() {
                    let mut longer = self.clone();
                    longer.add(body)?;
                    if longer.text.len() == self.text.len() || !self.hint.starts_with(&longer.text) {
                        break;
                    }
                    *self = longer;
                    n += 1;
                }
                while n < count.max && self.extra > 0 {
                    self.extra -= 1;
                    self.add(body)?;
                    n += 1;
                }
            }
            Node::Sequence(parts) => parts.iter().try_for_each(|part| self.add(part))?,
            Node::Either(branches) => {
                let n_like = |text: &[u16]| text.iter().zip(self.hint).take_while(|(one, other)| one == other).count();
                let each = branches.iter().filter_map(|branch| {
                    let mut sample = self.clone();
                    sample.add(branch).map(|()| sample)
                });
                let best = each.min_by_key(|sample| (std::cmp::Reverse(n_like(&sample.text)), sample.text.len()))?;
                *self = best;
            }
            Node::Assertion(_) | Node::Look { .. } => {}
        }
        Some(())
    }
}
