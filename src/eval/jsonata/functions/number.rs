//! Functions of numbers.

use super::Arguments;
use crate::eval::jsonata::evaluate::{Evaluation, Fallible, fail};
use crate::eval::jsonata::integer_picture;
use crate::eval::jsonata::item::Item;
use crate::eval::jsonata::number_picture;
use crate::eval::jsonata::picture::number_text;
use crate::eval::value::Value;

/// The numbers of an array; nothing if it is nothing.
fn numbers(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Vec<f64>>> {
    let Some(items) = args.item(0).and_then(Item::as_items) else { return Ok(None) };
    evaluation.spend(evaluation.call_span(args), items.len())?;
    Ok(Some(items.iter().filter_map(|item| item.as_f64()).collect()))
}

pub(super) fn sum(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(numbers(evaluation, args)?.map(|numbers| Item::from(total(&numbers))))
}

/// From 0 on, in order.
fn total(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |total, number| total + number)
}

pub(super) fn average(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let numbers = numbers(evaluation, args)?.filter(|numbers| !numbers.is_empty());
    #[expect(clippy::cast_precision_loss, reason = "no array has 2^53 items")]
    Ok(numbers.map(|numbers| Item::from(total(&numbers) / numbers.len() as f64)))
}

pub(super) fn max(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(numbers(evaluation, args)?.and_then(|numbers| numbers.into_iter().reduce(f64::max)).map(Item::from))
}

pub(super) fn min(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(numbers(evaluation, args)?.and_then(|numbers| numbers.into_iter().reduce(f64::min)).map(Item::from))
}

pub(super) fn number(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(Some(match args.item(0) {
        None => return Ok(None),
        Some(Item::Json(Value::String(text))) => match read(text) {
            Some(number) => Item::from(number),
            None => return fail(evaluation.call_span(args), "D3030", "text is no number"),
        },
        Some(Item::Json(Value::Bool(value))) => Item::from(i64::from(*value)),
        Some(other) => other.clone(),
    }))
}

/// A number as JSON writes it, or a whole one in base 2, 8 or 16.
fn read(text: &str) -> Option<f64> {
    for (radix, prefixes) in [(16, ["0x", "0X"]), (8, ["0o", "0O"]), (2, ["0b", "0B"])] {
        if let Some(digits) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            let mut digits = digits.chars().map(|digit| digit.to_digit(radix)).peekable();
            digits.peek()?;
            return digits.try_fold(0.0, |number, digit| Some(number * f64::from(radix) + f64::from(digit?)));
        }
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = is_digits(whole) && is_digits(fraction) && is_digits(exponent);
    text.parse().ok().filter(|number: &f64| is_number && number.is_finite())
}

pub(super) fn abs(_: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(args.number(0).map(|number| Item::from(number.abs())))
}

pub(super) fn floor(_: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(args.number(0).map(|number| Item::from(number.floor())))
}

pub(super) fn ceil(_: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(args.number(0).map(|number| Item::from(number.ceil())))
}

pub(super) fn round(_: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    Ok(args.number(0).map(|number| Item::from(rounded(number, args.number(1).unwrap_or_default()))))
}

/// Half to even, at a decimal place: the point is moved in the text of the number, as the reference implementation does.
fn rounded(number: f64, precision: f64) -> f64 {
    let moved = if precision == 0.0 { number } else { move_point(number, precision) };
    let floor = moved.floor();
    let mut whole = if moved - floor >= 0.5 { floor + 1.0 } else { floor };
    if (whole - moved).abs() == 0.5 && (whole % 2.0).abs() == 1.0 {
        whole -= 1.0;
    }
    if precision == 0.0 { whole } else { move_point(whole, -precision) }
}

fn move_point(number: f64, places: f64) -> f64 {
    let text = number_text(number);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent = exponent.parse::<f64>().unwrap_or(f64::NAN) + places;
    format!("{mantissa}e{exponent}").parse().unwrap_or(f64::NAN)
}

pub(super) fn sqrt(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    match args.number(0) {
        Some(number) if number < 0.0 => fail(evaluation.call_span(args), "D3060", "number under the root is negative"),
        number => Ok(number.map(|number| Item::from(number.sqrt()))),
    }
}

pub(super) fn power(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(base) = args.number(0) else { return Ok(None) };
    let exponent = args.number(1).unwrap_or(f64::NAN);
    // To JavaScript a power of 1 or -1 that is not finite is no number.
    let power =
        if exponent.is_infinite() && base.abs() == 1.0 || exponent.is_nan() { f64::NAN } else { base.powf(exponent) };
    if power.is_finite() {
        return Ok(Some(Item::from(power)));
    }
    fail(evaluation.call_span(args), "D3061", format!("{base} to the power of {exponent} is no number of JSON"))
}

pub(super) fn format_base(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let Some(number) = args.number(0) else { return Ok(None) };
    let radix = args.number(1).map_or(10.0, |radix| rounded(radix, 0.0));
    if !(2.0..=36.0).contains(&radix) {
        return fail(evaluation.call_span(args), "D3100", format!("base is {radix}, and may be from 2 to 36"));
    }
    evaluation.made(in_base(rounded(number, 0.0), radix), args)
}

/// `number.toString(radix)` of a whole number, as V8 has it: what binary64 cannot tell from one number to the next is 0.
fn in_base(number: f64, radix: f64) -> String {
    #[expect(clippy::float_cmp, reason = "both are whole")]
    if radix == 10.0 {
        return number_text(number);
    }
    let mut rest = number.abs();
    let mut digits = Vec::new();
    while rest / radix >= 9_007_199_254_740_992.0 {
        digits.push('0');
        rest /= radix;
    }
    while rest > 0.0 || digits.is_empty() {
        let remainder = rest % radix;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 36, and decimals are cut off"
        )]
        let (digit, base) = (remainder as u32, radix as u32);
        digits.push(char::from_digit(digit, base).unwrap_or('0'));
        rest = (rest - remainder) / radix;
    }
    if number < 0.0 {
        digits.push('-');
    }
    digits.into_iter().rev().collect()
}

pub(super) fn format_number(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(number), Some(picture)) = (args.number(0), args.text(1)) else { return Ok(None) };
    let options = match args.item(2) {
        Some(options) => Some(evaluation.value_of(options.clone(), evaluation.call_span(args))?),
        None => None,
    };
    let text = evaluation.shown(number_picture::format_number(number, picture, options.as_ref()), args)?;
    evaluation.made(text, args)
}

pub(super) fn format_integer(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(number), Some(picture)) = (args.number(0), args.text(1)) else { return Ok(None) };
    let text = evaluation.shown(integer_picture::format_integer(number, picture), args)?;
    evaluation.made(text, args)
}

pub(super) fn parse_integer(evaluation: &mut Evaluation<'_>, args: &Arguments) -> Fallible<Option<Item>> {
    let (Some(text), Some(picture)) = (args.text(0), args.text(1)) else { return Ok(None) };
    let number = evaluation.shown(integer_picture::parse_integer(text, picture), args)?;
    Ok(number.map(Item::from))
}
