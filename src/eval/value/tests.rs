use std::sync::Arc;

use super::{MAX_DEPTH, Members, Number, Object, Value};

fn read(text: &str) -> Value {
    Value::from_json(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[test]
fn weight_counts_what_is_shared_each_time() {
    assert_eq!(Value::from_json(r#"{"a":[1,{}],"b":"x"}"#).unwrap().weight(), 5);
    assert_eq!(Value::from("é".repeat(64)).weight(), 3);
    let doubled = |value: Value| Value::array(vec![value.clone(), value]);
    assert_eq!((0..3).fold(Value::Null, |value, _| doubled(value)).weight(), 15);
    assert_eq!((0..900).fold(Value::Null, |value, _| doubled(value)).weight(), u64::MAX);
}

#[test]
fn a_member_more_is_measured_as_if_all_were_put_together_anew() {
    let endless = (0..900).fold(Value::Null, |value, _| Value::array(vec![value.clone(), value]));
    let texts = [
        "1",
        "{}",
        "[[[1]]]",
        r#""ä long text, longer than sixty-four bytes, so that it weighs more than one""#,
        "[{}]",
    ];
    let values: Vec<Value> = texts.iter().map(|text| read(text)).chain([endless]).collect();
    let names = ["a", "b", "a name that is longer than the sixty-four bytes that weigh as much as one value"];
    let (mut object, mut members) = (Arc::<Object>::default(), Members::new());
    // Every pair of values comes after each other at every name, and the endless one goes again.
    for first in &values {
        for second in &values {
            for name in names {
                for value in [first, second] {
                    object = Object::with(Arc::clone(&object), name.into(), value.clone());
                    members.insert(name.into(), value.clone());
                    let told = format!("{name}: {} after {}", value.depth(), first.depth());
                    assert_eq!(object.measures, super::measured(&members), "{told}");
                    assert!(object.keys().eq(members.keys()), "{told}");
                }
            }
        }
    }
}

#[test]
fn what_is_read_is_written() {
    for text in [
        "null",
        "[]",
        "{}",
        r#"{"b":1,"a":[true,false,null,"ü\"\\\n\t",-7,0.1,1.0,12345678901234567890123]}"#,
        r#""\u0001\b\f""#,
        "1.0E21",
        "1.5E-7",
        "100.0",
        "1234567.8",
        "1.23456789E7",
        "-0.001",
    ] {
        let value = read(text);
        assert_eq!(value.to_json(), text);
        assert_eq!(value.json_len(), text.len(), "{text}");
        assert_eq!(read(&value.to_pretty_json()), value);
    }
    assert_eq!(read("[1,{\"a\":[]}]").to_pretty_json(), "[\n  1,\n  {\n    \"a\": []\n  }\n]");
    assert_eq!(read(r#"{"a":1,"b":2,"a":3}"#).to_json(), r#"{"a":3,"b":2}"#);
}

#[test]
fn what_is_no_json_is_refused() {
    for text in ["", "{", "[1,]", "${x}", "nul", "1 2", "{'a':1}", "[NaN]", "01"] {
        assert!(Value::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn numbers_are_equal_by_value() {
    assert_eq!(read("1"), read("1.0"));
    assert_eq!(read("[10]"), read("[1e1]"));
    assert_ne!(read("9007199254740993"), read("9007199254740992"));
    assert_ne!(read("12345678901234567890123"), read("12345678901234567890124"));
    assert_eq!(Number::from_f64(3.0).to_string(), "3");
    assert_eq!(Number::from_f64(-0.0).to_string(), "0");
    assert_eq!(Number::from_f64(1e300).to_string(), "1.0E300");
    assert_eq!(read("3.0").as_i64(), Some(3));
    assert_eq!(read("3.5").as_i64(), None);
}

#[test]
fn depth_counts_containers() {
    assert_eq!(read("1").depth(), 0);
    assert_eq!(read("[[],[{\"a\":1}]]").depth(), 3);
    let deep = (0..MAX_DEPTH - 1).fold(Value::array(vec![]), |inner, _| Value::array(vec![inner]));
    assert_eq!(deep.depth(), MAX_DEPTH);
    assert_eq!(deep.to_json().len(), 2 * MAX_DEPTH as usize);
}

#[test]
fn members_keep_their_order_and_it_does_not_count() {
    assert_eq!(read(r#"{"a":1,"b":2}"#), read(r#"{"b":2,"a":1}"#));
    assert_eq!(read(r#"{"b":2,"a":1}"#).to_json(), r#"{"b":2,"a":1}"#);
}

#[test]
fn what_exceeds_a_bound_is_longer_than_it() {
    for text in [
        "0",
        "-1.2345678901234567E-300",
        "123456789012345678901234567890123456789012345678901234567890",
        r#""\u0001\u0001ü\"""#,
        r#"{"\u0001":[1,2,{"a":null,"b":false}],"b":"","c":[]}"#,
    ] {
        let value = read(text);
        let length = value.to_json().len();
        assert_eq!([length - 1, length, length + 1].map(|bytes| value.exceeds(bytes)), [true, false, false], "{text}");
    }
}
