//! The fields of a state into values: what it reads, what it hands on, what it assigns.

use std::sync::Arc;

use crate::asl::{Language, State};
use crate::syntax::{Kind, Node};
use crate::text::Span;

use super::super::jsonata::{self, Environment};
use super::super::value::{MAX_DEPTH, Members};
use super::super::{Located, Object, Roots, Value, intrinsic, path};
use super::context::{Context, Role, States};
use super::failure::{Failure, OutOfWork, location};
use super::frame::Frame;
use super::history::Stage;
use super::program::{Expression, Form, Query};
use super::{Interpreter, MAX_PAYLOAD, Stop};

/// The weight of the heaviest value that is followed: far more than the service hands on.
const MAX_WEIGHT: u64 = 1 << 24;

/// What the expressions of a state see besides the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'v> {
    /// Its variables.
    pub(super) frame: &'v Frame<'v>,
    /// The context object, as yet unmade.
    pub(super) context: &'v Context<'v>,
    /// The state's input, as it came in.
    pub(super) input: &'v Value,
}

/// What a state hands on.
#[derive(Debug)]
pub(super) struct Handed {
    pub(super) output: Value,
    pub(super) assigned: Members,
}

impl<'t> Interpreter<'_, 't> {
    /// The value of a path or a call.
    pub(super) fn query(&mut self, node: Node<'t>, document: &Value, view: View<'_>) -> Result<Value, Stop> {
        let query = self.program.query(node);
        let variables = |name: &str| view.frame.read(name);
        let context = || view.context.value();
        let roots = Roots { document, context: &context, variables: &variables };
        let value = match &*query {
            Query::Path(path) => path::read(path, &roots, &mut self.budget),
            Query::Call(call) => intrinsic::call(call, &roots, &mut self.random, &mut self.budget),
            Query::Neither(reason) => return Err(Failure::runtime(node, reason.as_str()).into()),
        };
        value.map_err(|fault| stop(Failure::of(&fault, node, whole(node))))
    }

    /// A payload template with its paths and calls filled in.
    pub(super) fn fill(&mut self, node: Node<'t>, document: &Value, view: View<'_>) -> Result<Value, Stop> {
        let template = self.program.template(node);
        let variables = |name: &str| view.frame.read(name);
        let context = || view.context.value();
        let roots = Roots { document, context: &context, variables: &variables };
        let value = template.fill(&roots, &mut self.random, &mut self.budget);
        self.walkable(node, value.map_err(|located| self.located(&located))?)
    }

    /// What the service makes of a fault at a value of the machine.
    pub(super) fn located(&self, located: &Located) -> Stop {
        let node = self.machine.node.tree().node_at(located.node);
        stop(Failure::of(&located.fault, node, whole(node)))
    }

    /// JSON with its JSONata evaluated.
    pub(super) fn evaluate(&mut self, node: Node<'t>, view: View<'_>, states: &States<'_>) -> Result<Value, Stop> {
        let form = self.program.form(node);
        let value = self.evaluate_form(&form, view, states)?;
        self.walkable(node, value)
    }

    /// Recursion is bounded by the depth of the tree.
    fn evaluate_form(&mut self, form: &Form<'t>, view: View<'_>, states: &States<'_>) -> Result<Value, Stop> {
        Ok(match form {
            Form::Constant(value) => value.clone(),
            Form::Expression(expression) => self.evaluate_expression(expression, view, states)?,
            Form::Array(items) => {
                let items: Result<_, _> = items.iter().map(|item| self.evaluate_form(item, view, states)).collect();
                Value::array(items?)
            }
            Form::Object(members) => {
                let mut filled = Members::with_capacity(members.len());
                for (name, value) in members {
                    filled.insert(Arc::clone(name), self.evaluate_form(value, view, states)?);
                }
                Value::object(filled)
            }
        })
    }

    fn evaluate_expression(
        &mut self,
        Expression { node, inner, parsed, reads_context }: &Expression<'t>,
        view: View<'_>,
        states: &States<'_>,
    ) -> Result<Value, Stop> {
        if let Some(error) = parsed.errors.first() {
            return Err(Failure::unfit(Language::Jsonata, *node, error.message.as_str()).into());
        }
        let variables =
            |name: &str| if name == "states" { Some(states.value(*reads_context)) } else { view.frame.read(name) };
        let mut environment = Environment {
            input: None,
            variables: &variables,
            now: self.now,
            random: &mut self.random,
            budget: &mut self.budget,
        };
        match jsonata::evaluate(&parsed.ast, &mut environment) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => {
                let text = inner.of(node.content()).trim();
                let field = location(*node);
                let cause = format!(
                    "The JSONata expression '{text}' specified for the field '{field}' returned nothing (undefined)."
                );
                Err(Failure::unfit(Language::Jsonata, *node, cause).into())
            }
            Err(fault) => Err(stop(Failure::of(&fault, *node, *inner))),
        }
    }

    /// Refuses what nests so deeply, or says so much, that it could not be walked.
    fn walkable(&self, node: Node<'_>, value: Value) -> Result<Value, Stop> {
        if value.depth() > MAX_DEPTH {
            return Err(Failure::runtime(node, format!("a value nests deeper than {MAX_DEPTH} levels")).into());
        }
        if value.weight() > MAX_WEIGHT {
            let reason = "its expressions take more work than is allowed".into();
            return Err(Stop::Exhausted { at: Some(node.token()), reason });
        }
        Ok(value)
    }

    /// The field `InputPath` or `OutputPath`, applied.
    pub(super) fn path_field(
        &mut self,
        field: Option<Node<'t>>,
        document: &Value,
        view: View<'_>,
    ) -> Result<Value, Stop> {
        match field {
            None => Ok(document.clone()),
            Some(node) if node.kind() == Kind::Null => Ok(Value::members::<&str>([])),
            Some(node) => self.query(node, document, view),
        }
    }

    /// What the state works on: of JSONPath what `InputPath` leaves of the input.
    pub(super) fn effective_input(&mut self, state: &State<'t>, view: View<'_>) -> Result<Value, Stop> {
        if state.language == Language::Jsonata {
            return Ok(view.input.clone());
        }
        let Some(field) = self.program.fields(state.node).input_path else { return Ok(view.input.clone()) };
        let input = self.path_field(Some(field), view.input, view)?;
        self.stage(state, Stage::InputPath, &input);
        Ok(input)
    }

    /// What the state calls its work with: `Parameters` or `Arguments`, else the effective input.
    pub(super) fn arguments(&mut self, state: &State<'t>, effective: &Value, view: View<'_>) -> Result<Value, Stop> {
        let fields = self.program.fields(state.node);
        let (value, stage) = match state.language {
            Language::JsonPath => match fields.parameters {
                Some(template) => (self.fill(template, effective, view)?, Stage::Parameters),
                None => return Ok(effective.clone()),
            },
            Language::Jsonata => match fields.arguments {
                Some(arguments) => {
                    let states = States::new(view, None);
                    (self.evaluate(arguments, view, &states)?, Stage::Arguments)
                }
                None => return Ok(effective.clone()),
            },
        };
        self.bounded(state, "was given an input", &value)?;
        self.stage(state, stage, &value);
        Ok(value)
    }

    /// What a state that did some work hands on: `ResultSelector`, `ResultPath`, `OutputPath` and `Assign`, or `Output` and
    /// `Assign`.
    ///
    /// All of them see the variables as they were at the entry of the state (recorded for `OutputPath`); `ResultPath` writes into
    /// the input as it came in, before `InputPath` (recorded); `Assign` sees the result before `ResultSelector` (AWS guide,
    /// "Passing data between states with variables").
    pub(super) fn hand_on(&mut self, state: &State<'t>, result: Value, view: View<'_>) -> Result<Handed, Stop> {
        if state.language == Language::Jsonata {
            let states = States::new(view, Some((Role::Result, &result)));
            return self.hand_on_jsonata(state.node, &result, view, &states);
        }
        let fields = self.program.fields(state.node);
        let assigned = self.assign(state.node, &result, view)?;
        let selected = match fields.result_selector {
            Some(selector) => {
                let selected = self.fill(selector, &result, view)?;
                self.stage(state, Stage::ResultSelector, &selected);
                selected
            }
            None => result,
        };
        let placed = self.place(fields.result_path, selected, view)?;
        if fields.result_path.is_some() {
            self.stage(state, Stage::ResultPath, &placed);
        }
        let output = self.path_field(fields.output_path, &placed, view)?;
        Ok(Handed { output, assigned })
    }

    /// What a state without a result of its own hands on: of JSONPath the effective input after `OutputPath`.
    pub(super) fn hand_on_input(
        &mut self,
        state: &State<'t>,
        effective: &Value,
        view: View<'_>,
    ) -> Result<Handed, Stop> {
        if state.language == Language::Jsonata {
            let states = States::new(view, None);
            return self.hand_on_jsonata(state.node, view.input, view, &states);
        }
        let assigned = self.assign(state.node, effective, view)?;
        let output_path = self.program.fields(state.node).output_path;
        let output = self.path_field(output_path, effective, view)?;
        Ok(Handed { output, assigned })
    }

    /// `Output` (of a state, a rule, a catcher) or what takes its place, and `Assign`.
    pub(super) fn hand_on_jsonata(
        &mut self,
        owner: Node<'t>,
        otherwise: &Value,
        view: View<'_>,
        states: &States<'_>,
    ) -> Result<Handed, Stop> {
        let fields = self.program.fields(owner);
        let mut assigned = Members::new();
        if let Some(assign) = fields.assign
            && let Value::Object(members) = self.evaluate(assign, view, states)?
        {
            assigned = self.assignable(assign, members)?;
        }
        let output = match fields.output {
            Some(output) => self.evaluate(output, view, states)?,
            None => otherwise.clone(),
        };
        Ok(Handed { output, assigned })
    }

    /// `Assign` of JSONPath; `document` is what `$` means in it.
    pub(super) fn assign(&mut self, owner: Node<'t>, document: &Value, view: View<'_>) -> Result<Members, Stop> {
        match self.program.fields(owner).assign {
            Some(assign) => match self.fill(assign, document, view)? {
                Value::Object(members) => self.assignable(assign, members),
                _ => Ok(Members::new()),
            },
            None => Ok(Members::new()),
        }
    }

    /// The variables of an `Assign`, unless they are larger than the service keeps (AWS guide, "Quotas").
    fn assignable(&self, assign: Node<'t>, members: Arc<Object>) -> Result<Members, Stop> {
        if Value::Object(Arc::clone(&members)).exceeds(MAX_PAYLOAD) {
            let cause = format!("`Assign` makes variables of more than {MAX_PAYLOAD} bytes");
            return Err(Failure::too_large(assign.token(), cause).into());
        }
        Ok(Object::take(members))
    }

    /// `ResultPath`: a result in its place in the input.
    pub(super) fn place(&mut self, field: Option<Node<'t>>, result: Value, view: View<'_>) -> Result<Value, Stop> {
        let Some(node) = field else { return Ok(result) };
        if node.kind() == Kind::Null {
            return Ok(view.input.clone());
        }
        let query = self.program.query(node);
        let placed = match &*query {
            Query::Path(path) => path::write(path, view.input, result, &mut self.budget),
            Query::Call(_) => return Err(Failure::runtime(node, "`ResultPath` takes a reference path").into()),
            Query::Neither(reason) => return Err(Failure::runtime(node, reason.as_str()).into()),
        };
        let placed = placed.map_err(|fault| stop(Failure::of(&fault, node, whole(node))))?;
        self.walkable(node, placed)
    }

    /// A field that may be written as a literal, as JSONata, or as a path in the field `…Path`; with the node that says it.
    pub(super) fn dynamic(
        &mut self,
        state: &State<'t>,
        owner: Node<'t>,
        name: &str,
        document: &Value,
        view: View<'_>,
    ) -> Result<Option<(Node<'t>, Value)>, Stop> {
        match state.language {
            Language::JsonPath => {
                if let Some(node) = owner.get(&format!("{name}Path")) {
                    return Ok(Some((node, self.query(node, document, view)?)));
                }
                Ok(owner.get(name).map(|node| (node, Value::from_node(node))))
            }
            Language::Jsonata => {
                let Some(node) = owner.get(name) else { return Ok(None) };
                let states = States::new(view, None);
                Ok(Some((node, self.evaluate(node, view, &states)?)))
            }
        }
    }

    /// As [`Self::dynamic`], a whole number. Text that says one is one behind a path (recorded for what Maps take). What a
    /// template fills in is left open: no number is made up for it.
    pub(super) fn dynamic_whole(
        &mut self,
        state: &State<'t>,
        owner: Node<'t>,
        name: &str,
        document: &Value,
        view: View<'_>,
    ) -> Result<Option<i64>, Stop> {
        let found = self.dynamic(state, owner, name, document, view)?;
        let Some((node, value)) = found.filter(|(node, _)| !is_filled_in(*node)) else { return Ok(None) };
        let number = match &value {
            Value::String(text) if state.language == Language::JsonPath => text.parse().ok(),
            Value::Number(number) => number.as_i64(),
            _ => None,
        };
        let Some(number) = number else {
            let cause = format!("`{name}` takes a whole number, and this is {}", shown(&value));
            return Err(Failure::unfit(state.language, node, cause).into());
        };
        Ok(Some(number))
    }

    /// Refuses a value that is larger than the service hands on.
    pub(super) fn bounded(&self, state: &State<'t>, what: &str, value: &Value) -> Result<(), Failure> {
        if !value.exceeds(MAX_PAYLOAD) {
            return Ok(());
        }
        let cause = format!(
            "The state/task '{}' {what} with a size exceeding the maximum number of bytes service limit.",
            state.name()
        );
        Err(Failure::too_large(state.key.span(), cause))
    }
}

/// Whether a template fills in what stands here, and no expression.
pub(super) fn is_filled_in(node: Node<'_>) -> bool {
    node.is_open() && !node.as_str().is_some_and(|text| text.trim_start().starts_with("{%"))
}

/// All of a string's content.
fn whole(node: Node<'_>) -> Span {
    Span::new(0, u32::try_from(node.content().len()).unwrap_or(u32::MAX))
}

pub(super) fn stop(failure: Result<Failure, OutOfWork>) -> Stop {
    match failure {
        Ok(failure) => Stop::Failed(failure),
        Err(OutOfWork { at, reason }) => Stop::Exhausted { at, reason },
    }
}

/// A value in a message: what it is, and itself where it is short.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_json();
    match value {
        Value::Null => "null".to_owned(),
        _ if text.len() > 40 => value.describe().to_owned(),
        _ => format!("{}: `{text}`", value.describe()),
    }
}
