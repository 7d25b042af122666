//! What holds at each state: facts of data and names that the graph alone does not tell.

pub mod assignment;
pub mod counting;
pub mod errors;
mod guards;
pub mod lacking;
pub mod loops;
pub mod polling;
pub mod premise;
pub mod results;
pub mod shape;
pub mod shapes;
pub mod steps;
pub mod time;
pub mod unread;
pub mod variables;
