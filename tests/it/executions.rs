//! Machines that the real service has run: no error where it took one, no warning where an execution succeeded, but for those
//! that the record bears out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aslint::analysis::MachineType;
use aslint::diagnostic::Severity;
use aslint::engine::{Options, check};

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
    // The branch always fails, so that no execution got to the state that reads a variable of the branch behind it.
    (
        "definitions/states_variables__test_parallel_catch_error_PARALLEL_CATCH_ERROR_VARIAB_6e2f1df7-e82680ea335d.json",
        "out-of-scope-variable",
    ),
];

#[test]
fn machines_that_ran_have_no_errors_and_none_that_succeeded_has_a_warning() {
    let Some(root) = corpus::root() else { return };
    let mut executions: BTreeMap<(String, bool), bool> = BTreeMap::new();
    let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in corpus::rows(&root.join("executions/index.jsonl")) {
        if row["recorded_on"] == "aws" {
            let definition = row["definition"].as_str().expect("a definition").to_owned();
            errors.entry(definition.clone()).or_default().push(row["error"].as_str().unwrap_or_default().to_owned());
            *executions.entry((definition, row["type"] == "EXPRESS")).or_default() |= row["status"] == "SUCCEEDED";
        }
    }
    let (mut wrong, mut n_succeeded) = (String::new(), 0);
    for ((definition, is_express), succeeded) in &executions {
        let kind = if *is_express { MachineType::Express } else { MachineType::Standard };
        let source = corpus::source(&root.join("executions").join(definition));
        let report = check(&source, &Options { kind, ..Options::default() });
        assert_eq!(report.n_machines, 1, "{definition}");
        n_succeeded += usize::from(*succeeded);
        for found in report.diagnostics {
            let bound = if *succeeded { Severity::Info } else { Severity::Warning };
            // What the service has taken it does not refuse, whatever became of the execution.
            let is_true = found.refusal.is_none()
                && TRUE_FINDINGS.iter().any(|&(file, rule)| file == definition && rule == found.rule)
                || corpus::FAILS_AT_RUN_TIME.contains(&found.rule)
                    && errors[definition].iter().all(|error| error == corpus::RUN_TIME_ERROR);
            if found.severity > bound && !is_true {
                let _ = writeln!(
                    wrong,
                    "{definition}{}\n    {}[{}] {} at {}",
                    if *succeeded { " succeeded" } else { "" },
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
}
