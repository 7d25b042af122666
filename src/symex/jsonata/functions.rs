//! Calls of functions of JSONata's library.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::atom::{Step, Tag, Tags};
use super::super::choice::Compared;
use super::super::term::Term;
use super::super::value::ValueId;
use super::{Given, Reader};
use crate::asl::jsonata::{ExprId, Kind, pairs};
use crate::asl::pattern::Pattern;

impl<'r> Reader<'_, 'r> {
    /// A function of the library.
    pub(super) fn call(&mut self, name: &str, args: &'r [ExprId]) -> Given {
        match (name, args) {
            ("exists", &[one]) => {
                let given = self.part(one);
                self.ask_for(one, given.value, None);
                let there = self.world.is_present(given.value);
                Given { value: self.boolean(there), fails: given.fails }
            }
            ("not" | "boolean", &[one]) => {
                let given = self.asked_whether(one);
                let holds = self.truth(given.value);
                let value = self.boolean(if name == "not" { holds.negate() } else { holds });
                self.where_there(given, value, given.fails)
            }
            ("count", &[one]) => {
                let given = self.part(one);
                let is_array = self.world.is(given.value, Tag::Arr);
                let there = self.world.is_present(given.value);
                let [none, alone] = [0.0, 1.0].map(|number| self.world.constant(number.into()));
                let alone = self.world.merge(there, alone, none);
                let many = self.anything("how many items an array has", Tags::new(&[Tag::Num]));
                Given { value: self.world.merge(is_array, many, alone), fails: given.fails }
            }
            ("contains", &[one, other]) => {
                let [one_given, part] = [one, other].map(|id| self.part(id));
                let Some(text) = self.text_in(part.value) else { return self.unknown("the function `contains`") };
                self.ask_for(one, one_given.value, Some(Compared::Str));
                let pattern =
                    Pattern { texts: vec![String::new(), text.to_string(), String::new()], open_escapes: Vec::new() };
                let is_text = self.world.is(one_given.value, Tag::Str);
                let holds = if text.is_empty() { is_text } else { self.world.matches(one_given.value, &pattern) };
                let value = self.boolean(holds);
                let fails = self.unless(one_given, Tag::Str);
                self.where_there(one_given, value, fails)
            }
            ("length", &[one]) => {
                let given = self.part(one);
                self.ask_for(one, given.value, Some(Compared::Str));
                let number = self.anything("the length of a text", Tags::new(&[Tag::Num]));
                let fails = self.unless(given, Tag::Str);
                self.where_there(given, number, fails)
            }
            ("lowercase" | "uppercase" | "trim", &[one]) => {
                let given = self.part(one);
                let text = self.anything("a text that is changed", Tags::new(&[Tag::Str]));
                let fails = self.unless(given, Tag::Str);
                self.where_there(given, text, fails)
            }
            ("type", &[one]) => self.type_of(one),
            ("merge", &[list]) => self.merged(list),
            _ => self.unknown(&format!("the function `{name}`")),
        }
    }

    fn type_of(&mut self, id: ExprId) -> Given {
        let given = self.part(id);
        let mut value = self.absent();
        for (tag, name) in [
            (Tag::Null, "null"),
            (Tag::Bool, "boolean"),
            (Tag::Num, "number"),
            (Tag::Str, "string"),
            (Tag::Arr, "array"),
            (Tag::Obj, "object"),
        ] {
            let is = self.world.is(given.value, tag);
            let name = self.world.constant(name.into());
            value = self.world.merge(is, name, value);
        }
        Given { value, fails: given.fails }
    }

    /// When an argument fails, or is there and of another type.
    fn unless(&mut self, given: Given, tag: Tag) -> Term {
        let fits = self.world.is_one_of(given.value, Tags::new(&[Tag::Absent, tag]));
        self.world.terms.or(given.fails, fits.negate())
    }

    /// A value where the argument is there; of nothing, nothing.
    fn where_there(&mut self, given: Given, value: ValueId, fails: Term) -> Given {
        let there = self.world.is_present(given.value);
        let absent = self.absent();
        Given { value: self.world.merge(there, value, absent), fails }
    }

    /// `$merge([$states.input, {'a': 1}])`: an object with members put over those it has.
    fn merged(&mut self, list: ExprId) -> Given {
        let ast = self.ast;
        let Kind::Array(parts) = &ast[list].kind else { return self.unknown("the function `merge`") };
        let Some((&first, over)) = parts.split_first() else { return self.unknown("the function `merge`") };
        let mut base = self.part(first);
        for &part in over {
            let Kind::Object(members) = &ast[part].kind else { return self.unknown("the function `merge`") };
            let mut written = BTreeMap::new();
            for (key, value) in pairs(members) {
                let Kind::String(name) = ast[key].kind else { return self.unknown("a key that is computed") };
                let name: Arc<str> = ast.text(name).into();
                let given = self.part(value);
                base.fails = self.world.terms.or(base.fails, given.fails);
                // What is undefined does not hide what is there.
                let is_absent = self.world.is(given.value, Tag::Absent);
                let old = self.world.part(base.value, &Step::Member(Arc::clone(&name)));
                let member = self.world.merge(is_absent, old, given.value);
                if written.insert(name, member).is_some() {
                    return self.unknown("a key that stands twice");
                }
            }
            let whole = self.world.object(written, Some(base.value));
            let is_object = self.world.is(base.value, Tag::Obj);
            let other = self.unknown("the function `merge`");
            let fails = self.world.terms.and(is_object.negate(), other.fails);
            let fails = self.world.terms.or(base.fails, fails);
            base = Given { value: self.world.merge(is_object, whole, other.value), fails };
        }
        base
    }
}
