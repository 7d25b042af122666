//! What a Map reads, batches, writes and tolerates, field beside field: each combination and what is said of it.

use std::fmt::Write as _;

use aslint::asl::Language;
use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::Format;

use super::support::rewritten;

/// How the item processor runs.
const DISTRIBUTED: &str = r#""ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "#;
const INLINE: &str = r#""ProcessorConfig": {"Mode": "INLINE"}, "#;

/// Readers by what they call; `«R»` stands for the field of the request in the query language.
const ONE: &str = r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": {"Bucket": "b", "Key": "k"}, "ReaderConfig": "#;
const LIST: &str = r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "«R»": {"Bucket": "b", "Prefix": "p"}, "ReaderConfig": "#;

/// What is said of readers whatever stands beside what in them.
const OF_HABIT: &[&str] = &["missing-result-writer", "prefix-without-slash"];

/// Query languages (`P`ath, json`A`ta), severity, rule, and the pointer from the Map to the finding; nothing for nothing.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// What stands in `ReaderConfig` of a reader of one object.
#[rustfmt::skip]
const OF_ONE: &[Row] = &[
    ("PA", r#"{"InputType": "CSV"}"#, "error", "missing-field", ""),
    ("PA", r#"{"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}"#, "error", "missing-field", ""),
    ("PA", r#"{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"], "CSVDelimiter": "TAB"}"#, "", "", ""),
    ("PA", r#"{"InputType": "CSV", "CSVHeaders": ["a"]}"#, "error", "missing-field", ""),
    ("PA", r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVHeaders": ["a"]}"#, "warning", "unfit-reader-field", "/CSVHeaders"),
    ("PA", r#"{"InputType": "CSV", "CSVHeaderLocation": "${Where}", "CSVHeaders": ["a"]}"#, "", "", ""),
    ("PA", r#"{"InputType": "MANIFEST", "CSVHeaders": ["a"]}"#, "info", "unfit-reader-field", "/CSVHeaders"),
    ("PA", r#"{"InputType": "MANIFEST", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "PIPE"}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON"}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW"}"#, "error", "exclusive-fields", "/CSVHeaderLocation"),
    ("PA", r#"{"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "TAB"}"#, "error", "exclusive-fields", "/CSVHeaderLocation"),
    ("PA", r#"{"InputType": "JSON", "CSVDelimiter": "TAB"}"#, "warning", "unfit-reader-field", "/CSVDelimiter"),
    ("PA", r#"{"InputType": "JSON", "CSVDelimiter": "TAB", "CSVHeaders": ["a"]}"#, "warning", "unfit-reader-field", "/CSVHeaders"),
    ("PA", r#"{"InputType": "JSONL", "CSVHeaderLocation": "FIRST_ROW"}"#, "warning", "unfit-reader-field", "/CSVHeaderLocation"),
    ("PA", r#"{"InputType": "PARQUET", "CSVHeaders": ["a"]}"#, "warning", "unfit-reader-field", "/CSVHeaders"),
    ("PA", r#"{"InputType": "${Type}", "CSVHeaders": ["a"], "CSVHeaderLocation": "GIVEN", "ItemsPointer": "/a"}"#, "", "", ""),
    ("PA", r#"{"InputType": "Jsonl", "CSVDelimiter": "TAB"}"#, "error", "unknown-value", "/InputType"),
    ("PA", r#"{"inputType": "JSONL", "CSVDelimiter": "TAB", "CSVHeaders": ["a"]}"#, "error", "unknown-field", "/inputType"),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": "/a/b"}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": ""}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": "${Pointer}"}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": "$.a"}"#, "warning", "malformed-pointer", "/ItemsPointer"),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": "a"}"#, "warning", "malformed-pointer", "/ItemsPointer"),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": "/a~"}"#, "warning", "malformed-pointer", "/ItemsPointer"),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": "/a~1~0"}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "ItemsPointer": 1}"#, "error", "wrong-type", "/ItemsPointer"),
    ("PA", r#"{"InputType": "JSONL", "ItemsPointer": "/a"}"#, "info", "unfit-reader-field", "/ItemsPointer"),
    ("PA", r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "ItemsPointer": "/a"}"#, "info", "unfit-reader-field", "/ItemsPointer"),
    ("PA", r#"{"ManifestType": "S3_INVENTORY"}"#, "", "", ""),
    ("PA", r#"{"ManifestType": "S3_INVENTORY", "InputType": "MANIFEST"}"#, "error", "exclusive-fields", "/InputType"),
    ("PA", r#"{"ManifestType": "ATHENA_DATA", "InputType": "PARQUET"}"#, "", "", ""),
    ("PA", r#"{"ManifestType": "GLUE", "InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}"#, "error", "unknown-value", "/ManifestType"),
    ("PA", r#"{"InputType": "JSON", "Transformation": "NONE"}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}"#, "info", "unfit-reader-field", "/Transformation"),
    ("P",  r#"{"InputType": "JSON", "MaxItems": 1, "MaxItemsPath": "$.a"}"#, "error", "exclusive-fields", "/MaxItemsPath"),
    ("P",  r#"{"InputType": "JSON", "MaxItemsPath": "$.a"}"#, "", "", ""),
    ("A",  r#"{"InputType": "JSON", "MaxItemsPath": "$.a"}"#, "error", "misplaced-field", "/MaxItemsPath"),
    ("A",  r#"{"InputType": "JSON", "MaxItems": "{% 1 %}"}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "MaxItems": 0}"#, "", "", ""),
    ("PA", r#"{"InputType": "JSON", "MaxItems": -1}"#, "error", "value-out-of-range", "/MaxItems"),
    ("PA", r#"{"InputType": "JSON", "MaxItems": 100000001}"#, "error", "value-out-of-range", "/MaxItems"),
    ("PA", "{}", "", "", ""),
];

/// What stands in `ReaderConfig` of a reader of a list.
#[rustfmt::skip]
const OF_LIST: &[Row] = &[
    ("PA", "{}", "", "", ""),
    ("PA", r#"{"MaxItems": 5}"#, "", "", ""),
    ("PA", r#"{"Transformation": "NONE"}"#, "", "", ""),
    ("PA", r#"{"Transformation": "LOAD_AND_FLATTEN"}"#, "error", "missing-field", ""),
    ("PA", r#"{"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}"#, "", "", ""),
    ("PA", r#"{"Transformation": "LOAD_AND_FLATTEN", "InputType": "CSV"}"#, "error", "missing-field", ""),
    ("PA", r#"{"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSONL", "CSVDelimiter": "TAB"}"#, "warning", "unfit-reader-field", "/CSVDelimiter"),
    ("PA", r#"{"InputType": "JSON"}"#, "warning", "unfit-reader-field", "/InputType"),
    ("PA", r#"{"Transformation": "NONE", "InputType": "JSON", "ItemsPointer": "/a"}"#, "warning", "unfit-reader-field", "/InputType"),
    ("PA", r#"{"ItemsPointer": "/a"}"#, "warning", "unfit-reader-field", "/ItemsPointer"),
    ("PA", r#"{"Transformation": "${How}", "InputType": "JSON"}"#, "", "", ""),
    ("PA", r#"{"transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}"#, "error", "unknown-field", "/transformation"),
];

/// What stands in a Distributed Map.
#[rustfmt::skip]
const OF_MAP: &[Row] = &[
    // requests
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject"}"#, "error", "missing-field", "/ItemReader"),
    ("P",  r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k"}}"#, "error", "misplaced-field", "/ItemReader/Arguments"),
    ("A",  r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}"#, "error", "misplaced-field", "/ItemReader/Parameters"),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": {}}"#, "error", "missing-s3-location", "/ItemReader/«R»"),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": {"Bucket": "b", "Prefix": "p"}}"#, "error", "missing-s3-location", "/ItemReader/«R»"),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": {"Bucket": "b", "Key": "k", "Prefix": "p"}}"#, "warning", "unfit-reader-field", "/ItemReader/«R»/Prefix"),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": {"Bucket": "b", "Key": "k", "VersionId": "v"}}"#, "", "", ""),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": {"Bucket": "b", "Key": "k", "VersionId": "v"}, "ReaderConfig": {"InputType": "PARQUET"}}"#, "warning", "unfit-reader-field", "/ItemReader/«R»/VersionId"),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": {"Bucket": "b", "${Where}": "k"}}"#, "", "", ""),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "«R»": "${Request}"}"#, "", "", ""),
    ("PA", r#""ItemReader": {"Resource": "${Reader}", "«R»": {}}"#, "", "", ""),
    ("A",  r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": "{% $states.input %}"}"#, "", "", ""),
    ("P",  r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket.$": "$.b", "Key.$": "$.k"}}"#, "", "", ""),
    ("A",  r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key.$": "$.k"}}"#, "warning", "jsonpath-key", "/ItemReader/Arguments/Key.$"),
    ("PA", r#""ItemReader": {"Resource": "arn:${AWS::Partition}:states:::s3:listObjectsV2", "«R»": {"Prefix": "p"}}"#, "error", "missing-s3-location", "/ItemReader/«R»"),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "«R»": {"Bucket": "b"}}"#, "", "", ""),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "«R»": {"Bucket": "b", "Key": "k"}}"#, "warning", "unfit-reader-field", "/ItemReader/«R»/Key"),
    ("P",  r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b", "Key.$": "$.k"}}"#, "warning", "unfit-reader-field", "/ItemReader/Parameters/Key.$"),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:putObject", "«R»": {}}"#, "error", "unknown-resource", "/ItemReader/Resource"),
    // results
    ("PA", r#""ResultWriter": {}"#, "error", "value-out-of-range", "/ResultWriter"),
    ("PA", r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject"}"#, "error", "missing-field", "/ResultWriter"),
    ("PA", r#""ResultWriter": {"«R»": {"Bucket": "b", "Prefix": "p"}}"#, "error", "missing-field", "/ResultWriter"),
    ("PA", r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "«R»": {"Bucket": "b", "Prefix": "p"}}"#, "", "", ""),
    ("PA", r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "«R»": {"Prefix": "p"}}"#, "error", "missing-s3-location", "/ResultWriter/«R»"),
    ("P",  r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b"}}"#, "error", "misplaced-field", "/ResultWriter/Arguments"),
    ("A",  r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}"#, "error", "misplaced-field", "/ResultWriter/Parameters"),
    ("PA", r#""ResultWriter": {"WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"}}"#, "", "", ""),
    ("PA", r#""ResultWriter": {"WriterConfig": {"Transformation": "COMPACT"}}"#, "error", "missing-field", "/ResultWriter/WriterConfig"),
    ("PA", r#""ResultWriter": {"WriterConfig": {}}"#, "error", "missing-field", "/ResultWriter/WriterConfig"),
    ("PA", r#""ResultWriter": {"WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSON"}, "Resource": "arn:aws:states:::s3:putObject"}"#, "error", "missing-field", "/ResultWriter"),
    ("PA", r#""ResultWriter": "${Writer}""#, "", "", ""),
    // batches
    ("PA", r#""ItemBatcher": {}"#, "error", "missing-field", "/ItemBatcher"),
    ("PA", r#""ItemBatcher": {"BatchInput": {"a": 1}}"#, "error", "missing-field", "/ItemBatcher"),
    ("PA", r#""ItemBatcher": {"MaxItemsPerBatch": 10, "MaxInputBytesPerBatch": 262144, "BatchInput": {"a": 1}}"#, "", "", ""),
    ("PA", r#""ItemBatcher": {"MaxInputBytesPerBatch": 262145}"#, "error", "value-out-of-range", "/ItemBatcher/MaxInputBytesPerBatch"),
    ("PA", r#""ItemBatcher": {"MaxItemsPerBatch": 0}"#, "error", "value-out-of-range", "/ItemBatcher/MaxItemsPerBatch"),
    ("P",  r#""ItemBatcher": {"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.a"}"#, "error", "exclusive-fields", "/ItemBatcher/MaxItemsPerBatchPath"),
    ("P",  r#""ItemBatcher": {"MaxItemsPerBatch": 1, "MaxInputBytesPerBatchPath": "$.a"}"#, "", "", ""),
    ("A",  r#""ItemBatcher": {"MaxItemsPerBatch": "{% 1 %}", "BatchInput": "{% 1 %}"}"#, "", "", ""),
    // items
    ("A",  r#""Items": 1"#, "error", "wrong-type", "/Items"),
    ("A",  r#""Items": {"a": 1}"#, "", "", ""),
    ("A",  r#""Items": "{% $states.input %}""#, "", "", ""),
    ("A",  r#""Items": [1], "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Arguments": {"Bucket": "b"}}"#, "info", "unfit-reader-field", "/Items"),
    ("P",  r#""ItemsPath": "$.a", "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}"#, "info", "unfit-reader-field", "/ItemsPath"),
    ("P",  r#""ItemsPath": "$.a", "ItemReader": "${Reader}""#, "", "", ""),
    ("P",  r#""Parameters": {"a": 1}"#, "info", "deprecated-field", "/Parameters"),
    ("A",  r#""Parameters": {"a": 1}"#, "error", "misplaced-field", "/Parameters"),
    ("P",  r#""Parameters": {"a": 1}, "ItemSelector": {"a": 1}"#, "error", "exclusive-fields", "/Parameters"),
    // tolerance
    ("PA", r#""ToleratedFailurePercentage": 100"#, "info", "dubious-failure-tolerance", "/ToleratedFailurePercentage"),
    ("PA", r#""ToleratedFailurePercentage": 99.9"#, "", "", ""),
    ("PA", r#""ToleratedFailurePercentage": "${Percent}""#, "", "", ""),
    ("A",  r#""ToleratedFailurePercentage": "{% 100 %}""#, "", "", ""),
    ("PA", r#""ToleratedFailurePercentage": 100, "ToleratedFailureCount": 5"#, "info", "dubious-failure-tolerance", "/ToleratedFailureCount"),
    ("P",  r#""ToleratedFailurePercentagePath": "$.p", "ToleratedFailureCountPath": "$.c""#, "info", "dubious-failure-tolerance", "/ToleratedFailureCountPath"),
    ("PA", r#""ToleratedFailurePercentage": 101"#, "error", "value-out-of-range", "/ToleratedFailurePercentage"),
    ("PA", r#""Label": "a""#, "", "", ""),
];

/// What stands in an Inline Map.
#[rustfmt::skip]
const OF_INLINE: &[Row] = &[
    ("PA", r#""MaxConcurrency": 1"#, "", "", ""),
    ("PA", r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "«R»": {"Bucket": "b"}}"#, "error", "unsupported-by-inline", "/ItemReader"),
    ("P",  r#""ItemsPath": "$.a", "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}"#, "error", "unsupported-by-inline", "/ItemReader"),
    ("PA", r#""ItemReader": "${Reader}""#, "", "", ""),
    ("PA", r#""ItemReader": 5"#, "error", "wrong-type", "/ItemReader"),
    ("PA", r#""Label": "${Label}", "ToleratedFailureCount": "${Count}""#, "", "", ""),
    ("PA", r#""ItemBatcher": {"MaxItemsPerBatch": 1}"#, "error", "unsupported-by-inline", "/ItemBatcher"),
    ("PA", r#""ResultWriter": {"WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"}}"#, "error", "unsupported-by-inline", "/ResultWriter"),
    ("PA", r#""Label": "a", "ItemBatcher": {"MaxItemsPerBatch": 1}, "ToleratedFailureCount": 1"#, "error", "unsupported-by-inline", "/ItemBatcher"),
    ("PA", r#""ToleratedFailurePercentage": 100"#, "info", "unsupported-by-inline", "/ToleratedFailurePercentage"),
    ("PA", r#""ToleratedFailurePercentage": 10, "ToleratedFailureCount": 1, "Label": "a""#, "info", "unsupported-by-inline", "/ToleratedFailurePercentage"),
    ("P",  r#""ToleratedFailureCountPath": "$.a""#, "info", "unsupported-by-inline", "/ToleratedFailureCountPath"),
    ("PA", r#""Label": "a""#, "info", "unsupported-by-inline", "/Label"),
];

/// How the item processor runs, where the Map has an `ItemBatcher`.
#[rustfmt::skip]
const MODES: &[Row] = &[
    ("PA", r#""ProcessorConfig": {}, "#, "error", "unsupported-by-inline", "/ItemBatcher"),
    ("PA", r#""ProcessorConfig": {"Mode": "DISTRIBUTED"}, "#, "error", "missing-field", "/ItemProcessor/ProcessorConfig"),
    ("PA", r#""ProcessorConfig": {"Mode": "INLINE", "ExecutionType": "STANDARD"}, "#, "error", "exclusive-fields", "/ItemProcessor/ProcessorConfig/ExecutionType"),
    ("PA", r#""ProcessorConfig": {"ExecutionType": "STANDARD"}, "#, "error", "unsupported-by-inline", "/ItemProcessor/ProcessorConfig/ExecutionType"),
    ("PA", r#""ProcessorConfig": {"Mode": "Distributed", "ExecutionType": "STANDARD"}, "#, "error", "unknown-value", "/ItemProcessor/ProcessorConfig/Mode"),
    ("PA", r#""ProcessorConfig": {"mode": "DISTRIBUTED"}, "#, "error", "unknown-field", "/ItemProcessor/ProcessorConfig/mode"),
    ("PA", r#""processorConfig": {"Mode": "DISTRIBUTED"}, "#, "error", "unknown-field", "/ItemProcessor/processorConfig"),
    ("PA", r#""ProcessorConfig": {"Mode": "${Mode}"}, "#, "", "", ""),
    ("PA", r#""ProcessorConfig": {"Mode": "${Mode}", "ExecutionType": "STANDARD"}, "#, "", "", ""),
    ("PA", r#""ProcessorConfig": {"${Mode}": "DISTRIBUTED"}, "#, "", "", ""),
    ("PA", r#""ProcessorConfig": "${Config}", "#, "", "", ""),
    ("PA", r#""${Config}": {}, "#, "", "", ""),
    ("PA", r#""ProcessorConfig": {"ExecutionType": "${Type}"}, "#, "", "", ""),
    ("PA", r#""ProcessorConfig": 1, "#, "error", "wrong-type", "/ItemProcessor/ProcessorConfig"),
];

/// A machine with the Map on its own, or in a Map in a Parallel; and the pointer to the Map.
fn machines(config: &str, fields: &str, language: Language) -> [(String, &'static str); 2] {
    let fields = if fields.is_empty() { String::new() } else { format!(", {fields}") };
    let map = format!(
        r#"{{"Type": "Map", "QueryLanguage": "{language}", "End": true, "ItemProcessor": {{{config}"StartAt": "I", "States": {{"I": {{"Type": "Succeed"}}}}}}{fields}}}"#
    );
    let nested = format!(
        r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Parallel", "End": true, "Branches": [{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true, "ItemProcessor": {{"StartAt": "S", "States": {{"S": {map}}}}}}}}}}}]}}}}}}"#
    );
    [
        (format!(r#"{{"StartAt": "S", "States": {{"S": {map}}}}}"#), "/States/S"),
        (nested, "/States/P/Branches/0/States/M/ItemProcessor/States/S"),
    ]
}

/// Checks each row in each language, place and syntax: it has the one finding of all rules, or none.
fn each(rows: &[Row], config_of: impl Fn(&str) -> String, fields_of: impl Fn(&str) -> String, under: &str) {
    let mut failures = String::new();
    for &(languages, text, severity, rule, place) in rows {
        for (mark, language, request) in
            [('P', Language::JsonPath, "Parameters"), ('A', Language::Jsonata, "Arguments")]
        {
            if !languages.contains(mark) {
                continue;
            }
            let in_language = |text: String| text.replace("«R»", request);
            let machines = machines(&config_of(text), &in_language(fields_of(text)), language);
            for ((json, map), format) in machines.iter().flat_map(|it| [(it, Format::Json), (it, Format::Yaml)]) {
                let (text, _) = rewritten(json, None, format);
                let found = check(&Source::machine("map", text.as_str(), format), &Options::default()).diagnostics;
                let found: Vec<_> = found
                    .iter()
                    .filter(|it| !OF_HABIT.contains(&it.rule))
                    .map(|it| (it.severity.as_str(), it.rule, it.pointer.clone()))
                    .collect();
                let pointer = format!("{map}{under}{}", in_language(place.to_owned()));
                let expected = if rule.is_empty() { Vec::new() } else { vec![(severity, rule, pointer)] };
                if found != expected {
                    let _ = writeln!(failures, "{text}\n  expected {expected:?}\n  found    {found:?}");
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn readers_of_one_object() {
    each(OF_ONE, |_| DISTRIBUTED.to_owned(), |config| format!("{ONE}{config}}}"), "/ItemReader/ReaderConfig");
}

#[test]
fn readers_of_a_list() {
    each(OF_LIST, |_| DISTRIBUTED.to_owned(), |config| format!("{LIST}{config}}}"), "/ItemReader/ReaderConfig");
}

#[test]
fn distributed_maps() {
    each(OF_MAP, |_| DISTRIBUTED.to_owned(), str::to_owned, "");
}

#[test]
fn inline_maps() {
    each(OF_INLINE, |_| INLINE.to_owned(), str::to_owned, "");
    each(OF_INLINE, |_| String::new(), str::to_owned, "");
}

#[test]
fn modes() {
    each(MODES, str::to_owned, |_| r#""ItemBatcher": {"MaxItemsPerBatch": 1}"#.to_owned(), "");
}
