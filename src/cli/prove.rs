//! `aslint prove`: decides what can happen in state machines, and shows for each branch the execution that takes it, or why none
//! does.
//!
//! Files are proved in parallel and reported in order: the output is the same for any number of threads.

mod tests_of;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::configuration::{self, Place, Wanted};
use super::inputs::{self, Input, THRESHOLDS, Threshold, guarded, pool};
use super::interrupt::watch;
use super::output::{Output, tell};
use super::reporting::Reporting;
use super::repository::Places;
use super::terminal::{self, When};
use super::{Status, TYPES, one_of};
use crate::analysis::{Analysis, MachineType, Proofs};
use crate::asl::{self, State, StateType};
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Options};
use crate::flow::premise::Premises;
use crate::report::fingerprint::fingerprints;
use crate::report::proof::{self, Counts, Look, Proved};
use crate::report::{self, Located, Shown, Statistics, Style, Subject, Totals};
use crate::source::{self, Source};
use crate::suppress::{self, Suppressed, Suppression};
use crate::symex::{self, Bounds, Facts, interrupt};
use crate::syntax;
use crate::text::{LineIndex, nearest};
use tests_of::Tests;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A branch is reachable where an execution takes it: its input and what the tasks answer are shown, and the
interpreter has run it. It is dead where none does, with the reason; `whatever comes in` means that the
Choice alone decides it. Everything else is unknown, and says why.

With --explain STATE it says of one state what every execution that gets there passes, and what is asked on
the way: \"rule 0 of `In stock?` holds: `$.n` is at least 1\". Other machines are passed over.

Exit code: 0 where nothing counts, 1 where a rule is dead or no rule of a Choice without Default holds for
values of the types that its rules ask about (warnings), or where none holds only for what is missing or of
another type, or a comparison may fail the execution (info; see --fail-on), 2 for bad usage and for what
could not be read; for a file of which only a part could be read, unless something in that counts. With
--explain only what is found in that state counts.")]
pub(super) struct Args {
    /// Files and folders; `-` is standard input
    #[arg(value_name = "PATHS", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to write what is proved
    #[arg(long, value_name = "FORMAT", default_value = "pretty", value_parser = one_of(FORMATS))]
    format: Format,
    /// Write to this file in the place of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What tells this log of SARIF apart from others of one commit
    #[arg(long, value_name = "NAME", default_value = "aslint/prove")]
    category: String,
    /// Least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = one_of(THRESHOLDS))]
    fail_on: Threshold,
    /// How the state machines will run
    #[arg(long = "type", value_name = "TYPE", value_parser = one_of(TYPES))]
    kind: Option<MachineType>,
    /// A JSON Schema that the input of executions fits
    #[arg(long, value_name = "FILE")]
    input_schema: Option<PathBuf>,
    /// How much the solver may do for one question, in conflicts
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    budget: u64,
    /// Write a test for each branch that an execution takes into this folder
    #[arg(long, value_name = "DIR")]
    emit_tests: Option<PathBuf>,
    /// Tell in words when an execution gets to this state, in the place of the tables
    #[arg(long, value_name = "STATE")]
    explain: Option<String>,
    /// Name for standard input
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<String>,
    /// Tell which of the named files were skipped
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    configuration: configuration::Args,
    /// Number of threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Pretty,
    Json,
    /// What counts for the exit code, as findings.
    Findings(report::Format),
}

const FORMATS: &[(&str, Format)] = &[
    ("pretty", Format::Pretty),
    ("json", Format::Json),
    ("concise", Format::Findings(report::Format::Concise)),
    ("sarif", Format::Findings(report::Format::Sarif)),
    ("github", Format::Findings(report::Format::Github)),
    ("gitlab", Format::Findings(report::Format::Gitlab)),
    ("junit", Format::Findings(report::Format::Junit)),
];

/// Files whose reports are held at a time.
const BATCH: usize = 256;

/// What became of a file.
enum Outcome {
    Proved(Report),
    Skipped,
    /// The reason.
    Failed(String),
}

/// What is proved of the machines of one file.
#[derive(Default)]
struct Report {
    machines: Vec<String>,
    /// In the formats for findings.
    findings: String,
    counts: Counts,
    n_counting: usize,
    tests: Tests,
    /// Why the file could not be read whole.
    unread: Option<String>,
    /// The Tasks that somebody vouches for, by name, with the file: whether there is one.
    vouched: BTreeMap<(String, String), bool>,
    /// Where a state is to be explained: what those are called of machines that have none of that name.
    names: Vec<String>,
}

pub(super) fn run(args: &Args, when: When, out: &mut Output) -> Status {
    if args.explain.is_some() && matches!(args.format, Format::Findings(_)) {
        tell(format_args!("--explain is told in --format pretty or json"));
        return Status::Failed;
    }
    // Whoever pipes something in says which file it is, or it is none.
    if args.emit_tests.is_some()
        && args.stdin_filename.is_none()
        && args.paths.iter().any(|path| path == Path::new("-"))
    {
        tell(format_args!(
            "--emit-tests writes tests that name the file of their machine, and standard input has none: name it with --stdin-filename"
        ));
        return Status::Failed;
    }
    watch();
    let gathered = inputs::gather(&args.paths, args.stdin_filename.as_deref(), &args.configuration, when);
    let Some(gathered) = gathered else { return Status::Failed };
    let schema =
        match args.input_schema.as_deref().map(|file| configuration::premise(Path::new(""), &file.to_string_lossy())) {
            None => None,
            Some(Ok(premise)) => Some(Arc::new(premise)),
            Some(Err(reason)) => {
                tell(format_args!("{}: {reason}", args.input_schema.as_deref().unwrap_or(Path::new("")).display()));
                return Status::Failed;
            }
        };
    let Some(colour) = out.begin(args.output.as_deref(), when) else { return Status::Failed };
    let format = match args.format {
        Format::Findings(format) => format,
        Format::Pretty | Format::Json => report::Format::Pretty,
    };
    let mut style = terminal::style(format, colour, &io::stdout());
    style.wraps &= args.output.is_none();
    let look = Look { colour, width: style.wraps.then_some(style.width) };
    let places = Places::new(format.is_located(), gathered.paths());
    let mut reporting = Reporting::begin(&args.category, style, &gathered, &places, out);
    let inputs = gathered.inputs;
    let one = |(input, place): &(Input, Option<Place>)| {
        let kind = args.kind.or_else(|| place.as_ref().and_then(Place::kind)).unwrap_or_default();
        let suppressions =
            place.as_ref().map(|place| Wanted { kind: None, select: &[], ignore: &[] }.options(Some(place)));
        let suppressions = suppressions.map(|options| options.suppressions).unwrap_or_default();
        let mut premises = place.as_ref().map(Place::premises).unwrap_or_default();
        if let Some(schema) = &schema {
            premises.input = Some(Arc::clone(schema));
        }
        let premises = &premises;
        let asked = Asked { args, kind, premises, look, style, places: &places, suppressions: &suppressions };
        guarded(|| one(input, asked), Outcome::Failed)
    };
    let pool = pool(inputs.len(), args.threads);
    let (mut n_files, mut n_machines, mut n_counting, mut counts) = (0, 0, 0, Counts::default());
    let mut tests = Tests::default();
    let mut vouched: BTreeMap<(String, String), bool> = BTreeMap::new();
    let mut names = Vec::new();
    if args.format == Format::Json {
        out.write(&proof::json_head());
    }
    for batch in inputs.chunks(BATCH) {
        let outcomes: Vec<Outcome> = match &pool {
            Some(pool) => pool.install(|| batch.par_iter().map(one).collect()),
            None => batch.iter().map(one).collect(),
        };
        for ((input, _), outcome) in batch.iter().zip(outcomes) {
            match outcome {
                Outcome::Proved(report) => {
                    n_files += 1;
                    if let Some(reason) = report.unread {
                        reporting.fail_in_part(input, reason);
                    }
                    for machine in &report.machines {
                        if args.format == Format::Json && n_machines > 0 {
                            out.write(",\n");
                        }
                        out.write(machine);
                        n_machines += 1;
                    }
                    reporting.add(&report.findings, out);
                    n_counting += report.n_counting;
                    counts.merge(report.counts);
                    tests.merge(report.tests);
                    names.extend(report.names);
                    for (premise, is_there) in report.vouched {
                        *vouched.entry(premise).or_default() |= is_there;
                    }
                }
                Outcome::Skipped if args.verbose && input.is_named() => {
                    tell(format_args!("{}: no state machine in it, skipped", input.name()));
                }
                Outcome::Skipped => {}
                Outcome::Failed(reason) => reporting.fail(input, reason),
            }
        }
    }
    let mut status = reporting.status();
    if n_counting > 0 && reporting.has_read_all_in_part() {
        status = Status::Findings;
    }
    match args.format {
        Format::Json => out.write(&proof::json_tail(n_files, n_machines)),
        Format::Pretty if n_machines == 0 && !names.is_empty() => {}
        Format::Pretty if n_machines > 0 => out.write(&proof::summary(n_machines, &counts, look.colour)),
        Format::Pretty if status == Status::Clean => {
            tell(format_args!("no state machine found in {}", inputs::places(&args.paths)));
        }
        Format::Pretty => {}
        Format::Findings(_) => {
            reporting.end(&Totals::default(), Statistics::Left, out);
        }
    }
    for (name, file) in vouched.into_iter().filter_map(|(premise, is_there)| (!is_there).then_some(premise)) {
        tell(format_args!("no Task is called `{name}`: what `{file}` says of it counts for nothing"));
    }
    if let Some(state) = args.explain.as_ref().filter(|_| n_machines == 0 && !names.is_empty()) {
        let meant = nearest(state, names.iter().map(|name| (name.as_str(), name)));
        let hint = meant.map_or_else(String::new, |meant| format!(": did you mean `{meant}`?"));
        tell(format_args!("no state is called `{state}`{hint}"));
        status = Status::Failed;
    }
    if let Some(folder) = &args.emit_tests {
        match tests_of::write(folder, &tests) {
            Ok(()) => tell(format_args!("{}: {} tests written", folder.display(), tests.n)),
            Err(reason) => {
                tell(format_args!("{reason}"));
                status = Status::Failed;
            }
        }
    }
    if interrupt::has_come() {
        tell(format_args!("interrupted: what was not decided by then is unknown"));
        return Status::Failed;
    }
    if n_counting > 0 { status.max(Status::Findings) } else { status }
}

/// What is asked about each file.
#[derive(Clone, Copy)]
struct Asked<'a> {
    args: &'a Args,
    kind: MachineType,
    premises: &'a Premises,
    look: Look,
    style: Style,
    places: &'a Places,
    /// Of the configuration.
    suppressions: &'a [Suppression],
}

fn one(input: &Input, asked: Asked<'_>) -> Outcome {
    let source = match input.read() {
        Ok(Some(source)) => source,
        Ok(None) => return Outcome::Skipped,
        Err(reason) => return Outcome::Failed(reason),
    };
    let report = proved(input, &source, asked);
    let is_empty = report.machines.is_empty() && report.names.is_empty() && report.unread.is_none();
    if is_empty { Outcome::Skipped } else { Outcome::Proved(report) }
}

/// Proves every machine of a source.
fn proved(input: &Input, source: &Source, asked: Asked<'_>) -> Report {
    let Asked { args, kind, premises, look, style, places, suppressions } = asked;
    let tree = syntax::parse(&source.text, source.format);
    let mut report = Report::default();
    let (mut diagnostics, mut answered) = (Vec::new(), Vec::new());
    // What is refused is so without proofs, and those are made below.
    let found = engine::check(source, &Options { kind, proofs: Proofs::Left, ..Options::default() }).diagnostics;
    report.unread =
        found.iter().filter(|found| found.rule == "syntax-error").min_by_key(|found| found.primary.span).map(|first| {
            let line = LineIndex::new(&source.text).line_of(first.primary.span.start) + 1;
            format!("not read whole, line {line}: {}", first.message)
        });
    for document in source::documents(source, &tree) {
        let machine = asl::lower(document.root);
        let mut premises = premises.clone();
        premises.tasks.retain(|name, premise| {
            let is_called =
                |state: &State<'_>| state.name() == name && state.kind.is_none_or(|kind| kind == StateType::Task);
            let is_there = machine.states.iter().any(is_called);
            *report.vouched.entry((name.clone(), premise.name.clone())).or_default() |= is_there;
            is_there
        });
        let premises = &premises;
        let wanted = args.explain.as_ref().map(|name| symex::named(&machine, name));
        if wanted.as_ref().is_some_and(Vec::is_empty) {
            report.names.extend(machine.states.iter().map(|state| state.name().to_owned()));
            continue;
        }
        let analysis = Analysis::new(document, &machine, kind);
        let facts = Facts {
            machine: &machine,
            kind,
            graph: analysis.graph(),
            errors: analysis.errors_of_proofs(),
            expressions: analysis.expressions(),
            premises,
        };
        let options = symex::Options { budget: args.budget, overlaps: true, ..symex::Options::default() };
        let bounds = Bounds::of(options);
        let proof = symex::prove_under(facts, &symex::locally(facts, options), bounds);
        let is_refused = found.iter().any(|found| {
            found.machine == document.name
                && document.root.span().contains(found.primary.span)
                && (found.refusal.is_some() || found.rule == "syntax-error")
        });
        let proved = Proved { source, name: document.name, machine: &machine, proof: &proof, premises, is_refused };
        let explained: Option<Vec<_>> = wanted
            .map(|states| states.into_iter().map(|state| symex::explain(facts, &proof, options, state)).collect());
        report.machines.push(match (args.format, &explained) {
            (Format::Json, _) => proved.json(explained.as_deref()),
            (Format::Pretty, Some(explained)) => proved.explained(explained, look),
            (Format::Pretty, None) => proved.pretty(look),
            (Format::Findings(_), _) => String::new(),
        });
        // What somebody has answered for does not count here either.
        let asked = Analysis::new(document, &machine, kind);
        let (left, by_comments) = suppress::by_comments(proved.diagnostics(), &asked, &[], Proofs::Made);
        let (left, by_configuration, _) = suppress::split(left, suppressions);
        let is_asked = |found: &&Diagnostic| args.explain.as_ref().is_none_or(|state| found.state == *state);
        report.n_counting += left.iter().filter(is_asked).filter(|found| args.fail_on.counts(found.severity)).count();
        diagnostics.extend(left);
        answered.extend(by_comments.into_iter().chain(by_configuration));
        report.counts.add(&proof);
        if let Some(folder) = &args.emit_tests {
            report.tests.merge(tests_of::tests(folder, source, &document, facts, &proof));
        }
    }
    if matches!(args.format, Format::Findings(_)) {
        report.findings = rendered(source, &places.of(input.path()), &diagnostics, &answered, style);
    }
    report
}

fn rendered(source: &Source, at: &Located, found: &[Diagnostic], answered: &[Suppressed], style: Style) -> String {
    let mut shown: Vec<Shown<'_>> = found.iter().map(Shown::of).collect();
    if style.format == report::Format::Sarif {
        shown.extend(answered.iter().map(Shown::suppressed));
    }
    shown.sort_by(|a, b| a.finding.sort_key().cmp(&b.finding.sort_key()));
    let names = fingerprints(source, &shown.iter().map(|shown| shown.finding).collect::<Vec<_>>());
    for (shown, name) in shown.iter_mut().zip(&names) {
        shown.fingerprint = name;
    }
    report::subject(&Subject { source, at, shown: &shown }, style)
}
