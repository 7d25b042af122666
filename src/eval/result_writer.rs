//! Turns the ends of child executions into the result of a Map state with a `ResultWriter`, and the files that it writes.
//!
//! The result is recorded; the files are those of the guide's page ("ResultWriter (Map)"). One file holds all children of one
//! status, however long it gets: the service begins a new one at 5 GB.

use std::sync::Arc;

use super::value::{Members, Value};

/// A child execution that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    /// The name of the execution.
    pub name: Arc<str>,
    /// What it got.
    pub input: Value,
    /// How it ended.
    pub end: ChildEnd,
    /// When it began, in RFC 3339.
    pub started: Arc<str>,
    /// When it ended, in RFC 3339.
    pub stopped: Arc<str>,
}

/// How a child execution ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ChildEnd {
    /// With this output.
    Succeeded(Value),
    /// With an error.
    Failed {
        /// Its name.
        error: Option<Arc<str>>,
        /// What is told beside it.
        cause: Option<Arc<str>>,
    },
}

/// What a Map state with a `ResultWriter` gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The result of the state. It nests at most two levels deeper than the outputs of the children: the caller checks.
    pub result: Value,
    /// The files, which go to one bucket: none where the results are formatted only.
    pub files: Vec<WrittenFile>,
}

/// An object for Amazon S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFile {
    /// The bucket.
    pub bucket: Arc<str>,
    /// The key.
    pub key: String,
    /// The content.
    pub text: String,
}

/// Writes the results of a Map Run. Its ARN ends with the run's own name:
/// `arn:aws:states:us-east-1:123456789012:mapRun:Machine/Label:7f1e…`. `arguments` are the evaluated `Parameters` or `Arguments` of the `ResultWriter`, without which nothing is
/// exported; `config` is its `WriterConfig`.
#[must_use]
pub fn write_results(
    map_run_arn: &str,
    arguments: Option<&Value>,
    config: Option<&Value>,
    children: &[Child],
) -> Written {
    let option = |name| config.and_then(|config| config.get(name)).and_then(Value::as_str);
    let is_lines = option("OutputType") == Some("JSONL");
    let transformation = option("Transformation");
    let bucket = arguments.and_then(|arguments| arguments.get("Bucket")).and_then(Value::as_str);
    let Some(bucket) = bucket else {
        let items = transform(map_run_arn, transformation, children.iter());
        return Written {
            result: if is_lines { lines(&items).into() } else { Value::array(items) },
            files: Vec::new(),
        };
    };
    let bucket: Arc<str> = bucket.into();
    let prefix = arguments.and_then(|arguments| arguments.get("Prefix")).and_then(Value::as_str);
    let prefix = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
    let id = map_run_arn.rsplit(':').next().unwrap_or(map_run_arn);
    let folder = format!("{prefix}{id}");
    let mut files = Vec::new();
    let mut listed = Members::new();
    for status in ["FAILED", "PENDING", "SUCCEEDED"] {
        let ended_so: Vec<&Child> = children.iter().filter(|child| child.status() == status).collect();
        let mut entries = Vec::new();
        if !ended_so.is_empty() {
            let items = transform(map_run_arn, transformation, ended_so.into_iter());
            let text = if is_lines { lines(&items) } else { Value::array(items).to_json() };
            let key = format!("{folder}/{status}_0.{}", if is_lines { "jsonl" } else { "json" });
            let size = i64::try_from(text.len()).unwrap_or(i64::MAX);
            entries.push(Value::members([("Key", Value::from(key.as_str())), ("Size", size.into())]));
            files.push(WrittenFile { bucket: Arc::clone(&bucket), key, text });
        }
        listed.insert(status.into(), Value::array(entries));
    }
    let key = format!("{folder}/manifest.json");
    let manifest = Value::members([
        ("DestinationBucket", Value::from(Arc::clone(&bucket))),
        ("MapRunArn", map_run_arn.into()),
        ("ResultFiles", Value::object(listed)),
    ]);
    let details = Value::members([("Bucket", Value::from(Arc::clone(&bucket))), ("Key", key.as_str().into())]);
    let result = Value::members([("MapRunArn", Value::from(map_run_arn)), ("ResultWriterDetails", details)]);
    files.push(WrittenFile { bucket, key, text: manifest.to_json() });
    Written { result, files }
}

/// A child that failed is told in full, whatever the transformation. `NONE` is the default of exports; a `WriterConfig`
/// names its transformation.
fn transform<'c>(
    map_run_arn: &str,
    transformation: Option<&str>,
    children: impl Iterator<Item = &'c Child>,
) -> Vec<Value> {
    let mut items = Vec::new();
    for child in children {
        match (&child.end, transformation) {
            (ChildEnd::Succeeded(Value::Array(output)), Some("FLATTEN")) => items.extend(output.iter().cloned()),
            (ChildEnd::Succeeded(output), Some("COMPACT" | "FLATTEN")) => items.push(output.clone()),
            _ => items.push(child.describe(map_run_arn)),
        }
    }
    items
}

fn lines(items: &[Value]) -> String {
    items.iter().map(|item| item.to_json() + "\n").collect()
}

impl Child {
    fn status(&self) -> &'static str {
        match self.end {
            ChildEnd::Succeeded(_) => "SUCCEEDED",
            ChildEnd::Failed { .. } => "FAILED",
        }
    }

    /// As `DescribeExecution` tells of it, names in capitals: input and output are JSON in a string.
    fn describe(&self, map_run_arn: &str) -> Value {
        let text = |text: &Arc<str>| Value::from(Arc::clone(text));
        let included = Value::members([("Included", Value::from(true))]);
        let (redrive, reason) = match self.end {
            ChildEnd::Succeeded(_) => ("NOT_REDRIVABLE", Some("Execution is SUCCEEDED and cannot be redriven")),
            ChildEnd::Failed { .. } => ("REDRIVABLE", None),
        };
        let mut members = vec![
            ("ExecutionArn", format!("{}:{}", beside(map_run_arn, "execution"), self.name).into()),
            ("Input", self.input.to_json().into()),
            ("InputDetails", included.clone()),
            ("Name", text(&self.name)),
            ("RedriveCount", 0_i64.into()),
            ("RedriveStatus", redrive.into()),
            ("StartDate", text(&self.started)),
            ("StateMachineArn", beside(map_run_arn, "stateMachine").into()),
            ("Status", self.status().into()),
            ("StopDate", text(&self.stopped)),
        ];
        members.extend(reason.map(|reason| ("RedriveStatusReason", reason.into())));
        match &self.end {
            ChildEnd::Succeeded(output) => {
                members.extend([("Output", output.to_json().into()), ("OutputDetails", included)]);
            }
            ChildEnd::Failed { error, cause } => {
                members.extend(error.iter().map(|error| ("Error", text(error))));
                members.extend(cause.iter().map(|cause| ("Cause", text(cause))));
            }
        }
        members.sort_by_key(|(name, _)| *name);
        Value::members(members)
    }
}

/// The ARN of a Map Run without the run's own name, as that of something else of its state machine.
fn beside(map_run_arn: &str, kind: &str) -> String {
    let (machine, _) = map_run_arn.rsplit_once(':').unwrap_or((map_run_arn, ""));
    machine.replacen(":mapRun:", &format!(":{kind}:"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:states:us-east-1:123456789012:mapRun:Machine/TestMap:0a1b";

    fn json(text: &str) -> Value {
        Value::from_json(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    fn children() -> Vec<Child> {
        let child = |name: &str, end| Child {
            name: name.into(),
            input: json(r#"{"n":1}"#),
            end,
            started: "2024-01-01T00:00:00Z".into(),
            stopped: "2024-01-01T00:00:01Z".into(),
        };
        let failed = ChildEnd::Failed { error: Some("Boom".into()), cause: None };
        vec![
            child("a", ChildEnd::Succeeded(json("[1,[2]]"))),
            child("b", failed),
            child("c", ChildEnd::Succeeded(json(r#"{"x":"y"}"#))),
        ]
    }

    #[test]
    fn an_export_gives_its_place_and_writes_a_file_for_each_status() {
        let arguments = json(r#"{"Bucket": "result-bucket", "Prefix": "mapJobs"}"#);
        let written = write_results(ARN, Some(&arguments), None, &children());
        // Recorded.
        let result = r#"{"MapRunArn":"ARN","ResultWriterDetails":{"Bucket":"result-bucket","Key":"mapJobs/0a1b/manifest.json"}}"#;
        assert_eq!(written.result.to_json(), result.replace("ARN", ARN));
        let keys: Vec<&str> = written.files.iter().map(|file| file.key.as_str()).collect();
        assert_eq!(keys, ["mapJobs/0a1b/FAILED_0.json", "mapJobs/0a1b/SUCCEEDED_0.json", "mapJobs/0a1b/manifest.json"]);
        assert!(written.files.iter().all(|file| &*file.bucket == "result-bucket"));
        let (failed, succeeded) = (json(&written.files[0].text), json(&written.files[1].text));
        let expected = r#"[{
            "Error": "Boom",
            "ExecutionArn": "arn:aws:states:us-east-1:123456789012:execution:Machine/TestMap:b",
            "Input": "{\"n\":1}", "InputDetails": {"Included": true}, "Name": "b", "RedriveCount": 0,
            "RedriveStatus": "REDRIVABLE", "StartDate": "2024-01-01T00:00:00Z",
            "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Machine/TestMap",
            "Status": "FAILED", "StopDate": "2024-01-01T00:00:01Z"
        }]"#;
        assert_eq!(failed, json(expected));
        let first = &succeeded.as_array().unwrap()[0];
        assert_eq!(first.get("Output"), Some(&Value::from("[1,[2]]")));
        assert_eq!(first.get("RedriveStatus"), Some(&Value::from("NOT_REDRIVABLE")));
        let sizes = [written.files[0].text.len(), written.files[1].text.len()];
        let manifest = format!(
            r#"{{"DestinationBucket":"result-bucket","MapRunArn":"{ARN}","ResultFiles":{{"FAILED":[{{"Key":"mapJobs/0a1b/FAILED_0.json","Size":{}}}],"PENDING":[],"SUCCEEDED":[{{"Key":"mapJobs/0a1b/SUCCEEDED_0.json","Size":{}}}]}}}}"#,
            sizes[0], sizes[1]
        );
        assert_eq!(written.files[2].text, manifest);
    }

    #[test]
    fn results_are_transformed() {
        let whole = |nth: usize| children()[nth].describe(ARN).to_json();
        let exported = r#"{"Bucket": "b"}"#;
        for (arguments, config, result, texts) in [
            (
                None,
                r#"{"Transformation": "COMPACT", "OutputType": "JSON"}"#,
                format!(r#"[[1,[2]],{},{{"x":"y"}}]"#, whole(1)),
                vec![],
            ),
            (
                None,
                r#"{"Transformation": "FLATTEN", "OutputType": "JSON"}"#,
                format!(r#"[1,[2],{},{{"x":"y"}}]"#, whole(1)),
                vec![],
            ),
            (
                None,
                r#"{"Transformation": "NONE", "OutputType": "JSON"}"#,
                format!("[{},{},{}]", whole(0), whole(1), whole(2)),
                vec![],
            ),
            (
                None,
                r#"{"Transformation": "FLATTEN", "OutputType": "JSONL"}"#,
                Value::from(format!("1\n[2]\n{}\n{{\"x\":\"y\"}}\n", whole(1))).to_json(),
                vec![],
            ),
            (
                Some(exported),
                r#"{"Transformation": "FLATTEN", "OutputType": "JSONL"}"#,
                format!(r#"{{"MapRunArn":"{ARN}","ResultWriterDetails":{{"Bucket":"b","Key":"0a1b/manifest.json"}}}}"#),
                vec![
                    ("0a1b/FAILED_0.jsonl", whole(1) + "\n"),
                    ("0a1b/SUCCEEDED_0.jsonl", "1\n[2]\n{\"x\":\"y\"}\n".to_owned()),
                ],
            ),
        ] {
            let arguments = arguments.map(json);
            let written = write_results(ARN, arguments.as_ref(), Some(&json(config)), &children());
            assert_eq!(written.result.to_json(), result, "{config}");
            let found: Vec<(&str, String)> =
                written.files.iter().map(|file| (file.key.as_str(), file.text.clone())).take(texts.len()).collect();
            assert_eq!(found, texts, "{config}");
        }
    }
}
