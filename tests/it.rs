//! The integration tests, in one binary.

#[path = "it/cli.rs"]
mod cli;
