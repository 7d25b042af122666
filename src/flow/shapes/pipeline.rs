//! What a state makes of what it is entered with, field by field: the mirror of the interpreter's pipeline.

use crate::asl::expression::Form;
use crate::asl::{Edge, Language, State, StateType};
use crate::flow::results;
use crate::flow::shape::path;
use crate::flow::shape::{Kinds, Member, Origin, Rest, Shape};
use crate::syntax::{Kind, Node};

use super::expressions::View;
use super::{Pass, Place, Point};

/// What leaves a state, and by which way: nothing stands for `Next` and for the end of the scope.
pub(super) type Left = Vec<(Option<Edge>, Shape)>;

impl<'t> Pass<'_, 't> {
    /// Looks at a state; what leaves it goes to `left`.
    pub(super) fn visit(&mut self, point: Point, left: &mut Left) {
        let (Point::Enter(id) | Point::Leave(id)) = point;
        let machine = self.machine;
        let state = machine.state(id);
        let input = self.inputs[id.index()].shape.clone();
        if input.is_never() {
            return;
        }
        self.now.input = input.clone();
        let item = self.item_of(state.scope);
        let view = View { state, document: &input, place: Place::Input, input: &input, more: None, item: &item };
        let Some(kind) = state.kind.filter(|_| is_known(state)) else {
            self.unknown(state, left);
            return;
        };
        match kind {
            StateType::Task => self.task(view, left),
            StateType::Pass => self.pass(view, left),
            StateType::Wait => self.wait(view, left),
            StateType::Choice => self.choice(view, left),
            StateType::Parallel | StateType::Map => self.container(view, matches!(point, Point::Leave(_)), left),
            StateType::Succeed => {
                if let Some(effective) = self.effective(view) {
                    self.hand_on_input(view, &effective, left);
                }
            }
            StateType::Fail => {
                for name in ["Error", "Cause"] {
                    self.dynamic(state.node, name, view);
                }
            }
        }
    }

    /// A state of which not everything could be read: it may hand on anything.
    fn unknown(&mut self, state: &State<'t>, left: &mut Left) {
        let any = Shape::any();
        for &scope in state.scopes() {
            self.enter_scope(scope, &any, &any);
        }
        self.now.effective = any.clone();
        self.now.arguments = any.clone();
        self.now.result = any.clone();
        left.push((None, any.clone()));
        left.extend(state.targets().map(|target| (Some(target.edge), any.clone())));
    }

    /// `InputPath` or `OutputPath`, applied.
    fn path_field(&mut self, field: Option<Node<'t>>, view: View<'_, 't>) -> Shape {
        match field {
            None => view.document.clone(),
            Some(node) if node.is_open() => Shape::any(),
            Some(node) if node.kind() == Kind::Null => Shape::object([], Rest::Nothing).made_at(Origin::at(node)),
            Some(node) => self.query(node, view),
        }
    }

    /// What the state works on; nothing where it fails.
    pub(super) fn effective(&mut self, view: View<'_, 't>) -> Option<Shape> {
        let effective = match view.state.language {
            Language::JsonPath => self.path_field(view.state.node.get("InputPath"), view),
            Language::Jsonata => view.input.clone(),
        };
        self.now.effective = effective.clone();
        (!effective.is_never()).then_some(effective)
    }

    /// A field that may be written as `…Path`, or as JSONata. Whether it has a value.
    pub(super) fn dynamic(&mut self, owner: Node<'t>, name: &str, view: View<'_, 't>) -> bool {
        match view.state.language {
            Language::JsonPath => match owner.get(&format!("{name}Path")) {
                Some(node) => !self.query(node, view).is_never(),
                None => true,
            },
            Language::Jsonata => owner.get(name).is_none_or(|node| !self.evaluate(node, view).is_never()),
        }
    }

    /// What the state calls its work with; never where it fails.
    pub(super) fn arguments(&mut self, view: View<'_, 't>) -> Shape {
        let arguments = match view.state.language {
            Language::JsonPath => match view.state.node.get("Parameters") {
                Some(template) => self.template(template, view),
                None => view.document.clone(),
            },
            Language::Jsonata => match view.state.node.get("Arguments") {
                Some(arguments) => self.evaluate(arguments, view),
                None => view.document.clone(),
            },
        };
        self.now.arguments = arguments.clone();
        arguments
    }

    fn task(&mut self, view: View<'_, 't>, left: &mut Left) {
        let state = view.state;
        let Some(effective) = self.effective(view) else { return };
        let inner = view.on(&effective, Place::Effective);
        let mut goes_on = true;
        for name in ["TimeoutSeconds", "HeartbeatSeconds"] {
            goes_on &= self.dynamic(state.node, name, inner);
        }
        let arguments = self.arguments(inner);
        goes_on &= !arguments.is_never();
        if let Some(credentials) = state.node.get("Credentials") {
            let credentials = match state.language {
                Language::JsonPath => self.template(credentials, inner),
                Language::Jsonata => self.evaluate(credentials, inner),
            };
            goes_on &= !credentials.is_never();
        }
        // Of the other language whatever fails is caught.
        if goes_on || state.language == Language::Jsonata {
            self.caught(view, left);
        }
        if goes_on {
            let result = if let Some(given) = self.facts.premises.of_task(state.name()) {
                given.shape.clone()
            } else if hands_out_token(state) {
                Shape::any()
            } else {
                results::result_of(&(self.facts.resource)(state))
            };
            let result = result.made_at(Origin::at(state.key));
            self.hand_on(view, &result, left);
        }
    }

    fn pass(&mut self, view: View<'_, 't>, left: &mut Left) {
        let Some(effective) = self.effective(view) else { return };
        if view.state.language == Language::Jsonata {
            self.hand_on_input(view, &effective, left);
            return;
        }
        let result = match view.state.node.get("Result") {
            Some(result) => Shape::of_node(result),
            None => self.arguments(view.on(&effective, Place::Effective)),
        };
        if !result.is_never() {
            self.hand_on(view, &result, left);
        }
    }

    fn wait(&mut self, view: View<'_, 't>, left: &mut Left) {
        let Some(effective) = self.effective(view) else { return };
        let inner = view.on(&effective, Place::Effective);
        let seconds = self.dynamic(view.state.node, "Seconds", inner);
        let timestamp = self.dynamic(view.state.node, "Timestamp", inner);
        if seconds && timestamp {
            self.hand_on_input(view, &effective, left);
        }
    }

    /// What a state that did some work hands on.
    pub(super) fn hand_on(&mut self, view: View<'_, 't>, result: &Shape, left: &mut Left) {
        let state = view.state;
        self.now.result = result.clone();
        if state.language == Language::Jsonata {
            let view = View { more: Some(("result", result)), ..view };
            let output = self.hand_on_jsonata(state.node, result, view);
            left.push((None, output));
            return;
        }
        let inner = view.on(result, Place::Result);
        let assigned = self.assign_field(state.node, inner);
        let selected = match state.node.get("ResultSelector") {
            Some(selector) => self.template(selector, inner),
            None => result.clone(),
        };
        if !assigned || selected.is_never() {
            return;
        }
        let placed = self.place(state.node.get("ResultPath"), &selected, view);
        let output = self.path_field(state.node.get("OutputPath"), view.on(&placed, Place::Placed));
        left.push((None, output));
    }

    /// What a state without a result of its own hands on.
    pub(super) fn hand_on_input(&mut self, view: View<'_, 't>, effective: &Shape, left: &mut Left) {
        let state = view.state;
        let output = if state.language == Language::Jsonata {
            self.hand_on_jsonata(state.node, view.input, view)
        } else {
            let assigned = self.assign_field(state.node, view.on(effective, Place::Effective));
            let output = self.path_field(state.node.get("OutputPath"), view.on(effective, Place::Effective));
            if assigned { output } else { Shape::never() }
        };
        left.push((None, output));
    }

    /// `Output` (of a state, a rule, a catcher) or what takes its place, and `Assign`; never where one of them fails.
    pub(super) fn hand_on_jsonata(&mut self, owner: Node<'t>, otherwise: &Shape, view: View<'_, 't>) -> Shape {
        let assigned = owner.get("Assign").map(|assign| self.evaluate(assign, view));
        let output = match owner.get("Output") {
            Some(output) => self.evaluate(output, view),
            None => otherwise.clone(),
        };
        match assigned {
            Some(assigned) if assigned.is_never() => Shape::never(),
            Some(assigned) => {
                self.assign(owner, view.state.scope, &assigned);
                output
            }
            None => output,
        }
    }

    /// `Assign` of JSONPath; whether it does not fail.
    pub(super) fn assign_field(&mut self, owner: Node<'t>, view: View<'_, 't>) -> bool {
        let Some(assign) = owner.get("Assign") else { return true };
        let assigned = self.template(assign, view);
        self.assign(owner, view.state.scope, &assigned);
        !assigned.is_never()
    }

    /// `ResultPath`: a result in its place in the input.
    fn place(&mut self, field: Option<Node<'t>>, result: &Shape, view: View<'_, 't>) -> Shape {
        match field {
            None => result.clone(),
            Some(node) if node.is_open() => Shape::any(),
            Some(node) if node.kind() == Kind::Null => view.input.clone(),
            Some(node) => match self.expression_at(node).map(|i| &self.facts.expressions[i].form) {
                Some(Form::Path(path, errors)) if errors.is_empty() && !path.is_open() => {
                    path::write(path, view.input, result)
                }
                _ => Shape::any(),
            },
        }
    }

    /// What the catchers of a state hand on. Which errors there can be is not asked here.
    pub(super) fn caught(&mut self, view: View<'_, 't>, left: &mut Left) {
        let state = view.state;
        for (i, catcher) in state.catchers.iter().enumerate() {
            let text = || Member::must(Shape::of(Kinds::STRING));
            let error = Shape::object([("Cause".into(), text()), ("Error".into(), text())], Rest::Nothing)
                .made_at(Origin::at(catcher.node));
            let output = if catcher.node.is_open() || catcher.node.may_have_more() {
                Shape::any()
            } else if state.language == Language::Jsonata {
                let view = View { more: Some(("errorOutput", &error)), ..view };
                self.hand_on_jsonata(catcher.node, &error, view)
            } else if self.assign_field(catcher.node, view.on(&error, Place::Error)) {
                self.place(catcher.node.get("ResultPath"), &error, view)
            } else {
                Shape::never()
            };
            left.push((Some(Edge::Catch(i)), output));
        }
    }
}

/// Whether a Task may hand out its token: whoever has it says what the Task gives, behind `.sync` too (recorded).
fn hands_out_token(state: &State<'_>) -> bool {
    let may_name_it = |node: Node<'_>| {
        let text = node.as_str().unwrap_or_default();
        // The other parts of the context object hold no token.
        let is_other_part = |rest: &str| {
            rest.strip_prefix('.')
                .is_some_and(|rest| ["Execution", "State", "Map"].iter().any(|part| rest.starts_with(part)))
        };
        let mut after_context = text.split("$states.context").skip(1);
        text.contains("Token") || text.trim() == "$$" || !after_context.all(is_other_part)
    };
    ["Parameters", "Arguments"]
        .into_iter()
        .filter_map(|name| state.node.get(name))
        .any(|given| given.descendants().any(may_name_it))
}

/// Whether all fields of a state could be read.
pub(super) fn is_known(state: &State<'_>) -> bool {
    state.kind.is_some() && state.is_language_known && !state.node.may_have_more()
}
