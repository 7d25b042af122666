//! Turns a path that a Choice asks about into where the value comes from: the input of the execution, or what a state gives.
//!
//! Only what goes there unchanged by every way is told; of everything else nothing is.

use std::collections::BTreeSet;

use crate::asl::expression::{Expression, Origin as Read};
use crate::asl::path::{self, Path, Root, SegmentKind};
use crate::asl::sites::Owner;
use crate::asl::{Edge, Field, Language, Place, State, StateId, StateType};
use crate::symex::explore::Facts;
use crate::syntax::{Kind, Node};

/// How many paths of one Choice are told about.
const MOST_PATHS: usize = 4;
/// How many sources of one path are told.
const MOST_SOURCES: usize = 3;
/// How many steps back are looked at for one path.
const MOST_STEPS: usize = 2_000;

/// Names of members, from the root.
type Members = Vec<String>;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    /// The input of the execution, there.
    Input(Members),
    /// What a task answers, there.
    Answer(StateId, Members),
    /// What a state makes, there.
    Result(StateId, Members),
    /// The error that a state failed with.
    Error(StateId, Members),
    /// An item of a Map.
    Item(StateId, Members),
}

/// What is known of a value at a place, on the way back from there.
enum Back {
    /// It comes from there.
    From(Source),
    /// It is the value there before.
    Before(Members),
    /// There is none.
    Nothing,
    Unknown,
}

/// Where the values come from that a Choice asks about, in words: those that are named in what is told of it.
pub(super) fn of_choice(facts: Facts<'_, '_>, state: &State<'_>, asked: &[&str]) -> Vec<String> {
    let is_of_rule = |expression: &&Expression<'_>| {
        expression.site.state == state.id && matches!(expression.site.owner, Owner::Rule(_) | Owner::NestedRule(_))
    };
    let is_asked = |expression: &&Expression<'_>| !matches!(expression.site.field.name(), "Assign" | "Output");
    let mut told: Vec<(Members, String)> = Vec::new();
    for expression in facts.expressions.iter().filter(is_of_rule).filter(is_asked) {
        for reference in expression.references() {
            let mut names: Members = reference.members.iter().map(|member| member.name.to_owned()).collect();
            let root = match reference.origin {
                Read::Document => "$",
                Read::States if names.first().is_some_and(|name| name == "input") => {
                    names.remove(0);
                    "$states.input"
                }
                _ => continue,
            };
            if names.is_empty() || told.iter().any(|(known, _)| *known == names) {
                continue;
            }
            // Positions of items are no members, and other spellings are not looked at.
            let path = written(root, &names);
            if !expression.node.content().contains(&path) || !asked.iter().any(|words| words.contains(&path)) {
                continue;
            }
            let sources: Vec<String> =
                Origins::new(facts).of(state, &names).iter().map(|source| source.words(facts)).collect();
            if sources.is_empty() || sources.len() > MOST_SOURCES {
                continue;
            }
            let words = format!("`{path}` comes from {}", sources.join(", or from "));
            told.push((names, words));
        }
    }
    told.into_iter().take(MOST_PATHS).map(|(_, words)| words).collect()
}

fn written(root: &str, names: &[String]) -> String {
    let mut text = root.to_owned();
    for name in names {
        let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        text += &if is_plain { format!(".{name}") } else { format!("['{name}']") };
    }
    text
}

impl Source {
    fn words(&self, facts: Facts<'_, '_>) -> String {
        let name = |state: &StateId| facts.machine.state(*state).name();
        let (names, whole) = match self {
            Self::Input(names) => (names, "the execution's input".to_owned()),
            Self::Answer(state, names) => (names, format!("what `{}` answers", name(state))),
            Self::Result(state, names) => (names, format!("the result of `{}`", name(state))),
            Self::Error(state, names) => (names, format!("the error that `{}` fails with", name(state))),
            Self::Item(state, names) => (names, format!("the item of `{}`", name(state))),
        };
        if names.is_empty() { whole } else { format!("`{}` of {whole}", written("$", names)) }
    }
}

struct Origins<'f, 't> {
    facts: Facts<'f, 't>,
    /// What is looked at on the way: around a loop a value that nothing changes is the one that came in.
    seen: BTreeSet<(StateId, Members)>,
    n_steps: usize,
}

impl<'f, 't> Origins<'f, 't> {
    fn new(facts: Facts<'f, 't>) -> Self {
        Self { facts, seen: BTreeSet::new(), n_steps: 0 }
    }

    /// Where what a Choice finds at a place comes from.
    fn of(&mut self, choice: &State<'_>, names: &Members) -> Vec<Source> {
        let found = is_all(choice.field("InputPath")).then(|| self.before(choice.id, names.clone()));
        found.flatten().unwrap_or_default()
    }

    /// Where what stands at a place of the input of a state comes from, by every way; `None` where one is not followed.
    fn before(&mut self, state: StateId, names: Members) -> Option<Vec<Source>> {
        let mut open = vec![(state, names)];
        let mut found: Vec<Source> = Vec::new();
        while let Some((at, names)) = open.pop() {
            if !self.seen.insert((at, names.clone())) {
                continue;
            }
            self.n_steps += 1;
            if self.n_steps > MOST_STEPS {
                return None;
            }
            let machine = self.facts.machine;
            let scope = machine.scope(machine.state(at).scope);
            if self.facts.graph.is_open(scope.id) {
                return None;
            }
            let mut sources = Vec::new();
            if self.facts.graph.start(scope.id) == Some(at) {
                sources.push(match scope.place {
                    Place::Top => (at, Back::From(Source::Input(names.clone()))),
                    Place::Branch(owner, _) if is_input_whole(machine.state(owner)) => {
                        (owner, Back::Before(names.clone()))
                    }
                    Place::ItemProcessor(owner) | Place::Iterator(owner) if is_item_whole(machine.state(owner)) => {
                        (at, Back::From(Source::Item(owner, names.clone())))
                    }
                    _ => (at, Back::Unknown),
                });
            }
            for (from, edge) in self.facts.graph.predecessors(at) {
                sources.push((from, behind(machine.state(from), edge, &names)));
            }
            for (from, back) in sources {
                match back {
                    Back::Unknown => return None,
                    Back::Nothing => {}
                    Back::Before(names) => open.push((from, names)),
                    Back::From(source) if found.contains(&source) => {}
                    Back::From(source) => found.push(source),
                }
            }
        }
        Some(found)
    }
}

/// Where what stands at a place of the output of a state comes from.
fn behind(state: &State<'_>, edge: Edge, names: &Members) -> Back {
    let Some(kind) = state.kind else { return Back::Unknown };
    if let Edge::Catch(number) = edge {
        let Some(catcher) = state.catchers.get(number) else { return Back::Unknown };
        let error = |rest| Source::Error(state.id, rest);
        return match state.language {
            Language::Jsonata if catcher.node.get("Output").is_none() => Back::From(error(names.clone())),
            Language::Jsonata => Back::Unknown,
            Language::JsonPath => placed(catcher.node.member("ResultPath"), names, error),
        };
    }
    let result = |rest| match kind == StateType::Task && state.field("ResultSelector").is_none() {
        true => Source::Answer(state.id, rest),
        false => Source::Result(state.id, rest),
    };
    let is_through = matches!(kind, StateType::Choice | StateType::Wait);
    if state.language == Language::Jsonata {
        let rule_output = match edge {
            Edge::Choice(number) => state.rules().get(number).and_then(|rule| rule.node.get("Output")),
            _ => None,
        };
        let output = rule_output.or_else(|| state.field("Output").map(|field| field.value));
        return match output {
            Some(output) if lacks(output, names) => Back::Nothing,
            Some(_) => Back::From(Source::Result(state.id, names.clone())),
            None if is_through || kind == StateType::Pass => Back::Before(names.clone()),
            None => Back::From(result(names.clone())),
        };
    }
    if !is_all(state.field("OutputPath")) {
        return Back::Unknown;
    }
    if is_through {
        return if is_all(state.field("InputPath")) { Back::Before(names.clone()) } else { Back::Unknown };
    }
    let makes_something = ["Result", "Parameters", "InputPath"].iter().any(|name| state.field(name).is_some());
    if kind == StateType::Pass && !makes_something {
        // Its result is its input.
        return if is_all(state.field("ResultPath")) { Back::Before(names.clone()) } else { Back::Unknown };
    }
    let made = match kind {
        StateType::Pass => ["Result", "Parameters"].iter().find_map(|name| state.field(name)),
        _ => state.field("ResultSelector"),
    };
    match placed(state.field("ResultPath"), names, result) {
        Back::From(Source::Result(_, rest)) if made.is_some_and(|made| lacks(made.value, &rest)) => Back::Nothing,
        back => back,
    }
}

/// Whether what a value makes, as it is written or as a template, has no member of these names.
fn lacks(value: Node<'_>, names: &[String]) -> bool {
    let Some((first, rest)) = names.split_first() else { return false };
    match value.kind() {
        Kind::Object if !value.may_have_more() => match value.get(first) {
            Some(inner) => lacks(inner, rest),
            None => value.get(&format!("{first}.$")).is_none(),
        },
        Kind::Null | Kind::Bool | Kind::Number => true,
        _ => false,
    }
}

/// Where what stands at a place comes from once `ResultPath` has put something there.
fn placed(result_path: Option<Field<'_>>, names: &Members, result: impl Fn(Members) -> Source) -> Back {
    let Some(field) = result_path else { return Back::From(result(names.clone())) };
    if field.value.kind() == Kind::Null {
        return Back::Before(names.clone());
    }
    let Some(target) = members(field) else { return Back::Unknown };
    if let Some(rest) = names.strip_prefix(target.as_slice()) {
        return Back::From(result(rest.to_vec()));
    }
    // Where it is put into what is asked about, both count.
    if target.starts_with(names) { Back::Unknown } else { Back::Before(names.clone()) }
}

/// The members that a path names, where it names nothing else.
fn members(field: Field<'_>) -> Option<Members> {
    let text = field.value.as_str().filter(|_| !field.value.is_open())?;
    let (path, errors): (Path, _) = path::parse(text);
    if !errors.is_empty() || path.root != Root::Document {
        return None;
    }
    let name = |segment: &path::Segment| match &segment.kind {
        SegmentKind::Member(name) => Some(name.text.clone()),
        _ => None,
    };
    path.segments.iter().map(name).collect()
}

/// Whether a path lets everything through: it is not there, or `$`.
fn is_all(field: Option<Field<'_>>) -> bool {
    field.is_none_or(|field| members(field).is_some_and(|names| names.is_empty()))
}

/// Whether what is inside a Parallel gets its input as it comes.
fn is_input_whole(state: &State<'_>) -> bool {
    ["Parameters", "Arguments"].iter().all(|name| state.field(name).is_none()) && is_all(state.field("InputPath"))
}

/// Whether what is inside a Map gets its items as they are.
fn is_item_whole(state: &State<'_>) -> bool {
    ["ItemSelector", "Parameters", "ItemBatcher", "ItemReader"].iter().all(|name| state.field(name).is_none())
}
