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
    failures: Vec<Failure>,
}

impl<'p> Reporting<'p> {
    /// Writes the head. The category tells apart the logs of two commands.
    pub(super) fn begin(category: &str, style: Style, inputs: &Inputs, places: &'p Places, out: &mut Output) -> Self {
        out.write(&report::head(&Frame { root: &places.root(), category }, style));
        let failure = |failure: &discover::Failure| Failure {
            name: failure.path.to_string_lossy().into_owned(),
            at: (failure.path != Path::new("standard input")).then(|| places.of(&failure.path)),
            reason: failure.reason.clone(),
        };
        Self { style, places, n_reports: 0, failures: inputs.failures.iter().map(failure).collect() }
    }

    /// Writes what is said of one file; nothing where that is empty.
    pub(super) fn add(&mut self, report: &str, out: &mut Output) {
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

    /// Writes the end. Gives back how the command ends at least.
    pub(super) fn end(&self, totals: &Totals, statistics: Statistics, out: &mut Output) -> Status {
        let ending = Ending { failures: &self.failures, is_empty: self.n_reports == 0 };
        out.write(&report::tail(totals, statistics, &ending, self.style));
        self.status()
    }

    /// Clean, as far as this goes, or failed.
    pub(super) fn status(&self) -> Status {
        if self.failures.is_empty() { Status::Clean } else { Status::Failed }
    }
}
