//! What reports are made of: a source with what is to be said of it, what frames them, how the command ended.

use super::baseline::Entry;
use super::uri;
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::suppress::Suppressed;

/// Where a file stands, as programs are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Its path from the root of the repository, with `/` between the parts; the whole path of what lies outside.
    pub path: String,
    /// The same as a reference: percent-encoded, with a scheme where it lies outside.
    pub uri: String,
    /// Whether it starts at the root.
    pub is_relative: bool,
}

impl Located {
    /// A file that nobody has looked for: its name is its path.
    #[must_use]
    pub fn plain(name: &str) -> Self {
        Self { path: name.to_owned(), uri: uri::encoded(name.as_bytes()), is_relative: true }
    }
}

/// A finding as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// It.
    pub finding: &'a Diagnostic,
    /// Why it does not count, if it does not.
    pub suppression: Option<&'a Suppressed>,
    /// Its name; empty where the format shows none.
    pub fingerprint: &'a str,
}

impl<'a> Shown<'a> {
    /// A finding that counts.
    #[must_use]
    pub const fn of(finding: &'a Diagnostic) -> Self {
        Self { finding, suppression: None, fingerprint: "" }
    }

    /// A finding that does not.
    #[must_use]
    pub const fn suppressed(suppression: &'a Suppressed) -> Self {
        Self { finding: &suppression.finding, suppression: Some(suppression), fingerprint: "" }
    }

    /// How a baseline knows it.
    #[must_use]
    pub fn entry(&self, file: &str) -> Entry {
        Entry {
            file: file.to_owned(),
            rule: self.finding.rule.to_owned(),
            state: self.finding.state.clone(),
            fingerprint: self.fingerprint.to_owned(),
        }
    }
}

/// A source with what is to be said of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// It.
    pub source: &'a Source,
    /// Where it stands.
    pub at: &'a Located,
    /// What is shown of it, in the order of the text.
    pub shown: &'a [Shown<'a>],
}

/// What a log says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The root of the repository, as a reference with a `/` at its end; empty where it is not known.
    pub root: &'a str,
    /// What tells apart logs of one commit that are about different things; it ends with a `/`.
    pub category: &'a str,
}

/// What could not be looked at.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How reports call it.
    pub name: String,
    /// Where it stands; `None` where it is no file.
    pub at: Option<Located>,
    /// Why, in a few words.
    pub reason: String,
}

/// How a report ends.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// What could not be looked at.
    pub failures: &'a [Failure],
    /// Whether no finding is shown.
    pub is_empty: bool,
}
