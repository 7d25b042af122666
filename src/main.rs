//! The aslint command: parse arguments, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    aslint::cli::run()
}
