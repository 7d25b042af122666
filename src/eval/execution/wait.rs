//! A Wait state: until when, on the simulated clock.

use crate::asl::{Language, State, timestamp};

use super::super::Value;
use super::failure::Failure;
use super::pipeline::{Handed, View, is_filled_in, shown};
use super::{Interpreter, Stop};

/// The longest delay, in seconds: one more and the execution fails with "Wait state delay is too long." (recorded, to the day).
const LONGEST: i64 = i32::MAX as i64;

impl<'t> Interpreter<'_, 't> {
    /// Lets the time pass that the state waits.
    pub(super) fn wait(&mut self, state: &State<'t>, view: View<'_>) -> Result<Handed, Stop> {
        let effective = self.effective_input(state, view)?;
        let seconds = self.dynamic(state, state.node, "Seconds", &effective, view)?;
        let timestamp = self.dynamic(state, state.node, "Timestamp", &effective, view)?;
        let unfit = |node, cause: String| Failure::unfit(state.language, node, cause);
        let delay = match (seconds, timestamp) {
            // However long it is, what comes behind it comes.
            (Some((node, _)), _) | (None, Some((node, _))) if is_filled_in(node) => 0,
            (Some((node, value)), _) => {
                let whole = match &value {
                    Value::Number(number) => number.as_i64(),
                    Value::String(text) if state.language == Language::JsonPath => text.parse().ok(),
                    _ => None,
                };
                let Some(whole) = whole else {
                    return Err(
                        unfit(node, format!("`Seconds` is a whole number, and this is {}", shown(&value))).into()
                    );
                };
                if whole < 0 {
                    return Err(unfit(node, format!("nothing waits a negative number of seconds: {whole}")).into());
                }
                if whole > LONGEST {
                    return Err(Failure::runtime(node, "Wait state delay is too long.").into());
                }
                whole * 1000
            }
            (None, Some((node, value))) => {
                let instant = value.as_str().and_then(|text| timestamp::rfc3339(text).ok());
                let Some(instant) = instant else {
                    return Err(unfit(node, format!("this is no RFC 3339 timestamp, but {}", shown(&value))).into());
                };
                let delay = instant.as_millisecond().saturating_sub(self.now);
                if delay / 1000 > LONGEST {
                    return Err(Failure::runtime(node, "Wait state delay is too long.").into());
                }
                delay
            }
            (None, None) => return Err(Failure::runtime(state.key, "nothing says how long to wait").into()),
        };
        self.advance(delay)?;
        self.hand_on_input(state, &effective, view)
    }
}
