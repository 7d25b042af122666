//! What holds at each state: facts of data and names that the graph alone does not tell.

pub mod variables;
