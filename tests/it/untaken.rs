//! What `check` says of what no rule of a Choice takes: an execution that comes with it, and how bad it is.

use super::folder::Folder;

const OF_OTHER_TYPES: &str = "what comes with values of the types that the rules compare is taken";
const LACKING: &str = "this one lacks a value that the rules compare";

/// The severity, the message from `no rule takes the input` on, and the notes of what is said of the Choice `C`.
fn told(language: &str, states: &str) -> Option<(String, String, Vec<String>)> {
    let machine = format!(
        r#"{{{language} "StartAt": "P", "States": {{{states}, "S": {{"Type": "Succeed"}}, "D": {{"Type": "Succeed"}}}}}}"#
    );
    let folder = Folder::new([("m.asl.json", &*machine)]);
    let report = folder.aslint("check --isolated --level info --format json m.asl.json").json();
    let found = report["diagnostics"].as_array().expect("diagnostics");
    let found = found.iter().find(|found| found["rule"] == "choice-not-exhaustive")?;
    let text = |text: &serde_json::Value| text.as_str().expect("text").to_owned();
    let message = text(&found["message"]);
    let message = message.strip_prefix("no rule takes the input ").expect("an input");
    let message = message.strip_suffix(", and there is no `Default`: the execution fails").expect("a Choice");
    let notes = found["notes"].as_array().map(|notes| notes.iter().map(text).collect());
    Some((text(&found["severity"]), message.to_owned(), notes.unwrap_or_default()))
}

/// A Pass, and a Choice behind it.
fn made(pass: &str, rules: &[&str]) -> String {
    let rules: Vec<String> = rules.iter().map(|rule| format!(r#"{{{rule}, "Next": "D"}}"#)).collect();
    let rules = rules.join(", ");
    format!(r#""P": {{"Type": "Pass", {pass}, "Next": "C"}}, "C": {{"Type": "Choice", "Choices": [{rules}]}}"#)
}

/// A Choice that leads to one of two Passes, and a Choice behind them.
fn parted(first: &str, one: &str, other: &str, rules: &[&str]) -> String {
    format!(
        r#""P": {{"Type": "Choice", "Choices": [{{{first}, "Next": "P1"}}], "Default": "P2"}},
        "P1": {{"Type": "Pass", {one}, "Next": "C"}}, {}"#,
        made(other, rules).replacen("\"P\"", "\"P2\"", 1)
    )
}

#[test]
fn an_execution_is_looked_for_that_comes_with_a_value_of_a_type_that_is_compared() {
    let number = r#""Variable": "$.a", "NumericGreaterThan": 0"#;
    let text = r#""Variable": "$.a", "StringEquals": "b""#;
    let rest = r#""Variable": "$['a']", "StringEquals": "b""#;
    let of_x = [number, text].map(|rule| rule.replace("$.a", "$x"));
    let [x_number, x_text] = &of_x;
    let format = r#""Parameters": {"a.$": "States.Format('{}-{}', $.kind, $.n)"}"#;
    let pattern = |text: &str| {
        format!(
            r#""And": [{{"Variable": "$.a", "IsNull": false}}, {{"Variable": "$.a", "StringMatches": "{text}-*"}}]"#
        )
    };
    let is_text = r#""Variable": "$.a", "IsString": true"#;
    let status = |text: &str| format!(r#""Variable": "$.status", "StringEquals": "{text}""#);
    let null = r#""Result": null, "ResultPath": "$.status""#;
    let missing = r#""Result": "MISSING", "ResultPath": "$.status""#;
    let both = r#""And": [{"Variable": "$.a", "StringEquals": "aab"}, {"Variable": "$.a", "IsNull": true}]"#;
    let hash = r#""Parameters": {"a.$": "States.Hash($.s, 'MD5')"}"#;
    let no_a = r#""Parameters": {"a": null}"#;
    let gate = r#""Variable": "$.order", "IsPresent": true"#;
    for (states, severity, input, note) in [
        // A constant is one value, compared as one type or as another.
        (made(r#""Result": {"a": "q"}"#, &[number, text]), "warning", r#"{"a":"q"}"#, None),
        (made(r#""Result": {"a": "q"}"#, &[number, rest]), "warning", r#"{"a":"q"}"#, None),
        (made(r#""Assign": {"x": "q"}"#, &[x_number, x_text]), "warning", r#"with `$x` being `"q"`"#, None),
        (made(format, &[&pattern("order"), &pattern("item")]), "warning", r#"-"#, None),
        (made(r#""Parameters": {"a.$": "States.Format('a-{}a', $.p)"}"#, &[both]), "warning", r#"{"a":"a-"#, None),
        // Of the ways to the Choice one brings it.
        (
            parted(is_text, r#""ResultPath": "$.b""#, r#""Result": {"a": 1}"#, &[number, text]),
            "warning",
            r#"{"a":""#,
            None,
        ),
        (
            parted(gate, null, missing, &[&status("PAID"), &status("FAILED")]),
            "warning",
            r#"{"status":"MISSING"}"#,
            None,
        ),
        // None does, and that is proved.
        (made(r#""Result": {"a": true}"#, &[number, text]), "info", r#"{"a":true}"#, Some(OF_OTHER_TYPES)),
        (
            parted(gate, null, r#""Result": {"status": "PAID"}"#, &[&status("PAID")]),
            "info",
            r#""status":null"#,
            Some(OF_OTHER_TYPES),
        ),
        // Whether one does is not known.
        (
            parted(gate, no_a, hash, &[r#""Variable": "$.a", "StringGreaterThan": "!""#]),
            "info",
            r#"{"a":null}"#,
            Some(LACKING),
        ),
    ] {
        let Some((found, message, notes)) = told("", &states) else { panic!("nothing is said of {states}") };
        assert_eq!((&*found, message.contains(input)), (severity, true), "{message}: {states}");
        assert_eq!(notes.len(), usize::from(note.is_some()), "{notes:?}: {states}");
        assert!(note.is_none_or(|note| notes[0].starts_with(note)), "{notes:?}: {states}");
    }
    for states in [
        made(r#""Result": {"a": "b"}"#, &[number, text]),
        parted(gate, missing, missing, &[&status("PAID"), &status("MISSING")]),
    ] {
        assert_eq!(told("", &states), None, "{states}");
    }
}

#[test]
fn an_execution_of_jsonata_is_looked_for_too() {
    let language = r#""QueryLanguage": "JSONata","#;
    let rules = [r#""Condition": "{% $states.input.a = 5 %}""#, r#""Condition": "{% $states.input.a = 'k-1' %}""#];
    for (pass, severity, input) in [
        (r#""Output": {"a": "{% 'k-' & $string($states.input.n) %}"}"#, "warning", r#"{"a":"k-"#),
        (r#""Output": {"a": "q"}"#, "warning", r#"{"a":"q"}"#),
        (r#""Output": {"a": true}"#, "info", r#"{"a":true}"#),
    ] {
        let Some((found, message, _)) = told(language, &made(pass, &rules)) else { panic!("nothing is said: {pass}") };
        assert_eq!((&*found, message.contains(input)), (severity, true), "{message}: {pass}");
    }
}
