//! The names of findings: what may be done to a file without making its findings new.

use std::collections::{BTreeMap, BTreeSet};

use aslint::engine::{Options, check};
use aslint::report::fingerprint::fingerprints;
use aslint::source::Source;
use aslint::syntax::{Format, parse};

use super::corpus;
use super::rewrite::{Form, write};

/// The findings of a text: rule and name.
fn names(text: &str, format: Format) -> Vec<(&'static str, String)> {
    let source = Source::machine("a", text, format);
    let report = check(&source, &Options::default());
    let found: Vec<_> = report.diagnostics.iter().collect();
    let names = fingerprints(&source, &found);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "two findings of one name in {text}");
    found.iter().map(|found| found.rule).zip(names).collect()
}

/// The rule of findings that are others in another order: of two members of one name the last counts.
const BY_ORDER: &str = "duplicate-key";

#[test]
fn names_outlast_another_form() {
    let Some(root) = corpus::root() else { return };
    let (mut n_findings, mut n_lost) = (0, BTreeMap::<&str, usize>::new());
    let files = ["asl-json", "asl-broken"].into_iter().flat_map(|folder| corpus::files(&root.join(folder)));
    for path in files.step_by(3) {
        let source = corpus::source(&path);
        let tree = parse(&source.text, source.format);
        if source.format != Format::Json || !tree.errors().is_empty() || source.text.len() > 100_000 {
            continue;
        }
        let first = names(&source.text, Format::Json);
        if first.iter().any(|(rule, _)| *rule == BY_ORDER) {
            continue;
        }
        n_findings += first.len();
        for form in [Form::Compact, Form::Spread, Form::Reversed, Form::Yaml] {
            let format = if form == Form::Yaml { Format::Yaml } else { Format::Json };
            let again: BTreeSet<_> = names(&write(tree.root(), form), format).into_iter().collect();
            for (rule, _) in first.iter().filter(|name| !again.contains(name)) {
                *n_lost.entry(rule).or_default() += 1;
            }
        }
    }
    assert!(n_findings > 300, "{n_findings} findings");
    assert_eq!(n_lost, BTreeMap::new(), "findings that have another name in another form");
}

/// Whichever of some equals comes first, their findings keep their names.
#[test]
fn names_outlast_another_order_of_equals() {
    let text = r#"{"StartAt": "A b", "States": {
      "A b": {"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "TimestampPath": "$.t", "Assign": {"v": 1}, "Next": "a B"},
      "a B": {"Type": "Pass", "Assign": {"V": 1}, "Next": "AB"},
      "AB": {"Type": "Pass", "Parameters": {"x.$": "$v", "y.$": "$V"}, "Next": "C"},
      "C": {"Type": "Pass", "Next": "C", "End": true}}}"#;
    let tree = parse(&text.into(), Format::Json);
    let sorted = |text: &str, format: Format| {
        let mut names = names(text, format);
        names.sort();
        names
    };
    let first = sorted(text, Format::Json);
    for rule in ["conflicting-transition", "exclusive-fields", "similar-state-name", "variables-differing-in-case"] {
        assert!(first.iter().any(|(found, _)| *found == rule), "{rule}: {first:?}");
    }
    assert_eq!(sorted(&write(tree.root(), Form::Reversed), Format::Json), first);
    assert_eq!(sorted(&write(tree.root(), Form::Yaml), Format::Yaml), first);
}

const LOOPS: &str = r#"{"StartAt": "A", "States": {
  "A": {"Type": "Choice", "Choices": [
    {"Variable": "$.a", "NumericEquals": 1, "Next": "Nowhere"},
    {"Variable": "$.b", "NumericEquals": 1, "Next": "Elsewhere"},
    {"Variable": "$.c", "NumericEquals": 1, "Next": "Nowhere"}], "Default": "End"},
  "End": {"Type": "Succeed"}}}"#;

#[test]
fn equal_defects_on_one_line_have_names_of_their_own() {
    let line: String = LOOPS.lines().map(str::trim).collect();
    let names = names(&line, Format::Json);
    assert_eq!(names.iter().filter(|(rule, _)| *rule == "dangling-target").count(), 3);
}

#[test]
fn a_name_hangs_on_nothing_around_it() {
    let dangling = |text: &str| -> BTreeSet<String> {
        let names = names(text, Format::Json).into_iter();
        names.filter(|(rule, _)| *rule == "dangling-target").map(|(_, name)| name).collect()
    };
    let first = dangling(LOOPS);
    for (from, to) in [
        // Something before it, of its own kind and of another.
        (r#""States": {"#, "\"States\": {\n\"Z\": {\"Type\": \"Pass\", \"Next\": \"Gone\"},"),
        (
            r#"[
    {"Variable": "$.a""#,
            r#"[{"Variable": "$.z", "IsNull": true, "Next": "End"}, {"Variable": "$.a""#,
        ),
        (r#"{"StartAt""#, r#"{"Comment": "x", "StartAt""#),
        // What stands beside it.
        ("\"$.b\", \"NumericEquals\": 1", "\"$.b\", \"NumericLessThan\": 7"),
    ] {
        let changed = LOOPS.replacen(from, to, 1);
        assert_ne!(changed, LOOPS);
        assert!(dangling(&changed).is_superset(&first), "{to}");
    }
    // Another target is another finding, and so is one in another state.
    for (from, to) in [("\"Elsewhere\"", "\"Somewhere\""), ("\"A\"", "\"B\"")] {
        let changed = dangling(&LOOPS.replace(from, to));
        assert_eq!(changed.len(), 3);
        assert!(!changed.is_superset(&first), "{to}");
    }
}
