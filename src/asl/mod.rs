//! Turns a [`Node`](crate::syntax::Node) into a typed [`Machine`], and the strings inside it into trees of their own.
//!
//! Lowering never fails: what is absent is `None`, what has the wrong type is left out of the typed view and still
//! reachable as a node, and unknown fields stay where they are. Position in the language decides what a field means,
//! never its name alone: a state may be called `Parameters`, and a payload may hold a key `States`.

mod choice;
pub mod context;
pub mod directive;
pub mod error_name;
pub mod expression;
pub mod intrinsic;
pub mod jsonata;
pub mod literal;
mod lower;
mod machine;
pub mod path;
pub mod pattern;
mod raiser;
pub mod resource;
pub mod s3;
pub mod sites;
pub mod timestamp;
pub mod variable_name;

pub use choice::{Comparator, Comparison, Operand, Order, Rule, Test};
pub use lower::{looks_like_a_machine, lower};
pub use machine::{
    Catcher, Choice, Detail, Edge, Field, Language, Machine, MachineType, Mode, Place, Retrier, Scope, ScopeId, State,
    StateId, StateType, Target,
};
pub use raiser::Raiser;
