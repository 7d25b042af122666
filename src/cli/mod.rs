//! Turns a command line into an exit code: 0 where all is well, 1 where there are findings, 2 where something could not be
//! done. 2 outweighs 1, and the format of the output changes nothing about it.
//!
//! Results go to standard output, everything else to standard error.

mod answers;
mod baseline;
mod check;
mod config;
pub(crate) mod configuration;
mod explain;
mod fixing;
mod inputs;
mod interrupt;
mod output;
mod progress;
mod prove;
mod reporting;
mod repository;
mod rules;
mod run;
mod schema;
mod stack;
mod terminal;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, Parser, Subcommand};

use crate::analysis::MachineType;
use output::{Output, tell};
use terminal::When;

/// Finds mistakes in state machines written in Amazon States Language, the language of AWS Step Functions, before they run.
#[derive(Debug, Parser)]
#[command(
    name = "aslint",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
`aslint check` looks at the state machines below the current folder, `aslint check --help` tells more.
Exit code: 0 where all is well, 1 where there are findings, 2 where something could not be done."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colours
    #[arg(long, global = true, display_order = 900, value_name = "WHEN", default_value = "auto", value_parser = one_of(WHEN))]
    color: When,
}

const WHEN: &[(&str, When)] = &[("auto", When::Auto), ("always", When::Always), ("never", When::Never)];

// The arguments of a command are made when it is named.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Check state machines
    Check(check::Args),
    /// Decide for every branch whether an execution takes it, and show which, or why none does
    Prove(prove::Args),
    /// Execute a state machine, with mocks in the place of its tasks
    Run(Box<run::Args>),
    /// Tell what a rule finds, why it matters, and how to mend it
    Explain(explain::Args),
    /// List the rules
    Rules(rules::Args),
    /// Show which configuration applies to a file, and what it says of it
    Config(config::Args),
    /// Print a JSON Schema: of the language, for editors, or of our reports
    Schema(schema::Args),
    /// Serve an editor over standard input and output, in the language server protocol
    Lsp {
        /// What every client says: standard input and output are all there is
        #[arg(long, hide = true)]
        stdio: bool,
    },
    /// Print a script that completes commands and flags in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or that of a command
    #[command(hide = true)]
    Man {
        /// The command
        command: Option<String>,
    },
}

const TYPES: &[(&str, MachineType)] = &[("standard", MachineType::Standard), ("express", MachineType::Express)];

/// Stack of a thread that works on a machine: what is enough for values nested as deep as the service allows, whatever the
/// system's default.
const STACK: usize = 16 << 20;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Clean,
    Findings,
    Failed,
}

/// Runs the command that the arguments of this process name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version are results, and end with 0; anything else ends with 2.
        Err(message) => {
            let code = u8::try_from(message.exit_code()).unwrap_or(2);
            return match message.print() {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    tell(format_args!("standard output: {error}"));
                    ExitCode::from(2)
                }
                _ => ExitCode::from(code),
            };
        }
    };
    if let Command::Lsp { .. } = cli.command {
        return crate::lsp::run();
    }
    let mut out = Output::new();
    let mut status = match &cli.command {
        Command::Check(args) => check::run(args, cli.color, &mut out),
        Command::Prove(args) => prove::run(args, cli.color, &mut out),
        Command::Run(args) => run::run(args, cli.color, &mut out),
        Command::Explain(args) => explain::run(args, cli.color, &mut out),
        Command::Rules(args) => rules::run(args, &mut out),
        Command::Config(args) => config::run(args, cli.color, &mut out),
        Command::Schema(args) => schema::run(args, &mut out),
        Command::Lsp { .. } => Status::Clean,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "aslint", &mut script);
            out.write(&String::from_utf8_lossy(&script));
            Status::Clean
        }
        Command::Man { command } => manual(command.as_deref(), &mut out),
    };
    if let Err(error) = out.finish() {
        tell(format_args!("{error}"));
        status = Status::Failed;
    }
    match status {
        Status::Clean => ExitCode::SUCCESS,
        Status::Findings => ExitCode::from(1),
        Status::Failed => ExitCode::from(2),
    }
}

/// Prints a manual page, as `man` reads it.
fn manual(command: Option<&str>, out: &mut Output) -> Status {
    let mut all = Cli::command();
    all.build();
    let wanted = match command {
        None => Some(all.clone()),
        Some(name) => all.find_subcommand(name).cloned(),
    };
    let Some(wanted) = wanted else {
        tell(format_args!("no command is called `{}`", command.unwrap_or_default()));
        return Status::Failed;
    };
    let mut page = Vec::new();
    if let Err(error) = clap_mangen::Man::new(wanted).render(&mut page) {
        tell(format_args!("{error}"));
        return Status::Failed;
    }
    out.write(&String::from_utf8_lossy(&page));
    Status::Clean
}

/// Takes one of the words, and nothing else.
fn one_of<T: Copy + Send + Sync + 'static>(words: &'static [(&'static str, T)]) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).map(|written| {
        words.iter().find(|(word, _)| *word == written).map(|(_, value)| *value).expect("clap takes no other word")
    })
}
