//! No false proof: nothing that is called dead ever happens, in machines made up by chance and in recorded executions.

use std::collections::{BTreeMap, BTreeSet};

use aslint::analysis::Analysis;
use aslint::asl::{Machine, MachineType, StateType, lower};
use aslint::eval::{Answer, Items, Mocks, Value};
use aslint::source::{Source, documents};
use aslint::symex::{self, Because, Bounds, Facts, Goal, Options, Proof, Verdict, replay, replay_with, shown};
use aslint::syntax::{Format, parse};
use serde_json::{Value as Json, json};

use super::corpus;
use super::generate::{Flavour, case};
use super::mutate::Dice;
use super::replay::{is_comparable, with_execution};

/// What is proved of a machine.
pub(crate) fn with_proof<T>(text: &str, look: impl FnOnce(&Machine<'_>, &Proof) -> T) -> T {
    with_facts(text, |facts, proof| look(facts.machine, proof))
}

/// The same, with what it was proved from.
pub(crate) fn with_facts<T>(text: &str, look: impl FnOnce(Facts<'_, '_>, &Proof) -> T) -> T {
    let source = Source::machine("m", text, Format::Json);
    let tree = parse(&source.text, Format::Json);
    let document = documents(&source, &tree).next().expect("a machine");
    let machine = lower(document.root);
    let analysis = Analysis::new(document, &machine, MachineType::Standard);
    let facts = Facts {
        machine: &machine,
        kind: MachineType::Standard,
        graph: analysis.graph(),
        errors: analysis.errors_of_proofs(),
        expressions: analysis.expressions(),
        premises: &aslint::flow::premise::NO_PREMISES,
    };
    let proof = symex::prove(facts, symex::locally(facts, Options::default()), Bounds::of(Options::default()));
    look(facts, &proof)
}

/// Everything that a proof says something about.
pub(crate) fn verdicts(proof: &Proof) -> Vec<(Goal, &Verdict)> {
    let mut found = vec![(Goal::End, &proof.end.verdict)];
    for choice in &proof.choices {
        let id = choice.state;
        found.extend((0..).zip(&choice.rules).map(|(number, judged)| (Goal::Rule(id, number), &judged.verdict)));
        found.extend(choice.default.iter().map(|judged| (Goal::Default(id), &judged.verdict)));
        found.push((Goal::NoMatch(id), &choice.no_match.verdict));
        found.push((Goal::Failing(id), &choice.runtime_error.verdict));
    }
    found.extend(proof.states.iter().map(|(id, judged)| (Goal::State(*id), &judged.verdict)));
    found.extend(proof.catchers.iter().map(|(id, number, judged)| (Goal::Caught(*id, *number), &judged.verdict)));
    found
}

fn dead(proof: &Proof) -> BTreeMap<Goal, Because> {
    let dead = verdicts(proof).into_iter().filter_map(|(goal, verdict)| match verdict {
        Verdict::Dead(because) => Some((goal, because.clone())),
        _ => None,
    });
    dead.collect()
}

/// A machine of the generator, some of its ways turned back, so that there are loops.
pub(crate) fn with_loops(definition: &str, dice: &mut Dice) -> String {
    let mut machine: Json = serde_json::from_str(definition).expect("JSON");
    turn_back(&mut machine, dice);
    machine.to_string()
}

fn turn_back(scope: &mut Json, dice: &mut Dice) {
    let names: Vec<String> = scope["States"].as_object().expect("states").keys().cloned().collect();
    for (at, name) in names.iter().enumerate() {
        let state = &mut scope["States"][name];
        for list in ["Choices", "Catch"] {
            for entry in state.get_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
                if dice.below(100) < 35 {
                    entry["Next"] = json!(names[dice.below(at + 1)]);
                }
            }
        }
        if state.get("Default").is_some() && dice.below(100) < 20 {
            state["Default"] = json!(names[dice.below(at + 1)]);
        }
        for branch in state.get_mut("Branches").and_then(Json::as_array_mut).into_iter().flatten() {
            turn_back(branch, dice);
        }
        for field in ["ItemProcessor", "Iterator"] {
            if let Some(processor) = state.get_mut(field) {
                turn_back(processor, dice);
            }
        }
    }
}

/// What random inputs and answers are made of: the names and values that stand in the machine.
struct Stuff {
    names: Vec<String>,
    values: Vec<Json>,
}

impl Stuff {
    fn of(definition: &str) -> Self {
        let mut names = BTreeSet::new();
        for piece in definition.split(['$', '"', ' ', '(', ')', ',', '[', ']', '\'', '{', '}', '%']) {
            names.extend(piece.split('.').filter(|name| {
                (1..12).contains(&name.len()) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            }));
        }
        let mut values =
            vec![json!(null), json!(0), json!(1), json!("a"), json!(true), json!(false), json!({}), json!([])];
        let machine: Json = serde_json::from_str(definition).expect("JSON");
        collect(&machine, &mut values);
        Self { names: names.into_iter().map(str::to_owned).collect(), values }
    }

    fn value(&self, dice: &mut Dice, depth: usize) -> Json {
        match dice.below(10) {
            0..6 => self.values[dice.below(self.values.len())].clone(),
            6 if depth > 0 => (0..dice.below(3)).map(|_| self.value(dice, depth - 1)).collect(),
            _ if depth > 0 => self.object(dice, depth - 1),
            _ => json!(1),
        }
    }

    fn object(&self, dice: &mut Dice, depth: usize) -> Json {
        let mut object = serde_json::Map::new();
        for name in &self.names {
            if dice.below(100) < 45 {
                object.insert(name.clone(), self.value(dice, depth));
            }
        }
        object.into()
    }
}

fn collect(value: &Json, values: &mut Vec<Json>) {
    match value {
        Json::Object(members) => members.values().for_each(|inner| collect(inner, values)),
        Json::Array(items) => items.iter().for_each(|inner| collect(inner, values)),
        Json::Number(number) => {
            values.push(value.clone());
            values.extend(number.as_f64().into_iter().flat_map(|number| [json!(number + 1.0), json!(number - 1.0)]));
        }
        Json::String(text) if text.len() < 30 && !text.starts_with(['$', '{']) => {
            values.push(value.clone());
            values.push(json!(format!("{text}a")));
        }
        _ => {}
    }
}

/// Answers of tasks by chance.
fn answers(machine: &Machine<'_>, stuff: &Stuff, dice: &mut Dice) -> Mocks {
    let mut mocks = Mocks::new();
    for state in machine.states.iter().filter(|state| state.kind == Some(StateType::Task)) {
        for _ in 0..=dice.below(3) {
            let names: Vec<&str> =
                state.catchers.iter().flat_map(|catcher| &catcher.errors).filter_map(|name| name.as_str()).collect();
            let answer = if dice.below(4) == 0 {
                let error = if names.is_empty() { "Boom" } else { names[dice.below(names.len())] };
                let error = if error == "States.ALL" { "Any" } else { error };
                Answer::throws(error, Some("by chance".into()))
            } else {
                let value = stuff.value(dice, 2);
                Answer { seconds: dice.below(4) as f64, ..Answer::returns(Value::from(&value)) }
            };
            mocks.push(state.name(), answer, 1);
        }
    }
    for state in &machine.states {
        let Some(may_be) = Items::of_state(machine, state) else { continue };
        for _ in 0..=dice.below(2) {
            let items: Vec<Value> = (0..dice.below(4)).map(|_| Value::from(&stuff.value(dice, 2))).collect();
            let answer = match dice.below(8) {
                0 => Answer::throws("States.ItemReaderFailed", Some("by chance".into())),
                _ => Answer::reads(Value::array(may_be.fitted(&items))),
            };
            mocks.push(state.name(), answer, 1);
        }
    }
    mocks
}

/// The machine with `ItemReader`s in its Distributed Maps; `None` where it has none.
fn with_readers(definition: &str, dice: &mut Dice) -> Option<String> {
    fn visit(value: &mut Json, dice: &mut Dice, names: &[String], n: &mut usize) {
        let Json::Object(members) = value else {
            return value.as_array_mut().into_iter().flatten().for_each(|inner| visit(inner, dice, names, n));
        };
        members.values_mut().for_each(|inner| visit(inner, dice, names, n));
        if members.get("ItemProcessor").is_none_or(|inner| inner["ProcessorConfig"]["Mode"] != "DISTRIBUTED") {
            return;
        }
        let headers: Vec<&String> = names.iter().filter(|_| dice.below(3) > 0).collect();
        let config = match dice.below(6) {
            0 => json!({"InputType": "JSON"}),
            1 => json!({"InputType": "JSONL", "MaxItems": 2}),
            2 => json!({"InputType": "PARQUET"}),
            3 => json!({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}),
            4 => json!({"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": headers}),
            _ => json!(null),
        };
        let resource =
            if config.is_null() { "arn:aws:states:::s3:listObjectsV2" } else { "arn:aws:states:::s3:getObject" };
        let is_jsonata = members.contains_key("Items");
        for field in ["Items", "ItemsPath"] {
            members.shift_remove(field);
        }
        let mut reader = json!({"Resource": resource});
        reader[if is_jsonata { "Arguments" } else { "Parameters" }] = json!({"Bucket": "b", "Key": "k"});
        if !config.is_null() {
            reader["ReaderConfig"] = config;
        }
        members.insert("ItemReader".to_owned(), reader);
        *n += 1;
    }
    let mut machine: Json = serde_json::from_str(definition).expect("JSON");
    let mut n = 0;
    visit(&mut machine, dice, &Stuff::of(definition).names, &mut n);
    (n > 0).then(|| machine.to_string())
}

/// How many machines, executions and verdicts there were.
#[derive(Debug, Default)]
struct Figures {
    n_machines: usize,
    n_executions: usize,
    n_dead: usize,
    n_dead_before: usize,
    n_reachable: usize,
    n_unknown: usize,
    n_not_replayed: usize,
}

/// Holds a proof to executions by chance.
fn hold(name: &str, text: &str, case_input: &str, mocks: &Mocks, n: usize, figures: &mut Figures) {
    with_proof(text, |machine, proof| {
        figures.n_machines += 1;
        figures.n_not_replayed += proof.n_not_replayed;
        let dead = dead(proof);
        for (goal, verdict) in verdicts(proof) {
            match verdict {
                Verdict::Reachable(witness) => {
                    figures.n_reachable += 1;
                    let replayed = replay(machine, witness, MachineType::Standard);
                    assert!(
                        replayed.goals.iter().any(|&(shown, _)| shown == goal),
                        "{name}: {goal:?} {witness:?}\n{text}"
                    );
                }
                Verdict::Dead(because) => {
                    figures.n_dead += 1;
                    figures.n_dead_before += usize::from(matches!(because, Because::Before(_)));
                }
                Verdict::Unknown(_) => figures.n_unknown += 1,
            }
        }
        let stuff = Stuff::of(text);
        let mut dice = Dice::of(&format!("runs of {name}"));
        for number in 0..n {
            let (input, answers) = match number {
                0 => (Value::from_json(case_input).expect("an input"), mocks.clone()),
                _ => {
                    let input = if dice.below(4) == 0 {
                        let mut input: Json = serde_json::from_str(case_input).expect("an input");
                        let other = stuff.object(&mut dice, 2);
                        if let (Some(members), Json::Object(others)) = (input.as_object_mut(), other) {
                            members.extend(others);
                        }
                        input
                    } else {
                        stuff.object(&mut dice, 2)
                    };
                    (Value::from(&input), answers(machine, &stuff, &mut dice))
                }
            };
            figures.n_executions += 1;
            let shown = input.to_json();
            let replayed = replay_with(machine, input, &answers, MachineType::Standard);
            for (goal, _) in replayed.goals {
                if let Some(because) = dead.get(&goal) {
                    panic!("{name}: {goal:?} is called dead ({because}) and happens with {shown} {answers:?}\n{text}");
                }
            }
        }
    });
}

/// How many machines of each flavour are held to executions; `ASLINT_PROOFS` names another number.
pub(crate) fn n_machines() -> usize {
    std::env::var("ASLINT_PROOFS").map_or(15, |n| n.parse().expect("ASLINT_PROOFS is a number"))
}

#[test]
fn nothing_that_is_called_dead_happens_in_generated_machines() {
    let mut figures = Figures::default();
    for flavour in [Flavour::Paths, Flavour::Mixed, Flavour::Jsonata] {
        for seed in 0..n_machines() {
            let case = case(flavour, seed);
            let name = format!("{flavour:?} {seed}");
            let text = match seed % 2 {
                0 => case.definition.clone(),
                _ => with_loops(&case.definition, &mut Dice::of(&format!("loops of {name}"))),
            };
            hold(&name, &text, &case.input, &case.mocks, 50, &mut figures);
        }
    }
    eprintln!("proofs held to executions: {figures:?}");
    assert!(figures.n_dead > 0 && figures.n_reachable > figures.n_unknown, "{figures:?}");
}

#[test]
fn no_recorded_execution_contradicts_a_proof() {
    let Some(root) = corpus::root() else { return };
    let folder = root.join("executions");
    let (mut n_rows, mut n_dead) = (0, 0);
    let mut proofs: BTreeMap<String, BTreeMap<Goal, Because>> = BTreeMap::new();
    for row in corpus::rows(&folder.join("index.jsonl")).into_iter().filter(is_comparable) {
        let definition = row["definition"].as_str().expect("a definition").to_owned();
        let text = std::fs::read_to_string(folder.join(&definition)).expect("a definition of the corpus");
        let dead = proofs.entry(definition.clone()).or_insert_with(|| with_proof(&text, |_, proof| dead(proof)));
        n_rows += 1;
        n_dead += dead.len();
        // What was recorded, and what our execution of it does.
        let entered: Option<Vec<&str>> =
            row["entered"].as_array().map(|names| names.iter().filter_map(Json::as_str).collect());
        with_execution(&row, &folder, |machine, execution| {
            for name in entered.into_iter().flatten() {
                for state in machine.states.iter().filter(|state| state.name() == name) {
                    assert!(!dead.contains_key(&Goal::State(state.id)), "{definition}: `{name}` was entered");
                }
            }
            for (goal, _) in shown(machine, execution.clone()).goals {
                assert!(!dead.contains_key(&goal), "{definition}: {goal:?}, dead because {}", dead[&goal]);
            }
            if row["status"] == "SUCCEEDED" {
                assert!(!dead.contains_key(&Goal::End), "{definition}: it succeeded");
            }
        });
    }
    eprintln!("recorded executions held to proofs: {n_rows}, {} machines, {n_dead} dead verdicts", proofs.len());
    assert!(n_rows > 600);
}

#[test]
fn nothing_that_is_called_dead_happens_to_items_that_are_read() {
    let mut figures = Figures::default();
    for flavour in [Flavour::Mixed, Flavour::Jsonata] {
        for seed in 0..4 * n_machines() {
            let case = case(flavour, seed);
            let name = format!("readers of {flavour:?} {seed}");
            if let Some(text) = with_readers(&case.definition, &mut Dice::of(&name)) {
                hold(&name, &text, &case.input, &case.mocks, 50, &mut figures);
            }
        }
    }
    eprintln!("proofs of what is read held to executions: {figures:?}");
    assert!(figures.n_dead > 0 && figures.n_reachable > figures.n_unknown, "{figures:?}");
}
