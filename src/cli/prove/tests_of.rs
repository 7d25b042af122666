//! Turns what is proved of a machine into tests: one for each branch that an execution takes.
//!
//! Each is written three times: as a file of our own, which `aslint run --test DIR` replays, as a test case of a
//! `MockConfigFile.json` of Step Functions Local, and, where there is one, as a request to TestState ([`request`]).

mod request;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::asl::{Machine, StateId};
use crate::eval::execution::Happening;
use crate::eval::value::Members;
use crate::eval::{Mocks, Status, Value};
use crate::source::{Document, Source, discover};
use crate::symex::{Facts, Goal, Proof, Replayed, Verdict, Witness, replay};

/// Tests on their way into a folder: the names of files below it, and what they hold.
#[derive(Debug, Default)]
pub(super) struct Tests {
    files: BTreeMap<String, String>,
    /// How many tests there are.
    pub(super) n: usize,
}

impl Tests {
    /// Takes in the tests of another machine; their folder gets another name where it is taken.
    pub(super) fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.files.extend(other.files);
    }
}

/// The tests of a machine, in a folder of its own below `folder`.
pub(super) fn tests(
    folder: &Path,
    source: &Source,
    document: &Document<'_>,
    facts: Facts<'_, '_>,
    proof: &Proof,
) -> Tests {
    let machine = facts.machine;
    let mut tests = Tests::default();
    let own = folder_name(&source.name, document);
    let (mut cases, mut responses, mut requests) = (Members::new(), Members::new(), Vec::new());
    for (goal, witness) in witnesses(proof) {
        let replayed = replay(machine, witness, facts.kind);
        if !replayed.goals.iter().any(|&(shown, _)| shown == goal) {
            continue;
        }
        tests.n += 1;
        let name = format!("{:03}-{}", tests.n, slug(&words(machine, goal)));
        let test = test(folder, source, document, machine, goal, witness, &replayed);
        tests.files.insert(format!("{own}/{name}.test.json"), test.to_pretty_json() + "\n");
        mock_config(witness, &name, &calls(machine, &replayed), &mut cases, &mut responses);
        requests.extend(request::of(document, facts, goal, witness, &replayed));
    }
    if tests.n > 0 {
        let machines = Value::members([(own.as_str(), Value::members([("TestCases", Value::object(cases))]))]);
        let config = Value::members([("StateMachines", machines), ("MockedResponses", Value::object(responses))]);
        tests.files.insert(format!("{own}/MockConfigFile.json"), config.to_pretty_json() + "\n");
        let requests = Value::array(requests).to_pretty_json() + "\n";
        tests.files.insert(format!("{own}/test-state.json"), requests);
    }
    tests
}

/// What is shown of branches and catchers.
fn witnesses(proof: &Proof) -> Vec<(Goal, &Witness)> {
    let mut verdicts: Vec<(Goal, &Verdict)> = Vec::new();
    for choice in &proof.choices {
        let id = choice.state;
        verdicts.extend((0..).zip(&choice.rules).map(|(number, judged)| (Goal::Rule(id, number), &judged.verdict)));
        verdicts.extend(choice.default.iter().map(|judged| (Goal::Default(id), &judged.verdict)));
        verdicts.push((Goal::NoMatch(id), &choice.no_match.verdict));
        verdicts.push((Goal::Failing(id), &choice.runtime_error.verdict));
    }
    for (state, number, judged) in &proof.catchers {
        verdicts.push((Goal::Caught(*state, *number), &judged.verdict));
    }
    verdicts.into_iter().filter_map(|(goal, verdict)| Some((goal, verdict.witness()?))).collect()
}

/// What a test is about.
fn words(machine: &Machine<'_>, goal: Goal) -> String {
    let name = |state: StateId| machine.state(state).name();
    match goal {
        Goal::Rule(state, number) => format!("{} rule {number}", name(state)),
        Goal::Default(state) => format!("{} Default", name(state)),
        Goal::NoMatch(state) => format!("{} no rule holds", name(state)),
        Goal::Failing(state) => format!("{} comparison fails", name(state)),
        Goal::Caught(state, number) => format!("{} catcher {number}", name(state)),
        Goal::State(state) => format!("{} entered", name(state)),
        Goal::End => "succeeds".to_owned(),
    }
}

/// As a part of the name of a file.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.chars().take(60).collect::<String>().trim_end_matches('-').to_owned()
}

/// A folder for each machine: the name of its file, what would lead out of the folder left out.
fn folder_name(source: &str, document: &Document<'_>) -> String {
    let parts = Path::new(source).components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
        _ => None,
    });
    let mut name = parts.collect::<Vec<_>>().join("-");
    if !document.name.is_empty() {
        name += &format!("-{}", slug(document.name));
    }
    if document.number > 0 {
        name += &format!("-{}", document.number);
    }
    if name.is_empty() { "machine".to_owned() } else { name }
}

/// The way from a test's folder back to a file.
fn way_back(folder: &Path, file: &str) -> String {
    let is_below = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !is_below(folder) || Path::new(file).is_absolute() {
        return file.to_owned();
    }
    let depth = folder.components().filter(|part| matches!(part, Component::Normal(_))).count() + 1;
    format!("{}{file}", "../".repeat(depth))
}

fn test(
    folder: &Path,
    source: &Source,
    document: &Document<'_>,
    machine: &Machine<'_>,
    goal: Goal,
    witness: &Witness,
    replayed: &Replayed,
) -> Value {
    let execution = &replayed.execution;
    let states = execution.entered().map(|state| machine.state(state).name().into()).collect();
    let status = match &execution.status {
        Status::Succeeded(_) => "SUCCEEDED",
        Status::Failed(_) => "FAILED",
        Status::TimedOut => "TIMED_OUT",
        Status::Aborted { .. } => "ABORTED",
    };
    let mut takes = vec![("state", goal.state().map_or("", |state| machine.state(state).name()).into())];
    let whole = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    takes.push(match goal {
        Goal::Rule(_, number) => ("rule", whole(number)),
        Goal::Caught(_, number) => ("catcher", whole(number)),
        Goal::Default(_) => ("default", true.into()),
        Goal::NoMatch(_) => ("noMatch", true.into()),
        Goal::Failing(_) => ("fails", true.into()),
        Goal::State(_) | Goal::End => ("entered", true.into()),
    });
    let mut expected = Members::new();
    expected.insert("takes".into(), Value::members(takes));
    expected.insert("status".into(), status.into());
    if let Status::Failed(failure) = &execution.status {
        expected.insert("error".into(), failure.error.as_deref().unwrap_or_default().into());
    }
    expected.insert("states".into(), Value::array(states));
    let mut test = Members::new();
    test.insert("aslintTest".into(), 1.into());
    test.insert("what".into(), words(machine, goal).into());
    test.insert("file".into(), way_back(folder, &source.name).into());
    if !document.name.is_empty() || document.number > 0 {
        test.insert("machine".into(), document.name.into());
        test.insert("number".into(), whole(document.number));
    }
    test.insert("input".into(), witness.input.clone());
    test.insert("mocks".into(), witness.mocks().to_value());
    test.insert("expect".into(), Value::object(expected));
    Value::object(test)
}

/// How often each task is called, by the name of its state.
fn calls<'t>(machine: &Machine<'t>, replayed: &Replayed) -> BTreeMap<&'t str, usize> {
    let mut calls = BTreeMap::new();
    for event in &replayed.execution.events {
        if let Happening::Called(state, _) = event.what {
            *calls.entry(machine.state(state).name()).or_default() += 1;
        }
    }
    calls
}

/// Adds a test case, and the responses it names. Step Functions Local repeats no answer: there is one to each call.
fn mock_config(
    witness: &Witness,
    name: &str,
    calls: &BTreeMap<&str, usize>,
    cases: &mut Members,
    responses: &mut Members,
) {
    let mut states = Members::new();
    for (number, (task, answers)) in witness.tasks.iter().enumerate() {
        let Some((last, before)) = answers.split_last() else { continue };
        let n_calls = calls.get(&**task).copied().unwrap_or_default();
        let mut mocks = Mocks::new();
        for answer in before {
            mocks.push(Arc::clone(task), answer.into(), 1);
        }
        mocks.push(Arc::clone(task), last.into(), n_calls.saturating_sub(before.len()).max(1));
        // The writer of mocks knows how a response looks, and which have a place there.
        let written = mocks.to_mock_config("m", "c");
        if let Some(written) = written.get("MockedResponses").and_then(|responses| responses.get(task)) {
            let response = format!("{name}-{number}");
            states.insert(Arc::clone(task), response.as_str().into());
            responses.insert(response.as_str().into(), written.clone());
        }
    }
    cases.insert(name.into(), Value::object(states));
}

/// Writes the tests into their folder.
#[expect(clippy::disallowed_methods, reason = "tests are written here")]
pub(super) fn write(folder: &Path, tests: &Tests) -> Result<(), String> {
    let told =
        |path: &Path, error: &std::io::Error| format!("{}: not written, {}", path.display(), discover::reason(error));
    for (name, content) in &tests.files {
        let path: PathBuf = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| told(parent, &error))?;
        fs::write(&path, content).map_err(|error| told(&path, &error))?;
    }
    Ok(())
}
