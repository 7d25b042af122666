//! Turns the name of an error into what the service does with it.
//!
//! Names that start with `States.` belong to the service; all others are the machine's own, and nothing is known of them.

use crate::syntax::Node;
use crate::text;

/// What the service's own names start with.
const PREFIX: &str = "States.";

/// An error name of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorName {
    /// The name; case counts.
    pub name: &'static str,
    /// When it is seen.
    pub standing: Standing,
    /// What catches it.
    pub reach: Reach,
}

/// When a name is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The service raises it.
    Raised,
    /// It stands for other names in `ErrorEquals`; `States.TaskFailed` is raised as well.
    Wildcard,
    /// Documented, "reserved for future use": today the service raises `States.Runtime` in its place.
    Reserved,
}

/// What can be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Retriers and catchers work, `States.ALL` includes it.
    Caught,
    /// It fails the execution whatever stands in `Retry` and `Catch`.
    Terminal,
}

const fn raised(name: &'static str) -> ErrorName {
    ErrorName { name, standing: Standing::Raised, reach: Reach::Caught }
}

const fn reserved(name: &'static str) -> ErrorName {
    ErrorName { name, standing: Standing::Reserved, reach: Reach::Caught }
}

/// Every name of the service, but for the family of [`HTTP_STATUS`].
pub const ERROR_NAMES: [ErrorName; 17] = [
    ErrorName { name: "States.ALL", standing: Standing::Wildcard, reach: Reach::Caught },
    ErrorName { name: "States.TaskFailed", standing: Standing::Wildcard, reach: Reach::Caught },
    raised("States.Timeout"),
    raised("States.HeartbeatTimeout"),
    raised("States.Permissions"),
    // Of what a task answers `States.ALL` catches it too (recorded); of what a state hands on nothing does (developer guide).
    raised("States.DataLimitExceeded"),
    ErrorName { name: "States.Runtime", standing: Standing::Raised, reach: Reach::Terminal },
    raised("States.QueryEvaluationError"),
    raised("States.ExceedToleratedFailureThreshold"),
    raised("States.ItemReaderFailed"),
    raised("States.ResultWriterFailed"),
    raised("States.Http.Socket"),
    reserved("States.BranchFailed"),
    reserved("States.NoChoiceMatched"),
    reserved("States.IntrinsicFailure"),
    reserved("States.ParameterPathFailure"),
    reserved("States.ResultPathMatchFailure"),
];

/// An HTTP Task raises this with the status code behind it.
pub const HTTP_STATUS: &str = "States.Http.StatusCode.";

/// The names that stand for nearly every error.
pub const STANDING_FOR_OTHERS: [&str; 2] = ["States.ALL", "States.TaskFailed"];

/// What Tasks that call Lambda raise beside the errors of the function itself, as far as the developer guide names it.
pub const LAMBDA_NAMES: [&str; 7] = [
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
];

/// The name of [`LAMBDA_NAMES`] that a slip of one stands for: two letters at most, case aside. A function's own errors
/// have no dot before them.
#[must_use]
pub fn meant_of_lambda(name: &str) -> Option<&'static str> {
    const LONGEST: usize = 80;
    let is_slip = |known: &&'static str| text::is_slip(name, known);
    if name.len() > LONGEST || !name.contains('.') || LAMBDA_NAMES.contains(&name) {
        return None;
    }
    LAMBDA_NAMES.into_iter().find(is_slip)
}

/// Whether `ErrorEquals` matches nearly every error.
#[must_use]
pub fn takes_most(errors: &[Node<'_>]) -> bool {
    errors.iter().any(|error| error.as_str().is_some_and(|name| STANDING_FOR_OTHERS.contains(&name)))
}

/// What the service does with a name of its own; `None` for a name it does not know.
#[must_use]
pub fn lookup(name: &str) -> Option<ErrorName> {
    if let Some(code) = name.strip_prefix(HTTP_STATUS) {
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        return is_code.then_some(raised(HTTP_STATUS));
    }
    ERROR_NAMES.into_iter().find(|known| known.name == name)
}

/// What an error of the service means, in a line; nothing for a name of somebody else.
#[must_use]
pub fn meaning(name: &str) -> Option<&'static str> {
    Some(match lookup(name)?.name {
        "States.ALL" => {
            "Stands for every error but `States.DataLimitExceeded` and `States.Runtime`. It stands alone, in the last entry."
        }
        "States.TaskFailed" => "A task failed. In `ErrorEquals` it stands for every error but `States.Timeout`.",
        "States.Timeout" => "A state or a task took longer than `TimeoutSeconds`, or sent no heartbeat in time.",
        "States.HeartbeatTimeout" => "A task sent no heartbeat for `HeartbeatSeconds`.",
        "States.Permissions" => "The role of the machine may not make the call.",
        "States.DataLimitExceeded" => "An output is larger than 256 KiB.",
        "States.Runtime" => "The state could not be processed: a path that finds nothing, a result that fits nowhere.",
        "States.QueryEvaluationError" => "A JSONata expression failed, or gave a value that the field does not take.",
        "States.ExceedToleratedFailureThreshold" => "More items of a Map failed than it tolerates.",
        "States.ItemReaderFailed" => "A Map could not read its items.",
        "States.ResultWriterFailed" => "A Map could not write its results.",
        "States.Http.Socket" => "An HTTP Task got no answer in time.",
        HTTP_STATUS => "An HTTP Task was answered with this status.",
        "States.BranchFailed" => "A branch of a Parallel failed. Reserved: today the error of the branch comes out.",
        "States.NoChoiceMatched" => "No rule of a Choice matched, and it has no `Default`.",
        "States.IntrinsicFailure" => "A call of an intrinsic function failed.",
        "States.ParameterPathFailure" => "A path in a payload found nothing.",
        "States.ResultPathMatchFailure" => "The result could not be put where `ResultPath` says.",
        _ => return None,
    })
}

/// Whether the service knows the name.
#[must_use]
pub fn is_known(name: &str) -> bool {
    lookup(name).is_some()
}

/// Whether the name is documented and never raised today.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    lookup(name).is_some_and(|known| known.standing == Standing::Reserved)
}

/// Whether the name can only be meant as one of the service's: no machine may raise one that starts with `States.`, and
/// hardly any raises `Task.Failed`.
#[must_use]
pub fn claims_to_be_known(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let prefixed = lower.starts_with("states.") || lower.starts_with("state.");
    prefixed || is_known(name) || name.contains('.') && nearest(name).is_some()
}

/// The service's name that was probably meant by one it does not know.
///
/// A name without `States.` may be the machine's own: it is taken for a slip only if it is the service's name but for
/// dots, case and prefix, and no plain word such as `Timeout`.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    if is_known(name) || name.starts_with(HTTP_STATUS) {
        return None;
    }
    let plain = |name: &str| name.replace(['.', '_', '-', ' '], "").to_ascii_lowercase();
    let short = |known: &'static str| &known[PREFIX.len()..];
    let is_prefixed = name.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("state"));
    if !is_prefixed {
        let is_word = |known| short(known).bytes().filter(u8::is_ascii_uppercase).count() < 2;
        let is_same = |known: &&'static str| is_plainly(name, short(known)) && (!is_word(known) || name.contains('.'));
        return ERROR_NAMES.iter().map(|known| known.name).find(is_same);
    }
    let meant = plain(name);
    let rest = meant.strip_prefix("states").or_else(|| meant.strip_prefix("state"))?;
    text::nearest(rest, ERROR_NAMES.iter().map(|known| (short(known.name), known.name)))
}

/// Whether two names are the same but for case, dots, hyphens and blanks.
fn is_plainly(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(|byte| !matches!(byte, b'.' | b'_' | b'-' | b' ')).map(|byte| byte.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_something() {
        for known in ERROR_NAMES {
            assert!(meaning(known.name).is_some(), "{}", known.name);
        }
        assert_eq!(meaning("My.Error"), None);
    }

    #[test]
    fn names_are_known() {
        for (name, expected) in [
            ("States.ALL", Some((Standing::Wildcard, Reach::Caught))),
            ("States.Runtime", Some((Standing::Raised, Reach::Terminal))),
            ("States.DataLimitExceeded", Some((Standing::Raised, Reach::Caught))),
            ("States.BranchFailed", Some((Standing::Reserved, Reach::Caught))),
            ("States.Http.StatusCode.404", Some((Standing::Raised, Reach::Caught))),
            ("States.Http.StatusCode.4xx", None),
            ("States.all", None),
            ("States.Foo", None),
            ("MyError", None),
        ] {
            assert_eq!(lookup(name).map(|found| (found.standing, found.reach)), expected, "{name}");
        }
    }

    #[test]
    fn near_misses_have_a_nearest_name() {
        for (name, expected) in [
            ("States.Timout", Some("States.Timeout")),
            ("states.all", Some("States.ALL")),
            ("States.All", Some("States.ALL")),
            ("State.ALL", Some("States.ALL")),
            ("States.TaskFailure", Some("States.TaskFailed")),
            ("States.TasksFailed", Some("States.TaskFailed")),
            ("Task.Failed", Some("States.TaskFailed")),
            ("TaskFailed", Some("States.TaskFailed")),
            ("ALL", Some("States.ALL")),
            ("States.Permission", Some("States.Permissions")),
            ("States.HttpSocket", Some("States.Http.Socket")),
            // A machine's own errors.
            ("Timeout", None),
            ("TaskFailedBadly", None),
            ("Lambda.Unknown", None),
            ("StateError", None),
            ("", None),
            // Known.
            ("States.Timeout", None),
            ("States.Http.StatusCode.500", None),
        ] {
            assert_eq!(nearest(name), expected, "{name}");
        }
    }

    #[test]
    fn slips_of_names_of_lambda_are_known() {
        for (name, expected) in [
            ("lambda.ServiceException", Some("Lambda.ServiceException")),
            ("Lambda.AwsLambdaException", Some("Lambda.AWSLambdaException")),
            ("Lambda.TooManyRequestException", Some("Lambda.TooManyRequestsException")),
            ("Lambda.SDKClientException", Some("Lambda.SdkClientException")),
            ("Sandbox.TimedOut", Some("Sandbox.Timedout")),
            ("Lambda.ServiceException", None),
            ("Lambda.ResourceNotFoundException", None),
            ("Lambda.EC2ThrottledException", None),
            ("LambdaServiceException", None),
            ("SQS.SdkClientException", None),
            ("Sandbox", None),
        ] {
            assert_eq!(meant_of_lambda(name), expected, "{name}");
        }
    }

    #[test]
    fn names_claim_to_be_the_services() {
        for (name, claims, reserved) in [
            ("States.Timeout", true, false),
            ("States.BranchFailed", true, true),
            ("States.Foo", true, false),
            ("states.all", true, false),
            ("Task.Failed", true, false),
            ("TaskFailed", false, false),
            ("Timeout", false, false),
            ("Lambda.Unknown", false, false),
            ("StatesError", false, false),
        ] {
            assert_eq!((claims_to_be_known(name), is_reserved(name)), (claims, reserved), "{name}");
        }
        assert!(ERROR_NAMES.iter().all(|known| claims_to_be_known(known.name) && is_known(known.name)));
    }
}
