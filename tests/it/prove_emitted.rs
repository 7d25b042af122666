//! What `aslint prove --emit-tests` writes for others: mocks for Step Functions Local, requests to TestState.

use serde_json::{Value, json};

use super::folder::Folder;

/// What is written of the machine in `m.asl.json`: mocked responses, and requests with their expectations by what they are about.
fn emitted(machine: &str) -> (Value, Vec<Value>) {
    let folder = Folder::new([("m.asl.json", machine)]);
    let run = folder.aslint("prove --fail-on never --emit-tests out m.asl.json");
    assert_eq!(run.code, 0, "{run:#?}");
    let tests = folder.aslint("run --test out");
    assert_eq!(tests.code, 0, "{tests:#?}");
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.0.join("out/m.asl.json").join(name)).expect("it is written");
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    let requests = read("test-state.json").as_array().expect("requests").clone();
    (read("MockConfigFile.json"), requests)
}

fn about<'r>(requests: &'r [Value], what: &str) -> Option<&'r Value> {
    requests.iter().find(|request| request["what"] == what)
}

const RETRIED: &str = r#"{"StartAt": "T", "States": {
  "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "ResultPath": "$.r",
    "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], "Next": "C"},
  "C": {"Type": "Choice", "Choices": [{"Variable": "$.r.Payload.n", "NumericEquals": 1, "Next": "A"}], "Default": "B"},
  "A": {"Type": "Succeed"}, "B": {"Type": "Fail", "Error": "X"}}}"#;

const COUNTED: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "I", "States": {
  "I": {"Type": "Pass", "Assign": {"n": 0}, "Next": "T"},
  "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}, "Assign": {"n": "{% $n + 1 %}"}, "Next": "C"},
  "C": {"Type": "Choice", "Choices": [{"Condition": "{% $n > 2 %}", "Next": "A"}], "Default": "T"},
  "A": {"Type": "Succeed"}}}"#;

#[test]
fn step_functions_local_gets_an_answer_to_each_call() {
    for (machine, about, calls) in
        [(RETRIED, "t-catcher-0", "0-3"), (RETRIED, "c-rule-0", "0"), (COUNTED, "c-rule-0", "0-2")]
    {
        let (config, _) = emitted(machine);
        let cases = config["StateMachines"]["m.asl.json"]["TestCases"].as_object().expect("cases");
        let (_, case) = cases.iter().find(|(name, _)| name.ends_with(about)).expect("the case");
        let response = &config["MockedResponses"][case["T"].as_str().expect("a response")];
        let numbers: Vec<&String> = response.as_object().expect("answers").keys().collect();
        assert_eq!(numbers, [calls], "{about}: {config}");
    }
}

#[test]
fn what_a_case_names_is_there() {
    // Step Functions Local runs no Distributed Map: what one reads has no place in its file.
    let (config, _) = emitted(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
          "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key": "k"}},
          "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "C", "States": {
            "C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 1, "Next": "A"}], "Default": "A"},
            "A": {"Type": "Succeed"}}}}}}"#,
    );
    let cases = config["StateMachines"]["m.asl.json"]["TestCases"].as_object().expect("cases");
    assert!(!cases.is_empty());
    for response in cases.values().flat_map(|case| case.as_object().expect("states").values()) {
        assert!(config["MockedResponses"].get(response.as_str().expect("a name")).is_some(), "{config}");
    }
}

#[test]
fn failures_and_catchers_are_asked_of_test_state() {
    let (_, requests) = emitted(RETRIED);
    let failing = about(&requests, "C comparison fails").expect("a request");
    assert_eq!(failing["expect"], json!({"status": "FAILED", "error": "States.Runtime"}));
    let caught = about(&requests, "T catcher 0").expect("a request");
    let error = &caught["request"]["mock"]["errorOutput"]["error"];
    assert_eq!(caught["expect"], json!({"status": "CAUGHT_ERROR", "error": error, "nextState": "B"}));
    assert_eq!(
        caught["request"]["stateConfiguration"],
        json!({"retrierRetryCount": 3}),
        "before that it is tried again"
    );

    let (_, requests) = emitted(
        r#"{"StartAt": "P", "States": {
          "P": {"Type": "Parallel", "Branches": [{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}],
            "Catch": [{"ErrorEquals": ["E"], "Next": "C"}], "Next": "C"},
          "C": {"Type": "Choice", "Choices": [{"Variable": "$.Error", "StringEquals": "X", "Next": "S"}]}, "S": {"Type": "Succeed"}}}"#,
    );
    let caught = about(&requests, "P catcher 0").expect("a request");
    assert_eq!(caught["request"]["mock"], json!({"errorOutput": {"error": "E"}}));
    assert_eq!(caught["request"]["stateConfiguration"], json!({"errorCausedByState": "F"}));
    let none = about(&requests, "C no rule holds").expect("a request");
    assert_eq!(none["expect"], json!({"status": "FAILED"}));
}

#[test]
fn a_context_object_comes_beside_a_mock_alone() {
    let machine = |called: &str| {
        format!(
            r#"{{"StartAt": "T", "States": {{
              "T": {{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage{called}", "Parameters": {{"QueueUrl": "https://q", "MessageBody": {{"a.$": "$$.{}"}}}},
                "Catch": [{{"ErrorEquals": ["States.ALL"], "Next": "C"}}], "Next": "C"}},
              "C": {{"Type": "Choice", "Choices": [{{"Variable": "$$.Execution.Input.x", "NumericEquals": 1, "Next": "S"}}], "Default": "D"}},
              "D": {{"Type": "Choice", "Choices": [{{"Variable": "$", "IsNull": true, "Next": "S"}}], "Default": "S"}},
              "S": {{"Type": "Succeed"}}}}}}"#,
            if called.is_empty() { "Execution.Name" } else { "Task.Token" }
        )
    };
    for (called, token) in [("", Value::Null), (".waitForTaskToken", json!({"Token": "token"}))] {
        let (_, requests) = emitted(&machine(called));
        let caught = about(&requests, "T catcher 0").expect("a request");
        let context: Value = serde_json::from_str(caught["request"]["context"].as_str().expect("text")).expect("JSON");
        assert_eq!(context["Task"], token);
        assert_eq!(context["State"]["Name"], "T");
        assert!(context["Execution"]["Input"].is_object(), "{context}");
        // No mock is taken for a Choice.
        assert!(!requests.iter().any(|request| request["request"]["stateName"] == "C"), "{requests:?}");
        assert!(about(&requests, "D Default").is_some_and(|request| request["request"].get("context").is_none()));
    }
}

#[test]
fn tests_of_what_is_piped_in_name_a_file() {
    let folder = Folder::new([("m.asl.json", RETRIED)]);
    let run = folder.piped("prove - --emit-tests out", RETRIED.as_bytes());
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.lines().count()), (2, "", 1), "{run:#?}");
    assert!(run.stderr.contains("--stdin-filename"), "{run:#?}");
    let named = folder.piped("prove - --stdin-filename m.asl.json --emit-tests out", RETRIED.as_bytes());
    assert_eq!(named.code, 0, "{named:#?}");
    assert_eq!(folder.aslint("run --test out").code, 0);
}
