//! Turns a folder of tests, as `aslint prove --emit-tests` writes them, into which of them pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Args, Status, Told};
use crate::asl::{StateId, lower};
use crate::eval::{self, Mocks, Value};
use crate::report::one_line;
use crate::source::{Source, discover, documents};
use crate::symex::{Goal, replay_with};
use crate::syntax::{self, Format};

/// A test that did not pass.
enum Trouble {
    /// The machine does something else.
    Failed(Vec<String>),
    /// It cannot be run.
    Unreadable(String),
}

/// Runs every test below a folder.
pub(super) fn run(folder: &Path, args: &Args) -> Told {
    let mut files = Vec::new();
    if let Err(reason) = collect(folder, &mut files) {
        return Told::refused(String::new(), format!("{}: {reason}", folder.display()));
    }
    files.sort();
    let mut sources = BTreeMap::new();
    let (mut result, mut remark) = (String::new(), String::new());
    let (mut n_passed, mut n_failed, mut n_unreadable) = (0, 0, 0);
    for file in &files {
        let name = one_line(&file.to_string_lossy()).into_owned();
        match test(file, args, &mut sources) {
            Ok(what) => {
                n_passed += 1;
                result += &format!("ok    {name}: {}\n", one_line(&what));
            }
            Err((what, Trouble::Failed(differences))) => {
                n_failed += 1;
                result += &format!("FAIL  {name}: {}\n", one_line(&what));
                for difference in differences {
                    result += &format!("      {}\n", one_line(&difference));
                }
            }
            Err((_, Trouble::Unreadable(reason))) => {
                n_unreadable += 1;
                remark += &format!("aslint: {name}: {}\n", one_line(&reason));
            }
        }
    }
    let status = match (n_unreadable, n_failed) {
        (0, 0) => Status::Clean,
        (0, _) => Status::Findings,
        _ => Status::Failed,
    };
    if files.is_empty() {
        return Told::refused(String::new(), format!("{}: no test (*.test.json) in it", folder.display()));
    }
    let last = format!("{n_passed} of {} tests passed", files.len());
    Told { result, remark, last, status }
}

/// The tests below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| discover::reason(&error))?;
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(".test.json") {
                files.push(path);
            }
        }
    }
    Ok(())
}

/// Runs one test; what it is about, and what is wrong.
fn test(file: &Path, args: &Args, sources: &mut BTreeMap<PathBuf, Source>) -> Result<String, (String, Trouble)> {
    let unreadable = |reason: String| (String::new(), Trouble::Unreadable(reason));
    let bytes = discover::read(file).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("not UTF-8".to_owned()))?;
    let test = Value::from_json(&text).map_err(|error| unreadable(format!("no JSON: {error:?}")))?;
    let member = |name: &str| test.get(name).ok_or_else(|| unreadable(format!("no test: it has no `{name}`")));
    let what = test.get("what").and_then(Value::as_str).unwrap_or_default().to_owned();
    let path = file.parent().unwrap_or(Path::new(".")).join(member("file")?.as_str().unwrap_or_default());
    let mocks = Mocks::read(&member("mocks")?.to_json().into(), Format::Json, None)
        .map_err(|errors| unreadable(errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; ")))?;
    if !sources.contains_key(&path) {
        let bytes = discover::read(&path).map_err(|reason| unreadable(format!("{}: {reason}", path.display())))?;
        sources.insert(path.clone(), Source::new(path.to_string_lossy(), bytes));
    }
    let source = &sources[&path];
    let tree = syntax::parse(&source.text, source.format);
    let number = test.get("number").and_then(Value::as_i64).and_then(|number| usize::try_from(number).ok());
    let document = documents(source, &tree).nth(number.unwrap_or_default());
    let Some(document) = document else { return Err(unreadable(format!("{}: no such machine", path.display()))) };
    let machine = lower(document.root);
    let replayed = replay_with(&machine, member("input")?.clone(), &mocks, args.kind);
    let expected = member("expect")?;
    let mut differences = Vec::new();
    let status = match &replayed.execution.status {
        eval::Status::Succeeded(_) => "SUCCEEDED",
        eval::Status::Failed(_) => "FAILED",
        eval::Status::TimedOut => "TIMED_OUT",
        eval::Status::Aborted { .. } => "ABORTED",
    };
    let wanted = expected.get("status").and_then(Value::as_str);
    if wanted.is_some_and(|wanted| wanted != status) {
        differences.push(format!("status {status}, expected {}", wanted.unwrap_or_default()));
    }
    let error = match &replayed.execution.status {
        eval::Status::Failed(failure) => failure.error.as_deref(),
        _ => None,
    };
    let wanted = expected.get("error").and_then(Value::as_str).filter(|wanted| !wanted.is_empty());
    if wanted.is_some_and(|wanted| Some(wanted) != error) {
        differences.push(format!("error {}, expected {}", error.unwrap_or("none"), wanted.unwrap_or_default()));
    }
    let states: Vec<&str> = replayed.execution.entered().map(|id| machine.state(id).name()).collect();
    if let Some(wanted) = expected.get("states").and_then(Value::as_array) {
        let wanted: Vec<&str> = wanted.iter().filter_map(Value::as_str).collect();
        if wanted != states {
            differences.push(format!("states {states:?}, expected {wanted:?}"));
        }
    }
    if let Some(takes) = expected.get("takes") {
        let by_name = |name: &str| machine.states.iter().find(|state| state.name() == name).map(|state| state.id);
        let goal = takes.get("state").and_then(Value::as_str).and_then(by_name).and_then(|id| goal(takes, id));
        match goal {
            Some(goal) if replayed.goals.iter().any(|&(shown, _)| shown == goal) => {}
            Some(_) => differences.push("the branch is not taken".to_owned()),
            None => differences.push("the machine has no such branch".to_owned()),
        }
    }
    if differences.is_empty() { Ok(what) } else { Err((what, Trouble::Failed(differences))) }
}

/// What a test says is taken.
fn goal(takes: &Value, state: StateId) -> Option<Goal> {
    let number = |name: &str| takes.get(name)?.as_i64().and_then(|number| usize::try_from(number).ok());
    if let Some(rule) = number("rule") {
        return Some(Goal::Rule(state, rule));
    }
    if let Some(catcher) = number("catcher") {
        return Some(Goal::Caught(state, catcher));
    }
    let known = [
        ("default", Goal::Default(state)),
        ("noMatch", Goal::NoMatch(state)),
        ("fails", Goal::Failing(state)),
        ("entered", Goal::State(state)),
    ];
    known.into_iter().find(|(name, _)| takes.get(name).is_some()).map(|(_, goal)| goal)
}
