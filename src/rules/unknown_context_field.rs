//! Members of the context object that do not exist, or not where they are read.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::context::{self, Shape};
use crate::asl::expression::{Demand, Expression, Form, MemberName, Origin, Reference};
use crate::asl::resource::{Pattern, Resource};
use crate::asl::sites::{Owner, Role};
use crate::asl::{Machine, Place, State, StateType};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Severity};
use crate::text::{self, Edit, Span, TextMap};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for expression in cx.expressions().iter().filter(|expression| expression.site.role != Role::ResultPath) {
        if expression.reads_document_only() {
            continue;
        }
        let references = expression.references();
        let (mut map, mut tested) = (None, None);
        for reference in &references {
            let Some(members) = reference.of_context() else { continue };
            if tested.get_or_insert_with(|| Tested::new(&references)).covers(members) {
                continue;
            }
            // What is asked for and never there is an answer that never changes.
            let severity = reference.demand.severity().max(Severity::Warning);
            let map = map.get_or_insert_with(|| expression.node.text_map());
            let read = Read { expression, reference, members, severity, map };
            if let Some((i, shape)) = context::missing(members.iter().map(|member| member.name)) {
                unknown(&read, i, shape, sink);
            } else {
                out_of_place(cx, &read, sink);
            }
        }
    }
}

/// The members of the context object that an expression asks for with `$exists(…)` and the like.
struct Tested<'e>(BTreeSet<Vec<&'e str>>);

impl<'e> Tested<'e> {
    fn new(references: &'e [Reference<'e>]) -> Self {
        let is_tested =
            |reference: &&Reference<'_>| reference.demand == Demand::Tested && reference.origin == Origin::States;
        let tested = references.iter().filter(is_tested);
        Self(tested.filter_map(Reference::of_context).map(names).collect())
    }

    /// Whether it asks for these members, or for what has them.
    fn covers(&self, members: &[MemberName<'_>]) -> bool {
        !self.0.is_empty() && (0..=members.len().min(MOST)).any(|n| self.0.contains(&names(&members[..n])))
    }
}

/// How many members lead to anything whose shape is known.
const MOST: usize = 4;

fn names<'e>(members: &[MemberName<'e>]) -> Vec<&'e str> {
    members.iter().take(MOST).map(|member| member.name).collect()
}

/// One read of the context object.
#[derive(Clone, Copy)]
struct Read<'e> {
    expression: &'e Expression<'e>,
    reference: &'e Reference<'e>,
    /// Behind `$$` or `$states.context`.
    members: &'e [MemberName<'e>],
    /// What it means for the execution that nothing is found.
    severity: Severity,
    /// Of the expression's string.
    map: &'e TextMap,
}

impl Read<'_> {
    /// The way as written, up to and with the member of this number.
    fn way(&self, last: usize) -> String {
        let names: Vec<&str> = self.members.iter().take(last + 1).map(|member| member.name).collect();
        names.join(".")
    }

    fn root(&self) -> &'static str {
        if self.reference.origin == Origin::Context { "$$" } else { "$states.context" }
    }

    fn report<'s>(&self, member: MemberName<'_>, message: String, sink: &'s mut Sink<'_>) -> &'s mut Diagnostic {
        let finding = sink.report_at(self.expression.node, self.map.span(member.span), message);
        finding.severity = self.severity;
        finding
    }

    /// What the service does where there is nothing.
    fn consequence(&self) -> &'static str {
        match (&self.expression.form, self.severity) {
            (Form::Jsonata(_), Severity::Error) => {
                "an expression without a value fails the state with `States.QueryEvaluationError`"
            }
            (Form::Jsonata(_), _) => "the rest of the expression goes on without the value",
            (_, Severity::Error) => {
                "a path that finds nothing fails the execution with `States.Runtime`, which nothing catches"
            }
            _ => "an execution that looks there finds nothing, or fails with `States.Runtime`",
        }
    }
}

fn unknown(read: &Read<'_>, i: usize, shape: Shape, sink: &mut Sink<'_>) {
    let Some(&member) = read.members.get(i) else { return };
    let (name, root) = (member.name, read.root());
    let owner = i.checked_sub(1).map(|before| read.way(before));
    let holder = owner.as_ref().map_or_else(|| format!("`{root}`"), |owner| format!("`{root}.{owner}`"));
    if matches!(shape, Shape::String | Shape::Number) {
        let finding = read.report(member, format!("{holder} is a single value: it has no `{name}`"), sink);
        finding.notes.push(read.consequence().to_owned());
        return;
    }
    let content = read.expression.node.content();
    let is_dotted = |member: &MemberName<'_>| content[..member.span.start as usize].ends_with('.');
    let near = text::nearest(name, shape.names().map(|name| (name, name.to_owned())));
    let is_case = near.as_ref().is_some_and(|near| near.eq_ignore_ascii_case(name));
    // What is there by that very name, elsewhere, is meant rather than a name that is like it.
    let elsewhere = context::only_way_to(name).filter(|_| !is_case);
    let from = if elsewhere.is_some() { read.members.first() } else { None };
    let hint = match (&elsewhere, &near) {
        (Some(way), _) | (None, Some(way)) => format!(", did you mean `{way}`?"),
        (None, None) => ": nothing is found there".to_owned(),
    };
    let finding = read.report(member, format!("{holder} has no `{name}`{hint}"), sink);
    finding.notes.push(read.consequence().to_owned());
    if is_case {
        finding.notes.push("names in the context object are case-sensitive".to_owned());
    }
    let first = from.unwrap_or(&member);
    let is_written_so = is_dotted(&member) && is_dotted(first);
    if let Some(meant) = elsewhere.or(near).filter(|meant| is_written_so || !meant.contains('.')) {
        finding.fixes.push(Fix {
            title: format!("write `{meant}`"),
            edits: vec![Edit { span: read.map.span(Span::new(first.span.start, member.span.end)), text: meant }],
            applicability: if is_case { Applicability::Safe } else { Applicability::Unsafe },
        });
    }
}

/// `Map` and `Task`, which are there in some places only.
fn out_of_place(cx: &Analysis<'_>, read: &Read<'_>, sink: &mut Sink<'_>) {
    let Some(&first) = read.members.first() else { return };
    let state = cx.machine.state(read.expression.site.state);
    let place = match first.name {
        "Map" => map(cx.machine, state, read.expression),
        "Task" => task(cx, state),
        _ => None,
    };
    let Some(Missing { is_sure, words, note }) = place else { return };
    let written = format!("{}.{}", read.root(), read.way(2));
    let read = Read { severity: if is_sure { read.severity } else { Severity::Warning }, ..*read };
    let finding = read.report(first, format!("`{written}` {words}"), sink);
    finding.notes.push(note.to_owned());
    if is_sure {
        finding.notes.push(read.consequence().to_owned());
    }
}

/// Why something is not there.
struct Missing {
    /// On record as never there.
    is_sure: bool,
    words: &'static str,
    note: &'static str,
}

/// The guide: "available only in a Map state", in `ItemSelector`, "not within the states included in the `ItemProcessor`".
fn map(machine: &Machine<'_>, state: &State<'_>, expression: &Expression<'_>) -> Option<Missing> {
    if state.kind == Some(StateType::Map) {
        return match expression.site.field.name() {
            "ItemSelector" | "Parameters" if expression.site.owner == Owner::State => None,
            // Read for each batch; what it sees is not on record.
            "BatchInput" => None,
            _ => Some(Missing {
                is_sure: false,
                words: "is not there in this field: no item is at hand",
                note: "of the fields of a Map only `ItemSelector` is read for each item",
            }),
        };
    }
    if is_in_a_map(machine, state) {
        return Some(Missing {
            is_sure: false,
            words: "is not there inside the item processor",
            note: "the Map's `ItemSelector` is what sees it: let it put the value into the input of these states",
        });
    }
    Some(Missing {
        is_sure: true,
        words: "is not there outside a Map",
        note: "the context object has `Map` while a Map makes the inputs of its iterations, in `ItemSelector`",
    })
}

fn is_in_a_map(machine: &Machine<'_>, state: &State<'_>) -> bool {
    let mut place = machine.scope(state.scope).place;
    loop {
        place = match place {
            Place::Top => return false,
            Place::ItemProcessor(_) | Place::Iterator(_) => return true,
            Place::Branch(owner, _) => machine.scope(machine.state(owner).scope).place,
        }
    }
}

/// A token is documented for `.waitForTaskToken`, and was seen to be there under `.sync`. Activities have one as well.
fn task<'a>(cx: &Analysis<'a>, state: &State<'a>) -> Option<Missing> {
    if state.kind != Some(StateType::Task) {
        return Some(Missing {
            is_sure: true,
            words: "is not there: only a task has a token",
            note: "a token stands for a task that waits: `.waitForTaskToken` behind its `Resource`",
        });
    }
    let value = state.node.get("Resource").filter(|value| !value.is_open())?;
    value.as_str()?;
    let (resource, errors) = cx.resource(state);
    let is_known = matches!(
        resource,
        Resource::Optimised { .. } | Resource::AwsSdk { .. } | Resource::HttpInvoke | Resource::Lambda { .. }
    );
    (is_known && errors.is_empty() && resource.pattern() == Pattern::RequestResponse).then_some(Missing {
        is_sure: false,
        words: "is the token of a task that waits, and this one does not",
        note: "`.waitForTaskToken` behind `Resource` makes the task wait until the token comes back; without it nobody \
               waits, and the documentation has no token in the context object",
    })
}
