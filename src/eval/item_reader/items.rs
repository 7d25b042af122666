//! What the items of an `ItemReader` may be, going by what it reads: of which that somebody makes up it would find.
//!
//! Sources: AWS guide, "ItemReader (Map)": what a list of objects and the rows of a CSV file, an inventory and a Parquet file
//! come to; the members of a list as recorded.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::config_text;
use crate::asl::{Machine, Mode, State};
use crate::eval::value::{Members, Value};
use crate::syntax::Node;

/// What items may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Items {
    /// Descriptions of the objects in a bucket.
    Listed,
    /// Rows: objects of strings, all with the same members. These, where they are known.
    Rows(Option<Vec<Arc<str>>>),
    /// Objects of anything: the rows of an inventory, and of a Parquet file.
    Objects,
    /// Any JSON.
    Any,
}

/// A value like those that come.
type Usual = fn() -> Value;

impl Items {
    /// The members of an object's description, each with a value of every type that it may have. `LastModified` is a number in
    /// the guide; of what is recorded the type is not known.
    pub const LISTED: [(&str, &[Usual]); 5] = [
        ("Etag", &[|| "\"d41d8cd98f00b204e9800998ecf8427e\"".into()]),
        ("Key", &[|| "a".into()]),
        ("LastModified", &[|| 1_700_000_000.into(), || "2023-11-14T22:13:20Z".into()]),
        ("Size", &[|| 0.into()]),
        ("StorageClass", &[|| "STANDARD".into()]),
    ];

    /// By the `Resource` and the `ReaderConfig`. What is not said there in so many words may be anything.
    #[must_use]
    pub fn of(resource: &str, config: Option<&Value>) -> Self {
        let text = |name: &str| config_text(config, name);
        if resource.ends_with(":s3:listObjectsV2") && text("Transformation") != Some("LOAD_AND_FLATTEN") {
            return Self::Listed;
        }
        match (text("ManifestType"), text("InputType")) {
            // Inventories come in formats that have numbers, too.
            (Some("S3_INVENTORY"), _) | (None, Some("MANIFEST")) | (_, Some("PARQUET")) => Self::Objects,
            (_, Some("CSV")) => Self::Rows(config.and_then(headers)),
            _ => Self::Any,
        }
    }

    /// Whether a state is a Distributed Map that reads its items.
    #[must_use]
    pub fn are_read(machine: &Machine<'_>, state: &State<'_>) -> bool {
        state.is_map() && state.node.get("ItemReader").is_some() && machine.mode(state) == Some(Mode::Distributed)
    }

    /// Of what a Distributed Map reads; `None` for other states. Nothing is evaluated: what an expression says may be anything.
    #[must_use]
    pub fn of_state(machine: &Machine<'_>, state: &State<'_>) -> Option<Self> {
        let reader = state.node.get("ItemReader").filter(|_| Self::are_read(machine, state))?;
        let resource = reader.get("Resource").and_then(Node::as_str).unwrap_or_default();
        let config = reader.get("ReaderConfig").map(Value::from_node);
        Some(Self::of(resource, config.as_ref()))
    }

    /// Whether these may be read together.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn check(&self, items: &[Value]) -> Result<(), String> {
        let mut first: Option<BTreeSet<&str>> = None;
        for item in items {
            let members = item.as_object();
            match (self, members) {
                (Self::Any, _) | (Self::Objects, Some(_)) => {}
                (_, None) => return Err(format!("each of them is an object, and one is {}", item.describe())),
                (Self::Listed, Some(members)) => {
                    let is_listed = |(name, usual): &(&str, &[Usual])| {
                        members.get(*name).is_some_and(|value| is_like(value, usual))
                    };
                    if members.len() != Self::LISTED.len() || !Self::LISTED.iter().all(is_listed) {
                        let names = Self::LISTED.map(|(name, _)| format!("`{name}`")).join(", ");
                        return Err(format!("each object of a bucket has {names}, and nothing else"));
                    }
                }
                (Self::Rows(headers), Some(members)) => {
                    if let Some((name, value)) = members.iter().find(|(_, value)| value.as_str().is_none()) {
                        return Err(format!("the fields of a row are strings, and `{name}` is {}", value.describe()));
                    }
                    let names: BTreeSet<&str> = members.keys().map(|name| &**name).collect();
                    let given = headers.as_ref().map(|headers| headers.iter().map(|name| &**name).collect());
                    let expected = first.get_or_insert_with(|| given.unwrap_or_else(|| names.clone()));
                    if names != *expected || names.is_empty() {
                        let names: Vec<String> = expected.iter().map(|name| format!("`{name}`")).collect();
                        return Err(match names.is_empty() {
                            true => "a row has one field at least".to_owned(),
                            false => format!("the fields of each row are {}", names.join(", ")),
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// The same items, changed so that they may be read together.
    #[must_use]
    pub fn fitted(&self, items: &[Value]) -> Vec<Value> {
        let members = |item: &Value| item.as_object().cloned().unwrap_or_default();
        match self {
            Self::Any => items.to_vec(),
            Self::Objects => items.iter().map(|item| Value::object(members(item))).collect(),
            Self::Listed => {
                let listed = |item: &Value| {
                    let given = |name: &str| item.get(name).cloned();
                    let of = Self::LISTED.map(|(name, usual)| {
                        (name, given(name).filter(|value| is_like(value, usual)).unwrap_or_else(usual[0]))
                    });
                    Value::members(of)
                };
                items.iter().map(listed).collect()
            }
            Self::Rows(headers) => {
                let found = || items.iter().flat_map(|item| members(item).keys().cloned().collect::<Vec<_>>());
                let mut names: Vec<Arc<str>> = Vec::new();
                for name in headers.clone().unwrap_or_else(|| found().collect()) {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                // A name that nobody is likely to ask for.
                if names.is_empty() {
                    names.push("column".into());
                }
                let field = |value: Option<&Value>| match value {
                    Some(text @ Value::String(_)) => text.clone(),
                    Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_json().into(),
                    _ => "".into(),
                };
                let row = |item: &Value| {
                    let fields = names.iter().map(|name| (Arc::clone(name), field(item.get(name))));
                    Value::object(fields.collect::<Members>())
                };
                items.iter().map(row).collect()
            }
        }
    }
}

/// Whether a value is of the type of one of these, as far as descriptions go.
fn is_like(value: &Value, usual: &[Usual]) -> bool {
    usual.iter().any(|usual| match usual() {
        Value::String(_) => value.as_str().is_some(),
        _ => value.as_i64().is_some_and(|number| number >= 0),
    })
}

/// The headers that are given.
fn headers(config: &Value) -> Option<Vec<Arc<str>>> {
    let headers = config.get("CSVHeaders").filter(|_| config_text(Some(config), "CSVHeaderLocation") == Some("GIVEN"));
    headers?.as_array()?.iter().map(|header| header.as_str().map(Arc::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(resource: &str, config: &str) -> Items {
        Items::of(&format!("arn:aws:states:::s3:{resource}"), Some(&Value::from_json(config).expect("JSON")))
    }

    fn items(text: &str) -> Vec<Value> {
        Value::from_json(text).ok().and_then(|items| items.as_array().map(<[Value]>::to_vec)).expect("an array")
    }

    #[test]
    fn what_is_read_decides_what_items_may_be() {
        let rows = |names: &[&str]| Items::Rows(Some(names.iter().map(|&name| name.into()).collect()));
        for (resource, config, expected) in [
            ("getObject", "{}", Items::Any),
            ("getObject", r#"{"InputType": "JSON"}"#, Items::Any),
            ("getObject", r#"{"InputType": "JSONL"}"#, Items::Any),
            ("getObject", r#"{"InputType": "{% $kind %}"}"#, Items::Any),
            ("getObject", r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}"#, Items::Rows(None)),
            (
                "getObject",
                r#"{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]}"#,
                rows(&["a", "b"]),
            ),
            (
                "getObject",
                r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVHeaders": ["a"]}"#,
                Items::Rows(None),
            ),
            (
                "getObject",
                r#"{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": "{% $h %}"}"#,
                Items::Rows(None),
            ),
            ("getObject", r#"{"InputType": "PARQUET"}"#, Items::Objects),
            ("getObject", r#"{"InputType": "MANIFEST"}"#, Items::Objects),
            ("getObject", r#"{"ManifestType": "S3_INVENTORY"}"#, Items::Objects),
            ("getObject", r#"{"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}"#, Items::Any),
            ("getObject", r#"{"ManifestType": "ATHENA_DATA", "InputType": "PARQUET"}"#, Items::Objects),
            ("listObjectsV2", "{}", Items::Listed),
            ("listObjectsV2", r#"{"Transformation": "NONE"}"#, Items::Listed),
            ("listObjectsV2", r#"{"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}"#, Items::Any),
        ] {
            assert_eq!(of(resource, config), expected, "{resource} {config}");
        }
    }

    #[test]
    fn items_fit_or_say_why_not() {
        let given = Items::Rows(Some(vec!["a".into(), "b".into()]));
        let object = r#"{"Etag": "e", "Key": "k", "LastModified": 5, "Size": 0, "StorageClass": "STANDARD"}"#;
        let listed = format!("[{object}, {object}]");
        let all = "each object of a bucket has `Etag`, `Key`, `LastModified`, `Size`, `StorageClass`, and nothing else";
        for (kind, text, expected) in [
            (&Items::Any, r#"[1, null, [], {"a": {}}]"#, Ok(())),
            (&Items::Objects, r#"[{}, {"a": 1}]"#, Ok(())),
            (&Items::Objects, "[{}, 1]", Err("each of them is an object, and one is a number")),
            (&Items::Rows(None), "[]", Ok(())),
            (&Items::Rows(None), r#"[{"a": "1", "b": ""}, {"b": "x", "a": "2"}]"#, Ok(())),
            (&Items::Rows(None), r#"[{"a": "1"}, {"b": "x"}]"#, Err("the fields of each row are `a`")),
            (&Items::Rows(None), "[{}]", Err("a row has one field at least")),
            (&Items::Rows(None), r#"[{"a": null}]"#, Err("the fields of a row are strings, and `a` is null")),
            (&given, r#"[{"a": "1", "b": ""}]"#, Ok(())),
            (&given, r#"[{"a": "1"}]"#, Err("the fields of each row are `a`, `b`")),
            (&Items::Listed, &listed, Ok(())),
            (&Items::Listed, r#"[{"Key": "k"}]"#, Err(all)),
            (&Items::Listed, &listed.replace('5', "\"2024-01-01T00:00:00Z\""), Ok(())),
            (&Items::Listed, &listed.replace('0', "\"0\""), Err(all)),
        ] {
            assert_eq!(kind.check(&items(text)), expected.map_err(str::to_owned), "{kind:?} {text}");
        }
    }

    #[test]
    fn whatever_is_made_to_fit_fits() {
        let given = Items::Rows(Some(vec!["a".into(), "b".into()]));
        for kind in [Items::Any, Items::Objects, Items::Rows(None), given, Items::Listed] {
            for text in [
                "[]",
                "[{}]",
                "[1, [], null]",
                r#"[{"a": 1}, {"b": true, "c": {}}]"#,
                r#"[{"Key": "x", "Size": -1, "LastModified": 7}, {"Key": 1}]"#,
            ] {
                let fitted = kind.fitted(&items(text));
                assert_eq!(kind.check(&fitted), Ok(()), "{kind:?} {text}: {fitted:?}");
                assert_eq!(kind.fitted(&fitted), fitted, "{kind:?} {text}");
                assert_eq!(fitted.len(), items(text).len(), "{kind:?} {text}");
            }
        }
        let kept = Items::Listed.fitted(&items(r#"[{"Key": "x", "LastModified": 7}]"#));
        assert_eq!((kept[0].get("Key"), kept[0].get("LastModified")), (Some(&"x".into()), Some(&7.into())));
    }
}
