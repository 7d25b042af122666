//! Requests to the service's `TestState` with their recorded answers: one state, what it hands on, fails with, goes to.
//!
//! The state runs as the start of a machine, with the mock of the request. What does not agree stands in
//! `test-state-exceptions.tsv` with the reason; a row there that agrees fails the test as well.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aslint::asl::{self, Machine, StateId};
use aslint::eval::execution::{Execution, Happening, Setup, run};
use aslint::eval::{Answer, Mocks, Value};
use aslint::syntax::{self, Format};
use serde_json::{Value as Json, json};

use super::corpus;
use super::replay::{Bucket, exceptions};

/// The name that the service gives to a state that comes without one.
const NAME: &str = "StateName";

/// The machine that begins with the state of the request, and the state's name.
fn machine(row: &Json, definition: &Json) -> (Json, String) {
    let request = &row["request"];
    let (mut machine, name) = match request["stateName"].as_str() {
        // It may stand in a Map or a Parallel.
        Some(name) => {
            (json!({"States": {name: state_called(definition, name).expect("the state is there")}}), name.to_owned())
        }
        None => (json!({"States": {NAME: definition}}), NAME.to_owned()),
    };
    machine["StartAt"] = json!(name);
    // Where the state leads to: what happens there is not asked.
    let mut targets = BTreeSet::new();
    collect_targets(&machine["States"][&name], &mut targets);
    for target in targets {
        if machine["States"].get(&target).is_none() {
            machine["States"][&target] = json!({"Type": "Succeed"});
        }
    }
    if let Some(variables) = request["variables"].as_str() {
        let variables: Json = serde_json::from_str(variables).expect("variables are JSON");
        machine["States"]["Before"] = json!({"Type": "Pass", "Assign": variables, "Next": name});
        machine["StartAt"] = json!("Before");
    }
    (machine, name)
}

fn state_called(scope: &Json, name: &str) -> Option<Json> {
    let states = scope["States"].as_object()?;
    let nested = |state: &Json| {
        let branches = state["Branches"].as_array().into_iter().flatten();
        let scopes = branches.chain([&state["ItemProcessor"], &state["Iterator"]]);
        scopes.into_iter().find_map(|scope| state_called(scope, name))
    };
    states.get(name).cloned().or_else(|| states.values().find_map(nested))
}

fn collect_targets(state: &Json, targets: &mut BTreeSet<String>) {
    let rules = ["Choices", "Catch"].into_iter().flat_map(|list| state[list].as_array().into_iter().flatten());
    for owner in rules.chain([state]) {
        targets.extend(["Next", "Default"].into_iter().filter_map(|field| owner[field].as_str().map(str::to_owned)));
    }
}

/// The answer that the request mocks, or that a function gave which really was called: the response tells it.
fn mocks(row: &Json, name: &str, state: &Json) -> Mocks {
    let mut mocks = Mocks::new();
    let (request, response) = (&row["request"], &row["response"]);
    let mock = &request["mock"];
    let n_failures = request["stateConfiguration"]["mapIterationFailureCount"].as_u64().unwrap_or_default();
    let tolerates = state.as_object().is_some_and(|state| state.keys().any(|field| field.starts_with("Tolerated")));
    if n_failures > 0 && tolerates && mock["result"].is_string() {
        // So many iterations fail, which is looked at only where the Map says how many may (recorded).
        mocks.push("*", Answer::throws("Failed", None), usize::try_from(n_failures).expect("a few"));
        mocks.push("*", Answer::returns(Value::Null), 1);
        return mocks;
    }
    if mock.is_null() && state["Type"] == "Task" {
        let result = response["inspectionData"].get("result").unwrap_or(&response["output"]);
        let result =
            result.as_str().and_then(|text| Value::from_json(text).ok()).unwrap_or_else(|| Value::from(result));
        mocks.push(name, Answer::returns(result), 1);
    }
    if let Some(result) = mock["result"].as_str() {
        mocks.push(name, Answer::returns(Value::from_json(result).expect("a result is JSON")), 1);
    } else if let Some(error) = mock["errorOutput"]["error"].as_str() {
        mocks.push(name, Answer::throws(error, mock["errorOutput"]["cause"].as_str().map(Into::into)), 1);
    }
    mocks
}

/// How the visit of the state ended: status, output, error, the state to go to.
#[derive(Debug, Default)]
struct Visit {
    status: &'static str,
    output: Option<Value>,
    error: Option<String>,
    next: Option<String>,
}

/// What `TestState` would say, with so many retries before by the retrier in question.
fn visit(machine: &Machine<'_>, execution: &Execution, id: StateId, n_retries: u64) -> Visit {
    let mut visit = Visit::default();
    let mut is_caught = false;
    let mut events =
        execution.events.iter().skip_while(|event| !matches!(event.what, Happening::Entered(state, _) if state == id));
    for event in events.by_ref() {
        match &event.what {
            Happening::StateFailed(state, failure) if *state == id => {
                visit.error = failure.error.as_deref().map(str::to_owned);
            }
            Happening::Retrying { state, attempt, .. } if *state == id && u64::from(*attempt) > n_retries => {
                return Visit { status: "RETRIABLE", ..visit };
            }
            Happening::Caught(state, _) if *state == id => is_caught = true,
            Happening::Exited(state, output, _) if *state == id => {
                visit.output = Some(output.clone());
                break;
            }
            Happening::Failed(failure) => {
                return Visit { status: "FAILED", error: failure.error.as_deref().map(str::to_owned), ..visit };
            }
            _ => {}
        }
    }
    let next = events.find_map(|event| match event.what {
        Happening::Entered(state, _) => Some(machine.state(state).name().to_owned()),
        _ => None,
    });
    Visit {
        status: if is_caught { "CAUGHT_ERROR" } else { "SUCCEEDED" },
        next,
        error: visit.error.filter(|_| is_caught),
        ..visit
    }
}

/// Whether a value is what was recorded, where the recorder put `<name>`, `date` and the like for what is another each time, and
/// read strings that are JSON.
fn is_like(recorded: &Json, ours: &Value) -> bool {
    match (recorded, ours) {
        (Json::String(text), Value::String(_))
            if text.contains('<') || matches!(text.as_str(), "date" | "start-date") =>
        {
            true
        }
        (Json::String(text), _) if ours.as_str() != Some(text) => {
            Value::from_json(text).is_ok_and(|value| value == *ours)
        }
        (Json::Array(recorded), Value::Array(ours)) => {
            recorded.len() == ours.len() && recorded.iter().zip(ours.iter()).all(|(one, other)| is_like(one, other))
        }
        (Json::Object(recorded), Value::Object(ours)) => {
            recorded.len() == ours.len()
                && recorded.iter().all(|(name, value)| ours.get(name.as_str()).is_some_and(|ours| is_like(value, ours)))
        }
        _ => Value::from(recorded) == *ours,
    }
}

fn differences(row: &Json, folder: &Path) -> Vec<String> {
    let (request, response) = (&row["request"], &row["response"]);
    let path = folder.join(row["definition"].as_str().expect("a definition"));
    let definition =
        serde_json::from_str(&fs::read_to_string(path).expect("a definition of the corpus")).expect("JSON");
    let (text, name) = machine(row, &definition);
    let tree = syntax::parse(&text.to_string().into(), Format::Json);
    let machine = asl::lower(tree.root());
    let id = machine.find(asl::ScopeId::TOP, &name).expect("the state is there");
    let (mocks, bucket) = (mocks(row, &name, &text["States"][&name]), Bucket::default());
    let input = Value::from_json(request["input"].as_str().unwrap_or("{}")).expect("an input is JSON");
    let mut setup = Setup::new(input, &mocks, &bucket);
    // It says so itself, in the ids of its context object.
    setup.kind = asl::MachineType::Express;
    setup.context = request["context"].as_str().map(|context| Value::from_json(context).expect("a context is JSON"));
    let execution = run(&machine, &setup);
    let n_retries = request["stateConfiguration"]["retrierRetryCount"].as_u64().unwrap_or_default();
    let ours = visit(&machine, &execution, id, n_retries);
    let mut found = Vec::new();
    let mut compare = |what: &str, theirs: &Json, ours: Option<&str>| {
        if theirs.as_str() != ours {
            found.push(format!("{what} {theirs} is {ours:?}"));
        }
    };
    compare("status", &response["status"], Some(ours.status));
    compare("error", &response["error"], ours.error.as_deref());
    compare("next state", &response["nextState"], ours.next.as_deref());
    let is_like = match (response.get("output"), &ours.output) {
        (None, _) => true,
        (Some(theirs), Some(ours)) => is_like(theirs, ours),
        (Some(_), None) => false,
    };
    if !is_like {
        found.push(format!(
            "output {} is {}",
            response["output"],
            ours.output.map_or_else(String::new, |it| it.to_json())
        ));
    }
    found
}

#[test]
fn recorded_tests_of_states_come_out_the_same() {
    let Some(root) = corpus::root() else { return };
    let folder = root.join("executions");
    let excepted = exceptions(include_str!("test-state-exceptions.tsv"));
    // The others were refused before anything ran, and hold the service's models of the results of other services.
    let rows: Vec<Json> =
        corpus::rows(&folder.join("test-state.jsonl")).into_iter().filter(|row| row["response"].is_object()).collect();
    let (mut wrong, mut unexpected) = (BTreeSet::new(), String::new());
    for row in &rows {
        let id = row["id"].as_str().expect("an id");
        let found = differences(row, &folder);
        if found.is_empty() {
            continue;
        }
        wrong.insert(id);
        if !excepted.contains_key(id) {
            _ = writeln!(unexpected, "{id}:\n  {}", found.join("\n  "));
        }
    }
    let stale: Vec<_> = excepted.keys().filter(|id| !wrong.contains(*id)).collect();
    eprintln!(
        "recorded TestState: {} compared, {} agree, {} differ",
        rows.len(),
        rows.len() - wrong.len(),
        wrong.len()
    );
    assert!(unexpected.is_empty(), "these differ:\n{unexpected}");
    assert!(stale.is_empty(), "these agree and are listed as exceptions: {stale:?}");
    assert!(rows.len() > 100 && wrong.len() * 10 <= rows.len(), "{} of {} differ", wrong.len(), rows.len());
}
