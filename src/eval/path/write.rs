//! Turns a document, a path and a value into the document with the value at the path: `ResultPath`.
//!
//! What lies beside the path is shared with the old document; only the containers on the way are copied.

use std::sync::Arc;

use crate::asl::path::{Path, Root, SegmentKind};
use crate::eval::budget::Budget;
use crate::eval::fault::Fault;
use crate::eval::value::{Array, MAX_DEPTH, Object, Value};
use crate::text::Span;

/// The document with the value at the path.
///
/// Members that are missing on the way are created as objects (measured), what stands at the path is replaced. A path through
/// anything that is neither an object nor missing cannot be applied, `null` included: the service says "Unable to apply
/// ReferencePath". An index is that of an item which is there; what the service makes of another is not known.
///
/// # Errors
/// The first segment that cannot be applied, and a result that nests too deeply.
pub fn write(path: &Path, document: &Value, value: Value, budget: &mut Budget) -> Result<Value, Fault> {
    if path.root != Root::Document {
        return Err(Fault::runtime(path.root_span, "a result is written to `$` only"));
    }
    let steps = path.segments.iter().map(|segment| match &segment.kind {
        SegmentKind::Member(name) => Ok((segment.span, Step::Member(&name.text))),
        SegmentKind::Index(index @ 0..) => Ok((segment.span, Step::Item(*index))),
        _ => Err(Fault::runtime(segment.span, "this does not name one place to write to")),
    });
    let steps: Vec<_> = steps.collect::<Result<_, _>>()?;
    // Nothing is built that could not be taken down again.
    if steps.len() > (MAX_DEPTH - value.depth().min(MAX_DEPTH)) as usize {
        return Err(Fault::too_deep(path.span));
    }
    // Downwards, each container is taken apart, and what it holds at the path comes next; upwards, all are put together again.
    let mut open = Vec::with_capacity(steps.len());
    let mut inner = Some(document.clone());
    for (span, step) in steps {
        let (container, next) = step.take(inner, span)?;
        budget.spend(1 + container.len() as u64).map_err(|out| Fault::out_of_budget(path.span, out))?;
        inner = next;
        open.push(container);
    }
    Ok(open.into_iter().rev().fold(value, |value, container| container.put(value)))
}

/// One step of the path.
enum Step<'p> {
    Member(&'p str),
    Item(i64),
}

/// A container on the way, and the place in it that the path goes through.
enum Container<'p> {
    Object(Arc<Object>, &'p str),
    Array(Vec<Value>, usize),
}

impl<'p> Step<'p> {
    /// Takes a container apart, and what it holds at this step.
    fn take(self, container: Option<Value>, span: Span) -> Result<(Container<'p>, Option<Value>), Fault> {
        match (self, container) {
            (Self::Member(name), None) => Ok((Container::Object(Arc::default(), name), None)),
            (Self::Member(name), Some(Value::Object(members))) => {
                let inner = members.get(name).cloned();
                Ok((Container::Object(members, name), inner))
            }
            (Self::Item(index), Some(Value::Array(items))) => {
                let at = usize::try_from(index).unwrap_or(usize::MAX);
                match items.get(at).cloned() {
                    Some(inner) => Ok((Container::Array(Array::take(items), at), Some(inner))),
                    None => {
                        let message = format!("there is no item {index} in an array of {}", items.len());
                        Err(Fault::runtime(span, message))
                    }
                }
            }
            (Self::Member(name), Some(other)) => {
                let message = format!("`{name}` cannot be written into {}", other.describe());
                Err(Fault::runtime(span, message))
            }
            (Self::Item(index), other) => {
                let found = other.as_ref().map_or("what is not there", Value::describe);
                Err(Fault::runtime(span, format!("item {index} cannot be written into {found}")))
            }
        }
    }
}

impl Container<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Object(members, _) => members.len(),
            Self::Array(items, _) => items.len(),
        }
    }

    fn put(self, value: Value) -> Value {
        match self {
            Self::Object(members, name) => Value::Object(Object::with(members, name.into(), value)),
            Self::Array(mut items, at) => {
                items[at] = value;
                Value::array(items)
            }
        }
    }
}
