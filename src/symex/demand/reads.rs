//! Turns the expressions of a machine into the places they read, and templates backwards: what is read of the output into what it
//! is made of.

use std::collections::HashMap;

use super::made::{Made, Part};
use super::way::{Step, Way, joined, way};
use super::{Place, Shape};
use crate::asl::expression::{Expression, Form, Origin, Reference};
use crate::asl::intrinsic::{ArgumentKind, Call, Function};
use crate::asl::path::{self, Path, Root};
use crate::asl::sites::Owner;
use crate::asl::{Language, StateType};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// A place that an expression reads, and what sort of value it takes there.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) place: Place,
    pub(super) way: Way,
    pub(super) shape: Shape,
    /// Whether the expression is nothing but this read.
    pub(super) is_whole: bool,
}

/// What expressions read and what they make of it, by the number of the string that they stand in.
#[derive(Debug, Default)]
pub(super) struct Reads {
    by_node: HashMap<usize, (Vec<Read>, Option<Made>)>,
}

impl Reads {
    /// Reads the expressions of a machine.
    pub(super) fn new<'t>(expressions: &[Expression<'t>], state: impl Fn(&Expression<'t>) -> StateType) -> Self {
        let mut by_node = HashMap::with_capacity(expressions.len());
        for expression in expressions {
            by_node.insert(expression.node.index(), reads(expression, &document(expression, state(expression))));
        }
        Self { by_node }
    }

    /// What the expression in this string reads.
    pub(super) fn of(&self, node: Node<'_>) -> &[Read] {
        self.by_node.get(&node.index()).map(|(reads, _)| reads.as_slice()).unwrap_or_default()
    }

    /// What a place in the value of a template is made of.
    pub(super) fn behind(&self, template: Node<'_>, wanted: &[Step], language: Language) -> Vec<(Place, Way)> {
        let (mut node, mut wanted) = (template, wanted);
        loop {
            match (node.kind(), wanted.split_first()) {
                (Kind::String, _) => return self.behind_expression(node, wanted, language),
                (Kind::Object, Some((Step::Member(name), rest))) => {
                    wanted = rest;
                    let inner = node.members().find(|member| {
                        let dynamic = member.name().strip_suffix(".$").filter(|_| language == Language::JsonPath);
                        dynamic.unwrap_or_else(|| member.name()) == &**name
                    });
                    let Some(inner) = inner else { return Vec::new() };
                    node = inner.value;
                }
                (Kind::Array, Some((step, rest))) => {
                    wanted = rest;
                    let number = if let Step::Item(number) = step { *number } else { 0 };
                    let Some(inner) = node.items().nth(number) else { return Vec::new() };
                    node = inner;
                }
                _ => return Vec::new(),
            }
        }
    }

    fn behind_expression(&self, node: Node<'_>, wanted: &[Step], language: Language) -> Vec<(Place, Way)> {
        let mut found = Vec::new();
        let Some((reads, made)) = self.by_node.get(&node.index()) else { return found };
        if let Some(made) = made {
            made.behind(wanted, &mut found);
            return found;
        }
        for read in reads {
            if read.is_whole {
                found.push((read.place.clone(), joined(&read.way, wanted)));
            } else if language == Language::Jsonata {
                Made::Other(vec![(read.place.clone(), read.way.clone())]).behind(wanted, &mut found);
            } else {
                // What an intrinsic function makes of it is not looked into.
                found.push((read.place.clone(), read.way.clone()));
            }
        }
        found
    }
}

/// What `$` means where an expression of a JSONPath state stands.
fn document(expression: &Expression<'_>, kind: StateType) -> Place {
    use StateType::{Map, Parallel, Pass, Task};
    let gives_a_result = matches!(kind, Task | Parallel | Map | Pass);
    match (expression.site.field.name(), expression.site.owner) {
        (_, Owner::Catcher(_)) => Place::Nowhere,
        ("InputPath", _) => Place::Input,
        ("OutputPath", _) => Place::Placed,
        ("ResultPath", _) => Place::Nowhere,
        ("ResultSelector", _) => Place::Result,
        ("Assign", Owner::State) if gives_a_result => Place::Result,
        _ => Place::Effective,
    }
}

fn shape(field: &str, owner: Owner) -> Shape {
    match field.strip_suffix("Path").unwrap_or(field) {
        "Items" => Shape::Array,
        "Seconds"
        | "TimeoutSeconds"
        | "HeartbeatSeconds"
        | "MaxConcurrency"
        | "MaxItems"
        | "MaxItemsPerBatch"
        | "MaxInputBytesPerBatch"
        | "ToleratedFailureCount"
        | "ToleratedFailurePercentage" => Shape::Number,
        "Timestamp" => Shape::Timestamp,
        "Error" | "Cause" => Shape::Text,
        // The names of buckets and of what lies in them.
        "Parameters" | "Arguments" if owner == Owner::Part => Shape::Text,
        _ => Shape::Any,
    }
}

fn reads(expression: &Expression<'_>, document: &Place) -> (Vec<Read>, Option<Made>) {
    let shape = shape(expression.site.field.name(), expression.site.owner);
    let mut found = Vec::new();
    let mut made = None;
    match &expression.form {
        Form::Path(path, errors) if errors.is_empty() => {
            found.extend(of_path(path, document, shape).map(|read| Read { is_whole: true, ..read }));
        }
        Form::Intrinsic(call, _) => of_call(call, document, &mut found),
        Form::Jsonata(jsonata) => {
            let source = jsonata.parsed.ast.source().trim();
            let mut parts = Vec::new();
            for reference in expression.references() {
                let Some((place, way)) = of_reference(&reference) else { continue };
                let end = reference.members.last().map_or(reference.span.end, |last| last.span.end);
                let [start, end] = [reference.span.start, end].map(|at| at - jsonata.inner.start);
                let span = Span::new(start, end);
                let is_whole = reference.is_exact && span.len() as usize == source.len();
                parts.push(Part { span, place: place.clone(), way: way.clone(), is_exact: reference.is_exact });
                found.push(Read { place, way, shape: if is_whole { shape } else { Shape::Any }, is_whole });
            }
            made = Made::of(&jsonata.parsed.ast, &parts);
        }
        Form::Path(..) => {}
    }
    (found, made)
}

/// The place that a path of a JSONPath state reads.
pub(super) fn of_path(path: &Path, document: &Place, shape: Shape) -> Option<Read> {
    let steps = way(path);
    let (place, way) = match &path.root {
        Root::Document => (document.clone(), steps),
        Root::Variable(name) => (Place::Variable(name.as_str().into()), steps),
        Root::Context => of_context(&steps)?,
        Root::Item | Root::Unknown => return None,
    };
    Some(Read { place, way, shape, is_whole: false })
}

/// The place that a string with a path reads.
pub(super) fn of_text(text: &str, document: &Place) -> Option<Read> {
    let (path, errors) = path::parse(text);
    if errors.is_empty() { of_path(&path, document, Shape::Any) } else { None }
}

/// Recursion is bounded: the parser reads calls in calls to a depth.
fn of_call(call: &Call, document: &Place, found: &mut Vec<Read>) {
    use Function::{
        ArrayContains, ArrayGetItem, ArrayLength, ArrayPartition, ArrayUnique, Format, MathAdd, StringSplit,
    };
    for (number, argument) in call.arguments.iter().enumerate() {
        let shape = match (call.function, number) {
            (Some(ArrayContains | ArrayGetItem | ArrayLength | ArrayPartition | ArrayUnique), 0) => Shape::Array,
            (Some(MathAdd), _) | (Some(ArrayGetItem | ArrayPartition), 1) => Shape::Number,
            (Some(Format | StringSplit), _) => Shape::Text,
            _ => Shape::Any,
        };
        match &argument.kind {
            ArgumentKind::Path(path) => found.extend(of_path(path, document, shape)),
            ArgumentKind::Call(call) => of_call(call, document, found),
            _ => {}
        }
    }
}

fn of_context(steps: &[Step]) -> Option<(Place, Way)> {
    let is = |at: usize, expected: &str| matches!(steps.get(at), Some(Step::Member(name)) if &**name == expected);
    if is(0, "Execution") && is(1, "Input") {
        return Some((Place::Start, steps[2..].to_vec()));
    }
    (is(0, "Map") && is(1, "Item") && is(2, "Value")).then(|| (Place::Item, steps[3..].to_vec()))
}

/// The place that a name in JSONata reads.
pub(super) fn of_reference(reference: &Reference<'_>) -> Option<(Place, Way)> {
    let members = || reference.members.iter().map(|member| Step::Member(member.name.into()));
    match reference.origin {
        Origin::Variable(name) if !reference.is_called => Some((Place::Variable(name.into()), members().collect())),
        Origin::States => {
            let rest: Way = members().skip(1).collect();
            match reference.members.first()?.name {
                "input" => Some((Place::Input, rest)),
                "result" => Some((Place::Result, rest)),
                "context" => of_context(&rest),
                _ => None,
            }
        }
        _ => None,
    }
}
