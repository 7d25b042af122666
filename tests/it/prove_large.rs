//! Machines that are longer than what chance gets through: everything in them is decided all the same.

#[path = "../../benches/prove/machines.rs"]
#[expect(dead_code, reason = "benchmarks ask for more of them")]
mod machines;

use aslint::symex::{Goal, Verdict};

use super::prove_sound::{verdicts, with_proof};
use machines::{Language, Style, machine};

/// The goals of a machine that are unknown, and how many rules are dead.
fn looked_at(style: Style, blocks: usize) -> (Vec<Goal>, usize) {
    with_proof(&machine(style, Language::JsonPath, blocks), |_, proof| {
        let all = verdicts(proof);
        let unknown = all.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Unknown(_))).map(|&(goal, _)| goal);
        let dead = all.iter().filter(|(goal, verdict)| matches!(goal, Goal::Rule(..)) && verdict.is_dead()).count();
        (unknown.collect(), dead)
    })
}

#[test]
fn a_long_machine_is_decided_to_its_end() {
    // The dead rules are those that the generator says are.
    for (style, blocks, dead) in [(Style::Chain, 10, 2), (Style::Diamonds, 10, 2), (Style::Mixed, 10, 0)] {
        assert_eq!(looked_at(style, blocks), (Vec::new(), dead), "{style:?}");
    }
}
