//! Turns a machine into what comes to its Choices that none of their rules takes: how bad it is that they have no `Default`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::explore::{Effort, Explorer, Facts, Goal, arrivals, replay};
use super::super::super::local::{Options, is_regular};
use super::super::super::prover::{Outcome, Prover};
use super::super::super::term::Term;
use super::super::super::{ChoiceVerdicts, Witness};
use super::super::{Formula, Rounds, always};
use super::{Deciding, Found};
use crate::asl::StateId;
use crate::syntax::Node;

/// What comes to a Choice that none of its rules takes, as far as a small effort tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Untaken {
    /// Nothing.
    Nothing,
    /// An execution comes with this: every value that is compared is there, and of a type that the rules compare.
    Regular(Witness),
    /// Only what lacks values, or has them of other types; this, where an execution was found that comes with it.
    Irregular(Option<Witness>),
    /// An execution comes with this, of which that is not known, or which lacks values or has them of other types; whether one comes
    /// with anything regular is not known.
    Found(Witness),
    /// Neither is known.
    Unknown,
}

/// Of so many states machines are looked at: the effort is to be small.
const MOST_STATES: usize = 300;

/// How much is executed, in states entered: for a small machine a few milliseconds at most.
const EFFORT: Effort = Effort { states: 4_000, shrinking: 1_000 };

/// What is not taken of what comes to Choices in their machine. Of each it is known on its own that something is not.
#[must_use]
pub fn untaken(facts: Facts<'_, '_>, choices: &[&ChoiceVerdicts], options: Options) -> BTreeMap<StateId, Untaken> {
    let all = choices.iter().map(|choice| choice.state);
    if facts.machine.states.len() > MOST_STATES {
        return all.map(|state| (state, Untaken::Unknown)).collect();
    }
    let proved = Proving::new(facts, choices, options);
    let mut explorer = Explorer::new(facts, all.clone().map(Goal::State).collect(), EFFORT);
    explorer.by_chance();
    let mut sieve = Sieve { facts, excluded: proved.irregular(), kept: BTreeMap::new() };
    // What is aimed at is shorter than what comes by chance.
    let open = proved.open();
    for &goal in &open {
        sieve.keep(&mut explorer, goal, Worth::ByChance);
    }
    explorer.look_for(open.clone());
    let hint = |choice: &&ChoiceVerdicts| Some((Goal::NoMatch(choice.state), choice.regular_no_match.clone()?));
    let hints: Vec<(Goal, Witness)> = choices.iter().filter_map(hint).collect();
    explorer.by_hint(&hints);
    for &goal in &open {
        sieve.sift(&mut explorer, goal);
    }
    let mut found = proved.decide(&mut explorer, &mut sieve);
    for &goal in &open {
        sieve.put_back(&mut explorer, goal);
    }
    let came = |explorer: &Explorer<'_, '_>, state| came(facts, &explorer.witness_of(Goal::NoMatch(state))?, state);
    let mut as_found: BTreeMap<StateId, Witness> =
        all.clone().filter_map(|state| Some((state, came(&explorer, state)?))).collect();
    let explored = explorer.finish(EFFORT.shrinking);
    for state in all {
        let known = found.entry(state).or_insert(Untaken::Unknown);
        let Some(as_found) = as_found.remove(&state).filter(|_| *known != Untaken::Nothing) else { continue };
        let small = explored.witnesses.get(&Goal::NoMatch(state)).and_then(|witness| self::came(facts, witness, state));
        let is_regular = |witness: &Witness| is_regular(facts.machine, state, witness) == Some(true);
        *known = match known {
            Untaken::Irregular(_) => Untaken::Irregular(Some(small.unwrap_or(as_found))),
            // What is made smaller may lack what made it regular.
            _ if is_regular(&as_found) => Untaken::Regular(small.filter(is_regular).unwrap_or(as_found)),
            _ => Untaken::Found(small.unwrap_or(as_found)),
        };
    }
    found
}

/// What comes to a Choice where no rule takes it, in the execution of a witness.
fn came(facts: Facts<'_, '_>, witness: &Witness, state: StateId) -> Option<Witness> {
    let replayed = replay(facts.machine, witness, facts.kind);
    let (_, mut came) = arrivals(&replayed.execution, state).into_iter().find(|(rule, _)| rule.is_none())?;
    let rules = facts.machine.state(state).node.get("Choices");
    let asked: Vec<&str> = rules.into_iter().flat_map(Node::descendants).filter_map(Node::as_str).collect();
    came.variables.retain(|name, _| asked.iter().any(|text| text.contains(name.as_str())));
    Some(came)
}

/// Tells executions in which what comes is regular from the others, and keeps those until there are any.
struct Sieve<'f, 't> {
    facts: Facts<'f, 't>,
    /// Nothing regular comes to these.
    excluded: BTreeSet<StateId>,
    /// By goal: the best case that was set aside, and how good it is.
    kept: BTreeMap<Goal, (Worth, usize)>,
}

/// How good an execution is to show that nothing takes what comes, the better the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    ByChance,
    Aimed,
    RegularByChance,
}

impl Sieve<'_, '_> {
    /// Whether what the execution that was found comes with is as good as it gets.
    fn is_best(&self, explorer: &Explorer<'_, '_>, goal: Goal) -> bool {
        let Goal::NoMatch(state) = goal else { return false };
        let came = || came(self.facts, &explorer.witness_of(goal)?, state);
        self.excluded.contains(&state)
            || came().is_some_and(|came| is_regular(self.facts.machine, state, &came) == Some(true))
    }

    /// Sets the execution aside that was found.
    fn keep(&mut self, explorer: &mut Explorer<'_, '_>, goal: Goal, worth: Worth) {
        if !explorer.is_shown(goal) {
            return;
        }
        let is_regular = worth == Worth::ByChance && self.is_best(explorer, goal);
        let worth = if is_regular { Worth::RegularByChance } else { worth };
        if let Some(number) = explorer.set_aside(goal) {
            let best = self.kept.entry(goal).or_insert((worth, number));
            if best.0 < worth {
                *best = (worth, number);
            }
        }
    }

    /// Sets it aside unless it is as good as it gets.
    fn sift(&mut self, explorer: &mut Explorer<'_, '_>, goal: Goal) {
        if explorer.is_shown(goal) && !self.is_best(explorer, goal) {
            self.keep(explorer, goal, Worth::Aimed);
        }
    }

    /// Where nothing better was found, the best that was set aside.
    fn put_back(&self, explorer: &mut Explorer<'_, '_>, goal: Goal) {
        if let Some(&(_, number)) = self.kept.get(&goal).filter(|_| !explorer.is_shown(goal)) {
            explorer.put_back(goal, number);
        }
    }
}

/// The formula of the machine, asked about these Choices alone.
struct Proving {
    deciding: Deciding,
    /// By Choice: when no rule takes what comes, and when that is regular, too.
    asked: BTreeMap<StateId, [Term; 2]>,
    known: BTreeMap<StateId, Untaken>,
}

impl Proving {
    fn new(facts: Facts<'_, '_>, choices: &[&ChoiceVerdicts], options: Options) -> Self {
        let mut formula = Formula::new(facts, &BTreeSet::new(), Rounds::Any);
        let premise = formula.premise(facts);
        let mut asked = BTreeMap::new();
        for choice in choices {
            let goal = formula.goals.get(&Goal::NoMatch(choice.state)).copied();
            if let (Some(none), Some(terms)) = (goal, formula.choices.get(&choice.state)) {
                let regular = terms.is_regular(&mut formula.world);
                asked.insert(choice.state, [none, formula.world.terms.and(none, regular)]);
            }
        }
        let mut prover = Prover::new(std::mem::take(&mut formula.world), options.backend, options.budget);
        prover = prover.within(options.work);
        if premise != Term::TRUE {
            prover.assume(premise);
        }
        let explanations = always::Explanations::new();
        let deciding =
            Deciding { formula, prover, explanations, found: Found::default(), excluded: BTreeSet::new(), n_tried: 0 };
        let mut proving = Self { deciding, asked, known: BTreeMap::new() };
        for (&state, &[none, regular]) in &proving.asked.clone() {
            if proving.is_never(none) {
                proving.known.insert(state, Untaken::Nothing);
            } else if proving.is_never(regular) {
                proving.known.insert(state, Untaken::Irregular(None));
            }
        }
        proving
    }

    fn is_never(&mut self, term: Term) -> bool {
        term == Term::FALSE || matches!(self.deciding.prover.ask(&[term]), Outcome::Nothing(_))
    }

    /// Of which it is not known that nothing comes.
    fn open(&self) -> BTreeSet<Goal> {
        let is_open = |state: &&StateId| self.known.get(state) != Some(&Untaken::Nothing);
        self.asked.keys().filter(is_open).map(|&state| Goal::NoMatch(state)).collect()
    }

    /// To which nothing regular comes.
    fn irregular(&self) -> BTreeSet<StateId> {
        let is_irregular = |known: &Untaken| matches!(known, Untaken::Irregular(_));
        self.known.iter().filter(|(_, known)| is_irregular(known)).map(|(&state, _)| state).collect()
    }

    /// Looks for executions of what is open: regular ones, where there may be any.
    fn decide(mut self, explorer: &mut Explorer<'_, '_>, sieve: &mut Sieve<'_, '_>) -> BTreeMap<StateId, Untaken> {
        for (&state, &[none, regular]) in &self.asked.clone() {
            let goal = Goal::NoMatch(state);
            if !explorer.is_missing(goal) {
                continue;
            }
            let term = if self.known.contains_key(&state) { none } else { regular };
            if let Outcome::Values(values) = self.deciding.prover.ask_assuming(&[term]) {
                let model = self.deciding.model(explorer, &values);
                explorer.try_model(goal, &model, 2);
                sieve.sift(explorer, goal);
            }
        }
        self.known
    }
}
