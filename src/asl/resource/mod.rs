//! Turns the `Resource` of a Task into what it calls: a function, an activity, an integration and its pattern.
//!
//! Parsing never fails: [`parse`] gives what it understood and [`ResourceError`]s for the rest. A part that a template
//! fills in later (`${…}`, `#{…}`, `{{…}}`, `<…>`) is open: nothing is said about it. The integrations with an interface
//! of their own stand in `integrations.json`; as the service grows, it knows services that the table does not
//! ([`Refusal::UnknownService`]), but hardly ever another interface of one that is there. [`sdk`] knows the services and
//! actions of the SDK.

mod arn;
mod describe;
mod places;
mod request;
pub mod sdk;

pub use arn::parse;
pub use places::misplaced;
pub use request::{Request, RequestField};

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
    pub service: &'static str,
    /// The interface.
    pub api: &'static str,
    /// The patterns it knows.
    pub patterns: Vec<Pattern>,
    /// Fields of the request that the service was seen to demand when a machine is created.
    pub required: Vec<&'static str>,
    /// Further fields without which the called service does not take the request, as its model has it.
    #[serde(default)]
    pub documented: Vec<&'static str>,
    /// Every field of the request; empty where they are not known.
    #[serde(default)]
    pub fields: Vec<&'static str>,
    /// Whether an Express machine may use it, by request and response.
    pub express: bool,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
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
    /// What may have been meant.
    meant: Meant,
}

/// Where to look for what was meant. Looking takes longer than reading, so it waits until somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meant {
    Unknown,
    Text(String),
    Pattern(String),
    Partition(String),
    /// An interface of this service.
    Api(&'static str, String),
    Service(String),
    SdkService(String),
    SdkAction(sdk::Actions, String),
}

impl ResourceError {
    /// What was probably meant, in place of the span.
    #[must_use]
    pub fn suggestion(&self) -> Option<String> {
        let known = integrations();
        match &self.meant {
            Meant::Unknown => None,
            Meant::Text(text) => Some(text.clone()),
            Meant::Pattern(written) => closest(written, Pattern::ALL.into_iter().skip(1).map(Pattern::suffix)),
            Meant::Partition(written) => closest(written, arn::PARTITIONS.into_iter()),
            Meant::Api(service, written) => {
                closest(written, known.iter().filter(|known| known.service == *service).map(|known| known.api))
            }
            Meant::Service(written) => closest(written, known.iter().map(|known| known.service)),
            Meant::SdkService(written) => sdk::nearest_service(written),
            Meant::SdkAction(actions, written) => {
                let camel = || arn::camel_case(written).filter(|_| self.refusal == Refusal::Casing);
                actions.nearest(written).or_else(camel)
            }
        }
    }
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
    /// `aws-sdk:S3:GetObject`: the service stands in lower case, the action in camel case; `Lambda:invoke`.
    Casing,
    /// `arn:aws-uk:…`: a partition that is not known; it may be newer than this list.
    UnknownPartition,
    /// `arn:aws:sns:…:topic`: something that is called by an integration and cannot be called by itself.
    NotCallable,
    /// `arn:aws:lamda:…`: nearly a service with ARNs that a Task calls.
    MisspeltService,
    /// `arn:aws:ecs:…`: a service with ARNs of which none is known that a Task calls.
    ForeignService,
    /// `…:function:f.sync`: integrations have patterns, functions do not.
    MisplacedPattern,
    /// `…:function:f/invocations`: a character that no name of a function has.
    BannedCharacter,
    /// `…:activity:a.sync`: what may be a name, and looks like a pattern.
    PatternInName,
    /// A region or an account that is none.
    NoSuchPlace,
    /// An account that is none, and looks like one that somebody made up for an example.
    MadeUp,
    /// `aws-sdk:foo:bar`: a service that is not in the table; it may be newer than the table.
    UnknownSdkService,
    /// `aws-sdk:s3:getObjekt`: an action that is not in the table; it may be newer than the table.
    UnknownSdkAction,
    /// `aws-sdk:sts:assumeRole`: an action that the developer guide lists as unsupported.
    UnsupportedSdkAction,
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

/// The candidate that was probably meant.
fn closest<'c>(meant: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    nearest(meant, candidates.map(|candidate| (candidate, candidate))).map(str::to_owned)
}

#[cfg(test)]
mod tests;
