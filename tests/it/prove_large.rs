//! Machines that are longer than what chance gets through: everything in them is decided all the same.

#[path = "../../benches/prove/machines.rs"]
#[expect(dead_code, reason = "benchmarks ask for more of them")]
mod machines;

use aslint::symex::{Goal, TaskAnswer, Verdict};

use super::prove_sound::{verdicts, with_proof};
use machines::{Language, Style, machine};

/// The goals of a machine that are unknown, and how many rules are dead.
fn looked_at(style: Style, blocks: usize) -> (Vec<Goal>, usize) {
    with_proof(&machine(style, Language::JsonPath, blocks), |_, proof| {
        let all = verdicts(proof);
        let unknown = all.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Unknown(_))).map(|&(goal, _)| goal);
        let dead = all.iter().filter(|(goal, verdict)| matches!(goal, Goal::Rule(..)) && verdict.is_dead()).count();
        (unknown.collect(), dead)
    })
}

#[test]
fn a_long_machine_is_decided_to_its_end() {
    // The dead rules are those that the generator says are.
    for (style, blocks, dead) in [(Style::Chain, 10, 2), (Style::Diamonds, 10, 2), (Style::Mixed, 10, 0)] {
        assert_eq!(looked_at(style, blocks), (Vec::new(), dead), "{style:?}");
    }
}

/// Thirty tasks one after another that each keep their answer, and a Choice that asks about two of them, behind what happens first.
fn thirty_tasks(first: &str, choices: &str) -> String {
    let mut states: Vec<String> = (0..30)
        .map(|n| {
            let next = if n == 29 { "C".to_owned() } else { format!("T{}", n + 1) };
            format!(
                r#""T{n}": {{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultPath": "$.t{n}", "Next": "{next}"}}"#
            )
        })
        .collect();
    states.push(format!(r#""C": {{"Type": "Choice", "Choices": [{choices}], "Default": "No"}}"#));
    states.push(r#""Yes": {"Type": "Succeed"}, "No": {"Type": "Succeed"}"#.to_owned());
    format!(r#"{{"StartAt": "A", "States": {{"A": {first}, {}}}}}"#, states.join(", "))
}

#[test]
fn a_witness_says_what_matters_and_no_more() {
    let is = |path: &str, test: &str| {
        format!(r#"{{"Variable": "{path}", "IsPresent": true}}, {{"Variable": "{path}", {test}}}"#)
    };
    let first = [is("$.t7.x", r#""NumericGreaterThan": 5"#), is("$.t19.a.b", r#""StringEquals": "yes""#)].join(", ");
    // What other rules ask about lies beside it, before and behind.
    let second = [is("$.t19.Z", r#""IsString": true"#), is("$.t19.a.c", r#""IsNumeric": true"#)].join(", ");
    let choices = format!(r#"{{"And": [{first}], "Next": "Yes"}}, {{"And": [{second}], "Next": "Yes"}}"#);
    with_proof(&thirty_tasks(r#"{"Type": "Pass", "Next": "T0"}"#, &choices), |machine, proof| {
        let choice = machine.states.iter().find(|state| state.name() == "C").expect("a state").id;
        for (rule, expected) in [
            (0, [("T19", r#"{"a":{"b":"yes"}}"#), ("T7", r#"{"x":6}"#)].as_slice()),
            (1, &[("T19", r#"{"Z":"other","a":{"c":1}}"#)]),
        ] {
            let all = verdicts(proof);
            let (_, verdict) = all.iter().find(|(goal, _)| *goal == Goal::Rule(choice, rule)).expect("a verdict");
            let witness = verdict.witness().expect("a witness");
            assert_eq!(witness.input.to_json(), "{}");
            let told: Vec<(&str, String)> = witness
                .tasks
                .iter()
                .flat_map(|(task, answers)| answers.iter().map(move |answer| (task.as_str(), answer)))
                .map(|(task, answer)| match answer {
                    TaskAnswer::Return(value) => (task, value.to_json()),
                    TaskAnswer::Error(error, _) => (task, error.clone()),
                })
                .filter(|(_, told)| told != "{}")
                .collect();
            assert_eq!(told, expected.iter().map(|&(task, told)| (task, told.to_owned())).collect::<Vec<_>>());
        }
    });
}

#[test]
fn nothing_is_run_for_what_is_dead() {
    // In the place that decides, the rule behind asks for what the one before does not let through.
    let first = |test: &str| {
        format!(r#"{{"Type": "Choice", "Choices": [{{"Variable": "$.kind", {test}, "Next": "T0"}}], "Default": "No"}}"#)
    };
    let choices = r#"{"Variable": "$.kind", "StringEquals": "gift", "Next": "Yes"}"#;
    let n_executions = |first: &str, n_dead: usize| {
        with_proof(&thirty_tasks(first, choices), |_, proof| {
            let all = verdicts(proof);
            let dead = all.iter().filter(|(goal, verdict)| matches!(goal, Goal::Rule(..)) && verdict.is_dead());
            assert_eq!(dead.count(), n_dead, "{all:?}");
            proof.n_executions
        })
    };
    let (dead, alive) =
        (n_executions(&first(r#""StringEquals": "order""#), 1), n_executions(&first(r#""IsString": true"#), 0));
    assert!(dead <= alive + 20, "{dead} executions, {alive} where it is taken");
}
