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
    let premise = "the input fits `input.json` (of which `pattern` did not count)";
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
