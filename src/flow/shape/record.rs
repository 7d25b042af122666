//! What is known of the objects of a set.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Joining, Shape};
use crate::eval::value::Members;

/// How many members are told apart.
const MAX_MEMBERS: usize = 64;

/// Whether the objects of a set have a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// None of them has it: no execution has it.
    Absent,
    /// Some may have it, and some may not: nothing follows.
    May,
    /// Each of them has it: every execution has it.
    Must,
}

/// A member of the objects of a set.
#[derive(Clone, Debug)]
pub struct Member {
    /// Whether it is there.
    pub presence: Presence,
    /// What it is where it is there.
    pub shape: Shape,
}

impl Member {
    /// One that is there.
    #[must_use]
    pub const fn must(shape: Shape) -> Self {
        Self { presence: Presence::Must, shape }
    }

    /// One that may be there.
    #[must_use]
    pub const fn may(shape: Shape) -> Self {
        Self { presence: Presence::May, shape }
    }

    /// One that is not there.
    #[must_use]
    pub fn absent() -> Self {
        Self { presence: Presence::Absent, shape: Shape::never() }
    }

    /// One of which nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self::may(Shape::any())
    }

    /// The same in the form that a record keeps; nothing where it must be there and cannot be anything.
    fn settle(&mut self) -> Option<()> {
        match self.presence {
            Presence::Must if self.shape.is_never() => return None,
            Presence::May if self.shape.is_never() => self.presence = Presence::Absent,
            Presence::Absent => self.shape = Shape::never(),
            _ => {}
        }
        if self.shape.depth() >= super::MAX_DEPTH {
            self.shape = self.shape.top();
        }
        Some(())
    }

    /// Whether it tells more under this name than what is told of all other members.
    fn adds_to(&self, name: &str, rest: Rest, others: &Shape) -> bool {
        let is_other = || if others.is_any() { self.shape.is_any() } else { self.shape == *others };
        match self.presence {
            Presence::Must => true,
            Presence::May => !(rest.admits(name) && is_other()),
            Presence::Absent => rest.admits(name),
        }
    }

    fn joined(&self, other: &Self, how: Joining) -> Self {
        let presence = if self.presence == other.presence { self.presence } else { Presence::May };
        Self { presence, shape: self.shape.joined(&other.shape, how) }
    }

    fn includes(&self, other: &Self) -> bool {
        (self.presence == Presence::May || self.presence == other.presence) && self.shape.includes(&other.shape)
    }
}

/// Which members there may be besides those that are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rest {
    /// None.
    Nothing,
    /// Some that start with a capital letter, as those of AWS do: more may come with a new version of a service.
    Capitalised,
    /// Some.
    Any,
}

impl Rest {
    fn admits(self, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            // `message-id` and the like, which headers bring along, are not the names of members.
            Self::Capitalised => name.starts_with(|first: char| !first.is_ascii_lowercase()),
            Self::Any => true,
        }
    }
}

/// A name, and what two records tell of it.
type Pair<'r> = (&'r Arc<str>, Cow<'r, Member>, Cow<'r, Member>);

/// Objects.
#[derive(Clone, Debug)]
pub struct Record {
    /// By name, in the order of names.
    members: Vec<(Arc<str>, Member)>,
    rest: Rest,
    /// What the members of `rest` are: any value where there are none.
    others: Shape,
    depth: u32,
}

impl Record {
    /// The objects of these members; none where one that must be there cannot be anything.
    pub(super) fn new(members: impl IntoIterator<Item = (Arc<str>, Member)>, rest: Rest) -> Option<Self> {
        let mut members: Vec<(Arc<str>, Member)> = members.into_iter().collect();
        if !members.is_sorted_by(|(one, _), (other, _)| one < other) {
            members.reverse();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            members.dedup_by(|(one, _), (other, _)| one == other);
        }
        Self::of_sorted(members, rest, Shape::any())
    }

    /// The objects with any names, under each of which stands such a value.
    pub(super) fn each(value: Shape) -> Option<Self> {
        Self::of_sorted(Vec::new(), Rest::Any, value)
    }

    fn of_sorted(mut members: Vec<(Arc<str>, Member)>, mut rest: Rest, mut others: Shape) -> Option<Self> {
        if others.is_never() {
            rest = Rest::Nothing;
        }
        if rest == Rest::Nothing || others.depth() >= super::MAX_DEPTH {
            others = if rest == Rest::Nothing { Shape::any() } else { others.top() };
        }
        for (_, member) in &mut members {
            member.settle()?;
        }
        members.retain(|(name, member)| member.adds_to(name, rest, &others));
        if members.len() > MAX_MEMBERS {
            members.truncate(MAX_MEMBERS);
            (rest, others) = (Rest::Any, Shape::any());
        }
        let depth = members.iter().map(|(_, member)| member.shape.depth()).max().unwrap_or_default();
        let depth = 1 + depth.max(others.depth());
        Some(Self { members, rest, others, depth })
    }

    pub(super) const fn depth(&self) -> u32 {
        self.depth
    }

    /// The members that something is known of, in the order of names. Some of them may be known to be absent.
    pub fn members(&self) -> impl Iterator<Item = (&Arc<str>, &Member)> {
        self.members.iter().map(|(name, member)| (name, member))
    }

    /// What else there may be.
    #[must_use]
    pub const fn rest(&self) -> Rest {
        self.rest
    }

    /// The member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Member {
        match self.members.binary_search_by(|(own, _)| (**own).cmp(name)) {
            Ok(at) => self.members[at].1.clone(),
            Err(_) => self.other(name),
        }
    }

    /// The member of a name that nothing is told of.
    fn other(&self, name: &str) -> Member {
        if self.rest.admits(name) { Member::may(self.others.clone()) } else { Member::absent() }
    }

    /// What the members besides those told are, in the join of two records.
    fn others_with(&self, other: &Self, how: Joining) -> Shape {
        match (self.rest, other.rest) {
            (Rest::Nothing, _) => other.others.clone(),
            (_, Rest::Nothing) => self.others.clone(),
            _ => self.others.joined(&other.others, how),
        }
    }

    /// Whether nothing is told of any member.
    fn is_any(&self) -> bool {
        self.rest == Rest::Any && self.others.is_any() && self.members.is_empty()
    }

    /// The objects whose member of this name is another; none where it must be there and cannot be anything.
    #[must_use]
    pub fn with(&self, name: &str, mut member: Member) -> Option<Self> {
        member.settle()?;
        let found = self.members.binary_search_by(|(own, _)| (**own).cmp(name));
        let (Ok(at) | Err(at)) = found;
        let behind = &self.members[at + usize::from(found.is_ok())..];
        let mut members = Vec::with_capacity(self.members.len() + 1);
        members.extend_from_slice(&self.members[..at]);
        let depth = 1 + member.shape.depth();
        if member.adds_to(name, self.rest, &self.others) {
            let name = found.map_or_else(|_| name.into(), |at| Arc::clone(&self.members[at].0));
            members.push((name, member));
        }
        members.extend_from_slice(behind);
        // The others are as they were; all are looked at where there are too many, or where the deepest may be gone.
        let is_deepest = found.is_ok_and(|at| 1 + self.members[at].1.shape.depth() == self.depth);
        if members.len() > MAX_MEMBERS || is_deepest {
            return Self::of_sorted(members, self.rest, self.others.clone());
        }
        Some(Self { members, rest: self.rest, others: self.others.clone(), depth: self.depth.max(depth) })
    }

    /// Whether this is told of the member of this name, and is shared with what tells it: where it is not, nothing follows.
    pub(super) fn tells(&self, name: &str, member: &Member) -> bool {
        self.members.binary_search_by(|(own, _)| (**own).cmp(name)).is_ok_and(|at| {
            let own = &self.members[at].1;
            own.presence == member.presence && own.shape.is_shared(&member.shape)
        })
    }

    /// What any member can be.
    #[must_use]
    pub fn values(&self) -> Shape {
        let others = if self.rest == Rest::Nothing { Shape::never() } else { self.others.clone() };
        self.members.iter().fold(others, |all, (_, member)| all.join(&member.shape))
    }

    /// Each name that either of two records tells something of, with what both tell.
    fn pairs<'r>(&'r self, other: &'r Self) -> Vec<Pair<'r>> {
        let mut pairs = Vec::with_capacity(self.members.len().max(other.members.len()));
        let (mut one, mut two) = (self.members.iter().peekable(), other.members.iter().peekable());
        loop {
            let order = match (one.peek(), two.peek()) {
                (None, None) => return pairs,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((mine, _)), Some((theirs, _))) => mine.cmp(theirs),
            };
            let mine = if order.is_le() { one.next() } else { None };
            let theirs = if order.is_ge() { two.next() } else { None };
            let Some(name) = mine.or(theirs).map(|(name, _)| name) else { return pairs };
            let or_rest = |found: Option<&'r (Arc<str>, Member)>, of: &Self| match found {
                Some((_, member)) => Cow::Borrowed(member),
                None => Cow::Owned(of.other(name)),
            };
            pairs.push((name, or_rest(mine, self), or_rest(theirs, other)));
        }
    }

    /// Nothing where nothing is known any more.
    pub(super) fn joined(&self, other: &Self, how: Joining) -> Option<Self> {
        let mut rest = self.rest.max(other.rest);
        let mut others = self.others_with(other, how);
        let mut members = Vec::new();
        for (name, mine, theirs) in self.pairs(other) {
            // New members are what makes chains grow.
            if how == Joining::Widening && mine.presence == Presence::Absent && theirs.presence != Presence::Absent {
                (rest, others) = (Rest::Any, Shape::any());
                continue;
            }
            members.push((Arc::clone(name), mine.joined(&theirs, how)));
        }
        if rest == Rest::Any {
            // Nothing has been said of the members that were left out.
            members.retain(|(_, member)| member.presence != Presence::Absent || self.rest.max(other.rest) == Rest::Any);
        }
        let joined = Self::of_sorted(members, rest, others)?;
        (!joined.is_any()).then_some(joined)
    }

    /// The objects of both, with the members of `over` where both have one.
    pub(super) fn merged(&self, over: &Self) -> Self {
        let merged = self.pairs(over).into_iter().map(|(name, mine, theirs)| {
            let member = match theirs.presence {
                Presence::Must => theirs.into_owned(),
                Presence::Absent => mine.into_owned(),
                Presence::May => {
                    let presence = if mine.presence == Presence::Must { Presence::Must } else { Presence::May };
                    Member { presence, shape: mine.shape.join(&theirs.shape) }
                }
            };
            (Arc::clone(name), member)
        });
        // What must be there on either side was something there.
        let others = self.others_with(over, Joining::Exact);
        Self::of_sorted(merged.collect(), self.rest.max(over.rest), others).unwrap_or_else(|| over.clone())
    }

    pub(super) fn includes(&self, other: Option<&Self>) -> bool {
        let Some(other) = other else { return self.is_any() };
        self.rest >= other.rest
            && (other.rest == Rest::Nothing || self.others.includes(&other.others))
            && self.pairs(other).iter().all(|(_, mine, theirs)| mine.includes(theirs))
    }

    pub(super) fn admits(&self, values: &Members) -> bool {
        let told = self.members.iter().all(|(name, member)| match values.get(name) {
            Some(value) => member.presence != Presence::Absent && member.shape.admits(value),
            None => member.presence != Presence::Must,
        });
        let is_told = |name: &str| self.members.binary_search_by(|(own, _)| (**own).cmp(name)).is_ok();
        told && values.iter().all(|(name, value)| is_told(name) || self.rest.admits(name) && self.others.admits(value))
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        let mut separator = "";
        for (name, member) in &self.members {
            f.write_str(separator)?;
            separator = ", ";
            match member.presence {
                Presence::Must => write!(f, "{name}: {}", member.shape)?,
                Presence::May => write!(f, "{name}?: {}", member.shape)?,
                Presence::Absent => write!(f, "!{name}")?,
            }
        }
        match self.rest {
            Rest::Nothing => {}
            Rest::Capitalised => write!(f, "{separator}A…")?,
            Rest::Any => write!(f, "{separator}…")?,
        }
        if !self.others.is_any() {
            write!(f, ": {}", self.others)?;
        }
        f.write_str("}")
    }
}
