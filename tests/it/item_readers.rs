//! Item readers give what the service recorded where each child hands its item back.

use std::collections::BTreeMap;
use std::fs;

use aslint::eval::{Budget, Files, ItemReader, Listed, ReadError, Value, read_items};

use super::corpus;

/// The objects that a recording's setup puts into its bucket.
#[derive(Debug)]
struct Bucket(BTreeMap<String, String>);

impl Files for Bucket {
    fn read(&self, _: &str, key: &str) -> Option<Vec<u8>> {
        self.0.get(key).map(|text| text.as_bytes().to_vec())
    }

    fn list(&self, _: &str, _: &str) -> Option<Vec<Listed>> {
        let listed = |key: &String| Listed { key: key.clone(), ..Listed::default() };
        Some(self.0.keys().map(listed).collect())
    }
}

#[test]
fn recorded_readers_read_the_same() {
    let Some(corpus) = corpus::root() else { return };
    let executions = corpus.join("executions");
    let mut n_readers = 0;
    for row in corpus::rows(&executions.join("index.jsonl")) {
        let has =
            |feature: &str| row["features"].as_array().is_some_and(|all| all.iter().any(|found| found == feature));
        if !has("ItemReader") || has("ItemBatcher") || has("JSONata") || has("Assign") {
            continue;
        }
        let (id, input) = (&row["id"], Value::from(&row["input"]));
        let text =
            fs::read_to_string(executions.join(row["definition"].as_str().expect("a file"))).expect("a definition");
        let machine: serde_json::Value = serde_json::from_str(&text).expect("a machine");
        let states = machine["States"].as_object().expect("states");
        let reader =
            states.values().map(|state| &state["ItemReader"]).find(|reader| reader.is_object()).expect("a reader");
        let setup = row["setup"].as_array().expect("a setup");
        let put = setup.iter().filter(|step| step["op"] == "s3.put_object");
        let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
        let bucket = Bucket(put.map(|step| (text(&step["Key"]), text(&step["Body"]))).collect());
        // The paths of these machines are the names of their input's members.
        let mut config = reader["ReaderConfig"].clone();
        if config["MaxItemsPath"] == "$.MaxItems" {
            config["MaxItems"] = row["input"]["MaxItems"].clone();
        }
        let config = Value::from(&config);
        let resource = reader["Resource"].as_str().expect("a resource");
        let reader = ItemReader { resource, arguments: &input, config: Some(&config) };
        let read = read_items(reader, &bucket, &mut Budget::new(1_000_000));
        match (read, row["status"].as_str()) {
            (Ok(items), Some("SUCCEEDED")) if resource.ends_with("listObjectsV2") => {
                let keys: Vec<Option<&Value>> = items.iter().map(|item| item.get("Key")).collect();
                let recorded = Value::from(&row["output"]);
                let recorded = recorded.as_array().expect("items").iter().map(|item| item.get("Key"));
                assert_eq!(keys, recorded.collect::<Vec<_>>(), "{id}");
            }
            (Ok(items), Some("SUCCEEDED")) => assert_eq!(Value::array(items), Value::from(&row["output"]), "{id}"),
            (Err(ReadError::Failed { error, cause }), Some("FAILED")) => {
                assert_eq!((row["error"].as_str(), row["cause"].as_str()), (Some(error), Some(cause.as_str())), "{id}");
            }
            (read, status) => panic!("{id}: {read:?}, and the service {status:?}"),
        }
        n_readers += 1;
    }
    assert!(n_readers >= 20, "{n_readers} readers");
}
