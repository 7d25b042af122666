//! Hover, completion and signature help at places of small machines.

use serde_json::{Value, json};

use super::client::{Client, applied, cursor};

const URI: &str = "untitled:a";

const PATHS: &str = r#"{
  "StartAt": "Get",
  "States": {
    "Get": {
      "Comment": "first. aslint: ignore[dangling-target] known",
      "Type": "Task",
      "Resource": "arn:aws:states:::dynamodb:getItem",
      "Parameters": {"TableName": "t", "Key": {}},
      "ResultSelector": {"n": 1, "s.$": "States.Format('{}', $.Item)"},
      "ResultPath": "$.got",
      "TimeoutSeconds": 5,
      "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Ask"}],
      "Next": "Ask"
    },
    "Ask": {
      "Type": "Choice",
      "Choices": [{"Variable": "$.got.n", "NumericEquals": 1, "Next": "Set"}],
      "Default": "Set"
    },
    "Set": {"Type": "Pass", "Assign": {"total.$": "$.got"}, "Next": "End"},
    "End": {"Type": "Pass", "Parameters": {"x.$": "$total.n"}, "End": true}
  }
}
"#;

const JSONATA: &str = r#"{
  "StartAt": "Call", "QueryLanguage": "JSONata",
  "States": {
    "Call": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
      "Arguments": {"a": "{% $sum([1, 2]) %}"},
      "Assign": {"v": {"k": 1, "l": "x"}},
      "Output": {"o": 1},
      "Next": "Use"
    },
    "Use": {"Type": "Pass", "Output": "{% $states.input.o & $v.k %}", "Next": "Bad"},
    "Bad": {"Type": "Fail", "Error": "My.Error"}
  }
}
"#;

fn ask(method: &str, marked: &str) -> Value {
    let (text, position) = cursor(marked);
    let mut client = Client::new();
    client.open(URI, if text.starts_with('{') { "asl" } else { "asl-yaml" }, &text);
    client.at(method, URI, &position).expect("an answer")
}

/// `text` with the cursor in `word`, which it holds at least `nth` times before.
fn at(text: &str, place: &str) -> String {
    let plain = place.replace('|', "");
    assert!(text.contains(&plain), "{plain}");
    text.replacen(&plain, place, 1)
}

fn hover(text: &str, place: &str) -> String {
    let answer = ask("textDocument/hover", &at(text, place));
    answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn hover_tells_what_stands_there() {
    for (text, place, expected) in [
        (PATHS, r#""Defa|ult": "#, &["**Default** of a Choice state in JSONPath", "when no rule holds"][..]),
        (
            PATHS,
            r#""A|sk": {"#,
            &[
                "**Ask**, a Choice state of the machine",
                "the first of 1 rule",
                "`Get` by `Next`",
                "`Get` by catcher 0",
                "Leads to `Set`",
                "got",
            ],
        ),
        (
            PATHS,
            r#""G|et": {"#,
            &[
                "calls `getItem` of `dynamodb`",
                "the start of the machine",
                "`States.Permissions`",
                "those of `dynamodb`",
            ],
        ),
        (PATHS, r#""dynam|odb"#, &[]),
        (PATHS, "dynamodb:get|Item", &["calls `getItem` of `dynamodb` and waits", "`TableName`"]),
        (PATHS, "States.For|mat(", &["**States.Format**(`template, value…`)"]),
        (PATHS, r#"["States.Time|out"]"#, &["**States.Timeout**", "longer than `TimeoutSeconds`"]),
        (PATHS, "ignore[dangling-|target]", &["**dangling-target** (error, graph)"]),
        (PATHS, r#""$.got.|n""#, &["`$.got.n`: `1`"]),
        (PATHS, r#""$tot|al.n""#, &["**$total**, a variable of the machine", "Set by `Set`", "n: 1"]),
        (PATHS, r#""$total.|n""#, &["`$total.n`: `1`"]),
        (PATHS, r#""TimeoutS|econds""#, &["**TimeoutSeconds**", "Default: 99,999,999"]),
        (JSONATA, "$s|um(", &["**$sum**(`array`)", "The sum"]),
        (JSONATA, "$states.in|put.o", &["`$states.input`: `{o: 1}`"]),
        (JSONATA, "$states.input.|o", &["`$states.input.o`: `1`"]),
        (JSONATA, "$v.|k", &["`$v.k`: `1`"]),
        (JSONATA, r#""My.|Error""#, &["**My.Error**"]),
        (JSONATA, r#""Type": "Fa|il""#, &["**Type** of a Fail state"]),
        (JSONATA, r#""a|": "{%"#, &[]),
    ] {
        if !text.contains(&place.replace('|', "")) {
            continue;
        }
        let told = hover(text, place);
        assert_eq!(told.is_empty(), expected.is_empty(), "{place}: {told}");
        for part in expected {
            assert!(told.contains(part), "{place}: no {part:?} in {told}");
        }
    }
    let yaml = "StartAt: A\nStates:\n  A:\n    Type: Wait\n    Seconds: 5\n    End: true\n";
    assert!(hover(yaml, "  A|:").contains("It waits `5` seconds."));
    assert!(hover(yaml, "Secon|ds").contains("**Seconds** of a Wait state"));
}

fn offered(marked: &str) -> Vec<Value> {
    let answer = ask("textDocument/completion", marked);
    let mut items = answer["items"].as_array().expect("a list").clone();
    items.sort_by_key(|item| item["sortText"].as_str().unwrap_or_default().to_owned());
    items
}

fn labels(marked: &str) -> Vec<String> {
    offered(marked).iter().map(|item| item["label"].as_str().expect("a label").to_owned()).collect()
}

#[test]
fn completion_offers_what_fits() {
    let json = |state: &str| {
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {state}, "Bü": {{"Type": "Succeed"}}, "C": {{"Type": "Pass", "Next": "Bü"}}}}}}"#
        )
    };
    for state in [
        r#"{"Type": "Pass", "Next": "|"}"#,
        r#"{"Type": "Pass", "Next": |}"#,
        r#"{"Type": "Pass", "Next": "B|"}"#,
        r#"{"Type": "Choice", "Default": "|"}"#,
        r#"{"Type": "Choice", "Choices": [{"Next": "|"}]}"#,
        r#"{"Type": "Task", "Catch": [{"Next": |"x"}]}"#,
    ] {
        let mut found = labels(&json(state));
        found.sort();
        assert_eq!(found, ["Bü", "C"], "{state}");
    }
    assert_eq!(labels(r#"{"StartAt": "|", "States": {"A": {"Type": "Succeed"}}}"#), ["A"]);
    for (state, expected, others) in [
        (
            r#"{"Type": "Task", "|": 1}"#,
            &["Resource", "Parameters", "Catch"][..],
            &["Type", "Arguments", "Choices"][..],
        ),
        (r#"{"Type": "Task", "QueryLanguage": "JSONata", "A|"}"#, &["Arguments", "Assign"], &["Parameters"]),
        (r#"{"Type": "Wait", |}"#, &["Seconds", "TimestampPath"], &["Retry"]),
        (r#"{"|"}"#, &["Type", "Comment"], &[]),
        (r#"{"Type": "Task", "Retry": [{"|"}]}"#, &["ErrorEquals", "MaxAttempts"], &["Next"]),
        (r#"{"Type": "Choice", "Choices": [{"And": [{"|"}]}]}"#, &["Variable", "IsPresent"], &["Next"]),
        (r#"{"Type": "|"}"#, &["Task", "Map"], &["Succeeded"]),
        (r#"{"Type": "Pass", "QueryLanguage": "|"}"#, &["JSONPath", "JSONata"], &[]),
        (r#"{"Type": "Pass", "End": |}"#, &["true"], &["false"]),
        (
            r#"{"Type": "Task", "Resource": "arn:aws:lambda:::function:f", "Catch": [{"ErrorEquals": ["|"]}]}"#,
            &["States.ALL", "Lambda.TooManyRequestsException", "States.TaskFailed"],
            &["States.ItemReaderFailed"],
        ),
        (r#"{"Type": "Task", "Retry": [{"ErrorEquals": [|]}]}"#, &["States.ALL"], &[]),
        (
            r#"{"Type": "Task", "Resource": "|"}"#,
            &["arn:aws:states:::sqs:sendMessage.waitForTaskToken", "arn:aws:states:::aws-sdk:s3:"],
            &[],
        ),
        (
            r#"{"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:|"}"#,
            &["arn:aws:states:::aws-sdk:s3:getObject"],
            &["arn:aws:states:::aws-sdk:s3:"],
        ),
        (
            r#"{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"|": 1}}"#,
            &["QueueUrl", "MessageBody"],
            &["Type"],
        ),
        (r#"{"Type": "Pass", "Result": {"|": 1}}"#, &[], &["Type"]),
        (r#"{"Type": "Pass", "Parameters": {"a.$": "States.|"}}"#, &["Format", "UUID"], &[]),
        (r#"{"Type": "Pass", "Parameters": {"a.$": "|"}}"#, &["$$", "States.Format"], &[]),
        (r#"{"Type": "Pass", "Parameters": {"a": "|"}}"#, &[], &["$$"]),
        (r#"{"Type": "Pass", "InputPath": "$$.Execution.|"}"#, &["Id", "StartTime"], &["Token"]),
        (
            r#"{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $| %}"}"#,
            &["$states", "$sum", "$uuid"],
            &["$eval"],
        ),
        (
            r#"{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.| %}"}"#,
            &["input", "context"],
            &["result"],
        ),
        (r#"{"Type": "Task", "QueryLanguage": "JSONata", "Output": "{% $states.re|"}"#, &["result"], &["errorOutput"]),
        (
            r#"{"Type": "Task", "QueryLanguage": "JSONata", "Catch": [{"Output": "{% $states.errorOutput.| %}"}]}"#,
            &["Cause", "Error"],
            &[],
        ),
        (r#"{"Type": "Pass", "QueryLanguage": "JSONata", "Output": "$|"}"#, &[], &["$sum"]),
    ] {
        let found = labels(&json(state));
        for label in expected {
            assert!(found.iter().any(|found| found == label), "{state}: no {label} in {found:?}");
        }
        for label in others {
            assert!(!found.iter().any(|found| found == label), "{state}: {label} in {found:?}");
        }
    }
    assert_eq!(labels(&at(PATHS, r#""$.got.|n""#)), ["n", "s"], "paths that are known");
    assert_eq!(labels(&at(PATHS, r#""$total.|n""#)), ["n", "s"]);
    assert!(labels(&at(PATHS, r#""$tot|al.n""#)).contains(&"$total".to_owned()));
    assert_eq!(labels(&at(JSONATA, "$states.input.|o")), ["o"]);
    assert_eq!(labels(&at(JSONATA, "$v.|k")), ["k", "l"]);
    assert!(labels(r#"{"StartAt": "A", "States": {"|"}}"#).contains(&"Choice state".to_owned()));
}

#[test]
fn completion_works_in_yaml_blocks() {
    let yaml = |state: &str| format!("StartAt: A\nStates:\n  A:\n    Type: Task\n{state}  B:\n    Type: Succeed\n");
    for (state, expected) in [
        ("    Next: |\n", "B"),
        ("    Next: B|\n", "B"),
        ("    Next: \"|\n", "B"),
        ("    Ne|\n", "Next"),
        ("    |\n", "Resource"),
        ("    Retry:\n      - ErrorEquals: [States.ALL]\n        Max|\n", "MaxAttempts"),
        ("    Retry:\n      - ErrorEquals: [|]\n", "States.TaskFailed"),
        ("    Catch:\n      - ErrorEquals: [States.ALL]\n        Next: |\n", "B"),
        ("    Parameters: {a.$: \"$$.|\"}\n", "Execution"),
        ("    Resource: |\n", "arn:aws:states:::lambda:invoke"),
    ] {
        let found = labels(&yaml(state));
        assert!(found.iter().any(|label| label == expected), "{state}: {found:?}");
    }
    assert!(labels("StartAt: A\nStates:\n  A:\n    Type: Succeed\n  |\n").contains(&"Task state".to_owned()));
}

/// The text after an offer is taken.
fn taken(marked: &str, label: &str) -> String {
    let (text, _) = cursor(marked);
    let item = offered(marked).into_iter().find(|item| item["label"] == label).expect("it is offered");
    applied(&text, &json!([item["textEdit"]]))
}

#[test]
fn what_is_taken_is_written_as_its_place_wants_it() {
    for (marked, label, expected) in [
        (
            r#"{"StartAt": |, "States": {"A \"b\"": {}}}"#,
            "A \"b\"",
            r#"{"StartAt": "A \"b\"", "States": {"A \"b\"": {}}}"#,
        ),
        (r#"{"StartAt": "x|y", "States": {"A": {}}}"#, "A", r#"{"StartAt": "A", "States": {"A": {}}}"#),
        ("StartAt: |\nStates:\n  'yes': {}\n", "yes", "StartAt: \"yes\"\nStates:\n  'yes': {}\n"),
        (r#"{"States": {"A": {"T|"}}}"#, "Type", r#"{"States": {"A": {"Type": "$1"}}}"#),
        (r#"{"States": {"A": {"T|": 1}}}"#, "Type", r#"{"States": {"A": {"Type": 1}}}"#),
        (r#"{"States": {"A": {| "Type": "Pass"}}}"#, "End", r#"{"States": {"A": {"End": true, "Type": "Pass"}}}"#),
        ("States:\n  A:\n    Type: Task\n    Re|\n", "Retry", "States:\n  A:\n    Type: Task\n    Retry:\n  - $1\n"),
        (
            "States:\n    A: {Type: Pass, | Next: A}\n",
            "Result",
            "States:\n    A: {Type: Pass, \"Result\": $1, Next: A}\n",
        ),
        (&at(JSONATA, "$v.|k"), "l", &JSONATA.replace("$v.k", "$v.lk")),
        (&at(JSONATA, "$su|m("), "$sum", &JSONATA.replace("$sum(", "\\$sum($1)m(")),
    ] {
        assert_eq!(taken(marked, label), expected, "{marked}");
    }
    // A client without snippets gets none.
    let (text, position) = cursor(r#"{"StartAt": "A", "States": {|}}"#);
    let (mut plain, _) = Client::with(json!({"capabilities": {}}));
    plain.open(URI, "asl", &text);
    let answer = plain.at("textDocument/completion", URI, &position).expect("an answer");
    let item = answer["items"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|item| item["label"] == "Task state")
        .expect("it is offered");
    let written = item["textEdit"]["newText"].as_str().expect("a text");
    assert!(!written.contains('$') && item["insertTextFormat"] == 1, "{written}");
    let whole: Result<Value, _> = serde_json::from_str(&format!("{{{written}}}"));
    assert_eq!(whole.expect("a member")["Name"]["Type"], "Task");
}

#[test]
fn what_takes_several_lines_stands_where_the_text_has_it() {
    let completed = |marked: &str, label: &str, item: Value| {
        let (text, position) = cursor(marked);
        let (mut client, _) =
            Client::with(json!({"capabilities": {"textDocument": {"completion": {"completionItem": item}}}}));
        client.open(URI, if text.starts_with('{') { "asl" } else { "asl-yaml" }, &text);
        let answer = client.at("textDocument/completion", URI, &position).expect("an answer");
        let items = answer["items"].as_array().expect("a list");
        let item = items.iter().find(|item| item["label"] == label).expect("it is offered").clone();
        (applied(&text, &json!([item["textEdit"]])), item["insertTextMode"].as_u64())
    };
    let catcher = "States:\n   A:\n      Type: Task\n      Catch:\n       - ErrorEquals: [X]\n         ";
    let in_item = &format!("{catcher}A|\n");
    let state = "StartAt: Name\nStates:\n    B:\n        Type: Succeed\n";
    let in_states = &format!("{state}    |\n");
    // Who takes plain text gets it as it is to stand there.
    let (text, mode) = completed(in_states, "Choice state", json!({}));
    let expected =
        "    Name:\n        Type: Choice\n        Choices:\n            - \n              Next: \n        Default: \n";
    assert_eq!((text, mode), (format!("{state}{expected}"), Some(1)));
    let (text, _) = completed(in_item, "Assign", json!({}));
    assert_eq!(text, format!("{catcher}Assign:\n            \n"));
    // Who indents as the line is indented gets what is to stand further right than that.
    for item in [json!({"snippetSupport": true}), json!({"insertTextModeSupport": {"valueSet": [1, 2]}})] {
        let (text, mode) = completed(in_item, "Assign", item);
        assert_eq!(text.replace("$1", ""), format!("{catcher}Assign:\n   \n"));
        assert_eq!(mode, Some(2));
    }
    let (text, _) = completed("{\n\t\"StartAt\": \"Name\",\n\t\"States\": {\n\t\t|\n\t}\n}", "Map state", json!({}));
    let lines: Vec<&str> = text.lines().skip(3).take(6).collect();
    assert_eq!(
        lines,
        [
            "\t\t\"Name\": {",
            "\t\t\t\"Type\": \"Map\",",
            "\t\t\t\"ItemProcessor\": {",
            "\t\t\t\t\"StartAt\": \"\",",
            "\t\t\t\t\"States\": {}",
            "\t\t\t},"
        ]
    );
    // Between the brackets of a YAML text nothing stands below anything.
    let (text, _) = completed("StartAt: Name\nStates: {|}\n", "Wait state", json!({}));
    assert!(text.contains("States: {\"Name\": {\n"), "{text}");
    let read = aslint::syntax::parse(&text.as_str().into(), aslint::syntax::Format::Yaml);
    assert!(read.errors().is_empty(), "{text}");
}

#[test]
fn signatures_show_the_argument_that_is_written() {
    for (text, place, label, active) in [
        (JSONATA, "$sum(|[1", "$sum(array)", 0),
        (PATHS, "States.Format('{}', |$", "States.Format(template, value…)", 1),
    ] {
        let help = ask("textDocument/signatureHelp", &at(text, place));
        assert_eq!(
            (&help["signatures"][0]["label"], &help["activeParameter"]),
            (&json!(label), &json!(active)),
            "{place}"
        );
    }
    assert_eq!(ask("textDocument/signatureHelp", &at(JSONATA, "\"Ty|pe\"")), Value::Null);
}
