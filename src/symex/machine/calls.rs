//! Turns a call of an intrinsic function into its result, and when it certainly fails.
//!
//! What is known is computed by the interpreter. Of the rest the functions that decide something are exact, as far as unknowns
//! have questions for it: items by number, how many there are up to a few, sums. Of others the type is known.

use std::collections::BTreeMap;

use super::super::Reason;
use super::super::arithmetic::Operation;
use super::super::atom::{Sort, Step, Tag, Tags};
use super::super::term::Term;
use super::super::value::{How, Shape, ValueId};
use super::Building;
use super::pipeline::View;
use crate::asl::Order;
use crate::asl::intrinsic::{ArgumentKind, Call, Function};
use crate::eval::intrinsic::applied;
use crate::eval::{Budget, FaultKind, Random, Value};

/// Into how many cases the arguments of a call are taken apart.
const MOST_CASES: u32 = 16;

/// How deep and how wide something known is put together.
const MOST_DEEP: u32 = 8;
const MOST_PARTS: usize = 256;

/// What the interpreter may compute for one call.
const MOST_WORK: u64 = 10_000;

/// So many items of an array are counted one by one.
const MOST_COUNTED: u32 = 3;

/// The whole numbers of 32 bits, which sums are made of: the least, and the first beyond.
const INTS: [i64; 2] = [-(1 << 31), 1 << 31];

/// A result, and when there is certainly none.
type Computed = (ValueId, Term);

impl Building<'_, '_> {
    /// Recursion is bounded: the parser reads calls in calls to a depth.
    pub(super) fn call(&mut self, text: &str, call: &Call, view: &mut View) -> ValueId {
        let mut arguments = Vec::new();
        for argument in &call.arguments {
            arguments.push(match &argument.kind {
                ArgumentKind::Path(path) => {
                    let written = argument.span.of(text).to_owned();
                    self.path(&written, path, view)
                }
                ArgumentKind::Call(call) => self.call(text, call, view),
                ArgumentKind::Number(number) => self.store.world.constant((*number).into()),
                ArgumentKind::Boolean(value) => self.store.world.constant((*value).into()),
                ArgumentKind::Null => self.store.world.constant(Value::Null),
                ArgumentKind::String(literal) => self.store.world.constant(literal.value().into()),
                ArgumentKind::Hole | ArgumentKind::Missing => self.anything("a placeholder"),
            });
        }
        let Some(function) = call.function else { return self.anything(&format!("what `{}` gives", call.name)) };
        let (arity, n) = (function.arity(), arguments.len());
        if n < arity.min || arity.max.is_some_and(|max| n > max) {
            return self.anything("a call with a mistake in it");
        }
        let mut cases_left = MOST_CASES;
        let (value, fails) = self.applied(call, function, &arguments, &mut cases_left);
        view.fails = self.store.world.terms.or(view.fails, fails);
        value
    }

    /// Case by case, where an argument is one thing or another. Recursion is bounded by the number of cases.
    fn applied(&mut self, call: &Call, function: Function, arguments: &[ValueId], cases_left: &mut u32) -> Computed {
        let forked = arguments.iter().enumerate().find_map(|(at, &value)| match self.store.world.shape(value) {
            &Shape::Ite(condition, then, otherwise) => Some((at, condition, [then, otherwise])),
            _ => None,
        });
        if let Some((at, condition, sides)) = forked.filter(|_| function != Function::Array && *cases_left > 1) {
            *cases_left -= 1;
            let [then, otherwise] = sides.map(|side| {
                let mut arguments = arguments.to_vec();
                arguments[at] = side;
                self.applied(call, function, &arguments, cases_left)
            });
            let fails = self.store.world.terms.ite(condition, then.1, otherwise.1);
            return (self.store.merged(condition, then.0, otherwise.0), fails);
        }
        let is_chance = matches!(function, Function::MathRandom | Function::Uuid);
        let mut n_left = MOST_PARTS;
        let known: Option<Vec<Value>> = if is_chance {
            None
        } else {
            arguments.iter().map(|&argument| self.known(argument, MOST_DEEP, &mut n_left)).collect()
        };
        if let Some(values) = known {
            let mut budget = Budget::new(MOST_WORK);
            // No chance decides. What fails may fail for what it costs.
            return match applied(call, function, values, &mut Random::new(0), &mut budget) {
                Ok(value) => (self.store.world.constant(value), Term::FALSE),
                Err(fault) if fault.kind == FaultKind::Runtime => (self.anything(&gives(call)), Term::TRUE),
                Err(_) => self.opaque(call, arguments, Tags::PRESENT),
            };
        }
        self.of_unknowns(call, function, arguments)
    }

    /// A value that holds no unknown. Recursion is bounded by `depth`.
    fn known(&self, value: ValueId, depth: u32, n_left: &mut usize) -> Option<Value> {
        *n_left = n_left.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        match self.store.world.shape(value) {
            Shape::Constant(value) => Some(value.clone()),
            Shape::Array(items) => {
                let items: Option<Vec<Value>> = items.iter().map(|&item| self.known(item, depth, n_left)).collect();
                Some(Value::array(items?))
            }
            Shape::Object(members, None) => {
                let mut known = Vec::with_capacity(members.len());
                for (name, &member) in members {
                    known.push((std::sync::Arc::clone(name), self.known(member, depth, n_left)?));
                }
                Some(Value::members(known))
            }
            _ => None,
        }
    }

    fn of_unknowns(&mut self, call: &Call, function: Function, arguments: &[ValueId]) -> Computed {
        use Function::{
            Array, ArrayContains, ArrayGetItem, ArrayLength, ArrayPartition, ArrayRange, ArrayUnique, Base64Decode,
            Base64Encode, Format, Hash, JsonMerge, JsonToString, MathAdd, MathRandom, StringSplit, StringToJson, Uuid,
        };
        let tag = match (function, arguments) {
            (Array, _) => return (self.store.world.array(arguments.to_vec()), Term::FALSE),
            (ArrayGetItem, &[of, index]) => return self.item_of(call, of, index),
            (ArrayLength, &[of]) => return self.counted(call, of),
            (ArrayContains, &[list, of]) => return self.contained(call, list, of),
            (JsonMerge, &[one, other, deep]) => return self.joined(call, one, other, deep),
            (MathAdd, &[one, other]) => return self.added(call, one, other),
            (StringToJson, &[text]) => return self.parsed(call, text),
            (ArrayContains, _) => Tag::Bool,
            (ArrayLength | MathAdd | MathRandom, _) => Tag::Num,
            (ArrayPartition | ArrayRange | ArrayUnique | StringSplit, _) => Tag::Arr,
            (Base64Decode | Base64Encode | Format | Hash | JsonToString | Uuid, _) => Tag::Str,
            (JsonMerge, _) => Tag::Obj,
            (ArrayGetItem | StringToJson, _) => return self.opaque(call, arguments, Tags::PRESENT),
        };
        self.opaque(call, arguments, Tags::new(&[tag]))
    }

    /// A result of these types; whether there is one is not modelled, but for arguments that the function does not take.
    fn opaque(&mut self, call: &Call, arguments: &[ValueId], tags: Tags) -> Computed {
        use Function::{ArrayContains, ArrayGetItem, ArrayLength, ArrayPartition, ArrayUnique, JsonMerge, MathAdd};
        let (taken, n) = match call.function {
            Some(ArrayContains | ArrayGetItem | ArrayLength | ArrayPartition | ArrayUnique) => (Tag::Arr, 1),
            Some(JsonMerge) => (Tag::Obj, 2),
            Some(MathAdd) => (Tag::Num, 2),
            _ => (Tag::Str, 0),
        };
        let always_gives = matches!(call.function, Some(Function::Uuid | Function::JsonToString));
        let mut fails = vec![if always_gives { Term::FALSE } else { self.may_fail(call) }];
        for &argument in arguments.iter().take(n) {
            fails.push(self.store.world.is(argument, taken).negate());
        }
        (self.store.havoc_of(&gives(call), tags), self.store.world.terms.any(fails))
    }

    fn may_fail(&mut self, call: &Call) -> Term {
        let fails = self.store.world.free(Reason::NotModelled(format!("whether `{}` fails", call.name)));
        self.store.world.avoid(fails);
        fails
    }

    /// The item at a position; of an empty array `null`, whatever the position.
    fn item_of(&mut self, call: &Call, of: ValueId, index: ValueId) -> Computed {
        let position = match self.store.world.shape(index) {
            Shape::Constant(value) => value.as_f64().map(f64::trunc).filter(|at| (0.0..1000.0).contains(at)),
            _ => None,
        };
        let Some(position) = position else { return self.opaque(call, &[of, index], Tags::PRESENT) };
        let world = &mut self.store.world;
        let is_array = world.is(of, Tag::Arr);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
        let [item, first] = [position as u32, 0].map(|at| world.part(of, &Step::Item(at)));
        let [is_there, is_empty] = [world.is_present(item), world.is(first, Tag::Absent)];
        let null = world.constant(Value::Null);
        let value = world.merge(is_there, item, null);
        let found = world.terms.or(is_there, is_empty);
        (value, world.terms.and(is_array, found).negate())
    }

    /// How many items an array has.
    fn counted(&mut self, call: &Call, of: ValueId) -> Computed {
        let fails = self.store.world.is(of, Tag::Arr).negate();
        let number = |n: usize| Value::from(i64::try_from(n).unwrap_or(i64::MAX));
        let n_known = match self.store.world.shape(of) {
            Shape::Array(items) => Some(items.len()),
            Shape::Constant(value) => value.as_array().map(<[Value]>::len),
            _ => None,
        };
        if let Some(n) = n_known {
            return (self.store.world.constant(number(n)), fails);
        }
        let world = &mut self.store.world;
        // Beyond what is counted the number is at least so large.
        let reason = Reason::NotModelled(gives(call));
        let larger = world.havoc_of("how many items", of, reason, Tags::new(&[Tag::Num]));
        world.note_inverse(of, larger, How::Counted);
        world.note_whole(larger);
        let most = world.constant(number(MOST_COUNTED as usize));
        let is_larger = world.compare(Sort::Num, Order::GreaterThan, larger, most);
        let mut value = world.merge(is_larger, larger, most);
        for n in (0..MOST_COUNTED).rev() {
            let item = world.part(of, &Step::Item(n));
            let ends = world.is(item, Tag::Absent);
            let number = world.constant(number(n as usize));
            value = world.merge(ends, number, value);
        }
        (value, fails)
    }

    /// Whether an array of known words has a value. The service compares texts, so only words are sure to be strings.
    fn contained(&mut self, call: &Call, list: ValueId, of: ValueId) -> Computed {
        let mut n_left = MOST_PARTS;
        let known = self.known(list, 2, &mut n_left);
        let items = known.as_ref().and_then(Value::as_array).unwrap_or_default();
        let is_word = |item: &Value| {
            item.as_str().is_some_and(|text| {
                text.starts_with(|c: char| c.is_ascii_alphabetic()) && !matches!(text, "true" | "false" | "null")
            })
        };
        if known.is_none() || !items.iter().all(is_word) {
            return self.opaque(call, &[list, of], Tags::new(&[Tag::Bool]));
        }
        let world = &mut self.store.world;
        let mut same = Vec::with_capacity(items.len());
        for item in items {
            let word = world.constant(item.clone());
            same.push(world.compare(Sort::Str, Order::Equals, of, word));
        }
        let holds = world.terms.any(same);
        let [yes, no] = [true, false].map(|value| world.constant(value.into()));
        (world.merge(holds, yes, no), Term::FALSE)
    }

    /// The members of both, the second's where both have one.
    fn joined(&mut self, call: &Call, one: ValueId, other: ValueId, deep: ValueId) -> Computed {
        let members = match self.store.world.shape(other).clone() {
            Shape::Object(members, None) => members,
            Shape::Constant(Value::Object(members)) => {
                let world = &mut self.store.world;
                let member = |(name, value): (&_, &Value)| (std::sync::Arc::clone(name), world.constant(value.clone()));
                members.iter().map(member).collect::<BTreeMap<_, _>>()
            }
            _ => return self.opaque(call, &[one, other], Tags::new(&[Tag::Obj])),
        };
        let fails = self.store.world.is(one, Tag::Obj).negate();
        let object = self.store.world.object(members, Some(one));
        // Only a shallow merge is known to work.
        if matches!(self.store.world.shape(deep), Shape::Constant(Value::Bool(false))) {
            return (object, fails);
        }
        let may_fail = self.may_fail(call);
        (object, self.store.world.terms.or(fails, may_fail))
    }

    /// The sum of whole numbers of 32 bits. With a known number it is a matter of order.
    fn added(&mut self, call: &Call, one: ValueId, other: ValueId) -> Computed {
        let world = &self.store.world;
        let number = |value: ValueId| match world.shape(value) {
            Shape::Constant(value) => value.as_f64(),
            _ => None,
        };
        let (unknown, add) = match (number(one), number(other)) {
            (None, Some(add)) => (one, add),
            (Some(add), None) => (other, add),
            _ => return self.added_unknowns(call, [one, other]),
        };
        let add = (add + 0.5).floor();
        #[expect(clippy::cast_precision_loss, reason = "of 33 bits")]
        let is_int = (INTS[0] as f64..INTS[1] as f64).contains(&add);
        #[expect(clippy::cast_possible_truncation, reason = "whole and of 32 bits")]
        let add = add as i64;
        let (symbol, before) = match *world.shape(unknown) {
            Shape::Symbol(symbol) if is_int => (symbol, 0),
            Shape::Sum(symbol, before) if is_int => (symbol, before),
            _ => return self.opaque(call, &[one, other], Tags::new(&[Tag::Num])),
        };
        let world = &mut self.store.world;
        let is_number = world.is(unknown, Tag::Num);
        let [plain, sum] = [before, before + add].map(|add| world.sum(symbol, add));
        let fits = [plain, sum].map(|value| self.is_int(value));
        let gives = self.store.world.terms.all([is_number, fits[0], fits[1]]);
        (sum, gives.negate())
    }

    /// The same of two unknowns, which is arithmetic.
    fn added_unknowns(&mut self, call: &Call, values: [ValueId; 2]) -> Computed {
        if values.iter().any(|&value| !matches!(self.store.world.shape(value), Shape::Symbol(_) | Shape::Sum(..))) {
            return self.opaque(call, &values, Tags::new(&[Tag::Num]));
        }
        let mut parts: Vec<Term> = values.iter().map(|&value| self.store.world.is(value, Tag::Num)).collect();
        let rounded = values.map(|value| self.defined(call, Operation::HalfUp, &[value]));
        let sum = self.defined(call, Operation::Add, &rounded);
        for value in [rounded[0], rounded[1], sum] {
            parts.push(self.is_int(value));
        }
        (sum, self.store.world.terms.all(parts).negate())
    }

    fn defined(&mut self, call: &Call, operation: Operation, operands: &[ValueId]) -> ValueId {
        let result = self.store.havoc_of(&gives(call), Tags::new(&[Tag::Num]));
        self.store.world.define(result, operation, operands, &[]);
        self.store.world.note_whole(result);
        result
    }

    /// Whether a whole number has 32 bits.
    fn is_int(&mut self, value: ValueId) -> Term {
        let world = &mut self.store.world;
        let [least, beyond] = INTS.map(|bound| world.constant(bound.into()));
        let is_large = world.compare(Sort::Num, Order::GreaterThanEquals, value, least);
        let is_small = world.compare(Sort::Num, Order::LessThan, value, beyond);
        world.terms.and(is_large, is_small)
    }

    /// What a text says in JSON.
    fn parsed(&mut self, call: &Call, text: ValueId) -> Computed {
        let world = &mut self.store.world;
        let is_string = world.is(text, Tag::Str);
        let value = world.havoc_of("in JSON", text, Reason::NotModelled(gives(call)), Tags::PRESENT);
        world.note_inverse(text, value, How::Parsed);
        let may_fail = self.may_fail(call);
        (value, self.store.world.terms.or(is_string.negate(), may_fail))
    }
}

fn gives(call: &Call) -> String {
    format!("what `{}` gives", call.name)
}
