//! Turns a resource into words.

use super::{MapS3, Pattern, Resource};

impl Resource {
    /// What a call of it does, as the end of "the state …".
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Lambda { function, qualifier: None } => {
                format!("calls the Lambda function `{function}` and waits for its answer")
            }
            Self::Lambda { function, qualifier: Some(qualifier) } => {
                format!("calls `{qualifier}` of the Lambda function `{function}` and waits for its answer")
            }
            Self::Activity { name } => format!("waits until a worker of the activity `{name}` has done it"),
            Self::Optimised { service, api, pattern } => {
                format!("calls `{api}` of `{service}` and {}", waits(*pattern))
            }
            Self::AwsSdk { service, action, pattern } => {
                format!("calls `{action}` of the AWS service `{service}` and {}", waits(*pattern))
            }
            Self::HttpInvoke => "makes an HTTP request and waits for the answer".to_owned(),
            Self::MapS3(MapS3::GetObject) => "reads the items from an object in S3".to_owned(),
            Self::MapS3(MapS3::ListObjectsV2) => "takes the objects of a bucket in S3 for items".to_owned(),
            Self::MapS3(MapS3::PutObject) => "writes the results to S3".to_owned(),
            Self::Other => "calls something that is not known here".to_owned(),
            Self::Open => "calls what a template fills in".to_owned(),
            Self::Unreadable => "names nothing that can be called".to_owned(),
        }
    }
}

const fn waits(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::RequestResponse => "waits for the answer",
        Pattern::Sync => "waits until the job is done",
        Pattern::Sync2 => "waits until the job is done, whose output comes as JSON",
        Pattern::WaitForTaskToken => "waits until somebody hands in the token",
    }
}
