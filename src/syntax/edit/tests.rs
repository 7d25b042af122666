use super::*;
use crate::syntax::parse;
use crate::text::apply;

/// The value at a pointer.
fn at<'t>(tree: &'t Tree, pointer: &str) -> Node<'t> {
    pointer.split('/').filter(|step| !step.is_empty()).fold(tree.root(), |node, step| match step.parse() {
        Ok(i) => node.items().nth(i).expect("an item"),
        Err(_) => node.get(step).expect("a member"),
    })
}

/// JSON begins with a brace.
fn format(text: &str) -> Format {
    if text.starts_with(['{', '[']) { Format::Json } else { Format::Yaml }
}

fn edited(text: &str, format: Format, change: impl Fn(&Tree) -> Option<Vec<Edit>>) -> Option<String> {
    let tree = parse(&text.into(), format);
    let edits = change(&tree)?;
    let text = apply(text, &edits).expect("edits of one change do not overlap");
    let again = parse(&text.as_str().into(), format);
    assert!(again.errors().len() <= tree.errors().len(), "{text}\n{:?}", again.errors());
    Some(text)
}

fn remove(text: &str, pointers: &[&str]) -> Option<String> {
    edited(text, format(text), |tree| removed(&pointers.iter().map(|pointer| at(tree, pointer)).collect::<Vec<_>>()))
}

#[test]
fn members_and_items_are_taken_out() {
    for (text, pointers, expected) in [
        (r#"{"a": 1, "b": 2}"#, &["a"][..], r#"{"b": 2}"#),
        (r#"{"a": 1, "b": 2}"#, &["b"], r#"{"a": 1}"#),
        (r#"{"a":1,"b":2,"c":3}"#, &["b"], r#"{"a":1,"c":3}"#),
        (r#"{"a": 1, "b": 2, "c": 3}"#, &["c", "b"], r#"{"a": 1}"#),
        (r#"{"a": 1, "b": 2, "c": 3}"#, &["a", "c"], r#"{"b": 2}"#),
        (r#"{"a": {"b": 1}}"#, &["a/b"], r#"{"a": {}}"#),
        ("{\n\t\"a\": [\n\t\t1\n\t],\n\t\"b\": 2\n}\n", &["a"], "{\n\t\"b\": 2\n}\n"),
        ("{\n\t\"a\": [\n\t\t1\n\t],\n\t\"b\": 2\n}\n", &["b"], "{\n\t\"a\": [\n\t\t1\n\t]\n}\n"),
        ("{\n\t\"a\": [\n\t\t1\n\t],\n\t\"b\": 2\n}\n", &["a/0"], "{\n\t\"a\": [],\n\t\"b\": 2\n}\n"),
        ("{\r\n  \"a\": 1,\r\n  \"b\": 2,\r\n  \"c\": 3\r\n}", &["b"], "{\r\n  \"a\": 1,\r\n  \"c\": 3\r\n}"),
        ("[[1, 2], 3]", &["0/1"], "[[1], 3]"),
        // Block style.
        ("a: 1\nb: 2\n", &["a"], "b: 2\n"),
        ("a: 1\nb: 2\n", &["b"], "a: 1\n"),
        ("a: 1\nb: 2", &["b"], "a: 1"),
        ("a: 1\r\nb: 2\r\nc: 3", &["c"], "a: 1\r\nb: 2"),
        ("a: 1\nb: 2\nc:\n  d: 3", &["b", "c"], "a: 1"),
        ("a: 1\nb: 2\n# of c\nc: 3", &["b", "c"], "a: 1\n# of c"),
        ("a: 1\nb:\n  c: 2\n  d: 3", &["b/d"], "a: 1\nb:\n  c: 2"),
        (
            "# top\na: 1 # one\n# two\nb: # of b\n  c: 3\n\n# end\nd: 4\n",
            &["b"],
            "# top\na: 1 # one\n# two\n\n# end\nd: 4\n",
        ),
        ("a:\r\n  b: |\r\n    x\r\n    y\r\n  c: 1\r\n", &["a/b"], "a:\r\n  c: 1\r\n"),
        ("a:\n  b: 1\nc: 2\n", &["a/b"], "a: {}\nc: 2\n"),
        ("a:\n- b: 1\n  c: 2\n- d\n", &["a/0/b"], "a:\n- c: 2\n- d\n"),
        ("a:\n- b: 1\n  c: 2\n- d\n", &["a/0/c"], "a:\n- b: 1\n- d\n"),
        ("a:\n- b: 1\n  c: 2\n- d\n", &["a/0"], "a:\n- d\n"),
        ("a:\n- b: 1\n  c: 2\n- d\n", &["a/1"], "a:\n- b: 1\n  c: 2\n"),
        ("a:\n- b: 1\n- c\ne: 1\n", &["a/0", "a/1"], "a: []\ne: 1\n"),
        ("a:\n- - 1\n  - 2\n", &["a/0/0"], "a:\n- - 2\n"),
        ("a:\n- - 1\n  - 2\n", &["a/0/1"], "a:\n- - 1\n"),
        ("a:\n  - b:\n      c: 1\n    d: 2\ne: 3\n", &["a/0/b"], "a:\n  - d: 2\ne: 3\n"),
        ("a: {b: 1, c: 'x'}\n", &["a/c"], "a: {b: 1}\n"),
        ("a: {b: 1, c: 'x',}\n", &["a/c"], "a: {b: 1,}\n"),
        ("a: [\n  b,\n  c,\n]\n", &["a/0"], "a: [\n  c,\n]\n"),
        ("a: [b]\n", &["a/0"], "a: []\n"),
        ("'a': \"x\"\n? b\n: 1\n", &["a"], "? b\n: 1\n"),
        ("a: 1\nb:\nc: 2\n", &["b"], "a: 1\nc: 2\n"),
        ("a: 1\nb: &x\n  c: 1\nd: 2\n", &["b"], "a: 1\nd: 2\n"),
        ("a: 1\nb: !Sub x\nd: 2\n", &["b"], "a: 1\nd: 2\n"),
    ] {
        assert_eq!(remove(text, pointers).as_deref(), Some(expected), "{text}: {pointers:?}");
    }
}

#[test]
fn where_more_would_be_lost_nothing_is_taken_out() {
    for (text, pointer) in [
        ("a: [\n  b, # of b\n  c]\n", "a/0"),
        ("a: [b, &x c]\n", "a/0"),
        ("a: [b] # c\nd: {e: 1, # c\n}\n", "d/e"),
        ("a: &x 1\nb: [*x, 2]\n", "b/0"),
        ("- a: 1 # of a\n  b: 2\n", "0/a"),
        ("{\"a\": 1 \"b\": 2}", "a"),
        ("{\"a\": {\"b\": 1", "a/b"),
    ] {
        assert_eq!(remove(text, &[pointer]), None, "{text}: {pointer}");
    }
}

fn retrier() -> New<'static> {
    New::List(vec![New::Object(vec![
        ("E", New::List(vec![New::text("States.ALL"), New::text("a'b")])),
        ("K", New::Word("3")),
    ])])
}

#[test]
fn members_are_put_in() {
    let insert = |text: &str, format, pointer: &str, place: At<'_>, name: &str, value: &New<'_>| {
        edited(text, format, |tree| Some(vec![inserted_member(at(tree, pointer), place, name, value)?]))
    };
    let text = New::text("x y");
    let state = New::Object(vec![("T", New::text("Fail")), ("E", New::Object(Vec::new()))]);
    for (before, pointer, place, name, value, after) in [
        (r#"{"a": 1}"#, "", At::Last, "b", &text, r#"{"a": 1, "b": "x y"}"#),
        (r#"{"a":1}"#, "", At::Last, "b", &text, r#"{"a":1,"b":"x y"}"#),
        (r#"{"a": 1}"#, "", At::Before(&["c", "a"]), "b", &text, r#"{"b": "x y", "a": 1}"#),
        (r#"{"a": 1}"#, "", At::Before(&["c"]), "b", &text, r#"{"a": 1, "b": "x y"}"#),
        (r#"{"a": {}}"#, "a", At::Last, "b", &text, r#"{"a": {"b": "x y"}}"#),
        ("{\n\t\"a\": 1\n}\n", "", At::Last, "b", &text, "{\n\t\"a\": 1,\n\t\"b\": \"x y\"\n}\n"),
        ("{\n\t\"a\": 1\n}\n", "", At::Before(&["a"]), "b", &text, "{\n\t\"b\": \"x y\",\n\t\"a\": 1\n}\n"),
        ("{\r\n  \"a\" : 1\r\n}", "", At::Last, "b", &text, "{\r\n  \"a\" : 1,\r\n  \"b\" : \"x y\"\r\n}"),
        (
            "{\n    \"a\": 1\n}\n",
            "",
            At::Last,
            "b",
            &state,
            "{\n    \"a\": 1,\n    \"b\": {\n        \"T\": \"Fail\",\n        \"E\": {}\n    }\n}\n",
        ),
        (
            "{\n  \"a\": {\"c\": 1}\n}\n",
            "",
            At::Last,
            "b",
            &state,
            "{\n  \"a\": {\"c\": 1},\n  \"b\": {\"T\": \"Fail\", \"E\": {}}\n}\n",
        ),
        (
            "{\n  \"a\": 1\n}\n",
            "",
            At::Last,
            "b",
            &retrier(),
            "{\n  \"a\": 1,\n  \"b\": [\n    {\n      \"E\": [\"States.ALL\", \"a'b\"],\n      \"K\": 3\n    }\n  ]\n}\n",
        ),
        // Block style.
        ("a: 1 # one\n", "", At::Last, "b", &text, "a: 1 # one\nb: x y\n"),
        ("a: 1", "", At::Last, "b", &text, "a: 1\nb: x y"),
        ("'a': 1\r\n", "", At::Last, "b", &text, "'a': 1\r\n'b': 'x y'\r\n"),
        ("a:\n  - c: 1\n    d: 2\ne: 3\n", "a/0", At::Last, "b", &text, "a:\n  - c: 1\n    d: 2\n    b: x y\ne: 3\n"),
        (
            "a:\n  - c: 1\n    d: 2\ne: 3\n",
            "a/0",
            At::Before(&["c"]),
            "b",
            &text,
            "a:\n  - b: x y\n    c: 1\n    d: 2\ne: 3\n",
        ),
        (
            "a:\n  - c: 1\n    d: 2\ne: 3\n",
            "a/0",
            At::Before(&["d"]),
            "b",
            &retrier(),
            "a:\n  - c: 1\n    b:\n      - E: [States.ALL, \"a'b\"]\n        K: 3\n    d: 2\ne: 3\n",
        ),
        ("a:\n    c: 1\n", "a", At::Last, "b", &state, "a:\n    c: 1\n    b:\n        T: Fail\n        E: {}\n"),
        (
            "r:\n    x: 1\na:\n   c:\n      d: 1\n",
            "a",
            At::Last,
            "b",
            &state,
            "r:\n    x: 1\na:\n   c:\n      d: 1\n   b:\n      T: Fail\n      E: {}\n",
        ),
        ("a: {c: 1}\n", "a", At::Last, "b", &state, "a: {c: 1, b: {T: Fail, E: {}}}\n"),
        ("a: {\"c\": 1}\n", "a", At::Last, "b", &text, "a: {\"c\": 1, \"b\": \"x y\"}\n"),
        ("a: {}\n", "a", At::Last, "b", &text, "a: {b: x y}\n"),
        ("'a': {'c': 'z'}\n", "a", At::Last, "b", &text, "'a': {'c': 'z', 'b': 'x y'}\n"),
        ("a:\n  c: \"z\"\n", "a", At::Last, "b", &text, "a:\n  c: \"z\"\n  b: \"x y\"\n"),
        ("a:\n  b: |\n    x\nc: 1\n", "", At::Before(&["c"]), "d", &text, "a:\n  b: |\n    x\nd: x y\nc: 1\n"),
    ] {
        let inserted = insert(before, format(before), pointer, place, name, value);
        assert_eq!(inserted.as_deref(), Some(after), "{before}: {pointer} {place:?}");
    }
    for (text, pointer) in [("a:\n  b: |+\n    x\n\n", "a"), ("{\"a\": 1 ", ""), ("x: &x y\na: {b: 1, *x : 2}\n", "a")]
    {
        assert_eq!(insert(text, format(text), pointer, At::Last, "c", &New::Word("1")), None, "{text}");
    }
}

#[test]
fn items_are_put_in_moved_and_left_alone() {
    let append = |text: &str, value: &New<'_>| {
        edited(text, format(text), |tree| Some(vec![appended_item(at(tree, "a"), value)?]))
    };
    let item = New::Object(vec![("E", New::List(vec![New::text("x")])), ("K", New::Word("1"))]);
    for (before, after) in [
        (r#"{"a": []}"#, r#"{"a": [{"E": ["x"], "K": 1}]}"#),
        (r#"{"a": [{"E": 1}]}"#, r#"{"a": [{"E": 1}, {"E": ["x"], "K": 1}]}"#),
        (
            "{\n  \"a\": [\n    {\n      \"E\": 1\n    }\n  ]\n}\n",
            "{\n  \"a\": [\n    {\n      \"E\": 1\n    },\n    {\n      \"E\": [\"x\"],\n      \"K\": 1\n    }\n  ]\n}\n",
        ),
        ("a:\n- E: 1\nb: 2\n", "a:\n- E: 1\n- E: [x]\n  K: 1\nb: 2\n"),
        ("a:\n  - E: 1 # c\nb: 2\n", "a:\n  - E: 1 # c\n  - E: [x]\n    K: 1\nb: 2\n"),
        ("a: [{E: 1}]\n", "a: [{E: 1}, {E: [x], K: 1}]\n"),
    ] {
        assert_eq!(append(before, &item).as_deref(), Some(after), "{before}");
    }
    let moved = |text: &str| edited(text, format(text), |tree| moved_last(at(tree, "a/0")));
    for (before, after) in [
        (r#"{"a": [1, 2, 3]}"#, r#"{"a": [2, 3, 1]}"#),
        (
            "{\n  \"a\": [\n    {\n      \"b\": 1\n    },\n    2\n  ]\n}",
            "{\n  \"a\": [\n    2,\n    {\n      \"b\": 1\n    }\n  ]\n}",
        ),
        ("a: [b, c]\n", "a: [c, b]\n"),
        ("a:\n- b: 1 # b\n  c: 2\n- d\ne: 1\n", "a:\n- d\n- b: 1 # b\n  c: 2\ne: 1\n"),
        ("a:\n  - b\n  - c", "a:\n  - c\n  - b"),
        ("# a\na:\n  # b\n  # too\n  - b\n\n  # c\n  - c\n", "# a\na:\n\n  # c\n  - c\n  # b\n  # too\n  - b\n"),
        ("a:\r\n  # b\r\n  - b\r\n  - c\r\n", "a:\r\n  - c\r\n  # b\r\n  - b\r\n"),
        ("a: # of all\n- b\n- c\n", "a: # of all\n- c\n- b\n"),
    ] {
        assert_eq!(moved(before).as_deref(), Some(after), "{before}");
    }
    for last in ["{\"a\": [1]}", "x: &x 2\na: [*x, 1]\n", "a:\n- - 1\n- &x b\n- *x\n"] {
        let text = edited(last, format(last), |tree| moved_last(at(tree, "a/0")));
        assert!(text.is_none(), "{text:?}");
    }
    let alone = |text: &str| edited(text, format(text), |tree| left_alone(at(tree, "a/1")));
    assert_eq!(alone(r#"{"a": [1, 2, 3]}"#).as_deref(), Some(r#"{"a": [2]}"#));
    assert_eq!(alone("a:\n- 1\n- 2 # two\n- 3\nb: 1\n").as_deref(), Some("a:\n- 2 # two\nb: 1\n"));
}
