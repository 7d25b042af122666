//! Turns JSONata expressions into values: paths, literals and objects as they are, the rest into anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::atom::{Step, Tag};
use super::super::value::ValueId;
use super::Building;
use super::pipeline::View;
use crate::asl::jsonata::{self, Ast, Delimited, ExprId, Kind as Expr, expression_in};
use crate::eval::Value;
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
            let value = expression(building, &parsed.ast, parsed.ast.root(), view);
            // What comes to nothing fails the state.
            let missing = building.store.world.is(value, Tag::Absent);
            view.fails = building.store.world.terms.or(view.fails, missing);
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

/// The value of an expression; of what is undefined, `Absent`. Recursion is bounded by the depth that the parser reads.
fn expression(building: &mut Building<'_, '_>, ast: &Ast, id: ExprId, view: &View) -> ValueId {
    if ast[id].keeps_array {
        return building.anything("JSONata");
    }
    match &ast[id].kind {
        Expr::String(text) => building.store.world.constant(ast.text(*text).into()),
        Expr::Number(number) => building.store.world.constant((*number).into()),
        Expr::Bool(value) => building.store.world.constant((*value).into()),
        Expr::Null => building.store.world.constant(Value::Null),
        Expr::Block(inner) if inner.len() == 1 => expression(building, ast, inner[0], view),
        Expr::Variable(name) => variable(building, ast.text(*name), view),
        Expr::Path(steps) => path(building, ast, steps, view),
        Expr::Object(pairs) => object(building, ast, pairs, view),
        Expr::Call { callee, args } => match (&ast[*callee].kind, args.as_slice()) {
            (Expr::Variable(name), [list]) if ast.text(*name) == "merge" && !view.variables.contains_key("merge") => {
                merged(building, ast, *list, view)
            }
            _ => building.anything("JSONata"),
        },
        _ => building.anything("JSONata"),
    }
}

fn variable(building: &mut Building<'_, '_>, name: &str, view: &View) -> ValueId {
    match (name, view.variables.get(name)) {
        (_, Some(&value)) if name != "states" => value,
        _ => building.anything("JSONata"),
    }
}

/// `$states.input.a.b`, `$x.a`: of objects the members; what JSONata makes of arrays is anything.
fn path(building: &mut Building<'_, '_>, ast: &Ast, steps: &[ExprId], view: &View) -> ValueId {
    let Some((first, rest)) = steps.split_first() else { return building.anything("JSONata") };
    let mut names = Vec::new();
    for step in rest {
        match &ast[*step].kind {
            Expr::Name(name) if !ast[*step].keeps_array => names.push(ast.text(*name)),
            _ => return building.anything("JSONata"),
        }
    }
    let Expr::Variable(name) = &ast[*first].kind else { return building.anything("JSONata") };
    let (mut value, names) = match (ast.text(*name), names.as_slice()) {
        ("states", ["input", names @ ..]) => (view.input, names),
        ("states", ["context", names @ ..]) => (view.context, names),
        ("states", [which, names @ ..]) => match view.result {
            Some((known, value)) if known == *which => (value, names),
            _ => return building.anything("JSONata"),
        },
        ("states", []) => return building.anything("JSONata"),
        (name, names) => (variable(building, name, view), names),
    };
    for name in names {
        value = plain(building, value);
        value = building.store.world.part(value, &Step::Member(Arc::from(*name)));
    }
    if names.is_empty() { value } else { plain(building, value) }
}

/// The value, or anything where it is an array.
fn plain(building: &mut Building<'_, '_>, value: ValueId) -> ValueId {
    let is_array = building.store.world.is(value, Tag::Arr);
    if is_array.as_constant() == Some(false) {
        return value;
    }
    let anything = building.anything("what JSONata makes of an array");
    building.store.merged(is_array, anything, value)
}

/// `{'a': $x}`: what is undefined is left out.
fn object(building: &mut Building<'_, '_>, ast: &Ast, pairs: &[ExprId], view: &View) -> ValueId {
    let mut members = BTreeMap::new();
    for (key, value) in jsonata::pairs(pairs) {
        let Expr::String(name) = &ast[key].kind else { return building.anything("JSONata") };
        members.insert(ast.text(*name).into(), expression(building, ast, value, view));
    }
    building.store.world.object(members, None)
}

/// `$merge([$states.input, {'a': 1}])`
fn merged(building: &mut Building<'_, '_>, ast: &Ast, list: ExprId, view: &View) -> ValueId {
    let Expr::Array(parts) = &ast[list].kind else { return building.anything("JSONata") };
    let [first, second] = parts.as_slice() else { return building.anything("JSONata") };
    let Expr::Object(pairs) = &ast[*second].kind else { return building.anything("JSONata") };
    let base = expression(building, ast, *first, view);
    let mut members = BTreeMap::new();
    for (key, value) in jsonata::pairs(pairs) {
        let Expr::String(name) = &ast[key].kind else { return building.anything("JSONata") };
        let name: Arc<str> = ast.text(*name).into();
        let value = expression(building, ast, value, view);
        // What is undefined does not hide what is there.
        let is_absent = building.store.world.is(value, Tag::Absent);
        let old = building.store.world.part(base, &Step::Member(Arc::clone(&name)));
        members.insert(name, building.store.merged(is_absent, old, value));
    }
    let whole = building.store.world.object(members, Some(base));
    let is_object = building.store.world.is(base, Tag::Obj);
    let other = building.anything("JSONata");
    building.store.merged(is_object, whole, other)
}
