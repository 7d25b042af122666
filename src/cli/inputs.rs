//! Turns the paths of a command line into the sources to look at, and spreads the work over threads.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::STACK;
use super::configuration::{self, Configurations, Place, Refused};
use super::output::{show, tell};
use super::terminal::{When, colour, style};
use crate::diagnostic::Severity;
use crate::report::Format;
use crate::source::discover::{self, Candidate, Discovered};
use crate::source::{Kind, Source};

pub(super) const THRESHOLDS: &[(&str, Threshold)] = &[
    ("error", Threshold(Some(Severity::Error))),
    ("warning", Threshold(Some(Severity::Warning))),
    ("info", Threshold(Some(Severity::Info))),
    ("never", Threshold(None)),
];

/// The least severity that counts; `None` where none does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Threshold(Option<Severity>);

impl Threshold {
    pub(super) fn counts(self, severity: Severity) -> bool {
        self.0.is_some_and(|least| severity >= least)
    }
}

/// Something to look at.
pub(super) enum Input {
    Text(Source),
    File(Candidate),
}

/// What there is to look at.
pub(super) struct Inputs {
    /// Each with the configuration that applies to it.
    pub(super) inputs: Vec<(Input, Option<Place>)>,
    /// What could not be found.
    pub(super) failures: Vec<discover::Failure>,
}

impl Inputs {
    /// The paths of what there is to look at.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.inputs.iter().map(|(input, _)| input.path())
    }
}

/// Threads for so many inputs. One of our own even for a single file: the size of the main thread's stack is the system's
/// choice. Where the system gives none, the main thread does the work.
pub(super) fn pool(n_inputs: usize, n_wanted: usize) -> Option<ThreadPool> {
    let n_threads = match (n_inputs, n_wanted) {
        (0 | 1, _) => n_inputs,
        (_, 0) => thread::available_parallelism().map_or(1, usize::from).min(n_inputs),
        (_, n) => n.min(n_inputs),
    };
    (n_threads > 0).then(|| ThreadPoolBuilder::new().num_threads(n_threads).stack_size(STACK).build().ok()).flatten()
}

/// What there is to look at, standard input first. What could not be found is told; nothing where the command cannot go on.
pub(super) fn gather(
    paths: &[PathBuf],
    stdin_name: Option<&str>,
    configuration: &configuration::Args,
    when: When,
) -> Option<Inputs> {
    let (inputs, failures) = match listed(paths, stdin_name) {
        Ok(listed) => listed,
        Err(message) => {
            tell(format_args!("{message}"));
            return None;
        }
    };
    for discover::Failure { path, reason } in &failures {
        tell(format_args!("{}: {reason}", path.display()));
    }
    match configured(inputs, configuration, when) {
        Ok(inputs) => Some(Inputs { inputs, failures }),
        Err(refused) => {
            show(&refused.shown);
            tell(format_args!("{}", refused.told));
            None
        }
    }
}

fn listed(paths: &[PathBuf], stdin_name: Option<&str>) -> Result<(Vec<Input>, Vec<discover::Failure>), String> {
    let is_stdin = |path: &PathBuf| path == Path::new("-");
    let (stdin, paths): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(is_stdin);
    let mut inputs = Vec::new();
    let mut failures = Vec::new();
    if !stdin.is_empty() {
        match discover::read_from(io::stdin().lock(), 0) {
            Ok(bytes) => inputs.push(Input::Text(standard_input(bytes, stdin_name))),
            Err(reason) => failures.push(discover::Failure { path: "standard input".into(), reason }),
        }
    } else if stdin_name.is_some() {
        return Err("`--stdin-filename` names what `-` reads: add `-` to the paths".to_owned());
    }
    let Discovered { files, failures: unreadable } = discover::discover(&paths);
    inputs.extend(files.into_iter().map(Input::File));
    failures.extend(unreadable);
    Ok((inputs, failures))
}

/// The inputs with the configuration that applies to each, without those that it leaves out.
fn configured(
    inputs: Vec<Input>,
    args: &configuration::Args,
    when: When,
) -> Result<Vec<(Input, Option<Place>)>, Refused> {
    let of_mistakes = style(Format::Pretty, colour(when, &io::stderr()), &io::stderr());
    let mut configurations = Configurations::new(args, of_mistakes)?;
    let mut configured = Vec::with_capacity(inputs.len());
    for input in inputs {
        let place = configurations.of(input.path())?;
        let may_be_left_out = !input.is_named() || args.force_exclude;
        if !may_be_left_out || place.as_ref().is_none_or(Place::is_included) {
            configured.push((input, place));
        }
    }
    Ok(configured)
}

fn standard_input(bytes: Vec<u8>, name: Option<&str>) -> Source {
    match name {
        Some(name) => Source::new(name, bytes),
        // Whoever pipes something in without a name for it means it to be looked at.
        None => Source { kind: Kind::Machine, ..Source::new("-", bytes) },
    }
}

/// Does what there is to do for one file. A mistake of ours in it is told like a file that cannot be read, and hides nothing
/// about the others.
pub(super) fn guarded<T>(work: impl FnOnce() -> T, otherwise: impl FnOnce(String) -> T) -> T {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| otherwise("a bug in aslint, see above".to_owned()))
}

impl Input {
    /// How reports call it. A name that is not Unicode is shown with marks in it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Text(source) => source.name.clone(),
            Self::File(file) => file.path.to_string_lossy().into_owned(),
        }
    }

    /// Where it stands.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Text(source) => Path::new(&source.name),
            Self::File(file) => &file.path,
        }
    }

    pub(super) fn is_named(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::File(file) => file.is_named,
        }
    }

    /// Its text; none where it holds no state machine, to begin with.
    pub(super) fn read(&self) -> Result<Option<Source>, String> {
        match self {
            Self::Text(source) => Ok(Some(source.clone())),
            Self::File(file) => {
                let name = self.name();
                let bytes = discover::read(&file.path)?;
                Ok(discover::may_hold_a_machine(&name, &bytes).then(|| Source::new(name, bytes)))
            }
        }
    }
}

pub(super) fn places(paths: &[PathBuf]) -> String {
    match paths {
        [path] if path == Path::new(".") => "this folder".to_owned(),
        [path] if path == Path::new("-") => "standard input".to_owned(),
        [path] => path.display().to_string(),
        paths => format!("{} paths", paths.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_count_what_is_as_severe() {
        let counted = |word: &str| {
            let (_, threshold) = THRESHOLDS.iter().find(|(known, _)| *known == word).unwrap();
            [Severity::Error, Severity::Warning, Severity::Info].map(|severity| threshold.counts(severity))
        };
        assert_eq!(counted("error"), [true, false, false]);
        assert_eq!(counted("warning"), [true, true, false]);
        assert_eq!(counted("info"), [true, true, true]);
        assert_eq!(counted("never"), [false, false, false]);
    }

    #[test]
    fn a_bug_of_ours_ends_one_file_alone() {
        assert!(guarded(|| panic!("on purpose"), Some).is_some());
        assert!(guarded(|| None, Some).is_none());
    }
}
