//! The corpus: real machines beside the project, never in it.

use std::fs;
use std::path::{Path, PathBuf};

use aslint::source::Source;
use serde_json::Value;

/// The folder, or a loud word on standard error and `None`.
pub(crate) fn root() -> Option<PathBuf> {
    let path = std::env::var_os("ASLINT_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    if path.join("manifest.jsonl").is_file() {
        return Some(path);
    }
    eprintln!("SKIPPED: no corpus at {} (ASLINT_CORPUS names another place)", path.display());
    None
}

/// Every file below a folder of the corpus, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the corpus").flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// The rows of a `.jsonl` file.
pub(crate) fn rows(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("an index of the corpus");
    text.lines().map(|line| serde_json::from_str(line).expect("a row of the corpus")).collect()
}

/// A file as the command reads it.
pub(crate) fn source(path: &Path) -> Source {
    Source::new(path.to_string_lossy(), fs::read(path).expect("a file of the corpus"))
}

/// Rules that tell of expressions which the service takes and which fail when they are evaluated, with the error that they say.
pub(crate) const FAILS_AT_RUN_TIME: &[&str] = &[
    "failing-operation",
    "out-of-scope-variable",
    "stale-variable",
    "unassigned-variable",
    "unfit-result",
    "unknown-function",
    "wrong-arguments",
];

/// What such an expression fails with.
pub(crate) const RUN_TIME_ERROR: &str = "States.QueryEvaluationError";
