//! What a person sees at once, `prove` decides: loops that poll, two questions about one value.

use serde_json::Value;

use super::folder::Folder;

/// What is told of the Choice `C` of a machine.
fn told(machine: &str) -> Value {
    let folder = Folder::new([("m.asl.json", machine)]);
    let run = folder.aslint("prove --fail-on never --format json m.asl.json");
    let report = run.json();
    let choices = report["machines"][0]["choices"].as_array().expect("choices");
    choices.iter().find(|choice| choice["state"] == "C").expect("the Choice `C`").clone()
}

/// A loop of JSONPath: a task, a Choice, and what stands on the way around.
fn polling(start: &str, task: &str, rules: &str, around: &str) -> String {
    format!(
        r#"{{"StartAt": "I", "States": {{
            "I": {{"Type": "Pass", {start}, "Next": "W"}},
            "W": {{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", {task}, "Next": "Z"}},
            "Z": {{"Type": "Wait", "Seconds": 30, "Next": "C"}},
            "C": {{"Type": "Choice", "Choices": [{rules}], "Default": "R"}},
            "R": {{"Type": "Pass", {around}, "Next": "W"}},
            "D": {{"Type": "Succeed"}}, "F": {{"Type": "Fail"}}
        }}}}"#
    )
}

#[test]
fn what_every_way_around_a_loop_writes_is_there() {
    let status = r#"{"Variable": "$.r.status", "StringEquals": "DONE", "Next": "D"}"#;
    let count = r#"{"Variable": "$i", "NumericGreaterThanEquals": 3, "Next": "F"}"#;
    let result = r#""ResultSelector": {"status.$": "$.status"}, "ResultPath": "$.r""#;
    let zero = r#""Assign": {"i": 0}"#;
    let next = r#""Assign": {"i.$": "States.MathAdd($i, 1)"}"#;
    let both = format!("{status}, {count}");
    let cases = [
        (zero, result, both.as_str(), next, "impossible"),
        (zero, result, &both, r#""Result": 1, "ResultPath": "$.other""#, "impossible"),
        // The result may have no such member.
        (zero, r#""ResultPath": "$.r""#, &both, next, "possible"),
        // It is unset where the loop is entered, and set on the way around only.
        (r#""Assign": {"k": 0}"#, result, &both, r#""Assign": {"i": 1}"#, "possible"),
        // The way around replaces the document, and what is read of it comes before the task.
        (zero, r#""ResultPath": null"#, status, r#""Result": {"r": {"status": "NEW"}}"#, "possible"),
        (
            r#""Result": {"r": {"status": "NEW"}}"#,
            r#""ResultPath": null"#,
            status,
            r#""Result": {"r": {}}"#,
            "possible",
        ),
        (
            r#""Result": {"r": {"status": "NEW"}}"#,
            r#""ResultPath": null"#,
            status,
            r#""Result": {"r": {"status": 1}}"#,
            "impossible",
        ),
        // A member of what was there before is gone.
        (
            r#""Result": {"r": {"status": "NEW"}}, "ResultPath": "$""#,
            r#""ResultPath": "$.s""#,
            status,
            r#""Result": {"other": 1}, "ResultPath": "$.r""#,
            "possible",
        ),
        (
            r#""Result": {"r": {"status": "NEW"}}, "ResultPath": "$""#,
            r#""ResultPath": "$.s""#,
            status,
            r#""Result": 1, "ResultPath": "$.r.other""#,
            "impossible",
        ),
    ];
    for (start, task, rules, around, expected) in cases {
        let machine = polling(start, task, rules, around);
        assert_eq!(told(&machine)["runtime_error"]["verdict"], expected, "{machine}");
    }
}

#[test]
fn variables_of_jsonata_keep_their_types_around_a_loop() {
    for (around, expected) in [("$i + 1", "impossible"), ("$i > 2 ? 'many' : $i + 1", "possible")] {
        let machine = format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "I", "States": {{
                "I": {{"Type": "Pass", "Assign": {{"i": 0}}, "Next": "W"}},
                "W": {{"Type": "Wait", "Seconds": 30, "Next": "C"}},
                "C": {{"Type": "Choice", "Choices": [{{"Condition": "{{% $i >= 9 %}}", "Next": "D"}}], "Default": "R"}},
                "R": {{"Type": "Pass", "Assign": {{"i": "{{% {around} %}}"}}, "Next": "W"}},
                "D": {{"Type": "Succeed"}}
            }}}}"#
        );
        assert_eq!(told(&machine)["runtime_error"]["verdict"], expected, "{around}");
    }
}

/// A Choice of JSONata.
fn conditions(conditions: &[&str]) -> String {
    let rules = conditions.iter().enumerate();
    let rules: Vec<String> =
        rules.map(|(at, text)| format!(r#"{{"Condition": "{{% {text} %}}", "Next": "S{at}"}}"#)).collect();
    let states: Vec<String> = (0..rules.len()).map(|at| format!(r#""S{at}": {{"Type": "Succeed"}}"#)).collect();
    format!(
        r#"{{"QueryLanguage": "JSONata", "StartAt": "C", "States": {{
            "C": {{"Type": "Choice", "Choices": [{}], "Default": "E"}}, "E": {{"Type": "Succeed"}}, {}
        }}}}"#,
        rules.join(", "),
        states.join(", ")
    )
}

#[test]
fn two_questions_about_one_value_are_decided() {
    let input = "$states.input";
    for (rules, expected) in [
        (vec!["$contains(@.email, '@') and $length(@.email) > 5"], vec!["reachable"]),
        (vec!["$contains(@.email, '.de') and $length(@.email) = 5"], vec!["reachable"]),
        (vec!["$length(@.s) < 3 and @.s = 'abcd'"], vec!["dead"]),
        (vec!["$length(@.s) < 5 and @.s = 'abcd'"], vec!["reachable"]),
        (vec!["$exists(@.x.y)", "$exists(@.x) and $exists(@.x.y)"], vec!["reachable", "dead"]),
        (vec!["$exists(@.x) and $exists(@.x.y)", "$exists(@.x.y)"], vec!["reachable", "dead"]),
    ] {
        let rules: Vec<String> = rules
            .iter()
            .map(|rule| rule.replace("(@", &format!("({input}")).replace("and @", &format!("and {input}")))
            .collect();
        let texts: Vec<&str> = rules.iter().map(String::as_str).collect();
        let choice = told(&conditions(&texts));
        let found: Vec<&Value> =
            choice["rules"].as_array().expect("rules").iter().map(|rule| &rule["verdict"]).collect();
        assert_eq!(found, expected, "{rules:?}");
    }
}

#[test]
fn rules_of_jsonata_that_ask_about_one_value_overlap() {
    for (rules, expected) in [
        (["$states.input.n > 1", "$states.input.n > 2"], 1),
        (["$states.input.c in ['DE', 'CH']", "$states.input.c in ['CH', 'LI']"], 1),
        (["$states.input.n > 1", "$states.input.n < 1"], 0),
    ] {
        let choice = told(&conditions(&rules));
        assert_eq!(choice["overlaps"].as_array().expect("overlaps").len(), expected, "{rules:?}");
    }
}

#[test]
fn an_input_of_an_overlap_makes_both_rules_hold() {
    let of_text = [
        "($length(@) >= 4 or $substring(@, 0, 2) = 'ab') and $not($length(@) <= 2)",
        "@ <= 'b'",
        "@ < 'bbb'",
        "$length(@) != 2",
        "@ = 'a'",
    ];
    for (rules, expected) in [
        // The solver knows less of lengths than the interpreter: what it finds makes the first hold alone.
        (vec!["@ = 'ab'", "$length(@) > 4"], vec![]),
        (vec!["@ = 'ab' and $length(@) > 1", "$length(@) > 4"], vec![]),
        (vec!["@ = 'ab'", "$length(@) > 1"], vec![([0, 1], "ab")]),
        // What another rule is shown by makes both hold.
        (
            of_text.to_vec(),
            vec![([0, 2], "baaaa"), ([0, 3], "other"), ([1, 2], "ab"), ([1, 3], "b"), ([1, 4], "a"), ([2, 3], "baa")],
        ),
    ] {
        let rules: Vec<String> = rules.iter().map(|rule| rule.replace('@', "$states.input.a")).collect();
        let texts: Vec<&str> = rules.iter().map(String::as_str).collect();
        let choice = told(&conditions(&texts));
        let found = choice["overlaps"].as_array().expect("overlaps").iter();
        let found: Vec<(Value, Value)> =
            found.map(|overlap| (overlap["rules"].clone(), overlap["witness"]["input"]["a"].clone())).collect();
        let expected: Vec<(Value, Value)> =
            expected.into_iter().map(|(rules, text)| (rules.to_vec().into(), text.into())).collect();
        assert_eq!(found, expected, "{rules:?}");
    }
}

#[test]
fn rules_that_a_machine_never_takes_overlap_with_none() {
    for (made, expected) in [(r#""Parameters": {"a": "ab"}"#, 0), (r#""ResultPath": "$.b""#, 1)] {
        let choice = told(&format!(
            r#"{{"StartAt": "P", "States": {{
                "P": {{"Type": "Pass", {made}, "Next": "C"}},
                "C": {{"Type": "Choice", "Choices": [
                    {{"Variable": "$.a", "StringMatches": "a*", "Next": "D"}},
                    {{"Variable": "$.a", "StringMatches": "*z", "Next": "S"}}
                ], "Default": "S"}},
                "S": {{"Type": "Succeed"}}, "D": {{"Type": "Succeed"}}
            }}}}"#
        ));
        assert_eq!(choice["overlaps"].as_array().expect("overlaps").len(), expected, "{made}");
    }
}

#[test]
fn why_a_rule_is_unknown_is_told_of_the_rule_itself() {
    let rules = ["$count($states.input.a[b = 1]) > 1", "$lowercase($states.input.s) = 'ok'"];
    let choice = told(&conditions(&rules));
    let rule = &choice["rules"][1];
    assert!(rule["verdict"] != "unknown" || !rule.to_string().contains("a[b"), "{rule}");
    let rules = ["$count($states.input.a[b = 1]) > 1", "$base64decode($states.input.s) = 'ok?'"];
    let rule = &told(&conditions(&rules))["rules"][1];
    assert!(!rule.to_string().contains("a[b"), "{rule}");
}

#[test]
fn a_not_that_holds_for_a_wrong_type_is_told() {
    let machine = |rules: &str| {
        format!(
            r#"{{"StartAt": "C", "States": {{
                "C": {{"Type": "Choice", "Choices": [{rules}], "Default": "D"}},
                "S": {{"Type": "Succeed"}}, "D": {{"Type": "Succeed"}}
            }}}}"#
        )
    };
    let large = r#"{"Variable": "$.total", "NumericGreaterThanEquals": 100}"#;
    let is_number = r#"{"Variable": "$.total", "IsNumeric": true}"#;
    let of_text = r#"{"Variable": "$.total", "IsString": true, "Next": "D"}"#;
    let not = |inner: &str| format!(r#"{{"Not": {inner}}}"#);
    let both = |one: &str, other: &str| format!(r#"{{"And": [{one}, {other}], "Next": "S"}}"#);
    let leading = |rule: &str| rule.replacen('{', r#"{"Next": "S", "#, 1);
    let on_time = r#"{"Variable": "$.at", "TimestampLessThan": "2030-01-01T00:00:00Z"}"#;
    let cases = [
        (leading(&not(large)), vec![("$.total", "a number", r#"{"total":"other"}"#)]),
        (leading(&not(on_time)), vec![("$.at", "a timestamp", r#"{"at":1}"#)]),
        // Strings are taken before, other types are not.
        (format!("{of_text}, {}", leading(&not(large))), vec![("$.total", "a number", r#"{"total":true}"#)]),
        (both(is_number, &not(large)), vec![]),
        (leading(&not(&not(large))), vec![]),
        (leading(&not(is_number)), vec![]),
        (leading(&not(r#"{"Variable": "$.total", "IsPresent": true}"#)), vec![]),
    ];
    let unfiltered = cases.into_iter().map(|(rules, expected)| (machine(&rules), rules, expected));
    // Nothing but a number gets to the Choice.
    let filtered = format!(
        r#"{{"StartAt": "A", "States": {{
            "A": {{"Type": "Choice", "Choices": [{{"Variable": "$.total", "IsNumeric": true, "Next": "C"}}], "Default": "D"}},
            "C": {{"Type": "Choice", "Choices": [{}], "Default": "D"}},
            "S": {{"Type": "Succeed"}}, "D": {{"Type": "Succeed"}}
        }}}}"#,
        leading(&not(large))
    );
    for (machine, rules, expected) in unfiltered.chain([(filtered, "filtered".to_owned(), vec![])]) {
        let choice = told(&machine);
        let found = choice["wrong_types"].as_array().expect("an array");
        let found: Vec<_> = found
            .iter()
            .map(|wrong| (wrong["path"].as_str(), wrong["meant"].as_str(), wrong["witness"]["input"].to_string()))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|&(path, meant, input)| (Some(path), Some(meant), input.to_owned())).collect();
        assert_eq!(found, expected, "{rules}");
    }
}

#[test]
fn an_execution_comes_with_each_wrong_type() {
    let not = r#"{"Not": {"Variable": "@", "NumericGreaterThan": 3}, "Next": "S"}"#;
    let after = |rule: &str| format!("{rule}, {not}").replace('@', "$.a");
    let and_b = |test: &str| {
        let is_there = r#"{"Variable": "$.b", "IsPresent": true}"#;
        after(&format!(r#"{{"And": [{is_there}, {test}], "Next": "D"}}"#))
    };
    let set = r#""Result": true, "ResultPath": "$.b""#;
    for (pass, rules, expected) in [
        // The rule before takes what is no number, since the machine sets what it asks for.
        (set, and_b(r#"{"Not": {"Variable": "$.a", "IsNumeric": true}}"#), None),
        // It takes strings, and other types come, too.
        (set, and_b(r#"{"Variable": "$.a", "IsString": true}"#), Some(r#"{"input":{"a":{}}}"#)),
        // What the Choice gets is made, and not what it is shown by on its own.
        (
            r#""Result": "fast", "ResultPath": "$.mode""#,
            after(r#"{"Variable": "$.mode", "StringEquals": "slow", "Next": "D"}"#),
            Some(r#"{"input":{"a":"other","mode":"fast"}}"#),
        ),
        (
            r#""Assign": {"x.$": "$.x", "y": 1}"#,
            not.replace('@', "$x"),
            Some(r#"{"input":{"x":"other"},"variables":{"x":"other"}}"#),
        ),
        (r#""Assign": {"x": 1}"#, not.replace('@', "$x"), None),
    ] {
        let choice = told(&format!(
            r#"{{"StartAt": "P", "States": {{
                "P": {{"Type": "Pass", {pass}, "Next": "C"}},
                "C": {{"Type": "Choice", "Choices": [{rules}], "Default": "D"}},
                "S": {{"Type": "Succeed"}}, "D": {{"Type": "Succeed"}}
            }}}}"#
        ));
        let found = choice["wrong_types"].as_array().expect("an array").first().map(|wrong| {
            let mut witness = wrong["witness"].clone();
            let members = witness.as_object_mut().expect("an object");
            members.retain(|name, _| name == "input" || name == "variables");
            witness
        });
        let expected = expected.map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
        assert_eq!(found, expected, "{rules}");
    }
    // Another type than the one that is mistaken most often.
    let filtered = format!(
        r#"{{"StartAt": "A", "States": {{
            "A": {{"Type": "Choice", "Choices": [{{"Variable": "$.a", "IsString": true, "Next": "D"}}], "Default": "C"}},
            "C": {{"Type": "Choice", "Choices": [{}], "Default": "D"}},
            "S": {{"Type": "Succeed"}}, "D": {{"Type": "Succeed"}}
        }}}}"#,
        not.replace('@', "$.a")
    );
    let wrong = &told(&filtered)["wrong_types"][0]["witness"]["input"]["a"];
    assert!(!wrong.is_null() && !wrong.is_string() && !wrong.is_number(), "{wrong}");
}

#[test]
fn many_patterns_are_decided_each() {
    let rule = |number: usize| format!(r#"{{"Variable": "$.file", "StringMatches": "*log-{number}*", "Next": "S"}}"#);
    let rules: Vec<String> = (0..60).map(rule).collect();
    let choice = told(&format!(
        r#"{{"StartAt": "C", "States": {{
            "C": {{"Type": "Choice", "Choices": [{}], "Default": "D"}},
            "S": {{"Type": "Succeed"}}, "D": {{"Type": "Succeed"}}
        }}}}"#,
        rules.join(", ")
    ));
    for (number, rule) in choice["rules"].as_array().expect("rules").iter().enumerate() {
        if number < 10 {
            assert_eq!(rule["verdict"], "reachable", "{rule}");
        } else {
            assert_eq!(rule["because"], format!("covered by rule {}", number / 10), "{rule}");
        }
    }
    assert_eq!(choice["default"]["verdict"], "reachable");
}

#[test]
fn what_a_template_calls_may_be_given_a_token() {
    let verdict = |resource: &str| {
        let rule = told(&format!(
            r#"{{"StartAt": "T", "States": {{
                "T": {{"Type": "Task", "Resource": "{resource}", "Parameters": {{"token.$": "$$.Task.Token"}}, "Next": "C"}},
                "C": {{"Type": "Choice", "Choices": [{{"Variable": "$.a", "NumericEquals": 1, "Next": "D"}}], "Default": "D"}},
                "D": {{"Type": "Succeed"}}
            }}}}"#
        ))["rules"][0]["verdict"]
            .clone();
        rule.as_str().expect("a verdict").to_owned()
    };
    assert_eq!(verdict("arn:aws:states:::sqs:sendMessage.waitForTaskToken"), "reachable");
    assert_eq!(verdict("${Send}"), "reachable");
    // Without a token, the path fails whatever is called.
    assert_ne!(verdict("arn:aws:states:::sqs:sendMessage"), "reachable");
}

/// A Distributed Map `M` with a Choice in it, and what stands beside it.
fn reading(reader: &str, fields: &str, rules: &str) -> String {
    format!(
        r#"{{"StartAt": "M", "States": {{
            "M": {{
                "Type": "Map", {fields} "Next": "D",
                "ItemReader": {{{reader}, "Parameters": {{"Bucket.$": "$.bucket", "Key.$": "$.key", "Prefix": "p"}}}},
                "ItemProcessor": {{
                    "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}, "StartAt": "C",
                    "States": {{
                        "C": {{"Type": "Choice", "Choices": [{rules}], "Default": "E"}}, "E": {{"Type": "Pass", "End": true}}
                    }}
                }}
            }},
            "D": {{"Type": "Succeed"}}
        }}}}"#
    )
}

#[test]
fn what_an_item_reader_finds_is_known() {
    let get = |config: &str| format!(r#""Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {{{config}}}"#);
    let list = r#""Resource": "arn:aws:states:::s3:listObjectsV2""#.to_owned();
    let first_row = get(r#""InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW""#);
    let given = get(r#""InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]"#);
    let number = r#"{"Variable": "$.a", "NumericGreaterThan": 10, "Next": "E"}"#;
    let text = r#"{"Variable": "$.a", "StringEquals": "x", "Next": "E"}"#;
    let other = r#"{"Variable": "$.c", "IsPresent": true, "Next": "E"}"#;
    let size = r#"{"Variable": "$.Size", "NumericGreaterThan": 1000000, "Next": "E"}"#;
    let batch = r#"{"Variable": "$.Items[0].a", "StringEquals": "x", "Next": "E"}"#;
    let batcher = r#""ItemBatcher": {"MaxItemsPerBatch": 5},"#;
    for (reader, fields, rule, expected, fails) in [
        (&get(r#""InputType": "JSON""#), "", number, "reachable", "possible"),
        (&get(r#""InputType": "JSONL""#), "", text, "reachable", "possible"),
        // Fields of CSV are strings, and which there are may be said.
        (&first_row, "", number, "dead", "possible"),
        (&first_row, "", text, "reachable", "possible"),
        (&given, "", text, "reachable", "impossible"),
        (&given, "", number, "dead", "impossible"),
        (&given, "", other, "dead", "impossible"),
        (&first_row, "", other, "reachable", "impossible"),
        (&list, "", size, "reachable", "impossible"),
        (&list, "", &size.replace("Numeric", "String").replace("1000000", "\"1\""), "dead", "impossible"),
        // What the service says of objects besides is not documented.
        (&list, "", text, "unknown", "possible"),
        (&get(r#""InputType": "PARQUET""#), "", number, "reachable", "possible"),
        (&get(r#""InputType": "JSON""#), batcher, batch, "reachable", "possible"),
        (&first_row, batcher, batch, "reachable", "possible"),
        // What a template says may be anything.
        (&get(r#""InputType": "${Kind}""#), "", text, "unknown", "unknown"),
    ] {
        let choice = told(&reading(reader, fields, rule));
        let verdicts =
            [&choice["rules"][0]["verdict"], &choice["runtime_error"]["verdict"]].map(|verdict| verdict.as_str());
        assert_eq!(verdicts, [Some(expected), Some(fails)], "{reader} {fields} {rule}: {choice:#}");
    }
}

#[test]
fn tests_of_what_is_read_are_written_and_hold() {
    let get = r#""Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}"#;
    let catch = r#""Catch": [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "D"}],"#;
    let rule = r#"{"Variable": "$.a", "NumericGreaterThan": 10, "Next": "E"}"#;
    let folder = Folder::new([("m.asl.json", reading(get, catch, rule).as_str())]);
    let run = folder.aslint("prove --fail-on never --emit-tests tests --format json m.asl.json");
    let catcher = &run.json()["machines"][0]["catchers"][0];
    assert_eq!(catcher["verdict"], "reachable", "{catcher}");
    let held = folder.aslint("run --test tests");
    assert!(held.code == 0 && held.stderr.contains("4 of 4 tests passed"), "{held:#?}");
}

#[test]
fn a_number_is_not_found_in_a_csv_file() {
    let csv = r#""Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}"#;
    let number = r#"{"Variable": "$.a", "NumericGreaterThan": 10, "Next": "E"}"#;
    let message = "this never holds: `$.a` is always a string, and `NumericGreaterThan` takes a number";
    assert_eq!(super::ways::told("settled-comparison", &reading(csv, "", number)), [message]);
    let text = r#"{"Variable": "$.a", "StringGreaterThan": "10", "Next": "E"}"#;
    assert!(super::ways::told("settled-comparison", &reading(csv, "", text)).is_empty());
}
