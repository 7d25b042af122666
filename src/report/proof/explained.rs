//! Turns when an execution gets to a state into sentences, and into a JSON object.

use std::fmt::Write as _;

use super::json::{Json, whole};
use super::{Look, Proved, Words, cut};
use crate::asl::{Edge, Place, ScopeId, StateId};
use crate::eval::Value;
use crate::eval::value::Members;
use crate::report::one_line;
use crate::report::pretty::{BOLD, PLAIN, paint};
use crate::symex::{Condition, Explanation, Judged, Leg, Passed, Verdict, Way};

/// How many states are named one behind the other.
const MOST_NAMES: usize = 12;
/// How many transitions that are left out are told.
const MOST_LEFT_OUT: usize = 6;

impl Proved<'_> {
    /// When an execution gets to some states of the machine, in sentences.
    #[must_use]
    pub fn explained(self, explanations: &[Explanation], look: Look) -> String {
        let (strong, plain) = (paint(look.colour, BOLD), paint(look.colour, PLAIN));
        let mut out = self.head(look.colour);
        for explanation in explanations {
            let _ = write!(out, "\n  {strong}State `{}`{plain}", one_line(self.name_of(explanation.state)));
            let place = self.machine.state(explanation.state).scope;
            if place != ScopeId::TOP {
                let _ = write!(out, " in {}", one_line(&self.machine.describe_scope(place)));
            }
            for line in self.sentences(explanation) {
                let _ = write!(out, "\n    {}", one_line(&line));
            }
            out.push('\n');
        }
        out.push('\n');
        out
    }

    /// The same in lines of text, indented by what belongs to what.
    fn sentences(self, explanation: &Explanation) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(judged) = self.judged_of(explanation.state) {
            let (word, why) = self.words(&judged.verdict, "reachable", "dead");
            lines.push(match judged.verdict {
                Verdict::Reachable(_) => format!("{word}, for instance with {why}"),
                _ => format!("{word}: {why}"),
            });
            for premise in &judged.premises {
                lines.push(format!("it rests on the premise that {premise}"));
            }
            if let Verdict::Reachable(witness) = &judged.verdict {
                lines.push(format!("that execution goes {}", chain(&witness.path)));
            }
        }
        if explanation.steps.is_empty() {
            lines.push("no transition leads to it from the start".to_owned());
            return lines;
        }
        let is_dead = self.judged_of(explanation.state).is_some_and(|judged| judged.verdict.is_dead());
        lines.push(format!("an execution {} there that", if is_dead { "would get" } else { "gets" }));
        let mut number = 0;
        let mut plain: Vec<String> = Vec::new();
        let mut lead = "";
        let mut flush = |lead: &str, plain: &mut Vec<String>, lines: &mut Vec<String>| {
            if !plain.is_empty() {
                number += 1;
                lines.push(format!("{number:>3}. {lead} {}", chain(plain)));
                plain.clear();
            }
        };
        for step in &explanation.steps {
            let name = self.name_of(step.state).to_owned();
            if step.ways.is_empty() {
                flush(lead, &mut plain, &mut lines);
                lead = "starts with";
                let inside = step.inside.map(|place| self.inside(place));
                plain.push(name);
                if let Some(inside) = inside {
                    flush(&format!("{inside}, starts with"), &mut plain, &mut lines);
                    lead = "goes on to";
                }
            } else if is_plain(step) {
                plain.push(name);
            } else {
                flush(lead, &mut plain, &mut lines);
                lead = "goes on to";
                plain.push(name);
                flush(lead, &mut plain, &mut lines);
                self.conditions(step, &mut lines);
            }
            if !step.notes.is_empty() || !step.loops.is_empty() {
                flush(lead, &mut plain, &mut lines);
                lead = "goes on to";
            }
            for states in &step.loops {
                let names: Vec<String> = states.iter().map(|&state| self.name_of(state).to_owned()).collect();
                lines.push(match names.as_slice() {
                    [one] => format!("     before that it may enter `{one}` again and again"),
                    _ => format!("     before that it may go around, any number of times: {}", chain(&names)),
                });
            }
            lines.extend(step.notes.iter().map(|note| format!("     {note}")));
        }
        flush(lead, &mut plain, &mut lines);
        if explanation.is_open {
            lines.push("more may lead there: part of what is around it is not known".to_owned());
        }
        if !explanation.left_out.is_empty() {
            lines.push("no execution goes there by".to_owned());
            for (state, edge, why) in explanation.left_out.iter().take(MOST_LEFT_OUT) {
                lines.push(format!("     {} of `{}`: {why}", edge_words(*edge), self.name_of(*state)));
            }
            if explanation.left_out.len() > MOST_LEFT_OUT {
                lines.push(format!("     and {} more", explanation.left_out.len() - MOST_LEFT_OUT));
            }
        }
        lines
    }

    fn inside(self, place: Place) -> String {
        match place {
            Place::Top => String::new(),
            Place::Branch(owner, number) => format!("in branch {number} of `{}`", self.name_of(owner)),
            Place::ItemProcessor(owner) | Place::Iterator(owner) => format!("for an item of `{}`", self.name_of(owner)),
        }
    }

    /// What is asked on the ways to a state.
    fn conditions(self, step: &Passed, lines: &mut Vec<String>) {
        if let ([way], false) = (step.ways.as_slice(), step.is_cut) {
            self.way(way, "where ", lines);
            return;
        }
        for (number, way) in step.ways.iter().enumerate() {
            self.way(way, if number == 0 { "either " } else { "or " }, lines);
        }
        if step.is_cut {
            lines.push("     or by another of many ways".to_owned());
        }
    }

    /// One way; the first line begins with `lead`.
    fn way(self, way: &Way, lead: &str, lines: &mut Vec<String>) {
        let through: Vec<String> = way.legs.iter().skip(1).map(|leg| self.name_of(leg.from).to_owned()).collect();
        let mut lead = lead.to_owned();
        if !through.is_empty() {
            lead += &format!("by way of {}", chain(&through));
        }
        let mut is_first = true;
        for leg in &way.legs {
            let asked: Vec<String> = leg.conditions.iter().map(told).collect();
            if asked.iter().any(String::is_empty) {
                continue;
            }
            let words = asked.join(", or ");
            let line = match (is_first, through.is_empty()) {
                (true, true) => format!("{lead}{words}"),
                (true, false) => format!("{lead}, where {words}"),
                (false, _) => format!("  and {words}"),
            };
            lines.push(format!("     {line}"));
            is_first = false;
        }
        if is_first {
            lines.push(format!("     {}", if through.is_empty() { format!("{lead}straight on") } else { lead }));
        }
    }

    fn judged_of(&self, state: StateId) -> Option<&Judged> {
        self.proof.states.iter().find(|(id, _)| *id == state).map(|(_, judged)| judged)
    }

    /// The object of `explained` that `schemas/prove-1.json` describes.
    pub(super) fn explained_json(self, json: &mut Json, explanation: &Explanation) {
        let machine = self.machine;
        let name = |state: StateId| Value::from(machine.state(state).name());
        let texts = |texts: &[String]| Value::array(texts.iter().map(|text| Value::from(text.as_str())).collect());
        let edge = |edge: Edge, members: &mut Members| {
            let (by, index) = match edge {
                Edge::Choice(index) => ("rule", Some(index)),
                Edge::Catch(index) => ("catcher", Some(index)),
                Edge::Default => ("default", None),
                Edge::Next | Edge::Branch(_) | Edge::Item => ("next", None),
            };
            members.insert("by".into(), by.into());
            members.extend(index.map(|index| ("index".into(), whole(index))));
        };
        let condition = |condition: &Condition| {
            let mut members = Members::new();
            edge(condition.edge, &mut members);
            members.insert("words".into(), condition.words.as_str().into());
            members.extend(condition.dead.as_ref().map(|because| ("because".into(), because.as_str().into())));
            Value::object(members)
        };
        let way = |way: &Way| {
            let leg = |leg: &Leg| {
                let conditions = leg.conditions.iter().map(condition).collect();
                Value::members([
                    ("from", name(leg.from)),
                    ("to", name(leg.to)),
                    ("conditions", Value::array(conditions)),
                ])
            };
            Value::array(way.legs.iter().map(leg).collect())
        };
        let step = |step: &Passed| {
            let inside = step.inside.map(|place| Value::from(self.inside(place).as_str())).unwrap_or_default();
            let loops =
                step.loops.iter().map(|states| Value::array(states.iter().copied().map(name).collect())).collect();
            Value::members([
                ("state", name(step.state)),
                ("inside", inside),
                ("ways", Value::array(step.ways.iter().map(way).collect())),
                ("cut", Value::Bool(step.is_cut)),
                ("loops", Value::array(loops)),
                ("notes", texts(&step.notes)),
            ])
        };
        let left_out = |(state, by, why): &(StateId, Edge, String)| {
            let mut members = Members::new();
            members.insert("from".into(), name(*state));
            edge(*by, &mut members);
            members.insert("because".into(), why.as_str().into());
            Value::object(members)
        };
        json.value("state", &name(explanation.state));
        json.text("scope", &machine.describe_scope(machine.state(explanation.state).scope));
        if let Some(judged) = self.judged_of(explanation.state) {
            json.judged(judged, Words::Branch);
        }
        json.value("steps", &Value::array(explanation.steps.iter().map(step).collect()));
        json.value("left_out", &Value::array(explanation.left_out.iter().map(left_out).collect()));
        json.value("open", &Value::Bool(explanation.is_open));
        json.value("words", &texts(&self.sentences(explanation)));
    }
}

/// Whether nothing is asked on the only way, and nothing lies on it.
fn is_plain(step: &Passed) -> bool {
    let [way] = step.ways.as_slice() else { return false };
    let [leg] = way.legs.as_slice() else { return false };
    !step.is_cut && leg.conditions.iter().any(|condition| condition.words.is_empty())
}

fn told(condition: &Condition) -> String {
    match &condition.dead {
        None => condition.words.clone(),
        Some(why) => format!("{} (no execution does it: {why})", condition.words),
    }
}

fn edge_words(edge: Edge) -> String {
    match edge {
        Edge::Choice(number) => format!("rule {number}"),
        Edge::Catch(number) => format!("catcher {number}"),
        Edge::Default => "`Default`".to_owned(),
        Edge::Next | Edge::Branch(_) | Edge::Item => "`Next`".to_owned(),
    }
}

/// Names one behind the other; of many the first and the last.
fn chain<S: AsRef<str>>(names: &[S]) -> String {
    let name = |name: &S| format!("`{}`", cut(name.as_ref(), 60));
    if names.len() <= MOST_NAMES {
        return names.iter().map(name).collect::<Vec<_>>().join(" → ");
    }
    let (first, last) = (&names[..MOST_NAMES - 2], &names[names.len() - 1..]);
    let first: Vec<String> = first.iter().map(name).collect();
    let n_more = names.len() - MOST_NAMES + 1;
    format!("{} → {n_more} more → {}", first.join(" → "), last.iter().map(name).collect::<String>())
}
