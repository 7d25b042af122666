//! Fields of an `ItemReader` that do not go with what it reads, and of a `ResultWriter` that it does not have.

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::resource::MapS3;
use crate::asl::s3::{self, Call};
use crate::asl::{Field, Mode};
use crate::diagnostic::{Label, Severity};
use crate::schema;
use crate::syntax::{Kind, Node};

/// How the rows of a CSV file are read.
const OF_CSV: [&str; 3] = ["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"];

/// How the content of an object is read.
const OF_CONTENT: [&str; 6] =
    ["InputType", "ManifestType", "ItemsPointer", "CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"];

/// The note where the service was not seen to answer.
const UNKNOWN: &str = "the developer guide does not have them together; what the service makes of it is not known";

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let misnamed = schema::misnamed(cx.violations());
    for state in cx.machine.states.iter().filter(|state| state.is_map()) {
        if let Some(call) = s3::call(state, "ResultWriter") {
            writer(call, sink);
        }
        let Some(reader) = state.node.member("ItemReader").filter(|reader| reader.value.kind() == Kind::Object) else {
            continue;
        };
        if cx.machine.mode(state) == Some(Mode::Distributed) {
            for items in ["ItemsPath", "Items"].iter().filter_map(|name| state.field(name)) {
                beside_reader(items, reader, sink);
            }
        }
        let call = s3::call(state, "ItemReader");
        if let Some(call) = call {
            request(call, sink);
        }
        let config = reader.value.get("ReaderConfig").filter(|config| config.kind() == Kind::Object);
        // What is misspelt may be what the other fields go with.
        if let Some(config) = config.filter(|config| !misnamed.contains(&config.index())) {
            configuration(config, call, sink);
        }
    }
}

fn beside_reader(items: Field<'_>, reader: Field<'_>, sink: &mut Sink<'_>) {
    let message = format!("`{}` beside `ItemReader`: the items are those that are read", items.name());
    let finding = sink.report(items.key, message);
    finding.severity = Severity::Info;
    finding.related.push(Label::new(reader.key.span(), "it is here"));
    finding.notes.push("`ItemsPointer` in `ReaderConfig` leads to a part of a JSON file".to_owned());
}

/// A writer makes several files, and names them itself (developer guide, "ResultWriter").
fn writer(call: Call<'_>, sink: &mut Sink<'_>) {
    if let Some(field) = call.field("Key") {
        let message = "`ResultWriter` has no `Key`: it writes several objects, with keys that begin with `Prefix`";
        let finding = sink.report(field.key, message);
        finding.notes.push(
            "the developer guide has `Bucket` and `Prefix`; what the service makes of it is not known".to_owned(),
        );
    }
}

/// What an action of S3 is asked that it does not take.
fn request(call: Call<'_>, sink: &mut Sink<'_>) {
    let strange: &[(&str, &str)] = match call.api {
        MapS3::ListObjectsV2 => &[
            ("Key", "it lists the objects whose keys begin with `Prefix`, and without one all of them"),
            ("VersionId", "it lists the objects as they are now"),
        ],
        // Without `Key`, that is what is wrong.
        MapS3::GetObject if call.field("Key").is_some() => &[("Prefix", "it reads the one object called `Key`")],
        _ => return,
    };
    for (name, why) in strange {
        if let Some(field) = call.field(name) {
            let finding = sink.report(field.key, format!("`s3:{}` has no `{name}`: {why}", call.api.name()));
            finding.notes.push(UNKNOWN.to_owned());
        }
    }
}

/// What a field of the configuration says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Setting<'t> {
    Absent,
    Is(&'t str),
    Unknown,
}

fn setting<'t>(config: Node<'t>, name: &str) -> Setting<'t> {
    match config.get(name) {
        None if config.may_have_more() => Setting::Unknown,
        None => Setting::Absent,
        Some(value) => value.as_str().filter(|_| !value.is_open()).map_or(Setting::Unknown, Setting::Is),
    }
}

fn configuration(config: Node<'_>, call: Option<Call<'_>>, sink: &mut Sink<'_>) {
    let field = |name: &str| config.member(name);
    let transformation = setting(config, "Transformation");
    let api = call.map(|call| call.api);
    if api == Some(MapS3::ListObjectsV2) && matches!(transformation, Setting::Absent | Setting::Is("NONE")) {
        let fields: Vec<Field<'_>> = OF_CONTENT.iter().copied().filter_map(field).collect();
        let Some((first, others)) = fields.split_first() else { return };
        let message = format!(
            "`{}` without `Transformation` `LOAD_AND_FLATTEN`: the items are what `s3:listObjectsV2` says of the objects, not what is in them",
            first.name()
        );
        sink.report(first.key, message).related.extend(labels(others));
        return;
    }
    if api == Some(MapS3::GetObject)
        && transformation == Setting::Is("LOAD_AND_FLATTEN")
        && let Some(field) = field("Transformation")
    {
        let message = "`LOAD_AND_FLATTEN` is for the objects that `s3:listObjectsV2` lists; `s3:getObject` reads one";
        sink.report(field.value, message).severity = Severity::Info;
    }
    let input = setting(config, "InputType");
    if let Setting::Is(kind @ ("JSON" | "JSONL" | "PARQUET")) = input {
        let fields: Vec<Field<'_>> = OF_CSV.iter().copied().filter_map(field).collect();
        // Of `CSVHeaderLocation` beside `JSON` it is on record that the service refuses it: `exclusive-fields`.
        let is_refused = kind == "JSON" && field("CSVHeaderLocation").is_some();
        if let Some((first, others)) = fields.split_first().filter(|_| !is_refused) {
            let message = format!("`{}` is for CSV, and `InputType` is `{kind}`", first.name());
            let finding = sink.report(first.key, message);
            finding.related.extend(labels(others));
            finding.notes.push(UNKNOWN.to_owned());
        }
    } else {
        headers(config, input, sink);
    }
    if let Setting::Is(kind @ ("CSV" | "JSONL" | "PARQUET" | "MANIFEST")) = input
        && let Some(pointer) = field("ItemsPointer")
    {
        let message = format!("`ItemsPointer` leads into a JSON file, and `InputType` is `{kind}`");
        sink.report(pointer.key, message).severity = Severity::Info;
    }
    if input == Setting::Is("PARQUET")
        && let Some(version) = call.and_then(|call| call.field("VersionId"))
    {
        let finding = sink.report(version.key, "Parquet files are not read by `VersionId`");
        finding.notes.push(UNKNOWN.to_owned());
    }
}

/// Names of columns that nothing asks for.
fn headers(config: Node<'_>, input: Setting<'_>, sink: &mut Sink<'_>) {
    let Some(headers) = config.member("CSVHeaders") else { return };
    match setting(config, "CSVHeaderLocation") {
        Setting::Is("FIRST_ROW") => {
            let message = "`CSVHeaders` names the columns, and `CSVHeaderLocation` `FIRST_ROW` says that the file does";
            let finding = sink.report(headers.key, message);
            if let Some(location) = config.member("CSVHeaderLocation") {
                finding.related.push(Label::new(location.value.span(), "`GIVEN` is for names given here"));
            }
            finding.notes.push(UNKNOWN.to_owned());
        }
        Setting::Is("GIVEN") => {
            let list = headers.value;
            if list.kind() == Kind::Array && list.is_empty() && !list.may_have_more() && !list.is_open() {
                let message = "`CSVHeaders` is empty, and `CSVHeaderLocation` `GIVEN` says that it names the columns";
                sink.report(list, message).notes.push(UNKNOWN.to_owned());
            }
        }
        // CSV needs it, which is `missing-field`.
        Setting::Absent if input != Setting::Is("CSV") => {
            let message = "`CSVHeaders` goes with `CSVHeaderLocation` `GIVEN`, which is not there";
            sink.report(headers.key, message).severity = Severity::Info;
        }
        _ => {}
    }
}

fn labels(fields: &[Field<'_>]) -> Vec<Label> {
    fields.iter().map(|field| Label::new(field.key.span(), "and this")).collect()
}
