//! Finds the step whose parent each `%` is, or that there is none.
//!
//! A `%` goes one step to the left, two if a `%` stands there, and leaves a path at its start for the step that the whole stands in. What
//! the reference implementation accepts this way is odd in places, and kept: a `%` goes unnoticed that leaves its path through a
//! function's body, a chain or the first step of another path, and one in the predicate of what is no path counts as an error
//! even if it found its step.

use std::collections::BTreeMap;

use super::ast::{ExprId, Kind, Lineage};
use super::paths::{Form, Tree};
use crate::text::Span;

#[derive(Default)]
pub(super) struct Ancestry {
    seekers: Vec<Seeker>,
    /// Lists of seekers. Nodes share them by index: what one adds, the others see.
    lists: Vec<Vec<u32>>,
    /// The seeker of each `%`, by the id of its node, ascending.
    of_parents: Vec<(ExprId, u32)>,
    /// The labels of the steps that were found.
    of_steps: BTreeMap<ExprId, u32>,
    /// Where a search went through the inside of a step.
    handing: Vec<ExprId>,
    work: usize,
}

/// A `%` in search of its step.
struct Seeker {
    /// How many steps it still has to go to the left.
    level: i64,
    /// Joins it to its step: its own number, or that of the first that found the same step.
    label: u32,
    span: Span,
    reported: bool,
}

/// How many steps are taken in one expression: a bound on work, far above what people write. Beyond it no `%` is reported.
const MAX_WORK: usize = 1_000_000;

impl Tree {
    /// A `%`.
    pub(super) fn parent(&mut self, span: Span) -> ExprId {
        let id = self.push(span, Kind::Parent);
        let seeker = index(self.ancestry.seekers.len());
        self.ancestry.seekers.push(Seeker { level: 1, label: seeker, span, reported: false });
        self.ancestry.of_parents.push((id, seeker));
        id
    }

    /// Whether any `%` was read: most expressions have none, and then there is nothing to hand on.
    pub(super) fn has_parents(&self) -> bool {
        !self.ancestry.seekers.is_empty()
    }

    /// Whether the value of a node is that of a `%`, filters aside.
    pub(super) fn is_parent(&self, id: ExprId) -> bool {
        self.facts(id).form == Form::Value && *self.base_kind(id) == Kind::Parent
    }

    fn seeker(&self, parent: ExprId) -> Option<u32> {
        let parents = &self.ancestry.of_parents;
        let at = parents.binary_search_by_key(&self.facts(parent).base, |&(id, _)| id).ok()?;
        Some(parents[at].1)
    }

    fn new_list(&mut self, seekers: Vec<u32>) -> u32 {
        self.ancestry.lists.push(seekers);
        index(self.ancestry.lists.len() - 1)
    }

    fn seekers(&mut self, list: u32) -> Vec<u32> {
        let seekers = self.ancestry.lists[list as usize].clone();
        self.ancestry.work += seekers.len();
        if self.is_exhausted() { Vec::new() } else { seekers }
    }

    fn is_exhausted(&self) -> bool {
        self.ancestry.work > MAX_WORK
    }

    /// What seeks to the left of a whole expression. Seekers of a path's last step do so inside the path.
    fn seeking(&self, id: ExprId) -> Option<u32> {
        let facts = self.facts(id);
        facts.seeking.filter(|_| facts.form != Form::Step)
    }

    /// A path starts with the `%` that is `parent`.
    pub(super) fn seek_left_of(&mut self, path: ExprId, parent: ExprId) {
        if let Some(seeker) = self.seeker(parent) {
            self.facts[path.index()].seeking = Some(self.new_list(vec![seeker]));
        }
    }

    /// `part` is a part of `whole`, so what it seeks lies to the left of `whole`.
    pub(super) fn inherit(&mut self, whole: ExprId, part: ExprId) {
        let own = if self.is_parent(part) { self.seeker(part) } else { None };
        let list = match (self.seeking(part), own) {
            (None, None) => return,
            (None, Some(seeker)) => self.new_list(vec![seeker]),
            (Some(list), None) => list,
            (Some(list), Some(seeker)) => {
                self.ancestry.lists[list as usize].push(seeker);
                list
            }
        };
        match self.facts(whole).seeking {
            None => self.facts[whole.index()].seeking = Some(list),
            Some(existing) => {
                let added = self.seekers(list);
                self.ancestry.lists[existing as usize].extend(added);
            }
        }
    }

    /// What seeks in a predicate finds `step` first.
    pub(super) fn resolve_predicate(&mut self, step: ExprId, predicate: ExprId) {
        let Some(list) = self.seeking(predicate) else { return };
        for seeker in self.seekers(list) {
            if self.ancestry.seekers[seeker as usize].level == 1 {
                self.seek(step, seeker);
            } else {
                self.ancestry.seekers[seeker as usize].level -= 1;
            }
        }
        self.inherit(step, predicate);
    }

    /// What seeks in the last step of a path goes through the steps before it, and on from the path if they are too few.
    pub(super) fn resolve(&mut self, path: ExprId) {
        let Kind::Path(steps) = self.kind(path) else { return };
        let Some((&last, before)) = steps.split_last() else { return };
        let list = self.facts(last).seeking;
        let own = if *self.base_kind(last) == Kind::Parent { self.seeker(last) } else { None };
        if list.is_none() && own.is_none() {
            return;
        }
        let n_before = before.len();
        let list = list.unwrap_or_else(|| self.new_list(Vec::new()));
        self.ancestry.lists[list as usize].extend(own);
        for seeker in self.seekers(list) {
            let mut left = n_before;
            while self.ancestry.seekers[seeker as usize].level > 0 && !self.is_exhausted() {
                let Kind::Path(steps) = self.kind(path) else { return };
                if left == 0 {
                    match self.facts(path).seeking {
                        Some(list) => self.ancestry.lists[list as usize].push(seeker),
                        None => self.facts[path.index()].seeking = Some(self.new_list(vec![seeker])),
                    }
                    break;
                }
                left -= 1;
                // Of neighbours that keep their context the leftmost counts.
                let before = left;
                while left > 0 && self.facts(steps[left]).focused && self.facts(steps[left - 1]).focused {
                    left -= 1;
                }
                let step = steps[left];
                self.ancestry.work += before - left;
                self.seek(step, seeker);
            }
        }
    }

    /// A seeker comes to `node`.
    fn seek(&mut self, node: ExprId, seeker: u32) {
        self.ancestry.work += 1;
        let base = self.facts(node).base;
        let Ancestry { seekers, of_steps, handing, .. } = &mut self.ancestry;
        let found = &mut seekers[seeker as usize];
        match &self.exprs[base.index()].kind {
            Kind::Name(_) | Kind::Wildcard => {
                found.level -= 1;
                if found.level == 0 {
                    found.label = *of_steps.entry(base).or_insert(found.label);
                }
            }
            Kind::Parent => found.level += 1,
            Kind::Block(list) => {
                if let Some(&last) = list.last() {
                    handing.push(base);
                    if self.facts[last.index()].form == Form::Step {
                        handing.push(self.facts[last.index()].base);
                    }
                    self.seek(last, seeker);
                }
            }
            Kind::Path(list) => {
                handing.push(base);
                let mut left = list.len();
                while left > 0 {
                    left -= 1;
                    let Kind::Path(list) = self.kind(base) else { return };
                    let step = list[left];
                    self.seek(step, seeker);
                    if self.ancestry.seekers[seeker as usize].level <= 0 || self.is_exhausted() {
                        break;
                    }
                }
            }
            _ => self.fail(seeker),
        }
    }

    fn fail(&mut self, seeker: u32) {
        let Seeker { span, reported, level, .. } = &mut self.ancestry.seekers[seeker as usize];
        *level = 0;
        if !std::mem::replace(reported, true) {
            let span = *span;
            self.error(span, "S0217", "`%` finds no step here that it could be the parent of");
        }
    }

    /// What was found.
    pub(super) fn lineage(&mut self) -> Lineage {
        let Ancestry { seekers, of_parents, of_steps, handing, .. } = std::mem::take(&mut self.ancestry);
        let parents = of_parents.into_iter().map(|(id, seeker)| (id, seekers[seeker as usize].label)).collect();
        Lineage { parents, steps: of_steps.into_iter().collect(), handing }
    }

    /// What seeks to the left of the whole expression seeks in vain.
    pub(super) fn resolve_root(&mut self, root: ExprId) {
        let own = if self.is_parent(root) { self.seeker(root) } else { None };
        let list = self.seeking(root).map(|list| self.seekers(list)).unwrap_or_default();
        if !self.is_exhausted() {
            list.into_iter().chain(own).for_each(|seeker| self.fail(seeker));
        }
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
