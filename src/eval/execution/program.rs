//! The expressions of a machine, read at their first use and kept.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::asl::Rule;
use crate::asl::intrinsic::{self, Call};
use crate::asl::jsonata::{self, Delimited, Parsed, expression_in};
use crate::asl::path::{self, Path};
use crate::syntax::{Kind, Node};
use crate::text::Span;

use super::super::choice::Compiled;
use super::super::{Template, Value};

/// A path or a call, or why the text is neither.
#[derive(Debug)]
pub(super) enum Query {
    Path(Path),
    Call(Call),
    Neither(String),
}

/// JSON with JSONata in its strings.
#[derive(Debug)]
pub(super) enum Form<'t> {
    /// No expression in it.
    Constant(Value),
    /// `{% … %}`
    Expression(Box<Expression<'t>>),
    Array(Vec<Form<'t>>),
    Object(Vec<(Arc<str>, Form<'t>)>),
}

/// A JSONata expression and where it stands.
#[derive(Debug)]
pub(super) struct Expression<'t> {
    pub(super) node: Node<'t>,
    /// Between the delimiters, in the content of the string.
    pub(super) inner: Span,
    pub(super) parsed: Parsed,
}

/// What was read so far, by the number of the node.
#[derive(Debug, Default)]
pub(super) struct Program<'t> {
    queries: HashMap<usize, Rc<Query>>,
    templates: HashMap<usize, Rc<Template>>,
    forms: HashMap<usize, Rc<Form<'t>>>,
    rules: HashMap<usize, Option<Rc<Compiled>>>,
}

impl<'t> Program<'t> {
    /// The path or call that a string holds.
    pub(super) fn query(&mut self, node: Node<'t>) -> Rc<Query> {
        let read = || {
            let text = node.content();
            if text.trim_start().starts_with('$') {
                let (path, errors) = path::parse(text);
                return errors.into_iter().next().map_or(Query::Path(path), |error| Query::Neither(error.message));
            }
            let (call, errors) = intrinsic::parse(text);
            let refused = |error: &&intrinsic::IntrinsicError| {
                matches!(error.fault, intrinsic::Fault::Syntax | intrinsic::Fault::UnknownFunction)
            };
            match errors.iter().find(refused) {
                Some(error) => Query::Neither(error.message.clone()),
                None => Query::Call(call),
            }
        };
        Rc::clone(self.queries.entry(node.index()).or_insert_with(|| Rc::new(read())))
    }

    /// The payload template that stands here.
    pub(super) fn template(&mut self, node: Node<'t>) -> Rc<Template> {
        Rc::clone(self.templates.entry(node.index()).or_insert_with(|| Rc::new(Template::new(node))))
    }

    /// The JSON with JSONata that stands here.
    pub(super) fn form(&mut self, node: Node<'t>) -> Rc<Form<'t>> {
        Rc::clone(self.forms.entry(node.index()).or_insert_with(|| Rc::new(form(node))))
    }

    /// A JSONPath rule of a Choice; nothing where it is none.
    pub(super) fn rule(&mut self, rule: &Rule<'t>) -> Option<Rc<Compiled>> {
        self.rules.entry(rule.node.index()).or_insert_with(|| Compiled::new(rule).map(Rc::new)).clone()
    }
}

/// Recursion is bounded by the depth of the tree.
fn form(node: Node<'_>) -> Form<'_> {
    match node.kind() {
        Kind::String => {
            let Delimited::Expression { inner } = expression_in(node.content()) else {
                return Form::Constant(Value::from_node(node));
            };
            let parsed = jsonata::parse(inner.of(node.content()));
            Form::Expression(Box::new(Expression { node, inner, parsed }))
        }
        Kind::Array => {
            let items: Vec<_> = node.items().map(form).collect();
            if items.iter().all(|item| matches!(item, Form::Constant(_))) {
                return Form::Constant(Value::from_node(node));
            }
            Form::Array(items)
        }
        Kind::Object => {
            let members: Vec<_> = node.members().map(|member| (Arc::from(member.name()), form(member.value))).collect();
            if members.iter().all(|(_, value)| matches!(value, Form::Constant(_))) {
                return Form::Constant(Value::from_node(node));
            }
            Form::Object(members)
        }
        _ => Form::Constant(Value::from_node(node)),
    }
}
