//! Turns terms and clauses into questions for a SAT solver, and its answers into models and cores.

use batsat::{Callbacks, ClauseKind, Lit, Solver, SolverInterface, SolverOpts, lbool};

use super::atom::{Atom, Origin, Sort, Step, SymbolId, Tag};
use super::interrupt;
use super::solver::{Answer, Model};
use super::term::{Node, Term};
use super::value::World;

/// A solver that knows the clauses it was given, and the terms that it was asked about.
pub(super) struct Sat {
    solver: Solver<Effort>,
    /// The literal of each node of the terms, where it has one.
    literals: Vec<Option<Lit>>,
    /// The same of each atom.
    atoms: Vec<Option<Lit>>,
    /// Which nodes were asked for a literal.
    asked: Vec<bool>,
}

/// Counts conflicts, and stops where they are too many.
#[derive(Debug)]
struct Effort {
    n_conflicts: u64,
    most: u64,
}

impl Callbacks for Effort {
    fn on_new_clause(&mut self, _: &[Lit], kind: ClauseKind) {
        if kind == ClauseKind::Learnt {
            self.n_conflicts += 1;
        }
    }

    fn stop(&self) -> bool {
        self.n_conflicts > self.most || interrupt::has_come()
    }
}

impl std::fmt::Debug for Sat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sat").field("n_literals", &self.literals.len()).finish_non_exhaustive()
    }
}

impl Sat {
    /// A solver for a world, without clauses. Where it may choose, it takes what makes small documents: little that is there, and
    /// of the type that is asked about.
    pub(super) fn new(world: &World) -> Self {
        // Phases are not saved: what was chosen for one question is no reason for another.
        let options = SolverOpts { phase_saving: 0, ..SolverOpts::default() };
        let solver = Solver::new(options, Effort { n_conflicts: 0, most: u64::MAX });
        let (literals, atoms) = (vec![None; world.terms.len()], vec![None; world.atoms.len()]);
        let mut sat = Self { solver, literals, atoms, asked: Vec::new() };
        let favourites = favourites(world);
        // What comes first is chosen first: absent, else of the type that is asked about, else null.
        for rank in 0..4 {
            for &atom in &world.atoms {
                if let Atom::Tag(symbol, tag) = atom {
                    let own = match tag {
                        Tag::Absent => 0,
                        _ if favourites[symbol.0 as usize] == tag => 1,
                        Tag::Null => 2,
                        _ => 3,
                    };
                    if own == rank {
                        sat.new_atom(world, atom, rank < 3);
                    }
                }
            }
        }
        sat
    }

    fn new_atom(&mut self, world: &World, atom: Atom, is_liked: bool) {
        let Some(number) = world.number_of(atom) else { return };
        let literal = Lit::new(self.solver.new_var(lbool::new(is_liked), true), true);
        if let Some(term) = world.terms.known_atom(number) {
            self.literals[term.node()] = Some(literal);
        }
        self.atoms[number as usize] = Some(literal);
    }

    /// The literal of a term, with the clauses that say what it is made of.
    fn literal(&mut self, world: &World, term: Term) -> Lit {
        self.literals.resize(world.terms.len(), None);
        if self.literals[term.node()].is_none() {
            for node in world.terms.unknown_of(term, &mut self.asked) {
                if self.literals[node].is_none() {
                    self.literals[node] = Some(self.node(world, node));
                }
            }
        }
        let literal = self.literals[term.node()].unwrap_or(Lit::UNDEF);
        literal.apply_sign(!term.is_negated())
    }

    /// A literal for a node whose parts have theirs.
    fn node(&mut self, world: &World, node: usize) -> Lit {
        match world.terms.node_at(node) {
            &Node::Atom(number) => {
                let literal = Lit::new(self.solver.new_var(lbool::FALSE, true), true);
                self.atoms.resize(world.atoms.len(), None);
                self.atoms[number as usize] = Some(literal);
                literal
            }
            Node::True => {
                let literal = Lit::new(self.solver.new_var(lbool::TRUE, true), true);
                self.solver.add_clause_reuse(&mut vec![literal]);
                literal
            }
            Node::And(parts) => {
                // What it comes to follows from its parts: it is never chosen.
                let literal = Lit::new(self.solver.new_var(lbool::UNDEF, false), true);
                let mut whole = vec![literal];
                for part in parts {
                    let Some(known) = self.literals[part.node()] else { continue };
                    let part = known.apply_sign(!part.is_negated());
                    self.solver.add_clause_reuse(&mut vec![!literal, part]);
                    whole.push(!part);
                }
                self.solver.add_clause_reuse(&mut whole);
                literal
            }
        }
    }

    /// One of these terms holds.
    pub(super) fn add_clause(&mut self, world: &World, clause: &[Term]) {
        if clause.contains(&Term::TRUE) {
            return;
        }
        let open = clause.iter().filter(|&&term| term != Term::FALSE);
        let mut literals: Vec<Lit> = open.map(|&term| self.literal(world, term)).collect();
        self.solver.add_clause_reuse(&mut literals);
    }

    /// Whether all of these can hold together; at most so many conflicts.
    pub(super) fn solve(&mut self, world: &World, assumptions: &[Term], most: u64) -> Answer {
        if assumptions.contains(&Term::FALSE) {
            return Answer::Unsat(vec![Term::FALSE]);
        }
        let open: Vec<Term> = assumptions.iter().copied().filter(|&term| term != Term::TRUE).collect();
        let literals: Vec<Lit> = open.iter().map(|&term| self.literal(world, term)).collect();
        let effort = self.solver.cb_mut();
        effort.most = effort.n_conflicts.saturating_add(most);
        let answer = self.solver.solve_limited(&literals);
        if answer == lbool::FALSE {
            // The core is told in the opposites of what was assumed.
            let is_in_core = |literal: Lit| self.solver.unsat_core_contains_lit(!literal);
            let core = open.iter().zip(&literals).filter(|&(_, &literal)| is_in_core(literal));
            return Answer::Unsat(core.map(|(&term, _)| term).collect());
        }
        if answer != lbool::TRUE {
            return Answer::GaveUp;
        }
        let value =
            |literal: &Option<Lit>| literal.is_some_and(|literal| self.solver.value_lit(literal) == lbool::TRUE);
        let mut values: Vec<bool> = self.atoms.iter().map(value).collect();
        values.resize(world.atoms.len(), false);
        Answer::Sat(Model { values })
    }
}

/// Of each symbol the tag that it is given where it may be anything that is there: that of what is asked about it most
/// specifically.
fn favourites(world: &World) -> Vec<Tag> {
    let mut favourites = vec![Tag::Str; world.symbols.len()];
    for symbol in &world.symbols {
        match &symbol.origin {
            Origin::Part(whole, Step::Member(_)) => favourites[whole.0 as usize] = Tag::Obj,
            Origin::Part(whole, Step::Item(_) | Step::Each(_)) => favourites[whole.0 as usize] = Tag::Arr,
            Origin::Root(_) => {}
        }
    }
    let mut set = |symbol: SymbolId, tag: Tag| favourites[symbol.0 as usize] = tag;
    for atom in world.atoms.iter().rev() {
        match *atom {
            Atom::IsTrue(symbol) => set(symbol, Tag::Bool),
            Atom::Below(Sort::Num, symbol, _) | Atom::AtMost(Sort::Num, symbol, _) => set(symbol, Tag::Num),
            Atom::Less(Sort::Num, one, other) => [one, other].map(|symbol| set(symbol, Tag::Num)).into_iter().collect(),
            Atom::Below(_, symbol, _) | Atom::AtMost(_, symbol, _) | Atom::Matches(symbol, _) => set(symbol, Tag::Str),
            _ => {}
        }
    }
    favourites
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symex::Reason;

    #[test]
    fn a_core_names_what_contradicts() {
        let mut world = World::default();
        let [a, b, c] = [(); 3].map(|()| world.free(Reason::Open));
        let either = world.terms.or(a, b);
        let mut sat = Sat::new(&world);
        sat.add_clause(&world, &[c.negate(), b.negate()]);
        let mut solve = |terms: &[Term]| sat.solve(&world, terms, 100);
        let core = |answer| match answer {
            Answer::Unsat(mut core) => {
                core.sort_unstable();
                core
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(core(solve(&[a.negate(), c, either])), {
            let mut all = vec![a.negate(), c, either];
            all.sort_unstable();
            all
        });
        assert_eq!(core(solve(&[a, c, b])), {
            let mut all = vec![c, b];
            all.sort_unstable();
            all
        });
        let Answer::Sat(model) = solve(&[either, c]) else { panic!("it holds") };
        assert_eq!(model.values, [true, false, true]);
    }
}
