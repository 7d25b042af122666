//! What an editor shows between the lines, where a person wants it: what states are entered with, who leads to them, what is
//! proved of a Choice.

use std::collections::BTreeMap;

use gen_lsp_types::{CodeLens, Command, InlayHint, Label};

use super::reading::Reading;
use crate::analysis::Analysis;
use crate::asl::{self, StateId};
use crate::symex::{ChoiceVerdicts, Verdict};
use crate::text::Span;

/// Longest hint in characters.
const LONGEST: usize = 60;

/// Behind the name of each state in a range, what it is entered with, where that is known.
pub(super) fn inlays(reading: &Reading<'_>, range: Span) -> Vec<InlayHint> {
    let open = reading.open;
    let of = |analysis: &Analysis<'_>| -> Vec<InlayHint> {
        let states = analysis
            .machine
            .states
            .iter()
            .filter(|state| !state.key.is_aliased() && range.touches(state.key.span().end));
        let hint = |state: &asl::State<'_>| {
            let input = &analysis.shapes().state(state.id).input;
            if input.is_any() {
                return None;
            }
            let text = input.to_string();
            let cut: String = text.chars().take(LONGEST).collect();
            let label = Label::String(if cut.len() < text.len() { format!("{cut}…") } else { cut });
            Some(InlayHint {
                position: open.position(state.key.span().end),
                label,
                kind: None,
                text_edits: None,
                tooltip: None,
                padding_left: Some(true),
                padding_right: None,
                data: None,
            })
        };
        states.filter_map(hint).collect()
    };
    reading.analyses().iter().flat_map(of).collect()
}

/// Of each machine of a text, what is proved of its Choices, in a few words.
pub(super) type Proved = Vec<BTreeMap<StateId, String>>;

/// What is proved of the Choices of a text whose proofs are made.
pub(super) fn proved(reading: &Reading<'_>) -> Proved {
    let of = |proved: &ChoiceVerdicts| {
        let n_rules = proved.rules.len();
        let n_taken = proved.rules.iter().filter(|verdict| matches!(verdict, Verdict::Reachable(_))).count();
        let otherwise = match (&proved.default, &proved.no_match) {
            (Some(Verdict::Reachable(_)), _) => ", and `Default`",
            (Some(Verdict::Dead(_)), _) => ", never `Default`",
            (None, Verdict::Reachable(_)) => ", and none may hold",
            (None, Verdict::Dead(_)) => ", and one always holds",
            _ => "",
        };
        (proved.state, format!("{n_taken} of {n_rules} rules proved taken{otherwise}"))
    };
    reading.analyses().iter().map(|analysis| analysis.proofs().iter().map(of).collect()).collect()
}

/// Above each state, how many states lead to it; above a Choice, what is proved of it.
pub(super) fn lenses(reading: &Reading<'_>, proved: &[BTreeMap<StateId, String>]) -> Vec<CodeLens> {
    let mut lenses = Vec::new();
    for (i, analysis) in reading.analyses().iter().enumerate() {
        for state in analysis.machine.states.iter().filter(|state| !state.key.is_aliased()) {
            let n = analysis.n_ways_in(state.id);
            let mut title = format!("reached from {n} {}", if n == 1 { "state" } else { "states" });
            if analysis.graph().start(state.scope) == Some(state.id) {
                title += ", and from the start";
            }
            if let Some(words) = proved.get(i).and_then(|choices| choices.get(&state.id)) {
                title += &format!(" · {words}");
            }
            // A command without a name does nothing when it is clicked.
            let command = Command { title, tooltip: None, command: String::new(), arguments: None };
            let range = reading.open.range(state.key.span());
            lenses.push(CodeLens { range, command: Some(command), data: None });
        }
    }
    lenses
}
