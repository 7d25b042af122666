//! aslint: static analysis of state machines in Amazon States Language.

pub mod asl;
pub mod syntax;
pub mod text;
