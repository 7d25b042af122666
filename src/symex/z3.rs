//! Turns terms into questions for Z3, and its answers into models and cores.
//!
//! Its own encoding, so that the two solvers check each other: a tag is a whole number, a place in an order is a real number among the
//! constants, which are the whole ones. What strings, patterns and timestamps have to do with each other it is told in the
//! clauses that the SAT solver has too.
//!
//! Work is bounded by what Z3 calls resources, not by time, and nothing is random: an answer hangs on the question alone.

use z3::ast::{Bool, Int, Real};
use z3::{Params, SatResult, Solver};

use super::atom::{Atom, ConstantId, Sort, SymbolId};
use super::solver::{Answer, Model};
use super::term::{Node, Term};
use super::theory::Theory;
use super::value::World;

/// A solver of Z3, and what the terms are in it.
#[derive(Debug)]
pub(super) struct Z3 {
    solver: Solver,
    /// By number of the node.
    nodes: Vec<Option<Bool>>,
    /// Which nodes were asked for.
    asked: Vec<bool>,
    /// A constant that says a term, by node and sign: cores are told in constants.
    proxies: Vec<[Option<Bool>; 2]>,
    /// Where the constants stand, by number.
    ranks: [Vec<i64>; 3],
}

/// What Z3 may take for each conflict that the SAT solver may take.
const RESOURCES: u64 = 1_000;

impl Z3 {
    /// A solver for a world, with everything that holds of its atoms.
    pub(super) fn new(world: &World, theory: &Theory) -> Self {
        let ranks = Sort::ALL.map(|sort| {
            let constants = world.constants.of(sort);
            let mut sorted: Vec<usize> = (0..constants.len()).collect();
            sorted.sort_by(|&one, &other| constants[one].order(&constants[other]));
            let mut ranks = vec![0; constants.len()];
            for (rank, at) in sorted.into_iter().enumerate() {
                ranks[at] = i64::try_from(rank).unwrap_or(i64::MAX);
            }
            ranks
        });
        let mut z3 = Self { solver: Solver::new(), nodes: Vec::new(), asked: Vec::new(), proxies: Vec::new(), ranks };
        for number in 0..world.symbols.len() {
            let symbol = SymbolId(u32::try_from(number).unwrap_or(u32::MAX));
            let tag = tag(symbol);
            let tags: Vec<Bool> =
                world.symbol(symbol).tags.iter().map(|own| tag.eq(Int::from_i64(own as i64))).collect();
            z3.solver.assert(Bool::or(&tags));
        }
        // One tag each is what a number says; what is left is that parts are parts of something.
        for clause in theory.tags.iter().chain(&theory.texts) {
            z3.add_clause(world, clause);
        }
        z3
    }

    fn rank(&self, sort: Sort, constant: ConstantId) -> Real {
        Real::from_int(&Int::from_i64(self.ranks[sort as usize][constant.0 as usize]))
    }

    fn atom(&self, atom: Atom) -> Bool {
        match atom {
            Atom::Tag(symbol, own) => tag(symbol).eq(Int::from_i64(own as i64)),
            Atom::IsTrue(symbol) => Bool::new_const(format!("true {}", symbol.0)),
            Atom::IsTimestamp(symbol) => Bool::new_const(format!("timestamp {}", symbol.0)),
            Atom::Matches(symbol, pattern) => Bool::new_const(format!("matches {} {pattern}", symbol.0)),
            Atom::Free(number) => Bool::new_const(format!("free {number}")),
            Atom::Below(sort, symbol, constant) => place(sort, symbol).lt(self.rank(sort, constant)),
            Atom::AtMost(sort, symbol, constant) => place(sort, symbol).le(self.rank(sort, constant)),
            Atom::Less(sort, one, other) => place(sort, one).lt(place(sort, other)),
        }
    }

    fn term(&mut self, world: &World, term: Term) -> Bool {
        self.nodes.resize(world.terms.len(), None);
        if self.nodes[term.node()].is_none() {
            for node in world.terms.unknown_of(term, &mut self.asked) {
                if self.nodes[node].is_none() {
                    let made = match world.terms.node_at(node) {
                        Node::True => Bool::from_bool(true),
                        Node::Atom(number) => self.atom(world.atoms[*number as usize]),
                        Node::And(parts) => {
                            let parts: Vec<Bool> = parts.iter().filter_map(|&part| self.known(part)).collect();
                            Bool::and(&parts)
                        }
                    };
                    self.nodes[node] = Some(made);
                }
            }
        }
        self.known(term).unwrap_or_else(|| Bool::from_bool(false))
    }

    fn known(&self, term: Term) -> Option<Bool> {
        let node = self.nodes[term.node()].clone()?;
        Some(if term.is_negated() { node.not() } else { node })
    }

    /// One of these terms holds.
    pub(super) fn add_clause(&mut self, world: &World, clause: &[Term]) {
        let parts: Vec<Bool> = clause.iter().map(|&term| self.term(world, term)).collect();
        self.solver.assert(Bool::or(&parts));
    }

    fn proxy(&mut self, world: &World, term: Term) -> Bool {
        self.proxies.resize(world.terms.len().max(self.proxies.len()), [None, None]);
        let sign = usize::from(term.is_negated());
        if let Some(proxy) = &self.proxies[term.node()][sign] {
            return proxy.clone();
        }
        let proxy = Bool::new_const(format!("proxy {} {sign}", term.node()));
        let says = self.term(world, term);
        self.solver.assert(proxy.implies(&says));
        self.proxies[term.node()][sign] = Some(proxy.clone());
        proxy
    }

    /// Whether all of these can hold together.
    pub(super) fn solve(&mut self, world: &World, assumptions: &[Term], budget: u64) -> Answer {
        let proxies: Vec<Bool> = assumptions.iter().map(|&term| self.proxy(world, term)).collect();
        let mut params = Params::new();
        params.set_u32("rlimit", u32::try_from(budget.saturating_mul(RESOURCES)).unwrap_or(u32::MAX));
        params.set_u32("random_seed", 0);
        self.solver.set_params(&params);
        match self.solver.check_assumptions(&proxies) {
            SatResult::Unknown => Answer::GaveUp,
            SatResult::Unsat => {
                let core = self.solver.get_unsat_core();
                let is_in_core = |proxy: &Bool| core.iter().any(|found| found == proxy);
                let core = assumptions.iter().zip(&proxies).filter(|(_, proxy)| is_in_core(proxy));
                Answer::Unsat(core.map(|(&term, _)| term).collect())
            }
            SatResult::Sat => {
                let Some(model) = self.solver.get_model() else { return Answer::GaveUp };
                let value = |&atom: &Atom| model.eval(&self.atom(atom), true).and_then(|value| value.as_bool());
                Answer::Sat(Model { values: world.atoms.iter().map(|atom| value(atom).unwrap_or_default()).collect() })
            }
        }
    }
}

fn tag(symbol: SymbolId) -> Int {
    Int::new_const(format!("tag {}", symbol.0))
}

/// Where a symbol stands in an order.
fn place(sort: Sort, symbol: SymbolId) -> Real {
    Real::new_const(format!("{sort:?} {}", symbol.0))
}
