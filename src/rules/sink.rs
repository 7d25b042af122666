//! Collects what rules find.

use super::Rule;
use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, Label, Refusal};
use crate::syntax::{Node, Step};
use crate::text::Span;

/// Where a rule puts its findings.
#[derive(Debug)]
pub struct Sink<'a> {
    analysis: &'a Analysis<'a>,
    rule: &'static Rule,
    found: Vec<Diagnostic>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(analysis: &'a Analysis<'a>, rule: &'static Rule) -> Self {
        Self { analysis, rule, found: Vec::new() }
    }

    /// The next findings are this rule's.
    pub(crate) fn enter(&mut self, rule: &'static Rule) {
        self.rule = rule;
    }

    pub(crate) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// A finding at `node`, pointing at its [`token`](Node::token). What comes back takes notes, related places and fixes.
    pub fn report(&mut self, node: Node<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.report_at(node, node.token(), message)
    }

    /// A finding at `node` that points at a part of it.
    pub fn report_at(&mut self, node: Node<'_>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let machine = self.analysis.machine;
        let state = machine.state_at(node.index()).map_or("", |state| state.name());
        self.found.push(Diagnostic {
            rule: self.rule.id,
            severity: self.rule.page().severity,
            message: message.into(),
            primary: Label::new(span, ""),
            related: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            refusal: None,
            machine: self.analysis.document.name.to_owned(),
            state: state.to_owned(),
            pointer: pointer(&path(machine.node, node)),
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
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
        Some(Refusal { code, location: location(&path(self.analysis.machine.node, node)) })
    }
}

/// From the machine's root down to `node`.
fn path<'t>(root: Node<'_>, node: Node<'t>) -> Vec<Step<'t>> {
    let mut path = node.path();
    path.drain(..root.path().len().min(path.len()));
    path
}

/// A JSON pointer (RFC 6901).
fn pointer(path: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in path {
        pointer.push('/');
        match step {
            Step::Member(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
            Step::Item(i) => pointer.push_str(&i.to_string()),
        }
    }
    pointer
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
