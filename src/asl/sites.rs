//! Turns a [`Machine`] into the list of places where expressions stand.
//!
//! Position decides: which field of which object of a state of which language. What lies inside a payload is never looked
//! at for its names.

use super::{Comparator, Field, Language, Machine, Rule, State, StateId, StateType};
use crate::syntax::{Kind, Node};

/// A field that holds expressions.
#[derive(Clone, Copy, Debug)]
pub struct Site<'t> {
    /// The state it belongs to.
    pub state: StateId,
    /// The object of the state that has the field.
    pub owner: Owner,
    /// The field.
    pub field: Field<'t>,
    /// What may stand there.
    pub role: Role,
}

/// The object of a state that a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The state itself.
    State,
    /// The catcher of this number.
    Catcher(usize),
    /// The choice rule of this number, or what is looked at first in it.
    Rule(usize),
    /// A rule nested in the choice rule of this number behind another: it may not be looked at.
    NestedRule(usize),
    /// A part of a Map: `ItemReader`, `ItemBatcher`, `ResultWriter`, or what lies in them.
    Part,
}

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A path, into the document, the context object or a variable; or `null`.
    Path,
    /// A path that names one place.
    ReferencePath,
    /// A path that names one place of the document; or `null`.
    ResultPath,
    /// A path that names one place, or an intrinsic function that gives a string.
    PathOrIntrinsic,
    /// A payload template: JSON in which the values of keys that end in `.$` are paths or intrinsic functions.
    Template,
    /// JSON in which strings between `{%` and `%}` are JSONata.
    Jsonata,
}

/// Every field of `machine` that holds expressions, in document order within each state.
#[must_use]
pub fn sites<'t>(machine: &Machine<'t>) -> Vec<Site<'t>> {
    let mut sites = Vec::with_capacity(machine.states.len() * 2);
    // A language that is a placeholder may be either: nothing can be said of its expressions.
    for state in machine.states.iter().filter(|state| state.is_language_known) {
        let mut collect = Collect { state, sites: &mut sites };
        collect.object(Owner::State, state.node, state_role(state));
        for (i, catcher) in state.catchers.iter().enumerate() {
            collect.object(Owner::Catcher(i), catcher.node, catcher_role(state.language));
        }
        if let Some(choice) = state.choice() {
            for (i, rule) in choice.rules.iter().enumerate() {
                collect.rule(Owner::Rule(i), rule);
            }
        }
        if state.kind == Some(StateType::Map) {
            collect.map_parts();
        }
    }
    sites
}

struct Collect<'m, 't> {
    state: &'m State<'t>,
    sites: &'m mut Vec<Site<'t>>,
}

impl<'t> Collect<'_, 't> {
    fn object(&mut self, owner: Owner, object: Node<'t>, role: impl Fn(&str) -> Option<Role>) {
        for field in object.members() {
            if let Some(role) = role(field.name()) {
                self.sites.push(Site { state: self.state.id, owner, field, role });
            }
        }
    }

    /// Recursion is bounded by the depth of the tree.
    fn rule(&mut self, owner: Owner, rule: &Rule<'t>) {
        let language = self.state.language;
        self.object(owner, rule.node, |name| match (name, language) {
            ("Variable", Language::JsonPath) => Some(Role::ReferencePath),
            ("Assign", Language::JsonPath) => Some(Role::Template),
            ("Assign" | "Output" | "Condition", Language::Jsonata) => Some(Role::Jsonata),
            _ => Comparator::parse(name).filter(|comparator| comparator.takes_path()).map(|_| Role::ReferencePath),
        });
        let inside = match owner {
            Owner::Rule(i) => Owner::NestedRule(i),
            other => other,
        };
        for (i, nested) in rule.nested().iter().enumerate() {
            self.rule(if i == 0 { owner } else { inside }, nested);
        }
    }

    /// `ItemReader`, `ItemBatcher` and `ResultWriter` of a Map.
    fn map_parts(&mut self) {
        let state = self.state;
        let language = state.language;
        for (part, inner) in [("ItemReader", Some("ReaderConfig")), ("ResultWriter", None), ("ItemBatcher", None)] {
            let Some(part) = state.node.get(part) else { continue };
            self.object(Owner::Part, part, |name| part_role(name, language));
            if let Some(inner) = inner.and_then(|inner| part.get(inner)) {
                self.object(Owner::Part, inner, |name| part_role(name, language));
            }
        }
    }
}

fn part_role(name: &str, language: Language) -> Option<Role> {
    match (name, language) {
        ("Parameters" | "BatchInput", Language::JsonPath) => Some(Role::Template),
        (name, Language::JsonPath) => name.ends_with("Path").then_some(Role::ReferencePath),
        ("Arguments" | "BatchInput" | "MaxItems" | "MaxItemsPerBatch" | "MaxInputBytesPerBatch", Language::Jsonata) => {
            Some(Role::Jsonata)
        }
        (_, Language::Jsonata) => None,
    }
}

fn catcher_role(language: Language) -> impl Fn(&str) -> Option<Role> {
    move |name| match (name, language) {
        ("ResultPath", Language::JsonPath) => Some(Role::ResultPath),
        ("Assign", Language::JsonPath) => Some(Role::Template),
        ("Assign" | "Output", Language::Jsonata) => Some(Role::Jsonata),
        _ => None,
    }
}

/// The fields of the state itself. What its type does not have is another rule's finding, and is not read here.
fn state_role(state: &State<'_>) -> impl Fn(&str) -> Option<Role> {
    use StateType::{Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait};
    let (kind, language) = (state.kind, state.language);
    move |name| {
        let kind = kind?;
        let works = matches!(kind, Task | Parallel | Map);
        Some(match (name, language) {
            ("InputPath" | "OutputPath", Language::JsonPath) if kind != Fail => Role::Path,
            ("ResultPath", Language::JsonPath) if works || kind == Pass => Role::ResultPath,
            ("Parameters", Language::JsonPath) if works || kind == Pass => Role::Template,
            ("ResultSelector", Language::JsonPath) if works => Role::Template,
            ("Assign", Language::JsonPath) if !matches!(kind, Succeed | Fail) => Role::Template,
            ("Credentials", Language::JsonPath) if kind == Task => Role::Template,
            ("TimeoutSecondsPath" | "HeartbeatSecondsPath", Language::JsonPath) if kind == Task => Role::ReferencePath,
            ("SecondsPath" | "TimestampPath", Language::JsonPath) if kind == Wait => Role::ReferencePath,
            ("ItemSelector", Language::JsonPath) if kind == Map => Role::Template,
            (
                "ItemsPath" | "MaxConcurrencyPath" | "ToleratedFailurePercentagePath" | "ToleratedFailureCountPath",
                Language::JsonPath,
            ) if kind == Map => Role::ReferencePath,
            ("ErrorPath" | "CausePath", Language::JsonPath) if kind == Fail => Role::PathOrIntrinsic,
            ("Arguments", Language::Jsonata) if matches!(kind, Task | Parallel) => Role::Jsonata,
            ("Output", Language::Jsonata) if kind != Fail => Role::Jsonata,
            ("Assign", Language::Jsonata) if !matches!(kind, Succeed | Fail) => Role::Jsonata,
            ("Credentials" | "TimeoutSeconds" | "HeartbeatSeconds", Language::Jsonata) if kind == Task => Role::Jsonata,
            ("Seconds" | "Timestamp", Language::Jsonata) if kind == Wait => Role::Jsonata,
            (
                "Items" | "ItemSelector" | "MaxConcurrency" | "ToleratedFailurePercentage" | "ToleratedFailureCount",
                Language::Jsonata,
            ) if kind == Map => Role::Jsonata,
            ("Error" | "Cause", Language::Jsonata) if kind == Fail => Role::Jsonata,
            ("Choices", _) if kind == Choice => return None,
            _ => return None,
        })
    }
}

/// The dynamic members of a payload template, at any depth: keys that end in `.$`, in document order.
pub fn dynamic_members(template: Node<'_>) -> impl Iterator<Item = Field<'_>> {
    template
        .descendants()
        .filter(|node| node.kind() == Kind::Object)
        .flat_map(Node::members)
        .filter(|member| member.name().ends_with(".$"))
}

/// The strings of a value in which JSONata may stand, at any depth, in document order.
pub fn strings(value: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    value.descendants().filter(|node| node.kind() == Kind::String)
}
