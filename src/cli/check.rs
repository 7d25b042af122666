//! `aslint check`: reads files, checks the state machines in them, reports.
//!
//! Files are checked in parallel and reported in order: the output is the same for any number of threads. A file that
//! cannot be read is told on standard error and hides nothing about the others.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::configuration::{self, Configurations, Place, Refused, Wanted};
use super::output::{Output, show, tell};
use super::terminal::{When, colour, width};
use super::{STACK, Status, TYPES, one_of};
use crate::analysis::MachineType;
use crate::config::Named;
use crate::diagnostic::Severity;
use crate::engine::{self, Options};
use crate::report::{self, Format, Statistics, Style, Totals};
use crate::source::discover::{self, Candidate, Discovered};
use crate::source::{Kind, Source};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
In folders, *.asl.json, *.asl.yaml, *.asl.yml and *.asl are state machines, and so is any other JSON or
YAML file that reads as one. Hidden files and what .gitignore names are passed over. A file named here is
read whatever it is called, and skipped if it holds no state machine. Standard input without a name is
taken for a state machine.

Exit code: 0 where no finding counts, 1 where one does (see --fail-on), 2 for bad usage and for anything
that could not be read or written.")]
pub(super) struct Args {
    /// Files and folders to check; `-` is standard input
    #[arg(value_name = "PATHS", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to write findings
    #[arg(long, value_name = "FORMAT", default_value = "pretty", value_parser = one_of(FORMATS))]
    format: Format,
    /// Least severity shown
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = one_of(SEVERITIES))]
    level: Severity,
    /// Least severity that makes the exit code 1, shown or not
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = one_of(THRESHOLDS))]
    fail_on: Threshold,
    /// How the state machines will run
    #[arg(long = "type", value_name = "TYPE", value_parser = one_of(TYPES))]
    kind: Option<MachineType>,
    /// Apply these rules or groups of rules alone (comma-separated)
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = named)]
    select: Vec<Named>,
    /// Leave these rules or groups of rules out (comma-separated)
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = named)]
    ignore: Vec<Named>,
    /// Name for standard input: it tells what to expect there, and stands in reports
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<String>,
    /// Count findings by rule, behind the last one
    #[arg(long)]
    statistics: bool,
    /// Tell which of the named files were skipped
    #[arg(short, long)]
    verbose: bool,
    /// Write findings and failures, nothing else
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    #[command(flatten)]
    configuration: configuration::Args,
    /// Number of threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

const FORMATS: &[(&str, Format)] = &[("pretty", Format::Pretty), ("concise", Format::Concise), ("json", Format::Json)];
const SEVERITIES: &[(&str, Severity)] =
    &[("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)];
const THRESHOLDS: &[(&str, Threshold)] = &[
    ("error", Threshold(Some(Severity::Error))),
    ("warning", Threshold(Some(Severity::Warning))),
    ("info", Threshold(Some(Severity::Info))),
    ("never", Threshold(None)),
];

/// The least severity that counts; `None` where none does.
#[derive(Clone, Copy, Debug)]
struct Threshold(Option<Severity>);

impl Threshold {
    fn counts(self, severity: Severity) -> bool {
        self.0.is_some_and(|least| severity >= least)
    }
}

/// What a word of `--select` names.
fn named(word: &str) -> Result<Named, String> {
    let word = word.trim();
    Named::parse(word).ok_or_else(|| match Named::nearest(word) {
        Some(near) => format!("no rule or group has this name; did you mean `{near}`?"),
        None => "no rule or group has this name; `aslint rules` lists them".to_owned(),
    })
}

/// Files whose reports are held at a time.
const BATCH: usize = 512;

/// Something to check.
enum Input {
    Text(Source),
    File(Candidate),
}

/// What became of it.
enum Outcome {
    Checked(Checked),
    Skipped,
    /// The reason.
    Failed(String),
}

/// A source with its findings.
struct Checked {
    report: String,
    totals: Totals,
    /// Findings that make the exit code 1.
    n_counting: usize,
    /// Those of them that are not shown.
    n_counting_hidden: usize,
}

pub(super) fn run(args: &Args, when: When, out: &mut Output) -> Status {
    let mut status = Status::Clean;
    let inputs = match inputs(args) {
        Ok((inputs, failures)) => {
            for discover::Failure { path, reason } in failures {
                tell(format_args!("{}: {reason}", path.display()));
                status = Status::Failed;
            }
            inputs
        }
        Err(message) => {
            tell(format_args!("{message}"));
            return Status::Failed;
        }
    };
    let style = Style { format: args.format, colour: colour(when, &io::stdout()), width: width() };
    let wanted = Wanted { kind: args.kind, select: &args.select, ignore: &args.ignore };
    let of_mistakes = Style { format: Format::Pretty, colour: colour(when, &io::stderr()), ..style };
    let inputs = match configured(inputs, args, of_mistakes) {
        Ok(inputs) => inputs,
        Err(refused) => {
            show(&refused.shown);
            tell(format_args!("{}", refused.told));
            return Status::Failed;
        }
    };
    let plain = wanted.options(None);
    let check = |(input, place): &(Input, Option<Place>)| {
        let own = place.as_ref().map(|place| wanted.options(Some(place)));
        guarded(|| one(input, args, own.as_ref().unwrap_or(&plain), style))
    };
    let pool = pool(inputs.len(), args.threads);
    let mut totals = Totals::default();
    let (mut n_reports, mut n_counting, mut n_counting_hidden) = (0, 0, 0);
    out.write(&report::head(style));
    for batch in inputs.chunks(BATCH) {
        let outcomes: Vec<Outcome> = match &pool {
            Some(pool) => pool.install(|| batch.par_iter().map(check).collect()),
            None => batch.iter().map(check).collect(),
        };
        for ((input, _), outcome) in batch.iter().zip(outcomes) {
            match outcome {
                Outcome::Checked(checked) => {
                    totals.merge(&checked.totals);
                    n_counting += checked.n_counting;
                    n_counting_hidden += checked.n_counting_hidden;
                    if !checked.report.is_empty() {
                        out.write(if n_reports > 0 { report::between(style) } else { "" });
                        out.write(&checked.report);
                        n_reports += 1;
                    }
                }
                Outcome::Skipped if args.verbose && input.is_named() => {
                    tell(format_args!("{}: no state machine in it, skipped", input.name()));
                }
                Outcome::Skipped => {}
                Outcome::Failed(reason) => {
                    tell(format_args!("{}: {reason}", input.name()));
                    status = Status::Failed;
                }
            }
        }
    }
    out.write(&report::tail(&totals, if args.statistics { Statistics::Shown } else { Statistics::Left }, style));
    if !args.quiet {
        out.write(&report::summary(&totals, style));
        if totals.n_machines == 0 && status == Status::Clean {
            tell(format_args!("no state machine found in {}", places(&args.paths)));
        }
        if n_counting_hidden > 0 {
            tell(format_args!("--fail-on counts {n_counting_hidden} of the findings that --level does not show"));
        }
    }
    if n_counting > 0 { status.max(Status::Findings) } else { status }
}

/// Threads for so many inputs. One of our own even for a single file: the size of the main thread's stack is the system's
/// choice. Where the system gives none, the main thread does the work.
fn pool(n_inputs: usize, n_wanted: usize) -> Option<ThreadPool> {
    let n_threads = match (n_inputs, n_wanted) {
        (0 | 1, _) => n_inputs,
        (_, 0) => thread::available_parallelism().map_or(1, usize::from).min(n_inputs),
        (_, n) => n.min(n_inputs),
    };
    (n_threads > 0).then(|| ThreadPoolBuilder::new().num_threads(n_threads).stack_size(STACK).build().ok()).flatten()
}

/// What there is to check, standard input first.
fn inputs(args: &Args) -> Result<(Vec<Input>, Vec<discover::Failure>), String> {
    let is_stdin = |path: &PathBuf| path == Path::new("-");
    let (stdin, paths): (Vec<_>, Vec<_>) = args.paths.iter().cloned().partition(is_stdin);
    let mut inputs = Vec::new();
    let mut failures = Vec::new();
    if !stdin.is_empty() {
        match discover::read_from(io::stdin().lock(), 0) {
            Ok(bytes) => inputs.push(Input::Text(standard_input(bytes, args.stdin_filename.as_deref()))),
            Err(reason) => failures.push(discover::Failure { path: "standard input".into(), reason }),
        }
    } else if args.stdin_filename.is_some() {
        return Err("`--stdin-filename` names what `-` reads: add `-` to the paths".to_owned());
    }
    let Discovered { files, failures: unreadable } = discover::discover(&paths);
    inputs.extend(files.into_iter().map(Input::File));
    failures.extend(unreadable);
    Ok((inputs, failures))
}

fn standard_input(bytes: Vec<u8>, name: Option<&str>) -> Source {
    match name {
        Some(name) => Source::new(name, bytes),
        // Whoever pipes something in without a name for it means it to be checked.
        None => Source { kind: Kind::Machine, ..Source::new("-", bytes) },
    }
}

/// What is to be checked, each with the configuration that applies to it.
fn configured(inputs: Vec<Input>, args: &Args, style: Style) -> Result<Vec<(Input, Option<Place>)>, Refused> {
    let mut configurations = Configurations::new(&args.configuration, style)?;
    let mut configured = Vec::with_capacity(inputs.len());
    for input in inputs {
        let place = configurations.of(input.path())?;
        let may_be_left_out = !input.is_named() || args.configuration.force_exclude;
        if !may_be_left_out || place.as_ref().is_none_or(Place::is_included) {
            configured.push((input, place));
        }
    }
    Ok(configured)
}

/// A mistake of ours in one file is told like a file that cannot be read, and hides nothing about the others.
fn guarded(check: impl FnOnce() -> Outcome) -> Outcome {
    panic::catch_unwind(AssertUnwindSafe(check))
        .unwrap_or_else(|_| Outcome::Failed("a bug in aslint, see above".to_owned()))
}

fn one(input: &Input, args: &Args, options: &Options, style: Style) -> Outcome {
    let read;
    let source = match input {
        Input::Text(source) => source,
        Input::File(file) => {
            let name = input.name();
            match discover::read(&file.path) {
                Err(reason) => return Outcome::Failed(reason),
                Ok(bytes) if !discover::may_hold_a_machine(&name, &bytes) => return Outcome::Skipped,
                Ok(bytes) => read = Source::new(name, bytes),
            }
            &read
        }
    };
    let found = engine::check(source, options);
    if found.n_machines == 0 {
        return Outcome::Skipped;
    }
    let shown: Vec<_> = found.diagnostics.iter().filter(|found| found.severity >= args.level).collect();
    let counting = || found.diagnostics.iter().filter(|found| args.fail_on.counts(found.severity));
    Outcome::Checked(Checked {
        report: report::findings(source, &shown, style),
        totals: Totals::of(&found, &shown),
        n_counting: counting().count(),
        n_counting_hidden: counting().filter(|found| found.severity < args.level).count(),
    })
}

impl Input {
    /// How reports call it. A name that is not Unicode is shown with marks in it.
    fn name(&self) -> String {
        match self {
            Self::Text(source) => source.name.clone(),
            Self::File(file) => file.path.to_string_lossy().into_owned(),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Text(source) => Path::new(&source.name),
            Self::File(file) => &file.path,
        }
    }

    fn is_named(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::File(file) => file.is_named,
        }
    }
}

fn places(paths: &[PathBuf]) -> String {
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
    use crate::rules::Group;

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
    fn names_are_rules_or_groups() {
        assert!(matches!(named(" syntax-error "), Ok(Named::Rule(rule)) if rule.id == "syntax-error"));
        assert!(matches!(named("graph"), Ok(Named::Group(Group::Graph))));
        assert!(named("").is_err());
    }

    #[test]
    fn a_bug_of_ours_ends_one_file_alone() {
        assert!(matches!(guarded(|| panic!("on purpose")), Outcome::Failed(_)));
        assert!(matches!(guarded(|| Outcome::Skipped), Outcome::Skipped));
    }
}
