//! `aslint run` as scripts and people meet it.

use std::fs;

use serde_json::{Value, json};

use super::folder::{Folder, Run};

/// Every kind of step: a Task with Retry and Catch, a Choice, a Parallel, a Map, a Fail.
const MACHINE: &str = r#"{
  "StartAt": "Reserve",
  "States": {
    "Reserve": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2}],
      "Catch": [{"ErrorEquals": ["Gone"], "Next": "Give up"}],
      "Next": "In stock?"
    },
    "In stock?": {
      "Type": "Choice",
      "Choices": [{"Variable": "$.ok", "IsPresent": true, "Next": "Both"}],
      "Default": "Give up"
    },
    "Both": {
      "Type": "Parallel",
      "Next": "Each",
      "Branches": [
        {"StartAt": "Mail", "States": {"Mail": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true}}},
        {"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 1, "Next": "Done"}, "Done": {"Type": "Succeed"}}}
      ]
    },
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "One",
        "States": {"One": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}
      },
      "End": true
    },
    "Give up": {"Type": "Fail", "Error": "Gave.Up", "Cause": "no stock"}
  }
}
"#;
const MOCKS: &str = r#"{
  "Reserve": [{"error": "Busy", "cause": "wait", "seconds": 0.5}, {"return": {"ok": true}, "seconds": 1.25}],
  "Mail": {"return": {"MessageId": "m-1"}, "seconds": 3},
  "One": [{"return": 1}, {"return": 2, "seconds": 1}]
}
"#;
const PASS: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
const FAIL: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "E", "Cause": "why"}}}"#;
const WAIT: &str =
    r#"{"StartAt": "W", "TimeoutSeconds": 5, "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}}"#;
const LONG: &str = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 299, "Next": "V"}, "V": {"Type": "Wait", "Seconds": 299, "End": true}}}"#;
const LOOP: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.n", "IsPresent": true, "Next": "A"}], "Default": "B"}, "B": {"Type": "Succeed"}}}"#;
const TASK: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}"#;
/// A comma too many, and a target that is none.
const BROKEN: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true,}}}"#;
const DANGLING: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;

fn folder() -> Folder {
    Folder::new([
        ("machine.asl.json", MACHINE),
        ("mocks.json", MOCKS),
        ("pass.asl.json", PASS),
        ("fail.asl.json", FAIL),
        ("wait.asl.json", WAIT),
        ("long.asl.json", LONG),
        ("loop.asl.json", LOOP),
        ("task.asl.json", TASK),
        ("broken.asl.json", BROKEN),
        ("dangling.asl.json", DANGLING),
        ("hole.asl.json", r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": ${Seconds}, "End": true}}}"#),
        ("broken.asl.yaml", "StartAt: A\nStates:\n  A: {Type: Pass, End: true\n"),
        ("two.asl.yaml", "StartAt: A\nStates: {A: {Type: Succeed}}\n---\nStartAt: A\nStates: {A: {Type: Succeed}}\n"),
        ("one.asl.yaml", "StartAt: A\nStates: {A: {Type: Succeed}}\n"),
        ("none.json", r#"{"name": "a package"}"#),
        ("input.json", r#"{"n": 1}"#),
        ("input.yaml", "n: 1\n"),
        ("bad.json", r#"{"n": ${N}, "m": 1}"#),
        ("large.json", &format!("\"{}\"", "x".repeat(262_143))),
        ("bad-mocks.json", r#"{"A": [{"retrun": 1}], "B": []}"#),
    ])
}

/// What the command says on standard error, without the excerpts.
fn told(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter(|line| line.starts_with("aslint: ") || line.starts_with("error")).collect()
}

#[test]
fn exit_codes_do_not_depend_on_the_format() {
    let folder = folder();
    for (line, code) in [
        ("pass.asl.json", 0),
        ("pass.asl.json --trace", 0),
        ("pass.asl.json --trace --full", 0),
        ("one.asl.yaml --seed 18446744073709551615", 0),
        ("pass.asl.json --input -1", 0),
        ("machine.asl.json --mocks mocks.json", 0),
        ("long.asl.json", 0),
        ("fail.asl.json", 1),
        ("wait.asl.json", 1),
        ("long.asl.json --type express", 1),
        ("loop.asl.json --max-states 10 --input @input.json", 1),
        ("task.asl.json", 1),
        ("missing.asl.json", 2),
        ("none.json", 2),
        ("two.asl.yaml", 2),
        ("broken.asl.json", 2),
        ("broken.asl.yaml", 2),
        ("dangling.asl.json", 2),
        ("hole.asl.json", 2),
        (". ", 2),
        ("pass.asl.json --input {", 2),
        ("pass.asl.json --input @large.json", 2),
        ("pass.asl.json --files missing", 2),
        ("pass.asl.json --files pass.asl.json", 2),
        ("pass.asl.json --input @missing.json", 2),
        ("pass.asl.json --input @bad.json", 2),
        ("pass.asl.json --mocks missing.json", 2),
        ("pass.asl.json --mocks bad-mocks.json", 2),
        ("pass.asl.json --mocks mocks.json --test-case Happy", 2),
        ("pass.asl.json --test-case Happy", 2),
        ("pass.asl.json --full", 2),
        ("pass.asl.json --mock-format aslint", 2),
        ("pass.asl.json --start yesterday", 2),
        ("pass.asl.json --seed -1", 2),
        ("pass.asl.json --type both", 2),
        ("pass.asl.json fail.asl.json", 2),
    ] {
        for format in ["pretty", "json"] {
            let run = folder.aslint(&format!("run {line} --format {format}"));
            assert_eq!(run.code, code, "{line} --format {format}: {run:#?}");
            assert_eq!(run.stdout.is_empty(), code == 2 || code == 1 && format == "pretty", "{line}: {run:#?}");
            assert_eq!(run.stderr.is_empty(), code < 2 && format == "json", "{line}: {run:#?}");
        }
    }
    assert_eq!(folder.aslint("run").code, 2);
    assert_eq!(folder.aslint("run pass.asl.json --format concise").code, 2);
}

#[test]
fn the_output_alone_is_on_standard_output() {
    let folder = folder();
    for (line, input, output) in [
        ("run pass.asl.json", "", "{}\n"),
        ("run pass.asl.json --input [1,{\"a\":null}]", "", "[\n  1,\n  {\n    \"a\": null\n  }\n]\n"),
        ("run pass.asl.json --input \"@\"", "", "\"@\"\n"),
        ("run pass.asl.json --input @input.json", "", "{\n  \"n\": 1\n}\n"),
        ("run pass.asl.json --input @input.yaml", "", "{\n  \"n\": 1\n}\n"),
        ("run pass.asl.json --input -", "[1.50]", "[\n  1.5\n]\n"),
        ("run -", PASS, "{}\n"),
        ("run - --input 1", "StartAt: A\nStates: {A: {Type: Succeed}}\n", "1\n"),
        ("run machine.asl.json --mocks mocks.json", "", "[\n  1,\n  2\n]\n"),
    ] {
        let run = folder.piped(line, input.as_bytes());
        assert_eq!((run.code, run.stdout.as_str()), (0, output), "{line}: {run:#?}");
        assert_eq!(run.stderr.lines().count(), 1, "{line}: {run:#?}");
    }
    let run = folder.aslint("run machine.asl.json --mocks mocks.json");
    assert_eq!(run.stderr, "aslint: succeeded after 9 states and 7.75 s of simulated time\n");
}

#[test]
fn what_cannot_run_says_why() {
    let folder = folder();
    for (line, expected) in [
        ("run missing.asl.json", &["aslint: missing.asl.json: no such file or folder"][..]),
        ("run none.json", &["aslint: none.json: no state machine in it"]),
        ("run two.asl.yaml", &["aslint: two.asl.yaml: 2 state machines in it, and one can run"]),
        ("run - --input -", &["aslint: the machine and its input cannot both be standard input"]),
        (
            "run broken.asl.json",
            &[
                "error[syntax-error]: JSON takes no comma before a closing bracket",
                "aslint: broken.asl.json: not run, the service refuses this machine",
            ],
        ),
        (
            "run dangling.asl.json",
            &[
                "error[dangling-target]: `Next` names `B`, and the machine has no such state",
                "aslint: dangling.asl.json: not run, the service refuses this machine",
            ],
        ),
        (
            "run hole.asl.json",
            &[
                "error: what stands here is filled in elsewhere",
                "aslint: hole.asl.json: not run, write values for the placeholders",
            ],
        ),
        (
            "run pass.asl.json --input [1,]",
            &["error: JSON takes no comma before a closing bracket", "aslint: --input: not run, this is no input"],
        ),
        (
            "run pass.asl.json --input @bad.json",
            &["error: a placeholder stands where the input has a value", "aslint: bad.json: not run, this is no input"],
        ),
        (
            "run pass.asl.json --mocks bad-mocks.json",
            &[
                "error: `retrun` means nothing here; `return` does",
                "error: this answer says none of `return`, `read` and `error`",
                "error: `B` has no answers",
                "aslint: bad-mocks.json: not run, these mocks say no answers",
            ],
        ),
        (
            "run pass.asl.json --test-case Happy",
            &["aslint: `--test-case` names a test case of `--mocks`, and there are none"],
        ),
    ] {
        let run = folder.aslint(line);
        let mut said = told(&run);
        said.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!((run.code, said), (2, expected), "{line}: {run:#?}");
    }
    let run = folder.aslint("run pass.asl.json --mocks bad-mocks.json");
    assert!(run.stderr.contains("╭─[bad-mocks.json:1:9]"), "{run:#?}");
    fs::write(folder.0.join("latin.json"), b"{\"a\": \"\xe9\"}").unwrap();
    let run = folder.aslint("run pass.asl.json --input @latin.json");
    assert_eq!(told(&run)[0], "error: the file holds bytes that are not UTF-8");
}

#[test]
fn failures_are_shown_where_they_are() {
    let folder = folder();
    let run = folder.aslint("run fail.asl.json");
    assert_eq!(
        run.stderr,
        "\
error: the execution fails with `E`
   ╭─[fail.asl.json:1:29]
 1 │ {\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Fail\", \"Error\": \"E\", \"Cause\": \"why\"}}}
   ·                             ───
   ╰────
  note: why
  note: states: `A`

aslint: failed after 1 state and 0 s of simulated time
"
    );
    let run = folder.aslint("run machine.asl.json --input {}");
    assert_eq!(run.stderr, "\
error: no mock answers this call
   ╭─[machine.asl.json:6:19]
 5 │       \"Type\": \"Task\",
 6 │       \"Resource\": \"arn:aws:states:::lambda:invoke\",
   ·                   ────────────────────────────────
 7 │       \"Retry\": [{\"ErrorEquals\": [\"Busy\"], \"IntervalSeconds\": 2}],
   ╰────
  note: `Reserve` calls `arn:aws:states:::lambda:invoke`, and no mock answers it: write {\"Reserve\": [{\"return\": …}]} into a file and name it with `--mocks FILE`
  note: states: `Reserve`
  help: `aslint run machine.asl.json --write-mocks machine.mocks.json` writes an answer to fill in for each task that has none
  help: `aslint run machine.asl.json --mocks machine.mocks.json` runs with them

aslint: failed after 1 state and 0 s of simulated time
");
    for (line, first, last) in [
        (
            "wait.asl.json",
            "error: the execution times out after 5 s",
            "aslint: timed out after 1 state and 5 s of simulated time",
        ),
        (
            "long.asl.json --type express",
            "error: the execution times out after 5 min",
            "aslint: timed out after 2 states and 5 min of simulated time",
        ),
        (
            "loop.asl.json --max-states 3 --input @input.json",
            "error: the execution is given up: it has entered or retried 3 states, as many as are allowed, and was not done",
            "aslint: given up after 3 states and 0 s of simulated time",
        ),
    ] {
        let run = folder.aslint(&format!("run {line}"));
        assert_eq!(told(&run), [first, last], "{line}: {run:#?}");
    }
    folder.write(
        "nested.mocks.json",
        r#"{"Reserve": {"return": {"ok": 1}}, "Mail": {"return": 1}, "One": [{"return": 1}, {"error": "Lost"}]}"#,
    );
    let run = folder.aslint("run machine.asl.json --mocks nested.mocks.json");
    assert!(run.stderr.contains("  note: states: `Reserve` → `In stock?` → `Both` → `Each`[1] → `One`\n"), "{run:#?}");
    assert!(run.stderr.contains("╭─[machine.asl.json:28:20]"), "{run:#?}");
}

/// What is printed before the output.
const TRACE: &str = "       0s  Task     Reserve → In stock?
             input          {}
             calls          arn:aws:states:::lambda:invoke
     0.5s    fails          Busy: wait
             Retry[0]       again after 2 s, attempt 1
     2.5s    calls          arn:aws:states:::lambda:invoke
    3.75s    returns        {\"ok\":true}
           Choice   In stock? → Both
             Choices[0]     {\"Variable\":\"$.ok\",\"IsPresent\":true}
           Parallel Both → Each
           │ branch 0
           │ Task     Mail → end
           │   calls          arn:aws:states:::sns:publish
    6.75s  │   returns        {\"MessageId\":\"m-1\"}
    3.75s  │ branch 1
           │ Wait     Pause → Done
    4.75s  │ Succeed  Done → end
    6.75s    result         [{\"MessageId\":\"m-1\"},{\"ok\":true}]
           Map      Each → end
           │ iteration 0
           │ Task     One → end
           │   input          {\"MessageId\":\"m-1\"}
           │   calls          arn:aws:lambda:us-east-1:123456789012:function:f
           │   returns        1
           │ iteration 1
           │ Task     One → end
           │   input          {\"ok\":true}
           │   calls          arn:aws:lambda:us-east-1:123456789012:function:f
    7.75s  │   returns        2
             result         [1,2]
";

#[test]
fn a_trace_tells_state_by_state_what_happened() {
    let folder = folder();
    let run = folder.aslint("run machine.asl.json --mocks mocks.json --trace");
    assert_eq!(run.stdout, format!("{TRACE}\n[\n  1,\n  2\n]\n"));
    folder.write("gone.json", r#"{"Reserve": {"error": "Gone", "cause": "sold"}}"#);
    let run = folder.aslint("run machine.asl.json --mocks gone.json --trace");
    assert_eq!(
        run.stdout,
        "       0s  Task     Reserve → Give up
             input          {}
             calls          arn:aws:states:::lambda:invoke
             fails          Gone: sold
             Catch[0]       leads to `Give up`
             output         {\"Error\":\"Gone\",\"Cause\":\"sold\"}
           Fail     Give up fails
             fails          Gave.Up: no stock
"
    );
    // What a failure stops, and whose failure it is.
    folder.write("lost.json", r#"{"Reserve": {"return": {"ok": 1}}, "Mail": {"error": "Lost", "seconds": 0.5}}"#);
    let run = folder.aslint("run machine.asl.json --mocks lost.json --trace");
    assert!(
        run.stdout.ends_with(
            "           Parallel Both fails
           │ branch 0
           │ Task     Mail fails
           │   calls          arn:aws:states:::sns:publish
     0.5s  │   fails          Lost
       0s  │ branch 1
           │ Wait     Pause stopped
     0.5s    fails          Lost, from `Mail`
"
        ),
        "{}",
        run.stdout
    );
    // A branch that comes before the one that fails is stopped as well.
    let machine = r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "Next": "V"}, "V": {"Type": "Succeed"}}},
        {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}}}]}}}"#;
    folder.write("stopped.asl.json", machine);
    let run = folder.aslint("run stopped.asl.json --trace");
    assert!(run.stdout.contains("│ Wait     W stopped\n"), "{}", run.stdout);
    let types: Vec<String> = events(&folder.aslint("run stopped.asl.json --format json"));
    assert!(types.contains(&"WaitStateAborted".to_owned()), "{types:?}");
}

/// The types of the events in a JSON result.
fn events(run: &Run) -> Vec<String> {
    let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let events = json["events"].as_array().expect("events").iter();
    events.map(|event| event["type"].as_str().expect("a type").to_owned()).collect()
}

/// The error of the Map says only that too many failed.
#[test]
fn a_failed_child_execution_is_told() {
    let folder = folder();
    let machine = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "why"}}}, "End": true}}}"#;
    folder.write("children.asl.json", machine);
    let run = folder.aslint("run children.asl.json --input [1,2]");
    assert!(run.stderr.contains("note: a child execution failed in `F` with E: why\n"), "{}", run.stderr);
}

#[test]
fn long_values_are_cut_unless_all_is_wanted() {
    let folder = folder();
    let text = "é".repeat(200);
    let input = format!("\"{text}\"");
    let cut = folder.run(["run", "pass.asl.json", "--trace", "--input", &input]);
    let line = cut.stdout.lines().find(|line| line.contains("input ")).unwrap();
    assert!(line.ends_with('…') && line.chars().count() == 100, "{line}");
    let full = folder.run(["run", "pass.asl.json", "--trace", "--full", "--input", &input]);
    assert!(full.stdout.contains(&format!("input          \"{text}\"\n")), "{full:#?}");
    let mut narrow = folder.command(["run", "pass.asl.json", "--trace", "--input", &input]);
    let narrow = Run::of(narrow.env("COLUMNS", "60"));
    assert!(narrow.stdout.lines().any(|line| line.ends_with('…') && line.chars().count() == 60), "{narrow:#?}");
    let escaped = folder.run(["run", "pass.asl.json", "--trace", "--input", "\"a\u{202e}b\""]);
    assert!(escaped.stdout.contains("\"a\\u{202e}b\""), "{escaped:#?}");
}

#[test]
fn colours_are_for_terminals() {
    let folder = folder();
    let line = "run machine.asl.json --mocks mocks.json --trace";
    assert!(!folder.aslint(line).stdout.contains('\u{1b}'));
    let run = folder.aslint(&format!("{line} --color always"));
    let mut plain = run.stdout.clone();
    for sequence in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[36m"] {
        assert!(plain.contains(sequence), "{sequence:?}");
        plain = plain.replace(sequence, "");
    }
    assert_eq!(plain, format!("{TRACE}\n[\n  1,\n  2\n]\n"));
    assert!(folder.aslint("run fail.asl.json --color always").stderr.contains('\u{1b}'));
}

#[test]
fn json_follows_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/run-1.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let folder = folder();
    for (line, status, error, states) in [
        ("pass.asl.json", "SUCCEEDED", json!(null), &["A"][..]),
        ("fail.asl.json", "FAILED", json!("E"), &["A"]),
        ("task.asl.json", "FAILED", json!("aslint.NotMocked"), &["A"]),
        ("wait.asl.json", "TIMED_OUT", json!(null), &["W"]),
        ("loop.asl.json --input {\"n\":1} --max-states 2", "ABORTED", json!(null), &["A", "A"]),
        (
            "machine.asl.json --mocks mocks.json",
            "SUCCEEDED",
            json!(null),
            &["Reserve", "In stock?", "Both", "Mail", "Pause", "Done", "Each", "One", "One"],
        ),
    ] {
        let result = folder.aslint(&format!("run {line} --format json")).json();
        let errors: Vec<String> = validator.iter_errors(&result).map(|error| format!("{error}: {error:?}")).collect();
        assert!(errors.is_empty(), "{line}: {errors:#?}");
        assert_eq!((&result["status"], &result["error"]), (&json!(status), &error), "{line}");
        assert_eq!(result["states"], json!(states), "{line}");
        assert_eq!(result["at"].is_null(), status == "SUCCEEDED", "{line}");
    }
    // The schema tells right from wrong.
    let mut result = folder.aslint("run fail.asl.json --format json").json();
    assert_eq!(result["cause"], "why");
    assert_eq!(
        result["at"],
        json!({
            "file": "fail.asl.json", "state": "A", "pointer": "/States/A",
            "range": {
                "start": {"line": 1, "column": 29, "offset": 28},
                "end": {"line": 1, "column": 32, "offset": 31}
            }
        })
    );
    for (member, value) in [("output", json!(1)), ("at", json!(null)), ("status", json!("DONE"))] {
        let right = std::mem::replace(&mut result[member], value);
        assert!(!validator.is_valid(&result), "{member}");
        result[member] = right;
    }
    let printed = folder.aslint("schema run");
    assert_eq!(serde_json::from_str::<Value>(&printed.stdout).unwrap(), schema);
}

/// The members of the document in which a result is told: whoever compares outputs wants the order too.
#[test]
fn json_is_the_document_of_the_contract() {
    let run = folder().aslint("run pass.asl.json --format json --input 1 --start 2020-02-29T12:00:00.5Z");
    let event = |rest: &str| format!("{{\"timestamp\":\"2020-02-29T12:00:00.500Z\",{rest}}}");
    let events = [
        event(
            "\"type\":\"ExecutionStarted\",\"id\":1,\"previousEventId\":0,\"executionStartedEventDetails\":{\"input\":\"1\",\
             \"inputDetails\":{\"truncated\":false},\"roleArn\":\"arn:aws:iam::123456789012:role/aslint\"}",
        ),
        event(
            "\"type\":\"PassStateEntered\",\"id\":2,\"previousEventId\":0,\"stateEnteredEventDetails\":{\"input\":\"1\",\
             \"inputDetails\":{\"truncated\":false},\"name\":\"A\"}",
        ),
        event(
            "\"type\":\"PassStateExited\",\"id\":3,\"previousEventId\":2,\"stateExitedEventDetails\":{\"output\":\"1\",\
             \"outputDetails\":{\"truncated\":false},\"name\":\"A\"}",
        ),
        event(
            "\"type\":\"ExecutionSucceeded\",\"id\":4,\"previousEventId\":3,\"executionSucceededEventDetails\":{\"output\":\"1\",\
             \"outputDetails\":{\"truncated\":false}}",
        ),
    ];
    let expected = format!(
        "{{\"version\":1,\"status\":\"SUCCEEDED\",\n\"output\":1,\n\"error\":null,\"cause\":null,\"at\":null,\n\"seconds\":0,\
         \"states\":[\"A\"],\n\"events\":[\n{}\n]}}\n",
        events.join(",\n")
    );
    assert_eq!(run.stdout, expected);
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    let folder = folder();
    folder.write(
        "jitter.asl.json",
        &TASK.replace("\"End\"", "\"Retry\": [{\"ErrorEquals\": [\"E\"], \"JitterStrategy\": \"FULL\"}], \"End\""),
    );
    folder.write("jitter.mocks.json", r#"{"A": {"error": "E"}}"#);
    let line = "run jitter.asl.json --mocks jitter.mocks.json --trace";
    let first = folder.aslint(line);
    assert_eq!(first.code, 1, "{first:#?}");
    assert_eq!(first.stdout, folder.aslint(line).stdout);
    assert_eq!(first.stdout, folder.aslint(&format!("{line} --seed 0")).stdout);
    assert_ne!(first.stdout, folder.aslint(&format!("{line} --seed 1")).stdout);
    let json = "run machine.asl.json --mocks mocks.json --format json";
    assert_eq!(folder.aslint(json).stdout, folder.aslint(json).stdout);
}

#[test]
fn a_trace_tells_what_each_field_makes_of_a_value() {
    let folder = Folder::new([(
        "stages.asl.yaml",
        r#"
StartAt: Call
States:
  Call:
    Type: Task
    Resource: arn:aws:states:::sqs:sendMessage
    InputPath: $.order
    Parameters: {QueueUrl: q, MessageBody.$: $.id}
    ResultSelector: {sent.$: $.MessageId}
    ResultPath: $.receipt
    OutputPath: $.receipt
    Assign: {id.$: $.MessageId, n: 2}
    Next: Each
  Each:
    Type: Map
    ItemsPath: $.list
    ItemSelector: {item.$: $$.Map.Item.Value, id.$: $id}
    ItemProcessor:
      ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD}
      StartAt: Same
      States: {Same: {Type: Pass, End: true}}
    End: true
"#,
    )]);
    folder.write("mocks.yaml", "Call: {return: {MessageId: m, list: [1]}}\n");
    let input = r#"{"order": {"id": 7}}"#;
    let run = folder.run(["run", "stages.asl.yaml", "--mocks", "mocks.yaml", "--trace", "--input", input]);
    let expected = "       0s  Task     Call → Each
             input          {\"order\":{\"id\":7}}
             InputPath      {\"id\":7}
             Parameters     {\"QueueUrl\":\"q\",\"MessageBody\":7}
             calls          arn:aws:states:::sqs:sendMessage
             returns        {\"MessageId\":\"m\",\"list\":[1]}
             ResultSelector {\"sent\":\"m\"}
             ResultPath     {\"order\":{\"id\":7},\"receipt\":{\"sent\":\"m\"}}
             assigns        $id = \"m\"
             assigns        $n = 2
             output         {\"sent\":\"m\"}
           Map      Each fails
             fails          States.Runtime: ";
    assert!(run.stdout.starts_with(expected), "{}", run.stdout);
    assert!(run.stderr.contains("stages.asl.yaml:16:"), "{run:#?}");
    // The same with a list there, and without what stands in its way.
    let text = fs::read_to_string(folder.0.join("stages.asl.yaml")).unwrap();
    let text = text.replace("{sent.$: $.MessageId}", "{list.$: $.list}").replace(", id.$: $id}", "}");
    folder.write("stages.asl.yaml", &text);
    let run = folder.run(["run", "stages.asl.yaml", "--mocks", "mocks.yaml", "--trace", "--input", input]);
    assert!(
        run.stdout.ends_with(
            "           Map      Each → end
             items          [1]
           │ child 0
           │ Pass     Same → end
           │   input          {\"item\":1}
             result         [{\"item\":1}]

[
  {
    \"item\": 1
  }
]
"
        ),
        "{}",
        run.stdout
    );
}
