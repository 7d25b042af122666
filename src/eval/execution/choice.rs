//! A Choice state: the first rule that holds, or `Default`.

use crate::asl::{Edge, Language, Rule, State, Test};

use super::super::{Roots, Value};
use super::context::States;
use super::failure::Failure;
use super::pipeline::{View, shown};
use super::scope::Done;
use super::{Happening, Interpreter, Stop};

impl<'t> Interpreter<'_, 't> {
    /// Goes where the first rule that holds says, or `Default` where none does.
    pub(super) fn choice(&mut self, state: &State<'t>, view: View<'_>) -> Result<Done, Stop> {
        let effective = self.effective_input(state, view)?;
        let mut chosen = None;
        for (index, rule) in state.rules().iter().enumerate() {
            if self.holds(state, rule, &effective, view)? {
                chosen = Some((index, rule));
                break;
            }
        }
        self.note(Happening::Chosen(state.id, chosen.map(|(index, _)| index)));
        let edge = match chosen {
            Some((index, _)) => Edge::Choice(index),
            None if state.choice().is_some_and(|choice| choice.default.is_some()) => Edge::Default,
            None => {
                // The specification calls it `States.NoChoiceMatched`; the service reports `States.Runtime` (AWS guide,
                // "Handling errors": reserved for future use).
                return Err(Failure::runtime(state.key, "no rule holds, and there is no `Default`").into());
            }
        };
        // `Assign` and `Output` of the state count where no rule holds.
        let owner = chosen.map_or(state.node, |(_, rule)| rule.node);
        let (output, assigned) = if state.language == Language::Jsonata {
            let states = States::new(view, None);
            let handed = self.hand_on_jsonata(owner, view.input, view, &states)?;
            (handed.output, handed.assigned)
        } else {
            let assigned = self.assign(owner, &effective, view)?;
            let output_path = self.program.fields(state.node).output_path;
            (self.path_field(output_path, &effective, view)?, assigned)
        };
        Ok(Done { output, assigned, next: Some(self.target(state, edge)?) })
    }

    fn holds(&mut self, state: &State<'t>, rule: &Rule<'t>, document: &Value, view: View<'_>) -> Result<bool, Stop> {
        if state.language == Language::Jsonata {
            return self.condition(rule, view);
        }
        let compiled = self.program.rule(rule);
        let Some(compiled) = &*compiled else {
            return Err(Failure::runtime(rule.node, "this is no rule of a JSONPath state").into());
        };
        let variables = |name: &str| view.frame.read(name);
        let context = || view.context.value();
        let roots = Roots { document, context: &context, variables: &variables };
        compiled.holds(&roots, &mut self.budget).map_err(|located| self.located(&located))
    }

    fn condition(&mut self, rule: &Rule<'t>, view: View<'_>) -> Result<bool, Stop> {
        let Some(Test::Condition(field)) = &rule.test else {
            return Err(Failure::unfit(Language::Jsonata, rule.node, "a rule has a `Condition`").into());
        };
        let states = States::new(view, None);
        match self.evaluate(field.value, view, &states)? {
            Value::Bool(holds) => Ok(holds),
            value => {
                let cause = format!("a `Condition` is true or false, and this is {}", shown(&value));
                Err(Failure::unfit(Language::Jsonata, field.value, cause).into())
            }
        }
    }
}
