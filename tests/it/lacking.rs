//! Ways on which a field is not there, as the machine itself makes them.

use aslint::analysis::{Analysis, MachineType};
use aslint::asl::lower;
use aslint::flow::lacking::lacking;
use aslint::source::{Document, Source};
use aslint::syntax::{Format, parse};

/// Each way on which a read finds nothing: what is read, the state that is left, how.
fn told(language: &str, states: &str) -> String {
    let text = format!(r#"{{"StartAt": "A", "QueryLanguage": "{language}", "States": {{{states}}}}}"#);
    let tree = parse(&text.as_str().into(), Format::Json);
    assert!(tree.errors().is_empty(), "{:?}\n{text}", tree.errors());
    let machine = lower(tree.root());
    let source = Source::machine("lacking", "", Format::Json);
    let document = Document { source: &source, root: machine.node, name: "", number: 0 };
    let cx = Analysis::new(document, &machine, MachineType::Standard);
    let shapes = cx.shapes();
    let found = lacking(&machine, cx.graph(), cx.expressions(), shapes);
    let word = |one: &aslint::flow::lacking::Lacking| {
        let name = one.span.of(shapes.reads()[one.read].node.content());
        let others: Vec<&str> = one.others.iter().map(|&(from, _)| machine.state(from).name()).collect();
        format!("{name}: {} {:?} [{}]", machine.state(one.from).name(), one.edge, others.join(" "))
    };
    found.iter().map(word).collect::<Vec<_>>().join("; ")
}

#[test]
fn ways_that_lack_a_field_are_found() {
    const CALL: &str = r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke""#;
    const IF: &str =
        r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.k", "IsNull": true, "Next": "B"}], "Default": "C"}"#;
    let caught = r#""Catch": [{"ErrorEquals": ["States.ALL"], "Next": "R"}]"#;
    let read = r#""R": {"Type": "Pass", "InputPath": "$.x", "End": true}"#;
    let both = format!(
        r#"{IF}, "B": {{"Type": "Pass", "Result": {{"x": 1}}, "Next": "J"}}, "C": {{"Type": "Pass", "Result": {{"y": 1}}, "Next": "J"}}"#
    );
    for (states, expected) in [
        (format!(r#""A": {{{CALL}, "ResultPath": "$.r", {caught}, "Next": "R"}}, {read}"#), "x: A Catch(0) []"),
        // The input of the execution may have it, or lack it.
        (
            r#""A": {"Type": "Pass", "Next": "R"}, "R": {"Type": "Pass", "InputPath": "$.x", "End": true}"#.to_owned(),
            "",
        ),
        // Handed on by what writes elsewhere, waits, or does nothing.
        (
            format!(
                r#"{both}, "J": {{{CALL}, "ResultPath": "$.z", "Next": "W"}}, "W": {{"Type": "Wait", "Seconds": 1, "Next": "R"}}, {read}"#
            ),
            "x: C Next [B]",
        ),
        // It may be written there.
        (format!(r#"{both}, "J": {{{CALL}, "ResultPath": "$.x", "Next": "R"}}, {read}"#), ""),
        // Another document altogether.
        (format!(r#"{both}, "J": {{{CALL}, "Next": "R"}}, {read}"#), ""),
        // A rule may let only those through that have it.
        (
            format!(
                r#"{both}, "J": {{"Type": "Choice", "Choices": [{{"Variable": "$.y", "IsPresent": true, "Next": "D"}}], "Default": "R"}}, "D": {{"Type": "Succeed"}}, {read}"#
            ),
            "",
        ),
        // Asked for, or read by a search, which may find nothing.
        (
            format!(
                r#"{both}, "J": {{"Type": "Choice", "Choices": [{{"Variable": "$.x", "IsPresent": true, "Next": "D"}}], "Default": "D"}}, "D": {{"Type": "Succeed"}}"#
            ),
            "",
        ),
        (format!(r#"{both}, "J": {{"Type": "Pass", "Parameters": {{"x.$": "$..x"}}, "End": true}}"#), ""),
        // Nobody comes by a way that is not known.
        (format!(r#"{both}, "J": {{"Type": "Pass", "InputPath": "$.x", "Next": "${{n}}"}}"#), ""),
        (
            format!(
                r#"{both}, "J": {{"Type": "Pass", "Parameters": {{"s.$": "States.Format('{{}}', $.x)"}}, "End": true}}"#
            ),
            "x: C Next [B]",
        ),
    ] {
        assert_eq!(told("JSONPath", &states), expected, "{states}");
    }
    let made = r#""A": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.k %}", "Next": "B"}], "Default": "C"}, "B": {"Type": "Pass", "Output": {"x": 1}, "Next": "R"}, "C": {"Type": "Pass", "Output": {"y": 1}, "Next": "R"}"#;
    for (output, expected) in [
        ("{% $states.input.x %}", "x: C Next [B]"),
        ("{% $exists($states.input.x) %}", ""),
        ("{% $states.input.x ? 1 : 2 %}", ""),
        ("{% {'x': $states.input.x} %}", ""),
    ] {
        let states = format!(r#"{made}, "R": {{"Type": "Pass", "Output": "{output}", "End": true}}"#);
        assert_eq!(told("JSONata", &states), expected, "{output}");
    }
}
