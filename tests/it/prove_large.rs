//! Machines that are longer than what chance gets through: everything in them is decided all the same.

#[path = "../../benches/prove/machines.rs"]
#[expect(dead_code, reason = "benchmarks ask for more of them")]
mod machines;

use aslint::symex::{Goal, TaskAnswer, Verdict, Witness};

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
            assert_eq!(told(witness), expected.iter().map(|&(task, told)| (task, told.to_owned())).collect::<Vec<_>>());
        }
    });
}

/// What tasks answer in a witness, but for empty objects.
fn told(witness: &Witness) -> Vec<(&str, String)> {
    let answers = witness.tasks.iter().flat_map(|(task, answers)| answers.iter().map(move |answer| (task, answer)));
    let told = answers.map(|(task, answer)| match answer {
        TaskAnswer::Return(value) | TaskAnswer::Read(value) => (&**task, value.to_json()),
        TaskAnswer::Error(error, _) => (&**task, error.clone()),
    });
    told.filter(|(_, told)| told != "{}").collect()
}

#[test]
fn a_witness_ends_well_and_without_failures_where_it_can() {
    const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;
    let ends = r#""Y": {"Type": "Succeed"}, "N": {"Type": "Succeed"}"#;
    let asked = format!(
        r#"{{"StartAt": "B", "States": {{"B": {{{TASK}, "Next": "C"}}, {ends},
            "C": {{"Type": "Choice", "Choices": [{{"Variable": "$.n", "NumericGreaterThan": 5, "Next": "Y"}}], "Default": "N"}}}}}}"#
    );
    let caught = format!(
        r#"{{"StartAt": "B", "States": {{"B": {{{TASK}, "ResultPath": "$.b", "Next": "C",
                "Catch": [{{"ErrorEquals": ["E"], "ResultPath": "$.e", "Next": "C"}}]}}, {ends},
            "C": {{"Type": "Choice", "Choices": [{{"Variable": "$.x", "IsPresent": true, "Next": "Y"}}], "Default": "N"}}}}}}"#
    );
    // What the states and the end are shown by: an answer that the Choice can compare, and no failure that nothing hangs on.
    for (text, is_good) in [
        (
            asked,
            (|told| matches!(told, [("B", answer)] if answer.starts_with(r#"{"n":"#))) as fn(&[(&str, String)]) -> bool,
        ),
        (caught, |told| told.is_empty()),
    ] {
        with_proof(&text, |_, proof| {
            for (goal, verdict) in verdicts(proof) {
                if matches!(goal, Goal::State(_) | Goal::End | Goal::Default(_)) {
                    let witness = verdict.witness().expect("a witness");
                    assert!(is_good(&told(witness)), "{goal:?}: {witness:?}");
                }
            }
        });
    }
}

#[test]
fn whatever_an_empty_input_shows_is_shown_by_it() {
    let state = |n: usize| {
        let rule = format!(
            r#"{{"And": [{{"Variable": "$.v{n}", "IsPresent": true}}, {{"Variable": "$.v{n}", "NumericGreaterThan": 5}}], "Next": "C{}"}}"#,
            n + 1
        );
        format!(r#""C{n}": {{"Type": "Choice", "Choices": [{rule}], "Default": "C{}"}}"#, n + 1)
    };
    let states: Vec<String> = (0..120).map(state).collect();
    let text = format!(r#"{{"StartAt": "C0", "States": {{{}, "C120": {{"Type": "Succeed"}}}}}}"#, states.join(", "));
    with_proof(&text, |_, proof| {
        for (goal, verdict) in verdicts(proof).into_iter().filter(|(goal, _)| !matches!(goal, Goal::Rule(..))) {
            let Some(witness) = verdict.witness() else { continue };
            assert_eq!(witness.input.to_json(), "{}", "{goal:?}");
        }
    });
}

#[test]
fn why_a_rule_is_dead_is_told_beside_many_catchers() {
    let tasks = (1..45).map(|n| {
        let catchers: Vec<String> =
            (0..5).map(|e| format!(r#"{{"ErrorEquals": ["E{e}"], "Next": "No"}}"#)).collect();
        format!(
            r#""T{n}": {{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultPath": "$.t{n}",
                "Next": "T{}", "Catch": [{}]}}"#,
            n + 1,
            catchers.join(", ")
        )
    });
    let choice = |variable: &str, test: &str, next: &str, default: &str| {
        format!(
            r#"{{"Type": "Choice", "Choices": [{{"Variable": "{variable}", {test}, "Next": "{next}"}}], "Default": "{default}"}}"#
        )
    };
    let first = choice("$.kind", r#""StringEquals": "order""#, "D", "No");
    let dead = choice("$.kind", r#""NumericEquals": 1"#, "No", "T1");
    let again = choice("$.t1", r#""IsBoolean": true"#, "T1", "No");
    let text = format!(
        r#"{{"StartAt": "G", "States": {{"G": {first}, "D": {dead}, {}, "T45": {again}, "No": {{"Type": "Succeed"}}}}}}"#,
        tasks.collect::<Vec<_>>().join(", ")
    );
    with_proof(&text, |machine, proof| {
        let choice = machine.states.iter().find(|state| state.name() == "D").expect("a state").id;
        let all = verdicts(proof);
        let (_, verdict) = all.iter().find(|(goal, _)| *goal == Goal::Rule(choice, 0)).expect("a verdict");
        let Verdict::Dead(because) = verdict else { panic!("{verdict:?}") };
        assert!(format!("{because:?}").contains("$.kind"), "{because:?}");
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
    // A few more are made up before anything is known.
    assert!(dead <= alive + 20, "{dead} executions, {alive} where it is taken");
}
