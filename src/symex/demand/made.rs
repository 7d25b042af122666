//! What a JSONata expression puts together, as far as its text says so.

use std::sync::Arc;

use super::Place;
use super::way::{Step, Way, joined};
use crate::asl::jsonata::{self, Ast, ExprId, Kind};
use crate::text::Span;

/// How a value comes about.
#[derive(Debug)]
pub(super) enum Made {
    /// It is the very value that is read.
    Read(Place, Way),
    /// An object of these; a member without a name may have any.
    Object(Vec<(Option<Arc<str>>, Made)>),
    /// An array of these.
    Array(Vec<Made>),
    /// `$merge([…])`: the last that has a member counts.
    Merged(Vec<Made>),
    /// One of these.
    Either(Vec<Made>),
    /// Something that comes of these.
    Other(Vec<(Place, Way)>),
}

/// Something that an expression reads.
#[derive(Debug)]
pub(super) struct Part {
    /// The text that reads it.
    pub(super) span: Span,
    pub(super) place: Place,
    pub(super) way: Way,
    /// Whether the text gives nothing but that.
    pub(super) is_exact: bool,
}

impl Made {
    /// What an expression that reads these puts together; none where its text does not say more than what it reads.
    pub(super) fn of(ast: &Ast, parts: &[Part]) -> Option<Self> {
        let made = Self::of_node(ast, ast.root(), parts);
        (!matches!(made, Self::Read(..) | Self::Other(_))).then_some(made)
    }

    /// Recursion is bounded: the parser reads expressions in expressions to a depth.
    fn of_node(ast: &Ast, id: ExprId, parts: &[Part]) -> Self {
        let inner = |list: &[ExprId]| list.iter().map(|&item| Self::of_node(ast, item, parts)).collect();
        match &ast[id].kind {
            Kind::Block(list) if list.len() == 1 => Self::of_node(ast, list[0], parts),
            Kind::Object(pairs) => {
                let member = |(key, value): (ExprId, ExprId)| {
                    let name = if let Kind::String(name) = ast[key].kind { Some(ast.text(name).into()) } else { None };
                    (name, Self::of_node(ast, value, parts))
                };
                Self::Object(jsonata::pairs(pairs).map(member).collect())
            }
            Kind::Array(items) => Self::Array(inner(items)),
            Kind::Conditional { then, otherwise, .. } => {
                let ways: Vec<_> = [Some(*then), *otherwise].into_iter().flatten().collect();
                Self::Either(inner(&ways))
            }
            Kind::Call { callee, args } => match (&ast[*callee].kind, args.as_slice()) {
                (&Kind::Variable(name), &[list]) if ast.text(name) == "merge" => match &ast[list].kind {
                    Kind::Array(items) => Self::Merged(inner(items)),
                    _ => Self::other(ast, id, parts),
                },
                _ => Self::other(ast, id, parts),
            },
            _ => Self::other(ast, id, parts),
        }
    }

    fn other(ast: &Ast, id: ExprId, parts: &[Part]) -> Self {
        let span = ast[id].span;
        let mut inside = parts.iter().filter(|part| span.start <= part.span.start && part.span.end <= span.end);
        match inside.clone().next() {
            Some(part) if part.is_exact && part.span == span => Self::Read(part.place.clone(), part.way.clone()),
            _ => Self::Other(inside.by_ref().map(|part| (part.place.clone(), part.way.clone())).collect()),
        }
    }

    /// The places that a place in it comes of, or may.
    pub(super) fn behind(&self, wanted: &[Step], found: &mut Vec<(Place, Way)>) {
        match self {
            Self::Read(place, way) => found.push((place.clone(), joined(way, wanted))),
            Self::Object(members) => {
                let Some((Step::Member(wanted), rest)) = wanted.split_first() else { return };
                let is_it = |name: &Option<Arc<str>>| name.as_ref().is_none_or(|name| name == wanted);
                members.iter().filter(|(name, _)| is_it(name)).for_each(|(_, made)| made.behind(rest, found));
            }
            Self::Array(items) => match wanted.split_first() {
                Some((Step::Item(number), rest)) => {
                    if let Some(item) = items.get(*number) {
                        item.behind(rest, found);
                    }
                }
                Some((Step::Each, rest)) => items.iter().for_each(|item| item.behind(rest, found)),
                // A member of an array is that of each of its items.
                Some((Step::Member(_), _)) => items.iter().for_each(|item| item.behind(wanted, found)),
                None => {}
            },
            Self::Merged(parts) => {
                for part in parts.iter().rev() {
                    part.behind(wanted, found);
                    if part.decides(wanted) {
                        break;
                    }
                }
            }
            Self::Either(ways) => ways.iter().for_each(|way| way.behind(wanted, found)),
            // What becomes of them is not looked into: one may be the value, or lie one level deeper.
            Self::Other(parts) => {
                for (place, way) in parts {
                    found.push((place.clone(), way.clone()));
                    for wanted in [wanted, wanted.get(1..).unwrap_or_default()] {
                        if !wanted.is_empty() {
                            found.push((place.clone(), joined(way, wanted)));
                        }
                    }
                }
            }
        }
    }

    /// Whether it has a place, whatever else does.
    fn decides(&self, wanted: &[Step]) -> bool {
        match (self, wanted.first()) {
            (Self::Object(members), Some(Step::Member(wanted))) => {
                members.iter().any(|(name, _)| name.as_ref() == Some(wanted))
            }
            _ => false,
        }
    }
}
