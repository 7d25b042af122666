//! Why a branch is dead, or nothing is known of it, in words: what comes to a Choice, and which rules take it.

use serde_json::Value;

use super::folder::Folder;

/// Rules of a Choice `C` behind other states.
fn machine(before: &str, rules: &[&str]) -> String {
    let rules: Vec<String> =
        rules.iter().enumerate().map(|(at, rule)| format!(r#"{{{rule}, "Next": "S{at}"}}"#)).collect();
    let ends: Vec<String> = (0..rules.len()).map(|at| format!(r#""S{at}": {{"Type": "Succeed"}}"#)).collect();
    format!(
        r#"{{"QueryLanguage": "LANGUAGE", "StartAt": "A", "States": {{{before},
            "C": {{"Type": "Choice", "Choices": [{}], "Default": "No"}}, "No": {{"Type": "Succeed"}}, {}}}}}"#,
        rules.join(", "),
        ends.join(", ")
    )
    .replace("LANGUAGE", if before.contains("{%") || rules.concat().contains("{%") { "JSONata" } else { "JSONPath" })
}

/// What is told of `C`, with what is vouched for of the input.
fn told(machine: &str, schema: &str) -> Value {
    let folder = Folder::new([("m.asl.json", machine), ("s.json", schema)]);
    let run = folder.aslint("prove --fail-on never --format json --input-schema s.json m.asl.json");
    let report = run.json();
    let choices = report["machines"][0]["choices"].as_array().expect("choices");
    choices.iter().find(|choice| choice["state"] == "C").expect("the Choice `C`").clone()
}

/// A verdict and its reason; `at` is the number of a rule, or the name of what else is judged.
fn reason(choice: &Value, at: &str) -> String {
    let judged = at.parse::<usize>().map_or_else(|_| &choice[at], |rule| &choice["rules"][rule]);
    let why = ["because", "reason"].into_iter().find_map(|key| judged[key].as_str()).unwrap_or_default();
    format!("{}: {why}", judged["verdict"].as_str().unwrap_or_default())
}

const GATE: &str = r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 100, "Next": "C"}], "Default": "No"}"#;

#[test]
fn a_rule_that_earlier_ones_leave_nothing_of_what_comes_names_them() {
    let limit = r#""A": {"Type": "Pass", "Result": {"limit": 10}, "ResultPath": "$.cfg", "Next": "C"}"#;
    let above = r#""Variable": "$.n", "NumericGreaterThanPath": "$.cfg.limit""#;
    let at_most = r#""Variable": "$.n", "NumericLessThanEqualsPath": "$.cfg.limit""#;
    let (less, more) = (r#""Variable": "$.n", "NumericLessThan": 50"#, r#""Variable": "$.n", "NumericLessThan": 1000"#);
    let number = r#"{"type": "object", "required": ["n"], "properties": {"n": {"type": "number"}}}"#;
    for (before, rules, schema, at, expected) in [
        (
            limit,
            [above, r#""Variable": "$.n", "NumericGreaterThan": 20"#].as_slice(),
            "{}",
            "1",
            "dead: covered by rule 0, as `$.cfg.limit` is always 10 here",
        ),
        // Nothing that comes makes it hold.
        (
            limit,
            &[above, r#""Variable": "$.cfg.limit", "NumericGreaterThan": 20"#],
            "{}",
            "1",
            "dead: excluded by what happened before: `$.cfg.limit` is always 10 here",
        ),
        (
            GATE,
            &[less, more, r#""Variable": "$.n", "NumericLessThan": 5000"#],
            "{}",
            "2",
            "dead: covered by rule 1, as `$.n` is always a number below 100 here",
        ),
        (
            GATE,
            &[r#""Variable": "$.n", "NumericLessThan": 200"#, r#""Variable": "$.m", "NumericEquals": 1"#],
            "{}",
            "1",
            "dead: covered by rule 0, as `$.n` is always a number below 100 here",
        ),
        // It takes both, of others none.
        (
            limit,
            &[r#""Variable": "$.x", "IsPresent": true"#, above, at_most, r#""Variable": "$.n", "NumericEquals": 3"#],
            number,
            "3",
            "dead: covered by rule 2, as `$.n` is always a number here, `$.cfg.limit` is always 10 here",
        ),
        (
            limit,
            &[r#""Variable": "$.x", "IsPresent": true"#, above, at_most, r#""Variable": "$.n", "IsPresent": true"#],
            number,
            "3",
            "dead: covered by rules 1 and 2, as `$.n` is always a number here, `$.cfg.limit` is always 10 here",
        ),
        (
            r#""A": {"Type": "Pass", "Parameters": {"f.$": "$.g", "g.$": "$.g"}, "Next": "C"}"#,
            &[r#""Variable": "$.f", "IsString": true"#, r#""Variable": "$.g", "StringEquals": "a""#],
            "{}",
            "1",
            "dead: covered by rule 0, for everything that comes here",
        ),
        // What no rule leaves.
        (
            r#""A": {"Type": "Pass", "Parameters": {"f.$": "$.g", "g.$": "$.g"}, "Next": "C"}"#,
            &[
                r#""Variable": "$.f", "IsString": true"#,
                r#""And": [{"Variable": "$.f", "IsPresent": true}, {"Not": {"Variable": "$.g", "IsString": true}}]"#,
            ],
            "{}",
            "default",
            "dead: everything that comes here is covered by rules 0 and 1",
        ),
        (
            r#""A": {"Type": "Pass", "Output": "{% {'n': $states.input.n, 'limit': 10} %}", "Next": "C"}"#,
            &[
                r#""Condition": "{% $states.input.n > $states.input.limit %}""#,
                r#""Condition": "{% $states.input.n > 20 %}""#,
            ],
            "{}",
            "1",
            "dead: covered by rule 0, as `$states.input.limit` is always 10 here",
        ),
    ] {
        let text = machine(before, rules);
        assert_eq!(reason(&told(&text, schema), at), expected, "{text}");
    }
}

#[test]
fn values_are_told_where_null_or_nothing_is_possible_besides() {
    let schema = |k: &str, required: &str| {
        format!(r#"{{"type": "object", "required": [{required}], "properties": {{"k": {{"enum": [{k}]}}}}}}"#)
    };
    let pass = r#""A": {"Type": "Pass", "Next": "C"}"#;
    let (present, missing) = (r#""k""#, "");
    let two = r#""a", "b""#;
    let rule = |test: &str| format!(r#""Variable": "$.k", {test}"#);
    let other = rule(r#""StringEquals": "z""#);
    let is_object = r#""And": [{"Variable": "$.k", "IsPresent": true}, {"Variable": "$.k", "IsBoolean": true}]"#;
    for (values, required, rule, expected) in [
        (r#""a", null"#, present, other.as_str(), r#""a" or null"#),
        (two, missing, is_object, r#""a" or "b" or missing"#),
        (r#"2, 1"#, missing, is_object, "1 or 2 or missing"),
        (r#""a", 1, null"#, present, is_object, r#""a" or 1 or null"#),
        (r#"true, null"#, present, &rule(r#""BooleanEquals": false"#), "true or null"),
        // Of many the type.
        (r#""a", "b", "c", "d", null"#, present, &other, "a string or null"),
    ] {
        let text = machine(pass, &[rule]);
        let expected = format!("dead: excluded by what happened before: `$.k` is always {expected} here");
        assert_eq!(reason(&told(&text, &schema(values, required)), "0"), expected, "{text} {values}");
    }
}

#[test]
fn bounds_are_told_where_something_else_is_possible_besides() {
    let gate = |test: &str| {
        format!(
            r#""A": {{"Type": "Choice", "Choices": [{{"Or": [{{"Variable": "$.n", "IsNull": true}}, {{"And": [{test}]}}], "Next": "C"}}],
                "Default": "No"}}"#
        )
    };
    let (above, below) = (r#""NumericGreaterThan": 3"#, r#""NumericLessThan": 10"#);
    for (tests, expected) in [
        (&[above][..], "null or a number above 3"),
        (&[above, below], "null or a number above 3 and below 10"),
        (&[r#""IsString": true"#], "a string or null"),
    ] {
        let tests: Vec<String> = tests.iter().map(|test| format!(r#"{{"Variable": "$.n", {test}}}"#)).collect();
        let text = machine(&gate(&tests.join(", ")), &[r#""Variable": "$.n", "IsBoolean": true"#]);
        let expected = format!("dead: excluded by what happened before: `$.n` is always {expected} here");
        assert_eq!(reason(&told(&text, "{}"), "0"), expected, "{text}");
    }
}

#[test]
fn that_a_number_is_whole_is_told_where_it_counts() {
    let pass = |k: &str| format!(r#""A": {{"Type": "Pass", "Parameters": {{"k.$": "{k}"}}, "Next": "C"}}"#);
    let placed = |k: &str| {
        format!(r#""A": {{"Type": "Pass", "Parameters": {{"k.$": "{k}"}}, "ResultPath": "$.x", "Next": "C"}}"#)
    };
    let count = r#""A": {"Type": "Pass", "Output": "{% {'k': $count($states.input.rows)} %}", "Next": "C"}"#;
    let (length, add) = ("States.ArrayLength($.rows)", "States.MathAdd($.try, 1)");
    let (zero, more) = (r#""Variable": "$.k", "NumericEquals": 0"#, r#""Variable": "$.k", "NumericGreaterThan": 0.5"#);
    for (before, rules, expected) in [
        (pass(length), [zero, more], "`$.k` is always a whole number at least 0"),
        (
            pass(length),
            [zero, r#""Variable": "$.k", "NumericGreaterThanEquals": 1"#],
            "`$.k` is always a whole number at least 0",
        ),
        // Any number that is not below 0.
        (pass(length), [zero, r#""Variable": "$.k", "NumericGreaterThan": 0"#], "`$.k` is always a number at least 0"),
        (
            pass(add),
            [r#""Variable": "$.k", "NumericLessThanEquals": 2"#, r#""Variable": "$.k", "NumericGreaterThanEquals": 3"#],
            "`$.k` is always a whole number",
        ),
        (
            placed(add),
            [
                r#""Variable": "$.x.k", "NumericLessThanEquals": 2.5"#,
                r#""Variable": "$.x.k", "NumericGreaterThanEquals": 3"#,
            ],
            "`$.x.k` is always a whole number",
        ),
        (
            pass(add),
            [r#""Variable": "$.k", "NumericLessThanEquals": 2"#, r#""Variable": "$.k", "NumericGreaterThan": 2"#],
            "`$.k` is always a number",
        ),
        (
            count.to_owned(),
            [r#""Condition": "{% $states.input.k = 0 %}""#, r#""Condition": "{% $states.input.k >= 1 %}""#],
            "`$states.input.k` is always a whole number at least 0",
        ),
    ] {
        let text = machine(&before, &rules);
        let expected = format!("dead: excluded by what happened before: {expected} here");
        assert_eq!(reason(&told(&text, "{}"), "default"), expected, "{text}");
    }
}

#[test]
fn what_may_be_missing_is_named_where_that_is_the_doubt() {
    let operand = "unknown: an operand behind a path that has another type than the comparator is not modelled";
    let pass = |parameters: &str| format!(r#""A": {{"Type": "Pass", "Parameters": {{{parameters}}}, "Next": "C"}}"#);
    let same = r#""Variable": "$.f", "BooleanEqualsPath": "$.g""#;
    for (before, rules, why, expected) in [
        (pass(r#""f.$": "$.a", "g.$": "$.b""#), &[same][..], "", operand),
        (
            pass(r#""items.$": "$.items[*].id""#),
            &[r#""Variable": "$.items[0]", "IsPresent": true"#, r#""Variable": "$.items", "IsString": true"#],
            "",
            "impossible: excluded by what happened before: whatever is asked for is there",
        ),
        (
            pass(r#""u.$": "States.ArrayUnique(States.Array($.a, $.b))""#),
            &[r#""Variable": "$.u[0]", "IsNumeric": true"#],
            "`$.u[0]` may be missing",
            "unknown: what `States.ArrayUnique` gives is not modelled",
        ),
    ] {
        let text = machine(&before, rules);
        let choice = told(&text, "{}");
        assert_eq!(reason(&choice, "runtime_error"), expected, "{text}");
        assert_eq!(choice["runtime_error"]["why"].as_str().unwrap_or_default(), why, "{text}");
    }
}

#[test]
fn a_call_without_a_model_is_named_and_not_the_path_that_it_is_handed() {
    let pass = r#""A": {"Type": "Pass", "Output": {"items": [1, 2], "n": "{% $states.input.n %}", "d": "{% $states.input.d %}"}, "Next": "C"}"#;
    let exists = r#""Condition": "{% $states.input.n = 2 %}""#;
    for (condition, call) in [
        ("$sum($states.input.items) = 7", "$sum($states.input.items)"),
        ("$toMillis($states.input.d) > 5", "$toMillis($states.input.d)"),
        ("$states.input.n != 'ab' or $substring($states.input.n, 1) = 'x'", "$substring($states.input.n, 1)"),
    ] {
        let text = machine(pass, &[exists, &format!(r#""Condition": "{{% {condition} %}}""#)]);
        let choice = told(&text, "{}");
        for at in ["1", "runtime_error"] {
            let found = reason(&choice, at);
            assert!(
                !found.starts_with("unknown") || found == format!("unknown: what `{call}` gives is not modelled"),
                "{at} {found} {text}"
            );
        }
        let unknown = ["1", "runtime_error"].map(|at| reason(&choice, at).starts_with("unknown"));
        assert!(unknown.contains(&true), "{text}");
    }
}
