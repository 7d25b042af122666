//! Concrete semantics: what an execution does, step by step, with tasks answered by mocks.
//!
//! Every value is concrete, the clock is simulated, chance is seeded, files come from the caller: the same machine, input and
//! mocks give the same execution. Work is bounded by a [`Budget`], whatever the machine says.

mod budget;
mod fault;
mod random;
pub mod value;

pub use budget::Budget;
pub use fault::{Fault, FaultKind};
pub use random::Random;
pub use value::{Number, Object, Value};
