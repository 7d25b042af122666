//! Turns one test case of a `MockConfigFile.json` into [`super::Mocks`], and answers into a mocked response.
//!
//! The format is that of the developer guide's page on mocked service integrations. Of the responses only those are read that
//! the test case names, as Step Functions Local does it: what others hold cannot matter.

use std::sync::Arc;

use super::read::Reader;
use super::{Answer, Outcome, Run};
use crate::eval::value::{Members, Value};
use crate::syntax::{Member, Node};
use crate::text::nearest;

/// A machine's name, a test case's and the states in it.
struct Case<'t> {
    machine: &'t str,
    name: &'t str,
    states: Node<'t>,
}

/// Reads the test case called `wanted`, or the only one.
pub(super) fn read(reader: &mut Reader, root: Node<'_>, wanted: Option<&str>) {
    for member in reader.members(root, "a `MockConfigFile.json` is an object") {
        reader.known(member, &["StateMachines", "MockedResponses"]);
    }
    let (Some(machines), Some(responses)) = (root.get("StateMachines"), root.get("MockedResponses")) else {
        return reader.error(root.token(), "a `MockConfigFile.json` has `StateMachines` and `MockedResponses`");
    };
    let cases = cases(reader, machines);
    let responses = reader.members(responses, "`MockedResponses` are an object of responses by name");
    let Some(case) = choose(reader, machines, &cases, wanted) else { return };
    for state in reader.members(case.states, "a test case is an object of responses by state") {
        let Some(name) = reader.text(state.value, "the name of a response") else { continue };
        let Some(response) = responses.iter().find(|response| response.name() == &*name) else {
            let meant = nearest(&name, responses.iter().map(|response| (response.name(), response.name())));
            let end = meant.map(|meant| format!("; there is `{meant}`")).unwrap_or_default();
            reader.error(state.value.span(), format!("`MockedResponses` has no `{name}`{end}"));
            continue;
        };
        read_response(reader, state.name(), *response);
    }
}

fn cases<'t>(reader: &mut Reader, machines: Node<'t>) -> Vec<Case<'t>> {
    let mut found = Vec::new();
    for machine in reader.members(machines, "`StateMachines` are an object of machines by name") {
        for member in reader.members(machine.value, "a machine is an object with `TestCases`") {
            reader.known(member, &["TestCases"]);
        }
        let Some(cases) = machine.value.get("TestCases") else { continue };
        for case in reader.members(cases, "`TestCases` are an object of test cases by name") {
            found.push(Case { machine: machine.name(), name: case.name(), states: case.value });
        }
    }
    found
}

fn choose<'c, 't>(
    reader: &mut Reader,
    machines: Node<'_>,
    cases: &'c [Case<'t>],
    wanted: Option<&str>,
) -> Option<&'c Case<'t>> {
    let is_wanted = |case: &&Case<'_>| match wanted {
        None => true,
        Some(wanted) => wanted == case.name || wanted.split_once('#') == Some((case.machine, case.name)),
    };
    let fitting: Vec<&Case<'_>> = cases.iter().filter(is_wanted).collect();
    if let [case] = fitting[..] {
        return Some(case);
    }
    let list = |cases: &mut dyn Iterator<Item = &Case<'_>>| {
        let names: Vec<String> = cases.map(|case| format!("`{}#{}`", case.machine, case.name)).collect();
        names.join(", ")
    };
    let message = match wanted {
        _ if cases.is_empty() => "there is no test case".to_owned(),
        Some(wanted) if fitting.is_empty() => {
            format!("there is no test case `{wanted}`; there are {}", list(&mut cases.iter()))
        }
        Some(wanted) => format!("several machines have a test case `{wanted}`: {}", list(&mut fitting.into_iter())),
        None => format!("one of these test cases has to be chosen: {}", list(&mut cases.iter())),
    };
    reader.error(machines.token(), message);
    None
}

/// An empty response is none to any call: Step Functions Local reads it and fails the execution at the first call.
fn read_response(reader: &mut Reader, state: &str, response: Member<'_>) {
    let mut steps = Vec::new();
    for step in
        reader.members(response.value, "a response is an object of `Return`s and `Throw`s by number of the call")
    {
        let Some((first, last)) = range(step.name()) else {
            let message = format!("`{}` is no number of a call, as `0` is, and no range, as `1-2` is", step.name());
            reader.error(step.key.span(), message);
            continue;
        };
        steps.push((first, last, step));
    }
    steps.sort_by_key(|(first, ..)| *first);
    reader.mocks.answers.entry(state.into()).or_default();
    let mut next = 0;
    for (first, last, step) in steps {
        if first != next {
            let what = if first > next { "no answer" } else { "two answers" };
            let call = first.min(next);
            reader.error(step.key.span(), format!("`{}` has {what} to call {call}", response.name()));
        }
        next = last.saturating_add(1);
        if let Some(answer) = answer(reader, step.value) {
            reader.mocks.push(state, answer, (last - first).saturating_add(1));
        }
    }
}

/// `3` and `1-2`.
fn range(text: &str) -> Option<(usize, usize)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first.trim())?, number(last.trim())?);
    (first <= last).then_some((first, last))
}

fn answer(reader: &mut Reader, node: Node<'_>) -> Option<Answer> {
    let members = reader.members(node, "a call is answered by an object with `Return` or `Throw`");
    for member in &members {
        reader.known(*member, &["Return", "Throw"]);
    }
    match (node.get("Return"), node.get("Throw")) {
        (Some(value), None) => Some(Answer::returns(Value::from_node(value))),
        (None, Some(failure)) => {
            for member in reader.members(failure, "`Throw` is an object with `Error` and `Cause`") {
                reader.known(member, &["Error", "Cause"]);
            }
            let cause = failure.get("Cause").and_then(|cause| reader.text(cause, "a cause"));
            let Some(error) = failure.get("Error") else {
                reader.error(failure.token(), "`Throw` has no `Error`");
                return None;
            };
            Some(Answer::throws(reader.text(error, "the name of an error")?, cause))
        }
        (found, _) => {
            let what = if found.is_some() { "both" } else { "neither" };
            reader.error(node.token(), format!("a call is answered by `Return` or `Throw`, and here is {what}"));
            None
        }
    }
}

/// The answers as a mocked response.
pub(super) fn response(runs: &[Run]) -> Value {
    let mut first = 0;
    let mut members = Members::new();
    for run in runs {
        let last = run.end - 1;
        let name = if first == last { first.to_string() } else { format!("{first}-{last}") };
        members.insert(name.into(), step(&run.answer.outcome));
        first = run.end;
    }
    Value::object(members)
}

fn step(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Return(value) | Outcome::Read(value) => Value::members([("Return", value.clone())]),
        Outcome::Throw { error, cause } => {
            let cause = cause.iter().map(|cause| ("Cause", Value::from(Arc::clone(cause))));
            let error = [("Error", Value::from(Arc::clone(error)))];
            Value::members([("Throw", Value::members(error.into_iter().chain(cause)))])
        }
    }
}
