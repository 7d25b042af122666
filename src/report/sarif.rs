//! Turns findings into a log in SARIF 2.1.0, as GitHub, Azure DevOps, GitLab and Visual Studio Code read it.
//!
//! One run, in which every rule is listed with its page, and each finding has a place relative to the root of the repository,
//! columns in UTF-16 units, a fingerprint, and what else is known of it. The log is compact: readers limit its size.

mod driver;
mod region;

use std::collections::HashSet;

use super::fingerprint::{Hash, LineHashes};
use super::{Ending, Failure, Frame, Located, Shown, Subject, counted};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Label, Severity};
use crate::eval::Value;
use crate::eval::value::Members;
use crate::rules::RULES;
use crate::suppress::{Origin, Suppressed};
use crate::text::Span;
use region::Regions;

/// What relative references start at.
const ROOT: &str = "%SRCROOT%";

/// How many places that belong to a finding come with it: each is a link in its message.
const MAX_RELATED: usize = 20;

/// The most results that GitHub takes of one run.
pub(super) const MAX_RESULTS: usize = 25_000;

/// The first results of those that stand on a line each, and how many they are.
pub(super) fn first(results: &str, most: usize) -> (&str, usize) {
    let mut ends = memchr::memchr_iter(b'\n', results.as_bytes()).chain([results.len()]);
    let Some(last) = most.checked_sub(1) else { return ("", 0) };
    match ends.nth(last) {
        Some(end) => (results.get(..end).unwrap_or_default().trim_end_matches(','), most),
        None => (results, memchr::memchr_iter(b'\n', results.as_bytes()).count() + 1),
    }
}

pub(super) fn head(frame: &Frame<'_>) -> String {
    let mut bases = Members::new();
    if !frame.root.is_empty() {
        bases.insert(ROOT.into(), Value::members([("uri", Value::from(frame.root))]));
    }
    let bases = Value::object(bases).to_json();
    let line_ends = Value::array(["\r\n", "\n", "\r"].map(Value::from).to_vec()).to_json();
    format!(
        "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{}}},\
         \"automationDetails\":{{\"id\":{}}},\"columnKind\":\"utf16CodeUnits\",\"newlineSequences\":{line_ends},\
         \"originalUriBaseIds\":{bases},\"results\":[\n",
        driver::driver().to_json(),
        Value::from(frame.category).to_json(),
    )
}

pub(super) fn tail(ending: &Ending<'_>) -> String {
    let mut notifications: Vec<Value> = ending.failures.iter().map(notification).collect();
    if ending.n_left_out > 0 {
        let words = format!("{} more results are left out: readers take {MAX_RESULTS} of one run.", ending.n_left_out);
        notifications.push(Value::members([("level", Value::from("warning")), ("message", text(&words))]));
    }
    let invocation = Value::members([
        ("executionSuccessful", Value::from(ending.failures.is_empty())),
        ("toolExecutionNotifications", Value::array(notifications)),
    ]);
    let end = if ending.is_empty { "" } else { "\n" };
    format!("{end}],\"invocations\":[{}]}}]}}\n", invocation.to_json())
}

fn notification(failure: &Failure) -> Value {
    let mut members = Members::new();
    members.insert("level".into(), "error".into());
    members.insert("message".into(), text(&sentence(&format!("{}: {}", failure.name, failure.reason))));
    if let Some(at) = &failure.at {
        let place = Value::members([("physicalLocation", Value::members([("artifactLocation", artifact(at))]))]);
        members.insert("locations".into(), Value::array(vec![place]));
    }
    Value::object(members)
}

pub(super) fn findings(subject: &Subject<'_>) -> String {
    let regions = Regions::new(&subject.source.text);
    let hashes = LineHashes::new(&subject.source.text);
    let log = Log { subject, regions, hashes };
    let mut taken = HashSet::new();
    let results = subject.shown.iter().map(|shown| log.result(shown, &mut taken).to_json());
    results.collect::<Vec<_>>().join(",\n")
}

/// What the results of one source have in common.
struct Log<'a> {
    subject: &'a Subject<'a>,
    regions: Regions<'a>,
    hashes: LineHashes,
}

impl Log<'_> {
    fn result(&self, shown: &Shown<'_>, taken: &mut HashSet<(&'static str, String)>) -> Value {
        let found = shown.finding;
        let mut result = Members::new();
        result.insert("ruleId".into(), found.rule.into());
        if let Some(index) = RULES.iter().position(|rule| rule.id == found.rule) {
            result.insert("ruleIndex".into(), Value::from(i64::try_from(index).unwrap_or(-1)));
        }
        result.insert("level".into(), level(found.severity).into());
        result.insert("message".into(), text(&self.message(found)));
        let mut location = self.location(found.primary.span, Snippet::Shown);
        if let Some(logical) = logical(found) {
            location.insert("logicalLocations".into(), Value::array(vec![logical]));
        }
        result.insert("locations".into(), Value::array(vec![Value::object(location)]));
        if !found.related.is_empty() {
            let related = found.related.iter().take(MAX_RELATED).enumerate().map(|(i, label)| {
                let mut related = Members::new();
                related.insert("id".into(), Value::from(i64::try_from(i + 1).unwrap_or(i64::MAX)));
                related.extend(self.location(label.span, Snippet::Left));
                related.insert("message".into(), text(&sentence(words(label))));
                Value::object(related)
            });
            result.insert("relatedLocations".into(), Value::array(related.collect()));
        }
        if found.way.len() > 1 {
            result.insert("codeFlows".into(), self.flow(&found.way));
        }
        if !found.fixes.is_empty() && shown.suppression.is_none() {
            result.insert("fixes".into(), Value::array(found.fixes.iter().map(|fix| self.fix(fix)).collect()));
        }
        if let Some(suppression) = shown.suppression {
            result.insert("suppressions".into(), Value::array(vec![suppressed(suppression)]));
        }
        let fingerprints =
            [("primaryLocationLineHash", self.line_hash(found, taken)), ("aslint/v1", shown.fingerprint.to_owned())];
        result
            .insert("partialFingerprints".into(), Value::members(fingerprints.map(|(key, value)| (key, value.into()))));
        if let Some(properties) = properties(found) {
            result.insert("properties".into(), properties);
        }
        Value::object(result)
    }

    /// What GitHub knows the line by. A second finding of one rule on one line would be taken for the first: its own place
    /// goes into the name.
    fn line_hash(&self, found: &Diagnostic, taken: &mut HashSet<(&'static str, String)>) -> String {
        let line = self.hashes.of(self.regions.line_of(found.primary.span.start));
        if taken.insert((found.rule, line.clone())) {
            return line;
        }
        let (hash, number) = line.split_once(':').unwrap_or((&line, "1"));
        let mut repeated = 1;
        loop {
            let mut salted = Hash::new();
            salted.part(hash);
            salted.part(&found.pointer);
            salted.part(&repeated.to_string());
            let name = format!("{}:{number}", salted.short());
            if taken.insert((found.rule, name.clone())) {
                return name;
            }
            repeated += 1;
        }
    }

    /// The message, why, and links to the places that belong to it.
    fn message(&self, found: &Diagnostic) -> String {
        let mut sentences = vec![unlinked(&sentence(&found.message))];
        sentences.extend(found.notes.iter().map(|note| unlinked(&driver::capitalised(&sentence(note)))));
        let links: Vec<String> = found
            .related
            .iter()
            .take(MAX_RELATED)
            .enumerate()
            .map(|(i, label)| format!("[{}]({})", words(label).replace(['[', ']'], "'"), i + 1))
            .collect();
        if !links.is_empty() {
            let n_more = found.related.len() - links.len();
            let more = if n_more > 0 { format!(", and {}", counted(n_more, "more place")) } else { String::new() };
            sentences.push(format!("See: {}{more}.", links.join(", ")));
        }
        sentences.join(" ")
    }

    fn location(&self, span: Span, snippet: Snippet) -> Members {
        let mut region = self.regions.region(span);
        if snippet == Snippet::Shown {
            let shown = self.regions.snippet(span);
            region.insert("snippet".into(), text(shown));
        }
        let physical =
            Value::members([("artifactLocation", artifact(self.subject.at)), ("region", Value::object(region))]);
        let mut location = Members::new();
        location.insert("physicalLocation".into(), physical);
        location
    }

    fn flow(&self, way: &[Label]) -> Value {
        let steps = way.iter().map(|label| {
            let mut location = self.location(label.span, Snippet::Left);
            location.insert("message".into(), text(&sentence(words(label))));
            Value::members([("location", Value::object(location))])
        });
        let thread = Value::members([("locations", Value::array(steps.collect()))]);
        Value::array(vec![Value::members([("threadFlows", Value::array(vec![thread]))])])
    }

    fn fix(&self, fix: &Fix) -> Value {
        let replacements = fix.edits.iter().map(|edit| {
            Value::members([
                ("deletedRegion", Value::object(self.regions.region(edit.span))),
                ("insertedContent", text(&edit.text)),
            ])
        });
        let change = Value::members([
            ("artifactLocation", artifact(self.subject.at)),
            ("replacements", Value::array(replacements.collect())),
        ]);
        let applicability = match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        };
        Value::members([
            ("description", text(&sentence(&fix.title))),
            ("artifactChanges", Value::array(vec![change])),
            ("properties", Value::members([("applicability", Value::from(applicability))])),
        ])
    }
}

/// Whether a region carries its text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Snippet {
    Shown,
    Left,
}

fn artifact(at: &Located) -> Value {
    let mut members = Members::new();
    members.insert("uri".into(), at.uri.as_str().into());
    if at.is_relative {
        members.insert("uriBaseId".into(), ROOT.into());
    }
    Value::object(members)
}

fn logical(found: &Diagnostic) -> Option<Value> {
    let full = format!("{}{}", found.machine, found.pointer);
    let name = [&found.state, &found.machine].into_iter().find(|name| !name.is_empty());
    if full.is_empty() && name.is_none() {
        return None;
    }
    let mut members = Members::new();
    if let Some(name) = name {
        members.insert("name".into(), name.as_str().into());
    }
    if !full.is_empty() {
        members.insert("fullyQualifiedName".into(), full.into());
    }
    Some(Value::object(members))
}

fn suppressed(by: &Suppressed) -> Value {
    let kind = match by.origin {
        Origin::Configuration => "external",
        Origin::Comment => "inSource",
    };
    Value::members([("kind", kind), ("status", "accepted"), ("justification", &by.reason)].map(|(k, v)| (k, v.into())))
}

/// What the service says, and which machine and state it is about.
fn properties(found: &Diagnostic) -> Option<Value> {
    let mut members = Members::new();
    if let Some(refusal) = &found.refusal {
        let aws = [("code", refusal.code.into()), ("location", refusal.location.as_str().into())];
        members.insert("aws".into(), Value::members(aws));
    }
    (!members.is_empty()).then(|| Value::object(members))
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn text(text: &str) -> Value {
    Value::members([("text", Value::from(text))])
}

fn words(label: &Label) -> &str {
    if label.text.is_empty() { "this place" } else { &label.text }
}

/// A text that ends as a sentence does.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// A text in which nothing reads as a link: names of states come from anywhere.
fn unlinked(text: &str) -> String {
    text.replace("](", "\\](")
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn what_readers_do_not_take_is_cut_between_results() {
        let results = "{\"a\":1},\n{\"b\":2},\n{\"c\":3}";
        assert_eq!(first(results, 0), ("", 0));
        assert_eq!(first(results, 1), ("{\"a\":1}", 1));
        assert_eq!(first(results, 2), ("{\"a\":1},\n{\"b\":2}", 2));
        assert_eq!(first(results, 3), (results, 3));
        assert_eq!(first(results, 4), (results, 3));
    }
}
