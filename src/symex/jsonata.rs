//! Turns a JSONata expression into a value and when it fails: what [`crate::eval::jsonata`] would give, for data that is not known.
//!
//! Undefined is [`Tag::Absent`]. What an expression gives is exact, or an unknown that remembers why: a function without a model,
//! what a path finds in the items of an array. The same text asked of the same values is the same unknown, so that two rules that
//! ask it agree. Nothing is a claim about a value that fails.

mod functions;
mod operators;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reason;
use super::arithmetic::{Oddity, Operation};
use super::atom::{Root, Step, Tag, Tags};
use super::choice::{Compared, Roots};
use super::term::Term;
use super::value::{Shape, ValueId, World};
use crate::asl::Machine;
use crate::asl::jsonata::{self, Ast, ExprId, Kind, library};
use crate::eval::Value;
use crate::syntax::{Member, Node};

/// What an expression sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight<'s> {
    /// `$states.input` and `$states.context`, and the variables of the machine.
    pub(super) roots: &'s Roots,
    /// `$states.result` or `$states.errorOutput`, where there is one.
    pub(super) result: Option<(&'static str, ValueId)>,
    /// What tells apart the same text where other values are around it.
    pub(super) place: u32,
}

/// What an expression comes to.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// Its value, where it does not fail.
    pub(super) value: ValueId,
    /// When it fails.
    pub(super) fails: Term,
    /// The values that it asks about: each as it is written, and the type that it is compared as.
    pub(super) asked: Vec<(String, ValueId, Option<Compared>)>,
}

/// What an expression gives.
pub(super) fn evaluated(world: &mut World, ast: &Ast, sight: Sight<'_>) -> Told {
    let (guard, fails, odd) = (Term::TRUE, Term::FALSE, Term::FALSE);
    let (locals, asked, handed) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut reading = Reading { world, ast, sight, locals, handed, guard, fails, odd, asked };
    let value = match reading.is_plain() {
        true => reading.value(ast.root()),
        false => reading.unknown(ast.root(), Tags::ANY),
    };
    let value = reading.unless_odd(value);
    Told { value, fails: reading.fails, asked: reading.asked }
}

/// The variables of a machine that have the name of a function of the library: what such a name means is known at run time alone.
pub(super) fn shadowing(
    world: &mut World,
    machine: &Machine<'_>,
    known: &OnceCell<BTreeSet<&'static str>>,
) -> BTreeMap<String, ValueId> {
    let value = |&name: &&str| (name.to_owned(), world.root(Root::Variable(name.to_owned()), Tags::ANY));
    known.get_or_init(|| shadowed(machine)).iter().map(value).collect()
}

/// The functions of the library whose names a machine may give to variables.
pub(super) fn shadowed(machine: &Machine<'_>) -> BTreeSet<&'static str> {
    let owners = || {
        machine.states.iter().flat_map(|state| {
            let rules = state.rules().iter().map(|rule| rule.node);
            std::iter::once(state.node).chain(rules).chain(state.catchers.iter().map(|catcher| catcher.node))
        })
    };
    let is_open = |owner: Node<'_>| {
        let assign = owner.get("Assign");
        owner.may_have_more() || assign.is_some_and(|assign| assign.is_open() || assign.may_have_more())
    };
    if owners().any(is_open) {
        return library::functions().iter().map(|function| function.name).collect();
    }
    let names = owners().filter_map(|owner| owner.get("Assign")).flat_map(Node::members);
    let names = names.map(Member::name).map(|name| name.strip_suffix(".$").unwrap_or(name));
    names.filter_map(|name| library::find(name).map(|function| function.name)).collect()
}

/// How many alternatives deep an expression is followed.
const MOST_NESTED: usize = 200;

struct Reading<'r> {
    world: &'r mut World,
    ast: &'r Ast,
    sight: Sight<'r>,
    /// What the expression binds itself, the newest last.
    locals: Vec<(&'r str, ValueId)>,
    /// The parts that are called, or handed to a function which asks nothing of functions.
    handed: BTreeSet<ExprId>,
    /// When the part at hand is evaluated at all.
    guard: Term,
    fails: Term,
    /// When a name stands for a function where functions have no model: then nothing is known of the whole.
    odd: Term,
    asked: Vec<(String, ValueId, Option<Compared>)>,
}

impl<'r> Reading<'r> {
    /// Whether names and values mean what they seem to: all that is bound is bound by a line of a block, no step looks back, and
    /// functions are called or handed to functions, which is all that is known of them.
    fn is_plain(&mut self) -> bool {
        let mut lines = BTreeSet::from([self.ast.root()]);
        let mut used: BTreeSet<ExprId> = BTreeSet::new();
        let mut depth = vec![0_usize; self.ast.root().index() + 1];
        for id in self.ast.ids() {
            depth[id.index()] = 1 + self.ast.children(id).map(|child| depth[child.index()]).max().unwrap_or_default();
            match &self.ast[id].kind {
                Kind::Block(list) => lines.extend(list),
                Kind::Binary { op: jsonata::Op::Chain, left, right, .. } => used.extend([left, right]),
                Kind::Partial { callee, args } => used.extend(args.iter().chain([callee])),
                Kind::Call { callee, args } => {
                    used.insert(*callee);
                    let is_asked = matches!(self.ast[*callee].kind, Kind::Variable(name)
                        if matches!(self.ast.text(name), "type" | "boolean" | "not" | "exists"));
                    used.extend(args.iter().filter(|_| !is_asked));
                }
                _ => {}
            }
        }
        let is_plain = depth.last().is_none_or(|&depth| depth <= MOST_NESTED)
            && self.ast.ids().all(|id| match self.ast[id].kind {
                Kind::Bind { .. } => lines.contains(&id),
                Kind::Lambda { .. } | Kind::Partial { .. } | Kind::Transform { .. } | Kind::Regex { .. } => {
                    used.contains(&id)
                }
                Kind::Parent | Kind::Error => false,
                _ => true,
            });
        self.handed = used;
        is_plain
    }

    /// What the whole gives: its value, and something else where a name stands for a function that has no model.
    fn unless_odd(&mut self, value: ValueId) -> ValueId {
        let odd = self.odd;
        if odd == Term::FALSE {
            return value;
        }
        self.world.avoid(odd);
        let fails = std::mem::replace(&mut self.fails, Term::FALSE);
        let other = self.unknown(self.ast.root(), Tags::ANY);
        self.fails = self.world.terms.ite(odd, self.fails, fails);
        if odd == Term::TRUE {
            self.asked.clear();
        }
        self.world.merge(odd, other, value)
    }

    fn absent(&mut self) -> ValueId {
        self.world.absent()
    }

    fn fail_where(&mut self, condition: Term) {
        let condition = self.world.terms.and(self.guard, condition);
        self.fails = self.world.terms.or(self.fails, condition);
    }

    /// Reads a part that is evaluated under a condition only.
    fn under<T>(&mut self, condition: Term, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.guard;
        self.guard = self.world.terms.and(outer, condition);
        let found = read(self);
        self.guard = outer;
        found
    }

    /// Something of these types that is not modelled, and may fail. A number may be none, which is neither above nor below another nor
    /// equal to it: `0 / 0`, `$parseInteger('x', '0')`.
    fn unknown(&mut self, id: ExprId, tags: Tags) -> ValueId {
        let value = self.unknown_in_order(id, tags);
        if !tags.has(Tag::Num) {
            return value;
        }
        let none = self.not_known(id, "no number", Tags::new(&[Tag::Bool]));
        self.unless_none(none, value)
    }

    /// A number, or the one that is none where an unknown is true.
    fn unless_none(&mut self, is_none: ValueId, number: ValueId) -> ValueId {
        let is_none = self.world.is_true(is_none);
        self.world.avoid(is_none);
        let none = self.constant(f64::NAN.into());
        self.world.merge(is_none, none, number)
    }

    /// The same, where numbers are numbers.
    fn unknown_in_order(&mut self, id: ExprId, tags: Tags) -> ValueId {
        let value = self.unknown_that_succeeds(id, tags);
        let fails = self.not_known(id, "failure", Tags::new(&[Tag::Bool]));
        let fails = self.world.is_true(fails);
        self.fail_where(fails);
        value
    }

    fn unknown_that_succeeds(&mut self, id: ExprId, tags: Tags) -> ValueId {
        self.not_known(id, "value", tags)
    }

    /// A number that comes of others, which are there; nothing is known of it where they are large. `name` tells apart the numbers of
    /// one text. `may_be_none`: as of [`Self::unknown`].
    fn computed(
        &mut self,
        id: ExprId,
        name: &str,
        operation: Operation,
        operands: &[ValueId],
        may_be_none: bool,
    ) -> ValueId {
        let [value, failure, none] = ["number", "failure", "no number"].map(|what| format!("{what}{name}"));
        let value = self.not_known(id, &value, Tags::new(&[Tag::Num]));
        let failure = self.not_known(id, &failure, Tags::new(&[Tag::Bool]));
        let fails = self.world.is_true(failure);
        self.fail_where(fails);
        if !may_be_none {
            self.world.define(value, operation, operands, &[(Oddity::Fails, failure)]);
            return value;
        }
        let none = self.not_known(id, &none, Tags::new(&[Tag::Bool]));
        let odd = [(Oddity::Fails, failure), (Oddity::NoNumber, none)];
        self.world.define(value, operation, operands, &odd);
        self.unless_none(none, value)
    }

    /// An unknown that is the same for the same text, unless chance, time or a name bound in the expression decides.
    fn not_known(&mut self, id: ExprId, what: &str, tags: Tags) -> ValueId {
        let text = self.ast[id].span.of(self.ast.source());
        let place = if self.is_stable(id) { String::new() } else { format!("#{}", self.world.unique()) };
        let key = format!("{text}\u{0}{what}\u{0}{}{place}", self.sight.place);
        let reason = Reason::NotModelled(format!("what `{}` gives", shown(text)));
        let value = self.world.havoc_of(&key, self.sight.roots.document, reason, tags);
        self.world.note_computed(value);
        value
    }

    fn is_stable(&self, id: ExprId) -> bool {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if let Kind::Variable(name) = self.ast[id].kind {
                let name = self.ast.text(name);
                let is_chance = matches!(name, "random" | "shuffle" | "uuid" | "now" | "millis");
                if is_chance || self.locals.iter().any(|(local, _)| *local == name) {
                    return false;
                }
            }
            open.extend(self.ast.children(id));
        }
        true
    }

    fn constant(&mut self, value: Value) -> ValueId {
        self.world.constant(value)
    }

    /// The value of an expression. Recursion is bounded by [`MOST_NESTED`].
    fn value(&mut self, id: ExprId) -> ValueId {
        if self.ast[id].keeps_array {
            return self.unknown(id, Tags::new(&[Tag::Arr, Tag::Absent]));
        }
        match &self.ast[id].kind {
            Kind::String(text) => self.constant(self.ast.text(*text).into()),
            Kind::Number(number) => self.constant((*number).into()),
            Kind::Bool(value) => self.constant((*value).into()),
            Kind::Null => self.constant(Value::Null),
            Kind::Name(_) => self.absent(),
            Kind::Variable(name) => self.variable(id, self.ast.text(*name)),
            Kind::Path(steps) => self.path(id, steps),
            Kind::Filter { .. } => self.path(id, &[id]),
            Kind::Block(list) => self.block(list),
            Kind::Bind { value, .. } => self.value(*value),
            Kind::Array(parts) => self.array(id, parts),
            Kind::Object(pairs) => self.object(id, pairs),
            Kind::Negate(operand) => self.negated(id, *operand),
            Kind::Binary { op, left, right, .. } => self.binary(id, *op, *left, *right),
            Kind::Conditional { condition, then, otherwise } => self.conditional(*condition, *then, *otherwise),
            Kind::Call { callee, args } => self.call(id, *callee, args),
            _ => self.unknown(id, Tags::ANY),
        }
    }

    fn block(&mut self, list: &[ExprId]) -> ValueId {
        let mark = self.locals.len();
        let mut last = self.absent();
        for &line in list {
            last = self.value(line);
            if let Kind::Bind { variable, .. } = self.ast[line].kind {
                self.locals.push((self.ast.text(variable.name), last));
            }
        }
        self.locals.truncate(mark);
        last
    }

    fn conditional(&mut self, condition: ExprId, then: ExprId, otherwise: Option<ExprId>) -> ValueId {
        let condition = self.value(condition);
        let holds = self.truth(condition);
        let then = self.under(holds, |reading| reading.value(then));
        let otherwise = match otherwise {
            Some(otherwise) => self.under(holds.negate(), |reading| reading.value(otherwise)),
            None => self.absent(),
        };
        self.world.merge(holds, then, otherwise)
    }

    fn local(&self, name: &str) -> Option<ValueId> {
        self.locals.iter().rev().find(|(local, _)| *local == name).map(|&(_, value)| value)
    }

    /// Whether a name means the function of the library.
    fn is_library(&self, name: &str) -> bool {
        let is_free = |&value: &ValueId| matches!(self.world.shape(value), Shape::Absent);
        let variable = self.sight.roots.variables.get(name);
        self.local(name).is_none() && variable.is_none_or(is_free) && library::find(name).is_some()
    }

    fn variable(&mut self, id: ExprId, name: &str) -> ValueId {
        if let Some(value) = self.local(name) {
            return value;
        }
        match name {
            // Nothing is the context of what stands by itself.
            "" | "$" => self.absent(),
            "states" => {
                let roots = self.sight.roots;
                let mut members = BTreeMap::new();
                members.insert(Arc::from("input"), roots.document);
                members.insert(Arc::from("context"), roots.context);
                match self.sight.result {
                    Some((name, value)) => _ = members.insert(name.into(), value),
                    None => {
                        // Where they stand by mistake, a rule of its own tells of it.
                        for name in ["result", "errorOutput"] {
                            let value = self.not_known(id, name, Tags::ANY);
                            members.insert(name.into(), value);
                        }
                    }
                }
                self.world.object(members, None)
            }
            name => match self.sight.roots.variables.get(name).copied() {
                known if library::find(name).is_some() => {
                    let value = known.unwrap_or_else(|| self.absent());
                    self.unless_function(id, value)
                }
                Some(value) => value,
                None => self.world.root(Root::Variable(name.to_owned()), Tags::ANY),
            },
        }
    }

    /// A variable with the name of a function: one without a value leaves its name to the function, of which nothing is known but
    /// that it may be called and handed on.
    fn unless_function(&mut self, id: ExprId, value: ValueId) -> ValueId {
        let is_function = self.world.is(value, Tag::Absent);
        if is_function == Term::FALSE {
            return value;
        }
        if !self.handed.contains(&id) {
            let odd = self.world.terms.and(self.guard, is_function);
            self.odd = self.world.terms.or(self.odd, odd);
            return value;
        }
        let function = self.under(is_function, |reading| reading.unknown(id, Tags::ANY));
        self.world.merge(is_function, function, value)
    }

    /// `$states.input.a.b`, `$x.a[0]`: of objects the members; what is found in the items of an array is not modelled.
    fn path(&mut self, id: ExprId, steps: &[ExprId]) -> ValueId {
        let Some((&first, rest)) = steps.split_first() else { return self.unknown(id, Tags::ANY) };
        let base = self.ast.base(first);
        let is_known = matches!(self.ast[base].kind, Kind::Variable(_) | Kind::Call { .. } | Kind::Name(_));
        let are_known = |&step: &ExprId| matches!(self.ast[self.ast.base(step)].kind, Kind::Name(_));
        if !is_known || !rest.iter().all(are_known) {
            return self.unknown(id, Tags::ANY);
        }
        let Some(mut indices) = self.indices(first) else { return self.unknown(id, Tags::ANY) };
        let mut value = self.value(base);
        // What the input and the variables of the machine hold is JSON.
        let is_computed = match self.ast[base].kind {
            Kind::Variable(name) => self.local(self.ast.text(name)).is_some(),
            _ => true,
        };
        for (number, &step) in rest.iter().enumerate() {
            value = self.picked(id, number, value, &indices);
            let Kind::Name(name) = self.ast[self.ast.base(step)].kind else { return self.unknown(id, Tags::ANY) };
            let Some(next) = self.indices(step) else { return self.unknown(id, Tags::ANY) };
            indices = next;
            let name = self.ast.text(name);
            let member = self.world.part(value, &Step::Member(name.into()));
            // What is found in the items of an array is the same wherever it is looked for.
            let text = self.ast[id].span.of(self.ast.source());
            let reason = Reason::NotModelled(format!("what `{}` gives", shown(text)));
            let in_items = self.world.havoc(&format!("{name}\u{0}in the items"), value, reason);
            self.world.note_aside(in_items);
            if is_computed {
                self.world.note_computed(in_items);
            }
            value = self.unless_array(value, member, in_items);
        }
        self.picked(id, rest.len(), value, &indices)
    }

    /// The positions behind a step, innermost first; `None` where something else is behind it.
    fn indices(&self, mut step: ExprId) -> Option<Vec<u32>> {
        let mut found = Vec::new();
        loop {
            if self.ast[step].keeps_array {
                return None;
            }
            match self.ast[step].kind {
                Kind::Filter { input, predicate } => {
                    let Kind::Number(position) = self.ast[predicate].kind else { return None };
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
                    found.push((0.0..1000.0).contains(&position).then_some(position.floor() as u32)?);
                    step = input;
                }
                Kind::Name(_) | Kind::Variable(_) | Kind::Call { .. } => break,
                _ => return None,
            }
        }
        found.reverse();
        Some(found)
    }

    /// The item at a position; what is no array has itself at 0.
    fn picked(&mut self, id: ExprId, step: usize, mut value: ValueId, indices: &[u32]) -> ValueId {
        for (number, &index) in indices.iter().enumerate() {
            let item = self.world.part(value, &Step::Item(index));
            let is_array = self.world.is(value, Tag::Arr);
            let own = if index == 0 { value } else { self.absent() };
            // An array in an array is taken apart in some places and not in others.
            let inner = self.not_known(id, &format!("item {number} of {step}"), Tags::ANY);
            self.world.note_aside(inner);
            let item = self.unless_array(item, item, inner);
            value = self.world.merge(is_array, item, own);
        }
        value
    }

    /// A value, or another one where some value is an array: executions are shown that do without.
    fn unless_array(&mut self, of: ValueId, value: ValueId, otherwise: ValueId) -> ValueId {
        let is_array = self.world.is(of, Tag::Arr);
        if is_array == Term::FALSE {
            return value;
        }
        self.world.avoid(is_array);
        self.world.merge(is_array, otherwise, value)
    }

    /// `[$x, 1]`: what is undefined is left out, and arrays are taken apart but for those that stand there as such.
    fn array(&mut self, id: ExprId, parts: &[ExprId]) -> ValueId {
        let mut items = Vec::new();
        let mut is_simple = Term::TRUE;
        for &part in parts {
            if matches!(self.ast[part].kind, Kind::Binary { op: jsonata::Op::Range, .. }) {
                return self.unknown(id, Tags::new(&[Tag::Arr]));
            }
            let item = self.value(part);
            let mut odd = self.world.is(item, Tag::Absent);
            if !matches!(self.ast[self.ast.base(part)].kind, Kind::Array(_)) {
                let is_array = self.world.is(item, Tag::Arr);
                odd = self.world.terms.or(odd, is_array);
            }
            is_simple = self.world.terms.and(is_simple, odd.negate());
            items.push(item);
        }
        let exact = self.world.array(items);
        if is_simple == Term::TRUE {
            return exact;
        }
        let other = self.unknown_that_succeeds(id, Tags::new(&[Tag::Arr]));
        self.world.avoid(is_simple.negate());
        self.world.merge(is_simple, exact, other)
    }

    /// The members that an object is written with; `None` where a name is computed, or stands there twice.
    fn members(&mut self, pairs: &[ExprId]) -> Option<BTreeMap<Arc<str>, ValueId>> {
        let mut members = BTreeMap::new();
        for (key, value) in jsonata::pairs(pairs) {
            let Kind::String(name) = self.ast[key].kind else { return None };
            let value = self.value(value);
            if members.insert(Arc::from(self.ast.text(name)), value).is_some() {
                return None;
            }
        }
        Some(members)
    }

    /// `{'a': $x}`: what is undefined is left out.
    fn object(&mut self, id: ExprId, pairs: &[ExprId]) -> ValueId {
        match self.members(pairs) {
            Some(members) => self.world.object(members, None),
            None => self.unknown(id, Tags::new(&[Tag::Obj])),
        }
    }
}

/// Source text as a message shows it.
fn shown(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
