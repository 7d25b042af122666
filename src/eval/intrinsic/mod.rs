//! Turns a call of an intrinsic function into its result.
//!
//! What a function does with each value is the developer guide's page on intrinsic functions, but for what the service was
//! seen to do: in recordings of executions ("recorded"), and by the conformance cases of a local runtime, which note where the
//! service differs from it ("measured").

mod arguments;
mod arrays;
mod numbers;
mod texts;

#[cfg(test)]
mod tests;

use crate::asl::intrinsic::{ArgumentKind, Call, Function};
use crate::eval::budget::Budget;
use crate::eval::fault::Fault;
use crate::eval::path;
use crate::eval::random::Random;
use crate::eval::roots::Roots;
use crate::eval::value::Value;

use arguments::{Argument, Arguments};

/// The result of a call; its arguments are worked out from left to right.
///
/// # Errors
/// A path that finds nothing, an argument that the function does not take, and too much work.
pub fn call(call: &Call, roots: &Roots<'_>, chance: &mut Random, budget: &mut Budget) -> Result<Value, Fault> {
    let Some(function) = call.function else {
        return Err(Fault::runtime(call.name_span, format!("there is no intrinsic function `{}`", call.name)));
    };
    let (arity, n) = (function.arity(), call.arguments.len());
    if n < arity.min || arity.max.is_some_and(|max| n > max) {
        let are = if n == 1 { "is" } else { "are" };
        return Err(Fault::runtime(call.name_span, format!("`{}` takes {arity}, and here {are} {n}", call.name)));
    }
    let mut values = Vec::with_capacity(n);
    for argument in &call.arguments {
        values.push(match &argument.kind {
            ArgumentKind::String(literal) => Value::from(literal.value()),
            ArgumentKind::Number(number) => Value::from(*number),
            ArgumentKind::Boolean(value) => Value::from(*value),
            ArgumentKind::Null => Value::Null,
            ArgumentKind::Path(path) => path::read(path, roots, budget)?,
            ArgumentKind::Call(inner) => self::call(inner, roots, chance, budget)?,
            ArgumentKind::Hole | ArgumentKind::Missing => {
                return Err(Fault::runtime(argument.span, "this argument cannot be read"));
            }
        });
    }
    applied(call, function, values, chance, budget)
}

/// The result of a call whose arguments have these values, as many as it names.
///
/// # Errors
/// A value that the function does not take, and too much work.
pub fn applied(
    call: &Call,
    function: Function,
    values: Vec<Value>,
    chance: &mut Random,
    budget: &mut Budget,
) -> Result<Value, Fault> {
    let items = call.arguments.iter().zip(values);
    let items = items.map(|(argument, value)| Argument { span: argument.span, kind: &argument.kind, value }).collect();
    let mut arguments = Arguments { call, items, budget };
    arguments.spend(1)?;
    let result = apply(function, &mut arguments, chance)?;
    result.within_depth(call.span)
}

fn apply(function: Function, arguments: &mut Arguments<'_>, chance: &mut Random) -> Result<Value, Fault> {
    match function {
        Function::Array => Ok(Value::array(arguments.items.drain(..).map(|argument| argument.value).collect())),
        Function::ArrayContains => arrays::contains(arguments),
        Function::ArrayGetItem => arrays::get_item(arguments),
        Function::ArrayLength => arrays::length(arguments),
        Function::ArrayPartition => arrays::partition(arguments),
        Function::ArrayRange => arrays::range(arguments),
        Function::ArrayUnique => arrays::unique(arguments),
        Function::Base64Decode => texts::base64_decode(arguments),
        Function::Base64Encode => texts::base64_encode(arguments),
        Function::Format => texts::format(arguments),
        Function::Hash => texts::hash(arguments),
        Function::JsonMerge => texts::json_merge(arguments),
        Function::JsonToString => texts::json_to_string(arguments),
        Function::MathAdd => numbers::add(arguments),
        Function::MathRandom => numbers::random(arguments, chance),
        Function::StringSplit => texts::split(arguments),
        Function::StringToJson => texts::string_to_json(arguments),
        // What is passed to it does not count (recorded).
        Function::Uuid => Ok(Value::from(chance.uuid())),
    }
}
