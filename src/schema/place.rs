//! Turns an object into the part of the language that it is, and a part into the fields it has.

use serde_json::Value;

use super::part::Part;
use crate::asl::{Language, Machine, Place, StateType};
use crate::syntax::Node;

/// A field of a part, as its schema has it.
#[derive(Clone, Debug)]
pub struct FieldOf {
    /// Its name.
    pub name: &'static str,
    /// What it means, with its default and its limits.
    pub description: &'static str,
    /// The JSON types it takes; empty where it takes any.
    pub types: Vec<&'static str>,
    /// The values that exist, where they are few.
    pub values: Vec<&'static str>,
    /// The value where there is but one and that is no string: `true`.
    pub constant: Option<&'static Value>,
    /// Whether the part is nothing without it.
    pub is_required: bool,
    /// The least number.
    pub least: Option<f64>,
    /// The greatest number.
    pub most: Option<f64>,
}

/// What an object of a machine is, and the query language that it is read in; `None` for payloads and what else has no fields of
/// the language.
#[must_use]
pub fn part_of(machine: &Machine<'_>, object: Node<'_>) -> Option<(Part, Language)> {
    if let Some(scope) = machine.scopes.iter().find(|scope| scope.node == object) {
        let part = match scope.place {
            Place::Top => Part::Machine,
            Place::Branch(..) => Part::Branch,
            Place::ItemProcessor(_) | Place::Iterator(_) => Part::Processor,
        };
        return Some((part, machine.language));
    }
    let state = machine.state_at(object.index())?;
    let language = state.language;
    if object == state.node {
        return Some((state.kind.map_or(Part::AnyState, Part::State), language));
    }
    let parent = object.parent()?;
    if let Some(scope) = machine.scopes.iter().find(|scope| scope.node == parent) {
        return (scope.place != Place::Top && object.member_name() == Some("ProcessorConfig"))
            .then_some((Part::ProcessorConfig, language));
    }
    if state.retriers.iter().any(|retrier| retrier.node == object) {
        return Some((Part::Retrier, language));
    }
    if state.catchers.iter().any(|catcher| catcher.node == object) {
        return Some((Part::Catcher, language));
    }
    if let Some(choice) = state.choice() {
        for rule in &choice.rules {
            if rule.node == object {
                return Some((Part::Rule, language));
            }
            if rule.all().any(|rule| rule.node == object) {
                return Some((Part::NestedRule, language));
            }
        }
    }
    let name = object.member_name()?;
    let is_in = |field: &str| parent.member_name() == Some(field) && parent.parent() == Some(state.node);
    let part = match (state.kind?, name) {
        (StateType::Task, "Credentials") if parent == state.node => Part::Credentials,
        (StateType::Map, "ItemReader") if parent == state.node => Part::ItemReader,
        (StateType::Map, "ItemBatcher") if parent == state.node => Part::ItemBatcher,
        (StateType::Map, "ResultWriter") if parent == state.node => Part::ResultWriter,
        (StateType::Map, "ReaderConfig") if is_in("ItemReader") => Part::ReaderConfig,
        (StateType::Map, "WriterConfig") if is_in("ResultWriter") => Part::WriterConfig,
        _ => return None,
    };
    Some((part, language))
}

/// The fields of a part in a query language, those that it is nothing without first, then by name.
#[must_use]
pub fn fields(part: Part, language: Language) -> Vec<FieldOf> {
    let schema = part.schema(language).value();
    let required: Vec<&str> = schema.get("required").map(strings).unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut fields: Vec<FieldOf> = properties
        .into_iter()
        .flatten()
        .filter(|(_, field)| field.is_object())
        .map(|(name, field)| {
            let constant = field.get("const");
            let text = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
            FieldOf {
                name,
                description: text("description"),
                types: match field.get("type") {
                    Some(Value::String(name)) => vec![name.as_str()],
                    Some(names) => strings(names),
                    None => Vec::new(),
                },
                values: match constant.and_then(Value::as_str) {
                    Some(value) => vec![value],
                    None => field.get("enum").map(strings).unwrap_or_default(),
                },
                constant: constant.filter(|value| !value.is_string()),
                is_required: required.contains(&name.as_str()),
                least: field.get("minimum").and_then(Value::as_f64),
                most: field.get("maximum").and_then(Value::as_f64),
            }
        })
        .collect();
    fields.sort_by_key(|field| (!field.is_required, field.name));
    fields
}

/// The field of this name.
#[must_use]
pub fn field(part: Part, language: Language, name: &str) -> Option<FieldOf> {
    fields(part, language).into_iter().find(|field| field.name == name)
}

fn strings(list: &'static Value) -> Vec<&'static str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::lower;
    use crate::syntax::{Format, Kind, parse};

    #[test]
    fn objects_are_what_their_place_says() {
        let text = r#"{"StartAt": "M", "States": {
            "M": {"Type": "Map", "ItemReader": {"ReaderConfig": {}}, "ItemProcessor": {"ProcessorConfig": {}, "StartAt": "P", "States": {
                "P": {"Type": "Pass", "Parameters": {"ReaderConfig": {}}}}}, "Retry": [{}], "Catch": [{"Assign": {}}]},
            "C": {"Type": "Choice", "Choices": [{"And": [{"Not": {}}]}]}, "T": {"Type": "Task", "Credentials": {}}, "X": {}}}"#;
        let tree = parse(&text.into(), Format::Json);
        let machine = lower(tree.root());
        let objects = tree.root().descendants().filter(|node| node.kind() == Kind::Object);
        let parts: Vec<String> = objects
            .map(|object| part_of(&machine, object).map_or("-", |(part, _)| part.describe()).to_owned())
            .collect();
        assert_eq!(
            parts,
            [
                "the machine",
                "-",
                "a Map state",
                "`ItemReader`",
                "`ReaderConfig`",
                "an item processor",
                "`ProcessorConfig`",
                "-",
                "a Pass state",
                "-",
                "-",
                "a retrier",
                "a catcher",
                "-",
                "a Choice state",
                "a choice rule",
                "a nested choice rule",
                "a nested choice rule",
                "a Task state",
                "`Credentials`",
                "a state",
            ]
        );
    }

    #[test]
    fn fields_say_what_they_take() {
        let of = |name| field(Part::State(StateType::Task), Language::JsonPath, name).expect("a field");
        assert!(of("Resource").is_required && of("TimeoutSeconds").most == Some(99_999_999.0));
        assert_eq!((of("QueryLanguage").values, of("Next").types), (vec!["JSONPath", "JSONata"], vec!["string"]));
        assert!(field(Part::State(StateType::Task), Language::Jsonata, "Parameters").is_none());
        let first: Vec<&str> =
            fields(Part::State(StateType::Task), Language::Jsonata).iter().take(2).map(|field| field.name).collect();
        assert_eq!(first, ["Resource", "Type"]);
    }
}
