//! Turns what is proved of a machine into a JSON object, as `schemas/prove-1.json` describes it.
//!
//! One Choice, one state, one catcher is one line, so that reports can be compared with the tools that compare text.

use super::super::Places;
use super::{Proved, Words, next, text};
use crate::eval::Value;
use crate::eval::value::quote;
use crate::flow::premise::Use;
use crate::symex::{ChoiceProof, Explanation, Ground, Judged, TaskAnswer, Verdict, Witness};
use crate::text::Span;

/// `explained` is asked for, or it is no member.
pub(super) fn object(proved: Proved<'_>, explained: Option<&[Explanation]>) -> String {
    let Proved { source, name, machine, proof, premises, is_refused } = proved;
    let premises = premises.each(Use::Proofs).map(|(words, _)| words.into()).collect();
    let places = Places::new(source);
    let mut json = Json::default();
    json.open('{');
    json.text("file", &source.name);
    json.text("machine", name);
    json.value("refused", &Value::Bool(is_refused));
    json.value("premises", &Value::array(premises));
    json.lines("choices", &proof.choices, |json, choice| self::choice(json, proved, &places, choice));
    json.lines("states", &proof.states, |json, (state, judged)| {
        json.text("name", machine.state(*state).name());
        json.judged(judged, Words::Branch);
    });
    json.lines("catchers", &proof.catchers, |json, (state, number, judged)| {
        let state = machine.state(*state);
        json.text("state", state.name());
        json.value("index", &whole(*number));
        if let Some(catcher) = state.catchers.get(*number) {
            let errors = catcher.errors.iter().filter_map(|error| error.as_str()).map(Value::from).collect();
            json.value("errors", &Value::array(errors));
            json.text("next", &text(catcher.next));
        }
        json.judged(judged, Words::Branch);
    });
    json.on_new_line().within("end", '{', |json| json.judged(&proof.end, Words::Branch));
    json.on_new_line().value("executions", &whole(proof.n_executions));
    json.value("modelled", &whole(proof.n_modelled));
    json.value("not_replayed", &whole(proof.n_not_replayed));
    if let Some(explained) = explained {
        json.lines("explained", explained, |json, one| proved.explained_json(json, one));
    }
    json.close('}');
    json.written
}

fn choice(json: &mut Json, proved: Proved<'_>, places: &Places<'_>, choice: &ChoiceProof) {
    let state = proved.machine.state(choice.state);
    json.text("state", state.name());
    json.value("range", &range(places, state.key.span()));
    json.within("reached", '{', |json| json.judged(&choice.reached, Words::Branch));
    json.within("rules", '[', |json| {
        for (number, rule) in choice.rules.iter().enumerate() {
            json.item('{', |json| {
                json.value("index", &whole(number));
                json.text("next", &text(next(state, number)));
                json.judged(rule, Words::Branch);
            });
        }
    });
    match &choice.default {
        None => json.value("default", &Value::Null),
        Some(default) => json.within("default", '{', |json| {
            json.text("next", &text(state.choice().and_then(|choice| choice.default)));
            json.judged(default, Words::Branch);
        }),
    }
    json.within("no_match", '{', |json| json.judged(&choice.no_match, Words::Failure));
    json.within("runtime_error", '{', |json| {
        json.judged(&choice.runtime_error, Words::Failure);
        if !choice.why.is_empty() {
            json.text("why", &choice.why);
        }
    });
    json.within("wrong_types", '[', |json| {
        for wrong in choice.local.iter().flat_map(|local| &local.wrong_types) {
            json.item('{', |json| {
                json.value("rule", &whole(wrong.rule));
                json.text("path", &wrong.path);
                json.text("meant", wrong.meant);
                json.witness(&wrong.witness);
            });
        }
    });
    json.within("overlaps", '[', |json| {
        for overlap in choice.local.iter().flat_map(|local| &local.overlaps) {
            json.item('{', |json| {
                json.value("rules", &Value::array(vec![whole(overlap.first), whole(overlap.second)]));
                json.witness(&overlap.witness);
            });
        }
    });
}

/// JSON on its way into text. It is written, not put together first: witnesses of large machines are large, and there are many.
#[derive(Default)]
pub(super) struct Json {
    written: String,
}

impl Json {
    fn open(&mut self, bracket: char) {
        self.written.push(bracket);
    }

    fn close(&mut self, bracket: char) {
        self.written.push(bracket);
    }

    /// A comma, unless nothing stands before it.
    fn separate(&mut self) {
        if !self.written.ends_with(['{', '[', '\n']) {
            self.written.push(',');
        }
    }

    /// What comes next begins a line.
    fn on_new_line(&mut self) -> &mut Self {
        self.separate();
        self.written.push('\n');
        self
    }

    fn name(&mut self, name: &str) -> &mut String {
        self.separate();
        quote(&mut self.written, name);
        self.written.push(':');
        &mut self.written
    }

    /// A member.
    pub(super) fn value(&mut self, name: &str, value: &Value) {
        value.write_json(self.name(name));
    }

    /// A member that is a string.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        quote(self.name(name), text);
    }

    /// A member that is an object or an array, as its bracket says.
    fn within(&mut self, name: &str, bracket: char, write: impl FnOnce(&mut Self)) {
        self.name(name);
        self.between(bracket, write);
    }

    /// An item that is an object or an array.
    fn item(&mut self, bracket: char, write: impl FnOnce(&mut Self)) {
        self.separate();
        self.between(bracket, write);
    }

    fn between(&mut self, bracket: char, write: impl FnOnce(&mut Self)) {
        self.open(bracket);
        write(self);
        self.close(if bracket == '{' { '}' } else { ']' });
    }

    /// A member that is an array of objects, one to a line.
    fn lines<T>(&mut self, name: &str, of: &[T], write: impl Fn(&mut Self, &T)) {
        self.on_new_line().within(name, '[', |json| {
            for one in of {
                json.on_new_line().between('{', |json| write(json, one));
            }
        });
    }

    /// The members that say what is proved.
    pub(super) fn judged(&mut self, judged: &Judged, words: Words) {
        let (yes, no) = match words {
            Words::Branch => ("reachable", "dead"),
            Words::Failure => ("possible", "impossible"),
        };
        let word = match judged.verdict {
            Verdict::Reachable(_) => yes,
            Verdict::Dead(_) => no,
            Verdict::Unknown(_) => "unknown",
        };
        self.text("verdict", word);
        let ground = match judged.ground {
            Ground::AnyInput => "any input",
            Ground::Machine => "machine",
        };
        self.text("ground", ground);
        if !judged.premises.is_empty() {
            let premises = judged.premises.iter().map(|words| words.as_str().into()).collect();
            self.value("premises", &Value::array(premises));
        }
        match &judged.verdict {
            Verdict::Reachable(found) => self.witness(found),
            Verdict::Dead(because) => self.text("because", &because.to_string()),
            Verdict::Unknown(reason) => self.text("reason", &reason.to_string()),
        }
    }

    /// The member that says what the execution starts with, what its tasks answer, where it goes.
    fn witness(&mut self, witness: &Witness) {
        self.within("witness", '{', |json| {
            json.value("input", &witness.input);
            if let Some(context) = &witness.context {
                json.value("context", context);
            }
            if !witness.variables.is_empty() {
                json.within("variables", '{', |json| {
                    witness.variables.iter().for_each(|(name, value)| json.value(name, value));
                });
            }
            json.within("tasks", '{', |json| {
                for (task, answers) in witness.tasks.iter() {
                    json.within(task, '[', |json| answers.iter().for_each(|answer| json.answer(answer)));
                }
            });
            json.within("path", '[', |json| {
                for name in &witness.path {
                    json.separate();
                    quote(&mut json.written, name);
                }
            });
        });
    }

    fn answer(&mut self, answer: &TaskAnswer) {
        self.item('{', |json| match answer {
            TaskAnswer::Return(value) => json.value("return", value),
            TaskAnswer::Read(items) => json.value("read", items),
            TaskAnswer::Error(error, cause) => {
                json.text("error", error);
                json.text("cause", cause);
            }
        });
    }
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
