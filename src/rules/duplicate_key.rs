//! Objects that hold one key twice.

use std::collections::HashMap;

use super::Sink;
use crate::analysis::Analysis;
use crate::diagnostic::{Applicability, Label};
use crate::syntax::edit::removed;
use crate::syntax::{Kind, Node};

/// Up to so many members, comparing each with each is faster than hashing.
const FEW: usize = 12;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let objects = cx.machine.node.descendants().filter(|node| node.kind() == Kind::Object && !node.is_aliased());
    for object in objects {
        for (first, again) in repeated(object) {
            let name = again.content();
            let finding = sink.report(
                again,
                format!("`{name}` stands twice in this object: the first one is dropped without a word"),
            );
            finding.related.push(Label::new(first.span(), "this one is dropped"));
            let dropped = object.members().find(|member| member.key == first).map(|member| member.value);
            // Executions stay the same; which of the two was meant is for a person to say.
            let edits = dropped.and_then(|dropped| removed(&[dropped]));
            finding.offer(Applicability::Unsafe, "remove the one that is dropped", edits);
        }
    }
}

/// The keys that stand again, each with the one before it.
fn repeated(object: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let keys = || object.members().map(|member| member.key).filter(|key| !key.is_aliased() && !key.span().is_empty());
    let mut found = Vec::new();
    if object.len() <= FEW {
        for (i, key) in keys().enumerate() {
            if let Some(first) = keys().take(i).filter(|first| first.content() == key.content()).last() {
                found.push((first, key));
            }
        }
        return found;
    }
    let mut last = HashMap::with_capacity(object.len());
    for key in keys() {
        if let Some(first) = last.insert(key.content(), key) {
            found.push((first, key));
        }
    }
    found
}
