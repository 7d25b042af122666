//! Verdicts of the real service and of other tools' test-suites.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use aslint::analysis::MachineType;
use aslint::diagnostic::{Diagnostic, Severity};
use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::Format;

use super::corpus;

/// Documents on which we differ from a peer, each with the reason. The service's own verdicts have no exceptions.
const EXCEPTIONS: &str = include_str!("labelled-exceptions.tsv");

const SERVICE: &str = "localstack-aws-recorded";

/// Rules that tell of expressions which the service takes and which fail when they are evaluated, with the error that they say.
const FAILS_AT_RUN_TIME: &[&str] = &[
    "absent-field",
    "out-of-scope-variable",
    "payload-too-large",
    "unassigned-variable",
    "unfit-result",
    "wait-outlasts-execution",
];

/// Verdicts that the corpus holds at least: of the service by label, and of all peers.
const LEAST: [(&str, usize); 3] = [("valid", 270), ("invalid", 13), ("of peers", 250)];

#[test]
fn verdicts_of_the_service_and_of_peers() {
    let Some(root) = corpus::root() else { return };
    let mut exceptions: BTreeMap<&str, &str> = EXCEPTIONS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('\t').expect("file, tab, reason"))
        .collect();
    let (mut wrong, mut wrong_by_service) = (String::new(), String::new());
    let mut n_right = 0;
    let mut unused: BTreeSet<&str> = FAILS_AT_RUN_TIME.iter().copied().collect();
    let mut n_rows: BTreeMap<&str, usize> = BTreeMap::new();
    for row in corpus::rows(&root.join("labelled/index.jsonl")) {
        let file = row["file"].as_str().expect("file");
        let peer = row["peer"].as_str().expect("peer");
        let text = std::fs::read_to_string(root.join("labelled").join(file)).expect(file);
        let format = if file.ends_with(".yaml") { Format::Yaml } else { Format::Json };
        let kind = if row["type"] == "EXPRESS" { MachineType::Express } else { MachineType::Standard };
        let report = check(&Source::machine(file, text, format), &Options { kind, ..Options::default() });
        // Whether an expression fails when it is evaluated is no question of the service's verdict.
        let is_asked = |found: &&Diagnostic| {
            peer != SERVICE || !FAILS_AT_RUN_TIME.contains(&found.rule) || corpus::predicted(found).is_none()
        };
        let worst = report.diagnostics.iter().filter(is_asked).map(|found| found.severity).max();
        for found in report.diagnostics.iter().filter(|found| found.severity == Severity::Error && !is_asked(found)) {
            unused.remove(found.rule);
        }
        let agrees = match (row["label"].as_str(), peer == SERVICE) {
            (Some("valid"), _) => worst < Some(Severity::Error),
            (_, true) => worst == Some(Severity::Error),
            (_, false) => worst >= Some(Severity::Warning),
        };
        let label = if row["label"] == "valid" { "valid" } else { "invalid" };
        *n_rows.entry(if peer == SERVICE { label } else { "of peers" }).or_default() += 1;
        let excepted = if peer == SERVICE { None } else { exceptions.remove(file) };
        if agrees == excepted.is_none() {
            n_right += 1;
            continue;
        }
        let said: Vec<String> = report
            .diagnostics
            .iter()
            .filter(|found| found.severity > Severity::Info)
            .map(|found| format!("\n      {}[{}] {} at {}", found.severity, found.rule, found.message, found.pointer))
            .collect();
        let wrong = if peer == SERVICE { &mut wrong_by_service } else { &mut wrong };
        let _ = writeln!(wrong, "{} {peer} {file}{}\n   it says: {}", row["label"], said.concat(), row["expected"]);
    }
    for (file, _) in exceptions {
        let _ = writeln!(wrong, "exception for a document that is not there: {file}");
    }
    for (rows, least) in LEAST {
        let n_rows = n_rows.get(rows).copied().unwrap_or_default();
        assert!(n_rows >= least, "only {n_rows} rows {rows}: the corpus has lost some");
    }
    assert!(unused.is_empty(), "nothing of the service's has a finding of {unused:?}");
    assert!(wrong_by_service.is_empty(), "the service says otherwise:\n{wrong_by_service}");
    assert!(wrong.is_empty(), "{n_right} right; not so:\n{wrong}");
}
