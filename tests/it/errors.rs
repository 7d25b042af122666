//! The errors that states may fail with, held to tables, to recordings of the service and to random executions.

use std::collections::BTreeMap;

use aslint::asl::{Machine, Raiser, State, StateType, lower, resource};
use aslint::eval::execution::{Execution, Happening, Setup, run};
use aslint::eval::{Answer, Mocks, Status, Value};
use aslint::flow::errors::ErrorFlow;
use aslint::syntax::{Format, Node, parse};

use super::generate::{Flavour, case};
use super::replay::{Bucket, is_comparable, with_execution};
use super::{corpus, mutate};

fn flow<'t>(machine: &Machine<'t>) -> ErrorFlow<'t> {
    let raiser = |task: &State<'t>| {
        let text = task.node.get("Resource").and_then(Node::as_str).unwrap_or_default();
        Raiser::of(&resource::parse(text).0, text)
    };
    ErrorFlow::new(machine, raiser)
}

/// States of machines, names that they may fail with and names that they never fail with.
#[test]
fn states_fail_with_what_is_inside_them() {
    let lambda = r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke""#;
    let table = r#""Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem""#;
    let inside = |states: &str| {
        format!(r#"{{"Type": "Parallel", "End": true, "Branches": [{{"StartAt": "B", "States": {{{states}}}}}]}}"#)
    };
    let map = |config: &str, states: &str| {
        format!(
            r#"{{"Type": "Map", "End": true, "ItemProcessor": {{{config} "StartAt": "B", "States": {{{states}}}}}}}"#
        )
    };
    let distributed = r#""ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},"#;
    let fail = r#""B": {"Type": "Fail", "Error": "Boom"}"#;
    let caught = |errors: &str| {
        inside(&format!(
            r#""B": {{{table}, "TimeoutSeconds": 9, "End": true, "Catch": [{{"ErrorEquals": [{errors}], "Next": "C"}}]}}, "C": {{"Type": "Succeed"}}"#
        ))
    };
    for (state, may, never) in [
        (
            format!("{{{lambda}}}"),
            "Any Lambda.Unknown States.TaskFailed States.Permissions States.DataLimitExceeded",
            "States.Timeout States.HeartbeatTimeout States.QueryEvaluationError States.ItemReaderFailed States.Http.Socket",
        ),
        (format!(r#"{{{lambda}, "TimeoutSecondsPath": "$.t"}}"#), "States.Timeout", "States.HeartbeatTimeout"),
        (format!(r#"{{{lambda}, "HeartbeatSeconds": 9}}"#), "States.Timeout States.HeartbeatTimeout", ""),
        (
            format!(r#"{{{table}, "QueryLanguage": "JSONata"}}"#),
            "DynamoDB.X States.QueryEvaluationError",
            "Lambda.Unknown Any",
        ),
        (r#"{"Type": "Task", "Resource": "${F}"}"#.to_owned(), "Any States.Timeout States.Whatever", ""),
        (
            r#"{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}"#.to_owned(),
            "Any States.Timeout",
            "",
        ),
        (format!(r#"{{{table}, "Fn::If": []}}"#), "DynamoDB.X", "Any"),
        (r#"{"Type": "Pass"}"#.to_owned(), "States.Runtime", "Any States.TaskFailed"),
        (r#"{"Type": "Fail", "Error": "Boom"}"#.to_owned(), "Boom", "Any States.TaskFailed"),
        (r#"{"Type": "Fail", "ErrorPath": "$.e"}"#.to_owned(), "Any States.Timeout", ""),
        (r#"{"Type": "Fail", "QueryLanguage": "JSONata", "Error": "{% $e %}"}"#.to_owned(), "Any States.Timeout", ""),
        (r#"{"Type": "Fail"}"#.to_owned(), "States.Runtime", "Any"),
        (inside(fail), "Boom", "Any States.TaskFailed"),
        (map("", fail), "Boom", "Any States.ExceedToleratedFailureThreshold"),
        (
            map(distributed, fail),
            "States.ExceedToleratedFailureThreshold States.ItemReaderFailed States.ResultWriterFailed",
            "Boom",
        ),
        (map(r#""ProcessorConfig": {"Mode": "${M}"},"#, fail), "States.ExceedToleratedFailureThreshold Boom", "Any"),
        (inside(r#""B": ${B}"#), "Any", ""),
        (
            caught(r#""States.ALL""#),
            "States.Runtime States.DataLimitExceeded",
            "DynamoDB.X States.TaskFailed States.Timeout States.Permissions",
        ),
        (caught(r#""States.TaskFailed""#), "States.Timeout States.Permissions", "DynamoDB.X States.TaskFailed"),
        (
            caught(r#""States.Timeout", "States.Permissions""#),
            "DynamoDB.X States.TaskFailed",
            "States.Timeout States.Permissions",
        ),
        (caught(r#""DynamoDB.X", "${E}""#), "DynamoDB.X States.TaskFailed States.Timeout", "Boom"),
        (inside(&format!(r#""B": {}"#, inside(fail).replace(r#""B""#, r#""C""#))), "Boom", "Any"),
    ] {
        let text = format!(r#"{{"StartAt": "A", "States": {{"A": {state}}}}}"#);
        let tree = parse(&text.as_str().into(), Format::Json);
        let machine = lower(tree.root());
        let flow = flow(&machine);
        let raised = flow.raised(machine.states[0].id);
        for (names, expected) in [(may, true), (never, false)] {
            for name in names.split_whitespace() {
                assert_eq!(raised.may_be(name), expected, "{name} of {text}");
            }
        }
    }
}

/// Asserts that every failure of an execution is among those that its state may fail with; gives how many there were.
fn holds(name: &str, machine: &Machine<'_>, execution: &Execution) -> usize {
    let flow = flow(machine);
    let mut n = 0;
    for event in &execution.events {
        let Happening::StateFailed(id, failure) = &event.what else { continue };
        let (raised, state) = (flow.raised(*id), machine.state(*id));
        let is_possible = match failure.error.as_deref() {
            // Of ours, and not of the service: nothing is known from there on.
            Some(error) if error.starts_with("aslint.") => continue,
            Some(error) => raised.may_be(error),
            None => raised.may_be_nameless(),
        };
        assert!(is_possible, "{name}: `{}` failed with {failure:?}, which it never does: {raised:?}", state.name());
        n += 1;
    }
    n
}

#[test]
fn recorded_failures_are_possible() {
    let Some(root) = corpus::root() else { return };
    let folder = root.join("executions");
    let mut n = 0;
    for row in corpus::rows(&folder.join("index.jsonl")).iter().filter(|row| is_comparable(row)) {
        let id = row["id"].as_str().expect("an id");
        n += with_execution(row, &folder, |machine, execution| {
            // What the service says that its tasks failed with, in the state that it names.
            for answer in row["task_results"].as_array().into_iter().flatten() {
                let (state, error) = (answer["state"].as_str(), answer["error"].as_str());
                let found = machine.states.iter().find(|known| Some(known.name()) == state);
                if let (Some(found), Some(error)) = (found, error) {
                    assert!(flow(machine).raised(found.id).may_be(error), "{id}: `{}`, {error}", found.name());
                }
            }
            holds(id, machine, execution)
        });
    }
    assert!(n > 100, "{n} recorded failures");
}

#[test]
fn random_failures_are_possible() {
    let mut n_failures = 0;
    let mut errors: BTreeMap<String, usize> = BTreeMap::new();
    for flavour in [Flavour::Paths, Flavour::Mixed, Flavour::Jsonata] {
        for seed in 0..1_700 {
            let case = case(flavour, seed);
            // A wrong sort of input here and there: more fails then.
            let input = if mutate::Dice::of(&format!("{seed}")).below(3) == 0 { "{}" } else { &case.input };
            let tree = parse(&case.definition.as_str().into(), Format::Json);
            let machine = lower(tree.root());
            let bucket = Bucket::default();
            let execution =
                run(&machine, &Setup::new(Value::from_json(input).expect("an input"), &case.mocks, &bucket));
            n_failures += holds(&format!("{flavour:?} {seed}: {}", case.definition), &machine, &execution);
            for event in &execution.events {
                if let Happening::StateFailed(id, failure) = &event.what {
                    let kind = machine.state(*id).kind.map_or("", StateType::as_str);
                    *errors.entry(format!("{kind} {}", failure.error.as_deref().unwrap_or_default())).or_default() += 1;
                }
            }
        }
    }
    assert!(n_failures > 1_000 && errors.len() > 12, "{n_failures} failures: {errors:?}");
}

/// What an execution comes to in which the Task `A` always fails with `error`.
fn end_of(states: &str, error: &str, max_states: u64) -> String {
    let text = format!(r#"{{"TimeoutSeconds": 600, "StartAt": "A", "States": {states}}}"#);
    let tree = parse(&text.as_str().into(), Format::Json);
    let machine = lower(tree.root());
    let (bucket, mut mocks) = (Bucket::default(), Mocks::new());
    mocks.push("A", Answer::throws(error, None), 1);
    let input = Value::from_json("{}").expect("an input");
    match run(&machine, &Setup { max_states, ..Setup::new(input, &mocks, &bucket) }).status {
        Status::Succeeded(_) => "succeeded".to_owned(),
        Status::Failed(failure) => failure.error.as_deref().unwrap_or_default().to_owned(),
        Status::TimedOut => "timed out".to_owned(),
        Status::Aborted { .. } => "goes on".to_owned(),
    }
}

/// What rules say happens, happens.
#[test]
fn executions_end_as_the_rules_say() {
    let task = |resource: &str, more: &str| {
        format!(
            r#"{{"A": {{"Type": "Task", "Resource": "arn:aws:states:::{resource}", {more}, "End": true}}, "B": {{"Type": "Succeed"}}, "C": {{"Type": "Pass", "Next": "A"}}}}"#
        )
    };
    let retry = |attempts: u32| {
        format!(
            r#""Retry": [{{"ErrorEquals": ["E"], "IntervalSeconds": 10, "MaxAttempts": {attempts}}}], "Catch": [{{"ErrorEquals": ["E"], "Next": "B"}}]"#
        )
    };
    let catch = |error: &str, next: &str| format!(r#""Catch": [{{"ErrorEquals": ["{error}"], "Next": "{next}"}}]"#);
    for (states, error, expected) in [
        // excessive-retries
        (task("lambda:invoke", &retry(8)), "E", "timed out"),
        (task("lambda:invoke", &retry(5)), "E", "succeeded"),
        // handler-loops-back
        (task("lambda:invoke", &catch("E", "A")), "E", "goes on"),
        (task("lambda:invoke", &catch("E", "C")), "E", "goes on"),
        // unraised-error: the names that the service was recorded to give
        (
            task("dynamodb:putItem", &catch("DynamoDb.AmazonDynamoDBException", "B")),
            "DynamoDB.AmazonDynamoDBException",
            "DynamoDB.AmazonDynamoDBException",
        ),
        (task("states:startExecution.sync", &catch("States.Timeout", "B")), "States.TaskFailed", "States.TaskFailed"),
    ] {
        assert_eq!(end_of(&states, error, 1_000), expected, "{states}");
    }
}
