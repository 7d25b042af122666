//! Turns what a Task calls into the names of the errors that come back.
//!
//! An integration names an error after the service and the exception: `DynamoDB.ConditionalCheckFailedException`,
//! `Sfn.InvalidTokenException`. A Lambda function gives its own names, and so does whoever holds a token. Sources: developer
//! guide, "Learning to use AWS service SDK integrations in Step Functions" (`ServiceName.ErrorName`, both in Pascal case, "make
//! sure that you append an Exception suffix"); the prefixes of other integrations were recorded from the service.

use super::resource::{Pattern, Resource};

/// Who answers a Task with errors, or makes up their names at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Raiser<'t> {
    /// Nothing is known of its names: a worker, the holder of a token, a Fail state with an expression, a template.
    Anyone,
    /// A Lambda function: any name but those that are kept for the service.
    Function,
    /// `http:invoke`
    Http,
    /// An integration with an interface of its own, by the service in its ARN.
    Optimised(&'t str),
    /// A call of the SDK, by the service in its ARN.
    Sdk(&'t str),
}

/// What integrations with an interface of their own put before the names of exceptions, by the service in the ARN. Recorded from the
/// service: `DynamoDB.ResourceNotFoundException`, `SNS.InvalidParameterException`, `SQS.AmazonSQSException`,
/// `StepFunctions.StateMachineDoesNotExistException`, `Lambda.ResourceNotFoundException`.
const PREFIXES: [(&str, &str); 5] =
    [("dynamodb", "DynamoDB"), ("lambda", "Lambda"), ("sns", "SNS"), ("sqs", "SQS"), ("states", "StepFunctions")];

/// The same of the SDK, for services whose name in the ARN does not show where its words begin.
const SDK_PREFIXES: [(&str, &str); 14] = [
    ("athena", "Athena"),
    ("cloudwatchlogs", "CloudWatchLogs"),
    ("dynamodb", "DynamoDb"),
    ("ec2", "Ec2"),
    ("ecs", "Ecs"),
    ("eventbridge", "EventBridge"),
    ("glue", "Glue"),
    ("lambda", "Lambda"),
    ("s3", "S3"),
    ("secretsmanager", "SecretsManager"),
    ("sfn", "Sfn"),
    ("sns", "Sns"),
    ("sqs", "Sqs"),
    ("ssm", "Ssm"),
];

/// The names that are kept for the service itself begin so.
const KEPT: &str = "States.";

impl<'t> Raiser<'t> {
    /// Who answers a Task that calls `resource`, written as `text`.
    #[must_use]
    pub fn of(resource: &Resource, text: &'t str) -> Self {
        if resource.pattern() == Pattern::WaitForTaskToken {
            return Self::Anyone;
        }
        // The service stands in the text as it stands in the resource.
        let part = |number: usize| text.split(':').nth(number).filter(|part| !part.is_empty());
        match resource {
            Resource::Lambda { .. } => Self::Function,
            Resource::HttpInvoke => Self::Http,
            Resource::Optimised { service, .. } if service == "lambda" => Self::Function,
            Resource::Optimised { service, .. } => {
                part(5).filter(|part| part == service).map_or(Self::Anyone, Self::Optimised)
            }
            Resource::AwsSdk { service, .. } => part(6).filter(|part| part == service).map_or(Self::Anyone, Self::Sdk),
            _ => Self::Anyone,
        }
    }

    /// Whether an error of this name may come of it. Of the names that are kept for the service, those are meant that the
    /// called gives: a timeout, for one, comes of the Task.
    #[must_use]
    pub fn may_raise(self, name: &str) -> bool {
        if name.starts_with(KEPT) {
            return self == Self::Anyone || self == Self::Http && name.starts_with("States.Http.");
        }
        match self {
            Self::Anyone | Self::Function | Self::Http => true,
            Self::Optimised(service) => {
                let Some((prefix, _)) = name.split_once('.') else { return own_prefix(service).is_none() };
                match own_prefix(service) {
                    Some(own) => prefix == own,
                    None => !is_of_another(service, prefix),
                }
            }
            Self::Sdk(service) => {
                let Some((prefix, exception)) = name.split_once('.') else { return false };
                prefix.eq_ignore_ascii_case(service) && pascal(prefix) == prefix && exception.ends_with("Exception")
            }
        }
    }

    /// The name that it gives an error, where another spelling of it is written.
    #[must_use]
    pub fn meant(self, name: &str) -> Option<String> {
        if self.may_raise(name) || name.starts_with(KEPT) {
            return None;
        }
        let (written, exception) = match name.split_once('.') {
            Some((prefix, exception)) => (Some(prefix), exception),
            None => (None, name),
        };
        let is_exception = exception.ends_with("Exception");
        let (own, service) = match self {
            Self::Optimised(service) => (own_prefix(service)?.to_owned(), service),
            Self::Sdk(service) => {
                let known = SDK_PREFIXES.iter().find(|(known, _)| *known == service);
                // Of capitals alone nobody sees where a word begins.
                let is_mixed = |written: &&str| written.bytes().any(|byte| byte.is_ascii_lowercase());
                let respelt =
                    || written.filter(|written| written.eq_ignore_ascii_case(service)).filter(is_mixed).map(pascal);
                (known.map(|(_, prefix)| (*prefix).to_owned()).or_else(respelt)?, service)
            }
            _ => return None,
        };
        // A name of another service is no slip of this one's.
        let is_own = written.map_or(is_exception, |written| {
            written.eq_ignore_ascii_case(service)
                || written.eq_ignore_ascii_case(&own)
                || PREFIXES.iter().any(|(arn, prefix)| *prefix == written && respelt_service(arn) == service)
                || SDK_PREFIXES.iter().any(|(arn, prefix)| *prefix == written && *arn == respelt_service(service))
        });
        if !is_own || exception.is_empty() {
            return None;
        }
        let end = if matches!(self, Self::Sdk(_)) && !exception.ends_with("Exception") { "Exception" } else { "" };
        Some(format!("{own}.{exception}{end}"))
    }

    /// What it is to a person: "`dynamodb`", "the function".
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Anyone => "whoever answers".to_owned(),
            Self::Function => "the function".to_owned(),
            Self::Http => "`http:invoke`".to_owned(),
            Self::Optimised(service) => format!("`{service}`"),
            Self::Sdk(service) => format!("`aws-sdk:{service}`"),
        }
    }

    /// How the names that it gives begin, where that is known.
    #[must_use]
    pub fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Optimised(service) => own_prefix(service),
            Self::Sdk(service) => SDK_PREFIXES.iter().find(|(known, _)| *known == service).map(|(_, prefix)| *prefix),
            _ => None,
        }
    }
}

fn own_prefix(service: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|(known, _)| *known == service).map(|(_, prefix)| *prefix)
}

/// The same service under its name in the other family of integrations.
fn respelt_service(service: &str) -> &str {
    match service {
        "states" => "sfn",
        "sfn" => "states",
        other => other,
    }
}

/// Whether a prefix is that of a service of which it is known, and not of this one.
fn is_of_another(service: &str, prefix: &str) -> bool {
    let is_known = |(arn, known): &(&str, &str)| prefix.eq_ignore_ascii_case(known) && *arn != service;
    // Only the services whose prefixes were recorded: others answer for each other behind the scenes, as ECS does for Batch.
    PREFIXES.iter().any(is_known)
}

/// Words in Pascal case as the SDK writes them: `DynamoDB` as `DynamoDb`, `VPCLattice` as `VpcLattice`. Two capitals may begin
/// a word of one letter and another one, as in `FSx` and `MTurk`.
fn pascal(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        if end == at {
            let next = at + text[at..].chars().next().map_or(1, char::len_utf8);
            written.push_str(&text[at..next]);
            at = next;
            continue;
        }
        let leads_on = bytes.get(end).is_some_and(u8::is_ascii_lowercase);
        let run = &text[at..end];
        match (run.len(), leads_on) {
            (1, _) | (2, true) => written.push_str(run),
            (n, _) => {
                // The last capital begins the word that follows.
                let kept = if leads_on { n - 1 } else { n };
                written.push_str(&run[..1]);
                written.push_str(&run[1..kept].to_ascii_lowercase());
                written.push_str(&run[kept..]);
            }
        }
        at = end;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::super::resource;
    use super::*;

    #[test]
    fn names_come_of_what_is_called() {
        // The resource behind `arn:aws:`, a name, whether it may come, and what is meant by it.
        for (text, name, may, meant) in [
            ("states:::dynamodb:putItem", "DynamoDB.ConditionalCheckFailedException", true, None),
            (
                "states:::dynamodb:putItem",
                "DynamoDb.ConditionalCheckFailedException",
                false,
                Some("DynamoDB.ConditionalCheckFailedException"),
            ),
            ("states:::dynamodb:putItem", "ThrottlingException", false, Some("DynamoDB.ThrottlingException")),
            ("states:::dynamodb:putItem", "Lambda.ServiceException", false, None),
            ("states:::dynamodb:putItem", "OutOfStock", false, None),
            ("states:::dynamodb:putItem", "States.Timeout", false, None),
            ("states:::states:startExecution.sync:2", "StepFunctions.ExecutionAlreadyExistsException", true, None),
            (
                "states:::states:startExecution",
                "Sfn.ExecutionAlreadyExistsException",
                false,
                Some("StepFunctions.ExecutionAlreadyExistsException"),
            ),
            ("states:::aws-sdk:sfn:startExecution", "Sfn.ExecutionAlreadyExistsException", true, None),
            (
                "states:::aws-sdk:sfn:startExecution",
                "StepFunctions.ExecutionAlreadyExistsException",
                false,
                Some("Sfn.ExecutionAlreadyExistsException"),
            ),
            ("states:::aws-sdk:s3:createBucket", "S3.BucketAlreadyExistsException", true, None),
            (
                "states:::aws-sdk:s3:createBucket",
                "S3.BucketAlreadyExists",
                false,
                Some("S3.BucketAlreadyExistsException"),
            ),
            ("states:::aws-sdk:s3:createBucket", "S3.SdkClientException", true, None),
            (
                "states:::aws-sdk:dynamodb:query",
                "DynamoDB.ThrottlingException",
                false,
                Some("DynamoDb.ThrottlingException"),
            ),
            ("states:::aws-sdk:acmpca:issueCertificate", "AcmPca.ResourceNotFoundException", true, None),
            ("states:::aws-sdk:acmpca:issueCertificate", "ACMPCA.LimitExceededException", false, None),
            ("states:::aws-sdk:fsx:createBackup", "FSx.BackupInProgressException", true, None),
            ("states:::aws-sdk:comprehend:detectSentiment", "InternalServerException", false, None),
            // Whose prefix was never seen.
            ("states:::glue:startJobRun.sync", "Glue.ConcurrentRunsExceededException", true, None),
            ("states:::glue:startJobRun.sync", "ConcurrentRunsExceededException", true, None),
            ("states:::glue:startJobRun.sync", "Lambda.ServiceException", false, None),
            ("states:::ecs:runTask.sync", "ECS.AmazonECSException", true, None),
            // Who names errors as they like.
            ("states:::lambda:invoke", "DynamoDB.ThrottlingException", true, None),
            ("states:::lambda:invoke", "States.Timeout", false, None),
            ("states:::lambda:invoke.waitForTaskToken", "States.Timeout", true, None),
            ("lambda:eu-west-1:111122223333:function:f", "Anything", true, None),
            ("states:eu-west-1:111122223333:activity:a", "States.Anything", true, None),
            ("states:::http:invoke", "States.Http.StatusCode.404", true, None),
            ("states:::http:invoke", "States.Timeout", false, None),
            ("states:::aws-sdk:sqs:sendMessage.waitForTaskToken", "Anything", true, None),
        ] {
            let text = format!("arn:aws:{text}");
            let raiser = Raiser::of(&resource::parse(&text).0, &text);
            assert_eq!((raiser.may_raise(name), raiser.meant(name).as_deref()), (may, meant), "{name} of {text}");
        }
    }

    #[test]
    fn words_begin_with_one_capital() {
        for (text, expected) in [
            ("DynamoDB", "DynamoDb"),
            ("DynamoDb", "DynamoDb"),
            ("SQS", "Sqs"),
            ("EC2", "Ec2"),
            ("VPCLattice", "VpcLattice"),
            ("IoTAnalytics", "IoTAnalytics"),
            ("XRay", "XRay"),
            ("SesV2", "SesV2"),
            ("größe", "größe"),
            ("", ""),
        ] {
            assert_eq!(pascal(text), expected, "{text}");
        }
    }
}
