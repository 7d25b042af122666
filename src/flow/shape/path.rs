//! Paths on shapes: what they find, what comes of writing there, what is known once somebody has looked.
//!
//! The mirror of [`crate::eval::path`]: what that does with one value is done here with all values of a set at once.

use crate::asl::path::{Path, Root, Segment, SegmentKind};

use super::{Kinds, List, MAX_DEPTH, Member, Presence, Record, Rest, Shape};

/// What a path finds in the values of a set.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it finds where it finds something.
    pub shape: Shape,
    /// Whether it may find nothing, which fails the execution.
    pub misses: Misses,
}

/// Whether something that is looked for may not be there.
#[derive(Clone, Debug)]
pub enum Misses {
    /// It is there in all values: proved by what every value must have.
    Never,
    /// It may be there in some and not in others, or nothing is known.
    Perhaps,
    /// It is there in none: proved by what no value may have.
    Always(Absence),
}

/// Why something is never there.
#[derive(Clone, Debug)]
pub struct Absence {
    /// The first segment that finds nothing; none where the document itself is `null`.
    pub segment: Option<usize>,
    /// What it is asked of.
    pub holder: Shape,
}

impl Found {
    fn perhaps(shape: Shape) -> Self {
        Self { shape, misses: Misses::Perhaps }
    }
}

/// What `path` finds; `start` is what its root stands for.
#[must_use]
pub fn read(path: &Path, start: &Shape) -> Found {
    if start.is_never() {
        return Found::perhaps(Shape::never());
    }
    let mut value = start.clone();
    let mut may_miss = false;
    // No path is read from `null`, `$` included.
    if path.root == Root::Document && value.kinds().meets(Kinds::NULL) {
        value = value.without(Kinds::NULL);
        may_miss = true;
        if value.is_never() {
            let absence = Absence { segment: None, holder: start.clone() };
            return Found { shape: value, misses: Misses::Always(absence) };
        }
    }
    let n_definite = path.segments.iter().take_while(|segment| is_single(segment)).count();
    for (i, segment) in path.segments[..n_definite].iter().enumerate() {
        let (next, is_everywhere) = step(segment, &value);
        if next.is_never() {
            if n_definite < path.segments.len() {
                // A path that searches passes over members that are not there.
                return Found::perhaps(Shape::array(Shape::never(), 0));
            }
            let absence = Absence { segment: Some(i), holder: value };
            return Found { shape: Shape::never(), misses: Misses::Always(absence) };
        }
        may_miss |= !is_everywhere;
        value = next;
    }
    match &path.segments[n_definite..] {
        [] => Found { shape: value, misses: if may_miss { Misses::Perhaps } else { Misses::Never } },
        [Segment { kind: SegmentKind::Members(_), .. }] => Found::perhaps(Shape::of(Kinds::OBJECT)),
        // Functions are nothing that the service knows; a hole may be anything.
        [Segment { kind: SegmentKind::Function { .. } | SegmentKind::Hole | SegmentKind::Members(_), .. }, ..] => {
            Found::perhaps(Shape::any())
        }
        rest => Found::perhaps(Shape::array(searched(rest, value), 0)),
    }
}

/// The names of the members that lead from the document to one place in it; nothing for other paths.
#[must_use]
pub fn members(path: &Path) -> Option<Vec<&str>> {
    fn name(segment: &Segment) -> Option<&str> {
        match &segment.kind {
            SegmentKind::Member(name) => Some(&name.text),
            _ => None,
        }
    }
    if path.root == Root::Document { path.segments.iter().map(name).collect() } else { None }
}

const fn is_single(segment: &Segment) -> bool {
    matches!(segment.kind, SegmentKind::Member(_) | SegmentKind::Index(_) | SegmentKind::CountedBack(_))
}

/// What a segment that selects one value finds, and whether it does in every value.
fn step(segment: &Segment, value: &Shape) -> (Shape, bool) {
    let kinds = value.kinds();
    let in_list = |of_list: &dyn Fn(&List) -> (Shape, bool)| {
        if !kinds.meets(Kinds::ARRAY) {
            return (Shape::never(), false);
        }
        let (item, is_there) = value.list().map_or((Shape::any(), false), of_list);
        (item, is_there && Kinds::ARRAY.holds(kinds))
    };
    match &segment.kind {
        SegmentKind::Member(name) => {
            let member = value.member(&name.text);
            (member.shape, member.presence == Presence::Must && Kinds::OBJECT.holds(kinds))
        }
        SegmentKind::Index(index) => match usize::try_from(*index) {
            Ok(index) => in_list(&|list| list.item(index)),
            // Nothing is found there (measured); newer readers of paths count from the end, and that is what is meant.
            Err(_) => (value.items(), false),
        },
        SegmentKind::CountedBack(n) => in_list(&|list| match list.as_exact() {
            Some(items) => match items.len().checked_sub(*n as usize) {
                Some(index) => list.item(index),
                None => (Shape::never(), false),
            },
            None => (list.items(), (1..=list.least()).contains(&(*n as usize))),
        }),
        _ => (Shape::any(), false),
    }
}

/// What each of the values can be that segments find of which the first may select several.
fn searched(segments: &[Segment], mut value: Shape) -> Shape {
    for segment in segments {
        value = match &segment.kind {
            SegmentKind::Wildcard => {
                let members = match value.record() {
                    Some(record) => record.values(),
                    None if value.kinds().meets(Kinds::OBJECT) => Shape::any(),
                    None => Shape::never(),
                };
                value.items().join(&members)
            }
            SegmentKind::Filter(_) => value.items().join(&value.only(Kinds::OBJECT)),
            SegmentKind::Indices(_) | SegmentKind::Slice { .. } => value.items(),
            SegmentKind::Members(_) => return Shape::of(value.kinds() & Kinds::OBJECT),
            SegmentKind::Member(_) | SegmentKind::Index(_) | SegmentKind::CountedBack(_) => step(segment, &value).0,
            SegmentKind::Descendants | SegmentKind::Function { .. } | SegmentKind::Hole => return Shape::any(),
        };
    }
    value
}

/// The documents with the value at the path: `ResultPath`. Those in which it cannot be written are left out.
#[must_use]
pub fn write(path: &Path, document: &Shape, value: &Shape) -> Shape {
    let steps: Option<Vec<Step<'_>>> = path.segments.iter().map(Step::of).collect();
    match steps {
        Some(steps) if path.root == Root::Document => written(&steps, Some(document), value),
        _ => Shape::any(),
    }
}

#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Member(&'p str),
    Item(usize),
}

impl<'p> Step<'p> {
    fn of(segment: &'p Segment) -> Option<Self> {
        match &segment.kind {
            SegmentKind::Member(name) => Some(Self::Member(&name.text)),
            SegmentKind::Index(index) => usize::try_from(*index).ok().map(Self::Item),
            _ => None,
        }
    }
}

/// Recursion ends at [`MAX_DEPTH`]. Nothing stands for what is not there.
fn written(steps: &[Step<'_>], container: Option<&Shape>, value: &Shape) -> Shape {
    let Some((&step, rest)) = steps.split_first() else { return value.clone() };
    if steps.len() > MAX_DEPTH as usize {
        return Shape::of(Kinds::OBJECT | Kinds::ARRAY);
    }
    match (step, container) {
        (Step::Member(name), None) => {
            Shape::object([(name.into(), Member::must(written(rest, None, value)))], Rest::Nothing)
        }
        (Step::Member(name), Some(container)) => {
            let member = container.member(name);
            let mut inner = Shape::never();
            if member.presence != Presence::Must {
                inner = written(rest, None, value);
            }
            if member.presence != Presence::Absent {
                inner = inner.join(&written(rest, Some(&member.shape), value));
            }
            container.with_member(name, Member::must(inner))
        }
        (Step::Item(_), None) => Shape::never(),
        (Step::Item(index), Some(container)) => {
            if !container.kinds().meets(Kinds::ARRAY) {
                return Shape::never();
            }
            let Some(list) = container.list() else { return container.only(Kinds::ARRAY) };
            let (item, _) = list.item(index);
            if item.is_never() {
                return Shape::never();
            }
            list.with(index, written(rest, Some(&item), value)).made_at(container.origin())
        }
    }
}

/// The documents that have something at these members of members, of which `change` is what is left.
#[must_use]
pub fn refined(document: &Shape, names: &[&str], change: &dyn Fn(&Shape) -> Shape) -> Shape {
    let Some((name, rest)) = names.split_first() else { return change(document) };
    if names.len() > MAX_DEPTH as usize {
        return document.clone();
    }
    let member = document.member(name);
    document.with_member(name, Member::must(refined(&member.shape, rest, change)))
}

/// The documents that have nothing at these members of members.
#[must_use]
pub fn lacking(document: &Shape, names: &[&str]) -> Shape {
    let Some((name, rest)) = names.split_first() else { return Shape::never() };
    if names.len() > MAX_DEPTH as usize {
        return document.clone();
    }
    let others = document.without(Kinds::OBJECT);
    let member = document.member(name);
    let left = match (member.presence, lacking(&member.shape, rest)) {
        (Presence::Absent, _) => return document.clone(),
        (Presence::Must, inner) => document.with_member(name, Member::must(inner)),
        (Presence::May, inner) => document.with_member(name, Member::may(inner)),
    };
    left.join(&others).made_at(document.origin())
}

impl Shape {
    /// Its objects, with another member of this name.
    #[must_use]
    pub fn with_member(&self, name: &str, member: Member) -> Self {
        if !self.kinds().meets(Kinds::OBJECT) {
            return Self::never();
        }
        let record = match self.record() {
            // What is known already costs no copy of all that is known.
            Some(record) if record.tells(name, &member) => return self.only(Kinds::OBJECT),
            Some(record) => record.with(name, member),
            None => Record::new([(name.into(), member)], Rest::Any),
        };
        record.map_or_else(Self::never, |record| Self::of_record(record).made_at(self.origin()))
    }

    /// Its objects with the members of others added, those of the others first: `States.JsonMerge`, `$merge`.
    #[must_use]
    pub fn merged(&self, over: &Self) -> Self {
        if !self.kinds().meets(Kinds::OBJECT) || !over.kinds().meets(Kinds::OBJECT) {
            return Self::never();
        }
        match (self.record(), over.record()) {
            (None, None) => Self::of(Kinds::OBJECT),
            (Some(one), Some(over)) => Self::of_record(one.merged(over)),
            (Some(one), None) => {
                Record::new([], Rest::Any).map_or_else(Self::never, |over| Self::of_record(one.merged(&over)))
            }
            (None, Some(over)) => {
                Record::new([], Rest::Any).map_or_else(Self::never, |one| Self::of_record(one.merged(over)))
            }
        }
    }
}
