use proptest::prelude::*;

use super::*;
use crate::asl::intrinsic::{FUNCTIONS, parse};
use crate::eval::FaultKind;

fn run(input: &str, text: &str, seed: u64, units: u64) -> Result<Value, Fault> {
    let document = Value::from_json(input).unwrap_or_else(|error| panic!("{input}: {error:?}"));
    let context = Value::from_json(r#"{"Execution":{"Input":{"x":"y"}}}"#).unwrap();
    let variables = |name: &str| (name == "v").then(|| Value::from(7));
    let roots = Roots { document: &document, context: &|| context.clone(), variables: &variables };
    call(&parse(text).0, &roots, &mut Random::new(seed), &mut Budget::new(units))
}

#[track_caller]
fn check(table: &[(&str, &str, &str)]) {
    for (input, text, expected) in table {
        let found = run(input, text, 1, 100_000).map(|value| value.to_json());
        assert_eq!(found.as_deref(), Ok(*expected), "{text} of {input}");
    }
}

/// The part at fault is between the `«»`.
#[track_caller]
fn check_faults(input: &str, table: &[(&str, &str)]) {
    for (marked, message) in table {
        let text = marked.replace(['«', '»'], "");
        let start = marked.find('«').unwrap();
        let end = marked.find('»').unwrap() - "«".len();
        let fault = run(input, &text, 1, 100_000).expect_err(marked);
        assert_eq!((fault.message.as_str(), fault.kind), (*message, FaultKind::Runtime), "{marked}");
        assert_eq!(fault.span.range(), start..end, "{marked}");
    }
}

#[test]
fn arguments_are_literals_paths_and_calls() {
    check(&[
        (
            r#"{"a":[1]}"#,
            "States.Array('it\\'s', -2.5, true, null, $.a, $$.Execution.Input.x, $v)",
            r#"["it's",-2.5,true,null,[1],"y",7]"#,
        ),
        ("{}", "States.Array()", "[]"),
        ("{}", "States.Array(1, States.Array(2, 3))", "[1,[2,3]]"),
        ("{}", "States.Array(3.0)", "[3]"),
    ]);
    check_faults(
        r#"{"a":1}"#,
        &[
            ("States.Array($.a, $«.b»)", "there is no member `b` here"),
            ("States.Array(States.ArrayLength(«$.a»))", "`States.ArrayLength` takes an array here, and this is 1"),
            ("«States.ArrayLength»()", "`States.ArrayLength` takes 1 argument, and here are 0"),
            ("«States.MathAdd»(1)", "`States.MathAdd` takes 2 arguments, and here is 1"),
            ("«States.JsonMerge»($.a, $.a, false, 1)", "`States.JsonMerge` takes 3 arguments, and here are 4"),
            ("«States.Nope»(1)", "there is no intrinsic function `States.Nope`"),
            ("States.Array(«${A}»)", "this argument cannot be read"),
        ],
    );
}

#[test]
fn arrays_are_searched_by_text() {
    check(&[
        // Recorded.
        ("[]", "States.ArrayContains($, null)", "false"),
        ("[[1,2,3],2]", "States.ArrayContains($, $[0])", "true"),
        ("[[1,2,3],2]", "States.ArrayContains($, null)", "false"),
        (r#"[{"1":2,"2":[]}]"#, "States.ArrayContains($, $[0]['2'])", "false"),
        (r#"[{"1":2,"2":[]}]"#, "States.ArrayContains($, $[0])", "true"),
        ("[true,false]", "States.ArrayContains($, false)", "true"),
        // Measured.
        ("[1,null,3]", "States.ArrayContains($, null)", "true"),
        ("[0,1,-1]", "States.ArrayContains($, false)", "false"),
        (r#"["true"]"#, "States.ArrayContains($, true)", "true"),
        (r#"["9007199254740991"]"#, "States.ArrayContains($, 9007199254740991)", "true"),
        (r#"{"a":[{"a":1,"b":2}],"x":{"b":2,"a":1}}"#, "States.ArrayContains($.a, $.x)", "false"),
    ]);
    check_faults(
        r#"{"s":"x"}"#,
        &[("States.ArrayContains(«$.s», 'x')", "`States.ArrayContains` takes an array here, and this is a string")],
    );
}

#[test]
fn items_are_taken_by_index() {
    check(&[
        // Recorded, then measured.
        ("[1,2,3,4,5,6,7,8,9]", "States.ArrayGetItem($, 5)", "6"),
        ("[10,20,30]", "States.ArrayGetItem($, 1.2)", "20"),
        ("[null]", "States.ArrayGetItem($, 0)", "null"),
        ("[]", "States.ArrayGetItem($, 999)", "null"),
        ("[1,2,3]", "States.ArrayLength($)", "3"),
    ]);
    check_faults(
        "[10,20,30]",
        &[
            ("States.ArrayGetItem($, «3»)", "`States.ArrayGetItem` takes an index from 0 to 2 here, and this is 3"),
            ("States.ArrayGetItem($, «-1»)", "`States.ArrayGetItem` takes an index from 0 to 2 here, and this is -1"),
            ("States.ArrayGetItem($, «'1'»)", "`States.ArrayGetItem` takes a number here, and this is a string"),
            (
                "States.ArrayGetItem($, «5000000000»)",
                "`States.ArrayGetItem` takes a whole number of 32 bits here, and this is 5000000000",
            ),
        ],
    );
}

#[test]
fn arrays_are_cut_into_parts() {
    check(&[
        // Recorded.
        ("[]", "States.ArrayPartition($, 3)", "[]"),
        ("[0]", "States.ArrayPartition($, 5)", "[[0]]"),
        ("[0,1,2]", "States.ArrayPartition($, 2)", "[[0,1],[2]]"),
        ("[0,1,2,3]", "States.ArrayPartition($, 2)", "[[0,1],[2,3]]"),
        ("[0,1,2,3]", "States.ArrayPartition($, 1)", "[[0],[1],[2],[3]]"),
        // Measured.
        ("[1,2,3,4,5]", "States.ArrayPartition($, 2.6)", "[[1,2],[3,4],[5]]"),
        ("[1,2,3]", "States.ArrayPartition($, 2147483647)", "[[1,2,3]]"),
    ]);
    check_faults(
        "[1]",
        &[
            ("States.ArrayPartition($, «0.6»)", "the size of a part is at least 1, and this is 0"),
            ("States.ArrayPartition($, «-1»)", "the size of a part is at least 1, and this is -1"),
            ("States.ArrayPartition($, «null»)", "`States.ArrayPartition` takes a number here, and this is null"),
        ],
    );
}

#[test]
fn ranges_go_both_ways() {
    check(&[
        // Recorded.
        ("{}", "States.ArrayRange(0, 9, 3)", "[0,3,6,9]"),
        ("{}", "States.ArrayRange(0, 10, 3)", "[0,3,6,9]"),
        ("{}", "States.ArrayRange(1, 9, 9)", "[1]"),
        // Measured.
        ("{}", "States.ArrayRange(3, 3, -1)", "[3]"),
        ("{}", "States.ArrayRange(5, 1, -2)", "[5,3,1]"),
        ("{}", "States.ArrayRange(5, 1, 1)", "[]"),
        ("{}", "States.ArrayRange(1, 5, -1)", "[]"),
        ("{}", "States.ArrayRange(1.6, 1.4, 1)", "[1]"),
        ("{}", "States.ArrayRange(5.4, -0.6, -2.4)", "[5,3,1]"),
        ("{}", "States.ArrayLength(States.ArrayRange(1, 1000, 1))", "1000"),
        ("{}", "States.ArrayLength(States.ArrayRange(1000, 1, -1))", "1000"),
    ]);
    check_faults(
        "{}",
        &[
            ("States.ArrayRange(1, «1001», 1)", "these are 1001 items, and `States.ArrayRange` makes at most 1000"),
            ("States.ArrayRange(1001, «1», -1)", "these are 1001 items, and `States.ArrayRange` makes at most 1000"),
            ("States.ArrayRange(1, 10, «0.49»)", "a step of 0 never gets to the end"),
            ("States.ArrayRange(«'a'», 5, 1)", "`States.ArrayRange` takes a number here, and this is a string"),
        ],
    );
}

#[test]
fn items_that_come_twice_are_kept_once_in_the_order_of_a_set() {
    check(&[
        // The guide's own, then measured.
        ("[1,2,3,3,3,3,3,3,4]", "States.ArrayUnique($)", "[1,2,3,4]"),
        (r#"["a","b","a","c","b"]"#, "States.ArrayUnique($)", r#"["a","b","c"]"#),
        ("[true,false,true,false]", "States.ArrayUnique($)", "[false,true]"),
        ("[null,null,1,null]", "States.ArrayUnique($)", "[null,1]"),
        (r#"[1,"1",1,"01"]"#, "States.ArrayUnique($)", r#"[1,"1","01"]"#),
        ("[[1,2],[1,2],[2,1]]", "States.ArrayUnique($)", "[[2,1],[1,2]]"),
        (r#"[{"a":1,"b":2},{"b":2,"a":1}]"#, "States.ArrayUnique($)", r#"[{"a":1,"b":2}]"#),
        ("[]", "States.ArrayUnique($)", "[]"),
        // Inferred.
        ("[1,1.0]", "States.ArrayUnique($)", "[1.0,1]"),
    ]);
}

#[test]
fn texts_are_encoded_and_hashed() {
    check(&[
        // Recorded.
        ("{}", "States.Base64Encode('')", r#""""#),
        ("{}", "States.Base64Encode('Data to encode')", r#""RGF0YSB0byBlbmNvZGU=""#),
        ("{}", "States.Base64Decode('')", r#""""#),
        ("{}", "States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", r#""Data to encode""#),
        (
            "{}",
            "States.Hash('Hash this string', 'SHA-256')",
            r#""1cac63f39fd68d8c531f27b807610fb3d50f0fc3f186995767fb6316e7200a3e""#,
        ),
        // Measured.
        (r#""こんにちは""#, "States.Base64Encode($)", r#""44GT44KT44Gr44Gh44Gv""#),
        ("{}", "States.Base64Decode(' YWJjZA== ')", r#""abcd""#),
        ("{}", "States.Base64Decode('ab==cd')", r#""i""#),
        ("{}", "States.Base64Decode('abc')", "\"i\u{FFFD}\""),
        ("{}", "States.Hash('hello', 'MD5')", r#""5d41402abc4b2a76b9719d911017c592""#),
        ("{}", "States.Hash(123, 'SHA-1')", r#""40bd001563085fc35165329ea1ff5c5ecbdbbeef""#),
        (
            r#""🚀""#,
            "States.Hash($, 'SHA-256')",
            r#""ebbc0b2870eb323f2b6cffa5c493ceef81ae7eb36afc73d4e0367301631daec5""#,
        ),
    ]);
    check_faults(
        &format!(r#"{{"long":"{}","n":1,"o":{{}}}}"#, "a".repeat(10_001)),
        &[
            ("States.Hash(«$.long», 'MD5')", "this text has 10001 characters, and `States.Hash` takes at most 10000"),
            (
                "States.Base64Encode(«$.long»)",
                "this text has 10001 characters, and `States.Base64Encode` takes at most 10000",
            ),
            ("States.Base64Decode(«$.n»)", "`States.Base64Decode` takes a string here, and this is 1"),
            ("States.Base64Encode(«$.o»)", "`States.Base64Encode` takes a string here, and this is an object"),
            ("States.Hash('a', «'sha-256'»)", "`States.Hash` knows no algorithm `sha-256`"),
            ("States.Hash('a', «1»)", "`States.Hash` takes a string here, and this is 1"),
        ],
    );
    let text = format!("States.Hash('{}', 'MD5')", "a".repeat(10_000));
    assert!(run("{}", &text, 1, 1000).is_ok());
}

#[test]
fn templates_are_filled_in_as_java_prints() {
    check(&[
        // Recorded.
        (r#""""#, "States.Format('Got {}.', $)", r#""Got .""#),
        ("[null]", "States.Format('Got {}.', $[0])", r#""Got null.""#),
        ("1.1", "States.Format('Got {}.', $)", r#""Got 1.1.""#),
        (
            r#"{"a":{"Arg1":1,"Arg2":[]}}"#,
            "States.Format('x={} y={}', $.a, $.a)",
            r#""x={Arg1=1, Arg2=[]} y={Arg1=1, Arg2=[]}""#,
        ),
        (r#""It's {}!""#, "States.Format($, 'Pikachu')", r#""It's Pikachu!""#),
        // Measured.
        ("{}", "States.Format('no placeholders')", r#""no placeholders""#),
        ("{}", r"States.Format('\'{}\' \{\\\}', true)", r#""'true' {\\}""#),
        ("{}", "States.Format('{}', States.JsonToString($))", r#""{}""#),
        (r#""\"x\"""#, "States.Format('{}', States.StringToJson($))", r#""\"x\"""#),
        // Documented: as `Double.toString`.
        ("[1.0,1e21,\"s\"]", "States.Format('{}', $)", r#""[1.0, 1.0E21, s]""#),
    ]);
    check_faults(
        r#"{"t":"{","n":1}"#,
        &[
            ("States.Format(«'{} {}'», 1)", "the template has 2 `{}`, and 1 values are there for it"),
            ("States.Format(«'x'», 1)", "the template has 0 `{}`, and 1 values are there for it"),
            ("States.Format('a «{»', 1)", "`{` has no `}` right behind it; a brace in the text is written `\\{`"),
            ("States.Format('«}»')", "`}` has no `{` right before it; a brace in the text is written `\\}`"),
            (
                "States.Format(«$.t», 1)",
                "in the template this finds, `{` has no `}` right behind it; a brace in the text is written `\\{`",
            ),
            ("States.Format(«$.n», 1)", "`States.Format` takes a string here, and this is 1"),
        ],
    );
}

#[test]
fn json_is_read_written_and_merged() {
    check(&[
        // Recorded.
        (r#""""#, "States.StringToJson($)", "null"),
        (r#"{"test":"object"}"#, "States.JsonToString($)", r#""{\"test\":\"object\"}""#),
        (
            r#"{"x":{"constant_input_field":"c"}}"#,
            r#"States.JsonMerge(States.StringToJson('{"constant_in_literal": "false"}'), $.x, false)"#,
            r#"{"constant_input_field":"c","constant_in_literal":"false"}"#,
        ),
        (
            r#"{"a":{"a":1,"b":2},"c":{"c":3,"d":4}}"#,
            "States.JsonMerge($.a, $.c, false)",
            r#"{"a":1,"b":2,"c":3,"d":4}"#,
        ),
        // Measured.
        (
            r#""{\"b\":1,\"a\":[2.0,12345678901234567890]}""#,
            "States.StringToJson($)",
            r#"{"b":1,"a":[2.0,12345678901234567890]}"#,
        ),
        (r#"" {\"a\":1} ""#, "States.StringToJson($)", r#"{"a":1}"#),
        ("{}", "States.JsonToString('x')", r#""\"x\"""#),
        (
            r#"{"a":{"n":{"x":1},"k":1},"b":{"n":{"y":2}}}"#,
            "States.JsonMerge($.a, $.b, false)",
            r#"{"k":1,"n":{"y":2}}"#,
        ),
        (r#"{"a":{},"b":{}}"#, "States.JsonMerge($.a, $.b, 'false')", "{}"),
        // What stands behind a value is not looked at.
        (r#""1 2""#, "States.StringToJson($)", "1"),
        (r#""  ""#, "States.StringToJson($)", "null"),
    ]);
    check_faults(
        r#"{"a":{},"n":1,"bad":"{bad}","cut":"[1"}"#,
        &[
            ("States.JsonMerge($.a, $.a, «true»)", "`States.JsonMerge` merges shallowly only: `false` stands here"),
            ("States.JsonMerge($.a, «$.n», false)", "`States.JsonMerge` takes an object here, and this is 1"),
            ("States.StringToJson(«$.n»)", "`States.StringToJson` takes a string here, and this is 1"),
            ("States.StringToJson(«$.bad»)", "this text is not JSON: key must be a string at line 1 column 2"),
            ("States.StringToJson(«$.cut»)", "this text is not JSON: EOF while parsing a list at line 1 column 2"),
        ],
    );
}

#[test]
fn texts_are_split_at_any_of_the_characters() {
    check(&[
        // Recorded.
        (r#"" ""#, "States.StringSplit($, ',')", r#"[" "]"#),
        (r#"", , ,""#, "States.StringSplit($, ',')", r#"[" "," "]"#),
        (r#"",,,,""#, "States.StringSplit($, ',')", "[]"),
        (r#""This.is+a,test=string""#, "States.StringSplit($, '.+,=')", r#"["This","is","a","test","string"]"#),
        (
            r#"{"t":"split on T and \nnew line","s":"T\n"}"#,
            "States.StringSplit($.t, $.s)",
            r#"["split on "," and ","new line"]"#,
        ),
        // Measured.
        (r#""""#, "States.StringSplit($, ',')", "[]"),
        (r#""1a2b3ab4""#, "States.StringSplit($, 'ab')", r#"["1","2","3","4"]"#),
        // Inferred: with nothing to split at, the text is one part.
        (r#""abc""#, "States.StringSplit($, '')", r#"["abc"]"#),
    ]);
    check_faults(
        r#"{"s":"a"}"#,
        &[("States.StringSplit($.s, «1»)", "`States.StringSplit` takes a string here, and this is 1")],
    );
}

#[test]
fn numbers_are_rounded_and_added() {
    for (a, b, expected) in [
        // Recorded.
        ("-9", "3", "-6"),
        ("1.49", "1.5", "3"),
        ("1.5", "1.51", "4"),
        ("-1.49", "-1.5", "-2"),
        ("-1.5", "-1.51", "-3"),
        ("1.49", "-1.49", "0"),
        ("-1.51", "0", "-2"),
        ("2.5", "0", "3"),
        ("-2.5", "0", "-2"),
        ("-0.5", "0.5", "1"),
        ("-0.5", "0", "0"),
        // Measured.
        ("2147483646", "1", "2147483647"),
        ("-2147483647", "-1", "-2147483648"),
    ] {
        check(&[("{}", &format!("States.MathAdd({a}, {b})"), expected)]);
    }
    check_faults(
        "{}",
        &[
            ("«States.MathAdd(2147483647, 1)»", "the sum, 2147483648, is beyond the whole numbers of 32 bits"),
            (
                "States.MathAdd(1, «3000000000»)",
                "`States.MathAdd` takes a whole number of 32 bits here, and this is 3000000000",
            ),
            ("States.MathAdd(«'1'», 2)", "`States.MathAdd` takes a number here, and this is a string"),
            ("States.MathAdd(«true», 2)", "`States.MathAdd` takes a number here, and this is a boolean"),
        ],
    );
}

#[test]
fn chance_stays_within_its_bounds() {
    let mut seen = [false; 4];
    for seed in 0..200 {
        // Measured: decimals are cut off, and the end is not drawn.
        let drawn = run("{}", "States.MathRandom(1.6, 5.4)", seed, 100).unwrap().as_i64().unwrap();
        seen[usize::try_from(drawn - 1).unwrap()] = true;
        for text in ["States.MathRandom(-2147483648, 2147483647)", "States.MathRandom(-2147483648, 2147483647, 9)"] {
            assert!(run("{}", text, seed, 100).is_ok());
        }
    }
    assert_eq!(seen, [true; 4]);
    // A seed decides alone.
    for seed in 0..3 {
        check(&[("{}", "States.MathRandom(1, 101, 42)", "31"), ("{}", "States.MathRandom(-7, 93, -5)", "4")]);
        assert_eq!(run("{}", "States.UUID('ignored')", seed, 100), run("{}", "States.UUID()", seed, 100));
    }
    check_faults(
        "{}",
        &[
            ("States.MathRandom(1, «1»)", "there is no number from 1 up to 1, which itself is not drawn"),
            ("States.MathRandom(1.4, «1.6»)", "there is no number from 1 up to 1, which itself is not drawn"),
            ("States.MathRandom(1, 10, «null»)", "`States.MathRandom` takes a number here, and this is null"),
        ],
    );
}

#[test]
fn depth_and_work_are_bounded() {
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let fault = run(&deep, "States.Array($)", 1, 100).unwrap_err();
    assert_eq!(fault.message, "the value would nest deeper than 1000 levels");
    assert!(run(&deep, "States.JsonToString($)", 1, 10_000).is_ok());
    let nested = format!(r#"{{"t":"{}"}}"#, "[".repeat(100_000));
    assert_eq!(run(&nested, "States.StringToJson($.t)", 1, 100_000).unwrap_err().kind, FaultKind::Runtime);
    let fault = run("{}", "States.ArrayRange(1, 1000, 1)", 1, 500).unwrap_err();
    assert_eq!(fault.kind, FaultKind::OutOfBudget);
    // A small value that would be an endless text.
    let endless = (0..900).fold(Value::Null, |value, _| Value::array(vec![value.clone(), value]));
    let roots = Roots { document: &endless, context: &|| Value::Null, variables: &|_| None };
    for text in [
        "States.JsonToString($)",
        "States.Format('{}', $)",
        "States.Hash($, 'MD5')",
        "States.ArrayContains($, 1)",
        "States.ArrayUnique($)",
    ] {
        let result = call(&parse(text).0, &roots, &mut Random::new(1), &mut Budget::new(100_000));
        assert_eq!(result.map_err(|fault| fault.kind), Err(FaultKind::OutOfBudget), "{text}");
    }
}

fn any_argument() -> impl Strategy<Value = String> {
    let fixed =
        ["$", "$.a", "$.b[*]", "$v", "$.none", "null", "true", "'{} x'", "'MD5'", "''", "'[1'", "1e309", "-0.5"];
    let scalar = prop_oneof![
        prop::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        (-2000i64..2000).prop_map(|number| number.to_string()),
    ];
    scalar.prop_recursive(3, 8, 3, |inner| {
        (0..FUNCTIONS.len(), prop::collection::vec(inner, 0..4))
            .prop_map(|(at, arguments)| format!("{}({})", FUNCTIONS[at].0, arguments.join(", ")))
    })
}

proptest! {
    #[test]
    fn any_call_ends(
        at in 0..FUNCTIONS.len(),
        arguments in prop::collection::vec(any_argument(), 0..4),
        units in 0u64..5000,
    ) {
        let text = format!("{}({})", FUNCTIONS[at].0, arguments.join(", "));
        if let Err(fault) = run(r#"{"a":[1,"x",{"y":null}],"b":{"c":[2.5]}}"#, &text, 1, units) {
            prop_assert!(text.get(fault.span.range()).is_some(), "{fault:?} in {text}");
        }
    }
}
