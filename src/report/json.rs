//! Turns findings into a JSON document, as `schemas/report-1.json` describes it.
//!
//! The version changes when something is taken away or means something else; fields may be added without notice. One
//! finding is one line, so that reports can be compared with the tools that compare text.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Ending, Places, Shown, Statistics, Totals};
use crate::diagnostic::{Applicability, Label, Refusal};
use crate::suppress::Suppressed;
use crate::text::Span;

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    file: &'a str,
    range: Range,
    machine: &'a str,
    state: &'a str,
    pointer: &'a str,
    related: Vec<Related<'a>>,
    notes: &'a [String],
    fixes: Vec<Fix<'a>>,
    /// Proofs will put a witness here.
    evidence: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    aws: Option<Aws<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Answer<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    way: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Unread<'a> {
    file: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    by: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
pub(super) struct Range {
    pub(super) start: Place,
    pub(super) end: Place,
}

#[derive(Serialize)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) offset: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Aws<'a> {
    code: &'static str,
    location: &'a str,
}

pub(super) fn head() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("{{\"version\":1,\"tool\":{{\"name\":\"aslint\",\"version\":\"{version}\"}},\"diagnostics\":[\n")
}

pub(super) fn findings(places: &Places<'_>, shown: &[Shown<'_>]) -> String {
    let lines: Vec<String> = shown.iter().map(|shown| line(&finding(places, shown))).collect();
    lines.join(",\n")
}

pub(super) fn tail(totals: &Totals, statistics: Statistics, ending: &Ending<'_>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (&(rule, _), n) in &totals.shown {
        *counts.entry(rule).or_default() += n;
    }
    let statistics = match statistics {
        Statistics::Shown => format!(",\"statistics\":{}", line(&counts)),
        Statistics::Left => String::new(),
    };
    let failures: Vec<_> =
        ending.failures.iter().map(|failure| Unread { file: &failure.name, reason: &failure.reason }).collect();
    let failures = if failures.is_empty() { String::new() } else { format!(",\"failures\":{}", line(&failures)) };
    let (n_files, n_machines) = (totals.n_files, totals.n_machines);
    let end = if ending.is_empty { "" } else { "\n" };
    format!("{end}],\"files\":{n_files},\"machines\":{n_machines}{failures}{statistics}}}\n")
}

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings, numbers and lists of them always serialise")
}

fn finding<'a>(places: &Places<'a>, shown: &Shown<'a>) -> Finding<'a> {
    let found = shown.finding;
    Finding {
        rule: found.rule,
        severity: found.severity.as_str(),
        message: &found.message,
        file: &places.source.name,
        range: range(places, found.primary.span),
        machine: &found.machine,
        state: &found.state,
        pointer: &found.pointer,
        related: labels(places, &found.related),
        way: labels(places, &found.way),
        notes: &found.notes,
        fixes: found
            .fixes
            .iter()
            .map(|fix| Fix {
                title: &fix.title,
                applicability: match fix.applicability {
                    Applicability::Safe => "safe",
                    Applicability::Unsafe => "unsafe",
                },
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| Edit { range: range(places, edit.span), text: &edit.text })
                    .collect(),
            })
            .collect(),
        evidence: (),
        aws: found.refusal.as_ref().map(|Refusal { code, location }| Aws { code, location }),
        suppressed: shown.suppression.map(|Suppressed { reason, origin, .. }| Answer { by: origin.as_str(), reason }),
    }
}

fn labels<'a>(places: &Places<'_>, labels: &'a [Label]) -> Vec<Related<'a>> {
    labels.iter().map(|label| Related { message: &label.text, range: range(places, label.span) }).collect()
}

pub(super) fn range(places: &Places<'_>, span: Span) -> Range {
    let place = |offset| {
        let place = places.of(offset);
        Place { line: place.line + 1, column: place.column + 1, offset }
    };
    Range { start: place(span.start), end: place(span.end) }
}
