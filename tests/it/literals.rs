//! Strings that look like expressions, as texts and as slips: each in a payload of either language, at the top and nested,
//! as JSON and as YAML.

use aslint::diagnostic::Diagnostic;
use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::Format;
use aslint::text::apply;
use serde_json::{Value, json};

use super::support::rewritten;

/// What JSONPath states make of a string under the key `k`. The variable `v` is assigned.
const IN_JSONPATH: &[(&str, &str)] = &[
    // Paths.
    ("$.order.id", "warning literal-expression"),
    ("$['order']['id']", "warning literal-expression"),
    ("$[\"order\"]", "warning literal-expression"),
    ("$[0]", "warning literal-expression"),
    ("$[0].id", "warning literal-expression"),
    ("$.items[*]", "warning literal-expression"),
    ("$.items[-1:]", "warning literal-expression"),
    ("$..id", "warning literal-expression"),
    ("$.items[?(@.a == 1)]", "warning literal-expression"),
    ("$.items.length()", "warning literal-expression"),
    ("$.order-id", "warning literal-expression"),
    ("$._id", "warning literal-expression"),
    ("$.größe", "warning literal-expression"),
    (" $.order.id ", "warning literal-expression"),
    ("$$.Execution.Id", "warning literal-expression"),
    ("$$.StateMachine.Id", "warning literal-expression"),
    ("$$.Execution.Input.x", "warning literal-expression"),
    ("$v", "warning literal-expression"),
    ("$v.a[0]", "warning literal-expression"),
    ("$", ""),
    ("$$", "info literal-expression"),
    // Calls.
    ("States.Format('a {}', $.b)", "warning literal-expression"),
    ("States.UUID()", "warning literal-expression"),
    ("States.Array($.a, $.b)", "warning literal-expression"),
    ("States.MathAdd($.a, 1", ""),
    ("States.Foo($.a)", ""),
    ("States.Format", ""),
    ("States.ALL", ""),
    ("States.TaskFailed", ""),
    ("States (of America)", ""),
    // JSONata.
    ("{% $states.input.a %}", "warning literal-expression"),
    ("{%$v%}", "warning literal-expression"),
    ("$states.input.a", "warning literal-expression"),
    ("$states.context.Execution.Id & 'a'", "warning literal-expression"),
    ("{% raw %}", ""),
    ("{% if a %}b{% endif %}", ""),
    ("{% include 'a.html' %}", ""),
    ("{{ v }}", ""),
    // Texts.
    ("", ""),
    ("$5", ""),
    ("$5.00", ""),
    ("$.50", ""),
    ("$1", ""),
    ("$HOME", ""),
    ("$HOME/bin", ""),
    ("$w", ""),
    ("$w.a", ""),
    ("$v costs", ""),
    ("$match", ""),
    ("$sum", ""),
    ("$total.price", ""),
    ("$$ROOT", ""),
    ("$$NOW", ""),
    ("$[a-z]+", ""),
    ("$[0-9]+", ""),
    ("^a$", ""),
    ("$^", ""),
    ("$.", ""),
    ("$.ms / 1000", ""),
    ("$.a and $.b", ""),
    ("$.ajax({url: 'a'})", ""),
    ("see $.order.id", ""),
    ("{ $.latency = * }", ""),
    ("$input.path('$.x')", ""),
    ("$context.identity.sourceIp", ""),
    ("$util.toJson($ctx.args)", ""),
    ("$request.body.action", ""),
    ("#set($x = 1)", ""),
    ("SELECT json_extract(a, '$.b') FROM t", ""),
    ("SELECT * FROM 'topic' WHERE $.a = 1", ""),
    ("{\"StartAt\": \"A\", \"InputPath\": \"$.a\"}", ""),
    ("echo $1 && $.", ""),
    ("{{resolve:ssm:a}}", ""),
    ("arn:aws:s3:::a/$v", ""),
    ("${Bucket}", ""),
    ("$.a.${Name}", ""),
];

/// What JSONata states make of it.
const IN_JSONATA: &[(&str, &str)] = &[
    ("{% $states.input.a %}", ""),
    (" {% $states.input.a %}", "warning jsonata-delimiters"),
    ("{% $states.input.a }", "warning jsonata-delimiters"),
    ("$states.input.a %}", "warning jsonata-delimiters"),
    ("a {% $states.input.a %}", "warning jsonata-delimiters"),
    ("{{% $states.input.a %}}", "warning jsonata-delimiters"),
    ("$states.input.a", "warning jsonata-delimiters"),
    (" $states.input ", "warning jsonata-delimiters"),
    ("$states.context.Execution.Id", "warning jsonata-delimiters"),
    ("$states.input.a & 'b'", "warning jsonata-delimiters"),
    ("'Order ' & $states.input.a", "warning jsonata-delimiters"),
    ("($x := $states.input.a; $x + 1)", "warning jsonata-delimiters"),
    ("$v", "warning jsonata-delimiters"),
    ("$v.a[0]", "warning jsonata-delimiters"),
    ("$v + 1", "warning jsonata-delimiters"),
    ("$uppercase($states.input.a)", "warning jsonata-delimiters"),
    ("$now()", "warning jsonata-delimiters"),
    ("$uuid()", "warning jsonata-delimiters"),
    ("{{ $states.input.a }}", "warning jsonata-delimiters"),
    ("{{$v}}", "warning jsonata-delimiters"),
    ("{ % $states.input.a % }", "warning jsonata-delimiters"),
    ("<% $states.input.a %>", "warning jsonata-delimiters"),
    ("{ $states.input.a }", "warning jsonata-delimiters"),
    ("$.order.id", "warning literal-expression"),
    ("$['order'].id", "warning literal-expression"),
    ("$$.Execution.Id", "warning literal-expression"),
    ("States.Format('{}', $states.input.a)", "warning literal-expression"),
    ("States.UUID()", "warning literal-expression"),
    ("$", ""),
    ("$$", "info literal-expression"),
    ("", ""),
    ("$5", ""),
    ("$.50", ""),
    ("$HOME", ""),
    ("$w", ""),
    ("$w.a", ""),
    ("$v costs 5", ""),
    ("$match", ""),
    ("$sum", ""),
    ("$ajax()", ""),
    ("$total.price", ""),
    ("see $states.input.a", ""),
    ("$states", ""),
    ("$states.foo", ""),
    ("{{resolve:ssm:a}}", ""),
    ("{{ v }}", ""),
    ("100 % {sure}", ""),
    ("50%", ""),
    ("$input.path('$.x')", ""),
    ("$util.toJson($ctx.args)", ""),
    ("States.Foo($.a)", ""),
    ("{ $.latency = * }", ""),
    ("${Bucket}", ""),
];

/// A machine with `text` in a payload, and the pointer to it.
fn machine(language: &str, text: &str, is_nested: bool) -> (Value, String) {
    let payload = json!({"name": "a", "list": [{"k": text}]});
    let task = |is_last: bool| {
        let field = if language == "JSONata" { "Arguments" } else { "Parameters" };
        let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"});
        task[field] = json!({"FunctionName": "f", "Payload": payload});
        task["End"] = is_last.into();
        task
    };
    let (last, at) = if is_nested {
        let map = json!({"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "T", "States": {"T": task(true)}}});
        let parallel = json!({"Type": "Parallel", "End": true, "Branches": [{"StartAt": "M", "States": {"M": map}}]});
        (parallel, "/States/L/Branches/0/States/M/ItemProcessor/States/T")
    } else {
        (task(true), "/States/L")
    };
    // Nobody knows what it holds.
    let assign = if language == "JSONata" { json!({"v": "{% $states.input %}"}) } else { json!({"v.$": "$"}) };
    let first = json!({"Type": "Pass", "Assign": assign, "Next": "L"});
    let machine = json!({"QueryLanguage": language, "StartAt": "F", "States": {"F": first, "L": last}});
    let field = if language == "JSONata" { "Arguments" } else { "Parameters" };
    (machine, format!("{at}/{field}/Payload/list/0/k"))
}

fn found(text: &str, format: Format) -> Vec<Diagnostic> {
    let found = check(&Source::machine("a", text, format), &Options::default()).diagnostics;
    // These machines do nothing with what they set.
    found.into_iter().filter(|found| !["unknown-resource", "unused-variable"].contains(&found.rule)).collect()
}

fn word(found: &[Diagnostic]) -> String {
    found.iter().map(|found| format!("{} {}", found.severity, found.rule)).collect::<Vec<_>>().join(", ")
}

fn run(language: &str, rows: &[(&str, &str)]) {
    let mut wrong = String::new();
    for &(text, expected) in rows {
        for is_nested in [false, true] {
            let (machine, pointer) = machine(language, text, is_nested);
            for format in [Format::Json, Format::Yaml] {
                let (source, _) = rewritten(&machine.to_string(), None, format);
                let all = found(&source, format);
                if word(&all) != expected || all.iter().any(|found| found.pointer != pointer) {
                    wrong += &format!("{language} {text:?} ({format:?}): {}, not {expected:?}\n", word(&all));
                    continue;
                }
                // What a fix makes of it is clean.
                for fix in all.iter().flat_map(|found| &found.fixes) {
                    let fixed = apply(&source, &fix.edits).expect("edits of one fix do not overlap");
                    let left = found(&fixed, format);
                    if !left.is_empty() {
                        wrong += &format!("{language} {text:?}: after the fix {}\n{fixed}\n", word(&left));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn strings_of_jsonpath_states() {
    run("JSONPath", IN_JSONPATH);
}

#[test]
fn strings_of_jsonata_states() {
    run("JSONata", IN_JSONATA);
}

#[test]
fn paths_may_be_meant_where_they_are_spoken_of() {
    for (resource, parameters) in [
        ("eventbridge:putTargets", json!({"Targets": [{"InputTransformer": {"InputPathsMap": {"a": "$.detail.a"}}}]})),
        ("eventbridge:putTargets", json!({"Targets": [{"InputPath": "$.detail"}]})),
        ("cloudwatchlogs:putMetricFilter", json!({"MetricTransformations": [{"MetricValue": "$.latency"}]})),
        ("kinesisanalyticsv2:createApplication", json!({"RecordColumns": [{"Mapping": "$.a"}]})),
        ("glue:createClassifier", json!({"JsonClassifier": {"JsonPath": "$[*]"}})),
        ("pipes:createPipe", json!({"TargetParameters": {"PartitionKey": "$.body.id"}})),
    ] {
        let machine = json!({"StartAt": "A", "States": {"A": {"Type": "Task", "End": true, "Parameters": parameters,
            "Resource": format!("arn:aws:states:::aws-sdk:{resource}")}}});
        assert_eq!(word(&found(&machine.to_string(), Format::Json)), "info literal-expression", "{resource}");
    }
}

#[test]
fn one_mistake_is_one_finding() {
    let pass = |state: Value| {
        let mut state = state;
        state["Type"] = state.get("Type").cloned().unwrap_or_else(|| "Pass".into());
        if state["Type"] != "Fail" {
            state["End"] = true.into();
        }
        json!({"StartAt": "A", "States": {"A": state}})
    };
    let jsonata = |state: Value| {
        let mut machine = pass(state);
        machine["QueryLanguage"] = "JSONata".into();
        machine
    };
    for (machine, expected) in [
        (pass(json!({"Parameters": {"a": "$.b", "a.$": "$.c"}})), "error duplicate-template-key"),
        (pass(json!({"Parameters": {"a.$": {"b": "$.c"}}})), "error malformed-path"),
        (pass(json!({"Parameters": {"a.$": ["$.c"]}})), "error malformed-path"),
        (pass(json!({"Parameters": {"a": [{"b.$": null}]}})), "error malformed-path"),
        (pass(json!({"Parameters": {"a.$": "{% $states.input %}"}})), "error malformed-path"),
        (pass(json!({"Parameters": "$.a"})), "warning wrong-type"),
        (
            pass(json!({"Output": {"a": "{% $states.input %}"}, "Assign": {"b": "{% $states.input %}"}})),
            "error misplaced-field",
        ),
        (
            pass(json!({"Result": {"a.$": "$.b", "c": ["$.d"], "e.$": 1}})),
            "warning static-result, warning static-result",
        ),
        (pass(json!({"Result": {"a.$": "$.b", "c": {"d.$": "$$.Execution.Id"}}})), "warning static-result"),
        (
            json!({"QueryLanguage": "jsonPath", "StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"a.$": "$.a"}, "End": true}}}),
            "error unknown-value",
        ),
        (pass(json!({"Result": {"a.$": 1}})), ""),
        (pass(json!({"Result": {"a.$": "one"}})), "info static-result"),
        (pass(json!({"Result": "{% $states.input %}"})), "warning static-result"),
        (pass(json!({"Type": "Wait", "Seconds": "$.a"})), "error wrong-type"),
        (pass(json!({"Type": "Wait", "Timestamp": "$.a"})), "error malformed-timestamp"),
        (
            pass(json!({"Type": "Fail", "Error": "$.a", "Cause": "{% $states.input %}"})),
            "warning literal-expression, warning literal-expression",
        ),
        (pass(json!({"Type": "Fail", "Error": "$", "Cause": "States.Timeout"})), ""),
        (jsonata(json!({"Type": "Wait", "Seconds": " {% 1 %}"})), "error wrong-type"),
        (jsonata(json!({"Type": "Wait", "Seconds": "$.a"})), "error wrong-type"),
        (jsonata(json!({"Type": "Wait", "Timestamp": "$states.input.a"})), "error malformed-timestamp"),
        (jsonata(json!({"Output": {"a.$": "$.b"}})), "warning jsonpath-key"),
        (jsonata(json!({"Output": {"a.$": "$states.input.b"}})), "warning jsonpath-key"),
        (jsonata(json!({"Output": {"a.$": "States.UUID()"}})), "warning jsonpath-key"),
        (jsonata(json!({"Output": {"a.$": "$"}})), "warning jsonpath-key"),
        (pass(json!({"Parameters": {"a.$ ": "$.b"}})), "warning literal-expression"),
        (pass(json!({"Parameters": {"a.$": "$states.input.b"}})), "error unassigned-variable"),
        (jsonata(json!({"Type": "Wait", "Timestamp": "$.a"})), "error malformed-timestamp"),
        (jsonata(json!({"Output": {"a.$": "one"}})), "info jsonpath-key"),
        (jsonata(json!({"Assign": {"a.$": "$.b"}})), "error jsonpath-key"),
        (jsonata(json!({"Assign": {"a": {"b.$": "{% $states.input %}"}}})), "warning jsonpath-key"),
        (jsonata(json!({"Type": "Fail", "Error": "$states.input.a"})), "warning jsonata-delimiters"),
    ] {
        assert_eq!(word(&found(&machine.to_string(), Format::Json)), expected, "{machine}");
    }
}

#[test]
fn a_fix_of_a_key_is_whole_or_there_is_none() {
    for (state, key, value, expected) in [
        ("Pass", "Output", "$.b", Some("{% $states.input.b %}")),
        ("Pass", "Output", "$", Some("{% $states.input %}")),
        ("Wait", "Output", "$$.Execution.Id", Some("{% $states.context.Execution.Id %}")),
        ("Task", "Output", "$$.Execution.Id", Some("{% $states.context.Execution.Id %}")),
        ("Task", "Arguments", "$.b", Some("{% $states.input.b %}")),
        ("Task", "Output", "$.b", None),
        ("Pass", "Output", "$.b[*]", None),
        ("Pass", "Output", "States.UUID()", None),
    ] {
        let mut body = json!({"Type": state, "End": true, key: {"Payload": [{"a.$": value}]}});
        match state {
            "Task" => body["Resource"] = "arn:aws:states:::lambda:invoke".into(),
            "Wait" => body["Seconds"] = 1.into(),
            _ => {}
        }
        let text = json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": body}}).to_string();
        let all = found(&text, Format::Json);
        let of_key = all.iter().find(|found| found.rule == "jsonpath-key").expect("the key is found");
        let fixed = of_key.fixes.first().map(|fix| apply(&text, &fix.edits).expect("edits of one fix do not overlap"));
        match (fixed, expected) {
            (None, None) => {}
            (Some(fixed), Some(expected)) => {
                assert!(fixed.contains(&json!({"a": expected}).to_string()), "{fixed}");
                assert!(!found(&fixed, Format::Json).iter().any(|found| found.rule == "literal-expression"), "{fixed}");
            }
            (fixed, _) => panic!("{text}: {fixed:?}"),
        }
    }
}

#[test]
fn a_lost_token_is_one_finding() {
    const EFFECT: &str = "nobody gets the token of this task";
    // Language, request, then what is found with a timeout and without; whether it tells what becomes of the task.
    for (language, token, bounded, unbounded, tells) in [
        ("JSONPath", json!({"t.$": "$$.Task.Token"}), "", "warning callback-without-timeout", false),
        ("JSONPath", json!({"t": "$$.Task.Token"}), "warning literal-expression", "error literal-expression", true),
        ("JSONPath", json!(["$$.Task.Token"]), "warning literal-expression", "error literal-expression", true),
        (
            "JSONPath",
            json!({"t": "States.Format('{}', $$.Task.Token)"}),
            "warning literal-expression",
            "error literal-expression",
            true,
        ),
        (
            "JSONPath",
            json!({"t": "{% $states.context.Task.Token %}"}),
            "warning literal-expression",
            "error literal-expression",
            true,
        ),
        (
            "JSONPath",
            json!({"t.$": "$$.Task.Tokn"}),
            "error unknown-context-field",
            "error unknown-context-field",
            false,
        ),
        ("JSONPath", json!({"t.$": "$$.Token"}), "error unknown-context-field", "error unknown-context-field", false),
        (
            "JSONPath",
            json!({"t": "the token is $$.Task.Token"}),
            "warning callback-without-token",
            "error callback-without-token",
            false,
        ),
        (
            "JSONPath",
            json!({"order": "$.order"}),
            "warning callback-without-token, warning literal-expression",
            "error callback-without-token, warning literal-expression",
            false,
        ),
        ("JSONata", json!({"t": "{% $states.context.Task.Token %}"}), "", "warning callback-without-timeout", false),
        (
            "JSONata",
            json!({"t": "{% $states.context.Task.token %}"}),
            "error unknown-context-field",
            "error unknown-context-field",
            false,
        ),
        (
            "JSONata",
            json!({"t": "{% $string($states.context.Task.Tokn) %}"}),
            "warning unknown-context-field",
            "error unknown-context-field",
            true,
        ),
        ("JSONata", json!({"t": "$$.Task.Token"}), "warning literal-expression", "error literal-expression", true),
        (
            "JSONata",
            json!({"t": "$states.context.Task.Token"}),
            "warning jsonata-delimiters",
            "error jsonata-delimiters",
            true,
        ),
        (
            "JSONata",
            json!({"t": "id: {% $states.context.Task.Token %}"}),
            "warning jsonata-delimiters",
            "error jsonata-delimiters",
            true,
        ),
    ] {
        for (timeout, expected) in [(Some(60), bounded), (None, unbounded)] {
            let field = if language == "JSONata" { "Arguments" } else { "Parameters" };
            let mut machine = json!({"StartAt": "A", "States": {"A": {
                "Type": "Task", "QueryLanguage": language, "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                field: {"QueueUrl": "q", "MessageBody": token}, "End": true}}});
            if let Some(seconds) = timeout {
                machine["States"]["A"]["TimeoutSeconds"] = json!(seconds);
            }
            let found = found(&machine.to_string(), Format::Json);
            let mut words: Vec<String> =
                found.iter().map(|found| format!("{} {}", found.severity, found.rule)).collect();
            words.sort_by_key(|word| word.split(' ').nth(1).map(str::to_owned));
            assert_eq!(words.join(", "), expected, "{machine}");
            let told = found.iter().any(|found| found.notes.iter().any(|note| note.starts_with(EFFECT)));
            assert_eq!(told, tells, "{machine}");
        }
    }
    // Where the rule for the text is off, the wait is what is found.
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": "$$.Task.Token"}}}}"#;
    let rules = aslint::rules::RULES.iter().filter(|rule| rule.id != "literal-expression").collect();
    let options = Options { rules, ..Options::default() };
    let source = Source::machine("a", text, Format::Json);
    assert_eq!(word(&check(&source, &options).diagnostics), "error callback-without-token");
}
