//! Concrete semantics: what an execution does, step by step, with tasks answered by mocks.
//!
//! Every value is concrete, the clock is simulated, chance is seeded, files come from the caller: the same machine, input and
//! mocks give the same execution. Work is bounded by a [`Budget`], whatever the machine says.

mod batch;
mod budget;
pub mod choice;
mod codec;
pub mod execution;
mod fault;
pub mod intrinsic;
mod item_reader;
mod java;
pub mod jsonata;
mod mock;
pub mod path;
mod random;
mod regex;
mod result_writer;
mod roots;
pub mod template;
pub mod value;

pub use batch::batch_items;
pub use budget::Budget;
pub use execution::{Execution, Setup, Status, run};
pub use fault::{Fault, FaultKind};
pub use item_reader::{Files, ItemReader, Items, Listed, NoFiles, ReadError, given_items, read_items};
pub use mock::{Answer, FileFormat, MockError, Mocks, Outcome};
pub use random::Random;
pub(crate) use regex::{is_found, is_of_all_dialects, sample, texts};
pub use result_writer::{Child, ChildEnd, Written, WrittenFile, write_results};
pub use roots::Roots;
pub use template::{Located, Template};
pub use value::{Number, Object, Value};
