//! The shapes of a machine hold every value that an execution has: what was recorded, what is replayed, what is made up.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs;

use aslint::analysis::{Analysis, MachineType};
use aslint::asl::{Machine, StateId, jsonata, lower, path, resource};
use aslint::eval::execution::{Event, Execution, Happening, Setup, Stage, Status, run};
use aslint::eval::{self, Budget, Random, Roots, Value};
use aslint::flow::results::result_of;
use aslint::flow::shape::Shape;
use aslint::flow::shapes::{Place, Read, Verdict};
use aslint::source::{Document, Source};
use aslint::syntax::{Format, parse};
use serde_json::Value as Json;

use super::corpus;
use super::generate::{Case, Flavour, case};
use super::replay::{Bucket, is_comparable, with_execution};

/// How many made-up executions of each flavour.
const N: usize = 1_700;

/// Looks at a machine with its analysis.
fn analysed<T>(machine: &Machine<'_>, look: impl FnOnce(&Analysis<'_>) -> T) -> T {
    let source = Source::machine("shapes", "", Format::Json);
    let document = Document { source: &source, root: machine.node, name: "", number: 0 };
    look(&Analysis::new(document, machine, MachineType::Standard))
}

/// What an execution had on its way and the shapes do not hold, and what they say of reads and is not so.
#[derive(Debug, Default)]
struct Watch {
    wrong: Vec<String>,
    n_values: usize,
    n_absent: usize,
    n_present: usize,
    n_decided: usize,
    n_known: usize,
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { n_values, n_absent, n_present, n_decided, n_known, .. } = self;
        write!(
            f,
            "{n_values} values held, {n_absent} reads absent, {n_present} present, {n_decided} comparisons decided, \
             {n_known} outputs known"
        )
    }
}

/// Whether every task gave what its service gives: else nothing is promised.
fn keeps_to_premises(execution: &Execution) -> bool {
    execution.events.iter().all(|event| match &event.what {
        Happening::Returned(_, call, value) => result_of(&resource::parse(&call.resource).0).admits(value),
        _ => true,
    })
}

impl Watch {
    fn execution(&mut self, analysis: &Analysis<'_>, execution: &Execution) {
        if !keeps_to_premises(execution) {
            return;
        }
        let mut inputs: BTreeMap<(usize, StateId), Value> = BTreeMap::new();
        for event in &execution.events {
            self.event(analysis, event, &mut inputs);
        }
    }

    fn event(&mut self, analysis: &Analysis<'_>, event: &Event, inputs: &mut BTreeMap<(usize, StateId), Value>) {
        let shapes = analysis.shapes();
        match &event.what {
            Happening::Entered(state, input) => {
                self.is_held(analysis, *state, "input", &shapes.state(*state).input, input);
                self.reads(analysis, *state, Place::Input, input);
                if analysis.machine.state(*state).node.get("InputPath").is_none() {
                    self.reads(analysis, *state, Place::Effective, input);
                }
                inputs.insert((event.strand, *state), input.clone());
            }
            Happening::Stage(state, stage, value) => {
                let of = shapes.state(*state);
                match stage {
                    Stage::InputPath => {
                        self.is_held(analysis, *state, "effective input", &of.effective, value);
                        self.reads(analysis, *state, Place::Effective, value);
                    }
                    Stage::Parameters | Stage::Arguments => {
                        self.is_held(analysis, *state, "arguments", &of.arguments, value);
                    }
                    Stage::Result => {
                        self.is_held(analysis, *state, "result", &of.result, value);
                        self.reads(analysis, *state, Place::Result, value);
                    }
                    Stage::Items | Stage::ResultSelector | Stage::ResultPath => {}
                }
            }
            Happening::Exited(state, output, assigned) => {
                self.is_held(analysis, *state, "output", &shapes.state(*state).output, output);
                for (name, value) in assigned {
                    let scope = analysis.machine.state(*state).scope;
                    if let Some(variable) = analysis.variables().own(scope, name) {
                        self.is_held(analysis, *state, name, shapes.variable(variable), value);
                    }
                }
            }
            Happening::Chosen(state, chosen) => self.chosen(analysis, *state, *chosen),
            _ => {}
        }
    }

    fn is_held(&mut self, analysis: &Analysis<'_>, state: StateId, what: &str, shape: &Shape, value: &Value) {
        self.n_values += 1;
        if !shape.admits(value) {
            let name = analysis.machine.state(state).name();
            self.wrong.push(format!("{what} of `{name}`: {} is not in {shape}", value.to_json()));
        }
    }

    /// What is certain of the reads in one document of a state. Rules of a Choice are asked of less than the document.
    fn reads(&mut self, analysis: &Analysis<'_>, state: StateId, place: Place, document: &Value) {
        if analysis.machine.state(state).choice().is_some() {
            return;
        }
        let reads = analysis.shapes().reads();
        let first = reads.partition_point(|read| read.state < state);
        for read in reads[first..].iter().take_while(|read| read.state == state).filter(|read| read.place == place) {
            let is_found = match read.verdict {
                Verdict::Absent(..) => false,
                Verdict::Present(_) => true,
                Verdict::Unknown => continue,
            };
            let Some(found) = found(read, place, document) else { continue };
            *(if is_found { &mut self.n_present } else { &mut self.n_absent }) += 1;
            if found != is_found {
                let text = read.span.of(read.node.content());
                self.wrong.push(format!(
                    "`{text}` is {}there in {}",
                    if found { "" } else { "not " },
                    document.to_json()
                ));
            }
        }
    }

    /// Comparisons that stand alone in their rule come out as they are said to.
    fn chosen(&mut self, analysis: &Analysis<'_>, state: StateId, chosen: Option<usize>) {
        let rules = analysis.machine.state(state).rules();
        for test in analysis.shapes().tests().iter().filter(|test| test.state == state) {
            let Some(outcome) = test.outcome else { continue };
            let Some(rule) = rules.iter().position(|rule| {
                rule.node.get(test.field.content()).map(aslint::syntax::Node::parent) == Some(test.field.parent())
            }) else {
                continue;
            };
            self.n_decided += 1;
            let came_out = match chosen {
                Some(chosen) if chosen < rule => continue,
                Some(chosen) => chosen == rule,
                None => false,
            };
            if came_out != outcome {
                self.wrong
                    .push(format!("rule {rule} of `{}` comes out {came_out}", analysis.machine.state(state).name()));
            }
        }
    }
}

/// Whether a read finds something in a document; nothing where that cannot be told.
fn found(read: &Read<'_>, place: Place, document: &Value) -> Option<bool> {
    let text = read.span.of(read.node.content());
    let mut budget = Budget::new(1_000_000);
    if !text.starts_with("$states") {
        let (path, errors) = path::parse(text);
        assert!(errors.is_empty(), "{text}");
        let none = |_: &str| None;
        let roots = Roots { document, context: &|| Value::Null, variables: &none };
        return Some(eval::path::read(&path, &roots, &mut budget).is_ok());
    }
    if text.contains(['[', '@', '#', '^', '(']) {
        return None;
    }
    let name = match place {
        Place::Input => "input",
        Place::Result => "result",
        _ => return None,
    };
    let states = Value::members([(name, document.clone())]);
    let variables = |name: &str| (name == "states").then(|| states.clone());
    let mut random = Random::new(0);
    let mut environment = eval::jsonata::Environment {
        input: None,
        variables: &variables,
        now: 0,
        random: &mut random,
        budget: &mut budget,
    };
    let parsed = jsonata::parse(text);
    Some(eval::jsonata::evaluate(&parsed.ast, &mut environment).ok()?.is_some())
}

/// Runs made-up machines of a flavour and looks at what the executions had.
fn made_up(flavour: Flavour) -> Watch {
    let (mut wrong, mut watch) = (String::new(), Watch::default());
    for seed in 0..N {
        let Case { definition, input, mocks } = case(flavour, seed);
        let tree = parse(&definition.as_str().into(), Format::Json);
        let machine = lower(tree.root());
        let bucket = Bucket::default();
        let setup = Setup::new(Value::from_json(&input).expect("an input"), &mocks, &bucket);
        let execution = run(&machine, &setup);
        analysed(&machine, |analysis| {
            watch.execution(analysis, &execution);
            let states = machine.states.iter().map(|state| analysis.shapes().state(state.id));
            watch.n_known += states.filter(|shapes| !shapes.output.is_any()).count();
        });
        for found in watch.wrong.drain(..) {
            let _ = writeln!(wrong, "{flavour:?} {seed}: {found}\n{definition}");
        }
    }
    eprintln!("{flavour:?}: {watch}");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(watch.n_values > 15_000 && watch.n_known > 1_500 && watch.n_absent > 10, "{watch}");
    watch
}

#[test]
fn they_hold_what_executions_of_paths_have() {
    let watch = made_up(Flavour::Paths);
    assert!(watch.n_present > 500 && watch.n_decided > 100, "{watch}");
}

#[test]
fn they_hold_what_executions_of_both_languages_have() {
    let watch = made_up(Flavour::Mixed);
    assert!(watch.n_present > 500 && watch.n_decided > 100, "{watch}");
}

#[test]
fn they_hold_what_executions_of_jsonata_have() {
    made_up(Flavour::Jsonata);
}

#[test]
fn they_hold_what_recorded_executions_have() {
    let Some(root) = corpus::root() else { return };
    let folder = root.join("executions");
    let (mut n, mut wrong, mut watch) = (0, String::new(), Watch::default());
    for row in corpus::rows(&folder.join("index.jsonl")) {
        let id = row["id"].as_str().expect("an id").to_owned();
        let history =
            row["history"].as_str().filter(|_| row["recorded_on"] == "aws" && row["nondeterministic"] == false);
        with_execution(&row, &folder, |machine, execution| {
            analysed(machine, |analysis| {
                if is_comparable(&row) {
                    n += 1;
                    watch.execution(analysis, execution);
                }
                if let Some(history) = history {
                    let text = fs::read_to_string(folder.join(history)).expect("a history");
                    let history: Json = serde_json::from_str(&text).expect("a history is JSON");
                    recorded(&mut watch, analysis, &history);
                }
            });
        });
        for found in watch.wrong.drain(..) {
            let _ = writeln!(wrong, "{id}: {found}");
        }
    }
    eprintln!("recorded executions: {n}, {watch}");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(n > 600 && watch.n_values > 4_000, "{n}: {watch}");
}

/// What the service itself wrote down. A state whose name is that of another is passed over.
fn recorded(watch: &mut Watch, analysis: &Analysis<'_>, history: &Json) {
    let mut by_name: BTreeMap<&str, Vec<StateId>> = BTreeMap::new();
    for state in &analysis.machine.states {
        by_name.entry(state.name()).or_default().push(state.id);
    }
    for event in history["events"].as_array().into_iter().flatten() {
        for (details, field) in [("stateEnteredEventDetails", "input"), ("stateExitedEventDetails", "output")] {
            let details = &event[details];
            let Some(value) = details.get(field) else { continue };
            let Some([state]) = by_name.get(details["name"].as_str().unwrap_or_default()).map(Vec::as_slice) else {
                continue;
            };
            let shapes = analysis.shapes().state(*state);
            let shape = if field == "input" { &shapes.input } else { &shapes.output };
            // Most values are recorded as the objects that they are, the others as JSON text.
            let value =
                value.as_str().and_then(|text| Value::from_json(text).ok()).unwrap_or_else(|| Value::from(value));
            watch.is_held(analysis, *state, field, shape, &value);
        }
    }
}

/// The shapes of a machine as text, state by state in the order of the text, without names.
fn told(text: &str) -> Vec<String> {
    let tree = parse(&text.into(), Format::Json);
    let machine = lower(tree.root());
    analysed(&machine, |analysis| {
        let of = |state: &aslint::asl::State<'_>| {
            let shapes = analysis.shapes().state(state.id);
            format!("{} {} {} {} {}", shapes.input, shapes.effective, shapes.arguments, shapes.result, shapes.output)
        };
        machine.states.iter().map(of).collect()
    })
}

#[test]
fn names_of_states_have_no_part_in_them() {
    for flavour in [Flavour::Paths, Flavour::Mixed, Flavour::Jsonata] {
        for seed in 0..100 {
            let Case { definition, .. } = case(flavour, seed);
            let tree = parse(&definition.as_str().into(), Format::Json);
            let machine = lower(tree.root());
            let mut renamed = definition.clone();
            for state in &machine.states {
                let name = Json::from(state.name()).to_string();
                // States are told apart by their length, so that no name is part of another.
                renamed = renamed.replace(&name, &Json::from(format!("{}!", state.name())).to_string());
            }
            if renamed.contains("$$.State.Name") || renamed.contains("State.Name") {
                continue;
            }
            assert_eq!(told(&definition), told(&renamed), "{flavour:?} {seed}\n{definition}");
        }
    }
}

#[test]
fn statuses_agree_with_them() {
    for seed in 0..500 {
        let Case { definition, input, mocks } = case(Flavour::Mixed, seed);
        let tree = parse(&definition.as_str().into(), Format::Json);
        let machine = lower(tree.root());
        let bucket = Bucket::default();
        let setup = Setup::new(Value::from_json(&input).expect("an input"), &mocks, &bucket);
        let Status::Succeeded(output) = run(&machine, &setup).status else { continue };
        analysed(&machine, |analysis| {
            let ends = machine.states_of(machine.top()).filter(|state| state.is_terminal());
            let is_held = ends.into_iter().any(|end| analysis.shapes().state(end.id).output.admits(&output));
            assert!(is_held, "{seed}: {}\n{definition}", output.to_json());
        });
    }
}

#[test]
fn what_nests_deeply_is_followed_no_further() {
    const DEPTH: usize = 900;
    let nested = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(DEPTH), close.repeat(DEPTH));
    let rule = nested(r#"{"Not": "#, r#"{"Variable": "$.a", "IsNull": true}"#, "}");
    let scope = r#"{"StartAt": "A", "States": {"A": {"Type": "Parallel", "End": true, "Branches": ["#;
    for text in [
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Choice", "Choices": [{{"Not": {rule}, "Next": "B"}}]}}, "B": {{"Type": "Succeed"}}}}}}"#
        ),
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Parameters": {}, "End": true}}}}}}"#,
            nested(r#"{"a": "#, r#"{"x.$": "$.x"}"#, "}")
        ),
        format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {{"Type": "Pass", "Output": {}, "End": true}}}}}}"#,
            nested("[", r#""{% $states.input.x %}""#, "]")
        ),
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Parameters": {{"x.$": "{}"}}, "End": true}}}}}}"#,
            nested("States.Array(", "$.x", ")")
        ),
        format!(
            r#"{}{{"StartAt": "A", "States": {{"A": {{"Type": "Succeed"}}}}}}{}"#,
            scope.repeat(200),
            "]}}}".repeat(200)
        ),
    ] {
        assert!(!told(&text).is_empty());
    }
}
