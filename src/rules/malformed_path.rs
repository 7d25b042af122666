//! Paths that the service cannot read, or that select where one place has to be named.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::{Expression, Form};
use crate::asl::intrinsic::{self, Dynamic};
use crate::asl::jsonata::{self, Delimited};
use crate::asl::literal::Reading;
use crate::asl::path::{FUNCTIONS, Name, Obstacle, Path, PathError, SegmentKind, Unfit};
use crate::asl::sites::{Role, dynamic_members};
use crate::asl::{Field, literal};
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::syntax::Node;
use crate::text::{Edit, nearest};

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
        match &expression.form {
            Form::Path(path, errors) => parsed(expression, path, errors, sink),
            Form::Intrinsic(call, _) => call.paths().for_each(|path| functions(expression.node, path, sink)),
            Form::Jsonata(_) => {}
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
        // There is one way to mean it.
        sink.refuse(value, template, message).fixes.extend(plain(member, Applicability::Safe));
        return;
    };
    if intrinsic::classify(text) == Dynamic::Neither {
        let what = if text.is_empty() { "the empty text".to_owned() } else { format!("`{text}`") };
        let message = format!("{what} is neither a path nor an intrinsic function, and `{key}` takes nothing else");
        let finding = sink.refuse(value, template, message);
        finding.notes.push(if jsonata::expression_in(text) == Delimited::Literal {
            finding.fixes.extend(plain(member, Applicability::Unsafe));
            finding.fixes.extend(rooted(value, text, Role::Template));
            "a path begins with `$`; for the text itself, leave `.$` off the key".to_owned()
        } else {
            "JSONata is for states with `\"QueryLanguage\": \"JSONata\"`, and its keys have no `.$`".to_owned()
        });
    }
}

/// Leaves `.$` off a key, where the key is not there already.
fn plain(member: Field<'_>, applicability: Applicability) -> Option<Fix> {
    let name = member.name().strip_suffix(".$").filter(|name| !name.is_empty())?;
    let object = member.key.parent()?;
    let is_free = object.get(name).is_none() && !object.may_have_more() && !member.key.is_aliased();
    let edits = vec![member.key.rewritten(name)];
    is_free.then(|| Fix { title: format!("leave `.$` off: `{name}`"), edits, applicability })
}

/// The member of the document that a bare name was meant as, where a path in this place may name it.
fn rooted(value: Node<'_>, text: &str, role: Role) -> Option<Fix> {
    let written = format!("$.{}", text.strip_prefix('.').unwrap_or(text));
    let Some(Reading::Path(path)) = literal::jsonpath(&written, &BTreeSet::new()) else { return None };
    fitness(&path, role).ok()?;
    let edits = vec![value.rewritten(&written)];
    Some(Fix { title: format!("write `{written}`"), edits, applicability: Applicability::Unsafe })
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
            sink.refuse(value, value, message).fixes.extend(rooted(value, text, role));
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
        return;
    }
    functions(expression.node, path, sink);
}

/// Calls of functions that do not exist.
fn functions(node: Node<'_>, path: &Path, sink: &mut Sink<'_>) {
    for segment in &path.segments {
        if let SegmentKind::Function { name, .. } = &segment.kind
            && !FUNCTIONS.contains(&name.text.as_str())
        {
            unknown_function(node, name, sink);
        }
    }
}

/// The service took `$.list.length()` for a member once, and looked for it in vain; a library that has functions has a list of them.
fn unknown_function(node: Node<'_>, name: &Name, sink: &mut Sink<'_>) {
    let meant = nearest(&name.text, FUNCTIONS.map(|name| (name, name)));
    let hint = meant.map(|meant| format!(", did you mean `{meant}`?")).unwrap_or_default();
    let message = format!("paths have no function `{}`{hint}", name.text);
    let finding = sink.report_at(node, node.source_span(name.span), message);
    finding.severity = Severity::Warning;
    finding.notes.push(
        "an execution that gets here finds nothing and fails, unless the data has a member of that name".to_owned(),
    );
    finding.fixes.extend(meant.map(|meant| Fix {
        title: format!("write `{meant}`"),
        edits: vec![Edit { span: node.source_span(name.span), text: meant.to_owned() }],
        applicability: Applicability::Unsafe,
    }));
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
