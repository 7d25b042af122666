//! Turns files that list other files into items: the inventory of a bucket, and the manifest of an Athena query.

use super::{ItemReader, ReadError, Store, csv, parse, value};
use crate::eval::value::Value;

/// The rows of the files that an S3 inventory's `manifest.json` names, by the columns that its schema names. `bucket` is
/// where they are looked for when the manifest does not say it.
pub(super) fn inventory(text: &str, bucket: &str, store: &mut Store<'_>) -> Result<Vec<Value>, ReadError> {
    let manifest = value(text)?;
    let member = |name: &str| manifest.get(name).and_then(Value::as_str);
    let broken = |what: &str| ReadError::reader_failed(format!("the manifest of an inventory has no `{what}`"));
    let format = member("fileFormat").unwrap_or("CSV");
    if format != "CSV" {
        return Err(ReadError::Unsupported(format!("inventories in {format} are not read here")));
    }
    let schema = member("fileSchema").ok_or_else(|| broken("fileSchema"))?;
    let headers: Vec<String> = schema.split(',').map(|column| column.trim().to_owned()).collect();
    let bucket = member("destinationBucket").map_or(bucket, |arn| arn.rsplit(':').next().unwrap_or(arn));
    let files = manifest.get("files").and_then(Value::as_array).ok_or_else(|| broken("files"))?;
    let mut items = Vec::new();
    for file in files {
        let key = file.get("key").and_then(Value::as_str).ok_or_else(|| broken("key"))?;
        let text = store.read(bucket, key)?;
        items.extend(csv::items(&text, ',', Some(headers.clone()), store.budget)?);
    }
    Ok(items)
}

/// What lies in the files that the manifest of a query names, a line for each: `s3://bucket/key`. `InputType` is theirs.
pub(super) fn athena(text: &str, reader: ItemReader<'_>, store: &mut Store<'_>) -> Result<Vec<Value>, ReadError> {
    let mut items = Vec::new();
    for line in text.lines().map(|line| line.trim().trim_matches('"')).filter(|line| !line.is_empty()) {
        let place = line.strip_prefix("s3://").and_then(|place| place.split_once('/'));
        let Some((bucket, key)) = place else {
            return Err(ReadError::reader_failed(format!("`{line}` in the manifest is no `s3://bucket/key`")));
        };
        let text = store.read(bucket, key)?;
        items.extend(parse(&text, reader, store.budget)?);
    }
    Ok(items)
}
