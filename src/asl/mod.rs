//! The language of state machines.

pub mod jsonata;
