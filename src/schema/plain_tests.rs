//! What [`Plain`](super::plain::Plain) says is held to what the compiled schemas say.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use super::part::{SCHEMAS, Schema};
use super::view::View;
use crate::syntax::{self, Format, Node};

/// Values that one field or another takes, and such as none does.
const VALUES: [&str; 24] = [
    r#""x""#,
    r#""""#,
    r#""{% 1 %}""#,
    r#""{%}""#,
    r#""{% ${Hole} %}""#,
    r#""${Hole}""#,
    "${Hole}",
    "true",
    "false",
    "null",
    "0",
    "1",
    "1.0",
    "1.5",
    "-1",
    "50",
    "262145",
    "1e9",
    "12345678901234567890",
    "[]",
    r#"["a"]"#,
    "[1]",
    "{}",
    r#"{"a": 1}"#,
];

/// A sequence of numbers that looks like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }
}

/// Every string in a schema: the names and the words that it may hang on.
fn words(schema: &'static Schema) -> Vec<String> {
    let tree = syntax::parse(&Arc::from(schema.text), Format::Json);
    let of = |name: &str| tree.root().get(name).into_iter().flat_map(Node::descendants);
    let keys = schema.fields().map(str::to_owned);
    let mut words: Vec<String> =
        keys.chain(of("required").chain(of("properties")).filter_map(Node::as_str).map(str::to_owned)).collect();
    words.retain(|word| !word.contains(' ') && !word.contains('/'));
    words.sort();
    words.dedup();
    words
}

/// Whether the compiled schema accepts an object, or refuses what is open alone.
fn is_accepted(schema: &'static Schema, object: Node<'_>) -> bool {
    schema.validator().iter_errors(View::Node(object)).all(|error| {
        let at = error.instance_path().as_str();
        at.split('/').skip(1).try_fold(object, Node::get).is_some_and(Node::is_open)
    })
}

#[test]
fn what_plainly_conforms_is_accepted_and_nearly_the_other_way_round() {
    let mut chance = Chance(1);
    for schema in &SCHEMAS {
        let plain = schema.plain().unwrap_or_else(|| panic!("{}: it says what `plain` cannot read", schema.stem));
        let fields: Vec<&str> = schema.fields().collect();
        assert!(fields.iter().all(|name| plain.field(name) == Some(*name)), "{}", schema.stem);
        assert!(words(schema).iter().all(|word| plain.field(word).is_some() == fields.contains(&word.as_str())));
        let words = words(schema);
        let values: Vec<String> = VALUES
            .iter()
            .map(|value| (*value).to_owned())
            .chain(words.iter().map(|word| format!("{word:?}")))
            .collect();
        // Of each field the values that it takes where nothing else is asked.
        let taken = |name: &str| -> Vec<&String> {
            let is_taken = |value: &&String| {
                let tree = syntax::parse(&Arc::from(format!("{{{name:?}: {value}}}")), Format::Json);
                let mut errors = schema.validator().iter_errors(View::Node(tree.root()));
                !errors.any(|error| error.instance_path().as_str().contains('/'))
            };
            values.iter().filter(is_taken).collect()
        };
        let taken: Vec<(&str, Vec<&String>)> = fields.iter().map(|name| (*name, taken(name))).collect();
        let of = |keyword: &str| schema.value().get(keyword);
        let by_others =
            of("dependentRequired").and_then(Value::as_object).into_iter().flat_map(serde_json::Map::values);
        let lists = of("required").into_iter().chain(by_others).filter_map(Value::as_array);
        let needed: Vec<&str> = lists.flatten().filter_map(Value::as_str).collect();
        let (mut n_accepted, mut n_refused) = (0, 0);
        for _ in 0..800 {
            // The less fields, the more often none rules out another.
            let most = if chance.below(2) == 0 { 8 } else { 2 * fields.len() };
            let one_in = 1 + chance.below(most);
            let mut text = String::from("{");
            for (name, good) in &taken {
                let is_wanted = needed.contains(name) && chance.below(8) > 0;
                if chance.below(one_in) > 0 && !is_wanted {
                    continue;
                }
                let any = &values[chance.below(values.len())];
                let value = if good.is_empty() || chance.below(25) == 0 { any } else { good[chance.below(good.len())] };
                let _ = write!(text, "{}{name:?}: {value}", if text.len() > 1 { ", " } else { "" });
            }
            if chance.below(25) == 0 {
                let _ = write!(text, "{}\"Other\": 1", if text.len() > 1 { ", " } else { "" });
            }
            text += "}";
            let tree = syntax::parse(&Arc::from(text.as_str()), Format::Json);
            let is_accepted = is_accepted(schema, tree.root());
            let is_plain = plain.conforms(tree.root());
            assert!(is_accepted || !is_plain, "{}: {text} conforms, but is refused", schema.stem);
            let is_unsure = text.contains("Hole") || text.contains("12345678901234567890");
            assert!(is_plain || !is_accepted || is_unsure, "{}: {text} is accepted, but not seen to be", schema.stem);
            if is_accepted { n_accepted += 1 } else { n_refused += 1 }
        }
        assert!(n_accepted >= 20 && n_refused >= 5, "{}: {n_accepted} accepted, {n_refused} refused", schema.stem);
    }
}

#[test]
fn what_cannot_be_read_is_left_to_the_compiled_schemas() {
    let read = super::plain::Plain::read;
    assert!(read(r#"{"type": "object", "properties": {"A": {"type": "string"}}}"#).is_some());
    for text in [
        r#"{"type": "object", "maxProperties": 1}"#,
        r#"{"type": "array"}"#,
        r#"{"type": "object", "properties": {"A": {"pattern": "^a"}}}"#,
        r#"{"type": "object", "properties": {"A": {"items": {"type": "integer"}}}}"#,
        r#"{"type": "object", "properties": {"A": {"$ref": "common.json\#/$defs/Nothing"}}}"#,
        r#"{"type": "object", "properties": {"A": {"const": false}}}"#,
        r#"{"type": "object", "dependentSchemas": {"A": {"properties": {"B": true}}}}"#,
    ] {
        assert!(read(text).is_none(), "{text}");
    }
}
