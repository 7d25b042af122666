//! Machines that the real service has run: no error where it took one, no warning where an execution succeeded, but for those
//! that the record bears out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use aslint::analysis::MachineType;
use aslint::diagnostic::{Diagnostic, Severity};
use aslint::engine::{Options, check};

use serde_json::Value;

use super::corpus;

/// Findings that the history of the execution bears out, or does not speak of as it leads past them.
const TRUE_FINDINGS: &[(&str, &str)] = &[
    // The strings come out as they stand, delimiters included.
    ("definitions/arguments__test_base_cases_BASE_LAMBDA_LITERALS-14994a5ff677.json", "jsonata-delimiters"),
    ("definitions/outputdecl__test_base_cases_BASE_LITERALS-a840f977ba84.json", "jsonata-delimiters"),
    // So do paths and calls without `.$` at their key, and all of them in a `Result` or under `.$` in JSONata.
    ("definitions/assign__test_base_cases_BASE_CONSTANT_LITERALS-dad5a475ae40.json", "literal-expression"),
    ("definitions/assign__test_base_cases_BASE_VAR-3ff5896f1155.json", "literal-expression"),
    ("definitions/assign__test_reference_assign_BASE_REFERENCE_IN_PARAMETERS-1518593181ff.json", "literal-expression"),
    (
        "definitions/assign__test_reference_in_map_state_MAP_STATE_REFERENCE_IN_ITEM_SELECTOR-03165bed9ea9.json",
        "literal-expression",
    ),
    ("definitions/base__test_state_pass_result_jsonpaths-3657288136ed.json", "static-result"),
    ("definitions/outputdecl__test_base_cases_BASE_LITERALS-a840f977ba84.json", "jsonpath-key"),
    ("definitions/outputdecl__test_base_cases_BASE_LITERALS-a840f977ba84.json", "literal-expression"),
    ("definitions/outputdecl__test_base_output_any_non_dict_LIST_RICH-986e963ca11c.json", "literal-expression"),
    (
        "definitions/scenarios__test_escape_sequence_parsing_ESCAPE_SEQUENCES_STRING_LITERALS-98ee499f30b2.json",
        "static-result",
    ),
    // Somebody called back; where nobody does, nothing ends the wait.
    ("definitions/callback__test_sns_publish_wait_for_task_token-1972f38e18d5.json", "callback-without-timeout"),
    ("definitions/callback__test_sqs_wait_for_task_token-151779524ca9.json", "callback-without-timeout"),
    ("definitions/callback__test_sqs_wait_for_task_token_call_chain-2b94baabddd2.json", "callback-without-timeout"),
    // The branch always fails, so that no execution got to the state that reads a variable of the branch behind it.
    (
        "definitions/states_variables__test_parallel_catch_error_PARALLEL_CATCH_ERROR_VARIAB_6e2f1df7-e82680ea335d.json",
        "out-of-scope-variable",
    ),
];

/// Rules that tell of expressions which the service takes and which fail when they are evaluated: their errors are borne out where
/// every execution failed so.
const FAILS_AT_RUN_TIME: &[&str] =
    &["absent-field", "unassigned-variable", "unfit-result", "unknown-function", "wait-outlasts-execution"];

/// Whether every execution failed with the error that the finding says: in its state, or before it got there.
fn is_borne_out(found: &Diagnostic, executions: &[Value]) -> bool {
    let Some(error) = corpus::predicted(found) else { return false };
    let state = state(&found.pointer);
    let failed_so = |row: &Value| {
        let was_entered =
            row["entered"].as_array().is_some_and(|entered| entered.iter().any(|name| name == state.as_str()));
        let is_cause = row["cause"].to_string().contains(&format!("'{state}'"));
        let has_failed = row["status"] == "FAILED" && row["error"] == error && (is_cause || !was_entered);
        has_failed || error == corpus::TIMED_OUT && row["status"] == error
    };
    !executions.is_empty() && executions.iter().all(failed_so)
}

/// The name of the innermost state that a place lies in.
fn state(pointer: &str) -> String {
    let (_, behind) = pointer.rsplit_once("/States/").expect("a place in a state");
    behind.split('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

#[test]
fn machines_that_ran_have_no_errors_and_none_that_succeeded_has_a_warning() {
    let Some(root) = corpus::root() else { return };
    let mut executions: BTreeMap<(String, bool), Vec<Value>> = BTreeMap::new();
    for row in corpus::rows(&root.join("executions/index.jsonl")) {
        if row["recorded_on"] == "aws" {
            let definition = row["definition"].as_str().expect("a definition").to_owned();
            executions.entry((definition, row["type"] == "EXPRESS")).or_default().push(row);
        }
    }
    let (mut wrong, mut n_succeeded) = (String::new(), 0);
    let mut unused: BTreeSet<(&str, &str)> = TRUE_FINDINGS.iter().copied().collect();
    let mut unused_rules: BTreeSet<&str> = FAILS_AT_RUN_TIME.iter().copied().collect();
    for ((definition, is_express), rows) in &executions {
        let succeeded = rows.iter().any(|row| row["status"] == "SUCCEEDED");
        let kind = if *is_express { MachineType::Express } else { MachineType::Standard };
        let source = corpus::source(&root.join("executions").join(definition));
        let report = check(&source, &Options { kind, ..Options::default() });
        assert_eq!(report.n_machines, 1, "{definition}");
        n_succeeded += usize::from(succeeded);
        for found in report.diagnostics {
            let bound = if succeeded { Severity::Info } else { Severity::Warning };
            if found.severity <= bound {
                continue;
            }
            // What the service has taken it does not refuse, whatever became of the execution.
            let exception = (definition.as_str(), found.rule);
            let is_true = if TRUE_FINDINGS.contains(&exception) {
                unused.remove(&exception);
                found.refusal.is_none()
            } else if FAILS_AT_RUN_TIME.contains(&found.rule) {
                unused_rules.remove(found.rule);
                is_borne_out(&found, rows)
            } else {
                false
            };
            if !is_true {
                let _ = writeln!(
                    wrong,
                    "{definition}{}\n    {}[{}] {} at {}",
                    if succeeded { " succeeded" } else { "" },
                    found.severity,
                    found.rule,
                    found.message,
                    found.pointer
                );
            }
        }
    }
    assert!(executions.len() > 300 && n_succeeded > 250, "{} definitions, {n_succeeded} succeeded", executions.len());
    assert!(wrong.is_empty(), "{wrong}");
    assert!(unused.is_empty() && unused_rules.is_empty(), "exceptions for nothing: {unused:?} {unused_rules:?}");
}
