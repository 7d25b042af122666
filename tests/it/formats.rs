//! Every format says the same, read back by somebody else; and where a report goes.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::folder::{Folder, Run};

/// A state whose name means something in every format.
const NAME: &str = "x]]>&amp;'%0A,::error::[a](b)\\n\\u0007\\ufffe";
const GOOD: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;

fn broken() -> String {
    format!(
        "{{\n \"StartAt\": \"{NAME}\",\n \"States\": {{\n  \"{NAME}\": {{\"Type\": \"Pass\", \"Next\": \"😀 Nowhere {NAME}\", \"End\": true}},\n  \
         \"B {NAME}\": {{\"Type\": \"Pass\", \"Next\": \"B {NAME}\"}}\n }}\n}}\n"
    )
}

fn folder() -> Folder {
    let config = "ignore: [{path: a/, rule: endless-loop, reason: \"it <is> so & stays\"}]\nexclude: [none.asl.json]\n";
    let folder = Folder::new([("aslint.yaml", config), ("good.asl.json", GOOD)]);
    for name in ["a/ä%, b:c.asl.json", "b'&<.asl.json"] {
        folder.write(name, &broken());
    }
    folder
}

/// File, rule, line and column of a finding.
type Found = (String, String, u64, u64);

fn json(run: &Run) -> BTreeSet<Found> {
    let found = run.json()["diagnostics"].as_array().expect("findings").clone();
    let text = |found: &Value, name: &str| found[name].as_str().expect("a text").to_owned();
    let start = |found: &Value, name: &str| found["range"]["start"][name].as_u64().expect("a number");
    found
        .iter()
        .map(|found| (text(found, "file"), text(found, "rule"), start(found, "line"), start(found, "column")))
        .collect()
}

fn gitlab(run: &Run) -> BTreeSet<Found> {
    let issues = run.json().as_array().expect("an array").clone();
    let mut prints = BTreeSet::new();
    let read = |issue: &Value| {
        let text = |name: &str| issue[name].as_str().expect("a text").to_owned();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&text("severity").as_str()));
        assert!(!text("description").is_empty() && prints.insert(text("fingerprint")), "{issue}");
        let begin = &issue["location"]["positions"]["begin"];
        let number = |name: &str| begin[name].as_u64().expect("a number");
        let path = issue["location"]["path"].as_str().expect("a path").to_owned();
        (path, text("check_name"), number("line"), number("column"))
    };
    issues.iter().map(read).collect()
}

/// As the runner of workflows reads commands: up to `::`, split at `,`, unescaped.
fn github(run: &Run) -> BTreeSet<Found> {
    let unescaped = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%25", "%")
    };
    let read = |line: &str| {
        let (command, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
        let (kind, properties) = command.split_once(' ').expect("properties");
        assert!(["error", "warning", "notice"].contains(&kind) && !message.is_empty(), "{line}");
        let property = |name: &str| {
            let found = properties.split(',').find_map(|property| property.strip_prefix(name)?.strip_prefix('='));
            unescaped(found.unwrap_or_else(|| panic!("no {name} in {line}")))
        };
        let number = |name: &str| property(name).parse().expect("a number");
        let title = property("title");
        let rule = title.strip_prefix("aslint[").and_then(|rest| rest.strip_suffix(']')).expect("a rule");
        (property("file"), rule.to_owned(), number("line"), number("col"))
    };
    run.stdout.lines().map(read).collect()
}

const READ_JUNIT: &str = r#"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin.buffer).getroot()
assert root.tag == "testsuites"
for suite in root:
    cases = list(suite)
    assert suite.tag == "testsuite" and len(cases) == int(suite.get("tests"))
    assert len(suite.findall("testcase/failure")) == int(suite.get("failures"))
    assert len(suite.findall("testcase/skipped")) == int(suite.get("skipped"))
    for case in cases:
        failure = case.find("failure")
        if failure is not None:
            rule, _, place = case.get("name").rpartition(" at ")
            assert failure.get("message") and failure.text
            print(suite.get("name"), rule, *place.split(":"), sep="\t")
"#;

fn junit(run: &Run) -> Option<BTreeSet<Found>> {
    let mut python = Command::new("python3");
    let child = python.args(["-X", "utf8", "-c", READ_JUNIT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        eprintln!("SKIPPED: no python3 to read JUnit's XML with");
        return None;
    };
    std::io::Write::write_all(&mut child.stdin.take().expect("its input"), run.stdout.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", run.stdout);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let read = |line: &str| {
        let parts: Vec<&str> = line.split('\t').collect();
        let number = |at: usize| parts[at].parse().expect("a number");
        (parts[0].to_owned(), parts[1].to_owned(), number(2), number(3))
    };
    Some(text.lines().map(read).collect())
}

#[test]
fn every_format_says_the_same() {
    let folder = folder();
    let run = |format: &str| folder.run(["check", "--level", "info", "--format", format]);
    let reference = run("json");
    assert!(reference.found().len() >= 5, "{reference:?}");
    let expected = json(&reference);
    assert_eq!(gitlab(&run("gitlab")), expected);
    assert_eq!(github(&run("github")), expected);
    assert!(junit(&run("junit")).is_none_or(|found| found == expected));
    let sarif = run("sarif").json();
    let results = sarif["runs"][0]["results"].as_array().expect("results").iter();
    let counting = results.filter(|result| result.get("suppressions").is_none());
    assert_eq!(counting.count(), reference.found().len());
    for format in ["pretty", "concise", "json", "sarif", "github", "gitlab", "junit"] {
        assert_eq!((run(format).code, run(format).stderr.as_str()), (1, ""), "{format}");
        let clean = folder.run(["check", "good.asl.json", "--format", format]);
        assert_eq!((clean.code, clean.stderr.as_str()), (0, ""), "{format}");
        let missing = folder.run(["check", "good.asl.json", "none.json", "--format", format]);
        assert_eq!(missing.code, 2, "{format}");
        if ["json", "sarif", "gitlab"].contains(&format) {
            clean.json();
            missing.json();
        }
    }
    let missing = folder.run(["check", "good.asl.json", "no, such.json", "--format", "github"]);
    assert_eq!(missing.stdout, "::error file=no%2C such.json::no, such.json: no such file or folder\n");
}

#[test]
fn suppressed_findings_are_shown_on_demand() {
    let folder = folder();
    for format in ["pretty", "concise", "json", "junit"] {
        let without = folder.run(["check", "--format", format, "a"]);
        assert!(!without.stdout.contains("and stays") && !without.stdout.contains("stays"), "{format}");
        let with = folder.run(["check", "--format", format, "--show-suppressed", "a"]);
        assert!(with.stdout.contains("stays") && with.code == without.code, "{format}: {with:?}");
    }
    let shown = folder.run(["check", "--format", "json", "--show-suppressed", "--select", "endless-loop", "a"]);
    let found = &shown.json()["diagnostics"][0];
    assert_eq!(found["suppressed"]["by"], "configuration");
    assert_eq!(shown.code, 0, "it does not count");
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report-1.json")).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let unread = folder.run(["check", "--format", "json", "no such.json"]).json();
    assert_eq!(unread["failures"], serde_json::json!([{"file": "no such.json", "reason": "no such file or folder"}]));
    assert!(shown.json().get("failures").is_none());
    let args = |arg| folder.run(["check", "--format", "json", arg]).json();
    for report in [args("--show-suppressed"), args("--level=info"), args("--statistics"), unread] {
        let wrong: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert_eq!(wrong, [""; 0]);
    }
}

#[test]
fn a_report_takes_its_file_in_one_piece() {
    let folder = folder();
    let on_stdout = folder.run(["check", "--format", "json"]);
    folder.write("report.json", "old");
    let run = folder.run(["check", "--format", "json", "--output", "report.json", "--exclude-nothing"]);
    assert_eq!(run.code, 2);
    let read = || fs::read_to_string(folder.0.join("report.json")).expect("a report");
    assert_eq!(read(), "old", "a command line that is refused writes nothing");
    folder.write("bad.yaml", "rules: 3");
    assert_eq!(folder.run(["check", "--config", "bad.yaml", "-o", "report.json"]).code, 2);
    assert_eq!(read(), "old", "nor does a configuration");
    let run =
        folder.run(["check", "--format", "json", "--output", "report.json", "a", "b'&<.asl.json", "good.asl.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert_eq!(read(), on_stdout.stdout);
    let left: Vec<_> = fs::read_dir(&folder.0).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".report")), "{left:?}");
    let run = folder.run(["check", "--color", "always", "-o", "report.json", "a"]);
    assert!(run.stdout.is_empty() && read().contains("\u{1b}["));
    folder.run(["check", "-o", "report.json", "a"]);
    assert!(!read().contains('\u{1b}') && read().contains("found"));
}

#[test]
fn a_report_that_cannot_be_written_is_a_failure() {
    let folder = folder();
    for file in ["no/such/folder.json", "a"] {
        let run = folder.run(["check", "--format", "sarif", "--output", file]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.lines().count()), (2, "", 1), "{file}: {run:?}");
        assert!(run.stderr.starts_with("aslint: "), "{run:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_as_they_are() {
    let folder = folder();
    let expected = folder.run(["check", "--format", "gitlab"]);
    let run = folder.run(["check", "--format", "gitlab", "--output", "/dev/stdout"]);
    assert_eq!((run.code, run.stdout), (1, expected.stdout));
    let run = folder.run(["check", "--format", "gitlab", "--output", "/dev/full"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("aslint: /dev/full: ") && run.stderr.lines().count() == 1, "{run:?}");
    for link in ["target.json", "new.json"] {
        std::os::unix::fs::symlink(link, folder.0.join(format!("link to {link}"))).expect("a link");
    }
    folder.write("target.json", "old");
    assert_eq!(folder.run(["check", "--format", "gitlab", "-o", "link to target.json"]).code, 1);
    assert!(fs::symlink_metadata(folder.0.join("link to target.json")).expect("it").is_symlink(), "the link stays");
    assert!(fs::read_to_string(folder.0.join("target.json")).expect("it").starts_with('['));
}
