//! Values, and the paths that lead to them.

use serde_json::{Value, json};

use super::{Sampled, Scene, Writer};

/// What a place calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Any,
    Number,
    Whole,
    Text,
    Timestamp,
    Bool,
    Array,
    Object,
}

pub(super) const SORTS: &[Sort] =
    &[Sort::Any, Sort::Number, Sort::Whole, Sort::Text, Sort::Timestamp, Sort::Bool, Sort::Array, Sort::Object];

const TEXTS: &[&str] = &[
    "",
    "a",
    "abc",
    "ABC",
    "it's",
    "say \"hi\"",
    "two words",
    "a*b",
    "back\\slash",
    "{}",
    "é",
    "e\u{301}",
    "日本",
    "😀",
    "\u{fffd}z",
    "a,b;c",
    "42",
    "-1.5",
    "true",
    "null",
    "[1, {\"k\": 2}]",
    "line\nbreak",
    "$.n",
    "aGVsbG8=",
];

const TIMESTAMPS: &[&str] =
    &["2024-01-01T00:00:00Z", "2024-06-30T23:59:59Z", "2016-03-14T01:59:00Z", "2024-01-01T01:00:00.500Z"];

const NAMES: &[&str] = &["a", "b", "n", "s", "k1", "two words", "é", "Ünï", "x-y"];

/// How a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    JsonPath,
    Jsonata,
}

impl Sort {
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Number => value.is_number(),
            Self::Whole => value.as_i64().is_some_and(|number| number.abs() < 1_000_000),
            Self::Text => value.is_string(),
            Self::Timestamp => value.as_str().is_some_and(|text| TIMESTAMPS.contains(&text)),
            Self::Bool => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }
}

impl Writer {
    /// A value of a sort.
    pub(super) fn sample(&mut self, sort: Sort) -> Value {
        match sort {
            Sort::Any => self.value(2),
            Sort::Number if self.happens(60) => self.sample(Sort::Whole),
            Sort::Number => match self.dice.below(8) {
                0 => json!(2.5),
                1 => json!(-0.5),
                2 => json!(0.1),
                3 => json!(1.0),
                4 => json!(9_007_199_254_740_991_i64),
                5 => json!(-123_456_789_012_345_i64),
                6 => json!(1e21),
                _ => json!(-2.5e-7),
            },
            Sort::Whole => json!(self.dice.pick(&[0, 1, -1, 2, 3, 5, 7, 42, 100, -5])),
            Sort::Text => json!(self.dice.pick(TEXTS)),
            Sort::Timestamp => json!(self.dice.pick(TIMESTAMPS)),
            Sort::Bool => json!(self.happens(50)),
            Sort::Array => {
                let sort = self.dice.pick(&[Sort::Any, Sort::Whole, Sort::Text]);
                (0..self.between(0, 4))
                    .map(|_| if sort == Sort::Any { self.value(1) } else { self.sample(sort) })
                    .collect()
            }
            Sort::Object => self.object(2),
        }
    }

    /// A scalar that a literal may be.
    pub(super) fn scalar(&mut self) -> Value {
        let sort = self.dice.pick(&[Sort::Number, Sort::Whole, Sort::Text, Sort::Text, Sort::Bool, Sort::Timestamp]);
        if self.happens(8) { Value::Null } else { self.sample(sort) }
    }

    fn value(&mut self, depth: usize) -> Value {
        if depth == 0 || self.happens(60) {
            return self.scalar();
        }
        if self.happens(50) {
            return (0..self.between(0, 3)).map(|_| self.value(depth - 1)).collect();
        }
        self.object(depth)
    }

    fn object(&mut self, depth: usize) -> Value {
        let n = self.between(0, 3);
        Value::Object((0..n).map(|_| (self.dice.pick(NAMES).to_owned(), self.value(depth - 1))).collect())
    }

    /// The input of an execution: it holds a value of every sort.
    pub(super) fn input(&mut self) -> Value {
        let row = |writer: &mut Self| json!({"id": writer.sample(Sort::Whole), "s": writer.sample(Sort::Text)});
        let mut input = json!({
            "n": self.sample(Sort::Number),
            "i": self.sample(Sort::Whole),
            "s": self.sample(Sort::Text),
            "when": self.sample(Sort::Timestamp),
            "flag": self.sample(Sort::Bool),
            "none": null,
            "list": (0..self.between(0, 4)).map(|_| self.sample(Sort::Whole)).collect::<Value>(),
            "words": (0..self.between(1, 3)).map(|_| self.sample(Sort::Text)).collect::<Value>(),
            "rows": (0..self.between(1, 3)).map(|_| row(self)).collect::<Value>(),
            "obj": self.object(2),
        });
        for _ in 0..self.between(0, 2) {
            input[self.dice.pick(NAMES)] = self.value(2);
        }
        input
    }

    /// A path to a value of the sort; `None` where nothing of it is to be seen.
    pub(super) fn path(&mut self, scene: &Scene, sort: Sort, notation: Notation) -> Option<Sampled> {
        if self.dice.below(250) == 0 {
            let nowhere = match notation {
                Notation::JsonPath => "$.nowhere",
                Notation::Jsonata => "$states.input.nowhere",
            };
            return Some((nowhere.to_owned(), self.sample(sort)));
        }
        let (document, context) = match notation {
            Notation::JsonPath => ("$", "$$"),
            Notation::Jsonata => ("$states.input", "$states.context"),
        };
        let (index, machine) = (json!(0), json!("machine"));
        let mut found = Vec::new();
        if self.happens(75) {
            reachable(document.to_owned(), &scene.document, notation, 3, &mut found);
        } else {
            reachable(format!("{context}.Execution.Input"), &scene.input, notation, 2, &mut found);
            if let Some(item) = &scene.item {
                reachable(format!("{context}.Map.Item.Value"), item, notation, 2, &mut found);
                found.push((format!("{context}.Map.Item.Index"), &index));
            }
            found.push((format!("{context}.StateMachine.Name"), &machine));
            for (name, value) in &scene.variables {
                reachable(format!("${name}"), value, notation, 2, &mut found);
            }
        }
        let is_other = self.happens(2);
        found.retain(|(_, value)| is_other || sort.fits(value));
        self.one_of(found).map(|(path, value)| (path, value.clone()))
    }

    /// A Reference Path into the document or a variable.
    pub(super) fn reference(&mut self, scene: &Scene, sort: Sort) -> Option<Sampled> {
        let path = self.path(scene, sort, Notation::JsonPath)?;
        if path.0.starts_with("$$") { self.reference(scene, sort) } else { Some(path) }
    }

    /// A path that may select several values: what `Parameters`, `InputPath` and `OutputPath` take besides.
    pub(super) fn selecting(&mut self, scene: &Scene) -> Option<Sampled> {
        let (path, value) = self.path(scene, Sort::Array, Notation::JsonPath)?;
        let items = value.as_array()?.clone();
        let member = items.first().and_then(Value::as_object).and_then(|first| first.keys().next().cloned());
        Some(match (self.dice.below(4), member) {
            (0, _) => (format!("{path}[*]"), value),
            (1, _) => (format!("{path}[0:2]"), items.into_iter().take(2).collect()),
            (2, Some(name)) if name.chars().all(char::is_alphanumeric) => {
                let values = items.iter().filter_map(|item| item.get(&name).cloned()).collect();
                (format!("{path}[*].{name}"), values)
            }
            // Items are counted from 0: this finds nothing.
            _ if self.happens(4) => (format!("{path}[-1]"), Value::Null),
            _ => (format!("{path}[-1:]"), items.last().cloned().into_iter().collect()),
        })
    }
}

/// Every path below a root, and what it leads to.
fn reachable<'v>(
    root: String,
    value: &'v Value,
    notation: Notation,
    depth: usize,
    found: &mut Vec<(String, &'v Value)>,
) {
    if depth > 0 {
        for (name, value) in value.as_object().into_iter().flatten() {
            let is_plain = name.chars().all(char::is_alphanumeric);
            let step = match notation {
                _ if is_plain => format!(".{name}"),
                Notation::JsonPath => format!("['{name}']"),
                Notation::Jsonata => format!(".`{name}`"),
            };
            reachable(format!("{root}{step}"), value, notation, depth - 1, found);
        }
        for (i, value) in value.as_array().into_iter().flatten().take(3).enumerate() {
            reachable(format!("{root}[{i}]"), value, notation, depth - 1, found);
        }
    }
    found.push((root, value));
}

/// A document with a value put where a plain path leads; the same where it does not lead through objects.
pub(super) fn placed(mut document: Value, path: &[&str], value: Value) -> Value {
    let mut place = &mut document;
    for step in path {
        if !place.is_object() && !place.is_null() {
            return document;
        }
        place = &mut place[*step];
    }
    *place = value;
    document
}
