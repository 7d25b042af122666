//! Turns the place of an open text into how it is checked, as `check` would.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::client::Settings;
use crate::analysis::Proofs;
use crate::cli::configuration::{Args, Configurations, Place, Refused, Wanted};
use crate::config;
use crate::diagnostic::Diagnostic;
use crate::engine::Options;
use crate::report::{Colour, Format, Style};
use crate::source::Source;

/// The configurations of the workspace, as they were last read.
#[derive(Default)]
pub(super) struct Configuration {
    found: Option<Configurations>,
    /// What is wrong in those that cannot be used.
    pub(super) broken: BTreeMap<PathBuf, (Source, Vec<Diagnostic>)>,
    /// What was said of it.
    told: BTreeSet<String>,
}

impl Configuration {
    /// Forgets what was read: some file has changed.
    pub(super) fn forget(&mut self) {
        self.found = None;
        self.broken.clear();
        self.told.clear();
    }

    /// How a file is checked; nothing where a configuration leaves it out, or cannot be used, which comes back in words the first
    /// time.
    pub(super) fn options(&mut self, path: Option<&Path>, settings: &Settings) -> Result<Option<Arc<Options>>, String> {
        let plain = Style { format: Format::Concise, colour: Colour::Off, width: 100, wraps: false };
        let place = match path {
            None => None,
            Some(path) => {
                if self.found.is_none() {
                    self.found = Configurations::new(&Args::default(), plain).ok();
                }
                match self.found.as_mut().map(|found| found.of(path)) {
                    Some(Err(refused)) => return self.refuse(refused),
                    Some(Ok(place)) => place,
                    None => None,
                }
            }
        };
        if place.as_ref().is_some_and(|place| !place.is_included()) {
            return Ok(None);
        }
        let kind = place.as_ref().and_then(Place::kind).or(settings.kind);
        let mut options = Wanted { kind, select: &[], ignore: &[] }.options(place.as_ref());
        options.proofs = if settings.prove { Proofs::Made } else { Proofs::Left };
        Ok(Some(Arc::new(options)))
    }

    fn refuse(&mut self, refused: Refused) -> Result<Option<Arc<Options>>, String> {
        if let Some(broken) = refused.found {
            self.broken.insert(broken.file, (broken.source, broken.mistakes));
        }
        if self.told.insert(refused.told.clone()) { Err(refused.told) } else { Ok(None) }
    }
}

/// Whether a file is a configuration, by its name.
pub(super) fn is_configuration(path: &Path) -> bool {
    path.file_name().and_then(OsStr::to_str).is_some_and(|name| config::NAMES.contains(&name))
}
