//! The functions of the library: their signatures, and what they give.
//!
//! Names and signatures are those of the reference implementation (`staticFrame.bind` of the npm package `jsonata`; they are
//! the same in 2.0.6, which the service says it implements, and in 2.2). The service adds six functions and leaves out `$eval`
//! ("Transforming data with JSONata in Step Functions").

use std::sync::OnceLock;

use super::signature::{self, Count, ParamType};
use super::types::Types;
use crate::text::nearest;

/// A function of the library.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Without its `$`.
    pub name: &'static str,
    /// In the notation of the reference implementation, `<s-nn?:s>`.
    pub signature: &'static str,
    /// The parameters of [`Self::signature`].
    pub params: Vec<ParamType>,
    /// What it may give.
    pub gives: Types,
    /// Whether what it gives is a sequence: nothing where it would be empty, the item where there is one.
    pub is_sequence: bool,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a function comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// JSONata has it.
    Jsonata,
    /// The service adds it. How many arguments it takes is documented, what it does with others is not.
    Service,
    /// JSONata has it, and the service does not.
    Absent,
}

/// How the arguments of a call fail to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The argument of this number, from 0, is of a type that the function does not take there: it takes these.
    Type(usize, Types),
    /// The argument of this number, from 0, is no array of what the letter says.
    Items(usize, Types),
    /// One more argument than it takes, at this number.
    TooMany(usize),
    /// Fewer than it takes.
    TooFew,
}

const NOTHING: Types = Types::NOTHING;
const BOOL: Types = NOTHING.or(Types::BOOL);
const NUMBER: Types = NOTHING.or(Types::NUMBER);
const STRING: Types = NOTHING.or(Types::STRING);
const ARRAY: Types = NOTHING.or(Types::ARRAY);
const OBJECT: Types = NOTHING.or(Types::OBJECT);
const ANY: Types = Types::ANY;

/// Name, signature, what it gives; sorted by name.
#[rustfmt::skip]
const TABLE: &[(&str, &str, Types)] = &[
    ("abs", "<n-:n>", NUMBER),
    ("append", "<xx:a>", ANY),
    ("assert", "<bs?:x>", NOTHING),
    ("average", "<a<n>:n>", NUMBER),
    ("base64decode", "<s-:s>", STRING),
    ("base64encode", "<s-:s>", STRING),
    ("boolean", "<x-:b>", BOOL),
    ("ceil", "<n-:n>", NUMBER),
    ("clone", "<(oa)-:o>", ARRAY.or(OBJECT)),
    ("contains", "<s-(sf):b>", BOOL),
    ("count", "<a:n>", Types::NUMBER),
    ("decodeUrl", "<s-:s>", STRING),
    ("decodeUrlComponent", "<s-:s>", STRING),
    ("distinct", "<x:x>", ANY),
    ("each", "<o-f:a>", ANY),
    ("encodeUrl", "<s-:s>", STRING),
    ("encodeUrlComponent", "<s-:s>", STRING),
    ("error", "<s?:x>", Types::NEVER),
    ("eval", "<sx?:x>", ANY),
    ("exists", "<x:b>", Types::BOOL),
    ("filter", "<af>", ANY),
    ("floor", "<n-:n>", NUMBER),
    ("formatBase", "<n-n?:s>", STRING),
    ("formatInteger", "<n-s:s>", STRING),
    ("formatNumber", "<n-so?:s>", STRING),
    ("fromMillis", "<n-s?s?:s>", STRING),
    ("hash", "<xx>", STRING),
    ("join", "<a<s>s?:s>", STRING),
    ("keys", "<x-:a<s>>", ARRAY.or(Types::STRING)),
    ("length", "<s-:n>", NUMBER),
    ("lookup", "<x-s:x>", ANY),
    ("lowercase", "<s-:s>", STRING),
    ("map", "<af>", ANY),
    ("match", "<s-f<s:o>n?:a<o>>", ARRAY.or(Types::OBJECT)),
    ("max", "<a<n>:n>", NUMBER),
    ("merge", "<a<o>:o>", OBJECT),
    ("millis", "<:n>", Types::NUMBER),
    ("min", "<a<n>:n>", NUMBER),
    ("not", "<x-:b>", BOOL),
    ("now", "<s?s?:s>", Types::STRING),
    ("number", "<(nsb)-:n>", NUMBER),
    ("pad", "<s-ns?:s>", STRING),
    ("parse", "<x>", Types::JSON),
    ("parseInteger", "<s-s:n>", NUMBER),
    ("partition", "<xx>", Types::JSON),
    ("power", "<n-n:n>", NUMBER),
    ("random", "<x?:n>", NUMBER),
    ("range", "<xxx>", Types::JSON),
    ("reduce", "<afj?:j>", ANY),
    ("replace", "<s-(sf)(sf)n?:s>", STRING),
    ("reverse", "<a:a>", ANY),
    ("round", "<n-n?:n>", NUMBER),
    ("shuffle", "<a:a>", ANY),
    ("sift", "<o-f?:o>", OBJECT),
    ("single", "<af?>", ANY),
    ("sort", "<af?:a>", ANY),
    ("split", "<s-(sf)n?:a<s>>", ARRAY),
    ("spread", "<x-:a<o>>", ANY),
    ("sqrt", "<n-:n>", NUMBER),
    ("string", "<x-b?:s>", STRING),
    ("substring", "<s-nn?:s>", STRING),
    ("substringAfter", "<s-s:s>", STRING),
    ("substringBefore", "<s-s:s>", STRING),
    ("sum", "<a<n>:n>", NUMBER),
    ("toMillis", "<s-s?:n>", NUMBER),
    ("trim", "<s-:s>", STRING),
    ("type", "<x:s>", STRING),
    ("uppercase", "<s-:s>", STRING),
    ("uuid", "<:s>", STRING),
    ("zip", "<a+>", Types::ARRAY),
];

/// Every function, by name.
#[must_use]
pub fn functions() -> &'static [Function] {
    static FUNCTIONS: OnceLock<Vec<Function>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| TABLE.iter().map(|&row| Function::new(row)).collect())
}

/// The function of this name (without `$`), also if the service lacks it.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    let functions = functions();
    functions.binary_search_by(|function| function.name.cmp(name)).ok().map(|at| &functions[at])
}

/// The function that a person most likely meant by `name`, one of the library or of `more`.
#[must_use]
pub fn suggestion<'a>(name: &str, more: &[&'a str]) -> Option<&'a str> {
    let there = functions().iter().filter(|function| function.origin != Origin::Absent).map(|function| function.name);
    nearest(name, more.iter().copied().chain(there).map(|name| (name, name)))
}

/// What people write who bring a name from another language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// The function of this name, with the same arguments.
    Function(&'static str),
    /// Something else: a sentence of it.
    Other(&'static str),
}

/// What `name` of another language is in JSONata. Names are compared without regard to case.
#[must_use]
pub fn meant(name: &str) -> Option<Meant> {
    use Meant::{Function, Other};
    Some(match name.to_ascii_lowercase().as_str() {
        "pow" => Function("power"),
        "parseint" | "parsefloat" | "tonumber" | "int" | "float" => Function("number"),
        "tostring" | "str" | "stringify" | "tojson" => Function("string"),
        "touppercase" | "toupper" | "upper" | "ucase" => Function("uppercase"),
        "tolowercase" | "tolower" | "lower" | "lcase" => Function("lowercase"),
        "indexof" => {
            Other("`$contains(text, part)` tells whether a text has a part, `$substringBefore` what stands before it")
        }
        "includes" => Other("`value in array` looks for an item, `$contains(text, part)` for a part of a text"),
        "push" => Function("append"),
        "slice" | "substr" => Other("`$substring(text, start, length)` cuts texts, `array[[0..2]]` arrays"),
        "len" | "size" => Other("`$count` counts items, `$length` characters"),
        "concat" => Other("`&` joins texts, `$append` arrays"),
        "if" | "ifelse" | "iif" => Other("`condition ? one : other`"),
        "isarray" => Other("`$type(value) = 'array'`"),
        "isstring" => Other("`$type(value) = 'string'`"),
        "isnumber" => Other("`$type(value) = 'number'`"),
        "isnull" => Other("`value = null`"),
        "isempty" => Other("`$count(value) = 0`, or `$exists(value)`"),
        "typeof" => Function("type"),
        "unique" | "uniq" => Function("distinct"),
        "flatten" => Other("a path flattens what its steps give: `lists.*`"),
        "foreach" => Other("`$map` calls a function for each item, `$each` for each field"),
        "format" => Other("`&` joins texts, `$formatNumber` writes numbers"),
        "avg" | "mean" => Function("average"),
        "values" => Other("`object.*` gives the values of an object"),
        "entries" => Other("`$each(object, function($value, $key) {…})` sees keys and values"),
        "find" => Other("`array[condition][0]` is the first that fits"),
        "jsonparse" | "fromjson" => Function("parse"),
        "date" => Function("now"),
        "and" | "or" => Other("`and` and `or` stand between their operands"),
        "mod" => Other("`a % b`"),
        "nvl" | "coalesce" | "default" => Other("`$exists(a) ? a : b`"),
        _ => return None,
    })
}

/// What to write in JSONata for the intrinsic function `name` (without `States.`), as the developer guide has it.
#[must_use]
pub fn instead_of_intrinsic(name: &str) -> Option<&'static str> {
    Some(match name {
        "Array" => "[a, b]",
        "ArrayPartition" => "$partition(array, size)",
        "ArrayContains" => "value in array",
        "ArrayRange" => "$range(start, end, step)",
        "ArrayGetItem" => "array[index]",
        "ArrayLength" => "$count(array)",
        "ArrayUnique" => "$distinct(array)",
        "Base64Encode" => "$base64encode(string)",
        "Base64Decode" => "$base64decode(string)",
        "Hash" => "$hash(string, algorithm)",
        "JsonMerge" => "$merge([one, other])",
        "StringToJson" => "$parse(string)",
        "JsonToString" => "$string(value)",
        "MathRandom" => "$random()",
        "MathAdd" => "a + b",
        "StringSplit" => "$split(string, separator)",
        "UUID" => "$uuid()",
        "Format" => "'text ' & value",
        _ => return None,
    })
}

impl Function {
    fn new((name, signature, gives): (&'static str, &'static str, Types)) -> Self {
        let is_sequence = matches!(name, "each" | "filter" | "keys" | "map" | "match");
        let origin = match name {
            "eval" => Origin::Absent,
            "hash" | "parse" | "partition" | "random" | "range" | "uuid" => Origin::Service,
            _ => Origin::Jsonata,
        };
        let params = signature::parse(signature).unwrap_or_default();
        Self { name, signature, params, gives, is_sequence, origin }
    }

    /// Whether it takes a function as its argument of this number, from 0, and nothing else.
    #[must_use]
    pub fn takes_function(&self, arg: usize) -> bool {
        self.params.get(arg).is_some_and(|param| &*param.types == "f")
    }

    /// How arguments of these types certainly do not fit; `None` if they may.
    ///
    /// The reference implementation writes one letter an argument and matches the word against the signature as a regular
    /// expression. Here each argument is a set of letters, and the question is whether any word of theirs matches.
    #[must_use]
    pub fn misfit(&self, args: &[Types]) -> Option<Misfit> {
        fit(&self.params, args).err().map(|misfit| self.blamed(args, misfit)).or_else(|| {
            let wanted = self.item_types()?;
            let fits = |arg: &Types| !arg.misses(wanted | Types::ARRAY | NOTHING);
            args.first().is_some_and(|arg| !fits(arg)).then_some(Misfit::Items(0, wanted))
        })
    }

    /// How arguments do not fit that are as many as there are without help from the context: the first is for the first parameter.
    fn blamed(&self, args: &[Types], misfit: Misfit) -> Misfit {
        let n_required = self.params.iter().filter(|param| param.count != Count::Optional).count();
        if args.len() < n_required {
            return misfit;
        }
        fit(&self.contextless(), args).err().unwrap_or(misfit)
    }

    /// Whether the first parameter certainly gets the context: these arguments fit those behind it alone.
    #[must_use]
    pub fn takes_context(&self, args: &[Types]) -> bool {
        self.params.first().is_some_and(|first| first.context) && fit(&self.contextless(), args).is_err()
    }

    /// The parameters, none of which the context stands in for.
    fn contextless(&self) -> Vec<ParamType> {
        self.params.iter().map(|param| ParamType { context: false, ..param.clone() }).collect()
    }

    /// Whether the first argument is a value, and certainly the one that the first parameter gets, not the context.
    #[must_use]
    pub fn takes_first(&self, args: &[Types]) -> bool {
        let (Some((first, rest)), Some(arg)) = (self.params.split_first(), args.first()) else { return false };
        !arg.meets(NOTHING) && arg.is_within(accepted(first)) && !(first.context && fit(rest, args).is_ok())
    }

    /// The least and the most arguments that it takes, one that the context may stand for included; no most if there is no end.
    #[must_use]
    pub fn arity(&self) -> (usize, Option<usize>) {
        let is_required = |param: &&ParamType| param.count != Count::Optional;
        let is_endless = self.params.iter().any(|param| param.count == Count::Many);
        (self.params.iter().filter(is_required).count(), (!is_endless).then_some(self.params.len()))
    }

    /// What the items of an array must be that is its first parameter.
    #[must_use]
    pub fn item_types(&self) -> Option<Types> {
        let first = self.params.first().filter(|first| &*first.types == "a")?;
        first.inner.as_ref().and_then(|inner| inner.bytes().next()).map(Types::of_letter)
    }
}

/// What an argument may be that is checked against `param`: nothing passes for everything except a function, and what is no
/// array for an array of one.
fn accepted(param: &ParamType) -> Types {
    match &*param.types {
        "f" => Types::FUNCTION,
        "a" => ANY,
        letters => letters.bytes().fold(NOTHING, |types, letter| types | Types::of_letter(letter)),
    }
}

/// How `args` certainly do not fit `params`.
fn fit(params: &[ParamType], args: &[Types]) -> Result<(), Misfit> {
    let mut here = vec![false; params.len() + 1];
    here[0] = true;
    skip(params, &mut here);
    for (n, &arg) in args.iter().enumerate() {
        let mut next = vec![false; here.len()];
        let mut wanted = Types::NEVER;
        for (at, param) in params.iter().enumerate() {
            // A parameter that takes many has taken one where the place behind it is reached.
            let is_open = here[at] || (param.count == Count::Many && here[at + 1]);
            if is_open {
                wanted |= accepted(param).without(NOTHING);
            }
            next[at + 1] |= is_open && arg.meets(accepted(param));
        }
        skip(params, &mut next);
        if !next.contains(&true) {
            return Err(if wanted.is_never() { Misfit::TooMany(n) } else { Misfit::Type(n, wanted) });
        }
        here = next;
    }
    if here.last() == Some(&true) { Ok(()) } else { Err(Misfit::TooFew) }
}

/// From each place to those behind what need not be given.
fn skip(params: &[ParamType], places: &mut [bool]) {
    for (at, param) in params.iter().enumerate() {
        places[at + 1] |= places[at] && (param.context || param.count == Count::Optional);
    }
}
