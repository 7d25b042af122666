//! The functions of the library by name, and what they do.
//!
//! Names and signatures are those of [`library`]; arguments come validated. "Nothing" as first argument gives nothing,
//! unless said otherwise.

mod encoding;
mod higher_order;
mod list;
mod number;
mod object;
mod search;
mod service;
mod string;
mod time;

use std::sync::OnceLock;

use super::call::{Function, Site};
use super::evaluate::{Evaluation, Fallible, fail};
use super::item::Item;
use super::picture::PictureFault;
use crate::asl::jsonata::{ParamType, library};
use crate::text::Span;

/// A function of the library.
#[derive(Debug)]
pub(super) struct Builtin {
    pub(super) name: &'static str,
    /// How many parameters the reference implementation declares: so many arguments it gets from `$map` and its like.
    pub(super) arity: usize,
    pub(super) params: &'static [ParamType],
    pub(super) run: Run,
}

type Run = fn(&mut Evaluation<'_>, &Arguments) -> Fallible<Option<Item>>;

/// What a function of the library is called with.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) values: Vec<Option<Item>>,
    /// The call.
    pub(super) site: Site,
}

impl Arguments {
    fn item(&self, nth: usize) -> Option<&Item> {
        self.values.get(nth)?.as_ref()
    }

    fn text(&self, nth: usize) -> Option<&str> {
        self.item(nth)?.as_str()
    }

    fn number(&self, nth: usize) -> Option<f64> {
        self.item(nth)?.as_f64()
    }

    fn function(&self, nth: usize) -> Option<&Function> {
        self.item(nth)?.as_function()
    }
}

/// The function of this name, without `$`. `$eval` is none: the service does not have it.
pub(super) fn find(name: &str) -> Option<&'static Builtin> {
    let builtins = builtins();
    builtins.binary_search_by(|builtin| builtin.name.cmp(name)).ok().map(|at| &builtins[at])
}

fn builtins() -> &'static [Builtin] {
    static BUILTINS: OnceLock<Vec<Builtin>> = OnceLock::new();
    BUILTINS.get_or_init(|| {
        let builtin = |&(name, arity, run): &(&'static str, usize, Run)| {
            let params = library::find(name).map_or(&[][..], |function| &function.params);
            Builtin { name, arity, params, run }
        };
        TABLE.iter().map(builtin).collect()
    })
}

/// Name, arity, what it does; sorted by name.
const TABLE: &[(&str, usize, Run)] = &[
    ("abs", 1, number::abs),
    ("append", 2, list::append),
    ("assert", 2, object::assert),
    ("average", 1, number::average),
    ("base64decode", 1, encoding::base64_decode),
    ("base64encode", 1, encoding::base64_encode),
    ("boolean", 1, object::boolean),
    ("ceil", 1, number::ceil),
    ("clone", 1, object::clone),
    ("contains", 2, search::contains),
    ("count", 1, list::count),
    ("decodeUrl", 1, encoding::decode_url),
    ("decodeUrlComponent", 1, encoding::decode_url_component),
    ("distinct", 1, list::distinct),
    ("each", 2, higher_order::each),
    ("encodeUrl", 1, encoding::encode_url),
    ("encodeUrlComponent", 1, encoding::encode_url_component),
    ("error", 1, object::error),
    ("exists", 1, object::exists),
    ("filter", 2, higher_order::filter),
    ("floor", 1, number::floor),
    ("formatBase", 2, number::format_base),
    ("formatInteger", 2, number::format_integer),
    ("formatNumber", 3, number::format_number),
    ("fromMillis", 3, time::from_millis),
    ("hash", 2, service::hash),
    ("join", 2, string::join),
    ("keys", 1, object::keys),
    ("length", 1, string::length),
    ("lookup", 2, object::lookup),
    ("lowercase", 1, string::lowercase),
    ("map", 2, higher_order::map),
    ("match", 3, search::matches),
    ("max", 1, number::max),
    ("merge", 1, object::merge),
    ("millis", 0, time::millis),
    ("min", 1, number::min),
    ("not", 1, object::not),
    ("now", 2, time::now),
    ("number", 1, number::number),
    ("pad", 3, string::pad),
    ("parse", 1, service::parse),
    ("parseInteger", 2, number::parse_integer),
    ("partition", 2, service::partition),
    ("power", 2, number::power),
    ("random", 0, service::random),
    ("range", 3, service::range),
    ("reduce", 3, higher_order::reduce),
    ("replace", 4, search::replace),
    ("reverse", 1, list::reverse),
    ("round", 2, number::round),
    ("shuffle", 1, list::shuffle),
    ("sift", 2, higher_order::sift),
    ("single", 2, higher_order::single),
    ("sort", 2, list::sort),
    ("split", 3, search::split),
    ("spread", 1, object::spread),
    ("sqrt", 1, number::sqrt),
    ("string", 1, string::string),
    ("substring", 3, string::substring),
    ("substringAfter", 2, string::substring_after),
    ("substringBefore", 2, string::substring_before),
    ("sum", 1, number::sum),
    ("toMillis", 2, time::to_millis),
    ("trim", 1, string::trim),
    ("type", 1, object::type_name),
    ("uppercase", 1, string::uppercase),
    ("uuid", 0, service::uuid),
    ("zip", 0, list::zip),
];

impl Evaluation<'_> {
    fn call_span(&self, args: &Arguments) -> Span {
        self.span(args.site.node)
    }

    /// Text that a function made, charged for.
    fn made(&mut self, text: String, args: &Arguments) -> Fallible<Option<Item>> {
        self.spend_on_text(self.call_span(args), text.len())?;
        Ok(Some(Item::from(text)))
    }

    /// What a picture says, or why it says nothing.
    fn shown<T>(&self, result: Result<T, PictureFault>, args: &Arguments) -> Fallible<T> {
        result.or_else(|fault| fail(self.call_span(args), fault.code, fault.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_library_is_there_that_the_service_has() {
        let there: Vec<&str> = builtins().iter().map(|builtin| builtin.name).collect();
        let functions = library::functions().iter().filter(|function| function.origin != library::Origin::Absent);
        assert_eq!(there, functions.map(|function| function.name).collect::<Vec<_>>());
        assert!(there.is_sorted());
    }
}
