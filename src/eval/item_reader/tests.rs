use std::collections::BTreeMap;

use super::*;

/// One bucket, called `b`.
#[derive(Debug)]
struct Bucket(BTreeMap<&'static str, Vec<u8>>);

impl Files for Bucket {
    fn read(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        self.0.get(key).filter(|_| bucket == "b").cloned()
    }

    fn list(&self, bucket: &str, prefix: &str) -> Option<Vec<Listed>> {
        let listed = |(key, bytes): (&&str, &Vec<u8>)| Listed {
            key: (*key).to_owned(),
            size: bytes.len() as u64,
            etag: "\"e\"".to_owned(),
            last_modified: 7,
            storage_class: "STANDARD".to_owned(),
        };
        (bucket == "b").then(|| self.0.iter().rev().filter(|(key, _)| key.starts_with(prefix)).map(listed).collect())
    }
}

fn json(text: &str) -> Value {
    Value::from_json(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn read(api: &str, arguments: &str, config: &str, files: &[(&'static str, &str)]) -> String {
    let bucket = Bucket(files.iter().map(|(key, text)| (*key, text.as_bytes().to_vec())).collect());
    let (arguments, config) = (json(arguments), json(config));
    let resource = format!("arn:aws:states:::s3:{api}");
    let reader = ItemReader { resource: &resource, arguments: &arguments, config: Some(&config) };
    match read_items(reader, &bucket, &mut Budget::new(100_000)) {
        Ok(items) => Value::array(items).to_json(),
        Err(ReadError::Failed { error, cause }) => format!("{error}: {cause}"),
        Err(ReadError::Unsupported(what)) => format!("unsupported: {what}"),
        Err(ReadError::OutOfBudget) => "out of budget".to_owned(),
        Err(ReadError::Unlikely(why)) => panic!("{why}"),
    }
}

fn read_file(config: &str, text: &str) -> String {
    read("getObject", r#"{"Bucket": "b", "Key": "f"}"#, config, &[("f", text)])
}

const FIRST_ROW: &str = r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}"#;

#[test]
fn rows_of_csv_are_items() {
    for (text, expected) in [
        // Recorded: what a row lacks, has too much, and blanks.
        ("A,B\n1,2\n,,,\n   \n", r#"[{"A":"1","B":"2"},{"A":"","B":""},{"A":"   ","B":""}]"#),
        ("A,B\nNull,\ntrue,'x'", r#"[{"A":"Null","B":""},{"A":"true","B":"'x'"}]"#),
        // Recorded: names of headers are what stands there.
        ("0,True,{}\n1,2,3\n", r#"[{"0":"1","True":"2","{}":"3"}]"#),
        ("H1,\nx,y,z\n", r#"[{"H1":"x","":"y"}]"#),
        ("A,A\n1,2\n", "States.ItemReaderFailed: CSV headers cannot contain duplicates."),
        // The guide: quotes and backslashes.
        ("A,B\n\"x, y\nz\",2\n", r#"[{"A":"x, y\nz","B":"2"}]"#),
        ("A,B\n\"say \"\"hi\"\"\",{\"\"k\"\":\"\"v\"\"}\n", r#"[{"A":"say \"hi\"","B":"{\"k\":\"v\"}"}]"#),
        ("A,B\nC:\\\\dir\\\\f.exe,a\\,b\n", r#"[{"A":"C:\\dir\\f.exe","B":"a,b"}]"#),
        ("A,B\n\\n,\\\"q\n", r#"[{"A":"n","B":"\"q"}]"#),
        ("A,B\n\"\",\"\"\"\"\n", r#"[{"A":"","B":"\""}]"#),
        ("A,B\r\n1,2\r\n", r#"[{"A":"1","B":"2"}]"#),
        ("A,B\n", "[]"),
        ("", "[]"),
        // Chosen.
        ("A,B\n\n1,2\n", r#"[{"A":"","B":""},{"A":"1","B":"2"}]"#),
        ("A\na\"b\n", r#"[{"A":"a\"b"}]"#),
        ("A\n\"never closed\n", r#"[{"A":"never closed\n"}]"#),
        ("\u{feff}A\nü\n", "[{\"\u{feff}A\":\"ü\"}]"),
    ] {
        assert_eq!(read_file(FIRST_ROW, text), expected, "{text:?}");
    }
}

#[test]
fn headers_and_delimiters_are_chosen() {
    let given = |headers| format!(r#"{{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": {headers}}}"#);
    for (config, text, expected) in [
        // Recorded.
        (given(r#"["H1", "H2"]"#), "a,b\nc\n", r#"[{"H1":"a","H2":"b"},{"H1":"c","H2":""}]"#),
        (given(r#"["H1"]"#), "a,b\nc\n", r#"[{"H1":"a"},{"H1":"c"}]"#),
        (given(r#"["H1", "H1"]"#), "a,b\n", "States.ItemReaderFailed: CSV headers cannot contain duplicates."),
        (given("5"), "a\n", "States.ItemReaderFailed: `CSVHeaders` are no list of strings"),
        (given("[5]"), "a\n", "States.ItemReaderFailed: `CSVHeaders` are no list of strings"),
        (r#"{"InputType": "CSV", "CSVDelimiter": "PIPE"}"#.to_owned(), "A|B\n1\\||,2\n", r#"[{"A":"1|","B":",2"}]"#),
        (r#"{"InputType": "CSV", "CSVDelimiter": "SEMICOLON"}"#.to_owned(), "A;B\n1;2\n", r#"[{"A":"1","B":"2"}]"#),
        (r#"{"InputType": "CSV", "CSVDelimiter": "SPACE"}"#.to_owned(), "A B\n1 2\n", r#"[{"A":"1","B":"2"}]"#),
        (r#"{"InputType": "CSV", "CSVDelimiter": "TAB"}"#.to_owned(), "A\tB\n1\t2\n", r#"[{"A":"1","B":"2"}]"#),
        (
            r#"{"InputType": "CSV", "CSVDelimiter": "DOT"}"#.to_owned(),
            "",
            "States.ItemReaderFailed: `DOT` is no `CSVDelimiter`",
        ),
    ] {
        assert_eq!(read_file(&config, text), expected, "{config}");
    }
}

#[test]
fn limits_cut_or_fail() {
    let cases = [
        // Recorded.
        ("0", "[1,2,3]"),
        ("2", "[1,2]"),
        (r#""2""#, "[1,2]"),
        ("100000000", "[1,2,3]"),
        ("100000001", "[1,2,3]"),
        ("-1", "States.ItemReaderFailed: field MaxItems must be positive"),
        // Chosen.
        ("2.0", "[1,2]"),
        ("2.5", "States.ItemReaderFailed: field MaxItems is a number, not a whole number"),
        (r#""two""#, "States.ItemReaderFailed: field MaxItems is a string, not a whole number"),
        ("null", "States.ItemReaderFailed: field MaxItems is null, not a whole number"),
    ];
    for (max_items, expected) in cases {
        let config = format!(r#"{{"InputType": "JSON", "MaxItems": {max_items}}}"#);
        assert_eq!(read_file(&config, "[1, 2, 3]"), expected, "{max_items}");
    }
}

#[test]
fn json_and_lines_are_items() {
    let not_iterable = "States.ItemReaderFailed: Attempting to map over non-iterable node.";
    for (config, text, expected) in [
        // Recorded.
        (r#"{"InputType": "JSON"}"#, r#"[["x"]]"#, r#"[["x"]]"#),
        (r#"{"InputType": "JSON"}"#, r#"{"Hello": "world"}"#, not_iterable),
        (r#"{"InputType": "JSON"}"#, "5", not_iterable),
        ("{}", "\u{feff}[1]", "[1]"),
        (r#"{"InputType": "JSON", "ItemsPointer": "/a/1/b~1c~0d"}"#, r#"{"a": [0, {"b/c~d": [7]}]}"#, "[7]"),
        (r#"{"InputType": "JSON", "ItemsPointer": ""}"#, "[7]", "[7]"),
        (
            r#"{"InputType": "JSON", "ItemsPointer": "a"}"#,
            r#"{"a": [1]}"#,
            "States.ItemReaderFailed: `a` is no JSON Pointer: those begin with `/`",
        ),
        (
            r#"{"InputType": "JSONL"}"#,
            "1\n\n{\"a\":}",
            "States.ItemReaderFailed: line 3: this is no JSON at byte 5: a value is missing here",
        ),
        (r#"{"InputType": "JSON", "ItemsPointer": "/a"}"#, r#"{"a": 1}"#, not_iterable),
        (
            r#"{"InputType": "JSON", "ItemsPointer": "/b"}"#,
            "{}",
            "States.ItemReaderFailed: `ItemsPointer` finds no `b`",
        ),
        (r#"{"InputType": "JSONL"}"#, "{\"a\": 1}\n\n[2]\r\n\"x\"", r#"[{"a":1},[2],"x"]"#),
        (r#"{"InputType": "PARQUET"}"#, "[]", "unsupported: Parquet files are not read here"),
        (r#"{"InputType": "CSV"}"#, "PAR1…", "unsupported: `f` is a Parquet file"),
        (r#"{"InputType": "XML"}"#, "[]", "States.ItemReaderFailed: `XML` is no `InputType`"),
    ] {
        assert_eq!(read_file(config, text), expected, "{config} {text}");
    }
    for config in [r#"{"InputType": "JSON"}"#, r#"{"InputType": "JSONL"}"#] {
        let failure = read_file(config, "[1");
        assert!(failure.contains("this is no JSON at byte "), "{failure}");
    }
}

#[test]
fn objects_are_listed_or_loaded() {
    let files = [("x/2.json", "[3]"), ("x/1.json", "[1,2]"), ("y", "[4]")];
    let entry = |key: &str, size: usize| {
        format!(r#"{{"Etag":"\"e\"","Key":"{key}","LastModified":7,"Size":{size},"StorageClass":"STANDARD"}}"#)
    };
    let flatten = r#"{"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}"#;
    for (arguments, config, expected) in [
        // Recorded: these members, in the order of keys.
        (r#"{"Bucket": "b"}"#, "{}", format!("[{},{},{}]", entry("x/1.json", 5), entry("x/2.json", 3), entry("y", 3))),
        (r#"{"Bucket": "b", "Prefix": "y"}"#, "{}", format!("[{}]", entry("y", 3))),
        (r#"{"Bucket": "b", "Prefix": "z"}"#, "{}", "[]".to_owned()),
        (r#"{"Bucket": "b", "Prefix": "x"}"#, r#"{"MaxItems": 1}"#, format!("[{}]", entry("x/1.json", 5))),
        (r#"{"Bucket": "b", "Prefix": "x"}"#, flatten, "[1,2,3]".to_owned()),
        (r#"{"Bucket": "c"}"#, "{}", "States.ItemReaderFailed: there is no bucket `c`".to_owned()),
        (r#"{"Bucket": 5}"#, "{}", "States.ItemReaderFailed: `Bucket` is no string".to_owned()),
    ] {
        assert_eq!(read("listObjectsV2", arguments, config, &files), expected, "{arguments} {config}");
    }
    let missing = read("getObject", r#"{"Bucket": "b", "Key": "q"}"#, "{}", &files);
    assert_eq!(missing, "States.ItemReaderFailed: there is no object `q` in the bucket `b`");
}

#[test]
fn manifests_name_files() {
    let key = r#"{"Bucket": "b", "Key": "m"}"#;
    let inventory = r#"{"destinationBucket": "arn:aws:s3:::b", "fileFormat": "CSV", "fileSchema": "Bucket, Key, Size",
        "files": [{"key": "p1"}, {"key": "p2"}]}"#;
    let parts = [("p1", "\"src\",\"a\",\"1\"\n"), ("p2", "\"src\",\"b\",\"2\"\n")];
    let expected = r#"[{"Bucket":"src","Key":"a","Size":"1"},{"Bucket":"src","Key":"b","Size":"2"}]"#;
    let with = |manifest| [("m", manifest), parts[0], parts[1], ("gz", "\u{1f}")];
    assert_eq!(read("getObject", key, r#"{"InputType": "MANIFEST"}"#, &with(inventory)), expected);
    assert_eq!(read("getObject", key, r#"{"ManifestType": "S3_INVENTORY"}"#, &with(inventory)), expected);
    let orc = inventory.replace("CSV", "ORC");
    assert_eq!(
        read("getObject", key, r#"{"InputType": "MANIFEST"}"#, &with(&orc)),
        "unsupported: inventories in ORC are not read here"
    );
    assert_eq!(
        read("getObject", key, r#"{"InputType": "MANIFEST"}"#, &with("{}")),
        "States.ItemReaderFailed: the manifest of an inventory has no `fileSchema`"
    );

    let athena = r#"{"InputType": "CSV", "ManifestType": "ATHENA_DATA", "CSVHeaderLocation": "GIVEN",
        "CSVHeaders": ["B", "K", "S"]}"#;
    assert_eq!(
        read("getObject", key, athena, &with("s3://b/p1\n\"s3://b/p2\"\n")),
        r#"[{"B":"src","K":"a","S":"1"},{"B":"src","K":"b","S":"2"}]"#
    );
    assert_eq!(
        read("getObject", key, athena, &with("p1\n")),
        "States.ItemReaderFailed: `p1` in the manifest is no `s3://bucket/key`"
    );
    // The same file, over and over.
    assert_eq!(read("getObject", key, athena, &with(&"s3://b/p1\n".repeat(100_000))), "out of budget");
}

#[test]
fn many_headers_over_short_rows_are_charged() {
    let headers: Vec<String> = (0..300).map(|i| format!("h{i}")).collect();
    let text = format!("{}\n{}", headers.join(","), "x\n".repeat(400));
    assert_eq!(read_file(FIRST_ROW, &text), "out of budget");
}

#[test]
fn compressed_files_are_told() {
    let bucket = Bucket(BTreeMap::from([("f", vec![0x1F, 0x8B, 8])]));
    let arguments = json(r#"{"Bucket": "b", "Key": "f"}"#);
    let reader = ItemReader { resource: "arn:aws:states:::s3:getObject", arguments: &arguments, config: None };
    let read = read_items(reader, &bucket, &mut Budget::new(100));
    assert_eq!(read, Err(ReadError::Unsupported("`f` is compressed".to_owned())));
}

#[test]
fn items_that_are_given_are_taken_for_those_that_are_read() {
    let given = |config: &str, arguments: &str, items: &str| {
        let (config, arguments, items) = (json(config), json(arguments), json(items));
        let reader =
            ItemReader { resource: "arn:aws:states:::s3:getObject", arguments: &arguments, config: Some(&config) };
        match given_items(reader, items.as_array().expect("an array"), &mut Budget::new(10)) {
            Ok(items) => Value::array(items).to_json(),
            Err(ReadError::Failed { error, cause }) => format!("{error}: {cause}"),
            Err(other) => format!("{other:?}"),
        }
    };
    let place = r#"{"Bucket": "b", "Key": "k"}"#;
    for (config, arguments, items, expected) in [
        (r#"{"InputType": "JSON"}"#, place, "[1, 2]", "[1,2]"),
        (r#"{"InputType": "JSON", "MaxItems": 1}"#, place, "[1, 2]", "[1]"),
        (r#"{"InputType": "JSON", "MaxItems": 0}"#, place, "[1, 2]", "[1,2]"),
        (
            r#"{"InputType": "JSON", "MaxItems": -1}"#,
            place,
            "[1]",
            "States.ItemReaderFailed: field MaxItems must be positive",
        ),
        (r#"{"InputType": "XML"}"#, place, "[1]", "States.ItemReaderFailed: `XML` is no `InputType`"),
        (r#"{"InputType": "PARQUET"}"#, place, r#"[{"a": 1}]"#, r#"[{"a":1}]"#),
        (FIRST_ROW, place, r#"[{"a": "1"}]"#, r#"[{"a":"1"}]"#),
        (FIRST_ROW, place, r#"[{"a": 1}]"#, r#"Unlikely("the fields of a row are strings, and `a` is a number")"#),
        (
            r#"{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "a"]}"#,
            place,
            "[]",
            "States.ItemReaderFailed: CSV headers cannot contain duplicates.",
        ),
        ("{}", r#"{"Bucket": 1, "Key": "k"}"#, "[]", "States.ItemReaderFailed: `Bucket` is no string"),
        ("{}", r#"{"Bucket": "b"}"#, "[]", "States.ItemReaderFailed: `Key` is no string"),
        ("{}", place, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "OutOfBudget"),
    ] {
        assert_eq!(given(config, arguments, items), expected, "{config} {arguments} {items}");
    }
}
