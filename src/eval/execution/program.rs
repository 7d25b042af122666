//! The expressions of a machine, read at their first use and kept.

use std::rc::Rc;
use std::sync::Arc;

use crate::asl::Rule;
use crate::asl::intrinsic::{self, Call};
use crate::asl::jsonata::{self, Ast, Delimited, ExprId, Parsed, expression_in};
use crate::asl::path::{self, Path};
use crate::syntax::{Kind, Node};
use crate::text::Span;

use super::super::choice::Compiled;
use super::super::{Template, Value};
use super::fields::Fields;

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
    /// Whether it may come upon the context object.
    pub(super) reads_context: bool,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Program<'t> {
    queries: Slots<Query>,
    templates: Slots<Template>,
    forms: Slots<Form<'t>>,
    rules: Slots<Option<Compiled>>,
    fields: Slots<Fields<'t>>,
}

/// Something that is read once, by the number of its node.
#[derive(Debug)]
struct Slots<T>(Vec<Option<Rc<T>>>);

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Slots<T> {
    fn get(&mut self, node: Node<'_>, read: impl FnOnce() -> T) -> Rc<T> {
        let at = node.index();
        if at >= self.0.len() {
            self.0.resize_with(at + 1, || None);
        }
        Rc::clone(self.0[at].get_or_insert_with(|| Rc::new(read())))
    }
}

impl<'t> Program<'t> {
    /// The path or call that a string holds.
    pub(super) fn query(&mut self, node: Node<'t>) -> Rc<Query> {
        self.queries.get(node, || {
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
        })
    }

    /// The payload template that stands here.
    pub(super) fn template(&mut self, node: Node<'t>) -> Rc<Template> {
        self.templates.get(node, || Template::new(node))
    }

    /// The JSON with JSONata that stands here.
    pub(super) fn form(&mut self, node: Node<'t>) -> Rc<Form<'t>> {
        self.forms.get(node, || form(node))
    }

    /// A JSONPath rule of a Choice; nothing where it is none.
    pub(super) fn rule(&mut self, rule: &Rule<'t>) -> Rc<Option<Compiled>> {
        self.rules.get(rule.node, || Compiled::new(rule))
    }

    /// The fields of a state, a rule or a catcher.
    pub(super) fn fields(&mut self, owner: Node<'t>) -> Rc<Fields<'t>> {
        self.fields.get(owner, || Fields::of(owner))
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
            let reads_context = reads_context(&parsed.ast);
            Form::Expression(Box::new(Expression { node, inner, parsed, reads_context }))
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

/// Whether an expression may come upon `$states.context`: it does unless each `$states` is the start of a path to another
/// member, and nothing leads back from there.
fn reads_context(ast: &Ast) -> bool {
    let is_states = |id: ExprId| matches!(ast[id].kind, jsonata::Kind::Variable(name) if ast.text(name) == "states");
    let is_beside = |id: ExprId| {
        let jsonata::Kind::Name(name) = ast[ast.base(id)].kind else { return false };
        matches!(ast.text(name), "input" | "result" | "errorOutput")
    };
    let mut n_free = 0_usize;
    for id in ast.ids() {
        match &ast[id].kind {
            jsonata::Kind::Parent => return true,
            jsonata::Kind::Path(steps) => {
                let is_safe = is_states(steps[0]) && steps.get(1).is_some_and(|&step| is_beside(step));
                n_free -= usize::from(is_safe);
            }
            _ => n_free += usize::from(is_states(id)),
        }
    }
    n_free > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_context_object_is_known_before() {
        for (expression, expected) in [
            ("1 + $x", false),
            ("$states.input.a", false),
            ("$states.input[a = 1].b & $states.result", false),
            ("$merge([$states.input, {'a': $states.errorOutput.Error}])", false),
            ("$states.'input'.a", false),
            ("$states", true),
            ("$states.context.Execution.Id", true),
            ("$states.input & $states.context.State.Name", true),
            ("$states.*", true),
            ("$states[0].input", true),
            ("($s := $states; $s.input)", true),
            ("$states.input.a.%.%.context", true),
            ("$states@$s.input", true),
            ("$keys($states)", true),
            ("$states.(input)", true),
            ("$states.input.($states.context)", true),
            ("$map([1], function($x) { $states })", true),
        ] {
            assert_eq!(reads_context(&jsonata::parse(expression).ast), expected, "{expression}");
        }
    }
}
