//! Chooses the schema for each object of a machine.

use super::fault::faults;
use super::part::Part;
use super::{Fault, Owner, Violation};
use crate::asl::{Language, Machine, Place, State, StateType};
use crate::syntax::{Kind, Node};

/// Holds each node of `machine` against the one schema that is meant for it; what comes out is in document order.
#[must_use]
pub fn validate<'t>(machine: &Machine<'t>) -> Vec<Violation<'t>> {
    let mut found = Vec::new();
    let top = machine.node.get("QueryLanguage");
    let is_unclear = |value: Node<'_>| value.is_open() || language_named(value).is_none();
    for scope in &machine.scopes {
        let part = match scope.place {
            Place::Top => Part::Machine,
            Place::Branch(..) => Part::Branch,
            Place::ItemProcessor(_) | Place::Iterator(_) => Part::Processor,
        };
        if part == Part::Processor && scope.node.kind() != Kind::Object {
            continue; // the Map state's schema says so
        }
        let mut walk = Walk { language: machine.language, found: &mut found };
        walk.object(scope.node, part);
        if part == Part::Processor {
            walk.object_in(scope.node, "ProcessorConfig", Part::ProcessorConfig);
        }
    }
    for state in &machine.states {
        if !state.own_language.map(|own| own.value).or(top).is_some_and(is_unclear) {
            check(state, state.language, machine, &mut found);
            continue;
        }
        // Not known, or misspelt, which is one mistake: the language that fits better is taken for it.
        let in_language = |language| {
            let mut found = Vec::new();
            check(state, language, machine, &mut found);
            found
        };
        let candidates = [in_language(Language::JsonPath), in_language(Language::Jsonata)];
        found.extend(candidates.into_iter().min_by_key(Vec::len).unwrap_or_default());
    }
    found.sort_by_key(|violation| violation.node.index());
    found
}

fn language_named(value: Node<'_>) -> Option<Language> {
    [Language::JsonPath, Language::Jsonata].into_iter().find(|language| value.as_str() == Some(language.as_str()))
}

fn check<'t>(state: &State<'t>, language: Language, machine: &Machine<'t>, found: &mut Vec<Violation<'t>>) {
    let part = state.kind.map_or(Part::AnyState, Part::State);
    let owner = Owner { node: state.node, token: state.key, part, language };
    faults(owner, found);
    if let Some(own) = state.own_language
        && language_named(own.value) == Some(Language::JsonPath)
        && machine.node.get("QueryLanguage").and_then(language_named) == Some(Language::Jsonata)
    {
        found.push(Violation { node: own.value, owner, field: Some(own), fault: Fault::MixedLanguage });
    }
    let mut walk = Walk { language, found };
    let Some(kind) = state.kind else { return };
    if matches!(kind, StateType::Task | StateType::Parallel | StateType::Map) {
        for retrier in &state.retriers {
            walk.object(retrier.node, Part::Retrier);
        }
        for catcher in &state.catchers {
            walk.object(catcher.node, Part::Catcher);
        }
    }
    match kind {
        StateType::Task => {
            walk.object_in(state.node, "Credentials", Part::Credentials);
        }
        StateType::Map => {
            if let Some(reader) = walk.object_in(state.node, "ItemReader", Part::ItemReader) {
                walk.object_in(reader, "ReaderConfig", Part::ReaderConfig);
            }
            walk.object_in(state.node, "ItemBatcher", Part::ItemBatcher);
            if let Some(writer) = walk.object_in(state.node, "ResultWriter", Part::ResultWriter) {
                walk.object_in(writer, "WriterConfig", Part::WriterConfig);
            }
        }
        StateType::Choice => {
            for rule in state.choice().into_iter().flat_map(|choice| &choice.rules) {
                walk.rule(rule.node, Part::Rule);
            }
        }
        _ => {}
    }
}

struct Walk<'t, 'f> {
    language: Language,
    found: &'f mut Vec<Violation<'t>>,
}

impl<'t> Walk<'t, '_> {
    fn object(&mut self, node: Node<'t>, part: Part) {
        faults(Owner { node, token: node, part, language: self.language }, self.found);
    }

    /// The object in the field of this name; what is no object is the concern of the schema of `node`.
    fn object_in(&mut self, node: Node<'t>, name: &str, part: Part) -> Option<Node<'t>> {
        let value = node.get(name).filter(|value| value.kind() == Kind::Object)?;
        self.object(value, part);
        Some(value)
    }

    /// Recursion is bounded by the depth of the tree.
    fn rule(&mut self, node: Node<'t>, part: Part) {
        self.object(node, part);
        if self.language == Language::Jsonata {
            return; // rules nest in JSONPath alone
        }
        for field in node.members() {
            match field.name() {
                "And" | "Or" => field.value.items().for_each(|item| self.rule(item, Part::NestedRule)),
                "Not" if field.value.kind() == Kind::Object => self.rule(field.value, Part::NestedRule),
                _ => {}
            }
        }
    }
}
