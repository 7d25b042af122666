//! The test-suite of the reference implementation of JSONata, as verdicts on our evaluation.
//!
//! `jsonata.rs` says where the suite comes from. Where we differ, `jsonata-suite-exceptions.tsv` says so with the reason, and a
//! difference that is gone has to leave that list.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aslint::asl::jsonata as syntax;
use aslint::eval::jsonata::{Environment, evaluate};
use aslint::eval::{Budget, FaultKind, Random, Value};
use serde_json::Value as Json;

use super::jsonata as official;

/// Where we differ from the suite: place, number of the case in its file, reason.
const EXCEPTIONS: &str = include_str!("jsonata-suite-exceptions.tsv");

/// An expression of the suite, and what it is evaluated on.
struct Case {
    place: String,
    expression: String,
    input: Option<Value>,
    bindings: BTreeMap<String, Value>,
    expected: Expected,
}

#[derive(Debug, PartialEq)]
enum Expected {
    Value(Option<Value>),
    /// The same, its items in any order.
    Items(Vec<Value>),
    Code(String),
    /// A text of a pattern, which is not looked at: it has the time, or chance.
    Text,
}

fn cases() -> Option<Vec<Case>> {
    let folder = official::folder()?;
    let mut files = Vec::new();
    official::collect(&folder, &mut files);
    files.sort();
    let mut cases = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("the file was just listed");
        // Two cases hold half a surrogate pair, which is no text to us.
        let Ok(json) = serde_json::from_str::<Json>(&text) else { continue };
        let place = file.strip_prefix(&folder).unwrap_or(file).to_string_lossy().into_owned();
        for (nth, case) in json.as_array().map_or(std::slice::from_ref(&json), Vec::as_slice).iter().enumerate() {
            let of_file = case["expr-file"].as_str().map(|name| file.with_file_name(name));
            let expression = match (case["expr"].as_str(), of_file) {
                (Some(written), _) => written.to_owned(),
                (None, Some(path)) => fs::read_to_string(path).expect("the expression's file"),
                (None, None) => continue,
            };
            let bindings = case["bindings"].as_object().into_iter().flatten();
            cases.push(Case {
                place: format!("{place}\t{nth}"),
                expression,
                input: input(case, &folder),
                bindings: bindings.map(|(name, value)| (name.clone(), Value::from(value))).collect(),
                expected: expected(case),
            });
        }
    }
    assert!(cases.len() > 1_500, "only {} expressions", cases.len());
    Some(cases)
}

fn input(case: &Json, folder: &Path) -> Option<Value> {
    if let Some(input) = case.get("data") {
        return Some(Value::from(input));
    }
    let name = case["dataset"].as_str()?;
    let text = fs::read_to_string(folder.join("datasets").join(format!("{name}.json"))).expect("a dataset");
    Some(Value::from_json(&text).expect("JSON"))
}

fn expected(case: &Json) -> Expected {
    let code = case["code"].as_str().or_else(|| case["error"]["code"].as_str());
    if let Some(code) = code {
        return Expected::Code(code.to_owned());
    }
    match case.get("result") {
        _ if case["undefinedResult"] == Json::Bool(true) => Expected::Value(None),
        Some(Json::Array(items)) if case["unordered"] == Json::Bool(true) => {
            Expected::Items(items.iter().map(Value::from).collect())
        }
        Some(result) => Expected::Value(Some(Value::from(result))),
        None => {
            assert!(case.get("result_re").is_some(), "a case that expects nothing: {case}");
            Expected::Text
        }
    }
}

/// What we make of a case, put as the suite puts it.
fn ours(case: &Case) -> Expected {
    let parsed = syntax::parse(&case.expression);
    if let Some(error) = parsed.errors.first() {
        return Expected::Code(error.code.to_owned());
    }
    let (mut random, mut budget) = (Random::new(1), Budget::new(2_000_000));
    let result = evaluate(
        &parsed.ast,
        &mut Environment {
            input: case.input.clone(),
            variables: &|name| case.bindings.get(name).cloned(),
            now: 1_500_000_000_000,
            random: &mut random,
            budget: &mut budget,
        },
    );
    match result {
        Ok(value) => Expected::Value(value),
        // What the suite's runner says of what does not end.
        Err(fault) if fault.kind == FaultKind::OutOfBudget => Expected::Code("U1001".to_owned()),
        Err(fault) => match fault.kind {
            FaultKind::Jsonata(code) => Expected::Code(code.to_owned()),
            other => panic!("{}: {other:?} of an expression", case.place),
        },
    }
}

fn agrees(expected: &Expected, ours: &Expected) -> bool {
    match (expected, ours) {
        (Expected::Items(items), Expected::Value(Some(Value::Array(found)))) => {
            items.len() == found.len() && items.iter().all(|item| found.contains(item))
        }
        (Expected::Text, Expected::Value(Some(Value::String(_)))) => true,
        _ => expected == ours,
    }
}

#[test]
fn the_official_suite_evaluates_as_it_says() {
    let Some(cases) = cases() else {
        eprintln!("SKIPPED: no JSONata test-suite; `cargo info jsonata-rs@0.3.4` fetches one");
        return;
    };
    let lines = EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut exceptions: BTreeMap<&str, &str> =
        lines.map(|line| line.rsplit_once('\t').expect("place, number, reason")).collect();
    let (mut n_agree, mut wrong) = (0, String::new());
    for case in &cases {
        let ours = ours(case);
        let is_excepted = exceptions.remove(&*case.place).is_some();
        let does_agree = agrees(&case.expected, &ours);
        n_agree += usize::from(does_agree);
        if does_agree == is_excepted {
            let Case { place, expression, expected, .. } = case;
            let _ = writeln!(wrong, "{place}: {expression}\n  expected {expected:?}\n  found    {ours:?}");
        }
    }
    eprintln!("official JSONata suite: {n_agree} of {} evaluate as it says", cases.len());
    assert!(wrong.is_empty(), "differences that no exception explains, or exceptions without one:\n{wrong}");
    assert!(exceptions.is_empty(), "exceptions without a case: {exceptions:?}");
}
