//! `aslint prove` of what is not as it seems: files that are broken, premises about nothing, states that lie elsewhere.

use serde_json::Value;

use super::folder::Folder;
use super::prove::schema;

/// A Choice with these rules and ends, and the rest of the text.
fn choice(rules: &str, rest: &str) -> String {
    format!(r#"{{"StartAt": "C", "States": {{"C": {{"Type": "Choice", "Choices": [{rules}]{rest}"#)
}

#[test]
fn a_file_that_is_read_in_part_does_not_end_well() {
    let rule = r#"{"Variable": "$.n", "NumericEquals": 1, "Next": "S"}"#;
    let ends = r#""S": {"Type": "Succeed"}}"#;
    for (text, code) in [
        // Nothing in it counts.
        (choice(rule, &format!(r#", "Default": "S"}}, {ends}"#)), 2),
        // Something falls through, whatever stands behind.
        (choice(rule, &format!("}}, {ends}")), 1),
        // Whether something does, what stands behind decides.
        (choice(rule, ""), 2),
        ("\0".to_owned(), 2),
    ] {
        let folder = Folder::new([("c.asl.json", text.as_str())]);
        let run = folder.aslint("prove c.asl.json");
        assert_eq!(run.code, code, "{run:#?}");
        assert!(run.stderr.starts_with("aslint: c.asl.json: not read whole, line 1: "), "{run:#?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:#?}");
        let report = folder.aslint("prove --format json c.asl.json").json();
        assert!(schema().is_valid(&report), "{report}");
    }
    // What cannot be read at all stays that.
    let folder = Folder::new([("c.asl.json", choice(rule, &format!("}}, {ends}")).as_str())]);
    assert_eq!(folder.aslint("prove c.asl.json missing.asl.json").code, 2);
}

#[test]
fn a_rule_that_leads_nowhere_is_not_shown_to_lead_there() {
    let rule = r#"{"Variable": "$.n", "NumericEquals": 1, "Next": "Nope"}"#;
    let ends = r#""S": {"Type": "Succeed"}, "${more}": {"Type": "Succeed"}}}"#;
    for (text, reason) in [
        (choice(rule, ""), "part of it could not be read: the text is broken"),
        (choice(rule, r#", "Default": "S"}, "S": {"Type": "Succeed"}}}"#), "the service refuses the machine"),
        (
            choice(rule, &format!(r#", "Default": "S"}}, {ends}"#)),
            "part of it is not known before a placeholder is filled in",
        ),
    ] {
        let folder = Folder::new([("c.asl.json", text.as_str())]);
        let report = folder.aslint("prove --format json c.asl.json").json();
        let rule = &report["machines"][0]["choices"][0]["rules"][0];
        assert_eq!((&rule["verdict"], &rule["reason"]), (&"unknown".into(), &reason.into()), "{text}");
    }
}

#[test]
fn what_no_placeholder_leaves_open_is_not_said_to_wait_for_one() {
    let rule = r#"{"Variable": "States.ArrayContains($.a, 1)", "NumericEquals": 1, "Next": "S"}"#;
    let folder =
        Folder::new([("c.asl.json", choice(rule, r#", "Default": "S"}, "S": {"Type": "Succeed"}}}"#).as_str())]);
    let told = folder.aslint("prove c.asl.json").stdout;
    assert!(told.contains("unknown     the service refuses the machine") && !told.contains("placeholder"), "{told}");
}

/// Rule 0 never fails, since what it reads is made before; rule 1 may.
const SECOND: &str = r#"{"StartAt": "P", "States": {
 "P": {"Type": "Pass", "Parameters": {"k": "abc"}, "ResultPath": "$.p", "Next": "C"},
 "C": {"Type": "Choice", "Choices": [
  {"Variable": "$.p.k", "StringEquals": "x", "Next": "Y"},
  {"Variable": "$.when", "TimestampLessThan": "2024-01-01T00:00:00Z", "Next": "Y"},
  {"Variable": "$.p.k", "StringEquals": "abc", "Next": "Z"}], "Default": "Z"},
 "Y": {"Type": "Succeed"}, "Z": {"Type": "Succeed"}}}"#;

#[test]
fn the_comparison_that_fails_is_pointed_at() {
    let folder = Folder::new([("c.asl.json", SECOND)]);
    let told = folder.aslint("prove --format concise --fail-on info c.asl.json").stdout;
    let line = "c.asl.json:5:16: info[choice-may-fail] a comparison fails the execution: `$.when`: there is no member `when` here";
    assert!(told.lines().any(|told| told == line), "{told}");
    let log = folder.aslint("prove --format sarif c.asl.json").json();
    let results = log["runs"][0]["results"].as_array().expect("results");
    let result = results.iter().find(|result| result["ruleId"] == "choice-may-fail").expect("a finding");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 5, "{result}");

    // Of an expression the part that fails.
    let machine = "QueryLanguage: JSONata\nStartAt: C\nStates:\n  C:\n    Type: Choice\n    Choices:\n      - Condition: |-\n          {% $states.input.a = 1\n            and $states.input.b > 1 %}\n        Next: S\n    Default: S\n  S: {Type: Succeed}\n";
    folder.write("d.asl.yaml", machine);
    let told = folder.aslint("prove --format concise --fail-on info d.asl.yaml").stdout;
    assert!(told.starts_with("d.asl.yaml:9:17: info[choice-may-fail] "), "{told}");
}

#[test]
fn what_is_explained_is_about_that_state() {
    let folder = Folder::new([("c.asl.json", SECOND)]);
    assert_eq!(folder.aslint("prove c.asl.json").code, 1, "a rule is dead");
    for (state, code, fails) in [("Y", 0, true), ("Z", 0, true), ("P", 0, false), ("C", 1, false)] {
        let run = folder.aslint(&format!("prove --explain {state} c.asl.json"));
        assert_eq!(run.code, code, "{run:#?}");
        assert_eq!(run.stdout.contains("may fail the execution"), fails, "{run:#?}");
    }
    // On the way there the comparison that fails is not asked.
    let first = SECOND.replace(r#""StringEquals": "x""#, r#""StringEquals": "abc""#).replacen("\"Y\"", "\"X\"", 1);
    let first =
        first.replace(r#""Y": {"#, r#""X": {"Type": "Succeed"}, "Y": {"#).replace("\"k\": \"abc\"", "\"k.$\": \"$.k\"");
    folder.write("d.asl.json", &first);
    let run = folder.aslint("prove --explain X d.asl.json");
    assert!(run.stdout.contains("rule 0 of `C` holds") && !run.stdout.contains("may fail"), "{run:#?}");
}

#[test]
fn premises_about_nothing_are_told() {
    let machine = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": true}}}"#;
    let config = "machines:\n  - path: '*.asl.json'\n    tasks: {T: o.json, U: o.json, Tx: o.json}\n";
    let other = machine.replace("\"T\"", "\"U\"");
    let folder = Folder::new([
        ("a.asl.json", machine),
        ("b.asl.json", other.as_str()),
        ("o.json", r#"{"type": "object"}"#),
        ("aslint.yaml", config),
    ]);
    let run = folder.aslint("prove .");
    assert_eq!(run.stderr, "aslint: no Task is called `Tx`: what `o.json` says of it counts for nothing\n");
    assert_eq!(run.stdout.matches("it is taken for granted").count(), 2, "{}", run.stdout);

    for (schema, code) in [("false", 2), (r#"{"enum": []}"#, 2), ("true", 0)] {
        let folder = Folder::new([("a.asl.json", machine), ("i.json", schema)]);
        let run = folder.aslint("prove --input-schema i.json a.asl.json");
        assert_eq!(run.code, code, "{run:#?}");
        assert_eq!(run.stderr.contains("i.json: no value fits the schema in the file"), code == 2, "{run:#?}");
    }
}

#[test]
fn what_goes_to_no_terminal_is_not_cut() {
    let long = "x".repeat(200);
    let rule = format!(r#"{{"Variable": "$.n", "StringEquals": "{long}", "Next": "S"}}"#);
    let machine = choice(&rule, r#", "Default": "S"}, "S": {"Type": "Succeed"}}}"#);
    let folder = Folder::new([("c.asl.json", machine.as_str())]);
    let whole = folder.aslint("prove c.asl.json").stdout;
    assert!(whole.contains(&format!("{{\"n\":\"{long}\"}}\n")), "{whole}");
    let mut narrow = folder.command(["prove", "c.asl.json"]);
    let cut = super::folder::Run::of(narrow.env("COLUMNS", "60")).stdout;
    assert!(cut.lines().all(|line| line.chars().count() <= 60) && cut.contains('…'), "{cut}");
}

#[test]
fn what_is_not_there_comes_from_nowhere() {
    let machine = r#"{"StartAt": "T", "States": {
      "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "ResultPath": "$.r", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "P"}], "Next": "C"},
      "P": {"Type": "Pass", "Result": RESULT, "Next": "C"},
      "C": {"Type": "Choice", "Choices": [{"Variable": "$.r.k", "StringEquals": "a", "Next": "S"}], "Default": "S"},
      "S": {"Type": "Succeed"}}}"#;
    for (result, origin) in [
        (r#"{"x": 1}"#, "`$.r.k` comes from `$.k` of what `T` answers"),
        (r#"{"r": 1}"#, "`$.r.k` comes from `$.k` of what `T` answers"),
        (r#"{"r": {"k": 1}}"#, "`$.r.k` comes from `$.k` of what `T` answers, or from `$.r.k` of the result of `P`"),
    ] {
        let folder = Folder::new([("m.asl.json", machine.replace("RESULT", result).as_str())]);
        let report: Value = folder.aslint("prove --format json --explain S m.asl.json").json();
        let words = report["machines"][0]["explained"][0]["words"].to_string();
        assert!(words.contains(&format!("{origin}\"")), "{result}: {words}");
    }
}
