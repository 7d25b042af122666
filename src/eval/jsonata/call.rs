//! Functions and their calls.
//!
//! A call in tail position gives a [`Function::is_thunk`] instead of being made; [`Evaluation::apply`] makes such calls in
//! a loop, so that a function that ends in calling itself may do so as often as the budget allows.

use std::rc::Rc;

use super::evaluate::{Evaluation, Fallible, Place, fail, finish};
use super::frame::{FrameId, Name};
use super::functions::{Arguments, Builtin};
use super::item::Item;
use super::pattern::{Next, Regex};
use super::signature;
use crate::asl::jsonata::{ExprId, Kind, ParamType};
use crate::eval::value::Value;
use crate::text::Span;

/// A function as a value.
#[derive(Clone, Debug)]
pub(super) enum Function {
    /// One of the library.
    Library(&'static Builtin),
    /// One that the expression makes.
    Own(Rc<Own>),
}

/// A function that an expression makes, and what it holds on to.
#[derive(Debug)]
pub(super) struct Own {
    body: Body,
    depth: u32,
}

#[derive(Debug)]
enum Body {
    Lambda {
        node: ExprId,
        input: Option<Item>,
        frame: FrameId,
    },
    /// A call in tail position, which is still to be made.
    Thunk {
        call: ExprId,
        input: Option<Item>,
        frame: FrameId,
    },
    Partial {
        function: Function,
        args: Vec<Given>,
    },
    /// `first ~> then`
    Chain {
        first: Function,
        then: Function,
    },
    Transform {
        node: ExprId,
        frame: FrameId,
    },
    Regex(Rc<Regex>),
    /// The `next` of what a regular expression found.
    Next(Next),
}

/// An argument of a partial application.
#[derive(Clone, Debug)]
enum Given {
    Value(Option<Item>),
    /// `?`
    Later,
}

impl Function {
    fn own(body: Body, depth: u32) -> Item {
        Item::Function(Self::Own(Rc::new(Own { body, depth: depth + 1 })))
    }

    pub(super) fn lambda(node: ExprId, input: Option<&Item>, frame: FrameId) -> Item {
        Self::own(Body::Lambda { node, input: input.cloned(), frame }, input.map_or(0, Item::depth))
    }

    pub(super) fn thunk(call: ExprId, input: Option<&Item>, frame: FrameId) -> Item {
        Self::own(Body::Thunk { call, input: input.cloned(), frame }, input.map_or(0, Item::depth))
    }

    pub(super) fn transform(node: ExprId, frame: FrameId) -> Item {
        Self::own(Body::Transform { node, frame }, 0)
    }

    pub(super) fn regex(regex: Rc<Regex>) -> Item {
        Self::own(Body::Regex(regex), 0)
    }

    pub(super) fn next(next: Next) -> Item {
        Self::own(Body::Next(next), 0)
    }

    fn chain(first: Self, then: Self) -> Item {
        let depth = first.depth().max(then.depth());
        Self::own(Body::Chain { first, then }, depth)
    }

    pub(super) fn depth(&self) -> u32 {
        match self {
            Self::Library(_) => 0,
            Self::Own(own) => own.depth,
        }
    }

    /// Whether an item is a call that is still to be made.
    pub(super) fn is_thunk(item: &Item) -> bool {
        matches!(item, Item::Function(Self::Own(own)) if matches!(own.body, Body::Thunk { .. }))
    }

    /// The regular expression, if it is one.
    pub(super) fn as_regex(&self) -> Option<&Rc<Regex>> {
        match self {
            Self::Own(own) => match &own.body {
                Body::Regex(regex) => Some(regex),
                _ => None,
            },
            Self::Library(_) => None,
        }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Library(one), Self::Library(other)) => one.name == other.name,
            (Self::Own(one), Self::Own(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Evaluation<'_> {
    /// How many arguments a function declares, as `$map` and its like ask.
    pub(super) fn arity(&self, function: &Function) -> usize {
        match function {
            Function::Library(builtin) => builtin.arity,
            Function::Own(own) => match &own.body {
                Body::Lambda { node, .. } => match &self.ast[*node].kind {
                    Kind::Lambda { params, .. } => params.len(),
                    _ => 0,
                },
                Body::Partial { args, function } => {
                    let later = args.iter().filter(|given| matches!(given, Given::Later)).count();
                    later.min(self.arity(function))
                }
                Body::Chain { .. } | Body::Transform { .. } => 1,
                Body::Regex(_) => 2,
                Body::Thunk { .. } | Body::Next(_) => 0,
            },
        }
    }

    /// `callee(args)`, with what stands before a `~>` as first argument.
    pub(super) fn call(
        &mut self,
        id: ExprId,
        callee: ExprId,
        args: &[ExprId],
        applied: Option<Option<Item>>,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let function = self.evaluate(callee, input, frame)?;
        if function.is_none() {
            self.refuse_bare_name(callee, "T1005", frame)?;
        }
        let mut values = Vec::with_capacity(args.len() + usize::from(applied.is_some()));
        values.extend(applied);
        for &arg in args {
            values.push(self.evaluate(arg, input, frame)?);
        }
        self.has_built = true;
        let written = if values.len() > args.len() { Written::BehindFirst } else { Written::All };
        self.apply(function, values, input, Site { node: id, written })
    }

    /// `callee(args)` with placeholders among the arguments.
    pub(super) fn partial(
        &mut self,
        id: ExprId,
        callee: ExprId,
        args: &[ExprId],
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let mut given = Vec::with_capacity(args.len());
        for &arg in args {
            given.push(match self.ast[arg].kind {
                Kind::Placeholder => Given::Later,
                _ => Given::Value(self.evaluate(arg, input, frame)?),
            });
        }
        let function = match self.evaluate(callee, input, frame)? {
            Some(Item::Function(function)) => function,
            None => {
                self.refuse_bare_name(callee, "T1007", frame)?;
                return fail(self.span(id), "T1008", "what is applied to some of its arguments is no function");
            }
            Some(_) => return fail(self.span(id), "T1008", "what is applied to some of its arguments is no function"),
        };
        let depth = given.iter().fold(function.depth(), |depth, given| match given {
            Given::Value(Some(item)) => depth.max(item.depth()),
            _ => depth,
        });
        Ok(Some(Function::own(Body::Partial { function, args: given }, depth)))
    }

    /// A name of the context that gives nothing, where a variable of the same name is there, lacks its `$`.
    fn refuse_bare_name(&self, callee: ExprId, code: &'static str, frame: FrameId) -> Fallible<()> {
        let first = match &self.ast[self.ast.base(callee)].kind {
            Kind::Path(steps) => self.ast.base(steps[0]),
            _ => self.ast.base(callee),
        };
        let Kind::Name(name) = self.ast[first].kind else { return Ok(()) };
        let name = self.ast.text(name);
        match self.lookup(name, frame) {
            Some(_) => fail(self.span(callee), code, format!("`{name}` is no function, `${name}` is a variable")),
            None => Ok(()),
        }
    }

    /// `left ~> right`
    pub(super) fn chain(
        &mut self,
        id: ExprId,
        left: Option<Item>,
        right: ExprId,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let ast = self.ast;
        // What stands behind a call on this side is overlooked, as the reference implementation overlooks it.
        let base = ast.base(right);
        if let Kind::Call { callee, args } = &ast[base].kind {
            return self.call(base, *callee, args, Some(left), input, frame);
        }
        let Some(Item::Function(function)) = self.evaluate(right, input, frame)? else {
            return fail(self.span(right), "T2006", "right side of `~>` is no function");
        };
        self.has_built = true;
        match left {
            Some(Item::Function(first)) => Ok(Some(Function::chain(first, function))),
            left => {
                let site = Site { node: id, written: Written::None };
                self.apply(Some(Item::Function(function)), vec![left], Some(&NULL), site)
            }
        }
    }

    /// Calls a function that was handed to a function.
    pub(super) fn invoke(
        &mut self,
        function: &Function,
        args: Vec<Option<Item>>,
        at: ExprId,
    ) -> Fallible<Option<Item>> {
        let args = args.into_iter().map(|arg| arg.and_then(Item::or_nothing)).collect();
        // The function that calls stands between.
        self.nest(self.span(at), 2)?;
        let site = Site { node: at, written: Written::None };
        let given = self.apply(Some(Item::Function(function.clone())), args, Some(&NULL), site);
        self.unnest(2);
        given
    }

    /// The raw result of a call, and of the calls that it ends in. `input` is what parameters may get that lack an argument.
    pub(super) fn apply(
        &mut self,
        function: Option<Item>,
        args: Vec<Option<Item>>,
        input: Option<&Item>,
        site: Site,
    ) -> Fallible<Option<Item>> {
        self.nest(self.span(site.node), 1)?;
        let mark = self.frames.mark();
        let mut given = self.apply_once(function, args, input, site)?;
        while let Some(Item::Function(Function::Own(own))) = &given
            && let Body::Thunk { call, input: context, frame } = &own.body
            && let Kind::Call { callee, args } = &self.ast[*call].kind
        {
            let (call, context) = (*call, context.as_ref());
            self.spend(self.span(call), 1)?;
            let function = self.evaluate(*callee, context, *frame)?;
            let mut values = Vec::with_capacity(args.len());
            for &arg in args {
                values.push(self.evaluate(arg, context, *frame)?);
            }
            self.frames.reset(mark);
            given = self.apply_once(function, values, input, Site { node: call, written: Written::All })?;
        }
        self.frames.reset(mark);
        self.unnest(1);
        Ok(given)
    }

    fn apply_once(
        &mut self,
        function: Option<Item>,
        args: Vec<Option<Item>>,
        input: Option<&Item>,
        site: Site,
    ) -> Fallible<Option<Item>> {
        match function {
            Some(Item::Function(Function::Library(builtin))) => self.apply_library(builtin, args, input, site),
            Some(Item::Function(Function::Own(own))) => match &own.body {
                Body::Lambda { node, .. } => {
                    let args = match &self.ast[*node].kind {
                        Kind::Lambda { signature: Some(signature), .. } => {
                            self.validate("function", &signature.params, args, input, site)?
                        }
                        _ => args,
                    };
                    self.apply_lambda(&own.body, args)
                }
                Body::Partial { function, args: given } => self.apply_partial(function, given, args, site),
                Body::Chain { first, then } => {
                    let first = self.apply(Some(Item::Function(first.clone())), args, Some(&NULL), site)?;
                    let first = finish(first, false);
                    self.apply(Some(Item::Function(then.clone())), vec![first], Some(&NULL), site)
                }
                Body::Transform { node, frame } => {
                    let param = signature::transformed();
                    let args = self.validate("transform", std::slice::from_ref(param), args, input, site)?;
                    self.nest(self.span(*node), 2)?;
                    let given = self.transform(*node, args.into_iter().next().flatten(), *frame);
                    self.unnest(2);
                    given
                }
                Body::Regex(regex) => match args.first() {
                    Some(Some(Item::Json(Value::String(text)))) => {
                        let from = args.get(1).and_then(Option::as_ref).and_then(Item::as_f64);
                        self.match_regex(regex, text, from.unwrap_or_default(), self.span(site.node))
                    }
                    _ => Ok(None),
                },
                Body::Next(next) => self.match_next(next, self.span(site.node)),
                Body::Thunk { .. } => Ok(None),
            },
            _ => {
                let span = self.span(site.node);
                let called = match &self.ast[site.node].kind {
                    Kind::Call { callee, .. } => self.source(self.span(*callee)),
                    _ => self.source(span),
                };
                fail(span, "T1006", format!("`{}` is called and is no function", shown(called)))
            }
        }
    }

    fn apply_library(
        &mut self,
        builtin: &'static Builtin,
        args: Vec<Option<Item>>,
        input: Option<&Item>,
        site: Site,
    ) -> Fallible<Option<Item>> {
        let args = self.validate(builtin.name, builtin.params, args, input, site)?;
        (builtin.run)(self, &Arguments { values: args, site })
    }

    fn apply_lambda(&mut self, lambda: &Body, args: Vec<Option<Item>>) -> Fallible<Option<Item>> {
        let ast = self.ast;
        let Body::Lambda { node, input, frame } = lambda else { return Ok(None) };
        let Kind::Lambda { params, body, .. } = &ast[*node].kind else { return Ok(None) };
        let mut args = args.into_iter();
        let bindings = params.iter().map(|param| (Name::Variable(ast.text(param.name)), args.next().flatten()));
        let inner = self.frames.enter(*frame, bindings.collect());
        self.evaluate_in(Place::Tail, *body, input.as_ref(), inner)
    }

    /// A partial application to the arguments that were missing. The signature of a function that the expression makes is
    /// not asked any more, as in the reference implementation.
    fn apply_partial(
        &mut self,
        function: &Function,
        given: &[Given],
        args: Vec<Option<Item>>,
        site: Site,
    ) -> Fallible<Option<Item>> {
        let mut args = args.into_iter();
        let filled: Vec<Option<Item>> = given
            .iter()
            .map(|given| match given {
                Given::Value(value) => value.clone(),
                Given::Later => args.next().flatten(),
            })
            .collect();
        match function {
            Function::Own(own) if matches!(own.body, Body::Lambda { .. }) => self.apply_lambda(&own.body, filled),
            _ => self.apply(Some(Item::Function(function.clone())), filled, None, site),
        }
    }

    /// The arguments of a call as a signature has them.
    fn validate(
        &self,
        name: &str,
        params: &[ParamType],
        args: Vec<Option<Item>>,
        input: Option<&Item>,
        site: Site,
    ) -> Fallible<Vec<Option<Item>>> {
        signature::validate(params, args, input).or_else(|misfit| {
            let at = self.argument_span(site, misfit.index);
            fail(at, misfit.code, misfit.message(name))
        })
    }

    /// Where the argument of this number, from 0, is written; the call if it is nowhere.
    fn argument_span(&self, site: Site, index: usize) -> Span {
        let written = match site.written {
            Written::All => Some(index),
            Written::BehindFirst => index.checked_sub(1),
            Written::None => None,
        };
        match (&self.ast[site.node].kind, written) {
            (Kind::Call { args, .. }, Some(at)) => args.get(at).map_or(self.span(site.node), |&arg| self.span(arg)),
            _ => self.span(site.node),
        }
    }
}

/// What a call is blamed on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) node: ExprId,
    written: Written,
}

/// Where the arguments of a call are written.
#[derive(Clone, Copy, Debug)]
enum Written {
    /// Between the parentheses.
    All,
    /// The first before a `~>`.
    BehindFirst,
    /// Nowhere: a function makes them.
    None,
}

/// The context of a call by a function.
const NULL: Item = Item::Json(Value::Null);

/// Source text as a message shows it.
fn shown(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
