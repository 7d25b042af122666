//! Findings that somebody has answered for: by a comment, in the configuration, by a baseline; and what is said when an answer is
//! no longer needed.

use std::fs;

use serde_json::Value;

use super::folder::{Folder, Run};

/// A state that leads round and round, with a place for a comment in it and in the machine.
fn json(machine: &str, state: &str) -> String {
    format!(
        r#"{{{machine} "StartAt": "Mode", "States": {{
  "Mode": {{"Type": "Choice", "Choices": [{{"Variable": "$.serve", "BooleanEquals": true, "Next": "Serve"}}], "Default": "Done"}},
  "Serve": {{{state} "Type": "Wait", "Seconds": 60, "Next": "Serve"}},
  "Done": {{"Type": "Succeed"}}}}}}"#
    )
}

fn yaml(machine: &str, state: &str) -> String {
    format!(
        "{machine}StartAt: Mode\nStates:\n  Mode:\n    Type: Choice\n    Choices: [{{Variable: $.serve, BooleanEquals: true, Next: Serve}}]\n    \
         Default: Done\n  Serve:\n    Type: Wait\n{state}    Seconds: 60\n    Next: Serve\n  Done: {{Type: Succeed}}\n"
    )
}

fn rules(run: &Run) -> Vec<String> {
    let report = run.json();
    let found = report["diagnostics"].as_array().expect("findings").iter();
    found.map(|found| found["rule"].as_str().expect("a rule").to_owned()).collect()
}

#[test]
fn comments_answer_for_findings() {
    let why = "aslint: ignore[endless-loop] it is a server";
    for (name, text) in [
        ("a.asl.json", json("", &format!("\"Comment\": \"Serves. {why}\","))),
        ("b.asl.json", json(&format!("\"Comment\": \"{why}\","), "")),
        ("c.asl.json", json("", "\"Comment\": \"aslint: ignore[graph] it is a server\",")),
        ("d.asl.yaml", yaml("", &format!("    # {why}\n"))),
        ("e.asl.yaml", yaml(&format!("# {why}\n"), "")),
        ("f.asl.yaml", yaml("", &format!("    Comment: '{why}'\n"))),
    ] {
        let folder = Folder::new([(name, text.as_str())]);
        let run = folder.run(["check", "--format", "json", name]);
        assert_eq!((run.code, rules(&run)), (0, vec![]), "{name}");
        let shown = folder.run(["check", "--format", "json", "--show-suppressed", name]).json();
        let suppressed = &shown["diagnostics"][0]["suppressed"];
        assert_eq!((&suppressed["by"], &suppressed["reason"]), (&"comment".into(), &"it is a server".into()), "{name}");
        let log = folder.run(["check", "--format", "sarif", name]).json();
        let suppression = &log["runs"][0]["results"][0]["suppressions"][0];
        assert_eq!(
            (&suppression["kind"], &suppression["justification"]),
            (&"inSource".into(), &"it is a server".into())
        );
        assert_eq!(folder.run(["check", "--fail-on", "info", name]).code, 0);
    }
}

#[test]
fn what_does_not_answer_is_a_finding() {
    for (state, expected) in [
        ("aslint: ignore[endless-loop]", vec!["malformed-suppression", "endless-loop"]),
        ("aslint: ignore[endless-lop] why", vec!["malformed-suppression", "endless-loop"]),
        ("aslint: ignore why", vec!["malformed-suppression", "endless-loop"]),
        ("aslint: ignore[endless-loop, dangling-target] why", vec!["unused-suppression"]),
        ("aslint: ignore[dangling-target] why", vec!["unused-suppression", "endless-loop"]),
        // Nobody answers for an answer.
        ("aslint: ignore[endless-loop, unused-suppression] why", vec!["unused-suppression"]),
    ] {
        let folder = Folder::new([("a.asl.json", json("", &format!("\"Comment\": \"{state}\",")).as_str())]);
        let run = folder.run(["check", "--format", "json", "a.asl.json"]);
        let mut found = rules(&run);
        let mut expected = expected;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!((run.code, found), (1, expected.iter().map(|&rule| rule.to_owned()).collect()), "{state}");
    }
    // Of another state it does not answer; and what is not asked may be needed the next time.
    let elsewhere = json("", "")
        .replace("\"Type\": \"Succeed\"", "\"Comment\": \"aslint: ignore[endless-loop] x\", \"Type\": \"Succeed\"");
    let folder = Folder::new([("a.asl.json", elsewhere.as_str())]);
    let found = rules(&folder.aslint("check --format json"));
    assert_eq!(found, ["endless-loop", "unused-suppression"]);
    let found = rules(&folder.aslint("check --format json --ignore endless-loop"));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn entries_of_the_configuration_that_nothing_needs_are_found() {
    let config = "ignore:\n- {rule: endless-loop, state: Serve, reason: it is a server}\n\
                  - {rule: dangling-target, path: flows/a.asl.json, reason: not yet}\n- {rule: style, reason: ours}\n";
    let text = json("", "");
    let folder = Folder::new([("aslint.yaml", config), ("flows/a.asl.json", &text), ("b.asl.json", &text)]);
    let place = |run: &Run| -> Vec<String> {
        let report = run.json();
        let found = report["diagnostics"].as_array().expect("findings").iter();
        found
            .map(|found| format!("{}:{}", found["file"].as_str().unwrap_or_default(), found["range"]["start"]["line"]))
            .collect()
    };
    let whole = folder.aslint("check --format json");
    assert_eq!((whole.code, place(&whole)), (1, vec!["aslint.yaml:3".to_owned(), "aslint.yaml:4".to_owned()]));
    assert_eq!(rules(&whole), ["unused-suppression", "unused-suppression"]);
    // Of a part of the files only the entry that is about one of them alone is known to be needless.
    let part = folder.aslint("check --format json flows/a.asl.json");
    assert_eq!(place(&part), ["aslint.yaml:3"]);
    assert_eq!(place(&folder.aslint("check --format json b.asl.json")), [""; 0]);
    assert_eq!(place(&folder.aslint("check --format json --ignore unused-suppression")), [""; 0]);
    let log = folder.aslint("check --format sarif").json();
    let results = log["runs"][0]["results"].as_array().expect("results");
    let of_config = results.iter().find(|result| result["ruleId"] == "unused-suppression").expect("one");
    assert_eq!(of_config["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "aslint.yaml");
}

#[test]
fn a_baseline_leaves_what_is_new() {
    let text = json("", "");
    let folder = Folder::new([("repo/.git/HEAD", ""), ("repo/flows/a.asl.json", &text), ("repo/b.asl.json", &text)]);
    let aslint = |line: &str| {
        let mut command = folder.command(line.split(' '));
        Run::of(command.current_dir(folder.0.join("repo")))
    };
    assert_eq!(aslint("check").code, 1);
    let run = aslint("check --write-baseline known.json --format json");
    assert_eq!((run.code, run.stderr.as_str()), (0, "aslint: known.json: 2 findings written\n"));
    assert!(rules(&run).is_empty());
    let run = aslint("check --write-baseline one.json b.asl.json");
    assert_eq!(run.stderr, "aslint: one.json: 1 finding written\n");
    assert_eq!(run.stdout, "no findings in 1 state machine (not shown: 1 in the baseline)\n");
    let known = fs::read_to_string(folder.0.join("repo/known.json")).expect("a baseline");
    aslint("check --write-baseline again.json --threads 1 ./flows/../flows b.asl.json");
    assert_eq!(fs::read_to_string(folder.0.join("repo/again.json")).expect("a baseline"), known);
    assert!(
        known.lines().count() == 4 && known.contains("\"file\":\"flows/a.asl.json\",\"rule\":\"endless-loop\""),
        "{known}"
    );

    for line in ["check --baseline known.json", "check --baseline known.json b.asl.json flows"] {
        assert_eq!(aslint(line).code, 0, "{line}");
    }
    // Formatted anew, rewritten in YAML and moved.
    let write = |name: &str, text: &str| folder.write(format!("repo/{name}"), text);
    write("b.asl.json", &text.replace('\n', ""));
    fs::remove_file(folder.0.join("repo/flows/a.asl.json")).expect("it was there");
    write("flows/new/a.asl.yaml", &yaml("", ""));
    assert_eq!(aslint("check --baseline known.json").code, 0);
    // Something new in it, and one gone.
    write(
        "b.asl.json",
        &text
            .replace("\"Default\": \"Done\"", "\"Default\": \"Dome\"")
            .replace("Next\": \"Serve\"}", "Next\": \"Done\"}"),
    );
    let run = aslint("check --baseline known.json --format json -v");
    assert!(rules(&run).contains(&"dangling-target".to_owned()) && run.code == 1, "{run:?}");
    assert!(!rules(&run).contains(&"endless-loop".to_owned()) || run.stderr.is_empty(), "{run:?}");
    write("b.asl.json", &text.replace("\"Next\": \"Serve\"},\n  \"Done", "\"Next\": \"Done\"},\n  \"Done"));
    let run = aslint("check --baseline known.json -v");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stderr, "aslint: b.asl.json: endless-loop in `Serve` is in the baseline and no longer found\n");
    assert_eq!(aslint("check --baseline known.json").stderr, "");

    for (text, reason) in [("{", "this is no baseline"), ("{\"version\":9,\"findings\":[]}", "version 9")] {
        write("bad.json", text);
        let run = aslint("check --baseline bad.json --format json");
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.lines().count()), (2, "", 1), "{run:?}");
        assert!(run.stderr.starts_with("aslint: bad.json: ") && run.stderr.contains(reason), "{run:?}");
    }
    assert_eq!(aslint("check --baseline missing.json").code, 2);
    assert_eq!(aslint("check --write-baseline no/such/folder.json").code, 2);
    assert_eq!(aslint("check --baseline known.json --write-baseline known.json").code, 2);
}

#[test]
fn what_applies_to_a_file_is_shown() {
    let config = "rules: {style: off, endless-loop: error}\nexclude: gen/\nmachines:\n- {path: flows/, type: express, input: in.json}\n\
                  ignore:\n- {rule: graph, state: Serve, reason: it is a server}\n";
    let folder =
        Folder::new([("aslint.yaml", config), ("in.json", "{}"), ("flows/x/.keep", ""), ("repo/.git/HEAD", "")]);
    let shown = folder.aslint("config flows/x/a.asl.json");
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    for line in [
        "  configuration  aslint.yaml\n",
        "  looked at      yes\n",
        "  type           express  (aslint.yaml:4)\n",
        "  input          in.json  (aslint.yaml:4)\n",
        "  rule           endless-loop: error  (aslint.yaml:1)\n",
        "  rule           similar-state-name: off (as all of style)\n",
        "  ignored        graph in `Serve`: it is a server  (aslint.yaml:6)\n",
    ] {
        let is_style = !line.contains("similar") || shown.stdout.contains("off (as all of style)  (aslint.yaml:1)\n");
        assert!(shown.stdout.contains(line) || line.contains("similar") && is_style, "{line} in {}", shown.stdout);
    }
    assert!(folder.aslint("config gen/a.asl.json").stdout.contains("looked at      no"));
    assert!(folder.aslint("config repo/a.asl.json").stdout.contains("configuration  none"));
    assert!(folder.aslint("config --isolated flows/a.asl.json").stdout.contains("configuration  none"));
    let json = folder.aslint("config flows/a.asl.json --format json").json();
    assert_eq!((&json["configuration"], &json["looked_at"]), (&Value::from("aslint.yaml"), &Value::from(true)));
    folder.write("aslint.yaml", "rules: 3");
    let wrong = folder.aslint("config flows/a.asl.json");
    assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""));
    assert!(wrong.stderr.contains("`rules` is names with values"), "{wrong:?}");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let folder = Folder::new([]);
    for (line, word) in [("man", "completions"), ("man check", "fail\\-on"), ("man prove", "budget")] {
        let page = folder.aslint(line);
        assert_eq!((page.code, page.stderr.as_str()), (0, ""));
        assert!(page.stdout.contains(".TH ") && page.stdout.contains(word), "{line}: {}", page.stdout);
    }
    assert_eq!(folder.aslint("man chekc").code, 2);
}

#[test]
fn proofs_take_answers_too() {
    let text = r#"{"StartAt": "C", "States": {
  "C": {"Comment": "aslint: ignore[dead-choice-rule, choice-not-exhaustive] the front end sees to it", "Type": "Choice", "Choices": [
    {"Variable": "$.n", "NumericGreaterThan": 1, "Next": "D"},
    {"Variable": "$.n", "NumericGreaterThan": 5, "Next": "E"}]},
  "D": {"Type": "Succeed"}, "E": {"Type": "Succeed"}}}"#;
    let folder = Folder::new([("a.asl.json", text)]);
    for format in ["pretty", "json", "sarif", "concise"] {
        assert_eq!(folder.run(["prove", "--format", format]).code, 0, "{format}");
        assert_eq!(folder.run(["prove", "--format", format, "--fail-on", "info"]).code, 1, "{format}");
    }
    let log = folder.aslint("prove --format sarif").json();
    let results = log["runs"][0]["results"].as_array().expect("results").iter();
    let suppressed = results.filter(|result| result["suppressions"][0]["justification"] == "the front end sees to it");
    assert_eq!(suppressed.count(), 2);
    folder.write("aslint.yaml", "ignore: [{rule: choice-may-fail, reason: it is there}]\n");
    assert_eq!(folder.aslint("prove --fail-on info").code, 0);
}
