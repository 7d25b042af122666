//! Turns operators, and what counts as true, into terms.

use super::super::arithmetic::Operation;
use super::super::atom::{Sort, Step, Tag, Tags};
use super::super::choice::Compared;
use super::super::term::Term;
use super::super::value::{Shape, ValueId};
use super::Reading;
use crate::asl::Order;
use crate::asl::jsonata::{ExprId, Kind, Op};
use crate::eval::Value;

/// How deep and how far arrays are compared item by item.
const MOST_ITEMS: usize = 16;
const MOST_DEEP: u32 = 3;

/// How many alternatives of a value are looked at.
const MOST_PARTS: usize = 100;

const SCALARS: [Tag; 2] = [Tag::Num, Tag::Str];

impl Reading<'_> {
    pub(super) fn binary(&mut self, id: ExprId, op: Op, left: ExprId, right: ExprId) -> ValueId {
        match op {
            Op::And | Op::Or => {
                let left = self.value(left);
                let left = self.truth(left);
                let goes_on = if op == Op::And { left } else { left.negate() };
                let right = self.under(goes_on, |reading| {
                    let right = reading.value(right);
                    reading.truth(right)
                });
                let terms = &mut self.world.terms;
                let holds = if op == Op::And { terms.and(left, right) } else { terms.or(left, right) };
                self.boolean(holds)
            }
            Op::Elvis | Op::Coalesce => {
                let left = self.value(left);
                let holds = if op == Op::Elvis { self.truth(left) } else { self.world.is_present(left) };
                let right = self.under(holds.negate(), |reading| reading.value(right));
                self.world.merge(holds, left, right)
            }
            Op::Equal | Op::NotEqual => self.equality(id, op, left, right),
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => self.order(op, left, right),
            Op::In => self.membership(id, left, right),
            Op::Concat => self.text(id, left, right),
            Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder => self.arithmetic(id, op, left, right),
            Op::Range | Op::Chain => self.unknown(id, Tags::ANY),
        }
    }

    /// A boolean.
    pub(super) fn boolean(&mut self, holds: Term) -> ValueId {
        let [yes, no] = [true, false].map(|value| self.world.constant(value.into()));
        self.world.merge(holds, yes, no)
    }

    /// Notes what is compared, and as what.
    fn ask(&mut self, id: ExprId, value: ValueId, sort: Option<Compared>) {
        if matches!(self.ast[self.ast.base(id)].kind, Kind::Path(_) | Kind::Variable(_)) {
            let text = self.ast[id].span.of(self.ast.source()).to_owned();
            self.asked.push((text, value, sort));
        }
    }

    pub(super) fn ask_about(&mut self, id: ExprId, value: ValueId) {
        self.ask(id, value, None);
    }

    fn ask_both(&mut self, [left, right]: [ExprId; 2], values: [ValueId; 2]) {
        for (id, value, other) in [(left, values[0], values[1]), (right, values[1], values[0])] {
            let sort = match self.world.shape(other) {
                Shape::Constant(Value::Null) => Some(Compared::Null),
                Shape::Constant(Value::Bool(_)) => Some(Compared::Bool),
                Shape::Constant(Value::Number(_)) => Some(Compared::Num),
                Shape::Constant(Value::String(_)) => Some(Compared::Str),
                _ => None,
            };
            self.ask(id, value, sort);
        }
    }

    fn equality(&mut self, id: ExprId, op: Op, left: ExprId, right: ExprId) -> ValueId {
        if let Some(value) = self.beginning(op, left, right) {
            return value;
        }
        let values = [left, right].map(|side| self.value(side));
        self.ask_both([left, right], values);
        let same = self.equal(id, values[0], values[1], MOST_DEEP);
        let holds = match op {
            Op::Equal => same,
            // Nothing is neither equal to something nor different from it.
            _ => {
                let present = values.map(|value| self.world.is_present(value));
                self.world.terms.all([present[0], present[1], same.negate()])
            }
        };
        self.boolean(holds)
    }

    /// Whether two values are there and equal. Recursion is bounded by `depth`.
    pub(super) fn equal(&mut self, id: ExprId, one: ValueId, other: ValueId, depth: u32) -> Term {
        if one == other && !self.has_parts(one) {
            let is_nothing = self.is_nothing(one);
            return is_nothing.negate();
        }
        let mut same = vec![self.same(one, other)];
        for tag in [Tag::Arr, Tag::Obj] {
            let both = [one, other].map(|value| self.world.is(value, tag));
            let both = self.world.terms.all(both);
            if both == Term::FALSE {
                continue;
            }
            let inside = match tag {
                Tag::Arr => self.equal_items(id, one, other, depth),
                _ => self.equal_members(id, one, other, depth),
            };
            let inside = match inside {
                Some(inside) => inside,
                None => {
                    self.world.avoid(both);
                    self.not_modelled(id)
                }
            };
            same.push(self.world.terms.and(both, inside));
        }
        self.world.terms.any(same)
    }

    /// Whether a value is put together from others, of which one may be no number and equal nothing.
    fn has_parts(&self, value: ValueId) -> bool {
        let mut open = vec![value];
        let mut n_left = MOST_PARTS;
        while let Some(value) = open.pop() {
            match *self.world.shape(value) {
                Shape::Array(_) | Shape::Object(..) => return true,
                Shape::Ite(_, then, otherwise) if n_left > 0 => {
                    n_left -= 1;
                    open.extend([then, otherwise]);
                }
                Shape::Ite(..) => return true,
                _ => {}
            }
        }
        false
    }

    fn not_modelled(&mut self, id: ExprId) -> Term {
        let text = super::shown(self.ast[id].span.of(self.ast.source()));
        self.world.free(super::Reason::NotModelled(format!("what `{text}` gives")))
    }

    /// Whether two values are one scalar.
    fn same(&mut self, one: ValueId, other: ValueId) -> Term {
        let world = &mut *self.world;
        let nulls = [one, other].map(|value| world.is(value, Tag::Null));
        let bools = [one, other].map(|value| world.is(value, Tag::Bool));
        let [yes, also] = [one, other].map(|value| world.is_true(value));
        let same = world.terms.iff(yes, also);
        let parts = [
            world.terms.all(nulls),
            world.terms.all([bools[0], bools[1], same]),
            world.compare(Sort::Num, Order::Equals, one, other),
            world.compare(Sort::Str, Order::Equals, one, other),
        ];
        world.terms.any(parts)
    }

    /// How many items an array has, where that is known.
    fn length(&self, value: ValueId) -> Option<usize> {
        match self.world.shape(value) {
            Shape::Array(items) => Some(items.len()),
            Shape::Constant(Value::Array(items)) => Some(items.len()),
            _ => None,
        }
    }

    fn equal_items(&mut self, id: ExprId, one: ValueId, other: ValueId, depth: u32) -> Option<Term> {
        let n_items = self.length(one).or_else(|| self.length(other)).filter(|&n| n <= MOST_ITEMS)?;
        let depth = depth.checked_sub(1)?;
        let mut parts = Vec::new();
        for number in 0..u32::try_from(n_items).ok()? {
            let [one, other] = [one, other].map(|value| self.world.part(value, &Step::Item(number)));
            parts.push(self.equal(id, one, other, depth));
        }
        for value in [one, other] {
            let more = self.world.part(value, &Step::Item(u32::try_from(n_items).ok()?));
            parts.push(self.world.is(more, Tag::Absent));
        }
        Some(self.world.terms.all(parts))
    }

    /// Objects of which all members are known.
    fn equal_members(&mut self, id: ExprId, one: ValueId, other: ValueId, depth: u32) -> Option<Term> {
        let depth = depth.checked_sub(1)?;
        let names = |value: ValueId| match self.world.shape(value) {
            Shape::Object(members, None) => Some(members.keys().cloned().collect::<Vec<_>>()),
            Shape::Constant(Value::Object(members)) => Some(members.keys().cloned().collect()),
            _ => None,
        };
        let mut all = names(one)?;
        all.extend(names(other)?);
        let mut parts = Vec::new();
        for name in all {
            let [one, other] = [one, other].map(|value| self.world.part(value, &Step::Member(name.clone())));
            let both_absent = [one, other].map(|value| self.world.is(value, Tag::Absent));
            let both_absent = self.world.terms.all(both_absent);
            let same = self.equal(id, one, other, depth);
            parts.push(self.world.terms.or(both_absent, same));
        }
        Some(self.world.terms.all(parts))
    }

    /// `$x < 3`: both are numbers, or both strings; else it fails, unless one is nothing.
    fn order(&mut self, op: Op, left: ExprId, right: ExprId) -> ValueId {
        let values = [left, right].map(|side| self.value(side));
        self.ask_both([left, right], values);
        let [one, other] = values;
        let order = match op {
            Op::Less => Order::LessThan,
            Op::LessOrEqual => Order::LessThanEquals,
            Op::Greater => Order::GreaterThan,
            _ => Order::GreaterThanEquals,
        };
        let world = &mut *self.world;
        let fitting = values.map(|value| world.is_one_of(value, Tags::new(&[Tag::Absent, Tag::Num, Tag::Str])));
        let absent = values.map(|value| world.is(value, Tag::Absent));
        let numbers = values.map(|value| world.is(value, Tag::Num));
        let strings = values.map(|value| world.is(value, Tag::Str));
        let mixed = [
            world.terms.all([numbers[0], strings[1]]),
            world.terms.all([strings[0], numbers[1]]),
            fitting[0].negate(),
            fitting[1].negate(),
        ];
        let fails = world.terms.any(mixed);
        let nothing = world.terms.any(absent);
        let holds = [Sort::Num, Sort::Str].map(|sort| world.compare(sort, order, one, other));
        let holds = world.terms.any(holds);
        self.fail_where(fails);
        let holds = self.boolean(holds);
        let absent = self.absent();
        self.world.merge(nothing, absent, holds)
    }

    /// `$x in ['a', 'b']`
    fn membership(&mut self, id: ExprId, left: ExprId, right: ExprId) -> ValueId {
        let value = self.value(left);
        if let Kind::Array(parts) = &self.ast[right].kind
            && !self.ast[right].keeps_array
        {
            let mut found = Vec::new();
            for &part in parts {
                let item = self.value(part);
                self.ask_both([left, part], [value, item]);
                // What is written as an array is an item that equals nothing else.
                if matches!(self.ast[self.ast.base(part)].kind, Kind::Array(_)) {
                    continue;
                }
                found.push(self.is_among(id, value, item));
            }
            let holds = self.world.terms.any(found);
            return self.boolean(holds);
        }
        let list = self.value(right);
        self.ask_about(left, value);
        self.ask_about(right, list);
        let holds = self.is_among(id, value, list);
        self.boolean(holds)
    }

    /// Whether a value is another, or one of its items.
    fn is_among(&mut self, id: ExprId, value: ValueId, list: ValueId) -> Term {
        let own = self.is_one(id, value, list);
        let is_array = self.world.is(list, Tag::Arr);
        if is_array == Term::FALSE {
            return own;
        }
        let own = self.world.terms.and(is_array.negate(), own);
        let known = self.length(list).filter(|&n| n <= 4 * MOST_ITEMS);
        let n_items = u32::try_from(known.unwrap_or(2)).unwrap_or_default();
        let mut found = Vec::new();
        for number in 0..n_items {
            let item = self.world.part(list, &Step::Item(number));
            found.push(self.is_one(id, value, item));
        }
        if known.is_none() {
            let more = self.world.part(list, &Step::Item(n_items));
            let more = self.world.is_present(more);
            self.world.avoid(more);
            let answer = self.not_modelled(id);
            found.push(self.world.terms.and(more, answer));
        }
        found.push(Term::FALSE);
        let found = self.world.terms.any(found);
        let found = self.world.terms.and(is_array, found);
        self.world.terms.or(own, found)
    }

    /// Whether two values are one: arrays and objects by identity, which is not modelled.
    fn is_one(&mut self, id: ExprId, value: ValueId, other: ValueId) -> Term {
        let mut parts = vec![self.same(value, other)];
        for tag in [Tag::Arr, Tag::Obj] {
            let both = [value, other].map(|value| self.world.is(value, tag));
            let both = self.world.terms.all(both);
            if both != Term::FALSE {
                self.world.avoid(both);
                let answer = self.not_modelled(id);
                parts.push(self.world.terms.and(both, answer));
            }
        }
        self.world.terms.any(parts)
    }

    /// `$substring($x, 0, 2) = 'ab'`
    fn beginning(&mut self, op: Op, left: ExprId, right: ExprId) -> Option<ValueId> {
        let (call, text) = match (&self.ast[left].kind, &self.ast[right].kind) {
            (_, &Kind::String(text)) => (left, text),
            (&Kind::String(text), _) => (right, text),
            _ => return None,
        };
        let Kind::Call { callee, args } = &self.ast[call].kind else { return None };
        let (&Kind::Variable(name), &[of, start, length]) = (&self.ast[*callee].kind, args.as_slice()) else {
            return None;
        };
        let (&Kind::Number(start), &Kind::Number(length)) = (&self.ast[start].kind, &self.ast[length].kind) else {
            return None;
        };
        let text = self.ast.text(text);
        let n_chars = u32::try_from(text.chars().count()).ok().map(f64::from)?;
        let is_usual = self.ast.text(name) == "substring" && self.is_library("substring");
        #[expect(clippy::float_cmp, reason = "literals and a count")]
        if !is_usual || start != 0.0 || length != length.floor() || n_chars != length || n_chars == 0.0 {
            return None;
        }
        let value = self.value(of);
        self.ask(of, value, Some(Compared::Str));
        let pattern =
            crate::asl::pattern::Pattern { texts: vec![text.to_owned(), String::new()], open_escapes: Vec::new() };
        let begins = self.world.matches(value, &pattern);
        let fits = self.world.is_one_of(value, Tags::new(&[Tag::Str, Tag::Absent]));
        self.fail_where(fits.negate());
        let is_string = self.world.is(value, Tag::Str);
        let holds = match op {
            Op::Equal => begins,
            _ => self.world.terms.and(is_string, begins.negate()),
        };
        Some(self.boolean(holds))
    }

    fn text(&mut self, id: ExprId, left: ExprId, right: ExprId) -> ValueId {
        let values = [left, right].map(|side| self.value(side));
        let known = values.map(|value| match self.world.shape(value) {
            Shape::Constant(Value::String(text)) => Some(text.to_string()),
            Shape::Absent => Some(String::new()),
            _ => None,
        });
        if let [Some(left), Some(right)] = known {
            return self.world.constant((left + &right).into());
        }
        self.unknown(id, Tags::new(&[Tag::Str]))
    }

    /// Numbers; nothing where one side is nothing; else it fails.
    fn arithmetic(&mut self, id: ExprId, op: Op, left: ExprId, right: ExprId) -> ValueId {
        let values = [left, right].map(|side| self.value(side));
        let known = values.map(|value| match self.world.shape(value) {
            Shape::Constant(Value::Number(number)) => Some(number.as_f64()),
            _ => None,
        });
        if let [Some(one), Some(other)] = known {
            let result = match op {
                Op::Add => one + other,
                Op::Subtract => one - other,
                Op::Multiply => one * other,
                Op::Divide => one / other,
                _ => one % other,
            };
            if result.is_finite() {
                return self.world.constant(result.into());
            }
        }
        let fits = values.map(|value| self.world.is_one_of(value, Tags::new(&[Tag::Num, Tag::Absent])));
        let fits = self.world.terms.all(fits);
        self.fail_where(fits.negate());
        let nothing = values.map(|value| self.is_nothing(value));
        let is_nothing = self.world.terms.any(nothing);
        // It may come out of range. Of the operands none is infinite, or it fails.
        let operation = match op {
            Op::Add => Operation::Add,
            Op::Subtract => Operation::Subtract,
            Op::Multiply => Operation::Multiply,
            Op::Divide => Operation::Divide,
            _ => Operation::Remainder,
        };
        let number = self.computed(id, "", operation, &values, matches!(op, Op::Divide | Op::Remainder));
        let nothing = self.absent();
        self.world.merge(is_nothing, nothing, number)
    }

    /// Whether arithmetic takes a value for nothing: what is not there, and the number that is none.
    fn is_nothing(&mut self, value: ValueId) -> Term {
        let is_none = self.world.is_no_number(value);
        let is_absent = self.world.is(value, Tag::Absent);
        self.world.terms.or(is_absent, is_none)
    }

    pub(super) fn negated(&mut self, id: ExprId, operand: ExprId) -> ValueId {
        let value = self.value(operand);
        if let Shape::Constant(Value::Number(number)) = self.world.shape(value) {
            let negated = -number.as_f64();
            return self.world.constant(negated.into());
        }
        let fits = self.world.is_one_of(value, Tags::new(&[Tag::Num, Tag::Absent]));
        self.fail_where(fits.negate());
        let number = self.computed(id, "", Operation::Negate, &[value], true);
        let is_absent = self.world.is(value, Tag::Absent);
        let nothing = self.absent();
        self.world.merge(is_absent, nothing, number)
    }

    /// Whether a value counts as true.
    pub(super) fn truth(&mut self, value: ValueId) -> Term {
        self.truth_within(value, 2)
    }

    /// Recursion is bounded by `depth`, and by how many conditions a value hangs on.
    fn truth_within(&mut self, value: ValueId, depth: u32) -> Term {
        let symbol = match *self.world.shape(value) {
            Shape::Symbol(symbol) => symbol,
            Shape::Ite(condition, then, otherwise) => {
                let [then, otherwise] = [then, otherwise].map(|value| self.truth_within(value, depth));
                return self.world.terms.ite(condition, then, otherwise);
            }
            _ => return self.new_truth(value, depth),
        };
        if let Some(&known) = self.world.truths.get(&(symbol, depth)) {
            return known;
        }
        let truth = self.new_truth(value, depth);
        self.world.truths.insert((symbol, depth), truth);
        truth
    }

    fn new_truth(&mut self, value: ValueId, depth: u32) -> Term {
        let is_no_number = self.world.is_no_number(value);
        let world = &mut *self.world;
        let (zero, empty) = (world.constant(0.into()), world.constant("".into()));
        let mut parts = vec![world.is_true(value)];
        for (tag, sort, nothing) in [(SCALARS[0], Sort::Num, zero), (SCALARS[1], Sort::Str, empty)] {
            let is_tag = world.is(value, tag);
            let is_nothing = world.compare(sort, Order::Equals, value, nothing);
            parts.push(world.terms.all([is_tag, is_nothing.negate(), is_no_number.negate()]));
        }
        let is_object = self.world.is(value, Tag::Obj);
        if is_object != Term::FALSE {
            let has_any = self.has_members(value);
            parts.push(self.world.terms.and(is_object, has_any));
        }
        let is_array = self.world.is(value, Tag::Arr);
        if is_array != Term::FALSE {
            let any = self.any_item(value, depth);
            parts.push(self.world.terms.and(is_array, any));
        }
        self.world.terms.any(parts)
    }

    fn has_members(&mut self, value: ValueId) -> Term {
        match self.world.shape(value).clone() {
            Shape::Constant(value) => Term::constant(value.as_object().is_some_and(|members| !members.is_empty())),
            Shape::Object(members, rest) => {
                let mut parts: Vec<Term> = members.values().map(|&member| self.world.is_present(member)).collect();
                if let Some(rest) = rest {
                    parts.push(self.world.is(rest, Tag::Obj));
                    if parts.contains(&Term::TRUE) {
                        return Term::TRUE;
                    }
                    let last = parts.pop().unwrap_or(Term::FALSE);
                    let answer = self.a_question();
                    parts.push(self.world.terms.and(last, answer));
                }
                self.world.terms.any(parts)
            }
            Shape::Ite(condition, then, otherwise) => {
                let [then, otherwise] = [then, otherwise].map(|value| self.has_members(value));
                self.world.terms.ite(condition, then, otherwise)
            }
            Shape::Symbol(_) => {
                let is_object = self.world.is(value, Tag::Obj);
                self.world.avoid(is_object);
                self.a_question()
            }
            Shape::Absent | Shape::Array(_) | Shape::Sum(..) => Term::FALSE,
        }
    }

    fn any_item(&mut self, value: ValueId, depth: u32) -> Term {
        let known = self.length(value);
        let Some(depth) = depth.checked_sub(1).filter(|_| known.is_none_or(|n| n <= MOST_ITEMS)) else {
            return self.a_question();
        };
        let n_items = u32::try_from(known.unwrap_or(1)).unwrap_or_default();
        let mut parts = Vec::new();
        for number in 0..n_items {
            let item = self.world.part(value, &Step::Item(number));
            parts.push(self.truth_within(item, depth));
        }
        if known.is_none() {
            let more = self.world.part(value, &Step::Item(n_items));
            let more = self.world.is_present(more);
            self.world.avoid(more);
            let answer = self.a_question();
            parts.push(self.world.terms.and(more, answer));
        }
        self.world.terms.any(parts)
    }

    fn a_question(&mut self) -> Term {
        let reason = super::Reason::NotModelled("whether an array or an object counts as true".to_owned());
        self.world.free(reason)
    }
}
