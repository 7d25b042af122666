//! Collects what rules find.

use super::{Fixable, Rule};
use crate::analysis::Analysis;
use crate::asl::{Machine, StateId};
use crate::diagnostic::{Applicability, Diagnostic, Label, Refusal, Severity};
use crate::graph::Graph;
use crate::source::Document;
use crate::syntax::{Node, Step};
use crate::text::Span;

/// Where a rule puts its findings.
#[derive(Debug)]
pub struct Sink<'a> {
    document: Document<'a>,
    machine: &'a Machine<'a>,
    graph: &'a Graph<'a>,
    rule: &'static Rule,
    found: Vec<Diagnostic>,
    /// How many findings of the rule there are in all.
    n_found: usize,
    /// Numbers of findings at values that stand elsewhere too: an edit there would change more than meant.
    aliased: Vec<usize>,
    /// Takes the findings beyond [`MAX_FINDINGS`].
    surplus: Option<Diagnostic>,
    effects: Vec<Effect>,
}

/// A finding that is the effect of another one, if that is found.
#[derive(Debug)]
struct Effect {
    /// The number of the finding.
    finding: usize,
    /// Where the cause would stand.
    at: Vec<Span>,
    /// What the cause says of it.
    note: &'static str,
}

/// The rules that find something which reads as an expression and is none, or finds nothing; and a callback that is
/// waited for in vain.
const CAUSES: [&str; 4] =
    ["callback-without-token", "jsonata-delimiters", "literal-expression", "unknown-context-field"];

/// How many findings of one rule are kept for one machine: a thousand of a kind are told in full, a million have one cause.
const MAX_FINDINGS: usize = 1_000;

/// How many states the way of a finding has at most.
const MAX_WAY: usize = 100;

/// How many findings of one rule come with what was meant, where that has to be looked for among hundreds of names.
const MAX_GUESSES: usize = 100;

impl<'a> Sink<'a> {
    pub(crate) fn new<'b: 'a>(analysis: &'a Analysis<'b>, rule: &'static Rule) -> Self {
        Self {
            document: analysis.document,
            machine: analysis.machine,
            graph: analysis.graph(),
            rule,
            found: Vec::new(),
            n_found: 0,
            aliased: Vec::new(),
            surplus: None,
            effects: Vec::new(),
        }
    }

    /// The next findings are this rule's.
    pub(crate) fn enter(&mut self, rule: &'static Rule) {
        self.leave();
        self.rule = rule;
    }

    /// Ends a rule: what was not kept is at least counted.
    fn leave(&mut self) {
        let n_more = self.n_found.saturating_sub(MAX_FINDINGS);
        if n_more > 0
            && let Some(last) = self.found.last_mut()
        {
            last.notes.push(format!("{n_more} more findings of this rule in this machine are not listed"));
        }
        self.n_found = 0;
    }

    /// Whether the rule has found little yet, so that each finding may take long.
    #[must_use]
    pub fn is_early(&self) -> bool {
        self.n_found < MAX_GUESSES
    }

    pub(crate) fn into_found(mut self) -> Vec<Diagnostic> {
        self.leave();
        for &i in &self.aliased {
            self.found[i].fixes.clear();
        }
        debug_assert!(self.found.iter().all(promised), "a page says how far the fixes of its rule go");
        self.drop_effects();
        self.found
    }

    /// The last finding is told by another one, if a rule that looks at expressions finds it at one of these places: it
    /// gets the note and the severity then, and this finding goes.
    pub fn is_effect(&mut self, at: Vec<Span>, note: &'static str) {
        if !at.is_empty() && self.n_found < MAX_FINDINGS {
            self.effects.push(Effect { finding: self.found.len() - 1, at, note });
        }
    }

    fn drop_effects(&mut self) {
        if self.effects.is_empty() {
            return;
        }
        let start = |&(start, _): &(u32, usize)| start;
        let of_cause =
            |(i, found): (usize, &Diagnostic)| CAUSES.contains(&found.rule).then_some((found.primary.span.start, i));
        let mut causes: Vec<(u32, usize)> = self.found.iter().enumerate().filter_map(of_cause).collect();
        causes.sort_unstable();
        let mut is_dropped = vec![false; self.found.len()];
        for effect in &self.effects {
            let severity = self.found[effect.finding].severity;
            for span in &effect.at {
                let first = causes.partition_point(|cause| start(cause) < span.start);
                for (_, cause) in causes[first..].iter().take_while(|cause| start(cause) < span.end) {
                    is_dropped[effect.finding] = true;
                    let cause = &mut self.found[*cause];
                    // What fails at once does not come to the effect.
                    let fails = cause.rule == "unknown-context-field" && cause.severity == Severity::Error;
                    if !fails && !cause.notes.iter().any(|note| note == effect.note) {
                        cause.severity = cause.severity.max(severity);
                        cause.notes.push(effect.note.to_owned());
                    }
                }
            }
        }
        let mut is_dropped = is_dropped.into_iter();
        self.found.retain(|_| is_dropped.next() != Some(true));
    }

    /// A finding at `node`, pointing at its [`token`](Node::token). What comes back takes notes, related places and fixes.
    pub fn report(&mut self, node: Node<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.report_at(node, node.token(), message)
    }

    /// A finding at `node` that points at a part of it.
    pub fn report_at(&mut self, node: Node<'_>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.n_found += 1;
        let is_kept = self.n_found <= MAX_FINDINGS;
        let machine = self.machine;
        let mut finding =
            Diagnostic { rule: self.rule.id, severity: self.rule.page().severity, ..Diagnostic::at(span, message) };
        if !is_kept {
            return self.surplus.insert(finding);
        }
        self.document.name.clone_into(&mut finding.machine);
        finding.state = machine.state_at(node.index()).map_or("", |state| state.name()).to_owned();
        finding.pointer = Step::pointer(&path(machine.node, node));
        if node.is_aliased() {
            self.aliased.push(self.found.len());
        }
        self.found.push(finding);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// States that no execution reaches because of a finding, as places that belong to it.
    #[must_use]
    pub fn cut_off(&self, states: &[StateId]) -> Vec<Label> {
        let label = |&state: &StateId| {
            let state = self.machine.state(state);
            Label::new(state.key.span(), format!("no execution reaches `{}` until that is mended", state.name()))
        };
        states.iter().map(label).collect()
    }

    /// As [`cut_off`](Self::cut_off), for a finding at the node of a state that lacks its transition.
    #[must_use]
    pub fn cut_off_at(&self, node: Node<'_>) -> Vec<Label> {
        let Some(state) = self.machine.state_at(node.index()) else { return Vec::new() };
        self.cut_off(self.graph.cut_off_by(state.id))
    }

    /// The states in their order, as the way of a finding; empty where it is long, or where many findings have one already: a
    /// way is there to be read.
    #[must_use]
    pub fn way(&self, states: &[StateId]) -> Vec<Label> {
        if states.len() > MAX_WAY || !self.is_early() {
            return Vec::new();
        }
        let label = |(i, &state): (usize, &StateId)| {
            let key = self.machine.state(state).key;
            let words = match (i, states.get(..i).is_some_and(|before| before.contains(&state))) {
                (0, _) => "from",
                (_, false) => "to",
                (_, true) => "and again to",
            };
            Label::new(key.span(), format!("{words} `{}`", key.content()))
        };
        states.iter().enumerate().map(label).collect()
    }

    /// The way on which an execution first comes to a state.
    #[must_use]
    pub fn way_to(&self, state: StateId) -> Vec<Label> {
        if !self.is_early() {
            return Vec::new();
        }
        self.way(&self.graph.way_from_start(self.machine, state))
    }

    /// As [`way_to`](Self::way_to), by way of another state, where something happens that belongs to the finding.
    #[must_use]
    pub fn way_through(&self, by: StateId, to: StateId) -> Vec<Label> {
        if !self.is_early() {
            return Vec::new();
        }
        self.way(&self.graph.way_through(self.machine, by, to))
    }

    /// The way on which an execution first comes to a state, and from it round to it again through states of a loop.
    #[must_use]
    pub fn way_round(&self, state: StateId, cycle: &[StateId]) -> Vec<Label> {
        if !self.is_early() {
            return Vec::new();
        }
        let graph = self.graph;
        let mut way = graph.way_from_start(self.machine, state);
        way.extend(graph.way(state, state, |state| cycle.binary_search(&state).is_ok()).into_iter().skip(1));
        self.way(&way)
    }

    /// A finding at `node` for which the service refuses the definition, pointing at `at`.
    pub fn refuse(&mut self, node: Node<'_>, at: Node<'_>, message: impl Into<String>) -> &mut Diagnostic {
        let refusal = self.refusal("SCHEMA_VALIDATION_FAILED", at);
        let finding = self.report(node, message);
        finding.refusal = refusal;
        finding
    }

    /// As [`refuse`](Self::refuse), pointing at a part of `node`.
    pub fn refuse_at(
        &mut self,
        node: Node<'_>,
        span: Span,
        at: Node<'_>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let refusal = self.refusal("SCHEMA_VALIDATION_FAILED", at);
        let finding = self.report_at(node, span, message);
        finding.refusal = refusal;
        finding
    }

    /// What the service says of a mistake at `node`: its code, and the place in its own dialect.
    #[must_use]
    pub fn refusal(&self, code: &'static str, node: Node<'_>) -> Option<Refusal> {
        (self.n_found < MAX_FINDINGS).then(|| Refusal { code, location: location(&path(self.machine.node, node)) })
    }
}

/// Whether the rule's page promises fixes like those of a finding.
fn promised(found: &Diagnostic) -> bool {
    let most = super::find(found.rule).map_or(Fixable::No, |rule| rule.page().fix);
    found.fixes.iter().all(|fix| match most {
        Fixable::No => false,
        Fixable::Unsafe => fix.applicability == Applicability::Unsafe,
        Fixable::Safe => true,
    })
}

/// From the machine's root down to `node`.
fn path<'t>(root: Node<'_>, node: Node<'t>) -> Vec<Step<'t>> {
    let mut path = node.path();
    path.drain(..root.path().len().min(path.len()));
    path
}

/// The service's dialect: `/States/C/Choices[0]/Next`, and `/` for the machine itself.
fn location(path: &[Step<'_>]) -> String {
    let mut location = String::new();
    for step in path {
        match step {
            Step::Member(name) => {
                location.push('/');
                location.push_str(name);
            }
            Step::Item(i) => {
                location.push('[');
                location.push_str(&i.to_string());
                location.push(']');
            }
        }
    }
    if location.is_empty() { "/".to_owned() } else { location }
}
