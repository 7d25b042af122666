//! Turns the items of a Distributed Map into batches, one for each child execution.

use super::execution::MAX_PAYLOAD;
use super::item_reader::{ReadError, limit};
use super::value::{MAX_DEPTH, Value};

/// Puts items together as `{"BatchInput": …, "Items": […]}`, in order, as many as fit: at most `MaxItemsPerBatch` and at most
/// `MaxInputBytesPerBatch`, the whole batch counted as JSON, and never more than an execution takes.
///
/// `batcher` is the `ItemBatcher` whose expressions have been evaluated; of `…Path` fields the value stands under the name
/// without `Path`. Without `BatchInput` there is none in the batches.
///
/// # Errors
/// A limit that is none, and an item that fits into no batch; the error of the latter is not recorded.
pub fn batch_items(items: Vec<Value>, batcher: &Value) -> Result<Vec<Value>, ReadError> {
    let limit = |name| limit(batcher.get(name), name).map(|n| n.filter(|n| *n > 0));
    let max_items = limit("MaxItemsPerBatch")?.unwrap_or(usize::MAX);
    let max_bytes = limit("MaxInputBytesPerBatch")?.unwrap_or(MAX_PAYLOAD).min(MAX_PAYLOAD);
    let input = batcher.get("BatchInput");
    let batch = |items| {
        let input = input.map(|input| ("BatchInput", input.clone()));
        Value::members(input.into_iter().chain([("Items", Value::array(items))]))
    };
    let empty_len = batch(Vec::new()).json_len();
    let (mut batches, mut open, mut open_len) = (Vec::new(), Vec::new(), empty_len);
    for (i, item) in items.into_iter().enumerate() {
        let item_len = item.json_len();
        if empty_len + item_len > max_bytes || item.depth().max(input.map_or(0, Value::depth)) + 2 > MAX_DEPTH {
            let cause = format!("item {i} does not fit into a batch of {max_bytes} bytes");
            return Err(ReadError::Failed { error: "States.DataLimitExceeded", cause });
        }
        let comma = usize::from(!open.is_empty());
        if open.len() == max_items || open_len + comma + item_len > max_bytes {
            batches.push(batch(std::mem::take(&mut open)));
            open_len = empty_len;
        }
        open_len += usize::from(!open.is_empty()) + item_len;
        open.push(item);
    }
    if !open.is_empty() {
        batches.push(batch(open));
    }
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(items: &str, batcher: &str) -> Result<Vec<String>, String> {
        let json = |text: &str| Value::from_json(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let items = json(items).as_array().unwrap().to_vec();
        match batch_items(items, &json(batcher)) {
            Ok(batches) => Ok(batches.iter().map(Value::to_json).collect()),
            Err(ReadError::Failed { error, cause }) => Err(format!("{error}: {cause}")),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn items_go_into_batches() {
        for (items, batcher, expected) in [
            ("[1, 2, 3]", r#"{"MaxItemsPerBatch": 2}"#, vec![r#"{"Items":[1,2]}"#, r#"{"Items":[3]}"#]),
            // Recorded: strings of digits.
            (
                "[1, 2, 3, 4]",
                r#"{"MaxItemsPerBatch": "2", "MaxInputBytesPerBatch": "15000"}"#,
                vec![r#"{"Items":[1,2]}"#, r#"{"Items":[3,4]}"#],
            ),
            (
                "[1, 2]",
                r#"{"MaxItemsPerBatch": 1, "BatchInput": {"f": null}}"#,
                vec![r#"{"BatchInput":{"f":null},"Items":[1]}"#, r#"{"BatchInput":{"f":null},"Items":[2]}"#],
            ),
            // 12 bytes for the batch itself, two for each item and a comma.
            ("[10, 20, 30]", r#"{"MaxInputBytesPerBatch": 17}"#, vec![r#"{"Items":[10,20]}"#, r#"{"Items":[30]}"#]),
            (
                "[10, 20, 30]",
                r#"{"MaxInputBytesPerBatch": 16}"#,
                vec![r#"{"Items":[10]}"#, r#"{"Items":[20]}"#, r#"{"Items":[30]}"#],
            ),
            ("[1, 2]", r#"{"MaxItemsPerBatch": 9}"#, vec![r#"{"Items":[1,2]}"#]),
            ("[]", r#"{"MaxItemsPerBatch": 9}"#, vec![]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(batches(items, batcher), Ok(expected), "{items} {batcher}");
        }
        let long = format!("[{}]", vec![r#""123456789""#; 30_000].join(","));
        let sizes: Vec<usize> =
            batches(&long, r#"{"MaxItemsPerBatch": 100000}"#).unwrap().iter().map(String::len).collect();
        assert_eq!(sizes.len(), 2);
        assert!(sizes[0] <= MAX_PAYLOAD && sizes[0] > MAX_PAYLOAD - 20, "{sizes:?}");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (items, batcher, expected) in [
            (
                "[1, 100000]",
                r#"{"MaxInputBytesPerBatch": 15}"#,
                "States.DataLimitExceeded: item 1 does not fit into a batch of 15 bytes",
            ),
            ("[1]", r#"{"MaxItemsPerBatch": -1}"#, "States.ItemReaderFailed: field MaxItemsPerBatch must be positive"),
            (
                "[1]",
                r#"{"MaxItemsPerBatch": 1.5}"#,
                "States.ItemReaderFailed: field MaxItemsPerBatch is a number, not a whole number",
            ),
        ] {
            assert_eq!(batches(items, batcher), Err(expected.to_owned()), "{items} {batcher}");
        }
        let deep = format!("[{}{}]", "[".repeat(999), "]".repeat(999));
        assert!(batches(&deep, r#"{"MaxItemsPerBatch": 1}"#).is_err());
    }
}
