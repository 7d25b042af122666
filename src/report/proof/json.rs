//! Turns what is proved of a machine into a JSON object, as `schemas/prove-1.json` describes it.
//!
//! One Choice, one state, one catcher is one line, so that reports can be compared with the tools that compare text.

use std::sync::Arc;

use super::super::Places;
use super::{Proved, Words, next, text};
use crate::eval::Value;
use crate::eval::value::Members;
use crate::symex::{ChoiceProof, Explanation, Ground, Judged, TaskAnswer, Verdict, Witness};
use crate::text::Span;

/// `explained` is asked for, or it is no member.
pub(super) fn object(proved: Proved<'_>, explained: Option<&[Explanation]>) -> String {
    let Proved { source, name, machine, proof, premises, is_refused } = proved;
    let premises = premises.each().map(|(words, _)| words.into()).collect();
    let places = Places::new(source);
    let choices = proof.choices.iter().map(|choice| self::choice(proved, &places, choice));
    let states = proof.states.iter().map(|(state, judged)| {
        let mut members = Members::new();
        members.insert("name".into(), machine.state(*state).name().into());
        put(&mut members, judged, Words::Branch);
        Value::object(members)
    });
    let catchers = proof.catchers.iter().map(|(state, number, judged)| {
        let state = machine.state(*state);
        let mut members = Members::new();
        members.insert("state".into(), state.name().into());
        members.insert("index".into(), whole(*number));
        if let Some(catcher) = state.catchers.get(*number) {
            let errors = catcher.errors.iter().filter_map(|error| error.as_str()).map(Value::from).collect();
            members.insert("errors".into(), Value::array(errors));
            members.insert("next".into(), text(catcher.next).into());
        }
        put(&mut members, judged, Words::Branch);
        Value::object(members)
    });
    let explained = explained.map(|all| lines(all.iter().map(|one| proved.explained_json(one))));
    let explained = explained.map(|all| format!(",\n\"explained\":{all}")).unwrap_or_default();
    format!(
        "{{\"file\":{},\"machine\":{},\"refused\":{is_refused},\"premises\":{},\n\"choices\":{},\n\"states\":{},\n\"catchers\":{},\n\"end\":{},\
         \n\"executions\":{},\"modelled\":{},\"not_replayed\":{}{explained}}}",
        Value::from(source.name.as_str()).to_json(),
        Value::from(name).to_json(),
        Value::array(premises).to_json(),
        lines(choices),
        lines(states),
        lines(catchers),
        judged(&proof.end, Words::Branch).to_json(),
        proof.n_executions,
        proof.n_modelled,
        proof.n_not_replayed,
    )
}

/// An array, one line for each value; none is held for longer than it takes to write it, since there may be many large ones.
fn lines(values: impl Iterator<Item = Value>) -> String {
    let mut text = String::from("[");
    for value in values {
        text += if text.len() == 1 { "\n" } else { ",\n" };
        text += &value.to_json();
    }
    text + "]"
}

fn choice(proved: Proved<'_>, places: &Places<'_>, choice: &ChoiceProof) -> Value {
    let state = proved.machine.state(choice.state);
    let mut members = Members::new();
    members.insert("state".into(), state.name().into());
    members.insert("range".into(), range(places, state.key.span()));
    members.insert("reached".into(), judged(&choice.reached, Words::Branch));
    let rules = choice.rules.iter().enumerate().map(|(number, rule)| {
        let mut members = Members::new();
        members.insert("index".into(), whole(number));
        members.insert("next".into(), text(next(state, number)).into());
        put(&mut members, rule, Words::Branch);
        Value::object(members)
    });
    members.insert("rules".into(), Value::array(rules.collect()));
    let default = choice.default.as_ref().map(|default| {
        let mut members = Members::new();
        members.insert("next".into(), text(state.choice().and_then(|choice| choice.default)).into());
        put(&mut members, default, Words::Branch);
        Value::object(members)
    });
    members.insert("default".into(), default.unwrap_or_default());
    members.insert("no_match".into(), judged(&choice.no_match, Words::Failure));
    let mut error = Members::new();
    put(&mut error, &choice.runtime_error, Words::Failure);
    if !choice.why.is_empty() {
        error.insert("why".into(), choice.why.as_str().into());
    }
    members.insert("runtime_error".into(), Value::object(error));
    let overlaps = choice.local.iter().flat_map(|local| &local.overlaps).map(|overlap| {
        Value::members([
            ("rules", Value::array(vec![whole(overlap.first), whole(overlap.second)])),
            ("witness", witness(&overlap.witness)),
        ])
    });
    members.insert("overlaps".into(), Value::array(overlaps.collect()));
    Value::object(members)
}

fn judged(judged: &Judged, words: Words) -> Value {
    let mut members = Members::new();
    put(&mut members, judged, words);
    Value::object(members)
}

pub(super) fn put(members: &mut Members, judged: &Judged, words: Words) {
    let (yes, no) = match words {
        Words::Branch => ("reachable", "dead"),
        Words::Failure => ("possible", "impossible"),
    };
    let word = match judged.verdict {
        Verdict::Reachable(_) => yes,
        Verdict::Dead(_) => no,
        Verdict::Unknown(_) => "unknown",
    };
    members.insert("verdict".into(), word.into());
    let ground = match judged.ground {
        Ground::AnyInput => "any input",
        Ground::Machine => "machine",
    };
    members.insert("ground".into(), ground.into());
    if !judged.premises.is_empty() {
        let premises = judged.premises.iter().map(|words| words.as_str().into()).collect();
        members.insert("premises".into(), Value::array(premises));
    }
    match &judged.verdict {
        Verdict::Reachable(found) => members.insert("witness".into(), witness(found)),
        Verdict::Dead(because) => members.insert("because".into(), because.to_string().into()),
        Verdict::Unknown(reason) => members.insert("reason".into(), reason.to_string().into()),
    };
}

/// A witness: what the execution starts with, what its tasks answer, where it goes.
pub(super) fn witness(witness: &Witness) -> Value {
    let mut members = Members::new();
    members.insert("input".into(), witness.input.clone());
    if let Some(context) = &witness.context {
        members.insert("context".into(), context.clone());
    }
    if !witness.variables.is_empty() {
        let variables = witness.variables.iter().map(|(name, value)| (name.as_str(), value.clone()));
        members.insert("variables".into(), Value::members(variables));
    }
    let answer = |answer: &TaskAnswer| match answer {
        TaskAnswer::Return(value) => Value::members([("return", value.clone())]),
        TaskAnswer::Error(error, cause) => {
            Value::members([("error", Value::from(error.as_str())), ("cause", cause.as_str().into())])
        }
    };
    let answers = |answers: &Vec<TaskAnswer>| Value::array(answers.iter().map(answer).collect());
    let tasks = witness.tasks.iter().map(|(name, of)| (Arc::<str>::from(name.as_str()), answers(of)));
    members.insert("tasks".into(), Value::members(tasks));
    let path = witness.path.iter().map(|name| name.as_str().into()).collect();
    members.insert("path".into(), Value::array(path));
    Value::object(members)
}

fn range(places: &Places<'_>, span: Span) -> Value {
    let place = |offset: u32| {
        let place = places.of(offset);
        let number = |number: u32| Value::from(i64::from(number));
        Value::members([
            ("line", number(place.line + 1)),
            ("column", number(place.column + 1)),
            ("offset", number(offset)),
        ])
    };
    Value::members([("start", place(span.start)), ("end", place(span.end))])
}

pub(super) fn whole(number: usize) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}
