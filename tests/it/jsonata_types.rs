//! What is inferred of the expressions of the official JSONata suite, against what the suite says that they give.

use std::collections::BTreeSet;

use aslint::asl::jsonata::{self, Constant, Scopes, Types, What};
use serde_json::Value;

use super::jsonata as official;

fn types_of(result: Option<&Value>) -> Types {
    match result {
        None => Types::NOTHING,
        Some(Value::Null) => Types::NULL,
        Some(Value::Bool(_)) => Types::BOOL,
        Some(Value::Number(_)) => Types::NUMBER,
        Some(Value::String(_)) => Types::STRING,
        Some(Value::Array(_)) => Types::ARRAY,
        Some(Value::Object(_)) => Types::OBJECT,
    }
}

#[test]
fn the_results_of_the_official_suite_are_of_the_inferred_types() {
    let Some(cases) = official::suite() else { return };
    let (mut n_compared, mut n_told, mut n_contextual, mut wrong) = (0, 0, 0, Vec::new());
    for case in &cases {
        let parsed = jsonata::parse(&case.expression);
        // `$eval` is a function there, and none in the service.
        let Some(result) = case.result.as_ref().filter(|_| parsed.errors.is_empty()) else { continue };
        if case.expression.contains("$eval") {
            continue;
        }
        let bound: BTreeSet<&str> = case.bound.iter().map(String::as_str).collect();
        let inference = jsonata::infer(&parsed.ast, &Scopes::new(&parsed.ast), &bound);
        // The suite evaluates an expression against a document, the service against none: what leans on it differs.
        if inference.faults.iter().any(|fault| matches!(fault.what, What::NoContext(_))) {
            n_contextual += 1;
            continue;
        }
        let types = inference.types(parsed.ast.root());
        let constant = match inference.constant(parsed.ast.root()) {
            Some(Constant::Bool(value)) => Some(Value::from(value)),
            Some(Constant::Number(number)) => Some(Value::from(number)),
            _ => None,
        };
        let is_constant_right = match (&constant, result) {
            (None, _) => true,
            (Some(constant), Some(result)) => match (constant.as_f64(), result.as_f64()) {
                (Some(ours), Some(theirs)) => (ours - theirs).abs() <= theirs.abs() * 1e-12,
                _ => constant == result,
            },
            (Some(_), None) => false,
        };
        n_compared += 1;
        n_told += usize::from(types != Types::ANY);
        // One that has no value at best may have none.
        let fails = inference.faults.iter().find(|fault| fault.is_certain || fault.is_fatal && result.is_some());
        if !types.meets(types_of(result.as_ref())) || fails.is_some() || !is_constant_right {
            wrong.push(format!(
                "{}: {}\n  gives {result:?}: {types:?}, {constant:?}, {fails:?}",
                case.place, case.expression
            ));
        }
    }
    eprintln!("official JSONata suite: {n_compared} results compared, {n_told} of them told from the expression");
    assert!(n_compared > 800 && n_told > 300, "{n_told} of {n_compared}");
    assert!(n_contextual <= 9, "{n_contextual} lean on a document");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
