use super::*;
use crate::asl::expression::expressions;
use crate::asl::{lower, sites::sites};
use crate::syntax::{Format, parse};

/// The slots of a machine: whose answer, which way, which values.
fn slots(text: &str) -> Vec<String> {
    let tree = parse(&text.into(), Format::Json);
    let machine = lower(tree.root());
    let demand = Demand::new(&machine, &Graph::new(&machine), &expressions(&sites(&machine)));
    let steps = |way: &Way| -> String {
        let step = |step: &Step| match step {
            Step::Member(name) => format!(".{name}"),
            Step::Item(at) => format!("[{at}]"),
            Step::Each => "[*]".to_owned(),
        };
        way.iter().map(step).collect()
    };
    let word = |slot: &Slot| {
        let from = slot.task.map_or("", |task| machine.state(task).name());
        let asked = machine.state(demand.questions[slot.question].state).name();
        format!("{from}{} for {asked}", steps(&slot.way))
    };
    demand.slots.iter().map(word).collect()
}

#[test]
fn questions_are_traced_to_where_values_come_from() {
    let choice = r#""C": {"Type": "Choice", "Choices": [{"Variable": "$.r.n", "NumericEquals": 1, "Next": "E"}], "Default": "E"},
        "E": {"Type": "Succeed"}"#;
    let machine = |start: &str| format!(r#"{{"StartAt": "A", "States": {{"A": {{{start}, "Next": "C"}}, {choice}}}}}"#);
    let task = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;
    for (start, expected) in [
        (task.to_owned(), &["A.r.n for C"][..]),
        (format!(r#"{task}, "ResultPath": "$.r""#), &["A.n for C"]),
        (format!(r#"{task}, "ResultPath": "$.x""#), &[".r.n for C"]),
        (format!(r#"{task}, "ResultPath": null"#), &[".r.n for C"]),
        (
            format!(r#"{task}, "ResultSelector": {{"n.$": "$.Payload.count"}}, "ResultPath": "$.r""#),
            &["A.Payload.count for C", "A.Payload.count for A"],
        ),
        (r#""Type": "Pass", "Parameters": {"r": {"n.$": "$.q"}}"#.to_owned(), &[".q for C", ".q for A"]),
        (r#""Type": "Pass", "Result": {"r": {"n": 1}}"#.to_owned(), &[]),
        (
            r#""Type": "Pass", "QueryLanguage": "JSONata", "Output": {"r": "{% $states.input.z %}"}"#.to_owned(),
            &[".z.n for C", ".z for A"],
        ),
        (
            format!(r#"{task}, "QueryLanguage": "JSONata", "Output": {{"r": {{"n": "{{% $states.result.a %}}"}}}}"#),
            &["A.a for C", "A.a for A"],
        ),
        // What an expression puts together is looked into.
        (
            format!(
                r#"{task}, "QueryLanguage": "JSONata", "Output": "{{% {{'r': {{'n': $states.result.a, 'm': $states.result.b}}}} %}}""#
            ),
            &["A.a for C", "A.a for A", "A.b for A"],
        ),
        (
            format!(
                r#"{task}, "QueryLanguage": "JSONata", "Output": "{{% $merge([$states.input, {{'q': $states.result.a}}]) %}}""#
            ),
            &[".r.n for C", " for A", "A.a for A"],
        ),
        (
            format!(
                r#"{task}, "QueryLanguage": "JSONata", "Output": "{{% $merge([$states.input, {{'r': $states.result}}]) %}}""#
            ),
            &["A.n for C", " for A", "A for A"],
        ),
        (
            format!(
                r#"{task}, "QueryLanguage": "JSONata", "Output": "{{% $states.input.z ? {{'r': $states.input.y}} : $states.result %}}""#
            ),
            &[".y.n for C", "A.r.n for C", ".z for A", ".y for A", "A for A"],
        ),
        (
            format!(
                r#"{task}, "QueryLanguage": "JSONata", "Output": "{{% {{'r': {{'n': $states.result.a + 1}}}} %}}""#
            ),
            &["A.a for C", "A.a for A"],
        ),
    ] {
        let mut found = slots(&machine(&start));
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{start}");
    }
}

#[test]
fn items_and_variables_are_traced() {
    let text = r#"{"StartAt": "M", "States": {
        "M": {"Type": "Map", "ItemsPath": "$.list", "Assign": {"v.$": "$[0].ok"}, "Next": "C",
            "ItemProcessor": {"StartAt": "T", "States": {
                "T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultPath": "$.ok", "Next": "D"},
                "D": {"Type": "Choice", "Choices": [{"Variable": "$.kind", "StringEquals": "a", "Next": "X"}], "Default": "X"},
                "X": {"Type": "Pass", "End": true}}}},
        "C": {"Type": "Choice", "Choices": [{"Variable": "$v", "BooleanEquals": true, "Next": "E"}], "Default": "E"},
        "E": {"Type": "Succeed"}}}"#;
    let found = slots(text);
    for expected in [".list[*].kind for D", "T for C", ".list for M"] {
        assert!(found.iter().any(|slot| slot == expected), "{expected} in {found:?}");
    }
}
