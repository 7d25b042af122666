//! The test-suite of the reference implementation of JSONata, as verdicts on our parser.
//!
//! The npm package is published without it, so it is looked for where its repository has it, below
//! `target/jsonata/package/test/test-suite` or the folder that `ASLINT_JSONATA_SUITE` names. Nothing of it is kept here.

#![expect(clippy::disallowed_methods, reason = "a test-suite is read from where the environment says")]

use std::fs;
use std::path::{Path, PathBuf};

use aslint::asl::jsonata;

#[test]
fn the_official_suite_parses_or_fails_as_it_says() {
    let folder = folder();
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    if files.is_empty() {
        println!("SKIPPED: no JSONata test-suite in {}; set ASLINT_JSONATA_SUITE", folder.display());
        return;
    }
    let (mut n_expressions, mut n_refused, mut wrong) = (0, 0, Vec::new());
    for file in &files {
        let text = fs::read_to_string(file).expect("the file was just listed");
        // Two cases hold half a surrogate pair, which is no text to us.
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        let cases = json.as_array().map_or(std::slice::from_ref(&json), Vec::as_slice);
        for case in cases {
            let of_file = case["expr-file"].as_str().map(|name| file.with_file_name(name));
            let Some(expression) = case["expr"]
                .as_str()
                .map(str::to_owned)
                .or_else(|| of_file.and_then(|path| fs::read_to_string(path).ok()))
            else {
                continue;
            };
            n_expressions += 1;
            let code = case["code"].as_str().or_else(|| case["error"]["code"].as_str());
            let expected = code.filter(|code| code.starts_with("S0") && *code != "S0500");
            let errors = jsonata::parse(&expression).errors;
            n_refused += usize::from(!errors.is_empty());
            let agrees = match expected {
                Some(code) => errors.iter().any(|error| error.code == code),
                None => errors.is_empty(),
            };
            if !agrees {
                wrong.push(format!("{}: {expression}\n  expected {expected:?}, found {errors:?}", file.display()));
            }
        }
    }
    println!("{n_expressions} expressions of the official suite, {n_refused} refused, {} wrong", wrong.len());
    assert!(n_expressions > 1_000, "{} holds only {n_expressions} expressions", folder.display());
    assert!(wrong.is_empty(), "{} of {n_expressions} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn folder() -> PathBuf {
    std::env::var_os("ASLINT_JSONATA_SUITE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/jsonata/package/test/test-suite"),
        PathBuf::from,
    )
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
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
