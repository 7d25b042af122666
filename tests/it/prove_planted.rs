//! Machines with something dead planted in them: what happens before excludes it. Five variants of each kind, each with the reason.

use aslint::symex::{Because, Goal, Verdict};

use super::prove_sound::{verdicts, with_proof};

const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;

/// A machine of these states, with two ends; its Choice `C` has the rule and a `Default`.
fn machine(before: &str, rule: &str) -> String {
    let before = before.replace("TASK", TASK);
    format!(
        r#"{{"StartAt": "A", "States": {{{before},
        "C": {{"Type": "Choice", "Choices": [{{{rule}, "Next": "Yes"}}], "Default": "No"}},
        "Yes": {{"Type": "Succeed"}}, "No": {{"Type": "Succeed"}}}}}}"#
    )
}

/// The only rule of `C` is dead, for this reason; `Default` is taken, and `Yes` is dead with it.
fn plant(before: &str, rule: &str, expected: &str) {
    let text = machine(before, rule);
    with_proof(&text, |machine, proof| {
        let id = |name: &str| machine.states.iter().find(|state| state.name() == name).expect("a state").id;
        let of = |goal: Goal| verdicts(proof).into_iter().find(|(of, _)| *of == goal).expect("a verdict").1.clone();
        match of(Goal::Rule(id("C"), 0)) {
            Verdict::Dead(Because::Before(why)) => assert_eq!(why, expected, "{text}"),
            other => panic!("{other:?}\n{text}"),
        }
        assert!(matches!(of(Goal::Default(id("C"))), Verdict::Reachable(_)), "{text}");
        match of(Goal::State(id("Yes"))) {
            Verdict::Dead(Because::Before(why)) => assert_eq!(why, "the only way to it is dead: rule 0 of `C`"),
            other => panic!("{other:?}\n{text}"),
        }
    });
}

#[test]
fn what_is_always_so_is_told_as_narrowly_as_the_constants_allow() {
    let first = |tests: &[&str]| {
        let tests: Vec<String> = tests.iter().map(|test| format!(r#"{{"Variable": "$.n", {test}}}"#)).collect();
        format!(
            r#""A": {{"Type": "Choice", "Choices": [{{"And": [{}], "Next": "C"}}], "Default": "No"}}"#,
            tests.join(", ")
        )
    };
    let (above, below) = (r#""NumericGreaterThan": 3"#, r#""NumericLessThanEquals": 10"#);
    let not = |test: &str| {
        format!(
            r#""A": {{"Type": "Choice", "Choices": [{{"And": [{{"Variable": "$.n", "IsString": true}},
                {{"Not": {{"Variable": "$.n", {test}}}}}], "Next": "C"}}], "Default": "No"}}"#
        )
    };
    let one_of = r#""A": {"Type": "Choice", "Choices": [{"Or": [{"Variable": "$.n", "StringEquals": "b"},
        {"Variable": "$.n", "StringEquals": "a"}], "Next": "C"}], "Default": "No"}"#;
    for (before, rule, fact) in [
        (first(&[above]), r#""NumericEquals": 3"#, "a number above 3"),
        (first(&[above, below]), r#""NumericEquals": 11"#, "a number above 3 and at most 10"),
        (
            first(&[r#""NumericGreaterThanEquals": 3"#, r#""NumericLessThan": 10"#]),
            r#""NumericEquals": 10"#,
            "a number at least 3 and below 10",
        ),
        (first(&[r#""NumericEquals": 3"#]), r#""NumericGreaterThan": 7"#, "3"),
        (one_of.to_owned(), r#""StringEquals": "c""#, r#""a" or "b""#),
        (not(r#""StringEquals": "c""#), r#""StringEquals": "c""#, r#"a string other than "c""#),
    ] {
        plant(&before, &format!(r#""Variable": "$.n", {rule}"#), &always(&format!("`$.n` is always {fact}")));
    }
}

/// Words for what is always so.
fn always(fact: &str) -> String {
    format!("excluded by what happened before: {fact} here")
}

#[test]
fn the_type_is_excluded_by_an_earlier_state() {
    let first = |test: &str| {
        format!(
            r#""A": {{"Type": "Choice", "Choices": [{{"Variable": "$.n", {test}, "Next": "C"}}], "Default": "No"}}"#
        )
    };
    for (before, rule, fact) in [
        (first(r#""IsString": true"#), r#""Variable": "$.n", "NumericEquals": 4"#, "`$.n` is always a string"),
        (first(r#""IsNumeric": true"#), r#""Variable": "$.n", "StringMatches": "a*""#, "`$.n` is always a number"),
        (
            first(r#""NumericGreaterThan": 3"#),
            r#""Variable": "$.n", "NumericLessThan": 2"#,
            "`$.n` is always a number above 3",
        ),
        (first(r#""BooleanEquals": true"#), r#""Variable": "$.n", "IsString": true"#, "`$.n` is always true"),
        (first(r#""IsNull": true"#), r#""Variable": "$.n", "IsTimestamp": true"#, "`$.n` is always null"),
    ] {
        plant(&before, rule, &always(fact));
    }
}

#[test]
fn a_constant_of_a_pass_excludes_it() {
    for (before, rule, fact) in [
        (
            r#""A": {"Type": "Pass", "Result": {"k": "a"}, "Next": "C"}"#,
            r#""Variable": "$.k", "StringEquals": "b""#,
            "`$.k` is always \"a\"",
        ),
        (
            r#""A": {"Type": "Pass", "Result": 1, "ResultPath": "$.n", "Next": "C"}"#,
            r#""Variable": "$.n", "NumericGreaterThan": 5"#,
            "`$.n` is always 1",
        ),
        (
            r#""A": {"Type": "Pass", "Parameters": {"deep": {"flag": false}, "x.$": "$.x"}, "Next": "C"}"#,
            r#""Variable": "$.deep.flag", "BooleanEquals": true"#,
            "`$.deep.flag` is always false",
        ),
        (
            r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsString": true, "Next": "P"}], "Default": "Q"},
               "P": {"Type": "Pass", "Result": "one", "ResultPath": "$.k", "Next": "T"},
               "Q": {"Type": "Pass", "Result": "two", "ResultPath": "$.k", "Next": "T"},
               "T": {TASK, "ResultPath": "$.t", "Next": "C"}"#,
            r#""Variable": "$.k", "StringEquals": "three""#,
            "`$.k` is always \"one\" or \"two\"",
        ),
        (
            r#""A": {"Type": "Pass", "Result": {"k": "a"}, "Next": "B"},
               "B": {"Type": "Parallel", "Branches": [
                   {"StartAt": "B1", "States": {"B1": {"Type": "Pass", "OutputPath": "$.k", "End": true}}},
                   {"StartAt": "B2", "States": {"B2": {TASK, "End": true}}}], "Next": "C"}"#,
            r#""Variable": "$[0]", "StringEquals": "b""#,
            "`$[0]` is always \"a\"",
        ),
        (
            r#""A": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd(1, 2)"}, "Next": "C"}"#,
            r#""Variable": "$.n", "NumericEquals": 4"#,
            "`$.n` is always 3",
        ),
        (
            r#""A": {"Type": "Pass", "Parameters": {"n.$": "States.ArrayLength(States.Array($.a, 2))"}, "Next": "C"}"#,
            r#""Variable": "$.n", "NumericGreaterThan": 2"#,
            "`$.n` is always 2",
        ),
    ] {
        plant(before, rule, &always(fact));
    }
}

#[test]
fn the_value_of_a_variable_excludes_it() {
    for (before, rule, fact) in [
        (
            r#""A": {"Type": "Pass", "Assign": {"v": 3}, "Next": "C"}"#,
            r#""Variable": "$v", "NumericEquals": 4"#,
            "`$v` is always 3",
        ),
        (
            r#""A": {"Type": "Pass", "Assign": {"v": {"mode": "fast"}}, "Next": "T"}, "T": {TASK, "Next": "C"}"#,
            r#""Variable": "$v.mode", "StringEquals": "slow""#,
            "`$v.mode` is always \"fast\"",
        ),
        (
            r#""A": {"Type": "Pass", "Assign": {"v": true}, "Next": "B"},
               "B": {"Type": "Pass", "Assign": {"w.$": "$v"}, "Next": "C"}"#,
            r#""Variable": "$w", "BooleanEquals": false"#,
            "`$w` is always true",
        ),
        (
            r#""A": {TASK, "Assign": {"v": "went"}, "Catch": [{"ErrorEquals": ["E"], "Assign": {"v": "failed"}, "Next": "C"}], "Next": "C"}"#,
            r#""Variable": "$v", "StringEquals": "other""#,
            "`$v` is always \"failed\" or \"went\"",
        ),
        (
            r#""A": {"Type": "Pass", "Assign": {"limit": 10, "n": 0}, "Next": "T"},
               "T": {TASK, "Assign": {"n.$": "$.n"}, "Next": "L"},
               "L": {"Type": "Choice", "Choices": [{"Variable": "$n", "NumericLessThan": 5, "Next": "T"}], "Default": "C"}"#,
            r#""Variable": "$limit", "NumericGreaterThan": 10"#,
            "`$limit` is always 10",
        ),
    ] {
        plant(before, rule, &always(fact));
    }
}

#[test]
fn the_shape_of_a_catcher_excludes_it() {
    for (catcher, rule, fact) in [
        (
            r#""ErrorEquals": ["States.ALL"]"#,
            r#""Variable": "$.Code", "IsPresent": true"#,
            "`$.Code` is always missing",
        ),
        (
            r#""ErrorEquals": ["States.ALL"], "ResultPath": "$.error""#,
            r#""Variable": "$.error.Status", "IsPresent": true"#,
            "`$.error.Status` is always missing",
        ),
        (
            r#""ErrorEquals": ["States.ALL"]"#,
            r#""Variable": "$.Cause", "IsNumeric": true"#,
            "`$.Cause` is always a string",
        ),
        (
            r#""ErrorEquals": ["E1"], "ResultPath": "$.error""#,
            r#""Variable": "$.error.Error", "StringEquals": "E2""#,
            "`$.error.Error` is always \"E1\"",
        ),
        (
            r#""ErrorEquals": ["Known", "Other"]"#,
            r#""Variable": "$.Error", "StringMatches": "States.*""#,
            "`$.Error` is always \"Known\" or \"Other\"",
        ),
    ] {
        let before = format!(r#""A": {{TASK, "Catch": [{{{catcher}, "Next": "C"}}], "Next": "No"}}"#);
        plant(&before, rule, &always(fact));
    }
}

#[test]
fn arrays_of_a_length_are_shown() {
    let before = r#""A": {"Type": "Pass", "Parameters": {"n.$": "States.ArrayLength($.list)"}, "Next": "C"}"#;
    for (rule, has_rule) in [
        (r#""Variable": "$.n", "NumericEquals": 0"#, true),
        (r#""Variable": "$.n", "NumericGreaterThan": 1"#, true),
        (r#""Variable": "$.n", "IsString": true"#, false),
    ] {
        let text = machine(before, rule);
        with_proof(&text, |machine, proof| {
            let id = machine.states.iter().find(|state| state.name() == "C").expect("a state").id;
            let of = |goal: Goal| verdicts(proof).into_iter().find(|(of, _)| *of == goal).expect("a verdict").1.clone();
            assert_eq!(matches!(of(Goal::Rule(id, 0)), Verdict::Reachable(_)), has_rule, "{text}");
            assert_eq!(of(Goal::Rule(id, 0)).is_dead(), !has_rule, "{text}");
            assert!(matches!(of(Goal::Default(id)), Verdict::Reachable(_)), "{text}");
        });
    }
}
