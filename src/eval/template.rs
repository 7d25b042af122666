//! Turns a payload template (`Parameters`, `ResultSelector`, `ItemSelector`, `Assign`, …) into values.
//!
//! A template is read once: what in it does not change is one value from the start, and paths and calls are parsed.

use std::sync::Arc;

use super::intrinsic;
use super::path;
use super::value::{Members, Value};
use super::{Budget, Fault, Random, Roots};
use crate::asl::intrinsic::{self as calls, Call, Dynamic};
use crate::asl::path::{self as paths, Path};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// A payload template, read once and filled in many times.
#[derive(Clone, Debug)]
pub struct Template {
    node: usize,
    /// How many values each filling puts together.
    n_parts: u64,
    root: Part,
}

/// A fault and the value of the machine that it lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// [`Node::index`] of the string whose text [`Fault::span`] counts in.
    pub node: usize,
    /// What went wrong.
    pub fault: Fault,
}

/// What stands at one place of a template.
#[derive(Clone, Debug)]
enum Part {
    Constant(Value),
    Array(Vec<Part>),
    Object(Vec<(Arc<str>, Part)>),
    Path {
        node: usize,
        path: Path,
    },
    Call {
        node: usize,
        call: Call,
    },
    /// A text that the service refuses.
    Broken(Located),
}

impl Template {
    /// Reads a template. Of members with one name the last counts; `a` and `a.$` are one name.
    #[must_use]
    pub fn new(node: Node<'_>) -> Self {
        let root = Part::new(node);
        Self { node: node.index(), n_parts: root.count(), root }
    }

    /// The value with all paths read and all calls made.
    ///
    /// # Errors
    /// The first path or call in the template that fails.
    pub fn fill(&self, roots: &Roots<'_>, chance: &mut Random, budget: &mut Budget) -> Result<Value, Located> {
        let own = |fault| Located { node: self.node, fault };
        budget.spend(self.n_parts).map_err(|out| own(Fault::out_of_budget(Span::default(), out)))?;
        let value = self.root.fill(roots, chance, budget)?;
        value.within_depth(Span::default()).map_err(own)
    }
}

impl Part {
    /// Recursion is bounded by the depth of the tree.
    fn new(node: Node<'_>) -> Self {
        match node.kind() {
            Kind::Array => {
                let parts: Vec<Self> = node.items().map(Self::new).collect();
                let values: Option<Vec<Value>> = parts.iter().map(Self::constant).collect();
                values.map_or(Self::Array(parts), |values| Self::Constant(Value::array(values)))
            }
            Kind::Object => {
                let parts = node.members().map(|member| match member.name().strip_suffix(".$") {
                    Some(name) if member.value.kind() == Kind::String => (name.into(), Self::dynamic(member.value)),
                    _ => (member.name().into(), Self::new(member.value)),
                });
                let parts: Vec<(Arc<str>, Self)> = parts.collect();
                let members = parts.iter().map(|(name, part)| Some((name.clone(), part.constant()?)));
                let members: Option<Members> = members.collect();
                members.map_or(Self::Object(parts), |members| Self::Constant(Value::object(members)))
            }
            _ => Self::Constant(Value::from_node(node)),
        }
    }

    /// The value of a key that ends in `.$`.
    fn dynamic(node: Node<'_>) -> Self {
        let (text, at) = (node.content(), node.index());
        let broken = |span, message: String| Self::Broken(Located { node: at, fault: Fault::runtime(span, message) });
        match calls::classify(text) {
            Dynamic::Path | Dynamic::Context | Dynamic::Variable => match paths::parse(text) {
                (path, errors) if errors.is_empty() => Self::Path { node: at, path },
                (_, errors) => broken(errors[0].span, errors[0].message.clone()),
            },
            Dynamic::Intrinsic => {
                let (call, errors) = calls::parse(text);
                match errors.into_iter().find(|error| error.fault == calls::Fault::Syntax) {
                    None => Self::Call { node: at, call },
                    Some(error) => broken(error.span, error.message),
                }
            }
            Dynamic::Hole => {
                broken(Span::default(), "a placeholder stands here, and nothing has filled it in".to_owned())
            }
            Dynamic::Neither => {
                broken(Span::default(), "this is neither a path nor a call of an intrinsic function".to_owned())
            }
        }
    }

    /// How many parts there are, itself included; what does not change is one.
    fn count(&self) -> u64 {
        match self {
            Self::Array(parts) => parts.iter().map(Self::count).sum::<u64>() + 1,
            Self::Object(parts) => parts.iter().map(|(_, part)| part.count()).sum::<u64>() + 1,
            _ => 1,
        }
    }

    /// The value, if it does not change.
    fn constant(&self) -> Option<Value> {
        match self {
            Self::Constant(value) => Some(value.clone()),
            _ => None,
        }
    }

    fn fill(&self, roots: &Roots<'_>, chance: &mut Random, budget: &mut Budget) -> Result<Value, Located> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::Array(parts) => {
                parts.iter().map(|part| part.fill(roots, chance, budget)).collect::<Result<_, _>>().map(Value::array)
            }
            Self::Object(parts) => {
                let members = parts.iter().map(|(name, part)| Ok((name.clone(), part.fill(roots, chance, budget)?)));
                members.collect::<Result<Members, _>>().map(Value::object)
            }
            Self::Path { node, path } => {
                path::read(path, roots, budget).map_err(|fault| Located { node: *node, fault })
            }
            Self::Call { node, call } => {
                intrinsic::call(call, roots, chance, budget).map_err(|fault| Located { node: *node, fault })
            }
            Self::Broken(fault) => Err(fault.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
