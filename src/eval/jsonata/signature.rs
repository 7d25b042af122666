//! The arguments of a call and a signature into the arguments that the function gets.
//!
//! The reference implementation writes a letter for each argument and matches the word against the signature as a regular
//! expression, greedily. So does this, with a table instead of an engine.

use std::sync::OnceLock;

use super::item::{Item, Shape, list};
use crate::asl::jsonata::{Count, ParamType};
use crate::eval::value::Value;

/// How arguments do not fit.
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) code: &'static str,
    /// The argument at fault, from 0.
    pub(super) index: usize,
    found: &'static str,
    wanted: String,
}

impl Misfit {
    pub(super) fn message(&self, function: &str) -> String {
        let Self { found, wanted, index, .. } = self;
        let nth = index + 1;
        match self.code {
            "T0411" => {
                format!("the context stands for argument {nth} of `${function}`, which takes {wanted}, and is {found}")
            }
            "T0412" => format!("argument {nth} of `${function}` is no array of {wanted}"),
            _ => format!("`${function}` does not take {found} as its argument {nth}"),
        }
    }
}

/// The arguments as the parameters have them: arrays around what is none, the context where one is missing.
pub(super) fn validate(
    params: &[ParamType],
    mut args: Vec<Option<Item>>,
    context: Option<&Item>,
) -> Result<Vec<Option<Item>>, Misfit> {
    let takes = |(param, arg): (&ParamType, &Option<Item>)| param.count != Count::Many && accepts(param, letter(arg));
    if args.len() == params.len() && params.iter().zip(&args).all(takes) {
        // One for each: so it is almost always.
        for (at, (param, arg)) in params.iter().zip(&mut args).enumerate() {
            if &*param.types == "a" {
                *arg = as_array(param, arg.take(), 1, at)?;
            }
        }
        return Ok(args);
    }
    let letters: Vec<u8> = args.iter().map(letter).collect();
    let Some(lengths) = split(params, &letters) else { return Err(unfit(params, &args, &letters)) };
    let mut valid = Vec::with_capacity(args.len());
    let mut next = 0;
    for (param, length) in params.iter().zip(lengths) {
        if length == 0 && param.context {
            valid.push(from_context(param, context, next)?);
            continue;
        }
        // An optional parameter without an argument gets the one that comes next, if there is one.
        for at in next..next + length.max(1) {
            let is_array = &*param.types == "a" && length > 0;
            // A `+` behind what is no array gives the first argument again for each that it takes: an oversight that is kept.
            let arg = args.get(if is_array { at } else { next }).cloned().flatten();
            valid.push(if is_array { as_array(param, arg, length, at)? } else { arg });
        }
        next += length.max(1);
    }
    Ok(valid)
}

/// The parameter of a transform, `<(oa):o>`.
pub(super) fn transformed() -> &'static ParamType {
    static PARAM: OnceLock<ParamType> = OnceLock::new();
    PARAM.get_or_init(|| ParamType { types: "oa".into(), inner: None, context: false, count: Count::One })
}

/// The letter of an argument; `m` if it is nothing.
fn letter(arg: &Option<Item>) -> u8 {
    arg.as_ref().map_or(b'm', letter_of)
}

fn letter_of(item: &Item) -> u8 {
    match item {
        Item::Hole => b'm',
        Item::Json(value) => match value {
            Value::Null => b'l',
            Value::Bool(_) => b'b',
            Value::Number(_) => b'n',
            Value::String(_) => b's',
            Value::Array(_) => b'a',
            Value::Object(_) => b'o',
        },
        Item::List(_) => b'a',
        Item::Record(_) => b'o',
        Item::Function(_) => b'f',
    }
}

/// Whether a parameter takes an argument of this letter.
fn accepts(param: &ParamType, letter: u8) -> bool {
    match &*param.types {
        "f" => letter == b'f',
        "a" | "x" => true,
        "j" => letter != b'f',
        types => letter == b'm' || types.as_bytes().contains(&letter),
    }
}

/// How many arguments a parameter takes at least and at most.
fn bounds(param: &ParamType) -> (usize, usize) {
    match param.count {
        Count::Many => (usize::from(!param.context), usize::MAX),
        Count::Optional => (0, 1),
        Count::One => (usize::from(!param.context), 1),
    }
}

/// How many arguments each parameter takes, as many as it can, from the first to the last.
fn split(params: &[ParamType], letters: &[u8]) -> Option<Vec<usize>> {
    let n_letters = letters.len();
    // fits[p][l]: the parameters from p on take the letters from l on.
    let mut fits = vec![vec![false; n_letters + 1]; params.len() + 1];
    fits[params.len()][n_letters] = true;
    for (at, param) in params.iter().enumerate().rev() {
        for from in 0..=n_letters {
            fits[at][from] = lengths(param, &letters[from..]).any(|length| fits[at + 1][from + length]);
        }
    }
    let mut from = 0;
    let mut taken = Vec::with_capacity(params.len());
    for (at, param) in params.iter().enumerate() {
        let length = lengths(param, &letters[from..]).rev().find(|&length| fits[at + 1][from + length])?;
        taken.push(length);
        from += length;
    }
    (from == n_letters).then_some(taken)
}

/// How many of these letters a parameter may take.
fn lengths(param: &ParamType, letters: &[u8]) -> std::ops::RangeInclusive<usize> {
    let (least, most) = bounds(param);
    let n_accepted = letters.iter().take_while(|&&letter| accepts(param, letter)).count();
    // Empty where it takes fewer than it needs.
    least..=most.min(n_accepted)
}

/// Which argument is the first that no parameter takes.
fn unfit(params: &[ParamType], args: &[Option<Item>], letters: &[u8]) -> Misfit {
    let mut from = 0;
    for param in params {
        let lengths = lengths(param, &letters[from..]);
        if lengths.is_empty() {
            break;
        }
        from += lengths.end();
    }
    let found = args.get(from).map_or("nothing", |arg| arg.as_ref().map_or("nothing", Item::describe));
    Misfit { code: "T0410", index: from, found, wanted: String::new() }
}

fn from_context(param: &ParamType, context: Option<&Item>, index: usize) -> Result<Option<Item>, Misfit> {
    if accepts(param, context.map_or(b'm', letter_of)) {
        return Ok(context.cloned());
    }
    let wanted = words(&param.types);
    Err(Misfit { code: "T0411", index, found: context.map_or("nothing", Item::describe), wanted })
}

/// One of the arguments, `n_taken` in number, of a parameter that is an array: what is none becomes the only item of one.
fn as_array(param: &ParamType, arg: Option<Item>, n_taken: usize, index: usize) -> Result<Option<Item>, Misfit> {
    let Some(arg) = arg else { return Ok(None) };
    let inner = param.inner.as_deref();
    let fits = match (inner, arg.as_items()) {
        (None, _) => true,
        (Some(inner), Some(items)) => {
            let wanted = inner.bytes().next().unwrap_or_default();
            items.iter().all(|item| letter_of(&item) == wanted)
        }
        (Some(inner), None) => n_taken == 1 && inner.as_bytes() == [letter_of(&arg)],
    };
    if !fits {
        let wanted = words(inner.unwrap_or_default()).trim_start_matches("a ").to_owned() + "s";
        return Err(Misfit { code: "T0412", index, found: arg.describe(), wanted });
    }
    Ok(Some(if arg.is_array() { arg } else { list(vec![arg], Shape::Plain) }))
}

/// What letters stand for.
fn words(letters: &str) -> String {
    let word = |letter| match letter {
        's' => "a string",
        'n' => "a number",
        'b' => "a boolean",
        'l' => "null",
        'o' => "an object",
        'a' => "an array",
        'f' => "a function",
        _ => "a value",
    };
    letters.chars().take(4).map(word).collect::<Vec<_>>().join(" or ")
}
