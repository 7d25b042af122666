//! A node of an expression into what it gives.
//!
//! [`Evaluation::evaluate`] is the only way in: it charges the budget, bounds recursion, and turns a sequence of one item
//! into the item. What a part of a path gives before that is "raw" here.

use std::rc::Rc;

use super::Environment;
use super::call::Function;
use super::frame::{FrameId, Frames, Name};
use super::functions;
use super::item::{Item, List, Shape, list, sequence};
use super::pattern::Regex;
use crate::asl::jsonata::{Ast, ExprId, Kind, Op};
use crate::eval::budget::Budget;
use crate::eval::fault::{Fault, FaultKind};
use crate::eval::random::Random;
use crate::eval::value::{self, Value};
use crate::text::Span;

/// What succeeds or fails; boxed, as a fault is large and every part of an expression returns one of these.
pub(super) type Fallible<T> = Result<T, Box<Fault>>;

/// How deep the evaluation of nodes may nest, functions that call each other included, in units of 2 KB of stack where nothing
/// is optimised: half of a stack of 2 MB. What takes more than a unit nests by more than one. A function may call itself about
/// 125 times, and in tail position as often as it likes.
pub(super) const MAX_NESTING: u32 = 512;

/// How many bytes of text a unit of the budget pays for.
const BYTES_PER_UNIT: usize = 16;

/// One evaluation of one expression.
pub(super) struct Evaluation<'a> {
    pub(super) ast: &'a Ast,
    pub(super) frames: Frames<'a>,
    pub(super) now: i64,
    pub(super) random: &'a mut Random,
    pub(super) budget: &'a mut Budget,
    outside: &'a dyn Fn(&str) -> Option<Value>,
    root: Option<Item>,
    nesting: u32,
    /// The regular expressions that were read so far.
    pub(super) regexes: Vec<(ExprId, Rc<Regex>)>,
    /// Containers may have been built that share their parts.
    pub(super) has_built: bool,
}

/// Where a node stands in the body of a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Something is done with what it gives.
    Inner,
    /// The function gives what it gives: a call here is not made, but handed to the caller to make.
    Tail,
}

impl<'a> Evaluation<'a> {
    pub(super) fn run(ast: &'a Ast, environment: &'a mut Environment<'_>) -> Fallible<Option<Value>> {
        let (frames, outermost) = Frames::new();
        let root = environment.input.clone().map(Item::Json);
        let mut evaluation = Self {
            ast,
            frames,
            now: environment.now,
            random: environment.random,
            budget: environment.budget,
            outside: environment.variables,
            root,
            nesting: 0,
            regexes: Vec::new(),
            has_built: false,
        };
        let input = match evaluation.root.clone() {
            Some(item) if item.is_array() => Some(list(vec![item], Shape::Input)),
            other => other,
        };
        let result = evaluation.evaluate(ast.root(), input.as_ref(), outermost)?;
        evaluation.into_value(result)
    }

    pub(super) fn span(&self, id: ExprId) -> Span {
        self.ast[id].span
    }

    /// Charges `units` to the budget.
    pub(super) fn spend(&mut self, at: Span, units: usize) -> Fallible<()> {
        self.budget.spend(units as u64).map_err(|spent| Box::new(Fault::out_of_budget(at, spent)))
    }

    /// Charges for `n_bytes` of text that are read or made.
    pub(super) fn spend_on_text(&mut self, at: Span, n_bytes: usize) -> Fallible<()> {
        self.spend(at, n_bytes / BYTES_PER_UNIT)
    }

    /// What a node gives.
    pub(super) fn evaluate(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        self.evaluate_in(Place::Inner, id, input, frame)
    }

    pub(super) fn evaluate_in(
        &mut self,
        place: Place,
        id: ExprId,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let expr = &self.ast[id];
        let input = input.filter(|item| !matches!(item, Item::Hole));
        self.spend(expr.span, 1)?;
        self.nest(expr.span, 1)?;
        let raw = self.raw(place, id, input, frame);
        self.unnest(1);
        let keeps = match expr.kind {
            Kind::Binary { op: Op::Chain, .. } => self.chain_keeps_array(id),
            _ => expr.keeps_array,
        };
        let given = finish(raw?, keeps);
        self.check_depth(given.as_ref(), expr.span)?;
        Ok(given)
    }

    /// Goes deeper; [`Self::unnest`] comes back.
    pub(super) fn nest(&mut self, at: Span, units: u32) -> Fallible<()> {
        self.nesting += units;
        if self.nesting > MAX_NESTING {
            let message = format!("evaluation nests deeper than {MAX_NESTING} levels");
            return Err(Box::new(Fault { span: at, kind: FaultKind::OutOfBudget, message }));
        }
        Ok(())
    }

    pub(super) const fn unnest(&mut self, units: u32) {
        self.nesting -= units;
    }

    pub(super) fn check_depth(&self, item: Option<&Item>, at: Span) -> Fallible<()> {
        if item.map_or(0, Item::depth) > value::MAX_DEPTH {
            let message = format!("value nests deeper than {} levels", value::MAX_DEPTH);
            return Err(Box::new(Fault { span: at, kind: FaultKind::OutOfBudget, message }));
        }
        Ok(())
    }

    /// What a node gives before a sequence of one item becomes the item. No work is done here itself: this frame is on the stack
    /// as often as nodes nest.
    pub(super) fn raw(
        &mut self,
        place: Place,
        id: ExprId,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let ast = self.ast;
        if place == Place::Tail
            && let Some(call) = self.tail_call(id)
        {
            return Ok(Some(Function::thunk(call, input, frame)));
        }
        match &ast[id].kind {
            Kind::String(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Null | Kind::Regex { .. } | Kind::Error => {
                self.literal(id)
            }
            Kind::Name(_) | Kind::Path(_) => self.path(id, input, frame),
            Kind::Variable(_) | Kind::Parent => Ok(self.variable(id, input, frame)),
            Kind::Wildcard => self.wildcard(id, input),
            Kind::Descendants => self.descendants(id, input),
            Kind::Filter { .. } | Kind::Focus { .. } | Kind::Index { .. } => self.wrapped(place, id, input, frame),
            Kind::Group { .. } => self.group(id, input, frame),
            Kind::Array(items) => self.array(items, input, frame),
            Kind::Object(pairs) => self.object(id, pairs, input, frame),
            Kind::Block(list) => self.block(place, list, input, frame),
            Kind::Negate(operand) => self.negate(id, *operand, input, frame),
            Kind::Binary { .. } => self.binary(id, input, frame),
            Kind::Conditional { .. } => self.conditional(place, id, input, frame),
            Kind::Bind { .. } => self.bind(id, input, frame),
            Kind::Call { callee, args } => self.call(id, *callee, args, None, input, frame),
            Kind::Partial { callee, args } => self.partial(id, *callee, args, input, frame),
            Kind::Lambda { .. } | Kind::Transform { .. } => Ok(Some(self.function(id, input, frame))),
            // They stand in a path and in the arguments of a partial application, which do not evaluate them.
            Kind::Placeholder | Kind::Sort(_) | Kind::SortTerm { .. } => Ok(None),
        }
    }

    /// The call that a node is. A group behind it goes unnoticed in tail position, as in the reference implementation.
    fn tail_call(&self, mut id: ExprId) -> Option<ExprId> {
        loop {
            match self.ast[id].kind {
                Kind::Group { input, .. } | Kind::Focus { input, .. } => id = input,
                Kind::Call { .. } => return Some(id),
                _ => return None,
            }
        }
    }

    fn literal(&mut self, id: ExprId) -> Fallible<Option<Item>> {
        Ok(Some(match self.ast[id].kind {
            Kind::String(text) => Item::from(self.ast.text(text)),
            Kind::Number(number) => Item::from(number),
            Kind::Bool(value) => Item::from(value),
            Kind::Regex { .. } => return self.regex(id).map(Some),
            Kind::Error => return fail(self.span(id), "S0500", "expression has errors of syntax"),
            _ => Item::Json(Value::Null),
        }))
    }

    fn function(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Item {
        self.frames.capture();
        match self.ast[id].kind {
            Kind::Transform { .. } => Function::transform(id, frame),
            _ => Function::lambda(id, input, frame),
        }
    }

    fn conditional(
        &mut self,
        place: Place,
        id: ExprId,
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let Kind::Conditional { condition, then, otherwise } = self.ast[id].kind else { return Ok(None) };
        let holds = self.evaluate(condition, input, frame)?;
        match (self.is_true(holds.as_ref(), self.span(condition))?, otherwise) {
            (true, _) => self.evaluate_in(place, then, input, frame),
            (false, Some(otherwise)) => self.evaluate_in(place, otherwise, input, frame),
            (false, None) => Ok(None),
        }
    }

    fn bind(&mut self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let Kind::Bind { variable, value } = self.ast[id].kind else { return Ok(None) };
        let value = self.evaluate(value, input, frame)?;
        self.frames.bind(frame, Name::Variable(self.ast.text(variable.name)), value.clone());
        Ok(value)
    }

    /// The value of a variable, of the context, or of what a `%` stands for.
    fn variable(&self, id: ExprId, input: Option<&Item>, frame: FrameId) -> Option<Item> {
        let Kind::Variable(name) = self.ast[id].kind else {
            return self.frames.find(frame, Name::Parent(self.ast.parent_label(id)?)).flatten().cloned();
        };
        match (self.ast.text(name), input) {
            ("", Some(Item::List(list))) if list.shape == Shape::Input => list.items.first().cloned(),
            ("", input) => input.cloned(),
            (name, _) => self.lookup(name, frame),
        }
    }

    /// The value of a variable: one that the expression binds, one from outside, a function of the library.
    pub(super) fn lookup(&self, name: &str, frame: FrameId) -> Option<Item> {
        if let Some(bound) = self.frames.find(frame, Name::Variable(name)) {
            return bound.cloned();
        }
        if name == "$" {
            return self.root.clone();
        }
        let outside = (self.outside)(name).map(Item::Json);
        outside.or_else(|| functions::find(name).map(|found| Item::Function(Function::Library(found))))
    }

    fn block(
        &mut self,
        place: Place,
        list: &'a [ExprId],
        input: Option<&Item>,
        frame: FrameId,
    ) -> Fallible<Option<Item>> {
        let Some((&last, before)) = list.split_last() else { return Ok(None) };
        let mark = self.frames.mark();
        let inner = self.frames.enter(frame, Vec::new());
        for &part in before {
            self.evaluate(part, input, inner)?;
        }
        let given = self.evaluate_in(place, last, input, inner)?;
        if !given.as_ref().is_some_and(Function::is_thunk) {
            self.frames.reset(mark);
        }
        Ok(given)
    }

    fn array(&mut self, parts: &[ExprId], input: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        self.has_built = true;
        let mut items = Vec::with_capacity(parts.len());
        for &part in parts {
            let Some(given) = self.evaluate(part, input, frame)? else { continue };
            // An array that is written as such stays one, all others are taken apart.
            let is_nested = matches!(self.ast[self.ast.base(part)].kind, Kind::Array(_));
            match given.as_items().filter(|_| !is_nested) {
                Some(inner) => {
                    self.spend(self.span(part), inner.len())?;
                    items.extend(inner.iter());
                }
                None => items.push(given),
            }
        }
        Ok(Some(list(items, Shape::Plain)))
    }

    fn wildcard(&mut self, id: ExprId, input: Option<&Item>) -> Fallible<Option<Item>> {
        let Some(input) = input else { return Ok(Some(sequence(Vec::new()))) };
        let input = match input {
            Item::List(list) if list.shape == Shape::Input => &list.items[0],
            other => other,
        };
        let values: Vec<Item> = match (input.as_fields(), input.as_items()) {
            (Some(fields), _) => fields.iter().map(|(_, value)| value).collect(),
            (_, Some(items)) => items.iter().collect(),
            _ => Vec::new(),
        };
        let mut found = Vec::with_capacity(values.len());
        // With the first array among them the reference implementation forgets that it collects a sequence.
        let mut shape = Shape::Sequence;
        for value in values {
            if value.is_array() {
                shape = Shape::Plain;
            }
            self.flatten(value, &mut found, self.span(id))?;
        }
        Ok(Some(list(found, shape)))
    }

    /// Arrays taken apart, however deep.
    fn flatten(&mut self, item: Item, found: &mut Vec<Item>, at: Span) -> Fallible<()> {
        self.spend(at, 1)?;
        match item.as_items() {
            Some(items) => items.iter().try_for_each(|inner| self.flatten(inner, found, at)),
            None => {
                found.push(item);
                Ok(())
            }
        }
    }

    fn descendants(&mut self, id: ExprId, input: Option<&Item>) -> Fallible<Option<Item>> {
        let Some(input) = input else { return Ok(None) };
        let mut found = Vec::new();
        self.descend(input, &mut found, self.span(id))?;
        Ok(Some(sequence(found)))
    }

    fn descend(&mut self, item: &Item, found: &mut Vec<Item>, at: Span) -> Fallible<()> {
        self.spend(at, 1)?;
        if let Some(items) = item.as_items() {
            return items.iter().try_for_each(|inner| self.descend(&inner, found, at));
        }
        found.push(item.clone());
        match item.as_fields() {
            Some(fields) => fields.iter().try_for_each(|(_, inner)| self.descend(&inner, found, at)),
            None => Ok(()),
        }
    }

    fn negate(&mut self, id: ExprId, operand: ExprId, input: Option<&Item>, frame: FrameId) -> Fallible<Option<Item>> {
        let Some(value) = self.evaluate(operand, input, frame)? else { return Ok(None) };
        match self.as_number(&value, self.span(operand))? {
            Some(number) => Ok(Some(Item::from(-number))),
            None => fail(self.span(id), "D1002", format!("{} cannot be negated", value.describe())),
        }
    }

    /// Whether `[]` stands behind a side of a `~>`. A path says so for itself and for a name that it starts with, not for its
    /// other steps.
    pub(super) fn chain_keeps_array(&self, id: ExprId) -> bool {
        let ast = self.ast;
        let Kind::Binary { op: Op::Chain, left, right, .. } = ast[id].kind else { return false };
        let keeps = |side: ExprId| match &ast[ast.base(side)].kind {
            Kind::Path(steps) if steps.iter().any(|&step| ast[step].keeps_array) => {
                ast[steps[0]].keeps_array && matches!(ast[ast.base(steps[0])].kind, Kind::Name(_))
            }
            _ => ast[side].keeps_array,
        };
        keeps(left) || keeps(right)
    }
}

/// What leaves a node: a sequence of one item is the item, unless `[]` says otherwise, and one of none is nothing.
pub(super) fn finish(raw: Option<Item>, keeps: bool) -> Option<Item> {
    match raw {
        Some(Item::List(list)) if list.shape.is_sequence() => match list.items.len() {
            0 => None,
            1 if !keeps && list.shape != Shape::Kept => match Rc::try_unwrap(list) {
                Ok(own) => own.items.into_iter().next(),
                Err(shared) => shared.items.first().cloned(),
            }
            .and_then(Item::or_nothing),
            _ if keeps => Some(reshape(list, Shape::Kept)),
            _ => Some(Item::List(list)),
        },
        other => other.and_then(Item::or_nothing),
    }
}

/// A list with another shape, without a copy where nobody else holds it.
pub(super) fn reshape(mut list: Rc<List>, shape: Shape) -> Item {
    if list.shape != shape {
        Rc::make_mut(&mut list).shape = shape;
    }
    Item::List(list)
}

/// A failure with a code of the reference implementation.
pub(super) fn fail<T>(at: Span, code: &'static str, message: impl Into<String>) -> Fallible<T> {
    Err(Box::new(Fault::jsonata(at, code, message)))
}
