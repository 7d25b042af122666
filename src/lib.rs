//! aslint: static analysis of state machines in Amazon States Language.

pub mod syntax;
pub mod text;
