//! The integration tests: one binary, tests as data.

#![expect(clippy::disallowed_methods, reason = "tests read files, folders and the environment")]
#![expect(clippy::print_stderr, reason = "a test that skips something says so")]

mod assignment;
mod carets;
mod cli;
mod config;
mod corpus;
mod errors;
mod examples;
mod execution;
mod executions;
mod fields;
mod fixes_planted;
mod fixing;
mod folder;
mod generate;
mod generated;
mod hosts;
mod item_readers;
mod jsonata;
mod jsonata_core;
mod jsonata_shape;
mod jsonata_suite;
mod jsonata_types;
mod jsonata_values;
mod labelled;
mod lacking;
mod literals;
mod loops_and_time;
mod maps;
mod mending;
mod metamorphic;
mod mocks;
mod mutate;
mod prove;
mod prove_planted;
mod prove_sound;
mod references;
mod replay;
mod rewrite;
mod robust;
mod run;
mod run_mocks;
mod schema;
mod shapes;
mod support;
mod symex;
mod symex_planted;
mod syntax_yaml;
mod test_state;
mod thrown;
mod tidy;
mod variables;
