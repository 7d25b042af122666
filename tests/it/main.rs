//! The integration tests: one binary, tests as data.

mod corpus;
mod jsonata;
mod labelled;
mod paths;
mod robust;
mod tidy;
