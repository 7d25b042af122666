//! SARIF as its readers take it: what GitHub asks for, what Microsoft's validator says, and what that misses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aslint::rules::RULES;
use serde_json::Value;

use super::corpus;
use super::folder::{Folder, Run};

/// Two rules on one line each, with what SARIF has a place for: related places, a way, fixes, columns beyond ASCII.
const BROKEN: &str = r#"{
  "StartAt": "Prüfen😀",
  "States": {
    "Prüfen😀": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "TimeoutSecond": 3, "Next": "Loop [x](1)"},
    "Loop [x](1)": {"Type": "Pass", "Next": "Back"},
    "Back": {"Type": "Pass", "Next": "Loop [x](1)"},
    "Lost": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Nowhere"}, {"Variable": "$.b", "IsNull": true, "Next": "Nowhere"}]}
  }
}
"#;
const GOOD: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().expect("results")
}

fn uris(run: &Run) -> BTreeSet<String> {
    results(&run.json()).iter().map(|result| uri(&result["locations"][0])).collect()
}

fn uri(location: &Value) -> String {
    location["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a place").to_owned()
}

/// What Microsoft's validator does not look at, or only in part.
#[track_caller]
fn holds(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 1);
    let run = &runs[0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert!(run["automationDetails"]["id"].as_str().is_some_and(|id| id.ends_with('/')));
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), RULES.len(), "every rule, whether or not it found something");
    let text = |value: &Value| value["text"].as_str().unwrap_or_default().to_owned();
    for rule in rules {
        let short = text(&rule["shortDescription"]);
        let full = text(&rule["fullDescription"]);
        assert!(!short.is_empty() && short.len() <= 1024 && !full.is_empty() && full.chars().count() <= 1024, "{rule}");
        assert!(!text(&rule["help"]).is_empty() && rule["help"]["markdown"].is_string(), "{rule}");
        assert!(rule["properties"].get("security-severity").is_none(), "no security alerts: {rule}");
        assert!(rule["name"] != rule["id"] && rule["helpUri"].as_str().is_some_and(|uri| uri.starts_with("https://")));
        assert!(rule["properties"]["tags"].as_array().is_some_and(|tags| tags.len() <= 10));
    }
    let mut known = BTreeSet::new();
    for result in results(log) {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(result["ruleId"], rules[index]["id"], "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap_or_default()));
        assert!(result.get("kind").is_none() && result.get("rank").is_none() && !text(&result["message"]).is_empty());
        let locations = result["locations"].as_array().expect("locations");
        assert_eq!(locations.len(), 1, "{result}");
        let mut places: Vec<&Value> = vec![&locations[0]];
        let related = result["relatedLocations"].as_array().cloned().unwrap_or_default();
        for (i, place) in related.iter().enumerate() {
            assert_eq!(place["id"], i + 1);
            assert!(text(&result["message"]).contains(&format!("]({})", i + 1)), "no link to it: {result}");
            places.push(place);
        }
        for flow in result["codeFlows"].as_array().into_iter().flatten() {
            let steps = flow["threadFlows"][0]["locations"].as_array().expect("steps in their place");
            assert!(steps.len() > 1);
            places.extend(steps.iter().map(|step| &step["location"]));
        }
        for place in places {
            let uri = uri(place);
            assert!(!uri.starts_with('/') && !uri.starts_with("./") && !uri.contains([' ', '\\']), "{uri}");
            assert_eq!(place["physicalLocation"]["artifactLocation"]["uriBaseId"], "%SRCROOT%", "{uri}");
            tight(&place["physicalLocation"]["region"]);
        }
        for fix in result["fixes"].as_array().into_iter().flatten() {
            for replacement in fix["artifactChanges"][0]["replacements"].as_array().expect("edits") {
                tight(&replacement["deletedRegion"]);
            }
        }
        let prints = &result["partialFingerprints"];
        let place = uri(&locations[0]);
        for name in ["primaryLocationLineHash", "aslint/v1"] {
            let print = prints[name].as_str().expect("a fingerprint").to_owned();
            let key = (result["ruleId"].to_string(), place.clone(), name, print);
            assert!(known.insert(key), "two results of one fingerprint: {result}");
        }
    }
}

#[track_caller]
fn tight(region: &Value) {
    let number = |name: &str| region[name].as_u64().unwrap_or_else(|| panic!("{name} is missing in {region}"));
    let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(start.0 > 0 && start.1 > 0 && start <= end, "{region}");
}

#[test]
fn a_clean_run_is_a_log_without_results() {
    let folder = Folder::new([("a.asl.json", GOOD)]);
    let run = folder.aslint("check --format sarif");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let log = run.json();
    holds(&log);
    assert!(results(&log).is_empty());
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
    assert!(run.stdout.lines().count() <= 3 && run.stdout.ends_with('\n'), "compact, with a line break at its end");
    assert!(run.stdout.len() < 1_200_000, "{} bytes", run.stdout.len());
}

#[test]
fn places_are_those_of_the_repository() {
    let folder = Folder::new([("repo/.git/HEAD", ""), ("repo/a b/ü#1.asl.json", BROKEN), ("repo/other/x", "")]);
    let expected = BTreeSet::from(["a%20b/%C3%BC%231.asl.json".to_owned()]);
    let whole = folder.0.join("repo/a b/ü#1.asl.json");
    for (working, path) in [
        ("repo", "a b/ü#1.asl.json"),
        ("repo", "./a b/ü#1.asl.json"),
        ("repo", "."),
        ("repo", "other/../a b"),
        ("repo/a b", "ü#1.asl.json"),
        ("repo/other", "../a b/ü#1.asl.json"),
        (".", "repo"),
        (".", "repo/a b/ü#1.asl.json"),
        ("repo/other", &whole.to_string_lossy()),
    ] {
        let mut command = folder.command(["check", "--format", "sarif", path]);
        command.current_dir(folder.0.join(working));
        let run = Run::of(&mut command);
        assert_eq!(uris(&run), expected, "{working}: {path}");
        holds(&run.json());
        let root = run.json()["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"].clone();
        assert!(root.as_str().is_some_and(|root| root.starts_with("file:///") && root.ends_with("/repo/")), "{root}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_resolved() {
    let folder = Folder::new([("repo/.git/HEAD", ""), ("repo/a.asl.json", BROKEN)]);
    std::os::unix::fs::symlink(folder.0.join("repo"), folder.0.join("link")).expect("a link");
    std::os::unix::fs::symlink("a.asl.json", folder.0.join("repo/b.asl.json")).expect("a link");
    for path in ["link/a.asl.json", "repo/b.asl.json", "link/b.asl.json"] {
        let run = folder.run(["check", "--format", "sarif", path]);
        assert_eq!(uris(&run), BTreeSet::from(["a.asl.json".to_owned()]), "{path}");
    }
}

#[test]
fn results_carry_what_is_known() {
    let folder = Folder::new([("a.asl.json", BROKEN)]);
    let log = folder.aslint("check --format sarif --level info").json();
    holds(&log);
    let of = |rule: &str| -> Vec<&Value> { results(&log).iter().filter(|result| result["ruleId"] == rule).collect() };
    let unknown = of("unknown-field")[0];
    let region = &unknown["locations"][0]["physicalLocation"]["region"];
    // The emoji takes two units, and the Umlaut one.
    let line = BROKEN.lines().nth(3).expect("the line");
    let column = line[..line.find("\"TimeoutSecond\"").expect("the field")].encode_utf16().count() + 1;
    assert_eq!((&region["startLine"], &region["startColumn"]), (&Value::from(4), &Value::from(column)));
    assert_eq!(region["snippet"]["text"], "\"TimeoutSecond\"");
    let logical = &unknown["locations"][0]["logicalLocations"][0];
    assert_eq!(logical["fullyQualifiedName"], "/States/Prüfen😀/TimeoutSecond");
    let looping = of("endless-loop")[0];
    let flow: Vec<&str> = looping["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .expect("a way")
        .iter()
        .filter_map(|step| step["location"]["message"]["text"].as_str())
        .collect();
    assert_eq!(flow, ["from `Prüfen😀`.", "to `Loop [x](1)`.", "to `Back`.", "and again to `Loop [x](1)`."]);
    let message = looping["message"]["text"].as_str().expect("a message");
    assert!(message.contains("`Loop [x\\](1)`") && message.contains("](1)."), "{message}");
    let dangling = of("dangling-target");
    assert_eq!(dangling.len(), 2, "two equal defects on one line");
}

#[test]
fn many_places_of_one_finding_are_cut() {
    let states: Vec<String> =
        (1..=60).map(|i| format!(r#""S{i}": {{"Type": "Pass", "Next": "S{}"}}"#, i + 1)).collect();
    let text = format!(
        r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Next": "Ssss"}}, {}, "S61": {{"Type": "Succeed"}}}}}}"#,
        states.join(", ")
    )
    .replace("\"S1\":", "\"Sss\":");
    let folder = Folder::new([("a.asl.json", &text)]);
    let log = folder.aslint("check --format sarif").json();
    holds(&log);
    let found = &results(&log)[0];
    assert_eq!(
        (&found["ruleId"], found["relatedLocations"].as_array().map(Vec::len)),
        (&"dangling-target".into(), Some(20))
    );
    let message = found["message"]["text"].as_str().expect("a message");
    assert!(message.ends_with("](20), and 41 more places."), "{message}");
}

#[test]
fn logs_of_one_commit_have_categories() {
    let folder = Folder::new([("a.asl.json", GOOD)]);
    for (args, id) in [
        (&["check"][..], "aslint/"),
        (&["prove"], "aslint/prove/"),
        (&["check", "--category", "front end"], "front end/"),
        (&["prove", "--category", "a\"b/c/"], "a\"b/c/"),
    ] {
        let log = folder.run(args.iter().chain(&["--format", "sarif"])).json();
        holds(&log);
        assert_eq!(log["runs"][0]["automationDetails"]["id"], id);
    }
}

#[test]
fn fixes_say_what_to_replace() {
    let text = "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\", \"Nxt\": \"B\"}, \"B\": {\"Type\": \"Succeed\"}}}";
    let folder = Folder::new([("a.asl.json", text)]);
    let log = folder.aslint("check --format sarif").json();
    holds(&log);
    let fix = results(&log).iter().find_map(|result| result["fixes"].as_array()?.first()).expect("a fix");
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    let column =
        |name: &str| usize::try_from(replacement["deletedRegion"][name].as_u64().expect("it")).expect("small") - 1;
    let inserted = replacement["insertedContent"]["text"].as_str().expect("what comes there");
    let mended = format!("{}{inserted}{}", &text[..column("startColumn")], &text[column("endColumn")..]);
    assert_eq!(mended, text.replace("Nxt", "Next"));
    assert!(["safe", "unsafe"].contains(&fix["properties"]["applicability"].as_str().unwrap_or_default()));
}

#[test]
fn suppressed_findings_come_with_the_reason() {
    let config = "ignore: [{state: Lost, rule: dangling-target, reason: it comes with the next release}]\n";
    let folder = Folder::new([("aslint.yaml", config), ("a.asl.json", BROKEN)]);
    let log = folder.aslint("check --format sarif").json();
    holds(&log);
    let suppressed: Vec<&Value> =
        results(&log).iter().filter_map(|result| result["suppressions"].as_array()?.first()).collect();
    assert_eq!(suppressed.len(), 2);
    assert_eq!(suppressed[0]["kind"], "external");
    assert_eq!(suppressed[0]["justification"], "it comes with the next release");
    let without = folder.aslint("check --format sarif --show-suppressed=false").json();
    assert_eq!(results(&without).len() + 2, results(&log).len());
}

#[test]
fn what_could_not_be_read_is_in_the_log() {
    let folder = Folder::new([("a.asl.json", BROKEN)]);
    fs::create_dir(folder.0.join("b.asl.json")).expect("a folder");
    let run = folder.aslint("check --format sarif a.asl.json missing.asl.json");
    assert_eq!(run.code, 2);
    let log = run.json();
    holds(&log);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(uri(&notification["locations"][0]), "missing.asl.json");
    assert!(notification["message"]["text"].as_str().is_some_and(|text| text.contains("no such file")));
    assert!(!results(&log).is_empty(), "it hides nothing about the others");
}

const PROVED: &str = r#"{"StartAt": "T", "States": {
  "T": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "Next": "C"},
  "C": {"Type": "Choice", "Choices": [
    {"Variable": "$.n", "NumericGreaterThan": 1, "Next": "D"},
    {"Variable": "$.n", "NumericGreaterThan": 5, "Next": "E"}]},
  "D": {"Type": "Succeed"}, "E": {"Type": "Succeed"}}}"#;

#[test]
fn proofs_are_results_of_the_same_rules() {
    let folder = Folder::new([("a.asl.json", PROVED), ("b.asl.json", GOOD)]);
    let run = folder.aslint("prove --format sarif");
    assert_eq!(run.code, 1);
    let log = run.json();
    holds(&log);
    let rules: Vec<&str> = results(&log).iter().filter_map(|result| result["ruleId"].as_str()).collect();
    assert_eq!(rules, ["choice-not-exhaustive", "choice-may-fail", "dead-choice-rule"]);
    assert!(results(&log)[0]["codeFlows"].is_array(), "the execution that finds no rule");
    assert_eq!(log["runs"][0]["automationDetails"]["id"], "aslint/prove/");
    let concise = folder.aslint("prove --format concise");
    assert_eq!(concise.stdout.lines().count(), 3, "{}", concise.stdout);
}

/// The validator from npm, installed once; a loud word and nothing where npm does not answer.
fn validator() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sarif-multitool");
    let tool = home.join("node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) && !tool.is_file() {
        fs::create_dir_all(&home).expect("a folder for it");
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-fund", "--no-audit", "--ignore-scripts", "@microsoft/sarif-multitool-linux@5.7.0"]);
        let _ = npm.current_dir(&home).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    if !tool.is_file() {
        eprintln!("SKIPPED: npm has not given us Microsoft's validator of SARIF");
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("it can be run");
    }
    Some(tool)
}

#[test]
fn the_validator_of_microsoft_has_nothing_to_say() {
    let Some(tool) = validator() else { return };
    let config = "ignore: [{state: Lost, rule: dangling-target, reason: it comes with the next release}]\n";
    let folder = Folder::new([
        ("clean/a.asl.json", GOOD),
        ("broken/a.asl.json", BROKEN),
        ("suppressed/aslint.yaml", config),
        ("suppressed/a.asl.json", BROKEN),
        ("yaml/a.asl.yaml", "StartAt: A\nStates:\n  A: {Type: Pass, Nxt: 'ü'}\n"),
        ("lines/one.asl.json", &BROKEN.replace('\n', " ")),
        ("lines/returns.asl.json", &BROKEN.replace('\n', "\r")),
        ("lines/both.asl.json", &BROKEN.replace('\n', "\r\n")),
        ("lines/none.asl.json", ""),
        ("lines/names \"'%20&.asl.json", BROKEN),
        ("proved/a.asl.json", PROVED),
    ]);
    let mut logs = Vec::new();
    let mut log = |name: &str, line: &[&str]| {
        let file = folder.0.join(format!("{name}.sarif"));
        let run = folder.run(line.iter().copied().chain(["--format", "sarif", "--output", &file.to_string_lossy()]));
        assert!(run.stdout.is_empty() && fs::metadata(&file).is_ok(), "{name}: {run:?}");
        holds(&serde_json::from_str(&fs::read_to_string(&file).expect("a log")).expect("JSON"));
        logs.push(file);
    };
    for name in ["clean", "broken", "suppressed", "yaml", "lines"] {
        log(name, &["check", name, "--level", "info"]);
    }
    log("unreadable", &["check", "broken", "no such file.asl.json"]);
    log("proved", &["prove", "proved", "broken"]);
    if let Some(corpus) = corpus::root() {
        log("corpus", &["check", &corpus.to_string_lossy(), "--level", "info"]);
    }
    let report = folder.0.join("report.json");
    let run = Command::new(&tool)
        .arg("validate")
        .args(&logs)
        .args(["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite", "--output"])
        .arg(&report)
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
        .output()
        .expect("the validator runs");
    let text = fs::read_to_string(&report).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let report: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("its report");
    let found: Vec<String> = report["runs"].as_array().expect("runs").iter().flat_map(said).collect();
    assert_eq!(found, [""; 0]);

    hashes_agree(&tool, &folder, "lines");
}

/// Errors and warnings of the validator, and what it could not look at.
fn said(run: &Value) -> Vec<String> {
    let results = run["results"].as_array().into_iter().flatten();
    let ignored = ["SARIF2002", "SARIF2006"];
    let is_bad = |result: &&Value| {
        ["error", "warning"].contains(&result["level"].as_str().unwrap_or("warning"))
            && !ignored.contains(&result["ruleId"].as_str().unwrap_or_default())
    };
    let invocations = run["invocations"].as_array().into_iter().flatten();
    let notes = invocations.flat_map(|invocation| {
        ["toolConfigurationNotifications", "toolExecutionNotifications"]
            .into_iter()
            .flat_map(|name| invocation[name].as_array().into_iter().flatten())
            .filter(|note| note["level"] == "error")
    });
    results.filter(is_bad).chain(notes).map(Value::to_string).collect()
}

/// What the same tool makes of the lines is what we say of the first finding of each rule on a line.
fn hashes_agree(tool: &Path, folder: &Folder, name: &str) {
    let (ours, theirs) = (folder.0.join(format!("{name}.sarif")), folder.0.join("hashed.sarif"));
    let mut log: Value = serde_json::from_str(&fs::read_to_string(&ours).expect("a log")).expect("JSON");
    let expected: Vec<Value> =
        results(&log).iter().map(|result| result["partialFingerprints"]["primaryLocationLineHash"].clone()).collect();
    for result in log["runs"][0]["results"].as_array_mut().expect("results") {
        result.as_object_mut().expect("a result").remove("partialFingerprints");
    }
    fs::write(&ours, log.to_string()).expect("a log without them");
    let run = Command::new(tool)
        .arg("rewrite")
        .arg(&ours)
        .args(["--insert", "RollingHashPartialFingerprints", "--log", "ForceOverwrite", "--output"])
        .arg(&theirs)
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
        .output()
        .expect("the tool runs");
    let text = fs::read_to_string(&theirs).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let hashed: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("its log");
    let mut seen = BTreeSet::new();
    let mut n_same = 0;
    for (result, ours) in results(&hashed).iter().zip(&expected) {
        let theirs = &result["partialFingerprints"]["primaryLocationLineHash/v1"];
        let theirs = if theirs.is_null() { &result["partialFingerprints"]["primaryLocationLineHash"] } else { theirs };
        let is_first = seen.insert((uri(&result["locations"][0]), result["ruleId"].to_string(), theirs.to_string()));
        assert_eq!(is_first, ours == theirs, "{result}, ours is {ours}");
        n_same += usize::from(is_first);
    }
    assert!(n_same > 10, "{n_same} hashes");
}
