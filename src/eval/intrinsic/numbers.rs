//! The functions of numbers.

use super::arguments::Arguments;
use crate::eval::fault::Fault;
use crate::eval::java;
use crate::eval::random::Random;
use crate::eval::value::Value;

/// The sum of two numbers, each rounded first: halves up, towards the larger number (recorded: -1.5 and 0 are -1).
///
/// Numbers and sum are whole and of 32 bits (measured).
pub(super) fn add(arguments: &mut Arguments<'_>) -> Result<Value, Fault> {
    let rounded = |at: usize| arguments.int(at, (arguments.number(at)? + 0.5).floor());
    let sum = rounded(0)? + rounded(1)?;
    match i32::try_from(sum) {
        Ok(sum) => Ok(Value::from(i64::from(sum))),
        Err(_) => {
            Err(Fault::runtime(arguments.call.span, format!("the sum, {sum}, is beyond the whole numbers of 32 bits")))
        }
    }
}

/// A number from the first up to, and without, the second; decimals are cut off (measured).
///
/// A seed decides the number; that it does so as `java.util.Random` would is inferred.
pub(super) fn random(arguments: &mut Arguments<'_>, chance: &mut Random) -> Result<Value, Fault> {
    let (start, end) = (arguments.truncated(0)?, arguments.truncated(1)?);
    if start >= end {
        let message = format!("there is no number from {start} up to {end}, which itself is not drawn");
        return Err(arguments.fault(1, message));
    }
    let n = (end - start).cast_unsigned();
    let drawn = match (arguments.items.len(), u32::try_from(n).ok().filter(|&n| i32::try_from(n).is_ok())) {
        (0..=2, _) => chance.below(n),
        (_, Some(n)) => u64::from(java::Random::new(arguments.truncated(2)?).below(n)),
        // How Java draws from more than 31 bits does not matter: the same seed gives the same number.
        (_, None) => Random::new(arguments.truncated(2)?.cast_unsigned()).below(n),
    };
    Ok(Value::from(start.saturating_add_unsigned(drawn)))
}
