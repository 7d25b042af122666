//! aslint: static analysis of state machines in Amazon States Language.

pub mod analysis;
pub mod asl;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod graph;
pub mod report;
pub mod rules;
pub mod schema;
pub mod source;
pub mod syntax;
pub mod text;
