//! Turns the place of a file into the configuration that applies to it, and both into how the file is checked.
//!
//! The nearest `aslint.yaml` counts, in the folder of the file or above it, up to the root of the repository: one file says
//! all that holds in a folder, so that nobody has to put several together. Files are looked up one after the other, before
//! anything is checked, and each folder once.

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf, absolute};
use std::sync::Arc;

use crate::analysis::{MachineType, Proofs};
use crate::config::{self, Config, FilePath, Level, Named};
use crate::diagnostic::Diagnostic;
use crate::engine::Options;
use crate::eval::Value;
use crate::flow::premise::{Premise, Premises};
use crate::report::{self, Style};
use crate::rules::{RULES, Rule};
use crate::source::{Source, discover};
use crate::suppress::Suppression;
use crate::syntax::{self, Format};
use crate::text::{Encoding, LineIndex};

#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// Read this configuration, and look for no other; its patterns start at the working folder
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    isolated: bool,
    /// Pass over what the configuration excludes even where it is named here
    #[arg(long)]
    pub(super) force_exclude: bool,
}

/// A configuration, and where it holds.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(super) config: Config,
    /// Its text.
    pub(super) source: Source,
    /// The folder that its patterns start at.
    pub(super) folder: PathBuf,
    /// What the JSON Schemas say that it names, by the path under which it names them.
    schemas: BTreeMap<String, Arc<Premise>>,
}

/// A configuration that cannot be used: what is to be shown, and one line.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) shown: String,
    pub(crate) told: String,
    /// The configuration, and what is wrong in it where it could be read at all.
    pub(crate) found: Option<Box<Broken>>,
}

/// A configuration with mistakes.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) file: PathBuf,
    pub(crate) source: Source,
    pub(crate) mistakes: Vec<Diagnostic>,
}

/// The configurations that were looked for so far.
#[derive(Debug)]
pub(crate) struct Configurations {
    /// The one for all files; `Some(None)` where none is read.
    fixed: Option<Option<Arc<Loaded>>>,
    working: PathBuf,
    by_folder: HashMap<PathBuf, Option<Arc<Loaded>>>,
    style: Style,
}

impl Configurations {
    /// Nothing is looked up yet, but what the arguments name is read. The style is that of mistakes.
    #[expect(clippy::disallowed_methods, reason = "what is relative starts at the working folder")]
    pub(crate) fn new(args: &Args, style: Style) -> Result<Self, Refused> {
        let working = env::current_dir().unwrap_or_default();
        let fixed = match &args.config {
            Some(file) => Some(Some(Arc::new(load(file, working.clone(), style)?))),
            None => args.isolated.then_some(None),
        };
        Ok(Self { fixed, working, by_folder: HashMap::new(), style })
    }

    /// The configuration that applies to a file, and the path by which that knows it. What comes from standard input stands in
    /// the working folder, unless a name says otherwise.
    pub(crate) fn of(&mut self, file: &Path) -> Result<Option<Place>, Refused> {
        let file = plain(&absolute(self.working.join(file)).unwrap_or_else(|_| file.to_owned()));
        let loaded = match &self.fixed {
            Some(fixed) => fixed.clone(),
            None => self.find(file.parent().unwrap_or(Path::new("")))?,
        };
        Ok(loaded.map(|loaded| Place { path: relative(&file, &loaded.folder), loaded }))
    }

    fn find(&mut self, folder: &Path) -> Result<Option<Arc<Loaded>>, Refused> {
        let mut above = Vec::new();
        let mut found = None;
        for folder in folder.ancestors() {
            if let Some(known) = self.by_folder.get(folder) {
                found.clone_from(known);
                break;
            }
            above.push(folder.to_owned());
            if let Some(name) = config::NAMES.iter().find(|name| is_there(&folder.join(name))) {
                // As a person at the working folder would call it.
                let file = folder.join(name);
                let shown = file.strip_prefix(&self.working).unwrap_or(&file);
                found = Some(Arc::new(load(shown, folder.to_owned(), self.style)?));
                break;
            }
            if is_there(&folder.join(".git")) {
                break;
            }
        }
        self.by_folder.extend(above.into_iter().map(|folder| (folder, found.clone())));
        Ok(found)
    }
}

#[expect(clippy::disallowed_methods, reason = "configurations are looked for here")]
fn is_there(path: &Path) -> bool {
    fs::metadata(path).is_ok()
}

fn load(file: &Path, folder: PathBuf, style: Style) -> Result<Loaded, Refused> {
    let name = file.to_string_lossy();
    let refused = |shown, told| Refused { shown, told, found: None };
    let bytes = discover::read(file).map_err(|reason| refused(String::new(), format!("{name}: {reason}")))?;
    let format = if file.extension() == Some(OsStr::new("json")) { Format::Json } else { Format::Yaml };
    let source = Source { format, ..Source::new(name.as_ref(), bytes) };
    let (config, mut mistakes) = config::read(&source);
    let mut schemas = BTreeMap::new();
    for named in config.files() {
        match premise(file.parent().unwrap_or(Path::new("")), &named.path) {
            Ok(premise) => drop(schemas.insert(named.path.clone(), Arc::new(premise))),
            Err(reason) => mistakes.push(Diagnostic::at(named.span, reason)),
        }
    }
    if mistakes.is_empty() {
        return Ok(Loaded { config, source, folder, schemas });
    }
    let shown = report::findings(&source, &mistakes.iter().collect::<Vec<_>>(), style);
    let told = format!("{name}: nothing is checked until this configuration can be read");
    Err(Refused { shown, told, found: Some(Box::new(Broken { file: file.to_owned(), source, mistakes })) })
}

/// What the JSON Schema in a file says, or why it cannot be read.
pub(super) fn premise(folder: &Path, path: &str) -> Result<Premise, String> {
    let file = folder.join(path);
    let source = Source::new(path, discover::read(&file)?);
    if source.not_utf8.is_some() {
        return Err("the file is not UTF-8".to_owned());
    }
    let tree = syntax::parse(&source.text, source.format);
    if let Some(error) = tree.errors().first() {
        let at = LineIndex::new(&source.text).position(&source.text, error.span.start, Encoding::Scalar);
        return Err(format!("line {}, column {} of the file: {}", at.line + 1, at.column + 1, error.message));
    }
    let schema = Value::from_node(tree.root());
    if !matches!(schema, Value::Object(_) | Value::Bool(_)) {
        return Err("the file holds no JSON Schema, which is an object".to_owned());
    }
    let premise = Premise::of_schema(path, &schema);
    // Whatever is said of executions would be true.
    if premise.shape.is_never() { Err("no value fits the schema in the file".to_owned()) } else { Ok(premise) }
}

/// A file below a configuration.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(super) loaded: Arc<Loaded>,
    pub(super) path: String,
}

impl Place {
    /// Whether the configuration wants the file to be looked at.
    pub(crate) fn is_included(&self) -> bool {
        self.loaded.config.includes(&self.path)
    }

    /// How the configuration says that its machines run.
    pub(crate) fn kind(&self) -> Option<MachineType> {
        self.loaded.config.applied(&self.path).kind
    }

    /// What the configuration vouches for in its machines.
    pub(super) fn premises(&self) -> Premises {
        let applied = self.loaded.config.applied(&self.path);
        let schema = |file: &FilePath| self.loaded.schemas.get(&file.path).cloned();
        let tasks = applied.tasks.iter().filter_map(|(state, file)| Some(((*state).to_owned(), schema(file)?)));
        Premises { input: applied.input.and_then(schema), tasks: tasks.collect() }
    }
}

/// What the command line says about how to check.
#[derive(Debug)]
pub(crate) struct Wanted<'w> {
    pub(crate) kind: Option<MachineType>,
    pub(crate) select: &'w [Named],
    pub(crate) ignore: &'w [Named],
}

impl Wanted<'_> {
    /// How to check a file. What the command line says outweighs what a configuration says.
    pub(crate) fn options(&self, place: Option<&Place>) -> Options {
        let mut severities = BTreeMap::new();
        let config = place.map(|place| &place.loaded.config);
        let is_ignored = |rule: &Rule| self.ignore.iter().any(|named| named.holds(rule));
        let mut rules = Vec::new();
        for rule in RULES.iter().filter(|rule| !is_ignored(rule)) {
            let is_selected = self.select.iter().any(|named| named.holds(rule));
            let level = config.and_then(|config| config.level(rule));
            if !is_selected && (!self.select.is_empty() || level == Some(Level::Off)) {
                continue;
            }
            rules.push(rule);
            if let Some(Level::At(severity)) = level {
                severities.insert(rule.id, severity);
            }
        }
        let applied = place.map(|place| place.loaded.config.applied(&place.path)).unwrap_or_default();
        let suppressions = applied.ignores.iter().map(|answered| Suppression {
            rule: answered.rule,
            state: answered.state.map(str::to_owned),
            reason: answered.reason.to_owned(),
        });
        Options {
            premises: place.map(Place::premises).unwrap_or_default(),
            kind: self.kind.or(applied.kind).unwrap_or_default(),
            suppressions: suppressions.collect(),
            proofs: Proofs::default(),
            rules,
            severities,
        }
    }
}

/// A path without `.` and `..`, by its letters alone: links are not followed.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The path from a folder to a file, with `/` between its parts; of what does not lie in the folder, the whole path.
fn relative(file: &Path, folder: &Path) -> String {
    let path = file.strip_prefix(folder).unwrap_or(file);
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_the_folder_of_the_configuration() {
        assert_eq!(relative(Path::new("/a/b/c.json"), Path::new("/a")), "b/c.json");
        assert_eq!(relative(Path::new("/x/c.json"), Path::new("/a")), "x/c.json");
        assert_eq!(plain(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
