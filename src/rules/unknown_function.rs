//! Calls of what is no function.

use super::Sink;
use super::failing_operation::report;
use crate::analysis::Analysis;
use crate::asl::jsonata::library::{self, Meant};
use crate::asl::jsonata::{Ast, Kind, Types, What};
use crate::diagnostic::{Applicability, Fix};
use crate::text::Edit;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for found in cx.inferred() {
        for fault in &found.inference.faults {
            let called = fault.span.of(found.ast().source());
            let name = called.trim_start_matches('$').trim_matches('`');
            let (mut message, note) = match &fault.what {
                What::Unknown => (format!("there is no function `{called}`"), UNKNOWN.to_owned()),
                What::Unsupported => (
                    format!("the service has no `{called}`, which JSONata has elsewhere"),
                    "`$parse` turns a string that holds JSON into its value; nothing evaluates expressions at run time"
                        .to_owned(),
                ),
                What::Bare if library::find(name).is_some() => {
                    (format!("`{name}` without its `$` is a field, and a field is no function"), BARE.to_owned())
                }
                What::Bare => (format!("`{name}` is called, and is a field, not a function"), BARE.to_owned()),
                What::Intrinsic => {
                    let name = called.rsplit('.').next().unwrap_or_default().trim();
                    let note = match library::instead_of_intrinsic(name) {
                        Some(instead) => format!("in JSONata: `{instead}`"),
                        None => "JSONata has functions of its own, and their names begin with `$`".to_owned(),
                    };
                    (format!("`States.{name}` is an intrinsic function, and JSONata has none of those"), note)
                }
                What::Variable => {
                    (format!("`{called}` is called, and is a variable of the machine"), UNKNOWN.to_owned())
                }
                What::NotFunction(types) if *types | Types::NOTHING == Types::JSON | Types::NOTHING => {
                    ("this is called as a function, and is a value".to_owned(), String::new())
                }
                What::NotFunction(types) => (format!("this is called as a function, and is {types}"), String::new()),
                _ => continue,
            };
            let (mut meant, mut instead) = (None, None);
            if matches!(fault.what, What::Unknown | What::Bare) {
                let known = library::find(name).map(|function| function.name);
                match library::meant(name).filter(|_| known.is_none()) {
                    Some(Meant::Function(name)) => meant = Some(name),
                    Some(Meant::Other(text)) => instead = Some(text),
                    None => meant = library::suggestion(name, &bound(found.ast())),
                }
                // A field of the same name is said to lack its `$`.
                if known.is_none()
                    && let Some(meant) = meant
                {
                    message += &format!("; did you mean `${meant}`?");
                }
            }
            let span = found.source_span(fault.span);
            let finding = report(&found, fault, message, sink);
            finding.notes.extend(instead.map(|instead| format!("in JSONata: {instead}")));
            if !note.is_empty() {
                finding.notes.push(note);
            }
            if let Some(meant) = meant {
                finding.fixes.push(Fix {
                    title: format!("write `${meant}`"),
                    edits: vec![Edit { span, text: format!("${meant}") }],
                    applicability: Applicability::Unsafe,
                });
            }
        }
    }
}

/// The names that the expression itself binds with `:=`: some may be functions.
fn bound(ast: &Ast) -> Vec<&str> {
    let name = |id| match &ast[id].kind {
        Kind::Bind { variable, .. } => Some(ast.text(variable.name)),
        _ => None,
    };
    ast.ids().filter_map(name).collect()
}

const UNKNOWN: &str = "functions are those of JSONata 2.0.6, the six that the service adds, and what the expression defines; variables of the machine hold JSON";

const BARE: &str = "the names of functions begin with `$`";
