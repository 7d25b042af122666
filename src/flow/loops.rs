//! Turns the states of a loop into what a round of it may change: places of the document, and variables.
//!
//! Whatever is not seen may change everything: what holds is that a read that [`Changes::touch`] denies gives the same value
//! in every round.

use std::collections::HashSet;

use crate::asl::expression::{Expression, Form, MemberName, Origin, Reference};
use crate::asl::jsonata::{self, Delimited};
use crate::asl::path::{self, SegmentKind};
use crate::asl::{Field, Language, Machine, ScopeId, State, StateId, StateType};
use crate::graph::Graph;
use crate::syntax::{Kind, Node};

use super::variables::{Meaning, VariableId, Variables};

/// What loops are looked at by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'c, 't> {
    /// The machine.
    pub machine: &'c Machine<'t>,
    /// Its transitions.
    pub graph: &'c Graph<'t>,
    /// Its variables.
    pub variables: &'c Variables<'t>,
    /// Its expressions.
    pub expressions: &'c [Expression<'t>],
}

impl<'c, 't> Facts<'c, 't> {
    /// The expressions of a state.
    pub(super) fn of_state(self, state: StateId) -> impl Iterator<Item = &'c Expression<'t>> {
        let first = self.expressions.partition_point(|expression| expression.site.state < state);
        self.expressions[first..].iter().take_while(move |expression| expression.site.state == state)
    }
}

/// What a round of a loop may change.
#[derive(Clone, Debug, Default)]
pub struct Changes<'t> {
    /// Whether the document may become another one altogether.
    whole: bool,
    /// The places of the document that are written, as names of members.
    places: Vec<Vec<String>>,
    /// The variables that are assigned.
    variables: HashSet<VariableId>,
    /// Who writes to the document, with the field that says where.
    pub writers: Vec<(StateId, Option<Field<'t>>)>,
}

/// What a state does to the document that it hands on.
enum Write<'t> {
    Nothing,
    Place(Vec<String>, Field<'t>),
    Everything(Option<Field<'t>>),
}

impl<'t> Changes<'t> {
    /// What the states of a loop change, each of them and each of its catchers that leads back into the loop. `states` is
    /// sorted.
    #[must_use]
    pub fn of(machine: &Machine<'t>, variables: &Variables<'t>, states: &[StateId]) -> Self {
        let mut this = Self::default();
        for state in states.iter().map(|&state| machine.state(state)) {
            this.add(state, write(state));
            for catcher in &state.catchers {
                let next = catcher.next.and_then(|next| machine.find(state.scope, next.value.as_str()?));
                if next.is_none_or(|next| states.binary_search(&next).is_ok()) {
                    let is_path = state.language == Language::JsonPath;
                    this.add(state, if is_path { result_path(catcher.node) } else { Write::Everything(None) });
                }
            }
        }
        let all = variables.assignments();
        for state in states.iter().map(|&state| machine.state(state)) {
            // They come in document order.
            let first = all.partition_point(|found| found.key.index() < state.key.index());
            let inside = all[first..].iter().take_while(|found| state.contains(found.key.index()));
            this.variables.extend(inside.filter(|found| found.state == state.id).map(|found| found.variable));
        }
        this
    }

    fn add(&mut self, state: &State<'t>, write: Write<'t>) {
        match write {
            Write::Nothing => {}
            Write::Place(place, field) => {
                self.places.push(place);
                self.writers.push((state.id, Some(field)));
            }
            Write::Everything(field) => {
                self.whole = true;
                self.writers.push((state.id, field));
            }
        }
    }

    /// Whether some read of an expression of a state of the loop may give another value in another round.
    #[must_use]
    pub fn touch_expression(&self, variables: &Variables<'t>, scope: ScopeId, expression: &Expression<'t>) -> bool {
        !is_pure(expression) || expression.references().iter().any(|reference| self.touch(variables, scope, reference))
    }

    /// Whether a read in the scope of the loop may give another value in another round.
    #[must_use]
    pub fn touch(&self, variables: &Variables<'t>, scope: ScopeId, reference: &Reference<'_>) -> bool {
        match reference.origin {
            Origin::Document => self.touch_document(&reference.members),
            Origin::Context => is_fleeting(&reference.members),
            Origin::States => match reference.members.split_first() {
                Some((first, rest)) if first.name == "input" => self.touch_document(rest),
                Some((first, rest)) if first.name == "context" => is_fleeting(rest),
                _ => true,
            },
            Origin::Variable(name) => match variables.meaning(scope, name) {
                Meaning::Variable(variable) => self.variables.contains(&variable),
                Meaning::Nowhere => FLEETING.contains(&name),
                Meaning::OutOfScope(_) | Meaning::Unknown => true,
            },
        }
    }

    /// Whether a place of the document, as names of members, may hold another value behind a round.
    #[must_use]
    pub fn touch_place(&self, place: &[String]) -> bool {
        let meet = |written: &Vec<String>| written.iter().zip(place).all(|(written, read)| written == read);
        self.whole || self.places.iter().any(meet)
    }

    fn touch_document(&self, members: &[MemberName<'_>]) -> bool {
        let meet = |place: &Vec<String>| place.iter().zip(members).all(|(written, read)| written == read.name);
        self.whole || self.places.iter().any(meet)
    }
}

/// Functions of JSONata that give another value at another time.
const FLEETING: [&str; 5] = ["eval", "millis", "now", "random", "uuid"];

/// Whether a part of the context object changes while an execution runs: all but what tells of the execution, the machine and
/// the item of a Map.
fn is_fleeting(members: &[MemberName<'_>]) -> bool {
    !members.first().is_some_and(|first| matches!(first.name, "Execution" | "StateMachine" | "Map"))
}

/// Whether an expression can be read, and gives the same for the same reads.
fn is_pure(expression: &Expression<'_>) -> bool {
    match &expression.form {
        Form::Path(_, errors) => errors.is_empty(),
        Form::Intrinsic(_, errors) => {
            let text = expression.node.content();
            errors.is_empty() && !["States.UUID", "States.MathRandom"].iter().any(|name| text.contains(name))
        }
        Form::Jsonata(jsonata) => jsonata.parsed.errors.is_empty(),
    }
}

fn write<'t>(state: &State<'t>) -> Write<'t> {
    let node = state.node;
    if node.may_have_more() || !state.is_language_known {
        return Write::Everything(None);
    }
    let works = matches!(state.kind, None | Some(StateType::Task | StateType::Map | StateType::Parallel));
    let selects = |name: &str| state.field(name).filter(|field| field.value.as_str() != Some("$"));
    if state.language == Language::Jsonata {
        let outputs = state.rules().iter().map(|rule| rule.node).chain([node]);
        let mut outputs = outputs.filter_map(|owner| owner.member("Output")).filter(|output| !is_input(output.value));
        return match outputs.next() {
            Some(output) => Write::Everything(Some(output)),
            None if works && node.get("Output").is_none() => Write::Everything(None),
            None => Write::Nothing,
        };
    }
    if let Some(field) = selects("OutputPath") {
        return Write::Everything(Some(field));
    }
    let input = selects("InputPath");
    let gives = works || ["Parameters", "Result", "ResultPath"].iter().any(|name| node.get(name).is_some());
    match (state.kind, input) {
        (Some(StateType::Choice | StateType::Wait), Some(field)) => Write::Everything(Some(field)),
        (Some(StateType::Choice | StateType::Wait), None) => Write::Nothing,
        (_, None) if !gives => Write::Nothing,
        _ => result_path(node),
    }
}

fn is_input(output: Node<'_>) -> bool {
    let text = output.as_str().unwrap_or_default();
    matches!(jsonata::expression_in(text), Delimited::Expression { inner } if inner.of(text).trim() == "$states.input")
}

/// Where the result of a state, or the error that a catcher takes, is written to.
fn result_path<'t>(owner: Node<'t>) -> Write<'t> {
    let Some(field) = owner.member("ResultPath") else { return Write::Everything(None) };
    if field.value.kind() == Kind::Null {
        return Write::Nothing;
    }
    let Some(text) = field.value.as_str().filter(|_| !field.value.is_open()) else {
        return Write::Everything(Some(field));
    };
    let (path, errors) = path::parse(text);
    let mut place = Vec::new();
    for segment in &path.segments {
        match &segment.kind {
            SegmentKind::Member(name) => place.push(name.text.clone()),
            SegmentKind::Index(_) => {}
            _ => return Write::Everything(Some(field)),
        }
    }
    if place.is_empty() || !errors.is_empty() || path.root != path::Root::Document {
        return Write::Everything(Some(field));
    }
    Write::Place(place, field)
}

#[cfg(test)]
mod tests {
    use super::Changes;
    use crate::asl::expression::expressions;
    use crate::asl::lower;
    use crate::asl::sites::sites;
    use crate::flow::variables::Variables;
    use crate::syntax::{Format, parse};

    /// Which of the expressions of `Q` a round through it and `S` may change, by what they say.
    fn changed(s: &str, reads: &[&str]) -> String {
        let choices: Vec<String> = reads
            .iter()
            .map(|read| match read.starts_with("{%") {
                true => format!("{{Condition: '{read}', Next: S}}"),
                false => format!("{{Variable: '{read}', IsNull: true, Next: S}}"),
            })
            .collect();
        let language = if reads[0].starts_with("{%") { "JSONata" } else { "JSONPath" };
        let text = format!(
            "StartAt: A\nStates: {{A: {{Type: Pass, QueryLanguage: JSONata, Assign: {{v: 1, w: 1}}, Next: Q}}, \
             Q: {{Type: Choice, QueryLanguage: {language}, Choices: [{}], Default: E}}, S: {{{s}, Next: Q}}, E: {{Type: Succeed}}}}",
            choices.join(", ")
        );
        let tree = parse(&text.as_str().into(), Format::Yaml);
        assert!(tree.errors().is_empty(), "{text}: {:?}", tree.errors());
        let machine = lower(tree.root());
        let expressions = expressions(&sites(&machine));
        let variables = Variables::new(&machine, &expressions);
        let top = machine.top().id;
        let find = |name| machine.find(top, name).expect("a state");
        let (q, s) = (find("Q"), find("S"));
        let changes = Changes::of(&machine, &variables, &[q, s]);
        let of_choice = expressions.iter().filter(|found| found.site.state == q);
        let changed = of_choice.filter(|found| changes.touch_expression(&variables, top, found));
        changed.map(|found| found.node.content()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_round_changes_what_its_states_write() {
        let paths = ["$.a", "$.a.b", "$.c", "$v", "$w", "$$.Execution.Name", "$$.State.EnteredTime"];
        for (state, expected) in [
            ("Type: Pass", ""),
            ("Type: Pass, Result: 1", "$.a $.a.b $.c"),
            ("Type: Pass, Result: 1, ResultPath: $.a.b", "$.a $.a.b"),
            ("Type: Task, Resource: x, ResultPath: $.c", "$.c"),
            ("Type: Task, Resource: x, ResultPath: null", ""),
            ("Type: Task, Resource: x", "$.a $.a.b $.c"),
            ("Type: Task, Resource: x, ResultPath: null, OutputPath: $.z", "$.a $.a.b $.c"),
            ("Type: Task, Resource: x, ResultPath: null, Catch: [{ErrorEquals: [X], Next: Q}]", "$.a $.a.b $.c"),
            ("Type: Task, Resource: x, ResultPath: null, Catch: [{ErrorEquals: [X], Next: E}]", ""),
            ("Type: Wait, Seconds: 1, Assign: {v: 2}", "$v"),
            ("Type: Wait, Seconds: 1, InputPath: $.z", "$.a $.a.b $.c"),
            ("Type: Task, QueryLanguage: JSONata, Resource: x, Output: '{% $states.input %}', Assign: {w: 2}", "$w"),
            ("Type: Task, QueryLanguage: JSONata, Resource: x", "$.a $.a.b $.c"),
            ("Type: Pass, QueryLanguage: JSONata, Output: 1", "$.a $.a.b $.c"),
        ] {
            let expected = format!("{expected} $$.State.EnteredTime");
            assert_eq!(changed(state, &paths), expected.trim(), "{state}");
        }
        let jsonata = [
            "{% $states.input.a %}",
            "{% $v > $sum($w) %}",
            "{% $now() > $v %}",
            "{% $states.context.Execution.Id = 1 %}",
        ];
        for (state, expected) in [
            ("Type: Pass", "{% $now() > $v %}"),
            ("Type: Pass, Assign: {w: 3}", "{% $v > $sum($w) %} {% $now() > $v %}"),
            ("Type: Pass, Result: 1", "{% $states.input.a %} {% $now() > $v %}"),
        ] {
            assert_eq!(changed(state, &jsonata), expected, "{state}");
        }
    }
}
