//! Paths that the service cannot read, or that select where one place has to be named.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::intrinsic::{self, Dynamic};
use crate::asl::path::{self, Obstacle, Path, Unfit};
use crate::asl::sites::{Role, dynamic_members};
use crate::diagnostic::Severity;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for site in cx.sites() {
        let value = site.field.value;
        match site.role {
            Role::Jsonata => {}
            Role::Template => {
                for member in dynamic_members(value) {
                    template_value(member.value, member.name(), site.field.value, sink);
                }
            }
            role => path_field(value, site.field.name(), role, sink),
        }
    }
}

/// The value of a key that ends in `.$`.
fn template_value(value: Node<'_>, key: &str, template: Node<'_>, sink: &mut Sink<'_>) {
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
    match intrinsic::classify(text) {
        Dynamic::Path | Dynamic::Context | Dynamic::Variable => syntax(value, text, template, sink),
        Dynamic::Neither => {
            let message =
                format!("`{text}` is neither a path nor an intrinsic function, and `{key}` takes nothing else");
            let finding = sink.refuse(value, template, message);
            finding.notes.push("a path begins with `$`; for the text itself, leave `.$` off the key".to_owned());
        }
        Dynamic::Intrinsic | Dynamic::Hole => {}
    }
}

/// A field that holds a path.
fn path_field(value: Node<'_>, field: &str, role: Role, sink: &mut Sink<'_>) {
    let Some(text) = value.as_str().filter(|_| !value.is_open()) else { return };
    match intrinsic::classify(text) {
        Dynamic::Intrinsic if role == Role::PathOrIntrinsic => return,
        Dynamic::Intrinsic => {
            sink.refuse(value, value, format!("`{field}` takes a path, not an intrinsic function"));
            return;
        }
        Dynamic::Neither => {
            let what = if role == Role::PathOrIntrinsic { "a path or an intrinsic function" } else { "a path" };
            let message = format!("`{text}` is not {what}: `{field}` takes one, and a path begins with `$`");
            sink.refuse(value, value, message);
            return;
        }
        _ => {}
    }
    let (path, errors) = path::parse(text);
    if !errors.is_empty() {
        return syntax(value, text, value, sink);
    }
    if let Err(unfit) = fitness(&path, role) {
        let span = value.source_span(unfit.span);
        let finding = sink.refuse_at(value, span, value, word(unfit, field));
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

/// What is wrong with the text of a path, at its own characters.
fn syntax(value: Node<'_>, text: &str, refused: Node<'_>, sink: &mut Sink<'_>) {
    let (_, errors) = path::parse(text);
    if errors.is_empty() {
        return;
    }
    let map = value.text_map();
    for error in errors {
        let span = value.fault_span(&map, error.span);
        sink.refuse_at(value, span, refused, format!("this path cannot be read: {}", error.message));
    }
}
