//! Calls of intrinsic functions and items of Maps, held to enumeration: whatever any input of a small domain makes happen is not
//! called dead, and what is called reachable replays.

use std::collections::BTreeSet;

use aslint::asl::MachineType;
use aslint::eval::{Mocks, Value};
use aslint::symex::{Goal, Verdict, replay, replay_with};

use super::mutate::Dice;
use super::prove_sound::{n_machines, verdicts, with_proof};

#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) n_machines: usize,
    pub(super) n_dead: usize,
    pub(super) n_reachable: usize,
    pub(super) n_unknown: usize,
    pub(super) n_not_replayed: usize,
}

/// Executes a machine with every input.
pub(super) fn hold(text: &str, inputs: &[String], figures: &mut Figures) {
    with_proof(text, |machine, proof| {
        figures.n_machines += 1;
        figures.n_not_replayed += proof.n_not_replayed;
        let mut happened = BTreeSet::new();
        for input in inputs {
            let value = Value::from_json(input).expect("JSON");
            let replayed = replay_with(machine, value, &Mocks::new(), MachineType::Standard);
            for (goal, _) in replayed.goals {
                if happened.insert(goal) {
                    let verdict = verdicts(proof).into_iter().find(|(of, _)| *of == goal).expect("a verdict").1;
                    assert!(!verdict.is_dead(), "{goal:?} happens with {input} and is called {verdict:?}\n{text}");
                }
            }
        }
        for (goal, verdict) in verdicts(proof) {
            match verdict {
                Verdict::Dead(_) => figures.n_dead += 1,
                Verdict::Unknown(_) => figures.n_unknown += 1,
                Verdict::Reachable(witness) => {
                    figures.n_reachable += 1;
                    let replayed = replay(machine, witness, MachineType::Standard);
                    assert!(replayed.goals.iter().any(|&(shown, _)| shown == goal), "{goal:?} {witness:?}\n{text}");
                }
            }
        }
    });
}

const VALUES: [&str; 20] = [
    "0",
    "1",
    "2",
    "-1",
    "1.4",
    "1.5",
    "2147483647",
    "\"a\"",
    "\"b\"",
    "\"1\"",
    "\"true\"",
    "\"{\\\"k\\\": 1}\"",
    "\"[1, 2]\"",
    "true",
    "null",
    "[]",
    "[1]",
    "[\"a\", 2, true]",
    "[1, 2, 3, 4, 5]",
    "{\"k\": 1}",
];

const CALLS: [&str; 22] = [
    "States.MathAdd($.x, 1)",
    "States.MathAdd(-2, $.x)",
    "States.MathAdd(States.MathAdd($.x, 1.5), -1)",
    "States.MathAdd($.x, $.y)",
    "States.ArrayLength($.x)",
    "States.MathAdd(States.ArrayLength($.x), 1)",
    "States.ArrayGetItem($.x, 0)",
    "States.ArrayGetItem($.x, 1)",
    "States.ArrayGetItem($.x, $.y)",
    "States.ArrayGetItem(States.Array($.x, 'a', $.y), 1)",
    "States.ArrayLength(States.Array($.x, $.y))",
    "States.ArrayContains(States.Array('a', 'b'), $.x)",
    "States.ArrayContains(States.Array('true', 'a'), $.x)",
    "States.ArrayContains($.x, 'a')",
    "States.StringToJson($.x)",
    "States.ArrayLength(States.StringToJson($.x))",
    "States.Format('{}', $.x)",
    "States.Format('{}-{}', 'a', 'b')",
    "States.JsonMerge($.x, States.StringToJson('{\"k\": 2}'), false)",
    "States.JsonToString($.x)",
    "States.ArrayRange(0, 3, 1)",
    "States.ArrayUnique($.x)",
];

const TESTS: [&str; 16] = [
    r#""NumericEquals": 1"#,
    r#""NumericEquals": 2"#,
    r#""NumericLessThan": 0"#,
    r#""NumericLessThanEquals": 1.5"#,
    r#""NumericGreaterThan": 2"#,
    r#""NumericGreaterThanEquals": 5"#,
    r#""NumericGreaterThan": 2147483647"#,
    r#""StringEquals": "a""#,
    r#""StringEquals": "a-b""#,
    r#""StringMatches": "*1*""#,
    r#""BooleanEquals": true"#,
    r#""BooleanEquals": false"#,
    r#""IsNumeric": true"#,
    r#""IsString": true"#,
    r#""IsNull": true"#,
    r#""IsPresent": true"#,
];

fn variable(dice: &mut Dice) -> &'static str {
    dice.pick(&["$.r", "$.r", "$.r", "$.r.k", "$.r[0]", "$.r[1]"])
}

/// The states of a Choice `name` with some rules, and what they lead to.
fn choice(name: &str, end: &str, dice: &mut Dice, mut variable: impl FnMut(&mut Dice) -> &'static str) -> String {
    let rules: Vec<String> = (0..=dice.below(2))
        .map(|number| {
            let [one, other] = [(); 2].map(|()| format!(r#""Variable": "{}", {}"#, variable(dice), dice.pick(&TESTS)));
            let rule = match dice.below(4) {
                0 => format!(r#""And": [{{{one}}}, {{{other}}}]"#),
                1 => format!(r#""Not": {{{one}}}"#),
                _ => one,
            };
            format!(r#"{{{rule}, "Next": "{name}{number}"}}"#)
        })
        .collect();
    format!(
        r#""{name}": {{"Type": "Choice", "Choices": [{}], "Default": "{name}2"}},
        "{name}0": {{"Type": "Pass", {end}}}, "{name}1": {{"Type": "Pass", {end}}}, "{name}2": {{"Type": "Pass", {end}}}"#,
        rules.join(", ")
    )
}

#[test]
fn what_calls_give_is_as_the_interpreter_computes_it() {
    let mut figures = Figures::default();
    let mut inputs: Vec<String> = Vec::new();
    for x in VALUES {
        for y in ["0", "1", "\"a\"", "[1]"] {
            inputs.push(format!(r#"{{"x": {x}, "y": {y}}}"#));
        }
    }
    for (number, call) in CALLS.into_iter().enumerate() {
        for seed in 0..n_machines() / 5 {
            let mut dice = Dice::of(&format!("call {number} {seed}"));
            let written = serde_json::Value::from(call).to_string();
            let before = match dice.below(3) {
                0 => r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.y", "NumericEquals": 1, "Next": "P"}], "Default": "B"},
                    "P": {"Type": "Pass", "Result": [3, 4], "ResultPath": "$.x", "Next": "B"}"#
                    .to_owned(),
                _ => r#""A": {"Type": "Pass", "Next": "B"}"#.to_owned(),
            };
            let text = format!(
                r#"{{"StartAt": "A", "States": {{{before},
                "B": {{"Type": "Pass", "Parameters": {{"r.$": {written}}}, "Next": "C"}}, {}}}}}"#,
                choice("C", r#""End": true"#, &mut dice, variable)
            );
            hold(&text, &inputs, &mut figures);
        }
    }
    eprintln!("calls: {figures:?}");
    assert!(figures.n_dead > 100 && figures.n_reachable > 10 * figures.n_unknown, "{figures:?}");
    assert_eq!(figures.n_not_replayed, 0, "{figures:?}");
}

const ITEMS: [&str; 8] = ["1", "2", "\"a\"", "\"b\"", "{\"k\": 1}", "{\"k\": \"a\"}", "[]", "[1]"];

/// The inputs of Maps: arrays of up to two items, and what is none.
fn arrays() -> Vec<String> {
    let mut xs: Vec<String> = ["[]", "1", "{}", "null"].map(str::to_owned).into();
    for one in ITEMS {
        xs.push(format!("[{one}]"));
        xs.extend(ITEMS.iter().map(|other| format!("[{one}, {other}]")));
    }
    let others = [("1", "[2, {\"k\": 1}]"), ("\"a\"", "[\"b\"]")];
    xs.iter().flat_map(|xs| others.map(|(y, ys)| format!(r#"{{"xs": {xs}, "ys": {ys}, "y": {y}}}"#))).collect()
}

fn item(dice: &mut Dice) -> &'static str {
    dice.pick(&["$", "$", "$.k", "$[0]", "$$.Map.Item.Value", "$$.Map.Item.Value.k"])
}

fn selected(dice: &mut Dice) -> &'static str {
    dice.pick(&["$.r", "$.r", "$.r.k", "$.y", "$.n", "$$.Map.Item.Value"])
}

#[test]
fn what_items_of_maps_make_happen_is_not_called_dead() {
    let inputs = arrays();
    let mut figures = Figures::default();
    for seed in 0..n_machines() * 2 {
        let mut dice = Dice::of(&format!("map {seed}"));
        let first = match dice.below(4) {
            0 => {
                r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.xs[0]", "NumericEquals": 1, "Next": "M"}], "Default": "M"}"#
            }
            1 => {
                r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.xs[0].k", "StringEquals": "a", "Next": "M"}], "Default": "End"}"#
            }
            2 => {
                r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.y", "NumericEquals": 1, "Next": "P"}], "Default": "M"},
                    "P": {"Type": "Pass", "Result": [1, "a", {"k": 1}], "ResultPath": "$.xs", "Next": "M"}"#
            }
            _ => r#""A": {"Type": "Pass", "Next": "M"}"#,
        };
        let (selector, variable): (&str, fn(&mut Dice) -> &'static str) = match dice.below(3) {
            0 => {
                (r#""ItemSelector": {"r.$": "$$.Map.Item.Value", "y.$": "$.y", "n.$": "$$.Map.Item.Index"},"#, selected)
            }
            1 => (r#""Parameters": {"r.$": "$$.Map.Item.Value.k", "y": 1, "n": 0},"#, selected),
            _ => ("", item),
        };
        let inside = match dice.below(3) {
            0 => format!(
                r#""StartAt": "N", "States": {{"N": {{"Type": "Map", "ItemsPath": "$$.Execution.Input.ys", "End": true,
                    "ItemProcessor": {{"StartAt": "C", "States": {{{}}}}}}}}}"#,
                choice("C", r#""End": true"#, &mut dice, item)
            ),
            1 => format!(
                r#""StartAt": "N", "States": {{"N": {{"Type": "Parallel", "End": true,
                    "Branches": [{{"StartAt": "C", "States": {{{}}}}}]}}}}"#,
                choice("C", r#""End": true"#, &mut dice, variable)
            ),
            _ => format!(r#""StartAt": "C", "States": {{{}}}"#, choice("C", r#""End": true"#, &mut dice, variable)),
        };
        let fail = match dice.below(3) {
            // One of the ways through an iteration fails it.
            0 => inside.replace(r#""C2": {"Type": "Pass", "End": true}"#, r#""C2": {"Type": "Fail"}"#),
            _ => inside,
        };
        let text = format!(
            r#"{{"StartAt": "A", "States": {{{first},
            "M": {{"Type": "Map", "ItemsPath": "$.xs", {selector} "ItemProcessor": {{{fail}}}, "ResultPath": "$.r", "Next": "After"}},
            "After": {{"Type": "Choice", "Choices": [{{"Variable": "$.r[0]", "IsPresent": true, "Next": "End"}}], "Default": "Empty"}},
            "End": {{"Type": "Succeed"}}, "Empty": {{"Type": "Succeed"}}}}}}"#
        );
        hold(&text, &inputs, &mut figures);
    }
    eprintln!("Maps: {figures:?}");
    assert!(figures.n_dead > 50 && figures.n_reachable > 10 * figures.n_unknown, "{figures:?}");
}

#[test]
fn an_items_path_that_is_null_proves_nothing() {
    let text = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": null, "End": true,
        "ItemProcessor": {"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}}}}}"#;
    with_proof(text, |_, proof| {
        for (goal, verdict) in verdicts(proof) {
            assert!(!verdict.is_dead(), "{goal:?} {verdict:?}");
        }
    });
}

/// What a branch or an item processor is before a template is filled in: each may end well.
const HELD_BACK: [&str; 7] = [
    r#""${Processor}""#,
    r#"{"StartAt": "${First}", "States": "${States}"}"#,
    r#"{"StartAt": "A", "States": {"A": {"Type": "Fail"}, "${More}": {"Type": "Pass", "End": true}}}"#,
    r#"{"StartAt": "A", "States": {"A": {"Type": "${T}", "End": true}}}"#,
    r#"{"StartAt": "A", "States": {"A": "${StateA}"}}"#,
    r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "${NextOrEnd}": true}}}"#,
    r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": "${Rules}"}, "B": {"Type": "Pass", "End": true}}}"#,
];

#[test]
fn what_a_placeholder_holds_back_proves_nothing() {
    let mut texts = Vec::new();
    for held in HELD_BACK {
        texts.push(format!(r#""M": {{"Type": "Parallel", "Branches": [{held}], "Next": "After"}}"#));
        texts.push(format!(r#""M": {{"Type": "Map", "ItemProcessor": {held}, "Next": "After"}}"#));
    }
    texts.push(r#""M": {"Type": "Parallel", "Branches": "${Branches}", "Next": "After"}"#.to_owned());
    for text in texts {
        let text = format!(
            r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Pass", "Result": [1], "Next": "M"}}, {text},
            "After": {{"Type": "Choice", "Choices": [{{"Variable": "$[0]", "IsPresent": true, "Next": "Yes"}}], "Default": "No"}},
            "Yes": {{"Type": "Succeed"}}, "No": {{"Type": "Succeed"}}}}}}"#
        );
        with_proof(&text, |machine, proof| {
            for (goal, verdict) in verdicts(proof) {
                let name = goal.state().map(|state| machine.state(state).name());
                let is_meant =
                    goal == Goal::End || matches!(goal, Goal::State(_)) && matches!(name, Some("After" | "Yes"));
                assert!(!is_meant || !verdict.is_dead(), "{name:?} {verdict:?}\n{text}");
            }
        });
    }
}
