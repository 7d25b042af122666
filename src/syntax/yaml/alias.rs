//! Anchors, aliases and merge keys → copies of the nodes they stand for.
//!
//! A copy keeps the spans of the original. Copies are counted against a limit that grows with the document, so a few
//! lines cannot unfold to more than memory holds, and none makes a tree deeper than [`MAX_DEPTH`].

use std::collections::HashSet;

use super::Reader;
use crate::syntax::tree::{ALIASED, INCOMPLETE, KEY, Raw, TAGGED, index};
use crate::syntax::{Kind, MAX_DEPTH, SyntaxError};
use crate::text::Span;

/// Aliases may add this many nodes, and [`PER_NODE`] for each that is written out.
const FREE: usize = 100_000;
const PER_NODE: usize = 10;

/// `Raw::a` of a container that is not closed yet.
pub(super) const OPEN: u32 = u32::MAX;

/// What an anchor names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    /// The shelf it was put on, counted from 1; 0 for the tree itself.
    shelf: u32,
    ix: u32,
    /// Of a scalar: a key is a string, but what it anchors need not be one.
    kind: Kind,
}

/// The value of a merge key, taken out of the tree until its mapping is complete.
#[derive(Debug)]
pub(super) struct Shelf {
    /// Index the first node had in the tree.
    base: u32,
    raws: Vec<Raw>,
    tags: Vec<(u32, Box<str>)>,
}

#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// By the parser's number.
    known: Vec<Option<Anchor>>,
    /// Numbers below belong to earlier documents.
    pub(super) first: usize,
    shelves: Vec<Shelf>,
    n_copies: usize,
}

impl Anchors {
    pub(super) fn new_document(&mut self) {
        self.first = self.known.len();
    }

    /// How many are known.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Node `ix` of the tree is what the anchor of this number names; number 0 is no anchor.
    pub(super) fn define(&mut self, number: usize, ix: usize, kind: Kind) {
        if number > 0 {
            self.known.resize(number.max(self.known.len()), None);
            self.known.push(Some(Anchor { shelf: 0, ix: index(ix), kind }));
        }
    }
}

/// Index behind the subtree of `raw`, which is number `ix`.
fn behind(raw: &Raw, ix: u32) -> u32 {
    if raw.kind.is_container() { raw.a } else { ix + 1 }
}

impl Reader<'_> {
    /// Puts a copy of what the alias at `span` names where the reader stands.
    pub(super) fn alias(&mut self, number: usize, span: Span) {
        let name = span.of(self.text);
        let problem = match self.anchors.known.get(number).copied().flatten() {
            Some(anchor) if number >= self.anchors.first => match self.copy(anchor) {
                Ok(()) => return,
                Err(problem) => problem,
            },
            _ => format!("`{name}` names no anchor that is known here"),
        };
        self.tree.error(SyntaxError::new(span, problem));
        self.tree.raws.push(Raw::new(Kind::Missing, span));
    }

    fn copy(&mut self, anchor: Anchor) -> Result<(), String> {
        let new = self.tree.raws.len();
        let (raws, tags, base) = match anchor.shelf {
            0 => (&self.tree.raws, &self.tree.tags, 0),
            n => {
                let shelf = &self.anchors.shelves[n as usize - 1];
                (&shelf.raws, &shelf.tags, shelf.base)
            }
        };
        let root = raws[(anchor.ix - base) as usize];
        if root.kind.is_container() && root.a == OPEN {
            return Err("this alias stands inside the value it names".to_owned());
        }
        let range = (anchor.ix - base) as usize..(behind(&root, anchor.ix) - base) as usize;
        let limit = FREE + PER_NODE * (new - self.anchors.n_copies.min(new));
        if self.anchors.n_copies + range.len() > limit {
            return Err(format!("aliases expand to more than {limit} values; not expanded further"));
        }
        if self.open.len() + height(&raws[range.clone()], anchor.ix) > MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH} levels once expanded; what lies inside is not read"));
        }
        // Tags first: they borrow from where the nodes are.
        let old = anchor.ix..index(range.end) + base;
        let from = tags.partition_point(|&(ix, _)| ix < old.start);
        let copied: Vec<_> = tags[from..]
            .iter()
            .take_while(|(ix, _)| *ix < old.end)
            .map(|(ix, tag)| (ix - old.start + index(new), tag.clone()))
            .collect();
        self.anchors.n_copies += range.len();
        if anchor.shelf == 0 {
            self.tree.raws.extend_from_within(range);
        } else {
            self.tree.raws.extend_from_slice(&self.anchors.shelves[anchor.shelf as usize - 1].raws[range]);
        }
        self.tree.tags.extend(copied);
        moved(&mut self.tree.raws[new..], old.start, index(new));
        let root = &mut self.tree.raws[new];
        root.flags &= !KEY;
        root.kind = anchor.kind;
        Ok(())
    }

    /// Takes the value of a merge key, and the key, off the end of the tree.
    ///
    /// `n_anchors` were known before it.
    pub(super) fn shelve(&mut self, key: u32, n_anchors: usize) {
        let raws = self.tree.raws.split_off(key as usize);
        let first_tag = self.tree.tags.partition_point(|&(ix, _)| ix < key);
        let tags = self.tree.tags.split_off(first_tag);
        self.anchors.shelves.push(Shelf { base: key, raws, tags });
        let shelf = index(self.anchors.shelves.len());
        for anchor in self.anchors.known[n_anchors..].iter_mut().flatten().filter(|anchor| anchor.shelf == 0) {
            anchor.shelf = shelf;
        }
        if let Some(open) = self.open.last_mut() {
            open.shelves.push(shelf);
            open.count -= 1;
        }
    }

    /// Ends the mapping `ix` that has merge keys: appends the members of what was shelved, unless it has them itself.
    /// Gives how many.
    pub(super) fn merge(&mut self, ix: u32, shelves: &[u32]) -> u32 {
        let mut names = HashSet::new();
        let mut at = ix + 1;
        while (at as usize) < self.tree.raws.len() {
            names.insert(self.name(&self.tree.raws[at as usize]).to_owned());
            at = behind(&self.tree.raws[at as usize + 1], at + 1);
        }
        let mut count = 0;
        for &shelf in shelves {
            let at = shelf as usize - 1;
            // The shelf stays: an anchor may name what is on it.
            let shelf =
                std::mem::replace(&mut self.anchors.shelves[at], Shelf { base: 0, raws: Vec::new(), tags: Vec::new() });
            count += self.merge_value(ix, &shelf, &mut names);
            self.anchors.shelves[at] = shelf;
        }
        count
    }

    fn merge_value(&mut self, ix: u32, shelf: &Shelf, names: &mut HashSet<String>) -> u32 {
        let value = shelf.raws[1];
        if value.kind != Kind::Array || value.flags & TAGGED != 0 {
            return self.merge_mapping(ix, shelf, 1, names);
        }
        let mut count = 0;
        let mut at = shelf.base + 2;
        for _ in 0..value.b {
            count += self.merge_mapping(ix, shelf, (at - shelf.base) as usize, names);
            at = behind(&shelf.raws[(at - shelf.base) as usize], at);
        }
        count
    }

    /// Appends the members of the mapping at `from` on the shelf.
    fn merge_mapping(&mut self, ix: u32, shelf: &Shelf, from: usize, names: &mut HashSet<String>) -> u32 {
        let value = shelf.raws[from];
        if value.kind != Kind::Object || value.flags & (TAGGED | INCOMPLETE) != 0 {
            self.tree.raws[ix as usize].flags |= INCOMPLETE;
            if !matches!(value.kind, Kind::Object | Kind::Missing | Kind::Hole) && value.flags & TAGGED == 0 {
                let span = Span::new(value.start, value.end);
                self.tree.error(SyntaxError::new(span, "`<<` merges mappings; this is none, and is left out"));
            }
        }
        if value.kind != Kind::Object {
            return 0;
        }
        let mut count = 0;
        let mut key = index(from) + shelf.base + 1;
        for _ in 0..value.b {
            let start = (key - shelf.base) as usize;
            let next = behind(&shelf.raws[start + 1], key + 1);
            let end = (next - shelf.base) as usize;
            if names.insert(self.name(&shelf.raws[start]).to_owned()) {
                let new = self.tree.raws.len();
                self.tree.raws.extend_from_slice(&shelf.raws[start..end]);
                moved(&mut self.tree.raws[new..], key, index(new));
                let from = shelf.tags.partition_point(|&(ix, _)| ix < key);
                let tags = shelf.tags[from..].iter().take_while(|(ix, _)| *ix < next);
                self.tree.tags.extend(tags.map(|(ix, tag)| (ix - key + index(new), tag.clone())));
                count += 1;
            }
            key = next;
        }
        count
    }

    fn name(&self, key: &Raw) -> &str {
        let decoded = key.flags & crate::syntax::tree::DECODED != 0;
        Span::new(key.a, key.b).of(if decoded { &self.tree.decoded } else { self.text })
    }
}

/// Marks copies, and moves the ends of containers from `old`, where the originals begin, to `new`.
fn moved(copies: &mut [Raw], old: u32, new: u32) {
    for copy in copies {
        copy.flags |= ALIASED;
        if copy.kind.is_container() {
            copy.a = copy.a - old + new;
        }
    }
}

/// How many containers stand inside each other in a subtree whose first node is number `first`.
fn height(raws: &[Raw], first: u32) -> usize {
    let mut ends: Vec<u32> = Vec::new();
    let mut height = 0;
    for (ix, raw) in (first..).zip(raws) {
        while ends.last().is_some_and(|&end| end <= ix) {
            ends.pop();
        }
        if raw.kind.is_container() {
            ends.push(raw.a);
            height = height.max(ends.len());
        }
    }
    height
}
