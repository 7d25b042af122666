//! The ways of findings: where an execution goes to get to what is wrong, as SARIF tells it in `codeFlows`.

use std::collections::{BTreeMap, BTreeSet};

use aslint::asl::{Machine, StateId, lower};
use aslint::diagnostic::Diagnostic;
use aslint::engine::{Options, check};
use aslint::graph::Graph;
use aslint::source::{Source, documents};
use aslint::syntax::{Format, parse};

use super::corpus;
use super::support::rewritten;

const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f""#;
const SDK: &str =
    r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}"#;

/// Rule, the states of a machine of which the first is the start, and the way of the finding.
#[rustfmt::skip]
const WAYS: &[(&str, &str, &str)] = &[
    ("absent-field",
        r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"a": 1}, "Next": "C"}, "C": {"Type": "Wait", "Seconds": 1, "Next": "D"}, "D": {"Type": "Pass", "InputPath": "$.b", "End": true}"#,
        "A B C D"),
    // Not the shortest way, but the one on which the value is made.
    ("absent-field",
        r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "F"}, "B": {"Type": "Pass", "Parameters": {"a": 1}, "Next": "C"}, "C": {"Type": "Pass", "InputPath": "$.b", "End": true}, "F": {"Type": "Fail"}"#,
        "A B C"),
    ("absent-field",
        r#""A": {"Type": "Pass", "Result": {"a": [1]}, "Next": "M"}, "M": {"Type": "Map", "ItemSelector": {"x": 1}, "ItemsPath": "$.a", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "J"}, "J": {"Type": "Pass", "InputPath": "$.y", "End": true}}}, "End": true"#,
        "A M I J"),
    ("lost-input",
        r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.id", "IsPresent": true, "Next": "B"}], "Default": "E"}, "B": {TASK, "Next": "E", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]}, "C": {"Type": "Pass", "Parameters": {"x.$": "$.id"}, "Next": "E"}, "E": {"Type": "Succeed"}"#,
        "A B C"),
    ("payload-not-unwrapped",
        r#""A": {SDK, "Next": "B"}, "B": {"Type": "Pass", "InputPath": "$.total", "End": true}"#,
        "A B"),
    ("maybe-absent-field",
        r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "C"}, "B": {"Type": "Pass", "Parameters": {"y": 1}, "Next": "W"}, "C": {"Type": "Pass", "Parameters": {"z": 1}, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 1, "Next": "D"}, "D": {"Type": "Pass", "InputPath": "$.z", "End": true}"#,
        "A B W D"),
    ("maybe-unassigned-variable",
        r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "C"}, "B": {"Type": "Pass", "Assign": {"v": 1}, "Next": "D"}, "C": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Pass", "Parameters": {"x.$": "$v"}, "End": true}"#,
        "A C D"),
    // The variable belongs to the Map, and the Parallel inside reads it.
    ("maybe-unassigned-variable",
        r#""S": {"Type": "Pass", "Next": "M"}, "M": {"Type": "Map", "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "P"}, "B": {"Type": "Pass", "Assign": {"v": 1}, "Next": "P"}, "P": {"Type": "Parallel", "Branches": [{"StartAt": "Q", "States": {"Q": {"Type": "Pass", "Parameters": {"x.$": "$v"}, "End": true}}}], "End": true}}}, "End": true"#,
        "S M A P Q"),
    ("unassigned-variable",
        r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "$v"}, "Next": "C"}, "C": {"Type": "Pass", "Assign": {"v": 1}, "End": true}"#,
        "A B"),
    ("stale-variable",
        r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Assign": {"v": 1}, "Parameters": {"x.$": "$v"}, "End": true}"#,
        "A B"),
    ("settled-comparison",
        r#""A": {"Type": "Pass", "Result": {"n": "1"}, "Next": "B"}, "B": {"Type": "Wait", "Seconds": 1, "Next": "C"}, "C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "D"}], "Default": "D"}, "D": {"Type": "Succeed"}"#,
        "A B C"),
    ("wait-outlasts-execution",
        r#""A": {"Type": "Wait", "Seconds": 30000000, "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Wait", "Seconds": 30000000, "End": true}"#,
        "A B C"),
    ("no-terminal-state",
        r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "Next": "B"}"#,
        "A B C B"),
    ("endless-loop",
        r#""A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "D"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "Next": "B"}, "D": {"Type": "Succeed"}"#,
        "A B C B"),
    ("fatal-branch",
        r#""A": {"Type": "Pass", "Next": "P"}, "P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": {TASK, "End": true}}}, {"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "F"}], "Default": "G"}, "F": {"Type": "Fail"}, "G": {"Type": "Succeed"}}}]}"#,
        "A P C F"),
    ("unhandled-error",
        r#""A": {TASK, "Next": "B", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}]}, "B": {TASK, "Next": "C", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}]}, "C": {TASK, "Next": "D", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "E"}]}, "D": {TASK, "End": true}, "E": {"Type": "Fail"}"#,
        "A B C D"),
    ("unguarded-recursion",
        r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Parameters": {"StateMachineArn.$": "$$.StateMachine.Id", "Input": {}}, "End": true}"#,
        "A B"),
];

fn way(found: &Diagnostic) -> String {
    let names = found.way.iter().filter_map(|step| step.text.split('`').nth(1));
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn findings_tell_how_an_execution_gets_there() {
    for (rule, states, expected) in WAYS {
        let states = states.replace("TASK", TASK).replace("SDK", SDK);
        let start = states.split('"').nth(1).expect("a name");
        let json = format!(r#"{{"StartAt": "{start}", "States": {{{states}}}}}"#);
        for format in [Format::Json, Format::Yaml] {
            let (text, _) = rewritten(&json, None, format);
            let report = check(&Source::machine("m", text.as_str(), format), &Options::default());
            let ways: Vec<String> = report.diagnostics.iter().filter(|found| found.rule == *rule).map(way).collect();
            assert_eq!(ways, [*expected], "{rule} ({format:?}): {text}\n{:#?}", report.diagnostics);
        }
    }
}

/// Rules whose ways go round a loop: they end where they have been before.
const ROUND: &[&str] = &[
    "endless-loop",
    "frequent-polling",
    "handler-loops-back",
    "no-terminal-state",
    "polling-without-wait",
    "unchanging-loop",
];

/// Whether an execution may enter one state after the other.
fn follows(machine: &Machine<'_>, graph: &Graph<'_>, one: StateId, next: StateId) -> bool {
    let owner = |state: StateId| machine.scope(machine.state(state).scope).place.owner();
    let goes_in = owner(next) == Some(one) && graph.start(machine.state(next).scope) == Some(next);
    // What lies inside a state is left before the state is.
    goes_in
        || std::iter::successors(Some(one), |&state| owner(state))
            .any(|state| graph.successors(state).any(|(to, _)| to == next))
}

/// What is wrong with the way of a finding.
fn wrong(machine: &Machine<'_>, graph: &Graph<'_>, found: &Diagnostic) -> Option<&'static str> {
    let state_of =
        |start: u32| machine.states.iter().find(|state| state.key.span().start == start).map(|state| state.id);
    let way: Option<Vec<StateId>> = found.way.iter().map(|step| state_of(step.span.start)).collect();
    let Some(way) = way else { return Some("a step is no state") };
    let (first, last) = (way[0], way[way.len() - 1]);
    let is_round = ROUND.contains(&found.rule);
    if found.rule != "handler-loops-back" && graph.start(machine.top().id) != Some(first) {
        return Some("it does not begin at the start");
    }
    if !way.windows(2).all(|pair| follows(machine, graph, pair[0], pair[1])) {
        return Some("a step does not follow the one before");
    }
    if is_round && !way[..way.len() - 1].contains(&last) {
        return Some("it does not come back");
    }
    (!is_round && machine.state(last).name() != found.state).then_some("it does not end where the finding is")
}

#[test]
fn ways_are_walks_that_executions_can_take() {
    let Some(root) = corpus::root() else { return };
    let mut n_ways: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for folder in ["asl-json", "asl-yaml", "labelled", "executions/definitions"] {
        for path in corpus::files(&root.join(folder)).into_iter().step_by(2) {
            let source = corpus::source(&path);
            let report = check(&source, &Options::default());
            if report.diagnostics.iter().all(|found| found.way.is_empty()) {
                continue;
            }
            let tree = parse(&source.text, source.format);
            for document in documents(&source, &tree) {
                let machine = lower(document.root);
                let graph = Graph::new(&machine);
                for found in
                    report.diagnostics.iter().filter(|found| !found.way.is_empty() && found.machine == document.name)
                {
                    *n_ways.entry(found.rule).or_default() += 1;
                    if let Some(wrong) = wrong(&machine, &graph, found) {
                        failures.push(format!("{}: {} of {}: {}", path.display(), wrong, found.rule, way(found)));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let rules: BTreeSet<&str> = n_ways.keys().copied().collect();
    assert!(n_ways.values().sum::<usize>() > 50 && rules.len() > 8, "{n_ways:?}");
}
