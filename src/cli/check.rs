//! `aslint check`: reads files, checks the state machines in them, reports.
//!
//! Files are checked in parallel and reported in order: the output is the same for any number of threads. A file that
//! cannot be read is told on standard error and hides nothing about the others.

use std::io;
use std::path::PathBuf;

use rayon::prelude::*;

use super::configuration::{self, Place, Wanted};
use super::fixing::{self, Mended, Tally};
use super::inputs::{self, Input, Inputs, THRESHOLDS, Threshold, guarded, places, pool};
use super::output::{Output, tell};
use super::terminal::{When, colour, width};
use super::{Status, TYPES, one_of};
use crate::analysis::MachineType;
use crate::config::Named;
use crate::diagnostic::Severity;
use crate::engine::Options;
use crate::report::{self, Format, Statistics, Style, Totals};

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
    fixing: fixing::Args,
    #[command(flatten)]
    configuration: configuration::Args,
    /// Number of threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

const FORMATS: &[(&str, Format)] = &[("pretty", Format::Pretty), ("concise", Format::Concise), ("json", Format::Json)];
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
    fixes: Tally,
}

pub(super) fn run(args: &Args, when: When, out: &mut Output) -> Status {
    let gathered = inputs::gather(&args.paths, args.stdin_filename.as_deref(), &args.configuration, when);
    let Some(Inputs { inputs, mut status }) = gathered else { return Status::Failed };
    let findings = args.fixing.findings(inputs.iter().map(|(input, _)| input));
    let colour =
        if findings == fixing::Findings::OnError { colour(when, &io::stderr()) } else { colour(when, &io::stdout()) };
    let style = Style { format: args.format, colour, width: width() };
    let wanted = Wanted { kind: args.kind, select: &args.select, ignore: &args.ignore };
    let plain = wanted.options(None);
    let check = |(input, place): &(Input, Option<Place>)| {
        let own = place.as_ref().map(|place| wanted.options(Some(place)));
        guarded(|| one(input, args, own.as_ref().unwrap_or(&plain), style), Outcome::Failed)
    };
    let pool = pool(inputs.len(), args.threads);
    let (mut totals, mut fixes) = (Totals::default(), Tally::default());
    let (mut n_reports, mut n_counting, mut n_counting_hidden) = (0, 0, 0);
    findings.write(out, &report::head(style));
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
                    args.fixing.tell(input, &checked.fixes, args.verbose);
                    out.write(&checked.fixes.text);
                    fixes.merge(&checked.fixes);
                    if !checked.report.is_empty() {
                        findings.write(out, if n_reports > 0 { report::between(style) } else { "" });
                        findings.write(out, &checked.report);
                        n_reports += 1;
                    }
                }
                Outcome::Skipped if args.verbose && input.is_named() => {
                    out.write(args.fixing.unchanged(input));
                    tell(format_args!("{}: no state machine in it, skipped", input.name()));
                }
                Outcome::Skipped => out.write(args.fixing.unchanged(input)),
                Outcome::Failed(reason) => {
                    tell(format_args!("{}: {reason}", input.name()));
                    status = Status::Failed;
                }
            }
        }
    }
    findings
        .write(out, &report::tail(&totals, if args.statistics { Statistics::Shown } else { Statistics::Left }, style));
    if !args.quiet {
        findings.write(out, &report::summary(&totals, style));
        args.fixing.sum_up(&fixes, style, out);
        if totals.n_machines == 0 && status == Status::Clean {
            tell(format_args!("no state machine found in {}", places(&args.paths)));
        }
        if n_counting_hidden > 0 {
            tell(format_args!("--fail-on counts {n_counting_hidden} of the findings that --level does not show"));
        }
    }
    let status = status.max(fixes.status());
    if args.fixing.is_diff() {
        return if fixes.n_fixed > 0 { status.max(Status::Findings) } else { status };
    }
    if n_counting > 0 { status.max(Status::Findings) } else { status }
}

fn one(input: &Input, args: &Args, options: &Options, style: Style) -> Outcome {
    let source = match input.read() {
        Err(reason) => return Outcome::Failed(reason),
        Ok(None) => return Outcome::Skipped,
        Ok(Some(source)) => source,
    };
    let Mended { source, report: found, tally: mut fixes } = args.fixing.mend(input, source, options);
    if found.n_machines == 0 {
        return Outcome::Skipped;
    }
    let shown: Vec<_> = found.diagnostics.iter().filter(|found| found.severity >= args.level).collect();
    fixes.count(&shown);
    let counting = || found.diagnostics.iter().filter(|found| args.fail_on.counts(found.severity));
    Outcome::Checked(Checked {
        report: report::findings(&source, &shown, style),
        totals: Totals::of(&found, &shown),
        n_counting: counting().count(),
        n_counting_hidden: counting().filter(|found| found.severity < args.level).count(),
        fixes,
    })
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
