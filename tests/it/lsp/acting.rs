//! What an editor offers to do, and what the text is when it is done.

use aslint::diagnostic::Applicability;
use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::{Format, parse};
use serde_json::{Value, json};

use super::client::{Client, applied, cursor, edits_of, everything};

const URI: &str = "untitled:a";

fn format_of(text: &str) -> Format {
    if text.starts_with('{') { Format::Json } else { Format::Yaml }
}

/// The actions at the cursor, of these kinds.
fn actions(marked: &str, only: &Value) -> (String, Vec<Value>) {
    let (text, position) = cursor(marked);
    let mut client = Client::new();
    client.open(URI, if format_of(&text) == Format::Json { "asl" } else { "asl-yaml" }, &text);
    client.diagnostics(URI);
    let context = if only.is_null() { json!({"diagnostics": []}) } else { json!({"diagnostics": [], "only": only}) };
    let range = json!({"start": position, "end": position});
    let params = json!({"textDocument": {"uri": URI}, "range": range, "context": context});
    let answer = client.request("textDocument/codeAction", params).expect("an answer");
    (text, answer.as_array().expect("a list").clone())
}

/// The text after the action of this title is taken.
fn done(marked: &str, title: &str) -> String {
    let (text, actions) = actions(marked, &Value::Null);
    let titles: Vec<&Value> = actions.iter().map(|action| &action["title"]).collect();
    let action =
        actions.iter().find(|action| action["title"] == title).unwrap_or_else(|| panic!("{title:?} among {titles:?}"));
    let text = applied(&text, edits_of(&action["edit"]));
    let tree = parse(&text.as_str().into(), format_of(&text));
    assert!(tree.errors().is_empty(), "{text}: {:?}", tree.errors());
    text
}

fn rules(text: &str) -> Vec<&'static str> {
    let report = check(&Source::machine("a", text, format_of(text)), &Options::default());
    report.diagnostics.iter().map(|found| found.rule).collect()
}

const SLIPS: &str = r#"{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Pass", "Nxt": "Bee"},
    "B": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "next": "C"},
    "C": {"Type": "Pass", "End": true}
  }
}
"#;

#[test]
fn every_fix_is_an_action() {
    let report = check(&Source::machine("a", SLIPS, Format::Json), &Options::default());
    let mut n_fixes = 0;
    for found in &report.diagnostics {
        let at = found.primary.span.start as usize;
        let (_, actions) = actions(&format!("{}|{}", &SLIPS[..at], &SLIPS[at..]), &json!(["quickfix"]));
        for (i, fix) in found.fixes.iter().enumerate() {
            let action =
                actions.iter().find(|action| action["title"] == fix.title.as_str()).expect("the fix is offered");
            assert_eq!(action["isPreferred"], i == 0 && fix.applicability == Applicability::Safe);
            assert_eq!(action["diagnostics"][0]["code"], found.rule);
            let expected = aslint::text::apply(SLIPS, &fix.edits).expect("edits apply");
            assert_eq!(applied(SLIPS, edits_of(&action["edit"])), expected);
            n_fixes += 1;
        }
    }
    assert!(n_fixes >= 2, "{n_fixes}");
}

#[test]
fn all_safe_fixes_at_once() {
    let marked = SLIPS.replacen('{', "{|", 1);
    let (text, all) = actions(&marked, &json!(["source.fixAll"]));
    let report = check(&Source::machine("a", SLIPS, Format::Json), &Options::default());
    let is_safe = |found: &aslint::diagnostic::Diagnostic| {
        found.fixes.first().is_some_and(|fix| fix.applicability == Applicability::Safe)
    };
    let n_safe = report.diagnostics.iter().filter(|found| is_safe(found)).count();
    assert!(n_safe > 0, "the text has some");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["kind"], "source.fixAll.aslint");
    let fixed = applied(&text, edits_of(&all[0]["edit"]));
    let left = check(&Source::machine("a", fixed.as_str(), Format::Json), &Options::default());
    assert!(!left.diagnostics.iter().any(is_safe), "{fixed}");
    for (only, n) in
        [(json!(["source"]), 1), (json!(["source.fixAll.other"]), 0), (json!(["refactor"]), 0), (json!(["sourc"]), 0)]
    {
        assert_eq!(actions(&marked, &only).1.len(), n, "{only}");
    }
}

#[test]
fn a_finding_is_answered_for_in_its_state() {
    let title = "ignore `dangling-target` in this state, with a reason";
    let comment = "aslint: ignore[dangling-target] say why";
    for (marked, expected) in [
        (
            r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "|B"}, "C": {"Type": "Succeed"}}}"#,
            format!(
                r#"{{"StartAt": "A", "States": {{"A": {{"Comment": "{comment}", "Type": "Pass", "Next": "B"}}, "C": {{"Type": "Succeed"}}}}}}"#
            ),
        ),
        (
            "{\"StartAt\": \"A\", \"States\": {\"A\": {\n\t\"Type\": \"Pass\",\n\t\"Next\": \"|B\"\n}, \"C\": {\"Type\": \"Succeed\"}}}",
            format!(
                "{{\"StartAt\": \"A\", \"States\": {{\"A\": {{\n\t\"Comment\": \"{comment}\",\n\t\"Type\": \"Pass\",\n\t\"Next\": \"B\"\n}}, \"C\": {{\"Type\": \"Succeed\"}}}}}}"
            ),
        ),
        (
            r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "old", "Next": "|B"}, "C": {"Type": "Succeed"}}}"#,
            format!(
                r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Comment": "old {comment}", "Next": "B"}}, "C": {{"Type": "Succeed"}}}}}}"#
            ),
        ),
        (
            "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: |B\n  C: {Type: Succeed}\n",
            format!(
                "StartAt: A\nStates:\n  A:\n    Comment: \"{comment}\"\n    Type: Pass\n    Next: B\n  C: {{Type: Succeed}}\n"
            ),
        ),
    ] {
        assert_eq!(done(marked, title), expected);
    }
    let machine = r#"{"StartAt": "|X", "States": {"A": {"Type": "Succeed"}}}"#;
    assert!(
        done(machine, "ignore `dangling-target` in this machine, with a reason")
            .starts_with(r#"{"Comment": "aslint: "#)
    );
}

#[test]
fn what_is_missing_is_written() {
    for (marked, title, expected) in [
        (
            "{\n  \"StartAt\": \"A\",\n  \"States\": {\n    \"A\": {\n      \"Type\": \"Pass\",\n      \"Next\": \"|B\"\n    },\n    \"C\": {\"Type\": \"Succeed\"}\n  }\n}\n",
            "create the state `B`",
            "{\n  \"StartAt\": \"A\",\n  \"States\": {\n    \"A\": {\n      \"Type\": \"Pass\",\n      \"Next\": \"B\"\n    },\n    \"B\": {\n      \"Type\": \"Pass\",\n      \"End\": true\n    },\n    \"C\": {\"Type\": \"Succeed\"}\n  }\n}\n",
        ),
        (
            r#"{"StartAt": "|A", "States": {}}"#,
            "create the state `A`",
            r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#,
        ),
        (
            "StartAt: A\nStates:\n  A:\n      Type: Pass\n      Next: |B b\n\n  C:\n      Type: Succeed\n",
            "create the state `B b`",
            "StartAt: A\nStates:\n  A:\n      Type: Pass\n      Next: B b\n  B b:\n      Type: Pass\n      End: true\n\n  C:\n      Type: Succeed\n",
        ),
        (
            r#"{"StartAt": "A", "States": {"A": {"Type": "|Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "B"}]}, "B": {"Type": "Succeed"}}}"#,
            "add `Default`, to `B`",
            r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "B"}], "Default": "B"}, "B": {"Type": "Succeed"}}}"#,
        ),
        (
            "StartAt: A\nStates:\n  A:\n    Type: |Task\n    Resource: arn:aws:lambda:us-east-1:123456789012:function:f\n    End: true\n",
            "catch every error, to a new state `A failed`",
            "StartAt: A\nStates:\n  A:\n    Type: Task\n    Resource: arn:aws:lambda:us-east-1:123456789012:function:f\n    End: true\n    Catch: [{\"ErrorEquals\": [\"States.ALL\"], \"ResultPath\": \"$.error\", \"Next\": \"A failed\"}]\n  A failed:\n    Type: Fail\n    Error: Failed\n",
        ),
    ] {
        let text = done(marked, title);
        assert_eq!(text, expected);
        assert!(!rules(&text).contains(&"dangling-target"), "{text}");
    }
    let jsonata = r#"{"StartAt": "A", "QueryLanguage": "JSONata", "States": {"A": {"Type": "Parallel|", "Branches": [], "End": true}, "A failed": {"Type": "Succeed"}}}"#;
    let text = done(jsonata, "catch every error, to a new state `A failed 2`");
    assert!(!text.contains("ResultPath"), "{text}");
}

#[test]
fn a_client_without_literal_actions_gets_none() {
    let mut capabilities = everything();
    capabilities["textDocument"]["codeAction"] = json!({});
    let (mut client, answer) = Client::with(json!({"capabilities": capabilities}));
    assert_eq!(answer["capabilities"]["codeActionProvider"], false);
    client.open(URI, "asl", SLIPS);
    let at = json!({"line": 3, "character": 30});
    let params =
        json!({"textDocument": {"uri": URI}, "range": {"start": at, "end": at}, "context": {"diagnostics": []}});
    assert_eq!(client.request("textDocument/codeAction", params), Ok(json!([])));
}

#[test]
fn hints_and_lenses_are_shown_to_who_wants_them() {
    let text = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Result": {"n": 1}, "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "C"}], "Default": "C"},
        "C": {"Type": "Succeed"}}}"#;
    let asked = |options: Value| {
        let (mut client, _) = Client::with(json!({"capabilities": everything(), "initializationOptions": options}));
        client.open(URI, "asl", text);
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
        let params = json!({"textDocument": {"uri": URI}, "range": range});
        let hints = client.request("textDocument/inlayHint", params.clone()).expect("an answer");
        (hints, client.request("textDocument/codeLens", params).expect("an answer"))
    };
    assert_eq!(asked(json!({})), (json!([]), json!([])), "off by default");
    let (hints, lenses) = asked(json!({"inlayHints": true, "codeLenses": true}));
    assert_eq!(hints[0]["label"], "{n: 1}");
    assert_eq!(hints[0]["position"], json!({"line": 2, "character": 11}));
    let titles: Vec<&str> =
        lenses.as_array().expect("a list").iter().filter_map(|lens| lens["command"]["title"].as_str()).collect();
    assert_eq!(titles[0], "reached from 0 states, and from the start");
    assert!(titles[1].starts_with("reached from 1 state · 1 of 1 rules proved taken"), "{titles:?}");
    assert_eq!(titles[2], "reached from 1 state");
}
