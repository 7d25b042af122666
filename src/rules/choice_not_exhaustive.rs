//! Choices without `Default` for which there is an input that no rule takes.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::State;
use crate::diagnostic::{Applicability, Severity};
use crate::eval::Value;
use crate::flow::shape::{Kinds, Member, Presence, Shape};
use crate::symex::{Untaken, Verdict, Witness};
use crate::syntax::Node;
use crate::syntax::edit::{At, New, inserted_member};
use crate::text::Edit;

const OF_OTHER_TYPES: &str =
    "every value of the types that the rules compare is taken; of other types, or missing, this one is not";
const MADE_BEFORE: &str =
    "states before this one make what the rules ask about; `aslint prove` asks whether they let such an input arrive";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for (state, proved) in cx.reached_choices() {
        let Verdict::Reachable(any) = &proved.no_match else { continue };
        let regular = proved.regular_no_match.as_ref();
        // What cannot arrive is no counterexample.
        let arriving = |witness: &&Witness| arrival(cx, state, witness) != Arrival::Excluded;
        let arrived;
        let (witness, is_regular, is_free) = match cx.untaken().get(&state.id).unwrap_or(&Untaken::Unknown) {
            Untaken::Nothing => continue,
            Untaken::Regular(input) => {
                arrived = Witness { input: input.clone(), ..Witness::default() };
                // What was found of the Choice on its own is shorter.
                let is_part = |regular: &&Witness| regular.input.is_part_of(input);
                (regular.filter(is_part).unwrap_or(&arrived), true, true)
            }
            Untaken::Irregular(Some(input)) => {
                arrived = Witness { input: input.clone(), ..Witness::default() };
                (&arrived, false, true)
            }
            Untaken::Irregular(None) => match Some(&**any).filter(arriving) {
                Some(any) if Some(any) != regular => (any, false, true),
                _ => continue,
            },
            Untaken::Unknown => match regular.filter(arriving).or(Some(&**any).filter(arriving)) {
                Some(witness) => (witness, Some(witness) == regular, arrival(cx, state, witness) == Arrival::Free),
                None => continue,
            },
        };
        let message = format!("no rule takes {}, and there is no `Default`: the execution fails", witness.in_words());
        let way = sink.way_to(state.id);
        let finding = sink.report(state.key, message);
        finding.way = way;
        let name = name_of_fail(cx, state);
        let edits = failing(cx, state, &name);
        finding.offer(Applicability::Unsafe, format!("add a `Default` that fails: `{name}`"), edits);
        if is_regular && is_free {
            continue;
        }
        finding.severity = Severity::Info;
        finding.notes.push(if is_regular { MADE_BEFORE } else { OF_OTHER_TYPES }.to_owned());
    }
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
