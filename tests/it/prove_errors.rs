//! Which error gets to which catcher, and what a Choice behind it finds: a verdict for each, and why.

use aslint::symex::{Goal, TaskAnswer, Verdict};

use super::prove_sound::{verdicts, with_proof};

const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;

/// What is known of a goal at `A` or `C`: why it is dead, or which error and cause show it.
fn told(states: &str, state: &str, goal: impl Fn(aslint::asl::StateId) -> Goal) -> String {
    let ends = r#""X": {"Type": "Succeed"}, "E": {"Type": "Succeed"}"#;
    let text = format!(r#"{{"StartAt": "A", "States": {{{}, {ends}}}}}"#, states.replace("TASK", TASK));
    with_proof(&text, |machine, proof| {
        assert_eq!(proof.n_not_replayed, 0, "{text}");
        let id = machine.states.iter().find(|known| known.name() == state).expect("a state").id;
        let goal = goal(id);
        match verdicts(proof).into_iter().find(|(known, _)| *known == goal).expect("a verdict").1 {
            Verdict::Dead(because) => format!("dead: {because}"),
            Verdict::Unknown(reason) => format!("unknown: {reason}"),
            Verdict::Reachable(witness) => {
                let answers = witness.tasks.values().flatten();
                let mut errors = answers.filter_map(|answer| match answer {
                    TaskAnswer::Error(error, cause) => Some(format!("{error} ({cause})")),
                    TaskAnswer::Return(_) | TaskAnswer::Read(_) => None,
                });
                errors.next_back().unwrap_or_else(|| "reachable".to_owned())
            }
        }
    })
}

/// A state `A` with these catchers, of which each leads to `X`.
fn catching(fields: &str, catchers: &[&str]) -> String {
    let catchers: Vec<String> =
        catchers.iter().map(|errors| format!(r#"{{"ErrorEquals": [{errors}], "Next": "X"}}"#)).collect();
    format!(r#""A": {{{fields}, "Next": "E", "Catch": [{}]}}"#, catchers.join(", "))
}

#[test]
fn catchers_behind_others_are_dead_where_those_take_everything() {
    let timed = r#"TASK, "TimeoutSeconds": 5"#;
    let beating = r#"TASK, "HeartbeatSeconds": 5"#;
    let token = r#""Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a""#;
    let map = r#""Type": "Map", "ItemProcessor": {"StartAt": "B", "States": {"B": {TASK, "End": true}}}"#;
    let branch =
        |states: &str| format!(r#""Type": "Parallel", "Branches": [{{"StartAt": "B", "States": {{{states}}}}}]"#);
    let fail = |error: &str| branch(&format!(r#""B": {{"Type": "Fail", "Error": "{error}"}}"#));
    let wrapped = branch(
        r#""B": {TASK, "End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F"}]}, "F": {"Type": "Fail", "Error": "Wrapped"}"#,
    );
    let (failed, all, timeout, mine) =
        (r#""States.TaskFailed""#, r#""States.ALL""#, r#""States.Timeout""#, r#""Mine""#);
    let none = "dead: nothing in it raises an error that can be caught";
    let every = "dead: the catchers before it take every error that it could";
    let by_failed = "dead: the catcher of `States.TaskFailed` before it takes every error but `States.Timeout`";
    let doubted = "unknown: which errors of the service's own `States.TaskFailed` stands for is not modelled";
    for (fields, catchers, expected) in [
        // `States.TaskFailed` stands for all that a task fails with but timeouts; of the names that are the service's own that is
        // not recorded.
        ("TASK", &[failed, mine][..], by_failed),
        ("TASK", &[failed, r#""States.Permissions""#], doubted),
        ("TASK", &[failed, r#""Lambda.ServiceException""#], by_failed),
        ("TASK", &[mine, failed, all], "States.Timeout (made up)"),
        ("TASK", &[failed, timeout], "States.Timeout (made up)"),
        ("TASK", &[timeout, failed, all], doubted),
        (timed, &[failed, all], "States.Timeout (made up)"),
        (timed, &[failed, timeout], "States.Timeout (made up)"),
        (timed, &[r#""States.TaskFailed", "States.Timeout""#, all], doubted),
        (timed, &[timeout, failed], "CustomError (made up)"),
        // Nor is it known of an expression that fails.
        (
            r#"TASK, "QueryLanguage": "JSONata", "Arguments": "{% $states.input.a.b + 1 %}""#,
            &[failed, r#""States.QueryEvaluationError""#],
            doubted,
        ),
        // A heartbeat that is missed has two names.
        (beating, &[failed, timeout, r#""States.HeartbeatTimeout""#], doubted),
        (beating, &[timeout, r#""States.HeartbeatTimeout""#], "States.HeartbeatTimeout (made up)"),
        // What a worker calls an error nobody knows, and of what fails inside a state nothing is recorded.
        (token, &[failed, mine], doubted),
        (map, &[failed, mine], doubted),
        // What comes out of branches.
        (&fail("Bad"), &[r#""Bad""#, all], every),
        (&fail("Bad"), &[r#""Bad""#, failed], every),
        (&fail("Bad"), &[mine], "dead: nothing in it raises `Mine`"),
        (&fail("Bad"), &[failed], "reachable"),
        (&fail("States.Timeout"), &[failed], "dead: it stands for nothing that comes out of the state"),
        (&fail("States.Timeout"), &[timeout], "reachable"),
        (&wrapped, &[r#""Wrapped""#, all], every),
        (&branch(r#""B": {"Type": "Pass", "End": true}"#), &[mine, failed], none),
        (&branch(r#""B": {"Type": "Pass", "End": true}"#), &[mine, failed, all], none),
        // No catcher is for what fails the execution.
        ("TASK", &[r#""States.Runtime""#], "dead: nothing catches `States.Runtime`"),
    ] {
        let states = catching(fields, catchers);
        let told = told(&states, "A", |id| Goal::Caught(id, catchers.len() - 1));
        assert_eq!(told, expected, "{states}");
    }
}

#[test]
fn a_choice_behind_a_catcher_finds_what_gets_there() {
    let all = r#""ErrorEquals": ["States.ALL"]"#;
    let is = |error: &str| format!(r#""Variable": "$.Error", "StringEquals": "{error}""#);
    let never = |names: &str| {
        format!("dead: excluded by what happened before: `$.Error` is always a string other than {names} here")
    };
    let always = |names: &str| format!("dead: excluded by what happened before: `$.Error` is always {names} here");
    let timed = r#"TASK, "TimeoutSeconds": 5"#;
    let table = r#""Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem""#;
    let nested = r#""Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2""#;
    let http = r#""Type": "Task", "Resource": "arn:aws:states:::http:invoke""#;
    let failing =
        r#""Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Fail", "Error": "Bad"}}}]"#;
    for (fields, catcher, rule, expected) in [
        // Nothing catches `States.Runtime`; what a task answers may be too large, and that is caught.
        ("TASK", all, is("States.Runtime"), never("\"States.Runtime\"")),
        (table, all, is("States.Runtime"), never("\"States.Runtime\"")),
        (nested, all, is("States.Runtime"), never("\"States.Runtime\"")),
        ("TASK", all, is("States.DataLimitExceeded"), "States.DataLimitExceeded (made up)".to_owned()),
        // Without a limit no timeout is documented, and nothing keeps a function from this name.
        ("TASK", all, is("States.Timeout"), "States.Timeout (made up)".to_owned()),
        (timed, all, is("States.Timeout"), "States.Timeout (made up)".to_owned()),
        (timed, all, is("States.HeartbeatTimeout"), never("\"States.HeartbeatTimeout\"")),
        (timed, r#""ErrorEquals": ["States.TaskFailed"]"#, is("States.Timeout"), never("\"States.Timeout\"")),
        (timed, r#""ErrorEquals": ["States.Timeout"]"#, is("States.TaskFailed"), always("\"States.Timeout\"")),
        // What stands for others is no error's name, and what is kept for the service nobody else raises.
        ("TASK", all, is("States.ALL"), never("\"States.ALL\"")),
        ("TASK", all, is("States.QueryEvaluationError"), never("\"States.QueryEvaluationError\"")),
        (http, all, is("States.Http.Socket"), "States.Http.Socket (made up)".to_owned()),
        ("TASK", all, is("Mine"), "Mine (made up)".to_owned()),
        ("TASK", r#""ErrorEquals": ["E1", "E2"]"#, is("E2"), "E2 (made up)".to_owned()),
        ("TASK", r#""ErrorEquals": ["E1", "E2"]"#, is("E3"), always("\"E1\" or \"E2\"")),
        (failing, all, is("Other"), always("\"Bad\"")),
        (failing, all, is("Bad"), "reachable".to_owned()),
        // The cause.
        ("TASK", r#""ErrorEquals": ["E1"]"#, r#""Variable": "$.Cause", "StringEquals": "why""#.to_owned(), "E1 (why)".to_owned()),
        (
            "TASK",
            r#""ErrorEquals": ["E1"]"#,
            r#""And": [{"Variable": "$.Cause", "StringMatches": "*quota*"}, {"Variable": "$.Cause", "StringGreaterThan": "x"}]"#
                .to_owned(),
            "E1 (xquota)".to_owned(),
        ),
    ] {
        let states = format!(
            r#""A": {{{fields}, "Next": "E", "Catch": [{{{catcher}, "Next": "C"}}]}},
            "C": {{"Type": "Choice", "Choices": [{{{rule}, "Next": "X"}}], "Default": "E"}}"#
        );
        assert_eq!(told(&states, "C", |id| Goal::Rule(id, 0)), expected, "{states}");
    }
}

#[test]
fn a_timeout_without_a_limit_is_shown_where_no_other_error_does_it() {
    let (all, mine, failed) = (r#""States.ALL""#, r#""Mine""#, r#""States.TaskFailed""#);
    for (catchers, is_shown) in [
        (&[all][..], false),
        (&[mine, all], false),
        (&[failed], false),
        (&[r#""States.Timeout""#, all], false),
        (&[failed, all], true),
        (&[r#""States.Timeout""#], true),
    ] {
        let states = catching("TASK", catchers);
        let told = told(&states, "A", |id| Goal::Caught(id, catchers.len() - 1));
        assert_eq!(told == "States.Timeout (made up)", is_shown, "{states}: {told}");
    }
}
