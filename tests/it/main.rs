//! The integration tests: one binary, tests as data.

mod corpus;
mod labelled;
mod paths;
mod robust;
mod tidy;
