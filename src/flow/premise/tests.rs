//! What schemas become, and what of them is told.

use super::*;

fn premise(schema: &str) -> Premise {
    Premise::of_schema("s.json", &Value::from_json(schema).unwrap())
}

#[test]
fn schemas_become_shapes() {
    for (schema, expected) in [
        ("{}", "any"),
        ("true", "any"),
        ("false", "never"),
        (r#"{"type": "string"}"#, "string"),
        (r#"{"type": ["string", "null"]}"#, "null | string"),
        (r#"{"enum": ["a", "b", 1], "type": "string"}"#, "'a' | 'b'"),
        (r#"{"const": {"a": [1]}}"#, "{a: [1]}"),
        (
            r#"{"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}, "b": true}}"#,
            "{a: number, …}",
        ),
        (
            r#"{"type": "object", "additionalProperties": false, "properties": {"a": {"type": "number"}}}"#,
            "{a?: number}",
        ),
        (r#"{"type": "array", "items": {"type": "boolean"}, "minItems": 1}"#, "[1+ true | false…]"),
        (
            r##"{"$ref": "#/$defs/A", "$defs": {"A": {"type": "object", "required": ["next"], "properties": {"next": {"type": "null"}}}}}"##,
            "{next: null, …}",
        ),
        (
            r#"{"type": "object", "allOf": [{"required": ["a"]}, {"properties": {"a": {"type": ["string", "number"]}}}, {"properties": {"a": {"type": "string"}}}]}"#,
            "{a: string, …}",
        ),
        (
            r#"{"required": ["k"], "type": "object", "oneOf": [{"properties": {"k": {"const": "x"}}}, {"properties": {"k": {"const": "y"}}}]}"#,
            "{k: 'x' | 'y', …}",
        ),
        (r#"{"type": "object", "required": ["a"], "properties": {"a": false}}"#, "never"),
    ] {
        assert_eq!(premise(schema).shape.to_string(), expected, "{schema}");
    }
}

#[test]
fn what_is_left_out_is_told() {
    for (schema, dropped) in [
        (r#"{"type": "string", "pattern": "^a", "title": "A"}"#, &["pattern"][..]),
        (r#"{"properties": {"n": {"type": "integer", "minimum": 1}}}"#, &["minimum", "type: integer"]),
        (r#"{"$ref": "other.json"}"#, &["$ref"]),
        (
            r#"{"patternProperties": {"^x": true}, "additionalProperties": false}"#,
            &["additionalProperties", "patternProperties"],
        ),
        (r#"{"if": {"required": ["a"]}, "then": {"required": ["b"]}}"#, &["if", "then"]),
        (r#"{"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}"#, &["oneOf"]),
        (r#"{"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}"#, &[]),
        (
            r#"{"type": "object", "required": ["k"], "oneOf": [{"properties": {"k": {"const": "a"}}}, {"properties": {"k": {"enum": ["b", 1]}}}]}"#,
            &[],
        ),
        (r#"{"oneOf": [{"type": "string"}, {"type": "null"}]}"#, &[]),
        (r#"{"oneOf": [{"type": "string"}, {"const": "a"}]}"#, &["oneOf"]),
    ] {
        assert_eq!(premise(schema).dropped, dropped, "{schema}");
    }
}

#[test]
fn what_stands_beside_a_reference_counts_since_2019() {
    let schema = |draft: &str| {
        format!(r##"{{"$schema": "{draft}", "$defs": {{"A": true}}, "$ref": "#/$defs/A", "type": "string"}}"##)
    };
    assert!(premise(&schema("http://json-schema.org/draft-07/schema#")).shape.is_any());
    assert_eq!(premise(&schema("https://json-schema.org/draft/2020-12/schema")).shape.to_string(), "string");
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let list = r##"{"type": "object", "properties": {"next": {"$ref": "#"}, "a": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}}}"##;
    assert!(premise(list).shape.kinds() == Kinds::OBJECT);
    assert!(premise(r##"{"$ref": "#"}"##).shape.is_any());
}
