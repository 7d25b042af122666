//! Variables whose names differ in case alone.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::ScopeId;
use crate::diagnostic::Label;
use crate::flow::variables::VariableId;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let table = cx.variables();
    let mut first: HashMap<(ScopeId, String), VariableId> = HashMap::new();
    for variable in table.variables() {
        first.entry((variable.scope, variable.name.to_lowercase())).or_insert(variable.id);
    }
    for variable in table.variables() {
        let folded = variable.name.to_lowercase();
        let mut key = (variable.scope, folded);
        let other = table.seen_from(variable.scope).find_map(|scope| {
            key.0 = scope;
            first.get(&key).map(|&other| table.variable(other)).filter(|other| other.name != variable.name)
        });
        let (Some(other), Some(set)) = (other, table.assignments_of(variable.id).next()) else { continue };
        let message = format!("`{}` and `{}` are two variables: case tells them apart", variable.name, other.name);
        let finding = sink.report(set.key, message);
        let set = table.assignments_of(other.id).take(1);
        finding.related.extend(set.map(|set| Label::new(set.key.span(), "the other one")));
    }
}
