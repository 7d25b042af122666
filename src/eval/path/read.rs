//! Turns a path into what it selects.

use crate::asl::path::{Path, Root, Segment, SegmentKind};
use crate::eval::budget::{Budget, MOST_FOR_ONE, OutOfBudget};
use crate::eval::fault::Fault;
use crate::eval::roots::Roots;
use crate::eval::value::{Members, Value};

use super::filter::Condition;

/// How many segments of a path may select several values each: a stack is bounded by it.
const MAX_BRANCHINGS: usize = 200;

/// The value of a path.
///
/// # Errors
/// A definite path that finds nothing, a segment that is asked of what it cannot be asked of, and too much work.
pub fn read(path: &Path, roots: &Roots<'_>, budget: &mut Budget) -> Result<Value, Fault> {
    let start = match &path.root {
        // "Unable to apply Path transformation to null or empty input", the service says.
        Root::Document if *roots.document == Value::Null => {
            return Err(Fault::runtime(path.root_span, "the input is null, and no path is read from that"));
        }
        Root::Document => roots.document.clone(),
        Root::Context => (roots.context)(),
        Root::Variable(name) => match (roots.variables)(name) {
            Some(value) => value,
            None => {
                return Err(Fault::runtime(path.root_span, format!("nothing is assigned to the variable `${name}`")));
            }
        },
        Root::Item => return Err(Fault::runtime(path.root_span, "`@` stands for an item, inside filters only")),
        Root::Unknown => return Err(Fault::runtime(path.root_span, "a path starts with `$`")),
    };
    match budget.within(MOST_FOR_ONE, |budget| select(path, &start, &start, budget)) {
        Ok(value) => value.within_depth(path.span),
        Err(Stop::Missing { segment, value }) => Err(missing(path, segment, &value)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// Why a path has no value.
pub(super) enum Stop {
    /// A segment finds nothing in a value. `[*]` before it passes the item over, and a filter does.
    Missing { segment: usize, value: Value },
    /// Something that nothing passes over.
    Fault(Fault),
}

/// What a path selects from a value; `document` is what `$` stands for in its filters.
pub(super) fn select(path: &Path, start: &Value, document: &Value, budget: &mut Budget) -> Result<Value, Stop> {
    let mut reading = Reading::new(path, document, budget).map_err(Stop::Fault)?;
    reading.follow(0, start)?;
    let Reading { mut found, last_branching, .. } = reading;
    if last_branching.is_some() {
        return Ok(Value::array(found));
    }
    // A definite path ends in one value, or stops before.
    Ok(found.pop().unwrap_or_default())
}

/// A path being read.
struct Reading<'r> {
    path: &'r Path,
    /// The filters of the segments, where they are filters.
    conditions: Vec<Option<Condition<'r>>>,
    /// The last segment that may select several values, if there is one.
    last_branching: Option<usize>,
    document: &'r Value,
    budget: &'r mut Budget,
    found: Vec<Value>,
}

impl<'r> Reading<'r> {
    fn new(path: &'r Path, document: &'r Value, budget: &'r mut Budget) -> Result<Self, Fault> {
        let last_branching = path.segments.iter().rposition(is_branching);
        let mut conditions = Vec::new();
        if last_branching.is_some() {
            if let Some(excess) = path.segments.iter().filter(|segment| is_branching(segment)).nth(MAX_BRANCHINGS) {
                let message = format!("more than {MAX_BRANCHINGS} steps of this path select several values");
                return Err(Fault::runtime(excess.span, message));
            }
            conditions.reserve_exact(path.segments.len());
            for segment in &path.segments {
                conditions.push(match &segment.kind {
                    SegmentKind::Filter(filter) => Some(Condition::new(filter)?),
                    _ => None,
                });
            }
        }
        Ok(Self { path, conditions, last_branching, document, budget, found: Vec::new() })
    }

    /// Adds what the segments from `at` on select from a value. It calls itself at segments that branch only.
    fn follow(&mut self, mut at: usize, mut value: &Value) -> Result<(), Stop> {
        let path = self.path;
        while let Some(segment) = path.segments.get(at) {
            self.spend(1)?;
            let missing = || Err(Stop::Missing { segment: at, value: value.clone() });
            let next = match (&segment.kind, value) {
                (SegmentKind::Member(name), Value::Object(members)) => match members.get(&*name.text) {
                    None if self.is_passed_over(at) => return Ok(()),
                    found => found,
                },
                (SegmentKind::Index(index), Value::Array(items)) => {
                    usize::try_from(*index).ok().and_then(|index| items.get(index))
                }
                (SegmentKind::CountedBack(n), Value::Array(items)) => {
                    items.len().checked_sub(*n as usize).and_then(|index| items.get(index))
                }
                (SegmentKind::Filter(_), Value::Object(_)) => {
                    if !self.accepts(at, value)? {
                        return Ok(());
                    }
                    Some(value)
                }
                (SegmentKind::Members(names), Value::Object(members)) => {
                    if at + 1 < path.segments.len() {
                        return Err(fault(segment, "several members can be picked at the end of a path only"));
                    }
                    let picked = names.iter().filter_map(|name| members.get_key_value(&*name.text));
                    let picked: Members = picked.map(|(name, value)| (name.clone(), value.clone())).collect();
                    self.spend(picked.len())?;
                    self.found.push(Value::object(picked));
                    return Ok(());
                }
                // Before version 2.1 this was the name of a member, which nobody has.
                (SegmentKind::Function { .. }, Value::Object(_)) if self.is_passed_over(at) => return Ok(()),
                (SegmentKind::Member(_) | SegmentKind::Members(_) | SegmentKind::Function { .. }, _) => {
                    return missing();
                }
                (SegmentKind::Hole, _) => {
                    return Err(fault(segment, "a placeholder is left in this path, and nothing has filled it in"));
                }
                _ => return self.branch(at, segment, value),
            };
            match next {
                Some(next) => value = next,
                None => return missing(),
            }
            at += 1;
        }
        self.spend(1)?;
        self.found.push(value.clone());
        Ok(())
    }

    /// Follows the rest of the path from each value that a segment selects.
    fn branch(&mut self, at: usize, segment: &Segment, value: &Value) -> Result<(), Stop> {
        match (&segment.kind, value) {
            (SegmentKind::Descendants, _) => self.descend(at + 1, value),
            (SegmentKind::Wildcard, Value::Object(members)) => {
                members.values().try_for_each(|member| self.follow(at + 1, member))
            }
            (SegmentKind::Wildcard, Value::Array(items)) => {
                items.iter().try_for_each(|item| match self.follow(at + 1, item) {
                    Err(Stop::Missing { .. }) => Ok(()),
                    result => result,
                })
            }
            (SegmentKind::Wildcard, _) => Ok(()),
            (SegmentKind::Filter(_), Value::Array(items)) => items
                .iter()
                .try_for_each(|item| if self.accepts(at, item)? { self.follow(at + 1, item) } else { Ok(()) }),
            (SegmentKind::Indices(indices), Value::Array(_)) => {
                indices.iter().try_for_each(|&index| self.follow_item(at, value, index))
            }
            (SegmentKind::Slice { from: None, to: None }, Value::Array(_)) => {
                Err(fault(segment, "a slice has one bound at least"))
            }
            (SegmentKind::Slice { from, to }, Value::Array(items)) => {
                let (from, to) = bounds(*from, *to, items.len());
                (from..to).try_for_each(|index| self.follow_item(at, value, index))
            }
            (SegmentKind::Filter(_), _) => {
                let message = format!("a filter is asked of {}, neither an array nor an object", value.describe());
                Err(fault(segment, &message))
            }
            (_, Value::Null) => Err(Stop::Missing { segment: at, value: Value::Null }),
            _ => Err(fault(segment, &format!("items are asked of {}, which has none", value.describe()))),
        }
    }

    fn follow_item(&mut self, at: usize, array: &Value, index: i64) -> Result<(), Stop> {
        let items = array.as_array().unwrap_or_default();
        match usize::try_from(index).ok().and_then(|index| items.get(index)) {
            Some(item) => self.follow(at + 1, item),
            None => Err(Stop::Missing { segment: at, value: array.clone() }),
        }
    }

    /// Follows the path from `at` on from a value and from all containers in it, those before what lies in them.
    ///
    /// Where segments follow, one that is asked of an array (`..[0].a`, `..[1:].a`) goes on with every item of it, whichever it
    /// names; and a filter is asked of the array itself before it is asked of its items.
    fn descend(&mut self, at: usize, top: &Value) -> Result<(), Stop> {
        let Some(target) = self.path.segments.get(at) else { return Ok(()) };
        let is_last = at + 1 == self.path.segments.len();
        let mut open = vec![top];
        while let Some(value) = open.pop() {
            self.spend(1)?;
            match value {
                Value::Object(members) => {
                    let is_asked = match &target.kind {
                        SegmentKind::Member(name) => members.contains_key(&*name.text),
                        SegmentKind::Members(names) => names.iter().all(|name| members.contains_key(&*name.text)),
                        // The filter itself is asked of the object.
                        SegmentKind::Wildcard | SegmentKind::Filter(_) => true,
                        _ => false,
                    };
                    if is_asked {
                        self.follow(at, value)?;
                    }
                    open.extend(members.values().rev());
                }
                Value::Array(items) => {
                    let is_asked = match target.kind {
                        SegmentKind::Index(_)
                        | SegmentKind::CountedBack(_)
                        | SegmentKind::Indices(_)
                        | SegmentKind::Slice { .. }
                        | SegmentKind::Wildcard => true,
                        SegmentKind::Filter(_) => self.accepts(at, value)?,
                        _ => false,
                    };
                    if is_asked && is_last {
                        self.follow(at, value)?;
                    } else if is_asked {
                        items.iter().try_for_each(|item| self.follow(at + 1, item))?;
                    }
                    open.extend(items.iter().rev());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a member that is missing at this segment is no fault: the path goes on, and not all of it, from the segment before
    /// on, is definite.
    fn is_passed_over(&self, at: usize) -> bool {
        at + 1 < self.path.segments.len() && self.last_branching.is_some_and(|last| last + 1 >= at)
    }

    fn accepts(&mut self, at: usize, item: &Value) -> Result<bool, Stop> {
        match &self.conditions[at] {
            Some(condition) => condition.holds(item, self.document, self.budget).map_err(Stop::Fault),
            None => Ok(false),
        }
    }

    fn spend(&mut self, units: usize) -> Result<(), Stop> {
        let out_of_budget = |out: OutOfBudget| Stop::Fault(Fault::out_of_budget(self.path.span, out));
        self.budget.spend(units as u64).map_err(out_of_budget)
    }
}

/// Whether a segment may select several values.
pub(super) fn is_branching(segment: &Segment) -> bool {
    !matches!(
        segment.kind,
        SegmentKind::Member(_)
            | SegmentKind::Members(_)
            | SegmentKind::Index(_)
            | SegmentKind::CountedBack(_)
            | SegmentKind::Function { .. }
    )
}

fn fault(segment: &Segment, message: &str) -> Stop {
    Stop::Fault(Fault::runtime(segment.span, message))
}

/// The indices of a slice. A lone bound counts from the end where it is negative; of two bounds neither does, and nothing is
/// found at a negative index.
fn bounds(from: Option<i64>, to: Option<i64>, length: usize) -> (i64, i64) {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let from_end = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
    match (from, to) {
        (from, None) => (from_end(from.unwrap_or_default()).max(0), length),
        (None, Some(to)) => (0, from_end(to).min(length)),
        (Some(_), Some(_)) if length == 0 => (0, 0),
        (Some(from), Some(to)) => (from, to.min(length)),
    }
}

/// The fault of a path: `segment` finds nothing in `value`.
fn missing(path: &Path, segment: usize, value: &Value) -> Fault {
    let Some(at) = path.segments.get(segment) else {
        return Fault::runtime(path.span, "the path finds nothing");
    };
    let message = match (&at.kind, value) {
        (SegmentKind::Member(name), Value::Object(_)) => format!("there is no member `{}` here", name.text),
        (SegmentKind::Member(name), other) => {
            format!("`{}` is asked of {}, which has no members", name.text, other.describe())
        }
        (SegmentKind::Index(index @ ..0), _) => format!("there is no item {index}: items are counted from 0"),
        (SegmentKind::Index(index), Value::Array(items)) => {
            format!("there is no item {index} in an array of {}", items.len())
        }
        (SegmentKind::CountedBack(_), Value::Array(items)) => {
            format!("there is no such item in an array of {}", items.len())
        }
        (SegmentKind::Function { name, .. }, _) => {
            format!("the service knows no functions of paths, and no member is called `{}()`", name.text)
        }
        (_, Value::Array(items)) => format!("an index lies outside of an array of {}", items.len()),
        (_, other) => format!("nothing is found here in {}", other.describe()),
    };
    Fault::runtime(at.span, message)
}
