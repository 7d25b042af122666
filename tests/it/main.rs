//! The integration tests: one binary, tests as data.

#![expect(clippy::disallowed_methods, reason = "tests read files, folders and the environment")]
#![expect(clippy::print_stderr, reason = "a test that skips something says so")]

mod carets;
mod cli;
mod corpus;
mod examples;
mod executions;
mod fields;
mod hosts;
mod jsonata;
mod jsonata_core;
mod jsonata_shape;
mod jsonata_types;
mod labelled;

mod literals;
mod maps;
mod metamorphic;
mod mutate;
mod references;
mod rewrite;
mod robust;
mod schema;
mod support;
mod syntax_yaml;
mod thrown;
mod tidy;
mod variables;
