//! `aslint check`: reads files, checks the state machines in them, reports.
//!
//! Files are checked in parallel and reported in order: the output is the same for any number of threads. A file that
//! cannot be read is told on standard error and hides nothing about the others.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::answers::Answers;
use super::baseline::{self, Tally};
use super::configuration::{self, Place, Wanted};
use super::fixing::{self, Mended};
use super::inputs::{self, Input, THRESHOLDS, Threshold, guarded, pool};
use super::output::{Output, tell};
use super::progress::Progress;
use super::reporting::Reporting;
use super::repository::Places;
use super::stack;
use super::terminal::{self, When};
use super::{Status, TYPES, one_of};
use crate::analysis::MachineType;
use crate::config::Named;
use crate::diagnostic::Severity;
use crate::engine::{self, Options};
use crate::report::baseline::Baseline;
use crate::report::fingerprint::fingerprints;
use crate::report::{self, Format, Shown, Statistics, Style, Subject, Totals};
use crate::source::Source;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
In folders, *.asl.json, *.asl.yaml, *.asl.yml and *.asl are state machines, and so is any other JSON or
YAML file that reads as one. Hidden files and what .gitignore names are passed over. A file named here is
read whatever it is called, and skipped if it holds no state machine. Standard input without a name is
taken for a state machine.

--fix mends what it can in place, shown or not, and reports what is left; of standard input it writes the
mended text to standard output, and findings to standard error.

Exit code: 0 where no finding counts, 1 where one does (see --fail-on), 2 for bad usage and for anything
that could not be read or written; with --diff, 1 where something would change.")]
pub(super) struct Args {
    /// Files and folders to check; `-` is standard input
    #[arg(value_name = "PATHS", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to write findings
    #[arg(long, value_name = "FORMAT", default_value = "pretty", value_parser = one_of(FORMATS))]
    format: Format,
    /// Write to this file in the place of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What tells this log of SARIF apart from others of one commit
    #[arg(long, value_name = "NAME", default_value = "aslint")]
    category: String,
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
    /// Show findings that are suppressed too, with the reason; SARIF has them unless this is `false`
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    show_suppressed: Option<bool>,
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
    baseline: baseline::Args,
    #[command(flatten)]
    fixing: fixing::Args,
    #[command(flatten)]
    configuration: configuration::Args,
    /// Number of threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

const FORMATS: &[(&str, Format)] = &[
    ("pretty", Format::Pretty),
    ("concise", Format::Concise),
    ("json", Format::Json),
    ("sarif", Format::Sarif),
    ("github", Format::Github),
    ("gitlab", Format::Gitlab),
    ("junit", Format::Junit),
];
const SEVERITIES: &[(&str, Severity)] =
    &[("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)];

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

/// What became of it.
enum Outcome {
    Checked(Box<Checked>),
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
    tally: Tally,
    fixes: fixing::Tally,
    /// The numbers of the suppressions that it needs.
    used: BTreeSet<usize>,
}

pub(super) fn run(args: &Args, when: When, out: &mut Output) -> Status {
    let gathered = inputs::gather(&args.paths, args.stdin_filename.as_deref(), &args.configuration, when);
    let Some(gathered) = gathered else { return Status::Failed };
    let formats = args.format.is_located() || args.baseline.is_asked();
    let places = Places::new(formats, gathered.paths());
    let baseline = match args.baseline.read(&places) {
        Ok(baseline) => baseline,
        Err(reason) => {
            tell(format_args!("{reason}"));
            return Status::Failed;
        }
    };
    let Some(colour) = out.begin(args.output.as_deref(), when) else { return Status::Failed };
    // A mended text, or a diff, takes the place of the findings.
    let mut aside = args.fixing.aside(gathered.inputs.iter().map(|(input, _)| input));
    let colour = if aside.is_some() { terminal::colour(when, &io::stderr()) } else { colour };
    let mut style = terminal::style(args.format, colour, &io::stdout());
    style.wraps &= args.output.is_none();
    let mut reporting =
        Reporting::begin(&args.category, style, &gathered, &places, aside.as_mut().unwrap_or(&mut *out));
    let inputs = gathered.inputs;
    let wanted = Wanted { kind: args.kind, select: &args.select, ignore: &args.ignore };
    let plain = wanted.options(None);
    let progress = Progress::new(inputs.len(), !args.quiet);
    let mut answers = Answers::default();
    let is_alone = inputs.len() < 2;
    let check = |(input, place): &(Input, Option<Place>)| {
        let own = place.as_ref().map(|place| wanted.options(Some(place)));
        let options = own.as_ref().unwrap_or(&plain);
        let asked = Asked { args, options, style, places: &places, baseline: baseline.as_ref(), is_alone };
        let outcome = guarded(|| one(input, &asked), Outcome::Failed);
        progress.step();
        outcome
    };
    let pool = if is_alone { None } else { pool(inputs.len(), args.threads) };
    let (mut totals, mut tally, mut fixes) = (Totals::default(), Tally::default(), fixing::Tally::default());
    let (mut n_counting, mut n_counting_hidden) = (0, 0);
    for batch in inputs.chunks(BATCH) {
        let outcomes: Vec<Outcome> = match &pool {
            Some(pool) => pool.install(|| batch.par_iter().map(check).collect()),
            None => batch.iter().map(check).collect(),
        };
        progress.clear();
        for ((input, place), outcome) in batch.iter().zip(outcomes) {
            match outcome {
                Outcome::Checked(checked) => {
                    totals.merge(&checked.totals);
                    n_counting += checked.n_counting;
                    n_counting_hidden += checked.n_counting_hidden;
                    tally.merge(checked.tally);
                    if let Some(place) = place {
                        answers.add(place, &checked.used);
                    }
                    args.fixing.tell(input, &checked.fixes, args.verbose);
                    out.write(&checked.fixes.text);
                    fixes.merge(&checked.fixes);
                    reporting.add(&checked.report, aside.as_mut().unwrap_or(&mut *out));
                }
                Outcome::Skipped if args.verbose && input.is_named() => {
                    out.write(args.fixing.unchanged(input));
                    tell(format_args!("{}: no state machine in it, skipped", input.name()));
                }
                Outcome::Skipped => out.write(args.fixing.unchanged(input)),
                Outcome::Failed(reason) => reporting.fail(input, reason),
            }
        }
    }
    for (source, found) in answers.needless(&args.paths, &plain.rules) {
        let found = engine::Report { diagnostics: found, ..engine::Report::default() };
        let asked =
            Asked { args, options: &plain, style, places: &places, baseline: baseline.as_ref(), is_alone: false };
        let checked = asked.report(Path::new(&source.name), source, &found, fixing::Tally::default());
        totals.merge(&checked.totals);
        n_counting += checked.n_counting;
        n_counting_hidden += checked.n_counting_hidden;
        tally.merge(checked.tally);
        reporting.add(&checked.report, aside.as_mut().unwrap_or(&mut *out));
    }
    let statistics = if args.statistics { Statistics::Shown } else { Statistics::Left };
    let findings = aside.as_mut().unwrap_or(&mut *out);
    let status = reporting.end(&totals, statistics, findings);
    if !args.quiet {
        findings.write(&report::summary(&totals, style));
        args.fixing.sum_up(&fixes, style, findings);
        if totals.n_machines == 0 && status == Status::Clean {
            tell(format_args!("no state machine found in {}", inputs::places(&args.paths)));
        }
        if n_counting_hidden > 0 {
            tell(format_args!("--fail-on counts {n_counting_hidden} of the findings that --level does not show"));
        }
    }
    // Where that cannot be written, there is nobody left to tell.
    let _ = aside.map(Output::finish);
    let status = status.max(tally.end(&args.baseline, baseline.as_ref(), args.verbose, args.quiet));
    let status = status.max(fixes.status());
    if args.fixing.is_diff() {
        return if fixes.n_fixed > 0 { status.max(Status::Findings) } else { status };
    }
    if n_counting > 0 { status.max(Status::Findings) } else { status }
}

/// What is asked about each file.
struct Asked<'a> {
    args: &'a Args,
    options: &'a Options,
    style: Style,
    places: &'a Places,
    baseline: Option<&'a Baseline>,
    /// Whether there is no other file, and so no pool of threads.
    is_alone: bool,
}

fn one(input: &Input, asked: &Asked<'_>) -> Outcome {
    let source = match input.read() {
        Err(reason) => return Outcome::Failed(reason),
        Ok(None) => return Outcome::Skipped,
        Ok(Some(source)) => source,
    };
    let has_room = !asked.is_alone || stack::is_enough_for(&source);
    let checked = || {
        let Mended { source, report: found, tally: fixes } = asked.args.fixing.mend(input, source, asked.options);
        if found.n_machines == 0 {
            return Outcome::Skipped;
        }
        Outcome::Checked(Box::new(asked.report(input.path(), &source, &found, fixes)))
    };
    if has_room { checked() } else { stack::larger(checked) }
}

impl Asked<'_> {
    fn report(&self, path: &Path, source: &Source, found: &engine::Report, mut fixes: fixing::Tally) -> Checked {
        let Self { args, places, style, .. } = self;
        let mut all: Vec<Shown<'_>> = found.diagnostics.iter().map(Shown::of).collect();
        all.extend(found.suppressed.iter().map(Shown::suppressed));
        all.sort_by(|a, b| a.finding.sort_key().cmp(&b.finding.sort_key()));
        let at = places.of(path);
        let names = if args.baseline.is_asked() || style.format.has_fingerprints() {
            fingerprints(source, &all.iter().map(|shown| shown.finding).collect::<Vec<_>>())
        } else {
            Vec::new()
        };
        for (shown, name) in all.iter_mut().zip(&names) {
            shown.fingerprint = name;
        }
        let is_shown = |shown: &Shown<'_>| shown.finding.severity >= args.level;
        let counts = |shown: &Shown<'_>| args.fail_on.counts(shown.finding.severity);
        let mut tally = Tally::default();
        let mut n_known = 0;
        if args.baseline.is_asked() {
            tally.checked.insert(at.path.clone());
            all.retain(|shown| {
                let known = self.baseline.and_then(|known| known.find(&at.path, shown.finding.rule, shown.fingerprint));
                tally.known.extend(known.cloned());
                let is_written = args.baseline.is_written() && shown.suppression.is_none();
                if is_written && (is_shown(shown) || counts(shown)) {
                    tally.new.insert(shown.entry(&at.path));
                }
                let is_new = known.is_none() && !is_written;
                n_known += usize::from(!is_new && shown.suppression.is_none() && is_shown(shown));
                is_new
            });
        }
        let shows_suppressed = args.show_suppressed.unwrap_or(style.format == Format::Sarif);
        let counting = || all.iter().filter(|shown| shown.suppression.is_none() && counts(shown));
        let (n_counting, n_counting_hidden) = (counting().count(), counting().filter(|shown| !is_shown(shown)).count());
        let n_all = all.iter().filter(|shown| shown.suppression.is_none()).count();
        all.retain(is_shown);
        let n_before = all.len();
        all.retain(|shown| shown.suppression.is_none() || shows_suppressed);
        let n_suppressed = n_before - all.len();
        let left = all.iter().filter(|shown| shown.suppression.is_none());
        fixes.count(&left.map(|shown| shown.finding).collect::<Vec<_>>());
        Checked {
            report: report::subject(&Subject { source, at: &at, shown: &all }, *style),
            totals: Totals { n_known, n_suppressed, ..Totals::of(found.n_machines, n_all, &all) },
            n_counting,
            n_counting_hidden,
            tally,
            fixes,
            used: found.used.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Group;

    #[test]
    fn names_are_rules_or_groups() {
        assert!(matches!(named(" syntax-error "), Ok(Named::Rule(rule)) if rule.id == "syntax-error"));
        assert!(matches!(named("graph"), Ok(Named::Group(Group::Graph))));
        assert!(named("").is_err());
    }
}
