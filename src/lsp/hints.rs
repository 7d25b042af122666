//! What an editor shows between the lines, where a person wants it: what states are entered with, who leads to them, what is
//! proved of a Choice.

use gen_lsp_types::{CodeLens, Command, InlayHint, Label};

use super::document::Open;
use crate::analysis::Analysis;
use crate::asl::{self, StateType};
use crate::engine::Options;
use crate::symex::Verdict;
use crate::text::Span;

/// Longest hint in characters.
const LONGEST: usize = 60;

/// Asks every machine of a text.
fn each<R>(open: &Open, mut question: impl FnMut(&Analysis<'_>) -> Vec<R>) -> Vec<R> {
    let default = Options::default();
    let options = open.options.as_deref().unwrap_or(&default);
    let mut all = Vec::new();
    for document in open.documents() {
        let machine = asl::lower(document.root);
        all.extend(question(&Analysis::new(document, &machine, options.kind).under(&options.premises)));
    }
    all
}

/// Behind the name of each state in a range, what it is entered with, where that is known.
pub(super) fn inlays(open: &Open, range: Span) -> Vec<InlayHint> {
    each(open, |analysis| {
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
    })
}

/// Above each state, how many states lead to it; above a Choice, what is proved of it.
pub(super) fn lenses(open: &Open) -> Vec<CodeLens> {
    each(open, |analysis| {
        let mut lenses = Vec::new();
        for state in analysis.machine.states.iter().filter(|state| !state.key.is_aliased()) {
            let n = analysis.n_ways_in(state.id);
            let mut title = format!("reached from {n} {}", if n == 1 { "state" } else { "states" });
            if analysis.graph().start(state.scope) == Some(state.id) {
                title += ", and from the start";
            }
            if state.kind == Some(StateType::Choice)
                && let Some(proved) = analysis.proofs().iter().find(|proved| proved.state == state.id)
            {
                let n_rules = proved.rules.len();
                let n_taken = proved.rules.iter().filter(|verdict| matches!(verdict, Verdict::Reachable(_))).count();
                let otherwise = match (&proved.default, &proved.no_match) {
                    (Some(Verdict::Reachable(_)), _) => ", and `Default`",
                    (Some(Verdict::Dead(_)), _) => ", never `Default`",
                    (None, Verdict::Reachable(_)) => ", and none may hold",
                    (None, Verdict::Dead(_)) => ", and one always holds",
                    _ => "",
                };
                title += &format!(" · {n_taken} of {n_rules} rules proved taken{otherwise}");
            }
            // A command without a name does nothing when it is clicked.
            let command = Command { title, tooltip: None, command: String::new(), arguments: None };
            lenses.push(CodeLens { range: open.range(state.key.span()), command: Some(command), data: None });
        }
        lenses
    })
}
