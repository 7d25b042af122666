//! Turns reads that only some executions find something at into the transitions on which nothing is there.
//!
//! The machine itself makes both cases: on one way a state hands on a document of which it is known that it lacks the member,
//! on another one that may have it. Followed back are states that hand on a member as they got it, one after the other. A Choice
//! is no such state: what it asks may let only those through that have the member. What a Choice itself asks is looked at by
//! [`super::shapes::failing`].

use std::collections::BTreeMap;

use crate::asl::expression::{Demand, Expression, Form, Origin};
use crate::asl::path::{Path, Segment, SegmentKind};
use crate::asl::sites::Owner;
use crate::asl::{Edge, Language, Machine, State, StateId, StateType};
use crate::graph::Graph;
use crate::syntax::Kind;
use crate::text::Span;

use super::shape::path::Absence;
use super::shape::{Kinds, Presence, Shape};
use super::shapes::{Place, Read, Shapes, Verdict};

/// How many states that hand on a member are followed back.
const MAX_STEPS: usize = 16;

/// How many transitions that lack something, and that have it, are told of one read.
const MAX_WAYS: usize = 8;

/// Of how many transitions to a state it is looked at each: nobody can tell them apart where there are more.
const MAX_PREDECESSORS: usize = 256;

/// A transition on which a read finds nothing.
#[derive(Clone, Debug)]
pub struct Lacking {
    /// The number of the read.
    pub read: usize,
    /// The state that is left.
    pub from: StateId,
    /// How.
    pub edge: Edge,
    /// The states from there to the read, that of the read among them: none of them adds what is not there.
    pub through: Vec<StateId>,
    /// What is not there.
    pub absence: Absence,
    /// Its name, in the content of the string.
    pub span: Span,
    /// The transitions on which it is there.
    pub others: Vec<(StateId, Edge)>,
}

/// Each transition by which executions come to a read that finds nothing then, in the order of the reads.
#[must_use]
pub fn lacking(
    machine: &Machine<'_>,
    graph: &Graph<'_>,
    expressions: &[Expression<'_>],
    shapes: &Shapes<'_>,
) -> Vec<Lacking> {
    let mut found = Vec::new();
    for (number, read) in shapes.reads().iter().enumerate() {
        let state = machine.state(read.state);
        let expression = &expressions[read.expression];
        if !is_always_asked(state, read, expression) || graph.is_open(state.scope) {
            continue;
        }
        let Some(names) = names(read, expression) else { continue };
        let mut search = Search {
            machine,
            graph,
            shapes,
            names: &names,
            onward: BTreeMap::new(),
            lacking: Vec::new(),
            having: Vec::new(),
        };
        search.before(state);
        search.lacking.sort_by_key(|(from, edge, ..)| (graph.rank(*from), *edge));
        search.having.sort_by_key(|&(from, edge)| (graph.rank(from), edge));
        search.lacking.truncate(MAX_WAYS);
        search.having.truncate(MAX_WAYS);
        for (from, edge, to, absence) in search.lacking {
            let span = absence.segment.map_or(read.span, |i| names[i].1);
            let onward = |state: &StateId| search.onward.get(state).copied().flatten();
            let through = std::iter::successors(Some(to), onward).collect();
            found.push(Lacking { read: number, from, edge, through, absence, span, others: search.having.clone() });
        }
    }
    found
}

/// Whether every execution that enters the state comes to the read, and fails where it finds nothing.
fn is_always_asked(state: &State<'_>, read: &Read<'_>, expression: &Expression<'_>) -> bool {
    let is_of_input = match read.place {
        Place::Input => true,
        Place::Effective => state.node.get("InputPath").is_none(),
        _ => false,
    };
    let field = expression.site.field.name();
    let is_at_once = match expression.site.owner {
        // Where there are no items, nothing is selected of them.
        Owner::State => {
            field != "ItemSelector" && !(state.kind == Some(StateType::Choice) && matches!(field, "Assign" | "Output"))
        }
        _ => false,
    };
    is_of_input && is_at_once && read.demand == Demand::Certain && matches!(read.verdict, Verdict::Unknown)
}

/// The names that lead from the input to what is read, each with its place; nothing where it is not names alone.
fn names<'e>(read: &Read<'_>, expression: &'e Expression<'_>) -> Option<Vec<(&'e str, Span)>> {
    fn of_path(path: &Path) -> Option<Vec<(&str, Span)>> {
        fn name(segment: &Segment) -> Option<(&str, Span)> {
            match &segment.kind {
                SegmentKind::Member(name) => Some((&name.text, name.span)),
                _ => None,
            }
        }
        path.segments.iter().map(name).collect()
    }
    match &expression.form {
        Form::Path(path, _) => of_path(path),
        Form::Intrinsic(call, _) => of_path(call.paths().find(|path| path.span == read.span)?),
        Form::Jsonata(_) => {
            let references = expression.references();
            let is_it = |reference: &&crate::asl::expression::Reference<'_>| {
                reference.origin == Origin::States && reference.span.start == read.span.start
            };
            let members = references.iter().find(is_it)?.members.get(1..)?;
            Some(members.iter().map(|member| (member.name, member.span)).collect())
        }
    }
}

/// A search for the transitions on which members of members of a document are not there.
struct Search<'s, 'e, 't> {
    machine: &'s Machine<'t>,
    graph: &'s Graph<'t>,
    shapes: &'s Shapes<'t>,
    names: &'s [(&'e str, Span)],
    /// The states that were looked at, each with the one that it hands on to; nothing for that of the read.
    onward: BTreeMap<StateId, Option<StateId>>,
    /// What is left, how, what is entered, what is not there.
    lacking: Vec<(StateId, Edge, StateId, Absence)>,
    having: Vec<(StateId, Edge)>,
}

impl Search<'_, '_, '_> {
    /// Looks at what leads to a state, and to those that hand on to it what they got.
    fn before(&mut self, state: &State<'_>) {
        let mut open = vec![(state.id, None)];
        while let Some((state, onward)) = open.pop() {
            if self.onward.len() >= MAX_STEPS || self.onward.contains_key(&state) {
                continue;
            }
            self.onward.insert(state, onward);
            let ways: Vec<(StateId, Edge)> = self.graph.predecessors(state).take(MAX_PREDECESSORS + 1).collect();
            if ways.len() > MAX_PREDECESSORS {
                continue;
            }
            for (from, edge) in ways {
                let Some(shape) = self.shapes.state(from).by(edge) else { continue };
                match first_lacking(shape, self.names) {
                    Known::Lacking(absence) => self.lacking.push((from, edge, state, absence)),
                    Known::There => self.having.push((from, edge)),
                    Known::Unknown if edge == Edge::Next && hands_on(self.machine.state(from), self.names) => {
                        open.push((from, Some(state)));
                    }
                    Known::Unknown => {}
                }
            }
        }
    }
}

/// What is known of members of members.
enum Known {
    There,
    Lacking(Absence),
    Unknown,
}

fn first_lacking(document: &Shape, names: &[(&str, Span)]) -> Known {
    let mut value = document.clone();
    let mut known = Known::There;
    for (i, &(name, _)) in names.iter().enumerate() {
        // JSONata looks through arrays.
        if value.kinds().meets(Kinds::ARRAY) {
            return Known::Unknown;
        }
        let member = value.member(name);
        match member.presence {
            Presence::Absent if value.is_never() => return Known::Unknown,
            Presence::Absent => return Known::Lacking(Absence { segment: Some(i), holder: value }),
            Presence::Must if Kinds::OBJECT.holds(value.kinds()) => {}
            Presence::Must | Presence::May => known = Known::Unknown,
        }
        value = member.shape;
    }
    known
}

/// Whether a state hands on what it got under a name, whatever else it does.
fn hands_on(state: &State<'_>, names: &[(&str, Span)]) -> bool {
    let lacks = |fields: &[&str]| fields.iter().all(|field| state.node.get(field).is_none());
    let Some((name, _)) = names.first() else { return false };
    if !state.is_language_known || state.node.may_have_more() {
        return false;
    }
    match (state.kind, state.language) {
        (Some(StateType::Wait), Language::JsonPath) => lacks(&["InputPath", "OutputPath"]),
        (Some(StateType::Pass), Language::JsonPath)
            if lacks(&["InputPath", "OutputPath", "Parameters", "Result", "ResultPath"]) =>
        {
            true
        }
        (Some(StateType::Pass | StateType::Task | StateType::Map | StateType::Parallel), Language::JsonPath) => {
            let Some(place) = state.node.get("ResultPath").filter(|_| lacks(&["OutputPath"])) else { return false };
            let is_elsewhere = |text: &str| {
                let (path, errors) = crate::asl::path::parse(text);
                let first = path.segments.first().map(|segment| &segment.kind);
                errors.is_empty() && matches!(first, Some(SegmentKind::Member(other)) if other.text != **name)
            };
            place.kind() == Kind::Null || !place.is_open() && place.as_str().is_some_and(is_elsewhere)
        }
        (Some(StateType::Wait | StateType::Pass), Language::Jsonata) => lacks(&["Output"]),
        _ => false,
    }
}
