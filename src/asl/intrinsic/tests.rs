use super::*;
use crate::asl::path::span;

fn shape(call: &Call) -> String {
    let arguments: Vec<_> = call.arguments.iter().map(|argument| argument_shape(&argument.kind)).collect();
    format!("{}({})", call.name.trim_start_matches("States."), arguments.join(" "))
}

fn argument_shape(kind: &ArgumentKind) -> String {
    match kind {
        ArgumentKind::String(literal) => format!("{:?}", literal.value()),
        ArgumentKind::Number(number) => number.to_string(),
        ArgumentKind::Boolean(value) => value.to_string(),
        ArgumentKind::Null => "null".to_owned(),
        ArgumentKind::Path(path) => format!("{}+{}", &format!("{:?}", path.root), path.segments.len()),
        ArgumentKind::Call(call) => shape(call),
        ArgumentKind::Hole => "hole".to_owned(),
        ArgumentKind::Missing => "missing".to_owned(),
    }
}

#[test]
fn calls_have_the_expected_shape_and_no_errors() {
    let table = [
        ("States.UUID()", "UUID()"),
        ("States.UUID( )", "UUID()"),
        ("States.Array()", "Array()"),
        (" States.Array('Foo', 2020, $.a.b, null, true)  ", "Array(\"Foo\" 2020 Document+2 null true)"),
        ("States.Array ( -1 ,2.5,1e309 )", "Array(-1 2.5 inf)"),
        ("States.Format('{}:{}', $$.Execution.Id, $x[0])", "Format(\"{}:{}\" Context+2 Variable(\"x\")+1)"),
        ("States.Format($.template, $.name)", "Format(Document+1 Document+1)"),
        ("States.Format('it\\'s \\{{}\\} \\\\ \"{}\"\n', 1, 2)", "Format(\"it's {{}} \\\\ \\\"{}\\\"\\n\" 1 2)"),
        ("States.Format('${A}_{}', $.b)", "Format(\"${A}_{}\" Document+1)"),
        ("States.Format(${Template}, $.b)", "Format(hole Document+1)"),
        ("States.StringToJson('{\"a\": \"[1, 2)]\"}')", "StringToJson(\"{\\\"a\\\": \\\"[1, 2)]\\\"}\")"),
        ("States.StringToJson('')", "StringToJson(\"\")"),
        ("States.JsonToString('x')", "JsonToString(\"x\")"),
        ("States.JsonMerge($.a, $.b, 'false')", "JsonMerge(Document+1 Document+1 \"false\")"),
        ("States.Hash(123, 'MD5')", "Hash(123 \"MD5\")"),
        ("States.Base64Decode('!!!')", "Base64Decode(\"!!!\")"),
        ("States.Format(1)", "Format(1)"),
        ("States.MathAdd(2147483646, 1)", "MathAdd(2147483646 1)"),
        ("States.MathAdd(1e309, 1)", "MathAdd(inf 1)"),
        ("States.MathRandom(1.4, 5.6)", "MathRandom(1.4 5.6)"),
        ("States.ArrayGetItem($.a, 1.2)", "ArrayGetItem(Document+1 1.2)"),
        ("States.ArrayLength(States.StringToJson($.a))", "ArrayLength(StringToJson(Document+1))"),
        ("States.ArrayLength(States.ArrayGetItem($.a, 0))", "ArrayLength(ArrayGetItem(Document+1 0))"),
        ("States.Base64Encode(States.Format('{}', $.a))", "Base64Encode(Format(\"{}\" Document+1))"),
        ("States.ArrayGetItem(States.StringSplit($['a,b)'], ','), 0)", "ArrayGetItem(StringSplit(Document+1 \",\") 0)"),
        ("States.ArrayLength($.a[?(@.b == ')')])", "ArrayLength(Document+2)"),
        ("States.MathAdd($.a.length(), -1)", "MathAdd(Document+2 -1)"),
        ("States.ArrayRange(1, 1000, 1)", "ArrayRange(1 1000 1)"),
        ("States.ArrayRange(5, 1, 1)", "ArrayRange(5 1 1)"),
        ("States.ArrayRange(1000, 1, -1)", "ArrayRange(1000 1 -1)"),
        ("States.JsonMerge($a, $b, false)", "JsonMerge(Variable(\"a\")+0 Variable(\"b\")+0 false)"),
        ("States.Hash($.d, 'SHA-256')", "Hash(Document+1 \"SHA-256\")"),
        ("States.StringSplit('a', '')", "StringSplit(\"a\" \"\")"),
        ("States.MathRandom(1, 2, 3)", "MathRandom(1 2 3)"),
    ];
    for (text, expected) in table {
        let (call, errors) = parse(text);
        assert_eq!(errors, [], "{text}");
        assert_eq!(shape(&call), expected, "{text}");
    }
}

#[test]
fn errors_stand_at_the_part_at_fault() {
    use Fault::*;
    // The part at fault is between the `«»`.
    let table = [
        (Syntax, "«prod-v1»", "this is neither a path nor a call of an intrinsic function"),
        (Syntax, "«»", "this is neither a path nor a call of an intrinsic function"),
        (Syntax, "«States.»", "`(` is missing behind `States.`"),
        (Syntax, "«States.StringToJson» $.a)", "`(` is missing behind `States.StringToJson`"),
        (Syntax, "States.JsonToString«(»$", "this `(` is never closed"),
        (Syntax, "States.Array(1) «x»", "nothing may stand behind the call"),
        (Syntax, "States.Array(1)«[0]»", "nothing may stand behind the call"),
        (Syntax, "States.Array(1,«)»", "an argument is missing before this"),
        (Syntax, "States.Array(«\"a\"», 1)", "a string stands in single quotes here"),
        (Syntax, "States.Array(«'»a)", "this quote is never closed"),
        (Syntax, "States.Array('a' «'b'», 1)", "`,` or `)` is missing before this"),
        (Syntax, "States.Array('a'«'b'»)", "`,` or `)` is missing before this"),
        (
            Syntax,
            "States.Format('it'«s {}', $.a)»",
            r"`,` or `)` is missing before this; a `'` inside a string is written `\'`",
        ),
        (
            Syntax,
            "States.Array(«foo», 1)",
            "`foo` is not an argument: a string stands in single quotes, a path starts with `$`",
        ),
        (
            Syntax,
            "States.Array(1, «1.2.3»)",
            "`1.2.3` is not an argument: a string stands in single quotes, a path starts with `$`",
        ),
        (
            Syntax,
            "States.StringToJson('«\\n»')",
            "`\\n` is not an escape: a string knows `\\'`, `\\{`, `\\}` and `\\\\`",
        ),
        (
            Syntax,
            "States.StringToJson('{«\\\"»a')",
            "`\\\"` is not an escape: a string knows `\\'`, `\\{`, `\\}` and `\\\\`",
        ),
        (Syntax, "States.ArrayLength($«.»)", "the path ends behind `.`"),
        (Syntax, "States.Array(1, $.a« »b)", "a name with a blank stands in brackets and quotes: `['a b']`"),
        (UnknownFunction, "«States.Xyz»($.a)", "there is no intrinsic function `States.Xyz`"),
        (UnknownFunction, "«States.format»('{}', $.a)", "there is no intrinsic function `States.format`"),
        (UnknownFunction, "States.Array(«JsonToString»($))", "there is no intrinsic function `JsonToString`"),
        (Arity, "«States.Format»()", "`States.Format` takes at least 1 argument, and here are 0"),
        (Arity, "«States.Hash»('a')", "`States.Hash` takes 2 arguments, and here is 1"),
        (Arity, "«States.MathRandom»(1)", "`States.MathRandom` takes 2 or 3 arguments, and here is 1"),
        (Arity, "States.Array(«States.ArrayLength»($, 1))", "`States.ArrayLength` takes 1 argument, and here are 2"),
        (
            Argument,
            "States.Format(«'{} {}'», $.a)",
            "the template has 2 placeholders `{}`, and 1 value is there for it",
        ),
        (Argument, "States.Format(«'{}'»)", "the template has 1 placeholder `{}`, and 0 values are there for it"),
        (Argument, "States.Format(«'\\{\\}'», 1)", "the template has 0 placeholders `{}`, and 1 value is there for it"),
        (
            Argument,
            "States.Format('Hello «{»', $.a)",
            "`{` has no `}` right behind it; a brace in the text is written `\\{`",
        ),
        (
            Argument,
            "States.Format('Hello «{»{}}', $.a)",
            "`{` has no `}` right behind it; a brace in the text is written `\\{`",
        ),
        (Argument, "States.Format('«}»')", "`}` has no `{` right before it; a brace in the text is written `\\}`"),
        (Argument, "States.Format(«1», 2)", "the template of `States.Format` is a string"),
        (
            Argument,
            "States.Hash($.a, '«sha-256»')",
            "`States.Hash` knows `MD5`, `SHA-1`, `SHA-256`, `SHA-384`, `SHA-512` only",
        ),
        (
            Argument,
            "States.JsonMerge($.a, $.b, «true»)",
            "`States.JsonMerge` merges shallowly only: `false` stands here",
        ),
        (Argument, "States.ArrayPartition($.a, «0»)", "the size of a part is at least 1"),
        (Argument, "States.ArrayPartition($.a, «0.49»)", "the size of a part is at least 1"),
        (Argument, "States.ArrayRange(1, 10, «0.49»)", "a step of 0 never gets to the end"),
        (
            Argument,
            "States.ArrayRange(1, «1001», 1)",
            "these are 1001 items, and `States.ArrayRange` makes at most 1000",
        ),
        (Argument, "States.ArrayRange(1, 10, «0.6»)", "a step of 0 never gets to the end"),
        (Argument, "States.ArrayPartition($.a, «0.6»)", "the size of a part is at least 1"),
        (Argument, "States.ArrayRange(«'a'», 5, 1)", "`States.ArrayRange` takes a number here, and this is a string"),
        (Argument, "States.MathAdd($.a, «null»)", "`States.MathAdd` takes a number here, and this is null"),
        (Argument, "States.MathAdd(1, «'-1'»)", "`States.MathAdd` takes a number here, and this is a string"),
        (
            Argument,
            "States.MathAdd(«States.UUID»(), 1)",
            "`States.MathAdd` takes a number here, and `States.UUID` gives a string",
        ),
        (
            Argument,
            "States.ArrayLength(«States.Format»('a'))",
            "`States.ArrayLength` takes an array here, and `States.Format` gives a string",
        ),
        (
            Argument,
            "States.Hash($.a, «States.Array»('MD5'))",
            "`States.Hash` takes a string here, and `States.Array` gives an array",
        ),
        (
            Argument,
            "States.ArrayContains(«'x'», 1)",
            "`States.ArrayContains` takes an array here, and this is a string",
        ),
        (Argument, "States.StringToJson(«5»)", "`States.StringToJson` takes a string here, and this is a number"),
        (Argument, "States.StringToJson(«'{bad}'»)", "this text is not JSON"),
        (Argument, "States.Base64Encode(«5»)", "`States.Base64Encode` takes a string here, and this is a number"),
        (Argument, "States.StringSplit($.a, «2»)", "`States.StringSplit` takes a string here, and this is a number"),
        (Argument, "States.JsonMerge(«null», $.b, false)", "`States.JsonMerge` takes an object here, and this is null"),
        (Argument, "States.MathAdd(«3000000000», 1)", "`States.MathAdd` takes whole numbers of 32 bits"),
        (Argument, "States.MathAdd(2147483647, «1»)", "the sum, 2147483648, is beyond the whole numbers of 32 bits"),
        (Argument, "States.MathRandom(10, «5»)", "there is no number from 10 up to 5, which itself is not drawn"),
        (Argument, "States.MathRandom(1.4, «1.6»)", "there is no number from 1 up to 1, which itself is not drawn"),
        (Doubtful, "States.ArrayGetItem($.a, «-1»)", "items are counted from 0: no index is below it"),
        (Doubtful, "«States.JsonMerge»($.a, $.b)", "`States.JsonMerge` takes 3 arguments, and here are 2"),
        (Ignored, "States.UUID(«1», 2)", "`States.UUID` ignores what is passed to it"),
    ];
    for (fault, marked, message) in table {
        let text = marked.replace(['«', '»'], "");
        let start = marked.find('«').unwrap();
        let expected = span(start, marked.find('»').unwrap() - "«".len());
        let (_, errors) = parse(&text);
        let found: Vec<_> = errors.iter().map(|error| (error.fault, error.span, error.message.as_str())).collect();
        assert_eq!(found, [(fault, expected, message)], "{marked}");
    }
}

#[test]
fn the_recorded_refusal_is_a_syntax_error_at_each_backslash() {
    let text = r#"States.Format('He said, \"Hello, {}!\"', 'Test \"Name\" Here')"#;
    let (_, errors) = parse(text);
    let found: Vec<_> = errors.iter().map(|error| (error.fault, error.span.of(text))).collect();
    assert_eq!(found, [(Fault::Syntax, "\\\""); 4]);
}

#[test]
fn cures_are_offered_where_they_are_sure_to_be_read() {
    for (text, expected) in [
        ("States.Format(\"a {}\", 1)", Some(Cure::SingleQuotes)),
        ("States.Format(\"it's {}\", 1)", None),
        ("States.Format(\"a {}, 1)", None),
        ("States.Hash($.a, 'sha256')", Some(Cure::Name("SHA-256"))),
        ("States.Hash($.a, 'CRC')", None),
    ] {
        assert_eq!(parse(text).1[0].cure, expected, "{text}");
    }
}

#[test]
fn every_function_has_a_signature_that_fits_itself() {
    for (name, function) in FUNCTIONS {
        let signature = function.signature();
        assert!(signature.n_optional <= signature.parameters.len(), "{name}");
        assert_ne!(signature.result, Type::Null, "{name}");
    }
}

#[test]
fn a_name_close_to_a_function_is_suggested() {
    for (name, expected) in [
        ("States.format", Some("States.Format")),
        ("JsonToString", Some("States.JsonToString")),
        ("States.String_To_Json", Some("States.StringToJson")),
        ("States.Base64Encod", Some("States.Base64Encode")),
        ("States.ArayLength", Some("States.ArrayLength")),
        ("States.Uuid", Some("States.UUID")),
        ("States.Xyz", None),
        ("States.", None),
        ("Sum", None),
    ] {
        assert_eq!(Function::suggestion(name), expected, "{name}");
    }
}

#[test]
fn every_function_knows_its_name() {
    for (name, function) in FUNCTIONS {
        assert_eq!((Function::of(name), function.name()), (Some(function), name));
    }
}

#[test]
fn values_are_classified_by_how_they_start() {
    use Dynamic::*;
    for (text, expected) in [
        ("$", Path),
        ("$.a", Path),
        ("$['a']", Path),
        ("$23", Path),
        ("$$", Context),
        ("$$.Task.Token", Context),
        ("$name", Variable),
        ("$größe.x", Variable),
        ("${X}", Hole),
        ("States.UUID()", Intrinsic),
        (" States.Format ('a')", Intrinsic),
        ("States.Format", Intrinsic),
        ("States. ", Intrinsic),
        ("JsonToString($)", Intrinsic),
        ("", Neither),
        ("prod-v1", Neither),
        ("23", Neither),
        ("(x)", Neither),
        ("{% $x %}", Neither),
    ] {
        assert_eq!(classify(text), expected, "{text}");
    }
}

#[test]
fn the_eleventh_call_is_one_too_many() {
    let nested = |n: usize| format!("{}{}", "States.Array(".repeat(n), ")".repeat(n));
    assert_eq!(parse(&nested(10)).1, []);
    let (_, errors) = parse(&nested(11));
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].fault, errors[0].span), (Fault::Nesting, span(130, 142)));
    let side_by_side = format!("States.Array({})", ["States.UUID()"; 10].join(", "));
    assert_eq!(parse(&side_by_side).1[0].fault, Fault::Nesting);
}

#[test]
fn deep_nesting_is_an_error_and_not_an_overflow() {
    let (_, errors) = parse(&"States.Array(".repeat(100_000));
    assert!(errors.iter().all(|error| error.fault == Fault::Nesting), "{errors:?}");
}

#[test]
fn long_literals_are_found() {
    let text = |n| format!("States.Base64Encode('{}')", "ü".repeat(n));
    assert_eq!(parse(&text(10_000)).1, []);
    assert_eq!(parse(&text(10_001)).1[0].fault, Fault::Argument);
}

#[test]
fn templates_split_into_pieces() {
    let text = |text: &str| Piece::Text(text.to_owned());
    assert_eq!(template(""), Ok(vec![]));
    assert_eq!(template("a{}\\{b\\'{}"), Ok(vec![text("a"), Piece::Placeholder, text("{b'"), Piece::Placeholder]));
    assert_eq!(template("${a}{}\\\\"), Ok(vec![text("${a}"), Piece::Placeholder, text("\\")]));
    assert_eq!(template("ß{ }").unwrap_err().span, span(2, 3));
}

proptest::proptest! {
    #[test]
    fn any_text_parses_with_spans_inside(text in "(States.(Format|Array|UUID)\\()?[$'\"(),{}\\\\ .a0ß-]{0,24}") {
        let (call, errors) = parse(&text);
        let arguments = call.calls().flat_map(|call| &call.arguments).map(|argument| argument.span);
        for span in arguments.chain(errors.iter().map(|error| error.span)).chain([call.span, call.name_span]) {
            proptest::prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text}");
        }
        let _ = classify(&text);
    }
}
