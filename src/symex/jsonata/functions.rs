//! Turns calls of the functions of the library into values.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::arithmetic::Operation;
use super::super::atom::{Sort, Step, Tag, Tags};
use super::super::term::Term;
use super::super::value::{How, Shape, ValueId};
use super::Reading;
use crate::asl::Order;
use crate::asl::jsonata::{ExprId, Kind, Types, library};
use crate::asl::pattern::Pattern;
use crate::eval::Value;

/// So many items of an array are counted one by one.
const MOST_COUNTED: u32 = 3;

/// So many items of an array that is written out are computed with.
const MOST_LISTED: usize = 16;

/// With so many texts a text is compared whose length is asked.
const MOST_LITERALS: usize = 8;

impl Reading<'_> {
    pub(super) fn call(&mut self, id: ExprId, callee: ExprId, args: &[ExprId]) -> ValueId {
        let Kind::Variable(name) = self.ast[callee].kind else { return self.unknown(id, Tags::ANY) };
        let name = self.ast.text(name);
        if self.local(name).is_some() || library::find(name).is_none() {
            return self.unknown(id, Tags::ANY);
        }
        let is_shadowed = match self.sight.roots.variables.get(name) {
            Some(&value) => self.world.is_present(value),
            None => Term::FALSE,
        };
        // Variables hold JSON, which is no function: it is not to be called.
        self.fail_where(is_shadowed);
        self.world.avoid(is_shadowed);
        self.under(is_shadowed.negate(), |reading| reading.call_of_library(id, name, args))
    }

    fn call_of_library(&mut self, id: ExprId, name: &str, args: &[ExprId]) -> ValueId {
        match (name, args) {
            ("exists", &[of]) => {
                let value = self.value(of);
                self.ask_about(of, value);
                let holds = self.world.is_present(value);
                self.boolean(holds)
            }
            ("boolean" | "not", &[of]) => {
                let value = self.value(of);
                let holds = self.truth(value);
                let holds = self.boolean(if name == "not" { holds.negate() } else { holds });
                self.unless_nothing(value, holds)
            }
            ("type", &[of]) => self.type_of(of),
            ("count", &[of]) => self.count(id, of),
            ("length", &[of]) => self.length_of_text(id, of),
            ("contains", &[of, what]) => match self.ast[what].kind {
                Kind::String(text) => self.contains(of, self.ast.text(text)),
                _ => self.opaque(id, name),
            },
            ("string", &[of]) => self.converted(id, of, Tag::Str),
            ("number", &[of]) => self.converted(id, of, Tag::Num),
            ("lowercase" | "uppercase" | "trim", &[of]) => {
                let value = self.value(of);
                let fits = self.world.is_one_of(value, Tags::new(&[Tag::Str, Tag::Absent]));
                self.fail_where(fits.negate());
                let text = self.unknown_that_succeeds(id, Tags::new(&[Tag::Str]));
                self.unless_nothing(value, text)
            }
            ("abs", &[of]) => self.of_number(id, Operation::Absolute, of),
            ("floor", &[of]) => self.of_number(id, Operation::Floor, of),
            ("ceil", &[of]) => self.of_number(id, Operation::Ceil, of),
            ("round", &[of]) => self.of_number(id, Operation::Round, of),
            ("sqrt", &[of]) => self.of_number(id, Operation::Root, of),
            ("sum", &[list]) => self.of_list(id, name, Operation::Add, list),
            ("max", &[list]) => self.of_list(id, name, Operation::Greatest, list),
            ("min", &[list]) => self.of_list(id, name, Operation::Least, list),
            ("merge", &[list]) => self.merged(id, list),
            _ => self.opaque(id, name),
        }
    }

    /// A function of one number, which takes nothing else.
    fn of_number(&mut self, id: ExprId, operation: Operation, of: ExprId) -> ValueId {
        let value = self.value(of);
        self.ask_about(of, value);
        let fits = self.world.is_one_of(value, Tags::new(&[Tag::Num, Tag::Absent]));
        self.fail_where(fits.negate());
        let number = self.computed(id, "", operation, &[value], true);
        self.unless_nothing(value, number)
    }

    /// A function of the numbers of an array that is written out; of any other it is not modelled.
    fn of_list(&mut self, id: ExprId, name: &str, operation: Operation, list: ExprId) -> ValueId {
        let Kind::Array(parts) = &self.ast[list].kind else { return self.opaque(id, name) };
        if parts.is_empty() || parts.len() > MOST_LISTED || self.ast[list].keeps_array {
            return self.opaque(id, name);
        }
        let mut values = Vec::with_capacity(parts.len());
        for &part in parts {
            values.push(self.value(part));
        }
        let plain = Tags::new(&[Tag::Num, Tag::Absent]);
        let are_plain: Vec<Term> = values.iter().map(|&value| self.world.is_one_of(value, plain)).collect();
        let are_plain = self.world.terms.all(are_plain);
        self.world.avoid(are_plain.negate());
        // Of nothing the sum is 0, and there is no least and no greatest.
        let mut result = match operation {
            Operation::Add => self.constant(0.into()),
            _ => self.absent(),
        };
        for (number, &value) in values.iter().enumerate() {
            let next = match self.world.shape(result) {
                Shape::Absent => value,
                _ => {
                    let name = format!(" up to {number}");
                    let operands = [result, value];
                    let next = self.under(are_plain, |reading| reading.computed(id, &name, operation, &operands, true));
                    let is_first = self.world.is(result, Tag::Absent);
                    self.world.merge(is_first, value, next)
                }
            };
            let is_absent = self.world.is(value, Tag::Absent);
            result = self.world.merge(is_absent, result, next);
        }
        let other = self.under(are_plain.negate(), |reading| reading.opaque(id, name));
        self.world.merge(are_plain, result, other)
    }

    /// A call without a model: something of the types that the function gives.
    fn opaque(&mut self, id: ExprId, name: &str) -> ValueId {
        let gives = library::find(name).map_or(Types::ANY, |function| function.gives);
        if gives.meets(Types::FUNCTION) || gives.is_never() {
            return self.unknown(id, Tags::ANY);
        }
        let tags = [
            (Types::NOTHING, Tag::Absent),
            (Types::NULL, Tag::Null),
            (Types::BOOL, Tag::Bool),
            (Types::NUMBER, Tag::Num),
            (Types::STRING, Tag::Str),
            (Types::ARRAY, Tag::Arr),
            (Types::OBJECT, Tag::Obj),
        ];
        let tags: Vec<Tag> = tags.into_iter().filter(|(types, _)| gives.meets(*types)).map(|(_, tag)| tag).collect();
        match name {
            // Never a number that is none.
            "millis" | "toMillis" => self.unknown_in_order(id, Tags::new(&tags)),
            _ => self.unknown(id, Tags::new(&tags)),
        }
    }

    /// A result, or nothing where the argument is nothing.
    fn unless_nothing(&mut self, argument: ValueId, result: ValueId) -> ValueId {
        let is_absent = self.world.is(argument, Tag::Absent);
        let nothing = self.absent();
        self.world.merge(is_absent, nothing, result)
    }

    fn type_of(&mut self, of: ExprId) -> ValueId {
        let value = self.value(of);
        self.ask_about(of, value);
        let names = [
            (Tag::Null, "null"),
            (Tag::Bool, "boolean"),
            (Tag::Num, "number"),
            (Tag::Str, "string"),
            (Tag::Arr, "array"),
            (Tag::Obj, "object"),
        ];
        let mut result = self.absent();
        for (tag, name) in names {
            let is = self.world.is(value, tag);
            let name = self.world.constant(name.into());
            result = self.world.merge(is, name, result);
        }
        result
    }

    /// Of nothing 0, of what is no array 1.
    fn count(&mut self, id: ExprId, of: ExprId) -> ValueId {
        let value = self.value(of);
        self.ask_about(of, value);
        // What is known of length, else so many as are told apart.
        let counted = self.items_counted(id, value);
        let is_array = self.world.is(value, Tag::Arr);
        let is_absent = self.world.is(value, Tag::Absent);
        let [none, one] = [0, 1].map(|number| self.world.constant(number.into()));
        let single = self.world.merge(is_absent, none, one);
        self.world.merge(is_array, counted, single)
    }

    fn items_counted(&mut self, id: ExprId, value: ValueId) -> ValueId {
        let known = match self.world.shape(value) {
            Shape::Array(items) => Some(items.len()),
            Shape::Constant(Value::Array(items)) => Some(items.len()),
            _ => None,
        };
        if let Some(known) = known {
            return self.world.constant(i64::try_from(known).unwrap_or(i64::MAX).into());
        }
        // Beyond that the number is at least so large.
        let most = self.world.constant(i64::from(MOST_COUNTED).into());
        let larger = self.unknown_that_succeeds(id, Tags::new(&[Tag::Num]));
        self.world.note_whole(larger);
        let is_larger = self.world.compare(Sort::Num, Order::GreaterThan, larger, most);
        self.world.avoid(is_larger);
        let mut result = self.world.merge(is_larger, larger, most);
        for number in (0..MOST_COUNTED).rev() {
            let item = self.world.part(value, &Step::Item(number));
            let ends = self.world.is(item, Tag::Absent);
            let number = self.world.constant(i64::from(number).into());
            result = self.world.merge(ends, number, result);
        }
        result
    }

    fn length_of_text(&mut self, id: ExprId, of: ExprId) -> ValueId {
        let value = self.value(of);
        self.ask_about(of, value);
        let fits = self.world.is_one_of(value, Tags::new(&[Tag::Str, Tag::Absent]));
        self.fail_where(fits.negate());
        let result = match self.world.shape(value) {
            Shape::Constant(Value::String(text)) => {
                let n_chars = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
                self.world.constant(n_chars.into())
            }
            _ => {
                // Of the empty text 0, of others at least 1.
                let [none, one] = [0, 1].map(|number| self.world.constant(number.into()));
                let empty = self.world.constant("".into());
                let is_empty = self.world.compare(Sort::Str, Order::Equals, value, empty);
                let length = self.unknown_that_succeeds(id, Tags::new(&[Tag::Num]));
                self.world.note_whole(length);
                let is_more = self.world.compare(Sort::Num, Order::GreaterThan, length, one);
                self.note_length(value, length);
                let mut length = self.world.merge(is_more, length, one);
                // What the expression may compare the text with has a length that is known.
                for literal in self.literals() {
                    let n_chars = i64::try_from(literal.chars().count()).unwrap_or(i64::MAX);
                    let [literal, n_chars] = [literal.as_str().into(), n_chars.into()].map(|one| self.constant(one));
                    let is_literal = self.world.compare(Sort::Str, Order::Equals, value, literal);
                    length = self.world.merge(is_literal, n_chars, length);
                }
                self.world.merge(is_empty, none, length)
            }
        };
        self.unless_nothing(value, result)
    }

    /// The first texts of the expression that stand in it as they are, and are not empty.
    fn literals(&self) -> BTreeSet<String> {
        let texts = self.ast.ids().filter_map(|id| match self.ast[id].kind {
            Kind::String(text) => Some(self.ast.text(text).to_owned()),
            _ => None,
        });
        texts.filter(|text| !text.is_empty()).take(MOST_LITERALS).collect()
    }

    /// Notes how long the unknowns are that a text may be.
    fn note_length(&mut self, text: ValueId, length: ValueId) {
        let mut open = vec![text];
        let mut n_seen = 0;
        while let Some(value) = open.pop().filter(|_| n_seen < MOST_LISTED) {
            n_seen += 1;
            match *self.world.shape(value) {
                Shape::Ite(_, then, otherwise) => open.extend([otherwise, then]),
                _ => self.world.note_inverse(value, length, How::Measured),
            }
        }
    }

    fn contains(&mut self, of: ExprId, text: &str) -> ValueId {
        let value = self.value(of);
        self.ask_about(of, value);
        let fits = self.world.is_one_of(value, Tags::new(&[Tag::Str, Tag::Absent]));
        self.fail_where(fits.negate());
        let texts = vec![String::new(), text.to_owned(), String::new()];
        let holds = self.world.matches(value, &Pattern { texts, open_escapes: Vec::new() });
        let holds = self.boolean(holds);
        self.unless_nothing(value, holds)
    }

    /// `$string` and `$number`: what is of the type already stays as it is.
    fn converted(&mut self, id: ExprId, of: ExprId, tag: Tag) -> ValueId {
        let value = self.value(of);
        let is_own = self.world.is_one_of(value, Tags::new(&[tag, Tag::Absent]));
        let other = self.under(is_own.negate(), |reading| reading.unknown(id, Tags::new(&[tag])));
        self.world.merge(is_own, value, other)
    }

    /// `$merge([$states.input, {'a': 1}])`
    fn merged(&mut self, id: ExprId, list: ExprId) -> ValueId {
        let Kind::Array(parts) = &self.ast[list].kind else { return self.opaque(id, "merge") };
        let Some((&first, rest)) = parts.split_first() else { return self.opaque(id, "merge") };
        let first = self.value(first);
        let mut whole = self.merged_alone(id, first, !rest.is_empty());
        for &part in rest {
            let Kind::Object(pairs) = &self.ast[part].kind else { return self.opaque(id, "merge") };
            let Some(members) = self.members(pairs) else { return self.opaque(id, "merge") };
            let mut merged = std::collections::BTreeMap::new();
            for (name, value) in members {
                // What is undefined does not hide what is there.
                let is_absent = self.world.is(value, Tag::Absent);
                let old = self.world.part(whole, &Step::Member(Arc::clone(&name)));
                merged.insert(name, self.world.merge(is_absent, old, value));
            }
            whole = self.world.object(merged, Some(whole));
        }
        whole
    }

    /// An object as it is. Of an array each item is merged; of nothing nothing, which is an object where others follow; the rest
    /// is no object and fails.
    fn merged_alone(&mut self, id: ExprId, value: ValueId, is_followed: bool) -> ValueId {
        let is_object = self.world.is(value, Tag::Obj);
        if is_object == Term::TRUE {
            return value;
        }
        self.world.avoid(is_object.negate());
        let [is_array, is_absent] = [Tag::Arr, Tag::Absent].map(|tag| self.world.is(value, tag));
        let fits = self.world.terms.any([is_object, is_array, is_absent]);
        self.fail_where(fits.negate());
        let fails = self.not_known(id, "failure", Tags::new(&[Tag::Bool]));
        let fails = self.world.is_true(fails);
        let fails = self.world.terms.and(is_array, fails);
        self.fail_where(fails);
        let items = self.not_known(id, "items", Tags::new(&[Tag::Obj]));
        let nothing = match is_followed {
            true => self.world.object(std::collections::BTreeMap::new(), None),
            false => self.not_known(id, "nothing", Tags::ANY),
        };
        let others = self.world.merge(is_absent, nothing, items);
        self.world.merge(is_object, value, others)
    }
}
