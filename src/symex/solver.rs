//! Puts questions about terms to a solver: whether some can hold together, and if not, which of them are to blame.

use super::sat::Sat;
use super::term::Term;
use super::theory::Theory;
use super::value::World;

/// What a solver says.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// They can, like this.
    Sat(Model),
    /// They cannot: these contradict each other.
    Unsat(Vec<Term>),
    /// It had not found out when its budget was used up.
    GaveUp,
}

/// A value for each atom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// By number of the atom.
    pub values: Vec<bool>,
}

/// Which solver is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// The one that is always there.
    #[default]
    Sat,
    /// Z3, where the program is built with it.
    #[cfg(feature = "z3")]
    Z3,
}

/// A solver with everything that holds of the atoms of a world.
#[derive(Debug)]
pub struct Solver {
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    Sat(Box<Sat>),
    #[cfg(feature = "z3")]
    Z3(Box<super::z3::Z3>),
}

impl Solver {
    /// A solver that knows a theory.
    #[must_use]
    pub fn new(world: &World, theory: &Theory, backend: Backend) -> Self {
        match backend {
            Backend::Sat => {
                let mut sat = Sat::new(world);
                for clause in theory.clauses() {
                    sat.add_clause(world, clause);
                }
                Self { inner: Inner::Sat(Box::new(sat)) }
            }
            #[cfg(feature = "z3")]
            Backend::Z3 => Self { inner: Inner::Z3(Box::new(super::z3::Z3::new(world, theory))) },
        }
    }

    /// One of these terms holds.
    pub fn add_clause(&mut self, world: &World, clause: &[Term]) {
        match &mut self.inner {
            Inner::Sat(sat) => sat.add_clause(world, clause),
            #[cfg(feature = "z3")]
            Inner::Z3(z3) => z3.add_clause(world, clause),
        }
    }

    /// Whether all of these can hold together, within a budget: conflicts, or what Z3 calls resources, a thousand for each.
    pub fn solve(&mut self, world: &World, assumptions: &[Term], budget: u64) -> Answer {
        match &mut self.inner {
            Inner::Sat(sat) => sat.solve(world, assumptions, budget),
            #[cfg(feature = "z3")]
            Inner::Z3(z3) => z3.solve(world, assumptions, budget),
        }
    }
}
