//! `aslint run`: executes a state machine, with mocks in the place of its tasks, and tells what came of it.
//!
//! Nothing is called and nothing is waited for: time is simulated, chance is seeded, so the same command gives the same bytes.
//! The result is all that goes to standard output. Whatever the files hold, there is an exit code: 0 where the execution
//! succeeds, 1 where it does not, 2 where there is none.

mod folder;
mod mocks;
mod read;
mod tests;

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread;

use super::output::{Output, show, tell};
use super::terminal::{When, colour, style};
use super::{STACK, Status, TYPES, one_of};
use crate::analysis::MachineType;
use crate::asl::lower;
use crate::asl::timestamp::rfc3339;
use crate::eval::execution::{DEFAULT_START, Setup};
use crate::eval::{self, Value};
use crate::report::execution::Executed;
use crate::report::{self, Colour, Style};
use crate::syntax;
use folder::Folder;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Tasks are answered by mocks: {\"State\": [{\"return\": 1}, {\"error\": \"E\", \"cause\": \"why\"}]}. The last answer of a
list repeats. A key may also be a `Resource` or `*`; an answer may have `seconds`, `heartbeatSeconds` and
`times`. A MockConfigFile.json of Step Functions Local and what `aws stepfunctions get-execution-history`
prints are read as well. `--write-mocks FILE` writes a file to fill in, and adds to one that is there.
{\"Map\": {\"read\": [1, 2]}} is what the `ItemReader` of a Distributed Map finds, instead of `--files FOLDER`.

Exit code: 0 where the execution succeeds, 1 where it does not, 2 where it could not start.")]
pub(super) struct Args {
    /// The state machine, JSON or YAML; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "test")]
    file: Option<PathBuf>,
    /// Do not run a machine: replay the tests in this folder, as `aslint prove --emit-tests` writes them
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "input", "mocks", "write_mocks", "files", "trace"])]
    test: Option<PathBuf>,
    /// What it starts with: JSON, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "INPUT", default_value = "{}", allow_negative_numbers = true)]
    input: String,
    /// The answers of its tasks
    #[arg(long, value_name = "FILE")]
    mocks: Option<PathBuf>,
    /// The test case of a MockConfigFile.json: `Case`, or `Machine#Case`
    #[arg(long, value_name = "NAME")]
    test_case: Option<String>,
    /// Do not run: write the mocks to this file, with an answer to fill in for each task that has none
    #[arg(long, value_name = "FILE")]
    write_mocks: Option<PathBuf>,
    /// The format in which they are written [default: that of the file, if there is one, or aslint]
    #[arg(long, value_name = "FORMAT", requires = "write_mocks", value_parser = one_of(mocks::FORMATS))]
    mock_format: Option<mocks::Format>,
    /// A folder in the place of Amazon S3: FOLDER/bucket/key
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// Tell state by state what happens; the JSON has that anyway
    #[arg(long)]
    trace: bool,
    /// Do not cut long values in the trace
    #[arg(long, requires = "trace")]
    full: bool,
    /// How to write the result
    #[arg(long, value_name = "FORMAT", default_value = "pretty", value_parser = one_of(FORMATS))]
    format: Format,
    /// How the machine runs: an Express execution lasts five minutes at most
    #[arg(long = "type", value_name = "TYPE", default_value = "standard", value_parser = one_of(TYPES))]
    kind: MachineType,
    /// What chance starts from: jitter, random numbers, UUIDs
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// When the execution starts, such as 2026-11-23T00:00:00Z, which is the default
    #[arg(long, value_name = "TIMESTAMP", value_parser = instant)]
    start: Option<i64>,
    /// How many states it may enter or retry before it is given up
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    max_states: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Pretty,
    Json,
}

const FORMATS: &[(&str, Format)] = &[("pretty", Format::Pretty), ("json", Format::Json)];

/// Milliseconds since 1970.
fn instant(text: &str) -> Result<i64, String> {
    match rfc3339(text) {
        Ok(instant) => Ok(instant.as_millisecond()),
        Err(error) => Err(error.message),
    }
}

impl Args {
    /// The state machine; where tests are replayed there is none.
    fn file(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new("-"))
    }
}

/// What a run has to say.
#[derive(Debug)]
struct Told {
    /// For standard output.
    result: String,
    /// For standard error, several lines.
    remark: String,
    /// For standard error, one line; empty for none.
    last: String,
    status: Status,
}

impl Told {
    /// Nothing was run, for the reason that `remark` shows and `last` says.
    fn refused(remark: String, last: impl Into<String>) -> Self {
        Self { result: String::new(), remark, last: last.into(), status: Status::Failed }
    }
}

/// How texts for the two streams look.
#[derive(Clone, Copy, Debug)]
struct Looks {
    /// Colours of standard output.
    result: Colour,
    /// For standard error.
    remarks: Style,
}

pub(super) fn run(args: &Args, when: When, out: &mut Output) -> Status {
    let remarks = style(report::Format::Pretty, colour(when, &io::stderr()), &io::stderr());
    let looks = Looks { result: colour(when, &io::stdout()), remarks };
    let told = guarded(|| told(args, looks).unwrap_or_else(|refused| refused));
    out.write(&told.result);
    // What explains a trace comes behind it on a terminal.
    out.flush();
    show(&told.remark);
    if !told.last.is_empty() {
        tell(format_args!("{}", told.last));
    }
    told.status
}

/// On a stack of our own, and where that ends in a panic, a mistake of ours.
fn guarded(work: impl FnOnce() -> Told + Send) -> Told {
    let bug = || Told::refused(String::new(), "a bug in aslint, see above");
    thread::scope(|threads| {
        let work = || panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| bug());
        match thread::Builder::new().stack_size(STACK).spawn_scoped(threads, work) {
            Ok(running) => running.join().unwrap_or_else(|_| bug()),
            Err(error) => Told::refused(String::new(), format!("no thread to run on: {error}")),
        }
    })
}

/// Reads everything, runs it, and words what came of it; `Err` where nothing ran.
fn told(args: &Args, looks: Looks) -> Result<Told, Told> {
    if let Some(folder) = &args.test {
        return Ok(tests::run(folder, args));
    }
    let source = read::machine(args)?;
    let tree = syntax::parse(&source.text, source.format);
    let root = read::sole_machine(&source, &tree)?;
    read::runnable(&source, root, args.kind, looks.remarks)?;
    let machine = lower(root);
    if let Some(target) = &args.write_mocks {
        return mocks::write(args, target, &machine, looks.remarks);
    }
    let input = read::input(args, looks.remarks)?;
    let answers = mocks::read(args, looks.remarks)?;
    let files = Folder::open(args.files.clone())?;
    let setup = Setup {
        name: read::name(args),
        start: args.start.unwrap_or(DEFAULT_START),
        kind: args.kind,
        seed: args.seed,
        max_states: args.max_states,
        ..Setup::new(input, &answers, &files)
    };
    let execution = eval::run(&machine, &setup);
    let executed = Executed { source: &source, machine: &machine, execution: &execution };
    Ok(worded(args, executed, looks))
}

fn worded(args: &Args, executed: Executed<'_>, looks: Looks) -> Told {
    let status = match executed.execution.status {
        eval::Status::Succeeded(_) => Status::Clean,
        _ => Status::Findings,
    };
    if args.format == Format::Json {
        return Told { result: executed.json(), remark: String::new(), last: String::new(), status };
    }
    let mut result = String::new();
    if args.trace {
        let width = (!args.full).then_some(looks.remarks.width);
        result = executed.trace(width, looks.result);
    }
    if let Some(output) = executed.output() {
        // Apart from the trace.
        result += if args.trace { "\n" } else { "" };
        result += &output;
    }
    let helps = if executed.lacks_an_answer() { mocks::how_to_write(args) } else { Vec::new() };
    let remark = executed.failure(&helps, looks.remarks);
    Told { result, remark, last: executed.summary(), status }
}

/// A shell's word for a text.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./@:+,%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A value as what a file holds.
fn as_file(value: &Value) -> String {
    value.to_pretty_json() + "\n"
}
