//! Choices without `Default` for which there is an input that no rule takes.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::State;
use crate::diagnostic::{Applicability, Severity};
use crate::eval::Value;
use crate::flow::shape::{Kinds, Member, Presence, Shape};
use crate::symex::{ChoiceVerdicts, Untaken, Verdict, Witness, is_regular};
use crate::syntax::Node;
use crate::syntax::edit::{At, New, inserted_member};
use crate::text::Edit;

const OF_OTHER_TYPES: &str =
    "what comes with values of the types that the rules compare is taken; of other types, or missing, this one is not";
const LACKING: &str = "this one lacks a value that the rules compare, or has one of a type that they do not compare";
const MADE_BEFORE: &str =
    "states before this one make what the rules ask about; `aslint prove` asks whether they let such an input arrive";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        let Verdict::Reachable(any) = &proved.no_match else { continue };
        let untaken = cx.untaken().get(&state.id).unwrap_or(&Untaken::Unknown);
        let Some(Shown { witness, severity, notes }) = shown(cx, state, untaken, proved, any) else { continue };
        let message = format!("no rule takes {}, and there is no `Default`: the execution fails", witness.in_words());
        let way = sink.way_to(state.id);
        let finding = sink.report(state.key, message);
        finding.way = way;
        let name = name_of_fail(cx, state);
        let edits = failing(cx, state, &name);
        finding.offer(Applicability::Unsafe, format!("add a `Default` that fails: `{name}`"), edits);
        if let Some(severity) = severity {
            finding.severity = severity;
        }
        finding.notes.extend(notes.into_iter().map(str::to_owned));
    }
}

/// What is told of a Choice.
struct Shown<'w> {
    witness: &'w Witness,
    /// Where it is another than that of the rule.
    severity: Option<Severity>,
    notes: Vec<&'static str>,
}

impl<'w> Shown<'w> {
    const fn regular(witness: &'w Witness) -> Self {
        Self { witness, severity: None, notes: Vec::new() }
    }

    fn other(witness: &'w Witness, notes: impl IntoIterator<Item = &'static str>) -> Self {
        Self { witness, severity: Some(Severity::Info), notes: notes.into_iter().collect() }
    }
}

/// What is known of what no rule takes: `any` and what is regular of the Choice on its own, the rest in the machine.
fn shown<'w>(
    cx: &Analysis<'_>,
    state: &State<'_>,
    untaken: &'w Untaken,
    proved: &'w ChoiceVerdicts,
    any: &'w Witness,
) -> Option<Shown<'w>> {
    let regular = proved.regular_no_match.as_ref();
    // What cannot arrive is no counterexample.
    let arriving = |witness: &&Witness| arrival(cx, state, witness) != Arrival::Excluded;
    let is_free = |witness: &Witness| arrival(cx, state, witness) == Arrival::Free;
    let is_regular = |witness: &Witness| is_regular(cx.machine, state.id, witness);
    let lacking = |witness: &Witness| (is_regular(witness) == Some(false)).then_some(LACKING);
    Some(match untaken {
        Untaken::Nothing => return None,
        Untaken::Regular(came) => {
            // What was found of the Choice on its own is shorter.
            let is_part = |regular: &&Witness| {
                let is_set = |(name, value): (&String, &Value)| came.variables.get(name) == Some(value);
                regular.input.is_part_of(&came.input) && regular.variables.iter().all(is_set)
            };
            Shown::regular(regular.filter(is_part).unwrap_or(came))
        }
        Untaken::Irregular(Some(came)) => Shown::other(came, [OF_OTHER_TYPES]),
        Untaken::Irregular(None) => {
            let any = Some(any).filter(|any| Some(*any) != regular && is_regular(any) != Some(true));
            Shown::other(any.filter(arriving)?, [OF_OTHER_TYPES])
        }
        Untaken::Found(came) => match regular.filter(|regular| is_free(regular)) {
            Some(regular) => Shown::regular(regular),
            None => Shown::other(came, lacking(came)),
        },
        Untaken::Unknown => {
            let witness = regular.filter(arriving).or(Some(any).filter(arriving))?;
            let is_regular = Some(witness) == regular || is_regular(witness) == Some(true);
            match (is_regular, is_free(witness)) {
                (true, true) => Shown::regular(witness),
                (_, true) => Shown::other(witness, lacking(witness)),
                (_, false) => Shown::other(witness, lacking(witness).into_iter().chain([MADE_BEFORE])),
            }
        }
    })
}

/// A name that no state has, and that tells which Choice is meant.
fn name_of_fail(cx: &Analysis<'_>, state: &State<'_>) -> String {
    const LONGEST: usize = 80;
    let is_free =
        |name: &String| name.chars().count() <= LONGEST && !cx.machine.states.iter().any(|state| state.name() == name);
    let plain = format!("No match in {}", state.name());
    let numbered = (1..).map(|n| if n == 1 { "No match".to_owned() } else { format!("No match {n}") });
    std::iter::once(plain).chain(numbered).find(is_free).unwrap_or_default()
}

/// `Default`, and the state that it leads to, which says what happened.
fn failing(cx: &Analysis<'_>, state: &State<'_>, name: &str) -> Option<Vec<Edit>> {
    let states = cx.machine.scope(state.scope).states_field?.value;
    let fail = New::Object(vec![
        ("Type", New::text("Fail")),
        ("Error", New::text("NoChoiceMatched")),
        ("Cause", New::text(format!("No rule of {} takes the input", state.name()))),
    ]);
    Some(vec![
        inserted_member(state.node, At::Last, "Default", &New::text(name))?,
        inserted_member(states, At::Last, name, &fail)?,
    ])
}

/// Whether what the machine does before a Choice lets an input come to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    /// No execution comes with it.
    Excluded,
    /// States before make what it holds, and whether they make this is not known.
    Made,
    /// What it holds is nothing that the machine makes.
    Free,
}

fn arrival(cx: &Analysis<'_>, state: &State<'_>, witness: &Witness) -> Arrival {
    let choices = state.node.get("Choices").into_iter().flat_map(Node::descendants);
    let asked: Vec<&str> = choices.filter_map(Node::as_str).collect();
    let of = |shape: &Shape, value: &Value| match () {
        () if !may_be(shape, value, &asked) => Arrival::Excluded,
        () if is_free(shape, value) => Arrival::Free,
        () => Arrival::Made,
    };
    let shapes = cx.shapes();
    let input = of(&shapes.state(state.id).input, &witness.input);
    let variables = cx.variables().visible(state.scope).filter_map(|variable| {
        let value = witness.variables.get(variable.name)?;
        Some(of(shapes.variable(variable.id), value))
    });
    variables.min().map_or(input, |least| least.min(input))
}

/// Whether a value of the shape may be this one, besides members that it lacks because no rule asks about them. What is told
/// apart by their names alone is silence, never a claim. Recursion is bounded by the value.
fn may_be(shape: &Shape, value: &Value, asked: &[&str]) -> bool {
    let Value::Object(members) = value else { return shape.admits(value) };
    let has = |name: &str, value: &Value| {
        let member = shape.member(name);
        member.presence != Presence::Absent && may_be(&member.shape, value, asked)
    };
    let lacks = |name: &str, member: &Member| {
        member.presence == Presence::Must && !members.contains_key(name) && asked.iter().any(|text| text.contains(name))
    };
    shape.kinds().meets(Kinds::OBJECT)
        && members.iter().all(|(name, value)| has(name, value))
        && !shape.record().is_some_and(|record| record.members().any(|(name, member)| lacks(name, member)))
}

/// Whether nothing is known of the scalars of a value that the shape admits. Recursion is bounded by the value.
fn is_free(shape: &Shape, value: &Value) -> bool {
    shape.is_any()
        || match value {
            Value::Object(members) => members.iter().all(|(name, value)| is_free(&shape.member(name).shape, value)),
            Value::Array(items) => items.iter().all(|item| is_free(&shape.items(), item)),
            _ => false,
        }
}
