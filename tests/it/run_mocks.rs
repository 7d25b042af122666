//! `aslint run` and the files that answer its tasks: reading them, writing them, and a folder in the place of Amazon S3.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read what the command wrote, and stop at a surprise"
)]

use std::fs;

use serde_json::{Value, json};

use super::folder::Folder;

/// Two tasks, one of them in a Map, and the lambda that answers with a `Payload`.
const MACHINE: &str = r#"{
  "StartAt": "First",
  "States": {
    "First": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Each"},
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "Item",
        "States": {"Item": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}
      },
      "Next": "Last"
    },
    "Last": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true}
  }
}
"#;

/// As people have it: another machine's cases beside ours, responses under names of their own.
const CONFIG: &str = r#"{
  "StateMachines": {
    "flow": {"TestCases": {
      "Happy": {"First": "FirstWorks", "Item": "ItemWorks", "Last": "LastWorks"},
      "Lost": {"First": "FirstWorks", "Item": "ItemIsLost"},
      "Open": {"First": "FirstWorks"}
    }},
    "other": {"TestCases": {"Happy": {"X": "LastWorks"}}}
  },
  "MockedResponses": {
    "FirstWorks": {"0": {"Return": [1, 2]}},
    "ItemWorks": {"0-1": {"Return": "sent"}},
    "ItemIsLost": {"0": {"Return": "sent"}, "1": {"Throw": {"Error": "Lost", "Cause": "by the way"}}},
    "LastWorks": {"0": {"Return": "published"}}
  }
}
"#;

fn folder() -> Folder {
    Folder::new([("flow.asl.json", MACHINE), ("config.json", CONFIG)])
}

fn json(folder: &Folder, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.0.join(name)).unwrap()).unwrap()
}

#[test]
fn from_not_mocked_to_a_run_in_one_command() {
    let folder = folder();
    let run = folder.aslint("run flow.asl.json");
    assert_eq!(run.code, 1);
    let help = run.stderr.lines().find_map(|line| line.trim().strip_prefix("help: `aslint ")).unwrap();
    let (command, _) = help.split_once('`').unwrap();
    let written = folder.aslint(command);
    assert_eq!((written.code, written.stdout.as_str()), (0, ""), "{written:#?}");
    assert_eq!(
        written.stderr,
        "aslint: flow.mocks.json: fill in the answers of `First`, `Item`, `Last`, then `aslint run flow.asl.json --mocks flow.mocks.json`\n"
    );
    assert_eq!(
        json(&folder, "flow.mocks.json"),
        json!({"First": [{"return": {"Payload": {}}}], "Item": [{"return": {}}], "Last": [{"return": {}}]})
    );
    // A person fills it in.
    let text = fs::read_to_string(folder.0.join("flow.mocks.json")).unwrap();
    let first = "{\n      \"return\": {\n        \"Payload\": {}\n      }\n    }";
    assert!(text.contains(first), "{text}");
    folder.write("flow.mocks.json", &text.replace(first, r#"{"return": [1, 2, 3]}"#));
    let run = folder.aslint("run flow.asl.json --mocks flow.mocks.json");
    assert_eq!((run.code, run.stdout.as_str()), (0, "{}\n"), "{run:#?}");
    // The same command again leaves it alone.
    let before = fs::read_to_string(folder.0.join("flow.mocks.json")).unwrap();
    let again = folder.aslint(command);
    assert_eq!((again.code, again.stderr.as_str()), (0, "aslint: flow.mocks.json: every task has an answer already\n"));
    assert_eq!(fs::read_to_string(folder.0.join("flow.mocks.json")).unwrap(), before);
}

#[test]
fn answers_that_are_there_are_kept() {
    let folder = folder();
    let own = json!({"Item": [{"error": "E", "cause": "c", "seconds": 2.5, "times": 3}, {"return": null, "heartbeatSeconds": 1}]});
    folder.write("own.json", &own.to_string());
    let mut expected = own.clone();
    expected["First"] = json!([{"return": {"Payload": {}}}]);
    expected["Last"] = json!([{"return": {}}]);
    for line in
        ["--mocks own.json --write-mocks new.json", "--write-mocks own.json", "--mocks own.json --write-mocks own.json"]
    {
        let run = folder.aslint(&format!("run flow.asl.json {line}"));
        assert_eq!(run.code, 0, "{line}: {run:#?}");
        assert_eq!(json(&folder, line.rsplit(' ').next().unwrap()), expected, "{line}");
    }
    // Keys of resources and of everything answer too, and so does the Map for what lies in it.
    folder.write("wide.json", r#"{"Each": {"return": 1}, "arn:aws:states:::lambda:invoke": {"return": 2}}"#);
    let run = folder.aslint("run flow.asl.json --mocks wide.json --write-mocks -");
    assert_eq!(
        run.json(),
        json!({
            "Each": [{"return": 1}], "arn:aws:states:::lambda:invoke": [{"return": 2}], "Last": [{"return": {}}]
        })
    );
    folder.write("all.json", r#"{"*": {"return": [2]}}"#);
    let run = folder.aslint("run flow.asl.json --mocks all.json --write-mocks -");
    assert_eq!(run.json(), json!({"*": [{"return": [2]}]}));
}

#[test]
fn test_cases_are_chosen() {
    let folder = folder();
    folder.write("else.asl.json", MACHINE);
    let several = "`flow#Happy`, `flow#Lost`, `flow#Open`, `other#Happy`";
    for (line, code, expected) in [
        ("flow.asl.json --test-case Happy", 0, "\"published\"\n".to_owned()),
        ("flow.asl.json --test-case flow#Happy", 0, "\"published\"\n".to_owned()),
        ("flow.asl.json --test-case Lost", 1, "error: the execution fails with `Lost`".to_owned()),
        ("flow.asl.json --test-case Open", 1, "error: no mock answers this call".to_owned()),
        ("else.asl.json --test-case Lost", 1, "error: the execution fails with `Lost`".to_owned()),
        (
            "else.asl.json --test-case Happy",
            2,
            "error: several machines have a test case `Happy`: `flow#Happy`, `other#Happy`".to_owned(),
        ),
        ("flow.asl.json --test-case Sad", 2, format!("error: there is no test case `Sad`; there are {several}")),
        ("flow.asl.json", 2, format!("error: one of these test cases has to be chosen: {several}")),
    ] {
        let run = folder.aslint(&format!("run {line} --mocks config.json"));
        let said = if code == 0 { run.stdout.clone() } else { run.stderr.lines().next().unwrap().to_owned() };
        assert_eq!((run.code, said), (code, expected), "{line}: {run:#?}");
    }
    // The machine's own case needs no name where it is the only one.
    let single = r#"{"StateMachines": {"flow": {"TestCases": {"One": {"First": "F"}}}, "x": {"TestCases": {"One": {}}}}, "MockedResponses": {"F": {"0": {"Throw": {"Error": "E"}}}}}"#;
    folder.write("single.json", single);
    let run = folder.aslint("run flow.asl.json --mocks single.json");
    assert!(run.code == 1 && run.stderr.starts_with("error: the execution fails with `E`\n"), "{run:#?}");
}

#[test]
fn a_mock_config_is_written_and_read() {
    let folder = folder();
    let run = folder.aslint("run flow.asl.json --write-mocks new.json --mock-format mock-config");
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(
        json(&folder, "new.json"),
        json!({
            "StateMachines": {"flow": {"TestCases": {"Default": {"First": "First", "Item": "Item", "Last": "Last"}}}},
            "MockedResponses": {
                "First": {"0": {"Return": {"Payload": {}}}}, "Item": {"0": {"Return": {}}}, "Last": {"0": {"Return": {}}}
            }
        })
    );
    let run = folder.aslint("run flow.asl.json --mocks new.json");
    assert!(
        run.stderr.starts_with("error: the execution fails with `States.Runtime`"),
        "an object is no list: {run:#?}"
    );
    // From one format into the other.
    let run = folder.aslint("run flow.asl.json --mocks config.json --test-case Lost --write-mocks -");
    assert_eq!(
        run.json(),
        json!({
            "First": [{"return": [1, 2]}],
            "Item": [{"return": "sent"}, {"error": "Lost", "cause": "by the way"}],
            "Last": [{"return": {}}]
        })
    );
}

#[test]
fn a_mock_config_that_is_there_is_added_to() {
    let folder = folder();
    let old: Value = serde_json::from_str(CONFIG).unwrap();
    let run = folder.aslint("run flow.asl.json --write-mocks config.json --test-case Open");
    assert_eq!(
        run.stderr,
        "aslint: config.json: fill in the answers of `Item`, `Last`, then `aslint run flow.asl.json --test-case Open --mocks config.json`\n"
    );
    let mut expected = old.clone();
    expected["StateMachines"]["flow"]["TestCases"]["Open"] =
        json!({"First": "FirstWorks", "Item": "Item", "Last": "Last"});
    expected["MockedResponses"]["Item"] = json!({"0": {"Return": {}}});
    expected["MockedResponses"]["Last"] = json!({"0": {"Return": {}}});
    assert_eq!(json(&folder, "config.json"), expected);
    let run = folder.aslint("run flow.asl.json --mocks config.json --test-case Open");
    assert_eq!((run.code, run.stdout.as_str()), (0, "{}\n"), "{run:#?}");
    // A case, and a machine, that are new.
    for (line, machine, case) in [
        ("flow.asl.json --write-mocks config.json --test-case Fresh", "flow", "Fresh"),
        ("flow.asl.json --write-mocks config.json --test-case third#Fresh", "third", "Fresh"),
    ] {
        let run = folder.aslint(&format!("run {line}"));
        assert_eq!(run.code, 0, "{line}: {run:#?}");
        let names = json!({"First": "First", "Item": "Item", "Last": "Last"});
        expected["StateMachines"][machine]["TestCases"][case] = names;
        expected["MockedResponses"]["First"] = json!({"0": {"Return": {"Payload": {}}}});
        assert_eq!(json(&folder, "config.json"), expected, "{line}");
    }
}

#[test]
fn no_file_is_lost() {
    let folder = folder();
    folder.write("mocks.yaml", "First: # a comment\n  return: 1\n");
    folder.write("other.json", r#"{"First": {"return": 1}}"#);
    folder.write("broken.json", r#"{"First": {"retrun": 1}}"#);
    folder.write("history.json", r#"{"events": [{"id": 1, "type": "ExecutionStarted"}]}"#);
    for (line, expected) in [
        ("--write-mocks mocks.yaml", "mocks.yaml: not written, mocks are written as JSON"),
        (
            "--mocks mocks.yaml --write-mocks other.json",
            "other.json: not written, it exists; to add to it, name it with `--mocks` or leave `--mocks` out",
        ),
        ("--write-mocks broken.json", "broken.json: not run, these mocks say no answers"),
        ("--write-mocks history.json", "history.json: not written, it holds a recorded history"),
        ("--write-mocks config.json", "config.json: not run, these mocks say no answers"),
        ("--write-mocks config.json --mock-format aslint", "config.json: not written, it is a MockConfigFile.json"),
        ("--write-mocks other.json --mock-format mock-config", "other.json: not written, it is no MockConfigFile.json"),
        ("--write-mocks no/such/folder.json", "no/such/folder.json: not written, no such file or folder"),
    ] {
        let files = || {
            ["mocks.yaml", "other.json", "broken.json", "history.json", "config.json"]
                .map(|name| fs::read(folder.0.join(name)).unwrap())
        };
        let before = files();
        let run = folder.aslint(&format!("run flow.asl.json {line}"));
        let last = run.stderr.lines().last().unwrap();
        assert_eq!((run.code, last), (2, format!("aslint: {expected}").as_str()), "{line}: {run:#?}");
        assert!(files() == before, "{line}");
    }
    let run = folder.aslint("run flow.asl.json --mocks mocks.yaml --input 1");
    assert!(run.stderr.starts_with("error: the execution fails with `States.Runtime`"), "{run:#?}");
    folder.write("mocks.yaml", "First: {return: []}\n");
    let run = folder.aslint("run flow.asl.json --mocks mocks.yaml");
    assert!(run.stderr.contains("\n  help: add an answer to mocks.yaml\n"), "{run:#?}");
}

#[test]
fn a_history_answers_as_it_was_recorded() {
    let folder = folder();
    folder.write(
        "mocks.json",
        r#"{"First": {"return": [7], "seconds": 2}, "Item": {"return": "sent"}, "Last": {"return": "published"}}"#,
    );
    let first = folder.aslint("run flow.asl.json --mocks mocks.json --format json");
    folder.write("history.json", &json!({"events": first.json()["events"]}).to_string());
    let again = folder.aslint("run flow.asl.json --mocks history.json --format json");
    assert_eq!((again.code, &again.stdout), (0, &first.stdout), "{again:#?}");
}

#[test]
fn a_folder_stands_in_for_s3() {
    let folder = Folder::new([
        ("s3/bucket/in/items.json", "[1, 2, 3]"),
        ("s3/bucket/in/more.json", "[4]"),
        ("secret/items.json", "[\"secret\"]"),
    ]);
    let machine = |reader: &str| {
        format!(
            r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true, "ItemReader": {reader}, "ItemProcessor":
            {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}, "StartAt": "A",
            "States": {{"A": {{"Type": "Pass", "End": true}}}}}}}}}}}}"#
        )
    };
    let get = |bucket: &str, key: &str| {
        let (bucket, key) = (json!(bucket), json!(key));
        machine(&format!(
            r#"{{"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {{"InputType": "JSON"}}, "Parameters": {{"Bucket": {bucket}, "Key": {key}}}}}"#
        ))
    };
    folder.write("good.asl.json", &get("bucket", "in/items.json"));
    let run = folder.aslint("run good.asl.json --files s3 --trace");
    assert!(
        run.code == 0 && run.stdout.contains("│ child 2\n") && run.stdout.ends_with("\n[\n  1,\n  2,\n  3\n]\n"),
        "{run:#?}"
    );
    folder.write(
        "list.asl.json",
        &machine(
            r#"{"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "bucket", "Prefix": "in/"}}"#,
        ),
    );
    let listed = folder.aslint("run list.asl.json --files s3").json();
    let keys: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["Key"].as_str().unwrap(), item["Size"].as_u64().unwrap()))
        .collect();
    assert_eq!(keys, [("in/items.json", 9), ("in/more.json", 3)]);
    for (bucket, key) in [
        ("bucket", "../../secret/items.json"),
        ("../secret", "items.json"),
        ("bucket", "in/../../../secret/items.json"),
        ("bucket", "in/missing.json"),
        ("nowhere", "in/items.json"),
        (".", "bucket/in/items.json"),
        ("", "items.json"),
    ] {
        folder.write("bad.asl.json", &get(bucket, key));
        let run = folder.aslint("run bad.asl.json --files s3 --format json");
        assert_eq!(
            (run.code, &run.json()["error"]),
            (1, &json!("States.ItemReaderFailed")),
            "{bucket} {key}: {run:#?}"
        );
    }
    let run = folder.aslint("run good.asl.json --format json");
    assert_eq!((run.code, &run.json()["error"]), (1, &json!("States.ItemReaderFailed")));
}

#[test]
fn a_mock_says_what_an_item_reader_finds() {
    let machine = |config: &str| {
        format!(
            r#"{{"StartAt": "All", "States": {{
                "All": {{
                    "Type": "Map", "End": true,
                    "ItemReader": {{
                        "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {config},
                        "Parameters": {{"Bucket": "b", "Key": "k"}}
                    }},
                    "ItemProcessor": {{
                        "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}, "StartAt": "Each",
                        "States": {{"Each": {{"Type": "Pass", "Parameters": {{"got.$": "$.a"}}, "End": true}}}}
                    }}
                }}
            }}}}"#
        )
    };
    let json = r#"{"InputType": "JSON", "MaxItems": 2}"#;
    let csv = r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}"#;
    for (config, mocks, code, out, said) in [
        (json, r#"{"All": {"read": [{"a": 1}, {"a": [2]}, {"a": 3}]}}"#, 0, r#"[{"got":1},{"got":[2]}]"#, ""),
        (json, r#"{"All": {"return": "whole"}}"#, 0, r#""whole""#, ""),
        (csv, r#"{"All": {"read": [{"a": "1"}]}}"#, 0, r#"[{"got":"1"}]"#, ""),
        (csv, r#"{"All": {"read": [{"a": 1}]}}"#, 1, "", "the fields of a row are strings, and `a` is a number"),
        (json, r#"{"All": {"error": "States.ItemReaderFailed"}}"#, 1, "", "fails with `States.ItemReaderFailed`"),
    ] {
        let folder = Folder::new([("m.asl.json", machine(config).as_str()), ("m.json", mocks)]);
        let run = folder.aslint("run m.asl.json --mocks m.json");
        let shown: String = run.stdout.split_whitespace().collect();
        assert_eq!((run.code, shown.as_str()), (code, out), "{mocks}: {run:#?}");
        assert!(run.stderr.contains(said), "{mocks}: {run:#?}");
    }
    // What reads nothing has no items to be told of.
    for (state, mocks) in
        [("First", r#"{"First": {"read": []}}"#), ("Each", r#"{"First": {"return": []}, "Each": {"read": []}}"#)]
    {
        let folder = folder();
        folder.write("m.json", mocks);
        let run = folder.aslint("run flow.asl.json --mocks m.json");
        let said = format!("the mocks say what `{state}` reads, and it has no `ItemReader`");
        assert!(run.code == 1 && run.stderr.contains(&said), "{mocks}: {run:#?}");
    }
}

#[test]
fn what_a_template_fills_in_hinders_nothing() {
    let machine = r#"{"StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": "${Delay}", "Next": "T"},
        "T": {"Type": "Task", "Resource": "${Work}", "TimeoutSeconds": "${Limit}", "HeartbeatSeconds": "${Beat}", "Next": "M"},
        "M": {
            "Type": "Map", "MaxConcurrency": "${AtOnce}", "ToleratedFailurePercentage": "${Share}", "End": true,
            "ItemBatcher": {"MaxItemsPerBatch": "${Batch}"},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}
            }
        }
    }}"#;
    let folder = Folder::new([("m.asl.json", machine), ("m.json", r#"{"T": {"return": [1, 2], "seconds": 9}}"#)]);
    let run = folder.aslint("run m.asl.json --mocks m.json");
    let shown: String = run.stdout.split_whitespace().collect();
    assert_eq!((run.code, shown.as_str()), (0, r#"[{"Items":[1,2]}]"#), "{run:#?}");
}
