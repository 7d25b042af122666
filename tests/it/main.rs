//! The integration tests: one binary, tests as data.

mod corpus;
mod labelled;
mod robust;
mod tidy;
