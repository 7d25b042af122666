//! What the solver finds, the interpreter replays; what is not modelled exactly says what that is.

use aslint::source::documents;
use aslint::symex::{Goal, Verdict};
use aslint::syntax::{Format, parse};

use super::corpus;
use super::prove_sound::{verdicts, with_proof};

const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;

/// What is known of the state `X`: "reachable", or why not.
fn of_x(states: &str, beside: &str) -> String {
    let text = format!(r#"{{{beside} "StartAt": "A", "States": {{{}}}}}"#, states.replace("TASK", TASK));
    with_proof(&text, |machine, proof| {
        assert_eq!(proof.n_not_replayed, 0, "{text}");
        let x = machine.states.iter().find(|state| state.name() == "X").expect("a state").id;
        let verdict = verdicts(proof).into_iter().find(|(goal, _)| *goal == Goal::State(x)).expect("a verdict").1;
        match verdict {
            Verdict::Reachable(_) => "reachable".to_owned(),
            Verdict::Dead(because) => format!("dead: {because}"),
            Verdict::Unknown(reason) => format!("unknown: {reason}"),
        }
    })
}

#[test]
fn what_is_found_replays_or_says_why_not() {
    let x = r#""X": {"Type": "Succeed"}"#;
    let map = |fields: &str, processor: &str| {
        format!(
            r#""A": {{"Type": "Map", {fields} "Next": "X", "ItemProcessor": {{{processor} "StartAt": "B", "States": {{"B": {{"Type": "Pass", "End": true}}}}}}}}, {x}"#
        )
    };
    let caught = |fields: &str, before: &str, errors: &str| {
        let before =
            if before.is_empty() { String::new() } else { format!(r#"{{"ErrorEquals": [{before}], "Next": "E"}},"#) };
        format!(
            r#""A": {{{fields} "Catch": [{before} {{"ErrorEquals": [{errors}], "Next": "X"}}], "Next": "E"}}, "E": {{"Type": "Succeed"}}, {x}"#
        )
    };
    let inline = r#""Type": "Map", "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}},"#;
    let distributed = r#""ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},"#;
    let inside = format!(
        r#""A": {{"Type": "Map", "End": true, "ItemProcessor": {{{distributed} "StartAt": "X", "States": {{"X": {{"Type": "Pass", "End": true}}}}}}}}"#
    );
    let way = "dead: the only way to it is dead:";
    for (states, beside, expected) in [
        // An `ItemReader` finds what the witness says.
        (
            map(
                r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key": "k"}},"#,
                distributed,
            ),
            "",
            "reachable".to_owned(),
        ),
        (map("", distributed), "", "reachable".to_owned()),
        (inside, "", "reachable".to_owned()),
        // Not every iteration ends.
        (
            format!(
                r#""A": {{"Type": "Pass", "Result": [1, 2], "Next": "M"}}, "M": {{"Type": "Map", "Next": "X", "ItemProcessor": {{"StartAt": "B", "States": {{
                "B": {{"Type": "Choice", "Choices": [{{"Variable": "$", "NumericEquals": 2, "Next": "F"}}], "Default": "P"}},
                "P": {{"Type": "Pass", "End": true}}, "F": {{"Type": "Fail"}}}}}}}}, {x}"#
            ),
            "",
            "unknown: whether every iteration of a Map ends is not modelled".to_owned(),
        ),
        // Of errors that nothing raises, or that something before catches.
        (caught(inline, "", r#""States.ALL""#), "", format!("{way} catcher 0 of `A`")),
        (caught(inline, "", r#""States.TaskFailed""#), "", format!("{way} catcher 0 of `A`")),
        (caught("TASK,", r#""Mine""#, r#""States.ALL""#), "", "reachable".to_owned()),
        (
            caught("TASK,", r#""States.TaskFailed", "States.Timeout""#, r#""States.ALL""#),
            "",
            "unknown: which errors of the service's own `States.TaskFailed` stands for is not modelled".to_owned(),
        ),
        (caught("TASK,", r#""States.TaskFailed""#, r#""States.ALL""#), "", "reachable".to_owned()),
        (
            caught(r#"TASK, "TimeoutSeconds": 5,"#, r#""States.TaskFailed""#, r#""States.ALL""#),
            "",
            "reachable".to_owned(),
        ),
        // A path that finds nothing is no error that is caught.
        (
            format!(
                r#""A": {{"Type": "Pass", "Result": {{}}, "Next": "B"}}, "B": {{TASK, "InputPath": "$.a", "Next": "E", "Catch": [{{"ErrorEquals": ["States.ALL"], "Next": "X"}}]}}, "E": {{"Type": "Succeed"}}, {x}"#
            ),
            "",
            format!("{way} catcher 0 of `B`"),
        ),
        // All branches go well but for the task that fails.
        (
            format!(
                r#""A": {{"Type": "Parallel", "Next": "E", "Catch": [{{"ErrorEquals": ["Mine"], "Next": "X"}}], "Branches": [
                {{"StartAt": "B", "States": {{"B": {{TASK, "InputPath": "$.b", "Retry": [{{"ErrorEquals": ["Mine"]}}], "End": true}}}}}},
                {{"StartAt": "C", "States": {{"C": {{TASK, "InputPath": "$.c", "Retry": [{{"ErrorEquals": ["Mine"]}}], "End": true}}}}}}]}}, "E": {{"Type": "Succeed"}}, {x}"#
            ),
            "",
            "reachable".to_owned(),
        ),
        // Time.
        (
            format!(r#""A": {{"Type": "Wait", "Seconds": 60, "Next": "X"}}, {x}"#),
            r#""TimeoutSeconds": 5,"#,
            format!("{way} what follows `A`"),
        ),
        (
            format!(r#""A": {{"Type": "Wait", "Seconds": 5, "Next": "X"}}, {x}"#),
            r#""TimeoutSeconds": 60,"#,
            "reachable".to_owned(),
        ),
        (format!(r#""A": {{"Type": "Wait", "SecondsPath": "$.n", "Next": "X"}}, {x}"#), "", "reachable".to_owned()),
        (format!(r#""A": {{"Type": "Wait", "TimestampPath": "$.t", "Next": "X"}}, {x}"#), "", "reachable".to_owned()),
        (
            format!(
                r#""A": {{"Type": "Pass", "Result": {{"n": {{}}}}, "Next": "B"}}, "B": {{"Type": "Wait", "SecondsPath": "$.n", "Next": "X"}}, {x}"#
            ),
            "",
            format!("{way} what follows `B`"),
        ),
        // Values.
        (
            format!(
                r#""A": {{"QueryLanguage": "JSONata", "Type": "Pass", "Output": "{{% $nowhere %}}", "Next": "X"}}, {x}"#
            ),
            "",
            format!("{way} what follows `A`"),
        ),
        (
            format!(r#""A": {{"Type": "Pass", "Parameters": {{"a.$": "$nowhere.b"}}, "Next": "X"}}, {x}"#),
            "",
            format!("{way} what follows `A`"),
        ),
        (
            format!(r#""A": {{"Type": "Pass", "InputPath": "$.books[-2]", "Next": "X"}}, {x}"#),
            "",
            "unknown: what `$.books[-2]` selects is not modelled".to_owned(),
        ),
        (
            format!(r#""A": {{"Type": "Pass", "Result": "{}", "Next": "X"}}, {x}"#, "a".repeat(300_000)),
            "",
            format!("{way} what follows `A`"),
        ),
    ] {
        let shown = if states.len() < 2_000 { states.as_str() } else { "a large machine" };
        assert_eq!(of_x(&states, beside), expected, "{shown}");
    }
}

#[test]
fn of_real_machines_99_in_100_replay() {
    const EVERY: usize = 12;
    let Some(corpus) = corpus::root() else { return };
    let (mut n_machines, mut n_modelled, mut n_not_replayed) = (0, 0, 0);
    for path in corpus::files(&corpus.join("asl-json")).iter().step_by(EVERY) {
        let source = corpus::source(path);
        let tree = parse(&source.text, Format::Json);
        let is_refused = aslint::engine::check(&source, &aslint::engine::Options::default())
            .diagnostics
            .iter()
            .any(|found| found.refusal.is_some() || found.rule == "syntax-error");
        if is_refused || source.text.len() > 20_000 || documents(&source, &tree).next().is_none() {
            continue;
        }
        with_proof(&source.text, |_, proof| {
            n_machines += 1;
            n_modelled += proof.n_modelled;
            n_not_replayed += proof.n_not_replayed;
        });
    }
    assert!(n_machines >= 15 && n_modelled >= 10, "{n_machines} {n_modelled}");
    assert!(n_not_replayed * 100 <= n_modelled, "{n_not_replayed} of {n_modelled}");
}
