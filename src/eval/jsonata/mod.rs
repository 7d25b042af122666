//! A JSONata expression and what is around it into its value.
//!
//! The language is that of the reference implementation, the npm package `jsonata` 2.0.6, which the service says it implements:
//! where this module follows an oddity of it, a comment says so. To that come the functions the service adds, and what it takes
//! away. Every node that is evaluated, every item copied and every 16 bytes of text made are charged to the [`Budget`],
//! of which one evaluation takes a part at most, and recursion is bounded, in expressions as in values: so an evaluation ends,
//! and its memory has a bound, whatever the expression says.

mod call;
mod compare;
mod date_picture;
mod evaluate;
mod filter;
mod frame;
mod functions;
mod group;
mod integer_picture;
mod item;
mod number_picture;
mod operators;
mod path;
mod pattern;
mod picture;
mod result;
mod signature;
mod sort;
mod text;
mod transform;
mod tuples;

use std::fmt;

use crate::asl::jsonata::Ast;
use crate::eval::budget::{Budget, MOST_FOR_ONE};
use crate::eval::fault::Fault;
use crate::eval::random::Random;
use crate::eval::value::Value;

use evaluate::Evaluation;

/// What is around an expression.
pub struct Environment<'e> {
    /// What `$` and bare names at the top level mean; nothing in a state machine.
    pub input: Option<Value>,
    /// The value of a variable from outside the expression, by its name without `$` (`states`, machine variables).
    pub variables: &'e dyn Fn(&str) -> Option<Value>,
    /// Milliseconds since 1970: what `$now()` and `$millis()` say.
    pub now: i64,
    /// Where `$random()`, `$shuffle()` and `$uuid()` have their chance from.
    pub random: &'e mut Random,
    /// What the evaluation may still cost.
    pub budget: &'e mut Budget,
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, variables: _, now, random, budget } = self;
        f.debug_struct("Environment")
            .field("input", input)
            .field("now", now)
            .field("random", random)
            .field("budget", budget)
            .finish_non_exhaustive()
    }
}

/// The value of an expression; `None` is JSONata's undefined.
///
/// # Errors
/// The failure that the reference implementation reports, with its code; `NO_VALUE` where what comes out is
/// a function or holds one; and that the evaluation went on beyond the budget or nested deeper than is followed.
pub fn evaluate(ast: &Ast, environment: &mut Environment<'_>) -> Result<Option<Value>, Fault> {
    let Environment { input, variables, now, random, budget } = environment;
    let run = |budget: &mut Budget| {
        let input = input.clone();
        Evaluation::run(ast, &mut Environment { input, variables: *variables, now: *now, random, budget })
    };
    budget.within(MOST_FOR_ONE, run).map_err(|fault| *fault)
}

#[cfg(test)]
mod tests;
