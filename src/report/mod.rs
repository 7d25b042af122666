//! Turns findings into the bytes people and programs read.
//!
//! Each source is rendered on its own, so that sources can be rendered in parallel and written in order. Nothing here reads
//! the environment: colours and width are decided by the caller, and the same findings give the same bytes.

pub mod baseline;
mod concise;
mod excerpt;
pub mod execution;
pub mod fingerprint;
mod github;
mod gitlab;
pub mod history;
mod json;
mod junit;
mod pretty;
pub mod proof;
#[cfg(test)]
mod render_tests;
mod sarif;
mod subject;
pub mod uri;
mod wrap;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Source;
use crate::text::{LineIndex, Position};

pub use subject::{Ending, Failure, Frame, Located, Shown, Subject};

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people: the lines concerned, with what is wrong drawn under them.
    Pretty,
    /// For editors and `grep`: one line a finding.
    Concise,
    /// For programs: one document, as `schemas/report-1.json` describes it.
    Json,
    /// For programs that gather findings of many tools: one log in SARIF 2.1.0.
    Sarif,
    /// For the log of a GitHub workflow: one command a finding, which marks the line.
    Github,
    /// For GitLab: a Code Quality report.
    Gitlab,
    /// For programs that gather results of tests: a suite a file, a failed case a finding.
    Junit,
}

/// Whether escape sequences colour the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// They do.
    On,
    /// Not a single one is written.
    Off,
}

/// How a report looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The format.
    pub format: Format,
    /// Colours; `pretty` alone has any.
    pub colour: Colour,
    /// Columns of the terminal: longer lines of source are cut.
    pub width: usize,
    /// Whether it is one, and words are broken into lines too.
    pub wraps: bool,
}

/// Whether a report ends with the number of findings of each rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistics {
    /// It does.
    Shown,
    /// It does not.
    Left,
}

/// What was counted over all sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files that hold a machine.
    pub n_files: usize,
    /// Files that have a finding shown.
    pub n_files_with_findings: usize,
    /// State machines.
    pub n_machines: usize,
    /// Findings shown, by rule and severity.
    pub shown: BTreeMap<(&'static str, Severity), usize>,
    /// Findings that are not severe enough to be shown.
    pub n_hidden: usize,
    /// Findings that would be shown if they were not in the baseline.
    pub n_known: usize,
    /// Findings that would be shown if nobody had answered for them.
    pub n_suppressed: usize,
}

impl Totals {
    /// The count of one source, of which `n_counting` findings count, shown or not.
    #[must_use]
    pub fn of(n_machines: usize, n_counting: usize, shown: &[Shown<'_>]) -> Self {
        let counting = || shown.iter().filter(|shown| shown.suppression.is_none()).map(|shown| shown.finding);
        let mut totals = Self {
            n_files: 1,
            n_files_with_findings: usize::from(counting().next().is_some()),
            n_machines,
            shown: BTreeMap::new(),
            n_hidden: n_counting - counting().count(),
            n_known: 0,
            n_suppressed: 0,
        };
        for found in counting() {
            *totals.shown.entry((found.rule, found.severity)).or_default() += 1;
        }
        totals
    }

    /// Takes in what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.n_files += other.n_files;
        self.n_files_with_findings += other.n_files_with_findings;
        self.n_machines += other.n_machines;
        self.n_hidden += other.n_hidden;
        self.n_known += other.n_known;
        self.n_suppressed += other.n_suppressed;
        for (&key, n) in &other.shown {
            *self.shown.entry(key).or_default() += n;
        }
    }

    /// Findings shown of a severity.
    #[must_use]
    pub fn n_of(&self, severity: Severity) -> usize {
        self.shown.iter().filter(|((_, of), _)| *of == severity).map(|(_, n)| n).sum()
    }
}

impl Format {
    /// Whether it tells of a file without findings, too.
    #[must_use]
    pub const fn lists_clean_files(self) -> bool {
        matches!(self, Self::Junit)
    }

    /// Whether findings in it have a fingerprint.
    #[must_use]
    pub const fn has_fingerprints(self) -> bool {
        matches!(self, Self::Sarif | Self::Gitlab)
    }

    /// Whether places in it start at the root of the repository, rather than where the person is.
    #[must_use]
    pub const fn is_located(self) -> bool {
        matches!(self, Self::Sarif | Self::Gitlab | Self::Github)
    }
}

/// What comes before the first source.
#[must_use]
pub fn head(frame: &Frame<'_>, style: Style) -> String {
    match style.format {
        Format::Pretty | Format::Concise | Format::Github => String::new(),
        Format::Json => json::head(),
        Format::Sarif => sarif::head(frame),
        Format::Gitlab => gitlab::head(),
        Format::Junit => junit::head(),
    }
}

/// As much of the findings of a source as a format has room for behind `n_before` others, with how many that are and how many
/// are left out.
#[must_use]
pub fn room(report: &str, n_before: usize, style: Style) -> (&str, usize, usize) {
    if style.format != Format::Sarif || report.is_empty() {
        return (report, 0, 0);
    }
    let n_all = memchr::memchr_iter(b'\n', report.as_bytes()).count() + 1;
    let (kept, n_kept) = sarif::first(report, sarif::MAX_RESULTS.saturating_sub(n_before));
    (kept, n_kept, n_all - n_kept)
}

/// What comes between two sources that both have findings.
#[must_use]
pub fn between(style: Style) -> &'static str {
    match style.format {
        Format::Pretty | Format::Concise | Format::Github | Format::Junit => "",
        Format::Json | Format::Sarif | Format::Gitlab => ",\n",
    }
}

/// The findings of one source; empty where there are none.
#[must_use]
pub fn findings(source: &Source, shown: &[&Diagnostic], style: Style) -> String {
    let shown: Vec<_> = shown.iter().copied().map(Shown::of).collect();
    subject(&Subject { source, at: &Located::plain(&source.name), shown: &shown }, style)
}

/// As [`findings`], of a source of which more is known.
#[must_use]
pub fn subject(subject: &Subject<'_>, style: Style) -> String {
    if subject.shown.is_empty() && !style.format.lists_clean_files() {
        return String::new();
    }
    let places = Places::new(subject.source);
    match style.format {
        Format::Pretty => pretty::findings(&places, subject.shown, style),
        Format::Concise => concise::findings(&places, subject.shown),
        Format::Json => json::findings(&places, subject.shown),
        Format::Sarif => sarif::findings(subject),
        Format::Github => github::findings(&places, subject),
        Format::Gitlab => gitlab::findings(&places, subject),
        Format::Junit => junit::findings(&places, subject),
    }
}

/// What comes behind the last source.
#[must_use]
pub fn tail(totals: &Totals, statistics: Statistics, ending: &Ending<'_>, style: Style) -> String {
    match style.format {
        Format::Pretty | Format::Concise => table(totals, statistics),
        Format::Json => json::tail(totals, statistics, ending),
        Format::Sarif => sarif::tail(ending),
        Format::Github => github::tail(ending),
        Format::Gitlab => gitlab::tail(ending),
        Format::Junit => junit::tail(ending),
    }
}

/// A last word to people; empty in the other formats.
#[must_use]
pub fn summary(totals: &Totals, style: Style) -> String {
    match style.format {
        Format::Pretty => pretty::summary(totals, style),
        _ => String::new(),
    }
}

/// The number of findings of each rule, the most frequent first.
fn table(totals: &Totals, statistics: Statistics) -> String {
    if statistics == Statistics::Left {
        return String::new();
    }
    let mut rows: Vec<_> = totals.shown.iter().map(|(&(rule, severity), &n)| (n, severity, rule)).collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(b.2)));
    rows.iter().map(|(n, severity, rule)| format!("{n:>7} {severity:<7} {rule}\n")).collect()
}

/// A source with its lines. Findings come in the order of the text, so a column is counted from the place asked for last:
/// a whole file on one line costs no more than one with line breaks.
struct Places<'s> {
    source: &'s Source,
    lines: LineIndex,
    last: Cell<(u32, Position)>,
}

impl<'s> Places<'s> {
    fn new(source: &'s Source) -> Self {
        Self { source, lines: LineIndex::new(&source.text), last: Cell::default() }
    }

    /// Line and column, from 0, in characters.
    fn of(&self, at: u32) -> Position {
        let text: &str = &self.source.text;
        let line = self.lines.line_of(at);
        let (last, known) = self.last.get();
        let (from, column) =
            if known.line == line && last <= at { (last, known.column) } else { (self.lines.line_start(line), 0) };
        let mut end = (at as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let n_chars = text.get(from as usize..end).unwrap_or_default().chars().count();
        let place = Position { line, column: column + u32::try_from(n_chars).unwrap_or(u32::MAX) };
        self.last.set((u32::try_from(end).unwrap_or(u32::MAX), place));
        place
    }
}

/// `text` without characters that would break the line, move the cursor or turn the direction of writing: names of files
/// and states come from anywhere.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_disruptive) {
        return Cow::Borrowed(text);
    }
    let escaped = |c: char| if is_disruptive(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(escaped).collect())
}

fn is_disruptive(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `1 error`, `2 errors`.
fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("{n} {what}") } else { format!("{n} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Format as Syntax;
    use crate::text::Encoding;

    #[test]
    fn places_agree_with_the_line_index_in_any_order() {
        let text = "{\r\n é😀x\n\ny\rz";
        let source = Source::machine("a", text, Syntax::Json);
        let places = Places::new(&source);
        let lines = LineIndex::new(text);
        let offsets: Vec<u32> = (0..=text.len() + 2).map(|at| u32::try_from(at).unwrap()).collect();
        for &at in offsets.iter().chain(offsets.iter().rev()) {
            assert_eq!(places.of(at), lines.position(text, at, Encoding::Scalar), "{at}");
        }
    }

    #[test]
    fn names_stay_on_their_line() {
        assert_eq!(one_line("a b/ü.json"), "a b/ü.json");
        assert_eq!(one_line("a\nb\u{1b}[31m\u{202e}"), "a\\nb\\u{1b}[31m\\u{202e}");
    }
}
