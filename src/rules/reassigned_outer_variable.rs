//! Names that a scope assigns though a scope around it has them.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::ScopeId;
use crate::asl::sites::Owner;
use crate::diagnostic::{Label, Severity};
use crate::flow::variables::{Outer, Variable, VariableId, Variables};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (machine, table) = (cx.machine, cx.variables());
    let is_by_catchers = |variable: &Variable<'_>| {
        table.assignments_of(variable.id).all(|assignment| matches!(assignment.owner, Owner::Catcher(_)))
    };
    let by_catchers: Vec<bool> = table.variables().iter().map(is_by_catchers).collect();
    for inner in table.variables() {
        let Some(outer) = outer(table, inner.scope, inner.name) else { continue };
        let outer = table.variable(outer);
        let mut assignments = table.assignments_of(inner.id);
        let Some(first) = assignments.next() else { continue };
        let (name, scope) = (inner.name, machine.describe_scope(outer.scope));
        let within = machine.describe_scope(inner.scope);
        let finding = if by_catchers[outer.id.index()] {
            let message =
                format!("`{name}` is set here and, by a catcher, as a variable of {scope}: one name for two values");
            let finding = sink.report(first.key, message);
            finding.severity = Severity::Info;
            finding.notes.push(format!(
                "the value set here is seen in {within} alone; another name tells it from the one that the catcher sets"
            ));
            finding.notes.push("the service has taken a machine in which only a catcher sets the outer one".to_owned());
            finding
        } else {
            let message = format!("`{name}` is a variable of {scope}, which only its own states set");
            let finding = sink.report(first.key, message);
            finding.notes.push(format!(
                "{within} reads it as `${name}`; a value of its own takes another name, and leaves with `Output`"
            ));
            finding
        };
        let set = table.assignments_of(outer.id).take(1);
        finding.related.extend(set.map(|outer| Label::new(outer.key.span(), format!("{scope} sets it here"))));
        finding.related.extend(assignments.map(|again| Label::new(again.key.span(), "and here")));
    }
}

/// The variable of this name in a scope around `scope` that is certainly seen from it.
fn outer(table: &Variables<'_>, mut scope: ScopeId, name: &str) -> Option<VariableId> {
    while let Outer::Seen(outer) = table.outer(scope) {
        scope = outer;
        if let Some(found) = table.own(scope, name) {
            return Some(found);
        }
    }
    None
}
