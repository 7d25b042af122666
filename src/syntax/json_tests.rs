//! What the JSON parser makes of good, broken and hostile text.

use std::fmt::Write as _;

use super::*;
use crate::text::Span;

fn json(text: &str) -> Tree {
    parse(&text.into(), Format::Json)
}

/// The value as understood, and each error as `token: message`.
fn understood(text: &str) -> (String, Vec<String>) {
    let tree = json(text);
    let errors = tree.errors().iter().map(|e| format!("{}: {}", e.span.of(text), e.message)).collect();
    (format!("{:?}", tree.root()), errors)
}

#[test]
fn well_formed_text_has_no_errors() {
    let text = r#" {"a": [1, -2.5e+3, true, false, null, "x\u00e9\ud83d\ude00\n"], "a": {}, "b":[]} "#;
    let tree = json(text);
    assert_eq!(tree.errors(), []);
    let root = tree.root();
    assert_eq!(root.len(), 3);
    assert_eq!(root.member("a").map(|m| m.value.kind()), Some(Kind::Object), "the last of duplicates");
    let first = root.members().next().unwrap();
    assert_eq!((first.key.span().of(text), first.name()), (r#""a""#, "a"));
    let items: Vec<_> = first.value.items().collect();
    assert_eq!(items[1].as_f64(), Some(-2500.0));
    assert_eq!(items[1].as_i64(), Some(-2500));
    assert_eq!(items[5].as_str(), Some("xé😀\n"));
    assert_eq!(items[5].span().of(text), r#""x\u00e9\ud83d\ude00\n""#);
    assert_eq!(items[5].source_span(Span::new(3, 7)).of(text), r"\ud83d\ude00");
    assert_eq!(items[5].path(), [Step::Member("a"), Step::Item(5)]);
    assert_eq!(root.descendants().count(), 10);
}

#[test]
fn paths_count_items() {
    let text = r#"[[], 1, {"a": [2, [3], {}, 4], "b": 5}]"#;
    let tree = json(text);
    let at = |found: &str| {
        let node = tree.root().descendants().find(|node| node.span().of(text) == found).unwrap();
        node.path().iter().map(|step| format!("/{step:?}")).collect::<String>()
    };
    for (found, path) in [
        (text, ""),
        ("[]", "/Item(0)"),
        ("3", "/Item(2)/Member(\"a\")/Item(1)/Item(0)"),
        ("4", "/Item(2)/Member(\"a\")/Item(3)"),
        ("5", "/Item(2)/Member(\"b\")"),
    ] {
        assert_eq!(at(found), path, "{found}");
    }
    // Each path is found without a look at the items before it.
    let tree = json(&format!("[{}1]", "1,".repeat(200_000)));
    assert!(tree.root().items().enumerate().all(|(i, item)| item.path() == [Step::Item(i)]));
}

#[test]
fn holes_are_values_of_unknown_content() {
    let text = r#"{"a": ${Name}, "b": "x${Name}", "c": "$\u007bName}", "d": "$Name", "e": ${jsonencode({a = 1})}}"#;
    let tree = json(text);
    assert_eq!(tree.errors(), []);
    let open: Vec<bool> = tree.root().members().map(|m| m.value.is_open()).collect();
    assert_eq!(open, [true, true, true, false, true]);
    assert_eq!(tree.root().get("a").map(Node::kind), Some(Kind::Hole));
}

/// Broken text, what is understood of it, and what is said.
const BROKEN: &[(&str, &str, &[&str])] = &[
    (r#"{"a": 1,}"#, r#"{"a": 1}"#, &[",: JSON takes no comma before a closing bracket"]),
    (r#"[1, 2,]"#, "[1, 2]", &[",: JSON takes no comma before a closing bracket"]),
    ("{\"a\": 1\n \"b\": 2}", r#"{"a": 1, "b": 2}"#, &["\": expected `,` before this"]),
    (r#"{"a": 1 "b": 2}"#, r#"{"a": 1, "b": 2}"#, &["\": expected `,` before this"]),
    ("[1 2]", "[1, 2]", &["2: expected `,` before this"]),
    (r#"{"a": , "b": 2}"#, r#"{"a": <missing>, "b": 2}"#, &[",: a value is missing here"]),
    (r#"{"a": "b": 2}"#, r#"{"a": <missing>, "b": 2}"#, &["\"a\": the value of this key is missing"]),
    (r#"{"a" "b": 2}"#, r#"{"a": <missing>, "b": 2}"#, &["\"a\": expected `:` and a value behind this key"]),
    (r#"{"a" 1, "b": 2}"#, r#"{"a": 1, "b": 2}"#, &["\"a\": expected `:` behind this key"]),
    (r#"{"a": 1, "b"}"#, r#"{"a": 1, "b": <missing>}"#, &["\"b\": expected `:` and a value behind this key"]),
    (r#"{"a": 1, "#, r#"{"a": 1}"#, &["{: this `{` is not closed: the text ends first"]),
    (r#"{"a": {"b": [1"#, r#"{"a": {"b": [1]}}"#, &["[: this `[` is not closed: the text ends first"]),
    (r#"{"a": [1, 2, "b": 3}"#, r#"{"a": [1, 2], "b": 3}"#, &["\"b\": the array is not closed before this key"]),
    (
        "{\"x\": {\"a\": [[1], [2\n \"b\": 3}, \"c\": [\"d\": 4}",
        r#"{"x": {"a": [[1], [2]], "b": 3}, "c": [], "d": 4}"#,
        &["\"b\": the array is not closed before this key", "\"d\": the array is not closed before this key"],
    ),
    (r#"["a": 1]"#, r#"["a", 1]"#, &[":: unexpected `:`"]),
    (r#"{"a": ["x"]: 1}"#, r#"{"a": ["x"]}"#, &[":: unexpected `:`", "1: expected a key in double quotes"]),
    (r#"{"a": [["x"]: 1]}"#, r#"{"a": [["x"], 1]}"#, &[":: unexpected `:`"]),
    ("{\"a\": \"x\\\n,\"b\": 2}", r#"{"a": "x\\", "b": 2}"#, &["\"x\\: this string is not closed"]),
    (
        "{\"a\": \"x\\\r\ny\", \"b\": 2}",
        "{\"a\": \"x\\\\\\r\\ny\", \"b\": 2}",
        &["\\\r\n: a string holds control characters only as escapes; write `\\r\\n`"],
    ),
    (r#"{"a": 1}}"#, r#"{"a": 1}"#, &["}: the document ends before this: nothing may follow its value"]),
    (r#"{"a": 1]}"#, r#"{"a": 1}"#, &["]: `]` closes nothing"]),
    ("{\"a\": \"x,\n\"b\": 2}", r#"{"a": "x", "b": 2}"#, &["\"x: this string is not closed"]),
    (
        "{\"a\": \"x\ny\", \"b\": 2}",
        r#"{"a": "x\ny", "b": 2}"#,
        &["\n: a string holds control characters only as escapes; write `\\n`"],
    ),
    ("{\"a\": \"x\ty\"}", r#"{"a": "x\ty"}"#, &["\t: a string holds control characters only as escapes; write `\\t`"]),
    (r#"{"a": "\u+041"}"#, r#"{"a": "\\u+041"}"#, &["\\u: `\\u` is not an escape that JSON has"]),
    (r#"{"a": "\q"}"#, r#"{"a": "\\q"}"#, &["\\q: `\\q` is not an escape that JSON has"]),
    ("{a: 1, b: 2}", r#"{"a": 1, "b": 2}"#, &["a: a key stands in double quotes", "b: a key stands in double quotes"]),
    ("{'a': 'b'}", r#"{"a": "b"}"#, &["'a': a key stands in double quotes", "'b': a string stands in double quotes"]),
    (
        r#"{"a": True, "b": None}"#,
        r#"{"a": <missing>, "b": <missing>}"#,
        &[
            "True: `True` is not a value in JSON; did you mean `true`?",
            "None: `None` is not a value in JSON; did you mean `null`?",
        ],
    ),
    (
        "[01, 1., .5, +1, 1e, 0x10]",
        "[<missing>, <missing>, <missing>, <missing>, <missing>, <missing>]",
        &[
            "01: `01` is not a number as JSON writes them",
            "1.: `1.` is not a number as JSON writes them",
            ".5: `.5` is not a number as JSON writes them",
            "+1: `+1` is not a number as JSON writes them",
            "1e: `1e` is not a number as JSON writes them",
            "0x10: `0x10` is not a number as JSON writes them",
        ],
    ),
    (
        "{\"a\": 1, // why\n \"b\": 2 /* x */}",
        r#"{"a": 1, "b": 2}"#,
        &[
            "// why: JSON has no comments; a `Comment` field is what the language offers",
            "/* x */: JSON has no comments; a `Comment` field is what the language offers",
        ],
    ),
    ("{\"a\":\u{a0}1}", r#"{"a": 1}"#, &["\u{a0}: this character is no blank in JSON"]),
    ("{\"a\": 1}\0\0", r#"{"a": 1}"#, &["\0\0: this character is no blank in JSON"]),
    ("", "<missing>", &[": the document is empty"]),
    (" \n", "<missing>", &[": the document is empty"]),
    (
        "not a definition",
        "<missing>",
        &["not: `not` is not a value in JSON", "a: the document ends before this: nothing may follow its value"],
    ),
    (
        r#"{"a": {"b": 1, {"c": 2}}, "d": 3}"#,
        r#"{"a": {"b": 1, "": {"c": 2}}, "d": 3}"#,
        &["{: a key is missing before `{`"],
    ),
    (r#"{"a": 1 junk, "b": 2}"#, r#"{"a": 1, "b": 2}"#, &["junk: expected `,` or the end of the container"]),
    (r#"{,"a": 1,,"b": 2}"#, r#"{"a": 1, "b": 2}"#, &[",: unexpected `,`", ",: unexpected `,`"]),
    ("{\"a\": ${Open,\n\"b\": 1}", r#"{"a": <missing>, "b": 1}"#, &["${Open: this placeholder is not closed"]),
    (
        r#"{${Extra}, "b": 1}"#,
        r#"{"${Extra}": <missing>, "b": 1}"#,
        &["${Extra}: a placeholder cannot stand for a member; quote the key"],
    ),
];

#[test]
fn broken_text_is_understood_as_far_as_it_goes() {
    for &(text, value, errors) in BROKEN {
        let (understood, found) = understood(text);
        assert_eq!((understood.as_str(), found), (value, errors.iter().map(|&e| e.to_owned()).collect()), "{text}");
    }
}

#[test]
fn fixes_mend() {
    for &(text, value, _) in BROKEN {
        let tree = json(text);
        let edits: Vec<_> = tree.errors().iter().filter_map(|error| error.fix.clone()).collect();
        if edits.len() == tree.errors().len() && !edits.is_empty() {
            let mended = crate::text::apply(text, &edits).unwrap();
            let tree = json(&mended);
            assert_eq!(tree.errors(), [], "{text} → {mended}");
            if !value.contains("<missing>") {
                assert_eq!(format!("{:?}", tree.root()), value, "{text} → {mended}");
            }
        }
    }
}

/// A bracket is missing somewhere: which container is blamed, and which are incomplete.
#[test]
fn indentation_tells_which_bracket_is_missing() {
    for (text, blamed, incomplete) in [
        ("{\n \"S\": {\n  \"A\": {\n   \"N\": {},\n  \"B\": {\n  }\n }\n}\n", 17, vec![0, 8, 17]),
        ("{\n \"S\": {\n  \"A\": {\n  }\n }\n", 0, vec![0]),
        ("{\"S\": {\"A\": {}\n}\n", 0, vec![0]),
        ("{\"S\": [\n{\"A\": {}}", 6, vec![0, 6]),
    ] {
        let tree = json(text);
        assert_eq!(tree.errors().len(), 1, "{text}: {:?}", tree.errors());
        assert_eq!(tree.errors()[0].span.start, blamed, "{text}");
        let found = tree.root().descendants().filter(|node| node.is_incomplete());
        assert_eq!(found.map(|node| node.span().start).collect::<Vec<_>>(), incomplete, "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_counted() {
    let text = "\u{feff}{\"a\": 1}";
    let tree = json(text);
    assert_eq!(tree.errors(), []);
    assert_eq!(tree.root().span(), Span::new(3, 11));
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for closed in [true, false] {
            let end = if closed { close.repeat(10_000) } else { String::new() };
            let text = format!("{}1{end}", open.repeat(10_000));
            let tree = json(&text);
            let messages: Vec<&str> = tree.errors().iter().map(|error| error.message.as_str()).collect();
            assert!(messages.contains(&"nested deeper than 1000 levels; what lies inside is not read"), "{messages:?}");
            assert_eq!(messages.len(), if closed { 1 } else { 2 });
            assert!(tree.root().descendants().count() <= MAX_DEPTH + 1);
        }
    }
}

/// Text that makes a careless recovery quadratic: 128 KiB of each ends at once.
#[test]
fn hostile_text_takes_linear_time() {
    let deep = format!("{}{}", "{\"a\":".repeat(900), "]".repeat(1 << 17));
    for unit in [
        "${",
        "${ ",
        "${${x} ",
        "${${${}}",
        "\"a\": [[\"b\"",
        "[,,\"b\"",
        "'",
        "{\"a\" ",
        "\"a\n",
        "\\",
        "[}",
        "/*",
        "\0",
        "é",
        "{${x}",
        "\"a\":",
        "1 ",
        "a b,",
        "\u{a0}x",
    ] {
        let mut text = String::new();
        while text.len() < 1 << 17 {
            let _ = write!(text, "{unit}");
        }
        assert!(json(&text).errors().len() <= MAX_ERRORS);
        assert!(json(&format!("{{\"a\": {text}")).errors().len() <= MAX_ERRORS);
        assert!(json(&format!("[\"{text}")).errors().len() <= MAX_ERRORS);
    }
    assert!(!json(&deep).errors().is_empty());
}

/// Each prefix of `text`, and `text` without each of its tokens, is parsed without a panic; every span lies inside.
#[test]
fn every_cut_is_survived() {
    let text = r#"{"a": [1, -2.5e+3, true, ${x}, "é\u00e9\ud83d\ude00\n"], 'b': {"c": None /* x */, "d": "y
z"}}"#;
    let check = |text: &str| {
        let tree = json(text);
        for ix in 0..tree.n_nodes() {
            let node = tree.node(tree::index(ix));
            assert!(text.get(node.span().range()).is_some(), "{text}");
            assert!(text.get(node.token().range()).is_some(), "{text}");
            let map = node.text_map();
            assert!(text.get(map.span(Span::new(0, map.decoded_len())).range()).is_some(), "{text}");
        }
        for error in tree.errors() {
            assert!(text.get(error.span.range()).is_some(), "{text}");
        }
    };
    let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for (i, &from) in boundaries.iter().enumerate() {
        check(&text[..from]);
        check(&text[from..]);
        for &to in boundaries[i..].iter().take(12) {
            check(&format!("{}{}", &text[..from], &text[to..]));
        }
    }
}
