//! Writes a report piece by piece: its head, what is said of each file, its end; and keeps what could not be looked at.

use std::path::Path;

use super::Status;
use super::inputs::{Input, Inputs};
use super::output::{Output, tell};
use super::repository::Places;
use crate::report::{self, Ending, Failure, Frame, Statistics, Style, Totals};
use crate::source::discover;

/// A report that is being written.
#[derive(Debug)]
pub(super) struct Reporting<'p> {
    style: Style,
    places: &'p Places,
    n_reports: usize,
    n_results: usize,
    n_left_out: usize,
    failures: Vec<Failure>,
    /// How many of them are of files of which a part was looked at.
    n_in_part: usize,
}

impl<'p> Reporting<'p> {
    /// Writes the head. The category tells apart the logs of two commands; what stands behind its last `/` would be the number of
    /// a run.
    pub(super) fn begin(category: &str, style: Style, inputs: &Inputs, places: &'p Places, out: &mut Output) -> Self {
        let category = format!("{}/", category.trim_end_matches('/'));
        out.write(&report::head(&Frame { root: &places.root(), category: &category }, style));
        let failure = |failure: &discover::Failure| Failure {
            name: failure.path.to_string_lossy().into_owned(),
            at: (failure.path != Path::new("standard input")).then(|| places.of(&failure.path)),
            reason: failure.reason.clone(),
        };
        Self {
            style,
            places,
            n_reports: 0,
            n_results: 0,
            n_left_out: 0,
            n_in_part: 0,
            failures: inputs.failures.iter().map(failure).collect(),
        }
    }

    /// Writes what is said of one file; nothing where that is empty.
    pub(super) fn add(&mut self, report: &str, out: &mut Output) {
        let (report, n_kept, n_left_out) = report::room(report, self.n_results, self.style);
        self.n_results += n_kept;
        self.n_left_out += n_left_out;
        if !report.is_empty() {
            out.write(if self.n_reports > 0 { report::between(self.style) } else { "" });
            out.write(report);
            self.n_reports += 1;
        }
    }

    /// Tells what could not be looked at, and keeps it.
    pub(super) fn fail(&mut self, input: &Input, reason: String) {
        let name = input.name();
        tell(format_args!("{name}: {reason}"));
        self.failures.push(Failure { name, at: Some(self.places.of(input.path())), reason });
    }

    /// The same of a file of which a part was looked at.
    pub(super) fn fail_in_part(&mut self, input: &Input, reason: String) {
        self.fail(input, reason);
        self.n_in_part += 1;
    }

    /// Whether of every file at least a part was looked at.
    pub(super) const fn has_read_all_in_part(&self) -> bool {
        self.n_in_part == self.failures.len()
    }

    /// Writes the end. Gives back how the command ends at least.
    pub(super) fn end(&self, totals: &Totals, statistics: Statistics, out: &mut Output) -> Status {
        let ending = Ending { failures: &self.failures, is_empty: self.n_reports == 0, n_left_out: self.n_left_out };
        out.write(&report::tail(totals, statistics, &ending, self.style));
        self.status()
    }

    /// Clean, as far as this goes, or failed.
    pub(super) fn status(&self) -> Status {
        if self.failures.is_empty() { Status::Clean } else { Status::Failed }
    }
}
