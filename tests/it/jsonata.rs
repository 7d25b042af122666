//! The test-suite of the reference implementation of JSONata, as verdicts on our parser.
//!
//! The npm package `jsonata` is published without it, in every version. The crate `jsonata-rs` 0.3.4 carries a copy, and
//!
//! ```text
//! cargo info jsonata-rs@0.3.4
//! ```
//!
//! puts it into cargo's registry, where these tests find it. `ASLINT_JSONATA_SUITE` names another folder: `test/test-suite` of a
//! checkout of the reference implementation, for one. Nothing of it is kept here.

use std::fs;
use std::path::{Path, PathBuf};

use aslint::asl::jsonata;

/// The crate whose package holds a copy.
const CARRIER: &str = "jsonata-rs-0.3.4/tests/testsuite";

/// An expression of the suite.
pub(crate) struct Case {
    /// Where it stands, below the suite's folder.
    pub(crate) place: String,
    pub(crate) expression: String,
    /// The code of the error with which it does not parse.
    code: Option<String>,
    /// What it gives, where it does: nothing for `None`.
    pub(crate) result: Option<Option<serde_json::Value>>,
    /// The variables that are bound around it.
    pub(crate) bound: Vec<String>,
}

/// The expressions of the suite, or a loud word on standard error and `None`.
pub(crate) fn suite() -> Option<Vec<Case>> {
    let Some(folder) = folder() else {
        eprintln!(
            "SKIPPED: no JSONata test-suite; `cargo info jsonata-rs@0.3.4` fetches one (or name one by ASLINT_JSONATA_SUITE)"
        );
        return None;
    };
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let mut cases = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("the file was just listed");
        // Two cases hold half a surrogate pair, which is no text to us.
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        for case in json.as_array().map_or(std::slice::from_ref(&json), Vec::as_slice) {
            let of_file = case["expr-file"].as_str().map(|name| file.with_file_name(name));
            let written = case["expr"].as_str().map(str::to_owned);
            let Some(expression) = written.or_else(|| of_file.and_then(|path| fs::read_to_string(path).ok())) else {
                continue;
            };
            let result = match &case["undefinedResult"] {
                serde_json::Value::Bool(true) => Some(None),
                _ => case.get("result").cloned().map(Some),
            };
            let bound = case["bindings"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            let code = case["code"].as_str().or_else(|| case["error"]["code"].as_str());
            let code = code.filter(|code| code.starts_with("S0") && *code != "S0500").map(str::to_owned);
            let place = file.strip_prefix(&folder).unwrap_or(file).to_string_lossy().into_owned();
            cases.push(Case { place, expression, code, result, bound });
        }
    }
    assert!(cases.len() > 1_500, "{} holds only {} expressions", folder.display(), cases.len());
    Some(cases)
}

pub(crate) fn folder() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ASLINT_JSONATA_SUITE") {
        return Some(PathBuf::from(named));
    }
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))?;
    let registries = fs::read_dir(cargo.join("registry/src")).into_iter().flatten().flatten();
    let mut copies: Vec<PathBuf> = registries.map(|registry| registry.path().join(CARRIER)).collect();
    copies.retain(|copy| copy.is_dir());
    copies.sort();
    copies.into_iter().next()
}

pub(crate) fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            // Data sets are inputs, not cases.
            if !path.ends_with("datasets") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

#[test]
fn the_official_suite_parses_or_fails_as_it_says() {
    let Some(cases) = suite() else { return };
    let (mut n_refused, mut wrong) = (0, Vec::new());
    for Case { place, expression, code, .. } in &cases {
        let errors = jsonata::parse(expression).errors;
        n_refused += usize::from(!errors.is_empty());
        let agrees = match code {
            Some(code) => errors.iter().any(|error| error.code == code),
            None => errors.is_empty(),
        };
        if !agrees {
            wrong.push(format!("{place}: {expression}\n  expected {code:?}, found {errors:?}"));
        }
    }
    eprintln!(
        "official JSONata suite: {} expressions, {} agree ({n_refused} of them refused), {} differ",
        cases.len(),
        cases.len() - wrong.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
