//! `aslint.yaml` as people meet it: which one is found, what it changes, what is said of its mistakes.

use serde_json::Value;

use super::folder::Folder;

/// Polls without a wait, and reads what its input may not have.
const MACHINE: &str = r#"{
  "StartAt": "Charge",
  "States": {
    "Charge": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge",
      "Parameters": {"amount.$": "$.order.total"},
      "ResultPath": "$.charge",
      "Next": "Ship"
    },
    "Ship": {
      "Type": "Pass",
      "InputPath": "$.charge.receipt",
      "Next": "Lost"
    },
    "Done": {"Type": "Succeed"}
  }
}
"#;

fn rules(folder: &Folder, line: &str) -> Vec<String> {
    let report = folder.aslint(line).json();
    let text = |found: &Value, name: &str| found[name].as_str().unwrap_or_default().to_owned();
    let found = report["diagnostics"].as_array().expect("findings");
    found
        .iter()
        .map(|found| format!("{}: {} {}", text(found, "file"), text(found, "severity"), text(found, "rule")))
        .collect()
}

#[test]
fn the_nearest_configuration_counts() {
    let folder = Folder::new([
        ("aslint.yaml", "rules: {dangling-target: info}\n"),
        ("a.asl.json", MACHINE),
        ("inner/.aslint.yaml", "rules:\n  graph: off\n"),
        ("inner/deep/b.asl.json", MACHINE),
        ("repo/.git/HEAD", ""),
        ("repo/c.asl.json", MACHINE),
    ]);
    let check = "check --format json --level info --select dangling-target";
    assert_eq!(
        rules(&folder, "check --format json --level info --ignore unreachable-state"),
        ["a.asl.json: info dangling-target", "repo/c.asl.json: error dangling-target"]
    );
    // Who selects a rule wants it, and has its severity from where it is said.
    assert!(rules(&folder, check).contains(&"inner/deep/b.asl.json: error dangling-target".to_owned()));
    let isolated = rules(&folder, "check --format json --isolated a.asl.json");
    assert!(isolated.contains(&"a.asl.json: error dangling-target".to_owned()), "{isolated:?}");
    let fixed = rules(&folder, "check --format json --config inner/.aslint.yaml a.asl.json");
    assert!(fixed.is_empty(), "{fixed:?}");
}

#[test]
fn files_are_left_out_in_folders_and_on_demand() {
    let folder = Folder::new([
        ("aslint.yaml", "exclude: [vendor/, '*.gen.asl.json']\n"),
        ("a.asl.json", MACHINE),
        ("b.gen.asl.json", MACHINE),
        ("vendor/x/c.asl.json", MACHINE),
    ]);
    let files = |line: &str| {
        let mut files: Vec<String> =
            rules(&folder, line).iter().filter_map(|found| Some(found.split_once(':')?.0.to_owned())).collect();
        files.dedup();
        files
    };
    assert_eq!(files("check --format json"), ["a.asl.json"]);
    assert_eq!(files("check --format json vendor"), [""; 0]);
    assert_eq!(files("check --format json b.gen.asl.json"), ["b.gen.asl.json"]);
    assert_eq!(files("check --format json --force-exclude a.asl.json b.gen.asl.json"), ["a.asl.json"]);
    folder.write("aslint.yaml", "include: 'vendor/**'\n");
    assert_eq!(files("check --format json"), ["vendor/x/c.asl.json"]);
}

#[test]
fn answered_findings_do_not_count() {
    let folder = Folder::new([("a.asl.json", MACHINE)]);
    let write = |entry: &str| folder.write("aslint.yaml", &format!("ignore:\n  - {entry}\n"));
    let check = "check --format json --level info --ignore unused-suppression";
    let all = rules(&folder, check);
    assert_eq!(all, ["a.asl.json: error dangling-target"]);
    for (entry, n_left) in [
        ("{rule: dangling-target, state: Ship, reason: comes next week}", 0),
        ("{rule: dangling-target, state: Charge, reason: another state}", 1),
        ("{rule: graph, path: '*.asl.json', reason: all of them}", 0),
        ("{rule: graph, path: other/, reason: other files}", 1),
    ] {
        write(entry);
        assert_eq!(rules(&folder, check).len(), n_left, "{entry}");
    }
}

#[test]
fn machines_run_as_it_says() {
    let folder = Folder::new([
        ("aslint.yaml", "machines: [{path: fast/, type: express}]\n"),
        (
            "fast/a.asl.json",
            r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}}, "End": true}}}"#,
        ),
    ]);
    let check = "check --format json --select unsupported-by-express";
    assert_eq!(rules(&folder, check), ["fast/a.asl.json: error unsupported-by-express"]);
    assert_eq!(rules(&folder, &format!("{check} --type standard")), [""; 0]);
}

#[test]
fn what_is_proved_follows_it() {
    let folder = Folder::new([
        ("aslint.yaml", "exclude: vendor/\nmachines: [{path: fast/, type: express}]\n"),
        ("vendor/a.asl.json", MACHINE),
        // The context object of an express execution has no `RedriveCount`.
        (
            "fast/a.asl.json",
            r#"{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$$.Execution.RedriveCount", "IsPresent": true, "Next": "S"}], "Default": "S"}, "S": {"Type": "Succeed"}}}"#,
        ),
    ]);
    let verdict = |line: &str| {
        let report = folder.aslint(line).json();
        assert_eq!(report["machines"].as_array().map(Vec::len), Some(1), "{report}");
        report["machines"][0]["choices"][0]["rules"][0]["verdict"].clone()
    };
    assert_eq!(verdict("prove --format json"), "dead");
    assert_eq!(verdict("prove --format json --type standard"), "reachable");
    assert_eq!(verdict("prove --format json --isolated fast"), "reachable");
}

#[test]
fn what_rests_on_a_premise_says_so() {
    let machine = MACHINE.replace("Lost", "Done");
    let folder = Folder::new([
        (
            "aslint.yaml",
            "machines:\n  - path: a.asl.json\n    input: schemas/order.json\n    tasks: {Charge: schemas/charge.json}\n",
        ),
        ("a.asl.json", &machine),
        (
            "schemas/order.json",
            r#"{"type": "object", "properties": {"orderId": {"type": "string", "format": "uuid"}}, "additionalProperties": false}"#,
        ),
        ("schemas/charge.json", "{}"),
    ]);
    let found = |folder: &Folder| folder.aslint("check --format json").json()["diagnostics"].clone();
    let first = found(&folder);
    assert_eq!(first.as_array().expect("a list").len(), 1, "{first}");
    assert_eq!(first[0]["rule"], "absent-field");
    assert_eq!(first[0]["state"], "Charge");
    let notes = first[0]["notes"].to_string();
    assert!(
        notes.contains(
            "this rests on a premise: the input fits `schemas/order.json` (of which `format` did not count for proofs)"
        ),
        "{notes}"
    );
    // The other premise: what the task gives.
    folder.write("schemas/order.json", r#"{"type": "object"}"#);
    folder
        .write("schemas/charge.json", "type: object\nadditionalProperties: false\nproperties: {id: {type: string}}\n");
    folder.write("aslint.yaml", "machines:\n  - path: a.asl.json\n    tasks: {Charge: schemas/charge.yaml}\n");
    folder
        .write("schemas/charge.yaml", "type: object\nadditionalProperties: false\nproperties: {id: {type: string}}\n");
    let second = found(&folder);
    assert_eq!(second.as_array().map(Vec::len), Some(1), "{second}");
    assert_eq!(second[0]["state"], "Ship");
    assert!(second[0]["notes"].to_string().contains("what `Charge` gives fits `schemas/charge.yaml`"), "{second}");
    folder.write("schemas/charge.yaml", "type: object\nproperties: {receipt: {type: string}}\n");
    assert_eq!(found(&folder).as_array().map(Vec::len), Some(0));
}

#[test]
fn nothing_is_checked_with_a_configuration_that_is_wrong() {
    let folder = Folder::new([("a.asl.json", MACHINE), ("list.json", "[]"), ("broken.json", "{\n  \"a\" 1}")]);
    for (text, told) in [
        ("rulez: {}", "did you mean `rules`?"),
        ("rules: {dangling-targets: off}", "did you mean `dangling-target`?"),
        ("machines: [{path: a.asl.json, input: none.json}]", "no such file or folder"),
        ("machines: [{path: a.asl.json, input: list.json}]", "the file holds no JSON Schema"),
        ("machines: [{path: a.asl.json, tasks: {A: broken.json}}]", "line 2, column"),
        ("rules: {", "aslint.yaml"),
    ] {
        folder.write("aslint.yaml", text);
        let run = folder.aslint("check");
        assert_eq!(run.code, 2, "{text}");
        assert_eq!(run.stdout, "", "{text}");
        assert!(run.stderr.contains(told), "{text}: {}", run.stderr);
        assert!(
            run.stderr.contains("aslint.yaml: nothing is checked until this configuration can be read"),
            "{}",
            run.stderr
        );
    }
    let run = folder.aslint("check --config missing.yaml");
    assert_eq!((run.code, run.stderr.trim_end()), (2, "aslint: missing.yaml: no such file or folder"));
}

/// The schema for editors takes what the reader takes, but for what only the reader knows: names of rules, patterns, files.
#[test]
fn the_schema_of_configurations_agrees_with_the_reader() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/config.json")).expect("a schema");
    jsonschema::meta::validate(&schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = Folder::new([("s.json", "{}")]);
    for (text, is_taken) in [
        ("{}", true),
        ("null", true),
        (r#"{"rules": {"graph": "off", "endless-loop": "info"}}"#, true),
        (r#"{"rules": {"graph": "of"}}"#, false),
        (r#"{"rules": []}"#, false),
        (r#"{"include": "a", "exclude": ["a", "b"]}"#, true),
        (r#"{"include": [1]}"#, false),
        (r#"{"machines": [{"path": "a", "type": "express", "input": "s.json", "tasks": {"A": "s.json"}}]}"#, true),
        (r#"{"machines": [{"type": "express"}]}"#, false),
        (r#"{"machines": [{"path": "a", "type": "EXPRESS"}]}"#, false),
        (r#"{"machines": [{"path": "a", "typ": "express"}]}"#, false),
        (r#"{"ignore": [{"rule": "graph", "reason": "x", "path": ["a"], "state": "A"}]}"#, true),
        (r#"{"ignore": [{"rule": "graph"}]}"#, false),
        (r#"{"ignore": [{"rule": "graph", "reason": " "}]}"#, false),
        (r#"{"ignore": [{"rule": "graph", "reason": "x", "state": 1}]}"#, false),
        (r#"{"other": 1}"#, false),
        ("[]", false),
    ] {
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(validator.is_valid(&value), is_taken, "schema: {text}");
        folder.write("aslint.yaml", text);
        assert_eq!(folder.aslint("check").code, if is_taken { 0 } else { 2 }, "reader: {text}");
    }
}

#[test]
fn what_applies_is_shown_with_who_says_so() {
    let folder = Folder::new([
        (
            "flows/aslint.yaml",
            "rules:\n  graph: off\n  style: info\nmachines:\n  - path: '*.asl.json'\n    type: express\n",
        ),
        ("flows/a.asl.json", MACHINE),
    ]);
    for asked in ["flows/a.asl.json", "flows/none.asl.json", "flows"] {
        let run = folder.run(["config", asked]);
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert_eq!(lines[0].starts_with("flows/"), run.code == 0, "{run:?}");
        assert_eq!(lines[1], "  configuration  flows/aslint.yaml", "{asked}");
        assert!(lines.contains(&"  type           express  (flows/aslint.yaml:6)"), "{lines:?}");
        assert!(
            lines.contains(&"  rule           dangling-target: off (as all of graph)  (flows/aslint.yaml:2)"),
            "{lines:?}"
        );
    }
    let json = folder.run(["config", "--format", "json", "flows"]).json();
    assert_eq!((&json["file"], &json["looked_at"]), (&"flows/*.asl.json".into(), &true.into()));
}
