//! The table of fields, held against the rules: what each type of state has, in each query language.

use std::fmt::Write as _;

use aslint::asl::{Language, StateType};
use aslint::diagnostic::{Diagnostic, Refusal};
use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::Format;

use crate::support::{marked, rewritten};

/// In which syntaxes each row is tried.
const FORMATS: &[Format] = &[Format::Json, Format::Yaml];

/// The columns of [`TABLE`].
const TYPES: [StateType; 8] = [
    StateType::Task,
    StateType::Pass,
    StateType::Wait,
    StateType::Choice,
    StateType::Parallel,
    StateType::Map,
    StateType::Succeed,
    StateType::Fail,
];

/// Field; by type where it is allowed: `P` in JSONPath, `A` in JSONata, `·` nowhere; a value for each language.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("Comment",                        "PA PA PA PA PA PA PA PA", r#""x""#, r#""x""#),
    ("QueryLanguage",                  "PA PA PA PA PA PA PA PA", r#""JSONPath""#, r#""JSONata""#),
    ("Next",                           "PA PA PA ·  PA PA ·  · ", r#""T""#, r#""T""#),
    ("End",                            "PA PA PA ·  PA PA ·  · ", "true", "true"),
    ("InputPath",                      "P  P  P  P  P  P  P  · ", r#""$.a""#, r#""$.a""#),
    ("OutputPath",                     "P  P  P  P  P  P  P  · ", "null", "null"),
    ("ResultPath",                     "P  P  ·  ·  P  P  ·  · ", "null", "null"),
    ("Parameters",                     "P  P  ·  ·  P  P  ·  · ", r#"{"a": 1}"#, "{}"),
    ("ResultSelector",                 "P  ·  ·  ·  P  P  ·  · ", "{}", "{}"),
    ("Result",                         "·  P  ·  ·  ·  ·  ·  · ", "[1]", "1"),
    ("Arguments",                      "A  ·  ·  ·  A  ·  ·  · ", "{}", r#""{% 1 %}""#),
    ("Output",                         "A  A  A  A  A  A  A  · ", "{}", "null"),
    ("Assign",                         "PA PA PA PA PA PA ·  · ", r#"{"v": 1}"#, r#"{"v": "{% 1 %}"}"#),
    ("Retry",                          "PA ·  ·  ·  PA PA ·  · ", r#"[{"ErrorEquals": ["E"]}]"#, "[]"),
    ("Catch",                          "PA ·  ·  ·  PA PA ·  · ", r#"[{"ErrorEquals": ["E"], "Next": "T"}]"#, "[]"),
    ("Resource",                       "PA ·  ·  ·  ·  ·  ·  · ", r#""arn:aws:lambda:eu-west-1:111122223333:function:f""#, r#""arn:aws:lambda:eu-west-1:111122223333:function:f""#),
    ("Credentials",                    "PA ·  ·  ·  ·  ·  ·  · ", r#"{"RoleArn.$": "$.a"}"#, r#"{"RoleArn": "arn:aws:iam::111122223333:role/r"}"#),
    ("TimeoutSeconds",                 "PA ·  ·  ·  ·  ·  ·  · ", "99999999", r#""{% 1 %}""#),
    ("HeartbeatSeconds",               "PA ·  ·  ·  ·  ·  ·  · ", "1", "1"),
    ("TimeoutSecondsPath",             "P  ·  ·  ·  ·  ·  ·  · ", r#""$.a""#, r#""$.a""#),
    ("HeartbeatSecondsPath",           "P  ·  ·  ·  ·  ·  ·  · ", r#""$.a""#, r#""$.a""#),
    ("Seconds",                        "·  ·  PA ·  ·  ·  ·  · ", "0", r#""{% 1 %}""#),
    ("Timestamp",                      "·  ·  PA ·  ·  ·  ·  · ", r#""2030-01-01T00:00:00Z""#, r#""{% $now() %}""#),
    ("SecondsPath",                    "·  ·  P  ·  ·  ·  ·  · ", r#""$.a""#, r#""$.a""#),
    ("TimestampPath",                  "·  ·  P  ·  ·  ·  ·  · ", r#""$.a""#, r#""$.a""#),
    ("Choices",                        "·  ·  ·  PA ·  ·  ·  · ", r#"[{"Variable": "$.a", "IsNull": true, "Next": "T"}]"#, r#"[{"Condition": "{% $states.input.ok %}", "Next": "T"}]"#),
    ("Default",                        "·  ·  ·  PA ·  ·  ·  · ", r#""T""#, r#""T""#),
    ("Branches",                       "·  ·  ·  ·  PA ·  ·  · ", r#"[{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}]"#, r#"[{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}]"#),
    ("ItemProcessor",                  "·  ·  ·  ·  ·  PA ·  · ", r#"{"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#, r#"{"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    ("Iterator",                       "·  ·  ·  ·  ·  PA ·  · ", r#"{"StartAt": "C", "States": {"C": {"Type": "Succeed"}}}"#, r#"{"StartAt": "C", "States": {"C": {"Type": "Succeed"}}}"#),
    ("ItemsPath",                      "·  ·  ·  ·  ·  P  ·  · ", r#""$.a""#, r#""$.a""#),
    ("Items",                          "·  ·  ·  ·  ·  A  ·  · ", "[]", r#"{"a": 1}"#),
    ("ItemSelector",                   "·  ·  ·  ·  ·  PA ·  · ", "{}", r#""{% 1 %}""#),
    ("ItemReader",                     "·  ·  ·  ·  ·  PA ·  · ", r#"{"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}"#, r#"{"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k"}}"#),
    ("ItemBatcher",                    "·  ·  ·  ·  ·  PA ·  · ", r#"{"MaxItemsPerBatch": 1}"#, r#"{"MaxItemsPerBatch": "{% 1 %}"}"#),
    ("ResultWriter",                   "·  ·  ·  ·  ·  PA ·  · ", r#"{"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}"#, r#"{"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b"}}"#),
    ("MaxConcurrency",                 "·  ·  ·  ·  ·  PA ·  · ", "0", "1"),
    ("ToleratedFailurePercentage",     "·  ·  ·  ·  ·  PA ·  · ", "12.5", r#""{% 1 %}""#),
    ("ToleratedFailureCount",          "·  ·  ·  ·  ·  PA ·  · ", "0", r#""{% 1 %}""#),
    ("Label",                          "·  ·  ·  ·  ·  PA ·  · ", r#""L""#, r#""L""#),
    ("MaxConcurrencyPath",             "·  ·  ·  ·  ·  P  ·  · ", r#""$.a""#, r#""$.a""#),
    ("ToleratedFailurePercentagePath", "·  ·  ·  ·  ·  P  ·  · ", r#""$.a""#, r#""$.a""#),
    ("ToleratedFailureCountPath",      "·  ·  ·  ·  ·  P  ·  · ", r#""$.a""#, r#""$.a""#),
    ("Error",                          "·  ·  ·  ·  ·  ·  ·  PA", r#""e""#, r#""{% 'e' %}""#),
    ("Cause",                          "·  ·  ·  ·  ·  ·  ·  PA", r#""c""#, r#""c""#),
    ("ErrorPath",                      "·  ·  ·  ·  ·  ·  ·  P ", r#""$.a""#, r#""$.a""#),
    ("CausePath",                      "·  ·  ·  ·  ·  ·  ·  P ", r#""$.a""#, r#""$.a""#),
];

/// Fields of which a state has one.
const ALTERNATIVES: &[&[&str]] = &[
    &["Next", "End"],
    &["Seconds", "SecondsPath", "Timestamp", "TimestampPath"],
    &["ItemProcessor", "Iterator"],
    &["ItemSelector", "Parameters"],
    &["TimeoutSeconds", "TimeoutSecondsPath"],
    &["HeartbeatSeconds", "HeartbeatSecondsPath"],
    &["MaxConcurrency", "MaxConcurrencyPath"],
    &["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
    &["ToleratedFailureCount", "ToleratedFailureCountPath"],
    &["Error", "ErrorPath"],
    &["Cause", "CausePath"],
];

/// What a state of each type needs.
fn required(kind: StateType) -> &'static [&'static str] {
    match kind {
        StateType::Task => &["Resource", "End"],
        StateType::Pass => &["End"],
        StateType::Wait => &["Seconds", "End"],
        StateType::Choice => &["Choices"],
        StateType::Parallel => &["Branches", "End"],
        StateType::Map => &["ItemProcessor", "End"],
        StateType::Succeed | StateType::Fail => &[],
    }
}

fn allows(field: &str, kind: StateType, language: Language) -> bool {
    let row = TABLE.iter().find(|row| row.0 == field).expect("a row of this name");
    let cell = row.1.split_whitespace().nth(TYPES.iter().position(|&other| other == kind).expect("a column"));
    cell.expect("eight cells").contains(if language == Language::JsonPath { 'P' } else { 'A' })
}

fn sample(field: &str, language: Language) -> &'static str {
    let row = TABLE.iter().find(|row| row.0 == field).expect("a row of this name");
    if language == Language::JsonPath { row.2 } else { row.3 }
}

/// The state `T`, where something goes there.
fn target(text: &str) -> &'static str {
    if text.contains(r#""T""#) { r#", "T": {"Type": "Succeed"}"# } else { "" }
}

/// A machine with a state of these members (as JSON, a key each may be marked).
fn machine(kind: StateType, language: Language, members: &[(String, &str)]) -> String {
    let mut state = format!(r#""Type": "{kind}""#);
    let mut of_use = String::new();
    for (key, value) in members {
        let _ = write!(state, r", {key}: {value}");
        // Elsewhere than in a Choice these lead nowhere.
        if !matches!(key.as_str(), r#"«"Choices"»"# | r#"«"Default"»"#) {
            of_use.push_str(value);
        }
    }
    format!(r#"{{"QueryLanguage": "{language}", "StartAt": "S", "States": {{"S": {{{state}}}{}}}}}"#, target(&of_use))
}

fn key(name: &str) -> String {
    format!("\"{name}\"")
}

/// Rules on what stands in a field of the tables, whose Tasks call a function: nothing to do with where fields stand.
const OF_VALUES: &[&str] = &[
    "choice-not-exhaustive",
    "excessive-retries",
    "fixed-timestamp",
    "handler-loops-back",
    "ineffective-timeout",
    "missing-result-writer",
    "pointless-choice",
    "pointless-heartbeat",
    "pointless-retrier",
    "unraised-error",
    "unused-variable",
];

fn found(text: &str, format: Format) -> Vec<Diagnostic> {
    let mut found = check(&Source::machine("table", text, format), &Options::default()).diagnostics;
    found.retain(|found| !OF_VALUES.contains(&found.rule));
    found
}

/// Checks that `json`, in which a token may be marked, has exactly one finding of all rules, by `rule` and there; none without
/// a mark. Behind a ` + ` stand rules that have something to say of their own.
fn expect(rule: &str, json: &str, failures: &mut String) {
    let (json, span) = marked(json);
    let (rule, others) = rule.split_once(" + ").unwrap_or((rule, ""));
    for &format in FORMATS {
        let (text, span) = rewritten(&json, span, format);
        let mut found = found(&text, format);
        let n_found = found.len();
        found.retain(|found| found.rule != others);
        if !others.is_empty() && found.len() == n_found {
            let _ = writeln!(failures, "nothing by {others} any more in {text}");
        }
        let places: Vec<_> = found.iter().map(|found| (found.rule, found.primary.span)).collect();
        let expected: Vec<_> = span.iter().map(|&span| (rule, span)).collect();
        if places != expected {
            let messages: Vec<_> = found
                .iter()
                .map(|found| format!("{} at `{}`: {}", found.rule, found.primary.span.of(&text), found.message))
                .collect();
            let _ = writeln!(failures, "expected {rule} in {text}\n  found {messages:#?}");
        }
    }
}

#[test]
fn each_field_in_each_type_and_language() {
    let mut failures = String::new();
    for &(field, ..) in TABLE {
        for kind in TYPES {
            for language in [Language::JsonPath, Language::Jsonata] {
                let others = required(kind).iter().filter(|&&other| {
                    let alternatives = ALTERNATIVES.iter().find(|names| names.contains(&field));
                    other != field
                        && !(allows(field, kind, language) && alternatives.is_some_and(|all| all.contains(&other)))
                });
                let mut members: Vec<_> = others.map(|other| (key(other), sample(other, language))).collect();
                let is_allowed = allows(field, kind, language);
                let own = if is_allowed { key(field) } else { format!("«{}»", key(field)) };
                members.push((own, sample(field, language)));
                let is_old = field == "Iterator" || field == "Parameters" && kind == StateType::Map;
                let rule = if is_allowed && is_old { "misplaced-field + deprecated-field" } else { "misplaced-field" };
                expect(rule, &machine(kind, language, &members), &mut failures);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn each_required_field_missing() {
    let mut failures = String::new();
    for kind in TYPES {
        for language in [Language::JsonPath, Language::Jsonata] {
            for missing in required(kind) {
                let members: Vec<_> = required(kind)
                    .iter()
                    .filter(|other| other != &missing)
                    .map(|other| (key(other), sample(other, language)))
                    .collect();
                let text = machine(kind, language, &members).replacen(r#"{"S":"#, r#"{«"S"»:"#, 1);
                let rule = if *missing == "End" { "missing-transition" } else { "missing-field" };
                expect(rule, &text, &mut failures);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn each_pair_that_excludes_itself() {
    let mut failures = String::new();
    for names in ALTERNATIVES {
        for (i, one) in names.iter().enumerate() {
            for other in &names[i + 1..] {
                for kind in TYPES {
                    for language in [Language::JsonPath, Language::Jsonata] {
                        if !allows(one, kind, language) || !allows(other, kind, language) {
                            continue;
                        }
                        let rest = required(kind).iter().filter(|name| !names.contains(name));
                        let mut members: Vec<_> = rest.map(|name| (key(name), sample(name, language))).collect();
                        // The one that is at fault does not depend on the order.
                        members.push((format!("«{}»", key(other)), sample(other, language)));
                        members.push((key(one), sample(one, language)));
                        let rule = if *one == "Next" { "conflicting-transition" } else { "exclusive-fields" };
                        expect(rule, &machine(kind, language, &members), &mut failures);
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Where a row of [`PLACES`] stands: the text between the two halves.
fn wrap(place: &str, inner: &str) -> String {
    let (before, after) = match place {
        "machine" => (r#"{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}, "#, "}"),
        "bare" => ("", ""),
        "state" => (r#"{"StartAt": "S", "States": {"S": "#, "«T»}}"),
        "task" => (
            r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "End": true, "#,
            "}}}",
        ),
        "ata-task" => (
            r#"{"StartAt": "S", "QueryLanguage": "JSONata", "States": {"S": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "End": true, "#,
            "}}}",
        ),
        "retry" => (
            r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "End": true, "Retry": ["#,
            "]}}}",
        ),
        "catch" => (
            r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "End": true, "Catch": ["#,
            "]}}}",
        ),
        "wait" => (r#"{"StartAt": "S", "States": {"S": {"Type": "Wait", "End": true, "#, "}}}"),
        "rule" => (r#"{"StartAt": "S", "States": {"S": {"Type": "Choice", "Choices": ["#, "]}«T»}}"),
        "ata-rule" => (
            r#"{"StartAt": "S", "QueryLanguage": "JSONata", "States": {"S": {"Type": "Choice", "Choices": ["#,
            "]}«T»}}",
        ),
        "map" => (
            r#"{"StartAt": "S", "States": {"S": {"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}, "#,
            "}}}",
        ),
        "ata-map" => (
            r#"{"StartAt": "S", "QueryLanguage": "JSONata", "States": {"S": {"Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}, "#,
            "}}}",
        ),
        "processor" => (r#"{"StartAt": "S", "States": {"S": {"Type": "Map", "End": true, "ItemProcessor": "#, "}}}"),
        "branch" => (r#"{"StartAt": "S", "States": {"S": {"Type": "Parallel", "End": true, "Branches": ["#, "]}}}"),
        _ => panic!("no such place: {place}"),
    };
    format!("{before}{inner}{}", after.replace("«T»", target(inner)))
}

/// Rule, place, and the text there with the token marked; without a mark nothing is found.
#[rustfmt::skip]
const PLACES: &[(&str, &str, &str)] = &[
    // ranges
    ("value-out-of-range", "machine", r#""TimeoutSeconds": «-1»"#),
    ("value-out-of-range", "machine", r#""TimeoutSeconds": 0"#),
    ("value-out-of-range", "machine", r#""TimeoutSeconds": «100000000»"#),
    ("value-out-of-range", "bare", r#"{"StartAt": "S", "States": «{»}}"#),
    ("value-out-of-range", "task", r#""TimeoutSeconds": «0»"#),
    ("value-out-of-range", "task", r#""TimeoutSeconds": 99999999"#),
    ("value-out-of-range", "task", r#""TimeoutSeconds": «1e8»"#),
    ("value-out-of-range", "task", r#""HeartbeatSeconds": «0»"#),
    ("value-out-of-range", "task", r#""HeartbeatSeconds": «100000000»"#),
    ("value-out-of-range", "ata-task", r#""TimeoutSeconds": «0»"#),
    ("value-out-of-range", "wait", r#""Seconds": «-1»"#),
    ("value-out-of-range", "wait", r#""Seconds": «100000000»"#),
    ("value-out-of-range", "map", r#""MaxConcurrency": «-1»"#),
    ("value-out-of-range", "map", r#""ToleratedFailurePercentage": «-0.1»"#),
    ("value-out-of-range", "map", r#""ToleratedFailurePercentage": «100.1»"#),
    ("value-out-of-range", "ata-map", r#""ToleratedFailurePercentage": «101»"#),
    ("value-out-of-range", "map", r#""ToleratedFailureCount": «-1»"#),
    ("malformed-label", "map", r#""Label": «"12345678901234567890123456789012345678901"»"#),
    ("value-out-of-range", "map", r#""Label": "1234567890123456789012345678901234567890""#),
    ("malformed-label", "map", r#""Label": «""»"#),
    ("value-out-of-range", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"MaxItems": «-1»}}"#),
    ("value-out-of-range", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"MaxItems": «100000001»}}"#),
    ("value-out-of-range", "map", r#""ItemBatcher": {"MaxItemsPerBatch": «0»}"#),
    ("value-out-of-range", "map", r#""ItemBatcher": {"MaxInputBytesPerBatch": «0»}"#),
    ("value-out-of-range", "map", r#""ItemBatcher": {"MaxInputBytesPerBatch": «262145»}"#),
    ("value-out-of-range", "map", r#""ResultWriter": «{»}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": «[»]}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "IntervalSeconds": «-1»}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "IntervalSeconds": 0}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "IntervalSeconds": «100000000»}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "MaxAttempts": «-1»}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "MaxAttempts": 0}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "MaxAttempts": «100000000»}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "BackoffRate": «0.99»}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "BackoffRate": 1}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "MaxDelaySeconds": «0»}"#),
    ("value-out-of-range", "retry", r#"{"ErrorEquals": ["E"], "MaxDelaySeconds": «31622401»}"#),
    ("value-out-of-range", "catch", r#"{"ErrorEquals": «[»], "Next": "S"}"#),
    ("value-out-of-range", "state", r#"{"Type": "Choice", "Choices": «[»]}"#),
    ("value-out-of-range", "state", r#"{"Type": "Parallel", "End": true, "Branches": «[»]}"#),
    ("value-out-of-range", "rule", r#"{"And": «[»], "Next": "T"}"#),
    ("value-out-of-range", "rule", r#"{"Not": {"Or": «[»]}, "Next": "T"}"#),
    // types
    ("wrong-type", "bare", "«[»]"),
    ("wrong-type", "bare", "«1»"),
    ("wrong-type", "bare", r#"{"StartAt": «1», "States": {"S": {"Type": "Succeed"}}}"#),
    ("wrong-type", "bare", r#"{"StartAt": "S", "States": «[»]}"#),
    ("wrong-type", "machine", r#""Version": «1.0»"#),
    ("wrong-type", "state", r#"«"x"»"#),
    ("wrong-type", "state", "«[»]"),
    ("wrong-type", "state", r#"{"Type": «1»}"#),
    ("wrong-type", "state", r#"{"Type": "Pass", "End": «"true"»}"#),
    ("wrong-type", "task", r#""Comment": «1»"#),
    ("wrong-type", "task", r#""Retry": «{»}"#),
    ("wrong-type", "task", r#""TimeoutSeconds": «"1"»"#),
    ("wrong-type", "task", r#""TimeoutSeconds": «1.5»"#),
    ("wrong-type", "task", r#""TimeoutSeconds": 3.0"#),
    ("wrong-type", "task", r#""TimeoutSeconds": «"{% 1 %}"»"#),
    ("wrong-type", "ata-task", r#""TimeoutSeconds": «"1"»"#),
    ("wrong-type", "ata-task", r#""TimeoutSeconds": «" {% 1 %}"»"#),
    ("wrong-type", "ata-task", r#""TimeoutSeconds": "{% 1\n + 2 %}""#),
    ("wrong-type", "task", r#""Parameters": «1»"#),
    ("wrong-type", "task", r#""ResultPath": «false»"#),
    ("wrong-type", "task", r#""Assign": «[»]"#),
    ("wrong-type", "retry", r#"«"x"»"#),
    ("wrong-type", "retry", r#"{"ErrorEquals": «"x"»}"#),
    ("wrong-type", "retry", r#"{"ErrorEquals": ["x", «1»]}"#),
    ("wrong-type", "rule", r#"{"Variable": "$.a", "NumericEquals": «"1"», "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"Variable": "$.a", "StringEquals": «1», "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"Variable": "$.a", "BooleanEquals": «"true"», "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"Variable": "$.a", "TimestampEquals": «1», "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"Variable": "$.a", "NumericEqualsPath": «1», "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"Variable": "$.a", "IsPresent": «"x"», "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"Variable": «1», "IsPresent": true, "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"Not": «[»], "Next": "T"}"#),
    ("wrong-type", "rule", r#"{"And": [«"x"»], "Next": "T"}"#),
    ("wrong-type", "ata-rule", r#"{"Condition": «"x"», "Next": "T"}"#),
    ("wrong-type", "ata-rule", r#"{"Condition": «1», "Next": "T"}"#),
    ("wrong-type", "ata-map", r#""Items": «"x"»"#),
    ("wrong-type", "map", r#""ItemReader": «1»"#),
    ("wrong-type", "processor", "«1»"),
    ("wrong-type", "branch", "«1»"),
    // values
    ("unknown-value", "machine", r#""Version": «"2.0"»"#),
    ("unknown-value", "machine", r#""QueryLanguage": «"jsonpath"»"#),
    ("unknown-value", "bare", r#"{"QueryLanguage": «"jsonpath"», "StartAt": "S", "States": {"S": {"Type": "Pass", "InputPath": "$", "End": true}}}"#),
    ("unknown-value", "bare", r#"{"QueryLanguage": «"jsonata"», "StartAt": "S", "States": {"S": {"Type": "Pass", "Output": "$", "End": true}}}"#),
    ("unknown-value", "state", r#"{"Type": «"task"», "Resource": "x", "Foo": 1}"#),
    ("unknown-value", "state", r#"{"Type": «"Loop"»}"#),
    ("unknown-value", "state", r#"{"Type": "Pass", "QueryLanguage": «"JsonPath"», "End": true}"#),
    ("unknown-value", "state", r#"{"Type": "Pass", "End": «false»}"#),
    ("unknown-value", "state", r#"{"Type": "Pass", "End": «false», "Next": "T"}"#),
    ("unknown-value", "retry", r#"{"ErrorEquals": ["E"], "JitterStrategy": «"HALF"»}"#),
    ("unknown-value", "processor", r#"{"ProcessorConfig": {"Mode": «"Inline"»}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    ("unknown-value", "processor", r#"{"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": «"FAST"»}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    ("unknown-value", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": «"XML"»}}"#),
    ("unknown-value", "map", r#""ResultWriter": {"WriterConfig": {"Transformation": «"ZIP"», "OutputType": "JSON"}}"#),
    // required
    ("missing-field", "bare", "«{»}"),
    ("missing-field", "bare", r#"«{»"StartAt": "S"}"#),
    ("missing-field", "bare", r#"«{»"States": {"S": {"Type": "Succeed"}}}"#),
    ("missing-field", "branch", r#"«{»"StartAt": "B"}"#),
    ("missing-field", "processor", r#"«{»"States": {"B": {"Type": "Succeed"}}}"#),
    ("missing-field", "bare", r#"{"StartAt": "S", "States": {«"S"»: {"Next": "T", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f"}, "T": {"Type": "Succeed"}}}"#),
    ("missing-field", "retry", "«{»}"),
    ("missing-field", "catch", r#"«{»"ErrorEquals": ["E"]}"#),
    ("missing-field", "catch", r#"«{»"Next": "S"}"#),
    ("missing-field", "rule", r#"«{»"Variable": "$.a", "IsNull": true}"#),
    ("missing-field", "rule", r#"«{»"Variable": "$.a", "Next": "T"}"#),
    ("missing-field", "rule", r#"«{»"Next": "T"}"#),
    ("missing-field", "rule", r#"«{»"IsNull": true, "Next": "T"}"#),
    ("missing-field", "rule", r#"{"Or": [«{»"Variable": "$.a"}], "Next": "T"}"#),
    ("missing-field", "ata-rule", r#"«{»"Condition": "{% $states.input.ok %}"}"#),
    ("missing-field", "ata-rule", r#"«{»"Next": "T"}"#),
    ("missing-field", "task", r#""Credentials": «{»}"#),
    ("missing-field", "ata-task", r#""Credentials": «{»}"#),
    ("missing-field", "map", r#""ItemReader": «{»}"#),
    ("missing-field", "map", r#""ItemBatcher": «{»}"#),
    ("missing-field", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": «{»"InputType": "CSV"}}"#),
    ("missing-field", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": «{»"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}}"#),
    ("missing-field", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}, "ReaderConfig": «{»"Transformation": "LOAD_AND_FLATTEN"}}"#),
    ("missing-field", "map", r#""ResultWriter": {"WriterConfig": «{»"OutputType": "JSON"}}"#),
    ("missing-field", "processor", r#"{"ProcessorConfig": «{»"Mode": "DISTRIBUTED"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    // exclusive
    ("exclusive-fields", "rule", r#"{"Variable": "$.a", "IsNull": true, «"IsString"»: true, "Next": "T"}"#),
    ("exclusive-fields", "rule", r#"{"And": [{"Variable": "$.a", "IsNull": true}], «"Or"»: [{"Variable": "$.a", "IsNull": true}], "Next": "T"}"#),
    ("exclusive-fields", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "JSON", «"CSVHeaderLocation"»: "FIRST_ROW"}}"#),
    ("exclusive-fields", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"ManifestType": "S3_INVENTORY", «"InputType"»: "MANIFEST"}}"#),
    ("exclusive-fields", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"MaxItems": 1, «"MaxItemsPath"»: "$.a"}}"#),
    ("exclusive-fields", "map", r#""ItemBatcher": {"MaxItemsPerBatch": 1, «"MaxItemsPerBatchPath"»: "$.a"}"#),
    ("exclusive-fields", "processor", r#"{"ProcessorConfig": {"Mode": "INLINE", «"ExecutionType"»: "EXPRESS"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    // elsewhere
    ("misplaced-field", "branch", r#"{«"QueryLanguage"»: "JSONPath", "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    ("misplaced-field", "bare", r#"{"StartAt": "A", "States": {«"QueryLanguage"»: "JSONata", "A": {"Type": "Succeed", "Output": 1}}}"#),
    ("misplaced-field", "processor", r#"{«"TimeoutSeconds"»: 1, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    ("misplaced-field", "branch", r#"{«"ProcessorConfig"»: {}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#),
    ("misplaced-field", "rule", r#"{"Not": {"Variable": "$.a", "IsNull": true, «"Next"»: "T"}, "Next": "T"}"#),
    ("misplaced-field", "rule", r#"{«"Condition"»: "{% true %}", "Next": "T"}"#),
    ("misplaced-field", "ata-rule", r#"{«"And"»: [{"Variable": "$.a"}], "Next": "T"}"#),
    ("misplaced-field", "ata-rule", r#"{"Condition": "{% $states.input.ok %}", «"Variable"»: "$.a", "Next": "T"}"#),
    ("misplaced-field", "catch", r#"{"ErrorEquals": ["E"], "Next": "S", «"Output"»: 1}"#),
    ("misplaced-field", "catch", r#"{"ErrorEquals": ["E"], "Next": "S", «"MaxAttempts"»: 1}"#),
    ("misplaced-field", "retry", r#"{"ErrorEquals": ["E"], «"Next"»: "S"}"#),
    ("misplaced-field", "task", r#"«"ErrorEquals"»: []"#),
    ("misplaced-field", "map", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", «"Arguments"»: {}}"#),
    ("misplaced-field", "ata-map", r#""ItemBatcher": {"MaxItemsPerBatch": 1, «"MaxItemsPerBatchPath"»: "$.a"}"#),
    ("misplaced-field", "bare", r#"{"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Wait", «"SecondsPath"»: "$.a", "End": true}}}"#),
    // unknown
    ("unknown-field", "task", r#"«"Foo"»: 1"#),
    ("unknown-field", "machine", r#"«"Foo"»: 1"#),
    ("unknown-field", "state", r#"{"Type": "Pass", «"next"»: "T"}"#),
    ("unknown-field", "state", r#"{"Type": "Task", «"resource"»: "r", "End": true}"#),
    ("unknown-field", "state", r#"{«"type"»: "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "End": true}"#),
    ("unknown-field", "rule", r#"{"Variable": "$.a", «"StringEqual"»: "x", "Next": "T"}"#),
    ("unknown-field", "rule", r#"{«"variable"»: "$.a", "StringEquals": "x", "Next": "T"}"#),
    ("unknown-field", "retry", r#"{«"errorEquals"»: ["E"]}"#),
    ("mixed-query-language", "bare", r#"{"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Pass", "QueryLanguage": «"JSONPath"», "InputPath": "$", "End": true}}}"#),
    // what is not known satisfies everything
    ("", "task", r#""TimeoutSeconds": "${Seconds}""#),
    ("", "task", r#""Foo${x}": 1"#),
    ("", "state", r#"{"Type": "${Type}", "Foo": 1}"#),
    ("", "state", r#"{"Type": "Pass", "${Transition}": "T"}"#),
    ("", "state", r#"{"Type": "Pass", "QueryLanguage": "${L}", "Output": 1, "End": true}"#),
    ("", "state", r#"{"Type": "Pass", "QueryLanguage": "${L}", "InputPath": "$", "End": true}"#),
    ("", "retry", r#"{"ErrorEquals": "${Errors}"}"#),
    // payloads are opaque
    ("", "task", r#""Parameters": {"Type": "Nope", "States": {"A": 1}, "Retry": 1}"#),
    // the last of duplicate members counts
    (" + duplicate-key", "task", r#""TimeoutSeconds": "x", "TimeoutSeconds": 5"#),
];

#[test]
fn each_place() {
    let mut failures = String::new();
    for (rule, place, inner) in PLACES {
        expect(rule, &wrap(place, inner), &mut failures);
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_service_is_quoted() {
    for (place, text, code, location) in [
        ("bare", r#"{"States": {"S": {"Type": "Succeed"}}}"#, "SCHEMA_VALIDATION_FAILED", "/"),
        ("task", r#""Foo": 1"#, "SCHEMA_VALIDATION_FAILED", "/States/S"),
        ("task", r#""TimeoutSeconds": 0"#, "SCHEMA_VALIDATION_FAILED", "/States/S/TimeoutSeconds"),
        ("task", r#""Credentials": {}"#, "SCHEMA_VALIDATION_FAILED", "/States/S/Credentials"),
        ("state", r#"{"Type": "Nope"}"#, "SCHEMA_VALIDATION_FAILED", "/States/S/Type"),
        ("state", r#"{"Type": "Pass"}"#, "SCHEMA_VALIDATION_FAILED", "/States/S"),
        (
            "state",
            r#"{"Type": "Parallel", "Branches": [], "End": true}"#,
            "SCHEMA_VALIDATION_FAILED",
            "/States/S/Branches",
        ),
        ("retry", r#"{"ErrorEquals": [1]}"#, "SCHEMA_VALIDATION_FAILED", "/States/S/Retry[0]/ErrorEquals"),
        ("rule", r#"{"Variable": "$.a", "IsNull": true}"#, "SCHEMA_VALIDATION_FAILED", "/States/S/Choices[0]"),
        (
            "processor",
            r#"{"QueryLanguage": "JSONPath", "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#,
            "SCHEMA_VALIDATION_FAILED",
            "/States/S/ItemProcessor",
        ),
        ("map", r#""Label": """#, "INVALID_LABEL_NAME", "/States/S/Label"),
    ] {
        let refusals: Vec<_> = found(&wrap(place, text), Format::Json).into_iter().map(|found| found.refusal).collect();
        let expected = Refusal { code, location: location.to_owned() };
        assert_eq!(refusals, [Some(expected)], "{place}: {text}");
    }
}

#[test]
fn an_unquoted_hole_satisfies_everything() {
    for text in ["\"TimeoutSeconds\": ${Seconds}", "\"Retry\": ${Retry}", "\"Parameters\": ${P}"] {
        assert_eq!(found(&wrap("task", text), Format::Json), [], "{text}");
    }
}

#[test]
fn what_is_cut_off_lacks_nothing() {
    let whole = wrap(
        "map",
        r#""ResultPath": null, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}}"#,
    );
    for end in whole.char_indices().map(|(at, _)| at).skip(1) {
        let found = found(&whole[..end], Format::Json);
        let lacking = found.iter().find(|found| found.rule.starts_with("missing"));
        assert_eq!(lacking, None, "{}", &whole[..end]);
    }
}

#[test]
fn hostile_machines_take_linear_time() {
    let fields: String = (0..200_000).map(|i| format!(r#""F{i}": 1, "#)).collect();
    let items = vec!["1"; 200_000].join(", ");
    let rules = format!("{}{}{}", r#"{"Not": "#.repeat(900), r#"{"Variable": "$.a"}"#, "}".repeat(900));
    for (name, text, least) in [
        ("unknown fields", wrap("state", &format!(r#"{{{fields}"Type": "Pass", "End": true}}"#)), 100),
        ("wrong items", wrap("retry", &format!(r#"{{"ErrorEquals": [{items}]}}"#)), 100),
        ("nested rules", wrap("rule", &format!(r#"{{"Not": {rules}, "Next": "S"}}"#)), 1),
    ] {
        // A quadratic walk would take minutes here, and the test run with it.
        let found = found(&text, Format::Json);
        assert!(found.len() >= least, "{name}: {}", found.len());
    }
}
