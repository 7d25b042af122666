//! Turns a file of mocks into answers, and the tasks of a machine into a file of mocks to fill in.
//!
//! Nothing that a file holds is lost: answers that are there are kept, and a file that cannot be written again as it was is
//! left alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::read::{bytes, name, shown, text};
use super::{Args, Status, Told, as_file, quoted};
use crate::asl::{Machine, State, StateType};
use crate::diagnostic::Diagnostic;
use crate::eval::value::Members;
use crate::eval::{Answer, FileFormat, Mocks, Value};
use crate::report::Style;
use crate::source::{Source, discover};
use crate::syntax::{Node, Tree};

/// How mocks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Answers by state.
    Aslint,
    /// A `MockConfigFile.json`.
    MockConfig,
}

pub(super) const FORMATS: &[(&str, Format)] = &[("aslint", Format::Aslint), ("mock-config", Format::MockConfig)];

/// The test case of a new `MockConfigFile.json`.
const CASE: &str = "Default";

/// The answers that the arguments name.
pub(super) fn read(args: &Args, style: Style) -> Result<Mocks, Told> {
    match &args.mocks {
        Some(file) => read_file(file, args, style),
        None if args.test_case.is_some() => {
            Err(Told::refused(String::new(), "`--test-case` names a test case of `--mocks`, and there are none"))
        }
        None => Ok(Mocks::new()),
    }
}

/// Whether a file has YAML in it: comments would be lost if it were written anew.
fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}

/// What to do about a task without an answer, in the words of the shell.
pub(super) fn how_to_write(args: &Args) -> Vec<String> {
    if let Some(file) = args.mocks.as_ref().filter(|file| is_yaml(file)) {
        return vec![format!("add an answer to {}", file.display())];
    }
    let mocks = match &args.mocks {
        Some(file) => file.display().to_string(),
        None => format!("{}.mocks.json", name(args)),
    };
    let command = command(args);
    vec![
        format!("`{command} --write-mocks {}` writes an answer to fill in for each task that has none", quoted(&mocks)),
        format!("`{command} --mocks {}` runs with them", quoted(&mocks)),
    ]
}

/// The command as far as the machine and the test case.
fn command(args: &Args) -> String {
    let case = args.test_case.as_ref().map(|case| format!(" --test-case {}", quoted(case)));
    format!("aslint run {}{}", quoted(&args.file().to_string_lossy()), case.unwrap_or_default())
}

/// A file of mocks as it was read.
#[derive(Debug)]
struct File {
    source: Source,
    tree: Tree,
}

impl File {
    fn read(path: &Path, style: Style) -> Result<Self, Told> {
        let source = Source::new(path.to_string_lossy(), bytes(path)?);
        let tree = text(&source, style)?;
        Ok(Self { source, tree })
    }

    fn format(&self) -> FileFormat {
        FileFormat::of(self.tree.root())
    }

    fn answers(&self, case: Option<&str>, style: Style) -> Result<Mocks, Told> {
        Mocks::read(&self.source.text, self.source.format, case).map_err(|errors| {
            let mistakes = errors.into_iter().map(|error| Diagnostic::at(error.span, error.message));
            let shown = shown(&self.source, &mistakes.collect::<Vec<_>>(), style);
            Told::refused(shown, format!("{}: not run, these mocks say no answers", self.source.name))
        })
    }
}

/// The test case that the arguments mean.
#[derive(Debug)]
struct Case {
    /// The one named, else the machine of the file's name, else the only one.
    machine: String,
    /// The one named, else the machine's only one.
    name: Option<String>,
    /// Whether the file has it.
    is_there: bool,
}

impl Case {
    fn of(root: Node<'_>, args: &Args) -> Self {
        let machines = root.get("StateMachines");
        let cases = |machine: &str| machines.and_then(|machines| machines.get(machine)?.get("TestCases"));
        let sole = |node: Option<Node<'_>>| {
            let mut members = node?.members();
            members.next().filter(|_| members.next().is_none()).map(|member| member.name().to_owned())
        };
        let stem = name(args);
        let otherwise = || match machines.and_then(|machines| machines.get(stem)) {
            Some(_) => stem.to_owned(),
            None => sole(machines).unwrap_or_else(|| stem.to_owned()),
        };
        let (machine, name) = match args.test_case.as_deref().map(|named| (named, named.split_once('#'))) {
            Some((_, Some((machine, case)))) => (machine.to_owned(), Some(case.to_owned())),
            Some((case, None)) => (otherwise(), Some(case.to_owned())),
            None => {
                let machine = otherwise();
                let case = sole(cases(&machine));
                (machine, case)
            }
        };
        let is_there = name.as_ref().is_some_and(|name| cases(&machine).is_some_and(|cases| cases.get(name).is_some()));
        Self { machine, name, is_there }
    }

    /// As [`Mocks::read`] takes it.
    fn qualified(&self) -> Option<String> {
        self.name.as_ref().filter(|_| self.is_there).map(|name| format!("{}#{name}", self.machine))
    }
}

/// The answers in a file.
fn read_file(path: &Path, args: &Args, style: Style) -> Result<Mocks, Told> {
    let file = File::read(path, style)?;
    let case = match file.format() {
        FileFormat::MockConfig => Case::of(file.tree.root(), args).qualified().or_else(|| args.test_case.clone()),
        _ => args.test_case.clone(),
    };
    file.answers(case.as_deref(), style)
}

/// Writes the answers that there are, and one to fill in for each task that has none.
pub(super) fn write(args: &Args, target: &Path, machine: &Machine<'_>, style: Style) -> Result<Told, Told> {
    let shown = target.display();
    let refused = |reason: &str| Err(Told::refused(String::new(), format!("{shown}: not written, {reason}")));
    if is_yaml(target) {
        return refused("mocks are written as JSON");
    }
    let old = if exists(target) { Some(File::read(target, style)?) } else { None };
    if old.is_some() && args.mocks.as_ref().is_some_and(|mocks| mocks != target) {
        return refused("it exists; to add to it, name it with `--mocks` or leave `--mocks` out");
    }
    let held = old.as_ref().map(File::format);
    let format = match (held, args.mock_format) {
        (Some(FileFormat::History), _) => return refused("it holds a recorded history"),
        (Some(FileFormat::MockConfig), Some(Format::Aslint)) => return refused("it is a MockConfigFile.json"),
        (Some(FileFormat::Answers), Some(Format::MockConfig)) => return refused("it is no MockConfigFile.json"),
        (Some(FileFormat::MockConfig), None) => Format::MockConfig,
        (_, wanted) => wanted.unwrap_or(Format::Aslint),
    };
    let case = Case::of(old.as_ref().map_or(machine.node, |old| old.tree.root()), args);
    let mut answers = match (&old, &args.mocks) {
        (Some(_), _) if format == Format::MockConfig && !case.is_there && may_add(&old, &case) => Mocks::new(),
        (Some(old), _) if format == Format::MockConfig => old.answers(case.qualified().as_deref(), style)?,
        (Some(old), _) => old.answers(args.test_case.as_deref(), style)?,
        (None, Some(mocks)) => read_file(mocks, args, style)?,
        (None, None) => Mocks::new(),
    };
    let added = unanswered(machine, &answers);
    if old.is_some() && added.is_empty() {
        return Ok(done(format!("{shown}: every task has an answer already")));
    }
    for (name, answer) in &added {
        answers.push(Arc::clone(name), answer.clone(), 1);
    }
    let name = case.name.as_deref().unwrap_or(CASE);
    let value = match (format, &old) {
        (Format::Aslint, _) => answers.to_value(),
        (Format::MockConfig, None) => answers.to_mock_config(&case.machine, name),
        (Format::MockConfig, Some(old)) => {
            let mut new = Mocks::new();
            for (name, answer) in &added {
                new.push(Arc::clone(name), answer.clone(), 1);
            }
            extended(&Value::from_node(old.tree.root()), &new.to_mock_config(&case.machine, name))
        }
    };
    if target == Path::new("-") {
        return Ok(Told { result: as_file(&value), ..done(String::new()) });
    }
    if let Err(error) = put(target, &as_file(&value)) {
        return refused(&discover::reason(&error));
    }
    let names: Vec<_> = added.iter().map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() {
        return Ok(done(format!("{shown}: written")));
    }
    let run = format!("{} --mocks {}", command(args), quoted(&target.to_string_lossy()));
    Ok(done(format!("{shown}: fill in the answers of {}, then `{run}`", listed(&names))))
}

/// Whether a test case that is not there can be made: without a name only for a machine that has none.
fn may_add(old: &Option<File>, case: &Case) -> bool {
    let machines = old.as_ref().and_then(|old| old.tree.root().get("StateMachines"));
    let cases = machines.and_then(|machines| machines.get(&case.machine)?.get("TestCases"));
    case.name.is_some() || cases.is_none_or(Node::is_empty)
}

fn done(last: String) -> Told {
    Told { result: String::new(), remark: String::new(), last, status: Status::Clean }
}

/// `A`, `B` and 3 others.
fn listed(names: &[String]) -> String {
    const MOST: usize = 5;
    match names.len() {
        n if n > MOST => format!("{} and {} others", names[..MOST].join(", "), n - MOST),
        _ => names.join(", "),
    }
}

/// The tasks without an answer, each with one to fill in. What lies in a Map or a Parallel that has one itself needs none.
fn unanswered(machine: &Machine<'_>, answers: &Mocks) -> Vec<(Arc<str>, Answer)> {
    let is_answered = |state: &State<'_>| {
        let mut around = machine.scope(state.scope).place.owner();
        while let Some(owner) = around.map(|owner| machine.state(owner)) {
            if answers.key(owner.name(), owner.name()) == Some(owner.name()) {
                return true;
            }
            around = machine.scope(owner.scope).place.owner();
        }
        answers.key(state.name(), resource(state)).is_some()
    };
    let mut seen = BTreeSet::new();
    let tasks = machine.states.iter().filter(|state| state.kind == Some(StateType::Task) && !is_answered(state));
    let tasks = tasks.filter(|state| seen.insert(state.name()));
    tasks.map(|state| (state.name().into(), Answer::returns(placeholder(resource(state))))).collect()
}

fn resource<'t>(state: &State<'t>) -> &'t str {
    state.node.get("Resource").and_then(Node::as_str).unwrap_or_default()
}

/// An object to fill in; `lambda:invoke` puts what the function returns into one of its members.
fn placeholder(resource: &str) -> Value {
    let empty = || Value::object(Members::new());
    if resource.contains(":::lambda:invoke") { Value::members([("Payload", empty())]) } else { empty() }
}

/// A `MockConfigFile.json` with what another has beside it; what both have stays as it is.
fn extended(old: &Value, new: &Value) -> Value {
    /// Machines, then test cases, each under its name, then states.
    const DEPTHS: [(&str, usize); 2] = [("StateMachines", 4), ("MockedResponses", 1)];
    let mut members = old.as_object().cloned().unwrap_or_default();
    for (name, depth) in DEPTHS {
        if let Some(new) = new.get(name) {
            let joined = members.get(name).map_or_else(|| new.clone(), |old| joined(old, new, depth));
            members.insert(name.into(), joined);
        }
    }
    Value::object(members)
}

/// Members of both, down to this depth; of values that both have the old one.
fn joined(old: &Value, new: &Value, depth: usize) -> Value {
    let (Some(olds), Some(news), 1..) = (old.as_object(), new.as_object(), depth) else { return old.clone() };
    let mut members = olds.clone();
    for (name, new) in news {
        let value = olds.get(name).map_or_else(|| new.clone(), |old| joined(old, new, depth - 1));
        members.insert(Arc::clone(name), value);
    }
    Value::object(members)
}

#[expect(clippy::disallowed_methods, reason = "whether there is a file to add to is asked here")]
fn exists(path: &Path) -> bool {
    path != Path::new("-") && fs::metadata(path).is_ok()
}

#[expect(clippy::disallowed_methods, reason = "mocks are written here")]
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)
}
