//! Executions that the real service recorded, replayed: the same status, output, error and states.
//!
//! The answers of tasks are the recorded ones. What does not agree stands in `replay-exceptions.tsv` with the reason; a row there
//! that agrees fails the test as well.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aslint::asl::{self, Machine};
use aslint::eval::execution::{Execution, Setup, Status, run};
use aslint::eval::{Answer, Files, Listed, Mocks, Value};
use aslint::syntax::{self, Format};
use serde_json::Value as Json;

use super::corpus;

/// The objects that a recording put into buckets.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    objects: BTreeMap<(String, String), Vec<u8>>,
}

impl Files for Bucket {
    fn read(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        self.objects.get(&(bucket.to_owned(), key.to_owned())).cloned()
    }

    fn list(&self, bucket: &str, prefix: &str) -> Option<Vec<Listed>> {
        let listed = |((_, key), bytes): (&(String, String), &Vec<u8>)| Listed {
            key: key.clone(),
            size: bytes.len() as u64,
            ..Listed::default()
        };
        let of_bucket = self.objects.iter().filter(|((name, _), _)| name == bucket);
        Some(of_bucket.filter(|((_, key), _)| key.starts_with(prefix)).map(listed).collect())
    }
}

/// What is compared of an execution.
#[derive(Debug, PartialEq)]
struct Ended {
    status: String,
    output: Option<Value>,
    error: Option<String>,
    states: Option<Vec<String>>,
}

fn ended(machine: &Machine<'_>, execution: &Execution) -> Ended {
    let (status, output, error) = match &execution.status {
        Status::Succeeded(output) => ("SUCCEEDED", Some(output.clone()), None),
        Status::Failed(failure) => ("FAILED", None, failure.error.as_deref().map(str::to_owned)),
        Status::TimedOut => ("TIMED_OUT", None, None),
        Status::Aborted { .. } => ("ABORTED", None, None),
    };
    let states = execution.entered().map(|id| machine.state(id).name().to_owned()).collect();
    Ended { status: status.to_owned(), output, error, states: Some(states) }
}

fn recorded(row: &Json) -> Ended {
    let names = |names: &Json| -> Option<Vec<String>> {
        Some(names.as_array()?.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect())
    };
    Ended {
        status: row["status"].as_str().unwrap_or_default().to_owned(),
        output: row.get("output").map(Value::from).filter(|_| row["status"] == "SUCCEEDED"),
        error: row["error"].as_str().map(str::to_owned),
        states: names(&row["entered"]),
    }
}

/// The recorded answers of tasks. The recorder lost the state where it put the events of branches into another order: it is that of
/// the only task there is.
fn mocks(row: &Json, machine: &Machine<'_>) -> Mocks {
    let mut mocks = Mocks::new();
    let tasks = || machine.states.iter().filter(|state| state.kind == Some(asl::StateType::Task));
    for result in row["task_results"].as_array().into_iter().flatten() {
        let state = result["state"].as_str().or_else(|| tasks().next().map(asl::State::name));
        let is_success = result["type"].as_str().is_some_and(|kind| kind.ends_with("Succeeded"));
        let answer = if is_success {
            Answer::returns(Value::from(&result["output"]))
        } else {
            let cause = match &result["cause"] {
                Json::Null => None,
                Json::String(text) => Some(text.as_str().into()),
                // The recorder read causes that are JSON.
                other => Some(Value::from(other).to_json().into()),
            };
            Answer::throws(result["error"].as_str().unwrap_or_default(), cause)
        };
        mocks.push(state.unwrap_or("*"), answer, 1);
    }
    mocks
}

fn bucket(row: &Json) -> Bucket {
    let mut bucket = Bucket::default();
    for step in row["setup"].as_array().into_iter().flatten().filter(|step| step["op"] == "s3.put_object") {
        let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
        bucket.objects.insert((text("Bucket"), text("Key")), text("Body").into_bytes());
    }
    bucket
}

/// Whether every execution of the same machine comes to what the row says: the service neither draws lots nor asks a clock in it.
pub(crate) fn is_comparable(row: &Json) -> bool {
    row["recorded_on"] == "aws" && row["nondeterministic"] == false && row["placeholders_in_expected"] == false
}

/// What differs, in words; nothing where all agrees.
fn differences(row: &Json, ours: &Ended) -> Vec<String> {
    let theirs = recorded(row);
    let mut found = Vec::new();
    // The recorder did not wait for the end.
    let was_cut = matches!(theirs.status.as_str(), "RUNNING" | "ABORTED");
    if theirs.status != ours.status && !was_cut {
        found.push(format!("status {} is {}", theirs.status, ours.status));
    }
    if theirs.error != ours.error && !was_cut {
        found.push(format!("error {:?} is {:?}", theirs.error, ours.error));
    }
    if theirs.output != ours.output && !was_cut {
        let shown = |output: &Option<Value>| output.as_ref().map(Value::to_json).unwrap_or_default();
        found.push(format!("output {} is {}", shown(&theirs.output), shown(&ours.output)));
    }
    if let (Some(mut theirs), Some(mut ours)) = (theirs.states, ours.states.clone()) {
        if row["order_normalised"] == true {
            theirs.sort();
            ours.sort();
        }
        let agrees = if was_cut { ours.starts_with(&theirs) } else { ours == theirs };
        if !agrees {
            found.push(format!("states {theirs:?} are {ours:?}"));
        }
    }
    found
}

fn replay(row: &Json, folder: &Path) -> Vec<String> {
    with_execution(row, folder, |machine, execution| differences(row, &ended(machine, execution)))
}

/// Executes what a row recorded.
pub(crate) fn with_execution<T>(row: &Json, folder: &Path, look: impl FnOnce(&Machine<'_>, &Execution) -> T) -> T {
    let path = folder.join(row["definition"].as_str().expect("a definition"));
    let text = fs::read_to_string(path).expect("a definition of the corpus");
    let tree = syntax::parse(&text.as_str().into(), Format::Json);
    let machine = asl::lower(tree.root());
    let (mocks, bucket) = (mocks(row, &machine), bucket(row));
    let input = Value::from_json(row["input_raw"].as_str().unwrap_or("{}")).expect("an input of the corpus");
    let mut setup = Setup::new(input, &mocks, &bucket);
    if row["type"] == "EXPRESS" {
        setup.kind = asl::MachineType::Express;
    }
    look(&machine, &run(&machine, &setup))
}

/// By id: why a row does not agree.
pub(crate) fn exceptions(table: &str) -> BTreeMap<&str, &str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').expect("id and reason"))
        .collect()
}

#[test]
fn recorded_executions_come_out_the_same() {
    let Some(root) = corpus::root() else { return };
    let folder = root.join("executions");
    let excepted = exceptions(include_str!("replay-exceptions.tsv"));
    let rows: Vec<Json> = corpus::rows(&folder.join("index.jsonl")).into_iter().filter(is_comparable).collect();
    let (mut wrong, mut unexpected, mut differing) = (0, String::new(), BTreeSet::new());
    for row in &rows {
        let id = row["id"].as_str().expect("an id");
        let found = replay(row, &folder);
        if found.is_empty() {
            continue;
        }
        wrong += 1;
        differing.insert(id.to_owned());
        if !excepted.contains_key(id) {
            _ = writeln!(unexpected, "{id}:\n  {}", found.join("\n  "));
        }
    }
    let stale: Vec<_> = excepted.keys().filter(|id| !differing.contains(**id)).collect();
    eprintln!("recorded executions: {} compared, {} agree, {wrong} differ", rows.len(), rows.len() - wrong);
    assert!(unexpected.is_empty(), "these differ:\n{unexpected}");
    assert!(stale.is_empty(), "these agree and are listed as exceptions: {stale:?}");
    assert!(rows.len() > 600 && wrong * 50 <= rows.len(), "{wrong} of {} differ", rows.len());
}

/// The events of a recorded history and of our own: the type of each, the one that led to it, and the names of its details.
fn event_words(events: &[Json]) -> Vec<String> {
    let word = |event: &Json| {
        let details = event.as_object().into_iter().flatten().filter(|(name, _)| name.ends_with("EventDetails"));
        let names = details.flat_map(|(name, details)| {
            let inner = details.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
            std::iter::once(name.as_str()).chain(inner).collect::<BTreeSet<_>>()
        });
        // What a service answers before it is done, and who works on an activity, is in no mock.
        let is_unknown = |name: &&str| {
            let (submitted, started) = (event["type"] == "TaskSubmitted", event["type"] == "ActivityStarted");
            submitted && name.starts_with("output") || started
        };
        let names: Vec<_> = names.filter(|name| !is_unknown(name)).collect();
        format!("{} {} after {}: {}", event["id"], event["type"], event["previousEventId"], names.join(" "))
    };
    events.iter().map(word).collect()
}

#[test]
fn histories_are_written_as_the_service_writes_them() {
    let Some(root) = corpus::root() else { return };
    let folder = root.join("executions");
    let excepted = exceptions(include_str!("history-exceptions.tsv"));
    let (mut n, mut differing, mut unexpected) = (0, BTreeSet::new(), String::new());
    for row in corpus::rows(&folder.join("index.jsonl")) {
        let id = row["id"].as_str().expect("an id").to_owned();
        let Some(history) = row["history"].as_str() else { continue };
        if row["recorded_on"] != "aws"
            || row["order_normalised"] == true
            || !matches!(row["status"].as_str(), Some("SUCCEEDED" | "FAILED"))
        {
            continue;
        }
        let history: Json = serde_json::from_str(&fs::read_to_string(folder.join(history)).expect("a history"))
            .expect("a history is JSON");
        let theirs = event_words(history["events"].as_array().expect("events"));
        let ours = with_execution(&row, &folder, |machine, execution| {
            let events = aslint::report::history::events(machine, &execution.events);
            let events: Vec<Json> =
                events.iter().map(|event| serde_json::from_str(&event.to_json()).expect("JSON")).collect();
            event_words(&events)
        });
        n += 1;
        if theirs == ours {
            continue;
        }
        differing.insert(id.clone());
        if !excepted.contains_key(id.as_str()) {
            let at =
                theirs.iter().zip(&ours).position(|(one, other)| one != other).unwrap_or(theirs.len().min(ours.len()));
            _ = writeln!(unexpected, "{id}:\n  {:?}\n  {:?}", theirs.get(at), ours.get(at));
        }
    }
    let stale: Vec<_> = excepted.keys().filter(|id| !differing.contains(**id)).collect();
    eprintln!("recorded histories: {n} compared, {} agree", n - differing.len());
    assert!(unexpected.is_empty(), "these differ:\n{unexpected}");
    assert!(stale.is_empty(), "these agree and are listed as exceptions: {stale:?}");
    assert!(n > 400 && differing.len() * 10 <= n, "{} of {n} differ", differing.len());
}
