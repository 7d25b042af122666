//! Turns files that stand in for Amazon S3 into the items of a Distributed Map.
//!
//! Nothing is read here but through [`Files`]. What the recordings and the guide leave open is said where it is decided; a
//! format that is not read is no failure of the execution but [`ReadError::Unsupported`], since what the service would make
//! of it is not known.

mod csv;
mod items;
mod manifest;
#[cfg(test)]
mod tests;

use super::budget::{Budget, OutOfBudget};
use super::value::Value;

pub use items::Items;

/// The contents of buckets.
pub trait Files: std::fmt::Debug + Sync {
    /// An object's bytes; `None` where there is no such object or bucket.
    fn read(&self, bucket: &str, key: &str) -> Option<Vec<u8>>;

    /// The objects whose keys begin so, in any order; `None` where there is no such bucket.
    fn list(&self, bucket: &str, prefix: &str) -> Option<Vec<Listed>>;
}

/// Amazon S3 without a bucket.
#[derive(Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn list(&self, _: &str, _: &str) -> Option<Vec<Listed>> {
        None
    }
}

/// An object in a list of a bucket's objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// The hash of its content, in double quotes, as S3 has it.
    pub etag: String,
    /// When it was written, in seconds since 1970.
    pub last_modified: i64,
    /// `STANDARD`, and others.
    pub storage_class: String,
}

/// An `ItemReader` whose expressions have been evaluated.
#[derive(Clone, Copy, Debug)]
pub struct ItemReader<'a> {
    /// `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`.
    pub resource: &'a str,
    /// `Parameters` or `Arguments`: `Bucket`, `Key` or `Prefix`.
    pub arguments: &'a Value,
    /// `ReaderConfig`; of `MaxItemsPath` the value stands under `MaxItems`.
    pub config: Option<&'a Value>,
}

/// Why there are no items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The state fails.
    Failed {
        /// The name of the error.
        error: &'static str,
        /// What the service says beside it, or what we do where nothing is recorded.
        cause: String,
    },
    /// The service reads this, and we do not: what it is.
    Unsupported(String),
    /// The items that were given in the place of what is read are none that it gives: why.
    Unlikely(String),
    /// There was more to do than the budget allows.
    OutOfBudget,
}

impl ReadError {
    /// The failure of an item reader.
    pub fn reader_failed(cause: impl Into<String>) -> Self {
        Self::Failed { error: "States.ItemReaderFailed", cause: cause.into() }
    }

    /// As the error of one line of a file.
    fn of_line(self, n: usize) -> Self {
        match self {
            Self::Failed { error, cause } => Self::Failed { error, cause: format!("line {n}: {cause}") },
            other => other,
        }
    }
}

impl From<OutOfBudget> for ReadError {
    fn from(_: OutOfBudget) -> Self {
        Self::OutOfBudget
    }
}

/// Reads the items.
///
/// # Errors
/// What fails the Map state, what is not read here, and too much to read.
pub fn read_items(reader: ItemReader<'_>, files: &dyn Files, budget: &mut Budget) -> Result<Vec<Value>, ReadError> {
    let max_items = limit(config(reader.config, "MaxItems"), "MaxItems")?;
    let mut store = Store { files, budget };
    let mut items = if reader.resource.ends_with(":s3:listObjectsV2") {
        list(reader, &mut store)?
    } else {
        let (bucket, key) = (argument(reader, "Bucket")?, argument(reader, "Key")?);
        let text = store.read(bucket, key)?;
        match (config_text(reader.config, "ManifestType"), config_text(reader.config, "InputType")) {
            (Some("ATHENA_DATA"), _) => manifest::athena(&text, reader, &mut store)?,
            (Some(_), _) | (None, Some("MANIFEST")) => manifest::inventory(&text, bucket, &mut store)?,
            (None, _) => parse(&text, reader, store.budget)?,
        }
    };
    // Recorded: 0 is no limit, and neither is a number beyond the documented 100,000,000.
    if let Some(n) = max_items.filter(|n| *n > 0) {
        items.truncate(n);
    }
    Ok(items)
}

/// Takes items that somebody made up for those that would be read.
///
/// # Errors
/// What fails the Map state whatever is read, and that such items are never read.
pub fn given_items(reader: ItemReader<'_>, items: &[Value], budget: &mut Budget) -> Result<Vec<Value>, ReadError> {
    let max_items = limit(config(reader.config, "MaxItems"), "MaxItems")?;
    budget.spend(1 + items.len() as u64)?;
    argument(reader, "Bucket")?;
    if !reader.resource.ends_with(":s3:listObjectsV2") {
        argument(reader, "Key")?;
    }
    let is_known = |kind: &str| matches!(kind, "CSV" | "JSON" | "JSONL" | "PARQUET" | "MANIFEST");
    if let Some(other) = config_text(reader.config, "InputType").filter(|kind| !is_known(kind)) {
        return Err(no_input_type(other));
    }
    let items_may_be = Items::of(reader.resource, reader.config);
    if let Items::Rows(Some(headers)) = &items_may_be {
        csv::check(headers)?;
    }
    items_may_be.check(items).map_err(ReadError::Unlikely)?;
    let read = max_items.filter(|n| *n > 0).map_or(items.len(), |n| n.min(items.len()));
    Ok(items[..read].to_vec())
}

fn no_input_type(other: &str) -> ReadError {
    ReadError::reader_failed(format!("`{other}` is no `InputType`"))
}

/// Files, read against a budget.
struct Store<'a> {
    files: &'a dyn Files,
    budget: &'a mut Budget,
}

impl Store<'_> {
    fn read(&mut self, bucket: &str, key: &str) -> Result<String, ReadError> {
        let missing = || ReadError::reader_failed(format!("there is no object `{key}` in the bucket `{bucket}`"));
        let bytes = self.files.read(bucket, key).ok_or_else(missing)?;
        self.budget.spend(1 + bytes.len() as u64 / 16)?;
        if bytes.starts_with(&[0x1F, 0x8B]) {
            return Err(ReadError::Unsupported(format!("`{key}` is compressed")));
        }
        if bytes.starts_with(b"PAR1") {
            return Err(ReadError::Unsupported(format!("`{key}` is a Parquet file")));
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

/// The objects of a bucket, or with `LOAD_AND_FLATTEN` what lies in them, one after the other.
fn list(reader: ItemReader<'_>, store: &mut Store<'_>) -> Result<Vec<Value>, ReadError> {
    let bucket = argument(reader, "Bucket")?;
    let prefix = reader.arguments.get("Prefix").and_then(Value::as_str).unwrap_or_default();
    let missing = || ReadError::reader_failed(format!("there is no bucket `{bucket}`"));
    let mut objects = store.files.list(bucket, prefix).ok_or_else(missing)?;
    store.budget.spend(objects.len() as u64)?;
    // S3 lists keys by their bytes.
    objects.sort_by(|one, other| one.key.cmp(&other.key));
    if config_text(reader.config, "Transformation") != Some("LOAD_AND_FLATTEN") {
        return Ok(objects.into_iter().map(describe).collect());
    }
    let mut items = Vec::new();
    for object in objects {
        let text = store.read(bucket, &object.key)?;
        items.extend(parse(&text, reader, store.budget)?);
    }
    Ok(items)
}

/// Members as recorded; `LastModified` is a number in the guide's example.
fn describe(object: Listed) -> Value {
    Value::members([
        ("Etag", Value::from(object.etag)),
        ("Key", object.key.into()),
        ("LastModified", object.last_modified.into()),
        ("Size", i64::try_from(object.size).unwrap_or(i64::MAX).into()),
        ("StorageClass", object.storage_class.into()),
    ])
}

/// The items of one file. Where no `InputType` is given it is taken for JSON; the guide names no default.
fn parse(text: &str, reader: ItemReader<'_>, budget: &mut Budget) -> Result<Vec<Value>, ReadError> {
    match config_text(reader.config, "InputType").unwrap_or("JSON") {
        "CSV" => {
            let headers = match config_text(reader.config, "CSVHeaderLocation") {
                Some("GIVEN") => Some(given_headers(reader)?),
                _ => None,
            };
            csv::items(text, delimiter(reader)?, headers, budget)
        }
        "JSON" => json(text, config_text(reader.config, "ItemsPointer")),
        "JSONL" => {
            let lines = text.lines().zip(1_usize..).filter(|(line, _)| !line.trim().is_empty());
            lines.map(|(line, n)| value(line).map_err(|error| error.of_line(n))).collect()
        }
        "PARQUET" => Err(ReadError::Unsupported("Parquet files are not read here".to_owned())),
        other => Err(no_input_type(other)),
    }
}

fn value(text: &str) -> Result<Value, ReadError> {
    let failed = |error: super::value::JsonError| {
        ReadError::reader_failed(format!("this is no JSON at byte {}: {}", error.span.start, error.message))
    };
    Value::from_json(text).map_err(failed)
}

/// Recorded: an object is refused, though a Map state takes one from a state's input.
fn json(text: &str, pointer: Option<&str>) -> Result<Vec<Value>, ReadError> {
    let mut found = value(text)?;
    let pointer = pointer.unwrap_or_default();
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(ReadError::reader_failed(format!("`{pointer}` is no JSON Pointer: those begin with `/`")));
    }
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        let inner = match &found {
            Value::Array(items) => name.parse().ok().and_then(|index: usize| items.get(index)),
            other => other.get(&name),
        };
        let missing = || ReadError::reader_failed(format!("`ItemsPointer` finds no `{name}`"));
        found = inner.ok_or_else(missing)?.clone();
    }
    match found {
        Value::Array(items) => Ok(super::value::Array::take(items)),
        _ => Err(ReadError::reader_failed("Attempting to map over non-iterable node.")),
    }
}

fn given_headers(reader: ItemReader<'_>) -> Result<Vec<String>, ReadError> {
    let headers = config(reader.config, "CSVHeaders").and_then(Value::as_array);
    let header = |header: &Value| header.as_str().map(str::to_owned);
    let headers = headers.and_then(|headers| headers.iter().map(header).collect());
    headers.ok_or_else(|| ReadError::reader_failed("`CSVHeaders` are no list of strings"))
}

fn delimiter(reader: ItemReader<'_>) -> Result<char, ReadError> {
    Ok(match config_text(reader.config, "CSVDelimiter").unwrap_or("COMMA") {
        "COMMA" => ',',
        "PIPE" => '|',
        "SEMICOLON" => ';',
        "SPACE" => ' ',
        "TAB" => '\t',
        other => return Err(ReadError::reader_failed(format!("`{other}` is no `CSVDelimiter`"))),
    })
}

fn argument<'a>(reader: ItemReader<'a>, name: &str) -> Result<&'a str, ReadError> {
    let missing = || ReadError::reader_failed(format!("`{name}` is no string"));
    reader.arguments.get(name).and_then(Value::as_str).ok_or_else(missing)
}

fn config<'a>(config: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    config?.get(name)
}

fn config_text<'a>(config: Option<&'a Value>, name: &str) -> Option<&'a str> {
    config?.get(name)?.as_str()
}

/// A count that is not negative. Recorded: a string of digits is one too.
pub(super) fn limit(value: Option<&Value>, field: &str) -> Result<Option<usize>, ReadError> {
    let Some(value) = value else { return Ok(None) };
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    match number.map(usize::try_from) {
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(ReadError::reader_failed(format!("field {field} must be positive"))),
        None => Err(ReadError::reader_failed(format!("field {field} is {}, not a whole number", value.describe()))),
    }
}
