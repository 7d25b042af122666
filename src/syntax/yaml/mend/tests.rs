use serde_json::{Value, json};

use super::super::tests::{value, yaml};

/// The text, where its errors stand and what they say, what is understood.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Value);

#[test]
fn the_rest_is_understood() {
    let table: &[Case<'_>] = &[
        ("A:\n  Next:\nB: 1\n", &[], json!({"A": {"Next": null}, "B": 1})),
        (
            "A:\n  Type: x\n  Nex\n  End: true\nB: 1\n",
            &[("Nex", "expected `: ` and")],
            json!({"A": {"Type": "x", "End": true}, "B": 1}),
        ),
        ("A: 1\nB", &[("B", "expected `: ` and")], json!({"A": 1})),
        ("A:\n  C: \"x\n  D: 1\nB: 1\n", &[("\"", "not closed")], json!({"A": {"C": "x", "D": 1}, "B": 1})),
        ("A:\n  C: 'x\n  D: 'y'\nB: 1\n", &[("'", "not closed")], json!({"A": {"C": "x", "D": "y"}, "B": 1})),
        ("A: 1\nC: \"unclosed", &[("\"", "not closed")], json!({"A": 1, "C": "unclosed"})),
        ("A: 1\nC: \"a\nb\"\nD: 2\n", &[], json!({"A": 1, "C": "a b", "D": 2})),
        ("A:\n  - \n  -\nB: 1\n", &[], json!({"A": [null, null], "B": 1})),
        ("A:\n\tC: 1\n\tD: 2\nB: 1\n", &[("\t", "no tab")], json!({"A": {"C": 1, "D": 2}, "B": 1})),
        ("A: x: y\nB: 1\n", &[(":", "in quotes")], json!({"A": "x: y", "B": 1})),
        ("A: - x\nB: 1\n", &[("-", "list cannot start")], json!({"A": "- x", "B": 1})),
        ("A: *no\nB: 1\n", &[("*no", "names no anchor")], json!({"A": null, "B": 1})),
        ("A: &a [*a]\nB: 1\n", &[("*a", "inside the value")], json!({"A": [null], "B": 1})),
        ("A: @x\nB: `y\n", &[("@", "cannot start with"), ("`", "cannot start with")], json!({"A": "@x", "B": "`y"})),
        ("A: \"\\d+ \\$\"\nB: 1\n", &[("\\d", "not an escape")], json!({"A": "\\d+ \\$", "B": 1})),
        ("A: \"x\" y\nB: 1\n", &[("y", "closing quote")], json!({"A": "x", "B": 1})),
        ("A: [1, 2\nB: 3\n", &[("[", "not closed")], json!({"A": null, "B": 3})),
        ("A: {\n  x: 1,\n  y: 2\nB: 3\n", &[("{", "not closed")], json!({"A": null, "B": 3})),
        ("{\"A\": [1, {\"B\": 2", &[("{", "not closed")], json!({"A": [1, {"B": 2}]})),
        ("{\n  \"A\": \"1\"\n  \"B\": 2\n}\n", &[("\"B\":", "expected `,`")], json!({"A": "1", "B": 2})),
        ("{\n  \"A\": 1\n  \"B\": 2\n}\n", &[("\"B\":", "expected `,`")], json!({"A": 1, "B": 2})),
        (
            "A:\n  B: {\n    x: [1, # }\n  'it''s ]'\n], y: 2\n  }\nC: 1\n",
            &[],
            json!({"A": {"B": {"x": [1, "it's ]"], "y": 2}}, "C": 1}),
        ),
        ("A:\n  - !GetAZs !Ref x\n  - 2\n", &[("!Ref", "only one tag")], json!({"A": ["x", 2]})),
        ("A: ]\nB: 1\n", &[("]", "closes nothing")], json!({"A": "]", "B": 1})),
        ("A:\n  B: 1\n C: 2\nD: 3\n", &[("C:", "indented like")], json!({"A": {"B": 1}, "D": 3})),
        ("A: b\n  c: d\nD: 3\n", &[("c:", "indented like")], json!({"A": "b", "D": 3})),
        ("A: x\0y\nB: 1\n", &[("\0", "null byte")], json!({"A": "x\0y", "B": 1})),
        ("A: x\nB: \u{feff}1\n", &[("\u{feff}", "byte order mark")], json!({"A": "x", "B": 1})),
        ("? [a, b]\n: 1\nB: 1\n", &[("[", "a key is a string")], json!({"[a, b]": 1, "B": 1})),
        ("A: !!int x\nB: 1\n", &[("x", "`!!int`")], json!({"A": "x", "B": 1})),
        ("A:\n  <<: 5\n  x: 1\n", &[("5", "merges mappings")], json!({"A": {"x": 1}})),
    ];
    for (text, errors, expected) in table {
        let tree = yaml(text);
        let found: Vec<_> = tree.errors().iter().map(|error| (error.span.of(text), error.message.as_str())).collect();
        assert_eq!(found.len(), errors.len(), "{text:?}: {found:?}");
        for ((span, message), (at, says)) in found.iter().zip(*errors) {
            assert_eq!(span, at, "{text:?}: {message}");
            assert!(message.contains(says), "{text:?}: {message}");
        }
        assert_eq!(tree.root().to_value(), *expected, "{text:?}");
    }
}

#[test]
fn what_lost_a_line_is_incomplete() {
    for (text, expected) in [
        ("A:\n  B:\n    C: 1\n    junk\n  D:\n    E: 1\n", "B"),
        ("A:\n  B:\n    C: 1\n\tX: 1\n  D:\n    E: 1\n", "B"),
        ("A:\n  B:\n    C: 1\n  \tX: 1\n  D:\n    E: 1\n", "B"),
        ("A:\n B:\n  C: 1\n\tX: 1\n D:\n  E: 1\n", "B"),
        ("A:\n  B:\n    C: 1\n  D:\n    E:\n    - 1\n\t- 2\n  F: 1\n", "D"),
    ] {
        let tree = yaml(text);
        let incomplete: Vec<_> =
            tree.root().descendants().filter(|node| node.is_incomplete()).map(|node| node.span().start).collect();
        let inner = tree.root().get("A").unwrap().get(expected).unwrap().span().start;
        assert!(incomplete.contains(&inner), "{text:?}: {incomplete:?}");
        assert!(text.contains('\t') || incomplete == [inner], "{text:?}: {incomplete:?}");
    }
}

#[test]
fn fixes_mend() {
    for (text, expected) in [
        ("A: x: y\nB: 1\n", json!({"A": "x: y", "B": 1})),
        ("{\n  \"A\": \"1\"\n  \"B\": 2\n}\n", json!({"A": "1", "B": 2})),
    ] {
        let edits: Vec<_> = yaml(text).errors().iter().filter_map(|error| error.fix.clone()).collect();
        assert_eq!(value(&crate::text::apply(text, &edits).unwrap()), expected);
    }
}
