//! Turns JSON with JSONata in its strings into values.

use std::collections::BTreeMap;

use super::super::atom::Tag;
use super::super::jsonata::{Sight, Told, evaluated};
use super::super::value::ValueId;
use super::Building;
use super::pipeline::View;
use crate::asl::jsonata::{self, Delimited, expression_in};
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
                return building.mistaken("an expression with a mistake in it", view);
            }
            let world = &mut building.store.world;
            let sight = Sight { roots: &view.roots(), result: view.result, place: world.unique() };
            let Told { value, fails, .. } = evaluated(world, &parsed.ast, sight);
            // What comes to nothing fails the state.
            let missing = world.is(value, Tag::Absent);
            view.fails = world.terms.any([view.fails, fails, missing]);
            value
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
