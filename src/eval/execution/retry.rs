//! `Retry` into whether and when a state is tried again.
//!
//! The first entry that names the error decides, and counts its own attempts; a state that is entered anew starts from none
//! (States Language specification, "Retrying after error").

use crate::asl::State;
use crate::syntax::Node;

use super::super::Random;
use super::failure::Failure;
use super::{Interpreter, Stop};

/// Attempts after which a retrier gives up, unless it says otherwise.
const MAX_ATTEMPTS: u32 = 3;
const INTERVAL: f64 = 1.0;
const BACKOFF: f64 = 2.0;

/// The attempts at one visit of a state.
#[derive(Debug)]
pub(super) struct Attempts<'m, 't> {
    state: &'m State<'t>,
    /// By entry of `Retry`: how many times it has had the state retried.
    counts: Vec<u32>,
}

/// Another attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Retry {
    /// Which entry of `Retry` says so.
    pub(super) retrier: usize,
    /// How many times it has had the state retried, with this one.
    pub(super) attempt: u32,
    /// Seconds until then.
    pub(super) delay: f64,
}

impl<'m, 't> Attempts<'m, 't> {
    /// None so far.
    pub(super) fn new(state: &'m State<'t>) -> Self {
        Self { state, counts: Vec::new() }
    }

    /// How many times the state has been retried.
    pub(super) fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Whether the state is tried again after this failure.
    pub(super) fn next(&mut self, failure: &Failure, random: &mut Random) -> Option<Retry> {
        let mut retriers = self.state.retriers.iter().enumerate();
        let (index, retrier) = retriers.find(|(_, retrier)| failure.is_among(&retrier.errors))?;
        self.counts.resize(self.state.retriers.len(), 0);
        let count = &mut self.counts[index];
        let most = retrier.node.get("MaxAttempts").and_then(Node::as_i64);
        if i64::from(*count) >= most.unwrap_or_else(|| MAX_ATTEMPTS.into()) {
            return None;
        }
        let delay = delay(retrier.node, *count, random);
        *count += 1;
        Some(Retry { retrier: index, attempt: *count, delay })
    }
}

/// Seconds before the attempt that follows `n_before` others of this retrier.
fn delay(retrier: Node<'_>, n_before: u32, random: &mut Random) -> f64 {
    let number = |name: &str| retrier.get(name).and_then(Node::as_f64);
    let interval = number("IntervalSeconds").unwrap_or(INTERVAL).max(0.0);
    let rate = number("BackoffRate").unwrap_or(BACKOFF).max(1.0);
    let exponent = i32::try_from(n_before).unwrap_or(i32::MAX);
    let most = number("MaxDelaySeconds").unwrap_or(f64::INFINITY);
    // 99,999,999 is the longest interval that the service takes.
    let delay = (interval * rate.powi(exponent)).min(most).min(99_999_999.0);
    match retrier.get("JitterStrategy").and_then(Node::as_str) {
        Some("FULL") => delay * random.unit(),
        _ => delay,
    }
}

impl Interpreter<'_, '_> {
    /// Lets so many seconds pass.
    pub(super) fn wait_seconds(&mut self, seconds: f64) -> Result<(), Stop> {
        self.advance(milliseconds(seconds))
    }
}

/// Seconds as milliseconds, rounded; as many as fit.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond i64 becomes the nearest i64")]
pub(super) fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::lower;
    use crate::syntax::{Format, parse};

    /// The delays of attempt after attempt at a state that always fails with `error`.
    fn delays(retry: &str, errors: &[&str]) -> Vec<(usize, u32, f64)> {
        let text = format!(r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Retry": {retry}}}}}}}"#);
        let tree = parse(&text.into(), Format::Json);
        let machine = lower(tree.root());
        let mut attempts = Attempts::new(&machine.states[0]);
        let mut random = Random::new(1);
        let next = |error: &&str| attempts.next(&Failure::new(error, ""), &mut random);
        errors.iter().map_while(next).map(|retry| (retry.retrier, retry.attempt, retry.delay)).collect()
    }

    #[test]
    fn retriers_back_off_and_give_up() {
        for (retry, n, expected) in [
            (r#"[{"ErrorEquals": ["E"]}]"#, 9, &[(0, 1, 1.0), (0, 2, 2.0), (0, 3, 4.0)][..]),
            (r#"[{"ErrorEquals": ["E"], "MaxAttempts": 0}]"#, 9, &[]),
            (r#"[{"ErrorEquals": ["F"]}]"#, 9, &[]),
            (
                r#"[{"ErrorEquals": ["E"], "IntervalSeconds": 3, "BackoffRate": 1.5, "MaxDelaySeconds": 6, "MaxAttempts": 4}]"#,
                9,
                &[(0, 1, 3.0), (0, 2, 4.5), (0, 3, 6.0), (0, 4, 6.0)],
            ),
            (r#"[{"ErrorEquals": ["E"], "IntervalSeconds": 0, "MaxAttempts": 2}]"#, 9, &[(0, 1, 0.0), (0, 2, 0.0)]),
            // The first that names the error decides, even when it is used up.
            (r#"[{"ErrorEquals": ["E"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"]}]"#, 9, &[(0, 1, 1.0)]),
        ] {
            assert_eq!(delays(retry, &["E"].repeat(n)), expected, "{retry}");
        }
    }

    #[test]
    fn each_retrier_counts_for_itself() {
        let retry = r#"[{"ErrorEquals": ["E"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]"#;
        assert_eq!(delays(retry, &["F", "E", "F", "F"]), [(1, 1, 1.0), (0, 1, 1.0), (1, 2, 2.0)]);
    }

    #[test]
    fn jitter_stays_below_the_delay_and_is_seeded() {
        let retry = r#"[{"ErrorEquals": ["E"], "JitterStrategy": "FULL", "IntervalSeconds": 8, "BackoffRate": 1}]"#;
        let once = delays(retry, &["E", "E", "E"]);
        assert_eq!(once, delays(retry, &["E", "E", "E"]));
        assert!(once.iter().all(|&(_, _, delay)| (0.0..8.0).contains(&delay)), "{once:?}");
        assert_ne!(once[0].2, once[1].2);
    }
}
