//! The rules about conformance, held against machines that the real service took or refused.

#![expect(clippy::disallowed_methods, reason = "the corpus is read from a folder, or loudly not")]

use std::fmt::Write as _;

use aslint::engine::{Options, check};
use aslint::rules::{self, Rule};
use aslint::source::Source;
use aslint::syntax::Format;
use serde_json::Value;

use super::corpus;

/// The rules that say that a definition does not conform.
fn conformance() -> Options {
    let names = [
        "conflicting-transition",
        "exclusive-fields",
        "misplaced-field",
        "missing-field",
        "missing-transition",
        "mixed-query-language",
        "unknown-field",
        "unknown-value",
        "value-out-of-range",
        "wrong-type",
    ];
    let rules: Vec<&'static Rule> = names.map(|name| rules::find(name).expect("a rule of this name")).to_vec();
    Options { rules, ..Options::default() }
}

/// The rows of `labelled/index.jsonl` with the text each is about; `None`, with a word on standard error, without corpus.
fn labelled() -> Option<Vec<(Value, String)>> {
    let root = corpus::root()?.join("labelled");
    let rows = corpus::rows(&root.join("index.jsonl")).into_iter().map(|row| {
        let text = std::fs::read(root.join(row["file"].as_str().expect("a row names its file"))).expect("it is there");
        (row, String::from_utf8_lossy(&text).into_owned())
    });
    Some(rows.collect())
}

#[test]
fn what_the_service_accepts_conforms() {
    let Some(rows) = labelled() else { return };
    let mut wrong = String::new();
    let mut n_accepted = 0;
    for (row, text) in rows {
        if row["peer"] == "localstack-aws-recorded" && row["label"] == "valid" {
            n_accepted += 1;
            let source = Source::machine(row["file"].as_str().unwrap_or_default(), text, Format::Json);
            for found in check(&source, &conformance()).diagnostics {
                let _ = writeln!(wrong, "{}: {} {} {}", source.name, found.rule, found.pointer, found.message);
            }
        }
    }
    assert!(n_accepted > 200, "the corpus has lost its rows");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_bundle_for_editors_takes_what_the_service_accepts() {
    let bundle: Value = serde_json::from_str(aslint::schema::bundle()).expect("the bundle is JSON");
    let bundle = jsonschema::validator_for(&bundle).expect("the bundle is a schema");
    let broken = serde_json::json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Resource": "x", "End": true}}});
    assert!(!bundle.is_valid(&broken), "a bundle that takes anything is none");
    let Some(rows) = labelled() else { return };
    for (row, text) in rows {
        if row["peer"] == "localstack-aws-recorded" && row["label"] == "valid" {
            let value: Value = serde_json::from_str(&text).expect("the service accepted it");
            let error =
                bundle.iter_errors(&value).next().map(|error| format!("{} at {}", error, error.instance_path()));
            assert_eq!(error, None, "{}", row["file"]);
        }
    }
}
