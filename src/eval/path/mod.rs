//! Turns a path and what it starts from into a value, and a value at a path into a document.
//!
//! The service reads paths with Jayway's json-path 2.0: `$.items[*]` of `{}` is `[]`, a backslash in a quoted name is one
//! (both recorded), `$.a[-1]` and `$.a.sum()` find nothing (reported by users with the service's messages). So this follows
//! json-path 2.0.0 step by step, its peculiarities too, compared with the library itself on more than 100,000 random paths and values.
//! What only newer versions read, the functions and the operators that are words, is a fault here.
//!
//! A path is *definite* where it can select one value only: it gives that value. Any other gives an array of what it selects,
//! in document order. A segment that finds nothing is passed over where a later one is indefinite, and is a fault elsewhere;
//! `[*]` of an array passes over the items for which the rest of the path finds nothing.

mod filter;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::read;
pub use write::write;
