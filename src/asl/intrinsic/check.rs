//! Turns a call into what is known to go wrong with it: unknown names, counts, literals no function takes.

use super::{Argument, ArgumentKind, Call, Fault, Function, IntrinsicError, Literal, MAX_CALLS, Piece, template};

/// The longest text that `States.Base64Encode`, `States.Base64Decode` and `States.Hash` take.
const MAX_TEXT: usize = 10_000;

/// The most items that `States.ArrayRange` makes.
const MAX_ITEMS: f64 = 1_000.0;

/// What `States.Hash` knows; case counts (recorded).
const ALGORITHMS: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

pub(super) fn call(outermost: &Call, errors: &mut Vec<IntrinsicError>) {
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
            Some(function) => arguments(call, function, errors),
            None => errors.push(unknown(call)),
        }
    }
}

fn unknown(call: &Call) -> IntrinsicError {
    let suggestion = Function::suggestion(&call.name);
    let message = format!("there is no intrinsic function `{}`", call.name);
    IntrinsicError { suggestion, ..IntrinsicError::new(Fault::UnknownFunction, call.name_span, message) }
}

fn arguments(call: &Call, function: Function, errors: &mut Vec<IntrinsicError>) {
    let (n, arity) = (call.arguments.len(), function.arity());
    if call.arguments.iter().any(|argument| argument.kind == ArgumentKind::Missing) {
        return;
    }
    if n < arity.min || arity.max.is_some_and(|max| n > max) {
        let message = format!("`{}` takes {arity}, and here are {n}", call.name);
        errors.push(IntrinsicError::new(Fault::Arity, call.name_span, message));
        return;
    }
    let mut wrong = |argument: &Argument, message: String| {
        errors.push(IntrinsicError::new(Fault::Argument, argument.span, message));
    };
    match (function, call.arguments.as_slice()) {
        (Function::Format, [first, values @ ..]) => {
            if let Err(error) = format(first, values.len()) {
                errors.push(error);
            }
        }
        (Function::Base64Decode | Function::Base64Encode, [argument]) => too_long(argument, &mut wrong),
        (Function::Hash, [argument, algorithm]) => {
            too_long(argument, &mut wrong);
            let known = match &algorithm.kind {
                ArgumentKind::String(literal) => literal.is_open() || ALGORITHMS.contains(&literal.raw.as_str()),
                kind => !is_literal(kind),
            };
            if !known {
                wrong(algorithm, format!("`States.Hash` knows `{}` only", ALGORITHMS.join("`, `")));
            }
        }
        (Function::JsonMerge, [.., deep]) if deep.kind == ArgumentKind::Boolean(true) => {
            wrong(deep, "`States.JsonMerge` merges shallowly only: `false` stands here".to_owned());
        }
        (Function::ArrayPartition, [_, size]) => {
            not_a_number(size, &mut wrong);
            if matches!(size.kind, ArgumentKind::Number(n) if n.round() < 1.0) {
                wrong(size, "the size of a part is at least 1".to_owned());
            }
        }
        (Function::ArrayGetItem, [_, index]) => not_a_number(index, &mut wrong),
        (Function::MathAdd | Function::MathRandom, all) => all.iter().for_each(|one| not_a_number(one, &mut wrong)),
        (Function::ArrayRange, [start, end, step]) => {
            [start, end, step].into_iter().for_each(|one| not_a_number(one, &mut wrong));
            let ArgumentKind::Number(by) = step.kind else { return };
            if by.round() == 0.0 {
                wrong(step, "a step of 0 never gets to the end".to_owned());
            } else if let (ArgumentKind::Number(from), ArgumentKind::Number(to)) = (&start.kind, &end.kind) {
                let n = ((to.round() - from.round()) / by.round()).floor() + 1.0;
                if n > MAX_ITEMS {
                    wrong(end, format!("these are {n} items, and `States.ArrayRange` makes at most {MAX_ITEMS}"));
                }
            }
        }
        _ => {}
    }
}

/// Checks a template and how many values it takes.
fn format(first: &Argument, n_values: usize) -> Result<(), IntrinsicError> {
    let wrong = |span, message: String| Err(IntrinsicError::new(Fault::Argument, span, message));
    let literal = match &first.kind {
        ArgumentKind::String(literal) => literal,
        kind if is_literal(kind) => return wrong(first.span, "the template of `States.Format` is a string".to_owned()),
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

fn not_a_number(argument: &Argument, wrong: &mut impl FnMut(&Argument, String)) {
    let impossible = match &argument.kind {
        ArgumentKind::String(literal) => !literal.is_open(),
        kind => matches!(kind, ArgumentKind::Boolean(_) | ArgumentKind::Null),
    };
    if impossible {
        wrong(argument, "a number stands here".to_owned());
    }
}

fn is_literal(kind: &ArgumentKind) -> bool {
    use ArgumentKind::{Boolean, Null, Number, String};
    matches!(kind, String(_) | Number(_) | Boolean(_) | Null)
}
