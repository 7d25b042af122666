//! Retriers whose delays grow beyond what the execution, or anybody's patience, lasts.

use super::Sink;
use super::wait_outlasts_execution::{MOST, end};
use crate::analysis::{Analysis, Limit};
use crate::asl::{Retrier, State};
use crate::diagnostic::{Label, Severity};
use crate::syntax::Node;

/// A delay that is too long to have been meant, in seconds.
const DAY: f64 = 86_400.0;

/// So many retries are looked at: delays that grow so slowly are no slip.
const MAX_RETRIES: i64 = 1_000;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for state in &cx.machine.states {
        for retrier in &state.retriers {
            if let Some(delays) = Delays::of(retrier) {
                retries(cx, state, retrier, &delays, sink);
            }
        }
    }
}

fn retries(cx: &Analysis<'_>, state: &State<'_>, retrier: &Retrier<'_>, delays: &Delays, sink: &mut Sink<'_>) {
    let limit = cx.limit(state.scope);
    let arrival = cx.times().arrival(state.id).unwrap_or_default();
    let last = delays.before(delays.max_attempts);
    // No delay is shorter than the one before it. Half of the limit leaves room for what is rounded.
    let may_be_cut = |limit: &Limit<'_>| last * seconds(delays.max_attempts) > seconds(limit.seconds - arrival) / 2.0;
    let (mut total, mut cut) = (0.0, None);
    let n_looked_at = if limit.as_ref().is_some_and(may_be_cut) { delays.max_attempts.min(MAX_RETRIES) } else { 0 };
    for retry in 1..=n_looked_at {
        total += delays.before(retry);
        if limit.is_some_and(|limit| total > seconds(limit.seconds - arrival)) {
            cut = Some(retry);
            break;
        }
    }
    let at = ["MaxAttempts", "BackoffRate", "IntervalSeconds"].into_iter().find_map(|name| retrier.node.get(name));
    let at = at.unwrap_or(retrier.node);
    let (most, rate) = (delays.max_attempts, delays.rate);
    if let (Some(retry), Some(limit)) = (cut, limit) {
        let what = if retry == 1 {
            format!("even the first of the {most} retries comes too late")
        } else {
            format!("the delays before retry 1 to {retry} of {most} add up to {}", lapse(total))
        };
        let finding = sink.report(at, format!("{what}, and {}", end(&limit)));
        finding.related.extend(limit.field.map(|field| Label::new(field.value.span(), "this ends the execution")));
        if let Some(catcher) = state.catchers.iter().find(|catcher| shares_a_name(&catcher.errors, &retrier.errors)) {
            finding.severity = Severity::Warning;
            finding.related.push(Label::new(
                catcher.node.token(),
                "this catches the error when the retries are used up, and does not come to it",
            ));
        }
    } else if last > DAY && rate > 1.0 {
        let message = format!("the last of the {most} retries comes {} after the one before it", lapse(last));
        let finding = sink.report(at, message);
        finding
            .notes
            .push(format!("each delay is {rate} times the one before; `MaxDelaySeconds` bounds how long one gets"));
    }
}

/// A catcher of the same error: `States.ALL` takes all that is left when the retries are used up.
fn shares_a_name(caught: &[Node<'_>], retried: &[Node<'_>]) -> bool {
    let name = |node: &Node<'_>| node.as_str().map(str::to_owned).filter(|_| !node.is_open());
    caught.iter().filter_map(name).any(|caught| retried.iter().filter_map(name).any(|retried| retried == caught))
}

/// When a retrier tries again.
struct Delays {
    interval: f64,
    rate: f64,
    max_attempts: i64,
    longest: f64,
}

impl Delays {
    /// `None` where some number is not known, or chance decides.
    fn of(retrier: &Retrier<'_>) -> Option<Self> {
        let node = retrier.node;
        if node.may_have_more() || node.get("JitterStrategy").is_some_and(|jitter| jitter.as_str() != Some("NONE")) {
            return None;
        }
        let number = |name: &str, default: f64| match node.get(name) {
            // What is out of range is another rule's finding.
            Some(value) => value.as_f64().filter(|number| !value.is_open() && (0.0..=seconds(MOST)).contains(number)),
            None => Some(default),
        };
        let max_attempts = match node.get("MaxAttempts") {
            Some(value) => value.as_i64().filter(|n| !value.is_open() && (1..=MOST).contains(n))?,
            None => 3,
        };
        Some(Self {
            interval: number("IntervalSeconds", 1.0)?,
            rate: number("BackoffRate", 2.0).filter(|&rate| rate >= 1.0)?,
            max_attempts,
            longest: number("MaxDelaySeconds", f64::INFINITY)?,
        })
    }

    /// Seconds before the retry of this number, from 1 on.
    fn before(&self, retry: i64) -> f64 {
        let exponent = i32::try_from(retry - 1).unwrap_or(i32::MAX);
        (self.interval * self.rate.powi(exponent)).min(self.longest)
    }
}

/// Seconds as they count here: none is beyond what a double holds exactly.
fn seconds(seconds: i64) -> f64 {
    f64::from(i32::try_from(seconds).unwrap_or(i32::MAX))
}

/// A time as people say it: the two largest units.
pub(super) fn lapse(seconds: f64) -> String {
    const UNITS: [(&str, f64); 5] =
        [("year", 31_536_000.0), ("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0), ("second", 1.0)];
    let first = UNITS.iter().position(|&(_, length)| seconds >= length).unwrap_or(UNITS.len() - 1);
    let mut parts = Vec::new();
    let mut rest = seconds;
    for &(name, length) in UNITS[first..].iter().take(2) {
        let n = (rest / length).floor();
        rest -= n * length;
        if n > 0.0 || parts.is_empty() {
            let s = if n == 1.0 { "" } else { "s" };
            parts.push(if n >= 1_000_000.0 {
                format!("a million {name}s and more")
            } else {
                format!("{n:.0} {name}{s}")
            });
        }
    }
    parts.truncate(if parts[0].starts_with("a million") { 1 } else { 2 });
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::lapse;

    #[test]
    fn two_units_are_enough() {
        for (seconds, expected) in [
            (0.0, "0 seconds"),
            (1.0, "1 second"),
            (59.9, "59 seconds"),
            (60.0, "1 minute"),
            (90.0, "1 minute 30 seconds"),
            (7_200.0, "2 hours"),
            (200_000.0, "2 days 7 hours"),
            (40_000_000.0, "1 year 97 days"),
            (1e300, "a million years and more"),
        ] {
            assert_eq!(lapse(seconds), expected);
        }
    }
}
