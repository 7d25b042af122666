//! `aslint schema`: prints a JSON Schema.

use super::output::Output;
use super::{Status, one_of};
use crate::schema;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What it describes: state machines, the output of `aslint check --format json` (report), `aslint run --format json` (run)
    /// or `aslint prove --format json` (prove), or `aslint.yaml` (config)
    #[arg(value_name = "NAME", default_value = "asl", value_parser = one_of(SCHEMAS))]
    of: Described,
}

#[derive(Clone, Copy, Debug)]
enum Described {
    Machine,
    Report,
    Run,
    Config,
    Prove,
}

const SCHEMAS: &[(&str, Described)] = &[
    ("asl", Described::Machine),
    ("report", Described::Report),
    ("run", Described::Run),
    ("prove", Described::Prove),
    ("config", Described::Config),
];

pub(super) fn run(args: &Args, out: &mut Output) -> Status {
    let schema = match args.of {
        Described::Machine => schema::bundle(),
        Described::Report => include_str!("../../schemas/report-1.json"),
        Described::Run => include_str!("../../schemas/run-1.json"),
        Described::Config => include_str!("../../schemas/config.json"),
        Described::Prove => include_str!("../../schemas/prove-1.json"),
    };
    out.write(schema.trim_end());
    out.write("\n");
    Status::Clean
}
