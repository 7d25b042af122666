//! Turns an offset into what stands there: a name, a field, a path, a function, an error.

use super::{Analysis, Symbol};
use crate::asl::expression::{Expression, Form, Origin, Reference};
use crate::asl::jsonata::{self, library};
use crate::asl::sites::{Owner, Role};
use crate::asl::{Language, State, StateId, StateType, context, intrinsic};
use crate::flow::shape::{Member, Presence, Rest, Shape};
use crate::flow::variables::Meaning;
use crate::schema::{self, FieldOf, Part};
use crate::syntax::Node;
use crate::text::Span;

/// What stands at an offset.
#[derive(Debug)]
pub struct Spot<'a> {
    /// All of it, in the bytes of the file.
    pub span: Span,
    /// What it is.
    pub thing: Thing<'a>,
}

/// What may stand somewhere.
#[derive(Debug)]
pub enum Thing<'a> {
    /// The name of a state or of a variable.
    Symbol(Symbol),
    /// A field, by its key or by a value that is not told apart further.
    Field(Part, Language, FieldOf),
    /// The name of an error, in the state that may fail with it.
    Error(&'a str, StateId),
    /// What a Task calls.
    Resource(StateId),
    /// A call of an intrinsic function.
    Intrinsic(intrinsic::Function),
    /// A function of JSONata.
    Function(&'static library::Function),
    /// A read, up to the member at the offset: its text, and what it finds.
    Read(String, Member),
    /// The name of a rule, where findings are answered for.
    Rule(&'a str),
}

impl<'a> Analysis<'a> {
    /// What stands at an offset; nothing where it has no meaning of its own.
    #[must_use]
    pub fn spot(&self, offset: u32) -> Option<Spot<'a>> {
        let node = self.machine.node.innermost(offset);
        if let Some(symbol) = self.symbol_at(offset) {
            let here =
                self.occurrences(symbol).into_iter().find(|found| found.node == node && found.span.touches(offset));
            return Some(Spot { span: here.map_or(node.token(), |here| here.span), thing: Thing::Symbol(symbol) });
        }
        let parent = node.parent()?;
        let whole = |thing| Some(Spot { span: node.token(), thing });
        if node.is_key() {
            return self.field(parent, node.content()).and_then(whole);
        }
        if let Some(rule) = rule_named(node, offset) {
            return Some(rule);
        }
        let state = self.machine.state_at(node.index());
        if let Some(state) = state {
            if let Some(name) = error_named(state, node) {
                return whole(Thing::Error(name, state.id));
            }
            if parent == state.node && node.member_name() == Some("Resource") && state.kind == Some(StateType::Task) {
                return whole(Thing::Resource(state.id));
            }
        }
        if let Some(expression) = self.expressions().iter().find(|expression| expression.node == node) {
            let at = node.text_map().decoded_at(offset);
            if let Some((span, thing)) = self.part_of_expression(expression, at) {
                return Some(Spot { span: node.source_span(span), thing });
            }
        }
        self.field(parent, node.member_name()?).and_then(whole)
    }

    fn field(&self, object: Node<'_>, name: &str) -> Option<Thing<'a>> {
        let (part, language) = schema::part_of(self.machine, object)?;
        Some(Thing::Field(part, language, schema::field(part, language, name)?))
    }

    /// What stands at an offset of an expression, with its span there.
    fn part_of_expression(&self, expression: &Expression<'a>, at: u32) -> Option<(Span, Thing<'a>)> {
        match &expression.form {
            Form::Intrinsic(call, _) => {
                let called = call.calls().find(|call| call.name_span.touches(at));
                if let Some((call, function)) = called.and_then(|call| Some((call, call.function?))) {
                    return Some((call.name_span, Thing::Intrinsic(function)));
                }
            }
            Form::Jsonata(jsonata) => {
                if let Some(found) = function_at(jsonata, at) {
                    return Some(found);
                }
            }
            Form::Path(..) => {}
        }
        let state = self.machine.state(expression.site.state);
        let content = expression.node.content();
        for reference in expression.references().into_iter().filter(|reference| !reference.is_called) {
            let ends = reference.members.iter().map(|member| member.span);
            let end = ends.clone().find(|span| span.touches(at));
            let Some(end) = end.or_else(|| reference.span.touches(at).then_some(reference.span)) else { continue };
            let n_members = ends.take_while(|span| span.start <= end.start).count();
            let span = Span::new(reference.span.start, end.end);
            let base = self.base(state, Some(expression), &reference)?;
            let names = reference.members.iter().take(n_members).map(|member| member.name);
            let member = follow(base, names);
            return Some((span, Thing::Read(span.of(content).to_owned(), member)));
        }
        None
    }

    /// What a read begins with.
    fn base(&self, state: &State<'a>, expression: Option<&Expression<'a>>, read: &Reference<'_>) -> Option<Member> {
        self.origin(state, expression.map(|it| (it.site.field.name(), it.site.owner)), read.origin)
    }

    /// What an expression in a field of a state begins with that reads from `origin`; nothing where no such thing is there.
    #[must_use]
    pub fn origin(&self, state: &State<'a>, field: Option<(&str, Owner)>, origin: Origin<'_>) -> Option<Member> {
        let shapes = self.shapes().state(state.id);
        let (name, owner) = field.unwrap_or(("", Owner::State));
        let in_catcher = matches!(owner, Owner::Catcher(_));
        let result = || if has_result(state) { shapes.result.clone() } else { shapes.effective.clone() };
        let shape = match origin {
            Origin::Document => match name {
                "InputPath" => shapes.input.clone(),
                "ResultSelector" => result(),
                "Assign" if in_catcher => error_output(),
                "Assign" => result(),
                "OutputPath" | "ResultPath" => Shape::any(),
                _ => shapes.effective.clone(),
            },
            Origin::Context => of_context(context::CONTEXT),
            Origin::States => {
                let mut members = vec![
                    ("input", Member::must(shapes.input.clone())),
                    ("context", Member::must(of_context(context::CONTEXT))),
                ];
                if in_catcher {
                    members.push(("errorOutput", Member::must(error_output())));
                } else if has_result(state) && matches!(name, "Output" | "Assign") {
                    members.push(("result", Member::must(shapes.result.clone())));
                }
                Shape::object(members.into_iter().map(|(name, member)| (name.into(), member)), Rest::Nothing)
            }
            Origin::Variable(name) => match self.variables().meaning(state.scope, name) {
                Meaning::Variable(id) => self.shapes().variable(id).clone(),
                Meaning::Unknown => Shape::any(),
                Meaning::Nowhere | Meaning::OutOfScope(_) => return None,
            },
        };
        Some(Member::must(shape))
    }
}

/// Whether a state has work that gives a result.
fn has_result(state: &State<'_>) -> bool {
    matches!(state.kind, Some(StateType::Task | StateType::Map | StateType::Parallel))
}

/// What a catcher gets.
fn error_output() -> Shape {
    let text = || Member::must(Shape::of(crate::flow::shape::Kinds::STRING));
    Shape::object([("Cause".into(), text()), ("Error".into(), text())], Rest::Nothing)
}

/// What is known of the context object.
fn of_context(shape: context::Shape) -> Shape {
    use crate::flow::shape::Kinds;
    match shape {
        context::Shape::Object(members) => {
            let members = members.iter().map(|&(name, shape)| (name.into(), Member::may(of_context(shape))));
            Shape::object(members, Rest::Nothing)
        }
        context::Shape::String => Shape::of(Kinds::STRING),
        context::Shape::Number => Shape::of(Kinds::NUMBER),
        context::Shape::Free => Shape::any(),
    }
}

/// The member at the end of a way through members; items of arrays are passed over.
#[must_use]
pub fn follow<'n>(base: Member, names: impl Iterator<Item = &'n str>) -> Member {
    names.fold(base, |from, name| {
        let inside = items_or_self(&from.shape);
        let is_list = inside.is_some();
        let member = inside.as_ref().unwrap_or(&from.shape).member(name);
        let weaker = if is_list { Presence::May } else { from.presence };
        Member {
            presence: if member.presence == Presence::Absent { Presence::Absent } else { member.presence.min(weaker) },
            ..member
        }
    })
}

/// The items of what can only be an array.
fn items_or_self(shape: &Shape) -> Option<Shape> {
    use crate::flow::shape::Kinds;
    let may_be_object = !shape.only(Kinds::OBJECT).is_never();
    (!may_be_object && !shape.only(Kinds::ARRAY).is_never()).then(|| shape.items())
}

/// The names that are known below a shape, each with what it is, in the order of names.
#[must_use]
pub fn members_of(shape: &Shape) -> Vec<(String, Member)> {
    let items = items_or_self(shape);
    let record = items.as_ref().unwrap_or(shape).record();
    let members = record.into_iter().flat_map(crate::flow::shape::Record::members);
    let known = members.filter(|(_, member)| member.presence != Presence::Absent);
    known.map(|(name, member)| (name.to_string(), member.clone())).collect()
}

/// The function that is named at an offset of a string with JSONata.
fn function_at<'a>(jsonata: &crate::asl::expression::Jsonata, at: u32) -> Option<(Span, Thing<'a>)> {
    let ast = &jsonata.parsed.ast;
    let inside = at.checked_sub(jsonata.inner.start)?;
    ast.ids().find_map(|id| {
        let jsonata::Kind::Variable(_) = ast[id].kind else { return None };
        let span = ast[id].span;
        let name = jsonata.scopes.free_variable(ast, id).filter(|_| span.touches(inside))?;
        let function = library::find(name)?;
        let is_called = ast.source()[span.end as usize..].trim_start().starts_with('(') || is_piped(ast.source(), span);
        is_called.then(|| (span.shifted(jsonata.inner.start), Thing::Function(function)))
    })
}

/// Whether what stands before a span hands a value on to it.
fn is_piped(source: &str, span: Span) -> bool {
    source[..span.start as usize].trim_end().ends_with("~>")
}

/// The name of an error that a value is.
fn error_named<'a>(state: &State<'a>, node: Node<'a>) -> Option<&'a str> {
    let text = node.as_str()?;
    let listed = state
        .retriers
        .iter()
        .map(|retrier| &retrier.errors)
        .chain(state.catchers.iter().map(|catcher| &catcher.errors));
    let is_raised =
        state.kind == Some(StateType::Fail) && state.field("Error").is_some_and(|field| field.value == node);
    let is_expression = jsonata_like(text);
    (listed.flatten().any(|error| *error == node) || is_raised && !is_expression).then_some(text)
}

fn jsonata_like(text: &str) -> bool {
    text.trim_start().starts_with("{%")
}

/// The rule that a comment names at an offset: `aslint: ignore[rule] reason`.
fn rule_named<'a>(node: Node<'a>, offset: u32) -> Option<Spot<'a>> {
    if node.member_name() != Some("Comment") {
        return None;
    }
    let text = node.as_str()?;
    let at = node.text_map().decoded_at(offset) as usize;
    let is_part = |c: char| c.is_ascii_lowercase() || c == '-';
    let before = text.get(..at)?;
    let start = before.len() - before.chars().rev().take_while(|c| is_part(*c)).count();
    let end = at + text.get(at..)?.find(|c| !is_part(c)).unwrap_or(text.len() - at);
    let rule = text.get(start..end).filter(|rule| !rule.is_empty())?;
    // Rules stand between brackets, several with commas.
    let (marked, list) = text.get(..start)?.rsplit_once('[')?;
    if list.contains(']') || !marked.trim_end().ends_with("ignore") {
        return None;
    }
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Some(Spot { span: node.source_span(Span::new(offset(start), offset(end))), thing: Thing::Rule(rule) })
}

impl<'a> Analysis<'a> {
    /// What may stand in a field, where expressions may.
    #[must_use]
    pub fn role_of(&self, node: Node<'a>) -> Option<(Role, &'a str, Owner, StateId)> {
        let inside = |site: &&crate::asl::sites::Site<'a>| {
            let value = site.field.value;
            (value.index()..value.next_index()).contains(&node.index())
        };
        // What is nested comes behind what holds it.
        let site = self.sites().iter().rfind(inside)?;
        Some((site.role, site.field.name(), site.owner, site.state))
    }
}
