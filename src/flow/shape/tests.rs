use super::path::{Misses, lacking, read, refined, write};
use super::*;
use crate::asl::path::parse as parse_path;
use crate::syntax::{Format, parse};

/// Shapes in the notation of this test: JSON in which `"?"` is any value, `"?s"` any string, `"?n"` any number, a member whose
/// name ends in `?` may lack, and `"…"` is open to others; `["?each", x]` are arrays of any length.
fn shape(text: &str) -> Shape {
    fn of(json: &serde_json::Value) -> Shape {
        match json {
            serde_json::Value::String(text) => match text.as_str() {
                "?" => Shape::any(),
                "?s" => Shape::of(Kinds::STRING),
                "?n" => Shape::of(Kinds::NUMBER),
                text => Shape::string(text),
            },
            serde_json::Value::Array(items) => match items.as_slice() {
                [first, each] if first == "?each" => Shape::array(of(each), 0),
                items => Shape::tuple(items.iter().map(of).collect()),
            },
            serde_json::Value::Object(members) => {
                let rest = if members.contains_key("…") { Rest::Any } else { Rest::Nothing };
                let members = members.iter().filter(|(name, _)| *name != "…").map(|(name, json)| {
                    match (name.strip_suffix('?'), name.strip_prefix('!')) {
                        (Some(name), _) => (Arc::from(name), Member::may(of(json))),
                        (_, Some(name)) => (Arc::from(name), Member::absent()),
                        _ => (Arc::from(name.as_str()), Member::must(of(json))),
                    }
                });
                Shape::object(members, rest)
            }
            scalar => {
                let text = scalar.to_string();
                Shape::of_node(parse(&text.as_str().into(), Format::Json).root())
            }
        }
    }
    of(&serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}")))
}

#[test]
fn sets_are_joined() {
    for (one, other, expected) in [
        ("1", "2", "1 | 2"),
        (r#""a""#, "null", "null | 'a'"),
        (r#""a""#, r#""?s""#, "string"),
        ("true", "false", "true | false"),
        ("[1, 2]", "[3, 4]", "[1 | 3, 2 | 4]"),
        ("[1, 2]", "[3]", "[1+ 1 | 2 | 3…]"),
        ("[]", "[1]", "[1…]"),
        (r#"{"a": 1}"#, r#"{"b": 2}"#, "{a?: 1, b?: 2}"),
        (r#"{"a": 1, "b": 1}"#, r#"{"a": 2, "…": 0}"#, "{a: 1 | 2, …}"),
        (r#"{"a": 1, "…": 0}"#, r#"{"!a": 0, "…": 0}"#, "{a?: 1, …}"),
        (r#"{"!a": 0, "…": 0}"#, "{}", "{!a, …}"),
        (r#"{"…": 0}"#, "1", "1 | {…}"),
        (r#""?""#, r#"{"a": 1}"#, "any"),
    ] {
        let (one, other) = (shape(one), shape(other));
        let joined = one.join(&other);
        assert_eq!(joined.to_string(), expected, "{one} with {other}");
        assert_eq!(joined, other.join(&one), "{one} with {other}");
        assert!(joined.includes(&one) && joined.includes(&other), "{joined}");
        let widened = one.widen(&other);
        assert!(widened.includes(&joined), "{widened} of {one} with {other}");
    }
}

#[test]
fn sets_include_others() {
    for (one, other, expected) in [
        (r#"{"a?": "?"}"#, "{}", true),
        (r#"{"a": "?"}"#, "{}", false),
        (r#"{"…": 0}"#, r#"{"a": 1}"#, true),
        (r#"{"!a": 0, "…": 0}"#, r#"{"a": 1}"#, false),
        (r#"{"!a": 0, "…": 0}"#, r#"{"b": 1}"#, true),
        (r#"{"a": 1}"#, r#"{"a": 1, "…": 0}"#, false),
        (r#"["?each", "?n"]"#, "[1, 2]", true),
        (r#"["?each", "?n"]"#, r#"[1, "a"]"#, false),
        ("[1]", r#"["?each", 1]"#, false),
        (r#""?""#, r#"{"a": 1}"#, true),
        (r#"{"a": 1}"#, r#""?""#, false),
    ] {
        assert_eq!(shape(one).includes(&shape(other)), expected, "{one} includes {other}");
    }
}

#[test]
fn chains_end() {
    // What a loop does that puts the document into itself.
    let mut growing = shape(r#"{"n": 0}"#);
    let mut n_rounds = 0;
    loop {
        let next = Shape::object([("in".into(), Member::must(growing.clone()))], Rest::Nothing);
        if growing.includes(&next) {
            break;
        }
        growing = growing.widen(&next);
        n_rounds += 1;
        assert!(n_rounds < 10, "{growing}");
    }
    let mut counting = shape("0");
    for n in 1..100 {
        counting = counting.join(&Shape::number(f64::from(n)));
    }
    assert_eq!(counting.to_string(), "number");
    let mut deep = shape("1");
    for _ in 0..100 {
        deep = Shape::tuple(vec![deep]);
    }
    assert!(deep.depth() <= MAX_DEPTH, "{deep}");
}

#[test]
fn paths_find() {
    for (text, document, expected) in [
        ("$", "1", "there: 1"),
        ("$", "null", "absent at -: never"),
        ("$.a", r#"{"a": 1}"#, "there: 1"),
        ("$.a", r#"{"a?": 1}"#, "perhaps: 1"),
        ("$.a.b", r#"{"a": {"c": 1}}"#, "absent at 1: never"),
        ("$.a.b", r#"{"a": "x"}"#, "absent at 1: never"),
        ("$.a.b", r#"{"b": 1}"#, "absent at 0: never"),
        ("$.a.b", r#"{"…": 0}"#, "perhaps: any"),
        ("$.a[1]", r#"{"a": [1, 2]}"#, "there: 2"),
        ("$.a[2]", r#"{"a": [1, 2]}"#, "absent at 1: never"),
        ("$.a[-1]", r#"{"a": [1, 2]}"#, "perhaps: 1 | 2"),
        ("$.a[0]", r#"{"a": ["?each", 1]}"#, "perhaps: 1"),
        ("$[(@.length-1)]", "[1, 2]", "there: 2"),
        ("$.a[*].b", r#"{"a": [{"b": 1}, {"b": "x"}]}"#, "perhaps: [1 | 'x'…]"),
        ("$.a[*].c", r#"{"a": [{"b": 1}]}"#, "perhaps: []"),
        ("$.b[*].c", r#"{"a": 1}"#, "perhaps: []"),
        ("$.a[?(@.b == 1)]", r#"{"a": [{"b": 1}]}"#, "perhaps: [{b: 1}…]"),
        ("$.a[0:1]", r#"{"a": [1, 2]}"#, "perhaps: [1 | 2…]"),
        ("$..b", r#"{"a": 1}"#, "perhaps: [any…]"),
        ("$['a','b']", r#"{"a": 1}"#, "perhaps: {…}"),
        ("$.a.length()", r#"{"a": [1]}"#, "perhaps: any"),
    ] {
        let (path, errors) = parse_path(text);
        assert!(errors.is_empty(), "{text}");
        let found = read(&path, &shape(document));
        let told = match found.misses {
            Misses::Never => format!("there: {}", found.shape),
            Misses::Perhaps => format!("perhaps: {}", found.shape),
            Misses::Always(absence) => {
                let at = absence.segment.map_or("-".to_owned(), |segment| segment.to_string());
                format!("absent at {at}: {}", found.shape)
            }
        };
        assert_eq!(told, expected, "{text} in {document}");
    }
}

#[test]
fn paths_are_written_to() {
    for (text, document, expected) in [
        ("$", r#"{"a": 1}"#, "true"),
        ("$.b", r#"{"a": 1}"#, "{a: 1, b: true}"),
        ("$.b.c", r#"{"a": 1}"#, "{a: 1, b: {c: true}}"),
        ("$.a.c", r#"{"a": 1}"#, "never"),
        ("$.a.c", r#"{"a?": 1}"#, "{a: {c: true}}"),
        ("$.a.c", r#"{"a?": {"b": 1}}"#, "{a: {b?: 1, c: true}}"),
        ("$.a", r#""?""#, "{a: true, …}"),
        ("$.a", "null", "never"),
        ("$.a[0]", r#"{"a": [1, 2]}"#, "{a: [true, 2]}"),
        ("$.a[2]", r#"{"a": [1, 2]}"#, "never"),
        ("$.a[0]", r#"{"a": ["?each", 1]}"#, "{a: [1+ 1 | true…]}"),
    ] {
        let (path, _) = parse_path(text);
        // The order of kinds in the text is that of the kinds.
        let expected = expected.replace("1 | true", "true | 1");
        let written = write(&path, &shape(document), &Shape::boolean(true)).to_string();
        assert_eq!(written.replace("1+ 1 | true", "1+ true | 1"), expected, "{text} in {document}");
    }
}

#[test]
fn questions_tell_of_documents() {
    for (names, document, present, absent) in [
        (&["a"][..], r#""?""#, "{a: any, …}", "null | true | false | number | string | [any…] | {!a, …}"),
        (&["a"], r#"{"a?": 1, "b": 2}"#, "{a: 1, b: 2}", "{b: 2}"),
        (&["a"], r#"{"a": 1}"#, "{a: 1}", "never"),
        (&["a"], r#"{"b": 1}"#, "never", "{b: 1}"),
        (&["a", "b"], r#"{"a?": {"b?": 1}}"#, "{a: {b: 1}}", "{a?: {}}"),
        (&["a", "b"], r#"{"a": 1}"#, "never", "{a: 1}"),
        (&[], "1", "1", "never"),
    ] {
        let document = shape(document);
        assert_eq!(refined(&document, names, &Shape::clone).to_string(), present, "{names:?} in {document}");
        assert_eq!(lacking(&document, names).to_string(), absent, "no {names:?} in {document}");
    }
}

#[test]
fn objects_with_any_names_are_told() {
    let numbers = || Shape::map(Shape::of(Kinds::NUMBER));
    assert_eq!(numbers().to_string(), "{…: number}");
    assert_eq!(numbers().member("a").shape.kinds(), Kinds::NUMBER);
    assert_eq!(Shape::map(Shape::never()), shape("{}"));
    assert_eq!(Shape::map(Shape::any()).to_string(), shape(r#"{"…": 0}"#).to_string());
    for (other, joined, includes) in [
        (r#"{"a": 1}"#, "{…: number}", true),
        ("{}", "{…: number}", true),
        (r#"{"a": "x"}"#, "{a?: number | 'x', …: number}", false),
        (r#"{"a": 1, "…": 0}"#, "{a?: number, …}", false),
        ("1", "1 | {…: number}", false),
    ] {
        let other = shape(other);
        for both in [numbers().join(&other), other.join(&numbers())] {
            assert!(both.kinds().meets(Kinds::OBJECT));
            assert!(both.includes(&numbers()) && both.includes(&other), "{both} of {other}");
        }
        let widened = numbers().widen(&other);
        assert!(widened.includes(&numbers()) && widened.includes(&other), "{widened} of {other}");
        assert_eq!(numbers().includes(&other), includes, "{other}");
        assert_eq!(numbers().join(&other).to_string(), joined, "{other}");
    }
    let value = |text: &str| Value::from_json(text).expect("JSON");
    assert!(numbers().admits(&value(r#"{"a": 1, "b": 2}"#)) && !numbers().admits(&value(r#"{"a": 1, "b": "2"}"#)));
    let merged = numbers().merged(&shape(r#"{"a": "x"}"#));
    assert_eq!(merged.to_string(), "{a: 'x', …: number}");
    let path = parse_path("$.a.b").0;
    let found = read(&path, &Shape::map(numbers()));
    assert_eq!(found.shape.kinds(), Kinds::NUMBER);
}
