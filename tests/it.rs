//! The integration tests, in one binary.

#[path = "it/jsonata.rs"]
mod jsonata;
