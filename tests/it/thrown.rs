//! Damaged expressions of all three languages thrown into every field that may hold one.

use aslint::asl::lower;
use aslint::asl::sites::sites;
use aslint::syntax::{Format, parse};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::mutate::{Dice, damaged};
use super::rewrite::{Form, write};
use super::robust::survives;
use super::{carets, jsonata_core};

/// Every field of a JSONPath machine that may hold an expression, with `~` for it.
const JSONPATH: &str = r#"{"StartAt": "Pass", "States": {
    "Pass": {"Type": "Pass", "InputPath": "~", "Parameters": {"a.$": "~", "b": [{"c.$": "~"}]}, "ResultPath": "~",
        "Assign": {"v.$": "~"}, "OutputPath": "~", "Next": "Task"},
    "Task": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "InputPath": "~", "Parameters": {"a.$": "~"},
        "Credentials": {"RoleArn.$": "~"}, "TimeoutSecondsPath": "~", "HeartbeatSecondsPath": "~",
        "ResultSelector": {"a.$": "~"}, "ResultPath": "~", "OutputPath": "~", "Assign": {"v.$": "~"}, "Next": "Wait",
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "~", "Assign": {"v.$": "~"}, "Next": "Fail"}]},
    "Wait": {"Type": "Wait", "SecondsPath": "~", "InputPath": "~", "OutputPath": "~", "Assign": {"v.$": "~"}, "Next": "Until"},
    "Until": {"Type": "Wait", "TimestampPath": "~", "Next": "Choice"},
    "Choice": {"Type": "Choice", "InputPath": "~", "OutputPath": "~", "Assign": {"v.$": "~"}, "Default": "Map", "Choices": [
        {"Variable": "~", "StringEqualsPath": "~", "Assign": {"v.$": "~"}, "Next": "Map"},
        {"And": [{"Variable": "~", "NumericLessThanPath": "~"}, {"Not": {"Variable": "~", "IsPresent": true}}], "Next": "Map"}]},
    "Map": {"Type": "Map", "InputPath": "~", "ItemsPath": "~", "ItemSelector": {"a.$": "~"}, "MaxConcurrencyPath": "~",
        "ToleratedFailurePercentagePath": "~", "ToleratedFailureCountPath": "~",
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket.$": "~"},
            "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "~"}},
        "ItemBatcher": {"BatchInput": {"a.$": "~"}, "MaxItemsPerBatchPath": "~", "MaxInputBytesPerBatchPath": "~"},
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "~"}},
        "ResultSelector": {"a.$": "~"}, "ResultPath": "~", "OutputPath": "~", "Assign": {"v.$": "~"}, "Next": "Parallel",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "In",
            "States": {"In": {"Type": "Succeed", "InputPath": "~", "OutputPath": "~"}}}},
    "Parallel": {"Type": "Parallel", "InputPath": "~", "Parameters": {"a.$": "~"}, "ResultSelector": {"a.$": "~"},
        "ResultPath": "~", "OutputPath": "~", "Assign": {"v.$": "~"}, "Next": "Fail",
        "Branches": [{"StartAt": "Leaf", "States": {"Leaf": {"Type": "Pass", "Parameters": {"a.$": "~"}, "End": true}}}]},
    "Fail": {"Type": "Fail", "ErrorPath": "~", "CausePath": "~"}}}"#;

/// The same of a JSONata machine.
const JSONATA: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "Pass", "States": {
    "Pass": {"Type": "Pass", "Output": {"a": "~", "b": [{"c": "~"}]}, "Assign": {"v": "~"}, "Next": "Task"},
    "Task": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": "~", "Output": "~",
        "Assign": {"v": "~"}, "Credentials": {"RoleArn": "~"}, "TimeoutSeconds": "~", "HeartbeatSeconds": "~", "Next": "Wait",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "~", "Assign": {"v": "~"}, "Next": "Fail"}]},
    "Wait": {"Type": "Wait", "Seconds": "~", "Output": "~", "Assign": {"v": "~"}, "Next": "Until"},
    "Until": {"Type": "Wait", "Timestamp": "~", "Next": "Choice"},
    "Choice": {"Type": "Choice", "Output": "~", "Assign": {"v": "~"}, "Default": "Map", "Choices": [
        {"Condition": "~", "Output": "~", "Assign": {"v": "~"}, "Next": "Map"}]},
    "Map": {"Type": "Map", "Items": "~", "ItemSelector": {"a": "~"}, "MaxConcurrency": "~", "Output": "~",
        "ToleratedFailurePercentage": "~", "ToleratedFailureCount": "~", "Assign": {"v": "~"}, "Next": "Parallel",
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "~"},
            "ReaderConfig": {"InputType": "JSON", "MaxItems": "~"}},
        "ItemBatcher": {"BatchInput": {"a": "~"}, "MaxItemsPerBatch": "~", "MaxInputBytesPerBatch": "~"},
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "~"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "In",
            "States": {"In": {"Type": "Succeed", "Output": "~"}}}},
    "Parallel": {"Type": "Parallel", "Arguments": "~", "Output": "~", "Assign": {"v": "~"}, "Next": "Fail",
        "Branches": [{"StartAt": "Leaf", "States": {"Leaf": {"Type": "Pass", "Output": "~", "End": true}}}]},
    "Fail": {"Type": "Fail", "Error": "~", "Cause": "~"}}}"#;

/// How many machines of each language are filled.
const N_MACHINES: u32 = 30;

/// `machine` with a string for each `~`.
fn filled(machine: &str, strings: &[String]) -> String {
    let mut parts = machine.split("\"~\"");
    let mut text = parts.next().expect("a machine has a start").to_owned();
    for (part, string) in parts.zip(strings) {
        text += &serde_json::to_string(string).expect("a string");
        text += part;
    }
    text
}

#[test]
fn every_place_for_an_expression_is_a_site() {
    for machine in [JSONPATH, JSONATA] {
        let tree = parse(&machine.into(), Format::Json);
        let machine = lower(tree.root());
        let sites = sites(&machine);
        let holes = tree.root().descendants().filter(|node| node.as_str() == Some("~"));
        for hole in holes {
            let is_inside = |value: aslint::syntax::Node<'_>| value.span().contains(hole.span());
            assert!(sites.iter().any(|site| is_inside(site.field.value)), "{:?}", hole.path());
        }
    }
}

#[test]
fn damaged_expressions_in_every_field() {
    let mut bases = carets::correct();
    bases.extend(jsonata_core::OWN.iter().map(|own| format!("{{%{own}%}}")));
    let bases: &'static [String] = bases.leak();
    let more = [
        "{%",
        "%}",
        "${",
        "States.",
        "States.Format(",
        "$$.",
        "[?(",
        "@.",
        "$.",
        "\\u",
        "\u{feff}",
        "\u{0}",
        "\r\n",
        "\u{301}",
    ];
    let pool: Vec<&'static str> = jsonata_core::POOL.iter().copied().chain(more).collect();
    let pieces = prop::collection::vec(prop::sample::select(pool.clone()), 0..12);
    let broken = (prop::sample::select(bases), any::<u64>()).prop_map(move |(base, seed)| {
        let mut dice = Dice::new(seed);
        damaged(&base, &pool, &mut dice)
    });
    let expression = prop_oneof![4 => broken, 1 => pieces.prop_map(|pieces| pieces.concat())];
    for machine in [JSONPATH, JSONATA] {
        let n_holes = machine.matches("\"~\"").count();
        let strings = prop::collection::vec(expression.clone(), n_holes);
        let config = Config { cases: N_MACHINES, failure_persistence: None, ..Config::default() };
        let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
        let outcome = TestRunner::new_with_rng(config, rng).run(&strings, |strings| {
            let json = filled(machine, &strings);
            let tree = parse(&json.as_str().into(), Format::Json);
            prop_assert!(tree.errors().is_empty());
            let escaped = write(tree.root(), Form::Spread);
            let yaml = write(tree.root(), Form::Yaml);
            for (text, format) in [(json, Format::Json), (escaped, Format::Json), (yaml, Format::Yaml)] {
                let report = survives("thrown", &text, format);
                prop_assert!(!report.diagnostics.is_empty(), "so much damage, and nothing is found");
                prop_assert_eq!(report.diagnostics, survives("thrown", &text, format).diagnostics);
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
    }
}
