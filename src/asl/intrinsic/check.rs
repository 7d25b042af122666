//! Turns a call into what is known to go wrong with it: unknown names, counts, types and literals no function takes.
//!
//! What the service does with each is told by recordings of it and by the conformance cases of a local runtime, which mark where
//! the service differs ("Invalid arguments in States.…", `States.Runtime`); what neither tells is [`Fault::Doubtful`] or no fault.

use serde::de::IgnoredAny;

use super::{Argument, ArgumentKind, Call, Cure, Fault, Function, IntrinsicError, Literal, MAX_CALLS, Piece, template};
use crate::text::nearest;

/// The longest text that `States.Base64Encode`, `States.Base64Decode` and `States.Hash` take.
const MAX_TEXT: usize = 10_000;

/// The most items that `States.ArrayRange` makes.
const MAX_ITEMS: f64 = 1_000.0;

/// What `States.MathAdd` takes and gives.
const INTEGERS: std::ops::RangeInclusive<f64> = -2_147_483_648.0..=2_147_483_647.0;

/// What `States.Hash` knows; case counts (recorded).
const ALGORITHMS: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

pub(super) fn call(text: &str, outermost: &Call, errors: &mut Vec<IntrinsicError>) {
    // What a text that is no call at all would be named is of no interest.
    if errors.iter().any(|error| error.fault == Fault::Syntax && error.span == outermost.span) {
        return;
    }
    if let Some(excess) = outermost.calls().nth(MAX_CALLS) {
        let message = format!("this is call number {} of a field that takes {MAX_CALLS}", MAX_CALLS + 1);
        errors.push(IntrinsicError::new(Fault::Nesting, excess.name_span, message));
    }
    for call in outermost.calls() {
        match call.function {
            Some(function) if is_complete(call) && counts(call, function, errors) => {
                types(call, function, errors);
                values(text, call, function, errors);
            }
            Some(_) => {}
            None => errors.push(unknown(call)),
        }
    }
}

fn unknown(call: &Call) -> IntrinsicError {
    let cure = Function::suggestion(&call.name).map(Cure::Name);
    let message = format!("there is no intrinsic function `{}`", call.name);
    IntrinsicError { cure, ..IntrinsicError::new(Fault::UnknownFunction, call.name_span, message) }
}

fn is_complete(call: &Call) -> bool {
    call.arguments.iter().all(|argument| argument.kind != ArgumentKind::Missing)
}

/// Whether there are as many arguments as the function takes.
fn counts(call: &Call, function: Function, errors: &mut Vec<IntrinsicError>) -> bool {
    let (n, arity) = (call.arguments.len(), function.arity());
    if function == Function::Uuid
        && let Some(first) = call.arguments.first()
    {
        let message = "`States.UUID` ignores what is passed to it".to_owned();
        errors.push(IntrinsicError::new(Fault::Ignored, first.span, message));
    }
    if n >= arity.min && arity.max.is_none_or(|max| n <= max) {
        return true;
    }
    // `States.JsonMerge` is lenient with its third argument, and may be with its absence.
    let fault = if function == Function::JsonMerge { Fault::Doubtful } else { Fault::Arity };
    let are = if n == 1 { "is" } else { "are" };
    let message = format!("`{}` takes {arity}, and here {are} {n}", call.name);
    errors.push(IntrinsicError::new(fault, call.name_span, message));
    false
}

/// Literals and results of calls that are not of the type the function asks for.
fn types(call: &Call, function: Function, errors: &mut Vec<IntrinsicError>) {
    for (argument, &expected) in call.arguments.iter().zip(function.signature().parameters) {
        let found = argument.kind.value_type();
        // The algorithm of a hash is looked at by value.
        let is_told = function == Function::Hash && !matches!(argument.kind, ArgumentKind::Call(_));
        if is_told || expected.takes(found) {
            continue;
        }
        let (span, what) = match &argument.kind {
            ArgumentKind::Call(inner) => (inner.name_span, format!("`{}` gives {found}", inner.name)),
            _ => (argument.span, format!("this is {found}")),
        };
        let message = format!("`{}` takes {expected} here, and {what}", call.name);
        errors.push(IntrinsicError::new(Fault::Argument, span, message));
    }
}

/// Literals of the right type that no execution gets past.
fn values(text: &str, call: &Call, function: Function, errors: &mut Vec<IntrinsicError>) {
    let is_torn = errors.iter().any(|error| error.fault == Fault::Syntax);
    let mut report = |fault: Fault, argument: &Argument, message: String| {
        errors.push(IntrinsicError::new(fault, argument.span, message));
    };
    let mut wrong = |argument: &Argument, message: String| report(Fault::Argument, argument, message);
    match (function, call.arguments.as_slice()) {
        (Function::Format, [first, values @ ..]) => {
            if let Err(error) = format(first, values.len()) {
                errors.push(error);
            }
        }
        (Function::Base64Decode | Function::Base64Encode, [argument]) => too_long(argument, &mut wrong),
        (Function::Hash, [argument, algorithm]) => {
            too_long(argument, &mut wrong);
            errors.extend(unknown_algorithm(algorithm));
        }
        (Function::StringToJson, [argument]) if !is_torn => {
            if let ArgumentKind::String(literal) = &argument.kind
                && !literal.is_open()
                && !is_json(&literal.value())
            {
                wrong(argument, "this text is not JSON".to_owned());
            }
        }
        (Function::JsonMerge, [.., deep]) if deep.kind == ArgumentKind::Boolean(true) => {
            wrong(deep, "`States.JsonMerge` merges shallowly only: `false` stands here".to_owned());
        }
        (Function::ArrayPartition, [_, size]) if number(size).is_some_and(|n| n < 1.0) => {
            wrong(size, "the size of a part is at least 1".to_owned());
        }
        // Of an empty array the service makes `null`.
        (Function::ArrayGetItem, [_, index]) if number(index).is_some_and(|n| n < 0.0) => {
            report(Fault::Doubtful, index, "items are counted from 0: no index is below it".to_owned());
        }
        (Function::MathAdd, [one, other]) => sum(text, one, other, &mut wrong),
        (Function::MathRandom, [start, end, ..]) => {
            if let (Some(from), Some(to)) = (number(start), number(end))
                && from >= to
            {
                let message = format!("there is no number from {from} up to {to}, which itself is not drawn");
                wrong(end, message);
            }
        }
        (Function::ArrayRange, [start, end, step]) => range([start, end, step], &mut wrong),
        _ => {}
    }
}

/// A literal that is no algorithm of `States.Hash`, and the one that was probably meant.
fn unknown_algorithm(argument: &Argument) -> Option<IntrinsicError> {
    let (span, cure) = match &argument.kind {
        ArgumentKind::String(literal) if literal.is_open() || ALGORITHMS.contains(&literal.raw.as_str()) => {
            return None;
        }
        ArgumentKind::String(literal) => {
            (literal.content, nearest(&literal.raw, ALGORITHMS.map(|known| (known, known))).map(Cure::Name))
        }
        kind if is_literal(kind) => (argument.span, None),
        _ => return None,
    };
    let message = format!("`States.Hash` knows `{}` only", ALGORITHMS.join("`, `"));
    // An empty text is shown by its quotes.
    let span = if span.is_empty() { argument.span } else { span };
    Some(IntrinsicError { cure, ..IntrinsicError::new(Fault::Argument, span, message) })
}

/// A literal number, without its decimals: the service cuts them off.
fn number(argument: &Argument) -> Option<f64> {
    match argument.kind {
        ArgumentKind::Number(n) => Some(n.trunc()),
        _ => None,
    }
}

fn range([start, end, step]: [&Argument; 3], wrong: &mut impl FnMut(&Argument, String)) {
    let Some(by) = number(step) else { return };
    if by == 0.0 {
        return wrong(step, "a step of 0 never gets to the end".to_owned());
    }
    let (Some(from), Some(to)) = (number(start), number(end)) else { return };
    let n = ((to - from) / by).floor() + 1.0;
    if n > MAX_ITEMS {
        wrong(end, format!("these are {n} items, and `States.ArrayRange` makes at most {MAX_ITEMS}"));
    }
}

/// Numbers beyond 32 bits, summands and sum; those with an exponent are read in some other way (recorded).
fn sum(text: &str, one: &Argument, other: &Argument, wrong: &mut impl FnMut(&Argument, String)) {
    let number = |argument: &Argument| match argument.kind {
        ArgumentKind::Number(n) if !argument.span.of(text).contains(['e', 'E']) => Some(n.round()),
        _ => None,
    };
    for argument in [one, other] {
        if number(argument).is_some_and(|n| !INTEGERS.contains(&n)) {
            return wrong(argument, "`States.MathAdd` takes whole numbers of 32 bits".to_owned());
        }
    }
    if let (Some(a), Some(b)) = (number(one), number(other))
        && !INTEGERS.contains(&(a + b))
    {
        wrong(other, format!("the sum, {}, is beyond the whole numbers of 32 bits", a + b));
    }
}

/// Whether the service reads a text as JSON: an empty one as `null` (recorded), and what stands behind a value is not judged.
fn is_json(text: &str) -> bool {
    !matches!(serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>().next(), Some(Err(_)))
}

/// Checks a template and how many values it takes.
fn format(first: &Argument, n_values: usize) -> Result<(), IntrinsicError> {
    let wrong = |span, message: String| Err(IntrinsicError::new(Fault::Argument, span, message));
    let literal = match &first.kind {
        ArgumentKind::String(literal) => literal,
        // Without values it is not known what comes of it.
        kind if is_literal(kind) && n_values > 0 => {
            return wrong(first.span, "the template of `States.Format` is a string".to_owned());
        }
        _ => return Ok(()),
    };
    let pieces = template(&literal.raw).map_err(|error| {
        let at = error.span.shifted(literal.content.start);
        IntrinsicError::new(Fault::Argument, at, error.message)
    })?;
    let n = pieces.iter().filter(|piece| **piece == Piece::Placeholder).count();
    if n == n_values || literal.is_open() {
        return Ok(());
    }
    let plural = |n: usize, one: &'static str, many: &'static str| if n == 1 { one } else { many };
    let message = format!(
        "the template has {n} {} `{{}}`, and {n_values} {} for it",
        plural(n, "placeholder", "placeholders"),
        plural(n_values, "value is there", "values are there"),
    );
    wrong(first.span, message)
}

fn too_long(argument: &Argument, wrong: &mut impl FnMut(&Argument, String)) {
    let ArgumentKind::String(literal) = &argument.kind else { return };
    let n = length(literal);
    if n > MAX_TEXT {
        wrong(argument, format!("this text has {n} characters, and the function takes at most {MAX_TEXT}"));
    }
}

fn length(literal: &Literal) -> usize {
    literal.value().chars().count()
}

fn is_literal(kind: &ArgumentKind) -> bool {
    use ArgumentKind::{Boolean, Null, Number, String};
    matches!(kind, String(_) | Number(_) | Boolean(_) | Null)
}
