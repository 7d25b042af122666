//! `aslint prove` as scripts and people meet it: verdicts, witnesses that run, exit codes, tests that replay.

use serde_json::Value;

use super::folder::Folder;

/// A machine with a rule that nothing takes, and one way to end.
const ORDER: &str = r#"{
  "StartAt": "Look up",
  "States": {
    "Look up": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:look-up",
      "ResultPath": "$.stock",
      "Catch": [{"ErrorEquals": ["Unknown"], "ResultPath": "$.error", "Next": "Sorry"}],
      "Next": "In stock?"
    },
    "In stock?": {
      "Type": "Choice",
      "Choices": [
        {"And": [{"Variable": "$.stock.n", "IsPresent": true}, {"Variable": "$.stock.n", "NumericGreaterThan": 100}], "Next": "Ship"},
        {"Variable": "$.kind", "StringEquals": "gift", "Next": "Wrap"}
      ],
      "Default": "Sorry"
    },
    "Wrap": {"Type": "Pass", "Next": "Ship"},
    "Ship": {"Type": "Succeed"},
    "Sorry": {"Type": "Fail", "Error": "Sold"},
    "Lost": {"Type": "Succeed"}
  }
}"#;

pub(crate) fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/prove-1.json")).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a schema");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[test]
fn verdicts_come_with_witnesses_or_reasons() {
    let folder = Folder::new([("order.asl.json", ORDER)]);
    let run = folder.aslint("prove --format json order.asl.json");
    let report = run.json();
    let errors: Vec<String> =
        schema().iter_errors(&report).map(|error| format!("{error}: {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{}", run.stdout);
    let machine = &report["machines"][0];
    let choice = &machine["choices"][0];
    assert_eq!(choice["state"], "In stock?");
    let first = &choice["rules"][0];
    assert_eq!(
        (&first["verdict"], &first["ground"], &first["next"]),
        (&"reachable".into(), &"machine".into(), &"Ship".into())
    );
    let path: Vec<&str> = first["witness"]["path"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(path, ["Look up", "In stock?", "Ship"]);
    assert_eq!(first["witness"]["tasks"]["Look up"][0]["return"], serde_json::json!({"n": 101}));
    assert_eq!(choice["rules"][1]["witness"]["input"], serde_json::json!({"kind": "gift"}));
    assert_eq!(choice["default"]["verdict"], "reachable");
    assert_eq!(choice["no_match"]["verdict"], "impossible");
    assert_eq!(choice["runtime_error"]["verdict"], "possible");
    assert!(choice["runtime_error"]["why"].as_str().unwrap().contains("kind"), "{choice}");
    let states = machine["states"].as_array().unwrap();
    let verdict = |name: &str| states.iter().find(|state| state["name"] == name).unwrap()["verdict"].clone();
    assert_eq!((verdict("Sorry"), verdict("Lost")), ("reachable".into(), "dead".into()));
    assert_eq!(machine["catchers"][0]["witness"]["tasks"]["Look up"][0]["error"], "Unknown");
    assert_eq!(machine["end"]["verdict"], "reachable");
    assert_eq!(run.code, 0, "no rule is dead");
    assert_eq!(folder.aslint("prove --fail-on info order.asl.json").code, 1, "a comparison may fail");
    assert_eq!(folder.aslint("prove --fail-on never order.asl.json").code, 0);
    assert_eq!(folder.aslint("prove missing.asl.json").code, 2);
}

#[test]
fn the_report_says_it_in_a_table() {
    let folder = Folder::new([("order.asl.json", ORDER)]);
    let run = folder.aslint("prove order.asl.json");
    for line in [
        "  Choice `In stock?`",
        "    rule 0            → Ship   reachable   {}; `Look up` {\"n\":101}",
        "    rule 1            → Wrap   reachable   {\"kind\":\"gift\"}",
        "  States 5 of 6 reachable",
        "    `Lost`  dead        no transition leads to it",
        "    `Look up` 0  → Sorry  reachable   {}; `Look up` fails with Unknown",
    ] {
        assert!(run.stdout.lines().any(|found| found == line), "{line}\n{}", run.stdout);
    }
    assert_eq!(run.stderr, "");
    let other = folder.aslint("prove order.asl.json --threads 1");
    assert_eq!(run.stdout, other.stdout, "the same command gives the same bytes");
}

#[test]
fn every_branch_gets_a_test_that_replays() {
    // What the service refuses, `aslint run` does not run.
    let order = ORDER.replace(",\n    \"Lost\": {\"Type\": \"Succeed\"}", "");
    let folder = Folder::new([("flows/order.asl.json", order.as_str())]);
    let run = folder.aslint("prove flows --emit-tests out/tests");
    assert_eq!(run.stderr, "aslint: out/tests: 5 tests written\n");
    let tests = folder.aslint("run --test out/tests");
    assert_eq!((tests.code, tests.stderr.as_str()), (0, "aslint: 5 of 5 tests passed\n"), "{tests:#?}");
    assert_eq!(tests.stdout.lines().filter(|line| line.starts_with("ok ")).count(), 5, "{tests:#?}");
    // Step Functions Local's file answers as ours does.
    let config = "out/tests/flows-order.asl.json/MockConfigFile.json";
    let case = "001-in-stock-rule-0";
    let local = folder.aslint(&format!("run flows/order.asl.json --mocks {config} --test-case {case} --format json"));
    assert_eq!(local.json()["states"], serde_json::json!(["Look up", "In stock?", "Ship"]));
    let requests: Value = serde_json::from_str(
        &std::fs::read_to_string(folder.0.join("out/tests/flows-order.asl.json/test-state.json")).unwrap(),
    )
    .unwrap();
    assert_eq!(requests[0]["expect"]["nextState"], "Ship");
    assert_eq!(requests[0]["request"]["stateName"], "In stock?");
    // The machine changes: tests tell.
    folder.write("flows/order.asl.json", &order.replace("NumericGreaterThan\": 100", "NumericGreaterThan\": 1000"));
    let broken = folder.aslint("run --test out/tests");
    assert_eq!(broken.code, 1);
    assert!(broken.stdout.contains("FAIL") && broken.stdout.contains("the branch is not taken"), "{broken:#?}");
    assert_eq!(folder.aslint("run --test flows").code, 2, "no test in it");
    assert_eq!(folder.aslint("run").code, 2);
    assert_eq!(folder.aslint("run --test out flows/order.asl.json").code, 2);
}

/// A Choice without `Default` whose rules take whatever the comparators are about, or all but one text.
fn without_default(rules: &str) -> Folder {
    let machine = format!(
        r#"{{"StartAt": "C", "States": {{"C": {{"Type": "Choice", "Choices": [{rules}]}}, "S": {{"Type": "Succeed"}}}}}}"#
    );
    Folder::new([("c.asl.json", machine.as_str())])
}

#[test]
fn a_choice_that_only_other_types_fall_through_is_no_warning() {
    let whole = r#"{"Variable": "$.n", "NumericLessThan": 5, "Next": "S"}, {"Variable": "$.n", "NumericGreaterThanEquals": 5, "Next": "S"}"#;
    let folder = without_default(whole);
    let report = folder.aslint("prove --format json c.asl.json").json();
    assert_eq!(report["machines"][0]["choices"][0]["no_match"]["verdict"], "possible", "a text is no number");
    assert_eq!(folder.aslint("prove c.asl.json").code, 0);
    let shown = folder.aslint("prove --fail-on info --format github c.asl.json");
    assert_eq!(shown.code, 1);
    assert!(shown.stdout.contains("::notice ") && !shown.stdout.contains("::warning "), "{}", shown.stdout);

    let folder = without_default(r#"{"Variable": "$.n", "NumericLessThan": 5, "Next": "S"}"#);
    let shown = folder.aslint("prove --format github c.asl.json");
    assert_eq!(shown.code, 1);
    assert!(shown.stdout.contains("::warning ") && shown.stdout.contains("no rule takes"), "{}", shown.stdout);
}

#[test]
fn a_choice_that_nothing_gets_to_says_why_beside_its_name() {
    let machine = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"},
      "C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "IsNull": true, "Next": "A"}], "Default": "A"}}}"#;
    let folder = Folder::new([("c.asl.json", machine)]);
    let run = folder.aslint("prove c.asl.json");
    assert!(run.stdout.contains("\n  Choice `C`  dead: "), "{}", run.stdout);
}

#[test]
fn what_is_refused_is_not_said_to_wait_for_a_placeholder() {
    for (kind, reason) in [
        ("TaskFn", "the service refuses the machine"),
        ("${T}", "part of it is not known before a placeholder is filled in"),
    ] {
        let machine = format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "{kind}", "Next": "B"}}, "B": {{"Type": "Succeed"}}}}}}"#
        );
        let folder = Folder::new([("a.asl.json", machine.as_str())]);
        let run = folder.aslint("prove a.asl.json");
        assert!(run.stdout.contains(&format!("`B`  unknown     {reason}")), "{}", run.stdout);
    }
}
