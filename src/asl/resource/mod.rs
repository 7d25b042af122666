//! Turns the `Resource` of a Task into what it calls: a function, an activity, an integration and its pattern.
//!
//! Parsing never fails: [`parse`] gives what it understood and [`ResourceError`]s for the rest. A part that a template
//! fills in later (`${…}`, `#{…}`, `{{…}}`, `<…>`) is open: nothing is said about it. The integrations with an interface
//! of their own stand in `integrations.json`; as the service grows, it knows services that the table does not
//! ([`Refusal::UnknownService`]), but hardly ever another interface of one that is there.

use super::path::span;
use crate::text::{Span, nearest};
use serde::Deserialize;
use std::fmt;
use std::sync::LazyLock;

/// What a Task calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `arn:aws:lambda:…:function:name`, with a version or an alias behind it, or without.
    Lambda {
        /// The function's name.
        function: String,
        /// The version or alias.
        qualifier: Option<String>,
    },
    /// `arn:aws:states:…:activity:name`
    Activity {
        /// The activity's name.
        name: String,
    },
    /// `arn:aws:states:::service:api`, with a pattern behind it: an integration with an interface of its own.
    Optimised {
        /// The service, as the ARN spells it.
        service: String,
        /// The interface.
        api: String,
        /// How the Task waits.
        pattern: Pattern,
    },
    /// `arn:aws:states:::aws-sdk:service:action`: any call of an AWS service.
    AwsSdk {
        /// The service, as the ARN spells it.
        service: String,
        /// The action, in camel case.
        action: String,
        /// How the Task waits.
        pattern: Pattern,
    },
    /// `arn:aws:states:::http:invoke`
    HttpInvoke,
    /// `arn:aws:states:::s3:getObject` and the like, in a Map's `ItemReader` and `ResultWriter`.
    MapS3(MapS3),
    /// Another ARN, of which nothing is known.
    Other,
    /// A template fills in what matters.
    Open,
    /// Not an ARN.
    Unreadable,
}

/// What a Map does with S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapS3 {
    /// Reads the items from an object.
    GetObject,
    /// Makes items of the objects.
    ListObjectsV2,
    /// Writes the results.
    PutObject,
}

/// How a Task waits for what it calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pattern {
    /// Nothing behind the interface: until the call has answered.
    RequestResponse,
    /// `.sync`: until the job is done.
    Sync,
    /// `.sync:2`: the same, with the output as JSON and not as a string.
    Sync2,
    /// `.waitForTaskToken`: until somebody hands in the token.
    WaitForTaskToken,
}

/// An integration with an interface of its own.
#[derive(Debug, Deserialize)]
pub struct Integration {
    /// The service, as the ARN spells it.
    pub service: String,
    /// The interface.
    pub api: String,
    /// The patterns it knows.
    pub patterns: Vec<Pattern>,
    /// Fields of the request that the service was seen to demand when a machine is created.
    pub required: Vec<String>,
    /// Whether an Express machine may use it, by request and response.
    pub express: bool,
}

#[derive(Deserialize)]
struct Table {
    integrations: Vec<Integration>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../integrations.json")).expect("a file of ours, which every test of it reads")
});

/// Every integration with an interface of its own, by service.
#[must_use]
pub fn integrations() -> &'static [Integration] {
    &TABLE.integrations
}

/// What is wrong with a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceError {
    /// The smallest part at fault.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What sort of mistake it is.
    pub refusal: Refusal,
    /// What was probably meant, in place of the span.
    pub suggestion: Option<String>,
}

/// The sorts of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not an ARN at all.
    NotAnArn,
    /// `arn:aws:states:::foo:bar`: a service that is not in the table; it may be newer than the table.
    UnknownService,
    /// `arn:aws:states:::dynamodb:query`: a service of the table, an interface it does not have.
    UnknownApi,
    /// `.sync` where the integration does not know it.
    UnsupportedPattern,
    /// `.synch`: there is no such pattern.
    UnknownPattern,
    /// `aws-sdk:S3:GetObject`: the service stands in lower case, the action in camel case.
    Casing,
}

impl Resource {
    /// How the Task waits.
    #[must_use]
    pub fn pattern(&self) -> Pattern {
        match self {
            Self::Optimised { pattern, .. } | Self::AwsSdk { pattern, .. } => *pattern,
            _ => Pattern::RequestResponse,
        }
    }

    /// The entry of the table.
    #[must_use]
    pub fn integration(&self) -> Option<&'static Integration> {
        let (service, api) = match self {
            Self::Optimised { service, api, .. } => (service.as_str(), api.as_str()),
            Self::HttpInvoke => ("http", "invoke"),
            Self::MapS3(api) => ("s3", api.name()),
            _ => return None,
        };
        integrations().iter().find(|known| known.service == service && known.api == api)
    }
}

impl MapS3 {
    const ALL: [Self; 3] = [Self::GetObject, Self::ListObjectsV2, Self::PutObject];

    /// The name of the interface.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GetObject => "getObject",
            Self::ListObjectsV2 => "listObjectsV2",
            Self::PutObject => "putObject",
        }
    }
}

impl Pattern {
    const ALL: [Self; 4] = [Self::RequestResponse, Self::Sync, Self::Sync2, Self::WaitForTaskToken];

    /// What stands behind the interface, the dot included.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::RequestResponse => "",
            Self::Sync => ".sync",
            Self::Sync2 => ".sync:2",
            Self::WaitForTaskToken => ".waitForTaskToken",
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.suffix())
    }
}

/// A part of an ARN between colons.
#[derive(Clone, Copy)]
struct Part<'t> {
    start: usize,
    text: &'t str,
}

impl Part<'_> {
    fn is_open(self) -> bool {
        [("${", "}"), ("#{", "}"), ("{{", "}}"), ("<", ">")]
            .iter()
            .any(|(open, close)| self.text.split_once(open).is_some_and(|(_, rest)| rest.contains(close)))
    }

    fn error(self, refusal: Refusal, message: String) -> ResourceError {
        let span = span(self.start, self.start + self.text.len());
        ResourceError { span, message, refusal, suggestion: None }
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
    let [head, partition, service, _, _, kind, ..] = parts[..] else {
        if whole.is_open() {
            return Resource::Open;
        }
        errors.push(whole.error(Refusal::NotAnArn, format!("`{text}` is not an ARN")));
        return Resource::Unreadable;
    };
    if head.is_open() || service.is_open() || kind.is_open() {
        return Resource::Open;
    }
    if head.text != "arn" {
        errors.push(head.error(Refusal::NotAnArn, format!("an ARN starts with `arn:`, not with `{}:`", head.text)));
        return Resource::Unreadable;
    }
    if !partition.is_open() && partition.text != "aws" && !partition.text.starts_with("aws-") {
        let message = match partition.text {
            "" => "the partition is missing behind `arn:`".to_owned(),
            other => format!("`{other}` is not a partition of AWS"),
        };
        errors.push(partition.error(Refusal::NotAnArn, message));
    }
    let rest = parts.get(6).map(|part| Part { start: part.start, text: &text[part.start..] });
    match (service.text, kind.text, rest) {
        ("lambda", "function", Some(rest)) if !rest.text.is_empty() => {
            let qualifier = parts.get(7).map(|part| text[part.start..].to_owned());
            if let Some(part) = parts.get(7).filter(|part| !part.is_open() && !is_qualifier(&text[part.start..])) {
                let part = Part { start: part.start, text: &text[part.start..] };
                errors.push(if part.text.is_empty() {
                    parts[6].error(
                        Refusal::NotAnArn,
                        "a version or an alias is missing behind the name of this function".to_owned(),
                    )
                } else {
                    part.error(
                        Refusal::NotAnArn,
                        format!("`{}` is neither a version nor an alias of a function", part.text),
                    )
                });
            }
            Resource::Lambda { function: parts[6].text.to_owned(), qualifier }
        }
        ("states", "activity", Some(rest)) if !rest.text.is_empty() => {
            Resource::Activity { name: rest.text.to_owned() }
        }
        ("states", "stateMachine" | "express" | "execution" | "mapRun" | "task", _) => Resource::Other,
        ("states", "aws-sdk", Some(service)) => aws_sdk(parts[6], service, parts.get(7).copied(), text, errors),
        ("states", _, Some(api)) => optimised(kind, api, errors),
        ("lambda", "function", _) | ("states", _, None) => {
            errors.push(kind.error(Refusal::NotAnArn, format!("a name is missing behind `{}`", kind.text)));
            Resource::Unreadable
        }
        _ => Resource::Other,
    }
}

/// A version or an alias of a Lambda function (Lambda API reference, `Qualifier`).
fn is_qualifier(text: &str) -> bool {
    text == "$LATEST"
        || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Splits at the colons outside of what a template fills in.
fn split(text: &str) -> Vec<Part<'_>> {
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
        let suggestion = closest(suffix.text, Pattern::ALL.into_iter().skip(1).map(Pattern::suffix));
        let message = format!("there is no integration pattern `{}`", suffix.text);
        errors.push(ResourceError { suggestion, ..suffix.error(Refusal::UnknownPattern, message) });
    }
    (name, known.unwrap_or(Pattern::RequestResponse), suffix)
}

fn optimised(service: Part<'_>, api: Part<'_>, errors: &mut Vec<ResourceError>) -> Resource {
    if api.is_open() {
        return Resource::Open;
    }
    let n_errors = errors.len();
    let (api, pattern, suffix) = pattern(api, errors);
    let of_service = || integrations().iter().filter(|known| known.service == service.text);
    if let Some(known) = of_service().find(|known| known.api == api.text) {
        if errors.len() == n_errors && !known.patterns.contains(&pattern) {
            let message = format!("`{}:{}` does not know the pattern `{pattern}`", service.text, api.text);
            errors.push(suffix.error(Refusal::UnsupportedPattern, message));
        }
    } else if of_service().next().is_some() {
        let suggestion = closest(api.text, of_service().map(|known| known.api.as_str()));
        let message = format!("there is no integration `{}:{}`", service.text, api.text);
        errors.push(ResourceError { suggestion, ..api.error(Refusal::UnknownApi, message) });
    } else {
        let suggestion = closest(service.text, integrations().iter().map(|known| known.service.as_str()));
        let message = format!("no integration with a service `{}` is known", service.text);
        errors.push(ResourceError { suggestion, ..service.error(Refusal::UnknownService, message) });
    }
    match (service.text, api.text) {
        ("http", "invoke") => Resource::HttpInvoke,
        ("s3", name) if let Some(api) = MapS3::ALL.into_iter().find(|api| api.name() == name) => Resource::MapS3(api),
        _ => Resource::Optimised { service: service.text.to_owned(), api: api.text.to_owned(), pattern },
    }
}

fn aws_sdk(
    service: Part<'_>,
    rest: Part<'_>,
    action: Option<Part<'_>>,
    text: &str,
    errors: &mut Vec<ResourceError>,
) -> Resource {
    if rest.is_open() {
        return Resource::Open;
    }
    let Some(action) = action else {
        let message = format!("an action is missing behind `aws-sdk:{}`", service.text);
        errors.push(service.error(Refusal::UnknownApi, message));
        return Resource::Unreadable;
    };
    let (action, pattern, suffix) = pattern(Part { start: action.start, text: &text[action.start..] }, errors);
    if matches!(pattern, Pattern::Sync | Pattern::Sync2) {
        let message = format!("an `aws-sdk` integration does not know the pattern `{pattern}`");
        errors.push(suffix.error(Refusal::UnsupportedPattern, message));
    }
    if !service.text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) || service.text.is_empty() {
        let meant: String = service.text.chars().filter(char::is_ascii_alphanumeric).collect();
        let message = format!("`{}` is not a service: lower-case letters and digits only", service.text);
        let suggestion = (!meant.is_empty()).then(|| meant.to_ascii_lowercase());
        errors.push(ResourceError { suggestion, ..service.error(Refusal::Casing, message) });
    }
    if !action.text.starts_with(|c: char| c.is_ascii_lowercase())
        || !action.text.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        let message = format!("`{}` is not an action: letters and digits, the first in lower case", action.text);
        errors.push(ResourceError { suggestion: camel_case(action.text), ..action.error(Refusal::Casing, message) });
    }
    Resource::AwsSdk { service: service.text.to_owned(), action: action.text.to_owned(), pattern }
}

fn camel_case(action: &str) -> Option<String> {
    let mut chars = action.chars().filter(char::is_ascii_alphanumeric);
    let first = chars.next()?.to_ascii_lowercase();
    Some(std::iter::once(first).chain(chars).collect())
}

/// The candidate that was probably meant.
fn closest<'c>(meant: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    nearest(meant, candidates.map(|candidate| (candidate, candidate))).map(str::to_owned)
}

#[cfg(test)]
mod tests;
