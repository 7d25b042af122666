//! The parts of the language that have a schema of their own, and the schemas, read at the first use of each.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::plain::Plain;
use crate::asl::{Language, StateType};

/// A kind of object in the language: what decides which fields it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the language")]
pub enum Part {
    State(StateType),
    /// A state whose type is not known: what every state has.
    AnyState,
    Machine,
    Branch,
    /// `ItemProcessor`, or `Iterator`.
    Processor,
    ProcessorConfig,
    Retrier,
    Catcher,
    /// An entry of `Choices`.
    Rule,
    /// A rule in `And`, `Or` or `Not`.
    NestedRule,
    ItemReader,
    ReaderConfig,
    ItemBatcher,
    ResultWriter,
    WriterConfig,
    Credentials,
}

impl Part {
    /// All but the states.
    pub(super) const OTHERS: [Self; 15] = [
        Self::Machine,
        Self::AnyState,
        Self::Branch,
        Self::Processor,
        Self::ProcessorConfig,
        Self::Retrier,
        Self::Catcher,
        Self::Rule,
        Self::NestedRule,
        Self::ItemReader,
        Self::ReaderConfig,
        Self::ItemBatcher,
        Self::ResultWriter,
        Self::WriterConfig,
        Self::Credentials,
    ];

    /// What one of them is called: "a Task state", "a retrier", "`ItemReader`".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::State(kind) => match kind {
                StateType::Task => "a Task state",
                StateType::Pass => "a Pass state",
                StateType::Wait => "a Wait state",
                StateType::Choice => "a Choice state",
                StateType::Parallel => "a Parallel state",
                StateType::Map => "a Map state",
                StateType::Succeed => "a Succeed state",
                StateType::Fail => "a Fail state",
            },
            Self::AnyState => "a state",
            Self::Machine => "the machine",
            Self::Branch => "a branch",
            Self::Processor => "an item processor",
            Self::ProcessorConfig => "`ProcessorConfig`",
            Self::Retrier => "a retrier",
            Self::Catcher => "a catcher",
            Self::Rule => "a choice rule",
            Self::NestedRule => "a nested choice rule",
            Self::ItemReader => "`ItemReader`",
            Self::ReaderConfig => "`ReaderConfig`",
            Self::ItemBatcher => "`ItemBatcher`",
            Self::ResultWriter => "`ResultWriter`",
            Self::WriterConfig => "`WriterConfig`",
            Self::Credentials => "`Credentials`",
        }
    }

    /// Its schema. Parts without expressions have one for both languages; only JSONPath nests rules.
    pub(super) fn schema(self, language: Language) -> &'static Schema {
        let base = match self {
            Self::State(kind) => 2 * kind as usize,
            Self::Catcher => 16,
            Self::Rule => 18,
            Self::ItemReader => 20,
            Self::ReaderConfig => 22,
            Self::ItemBatcher => 24,
            Self::ResultWriter => 26,
            Self::Credentials => 28,
            Self::AnyState => return &SCHEMAS[30],
            Self::Machine => return &SCHEMAS[31],
            Self::Branch => return &SCHEMAS[32],
            Self::Processor => return &SCHEMAS[33],
            Self::ProcessorConfig => return &SCHEMAS[34],
            Self::Retrier => return &SCHEMAS[35],
            Self::NestedRule => return &SCHEMAS[36],
            Self::WriterConfig => return &SCHEMAS[37],
        };
        &SCHEMAS[base + usize::from(language == Language::Jsonata)]
    }
}

/// A file of `schemas/asl`.
pub(super) struct Schema {
    /// Its name: `task.jsonpath`.
    #[cfg(test)]
    pub(super) stem: &'static str,
    pub(super) text: &'static str,
    value: OnceLock<Value>,
    plain: OnceLock<Plain>,
}

macro_rules! schemas {
    ($($stem:literal)*) => {
        [$(Schema {
            #[cfg(test)]
            stem: $stem,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/asl/", $stem, ".json")),
            value: OnceLock::new(),
            plain: OnceLock::new(),
        }),*]
    };
}

/// The files, in the order of [`Part::schema`]; states in that of [`StateType`].
pub(super) static SCHEMAS: [Schema; 38] = schemas! {
    "task.jsonpath" "task.jsonata"
    "pass.jsonpath" "pass.jsonata"
    "wait.jsonpath" "wait.jsonata"
    "choice.jsonpath" "choice.jsonata"
    "parallel.jsonpath" "parallel.jsonata"
    "map.jsonpath" "map.jsonata"
    "succeed.jsonpath" "succeed.jsonata"
    "fail.jsonpath" "fail.jsonata"
    "catcher.jsonpath" "catcher.jsonata"
    "choice-rule.jsonpath" "choice-rule.jsonata"
    "item-reader.jsonpath" "item-reader.jsonata"
    "reader-config.jsonpath" "reader-config.jsonata"
    "item-batcher.jsonpath" "item-batcher.jsonata"
    "result-writer.jsonpath" "result-writer.jsonata"
    "credentials.jsonpath" "credentials.jsonata"
    "state" "machine" "branch" "item-processor" "processor-config" "retrier" "nested-rule.jsonpath" "writer-config"
};

pub(super) const COMMON: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/asl/common.json"));

/// Definitions that the schemas share.
pub(super) fn common() -> &'static Map<String, Value> {
    static DEFINITIONS: OnceLock<Map<String, Value>> = OnceLock::new();
    DEFINITIONS.get_or_init(|| match parse(COMMON).get_mut("$defs").map(Value::take) {
        Some(Value::Object(definitions)) => definitions,
        _ => unreachable!("common.json is a list of definitions"),
    })
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("the files of schemas/asl are JSON: a test compiles each")
}

impl Schema {
    /// The file with what it shares with others put in its place.
    ///
    /// Members stand in order of their names even where another crate has `serde_json` keep them as they are written: which
    /// of two faults is reported, and which of two names was meant, must not hang on that.
    pub(super) fn value(&'static self) -> &'static Value {
        self.value.get_or_init(|| {
            let mut value = parse(self.text);
            inline(&mut value);
            value.sort_all_objects();
            value
        })
    }

    /// What it comes down to.
    pub(super) fn plain(&'static self) -> &'static Plain {
        let read = || Plain::read(self.text).expect("what the files of schemas/asl say can be read: a test reads each");
        self.plain.get_or_init(read)
    }
}

/// Replaces references to `common.json` by what they name: a schema without references compiles and validates fastest.
fn inline(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(inline),
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str).and_then(|to| to.rsplit('/').next());
            if let Some(Value::Object(definition)) = target.and_then(|name| common().get(name)) {
                members.remove("$ref");
                for (name, value) in definition {
                    members.entry(name).or_insert_with(|| value.clone());
                }
            }
            members.values_mut().for_each(inline);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schema_is_read_and_describes_its_fields() {
        for schema in &SCHEMAS {
            let _ = schema.plain();
            let text = schema.value().to_string();
            assert!(!text.contains("$ref"), "{}: every reference leads to common.json", schema.stem);
            for (name, field) in schema.value()["properties"].as_object().expect("schemas list fields") {
                assert!(field["description"].is_string(), "{}: {name} has no description", schema.stem);
            }
        }
    }

    #[test]
    fn each_part_has_its_file() {
        for (language, suffix) in [(Language::JsonPath, ".jsonpath"), (Language::Jsonata, ".jsonata")] {
            for kind in StateType::ALL {
                let stem = format!("{}{suffix}", kind.as_str().to_lowercase());
                assert_eq!(Part::State(kind).schema(language).stem, stem);
            }
            for part in Part::OTHERS {
                let stem = part.schema(language).stem;
                let name = match part {
                    Part::AnyState => "state",
                    Part::Machine => "machine",
                    Part::Branch => "branch",
                    Part::Processor => "item-processor",
                    Part::ProcessorConfig => "processor-config",
                    Part::Retrier => "retrier",
                    Part::Catcher => "catcher",
                    Part::Rule => "choice-rule",
                    Part::NestedRule => "nested-rule",
                    Part::ItemReader => "item-reader",
                    Part::ReaderConfig => "reader-config",
                    Part::ItemBatcher => "item-batcher",
                    Part::ResultWriter => "result-writer",
                    Part::WriterConfig => "writer-config",
                    Part::Credentials => "credentials",
                    Part::State(_) => continue,
                };
                let (base, own) = stem.split_once('.').unwrap_or((stem, &suffix[1..]));
                assert_eq!(base, name);
                assert!(own == &suffix[1..] || part == Part::NestedRule, "{stem}");
            }
        }
    }
}
