//! Holds what is said here of schemas to what `jsonschema` says.

use serde_json::json;

use super::super::Premise;
use super::*;
use crate::eval::Random;

fn pick<'l>(random: &mut Random, list: &'l [serde_json::Value]) -> &'l serde_json::Value {
    &list[usize::try_from(random.below(list.len() as u64)).expect("small")]
}

/// A small value.
pub(crate) fn value(random: &mut Random, depth: u32) -> serde_json::Value {
    let n = random.below(3);
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 | 1 => pick(random, &[json!(0), json!(1), json!(1.0), json!(1.5), json!(-3), json!(6), json!(10)]).clone(),
        2 | 3 => pick(random, &[json!("a"), json!(""), json!("ab"), json!("b"), json!("äöü")]).clone(),
        4 => pick(random, &[json!(null), json!(true), json!(false)]).clone(),
        5 => (0..n).map(|_| value(random, depth - 1)).collect(),
        _ => {
            (0..n).map(|_| (["a", "b", "xc"][random.below(3) as usize].to_owned(), value(random, depth - 1))).collect()
        }
    }
}

/// A schema of all that is known.
pub(crate) fn schema(random: &mut Random, depth: u32) -> serde_json::Value {
    let Some(inner) = depth.checked_sub(1) else { return json!(random.below(8) > 0) };
    let mut schema = serde_json::Map::new();
    for _ in 0..random.below(4) {
        let mut other = || self::schema(random, inner);
        let (one, two) = (other(), other());
        let n = random.below(4);
        let name = ["a", "b", "xc"][random.below(3) as usize];
        let (keyword, said) = match random.below(35) {
            0..4 => (
                "type",
                pick(
                    random,
                    &[
                        json!("integer"),
                        json!("number"),
                        json!("string"),
                        json!(["object", "null"]),
                        json!("array"),
                        json!("boolean"),
                    ],
                )
                .clone(),
            ),
            4 => ("const", value(random, 1)),
            5 => ("enum", json!([value(random, 1), value(random, 0)])),
            6 => ("minimum", json!(n)),
            7 => ("maximum", json!(n)),
            8 => ("exclusiveMinimum", json!(n)),
            9 => ("exclusiveMaximum", json!(n)),
            10 => ("multipleOf", pick(random, &[json!(3), json!(0.5), json!(2)]).clone()),
            11 => ("minLength", json!(n)),
            12 => ("maxLength", json!(n)),
            13 => ("pattern", pick(random, &[json!("^a"), json!("b$"), json!("^.?$")]).clone()),
            14 | 15 => ("properties", json!({name: one, "a": two})),
            16 | 17 => ("required", json!([name])),
            18 => ("additionalProperties", one),
            19 => ("patternProperties", json!({"^x": one})),
            20 => ("items", one),
            21 => ("prefixItems", json!([one, two])),
            22 => ("minItems", json!(n)),
            23 => ("maxItems", json!(n)),
            24 => ("uniqueItems", json!(true)),
            25 => ("contains", one),
            26 => ("allOf", json!([one, two])),
            27 => ("anyOf", json!([one, two])),
            28 => ("oneOf", json!([one, two])),
            29 => ("not", one),
            30 => ("if", one),
            31 => (["then", "else"][random.below(2) as usize], one),
            32 => ("dependentRequired", json!({"a": [name]})),
            33 => ("dependentSchemas", json!({name: one})),
            _ => (["minProperties", "maxProperties"][random.below(2) as usize], json!(n)),
        };
        schema.insert(keyword.to_owned(), said);
    }
    schema.into()
}

fn checking(schema: &Value) -> Checking<'_> {
    Checking { root: schema, counts_beside_references: true, formats: Formats::Count }
}

#[test]
fn dependencies_of_earlier_drafts_are_names_or_a_schema() {
    let schema = json!({"dependencies": {"a": ["b"], "b": {"required": ["c"]}, "c": false}});
    let taken = |value: serde_json::Value| checking(&Value::from(&schema)).takes(&Value::from(&value));
    let told = [json!({}), json!({"a": 1}), json!({"b": 1}), json!({"b": 1, "c": 1})].map(taken);
    assert_eq!(told, [true, false, false, false]);
}

#[test]
fn values_are_taken_as_another_reader_takes_them() {
    let mut random = Random::new(7);
    let mut n_taken = 0;
    for _ in 0..4_000 {
        let schema = schema(&mut random, 3);
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let ours = Value::from(&schema);
        let premise = Premise::of_schema("s", &ours);
        for _ in 0..4 {
            let value = value(&mut random, 2);
            let expected = validator.is_valid(&value);
            assert_eq!(checking(&ours).takes(&Value::from(&value)), expected, "{schema} {value}");
            // What proofs rest on holds all that is taken.
            let is_held = premise.ways.iter().any(|way| way.admits(&Value::from(&value)));
            assert!(is_held || !expected, "{schema} {value}: {:?}", premise.ways);
            n_taken += usize::from(expected);
        }
    }
    assert!((4_000..12_000).contains(&n_taken), "{n_taken}");
}

#[test]
fn what_is_simple_is_mended() {
    for (schema, value, expected) in [
        (r#"{"type": "integer", "minimum": 1}"#, "0", "1"),
        (r#"{"type": "integer"}"#, "1.5", "2"),
        (r#"{"type": "integer", "exclusiveMaximum": 3}"#, "7", "2"),
        (r#"{"multipleOf": 4}"#, "5", "8"),
        (r#"{"minLength": 3}"#, r#""b""#, r#""baa""#),
        (r#"{"maxLength": 1}"#, r#""bcd""#, r#""b""#),
        (r#"{"enum": ["x", "y"]}"#, "1", r#""x""#),
        (r#"{"enum": ["x", "y"]}"#, r#""y""#, r#""y""#),
        (
            r#"{"prefixItems": [{"type": "string"}, {"type": "number"}], "items": false, "minItems": 2}"#,
            "[]",
            r#"["a",1]"#,
        ),
        (r#"{"prefixItems": [true], "items": false}"#, "[1,2,3]", "[1]"),
        (r#"{"required": ["a"], "properties": {"a": {"type": "boolean"}}}"#, "{}", r#"{"a":true}"#),
        (r#"{"dependentRequired": {"a": ["b"]}}"#, r#"{"a":1}"#, r#"{"a":1,"b":{}}"#),
        (r#"{"if": {"required": ["a"]}, "then": {"required": ["b"]}}"#, r#"{"a":1}"#, r#"{"a":1,"b":{}}"#),
        (r#"{"additionalProperties": {"type": "number"}}"#, r#"{"q":"x"}"#, r#"{"q":1}"#),
        (r#"{"pattern": "^ord-[0-9]{4,}$"}"#, r#""x""#, r#""ord-0000""#),
        (r#"{"pattern": "^[0-9]+$", "minLength": 5, "maxLength": 5}"#, r#""42""#, r#""42000""#),
        (r#"{"format": "date-time"}"#, r#""x""#, r#""2024-01-01T00:00:00Z""#),
        (r#"{"format": "date", "pattern": "^[0-9-]+$"}"#, r#""x""#, r#""2024-01-01""#),
        (r#"{"uniqueItems": true}"#, r#"[1,1,"a","a",{}]"#, r#"[1,2,"a","aa",{}]"#),
        (r#"{"uniqueItems": true, "items": {"enum": ["x", "y"]}}"#, r#"["y","y"]"#, r#"["y","x"]"#),
        (r#"{"contains": {"const": 7}, "minContains": 2}"#, "[1]", "[7,7]"),
        (
            r#"{"oneOf": [{"required": ["b"]}, {"properties": {"a": {"const": 1}}, "required": ["a"]}]}"#,
            "{}",
            r#"{"b":{}}"#,
        ),
        (r#"{"anyOf": [{"type": "null"}, {"minimum": 4, "type": "number"}]}"#, "3", "4"),
        (
            r#"{"anyOf": [{"properties": {"a": {"const": 1}, "b": {"const": 1}}}, {"properties": {"a": {"const": 2}}}]}"#,
            r#"{"a":3,"b":3}"#,
            r#"{"a":2,"b":3}"#,
        ),
        (r#"{"not": {"const": "C"}}"#, r#""C""#, r#""Ca""#),
        (r#"{"not": {"required": ["a"]}}"#, r#"{"a":1,"b":2}"#, r#"{"b":2}"#),
        (
            r#"{"if": {"properties": {"t": {"const": 1}}}, "then": {"properties": {"k": {"const": 1}, "l": {"const": 2}}}}"#,
            r#"{"t":1,"k":5,"l":5}"#,
            r#"{"t":2,"k":5,"l":5}"#,
        ),
        (r#"{"minProperties": 2, "additionalProperties": {"type": "number"}}"#, "{}", r#"{"a0":1,"a1":1}"#),
        (r#"{"patternProperties": {"^x": {"type": "number"}}}"#, r#"{"xa":"b","a":"b"}"#, r#"{"xa":1,"a":"b"}"#),
        (r##"{"$ref": "#/$defs/A", "$defs": {"A": {"maxItems": 1}}}"##, "[1,2]", "[1]"),
        (r##"{"properties": {"next": {"$ref": "#"}}}"##, r#"{"next":{"next":{}}}"#, r#"{"next":{"next":{}}}"#),
    ] {
        let [schema, value] = [schema, value].map(|text| Value::from_json(text).expect("JSON"));
        let mended = checking(&schema).mended(value, 0);
        assert_eq!(mended.to_json(), expected, "{schema}");
        assert!(checking(&schema).takes(&mended), "{schema} {mended}");
    }
}
