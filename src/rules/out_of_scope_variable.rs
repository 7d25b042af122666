//! Reads of variables that live in another scope.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Demand;
use crate::diagnostic::Label;
use crate::flow::variables::{Meaning, Relation};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (machine, table) = (cx.machine, cx.variables());
    for read in table.reads() {
        let Meaning::OutOfScope(variable) = read.meaning else { continue };
        if read.demand != Demand::Tested && table.is_tested(read.name) {
            continue;
        }
        let variable = table.variable(variable);
        let (name, home) = (read.name, machine.describe_scope(variable.scope));
        let owner = machine.scope(variable.scope).place.owner().map_or("", |state| machine.state(state).name());
        let relation = table.relation(read.scope, variable.scope);
        let (why, cure) = match relation {
            Relation::Inside => (
                format!("`${name}` lives in {home}, and is gone when that ends"),
                format!("what it ends with comes out as the result of `{owner}`: hand the value out with `Output`"),
            ),
            Relation::Beside => (
                format!("`${name}` lives in {home}, and is not seen outside it"),
                format!("set it before `{owner}`, or hand it on through the result of `{owner}`"),
            ),
            Relation::Around => (
                format!("`${name}` lives in {home}, and child executions of a Distributed Map do not see it"),
                "hand it to each item with `ItemSelector` of the Map".to_owned(),
            ),
        };
        let expression = &cx.expressions()[read.expression];
        let span = expression.node.source_span(read.span);
        let consequence = read.demand.without_value(machine.state(read.state).language);
        let finding = sink.report_at(expression.node, span, format!("{why}: {consequence}"));
        finding.severity = read.demand.severity();
        finding.notes.push(cure);
        let set = table.assignments_of(variable.id).take(1);
        finding.related.extend(set.map(|set| Label::new(set.key.span(), format!("set here, in {home}"))));
    }
}
