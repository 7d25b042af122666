//! Turns findings into a Code Quality report of GitLab: an array of objects.

use std::collections::HashSet;

use serde::Serialize;

use super::fingerprint::Hash;
use super::json::{Range, range};
use super::{Ending, Places, Shown, Subject};
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    check_name: &'static str,
    description: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

pub(super) fn head() -> String {
    "[\n".to_owned()
}

pub(super) fn tail(ending: &Ending<'_>) -> String {
    if ending.is_empty { "]\n".to_owned() } else { "\n]\n".to_owned() }
}

pub(super) fn findings(places: &Places<'_>, subject: &Subject<'_>) -> String {
    let mut taken = HashSet::new();
    let issues = subject.shown.iter().filter(|shown| shown.suppression.is_none()).map(|shown| {
        let Shown { finding, fingerprint, .. } = *shown;
        // It has to be the only one of its name in the whole report, and equal findings of two files have one fingerprint.
        let mut hash = Hash::new();
        hash.part(&subject.at.path);
        hash.part(fingerprint);
        while !taken.insert(hash.digits()) {
            hash.part("again");
        }
        let Range { start, end } = range(places, finding.primary.span);
        let issue = Issue {
            check_name: finding.rule,
            description: &finding.message,
            fingerprint: hash.digits(),
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Info => "info",
            },
            location: Location {
                path: &subject.at.path,
                positions: Positions {
                    begin: Position { line: start.line, column: start.column },
                    end: Position { line: end.line, column: end.column },
                },
            },
        };
        serde_json::to_string(&issue).expect("strings and numbers always serialise")
    });
    issues.collect::<Vec<_>>().join(",\n")
}
