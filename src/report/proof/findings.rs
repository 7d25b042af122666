//! Turns what is proved of a machine into findings, under the names of the rules that find the same without asking so much.

use super::{Proved, one_witness};
use crate::asl::{Language, Rule, State};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::rules::{self, RULES};
use crate::symex::{Because, ChoiceProof, Judged, Verdict, Witness};
use crate::syntax::{Node, Step};
use crate::text::Span;

/// How many states of a way are shown.
const MAX_WAY: usize = 200;

impl Proved<'_> {
    /// What counts for the exit code: rules that are dead, Choices that find no rule, comparisons that fail; in the order of the
    /// text.
    #[must_use]
    pub fn diagnostics(self) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = self.proof.choices.iter().flat_map(|choice| self.of_choice(choice)).collect();
        found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        found
    }

    fn of_choice(self, choice: &ChoiceProof) -> Vec<Diagnostic> {
        let state = self.machine.state(choice.state);
        let mut found = Vec::new();
        for (rule, judged) in state.rules().iter().zip(&choice.rules) {
            let Verdict::Dead(because) = &judged.verdict else { continue };
            let id = match because {
                Because::Duplicate(_) => "duplicate-choice-rule",
                Because::Contradiction => "contradictory-rule",
                _ => "dead-choice-rule",
            };
            let node = rule.operators.first().map_or(rule.node, |operator| operator.key);
            let message = format!("this rule is never taken: {because}");
            let mut finding = self.finding(id, Severity::Warning, state, node, message);
            finding.related = self.causes(state.rules(), because);
            rests_on(&mut finding, judged);
            found.push(finding);
        }
        if let Verdict::Reachable(witness) = &choice.no_match.verdict {
            let message =
                format!("no rule takes {}, and there is no `Default`: the execution fails", witness.in_words());
            // Of wrong types and missing values a person may well think that they do not come.
            let is_regular = choice.local.as_ref().is_none_or(|local| local.regular_no_match.is_some());
            let severity = if is_regular { Severity::Warning } else { Severity::Info };
            let mut finding = self.finding("choice-not-exhaustive", severity, state, state.key, message);
            rests_on(&mut finding, &choice.no_match);
            found.push(self.shown_by(finding, witness));
        }
        if let Verdict::Reachable(witness) = &choice.runtime_error.verdict {
            // What an input lacks is for its sender to mend.
            let why = if choice.why.is_empty() { "its path finds nothing" } else { &choice.why };
            let message = format!("a comparison fails the execution: {why}");
            let is_at_fault = |node: &Node<'_>| choice.failed_at.is_some_and(|at| node.token().contains(at));
            let node = state.node.descendants().filter(is_at_fault).last();
            let mut finding =
                self.finding("choice-may-fail", Severity::Info, state, node.unwrap_or(state.key), message);
            // A path fails as a whole, an expression in one of its parts.
            if let (Language::Jsonata, Some(at), true) = (state.language, choice.failed_at, node.is_some()) {
                finding.primary.span = at;
            }
            found.push(self.shown_by(finding, witness));
        }
        found
    }

    fn finding(
        self,
        id: &'static str,
        severity: Severity,
        state: &State<'_>,
        node: Node<'_>,
        message: String,
    ) -> Diagnostic {
        debug_assert!(RULES.iter().any(|rule| rule.id == id), "{id} is a rule");
        let mut path = node.path();
        path.drain(..self.machine.node.path().len().min(path.len()));
        Diagnostic {
            rule: rules::find(id).map_or("", |rule| rule.id),
            severity,
            machine: self.name.to_owned(),
            state: state.name().to_owned(),
            pointer: Step::pointer(&path),
            ..Diagnostic::at(node.token(), message)
        }
    }

    /// A finding with the execution that shows it.
    fn shown_by(self, mut finding: Diagnostic, witness: &Witness) -> Diagnostic {
        finding.notes.push(format!("an execution that does it: {}", one_witness(witness)));
        if witness.path.len() <= MAX_WAY {
            let mut seen: Vec<&str> = Vec::new();
            for name in &witness.path {
                let Some(key) = self.key_of(name) else { continue };
                let words = match (seen.is_empty(), seen.contains(&&**name)) {
                    (true, _) => "from",
                    (_, false) => "to",
                    (_, true) => "and again to",
                };
                seen.push(name);
                finding.way.push(Label::new(key, format!("{words} `{name}`")));
            }
        }
        finding
    }

    fn key_of(self, name: &str) -> Option<Span> {
        self.machine.states.iter().find(|state| state.name() == name).map(|state| state.key.span())
    }

    /// The rules before that leave nothing.
    fn causes(self, rules: &[Rule<'_>], because: &Because) -> Vec<Label> {
        let numbers = match because {
            Because::Covered(cover)
            | Because::Exhaustive(cover)
            | Because::CoveredHere(cover, _)
            | Because::ExhaustiveHere(cover) => cover.rules.as_slice(),
            Because::Duplicate(number) => std::slice::from_ref(number),
            _ => &[],
        };
        let key = |&number: &usize| rules.get(number)?.operators.first().map(|operator| operator.key.token());
        numbers.iter().filter_map(key).take(4).map(|span| Label::new(span, "this comes before")).collect()
    }
}

/// Says what a verdict takes for granted.
fn rests_on(finding: &mut Diagnostic, judged: &Judged) {
    let words = judged.premises.iter().map(|premise| format!("this rests on a premise: {premise}"));
    finding.notes.extend(words);
}
