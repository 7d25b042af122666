//! The corpus: real machines beside the project, never in it.

use std::fs;
use std::path::{Path, PathBuf};

use aslint::diagnostic::Diagnostic;
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

/// What an expression fails with that the service takes and cannot evaluate.
const RUN_TIME_ERRORS: [&str; 3] = ["States.QueryEvaluationError", "States.Runtime", "States.DataLimitExceeded"];

/// The status of an execution that lasts longer than it may.
pub(crate) const TIMED_OUT: &str = "TIMED_OUT";

/// The error with which an execution ends that comes to the place of a finding, if it says one and no refusal; or the status of one
/// that is over before.
pub(crate) fn predicted(found: &Diagnostic) -> Option<&'static str> {
    let said = |error: &&str| found.message.contains(error) || found.notes.iter().any(|note| note.contains(error));
    let times_out = || found.message.contains("times out after").then_some(TIMED_OUT);
    RUN_TIME_ERRORS.into_iter().find(said).or_else(times_out).filter(|_| found.refusal.is_none())
}
