use proptest::prelude::*;

use super::*;
use crate::asl::path::{Path, parse};
use crate::eval::{Budget, Fault, FaultKind, Roots, Value};

fn json(text: &str) -> Value {
    Value::from_json(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn path(text: &str) -> Path {
    let (path, errors) = parse(text);
    assert_eq!(errors, [], "{text}");
    path
}

/// Reads a path of a document; `$$` is `{"State": {"Name": "Here"}}`, and `$list` is `[1, 2, 3]`.
fn read_from(document: &Value, path: &Path, units: u64) -> Result<Value, Fault> {
    let context = json(r#"{"State":{"Name":"Here"}}"#);
    let variables = |name: &str| (name == "list").then(|| json("[1,2,3]"));
    read(path, &Roots { document, context: &|| context.clone(), variables: &variables }, &mut Budget::new(units))
}

#[track_caller]
fn check(document: &str, table: &[(&str, &str)]) {
    let document = json(document);
    for (text, expected) in table {
        let found = read_from(&document, &path(text), 100_000).map(|value| value.to_json());
        assert_eq!(found.as_deref(), Ok(*expected), "{text}");
    }
}

/// The part at fault is between the `«»`.
#[track_caller]
fn check_faults(document: &str, table: &[(&str, &str)]) {
    for (marked, message) in table {
        let text = marked.replace(['«', '»'], "");
        let start = marked.find('«').unwrap();
        let end = marked.find('»').unwrap() - "«".len();
        let fault = read_from(&json(document), &parse(&text).0, 1000).expect_err(marked);
        assert_eq!((fault.message.as_str(), fault.kind), (*message, FaultKind::Runtime), "{marked}");
        assert_eq!(fault.span.range(), start..end, "{marked}");
    }
}

#[test]
fn a_definite_path_gives_the_value() {
    check(
        r#"{"a":{"b":[10,{"c":null},"x"],"d e":1,"T\\\"\"N":3},"é":4}"#,
        &[
            ("$", r#"{"a":{"b":[10,{"c":null},"x"],"d e":1,"T\\\"\"N":3},"é":4}"#),
            ("$.a.b[0]", "10"),
            ("$.a.b[1].c", "null"),
            ("$.a.b[(@.length-2)]", r#"{"c":null}"#),
            ("$['a']['d e']", "1"),
            // Recorded: a backslash stays a backslash.
            (r#"$.a['T\""N']"#, "3"),
            ("$.é", "4"),
            ("$.a['d e','none']", r#"{"d e":1}"#),
            ("$$.State.Name", r#""Here""#),
            ("$list[1]", "2"),
            ("$list", "[1,2,3]"),
        ],
    );
}

#[test]
fn a_definite_path_that_finds_nothing_says_where() {
    check_faults(
        r#"{"a":{"b":["x","y"]},"s":"t","n":null}"#,
        &[
            ("$«.x».y", "there is no member `x` here"),
            ("$.a.b«[3]»", "there is no item 3 in an array of 2"),
            // Reported of the service: it does not count from the end.
            ("$.a.b«[-1]»", "there is no item -1: items are counted from 0"),
            ("$.a.b«[(@.length-3)]»", "there is no such item in an array of 2"),
            ("$.a.b«.c»", "`c` is asked of an array, which has no members"),
            ("$.s«[0]»", "items are asked of a string, which has none"),
            ("$.n«[0]»", "nothing is found here in null"),
            ("$.n«['x']»", "`x` is asked of null, which has no members"),
            // Reported of the service.
            ("$.a.b«.sum()»", "the service knows no functions of paths, and no member is called `sum()`"),
            ("«$other».x", "nothing is assigned to the variable `$other`"),
            ("«${Root}.x»", "a path starts with `$`"),
            ("$«.${Name}».x", "a placeholder is left in this path, and nothing has filled it in"),
        ],
    );
    check_faults("null", &[("«$»", "the input is null, and no path is read from that")]);
}

#[test]
fn an_indefinite_path_gives_an_array() {
    check(
        r#"{"items":[{"v":0,"w":[1]},{"v":1,"w":[]},7,{"v":2,"w":[2,3]}],"o":{"x":{"v":3},"y":{"v":4}},"s":"t","e":[]}"#,
        &[
            ("$.items[*].v", "[0,1,2]"),
            ("$.items[*].w[0]", "[1,2]"),
            ("$.items[*].w[*]", "[1,2,3]"),
            ("$.items[*]['v','w']", r#"[{"v":0,"w":[1]},{"v":1,"w":[]},{"v":2,"w":[2,3]}]"#),
            ("$.items[0,3].v", "[0,2]"),
            ("$.items[3,0].v", "[2,0]"),
            ("$.items[:2].v", "[0,1]"),
            ("$.o.*", r#"[{"v":3},{"v":4}]"#),
            ("$.o[*].v", "[3,4]"),
            ("$.s[*]", "[]"),
            ("$.e[*]", "[]"),
            ("$.items[*].o.p", "[]"),
            ("$.items[:2].o.p[*]", "[]"),
            ("$list[0:2]", "[1,2]"),
        ],
    );
}

#[test]
fn a_member_that_is_missing_before_an_indefinite_segment_is_passed_over() {
    // Recorded, of an empty input.
    for text in ["$.items[*]", "$.items[1:]", "$.item.items[1:]", "$.items[*].itemValue", "$.item.items[1:5].itemValue"]
    {
        check("{}", &[(text, "[]")]);
    }
    check(
        r#"{"a":[{"b":{"c":{"d":1}}},{},{"b":{}}]}"#,
        &[("$.a[*].b.c.d", "[1]"), ("$.a[*].b", r#"[{"c":{"d":1}},{}]"#)],
    );
}

#[test]
fn what_an_indefinite_path_cannot_be_asked_of_is_a_fault() {
    check_faults(
        r#"{"a":1,"n":null,"l":[{"x":1},{}],"o":{"p":{"x":1},"q":{}}}"#,
        &[
            ("$.a«.b»[*]", "`b` is asked of a number, which has no members"),
            ("$.a«[0,1]»", "items are asked of a number, which has none"),
            ("$.a«[:1]»", "items are asked of a number, which has none"),
            ("$.n«[:1]»", "nothing is found here in null"),
            ("$.n«[?(@.x)]»", "a filter is asked of null, neither an array nor an object"),
            ("$.l«[0,9]»", "an index lies outside of an array of 2"),
            ("$.l«[-3:-1]»", "an index lies outside of an array of 2"),
            ("$.l«[:]»", "a slice has one bound at least"),
            // Of all indefinite segments, only `[*]` of an array passes over the items that lack the member.
            ("$.l[0:]«.x»", "there is no member `x` here"),
            ("$.o.*«.x»", "there is no member `x` here"),
            ("$.l[?(!@.y)]«.x»", "there is no member `x` here"),
            ("$.o«['p','q']».x", "several members can be picked at the end of a path only"),
        ],
    );
}

#[test]
fn slices_have_one_bound_from_the_end_at_most() {
    let list = "[0,1,2,3,4]";
    check(
        list,
        &[
            ("$[1:3]", "[1,2]"),
            ("$[:2]", "[0,1]"),
            ("$[3:]", "[3,4]"),
            ("$[-2:]", "[3,4]"),
            ("$[-9:]", list),
            ("$[:-2]", "[0,1,2]"),
            ("$[:-9]", "[]"),
            ("$[2:99]", "[2,3,4]"),
            ("$[3:1]", "[]"),
            ("$[1:-1]", "[]"),
        ],
    );
}

#[test]
fn descendants_are_found_from_the_top_down() {
    check(
        r#"{"a":{"v":1,"b":[{"v":2},[{"v":3}]]},"v":{"v":4}}"#,
        &[
            ("$..v", r#"[{"v":4},1,2,3,4]"#),
            ("$.a..v", "[1,2,3]"),
            ("$..b[0]", r#"[{"v":2}]"#),
            ("$..[0]", r#"[{"v":2},{"v":3}]"#),
            ("$..[1:]", r#"[[{"v":3}]]"#),
            (
                "$..*",
                r#"[{"v":1,"b":[{"v":2},[{"v":3}]]},{"v":4},1,[{"v":2},[{"v":3}]],{"v":2},[{"v":3}],2,{"v":3},3,4]"#,
            ),
            ("$..x", "[]"),
            ("$..['v','b']", r#"[{"v":1,"b":[{"v":2},[{"v":3}]]}]"#),
            ("$..[?(@.v > 1)]", r#"[{"v":2},{"v":3},{"v":4}]"#),
            ("$..v..v", "[4]"),
        ],
    );
    // A peculiarity: not the first items, but all.
    check(r#"{"l":[{"v":1},{"v":2}]}"#, &[("$..[0].v", "[1,2]")]);
    check_faults("[[]]", &[("$..«[0]»", "there is no item 0 in an array of 0")]);
}

#[test]
fn filters_pick_items() {
    check(
        r#"{"u":[{"n":"a","s":0},{"n":"b","s":1,"f":true},{"n":"c","s":"1","z":null}],"limit":1,"o":{"s":5},"l":[1,2,3]}"#,
        &[
            // Recorded.
            ("$.u[?(@.s == 0)].n", r#"["a"]"#),
            ("$.u[?(@.f)].n", r#"["b"]"#),
            ("$.u[?(@.z)].n", "[]"),
            ("$.u[?(!@.f)].n", r#"["a","c"]"#),
            ("$.u[?(@.f == true)].n", r#"["b"]"#),
            ("$.u[?(@.z == null)].n", r#"["c"]"#),
            ("$.u[?(@.none == null)].n", "[]"),
            ("$.u[?(@.none != 'x')].n", "[]"),
            ("$.u[?(@.n != 'a')].n", r#"["b","c"]"#),
            // A literal is read as what it is compared with.
            ("$.u[?(@.s == 1)].n", r#"["b","c"]"#),
            ("$.u[?(@.s == 1.0)].n", r#"["b"]"#),
            ("$.u[?(@.s == '1')].n", r#"["b","c"]"#),
            ("$.u[?(@.s < 1)].n", r#"["a"]"#),
            ("$.u[?(@.s >= $.limit)].n", r#"["b"]"#),
            ("$.u[?(@.n > 'a' && @.n <= 'b')].n", r#"["b"]"#),
            ("$.u[?(@.n == 'a' || @.n == 'c')].n", r#"["a","c"]"#),
            ("$.u[?(@.n==c)].n", r#"["c"]"#),
            // Double quotes are part of the text.
            (r#"$.u[?(@.n == "c")].n"#, "[]"),
            // Parentheses group nothing: `@.n == 'a' || (@.n == 'b' && @.s == 5)`.
            ("$.u[?((@.n == 'a' || @.n == 'b') && @.s == 5)].n", r#"["a"]"#),
            ("$.u[?(@.n.length() == 1)]", "[]"),
            // An object is asked itself.
            ("$.o[?(@.s == 5)]", r#"[{"s":5}]"#),
            ("$.o[?(@.s == 6)]", "[]"),
            ("$.l[?(@ > 1)]", "[2,3]"),
            ("$.l[?(@ == $.limit)]", "[1]"),
            // The whole text, whatever it is the text of.
            ("$.u[?(@.n =~ /[A-B]/i)].n", r#"["a","b"]"#),
            (r"$.u[?(@.s =~ /\d/)].n", r#"["a","b","c"]"#),
            ("$.u[?(/.*u.*/ =~ @.f)].n", r#"["b"]"#),
            ("$.u[?(@.z =~ /.*/)].n", "[]"),
            ("$.l[?(@ =~ /1|22/)]", "[1]"),
            // Something is read as true if it says so, and orders behind false.
            ("$.u[?(@.f > 1)].n", r#"["b"]"#),
        ],
    );
    check_faults(
        r#"{"u":[{"n":5,"b":[1]}]}"#,
        &[
            ("$.u[?(@.n «in» [5])]", "the service knows no such operator"),
            ("$.u[?(@.n «matches» /5/)]", "the service knows no such operator"),
            ("$.u[?(@.n =~ «'5'»)]", "a pattern stands between slashes: `/a.*/`"),
            ("$.u[?(@.n =~ «/5/m»)]", "a pattern has no flag but `i`"),
            ("$.u[?(@.n =~ «/5)|(6/»)]", "`)` closes no group of this regular expression"),
            ("$.u[?(@.n «===» 5)]", "the service knows no such operator"),
            ("$.u[?(!(«@.n» == 5))]", "a `!` is understood before a path from `@` alone only"),
            ("$.u[?(@.n == «abc»)]", "`abc` is compared with the number 5, and is none"),
            ("$.u[?(«@.b[*]» == 1)]", "a path in a filter selects one value only"),
            ("$.u[?(@.n == «$$.x»)]", "a path in a filter starts with `@` or `$`"),
            ("$.u[?(@.n«[0]» == 1)]", "items are asked of a number, which has none"),
        ],
    );
}

#[test]
fn a_value_is_written_where_the_path_points() {
    for (document, text, value, expected) in [
        (r#"{"a":1}"#, "$", "[2]", "[2]"),
        (r#"{"a":1}"#, "$.b", "2", r#"{"a":1,"b":2}"#),
        (r#"{"a":1,"b":2}"#, "$.a", "3", r#"{"a":3,"b":2}"#),
        // Measured: objects are made on the way, and what stands at the path is not merged.
        (r#"{"a":{"s":true}}"#, "$.a.b.c", "{}", r#"{"a":{"s":true,"b":{"c":{}}}}"#),
        (r#"{"a":{"old":1}}"#, "$.a", r#"{"new":2}"#, r#"{"a":{"new":2}}"#),
        ("{}", "$['x y'].z", "1", r#"{"x y":{"z":1}}"#),
        (r#"{"l":[{"v":1},{"v":2}]}"#, "$.l[1].v", "3", r#"{"l":[{"v":1},{"v":3}]}"#),
        ("[1,2]", "$[0]", "null", "[null,2]"),
    ] {
        let written = write(&path(text), &json(document), json(value), &mut Budget::new(100));
        assert_eq!(written.map(|value| value.to_json()).as_deref(), Ok(expected), "{text} of {document}");
    }
}

#[test]
fn a_path_that_cannot_be_applied_is_not_written() {
    for (document, marked, message) in [
        (r#""text""#, "$«.a»", "`a` cannot be written into a string"),
        (r#"{"a":1}"#, "$.a«.b».c", "`b` cannot be written into a number"),
        (r#"{"a":null}"#, "$.a«.b»", "`b` cannot be written into null"),
        ("[1]", "$«.a»", "`a` cannot be written into an array"),
        ("[1]", "$«[1]»", "there is no item 1 in an array of 1"),
        ("{}", "$.l«[0]»", "item 0 cannot be written into what is not there"),
        ("{}", "$.l«[*]»", "this does not name one place to write to"),
        ("{}", "«$$».a", "a result is written to `$` only"),
    ] {
        let text = marked.replace(['«', '»'], "");
        let start = marked.find('«').unwrap();
        let end = marked.find('»').unwrap() - "«".len();
        let fault = write(&path(&text), &json(document), Value::Null, &mut Budget::new(100)).unwrap_err();
        assert_eq!((fault.message.as_str(), fault.span.range()), (message, start..end), "{marked} of {document}");
    }
}

#[test]
fn depth_and_work_are_bounded() {
    let deep = json(&format!("{}{}", "[".repeat(1000), "]".repeat(1000)));
    assert_eq!(read_from(&deep, &path("$[0:1]"), 10_000), Ok(deep.clone()));
    let too_deep = "the value would nest deeper than 1000 levels";
    let wrapped = read_from(&json(&format!("[{}]", "[".repeat(998) + &"]".repeat(998))), &path("$..[0:]"), 100_000);
    assert!(wrapped.is_ok());
    let fault = read_from(&deep, &path("$..[?(@)]"), 100_000);
    assert!(fault.is_ok() || fault == Err(Fault::runtime(crate::text::Span::new(0, 9), too_deep)), "{fault:?}");
    let fault = write(&path("$.a"), &json("{}"), deep, &mut Budget::new(100)).unwrap_err();
    assert_eq!(fault.message, too_deep);
    let long = path(&format!("${}", ".a".repeat(100_000)));
    assert!(write(&long, &json("{}"), Value::Null, &mut Budget::new(1_000_000)).is_err());
    assert!(read_from(&json("{}"), &long, 1_000_000).is_err());
    let fault = read_from(&json("{}"), &path(&format!("${}", "[?(!@.a)]".repeat(50_000))), 1_000_000).unwrap_err();
    assert_eq!(fault.message, "more than 200 steps of this path select several values");
    let many = path(&format!("${}", "[*]".repeat(200)));
    let nested = json(&format!("{}{}", "[".repeat(300), "]".repeat(300)));
    assert_eq!(read_from(&nested, &many, 10_000).map(|found| found.depth()), Ok(101));
    let fault = read_from(&json("[[[1,2],[3]],[[4]]]"), &path("$..*..*..*"), 20).unwrap_err();
    assert_eq!(fault.kind, FaultKind::OutOfBudget);
}

/// Random paths and values, each with what json-path 2.0.0 made of them (its default configuration, on JsonSmart).
#[test]
fn the_library_itself_agrees() {
    let mut n_found = 0;
    for line in include_str!("jayway.tsv").lines() {
        let [text, document, expected] = line.split('\t').collect::<Vec<_>>().try_into().expect("three columns");
        let expected = (expected != "fails").then(|| json(expected));
        n_found += usize::from(expected.is_some());
        assert_eq!(read_from(&json(document), &path(text), 100_000).ok(), expected, "{text} of {document}");
    }
    assert_eq!(n_found, 350);
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9i64..9).prop_map(Value::from),
        "[ab1]{0,2}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[abc]", inner), 0..4).prop_map(Value::members),
        ]
    })
}

fn any_path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        Just(".a"),
        Just("['b','c']"),
        Just("[0]"),
        Just("[-1]"),
        Just("[0,1]"),
        Just("[1:]"),
        Just("[-2:2]"),
        Just("[*]"),
        Just("..a"),
        Just("..*"),
        Just("..[0]"),
        Just("[?(@.a)]"),
        Just("[?(@.a == 1)]"),
        Just("[?(@ in ['a', 1])]"),
        Just("[?(@.b contains $.a)]"),
        Just(".length()"),
        Just(".sum(1)"),
        Just(".keys()"),
    ];
    prop::collection::vec(segment, 0..5).prop_map(|segments| format!("${}", segments.concat()))
}

proptest! {
    #[test]
    fn any_path_of_any_value_is_read_within_its_budget(value in any_value(), text in any_path(), units in 0u64..2000) {
        let (path, _) = parse(&text);
        match read_from(&value, &path, units) {
            // An item costs something, and what is shared is written out again and again.
            Ok(found) => prop_assert!(found.as_array().map_or(0, <[Value]>::len) as u64 <= units.max(24)),
            Err(fault) => prop_assert!(text.get(fault.span.range()).is_some(), "{fault:?} in {text}"),
        }
    }

    #[test]
    fn what_is_written_is_read_back(document in any_value(), value in any_value(), steps in prop::collection::vec(0usize..5, 0..4)) {
        let segments: Vec<_> = steps.into_iter().map(|at| [".a", ".b", "['c']", "[0]", "[1]"][at]).collect();
        let path = path(&format!("${}", segments.concat()));
        if let Ok(written) = write(&path, &document, value.clone(), &mut Budget::new(1000)) {
            prop_assert!(written == Value::Null || read_from(&written, &path, 1000) == Ok(value));
        }
    }
}
