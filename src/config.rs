//! Turns an `aslint.yaml` into what it says of a file: which rules at which severity, how its machines run, what is known of
//! their input and of their tasks, which findings a person has answered for.
//!
//! A configuration is read by our own [`syntax`](crate::syntax), so that each mistake in it points at its token. A mistake
//! never makes the rest unreadable, but nothing is checked with a configuration that has one: it would mean something else
//! than its author thinks.

mod read;
#[cfg(test)]
mod tests;

use crate::analysis::MachineType;
use crate::diagnostic::Severity;
use crate::rules::{Group, RULES, Rule};
use crate::source::patterns::Patterns;
use crate::text::Span;

pub use read::read;

/// The names under which a configuration is found, in the order in which they are looked for.
pub const NAMES: [&str; 2] = ["aslint.yaml", ".aslint.yaml"];

/// What a configuration says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `rules`, in the order of the text.
    levels: Vec<(Named, Level, Span)>,
    /// `include`: in folders, nothing else is looked at.
    include: Option<Patterns>,
    /// `exclude`: in folders, these are passed over.
    exclude: Option<Patterns>,
    machines: Vec<Entry>,
    ignores: Vec<Ignore>,
}

/// What a name stands for where rules are named.
#[derive(Clone, Copy, Debug)]
pub enum Named {
    /// One rule.
    Rule(&'static Rule),
    /// Every rule of a group.
    Group(Group),
}

impl Named {
    /// What a name stands for.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        crate::rules::find(name).map(Self::Rule).or_else(|| Group::parse(name).map(Self::Group))
    }

    /// Whether it stands for this rule among others.
    #[must_use]
    pub fn holds(self, rule: &Rule) -> bool {
        match self {
            Self::Rule(named) => named.id == rule.id,
            Self::Group(group) => rule.page().group == group,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.id,
            Self::Group(group) => group.as_str(),
        }
    }

    /// The name that was likely meant.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        let ids = RULES.iter().map(|rule| rule.id);
        let groups = Group::ALL.iter().map(|group| group.as_str());
        crate::text::nearest(name, ids.chain(groups).map(|name| (name, name)))
    }
}

/// What becomes of the findings of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule is not asked.
    Off,
    /// They are this severe, whatever the rule itself says.
    At(Severity),
}

/// A path that a configuration names, with where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePath {
    /// As written: relative to the folder of the configuration.
    pub path: String,
    /// Where it stands in the text of the configuration.
    pub span: Span,
}

/// An entry of `machines`: what is known of the machines in some files.
#[derive(Clone, Debug)]
struct Entry {
    path: Patterns,
    kind: Option<(MachineType, Span)>,
    input: Option<FilePath>,
    tasks: Vec<(String, FilePath)>,
}

/// An entry of `ignore`: findings that a person has looked at and answered for.
#[derive(Clone, Debug)]
struct Ignore {
    path: Option<Patterns>,
    /// The one path that it means, where it means one.
    only: Option<String>,
    state: Option<String>,
    rule: Named,
    reason: String,
    span: Span,
}

/// What a configuration says of one file.
#[derive(Clone, Debug, Default)]
pub struct Applied<'c> {
    /// How its machines run, if that is said.
    pub kind: Option<MachineType>,
    /// Where that is said.
    pub kind_at: Option<Span>,
    /// The JSON Schema of the input of its machines.
    pub input: Option<&'c FilePath>,
    /// The JSON Schemas of what tasks give, by the name of the state.
    pub tasks: Vec<(&'c str, &'c FilePath)>,
    /// Findings that do not count.
    pub ignores: Vec<Answered<'c>>,
}

/// Findings that a person has answered for.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'c> {
    /// Those of this rule, or of these rules.
    pub rule: Named,
    /// In this state; `None`: wherever they are.
    pub state: Option<&'c str>,
    /// The answer.
    pub reason: &'c str,
    /// The entry, in the text of the configuration.
    pub span: Span,
    /// The one file that it is about, where it is about one.
    pub only: Option<&'c str>,
}

impl Ignore {
    fn answered(&self) -> Answered<'_> {
        Answered {
            rule: self.rule,
            state: self.state.as_deref(),
            reason: &self.reason,
            span: self.span,
            only: self.only.as_deref(),
        }
    }
}

impl Config {
    /// What becomes of the findings of a rule; `None` where nothing is said of it.
    #[must_use]
    pub fn level(&self, rule: &Rule) -> Option<Level> {
        self.level_by(rule).map(|(_, level, _)| level)
    }

    /// As [`level`](Self::level), with the name that says it, and where.
    #[must_use]
    pub fn level_by(&self, rule: &Rule) -> Option<(Named, Level, Span)> {
        // A rule by its own name outweighs its group, whichever comes first.
        let said = |is_wanted: fn(&Named) -> bool| {
            self.levels.iter().rev().find(|(named, ..)| is_wanted(named) && named.holds(rule)).copied()
        };
        said(|named| matches!(named, Named::Rule(_))).or_else(|| said(|named| matches!(named, Named::Group(_))))
    }

    /// Whether a file in a folder is looked at. The path is relative to the folder of the configuration, with `/` between its
    /// parts.
    #[must_use]
    pub fn includes(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.mean(path))
            && !self.exclude.as_ref().is_some_and(|exclude| exclude.mean(path))
    }

    /// What it says of a file, by its path as in [`includes`](Self::includes). Where several entries mean the file, what the
    /// later ones say outweighs.
    #[must_use]
    pub fn applied(&self, path: &str) -> Applied<'_> {
        let mut applied = Applied::default();
        for entry in self.machines.iter().filter(|entry| entry.path.mean(path)) {
            if let Some((kind, at)) = entry.kind {
                (applied.kind, applied.kind_at) = (Some(kind), Some(at));
            }
            applied.input = entry.input.as_ref().or(applied.input);
            for (state, schema) in &entry.tasks {
                applied.tasks.retain(|(earlier, _)| earlier != state);
                applied.tasks.push((state, schema));
            }
        }
        let ignores = self.ignores.iter().filter(|entry| entry.path.as_ref().is_none_or(|meant| meant.mean(path)));
        applied.ignores = ignores.map(Ignore::answered).collect();
        applied
    }

    /// Every entry of `ignore`, whichever files it is about.
    pub fn answers(&self) -> impl Iterator<Item = Answered<'_>> {
        self.ignores.iter().map(Ignore::answered)
    }

    /// Every file that it names.
    pub fn files(&self) -> impl Iterator<Item = &FilePath> {
        self.machines.iter().flat_map(|entry| entry.input.iter().chain(entry.tasks.iter().map(|(_, schema)| schema)))
    }
}
