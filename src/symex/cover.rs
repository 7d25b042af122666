//! Turns rules that leave nothing to others into the fewest of them that do.

use super::Cover;
use super::choice::Tri;
use super::prover::Prover;
use super::term::Term;

/// How many rules are tried one by one as the reason why another is dead.
const MOST_ALONE: usize = 16;

/// A smallest set of rules that leave nothing of what the `fixed` terms say together, and those of them that fail. That they all
/// leave nothing is known before.
pub(super) fn cover(prover: &mut Prover, before: &[Tri], fixed: &[Term]) -> Cover {
    let candidates: Vec<Term> = before
        .iter()
        .flat_map(|other| [other.holds.negate(), other.fails.negate()])
        .filter(|term| *term != Term::TRUE && !fixed.contains(term))
        .collect();
    let all: Vec<Term> = fixed.iter().chain(&candidates).copied().collect();
    let core = prover.contradiction(&all).unwrap_or(all);
    // One that does it alone says most.
    let is_blamed = |other: &Tri| core.contains(&other.holds.negate()) || core.contains(&other.fails.negate());
    for (number, other) in before.iter().enumerate().filter(|(_, other)| is_blamed(other)).take(MOST_ALONE) {
        for (holds, fails) in [(true, false), (false, true), (true, true)] {
            let mut asked = fixed.to_vec();
            asked.extend(holds.then_some(other.holds.negate()));
            asked.extend(fails.then_some(other.fails.negate()));
            if prover.contradiction(&asked).is_some() {
                let alone = |is: bool| if is { vec![number] } else { Vec::new() };
                return Cover { rules: vec![number], failing: alone(fails), only_failing: alone(fails && !holds) };
            }
        }
    }
    let candidates: Vec<Term> = candidates.into_iter().filter(|term| core.contains(term)).collect();
    let mut kept = prover.smallest(fixed, &candidates).unwrap_or(candidates);
    kept.sort_unstable();
    kept.dedup();
    let mut cover = Cover::default();
    // What several say, the first of them says.
    let mut left = kept;
    let mut takes = |term: Term| {
        let at = left.iter().position(|&kept| kept == term);
        at.map(|at| left.remove(at)).is_some()
    };
    for (number, other) in before.iter().enumerate() {
        let holds = takes(other.holds.negate());
        let fails = takes(other.fails.negate());
        for (is, list) in [
            (holds || fails, &mut cover.rules),
            (fails, &mut cover.failing),
            (fails && !holds, &mut cover.only_failing),
        ] {
            list.extend(is.then_some(number));
        }
    }
    cover
}
