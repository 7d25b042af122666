//! `aslint prove` with what someone vouches for: verdicts that rest on it name it, and every execution that is shown fits it.

use serde_json::{Value, json};

use super::folder::Folder;

const MACHINE: &str = r#"{
  "StartAt": "Kind?",
  "States": {
    "Kind?": {
      "Type": "Choice",
      "Choices": [
        {"Variable": "$.kind", "StringEquals": "order", "Next": "Look up"},
        {"Variable": "$.kind", "StringEquals": "refund", "Next": "Done"},
        {"Variable": "$.kind", "StringEquals": "gift", "Next": "Done"}
      ]
    },
    "Look up": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:look-up", "Next": "In stock?"},
    "In stock?": {
      "Type": "Choice",
      "Choices": [{"Variable": "$.n", "NumericGreaterThan": 0, "Next": "Done"}],
      "Default": "Sorry"
    },
    "Done": {"Type": "Succeed"},
    "Sorry": {"Type": "Fail"}
  }
}"#;

const INPUT: &str = r#"{
  "type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["order", "refund"]}, "id": {"type": "string", "pattern": "^A"}}
}"#;

const STOCK: &str = r#"{"type": "object", "required": ["n"], "properties": {"n": {"type": "number"}}}"#;

fn report(folder: &Folder, command: &str) -> Value {
    let run = folder.aslint(command);
    let report = run.json();
    let errors: Vec<String> = super::prove::schema()
        .iter_errors(&report)
        .map(|error| format!("{error}: {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{}", run.stdout);
    report["machines"][0].clone()
}

#[test]
fn verdicts_that_rest_on_a_schema_name_it() {
    let folder = Folder::new([("m.asl.json", MACHINE), ("input.json", INPUT)]);
    let without = report(&folder, "prove --format json m.asl.json");
    let choice = &without["choices"][0];
    assert_eq!(
        (&choice["rules"][2]["verdict"], &choice["no_match"]["verdict"]),
        (&json!("reachable"), &json!("possible"))
    );
    assert_eq!(without["premises"], json!([]));

    let with = report(&folder, "prove --format json --input-schema input.json m.asl.json");
    let premise = "the input fits `input.json` (of which `pattern` counted for proofs only against constants)";
    assert_eq!(with["premises"], json!([premise]));
    let choice = &with["choices"][0];
    for verdict in [&choice["rules"][2], &choice["no_match"], &choice["runtime_error"]] {
        assert!(["dead", "impossible"].iter().any(|word| verdict["verdict"] == *word), "{verdict}");
        assert_eq!(verdict["premises"], json!([premise]), "{verdict}");
    }
    for (number, kind) in ["order", "refund"].iter().enumerate() {
        let rule = &choice["rules"][number];
        assert_eq!((&rule["verdict"], &rule["witness"]["input"]), (&json!("reachable"), &json!({"kind": kind})));
        assert_eq!(rule["premises"], Value::Null);
    }
    // What nobody vouches for stays open, and its executions fit the schema too.
    let failing = &with["choices"][1]["runtime_error"];
    assert_eq!(failing["verdict"], "possible");
    assert_eq!(failing["witness"]["input"], json!({"kind": "order"}));

    let pretty = folder.aslint("prove --input-schema input.json m.asl.json").stdout;
    assert!(pretty.contains(&format!("it is taken for granted that {premise}")), "{pretty}");
    let missing = folder.aslint("prove --input-schema missing.json m.asl.json");
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("missing.json"), "{missing:#?}");
}

#[test]
fn a_configuration_vouches_for_what_tasks_give() {
    let config = "machines:\n  - path: m.asl.json\n    input: input.json\n    tasks: {Look up: stock.json}\n";
    let folder =
        Folder::new([("m.asl.json", MACHINE), ("input.json", INPUT), ("stock.json", STOCK), ("aslint.yaml", config)]);
    let with = report(&folder, "prove --format json m.asl.json");
    let failing = &with["choices"][1]["runtime_error"];
    assert_eq!(failing["verdict"], "impossible", "{failing}");
    assert_eq!(failing["premises"], json!(["what `Look up` gives fits `stock.json`"]));
    for branch in [&with["choices"][1]["rules"][0], &with["choices"][1]["default"]] {
        assert_eq!(branch["verdict"], "reachable", "{branch}");
        assert!(branch["witness"]["tasks"]["Look up"][0]["return"]["n"].is_number(), "{branch}");
    }
    assert_eq!(with["choices"][0]["no_match"]["verdict"], "impossible");
}

/// A Choice over these rules, and an input that fits this schema: what is said of each rule, `Default` and failing.
fn judged(schema: &str, rules: &[&str]) -> Vec<String> {
    let name = |number: usize| format!("S{number}");
    let choices: Vec<String> =
        rules.iter().enumerate().map(|(number, rule)| format!(r#"{{{rule}, "Next": "{}"}}"#, name(number))).collect();
    let ends: Vec<String> =
        (0..=rules.len()).map(|number| format!(r#""{}": {{"Type": "Succeed"}}"#, name(number))).collect();
    let machine = format!(
        r#"{{"StartAt": "C", "States": {{"C": {{"Type": "Choice", "Choices": [{}], "Default": "S{}"}}, {}}}}}"#,
        choices.join(", "),
        rules.len(),
        ends.join(", ")
    );
    let folder = Folder::new([("m.asl.json", machine.as_str()), ("input.json", schema)]);
    let report = report(&folder, "prove --format json --fail-on never --input-schema input.json m.asl.json");
    let choice = &report["choices"][0];
    let validator = jsonschema::validator_for(&schema.parse().expect("JSON")).expect("a schema");
    let rules = choice["rules"].as_array().expect("rules").iter();
    rules
        .chain([&choice["default"], &choice["runtime_error"]])
        .map(|judged| {
            // Whatever is shown fits the schema.
            let input = &judged["witness"]["input"];
            assert!(input.is_null() || validator.is_valid(input), "{input} and {schema}");
            judged["verdict"].as_str().expect("a verdict").to_owned()
        })
        .collect()
}

#[test]
fn alternatives_are_told_apart() {
    let is_there = |path: &str| format!(r#""Variable": "{path}", "IsPresent": true"#);
    let [has_a, has_b, has_ax, has_ay, has_num] = ["$.a", "$.b", "$.a.x", "$.a.y", "$.num"].map(is_there);
    let is = |kind: &str, test: &str| {
        format!(r#""And": [{{"Variable": "$.k", "StringEquals": "{kind}"}}, {{"Variable": "$.v", {test}}}]"#)
    };
    let [a_text, a_number, b_text, b_number] = [
        is("a", r#""IsString": true"#),
        is("a", r#""IsNumeric": true"#),
        is("b", r#""IsString": true"#),
        is("b", r#""IsNumeric": true"#),
    ];
    let no_num = r#""And": [{"Variable": "$.k", "StringEquals": "card"}, {"Variable": "$.num", "IsPresent": false}]"#;
    for (schema, rules, expected) in [
        (
            r#"{"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}"#,
            vec![&*has_a, &has_b],
            ["reachable", "reachable", "dead", "impossible"].as_slice(),
        ),
        (
            r#"{"type": "object", "required": ["a"], "properties": {"a": {"type": "object", "anyOf": [{"required": ["x"]}, {"required": ["y"]}]}}}"#,
            vec![&*has_ax, &has_ay],
            &["reachable", "reachable", "dead", "impossible"],
        ),
        (
            r#"{"oneOf": [{"type": "object", "required": ["k", "v"], "properties": {"k": {"const": "a"}, "v": {"type": "string"}}},
                {"type": "object", "required": ["k", "v"], "properties": {"k": {"const": "b"}, "v": {"type": "number"}}}]}"#,
            vec![&*a_number, &b_text, &a_text, &b_number],
            &["dead", "dead", "reachable", "reachable", "dead", "impossible"],
        ),
        (
            r##"{"type": "object", "required": ["k"], "properties": {"k": {"enum": ["card", "cash"]}},
                "$defs": {"Card": {"properties": {"k": {"const": "card"}}, "required": ["num"]}},
                "anyOf": [{"$ref": "#/$defs/Card"}, {"properties": {"k": {"const": "cash"}}}]}"##,
            vec![no_num, &*has_num],
            &["dead", "reachable", "reachable", "impossible"],
        ),
        (
            r#"{"type": "object", "required": ["k"], "properties": {"k": {"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}}}"#,
            vec![r#""Variable": "$.k", "StringEquals": "a""#, r#""Variable": "$.k", "StringEquals": "b""#],
            &["dead", "reachable", "dead", "impossible"],
        ),
    ] {
        assert_eq!(judged(schema, &rules), expected, "{schema}");
    }
}

#[test]
fn what_is_shown_fits_all_of_the_schema() {
    let number = |schema: &str| format!(r#"{{"type": "object", "required": ["v"], "properties": {{"v": {schema}}}}}"#);
    let compared = |test: &str| format!(r#""Variable": "$.v", {test}"#);
    let there = |path: &str, is: bool| format!(r#""Variable": "{path}", "IsPresent": {is}"#);
    for (schema, rule, expected) in [
        (number(r#"{"type": "integer", "minimum": 0, "maximum": 9}"#), compared(r#""NumericGreaterThan": 5"#), "reachable"),
        (number(r#"{"type": "integer", "minimum": 0, "maximum": 9}"#), compared(r#""NumericLessThan": 0"#), "dead"),
        (number(r#"{"type": "number", "exclusiveMinimum": 1}"#), compared(r#""NumericEquals": 1"#), "dead"),
        (number(r#"{"type": "number", "multipleOf": 3}"#), compared(r#""NumericGreaterThan": 4"#), "reachable"),
        (number(r#"{"type": "string", "minLength": 2, "maxLength": 3}"#), compared(r#""StringEquals": """#), "dead"),
        (number(r#"{"type": "string", "pattern": "^a"}"#), compared(r#""StringMatches": "a*""#), "reachable"),
        (number(r#"{"type": "string", "pattern": "^a"}"#), compared(r#""StringMatches": "b*""#), "unknown"),
        (number(r#"{"not": {"const": "x"}}"#), compared(r#""StringEquals": "x""#), "dead"),
        (
            number(r#"{"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}], "items": false, "minItems": 2}"#),
            r#""Variable": "$.v[1]", "IsNumeric": true"#.to_owned(),
            "reachable",
        ),
        (
            number(r#"{"type": "array", "prefixItems": [{"type": "string"}], "items": false, "minItems": 1}"#),
            there("$.v[1]", true),
            "dead",
        ),
        (r#"{"type": "object", "dependentRequired": {"a": ["b"]}}"#.to_owned(), there("$.a", true), "reachable"),
        (
            r#"{"type": "object", "required": ["k"], "if": {"properties": {"k": {"const": "a"}}}, "then": {"required": ["w"]}}"#.to_owned(),
            r#""And": [{"Variable": "$.k", "StringEquals": "a"}, {"Variable": "$.w", "IsPresent": false}]"#.to_owned(),
            "dead",
        ),
        (r#"{"type": "object", "additionalProperties": {"type": "number"}}"#.to_owned(), there("$.q", true), "reachable"),
    ] {
        assert_eq!(judged(&schema, &[&rule])[0], expected, "{schema} {rule}");
    }
}

#[test]
fn what_keywords_say_counts_for_proofs() {
    let v = |schema: &str| format!(r#"{{"type": "object", "required": ["v"], "properties": {{"v": {schema}}}}}"#);
    let on = |tests: &[&str]| tests.iter().map(|test| format!(r#""Variable": "$.v", {test}"#)).collect::<Vec<_>>();
    let is_there = |path: &str| format!(r#""Variable": "{path}", "IsPresent": true"#);
    let quarters = [
        r#""NumericLessThan": 25"#,
        r#""NumericLessThan": 50"#,
        r#""NumericLessThan": 75"#,
        r#""NumericLessThanEquals": 100"#,
    ];
    let around_four = [r#""NumericLessThanEquals": 3"#, r#""NumericEquals": 4"#, r#""NumericGreaterThanEquals": 5"#];
    let texts = [r#""StringEquals": "A""#, r#""StringEquals": "B""#, r#""StringEquals": "C""#];
    for (schema, rules, expected) in [
        (v(r#"{"type": "number", "minimum": 0, "maximum": 100}"#), on(&quarters), "reachable reachable reachable reachable dead impossible"),
        (v(r#"{"type": "number", "minimum": 25, "exclusiveMaximum": 75}"#), on(&quarters), "dead reachable reachable dead dead impossible"),
        (v(r#"{"type": "number", "exclusiveMinimum": 100}"#), on(&quarters), "dead dead dead dead reachable impossible"),
        // As it was said before 2019.
        (
            r#"{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "required": ["v"],
                "properties": {"v": {"type": "number", "minimum": 100, "exclusiveMinimum": true}}}"#.to_owned(),
            on(&quarters),
            "dead dead dead dead reachable impossible",
        ),
        // Bounds of numbers say nothing of texts.
        (v(r#"{"minimum": 100}"#), on(&[r#""IsString": true"#, r#""NumericLessThan": 99"#]), "reachable dead reachable impossible"),
        // Numbers that binary64 does not tell apart.
        (v(r#"{"type": "number", "minimum": 9007199254740993}"#), on(&[r#""NumericLessThan": 5"#]), "unknown reachable impossible"),
        (v(r#"{"type": "integer"}"#), on(&around_four), "reachable reachable reachable dead impossible"),
        (v(r#"{"type": "number"}"#), on(&around_four), "reachable reachable reachable reachable impossible"),
        (v(r#"{"type": ["integer", "number"]}"#), on(&around_four), "reachable reachable reachable reachable impossible"),
        (v(r#"{"type": "integer"}"#), on(&[r#""NumericEquals": 1.5"#]), "dead reachable impossible"),
        (v(r#"{"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5}"#), on(&around_four), "dead reachable dead dead impossible"),
        (v(r#"{"type": "number", "multipleOf": 0.5}"#), on(&[r#""NumericEquals": 0.3"#, r#""NumericEquals": 2.5"#]), "dead reachable reachable impossible"),
        (v(r#"{"type": "string", "pattern": "^(A|B|C)$"}"#), on(&texts), "reachable reachable reachable dead impossible"),
        (v(r#"{"type": "string", "pattern": "^(A|B|C)"}"#), on(&texts), "reachable reachable reachable reachable impossible"),
        (v(r#"{"type": "string", "pattern": "[BC]$"}"#), on(&texts), "dead reachable reachable reachable impossible"),
        (v(r#"{"type": "string", "minLength": 2}"#), on(&texts), "dead dead dead reachable impossible"),
        (v(r#"{"type": "string", "maxLength": 0}"#), on(&texts), "dead dead dead reachable impossible"),
        (v(r#"{"allOf": [{"enum": ["A", "B", "C"]}, {"not": {"const": "C"}}]}"#), on(&texts), "reachable reachable dead dead impossible"),
        (v(r#"{"enum": ["A", "B", "C"], "not": {"enum": ["A", "B"]}}"#), on(&texts), "dead dead reachable dead impossible"),
        (v(r#"{"enum": ["A", "B"], "not": {"pattern": "^A$"}}"#), on(&texts), "dead reachable dead dead impossible"),
        (v(r#"{"not": {"type": "string"}}"#), on(&[r#""IsString": true"#, r#""IsNumeric": true"#]), "dead reachable reachable impossible"),
        // What a rule does not ask about is denied too.
        (
            r#"{"type": "object", "not": {"required": ["b"]}}"#.to_owned(),
            vec![is_there("$.a"), is_there("$.b")],
            "reachable dead reachable impossible",
        ),
        (r#"{"type": "object", "not": {"required": ["b"]}}"#.to_owned(), vec![is_there("$.a")], "reachable reachable impossible"),
        (
            r#"{"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}"#.to_owned(),
            vec![format!(r#""And": [{{{}}}, {{{}}}]"#, is_there("$.a"), is_there("$.b")), is_there("$.a")],
            "dead reachable reachable impossible",
        ),
        (
            r#"{"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}"#.to_owned(),
            vec![is_there("$.b"), is_there("$.c")],
            "reachable reachable dead impossible",
        ),
        (
            r#"{"type": "object", "additionalProperties": {"type": "number"}, "patternProperties": {"^x": {"type": "string"}}}"#.to_owned(),
            [r#""Variable": "$.a", "IsString": true"#, r#""Variable": "$.xa", "IsNumeric": true"#, r#""Variable": "$.xa", "IsString": true"#]
                .map(str::to_owned)
                .to_vec(),
            "dead dead reachable dead possible",
        ),
        (
            r#"{"type": "object", "required": ["l"], "properties": {"l": {"type": "array", "minItems": 1, "maxItems": 2}}}"#.to_owned(),
            vec![is_there("$.l[2]"), is_there("$.l[1]"), is_there("$.l[0]")],
            "dead reachable reachable dead impossible",
        ),
    ] {
        assert_eq!(judged(&schema, &rules.iter().map(String::as_str).collect::<Vec<_>>()).join(" "), expected, "{schema}");
    }
}

#[test]
fn what_no_rule_asks_about_hides_no_verdict() {
    let rules = [r#""Variable": "$.kind", "StringEquals": "card""#];
    let with = |schema: &str| {
        format!(
            r#"{{"type": "object", "required": ["kind", "v"], "properties": {{"kind": {{"enum": ["card", "bank"]}}, "v": {schema}}}}}"#
        )
    };
    for schema in [
        with(r#"{"type": "string", "pattern": "^[0-9]{16}$"}"#),
        with(r#"{"type": "string", "pattern": "^(?:[A-Z]{2}|x)-\\d{3,}$", "minLength": 12, "maxLength": 13}"#),
        with(r#"{"type": "string", "minLength": 40}"#),
        with(r#"{"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": true}"#),
        with(r#"{"type": "array", "items": {"type": "integer"}, "minItems": 4, "uniqueItems": true}"#),
        with(r#"{"type": "array", "contains": {"const": 7}, "minItems": 2}"#),
        with(r#"{"type": "object", "minProperties": 2, "additionalProperties": {"type": "number"}}"#),
        with(r#"{"anyOf": [{"type": "integer", "minimum": 1000}, {"type": "string", "minLength": 9}]}"#),
        with(r#"{"oneOf": [{"type": "integer", "multipleOf": 7}, {"type": "integer", "multipleOf": 5}], "minimum": 1}"#),
        with(r#"{"type": "string", "not": {"maxLength": 2}}"#),
        with(r#"{"type": "string", "if": {"maxLength": 2}, "then": false}"#),
        with(r#"{"type": "string", "format": "uuid"}"#),
        with(r#"{"type": "object", "required": ["a"], "dependentSchemas": {"a": {"required": ["b"]}}}"#),
        r#"{"oneOf": [
            {"type": "object", "required": ["kind", "pan"], "properties": {"kind": {"const": "card"}, "pan": {"type": "string", "minLength": 12}}},
            {"type": "object", "required": ["kind", "iban"], "properties": {"kind": {"const": "bank"}, "iban": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}"}}}
        ]}"#.to_owned(),
    ] {
        assert_eq!(judged(&schema, &rules).join(" "), "reachable reachable impossible", "{schema}");
    }
}

#[test]
fn a_format_counts_for_what_is_shown() {
    let times = [
        r#""Variable": "$.t", "TimestampLessThan": "2024-07-01T00:00:00Z""#,
        r#""Variable": "$.t", "TimestampGreaterThanEquals": "2024-07-01T02:00:00+02:00""#,
    ];
    let schema = |format: &str| {
        format!(
            r#"{{"type": "object", "required": ["t"], "properties": {{"t": {{"type": "string", "format": "{format}"}}}}}}"#
        )
    };
    for (format, expected, told) in [
        ("date-time", "reachable reachable unknown impossible", "`format` did not count for proofs"),
        ("stardate", "reachable reachable reachable impossible", "`format: stardate` did not count"),
    ] {
        assert_eq!(judged(&schema(format), &times).join(" "), expected, "{format}");
        assert!(premise_of(&schema(format)).ends_with(&format!("(of which {told})")), "{format}");
    }
}

/// How the premise that an input fits a schema is worded.
fn premise_of(schema: &str) -> String {
    let folder = Folder::new([("m.asl.json", MACHINE), ("input.json", schema)]);
    let report = report(&folder, "prove --format json --fail-on never --input-schema input.json m.asl.json");
    report["premises"][0].as_str().expect("a premise").to_owned()
}

#[test]
fn what_did_not_count_is_told() {
    for (schema, told) in [
        (r#"{"properties": {"n": {"type": "number", "minimum": 1, "exclusiveMaximum": 5}}}"#, ""),
        (
            r#"{"properties": {"n": {"type": "integer"}}}"#,
            " (of which `type: integer` counted for proofs only against constants)",
        ),
        (r#"{"minimum": 9007199254740993}"#, " (of which `minimum` did not count for proofs)"),
        (r#"{"pattern": "^(a|b)$"}"#, ""),
        (r#"{"pattern": "^(a|b)"}"#, " (of which `pattern` counted for proofs only against constants)"),
        (r#"{"not": {"const": 1}}"#, ""),
        (r#"{"not": {"pattern": "a"}}"#, " (of which `not` did not count for proofs)"),
        (
            r#"{"uniqueItems": true, "minLength": 2}"#,
            " (of which `uniqueItems` did not count for proofs, and `minLength` only against constants)",
        ),
        (
            r#"{"propertyNames": {}, "contains": true}"#,
            " (of which `propertyNames` did not count, and `contains` not for proofs)",
        ),
        (
            r#"{"if": {"minLength": 2}, "then": {"contains": true}}"#,
            " (of which `if`, `then` did not count for proofs)",
        ),
        (r#"{"if": {"const": 2}, "then": {"contains": true}}"#, " (of which `contains` did not count for proofs)"),
        (
            r#"{"oneOf": [{"type": "string", "minLength": 2}, {"type": "null"}]}"#,
            " (of which `minLength` counted for proofs only against constants)",
        ),
        (
            r#"{"oneOf": [{"minLength": 2}, {"minLength": 3}]}"#,
            " (of which `oneOf` did not count for proofs, and `minLength` only against constants)",
        ),
    ] {
        assert_eq!(premise_of(schema), format!("the input fits `input.json`{told}"), "{schema}");
    }
}
