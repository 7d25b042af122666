//! Node → [`Machine`].

use std::collections::HashMap;

use super::{
    Catcher, Choice, Comparator, Comparison, Detail, Field, Language, Machine, Place, Retrier, Rule, Scope, ScopeId,
    State, StateId, StateType, Test,
};
use crate::syntax::{Kind, Node};

/// Reads `node` as a state machine. Whatever it is, a machine comes out: one without states if nothing in it is one.
#[must_use]
pub fn lower(node: Node<'_>) -> Machine<'_> {
    // One bracket too deep is a mistake of its own; that the author meant the language is clear all the same.
    let stray = || node.get("States")?.members().find(|member| member.name() == "QueryLanguage" && is_stray(*member));
    // So is one that is spelt in another case.
    let misspelt =
        || node.members().find(|member| member.name().eq_ignore_ascii_case("QueryLanguage")).map(|field| field.value);
    let language = node
        .get("QueryLanguage")
        .or_else(misspelt)
        .or_else(|| Some(stray()?.value))
        .map(language_of)
        .unwrap_or_default();
    let mut lowering = Lowering { machine: Machine { node, language, scopes: Vec::new(), states: Vec::new() } };
    lowering.scope(node, Place::Top, 0);
    lowering.machine
}

/// Whether an object reads as a state machine, by content alone: `StartAt` beside `States`, or one of the two with
/// something in it that only this language has.
#[must_use]
pub fn looks_like_a_machine(node: Node<'_>) -> bool {
    let typed =
        |state: Node<'_>| state.get("Type").and_then(Node::as_str).is_some_and(|kind| StateType::parse(kind).is_some());
    let states = node.get("States");
    let typed_states = || states.is_some_and(|states| states.members().any(|member| typed(member.value)));
    match node.get("StartAt").map(Node::kind) {
        Some(Kind::String | Kind::Hole | Kind::Missing) => {
            states.is_none_or(|states| matches!(states.kind(), Kind::Object | Kind::Missing | Kind::Hole))
                || typed_states()
        }
        _ => typed_states(),
    }
}

struct Lowering<'t> {
    machine: Machine<'t>,
}

/// What the service makes of a value of `QueryLanguage`: everything but `JSONPath` counts as JSONata, after a complaint.
fn language_of(value: Node<'_>) -> Language {
    match value.as_str() {
        Some("JSONPath") | None => Language::JsonPath,
        Some(_) => Language::Jsonata,
    }
}

/// Whether a member of `States` is a field of the scope: named like one, and no object as states are.
fn is_stray(member: Field<'_>) -> bool {
    let is_field = matches!(member.name(), "QueryLanguage" | "Comment" | "StartAt" | "TimeoutSeconds" | "Version");
    is_field && matches!(member.value.kind(), Kind::String | Kind::Number)
}

fn id(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'t> Lowering<'t> {
    /// Recursion is bounded by the depth of the tree.
    fn scope(&mut self, node: Node<'t>, place: Place, depth: u32) -> ScopeId {
        let scope = ScopeId(id(self.machine.scopes.len()));
        let states_field = node.member("States");
        self.machine.scopes.push(Scope {
            id: scope,
            node,
            place,
            depth,
            start_at: node.member("StartAt"),
            states_field,
            states: Vec::new(),
            strays: Vec::new(),
            by_name: HashMap::new(),
            is_open: states_field.is_none_or(|field| field.value.kind() != Kind::Object || field.value.is_empty()),
        });
        let Some(states) = states_field.map(|field| field.value) else { return scope };
        // Of several members with one name, JSON readers keep the last; the others never run.
        let last: HashMap<&str, usize> = states.members().enumerate().map(|(i, member)| (member.name(), i)).collect();
        let mut ids = Vec::with_capacity(last.len());
        let mut by_name = HashMap::with_capacity(last.len());
        // What stood in a dropped member may have led anywhere.
        let mut is_open = states.is_open() || states.is_incomplete() || last.len() < states.len();
        for (_, member) in states.members().enumerate().filter(|(i, member)| last[member.name()] == *i) {
            if is_stray(member) {
                self.machine.scopes[scope.index()].strays.push(member);
                continue;
            }
            is_open |= member.key.has_hole();
            let state = self.state(scope, member, depth);
            ids.push(state);
            by_name.insert(member.name(), state);
        }
        let entry = &mut self.machine.scopes[scope.index()];
        entry.states = ids;
        entry.by_name = by_name;
        entry.is_open |= is_open;
        scope
    }

    fn state(&mut self, scope: ScopeId, member: Field<'t>, depth: u32) -> StateId {
        let node = member.value;
        let state = StateId(id(self.machine.states.len()));
        let mut lowered = State {
            id: state,
            scope,
            key: member.key,
            node,
            kind: None,
            language: self.machine.language,
            own_language: None,
            next: None,
            end: None,
            retriers: Vec::new(),
            catchers: Vec::new(),
            detail: Detail::Plain,
            is_open: false,
            is_language_known: !self.machine.node.get("QueryLanguage").is_some_and(Node::is_open),
        };
        let mut rules = None;
        let mut default = None;
        let mut branches = None;
        let mut processors = Vec::new();
        for field in node.members() {
            match field.name() {
                "Type" => lowered.kind = field.value.as_str().and_then(StateType::parse),
                "QueryLanguage" => {
                    lowered.language = language_of(field.value);
                    lowered.own_language = Some(field);
                    lowered.is_language_known = !field.value.is_open();
                }
                "Next" => lowered.next = Some(field),
                "End" => lowered.end = Some(field),
                "Retry" => lowered.retriers = items(field.value).map(retrier).collect(),
                "Catch" => lowered.catchers = items(field.value).map(catcher).collect(),
                "Choices" => rules = Some(field),
                "Default" => default = Some(field),
                "Branches" => branches = Some(field),
                "ItemProcessor" => processors.push((field, Place::ItemProcessor(state))),
                "Iterator" => processors.push((field, Place::Iterator(state))),
                _ => {}
            }
        }
        let kind = lowered.kind;
        lowered.is_open = has_unseen_transitions(node);
        self.machine.states.push(lowered);
        // A state of unknown type is read by what it holds, so that one slip in `Type` does not hide what lies inside.
        let detail = if kind.map_or(rules.is_some() || default.is_some(), |kind| kind == StateType::Choice) {
            let rules = rules.map(|field| items(field.value).map(rule).collect()).unwrap_or_default();
            Detail::Choice(Choice { rules, default })
        } else if kind.map_or(branches.is_some(), |kind| kind == StateType::Parallel) {
            let items = branches.map(|field| items(field.value)).into_iter().flatten().enumerate();
            Detail::Parallel(items.map(|(i, node)| self.scope(node, Place::Branch(state, i), depth + 1)).collect())
        } else if kind.map_or(!processors.is_empty(), |kind| kind == StateType::Map) {
            Detail::Map(
                processors.into_iter().map(|(field, place)| self.scope(field.value, place, depth + 1)).collect(),
            )
        } else {
            Detail::Plain
        };
        self.machine.states[state.index()].detail = detail;
        state
    }
}

/// Whether part of what holds a state's transitions is not known: see [`State::is_open`].
fn has_unseen_transitions(node: Node<'_>) -> bool {
    let unknown = |node: Node<'_>| node.is_open() || node.is_incomplete();
    let slips = |object: Node<'_>, fields: &[&str]| {
        let mut seen = [false; 5];
        unknown(object)
            || object.members().any(|member| {
                // Of a field that stands twice, one half is dropped.
                let again = fields.iter().position(|&field| field == member.name());
                let again = again.is_some_and(|field| std::mem::replace(&mut seen[field], true));
                again || member.key.has_hole() || is_slip(member.name(), fields)
            })
    };
    let list_slips = |name: &str| {
        let Some(list) = node.get(name) else { return false };
        // A rule or a catcher without `Next` leads somewhere that nobody wrote down.
        let entry = |entry: Node<'_>| slips(entry, &["Next"]) || entry.get("Next").is_none();
        unknown(list) || list.kind() != Kind::Array || list.items().any(entry)
    };
    slips(node, &["Next", "End", "Default", "Choices", "Catch"])
        || node.get("Type").is_some_and(unknown)
        || list_slips("Choices")
        || list_slips("Catch")
}

/// Whether a name that is no field looks like one of `fields` misspelt.
fn is_slip(name: &str, fields: &[&str]) -> bool {
    // Most names are told apart by their first letter, or are fields themselves.
    let near = |field: &&&str| {
        name.len().abs_diff(field.len()) <= 2 && name.as_bytes()[0].eq_ignore_ascii_case(&field.as_bytes()[0])
    };
    !name.is_empty()
        && !matches!(
            name,
            "Next" | "End" | "Default" | "Choices" | "Catch" | "Cause" | "Comment" | "CausePath" | "Error"
        )
        && crate::text::nearest(name, fields.iter().filter(near).map(|&field| (field, ()))).is_some()
}

/// The items of a list. What a template makes of `!If [Condition, …]` is not known: such a list has none to look at.
fn items(list: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    list.items().filter(move |_| !list.is_open())
}

fn errors(node: Node<'_>) -> Vec<Node<'_>> {
    node.get("ErrorEquals").map(|errors| items(errors).collect()).unwrap_or_default()
}

fn retrier(node: Node<'_>) -> Retrier<'_> {
    Retrier { node, errors: errors(node) }
}

fn catcher(node: Node<'_>) -> Catcher<'_> {
    Catcher { node, errors: errors(node), next: node.member("Next") }
}

/// Recursion is bounded by the depth of the tree.
fn rule(node: Node<'_>) -> Rule<'_> {
    let mut lowered = Rule { node, test: None, operators: Vec::new(), next: None };
    let mut variable = None;
    for field in node.members() {
        let test = match field.name() {
            "And" => Test::And(items(field.value).map(rule).collect()),
            "Or" => Test::Or(items(field.value).map(rule).collect()),
            "Not" => Test::Not(Box::new(rule(field.value))),
            "Condition" => Test::Condition(field),
            "Next" => {
                lowered.next = Some(field);
                continue;
            }
            "Variable" => {
                variable = Some(field);
                continue;
            }
            name => match Comparator::parse(name) {
                Some(comparator) => Test::Comparison(Comparison { variable: None, comparator, field }),
                None => continue,
            },
        };
        lowered.operators.push(field);
        lowered.test.get_or_insert(test);
    }
    if let Some(Test::Comparison(comparison)) = &mut lowered.test {
        comparison.variable = variable;
    }
    lowered
}
