//! Holds the small languages against what the service said of real machines: no error in one it accepted, an error in
//! one it refused for a path, a call, a timestamp or a resource.

#![expect(clippy::disallowed_methods, reason = "the corpus is a folder, named by the environment")]

use aslint::asl::intrinsic::{self, Dynamic};
use aslint::asl::path;
use aslint::asl::{resource, timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

use super::corpus;

/// What was found in the strings of a machine.
#[derive(Default)]
struct Findings {
    n_strings: usize,
    errors: Vec<String>,
}

fn recorded(root: &Path, label: &str) -> Vec<Value> {
    let mut rows = corpus::rows(&root.join("labelled/index.jsonl"));
    rows.retain(|row| row["peer"] == "localstack-aws-recorded" && row["label"] == label);
    rows
}

fn file(path: &Path) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

fn name_in(folder: &str, name: &Value) -> String {
    format!("{folder}/{}", name.as_str().unwrap_or_default())
}

fn is_jsonata(value: &Value, outer: bool) -> bool {
    value["QueryLanguage"].as_str().map_or(outer, |language| language == "JSONata")
}

impl Findings {
    fn machine(&mut self, machine: &Value, jsonata: bool) {
        for state in machine["States"].as_object().into_iter().flat_map(|states| states.values()) {
            self.state(state, is_jsonata(state, jsonata), jsonata);
        }
    }

    fn state(&mut self, state: &Value, jsonata: bool, outer: bool) {
        for part in ["ItemReader", "ResultWriter"].map(|name| &state[name]).into_iter().chain([state]) {
            self.check(&part["Resource"], |text| errors(&resource::parse(text).1));
        }
        let branches = state["Branches"].as_array().into_iter().flatten();
        for machine in branches.chain([&state["ItemProcessor"], &state["Iterator"]]) {
            self.machine(machine, outer);
        }
        self.check(&state["Timestamp"], |text| match timestamp::rfc3339(text) {
            Err(error) if !text.starts_with("{%") => vec![format!("{error:?}")],
            _ => Vec::new(),
        });
        if jsonata {
            return;
        }
        for name in ["Parameters", "ResultSelector", "ItemSelector", "Assign", "Credentials"] {
            self.template(&state[name]);
        }
        self.template(&state["ItemBatcher"]["BatchInput"]);
        self.template(&state["ItemReader"]["Parameters"]);
        self.template(&state["ResultWriter"]["Parameters"]);
        for name in ["InputPath", "OutputPath"] {
            self.check(&state[name], |text| errors(&path::parse(text).1));
        }
        for name in ["CausePath", "ErrorPath"] {
            self.check(&state[name], dynamic);
        }
        let names = ["Seconds", "Timestamp", "TimeoutSeconds", "HeartbeatSeconds", "Items", "MaxConcurrency"];
        for name in names.iter().chain(&["ToleratedFailureCount", "ToleratedFailurePercentage"]) {
            self.check(&state[format!("{name}Path")], |text| fits(text, |path| path.reference().is_ok()));
        }
        for part in [state].into_iter().chain(state["Catch"].as_array().into_iter().flatten()) {
            self.check(&part["ResultPath"], |text| fits(text, |path| path.writable().is_ok()));
            self.template(&part["Assign"]);
        }
        for rule in state["Choices"].as_array().into_iter().flatten() {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &Value) {
        for (name, value) in rule.as_object().into_iter().flatten() {
            match name.as_str() {
                "And" | "Or" => value.as_array().into_iter().flatten().for_each(|rule| self.rule(rule)),
                "Not" => self.rule(value),
                "Assign" => self.template(value),
                "Variable" => self.check(value, |text| fits(text, |path| path.reference().is_ok())),
                _ if name.ends_with("Path") => self.check(value, |text| fits(text, |path| path.reference().is_ok())),
                _ if name.starts_with("Timestamp") => self.check(value, |text| match timestamp::rfc3339(text) {
                    Ok(_) => Vec::new(),
                    Err(error) => vec![format!("{error:?}")],
                }),
                _ => {}
            }
        }
    }

    fn template(&mut self, template: &Value) {
        match template {
            Value::Object(members) => members.iter().for_each(|(name, value)| match name.strip_suffix(".$") {
                Some(_) => self.check(value, dynamic),
                None => self.template(value),
            }),
            Value::Array(items) => items.iter().for_each(|item| self.template(item)),
            _ => {}
        }
    }

    fn check(&mut self, value: &Value, find: impl Fn(&str) -> Vec<String>) {
        let Some(text) = value.as_str() else { return };
        self.n_strings += 1;
        self.errors.extend(find(text).into_iter().map(|error| format!("{text}\n    {error}")));
    }
}

fn errors<E: std::fmt::Debug>(errors: &[E]) -> Vec<String> {
    errors.iter().map(|error| format!("{error:?}")).collect()
}

fn fits(text: &str, accept: impl Fn(&path::Path) -> bool) -> Vec<String> {
    let (path, found) = path::parse(text);
    if accept(&path) { errors(&found) } else { vec!["does not name one place".to_owned()] }
}

fn dynamic(text: &str) -> Vec<String> {
    match intrinsic::classify(text) {
        Dynamic::Path | Dynamic::Context | Dynamic::Variable => errors(&path::parse(text).1),
        Dynamic::Intrinsic => errors(&intrinsic::parse(text).1),
        Dynamic::Hole => Vec::new(),
        Dynamic::Neither => vec!["neither a path nor a call".to_owned()],
    }
}

#[test]
fn what_the_service_accepts_has_no_errors() {
    let Some(root) = corpus::root() else { return };
    let mut names: BTreeSet<String> =
        recorded(&root, "valid").iter().map(|row| name_in("labelled", &row["file"])).collect();
    let executed = corpus::rows(&root.join("executions/index.jsonl"));
    names.extend(
        executed.iter().filter(|row| row["recorded_on"] == "aws").map(|row| name_in("executions", &row["definition"])),
    );
    let mut findings = Findings::default();
    for machine in names.iter().filter_map(|name| file(&root.join(name))) {
        findings.machine(&machine, is_jsonata(&machine, false));
    }
    assert!(findings.n_strings > 1_000, "only {} strings in {} files", findings.n_strings, names.len());
    assert_eq!(findings.errors, [""; 0]);
}

#[test]
fn what_the_service_refuses_has_an_error() {
    let Some(root) = corpus::root() else { return };
    let about = ["must be a valid JSONPath", "does not match RFC3339", "is not a valid resource ARN"];
    let mut n_refused = 0;
    for row in recorded(&root, "invalid") {
        if !about.iter().any(|about| row["expected"].to_string().contains(about)) {
            continue;
        }
        let name = name_in("labelled", &row["file"]);
        let machine = file(&root.join(&name)).expect("a refused machine is JSON");
        let mut findings = Findings::default();
        findings.machine(&machine, is_jsonata(&machine, false));
        assert!(!findings.errors.is_empty(), "no error in {name}");
        n_refused += 1;
    }
    assert!(n_refused >= 5, "only {n_refused} refused machines");
}
