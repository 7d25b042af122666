//! Paths that the service cannot read, or that select where one place has to be named.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::Field;
use crate::asl::expression::{Expression, Form};
use crate::asl::intrinsic::{self, Dynamic};
use crate::asl::path::{Obstacle, Path, PathError, Unfit};
use crate::asl::sites::{Role, dynamic_members};
use crate::diagnostic::Severity;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for site in cx.sites() {
        let value = site.field.value;
        match site.role {
            Role::Jsonata => {}
            Role::Template => {
                dynamic_members(value).for_each(|member| not_dynamic(member, value, sink));
            }
            role => no_path(site.field, role, sink),
        }
    }
    for expression in cx.expressions() {
        if let Form::Path(path, errors) = &expression.form {
            parsed(expression, path, errors, sink);
        }
    }
}

/// A key that ends in `.$` with a value that nothing evaluates.
fn not_dynamic(member: Field<'_>, template: Node<'_>, sink: &mut Sink<'_>) {
    let (key, value) = (member.name(), member.value);
    if value.is_open() {
        return;
    }
    let Some(text) = value.as_str() else {
        let message = format!(
            "the value of `{key}` is {}; a key that ends in `.$` takes a path or an intrinsic function",
            value.describe()
        );
        sink.refuse(value, template, message);
        return;
    };
    if intrinsic::classify(text) == Dynamic::Neither {
        let message = format!("`{text}` is neither a path nor an intrinsic function, and `{key}` takes nothing else");
        let finding = sink.refuse(value, template, message);
        finding.notes.push("a path begins with `$`; for the text itself, leave `.$` off the key".to_owned());
    }
}

/// A field that takes a path and holds something else.
fn no_path(field: Field<'_>, role: Role, sink: &mut Sink<'_>) {
    let (name, value) = (field.name(), field.value);
    let Some(text) = value.as_str().filter(|_| !value.is_open()) else { return };
    match intrinsic::classify(text) {
        Dynamic::Intrinsic if role != Role::PathOrIntrinsic => {
            sink.refuse(value, value, format!("`{name}` takes a path, not an intrinsic function"));
        }
        Dynamic::Neither => {
            let what = if role == Role::PathOrIntrinsic { "a path or an intrinsic function" } else { "a path" };
            let message = format!("`{text}` is not {what}: `{name}` takes one, and a path begins with `$`");
            sink.refuse(value, value, message);
        }
        _ => {}
    }
}

/// What is wrong with a path, at its own characters.
fn parsed(expression: &Expression<'_>, path: &Path, errors: &[PathError], sink: &mut Sink<'_>) {
    let (value, field) = (expression.node, expression.site.field);
    if !errors.is_empty() {
        let map = value.text_map();
        for error in errors {
            let message = format!("this path cannot be read: {}", error.message);
            sink.refuse_at(value, value.fault_span(&map, error.span), field.value, message);
        }
        return;
    }
    if let Err(unfit) = fitness(path, expression.site.role) {
        let finding = sink.refuse_at(value, value.source_span(unfit.span), value, word(unfit, field.name()));
        if unfit.obstacle == Obstacle::FromEnd {
            // Nobody has seen what the service says to `$.items[-1]` here; the specification has no such reference path.
            finding.severity = Severity::Warning;
            finding.refusal = None;
        }
    }
}

fn fitness(path: &Path, role: Role) -> Result<(), Unfit> {
    match role {
        Role::ResultPath => path.writable(),
        Role::ReferencePath | Role::PathOrIntrinsic => path.reference(),
        Role::Path | Role::Template | Role::Jsonata => Ok(()),
    }
}

fn word(unfit: Unfit, field: &str) -> String {
    let what = match unfit.obstacle {
        Obstacle::Context => {
            return format!("`{field}` writes into the document; the context object cannot be written to");
        }
        Obstacle::Variable => return format!("`{field}` writes into the document; a variable is written by `Assign`"),
        Obstacle::Descendants => "`..` searches",
        Obstacle::Wildcard => "`*` selects many places",
        Obstacle::Filter => "a filter searches",
        Obstacle::Slice => "a slice selects many places",
        Obstacle::Several => "a list selects many places",
        Obstacle::FromEnd => "an index from the end depends on the length",
        Obstacle::Function => "a function computes",
        Obstacle::Operator(c) => return format!("`{field}` takes a reference path, which has no `{c}` outside quotes"),
    };
    format!("`{field}` takes a reference path, which names one place: {what}")
}
