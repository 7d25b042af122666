//! Turns JSONata expressions into values, and when their evaluation fails.
//!
//! As [`crate::eval::jsonata`] decides, over what people write in conditions: paths, comparisons, `and`, `or`, conditionals, some functions,
//! constructors. What a path makes of an array on its way, and whatever else is not modelled, is anything, and may fail.

mod functions;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reason;
use super::atom::{Root, Sort, Step, Tag, Tags};
use super::choice::{Asked, Compared, Roots};
use super::term::Term;
use super::value::{Shape, ValueId, World};
use crate::asl::jsonata::{Ast, ExprId, Kind, Op, Scopes, library, pairs};
use crate::asl::{Machine, Order};
use crate::eval::Value;

/// What a part of an expression gives: its value, `Absent` where that is undefined, and when it fails instead.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Its value, where it does not fail.
    pub value: ValueId,
    /// When it fails.
    pub fails: Term,
}

/// The names that some `Assign` of a machine gives a value: they hide the functions of the library.
#[derive(Debug)]
pub struct Assigned<'m, 't> {
    machine: &'m Machine<'t>,
    names: OnceCell<Option<BTreeSet<String>>>,
}

impl<'m, 't> Assigned<'m, 't> {
    /// Nothing is looked for before somebody asks.
    #[must_use]
    pub const fn of(machine: &'m Machine<'t>) -> Self {
        Self { machine, names: OnceCell::new() }
    }

    /// Whether a name may be that of a variable.
    #[must_use]
    pub fn may_have(&self, name: &str) -> bool {
        self.names.get_or_init(|| self.find()).as_ref().is_none_or(|names| names.contains(name))
    }

    /// `None` where not all of them are seen.
    fn find(&self) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for state in &self.machine.states {
            let rules = state.rules().iter().map(|rule| rule.node);
            let owners = rules.chain(state.catchers.iter().map(|catcher| catcher.node)).chain([state.node]);
            for owner in owners {
                if owner.may_have_more() {
                    return None;
                }
                let Some(assign) = owner.get("Assign") else { continue };
                if assign.is_open() || assign.may_have_more() {
                    return None;
                }
                let name = |name: &str| name.strip_suffix(".$").unwrap_or(name).to_owned();
                names.extend(assign.members().map(|member| name(member.name())));
            }
        }
        Some(names)
    }
}

/// What an expression sees.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'r> {
    /// `$states.input` as `document`, `$states.context`, and the variables of the machine.
    pub roots: &'r Roots,
    /// `$states.result` or `$states.errorOutput`, where there is one.
    pub result: Option<(&'static str, ValueId)>,
    /// The names that are no functions.
    pub assigned: &'r Assigned<'r, 'r>,
}

/// How many parts of one expression are followed.
const MOST_PARTS: u32 = 400;

/// An expression on its way into values.
#[derive(Debug)]
pub struct Reader<'w, 'r> {
    world: &'w mut World,
    scope: Scope<'r>,
    ast: &'r Ast,
    scopes: &'r Scopes,
    /// The variables that the expression binds, innermost last.
    bound: Vec<(&'r str, ValueId)>,
    n_left: u32,
    /// What its comparisons ask about. The rule and the node are those of the caller.
    pub asked: Vec<Asked>,
    /// When a path meets an array on its way: what it makes of that is not modelled.
    pub arrays: Vec<Term>,
}

impl<'w, 'r> Reader<'w, 'r> {
    /// Reads nothing yet.
    pub const fn new(world: &'w mut World, scope: Scope<'r>, ast: &'r Ast, scopes: &'r Scopes) -> Self {
        Self { world, scope, ast, scopes, bound: Vec::new(), n_left: MOST_PARTS, asked: Vec::new(), arrays: Vec::new() }
    }

    /// What the expression gives.
    pub fn read(&mut self) -> Given {
        self.part(self.ast.root())
    }

    /// What a condition comes to: when it is `true`, and when it fails, by being neither `true` nor `false` if not before.
    pub fn condition(&mut self) -> (Term, Term) {
        let given = self.read();
        self.ask_for(self.ast.root(), given.value, Some(Compared::Bool));
        let is_bool = self.world.is(given.value, Tag::Bool);
        let is_true = self.world.is_true(given.value);
        let terms = &mut self.world.terms;
        let fails = terms.or(given.fails, is_bool.negate());
        (terms.and(fails.negate(), is_true), fails)
    }

    /// Recursion is bounded by the depth that the parser reads.
    fn part(&mut self, id: ExprId) -> Given {
        let ast = self.ast;
        if self.n_left == 0 {
            return self.unknown("a large expression");
        }
        self.n_left -= 1;
        if ast[id].keeps_array {
            return self.unknown("an array that is kept");
        }
        match &ast[id].kind {
            Kind::String(text) => self.constant(ast.text(*text).into()),
            Kind::Number(number) => self.constant((*number).into()),
            Kind::Bool(value) => self.constant((*value).into()),
            Kind::Null => self.constant(Value::Null),
            Kind::Block(list) => self.block(list),
            Kind::Variable(_) => self.variable(id),
            Kind::Path(steps) => self.path(steps),
            Kind::Object(list) => self.object(list),
            Kind::Array(list) => self.array(list),
            Kind::Negate(operand) => {
                let given = self.part(*operand);
                match self.number_in(given.value) {
                    Some(number) => self.constant((-number).into()),
                    None => self.computed(&[given], "arithmetic"),
                }
            }
            Kind::Binary { op, left, right, .. } => self.binary(*op, *left, *right),
            Kind::Conditional { condition, then, otherwise } => self.conditional(*condition, *then, *otherwise),
            Kind::Call { callee, args } => match self.scopes.free_variable(ast, *callee) {
                Some(name) if !self.scope.assigned.may_have(name) => self.call(name, args),
                _ => self.unknown("a call"),
            },
            Kind::Filter { .. } => self.unknown("a filter"),
            Kind::Lambda { .. } | Kind::Partial { .. } => self.unknown("a function"),
            _ => self.unknown("an operator"),
        }
    }

    fn constant(&mut self, value: Value) -> Given {
        Given { value: self.world.constant(value), fails: Term::FALSE }
    }

    fn absent(&mut self) -> ValueId {
        self.world.absent()
    }

    fn boolean(&mut self, term: Term) -> ValueId {
        let yes = self.world.constant(true.into());
        let no = self.world.constant(false.into());
        self.world.merge(term, yes, no)
    }

    /// What is not modelled: it may come to anything, and fail.
    fn unknown(&mut self, what: &str) -> Given {
        let reason = reason(what);
        Given { value: self.anything(what, Tags::ANY), fails: self.world.free(reason) }
    }

    /// A value that is not modelled, each time another.
    fn anything(&mut self, what: &str, tags: Tags) -> ValueId {
        let of = self.world.absent();
        self.world.havoc_of(what, of, reason(what), tags)
    }

    fn block(&mut self, list: &'r [ExprId]) -> Given {
        let n_bound = self.bound.len();
        let mut fails = Term::FALSE;
        let mut last = self.absent();
        for &id in list {
            let given = match self.ast[id].kind {
                Kind::Bind { variable, value } => {
                    let given = self.part(value);
                    self.bound.push((self.ast.text(variable.name), given.value));
                    given
                }
                _ => self.part(id),
            };
            fails = self.world.terms.or(fails, given.fails);
            last = given.value;
        }
        self.bound.truncate(n_bound);
        Given { value: last, fails }
    }

    fn variable(&mut self, id: ExprId) -> Given {
        let Kind::Variable(name) = self.ast[id].kind else { return self.unknown("a variable") };
        let name = self.ast.text(name);
        if let Some(&(_, value)) = self.bound.iter().rev().find(|(bound, _)| *bound == name) {
            return Given { value, fails: Term::FALSE };
        }
        if self.scopes.free_variable(self.ast, id).is_none() || name == "states" {
            return self.unknown("a variable of the expression");
        }
        if let Some(&value) = self.scope.roots.variables.get(name) {
            return Given { value, fails: Term::FALSE };
        }
        let is_function = library::functions().iter().any(|function| function.name == name);
        if is_function && !self.scope.assigned.may_have(name) {
            return self.unknown("a function");
        }
        let value = self.world.root(Root::Variable(name.to_owned()), Tags::ANY);
        Given { value, fails: Term::FALSE }
    }

    /// `$states.input.a.b`, `$x.a`: of objects the members.
    fn path(&mut self, steps: &'r [ExprId]) -> Given {
        let Some((&first, rest)) = steps.split_first() else { return self.unknown("a path") };
        let ast = self.ast;
        let mut names = Vec::with_capacity(rest.len());
        for &step in rest {
            match &ast[step].kind {
                Kind::Name(name) if !ast[step].keeps_array => names.push(ast.text(*name)),
                Kind::Filter { .. } => return self.unknown("a filter"),
                _ => return self.unknown("a step of a path"),
            }
        }
        let (mut given, names) = if self.scopes.free_variable(ast, first) == Some("states") {
            let value = match names.first() {
                Some(&"input") => self.scope.roots.document,
                Some(&"context") => self.scope.roots.context,
                Some(&name) => match self.scope.result {
                    Some((known, value)) if known == name => value,
                    _ => return self.unknown("a member of `$states`"),
                },
                None => return self.unknown("the whole of `$states`"),
            };
            (Given { value, fails: Term::FALSE }, &names[1..])
        } else {
            (self.part(first), &names[..])
        };
        for &name in names {
            given.value = self.no_array(given.value);
            given.value = self.world.part(given.value, &Step::Member(Arc::from(name)));
        }
        given
    }

    /// The value, or anything where it is an array.
    fn no_array(&mut self, value: ValueId) -> ValueId {
        let is_array = self.world.is(value, Tag::Arr);
        if is_array == Term::FALSE {
            return value;
        }
        self.arrays.push(is_array);
        let anything = self.anything("what a path makes of an array", Tags::ANY);
        self.world.merge(is_array, anything, value)
    }

    /// `{'a': $x}`: what is undefined is left out.
    fn object(&mut self, list: &'r [ExprId]) -> Given {
        let mut members: BTreeMap<Arc<str>, ValueId> = BTreeMap::new();
        let mut fails = Term::FALSE;
        for (key, value) in pairs(list) {
            let Kind::String(name) = self.ast[key].kind else { return self.unknown("a key that is computed") };
            let given = self.part(value);
            fails = self.world.terms.or(fails, given.fails);
            if members.insert(self.ast.text(name).into(), given.value).is_some() {
                return self.unknown("a key that stands twice");
            }
        }
        Given { value: self.world.object(members, None), fails }
    }

    /// `[1, $x]`: what is undefined is left out, and arrays are taken apart unless they are written as such.
    fn array(&mut self, list: &'r [ExprId]) -> Given {
        let mut items = Vec::with_capacity(list.len());
        let mut fails = Term::FALSE;
        let mut is_exact = true;
        for &id in list {
            if matches!(self.ast[id].kind, Kind::Binary { op: Op::Range, .. }) {
                return self.unknown("a range");
            }
            let given = self.part(id);
            fails = self.world.terms.or(fails, given.fails);
            let is_written = matches!(self.ast[self.ast.base(id)].kind, Kind::Array(_));
            let other = self.world.is_one_of(given.value, Tags::new(&[Tag::Absent, Tag::Arr]));
            is_exact &= is_written || other == Term::FALSE;
            items.push(given.value);
        }
        let value = if is_exact { self.world.array(items) } else { self.anything("an array", Tags::new(&[Tag::Arr])) };
        Given { value, fails }
    }

    fn conditional(&mut self, condition: ExprId, then: ExprId, otherwise: Option<ExprId>) -> Given {
        let condition = self.asked_whether(condition);
        let holds = self.truth(condition.value);
        let then = self.part(then);
        let otherwise = match otherwise {
            Some(otherwise) => self.part(otherwise),
            None => Given { value: self.absent(), fails: Term::FALSE },
        };
        self.either(condition.fails, holds, then, otherwise)
    }

    /// One where the term holds, another where it does not.
    fn either(&mut self, fails: Term, holds: Term, then: Given, otherwise: Given) -> Given {
        let value = self.world.merge(holds, then.value, otherwise.value);
        let inner = self.world.terms.ite(holds, then.fails, otherwise.fails);
        Given { value, fails: self.world.terms.or(fails, inner) }
    }

    /// An operand that is asked whether it is true.
    fn asked_whether(&mut self, id: ExprId) -> Given {
        let given = self.part(id);
        self.ask_for(id, given.value, Some(Compared::Bool));
        given
    }

    fn binary(&mut self, op: Op, left: ExprId, right: ExprId) -> Given {
        match op {
            Op::And | Op::Or => {
                let left = self.asked_whether(left);
                let right = self.asked_whether(right);
                let [one, other] = [left, right].map(|side| self.truth(side.value));
                let terms = &mut self.world.terms;
                let (holds, asked) =
                    if op == Op::And { (terms.and(one, other), one) } else { (terms.or(one, other), one.negate()) };
                let inner = terms.and(asked, right.fails);
                let fails = terms.or(left.fails, inner);
                Given { value: self.boolean(holds), fails }
            }
            Op::Elvis | Op::Coalesce => {
                let given = self.part(left);
                let otherwise = self.part(right);
                let holds = if op == Op::Elvis { self.truth(given.value) } else { self.world.is_present(given.value) };
                self.either(given.fails, holds, Given { fails: Term::FALSE, ..given }, otherwise)
            }
            Op::Equal | Op::NotEqual => {
                let [one, other] = [left, right].map(|id| self.part(id));
                self.ask_about(left, right, one.value, other.value);
                let equal = self.equal(one.value, other.value);
                let [here, there] = [one, other].map(|side| self.world.is_present(side.value));
                let equal = if op == Op::Equal { equal } else { equal.negate() };
                let holds = self.world.terms.all([here, there, equal]);
                Given { value: self.boolean(holds), fails: self.world.terms.or(one.fails, other.fails) }
            }
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                let [one, other] = [left, right].map(|id| self.part(id));
                self.ask_about(left, right, one.value, other.value);
                self.ordered(op, one, other)
            }
            Op::In => {
                let [one, other] = [left, right].map(|id| self.part(id));
                self.ask_about(left, right, one.value, other.value);
                self.is_in(one, other)
            }
            Op::Concat => {
                let [one, other] = [left, right].map(|id| self.part(id));
                let fails = self.world.terms.or(one.fails, other.fails);
                match [one, other].map(|side| self.text_in(side.value)) {
                    [Some(one), Some(other)] => {
                        Given { value: self.world.constant(Value::from(format!("{one}{other}"))), fails }
                    }
                    _ => Given { value: self.anything("text that is put together", Tags::new(&[Tag::Str])), fails },
                }
            }
            Op::Add | Op::Subtract | Op::Multiply => {
                let sides = [left, right].map(|id| self.part(id));
                self.computed(&sides, "arithmetic")
            }
            // What is divided by zero is no number, and compares with none.
            Op::Divide | Op::Remainder => self.unknown("division"),
            Op::Range | Op::Chain => self.unknown("an operator"),
        }
    }

    /// A number that is computed of others: nothing where one of them is nothing.
    fn computed(&mut self, operands: &[Given], what: &str) -> Given {
        let mut fails = Vec::new();
        let mut there = Vec::new();
        for given in operands {
            let fits = self.world.is_one_of(given.value, Tags::new(&[Tag::Absent, Tag::Num]));
            fails.extend([given.fails, fits.negate()]);
            there.push(self.world.is_present(given.value));
            // One that was computed may be too large to compute with.
            if !self.is_plain(given.value) {
                fails.push(self.world.free(reason(what)));
            }
        }
        let number = self.anything(what, Tags::new(&[Tag::Num]));
        let absent = self.absent();
        let there = self.world.terms.all(there);
        Given { value: self.world.merge(there, number, absent), fails: self.world.terms.any(fails) }
    }

    /// Whether a value comes from outside or is written down.
    fn is_plain(&self, value: ValueId) -> bool {
        match self.world.shape(value) {
            Shape::Constant(_) | Shape::Absent => true,
            Shape::Symbol(symbol) => self.world.symbol(*symbol).havoc.is_none(),
            _ => false,
        }
    }

    fn number_in(&self, value: ValueId) -> Option<f64> {
        match self.world.shape(value) {
            Shape::Constant(Value::Number(number)) => Some(number.as_f64()),
            _ => None,
        }
    }

    fn text_in(&self, value: ValueId) -> Option<Arc<str>> {
        match self.world.shape(value) {
            Shape::Constant(Value::String(text)) => Some(Arc::clone(text)),
            _ => None,
        }
    }

    /// What `$boolean` makes of a value; of nothing, `false`.
    fn truth(&mut self, value: ValueId) -> Term {
        let mut holds = vec![self.world.is_true(value)];
        for (sort, zero) in [(Sort::Num, Value::from(0.0)), (Sort::Str, Value::from(""))] {
            let is_of = self.world.is_of(value, sort);
            if is_of != Term::FALSE {
                let zero = self.world.constant(zero);
                let is_zero = self.world.compare(sort, Order::Equals, value, zero);
                holds.push(self.world.terms.and(is_of, is_zero.negate()));
            }
        }
        let is_large = self.world.is_one_of(value, Tags::new(&[Tag::Arr, Tag::Obj]));
        if is_large != Term::FALSE {
            let free = self.world.free(reason("whether an array or an object counts as true"));
            holds.push(self.world.terms.and(is_large, free));
        }
        self.world.terms.any(holds)
    }

    /// Whether two values are there and equal.
    fn equal(&mut self, one: ValueId, other: ValueId) -> Term {
        let world = &mut *self.world;
        let mut holds = Vec::new();
        for sort in [Sort::Num, Sort::Str] {
            holds.push(world.compare(sort, Order::Equals, one, other));
        }
        let both = |world: &mut World, tag| {
            let tags = [one, other].map(|value| world.is(value, tag));
            world.terms.all(tags)
        };
        holds.push(both(world, Tag::Null));
        let are_booleans = both(world, Tag::Bool);
        if are_booleans != Term::FALSE {
            let [first, second] = [one, other].map(|value| world.is_true(value));
            let same = world.terms.iff(first, second);
            holds.push(world.terms.and(are_booleans, same));
        }
        for tag in [Tag::Arr, Tag::Obj] {
            let are_large = both(world, tag);
            if are_large != Term::FALSE {
                let same = if one == other { Term::TRUE } else { world.free(reason("whether objects are equal")) };
                holds.push(world.terms.and(are_large, same));
            }
        }
        world.terms.any(holds)
    }

    /// `<` and its like: numbers or strings, both of one kind; nothing where one side is nothing.
    fn ordered(&mut self, op: Op, one: Given, other: Given) -> Given {
        let world = &mut *self.world;
        let order = match op {
            Op::Less => Order::LessThan,
            Op::LessOrEqual => Order::LessThanEquals,
            Op::Greater => Order::GreaterThan,
            _ => Order::GreaterThanEquals,
        };
        let fit = Tags::new(&[Tag::Absent, Tag::Num, Tag::Str]);
        let fits = [one, other].map(|side| world.is_one_of(side.value, fit));
        let there = [one, other].map(|side| world.is_present(side.value));
        let there = world.terms.all(there);
        let mut same = Vec::new();
        let mut holds = Vec::new();
        for sort in [Sort::Num, Sort::Str] {
            let both = [one, other].map(|side| world.is_of(side.value, sort));
            same.push(world.terms.all(both));
            holds.push(world.compare(sort, order, one.value, other.value));
        }
        let differ = world.terms.any(same).negate();
        let differ = world.terms.and(there, differ);
        let fails = world.terms.any([one.fails, other.fails, fits[0].negate(), fits[1].negate(), differ]);
        let holds = world.terms.any(holds);
        let holds = self.boolean(holds);
        let absent = self.absent();
        Given { value: self.world.merge(there, holds, absent), fails }
    }

    fn is_in(&mut self, one: Given, other: Given) -> Given {
        let fails = self.world.terms.or(one.fails, other.fails);
        let holds = match self.world.shape(other.value).clone() {
            Shape::Array(items) => {
                let equal: Vec<Term> = items.into_iter().map(|item| self.equal(one.value, item)).collect();
                self.world.terms.any(equal)
            }
            _ => {
                let equal = self.equal(one.value, other.value);
                let is_array = self.world.is(other.value, Tag::Arr);
                let free = self.world.free(reason("`in` of an array that is not written down"));
                let there = self.world.is_present(one.value);
                let among = self.world.terms.all([is_array, there, free]);
                let alone = self.world.terms.and(is_array.negate(), equal);
                self.world.terms.or(among, alone)
            }
        };
        Given { value: self.boolean(holds), fails }
    }

    /// Takes down the sides of a comparison that are read, with the type of the other.
    fn ask_about(&mut self, left: ExprId, right: ExprId, one: ValueId, other: ValueId) {
        let sides = [(left, one, self.sort_of(other)), (right, other, self.sort_of(one))];
        for (id, value, sort) in sides {
            self.ask_for(id, value, sort);
        }
    }

    fn ask_for(&mut self, id: ExprId, value: ValueId, sort: Option<Compared>) {
        if !matches!(self.ast[id].kind, Kind::Path(_) | Kind::Variable(_)) {
            return;
        }
        let missing = self.world.is(value, Tag::Absent);
        let path = self.ast[id].span.of(self.ast.source()).to_owned();
        self.asked.push(Asked { rule: 0, node: 0, path, value, missing, sort });
    }

    /// The type of a value that is written down; of a list the one that all its items have.
    fn sort_of(&self, value: ValueId) -> Option<Compared> {
        match self.world.shape(value) {
            Shape::Constant(Value::Null) => Some(Compared::Null),
            Shape::Constant(Value::Bool(_)) => Some(Compared::Bool),
            Shape::Constant(Value::Number(_)) => Some(Compared::Num),
            Shape::Constant(Value::String(_)) => Some(Compared::Str),
            Shape::Array(items) => {
                let first = self.sort_of(*items.first()?)?;
                items.iter().all(|&item| self.sort_of(item) == Some(first)).then_some(first)
            }
            _ => None,
        }
    }
}

fn reason(what: &str) -> Reason {
    Reason::NotModelled(format!("{what} in JSONata"))
}
