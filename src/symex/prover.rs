//! Puts questions to a solver until a model has concrete values, or there is none.

use super::arithmetic::{Effort, Relevant};
use super::atom::{Atom, Root};
use super::model::{Concrete, Lemma, concrete};
use super::solver::{Answer, Backend, Solver};
use super::term::{Node, Term};
use super::theory::Theory;
use super::value::World;
use super::{Reason, Witness, interrupt};

/// What came of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// These values make all of it hold.
    Values(Concrete),
    /// Nothing does: these of the terms contradict each other.
    Nothing(Vec<Term>),
    /// Neither is known.
    Unknown(Reason),
}

/// A world that is asked about.
#[derive(Debug)]
pub struct Prover {
    /// The world. More terms may be made of it, but no new questions about its unknowns.
    pub world: World,
    theory: Theory,
    solver: Solver,
    /// Assumed where what was told the solver is not proved.
    trust: Term,
    /// What the interpreter assumes of that which nobody has seen.
    doubts: Vec<Term>,
    budget: u64,
    /// What holds from some time on.
    assumed: Vec<Term>,
    /// What may still be done for arithmetic.
    effort: Effort,
    /// How much all questions may take together, in atoms that are given a value.
    work_left: u64,
    /// The same of questions that are asked to find words.
    words_left: u64,
}

/// How often it is asked for values without what leads to what is not modelled.
const MOST_AVOIDED: usize = 12;

/// How often a model may have no values before a question is given up.
const MOST_LEMMAS: usize = 200;

/// For how many of them one counts that comes of a search that was not made.
const VAIN_LEMMAS: usize = 50;

/// How often a model may be excluded before a contradiction is not known.
const MOST_LEARNT: usize = 20;

/// How many conflicts a question may take: far more than the rules of people have ever taken, and some seconds.
pub const BUDGET: u64 = 200_000;

/// How many values of atoms the questions about one Choice may take: some seconds.
pub const WORK: u64 = 1_000_000_000;

/// How many those may take that are asked to find words: in large machines they would take longer than the verdicts.
const WORDS: u64 = 8_000_000;

impl Prover {
    /// Ready to be asked.
    #[must_use]
    pub fn new(mut world: World, backend: Backend, budget: u64) -> Self {
        let trust = world.free(Reason::NoConcreteValue);
        let mut doubts = Vec::new();
        for number in 0..world.frees.len() {
            if let Some(assumed) = world.frees[number].assumed {
                let doubt = world.atom(Atom::Free(u32::try_from(number).unwrap_or(u32::MAX)));
                doubts.push(if assumed { doubt } else { doubt.negate() });
            }
        }
        let theory = Theory::new(&mut world);
        let solver = Solver::new(&world, &theory, backend);
        let effort = Effort::of(budget);
        Self {
            world,
            theory,
            solver,
            trust,
            doubts,
            budget,
            assumed: Vec::new(),
            effort,
            work_left: WORK,
            words_left: WORDS,
        }
    }

    /// It again, with so much work for all questions together.
    #[must_use]
    pub fn within(mut self, work: u64) -> Self {
        self.work_left = work;
        self
    }

    /// From here on this holds.
    pub fn assume(&mut self, term: Term) {
        self.assumed.push(term);
        self.solver.add_clause(&self.world, &[term]);
    }

    /// Whether all of these can hold together, whatever is doubted.
    pub fn ask(&mut self, terms: &[Term]) -> Outcome {
        self.effort.hindrance = None;
        self.ask_once(terms)
    }

    /// The same for what is told of verdicts that are known: it is worth a second, and no look at binary64 bit by bit.
    pub fn ask_lightly(&mut self, terms: &[Term]) -> Outcome {
        let Some(left) = self.words_left.checked_sub(self.world.atoms.len() as u64) else {
            return Outcome::Unknown(Reason::OutOfBudget);
        };
        self.words_left = left;
        let n_bits_left = std::mem::take(&mut self.effort.n_bits_left);
        let outcome = self.ask(terms);
        self.effort.n_bits_left = n_bits_left;
        outcome
    }

    /// Whether all of these can hold together as the interpreter sees it. `Nothing` holds whatever is doubted.
    pub fn ask_assuming(&mut self, terms: &[Term]) -> Outcome {
        self.effort.hindrance = None;
        // First without what leads to what is not modelled, as far as that can be.
        let mut avoided: Vec<Term> = self.world.avoided.iter().map(|term| term.negate()).collect();
        for _ in 0..MOST_AVOIDED {
            if avoided.is_empty() {
                break;
            }
            let all: Vec<Term> = terms.iter().chain(&self.doubts).chain(&avoided).copied().collect();
            match self.ask_once(&all) {
                Outcome::Values(values) => return Outcome::Values(values),
                Outcome::Nothing(core) if core.iter().any(|term| avoided.contains(term)) => {
                    avoided.retain(|term| !core.contains(term));
                }
                _ => break,
            }
        }
        if self.doubts.is_empty() {
            return self.ask_once(terms);
        }
        let assumed: Vec<Term> = terms.iter().chain(&self.doubts).copied().collect();
        match self.ask_once(&assumed) {
            Outcome::Nothing(core) if core.iter().any(|term| self.doubts.contains(term)) => {
                match self.ask_once(terms) {
                    Outcome::Values(_) => Outcome::Unknown(self.doubted(&core)),
                    other => other,
                }
            }
            other => other,
        }
    }

    fn solve(&mut self, assumed: &[Term]) -> Answer {
        if interrupt::has_come() {
            return Answer::GaveUp;
        }
        let work = self.world.atoms.len() + assumed.len();
        let Some(left) = self.work_left.checked_sub(work as u64) else {
            self.work_left = 0;
            return Answer::GaveUp;
        };
        self.work_left = left;
        self.solver.solve(&self.world, assumed, self.budget)
    }

    fn doubted(&self, core: &[Term]) -> Reason {
        let free = core.iter().filter(|term| self.doubts.contains(term)).find_map(|term| {
            let Node::Atom(number) = *self.world.terms.node(*term) else { return None };
            let Atom::Free(number) = self.world.atoms[number as usize] else { return None };
            Some(self.world.frees[number as usize].reason.clone())
        });
        free.unwrap_or(Reason::NoConcreteValue)
    }

    fn ask_once(&mut self, terms: &[Term]) -> Outcome {
        let mut assumed = terms.to_vec();
        assumed.push(self.trust);
        let relevant = self.relevant(terms);
        let mut n_vain = 0;
        while n_vain < MOST_LEMMAS {
            match self.solve(&assumed) {
                Answer::GaveUp if interrupt::has_come() => return Outcome::Unknown(Reason::Interrupted),
                Answer::GaveUp => return Outcome::Unknown(Reason::OutOfBudget),
                Answer::Unsat(core) if core.contains(&self.trust) => return Outcome::Unknown(Reason::NoConcreteValue),
                Answer::Unsat(core) => return Outcome::Nothing(core),
                Answer::Sat(model) => {
                    match concrete(&mut self.world, &self.theory, &model, &relevant, &mut self.effort) {
                        Ok(values) => return Outcome::Values(values),
                        Err(lemma) => {
                            // Without another search, one model has as few values as the next.
                            n_vain += if !lemma.is_proved && self.effort.steps.are_spent() { VAIN_LEMMAS } else { 1 };
                            self.learn(lemma);
                        }
                    }
                }
            }
        }
        Outcome::Unknown(Reason::NoConcreteValue)
    }

    /// The arithmetic that terms hang on.
    fn relevant(&self, terms: &[Term]) -> Relevant {
        let all: Vec<Term> = terms.iter().chain(&self.assumed).copied().collect();
        Relevant::of(&self.world, &all)
    }

    /// Whether it is known already that these cannot hold together, and which of them: what was learnt of strings on the way here
    /// counts, and nothing is looked for but what arithmetic says.
    pub fn contradiction(&mut self, terms: &[Term]) -> Option<Vec<Term>> {
        let mut assumed = terms.to_vec();
        assumed.push(self.trust);
        let relevant = self.relevant(terms);
        for _ in 0..MOST_LEARNT {
            match self.solve(&assumed) {
                Answer::Unsat(core) if !core.contains(&self.trust) => return Some(core),
                Answer::Sat(model) if !relevant.is_empty() => {
                    let hindrance = self.effort.hindrance.clone();
                    let found = concrete(&mut self.world, &self.theory, &model, &relevant, &mut self.effort);
                    self.effort.hindrance = hindrance;
                    self.learn(found.err()?);
                }
                _ => return None,
            }
        }
        None
    }

    fn learn(&mut self, mut lemma: Lemma) {
        if !lemma.is_proved {
            lemma.clause.push(self.trust.negate());
        }
        self.solver.add_clause(&self.world, &lemma.clause);
    }

    /// The fewest of `candidates` that cannot hold together with `fixed`, out of those that were found not to.
    pub fn smallest(&mut self, fixed: &[Term], candidates: &[Term]) -> Option<Vec<Term>> {
        let all: Vec<Term> = fixed.iter().chain(candidates).copied().collect();
        let core = self.contradiction(&all)?;
        let mut kept: Vec<Term> = Vec::new();
        for &term in candidates {
            if core.contains(&term) && !kept.contains(&term) {
                kept.push(term);
            }
        }
        let mut tried = 0;
        let mut at = kept.len();
        while at > 0 && tried < MOST_TRIES {
            at -= 1;
            tried += 1;
            let without: Vec<Term> =
                fixed.iter().copied().chain(kept.iter().copied().filter(|&term| term != kept[at])).collect();
            if let Some(core) = self.contradiction(&without) {
                kept.retain(|term| core.contains(term));
                at = at.min(kept.len());
            }
        }
        Some(kept)
    }

    /// Why nothing can be said of these terms, where part of them is not modelled.
    #[must_use]
    pub fn not_modelled(&self, terms: &[Term]) -> Option<Reason> {
        if let Some(hindrance) = &self.effort.hindrance {
            return Some(hindrance.clone());
        }
        let world = &self.world;
        let mut aside = None;
        let found = world.terms.cone(terms).into_iter().find_map(|node| {
            let Node::Atom(number) = *world.terms.node_at(node) else { return None };
            let atom = world.atoms[number as usize];
            if let Atom::Free(free) = atom {
                let free = &world.frees[free as usize];
                return free.assumed.is_none().then(|| free.reason.clone());
            }
            atom.symbols().into_iter().flatten().find_map(|symbol| {
                let havoc = world.symbol(symbol).havoc.clone()?;
                if world.is_aside(symbol) {
                    aside.get_or_insert(havoc);
                    return None;
                }
                Some(havoc)
            })
        });
        found.or(aside)
    }
}

impl Prover {
    /// Why nothing can be said of a rule: what its own terms have that is not modelled, before what stands around them.
    #[must_use]
    pub fn of_its_own(&self, own: &[Term], reason: Reason) -> Reason {
        match reason {
            Reason::Path(_) | Reason::NotModelled(_) => self.not_modelled(own).unwrap_or(reason),
            reason => reason,
        }
    }
}

/// How often a set of reasons is asked to be smaller.
const MOST_TRIES: usize = 64;

/// Values as what an execution comes with.
#[must_use]
pub fn witness(world: &World, values: Concrete) -> Witness {
    let mut witness = Witness::default();
    for (root, value) in values.into_roots(world) {
        match root {
            Root::Input => witness.input = value,
            Root::Context => {
                if value.as_object().is_some_and(|members| !members.is_empty()) {
                    witness.context = Some(value);
                }
            }
            Root::Variable(name) => _ = witness.variables.insert(name.clone(), value),
            Root::Havoc(..) | Root::Fresh(_) => {}
        }
    }
    witness
}
