//! Histories that the service recorded, read as mocks, give the answers that the corpus lists.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use aslint::eval::{Mocks, Outcome, Value};
use aslint::syntax::Format;

use super::corpus;

#[test]
fn recorded_histories_are_mocks() {
    let Some(corpus) = corpus::root() else { return };
    let executions = corpus.join("executions");
    let (mut n_histories, mut n_answers) = (0, 0);
    for row in corpus::rows(&executions.join("index.jsonl")) {
        let results = row["task_results"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(history) = row["history"].as_str().filter(|_| row["order_normalised"] != true) else { continue };
        let text: Arc<str> = fs::read_to_string(executions.join(history)).expect("a history").into();
        let mocks = Mocks::read(&text, Format::Json, None).unwrap_or_else(|errors| panic!("{history}: {errors:?}"));
        n_histories += 1;
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for result in results {
            let state = result["state"].as_str().expect("a state");
            let nth = counts.entry(state).or_default();
            let answer = mocks.answer(state, "", *nth).unwrap_or_else(|| panic!("{history}: {state} has no answer"));
            match &answer.outcome {
                Outcome::Return(value) => assert_eq!(*value, Value::from(&result["output"]), "{history}: {state}"),
                Outcome::Throw { error, .. } => assert_eq!(result["error"], **error, "{history}: {state}"),
                Outcome::Read(_) => panic!("{history}: {state} is no Map"),
            }
            *nth += 1;
            n_answers += 1;
        }
        let keys: Vec<&str> = mocks.keys().collect();
        assert_eq!(keys.len(), counts.len(), "{history}: {keys:?}, {counts:?}");
        let text: Arc<str> = mocks.to_value().to_json().into();
        assert_eq!(Mocks::read(&text, Format::Json, None), Ok(mocks), "{history}: written and read");
    }
    assert!(n_histories > 400 && n_answers > 100, "{n_answers} answers in {n_histories} histories");
}
