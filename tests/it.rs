//! The integration tests: one binary.

#[path = "it/syntax_yaml.rs"]
mod syntax_yaml;
