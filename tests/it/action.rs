//! The steps of `action.yml`, run as a runner of GitHub runs them, with the aslint of this build.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use aslint::syntax::{Format, Kind, Node, parse};
use serde_json::Value;

use super::folder::{Folder, Run};

const BAD: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;
const GOOD: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;

/// A scalar; what aslint takes for a placeholder, as it stands.
fn scalar(node: Node<'_>) -> &str {
    if node.kind() == Kind::Hole { node.span().of(node.tree().text()) } else { node.content() }
}

fn text(node: Node<'_>, name: &str) -> String {
    node.get(name).map_or_else(String::new, |value| scalar(value).to_owned())
}

/// What a job knows: inputs and outputs of steps, by the names that expressions have for them.
struct Job<'f> {
    folder: &'f Folder,
    known: BTreeMap<String, String>,
    stdout: String,
    /// Of the last step that was run.
    code: i32,
    uploads: Vec<String>,
}

impl<'f> Job<'f> {
    fn run(folder: &'f Folder, inputs: &[(&str, &str)]) -> Self {
        let action = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).expect("the action");
        let tree = parse(&action.as_str().into(), Format::Yaml);
        assert_eq!(tree.errors(), []);
        let root = tree.root();
        let mut job = Job { folder, known: BTreeMap::new(), stdout: String::new(), code: 0, uploads: Vec::new() };
        job.know("github.action_path", env!("CARGO_MANIFEST_DIR"));
        for input in root.get("inputs").expect("inputs").members() {
            job.know(&format!("inputs.{}", input.name()), &text(input.value, "default"));
        }
        job.know("inputs.binary", env!("CARGO_BIN_EXE_aslint"));
        for (name, value) in inputs {
            assert!(job.known.contains_key(&format!("inputs.{name}")), "no input {name}");
            job.know(&format!("inputs.{name}"), value);
        }
        for step in root.get("runs").and_then(|runs| runs.get("steps")).expect("steps").items() {
            if job.holds(&text(step, "if")) {
                job.step(step);
            }
            if job.code != 0 {
                break;
            }
        }
        job
    }

    fn know(&mut self, name: &str, value: &str) {
        self.known.insert(name.to_owned(), value.to_owned());
    }

    /// A text with what stands between `${{` and `}}` filled in.
    fn filled(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
        let (name, after) = rest.split_once("}}").expect("an expression ends");
        let value = self.known.get(name.trim()).unwrap_or_else(|| panic!("nothing is known of {name}"));
        format!("{before}{value}{}", self.filled(after))
    }

    /// Comparisons that all have to hold.
    fn holds(&self, condition: &str) -> bool {
        condition.is_empty()
            || condition.split(" && ").all(|one| {
                let is_equal = one.contains(" == ");
                let (name, value) = one.split_once(if is_equal { " == " } else { " != " }).expect("a comparison");
                (self.known.get(name).map_or("", String::as_str) == value.trim_matches('\'')) == is_equal
            })
    }

    fn step(&mut self, step: Node<'_>) {
        let script = text(step, "run");
        // Whatever stands in a script is a command: inputs come in by the environment alone.
        assert!(!script.contains("${{"), "{script}");
        if script.is_empty() {
            let with = step.get("with").expect("what is uploaded");
            self.uploads.push(self.filled(&text(with, "sarif_file")));
            return;
        }
        assert_eq!(text(step, "shell"), "bash");
        let (file, output) = (self.folder.0.join(".step.sh"), self.folder.0.join(".output"));
        fs::write(&file, script).expect("a script");
        fs::write(&output, "").expect("a file for outputs");
        fs::create_dir_all(self.folder.0.join(".temp dir")).expect("a folder");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&file).current_dir(&self.folder.0);
        command.env("GITHUB_OUTPUT", &output).env("RUNNER_TEMP", self.folder.0.join(".temp dir"));
        for variable in step.get("env").into_iter().flat_map(Node::members) {
            command.env(variable.name(), self.filled(scalar(variable.value)));
        }
        let run = Run::of(&mut command);
        self.stdout += &run.stdout;
        self.code = run.code;
        for line in fs::read_to_string(&output).expect("outputs").lines() {
            let (name, value) = line.split_once('=').expect("an output");
            let id = text(step, "id");
            self.know(&format!("steps.{id}.outputs.{name}"), value);
        }
    }

    fn log(&self) -> Value {
        let [upload] = &self.uploads[..] else { panic!("{:?}", self.uploads) };
        serde_json::from_str(&fs::read_to_string(upload).expect("a log")).expect("JSON")
    }
}

fn n_results(log: &Value) -> usize {
    log["runs"][0]["results"].as_array().expect("results").len()
}

#[test]
fn findings_are_uploaded_marked_and_fail_the_step() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no bash to run the steps of action.yml");
        return;
    }
    let folder = Folder::new([("a folder/b 'c\".asl.json", BAD), ("good.asl.json", GOOD)]);
    let run = |inputs: &[(&str, &str)]| Job::run(&folder, inputs);

    let job = run(&[]);
    assert_eq!((job.code, n_results(&job.log())), (1, 1));
    assert!(job.stdout.starts_with("::error file=a folder/b 'c\".asl.json,line=1,"), "{}", job.stdout);
    assert_eq!(job.log()["runs"][0]["automationDetails"]["id"], "aslint/");
    let uri = &job.log()["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20folder/b%20%27c%22.asl.json");

    let job = run(&[("paths", "good.asl.json\n")]);
    assert_eq!((job.code, n_results(&job.log()), job.stdout.as_str()), (0, 0, ""), "a clean run is uploaded too");
    let job = run(&[("paths", "a folder/b 'c\".asl.json\n\ngood.asl.json"), ("annotate", "false")]);
    assert_eq!((job.code, n_results(&job.log()), job.stdout.as_str()), (1, 1, ""));
    let job = run(&[("fail-on", "never"), ("category", "back end/x")]);
    assert_eq!((job.code, n_results(&job.log())), (0, 1));
    assert_eq!(job.log()["runs"][0]["automationDetails"]["id"], "back end/x/");
    let job = run(&[("args", "--ignore\ndangling-target\n")]);
    assert_eq!((job.code, n_results(&job.log())), (0, 0));
    let job = run(&[("upload", "false")]);
    assert_eq!((job.code, job.uploads.len()), (1, 0));

    let job = run(&[("level", "warnig")]);
    assert_eq!((job.code, job.uploads.len()), (2, 0), "there is no log to upload");
    let job = run(&[("paths", "good.asl.json\nmissing.asl.json")]);
    assert_eq!((job.code, n_results(&job.log())), (2, 0), "the log tells what is missing");
}

#[test]
fn inputs_are_no_commands() {
    let folder = Folder::new([("good.asl.json", GOOD)]);
    if Command::new("bash").arg("--version").output().is_err() {
        return;
    }
    for evil in
        ["$(touch made)", "`touch made`", "\"; touch made; \"", "'; touch made; '", "x\ny=$(touch made)", "--fix"]
    {
        for name in ["paths", "args", "level", "fail-on", "annotate", "category"] {
            let job = Job::run(&folder, &[(name, evil)]);
            assert!(!folder.0.join("made").exists(), "{name}: {evil}");
            let expected = ["level", "fail-on", "paths"].contains(&name) || name == "args" && evil != "--fix";
            assert_eq!(job.code, if expected { 2 } else { 0 }, "{name}: {evil}");
        }
    }
    let job = Job::run(&folder, &[("category", "a\"b\\c\nd")]);
    assert_eq!(job.log()["runs"][0]["automationDetails"]["id"], "a\"b\\c\nd/");
}
