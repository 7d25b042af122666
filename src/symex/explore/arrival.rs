//! Turns executions into what comes to a Choice in them, and what the Choice does with it.

use super::case::{Case, Shown, executed};
use super::generate::others;
use super::{Explorer, Goal};
use crate::asl::StateId;
use crate::eval::execution::Happening;
use crate::eval::{Execution, Value};
use crate::syntax::Node;

use super::super::local::is_mistaken;
use super::super::{Witness, WrongType};

/// What comes to a Choice in an execution that keeps values, in order, each with the rule that is taken; none where no rule is.
pub(in crate::symex) fn arrivals(execution: &Execution, choice: StateId) -> Vec<(Option<usize>, Witness)> {
    let events = &execution.events;
    let mut found = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let rule = match event.what {
            Happening::Chosen(id, rule) if id == choice => rule,
            _ => continue,
        };
        let mut before = events[..at].iter().rev().filter(|before| before.strand == event.strand);
        let input = before.find_map(|before| match &before.what {
            Happening::Entered(entered, input) if *entered == choice => Some(input.clone()),
            _ => None,
        });
        let Some(input) = input else { continue };
        let variables = execution.variables(at, event.strand);
        let variables = variables.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        found.push((rule, Witness { input, variables, ..Witness::default() }));
    }
    found
}

/// How many executions are tried for one rule; where they are long, a few.
const MOST: usize = 32;
const MOST_LONG: usize = 6;

impl Explorer<'_, '_> {
    /// Of rules that hold for values of wrong types those that some execution shows, one of each, with an input that comes to the
    /// Choice and takes the rule.
    pub(in crate::symex) fn arriving(&mut self, choice: StateId, wrong: &[WrongType]) -> Vec<WrongType> {
        let mut found: Vec<WrongType> = Vec::new();
        let mut rules: Vec<usize> = wrong.iter().map(|wrong| wrong.rule).collect();
        rules.dedup();
        for rule in rules {
            // Much that is told of one rule says the same.
            let of_rule: Vec<&WrongType> = wrong.iter().filter(|wrong| wrong.rule == rule).collect();
            found.extend(self.arriving_of(choice, rule, &of_rule));
        }
        found
    }

    /// An execution with what is known of the Choice on its own, one that was run before, or one that is bent to other types.
    fn arriving_of(&mut self, choice: StateId, rule: usize, wrong: &[&WrongType]) -> Option<WrongType> {
        let goals = [Goal::Rule(choice, rule), Goal::State(choice)];
        let mut bases: Vec<Case> = Vec::new();
        for number in goals.iter().filter_map(|goal| self.found.get(goal)) {
            bases.push(self.cases[*number].0.clone());
        }
        let mut tries: Vec<Case> = Vec::new();
        for wrong in wrong {
            for base in &bases {
                tries.push(self.bent_to(base, choice, &wrong.witness));
            }
        }
        let shows = |&(_, shown): &&(Case, Shown)| shown.when(goals[0]).is_some();
        tries.extend(self.cases.iter().filter(shows).map(|(case, _)| case.clone()).take(MOST / 4));
        for slot in self.demand.of_state[choice.index()].clone() {
            for other in others() {
                if let (Some(base), true) = (bases.first(), tries.len() < MOST) {
                    let mut case = base.clone();
                    self.put(&mut case, slot, Some(&other));
                    tries.push(case);
                }
            }
        }
        let most = if self.is_large() { MOST_LONG } else { MOST };
        tries.into_iter().take(most).find_map(|case| self.shown_by(case, choice, rule, wrong))
    }

    /// What an execution shows of a rule.
    fn shown_by(&mut self, case: Case, choice: StateId, rule: usize, wrong: &[&WrongType]) -> Option<WrongType> {
        if !case.fits(self.facts) {
            return None;
        }
        let machine = self.facts.machine;
        let mocks = case.mocks(machine);
        let execution = executed(&mut self.runner, case.input, &mocks, self.limits, true);
        let taking = arrivals(&execution, choice).into_iter().filter(|(taken, _)| *taken == Some(rule));
        for (_, came) in taking {
            let is_known = |wrong: &&&WrongType| {
                let Witness { input, variables, .. } = &wrong.witness;
                let is_set = |(name, value): (&String, &Value)| came.variables.get(name) == Some(value);
                input.is_part_of(&came.input) && variables.iter().all(is_set)
            };
            // What was found of the Choice on its own is shorter.
            if let Some(&known) = wrong.iter().find(is_known) {
                return Some(known.clone());
            }
            if let Some(&mistaken) = wrong.iter().find(|wrong| is_mistaken(machine, choice, (rule, &wrong.path), &came))
            {
                let asked: Vec<&str> = machine.state(choice).node.descendants().filter_map(Node::as_str).collect();
                let mut witness = Witness { path: mistaken.witness.path.clone(), ..came };
                witness.variables.retain(|name, _| asked.iter().any(|text| text.contains(name.as_str())));
                return Some(WrongType { witness, ..mistaken.clone() });
            }
        }
        None
    }
}
