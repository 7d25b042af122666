//! What a call gives, and how it fails: the part of [`infer`](super::infer()) that knows the library.

use super::ast::{ExprId, Kind};
use super::infer::{Constant, Pass, What, items};
use super::library::{self, Function, Misfit, Origin};
use super::types::Types;

/// What a call calls.
#[derive(Clone, Copy)]
pub(super) enum Callee {
    Library(&'static Function),
    /// A function whose body is this.
    Lambda(ExprId),
    /// It may be a function.
    Unknown,
    /// It is none: that was reported.
    None,
}

impl Pass<'_> {
    /// What `callee` is, reported if it is no function.
    pub(super) fn callee(&mut self, callee: ExprId) -> Callee {
        let span = self.ast[callee].span;
        match &self.ast[callee].kind {
            Kind::Variable(_) => {
                if let Some(value) = self.flow.value(callee)
                    && let Kind::Lambda { body, .. } = self.ast[value].kind
                {
                    return Callee::Lambda(body);
                }
                if let Some(name) = self.scopes.free_variable(self.ast, callee) {
                    return self.free_callee(callee, name);
                }
            }
            Kind::Lambda { body, .. } => return Callee::Lambda(*body),
            Kind::Name(_) if !self.holds_functions => {
                self.bare_callee(callee);
                return Callee::None;
            }
            _ => {}
        }
        let types = self.of(callee);
        if types.misses(Types::FUNCTION) {
            self.fault(callee, span, What::NotFunction(types), Types::NEVER);
            return Callee::None;
        }
        Callee::Unknown
    }

    fn free_callee(&mut self, callee: ExprId, name: &str) -> Callee {
        let span = self.ast[callee].span;
        let what = match library::find(name) {
            // What a variable of the same name does to a function is not on record.
            Some(_) if self.assigned.contains(name) => return Callee::Unknown,
            Some(function) if function.origin != Origin::Absent => return Callee::Library(function),
            Some(_) => What::Unsupported,
            None if name == "states" => What::NotFunction(Types::OBJECT),
            None if self.assigned.contains(name) => What::Variable,
            None => What::Unknown,
        };
        self.fault(callee, span, what, Types::NEVER);
        Callee::None
    }

    /// Reports a call of `callee`, a field: of `States.Format(…)` both steps are at fault.
    fn bare_callee(&mut self, callee: ExprId) {
        let ast = self.ast;
        let span = ast[callee].span;
        let call = self.flow.parent(callee);
        if let Kind::Path(steps) = &ast[self.flow.parent(call)].kind
            && let [first, second, ..] = **steps
            && second == call
            && matches!(ast[first].kind, Kind::Name(name) if ast.text(name) == "States")
        {
            return self.fault(first, ast[first].span.cover(span), What::Intrinsic, Types::NEVER);
        }
        self.fault(callee, span, What::Bare, Types::NEVER);
    }

    pub(super) fn call(&mut self, id: ExprId, callee: ExprId, args: &[ExprId]) -> Types {
        let function = match self.callee(callee) {
            Callee::Library(function) => function,
            Callee::Lambda(body) => return self.returned(body),
            Callee::Unknown => return Types::ANY,
            Callee::None => return Types::NEVER,
        };
        let types: Vec<Types> = args.iter().map(|&arg| self.of(arg)).collect();
        if types.iter().any(|types| types.is_never()) {
            return Types::NEVER;
        }
        if self.misfit(function, callee, args, &types) {
            return Types::NEVER;
        }
        if !self.scopes.has_context(id) && function.takes_context(&types) {
            self.fault(id, self.ast[callee].span, What::NoContext(function), Types::NOTHING);
            return Types::NOTHING;
        }
        self.values(id, function, args, &types);
        let gives = self.gives(function, args, &types);
        if function.is_sequence && self.ast[id].keeps_array { Types::NOTHING | Types::ARRAY } else { gives }
    }

    /// Whether the arguments certainly do not fit: reported then.
    fn misfit(&mut self, function: &'static Function, callee: ExprId, args: &[ExprId], types: &[Types]) -> bool {
        let Some(misfit) = function.misfit(types).or_else(|| self.misfit_item(function, args)) else { return false };
        let at = match misfit {
            Misfit::Type(n, _) | Misfit::Items(n, _) | Misfit::TooMany(n) => args.get(n).copied(),
            Misfit::TooFew => None,
        };
        let Some(at) = at else {
            let what = What::Arguments { function, misfit, types: Types::NEVER, n_args: args.len() };
            self.fault(callee, self.ast[callee].span, what, Types::NEVER);
            return function.origin == Origin::Jsonata;
        };
        if let (Misfit::Type(n, _), Some(name)) = (misfit, self.scopes.free_variable(self.ast, at))
            && function.takes_function(n)
            && name != "states"
            && !self.assigned.contains(name)
        {
            let what = if library::find(name).is_some() { What::Unsupported } else { What::Unknown };
            self.fault(at, self.ast[at].span, what, Types::NEVER);
            return true;
        }
        let at = if matches!(misfit, Misfit::Items(..)) { self.wrong_item(function, at) } else { at };
        let what = What::Arguments { function, misfit, types: self.of(at), n_args: args.len() };
        self.fault(at, self.ast[at].span, what, Types::NEVER);
        function.origin == Origin::Jsonata
    }

    /// An array of items is given, and one of them is certainly of the wrong type.
    fn misfit_item(&self, function: &Function, args: &[ExprId]) -> Option<Misfit> {
        let &array = args.first()?;
        (self.wrong_item(function, array) != array).then_some(Misfit::Items(0, function.item_types()?))
    }

    /// The item of `array`, if it is written out, that `function` certainly does not take; else the array itself.
    fn wrong_item(&self, function: &Function, array: ExprId) -> ExprId {
        let (Kind::Array(items), Some(wanted)) = (&self.ast[array].kind, function.item_types()) else { return array };
        let wanted = wanted | Types::NOTHING | Types::ARRAY;
        items.iter().copied().find(|&item| self.of(item).misses(wanted)).unwrap_or(array)
    }

    /// Reports a value among the arguments that the function does not take, though its type is right.
    fn values(&mut self, id: ExprId, function: &'static Function, args: &[ExprId], types: &[Types]) {
        for (n, &arg) in args.iter().enumerate() {
            let Some(problem) = self.problem(function.name, n, arg) else { continue };
            // Nothing in the first place gives nothing, whatever stands behind it.
            let operands = if n == 0 { Types::NEVER } else { types[0] };
            self.fault(id, self.ast[arg].span, What::Argument(function, problem), operands);
            return;
        }
    }

    /// What is wrong with the argument of this number, if it is a literal that the function of this name does not take.
    fn problem(&self, name: &str, n: usize, arg: ExprId) -> Option<String> {
        let constant = self.known.constant(arg);
        let number = match constant {
            Some(Constant::Number(number)) => Some(number),
            _ => None,
        };
        let text = constant.and_then(|constant| match constant {
            Constant::String(id) => self.string(id),
            _ => None,
        });
        let problem = match (name, n) {
            ("reduce", 1) => {
                let Kind::Lambda { params, .. } = &self.ast[self.flow.value(arg).unwrap_or(arg)].kind else {
                    return None;
                };
                (params.len() < 2).then_some("`$reduce` calls a function of two parameters, and this has fewer")
            }
            ("number", 0) => {
                let is_number = |text: &str| {
                    let is_based =
                        |base: char| text.contains(['0']) && text.contains([base, base.to_ascii_uppercase()]);
                    ['x', 'o', 'b'].into_iter().any(is_based) || is_decimal(text)
                };
                (!is_number(text?)).then_some("`$number` reads numbers as JSON has them, and this is none")
            }
            ("toMillis", 0) => {
                let is_dated = |text: &str| text.len() >= 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
                let is_alone = self.is_only_argument(arg);
                (is_alone && !is_dated(text?)).then_some("`$toMillis` reads timestamps of ISO 8601, and this is none")
            }
            ("replace", 1) => text?.is_empty().then_some("`$replace` looks for a text, and this is empty"),
            ("replace", 3) | ("split", 2) | ("match", 2) => {
                (number? < 0.0).then_some("this is how many to find at most, and it is below 0")
            }
            ("sqrt", 0) => (number? < 0.0).then_some("there is no root of a number below 0"),
            ("formatBase", 1) => {
                let base = number?;
                (!(1.5..=36.5).contains(&base)).then_some("a base is a number from 2 to 36")
            }
            ("hash", 1) => (!matches!(text?, "MD5" | "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512"))
                .then_some("the algorithms of `$hash` are `MD5`, `SHA-1`, `SHA-256`, `SHA-384` and `SHA-512`"),
            ("range", 2) => (number? == 0.0).then_some("a range of steps of 0 comes to no end"),
            ("partition", 0) => {
                let types = self.of(arg);
                let is_array = types.meets(Types::ARRAY | Types::NOTHING);
                return (!is_array).then(|| format!("`$partition` cuts an array, and this is {types}"));
            }
            ("partition", 1) => (number? <= 0.0).then_some("the parts of `$partition` have one item at least"),
            _ => None,
        };
        problem.map(str::to_owned)
    }

    fn is_only_argument(&self, arg: ExprId) -> bool {
        matches!(&self.ast[self.flow.parent(arg)].kind, Kind::Call { args, .. } if args.len() == 1)
    }

    /// What a function of the library gives for these arguments.
    pub(super) fn gives(&self, function: &Function, args: &[ExprId], types: &[Types]) -> Types {
        let of = |n: usize| types.get(n).copied().unwrap_or(Types::ANY);
        let array = Types::NOTHING | Types::ARRAY;
        match function.name {
            "map" | "each" => {
                array | args.get(1).map_or(Types::ANY, |&called| self.called(called)).without(Types::NOTHING)
            }
            "filter" => array | items(of(0)),
            "distinct" => {
                if of(0).meets(Types::ARRAY) {
                    Types::ANY
                } else {
                    of(0)
                }
            }
            "append" => {
                let (one, other) = (of(0), of(1));
                let mut types = if one.meets(Types::NOTHING) { other } else { Types::NEVER };
                if other.meets(Types::NOTHING) {
                    types |= one;
                }
                let both =
                    one.meets(Types::ANY.without(Types::NOTHING)) && other.meets(Types::ANY.without(Types::NOTHING));
                if both { types | Types::ARRAY } else { types }
            }
            // Given a value, these give one. (One that does not fit is for the second parameter, and the context for the first.)
            "string" | "uppercase" | "lowercase" | "trim" | "length" | "substring" | "substringBefore"
            | "substringAfter" | "pad" | "replace" | "split" | "join" | "number" | "floor" | "ceil" | "round"
            | "abs" | "sqrt" | "power" | "boolean" | "not" | "sum" | "sort" | "reverse" | "shuffle" | "type"
            | "merge" | "formatNumber" | "formatBase" | "base64encode" | "base64decode"
                if function.takes_first(types) =>
            {
                function.gives.without(Types::NOTHING)
            }
            _ => function.gives,
        }
    }

    /// What calling the value of `function` gives.
    fn called(&self, function: ExprId) -> Types {
        match self.ast[function].kind {
            Kind::Lambda { body, .. } => self.returned(body),
            _ => Types::ANY,
        }
    }

    /// What a function with this body gives. A call at the end of a body is made outside of it, and what `[]` did there is lost.
    fn returned(&self, body: ExprId) -> Types {
        match self.known.types.get(body.index()) {
            Some(types) if !types.meets(Types::ARRAY) => *types,
            _ => Types::ANY,
        }
    }
}

/// Whether a text is a number as JSON has them; zeros before it are let pass.
fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(one, other)| (one, Some(other)));
    let (whole, decimals) = mantissa.split_once('.').map_or((mantissa, None), |(one, other)| (one, Some(other)));
    digits(whole)
        && decimals.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}
