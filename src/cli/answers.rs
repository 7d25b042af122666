//! Keeps which entries of `ignore` in configurations a run needs, and tells of those that it does not.
//!
//! An entry is told to be needless only where everything that it may be about was checked: its one file, or the whole folder
//! of the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::configuration::{Loaded, Place};
use crate::config::{Answered, Level};
use crate::diagnostic::Diagnostic;
use crate::rules::{self, RULES, Rule};
use crate::source::Source;
use crate::text::Span;

/// What a run needs of the configurations that it read.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By the name of the configuration.
    by_name: BTreeMap<String, Needed>,
}

#[derive(Debug)]
struct Needed {
    loaded: Arc<Loaded>,
    /// Entries that suppress something.
    used: BTreeSet<Span>,
    /// Files that were checked, as the configuration knows them.
    checked: BTreeSet<String>,
}

impl Answers {
    /// Takes in what was needed in one file: the numbers of the entries that apply to it.
    pub(super) fn add(&mut self, place: &Place, used: &BTreeSet<usize>) {
        let applied = place.loaded.config.applied(&place.path);
        let spans = applied.ignores.iter().enumerate().filter(|(number, _)| used.contains(number));
        let needed = self.by_name.entry(place.loaded.source.name.clone()).or_insert_with(|| Needed {
            loaded: Arc::clone(&place.loaded),
            used: BTreeSet::new(),
            checked: BTreeSet::new(),
        });
        needed.used.extend(spans.map(|(_, answered)| answered.span));
        needed.checked.insert(place.path.clone());
    }

    /// The entries that nothing needs, with the text they stand in. `paths` are those of the command line, `asked` the rules that
    /// were asked where a configuration says nothing else.
    pub(super) fn needless(&self, paths: &[PathBuf], asked: &[&'static Rule]) -> Vec<(&Source, Vec<Diagnostic>)> {
        let Some(own) = asked.iter().find(|rule| rule.id == "unused-suppression") else { return Vec::new() };
        let found = self.by_name.values().map(|needed| (&needed.loaded.source, needed.needless(paths, asked, own)));
        found.filter(|(_, found)| !found.is_empty()).collect()
    }
}

impl Needed {
    fn needless(&self, paths: &[PathBuf], asked: &[&'static Rule], own: &'static Rule) -> Vec<Diagnostic> {
        let config = &self.loaded.config;
        let severity = match config.level(own) {
            Some(Level::Off) => return Vec::new(),
            Some(Level::At(severity)) => severity,
            None => own.page().severity,
        };
        let is_whole = paths.iter().any(|path| holds(path, &self.loaded.folder));
        let was_asked =
            |rule: &Rule| asked.iter().any(|asked| asked.id == rule.id) && config.level(rule) != Some(Level::Off);
        let needless = config.answers().filter(|answered| {
            let was_checked = is_whole || answered.only.is_some_and(|file| self.checked.contains(file));
            was_checked
                && !self.used.contains(&answered.span)
                && RULES.iter().filter(|rule| answered.rule.holds(rule)).all(was_asked)
        });
        let word = |answered: Answered<'_>| Diagnostic {
            rule: rules::find(own.id).map_or("", |rule| rule.id),
            severity,
            state: answered.state.unwrap_or_default().to_owned(),
            ..Diagnostic::at(
                answered.span,
                format!("nothing is found that this entry would suppress: `{}`", answered.rule.name()),
            )
        };
        needless.map(word).collect()
    }
}

/// Whether a path of the command line is a folder that holds another one.
fn holds(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(path).zip(real(folder)).is_some_and(|(path, folder)| folder.starts_with(path))
}
