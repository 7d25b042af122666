//! Turns the Choices of a machine into what is proved of them: which rules can be taken, by which input, and which cannot, why.
//!
//! Nothing here is believed before it is checked twice: an input that a solver finds is replayed by [`crate::eval`] before anybody
//! sees it, and what is not modelled exactly is [`Verdict::Unknown`], with the reason.

pub mod arithmetic;
pub mod atom;
pub mod choice;
pub mod constant;
mod instant;
pub mod local;
pub mod model;
mod number;
mod order;
pub mod prover;
pub mod replay;
mod sat;
pub mod solver;
pub mod term;
pub mod text;
pub mod theory;
pub mod value;
mod verdict;
#[cfg(feature = "z3")]
mod z3;

mod candidates;
mod cover;
mod demand;
mod explain;
mod explore;
pub mod interrupt;
mod jsonata;
mod machine;
mod premise;
mod proof;

pub use explain::{Condition, Explanation, Leg, Passed, Way, explain, named};
pub use explore::{Effort, Explored, Facts, Goal, Replayed, goals, replay, replay_with, shown};
pub use local::{Options, Shadows, is_regular, local, local_among};
pub use machine::{Untaken, untaken};
pub use proof::{Bounds, ChoiceProof, Judged, Proof, locally, prove, prove_under};
pub use verdict::{
    Because, ChoiceVerdicts, Cover, Ground, MADE_UP, MayFail, Overlap, Reason, TaskAnswer, Verdict, Witness, WrongType,
};
