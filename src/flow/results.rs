//! What a Task calls into the shape of what it gives.
//!
//! The table says what the services give today; they may give more tomorrow. So the objects of AWS are open to members that
//! start with a capital letter, as all of theirs do, and few members are promised to be there.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use serde_json::Value as Json;

use crate::asl::resource::{Pattern, Resource};

use super::shape::{Kinds, Member, Rest, Shape};

/// An entry of the table: as it is written, and what it says once somebody has asked.
type Entry = (&'static str, OnceLock<Shape>);

/// By service and interface, with the pattern behind where there is one. A line is an entry: few of them are asked for, and the
/// others are not read.
static TABLE: LazyLock<BTreeMap<&'static str, Entry>> = LazyLock::new(|| {
    let lines = include_str!("results.json").lines();
    let entries = lines.filter_map(|line| line.trim().strip_prefix('"')?.split_once("\": "));
    let told = entries.filter(|(name, _)| !name.starts_with('#'));
    told.map(|(name, json)| (name, (json.trim_end_matches(','), OnceLock::new()))).collect()
});

/// What the table says of a call.
fn known(name: &str) -> Option<Shape> {
    let (json, known) = TABLE.get(name)?;
    let read = || serde_json::from_str(json).map_or_else(|_| Shape::any(), |json| shape(&json));
    Some(known.get_or_init(read).clone())
}

/// What a call by the SDK gives that the table does not tell.
static OF_AWS: LazyLock<Shape> = LazyLock::new(|| Shape::object([], Rest::Capitalised));

/// What a call gives, as far as that is known of what is called.
#[must_use]
pub fn result_of(resource: &Resource) -> Shape {
    match resource {
        // Whoever has the token says what the Task gives.
        Resource::Optimised { pattern: Pattern::WaitForTaskToken, .. }
        | Resource::AwsSdk { pattern: Pattern::WaitForTaskToken, .. } => Shape::any(),
        Resource::Optimised { service, api, pattern } => {
            let suffix = match pattern {
                Pattern::Sync => ".sync",
                Pattern::Sync2 => ".sync:2",
                Pattern::RequestResponse | Pattern::WaitForTaskToken => "",
            };
            known(&format!("{service}:{api}{suffix}")).unwrap_or_else(Shape::any)
        }
        Resource::AwsSdk { service, action, .. } => {
            known(&format!("aws-sdk:{service}:{action}")).unwrap_or_else(|| OF_AWS.clone())
        }
        Resource::HttpInvoke => known("http:invoke").unwrap_or_else(Shape::any),
        _ => Shape::any(),
    }
}

/// `"string"`, `"any"`, … or an object whose members are such; one with `?` behind its name may not be there, and `*` alone stands
/// for any name. Recursion is bounded by the table.
fn shape(json: &Json) -> Shape {
    match json {
        Json::Object(members) if members.contains_key("*") => Shape::map(shape(&members["*"])),
        Json::Object(members) => {
            let members = members.iter().map(|(name, json)| match name.strip_suffix('?') {
                Some(name) => (Arc::from(name), Member::may(shape(json))),
                None => (Arc::from(name.as_str()), Member::must(shape(json))),
            });
            Shape::object(members, Rest::Capitalised)
        }
        Json::Array(items) => Shape::array(items.first().map_or_else(Shape::any, shape), 0),
        Json::String(kind) => Shape::of(match kind.as_str() {
            "string" => Kinds::STRING,
            "number" => Kinds::NUMBER,
            "boolean" => Kinds::BOOLEAN,
            "object" => Kinds::OBJECT,
            "array" => Kinds::ARRAY,
            "attributes" => return attributes(3),
            _ => Kinds::ANY,
        }),
        _ => Shape::any(),
    }
}

/// An item of DynamoDB: under each name an object that tells the type of the value, and nests so often at most (API reference,
/// "AttributeValue"). Calls by the SDK may spell the longer of these members in another case, as `Bool`.
fn attributes(depth: u32) -> Shape {
    let value = (0..depth).fold(Shape::any(), |inner, _| {
        let members = [
            ("S", Shape::of(Kinds::STRING)),
            ("N", Shape::of(Kinds::STRING)),
            ("BOOL", Shape::of(Kinds::BOOLEAN)),
            ("SS", Shape::array(Shape::of(Kinds::STRING), 0)),
            ("NS", Shape::array(Shape::of(Kinds::STRING), 0)),
            ("L", Shape::array(inner.clone(), 0)),
            ("M", Shape::map(inner)),
        ];
        Shape::object(members.map(|(name, shape)| (Arc::from(name), Member::may(shape))), Rest::Capitalised)
    });
    Shape::map(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::resource::parse;

    #[test]
    fn results_are_known() {
        for (resource, expected) in [
            (
                "arn:aws:states:::sqs:sendMessage",
                "{MD5OfMessageAttributes?: string, MD5OfMessageBody?: string, MD5OfMessageSystemAttributes?: string, MessageId?: string, SequenceNumber?: string, SdkHttpMetadata?: {…}, SdkResponseMetadata?: {…}, A…}",
            ),
            ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "any"),
            ("arn:aws:lambda:us-east-1:123456789012:function:f", "any"),
            ("arn:aws:states:::eks:runJob.sync", "any"),
            ("arn:aws:states:::glue:startJobRun.sync", "{A…}"),
            ("arn:aws:states:::http:invoke", "{Headers?: {…}, StatusCode?: number, StatusText?: string, A…}"),
            ("arn:aws:states:::aws-sdk:sts:getCallerIdentity", "{Account?: string, Arn?: string, UserId?: string, A…}"),
            ("arn:aws:states:::aws-sdk:iot:listThings", "{A…}"),
            ("arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken", "any"),
        ] {
            let names = |text: &str| {
                let mut names: Vec<String> = text.trim_matches(['{', '}']).split(", ").map(str::to_owned).collect();
                names.sort();
                names
            };
            let shape = result_of(&parse(resource).0).to_string();
            assert_eq!(names(&shape), names(expected), "{resource}");
        }
        let output = |resource: &str| result_of(&parse(resource).0).member("Output").shape.to_string();
        assert_eq!(output("arn:aws:states:::states:startExecution.sync"), "string");
        assert_eq!(output("arn:aws:states:::states:startExecution.sync:2"), "any");
        let payload = |resource: &str| result_of(&parse(resource).0).member("Payload").shape.to_string();
        assert_eq!(payload("arn:aws:states:::lambda:invoke"), "any");
        assert_eq!(payload("arn:aws:states:::aws-sdk:lambda:invoke"), "string");
        // Each line of the file is an entry.
        let file: BTreeMap<String, Json> = serde_json::from_str(include_str!("results.json")).expect("JSON");
        let names: Vec<&str> = file.keys().map(String::as_str).filter(|name| !name.starts_with('#')).collect();
        assert_eq!(TABLE.keys().copied().collect::<Vec<_>>(), names);
        for name in names {
            assert_eq!(known(name).map(|shape| shape.to_string()), Some(shape(&file[name]).to_string()), "{name}");
            assert!(known(name).is_some_and(|shape| shape.kinds() == Kinds::OBJECT), "{name}");
        }
    }
}
