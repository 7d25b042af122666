//! Turns the members that an expression names behind `$$` or `$states.context` into the first that the context object lacks.
//!
//! The shape is the developer guide's ("Accessing execution data from the Context object"), and that of the objects which the
//! service prints where a path is not found in them.

/// What stands at a place of the context object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An object with these members.
    Object(&'static [(&'static str, Shape)]),
    /// A string.
    String,
    /// A number.
    Number,
    /// What the caller of the machine or the items of a Map decide.
    Free,
}

use Shape::{Free, Number, Object, String};

/// The context object. What of it is there depends on the place: `Task` and `Map` are not everywhere.
pub const CONTEXT: Shape = Object(&[
    (
        "Execution",
        Object(&[
            ("Id", String),
            ("Input", Free),
            ("Name", String),
            ("RoleArn", String),
            ("StartTime", String),
            ("RedriveCount", Number),
            ("RedriveTime", String),
        ]),
    ),
    ("State", Object(&[("EnteredTime", String), ("Name", String), ("RetryCount", Number)])),
    ("StateMachine", Object(&[("Id", String), ("Name", String)])),
    ("Task", Object(&[("Token", String)])),
    ("Map", Object(&[("Item", Object(&[("Index", Number), ("Value", Free), ("Key", String), ("Source", String)]))])),
]);

/// The first of `names` that is not there, by number, and the shape of what was to have it. `None` if all of them are there,
/// or may be.
#[must_use]
pub fn missing<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<(usize, Shape)> {
    let mut shape = CONTEXT;
    for (i, name) in names.into_iter().enumerate() {
        shape = match shape {
            Free => return None,
            String | Number => return Some((i, shape)),
            Object(_) => match shape.member(name) {
                Some(member) => member,
                None => return Some((i, shape)),
            },
        };
    }
    None
}

/// The only way through the context object that ends in `name`: `Execution.Input` for `Input`. `None` for `Id`, which several
/// objects have.
#[must_use]
pub fn only_way_to(name: &str) -> Option<std::string::String> {
    let mut ways = Vec::new();
    collect(CONTEXT, "", name, &mut ways);
    (ways.len() == 1).then(|| ways.remove(0))
}

/// Recursion is bounded by the depth of the table.
fn collect(shape: Shape, before: &str, name: &str, ways: &mut Vec<std::string::String>) {
    let Object(members) = shape else { return };
    for &(member, shape) in members {
        let way = if before.is_empty() { member.to_owned() } else { format!("{before}.{member}") };
        collect(shape, &way, name, ways);
        if member == name {
            ways.push(way);
        }
    }
}

impl Shape {
    /// The member of this name.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Self> {
        let Object(members) = self else { return None };
        members.iter().find(|&&(member, _)| member == name).map(|&(_, shape)| shape)
    }

    /// The names of the members.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let members = if let Object(members) = self { members } else { &[] };
        members.iter().map(|&(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_member_that_is_missing() {
        for (path, expected) in [
            ("", None),
            ("Execution", None),
            ("Execution.Input.any.thing", None),
            ("Map.Item.Value.any", None),
            ("Map.Item.Key", None),
            ("State.RetryCount", None),
            ("Task.Token", None),
            ("execution.Id", Some(0)),
            ("Execution.id", Some(1)),
            ("Execution.Id.x", Some(2)),
            ("Map.Index", Some(1)),
            ("Map.Item.Index.x", Some(3)),
            ("StateMachine.RoleArn", Some(1)),
        ] {
            let names = path.split('.').filter(|name| !name.is_empty());
            assert_eq!(missing(names).map(|(i, _)| i), expected, "{path}");
        }
    }

    #[test]
    fn names_that_stand_in_one_place() {
        for (name, expected) in [
            ("Token", Some("Task.Token")),
            ("Value", Some("Map.Item.Value")),
            ("Input", Some("Execution.Input")),
            ("Id", None),
            ("Name", None),
            ("Nothing", None),
        ] {
            assert_eq!(only_way_to(name).as_deref(), expected, "{name}");
        }
    }
}
