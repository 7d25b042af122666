//! Turns what comes to a state into what it hands on, and when it certainly fails.
//!
//! Only what certainly fails is said to fail, and what is not modelled is anything: so every execution of the service is among
//! those that the terms describe.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Reason;
use super::super::atom::{Root, Step, Tag, Tags};
use super::super::choice::{Roots, read};
use super::super::term::Term;
use super::super::value::ValueId;
use super::document::{Document, Env};
use super::{Building, jsonata};
use crate::asl::intrinsic::{self, Dynamic};
use crate::asl::path::{self as paths, Path, SegmentKind};
use crate::asl::{Language, State};
use crate::eval::Value;
use crate::syntax::{Kind, Node};

/// What the expressions of a state see, and when one of them has certainly failed.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// Its input.
    pub(super) input: ValueId,
    /// What `$` means in a JSONPath expression.
    pub(super) document: ValueId,
    pub(super) context: ValueId,
    pub(super) variables: BTreeMap<Arc<str>, ValueId>,
    /// `$states.result` or `$states.errorOutput`, where there is one.
    pub(super) result: Option<(&'static str, ValueId)>,
    pub(super) fails: Term,
}

impl View {
    pub(super) fn roots(&self) -> Roots {
        let variables = self.variables.iter().map(|(name, &value)| (name.to_string(), value)).collect();
        Roots { document: self.document, context: self.context, variables }
    }
}

impl<'t> Building<'_, 't> {
    /// What a state sees of what comes to it. `outer` are the variables of the scopes around.
    pub(super) fn view(&mut self, state: &State<'t>, env: &Env) -> View {
        let input = self.store.value(&env.document);
        let context = self.context(state);
        View { input, document: input, context, variables: env.variables.clone(), result: None, fails: Term::FALSE }
    }

    /// The context object: what stays the same throughout an execution is the same in all states, the rest is not known.
    fn context(&mut self, state: &State<'t>) -> ValueId {
        let world = &mut self.store.world;
        let own = world.context();
        if self.n_children > 0 {
            return self.with_item(own);
        }
        let shared = world.root(Root::Context, Tags::PRESENT);
        world.not_ours(shared, "what the context object says");
        let member = |name: &str| Step::Member(name.into());
        let execution = world.part(shared, &member("Execution"));
        let changing = world.part(own, &member("Execution"));
        let mut members = BTreeMap::new();
        for name in ["Id", "Name", "RoleArn", "StartTime"] {
            members.insert(name.into(), world.part(execution, &member(name)));
        }
        members.insert("Input".into(), self.input);
        let execution = world.object(members, Some(changing));
        let machine = world.part(shared, &member("StateMachine"));
        let name = world.constant(state.name().into());
        let state = world.part(own, &member("State"));
        let state = world.object(BTreeMap::from([("Name".into(), name)]), Some(state));
        let members = [("Execution", execution), ("StateMachine", machine), ("State", state)]
            .map(|(name, value)| (name.into(), value));
        let context = world.object(BTreeMap::from(members), Some(own));
        self.with_item(context)
    }

    /// The context object, with the item of the Map around.
    fn with_item(&mut self, context: ValueId) -> ValueId {
        match self.iterations.last() {
            Some(&item) => self.store.world.object(BTreeMap::from([("Map".into(), item)]), Some(context)),
            None => context,
        }
    }

    /// What a path leads to; where it is sure to lead to one place, it fails where there is nothing.
    pub(super) fn path(&mut self, text: &str, path: &Path, view: &mut View) -> ValueId {
        let value = read(&mut self.store.world, path, text, &view.roots());
        let is_simple = path.segments.iter().all(|segment| {
            matches!(segment.kind, SegmentKind::Member(_) | SegmentKind::Index(0..))
                && path.root != paths::Root::Unknown
        });
        if is_simple {
            let mut missing = self.store.world.is(value, Tag::Absent);
            if path.root == paths::Root::Document && path.segments.is_empty() {
                let is_null = self.store.world.is(value, Tag::Null);
                missing = self.store.world.terms.or(missing, is_null);
            }
            view.fails = self.store.world.terms.or(view.fails, missing);
        } else {
            // Whether it finds something.
            let fails = self.store.world.free(Reason::Path(text.to_owned()));
            self.store.world.avoid(fails);
            // What goes on is there.
            let missing = self.store.world.is(value, Tag::Absent);
            view.fails = self.store.world.terms.any([view.fails, fails, missing]);
        }
        value
    }

    /// The value of a string that is a path or a call.
    fn query(&mut self, node: Node<'t>, view: &mut View) -> ValueId {
        let text = node.content();
        if node.is_open() {
            return self.anything("a placeholder");
        }
        match intrinsic::classify(text) {
            Dynamic::Path | Dynamic::Context | Dynamic::Variable => {
                let (path, errors) = paths::parse(text);
                if !errors.is_empty() || path.is_open() {
                    return self.mistaken("a path with a mistake in it", view);
                }
                self.path(text, &path, view)
            }
            Dynamic::Intrinsic => {
                let (call, errors) = intrinsic::parse(text);
                if !errors.is_empty() {
                    return self.mistaken("a call with a mistake in it", view);
                }
                self.call(text, &call, view)
            }
            Dynamic::Hole | Dynamic::Neither => self.anything("a placeholder"),
        }
    }

    /// What something with a mistake in it comes to, if it comes to anything.
    pub(super) fn mistaken(&mut self, what: &str, view: &mut View) -> ValueId {
        let fails = self.store.world.free(Reason::NotModelled(what.to_owned()));
        view.fails = self.store.world.terms.or(view.fails, fails);
        self.anything(what)
    }

    /// Something that is not modelled.
    pub(super) fn anything(&mut self, what: &str) -> ValueId {
        self.store.havoc(what)
    }

    /// Something of this type that is not modelled.
    pub(super) fn typed(&mut self, what: &str, tag: Tag) -> ValueId {
        self.store.havoc_of(what, Tags::new(&[tag]))
    }

    /// A payload template, filled in. Recursion is bounded by the depth of the tree.
    pub(super) fn fill(&mut self, node: Node<'t>, view: &mut View) -> ValueId {
        match node.kind() {
            Kind::Object => {
                if node.may_have_more() {
                    return self.anything("a placeholder");
                }
                let mut members = BTreeMap::new();
                for member in node.members() {
                    match member.name().strip_suffix(".$").filter(|_| member.value.kind() == Kind::String) {
                        Some(name) => members.insert(name.into(), self.query(member.value, view)),
                        None => members.insert(member.name().into(), self.fill(member.value, view)),
                    };
                }
                self.store.world.object(members, None)
            }
            Kind::Array => {
                if node.may_have_more() {
                    return self.anything("a placeholder");
                }
                let items = node.items().map(|item| self.fill(item, view)).collect();
                self.store.world.array(items)
            }
            _ => self.literal(node),
        }
    }

    /// A value as it stands there.
    pub(super) fn literal(&mut self, node: Node<'t>) -> ValueId {
        if node.descendants().any(|inner| inner.is_open() || inner.may_have_more() || inner.kind() == Kind::Missing) {
            return self.anything("a placeholder");
        }
        self.store.world.constant(Value::from_node(node))
    }

    /// `InputPath` or `OutputPath`, applied.
    pub(super) fn path_field(&mut self, field: Option<Node<'t>>, value: ValueId, view: &mut View) -> ValueId {
        let Some(node) = field else { return value };
        if node.kind() == Kind::Null {
            return self.store.world.object(BTreeMap::new(), None);
        }
        if node.kind() != Kind::String {
            return self.anything("a placeholder");
        }
        let document = std::mem::replace(&mut view.document, value);
        let found = self.query(node, view);
        view.document = document;
        found
    }

    /// After `InputPath`, from there on what `$` means.
    pub(super) fn effective(&mut self, state: &State<'t>, view: &mut View) {
        if state.language == Language::JsonPath {
            view.document = self.path_field(state.node.get("InputPath"), view.input, view);
        }
    }

    /// What a state calls its work with.
    pub(super) fn arguments(&mut self, state: &State<'t>, view: &mut View) -> ValueId {
        match state.language {
            Language::JsonPath => match state.node.get("Parameters") {
                Some(template) => self.fill(template, view),
                None => view.document,
            },
            Language::Jsonata => match state.node.get("Arguments") {
                Some(arguments) => self.evaluated(arguments, view),
                None => view.input,
            },
        }
    }

    /// JSON with JSONata in it, evaluated; what comes to nothing fails.
    pub(super) fn evaluated(&mut self, node: Node<'t>, view: &mut View) -> ValueId {
        jsonata::form(self, node, view)
    }

    /// What a state that gave a result hands on: the document and the variables it assigns.
    pub(super) fn hand_on(&mut self, state: &State<'t>, env: &Env, result: ValueId, view: &mut View) -> Env {
        if state.language == Language::Jsonata {
            view.result = Some(("result", result));
            return self.hand_on_jsonata(state.node, env, result.into(), view);
        }
        let document = std::mem::replace(&mut view.document, result);
        let assigned = self.assigned(state.node, view);
        let selected = match state.node.get("ResultSelector") {
            Some(selector) => self.fill(selector, view),
            None => result,
        };
        view.document = document;
        let placed = self.placed(state.node.get("ResultPath"), env, selected, view);
        let document = match state.node.get("OutputPath") {
            Some(field) => {
                let placed = self.store.value(&placed);
                self.path_field(Some(field), placed, view).into()
            }
            None => placed,
        };
        self.with(env, document, assigned)
    }

    /// What a state without a result hands on.
    pub(super) fn hand_on_input(&mut self, state: &State<'t>, owner: Node<'t>, env: &Env, view: &mut View) -> Env {
        if state.language == Language::Jsonata {
            return self.hand_on_jsonata(owner, env, env.document.clone(), view);
        }
        let assigned = self.assigned(owner, view);
        let (input, output) = (state.node.get("InputPath"), state.node.get("OutputPath"));
        let document = match (input, output) {
            (None, None) => env.document.clone(),
            _ => self.path_field(output, view.document, view).into(),
        };
        self.with(env, document, assigned)
    }

    pub(super) fn hand_on_jsonata(&mut self, owner: Node<'t>, env: &Env, otherwise: Document, view: &mut View) -> Env {
        let mut assigned = Vec::new();
        if let Some(assign) = owner.get("Assign") {
            assigned = self.assigned_by(assign, Language::Jsonata, view);
        }
        let document = match owner.get("Output") {
            Some(output) => self.evaluated(output, view).into(),
            None => otherwise,
        };
        self.with(env, document, assigned)
    }

    /// `Assign` of JSONPath.
    pub(super) fn assigned(&mut self, owner: Node<'t>, view: &mut View) -> Vec<(Arc<str>, ValueId)> {
        match owner.get("Assign") {
            Some(assign) => self.assigned_by(assign, Language::JsonPath, view),
            None => Vec::new(),
        }
    }

    fn assigned_by(&mut self, assign: Node<'t>, language: Language, view: &mut View) -> Vec<(Arc<str>, ValueId)> {
        let mut assigned = Vec::new();
        for member in assign.members() {
            let dynamic = member.name().strip_suffix(".$").filter(|_| language == Language::JsonPath);
            let (name, value) = match (dynamic, language) {
                (Some(name), _) if member.value.kind() == Kind::String => (name, self.query(member.value, view)),
                (_, Language::JsonPath) => (member.name(), self.fill(member.value, view)),
                (_, Language::Jsonata) => (member.name(), self.evaluated(member.value, view)),
            };
            assigned.push((name.into(), value));
        }
        assigned
    }

    fn with(&mut self, env: &Env, document: Document, assigned: Vec<(Arc<str>, ValueId)>) -> Env {
        let mut variables = env.variables.clone();
        variables.extend(assigned);
        Env { document, variables }
    }

    /// `ResultPath`.
    pub(super) fn placed(&mut self, field: Option<Node<'t>>, env: &Env, result: ValueId, view: &mut View) -> Document {
        let Some(node) = field else { return result.into() };
        if node.kind() == Kind::Null {
            return env.document.clone();
        }
        let (path, errors) = paths::parse(node.as_str().unwrap_or_default());
        if node.kind() != Kind::String || node.is_open() || path.is_open() || !errors.is_empty() {
            return self.anything("a placeholder").into();
        }
        let steps: Option<Vec<Step>> = path
            .segments
            .iter()
            .map(|segment| match &segment.kind {
                SegmentKind::Member(name) => Some(Step::Member(name.text.as_str().into())),
                SegmentKind::Index(index) => u32::try_from(*index).ok().map(Step::Item),
                _ => None,
            })
            .collect();
        let Some(steps) = steps else { return self.anything("a `ResultPath` that names no single place").into() };
        let (document, fails) = self.store.written(&env.document, &steps, result);
        view.fails = self.store.world.terms.or(view.fails, fails);
        document
    }
}
