//! Turns JSON with JSONata in it into values.

use std::collections::BTreeMap;

use super::super::atom::Tag;
use super::super::choice::Roots;
use super::super::jsonata::{Reader, Scope};
use super::super::value::ValueId;
use super::Building;
use super::pipeline::View;
use crate::asl::jsonata::{self, Delimited, Scopes, expression_in};
use crate::syntax::{Kind, Node};

/// JSON with JSONata in its strings. Recursion is bounded by the depth of the tree.
pub(super) fn form<'t>(building: &mut Building<'_, 't>, node: Node<'t>, view: &mut View) -> ValueId {
    if node.is_open() || node.may_have_more() {
        return building.anything("a placeholder");
    }
    match node.kind() {
        Kind::String => {
            let Delimited::Expression { inner } = expression_in(node.content()) else { return building.literal(node) };
            let parsed = jsonata::parse(inner.of(node.content()));
            if !parsed.errors.is_empty() {
                return building.anything("an expression with a mistake in it");
            }
            let roots = Roots { document: view.input, ..view.roots() };
            let scopes = Scopes::new(&parsed.ast);
            let scope = Scope { roots: &roots, result: view.result, assigned: &building.assigned };
            let world = &mut building.store.world;
            let given = Reader::new(world, scope, &parsed.ast, &scopes).read();
            // What comes to nothing fails the state.
            let missing = world.is(given.value, Tag::Absent);
            view.fails = world.terms.any([view.fails, given.fails, missing]);
            given.value
        }
        Kind::Object => {
            let mut members = BTreeMap::new();
            for member in node.members() {
                members.insert(member.name().into(), form(building, member.value, view));
            }
            building.store.world.object(members, None)
        }
        Kind::Array => {
            let items = node.items().map(|item| form(building, item, view)).collect();
            building.store.world.array(items)
        }
        _ => building.literal(node),
    }
}
