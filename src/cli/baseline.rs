//! Reads and writes the file of `--baseline` and `--write-baseline`, and keeps what a run finds of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Status;
use super::fixing::counted;
use super::output::{self, tell};
use super::repository::Places;
use crate::report::baseline::{Baseline, Entry, written};
use crate::source::discover;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Leave out findings that are in this file, as `--write-baseline` wrote it
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings to this file, for `--baseline`, and show none
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
}

impl Args {
    /// Whether findings need a name.
    pub(super) fn is_asked(&self) -> bool {
        self.baseline.is_some() || self.write_baseline.is_some()
    }

    pub(super) fn is_written(&self) -> bool {
        self.write_baseline.is_some()
    }

    /// What was there before; `Err` with what is to be told.
    pub(super) fn read(&self, places: &Places) -> Result<Option<Baseline>, String> {
        let Some(file) = &self.baseline else { return Ok(None) };
        let told = |reason| format!("{}: {reason}", file.display());
        let bytes = discover::read(file).map_err(told)?;
        let text = String::from_utf8(bytes).map_err(|_| told("the file is not UTF-8".to_owned()))?;
        Baseline::read(&text, |path| places.exists(path)).map(Some).map_err(told)
    }
}

/// What a run finds.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Files that were looked at.
    pub(super) checked: BTreeSet<String>,
    /// Entries that were there before and are there now.
    pub(super) known: BTreeSet<Entry>,
    /// Findings to be written.
    pub(super) new: BTreeSet<Entry>,
}

impl Tally {
    /// Takes in what was found in one file.
    pub(super) fn merge(&mut self, other: Self) {
        self.checked.extend(other.checked);
        self.known.extend(other.known);
        self.new.extend(other.new);
    }

    /// Writes what is to be written and tells what is no longer there.
    pub(super) fn end(&self, args: &Args, baseline: Option<&Baseline>, verbose: bool, quiet: bool) -> Status {
        if let Some(baseline) = baseline.filter(|_| verbose) {
            for Entry { file, rule, state, .. } in baseline.stale(&self.checked, &self.known) {
                let of = if state.is_empty() { String::new() } else { format!(" in `{state}`") };
                tell(format_args!("{file}: {rule}{of} is in the baseline and no longer found"));
            }
        }
        let Some(file) = &args.write_baseline else { return Status::Clean };
        match output::replace(file, &written(&self.new)) {
            Ok(()) if quiet => Status::Clean,
            Ok(()) => {
                tell(format_args!("{}: {} written", file.display(), counted(self.new.len(), "finding")));
                Status::Clean
            }
            Err(reason) => {
                tell(format_args!("{reason}"));
                Status::Failed
            }
        }
    }
}
