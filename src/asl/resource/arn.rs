//! Turns the text of an ARN into a [`Resource`], and what is wrong with it into [`ResourceError`]s.

use super::super::path::span;
use super::{MapS3, Meant, Pattern, Refusal, Resource, ResourceError, closest, integrations, sdk};

/// The partitions of AWS (AWS Fault Isolation Boundaries, "Partitions"; the endpoints of the SDKs).
pub(super) const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"];

/// What has an ARN of its own and is called by an integration which names it: by service, and where one service has
/// several things, by the word that begins the last part.
const CALLED_BY: [(&str, &str, &str); 10] = [
    ("batch", "job-definition/", "batch:submitJob"),
    ("codebuild", "project/", "codebuild:startBuild"),
    ("dynamodb", "table/", "dynamodb:getItem"),
    ("ecs", "task-definition/", "ecs:runTask"),
    ("events", "event-bus/", "events:putEvents"),
    ("glue", "job/", "glue:startJobRun"),
    ("s3", "", "aws-sdk:s3:getObject"),
    ("sns", "", "sns:publish"),
    ("sqs", "", "sqs:sendMessage"),
    ("states", "stateMachine", "states:startExecution"),
];

/// A part of an ARN between colons.
#[derive(Clone, Copy)]
pub(super) struct Part<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

impl<'t> Part<'t> {
    pub(super) fn is_open(self) -> bool {
        [("${", "}"), ("#{", "}"), ("{{", "}}"), ("<", ">")]
            .iter()
            .any(|(open, close)| self.text.split_once(open).is_some_and(|(_, rest)| rest.contains(close)))
    }

    pub(super) fn error(self, refusal: Refusal, message: impl Into<String>) -> ResourceError {
        let span = span(self.start, self.start + self.text.len());
        ResourceError { span, message: message.into(), refusal, meant: Meant::Unknown }
    }

    /// From here to the end of `whole`, the text it is a part of.
    fn to_end(self, whole: &'t str) -> Self {
        Part { start: self.start, text: &whole[self.start..] }
    }
}

/// Reads a resource.
#[must_use]
pub fn parse(text: &str) -> (Resource, Vec<ResourceError>) {
    let mut errors = Vec::new();
    let resource = arn(text, &mut errors);
    (resource, errors)
}

fn arn(text: &str, errors: &mut Vec<ResourceError>) -> Resource {
    let parts = split(text);
    let whole = Part { start: 0, text };
    let [head, partition, service, region, account, kind, ref rest @ ..] = parts[..] else {
        if whole.is_open() {
            return Resource::Open;
        }
        let message =
            if text.is_empty() { "the resource is empty".to_owned() } else { format!("`{text}` is not an ARN") };
        errors.push(whole.error(Refusal::NotAnArn, message));
        return Resource::Unreadable;
    };
    if head.is_open() || service.is_open() || kind.is_open() {
        return Resource::Open;
    }
    if head.text != "arn" {
        errors.push(head.error(Refusal::NotAnArn, format!("an ARN starts with `arn:`, not with `{}:`", head.text)));
        return Resource::Unreadable;
    }
    errors.extend(of_partition(partition));
    match service.text {
        "lambda" => lambda(account, kind, rest, text, errors),
        "states" if region.text.is_empty() && is_shifted(account, kind, rest) => {
            errors.push(shifted(account, kind));
            Resource::Unreadable
        }
        "states" => states(kind, rest, text, errors),
        _ => {
            errors.extend(not_callable(service.text, kind).or_else(|| of_service(service)));
            Resource::Other
        }
    }
}

/// The services with ARNs that a Task calls (Amazon States Language, "Task State"; developer guide, "Task workflow state").
const CALLABLE: [&str; 2] = ["lambda", "states"];

/// Other names of Step Functions.
const STATES: [&str; 5] = ["sfn", "stepfunction", "stepfunctions", "step-functions", "stepFunctions"];

/// A service whose ARNs no Task calls. The specification itself has tasks of `swf`.
fn of_service(service: Part<'_>) -> Option<ResourceError> {
    let name = service.text;
    match name {
        "swf" => None,
        "" => Some(service.error(Refusal::NotAnArn, "the service is missing behind the partition")),
        _ if STATES.contains(&name) => {
            let message = format!("in an ARN, Step Functions is `states`, not `{name}`");
            let meant = Meant::Text("states".to_owned());
            Some(ResourceError { meant, ..service.error(Refusal::MisspeltService, message) })
        }
        _ => {
            let meant = closest(name, CALLABLE.into_iter());
            let (refusal, message) = match &meant {
                Some(meant) => {
                    (Refusal::MisspeltService, format!("no service has ARNs of `{name}`, did you mean `{meant}`?"))
                }
                None => {
                    (Refusal::ForeignService, format!("a Task calls ARNs of `lambda` and `states`, not of `{name}`"))
                }
            };
            let meant = meant.map_or(Meant::Unknown, Meant::Text);
            Some(ResourceError { meant, ..service.error(refusal, message) })
        }
    }
}

fn of_partition(partition: Part<'_>) -> Option<ResourceError> {
    if partition.is_open() || PARTITIONS.contains(&partition.text) {
        return None;
    }
    let (refusal, message) = match partition.text {
        "" => (Refusal::NotAnArn, "the partition is missing behind `arn:`".to_owned()),
        new if new.starts_with("aws-") => {
            (Refusal::UnknownPartition, format!("no partition `{new}` of AWS is known, so nothing can be called there"))
        }
        other => (Refusal::NotAnArn, format!("`{other}` is not a partition of AWS")),
    };
    let meant = Meant::Partition(partition.text.to_owned());
    Some(ResourceError { meant, ..partition.error(refusal, message) })
}

fn lambda(
    account: Part<'_>,
    kind: Part<'_>,
    rest: &[Part<'_>],
    text: &str,
    errors: &mut Vec<ResourceError>,
) -> Resource {
    let ("function", [function, behind @ ..]) = (kind.text, rest) else {
        errors.push(not_a_function(account, kind, rest));
        return Resource::Unreadable;
    };
    let qualifier = behind.first().map(|part| part.to_end(text));
    if let Some(error) = behind_function(function.to_end(text)) {
        errors.push(error);
        return Resource::Lambda { function: function.text.to_owned(), qualifier: None };
    }
    if function.text.is_empty() {
        errors.push(kind.error(Refusal::NotAnArn, "a name is missing behind `function`"));
        return Resource::Unreadable;
    }
    if let Some(part) = qualifier.filter(|part| !behind[0].is_open() && !is_qualifier(part.text)) {
        errors.push(if part.text.is_empty() {
            function.error(Refusal::NotAnArn, "a version or an alias is missing behind the name of this function")
        } else {
            let message = format!("`{}` is neither a version nor an alias of a function", part.text);
            part.error(Refusal::NotAnArn, message)
        });
    }
    Resource::Lambda { function: function.text.to_owned(), qualifier: qualifier.map(|part| part.text.to_owned()) }
}

fn not_a_function(account: Part<'_>, kind: Part<'_>, rest: &[Part<'_>]) -> ResourceError {
    if account.text == "function" {
        let message = "`function` stands where an ARN has the account: a part of this one is missing before it";
        return account.error(Refusal::NotAnArn, message);
    }
    if kind.text == "function" {
        return kind.error(Refusal::NotAnArn, "a name is missing behind `function`");
    }
    if rest.is_empty() && !kind.text.is_empty() {
        let message = format!("`function:` is missing before `{}`", kind.text);
        let meant = Meant::Text(format!("function:{}", kind.text));
        return ResourceError { meant, ..kind.error(Refusal::NotAnArn, message) };
    }
    let is_slip = ["functions", "Function", "Functions", "func", "fn"].contains(&kind.text);
    let meant = if is_slip { Meant::Text("function".to_owned()) } else { Meant::Unknown };
    let message = format!("of Lambda, a Task calls a `function`, not a `{}`", kind.text);
    ResourceError { meant, ..kind.error(Refusal::NotAnArn, message) }
}

/// The pattern of an integration behind the name of a function, or another character that stands in none (Lambda API
/// reference, `FunctionName`). Dots alone leave out what is of no interest.
fn behind_function(name: Part<'_>) -> Option<ResourceError> {
    // Whatever a template puts before it, the end stays.
    let suffix = Pattern::ALL.into_iter().skip(1).map(Pattern::suffix).find(|suffix| name.text.ends_with(suffix));
    let is_likely = |c: char| c.is_ascii_alphanumeric() || "-_.:/$".contains(c);
    let is_known = name.text.chars().all(is_likely) && name.text.bytes().any(|byte| byte != b'.');
    let at = suffix.map(|suffix| name.text.len() - suffix.len());
    let at = at.or_else(|| name.text.find(['.', '/']).filter(|_| is_known))?;
    let (before, behind) = name.text.split_at(at);
    let behind = Part { start: name.start + at, text: behind };
    if is_pattern(behind.text) {
        let message = format!("a function that is called by its ARN knows no pattern `{}`", behind.text);
        let meant = Meant::Text(String::new());
        return Some(ResourceError { meant, ..behind.error(Refusal::MisplacedPattern, message) });
    }
    if before.contains(':') {
        return None; // no version or alias either, which is another finding
    }
    let banned = Part { text: &behind.text[..1], ..behind };
    Some(banned.error(Refusal::BannedCharacter, format!("the name of a function has no `{}`", banned.text)))
}

/// Whether this is the suffix of an integration, or nearly.
fn is_pattern(text: &str) -> bool {
    let suffixes = || Pattern::ALL.into_iter().skip(1).map(Pattern::suffix);
    text.starts_with('.') && (suffixes().any(|suffix| suffix == text) || closest(text, suffixes()).is_some())
}

/// A version or an alias of a Lambda function (Lambda API reference, `Qualifier`).
fn is_qualifier(text: &str) -> bool {
    text == "$LATEST"
        || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether colons are missing or surplus before the service of an integration, so that it stands in another place.
fn is_shifted(account: Part<'_>, kind: Part<'_>, rest: &[Part<'_>]) -> bool {
    if account.text.is_empty() {
        return kind.text.is_empty() && !rest.is_empty();
    }
    let is_number = account.text.bytes().all(|byte| byte.is_ascii_digit());
    let is_own = ["activity", "aws-sdk", "stateMachine", "express", "execution", "mapRun", "task"].contains(&kind.text);
    !is_number && !is_own && !account.is_open()
}

fn shifted(account: Part<'_>, kind: Part<'_>) -> ResourceError {
    if account.text.is_empty() {
        let surplus = Part { start: kind.start, text: ":" };
        let message = "four colons stand where three lead to the service of an integration";
        return ResourceError { meant: Meant::Text(String::new()), ..surplus.error(Refusal::NotAnArn, message) };
    }
    let name = account.text;
    let is_service = name == "aws-sdk" || integrations().iter().any(|known| known.service == name);
    let message =
        format!("`{name}` stands where an ARN has the account; three colons lead to the service of an integration");
    let meant = if is_service { Meant::Text(format!(":{name}")) } else { Meant::Unknown };
    ResourceError { meant, ..account.error(Refusal::NotAnArn, message) }
}

/// What stands behind the account in an ARN of Step Functions.
fn states(kind: Part<'_>, rest: &[Part<'_>], text: &str, errors: &mut Vec<ResourceError>) -> Resource {
    if let Some(error) = not_callable("states", kind) {
        errors.push(error);
        return Resource::Other;
    }
    if matches!(kind.text, "express" | "execution" | "mapRun" | "task") {
        return Resource::Other;
    }
    let Some(first) = rest.first().filter(|first| !first.text.is_empty() || rest.len() > 1) else {
        let missing = match kind.text {
            "" => "nothing stands behind the account: the ARN does not say what to call".to_owned(),
            kind => format!("a name is missing behind `{kind}`"),
        };
        let at = if kind.text.is_empty() { Part { start: 0, text } } else { kind };
        errors.push(at.error(Refusal::NotAnArn, missing));
        return Resource::Unreadable;
    };
    match kind.text {
        "activity" => activity(first.to_end(text), errors),
        "aws-sdk" => aws_sdk(*first, rest.get(1).map(|action| action.to_end(text)), errors),
        _ => optimised(kind, first.to_end(text), errors),
    }
}

/// The name of an activity (API reference, `CreateActivity`).
fn activity(name: Part<'_>, errors: &mut Vec<ResourceError>) -> Resource {
    let is_banned = |c: char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    if !name.is_open()
        && let Some((at, banned)) = name.text.char_indices().find(|&(_, c)| is_banned(c))
    {
        let at = Part { start: name.start + at, text: &name.text[at..at + banned.len_utf8()] };
        errors.push(at.error(Refusal::NotAnArn, format!("the name of an activity has no `{}`", banned.escape_debug())));
    } else if let Some(pattern) = Pattern::ALL.into_iter().skip(1).find(|known| name.text.ends_with(known.suffix())) {
        // A name may end like that.
        let at = name.text.len() - pattern.suffix().len();
        let suffix = Part { start: name.start + at, text: pattern.suffix() };
        let message = format!("an activity knows no pattern `{pattern}`: this is a part of its name");
        let meant = Meant::Text(String::new());
        errors.push(ResourceError { meant, ..suffix.error(Refusal::PatternInName, message) });
    }
    Resource::Activity { name: name.text.to_owned() }
}

fn not_callable(service: &str, kind: Part<'_>) -> Option<ResourceError> {
    let (.., by) = CALLED_BY.into_iter().find(|(name, thing, _)| *name == service && kind.text.starts_with(thing))?;
    let message = format!("a Task does not call this by its ARN; `arn:aws:states:::{by}` names it in its request");
    Some(kind.error(Refusal::NotCallable, message))
}

/// Splits at the colons outside of what a template fills in.
pub(super) fn split(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0u32);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'<' => depth += 1,
            b'}' | b'>' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => {
                parts.push(Part { start, text: &text[start..at] });
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(Part { start, text: &text[start..] });
    parts
}

/// Takes the pattern from the end of `api.sync:2`.
fn pattern<'t>(api: Part<'t>, errors: &mut Vec<ResourceError>) -> (Part<'t>, Pattern, Part<'t>) {
    let dot = api.text.find(['.', ':']).unwrap_or(api.text.len());
    let (name, suffix) = api.text.split_at(dot);
    let name = Part { text: name, ..api };
    let suffix = Part { start: api.start + dot, text: suffix };
    let known = Pattern::ALL.into_iter().find(|pattern| pattern.suffix() == suffix.text);
    if known.is_none() {
        let meant = Meant::Pattern(suffix.text.to_owned());
        let message = format!("there is no integration pattern `{}`", suffix.text);
        errors.push(ResourceError { meant, ..suffix.error(Refusal::UnknownPattern, message) });
    }
    (name, known.unwrap_or(Pattern::RequestResponse), suffix)
}

fn optimised(service: Part<'_>, api: Part<'_>, errors: &mut Vec<ResourceError>) -> Resource {
    if api.is_open() {
        return Resource::Open;
    }
    let n_errors = errors.len();
    let (api, pattern, suffix) = pattern(api, errors);
    let name = service_of(service, errors);
    let of_service = || integrations().iter().filter(|known| known.service == name);
    if let Some(known) = of_service().find(|known| known.api == api.text) {
        if errors.len() == n_errors && !known.patterns.contains(&pattern) {
            let message = format!("`{name}:{}` does not know the pattern `{pattern}`", api.text);
            errors.push(suffix.error(Refusal::UnsupportedPattern, message));
        }
    } else if let Some(known) = of_service().next() {
        let (by_sdk, meant) = if sdk::has(name, api.text) {
            (format!("; the SDK has it: `aws-sdk:{name}:{}`", api.text), Meant::Unknown)
        } else {
            (String::new(), Meant::Api(known.service, api.text.to_owned()))
        };
        let message = format!("there is no integration `{name}:{}`{by_sdk}", api.text);
        errors.push(ResourceError { meant, ..api.error(Refusal::UnknownApi, message) });
    }
    match (service.text, api.text) {
        ("http", "invoke") => Resource::HttpInvoke,
        ("s3", name) if let Some(api) = MapS3::ALL.into_iter().find(|api| api.name() == name) => Resource::MapS3(api),
        _ => Resource::Optimised { service: service.text.to_owned(), api: api.text.to_owned(), pattern },
    }
}

/// Other names of services that have integrations.
const ALIASES: [(&str, &str); 6] = [
    ("emr", "elasticmapreduce"),
    ("emrcontainers", "emr-containers"),
    ("emrserverless", "emr-serverless"),
    ("eventbridge", "events"),
    ("sfn", "states"),
    ("stepfunctions", "states"),
];

/// The service that is meant, so far as it is known; otherwise what is written.
fn service_of<'t>(service: Part<'t>, errors: &mut Vec<ResourceError>) -> &'t str {
    let name = service.text;
    let mut names = integrations().iter().map(|known| known.service);
    match names.find(|known| known.eq_ignore_ascii_case(name)) {
        Some(known) if known == name => {}
        Some(known) => {
            let meant = Meant::Text(known.to_owned());
            let message = format!("the service is `{known}`: case counts");
            errors.push(ResourceError { meant, ..service.error(Refusal::Casing, message) });
            return known;
        }
        None => {
            let alias = ALIASES.iter().find(|(alias, _)| name.eq_ignore_ascii_case(alias));
            let meant =
                alias.map_or_else(|| Meant::Service(name.to_owned()), |(_, meant)| Meant::Text((*meant).to_owned()));
            let message = format!("no integration with a service `{name}` is known");
            errors.push(ResourceError { meant, ..service.error(Refusal::UnknownService, message) });
        }
    }
    name
}

fn aws_sdk(service: Part<'_>, action: Option<Part<'_>>, errors: &mut Vec<ResourceError>) -> Resource {
    if service.is_open() || action.is_some_and(Part::is_open) {
        return Resource::Open;
    }
    let Some(action) = action.filter(|action| !action.text.is_empty()) else {
        let message = format!("an action is missing behind `aws-sdk:{}`", service.text);
        errors.push(service.error(Refusal::UnknownApi, message));
        return Resource::Unreadable;
    };
    let (action, pattern, suffix) = pattern(action, errors);
    if matches!(pattern, Pattern::Sync | Pattern::Sync2) {
        let message = format!("an `aws-sdk` integration does not know the pattern `{pattern}`");
        errors.push(suffix.error(Refusal::UnsupportedPattern, message));
    }
    let name = sdk_service(service, errors);
    let actions = name.as_deref().map(sdk::service);
    sdk_action(action, name.as_deref().unwrap_or(service.text), actions, errors);
    Resource::AwsSdk { service: service.text.to_owned(), action: action.text.to_owned(), pattern }
}

/// The name of the service that is meant, so far as it is known.
fn sdk_service(service: Part<'_>, errors: &mut Vec<ResourceError>) -> Option<String> {
    let name = service.text;
    let mut report = |refusal, message| {
        let meant = Meant::SdkService(name.to_owned());
        errors.push(ResourceError { meant, ..service.error(refusal, message) });
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        report(Refusal::Casing, format!("`{name}` is not a service: lower-case letters and digits only"));
        return sdk::respelt(name);
    }
    match sdk::service(name) {
        sdk::Service::Known(_) => return Some(name.to_owned()),
        sdk::Service::Meant(meant) => {
            report(Refusal::UnknownSdkService, format!("no SDK service has the name `{name}`; here it is `{meant}`"));
        }
        sdk::Service::Unknown => report(Refusal::UnknownSdkService, format!("no SDK service `{name}` is known")),
    }
    sdk::respelt(name)
}

fn sdk_action(action: Part<'_>, service: &str, known: Option<sdk::Service>, errors: &mut Vec<ResourceError>) {
    let name = action.text;
    let (found, near) = match known {
        Some(sdk::Service::Known(actions)) => (actions.find(name), Meant::SdkAction(actions, name.to_owned())),
        _ => (sdk::Action::Known, camel_case(name).map_or(Meant::Unknown, Meant::Text)),
    };
    let is_camel =
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (refusal, message, meant) = match found {
        _ if !is_camel => {
            let message = format!("`{name}` is not an action: letters and digits, the first in lower case");
            (Refusal::Casing, message, near)
        }
        sdk::Action::Known => return,
        sdk::Action::Unsupported => {
            let message = format!("`{service}:{name}` is an action that state machines cannot call");
            (Refusal::UnsupportedSdkAction, message, Meant::Unknown)
        }
        sdk::Action::Cased(meant) => {
            (Refusal::Casing, format!("the action is `{meant}`: case counts"), Meant::Text(meant.to_owned()))
        }
        sdk::Action::Unknown => {
            (Refusal::UnknownSdkAction, format!("no action `{name}` of `{service}` is known"), near)
        }
    };
    errors.push(ResourceError { meant, ..action.error(refusal, message) });
}

pub(super) fn camel_case(action: &str) -> Option<String> {
    let mut chars = action.chars().filter(char::is_ascii_alphanumeric);
    let first = chars.next()?.to_ascii_lowercase();
    Some(std::iter::once(first).chain(chars).collect())
}
