use super::*;

/// The path in a notation of its own, so that a table can hold what is expected: root, then a word per segment.
fn shape(path: &Path) -> String {
    let root = match &path.root {
        Root::Document => "doc".to_owned(),
        Root::Context => "context".to_owned(),
        Root::Variable(name) => format!("var({name})"),
        Root::Item => "item".to_owned(),
        Root::Unknown => "?".to_owned(),
    };
    path.segments.iter().fold(root, |text, segment| text + " " + &segment_shape(&segment.kind))
}

fn segment_shape(kind: &SegmentKind) -> String {
    let list = |operands: &[Operand]| operands.iter().map(operand_shape).collect::<Vec<_>>().join(",");
    match kind {
        SegmentKind::Member(name) => name.text.clone(),
        SegmentKind::Members(names) => {
            format!("{{{}}}", names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("|"))
        }
        SegmentKind::Index(index) => format!("#{index}"),
        SegmentKind::CountedBack(n) => format!("#length-{n}"),
        SegmentKind::Indices(indices) => format!("#{indices:?}").replace(' ', ""),
        SegmentKind::Slice { from, to } => {
            let bound = |bound: &Option<i64>| bound.map_or(String::new(), |bound| bound.to_string());
            format!("#{}:{}", bound(from), bound(to))
        }
        SegmentKind::Wildcard => "*".to_owned(),
        SegmentKind::Descendants => "..".to_owned(),
        SegmentKind::Filter(filter) => format!("?{}", filter_shape(filter)),
        SegmentKind::Function { name, arguments } => format!("{}({})", name.text, list(arguments)),
        SegmentKind::Hole => "hole".to_owned(),
    }
}

fn filter_shape(filter: &Filter) -> String {
    let all = |filters: &[Filter], with| filters.iter().map(filter_shape).collect::<Vec<_>>().join(with);
    match filter {
        Filter::Or(filters) => format!("({})", all(filters, "|")),
        Filter::And(filters) => format!("({})", all(filters, "&")),
        Filter::Not(filter) => format!("!{}", filter_shape(filter)),
        Filter::Exists(path) => format!("<{}>", shape(path)),
        Filter::Compare { left, operator, right, .. } => {
            format!("[{} {operator:?} {}]", operand_shape(left), operand_shape(right))
        }
    }
}

fn operand_shape(operand: &Operand) -> String {
    match &operand.kind {
        OperandKind::Path(path) => format!("<{}>", shape(path)),
        OperandKind::String(text) => format!("{text:?}"),
        OperandKind::Number(number) => number.to_string(),
        OperandKind::Boolean(value) => value.to_string(),
        OperandKind::Null => "null".to_owned(),
        OperandKind::Regex { pattern, flags } => format!("/{pattern}/{flags}"),
        OperandKind::Json(text) => format!("json {text}"),
        OperandKind::Word(text) => format!("word {text}"),
    }
}

#[test]
fn paths_have_the_expected_shape() {
    let table = [
        ("$", "doc"),
        ("$$", "context"),
        (" $.a ", "doc a"),
        ("$$.Execution.Input['Key 01']", "context Execution Input Key 01"),
        ("$$['Map'].Item", "context Map Item"),
        ("$answer", "var(answer)"),
        ("$größe.x[0]", "var(größe) x #0"),
        ("$list[-1]", "var(list) #-1"),
        ("$.delivery-partner", "doc delivery-partner"),
        ("$.a_b.0.@type.$x", "doc a_b 0 @type $x"),
        ("$.naïve.日本", "doc naïve 日本"),
        ("$['a']", "doc a"),
        ("$[\"a\"]", "doc a"),
        ("$['a.b'][ 'c d' ]", "doc a.b c d"),
        ("$['a]b']", "doc a]b"),
        ("$['a', \"b\" ]", "doc {a|b}"),
        ("$.[*].['bucket', 'key']", "doc * {bucket|key}"),
        // Recorded: the backslash is part of the key.
        ("$['Test\\\"\"Name\"']", "doc Test\\\"\"Name\""),
        ("$['it\\'s']", "doc it's"),
        ("$['a\\']", "doc a\\"),
        ("$.a[0][ 12 ]", "doc a #0 #12"),
        ("$.Snapshots.[0].State", "doc Snapshots #0 State"),
        ("$[0,1, -2]", "doc #[0,1,-2]"),
        ("$.items[1:]", "doc items #1:"),
        ("$.items[:1].itemValue", "doc items #:1 itemValue"),
        ("$.items[-2:]", "doc items #-2:"),
        ("$.item.items[1:5].itemValue", "doc item items #1:5 itemValue"),
        ("$[0:8:2]", "doc #0:8"),
        ("$[*]", "doc *"),
        ("$.*.b", "doc * b"),
        ("$[*][*]", "doc * *"),
        ("$..constraint", "doc .. constraint"),
        ("$..*", "doc .. *"),
        ("$..[0]", "doc .. #0"),
        ("$.Build..Arn", "doc Build .. Arn"),
        ("$[0]name", "doc #0 name"),
        ("$[(@.length-1)].bar", "doc #length-1 bar"),
        ("$.list.length()", "doc list length()"),
        ("$.a.concat($.b, \"x\", 1)", "doc a concat(<doc b>,\"x\",1)"),
        ("$.users[?(@.status == 0)]", "doc users ?[<item status> Equal 0]"),
        ("$.[?(@.OU > 0)]", "doc ?[<item OU> Greater 0]"),
        ("$.Labels[?(@.Name==Receipt)]", "doc Labels ?[<item Name> Equal word Receipt]"),
        ("$[?(@.Name == New York)].x", "doc ?[<item Name> Equal word New York] x"),
        ("$[?(@.workerId == $.agent_id)].approach", "doc ?[<item workerId> Equal <doc agent_id>] approach"),
        ("$.P[?(@.Name == '/eggs/cooked')].Value", "doc P ?[<item Name> Equal \"/eggs/cooked\"] Value"),
        ("$[?(@.species == 'dog' && @.age>=5)]", "doc ?([<item species> Equal \"dog\"]&[<item age> GreaterEqual 5])"),
        ("$[?(@.a || @.b && !@.c)]", "doc ?(<item a>|(<item b>&!<item c>))"),
        ("$[?(!(@.a==1 || @['b c']!=2))]", "doc ?!([<item a> Equal 1]|[<item b c> NotEqual 2])"),
        ("$[?(@.n =~ /a\\/b.*/i)]", "doc ?[<item n> Matches /a\\/b.*/i]"),
        ("$[?(@.n in ['a', 'b)'])]", "doc ?[<item n> In json ['a', 'b)']]"),
        ("$[?(@.n NIN [1] && @.m empty false)]", "doc ?([<item n> NotIn json [1]]&[<item m> Empty false])"),
        ("$[?(@.l.length() == 4)]", "doc ?[<item l length()> Equal 4]"),
        ("$[?(@ == null)]", "doc ?[<item> Equal null]"),
        ("$[?(@.a[?(@.b == 1)])]", "doc ?<item a ?[<item b> Equal 1]>"),
        ("$.a${X}.b", "doc hole b"),
        ("$.${a.b}", "doc hole"),
        ("$['${x}'][${n}]", "doc hole hole"),
        ("${DefaultPath}", "?"),
    ];
    for (text, expected) in table {
        let (path, errors) = parse(text);
        assert_eq!(shape(&path), expected, "{text}");
        assert_eq!(errors, [], "{text}");
    }
}

#[test]
fn errors_stand_at_the_part_at_fault() {
    // The part at fault is between the `«»`.
    let table = [
        ("«»", "a path is missing here"),
        ("«i»nvalid", "a path starts with `$`"),
        ("«.»guid", "a path starts with `$`"),
        ("$«.»", "the path ends behind `.`"),
        ("$.a«..»", "the path ends behind `..`"),
        ("$.a«...»b", "`..` goes on with a name or `[`"),
        ("$$«2»3", "`$$` goes on with `.` or `[`"),
        ("$«23»", "a variable's name does not start with a digit"),
        ("$«-»a", "`$` goes on with `.`, `[` or a name"),
        ("$a«-»b", "`-` is not part of a variable's name"),
        ("$.a« »b", "a name with a blank stands in brackets and quotes: `['a b']`"),
        ("$.a«]»", "`]` closes nothing"),
        ("$.a«)»", "`)` closes nothing"),
        ("$.a«[»", "this `[` is never closed"),
        ("$.a«[»0", "this `[` is never closed"),
        ("$«[]»", "these brackets select nothing"),
        ("$[«'»a]", "this quote is never closed"),
        ("$['a' «'»b']", "`,` or `]` is missing before this"),
        ("$['a',«]»", "a name in quotes is missing here"),
        ("$«[»'a'", "this `[` is never closed"),
        ("$.x[«name»].y", "`name` is neither a name in quotes nor an index, `*` or `?(…)`"),
        ("$[1«»,]", ""),
        ("$[0, «x»]", "`x` is not an index"),
        ("$[«99999999999999999999»]", "`99999999999999999999` is not an index"),
        ("$[* «1»]", "`]` is missing before this"),
        ("$[«(@.size)»]", "only `(@.length-n)` is understood here"),
        ("$[«?»@.a == 1]", "a filter stands in parentheses: `?(…)`"),
        ("$[«?»]", "a filter stands in parentheses: `?(…)`"),
        ("$[?«(»@.a == 1]", ""),
        ("$[?(@.a == «»)]", "a value is missing here"),
        ("$[?(@.a «=» 1)]", "`=` is not an operator of a filter"),
        ("$[?(@.a «like» 1)]", "`like` is not an operator of a filter"),
        ("$[?(«'a'»)]", "this is compared with nothing"),
        ("$[?(@.a == «'»x)]", "this quote is never closed"),
        ("$[?(@.a =~ «/»x)]", "this pattern is never closed"),
        ("$.a.concat«(»1", "this `(` is never closed"),
    ];
    for (marked, message) in table {
        let text = marked.replace(['«', '»'], "");
        if message.is_empty() {
            assert!(!parse(&text).1.is_empty(), "{marked}");
            continue;
        }
        let start = marked.find('«').unwrap();
        let expected = span(start, marked.find('»').unwrap() - "«".len());
        let (_, errors) = parse(&text);
        assert_eq!(errors, [PathError { span: expected, message: message.to_owned() }], "{marked}");
    }
}

#[test]
fn spans_cover_each_segment() {
    let table = [
        ("$.ab['c'][0]", vec![".ab", "['c']", "[0]"]),
        ("$$.a..b.*", vec![".a", "..", "b", ".*"]),
        ("$ü.a.[?(@.b == 'ß')].length()", vec![".a", "[?(@.b == 'ß')]", ".length()"]),
    ];
    for (text, expected) in table {
        let (path, _) = parse(text);
        let spans: Vec<_> = path.segments.iter().map(|segment| segment.span.of(text)).collect();
        assert_eq!(spans, expected, "{text}");
    }
    let (path, _) = parse(" $größe.a ");
    assert_eq!(path.span.of(" $größe.a "), "$größe.a");
    assert_eq!(path.variable().map(|(name, at)| (name, at.of(" $größe.a "))), Some(("größe", "größe")));
}

#[test]
fn reference_paths_name_one_place() {
    use Obstacle::*;
    type Found<'t> = Option<(Obstacle, &'t str)>;
    let table: [(&str, Found<'_>, Found<'_>); 20] = [
        ("$", None, None),
        ("$.a['b c'][0]", None, None),
        ("$.a-b.0", None, None),
        ("$$.Execution.Input", None, Some((Context, "$$"))),
        ("$x.y", None, Some((Variable, "$x"))),
        ("$..a", Some((Descendants, "..")), Some((Descendants, ".."))),
        ("$.a.*", Some((Wildcard, ".*")), Some((Wildcard, ".*"))),
        ("$.a[*]", Some((Wildcard, "[*]")), Some((Wildcard, "[*]"))),
        ("$.a[1:]", Some((Slice, "[1:]")), Some((Slice, "[1:]"))),
        ("$[0,1]", Some((Several, "[0,1]")), Some((Several, "[0,1]"))),
        ("$['a','b']", Some((Several, "['a','b']")), Some((Several, "['a','b']"))),
        ("$[-1]", Some((FromEnd, "[-1]")), Some((FromEnd, "[-1]"))),
        ("$[?(@.a)]", Some((Filter, "[?(@.a)]")), Some((Filter, "[?(@.a)]"))),
        ("$.a.length()", Some((Function, ".length()")), Some((Function, ".length()"))),
        ("$.a@b", Some((Operator('@'), "@")), Some((Operator('@'), "@"))),
        ("$.ab,c", Some((Operator(','), ",")), Some((Operator(','), ","))),
        ("$['a,b']", None, None),
        ("$x[*]", Some((Wildcard, "[*]")), Some((Variable, "$x"))),
        ("${hole}", None, None),
        ("$.a[${n}]", None, None),
    ];
    for (text, reference, writable) in table {
        let (path, errors) = parse(text);
        assert_eq!(errors, [], "{text}");
        let found = |verdict: Result<(), Unfit>| verdict.err().map(|unfit| (unfit.obstacle, unfit.span.of(text)));
        assert_eq!(found(path.reference()), reference, "{text}");
        assert_eq!(found(path.writable()), writable, "{text}");
        assert_eq!(path.is_reference_path(), reference.is_none(), "{text}");
    }
}

#[test]
fn definite_paths_select_at_most_one_value() {
    for (text, definite) in
        [("$", true), ("$.a[0]['b']", true), ("$[-1]", true), ("$..a", false), ("$[*]", false), ("$.a.sum()", false)]
    {
        assert_eq!(parse(text).0.is_definite(), definite, "{text}");
    }
}

#[test]
fn an_argument_ends_at_its_own_comma() {
    for (text, expected) in [
        ("$.a, 1)", "$.a"),
        ("$['a,b)'], 1)", "$['a,b)']"),
        ("$[0,1])", "$[0,1]"),
        ("$.a.concat($.b, 1), 2)", "$.a.concat($.b, 1)"),
        ("$[?(@.a == ')')].b)", "$[?(@.a == ')')].b"),
        ("$.a", "$.a"),
    ] {
        assert_eq!(&text[..extent(text, 0)], expected);
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_an_overflow() {
    for text in [
        format!("$[?({}@.a{})]", "(".repeat(10_000), ")".repeat(10_000)),
        format!("${}@.a{}", "[?(@".repeat(10_000), ")]".repeat(10_000)),
        format!("$[?({}@.a)]", "!".repeat(10_000)),
        format!("${}", ".f($".repeat(10_000)),
    ] {
        let (_, errors) = parse(&text);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].message, "this path nests too deeply");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_parses_with_spans_inside(text in "[$@.\\[\\]()'\"?*,:&|=!<> a0ß\\\\-]{0,24}|\\$[\\PC]{0,16}") {
        let (path, errors) = parse(&text);
        let all = path.segments.iter().map(|segment| segment.span).chain(errors.iter().map(|error| error.span));
        for span in all {
            proptest::prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text}");
        }
    }
}
