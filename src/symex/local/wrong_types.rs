//! Turns the rules of a Choice in JSONPath into those that hold for a value of a type that nobody meant: a comparison of another type
//! is false, so its `Not` is true.
//!
//! Source: Amazon States Language, "Choice Rule"; a comparison of a value of another type is false and fails nothing (measured).

use super::super::atom::Tag;
use super::super::choice::{ChoiceTerms, Compared};
use super::super::replay::Happening;
use super::super::term::Term;
use super::super::value::World;
use super::super::{Witness, WrongType};
use super::{Answer, Local, concretely};
use crate::asl::{Choice, Comparator, Machine, Rule, StateId, Test};

/// So many comparisons under `Not` are looked at in one Choice.
const MOST: usize = 50;

/// A comparison under `Not`: when its rule is taken with a value that is there and of another type.
#[derive(Debug)]
pub(super) struct Negated {
    rule: usize,
    path: String,
    compared: Compared,
    /// With the type that is mistaken for it most often, and with any.
    terms: [Term; 2],
}

/// The comparisons whose being false makes a rule hold. `taken` is when each rule is.
pub(super) fn negated(world: &mut World, rules: &Choice<'_>, terms: &ChoiceTerms, taken: &[Term]) -> Vec<Negated> {
    let mut found: Vec<Negated> = Vec::new();
    for (number, rule) in rules.rules.iter().enumerate() {
        let mut nodes = Vec::new();
        under_not(rule, false, &mut nodes);
        for asked in terms.values.iter().filter(|asked| asked.rule == number && nodes.contains(&asked.node)) {
            let Some(compared) = asked.sort else { continue };
            if found.len() >= MOST || found.iter().any(|known| known.rule == number && known.path == asked.path) {
                continue;
            }
            let (tag, mistaken) = match compared {
                Compared::Null => continue,
                Compared::Bool => (Tag::Bool, Tag::Str),
                Compared::Num => (Tag::Num, Tag::Str),
                // The text of a timestamp that is none is no other type.
                Compared::Str | Compared::Time => (Tag::Str, Tag::Num),
            };
            let [is_meant, is_mistaken, is_null] = [tag, mistaken, Tag::Null].map(|tag| world.is(asked.value, tag));
            let parts = [taken[number], asked.missing.negate(), is_null.negate(), is_meant.negate()];
            let any = world.terms.all(parts);
            let terms = [world.terms.and(any, is_mistaken), any];
            found.push(Negated { rule: number, path: asked.path.clone(), compared, terms });
        }
    }
    found
}

/// The nodes of the paths that are compared with a value of their type under an odd number of `Not`s. Recursion is bounded by the
/// depth of the tree.
fn under_not(rule: &Rule<'_>, is_negated: bool, nodes: &mut Vec<usize>) {
    let is_of_types = |comparator: Comparator| {
        matches!(
            comparator,
            Comparator::String(..)
                | Comparator::StringMatches
                | Comparator::Numeric(..)
                | Comparator::Boolean(_)
                | Comparator::Timestamp(..)
        )
    };
    match &rule.test {
        Some(Test::And(parts) | Test::Or(parts)) => {
            parts.iter().for_each(|part| under_not(part, is_negated, nodes));
        }
        Some(Test::Not(inner)) => under_not(inner, !is_negated, nodes),
        Some(Test::Comparison(comparison)) if is_negated && is_of_types(comparison.comparator) => {
            nodes.extend(comparison.variable.map(|variable| variable.value.index()));
        }
        _ => {}
    }
}

impl Local<'_, '_> {
    /// The rules that hold for a value of another type than they compare, each with inputs that the interpreter confirms: of one path
    /// with the type that is mistaken most often, and with any.
    pub(super) fn wrong_types(&mut self) -> Vec<WrongType> {
        let negated = std::mem::take(&mut self.questions.negated);
        let mut found: Vec<WrongType> = Vec::new();
        for Negated { rule, path, compared, terms } in negated {
            for term in terms.into_iter().filter(|&term| term != Term::FALSE) {
                let answer = self.ask_exactly(&[term], |happening| happening == Happening::Rule(rule));
                let Answer::Witness(witness, _) = answer else { continue };
                let (path, witness) = (path.clone(), *self.lead(witness, Some(rule)));
                let wrong = WrongType { rule, path, meant: meant(compared), witness };
                if found.last() != Some(&wrong) {
                    found.push(wrong);
                }
            }
        }
        found
    }
}

/// Whether a value of an input, where a path of a rule leads that is compared under `Not`, is there and of another type than is meant.
pub(in crate::symex) fn is_mistaken(
    machine: &Machine<'_>,
    state: StateId,
    (rule, path): (usize, &str),
    witness: &Witness,
) -> bool {
    let Some(rules) = machine.state(state).choice() else { return false };
    let Some((mut world, terms)) = concretely(machine, state, witness) else { return false };
    let everywhere = vec![Term::TRUE; terms.rules.len()];
    let negated = negated(&mut world, rules, &terms, &everywhere);
    let mut asked = negated.iter().filter(|negated| negated.rule == rule && negated.path == path);
    asked.any(|negated| negated.terms[1] == Term::TRUE)
}

const fn meant(compared: Compared) -> &'static str {
    match compared {
        Compared::Null => "null",
        Compared::Bool => "a boolean",
        Compared::Num => "a number",
        Compared::Str => "a string",
        Compared::Time => "a timestamp",
    }
}
