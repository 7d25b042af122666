//! Strings that are JSONata but for their delimiters.

use std::collections::BTreeSet;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::jsonata::{self, Delimited};
use crate::asl::literal;
use crate::asl::sites::{Role, Site, strings};
use crate::diagnostic::{Applicability, Fix};
use crate::schema::Fault;
use crate::syntax::Node;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let variables = cx.assigned();
    // Where a field takes an expression or a number, another string is refused: that is the finding.
    let wrong: BTreeSet<usize> = cx
        .violations()
        .iter()
        .filter(|violation| matches!(violation.fault, Fault::WrongType { .. }))
        .map(|violation| violation.node.index())
        .collect();
    for site in cx.sites().iter().filter(|site| site.role == Role::Jsonata) {
        let is_certain = cx.machine.is_language_certain(cx.machine.state(site.state));
        for string in strings(site.field.value).filter(|string| !string.is_open()) {
            if wrong.contains(&string.index()) {
                continue;
            }
            match jsonata::expression_in(string.content()) {
                Delimited::Literal if is_certain => undelimited(site, string, variables, sink),
                delimited => delimiters(string, delimited, sink),
            }
        }
    }
}

fn delimiters(string: Node<'_>, delimited: Delimited, sink: &mut Sink<'_>) {
    let (part, why) = match delimited {
        Delimited::Literal | Delimited::Expression { .. } => return,
        Delimited::Padded { before, behind, .. } => {
            (if before.is_empty() { behind } else { before }, "blanks stand outside its delimiters")
        }
        Delimited::Unclosed { open } => (open, "`%}` is missing at its end"),
        Delimited::Unopened { close } => (close, "`{%` is missing at its start"),
        Delimited::Embedded { outer } => (outer, "other text stands outside the delimiters, and nothing is filled in"),
    };
    let span = string.source_span(part);
    let finding = sink.report_at(string, span, format!("this string is taken as it stands, not evaluated: {why}"));
    finding.notes.push("JSONata begins with `{%` and ends with `%}`, to the character".to_owned());
    let trimmed = string.content().trim();
    if trimmed.starts_with("{%") && trimmed.ends_with("%}") && trimmed.matches("{%").count() == 1 {
        finding.fixes.push(Fix {
            title: "drop the blanks".to_owned(),
            edits: vec![string.rewritten(trimmed)],
            applicability: Applicability::Unsafe,
        });
    }
}

/// JSONata that has no delimiters, or others.
fn undelimited(site: &Site<'_>, string: Node<'_>, variables: &BTreeSet<&str>, sink: &mut Sink<'_>) {
    let Some(inner) = literal::jsonata(string.content(), variables) else { return };
    // A timestamp that is none is that finding. A key that ends in `.$` is a finding with one cure for both.
    let is_keyed = || string.member_name().is_some_and(|name| name.ends_with(".$"));
    if site.field.name() == "Timestamp" || is_keyed() {
        return;
    }
    let why = if inner == string.content().trim() {
        "it does not stand between `{%` and `%}`"
    } else {
        "its delimiters are not `{%` and `%}`"
    };
    let finding = sink.report(string, format!("this string is taken as it stands, not evaluated: {why}"));
    let text = format!("{{% {inner} %}}");
    finding.fixes.push(Fix {
        title: "put it between `{%` and `%}`".to_owned(),
        edits: vec![string.rewritten(&text)],
        applicability: Applicability::Unsafe,
    });
}
